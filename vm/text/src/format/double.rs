//! The text of a float for a type and a precision: `PyOS_double_to_string`.

use crate::error::{Result, reserve};
use crate::float::{exact_exponent, exact_fixed, layout_short, shortest, write_exponent};

/// How to write a float.
#[derive(Clone, Copy, Debug)]
pub struct DoubleFormat {
    /// `e`, `f`, `g`, or `r` for the shortest text; in upper case for text in upper case.
    pub kind: char,
    /// Digits, after the point for `e` and `f`, in all for `g`; nothing to `r`.
    pub precision: usize,
    /// Keep the point and, for `g`, trailing zeros.
    pub alternate: bool,
    /// Add `.0` to whole numbers.
    pub add_dot_zero: bool,
    /// Write zero without a minus sign.
    pub no_negative_zero: bool,
}

/// Digits `0.d1d2... * 10^point`, without trailing zeros.
struct Decimal {
    digits: String,
    point: i64,
}

fn stripped(digits: &str, point: i64) -> Decimal {
    let significant = digits.trim_start_matches('0');
    let point = point - (digits.len() - significant.len()) as i64;
    let significant = significant.trim_end_matches('0');
    if significant.is_empty() {
        Decimal { digits: "0".into(), point: 1 }
    } else {
        Decimal { digits: significant.into(), point }
    }
}

/// Writes a float.
pub fn double_to_string(value: f64, format: DoubleFormat) -> Result<String> {
    let short = format.kind.eq_ignore_ascii_case(&'r') || format.precision < 32;
    let room = if short { Some(32) } else { format.precision.checked_add(330) };
    let mut out = String::from_utf8(reserve(room)?).unwrap_or_default();
    if value.is_finite() {
        write_finite(&mut out, value, format);
    } else if value.is_nan() {
        out.push_str("nan");
    } else {
        out.push_str(if value > 0.0 { "inf" } else { "-inf" });
    }
    if format.kind.is_ascii_uppercase() {
        out.make_ascii_uppercase();
    }
    Ok(out)
}

fn write_finite(out: &mut String, value: f64, format: DoubleFormat) {
    let precision = format.precision as i64;
    let kind = format.kind.to_ascii_lowercase();
    let decimal = match kind {
        'f' => {
            let (text, zeros) = exact_fixed(value, format.precision);
            let zero = format.no_negative_zero && text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
            sign(out, value, zero, format);
            out.push_str(&text);
            out.extend(std::iter::repeat_n('0', zeros));
            if format.alternate && format.precision == 0 {
                out.push('.');
            }
            return;
        }
        'e' | 'g' => {
            let digits = if kind == 'e' { format.precision + 1 } else { format.precision.max(1) };
            let (digits, exponent, _) = exact_exponent(value, digits);
            stripped(&digits, i64::from(exponent) + 1)
        }
        _ => {
            let digits = shortest(value);
            if !format.alternate {
                sign(out, value, digits.as_str() == "0", format);
                layout_short(out, &digits, format.add_dot_zero);
                return;
            }
            Decimal { digits: digits.as_str().into(), point: digits.point.into() }
        }
    };
    sign(out, value, decimal.digits == "0", format);
    let Decimal { digits, mut point } = decimal;
    let mut end = digits.len() as i64;
    let scientific = match kind {
        'e' => {
            end = precision.saturating_add(1);
            true
        }
        'g' => {
            let precision = precision.max(1);
            if format.alternate {
                end = precision;
            }
            point <= -4 || point > precision - i64::from(format.add_dot_zero)
        }
        _ => point <= -4 || point > 16,
    };
    let exponent = point - 1;
    if scientific {
        point = 1;
    }
    let least = if !scientific && format.add_dot_zero { point + 1 } else { point };
    let end = end.max(least);
    // Digits from `start` to `end`, counted from the first that is not zero; zeros where there are none.
    let start = if point <= 0 { point - 1 } else { 0 };
    write_digits(out, &digits, start, point);
    if end > point || format.alternate {
        out.push('.');
    }
    write_digits(out, &digits, point, end);
    if scientific {
        write_exponent(out, exponent as i32, 'e');
    }
}

fn write_digits(out: &mut String, digits: &str, from: i64, to: i64) {
    let len = digits.len() as i64;
    let zeros = |out: &mut String, count: i64| {
        out.extend(std::iter::repeat_n('0', usize::try_from(count).unwrap_or(0)));
    };
    zeros(out, to.min(0) - from);
    let (first, last) = (from.clamp(0, len), to.clamp(0, len));
    if first < last {
        out.push_str(&digits[first as usize..last as usize]);
    }
    zeros(out, to - from.max(len));
}

fn sign(out: &mut String, value: f64, zero: bool, format: DoubleFormat) {
    if value.is_sign_negative() && !(zero && format.no_negative_zero) {
        out.push('-');
    }
}
