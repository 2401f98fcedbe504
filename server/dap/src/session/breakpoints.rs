//! The breakpoints that the client has set, as it set them: to be set again in the next program of the session,
//! under the same numbers. What becomes of them is the engine's business.

use std::collections::BTreeMap;

use lasti_engine::BreakpointId;
use lasti_engine::breakpoints::{ExceptionFilters, FunctionBreakpoint, SourceBreakpoint};
use lasti_engine::place::SourceName;

/// The breakpoints of one source.
#[derive(Clone, Debug)]
pub(super) struct OfSource {
    pub(super) source: SourceName,
    pub(super) breakpoints: Vec<SourceBreakpoint>,
    /// The columns as the client counts them.
    pub(super) columns: Vec<Option<u64>>,
    /// The client's numbers for them, once there are any.
    pub(super) numbers: Vec<i32>,
}

/// All that was set.
#[derive(Debug, Default)]
pub(super) struct Breakpoints {
    last: i32,
    numbers: BTreeMap<BreakpointId, i32>,
    columns: BTreeMap<i32, bool>,
    pub(super) sources: Vec<OfSource>,
    pub(super) functions: Vec<FunctionBreakpoint>,
    pub(super) function_numbers: Vec<i32>,
    pub(super) filters: ExceptionFilters,
}

impl Breakpoints {
    /// A number that no breakpoint has yet.
    pub(super) fn fresh(&mut self) -> i32 {
        self.last = self.last.checked_add(1).unwrap_or(1);
        self.last
    }

    /// The client's number of a breakpoint.
    pub(super) fn number(&mut self, id: BreakpointId) -> i32 {
        if let Some(&number) = self.numbers.get(&id) {
            return number;
        }
        let number = self.fresh();
        self.numbers.insert(id, number);
        number
    }

    /// The client's number of a breakpoint, if it has one.
    pub(super) fn known(&self, id: BreakpointId) -> Option<i32> {
        self.numbers.get(&id).copied()
    }

    /// An engine's new name for a breakpoint that the client knows.
    pub(super) fn rename(&mut self, id: BreakpointId, number: i32) {
        self.numbers.insert(id, number);
    }

    /// Whether a breakpoint was asked for with a column.
    pub(super) fn has_column(&self, number: i32) -> bool {
        self.columns.get(&number).copied().unwrap_or(false)
    }

    /// Notes whether a breakpoint was asked for with a column.
    pub(super) fn set_has_column(&mut self, number: i32, has: bool) {
        self.columns.insert(number, has);
    }

    /// The client has set a source's breakpoints.
    pub(super) fn hold(&mut self, held: OfSource) {
        self.sources.retain(|of| of.source != held.source);
        if !held.breakpoints.is_empty() {
            self.sources.push(held);
        }
    }

    /// What was set in a source.
    pub(super) fn held(&self, source: &SourceName) -> Option<&OfSource> {
        self.sources.iter().find(|of| of.source == *source)
    }

    /// What was set in the file of that path.
    pub(super) fn held_for(&self, path: &str) -> Option<&OfSource> {
        self.sources.iter().find(|of| matches!(&of.source, SourceName::Path(of) if of == path))
    }

    /// The program is gone: its names for breakpoints mean nothing, nor do sources without a file.
    pub(super) fn forget_program(&mut self) {
        self.numbers.clear();
        self.sources.retain(|of| matches!(of.source, SourceName::Path(_)));
    }
}
