//! Fork and exec.

use std::convert::Infallible;
use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use rustix::io::Errno;

use crate::{checked, last_errno};

/// Which side of a fork this is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fork {
    /// The new process.
    Child,
    /// The old one, with the number of the new one.
    Parent(i32),
}

/// Makes a copy of the process, in which only the calling thread runs.
///
/// The copy has every lock as it was at this moment, also those that other threads held: the caller sees to it that
/// none is held that the copy needs.
pub fn fork() -> Result<Fork, Errno> {
    // SAFETY: C's library puts its own locks right in the child. For those of this process, see above: a held lock is a
    // deadlock, not a fault.
    match checked(unsafe { libc::fork() })? {
        0 => Ok(Fork::Child),
        pid => Ok(Fork::Parent(pid)),
    }
}

/// As [`fork`], with a new pseudo-terminal as the child's standard streams. The parent gets its other end.
pub fn fork_pty() -> Result<(Fork, i32), Errno> {
    let mut other = -1;
    // SAFETY: as for `fork`; one valid address, the others may be null.
    let pid = unsafe {
        libc::forkpty(&raw mut other, std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut())
    };
    match checked(pid)? {
        0 => Ok((Fork::Child, -1)),
        pid => Ok((Fork::Parent(pid), other)),
    }
}

/// Ends the process at once.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: a call on a number.
    unsafe { libc::_exit(status) }
}

/// A list of C strings as C wants it.
pub(crate) fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
}

/// Becomes another program.
pub fn exec(file: &CStr, arguments: &[CString], environment: &[CString]) -> Result<Infallible, Errno> {
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    // SAFETY: C strings and lists that end with null; all live until the call.
    unsafe { libc::execve(file.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    Err(last_errno())
}

/// Becomes the program that a descriptor is open for.
pub fn exec_fd(fd: i32, arguments: &[CString], environment: &[CString]) -> Result<Infallible, Errno> {
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    // SAFETY: as for `exec`.
    unsafe { libc::fexecve(fd, arguments.as_ptr(), environment.as_ptr()) };
    Err(last_errno())
}

/// What a child does before it becomes another program. CPython: Modules/_posixsubprocess.c.
#[derive(Debug)]
#[allow(missing_docs, reason = "the fields of Python's fork_exec")]
pub struct Child {
    pub arguments: Vec<CString>,
    /// The files to try in turn.
    pub files: Vec<CString>,
    /// `None`: that of the process.
    pub environment: Option<Vec<CString>>,
    pub directory: Option<CString>,
    /// The child's standard streams; -1 keeps the parent's.
    pub streams: [i32; 3],
    /// The parent's ends of pipes, which the child closes; -1 for none.
    pub close: [i32; 4],
    /// Where the child tells of a failure.
    pub errors: i32,
    pub close_others: bool,
    /// Sorted.
    pub keep: Vec<i32>,
    pub restore_signals: bool,
    pub new_session: bool,
    pub group: Option<i32>,
    pub gid: Option<u32>,
    pub groups: Option<Vec<u32>>,
    pub uid: Option<u32>,
    pub umask: Option<u32>,
}

/// Forks by `fork`, and lets the child become another program. `before_exec` runs in the child between its preparation and
/// that, and may refuse by `Err`.
///
/// Without `before_exec`, the child calls only what a signal handler may call: no lock of another thread can stop it.
pub fn spawn(
    child: &Child,
    fork: impl FnOnce() -> Result<Fork, Errno>,
    before_exec: Option<&mut dyn FnMut() -> Result<(), ()>>,
) -> Result<i32, Errno> {
    // All memory is taken before the fork.
    let arguments = pointers(&child.arguments);
    let environment = child.environment.as_ref().map(|environment| pointers(environment));
    match fork()? {
        Fork::Parent(pid) => Ok(pid),
        Fork::Child => {
            let (kind, errno, note) = run_child(child, &arguments, environment.as_deref(), before_exec);
            report(child.errors, kind, errno, note);
            exit_now(255)
        }
    }
}

/// What failed, for the parent: the exception's name, an errno, a word.
type Failure = (&'static [u8], i32, &'static [u8]);

fn run_child(
    child: &Child,
    arguments: &[*const libc::c_char],
    environment: Option<&[*const libc::c_char]>,
    before_exec: Option<&mut dyn FnMut() -> Result<(), ()>>,
) -> Failure {
    let failed = |note: &'static [u8]| (&b"OSError"[..], last_errno().raw_os_error(), note);
    if prepare_streams(child).is_err() {
        return failed(b"");
    }
    if let Some(directory) = &child.directory
        // SAFETY: a C string.
        && unsafe { libc::chdir(directory.as_ptr()) } == -1
    {
        return failed(b"noexec:chdir");
    }
    if let Some(mask) = child.umask {
        // SAFETY: a call on a number.
        unsafe { libc::umask(mask) };
    }
    if child.restore_signals {
        for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
            // SAFETY: a call on numbers.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
    }
    // SAFETY: a call without arguments.
    if child.new_session && unsafe { libc::setsid() } == -1 {
        return failed(b"noexec");
    }
    if let Some(group) = child.group
        // SAFETY: a call on numbers.
        && unsafe { libc::setpgid(0, group) } == -1
    {
        return failed(b"noexec");
    }
    if let Some(groups) = &child.groups
        // SAFETY: as many as said.
        && unsafe { libc::setgroups(groups.len(), groups.as_ptr()) } == -1
    {
        return failed(b"noexec");
    }
    if let Some(gid) = child.gid
        // SAFETY: a call on numbers.
        && unsafe { libc::setregid(gid, gid) } == -1
    {
        return failed(b"noexec");
    }
    if let Some(uid) = child.uid
        // SAFETY: a call on numbers.
        && unsafe { libc::setreuid(uid, uid) } == -1
    {
        return failed(b"noexec");
    }
    if let Some(before_exec) = before_exec
        && before_exec().is_err()
    {
        return (b"SubprocessError", 0, b"Exception occurred in preexec_fn.");
    }
    if child.close_others {
        close_others(&child.keep);
    }
    let mut kept = libc::ENOENT;
    for file in &child.files {
        match environment {
            // SAFETY: C strings, and lists that end with null.
            Some(environment) => unsafe {
                libc::execve(file.as_ptr(), arguments.as_ptr(), environment.as_ptr())
            },
            // SAFETY: as above.
            None => unsafe { libc::execv(file.as_ptr(), arguments.as_ptr()) },
        };
        let errno = last_errno().raw_os_error();
        // A file that is there but can't be run says more than one that is not there.
        if (errno != libc::ENOENT && errno != libc::ENOTDIR) || kept == libc::ENOENT {
            kept = errno;
        }
    }
    (b"OSError", kept, b"")
}

fn set_inheritable(fd: i32) -> Result<(), Errno> {
    // SAFETY: a call on numbers.
    let flags = checked(unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
    // SAFETY: as above.
    checked(unsafe { libc::fcntl(fd, libc::F_SETFD, flags & !libc::FD_CLOEXEC) }).map(|_| ())
}

fn prepare_streams(child: &Child) -> Result<(), Errno> {
    for &fd in &child.keep {
        // As CPython, what is to be kept and is not open is no error.
        if fd != child.errors {
            let _ = set_inheritable(fd);
        }
    }
    for fd in child.close {
        if fd != -1 {
            // SAFETY: a call on a number; this process becomes another.
            checked(unsafe { libc::close(fd) })?;
        }
    }
    let [input, mut output, mut error] = child.streams;
    // A stream that has the number of another one, which comes first, is put out of the way.
    if output == 0 {
        // SAFETY: a call on numbers.
        output = checked(unsafe { libc::dup(output) })?;
    }
    while error == 0 || error == 1 {
        // SAFETY: as above.
        error = checked(unsafe { libc::dup(error) })?;
    }
    for (from, to) in [(input, 0), (output, 1), (error, 2)] {
        if from == to {
            set_inheritable(from)?;
        } else if from != -1 {
            // SAFETY: as above.
            checked(unsafe { libc::dup2(from, to) })?;
        }
    }
    Ok(())
}

fn close_others(keep: &[i32]) {
    let mut from: u32 = 3;
    for &kept in keep {
        let Ok(kept) = u32::try_from(kept) else { continue };
        if kept < from {
            continue;
        }
        if kept > from {
            close_range(from, kept - 1);
        }
        from = kept + 1;
    }
    close_range(from, u32::MAX);
}

/// Closes what is open between two numbers, both included.
pub fn close_range(first: u32, last: u32) {
    // SAFETY: a call on numbers. The caller is a child that becomes another program, or the program closes its own.
    if unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } == 0 {
        return;
    }
    // SAFETY: a call on a number.
    let limit = unsafe { libc::sysconf(libc::_SC_OPEN_MAX) };
    let limit = u32::try_from(limit).unwrap_or(1024).min(1 << 16);
    for fd in first..=last.min(limit) {
        // SAFETY: as above.
        unsafe { libc::close(fd as i32) };
    }
}

/// `OSError:1f:chdir`, as Python's subprocess reads it. No memory is taken.
fn report(to: i32, kind: &[u8], errno: i32, note: &[u8]) {
    let mut text = [0_u8; 96];
    let mut length = 0;
    let mut put = |bytes: &[u8]| {
        for &byte in bytes {
            if let Some(place) = text.get_mut(length) {
                *place = byte;
                length += 1;
            }
        }
    };
    put(kind);
    put(b":");
    let digits = b"0123456789abcdef";
    let mut started = false;
    for shift in [28, 24, 20, 16, 12, 8, 4, 0] {
        let digit = (errno >> shift & 15) as usize;
        started = started || digit != 0 || shift == 0;
        if started {
            put(&digits[digit..=digit]);
        }
    }
    put(b":");
    put(note);
    // SAFETY: as many bytes as said. Nobody is left to tell of a failure.
    let _ = unsafe { libc::write(to, text.as_ptr().cast(), length) };
}

/// A new pseudo-terminal: its controlling end and the terminal.
pub fn open_pty() -> Result<(i32, i32), Errno> {
    let (mut controller, mut terminal) = (-1, -1);
    // SAFETY: two valid addresses, the others may be null.
    let result = unsafe {
        libc::openpty(
            &raw mut controller,
            &raw mut terminal,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
        )
    };
    checked(result)?;
    for fd in [controller, terminal] {
        // SAFETY: new descriptors.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        // SAFETY: a call on numbers.
        checked(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) })?;
        std::mem::forget(fd);
    }
    Ok((controller, terminal))
}

/// The pid and status of a child, and what it used: `wait4`.
pub fn wait4(pid: i32, options: i32) -> Result<(i32, i32, Usage), Errno> {
    let mut status = 0;
    // SAFETY: all zeros is a value of the structure.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: valid addresses.
    let pid = checked(unsafe { libc::wait4(pid, &raw mut status, options, &raw mut usage) })?;
    Ok((pid, status, Usage::of(&usage)))
}

/// The pid and status of a child: `waitpid`.
pub fn waitpid(pid: i32, options: i32) -> Result<(i32, i32), Errno> {
    let mut status = 0;
    // SAFETY: a valid address.
    let pid = checked(unsafe { libc::waitpid(pid, &raw mut status, options) })?;
    Ok((pid, status))
}

/// `siginfo` of a child that changed: pid, uid, signal, status, code.
pub fn waitid(kind: u32, id: u32, options: i32) -> Result<Option<[i64; 5]>, Errno> {
    // SAFETY: all zeros is a value of the structure.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: a valid address.
    checked(unsafe { libc::waitid(kind, id, &raw mut info, options) })?;
    // SAFETY: these fields are numbers, zero if nothing was filled.
    let pid = unsafe { info.si_pid() };
    // SAFETY: as above.
    let uid = unsafe { info.si_uid() };
    // SAFETY: as above.
    let status = unsafe { info.si_status() };
    Ok((pid != 0).then(|| [pid.into(), uid.into(), info.si_signo.into(), status.into(), info.si_code.into()]))
}

/// What a process used: `struct rusage`.
#[derive(Clone, Debug)]
pub struct Usage {
    /// Seconds of user and of system time.
    pub times: [f64; 2],
    /// The other fields in C's order.
    pub counts: [i64; 14],
}

impl Usage {
    fn of(usage: &libc::rusage) -> Self {
        let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
        Self {
            times: [seconds(usage.ru_utime), seconds(usage.ru_stime)],
            counts: [
                usage.ru_maxrss,
                usage.ru_ixrss,
                usage.ru_idrss,
                usage.ru_isrss,
                usage.ru_minflt,
                usage.ru_majflt,
                usage.ru_nswap,
                usage.ru_inblock,
                usage.ru_oublock,
                usage.ru_msgsnd,
                usage.ru_msgrcv,
                usage.ru_nsignals,
                usage.ru_nvcsw,
                usage.ru_nivcsw,
            ],
        }
    }
}

/// What this process, its children (-1) or the calling thread (1) used.
pub fn usage(of: i32) -> Result<Usage, Errno> {
    // SAFETY: all zeros is a value of the structure.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: a valid address; the number is checked by the call.
    checked(unsafe { libc::getrusage(of as _, &raw mut usage) })?;
    Ok(Usage::of(&usage))
}

/// The limits of a resource by number: those now, and set to `new` if that is given. `pid` 0 is this process.
pub fn limits(pid: i32, resource: i32, new: Option<(u64, u64)>) -> Result<(u64, u64), Errno> {
    let new = new.map(|(rlim_cur, rlim_max)| libc::rlimit { rlim_cur, rlim_max });
    let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    let new = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: valid addresses, or null; the number is checked by the call.
    checked(unsafe { libc::prlimit(pid, resource as _, new, &raw mut old) })?;
    Ok((old.rlim_cur, old.rlim_max))
}

/// The load of the system over 1, 5 and 15 minutes.
pub fn load_averages() -> Option<[f64; 3]> {
    let mut loads = [0.0; 3];
    // SAFETY: room for three.
    (unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) } == 3).then_some(loads)
}

/// `sysconf`; `None` where there is no limit.
pub fn system_value(name: i32) -> Result<i64, Errno> {
    clear_errno();
    // SAFETY: a call on a number.
    settled(unsafe { libc::sysconf(name) })
}

/// `fpathconf`
pub fn file_value(fd: i32, name: i32) -> Result<i64, Errno> {
    clear_errno();
    // SAFETY: a call on numbers.
    settled(unsafe { libc::fpathconf(fd, name) })
}

/// `pathconf`
pub fn path_value(path: &CStr, name: i32) -> Result<i64, Errno> {
    clear_errno();
    // SAFETY: a C string.
    settled(unsafe { libc::pathconf(path.as_ptr(), name) })
}

/// `confstr`
pub fn system_text(name: i32) -> Result<Option<Vec<u8>>, Errno> {
    clear_errno();
    let mut room = vec![0_u8; 4096];
    // SAFETY: the room is as large as said.
    let length = unsafe { libc::confstr(name, room.as_mut_ptr().cast(), room.len()) };
    if length == 0 {
        settled(-1)?;
        return Ok(None);
    }
    room.truncate(length.min(room.len()).saturating_sub(1));
    Ok(Some(room))
}

fn clear_errno() {
    // SAFETY: the address of this thread's errno.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    unsafe { *errno = 0 };
}

/// -1 with an errno is an error, without one it means "no limit".
fn settled(value: i64) -> Result<i64, Errno> {
    match (value, std::io::Error::last_os_error().raw_os_error()) {
        (-1, Some(errno)) if errno != 0 => Err(Errno::from_raw_os_error(errno)),
        _ => Ok(value),
    }
}

/// Runs a command by the shell, and returns its status. Meanwhile SIGINT and SIGQUIT are the command's: `system`.
pub fn run_shell(command: &CStr, environment: &[CString]) -> Result<i32, Errno> {
    use crate::signal::{Action, action_of, set_action};
    let arguments = [c"sh".to_owned(), c"-c".to_owned(), command.to_owned()];
    let child = Child {
        arguments: arguments.to_vec(),
        files: vec![c"/bin/sh".to_owned()],
        environment: Some(environment.to_vec()),
        directory: None,
        streams: [-1; 3],
        close: [-1; 4],
        errors: -1,
        close_others: false,
        keep: Vec::new(),
        restore_signals: false,
        new_session: false,
        group: None,
        gid: None,
        groups: None,
        uid: None,
        umask: None,
    };
    let quiet = [libc::SIGINT, libc::SIGQUIT];
    let before = quiet.map(action_of);
    // In the child they do what they did by default.
    let pid = spawn(&child, fork, None)?;
    for signal in quiet {
        set_action(signal, Action::Ignore)?;
    }
    let waited = loop {
        match waitpid(pid, 0) {
            Err(Errno::INTR) => {}
            other => break other,
        }
    };
    for (signal, before) in quiet.into_iter().zip(before) {
        if let Ok(before @ (Action::Default | Action::Note)) = before {
            set_action(signal, before)?;
        }
    }
    waited.map(|(_, status)| status)
}
