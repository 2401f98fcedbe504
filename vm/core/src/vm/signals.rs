//! Signals: what makes the main thread run Python's handlers.
//!
//! The system's handler only notes the signal and asks the main thread to look (`lasti_system::signal`). It looks at
//! its next safepoint, and when a blocking call of it ended with EINTR ([`Vm::check_signals`]): handlers run there, and
//! what they raise is raised there; otherwise the call is made again (PEP 475).

#![allow(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use lasti_system::park::Parker;
use lasti_system::signal;

use super::thread::{Request, Vm};
use crate::errors::PyResult;

/// The main thread, if it takes signals. Its `Vm` is then never freed.
static MAIN: AtomicPtr<Vm> = AtomicPtr::new(std::ptr::null_mut());

/// Asks the main thread to look. Runs within signal handlers.
fn notify() {
    let main = MAIN.load(Ordering::Acquire);
    if !main.is_null() {
        // SAFETY: see `MAIN`; only atomic words of it are touched.
        unsafe { (*main).request(Request::SIGNALS) };
    }
}

/// Signals are for `vm`'s thread from now on.
pub(crate) fn start(vm: &Vm) {
    vm.keeps_memory.set(true);
    MAIN.store(std::ptr::from_ref(vm).cast_mut(), Ordering::Release);
    // One word for each main thread there ever is: the handler may come at any time.
    let parker: &'static Arc<Parker> = Box::leak(Box::new(Arc::clone(&vm.parker)));
    signal::set_main(parker, notify);
}

/// The thread ends.
pub(super) fn stop(vm: &Vm) {
    if std::ptr::eq(MAIN.load(Ordering::Acquire), vm) {
        signal::unset_main();
        MAIN.store(std::ptr::null_mut(), Ordering::Release);
    }
}

/// In a child process, the forking thread is the main thread; the signals that came before are the parent's.
pub(super) fn after_fork(vm: &Vm) {
    signal::forget();
    if !MAIN.load(Ordering::Acquire).is_null() {
        start(vm);
    }
}

impl Vm {
    /// Whether this is the main thread, the one that runs signal handlers.
    pub fn is_main_thread(&self) -> bool {
        self.ident() == super::threads::main_ident()
    }

    /// Runs the handlers of the signals that came, if this is the main thread. To be called where a blocking call
    /// ended with EINTR, before it is made again.
    pub fn check_signals(&self) -> PyResult<()> {
        if signal::is_pending() && self.is_main_thread() {
            crate::modules::signal::run_handlers(self)
        } else {
            Ok(())
        }
    }
}
