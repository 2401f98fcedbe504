//! Descriptors by number, as Python has them.

use std::os::fd::{BorrowedFd, IntoRawFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::io::Errno;

/// Numbers that belong to the process around the program, a bit each. No lock, which a fork could find held.
static RESERVED: [AtomicU64; 16] = [const { AtomicU64::new(0) }; 16];

/// Keeps the number from the program: to it, no such descriptor is open. Only numbers below 1024 can be kept.
pub fn reserve(fd: i32) -> bool {
    match RESERVED.get(fd as usize / 64) {
        Some(word) => {
            word.fetch_or(1 << (fd % 64), Ordering::Relaxed);
            true
        }
        None => false,
    }
}

/// Whether the program must not use that number.
pub fn is_reserved(fd: i32) -> bool {
    RESERVED.get(fd as usize / 64).is_some_and(|word| word.load(Ordering::Relaxed) >> (fd % 64) & 1 != 0)
}

/// The descriptor with that number, open or not.
pub fn borrow(fd: i32) -> Result<BorrowedFd<'static>, Errno> {
    if fd < 0 || is_reserved(fd) {
        return Err(Errno::BADF);
    }
    // SAFETY: not -1. Whether it stays open is the program's affair, as in every Python; calls on a closed number
    // fail with EBADF. What the process itself owns is reserved, so no descriptor of Rust's types is meant.
    Ok(unsafe { BorrowedFd::borrow_raw(fd) })
}

/// Gives a descriptor's number to the program, which closes it.
pub fn release(fd: OwnedFd) -> i32 {
    fd.into_raw_fd()
}

/// Closes the descriptor with that number.
pub fn close(fd: i32) -> Result<(), Errno> {
    borrow(fd)?;
    // SAFETY: closing a number that is no descriptor of Rust's types; see `borrow`.
    super::checked(unsafe { libc::close(fd) }).map(|_| ())
}

/// Makes `to` a copy of `from`. Returns its number, which is `to`.
pub fn dup2(from: i32, to: i32, cloexec: bool) -> Result<i32, Errno> {
    borrow(from)?;
    borrow(to)?;
    if from == to {
        // SAFETY: a call on numbers.
        super::checked(unsafe { libc::fcntl(from, libc::F_GETFD) })?;
        return Ok(to);
    }
    // SAFETY: as for `close`: `to` is closed by this.
    super::checked(unsafe { libc::dup3(from, to, if cloexec { libc::O_CLOEXEC } else { 0 }) })
}

/// `fcntl` with a number as argument.
pub fn fcntl(fd: i32, command: i32, argument: i64) -> Result<i32, Errno> {
    borrow(fd)?;
    if matches!(
        command,
        libc::F_GETLK
            | libc::F_SETLK
            | libc::F_SETLKW
            | libc::F_OFD_GETLK
            | libc::F_OFD_SETLK
            | libc::F_OFD_SETLKW
    ) {
        // These take an address.
        return Err(Errno::FAULT);
    }
    // SAFETY: commands that take an address are refused by the kernel where the number is no address of ours; none
    // but those above writes to one.
    super::checked(unsafe { libc::fcntl(fd, command, argument) })
}

/// `fcntl` with bytes as argument, which the system may change. At most 1024 bytes.
pub fn fcntl_bytes(fd: i32, command: i32, argument: &mut [u8]) -> Result<i32, Errno> {
    borrow(fd)?;
    // Commands know how much they read and write: never more than this.
    let mut room = [0_u64; 256];
    let bytes = copy_in(&mut room, argument)?;
    // SAFETY: the room is larger than what any command touches.
    let result = super::checked(unsafe { libc::fcntl(fd, command, bytes) });
    copy_out(&room, argument);
    result
}

/// `ioctl` with a number as argument.
pub fn ioctl(fd: i32, request: u64, argument: i64) -> Result<i32, Errno> {
    borrow(fd)?;
    // SAFETY: the kernel checks addresses; numbers that are none of ours fail with EFAULT. A program can name an
    // address of its own here as in any Python.
    super::checked(unsafe { libc::ioctl(fd, request as _, argument) })
}

/// `ioctl` with bytes as argument, which the system may change. At most 1024 bytes.
pub fn ioctl_bytes(fd: i32, request: u64, argument: &mut [u8]) -> Result<i32, Errno> {
    borrow(fd)?;
    let mut room = [0_u64; 256];
    let bytes = copy_in(&mut room, argument)?;
    // SAFETY: as for `fcntl_bytes`.
    let result = super::checked(unsafe { libc::ioctl(fd, request as _, bytes) });
    copy_out(&room, argument);
    result
}

/// A POSIX record lock: `F_RDLCK`, `F_WRLCK` or `F_UNLCK` on a range; `wait` until it is free.
pub fn lock(fd: i32, kind: i32, whence: i32, start: i64, length: i64, wait: bool) -> Result<(), Errno> {
    borrow(fd)?;
    let lock =
        libc::flock { l_type: kind as i16, l_whence: whence as i16, l_start: start, l_len: length, l_pid: 0 };
    let command = if wait { libc::F_SETLKW } else { libc::F_SETLK };
    // SAFETY: the structure is what the command takes.
    super::checked(unsafe { libc::fcntl(fd, command, &raw const lock) }).map(|_| ())
}

fn copy_in(room: &mut [u64; 256], bytes: &[u8]) -> Result<*mut u8, Errno> {
    if bytes.len() > 1024 {
        return Err(Errno::INVAL);
    }
    for (word, bytes) in room.iter_mut().zip(bytes.chunks(8)) {
        let mut whole = [0; 8];
        whole[..bytes.len()].copy_from_slice(bytes);
        *word = u64::from_ne_bytes(whole);
    }
    Ok(room.as_mut_ptr().cast())
}

fn copy_out(room: &[u64; 256], bytes: &mut [u8]) {
    for (word, bytes) in room.iter().zip(bytes.chunks_mut(8)) {
        bytes.copy_from_slice(&word.to_ne_bytes()[..bytes.len()]);
    }
}

/// A BSD lock on a whole file.
pub fn flock(fd: i32, operation: i32) -> Result<(), Errno> {
    borrow(fd)?;
    // SAFETY: a call on numbers.
    super::checked(unsafe { libc::flock(fd, operation) }).map(|_| ())
}

/// `lockf`: a lock on the bytes from the current place on.
pub fn lock_from_here(fd: i32, command: i32, length: i64) -> Result<(), Errno> {
    borrow(fd)?;
    // SAFETY: a call on numbers.
    super::checked(unsafe { libc::lockf(fd, command, length) }).map(|_| ())
}
