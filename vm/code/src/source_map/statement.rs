//! The statements of a source as plain data: where each lies, what it is, and which scope runs it.
//!
//! They are made by a parser (`lasti_compile::statements`), which this crate does not have. Nothing here
//! knows of code units.

use super::span::{Position, Span};

/// An index into the statements of a source, in source order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StatementIdx(pub u32);

impl StatementIdx {
    /// The index as a slice index.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

/// An index into the scopes of a source. Scope 0 is the module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ScopeIdx(pub u32);

impl ScopeIdx {
    /// The scope of the module's own statements.
    pub const MODULE: Self = Self(0);

    /// The index as a slice index.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

/// What a statement is. The clauses of compound statements that run code of their own count as
/// statements: they are stops, and their bodies are their children.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StatementKind {
    /// `def` or `async def`, decorators, defaults and annotations included.
    FunctionDef,
    /// `class`, decorators and bases included.
    ClassDef,
    /// `return`
    Return,
    /// `del`
    Delete,
    /// `type X = ...`
    TypeAlias,
    /// `a = b`
    Assign,
    /// `a += b`
    AugAssign,
    /// `a: int` or `a: int = b`
    AnnAssign,
    /// `for` or `async for`
    For,
    /// `while`
    While,
    /// `if`
    If,
    /// An `elif` clause; its parent is the `if`.
    Elif,
    /// `with` or `async with`
    With,
    /// `match`
    Match,
    /// A `case` clause; its parent is the `match`.
    Case,
    /// `raise`
    Raise,
    /// `try`
    Try,
    /// An `except` or `except*` clause; its parent is the `try`.
    Except,
    /// A `finally` clause; its parent is the `try`. It has no code of its own.
    Finally,
    /// `assert`
    Assert,
    /// `import` or `from ... import`
    Import,
    /// `global` or `nonlocal`
    Declaration,
    /// An expression as a statement.
    Expression,
    /// The string that begins a module, class or function body.
    Docstring,
    /// `pass`
    Pass,
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// A line, where there is no source to know better.
    Line,
}

/// One statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Statement {
    /// From its first character (a decorator's `@`) to its last, bodies included.
    pub range: Span,
    /// The part that the statement runs itself: of a compound statement or clause up to its colon, else
    /// the whole range.
    pub header: Span,
    /// What it is.
    pub kind: StatementKind,
    /// The compound statement or clause that it lies in, definitions included.
    pub parent: Option<StatementIdx>,
    /// The module, class or function that runs it.
    pub scope: ScopeIdx,
}

/// A scope that has statements: the module, a class body, a function body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scope {
    /// The `def` or `class`; `None` for the module.
    pub definition: Option<StatementIdx>,
    /// The scope around it.
    pub parent: Option<ScopeIdx>,
    /// `co_firstlineno` of its code: the line of the definition's first decorator or keyword.
    pub first_line: u32,
    /// The last line that belongs to it, comments indented as its body is included.
    pub last_line: u32,
}

/// The statements of one source.
///
/// Statements are sorted by where they begin; those that begin at one place from the outermost in. So a
/// parent comes before its children.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Statements {
    /// The statements.
    pub statements: Vec<Statement>,
    /// The scopes; the module first, each after the scope around it.
    pub scopes: Vec<Scope>,
}

impl Statements {
    /// The statement at an index.
    pub fn get(&self, at: StatementIdx) -> Option<&Statement> {
        self.statements.get(at.get())
    }

    /// The statement, its parent, and so on to a statement of the module.
    pub fn ancestry(&self, at: StatementIdx) -> impl Iterator<Item = (StatementIdx, &Statement)> {
        let mut next = Some(at);
        std::iter::from_fn(move || {
            let here = next?;
            let statement = self.get(here)?;
            // A parent comes first, so this ends whatever the data says.
            next = statement.parent.filter(|parent| *parent < here);
            Some((here, statement))
        })
    }

    /// The statements that begin on a line, in source order.
    pub fn beginning_on(&self, line: u32) -> impl Iterator<Item = (StatementIdx, &Statement)> {
        let first = self.first_from(line);
        self.statements
            .iter()
            .enumerate()
            .skip(first)
            .take_while(move |(_, statement)| statement.range.start.line == line)
            .map(|(index, statement)| (StatementIdx(index as u32), statement))
    }

    /// The index of the first statement that begins on this line or further on.
    pub(super) fn first_from(&self, line: u32) -> usize {
        self.statements.partition_point(|statement| statement.range.start.line < line)
    }

    /// The innermost scope that a line belongs to. The lines of a definition's header belong to the scope
    /// around it, unless its body begins on the same line.
    pub fn scope_of_line(&self, line: u32) -> ScopeIdx {
        let inside = |scope: &Scope| {
            let header = scope.definition.and_then(|definition| self.get(definition)).map(|s| s.header);
            header.is_none_or(|header| header.end.line < line) && line <= scope.last_line
        };
        // Scopes come in source order, so the last that holds the line is the innermost.
        let innermost = self.scopes.iter().rposition(|scope| scope.first_line <= line && inside(scope));
        ScopeIdx(innermost.unwrap_or(0) as u32)
    }
}

/// From positions to the innermost statement there: the statements' ranges cut into pieces that do not
/// overlap, so that a look-up is a binary search.
#[derive(Clone, Debug, Default)]
pub(super) struct StatementPieces {
    /// Where a piece begins, and whose it is; it ends where the next begins.
    pieces: Vec<(Position, Option<StatementIdx>)>,
}

impl StatementPieces {
    pub(super) fn new(statements: &Statements) -> Self {
        let mut pieces: Vec<(Position, Option<StatementIdx>)> =
            Vec::with_capacity(statements.statements.len() * 2);
        let mut open: Vec<(StatementIdx, Position)> = Vec::new();
        let mut push = |at: Position, owner| match pieces.last_mut() {
            Some(last) if last.0 == at => last.1 = owner,
            // Statements that overlap or are not in order: the earlier piece stays.
            Some(last) if last.0 > at => {}
            _ => pieces.push((at, owner)),
        };
        for (index, statement) in statements.statements.iter().enumerate() {
            while let Some((_, end)) = open.pop_if(|(_, end)| *end <= statement.range.start) {
                push(end, open.last().map(|(idx, _)| *idx));
            }
            let idx = StatementIdx(index as u32);
            push(statement.range.start, Some(idx));
            open.push((idx, statement.range.end));
        }
        while let Some((_, end)) = open.pop() {
            push(end, open.last().map(|(idx, _)| *idx));
        }
        Self { pieces }
    }

    /// The innermost statement whose range holds a position.
    pub(super) fn at(&self, position: Position) -> Option<StatementIdx> {
        let after = self.pieces.partition_point(|(start, _)| *start <= position);
        self.pieces[..after].last()?.1
    }
}
