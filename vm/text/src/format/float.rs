//! `float.__format__`.

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use super::double::{DoubleFormat, double_to_string};
use super::number::{Number, lay_out};
use super::spec::{Align, Defaults, Spec};
use crate::error::{Error, Result};
use crate::float::repr;

/// `format(float, spec)`.
pub fn format_float(value: f64, spec: &Wtf8, type_name: &str) -> Result<Wtf8Buf> {
    if spec.is_empty() {
        return Ok(Wtf8Buf::from_string(repr(value)));
    }
    let spec = Spec::parse(spec, Defaults { kind: 0, align: Align::Right }, type_name)?;
    match spec.kind() {
        '\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%' => format_with(value, &spec),
        _ => Err(spec.unknown_kind(type_name)),
    }
}

/// The precision where it is not too big for C's `int`.
pub(super) fn precision(spec: &Spec) -> Result<Option<usize>> {
    spec.precision.map(checked_precision).transpose()
}

/// A precision, if it is not too big for C's `int`. CPython keeps room for what comes besides the digits.
pub(crate) fn checked_precision(precision: usize) -> Result<usize> {
    if precision > i32::MAX as usize - 1024 { Err(Error::value("precision too big")) } else { Ok(precision) }
}

/// By a specification that is known to be for floats.
pub(super) fn format_with(value: f64, spec: &Spec) -> Result<Wtf8Buf> {
    let precision = precision(spec)?;
    let percent = spec.kind() == '%';
    let kind = match spec.kind() {
        '\0' if precision.is_none() => 'r',
        '\0' | 'n' => 'g',
        '%' => 'f',
        kind => kind,
    };
    let format = DoubleFormat {
        kind,
        precision: precision.unwrap_or(6),
        alternate: spec.alternate,
        add_dot_zero: spec.kind == 0,
        no_negative_zero: spec.no_negative_zero,
    };
    let mut text = double_to_string(if percent { value * 100.0 } else { value }, format)?;
    if percent {
        text.push('%');
    }
    lay_out(Number::from_float(&text), spec)
}
