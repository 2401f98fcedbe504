//! What tasks are beyond futures. CPython: `TaskObj`.

use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};

use lasti_vm::number::Int;
use lasti_vm::object::{ObjCell, Visitor};
use lasti_vm::text::Str;
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::future::{Future, State};
use super::imports::IS_COROUTINE;
use super::{registry, step};
use crate::_contextvars;

/// The part of a future's payload that only tasks use.
pub(super) struct TaskPart {
    /// The future that the task waits for.
    pub(super) waiter: ObjCell,
    /// Empty once an eager task is done.
    pub(super) coroutine: ObjCell,
    /// A str; or an int, of which the name is made when it is asked for.
    pub(super) name: ObjCell,
    pub(super) context: ObjCell,
    pub(super) cancel_requests: Cell<i32>,
    pub(super) must_cancel: Cell<bool>,
    pub(super) log_destroy_pending: Cell<bool>,
    /// The task's number in the registry; 0 if it is not there.
    pub(super) number: Cell<i64>,
}

impl TaskPart {
    pub(super) const fn empty() -> Self {
        Self {
            waiter: ObjCell::empty(),
            coroutine: ObjCell::empty(),
            name: ObjCell::empty(),
            context: ObjCell::empty(),
            cancel_requests: Cell::new(0),
            must_cancel: Cell::new(false),
            log_destroy_pending: Cell::new(false),
            number: Cell::new(0),
        }
    }

    pub(super) fn traverse(&self, visitor: &mut Visitor<'_>) {
        for cell in [&self.waiter, &self.coroutine, &self.name, &self.context] {
            cell.traverse(visitor);
        }
    }

    pub(super) fn clear(&self) {
        for cell in [&self.waiter, &self.coroutine, &self.name, &self.context] {
            drop(cell.take());
        }
    }
}

static NUMBERS: AtomicI64 = AtomicI64::new(1);
static NAMES: AtomicI64 = AtomicI64::new(1);

/// A number for the registry.
pub(super) fn next_number() -> i64 {
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

/// What `Task(...)` is called with, beside the coroutine.
pub(super) struct Wanted<'a> {
    pub(super) event_loop: Option<&'a Obj>,
    pub(super) name: Option<&'a Obj>,
    pub(super) context: Option<&'a Obj>,
    pub(super) eager: bool,
}

/// `Task.__init__`
pub(super) fn init(vm: &Vm, this: &Ref<Future>, coroutine: &Obj, wanted: &Wanted<'_>) -> PyResult<()> {
    this.init(vm, wanted.event_loop)?;
    let task = &this.task;
    let is_coroutine = vm.is_coroutine(coroutine)
        || vm.is_true(&vm.call(&IS_COROUTINE.get(vm)?, std::slice::from_ref(coroutine))?)?;
    if !is_coroutine {
        task.log_destroy_pending.set(false);
        return Err(vm.type_error(format!("a coroutine was expected, got {}", vm.repr_text(coroutine)?)));
    }
    let context = wanted.context.filter(|context| !vm.is_none(context));
    task.context.set(context.map_or_else(|| _contextvars::copy_current(vm), Obj::clone));
    drop(task.waiter.take());
    task.must_cancel.set(false);
    task.log_destroy_pending.set(true);
    task.cancel_requests.set(0);
    task.coroutine.set(coroutine.clone());
    let name = match wanted.name.filter(|name| !vm.is_none(name)) {
        Some(name) => exact_str(vm, name)?,
        None => Int::new(NAMES.fetch_add(1, Ordering::Relaxed)),
    };
    task.name.set(name);
    if wanted.eager {
        let running = vm.call_method(&this.event_loop(vm)?, &vm.names().is_running, &[])?;
        if running.is(&vm.bool(true)) {
            return step::start_eagerly(vm, this);
        }
    }
    step::call_soon(vm, this, None)?;
    registry::register(vm, this)
}

/// `str(object)`, or the object if it is one.
pub(super) fn exact_str(vm: &Vm, object: &Obj) -> PyResult {
    match object.downcast_exact::<Str>() {
        Some(text) => Ok(text.as_obj().clone()),
        None => vm.str(object).map(Ref::into_obj),
    }
}

/// `Task.get_name`
pub(super) fn name(vm: &Vm, this: &Future) -> Obj {
    let Some(name) = this.task.name.get() else { return vm.none() };
    let Some(number) = name.as_i64() else { return name };
    let name = Str::new(&format!("Task-{number}")).into_obj();
    this.task.name.set(name.clone());
    name
}

/// `Task.cancel`
pub(super) fn cancel(vm: &Vm, this: &Ref<Future>, message: &Obj) -> PyResult<bool> {
    this.log_traceback.set(false);
    if this.is_done() {
        return Ok(false);
    }
    let task = &this.task;
    task.cancel_requests.set(task.cancel_requests.get().saturating_add(1));
    if let Some(waiter) = task.waiter.get() {
        let cancelled = vm.call_method(&waiter, &vm.names().cancel, std::slice::from_ref(message))?;
        if vm.is_true(&cancelled)? {
            return Ok(true);
        }
    }
    task.must_cancel.set(true);
    this.cancel_message.set(message.clone());
    Ok(true)
}

/// `Task.uncancel`
pub(super) fn uncancel(this: &Future) -> i32 {
    let task = &this.task;
    let left = (task.cancel_requests.get() - 1).max(0);
    if task.cancel_requests.replace(left) > 0 && left == 0 {
        task.must_cancel.set(false);
    }
    left
}

/// What a task's end brings: one that is not done is told of.
pub(super) fn finalize(vm: &Vm, object: &Obj) {
    let Some(this) = object.downcast::<Future>() else { return };
    if let Err(error) = registry::unregister(vm, this) {
        vm.unraisable(&error, "Exception ignored while a task goes", Some(object));
    }
    if this.state.get() == State::Pending && this.task.log_destroy_pending.get() {
        this.tell_handler(vm, "Task was destroyed but it is pending!", &[(&vm.names().task, object)]);
    }
    Future::finalize(vm, object);
}
