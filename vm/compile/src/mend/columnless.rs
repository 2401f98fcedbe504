//! Nodes without columns: of a tree whose `col_offset` is -1.
//!
//! The library knows positions as offsets, so that it has a column for each. Such a node gets the one behind all others
//! of its line, and here that one is taken out again.

use std::collections::BTreeMap;

use lasti_code::linetable::{LineTable, LineTableWriter, Location};

/// For each line that has such a node, the column that stands for none.
#[derive(Default)]
pub(crate) struct Columnless(BTreeMap<i32, u32>);

impl Columnless {
    /// Of lines and their columns.
    pub(crate) fn new(columns: impl IntoIterator<Item = (i32, u32)>) -> Self {
        Self(columns.into_iter().collect())
    }

    /// The linetable without these columns, if it has any.
    pub(crate) fn mended(&self, linetable: &[u8], firstlineno: i32) -> Option<Vec<u8>> {
        if self.0.is_empty() {
            return None;
        }
        let without = |location: Location| {
            let keep =
                |line: i32, column: Option<u32>| column.filter(|column| self.0.get(&line) != Some(column));
            let column = keep(location.line, location.column);
            let end_column = keep(location.end_line, location.end_column);
            Location { column, end_column, ..location }
        };
        let locations: Vec<Option<Location>> = LineTable::new(linetable, firstlineno)
            .positions()
            .map(|location| location.map(without))
            .collect();
        let mut writer = LineTableWriter::new(firstlineno);
        for run in locations.chunk_by(PartialEq::eq) {
            writer.push(run.len() as u32, run[0]);
        }
        Some(writer.finish())
    }
}
