//! Division and powers with Python's rules and errors.

use crate::error::{Error, Result};

fn by_zero() -> Error {
    Error::zero_division("division by zero")
}

/// `a / b`.
#[inline]
pub fn divide(a: f64, b: f64) -> Result<f64> {
    if b == 0.0 { Err(by_zero()) } else { Ok(a / b) }
}

/// `a % b`: with the divisor's sign.
#[inline]
pub fn remainder(a: f64, b: f64) -> Result<f64> {
    if b == 0.0 {
        return Err(by_zero());
    }
    let rest = a % b;
    Ok(if rest == 0.0 {
        0.0_f64.copysign(b)
    } else if (b < 0.0) == (rest < 0.0) {
        rest
    } else {
        rest + b
    })
}

/// `a // b`.
pub fn floor_divide(a: f64, b: f64) -> Result<f64> {
    divmod(a, b).map(|(quotient, _)| quotient)
}

/// `divmod(a, b)`.
pub fn divmod(a: f64, b: f64) -> Result<(f64, f64)> {
    if b == 0.0 {
        return Err(by_zero());
    }
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest == 0.0 {
        rest = 0.0_f64.copysign(b);
    } else if (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return Ok((0.0_f64.copysign(a / b), rest));
    }
    // The quotient is nearly whole; the nearest whole number is meant.
    let whole = quotient.floor();
    Ok((if quotient - whole > 0.5 { whole + 1.0 } else { whole }, rest))
}

/// What `a ** b` gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Power {
    /// A float.
    Float(f64),
    /// The power of a negative number to one that is not whole: the complex power is asked for.
    Complex,
}

/// `a ** b`.
///
/// The error of an overflow has two arguments in CPython, `(34, 'Numerical result out of range')`; the message
/// is what `str` makes of them.
pub fn pow(a: f64, b: f64) -> Result<Power> {
    if b == 0.0 || a == 1.0 {
        return Ok(Power::Float(1.0));
    }
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return Err(Error::zero_division("zero to a negative power"));
    }
    if a == 0.0 && b == f64::NEG_INFINITY {
        return Ok(Power::Float(f64::INFINITY));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.floor() != b {
        return Ok(Power::Complex);
    }
    let power = a.powf(b);
    if power.is_infinite() && a.is_finite() && b.is_finite() {
        return Err(Error::overflow("(34, 'Numerical result out of range')"));
    }
    Ok(Power::Float(power))
}
