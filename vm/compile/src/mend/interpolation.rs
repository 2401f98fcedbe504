//! The source text of an interpolation: that of `t"{x}"`, and what `f"{x=}"` puts before the value.
//!
//! The library ends the text of a t-string's expression where the expression does, without the white
//! space and parentheses that follow it; and it keeps comments inside the expression. CPython's text is
//! all between the brace and the `=`, `!`, `:` or brace that ends it, without comments
//! (Parser/lexer/lexer.c, `_PyLexer_set_ftstring_expr`).

use ruff_python_ast::{
    AtomicNodeIndex, ConstantValue, ConversionFlag, Expr, ExprFString, ExprTString, FString, FStringFlags,
    FStringPart, FStringValue, InterpolatedElement, InterpolatedStringElement, InterpolatedStringElements,
    InterpolatedStringLiteralElement,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// Mends the texts of `f"{x=}"`.
pub(super) fn mend_fstring(string: &mut ExprFString) {
    for part in &mut string.value {
        if let FStringPart::FString(part) = part {
            mend_debug_texts(&mut part.elements);
        }
    }
}

/// Mends the expression texts of a t-string.
pub(super) fn mend_tstring(string: &mut ExprTString, source: &str) {
    let range = string.range;
    let is_single = string.value.as_slice().len() == 1;
    for part in &mut string.value {
        mend_debug_texts(&mut part.elements);
        let mut any = false;
        for element in &mut *part.elements {
            if let InterpolatedStringElement::Interpolation(interpolation) = element {
                any |= mend_expression_text(interpolation, source);
            }
        }
        // A t-string with a text of this kind and nothing else is taken for an interpolation on its own.
        if any && is_single && part.elements.len() == 1 {
            push(&mut part.elements, literal(String::new(), range));
        }
    }
}

fn literal(value: String, range: TextRange) -> InterpolatedStringElement {
    InterpolatedStringElement::Literal(InterpolatedStringLiteralElement {
        range,
        node_index: AtomicNodeIndex::NONE,
        value: value.into_boxed_str(),
    })
}

fn push(elements: &mut InterpolatedStringElements, element: InterpolatedStringElement) {
    let mut all: Vec<_> = elements.iter().cloned().collect();
    all.push(element);
    *elements = all.into();
}

/// Writes `{x=}` as its text and `{x!r}` wherever the expression has a comment.
fn mend_debug_texts(elements: &mut InterpolatedStringElements) {
    let mut texts = Vec::new();
    for (index, element) in elements.iter_mut().enumerate() {
        let InterpolatedStringElement::Interpolation(interpolation) = element else { continue };
        if let Some(spec) = &mut interpolation.format_spec {
            mend_debug_texts(&mut spec.elements);
        }
        let Some(debug) = &interpolation.debug_text else { continue };
        let Some(text) = without_comments(debug.expression()) else { continue };
        let expression = interpolation.expression.range();
        let before = TextSize::of(debug.leading());
        let after = TextSize::of(debug.trailing());
        let range = TextRange::new(expression.start() - before, expression.end() + after);
        let part = |text: &str| without_comments(text).unwrap_or_else(|| text.to_owned());
        let text = [part(debug.leading()), text, part(debug.trailing())].concat();
        texts.push((index, literal(text, range)));
        if interpolation.format_spec.is_none() && matches!(interpolation.conversion, ConversionFlag::None) {
            interpolation.conversion = ConversionFlag::Repr;
        }
    }
    if texts.is_empty() {
        return;
    }
    let mut all: Vec<_> = elements.iter().cloned().collect();
    for (index, text) in texts.into_iter().rev() {
        if let Some(InterpolatedStringElement::Interpolation(interpolation)) = all.get_mut(index) {
            interpolation.debug_text = None;
        }
        all.insert(index, text);
    }
    *elements = all.into();
}

/// The expression's text, as `Interpolation.expression` shows it.
pub(crate) fn expression_text(interpolation: &InterpolatedElement, source: &str) -> String {
    let start = interpolation.range.start() + TextSize::of('{');
    let end = interpolation.expression.range().end();
    plain_text(source, TextRange::new(start, end + trailing(source, end)))
}

/// The source's text at `range`, without comments.
pub(crate) fn plain_text(source: &str, range: TextRange) -> String {
    let raw = source.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default();
    without_comments(raw).unwrap_or_else(|| raw.to_owned())
}

/// Sets the expression text of a t-string's interpolation, if the library would get it wrong.
fn mend_expression_text(interpolation: &mut InterpolatedElement, source: &str) -> bool {
    if interpolation.runtime_str.is_some() {
        return false;
    }
    let start = interpolation.range.start() + TextSize::of('{');
    let expression_end = interpolation.expression.range().end();
    let end = expression_end + trailing(source, expression_end);
    let Some(raw) = source.get(start.to_usize()..end.to_usize()) else { return false };
    let text = without_comments(raw);
    if end == expression_end && text.is_none() {
        return false;
    }
    let text = text.unwrap_or_else(|| raw.to_owned());
    interpolation.runtime_str = Some(ConstantValue::Str(text.into_boxed_str()));
    if interpolation.debug_text.is_some()
        && interpolation.format_spec.is_none()
        && matches!(interpolation.conversion, ConversionFlag::None)
    {
        interpolation.conversion = ConversionFlag::Repr;
    }
    if let Some(spec) = &interpolation.format_spec {
        // The position of the specification begins at its colon.
        let has_colon = source.as_bytes().get(spec.range.start().to_usize().wrapping_sub(1)) == Some(&b':');
        let start = spec.range.start() - TextSize::new(u32::from(has_colon));
        let range = TextRange::new(start, spec.range.end());
        interpolation.runtime_interpolation_format_spec = Some(Box::new(Expr::FString(ExprFString {
            node_index: AtomicNodeIndex::NONE,
            range,
            value: FStringValue::single(FString {
                range,
                node_index: AtomicNodeIndex::NONE,
                elements: spec.elements.clone(),
                flags: FStringFlags::empty(),
            }),
            runtime_joined_str: None,
            runtime_values: None,
        })));
    }
    true
}

/// How long the white space, comments and closing parentheses after an expression are.
fn trailing(source: &str, expression_end: TextSize) -> TextSize {
    let rest = source.get(expression_end.to_usize()..).unwrap_or_default();
    let mut bytes = rest.bytes().enumerate();
    while let Some((index, byte)) = bytes.next() {
        match byte {
            b' ' | b'\t' | b'\x0c' | b'\n' | b'\r' | b')' | b'\\' | b',' => {}
            b'#' => {
                let _ = bytes.find(|(_, byte)| *byte == b'\n');
            }
            _ => return TextSize::of(&rest[..index]),
        }
    }
    TextSize::of(rest)
}

/// The text without its comments, if it has any. What is quoted is told by counting quotes, as CPython
/// does.
fn without_comments(text: &str) -> Option<String> {
    if !text.contains('#') {
        return None;
    }
    let mut kept = String::with_capacity(text.len());
    let mut quote = None;
    let mut found = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                kept.push(c);
                kept.extend(chars.next());
                continue;
            }
            '"' | '\'' => match quote {
                None => quote = Some(c),
                Some(open) if open == c => quote = None,
                Some(_) => {}
            },
            '#' if quote.is_none() => {
                found = true;
                if chars.any(|c| c == '\n') {
                    kept.push('\n');
                }
                continue;
            }
            _ => {}
        }
        kept.push(c);
    }
    found.then_some(kept)
}

#[cfg(test)]
mod tests {
    use lasti_code::Const;

    use crate::testing::compiled;

    fn has_text(source: &str, expected: &str) -> bool {
        compiled(source)
            .consts
            .iter()
            .any(|constant| matches!(constant, Const::Str(text) if *text == *expected))
    }

    #[test]
    fn expression_texts_of_t_strings_are_those_between_the_braces() {
        assert!(has_text("t'{ x }'", " x "));
        assert!(has_text("t'{ (x) }'", " (x) "));
        assert!(has_text("t'{x == 42 = }'", "x == 42 "));
        assert!(has_text("t'{ x :>{w }}'", " x "));
        assert!(has_text("t'{ x !r}' t'more'", " x "));
        assert!(has_text("t'{x}'", "x"));
        assert!(has_text("t'{x, }'", "x, "));
        assert!(has_text("t'''{\n  x # why\n}'''", "\n  x \n"));
    }

    #[test]
    fn comments_are_no_part_of_debug_texts() {
        assert!(has_text("f'''{(1,  # one\n \"#\")=}'''", "(1,  \n \"#\")="));
        assert!(has_text("f'''{(1,  # one\n 2)=:>9}'''", "(1,  \n 2)="));
        assert!(has_text("t'''{(1,  # one\n 2)=}'''", "(1,  \n 2)="));
    }
}
