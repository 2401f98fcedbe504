//! `_json`: reading and writing JSON for `json`. CPython: Modules/_json.c.

mod encoder;
mod escape;
mod scanner;
mod string;

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeFlags};
use lasti_vm::{Exc, Obj, PyResult, Ref, Vm};
use rustpython_wtf8::Wtf8Buf;

/// The module.
pub(crate) static MODULE: NativeModule =
    NativeModule { name: "_json", doc: "json speedups\n", functions: FUNCTIONS, fill };

fn text_argument<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<Str>> {
    object.downcast::<Str>().ok_or_else(|| {
        vm.type_error(format!("first argument must be a string, not {}", object.ty().tp_name()))
    })
}

fn encode_basestring_ascii(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    let mut out = Wtf8Buf::new();
    escape::ascii(text_argument(vm, object)?, &mut out);
    Ok(Str::from_wtf8(&out).into_obj())
}

fn encode_basestring(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    let mut out = Wtf8Buf::new();
    escape::unicode(text_argument(vm, object)?, &mut out);
    Ok(Str::from_wtf8(&out).into_obj())
}

fn scanstring(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [text, end, strict @ ..] = args else { return Ok(vm.none()) };
    let end = vm.size_argument(end)?;
    let strict = strict.first().map_or(Ok(true), |strict| vm.is_true(strict))?;
    let text = text_argument(vm, text)?;
    let Some(end) = usize::try_from(end).ok().filter(|&end| end <= text.char_len()) else {
        return Err(vm.value_error("end is out of bounds"));
    };
    let (scanned, next) = string::scan(vm, text, text.byte_offset(end), strict)?;
    Ok(Tuple::new(vec![scanned.into_obj(), Int::from_usize(position(text, next))]).into_obj())
}

/// The number of the code point at a byte.
fn position(text: &Str, at: usize) -> usize {
    if text.is_ascii() {
        return at;
    }
    let bytes = text.as_bytes();
    bytes[..at.min(bytes.len())].iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

/// `json.JSONDecodeError(message, text, position)`, of a byte's position.
#[cold]
fn decode_error(vm: &Vm, message: &str, text: &Ref<Str>, at: usize) -> Exc {
    let make = || {
        let ty = vm.getattr_named(&vm.import_module("json.decoder")?, "JSONDecodeError")?;
        let at = Int::from_usize(position(text, at));
        vm.call(&ty, &[Str::new(message).into_obj(), text.as_obj().clone(), at])
    };
    match make() {
        Ok(error) => match error.into_ref() {
            Ok(exception) => Exc::new(exception),
            Err(_) => vm.type_error("exceptions must derive from BaseException"),
        },
        Err(error) => error,
    }
}

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "encode_basestring_ascii",
        "($self, object, /)",
        "encode_basestring_ascii(string) -> string\n\nReturn an ASCII-only JSON representation of a Python string",
        NativeCall::One(encode_basestring_ascii),
    ),
    NativeDef::new(
        "encode_basestring",
        "($self, object, /)",
        "encode_basestring(string) -> string\n\nReturn a JSON representation of a Python string",
        NativeCall::One(encode_basestring),
    ),
    NativeDef::new(
        "scanstring",
        "",
        "scanstring(string, end, strict=True) -> (string, end)\n\nScan the string s for a JSON string. End is the index of the\ncharacter in s after the quote that started the JSON string.\nUnescapes all valid JSON string escape sequences and raises ValueError\non attempt to decode an invalid string. If strict is False then literal\ncontrol characters are allowed in the string.\n\nReturns a tuple of the decoded string and the index of the character in s\nafter the end quote.",
        NativeCall::Positional(2, 3, scanstring),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !scanner::SCANNER.has(TypeFlags::READY) {
        scanner::ready(vm);
        encoder::ready(vm);
    }
    module.add(vm, "make_scanner", scanner::SCANNER.to_obj())?;
    module.add(vm, "make_encoder", encoder::ENCODER.to_obj())
}
