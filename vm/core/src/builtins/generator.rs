//! Generators: their methods and attributes.
//!
//! CPython: Objects/genobject.c.

use super::object::iter_self;
use crate::builtins as types;
use crate::code::Code;
use crate::errors::{BaseException, Exc, PyResult};
use crate::eval::{Resumed, is_delegating, resume, within};
use crate::frame::Frame;
use crate::generator::{ASYNC_GENERATOR, COROUTINE, GENERATOR, Generator, State};
use crate::object::{Obj, Object, Ref};
use crate::types::{NativeCall, NativeDef, Property, Sent, TypeBuilder, TypeData, TypeFlags};
use crate::vm::Vm;

/// What an object of this kind is called in messages.
pub(crate) fn kind(object: &Obj) -> &'static str {
    if object.is_exact(&COROUTINE) {
        "coroutine"
    } else if object.is_exact(&ASYNC_GENERATOR) {
        "async generator"
    } else {
        "generator"
    }
}

/// The code that the generator runs.
#[allow(unsafe_code, reason = "the frame is the generator's own")]
pub(crate) fn code(generator: &Generator) -> &Object<Code> {
    // SAFETY: the frame keeps its function, and so the code, until the generator is gone.
    unsafe { Frame::code(generator.frame()) }
}

/// What a suspended generator delegates to by `yield from` or `await`.
#[allow(unsafe_code, reason = "the frame is the generator's own")]
pub(crate) fn delegate(generator: &Generator) -> Option<Obj> {
    if generator.state.get() != State::Suspended {
        return None;
    }
    let frame = generator.frame();
    // SAFETY: the frame is the generator's own.
    if !unsafe { is_delegating(frame) } {
        return None;
    }
    // SAFETY: a frame that delegates has the receiver on its stack (verifier, rule 10).
    Some(Obj::from_value(unsafe { crate::frame::top_of_stack(frame) }))
}

/// `generator.send(value)`; StopIteration at the end.
pub(crate) fn send_or_raise(vm: &Vm, generator: &Ref<Generator>, with: Resumed) -> PyResult {
    match resume(vm, generator, with)? {
        Sent::Yielded(value) => Ok(value),
        Sent::Returned(value) => Err(stop(vm, value)),
    }
}

/// The StopIteration for a returned value. A tuple or exception must not be taken for the arguments.
fn stop(vm: &Vm, value: Obj) -> Exc {
    vm.stop_iteration(Some(value))
}

fn send(vm: &Vm, generator: &Obj, value: &Obj) -> PyResult {
    let generator = vm.receiver::<Generator>(generator)?;
    send_or_raise(vm, generator, Resumed::Send(value.clone()))
}

pub(super) fn iternext(vm: &Vm, generator: &Obj) -> PyResult<Option<Obj>> {
    let generator = vm.receiver::<Generator>(generator)?;
    match resume(vm, generator, Resumed::Send(vm.none()))? {
        Sent::Yielded(value) => Ok(Some(value)),
        Sent::Returned(value) if vm.is_none(&value) => Ok(None),
        Sent::Returned(value) => Err(stop(vm, value)),
    }
}

/// The exception that `throw(...)` means. CPython: `_gen_throw`.
pub(crate) fn thrown(vm: &Vm, args: &[Obj]) -> PyResult<Exc> {
    let (first, value, traceback) = (&args[0], args.get(1), args.get(2));
    if let Some(traceback) = traceback
        && !vm.is_none(traceback)
        && traceback.downcast::<crate::traceback::Traceback>().is_none()
    {
        return Err(vm.type_error("throw() third argument must be a traceback object"));
    }
    let made = if let Some(ty) =
        first.downcast::<TypeData>().filter(|ty| ty.is_subtype_of(&types::BASE_EXCEPTION))
    {
        match value {
            Some(value) if value.is_instance_of(ty) => Ok(value.clone()),
            Some(value) if !vm.is_none(value) => match value.downcast::<crate::sequence::Tuple>() {
                Some(args) => vm.call(first, args.items()),
                None => vm.call(first, std::slice::from_ref(value)),
            },
            _ => vm.call(first, &[]),
        }
    } else if first.downcast::<BaseException>().is_some() {
        if value.is_some_and(|value| !vm.is_none(value)) {
            return Err(vm.type_error("instance exception may not have a separate value"));
        }
        Ok(first.clone())
    } else {
        return Err(vm.type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            first.ty().name()
        )));
    };
    // What goes wrong while the exception is made is thrown instead.
    let error = match made.map(Obj::into_ref::<BaseException>) {
        Ok(Ok(exception)) => Exc::new(exception),
        Ok(Err(other)) => vm.type_error(format!(
            "calling {} should have returned an instance of BaseException, not {}",
            vm.repr_text(first)?,
            other.ty().name()
        )),
        Err(error) => error,
    };
    if let Some(traceback) = traceback.filter(|traceback| !vm.is_none(traceback)) {
        error.exception().traceback.set(traceback.clone());
    }
    Ok(error)
}

/// Raises `error` where the generator waits; what it delegates to gets it first.
pub(crate) fn throw_into(vm: &Vm, generator: &Ref<Generator>, error: Exc) -> PyResult<Sent> {
    let Some(inner) = delegate(generator) else { return resume(vm, generator, Resumed::Throw(error)) };
    vm.check_native_stack()?;
    if error.is(&types::GENERATOR_EXIT) {
        // The inner one is closed; its error, if any, is raised here instead.
        let error = match close_inner(vm, generator, &inner) {
            Ok(()) => error,
            Err(other) => other,
        };
        return resume(vm, generator, Resumed::Throw(error));
    }
    let result =
        if let Some(inner) = inner.downcast::<Generator>().filter(|_| !inner.is_exact(&ASYNC_GENERATOR)) {
            within(vm, generator, || throw_into(vm, inner, error.clone()))
        } else {
            match vm.find_attr(&inner, &vm.names().throw)? {
                Some(throw) => {
                    let args = [error.exception().as_obj().clone()];
                    match within(vm, generator, || vm.call(&throw, &args)) {
                        Ok(value) => Ok(Sent::Yielded(value)),
                        Err(stop) if stop.is(&types::STOP_ITERATION) => {
                            let value = stop.exception().fields.first().and_then(|field| field.get());
                            Ok(Sent::Returned(vm.or_none(value)))
                        }
                        Err(other) => Err(other),
                    }
                }
                None => return resume(vm, generator, Resumed::Throw(error)),
            }
        };
    match result {
        Ok(Sent::Yielded(value)) => Ok(Sent::Yielded(value)),
        // The delegation is over: the generator goes on with the result.
        Ok(Sent::Returned(value)) => {
            let stop = vm.stop_iteration(Some(value));
            resume(vm, generator, Resumed::Throw(stop))
        }
        Err(other) => resume(vm, generator, Resumed::Throw(other)),
    }
}

/// Runs `f` while the generator counts as running, so that it is not entered meanwhile.
fn with_running<R>(generator: &Generator, f: impl FnOnce() -> R) -> R {
    let before = generator.state.replace(State::Running);
    let result = f();
    generator.state.set(before);
    result
}

fn close_inner(vm: &Vm, generator: &Generator, inner: &Obj) -> PyResult<()> {
    if let Some(inner) = inner.downcast::<Generator>().filter(|_| !inner.is_exact(&ASYNC_GENERATOR)) {
        return with_running(generator, || close_generator(vm, inner).map(drop));
    }
    match vm.find_attr(inner, &vm.names().close) {
        Ok(Some(close)) => with_running(generator, || vm.call(&close, &[])).map(drop),
        Ok(None) => Ok(()),
        Err(error) => {
            ignored(vm, &error, "closing generator", inner);
            Ok(())
        }
    }
}

pub(super) fn throw(vm: &Vm, generator: &Obj, args: &[Obj]) -> PyResult {
    let generator = vm.receiver::<Generator>(generator)?;
    if args.len() > 1 {
        vm.warn_deprecated(
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
        )?;
    }
    let error = thrown(vm, args)?;
    match throw_into(vm, generator, error)? {
        Sent::Yielded(value) => Ok(value),
        Sent::Returned(value) => Err(stop(vm, value)),
    }
}

/// `generator.close()`
pub(crate) fn close_generator(vm: &Vm, generator: &Ref<Generator>) -> PyResult {
    match generator.state.get() {
        State::Created => {
            finish(generator);
            return Ok(vm.none());
        }
        State::Finished => return Ok(vm.none()),
        State::Suspended | State::Running => {}
    }
    let inner = delegate(generator);
    let closed = match &inner {
        Some(inner) => close_inner(vm, generator, inner),
        None => Ok(()),
    };
    if closed.is_ok() && leaves_quietly(generator) {
        // Nothing in the frame could notice.
        finish(generator);
        return Ok(vm.none());
    }
    let exit = match closed {
        Ok(()) => vm.error_with(&types::GENERATOR_EXIT, Vec::new()),
        Err(error) => error,
    };
    match resume(vm, generator, Resumed::Throw(exit)) {
        Ok(Sent::Yielded(_)) => {
            Err(vm.runtime_error(format!("{} ignored GeneratorExit", kind(generator.as_obj()))))
        }
        Ok(Sent::Returned(value)) => Ok(value),
        Err(error) if error.is(&types::GENERATOR_EXIT) => Ok(vm.none()),
        Err(error) if error.is(&types::STOP_ITERATION) => {
            let value = error.exception().fields.first().and_then(|field| field.get());
            Ok(vm.or_none(value))
        }
        Err(error) => Err(error),
    }
}

/// Whether closing a suspended generator ends it without running it: it waits in no `try` of its own, and none of
/// Python's tools wants to be told. CPython: `_PyEval_NoToolsForUnwind`.
#[allow(unsafe_code, reason = "the frame is the generator's own")]
fn leaves_quietly(generator: &Generator) -> bool {
    // SAFETY: the frame is suspended: behind its instruction is a RESUME.
    generator.state.get() == State::Suspended
        && !crate::trace::unwinding_is_told()
        && unsafe { crate::eval::waits_outside_try(generator.frame()) }
}

/// Ends a generator that was never begun.
#[allow(unsafe_code, reason = "the frame is the generator's own")]
pub(crate) fn finish(generator: &Ref<Generator>) {
    // SAFETY: the frame does not run.
    unsafe { generator.abandon() };
}

/// Reports what was raised while something was done to `object`.
pub(super) fn ignored(vm: &Vm, error: &Exc, doing: &str, object: &Obj) {
    let shown = vm.repr_text(object).unwrap_or_else(|_| "<object repr() failed>".to_owned());
    vm.unraisable(error, &format!("Exception ignored while {doing} {shown}"), None);
}

fn close(vm: &Vm, generator: &Obj) -> PyResult {
    let generator = vm.receiver::<Generator>(generator)?;
    close_generator(vm, generator)
}

/// A generator that goes unfinished runs its `finally` blocks.
pub(crate) fn finalize(vm: &Vm, generator: &Obj) {
    let Some(generator) = generator.downcast::<Generator>() else { return };
    if generator.state.get() != State::Suspended {
        return;
    }
    if let Err(error) = close_generator(vm, generator) {
        ignored(vm, &error, "closing generator", generator.as_obj());
    }
}

pub(crate) static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "send",
        "($self, value, /)",
        "send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration.",
        NativeCall::One(send),
    ),
    NativeDef::new(
        "throw",
        "",
        "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\nStopIteration.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python.",
        NativeCall::Positional(1, 3, throw),
    ),
    NativeDef::new(
        "close",
        "($self, /)",
        "close() -> raise GeneratorExit inside generator.",
        NativeCall::NoArgs(close),
    ),
];

pub(super) fn get_name(vm: &Vm, generator: &Obj) -> PyResult {
    Ok(vm.receiver::<Generator>(generator)?.name())
}

pub(super) fn set_name(vm: &Vm, generator: &Obj, name: Option<&Obj>) -> PyResult<()> {
    match name.filter(|name| name.downcast::<crate::text::Str>().is_some()) {
        Some(name) => {
            vm.receiver::<Generator>(generator)?.own_name.set(name.clone());
            Ok(())
        }
        None => Err(vm.type_error("__name__ must be set to a string object")),
    }
}

pub(super) fn get_qualname(vm: &Vm, generator: &Obj) -> PyResult {
    Ok(vm.receiver::<Generator>(generator)?.qualname())
}

pub(super) fn set_qualname(vm: &Vm, generator: &Obj, name: Option<&Obj>) -> PyResult<()> {
    match name.filter(|name| name.downcast::<crate::text::Str>().is_some()) {
        Some(name) => {
            vm.receiver::<Generator>(generator)?.own_qualname.set(name.clone());
            Ok(())
        }
        None => Err(vm.type_error("__qualname__ must be set to a string object")),
    }
}

pub(super) fn get_running(vm: &Vm, generator: &Obj) -> PyResult {
    Ok(vm.bool(vm.receiver::<Generator>(generator)?.state.get() == State::Running))
}

pub(super) fn get_suspended(vm: &Vm, generator: &Obj) -> PyResult {
    Ok(vm.bool(vm.receiver::<Generator>(generator)?.state.get() == State::Suspended))
}

fn get_delegate(vm: &Vm, generator: &Obj) -> PyResult {
    Ok(vm.or_none(delegate(vm.receiver::<Generator>(generator)?)))
}

fn get_code(vm: &Vm, generator: &Obj) -> PyResult {
    Ok(code(vm.receiver::<Generator>(generator)?).to_obj())
}

#[allow(unsafe_code, reason = "the frame is the generator's own")]
pub(super) fn get_frame(vm: &Vm, generator: &Obj) -> PyResult {
    let generator = vm.receiver::<Generator>(generator)?;
    if generator.state.get() == State::Finished {
        return Ok(vm.none());
    }
    // SAFETY: the frame is alive until the generator is finished.
    Ok(unsafe { crate::frame::FrameObject::of(generator.frame()) }.into_obj())
}

static PROPERTIES: &[Property] = &[
    Property::new("__name__", "name of the generator", get_name).with_setter(set_name),
    Property::new("__qualname__", "qualified name of the generator", get_qualname).with_setter(set_qualname),
    Property::new("gi_yieldfrom", "object being iterated by yield from, or None", get_delegate),
    Property::new("gi_running", "", get_running),
    Property::new("gi_suspended", "", get_suspended),
    Property::new("gi_frame", "", get_frame),
    Property::new("gi_code", "", get_code),
];

pub(super) fn repr(vm: &Vm, generator: &Obj) -> PyResult {
    let payload = vm.receiver::<Generator>(generator)?;
    let name = payload.qualname();
    let name = name.downcast::<crate::text::Str>();
    let name = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let kind = if generator.is_exact(&ASYNC_GENERATOR) { "async_generator" } else { kind(generator) };
    Ok(crate::text::Str::new(&format!("<{kind} object {name} at {:#x}>", generator.id())).into_obj())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &GENERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(iternext));
            slots.finalize.set(Some(finalize));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
