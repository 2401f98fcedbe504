//! `sys`: `settrace`, `setprofile` and what belongs to them.

use crate::errors::PyResult;
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::trace::legacy;
use crate::types::{NativeCall, NativeDef};
use crate::vm::{Vm, for_each_thread};

fn function(vm: &Vm, function: &Obj) -> Option<Obj> {
    (!vm.is_none(function)).then(|| function.clone())
}

fn settrace(vm: &Vm, _: &Obj, tracer: &Obj) -> PyResult {
    super::hooks::audit_event(vm, "sys.settrace", &[])?;
    legacy::set_trace(vm, vm, function(vm, tracer));
    Ok(vm.none())
}

fn setprofile(vm: &Vm, _: &Obj, profiler: &Obj) -> PyResult {
    super::hooks::audit_event(vm, "sys.setprofile", &[])?;
    legacy::set_profile(vm, vm, function(vm, profiler));
    Ok(vm.none())
}

fn settrace_all(vm: &Vm, _: &Obj, tracer: &Obj) -> PyResult {
    super::hooks::audit_event(vm, "sys.settrace", &[])?;
    for_each_thread(vm, |thread| legacy::set_trace(vm, thread, function(vm, tracer)));
    Ok(vm.none())
}

fn setprofile_all(vm: &Vm, _: &Obj, profiler: &Obj) -> PyResult {
    super::hooks::audit_event(vm, "sys.setprofile", &[])?;
    for_each_thread(vm, |thread| legacy::set_profile(vm, thread, function(vm, profiler)));
    Ok(vm.none())
}

fn gettrace(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.or_none(vm.trace_function.get()))
}

fn getprofile(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.or_none(vm.profile_function.get()))
}

/// Traced again, though a tracer runs: so that a debugger can debug what it calls.
fn call_tracing(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [function, args] = args else {
        return Err(vm.type_error(format!("call_tracing expected 2 arguments, got {}", args.len())));
    };
    let Some(args) = args.downcast::<Tuple>() else {
        let ty = args.ty().name();
        return Err(vm.type_error(format!("call_tracing() argument 2 must be tuple, not {ty}")));
    };
    let before = (vm.tracing.replace(0), vm.telling.get(), vm.telling_frame.get());
    let result = vm.call(function, args.items());
    vm.tracing.set(before.0);
    vm.telling.set(before.1);
    vm.telling_frame.set(before.2);
    result
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "_setprofileallthreads",
        "($module, function, /)",
        "Set the profiling function in all running threads belonging to the current interpreter.\n\nIt will be called on each function call and return.  See the profiler\nchapter in the library manual.",
        NativeCall::One(setprofile_all),
    ),
    NativeDef::new(
        "_settraceallthreads",
        "($module, function, /)",
        "Set the global debug tracing function in all running threads belonging to the current interpreter.\n\nIt will be called on each function call. See the debugger chapter\nin the library manual.",
        NativeCall::One(settrace_all),
    ),
    NativeDef::new(
        "call_tracing",
        "($module, func, args, /)",
        "Call func(*args), while tracing is enabled.\n\nThe tracing state is saved, and restored afterwards.  This is intended\nto be called from a debugger from a checkpoint, to recursively debug\nsome other code.",
        NativeCall::Positional(2, 2, call_tracing),
    ),
    NativeDef::new(
        "getprofile",
        "($module, /)",
        "Return the profiling function set with sys.setprofile.\n\nSee the profiler chapter in the library manual.",
        NativeCall::NoArgs(getprofile),
    ),
    NativeDef::new(
        "gettrace",
        "($module, /)",
        "Return the global debug tracing function set with sys.settrace.\n\nSee the debugger chapter in the library manual.",
        NativeCall::NoArgs(gettrace),
    ),
    NativeDef::new(
        "setprofile",
        "($module, function, /)",
        "Set the profiling function.\n\nIt will be called on each function call and return.  See the profiler\nchapter in the library manual.",
        NativeCall::One(setprofile),
    ),
    NativeDef::new(
        "settrace",
        "($module, function, /)",
        "Set the global debug tracing function.\n\nIt will be called on each function call.  See the debugger chapter\nin the library manual.",
        NativeCall::One(settrace),
    ),
];
