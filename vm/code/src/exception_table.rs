//! `co_exceptiontable`: which code units are guarded by which handler.
//!
//! An entry is four numbers, big end first: start, length, handler (all in code units), and the stack
//! depth to unwind to, doubled, plus one if the offset of the raising instruction is pushed too. Bit 7
//! marks an entry's first byte. CPython: Python/assemble.c (`assemble_emit_exception_table_entry`),
//! Python/ceval.c (`get_exception_handler`), InternalDocs/exception_handling.md.

use crate::units::CodeUnitIdx;
use crate::varint::{Cursor, ENTRY_START, push_big_endian};

/// A guarded range and its handler.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExceptionEntry {
    /// The first guarded code unit.
    pub start: CodeUnitIdx,
    /// The first code unit after the range.
    pub end: CodeUnitIdx,
    /// The first code unit of the handler.
    pub target: CodeUnitIdx,
    /// How many values stay on the value stack.
    pub depth: u32,
    /// Whether `f_lasti` of the raising instruction is pushed before the exception.
    pub lasti: bool,
}

impl ExceptionEntry {
    /// Whether an exception raised at this code unit goes to this handler.
    pub fn guards(&self, at: CodeUnitIdx) -> bool {
        self.start <= at && at < self.end
    }
}

/// What is wrong with an exception table, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ExceptionTableError {
    /// The entry does not begin with a byte that has bit 7 set.
    #[error("exception table byte {at}: no entry begins here (bit 7 is clear)")]
    NoEntryStart {
        /// Index of the byte in the table.
        at: usize,
    },
    /// The table ends within an entry, another entry begins within it, or a number does not fit 32 bits.
    #[error(
        "exception table byte {at}: the entry that begins here is cut short or holds a number beyond 32 bits"
    )]
    BadEntry {
        /// Index of the entry's first byte in the table.
        at: usize,
    },
}

/// An exception table as it lies in `co_exceptiontable`.
#[derive(Clone, Copy, Debug)]
pub struct ExceptionTable<'a> {
    bytes: &'a [u8],
}

impl<'a> ExceptionTable<'a> {
    /// A table of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The entries in order. After an error the iterator ends.
    pub fn entries(self) -> ExceptionEntries<'a> {
        ExceptionEntries { cursor: Cursor::new(self.bytes) }
    }

    /// The handler for an exception raised at a code unit. As in CPython, entries are taken to be in
    /// ascending order and the search halves the table, finding entries by their marks.
    pub fn handler(self, at: CodeUnitIdx) -> Option<ExceptionEntry> {
        // The entry that is wanted begins at `low` or after it, and before `high`.
        let (mut low, mut high) = (0, self.bytes.len());
        while high - low > SCAN {
            let middle = low + (high - low) / 2;
            let Some(mark) = self.bytes[low..=middle].iter().rposition(|byte| byte & ENTRY_START != 0) else {
                low = middle;
                continue;
            };
            let mark = low + mark;
            match Cursor::new(&self.bytes[mark..]).big_endian() {
                Some(start) if start <= at.0 && mark > low => low = mark,
                Some(start) if start <= at.0 => break,
                _ => high = mark,
            }
        }
        ExceptionTable { bytes: &self.bytes[low..] }
            .entries()
            .map_while(Result::ok)
            .take_while(|entry| entry.start <= at)
            .find(|entry| entry.guards(at))
    }
}

/// So few bytes are searched from their beginning: some four entries.
const SCAN: usize = 32;

/// Iterates over the entries of an exception table.
#[derive(Clone, Debug)]
pub struct ExceptionEntries<'a> {
    cursor: Cursor<'a>,
}

impl ExceptionEntries<'_> {
    /// Reads an entry. Only its first byte may be marked: look-ups by halving rely on that.
    fn entry(&mut self) -> Option<ExceptionEntry> {
        let mut rest = self.cursor.clone();
        rest.byte()?;
        let start = self.cursor.big_endian()?;
        let length = self.cursor.big_endian()?;
        let target = self.cursor.big_endian()?;
        let depth = self.cursor.big_endian()?;
        while rest.position() < self.cursor.position() {
            if rest.byte()? & ENTRY_START != 0 {
                return None;
            }
        }
        Some(ExceptionEntry {
            start: CodeUnitIdx(start),
            end: CodeUnitIdx(start.checked_add(length)?),
            target: CodeUnitIdx(target),
            depth: depth >> 1,
            lasti: depth & 1 == 1,
        })
    }
}

impl Iterator for ExceptionEntries<'_> {
    type Item = Result<ExceptionEntry, ExceptionTableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.cursor.position();
        let error = if self.cursor.peek()? & ENTRY_START == 0 {
            ExceptionTableError::NoEntryStart { at }
        } else if let Some(entry) = self.entry() {
            return Some(Ok(entry));
        } else {
            ExceptionTableError::BadEntry { at }
        };
        self.cursor = Cursor::new(&[]);
        Some(Err(error))
    }
}

/// Writes an exception table as CPython's assembler does.
pub fn encode_exception_table(entries: &[ExceptionEntry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * 6);
    for entry in entries {
        push_big_endian(&mut bytes, entry.start.0, ENTRY_START);
        push_big_endian(&mut bytes, entry.end.0.saturating_sub(entry.start.0), 0);
        push_big_endian(&mut bytes, entry.target.0, 0);
        push_big_endian(&mut bytes, entry.depth << 1 | u32::from(entry.lasti), 0);
    }
    bytes
}

#[cfg(test)]
mod tests;
