//! Who waits for a future: known for as long as they wait.

use lasti_vm::builtins::FROZENSET;
use lasti_vm::set::Set;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Obj, PyResult, Vm};

use super::future::Future;

/// Notes that `waiter` waits for `future`. Most are awaited by one alone, so a set is only made for the second.
pub(super) fn add(vm: &Vm, future: &Future, waiter: &Obj) -> PyResult<()> {
    let Some(known) = future.awaited_by.get() else {
        future.awaited_by.set(waiter.clone());
        return Ok(());
    };
    if let Some(set) = known.downcast::<Set>() {
        return set.add(vm, waiter).map(drop);
    }
    let set = Set::new();
    set.add(vm, waiter)?;
    set.add(vm, &known)?;
    future.awaited_by.set(set.into_obj());
    Ok(())
}

/// Notes that `waiter` does not wait for `future` any more.
pub(super) fn discard(vm: &Vm, future: &Future, waiter: &Obj) -> PyResult<()> {
    match future.awaited_by.get() {
        Some(known) if known.is(waiter) => drop(future.awaited_by.take()),
        Some(known) => {
            if let Some(set) = known.downcast::<Set>() {
                set.remove(vm, waiter)?;
            }
        }
        None => {}
    }
    Ok(())
}

/// `Future._asyncio_awaited_by`: a frozenset, or None.
pub(super) fn shown(vm: &Vm, future: &Future) -> PyResult {
    let Some(known) = future.awaited_by.get() else { return Ok(vm.none()) };
    let waiters = known.downcast::<Set>().map_or_else(|| vec![known.clone()], |set| set.elements());
    let shown = Set::new_in(&FROZENSET);
    for waiter in waiters {
        shown.add(vm, &waiter)?;
    }
    Ok(shown.into_obj())
}

/// Both, if both are futures of this module; others don't keep such a note.
fn pair<'a>(fut: &'a Obj, waiter: &'a Obj) -> Option<(&'a Future, &'a Obj)> {
    waiter.downcast::<Future>()?;
    Some((fut.downcast::<Future>()?, waiter))
}

fn future_add_to_awaited_by(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    if let Some((future, waiter)) = pair(&args[0], &args[1]) {
        add(vm, future, waiter)?;
    }
    Ok(vm.none())
}

fn future_discard_from_awaited_by(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    if let Some((future, waiter)) = pair(&args[0], &args[1]) {
        discard(vm, future, waiter)?;
    }
    Ok(vm.none())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "future_add_to_awaited_by",
        "($module, fut, waiter, /)",
        "Record that `fut` is awaited on by `waiter`.",
        NativeCall::Positional(2, 2, future_add_to_awaited_by),
    ),
    NativeDef::new(
        "future_discard_from_awaited_by",
        "($module, fut, waiter, /)",
        "",
        NativeCall::Positional(2, 2, future_discard_from_awaited_by),
    ),
];
