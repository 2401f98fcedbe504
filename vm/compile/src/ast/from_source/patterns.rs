//! Patterns of `match` statements.

use lasti_code::Const;
use ruff_python_ast::{Pattern, Singleton};
use ruff_text_size::Ranged;

use super::super::{Kind, Value};
use super::{Converter, identifier};

impl Converter<'_> {
    pub(super) fn pattern(&self, pattern: &Pattern) -> Value {
        let (kind, fields) = match pattern {
            Pattern::MatchValue(each) => (Kind::MatchValue, vec![self.expr_value(&each.value)]),
            Pattern::MatchSingleton(each) => {
                let constant = match each.value {
                    Singleton::None => Const::None,
                    Singleton::True => Const::Bool(true),
                    Singleton::False => Const::Bool(false),
                };
                (Kind::MatchSingleton, vec![Value::Constant(constant)])
            }
            Pattern::MatchSequence(each) => (Kind::MatchSequence, vec![self.patterns(&each.patterns)]),
            Pattern::MatchMapping(each) => {
                let rest = each.rest.as_ref().map_or(Value::None, identifier);
                (Kind::MatchMapping, vec![self.exprs(&each.keys), self.patterns(&each.patterns), rest])
            }
            Pattern::MatchClass(each) => {
                let keywords = &each.arguments.keywords;
                let fields = vec![
                    self.expr_value(&each.cls),
                    self.patterns(&each.arguments.patterns),
                    Value::List(keywords.iter().map(|keyword| identifier(&keyword.attr)).collect()),
                    Value::List(keywords.iter().map(|keyword| self.pattern(&keyword.pattern)).collect()),
                ];
                (Kind::MatchClass, fields)
            }
            Pattern::MatchStar(each) => {
                (Kind::MatchStar, vec![each.name.as_ref().map_or(Value::None, identifier)])
            }
            Pattern::MatchAs(each) => {
                let pattern = each.pattern.as_deref().map_or(Value::None, |pattern| self.pattern(pattern));
                (Kind::MatchAs, vec![pattern, each.name.as_ref().map_or(Value::None, identifier)])
            }
            Pattern::MatchOr(each) => (Kind::MatchOr, vec![self.patterns(&each.patterns)]),
        };
        Value::Node(self.node(kind, pattern.range(), fields))
    }

    fn patterns(&self, patterns: &[Pattern]) -> Value {
        Value::List(patterns.iter().map(|pattern| self.pattern(pattern)).collect())
    }
}
