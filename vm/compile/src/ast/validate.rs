//! What a tree must be like that is compiled: no source could give any other. CPython: Python/ast.c.

use lasti_code::{Const, Str};

use super::{Kind, Node, TreeError, Value};
use crate::limits::MAX_DEPTH;

type Result = std::result::Result<(), TreeError>;

/// Checks a whole tree.
pub(crate) fn check(tree: &Node) -> Result {
    let mut checker = Checker { depth: 0 };
    match tree.kind {
        Kind::Module | Kind::Interactive => checker.statements(tree, 0),
        Kind::Expression => checker.expr(tree, 0, Kind::Load),
        _ => Err(value("impossible module node")),
    }
}

fn value(message: impl Into<String>) -> TreeError {
    TreeError::Value(message.into())
}

fn items(node: &Node, field: usize) -> &[Value] {
    match node.fields.get(field) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn sub(node: &Node, field: usize) -> Option<&Node> {
    match node.fields.get(field) {
        Some(Value::Node(node)) => Some(node),
        _ => None,
    }
}

fn text(node: &Node, field: usize) -> Option<&Str> {
    match node.fields.get(field) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

fn nodes(items: &[Value]) -> impl Iterator<Item = &Node> {
    items.iter().filter_map(|item| match item {
        Value::Node(node) => Some(node),
        _ => None,
    })
}

/// Names that are constants are no identifiers.
fn name(name: Option<&Str>) -> Result {
    match name.and_then(Str::as_str) {
        Some(name @ ("None" | "True" | "False")) => {
            Err(value(format!("identifier field can't represent '{name}' constant")))
        }
        _ => Ok(()),
    }
}

/// A name that a pattern binds.
fn capture(capture: Option<&Str>) -> Result {
    if capture.and_then(Str::as_str) == Some("_") {
        return Err(value("can't capture name '_' in patterns"));
    }
    name(capture)
}

fn not_empty(node: &Node, field: usize) -> Result {
    if items(node, field).is_empty() {
        let class = node.kind.class();
        return Err(value(format!("empty {} on {}", class.fields[field].name, class.name)));
    }
    Ok(())
}

fn position(node: &Node) -> Result {
    let Some(span) = node.span else { return Ok(()) };
    let (line, column, end_line, end_column) =
        (span.lineno, span.col_offset, span.end_lineno, span.end_col_offset);
    if line > end_line {
        return Err(value(format!("AST node line range ({line}, {end_line}) is not valid")));
    }
    if line < 0 && end_line != line || column < 0 && column != end_column {
        return Err(value(format!(
            "AST node column range ({column}, {end_column}) for line range ({line}, {end_line}) is not valid"
        )));
    }
    if line == end_line && column > end_column {
        return Err(value(format!("line {line}, column {column}-{end_column} is not a valid range")));
    }
    Ok(())
}

const fn context_name(context: Kind) -> &'static str {
    match context {
        Kind::Store => "Store",
        Kind::Del => "Del",
        _ => "Load",
    }
}

struct Checker {
    depth: usize,
}

impl Checker {
    fn statements(&mut self, node: &Node, field: usize) -> Result {
        for item in items(node, field) {
            match item {
                Value::Node(statement) => self.statement(statement)?,
                _ => return Err(value("None disallowed in statement list")),
            }
        }
        Ok(())
    }

    fn body(&mut self, node: &Node, field: usize) -> Result {
        not_empty(node, field)?;
        self.statements(node, field)
    }

    /// The expression in a field, if there is one.
    fn expr(&mut self, node: &Node, field: usize, context: Kind) -> Result {
        sub(node, field).map_or(Ok(()), |expression| self.expression(expression, context))
    }

    fn exprs(&mut self, node: &Node, field: usize, context: Kind, may_be_none: bool) -> Result {
        for item in items(node, field) {
            match item {
                Value::Node(expression) => self.expression(expression, context)?,
                _ if may_be_none => {}
                _ => return Err(value("None disallowed in expression list")),
            }
        }
        Ok(())
    }

    fn targets(&mut self, node: &Node, field: usize, context: Kind) -> Result {
        not_empty(node, field)?;
        self.exprs(node, field, context, false)
    }

    fn statement(&mut self, node: &Node) -> Result {
        position(node)?;
        self.descend(|this| this.check_statement(node))
    }

    fn descend(&mut self, check: impl FnOnce(&mut Self) -> Result) -> Result {
        if self.depth >= MAX_DEPTH {
            return Err(TreeError::TooDeep);
        }
        self.depth += 1;
        check(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn check_statement(&mut self, node: &Node) -> Result {
        match node.kind {
            Kind::FunctionDef | Kind::AsyncFunctionDef => {
                self.body(node, 2)?;
                self.type_params(node, 6)?;
                self.arguments(node, 1)?;
                self.exprs(node, 3, Kind::Load, false)?;
                self.expr(node, 4, Kind::Load)
            }
            Kind::ClassDef => {
                self.body(node, 3)?;
                self.type_params(node, 5)?;
                self.exprs(node, 1, Kind::Load, false)?;
                self.keywords(node, 2)?;
                self.exprs(node, 4, Kind::Load, false)
            }
            Kind::Return => self.expr(node, 0, Kind::Load),
            Kind::Delete => self.targets(node, 0, Kind::Del),
            Kind::Assign => {
                self.targets(node, 0, Kind::Store)?;
                self.expr(node, 1, Kind::Load)
            }
            Kind::AugAssign => {
                self.expr(node, 0, Kind::Store)?;
                self.expr(node, 2, Kind::Load)
            }
            Kind::AnnAssign => {
                let is_simple = !matches!(node.fields.get(3), Some(Value::Int(0)));
                if is_simple && sub(node, 0).is_some_and(|target| target.kind != Kind::Name) {
                    return Err(TreeError::Type("AnnAssign with simple non-Name target".to_owned()));
                }
                self.expr(node, 0, Kind::Store)?;
                self.expr(node, 2, Kind::Load)?;
                self.expr(node, 1, Kind::Load)
            }
            Kind::TypeAlias => {
                if sub(node, 0).is_some_and(|name| name.kind != Kind::Name) {
                    return Err(TreeError::Type("TypeAlias with non-Name name".to_owned()));
                }
                self.expr(node, 0, Kind::Store)?;
                self.type_params(node, 1)?;
                self.expr(node, 2, Kind::Load)
            }
            Kind::For | Kind::AsyncFor => {
                self.expr(node, 0, Kind::Store)?;
                self.expr(node, 1, Kind::Load)?;
                self.body(node, 2)?;
                self.statements(node, 3)
            }
            Kind::While | Kind::If => {
                self.expr(node, 0, Kind::Load)?;
                self.body(node, 1)?;
                self.statements(node, 2)
            }
            Kind::With | Kind::AsyncWith => {
                not_empty(node, 0)?;
                for item in nodes(items(node, 0)) {
                    self.expr(item, 0, Kind::Load)?;
                    self.expr(item, 1, Kind::Store)?;
                }
                self.body(node, 1)
            }
            Kind::Match => {
                self.expr(node, 0, Kind::Load)?;
                not_empty(node, 1)?;
                for case in nodes(items(node, 1)) {
                    if let Some(pattern) = sub(case, 0) {
                        self.pattern(pattern, false)?;
                    }
                    self.expr(case, 1, Kind::Load)?;
                    self.body(case, 2)?;
                }
                Ok(())
            }
            Kind::Raise => {
                if sub(node, 0).is_none() && sub(node, 1).is_some() {
                    return Err(value("Raise with cause but no exception"));
                }
                self.expr(node, 0, Kind::Load)?;
                self.expr(node, 1, Kind::Load)
            }
            Kind::Try | Kind::TryStar => self.try_statement(node),
            Kind::Assert => {
                self.expr(node, 0, Kind::Load)?;
                self.expr(node, 1, Kind::Load)
            }
            Kind::Import => not_empty(node, 0),
            Kind::ImportFrom => {
                if matches!(node.fields.get(2), Some(Value::Int(level)) if *level < 0) {
                    return Err(value("Negative ImportFrom level"));
                }
                not_empty(node, 1)
            }
            Kind::Global | Kind::Nonlocal => not_empty(node, 0),
            Kind::Expr => self.expr(node, 0, Kind::Load),
            _ => Ok(()),
        }
    }

    fn try_statement(&mut self, node: &Node) -> Result {
        self.body(node, 0)?;
        let name = node.kind.class().name;
        let has_handlers = !items(node, 1).is_empty();
        if !has_handlers && items(node, 3).is_empty() {
            return Err(value(format!("{name} has neither except handlers nor finalbody")));
        }
        if !has_handlers && !items(node, 2).is_empty() {
            return Err(value(format!("{name} has orelse but no except handlers")));
        }
        for handler in nodes(items(node, 1)) {
            position(handler)?;
            self.expr(handler, 0, Kind::Load)?;
            self.body(handler, 2)?;
        }
        self.statements(node, 3)?;
        self.statements(node, 2)
    }

    fn type_params(&mut self, node: &Node, field: usize) -> Result {
        for param in nodes(items(node, field)) {
            position(param)?;
            name(text(param, 0))?;
            for field in 1..param.fields.len() {
                self.expr(param, field, Kind::Load)?;
            }
        }
        Ok(())
    }

    fn keywords(&mut self, node: &Node, field: usize) -> Result {
        nodes(items(node, field)).try_for_each(|keyword| self.expr(keyword, 1, Kind::Load))
    }

    fn argument(&mut self, argument: &Node) -> Result {
        position(argument)?;
        self.expr(argument, 1, Kind::Load)
    }

    fn arguments(&mut self, node: &Node, field: usize) -> Result {
        let Some(node) = sub(node, field) else { return Ok(()) };
        for field in [0, 1] {
            nodes(items(node, field)).try_for_each(|argument| self.argument(argument))?;
        }
        if let Some(vararg) = sub(node, 2) {
            self.expr(vararg, 1, Kind::Load)?;
        }
        nodes(items(node, 3)).try_for_each(|argument| self.argument(argument))?;
        if let Some(kwarg) = sub(node, 5) {
            self.expr(kwarg, 1, Kind::Load)?;
        }
        if items(node, 6).len() > items(node, 0).len() + items(node, 1).len() {
            return Err(value("more positional defaults than args on arguments"));
        }
        if items(node, 4).len() != items(node, 3).len() {
            return Err(value("length of kwonlyargs is not the same as kw_defaults on arguments"));
        }
        self.exprs(node, 6, Kind::Load, false)?;
        self.exprs(node, 4, Kind::Load, true)
    }

    fn generators(&mut self, node: &Node, field: usize) -> Result {
        if items(node, field).is_empty() {
            return Err(value("comprehension with no generators"));
        }
        for each in nodes(items(node, field)) {
            self.expr(each, 0, Kind::Store)?;
            self.expr(each, 1, Kind::Load)?;
            self.exprs(each, 2, Kind::Load, false)?;
        }
        Ok(())
    }

    fn expression(&mut self, node: &Node, context: Kind) -> Result {
        position(node)?;
        let own = match node.kind {
            Kind::Attribute | Kind::Subscript => sub(node, 2),
            Kind::Starred | Kind::Name | Kind::List | Kind::Tuple => sub(node, 1),
            _ => {
                if context != Kind::Load {
                    return Err(value(format!(
                        "expression which can't be assigned to in {} context",
                        context_name(context)
                    )));
                }
                None
            }
        };
        if node.kind == Kind::Name {
            name(text(node, 0))?;
        }
        if let Some(own) = own
            && own.kind != context
        {
            return Err(value(format!(
                "expression must have {} context but has {} instead",
                context_name(context),
                context_name(own.kind)
            )));
        }
        self.descend(|this| this.check_expression(node, context))
    }

    fn check_expression(&mut self, node: &Node, context: Kind) -> Result {
        let load = Kind::Load;
        match node.kind {
            Kind::BoolOp => {
                if items(node, 1).len() < 2 {
                    return Err(value("BoolOp with less than 2 values"));
                }
                self.exprs(node, 1, load, false)
            }
            Kind::BinOp => {
                self.expr(node, 0, load)?;
                self.expr(node, 2, load)
            }
            Kind::UnaryOp => self.expr(node, 1, load),
            Kind::Lambda => {
                self.arguments(node, 0)?;
                self.expr(node, 1, load)
            }
            Kind::IfExp => {
                self.expr(node, 0, load)?;
                self.expr(node, 1, load)?;
                self.expr(node, 2, load)
            }
            Kind::Dict => {
                if items(node, 0).len() != items(node, 1).len() {
                    return Err(value("Dict doesn't have the same number of keys as values"));
                }
                self.exprs(node, 0, load, true)?;
                self.exprs(node, 1, load, false)
            }
            Kind::Set | Kind::JoinedStr | Kind::TemplateStr => self.exprs(node, 0, load, false),
            Kind::ListComp | Kind::SetComp | Kind::GeneratorExp => {
                self.generators(node, 1)?;
                self.expr(node, 0, load)
            }
            Kind::DictComp => {
                self.generators(node, 2)?;
                self.expr(node, 0, load)?;
                self.expr(node, 1, load)
            }
            Kind::Yield | Kind::YieldFrom | Kind::Await => self.expr(node, 0, load),
            Kind::Compare => {
                if items(node, 2).is_empty() {
                    return Err(value("Compare with no comparators"));
                }
                if items(node, 2).len() != items(node, 1).len() {
                    return Err(value("Compare has a different number of comparators and operands"));
                }
                self.exprs(node, 2, load, false)?;
                self.expr(node, 0, load)
            }
            Kind::Call => {
                self.expr(node, 0, load)?;
                self.exprs(node, 1, load, false)?;
                self.keywords(node, 2)
            }
            Kind::FormattedValue => {
                self.expr(node, 0, load)?;
                self.expr(node, 2, load)
            }
            Kind::Interpolation => {
                self.expr(node, 0, load)?;
                self.expr(node, 3, load)
            }
            Kind::Attribute => self.expr(node, 0, load),
            Kind::Subscript => {
                self.expr(node, 1, load)?;
                self.expr(node, 0, load)
            }
            Kind::Starred => self.expr(node, 0, context),
            Kind::Slice => {
                for field in 0..3 {
                    self.expr(node, field, load)?;
                }
                Ok(())
            }
            Kind::List | Kind::Tuple => self.exprs(node, 0, context, false),
            Kind::NamedExpr => {
                if sub(node, 0).is_some_and(|target| target.kind != Kind::Name) {
                    return Err(TreeError::Type("NamedExpr target must be a Name".to_owned()));
                }
                self.expr(node, 0, Kind::Store)?;
                self.expr(node, 1, load)
            }
            _ => Ok(()),
        }
    }

    /// What `case` compares with: a literal, perhaps signed or complex, or an attribute.
    fn pattern_value(&mut self, node: &Node) -> Result {
        self.expression(node, Kind::Load)?;
        let literal = |node: &Node, complex_only: bool| match (node.kind, node.fields.first()) {
            (Kind::Constant, Some(Value::Constant(constant))) => match constant {
                Const::Complex(..) => true,
                Const::Int(_) | Const::Float(_) => !complex_only,
                _ => false,
            },
            _ => false,
        };
        let signed = |node: &Node| {
            literal(node, false)
                || node.kind == Kind::UnaryOp
                    && sub(node, 0).is_some_and(|operator| operator.kind == Kind::USub)
                    && sub(node, 1).is_some_and(|operand| literal(operand, false))
        };
        let fits = match node.kind {
            Kind::Constant => matches!(
                node.fields.first(),
                Some(Value::Constant(
                    Const::Int(_) | Const::Float(_) | Const::Complex(..) | Const::Str(_) | Const::Bytes(_)
                ))
            ),
            Kind::UnaryOp => signed(node),
            Kind::BinOp => {
                let is_sum = sub(node, 1).is_some_and(|op| matches!(op.kind, Kind::Add | Kind::Sub));
                is_sum
                    && sub(node, 0).is_some_and(signed)
                    && sub(node, 2).is_some_and(|right| literal(right, true))
            }
            Kind::Attribute | Kind::JoinedStr | Kind::TemplateStr => true,
            _ => false,
        };
        if fits { Ok(()) } else { Err(value("patterns may only match literals and attribute lookups")) }
    }

    fn patterns(&mut self, node: &Node, field: usize, star_fits: bool) -> Result {
        nodes(items(node, field)).try_for_each(|pattern| self.pattern(pattern, star_fits))
    }

    fn pattern(&mut self, node: &Node, star_fits: bool) -> Result {
        position(node)?;
        self.descend(|this| this.check_pattern(node, star_fits))
    }

    fn check_pattern(&mut self, node: &Node, star_fits: bool) -> Result {
        match node.kind {
            Kind::MatchValue => sub(node, 0).map_or(Ok(()), |expression| self.pattern_value(expression)),
            Kind::MatchSingleton => match node.fields.first() {
                Some(Value::Constant(Const::None | Const::Bool(_))) => Ok(()),
                _ => Err(value("MatchSingleton can only contain True, False and None")),
            },
            Kind::MatchSequence => self.patterns(node, 0, true),
            Kind::MatchMapping => {
                if items(node, 0).len() != items(node, 1).len() {
                    return Err(value("MatchMapping doesn't have the same number of keys as patterns"));
                }
                capture(text(node, 2))?;
                for key in nodes(items(node, 0)) {
                    let is_singleton =
                        matches!(key.fields.first(), Some(Value::Constant(Const::None | Const::Bool(_))));
                    if key.kind == Kind::Constant && is_singleton {
                        continue;
                    }
                    self.pattern_value(key)?;
                }
                self.patterns(node, 1, false)
            }
            Kind::MatchClass => {
                if items(node, 2).len() != items(node, 3).len() {
                    return Err(value(
                        "MatchClass doesn't have the same number of keyword attributes as patterns",
                    ));
                }
                self.expr(node, 0, Kind::Load)?;
                let mut class = sub(node, 0);
                while let Some(attribute) = class.filter(|class| class.kind == Kind::Attribute) {
                    class = sub(attribute, 0);
                }
                if class.is_some_and(|class| class.kind != Kind::Name) {
                    return Err(value("MatchClass cls field can only contain Name or Attribute nodes."));
                }
                for attribute in items(node, 2) {
                    if let Value::Text(attribute) = attribute {
                        name(Some(attribute))?;
                    }
                }
                self.patterns(node, 1, false)?;
                self.patterns(node, 3, false)
            }
            Kind::MatchStar => {
                if !star_fits {
                    return Err(value("can't use MatchStar here"));
                }
                capture(text(node, 0))
            }
            Kind::MatchAs => {
                capture(text(node, 1))?;
                match sub(node, 0) {
                    None => Ok(()),
                    Some(_) if text(node, 1).is_none() => {
                        Err(value("MatchAs must specify a target name if a pattern is given"))
                    }
                    Some(pattern) => self.pattern(pattern, false),
                }
            }
            Kind::MatchOr => {
                if items(node, 0).len() < 2 {
                    return Err(value("MatchOr requires at least 2 patterns"));
                }
                self.patterns(node, 0, false)
            }
            _ => Ok(()),
        }
    }
}
