//! Weak references: which of them point to an object stands in a table beside the objects, so that an
//! object without any pays one flag bit.

use std::cell::{Cell, UnsafeCell};
use std::ptr;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::cells::ObjCell;
use super::header::Header;
use super::obj::Obj;
use super::payload::{Payload, Visitor};
use super::reference::{Object, Ref};
use super::value::Value;
use crate::types::TypeObject;
use crate::vm::Vm;

/// A weak reference: the payload of `weakref.ReferenceType` and of the proxies.
pub struct WeakRef {
    target: Cell<*mut Header>,
    callback: ObjCell,
    /// The target's hash, once it was asked for.
    pub(crate) hash: Cell<Option<i64>>,
}

/// The weak references to each object. Most have one.
type References = FxHashMap<*mut Header, SmallVec<[*const Object<WeakRef>; 1]>>;

struct Table(UnsafeCell<Option<References>>);

// SAFETY: only a thread that holds the interpreter lock uses the table.
unsafe impl Sync for Table {}

static TABLE: Table = Table(UnsafeCell::new(None));

/// Runs `f` on the table. `f` must neither drop an object nor run Python code.
fn with_table<R>(f: impl FnOnce(&mut References) -> R) -> R {
    // SAFETY: the lock is held, and `f` does not come back here.
    f(unsafe { (*TABLE.0.get()).get_or_insert_with(References::default) })
}

impl WeakRef {
    /// A weak reference of type `ty` to `target`. `None` if instances of the target's type can't have any.
    pub fn new(ty: &TypeObject, target: &Obj, callback: Option<Obj>) -> Option<Ref<Self>> {
        if !target.ty().is_weakrefable() {
            return None;
        }
        let header = target.header()?;
        let pointer = ptr::from_ref(header).cast_mut();
        let payload =
            Self { target: Cell::new(pointer), callback: ObjCell::new(callback), hash: Cell::new(None) };
        let reference = Ref::new_in(ty, payload);
        let object: *const Object<Self> = &raw const *reference;
        header.set_has_weakrefs(true);
        // The plain one is the first of all.
        let plain = !ty.is_heap() && reference.callback.is_empty();
        with_table(|table| {
            let references = table.entry(pointer).or_default();
            if plain { references.insert(0, object) } else { references.push(object) }
        });
        Some(reference)
    }

    /// The object, if it still lives.
    pub fn get(&self) -> Option<Obj> {
        let header = self.target.get();
        if header.is_null() {
            return None;
        }
        // SAFETY: the pointer is cleared before the object's memory goes.
        let object = unsafe { &*header };
        if object.is_dying() || object.count() == 0 {
            return None;
        }
        let word = Value(header as u64);
        Some(Obj::from_value(if object.is_immortal() { word.borrow() } else { word }))
    }

    /// What is called when the object goes.
    pub fn callback(&self) -> Option<Obj> {
        self.callback.get()
    }

    /// Takes the callback away, so that it is not called.
    pub(crate) fn take_callback(&self) -> Option<Obj> {
        self.callback.take()
    }

    fn forget(object: &Object<Self>) {
        let target = object.target.replace(ptr::null_mut());
        if target.is_null() {
            return;
        }
        let left = with_table(|table| {
            let Some(references) = table.get_mut(&target) else { return 0 };
            references.retain(|other| !ptr::eq(*other, object));
            let left = references.len();
            if left == 0 {
                table.remove(&target);
            }
            left
        });
        if left == 0 {
            // SAFETY: the target lives, or the table would have been cleared.
            unsafe { (*target).set_has_weakrefs(false) };
        }
    }
}

impl Payload for WeakRef {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &crate::builtins::WEAKREF
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.callback.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.callback.take());
    }

    fn before_drop(object: &Object<Self>) {
        Self::forget(object);
    }
}

/// An existing weak reference to `target` of exactly type `ty` and without callback.
pub(crate) fn find_plain(target: &Obj, ty: &TypeObject) -> Option<Ref<WeakRef>> {
    let header = target.header().filter(|header| header.has_weakrefs())?;
    with_table(|table| {
        let references = table.get(&ptr::from_ref(header).cast_mut())?.iter();
        // SAFETY: references leave the table before their memory goes.
        let mut references =
            references.map(|&pointer| unsafe { &*pointer }).filter(|reference| is_held(reference));
        let plain = |reference: &&Object<WeakRef>| {
            reference.callback.is_empty() && ptr::eq(reference.header().ty(), ty)
        };
        references.find(plain).map(Object::to_ref)
    })
}

/// One whose last holder is gone waits for its end: nobody may hold it again.
fn is_held(reference: &Object<WeakRef>) -> bool {
    reference.header().count() != 0 && !reference.header().is_dying()
}

/// All weak references to `target`.
pub(crate) fn references(target: &Obj) -> Vec<Ref<WeakRef>> {
    let Some(header) = target.header() else { return Vec::new() };
    if !header.has_weakrefs() {
        return Vec::new();
    }
    let pointers =
        with_table(|table| table.get(&ptr::from_ref(header).cast_mut()).cloned().unwrap_or_default());
    // SAFETY: references leave the table before their memory goes.
    let references = pointers.into_iter().map(|pointer| unsafe { &*pointer });
    references.filter(|reference| is_held(reference)).map(Object::to_ref).collect()
}

/// Breaks all weak references to an object that goes, then calls their callbacks.
pub(crate) fn clear(header: *mut Header) {
    // SAFETY: the object is not freed yet.
    unsafe { (*header).set_has_weakrefs(false) };
    let references = with_table(|table| table.remove(&header)).unwrap_or_default();
    let mut calls = Vec::new();
    for &pointer in &references {
        // SAFETY: as in `references`.
        let reference = unsafe { &*pointer };
        reference.target.set(ptr::null_mut());
        if reference.header().is_dying() || reference.header().count() == 0 {
            continue;
        }
        if let Some(callback) = reference.callback.take() {
            calls.push((reference.to_ref(), callback));
        }
    }
    if calls.is_empty() {
        return;
    }
    let vm = Vm::current();
    for (reference, callback) in calls.into_iter().rev() {
        if let Err(error) = vm.call(&callback, &[reference.into_obj()]) {
            vm.unraisable(&error, "Exception ignored while calling weakref callback", Some(&callback));
        }
    }
}
