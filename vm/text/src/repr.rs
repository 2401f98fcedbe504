//! `repr` and `ascii` of `str`, `repr` of `bytes` and `bytearray`.

use std::fmt::Write as _;

use rustpython_wtf8::Wtf8;

use crate::text::decode;
use crate::unicode;

/// Single quotes, unless only those occur within.
fn quote(bytes: &[u8]) -> u8 {
    if memchr::memchr(b'\'', bytes).is_some() && memchr::memchr(b'"', bytes).is_none() { b'"' } else { b'\'' }
}

/// What is written of an ASCII byte, `None` for itself.
fn escape(byte: u8, quote: u8) -> Option<&'static str> {
    Some(match byte {
        b'\\' => r"\\",
        b'\t' => r"\t",
        b'\n' => r"\n",
        b'\r' => r"\r",
        b'\'' if quote == b'\'' => r"\'",
        b'"' if quote == b'"' => r#"\""#,
        _ => return None,
    })
}

fn escape_number(out: &mut String, c: u32) {
    // Writing to a string can't fail.
    let _ = if c < 0x100 {
        write!(out, "\\x{c:02x}")
    } else if c < 0x1_0000 {
        write!(out, "\\u{c:04x}")
    } else {
        write!(out, "\\U{c:08x}")
    };
}

fn quoted(text: &Wtf8, ascii_only: bool) -> String {
    let bytes = text.as_bytes();
    let quote = quote(bytes);
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push(quote as char);
    let mut at = 0;
    while at < bytes.len() {
        // What stays as it is is copied in one piece.
        let plain = bytes[at..]
            .iter()
            .position(|&byte| !matches!(byte, b' '..0x7F) || matches!(byte, b'\\' | b'\'' | b'"'))
            .unwrap_or(bytes.len() - at);
        if plain > 0 {
            out.push_str(text[at..at + plain].as_str().unwrap_or_default());
            at += plain;
        }
        let Some((c, len)) = decode(&bytes[at..]) else { break };
        at += len;
        match (u8::try_from(c).ok().and_then(|byte| escape(byte, quote)), char::from_u32(c)) {
            (Some(escaped), _) => out.push_str(escaped),
            (None, Some(char)) if unicode::is_printable(c) && !(ascii_only && c >= 0x80) => out.push(char),
            _ => escape_number(&mut out, c),
        }
    }
    out.push(quote as char);
    out
}

/// `repr` of a string. Lone surrogates are escaped, so that the result is UTF-8.
pub fn repr(text: &Wtf8) -> String {
    quoted(text, false)
}

/// `ascii` of a string: everything beyond ASCII escaped.
pub fn ascii(text: &Wtf8) -> String {
    quoted(text, true)
}

/// `ascii` of any object, from its `repr`.
pub fn ascii_of_repr(repr: &Wtf8) -> String {
    let mut out = String::with_capacity(repr.len());
    for c in repr.code_points() {
        match c.to_char() {
            Some(char) if char.is_ascii() => out.push(char),
            _ => escape_number(&mut out, c.to_u32()),
        }
    }
    out
}

/// The bytes as a literal. A `bytearray` escapes single quotes within double ones too.
fn quoted_bytes(out: &mut String, bytes: &[u8], escape_single: bool) {
    let quote = quote(bytes);
    out.push('b');
    out.push(quote as char);
    for &byte in bytes {
        let escaped = if escape_single && byte == b'\'' { Some(r"\'") } else { escape(byte, quote) };
        match (escaped, byte) {
            (Some(escaped), _) => out.push_str(escaped),
            (None, b' '..0x7F) => out.push(byte as char),
            _ => escape_number(out, byte.into()),
        }
    }
    out.push(quote as char);
}

/// `repr` of `bytes`.
pub fn repr_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 3);
    quoted_bytes(&mut out, bytes, false);
    out
}

/// `repr` of `bytearray`, or of a subclass with another name.
pub fn repr_bytearray(type_name: &str, bytes: &[u8]) -> String {
    let mut out = String::with_capacity(type_name.len() + bytes.len() + 5);
    out.push_str(type_name);
    out.push('(');
    quoted_bytes(&mut out, bytes, true);
    out.push(')');
    out
}
