//! The payload of futures and tasks, and what futures do.
//!
//! A task is a future with a coroutine. Both have the same payload, so that whatever a future can do is done to a task
//! without a look at its type; what only tasks have is in [`TaskPart`].

use std::cell::Cell;

use lasti_vm::builtins::{RUNTIME_ERROR, STOP_ITERATION};
use lasti_vm::call::Args;
use lasti_vm::dict::Dict;
use lasti_vm::errors::{BaseException, Exc};
use lasti_vm::object::{ObjCell, ObjVec, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{TypeData, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::imports::{CANCELLED_ERROR, EXTRACT_STACK, INVALID_STATE_ERROR, raised};
use super::task::TaskPart;
use super::{current, registry};

/// A future, or a task.
pub(super) struct Future {
    /// The event loop; empty before `__init__`.
    pub(super) event_loop: ObjCell,
    /// The first callback, and its context.
    pub(super) callback: ObjCell,
    pub(super) context: ObjCell,
    /// Further callbacks: pairs of callback and context.
    pub(super) callbacks: ObjVec,
    pub(super) exception: ObjCell,
    /// The exception's traceback when it was set.
    pub(super) traceback: ObjCell,
    pub(super) result: ObjCell,
    pub(super) source_traceback: ObjCell,
    pub(super) cancel_message: ObjCell,
    /// The CancelledError that ended a task, until somebody gets it.
    pub(super) cancelled_error: ObjCell,
    /// The future that waits for this one, or a set of several.
    pub(super) awaited_by: ObjCell,
    pub(super) state: Cell<State>,
    /// The exception was not looked at yet.
    pub(super) log_traceback: Cell<bool>,
    /// It was yielded by `await`.
    pub(super) blocking: Cell<bool>,
    pub(super) task: TaskPart,
}

/// How far a future is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Pending,
    Cancelled,
    Finished,
}

impl Payload for Future {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &FUTURE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for cell in self.cells() {
            cell.traverse(visitor);
        }
        self.callbacks.traverse(visitor);
        self.task.traverse(visitor);
    }

    fn clear(&self) {
        self.reset();
        self.task.clear();
    }
}

lasti_vm::builtin_type!(/** `Future` */ FUTURE, "Future", Future);
lasti_vm::builtin_type!(/** `Task` */ TASK, "Task", Future, on FUTURE);

/// Whether it is exactly a `Future` or a `Task`: its methods are then known to be the ones here.
pub(super) fn is_native(object: &Obj) -> bool {
    object.is_exact(&FUTURE) || object.is_exact(&TASK)
}

impl Future {
    /// One that `__init__` was not called for.
    pub(super) const fn empty() -> Self {
        Self {
            event_loop: ObjCell::empty(),
            callback: ObjCell::empty(),
            context: ObjCell::empty(),
            callbacks: ObjVec::new(Vec::new()),
            exception: ObjCell::empty(),
            traceback: ObjCell::empty(),
            result: ObjCell::empty(),
            source_traceback: ObjCell::empty(),
            cancel_message: ObjCell::empty(),
            cancelled_error: ObjCell::empty(),
            awaited_by: ObjCell::empty(),
            state: Cell::new(State::Pending),
            log_traceback: Cell::new(false),
            blocking: Cell::new(false),
            task: TaskPart::empty(),
        }
    }

    fn cells(&self) -> [&ObjCell; 10] {
        [
            &self.event_loop,
            &self.callback,
            &self.context,
            &self.exception,
            &self.traceback,
            &self.result,
            &self.source_traceback,
            &self.cancel_message,
            &self.cancelled_error,
            &self.awaited_by,
        ]
    }

    fn reset(&self) {
        for cell in self.cells() {
            drop(cell.take());
        }
        drop(self.callbacks.take());
    }

    /// `Future.__init__`
    pub(super) fn init(&self, vm: &Vm, event_loop: Option<&Obj>) -> PyResult<()> {
        self.reset();
        self.state.set(State::Pending);
        self.log_traceback.set(false);
        self.blocking.set(false);
        let event_loop = match event_loop.filter(|event_loop| !vm.is_none(event_loop)) {
            Some(event_loop) => event_loop.clone(),
            None => current::event_loop(vm)?,
        };
        self.event_loop.set(event_loop.clone());
        let debug = vm.call_method(&event_loop, &vm.names().get_debug, &[])?;
        if vm.is_true(&debug)? && !vm.is_finalizing() {
            self.source_traceback.set(vm.call(&EXTRACT_STACK.get(vm)?, &[])?);
        }
        Ok(())
    }

    /// The event loop; raises before `__init__`.
    pub(super) fn event_loop(&self, vm: &Vm) -> PyResult {
        self.event_loop.get().ok_or_else(|| vm.runtime_error("Future object is not initialized."))
    }

    pub(super) fn is_alive(&self) -> bool {
        !self.event_loop.is_empty()
    }

    pub(super) fn is_done(&self) -> bool {
        self.state.get() != State::Pending
    }

    fn check_pending(&self, vm: &Vm) -> PyResult<()> {
        if self.is_done() { Err(INVALID_STATE_ERROR.error(vm, "invalid state")) } else { Ok(()) }
    }

    /// `Future.set_result`
    pub(super) fn set_result(this: &Ref<Self>, vm: &Vm, result: Obj) -> PyResult<()> {
        this.event_loop(vm)?;
        this.check_pending(vm)?;
        this.result.set(result);
        this.state.set(State::Finished);
        Self::schedule_callbacks(this, vm)
    }

    /// `Future.set_exception`
    pub(super) fn set_exception(this: &Ref<Self>, vm: &Vm, exception: &Obj) -> PyResult<()> {
        this.check_pending(vm)?;
        let is_class = exception
            .downcast::<TypeData>()
            .is_some_and(|class| class.is_subtype_of(&lasti_vm::builtins::BASE_EXCEPTION));
        let value = if is_class { vm.call(exception, &[])? } else { exception.clone() };
        this.check_pending(vm)?;
        let Ok(mut exception) = value.into_ref::<BaseException>() else {
            return Err(vm.type_error("invalid exception object"));
        };
        if exception.as_obj().is_instance_of(&STOP_ITERATION) {
            let message = "StopIteration interacts badly with generators and cannot be raised into a Future";
            let error = vm.error(&RUNTIME_ERROR, message);
            error.exception().cause.set(exception.as_obj().clone());
            error.exception().suppress_context.set(true);
            error.exception().context.set(exception.into_obj());
            exception = error.exception().clone();
        }
        this.traceback.set(exception.traceback.get());
        this.exception.set(exception.into_obj());
        this.state.set(State::Finished);
        Self::schedule_callbacks(this, vm)?;
        this.log_traceback.set(true);
        Ok(())
    }

    /// `Future.cancel`
    pub(super) fn cancel(this: &Ref<Self>, vm: &Vm, message: Option<Obj>) -> PyResult<bool> {
        this.log_traceback.set(false);
        if this.is_done() {
            return Ok(false);
        }
        this.state.set(State::Cancelled);
        this.cancel_message.set(message);
        Self::schedule_callbacks(this, vm)?;
        Ok(true)
    }

    /// Hands the callbacks to the event loop, now that the future is done.
    fn schedule_callbacks(this: &Ref<Self>, vm: &Vm) -> PyResult<()> {
        registry::unregister(vm, this)?;
        if this.callback.is_empty() && this.callbacks.is_empty() {
            return Ok(());
        }
        let event_loop = this.event_loop(vm)?;
        if let Some(callback) = this.callback.take() {
            let context = this.context.take();
            if let Err(error) = call_soon(vm, &event_loop, &callback, Some(this.as_obj()), context.as_ref()) {
                drop(this.callbacks.take());
                return Err(error);
            }
        }
        for pair in this.callbacks.take() {
            if let Some([callback, context]) = pair.downcast::<Tuple>().map(|pair| pair.items()) {
                // The loop may have been exchanged meanwhile.
                let event_loop = this.event_loop(vm)?;
                call_soon(vm, &event_loop, callback, Some(this.as_obj()), Some(context))?;
            }
        }
        Ok(())
    }

    /// `Future.add_done_callback`
    pub(super) fn add_done_callback(
        this: &Ref<Self>,
        vm: &Vm,
        callback: &Obj,
        context: &Obj,
    ) -> PyResult<()> {
        let Some(event_loop) = this.event_loop.get() else {
            return Err(vm.runtime_error("uninitialized Future object"));
        };
        if this.is_done() {
            return call_soon(vm, &event_loop, callback, Some(this.as_obj()), Some(context));
        }
        if this.callback.is_empty() && this.callbacks.is_empty() {
            this.context.set(context.clone());
            this.callback.set(callback.clone());
        } else {
            this.callbacks.push(Tuple::new(vec![callback.clone(), context.clone()]).into_obj());
        }
        Ok(())
    }

    /// What the future holds: its result, or in the `Err` its exception.
    pub(super) fn outcome(&self, vm: &Vm) -> PyResult {
        match self.state.get() {
            State::Cancelled => Err(raised(vm, self.make_cancelled_error(vm))),
            State::Pending => Err(INVALID_STATE_ERROR.error(vm, "Result is not set.")),
            State::Finished => {
                self.log_traceback.set(false);
                match self.exception.get_as::<BaseException>() {
                    Some(exception) => {
                        exception.traceback.set(self.traceback.take());
                        Err(Exc::new(exception))
                    }
                    None => Ok(vm.or_none(self.result.get())),
                }
            }
        }
    }

    /// `Future._make_cancelled_error`
    pub(super) fn make_cancelled_error(&self, vm: &Vm) -> PyResult {
        if let Some(error) = self.cancelled_error.take() {
            return Ok(error);
        }
        let class = CANCELLED_ERROR.get(vm)?;
        match self.cancel_message.get().filter(|message| !vm.is_none(message)) {
            Some(message) => vm.call(&class, &[message]),
            None => vm.call(&class, &[]),
        }
    }

    /// Tells the event loop's exception handler of something: what, and who is concerned.
    pub(super) fn tell_handler(&self, vm: &Vm, message: &str, entries: &[(&Ref<Str>, &Obj)]) {
        let names = vm.names();
        let fill = || -> PyResult<Ref<Dict>> {
            let context = Dict::new();
            context.set_str(vm, &names.message, Str::new(message).into_obj())?;
            for (name, value) in entries {
                context.set_str(vm, name, (*value).clone())?;
            }
            if let Some(traceback) = self.source_traceback.get() {
                context.set_str(vm, &names.source_traceback, traceback)?;
            }
            Ok(context)
        };
        let (Ok(context), Some(event_loop)) = (fill(), self.event_loop.get()) else { return };
        let Ok(handler) = vm.getattr(&event_loop, &names.call_exception_handler) else { return };
        if let Err(error) = vm.call(&handler, &[context.into_obj()]) {
            let shown = vm.repr_text(&handler).unwrap_or_default();
            let message = format!("Exception ignored while calling asyncio function {shown}");
            vm.unraisable(&error, &message, None);
        }
    }

    /// What a future's end brings: an exception that nobody asked for is told of.
    pub(super) fn finalize(vm: &Vm, object: &Obj) {
        let Some(future) = object.downcast::<Self>() else { return };
        if !future.log_traceback.replace(false) {
            return;
        }
        let Some(exception) = future.exception.get() else { return };
        let message = format!("{} exception was never retrieved", object.ty().name());
        let names = vm.names();
        future.tell_handler(vm, &message, &[(&names.exception, &exception), (&names.future, object)]);
    }
}

/// `loop.call_soon(callback[, argument][, context=context])`
pub(super) fn call_soon(
    vm: &Vm,
    event_loop: &Obj,
    callback: &Obj,
    argument: Option<&Obj>,
    context: Option<&Obj>,
) -> PyResult<()> {
    let names = vm.names();
    let keyword = [names.context.as_obj().clone()];
    let result = match (argument, context) {
        (Some(argument), Some(context)) => {
            let all = [callback.clone(), argument.clone(), context.clone()];
            vm.call_method_with(event_loop, &names.call_soon, Args::new(&all, &keyword))
        }
        (None, Some(context)) => {
            let all = [callback.clone(), context.clone()];
            vm.call_method_with(event_loop, &names.call_soon, Args::new(&all, &keyword))
        }
        (Some(argument), None) => {
            vm.call_method(event_loop, &names.call_soon, &[callback.clone(), argument.clone()])
        }
        (None, None) => vm.call_method(event_loop, &names.call_soon, std::slice::from_ref(callback)),
    };
    result.map(drop)
}

/// The event loop of a future of any kind. CPython: `asyncio.futures._get_loop`.
pub(super) fn loop_of(vm: &Vm, object: &Obj) -> PyResult {
    if let Some(future) = object.downcast::<Future>().filter(|_| is_native(object)) {
        return Ok(vm.or_none(future.event_loop.get()));
    }
    match vm.find_attr(object, &vm.names().get_loop)? {
        Some(get) => vm.call(&get, &[]),
        None => vm.getattr(object, &vm.names()._loop),
    }
}
