//! For tests: a thread of the interpreter.

use crate::vm::Vm;

/// Runs `f` with the interpreter. Tests take turns: there is one interpreter in a process.
pub(crate) fn with_vm<R>(f: impl FnOnce(&Vm) -> R) -> R {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // Test threads have 2 MiB of stack.
    Vm::enter(1536 * 1024, f)
}
