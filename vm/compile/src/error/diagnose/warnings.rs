//! Owns the warnings CPython's tokenizer and parser give: escapes that mean nothing and keywords that
//! touch a number. Warnings of the code generator are the library's.
use super::literal::{doubtful_escape, doubtful_escape_in_text};
use super::tokenizer::{TokenKind, Tokenizer};

/// The warnings for `source`: message and line, in CPython's order. `None`: the tokenizer has an error, or
/// there is something that the library is known to take where CPython does not: elements of a pattern
/// without a comma between them (so any `case`), and `yield ==`, both only if `strict`.
pub(in crate::error) fn warnings(source: &str, strict: bool) -> Option<Vec<(String, usize)>> {
    let mut found = Vec::new();
    collect(source, usize::MAX, strict, &mut found).map(|()| found)
}

/// The warnings for what is in front of an offset, as far as the tokenizer gets.
pub(super) fn warnings_until(source: &str, end: usize) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let _ = collect(source, end, false, &mut found);
    found
}

fn collect(source: &str, end: usize, strict: bool, found: &mut Vec<(String, usize)>) -> Option<()> {
    let mut tokenizer = Tokenizer::new(source.as_bytes());
    let mut before = "";
    let mut statement_starts = true;
    loop {
        let token = tokenizer.get().ok()?;
        found.append(&mut tokenizer.warnings);
        if token.start >= end {
            return Some(());
        }
        let text = source.get(token.start..token.end).unwrap_or_default();
        if strict && ((statement_starts && text == "case") || (before == "yield" && text == "==")) {
            return None;
        }
        statement_starts = matches!(token.kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent);
        before = text;
        let doubt = match token.kind {
            TokenKind::String => doubtful_escape(text),
            TokenKind::InterpolatedMiddle(_) if !token.raw => doubtful_escape_in_text(text),
            TokenKind::EndMarker => return Some(()),
            TokenKind::Error => return None,
            _ => None,
        };
        if let Some((at, message)) = doubt {
            let lines = text[..at].matches('\n').count();
            found.push((message, token.line as usize + lines));
        }
    }
}
