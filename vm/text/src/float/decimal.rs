//! `repr` of floats, and their exact decimal digits for formatting.

use std::fmt::Write as _;

/// The digits of a finite number's absolute value: `0.d1d2d3... * 10^point`.
#[derive(Clone, Debug)]
pub struct Digits {
    text: [u8; 17],
    len: usize,
    /// Where the decimal point stands, counted from the first digit.
    pub point: i32,
}

impl Digits {
    /// The digits in ASCII; `0` for zero. No others end in zero.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..self.len]).unwrap_or_default()
    }
}

/// The fewest digits that still give this number. Infinities and NaN have none; they give zero.
pub fn shortest(value: f64) -> Digits {
    let mut out = Digits { text: [b'0'; 17], len: 1, point: 1 };
    if value == 0.0 || !value.is_finite() {
        return out;
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value.abs()).as_bytes();
    let (mantissa, exponent) = match memchr::memchr(b'e', text) {
        None => (text, 0),
        Some(at) => {
            let exponent = std::str::from_utf8(&text[at + 1..]).ok().and_then(|text| text.parse().ok());
            (&text[..at], exponent.unwrap_or(0))
        }
    };
    let point = memchr::memchr(b'.', mantissa).unwrap_or(mantissa.len());
    let mut leading = 0;
    out.len = 0;
    let mut used = 0;
    for &byte in mantissa.iter().filter(|&&byte| byte != b'.') {
        if byte == b'0' && used == 0 {
            leading += 1;
        } else {
            if let Some(slot) = out.text.get_mut(used) {
                *slot = byte;
            }
            used += 1;
            if byte != b'0' {
                out.len = used.min(17);
            }
        }
    }
    out.point = exponent + point as i32 - leading;
    out
}

/// `repr(float)`.
pub fn repr(value: f64) -> String {
    let mut out = String::with_capacity(24);
    write_repr(&mut out, value);
    out
}

/// Appends `repr(float)`.
pub fn write_repr(out: &mut String, value: f64) {
    if value.is_nan() {
        out.push_str("nan");
        return;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    if value.is_infinite() {
        out.push_str("inf");
        return;
    }
    layout_short(out, &shortest(value), true);
}

/// Shortest digits as `repr` lays them out, or `str.format` without a type: an exponent where the number is
/// below 1e-4 or at least 1e16.
pub(crate) fn layout_short(out: &mut String, digits: &Digits, add_dot: bool) {
    let text = digits.as_str();
    let exponent = digits.point - 1;
    if !(-4..16).contains(&exponent) {
        out.push_str(&text[..1]);
        if text.len() > 1 {
            out.push('.');
            out.push_str(&text[1..]);
        }
        write_exponent(out, exponent, 'e');
        return;
    }
    if exponent < 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', (-exponent - 1) as usize));
        out.push_str(text);
        return;
    }
    let whole = exponent as usize + 1;
    if text.len() > whole {
        out.push_str(&text[..whole]);
        out.push('.');
        out.push_str(&text[whole..]);
    } else {
        out.push_str(text);
        out.extend(std::iter::repeat_n('0', whole - text.len()));
        if add_dot {
            out.push_str(".0");
        }
    }
}

/// `e+05`: a sign and at least two digits.
pub(crate) fn write_exponent(out: &mut String, exponent: i32, letter: char) {
    let sign = if exponent < 0 { '-' } else { '+' };
    // Writing to a string can't fail.
    let _ = write!(out, "{letter}{sign}{:02}", exponent.unsigned_abs());
}

/// No number has more digits than this that are not zero, before or after the point.
const MOST_DIGITS: usize = 1100;

/// A finite number's absolute value, correctly rounded to this many decimals. Decimals past the last that is
/// not zero are left to the caller: the second part of the result counts them.
pub fn exact_fixed(value: f64, decimals: usize) -> (String, usize) {
    let exact = decimals.min(MOST_DIGITS);
    (format!("{:.*}", exact, value.abs()), decimals - exact)
}

/// A finite number's absolute value as `digits` digits, correctly rounded, and the exponent of the first.
/// Digits past the last that is not zero are left to the caller: the third part of the result counts them.
pub fn exact_exponent(value: f64, digits: usize) -> (String, i32, usize) {
    let digits = digits.max(1);
    let exact = digits.min(MOST_DIGITS);
    let text = format!("{:.*e}", exact - 1, value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.chars().filter(|&c| c != '.').collect();
    (mantissa, exponent.parse().unwrap_or(0), digits - exact)
}
