//! Numbers as text: decimal with the limit on digits, and the bases of `bin`, `oct` and `hex`.

use std::f64::consts::LOG10_2;

use malachite_bigint::BigInt;

use super::IntRef;
use crate::error::{Error, Result};

/// What `sys.get_int_max_str_digits()` gives by default.
pub const DEFAULT_DIGIT_LIMIT: usize = 4300;

/// So many digits are always allowed.
pub(crate) const LIMIT_THRESHOLD: usize = 640;

fn too_many(limit: usize) -> Error {
    Error::value(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion; \
         use sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// Refuses a number with more decimal digits than the limit, 0 for none, as far as that can be told cheaply.
pub fn check_digits(value: &BigInt, limit: usize) -> Result<()> {
    // 2^bits has at least this many digits; a trifle less keeps the estimate on the safe side.
    let at_least = value.bits().saturating_sub(1) as f64 * (LOG10_2 - 1e-9);
    if limit > 0 && value.bits() > 2000 && at_least > limit.max(LIMIT_THRESHOLD) as f64 {
        return Err(too_many(limit));
    }
    Ok(())
}

/// `str(int)`.
pub fn to_decimal(value: IntRef<'_>, limit: usize) -> Result<String> {
    match value {
        IntRef::Small(value) => Ok(itoa::Buffer::new().format(value).to_owned()),
        IntRef::Big(value) => {
            check_digits(value, limit)?;
            let text = value.to_str_radix(10);
            let digits = text.len() - usize::from(text.starts_with('-'));
            if limit > 0 && digits > limit.max(LIMIT_THRESHOLD) {
                return Err(too_many(limit));
            }
            Ok(text)
        }
    }
}

/// Appends a small number in decimal.
pub fn write_small(out: &mut String, value: i64) {
    out.push_str(itoa::Buffer::new().format(value));
}

/// Digits in base 2 to 36 in lower case, after a minus sign where there is one; no prefix.
pub fn to_radix(value: IntRef<'_>, base: u32) -> String {
    match value {
        IntRef::Big(value) => value.to_str_radix(base.clamp(2, 36)),
        IntRef::Small(value) => {
            let sign = if value < 0 { "-" } else { "" };
            let value = value.unsigned_abs();
            match base {
                2 => format!("{sign}{value:b}"),
                8 => format!("{sign}{value:o}"),
                10 => format!("{sign}{value}"),
                16 => format!("{sign}{value:x}"),
                _ => format!("{sign}{}", BigInt::from(value).to_str_radix(base.clamp(2, 36))),
            }
        }
    }
}
