//! `stderrprinter`: a standard stream that can only be written to, for the time before `io` is there.
//! CPython: Objects/fileobject.c, `PyStdPrinter_Type`.

use std::io::{IsTerminal, Write};

use crate::builtins::builtin_type;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Payload, Ref};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// Standard output or standard error.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Output,
    Error,
}

/// A standard stream.
pub(crate) struct StdPrinter {
    stream: Stream,
}

impl Payload for StdPrinter {
    fn class() -> &'static TypeObject {
        &STD_PRINTER
    }
}

builtin_type!(/** `stderrprinter` */ STD_PRINTER, "stderrprinter", StdPrinter);

/// A printer to `stream`.
pub(crate) fn make(stream: Stream) -> Obj {
    Ref::new(StdPrinter { stream }).into_obj()
}

fn write(vm: &Vm, object: &Obj, text: &Obj) -> PyResult {
    let printer = vm.receiver::<StdPrinter>(object)?;
    let text = vm.str_argument("write", "1", text)?;
    let shown = match text.as_str() {
        Some(_) => text.clone(),
        // Lone surrogates are shown as escapes.
        None => Str::new(&lasti_text::repr::ascii_of_repr(text.as_wtf8())),
    };
    let result = match printer.stream {
        Stream::Output => std::io::stdout().write_all(shown.as_bytes()),
        Stream::Error => std::io::stderr().write_all(shown.as_bytes()),
    };
    result.map_err(|error| vm.io_error(&error, None))?;
    Ok(Int::from_usize(text.char_len()))
}

fn flush(vm: &Vm, object: &Obj) -> PyResult {
    let result = match vm.receiver::<StdPrinter>(object)?.stream {
        Stream::Output => std::io::stdout().flush(),
        Stream::Error => std::io::stderr().flush(),
    };
    result.map_err(|error| vm.io_error(&error, None))?;
    Ok(vm.none())
}

fn close(vm: &Vm, _: &Obj) -> PyResult {
    // The process's streams stay open.
    Ok(vm.none())
}

fn fileno(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::new(match vm.receiver::<StdPrinter>(object)?.stream {
        Stream::Output => 1,
        Stream::Error => 2,
    }))
}

fn isatty(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(match vm.receiver::<StdPrinter>(object)?.stream {
        Stream::Output => std::io::stdout().is_terminal(),
        Stream::Error => std::io::stderr().is_terminal(),
    }))
}

fn closed(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.bool(false))
}

fn encoding(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.intern("utf-8").into_obj())
}

fn errors(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.intern("backslashreplace").into_obj())
}

fn mode(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.intern("w").into_obj())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let descriptor = fileno(vm, object)?;
    let text = format!("<stdprinter(fd={}) object at {:#x}>", vm.str_text(&descriptor)?, object.id());
    Ok(Str::new(&text).into_obj())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("close", "($self, /)", "", NativeCall::NoArgs(close)),
    NativeDef::new("flush", "($self, /)", "", NativeCall::NoArgs(flush)),
    NativeDef::new("fileno", "($self, /)", "", NativeCall::NoArgs(fileno)),
    NativeDef::new("isatty", "($self, /)", "", NativeCall::NoArgs(isatty)),
    NativeDef::new("write", "", "", NativeCall::One(write)),
];

static PROPERTIES: &[Property] = &[
    Property::new("closed", "True if the file is closed", closed),
    Property::new("encoding", "Encoding of the file", encoding),
    Property::new("errors", "", errors),
    Property::new("mode", "String giving the file mode", mode),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &STD_PRINTER)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| slots.repr.set(Some(repr)))
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
