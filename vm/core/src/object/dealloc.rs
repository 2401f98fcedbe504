//! The end of an object: finalizer, weak references, payload, memory.

use std::cell::{Cell, UnsafeCell};

use super::header::Header;
use super::payload::Payload;
use super::reference::Object;
use super::value::Value;
use super::{Obj, gc, heap, obj, weak};
use crate::builtins;
use crate::builtins::exceptions::traceback::TRACEBACK;
use crate::dict::Dict;
use crate::frame::{FRAME, FrameObject};
use crate::generator::Generator;
use crate::iterators::{ListIter, Range};
use crate::number::Float;
use crate::sequence::{List, Tuple};
use crate::traceback::Traceback;
use crate::types::TypeObject;

/// How many objects may be torn down within each other before the rest waits: a list nested a million
/// deep must not need a million stack frames.
const MAX_NESTING: u32 = 60;

struct Pending {
    depth: Cell<u32>,
    waiting: UnsafeCell<Vec<*mut Header>>,
}

// SAFETY: only a thread that holds the interpreter lock drops references.
unsafe impl Sync for Pending {}

/// Those of the thread that holds the lock.
static PENDING: Pending = Pending { depth: Cell::new(0), waiting: UnsafeCell::new(Vec::new()) };

/// How deep a thread is in tearing down objects, and what waits for that.
#[derive(Default)]
pub(crate) struct Nesting {
    depth: u32,
    waiting: Vec<*mut Header>,
}

/// Puts a thread's nesting in place, as it takes the interpreter lock, and returns the one that was.
pub(crate) fn set_nesting(nesting: Nesting) -> Nesting {
    let depth = PENDING.depth.replace(nesting.depth);
    // SAFETY: the lock is held, nothing else borrows the list.
    let waiting = std::mem::replace(unsafe { &mut *PENDING.waiting.get() }, nesting.waiting);
    Nesting { depth, waiting }
}

/// Tears down an object whose last reference is gone.
///
/// # Safety
/// The object's count is 0, and it was not torn down before.
#[inline(never)]
pub(crate) unsafe fn dealloc(header: *mut Header) {
    // SAFETY: the object is still there.
    let ty = unsafe { &*(*header).ty() };
    if std::ptr::eq(ty, &raw const builtins::FLOAT) {
        #[cfg(feature = "audit")]
        super::audit::died(header);
        heap::give_back(header.cast(), size_of::<Object<Float>>());
        return;
    }
    if ty.is_leaf() {
        // A float, an int, a str: nothing inside refers to another object.
        // SAFETY: as the caller promises.
        unsafe { free_leaf(header, ty) };
        return;
    }
    // SAFETY: as above.
    if unsafe { Generator::is_spent(header, ty) } {
        // SAFETY: as the caller promises; what it holds is no more than a leaf's.
        unsafe {
            gc::untrack(&*header);
            free_leaf(header, ty);
        }
        return;
    }
    let depth = PENDING.depth.get();
    if depth >= MAX_NESTING {
        // A collection must not take references to what waits.
        // SAFETY: the object is there; the lock is held, nothing else borrows the list.
        unsafe {
            gc::untrack(&*header);
            (*PENDING.waiting.get()).push(header);
        }
        return;
    }
    PENDING.depth.set(depth + 1);
    // SAFETY: as the caller promises; the payloads are those of the types.
    unsafe {
        if std::ptr::eq(ty, &raw const builtins::TUPLE) {
            gc::untrack(&*header);
            (*header).set_dying();
            #[cfg(feature = "audit")]
            super::audit::died(header);
            let size = (Tuple::NATIVE.size_of)(header);
            (Tuple::NATIVE.drop)(header);
            heap::give_back(header.cast(), size);
        } else if std::ptr::eq(ty, &raw const builtins::LIST) {
            tear_down_plain::<List>(header);
        } else if std::ptr::eq(ty, &raw const builtins::DICT) {
            tear_down_plain::<Dict>(header);
        } else if std::ptr::eq(ty, &raw const builtins::LIST_ITERATOR) {
            tear_down_plain::<ListIter>(header);
        } else if std::ptr::eq(ty, &raw const builtins::RANGE) {
            tear_down_plain::<Range>(header);
        } else if std::ptr::eq(ty, &raw const TRACEBACK) {
            tear_down_tracebacks(header);
        } else if std::ptr::eq(ty, &raw const FRAME) {
            tear_down_frames(header);
        } else if Generator::ends_quietly(header, ty) {
            // Its finalizer would do no more than what is done as it goes.
            gc::untrack(&*header);
            (*header).set_dying();
            free_leaf(header, ty);
        } else {
            tear_down(header);
        }
    }
    PENDING.depth.set(depth);
    if depth == 0 {
        // SAFETY: as above; the borrow ends before the next object is torn down.
        while let Some(next) = unsafe { (*PENDING.waiting.get()).pop() } {
            PENDING.depth.set(1);
            // SAFETY: it was put here with a count of 0.
            unsafe { tear_down(next) };
            PENDING.depth.set(0);
        }
    }
}

/// The end of an object that is exactly of a builtin type without finalizer, weak references or words of its own.
#[inline(always)]
unsafe fn tear_down_plain<T: Payload>(header: *mut Header) {
    // SAFETY: as the caller promises.
    unsafe {
        gc::untrack(&*header);
        (*header).set_dying();
        #[cfg(feature = "audit")]
        super::audit::died(header);
        std::ptr::drop_in_place(header.cast::<Object<T>>());
    }
    heap::give_back(header.cast(), size_of::<Object<T>>());
}

/// The end of the entries of a traceback, as far as nobody else holds them: the inner ones go first, as in CPython.
#[inline(never)]
unsafe fn tear_down_tracebacks(first: *mut Header) {
    let mut at = first;
    // The entry before each is kept in the place of the next one.
    let mut before = None;
    // SAFETY: nobody holds the entries, and `dealloc` is called for what has no reference left.
    unsafe {
        loop {
            gc::untrack(&*at);
            (*at).set_dying();
            let entry = &*at.cast::<Object<Traceback>>();
            let next = entry.next.replace(before.take());
            before = Some(Obj::from_owned(Value(at as u64)));
            let Some(next) = next.map(Obj::into_value) else { break };
            if !next.is_counted() || !(*next.header()).decref() {
                break;
            }
            if !std::ptr::eq((*next.header()).ty(), &raw const TRACEBACK) {
                dealloc(next.header());
                break;
            }
            at = next.header();
        }
        while let Some(entry) = before.map(Obj::into_value) {
            let header = entry.header();
            before = (&*header.cast::<Object<Traceback>>()).next.take();
            #[cfg(feature = "audit")]
            super::audit::died(header);
            std::ptr::drop_in_place(header.cast::<Object<Traceback>>());
            heap::give_back(header.cast(), size_of::<Object<Traceback>>());
        }
    }
}

/// The end of a frame object, and of those of its callers that nobody else holds.
#[inline(never)]
unsafe fn tear_down_frames(first: *mut Header) {
    let mut at = first;
    // SAFETY: nobody holds the frames, and `dealloc` is called for what has no reference left.
    unsafe {
        loop {
            let back = (&*at.cast::<Object<FrameObject>>()).back.take();
            tear_down_plain::<FrameObject>(at);
            let Some(back) = back.map(Obj::into_value) else { return };
            if !back.is_counted() || !(*back.header()).decref() {
                return;
            }
            if !std::ptr::eq((*back.header()).ty(), &raw const FRAME) {
                dealloc(back.header());
                return;
            }
            at = back.header();
        }
    }
}

/// Frees an object that has neither references to other containers nor finalizer, weak references or attributes.
#[inline(always)]
unsafe fn free_leaf(header: *mut Header, ty: &TypeObject) {
    let native = ty.native();
    #[cfg(feature = "audit")]
    super::audit::died(header);
    // SAFETY: the object is whole, and nobody holds it.
    unsafe {
        let size = (native.size_of)(header);
        (native.drop)(header);
        heap::give_back(header.cast(), size);
    }
}

unsafe fn tear_down(header: *mut Header) {
    // SAFETY: the object is whole until its payload is dropped below.
    let object = unsafe { &*header };
    // SAFETY: the object holds a reference to its type.
    let ty = unsafe { &*object.ty() };
    if ty.has_finalizer() && !object.is_finalized() {
        // The finalizer may bring the object back: it holds one reference while it runs.
        object.set_finalized();
        object.incref();
        ty.finalize(Value(header as u64));
        if !object.decref() {
            // One that had waited is not tracked any more.
            // SAFETY: the finalizer may have made it an instance of another type, which it refers to.
            let ty = unsafe { &*object.ty() };
            if object.gc_index() == 0 && (ty.native().gc || ty.is_heap()) {
                gc::track(header);
            }
            return;
        }
    }
    // SAFETY: as above.
    let ty = unsafe { &*object.ty() };
    // From here on nobody may take a reference: neither a collection nor `gc.get_objects()` in a callback.
    gc::untrack(object);
    if object.has_weakrefs() {
        // Callbacks may run Python code, which can't reach the object any more.
        weak::clear(header);
    }
    object.set_dying();
    #[cfg(feature = "audit")]
    super::audit::died(header);
    let ty_pointer = object.ty();
    // SAFETY: nobody can reach the object now.
    unsafe {
        let native = ty.native();
        let size = (native.size_of)(header);
        let prefix = ty.prefix_size();
        if prefix == 0 {
            release_words(header, native.size, ty);
        } else {
            for word in 1..=ty.prefix_words() {
                obj::release(*header.cast::<Value>().sub(word));
            }
        }
        (native.drop)(header);
        let size = if prefix == 0 { size.max(ty.instance_size()) } else { size };
        heap::give_back(header.cast::<u8>().sub(prefix), prefix + size);
    }
    // SAFETY: this was the object's reference to its type.
    unsafe { TypeObject::release_instance(ty_pointer) };
}

/// Gives back what the words behind the payload hold.
unsafe fn release_words(header: *mut Header, from: usize, ty: &TypeObject) {
    let end = ty.instance_size();
    let mut at = from;
    while at < end {
        // SAFETY: the instance has these words; each is read once.
        unsafe { obj::release(*header.cast::<u8>().add(at).cast::<Value>()) };
        at += 8;
    }
}
