//! A syntax tree as the library's, to be compiled. It must have passed `validate`.
//!
//! - here: the whole, and what is short
//! - `blank`: the source that the positions are those of
//! - `statements`, `expressions`, `patterns`: each kind of node

mod blank;
mod expressions;
mod patterns;
mod statements;

use std::vec::IntoIter;

use lasti_code::Str;
use ruff_python_ast::{
    AtomicNodeIndex, Expr, Identifier, Keyword, Mod, ModExpression, ModModule, Parameter,
    ParameterWithDefault, Parameters, Stmt, TypeParam, TypeParamParamSpec, TypeParamTypeVar,
    TypeParamTypeVarTuple, TypeParams,
};
use ruff_text_size::TextRange;

pub(crate) use blank::Blank;

use super::{Kind, Node, TreeError, Value};
use crate::limits::MAX_DEPTH;

#[allow(clippy::declare_interior_mutable_const, reason = "each use is to be a new one")]
pub(super) const NONE: AtomicNodeIndex = AtomicNodeIndex::NONE;

type Result<T> = std::result::Result<T, TreeError>;

/// The library's tree of a tree, with positions in `blank`.
pub(crate) fn convert(tree: Node, blank: &Blank) -> Result<Mod> {
    let mut converter = Converter { blank, depth: 0 };
    let range = TextRange::default();
    let kind = tree.kind;
    let mut fields = Fields(tree.fields.into_iter());
    match kind {
        Kind::Expression => {
            let body = Box::new(converter.expr(fields.node()?)?);
            Ok(Mod::Expression(ModExpression { node_index: NONE, range, body }))
        }
        Kind::Module | Kind::Interactive => {
            let body = converter.body(&mut fields)?.into_iter().collect();
            Ok(Mod::Module(ModModule { node_index: NONE, range, body, runtime_body: None }))
        }
        other => Err(unexpected(other)),
    }
}

#[cold]
fn unexpected(kind: Kind) -> TreeError {
    TreeError::Type(format!("unexpected {} node", kind.class().name))
}

#[cold]
fn malformed() -> TreeError {
    TreeError::Type("malformed syntax tree".to_owned())
}

/// The fields of a node, in order.
struct Fields(IntoIter<Value>);

impl Fields {
    fn value(&mut self) -> Value {
        self.0.next().unwrap_or(Value::None)
    }

    fn node(&mut self) -> Result<Node> {
        self.optional_node()?.ok_or_else(malformed)
    }

    fn optional_node(&mut self) -> Result<Option<Node>> {
        match self.value() {
            Value::Node(node) => Ok(Some(node)),
            Value::None => Ok(None),
            _ => Err(malformed()),
        }
    }

    fn list(&mut self) -> Result<Vec<Value>> {
        match self.value() {
            Value::List(items) => Ok(items),
            _ => Err(malformed()),
        }
    }

    fn nodes(&mut self) -> Result<Vec<Node>> {
        let node = |value| match value {
            Value::Node(node) => Ok(node),
            _ => Err(malformed()),
        };
        self.list()?.into_iter().map(node).collect()
    }

    fn text(&mut self) -> Result<String> {
        self.optional_text()?.ok_or_else(malformed)
    }

    fn optional_text(&mut self) -> Result<Option<String>> {
        match self.value() {
            Value::Text(text) => utf8(&text).map(Some),
            Value::None => Ok(None),
            _ => Err(malformed()),
        }
    }

    fn int(&mut self) -> Result<i32> {
        match self.value() {
            Value::Int(int) => Ok(int),
            _ => Err(malformed()),
        }
    }
}

fn utf8(text: &Str) -> Result<String> {
    match text.as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(TreeError::Value("lone surrogates in syntax trees are not supported".to_owned())),
    }
}

struct Converter<'a> {
    blank: &'a Blank,
    depth: usize,
}

impl Converter<'_> {
    fn range(&self, node: &Node) -> TextRange {
        node.span.map_or_else(TextRange::default, |span| self.blank.range(span))
    }

    /// One level down.
    fn descend<T>(&mut self, convert: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(TreeError::TooDeep);
        }
        self.depth += 1;
        let converted = convert(self);
        self.depth -= 1;
        converted
    }

    fn boxed(&mut self, fields: &mut Fields) -> Result<Box<Expr>> {
        Ok(Box::new(self.expr(fields.node()?)?))
    }

    fn optional(&mut self, fields: &mut Fields) -> Result<Option<Box<Expr>>> {
        match fields.optional_node()? {
            Some(node) => Ok(Some(Box::new(self.expr(node)?))),
            None => Ok(None),
        }
    }

    fn exprs(&mut self, fields: &mut Fields) -> Result<Vec<Expr>> {
        fields.nodes()?.into_iter().map(|node| self.expr(node)).collect()
    }

    fn optional_exprs(&mut self, fields: &mut Fields) -> Result<Vec<Option<Expr>>> {
        let one = |value| match value {
            Value::Node(node) => Ok(Some(self.expr(node)?)),
            Value::None => Ok(None),
            _ => Err(malformed()),
        };
        fields.list()?.into_iter().map(one).collect()
    }

    fn body(&mut self, fields: &mut Fields) -> Result<Vec<Stmt>> {
        fields.nodes()?.into_iter().map(|node| self.statement(node)).collect()
    }

    fn parameter(&mut self, node: Node) -> Result<Parameter> {
        let range = self.range(&node);
        let mut fields = Fields(node.fields.into_iter());
        let name = Identifier::new(fields.text()?, range);
        let annotation = self.optional(&mut fields)?;
        Ok(Parameter {
            range,
            node_index: NONE,
            name,
            annotation,
            runtime_type_comment: None,
            runtime_type_comment_bytes: None,
        })
    }

    fn parameters(&mut self, node: Node) -> Result<Parameters> {
        let mut fields = Fields(node.fields.into_iter());
        let several = |this: &mut Self, nodes: Vec<Node>| -> Result<Vec<Parameter>> {
            nodes.into_iter().map(|node| this.parameter(node)).collect()
        };
        let posonly = several(self, fields.nodes()?)?;
        let args = several(self, fields.nodes()?)?;
        let vararg = fields.optional_node()?.map(|node| self.parameter(node)).transpose()?;
        let kwonly = several(self, fields.nodes()?)?;
        let keyword_defaults = self.optional_exprs(&mut fields)?;
        let kwarg = fields.optional_node()?.map(|node| self.parameter(node)).transpose()?;
        let defaults = self.exprs(&mut fields)?;
        let with_default = |(parameter, default): (Parameter, Option<Expr>)| ParameterWithDefault {
            range: parameter.range,
            node_index: NONE,
            parameter,
            default: default.map(Box::new),
        };
        let without = (posonly.len() + args.len()).saturating_sub(defaults.len());
        let mut defaults =
            std::iter::repeat_with(|| None).take(without).chain(defaults.into_iter().map(Some));
        let posonlyargs = posonly.into_iter().zip(defaults.by_ref()).map(with_default).collect();
        let args = args.into_iter().zip(defaults).map(with_default).collect();
        Ok(Parameters {
            range: TextRange::default(),
            node_index: NONE,
            posonlyargs,
            args,
            vararg: vararg.map(Box::new),
            kwonlyargs: kwonly.into_iter().zip(keyword_defaults).map(with_default).collect(),
            kwarg: kwarg.map(Box::new),
            runtime_defaults: None,
        })
    }

    fn keywords(&mut self, fields: &mut Fields) -> Result<Vec<Keyword>> {
        let keyword = |node: Node| {
            let range = self.range(&node);
            let mut fields = Fields(node.fields.into_iter());
            let arg = fields.optional_text()?.map(|name| Identifier::new(name, range));
            let value = self.expr(fields.node()?)?;
            Ok(Keyword { range, node_index: NONE, arg, value })
        };
        fields.nodes()?.into_iter().map(keyword).collect()
    }

    fn type_params(&mut self, fields: &mut Fields) -> Result<Option<Box<TypeParams>>> {
        let nodes = fields.nodes()?;
        if nodes.is_empty() {
            return Ok(None);
        }
        let mut params = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (range, kind) = (self.range(&node), node.kind);
            let mut fields = Fields(node.fields.into_iter());
            let name = Identifier::new(fields.text()?, range);
            params.push(match kind {
                Kind::TypeVar => {
                    let bound = self.optional(&mut fields)?;
                    let default = self.optional(&mut fields)?;
                    TypeParam::TypeVar(TypeParamTypeVar { node_index: NONE, range, name, bound, default })
                }
                Kind::TypeVarTuple => {
                    let default = self.optional(&mut fields)?;
                    TypeParam::TypeVarTuple(TypeParamTypeVarTuple { node_index: NONE, range, name, default })
                }
                Kind::ParamSpec => {
                    let default = self.optional(&mut fields)?;
                    TypeParam::ParamSpec(TypeParamParamSpec { node_index: NONE, range, name, default })
                }
                other => return Err(unexpected(other)),
            });
        }
        Ok(Some(Box::new(TypeParams {
            range: TextRange::default(),
            node_index: NONE,
            type_params: params,
            runtime_type_params: None,
        })))
    }
}
