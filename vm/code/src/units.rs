//! Code units, their two ways of being counted, and the instructions they make up.
//!
//! A code unit is two bytes: opcode and oparg. An inline cache entry is a code unit too. Python counts
//! bytes (`dis`, `f_lasti`); the tables and jumps count code units. The two are different types, and
//! this module holds the only conversions between them. It knows nothing of what an opcode does.

use std::fmt;

use crate::opcode::{JumpKind, Opcode};

/// An index into the code units of one code object: what jumps, the linetable and the exception table
/// count in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CodeUnitIdx(pub u32);

/// A byte offset into `co_code`: what Python sees as an instruction offset or `f_lasti`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteOffset(pub u32);

impl CodeUnitIdx {
    /// The byte offset at which this code unit begins.
    pub const fn byte_offset(self) -> ByteOffset {
        ByteOffset(self.0.saturating_mul(2))
    }

    /// The index as a slice index.
    pub const fn get(self) -> usize {
        self.0 as usize
    }

    /// The code unit `count` units further on.
    #[must_use]
    pub const fn plus(self, count: u32) -> Self {
        Self(self.0.saturating_add(count))
    }
}

impl ByteOffset {
    /// The code unit that this byte lies in.
    pub const fn code_unit(self) -> CodeUnitIdx {
        CodeUnitIdx(self.0 / 2)
    }

    /// The offset as a slice index.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for CodeUnitIdx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unit {}", self.0)
    }
}

impl fmt::Display for CodeUnitIdx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for ByteOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.0)
    }
}

impl fmt::Display for ByteOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// One code unit as it lies in `co_code`. The opcode byte may be one that 3.14 does not know: see
/// [`CodeUnit::opcode`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodeUnit {
    /// The opcode's number.
    pub op: u8,
    /// The low eight bits of the argument, or a cache entry's high byte.
    pub arg: u8,
}

impl CodeUnit {
    /// A unit of this opcode and argument byte.
    pub const fn new(opcode: Opcode, arg: u8) -> Self {
        Self { op: opcode as u8, arg }
    }

    /// The opcode, if 3.14 has one of this number.
    pub const fn opcode(self) -> Option<Opcode> {
        Opcode::from_u8(self.op)
    }
}

/// The code units of `co_code`. A trailing odd byte is not part of any unit and is left out; the
/// verifier refuses such code.
#[derive(Clone, Copy, Debug)]
pub struct CodeUnits<'a> {
    pairs: &'a [[u8; 2]],
}

impl<'a> CodeUnits<'a> {
    /// The units in these bytes.
    pub fn new(co_code: &'a [u8]) -> Self {
        Self { pairs: co_code.as_chunks::<2>().0 }
    }

    /// How many code units there are, inline caches included.
    pub fn len(self) -> usize {
        self.pairs.len()
    }

    /// Whether there is no unit at all.
    pub fn is_empty(self) -> bool {
        self.pairs.is_empty()
    }

    /// The unit at an index.
    pub fn get(self, at: CodeUnitIdx) -> Option<CodeUnit> {
        self.pairs.get(at.get()).map(|&[op, arg]| CodeUnit { op, arg })
    }

    /// All units, inline caches included.
    pub fn iter(self) -> impl ExactSizeIterator<Item = CodeUnit> + 'a {
        self.pairs.iter().map(|&[op, arg]| CodeUnit { op, arg })
    }

    /// The instructions: `EXTENDED_ARG` prefixes folded into the argument, inline caches skipped.
    pub fn instructions(self) -> Instructions<'a> {
        Instructions { units: self, next: 0 }
    }
}

/// An instruction: an opcode with its whole argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// Where its first unit lies, the first `EXTENDED_ARG` if it has any: what jumps and the tables
    /// point to.
    pub start: CodeUnitIdx,
    /// Where its opcode lies: what `f_lasti` points to.
    pub at: CodeUnitIdx,
    /// The opcode's number, which may be one that 3.14 does not know.
    pub op: u8,
    /// The argument with all extensions. CPython keeps it in a C `int`; so bits beyond 32 are lost, as
    /// they are there.
    pub arg: u32,
}

impl Instruction {
    /// The opcode, if 3.14 has one of this number.
    pub const fn opcode(self) -> Option<Opcode> {
        Opcode::from_u8(self.op)
    }

    /// How many inline cache units follow.
    pub fn caches(self) -> u32 {
        self.opcode().map_or(0, |op| u32::from(op.caches()))
    }

    /// The first unit after the instruction and its inline caches.
    pub fn end(self) -> CodeUnitIdx {
        self.at.plus(1 + self.caches())
    }

    /// Where a jump goes. `None` for an instruction that does not jump, or for a backward jump that
    /// would leave the code at its beginning. A forward target is not checked against the code's end.
    ///
    /// The target of `FOR_ITER` is an `END_FOR`, at which the stack depth is as if it ran; CPython's loop
    /// skips it and goes on at the instruction after it.
    pub fn jump_target(self) -> Option<CodeUnitIdx> {
        match self.opcode()?.jump() {
            JumpKind::None | JumpKind::Origin => None,
            JumpKind::Forward | JumpKind::Backward => self.label(),
        }
    }

    /// What `dis` shows as the target: the jump target, or the `SEND` that an `END_ASYNC_FOR` belongs to.
    pub fn label(self) -> Option<CodeUnitIdx> {
        let after = self.end().0;
        match self.opcode()?.jump() {
            JumpKind::None => None,
            JumpKind::Forward => after.checked_add(self.arg).map(CodeUnitIdx),
            JumpKind::Backward | JumpKind::Origin => after.checked_sub(self.arg).map(CodeUnitIdx),
        }
    }
}

/// Iterates over the instructions of some code units.
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    units: CodeUnits<'a>,
    next: u32,
}

impl Iterator for Instructions<'_> {
    type Item = Instruction;

    fn next(&mut self) -> Option<Instruction> {
        let start = CodeUnitIdx(self.next);
        let mut at = start;
        let mut arg = 0u32;
        loop {
            let unit = self.units.get(at)?;
            arg = (arg << 8) | u32::from(unit.arg);
            let last = at.get() + 1 == self.units.len();
            if unit.op != Opcode::ExtendedArg as u8 || last {
                let instruction = Instruction { start, at, op: unit.op, arg };
                self.next = instruction.end().0;
                return Some(instruction);
            }
            at = at.plus(1);
        }
    }
}

/// Appends an instruction with the `EXTENDED_ARG` prefixes that its argument needs, and its inline
/// cache units, all zero.
pub fn push_instruction(co_code: &mut Vec<u8>, opcode: Opcode, arg: u32) {
    let bytes = arg.to_be_bytes();
    let significant = bytes.iter().position(|&b| b != 0).unwrap_or(3);
    for &high in &bytes[significant..3] {
        co_code.extend([Opcode::ExtendedArg as u8, high]);
    }
    co_code.extend([opcode as u8, bytes[3]]);
    co_code.extend(std::iter::repeat_n(0, usize::from(opcode.caches()) * 2));
}

#[cfg(test)]
mod tests;
