//! `atexit`: what is called at the end of a program, last registered first.

use crate::call::Args;
use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::{List, Tuple};
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

/// Where `sys` keeps the calls: no attribute can have this name in a program.
const CALLS: &str = "<atexit>";

/// The registered calls: tuples of callable, arguments, names of keywords.
fn calls(vm: &Vm) -> PyResult<Ref<List>> {
    let (sys, name) = (vm.interp().sys(), vm.intern(CALLS));
    if let Some(calls) = sys.get_str(vm, &name)?.and_then(|calls| calls.into_ref::<List>().ok()) {
        return Ok(calls);
    }
    let calls = List::new(Vec::new());
    sys.set_str(vm, &name, calls.as_obj().clone())?;
    Ok(calls)
}

fn register(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some(function) = args.positional().first() else {
        return Err(vm.type_error("register() takes at least 1 argument (0 given)"));
    };
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let rest = args.rest();
    let call = vec![
        function.clone(),
        Tuple::from_slice(rest.all()).into_obj(),
        Tuple::from_slice(rest.names()).into_obj(),
    ];
    calls(vm)?.items.push(Tuple::new(call).into_obj());
    Ok(function.clone())
}

fn unregister(vm: &Vm, _: &Obj, function: &Obj) -> PyResult {
    let list = calls(vm)?;
    let mut kept = Vec::new();
    for call in list.items.to_vec() {
        let registered = call.downcast::<Tuple>().and_then(|call| call.items().first().cloned());
        match registered {
            Some(registered) if vm.eq(&registered, function)? => {}
            _ => kept.push(call),
        }
    }
    drop(list.items.replace(kept));
    Ok(vm.none())
}

/// Calls what is registered. What is raised is reported and does not stop the others.
pub(crate) fn run(vm: &Vm) -> PyResult<()> {
    let list = calls(vm)?;
    while let Some(call) = list.items.pop() {
        let Some(parts) = call.downcast::<Tuple>() else { continue };
        let [function, args, names] = parts.items() else { continue };
        let (Some(args), Some(names)) = (args.downcast::<Tuple>(), names.downcast::<Tuple>()) else {
            continue;
        };
        if let Err(error) = vm.call_with(function, Args::new(args.items(), names.items())) {
            vm.unraisable(&error, "Exception ignored in atexit callback", Some(function));
        }
    }
    Ok(())
}

fn run_exitfuncs(vm: &Vm, _: &Obj) -> PyResult {
    run(vm)?;
    Ok(vm.none())
}

fn clear(vm: &Vm, _: &Obj) -> PyResult {
    drop(calls(vm)?.items.take());
    Ok(vm.none())
}

fn count(vm: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_usize(calls(vm)?.items.len()))
}

fn fill(_: &Vm, _: &Ref<Module>) -> PyResult<()> {
    Ok(())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "atexit",
    doc: "Functions to call at the end of the program.",
    functions: &[
        NativeDef::new("_clear", "($module, /)", "Forget all functions.", NativeCall::NoArgs(clear)),
        NativeDef::new(
            "_ncallbacks",
            "($module, /)",
            "How many functions there are.",
            NativeCall::NoArgs(count),
        ),
        NativeDef::new(
            "_run_exitfuncs",
            "($module, /)",
            "Call all functions.",
            NativeCall::NoArgs(run_exitfuncs),
        ),
        NativeDef::new(
            "register",
            "($module, func, /, *args, **kwargs)",
            "Call the function with these arguments at the end.",
            NativeCall::Full(register),
        ),
        NativeDef::new("unregister", "($module, func, /)", "Forget a function.", NativeCall::One(unregister)),
    ],
    fill,
};
