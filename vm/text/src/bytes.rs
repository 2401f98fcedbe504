//! What `bytes` and `bytearray` do their own way: case and predicates of ASCII, hexadecimal text.
//!
//! Searching, splitting, stripping, padding, replacing and translating bytes stand with the same for text.

use rustpython_wtf8::Wtf8;

use crate::error::{Error, Result, reserve};
use crate::split::is_space_byte;

/// `bytes.upper`.
pub fn upper(bytes: &[u8]) -> Vec<u8> {
    bytes.to_ascii_uppercase()
}

/// `bytes.lower`.
pub fn lower(bytes: &[u8]) -> Vec<u8> {
    bytes.to_ascii_lowercase()
}

/// `bytes.swapcase`.
pub fn swapcase(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| if byte.is_ascii_alphabetic() { byte ^ 0x20 } else { *byte }).collect()
}

/// `bytes.capitalize`.
pub fn capitalize(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// `bytes.title`.
pub fn title(bytes: &[u8]) -> Vec<u8> {
    let mut in_word = false;
    let each = |byte: &u8| {
        let cased = if in_word { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
        in_word = byte.is_ascii_alphabetic();
        cased
    };
    bytes.iter().map(each).collect()
}

fn all(bytes: &[u8], is: impl Fn(&u8) -> bool) -> bool {
    !bytes.is_empty() && bytes.iter().all(is)
}

/// `bytes.isalpha`.
pub fn is_alpha(bytes: &[u8]) -> bool {
    all(bytes, u8::is_ascii_alphabetic)
}

/// `bytes.isalnum`.
pub fn is_alnum(bytes: &[u8]) -> bool {
    all(bytes, u8::is_ascii_alphanumeric)
}

/// `bytes.isdigit`.
pub fn is_digit(bytes: &[u8]) -> bool {
    all(bytes, u8::is_ascii_digit)
}

/// `bytes.isspace`.
pub fn is_space(bytes: &[u8]) -> bool {
    all(bytes, |&byte| is_space_byte(byte))
}

/// `bytes.isascii`: true of no bytes.
pub fn is_ascii(bytes: &[u8]) -> bool {
    bytes.is_ascii()
}

/// `bytes.islower`.
pub fn is_lower(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)
}

/// `bytes.isupper`.
pub fn is_upper(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)
}

/// `bytes.istitle`.
pub fn is_title(bytes: &[u8]) -> bool {
    let mut cased = false;
    let mut in_word = false;
    for byte in bytes {
        if byte.is_ascii_uppercase() && in_word || byte.is_ascii_lowercase() && !in_word {
            return false;
        }
        in_word = byte.is_ascii_alphabetic();
        cased |= in_word;
    }
    cased
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// `bytes.hex`: a separator between groups of `group` bytes, counted from the right, or from the left if
/// negative.
pub fn hex(bytes: &[u8], separator: Option<char>, group: isize) -> Result<String> {
    let separators = match separator {
        Some(_) if group != 0 => bytes.len().saturating_sub(1) / group.unsigned_abs(),
        _ => 0,
    };
    let size = bytes.len().checked_mul(2).and_then(|size| size.checked_add(separators * 2));
    let mut out = reserve(size)?;
    let mut wide = [0; 2];
    let separator = separator.map_or(&b""[..], |c| {
        // A character past ASCII can only be of Latin-1, so two bytes are enough.
        if c.len_utf8() <= 2 { c.encode_utf8(&mut wide).as_bytes() } else { b"?" }
    });
    let step = group.unsigned_abs();
    for (i, &byte) in bytes.iter().enumerate() {
        if i > 0 && step > 0 && (if group > 0 { bytes.len() - i } else { i }).is_multiple_of(step) {
            out.extend_from_slice(separator);
        }
        out.push(DIGITS[(byte >> 4) as usize]);
        out.push(DIGITS[(byte & 15) as usize]);
    }
    Ok(String::from_utf8(out).unwrap_or_default())
}

/// The separator of `bytes.hex` from its argument's code points.
pub fn hex_separator(separator: &Wtf8) -> Result<char> {
    let mut chars = separator.code_points();
    match (chars.next(), chars.next()) {
        (Some(c), None) => {
            c.to_char().filter(char::is_ascii).ok_or_else(|| Error::value("sep must be ASCII."))
        }
        _ => Err(Error::value("sep must be length 1.")),
    }
}

/// `bytes.fromhex` of a text.
pub fn from_hex(text: &Wtf8) -> Result<Vec<u8>> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len() / 2);
    let digit = |at: usize| bytes.get(at).and_then(|&byte| (byte as char).to_digit(16)).map(|d| d as u8);
    let wrong = |at: usize| {
        // Digits and white space are ASCII, so that up to the first wrong character, bytes are characters.
        Error::value(format!("non-hexadecimal number found in fromhex() arg at position {at}"))
    };
    let mut at = 0;
    while at < bytes.len() {
        if is_space_byte(bytes[at]) {
            at += 1;
            continue;
        }
        let high = digit(at).ok_or_else(|| wrong(at))?;
        if at + 1 == bytes.len() {
            return Err(Error::value("fromhex() arg must contain an even number of hexadecimal digits"));
        }
        let low = digit(at + 1).ok_or_else(|| wrong(at + 1))?;
        out.push(high << 4 | low);
        at += 2;
    }
    Ok(out)
}
