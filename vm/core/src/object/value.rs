//! The value word: what a local variable, a stack slot or a list item is.
//!
//! ```text
//!  63                                   2 1 0
//! ┌──────────────────────────────────────┬───┐
//! │ integer, 62 bits, two's complement   │1 1│  a small int, nothing allocated
//! │ address of an object's header        │0 0│  owned: this word holds one reference
//! │ address of an object's header        │1 0│  immortal, or (value stack only) borrowed from a local
//! │ 0                                    │1 0│  NULL: no value
//! └──────────────────────────────────────┴───┘
//! ```
//! Invariants:
//! - an immortal object (see [`Header`]) is only ever pointed to by words tagged `10`, so counting is one
//!   test of the tag;
//! - a word in the heap is never a borrowed one: `10` there means immortal or NULL.

use super::header::Header;

/// A value as a plain word, whose references are counted by hand. See the module's drawing.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Value(pub(crate) u64);

const TAG_MASK: u64 = 3;
const INT_TAG: u64 = 3;
pub(crate) const BORROWED_TAG: u64 = 2;

const _: () = assert!(size_of::<Value>() == 8);

impl Value {
    /// No value: an unbound local, an absent self.
    pub(crate) const NULL: Self = Self(BORROWED_TAG);
    /// The least small int.
    pub(crate) const MIN_INT: i64 = -(1 << 61);
    /// The greatest small int.
    pub(crate) const MAX_INT: i64 = (1 << 61) - 1;

    /// The small int `int`, which must be within [`Self::MIN_INT`]..=[`Self::MAX_INT`].
    #[inline(always)]
    pub(crate) const fn int(int: i64) -> Self {
        debug_assert!(Self::fits(int));
        Self(((int as u64) << 2) | INT_TAG)
    }

    /// Whether `int` is a small int.
    #[inline(always)]
    pub(crate) const fn fits(int: i64) -> bool {
        int >= Self::MIN_INT && int <= Self::MAX_INT
    }

    #[inline(always)]
    pub(crate) const fn is_int(self) -> bool {
        self.0 & 1 != 0
    }

    /// The number of a small int.
    #[inline(always)]
    pub(crate) const fn as_int(self) -> i64 {
        (self.0 as i64) >> 2
    }

    #[inline(always)]
    pub(crate) const fn is_null(self) -> bool {
        self.0 == Self::NULL.0
    }

    /// Whether this word holds a reference to give back.
    #[inline(always)]
    pub(crate) const fn is_counted(self) -> bool {
        self.0 & TAG_MASK == 0
    }

    /// The object's header. Only for words that are neither ints nor NULL.
    #[inline(always)]
    pub(crate) fn header(self) -> *mut Header {
        debug_assert!(!self.is_int() && !self.is_null());
        (self.0 & !TAG_MASK) as *mut Header
    }

    /// Whether both words mean the same object (or the same small int).
    #[inline(always)]
    pub(crate) const fn is(self, other: Self) -> bool {
        self.0 | BORROWED_TAG == other.0 | BORROWED_TAG
    }

    /// The same object, as a word that counts no reference.
    #[inline(always)]
    pub(crate) const fn borrow(self) -> Self {
        Self(self.0 | BORROWED_TAG)
    }
}
