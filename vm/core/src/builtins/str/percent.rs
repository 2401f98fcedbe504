//! `format % values` of str.

use lasti_text::percent::{self, Event, Field, Parser};
use rustpython_wtf8::{CodePoint, Wtf8Buf};

use super::super::percent::{Values, integer, real};
use super::super::text_error::OrRaise;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::Vm;

/// The slot `nb_remainder` of str.
pub(super) fn remainder(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let Some(format) = left.downcast::<Str>() else { return Ok(vm.not_implemented()) };
    let mut values = Values::new(vm, right);
    let mut out = Wtf8Buf::with_capacity(format.as_bytes().len() + 16);
    for event in Parser::text(format.as_bytes()) {
        match event.or_raise(vm)? {
            Event::Literal(range) => out.push_wtf8(&format.as_wtf8()[range]),
            Event::Key(range) => values.key(Str::from_wtf8(&format.as_wtf8()[range]).as_obj())?,
            Event::Width => values.star_width()?,
            Event::Precision => values.star_precision()?,
            Event::Field(mut field) => {
                values.complete(&mut field);
                let value = values.take()?;
                write(vm, &mut out, &value, &field)?;
            }
        }
    }
    values.finish("string")?;
    Ok(super::format::same_or_new(&out, [Some(left), Some(right)]))
}

fn write(vm: &Vm, out: &mut Wtf8Buf, value: &Obj, field: &Field) -> PyResult<()> {
    let text: Ref<Str> = match field.kind() {
        's' => vm.str(value)?,
        'r' => vm.repr(value)?,
        'a' => vm.ascii(value)?,
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            out.push_str(&integer(vm, value, field)?);
            return Ok(());
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            out.push_str(&real(vm, value, field)?);
            return Ok(());
        }
        'c' => {
            out.push_wtf8(&percent::format_char(character(vm, value, field)?, field).or_raise(vm)?);
            return Ok(());
        }
        _ => return Err(vm.text_error(&field.unsupported())),
    };
    if field.width == 0 && field.precision.is_none() {
        out.push_wtf8(text.as_wtf8());
    } else {
        out.push_wtf8(&percent::format_text(text.text(), field).or_raise(vm)?);
    }
    Ok(())
}

/// The value of `%c`.
fn character(vm: &Vm, value: &Obj, field: &Field) -> PyResult<CodePoint> {
    let wrong = |length| vm.text_error(&percent::argument_error(field, &value.ty().name(), length));
    if let Some(text) = value.downcast::<Str>() {
        let mut chars = text.as_wtf8().code_points();
        return match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(c),
            _ => Err(wrong(Some(text.char_len()))),
        };
    }
    if value.as_int().is_none() && value.ty().slots.nb_index.get().is_none() {
        return Err(super::super::percent::wrong_type(vm, field, value));
    }
    let int = vm.index(value)?;
    let code_point = int.as_i64().and_then(|int| u32::try_from(int).ok()).and_then(CodePoint::from_u32);
    code_point.ok_or_else(|| vm.overflow_error("%c arg not in range(0x110000)"))
}
