//! `unicode_escape` and `raw_unicode_escape`.

use std::io::Write as _;

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::driver::repair;
use super::escape::octal;
use super::{CodecError, DecodeHandler};
use crate::text::{from_parts, push};

/// Text from escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escaped {
    /// The text.
    pub text: Wtf8Buf,
    /// How many bytes it came from.
    pub used: usize,
    /// Where the first unknown escape's backslash is, or that of an octal one beyond `\377`: warned of.
    pub invalid: Option<usize>,
}

enum Read {
    Char(u32),
    Text(Wtf8Buf),
    Nothing,
    Unknown(u8),
    /// Malformed, or cut off by the end of the input.
    Fault {
        reason: &'static str,
        cut_off: bool,
    },
}

/// So many hexadecimal digits; moves past those that are there.
fn hexadecimal(
    input: &[u8],
    at: &mut usize,
    count: usize,
    truncated: &'static str,
    too_large: &'static str,
) -> Read {
    let mut value: u32 = 0;
    for _ in 0..count {
        let Some(&byte) = input.get(*at) else { return Read::Fault { reason: truncated, cut_off: true } };
        let Some(digit) = (byte as char).to_digit(16) else {
            return Read::Fault { reason: truncated, cut_off: false };
        };
        value = value << 4 | digit;
        *at += 1;
    }
    if value > 0x0010_FFFF { Read::Fault { reason: too_large, cut_off: false } } else { Read::Char(value) }
}

/// A name in braces, after `\N`.
fn named(input: &[u8], at: &mut usize, names: &dyn Fn(&str) -> Option<Wtf8Buf>) -> Read {
    let malformed = |cut_off| Read::Fault { reason: "malformed \\N character escape", cut_off };
    match input.get(*at) {
        None => return malformed(true),
        Some(b'{') => *at += 1,
        Some(_) => return malformed(false),
    }
    let rest = &input[*at..];
    let Some(len) = memchr::memchr(b'}', rest) else {
        *at = input.len();
        return malformed(true);
    };
    if len == 0 {
        return malformed(false);
    }
    *at += len + 1;
    match std::str::from_utf8(&rest[..len]).ok().and_then(names) {
        Some(text) => Read::Text(text),
        None => Read::Fault { reason: "unknown Unicode character name", cut_off: false },
    }
}

const ILLEGAL: &str = "illegal Unicode character";

fn escape(input: &[u8], at: &mut usize, names: &dyn Fn(&str) -> Option<Wtf8Buf>) -> Read {
    let Some(&byte) = input.get(*at) else {
        return Read::Fault { reason: "\\ at end of string", cut_off: true };
    };
    *at += 1;
    match byte {
        b'\n' => Read::Nothing,
        b'\\' | b'\'' | b'"' => Read::Char(byte.into()),
        b'b' => Read::Char(8),
        b'f' => Read::Char(12),
        b't' => Read::Char(9),
        b'n' => Read::Char(10),
        b'r' => Read::Char(13),
        b'v' => Read::Char(11),
        b'a' => Read::Char(7),
        b'0'..=b'7' => {
            let (value, len) = octal(&input[*at - 1..]);
            *at += len - 1;
            Read::Char(value)
        }
        b'x' => hexadecimal(input, at, 2, "truncated \\xXX escape", ILLEGAL),
        b'u' => hexadecimal(input, at, 4, "truncated \\uXXXX escape", ILLEGAL),
        b'U' => hexadecimal(input, at, 8, "truncated \\UXXXXXXXX escape", ILLEGAL),
        b'N' => named(input, at, names),
        other => Read::Unknown(other),
    }
}

/// Decodes the escapes of string literals; other bytes are Latin-1. `names` finds the characters of `\N`.
pub fn decode_unicode_escape<E: From<CodecError>>(
    input: &[u8],
    last: bool,
    names: &dyn Fn(&str) -> Option<Wtf8Buf>,
    handler: DecodeHandler<'_, E>,
) -> Result<Escaped, E> {
    let mut out = Vec::with_capacity(input.len());
    let mut invalid = None;
    let mut at = 0;
    while let Some(&byte) = input.get(at) {
        let start = at;
        at += 1;
        if byte != b'\\' {
            push(&mut out, byte.into());
            continue;
        }
        match escape(input, &mut at, names) {
            Read::Char(c) => {
                if c > 0o377 && input[start + 1].is_ascii_digit() {
                    invalid.get_or_insert(start);
                }
                push(&mut out, c);
            }
            Read::Text(text) => out.extend_from_slice(text.as_bytes()),
            Read::Nothing => {}
            Read::Unknown(other) => {
                invalid.get_or_insert(start);
                out.push(b'\\');
                push(&mut out, other.into());
            }
            Read::Fault { cut_off: true, .. } if !last => {
                return Ok(Escaped { text: from_parts(out), used: start, invalid });
            }
            Read::Fault { reason, .. } => {
                at = repair(&mut out, input, handler, ("unicodeescape", reason), (start, at))?;
            }
        }
    }
    Ok(Escaped { text: from_parts(out), used: at, invalid })
}

/// Decodes `\u` and `\U` alone; other bytes are Latin-1.
pub fn decode_raw_unicode_escape<E: From<CodecError>>(
    input: &[u8],
    last: bool,
    handler: DecodeHandler<'_, E>,
) -> Result<Escaped, E> {
    let mut out = Vec::with_capacity(input.len());
    let mut at = 0;
    while let Some(&byte) = input.get(at) {
        let start = at;
        at += 1;
        if byte != b'\\' || at == input.len() && last {
            push(&mut out, byte.into());
            continue;
        }
        let read = match input.get(at) {
            None => Read::Fault { reason: "", cut_off: true },
            Some(b'u') => {
                at += 1;
                hexadecimal(input, &mut at, 4, "truncated \\uXXXX escape", ILLEGAL)
            }
            Some(b'U') => {
                at += 1;
                hexadecimal(input, &mut at, 8, "truncated \\UXXXXXXXX escape", "\\Uxxxxxxxx out of range")
            }
            Some(&other) => {
                at += 1;
                Read::Unknown(other)
            }
        };
        match read {
            Read::Char(c) => push(&mut out, c),
            Read::Unknown(other) => {
                out.push(b'\\');
                push(&mut out, other.into());
            }
            Read::Fault { cut_off: true, .. } if !last => {
                return Ok(Escaped { text: from_parts(out), used: start, invalid: None });
            }
            Read::Fault { reason, .. } => {
                at = repair(&mut out, input, handler, ("rawunicodeescape", reason), (start, at))?;
            }
            Read::Text(_) | Read::Nothing => {}
        }
    }
    Ok(Escaped { text: from_parts(out), used: at, invalid: None })
}

/// Encodes to ASCII with the escapes of string literals.
pub fn encode_unicode_escape(text: &Wtf8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.code_points().map(CodePoint::to_u32) {
        // Writing to a vector can't fail.
        let _ = match c {
            0x5C => out.write_all(b"\\\\"),
            0x09 => out.write_all(b"\\t"),
            0x0A => out.write_all(b"\\n"),
            0x0D => out.write_all(b"\\r"),
            0x20..=0x7E => out.write_all(&[c as u8]),
            0..=0xFF => write!(out, "\\x{c:02x}"),
            0x100..=0xFFFF => write!(out, "\\u{c:04x}"),
            _ => write!(out, "\\U{c:08x}"),
        };
    }
    out
}

/// Encodes to Latin-1, with `\u` and `\U` for the rest.
pub fn encode_raw_unicode_escape(text: &Wtf8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.code_points().map(CodePoint::to_u32) {
        // Writing to a vector can't fail.
        let _ = match c {
            0..=0xFF => out.write_all(&[c as u8]),
            0x100..=0xFFFF => write!(out, "\\u{c:04x}"),
            _ => write!(out, "\\U{c:08x}"),
        };
    }
    out
}
