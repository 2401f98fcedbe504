//! `str.__format__`.

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use super::spec::{Align, Defaults, Sign, Spec};
use crate::error::{Error, Result, reserve};
use crate::pad::repeat_into;
use crate::text::{Text, from_parts};

/// `format(str, spec)`.
pub fn format_str(text: Text<'_>, spec: &Wtf8, type_name: &str) -> Result<Wtf8Buf> {
    if spec.is_empty() {
        return Ok(text.wtf8().to_owned());
    }
    let spec = Spec::parse(spec, Defaults { kind: 's' as u32, align: Align::Left }, type_name)?;
    if spec.kind != 's' as u32 {
        return Err(spec.unknown_kind(type_name));
    }
    let refuse = |what: &str| Err(Error::value(format!("{what} not allowed in string format specifier")));
    match spec.sign {
        Some(Sign::Space) => return refuse("Space"),
        Some(_) => return refuse("Sign"),
        None => {}
    }
    if spec.no_negative_zero {
        return refuse("Negative zero coercion (z)");
    }
    if spec.alternate {
        return refuse("Alternate form (#)");
    }
    if spec.align == Align::AfterSign {
        return refuse("'=' alignment");
    }
    let len = spec.precision.map_or(text.len(), |most| most.min(text.len()));
    padded(&spec, text.slice(0..len).as_bytes(), len)
}

/// Pads a text of so many characters to the specification's width.
pub(super) fn padded(spec: &Spec, text: &[u8], len: usize) -> Result<Wtf8Buf> {
    let (left, right) = spec.margins(len);
    let mut one = [0; 4];
    let fill = spec.fill.encode_wtf8(&mut one).as_bytes();
    let size = left
        .checked_add(right)
        .and_then(|padding| padding.checked_mul(fill.len()))
        .and_then(|padding| padding.checked_add(text.len()));
    let mut out = reserve(size)?;
    repeat_into(&mut out, fill, left);
    out.extend_from_slice(text);
    repeat_into(&mut out, fill, right);
    Ok(from_parts(out))
}
