//! Instructions as `dis.Instruction` has them, and the walk over the code units that finds them.

use std::borrow::Cow;

use crate::code_object::CodeObject;
use crate::linetable::Location;
use crate::opcode::{CACHE_LAYOUTS, Opcode};
use crate::units::{ByteOffset, CodeUnitIdx, CodeUnits};

use super::argument::Argument;
use super::labels::Labels;
use super::line_starts::known_line;

/// An instruction, or an `EXTENDED_ARG` prefix of one, with all that is known of it.
#[derive(Clone, Debug)]
pub struct Instruction<'a> {
    /// The opcode's number.
    pub op: u8,
    /// The opcode, if 3.14 has one of this number.
    pub opcode: Option<Opcode>,
    /// The argument with the bits of the `EXTENDED_ARG` prefixes before it; `None` if the opcode takes
    /// none. A C `int`, so that it may be negative.
    pub arg: Option<i32>,
    /// What the argument stands for; its `Display` is `argrepr`.
    pub argument: Argument<'a>,
    /// Where the opcode lies.
    pub offset: ByteOffset,
    /// Where the instruction begins: the first `EXTENDED_ARG` if it has any.
    pub start_offset: ByteOffset,
    /// Whether a line starts here; the line may be unknown.
    pub starts_line: bool,
    /// The line that the instruction belongs to.
    pub line_number: Option<i32>,
    /// The number of the label here.
    pub label: Option<usize>,
    /// The source range.
    pub positions: Positions,
    cache: Cache<'a>,
}

/// A source range of which any part may be unknown.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Positions {
    /// The first line.
    pub line: Option<i32>,
    /// The last line.
    pub end_line: Option<i32>,
    /// Where it begins on the first line, in UTF-8 bytes.
    pub column: Option<u32>,
    /// Where it ends on the last line, in UTF-8 bytes, exclusive.
    pub end_column: Option<u32>,
}

impl From<Option<Location>> for Positions {
    fn from(location: Option<Location>) -> Self {
        location.map_or_else(Self::default, |location| Self {
            line: known_line(location.line),
            end_line: known_line(location.end_line),
            column: location.column,
            end_column: location.end_column,
        })
    }
}

/// A value in the inline cache of an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CacheEntry {
    /// What the interpreter keeps here.
    pub name: &'static str,
    /// How many code units it takes.
    pub units: u8,
    /// The value.
    pub value: u64,
}

impl Instruction<'_> {
    /// CPython's name of the opcode; `<N>` for a number that 3.14 does not know.
    pub fn opname(&self) -> Cow<'static, str> {
        self.opcode.map_or_else(|| format!("<{}>", self.op).into(), |opcode| opcode.name().into())
    }

    /// Whether an instruction or the exception table leads here.
    pub fn is_jump_target(&self) -> bool {
        self.label.is_some()
    }

    /// The first byte after the instruction and its inline cache.
    pub fn end_offset(&self) -> ByteOffset {
        let caches = self.opcode.map_or(0, Opcode::caches);
        self.offset.code_unit().plus(1 + u32::from(caches)).byte_offset()
    }

    /// What the inline cache holds. In the plain form that is nothing, as in `co_code`; in the specialised
    /// form it is what lies in the code, with the counters of code that never ran.
    pub fn cache_info(&self) -> impl Iterator<Item = CacheEntry> {
        let Cache { units, specialized } = self.cache;
        let layout = self.opcode.map_or(&[][..], cache_layout);
        let counter = self.opcode.filter(|&opcode| opcode == opcode.base()).map(initial_counter);
        let mut next = self.offset.code_unit().plus(1);
        layout.iter().enumerate().map(move |(index, &(name, size))| {
            let value = match counter {
                _ if !specialized => 0,
                Some(counter) if index == 0 => u64::from(counter),
                _ => little_endian(units, next, size),
            };
            next = next.plus(u32::from(size));
            CacheEntry { name, units: size, value }
        })
    }
}

/// Where the inline cache of an instruction is read from.
#[derive(Clone, Copy, Debug)]
struct Cache<'a> {
    units: CodeUnits<'a>,
    specialized: bool,
}

fn cache_layout(opcode: Opcode) -> &'static [(&'static str, u8)] {
    let base = opcode.base();
    CACHE_LAYOUTS.iter().find(|(of, _)| *of == base).map_or(&[], |&(_, layout)| layout)
}

/// What CPython's `_PyCode_Quicken` puts into the first cache unit of a new code object.
fn initial_counter(opcode: Opcode) -> u16 {
    match opcode {
        // A backoff counter of value 4095 and exponent 12: when to try a tier-2 trace.
        Opcode::JumpBackward => 0xfffc,
        // A history of 16 branches, taken every other time.
        Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue | Opcode::PopJumpIfNone | Opcode::PopJumpIfNotNone => {
            0x5555
        }
        // A backoff counter of value 1 and exponent 1: when to specialise.
        _ => 0x11,
    }
}

/// The number in `size` code units; units beyond the end of the code count as zero.
fn little_endian(units: CodeUnits<'_>, at: CodeUnitIdx, size: u8) -> u64 {
    (0..u32::from(size.min(4)))
        .filter_map(|index| Some((index, units.get(at.plus(index))?)))
        .map(|(index, unit)| u64::from(u16::from_le_bytes([unit.op, unit.arg])) << (16 * index))
        .fold(0, |value, part| value | part)
}

/// Iterates over the instructions of a code object.
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    code: &'a CodeObject,
    labels: &'a Labels,
    walk: Walk<'a>,
    line_starts: &'a [(ByteOffset, Option<i32>)],
    line: Option<i32>,
    positions: PositionRuns<'a>,
    cache: Cache<'a>,
}

impl<'a> Instructions<'a> {
    pub(super) fn new(
        code: &'a CodeObject,
        specialized: bool,
        labels: &'a Labels,
        line_starts: &'a [(ByteOffset, Option<i32>)],
    ) -> Self {
        let units = code.units();
        Self {
            code,
            labels,
            walk: Walk::new(units),
            line_starts,
            line: None,
            positions: PositionRuns::new(code),
            cache: Cache { units, specialized },
        }
    }

    /// Whether a line starts exactly here. A line that starts within an inline cache is passed over.
    fn starts_line(&mut self, offset: ByteOffset) -> bool {
        while let [(start, line), rest @ ..] = self.line_starts
            && *start <= offset
        {
            self.line_starts = rest;
            if *start == offset {
                self.line = *line;
                return true;
            }
        }
        false
    }
}

impl<'a> Iterator for Instructions<'a> {
    type Item = Instruction<'a>;

    fn next(&mut self) -> Option<Instruction<'a>> {
        let step = self.walk.next()?;
        let offset = step.at.byte_offset();
        let starts_line = self.starts_line(offset);
        let opcode = if self.cache.specialized { step.opcode } else { step.opcode.map(Opcode::base) };
        Some(Instruction {
            op: opcode.map_or(step.op, |opcode| opcode as u8),
            opcode,
            arg: step.arg,
            argument: Argument::resolve(self.code, self.labels, step),
            offset,
            start_offset: step.start.byte_offset(),
            starts_line,
            line_number: self.line,
            label: self.labels.at_unit(step.at),
            positions: self.positions.at(step.at),
            cache: self.cache,
        })
    }
}

/// Answers for ascending code units what their position is.
#[derive(Clone, Debug)]
struct PositionRuns<'a> {
    entries: crate::linetable::LocationEntries<'a>,
    end: CodeUnitIdx,
    positions: Positions,
}

impl<'a> PositionRuns<'a> {
    fn new(code: &'a CodeObject) -> Self {
        let entries = code.line_table().entries();
        Self { entries, end: CodeUnitIdx(0), positions: Positions::default() }
    }

    fn at(&mut self, at: CodeUnitIdx) -> Positions {
        while self.end <= at {
            let Some(Ok(entry)) = self.entries.next() else { return Positions::default() };
            self.end = entry.end;
            self.positions = entry.location.into();
        }
        self.positions
    }
}

/// One stop of a [`Walk`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) start: CodeUnitIdx,
    pub(super) at: CodeUnitIdx,
    pub(super) op: u8,
    /// As it lies in the code, perhaps specialised.
    pub(super) opcode: Option<Opcode>,
    pub(super) arg: Option<i32>,
}

/// Goes from opcode to opcode, stopping at `EXTENDED_ARG` too, as `dis` does.
#[derive(Clone, Debug)]
pub(super) struct Walk<'a> {
    units: CodeUnits<'a>,
    next: CodeUnitIdx,
    /// The first prefix of the coming instruction.
    prefix: Option<CodeUnitIdx>,
    /// The argument so far, shifted.
    extended: u32,
}

impl<'a> Walk<'a> {
    pub(super) fn new(units: CodeUnits<'a>) -> Self {
        Self { units, next: CodeUnitIdx(0), prefix: None, extended: 0 }
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let at = self.next;
        let unit = self.units.get(at)?;
        let opcode = unit.opcode();
        let arg = opcode.filter(|opcode| opcode.has_arg()).map(|_| self.extended | u32::from(unit.arg));
        let step = |start| Step { start, at, op: unit.op, opcode, arg: arg.map(u32::cast_signed) };
        self.next = at.plus(1 + opcode.map_or(0, |opcode| u32::from(opcode.caches())));
        if opcode == Some(Opcode::ExtendedArg) {
            self.prefix.get_or_insert(at);
            self.extended = arg.unwrap_or(0) << 8;
            return Some(step(at));
        }
        self.extended = 0;
        Some(step(self.prefix.take().unwrap_or(at)))
    }
}
