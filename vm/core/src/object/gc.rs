//! The cycle collector.
//!
//! Counting frees nearly everything; this finds what only refers to itself. Tracked objects stand in two
//! lists, young and old; an object's header knows its place, so untracking is O(1). A collection subtracts
//! from copies of the counts every reference that comes from within the examined list: what keeps a
//! positive count is referred to from outside (the stacks, untracked objects, the other list), and so
//! lives with all it reaches. CPython: Python/gc.c.
//!
//! Collections happen at safepoints or when asked for, never within an allocation.

use std::cell::{Cell, UnsafeCell};
use std::collections::HashMap;

use super::header::Header;
use super::obj::Obj;
use super::payload::Visitor;
use super::value::Value;
use super::weak::{self, WeakRef};
use crate::types::TypeObject;
use crate::vm::Vm;

struct Collector {
    young: UnsafeCell<Vec<*mut Header>>,
    old: UnsafeCell<Vec<*mut Header>>,
    /// Young objects beyond which a collection is due; 0 when automatic collection is off.
    threshold: Cell<usize>,
    /// Old objects after the last full collection.
    old_at_last_full: Cell<usize>,
    collecting: Cell<bool>,
}

// SAFETY: only a thread that holds the interpreter lock uses the collector.
unsafe impl Sync for Collector {}

/// CPython 3.14's young threshold.
const DEFAULT_THRESHOLD: usize = 2000;

static COLLECTOR: Collector = Collector {
    young: UnsafeCell::new(Vec::new()),
    old: UnsafeCell::new(Vec::new()),
    threshold: Cell::new(DEFAULT_THRESHOLD),
    old_at_last_full: Cell::new(0),
    collecting: Cell::new(false),
};

/// Which objects a collection examines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Generation {
    /// Those made since the last collection.
    Young,
    /// All.
    Full,
}

/// The list that `object` stands in.
///
/// # Safety
/// The lock is held, and the borrow ends before anything else uses the collector.
#[inline(always)]
#[allow(clippy::mut_from_ref, reason = "the inside of a cell")]
unsafe fn list_of(object: &Header) -> &mut Vec<*mut Header> {
    let list = if object.is_old() { &COLLECTOR.old } else { &COLLECTOR.young };
    // SAFETY: as the caller promises.
    unsafe { &mut *list.get() }
}

/// Begins to track a new object.
#[inline(always)]
pub(crate) fn track(object: *mut Header) {
    // SAFETY: the lock is held; the object was just made.
    let (young, object_ref) = unsafe { (&mut *COLLECTOR.young.get(), &*object) };
    if young.is_empty() {
        // Place 0 stands for "not tracked".
        young.push(std::ptr::null_mut());
    }
    let index = young.len();
    if index > Header::MAX_GC_INDEX as usize || object_ref.gc_index() != 0 {
        return;
    }
    object_ref.set_old(false);
    object_ref.set_gc_index(index as u32);
    young.push(object);
    if index == COLLECTOR.threshold.get() {
        Vm::request_collection();
    }
}

/// Ends tracking, if the object is tracked.
#[inline(always)]
pub(crate) fn untrack(object: &Header) {
    let index = object.gc_index() as usize;
    if index == 0 {
        return;
    }
    // SAFETY: the lock is held.
    let list = unsafe { list_of(object) };
    list.swap_remove(index);
    if let Some(&moved) = list.get(index) {
        // SAFETY: tracked objects are alive.
        unsafe { (*moved).set_gc_index(index as u32) };
    }
    object.set_gc_index(0);
}

/// Whether a collection of young objects is due.
pub(crate) fn is_due() -> bool {
    let threshold = COLLECTOR.threshold.get();
    // SAFETY: the lock is held.
    threshold != 0 && unsafe { (*COLLECTOR.young.get()).len() } > threshold
}

/// The young threshold; 0 means that no collection comes by itself.
pub(crate) fn threshold() -> usize {
    COLLECTOR.threshold.get()
}

/// Sets the young threshold.
pub(crate) fn set_threshold(threshold: usize) {
    COLLECTOR.threshold.set(threshold);
}

/// How many young and old objects are tracked.
pub(crate) fn counts() -> (usize, usize) {
    // SAFETY: the lock is held.
    unsafe {
        ((*COLLECTOR.young.get()).len().saturating_sub(1), (*COLLECTOR.old.get()).len().saturating_sub(1))
    }
}

/// New references to all tracked objects.
pub(crate) fn tracked() -> Vec<Obj> {
    let mut all = Vec::new();
    for list in [&COLLECTOR.old, &COLLECTOR.young] {
        // SAFETY: the lock is held; taking references does not change the lists.
        for &header in unsafe { &*list.get() }.iter().skip(1) {
            all.push(reference(header));
        }
    }
    all
}

/// The objects that `object` refers to directly.
pub(crate) fn referents(object: &Obj) -> Vec<Obj> {
    let mut found = Vec::new();
    if let Some(header) = object.header() {
        traverse(header, &mut Visitor::new(&mut |referent| found.push(reference(referent))));
    }
    found
}

fn reference(header: *mut Header) -> Obj {
    // SAFETY: the callers pass live objects; an immortal one gets its tag.
    let object = unsafe { &*header };
    let value = if object.is_immortal() { Value(header as u64).borrow() } else { Value(header as u64) };
    Obj::from_value(value)
}

/// Visits all that an object refers to: its payload's objects, the words behind it, its type.
fn traverse(header: *const Header, visitor: &mut Visitor<'_>) {
    // SAFETY: tracked objects are alive, and so are their types.
    unsafe {
        let ty = &*(*header).ty();
        let native = ty.native();
        (native.traverse)(header, visitor);
        if ty.is_heap() {
            visitor.word(Value(std::ptr::from_ref(ty) as u64));
        }
        if ty.prefix_size() == 0 {
            let mut at = native.size;
            while at < ty.instance_size() {
                visitor.word(*header.cast::<u8>().add(at).cast::<Value>());
                at += 8;
            }
        } else {
            visitor.word(*header.cast::<Value>().sub(1));
        }
    }
}

/// Gives up what an object refers to through its payload and words.
fn clear(header: *const Header) {
    // SAFETY: the caller holds a reference.
    unsafe {
        let ty = &*(*header).ty();
        let native = ty.native();
        (native.clear)(header);
        if ty.prefix_size() == 0 {
            let mut at = native.size;
            while at < ty.instance_size() {
                let word = header.cast::<u8>().add(at).cast::<Value>().cast_mut();
                let value = *word;
                if value.is_counted() {
                    *word = Value::NULL;
                    super::obj::release(value);
                }
                at += 8;
            }
        } else {
            let word = header.cast::<Value>().sub(1).cast_mut();
            let value = *word;
            *word = Value::NULL;
            super::obj::release(value);
        }
    }
}

/// Collects what is due: young objects, or all when many have grown old since the last full collection.
pub(crate) fn collect_due(vm: &Vm) {
    let (_, old) = counts();
    let full = old > 2 * DEFAULT_THRESHOLD
        && old > COLLECTOR.old_at_last_full.get() + COLLECTOR.old_at_last_full.get() / 4;
    collect(vm, if full { Generation::Full } else { Generation::Young });
}

/// Collects and returns how many unreachable objects were found.
pub(crate) fn collect(_: &Vm, generation: Generation) -> usize {
    if COLLECTOR.collecting.replace(true) {
        return 0;
    }
    // SAFETY: the lock is held; the borrows end within each call.
    let examined = unsafe {
        if generation == Generation::Full {
            for &object in (*COLLECTOR.old.get()).iter().skip(1) {
                (*object).set_old(false);
            }
            let mut all = std::mem::take(&mut *COLLECTOR.old.get());
            let young = &mut *COLLECTOR.young.get();
            if all.is_empty() {
                all.push(std::ptr::null_mut());
            }
            all.extend(young.iter().skip(1));
            for (index, &object) in all.iter().enumerate().skip(1) {
                (*object).set_gc_index(index as u32);
            }
            *young = all;
        }
        (*COLLECTOR.young.get()).clone()
    };
    let (garbage, alive) = unreachable(&examined);
    grow_old(&alive, &garbage);
    let found = garbage.len();
    if found != 0 {
        dispose(garbage);
    }
    if generation == Generation::Full {
        COLLECTOR.old_at_last_full.set(counts().1);
    }
    COLLECTOR.collecting.set(false);
    found
}

/// Those of `examined` (all young, at their places) that nothing outside refers to, which are held; and the others.
fn unreachable(examined: &[*mut Header]) -> (Vec<Obj>, Vec<*mut Header>) {
    let mut counts: Vec<u32> = examined
        .iter()
        // SAFETY: tracked objects are alive; nothing is freed in here. The first place is null.
        .map(|&object| if object.is_null() { 0 } else { unsafe { (*object).count() } })
        .collect();
    for &object in examined.iter().skip(1) {
        traverse(
            object,
            &mut Visitor::new(&mut |referent| {
                // SAFETY: as above.
                let referent = unsafe { &*referent };
                if referent.gc_index() != 0 && !referent.is_old() {
                    let count = &mut counts[referent.gc_index() as usize];
                    *count = count.saturating_sub(1);
                }
            }),
        );
    }
    // As in CPython, those that are only reached through younger ones go behind these: containers are finalized before
    // what they contain, once they have survived a collection.
    let mut waiting = vec![false; examined.len()];
    let mut list = examined.to_vec();
    let mut alive = Vec::with_capacity(examined.len());
    let mut at = 1;
    while at < list.len() {
        let object = list[at];
        at += 1;
        // SAFETY: as above.
        let index = unsafe { (*object).gc_index() } as usize;
        if counts[index] == 0 {
            waiting[index] = true;
            continue;
        }
        alive.push(object);
        traverse(
            object,
            &mut Visitor::new(&mut |referent| {
                // SAFETY: as above.
                let place = unsafe { &*referent };
                if place.gc_index() != 0 && !place.is_old() {
                    let index = place.gc_index() as usize;
                    if counts[index] == 0 {
                        counts[index] = 1;
                        if waiting[index] {
                            list.push(referent);
                        }
                    }
                }
            }),
        );
    }
    let garbage = examined.iter().zip(counts).skip(1).filter(|(_, count)| *count == 0);
    (garbage.map(|(&object, _)| reference(object)).collect(), alive)
}

/// Moves the objects that live on to the old list.
fn grow_old(alive: &[*mut Header], garbage: &[Obj]) {
    // SAFETY: the lock is held; nothing is freed in here.
    unsafe {
        let young = &mut *COLLECTOR.young.get();
        let old = &mut *COLLECTOR.old.get();
        if old.is_empty() {
            old.push(std::ptr::null_mut());
        }
        for object in garbage {
            if let Some(header) = object.header() {
                header.set_gc_index(0);
            }
        }
        young.truncate(1);
        for &object in alive {
            let header = &*object;
            header.set_old(true);
            header.set_gc_index(old.len() as u32);
            old.push(object);
        }
        // Garbage stays tracked: a finalizer may bring it back.
        for object in garbage {
            if let Some(header) = object.header() {
                header.set_gc_index(old.len() as u32);
                header.set_old(true);
                old.push(std::ptr::from_ref(header).cast_mut());
            }
        }
    }
}

/// Finalizes garbage and takes it apart, unless a finalizer brought it back.
fn dispose(garbage: Vec<Obj>) {
    // A weak reference that is garbage itself is not called back.
    let callbacks: Vec<Obj> =
        garbage.iter().filter_map(|object| object.downcast::<WeakRef>()?.take_callback()).collect();
    for object in &garbage {
        if let Some(header) = object.header()
            && header.has_weakrefs()
        {
            weak::clear(std::ptr::from_ref(header).cast_mut());
        }
    }
    let mut finalized = false;
    for object in &garbage {
        if let Some(header) = object.header() {
            // SAFETY: the object is held.
            let ty: &TypeObject = unsafe { &*header.ty() };
            if ty.has_finalizer() && !header.is_finalized() {
                header.set_finalized();
                ty.finalize(object.value());
                finalized = true;
            }
        }
    }
    let garbage = if finalized { still_unreachable(garbage) } else { garbage };
    for object in &garbage {
        if let Some(header) = object.header() {
            clear(header);
        }
    }
    drop(garbage);
    drop(callbacks);
}

/// Those of `garbage` that are still only referred to by each other (and by `garbage` itself).
fn still_unreachable(garbage: Vec<Obj>) -> Vec<Obj> {
    let places: HashMap<*const Header, usize> = garbage
        .iter()
        .enumerate()
        .filter_map(|(index, object)| object.header().map(|header| (std::ptr::from_ref(header), index)))
        .collect();
    // One reference is `garbage`'s.
    let mut counts: Vec<u32> = garbage.iter().map(|object| object.ref_count() - 1).collect();
    for object in &garbage {
        if let Some(header) = object.header() {
            traverse(
                header,
                &mut Visitor::new(&mut |referent| {
                    if let Some(&index) = places.get(&referent.cast_const()) {
                        counts[index] = counts[index].saturating_sub(1);
                    }
                }),
            );
        }
    }
    let mut alive = vec![false; garbage.len()];
    let mut open: Vec<usize> = (0..garbage.len()).filter(|&index| counts[index] != 0).collect();
    for &index in &open {
        alive[index] = true;
    }
    while let Some(index) = open.pop() {
        if let Some(header) = garbage[index].header() {
            traverse(
                header,
                &mut Visitor::new(&mut |referent| {
                    if let Some(&index) = places.get(&referent.cast_const())
                        && !std::mem::replace(&mut alive[index], true)
                    {
                        open.push(index);
                    }
                }),
            );
        }
    }
    garbage.into_iter().zip(alive).filter(|(_, alive)| !alive).map(|(object, _)| object).collect()
}
