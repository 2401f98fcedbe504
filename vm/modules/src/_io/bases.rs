//! `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`: what streams of each layer have.

use lasti_vm::buffer::ByteArray;
use lasti_vm::bytes::Bytes;
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags};
use lasti_vm::{PyResult, Vm};

use super::base::{IO_BASE, IoBase};
use super::{DEFAULT_BUFFER_SIZE, optional_size, unsupported, writable_buffer};

lasti_vm::builtin_type!(/** `_io._RawIOBase` */ RAW_IO_BASE, "_RawIOBase", IoBase, on IO_BASE);
lasti_vm::builtin_type!(/** `_io._BufferedIOBase` */ BUFFERED_IO_BASE, "_BufferedIOBase", IoBase, on IO_BASE);
lasti_vm::builtin_type!(/** `_io._TextIOBase` */ TEXT_IO_BASE, "_TextIOBase", IoBase, on IO_BASE);

/// `read` by `readinto`, or `readall`.
fn raw_read(vm: &Vm, stream: &Obj, args: &[Obj]) -> PyResult {
    let size = optional_size(vm, args.first())?.unwrap_or(-1);
    let Ok(size) = usize::try_from(size) else { return vm.call_method_named(stream, "readall", &[]) };
    let memory = ByteArray::new(vec![0; size]);
    let count = vm.call_method_named(stream, "readinto", &[memory.as_obj().clone()])?;
    if vm.is_none(&count) {
        return Ok(count);
    }
    let count = vm.index_i64(&count)?;
    let read = memory.read(|bytes| {
        usize::try_from(count).ok().filter(|_| count as u64 <= size as u64).map(|count| {
            // The stream may have changed the memory's length.
            Bytes::new(bytes.get(..count).unwrap_or(bytes)).into_obj()
        })
    });
    read.ok_or_else(|| vm.value_error(format!("readinto returned {count} outside buffer size {size}")))
}

/// `readall` by `read`.
fn raw_readall(vm: &Vm, stream: &Obj) -> PyResult {
    let mut all = Vec::new();
    loop {
        let part = vm.call_method_named(stream, "read", &[Int::from_usize(DEFAULT_BUFFER_SIZE)])?;
        if vm.is_none(&part) {
            return Ok(if all.is_empty() { part } else { Bytes::new(&all).into_obj() });
        }
        let Some(part) = part.downcast::<Bytes>() else {
            return Err(vm.type_error("read() should return bytes"));
        };
        if part.as_slice().is_empty() {
            return Ok(Bytes::new(&all).into_obj());
        }
        all.extend_from_slice(part.as_slice());
    }
}

fn not_implemented(vm: &Vm) -> PyResult {
    Err(vm.error_with(&lasti_vm::builtins::NOT_IMPLEMENTED_ERROR, Vec::new()))
}

static RAW: &[NativeDef] = &[
    NativeDef::new("read", "($self, size=-1, /)", "", NativeCall::Positional(0, 1, raw_read)),
    NativeDef::new(
        "readall",
        "($self, /)",
        "Read until EOF, using multiple read() calls.",
        NativeCall::NoArgs(raw_readall),
    ),
    NativeDef::new("readinto", "", "", NativeCall::Full(|vm, _, _| not_implemented(vm))),
    NativeDef::new("write", "", "", NativeCall::Full(|vm, _, _| not_implemented(vm))),
];

/// `readinto` by `read` or `read1`.
fn readinto_by(vm: &Vm, stream: &Obj, memory: &Obj, function: &str, read: &str) -> PyResult {
    let memory = writable_buffer(vm, function, memory)?;
    let data = vm.call_method_named(stream, read, &[Int::from_usize(memory.len())])?;
    let Some(data) = data.downcast::<Bytes>() else {
        return Err(vm.type_error("read() should return bytes"));
    };
    let data = data.as_slice();
    if data.len() > memory.len() {
        return Err(vm.value_error(format!(
            "read() returned too much data: {} bytes requested, {} returned",
            memory.len(),
            data.len()
        )));
    }
    memory.write(|memory| memory[..data.len()].copy_from_slice(data));
    Ok(Int::from_usize(data.len()))
}

macro_rules! lacking {
    ($name:literal, $signature:literal, $doc:literal) => {
        NativeDef::new($name, $signature, $doc, NativeCall::Full(|vm, _, _| Err(unsupported(vm, $name))))
    };
}

static BUFFERED: &[NativeDef] = &[
    lacking!("detach", "($self, /)", "Disconnect this buffer from its underlying raw stream and return it."),
    lacking!("read", "($self, size=-1, /)", "Read and return up to n bytes."),
    lacking!("read1", "($self, size=-1, /)", "Read up to size bytes with at most one raw read."),
    NativeDef::new(
        "readinto",
        "($self, buffer, /)",
        "",
        NativeCall::One(|vm, stream, memory| readinto_by(vm, stream, memory, "readinto", "read")),
    ),
    NativeDef::new(
        "readinto1",
        "($self, buffer, /)",
        "",
        NativeCall::One(|vm, stream, memory| readinto_by(vm, stream, memory, "readinto1", "read1")),
    ),
    lacking!("write", "($self, b, /)", "Write buffer b to the IO stream."),
];

static TEXT: &[NativeDef] = &[
    lacking!("detach", "($self, /)", "Separate the underlying buffer from the TextIOBase and return it."),
    lacking!("read", "($self, size=-1, /)", "Read at most size characters from stream."),
    lacking!("readline", "($self, size=-1, /)", "Read until newline or EOF."),
    lacking!("write", "($self, s, /)", "Write string s to stream."),
];

static TEXT_PROPERTIES: &[Property] = &[
    Property::new("encoding", "Encoding of the text stream.", |vm, _| Ok(vm.none())),
    Property::new("newlines", "Line endings translated so far.", |vm, _| Ok(vm.none())),
    Property::new("errors", "The error setting of the decoder or encoder.", |vm, _| Ok(vm.none())),
];

pub(super) fn init(vm: &Vm) {
    for (ty, doc, methods) in [
        (&RAW_IO_BASE, "Base class for raw binary I/O.", RAW),
        (&BUFFERED_IO_BASE, "Base class for buffered IO objects.", BUFFERED),
        (&TEXT_IO_BASE, "Base class for text I/O.", TEXT),
    ] {
        let builder = TypeBuilder::new(vm, ty)
            .doc(doc)
            .module("_io")
            .base(&IO_BASE)
            .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
            .methods(methods);
        if std::ptr::eq(ty, &raw const TEXT_IO_BASE) {
            builder.properties(TEXT_PROPERTIES).ready();
        } else {
            builder.ready();
        }
    }
}
