//! Lines in place of statements, for code without a source: each line on which a function, class body or
//! module has code is taken for one statement of it.

use super::span::{Position, Span, line_of};
use super::statement::{Scope, ScopeIdx, Statement, StatementIdx, StatementKind, Statements};
use super::{Entry, walk};
use crate::linetable::Location;

/// Makes a statement of each line of each scope, and each code object that runs statements a scope.
pub(super) fn statements(entries: &mut [Entry]) -> Statements {
    let mut scopes: Vec<Scope> = Vec::new();
    for index in 0..entries.len() {
        let entry = &entries[index];
        let around = entry.parent.map(|parent| entries[parent.get()].scope);
        let is_body = entry.parent.is_none() || walk::runs_statements(&entry.code);
        let scope = match around {
            Some(around) if !is_body => around,
            _ => {
                let first_line = line_of(entry.code.firstlineno).unwrap_or(1);
                scopes.push(Scope { definition: None, parent: around, first_line, last_line: first_line });
                ScopeIdx(scopes.len() as u32 - 1)
            }
        };
        entries[index].scope = scope;
        entries[index].is_body = is_body;
    }
    let mut lines: Vec<(u32, ScopeIdx)> = Vec::new();
    for entry in &*entries {
        for location in
            entry.code.line_table().entries().map_while(Result::ok).filter_map(|entry| entry.location)
        {
            if let Some(line) = line_of(location.line).filter(|_| !is_made_up(location)) {
                let scope = &mut scopes[entry.scope.get()];
                scope.last_line = scope.last_line.max(line);
                if lines.last() != Some(&(line, entry.scope)) {
                    lines.push((line, entry.scope));
                }
            }
        }
    }
    for index in (1..scopes.len()).rev() {
        if let Some(parent) = scopes[index].parent {
            scopes[parent.get()].last_line = scopes[parent.get()].last_line.max(scopes[index].last_line);
        }
    }
    lines.sort_unstable();
    lines.dedup();
    let statement = |(line, scope): (u32, ScopeIdx)| {
        let end = Position { line: line.saturating_add(1), column: 0 };
        let range = Span { start: Position { line, column: 0 }, end };
        Statement { range, header: range, kind: StatementKind::Line, parent: None, scope }
    };
    Statements { statements: lines.into_iter().map(statement).collect(), scopes }
}

/// Which line a location belongs to.
pub(super) fn statement(
    statements: &Statements,
    scope: ScopeIdx,
    is_body: bool,
    location: Location,
) -> Option<StatementIdx> {
    let line = line_of(location.line)?;
    if is_body && is_made_up(location) {
        return None;
    }
    let found = statements.statements.binary_search_by_key(&(line, scope), |s| (s.range.start.line, s.scope));
    found.ok().map(|index| StatementIdx(index as u32))
}

/// Whether this is the position of what the compiler runs before a body: a line and no width.
fn is_made_up(location: Location) -> bool {
    location.column == Some(0) && location.end_column == Some(0) && location.line == location.end_line
}
