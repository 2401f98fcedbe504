//! Places in sources and in code, and the units that they are counted in. Which text a line is of is not said
//! here, and no column is turned into another unit: who knows a client's unit has the text, and converts.

use serde::{Deserialize, Serialize};

use crate::ids::SourceId;

/// A place in a source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Position {
    /// The line; the first is 1.
    pub line: u32,
    /// How many bytes of the line's UTF-8 text come before it, as CPython counts (`co_positions`). The first
    /// column is 0. Text in another encoding counts as if it were UTF-8.
    pub column: u32,
}

/// From one position up to another, which is not part of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Span {
    /// The first character.
    pub start: Position,
    /// After the last character.
    pub end: Position,
}

/// An instruction: a code object of a source, and the offset in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct InstructionPlace {
    /// The source that the code was compiled from.
    pub source: SourceId,
    /// The index of the code object among those of the source, in pre-order: the module is 0.
    pub code: u32,
    /// Bytes from the start of `co_code`, as `dis` and `f_lasti` count.
    pub offset: u32,
}

/// Which source is meant.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum SourceName {
    /// The file of this path, loaded or not: also what is loaded from it later.
    Path(String),
    /// A loaded source, which may have no file (`exec`, a zip archive).
    Loaded(SourceId),
}

/// A part of a list: how much of it a client wants. Engines may give less at a time, never more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Page {
    /// The index of the first item wanted.
    pub start: u32,
    /// How many at most.
    pub count: u32,
}
