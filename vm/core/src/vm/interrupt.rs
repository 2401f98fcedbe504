//! Asking running threads for attention, from any thread.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Vm, lock};

static HOOK_EPOCH: AtomicUsize = AtomicUsize::new(0);

/// Calls `f` with each thread. The caller holds the interpreter lock.
pub(crate) fn for_each_thread(_: &Vm, mut f: impl FnMut(&Vm)) {
    let known: Vec<*const Vm> = lock::state().threads.iter().map(|thread| thread.vm).collect();
    for thread in known {
        // SAFETY: threads leave the list before they go, and do so with the lock.
        f(unsafe { &*thread });
    }
}

/// Asks every thread for attention.
pub(crate) fn ask_all() {
    for thread in &lock::state().threads {
        // SAFETY: threads leave the list before they go, and the list is locked; only atomic words are touched.
        unsafe { (*thread.vm).request(0) };
    }
}

/// Asks every thread to call the debugger at its next safepoint.
pub(crate) fn ask_for_hook() {
    HOOK_EPOCH.fetch_add(1, Ordering::SeqCst);
    ask_all();
}

/// How often the debugger was asked for.
pub(super) fn hook_epoch() -> usize {
    HOOK_EPOCH.load(Ordering::SeqCst)
}
