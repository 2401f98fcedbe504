//! Strings, f-strings and t-strings. CPython: Parser/action_helpers.c.
//!
//! In `_ast` a string of several parts is one list of values, where texts next to each other are one constant.

use ruff_python_ast::{
    self as ast, AnyStringFlags, ConversionFlag, FStringPart, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringElements,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustpython_codegen::{
    interpolated_string_literal_value, string_literal_part_value, string_literal_value,
};
use rustpython_wtf8::Wtf8Buf;

use super::super::{Kind, Node, Value};
use super::{Converter, constant_text, text};
use crate::mend::interpolation;

/// A part of an f-string or t-string.
enum Part<'a> {
    Text(Wtf8Buf, TextRange, bool),
    Interpolation(&'a InterpolatedElement),
}

impl Converter<'_> {
    pub(super) fn string(&self, string: &ast::ExprStringLiteral) -> Node {
        let value = string_literal_value(self.source, &string.value);
        let is_unicode = string.value.iter().next().is_some_and(|part| part.flags.prefix().is_unicode());
        self.text_node(&value, string.range, is_unicode)
    }

    fn text_node(&self, value: &Wtf8Buf, range: TextRange, is_unicode: bool) -> Node {
        let mut node = self.constant(range, constant_text(value));
        if is_unicode && let Some(kind) = node.fields.last_mut() {
            *kind = text("u");
        }
        node
    }

    pub(super) fn joined(&self, string: &ast::ExprFString) -> Node {
        let mut parts = Vec::new();
        for part in &string.value {
            match part {
                FStringPart::Literal(literal) => {
                    let value = string_literal_part_value(self.source, literal);
                    parts.push(Part::Text(value, literal.range, literal.flags.prefix().is_unicode()));
                }
                FStringPart::FString(part) => self.elements(&part.elements, part.flags.into(), &mut parts),
            }
        }
        let values = self.values(parts, Kind::FormattedValue);
        self.node(Kind::JoinedStr, string.range, vec![values])
    }

    pub(super) fn template(&self, string: &ast::ExprTString) -> Node {
        let mut parts = Vec::new();
        for part in &string.value {
            self.elements(&part.elements, part.flags.into(), &mut parts);
        }
        let values = self.values(parts, Kind::Interpolation);
        self.node(Kind::TemplateStr, string.range, vec![values])
    }

    fn elements<'b>(
        &self,
        elements: &'b InterpolatedStringElements,
        flags: AnyStringFlags,
        parts: &mut Vec<Part<'b>>,
    ) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    let value = interpolated_string_literal_value(self.source, literal, flags);
                    parts.push(Part::Text(value, literal.range, false));
                }
                InterpolatedStringElement::Interpolation(each) => {
                    if let Some(debug) = &each.debug_text {
                        let start = each.range.start() + TextSize::of('{');
                        let end = each.expression.range().end() + TextSize::of(debug.trailing());
                        let text = interpolation::plain_text(self.text, TextRange::new(start, end));
                        let range = TextRange::new(start, self.debug_end(each));
                        parts.push(Part::Text(Wtf8Buf::from(text), range, false));
                    }
                    parts.push(Part::Interpolation(each));
                }
            }
        }
    }

    /// Where the text of `{x=}` ends for CPython: before the `!`, the `:` or the brace.
    fn debug_end(&self, each: &InterpolatedElement) -> TextSize {
        let brace = each.range.end() - TextSize::of('}');
        let end = match &each.format_spec {
            Some(spec) => spec.range.start() - TextSize::of(':'),
            None => brace,
        };
        if matches!(each.conversion, ConversionFlag::None) {
            return end;
        }
        let start = each.expression.end();
        let between = &self.text[start.to_usize()..end.to_usize()];
        start + TextSize::of(&between[..between.rfind('!').unwrap_or(between.len())])
    }

    /// The values, where neighbouring texts become one and empty ones none.
    fn values(&self, parts: Vec<Part<'_>>, kind: Kind) -> Value {
        let mut values = Vec::new();
        let mut pending: Option<(Wtf8Buf, TextRange, bool)> = None;
        let flush = |pending: Option<(Wtf8Buf, TextRange, bool)>, values: &mut Vec<Value>| {
            if let Some((value, range, is_unicode)) = pending
                && !value.is_empty()
            {
                values.push(Value::Node(self.text_node(&value, range, is_unicode)));
            }
        };
        for part in parts {
            match part {
                Part::Text(value, range, is_unicode) => match &mut pending {
                    Some((before, known, _)) => {
                        before.push_wtf8(&value);
                        *known = TextRange::new(known.start(), range.end());
                    }
                    None => pending = Some((value, range, is_unicode)),
                },
                Part::Interpolation(each) => {
                    flush(pending.take(), &mut values);
                    values.push(Value::Node(self.interpolation(each, kind)));
                }
            }
        }
        flush(pending, &mut values);
        Value::List(values)
    }

    fn interpolation(&self, each: &InterpolatedElement, kind: Kind) -> Node {
        let conversion = match each.conversion {
            // A bare `{x=}` shows the repr.
            ConversionFlag::None if each.debug_text.is_some() && each.format_spec.is_none() => {
                ConversionFlag::Repr
            }
            conversion => conversion,
        };
        let spec = each.format_spec.as_deref().map_or(Value::None, |spec| {
            let mut parts = Vec::new();
            let flags = AnyStringFlags::from(ast::FStringFlags::empty());
            self.elements(&spec.elements, flags, &mut parts);
            let values = self.values(parts, Kind::FormattedValue);
            let range = TextRange::new(spec.range.start() - TextSize::of(':'), spec.range.end());
            Value::Node(self.node(Kind::JoinedStr, range, vec![values]))
        });
        let conversion = Value::Int(i32::from(conversion as i8));
        let mut fields = vec![self.expr_value(&each.expression)];
        if kind == Kind::Interpolation {
            let shown = interpolation::expression_text(each, self.text);
            fields.push(Value::Constant(constant_text(&Wtf8Buf::from(shown))));
        }
        fields.extend([conversion, spec]);
        self.node(kind, each.range, fields)
    }
}
