//! What Python sees of text streams.

use lasti_vm::call::Args;
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::super::bases::TEXT_IO_BASE;
use super::super::{chained, no_state, size_or_all};
use super::{TEXT_IO_WRAPPER, TextIo, init};

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, TextIo::empty()).into_obj())
}

fn this<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<TextIo>> {
    vm.receiver::<TextIo>(object)
}

fn on_buffer(vm: &Vm, object: &Obj, method: &str) -> PyResult {
    vm.call_method_named(&this(vm, object)?.buffer(vm)?, method, &[])
}

fn detach(vm: &Vm, object: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    stream.buffer(vm)?;
    vm.call_method(object, &vm.names().flush, &[])?;
    let buffer = stream.buffer(vm)?;
    drop((stream.buffer.take(), stream.file.take()));
    stream.detached.set(true);
    stream.ok.set(false);
    Ok(buffer)
}

fn write(vm: &Vm, object: &Obj, text: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    let Some(text) = text.downcast::<Str>() else {
        return Err(vm.bad_argument("write", "", "str", text));
    };
    stream.write(vm, object, text)?;
    Ok(lasti_vm::number::Int::from_usize(text.char_len()))
}

fn read(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let size = size_or_all(vm, args)?;
    stream.read(vm, object, size)
}

fn readline(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let limit = args.first().map_or(Ok(-1), |limit| vm.index_i64(limit))?;
    stream.open_buffer(vm, object)?;
    Ok(stream.read_line(vm, usize::try_from(limit).ok())?.into_obj())
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let stream = this(vm, object)?;
    stream.buffer(vm)?;
    stream.telling.set(false);
    let line = if object.is_exact(&TEXT_IO_WRAPPER) {
        stream.open_buffer(vm, object)?;
        let line = stream.read_line(vm, None)?;
        if line.is_empty() { None } else { Some(line.into_obj()) }
    } else {
        let line = vm.call_method(object, &vm.names().readline, &[])?;
        match line.downcast::<Str>() {
            None => {
                return Err(vm.error(
                    &lasti_vm::builtins::OS_ERROR,
                    &format!("readline() should have returned a str object, not '{}'", line.ty().name()),
                ));
            }
            Some(text) if text.is_empty() => None,
            Some(_) => Some(line),
        }
    };
    if line.is_none() {
        stream.snapshot.replace(None);
        stream.telling.set(stream.seekable.get());
    }
    Ok(line)
}

fn close(vm: &Vm, object: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    let buffer = stream.buffer(vm)?;
    if super::super::base::is_closed(vm, object)? {
        return Ok(vm.none());
    }
    if stream.detached.get() {
        // Asking whether it is closed took the buffer out.
        return Ok(vm.none());
    }
    if stream.finalizing.get() {
        // A warning is nothing that could go wrong for those who close.
        let _ = vm.call_method_named(&buffer, "_dealloc_warn", std::slice::from_ref(object));
    }
    let flushed = vm.call_method(object, &vm.names().flush, &[]);
    let closed = vm.call_method(&buffer, &vm.names().close, &[]);
    chained(flushed.err(), closed)
}

fn truncate(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    stream.buffer(vm)?;
    vm.call_method(object, &vm.names().flush, &[])?;
    let size = args.first().cloned().unwrap_or_else(|| vm.none());
    vm.call_method_named(&stream.buffer(vm)?, "truncate", &[size])
}

fn seek(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let whence = args.get(1).map_or(Ok(0), |whence| vm.c_int_argument(whence))?;
    stream.seek(vm, object, &args[0], whence)
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    if !stream.ok.get() && !stream.detached.get() {
        return Err(stream.unusable(vm));
    }
    let class = object.ty().tp_name();
    let shown = vm.repr_guard(object, |vm| {
        let mut text = lasti_vm::builtins::sequence::Shown::new(&format!("<{class}"));
        for (label, name) in [(" name=", &vm.names().name), (" mode=", &vm.names().mode)] {
            let found = match vm.find_attr(object, name) {
                // A stream without its buffer has no name.
                Err(error) if error.is(&lasti_vm::builtins::VALUE_ERROR) => None,
                other => other?,
            };
            if let Some(found) = found {
                text.text(label);
                text.repr(vm, &found)?;
            }
        }
        text.text(" encoding=");
        text.repr(vm, &vm.or_none(stream.encoding.get()))?;
        text.text(">");
        Ok(text.finish())
    })?;
    match shown {
        Some(shown) => Ok(shown.into_obj()),
        None => Err(vm.runtime_error(format!("reentrant call inside {class}.__repr__"))),
    }
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("detach", "($self, /)", "Take the buffer out of the stream.", NativeCall::NoArgs(detach)),
    NativeDef::new(
        "reconfigure",
        "($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)",
        "Reconfigure the text stream with new parameters.",
        NativeCall::Full(init::reconfigure),
    ),
    NativeDef::new("write", "($self, text, /)", "Write text; returns its length.", NativeCall::One(write)),
    NativeDef::new("read", "($self, size=-1, /)", "Read characters.", NativeCall::Positional(0, 1, read)),
    NativeDef::new(
        "readline",
        "($self, size=-1, /)",
        "Read up to the end of a line.",
        NativeCall::Positional(0, 1, readline),
    ),
    NativeDef::new(
        "flush",
        "($self, /)",
        "Flush what is kept to be written.",
        NativeCall::NoArgs(|vm, object| this(vm, object)?.flush(vm, object)),
    ),
    NativeDef::new("close", "($self, /)", "Flush and close the stream.", NativeCall::NoArgs(close)),
    NativeDef::new(
        "fileno",
        "($self, /)",
        "",
        NativeCall::NoArgs(|vm, object| on_buffer(vm, object, "fileno")),
    ),
    NativeDef::new(
        "seekable",
        "($self, /)",
        "",
        NativeCall::NoArgs(|vm, object| on_buffer(vm, object, "seekable")),
    ),
    NativeDef::new(
        "readable",
        "($self, /)",
        "",
        NativeCall::NoArgs(|vm, object| on_buffer(vm, object, "readable")),
    ),
    NativeDef::new(
        "writable",
        "($self, /)",
        "",
        NativeCall::NoArgs(|vm, object| on_buffer(vm, object, "writable")),
    ),
    NativeDef::new(
        "isatty",
        "($self, /)",
        "",
        NativeCall::NoArgs(|vm, object| on_buffer(vm, object, "isatty")),
    ),
    NativeDef::new(
        "seek",
        "($self, cookie, whence=os.SEEK_SET, /)",
        "Set the stream position, and return the new stream position.",
        NativeCall::Positional(1, 2, seek),
    ),
    NativeDef::new(
        "tell",
        "($self, /)",
        "Return the stream position as an opaque number.",
        NativeCall::NoArgs(|vm, object| this(vm, object)?.tell(vm, object)),
    ),
    NativeDef::new("truncate", "($self, pos=None, /)", "", NativeCall::Positional(0, 1, truncate)),
    NativeDef::new("__getstate__", "($self, /)", "", NativeCall::NoArgs(no_state)),
];

static PROPERTIES: &[Property] = &[
    Property::new("encoding", "", |vm, object| Ok(vm.or_none(this(vm, object)?.encoding.get()))).member(),
    Property::new("line_buffering", "", |vm, object| Ok(vm.bool(this(vm, object)?.line_buffering.get())))
        .member(),
    Property::new("write_through", "", |vm, object| Ok(vm.bool(this(vm, object)?.write_through.get())))
        .member(),
    Property::new("_finalizing", "", |vm, object| Ok(vm.bool(this(vm, object)?.finalizing.get())))
        .with_setter(|vm, object, value| super::super::set_bool(vm, &this(vm, object)?.finalizing, value))
        .member(),
    Property::new("name", "", |vm, object| vm.getattr(&this(vm, object)?.buffer(vm)?, &vm.names().name)),
    Property::new("closed", "", |vm, object| vm.getattr_named(&this(vm, object)?.buffer(vm)?, "closed")),
    Property::new("newlines", "", |vm, object| {
        let stream = this(vm, object)?;
        stream.buffer(vm)?;
        stream.decoder.newlines(vm)
    }),
    Property::new("errors", "", |vm, object| {
        let stream = this(vm, object)?;
        if !stream.ok.get() && !stream.detached.get() {
            return Err(stream.unusable(vm));
        }
        Ok(init::errors(vm, stream))
    }),
    Property::new("_CHUNK_SIZE", "", |vm, object| {
        let stream = this(vm, object)?;
        stream.buffer(vm)?;
        Ok(lasti_vm::number::Int::from_usize(stream.chunk_size.get()))
    })
    .with_setter(|vm, object, value| {
        let stream = this(vm, object)?;
        stream.buffer(vm)?;
        let Some(value) = value else {
            let message = format!(
                "attribute '_CHUNK_SIZE' of '{}' objects cannot be deleted",
                TEXT_IO_WRAPPER.tp_name()
            );
            return Err(vm.attribute_error(&message, object, &vm.intern("_CHUNK_SIZE")));
        };
        let Some(size) = vm.index(value)?.as_i64() else {
            return Err(vm.value_error("cannot fit 'int' into an index-sized integer"));
        };
        match usize::try_from(size) {
            Ok(size) if size > 0 => {
                stream.chunk_size.set(size);
                Ok(())
            }
            _ => Err(vm.value_error("a strictly positive integer is required")),
        }
    }),
    Property::new("buffer", "", |vm, object| {
        let stream = this(vm, object)?;
        stream.buffer(vm)
    }),
];

pub(in super::super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &TEXT_IO_WRAPPER)
        .doc("TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)\n--\n\nCharacters and lines over a buffered stream of bytes.")
        .module("_io")
        .base(&TEXT_IO_BASE)
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init::init_slot));
            slots.repr.set(Some(repr));
            slots.iternext.set(Some(next));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
