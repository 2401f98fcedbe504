//! Constant displays of more than 30 members that are iterated over or searched.
//!
//! CPython makes one constant of `(1, 2, ..., 31)` in `for x in ...` and `x in ...`, also if it is a list
//! or set (Python/flowgraph.c, since 3.14.5). The library folds long tuples elsewhere, and short displays
//! everywhere. So it is given a long display as a short one of short tuples, each ending in a mark, and
//! the constant that comes of it is made flat again. The members still come in their order, so that the
//! code's constants do too.
//!
//! Whether the library can fold all members shows only afterwards: if a mark is left, the source is
//! compiled again with more caution.

use ruff_python_ast::{
    AtomicNodeIndex, CmpOp, Expr, ExprCompare, ExprContext, ExprStringLiteral, ExprTuple, ExprUnaryOp,
    FStringPart, InterpolatedStringElement, StringLiteral, StringLiteralFlags, StringLiteralValue, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange};
use rustpython_compiler_core::bytecode::ConstantData;

/// How long displays are that the library folds (`STACK_USE_GUIDELINE`).
const SHORT: usize = 30;

/// The long displays of a source.
pub(crate) struct LongDisplays<'a> {
    source: &'a str,
    /// What marks begin with, once there is a long display.
    mark: Option<String>,
    caution: Caution,
}

/// Which displays are taken for constant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caution {
    /// Those whose members may be folded.
    AnyOperation,
    /// Those of literals, signs, and tuples of such.
    OnlyLiterals,
    /// None.
    Nothing,
}

/// A display turned out not to be constant.
#[derive(Debug)]
pub(crate) struct NotConstant;

impl<'a> LongDisplays<'a> {
    /// Nothing is known of the source yet.
    pub(crate) fn new(source: &'a str) -> Self {
        Self { source, mark: None, caution: Caution::AnyOperation }
    }

    /// Prepares for another attempt.
    pub(crate) fn retry(&mut self, _: NotConstant) {
        self.mark = None;
        self.caution = match self.caution {
            Caution::AnyOperation => Caution::OnlyLiterals,
            _ => Caution::Nothing,
        };
    }

    /// Divides what is searched by `in`. Only after the last comparison of a chain can it be a constant.
    pub(super) fn mend_comparison(&mut self, comparison: &mut ExprCompare) {
        if let Some(CmpOp::In | CmpOp::NotIn) = comparison.ops.last()
            && let Some(searched) = comparison.comparators.last_mut()
        {
            // The library folds long tuples here.
            if !searched.is_tuple_expr() {
                self.mend(searched);
            }
        }
    }

    /// Divides what is iterated over or searched, if it is a long display that may be constant.
    pub(super) fn mend(&mut self, display: &mut Expr) {
        let range = display.range();
        let is_tuple = display.is_tuple_expr();
        let members = match display {
            Expr::Tuple(tuple) => &mut tuple.elts,
            Expr::List(list) => &mut list.elts,
            Expr::Set(set) => &mut set.elts,
            _ => return,
        };
        if members.len() <= SHORT || !members.iter().all(|it| self.may_be_constant(it)) {
            return;
        }
        let mark = self.mark.get_or_insert_with(|| mark(self.source));
        let part = format!("{mark}{}", Mark::PART);
        let whole = format!("{mark}{}", if is_tuple { Mark::TUPLE } else { Mark::LIST_OR_SET });
        while members.len() >= SHORT {
            let mut rest = std::mem::take(members).into_iter().peekable();
            while rest.peek().is_some() {
                let members_of_part = rest.by_ref().take(SHORT - 1).collect();
                members.push(marked_tuple(members_of_part, &part, range));
            }
        }
        members.push(string(&whole, range));
    }

    /// Whether an expression consists of what the library may fold.
    fn may_be_constant(&self, expression: &Expr) -> bool {
        match expression {
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::Constant(_) => self.caution != Caution::Nothing,
            Expr::Tuple(tuple) => tuple.elts.iter().all(|it| self.may_be_constant(it)),
            Expr::UnaryOp(ExprUnaryOp { op: UnaryOp::USub, operand, .. })
                if operand.is_number_literal_expr() =>
            {
                self.may_be_constant(operand)
            }
            _ if self.caution != Caution::AnyOperation => false,
            Expr::Name(name) => name.id.as_str() == "__debug__",
            Expr::UnaryOp(operation) => self.may_be_constant(&operation.operand),
            Expr::BinOp(operation) => {
                self.may_be_constant(&operation.left) && self.may_be_constant(&operation.right)
            }
            Expr::Subscript(item) => self.may_be_constant(&item.value) && self.may_be_constant(&item.slice),
            Expr::FString(string) if string.runtime_joined_str.is_some() => false,
            Expr::FString(string) => string.value.iter().all(|part| match part {
                FStringPart::Literal(_) => true,
                FStringPart::FString(part) => part.elements.iter().all(InterpolatedStringElement::is_literal),
            }),
            _ => false,
        }
    }

    /// Whether this constant comes from a list or set that was divided.
    pub(crate) fn is_list_or_set(&self, constant: &ConstantData) -> bool {
        let (Some(mark), ConstantData::Tuple { elements } | ConstantData::Frozenset { elements }) =
            (&self.mark, constant)
        else {
            return false;
        };
        find(elements, mark) == Some(Mark::LIST_OR_SET)
    }

    /// A constant as the source has it, all its members at one level.
    pub(crate) fn restore(&self, constant: ConstantData) -> Result<ConstantData, NotConstant> {
        let Some(mark) = &self.mark else { return Ok(constant) };
        match constant {
            ConstantData::Tuple { elements } => Ok(ConstantData::Tuple { elements: flat(elements, mark)? }),
            ConstantData::Frozenset { elements } => {
                Ok(ConstantData::Frozenset { elements: flat(elements, mark)? })
            }
            constant if kind(&constant, mark).is_some() => Err(NotConstant),
            constant => Ok(constant),
        }
    }
}

/// What follows the hash in a mark.
struct Mark;

impl Mark {
    const PART: char = 'p';
    const TUPLE: char = 't';
    const LIST_OR_SET: char = 'l';
}

/// What no constant of the source begins with: a source does not contain its own hash.
fn mark(source: &str) -> String {
    let hash = source.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("\0{hash:016x} ")
}

fn string(text: &str, range: TextRange) -> Expr {
    Expr::StringLiteral(ExprStringLiteral {
        node_index: AtomicNodeIndex::NONE,
        range,
        value: StringLiteralValue::single(StringLiteral {
            range,
            node_index: AtomicNodeIndex::NONE,
            value: text.into(),
            flags: StringLiteralFlags::empty(),
        }),
    })
}

fn marked_tuple(mut members: Vec<Expr>, mark: &str, range: TextRange) -> Expr {
    members.push(string(mark, range));
    Expr::Tuple(ExprTuple {
        node_index: AtomicNodeIndex::NONE,
        range,
        elts: members,
        ctx: ExprContext::Load,
        parenthesized: true,
        runtime_elts: None,
    })
}

/// The members of a display that was divided, or the items of any other constant.
fn flat(items: Vec<ConstantData>, mark: &str) -> Result<Vec<ConstantData>, NotConstant> {
    match find(&items, mark) {
        // Nested constants are restored in their turn.
        None => Ok(items),
        Some(Mark::PART) => Err(NotConstant),
        Some(_) => {
            let mut members = Vec::new();
            collect(items, mark, &mut members);
            Ok(members)
        }
    }
}

fn collect(items: Vec<ConstantData>, mark: &str, members: &mut Vec<ConstantData>) {
    for item in items {
        match item {
            ConstantData::Tuple { elements } if find(&elements, mark) == Some(Mark::PART) => {
                collect(elements, mark, members);
            }
            item if kind(&item, mark).is_some() => {}
            member => members.push(member),
        }
    }
}

/// The mark among the items of a constant. It was written last.
fn find(items: &[ConstantData], mark: &str) -> Option<char> {
    items.last().and_then(|last| kind(last, mark))
}

/// Which mark a constant is.
fn kind(constant: &ConstantData, mark: &str) -> Option<char> {
    let ConstantData::Str { value } = constant else { return None };
    value.as_str().ok()?.strip_prefix(mark)?.chars().next()
}

#[cfg(test)]
mod tests {
    use lasti_code::Const;

    use crate::testing::compiled;

    /// The constants of a source in which `@` stands for the numbers 1000 to 1000 + count.
    fn constants(source: &str, count: usize) -> Vec<Const> {
        let numbers: Vec<String> = (0..count).map(|n| (1000 + n).to_string()).collect();
        compiled(&source.replace('@', &numbers.join(", "))).consts.to_vec()
    }

    #[test]
    fn long_displays_become_one_constant() {
        for count in [30, 31, 871, 3_000] {
            for source in ["for x in @: pass", "for x in [@]: pass", "x in [@]", "[x for x in (@)]"] {
                let constants = constants(source, count);
                // CPython: (1000, None, (1000, 1001, ...))
                let [Const::Int(_), Const::None, Const::Tuple(items)] = &constants[..] else {
                    panic!("{source}: {constants:?}");
                };
                let expected = (1000..1000 + count as i64).map(|n| Const::Int(n.into()));
                assert!(items.iter().cloned().eq(expected), "{source}");
            }
            for source in ["for x in {@}: pass", "x not in {@}"] {
                let constants = constants(source, count);
                let [Const::Int(_), Const::None, Const::FrozenSet(items)] = &constants[..] else {
                    panic!("{source}: {constants:?}");
                };
                assert_eq!(items.len(), count, "{source}");
            }
        }
    }

    #[test]
    fn displays_that_are_not_constant_stay() {
        let constants = constants("for x in [@, 1 / 0]: pass\nfor x in [@]: pass\n", 40);
        // CPython: the forty numbers, None, and a tuple for the second loop.
        assert_eq!(constants.len(), 42);
        assert!(matches!(&constants[41], Const::Tuple(items) if items.len() == 40));
    }
}
