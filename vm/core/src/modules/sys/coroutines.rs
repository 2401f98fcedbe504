//! `sys`: the hooks of async generators, and how deep coroutines note where they were made.

use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::Obj;
use crate::structseq::StructSeq;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

static HOOKS: StructSeq = StructSeq {
    module: "sys",
    name: "asyncgen_hooks",
    doc: "What is called when an async generator is first iterated, and when it is dropped unfinished.",
    fields: &[("firstiter", "First iteration"), ("finalizer", "Finalization")],
    visible: 2,
    callable: false,
};

fn get_hooks(vm: &Vm, _: &Obj) -> PyResult {
    let hooks = [&vm.asyncgen_firstiter, &vm.asyncgen_finalizer];
    HOOKS.make(vm, hooks.iter().map(|hook| vm.or_none(hook.get())).collect())
}

fn set_hooks(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<2> = Signature::new("set_asyncgen_hooks", ["firstiter", "finalizer"], 0);
    let [first, finalizer] = args.bind(vm, &SIGNATURE)?;
    for (name, hook) in [("finalizer", finalizer), ("firstiter", first)] {
        if let Some(hook) = hook.filter(|hook| !vm.is_none(hook) && !vm.is_callable(hook)) {
            return Err(vm.type_error(format!("callable {name} expected, got {}", hook.ty().name())));
        }
    }
    for (place, hook) in [(&vm.asyncgen_finalizer, finalizer), (&vm.asyncgen_firstiter, first)] {
        if let Some(hook) = hook {
            place.set((!vm.is_none(hook)).then(|| hook.clone()));
        }
    }
    Ok(vm.none())
}

fn get_depth(vm: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_usize(vm.origin_depth.get()))
}

fn set_depth(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<1> = Signature::new("set_coroutine_origin_tracking_depth", ["depth"], 1);
    if let [Some(depth)] = args.bind(vm, &SIGNATURE)? {
        match usize::try_from(vm.c_int_argument(depth)?) {
            Ok(depth) => vm.origin_depth.set(depth),
            Err(_) => return Err(vm.value_error("depth must be >= 0")),
        }
    }
    Ok(vm.none())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "get_asyncgen_hooks",
        "($module, /)",
        "Return the installed asynchronous generators hooks.",
        NativeCall::NoArgs(get_hooks),
    ),
    NativeDef::new(
        "set_asyncgen_hooks",
        "($module, /, firstiter=<unrepresentable>, finalizer=<unrepresentable>)",
        "Set the hooks of asynchronous generators.",
        NativeCall::Full(set_hooks),
    ),
    NativeDef::new(
        "get_coroutine_origin_tracking_depth",
        "($module, /)",
        "Check status of origin tracking for coroutine objects in this thread.",
        NativeCall::NoArgs(get_depth),
    ),
    NativeDef::new(
        "set_coroutine_origin_tracking_depth",
        "($module, /, depth)",
        "Enable or disable origin tracking for coroutine objects in this thread.",
        NativeCall::Full(set_depth),
    ),
];
