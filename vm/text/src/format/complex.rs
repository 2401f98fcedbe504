//! `complex.__format__`.

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use super::double::{DoubleFormat, double_to_string};
use super::float::precision;
use super::number::{Number, bare, lay_out};
use super::spec::{Align, Defaults, Sign, Spec};
use crate::complex::Complex;
use crate::error::{Error, Result};

/// `format(complex, spec)`.
pub fn format_complex(value: Complex, spec: &Wtf8, type_name: &str) -> Result<Wtf8Buf> {
    if spec.is_empty() {
        return Ok(Wtf8Buf::from_string(value.repr()));
    }
    let spec = Spec::parse(spec, Defaults { kind: 0, align: Align::Right }, type_name)?;
    if !matches!(spec.kind(), '\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n') {
        return Err(spec.unknown_kind(type_name));
    }
    let precision = precision(&spec)?;
    if spec.fill == '0' {
        return Err(Error::value("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(Error::value("'=' alignment flag is not allowed in complex format specifier"));
    }
    let kind = match spec.kind() {
        '\0' if precision.is_none() => 'r',
        '\0' | 'n' => 'g',
        kind => kind,
    };
    let format = DoubleFormat {
        kind,
        precision: precision.unwrap_or(6),
        alternate: spec.alternate,
        add_dot_zero: false,
        no_negative_zero: spec.no_negative_zero,
    };
    let part = |part: f64, sign: Option<Sign>| {
        let text = double_to_string(part, format)?;
        lay_out(Number::from_float(&text), &bare(&spec, sign))
    };
    let plain = spec.kind == 0;
    let imaginary_only = plain && value.real == 0.0 && value.real.is_sign_positive();
    let mut out = Vec::new();
    if imaginary_only {
        out.extend_from_slice(part(value.imag, spec.sign)?.as_bytes());
    } else {
        if plain {
            out.push(b'(');
        }
        out.extend_from_slice(part(value.real, spec.sign)?.as_bytes());
        out.extend_from_slice(part(value.imag, Some(Sign::Plus))?.as_bytes());
    }
    out.push(b'j');
    if plain && !imaginary_only {
        out.push(b')');
    }
    let len = out.len();
    super::string::padded(&spec, &out, len)
}
