//! `all`, `any` and `tuple` of an asynchronous generator expression.
//!
//! CPython replaces `all(... for ...)` by a loop, but not if the generator is asynchronous, that is if
//! it has an `async for` or, after its first iterable, an `await`
//! (Python/codegen.c, `maybe_optimize_function_call`). The library replaces it always.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{AtomicNodeIndex, BoolOp, Comprehension, Expr, ExprBoolOp, ExprCall, ExprGenerator};
use ruff_text_size::Ranged;

/// Keeps the library from replacing such a call: it looks for a name that is called, and an `and` of one
/// operand compiles to that operand.
pub(super) fn mend(call: &mut ExprCall) {
    let Expr::Name(name) = &*call.func else { return };
    if !matches!(name.id.as_str(), "all" | "any" | "tuple") {
        return;
    }
    let [Expr::Generator(generator)] = &*call.arguments.args else { return };
    if !call.arguments.keywords.is_empty() || !is_async(generator) {
        return;
    }
    *call.func = Expr::BoolOp(ExprBoolOp {
        node_index: AtomicNodeIndex::NONE,
        range: call.func.range(),
        op: BoolOp::And,
        values: vec![(*call.func).clone()],
        runtime_values: None,
    });
}

fn is_async(generator: &ExprGenerator) -> bool {
    let mut search = Search { found: false };
    search.visit_expr(&generator.elt);
    for (index, comprehension) in generator.generators.iter().enumerate() {
        search.visit_part(comprehension, index == 0);
    }
    search.found
}

/// Looks for what makes a generator expression asynchronous, in the scope that it is.
struct Search {
    found: bool,
}

impl Search {
    fn visit_part(&mut self, comprehension: &Comprehension, is_first: bool) {
        self.found |= comprehension.is_async;
        // The first iterable is evaluated outside.
        if !is_first {
            self.visit_expr(&comprehension.iter);
        }
        for condition in &comprehension.ifs {
            self.visit_expr(condition);
        }
    }
}

impl<'a> Visitor<'a> for Search {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Await(_) => self.found = true,
            // Scopes of their own, but for what is evaluated outside of them.
            Expr::Lambda(lambda) => {
                for default in lambda.parameters.iter().flat_map(|all| all.iter()) {
                    default.default().into_iter().for_each(|value| self.visit_expr(value));
                }
            }
            Expr::Generator(inner) => {
                if let Some(first) = inner.generators.first() {
                    self.visit_expr(&first.iter);
                }
            }
            // An asynchronous comprehension makes the scope around it asynchronous.
            _ => visitor::walk_expr(self, expression),
        }
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.visit_part(comprehension, false);
    }
}

#[cfg(test)]
mod tests {
    use lasti_code::{CodeObject, Opcode};

    use crate::testing::{code_named, compiled};

    /// Whether the call is replaced by a loop, in which case the loop and the call both are there.
    fn is_replaced(expression: &str) -> bool {
        let module = compiled(&format!("async def f():\n    return {expression}\n"));
        let function = &code_named(&module, "f")[0];
        has_common_constant(function)
    }

    fn has_common_constant(code: &CodeObject) -> bool {
        let wanted = Opcode::from_name("LOAD_COMMON_CONSTANT");
        code.units().instructions().any(|instruction| instruction.opcode() == wanted)
    }

    #[test]
    fn calls_with_plain_generators_are_replaced() {
        assert!(is_replaced("all(x for x in y)"));
        assert!(is_replaced("any(x for x in await y)"));
        assert!(is_replaced("tuple(x for x in y)"));
        assert!(is_replaced("all((lambda: 1) for x in y)"));
    }

    #[test]
    fn calls_with_asynchronous_generators_are_not() {
        assert!(!is_replaced("all(await x for x in y)"));
        assert!(!is_replaced("any(x async for x in y)"));
        assert!(!is_replaced("tuple(x for x in y if await x)"));
        assert!(!is_replaced("tuple(z for x in y for z in await x)"));
        assert!(!is_replaced("tuple([z async for z in x] for x in y)"));
    }
}
