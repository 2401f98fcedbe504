//! The statements of a source, for the source map: where each begins and ends, its header, its kind, its
//! scope. Nothing is compiled here, and expressions are not looked into.

use lasti_code::source_map::{
    Position, Scope, ScopeIdx, Span, Statement, StatementIdx, StatementKind, Statements,
};
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{ExceptHandler, Expr, Stmt};
use ruff_python_parser::parse_module;
use ruff_source_file::{LineIndex, SourceFileBuilder};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustpython_compiler::pre_parse_source_error;

/// A source whose statements cannot be told, because it does not parse.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {}, column {}: {message}; correct the source, or map the code by its lines alone", position.line, position.column)]
pub struct StatementsError {
    /// What the parser says.
    pub message: String,
    /// Where.
    pub position: Position,
}

/// The statements of a module's source.
///
/// # Errors
///
/// The source is not Python's grammar. What only the compiler refuses (`return` outside a function) is no
/// error here.
pub fn statements(source: &str) -> Result<Statements, StatementsError> {
    // CPython counts the columns of the first line without a byte order mark.
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let lines = Lines { source, index: LineIndex::from_source_text(source) };
    let file = SourceFileBuilder::new("", source).finish();
    pre_parse_source_error(&file).map_err(|error| {
        let (line, column) = error.python_location();
        let position = Position { line: line as u32, column: (column as u32).saturating_sub(1) };
        StatementsError { message: error.to_string(), position }
    })?;
    let parsed = parse_module(source).map_err(|error| StatementsError {
        message: error.error.to_string(),
        position: lines.position(error.location.start()),
    })?;
    let mut collector = Collector {
        lines: &lines,
        tokens: parsed.tokens(),
        found: Statements::default(),
        pending: Vec::new(),
    };
    collector.module(&parsed.syntax().body);
    let mut found = collector.found;
    for scope in &mut found.scopes[1..] {
        scope.last_line = lines.with_comments(scope.last_line, scope.definition, &found.statements);
    }
    Ok(found)
}

struct Lines<'a> {
    source: &'a str,
    index: LineIndex,
}

impl Lines<'_> {
    fn position(&self, offset: TextSize) -> Position {
        let line = self.index.line_index(offset);
        let column = offset - self.index.line_start(line, self.source);
        Position { line: line.get() as u32, column: column.to_u32() }
    }

    fn span(&self, range: TextRange) -> Span {
        Span { start: self.position(range.start()), end: self.position(range.end()) }
    }

    /// The last line of a body, with the comments after it that are indented further than its definition.
    fn with_comments(&self, last: u32, definition: Option<StatementIdx>, statements: &[Statement]) -> u32 {
        let Some(definition) = definition.and_then(|definition| statements.get(definition.get())) else {
            return last;
        };
        let starts = self.index.line_starts();
        let mut with_comments = last;
        for (line, &start) in starts.iter().enumerate().skip(last as usize) {
            let text = self.source[start.to_usize()..].trim_start_matches([' ', '\t', '\x0c']);
            let indent = self.source.len() - start.to_usize() - text.len();
            match text.as_bytes().first() {
                Some(b'#') if indent > definition.range.start.column as usize => {
                    with_comments = line as u32 + 1;
                }
                Some(b'\n' | b'\r') => {}
                _ => break,
            }
        }
        with_comments
    }
}

/// A body that is still to be gone through.
#[derive(Clone, Copy)]
struct Body<'a> {
    statements: &'a [Stmt],
    parent: Option<StatementIdx>,
    scope: ScopeIdx,
    /// Whether a string that begins it is a docstring.
    documented: bool,
}

/// A part of the tree that is still to be gone through, in source order.
enum Pending<'a> {
    Body(Body<'a>),
    Clause { range: TextRange, kind: StatementKind, body: Body<'a> },
}

struct Collector<'a> {
    lines: &'a Lines<'a>,
    tokens: &'a Tokens,
    found: Statements,
    pending: Vec<Pending<'a>>,
}

impl<'a> Collector<'a> {
    fn module(&mut self, body: &'a [Stmt]) {
        self.found.scopes.push(Scope { definition: None, parent: None, first_line: 1, last_line: u32::MAX });
        let body = Body { statements: body, parent: None, scope: ScopeIdx::MODULE, documented: true };
        self.pending.push(Pending::Body(body));
        while let Some(next) = self.pending.pop() {
            match next {
                Pending::Body(body) => self.first_of(body),
                Pending::Clause { range, kind, body } => {
                    let header = self.header(range, body.statements.first());
                    let index = self.push(range, header, kind, body.parent, body.scope);
                    self.pending.push(Pending::Body(Body { parent: Some(index), ..body }));
                }
            }
        }
    }

    /// Takes the first statement of a body and leaves the others for when its own bodies are done.
    fn first_of(&mut self, body: Body<'a>) {
        let Some((first, others)) = body.statements.split_first() else { return };
        if !others.is_empty() {
            let others = Body { statements: others, documented: false, ..body };
            self.pending.push(Pending::Body(others));
        }
        self.statement(first, &body);
    }

    fn push(
        &mut self,
        range: TextRange,
        header: TextRange,
        kind: StatementKind,
        parent: Option<StatementIdx>,
        scope: ScopeIdx,
    ) -> StatementIdx {
        let (range, header) = (self.lines.span(range), self.lines.span(header));
        self.found.statements.push(Statement { range, header, kind, parent, scope });
        StatementIdx(self.found.statements.len() as u32 - 1)
    }

    /// From where a statement or clause begins to the colon before its body: only blanks and comments lie
    /// between the two. Without a body, the whole.
    fn header(&self, range: TextRange, body: Option<&impl Ranged>) -> TextRange {
        let Some(end) = body.map(Ranged::start) else { return range };
        let colon = self.last_before(end, TokenKind::Colon).filter(|colon| range.contains_range(*colon));
        TextRange::new(range.start(), colon.map_or(end, TextRange::end))
    }

    fn last_before(&self, offset: TextSize, kind: TokenKind) -> Option<TextRange> {
        let before = self.tokens.partition_point(|token| token.end() <= offset);
        self.tokens[..before].iter().rev().find(|token| token.kind() == kind).map(Ranged::range)
    }

    fn statement(&mut self, statement: &'a Stmt, body: &Body<'a>) {
        let (kind, first_body) = shape(statement, body.documented);
        let header = match statement {
            Stmt::Match(it) => self.header(it.range, it.cases.first()),
            _ => self.header(statement.range(), first_body.and_then(<[Stmt]>::first)),
        };
        let index = self.push(statement.range(), header, kind, body.parent, body.scope);
        let scope = body.scope;
        let inside = |statements| Body { statements, parent: Some(index), scope, documented: false };
        let first = self.pending.len();
        match statement {
            Stmt::FunctionDef(function) => self.definition(&function.body, index, scope),
            Stmt::ClassDef(class) => self.definition(&class.body, index, scope),
            Stmt::For(it) => self.pending.extend([inside(&it.body), inside(&it.orelse)].map(Pending::Body)),
            Stmt::While(it) => self.pending.extend([inside(&it.body), inside(&it.orelse)].map(Pending::Body)),
            Stmt::With(it) => self.pending.push(Pending::Body(inside(&it.body))),
            Stmt::If(it) => {
                self.pending.push(Pending::Body(inside(&it.body)));
                self.pending.extend(it.elif_else_clauses.iter().map(|clause| match clause.test {
                    Some(_) => Pending::Clause {
                        range: clause.range,
                        kind: StatementKind::Elif,
                        body: inside(&clause.body),
                    },
                    None => Pending::Body(inside(&clause.body)),
                }));
            }
            Stmt::Match(it) => self.pending.extend(it.cases.iter().map(|case| Pending::Clause {
                range: case.range,
                kind: StatementKind::Case,
                body: inside(&case.body),
            })),
            Stmt::Try(it) => {
                self.pending.push(Pending::Body(inside(&it.body)));
                self.pending.extend(it.handlers.iter().map(|ExceptHandler::ExceptHandler(handler)| {
                    Pending::Clause {
                        range: handler.range,
                        kind: StatementKind::Except,
                        body: inside(&handler.body),
                    }
                }));
                self.pending.push(Pending::Body(inside(&it.orelse)));
                if let Some(last) = it.finalbody.last() {
                    let begins = it
                        .finalbody
                        .first()
                        .and_then(|first| self.last_before(first.start(), TokenKind::Finally));
                    let range = TextRange::new(begins.map_or(last.start(), TextRange::start), last.end());
                    let body = inside(&it.finalbody);
                    self.pending.push(Pending::Clause { range, kind: StatementKind::Finally, body });
                }
            }
            _ => {}
        }
        self.pending[first..].reverse();
    }

    fn definition(&mut self, body: &'a [Stmt], index: StatementIdx, parent: ScopeIdx) {
        let scope = ScopeIdx(self.found.scopes.len() as u32);
        let range = self.found.statements[index.get()].range;
        self.found.scopes.push(Scope {
            definition: Some(index),
            parent: Some(parent),
            first_line: range.start.line,
            last_line: range.end.line,
        });
        self.pending.push(Pending::Body(Body {
            statements: body,
            parent: Some(index),
            scope,
            documented: true,
        }));
    }
}

/// What a statement is, and the body that its header ends before; a `match` has clauses instead.
fn shape(statement: &Stmt, documented: bool) -> (StatementKind, Option<&[Stmt]>) {
    let is_string = |value: &Expr| value.is_string_literal_expr();
    match statement {
        Stmt::FunctionDef(it) => (StatementKind::FunctionDef, Some(&it.body)),
        Stmt::ClassDef(it) => (StatementKind::ClassDef, Some(&it.body)),
        Stmt::For(it) => (StatementKind::For, Some(&it.body)),
        Stmt::While(it) => (StatementKind::While, Some(&it.body)),
        Stmt::If(it) => (StatementKind::If, Some(&it.body)),
        Stmt::With(it) => (StatementKind::With, Some(&it.body)),
        Stmt::Try(it) => (StatementKind::Try, Some(&it.body)),
        Stmt::Match(_) => (StatementKind::Match, None),
        Stmt::Return(_) => (StatementKind::Return, None),
        Stmt::Delete(_) => (StatementKind::Delete, None),
        Stmt::TypeAlias(_) => (StatementKind::TypeAlias, None),
        Stmt::Assign(_) => (StatementKind::Assign, None),
        Stmt::AugAssign(_) => (StatementKind::AugAssign, None),
        Stmt::AnnAssign(_) => (StatementKind::AnnAssign, None),
        Stmt::Raise(_) => (StatementKind::Raise, None),
        Stmt::Assert(_) => (StatementKind::Assert, None),
        Stmt::Import(_) | Stmt::ImportFrom(_) => (StatementKind::Import, None),
        Stmt::Global(_) | Stmt::Nonlocal(_) => (StatementKind::Declaration, None),
        Stmt::Expr(it) if documented && is_string(&it.value) => (StatementKind::Docstring, None),
        Stmt::Expr(_) | Stmt::IpyEscapeCommand(_) => (StatementKind::Expression, None),
        Stmt::Pass(_) => (StatementKind::Pass, None),
        Stmt::Break(_) => (StatementKind::Break, None),
        Stmt::Continue(_) => (StatementKind::Continue, None),
    }
}

#[cfg(test)]
#[allow(clippy::needless_raw_string_hashes)] // As expect-test writes them.
mod tests {
    use super::*;
    use expect_test::expect;
    use std::fmt::Write;

    fn show(source: &str) -> String {
        let found = statements(source).expect("it parses");
        let mut shown = String::new();
        for statement in &found.statements {
            let Statement { range, header, kind, parent, scope } = statement;
            let header = if header == range { String::new() } else { format!(" header -{:?}", header.end) };
            let parent = parent.map_or(String::new(), |parent| format!(" in {}", parent.0));
            let _ = writeln!(shown, "{range:?} {kind:?}{header}{parent} scope {}", scope.0);
        }
        for scope in &found.scopes {
            let _ = writeln!(shown, "scope {}-{}", scope.first_line, scope.last_line);
        }
        shown
    }

    #[test]
    fn kinds_headers_and_nesting() {
        let source = "\u{feff}'Doc.'
@d
async def f(a: {1: 2}, é=lambda: 0) -> x[1:2]:  # :
    'Doc.'
    for i in a: break
    else: pass
    # Comment.
  # Less.
class A: x: int = 1; y = 2
if a: b
elif c:
    d
else:
    e
try: f
except* (E): g
finally  :
    'No doc.'
match x:
    case {1: y} if y: z
with a as b: return
";
        expect![[r#"
            1:0-1:6 Docstring scope 0
            2:0-6:14 FunctionDef header -3:47 scope 0
            4:4-4:10 Docstring in 1 scope 1
            5:4-6:14 For header -5:15 in 1 scope 1
            5:16-5:21 Break in 3 scope 1
            6:10-6:14 Pass in 3 scope 1
            9:0-9:26 ClassDef header -9:8 scope 0
            9:9-9:19 AnnAssign in 6 scope 2
            9:21-9:26 Assign in 6 scope 2
            10:0-14:5 If header -10:5 scope 0
            10:6-10:7 Expression in 9 scope 0
            11:0-12:5 Elif header -11:7 in 9 scope 0
            12:4-12:5 Expression in 11 scope 0
            14:4-14:5 Expression in 9 scope 0
            15:0-18:13 Try header -15:4 scope 0
            15:5-15:6 Expression in 14 scope 0
            16:0-16:14 Except header -16:12 in 14 scope 0
            16:13-16:14 Expression in 16 scope 0
            17:0-18:13 Finally header -17:10 in 14 scope 0
            18:4-18:13 Expression in 18 scope 0
            19:0-20:23 Match header -19:8 scope 0
            20:4-20:23 Case header -20:21 in 20 scope 0
            20:22-20:23 Expression in 21 scope 0
            21:0-21:19 With header -21:12 scope 0
            21:13-21:19 Return in 23 scope 0
            scope 1-4294967295
            scope 2-8
            scope 9-9
        "#]]
        .assert_eq(&show(source));
    }

    #[test]
    fn errors_name_the_place() {
        let error = statements("x = 1\ny = (\n").expect_err("it does not parse");
        expect!["line 3, column 0: unexpected EOF while parsing; correct the source, or map the code by its lines alone"].assert_eq(&error.to_string());
        assert!(statements(&"(".repeat(100_000)).is_err());
        assert_eq!(statements("").map(|found| found.statements.len()), Ok(0));
    }
}
