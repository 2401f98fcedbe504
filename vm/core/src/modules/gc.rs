//! `gc`: the cycle collector as programs see it.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use crate::call::{Args, Signature};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::number::Int;
use crate::object::gc::{self, Generation, debug};
use crate::object::{Obj, Ref};
use crate::sequence::{List, Tuple};
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

/// The threshold while collection is off, to come back to; 0 while it is on.
static KEPT_THRESHOLD: AtomicUsize = AtomicUsize::new(0);
/// The thresholds of the other generations: kept for those who ask, since old objects are collected by how many there are.
static OTHER_THRESHOLDS: [AtomicI64; 2] = [const { AtomicI64::new(10) }; 2];

static COLLECT: Signature<1> = Signature::new("collect", ["generation"], 0);

fn collect(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [generation] = args.bind(vm, &COLLECT)?;
    let generation = match generation.map_or(Ok(2), |generation| vm.index_i64(generation))? {
        0 => Generation::Young,
        1 => Generation::Middle,
        2 => Generation::Full,
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
    let others = OTHER_THRESHOLDS.each_ref().map(|other| Int::new(other.load(Ordering::Relaxed)));
    Ok(Tuple::new([Int::from_usize(young)].into_iter().chain(others).collect()).into_obj())
}

fn set_threshold(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let young = usize::try_from(vm.index_i64(&args[0])?).unwrap_or(0);
    for (other, given) in OTHER_THRESHOLDS.iter().zip(&args[1..]) {
        other.store(vm.index_i64(given)?, Ordering::Relaxed);
    }
    if KEPT_THRESHOLD.load(Ordering::Relaxed) == 0 {
        gc::set_threshold(young);
    } else if young != 0 {
        KEPT_THRESHOLD.store(young, Ordering::Relaxed);
    }
    Ok(vm.none())
}

fn get_count(_: &Vm, _: &Obj) -> PyResult {
    Ok(Tuple::new(gc::progress().map(Int::from_usize).to_vec()).into_obj())
}

fn get_stats(vm: &Vm, _: &Obj) -> PyResult {
    let stats = gc::stats().map(|stats| {
        let dict = Dict::new();
        let numbers =
            [("collections", stats.collections), ("collected", stats.collected), ("uncollectable", 0)];
        for (name, number) in numbers {
            dict.set_str(vm, &vm.intern(name), Int::from_usize(number))?;
        }
        Ok(dict.into_obj())
    });
    Ok(List::new(stats.into_iter().collect::<PyResult<_>>()?).into_obj())
}

static GET_OBJECTS: Signature<1> = Signature::new("get_objects", ["generation"], 0);

fn get_objects(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [generation] = args.bind(vm, &GET_OBJECTS)?;
    let mut wanted = None;
    if let Some(generation) = generation.filter(|generation| !vm.is_none(generation)) {
        wanted = Some(match vm.index_i64(generation)? {
            0 => Generation::Young,
            1 => Generation::Middle,
            2 => Generation::Full,
            negative if negative < 0 => return Err(vm.value_error("generation parameter cannot be negative")),
            _ => {
                return Err(vm.value_error(
                    "generation parameter must be less than the number of available generations (3)",
                ));
            }
        });
    }
    Ok(List::new(gc::tracked(wanted)).into_obj())
}

fn get_referents(_: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    Ok(List::new(args.positional().iter().flat_map(gc::referents).collect()).into_obj())
}

fn get_referrers(_: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let wanted = args.positional();
    let refers =
        |object: &Obj| gc::referents(object).iter().any(|other| wanted.iter().any(|one| one.is(other)));
    Ok(List::new(gc::tracked(None).into_iter().filter(refers).collect()).into_obj())
}

fn is_tracked(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(vm.bool(object.header().is_some_and(|header| header.gc_index() != 0)))
}

fn is_finalized(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(vm.bool(object.header().is_some_and(crate::object::header::Header::is_finalized)))
}

fn get_debug(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::new(gc::debug_flags()))
}

fn set_debug(vm: &Vm, _: &Obj, flags: &Obj) -> PyResult {
    gc::set_debug_flags(vm.index_i64(flags)?);
    Ok(vm.none())
}

fn freeze(vm: &Vm, _: &Obj) -> PyResult {
    gc::freeze();
    Ok(vm.none())
}

fn unfreeze(vm: &Vm, _: &Obj) -> PyResult {
    gc::unfreeze();
    Ok(vm.none())
}

fn freeze_count(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_usize(gc::frozen()))
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    let (callbacks, garbage) = (List::new(Vec::new()), List::new(Vec::new()));
    gc::set_lists(callbacks.as_obj().clone(), garbage.as_obj().clone());
    module.add(vm, "garbage", garbage)?;
    module.add(vm, "callbacks", callbacks)?;
    for (name, flag) in [
        ("DEBUG_STATS", debug::STATS),
        ("DEBUG_COLLECTABLE", debug::COLLECTABLE),
        ("DEBUG_UNCOLLECTABLE", debug::UNCOLLECTABLE),
        ("DEBUG_SAVEALL", debug::SAVEALL),
        ("DEBUG_LEAK", debug::LEAK),
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
            "Keep all objects that there are out of collections.",
            NativeCall::NoArgs(freeze),
        ),
        NativeDef::new(
            "get_count",
            "($module, /)",
            "How many objects are young, and how often each generation was collected since the next was.",
            NativeCall::NoArgs(get_count),
        ),
        NativeDef::new("get_debug", "($module, /)", "The debugging flags.", NativeCall::NoArgs(get_debug)),
        NativeDef::new(
            "get_freeze_count",
            "($module, /)",
            "How many objects are frozen.",
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
            "get_stats",
            "($module, /)",
            "What was collected so far, for each generation.",
            NativeCall::NoArgs(get_stats),
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
            "Let collections look at all objects again.",
            NativeCall::NoArgs(unfreeze),
        ),
    ],
    fill,
};
