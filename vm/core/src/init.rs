//! Bringing the interpreter up, once in a process.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::vm::Vm;

static DONE: AtomicBool = AtomicBool::new(false);

/// Makes the builtin types ready, the first time. The caller holds the interpreter lock.
pub(crate) fn once(vm: &Vm) {
    if !DONE.swap(true, Ordering::Relaxed) {
        crate::builtins::init(vm);
        crate::eval::init();
        if let Err(error) = crate::modules::start(vm) {
            // Making the two modules runs no Python code: only a fault of the interpreter can come here.
            vm.unraisable(&error, "Exception while the interpreter was made", None);
        }
    }
}
