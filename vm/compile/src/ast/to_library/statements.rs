//! Statements.

use ruff_python_ast::{
    Alias, Arguments, Decorator, ElifElseClause, ExceptHandler, ExceptHandlerExceptHandler, Identifier,
    MatchCase, Stmt, StmtAnnAssign, StmtAssert, StmtAssign, StmtAugAssign, StmtBreak, StmtClassDef,
    StmtContinue, StmtDelete, StmtExpr, StmtFor, StmtFunctionDef, StmtGlobal, StmtIf, StmtImport,
    StmtImportFrom, StmtMatch, StmtNonlocal, StmtPass, StmtRaise, StmtReturn, StmtTry, StmtTypeAlias,
    StmtWhile, StmtWith, WithItem,
};
use ruff_text_size::{Ranged, TextRange};

use super::super::{Kind, Node, TreeError, Value};
use super::{Converter, Fields, NONE, Result, expressions, malformed, unexpected, utf8};

impl Converter<'_> {
    pub(super) fn statement(&mut self, node: Node) -> Result<Stmt> {
        self.descend(|this| this.convert_statement(node))
    }

    fn convert_statement(&mut self, node: Node) -> Result<Stmt> {
        let (range, kind) = (self.range(&node), node.kind);
        let mut fields = Fields(node.fields.into_iter());
        let f = &mut fields;
        Ok(match kind {
            Kind::FunctionDef | Kind::AsyncFunctionDef => {
                let name = Identifier::new(f.text()?, range);
                let parameters = Box::new(self.parameters(f.node()?)?);
                let body = self.body(f)?.into_iter().collect();
                let decorator_list = self.decorators(f)?.into_iter().collect();
                let returns = self.optional(f)?;
                f.value();
                Stmt::FunctionDef(StmtFunctionDef {
                    node_index: NONE,
                    range,
                    is_async: kind == Kind::AsyncFunctionDef,
                    decorator_list,
                    name,
                    type_params: self.type_params(f)?,
                    parameters,
                    returns,
                    body,
                    runtime_decorator_list: None,
                    runtime_type_comment: None,
                    runtime_type_comment_bytes: None,
                    runtime_body: None,
                })
            }
            Kind::ClassDef => {
                let name = Identifier::new(f.text()?, range);
                let args = self.exprs(f)?.into_boxed_slice();
                let keywords = self.keywords(f)?;
                let body = self.body(f)?.into_iter().collect();
                let decorator_list = self.decorators(f)?.into_iter().collect();
                let type_params = self.type_params(f)?;
                let arguments = (!args.is_empty() || !keywords.is_empty()).then(|| {
                    Box::new(Arguments {
                        range,
                        node_index: NONE,
                        args,
                        keywords: keywords.into_iter().collect(),
                        runtime_args: None,
                        runtime_bases: None,
                    })
                });
                Stmt::ClassDef(StmtClassDef {
                    node_index: NONE,
                    range,
                    decorator_list,
                    name,
                    type_params,
                    arguments,
                    body,
                    runtime_decorator_list: None,
                    runtime_body: None,
                })
            }
            Kind::Return => Stmt::Return(StmtReturn { node_index: NONE, range, value: self.optional(f)? }),
            Kind::Delete => {
                let targets = self.exprs(f)?;
                Stmt::Delete(StmtDelete { node_index: NONE, range, targets, runtime_targets: None })
            }
            Kind::Assign => {
                let targets = self.exprs(f)?;
                Stmt::Assign(StmtAssign {
                    node_index: NONE,
                    range,
                    targets,
                    value: self.boxed(f)?,
                    runtime_targets: None,
                    runtime_type_comment: None,
                    runtime_type_comment_bytes: None,
                })
            }
            Kind::TypeAlias => {
                let name = self.boxed(f)?;
                let type_params = self.type_params(f)?;
                let value = self.boxed(f)?;
                Stmt::TypeAlias(StmtTypeAlias { node_index: NONE, range, name, type_params, value })
            }
            Kind::AugAssign => {
                let target = self.boxed(f)?;
                let op = expressions::operator(f.node()?.kind)?;
                let value = self.boxed(f)?;
                Stmt::AugAssign(StmtAugAssign { node_index: NONE, range, target, op, value })
            }
            Kind::AnnAssign => {
                let target = self.boxed(f)?;
                let annotation = self.boxed(f)?;
                let value = self.optional(f)?;
                let simple = f.int()?;
                Stmt::AnnAssign(StmtAnnAssign {
                    node_index: NONE,
                    range,
                    target,
                    annotation,
                    value,
                    simple: simple != 0,
                    runtime_simple: Some(simple),
                })
            }
            Kind::For | Kind::AsyncFor => {
                let target = self.boxed(f)?;
                let iter = self.boxed(f)?;
                let body = self.body(f)?.into_iter().collect();
                let orelse = self.body(f)?.into_iter().collect();
                Stmt::For(StmtFor {
                    node_index: NONE,
                    range,
                    is_async: kind == Kind::AsyncFor,
                    target,
                    iter,
                    body,
                    orelse,
                    runtime_type_comment: None,
                    runtime_type_comment_bytes: None,
                    runtime_body: None,
                    runtime_orelse: None,
                })
            }
            Kind::While => {
                let test = self.boxed(f)?;
                let body = self.body(f)?.into_iter().collect();
                let orelse = self.body(f)?.into_iter().collect();
                Stmt::While(StmtWhile {
                    node_index: NONE,
                    range,
                    test,
                    body,
                    orelse,
                    runtime_body: None,
                    runtime_orelse: None,
                })
            }
            Kind::If => self.branch(range, f)?,
            Kind::With | Kind::AsyncWith => {
                let items = f.nodes()?.into_iter().map(|node| self.with_item(node)).collect::<Result<_>>()?;
                let body = self.body(f)?.into_iter().collect();
                Stmt::With(StmtWith {
                    node_index: NONE,
                    range,
                    is_async: kind == Kind::AsyncWith,
                    items,
                    body,
                    runtime_type_comment: None,
                    runtime_type_comment_bytes: None,
                    runtime_body: None,
                })
            }
            Kind::Match => {
                let subject = self.boxed(f)?;
                let cases = f.nodes()?.into_iter().map(|node| self.case(node)).collect::<Result<_>>()?;
                Stmt::Match(StmtMatch { node_index: NONE, range, subject, cases })
            }
            Kind::Raise => {
                let exc = self.optional(f)?;
                Stmt::Raise(StmtRaise { node_index: NONE, range, exc, cause: self.optional(f)? })
            }
            Kind::Try | Kind::TryStar => {
                let body = self.body(f)?.into_iter().collect();
                let handlers =
                    f.nodes()?.into_iter().map(|node| self.handler(node)).collect::<Result<_>>()?;
                let orelse = self.body(f)?.into_iter().collect();
                let finalbody = self.body(f)?.into_iter().collect();
                Stmt::Try(StmtTry {
                    node_index: NONE,
                    range,
                    body,
                    handlers,
                    orelse,
                    finalbody,
                    is_star: kind == Kind::TryStar,
                    runtime_body: None,
                    runtime_handlers: None,
                    runtime_orelse: None,
                    runtime_finalbody: None,
                })
            }
            Kind::Assert => {
                let test = self.boxed(f)?;
                Stmt::Assert(StmtAssert { node_index: NONE, range, test, msg: self.optional(f)? })
            }
            Kind::Import => {
                let names = self.aliases(f)?;
                Stmt::Import(StmtImport { node_index: NONE, range, names, is_lazy: false })
            }
            Kind::ImportFrom => {
                let module = f.optional_text()?.map(|name| Identifier::new(name, range));
                let names = self.aliases(f)?;
                let level = match f.value() {
                    Value::Int(level) => level,
                    _ => 0,
                };
                Stmt::ImportFrom(StmtImportFrom {
                    node_index: NONE,
                    range,
                    module,
                    names,
                    level: u32::try_from(level).unwrap_or(0),
                    is_lazy: false,
                    runtime_level: None,
                })
            }
            Kind::Global => {
                Stmt::Global(StmtGlobal { node_index: NONE, range, names: identifiers(f, range)? })
            }
            Kind::Nonlocal => {
                Stmt::Nonlocal(StmtNonlocal { node_index: NONE, range, names: identifiers(f, range)? })
            }
            Kind::Expr => Stmt::Expr(StmtExpr { node_index: NONE, range, value: self.boxed(f)? }),
            Kind::Pass => Stmt::Pass(StmtPass { node_index: NONE, range }),
            Kind::Break => Stmt::Break(StmtBreak { node_index: NONE, range }),
            Kind::Continue => Stmt::Continue(StmtContinue { node_index: NONE, range }),
            other => return Err(unexpected(other)),
        })
    }

    fn decorators(&mut self, fields: &mut Fields) -> Result<Vec<Decorator>> {
        let decorators = self.exprs(fields)?.into_iter();
        Ok(decorators
            .map(|expression| Decorator { range: expression.range(), node_index: NONE, expression })
            .collect())
    }

    fn branch(&mut self, range: TextRange, f: &mut Fields) -> Result<Stmt> {
        let test = self.boxed(f)?;
        let body = self.body(f)?.into_iter().collect();
        let orelse = self.body(f)?;
        let elif_else_clauses = match (orelse.first(), orelse.last()) {
            (Some(first), Some(last)) => vec![ElifElseClause {
                range: TextRange::new(first.start(), last.end().max(first.start())),
                node_index: NONE,
                test: None,
                body: orelse.into_iter().collect(),
                runtime_body: None,
                runtime_orelse: None,
            }],
            _ => Vec::new(),
        };
        Ok(Stmt::If(StmtIf { node_index: NONE, range, test, body, elif_else_clauses, runtime_body: None }))
    }

    fn with_item(&mut self, node: Node) -> Result<WithItem> {
        let mut fields = Fields(node.fields.into_iter());
        let context_expr = self.expr(fields.node()?)?;
        let optional_vars = self.optional(&mut fields)?;
        Ok(WithItem { range: context_expr.range(), node_index: NONE, context_expr, optional_vars })
    }

    fn case(&mut self, node: Node) -> Result<MatchCase> {
        let mut fields = Fields(node.fields.into_iter());
        let pattern = self.pattern(fields.node()?)?;
        let guard = self.optional(&mut fields)?;
        let body = self.body(&mut fields)?.into_iter().collect();
        Ok(MatchCase { range: pattern.range(), node_index: NONE, pattern, guard, body, runtime_body: None })
    }

    fn handler(&mut self, node: Node) -> Result<ExceptHandler> {
        let range = self.range(&node);
        let mut fields = Fields(node.fields.into_iter());
        let type_ = self.optional(&mut fields)?;
        let name = fields.optional_text()?.map(|name| Identifier::new(name, range));
        let body = self.body(&mut fields)?.into_iter().collect();
        Ok(ExceptHandler::ExceptHandler(ExceptHandlerExceptHandler {
            range,
            node_index: NONE,
            type_,
            name,
            body,
            runtime_body: None,
        }))
    }

    fn aliases(&mut self, fields: &mut Fields) -> Result<Vec<Alias>> {
        let alias = |node: Node| {
            let range = self.range(&node);
            let mut fields = Fields(node.fields.into_iter());
            let name = Identifier::new(fields.text()?, range);
            let asname = fields.optional_text()?.map(|name| Identifier::new(name, range));
            Ok(Alias { range, node_index: NONE, name, asname })
        };
        fields.nodes()?.into_iter().map(alias).collect()
    }
}

pub(super) fn identifiers(
    fields: &mut Fields,
    range: TextRange,
) -> std::result::Result<Vec<Identifier>, TreeError> {
    let one = |value| match value {
        Value::Text(text) => Ok(Identifier::new(utf8(&text)?, range)),
        _ => Err(malformed()),
    };
    fields.list()?.into_iter().map(one).collect()
}
