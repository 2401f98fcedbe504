//! Patterns of `match` statements.

use lasti_code::Const;
use ruff_python_ast::{
    Identifier, Pattern, PatternArguments, PatternKeyword, PatternMatchAs, PatternMatchClass,
    PatternMatchMapping, PatternMatchOr, PatternMatchSequence, PatternMatchSingleton, PatternMatchStar,
    PatternMatchValue, Singleton,
};
use ruff_text_size::Ranged;

use super::super::{Kind, Node, Value};
use super::statements::identifiers;
use super::{Converter, Fields, NONE, Result, unexpected};

impl Converter<'_> {
    pub(super) fn pattern(&mut self, node: Node) -> Result<Pattern> {
        self.descend(|this| this.convert_pattern(node))
    }

    fn patterns(&mut self, fields: &mut Fields) -> Result<Vec<Pattern>> {
        fields.nodes()?.into_iter().map(|node| self.pattern(node)).collect()
    }

    fn convert_pattern(&mut self, node: Node) -> Result<Pattern> {
        let (range, kind) = (self.range(&node), node.kind);
        let mut fields = Fields(node.fields.into_iter());
        let f = &mut fields;
        Ok(match kind {
            Kind::MatchValue => {
                Pattern::MatchValue(PatternMatchValue { node_index: NONE, range, value: self.boxed(f)? })
            }
            Kind::MatchSingleton => {
                let value = match f.value() {
                    Value::Constant(Const::Bool(true)) => Singleton::True,
                    Value::Constant(Const::Bool(false)) => Singleton::False,
                    _ => Singleton::None,
                };
                Pattern::MatchSingleton(PatternMatchSingleton { node_index: NONE, range, value })
            }
            Kind::MatchSequence => {
                let patterns = self.patterns(f)?;
                Pattern::MatchSequence(PatternMatchSequence {
                    node_index: NONE,
                    range,
                    patterns,
                    runtime_patterns: None,
                })
            }
            Kind::MatchMapping => {
                let keys = self.exprs(f)?.into_iter().collect();
                let patterns = self.patterns(f)?.into_iter().collect();
                let rest = f.optional_text()?.map(|name| Identifier::new(name, range));
                Pattern::MatchMapping(PatternMatchMapping {
                    node_index: NONE,
                    range,
                    keys,
                    patterns,
                    rest,
                    runtime_keys: None,
                    runtime_patterns: None,
                })
            }
            Kind::MatchClass => {
                let cls = self.boxed(f)?;
                let patterns = self.patterns(f)?.into_iter().collect();
                let names = identifiers(f, range)?;
                let keywords = self.patterns(f)?;
                let keyword = |(attr, pattern): (Identifier, Pattern)| PatternKeyword {
                    range: pattern.range(),
                    node_index: NONE,
                    attr,
                    pattern,
                };
                let keywords = names.into_iter().zip(keywords).map(keyword).collect();
                Pattern::MatchClass(PatternMatchClass {
                    node_index: NONE,
                    range,
                    cls,
                    arguments: PatternArguments { range, node_index: NONE, patterns, keywords },
                    runtime_patterns: None,
                    runtime_kwd_attrs: None,
                    runtime_kwd_patterns: None,
                })
            }
            Kind::MatchStar => {
                let name = f.optional_text()?.map(|name| Identifier::new(name, range));
                Pattern::MatchStar(PatternMatchStar { node_index: NONE, range, name })
            }
            Kind::MatchAs => {
                let pattern = f.optional_node()?.map(|node| self.pattern(node)).transpose()?.map(Box::new);
                let name = f.optional_text()?.map(|name| Identifier::new(name, range));
                Pattern::MatchAs(PatternMatchAs { node_index: NONE, range, pattern, name })
            }
            Kind::MatchOr => {
                let patterns = self.patterns(f)?;
                Pattern::MatchOr(PatternMatchOr { node_index: NONE, range, patterns, runtime_patterns: None })
            }
            other => return Err(unexpected(other)),
        })
    }
}
