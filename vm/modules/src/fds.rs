//! The file descriptors of the Python program, by number, and calls that block.
//!
//! A number means what the system says it means; what the process around the program needs for itself is reserved
//! (`lasti_system::fd`), and not open as far as the program can see.

use std::os::fd::{BorrowedFd, OwnedFd};

use lasti_vm::{PyResult, Vm};
use rustix::fs::CWD;
use rustix::io::Errno;

/// Gives a descriptor to the program, under its number.
pub(crate) fn keep(fd: OwnedFd) -> i32 {
    lasti_system::fd::release(fd)
}

/// Calls `f` with the descriptor of that number.
pub(crate) fn with<R>(fd: i32, f: impl FnOnce(BorrowedFd<'_>) -> Result<R, Errno>) -> Result<R, Errno> {
    f(lasti_system::fd::borrow(fd)?)
}

/// Calls `f` with a directory's descriptor, or with the one that stands for the current directory.
pub(crate) fn with_dir<R>(
    fd: Option<i32>,
    f: impl FnOnce(BorrowedFd<'_>) -> Result<R, Errno>,
) -> Result<R, Errno> {
    match fd {
        Some(fd) => with(fd, f),
        None => f(CWD),
    }
}

/// Closes the descriptor of that number.
pub(crate) fn close(fd: i32) -> Result<(), Errno> {
    lasti_system::fd::close(fd)
}

/// Calls until no signal interrupts: for calls that can't take long.
pub(crate) fn retry<R>(mut f: impl FnMut() -> Result<R, Errno>) -> Result<R, Errno> {
    loop {
        match f() {
            Err(Errno::INTR) => {}
            other => return other,
        }
    }
}

/// Makes a call that may block, without the interpreter lock; again after each signal whose handlers raise nothing
/// (PEP 475).
pub(crate) fn blocking<R>(vm: &Vm, mut f: impl FnMut() -> Result<R, Errno>) -> PyResult<Result<R, Errno>> {
    loop {
        match vm.allow_threads(&mut f) {
            Err(Errno::INTR) => vm.check_signals()?,
            other => return Ok(other),
        }
    }
}
