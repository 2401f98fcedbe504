//! `_asyncio`: futures, tasks, and which of them run. CPython: Modules/_asynciomodule.c.
//!
//! - `future`: the payload of futures and tasks, and what futures do; `future_type`: what Python sees of it
//! - `future_iter`: what `await future` goes through
//! - `task`: what tasks are beyond futures; `task_type`: what Python sees of it
//! - `step`: how a task runs its coroutine
//! - `current`: the running loop and the running task of each thread
//! - `registry`: all tasks
//! - `awaited_by`: who waits for a future
//! - `imports`: what comes from `asyncio` itself

mod awaited_by;
mod current;
mod future;
mod future_iter;
mod future_type;
mod imports;
mod registry;
mod step;
mod task;
mod task_type;

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::types::TypeFlags;
use lasti_vm::{PyResult, Ref, Vm};

const NAME: &str = "_asyncio";

/// The module.
pub(crate) static MODULE: NativeModule =
    NativeModule { name: NAME, doc: "Accelerator module for asyncio", functions: current::FUNCTIONS, fill };

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !future::FUTURE.has(TypeFlags::READY) {
        future_type::ready(vm);
        future_iter::ready(vm);
        task_type::ready(vm);
        step::ready(vm);
    }
    imports::forget(vm);
    Module::add_functions(module, vm, registry::FUNCTIONS)?;
    Module::add_functions(module, vm, awaited_by::FUNCTIONS)?;
    module.add_type(vm, &future::FUTURE)?;
    module.add_type(vm, &future::TASK)
}
