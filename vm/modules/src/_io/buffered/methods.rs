//! What Python sees of buffered streams.

use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::super::base::{check_readable, check_seekable, check_writable};
use super::super::bases::BUFFERED_IO_BASE;
use super::super::{DEFAULT_BUFFER_SIZE, chained, no_state, optional_size, size_or_all, writable_buffer};
use super::{
    BUFFERED_RANDOM, BUFFERED_READER, BUFFERED_WRITER, Buffered, Kind, Random, Reader, Writer, this,
};

fn new_reader(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Reader(Buffered::empty())).into_obj())
}

fn new_writer(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Writer(Buffered::empty())).into_obj())
}

fn new_random(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Random(Buffered::empty())).into_obj())
}

fn init_as(vm: &Vm, object: &Obj, args: Args<'_>, kind: Kind, name: &'static str) -> PyResult<()> {
    let signature: Signature<2> = Signature::new(name, ["raw", "buffer_size"], 1);
    let [Some(raw), size] = args.bind(vm, &signature)? else { return Ok(()) };
    let size = size.map_or(Ok(DEFAULT_BUFFER_SIZE as i64), |size| vm.index_i64(size))?;
    start(vm, object, kind, raw, size)
}

/// What `__init__` does.
pub(super) fn start(vm: &Vm, object: &Obj, kind: Kind, raw: &Obj, size: i64) -> PyResult<()> {
    let stream = this(vm, object)?;
    stream.ok.set(false);
    stream.detached.set(false);
    if kind == Kind::Random {
        check_seekable(vm, raw)?;
    }
    if kind != Kind::Writer {
        check_readable(vm, raw)?;
    }
    if kind != Kind::Reader {
        check_writable(vm, raw)?;
    }
    stream.raw.set(raw.clone());
    let size = match usize::try_from(size) {
        Ok(size) if size > 0 => size,
        _ => return Err(vm.value_error("buffer size must be strictly positive")),
    };
    stream.readable.set(kind != Kind::Writer);
    stream.writable.set(kind != Kind::Reader);
    stream.size.set(size);
    *stream.memory.borrow_mut() = vec_of_zeros(vm, size)?;
    stream.pos.set(0);
    stream.raw_pos.set(0);
    stream.forget_read();
    stream.forget_written();
    stream.open.set(true);
    stream.ok.set(true);
    // A pipe can't say where it stands.
    if stream.raw_tell(vm).is_err() {
        stream.abs_pos.set(-1);
    }
    Ok(())
}

/// As [`super::zeros`], but the system's zeros where it has them.
fn vec_of_zeros(vm: &Vm, size: usize) -> PyResult<Vec<u8>> {
    if size <= 1 << 24 { Ok(vec![0; size]) } else { super::zeros(vm, size) }
}

fn on_raw(vm: &Vm, object: &Obj, method: &str) -> PyResult {
    vm.call_method_named(&this(vm, object)?.raw(vm)?, method, &[])
}

fn flush(vm: &Vm, object: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    stream.raw(vm)?;
    if !stream.open.get() || stream.raw_closed(vm)? {
        return Err(vm.value_error("flush of closed file"));
    }
    let _inside = stream.gate.enter(vm, object)?;
    stream.flush_and_rewind(vm)?;
    Ok(vm.none())
}

fn close(vm: &Vm, object: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    let raw = stream.raw(vm)?;
    {
        let _inside = stream.gate.enter(vm, object)?;
        if stream.raw_closed(vm)? {
            return Ok(vm.none());
        }
        if stream.finalizing.get() {
            // A warning is nothing that could go wrong for those who close.
            let _ = dealloc_warn(vm, object, object);
        }
    }
    let flushed = vm.call_method(object, &vm.names().flush, &[]);
    let _inside = stream.gate.enter(vm, object)?;
    let closed = vm.call_method(&raw, &vm.names().close, &[]);
    stream.open.set(false);
    drop(stream.memory.take());
    stream.read_end.set(0);
    stream.pos.set(0);
    chained(flushed.err(), closed)
}

fn dealloc_warn(vm: &Vm, object: &Obj, source: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    if let Ok(raw) = stream.raw(vm) {
        // Streams that are not files need not have it.
        let _ = vm.call_method_named(&raw, "_dealloc_warn", std::slice::from_ref(source));
    }
    Ok(vm.none())
}

fn detach(vm: &Vm, object: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    stream.raw(vm)?;
    vm.call_method(object, &vm.names().flush, &[])?;
    let raw = stream.raw(vm)?;
    drop(stream.raw.take());
    stream.detached.set(true);
    stream.ok.set(false);
    Ok(raw)
}

fn read(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let size = optional_size(vm, args.first())?.unwrap_or(-1);
    stream.raw(vm)?;
    if size < -1 {
        return Err(vm.value_error("read length must be non-negative or -1"));
    }
    stream.check_open(vm, "read of closed file")?;
    match usize::try_from(size) {
        Ok(size) => stream.read(vm, object, size),
        Err(_) => stream.read_all(vm, object),
    }
}

fn read1(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let size = args.first().map_or(Ok(-1), |size| vm.index_i64(size))?;
    stream.raw(vm)?;
    let size = usize::try_from(size).unwrap_or(stream.size.get());
    stream.check_open(vm, "read of closed file")?;
    stream.read1(vm, object, size)
}

fn readinto(vm: &Vm, object: &Obj, memory: &Obj, once: bool) -> PyResult {
    let stream = this(vm, object)?;
    let memory = writable_buffer(vm, if once { "readinto1" } else { "readinto" }, memory)?;
    stream.raw(vm)?;
    stream.check_open(vm, "readinto of closed file")?;
    Ok(match stream.readinto(vm, object, memory.len(), once)? {
        Some(read) => {
            memory.write(|memory| memory[..read.len()].copy_from_slice(&read));
            Int::from_usize(read.len())
        }
        None => vm.none(),
    })
}

fn readline(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let limit = size_or_all(vm, args)?;
    stream.raw(vm)?;
    stream.check_open(vm, "readline of closed file")?;
    stream.readline(vm, object, limit)
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let plain = object.is_exact(&BUFFERED_READER) || object.is_exact(&BUFFERED_RANDOM);
    let line = if plain {
        readline(vm, object, &[])?
    } else {
        let line = vm.call_method(object, &vm.names().readline, &[])?;
        if line.downcast::<lasti_vm::bytes::Bytes>().is_none() {
            return Err(vm.error(
                &lasti_vm::builtins::OS_ERROR,
                &format!("readline() should have returned a bytes object, not '{}'", line.ty().name()),
            ));
        }
        line
    };
    Ok(if vm.len(&line)? == 0 { None } else { Some(line) })
}

fn peek(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    if let Some(size) = args.first() {
        vm.index_i64(size)?;
    }
    stream.raw(vm)?;
    stream.check_open(vm, "peek of closed file")?;
    stream.peek(vm, object)
}

fn write(vm: &Vm, object: &Obj, data: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    stream.raw(vm)?;
    let bytes = vm.bytes_like(data)?;
    stream.write(vm, object, &bytes).map(Int::from_usize)
}

fn seek(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let whence = args.get(1).map_or(Ok(0), |whence| vm.c_int_argument(whence))?;
    stream.raw(vm)?;
    if !(0..=4).contains(&whence) {
        return Err(vm.value_error(format!("whence value {whence} unsupported")));
    }
    stream.check_open(vm, "seek of closed file")?;
    check_seekable(vm, &stream.raw(vm)?)?;
    let target = vm.index_i64(&args[0])?;
    stream.seek(vm, object, target, whence).map(Int::new)
}

fn tell(vm: &Vm, object: &Obj) -> PyResult {
    this(vm, object)?.tell(vm).map(Int::new)
}

fn truncate(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    stream.raw(vm)?;
    stream.check_open(vm, "truncate of closed file")?;
    stream.truncate(vm, object, args.first().filter(|size| !vm.is_none(size)))
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let memory = this(vm, object)?.memory.borrow().len();
    Ok(Int::from_usize(size_of::<lasti_vm::object::Object<Reader>>() + memory))
}

/// `<type name='...'>`, or without a name where there is none.
pub(in super::super) fn repr_with_name(vm: &Vm, object: &Obj, more: &str) -> PyResult {
    let class = object.ty().tp_name();
    let name = match vm.find_attr(object, &vm.names().name) {
        Ok(name) => name,
        Err(error) if error.is(&lasti_vm::builtins::VALUE_ERROR) => None,
        Err(error) => return Err(error),
    };
    let Some(name) = name else { return Ok(Str::new(&format!("<{class}{more}>")).into_obj()) };
    let shown = vm.repr_guard(object, |vm| {
        let mut text = lasti_vm::builtins::sequence::Shown::new(&format!("<{class} name="));
        text.repr(vm, &name)?;
        text.text(more);
        text.text(">");
        Ok(text.finish())
    })?;
    match shown {
        Some(shown) => Ok(shown.into_obj()),
        None => Err(vm.runtime_error(format!("reentrant call inside {class}.__repr__"))),
    }
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    repr_with_name(vm, object, "")
}

const CLOSE: NativeDef = NativeDef::new("close", "($self, /)", "", NativeCall::NoArgs(close));
const DETACH: NativeDef = NativeDef::new("detach", "($self, /)", "", NativeCall::NoArgs(detach));
const SEEKABLE: NativeDef = NativeDef::new(
    "seekable",
    "($self, /)",
    "",
    NativeCall::NoArgs(|vm, object| on_raw(vm, object, "seekable")),
);
const READABLE: NativeDef = NativeDef::new(
    "readable",
    "($self, /)",
    "",
    NativeCall::NoArgs(|vm, object| on_raw(vm, object, "readable")),
);
const WRITABLE: NativeDef = NativeDef::new(
    "writable",
    "($self, /)",
    "",
    NativeCall::NoArgs(|vm, object| on_raw(vm, object, "writable")),
);
const FILENO: NativeDef =
    NativeDef::new("fileno", "($self, /)", "", NativeCall::NoArgs(|vm, object| on_raw(vm, object, "fileno")));
const ISATTY: NativeDef =
    NativeDef::new("isatty", "($self, /)", "", NativeCall::NoArgs(|vm, object| on_raw(vm, object, "isatty")));
const DEALLOC_WARN: NativeDef =
    NativeDef::new("_dealloc_warn", "($self, source, /)", "", NativeCall::One(dealloc_warn));
const READ: NativeDef = NativeDef::new(
    "read",
    "($self, size=-1, /)",
    "Read and return up to size bytes; all without a size.",
    NativeCall::Positional(0, 1, read),
);
const READ1: NativeDef = NativeDef::new(
    "read1",
    "($self, size=-1, /)",
    "Read up to size bytes with at most one read of the raw stream.",
    NativeCall::Positional(0, 1, read1),
);
const READINTO: NativeDef = NativeDef::new(
    "readinto",
    "($self, buffer, /)",
    "",
    NativeCall::One(|vm, object, memory| readinto(vm, object, memory, false)),
);
const READINTO1: NativeDef = NativeDef::new(
    "readinto1",
    "($self, buffer, /)",
    "",
    NativeCall::One(|vm, object, memory| readinto(vm, object, memory, true)),
);
const READLINE: NativeDef =
    NativeDef::new("readline", "($self, size=-1, /)", "", NativeCall::Positional(0, 1, readline));
const PEEK: NativeDef = NativeDef::new("peek", "($self, size=0, /)", "", NativeCall::Positional(0, 1, peek));
const WRITE: NativeDef = NativeDef::new(
    "write",
    "($self, buffer, /)",
    "Write buffer b to the IO stream; returns how many bytes, which is always all of them.",
    NativeCall::One(write),
);
const FLUSH: NativeDef = NativeDef::new("flush", "($self, /)", "", NativeCall::NoArgs(flush));
const FLUSH_RAW: NativeDef =
    NativeDef::new("flush", "($self, /)", "", NativeCall::NoArgs(|vm, object| on_raw(vm, object, "flush")));
const SEEK: NativeDef =
    NativeDef::new("seek", "($self, target, whence=0, /)", "", NativeCall::Positional(1, 2, seek));
const TELL: NativeDef = NativeDef::new("tell", "($self, /)", "", NativeCall::NoArgs(tell));
const TRUNCATE: NativeDef =
    NativeDef::new("truncate", "($self, pos=None, /)", "", NativeCall::Positional(0, 1, truncate));
const SIZEOF: NativeDef = NativeDef::new("__sizeof__", "($self, /)", "", NativeCall::NoArgs(sizeof));
const GETSTATE: NativeDef = NativeDef::new("__getstate__", "($self, /)", "", NativeCall::NoArgs(no_state));

static READER: &[NativeDef] = &[
    DETACH,
    FLUSH_RAW,
    CLOSE,
    SEEKABLE,
    READABLE,
    FILENO,
    ISATTY,
    DEALLOC_WARN,
    READ,
    PEEK,
    READ1,
    READINTO,
    READINTO1,
    READLINE,
    SEEK,
    TELL,
    TRUNCATE,
    SIZEOF,
    GETSTATE,
];

static WRITER: &[NativeDef] = &[
    CLOSE,
    DETACH,
    SEEKABLE,
    WRITABLE,
    FILENO,
    ISATTY,
    DEALLOC_WARN,
    WRITE,
    TRUNCATE,
    FLUSH,
    SEEK,
    TELL,
    SIZEOF,
    GETSTATE,
];

static RANDOM: &[NativeDef] = &[
    CLOSE,
    DETACH,
    SEEKABLE,
    READABLE,
    WRITABLE,
    FILENO,
    ISATTY,
    DEALLOC_WARN,
    FLUSH,
    SEEK,
    TELL,
    TRUNCATE,
    READ,
    READ1,
    READINTO,
    READINTO1,
    READLINE,
    PEEK,
    WRITE,
    SIZEOF,
    GETSTATE,
];

static PROPERTIES: &[Property] = &[
    Property::new("raw", "", |vm, object| Ok(vm.or_none(this(vm, object)?.raw.get()))).member(),
    Property::new("_finalizing", "", |vm, object| Ok(vm.bool(this(vm, object)?.finalizing.get())))
        .with_setter(|vm, object, value| super::super::set_bool(vm, &this(vm, object)?.finalizing, value))
        .member(),
    Property::new("closed", "", |vm, object| {
        let raw = this(vm, object)?.raw(vm)?;
        vm.getattr_named(&raw, "closed")
    }),
    Property::new("name", "", |vm, object| vm.getattr(&this(vm, object)?.raw(vm)?, &vm.names().name)),
    Property::new("mode", "", |vm, object| vm.getattr(&this(vm, object)?.raw(vm)?, &vm.names().mode)),
];

pub(in super::super) fn init(vm: &Vm) {
    let builder = |ty: &'static TypeObject, doc| {
        TypeBuilder::new(vm, ty)
            .doc(doc)
            .module("_io")
            .base(&BUFFERED_IO_BASE)
            .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
            .with_dict()
            .properties(PROPERTIES)
    };
    builder(
        &BUFFERED_READER,
        "BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffered reader of a raw stream.",
    )
    .slots(|slots| {
        slots.new.set(Some(new_reader));
        slots.init.set(Some(|vm, object, args| init_as(vm, object, args, Kind::Reader, "BufferedReader")));
        slots.repr.set(Some(repr));
        slots.iternext.set(Some(next));
    })
    .methods(READER)
    .ready();
    builder(
        &BUFFERED_WRITER,
        "BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffered writer to a raw stream.",
    )
    .slots(|slots| {
        slots.new.set(Some(new_writer));
        slots.init.set(Some(|vm, object, args| init_as(vm, object, args, Kind::Writer, "BufferedWriter")));
        slots.repr.set(Some(repr));
    })
    .methods(WRITER)
    .ready();
    builder(&BUFFERED_RANDOM, "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffered reader and writer of a raw stream that can be moved about in.")
        .slots(|slots| {
            slots.new.set(Some(new_random));
            slots
                .init
                .set(Some(|vm, object, args| init_as(vm, object, args, Kind::Random, "BufferedRandom")));
            slots.repr.set(Some(repr));
            slots.iternext.set(Some(next));
        })
        .methods(RANDOM)
        .ready();
}
