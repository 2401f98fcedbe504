//! `_thread`: locks, and threads as the system sees them.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::builtins::{RUNTIME_ERROR, builtin_type};
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::number::{Float, Int};
use crate::object::{Obj, Payload, Ref};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeObject};
use crate::vm::Vm;

/// The longest wait in seconds.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// A lock: held or not.
pub(crate) struct Lock {
    held: Mutex<bool>,
    freed: Condvar,
}

impl Lock {
    fn new() -> Self {
        Self { held: Mutex::new(false), freed: Condvar::new() }
    }

    fn try_take(&self) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        !std::mem::replace(&mut *held, true)
    }

    /// Waits without touching objects.
    fn take(&self, until: Option<Instant>) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        while *held {
            held = match until {
                None => self.freed.wait(held).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    self.freed.wait_timeout(held, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        *held = true;
        true
    }

    fn give(&self) -> bool {
        let was = std::mem::replace(&mut *self.held.lock().unwrap_or_else(PoisonError::into_inner), false);
        self.freed.notify_one();
        was
    }

    fn is_held(&self) -> bool {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn acquire(&self, vm: &Vm, wait: Wait) -> bool {
        if self.try_take() {
            return true;
        }
        match wait {
            Wait::No => false,
            Wait::Until(until) => vm.allow_threads(|| self.take(until)),
        }
    }
}

impl Payload for Lock {
    fn class() -> &'static TypeObject {
        &LOCK
    }
}

builtin_type!(/** `_thread.lock` */ LOCK, "lock", Lock);

/// A lock that its holder can take again.
pub(crate) struct RLock {
    lock: Lock,
    owner: Cell<u64>,
    count: Cell<u64>,
}

impl Payload for RLock {
    fn class() -> &'static TypeObject {
        &RLOCK
    }
}

builtin_type!(/** `_thread.RLock` */ RLOCK, "RLock", RLock);

/// How long to wait.
#[derive(Clone, Copy)]
enum Wait {
    No,
    /// To this moment; for ever without one.
    Until(Option<Instant>),
}

static ACQUIRE: Signature<2> = Signature::new("acquire", ["blocking", "timeout"], 0);

fn wait_of(vm: &Vm, args: Args<'_>) -> PyResult<Wait> {
    let [blocking, timeout] = args.bind(vm, &ACQUIRE)?;
    let blocking = blocking.map_or(Ok(true), |blocking| vm.is_true(blocking))?;
    let timeout = match timeout {
        None => None,
        Some(timeout) => Some(match (timeout.as_f64(), timeout.as_i64()) {
            (Some(seconds), _) => seconds,
            (None, Some(seconds)) => seconds as f64,
            _ => {
                return Err(vm.type_error(format!(
                    "'{}' object cannot be interpreted as an integer or float",
                    timeout.ty().name()
                )));
            }
        }),
    };
    match timeout {
        Some(seconds) if seconds.is_nan() => Err(vm.value_error("Invalid value NaN (not a number)")),
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
    Ok(Ref::new(Lock::new()).into_obj())
}

fn lock_acquire(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let wait = wait_of(vm, args)?;
    Ok(vm.bool(vm.receiver::<Lock>(object)?.acquire(vm, wait)))
}

fn lock_enter(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<Lock>(object)?.acquire(vm, Wait::Until(None));
    Ok(vm.bool(true))
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

fn rlock_new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    let lock = RLock { lock: Lock::new(), owner: Cell::new(0), count: Cell::new(0) };
    Ok(Ref::new_in(ty, lock).into_obj())
}

fn rlock_take(vm: &Vm, lock: &RLock, wait: Wait) -> bool {
    let me = ident();
    if lock.owner.get() == me && lock.count.get() > 0 {
        lock.count.set(lock.count.get() + 1);
        return true;
    }
    if !lock.lock.acquire(vm, wait) {
        return false;
    }
    lock.owner.set(me);
    lock.count.set(1);
    true
}

fn rlock_acquire(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let wait = wait_of(vm, args)?;
    Ok(vm.bool(rlock_take(vm, vm.receiver::<RLock>(object)?, wait)))
}

fn rlock_enter(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(rlock_take(vm, vm.receiver::<RLock>(object)?, Wait::Until(None))))
}

fn rlock_release(vm: &Vm, object: &Obj) -> PyResult {
    let lock = vm.receiver::<RLock>(object)?;
    if lock.count.get() == 0 || lock.owner.get() != ident() {
        return Err(vm.runtime_error("cannot release un-acquired lock"));
    }
    lock.count.set(lock.count.get() - 1);
    if lock.count.get() == 0 {
        lock.owner.set(0);
        lock.lock.give();
    }
    Ok(vm.none())
}

fn rlock_exit(vm: &Vm, object: &Obj, _: &[Obj]) -> PyResult {
    rlock_release(vm, object)
}

fn rlock_locked(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(vm.receiver::<RLock>(object)?.count.get() > 0))
}

fn rlock_is_owned(vm: &Vm, object: &Obj) -> PyResult {
    let lock = vm.receiver::<RLock>(object)?;
    Ok(vm.bool(lock.count.get() > 0 && lock.owner.get() == ident()))
}

fn rlock_recursion(vm: &Vm, object: &Obj) -> PyResult {
    let lock = vm.receiver::<RLock>(object)?;
    Ok(Int::from_u64(if lock.owner.get() == ident() { lock.count.get() } else { 0 }))
}

fn rlock_release_save(vm: &Vm, object: &Obj) -> PyResult {
    let lock = vm.receiver::<RLock>(object)?;
    if lock.count.get() == 0 {
        return Err(vm.runtime_error("cannot release un-acquired lock"));
    }
    let (count, owner) = (lock.count.replace(0), lock.owner.replace(0));
    lock.lock.give();
    Ok(crate::sequence::Tuple::new(vec![Int::from_u64(count), Int::from_u64(owner)]).into_obj())
}

fn rlock_acquire_restore(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    let lock = vm.receiver::<RLock>(object)?;
    let parts = vm.collect(state)?;
    let [count, owner] = parts.as_slice() else { return Err(vm.type_error("a state is a pair")) };
    let number = |part: &Obj| Ok(u64::try_from(vm.index_i64(part)?).unwrap_or(0));
    let (count, owner) = (number(count)?, number(owner)?);
    lock.lock.acquire(vm, Wait::Until(None));
    lock.count.set(count);
    lock.owner.set(owner);
    Ok(vm.none())
}

fn rlock_repr(vm: &Vm, object: &Obj) -> PyResult {
    let lock = vm.receiver::<RLock>(object)?;
    let state = if lock.count.get() > 0 { "locked" } else { "unlocked" };
    Ok(Str::new(&format!(
        "<{state} {} object owner={} count={} at {:#x}>",
        object.ty().display_name(vm)?,
        lock.owner.get(),
        lock.count.get(),
        object.id()
    ))
    .into_obj())
}

static RLOCK_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "acquire",
        "($self, /, blocking=True, timeout=-1)",
        "Lock the lock.",
        NativeCall::Full(rlock_acquire),
    ),
    NativeDef::new("release", "($self, /)", "Release the lock.", NativeCall::NoArgs(rlock_release)),
    NativeDef::new("locked", "($self, /)", "Whether the lock is held.", NativeCall::NoArgs(rlock_locked)),
    NativeDef::new("_is_owned", "($self, /)", "", NativeCall::NoArgs(rlock_is_owned)),
    NativeDef::new("_recursion_count", "($self, /)", "", NativeCall::NoArgs(rlock_recursion)),
    NativeDef::new("_release_save", "($self, /)", "", NativeCall::NoArgs(rlock_release_save)),
    NativeDef::new("_acquire_restore", "($self, state, /)", "", NativeCall::One(rlock_acquire_restore)),
    NativeDef::new("__enter__", "($self, /)", "Lock the lock.", NativeCall::NoArgs(rlock_enter)),
    NativeDef::new(
        "__exit__",
        "($self, /, *exc_info)",
        "Release the lock.",
        NativeCall::Positional(0, 255, rlock_exit),
    ),
];

static NEXT_IDENT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static IDENT: u64 = NEXT_IDENT.fetch_add(1, Ordering::Relaxed);
}

/// The calling thread's number: never 0.
pub(crate) fn ident() -> u64 {
    IDENT.with(|ident| *ident)
}

fn get_ident(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_u64(ident()))
}

fn get_main_ident(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_u64(1))
}

fn allocate_lock(_: &Vm, _: &Obj) -> PyResult {
    Ok(Ref::new(Lock::new()).into_obj())
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add(vm, "LockType", LOCK.to_obj())?;
    module.add_type(vm, &LOCK)?;
    module.add_type(vm, &RLOCK)?;
    module.add(vm, "error", RUNTIME_ERROR.to_obj())?;
    module.add(vm, "TIMEOUT_MAX", Float::new(TIMEOUT_MAX))
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &LOCK)
        .module("_thread")
        .doc("A lock, which one thread at a time can hold.")
        .flags(crate::types::TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(lock_new));
            slots.repr.set(Some(lock_repr));
        })
        .methods(LOCK_METHODS)
        .ready();
    TypeBuilder::new(vm, &RLOCK)
        .module("_thread")
        .doc("A lock that its holder can take again.")
        .flags(crate::types::TypeFlags::BASETYPE | crate::types::TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(rlock_new));
            slots.repr.set(Some(rlock_repr));
        })
        .methods(RLOCK_METHODS)
        .ready();
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_thread",
    doc: "Locks and threads.",
    functions: &[
        NativeDef::new(
            "_get_main_thread_ident",
            "($module, /)",
            "The main thread's number.",
            NativeCall::NoArgs(get_main_ident),
        ),
        NativeDef::new("allocate", "($module, /)", "A new lock.", NativeCall::NoArgs(allocate_lock)),
        NativeDef::new("allocate_lock", "($module, /)", "A new lock.", NativeCall::NoArgs(allocate_lock)),
        NativeDef::new(
            "get_ident",
            "($module, /)",
            "The calling thread's number.",
            NativeCall::NoArgs(get_ident),
        ),
    ],
    fill,
};
