//! A log message, cut into its text and the expressions in it. Compiling and evaluating them is the engine's.
//!
//! What stands in braces is what may stand there in an f-string: `{expression}`, `{value!r}`, `{price:.2f}`,
//! `{value=}`; `{{` and `}}` stand for a brace. Inside of an expression, brackets nest and string literals are passed
//! over, so `{d["}"]}` and `{ {1: 2}[1] }` are one expression each; in a format, which begins at a colon outside of
//! brackets, quotes are text and braces are expressions.

/// A part of a log message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// To be written as it is.
    Text(String),
    /// To be evaluated as what stands in the braces of an f-string. Never empty.
    Expression(String),
}

/// A log message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogMessage {
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// What is wrong with a log message. Offsets count bytes of the message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LogMessageError {
    /// A brace that is never closed.
    #[error("log message: the `{{` at offset {at} is never closed; write `{{{{` for a brace")]
    Open {
        /// Where it is.
        at: usize,
    },
    /// Nothing in braces.
    #[error("log message: no expression in the braces at offset {at}; write `{{{{}}}}` for a pair of braces")]
    Empty {
        /// Where the opening one is.
        at: usize,
    },
}

impl LogMessage {
    /// Cuts a message into its parts. A lone `}` is taken as text.
    pub fn parse(message: &str) -> Result<Self, LogMessageError> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = message;
        while let Some(brace) = rest.find(['{', '}']) {
            text.push_str(&rest[..brace]);
            let opening = rest.as_bytes()[brace] == b'{';
            let after = &rest[brace + 1..];
            if let Some(doubled) = after.strip_prefix(if opening { '{' } else { '}' }) {
                text.push(if opening { '{' } else { '}' });
                rest = doubled;
            } else if opening {
                let at = message.len() - after.len() - 1;
                let length = field_length(after).ok_or(LogMessageError::Open { at })?;
                // Blanks at the end may be a format's.
                let expression = after[..length].trim_start();
                if expression.trim_end().is_empty() {
                    return Err(LogMessageError::Empty { at });
                }
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                parts.push(Part::Expression(expression.into()));
                rest = &after[length + 1..];
            } else {
                text.push('}');
                rest = after;
            }
        }
        text.push_str(rest);
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(Self { parts })
    }
}

/// How many bytes come before the brace that closes the field.
fn field_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0u32, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'}' if depth == 0 => return Some(at),
            b':' if depth == 0 => return Some(at + 1 + format_length(&text[at + 1..])?),
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            b'"' | b'\'' => {
                at = string_end(bytes, at)?;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// How many bytes come before the brace that ends a format. There are no string literals in one, but within the braces
/// of its own fields.
fn format_length(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0u32, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            b'{' => depth += 1,
            b'"' | b'\'' if depth > 0 => {
                at = string_end(text.as_bytes(), at)?;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The offset after the string literal whose quote is at `at`.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    let tripled = bytes[at..].starts_with(&[quote; 3]);
    let mut at = at + if tripled { 3 } else { 1 };
    loop {
        match *bytes.get(at)? {
            b'\\' => at += 2,
            byte if byte != quote => at += 1,
            _ if !tripled => return Some(at + 1),
            _ if bytes[at..].starts_with(&[quote; 3]) => return Some(at + 3),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The parts, expressions in angle brackets.
    fn parts(message: &str) -> String {
        let parts = LogMessage::parse(message).unwrap().parts;
        let mut shown = parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Expression(expression) => format!("<{expression}>"),
        });
        shown.by_ref().collect::<Vec<_>>().join("|")
    }

    #[test]
    fn messages() {
        for (message, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("x is {x}!", "x is |<x>|!"),
            ("{a}{ b + 1 }", "<a>|<b + 1 >"),
            ("{{x}} } {x}", "{x} } |<x>"),
            ("{ {1: 2}[1] }", "<{1: 2}[1] >"),
            ("{x!r}, {x:>{width}}, {x=}", "<x!r>|, |<x:>{width}>|, |<x=>"),
            ("{x:'>10}{y!s:\">{w['}']}}'", "<x:'>10>|<y!s:\">{w['}']}>|'"),
            ("{f(x[1:2], lambda y: y)}: {n: }", "<f(x[1:2], lambda y: y)>|: |<n: >"),
            (r#"{d["}"]}"#, r#"<d["}"]>"#),
            (r#"{'\'}' + """a"}"""}"#, r#"<'\'}' + """a"}""">"#),
            ("{f({'a': [1]}, '')}é", "<f({'a': [1]}, '')>|é"),
        ] {
            assert_eq!(parts(message), expected, "{message}");
        }
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(LogMessage::parse("é {x"), Err(LogMessageError::Open { at: 3 }));
        assert_eq!(LogMessage::parse("{'}"), Err(LogMessageError::Open { at: 0 }));
        assert_eq!(LogMessage::parse("a { }"), Err(LogMessageError::Empty { at: 2 }));
        let shown = LogMessageError::Open { at: 3 }.to_string();
        assert_eq!(shown, "log message: the `{` at offset 3 is never closed; write `{{` for a brace");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(message in "[{}()'\"\\\\aé ]{0,30}") {
            if let Ok(message) = LogMessage::parse(&message) {
                let empty = |part: &Part| matches!(part, Part::Text(t) | Part::Expression(t) if t.is_empty());
                prop_assert!(!message.parts.iter().any(empty));
            }
        }
    }
}
