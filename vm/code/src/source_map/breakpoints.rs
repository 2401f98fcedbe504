//! Which statement a breakpoint on a line, or on a line and column, binds to.

use super::statement::{ScopeIdx, StatementIdx, StatementKind};
use super::{Arrival, CodeIdx, Position, Site, SourceMap, Span, flow};

/// How a statement lies to the line that was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Relation {
    /// It begins on the line.
    Exact,
    /// It is the body of a function that is defined on the line; the definition itself is not bound.
    Body,
    /// It begins on an earlier line, and the line is part of it.
    Inside,
    /// The line has no code; it is the next statement of the same scope.
    Next,
}

/// What a breakpoint on a line binds to. All sites are of one statement: each of its executions comes to
/// exactly one of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineBinding<'a> {
    /// The statement. If it is a definition, its function is not stopped in.
    pub statement: StatementIdx,
    /// Where the statement begins: the line really used.
    pub position: Position,
    /// Why it is this statement.
    pub relation: Relation,
    /// Where to plant the breakpoint.
    pub sites: &'a [Site],
}

/// A line that a breakpoint cannot be set on: neither it nor any later line of its scope has code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "line {line}: no statement with code begins here or further on in the same function or class body; choose an earlier line"
)]
pub struct Unbound {
    /// The line that was asked for.
    pub line: u32,
    /// The scope that it belongs to.
    pub scope: ScopeIdx,
}

impl SourceMap {
    /// What a breakpoint on a line binds to:
    ///
    /// 1. the first statement that begins on the line, but the body of a function defined all on one line;
    /// 2. else the longer statement, or header of a compound statement, that the line lies in;
    /// 3. else (blank line, comment, docstring, `else:`, declaration) the next statement of the scope.
    pub fn bind_line(&self, line: u32) -> Result<LineBinding<'_>, Unbound> {
        let scope = self.statements().scope_of_line(line);
        self.beginning(line)
            .or_else(|| self.around(line))
            .or_else(|| self.next(line, scope))
            .ok_or(Unbound { line, scope })
    }

    fn can_bind(&self, statement: StatementIdx) -> bool {
        let kind = self.statements().get(statement).map(|statement| statement.kind);
        kind != Some(StatementKind::Docstring) && !self.sites(statement).is_empty()
    }

    fn binding(&self, statement: StatementIdx, relation: Relation) -> Option<LineBinding<'_>> {
        let position = self.statements().get(statement)?.range.start;
        Some(LineBinding { statement, position, relation, sites: self.sites(statement) })
    }

    fn beginning(&self, line: u32) -> Option<LineBinding<'_>> {
        let mut here = self.statements().beginning_on(line).filter(|(index, _)| self.can_bind(*index));
        let (first, statement) = here.next()?;
        match statement.kind {
            StatementKind::FunctionDef => {
                let body = here.find(|(_, inner)| inner.parent == Some(first));
                match body {
                    Some((body, _)) => self.binding(body, Relation::Body),
                    None => self.binding(first, Relation::Exact),
                }
            }
            // Without source: the innermost scope that has code on the line.
            StatementKind::Line => self.binding(here.last().map_or(first, |(last, _)| last), Relation::Exact),
            _ => self.binding(first, Relation::Exact),
        }
    }

    fn around(&self, line: u32) -> Option<LineBinding<'_>> {
        let before = self.statements().first_from(line).checked_sub(1)?;
        let reaches = |span: Span| span.end > Position { line, column: 0 };
        let mut ancestry = self.statements().ancestry(StatementIdx(before as u32));
        let (statement, _) = ancestry.find(|(_, statement)| reaches(statement.header))?;
        self.can_bind(statement).then(|| self.binding(statement, Relation::Inside))?
    }

    fn next(&self, line: u32, scope: ScopeIdx) -> Option<LineBinding<'_>> {
        let statements = &self.statements().statements;
        let last_line = self.statements().scopes.get(scope.get())?.last_line;
        let first = self.statements().first_from(line.saturating_add(1));
        let next = (first..statements.len())
            .take_while(|index| statements[*index].range.start.line <= last_line)
            .map(|index| StatementIdx(index as u32))
            .find(|index| statements[index.get()].scope == scope && self.can_bind(*index))?;
        self.binding(next, Relation::Next)
    }

    /// Where to plant a breakpoint on a line and column: where the statement that begins there begins, or
    /// else, in each code object, where control enters the longest expression that begins there. Each
    /// evaluation of a lambda's body or a comprehension's element is one hit.
    ///
    /// Empty where nothing begins; [`SourceMap::candidates`] lists the columns where something does.
    pub fn bind_column(&self, line: u32, column: u32) -> Vec<Site> {
        let position = Position { line, column };
        let mut here = self.statements().beginning_on(line).filter(|(_, s)| s.range.start == position);
        if let Some((statement, _)) =
            here.find(|(index, s)| s.kind != StatementKind::Line && self.can_bind(*index))
        {
            return self.sites(statement).to_vec();
        }
        let mut sites = Vec::new();
        let mut entered: Vec<CodeIdx> = Vec::new();
        for run in self.units_at(line, column) {
            // A generator expression has code for itself too, but is evaluated by the code around it. Places
            // come in pre-order, so an ancestor comes first.
            let around = std::iter::successors(Some(run.code), |code| self.parent(*code));
            if around.into_iter().any(|code| entered.binary_search(&code).is_ok()) {
                continue;
            }
            entered.push(run.code);
            let longest =
                self.units_at(line, column).filter(|other| other.code == run.code).map(|run| run.span).max();
            let Some(longest) = longest else { continue };
            self.enter_span(run.code, longest, &mut sites);
        }
        sites
    }

    fn enter_span(&self, index: CodeIdx, span: Span, sites: &mut Vec<Site>) {
        let Some(code) = self.code(index) else { return };
        let mut runs = self.runs(index).iter().peekable();
        let mut inside = None;
        let mut begins = Vec::new();
        let region = StatementIdx(0);
        let region_at = |at| {
            while let Some(run) = runs.next_if(|run| run.start <= at) {
                let part = run.location.and_then(Span::of).is_some_and(|part| span.holds(part));
                inside = part.then_some(region);
            }
            inside
        };
        flow::find_begins(code, self.guards(index), region_at, &mut begins);
        let entered = begins.iter().filter(|begin| begin.arrival == Arrival::Any);
        sites.extend(entered.map(|begin| Site { code: index, unit: begin.unit, arrival: begin.arrival }));
    }
}
