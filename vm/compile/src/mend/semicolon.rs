//! Where a compound statement ends.
//!
//! A semicolon after the last statement of a block belongs to the block, and so to all compound
//! statements that end there. In the library's syntax tree they end before it.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{ExceptHandler, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// For each semicolon that ends a line: where what precedes it ends, and where it ends itself.
pub(crate) struct Semicolons(Vec<(TextSize, TextSize)>);

impl Semicolons {
    /// Finds the semicolons that end lines.
    pub(crate) fn new(source: &str, tokens: &Tokens) -> Self {
        let mut found = Vec::new();
        if !source.contains(';') {
            return Self(found);
        }
        for (index, token) in tokens.iter().enumerate() {
            if token.kind() != TokenKind::Semi || index == 0 {
                continue;
            }
            let next = tokens[index + 1..].iter().find(|next| next.kind() != TokenKind::Comment);
            if next.is_none_or(|next| next.kind() == TokenKind::Newline) {
                found.push((tokens[index - 1].end(), token.end()));
            }
        }
        Self(found)
    }

    /// A tree that comes from no source has none.
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Extends compound statements over a semicolon at their end.
    pub(crate) fn mend(&self, body: &mut [Stmt]) {
        if !self.0.is_empty() {
            self.mend_body(body);
        }
    }

    /// Where a block ends.
    fn mend_body(&self, body: &mut [Stmt]) -> Option<TextSize> {
        let mut end = None;
        for statement in body {
            end = Some(self.mend_statement(statement));
        }
        end
    }

    /// Where a statement ends, with a semicolon after it.
    fn mend_statement(&self, statement: &mut Stmt) -> TextSize {
        let (range, end) = match statement {
            Stmt::FunctionDef(function) => (&mut function.range, self.mend_body(&mut function.body)),
            Stmt::ClassDef(class) => (&mut class.range, self.mend_body(&mut class.body)),
            Stmt::With(with) => (&mut with.range, self.mend_body(&mut with.body)),
            Stmt::For(each) => {
                let body = self.mend_body(&mut each.body);
                (&mut each.range, self.mend_body(&mut each.orelse).or(body))
            }
            Stmt::While(each) => {
                let body = self.mend_body(&mut each.body);
                (&mut each.range, self.mend_body(&mut each.orelse).or(body))
            }
            Stmt::If(choice) => {
                let mut end = self.mend_body(&mut choice.body);
                for clause in &mut choice.elif_else_clauses {
                    end = self.mend_body(&mut clause.body);
                    extend(&mut clause.range, end);
                }
                (&mut choice.range, end)
            }
            Stmt::Match(choice) => {
                let mut end = None;
                for case in &mut choice.cases {
                    end = self.mend_body(&mut case.body);
                    extend(&mut case.range, end);
                }
                (&mut choice.range, end)
            }
            Stmt::Try(attempt) => {
                let mut end = self.mend_body(&mut attempt.body);
                for ExceptHandler::ExceptHandler(handler) in &mut attempt.handlers {
                    end = self.mend_body(&mut handler.body);
                    extend(&mut handler.range, end);
                }
                end = self.mend_body(&mut attempt.orelse).or(end);
                end = self.mend_body(&mut attempt.finalbody).or(end);
                (&mut attempt.range, end)
            }
            simple => return self.end_of_line(simple.range().end()),
        };
        extend(range, end);
        range.end()
    }

    /// Where a simple statement ends together with the semicolon that follows it.
    fn end_of_line(&self, end: TextSize) -> TextSize {
        let found = self.0.binary_search_by_key(&end, |(before, _)| *before);
        found.map_or(end, |index| self.0[index].1)
    }
}

fn extend(range: &mut TextRange, end: Option<TextSize>) {
    if let Some(end) = end
        && end > range.end()
    {
        *range = TextRange::new(range.start(), end);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::compiled;

    /// Whether an instruction of the module ends at this line and column.
    fn ends_at(source: &str, line: i32, column: u32) -> bool {
        let module = compiled(source);
        let mut locations = module.line_table().positions().flatten();
        locations.any(|at| (at.end_line, at.end_column) == (line, Some(column)))
    }

    #[test]
    fn a_definition_ends_with_its_semicolon() {
        // CPython: {p[1::2] + p[3:] for p in code.co_positions()}
        assert!(ends_at("def f():\n    x = 1; pass; del x;\n", 2, 23));
        assert!(ends_at("def f():\n    return (1) ;  # why\n", 2, 16));
        assert!(ends_at("def f():\n    pass\n", 2, 8));
        assert!(ends_at("class C:\n    if x: pass;\n", 2, 15));
    }
}
