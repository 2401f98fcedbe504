//! Writing one value for the `%` operator.

use rustpython_wtf8::{CodePoint, Wtf8Buf};

use super::Field;
use crate::error::{Error, MAX_SIZE, Result, reserve};
use crate::format::{DoubleFormat, checked_precision, double_to_string};
use crate::int::{IntRef, to_decimal, to_radix};
use crate::text::{Text, from_parts};

/// The error for a value of the wrong type, with the text that CPython has for this conversion.
///
/// `length` is that of a string where `%c` wants one character.
pub fn argument_error(field: &Field, type_name: &str, length: Option<usize>) -> Error {
    Error::type_error(match field.kind() {
        'd' | 'i' | 'u' => format!("%{} format: a real number is required, not {type_name}", field.kind()),
        'o' | 'x' | 'X' => format!("%{} format: an integer is required, not {type_name}", field.kind()),
        'c' => {
            let (wanted, given) = if field.text {
                ("an int or a unicode character", "string")
            } else {
                ("an integer in range(256) or a single byte", "bytes object")
            };
            match length {
                Some(length) => {
                    let given = if field.text { given } else { type_object(type_name) };
                    format!("%c requires {wanted}, not a {given} of length {length}")
                }
                None => format!("%c requires {wanted}, not {type_name}"),
            }
        }
        's' | 'b' => format!(
            "%b requires a bytes-like object, or an object that implements __bytes__, not '{type_name}'"
        ),
        _ if field.text => format!("must be real number, not {type_name}"),
        _ => format!("float argument required, not {type_name}"),
    })
}

/// `bytes` and `bytearray` in the error of `%c`.
fn type_object(type_name: &str) -> &'static str {
    if type_name == "bytearray" { "bytearray object" } else { "bytes object" }
}

/// `%d`, `%i`, `%u`, `%o`, `%x` and `%X`, with the limit on decimal digits, 0 for none.
pub fn format_int(value: IntRef<'_>, field: &Field, limit: usize) -> Result<String> {
    let (base, prefix) = match field.kind() {
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut text = if base == 10 { to_decimal(value, limit)? } else { to_radix(value, base) };
    if field.kind() == 'X' {
        text.make_ascii_uppercase();
    }
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |digits| (true, digits));
    let prefix = if field.flags.alternate { prefix } else { "" };
    let zeros = field.precision.unwrap_or(0).saturating_sub(digits.len());
    number(negative, prefix, zeros, digits, field)
}

/// `%e`, `%f`, `%g` and their upper case.
pub fn format_float(value: f64, field: &Field) -> Result<String> {
    let format = DoubleFormat {
        kind: field.kind(),
        precision: checked_precision(field.precision.unwrap_or(6))?,
        alternate: field.flags.alternate,
        add_dot_zero: false,
        no_negative_zero: false,
    };
    let text = double_to_string(value, format)?;
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |digits| (true, digits));
    number(negative, "", 0, digits, field)
}

fn number(negative: bool, prefix: &str, zeros: usize, digits: &str, field: &Field) -> Result<String> {
    let flags = field.flags;
    let sign = match flags {
        _ if negative => "-",
        _ if flags.plus => "+",
        _ if flags.space => " ",
        _ => "",
    };
    let len = zeros.checked_add(sign.len() + prefix.len() + digits.len()).ok_or_else(Error::memory)?;
    let padding = field.width.saturating_sub(len);
    let (left, inner, right) = match flags {
        _ if flags.left => (0, 0, padding),
        _ if flags.zero => (0, padding, 0),
        _ => (padding, 0, 0),
    };
    let mut out = reserve(len.checked_add(padding))?;
    out.resize(left, b' ');
    out.extend_from_slice(sign.as_bytes());
    out.extend_from_slice(prefix.as_bytes());
    out.resize(out.len() + inner + zeros, b'0');
    out.extend_from_slice(digits.as_bytes());
    out.resize(out.len() + right, b' ');
    Ok(String::from_utf8(out).unwrap_or_default())
}

fn padded(text: &[u8], len: usize, field: &Field) -> Result<Vec<u8>> {
    let padding = field.width.saturating_sub(len);
    let size = text.len().checked_add(padding).filter(|&size| size <= MAX_SIZE);
    let mut out = reserve(size)?;
    if !field.flags.left {
        out.resize(padding, b' ');
    }
    out.extend_from_slice(text);
    if field.flags.left {
        out.resize(text.len() + padding, b' ');
    }
    Ok(out)
}

/// `%s`, `%r` and `%a` in a text: the value's `str`, `repr` or `ascii`.
pub fn format_text(value: Text<'_>, field: &Field) -> Result<Wtf8Buf> {
    let len = field.precision.map_or(value.len(), |most| most.min(value.len()));
    padded(value.slice(0..len).as_bytes(), len, field).map(from_parts)
}

/// `%s`, `%b`, `%r` and `%a` in bytes, and `%c` with a single byte.
pub fn format_bytes(value: &[u8], field: &Field) -> Result<Vec<u8>> {
    let len = match field.precision {
        Some(most) if field.kind() != 'c' => most.min(value.len()),
        _ => value.len(),
    };
    padded(&value[..len], len, field)
}

/// `%c` in a text.
pub fn format_char(value: CodePoint, field: &Field) -> Result<Wtf8Buf> {
    padded(Wtf8Buf::from(value).as_bytes(), 1, field).map(from_parts)
}
