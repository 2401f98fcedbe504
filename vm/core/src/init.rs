//! Bringing the interpreter up, once in a process.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::vm::Vm;

static DONE: AtomicBool = AtomicBool::new(false);

/// Makes the builtin types ready, the first time. The caller holds the interpreter lock.
pub(crate) fn once(vm: &Vm) {
    if !DONE.swap(true, Ordering::Relaxed) {
        crate::builtins::init(vm);
        crate::eval::init();
    }
}
