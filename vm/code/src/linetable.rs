//! `co_linetable`: from code units to source positions and back.
//!
//! An entry is a header byte (bit 7 set, form in bits 3 to 6, number of code units less one in bits 0 to
//! 2) and the position in one of the forms below. CPython: Objects/codeobject.c (`_PyLineTable_*`,
//! `positionsiter_next`), Python/assemble.c (`write_location_info_entry`), InternalDocs/code_objects.md.

use crate::units::{ByteOffset, CodeUnitIdx};
use crate::varint::{Cursor, ENTRY_START, push_signed, push_unsigned};

/// Forms 0 to 9: no line change, column below 80 (form number times 8 plus three bits), width below 16.
const SHORT_LAST: u8 = 9;
/// Forms 10 to 12: line change of 0 to 2, two column bytes.
const ONE_LINE_0: u8 = 10;
/// Line change only.
const NO_COLUMNS: u8 = 13;
/// Line change, end line, both columns plus one.
const LONG: u8 = 14;
/// No position at all.
const NONE: u8 = 15;
/// How many code units one entry can cover.
const MAX_UNITS: u32 = 8;

/// A position in the source. Lines count from 1, columns from 0 in UTF-8 bytes; the end is exclusive.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    /// The first line.
    pub line: i32,
    /// The last line.
    pub end_line: i32,
    /// Where it begins on the first line.
    pub column: Option<u32>,
    /// Where it ends on the last line.
    pub end_column: Option<u32>,
}

/// A run of code units that share a position, or share having none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocationEntry {
    /// The first code unit.
    pub start: CodeUnitIdx,
    /// The first code unit after the run.
    pub end: CodeUnitIdx,
    /// The position, `None` for code that the compiler made up.
    pub location: Option<Location>,
}

/// A run of bytes on one line: an item of `co_lines()`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineRange {
    /// The first byte offset.
    pub start: ByteOffset,
    /// The first byte offset after the run.
    pub end: ByteOffset,
    /// The line, `None` for code without a position.
    pub line: Option<i32>,
}

/// What is wrong with a linetable, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LineTableError {
    /// The entry does not begin with a byte that has bit 7 set.
    #[error("linetable byte {at}: no entry begins here (bit 7 is clear)")]
    NoEntryStart {
        /// Index of the byte in the table.
        at: usize,
    },
    /// The table ends within an entry, or a number in it does not fit 32 bits.
    #[error("linetable byte {at}: the entry that begins here is cut short or holds a number beyond 32 bits")]
    BadEntry {
        /// Index of the entry's first byte in the table.
        at: usize,
    },
    /// The line leaves the range of 32 bits.
    #[error("linetable byte {at}: the line is out of range")]
    LineOutOfRange {
        /// Index of the entry's first byte in the table.
        at: usize,
    },
}

/// A linetable and the line that it counts from.
#[derive(Clone, Copy, Debug)]
pub struct LineTable<'a> {
    bytes: &'a [u8],
    firstlineno: i32,
}

impl<'a> LineTable<'a> {
    /// A table as it lies in `co_linetable`, with `co_firstlineno`.
    pub fn new(bytes: &'a [u8], firstlineno: i32) -> Self {
        Self { bytes, firstlineno }
    }

    /// The entries in order. After an error the iterator ends.
    pub fn entries(self) -> LocationEntries<'a> {
        LocationEntries { cursor: Cursor::new(self.bytes), line: self.firstlineno, unit: 0 }
    }

    /// What `co_positions()` yields, a position for each code unit. A fault in the table ends it.
    pub fn positions(self) -> impl Iterator<Item = Option<Location>> + 'a {
        self.entries()
            .map_while(Result::ok)
            .flat_map(|entry| std::iter::repeat_n(entry.location, (entry.end.0 - entry.start.0) as usize))
    }

    /// What `co_lines()` yields: runs on one line, adjacent runs on the same line made one. A fault in the
    /// table ends it.
    pub fn lines(self) -> impl Iterator<Item = LineRange> + 'a {
        let mut entries = self.entries().map_while(Result::ok).peekable();
        std::iter::from_fn(move || {
            let first = entries.next()?;
            let line = first.location.map(|location| location.line);
            let mut end = first.end;
            while let Some(next) = entries.next_if(|next| next.location.map(|l| l.line) == line) {
                end = next.end;
            }
            Some(LineRange { start: first.start.byte_offset(), end: end.byte_offset(), line })
        })
    }

    /// The position of a code unit, if it has one.
    pub fn location_at(self, at: CodeUnitIdx) -> Option<Location> {
        self.entries().map_while(Result::ok).find(|entry| at < entry.end)?.location
    }
}

/// Iterates over the entries of a linetable.
#[derive(Clone, Debug)]
pub struct LocationEntries<'a> {
    cursor: Cursor<'a>,
    line: i32,
    unit: u32,
}

impl LocationEntries<'_> {
    fn fail(&mut self, error: LineTableError) -> LineTableError {
        self.cursor = Cursor::new(&[]);
        error
    }

    /// Reads the position of an entry whose header has been read. `None`: the entry is malformed.
    fn location(&mut self, form: u8) -> Option<Result<Option<Location>, ()>> {
        let cursor = &mut self.cursor;
        let (line_delta, end_delta, column, end_column) = match form {
            ..=SHORT_LAST => {
                let byte = cursor.byte()?;
                let column = u32::from(form) * 8 + u32::from(byte >> 4 & 7);
                (0, 0, Some(column), Some(column + u32::from(byte & 15)))
            }
            ONE_LINE_0..NO_COLUMNS => {
                let (column, end_column) = (cursor.byte()?, cursor.byte()?);
                (i32::from(form - ONE_LINE_0), 0, Some(u32::from(column)), Some(u32::from(end_column)))
            }
            NO_COLUMNS => (cursor.signed()?, 0, None, None),
            LONG => {
                let line_delta = cursor.signed()?;
                let end_delta = cursor.unsigned()?;
                let (column, end_column) = (cursor.unsigned()?, cursor.unsigned()?);
                (line_delta, end_delta, column.checked_sub(1), end_column.checked_sub(1))
            }
            _ => return Some(Ok(None)),
        };
        let Some(line) = self.line.checked_add(line_delta) else { return Some(Err(())) };
        let Some(end_line) = line.checked_add_unsigned(end_delta) else { return Some(Err(())) };
        self.line = line;
        Some(Ok(Some(Location { line, end_line, column, end_column })))
    }
}

impl Iterator for LocationEntries<'_> {
    type Item = Result<LocationEntry, LineTableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.cursor.position();
        let header = self.cursor.byte()?;
        if header & ENTRY_START == 0 {
            return Some(Err(self.fail(LineTableError::NoEntryStart { at })));
        }
        let location = match self.location(header >> 3 & 15) {
            Some(Ok(location)) => location,
            Some(Err(())) => return Some(Err(self.fail(LineTableError::LineOutOfRange { at }))),
            None => return Some(Err(self.fail(LineTableError::BadEntry { at }))),
        };
        let start = CodeUnitIdx(self.unit);
        self.unit = self.unit.saturating_add(u32::from(header & 7) + 1);
        Some(Ok(LocationEntry { start, end: CodeUnitIdx(self.unit), location }))
    }
}

/// Writes a linetable as CPython's assembler does, choosing the shortest form for each entry.
#[derive(Clone, Debug)]
pub struct LineTableWriter {
    bytes: Vec<u8>,
    line: i32,
}

impl LineTableWriter {
    /// An empty table that counts from this line.
    pub fn new(firstlineno: i32) -> Self {
        Self { bytes: Vec::new(), line: firstlineno }
    }

    /// Adds a run of so many code units. A run of more than eight takes several entries. As in CPython, of
    /// two columns on one line either both are written or none. The end line must not lie before the
    /// line, lines must be less than 2**31 apart, columns below 2**32 - 1.
    pub fn push(&mut self, units: u32, location: Option<Location>) {
        let mut left = units;
        while left > 0 {
            let count = left.min(MAX_UNITS);
            self.entry(count, location);
            left -= count;
        }
    }

    /// The table.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    fn header(&mut self, form: u8, units: u32) {
        self.bytes.push(ENTRY_START | form << 3 | (units - 1) as u8);
    }

    fn entry(&mut self, units: u32, location: Option<Location>) {
        let Some(location) = location else {
            return self.header(NONE, units);
        };
        let line_delta = location.line.wrapping_sub(self.line);
        self.line = location.line;
        let one_line = location.line == location.end_line;
        match (location.column, location.end_column) {
            (Some(column), Some(end)) if one_line => {
                if line_delta == 0 && column < 80 && end >= column && end - column < 16 {
                    self.header((column / 8) as u8, units);
                    return self.bytes.push(((column % 8) << 4 | (end - column)) as u8);
                }
                if (0..3).contains(&line_delta) && column < 128 && end < 128 {
                    self.header(ONE_LINE_0 + line_delta as u8, units);
                    return self.bytes.extend([column as u8, end as u8]);
                }
            }
            (Some(_), Some(_)) => {}
            _ if one_line => {
                self.header(NO_COLUMNS, units);
                return push_signed(&mut self.bytes, line_delta);
            }
            _ => {}
        }
        self.header(LONG, units);
        push_signed(&mut self.bytes, line_delta);
        push_unsigned(&mut self.bytes, location.end_line.wrapping_sub(location.line) as u32);
        for column in [location.column, location.end_column] {
            push_unsigned(&mut self.bytes, column.map_or(0, |column| column.saturating_add(1)));
        }
    }
}

#[cfg(test)]
mod tests;
