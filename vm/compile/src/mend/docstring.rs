//! The position of what `-OO` puts in place of a docstring that was a whole body.
//!
//! CPython puts a `pass` there, four columns long (Python/ast_preprocess.c, `remove_docstring`). The
//! library puts one of four characters there, which for a docstring of a shorter first line, as `"""`
//! alone, end on the next line.

use lasti_code::linetable::{LineTable, LineTableWriter, Location};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Mod, Stmt};
use ruff_text_size::Ranged;

/// How long `pass` is.
const PASS: usize = 4;

/// The positions of the removed docstrings that the library gets wrong, and CPython's.
#[derive(Default)]
pub(crate) struct Docstrings(Vec<(Location, Location)>);

impl Docstrings {
    /// Finds the docstrings that will be removed.
    pub(crate) fn new(tree: &Mod, source: &str, optimize: u8) -> Self {
        let Mod::Module(module) = tree else { return Self::default() };
        if optimize < 2 {
            return Self::default();
        }
        let mut search = Search { source, found: Vec::new() };
        search.definition(&module.body);
        search.visit_body(&module.body);
        Self(search.found)
    }

    /// The linetable with CPython's positions, if it has any of the library's.
    pub(crate) fn mended(&self, linetable: &[u8], firstlineno: i32) -> Option<Vec<u8>> {
        if self.0.is_empty() {
            return None;
        }
        let mut locations: Vec<Option<Location>> =
            LineTable::new(linetable, firstlineno).positions().collect();
        let mut any = false;
        for location in locations.iter_mut().flatten() {
            if let Some((_, right)) = self.0.iter().find(|(wrong, _)| wrong == location) {
                *location = *right;
                any = true;
            }
        }
        any.then(|| {
            let mut writer = LineTableWriter::new(firstlineno);
            for run in locations.chunk_by(PartialEq::eq) {
                writer.push(run.len() as u32, run[0]);
            }
            writer.finish()
        })
    }
}

struct Search<'a> {
    source: &'a str,
    found: Vec<(Location, Location)>,
}

impl Search<'_> {
    fn definition(&mut self, body: &[Stmt]) {
        let [Stmt::Expr(only)] = body else { return };
        if !only.value.is_string_literal_expr() {
            return;
        }
        let start = only.range().start().to_usize();
        let text = &self.source.as_bytes()[start..];
        let Some(newline) = text.iter().take(PASS).position(|byte| *byte == b'\n') else { return };
        let before = &self.source.as_bytes()[..start];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = self.source[..start].matches('\n').count() + 1;
        let column = start - line_start;
        let right = Location {
            line: line as i32,
            end_line: line as i32,
            column: Some(column as u32),
            end_column: Some((column + PASS) as u32),
        };
        // No further newline fits in: a quote, an escape or two quotes come before the first.
        let wrong =
            Location { end_line: line as i32 + 1, end_column: Some((PASS - newline - 1) as u32), ..right };
        self.found.push((wrong, right));
    }
}

impl<'a> Visitor<'a> for Search<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.definition(&function.body),
            Stmt::ClassDef(class) => self.definition(&class.body),
            _ => {}
        }
        visitor::walk_stmt(self, statement);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::code_named;
    use crate::{Options, compile};

    #[test]
    fn a_removed_docstring_is_as_long_as_pass() {
        for docstring in ["\"\"\"\n    text\"\"\"", "''"] {
            let source = format!("class C:\n    {docstring}\n");
            let options = Options { optimize: 2, ..Options::default() };
            let Ok(module) = compile(&source, "test.py", &options) else { panic!("{source}") };
            let class = &code_named(&module.code, "C")[0];
            // CPython: [*code.co_positions()][-1] == (2, 2, 4, 8)
            let last = class.line_table().positions().last().flatten();
            let last = last.map(|at| (at.line, at.end_line, at.column, at.end_column));
            assert_eq!(last, Some((2, 2, Some(4), Some(8))), "{docstring}");
        }
    }
}
