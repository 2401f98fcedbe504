//! Ending processes, and making sure that none stays behind.

use std::sync::{Arc, Mutex, PoisonError};

use super::Process;

/// Which process to end, as long as there is one. Shared with whoever waits for its end, since the number of a
/// process that was waited for may belong to another one.
#[derive(Clone, Debug, Default)]
pub(super) struct Target(Arc<Mutex<Option<Who>>>);

#[derive(Debug)]
enum Who {
    /// A child that leads a process group.
    Group(u32),
    /// A process that the client started.
    #[cfg(target_os = "linux")]
    Foreign(std::os::fd::OwnedFd),
    /// The same where the system has no handles for processes.
    #[cfg(not(target_os = "linux"))]
    Foreign(u32),
}

impl Target {
    /// A child that leads a group of its own.
    pub(super) fn group(leader: Option<u32>) -> Self {
        Self(Arc::new(Mutex::new(leader.map(Who::Group))))
    }

    /// A process that is no child, by its number; if there already is a process, nothing changes.
    pub(super) fn adopt(&self, process: u32) {
        let mut who = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if who.is_none() {
            *who = foreign(process);
        }
    }

    /// There is nothing to end any more.
    pub(super) fn gone(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn kill(&self) {
        if let Some(who) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            kill(who);
        }
    }
}

#[cfg(target_os = "linux")]
fn foreign(process: u32) -> Option<Who> {
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    let pid = Pid::from_raw(i32::try_from(process).ok()?)?;
    pidfd_open(pid, PidfdFlags::empty()).ok().map(Who::Foreign)
}

#[cfg(not(target_os = "linux"))]
fn foreign(process: u32) -> Option<Who> {
    Some(Who::Foreign(process))
}

/// That it is gone already is what was wanted.
#[cfg(unix)]
fn kill(who: &Who) {
    use rustix::process::{Pid, Signal, kill_process_group};
    match who {
        Who::Group(leader) => {
            if let Some(pid) = i32::try_from(*leader).ok().and_then(Pid::from_raw) {
                let _ = kill_process_group(pid, Signal::KILL);
            }
        }
        #[cfg(target_os = "linux")]
        Who::Foreign(handle) => {
            let _ = rustix::process::pidfd_send_signal(handle, Signal::KILL);
        }
        #[cfg(not(target_os = "linux"))]
        Who::Foreign(process) => {
            if let Some(pid) = i32::try_from(*process).ok().and_then(Pid::from_raw) {
                let _ = rustix::process::kill_process(pid, Signal::KILL);
            }
        }
    }
}

/// `taskkill` ends the children too.
#[cfg(not(unix))]
fn kill(who: &Who) {
    let (Who::Group(process) | Who::Foreign(process)) = who;
    let _ = std::process::Command::new("taskkill").args(["/F", "/T", "/PID", &process.to_string()]).status();
}

/// Ends its process when it is dropped.
#[derive(Debug)]
pub(super) struct Guard(Option<Target>);

impl Guard {
    pub(super) fn new(target: Target) -> Self {
        Self(Some(target))
    }
}

impl Process for Guard {
    fn kill(&mut self) {
        if let Some(target) = &self.0 {
            target.kill();
        }
    }

    fn release(mut self: Box<Self>) {
        self.0 = None;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.kill();
    }
}
