//! `_thread.RLock`.

use std::cell::Cell;

use super::lock::{Lock, Wait, wait_of};
use crate::builtins::builtin_type;
use crate::call::Args;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Payload, Ref};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeObject};
use crate::vm::Vm;

/// A lock that its holder can take again.
#[derive(Default)]
pub(crate) struct RLock {
    lock: Lock,
    owner: Cell<u64>,
    count: Cell<u64>,
}

impl RLock {
    fn is_owned(&self, vm: &Vm) -> bool {
        self.count.get() > 0 && self.owner.get() == vm.ident()
    }
}

impl Payload for RLock {
    fn class() -> &'static TypeObject {
        &RLOCK
    }
}

builtin_type!(/** `_thread.RLock` */ RLOCK, "RLock", RLock);

fn rlock_new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, RLock::default()).into_obj())
}

fn rlock_take(vm: &Vm, lock: &RLock, wait: Wait) -> PyResult<bool> {
    if lock.is_owned(vm) {
        lock.count.set(lock.count.get() + 1);
        return Ok(true);
    }
    if !lock.lock.acquire(vm, wait)? {
        return Ok(false);
    }
    lock.owner.set(vm.ident());
    lock.count.set(1);
    Ok(true)
}

fn rlock_acquire(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let wait = wait_of(vm, args)?;
    Ok(vm.bool(rlock_take(vm, vm.receiver::<RLock>(object)?, wait)?))
}

fn rlock_enter(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(rlock_take(vm, vm.receiver::<RLock>(object)?, Wait::Until(None))?))
}

fn rlock_release(vm: &Vm, object: &Obj) -> PyResult {
    let lock = vm.receiver::<RLock>(object)?;
    if !lock.is_owned(vm) {
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
    Ok(vm.bool(lock.is_owned(vm)))
}

fn rlock_recursion(vm: &Vm, object: &Obj) -> PyResult {
    let lock = vm.receiver::<RLock>(object)?;
    Ok(Int::from_u64(if lock.is_owned(vm) { lock.count.get() } else { 0 }))
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
    lock.lock.acquire(vm, Wait::Until(None))?;
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

fn rlock_reset(vm: &Vm, object: &Obj) -> PyResult {
    let lock = vm.receiver::<RLock>(object)?;
    lock.lock.reset();
    lock.owner.set(0);
    lock.count.set(0);
    Ok(vm.none())
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
    NativeDef::new("_at_fork_reinit", "($self, /)", "", NativeCall::NoArgs(rlock_reset)),
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

pub(super) fn init(vm: &Vm) {
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
