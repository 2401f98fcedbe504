//! `_thread.lock`.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::TIMEOUT_MAX;
use crate::builtins::builtin_type;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeObject};
use crate::vm::Vm;
use crate::vm::park::Waiting;

/// A lock: held or not.
#[derive(Default)]
pub(crate) struct Lock {
    held: Cell<bool>,
    waiting: Waiting,
}

impl Lock {
    /// Takes the lock if it is free.
    fn try_take(&self) -> bool {
        !self.held.replace(true)
    }

    /// Lets go; false if it was not held.
    pub(super) fn give(&self) -> bool {
        let was = self.held.replace(false);
        self.waiting.wake_one();
        was
    }

    pub(super) fn is_held(&self) -> bool {
        self.held.get()
    }

    /// As new: in a child process.
    pub(super) fn reset(&self) {
        self.held.set(false);
        self.waiting.forget();
    }

    pub(super) fn acquire(&self, vm: &Vm, wait: Wait) -> PyResult<bool> {
        if self.try_take() {
            return Ok(true);
        }
        match wait {
            Wait::No => Ok(false),
            Wait::Until(until) => vm.wait_on(&self.waiting, until, || self.try_take()),
        }
    }
}

impl Payload for Lock {
    fn class() -> &'static TypeObject {
        &LOCK
    }
}

builtin_type!(/** `_thread.lock` */ LOCK, "lock", Lock);

/// How long to wait.
#[derive(Clone, Copy)]
pub(super) enum Wait {
    No,
    /// To this moment; for ever without one.
    Until(Option<Instant>),
}

/// A number of seconds.
pub(crate) fn seconds(vm: &Vm, given: &Obj) -> PyResult<f64> {
    match (given.as_f64(), given.as_i64()) {
        (Some(seconds), _) if seconds.is_nan() => Err(vm.value_error("Invalid value NaN (not a number)")),
        (Some(seconds), _) => Ok(seconds),
        (None, Some(seconds)) => Ok(seconds as f64),
        _ if given.as_int().is_some() => {
            Err(vm.overflow_error("timestamp too large to convert to C PyTime_t"))
        }
        _ => Err(vm.type_error(format!(
            "'{}' object cannot be interpreted as an integer or float",
            given.ty().name()
        ))),
    }
}

static ACQUIRE: Signature<2> = Signature::new("acquire", ["blocking", "timeout"], 0);

/// How long the arguments of `acquire` say.
pub(super) fn wait_of(vm: &Vm, args: Args<'_>) -> PyResult<Wait> {
    let [blocking, timeout] = args.bind(vm, &ACQUIRE)?;
    let blocking = blocking.map_or(Ok(true), |blocking| vm.is_true(blocking))?;
    let timeout = timeout.map(|timeout| seconds(vm, timeout)).transpose()?;
    match timeout {
        Some(seconds) if !blocking && seconds != -1.0 => {
            Err(vm.value_error("can't specify a timeout for a non-blocking call"))
        }
        Some(seconds) if seconds < 0.0 && seconds != -1.0 => {
            Err(vm.value_error("timeout value must be a non-negative number"))
        }
        Some(seconds) if seconds > TIMEOUT_MAX => Err(vm.overflow_error("timeout value is too large")),
        _ if !blocking => Ok(Wait::No),
        Some(seconds) if seconds >= 0.0 => {
            Ok(Wait::Until(Instant::now().checked_add(Duration::from_secs_f64(seconds))))
        }
        _ => Ok(Wait::Until(None)),
    }
}

fn lock_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    args.exactly(vm, "lock", 0, 0)?;
    Ok(Ref::new(Lock::default()).into_obj())
}

fn lock_acquire(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let wait = wait_of(vm, args)?;
    Ok(vm.bool(vm.receiver::<Lock>(object)?.acquire(vm, wait)?))
}

fn lock_enter(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(vm.receiver::<Lock>(object)?.acquire(vm, Wait::Until(None))?))
}

fn lock_release(vm: &Vm, object: &Obj) -> PyResult {
    if vm.receiver::<Lock>(object)?.give() {
        Ok(vm.none())
    } else {
        Err(vm.runtime_error("release unlocked lock"))
    }
}

fn lock_exit(vm: &Vm, object: &Obj, _: &[Obj]) -> PyResult {
    lock_release(vm, object)
}

fn lock_locked(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(vm.receiver::<Lock>(object)?.is_held()))
}

fn lock_repr(vm: &Vm, object: &Obj) -> PyResult {
    let state = if vm.receiver::<Lock>(object)?.is_held() { "locked" } else { "unlocked" };
    Ok(Str::new(&format!("<{state} _thread.lock object at {:#x}>", object.id())).into_obj())
}

fn lock_reset(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<Lock>(object)?.reset();
    Ok(vm.none())
}

static LOCK_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "acquire",
        "($self, /, blocking=True, timeout=-1)",
        "Lock the lock.",
        NativeCall::Full(lock_acquire),
    ),
    NativeDef::new(
        "acquire_lock",
        "($self, /, blocking=True, timeout=-1)",
        "",
        NativeCall::Full(lock_acquire),
    ),
    NativeDef::new("release", "($self, /)", "Release the lock.", NativeCall::NoArgs(lock_release)),
    NativeDef::new("release_lock", "($self, /)", "", NativeCall::NoArgs(lock_release)),
    NativeDef::new("_at_fork_reinit", "($self, /)", "", NativeCall::NoArgs(lock_reset)),
    NativeDef::new("locked", "($self, /)", "Whether the lock is held.", NativeCall::NoArgs(lock_locked)),
    NativeDef::new("locked_lock", "($self, /)", "", NativeCall::NoArgs(lock_locked)),
    NativeDef::new("__enter__", "($self, /)", "Lock the lock.", NativeCall::NoArgs(lock_enter)),
    NativeDef::new(
        "__exit__",
        "($self, /, *exc_info)",
        "Release the lock.",
        NativeCall::Positional(0, 255, lock_exit),
    ),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &LOCK)
        .module("_thread")
        .doc("A lock object is a synchronization primitive.  To create a lock,\ncall threading.Lock().  Methods are:\n\nacquire() -- lock the lock, possibly blocking until it can be obtained\nrelease() -- unlock of the lock\nlocked() -- test whether the lock is currently locked\n\nA lock is not owned by the thread that locked it; another thread may\nunlock it.  A thread attempting to lock a lock that it has already locked\nwill block until another thread unlocks it.  Deadlocks may ensue.")
        .flags(crate::types::TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(lock_new));
            slots.repr.set(Some(lock_repr));
        })
        .methods(LOCK_METHODS)
        .ready();
}
