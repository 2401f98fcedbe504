//! `codecs.escape_decode` and `escape_encode`: the escapes of bytes literals.

use crate::error::{Error, Result};

/// What became of escapes that Python does not know: they stand for themselves and are warned of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unescaped {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Where the first unknown escape's backslash is, or that of an octal one beyond `\377`.
    pub invalid: Option<usize>,
}

/// Decodes the escapes. `errors` is `strict`, `replace` or `ignore`.
pub fn decode(input: &[u8], errors: &str) -> Result<Unescaped> {
    let mut out = Vec::with_capacity(input.len());
    let mut invalid = None;
    let mut at = 0;
    while let Some(&byte) = input.get(at) {
        if byte != b'\\' {
            let rest = &input[at..];
            let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
            out.extend_from_slice(&rest[..plain]);
            at += plain;
            continue;
        }
        let start = at;
        let Some(&escape) = input.get(at + 1) else {
            return Err(Error::value("Trailing \\ in string"));
        };
        at += 2;
        let simple = match escape {
            b'\n' => continue,
            b'\\' | b'\'' | b'"' => escape,
            b'b' => 8,
            b'f' => 12,
            b't' => b'\t',
            b'n' => b'\n',
            b'r' => b'\r',
            b'v' => 11,
            b'a' => 7,
            b'0'..=b'7' => {
                let (value, len) = octal(&input[at - 1..]);
                at += len - 1;
                if value > 0o377 {
                    invalid.get_or_insert(start);
                }
                value as u8
            }
            b'x' => {
                let digit = |at: usize| input.get(at).and_then(|&byte| (byte as char).to_digit(16));
                if let (Some(high), Some(low)) = (digit(at), digit(at + 1)) {
                    at += 2;
                    (high << 4 | low) as u8
                } else {
                    match errors {
                        "strict" => {
                            return Err(Error::value(format!("invalid \\x escape at position {start}")));
                        }
                        "replace" => out.push(b'?'),
                        "ignore" => {}
                        _ => {
                            return Err(Error::value(format!(
                                "decoding error; unknown error handling code: {errors}"
                            )));
                        }
                    }
                    at += usize::from(digit(at).is_some());
                    continue;
                }
            }
            _ => {
                invalid.get_or_insert(start);
                out.extend([b'\\', escape]);
                continue;
            }
        };
        out.push(simple);
    }
    Ok(Unescaped { bytes: out, invalid })
}

/// One to three octal digits, with their count.
pub(super) fn octal(digits: &[u8]) -> (u32, usize) {
    let mut value = 0;
    let mut len = 0;
    for &byte in digits.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')) {
        value = value * 8 + u32::from(byte - b'0');
        len += 1;
    }
    (value, len)
}

/// Encodes: what `repr` writes between single quotes.
pub fn encode(input: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = Vec::with_capacity(input.len());
    for &byte in input {
        match byte {
            b'\\' | b'\'' => out.extend([b'\\', byte]),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b' '..=b'~' => out.push(byte),
            _ => out.extend([b'\\', b'x', DIGITS[(byte >> 4) as usize], DIGITS[(byte & 15) as usize]]),
        }
    }
    out
}
