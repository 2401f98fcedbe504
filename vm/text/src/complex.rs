//! `complex`: text, arithmetic and powers as CPython computes them.

use rustpython_wtf8::Wtf8;

use crate::error::{Error, Result};
use crate::float;
use crate::int::{to_ascii, trim};

/// A complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    /// The real part.
    pub real: f64,
    /// The imaginary part.
    pub imag: f64,
}

/// 1 for an infinity and 0 for the rest, with its sign.
fn boxed(part: f64) -> f64 {
    (if part.is_infinite() { 1.0 } else { 0.0_f64 }).copysign(part)
}

/// 0 for NaN, with its sign.
fn without_nan(part: f64) -> f64 {
    if part.is_nan() { 0.0_f64.copysign(part) } else { part }
}

impl Complex {
    /// A number from its parts.
    pub fn new(real: f64, imag: f64) -> Self {
        Self { real, imag }
    }

    fn is_nan(self) -> bool {
        self.real.is_nan() && self.imag.is_nan()
    }

    fn has_infinity(self) -> bool {
        self.real.is_infinite() || self.imag.is_infinite()
    }

    fn is_finite(self) -> bool {
        self.real.is_finite() && self.imag.is_finite()
    }

    fn is_zero(self) -> bool {
        self.real == 0.0 && self.imag == 0.0
    }

    /// `a * b`, with infinities recovered as C's Annex G has it.
    #[must_use]
    pub fn multiply(self, other: Self) -> Self {
        let (mut a, mut b, mut c, mut d) = (self.real, self.imag, other.real, other.imag);
        let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
        let product = Self::new(ac - bd, ad + bc);
        if !product.is_nan() {
            return product;
        }
        let mut infinite = false;
        if self.has_infinity() {
            (a, b) = (boxed(a), boxed(b));
            (c, d) = (without_nan(c), without_nan(d));
            infinite = true;
        }
        if other.has_infinity() {
            (c, d) = (boxed(c), boxed(d));
            (a, b) = (without_nan(a), without_nan(b));
            infinite = true;
        }
        if !infinite && [ac, bd, ad, bc].into_iter().any(f64::is_infinite) {
            [a, b, c, d] = [a, b, c, d].map(without_nan);
            infinite = true;
        }
        if !infinite {
            return product;
        }
        Self::new(f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c))
    }

    /// `a * b` with a real number.
    #[must_use]
    pub fn multiply_real(self, other: f64) -> Self {
        Self::new(self.real * other, self.imag * other)
    }

    /// `a / b`.
    pub fn divide(self, other: Self) -> Result<Self> {
        if other.is_zero() {
            return Err(Error::zero_division("division by zero"));
        }
        Ok(self.quotient(other))
    }

    /// `a / b` with a real divisor.
    pub fn divide_real(self, other: f64) -> Result<Self> {
        if other == 0.0 {
            return Err(Error::zero_division("division by zero"));
        }
        Ok(Self::new(self.real / other, self.imag / other))
    }

    /// `a / b` with a real dividend.
    pub fn divide_into(real: f64, other: Self) -> Result<Self> {
        if other.is_zero() {
            return Err(Error::zero_division("division by zero"));
        }
        let (c, d) = (other.real, other.imag);
        let quotient = if c.abs() >= d.abs() {
            let ratio = d / c;
            let divisor = c + d * ratio;
            Self::new(real / divisor, -real * ratio / divisor)
        } else if d.abs() >= c.abs() {
            let ratio = c / d;
            let divisor = c * ratio + d;
            Self::new(real * ratio / divisor, -real / divisor)
        } else {
            Self::new(f64::NAN, f64::NAN)
        };
        if quotient.is_nan() && real.is_finite() && other.has_infinity() {
            return Ok(Self::new(0.0 * (real * boxed(c)), 0.0 * (-real * boxed(d))));
        }
        Ok(quotient)
    }

    #[allow(clippy::many_single_char_names, reason = "the names that the formulas have")]
    /// By the larger part of the divisor, so that nothing overflows on the way.
    fn quotient(self, other: Self) -> Self {
        let (a, b, c, d) = (self.real, self.imag, other.real, other.imag);
        let quotient = if c.abs() >= d.abs() {
            let ratio = d / c;
            let divisor = c + d * ratio;
            Self::new((a + b * ratio) / divisor, (b - a * ratio) / divisor)
        } else if d.abs() >= c.abs() {
            let ratio = c / d;
            let divisor = c * ratio + d;
            Self::new((a * ratio + b) / divisor, (b * ratio - a) / divisor)
        } else {
            Self::new(f64::NAN, f64::NAN)
        };
        if !quotient.is_nan() {
            return quotient;
        }
        if self.has_infinity() && other.is_finite() {
            let (x, y) = (boxed(a), boxed(b));
            return Self::new(f64::INFINITY * (x * c + y * d), f64::INFINITY * (y * c - x * d));
        }
        if other.has_infinity() && self.is_finite() {
            let (x, y) = (boxed(c), boxed(d));
            return Self::new(0.0 * (a * x + b * y), 0.0 * (b * x - a * y));
        }
        quotient
    }

    /// `a ** b`.
    pub fn pow(self, exponent: Self) -> Result<Self> {
        const BY_SQUARES: f64 = 100.0;
        let power = if exponent.imag == 0.0
            && exponent.real.floor() == exponent.real
            && exponent.real.abs() <= BY_SQUARES
        {
            self.whole_power(exponent.real as i32)?
        } else {
            self.general_power(exponent)?
        };
        if power.has_infinity() {
            return Err(Error::overflow("complex exponentiation"));
        }
        Ok(power)
    }

    fn whole_power(self, exponent: i32) -> Result<Self> {
        let one = Self::new(1.0, 0.0);
        let mut power = one;
        let mut square = self;
        let mut left = exponent.unsigned_abs();
        while left > 0 {
            if left & 1 == 1 {
                power = power.multiply(square);
            }
            left >>= 1;
            if left > 0 {
                square = square.multiply(square);
            }
        }
        if exponent > 0 {
            return Ok(power);
        }
        if power.is_zero() {
            return Err(Error::zero_division("zero to a negative or complex power"));
        }
        Ok(one.quotient(power))
    }

    fn general_power(self, exponent: Self) -> Result<Self> {
        if exponent.is_zero() {
            return Ok(Self::new(1.0, 0.0));
        }
        if self.is_zero() {
            if exponent.imag != 0.0 || exponent.real < 0.0 {
                return Err(Error::zero_division("zero to a negative or complex power"));
            }
            return Ok(Self::new(0.0, 0.0));
        }
        let absolute = self.real.hypot(self.imag);
        let angle = self.imag.atan2(self.real);
        let mut length = absolute.powf(exponent.real);
        let mut phase = angle * exponent.real;
        if exponent.imag != 0.0 {
            length *= (-angle * exponent.imag).exp();
            phase += exponent.imag * absolute.ln();
        }
        if phase.is_infinite() {
            // It has no sine, which CPython reports like this.
            return Err(Error::zero_division("zero to a negative or complex power"));
        }
        Ok(Self::new(length * phase.cos(), length * phase.sin()))
    }

    /// `abs(a)`.
    pub fn abs(self) -> Result<f64> {
        let absolute = self.real.hypot(self.imag);
        if absolute.is_infinite() && self.is_finite() {
            return Err(Error::overflow("absolute value too large"));
        }
        Ok(absolute)
    }

    /// `repr(a)`.
    pub fn repr(self) -> String {
        let mut out = String::new();
        let bare = self.real == 0.0 && self.real.is_sign_positive();
        if !bare {
            out.push('(');
            write_part(&mut out, self.real);
            if self.imag.is_sign_positive() || self.imag.is_nan() {
                out.push('+');
            }
        }
        write_part(&mut out, self.imag);
        out.push_str(if bare { "j" } else { "j)" });
        out
    }
}

/// A part as `repr` shows it: as a float, without `.0`.
fn write_part(out: &mut String, part: f64) {
    float::write_repr(out, part);
    if out.ends_with(".0") {
        out.truncate(out.len() - 2);
    }
}

/// `complex(text)`.
pub fn parse(text: &Wtf8) -> Result<Complex> {
    let malformed = || Error::value("complex() arg is a malformed string");
    let ascii = to_ascii(text);
    let mut bytes = trim(&ascii);
    if let [b'(', inner @ .., b')'] = bytes {
        bytes = trim(inner);
    }
    let bytes = float::without_underscores(bytes).ok_or_else(|| {
        Error::value(format!("could not convert string to complex: {}", crate::repr::repr(text)))
    })?;
    parse_parts(&bytes).ok_or_else(malformed)
}

fn parse_parts(bytes: &[u8]) -> Option<Complex> {
    let unit = |rest: &[u8]| matches!(rest, [b'j' | b'J']);
    // A sign alone before `j` stands for one.
    let lone = |rest: &[u8]| match rest {
        [b'+', tail @ ..] if unit(tail) => Some(1.0),
        [b'-', tail @ ..] if unit(tail) => Some(-1.0),
        _ => None,
    };
    if unit(bytes) {
        return Some(Complex::new(0.0, 1.0));
    }
    if let Some(imag) = lone(bytes) {
        return Some(Complex::new(0.0, imag));
    }
    let (first, used) = float::scan_number(bytes)?;
    let rest = &bytes[used..];
    if rest.is_empty() {
        return Some(Complex::new(first, 0.0));
    }
    if unit(rest) {
        return Some(Complex::new(0.0, first));
    }
    if let Some(imag) = lone(rest) {
        return Some(Complex::new(first, imag));
    }
    if !matches!(rest, [b'+' | b'-', ..]) {
        return None;
    }
    let (imag, used) = float::scan_number(rest)?;
    unit(&rest[used..]).then(|| Complex::new(first, imag))
}
