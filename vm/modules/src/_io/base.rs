//! `_IOBase`: what all streams have.

use lasti_vm::builtins::{attribute_dict, iter_self};
use lasti_vm::bytes::Bytes;
use lasti_vm::object::{Obj, Payload};
use lasti_vm::sequence::List;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::{chained, size_or_all, unsupported};

/// `_IOBase` keeps nothing but attributes.
pub(super) struct IoBase;

impl Payload for IoBase {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &IO_BASE
    }
}

lasti_vm::builtin_type!(/** `_io._IOBase` */ IO_BASE, "_IOBase", IoBase);

/// Set by [`close`] in a stream's dictionary.
const CLOSED: &str = "__IOBase_closed";

/// The attribute `closed`.
pub(super) fn is_closed(vm: &Vm, stream: &Obj) -> PyResult<bool> {
    let closed = vm.getattr_named(stream, "closed")?;
    vm.is_true(&closed)
}

/// Raises if the stream is closed.
pub(super) fn check_closed(vm: &Vm, stream: &Obj) -> PyResult<()> {
    if is_closed(vm, stream)? { Err(vm.value_error("I/O operation on closed file.")) } else { Ok(()) }
}

/// Raises unless the stream's method `inquiry` says True.
fn check(vm: &Vm, stream: &Obj, inquiry: &str, message: &str) -> PyResult {
    let answer = vm.call_method_named(stream, inquiry, &[])?;
    if answer.is(&vm.bool(true)) { Ok(answer) } else { Err(unsupported(vm, message)) }
}

pub(super) fn check_readable(vm: &Vm, stream: &Obj) -> PyResult {
    check(vm, stream, "readable", "File or stream is not readable.")
}

pub(super) fn check_writable(vm: &Vm, stream: &Obj) -> PyResult {
    check(vm, stream, "writable", "File or stream is not writable.")
}

pub(super) fn check_seekable(vm: &Vm, stream: &Obj) -> PyResult {
    check(vm, stream, "seekable", "File or stream is not seekable.")
}

/// Whether [`close`] was called.
fn was_closed(vm: &Vm, stream: &Obj) -> PyResult<bool> {
    Ok(vm.find_attr(stream, &vm.intern(CLOSED))?.is_some())
}

fn flush(vm: &Vm, stream: &Obj) -> PyResult {
    if was_closed(vm, stream)? {
        return Err(vm.value_error("I/O operation on closed file."));
    }
    Ok(vm.none())
}

/// `_IOBase.close`: flushes and marks the stream.
pub(super) fn close(vm: &Vm, stream: &Obj) -> PyResult {
    if was_closed(vm, stream)? {
        return Ok(vm.none());
    }
    let flushed = vm.call_method(stream, &vm.names().flush, &[]);
    let marked = vm.setattr(stream, &vm.intern(CLOSED), &vm.bool(true)).map(|()| vm.none());
    chained(flushed.err(), marked)
}

/// Before a stream goes, it is closed.
pub(super) fn finalize(vm: &Vm, stream: &Obj) {
    // A stream that can't say whether it is closed was never complete.
    if !matches!(is_closed(vm, stream), Ok(false)) {
        return;
    }
    let _ = vm.setattr(stream, &vm.intern("_finalizing"), &vm.bool(true));
    if let Err(error) = vm.call_method(stream, &vm.names().close, &[]) {
        let shown = vm.repr_text(stream).unwrap_or_else(|_| "<object repr() failed>".to_owned());
        vm.unraisable(&error, &format!("Exception ignored while finalizing file {shown}"), None);
    }
}

fn seek(vm: &Vm, _: &Obj, _: &[Obj]) -> PyResult {
    Err(unsupported(vm, "seek"))
}

fn tell(vm: &Vm, stream: &Obj) -> PyResult {
    let int = lasti_vm::number::Int::new;
    vm.call_method_named(stream, "seek", &[int(0), int(1)])
}

fn truncate(vm: &Vm, _: &Obj, _: &[Obj]) -> PyResult {
    Err(unsupported(vm, "truncate"))
}

fn no(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.bool(false))
}

fn fileno(vm: &Vm, _: &Obj) -> PyResult {
    Err(unsupported(vm, "fileno"))
}

fn isatty(vm: &Vm, stream: &Obj) -> PyResult {
    check_closed(vm, stream)?;
    Ok(vm.bool(false))
}

fn enter(vm: &Vm, stream: &Obj) -> PyResult {
    check_closed(vm, stream)?;
    iter_self(vm, stream)
}

fn next(vm: &Vm, stream: &Obj) -> PyResult<Option<Obj>> {
    let line = vm.call_method(stream, &vm.names().readline, &[])?;
    Ok(if vm.len(&line)? == 0 { None } else { Some(line) })
}

/// `readline` by `peek`, where the stream has it, and `read`.
fn readline(vm: &Vm, stream: &Obj, args: &[Obj]) -> PyResult {
    let limit = size_or_all(vm, args)?;
    let peek = vm.find_attr(stream, &vm.intern("peek"))?;
    let one = lasti_vm::number::Int::new(1);
    let mut line: Vec<u8> = Vec::new();
    while limit.is_none_or(|limit| line.len() < limit) {
        let mut wanted = 1;
        if let Some(peek) = &peek {
            let ahead = vm.call(peek, std::slice::from_ref(&one))?;
            let Some(ahead) = ahead.downcast::<Bytes>() else {
                return Err(wrong_bytes(vm, "peek()", &ahead));
            };
            let ahead = ahead.as_slice();
            if !ahead.is_empty() {
                let most = limit.map_or(ahead.len(), |limit| ahead.len().min(limit - line.len()));
                let ahead = &ahead[..most];
                wanted = memchr::memchr(b'\n', ahead).map_or(most, |at| at + 1);
            }
        }
        let part = vm.call_method_named(stream, "read", &[lasti_vm::number::Int::from_usize(wanted)])?;
        let Some(part) = part.downcast::<Bytes>() else {
            return Err(wrong_bytes(vm, "read()", &part));
        };
        line.extend_from_slice(part.as_slice());
        if part.as_slice().is_empty() || line.last() == Some(&b'\n') {
            break;
        }
    }
    Ok(Bytes::new(&line).into_obj())
}

#[cold]
fn wrong_bytes(vm: &Vm, function: &str, given: &Obj) -> lasti_vm::Exc {
    vm.error(
        &lasti_vm::builtins::OS_ERROR,
        &format!("{function} should have returned a bytes object, not '{}'", given.ty().name()),
    )
}

/// `readlines`: lines until so many bytes or characters.
pub(super) fn readlines(vm: &Vm, stream: &Obj, args: &[Obj]) -> PyResult {
    let hint = super::optional_size(vm, args.first())?.filter(|&hint| hint > 0);
    let lines = List::new(Vec::new());
    let (mut length, mut stopped) = (0_usize, false);
    let iterator = vm.iter(stream)?;
    while !stopped && let Some(line) = vm.next(&iterator)? {
        if let Some(hint) = hint {
            length += vm.len(&line)?;
            stopped = length as u64 > hint as u64;
        }
        lines.items.push(line);
    }
    Ok(lines.into_obj())
}

fn writelines(vm: &Vm, stream: &Obj, lines: &Obj) -> PyResult {
    check_closed(vm, stream)?;
    vm.for_each(lines, |line| {
        vm.call_method(stream, &vm.names().write, &[line])?;
        Ok(true)
    })?;
    Ok(vm.none())
}

const fn def(name: &'static str, signature: &'static str, doc: &'static str, call: NativeCall) -> NativeDef {
    NativeDef::new(name, signature, doc, call)
}

fn checker(vm: &Vm, stream: &Obj) -> PyResult {
    check_closed(vm, stream)?;
    Ok(vm.none())
}

static METHODS: &[NativeDef] = &[
    def(
        "seek",
        "($self, offset, whence=os.SEEK_SET, /)",
        "Change the stream position; returns the new one.",
        NativeCall::Positional(0, 2, seek),
    ),
    def("tell", "($self, /)", "Return current stream position.", NativeCall::NoArgs(tell)),
    def(
        "truncate",
        "($self, size=None, /)",
        "Make the file so long, or as long as the position says.",
        NativeCall::Positional(0, 1, truncate),
    ),
    def("flush", "($self, /)", "Flush what is kept to be written.", NativeCall::NoArgs(flush)),
    def("close", "($self, /)", "Flush and close the stream.", NativeCall::NoArgs(close)),
    def("seekable", "($self, /)", "Whether the position can be changed.", NativeCall::NoArgs(no)),
    def("readable", "($self, /)", "Whether the stream can be read.", NativeCall::NoArgs(no)),
    def("writable", "($self, /)", "Whether the stream can be written to.", NativeCall::NoArgs(no)),
    def("_checkClosed", "($self, /)", "", NativeCall::Positional(0, 1, |vm, stream, _| checker(vm, stream))),
    def("_checkSeekable", "($self, /)", "", NativeCall::NoArgs(check_seekable)),
    def("_checkReadable", "($self, /)", "", NativeCall::NoArgs(check_readable)),
    def("_checkWritable", "($self, /)", "", NativeCall::NoArgs(check_writable)),
    def("fileno", "($self, /)", "The stream's file descriptor, if it has one.", NativeCall::NoArgs(fileno)),
    def("isatty", "($self, /)", "Whether the stream is a terminal.", NativeCall::NoArgs(isatty)),
    def("__enter__", "($self, /)", "", NativeCall::NoArgs(enter)),
    def("__exit__", "", "", NativeCall::Full(|vm, stream, _| vm.call_method(stream, &vm.names().close, &[]))),
    def(
        "readline",
        "($self, size=-1, /)",
        "Read and return a line from the stream.",
        NativeCall::Positional(0, 1, readline),
    ),
    def(
        "readlines",
        "($self, hint=-1, /)",
        "Return a list of lines from the stream.",
        NativeCall::Positional(0, 1, readlines),
    ),
    def(
        "writelines",
        "($self, lines, /)",
        "Write a list of lines to the stream; no line separators are added.",
        NativeCall::One(writelines),
    ),
];

static PROPERTIES: &[Property] = &[Property::new("closed", "Whether the stream is closed.", |vm, stream| {
    was_closed(vm, stream).map(|closed| vm.bool(closed))
})];

fn new(_: &Vm, ty: &TypeObject, _: lasti_vm::call::Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, IoBase).into_obj())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &IO_BASE)
        .doc("The abstract base class of all streams.")
        .module("_io")
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.iter.set(Some(enter));
            slots.iternext.set(Some(next));
            slots.finalize.set(Some(finalize));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .properties(attribute_dict())
        .ready();
}
