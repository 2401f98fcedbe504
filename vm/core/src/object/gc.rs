//! The cycle collector.
//!
//! Counting frees nearly everything; this finds what only refers to itself. Tracked objects stand in two
//! lists, young and old; an object's header knows its place, so untracking is O(1). The old list's end is the
//! middle generation: what survived a collection of the young. What is frozen stands in a third list, which is
//! never examined. A collection subtracts
//! from copies of the counts every reference that comes from within the examined list: what keeps a
//! positive count is referred to from outside (the stacks, untracked objects, the other list), and so
//! lives with all it reaches. CPython: Python/gc.c.
//!
//! Collections happen at safepoints or when asked for, never within an allocation.

mod report;

use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::HashMap;

use super::cells::ObjCell;
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
    permanent: UnsafeCell<Vec<*mut Header>>,
    /// Where the middle generation begins in the old list.
    middle: Cell<usize>,
    /// Young objects beyond which a collection is due; 0 when automatic collection is off.
    threshold: Cell<usize>,
    /// Old objects after the last full collection.
    old_at_last_full: Cell<usize>,
    collecting: Cell<bool>,
    /// Collections of the generation before since the last one of the middle and of the old.
    since: [Cell<usize>; 2],
    stats: [Cell<Stats>; 3],
    debug: Cell<i64>,
    /// `gc.callbacks`
    callbacks: ObjCell,
    /// `gc.garbage`
    garbage: ObjCell,
}

/// What collections of a generation did.
#[derive(Clone, Copy, Default)]
pub(crate) struct Stats {
    pub(crate) collections: usize,
    pub(crate) collected: usize,
}

/// `gc.DEBUG_…`
pub(crate) mod debug {
    pub(crate) const STATS: i64 = 1;
    pub(crate) const COLLECTABLE: i64 = 2;
    pub(crate) const UNCOLLECTABLE: i64 = 4;
    pub(crate) const SAVEALL: i64 = 32;
    pub(crate) const LEAK: i64 = COLLECTABLE | UNCOLLECTABLE | SAVEALL;
}

// SAFETY: only a thread that holds the interpreter lock uses the collector.
unsafe impl Sync for Collector {}

/// CPython 3.14's young threshold.
const DEFAULT_THRESHOLD: usize = 2000;

static COLLECTOR: Collector = Collector {
    young: UnsafeCell::new(Vec::new()),
    old: UnsafeCell::new(Vec::new()),
    permanent: UnsafeCell::new(Vec::new()),
    middle: Cell::new(1),
    threshold: Cell::new(DEFAULT_THRESHOLD),
    old_at_last_full: Cell::new(0),
    collecting: Cell::new(false),
    since: [const { Cell::new(0) }; 2],
    stats: [const { Cell::new(Stats { collections: 0, collected: 0 }) }; 3],
    debug: Cell::new(0),
    callbacks: ObjCell::empty(),
    garbage: ObjCell::empty(),
};

/// Which objects a collection examines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Generation {
    /// Those made since the last collection.
    Young,
    /// These, and what survived one collection.
    Middle,
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
    let list = match (object.is_old(), object.is_permanent()) {
        (false, _) => &COLLECTOR.young,
        (true, false) => &COLLECTOR.old,
        (true, true) => &COLLECTOR.permanent,
    };
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
    let mut index = index;
    let middle = COLLECTOR.middle.get();
    if object.is_old() && !object.is_permanent() && index < middle {
        // The last before the middle generation takes the place, and the last of all that one's.
        let last = middle - 1;
        list[index] = list[last];
        // SAFETY: tracked objects are alive.
        unsafe { (*list[index]).set_gc_index(index as u32) };
        COLLECTOR.middle.set(last);
        index = last;
    }
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

/// How many young objects there are; how often the young were collected since the middle generation was, and that since
/// all were.
pub(crate) fn progress() -> [usize; 3] {
    [counts().0, COLLECTOR.since[0].get(), COLLECTOR.since[1].get()]
}

/// What was collected so far, by generation.
pub(crate) fn stats() -> [Stats; 3] {
    COLLECTOR.stats.each_ref().map(Cell::get)
}

/// `gc.get_debug()`
pub(crate) fn debug_flags() -> i64 {
    COLLECTOR.debug.get()
}

/// `gc.set_debug()`
pub(crate) fn set_debug_flags(flags: i64) {
    COLLECTOR.debug.set(flags);
}

/// `gc.callbacks` and `gc.garbage`.
pub(crate) fn set_lists(callbacks: Obj, garbage: Obj) {
    COLLECTOR.callbacks.set(callbacks);
    COLLECTOR.garbage.set(garbage);
}

/// New references to all tracked objects but the frozen ones, or to those of one generation.
pub(crate) fn tracked(generation: Option<Generation>) -> Vec<Obj> {
    let middle = COLLECTOR.middle.get();
    // SAFETY: the lock is held; taking references does not change the lists.
    let (young, old) = unsafe { (&*COLLECTOR.young.get(), &*COLLECTOR.old.get()) };
    let young = young.get(1..).unwrap_or(&[]);
    let (old, middle) = (old.get(1..middle).unwrap_or(&[]), old.get(middle..).unwrap_or(&[]));
    let lists = match generation {
        None => [old, middle, young],
        Some(Generation::Young) => [young, &[], &[]],
        Some(Generation::Middle) => [middle, &[], &[]],
        Some(Generation::Full) => [old, &[], &[]],
    };
    lists.into_iter().flatten().map(|&header| reference(header)).collect()
}

/// Takes all tracked objects out of what collections examine.
pub(crate) fn freeze() {
    // SAFETY: the lock is held; tracked objects are alive, and nothing is freed in here.
    unsafe {
        let permanent = &mut *COLLECTOR.permanent.get();
        if permanent.is_empty() {
            permanent.push(std::ptr::null_mut());
        }
        for list in [&mut *COLLECTOR.young.get(), &mut *COLLECTOR.old.get()] {
            for &object in list.iter().skip(1) {
                let header = &*object;
                header.set_old(true);
                header.set_permanent(true);
                header.set_gc_index(permanent.len() as u32);
                permanent.push(object);
            }
            list.truncate(1);
        }
    }
    COLLECTOR.middle.set(1);
}

/// Puts back what was frozen, as old.
pub(crate) fn unfreeze() {
    // SAFETY: as above.
    unsafe {
        let old = &mut *COLLECTOR.old.get();
        if old.is_empty() {
            old.push(std::ptr::null_mut());
        }
        for object in (*COLLECTOR.permanent.get()).drain(..).skip(1) {
            let header = &*object;
            header.set_permanent(false);
            header.set_gc_index(old.len() as u32);
            old.push(object);
        }
        COLLECTOR.middle.set(old.len());
    }
}

/// How many objects are frozen.
pub(crate) fn frozen() -> usize {
    // SAFETY: the lock is held.
    unsafe { (*COLLECTOR.permanent.get()).len().saturating_sub(1) }
}

/// The objects that `object` refers to directly.
pub(crate) fn referents(object: &Obj) -> Vec<Obj> {
    let found = RefCell::new(Vec::new());
    if let Some(header) = object.header()
        && header.gc_index() != 0
    {
        let mut visit = |referent: *mut Header| found.borrow_mut().push(reference(referent));
        let mut others = |value: Value| found.borrow_mut().push(Obj::from_value(value));
        traverse(header, &mut Visitor::of_all(&mut visit, &mut others));
    }
    found.into_inner()
}

fn reference(header: *mut Header) -> Obj {
    // SAFETY: the callers pass live objects; an immortal one gets its tag.
    let object = unsafe { &*header };
    let value = if object.is_immortal() { Value(header as u64).borrow() } else { Value(header as u64) };
    Obj::from_value(value)
}

/// Visits all that an object refers to: its payload's objects, the words behind it, its type.
pub(super) fn traverse(header: *const Header, visitor: &mut Visitor<'_>) {
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
            for word in 1..=ty.prefix_words() {
                visitor.word(*header.cast::<Value>().sub(word));
            }
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
            for word in 1..=ty.prefix_words() {
                let word = header.cast::<Value>().sub(word).cast_mut();
                let value = *word;
                *word = Value::NULL;
                super::obj::release(value);
            }
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

/// Collects and returns how many unreachable objects there were that no finalizer brought back.
pub(crate) fn collect(vm: &Vm, generation: Generation) -> usize {
    if COLLECTOR.collecting.replace(true) {
        return 0;
    }
    report::told(vm, generation, "start", 0);
    let begun = report::begins(vm, generation);
    #[cfg(feature = "audit")]
    super::audit::check("before a collection");
    let examined = examined(generation);
    let (garbage, alive) = unreachable(&examined);
    grow_old(generation, &alive, &garbage);
    let found = if garbage.is_empty() { 0 } else { dispose(vm, garbage) };
    if generation == Generation::Full {
        COLLECTOR.old_at_last_full.set(counts().1);
    }
    let number = generation as usize;
    let stats = &COLLECTOR.stats[number];
    let Stats { collections, collected } = stats.get();
    stats.set(Stats { collections: collections + 1, collected: collected + found });
    if let Some(since) = COLLECTOR.since.get(number) {
        since.set(since.get() + 1);
    }
    for since in &COLLECTOR.since[..number] {
        since.set(0);
    }
    report::ends(vm, begun, found);
    #[cfg(feature = "audit")]
    super::audit::check("after a collection");
    report::told(vm, generation, "stop", found);
    COLLECTOR.collecting.set(false);
    found
}

/// The objects that a collection looks at: all young now, at their places.
fn examined(generation: Generation) -> Vec<*mut Header> {
    // SAFETY: the lock is held; the borrows end here.
    unsafe {
        let (young, old) = (&mut *COLLECTOR.young.get(), &mut *COLLECTOR.old.get());
        if young.is_empty() {
            young.push(std::ptr::null_mut());
        }
        if old.is_empty() {
            old.push(std::ptr::null_mut());
        }
        if generation != Generation::Young {
            let from = if generation == Generation::Full { 1 } else { COLLECTOR.middle.get() };
            let mut all = vec![std::ptr::null_mut()];
            all.extend(old.drain(from..));
            for &object in &all[1..] {
                (*object).set_old(false);
            }
            all.extend(&young[1..]);
            for (index, &object) in all.iter().enumerate().skip(1) {
                (*object).set_gc_index(index as u32);
            }
            *young = all;
            COLLECTOR.middle.set(from);
        }
        young.clone()
    }
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

/// Moves the objects that live on to the old list: to its end, which is the middle generation then, or before that.
fn grow_old(generation: Generation, alive: &[*mut Header], garbage: &[Obj]) {
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
        if generation != Generation::Young {
            COLLECTOR.middle.set(old.len());
        }
    }
}

/// Finalizes garbage and takes it apart, unless a finalizer brought it back. Returns how many objects were not.
fn dispose(vm: &Vm, garbage: Vec<Obj>) -> usize {
    report::found(vm, &garbage);
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
    let found = garbage.len();
    if COLLECTOR.debug.get() & debug::SAVEALL != 0 {
        report::save(garbage);
        return found;
    }
    for object in &garbage {
        if let Some(header) = object.header() {
            clear(header);
        }
    }
    drop(garbage);
    drop(callbacks);
    found
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
