//! Waiting for what another Python thread does: a lock that is released, a thread that ends.
//!
//! What is waited for is in cells, which change under the interpreter lock; so a fork finds it whole. A thread that
//! has to wait puts its parker on a list, lets go of the interpreter lock, and sleeps at the parker.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use lasti_system::park::{Parker, Woken};

use super::Vm;
use crate::errors::PyResult;

/// How many forks this process and its parents went through: who waits in the parent does not exist in the child.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// This process is a new one.
pub(super) fn after_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// The threads that wait for something.
#[derive(Default)]
pub struct Waiting {
    parkers: RefCell<VecDeque<Arc<Parker>>>,
    /// The value of [`FORKS`] that they belong to.
    forks: Cell<u32>,
}

impl Waiting {
    fn forget_those_of_the_parent(&self) {
        let forks = FORKS.load(Ordering::Relaxed);
        if self.forks.replace(forks) != forks {
            self.forget();
        }
    }

    /// Wakes the one that has waited longest.
    pub fn wake_one(&self) {
        self.forget_those_of_the_parent();
        // It takes itself off the list.
        if let Some(parker) = self.parkers.borrow().front() {
            parker.wake();
        }
    }

    /// Wakes all.
    pub(crate) fn wake_all(&self) {
        self.forget_those_of_the_parent();
        for parker in self.parkers.borrow().iter() {
            parker.wake();
        }
    }

    /// Forgets those that wait: in a child process they do not exist.
    pub(crate) fn forget(&self) {
        self.parkers.borrow_mut().clear();
    }

    fn join(&self, parker: &Arc<Parker>) {
        self.forget_those_of_the_parent();
        self.parkers.borrow_mut().push_back(Arc::clone(parker));
    }

    fn leave(&self, parker: &Arc<Parker>) {
        let mut waiting = self.parkers.borrow_mut();
        if let Some(place) = waiting.iter().position(|other| Arc::ptr_eq(other, parker)) {
            waiting.remove(place);
        }
    }
}

impl Vm {
    /// Waits on `list` until `ready`, which is asked with the interpreter lock held and takes what is waited for. False
    /// if it is not by then. Signals are attended to meanwhile; `ready` is not asked any more when a handler raises.
    pub fn wait_on(
        &self,
        list: &Waiting,
        until: Option<Instant>,
        mut ready: impl FnMut() -> bool,
    ) -> PyResult<bool> {
        loop {
            if ready() {
                return Ok(true);
            }
            if until.is_some_and(|until| until <= Instant::now()) {
                return Ok(false);
            }
            list.join(&self.parker);
            let woken = self.allow_threads(|| self.parker.wait(until));
            list.leave(&self.parker);
            if let Err(error) = self.check_signals() {
                // Whoever woke this thread meant one that goes on.
                list.wake_one();
                return Err(error);
            }
            if woken == Woken::TimedOut {
                return Ok(ready());
            }
        }
    }

    /// Sleeps until then, attending to signals.
    pub fn sleep_until(&self, until: Instant) -> PyResult<()> {
        self.wait_on(&Waiting::default(), Some(until), || false)?;
        Ok(())
    }
}
