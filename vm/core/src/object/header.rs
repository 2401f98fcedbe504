//! The header of every object.

use std::cell::Cell;

use crate::types::TypeObject;

/// What every object begins with.
///
/// ```text
/// 0        4        8                16
/// ├ count ─┼── gc ──┼───── type ─────┤ payload …
/// ```
/// `count` is the reference count; with its top bit set the object is immortal. A count that runs into
/// that bit makes the object immortal, so a count never wraps.
///
/// `gc` holds the object's place in the collector's list (0: not tracked) and flags.
#[repr(C)]
pub(crate) struct Header {
    count: Cell<u32>,
    gc: Cell<u32>,
    ty: Cell<*const TypeObject>,
}

const _: () = assert!(size_of::<Header>() == 16);

const IMMORTAL: u32 = 1 << 31;
/// Immortal objects may still be counted by those who hold an old word: start far from both ends.
const IMMORTAL_COUNT: u32 = 3 << 30;

const GC_INDEX: u32 = (1 << 27) - 1;
const GC_PERMANENT: u32 = 1 << 27;
const GC_OLD: u32 = 1 << 28;
const GC_FINALIZED: u32 = 1 << 29;
const GC_WEAKREFS: u32 = 1 << 30;
const GC_DYING: u32 = 1 << 31;

impl Header {
    /// The header of a new object with one reference.
    #[inline(always)]
    pub(crate) const fn new(ty: *const TypeObject) -> Self {
        Self { count: Cell::new(1), gc: Cell::new(0), ty: Cell::new(ty) }
    }

    /// The header of a static object.
    pub(crate) const fn immortal(ty: *const TypeObject) -> Self {
        Self { count: Cell::new(IMMORTAL_COUNT), gc: Cell::new(0), ty: Cell::new(ty) }
    }

    #[inline(always)]
    pub(crate) fn ty(&self) -> *const TypeObject {
        self.ty.get()
    }

    /// Makes the object an instance of another type. The caller counts the types' references.
    pub(crate) fn set_ty(&self, ty: *const TypeObject) {
        self.ty.set(ty);
    }

    #[inline(always)]
    pub(crate) fn count(&self) -> u32 {
        self.count.get()
    }

    #[inline(always)]
    pub(crate) fn is_immortal(&self) -> bool {
        self.count.get() & IMMORTAL != 0
    }

    #[inline(always)]
    pub(crate) fn incref(&self) {
        self.count.set(self.count.get().wrapping_add(1));
    }

    /// Gives a reference back; true if it was the last.
    #[inline(always)]
    pub(crate) fn decref(&self) -> bool {
        let count = self.count.get().wrapping_sub(1);
        self.count.set(count);
        count == 0
    }

    /// The object's place in the collector's list; 0 if it is not tracked.
    #[inline(always)]
    pub(crate) fn gc_index(&self) -> u32 {
        self.gc.get() & GC_INDEX
    }

    #[inline(always)]
    pub(crate) fn set_gc_index(&self, index: u32) {
        debug_assert!(index <= GC_INDEX);
        self.gc.set(self.gc.get() & !GC_INDEX | index);
    }

    /// The most objects that the collector can track.
    pub(crate) const MAX_GC_INDEX: u32 = GC_INDEX;

    fn flag(&self, flag: u32) -> bool {
        self.gc.get() & flag != 0
    }

    fn set_flag(&self, flag: u32, on: bool) {
        self.gc.set(if on { self.gc.get() | flag } else { self.gc.get() & !flag });
    }

    /// Whether the object survived a collection.
    pub(crate) fn is_old(&self) -> bool {
        self.flag(GC_OLD)
    }

    pub(crate) fn set_old(&self, on: bool) {
        self.set_flag(GC_OLD, on);
    }

    /// Whether the object stands in the list that is never examined. Such an object is old, too.
    pub(crate) fn is_permanent(&self) -> bool {
        self.flag(GC_PERMANENT)
    }

    pub(crate) fn set_permanent(&self, on: bool) {
        self.set_flag(GC_PERMANENT, on);
    }

    /// Whether `__del__` was called.
    pub(crate) fn is_finalized(&self) -> bool {
        self.flag(GC_FINALIZED)
    }

    pub(crate) fn set_finalized(&self) {
        self.set_flag(GC_FINALIZED, true);
    }

    /// Whether weak references to the object exist.
    pub(crate) fn has_weakrefs(&self) -> bool {
        self.flag(GC_WEAKREFS)
    }

    pub(crate) fn set_has_weakrefs(&self, on: bool) {
        self.set_flag(GC_WEAKREFS, on);
    }

    /// Whether the object is being torn down: its count is 0 and nobody may take a reference.
    pub(crate) fn is_dying(&self) -> bool {
        self.flag(GC_DYING)
    }

    pub(crate) fn set_dying(&self) {
        self.set_flag(GC_DYING, true);
    }
}
