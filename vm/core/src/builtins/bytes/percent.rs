//! `format % values` of bytes and bytearray.

use lasti_text::percent::{self, Event, Field, Parser};

use super::super::percent::{Values, integer, real, wrong_type};
use super::super::text_error::OrRaise;
use super::{is_bytearray, kind, make, this};
use crate::builtins::TYPE_ERROR;
use crate::bytes::Bytes;
use crate::errors::PyResult;
use crate::object::Obj;
use crate::vm::Vm;

/// The slot `nb_remainder` of both.
pub(super) fn remainder(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    if left.downcast::<Bytes>().is_none() && !is_bytearray(left) {
        return Ok(vm.not_implemented());
    }
    let _held = super::hold(left);
    let format = this(vm, left)?;
    let mut values = Values::new(vm, right);
    let mut out = Vec::with_capacity(format.len() + 16);
    for event in Parser::bytes(&format) {
        match event.or_raise(vm)? {
            Event::Literal(range) => out.extend_from_slice(&format[range]),
            Event::Key(range) => values.key(Bytes::new(&format[range]).as_obj())?,
            Event::Width => values.star_width()?,
            Event::Precision => values.star_precision()?,
            Event::Field(mut field) => {
                values.complete(&mut field);
                let value = values.take()?;
                write(vm, &mut out, &value, &field)?;
            }
        }
    }
    values.finish(kind(left).trim_end_matches("array"))?;
    Ok(make(left, &out))
}

fn write(vm: &Vm, out: &mut Vec<u8>, value: &Obj, field: &Field) -> PyResult<()> {
    let bytes = match field.kind() {
        's' | 'b' => contents(vm, value, field)?,
        'r' | 'a' => vm.ascii(value)?.as_bytes().to_vec(),
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            out.extend_from_slice(integer(vm, value, field)?.as_bytes());
            return Ok(());
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let text = match real(vm, value, field) {
                Err(error) if error.is(&TYPE_ERROR) => return Err(wrong_type(vm, field, value)),
                text => text?,
            };
            out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        'c' => vec![byte(vm, value, field)?],
        _ => return Err(vm.text_error(&field.unsupported())),
    };
    out.extend(percent::format_bytes(&bytes, field).or_raise(vm)?);
    Ok(())
}

/// The value of `%b`.
fn contents(vm: &Vm, value: &Obj, field: &Field) -> PyResult<Vec<u8>> {
    if value.is_exact(&super::super::BYTES) || is_bytearray(value) {
        return vm.bytes_like(value).map(std::borrow::Cow::into_owned);
    }
    match vm.call_special(value, &vm.names().__bytes__, &[])? {
        Some(result) => match result.downcast::<Bytes>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => Err(vm.type_error(format!(
                "{}.__bytes__() must return a bytes, not {}",
                value.ty().name(),
                result.ty().name()
            ))),
        },
        None if value.ty().slots.buffer.get().is_some() => {
            vm.bytes_like(value).map(std::borrow::Cow::into_owned)
        }
        None => Err(wrong_type(vm, field, value)),
    }
}

/// The value of `%c`.
fn byte(vm: &Vm, value: &Obj, field: &Field) -> PyResult<u8> {
    if let Some(bytes) = crate::buffer::with_bytes_object(value, <[u8]>::to_vec) {
        return match *bytes {
            [byte] => Ok(byte),
            _ => {
                let error = percent::argument_error(field, &value.ty().name(), Some(bytes.len()));
                Err(vm.text_error(&error))
            }
        };
    }
    if value.ty().slots.nb_index.get().is_none() {
        return Err(wrong_type(vm, field, value));
    }
    let int = vm.index(value)?;
    let byte = int.as_i64().and_then(|int| u8::try_from(int).ok());
    byte.ok_or_else(|| vm.overflow_error("%c arg not in range(256)"))
}
