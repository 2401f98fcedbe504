//! Opcodes and what is known of each: number, name, inline caches, stack effect, what the argument means,
//! specialised and instrumented forms. The facts are in [`generated`](self), made by
//! `generate/opcodes.py`; how an opcode is executed is none of this crate's business.

mod generated;

pub use generated::{
    BINARY_OPERATOR_NAMES, BINARY_OPERATORS, CACHE_LAYOUTS, COMMON_CONSTANTS, COMPARE_OPERATORS,
    INTRINSICS_1, INTRINSICS_2, Opcode, PSEUDO_OPCODES, PseudoOpcode, SPECIAL_METHODS,
};

/// What an opcode's argument means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgKind {
    /// It has none.
    None,
    /// A number: a count, a depth, a set of bits.
    Raw,
    /// An index into `co_consts`.
    Const,
    /// An index into `co_names`.
    Name,
    /// An index into `co_names`, shifted left by one; bit 0 is a flag.
    NameShift1,
    /// An index into `co_names`, shifted left by two; bits 0 and 1 are flags.
    NameShift2,
    /// A localsplus slot.
    Local,
    /// Two localsplus slots below 16, the first in bits 4 to 7.
    LocalPair,
    /// A localsplus slot that holds a cell.
    Free,
    /// A distance in code units from the end of the instruction and its caches.
    Jump,
    /// An index into [`BINARY_OPERATORS`].
    BinaryOp,
    /// An index into [`COMPARE_OPERATORS`], shifted left by five; bit 4 asks for a bool.
    Compare,
    /// `str`, `repr` or `ascii`: 1 to 3.
    Conversion,
    /// One bit that says which attribute of a function is set.
    FunctionAttribute,
    /// An index into [`INTRINSICS_1`].
    Intrinsic1,
    /// An index into [`INTRINSICS_2`].
    Intrinsic2,
    /// An index into [`COMMON_CONSTANTS`].
    CommonConstant,
    /// An index into [`SPECIAL_METHODS`].
    SpecialMethod,
    /// The integer itself.
    SmallInt,
    /// 1 for `is not` and `not in`.
    Invert,
}

/// Whether an opcode jumps, and which way its argument counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JumpKind {
    /// Never.
    None,
    /// Towards the end of the code.
    Forward,
    /// Towards its beginning.
    Backward,
    /// Never, but its argument counts back to the `SEND` that it belongs to (`END_ASYNC_FOR`).
    Origin,
}

impl Opcode {
    /// How the depth of the value stack changes, of an argument below 2**30. The same whether it jumps or
    /// not (Python's `dis.stack_effect`), and for a specialised form that of its base: what CPython says
    /// of that form itself counts only until a frame is pushed, or counts a fused instruction in.
    pub const fn stack_effect(self, arg: u32) -> i64 {
        let base = self.base();
        base.pushed(arg as i64) - base.popped(arg as i64)
    }

    /// Whether it has an argument at all.
    pub const fn has_arg(self) -> bool {
        !matches!(self.arg_kind(), ArgKind::None)
    }

    /// The opcode of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|opcode| opcode.name() == name)
    }

    /// Whether control never goes on to the next instruction.
    pub const fn is_terminator(self) -> bool {
        matches!(
            self.base(),
            Self::ReturnValue
                | Self::RaiseVarargs
                | Self::Reraise
                | Self::JumpForward
                | Self::JumpBackward
                | Self::JumpBackwardNoInterrupt
                | Self::InterpreterExit
        )
    }
}
