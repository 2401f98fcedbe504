//! A source as a syntax tree: the library's tree, told in the classes of `_ast`.
//!
//! - here: the whole, positions, and what is short
//! - `statements`, `expressions`, `strings`, `patterns`: each kind of node

mod expressions;
mod patterns;
mod statements;
mod strings;

use lasti_code::{Const, Int, Str};
use ruff_python_ast::{self as ast, ExprContext, Identifier, Mod};
use ruff_source_file::SourceFile;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustpython_codegen::compile::ruff_int_to_bigint;
use rustpython_wtf8::Wtf8;

use super::{Kind, Node, Span, Value};
use crate::options::Mode;

/// The library's tree of a source as `_ast` has it.
pub(crate) fn convert(tree: &Mod, source: &SourceFile, mode: Mode) -> Node {
    let text = source.source_text();
    let line_starts = std::iter::once(0)
        .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1));
    let converter = Converter { source, text, line_starts: line_starts.collect() };
    match tree {
        Mod::Module(module) => {
            let body = converter.body(&module.body);
            match mode {
                Mode::Single => plain(Kind::Interactive, vec![body]),
                _ => plain(Kind::Module, vec![body, Value::List(Vec::new())]),
            }
        }
        Mod::Expression(expression) => {
            plain(Kind::Expression, vec![Value::Node(converter.expr(&expression.body))])
        }
    }
}

/// A node without a position.
fn plain(kind: Kind, fields: Vec<Value>) -> Node {
    Node { kind, fields, span: None }
}

/// A node without a position or fields, such as an operator.
fn mark(kind: Kind) -> Value {
    Value::Node(plain(kind, Vec::new()))
}

fn text(text: &str) -> Value {
    Value::Text(Str::interned(text))
}

fn identifier(name: &Identifier) -> Value {
    text(name.id.as_str())
}

fn constant_text(text: &Wtf8) -> Const {
    Const::Str(Str::from_wtf8(text, false))
}

fn constant_int(int: &ast::Int) -> Const {
    Const::Int(match int.as_i64() {
        Some(small) => Int::from(small),
        None => ruff_int_to_bigint(int).map_or(Int::from(0), Int::from),
    })
}

fn context(context: ExprContext) -> Value {
    mark(match context {
        ExprContext::Load | ExprContext::Invalid => Kind::Load,
        ExprContext::Store => Kind::Store,
        ExprContext::Del => Kind::Del,
    })
}

struct Converter<'a> {
    source: &'a SourceFile,
    text: &'a str,
    line_starts: Vec<usize>,
}

impl Converter<'_> {
    /// Line, counted from 1, and column in bytes.
    fn position(&self, at: TextSize) -> (i32, i32) {
        let at = at.to_usize();
        let line = self.line_starts.partition_point(|start| *start <= at);
        let start = self.line_starts.get(line.wrapping_sub(1)).copied().unwrap_or_default();
        (line as i32, (at - start) as i32)
    }

    fn span(&self, range: TextRange) -> Span {
        let (lineno, col_offset) = self.position(range.start());
        let (end_lineno, end_col_offset) = self.position(range.end());
        Span { lineno, col_offset, end_lineno, end_col_offset }
    }

    /// A node that stands at `range`.
    fn node(&self, kind: Kind, range: TextRange, fields: Vec<Value>) -> Node {
        Node { kind, fields, span: Some(self.span(range)) }
    }

    /// A constant, as an expression.
    fn constant(&self, range: TextRange, constant: Const) -> Node {
        self.node(Kind::Constant, range, vec![Value::Constant(constant), Value::None])
    }

    fn optional(&self, expression: Option<&ast::Expr>) -> Value {
        expression.map_or(Value::None, |expression| Value::Node(self.expr(expression)))
    }

    fn expr_value(&self, expression: &ast::Expr) -> Value {
        Value::Node(self.expr(expression))
    }

    fn exprs<'b>(&self, expressions: impl IntoIterator<Item = &'b ast::Expr>) -> Value {
        Value::List(expressions.into_iter().map(|expression| self.expr_value(expression)).collect())
    }

    fn body(&self, body: &[ast::Stmt]) -> Value {
        Value::List(body.iter().map(|statement| Value::Node(self.statement(statement))).collect())
    }

    /// `arguments`
    fn parameters(&self, parameters: Option<&ast::Parameters>) -> Value {
        let Some(parameters) = parameters else {
            let none = || Value::List(Vec::new());
            let fields = vec![none(), none(), Value::None, none(), none(), Value::None, none()];
            return Value::Node(plain(Kind::Arguments, fields));
        };
        let several = |parameters: &[ast::ParameterWithDefault]| {
            Value::List(parameters.iter().map(|each| self.parameter(&each.parameter)).collect())
        };
        let optional = |parameter: Option<&ast::Parameter>| {
            parameter.map_or(Value::None, |parameter| self.parameter(parameter))
        };
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        let defaults = positional.filter_map(|each| each.default.as_deref());
        let keyword_defaults =
            parameters.kwonlyargs.iter().map(|each| self.optional(each.default.as_deref())).collect();
        let fields = vec![
            several(&parameters.posonlyargs),
            several(&parameters.args),
            optional(parameters.vararg.as_deref()),
            several(&parameters.kwonlyargs),
            Value::List(keyword_defaults),
            optional(parameters.kwarg.as_deref()),
            self.exprs(defaults),
        ];
        Value::Node(plain(Kind::Arguments, fields))
    }

    /// `arg`. That of `*args` begins at the name.
    fn parameter(&self, parameter: &ast::Parameter) -> Value {
        let range = TextRange::new(parameter.name.start(), parameter.range.end());
        let annotation = self.optional(parameter.annotation.as_deref());
        Value::Node(self.node(Kind::Arg, range, vec![identifier(&parameter.name), annotation, Value::None]))
    }

    fn keywords(&self, keywords: &[ast::Keyword]) -> Value {
        let keyword = |keyword: &ast::Keyword| {
            let arg = keyword.arg.as_ref().map_or(Value::None, identifier);
            Value::Node(self.node(Kind::Keyword, keyword.range, vec![arg, self.expr_value(&keyword.value)]))
        };
        Value::List(keywords.iter().map(keyword).collect())
    }

    fn type_params(&self, params: Option<&ast::TypeParams>) -> Value {
        let param = |param: &ast::TypeParam| {
            let node = match param {
                ast::TypeParam::TypeVar(var) => {
                    let fields = vec![
                        identifier(&var.name),
                        self.optional(var.bound.as_deref()),
                        self.optional(var.default.as_deref()),
                    ];
                    self.node(Kind::TypeVar, var.range, fields)
                }
                ast::TypeParam::TypeVarTuple(var) => {
                    let fields = vec![identifier(&var.name), self.optional(var.default.as_deref())];
                    self.node(Kind::TypeVarTuple, var.range, fields)
                }
                ast::TypeParam::ParamSpec(var) => {
                    let fields = vec![identifier(&var.name), self.optional(var.default.as_deref())];
                    self.node(Kind::ParamSpec, var.range, fields)
                }
            };
            Value::Node(node)
        };
        Value::List(params.map_or_else(Vec::new, |params| params.type_params.iter().map(param).collect()))
    }
}
