//! How a number's parts are laid out: padding, sign, prefix, padding, grouped digits, the rest, padding.

use std::borrow::Cow;

use rustpython_wtf8::{CodePoint, Wtf8Buf};

use super::spec::{Align, Grouping, Sign, Spec};
use crate::error::{Error, MAX_SIZE, Result, reserve};
use crate::pad::repeat_into;
use crate::text::from_parts;

/// A number without its sign: digits, then what follows them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number<'a> {
    pub(super) negative: bool,
    /// `0x` and the like.
    pub(super) prefix: &'a str,
    /// The digits before the point, which may be none (`inf`).
    pub(super) whole: &'a str,
    /// From the point on.
    pub(super) rest: &'a str,
    /// The group's size.
    pub(super) group: usize,
}

impl<'a> Number<'a> {
    /// Cuts the text of a float into its parts.
    pub(super) fn from_float(text: &'a str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = text.split_at(digits);
        Self { negative, prefix: "", whole, rest, group: 3 }
    }

    fn sign(&self, sign: Option<Sign>) -> &'static str {
        match sign {
            _ if self.negative => "-",
            Some(Sign::Plus) => "+",
            Some(Sign::Space) => " ",
            Some(Sign::Minus) | None => "",
        }
    }
}

/// Digits with separators between groups, and with zeros before them to fill `width`.
fn grouped(digits: &str, separator: Option<char>, group: usize, width: usize) -> Result<String> {
    let Some(separator) = separator else {
        let zeros = width.saturating_sub(digits.len());
        let mut out = reserve(zeros.checked_add(digits.len()))?;
        out.resize(zeros, b'0');
        out.extend_from_slice(digits.as_bytes());
        return Ok(String::from_utf8(out).unwrap_or_default());
    };
    // From the right, as the groups are; turned round in the end.
    let mut out = reserve(width.max(digits.len()).checked_mul(2))?;
    let mut left = digits.as_bytes();
    let mut width = width;
    loop {
        let len = group.min(left.len().max(width).max(1));
        let taken = left.len().min(len);
        let (more, here) = left.split_at(left.len() - taken);
        out.extend(here.iter().rev());
        out.resize(out.len() + len - taken, b'0');
        left = more;
        width = width.saturating_sub(len);
        if left.is_empty() && width == 0 {
            break;
        }
        width = width.saturating_sub(1);
        out.push(separator as u8);
    }
    out.reverse();
    Ok(String::from_utf8(out).unwrap_or_default())
}

/// What follows the digits, with the digits after the point in groups.
fn grouped_rest(rest: &str, grouping: Option<Grouping>) -> Cow<'_, str> {
    let Some(grouping) = grouping else { return Cow::Borrowed(rest) };
    let Some(fraction) = rest.strip_prefix('.') else { return Cow::Borrowed(rest) };
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let mut out = String::with_capacity(rest.len() + digits / 3 + 1);
    out.push('.');
    for (i, c) in fraction.chars().enumerate() {
        if i > 0 && i < digits && i % 3 == 0 {
            out.push(grouping.separator());
        }
        out.push(c);
    }
    Cow::Owned(out)
}

/// Lays a number out to the specification.
pub(super) fn lay_out(number: Number<'_>, spec: &Spec) -> Result<Wtf8Buf> {
    let sign = number.sign(spec.sign);
    let rest = grouped_rest(number.rest, spec.fraction_grouping);
    let around = sign.len() + number.prefix.len() + rest.len();
    let zero_filled = spec.fill == '0' && spec.align == Align::AfterSign;
    let width = spec.width.unwrap_or(0);
    if width > MAX_SIZE - around {
        return Err(Error::memory());
    }
    let least = if zero_filled { width.saturating_sub(around) } else { 0 };
    let separator = spec.grouping.map(Grouping::separator);
    let plain;
    let whole = if number.whole.is_empty() && least == 0 || separator.is_none() && least <= number.whole.len()
    {
        number.whole
    } else if number.whole.is_empty() {
        // Infinities and NaN: zeros, never separators.
        plain = grouped("", None, number.group, least)?;
        &plain
    } else {
        plain = grouped(number.whole, separator, number.group, least)?;
        &plain
    };
    let padding = width.saturating_sub(around + whole.len());
    let (left, inner, right) = match spec.align {
        Align::Left => (0, 0, padding),
        Align::Right => (padding, 0, 0),
        Align::Center => (padding / 2, 0, padding - padding / 2),
        Align::AfterSign => (0, padding, 0),
    };
    let mut one = [0; 4];
    let fill = spec.fill.encode_wtf8(&mut one).as_bytes();
    let size = padding.checked_mul(fill.len()).and_then(|size| size.checked_add(around + whole.len()));
    let mut out = reserve(size)?;
    repeat_into(&mut out, fill, left);
    out.extend_from_slice(sign.as_bytes());
    out.extend_from_slice(number.prefix.as_bytes());
    repeat_into(&mut out, fill, inner);
    out.extend_from_slice(whole.as_bytes());
    out.extend_from_slice(rest.as_bytes());
    repeat_into(&mut out, fill, right);
    Ok(from_parts(out))
}

/// The same specification without width and padding, with a sign of its own: for the parts of a complex number.
pub(super) fn bare(spec: &Spec, sign: Option<Sign>) -> Spec {
    Spec { fill: CodePoint::from_char(' '), align: Align::Left, width: None, sign, ..spec.clone() }
}
