//! Coroutines: their methods and attributes, and the iterator that `__await__` gives. CPython: Objects/genobject.c.

use super::builtin_type;
use super::generator::{self, code, delegate, finish, send_or_raise};
use super::object::iter_self;
use crate::errors::{Exc, PyResult};
use crate::eval::Resumed;
use crate::generator::{COROUTINE, Generator, State};
use crate::number::Int;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// What `coroutine.__await__()` gives: drives the coroutine.
pub(crate) struct CoroutineWrapper {
    coroutine: Obj,
}

impl Payload for CoroutineWrapper {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &COROUTINE_WRAPPER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.coroutine);
    }
}

builtin_type!(/** `coroutine_wrapper` */ COROUTINE_WRAPPER, "coroutine_wrapper", CoroutineWrapper);

fn r#await(_: &Vm, coroutine: &Obj) -> PyResult {
    Ok(Ref::new(CoroutineWrapper { coroutine: coroutine.clone() }).into_obj())
}

fn send(vm: &Vm, coroutine: &Obj, value: &Obj) -> PyResult {
    send_or_raise(vm, vm.receiver::<Generator>(coroutine)?, Resumed::Send(value.clone()))
}

/// Raises if the coroutine is over.
pub(crate) fn check_unfinished(vm: &Vm, coroutine: &Generator) -> PyResult<()> {
    if coroutine.state.get() == State::Finished {
        return Err(vm.runtime_error("cannot reuse already awaited coroutine"));
    }
    Ok(())
}

fn throw(vm: &Vm, coroutine: &Obj, args: &[Obj]) -> PyResult {
    check_unfinished(vm, vm.receiver::<Generator>(coroutine)?)?;
    generator::throw(vm, coroutine, args)
}

fn close(vm: &Vm, coroutine: &Obj) -> PyResult {
    generator::close_generator(vm, vm.receiver::<Generator>(coroutine)?)
}

fn inner<'a>(vm: &Vm, wrapper: &'a Obj) -> PyResult<&'a Obj> {
    Ok(&vm.receiver::<CoroutineWrapper>(wrapper)?.coroutine)
}

fn wrapper_next(vm: &Vm, wrapper: &Obj) -> PyResult<Option<Obj>> {
    generator::iternext(vm, inner(vm, wrapper)?)
}

fn wrapper_send(vm: &Vm, wrapper: &Obj, value: &Obj) -> PyResult {
    send(vm, inner(vm, wrapper)?, value)
}

fn wrapper_throw(vm: &Vm, wrapper: &Obj, args: &[Obj]) -> PyResult {
    throw(vm, inner(vm, wrapper)?, args)
}

fn wrapper_close(vm: &Vm, wrapper: &Obj) -> PyResult {
    close(vm, inner(vm, wrapper)?)
}

/// Notes where a coroutine was made, if that is asked for: the innermost frames' files, lines and names.
pub(crate) fn record_origin(vm: &Vm, coroutine: &Ref<Generator>) {
    let depth = vm.origin_depth.get();
    let frames = (0..depth).map_while(|depth| crate::eval::frame_at(vm, depth));
    let places = frames.map(|frame| {
        let (file, line, name) = crate::frame::place_of(&frame);
        Tuple::new(vec![file, Int::new(line.into()), Str::new(&name).into_obj()]).into_obj()
    });
    if depth > 0 {
        coroutine.hook.set(Tuple::new(places.collect()).into_obj());
    }
}

/// A coroutine that nobody awaited is warned about; one that goes unfinished runs its `finally` blocks.
fn finalize(vm: &Vm, object: &Obj) {
    let Some(coroutine) = object.downcast::<Generator>() else { return };
    if coroutine.state.get() != State::Created {
        return generator::finalize(vm, object);
    }
    warn_of(vm, coroutine);
    if coroutine.state.get() == State::Created {
        finish(coroutine);
    }
}

/// Warns of a coroutine that nobody awaited. CPython: Python/_warnings.c, `_PyErr_WarnUnawaitedCoroutine`.
pub(super) fn warn_of(vm: &Vm, coroutine: &Ref<Generator>) {
    let ignored = |error: &Exc| generator::ignored(vm, error, "finalizing coroutine", coroutine.as_obj());
    match warn_with_origin(vm, coroutine) {
        Ok(true) => return,
        Ok(false) => {}
        Err(error) => {
            ignored(&error);
            if error.is(&super::RUNTIME_WARNING) {
                return;
            }
        }
    }
    let warn = || -> PyResult<()> {
        let message = format!("coroutine '{}' was never awaited", vm.str_text(&coroutine.qualname())?);
        vm.warn(&super::RUNTIME_WARNING, &message, 1)
    };
    if let Err(error) = warn() {
        ignored(&error);
    }
}

/// Lets `warnings` warn, which says where the coroutine was made; false if it can't.
fn warn_with_origin(vm: &Vm, coroutine: &Ref<Generator>) -> PyResult<bool> {
    let Ok(warnings) = vm.import_module("warnings") else { return Ok(false) };
    match vm.find_attr(&warnings, &vm.intern("_warn_unawaited_coroutine"))? {
        Some(warn) => vm.call(&warn, std::slice::from_ref(coroutine.as_obj())).map(|_| true),
        None => Ok(false),
    }
}

const THROW_DOC: &str = "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next iterated value or raise\nStopIteration.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python.";
const SEND_DOC: &str =
    "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration.";
const CLOSE_DOC: &str = "close() -> raise GeneratorExit inside coroutine.";

static METHODS: &[NativeDef] = &[
    NativeDef::new("send", "($self, object, /)", SEND_DOC, NativeCall::One(send)),
    NativeDef::new("throw", "", THROW_DOC, NativeCall::Positional(1, 3, throw)),
    NativeDef::new("close", "($self, /)", CLOSE_DOC, NativeCall::NoArgs(close)),
];

static WRAPPER_METHODS: &[NativeDef] = &[
    NativeDef::new("send", "($self, object, /)", SEND_DOC, NativeCall::One(wrapper_send)),
    NativeDef::new("throw", "", THROW_DOC, NativeCall::Positional(1, 3, wrapper_throw)),
    NativeDef::new("close", "($self, /)", CLOSE_DOC, NativeCall::NoArgs(wrapper_close)),
];

static PROPERTIES: &[Property] = &[
    Property::new("__name__", "name of the coroutine", generator::get_name).with_setter(generator::set_name),
    Property::new("__qualname__", "qualified name of the coroutine", generator::get_qualname)
        .with_setter(generator::set_qualname),
    Property::new("cr_await", "object being awaited on, or None", |vm, coroutine| {
        Ok(vm.or_none(delegate(vm.receiver::<Generator>(coroutine)?)))
    }),
    Property::new("cr_running", "", generator::get_running),
    Property::new("cr_suspended", "", generator::get_suspended),
    Property::new("cr_frame", "", generator::get_frame),
    Property::new("cr_code", "", |vm, coroutine| Ok(code(vm.receiver::<Generator>(coroutine)?).to_obj())),
    Property::new("cr_origin", "", |vm, coroutine| {
        Ok(vm.or_none(vm.receiver::<Generator>(coroutine)?.hook.get()))
    })
    .member(),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &COROUTINE)
        .flags(TypeFlags::DISALLOW_INSTANTIATION | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.repr.set(Some(generator::repr));
            slots.am_await.set(Some(r#await));
            slots.finalize.set(Some(finalize));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
    TypeBuilder::new(vm, &COROUTINE_WRAPPER)
        .doc("A wrapper object implementing __await__ for coroutines.")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(wrapper_next));
        })
        .methods(WRAPPER_METHODS)
        .ready();
}
