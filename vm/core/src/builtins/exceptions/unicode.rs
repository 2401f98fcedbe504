//! UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError: which part of what could not be converted, and why.

use super::base::{self, field, get_field, set_field, this};
use super::types::{UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, UNICODE_TRANSLATE_ERROR};
use crate::bytes::Bytes;
use crate::call::Args;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, ObjCell};
use crate::text::Str;
use crate::types::{Property, TypeObject};
use crate::vm::Vm;

const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;
const REASON: usize = 4;

/// Checks and sets the arguments, whose fields are `fields` in order.
fn read(vm: &Vm, object: &Obj, args: Args<'_>, fields: &[usize], bytes: bool) -> PyResult<()> {
    base::init(vm, object, args)?;
    let args = args.positional();
    if args.len() != fields.len() {
        return Err(vm.type_error(format!(
            "function takes exactly {} arguments ({} given)",
            fields.len(),
            args.len()
        )));
    }
    let mut values = Vec::with_capacity(fields.len());
    for (index, (&field, value)) in fields.iter().zip(args).enumerate() {
        values.push(match field {
            START | END => Int::new(vm.index_i64(value)?),
            OBJECT if bytes && value.downcast::<Bytes>().is_some() => value.clone(),
            OBJECT if bytes => vm.call(&crate::builtins::BYTES.to_obj(), std::slice::from_ref(value))?,
            _ if value.downcast::<Str>().is_some() => value.clone(),
            _ => {
                let given = if vm.is_none(value) { "None".to_owned() } else { value.ty().name() };
                return Err(vm.type_error(format!("argument {} must be str, not {given}", index + 1)));
            }
        });
    }
    let exception = this(vm, object)?;
    for (&field, value) in fields.iter().zip(values) {
        if let Some(cell) = exception.fields.get(field) {
            cell.set(value);
        }
    }
    Ok(())
}

fn encode_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    read(vm, object, args, &[ENCODING, OBJECT, START, END, REASON], false)
}

fn decode_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    read(vm, object, args, &[ENCODING, OBJECT, START, END, REASON], true)
}

fn translate_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    read(vm, object, args, &[OBJECT, START, END, REASON], false)
}

fn str(vm: &Vm, object: &Obj) -> PyResult {
    let exception = this(vm, object)?;
    let field = |index: usize| exception.fields.get(index).and_then(ObjCell::get);
    if field(OBJECT).is_none() {
        return Ok(vm.intern("").into_obj());
    }
    let encoding = vm.str_text(&vm.or_none(field(ENCODING)))?;
    let reason = vm.str_text(&vm.or_none(field(REASON)))?;
    // Both may have run Python code, which may have changed the others.
    let number = |index: usize| field(index).and_then(|number| number.as_i64()).unwrap_or(0);
    let (start, end) = (number(START), number(END));
    let Some(subject) = field(OBJECT) else {
        return Err(vm.type_error("UnicodeError 'object' attribute is not set"));
    };
    let decodes = object.is_instance_of(&UNICODE_DECODE_ERROR);
    if decodes && subject.downcast::<Bytes>().is_none() {
        return Err(vm.type_error("UnicodeError 'object' attribute must be a bytes"));
    }
    if !decodes && subject.downcast::<Str>().is_none() {
        return Err(vm.type_error("UnicodeError 'object' attribute must be a string"));
    }
    let (subject_prefix, what, verb) = if decodes {
        (format!("'{encoding}' codec "), "byte", "decode")
    } else if object.is_instance_of(&UNICODE_ENCODE_ERROR) {
        (format!("'{encoding}' codec "), "character", "encode")
    } else {
        (String::new(), "character", "translate")
    };
    let one = end == start + 1 && start >= 0;
    let bad = if let Some(bytes) = subject.downcast::<Bytes>() {
        bytes.as_slice().get(start as usize).map(|byte| format!("0x{byte:02x}"))
    } else {
        subject.downcast::<Str>().and_then(|text| text.code_point_at(start as usize)).map(|code| match code {
            0..=0xFF => format!("'\\x{code:02x}'"),
            0x100..=0xFFFF => format!("'\\u{code:04x}'"),
            _ => format!("'\\U{code:08x}'"),
        })
    };
    let text = match bad {
        Some(bad) if one => {
            format!("{subject_prefix}can't {verb} {what} {bad} in position {start}: {reason}")
        }
        _ => format!(
            "{subject_prefix}can't {verb} {what}s in position {start}-{}: {reason}",
            end.wrapping_sub(1)
        ),
    };
    Ok(Str::new(&text).into_obj())
}

fn get_number<const I: usize>(vm: &Vm, object: &Obj) -> PyResult {
    let number = get_field::<I>(vm, object)?;
    Ok(if vm.is_none(&number) { Int::new(0) } else { number })
}

fn set_number<const I: usize>(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete numeric/char attribute")) };
    let number = Int::new(vm.index_i64(value)?);
    set_field::<I>(vm, object, Some(&number))
}

const fn number<const I: usize>(name: &'static str, doc: &'static str) -> Property {
    Property::new(name, doc, get_number::<I>).with_setter(set_number::<I>).member()
}

static FIELDS: &[Property] = &[
    field::<ENCODING>("encoding", "exception encoding"),
    field::<OBJECT>("object", "exception object"),
    number::<START>("start", "exception start"),
    number::<END>("end", "exception end"),
    field::<REASON>("reason", "exception reason"),
];

pub(super) fn customize(ty: &TypeObject) -> super::Additions {
    let init = if ty.is(&UNICODE_ENCODE_ERROR) {
        encode_init
    } else if ty.is(&UNICODE_DECODE_ERROR) {
        decode_init
    } else if ty.is(&UNICODE_TRANSLATE_ERROR) {
        translate_init
    } else {
        return (&[], &[]);
    };
    ty.slots.init.set(Some(init));
    ty.slots.str.set(Some(str));
    (FIELDS, &[])
}
