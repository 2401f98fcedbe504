//! `float.hex` and `float.fromhex`.

use rustpython_wtf8::Wtf8;

use super::convert::{compose, decompose};
use crate::error::{Error, Result};
use crate::int::trim;

/// `float.hex`.
pub fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::repr(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let (mantissa, exponent) = decompose(value);
    if mantissa == 0 {
        return format!("{sign}0x0.0p+0");
    }
    let whole = mantissa >> 52;
    let fraction = mantissa & ((1 << 52) - 1);
    format!("{sign}0x{whole}.{fraction:013x}p{:+}", exponent + 52)
}

/// `float.fromhex`.
pub fn from_hex(text: &Wtf8) -> Result<f64> {
    let invalid = || Error::value("invalid hexadecimal floating-point string");
    let too_large = || Error::overflow("hexadecimal value too large to represent as a float");
    let bytes = trim(text.as_bytes());
    let negative = bytes.first() == Some(&b'-');
    let bytes = match bytes {
        [b'+' | b'-', rest @ ..] => rest,
        all => all,
    };
    let with_sign = |value: f64| if negative { -value } else { value };
    if bytes.eq_ignore_ascii_case(b"inf") || bytes.eq_ignore_ascii_case(b"infinity") {
        return Ok(with_sign(f64::INFINITY));
    }
    if bytes.eq_ignore_ascii_case(b"nan") {
        return Ok(with_sign(f64::NAN));
    }
    let mut rest = match bytes {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        all => all,
    };
    // The digits that count go to the mantissa until it is full; later ones only make it inexact.
    let mut mantissa: u128 = 0;
    let mut exponent: i64 = 0;
    let mut sticky = false;
    let mut count: i64 = 0;
    let mut point = false;
    loop {
        match rest {
            [b'.', tail @ ..] if !point => {
                point = true;
                rest = tail;
            }
            [byte, tail @ ..] if byte.is_ascii_hexdigit() => {
                let digit = u128::from((*byte as char).to_digit(16).unwrap_or(0));
                if mantissa >> 120 == 0 {
                    mantissa = mantissa << 4 | digit;
                    exponent -= if point { 4 } else { 0 };
                } else {
                    sticky |= digit != 0;
                    exponent += if point { 0 } else { 4 };
                }
                count += 1;
                rest = tail;
            }
            _ => break,
        }
    }
    if count == 0 {
        return Err(invalid());
    }
    if let [b'p' | b'P', tail @ ..] = rest {
        let text = std::str::from_utf8(tail).map_err(|_| invalid())?;
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid());
        }
        // What is too long for a number is beyond any float either way.
        let given: i64 = digits.parse().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        exponent += if text.starts_with('-') { -given } else { given };
        rest = &[];
    }
    if !rest.is_empty() {
        return Err(invalid());
    }
    if mantissa == 0 {
        return Ok(with_sign(0.0));
    }
    if exponent > 2000 {
        return Err(too_large());
    }
    if exponent < -3000 {
        return Ok(with_sign(0.0));
    }
    compose(mantissa, exponent, sticky).map(with_sign).ok_or_else(too_large)
}
