//! Places and stretches of source text, counted as linetables count. What lies there is not known here.

use std::fmt;

use crate::linetable::Location;

/// A place in the source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 0, in UTF-8 bytes.
    pub column: u32,
}

/// A stretch of source: from its first character to the place after its last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Where it begins.
    pub start: Position,
    /// The first place after it.
    pub end: Position,
}

impl Span {
    /// The span of a location of a linetable. `None` where it has no columns, where its line is none of a
    /// source (0 or less: code before the first line), and where it is empty: the compiler gives
    /// a line and column 0 to what runs before a body (`RESUME`, `__module__ = __name__`).
    pub fn of(location: Location) -> Option<Self> {
        let start = Position { line: line_of(location.line)?, column: location.column? };
        let end = Position { line: line_of(location.end_line)?, column: location.end_column? };
        (start < end).then_some(Self { start, end })
    }

    /// Whether a place lies in it.
    pub fn contains(self, position: Position) -> bool {
        self.start <= position && position < self.end
    }

    /// Whether it holds all of another.
    pub fn holds(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A line as a source counts them.
pub(super) fn line_of(line: i32) -> Option<u32> {
    u32::try_from(line).ok().filter(|line| *line > 0)
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}-{:?}", self.start, self.end)
    }
}
