//! What Python programs ask of the system and rustix does not offer as safe functions. Every function in here is
//! safe to call with any arguments; the reasons stand beside the `unsafe` blocks. No Python objects, no interpreter.
//!
//! - [`park`]: one thread waits until another wakes it, or a signal comes
//! - [`signal`]: handlers that only note that a signal came; timers; masks
//! - [`process`]: fork, exec, and a child that execs; [`spawn`]: `posix_spawn`
//! - [`fd`]: descriptors by number
//! - [`local_time`]: the time zone of the process
//! - [`users`]: the databases of users and groups
//! - [`net`]: names to addresses, socket options by number
#![allow(unsafe_code)]

pub mod fd;
pub mod local_time;
pub mod net;
pub mod park;
pub mod process;
pub mod signal;
pub mod spawn;
pub mod users;

pub use rustix::io::Errno;

/// The `errno` of the last failed call into C's library.
fn last_errno() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO)
}

/// `Err` with `errno` where C says -1.
fn checked(result: i32) -> Result<i32, Errno> {
    if result == -1 { Err(last_errno()) } else { Ok(result) }
}
