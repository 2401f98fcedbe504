//! What `compile()` can be told besides the source and its name.

use rustpython_compiler_core::bytecode;

/// What kind of source to expect: the third argument of `compile()`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Mode {
    /// A module: any number of statements.
    #[default]
    Exec,
    /// One expression, whose value the code returns.
    Eval,
    /// One interactive statement; the values of expression statements are displayed.
    Single,
}

bitflags::bitflags! {
    /// The `flags` argument of `compile()`: CPython's `PyCF_*` (Include/cpython/compile.h), and the
    /// `__future__` features in force around the source.
    ///
    /// Flags that concern only syntax trees or the decoding of bytes (`ast.PyCF_ONLY_AST`,
    /// `PyCF_TYPE_COMMENTS`, `PyCF_SOURCE_IS_UTF8`, `PyCF_IGNORE_COOKIE`) do not exist here.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct CompileFlags: u32 {
        /// Leave an indented block incomplete until a newline ends it.
        const DONT_IMPLY_DEDENT = 0x200;
        /// Allow `await`, `async for` and `async with` at the top level.
        const ALLOW_TOP_LEVEL_AWAIT = 0x2000;
        /// Say of a source that more input could make right that it is incomplete (`codeop`).
        const ALLOW_INCOMPLETE_INPUT = 0x4000;
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
    }
}

impl CompileFlags {
    /// The features as the library names them.
    pub(crate) fn future_features(self) -> bytecode::CodeFlags {
        bytecode::CodeFlags::from_bits_truncate(self.bits()) & bytecode::CodeFlags::FUTURE_MASK
    }
}

/// How to compile a source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Options {
    /// What kind of source it is.
    pub mode: Mode,
    /// The optimization level: 0, 1 as `python -O` (no `assert`, `__debug__` is false), 2 as
    /// `python -OO` (no docstrings either). Higher levels are like 2.
    pub optimize: u8,
    /// Further flags.
    pub flags: CompileFlags,
    /// How many digits a decimal integer may have, 0 for any number; CPython's default where none is given.
    pub int_digit_limit: Option<usize>,
}
