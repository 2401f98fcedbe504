//! `_thread._ThreadHandle`: a thread that others can wait for. CPython: Modules/_threadmodule.c, `ThreadHandle`.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::TIMEOUT_MAX;
use crate::builtins::{PYTHON_FINALIZATION_ERROR, WEAKREF, builtin_type};
use crate::call::Args;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::weak::WeakRef;
use crate::object::{Obj, Payload, Ref};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;
use crate::vm::park::Waiting;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    NotStarted,
    Running,
    Done,
}

/// A thread that others can wait for.
pub(crate) struct ThreadHandle {
    state: Cell<State>,
    ident: Cell<u64>,
    /// Whether the program's end waits for it.
    awaited: Cell<bool>,
    waiting: Waiting,
}

impl Payload for ThreadHandle {
    fn class() -> &'static TypeObject {
        &THREAD_HANDLE
    }
}

builtin_type!(/** `_thread._ThreadHandle` */ THREAD_HANDLE, "_ThreadHandle", ThreadHandle);

impl ThreadHandle {
    /// A handle, which is noted for [`all`].
    fn make(vm: &Vm, state: State, ident: u64) -> Ref<Self> {
        let handle = Self {
            state: Cell::new(state),
            ident: Cell::new(ident),
            awaited: Cell::new(false),
            waiting: Waiting::default(),
        };
        let handle = Ref::new(handle);
        if let Some(reference) = WeakRef::new(&WEAKREF, handle.as_obj(), None) {
            let known = &vm.interp().thread_handles;
            known.retain(|known| known.downcast::<WeakRef>().is_some_and(|known| known.get().is_some()));
            known.push(reference.into_obj());
        }
        handle
    }

    /// Nobody waits for the thread any more: it is over.
    pub(super) fn set_done(&self) {
        self.state.set(State::Done);
        self.awaited.set(false);
        self.waiting.wake_all();
    }

    fn join(&self, vm: &Vm, until: Option<Instant>) -> PyResult<bool> {
        match self.state.get() {
            State::NotStarted => return Err(vm.runtime_error("thread not started")),
            State::Running if self.ident.get() == vm.ident() => {
                return Err(vm.runtime_error("Cannot join current thread"));
            }
            State::Running if vm.is_finalizing() => {
                // It will never run again.
                return Err(
                    vm.error(&PYTHON_FINALIZATION_ERROR, "cannot join thread at interpreter shutdown")
                );
            }
            _ => {}
        }
        vm.wait_on(&self.waiting, until, || self.state.get() == State::Done)
    }
}

/// The handles that there are.
fn all(vm: &Vm) -> Vec<Ref<ThreadHandle>> {
    let known = vm.interp().thread_handles.to_vec();
    let living = known.iter().filter_map(|known| known.downcast::<WeakRef>()?.get());
    living.filter_map(|handle| handle.into_ref::<ThreadHandle>().ok()).collect()
}

/// In a child process: the other threads are over.
pub(super) fn after_fork(vm: &Vm) {
    for handle in all(vm) {
        if handle.ident.get() != vm.ident() && handle.state.get() == State::Running {
            handle.waiting.forget();
            handle.set_done();
        }
    }
}

/// Waits for the threads that are not daemons.
pub(super) fn shutdown(vm: &Vm, _: &Obj) -> PyResult {
    loop {
        let waits = |handle: &Ref<ThreadHandle>| handle.awaited.get() && handle.ident.get() != vm.ident();
        let Some(handle) = all(vm).into_iter().find(waits) else { return Ok(vm.none()) };
        if let Err(error) = handle.join(vm, None) {
            vm.unraisable(&error, "Exception ignored while joining a thread in _thread._shutdown()", None);
            return Ok(vm.none());
        }
    }
}

/// A handle of a thread that was not started by this module, such as the main thread.
pub(super) fn of_ident(vm: &Vm, _: &Obj, ident: &Obj) -> PyResult {
    let Some(ident) = ident.as_i64() else {
        return Err(vm.type_error("ident must be an integer"));
    };
    Ok(ThreadHandle::make(vm, State::Running, ident as u64).into_obj())
}

/// Starts a thread that the handle is for.
pub(super) fn start(vm: &Vm, function: &Obj, handle: Option<&Obj>, daemon: bool) -> PyResult {
    let handle = match handle {
        None => ThreadHandle::make(vm, State::NotStarted, 0),
        Some(handle) => vm.receiver::<ThreadHandle>(handle)?.clone(),
    };
    if handle.state.get() != State::NotStarted {
        return Err(vm.runtime_error("thread already started"));
    }
    let ident = crate::vm::threads::new_ident();
    handle.ident.set(ident);
    handle.state.set(State::Running);
    handle.awaited.set(!daemon);
    let started =
        super::start::run(vm, ident, function.clone(), Vec::new(), Vec::new(), Some(handle.clone()));
    if let Err(error) = started {
        handle.state.set(State::NotStarted);
        handle.awaited.set(false);
        return Err(error);
    }
    Ok(handle.into_obj())
}

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    args.exactly(vm, "_ThreadHandle", 0, 0)?;
    Ok(ThreadHandle::make(vm, State::NotStarted, 0).into_obj())
}

fn join(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let handle = vm.receiver::<ThreadHandle>(object)?;
    let timeout = args.first().filter(|timeout| !vm.is_none(timeout));
    let seconds = timeout.map(|timeout| super::lock::seconds(vm, timeout)).transpose()?;
    let until = match seconds {
        Some(seconds) if seconds > TIMEOUT_MAX => {
            return Err(vm.overflow_error("timeout value is too large"));
        }
        Some(seconds) if seconds >= 0.0 => Instant::now().checked_add(Duration::from_secs_f64(seconds)),
        _ => None,
    };
    handle.join(vm, until)?;
    Ok(vm.none())
}

fn set_done(vm: &Vm, object: &Obj) -> PyResult {
    let handle = vm.receiver::<ThreadHandle>(object)?;
    if handle.state.get() == State::NotStarted {
        return Err(vm.runtime_error("thread not started"));
    }
    handle.set_done();
    Ok(vm.none())
}

fn is_done(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(vm.receiver::<ThreadHandle>(object)?.state.get() == State::Done))
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let ident = vm.receiver::<ThreadHandle>(object)?.ident.get();
    Ok(Str::new(&format!("<_ThreadHandle object: ident={ident}>")).into_obj())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("_set_done", "($self, /)", "", NativeCall::NoArgs(set_done)),
    NativeDef::new("is_done", "($self, /)", "", NativeCall::NoArgs(is_done)),
    NativeDef::new("join", "", "", NativeCall::Positional(0, 1, join)),
];

static PROPERTIES: &[Property] = &[Property::new("ident", "", |vm, object| {
    Ok(Int::from_u64(vm.receiver::<ThreadHandle>(object)?.ident.get()))
})];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &THREAD_HANDLE)
        .module("_thread")
        .flags(TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
