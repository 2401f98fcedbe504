//! `round`.

use super::convert::to_int;
use crate::error::{Error, Result};
use crate::int::Int;

/// `round(x)`: to the nearest whole number, halves to the even one.
pub fn round_to_int(value: f64) -> Result<Int> {
    to_int(value.round_ties_even())
}

/// `round(x, digits)`: correctly rounded in decimal, halves to even.
pub fn round_to_digits(value: f64, digits: i64) -> Result<f64> {
    // Past these no digit is affected, or none remains.
    const MOST: i64 = 323;
    const LEAST: i64 = -308;
    if !value.is_finite() || value == 0.0 || digits > MOST {
        return Ok(value);
    }
    if digits < LEAST {
        return Ok(0.0 * value);
    }
    let rounded: f64 = if digits >= 0 {
        format!("{:.*}", digits as usize, value).parse().unwrap_or(value)
    } else {
        round_to_tens(value, digits.unsigned_abs() as usize)
    };
    if rounded.is_finite() {
        Ok(rounded)
    } else {
        Err(Error::overflow("rounded value too large to represent"))
    }
}

/// To a multiple of `10^places`.
fn round_to_tens(value: f64, places: usize) -> f64 {
    let whole = format!("{:.0}", value.trunc().abs());
    let zero = if value < 0.0 { -0.0 } else { 0.0 };
    if whole.len() < places {
        return zero;
    }
    let (kept, dropped) = whole.split_at(whole.len() - places);
    let (first, later) = dropped.split_at(1);
    let beyond = value.fract() != 0.0 || later.bytes().any(|byte| byte != b'0');
    let odd = kept.bytes().last().is_some_and(|byte| byte & 1 == 1);
    let up = first > "5" || first == "5" && (beyond || odd);
    let mut kept = kept.as_bytes().to_vec();
    if up {
        let nines = kept.iter().rev().take_while(|&&byte| byte == b'9').count();
        let len = kept.len();
        kept[len - nines..].fill(b'0');
        match len.checked_sub(nines + 1) {
            Some(last) => kept[last] += 1,
            None => kept.insert(0, b'1'),
        }
    }
    if kept.is_empty() {
        return zero;
    }
    let text = format!("{}e{places}", String::from_utf8(kept).unwrap_or_default());
    text.parse::<f64>().map_or(value, |rounded| rounded.copysign(value))
}
