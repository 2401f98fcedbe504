//! `co_flags`.

bitflags::bitflags! {
    /// What kind of code a code object holds: CPython's `CO_*` bits. Bits without a name are kept.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct CodeFlags: u32 {
        /// Locals live in fast slots, not in a dictionary.
        const OPTIMIZED = 0x1;
        /// A call makes a new local namespace.
        const NEWLOCALS = 0x2;
        /// Takes `*args`.
        const VARARGS = 0x4;
        /// Takes `**kwargs`.
        const VARKEYWORDS = 0x8;
        /// Lies inside a function.
        const NESTED = 0x10;
        /// A generator function.
        const GENERATOR = 0x20;
        /// An `async def` without `yield`.
        const COROUTINE = 0x80;
        /// A generator that can be awaited (`types.coroutine`).
        const ITERABLE_COROUTINE = 0x100;
        /// An `async def` with `yield`.
        const ASYNC_GENERATOR = 0x200;
        /// `from __future__ import division`.
        const FUTURE_DIVISION = 0x2_0000;
        /// `from __future__ import absolute_import`.
        const FUTURE_ABSOLUTE_IMPORT = 0x4_0000;
        /// `from __future__ import with_statement`.
        const FUTURE_WITH_STATEMENT = 0x8_0000;
        /// `from __future__ import print_function`.
        const FUTURE_PRINT_FUNCTION = 0x10_0000;
        /// `from __future__ import unicode_literals`.
        const FUTURE_UNICODE_LITERALS = 0x20_0000;
        /// `from __future__ import barry_as_FLUFL`.
        const FUTURE_BARRY_AS_BDFL = 0x40_0000;
        /// `from __future__ import generator_stop`.
        const FUTURE_GENERATOR_STOP = 0x80_0000;
        /// `from __future__ import annotations`.
        const FUTURE_ANNOTATIONS = 0x100_0000;
        /// Raises no `sys.monitoring` events.
        const NO_MONITORING_EVENTS = 0x200_0000;
        /// The first constant is the docstring.
        const HAS_DOCSTRING = 0x400_0000;
        /// A function defined in a class body.
        const METHOD = 0x800_0000;
        const _ = !0;
    }
}
