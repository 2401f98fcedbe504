//! The slots of a frame: which name lives in which slot of localsplus, and what kind of slot it is.
//!
//! CPython: Objects/codeobject.c, `_Py_set_localsplus_info`. The order is locals (arguments first),
//! cells, free variables. A parameter that is captured has one slot, both local and cell.

use std::fmt;

bitflags::bitflags! {
    /// What a localsplus slot is: one byte of `co_localspluskinds`, CPython's `CO_FAST_*` bits.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct LocalKind: u8 {
        /// An argument that can be passed by position.
        const ARG_POS = 0x02;
        /// An argument that can be passed by keyword.
        const ARG_KW = 0x04;
        /// `*args` or `**kwargs`.
        const ARG_VAR = 0x08;
        /// Hidden from `locals()`: the variable of an inlined comprehension outside a function.
        const HIDDEN = 0x10;
        /// A fast local.
        const LOCAL = 0x20;
        /// A cell that this code makes.
        const CELL = 0x40;
        /// A cell that comes from the closure.
        const FREE = 0x80;
        const _ = !0;
    }
}

/// The index of a slot in a frame's localsplus.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LocalsPlusIdx(pub u32);

impl LocalsPlusIdx {
    /// The index as a slice index.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for LocalsPlusIdx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
