//! The modules that belong to the interpreter itself: `builtins`, `sys` and their like.
//!
//! Modules that could be written outside of this crate are in `lasti-modules`.

pub(crate) mod abc;
pub(crate) mod atexit;
pub(crate) mod builtins;
pub(crate) mod excepthook;
pub(crate) mod gc;
pub(crate) mod imp;
pub(crate) mod marshal;
pub(crate) mod std_printer;
pub(crate) mod sys;
pub(crate) mod thread;
pub(crate) mod warnings;
pub(crate) mod weakref;

use crate::errors::PyResult;
use crate::vm::Vm;

/// Completes the types that are defined in here.
pub(crate) fn init(vm: &Vm) {
    builtins::init(vm);
    std_printer::init(vm);
    thread::init(vm);
    abc::init(vm);
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

/// At the end of a program: what it wrote is flushed.
pub(crate) fn finish(vm: &Vm) {
    if let Err(error) = atexit::run(vm) {
        vm.unraisable(&error, "Exception ignored in atexit", None);
    }
    for name in [&vm.names().stdout, &vm.names().stderr] {
        if let Ok(Some(stream)) = vm.interp().sys().get_str(vm, name)
            && !vm.is_none(&stream)
        {
            // Nobody is left to tell of a failure.
            let _ = vm.call_method(&stream, &vm.names().flush, &[]);
        }
    }
}

#[cfg(test)]
mod tests;
