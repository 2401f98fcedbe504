//! `_io`: files and streams. CPython: Modules/_io.
//!
//! - `base`: `_IOBase`, what all streams have; `bases`: `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`
//! - `fileio`: a descriptor as a stream
//! - `buffered`: readers and writers that keep bytes; `rwpair`: two of them as one
//! - `bytesio`, `stringio`: streams in memory
//! - `newline`: universal newlines; `text`: a stream of text on a stream of bytes
//! - `open`: `open()` and its kin

mod base;
mod bases;
mod buffered;
mod bytesio;
mod fileio;
mod gate;
mod newline;
mod open;
mod rwpair;
mod stringio;
mod text;

use std::cell::Cell;

use lasti_vm::builtins::{BLOCKING_IO_ERROR, OS_ERROR, VALUE_ERROR};
use lasti_vm::dict::Dict;
use lasti_vm::errors::BaseException;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::TypeFlags;
use lasti_vm::{Exc, PyResult, Ref, Vm};

/// `DEFAULT_BUFFER_SIZE`
pub(crate) const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

/// The exception `io.UnsupportedOperation`.
#[cold]
fn unsupported(vm: &Vm, message: &str) -> Exc {
    let made = vm
        .import_module("_io")
        .and_then(|module| vm.getattr_named(&module, "UnsupportedOperation"))
        .and_then(|class| vm.call(&class, &[Str::new(message).into_obj()]));
    match made.map(Obj::into_ref::<BaseException>) {
        Ok(Ok(exception)) => Exc::new(exception),
        Ok(Err(_)) => vm.error(&OS_ERROR, message),
        Err(error) => error,
    }
}

/// What raised, with what was raised before it as its context.
fn chained(first: Option<Exc>, then: PyResult) -> PyResult {
    match (first, then) {
        (None, then) => then,
        (Some(first), Ok(_)) => Err(first),
        (Some(first), Err(then)) => {
            let exception = then.exception();
            if exception.context.is_empty() && !exception.as_obj().is(first.exception().as_obj()) {
                exception.context.set(first.into_obj());
            }
            Err(then)
        }
    }
}

/// An optional size: `None` for its absence and for None.
fn optional_size(vm: &Vm, given: Option<&Obj>) -> PyResult<Option<i64>> {
    match given.filter(|given| !vm.is_none(given)) {
        None => Ok(None),
        Some(given) if given.as_int().is_some() || given.ty().slots.nb_index.get().is_some() => {
            vm.index_i64(given).map(Some)
        }
        Some(given) => {
            Err(vm.type_error(format!("argument should be integer or None, not '{}'", given.ty().name())))
        }
    }
}

/// The same, where all below zero mean "as much as there is".
fn size_or_all(vm: &Vm, args: &[Obj]) -> PyResult<Option<usize>> {
    Ok(optional_size(vm, args.first())?.and_then(|size| usize::try_from(size).ok()))
}

/// The writable memory that `function` was given.
fn writable_buffer(vm: &Vm, function: &str, given: &Obj) -> PyResult<lasti_vm::buffer::Buffer> {
    match vm.try_buffer(given)? {
        Some(buffer) if !buffer.is_readonly() && buffer.layout.is_c_contiguous() => Ok(buffer),
        _ => Err(vm.type_error(format!(
            "{function}() argument must be read-write bytes-like object, not {}",
            if vm.is_none(given) { "None".to_owned() } else { given.ty().name() }
        ))),
    }
}

/// Sets the member `_finalizing`.
fn set_bool(vm: &Vm, cell: &Cell<bool>, value: Option<&Obj>) -> PyResult<()> {
    match value {
        None => Err(vm.type_error("can't delete numeric/char attribute")),
        Some(value) if value.is_exact(&lasti_vm::builtins::BOOL) => {
            cell.set(vm.is_true(value)?);
            Ok(())
        }
        Some(_) => Err(vm.type_error("attribute value type must be bool")),
    }
}

/// The TypeError of pickling an open stream.
fn no_state(vm: &Vm, object: &Obj) -> PyResult {
    Err(vm.type_error(format!("cannot pickle '{}' instances", object.ty().name())))
}

fn make_unsupported(vm: &Vm) -> PyResult {
    let bases = Tuple::new(vec![OS_ERROR.to_obj(), VALUE_ERROR.to_obj()]).into_obj();
    let namespace = Dict::new();
    namespace.set_str(vm, &vm.names().__module__, vm.intern("io").into_obj())?;
    let name = vm.intern("UnsupportedOperation").into_obj();
    vm.call(&lasti_vm::builtins::TYPE.to_obj(), &[name, bases, namespace.into_obj()])
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !base::IO_BASE.has(TypeFlags::READY) {
        base::init(vm);
        bases::init(vm);
        fileio::init(vm);
        buffered::init(vm);
        rwpair::init(vm);
        bytesio::init(vm);
        newline::init(vm);
        stringio::init(vm);
        text::init_type(vm);
    }
    module.add(vm, "DEFAULT_BUFFER_SIZE", Int::from_usize(DEFAULT_BUFFER_SIZE))?;
    module.add(vm, "UnsupportedOperation", make_unsupported(vm)?)?;
    module.add_type(vm, &BLOCKING_IO_ERROR)?;
    for ty in [
        &base::IO_BASE,
        &bases::RAW_IO_BASE,
        &bases::BUFFERED_IO_BASE,
        &bases::TEXT_IO_BASE,
        &fileio::FILE_IO,
        &buffered::BUFFERED_READER,
        &buffered::BUFFERED_WRITER,
        &buffered::BUFFERED_RANDOM,
        &rwpair::BUFFERED_RW_PAIR,
        &bytesio::BYTES_IO,
        &bytesio::BYTES_IO_BUFFER,
        &newline::NEWLINE_DECODER,
        &stringio::STRING_IO,
        &text::TEXT_IO_WRAPPER,
    ] {
        module.add_type(vm, ty)?;
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_io",
    doc: "Files and streams: what the module io is made of.",
    functions: open::FUNCTIONS,
    fill,
};
