//! The encodings with backslashes: `unicode_escape`, `raw_unicode_escape`, and `escape` for bytes.

use lasti_text::codecs::{self, Fault, escape};
use lasti_vm::builtins::DEPRECATION_WARNING;
use lasti_vm::builtins::text_error::OrRaise;
use lasti_vm::bytes::Bytes;
use lasti_vm::codecs::Errors;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Obj, PyResult, Vm};

use super::{bytes_or_text, errors_argument, pair};

/// Warns of an escape that Python does not know.
fn warn_invalid(vm: &Vm, bytes: &[u8], at: usize) -> PyResult<()> {
    let octal: String = bytes[at + 1..]
        .iter()
        .take(3)
        .take_while(|byte| byte.is_ascii_digit())
        .map(|&byte| char::from(byte))
        .collect();
    let message = if octal.len() == 3 {
        format!("\"\\{octal}\" is an invalid octal escape sequence. ")
    } else {
        let letter = bytes.get(at + 1).map_or('?', |&byte| char::from(byte));
        format!("\"\\{letter}\" is an invalid escape sequence. ")
    };
    vm.warn(&DEPRECATION_WARNING, message.trim_end_matches(". "), 1)
}

fn unicode_escape_encode(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [text, ..] = args else { return Ok(vm.none()) };
    let text = vm.str_argument("unicode_escape_encode", "1", text)?;
    errors_argument(vm, "unicode_escape_encode", args.get(1))?;
    Ok(pair(Bytes::new(&codecs::encode_unicode_escape(text.as_wtf8())), text.char_len()))
}

fn raw_unicode_escape_encode(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [text, ..] = args else { return Ok(vm.none()) };
    let text = vm.str_argument("raw_unicode_escape_encode", "1", text)?;
    errors_argument(vm, "raw_unicode_escape_encode", args.get(1))?;
    Ok(pair(Bytes::new(&codecs::encode_raw_unicode_escape(text.as_wtf8())), text.char_len()))
}

fn decode(vm: &Vm, function: &str, args: &[Obj], raw: bool) -> PyResult {
    let [data, ..] = args else { return Ok(vm.none()) };
    let bytes = bytes_or_text(vm, data)?;
    let name = errors_argument(vm, function, args.get(1))?;
    let last = args.get(2).map_or(Ok(true), |last| vm.is_true(last))?;
    let mut errors = Errors::new(vm, &name);
    let handler = &mut |fault: &Fault| errors.decode(&bytes, fault);
    let decoded = if raw {
        codecs::decode_raw_unicode_escape(&bytes, last, handler)
    } else {
        codecs::decode_unicode_escape(&bytes, last, &crate::unicodedata::by_name, handler)
    };
    let decoded = decoded.map_err(|stop| stop.raise_decode(vm, &bytes))?;
    if let Some(at) = decoded.invalid {
        warn_invalid(vm, &bytes, at)?;
    }
    Ok(pair(Str::from_wtf8(&decoded.text), decoded.used))
}

fn escape_encode(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [data, ..] = args else { return Ok(vm.none()) };
    let Some(bytes) = data.downcast::<Bytes>() else {
        return Err(vm.bad_argument("escape_encode", "1", "bytes", data));
    };
    errors_argument(vm, "escape_encode", args.get(1))?;
    Ok(pair(Bytes::new(&escape::encode(bytes.as_slice())), bytes.as_slice().len()))
}

fn escape_decode(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [data, ..] = args else { return Ok(vm.none()) };
    let bytes = bytes_or_text(vm, data)?;
    let errors = errors_argument(vm, "escape_decode", args.get(1))?;
    let decoded = escape::decode(&bytes, &errors).or_raise(vm)?;
    if let Some(at) = decoded.invalid {
        warn_invalid(vm, &bytes, at)?;
    }
    Ok(pair(Bytes::new(&decoded.bytes), bytes.len()))
}

pub(super) const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "unicode_escape_encode",
        "($module, str, errors=None, /)",
        "",
        NativeCall::Positional(1, 2, unicode_escape_encode),
    ),
    NativeDef::new(
        "raw_unicode_escape_encode",
        "($module, str, errors=None, /)",
        "",
        NativeCall::Positional(1, 2, raw_unicode_escape_encode),
    ),
    NativeDef::new(
        "unicode_escape_decode",
        "($module, data, errors=None, final=True, /)",
        "",
        NativeCall::Positional(1, 3, |vm, _, args| decode(vm, "unicode_escape_decode", args, false)),
    ),
    NativeDef::new(
        "raw_unicode_escape_decode",
        "($module, data, errors=None, final=True, /)",
        "",
        NativeCall::Positional(1, 3, |vm, _, args| decode(vm, "raw_unicode_escape_decode", args, true)),
    ),
    NativeDef::new(
        "escape_encode",
        "($module, data, errors=None, /)",
        "",
        NativeCall::Positional(1, 2, escape_encode),
    ),
    NativeDef::new(
        "escape_decode",
        "($module, data, errors=None, /)",
        "",
        NativeCall::Positional(1, 2, escape_decode),
    ),
];
