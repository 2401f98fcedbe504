//! The source map of a file: from a line or column to the code units that a breakpoint goes to, and from a
//! code unit to its position, its statement, and the handlers around it.
//!
//! It is built once from a module's code object and covers every code object within. What statements the
//! source has comes from a parser ([`Statements`]; `lasti_compile::statements`). Without them, for a `.pyc`
//! alone, each line of a function, class body or module is taken for one statement, and positions within
//! a line tell nothing apart: `a; b` is one stop, and where a one-line `def f(): ...` stops is its body.
//!
//! # Where a statement begins
//!
//! One execution of a statement begins at exactly one [`Begin`], whatever else of it runs later:
//!
//! - Only code of the statement's own scope counts. A lambda, a generator expression or an annotation that
//!   lies in the statement is part of it, and a place of its own for a breakpoint with a column.
//! - Each copy of a `finally` body has a beginning of its own; so has each copy of a small block that an
//!   optimizer duplicated.
//! - A `while` begins with each evaluation of its test. A `for` begins where its iterable is evaluated, and
//!   again with each jump back to fetch an item ([`Arrival::JumpBack`]).
//! - The exit of a `with`, a `return` or `break` after the `finally` that it runs, the applying of decorators,
//!   further lines of a call: none is a beginning.
//! - `except` and `case` clauses are tried one by one: each begins when it is tried.
//!
//! [`flow`] says how beginnings are found. Setting breakpoints is not done here, and nothing is executed.
//!
//! Everything takes hostile code objects and sources that do not fit: the answers are then of little use,
//! but come in time linear (dominators: log-linear) in the size of the code.

mod breakpoints;
mod columns;
mod dominators;
mod flow;
mod handlers;
mod lines;
mod span;
mod statement;
mod walk;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use breakpoints::{LineBinding, Relation, Unbound};
pub use columns::{Candidate, UnitRun};
pub use handlers::{Cleanup, Handler, HandlerKind, Handlers};
pub use span::{Position, Span};
pub use statement::{Scope, ScopeIdx, Statement, StatementIdx, StatementKind, Statements};

use crate::code_object::CodeObject;
use crate::linetable::Location;
use crate::units::CodeUnitIdx;
use handlers::Guard;
use statement::StatementPieces;

/// An index into the code objects of a file, in pre-order: the module is 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CodeIdx(pub u32);

impl CodeIdx {
    /// The code object that the map was built from.
    pub const ROOT: Self = Self(0);

    /// The index as a slice index.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

/// How control must come to a code unit for an execution to begin there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Arrival {
    /// In whatever way.
    Any,
    /// By a jump, from the body of the loop. Falling into it from the loop's own beginning, where the
    /// iterable was evaluated, is still the same execution.
    JumpBack,
}

/// A code unit at which a statement begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Begin {
    /// The first code unit of the instruction: its first `EXTENDED_ARG` if it has any.
    pub unit: CodeUnitIdx,
    /// The statement.
    pub statement: StatementIdx,
    /// How control must come here.
    pub arrival: Arrival,
}

/// A place in some code object of the file: where a breakpoint is planted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Site {
    /// The code object.
    pub code: CodeIdx,
    /// The first code unit of the instruction.
    pub unit: CodeUnitIdx,
    /// Whether only a jump back counts: see [`Arrival::JumpBack`].
    pub arrival: Arrival,
}

/// A run of code units with one position and one statement; it ends where the next begins.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: CodeUnitIdx,
    location: Option<Location>,
    statement: Option<StatementIdx>,
}

/// One code object of the file.
#[derive(Debug)]
struct Entry {
    code: Arc<CodeObject>,
    parent: Option<CodeIdx>,
    /// The scope whose statements it runs: its own, or the nearest around it.
    scope: ScopeIdx,
    /// Whether it is the body of that scope, not a lambda or the like within.
    is_body: bool,
    runs: Range<usize>,
    guards: Range<usize>,
    begins: Range<usize>,
}

/// The code objects of a file as a map of it numbers them, without making one.
pub fn code_objects(root: &Arc<CodeObject>) -> Vec<Arc<CodeObject>> {
    walk::entries(root).into_iter().map(|entry| entry.code).collect()
}

/// The source map of a file. See the module's documentation.
#[derive(Debug)]
pub struct SourceMap {
    entries: Vec<Entry>,
    statements: Statements,
    runs: Vec<Run>,
    guards: Vec<Guard>,
    begins: Vec<Begin>,
    /// Sites by statement; those of statement `i` are `sites[first_site[i]..first_site[i + 1]]`.
    sites: Vec<Site>,
    first_site: Vec<u32>,
    /// Made when first asked for: stepping does not need it.
    columns: OnceLock<columns::Columns>,
}

impl SourceMap {
    /// The map of a module's code, with the statements of its source.
    pub fn new(root: &Arc<CodeObject>, statements: Statements) -> Self {
        let mut entries = walk::entries(root);
        walk::find_scopes(&mut entries, &statements);
        let pieces = StatementPieces::new(&statements);
        let mut map = Self::empty(statements);
        for entry in &mut entries {
            let first = map.runs.len();
            map.push_runs(&entry.code, |location, statements| {
                // Code without columns is taken to be of the first statement on its line.
                let line = span::line_of(location.line)?;
                let on_line = || statements.beginning_on(line).next().map(|(index, _)| index);
                match Span::of(location) {
                    Some(span) => pieces.at(span.start),
                    None => on_line().or_else(|| pieces.at(Position { line, column: 0 })),
                }
            });
            entry.runs = first..map.runs.len();
        }
        map.finish(entries)
    }

    /// The map of a module's code alone: each line is taken for one statement.
    pub fn from_lines(root: &Arc<CodeObject>) -> Self {
        let mut entries = walk::entries(root);
        let statements = lines::statements(&mut entries);
        let mut map = Self::empty(statements);
        for entry in &mut entries {
            let first = map.runs.len();
            let (scope, is_body) = (entry.scope, entry.is_body);
            map.push_runs(&entry.code, |location, statements| {
                lines::statement(statements, scope, is_body, location)
            });
            entry.runs = first..map.runs.len();
        }
        map.finish(entries)
    }

    fn empty(statements: Statements) -> Self {
        Self {
            entries: Vec::new(),
            statements,
            runs: Vec::new(),
            guards: Vec::new(),
            begins: Vec::new(),
            sites: Vec::new(),
            first_site: Vec::new(),
            columns: OnceLock::new(),
        }
    }

    fn push_runs(
        &mut self,
        code: &CodeObject,
        mut statement_of: impl FnMut(Location, &Statements) -> Option<StatementIdx>,
    ) {
        let first = self.runs.len();
        let count = code.units().len() as u32;
        let mut end = CodeUnitIdx(0);
        for entry in
            code.line_table().entries().map_while(Result::ok).take_while(|entry| entry.start.0 < count)
        {
            end = entry.end;
            match self.runs[first..].last() {
                Some(last) if last.location == entry.location => {}
                _ => {
                    let statement =
                        entry.location.and_then(|location| statement_of(location, &self.statements));
                    self.runs.push(Run { start: entry.start, location: entry.location, statement });
                }
            }
        }
        if end.0 < count {
            self.runs.push(Run { start: end, location: None, statement: None });
        }
    }

    fn finish(mut self, mut entries: Vec<Entry>) -> Self {
        for entry in &mut entries {
            let first = self.guards.len();
            self.guards
                .extend(handlers::guards(entry.code.exception_table().entries().map_while(Result::ok)));
            entry.guards = first..self.guards.len();

            let first = self.begins.len();
            if entry.is_body {
                let mut runs = self.runs[entry.runs.clone()].iter().peekable();
                let mut run: Option<&Run> = None;
                let statements = &self.statements;
                let statement_at = |at: CodeUnitIdx| {
                    while let Some(next) = runs.next_if(|next| next.start <= at) {
                        run = Some(next);
                    }
                    let statement = run?.statement?;
                    (statements.get(statement)?.scope == entry.scope).then_some(statement)
                };
                flow::find_begins(
                    &entry.code,
                    &self.guards[entry.guards.clone()],
                    statement_at,
                    &mut self.begins,
                );
            }
            entry.begins = first..self.begins.len();
        }
        self.entries = entries;
        self.sort_sites();
        self
    }

    /// Sorts the beginnings by statement, counting.
    fn sort_sites(&mut self) {
        let mut first = vec![0u32; self.statements.statements.len() + 1];
        for begin in &self.begins {
            first[begin.statement.get() + 1] += 1;
        }
        for index in 1..first.len() {
            first[index] += first[index - 1];
        }
        let nowhere = Site { code: CodeIdx::ROOT, unit: CodeUnitIdx(0), arrival: Arrival::Any };
        self.sites = vec![nowhere; self.begins.len()];
        let mut next = first.clone();
        for (index, entry) in self.entries.iter().enumerate() {
            for begin in &self.begins[entry.begins.clone()] {
                let place = &mut next[begin.statement.get()];
                let site = Site { code: CodeIdx(index as u32), unit: begin.unit, arrival: begin.arrival };
                self.sites[*place as usize] = site;
                *place += 1;
            }
        }
        self.first_site = first;
    }

    /// How many code objects there are.
    pub fn code_count(&self) -> usize {
        self.entries.len()
    }

    /// A code object.
    pub fn code(&self, code: CodeIdx) -> Option<&Arc<CodeObject>> {
        self.entries.get(code.get()).map(|entry| &entry.code)
    }

    /// The code objects in pre-order. One that several others share is listed once.
    pub fn codes(&self) -> impl ExactSizeIterator<Item = (CodeIdx, &Arc<CodeObject>)> {
        self.entries.iter().enumerate().map(|(index, entry)| (CodeIdx(index as u32), &entry.code))
    }

    /// The code object that holds another among its constants.
    pub fn parent(&self, code: CodeIdx) -> Option<CodeIdx> {
        self.entries.get(code.get())?.parent
    }

    /// The scope whose body a code object is; `None` for a lambda, a generator expression and the like.
    pub fn body_of(&self, code: CodeIdx) -> Option<ScopeIdx> {
        self.entries.get(code.get()).filter(|entry| entry.is_body).map(|entry| entry.scope)
    }

    /// The statements that the map was built with, or lines in their stead.
    pub fn statements(&self) -> &Statements {
        &self.statements
    }

    fn run(&self, code: CodeIdx, at: CodeUnitIdx) -> Option<&Run> {
        let entry = self.entries.get(code.get()).filter(|entry| at.get() < entry.code.units().len())?;
        let runs = &self.runs[entry.runs.clone()];
        runs[..runs.partition_point(|run| run.start <= at)].last()
    }

    /// The position of a code unit.
    pub fn location(&self, code: CodeIdx, at: CodeUnitIdx) -> Option<Location> {
        self.run(code, at)?.location
    }

    /// The innermost statement that the position of a code unit lies in. In a lambda and the like, and in
    /// what runs before a function's or class's body, that is a statement of a scope around it.
    pub fn statement_of(&self, code: CodeIdx, at: CodeUnitIdx) -> Option<StatementIdx> {
        self.run(code, at)?.statement
    }

    /// Where statements begin in a code object, in the order of its code units.
    pub fn begins(&self, code: CodeIdx) -> &[Begin] {
        self.entries.get(code.get()).map_or(&[], |entry| &self.begins[entry.begins.clone()])
    }

    /// The statement that begins at a code unit, if one does.
    pub fn begin_at(&self, code: CodeIdx, at: CodeUnitIdx) -> Option<Begin> {
        let begins = self.begins(code);
        begins.binary_search_by_key(&at, |begin| begin.unit).ok().map(|index| begins[index])
    }

    /// Where a statement begins, in every code object of the file.
    pub fn sites(&self, statement: StatementIdx) -> &[Site] {
        match self.first_site.get(statement.get()..=statement.get() + 1) {
            Some(&[first, end]) => &self.sites[first as usize..end as usize],
            _ => &[],
        }
    }

    fn guards(&self, code: CodeIdx) -> &[Guard] {
        self.entries.get(code.get()).map_or(&[], |entry| &self.guards[entry.guards.clone()])
    }

    fn runs(&self, code: CodeIdx) -> &[Run] {
        self.entries.get(code.get()).map_or(&[], |entry| &self.runs[entry.runs.clone()])
    }
}

#[cfg(test)]
mod tests;
