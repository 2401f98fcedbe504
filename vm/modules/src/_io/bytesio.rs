//! `BytesIO`: bytes in memory as a stream. CPython: Modules/_io/bytesio.c.

use std::cell::{Cell, RefCell};

use lasti_vm::buffer::{Buffer, BufferAccess, Layout};
use lasti_vm::builtins::iter_self;
use lasti_vm::builtins::memoryview::MemoryView;
use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, Payload, Visitor};
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::bases::BUFFERED_IO_BASE;
use super::{optional_size, size_or_all, writable_buffer};

/// `BytesIO`
pub(super) struct BytesIo {
    bytes: RefCell<Vec<u8>>,
    pos: Cell<usize>,
    closed: Cell<bool>,
    /// How many views of the memory there are.
    exports: Cell<usize>,
}

impl BytesIo {
    fn check_open(&self, vm: &Vm) -> PyResult<()> {
        if self.closed.get() { Err(vm.value_error("I/O operation on closed file.")) } else { Ok(()) }
    }

    fn check_exports(&self, vm: &Vm) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(vm.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }

    /// Takes up to `size` bytes from the place on.
    fn take<R>(&self, size: Option<usize>, f: impl FnOnce(&[u8]) -> R) -> R {
        let bytes = self.bytes.borrow();
        let start = self.pos.get().min(bytes.len());
        let count = size.unwrap_or(usize::MAX).min(bytes.len() - start);
        if count > 0 {
            self.pos.set(start + count);
        }
        f(&bytes[start..start + count])
    }

    /// The length of the line at the place.
    fn line_length(&self, limit: Option<usize>) -> usize {
        let bytes = self.bytes.borrow();
        let rest = bytes.get(self.pos.get()..).unwrap_or_default();
        let rest = &rest[..limit.unwrap_or(usize::MAX).min(rest.len())];
        memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)
    }

    fn write(&self, vm: &Vm, data: &[u8]) -> PyResult<usize> {
        if data.is_empty() {
            return Ok(0);
        }
        let start = self.pos.get();
        let Some(end) = start.checked_add(data.len()).filter(|&end| isize::try_from(end).is_ok()) else {
            return Err(vm.overflow_error("new buffer size too large"));
        };
        let mut bytes = self.bytes.borrow_mut();
        if end > bytes.len() {
            let more = end - bytes.len();
            bytes.try_reserve(more).map_err(|_| vm.out_of_memory())?;
            bytes.resize(end, 0);
        }
        bytes[start..end].copy_from_slice(data);
        self.pos.set(end);
        Ok(data.len())
    }
}

impl Payload for BytesIo {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &BYTES_IO
    }
}

lasti_vm::builtin_type!(/** `_io.BytesIO` */ BYTES_IO, "BytesIO", BytesIo);

/// What `getbuffer` shows.
pub(super) struct BytesIoBuffer {
    owner: Ref<BytesIo>,
}

impl Payload for BytesIoBuffer {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &BYTES_IO_BUFFER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.owner.as_obj());
    }
}

lasti_vm::builtin_type!(/** `_io._BytesIOBuffer` */ BYTES_IO_BUFFER, "_BytesIOBuffer", BytesIoBuffer);

static ACCESS: BufferAccess = BufferAccess {
    read: |object, f| {
        if let Some(buffer) = object.downcast::<BytesIoBuffer>() {
            f(&buffer.owner.bytes.borrow());
        }
    },
    write: |object, f| {
        if let Some(buffer) = object.downcast::<BytesIoBuffer>() {
            f(&mut buffer.owner.bytes.borrow_mut());
        }
    },
    release: |object| {
        if let Some(buffer) = object.downcast::<BytesIoBuffer>() {
            let exports = &buffer.owner.exports;
            exports.set(exports.get().saturating_sub(1));
        }
    },
};

fn buffer_slot(vm: &Vm, object: &Obj) -> PyResult<Buffer> {
    let buffer = vm.receiver::<BytesIoBuffer>(object)?;
    let exports = &buffer.owner.exports;
    exports.set(exports.get() + 1);
    let length = buffer.owner.bytes.borrow().len();
    Ok(Buffer::new(object.clone(), &ACCESS, Layout::bytes(length, false)))
}

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    let stream = BytesIo {
        bytes: RefCell::new(Vec::new()),
        pos: Cell::new(0),
        closed: Cell::new(false),
        exports: Cell::new(0),
    };
    Ok(Ref::new_in(ty, stream).into_obj())
}

static INIT: Signature<1> = Signature::new("BytesIO", ["initial_bytes"], 0);

fn init_slot(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let [initial] = args.bind(vm, &INIT)?;
    let stream = vm.receiver::<BytesIo>(object)?;
    stream.check_exports(vm)?;
    stream.pos.set(0);
    stream.closed.set(false);
    let bytes = match initial.filter(|initial| !vm.is_none(initial)) {
        Some(initial) => vm.bytes_like(initial)?.into_owned(),
        None => Vec::new(),
    };
    stream.bytes.replace(bytes);
    Ok(())
}

fn this<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<BytesIo>> {
    let stream = vm.receiver::<BytesIo>(object)?;
    stream.check_open(vm)?;
    Ok(stream)
}

fn yes(vm: &Vm, object: &Obj) -> PyResult {
    this(vm, object).map(|_| vm.bool(true))
}

fn close(vm: &Vm, object: &Obj) -> PyResult {
    let stream = vm.receiver::<BytesIo>(object)?;
    stream.check_exports(vm)?;
    stream.closed.set(true);
    drop(stream.bytes.take());
    Ok(vm.none())
}

fn read(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let size = size_or_all(vm, args)?;
    Ok(stream.take(size, |bytes| Bytes::new(bytes).into_obj()))
}

fn readinto(vm: &Vm, object: &Obj, memory: &Obj) -> PyResult {
    let memory = writable_buffer(vm, "readinto", memory)?;
    let stream = this(vm, object)?;
    // Copied, since the memory may be the stream's own.
    let taken = stream.take(Some(memory.len()), <[u8]>::to_vec);
    memory.write(|memory| memory[..taken.len()].copy_from_slice(&taken));
    Ok(Int::from_usize(taken.len()))
}

fn readline(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let length = stream.line_length(size_or_all(vm, args)?);
    Ok(stream.take(Some(length), |bytes| Bytes::new(bytes).into_obj()))
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let stream = this(vm, object)?;
    let length = stream.line_length(None);
    Ok((length > 0).then(|| stream.take(Some(length), |bytes| Bytes::new(bytes).into_obj())))
}

fn readlines(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    this(vm, object)?;
    let hint = optional_size(vm, args.first())?.and_then(|hint| usize::try_from(hint).ok()).unwrap_or(0);
    let lines = List::new(Vec::new());
    let mut length = 0;
    while let Some(line) = next(vm, object)? {
        length += vm.len(&line)?;
        lines.items.push(line);
        if hint > 0 && length >= hint {
            break;
        }
    }
    Ok(lines.into_obj())
}

fn write(vm: &Vm, object: &Obj, data: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    stream.check_exports(vm)?;
    let data = vm.bytes_like(data)?;
    // Reading the data may have run code.
    stream.check_open(vm)?;
    stream.check_exports(vm)?;
    stream.write(vm, &data).map(Int::from_usize)
}

fn writelines(vm: &Vm, object: &Obj, lines: &Obj) -> PyResult {
    this(vm, object)?;
    vm.for_each(lines, |line| {
        write(vm, object, &line)?;
        Ok(true)
    })?;
    Ok(vm.none())
}

fn seek(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let offset = vm.index_i64(&args[0])?;
    let whence = args.get(1).map_or(Ok(0), |whence| vm.c_int_argument(whence))?;
    let stream = this(vm, object)?;
    let from = match whence {
        0 if offset < 0 => return Err(vm.value_error(format!("negative seek value {offset}"))),
        0 => 0,
        1 => stream.pos.get(),
        2 => stream.bytes.borrow().len(),
        _ => return Err(vm.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    let place =
        (from as i64).checked_add(offset).ok_or_else(|| vm.overflow_error("new position too large"))?;
    stream.pos.set(usize::try_from(place).unwrap_or(0));
    Ok(Int::from_usize(stream.pos.get()))
}

fn tell(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::from_usize(this(vm, object)?.pos.get()))
}

fn truncate(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    stream.check_exports(vm)?;
    let size = optional_size(vm, args.first())?.unwrap_or(stream.pos.get() as i64);
    // Reading the size may have run code.
    stream.check_open(vm)?;
    stream.check_exports(vm)?;
    let Ok(length) = usize::try_from(size) else {
        return Err(vm.value_error(format!("negative size value {size}")));
    };
    stream.bytes.borrow_mut().truncate(length);
    Ok(Int::new(size))
}

fn getvalue(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Bytes::new(&this(vm, object)?.bytes.borrow()).into_obj())
}

fn getbuffer(vm: &Vm, object: &Obj) -> PyResult {
    let owner = this(vm, object)?.clone();
    let buffer = Ref::new(BytesIoBuffer { owner }).into_obj();
    Ok(MemoryView::of_buffer(vm.buffer(&buffer)?))
}

fn getstate(vm: &Vm, object: &Obj) -> PyResult {
    let value = getvalue(vm, object)?;
    let place = tell(vm, object)?;
    let attributes = vm.getattr(object, &vm.names().__dict__)?;
    let attributes = match attributes.downcast::<Dict>() {
        Some(attributes) if !attributes.is_empty() => attributes.copy().into_obj(),
        _ => vm.none(),
    };
    Ok(Tuple::new(vec![value, place, attributes]).into_obj())
}

fn setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    this(vm, object)?;
    let class = object.ty().tp_name();
    let items = state.downcast::<Tuple>().map(|state| state.items().to_vec()).unwrap_or_default();
    let [value, place, attributes, ..] = items.as_slice() else {
        return Err(vm.type_error(format!(
            "{class}.__setstate__ argument should be 3-tuple, got {}",
            state.ty().name()
        )));
    };
    let stream = vm.receiver::<BytesIo>(object)?;
    stream.check_exports(vm)?;
    stream.bytes.replace(Vec::new());
    stream.pos.set(0);
    let bytes = vm.bytes_like(value)?.into_owned();
    stream.bytes.replace(bytes);
    if place.as_int().is_none() {
        return Err(
            vm.type_error(format!("second item of state must be an integer, not {}", place.ty().name()))
        );
    }
    match usize::try_from(vm.index_i64(place)?) {
        Ok(place) => stream.pos.set(place),
        Err(_) => return Err(vm.value_error("position value cannot be negative")),
    }
    if !vm.is_none(attributes) {
        if attributes.downcast::<Dict>().is_none() {
            return Err(vm.type_error(format!(
                "third item of state should be a dict, got a {}",
                attributes.ty().name()
            )));
        }
        let own = vm.getattr(object, &vm.names().__dict__)?;
        vm.call_method_named(&own, "update", std::slice::from_ref(attributes))?;
    }
    Ok(vm.none())
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let length = vm.receiver::<BytesIo>(object)?.bytes.borrow().capacity();
    Ok(Int::from_usize(size_of::<lasti_vm::object::Object<BytesIo>>() + length))
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("readable", "($self, /)", "True if the IO object can be read.", NativeCall::NoArgs(yes)),
    NativeDef::new("seekable", "($self, /)", "True if the IO object can be seeked.", NativeCall::NoArgs(yes)),
    NativeDef::new(
        "writable",
        "($self, /)",
        "True if the IO object can be written.",
        NativeCall::NoArgs(yes),
    ),
    NativeDef::new("close", "($self, /)", "Disable all I/O operations.", NativeCall::NoArgs(close)),
    NativeDef::new(
        "flush",
        "($self, /)",
        "Does nothing.",
        NativeCall::NoArgs(|vm, object| this(vm, object).map(|_| vm.none())),
    ),
    NativeDef::new(
        "isatty",
        "($self, /)",
        "Always returns False.",
        NativeCall::NoArgs(|vm, object| this(vm, object).map(|_| vm.bool(false))),
    ),
    NativeDef::new("tell", "($self, /)", "Current file position, an integer.", NativeCall::NoArgs(tell)),
    NativeDef::new("write", "($self, b, /)", "Write bytes; returns how many.", NativeCall::One(write)),
    NativeDef::new(
        "writelines",
        "($self, lines, /)",
        "Write lines to the file.",
        NativeCall::One(writelines),
    ),
    NativeDef::new(
        "read1",
        "($self, size=-1, /)",
        "Read at most size bytes, returned as a bytes object.",
        NativeCall::Positional(0, 1, read),
    ),
    NativeDef::new("readinto", "($self, buffer, /)", "Read bytes into buffer.", NativeCall::One(readinto)),
    NativeDef::new(
        "readline",
        "($self, size=-1, /)",
        "Next line from the file, as a bytes object.",
        NativeCall::Positional(0, 1, readline),
    ),
    NativeDef::new(
        "readlines",
        "($self, size=None, /)",
        "List of bytes objects, each a line from the file.",
        NativeCall::Positional(0, 1, readlines),
    ),
    NativeDef::new(
        "read",
        "($self, size=-1, /)",
        "Read at most size bytes, returned as a bytes object.",
        NativeCall::Positional(0, 1, read),
    ),
    NativeDef::new("getbuffer", "($self, /)", "A view of the memory.", NativeCall::NoArgs(getbuffer)),
    NativeDef::new("getvalue", "($self, /)", "All of the bytes.", NativeCall::NoArgs(getvalue)),
    NativeDef::new(
        "seek",
        "($self, pos, whence=0, /)",
        "Change stream position; returns the new one.",
        NativeCall::Positional(1, 2, seek),
    ),
    NativeDef::new(
        "truncate",
        "($self, size=None, /)",
        "Truncate the file to at most size bytes.",
        NativeCall::Positional(0, 1, truncate),
    ),
    NativeDef::new("__getstate__", "($self, /)", "", NativeCall::NoArgs(getstate)),
    NativeDef::new("__setstate__", "($self, object, /)", "", NativeCall::One(setstate)),
    NativeDef::new("__sizeof__", "($self, /)", "", NativeCall::NoArgs(sizeof)),
];

static PROPERTIES: &[Property] = &[Property::new("closed", "True if the file is closed.", |vm, object| {
    Ok(vm.bool(vm.receiver::<BytesIo>(object)?.closed.get()))
})];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &BYTES_IO)
        .doc("BytesIO(initial_bytes=b'')\n--\n\nBuffered I/O implementation using an in-memory bytes buffer.")
        .module("_io")
        .base(&BUFFERED_IO_BASE)
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init_slot));
            slots.iter.set(Some(|vm, object| {
                this(vm, object)?;
                iter_self(vm, object)
            }));
            slots.iternext.set(Some(next));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
    TypeBuilder::new(vm, &BYTES_IO_BUFFER)
        .module("_io")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| slots.buffer.set(Some(buffer_slot)))
        .ready();
}
