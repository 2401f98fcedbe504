//! `float(text)`.

use std::borrow::Cow;

use rustpython_wtf8::Wtf8;

use crate::error::{Error, Result};
use crate::int::{to_ascii, trim};
use crate::repr;

#[cold]
fn invalid(repr: &str) -> Error {
    Error::value(format!("could not convert string to float: {repr}"))
}

/// `float(text)`.
pub fn parse(text: &Wtf8) -> Result<f64> {
    parse_ascii(&to_ascii(text)).ok_or_else(|| invalid(&repr::repr(text)))
}

/// `float(bytes)`.
pub fn parse_bytes(bytes: &[u8]) -> Result<f64> {
    parse_ascii(bytes).ok_or_else(|| invalid(&repr::repr_bytes(bytes)))
}

fn parse_ascii(bytes: &[u8]) -> Option<f64> {
    let bytes = without_underscores(trim(bytes))?;
    let (value, used) = scan(&bytes)?;
    (used == bytes.len()).then_some(value)
}

/// Underscores may stand between two digits.
pub(crate) fn without_underscores(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !bytes.contains(&b'_') {
        return Some(Cow::Borrowed(bytes));
    }
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let mut out = Vec::with_capacity(bytes.len());
    for (i, &byte) in bytes.iter().enumerate() {
        if byte != b'_' {
            out.push(byte);
        } else if !(digit(i.checked_sub(1).and_then(|i| bytes.get(i))) && digit(bytes.get(i + 1))) {
            return None;
        }
    }
    Some(Cow::Owned(out))
}

/// The number that begins these bytes, with its length.
pub(crate) fn scan(bytes: &[u8]) -> Option<(f64, usize)> {
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let negative = bytes.first() == Some(&b'-');
    let mut end = sign;
    let whole = digits(end);
    end += whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        let named = |name: &[u8]| {
            bytes.get(sign..sign + name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        let (value, len) = if named(b"infinity") {
            (f64::INFINITY, 8)
        } else if named(b"inf") {
            (f64::INFINITY, 3)
        } else if named(b"nan") {
            (f64::NAN, 3)
        } else {
            return None;
        };
        return Some((if negative { -value } else { value }, sign + len));
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let exponent_sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits((end + 1 + exponent_sign).min(bytes.len()));
        if exponent > 0 {
            end += 1 + exponent_sign + exponent;
        }
    }
    let text = std::str::from_utf8(&bytes[..end]).ok()?;
    Some((text.parse().ok()?, end))
}
