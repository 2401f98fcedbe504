//! The modules that belong to the interpreter itself: `builtins`, `sys` and their like.
//!
//! Modules that could be written outside of this crate are in `lasti-modules`.

pub(crate) mod abc;
pub(crate) mod ast;
pub(crate) mod atexit;
pub(crate) mod builtins;
pub(crate) mod excepthook;
pub(crate) mod gc;
pub(crate) mod imp;
pub(crate) mod marshal;
pub(crate) mod signal;
pub(crate) mod std_printer;
pub(crate) mod sys;
mod teardown;
pub(crate) mod thread;
pub(crate) mod types;
pub(crate) mod typing;
pub(crate) mod warnings;
pub(crate) mod weakref;

use crate::errors::PyResult;
use crate::vm::Vm;

/// Completes the types that are defined in here.
pub(crate) fn init(vm: &Vm) {
    builtins::init(vm);
    std_printer::init(vm);
    sys::init(vm);
    thread::init(vm);
    abc::init(vm);
    ast::init(vm);
    types::init(vm);
    crate::import::init(vm);
}

/// Makes `builtins` and `sys` and enters them in `sys.modules`.
pub(crate) fn start(vm: &Vm) -> PyResult<()> {
    let builtins = builtins::make(vm)?;
    let sys = sys::make(vm)?;
    let modules = vm.interp().modules();
    modules.set_str(vm, &vm.names().builtins, builtins.into_obj())?;
    modules.set_str(vm, &vm.names().sys, sys.into_obj())
}

/// At the end of a program: its threads are waited for, what it registered is called, what it wrote is flushed. Daemon
/// threads run no further after that. Whether flushing went well.
pub(crate) fn finish(vm: &Vm) -> bool {
    wait_for_threads(vm);
    if let Err(error) = atexit::run(vm) {
        vm.unraisable(&error, "Exception ignored in atexit", None);
    }
    let written = sys::finish_streams(vm, true);
    vm.close_interpreter();
    teardown::modules(vm);
    // Finalizers may have written, too. What failed once is told once.
    let written = sys::finish_streams(vm, written) && written;
    #[cfg(feature = "audit")]
    crate::object::audit::at_end(crate::vm::config::Config::get());
    written
}

/// CPython: `wait_for_thread_shutdown`.
fn wait_for_threads(vm: &Vm) {
    let threading = vm.interp().modules().get_str(vm, &vm.intern("threading"));
    let Ok(Some(threading)) = threading else { return };
    let done = vm.getattr_named(&threading, "_shutdown").and_then(|shutdown| vm.call(&shutdown, &[]));
    if let Err(error) = done {
        vm.unraisable(&error, "Exception ignored on threading shutdown", Some(&threading));
    }
}

#[cfg(test)]
mod tests;
