//! Waiting for a word of another thread: what Python's locks are made of.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use rustix::io::Errno;
use rustix::thread::futex;

/// Why a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Woken {
    /// [`Parker::wake`] was called since the last wait.
    Called,
    /// The moment came.
    TimedOut,
    /// A signal handler ran in this thread.
    Interrupted,
}

/// Where one thread sleeps. A wake that comes before the wait is not lost.
#[derive(Debug)]
pub struct Parker {
    word: AtomicU32,
}

impl Default for Parker {
    fn default() -> Self {
        Self::new()
    }
}

impl Parker {
    /// A place that nobody waits at.
    pub const fn new() -> Self {
        Self { word: AtomicU32::new(0) }
    }

    /// Waits for a wake, at most until then.
    pub fn wait(&self, until: Option<Instant>) -> Woken {
        loop {
            if self.word.swap(0, Ordering::Acquire) != 0 {
                return Woken::Called;
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Woken::TimedOut;
            }
            // A wait that is longer than the type can say ends early, and is begun again.
            let left = left.map(|left| futex::Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX).min(i64::from(i32::MAX)),
                tv_nsec: left.subsec_nanos().into(),
            });
            // Otherwise: woken, out of time, or the word changed. The loop looks which.
            if futex::wait(&self.word, futex::Flags::PRIVATE, 0, left.as_ref()) == Err(Errno::INTR) {
                return Woken::Interrupted;
            }
        }
    }

    /// Ends the wait that is under way, or else the next. Does nothing that a signal handler must not do.
    pub fn wake(&self) {
        self.word.store(1, Ordering::Release);
        // Nobody is told of a failure: the word is what counts.
        let _ = futex::wake(&self.word, futex::Flags::PRIVATE, 1);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_wake_before_the_wait_counts() {
        let parker = Parker::new();
        parker.wake();
        assert_eq!(parker.wait(None), Woken::Called);
        assert_eq!(parker.wait(Some(Instant::now() + Duration::from_millis(5))), Woken::TimedOut);
    }

    #[test]
    fn another_thread_wakes() {
        let parker = Arc::new(Parker::new());
        let other = Arc::clone(&parker);
        let thread = std::thread::spawn(move || other.wait(None));
        parker.wake();
        assert_eq!(thread.join().unwrap(), Woken::Called);
    }
}
