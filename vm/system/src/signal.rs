//! Signals: handlers that only note that a signal came, for the interpreter to act on later; masks, timers, waits.
//!
//! A handler runs between any two instructions of any thread, so all it does is: set flags, write a byte to the
//! wakeup descriptor, and wake the main thread where it sleeps. The system gives a process's signals to the first
//! thread that takes them: threads that run no Python should call [`block_all`], so that this is the main thread of
//! the program, whose blocking calls then end.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};

use rustix::io::Errno;

use crate::park::Parker;
use crate::{checked, last_errno};

/// One more than the largest number of a signal.
pub const COUNT: usize = 65;

static TRIPPED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];
static ANY: AtomicBool = AtomicBool::new(false);
static WAKEUP: AtomicI32 = AtomicI32::new(-1);
static WARN_FULL: AtomicBool = AtomicBool::new(true);
/// The errno of a failed write to the wakeup descriptor.
static FAILED: AtomicI32 = AtomicI32::new(0);
static PARKER: AtomicPtr<Parker> = AtomicPtr::new(std::ptr::null_mut());
/// What makes the main thread look at its next safepoint.
static NOTIFY: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());

/// What a signal does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// What the system does of itself.
    Default,
    /// Nothing.
    Ignore,
    /// It is noted.
    Note,
    /// Something that this module did not set.
    Foreign,
}

extern "C" fn handler(signal: i32) {
    // SAFETY: the address of this thread's errno, which the interrupted code must find as it was.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let saved = unsafe { *errno };
    trip(signal);
    // SAFETY: as above.
    unsafe { *errno = saved };
}

/// Notes a signal, as if it had come.
pub fn trip(signal: i32) {
    let Some(flag) = TRIPPED.get(signal as usize) else { return };
    flag.store(true, Ordering::SeqCst);
    ANY.store(true, Ordering::SeqCst);
    let notify = NOTIFY.load(Ordering::Acquire);
    if !notify.is_null() {
        // SAFETY: only `set_main` puts a function there.
        let notify: fn() = unsafe { std::mem::transmute(notify) };
        notify();
    }
    let fd = WAKEUP.load(Ordering::Acquire);
    if fd >= 0 {
        let byte = signal as u8;
        // SAFETY: one valid byte; a signal handler may write.
        let written = unsafe { libc::write(fd, (&raw const byte).cast(), 1) };
        if written < 0 {
            let errno = last_errno().raw_os_error();
            if WARN_FULL.load(Ordering::Relaxed) || (errno != libc::EAGAIN && errno != libc::EWOULDBLOCK) {
                FAILED.store(errno, Ordering::SeqCst);
            }
        }
    }
    let parker = PARKER.load(Ordering::Acquire);
    if !parker.is_null() {
        // SAFETY: `set_main` takes one that lives for ever.
        unsafe { (*parker).wake() };
    }
}

/// The calling thread is the main thread from now on. `parker` is where it sleeps; `notify` is called by the handler
/// and may do nothing but set flags.
pub fn set_main(parker: &'static Parker, notify: fn()) {
    NOTIFY.store(notify as *mut (), Ordering::Release);
    PARKER.store(std::ptr::from_ref(parker).cast_mut(), Ordering::Release);
}

/// There is no main thread any more.
pub fn unset_main() {
    PARKER.store(std::ptr::null_mut(), Ordering::Release);
    NOTIFY.store(std::ptr::null_mut(), Ordering::Release);
}

/// Whether any signal was noted and not taken yet.
#[inline]
pub fn is_pending() -> bool {
    ANY.load(Ordering::SeqCst)
}

/// The signals that were noted since the last call, and the errno of a write to the wakeup descriptor that failed.
pub fn take() -> (Vec<i32>, Option<i32>) {
    if !ANY.swap(false, Ordering::SeqCst) {
        return (Vec::new(), None);
    }
    let came = (1..COUNT).filter(|&signal| TRIPPED[signal].swap(false, Ordering::SeqCst));
    let came = came.map(|signal| signal as i32).collect();
    let failed = FAILED.swap(0, Ordering::SeqCst);
    (came, (failed != 0).then_some(failed))
}

/// Forgets what was noted: in a child process, what came before the fork is the parent's.
pub fn forget() {
    take();
}

fn is_valid(signal: i32) -> bool {
    (1..COUNT as i32).contains(&signal)
}

/// Sets what a signal does; returns what it did.
pub fn set_action(signal: i32, action: Action) -> Result<Action, Errno> {
    let previous = action_of(signal)?;
    let handler = match action {
        Action::Default => libc::SIG_DFL,
        Action::Ignore => libc::SIG_IGN,
        Action::Note => handler as extern "C" fn(i32) as usize,
        Action::Foreign => return Err(Errno::INVAL),
    };
    install(signal, handler)?;
    Ok(previous)
}

fn install(signal: i32, handler: usize) -> Result<(), Errno> {
    // SAFETY: all zeros is a value of the structure.
    let mut new: libc::sigaction = unsafe { std::mem::zeroed() };
    new.sa_sigaction = handler;
    new.sa_flags = libc::SA_ONSTACK;
    // SAFETY: a whole structure, with a handler that may run at any time.
    checked(unsafe { libc::sigaction(signal, &raw const new, std::ptr::null_mut()) }).map(|_| ())
}

/// What a signal does.
pub fn action_of(signal: i32) -> Result<Action, Errno> {
    if !is_valid(signal) {
        return Err(Errno::INVAL);
    }
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a valid address.
    checked(unsafe { libc::sigaction(signal, std::ptr::null(), now.as_mut_ptr()) })?;
    // SAFETY: all zeros is a value, and it was filled.
    let now = unsafe { now.assume_init() }.sa_sigaction;
    Ok(match now {
        libc::SIG_DFL => Action::Default,
        libc::SIG_IGN => Action::Ignore,
        note if note == handler as extern "C" fn(i32) as usize => Action::Note,
        _ => Action::Foreign,
    })
}

/// Whether blocking calls go on after that signal (`SA_RESTART`) or end with EINTR.
pub fn set_interrupts(signal: i32, interrupts: bool) -> Result<(), Errno> {
    if !is_valid(signal) {
        return Err(Errno::INVAL);
    }
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a valid address.
    checked(unsafe { libc::sigaction(signal, std::ptr::null(), now.as_mut_ptr()) })?;
    // SAFETY: as above.
    let mut now = unsafe { now.assume_init() };
    if interrupts {
        now.sa_flags &= !libc::SA_RESTART;
    } else {
        now.sa_flags |= libc::SA_RESTART;
    }
    // SAFETY: what was set, with one flag changed.
    checked(unsafe { libc::sigaction(signal, &raw const now, std::ptr::null_mut()) }).map(|_| ())
}

/// Sets the descriptor that a byte is written to for each signal; -1 for none. Returns the one before.
pub fn set_wakeup(fd: i32, warn_on_full: bool) -> i32 {
    WARN_FULL.store(warn_on_full, Ordering::Release);
    WAKEUP.swap(fd, Ordering::AcqRel)
}

/// Sends a signal to the calling thread.
pub fn raise(signal: i32) -> Result<(), Errno> {
    // SAFETY: a call on a number.
    if unsafe { libc::raise(signal) } == 0 { Ok(()) } else { Err(last_errno()) }
}

/// Sends a signal to a thread of this process, by the system's number of it.
pub fn send_to_thread(thread: i32, signal: i32) -> Result<(), Errno> {
    let process = rustix::process::getpid().as_raw_nonzero().get();
    // SAFETY: a call on numbers; a thread that is gone is refused.
    let result = unsafe { libc::syscall(libc::SYS_tgkill, process, thread, signal) };
    checked(result as i32).map(|_| ())
}

/// Sends a signal to a process, or a group of processes.
pub fn send(process: i32, signal: i32) -> Result<(), Errno> {
    // SAFETY: a call on numbers.
    checked(unsafe { libc::kill(process, signal) }).map(|_| ())
}

/// Ends the process by `signal`, as if it had never been handled.
pub fn die_of(signal: i32) {
    if set_action(signal, Action::Default).is_ok() {
        // A failure leaves the process alive, and it exits in another way.
        let _ = change_mask(libc::SIG_UNBLOCK, &[signal]);
        let _ = raise(signal);
    }
}

/// The text for a signal.
pub fn description(signal: i32) -> Option<String> {
    // SAFETY: returns a C string, or null.
    let text = unsafe { libc::strsignal(signal) };
    if text.is_null() {
        return None;
    }
    // SAFETY: it lives until the next call of this thread.
    let text = unsafe { std::ffi::CStr::from_ptr(text) }.to_string_lossy().into_owned();
    (!text.starts_with("Unknown signal")).then_some(text)
}

/// All signals that a program can use.
pub fn valid() -> Vec<i32> {
    members(&filled())
}

fn filled() -> libc::sigset_t {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: a valid address.
    unsafe { libc::sigfillset(set.as_mut_ptr()) };
    // SAFETY: all zeros is a value, and it was filled.
    unsafe { set.assume_init() }
}

fn members(set: &libc::sigset_t) -> Vec<i32> {
    // SAFETY: a whole set, and numbers that are checked by the call.
    (1..COUNT as i32).filter(|&signal| unsafe { libc::sigismember(set, signal) } == 1).collect()
}

pub(crate) fn set_of(signals: &[i32]) -> Result<libc::sigset_t, Errno> {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: a valid address.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: all zeros is a value, and it was emptied.
    let mut set = unsafe { set.assume_init() };
    for &signal in signals {
        // Numbers that C's library keeps to itself are left out, as its own functions do.
        if is_valid(signal) {
            // SAFETY: a whole set.
            unsafe { libc::sigaddset(&raw mut set, signal) };
        } else {
            return Err(Errno::INVAL);
        }
    }
    Ok(set)
}

/// Changes the calling thread's mask (`SIG_BLOCK` …); returns the one before.
pub fn change_mask(how: i32, signals: &[i32]) -> Result<Vec<i32>, Errno> {
    let set = set_of(signals)?;
    let mut before = set;
    // SAFETY: two whole sets.
    match unsafe { libc::pthread_sigmask(how, &raw const set, &raw mut before) } {
        0 => Ok(members(&before)),
        errno => Err(Errno::from_raw_os_error(errno)),
    }
}

/// The calling thread takes no signals any more: for threads that run no Python.
pub fn block_all() {
    let all = filled();
    // SAFETY: a whole set. It can't fail with one.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, std::ptr::null_mut()) };
}

/// The signals that wait for the calling thread.
pub fn waiting() -> Result<Vec<i32>, Errno> {
    let mut set = filled();
    // SAFETY: a whole set.
    checked(unsafe { libc::sigpending(&raw mut set) })?;
    Ok(members(&set))
}

/// What is known of a signal that was waited for.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "C's names")]
pub struct Info {
    pub signal: i32,
    pub code: i32,
    pub errno: i32,
    pub pid: i32,
    pub uid: u32,
    pub status: i32,
    pub band: i64,
}

/// Waits for one of the signals, at most so long.
pub fn wait_for(signals: &[i32], timeout: Option<std::time::Duration>) -> Result<Info, Errno> {
    let set = set_of(signals)?;
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    let signal = match timeout {
        // SAFETY: valid addresses.
        None => unsafe { libc::sigwaitinfo(&raw const set, info.as_mut_ptr()) },
        Some(timeout) => {
            let timeout = libc::timespec {
                tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: timeout.subsec_nanos().into(),
            };
            // SAFETY: valid addresses.
            unsafe { libc::sigtimedwait(&raw const set, info.as_mut_ptr(), &raw const timeout) }
        }
    };
    checked(signal)?;
    // SAFETY: all zeros is a value, and it was filled.
    let info = unsafe { info.assume_init() };
    let of_child = info.si_signo == libc::SIGCHLD;
    // SAFETY: these fields are numbers, whichever part of the union was filled.
    let pid = unsafe { info.si_pid() };
    // SAFETY: as above.
    let uid = unsafe { info.si_uid() };
    // SAFETY: as above.
    let status = if of_child { unsafe { info.si_status() } } else { 0 };
    Ok(Info { signal, code: info.si_code, errno: info.si_errno, pid, uid, status, band: 0 })
}

/// Waits until a signal handler ran.
pub fn pause() {
    // SAFETY: a call without arguments.
    unsafe { libc::pause() };
}

/// Asks for SIGALRM in so many seconds; returns how many were left of the alarm before.
pub fn alarm(seconds: u32) -> u32 {
    // SAFETY: a call on a number.
    unsafe { libc::alarm(seconds) }
}

fn from_timeval(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 / 1e6
}

/// Sets a timer: seconds and microseconds until the first signal, and between the others. Returns, in seconds, those of
/// the timer before.
pub fn set_timer(which: i32, first: (i64, i64), interval: (i64, i64)) -> Result<(f64, f64), Errno> {
    let to = |(tv_sec, tv_usec)| libc::timeval { tv_sec, tv_usec };
    let new = libc::itimerval { it_value: to(first), it_interval: to(interval) };
    let mut old = new;
    // SAFETY: two whole structures.
    checked(unsafe { libc::setitimer(which as _, &raw const new, &raw mut old) })?;
    Ok((from_timeval(old.it_value), from_timeval(old.it_interval)))
}

/// The timer's time to the next signal, and its interval.
pub fn timer(which: i32) -> Result<(f64, f64), Errno> {
    // SAFETY: all zeros is a value of the structure.
    let mut now: libc::itimerval = unsafe { std::mem::zeroed() };
    // SAFETY: a valid address.
    checked(unsafe { libc::getitimer(which as _, &raw mut now) })?;
    Ok((from_timeval(now.it_value), from_timeval(now.it_interval)))
}

/// The first and the last of the real-time signals that a program can use.
pub fn real_time() -> (i32, i32) {
    (libc::SIGRTMIN(), libc::SIGRTMAX())
}
