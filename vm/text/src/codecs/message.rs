//! What `str` gives of `UnicodeDecodeError`, `UnicodeEncodeError` and `UnicodeTranslateError`.

use crate::Text;

/// Where the one element concerned is, if there is one; positions may be any that a program gave.
fn single(start: isize, end: isize, len: usize) -> Option<usize> {
    let at = usize::try_from(start).ok()?;
    (at < len && start.checked_add(1) == Some(end)).then_some(at)
}

/// Of a `UnicodeDecodeError`.
pub fn decode_error(encoding: &str, object: &[u8], start: isize, end: isize, reason: &str) -> String {
    if let Some(at) = single(start, end, object.len()) {
        let byte = object[at];
        format!("'{encoding}' codec can't decode byte {byte:#04x} in position {at}: {reason}")
    } else {
        let last = end.saturating_sub(1);
        format!("'{encoding}' codec can't decode bytes in position {start}-{last}: {reason}")
    }
}

/// Of a `UnicodeEncodeError`.
pub fn encode_error(encoding: &str, object: Text<'_>, start: isize, end: isize, reason: &str) -> String {
    format!("'{encoding}' codec can't encode {}", characters(object, start, end, reason))
}

/// Of a `UnicodeTranslateError`.
pub fn translate_error(object: Text<'_>, start: isize, end: isize, reason: &str) -> String {
    format!("can't translate {}", characters(object, start, end, reason))
}

fn characters(object: Text<'_>, start: isize, end: isize, reason: &str) -> String {
    if let Some(at) = single(start, end, object.len()) {
        let shown = super::handlers::backslashes(object.slice(at..at + 1));
        format!("character '{shown}' in position {at}: {reason}")
    } else {
        format!("characters in position {start}-{}: {reason}", end.saturating_sub(1))
    }
}
