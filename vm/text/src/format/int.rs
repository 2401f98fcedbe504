//! `int.__format__`.

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::float::format_with;
use super::number::{Number, lay_out};
use super::spec::{Align, Defaults, Spec};
use crate::error::{Error, Result};
use crate::float::from_int;
use crate::int::{IntRef, to_decimal, to_radix};

/// `format(int, spec)`, with the limit on decimal digits, 0 for none.
pub fn format_int(value: IntRef<'_>, spec: &Wtf8, type_name: &str, limit: usize) -> Result<Wtf8Buf> {
    if spec.is_empty() {
        return to_decimal(value, limit).map(Wtf8Buf::from_string);
    }
    let spec = Spec::parse(spec, Defaults { kind: 'd' as u32, align: Align::Right }, type_name)?;
    match spec.kind() {
        'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n' => {}
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => return format_with(from_int(value)?, &spec),
        _ => return Err(spec.unknown_kind(type_name)),
    }
    if spec.precision.is_some() {
        return Err(Error::value("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(Error::value("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    if spec.kind() == 'c' {
        return format_character(value, &spec);
    }
    let (base, prefix) = match spec.kind() {
        'b' => (2, "0b"),
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut text = if base == 10 { to_decimal(value, limit)? } else { to_radix(value, base) };
    if spec.kind() == 'X' {
        text.make_ascii_uppercase();
    }
    let whole = text.strip_prefix('-').unwrap_or(&text);
    let number = Number {
        negative: text.starts_with('-'),
        prefix: if spec.alternate { prefix } else { "" },
        whole,
        rest: "",
        group: if base == 10 { 3 } else { 4 },
    };
    lay_out(number, &spec)
}

/// The type `c`: the character itself, padded like a number.
fn format_character(value: IntRef<'_>, spec: &Spec) -> Result<Wtf8Buf> {
    if spec.sign.is_some() {
        return Err(Error::value("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(Error::value("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let value = value.to_i64().ok_or_else(|| Error::overflow("Python int too large to convert to C long"))?;
    let c = u32::try_from(value)
        .ok()
        .and_then(CodePoint::from_u32)
        .ok_or_else(|| Error::overflow("%c arg not in range(0x110000)"))?;
    let spec = match spec.align {
        Align::AfterSign => Spec { align: Align::Right, ..spec.clone() },
        _ => spec.clone(),
    };
    super::string::padded(&spec, Wtf8Buf::from(c).as_bytes(), 1)
}
