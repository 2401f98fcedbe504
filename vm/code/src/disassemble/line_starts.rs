//! Where lines start: `dis.findlinestarts()`, and how wide the column of line numbers is.

use crate::linetable::LineTable;
use crate::units::ByteOffset;

/// What stands for a missing line.
pub(super) const NO_LINE: &str = "  --";

/// The offsets at which the line changes, ascending, each with its line.
#[derive(Clone, Debug)]
pub(super) struct LineStarts(Vec<(ByteOffset, Option<i32>)>);

/// CPython keeps "no line" as -1.
pub(super) fn known_line(line: i32) -> Option<i32> {
    (line != -1).then_some(line)
}

impl LineStarts {
    pub(super) fn new(table: LineTable<'_>) -> Self {
        Self(table.lines().map(|range| (range.start, range.line.and_then(known_line))).collect())
    }

    pub(super) fn as_slice(&self) -> &[(ByteOffset, Option<i32>)] {
        &self.0
    }

    /// The width of the column; 0 if no line is known, line 0 (a module's `RESUME`) not counted.
    pub(super) fn width(&self) -> usize {
        let lines = self.0.iter().map(|&(_, line)| line);
        let Some(last) = lines.clone().flatten().filter(|&line| line != 0).max() else { return 0 };
        let width = last.to_string().len().max(3);
        if lines.clone().any(|line| line.is_none()) { width.max(NO_LINE.len()) } else { width }
    }
}
