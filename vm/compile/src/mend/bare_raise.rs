//! `raise ;`: the library's parser takes a bare `raise` only at the end of a line.
//!
//! Where it refuses a source, each such `raise` is read as a `pass` of the same length, and the
//! statement put back into the tree. Columns stay as they are.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::transformer::{self, Transformer};
use ruff_python_ast::{AtomicNodeIndex, Mod, Stmt, StmtRaise};
use ruff_python_parser::{ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange, TextSize};

const RAISE: &str = "raise";
const STAND_IN: &str = "pass ";

/// Where a source has a bare `raise` before a semicolon.
pub(crate) struct BareRaises(Vec<TextSize>);

impl BareRaises {
    /// Finds them; `None` if there are none.
    pub(crate) fn find(source: &str, options: ParseOptions) -> Option<Self> {
        if !source.contains(RAISE) {
            return None;
        }
        let read = parse_unchecked(source, options);
        let pairs = read.tokens().windows(2);
        let bare = pairs.filter(|two| two[0].kind() == TokenKind::Raise && two[1].kind() == TokenKind::Semi);
        let found: Vec<_> = bare.map(|two| two[0].start()).collect();
        (!found.is_empty()).then_some(Self(found))
    }

    /// The source with other words in their places, of the same length.
    pub(crate) fn replaced(&self, source: &str) -> String {
        let mut replaced = source.to_owned();
        for &at in &self.0 {
            replaced.replace_range(at.to_usize()..at.to_usize() + RAISE.len(), STAND_IN);
        }
        replaced
    }

    /// Puts the statements back.
    pub(crate) fn restore(&self, tree: &mut Mod) {
        if let Mod::Module(module) = tree {
            self.visit_body(&mut module.body);
        }
    }
}

impl Transformer for BareRaises {
    fn visit_stmt(&self, statement: &mut Stmt) {
        transformer::walk_stmt(self, statement);
        let start = statement.start();
        if matches!(statement, Stmt::Pass(_)) && self.0.binary_search(&start).is_ok() {
            let range = TextRange::at(start, TextSize::of(RAISE));
            let node_index = AtomicNodeIndex::default();
            *statement = Stmt::Raise(StmtRaise { node_index, range, exc: None, cause: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::compiled;
    use lasti_code::Opcode;

    #[test]
    fn a_bare_raise_may_stand_before_a_semicolon() {
        let code = compiled("try:\n    f()\nexcept E:\n    g(); raise ; h()\nx = 1; raise;\n");
        // The positions of RAISE_VARARGS in CPython's co_positions().
        let raises: Vec<_> = code
            .units()
            .instructions()
            .filter(|instruction| instruction.opcode() == Some(Opcode::RaiseVarargs))
            .filter_map(|instruction| code.line_table().location_at(instruction.at))
            .map(|at| (at.line, at.column, at.end_column))
            .collect();
        assert_eq!(raises, [(5, Some(7), Some(12)), (4, Some(9), Some(14))]);
    }
}
