//! The running event loop, and the task that it executes: each thread has its own.

use lasti_vm::call::{Args, Signature};
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Obj, PyResult, Vm};

use super::imports::GET_EVENT_LOOP_POLICY;

/// The running loop, or the policy's.
pub(super) fn event_loop(vm: &Vm) -> PyResult {
    if let Some(running) = vm.running_loop().get() {
        return Ok(running);
    }
    let policy = vm.call(&GET_EVENT_LOOP_POLICY.get(vm)?, &[])?;
    vm.call_method(&policy, &vm.names().get_event_loop, &[])
}

/// The running loop; raises if there is none.
pub(super) fn running_loop(vm: &Vm) -> PyResult {
    vm.running_loop().get().ok_or_else(|| vm.runtime_error("no running event loop"))
}

fn check_running(vm: &Vm, event_loop: &Obj) -> PyResult<()> {
    if vm.running_loop().get().is_some_and(|running| running.is(event_loop)) {
        return Ok(());
    }
    Err(vm.runtime_error(format!("loop {} is not the running loop", vm.repr_text(event_loop)?)))
}

/// From now on the loop executes `task`.
pub(super) fn enter(vm: &Vm, event_loop: &Obj, task: &Obj) -> PyResult<()> {
    check_running(vm, event_loop)?;
    if let Some(other) = vm.running_task().get() {
        return Err(vm.runtime_error(format!(
            "Cannot enter into task {} while another task {} is being executed.",
            vm.repr_text(task)?,
            vm.repr_text(&other)?
        )));
    }
    vm.running_task().set(task.clone());
    Ok(())
}

/// The loop does not execute `task` any more.
pub(super) fn leave(vm: &Vm, event_loop: &Obj, task: &Obj) -> PyResult<()> {
    check_running(vm, event_loop)?;
    let running = vm.or_none(vm.running_task().get());
    if !running.is(task) {
        return Err(vm.runtime_error(format!(
            "Invalid attempt to leave task {} while task {} is entered.",
            vm.repr_text(task)?,
            vm.repr_text(&running)?
        )));
    }
    drop(vm.running_task().take());
    Ok(())
}

/// The loop executes `task`, or none, instead of the one that is returned.
pub(super) fn swap(vm: &Vm, event_loop: &Obj, task: &Obj) -> PyResult {
    check_running(vm, event_loop)?;
    let task = (!vm.is_none(task)).then(|| task.clone());
    Ok(vm.or_none(vm.running_task().replace(task)))
}

fn set_running_loop(vm: &Vm, _: &Obj, event_loop: &Obj) -> PyResult {
    vm.running_loop().set((!vm.is_none(event_loop)).then(|| event_loop.clone()));
    Ok(vm.none())
}

fn enter_task(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<2> = Signature::new("_enter_task", ["loop", "task"], 2);
    if let [Some(event_loop), Some(task)] = args.bind(vm, &SIGNATURE)? {
        enter(vm, event_loop, task)?;
    }
    Ok(vm.none())
}

fn leave_task(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<2> = Signature::new("_leave_task", ["loop", "task"], 2);
    if let [Some(event_loop), Some(task)] = args.bind(vm, &SIGNATURE)? {
        leave(vm, event_loop, task)?;
    }
    Ok(vm.none())
}

fn swap_current_task(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<2> = Signature::new("_swap_current_task", ["loop", "task"], 2);
    match args.bind(vm, &SIGNATURE)? {
        [Some(event_loop), Some(task)] => swap(vm, event_loop, task),
        _ => Ok(vm.none()),
    }
}

fn current_task(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<1> = Signature::new("current_task", ["loop"], 0);
    let [event_loop] = args.bind(vm, &SIGNATURE)?;
    let running = vm.running_loop().get();
    let event_loop = match event_loop.filter(|event_loop| !vm.is_none(event_loop)) {
        Some(event_loop) => event_loop.clone(),
        None => running_loop(vm)?,
    };
    if running.is_some_and(|running| running.is(&event_loop)) {
        return Ok(vm.or_none(vm.running_task().get()));
    }
    Ok(vm.or_none(vm.running_task_of(&event_loop)))
}

pub(super) const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "current_task",
        "($module, /, loop=None)",
        "Return a currently executed task.",
        NativeCall::Full(current_task),
    ),
    NativeDef::new(
        "get_event_loop",
        "($module, /)",
        "Return an asyncio event loop.\n\nWhen called from a coroutine or a callback (e.g. scheduled with\ncall_soon or similar API), this function will always return the\nrunning event loop.\n\nIf there is no running event loop set, the function will return\nthe result of `get_event_loop_policy().get_event_loop()` call.",
        NativeCall::NoArgs(|vm, _| event_loop(vm)),
    ),
    NativeDef::new(
        "get_running_loop",
        "($module, /)",
        "Return the running event loop.  Raise a RuntimeError if there is none.\n\nThis function is thread-specific.",
        NativeCall::NoArgs(|vm, _| running_loop(vm)),
    ),
    NativeDef::new(
        "_get_running_loop",
        "($module, /)",
        "Return the running event loop or None.\n\nThis is a low-level function intended to be used by event loops.\nThis function is thread-specific.",
        NativeCall::NoArgs(|vm, _| Ok(vm.or_none(vm.running_loop().get()))),
    ),
    NativeDef::new(
        "_set_running_loop",
        "($module, loop, /)",
        "Set the running event loop.\n\nThis is a low-level function intended to be used by event loops.\nThis function is thread-specific.",
        NativeCall::One(set_running_loop),
    ),
    NativeDef::new(
        "_enter_task",
        "($module, /, loop, task)",
        "Enter into task execution or resume suspended task.\n\nTask belongs to loop.\n\nReturns None.",
        NativeCall::Full(enter_task),
    ),
    NativeDef::new(
        "_leave_task",
        "($module, /, loop, task)",
        "Leave task execution or suspend a task.\n\nTask belongs to loop.\n\nReturns None.",
        NativeCall::Full(leave_task),
    ),
    NativeDef::new(
        "_swap_current_task",
        "($module, /, loop, task)",
        "Temporarily swap in the supplied task and return the original one (or None).\n\nThis is intended for use during eager coroutine execution.",
        NativeCall::Full(swap_current_task),
    ),
];
