//! The file descriptors of the Python program: numbers for Python, owned descriptors for Rust.
//!
//! A program reaches the standard streams and what it opened itself; any other number is a bad descriptor, so it
//! can't close or read what belongs to the process around it.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::CWD;
use rustix::io::Errno;

struct Table {
    open: BTreeMap<i32, Arc<OwnedFd>>,
    /// Which of the standard streams the program closed. Their numbers stay taken in the process.
    closed: [bool; 3],
}

static TABLE: Mutex<Table> = Mutex::new(Table { open: BTreeMap::new(), closed: [false; 3] });

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn standard(fd: i32) -> Option<BorrowedFd<'static>> {
    Some(match fd {
        0 => rustix::stdio::stdin(),
        1 => rustix::stdio::stdout(),
        2 => rustix::stdio::stderr(),
        _ => return None,
    })
}

/// Keeps a descriptor under its number.
pub(crate) fn keep(fd: OwnedFd) -> i32 {
    let number = fd.as_raw_fd();
    table().open.insert(number, Arc::new(fd));
    number
}

/// Calls `f` with the descriptor of that number.
pub(crate) fn with<R>(fd: i32, f: impl FnOnce(BorrowedFd<'_>) -> Result<R, Errno>) -> Result<R, Errno> {
    let owned = {
        let table = table();
        if let Some(standard) = standard(fd) {
            if table.closed[fd as usize] {
                return Err(Errno::BADF);
            }
            drop(table);
            return f(standard);
        }
        table.open.get(&fd).cloned()
    };
    match owned {
        Some(owned) => f(owned.as_fd()),
        None => Err(Errno::BADF),
    }
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
    let mut table = table();
    if standard(fd).is_some() {
        let closed = &mut table.closed[fd as usize];
        return if std::mem::replace(closed, true) { Err(Errno::BADF) } else { Ok(()) };
    }
    match table.open.remove(&fd) {
        Some(owned) => {
            drop(table);
            drop(owned);
            Ok(())
        }
        None => Err(Errno::BADF),
    }
}

/// Makes `to` the number of a copy of `from`.
pub(crate) fn dup2(from: i32, to: i32) -> Result<(), Errno> {
    if from == to {
        return with(from, |_| Ok(()));
    }
    with(from, |from| match to {
        0 => rustix::stdio::dup2_stdin(from),
        1 => rustix::stdio::dup2_stdout(from),
        2 => rustix::stdio::dup2_stderr(from),
        _ => {
            let mut table = table();
            // Only a number that the program has can be taken over.
            let Some(target) = table.open.get_mut(&to).and_then(Arc::get_mut) else {
                return Err(Errno::BADF);
            };
            rustix::io::dup2(from, target)
        }
    })?;
    if standard(to).is_some() {
        table().closed[to as usize] = false;
    }
    Ok(())
}

/// Calls until no signal interrupts.
pub(crate) fn retry<R>(mut f: impl FnMut() -> Result<R, Errno>) -> Result<R, Errno> {
    loop {
        match f() {
            Err(Errno::INTR) => {}
            other => return other,
        }
    }
}
