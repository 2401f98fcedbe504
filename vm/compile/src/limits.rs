//! How deep a source may nest.
//!
//! All passes over a syntax tree recurse, so they run on a stack that is large enough for the deepest tree
//! that is let through: [`with_stack`]. What is let through: [`check_source`], before the parser, which
//! would use memory without bound; and [`check_tree`], after it.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Comprehension, Expr, Mod, Pattern, Stmt};
use ruff_python_parser::Mode;
use ruff_python_parser::lexer::lex;
use ruff_text_size::{Ranged, TextRange};

/// The deepest syntax tree, in nodes. CPython goes as deep as its C stack allows: 27,000 for `a+a+...` in
/// eight mebibytes, 6,000 for `- - ... 1`.
pub(crate) const MAX_DEPTH: usize = 20_000;

/// The deepest nesting of comprehensions. CPython takes 21 for those that it inlines. The library copies
/// symbol tables, and needs twice the memory for each level: 100 MB for 16.
const MAX_COMPREHENSIONS: usize = 16;

/// The deepest nesting of lambdas. CPython's parser takes 3,000. The library's time and memory grow with
/// the third and second power: 500 take 0.2 s and 50 MB, 2,000 take 11 s and 700 MB.
const MAX_LAMBDAS: usize = 500;

/// More stack than the library uses for one level of an expression. Measured: at most 1.9 KiB.
const STACK_PER_LEVEL: usize = 4 << 10;

/// More stack than is used apart from expressions: definitions take 6 KiB, for at most 100 levels.
const STACK_BASE: usize = 1 << 20;

/// The parser needs up to 1.8 KB for each operator in a chain. Sources below this length need no check.
const SMALL_SOURCE: usize = 64 << 10;

/// Nesting beyond one of the limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooDeep {
    /// Where, if that is known.
    pub(crate) range: Option<TextRange>,
    pub(crate) message: &'static str,
}

const TOO_DEEP: &str = "maximum recursion depth exceeded during compilation";

/// Runs a compilation with enough stack for a source of this length. No level takes less than one byte
/// of source, so that short sources run on the stack there is.
pub(crate) fn with_stack<T>(source_len: usize, compilation: impl FnOnce() -> T) -> T {
    let needed = STACK_BASE + source_len.min(MAX_DEPTH) * STACK_PER_LEVEL;
    stacker::maybe_grow(needed, needed + STACK_BASE, compilation)
}

/// Refuses a source with so many operators in one expression that the parser would recurse too deep.
pub(crate) fn check_source(source: &str, mode: Mode) -> Result<(), TooDeep> {
    if source.len() < SMALL_SOURCE {
        return Ok(());
    }
    let mut lexer = lex(source, mode);
    let mut operators = 0;
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return Ok(()),
            TokenKind::Comma | TokenKind::Newline | TokenKind::Semi => operators = 0,
            TokenKind::Minus
            | TokenKind::Plus
            | TokenKind::Tilde
            | TokenKind::Not
            | TokenKind::Await
            | TokenKind::Lambda
            | TokenKind::Else
            | TokenKind::DoubleStar => {
                operators += 1;
                if operators > MAX_DEPTH {
                    return Err(TooDeep { range: None, message: TOO_DEEP });
                }
            }
            _ => {}
        }
    }
}

/// Refuses a tree that nests too deep.
pub(crate) fn check_tree(tree: &Mod) -> Result<(), TooDeep> {
    let mut depth = Depth { nodes: 0, comprehensions: 0, lambdas: 0, error: None };
    match tree {
        Mod::Module(module) => depth.visit_body(&module.body),
        Mod::Expression(expression) => depth.visit_expr(&expression.body),
    }
    depth.error.map_or(Ok(()), Err)
}

struct Depth {
    nodes: usize,
    comprehensions: usize,
    lambdas: usize,
    error: Option<TooDeep>,
}

impl Depth {
    fn descend(&mut self, range: TextRange, walk: impl FnOnce(&mut Self)) {
        if self.error.is_some() {
            return;
        }
        if self.nodes >= MAX_DEPTH {
            self.error = Some(TooDeep { range: Some(range), message: TOO_DEEP });
            return;
        }
        self.nodes += 1;
        walk(self);
        self.nodes -= 1;
    }

    /// Visits a comprehension. Its first iterable does not count as nested in it.
    fn comprehension(&mut self, parts: &[&Expr], clauses: &[Comprehension], range: TextRange) {
        let Some((first, rest)) = clauses.split_first() else { return };
        self.visit_expr(&first.iter);
        if self.comprehensions >= MAX_COMPREHENSIONS {
            let message = "comprehensions nested too deeply (at most 16)";
            self.error.get_or_insert(TooDeep { range: Some(range), message });
            return;
        }
        self.comprehensions += 1;
        self.visit_expr(&first.target);
        first.ifs.iter().for_each(|condition| self.visit_expr(condition));
        for clause in rest {
            self.visit_comprehension(clause);
        }
        for part in parts {
            self.visit_expr(part);
        }
        self.comprehensions -= 1;
    }
}

impl<'a> Visitor<'a> for Depth {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.descend(statement.range(), |depth| visitor::walk_stmt(depth, statement));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.descend(pattern.range(), |depth| visitor::walk_pattern(depth, pattern));
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let range = expression.range();
        self.descend(range, |depth| match expression {
            Expr::ListComp(it) => depth.comprehension(&[&it.elt], &it.generators, range),
            Expr::SetComp(it) => depth.comprehension(&[&it.elt], &it.generators, range),
            Expr::Generator(it) => depth.comprehension(&[&it.elt], &it.generators, range),
            Expr::DictComp(it) => match &it.key {
                Some(key) => depth.comprehension(&[key, &it.value], &it.generators, range),
                None => depth.comprehension(&[&it.value], &it.generators, range),
            },
            Expr::Lambda(_) if depth.lambdas >= MAX_LAMBDAS => {
                depth.error = Some(TooDeep { range: Some(range), message: TOO_DEEP });
            }
            Expr::Lambda(_) => {
                depth.lambdas += 1;
                visitor::walk_expr(depth, expression);
                depth.lambdas -= 1;
            }
            _ => visitor::walk_expr(depth, expression),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::{Options, compile};

    fn error(source: &str) -> String {
        match compile(source, "deep.py", &Options::default()) {
            Ok(_) => "none".to_owned(),
            Err(error) => error.msg,
        }
    }

    #[test]
    fn what_cpython_compiles_in_its_stack_compiles() {
        for (first, repeated, last) in [("a", "+b", ""), ("a", ".b", ""), ("", "-", "1"), ("a", "()", "")] {
            let source = format!("{first}{}{last}", repeated.repeat(5_000));
            assert_eq!(error(&source), "none", "{repeated}");
        }
        assert_eq!(error(&format!("{}1", "lambda:".repeat(400))), "none");
    }

    #[test]
    fn deeper_nesting_is_an_error() {
        for (first, repeated, last) in [
            ("a", "+b", ""),
            ("a", ".b", ""),
            ("a", "[0]", ""),
            ("", "-", "1"),
            ("", "not ", "1"),
            ("", "lambda:", "1"),
            ("", "a if b else ", "1"),
            ("a", "**b", ""),
        ] {
            for count in [20_000, 1_000_000] {
                let source = format!("{first}{}{last}", repeated.repeat(count));
                assert_eq!(error(&source), super::TOO_DEEP, "{repeated} {count}");
            }
        }
    }

    #[test]
    fn deep_nesting_compiles_on_a_small_stack() {
        let thread = std::thread::Builder::new().stack_size(256 << 10);
        let source = format!("a{}", "+b".repeat(3_000));
        let compiled = thread.spawn(move || error(&source)).map(std::thread::JoinHandle::join);
        assert_eq!(compiled.ok().and_then(Result::ok).as_deref(), Some("none"));
    }

    #[test]
    fn comprehensions_nest_sixteen_deep() {
        let nested = |count| format!("{}1{}", "[".repeat(count), " for x in y]".repeat(count));
        assert_eq!(error(&nested(10)), "none");
        assert_eq!(error(&nested(17)), "comprehensions nested too deeply (at most 16)");
        let chained = format!("{}y{}", "[x for x in ".repeat(100), "]".repeat(100));
        assert_eq!(error(&chained), "none");
    }
}
