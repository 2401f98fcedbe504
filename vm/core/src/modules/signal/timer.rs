//! Alarms.

use lasti_system::signal;

use crate::builtins::{BASE_EXCEPTION, OS_ERROR, builtin_type};
use crate::errors::{BaseException, Exc, PyResult};
use crate::number::{Float, Int};
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

builtin_type!(/** `signal.itimer_error` */ ITIMER_ERROR, "itimer_error", BaseException, on BASE_EXCEPTION);

/// `ItimerError`, made ready the first time.
pub(super) fn error_type(vm: &Vm) -> &'static TypeObject {
    if !ITIMER_ERROR.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &ITIMER_ERROR)
            .module("signal")
            .base(&OS_ERROR)
            .flags(TypeFlags::BASETYPE)
            .with_dict()
            .ready();
    }
    &ITIMER_ERROR
}

#[cold]
fn error(vm: &Vm, errno: rustix::io::Errno) -> Exc {
    let number = errno.raw_os_error();
    let text = crate::builtins::exceptions::strerror(number);
    vm.error_with(error_type(vm), vec![Int::new(number.into()), Str::new(&text).into_obj()])
}

/// Seconds and microseconds, rounded up.
fn time(vm: &Vm, given: &Obj) -> PyResult<(i64, i64)> {
    let seconds = crate::modules::thread::seconds(vm, given)?;
    if seconds.abs() > 9.2e12 {
        return Err(vm.overflow_error("timestamp too large to convert to C PyTime_t"));
    }
    // Nanoseconds first, as CPython: what is nearly a microsecond is not made one more.
    let micros = (seconds * 1e9).ceil() / 1e3;
    let micros = micros.ceil() as i64;
    Ok((micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000)))
}

fn pair((first, interval): (f64, f64)) -> Obj {
    Tuple::new(vec![Float::new(first), Float::new(interval)]).into_obj()
}

fn setitimer(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let which = vm.c_int_argument(&args[0])?;
    let first = time(vm, &args[1])?;
    let interval = args.get(2).map_or(Ok((0, 0)), |interval| time(vm, interval))?;
    signal::set_timer(which, first, interval).map(pair).map_err(|errno| error(vm, errno))
}

fn getitimer(vm: &Vm, _: &Obj, which: &Obj) -> PyResult {
    signal::timer(vm.c_int_argument(which)?).map(pair).map_err(|errno| error(vm, errno))
}

fn alarm(vm: &Vm, _: &Obj, seconds: &Obj) -> PyResult {
    let seconds = vm.c_int_argument(seconds)?;
    Ok(Int::new(signal::alarm(seconds as u32).into()))
}

fn pause(vm: &Vm, _: &Obj) -> PyResult {
    vm.allow_threads(signal::pause);
    vm.check_signals()?;
    Ok(vm.none())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "alarm",
        "($module, seconds, /)",
        "Arrange for SIGALRM to arrive after the given number of seconds.",
        NativeCall::One(alarm),
    ),
    NativeDef::new(
        "getitimer",
        "($module, which, /)",
        "Returns current value of given itimer.",
        NativeCall::One(getitimer),
    ),
    NativeDef::new("pause", "($module, /)", "Wait until a signal arrives.", NativeCall::NoArgs(pause)),
    NativeDef::new(
        "setitimer",
        "($module, which, seconds, interval=0.0, /)",
        "Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).\n\nThe timer will fire after value seconds and after that every interval seconds.\nThe itimer can be cleared by setting seconds to zero.\n\nReturns old values as a tuple: (delay, interval).",
        NativeCall::Positional(2, 3, setitimer),
    ),
];
