//! Texts as JSON strings.

use std::fmt::Write as _;

use lasti_vm::text::Str;
use rustpython_wtf8::{Wtf8, Wtf8Buf};

/// The escape of a character that has a short one.
fn short(c: u32) -> Option<&'static str> {
    Some(match c {
        0x22 => "\\\"",
        0x5C => "\\\\",
        0x08 => "\\b",
        0x0C => "\\f",
        0x0A => "\\n",
        0x0D => "\\r",
        0x09 => "\\t",
        _ => return None,
    })
}

fn numbered(unit: u32, out: &mut Wtf8Buf) {
    let mut text = String::with_capacity(6);
    // Writing to a string can't fail.
    let _ = write!(text, "\\u{unit:04x}");
    out.push_str(&text);
}

/// Whether a byte stands for itself in either form.
fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E) && byte != b'"' && byte != b'\\'
}

/// The text in quotes, with everything that is not ASCII as numbers.
pub(super) fn ascii(text: &Str, out: &mut Wtf8Buf) {
    out.push_str("\"");
    if text.is_ascii() && text.as_bytes().iter().all(|&byte| is_plain(byte)) {
        out.push_wtf8(text.as_wtf8());
    } else {
        for c in text.as_wtf8().code_points() {
            let number = c.to_u32();
            match number {
                0x20..=0x7E if short(number).is_none() => out.push(c),
                0x1_0000.. => {
                    let above = number - 0x1_0000;
                    numbered(0xD800 + (above >> 10), out);
                    numbered(0xDC00 + (above & 0x3FF), out);
                }
                _ => match short(number) {
                    Some(escape) => out.push_str(escape),
                    None => numbered(number, out),
                },
            }
        }
    }
    out.push_str("\"");
}

/// The text in quotes, with only quotes, backslashes and control characters escaped.
pub(super) fn unicode(text: &Str, out: &mut Wtf8Buf) {
    out.push_str("\"");
    let mut rest: &Wtf8 = text.as_wtf8();
    loop {
        let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
        let Some(at) = rest.as_bytes().iter().position(special) else { break };
        out.push_wtf8(&rest[..at]);
        let number = u32::from(rest.as_bytes()[at]);
        match short(number) {
            Some(escape) => out.push_str(escape),
            None => numbered(number, out),
        }
        rest = &rest[at + 1..];
    }
    out.push_wtf8(rest);
    out.push_str("\"");
}
