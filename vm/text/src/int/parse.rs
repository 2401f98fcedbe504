//! `int(text, base)`.

use std::borrow::Cow;

use malachite_bigint::BigInt;
use rustpython_wtf8::Wtf8;

use super::Int;
use super::text::LIMIT_THRESHOLD;
use crate::error::{Error, Result};
use crate::repr;
use crate::split::is_space_byte;
use crate::text::decode;
use crate::unicode;

/// Refuses bases that Python does not know.
pub fn check_base(base: i64) -> Result<u32> {
    match u32::try_from(base) {
        Ok(base @ (0 | 2..=36)) => Ok(base),
        _ => Err(Error::value("int() base must be >= 2 and <= 36, or 0")),
    }
}

/// Digits of any decimal number system as ASCII, other white space as blanks; at the first other character
/// past ASCII a `?`, which no number holds.
pub(crate) fn to_ascii(text: &Wtf8) -> Cow<'_, [u8]> {
    let bytes = text.as_bytes();
    if bytes.is_ascii() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((c, len)) = decode(rest) {
        if c < 0x7F {
            out.push(c as u8);
        } else if unicode::is_space(c) {
            out.push(b' ');
        } else if let Some(digit) = unicode::decimal_value(c) {
            out.push(b'0' + digit);
        } else {
            out.push(b'?');
            break;
        }
        rest = &rest[len..];
    }
    Cow::Owned(out)
}

pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_space_byte(*first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && is_space_byte(*last)
    {
        bytes = rest;
    }
    bytes
}

/// Why a text is no number.
enum Fault {
    Malformed,
    Error(Error),
}

/// `int(text, base)` with the limit on decimal digits, 0 for none.
pub fn parse(text: &Wtf8, base: u32, limit: usize) -> Result<Int> {
    parse_ascii(&to_ascii(text), base, limit).map_err(|fault| invalid(fault, base, || repr::repr(text)))
}

/// `int(bytes, base)`.
pub fn parse_bytes(bytes: &[u8], base: u32, limit: usize) -> Result<Int> {
    parse_ascii(bytes, base, limit).map_err(|fault| invalid(fault, base, || repr::repr_bytes(bytes)))
}

#[cold]
fn invalid(fault: Fault, base: u32, repr: impl FnOnce() -> String) -> Error {
    match fault {
        Fault::Error(error) => error,
        Fault::Malformed => {
            let shown: String = repr().chars().take(200).collect();
            Error::value(format!("invalid literal for int() with base {base}: {shown}"))
        }
    }
}

fn parse_ascii(bytes: &[u8], base: u32, limit: usize) -> Result<Int, Fault> {
    let mut rest = trim(bytes);
    let negative = rest.first() == Some(&b'-');
    if let [b'+' | b'-', tail @ ..] = rest {
        rest = tail;
    }
    let mut base = base;
    let mut only_zero = false;
    let prefixed = match rest {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    if base == 0 {
        base = if prefixed == 0 { 10 } else { prefixed };
        // Old octal literals are refused, zeros alone are not.
        only_zero = prefixed == 0 && rest.first() == Some(&b'0');
    }
    if prefixed == base {
        rest = &rest[2..];
        if let [b'_', tail @ ..] = rest {
            rest = tail;
        }
    }
    let value = digits(rest, base, negative, limit)?;
    if only_zero && value != Int::Small(0) {
        return Err(Fault::Malformed);
    }
    Ok(value)
}

/// Digits with single underscores between them.
fn digits(bytes: &[u8], base: u32, negative: bool, limit: usize) -> Result<Int, Fault> {
    let mut small: Option<i64> = Some(0);
    let mut count = 0;
    let mut after_underscore = true;
    let mut used = 0;
    for &byte in bytes {
        if byte == b'_' {
            if after_underscore {
                return Err(Fault::Malformed);
            }
            after_underscore = true;
        } else if let Some(digit) = (byte as char).to_digit(base) {
            after_underscore = false;
            count += 1;
            small = small
                .and_then(|value| value.checked_mul(base.into()))
                .and_then(|value| value.checked_add(digit.into()));
        } else {
            break;
        }
        used += 1;
    }
    if after_underscore || used < bytes.len() {
        return Err(Fault::Malformed);
    }
    if !base.is_power_of_two() && count > LIMIT_THRESHOLD && limit > 0 && count > limit {
        return Err(Fault::Error(Error::value(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} digits; \
             use sys.set_int_max_str_digits() to increase the limit"
        ))));
    }
    if let Some(value) = small {
        return Ok(Int::Small(if negative { -value } else { value }));
    }
    let plain: Cow<'_, [u8]> = if count == used {
        Cow::Borrowed(bytes)
    } else {
        Cow::Owned(bytes.iter().copied().filter(|&byte| byte != b'_').collect())
    };
    let value = BigInt::parse_bytes(&plain, base).ok_or(Fault::Malformed)?;
    Ok(Int::from(if negative { -value } else { value }))
}

/// Plain digits of a base, without sign, blanks or underscores: what a tokenizer or a pickle holds.
pub fn parse_literal_digits(bytes: &[u8], base: u32) -> Option<Int> {
    if !(2..=36).contains(&base) || bytes.contains(&b'_') {
        return None;
    }
    digits(bytes, base, false, 0).ok()
}
