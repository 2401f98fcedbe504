//! Statements.

use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::super::{Kind, Node, Value};
use super::{Converter, expressions, identifier, plain};

impl Converter<'_> {
    pub(super) fn statement(&self, statement: &Stmt) -> Node {
        let range = statement.range();
        let (kind, fields) = match statement {
            Stmt::FunctionDef(function) => return self.function(function),
            Stmt::ClassDef(class) => return self.class(class),
            Stmt::Return(each) => (Kind::Return, vec![self.optional(each.value.as_deref())]),
            Stmt::Delete(each) => (Kind::Delete, vec![self.exprs(&each.targets)]),
            Stmt::TypeAlias(alias) => {
                let params = self.type_params(alias.type_params.as_deref());
                (Kind::TypeAlias, vec![self.expr_value(&alias.name), params, self.expr_value(&alias.value)])
            }
            Stmt::Assign(each) => {
                (Kind::Assign, vec![self.exprs(&each.targets), self.expr_value(&each.value), Value::None])
            }
            Stmt::AugAssign(each) => {
                let operator = expressions::operator(each.op);
                (Kind::AugAssign, vec![self.expr_value(&each.target), operator, self.expr_value(&each.value)])
            }
            Stmt::AnnAssign(each) => {
                let fields = vec![
                    self.expr_value(&each.target),
                    self.expr_value(&each.annotation),
                    self.optional(each.value.as_deref()),
                    Value::Int(i32::from(each.simple)),
                ];
                (Kind::AnnAssign, fields)
            }
            Stmt::For(each) => {
                let fields = vec![
                    self.expr_value(&each.target),
                    self.expr_value(&each.iter),
                    self.body(&each.body),
                    self.body(&each.orelse),
                    Value::None,
                ];
                (if each.is_async { Kind::AsyncFor } else { Kind::For }, fields)
            }
            Stmt::While(each) => (
                Kind::While,
                vec![self.expr_value(&each.test), self.body(&each.body), self.body(&each.orelse)],
            ),
            Stmt::If(each) => {
                let orelse = self.clauses(&each.elif_else_clauses, range.end());
                (Kind::If, vec![self.expr_value(&each.test), self.body(&each.body), orelse])
            }
            Stmt::With(each) => {
                let items = each.items.iter().map(|item| {
                    let fields = vec![
                        self.expr_value(&item.context_expr),
                        self.optional(item.optional_vars.as_deref()),
                    ];
                    Value::Node(plain(Kind::Withitem, fields))
                });
                let fields = vec![Value::List(items.collect()), self.body(&each.body), Value::None];
                (if each.is_async { Kind::AsyncWith } else { Kind::With }, fields)
            }
            Stmt::Match(each) => {
                let cases = each.cases.iter().map(|case| {
                    let guard = self.optional(case.guard.as_deref());
                    let fields = vec![self.pattern(&case.pattern), guard, self.body(&case.body)];
                    Value::Node(plain(Kind::MatchCase, fields))
                });
                (Kind::Match, vec![self.expr_value(&each.subject), Value::List(cases.collect())])
            }
            Stmt::Raise(each) => {
                (Kind::Raise, vec![self.optional(each.exc.as_deref()), self.optional(each.cause.as_deref())])
            }
            Stmt::Try(each) => {
                let fields = vec![
                    self.body(&each.body),
                    Value::List(each.handlers.iter().map(|handler| self.handler(handler)).collect()),
                    self.body(&each.orelse),
                    self.body(&each.finalbody),
                ];
                (if each.is_star { Kind::TryStar } else { Kind::Try }, fields)
            }
            Stmt::Assert(each) => {
                (Kind::Assert, vec![self.expr_value(&each.test), self.optional(each.msg.as_deref())])
            }
            Stmt::Import(each) => (Kind::Import, vec![self.aliases(&each.names)]),
            Stmt::ImportFrom(each) => {
                let module = each.module.as_ref().map_or(Value::None, identifier);
                (Kind::ImportFrom, vec![module, self.aliases(&each.names), Value::Int(each.level as i32)])
            }
            Stmt::Global(each) => (Kind::Global, vec![names(&each.names)]),
            Stmt::Nonlocal(each) => (Kind::Nonlocal, vec![names(&each.names)]),
            Stmt::Expr(each) => (Kind::Expr, vec![self.expr_value(&each.value)]),
            Stmt::Pass(_) => (Kind::Pass, Vec::new()),
            Stmt::Break(_) => (Kind::Break, Vec::new()),
            Stmt::Continue(_) => (Kind::Continue, Vec::new()),
            // No Python source has these.
            Stmt::IpyEscapeCommand(_) => (Kind::Pass, Vec::new()),
        };
        self.node(kind, range, fields)
    }

    fn function(&self, function: &ast::StmtFunctionDef) -> Node {
        let fields = vec![
            identifier(&function.name),
            self.parameters(Some(&function.parameters)),
            self.body(&function.body),
            self.decorators(&function.decorator_list),
            self.optional(function.returns.as_deref()),
            Value::None,
            self.type_params(function.type_params.as_deref()),
        ];
        let range = self.definition_range(function.range, &function.decorator_list);
        self.node(if function.is_async { Kind::AsyncFunctionDef } else { Kind::FunctionDef }, range, fields)
    }

    fn class(&self, class: &ast::StmtClassDef) -> Node {
        let arguments = class.arguments.as_deref();
        let fields = vec![
            identifier(&class.name),
            self.exprs(arguments.map(|arguments| &*arguments.args).unwrap_or_default()),
            self.keywords(arguments.map(|arguments| &*arguments.keywords).unwrap_or_default()),
            self.body(&class.body),
            self.decorators(&class.decorator_list),
            self.type_params(class.type_params.as_deref()),
        ];
        self.node(Kind::ClassDef, self.definition_range(class.range, &class.decorator_list), fields)
    }

    fn decorators(&self, decorators: &[ast::Decorator]) -> Value {
        self.exprs(decorators.iter().map(|decorator| &decorator.expression))
    }

    /// A definition begins behind its decorators.
    fn definition_range(&self, range: TextRange, decorators: &[ast::Decorator]) -> TextRange {
        let Some(last) = decorators.last() else { return range };
        let mut at = last.range.end().to_usize();
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(at) {
                Some(b'#') => at += self.text[at..].find('\n').unwrap_or(self.text.len() - at),
                Some(b' ' | b'\t' | b'\n' | b'\x0c' | b'\\' | b')') => at += 1,
                _ => break,
            }
        }
        TextRange::new(TextSize::try_from(at).unwrap_or(range.start()).min(range.end()), range.end())
    }

    /// What follows `if`: each `elif` is an `if` in the `else` of the one before, up to the end of all.
    fn clauses(&self, clauses: &[ast::ElifElseClause], end: TextSize) -> Value {
        let mut orelse = Value::List(Vec::new());
        for clause in clauses.iter().rev() {
            orelse = match &clause.test {
                None => self.body(&clause.body),
                Some(test) => {
                    let range = TextRange::new(clause.range.start(), end);
                    let fields = vec![self.expr_value(test), self.body(&clause.body), orelse];
                    Value::List(vec![Value::Node(self.node(Kind::If, range, fields))])
                }
            };
        }
        orelse
    }

    fn handler(&self, handler: &ast::ExceptHandler) -> Value {
        let ast::ExceptHandler::ExceptHandler(handler) = handler;
        let fields = vec![
            self.optional(handler.type_.as_deref()),
            handler.name.as_ref().map_or(Value::None, identifier),
            self.body(&handler.body),
        ];
        Value::Node(self.node(Kind::ExceptHandler, handler.range, fields))
    }

    fn aliases(&self, aliases: &[ast::Alias]) -> Value {
        let alias = |alias: &ast::Alias| {
            let asname = alias.asname.as_ref().map_or(Value::None, identifier);
            Value::Node(self.node(Kind::Alias, alias.range, vec![identifier(&alias.name), asname]))
        };
        Value::List(aliases.iter().map(alias).collect())
    }
}

fn names(names: &[ast::Identifier]) -> Value {
    Value::List(names.iter().map(identifier).collect())
}
