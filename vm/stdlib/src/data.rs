//! The files that are not modules: what modules read beside themselves.

use std::fmt;

use crate::blob::{Record, Table};
use crate::layout;

/// A file that is not a module. Cheap to copy; it refers to the executable.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Data {
    record: Record,
}

impl Data {
    /// Its path, below [`ROOT`](crate::ROOT).
    pub fn path(self) -> &'static str {
        self.record.text(layout::data::PATH)
    }

    /// What is in it.
    pub fn contents(self) -> Vec<u8> {
        self.record.deflate(layout::data::CONTENTS)
    }

    /// The length of its contents, without unpacking them.
    pub fn len(self) -> usize {
        self.record.number(layout::data::CONTENTS + 2)
    }

    /// Whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Data").field("path", &self.path()).field("len", &self.len()).finish()
    }
}

/// The data file with this path.
pub fn data(path: &str) -> Option<Data> {
    Table::data().find(layout::data::PATH, path).map(|record| Data { record })
}

/// All data files, sorted by path.
pub fn data_files() -> impl ExactSizeIterator<Item = Data> + Clone {
    let table = Table::data();
    (0..table.len()).map(move |index| Data { record: table.record(index) })
}
