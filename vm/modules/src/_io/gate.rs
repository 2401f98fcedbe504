//! A lock for one stream: while a thread waits for the system within it, others that want to use the stream wait, and
//! the thread itself may not come in again (through a signal handler or a finalizer).

use std::cell::Cell;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use lasti_vm::object::Obj;
use lasti_vm::{PyResult, Vm};

/// Wakes those that wait at any gate: it is rare that somebody does.
static LEFT: (Mutex<()>, Condvar) = (Mutex::new(()), Condvar::new());

/// How long a waiting thread sleeps at most before it looks again.
const PATIENCE: Duration = Duration::from_millis(5);

/// Who uses a stream.
#[derive(Default)]
pub(super) struct Gate {
    owner: Cell<Option<ThreadId>>,
    waiting: Cell<usize>,
}

/// The use of a stream; it ends when this is dropped.
pub(super) struct Inside<'a>(&'a Gate);

impl Gate {
    /// Waits until nobody uses the stream. A RuntimeError where the calling thread does itself.
    pub(super) fn enter(&self, vm: &Vm, stream: &Obj) -> PyResult<Inside<'_>> {
        let me = std::thread::current().id();
        loop {
            match self.owner.get() {
                None => {
                    self.owner.set(Some(me));
                    return Ok(Inside(self));
                }
                Some(owner) if owner == me => {
                    let shown = vm.repr_text(stream)?;
                    return Err(vm.runtime_error(format!("reentrant call inside {shown}")));
                }
                Some(_) => {
                    self.waiting.set(self.waiting.get() + 1);
                    vm.allow_threads(|| {
                        let guard = LEFT.0.lock().unwrap_or_else(PoisonError::into_inner);
                        drop(LEFT.1.wait_timeout(guard, PATIENCE));
                    });
                    self.waiting.set(self.waiting.get() - 1);
                }
            }
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.owner.set(None);
        if self.0.waiting.get() > 0 {
            LEFT.1.notify_all();
        }
    }
}
