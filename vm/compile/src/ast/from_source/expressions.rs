//! Expressions.

use lasti_code::Const;
use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, Number, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::super::{Kind, Node, Value};
use super::{Converter, constant_int, context, identifier, mark, plain, text};

/// A binary operator.
pub(super) fn operator(operator: Operator) -> Value {
    mark(match operator {
        Operator::Add => Kind::Add,
        Operator::Sub => Kind::Sub,
        Operator::Mult => Kind::Mult,
        Operator::MatMult => Kind::MatMult,
        Operator::Div => Kind::Div,
        Operator::Mod => Kind::Mod,
        Operator::Pow => Kind::Pow,
        Operator::LShift => Kind::LShift,
        Operator::RShift => Kind::RShift,
        Operator::BitOr => Kind::BitOr,
        Operator::BitXor => Kind::BitXor,
        Operator::BitAnd => Kind::BitAnd,
        Operator::FloorDiv => Kind::FloorDiv,
    })
}

fn unary(operator: UnaryOp) -> Value {
    mark(match operator {
        UnaryOp::Invert => Kind::Invert,
        UnaryOp::Not => Kind::Not,
        UnaryOp::UAdd => Kind::UAdd,
        UnaryOp::USub => Kind::USub,
    })
}

fn comparison(operator: CmpOp) -> Value {
    mark(match operator {
        CmpOp::Eq => Kind::Eq,
        CmpOp::NotEq => Kind::NotEq,
        CmpOp::Lt => Kind::Lt,
        CmpOp::LtE => Kind::LtE,
        CmpOp::Gt => Kind::Gt,
        CmpOp::GtE => Kind::GtE,
        CmpOp::Is => Kind::Is,
        CmpOp::IsNot => Kind::IsNot,
        CmpOp::In => Kind::In,
        CmpOp::NotIn => Kind::NotIn,
    })
}

impl Converter<'_> {
    pub(super) fn expr(&self, expression: &Expr) -> Node {
        let range = expression.range();
        let one = |value: &Expr| vec![self.expr_value(value)];
        let (kind, fields) = match expression {
            Expr::BoolOp(each) => {
                let operator = mark(match each.op {
                    BoolOp::And => Kind::And,
                    BoolOp::Or => Kind::Or,
                });
                (Kind::BoolOp, vec![operator, self.exprs(&each.values)])
            }
            Expr::Named(each) => {
                (Kind::NamedExpr, vec![self.expr_value(&each.target), self.expr_value(&each.value)])
            }
            Expr::BinOp(each) => {
                let fields =
                    vec![self.expr_value(&each.left), operator(each.op), self.expr_value(&each.right)];
                (Kind::BinOp, fields)
            }
            Expr::UnaryOp(each) => (Kind::UnaryOp, vec![unary(each.op), self.expr_value(&each.operand)]),
            Expr::Lambda(each) => {
                let parameters = self.parameters(each.parameters.as_deref());
                (Kind::Lambda, vec![parameters, self.expr_value(&each.body)])
            }
            Expr::If(each) => {
                let [test, body, orelse] =
                    [&each.test, &each.body, &each.orelse].map(|part| self.expr_value(part));
                (Kind::IfExp, vec![test, body, orelse])
            }
            Expr::Dict(each) => {
                let keys = each.items.iter().map(|item| self.optional(item.key.as_ref())).collect();
                let values = each.items.iter().map(|item| &item.value);
                (Kind::Dict, vec![Value::List(keys), self.exprs(values)])
            }
            Expr::Set(each) => (Kind::Set, vec![self.exprs(&each.elts)]),
            Expr::ListComp(each) => {
                (Kind::ListComp, vec![self.expr_value(&each.elt), self.generators(&each.generators)])
            }
            Expr::SetComp(each) => {
                (Kind::SetComp, vec![self.expr_value(&each.elt), self.generators(&each.generators)])
            }
            Expr::DictComp(each) => {
                let fields = vec![
                    self.optional(each.key.as_deref()),
                    self.expr_value(&each.value),
                    self.generators(&each.generators),
                ];
                (Kind::DictComp, fields)
            }
            Expr::Generator(each) => return self.generator(each, range),
            Expr::Await(each) => (Kind::Await, one(&each.value)),
            Expr::Yield(each) => (Kind::Yield, vec![self.optional(each.value.as_deref())]),
            Expr::YieldFrom(each) => (Kind::YieldFrom, one(&each.value)),
            Expr::Compare(each) => {
                let operators = each.ops.iter().map(|operator| comparison(*operator)).collect();
                let comparators = self.exprs(&each.comparators);
                (Kind::Compare, vec![self.expr_value(&each.left), Value::List(operators), comparators])
            }
            Expr::Call(each) => (Kind::Call, self.call(each)),
            Expr::FString(each) => return self.joined(each),
            Expr::TString(each) => return self.template(each),
            Expr::StringLiteral(each) => return self.string(each),
            Expr::BytesLiteral(each) => {
                let bytes: Vec<u8> = each.value.bytes().collect();
                return self.constant(range, Const::Bytes(bytes.into()));
            }
            Expr::NumberLiteral(each) => {
                let number = match &each.value {
                    Number::Int(int) => constant_int(int),
                    Number::Float(float) => Const::Float(*float),
                    Number::Complex { real, imag } => Const::Complex(*real, *imag),
                };
                return self.constant(range, number);
            }
            Expr::BooleanLiteral(each) => return self.constant(range, Const::Bool(each.value)),
            Expr::NoneLiteral(_) => return self.constant(range, Const::None),
            Expr::EllipsisLiteral(_) => return self.constant(range, Const::Ellipsis),
            Expr::Attribute(each) => (
                Kind::Attribute,
                vec![self.expr_value(&each.value), identifier(&each.attr), context(each.ctx)],
            ),
            Expr::Subscript(each) => {
                let fields =
                    vec![self.expr_value(&each.value), self.expr_value(&each.slice), context(each.ctx)];
                (Kind::Subscript, fields)
            }
            Expr::Starred(each) => (Kind::Starred, vec![self.expr_value(&each.value), context(each.ctx)]),
            Expr::Name(each) => (Kind::Name, vec![text(each.id.as_str()), context(each.ctx)]),
            Expr::List(each) => (Kind::List, vec![self.exprs(&each.elts), context(each.ctx)]),
            Expr::Tuple(each) => (Kind::Tuple, vec![self.exprs(&each.elts), context(each.ctx)]),
            Expr::Slice(each) => {
                let parts = [&each.lower, &each.upper, &each.step].map(|part| self.optional(part.as_deref()));
                (Kind::Slice, parts.to_vec())
            }
            // No Python source has these.
            Expr::Constant(_) | Expr::IpyEscapeCommand(_) => return self.constant(range, Const::None),
        };
        self.node(kind, range, fields)
    }

    fn generator(&self, generator: &ast::ExprGenerator, range: TextRange) -> Node {
        let fields = vec![self.expr_value(&generator.elt), self.generators(&generator.generators)];
        self.node(Kind::GeneratorExp, range, fields)
    }

    fn generators(&self, generators: &[ast::Comprehension]) -> Value {
        let one = |each: &ast::Comprehension| {
            let fields = vec![
                self.expr_value(&each.target),
                self.expr_value(&each.iter),
                self.exprs(&each.ifs),
                Value::Int(i32::from(each.is_async)),
            ];
            Value::Node(plain(Kind::Comprehension, fields))
        };
        Value::List(generators.iter().map(one).collect())
    }

    fn call(&self, call: &ast::ExprCall) -> Vec<Value> {
        let arguments = &call.arguments;
        let args = match &*arguments.args {
            // The parentheses of the call are those of its only argument.
            [Expr::Generator(generator)] if !generator.parenthesized => {
                Value::List(vec![Value::Node(self.generator(generator, arguments.range))])
            }
            args => self.exprs(args),
        };
        vec![self.expr_value(&call.func), args, self.keywords(&arguments.keywords)]
    }
}
