//! What the library gets wrong, put right. Each matter has a file of its own.
//!
//! Some is mended in the syntax tree before code is generated from it ([`mend_tree`]), some while the
//! library's code objects are converted.

use std::cell::RefCell;

use ruff_python_ast::visitor::transformer::{self, Transformer};
use ruff_python_ast::{Comprehension, Expr, Mod, Stmt};

mod async_generator;
pub(crate) mod bare_raise;
pub(crate) mod columnless;
pub(crate) mod docstring;
pub(crate) mod frozenset;
pub(crate) mod global_doc;
pub(crate) mod interpolation;
pub(crate) mod list_position;
pub(crate) mod long_display;
pub(crate) mod qualname;
pub(crate) mod semicolon;

use long_display::LongDisplays;
use semicolon::Semicolons;

/// Changes a syntax tree so that the library generates CPython's code from it.
pub(crate) fn mend_tree(
    tree: &mut Mod,
    source: &str,
    semicolons: &Semicolons,
    displays: &mut LongDisplays<'_>,
) {
    let mender = Mender { source, displays: RefCell::new(displays) };
    match tree {
        Mod::Module(module) => {
            semicolons.mend(&mut module.body);
            mender.visit_body(&mut module.body);
        }
        Mod::Expression(expression) => mender.visit_expr(&mut expression.body),
    }
}

struct Mender<'a, 'b> {
    source: &'a str,
    displays: RefCell<&'a mut LongDisplays<'b>>,
}

impl Transformer for Mender<'_, '_> {
    fn visit_stmt(&self, statement: &mut Stmt) {
        transformer::walk_stmt(self, statement);
        if let Stmt::For(each) = statement
            && !each.is_async
        {
            self.displays.borrow_mut().mend(&mut each.iter);
        }
    }

    fn visit_comprehension(&self, comprehension: &mut Comprehension) {
        transformer::walk_comprehension(self, comprehension);
        if !comprehension.is_async {
            self.displays.borrow_mut().mend(&mut comprehension.iter);
        }
    }

    fn visit_expr(&self, expression: &mut Expr) {
        transformer::walk_expr(self, expression);
        match expression {
            Expr::Call(call) => async_generator::mend(call),
            Expr::Compare(comparison) => self.displays.borrow_mut().mend_comparison(comparison),
            Expr::FString(string) => interpolation::mend_fstring(string),
            Expr::TString(string) => interpolation::mend_tstring(string, self.source),
            _ => {}
        }
    }
}
