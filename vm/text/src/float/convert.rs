//! Exact ways between `int` and `float`: conversion, comparison, quotient.

use std::cmp::Ordering;

use malachite_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, ToPrimitive, Zero};

use crate::error::{Error, Result};
use crate::int::{Int, IntRef};

/// `mantissa * 2^exponent`, rounded half to even; `sticky` says that the true value is a little larger.
/// `None` where that is too large for a float. The mantissa must have at least 55 bits, or the value be exact.
pub(super) fn compose(mantissa: u128, exponent: i64, sticky: bool) -> Option<f64> {
    if mantissa == 0 {
        return Some(0.0);
    }
    let bits = i64::from(128 - mantissa.leading_zeros());
    // The exponent of the lowest bit that is kept; below it lies what is rounded away.
    let lowest = (exponent + bits - 53).max(-1074);
    let drop = lowest - exponent;
    let kept = match drop {
        ..=0 => (mantissa as u64) << -drop,
        1..=127 => {
            let kept = (mantissa >> drop) as u64;
            let rest = mantissa & ((1 << drop) - 1);
            let half = 1 << (drop - 1);
            let up = rest > half || rest == half && (sticky || kept & 1 == 1);
            kept + u64::from(up)
        }
        128 => u64::from(mantissa > 1 << 127 || mantissa == 1 << 127 && sticky),
        _ => 0,
    };
    // Rounding up may have given one bit more; then the number is a power of two and still exact.
    let kept_bits = i64::from(64 - kept.leading_zeros());
    if kept_bits + lowest > 1024 {
        return None;
    }
    // Both factors of the scaling are exact: the first product is normal or the second factor is 1.
    let value = kept as f64;
    let lowest = lowest as i32;
    Some(if lowest < -1022 {
        value * f64::from_bits(1 << (lowest + 1074))
    } else {
        value * f64::from_bits(((lowest + 1023) as u64) << 52)
    })
}

/// The highest 128 bits of a number, how far they were moved, and whether anything else was set.
fn top_bits(value: &BigUint) -> (u128, i64, bool) {
    let bits = value.bits();
    if bits <= 128 {
        return (value.to_u128().unwrap_or(0), 0, false);
    }
    let shift = bits - 128;
    let top = (value >> shift).to_u128().unwrap_or(0);
    (top, shift as i64, value.trailing_zeros().is_some_and(|zeros| zeros < shift))
}

/// `float(int)`, rounded half to even.
pub fn from_int(value: IntRef<'_>) -> Result<f64> {
    match value {
        IntRef::Small(value) => Ok(value as f64),
        IntRef::Big(value) => {
            let (top, exponent, sticky) = top_bits(value.magnitude());
            let float = compose(top, exponent, sticky)
                .ok_or_else(|| Error::overflow("int too large to convert to float"))?;
            Ok(if value.sign() == Sign::Minus { -float } else { float })
        }
    }
}

/// A finite number as `mantissa * 2^exponent`, the mantissa without sign.
pub(super) fn decompose(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52 & 0x7FF) as i32 {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent - 1075),
    }
}

/// `int(float)`: towards zero.
pub fn to_int(value: f64) -> Result<Int> {
    if value.is_nan() {
        return Err(Error::value("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(Error::overflow("cannot convert float infinity to integer"));
    }
    // Below 2^63 the conversion is exact.
    if value.abs() < 9_223_372_036_854_775_808.0 {
        return Ok(Int::Small(value as i64));
    }
    let (mantissa, exponent) = decompose(value);
    let magnitude = BigInt::from(mantissa) << exponent.max(0) as usize;
    Ok(Int::from(if value < 0.0 { -magnitude } else { magnitude }))
}

/// `math.floor` and `float.__floor__`.
pub fn floor(value: f64) -> Result<Int> {
    to_int(value.floor())
}

/// `math.ceil` and `float.__ceil__`.
pub fn ceil(value: f64) -> Result<Int> {
    to_int(value.ceil())
}

/// `float.is_integer`.
pub fn is_integer(value: f64) -> bool {
    value.is_finite() && value.trunc() == value
}

/// `float.as_integer_ratio`: numerator and denominator without common factor.
pub fn as_integer_ratio(value: f64) -> Result<(BigInt, BigInt)> {
    if value.is_nan() {
        return Err(Error::value("cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(Error::overflow("cannot convert Infinity to integer ratio"));
    }
    let (mut mantissa, mut exponent) = decompose(value);
    if mantissa == 0 {
        return Ok((BigInt::zero(), BigInt::one()));
    }
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    exponent += zeros as i32;
    let numerator = BigInt::from(mantissa) << exponent.max(0) as usize;
    let denominator = BigInt::one() << (-exponent).max(0) as usize;
    Ok((if value.is_sign_negative() { -numerator } else { numerator }, denominator))
}

/// Compares an `int` with a `float` exactly; `None` beside NaN.
pub fn compare(int: IntRef<'_>, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = float.trunc();
    let rest = || 0.0_f64.partial_cmp(&(float - whole));
    let by_whole = match (int, to_int(whole).ok()?) {
        (IntRef::Small(a), Int::Small(b)) => a.cmp(&b),
        (IntRef::Small(_), Int::Big(b)) => BigInt::zero().cmp(&b),
        (IntRef::Big(a), b) => a.cmp(&b.into_big()),
    };
    match by_whole {
        Ordering::Equal => rest(),
        other => Some(other),
    }
}

/// `int / int`, correctly rounded.
pub fn int_true_divide(dividend: IntRef<'_>, divisor: IntRef<'_>) -> Result<f64> {
    if divisor.is_zero() {
        return Err(Error::zero_division("division by zero"));
    }
    const EXACT: u64 = 1 << 53;
    if let (IntRef::Small(a), IntRef::Small(b)) = (dividend, divisor)
        && a.unsigned_abs() <= EXACT
        && b.unsigned_abs() <= EXACT
    {
        return Ok(if a == 0 { 0.0 } else { a as f64 / b as f64 });
    }
    let negative = dividend.is_negative() != divisor.is_negative();
    let magnitude = |value: IntRef<'_>| match value {
        IntRef::Small(value) => BigUint::from(value.unsigned_abs()),
        IntRef::Big(value) => value.magnitude().clone(),
    };
    let (a, b) = (magnitude(dividend), magnitude(divisor));
    if a.is_zero() {
        return Ok(0.0);
    }
    let too_large = || Error::overflow("integer division result too large for a float");
    let excess = a.bits() as i64 - b.bits() as i64;
    if excess > 1024 {
        return Err(too_large());
    }
    if excess < -1080 {
        return Ok(if negative { -0.0 } else { 0.0 });
    }
    // So that the quotient has 66 or 67 bits.
    let shift = 66 - excess;
    let (a, b) = if shift >= 0 { (a << shift as usize, b) } else { (a, b << -shift as usize) };
    let (quotient, rest) = a.div_rem(&b);
    let quotient = quotient.to_u128().ok_or_else(too_large)?;
    let value = compose(quotient, -shift, !rest.is_zero()).ok_or_else(too_large)?;
    Ok(if negative { -value } else { value })
}
