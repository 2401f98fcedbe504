//! What the functions give where a part is infinite or no number: tables by the kinds of both parts, as C's Annex G
//! has them and CPython's Modules/cmathmodule.c.

use std::f64::consts::{FRAC_PI_2 as P12, FRAC_PI_4 as P14, PI as P};

use lasti_text::complex::Complex;

/// One entry: real and imaginary part.
type Parts = (f64, f64);
/// Rows by the kind of the real part, columns by that of the imaginary one.
pub(super) type Table = [[Parts; 7]; 7];

const P34: f64 = 3.0 * P14;
const I: f64 = f64::INFINITY;
const N: f64 = f64::NAN;
/// Both parts are finite, or the function raises: nobody looks.
const U: Parts = (N, N);

/// -infinity, below 0, -0, 0, above 0, infinity, NaN.
fn kind(part: f64) -> usize {
    match part {
        f64::NEG_INFINITY => 0,
        _ if part < 0.0 => 1,
        _ if part > 0.0 => {
            if part.is_infinite() {
                5
            } else {
                4
            }
        }
        _ if part == 0.0 => {
            if part.is_sign_negative() {
                2
            } else {
                3
            }
        }
        _ => 6,
    }
}

/// The entry for these two parts.
pub(super) fn look_up(table: &Table, real: f64, imag: f64) -> Complex {
    let (real, imag) = table[kind(real)][kind(imag)];
    Complex { real, imag }
}

pub(super) static ACOS: Table = [
    [(P34, I), (P, I), (P, I), (P, -I), (P, -I), (P34, -I), (N, I)],
    [(P12, I), U, U, U, U, (P12, -I), (N, N)],
    [(P12, I), U, U, U, U, (P12, -I), (P12, N)],
    [(P12, I), U, U, U, U, (P12, -I), (P12, N)],
    [(P12, I), U, U, U, U, (P12, -I), (N, N)],
    [(P14, I), (0.0, I), (0.0, I), (0.0, -I), (0.0, -I), (P14, -I), (N, I)],
    [(N, I), (N, N), (N, N), (N, N), (N, N), (N, -I), (N, N)],
];

pub(super) static ACOSH: Table = [
    [(I, -P34), (I, -P), (I, -P), (I, P), (I, P), (I, P34), (I, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, P12)],
    [(I, -P12), U, U, U, U, (I, P12), (N, P12)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -0.0), (I, -0.0), (I, 0.0), (I, 0.0), (I, P14), (I, N)],
    [(I, N), (N, N), (N, N), (N, N), (N, N), (I, N), (N, N)],
];

pub(super) static ASINH: Table = [
    [(-I, -P14), (-I, -0.0), (-I, -0.0), (-I, 0.0), (-I, 0.0), (-I, P14), (-I, N)],
    [(-I, -P12), U, U, U, U, (-I, P12), (N, N)],
    [(-I, -P12), U, U, U, U, (-I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -0.0), (I, -0.0), (I, 0.0), (I, 0.0), (I, P14), (I, N)],
    [(I, N), (N, N), (N, -0.0), (N, 0.0), (N, N), (I, N), (N, N)],
];

pub(super) static ATANH: Table = [
    [(-0.0, -P12), (-0.0, -P12), (-0.0, -P12), (-0.0, P12), (-0.0, P12), (-0.0, P12), (-0.0, N)],
    [(-0.0, -P12), U, U, U, U, (-0.0, P12), (N, N)],
    [(-0.0, -P12), U, U, U, U, (-0.0, P12), (-0.0, N)],
    [(0.0, -P12), U, U, U, U, (0.0, P12), (0.0, N)],
    [(0.0, -P12), U, U, U, U, (0.0, P12), (N, N)],
    [(0.0, -P12), (0.0, -P12), (0.0, -P12), (0.0, P12), (0.0, P12), (0.0, P12), (0.0, N)],
    [(0.0, -P12), (N, N), (N, N), (N, N), (N, N), (0.0, P12), (N, N)],
];

pub(super) static COSH: Table = [
    [U, (I, I), (I, 0.0), (I, -0.0), (I, -I), U, (I, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, 0.0)],
    [U, U, U, U, U, U, (N, 0.0)],
    [U, U, U, U, U, U, (N, N)],
    [U, (I, -I), (I, -0.0), (I, 0.0), (I, I), U, (I, N)],
    [(N, N), (N, N), (N, 0.0), (N, 0.0), (N, N), (N, N), (N, N)],
];

pub(super) static EXP: Table = [
    [(0.0, 0.0), (0.0, -0.0), (0.0, -0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, (I, -I), (I, -0.0), (I, 0.0), (I, I), U, (I, N)],
    [(N, N), (N, N), (N, -0.0), (N, 0.0), (N, N), (N, N), (N, N)],
];

pub(super) static LOG: Table = [
    [(I, -P34), (I, -P), (I, -P), (I, P), (I, P), (I, P34), (I, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -0.0), (I, -0.0), (I, 0.0), (I, 0.0), (I, P14), (I, N)],
    [(I, N), (N, N), (N, N), (N, N), (N, N), (I, N), (N, N)],
];

pub(super) static SINH: Table = [
    [U, (-I, -I), (-I, -0.0), (-I, 0.0), (-I, I), U, (I, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (0.0, N)],
    [U, U, U, U, U, U, (0.0, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, (I, -I), (I, -0.0), (I, 0.0), (I, I), U, (I, N)],
    [(N, N), (N, N), (N, -0.0), (N, 0.0), (N, N), (N, N), (N, N)],
];

pub(super) static SQRT: Table = [
    [(I, -I), (0.0, -I), (0.0, -I), (0.0, I), (0.0, I), (I, I), (N, I)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), (I, -0.0), (I, -0.0), (I, 0.0), (I, 0.0), (I, I), (I, N)],
    [(I, -I), (N, N), (N, N), (N, N), (N, N), (I, I), (N, N)],
];

pub(super) static TANH: Table = [
    [(-1.0, 0.0), (-1.0, -0.0), (-1.0, -0.0), (-1.0, 0.0), (-1.0, 0.0), (-1.0, 0.0), (-1.0, 0.0)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (-0.0, N)],
    [U, U, U, U, U, U, (0.0, N)],
    [U, U, U, U, U, U, (N, N)],
    [(1.0, 0.0), (1.0, -0.0), (1.0, -0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0)],
    [(N, N), (N, N), (N, -0.0), (N, 0.0), (N, N), (N, N), (N, N)],
];

pub(super) static RECT: Table = [
    [U, (-I, I), (-I, 0.0), (-I, -0.0), (-I, -I), U, (I, N)],
    [U, U, U, U, U, U, (N, N)],
    [(0.0, 0.0), U, U, U, U, (0.0, 0.0), (0.0, 0.0)],
    [(0.0, 0.0), U, U, U, U, (0.0, 0.0), (0.0, 0.0)],
    [U, U, U, U, U, U, (N, N)],
    [U, (I, -I), (I, -0.0), (I, 0.0), (I, I), U, (I, N)],
    [(N, N), (N, N), (N, 0.0), (N, 0.0), (N, N), (N, N), (N, N)],
];
