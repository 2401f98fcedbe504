//! `repr()` of a string. CPython: Objects/unicodeobject.c, `unicode_repr`.

use std::fmt;

use rustpython_wtf8::{CodePoint, Wtf8};

use super::printable::is_printable;

/// Writes a string in the quotes that need fewer escapes, with escapes for what cannot be printed.
pub(super) fn write_quoted(text: &Wtf8, out: &mut impl fmt::Write) -> fmt::Result {
    let bytes = text.as_bytes();
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    out.write_char(quote)?;
    match text.as_str() {
        Ok(text) => write_utf8(text, quote, out)?,
        Err(_) => text.code_points().try_for_each(|point| write_point(point, quote, out))?,
    }
    out.write_char(quote)
}

/// Writes runs of characters that need no escape at one go: nearly all strings are one such run.
fn write_utf8(text: &str, quote: char, out: &mut impl fmt::Write) -> fmt::Result {
    let mut run = 0;
    for (at, char) in text.char_indices() {
        if !is_plain(char, quote) {
            out.write_str(&text[run..at])?;
            write_point(char.into(), quote, out)?;
            run = at + char.len_utf8();
        }
    }
    out.write_str(&text[run..])
}

fn is_plain(char: char, quote: char) -> bool {
    match char {
        '\\' => false,
        ' '..='~' => char != quote,
        '\0'..='\x7f' => false,
        _ => is_printable(char),
    }
}

fn write_point(point: CodePoint, quote: char, out: &mut impl fmt::Write) -> fmt::Result {
    match point.to_char() {
        Some('\n') => out.write_str("\\n"),
        Some('\r') => out.write_str("\\r"),
        Some('\t') => out.write_str("\\t"),
        Some(char) if char == quote || char == '\\' => write!(out, "\\{char}"),
        Some(char) if is_plain(char, quote) => out.write_char(char),
        _ => match point.to_u32() {
            number @ ..0x100 => write!(out, "\\x{number:02x}"),
            number @ ..0x1_0000 => write!(out, "\\u{number:04x}"),
            number => write!(out, "\\U{number:08x}"),
        },
    }
}
