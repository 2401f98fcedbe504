//! Starting threads, and what a thread does from its beginning to its end.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::handle::{self, THREAD_HANDLE, ThreadHandle};
use crate::builtins::{PYTHON_FINALIZATION_ERROR, SYSTEM_EXIT};
use crate::call::{Args, Signature};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::vm::Vm;

/// What `stack_size` was set to; 0: nothing.
static STACK_SIZE: AtomicUsize = AtomicUsize::new(0);
/// The least that can be set.
const LEAST_STACK: i64 = 32 * 1024;

/// What a thread sets done when it ends, also by a panic.
struct Ends(Option<Ref<ThreadHandle>>);

impl Drop for Ends {
    fn drop(&mut self) {
        if let Some(handle) = &self.0 {
            handle.set_done();
        }
    }
}

/// Starts a thread that calls `function`.
pub(super) fn run(
    vm: &Vm,
    ident: u64,
    function: Obj,
    values: Vec<Obj>,
    names: Vec<Obj>,
    handle: Option<Ref<ThreadHandle>>,
) -> PyResult<()> {
    if vm.is_finalizing() {
        return Err(vm.error(&PYTHON_FINALIZATION_ERROR, "can't create new thread at interpreter shutdown"));
    }
    let started = vm.spawn(ident, STACK_SIZE.load(Ordering::Relaxed), move |vm| {
        let ends = Ends(handle);
        if let Err(error) = vm.call_with(&function, Args::new(&values, &names))
            && !error.is(&SYSTEM_EXIT)
        {
            let shown = vm.repr_text(&function).unwrap_or_default();
            vm.unraisable(&error, &format!("Exception ignored in thread started by {shown}"), None);
        }
        drop((function, values, names));
        super::local::thread_ends(vm);
        drop(ends);
    });
    started.map_err(|_| vm.runtime_error("can't start new thread"))
}

pub(super) fn start_new_thread(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    if !vm.is_callable(&args[0]) {
        return Err(vm.type_error("first arg must be callable"));
    }
    let Some(positional) = args[1].downcast::<Tuple>() else {
        return Err(vm.type_error("2nd arg must be a tuple"));
    };
    let (mut values, mut names) = (positional.items().to_vec(), Vec::new());
    if let Some(keywords) = args.get(2) {
        let Some(keywords) = keywords.downcast::<Dict>() else {
            return Err(vm.type_error("optional 3rd arg must be a dictionary"));
        };
        for (name, value) in keywords.items() {
            names.push(name);
            values.push(value);
        }
    }
    let ident = crate::vm::threads::new_ident();
    run(vm, ident, args[0].clone(), values, names, None)?;
    Ok(Int::from_u64(ident))
}

static JOINABLE: Signature<3> = Signature::new("start_joinable_thread", ["function", "handle", "daemon"], 1);

pub(super) fn start_joinable_thread(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [function, handle, daemon] = args.bind(vm, &JOINABLE)?;
    let Some(function) = function.filter(|function| vm.is_callable(function)) else {
        return Err(vm.type_error("thread function must be callable"));
    };
    let handle = handle.filter(|handle| !vm.is_none(handle));
    if handle.is_some_and(|handle| !handle.is_exact(&THREAD_HANDLE)) {
        return Err(vm.type_error("'handle' must be a _ThreadHandle"));
    }
    let daemon = daemon.map_or(Ok(true), |daemon| vm.is_true(daemon))?;
    handle::start(vm, function, handle, daemon)
}

pub(super) fn stack_size(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let size = args.first().map_or(Ok(0), |size| vm.index_i64(size))?;
    if size < 0 {
        return Err(vm.value_error("size must be 0 or a positive value"));
    }
    let old = STACK_SIZE.load(Ordering::Relaxed);
    if !args.is_empty() {
        if size != 0 && size < LEAST_STACK {
            return Err(vm.value_error(format!("size not valid: {size} bytes")));
        }
        STACK_SIZE.store(size as usize, Ordering::Relaxed);
    }
    Ok(Int::from_usize(old))
}
