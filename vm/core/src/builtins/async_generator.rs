//! Async generators, and the awaitables that their `__anext__`, `asend`, `athrow` and `aclose` give. CPython:
//! Objects/genobject.c.

use std::cell::Cell;

use super::builtin_type;
use super::generator::{self, code, delegate, throw_into, thrown};
use super::object::iter_self;
use crate::builtins as types;
use crate::errors::{Exc, PyResult};
use crate::eval::{Resumed, resume};
use crate::generator::{ASYNC_GENERATOR, Generator, State};
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::types::{NativeCall, NativeDef, Property, Sent, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// What an async generator yields: so it is told from what it awaits.
pub(crate) struct WrappedValue {
    value: Obj,
}

impl Payload for WrappedValue {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &WRAPPED_VALUE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.value);
    }
}

/// One request to an async generator, awaited once.
pub(crate) struct Request {
    agen: Ref<Generator>,
    what: What,
    state: Cell<RequestState>,
}

enum What {
    /// `__anext__()`, `asend(value)`
    Send(Obj),
    /// `athrow(...)`
    Throw(Vec<Obj>),
    /// `aclose()`
    Close,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RequestState {
    Created,
    Begun,
    Closed,
}

impl Payload for Request {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &ASEND
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.agen.as_obj());
        match &self.what {
            What::Send(value) => visitor.visit(value),
            What::Throw(args) => {
                for arg in args {
                    visitor.visit(arg);
                }
            }
            What::Close => {}
        }
    }
}

builtin_type!(/** What an async generator yields. */ WRAPPED_VALUE, "async_generator_wrapped_value", WrappedValue);
builtin_type!(/** `async_generator_asend` */ ASEND, "async_generator_asend", Request);
builtin_type!(/** `async_generator_athrow` */ ATHROW, "async_generator_athrow", Request, on ASEND);

/// Marks what an async generator yields.
pub(crate) fn wrap(value: &Obj) -> Obj {
    Ref::new(WrappedValue { value: value.clone() }).into_obj()
}

/// What came of giving the generator something: it yielded a value for whoever awaits the request (`Returned`), or it
/// awaits something itself (`Yielded`). Its end is an exception.
fn outcome(vm: &Vm, sent: PyResult<Sent>) -> PyResult<Sent> {
    match sent? {
        Sent::Yielded(value) => Ok(match value.downcast_exact::<WrappedValue>() {
            Some(wrapped) => Sent::Returned(wrapped.value.clone()),
            None => Sent::Yielded(value),
        }),
        Sent::Returned(_) => Err(vm.error_with(&types::STOP_ASYNC_ITERATION, Vec::new())),
    }
}

/// What was sent, as `send()` gives it: StopIteration for what was returned.
fn or_stop(vm: &Vm, sent: PyResult<Sent>) -> PyResult {
    match sent? {
        Sent::Yielded(value) => Ok(value),
        Sent::Returned(value) => Err(vm.stop_iteration(Some(value))),
    }
}

fn is_end(error: &Exc) -> bool {
    error.is(&types::STOP_ASYNC_ITERATION) || error.is(&types::GENERATOR_EXIT)
}

impl Request {
    /// Begins or goes on with an `asend` whose generator the eval loop enters itself. What it is given; none if it
    /// cannot be entered so.
    #[inline]
    pub(crate) fn enter(&self, vm: &Vm, sent: &Obj) -> Option<Obj> {
        let What::Send(first) = &self.what else { return None };
        let value = match self.state.get() {
            RequestState::Closed => return None,
            RequestState::Created if self.agen.running_async.get() => return None,
            RequestState::Created if vm.is_none(sent) => first,
            RequestState::Created | RequestState::Begun => sent,
        };
        match self.agen.state.get() {
            State::Suspended => {}
            State::Created if vm.is_none(value) => {}
            _ => return None,
        }
        self.begin();
        Some(value.clone())
    }

    /// The generator.
    #[inline(always)]
    pub(crate) fn generator(&self) -> &Ref<Generator> {
        &self.agen
    }

    /// The generator yielded `value` to the eval loop: what the request ends with, if it does.
    #[inline]
    pub(crate) fn yielded(&self, value: &Obj) -> Option<Obj> {
        let wrapped = value.downcast_exact::<WrappedValue>()?;
        self.agen.running_async.set(false);
        self.state.set(RequestState::Closed);
        Some(wrapped.value.clone())
    }

    /// The generator that the eval loop entered is over: the exception that says so.
    #[cold]
    pub(crate) fn returned(&self, vm: &Vm) -> Exc {
        let error = vm.error_with(&types::STOP_ASYNC_ITERATION, Vec::new());
        self.failed(&error);
        error
    }

    /// An exception left the generator that the eval loop entered.
    #[cold]
    pub(crate) fn failed(&self, error: &Exc) {
        if is_end(error) {
            self.agen.closed.set(true);
        }
        self.agen.running_async.set(false);
        self.state.set(RequestState::Closed);
    }

    fn give(&self, vm: &Vm, value: &Obj) -> PyResult<Sent> {
        outcome(vm, resume(vm, &self.agen, Resumed::Send(value.clone())))
    }

    fn raise(&self, vm: &Vm, args: &[Obj]) -> PyResult<Sent> {
        outcome(vm, thrown(vm, args).and_then(|error| throw_into(vm, &self.agen, error)))
    }

    /// A yielded value ends the request. CPython: `async_gen_unwrap_value`.
    fn unwrap(&self, result: PyResult<Sent>) -> PyResult<Sent> {
        match &result {
            Err(error) => {
                if is_end(error) {
                    self.agen.closed.set(true);
                }
                self.agen.running_async.set(false);
            }
            Ok(Sent::Returned(_)) => self.agen.running_async.set(false),
            Ok(Sent::Yielded(_)) => {}
        }
        result
    }

    /// The request is over unless the generator awaits something.
    fn close_unless_waiting(&self, result: PyResult<Sent>) -> PyResult<Sent> {
        if !matches!(result, Ok(Sent::Yielded(_))) {
            self.state.set(RequestState::Closed);
        }
        result
    }

    fn reused(&self, vm: &Vm) -> Exc {
        vm.runtime_error(match self.what {
            What::Send(_) => "cannot reuse already awaited __anext__()/asend()",
            What::Throw(_) | What::Close => "cannot reuse already awaited aclose()/athrow()",
        })
    }

    /// The request is the generator's first in hand, or an error.
    fn check_running(&self, vm: &Vm) -> PyResult<()> {
        if !self.agen.running_async.get() {
            return Ok(());
        }
        self.state.set(RequestState::Closed);
        Err(vm.runtime_error(match self.what {
            What::Send(_) => "anext(): asynchronous generator is already running",
            What::Throw(_) => "athrow(): asynchronous generator is already running",
            What::Close => "aclose(): asynchronous generator is already running",
        }))
    }

    fn begin(&self) {
        self.state.set(RequestState::Begun);
        self.agen.running_async.set(true);
    }

    /// `aclose()` ends when the generator does; an error if it did not heed it. CPython: `yield_close` and
    /// `check_error`.
    fn end_close(&self, vm: &Vm, result: PyResult<Sent>) -> PyResult<Sent> {
        let end = match result {
            Ok(Sent::Yielded(value)) => return Ok(Sent::Yielded(value)),
            Ok(Sent::Returned(_)) => Err(vm.runtime_error("async generator ignored GeneratorExit")),
            Err(error) if is_end(&error) => Ok(Sent::Returned(vm.none())),
            Err(error) => Err(error),
        };
        self.agen.running_async.set(false);
        self.state.set(RequestState::Closed);
        end
    }

    fn send(&self, vm: &Vm, value: &Obj) -> PyResult<Sent> {
        let before = self.state.get();
        if before == RequestState::Closed {
            return Err(self.reused(vm));
        }
        if let What::Send(first) = &self.what {
            let mut value = value;
            if before == RequestState::Created {
                self.check_running(vm)?;
                if vm.is_none(value) {
                    value = first;
                }
                self.begin();
            }
            let result = self.give(vm, value);
            return self.close_unless_waiting(self.unwrap(result));
        }
        if self.agen.state.get() == State::Finished {
            self.state.set(RequestState::Closed);
            return Ok(Sent::Returned(vm.none()));
        }
        if before == RequestState::Begun {
            let result = self.give(vm, value);
            return match self.what {
                What::Close => self.end_close(vm, result),
                _ => self.unwrap(result),
            };
        }
        self.check_running(vm)?;
        if self.agen.closed.get() {
            self.state.set(RequestState::Closed);
            return Err(vm.error_with(&types::STOP_ASYNC_ITERATION, Vec::new()));
        }
        if !vm.is_none(value) {
            return Err(vm.runtime_error("can't send non-None value to a just-started coroutine"));
        }
        self.begin();
        match &self.what {
            What::Throw(args) => {
                let result = self.raise(vm, args);
                let result = self.unwrap(result);
                if !matches!(result, Ok(Sent::Yielded(_))) {
                    self.agen.running_async.set(false);
                }
                self.close_unless_waiting(result)
            }
            _ => {
                self.agen.closed.set(true);
                let exit = vm.error_with(&types::GENERATOR_EXIT, Vec::new());
                let result = outcome(vm, throw_into(vm, &self.agen, exit));
                self.end_close(vm, result)
            }
        }
    }

    fn throw(&self, vm: &Vm, args: &[Obj]) -> PyResult<Sent> {
        match self.state.get() {
            RequestState::Closed => return Err(self.reused(vm)),
            RequestState::Created => {
                self.check_running(vm)?;
                self.begin();
            }
            RequestState::Begun => {}
        }
        let result = self.raise(vm, args);
        match self.what {
            What::Close => self.end_close(vm, result),
            _ => self.close_unless_waiting(self.unwrap(result)),
        }
    }

    fn close(&self, vm: &Vm) -> PyResult {
        if self.state.get() == RequestState::Closed {
            return Ok(vm.none());
        }
        match self.throw(vm, &[types::GENERATOR_EXIT.to_obj()]) {
            Ok(Sent::Yielded(_)) => Err(vm.runtime_error("coroutine ignored GeneratorExit")),
            Ok(Sent::Returned(_)) => Ok(vm.none()),
            Err(error) if is_end(&error) || error.is(&types::STOP_ITERATION) => Ok(vm.none()),
            Err(error) => Err(error),
        }
    }
}

/// `am_send`
fn send_request(vm: &Vm, request: &Obj, value: &Obj) -> PyResult<Sent> {
    vm.receiver::<Request>(request)?.send(vm, value)
}

fn request_send(vm: &Vm, request: &Obj, value: &Obj) -> PyResult {
    or_stop(vm, send_request(vm, request, value))
}

fn request_next(vm: &Vm, request: &Obj) -> PyResult<Option<Obj>> {
    or_stop(vm, send_request(vm, request, &vm.none())).map(Some)
}

fn request_throw(vm: &Vm, request: &Obj, args: &[Obj]) -> PyResult {
    if args.len() > 1 {
        vm.warn_deprecated(
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
        )?;
    }
    or_stop(vm, vm.receiver::<Request>(request)?.throw(vm, args))
}

fn request_close(vm: &Vm, request: &Obj) -> PyResult {
    vm.receiver::<Request>(request)?.close(vm)
}

/// A request that nobody awaited is warned about. CPython: `_PyErr_WarnUnawaitedAgenMethod`.
fn finalize_request(vm: &Vm, object: &Obj) {
    let Some(request) = object.downcast::<Request>() else { return };
    if request.state.get() != RequestState::Created {
        return;
    }
    let method = match request.what {
        What::Send(_) => "asend",
        What::Throw(_) => "athrow",
        What::Close => "aclose",
    };
    let warn = || -> PyResult<()> {
        let name = vm.repr_text(&request.agen.qualname())?;
        let message = format!("coroutine method '{method}' of {name} was never awaited");
        vm.warn(&types::RUNTIME_WARNING, &message, 1)
    };
    if let Err(error) = warn() {
        generator::ignored(vm, &error, "finalizing async generator", request.agen.as_obj());
    }
}

/// Asks the generator for something; its first request tells the hooks of `sys.set_asyncgen_hooks`.
fn request(vm: &Vm, agen: &Obj, ty: &TypeObject, what: What) -> PyResult {
    let agen = vm.receiver::<Generator>(agen)?;
    if !agen.hooks_called.replace(true) {
        agen.hook.set(vm.asyncgen_finalizer.get());
        if let Some(first) = vm.asyncgen_firstiter.get() {
            vm.call(&first, std::slice::from_ref(agen.as_obj()))?;
        }
    }
    let state = Cell::new(RequestState::Created);
    Ok(Ref::new_in(ty, Request { agen: agen.clone(), what, state }).into_obj())
}

fn anext(vm: &Vm, agen: &Obj) -> PyResult {
    request(vm, agen, &ASEND, What::Send(vm.none()))
}

fn asend(vm: &Vm, agen: &Obj, value: &Obj) -> PyResult {
    request(vm, agen, &ASEND, What::Send(value.clone()))
}

fn athrow(vm: &Vm, agen: &Obj, args: &[Obj]) -> PyResult {
    if args.len() > 1 {
        vm.warn_deprecated(
            "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.",
        )?;
    }
    request(vm, agen, &ATHROW, What::Throw(args.to_vec()))
}

fn aclose(vm: &Vm, agen: &Obj) -> PyResult {
    request(vm, agen, &ATHROW, What::Close)
}

/// An async generator that goes unfinished is handed to the finalizer hook, which may close it in an event loop.
fn finalize(vm: &Vm, object: &Obj) {
    let Some(agen) = object.downcast::<Generator>() else { return };
    if agen.state.get() == State::Finished {
        return;
    }
    if let Some(finalizer) = agen.hook.get().filter(|_| !agen.closed.get()) {
        if let Err(error) = vm.call(&finalizer, std::slice::from_ref(object)) {
            generator::ignored(vm, &error, "closing generator", object);
        }
        return;
    }
    generator::finalize(vm, object);
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("asend", "", "asend(v) -> send 'v' in generator.", NativeCall::One(asend)),
    NativeDef::new(
        "athrow",
        "",
        "athrow(value)\nathrow(type[,value[,tb]])\n\nraise exception in generator.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python.",
        NativeCall::Positional(1, 3, athrow),
    ),
    NativeDef::new(
        "aclose",
        "",
        "aclose() -> raise GeneratorExit inside generator.",
        NativeCall::NoArgs(aclose),
    ),
];

static REQUEST_METHODS: &[NativeDef] = &[
    NativeDef::new("send", "($self, object, /)", "", NativeCall::One(request_send)),
    NativeDef::new("throw", "", "", NativeCall::Positional(1, 3, request_throw)),
    NativeDef::new("close", "($self, /)", "", NativeCall::NoArgs(request_close)),
];

static PROPERTIES: &[Property] = &[
    Property::new("__name__", "name of the async generator", generator::get_name)
        .with_setter(generator::set_name),
    Property::new("__qualname__", "qualified name of the async generator", generator::get_qualname)
        .with_setter(generator::set_qualname),
    Property::new("ag_await", "object being awaited on, or None", |vm, agen| {
        Ok(vm.or_none(delegate(vm.receiver::<Generator>(agen)?)))
    }),
    Property::new("ag_running", "", |vm, agen| {
        Ok(vm.bool(vm.receiver::<Generator>(agen)?.running_async.get()))
    })
    .member(),
    Property::new("ag_suspended", "", generator::get_suspended),
    Property::new("ag_frame", "", generator::get_frame),
    Property::new("ag_code", "", |vm, agen| Ok(code(vm.receiver::<Generator>(agen)?).to_obj())),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &ASYNC_GENERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.repr.set(Some(generator::repr));
            slots.am_aiter.set(Some(iter_self));
            slots.am_anext.set(Some(anext));
            slots.finalize.set(Some(finalize));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
    TypeBuilder::new(vm, &WRAPPED_VALUE).flags(TypeFlags::DISALLOW_INSTANTIATION).ready();
    for ty in [&ASEND, &ATHROW] {
        TypeBuilder::new(vm, ty)
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .slots(|slots| {
                slots.iter.set(Some(iter_self));
                slots.iternext.set(Some(request_next));
                slots.am_await.set(Some(iter_self));
                slots.am_send.set(Some(send_request));
                slots.finalize.set(Some(finalize_request));
            })
            .methods(REQUEST_METHODS)
            .ready();
    }
}
