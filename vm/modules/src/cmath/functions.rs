//! The functions themselves. CPython: Modules/cmathmodule.c; after Kahan, "Branch cuts for complex elementary
//! functions".
//!
//! Where the plain formula would overflow or lose digits, the arguments are scaled or the formula is another one.

use std::f64::consts::{E, FRAC_PI_2, LN_2, LN_10};

use lasti_text::complex::Complex;

use super::special::{self, Table};

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The function is not defined there.
    Domain,
    /// The result is too large.
    Range,
}

pub(super) type Result<T = Complex> = std::result::Result<T, Fault>;

/// Beyond it, sums of squares and the like could overflow.
const LARGE: f64 = f64::MAX / 4.0;
/// The square root of `LARGE`.
const SQRT_LARGE: f64 = 6.703_903_964_971_298e153;
/// The logarithm of `LARGE`.
const LOG_LARGE: f64 = 708.396_418_532_264_1;
/// The square root of the smallest normal number.
const SQRT_MIN: f64 = 1.491_668_146_240_041_3e-154;
/// Enough to make subnormal numbers normal; half of it, and the root of 2 that `root` takes out.
const SCALE_UP: i32 = 53;
const SCALE_DOWN: i32 = -27;

const fn complex(real: f64, imag: f64) -> Complex {
    Complex { real, imag }
}

fn is_finite(z: Complex) -> bool {
    z.real.is_finite() && z.imag.is_finite()
}

fn is_large(z: Complex) -> bool {
    z.real.abs() > LARGE || z.imag.abs() > LARGE
}

/// `i * z`
fn turned(z: Complex) -> Complex {
    complex(-z.imag, z.real)
}

/// `-i * z`
fn turned_back(z: Complex) -> Complex {
    complex(z.imag, -z.real)
}

fn negated(z: Complex) -> Complex {
    complex(-z.real, -z.imag)
}

/// The logarithm of a large number's distance from 0.
fn log_of_large(z: Complex) -> f64 {
    (z.real / 2.0).hypot(z.imag / 2.0).ln() + LN_2 * 2.0
}

/// A result that must not be infinite.
fn unless_overflown(z: Complex) -> Result {
    if z.real.is_infinite() || z.imag.is_infinite() { Err(Fault::Range) } else { Ok(z) }
}

pub(super) fn acos(z: Complex) -> Result {
    if !is_finite(z) {
        return Ok(special::look_up(&special::ACOS, z.real, z.imag));
    }
    if is_large(z) {
        let log = log_of_large(z);
        // Both cases have the branch cut's sign where there are no signed zeros.
        let imag = if z.real < 0.0 { -log.copysign(z.imag) } else { log.copysign(-z.imag) };
        return Ok(complex(z.imag.abs().atan2(z.real), imag));
    }
    let a = root(complex(1.0 - z.real, -z.imag));
    let b = root(complex(1.0 + z.real, z.imag));
    Ok(complex(2.0 * a.real.atan2(b.real), libm::asinh(b.real * a.imag - b.imag * a.real)))
}

pub(super) fn acosh(z: Complex) -> Result {
    if !is_finite(z) {
        return Ok(special::look_up(&special::ACOSH, z.real, z.imag));
    }
    if is_large(z) {
        return Ok(complex(log_of_large(z), z.imag.atan2(z.real)));
    }
    let a = root(complex(z.real - 1.0, z.imag));
    let b = root(complex(z.real + 1.0, z.imag));
    Ok(complex(libm::asinh(a.real * b.real + a.imag * b.imag), 2.0 * a.imag.atan2(b.real)))
}

pub(super) fn asin(z: Complex) -> Result {
    asinh(turned(z)).map(turned_back)
}

pub(super) fn asinh(z: Complex) -> Result {
    if !is_finite(z) {
        return Ok(special::look_up(&special::ASINH, z.real, z.imag));
    }
    if is_large(z) {
        let log = log_of_large(z);
        let real = if z.imag >= 0.0 { log.copysign(z.real) } else { -log.copysign(-z.real) };
        return Ok(complex(real, z.imag.atan2(z.real.abs())));
    }
    let a = root(complex(1.0 + z.imag, -z.real));
    let b = root(complex(1.0 - z.imag, z.real));
    Ok(complex(
        libm::asinh(a.real * b.imag - b.real * a.imag),
        z.imag.atan2(a.real * b.real - a.imag * b.imag),
    ))
}

pub(super) fn atan(z: Complex) -> Result {
    atanh(turned(z)).map(turned_back)
}

pub(super) fn atanh(z: Complex) -> Result {
    if !is_finite(z) {
        return Ok(special::look_up(&special::ATANH, z.real, z.imag));
    }
    // The function is odd.
    if z.real.is_sign_negative() {
        return atanh(negated(z)).map(negated);
    }
    let size = z.imag.abs();
    if z.real > SQRT_LARGE || size > SQRT_LARGE {
        // 1/z; halves do not overflow.
        let h = (z.real / 2.0).hypot(z.imag / 2.0);
        return Ok(complex(z.real / 4.0 / h / h, -FRAC_PI_2.copysign(-z.imag)));
    }
    if z.real == 1.0 && size < SQRT_MIN {
        if size == 0.0 {
            return Err(Fault::Domain);
        }
        return Ok(complex(
            -(size.sqrt() / size.hypot(2.0).sqrt()).ln(),
            (2.0_f64.atan2(-size) / 2.0).copysign(z.imag),
        ));
    }
    let rest = 1.0 - z.real;
    Ok(complex(
        (4.0 * z.real / (rest * rest + size * size)).ln_1p() / 4.0,
        -(-2.0 * z.imag).atan2(rest * (1.0 + z.real) - size * size) / 2.0,
    ))
}

pub(super) fn cos(z: Complex) -> Result {
    cosh(turned(z))
}

/// The value where a part is not finite: infinite in the direction of `imag`, or the table's. Not defined at an
/// infinite `imag` where `faulty` says so.
fn at_infinity(z: Complex, table: &Table, faulty: bool, infinite: impl Fn(f64, f64) -> Complex) -> Result {
    if z.imag.is_infinite() && faulty {
        return Err(Fault::Domain);
    }
    if z.real.is_infinite() && z.imag.is_finite() && z.imag != 0.0 {
        return Ok(infinite(z.imag.cos(), z.imag.sin()));
    }
    Ok(special::look_up(table, z.real, z.imag))
}

pub(super) fn cosh(z: Complex) -> Result {
    if !is_finite(z) {
        return at_infinity(z, &special::COSH, !z.real.is_nan(), |cos, sin| {
            let imag = f64::INFINITY.copysign(sin);
            complex(f64::INFINITY.copysign(cos), if z.real > 0.0 { imag } else { -imag })
        });
    }
    unless_overflown(if z.real.abs() > LOG_LARGE {
        let less = z.real - 1.0_f64.copysign(z.real);
        complex(z.imag.cos() * less.cosh() * E, z.imag.sin() * less.sinh() * E)
    } else {
        complex(z.imag.cos() * z.real.cosh(), z.imag.sin() * z.real.sinh())
    })
}

pub(super) fn exp(z: Complex) -> Result {
    if !is_finite(z) {
        let faulty = z.real.is_finite() || z.real == f64::INFINITY;
        return at_infinity(z, &special::EXP, faulty, |cos, sin| {
            let size = if z.real > 0.0 { f64::INFINITY } else { 0.0 };
            complex(size.copysign(cos), size.copysign(sin))
        });
    }
    unless_overflown(if z.real > LOG_LARGE {
        let size = (z.real - 1.0).exp();
        complex(size * z.imag.cos() * E, size * z.imag.sin() * E)
    } else {
        let size = z.real.exp();
        complex(size * z.imag.cos(), size * z.imag.sin())
    })
}

/// The natural logarithm.
pub(super) fn log(z: Complex) -> Result {
    if !is_finite(z) {
        return Ok(special::look_up(&special::LOG, z.real, z.imag));
    }
    let (a, b) = (z.real.abs(), z.imag.abs());
    let real = if is_large(z) {
        (a / 2.0).hypot(b / 2.0).ln() + LN_2
    } else if a < f64::MIN_POSITIVE && b < f64::MIN_POSITIVE {
        if a == 0.0 && b == 0.0 {
            return Err(Fault::Domain);
        }
        // The distance itself would be subnormal.
        let digits = f64::MANTISSA_DIGITS as i32;
        libm::ldexp(a, digits).hypot(libm::ldexp(b, digits)).ln() - f64::from(digits) * LN_2
    } else {
        let h = a.hypot(b);
        if (0.71..=1.73).contains(&h) {
            let (more, less) = if a > b { (a, b) } else { (b, a) };
            ((more - 1.0) * (more + 1.0) + less * less).ln_1p() / 2.0
        } else {
            h.ln()
        }
    };
    Ok(complex(real, z.imag.atan2(z.real)))
}

pub(super) fn log10(z: Complex) -> Result {
    log(z).map(|log| complex(log.real / LN_10, log.imag / LN_10))
}

pub(super) fn sin(z: Complex) -> Result {
    sinh(turned(z)).map(turned_back)
}

pub(super) fn sinh(z: Complex) -> Result {
    if !is_finite(z) {
        return at_infinity(z, &special::SINH, !z.real.is_nan(), |cos, sin| {
            let real = f64::INFINITY.copysign(cos);
            complex(if z.real > 0.0 { real } else { -real }, f64::INFINITY.copysign(sin))
        });
    }
    unless_overflown(if z.real.abs() > LOG_LARGE {
        let less = z.real - 1.0_f64.copysign(z.real);
        complex(z.imag.cos() * less.sinh() * E, z.imag.sin() * less.cosh() * E)
    } else {
        complex(z.imag.cos() * z.real.sinh(), z.imag.sin() * z.real.cosh())
    })
}

pub(super) fn sqrt(z: Complex) -> Result {
    Ok(root(z))
}

fn root(z: Complex) -> Complex {
    if !is_finite(z) {
        return special::look_up(&special::SQRT, z.real, z.imag);
    }
    if z.real == 0.0 && z.imag == 0.0 {
        return complex(0.0, z.imag);
    }
    let (real, imag) = (z.real.abs(), z.imag.abs());
    let longer = if real < f64::MIN_POSITIVE && imag < f64::MIN_POSITIVE {
        // The distance itself would be subnormal.
        let real = libm::ldexp(real, SCALE_UP);
        libm::ldexp((real + real.hypot(libm::ldexp(imag, SCALE_UP))).sqrt(), SCALE_DOWN)
    } else {
        let real = real / 8.0;
        2.0 * (real + real.hypot(imag / 8.0)).sqrt()
    };
    let shorter = imag / (2.0 * longer);
    if z.real >= 0.0 {
        complex(longer, shorter.copysign(z.imag))
    } else {
        complex(shorter, longer.copysign(z.imag))
    }
}

pub(super) fn tan(z: Complex) -> Result {
    tanh(turned(z)).map(turned_back)
}

pub(super) fn tanh(z: Complex) -> Result {
    if !is_finite(z) {
        return at_infinity(z, &special::TANH, z.real.is_finite(), |cos, sin| {
            complex(1.0_f64.copysign(z.real), 0.0_f64.copysign(2.0 * sin * cos))
        });
    }
    if z.real.abs() > LOG_LARGE {
        let imag = 4.0 * z.imag.sin() * z.imag.cos() * (-2.0 * z.real.abs()).exp();
        return Ok(complex(1.0_f64.copysign(z.real), imag));
    }
    let (x, y) = (z.real.tanh(), z.imag.tan());
    let c = 1.0 / z.real.cosh();
    let xy = x * y;
    let denominator = 1.0 + xy * xy;
    Ok(complex(x * (1.0 + y * y) / denominator, ((y / denominator) * c) * c))
}

/// From polar coordinates.
pub(super) fn rect(r: f64, phi: f64) -> Result {
    if r.is_finite() && phi.is_finite() {
        return Ok(if phi == 0.0 { complex(r, r * phi) } else { complex(r * phi.cos(), r * phi.sin()) });
    }
    let faulty = r != 0.0 && !r.is_nan();
    at_infinity(complex(r, phi), &special::RECT, faulty, |cos, sin| {
        let z = complex(f64::INFINITY.copysign(cos), f64::INFINITY.copysign(sin));
        if r > 0.0 { z } else { negated(z) }
    })
}
