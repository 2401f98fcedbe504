//! How a task runs its coroutine: from one `await` that waits to the next.

use lasti_vm::builtins::{KEYBOARD_INTERRUPT, SYSTEM_EXIT};
use lasti_vm::call::Args;
use lasti_vm::errors::{BaseException, Exc};
use lasti_vm::function::NativeFunction;
use lasti_vm::generator::GENERATOR;
use lasti_vm::object::{ObjCell, Payload, Visitor};
use lasti_vm::types::{NativeCall, NativeDef, Property, Sent, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::future::{self, Future, is_native, loop_of};
use super::imports::{CANCELLED_ERROR, INVALID_STATE_ERROR, raised};
use super::{NAME, awaited_by, current, registry};
use crate::_contextvars;

/// What the event loop calls for a task's next step.
struct TaskStep {
    task: ObjCell,
    /// What is thrown into the coroutine.
    error: ObjCell,
}

impl Payload for TaskStep {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &TASK_STEP
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.task.traverse(visitor);
        self.error.traverse(visitor);
    }

    fn clear(&self) {
        drop((self.task.take(), self.error.take()));
    }
}

lasti_vm::builtin_type!(/** `TaskStepMethWrapper` */ TASK_STEP, "TaskStepMethWrapper", TaskStep);

/// Lets the event loop do the task's next step, throwing `error` if there is one.
pub(super) fn call_soon(vm: &Vm, this: &Ref<Future>, error: Option<Obj>) -> PyResult<()> {
    let task = ObjCell::new(Some(this.as_obj().clone()));
    let step = Ref::new(TaskStep { task, error: ObjCell::new(error) }).into_obj();
    let context = this.task.context.get();
    future::call_soon(vm, &this.event_loop(vm)?, &step, None, context.as_ref())
}

fn call_step(vm: &Vm, step: &Obj, args: Args<'_>) -> PyResult {
    if !args.names().is_empty() {
        return Err(vm.type_error("function takes no keyword arguments"));
    }
    if !args.is_empty() {
        return Err(vm.type_error("function takes no positional arguments"));
    }
    let step = vm.receiver::<TaskStep>(step)?;
    let Some(task) = step.task.get_as::<Future>() else { return Ok(vm.none()) };
    let error = step.error.get_as::<BaseException>().map(Exc::new);
    run(vm, &task, error)?;
    Ok(vm.none())
}

/// One step, as the loop's current task.
fn run(vm: &Vm, this: &Ref<Future>, error: Option<Exc>) -> PyResult<()> {
    let event_loop = this.event_loop(vm)?;
    current::enter(vm, &event_loop, this.as_obj())?;
    let result = step(vm, this, error);
    let left = current::leave(vm, &event_loop, this.as_obj());
    both(result, left)
}

/// The first error; with a second one, that has the first as its context.
fn both(first: PyResult<()>, second: PyResult<()>) -> PyResult<()> {
    if let (Err(first), Err(second)) = (&first, &second) {
        second.exception().context.set(first.exception().as_obj().clone());
    }
    second.and(first)
}

/// Sends or throws into the coroutine, and does what its answer asks for.
fn step(vm: &Vm, this: &Ref<Future>, mut error: Option<Exc>) -> PyResult<()> {
    let task = &this.task;
    if this.is_done() {
        let error = vm.or_none(error.map(Exc::into_obj));
        let message =
            format!("__step(): already done: {} {}", vm.repr_text(this.as_obj())?, vm.repr_text(&error)?);
        return Err(INVALID_STATE_ERROR.error(vm, &message));
    }
    if task.must_cancel.get() {
        let cancels = match &error {
            Some(error) => CANCELLED_ERROR.matches(vm, error)?,
            None => false,
        };
        if !cancels {
            error = Some(raised(vm, this.make_cancelled_error(vm)));
        }
        task.must_cancel.set(false);
    }
    drop(task.waiter.take());
    let Some(coroutine) = task.coroutine.get() else {
        return Err(vm.runtime_error("uninitialized Task object"));
    };
    let sent = match error {
        None => vm.send(&coroutine, &vm.none()),
        Some(error) => vm.throw_into(&coroutine, error),
    };
    match sent {
        Ok(Sent::Yielded(yielded)) => wait_for(vm, this, &yielded),
        Ok(Sent::Returned(_)) if task.must_cancel.replace(false) => {
            // It was cancelled right before its end.
            let message = this.cancel_message.get();
            Future::cancel(this, vm, message).map(drop)
        }
        Ok(Sent::Returned(result)) => Future::set_result(this, vm, result),
        Err(error) if CANCELLED_ERROR.matches(vm, &error)? => {
            this.cancelled_error.set(error.into_obj());
            Future::cancel(this, vm, None).map(drop)
        }
        Err(error) => {
            Future::set_exception(this, vm, error.exception().as_obj())?;
            if error.is(&KEYBOARD_INTERRUPT) || error.is(&SYSTEM_EXIT) { Err(error) } else { Ok(()) }
        }
    }
}

/// Goes on when what the coroutine yielded is done.
fn wait_for(vm: &Vm, this: &Ref<Future>, yielded: &Obj) -> PyResult<()> {
    if yielded.is(this.as_obj()) {
        return fail_soon(vm, this, |task| Ok(format!("Task cannot await on itself: {task}")));
    }
    if let Some(future) = yielded.downcast::<Future>().filter(|_| is_native(yielded)) {
        let same = match (future.event_loop.get(), this.event_loop.get()) {
            (Some(a), Some(b)) => a.is(&b),
            _ => false,
        };
        if !same {
            return other_loop(vm, this, yielded);
        }
        if !future.blocking.get() {
            return not_awaited(vm, this, yielded);
        }
        awaited_by::add(vm, future, this.as_obj())?;
        future.blocking.set(false);
        let context = vm.or_none(this.task.context.get());
        Future::add_done_callback(future, vm, &wakeup_of(this), &context)?;
        return waits(vm, this, yielded);
    }
    if vm.is_none(yielded) {
        // A bare `yield` lets the loop go round once.
        return call_soon(vm, this, None);
    }
    let names = vm.names();
    if let Some(blocking) =
        vm.find_attr(yielded, &names._asyncio_future_blocking)?.filter(|blocking| !vm.is_none(blocking))
    {
        let blocking = vm.is_true(&blocking)?;
        if !loop_of(vm, yielded)?.is(&this.event_loop(vm)?) {
            return other_loop(vm, this, yielded);
        }
        if !blocking {
            return not_awaited(vm, this, yielded);
        }
        if let Some(future) = yielded.downcast::<Future>() {
            awaited_by::add(vm, future, this.as_obj())?;
        }
        vm.setattr(yielded, &names._asyncio_future_blocking, &vm.bool(false))?;
        let all = [wakeup_of(this), vm.or_none(this.task.context.get())];
        let keyword = [names.context.as_obj().clone()];
        vm.call_method_with(yielded, &names.add_done_callback, Args::new(&all, &keyword))?;
        return waits(vm, this, yielded);
    }
    let shown = vm.repr_text(yielded)?;
    if vm.is_instance(yielded, &GENERATOR.to_obj())? {
        return fail_soon(vm, this, |task| {
            Ok(format!("yield was used instead of yield from for generator in task {task} with {shown}"))
        });
    }
    fail_soon(vm, this, |_| Ok(format!("Task got bad yield: {shown}")))
}

/// The task waits for `future` now; a cancellation that was asked for is passed on.
fn waits(vm: &Vm, this: &Ref<Future>, future: &Obj) -> PyResult<()> {
    this.task.waiter.set(future.clone());
    if this.task.must_cancel.get() {
        let message = vm.or_none(this.cancel_message.get());
        let cancelled = vm.call_method(future, &vm.names().cancel, &[message])?;
        if vm.is_true(&cancelled)? {
            this.task.must_cancel.set(false);
        }
    }
    Ok(())
}

fn other_loop(vm: &Vm, this: &Ref<Future>, future: &Obj) -> PyResult<()> {
    fail_soon(vm, this, |task| {
        Ok(format!("Task {task} got Future {} attached to a different loop", vm.repr_text(future)?))
    })
}

fn not_awaited(vm: &Vm, this: &Ref<Future>, future: &Obj) -> PyResult<()> {
    fail_soon(vm, this, |task| {
        Ok(format!("yield was used instead of yield from in task {task} with {}", vm.repr_text(future)?))
    })
}

/// Throws a RuntimeError into the coroutine in the next step. The message is made of the task's repr.
fn fail_soon(vm: &Vm, this: &Ref<Future>, message: impl FnOnce(&str) -> PyResult<String>) -> PyResult<()> {
    let message = message(&vm.repr_text(this.as_obj())?)?;
    call_soon(vm, this, Some(vm.runtime_error(message).into_obj()))
}

static WAKEUP: NativeDef = NativeDef::new("task_wakeup", "", "", NativeCall::One(wakeup));

/// What a future calls that the task waits for.
fn wakeup_of(this: &Ref<Future>) -> Obj {
    NativeFunction::new(&WAKEUP, Some(this.as_obj().clone()), None).into_obj()
}

/// The future that the task waited for is done.
fn wakeup(vm: &Vm, task: &Obj, future: &Obj) -> PyResult {
    let this = vm.receiver::<Future>(task)?;
    let native = future.downcast::<Future>();
    if let Some(native) = native {
        awaited_by::discard(vm, native, task)?;
    }
    let outcome = match native.filter(|_| is_native(future)) {
        Some(native) => native.outcome(vm),
        None => vm.call_method(future, &vm.names().result, &[]),
    };
    run(vm, this, outcome.err())?;
    Ok(vm.none())
}

/// Runs the first step at once, within the task that runs now.
pub(super) fn start_eagerly(vm: &Vm, this: &Ref<Future>) -> PyResult<()> {
    let event_loop = this.event_loop(vm)?;
    let before = current::swap(vm, &event_loop, this.as_obj())?;
    // If it ends in this step it leaves the registry by itself.
    registry::register(vm, this)?;
    let context = vm.or_none(this.task.context.get());
    let result = _contextvars::run_in(vm, &context, || step(vm, this, None));
    let swapped = current::swap(vm, &event_loop, &before).map(drop);
    if this.is_done() {
        drop(this.task.coroutine.take());
    }
    both(result, swapped)
}

static PROPERTIES: &[Property] =
    &[Property::new("__self__", "", |vm, step| Ok(vm.or_none(vm.receiver::<TaskStep>(step)?.task.get())))];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &TASK_STEP)
        .module(NAME)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| slots.call.set(Some(call_step)))
        .properties(PROPERTIES)
        .ready();
}
