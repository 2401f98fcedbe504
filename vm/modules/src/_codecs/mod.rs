//! `_codecs`: the registry of codecs and the native codecs as functions. CPython: Modules/_codecsmodule.c.
//!
//! - here: the registry
//! - `unicode`: the UTF encodings, ASCII, Latin-1
//! - `escapes`: the encodings with backslashes
//! - `charmap`: character sets given by tables

mod charmap;
mod escapes;
mod unicode;

use std::borrow::Cow;

use lasti_vm::bytes::Bytes;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Args, Obj, PyResult, Ref, Signature, Vm};

/// The module.
pub(crate) static MODULE: NativeModule =
    NativeModule { name: "_codecs", doc: "", functions: FUNCTIONS, fill };

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for functions in [unicode::FUNCTIONS, escapes::FUNCTIONS, charmap::FUNCTIONS] {
        Module::add_functions(module, vm, functions)?;
    }
    charmap::init(vm);
    Ok(())
}

/// The result of a codec's function: what came out, and how much went in.
fn pair(result: impl Into<Obj>, used: usize) -> Obj {
    Tuple::new(vec![result.into(), Int::from_usize(used)]).into_obj()
}

/// The argument `errors`: `strict` if it is absent or None.
fn errors_argument(vm: &Vm, function: &str, given: Option<&Obj>) -> PyResult<String> {
    match given.filter(|given| !vm.is_none(given)) {
        None => Ok("strict".to_owned()),
        Some(given) => match given.downcast::<Str>() {
            Some(_) => vm.plain_str_argument(function, "2", given),
            None => Err(vm.bad_argument(function, "2", "str or None", given)),
        },
    }
}

/// Bytes, or the UTF-8 of a str.
fn bytes_or_text<'a>(vm: &Vm, given: &'a Obj) -> PyResult<Cow<'a, [u8]>> {
    match given.downcast::<Str>() {
        Some(text) if text.as_str().is_some() => Ok(Cow::Borrowed(text.as_bytes())),
        Some(text) => vm.encode(text, "utf-8", "strict").map(|_| Cow::Borrowed(&[][..])),
        None => vm.bytes_like(given),
    }
}

fn register(vm: &Vm, _: &Obj, function: &Obj) -> PyResult {
    vm.register_codec_search(function)?;
    Ok(vm.none())
}

fn unregister(vm: &Vm, _: &Obj, function: &Obj) -> PyResult {
    vm.unregister_codec_search(function)?;
    Ok(vm.none())
}

fn lookup(vm: &Vm, _: &Obj, encoding: &Obj) -> PyResult {
    let encoding = vm.plain_str_argument("lookup", "", encoding)?;
    vm.lookup_codec(&encoding)
}

static ENCODE: Signature<3> = Signature::new("encode", ["obj", "encoding", "errors"], 1);
static DECODE: Signature<3> = Signature::new("decode", ["obj", "encoding", "errors"], 1);

fn run(vm: &Vm, args: Args<'_>, signature: &Signature<3>, encode: bool) -> PyResult {
    let [object, encoding, errors] = args.bind(vm, signature)?;
    let name = signature.function;
    let encoding = encoding.map(|given| vm.plain_str_argument(name, "'encoding'", given)).transpose()?;
    let errors = errors.map(|given| vm.plain_str_argument(name, "'errors'", given)).transpose()?;
    let encoding = encoding.as_deref().unwrap_or("utf-8");
    let errors = errors.as_deref().unwrap_or("strict");
    let Some(object) = object else { return Ok(vm.none()) };
    if encode {
        vm.encode_registered(object, encoding, errors, false)
    } else {
        vm.decode_registered(object, encoding, errors, false)
    }
}

fn register_error(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [name, handler] = args else { return Ok(vm.none()) };
    let name = vm.str_argument("register_error", "1", name)?;
    vm.register_error_handler(name, handler)?;
    Ok(vm.none())
}

fn unregister_error(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let name = vm.str_argument("_unregister_error", "", name)?;
    Ok(vm.bool(vm.unregister_error_handler(name)?))
}

fn lookup_error(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let name = vm.plain_str_argument("lookup_error", "", name)?;
    vm.error_handler(&name)
}

fn readbuffer_encode(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [data, ..] = args else { return Ok(vm.none()) };
    errors_argument(vm, "readbuffer_encode", args.get(1))?;
    let bytes = bytes_or_text(vm, data)?;
    Ok(pair(Bytes::new(&bytes), bytes.len()))
}

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "register",
        "($module, search_function, /)",
        "Register a codec search function.\n\nSearch functions are expected to take one argument, the encoding name in\nall lower case letters, and either return None, or a tuple of functions\n(encoder, decoder, stream_reader, stream_writer) (or a CodecInfo object).",
        NativeCall::One(register),
    ),
    NativeDef::new(
        "unregister",
        "($module, search_function, /)",
        "Unregister a codec search function and clear the registry's cache.\n\nIf the search function is not registered, do nothing.",
        NativeCall::One(unregister),
    ),
    NativeDef::new(
        "lookup",
        "($module, encoding, /)",
        "Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.",
        NativeCall::One(lookup),
    ),
    NativeDef::new(
        "encode",
        "($module, /, obj, encoding='utf-8', errors='strict')",
        "Encodes obj using the codec registered for encoding.",
        NativeCall::Full(|vm, _, args| run(vm, args, &ENCODE, true)),
    ),
    NativeDef::new(
        "decode",
        "($module, /, obj, encoding='utf-8', errors='strict')",
        "Decodes obj using the codec registered for encoding.",
        NativeCall::Full(|vm, _, args| run(vm, args, &DECODE, false)),
    ),
    NativeDef::new(
        "register_error",
        "($module, errors, handler, /)",
        "Register the specified error handler under the name errors.\n\nhandler must be a callable object, that\nwill be called with an exception instance containing\ninformation about the location of the encoding/decoding\nerror and must return a (replacement, new position) tuple.",
        NativeCall::Positional(2, 2, register_error),
    ),
    NativeDef::new(
        "_unregister_error",
        "($module, errors, /)",
        "Un-register the specified error handler for the error handling `errors'.\n\nOnly custom error handlers can be un-registered. An exception is raised\nif the error handling is a built-in one (e.g., 'strict'), or if an error\noccurs.\n\nOtherwise, this returns True if a custom handler has been successfully\nun-registered, and False if no custom handler for the specified error\nhandling exists.",
        NativeCall::One(unregister_error),
    ),
    NativeDef::new(
        "lookup_error",
        "($module, name, /)",
        "lookup_error(errors) -> handler\n\nReturn the error handler for the specified error handling name or raise a\nLookupError, if no handler exists under this name.",
        NativeCall::One(lookup_error),
    ),
    NativeDef::new(
        "readbuffer_encode",
        "($module, data, errors=None, /)",
        "",
        NativeCall::Positional(1, 2, readbuffer_encode),
    ),
];
