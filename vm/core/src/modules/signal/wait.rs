//! Masks, and waiting for signals.

use std::time::{Duration, Instant};

use lasti_system::signal::{self, COUNT, Info};
use rustix::io::Errno;

use super::error;
use super::handlers::set_of;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::Obj;
use crate::structseq::StructSeq;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

pub(super) static SIGINFO: StructSeq = StructSeq {
    module: "signal",
    name: "struct_siginfo",
    doc: "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.",
    fields: &[
        ("si_signo", "signal number"),
        ("si_code", "signal code"),
        ("si_errno", "errno associated with this signal"),
        ("si_pid", "sending process ID"),
        ("si_uid", "real user ID of sending process"),
        ("si_status", "exit value or signal"),
        ("si_band", "band event for SIGPOLL"),
    ],
    visible: 7,
    callable: true,
};

/// The signals of an iterable.
fn signals(vm: &Vm, given: &Obj) -> PyResult<Vec<i32>> {
    let mut found = Vec::new();
    vm.for_each(given, |signal| {
        let number = vm.index(&signal)?.as_i64().unwrap_or(-1);
        match i32::try_from(number).ok().filter(|number| (1..COUNT as i32).contains(number)) {
            Some(number) => found.push(number),
            None => {
                return Err(vm.value_error(format!("signal number {number} out of range [1; {}]", COUNT - 1)));
            }
        }
        Ok(true)
    })?;
    Ok(found)
}

fn pthread_sigmask(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let how = vm.c_int_argument(&args[0])?;
    let before = signal::change_mask(how, &signals(vm, &args[1])?).map_err(|errno| error(vm, errno))?;
    vm.check_signals()?;
    set_of(vm, &before)
}

fn sigpending(vm: &Vm, _: &Obj) -> PyResult {
    set_of(vm, &signal::waiting().map_err(|errno| error(vm, errno))?)
}

/// Waits for one of the signals; `None` if none came by then.
fn wait(vm: &Vm, given: &[i32], until: Option<Instant>) -> PyResult<Option<Info>> {
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        match vm.allow_threads(|| signal::wait_for(given, left)) {
            Ok(info) => return Ok(Some(info)),
            Err(Errno::INTR) => vm.check_signals()?,
            Err(Errno::AGAIN) if until.is_some() => return Ok(None),
            Err(errno) => return Err(error(vm, errno)),
        }
    }
}

fn shown(vm: &Vm, info: &Info) -> PyResult {
    let numbers = [
        info.signal.into(),
        info.code.into(),
        info.errno.into(),
        info.pid.into(),
        info.uid.into(),
        info.status.into(),
        info.band,
    ];
    SIGINFO.make(vm, numbers.into_iter().map(Int::new).collect())
}

fn sigwait(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let info = wait(vm, &signals(vm, given)?, None)?;
    Ok(vm.or_none(info.map(|info| Int::new(info.signal.into()))))
}

fn sigwaitinfo(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    match wait(vm, &signals(vm, given)?, None)? {
        Some(info) => shown(vm, &info),
        None => Ok(vm.none()),
    }
}

fn sigtimedwait(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let given = signals(vm, &args[0])?;
    let seconds = crate::modules::thread::seconds(vm, &args[1])?;
    if seconds < 0.0 {
        return Err(vm.value_error("timeout must be non-negative"));
    }
    let Ok(timeout) = Duration::try_from_secs_f64(seconds) else {
        return Err(vm.overflow_error("timestamp too large to convert to C PyTime_t"));
    };
    match wait(vm, &given, Some(Instant::now() + timeout))? {
        Some(info) => shown(vm, &info),
        None => Ok(vm.none()),
    }
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "pthread_sigmask",
        "($module, how, mask, /)",
        "Fetch and/or change the signal mask of the calling thread.",
        NativeCall::Positional(2, 2, pthread_sigmask),
    ),
    NativeDef::new(
        "sigpending",
        "($module, /)",
        "Examine pending signals.\n\nReturns a set of signal numbers that are pending for delivery to\nthe calling thread.",
        NativeCall::NoArgs(sigpending),
    ),
    NativeDef::new(
        "sigtimedwait",
        "($module, sigset, timeout, /)",
        "Like sigwaitinfo(), but with a timeout.\n\nThe timeout is specified in seconds, rounded up to nanoseconds.",
        NativeCall::Positional(2, 2, sigtimedwait),
    ),
    NativeDef::new(
        "sigwait",
        "($module, sigset, /)",
        "Wait for a signal.\n\nSuspend execution of the calling thread until the delivery of one of the\nsignals specified in the signal set sigset.  The function accepts the signal\nand returns the signal number.",
        NativeCall::One(sigwait),
    ),
    NativeDef::new(
        "sigwaitinfo",
        "($module, sigset, /)",
        "Wait synchronously until one of the signals in *sigset* is delivered.\n\nReturns a struct_siginfo containing information about the signal.",
        NativeCall::One(sigwaitinfo),
    ),
];
