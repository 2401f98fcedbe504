//! JSON strings as texts.

use lasti_vm::text::Str;
use lasti_vm::{PyResult, Ref, Vm};
use rustpython_wtf8::{CodePoint, Wtf8Buf};

use super::decode_error;

/// The string whose opening quote lies before the byte `begin`, and the byte behind its closing quote. What is `strict`
/// allows no control characters.
pub(super) fn scan(vm: &Vm, text: &Ref<Str>, begin: usize, strict: bool) -> PyResult<(Ref<Str>, usize)> {
    let bytes = text.as_bytes();
    let unterminated = || decode_error(vm, "Unterminated string starting at", text, begin.saturating_sub(1));
    let mut out: Option<Wtf8Buf> = None;
    let mut chunk = begin;
    loop {
        let rest = &bytes[chunk..];
        let special = |&byte: &u8| byte == b'"' || byte == b'\\' || byte < 0x20 && strict;
        let Some(length) = rest.iter().position(special) else { return Err(unterminated()) };
        let at = chunk + length;
        let part = &text.as_wtf8()[chunk..at];
        match bytes[at] {
            b'"' => {
                let scanned = match out {
                    None => Str::from_wtf8(part),
                    Some(mut out) => {
                        out.push_wtf8(part);
                        Str::from_wtf8(&out)
                    }
                };
                return Ok((scanned, at + 1));
            }
            b'\\' => {}
            _ => return Err(decode_error(vm, "Invalid control character at", text, at)),
        }
        let out = out.get_or_insert_with(Wtf8Buf::new);
        out.push_wtf8(part);
        let Some(&letter) = bytes.get(at + 1) else { return Err(unterminated()) };
        chunk = at + 2;
        let c = match letter {
            b'"' | b'\\' | b'/' => letter,
            b'b' => 0x08,
            b'f' => 0x0C,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let (c, end) = numbered(bytes, chunk)
                    .map_err(|at| decode_error(vm, "Invalid \\uXXXX escape", text, at))?;
                if let Some(c) = CodePoint::from_u32(c) {
                    out.push(c);
                }
                chunk = end;
                continue;
            }
            _ => return Err(decode_error(vm, "Invalid \\escape", text, at)),
        };
        out.push_char(char::from(c));
    }
}

/// Four hexadecimal digits.
fn digits(bytes: &[u8], at: usize) -> Option<u32> {
    let mut number = 0;
    for &byte in bytes.get(at..at + 4)? {
        number = number << 4 | char::from(byte).to_digit(16)?;
    }
    Some(number)
}

/// What is written as `\uXXXX`, with the digits at `at`, or as two such that are a surrogate pair; and the byte behind
/// it. Otherwise where the fault is.
fn numbered(bytes: &[u8], at: usize) -> Result<(u32, usize), usize> {
    let first = digits(bytes, at).ok_or(at - 1)?;
    let end = at + 4;
    if (0xD800..0xDC00).contains(&first) && bytes[end..].starts_with(b"\\u") {
        let second = digits(bytes, end + 2).ok_or(end + 1)?;
        if (0xDC00..0xE000).contains(&second) {
            return Ok((0x1_0000 + ((first - 0xD800) << 10 | (second - 0xDC00)), end + 6));
        }
    }
    Ok((first, end))
}
