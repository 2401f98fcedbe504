//! What `python3.14 -m dis` prints for a code object, as data ([`Disassembly`], [`Instruction`]) and as
//! text ([`fn@write`], [`write_one`]). Reference: Lib/dis.py.
//!
//! This module reads bytecode and judges none of it: a code object may hold anything. Where CPython's
//! `dis` raises (an argument beyond its table, a malformed linetable), the text says in words what is
//! wrong and goes on. It does not execute, verify or compile.

mod argument;
mod instruction;
mod labels;
mod line_starts;
mod text;

pub use argument::{Argument, InvalidArgument};
pub use instruction::{CacheEntry, Instruction, Instructions, Positions};
pub use labels::Labels;
pub use text::{write, write_one};

use std::fmt;

use crate::code_object::CodeObject;
use crate::exception_table::{ExceptionEntry, ExceptionTableError};
use crate::linetable::LineTableError;
use line_starts::LineStarts;

/// What to show besides the instructions: the options of `python3.14 -m dis`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of a command line")]
pub struct Options {
    /// `-C`: a line for each inline cache unit.
    pub show_caches: bool,
    /// `-O`: the byte offset of each instruction.
    pub show_offsets: bool,
    /// `-P`: lines and columns instead of line numbers.
    pub show_positions: bool,
    /// `-S`: the bytecode as the interpreter holds it. For code that never ran this differs from the
    /// plain form only in the counters in the inline caches.
    pub specialized: bool,
}

/// A code object taken apart: what holds for it as a whole, and from which its instructions follow.
#[derive(Clone, Debug)]
pub struct Disassembly<'a> {
    code: &'a CodeObject,
    specialized: bool,
    line_starts: LineStarts,
    labels: Labels,
    handlers: Vec<ExceptionEntry>,
    faults: Vec<Fault>,
}

/// A fault of the code object as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// `co_code` has an odd number of bytes; the last one was left out.
    OddCode,
    /// The rest of the linetable was left out.
    LineTable(LineTableError),
    /// The rest of the exception table was left out.
    ExceptionTable(ExceptionTableError),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OddCode => f.write_str("co_code ends within a code unit (its length is odd)"),
            Self::LineTable(error) => error.fmt(f),
            Self::ExceptionTable(error) => error.fmt(f),
        }
    }
}

impl<'a> Disassembly<'a> {
    /// Takes a code object apart; `specialized` as in [`Options`].
    pub fn new(code: &'a CodeObject, specialized: bool) -> Self {
        let mut faults = Vec::new();
        if !code.code.len().is_multiple_of(2) {
            faults.push(Fault::OddCode);
        }
        faults.extend(code.line_table().entries().find_map(Result::err).map(Fault::LineTable));
        let mut handlers = Vec::new();
        for entry in code.exception_table().entries() {
            match entry {
                Ok(entry) => handlers.push(entry),
                Err(error) => faults.push(Fault::ExceptionTable(error)),
            }
        }
        let labels = Labels::new(code.units(), &handlers);
        let line_starts = LineStarts::new(code.line_table());
        Self { code, specialized, line_starts, labels, handlers, faults }
    }

    /// The instructions in order, `EXTENDED_ARG` prefixes included, inline caches not.
    pub fn instructions(&self) -> Instructions<'_> {
        Instructions::new(self.code, self.specialized, &self.labels, self.line_starts.as_slice())
    }

    /// The labels: what is jumped to, and the bounds and targets of the exception table.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The exception table.
    pub fn handlers(&self) -> &[ExceptionEntry] {
        &self.handlers
    }

    /// What is wrong with the code object as a whole.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

#[cfg(test)]
mod tests;
