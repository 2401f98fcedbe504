//! What an instruction's argument stands for, and how `dis` shows it.

use std::fmt;

use crate::code_object::CodeObject;
use crate::constant::{Const, Names};
use crate::opcode::{
    ArgKind, BINARY_OPERATORS, COMMON_CONSTANTS, COMPARE_OPERATORS, INTRINSICS_1, INTRINSICS_2, JumpKind,
    Opcode, SPECIAL_METHODS,
};
use crate::repr::{Repr, write_text};
use crate::text::Str;

use super::instruction::Step;
use super::labels::Labels;

/// The attributes that `SET_FUNCTION_ATTRIBUTE` sets, by bit.
const FUNCTION_ATTRIBUTES: [&str; 5] = ["defaults", "kwdefaults", "annotations", "closure", "annotate"];
/// What `CONVERT_VALUE` calls, by the argument.
const CONVERSIONS: [&str; 4] = ["", "str", "repr", "ascii"];

/// What an argument stands for. `Display` writes `dis.Instruction.argrepr`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Argument<'a> {
    /// Nothing beyond its number, or there is none.
    Number,
    /// A constant.
    Const(&'a Const),
    /// A name; what else the instruction pushes.
    Name(&'a Str, &'static str),
    /// Two names.
    Names(&'a Str, &'a Str),
    /// A byte offset that is jumped to, and its label.
    JumpTo(i64, usize),
    /// The byte offset of the `SEND` that an `END_ASYNC_FOR` belongs to, and its label.
    From(i64, usize),
    /// An operator, a function, an attribute.
    Described(&'static str),
    /// A comparison that is made a bool.
    Bool(&'static str),
    /// The attributes of a function, one bit each.
    FunctionAttributes(u32),
    /// Nothing that CPython 3.14 knows.
    Invalid(InvalidArgument),
}

/// An argument that leads past the end of what it is an index into; CPython's `dis` raises.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidArgument {
    /// What it is an index into.
    pub table: &'static str,
    /// The index.
    pub index: u32,
    /// How many items there are.
    pub len: usize,
}

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid: index {} of {} (length {})", self.index, self.table, self.len)
    }
}

impl<'a> Argument<'a> {
    pub(super) fn resolve(code: &'a CodeObject, labels: &Labels, step: Step) -> Self {
        let (Some(opcode), Some(arg)) = (step.opcode.map(Opcode::base), step.arg) else {
            return Self::Number;
        };
        let arg = arg.cast_unsigned();
        let name = |index, pushes| match find(&code.names, "co_names", index) {
            Ok(name) => Self::Name(name, pushes),
            Err(invalid) => Self::Invalid(invalid),
        };
        let slot = |index| find(&code.localsplusnames, "the localsplus names", index);
        match opcode.arg_kind() {
            ArgKind::None | ArgKind::Raw | ArgKind::SmallInt => Self::Number,
            ArgKind::Const => match code.consts.get(arg as usize) {
                Some(constant) => Self::Const(constant),
                None => Self::invalid("co_consts", arg, code.consts.len()),
            },
            ArgKind::Name => name(arg, ""),
            ArgKind::NameShift1 if arg & 1 == 0 => name(arg >> 1, ""),
            ArgKind::NameShift1 if opcode == Opcode::LoadGlobal => name(arg >> 1, " + NULL"),
            ArgKind::NameShift1 => name(arg >> 1, " + NULL|self"),
            ArgKind::NameShift2 => name(arg >> 2, if arg & 1 == 0 { "" } else { " + NULL|self" }),
            ArgKind::Local | ArgKind::Free => match slot(arg) {
                Ok(name) => Self::Name(name, ""),
                Err(invalid) => Self::Invalid(invalid),
            },
            ArgKind::LocalPair => match (slot(arg >> 4), slot(arg & 15)) {
                (Ok(first), Ok(second)) => Self::Names(first, second),
                (Err(invalid), _) | (_, Err(invalid)) => Self::Invalid(invalid),
            },
            ArgKind::Jump => match step.target().and_then(|target| Some((target, labels.at(target)?))) {
                Some((target, label)) if opcode.jump() == JumpKind::Origin => Self::From(target, label),
                Some((target, label)) => Self::JumpTo(target, label),
                None => Self::Number,
            },
            ArgKind::BinaryOp => Self::described(&BINARY_OPERATORS, "the binary operators", arg),
            ArgKind::Compare => {
                match Self::described(&COMPARE_OPERATORS, "the comparison operators", arg >> 5) {
                    Self::Described(operator) if arg & 16 != 0 => Self::Bool(operator),
                    other => other,
                }
            }
            ArgKind::Conversion => Self::described(&CONVERSIONS, "the conversions", arg),
            ArgKind::FunctionAttribute => Self::FunctionAttributes(arg),
            ArgKind::Intrinsic1 => Self::described(&INTRINSICS_1, "the unary intrinsics", arg),
            ArgKind::Intrinsic2 => Self::described(&INTRINSICS_2, "the binary intrinsics", arg),
            ArgKind::CommonConstant => {
                match Self::described(&COMMON_CONSTANTS, "the common constants", arg) {
                    // Shown by `repr`, the others being classes, by name.
                    Self::Described("all") => Self::Described("<built-in function all>"),
                    Self::Described("any") => Self::Described("<built-in function any>"),
                    other => other,
                }
            }
            ArgKind::SpecialMethod => Self::described(&SPECIAL_METHODS, "the special methods", arg),
            ArgKind::Invert => Self::Described(match (opcode, arg) {
                (Opcode::IsOp, 0) => "is",
                (Opcode::IsOp, _) => "is not",
                (_, 0) => "in",
                _ => "not in",
            }),
        }
    }

    fn described(names: &[&'static str], table: &'static str, index: u32) -> Self {
        match names.get(index as usize) {
            Some(name) => Self::Described(name),
            None => Self::invalid(table, index, names.len()),
        }
    }

    fn invalid(table: &'static str, index: u32, len: usize) -> Self {
        Self::Invalid(InvalidArgument { table, index, len })
    }

    /// Whether there is nothing to show beyond the number.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Number => true,
            Self::Name(name, _) => name.as_bytes().is_empty(),
            Self::Described(text) => text.is_empty(),
            Self::FunctionAttributes(bits) => bits.trailing_zeros() as usize >= FUNCTION_ATTRIBUTES.len(),
            _ => false,
        }
    }
}

fn find<'a>(names: &'a Names, table: &'static str, index: u32) -> Result<&'a Str, InvalidArgument> {
    names.get(index as usize).ok_or(InvalidArgument { table, index, len: names.len() })
}

impl fmt::Display for Argument<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Number => Ok(()),
            Self::Const(constant) => Repr(constant).fmt(f),
            Self::Name(name, _) if name.as_bytes().is_empty() => Ok(()),
            Self::Name(name, pushes) => {
                write_text(name, f)?;
                f.write_str(pushes)
            }
            Self::Names(first, second) => {
                write_text(first, f)?;
                f.write_str(", ")?;
                write_text(second, f)
            }
            Self::JumpTo(_, label) => write!(f, "to L{label}"),
            Self::From(_, label) => write!(f, "from L{label}"),
            Self::Described(text) => f.write_str(text),
            Self::Bool(operator) => write!(f, "bool({operator})"),
            Self::FunctionAttributes(bits) => {
                let mut separator = "";
                for (bit, name) in FUNCTION_ATTRIBUTES.iter().enumerate() {
                    if bits & 1 << bit != 0 {
                        write!(f, "{separator}{name}")?;
                        separator = ", ";
                    }
                }
                Ok(())
            }
            Self::Invalid(invalid) => invalid.fmt(f),
        }
    }
}
