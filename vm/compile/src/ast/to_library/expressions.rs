//! Expressions.

use lasti_code::{Const, Int, Str};
use ruff_python_ast::{
    Arguments, BoolOp, CmpOp, Comprehension, ConstantValue, ConversionFlag, DictItem, Expr, ExprAttribute,
    ExprAwait, ExprBinOp, ExprBoolOp, ExprCall, ExprCompare, ExprConstant, ExprContext, ExprDict,
    ExprDictComp, ExprFString, ExprGenerator, ExprIf, ExprLambda, ExprList, ExprListComp, ExprName,
    ExprNamed, ExprSet, ExprSetComp, ExprSlice, ExprStarred, ExprStringLiteral, ExprSubscript, ExprTString,
    ExprTuple, ExprUnaryOp, ExprYield, ExprYieldFrom, FString, FStringFlags, FStringValue, Identifier,
    InterpolatedElement, InterpolatedStringElement, Operator, StringLiteral, StringLiteralFlags,
    StringLiteralValue, TString, TStringFlags, TStringValue, UnaryOp,
};
use ruff_text_size::TextRange;

use super::super::{Kind, Node, TreeError, Value};
use super::{Converter, Fields, NONE, Result, malformed, unexpected, utf8};

/// A binary operator.
pub(super) fn operator(kind: Kind) -> Result<Operator> {
    Ok(match kind {
        Kind::Add => Operator::Add,
        Kind::Sub => Operator::Sub,
        Kind::Mult => Operator::Mult,
        Kind::MatMult => Operator::MatMult,
        Kind::Div => Operator::Div,
        Kind::Mod => Operator::Mod,
        Kind::Pow => Operator::Pow,
        Kind::LShift => Operator::LShift,
        Kind::RShift => Operator::RShift,
        Kind::BitOr => Operator::BitOr,
        Kind::BitXor => Operator::BitXor,
        Kind::BitAnd => Operator::BitAnd,
        Kind::FloorDiv => Operator::FloorDiv,
        other => return Err(unexpected(other)),
    })
}

fn unary(kind: Kind) -> Result<UnaryOp> {
    Ok(match kind {
        Kind::Invert => UnaryOp::Invert,
        Kind::Not => UnaryOp::Not,
        Kind::UAdd => UnaryOp::UAdd,
        Kind::USub => UnaryOp::USub,
        other => return Err(unexpected(other)),
    })
}

fn comparison(kind: Kind) -> Result<CmpOp> {
    Ok(match kind {
        Kind::Eq => CmpOp::Eq,
        Kind::NotEq => CmpOp::NotEq,
        Kind::Lt => CmpOp::Lt,
        Kind::LtE => CmpOp::LtE,
        Kind::Gt => CmpOp::Gt,
        Kind::GtE => CmpOp::GtE,
        Kind::Is => CmpOp::Is,
        Kind::IsNot => CmpOp::IsNot,
        Kind::In => CmpOp::In,
        Kind::NotIn => CmpOp::NotIn,
        other => return Err(unexpected(other)),
    })
}

fn context(fields: &mut Fields) -> Result<ExprContext> {
    Ok(match fields.node()?.kind {
        Kind::Store => ExprContext::Store,
        Kind::Del => ExprContext::Del,
        _ => ExprContext::Load,
    })
}

/// A constant, if the library has it.
pub(super) fn constant(constant: &Const) -> Result<ConstantValue> {
    Ok(match constant {
        Const::None => ConstantValue::None,
        Const::Bool(bool) => ConstantValue::Boolean(*bool),
        Const::Ellipsis => ConstantValue::Ellipsis,
        Const::Int(Int::Small(int)) => ConstantValue::Integer(int.to_string().into()),
        Const::Int(Int::Big(int)) => ConstantValue::Integer(int.to_string().into()),
        Const::Float(float) => ConstantValue::Float(*float),
        Const::Complex(real, imag) => ConstantValue::Complex { real: *real, imag: *imag },
        Const::Str(text) => ConstantValue::Str(utf8(text)?.into()),
        Const::Bytes(bytes) => ConstantValue::Bytes(bytes.to_vec().into()),
        Const::Tuple(items) => ConstantValue::Tuple(items.iter().map(self::constant).collect::<Result<_>>()?),
        Const::FrozenSet(items) => {
            ConstantValue::Frozenset(items.iter().map(self::constant).collect::<Result<_>>()?)
        }
        Const::Slice(_) => return Err(TreeError::Type("got an invalid type in Constant: slice".to_owned())),
        Const::Code(_) => return Err(TreeError::Type("got an invalid type in Constant: code".to_owned())),
    })
}

fn conversion(value: i32) -> Result<ConversionFlag> {
    match value {
        -1 => Ok(ConversionFlag::None),
        115 => Ok(ConversionFlag::Str),
        114 => Ok(ConversionFlag::Repr),
        97 => Ok(ConversionFlag::Ascii),
        _ => Err(TreeError::System(format!("Unrecognized conversion character {value}"))),
    }
}

impl Converter<'_> {
    pub(super) fn expr(&mut self, node: Node) -> Result<Expr> {
        self.descend(|this| this.convert_expr(node))
    }

    fn convert_expr(&mut self, node: Node) -> Result<Expr> {
        let (range, kind) = (self.range(&node), node.kind);
        let mut fields = Fields(node.fields.into_iter());
        let f = &mut fields;
        Ok(match kind {
            Kind::BoolOp => {
                let op = if f.node()?.kind == Kind::And { BoolOp::And } else { BoolOp::Or };
                let values = self.exprs(f)?;
                Expr::BoolOp(ExprBoolOp { node_index: NONE, range, op, values, runtime_values: None })
            }
            Kind::NamedExpr => {
                let target = self.boxed(f)?;
                Expr::Named(ExprNamed { node_index: NONE, range, target, value: self.boxed(f)? })
            }
            Kind::BinOp => {
                let left = self.boxed(f)?;
                let op = operator(f.node()?.kind)?;
                Expr::BinOp(ExprBinOp { node_index: NONE, range, left, op, right: self.boxed(f)? })
            }
            Kind::UnaryOp => {
                let op = unary(f.node()?.kind)?;
                Expr::UnaryOp(ExprUnaryOp { node_index: NONE, range, op, operand: self.boxed(f)? })
            }
            Kind::Lambda => {
                let parameters = Some(Box::new(self.parameters(f.node()?)?));
                Expr::Lambda(ExprLambda { node_index: NONE, range, parameters, body: self.boxed(f)? })
            }
            Kind::IfExp => {
                let test = self.boxed(f)?;
                let body = self.boxed(f)?;
                Expr::If(ExprIf { node_index: NONE, range, test, body, orelse: self.boxed(f)? })
            }
            Kind::Dict => {
                let keys = self.optional_exprs(f)?;
                let values = self.exprs(f)?;
                let items =
                    keys.into_iter().zip(values).map(|(key, value)| DictItem { key, value }).collect();
                Expr::Dict(ExprDict { node_index: NONE, range, items, runtime_values: None })
            }
            Kind::Set => {
                Expr::Set(ExprSet { node_index: NONE, range, elts: self.exprs(f)?, runtime_elts: None })
            }
            Kind::ListComp => {
                let elt = self.boxed(f)?;
                Expr::ListComp(ExprListComp { node_index: NONE, range, elt, generators: self.generators(f)? })
            }
            Kind::SetComp => {
                let elt = self.boxed(f)?;
                Expr::SetComp(ExprSetComp { node_index: NONE, range, elt, generators: self.generators(f)? })
            }
            Kind::DictComp => {
                let key = self.optional(f)?;
                let value = self.boxed(f)?;
                let generators = self.generators(f)?;
                Expr::DictComp(ExprDictComp { node_index: NONE, range, key, value, generators })
            }
            Kind::GeneratorExp => {
                let elt = self.boxed(f)?;
                let generators = self.generators(f)?;
                Expr::Generator(ExprGenerator {
                    node_index: NONE,
                    range,
                    elt,
                    generators,
                    parenthesized: true,
                })
            }
            Kind::Await => Expr::Await(ExprAwait { node_index: NONE, range, value: self.boxed(f)? }),
            Kind::Yield => Expr::Yield(ExprYield { node_index: NONE, range, value: self.optional(f)? }),
            Kind::YieldFrom => {
                Expr::YieldFrom(ExprYieldFrom { node_index: NONE, range, value: self.boxed(f)? })
            }
            Kind::Compare => {
                let left = self.boxed(f)?;
                let ops = f.nodes()?.into_iter().map(|node| comparison(node.kind)).collect::<Result<_>>()?;
                let comparators = self.exprs(f)?.into_boxed_slice();
                Expr::Compare(ExprCompare {
                    node_index: NONE,
                    range,
                    left,
                    ops,
                    comparators,
                    runtime_comparators: None,
                })
            }
            Kind::Call => {
                let func = self.boxed(f)?;
                let args = self.exprs(f)?.into_boxed_slice();
                let keywords = self.keywords(f)?.into_iter().collect();
                let arguments = Arguments {
                    range,
                    node_index: NONE,
                    args,
                    keywords,
                    runtime_args: None,
                    runtime_bases: None,
                };
                Expr::Call(ExprCall { node_index: NONE, range_start: range.start(), func, arguments })
            }
            Kind::FormattedValue => {
                let expression = self.boxed(f)?;
                let conversion = conversion(f.int()?)?;
                let spec = self.optional(f)?;
                let element = InterpolatedElement {
                    runtime_formatted_value_format_spec: spec,
                    ..element(range, expression, conversion)
                };
                fstring(range, vec![InterpolatedStringElement::Interpolation(element)], None)
            }
            Kind::JoinedStr => fstring(range, Vec::new(), Some(self.exprs(f)?)),
            Kind::Interpolation => {
                let expression = self.boxed(f)?;
                let Value::Constant(text) = f.value() else { return Err(malformed()) };
                let conversion = conversion(f.int()?)?;
                let spec = self.optional(f)?;
                let element = InterpolatedElement {
                    runtime_str: Some(constant(&text)?),
                    runtime_interpolation_format_spec: spec,
                    ..element(range, expression, conversion)
                };
                tstring(range, vec![InterpolatedStringElement::Interpolation(element)], None)
            }
            Kind::TemplateStr => tstring(range, Vec::new(), Some(self.exprs(f)?)),
            Kind::Constant => {
                let Value::Constant(value) = f.value() else { return Err(malformed()) };
                if let Const::Str(text) = &value
                    && text.as_str().is_none()
                {
                    return Ok(self.surrogates(range, text));
                }
                let value = constant(&value)?;
                Expr::Constant(ExprConstant {
                    node_index: NONE,
                    range,
                    value,
                    kind: None,
                    invalid_type: None,
                })
            }
            Kind::Attribute => {
                let value = self.boxed(f)?;
                let attr = Identifier::new(f.text()?, range);
                Expr::Attribute(ExprAttribute { node_index: NONE, range, value, attr, ctx: context(f)? })
            }
            Kind::Subscript => {
                let value = self.boxed(f)?;
                let slice = self.boxed(f)?;
                Expr::Subscript(ExprSubscript { node_index: NONE, range, value, slice, ctx: context(f)? })
            }
            Kind::Starred => {
                let value = self.boxed(f)?;
                Expr::Starred(ExprStarred { node_index: NONE, range, value, ctx: context(f)? })
            }
            Kind::Name => {
                let id = f.text()?.into();
                Expr::Name(ExprName { node_index: NONE, range, id, ctx: context(f)? })
            }
            Kind::List => {
                let elts = self.exprs(f)?;
                Expr::List(ExprList { node_index: NONE, range, elts, ctx: context(f)?, runtime_elts: None })
            }
            Kind::Tuple => {
                let elts = self.exprs(f)?;
                let ctx = context(f)?;
                Expr::Tuple(ExprTuple {
                    node_index: NONE,
                    range,
                    elts,
                    ctx,
                    parenthesized: true,
                    runtime_elts: None,
                })
            }
            Kind::Slice => {
                let lower = self.optional(f)?;
                let upper = self.optional(f)?;
                Expr::Slice(ExprSlice { node_index: NONE, range, lower, upper, step: self.optional(f)? })
            }
            other => return Err(unexpected(other)),
        })
    }

    /// A string with lone surrogates: the library reads it from the source.
    fn surrogates(&self, range: TextRange, text: &Str) -> Expr {
        let literal = StringLiteral {
            range: self.blank.add_literal(text.as_wtf8()),
            node_index: NONE,
            value: char::REPLACEMENT_CHARACTER.to_string().into(),
            flags: StringLiteralFlags::empty(),
        };
        let value = StringLiteralValue::single(literal);
        Expr::StringLiteral(ExprStringLiteral { node_index: NONE, range, value })
    }

    fn generators(&mut self, fields: &mut Fields) -> Result<Vec<Comprehension>> {
        let one = |node: Node| {
            let mut fields = Fields(node.fields.into_iter());
            let target = self.expr(fields.node()?)?;
            let iter = self.expr(fields.node()?)?;
            let ifs = self.exprs(&mut fields)?;
            Ok(Comprehension {
                range: TextRange::default(),
                node_index: NONE,
                target,
                iter,
                ifs,
                is_async: fields.int()? != 0,
                runtime_ifs: None,
                runtime_is_async: None,
            })
        };
        fields.nodes()?.into_iter().map(one).collect()
    }
}

fn element(range: TextRange, expression: Box<Expr>, conversion: ConversionFlag) -> InterpolatedElement {
    InterpolatedElement {
        range,
        node_index: NONE,
        expression,
        debug_text: None,
        conversion,
        format_spec: None,
        runtime_str: None,
        runtime_interpolation_format_spec: None,
        runtime_formatted_value_format_spec: None,
    }
}

fn fstring(range: TextRange, elements: Vec<InterpolatedStringElement>, joined: Option<Vec<Expr>>) -> Expr {
    Expr::FString(ExprFString {
        node_index: NONE,
        range,
        value: FStringValue::single(FString {
            range,
            node_index: NONE,
            elements: elements.into(),
            flags: FStringFlags::empty(),
        }),
        runtime_joined_str: joined,
        runtime_values: None,
    })
}

fn tstring(range: TextRange, elements: Vec<InterpolatedStringElement>, template: Option<Vec<Expr>>) -> Expr {
    Expr::TString(ExprTString {
        node_index: NONE,
        range,
        value: TStringValue::single(TString {
            range,
            node_index: NONE,
            elements: elements.into(),
            flags: TStringFlags::empty(),
        }),
        runtime_template_str: template,
        runtime_values: None,
    })
}
