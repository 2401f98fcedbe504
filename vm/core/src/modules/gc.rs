//! `gc`: the cycle collector as programs see it.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::number::Int;
use crate::object::gc::{self, Generation};
use crate::object::{Obj, Ref};
use crate::sequence::{List, Tuple};
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

/// The threshold while collection is off, to come back to; 0 while it is on.
static KEPT_THRESHOLD: AtomicUsize = AtomicUsize::new(0);

static COLLECT: Signature<1> = Signature::new("collect", ["generation"], 0);

fn collect(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [generation] = args.bind(vm, &COLLECT)?;
    let generation = match generation.map_or(Ok(2), |generation| vm.index_i64(generation))? {
        0 => Generation::Young,
        1 | 2 => Generation::Full,
        _ => return Err(vm.value_error("invalid generation")),
    };
    Ok(Int::from_usize(gc::collect(vm, generation)))
}

fn enable(vm: &Vm, _: &Obj) -> PyResult {
    let kept = KEPT_THRESHOLD.swap(0, Ordering::Relaxed);
    if kept != 0 {
        gc::set_threshold(kept);
    }
    Ok(vm.none())
}

fn disable(vm: &Vm, _: &Obj) -> PyResult {
    let threshold = gc::threshold();
    if threshold != 0 {
        KEPT_THRESHOLD.store(threshold, Ordering::Relaxed);
        gc::set_threshold(0);
    }
    Ok(vm.none())
}

fn isenabled(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.bool(KEPT_THRESHOLD.load(Ordering::Relaxed) == 0))
}

fn get_threshold(_: &Vm, _: &Obj) -> PyResult {
    let kept = KEPT_THRESHOLD.load(Ordering::Relaxed);
    let young = if kept == 0 { gc::threshold() } else { kept };
    Ok(Tuple::new(vec![Int::from_usize(young), Int::new(10), Int::new(0)]).into_obj())
}

fn set_threshold(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let young = usize::try_from(vm.index_i64(&args[0])?).unwrap_or(0);
    if KEPT_THRESHOLD.load(Ordering::Relaxed) == 0 {
        gc::set_threshold(young);
    } else if young != 0 {
        KEPT_THRESHOLD.store(young, Ordering::Relaxed);
    }
    Ok(vm.none())
}

fn get_count(_: &Vm, _: &Obj) -> PyResult {
    let (young, _) = gc::counts();
    Ok(Tuple::new(vec![Int::from_usize(young), Int::new(0), Int::new(0)]).into_obj())
}

static GET_OBJECTS: Signature<1> = Signature::new("get_objects", ["generation"], 0);

fn get_objects(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [generation] = args.bind(vm, &GET_OBJECTS)?;
    if let Some(generation) = generation.filter(|generation| !vm.is_none(generation)) {
        match vm.index_i64(generation)? {
            0..=2 => {}
            negative if negative < 0 => return Err(vm.value_error("generation parameter cannot be negative")),
            _ => {
                return Err(vm.value_error(
                    "generation parameter must be less than the number of available generations (3)",
                ));
            }
        }
    }
    Ok(List::new(gc::tracked()).into_obj())
}

fn get_referents(_: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    Ok(List::new(args.positional().iter().flat_map(gc::referents).collect()).into_obj())
}

fn get_referrers(_: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let wanted = args.positional();
    let refers =
        |object: &Obj| gc::referents(object).iter().any(|other| wanted.iter().any(|one| one.is(other)));
    Ok(List::new(gc::tracked().into_iter().filter(refers).collect()).into_obj())
}

fn is_tracked(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(vm.bool(object.header().is_some_and(|header| header.gc_index() != 0)))
}

fn is_finalized(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(vm.bool(object.header().is_some_and(crate::object::header::Header::is_finalized)))
}

fn get_debug(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::new(0))
}

fn set_debug(vm: &Vm, _: &Obj, flags: &Obj) -> PyResult {
    if vm.index_i64(flags)? != 0 {
        return Err(
            vm.not_implemented_error("the collector has no debugging output: only flags of 0 can be set")
        );
    }
    Ok(vm.none())
}

fn nothing(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.none())
}

fn freeze_count(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::new(0))
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add(vm, "garbage", List::new(Vec::new()))?;
    module.add(vm, "callbacks", List::new(Vec::new()))?;
    for (name, flag) in [
        ("DEBUG_STATS", 1),
        ("DEBUG_COLLECTABLE", 2),
        ("DEBUG_UNCOLLECTABLE", 4),
        ("DEBUG_SAVEALL", 32),
        ("DEBUG_LEAK", 38),
    ] {
        module.add(vm, name, Int::new(flag))?;
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "gc",
    doc: "The collector of reference cycles.",
    functions: &[
        NativeDef::new(
            "collect",
            "($module, /, generation=2)",
            "Collect, and say how many unreachable objects there were.",
            NativeCall::Full(collect),
        ),
        NativeDef::new("disable", "($module, /)", "Collect only when asked to.", NativeCall::NoArgs(disable)),
        NativeDef::new("enable", "($module, /)", "Collect from time to time.", NativeCall::NoArgs(enable)),
        NativeDef::new(
            "freeze",
            "($module, /)",
            "Objects are not kept apart: this does nothing.",
            NativeCall::NoArgs(nothing),
        ),
        NativeDef::new(
            "get_count",
            "($module, /)",
            "How many objects each generation has.",
            NativeCall::NoArgs(get_count),
        ),
        NativeDef::new("get_debug", "($module, /)", "The debugging flags.", NativeCall::NoArgs(get_debug)),
        NativeDef::new(
            "get_freeze_count",
            "($module, /)",
            "0: objects are not kept apart.",
            NativeCall::NoArgs(freeze_count),
        ),
        NativeDef::new(
            "get_objects",
            "($module, /, generation=None)",
            "The tracked objects.",
            NativeCall::Full(get_objects),
        ),
        NativeDef::new(
            "get_referents",
            "($module, /, *objs)",
            "What the objects refer to.",
            NativeCall::Full(get_referents),
        ),
        NativeDef::new(
            "get_referrers",
            "($module, /, *objs)",
            "What refers to the objects.",
            NativeCall::Full(get_referrers),
        ),
        NativeDef::new(
            "get_threshold",
            "($module, /)",
            "When collections are due.",
            NativeCall::NoArgs(get_threshold),
        ),
        NativeDef::new(
            "is_finalized",
            "($module, obj, /)",
            "Whether the object's finalizer was called.",
            NativeCall::One(is_finalized),
        ),
        NativeDef::new(
            "is_tracked",
            "($module, obj, /)",
            "Whether the collector knows the object.",
            NativeCall::One(is_tracked),
        ),
        NativeDef::new(
            "isenabled",
            "($module, /)",
            "Whether collections come by themselves.",
            NativeCall::NoArgs(isenabled),
        ),
        NativeDef::new(
            "set_debug",
            "($module, flags, /)",
            "Set the debugging flags.",
            NativeCall::One(set_debug),
        ),
        NativeDef::new(
            "set_threshold",
            "",
            "set_threshold(threshold0[, threshold1[, threshold2]])\n\nSet when collections are due.",
            NativeCall::Positional(1, 3, set_threshold),
        ),
        NativeDef::new(
            "unfreeze",
            "($module, /)",
            "Objects are not kept apart: this does nothing.",
            NativeCall::NoArgs(nothing),
        ),
    ],
    fill,
};
