//! What a collection tells: `gc.callbacks`, and what the debugging flags ask for on standard error.

use std::time::Instant;

use super::{COLLECTOR, Generation, counts, debug, frozen};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::Obj;
use crate::sequence::List;
use crate::text::Str;
use crate::vm::Vm;

fn asked(flag: i64) -> bool {
    COLLECTOR.debug.get() & flag != 0
}

fn write(vm: &Vm, text: &str) {
    // Nobody can be told that nobody can be told.
    let _ = crate::modules::sys::write_stderr(vm, text);
}

/// When a collection began, if somebody wants to know.
pub(super) fn begins(vm: &Vm, generation: Generation) -> Option<Instant> {
    if !asked(debug::STATS) {
        return None;
    }
    let (young, old) = counts();
    let before = COLLECTOR.middle.get().saturating_sub(1).min(old);
    write(
        vm,
        &format!(
            "gc: collecting generation {}...\ngc: objects in each generation: {young} {} {before}\n\
             gc: objects in permanent generation: {}\n",
            generation as usize,
            old - before,
            frozen()
        ),
    );
    Some(Instant::now())
}

/// The collection is over.
pub(super) fn ends(vm: &Vm, begun: Option<Instant>, found: usize) {
    if let Some(begun) = begun {
        let seconds = begun.elapsed().as_secs_f64();
        write(vm, &format!("gc: done, {found} unreachable, 0 uncollectable, {seconds:.4}s elapsed\n"));
    }
}

/// What nothing refers to, before it is finalized.
pub(super) fn found(vm: &Vm, garbage: &[Obj]) {
    if asked(debug::COLLECTABLE) {
        for object in garbage {
            write(vm, &format!("gc: collectable <{} {:#x}>\n", object.ty().tp_name(), object.id()));
        }
    }
}

/// Keeps garbage in `gc.garbage`.
pub(super) fn save(garbage: Vec<Obj>) {
    if let Some(list) = COLLECTOR.garbage.get_as::<List>() {
        for object in garbage {
            list.items.push(object);
        }
    }
}

/// Calls `gc.callbacks`.
pub(super) fn told(vm: &Vm, generation: Generation, phase: &str, collected: usize) {
    let Some(callbacks) = COLLECTOR.callbacks.get_as::<List>() else { return };
    if callbacks.items.is_empty() || vm.is_finalizing() {
        return;
    }
    let Ok(args) = arguments(vm, generation, phase, collected) else { return };
    for callback in callbacks.items.to_vec() {
        if let Err(error) = vm.call(&callback, &args) {
            vm.unraisable(&error, "Exception ignored while calling GC callback", Some(&callback));
        }
    }
}

fn arguments(vm: &Vm, generation: Generation, phase: &str, collected: usize) -> PyResult<[Obj; 2]> {
    let info = Dict::new();
    let numbers = [("generation", generation as usize), ("collected", collected), ("uncollectable", 0)];
    for (name, number) in numbers {
        info.set_str(vm, &vm.intern(name), Int::from_usize(number))?;
    }
    Ok([Str::new(phase).into_obj(), info.into_obj()])
}
