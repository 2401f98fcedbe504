//! `faulthandler`: tracebacks of all threads, asked for, after a time, or at a signal. CPython:
//! Modules/faulthandler.c.
//!
//! A timer waits in a thread of its own, and a signal's handler runs as any of Python's does: both look at frames with
//! the interpreter lock. What [`enable`] is for, faults of the program, does not happen here: it changes nothing else.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lasti_vm::builtins::RUNTIME_ERROR;
use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::function::NativeFunction;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

use crate::fds;
use crate::posix::path::error;

/// Frames that are shown of a thread, and bytes of a name.
const MOST_FRAMES: usize = 100;
const MOST_OF_A_NAME: usize = 500;

static ENABLED: AtomicBool = AtomicBool::new(false);
/// The number of the timer that counts; one with another number is over.
static TIMER: AtomicU64 = AtomicU64::new(0);
static TIMER_LOCK: Mutex<()> = Mutex::new(());
static TIMER_CHANGED: Condvar = Condvar::new();

/// A descriptor: a number, or what a file says; `sys.stderr`'s without one.
fn descriptor(vm: &Vm, file: Option<&Obj>) -> PyResult<i32> {
    let stderr;
    let file = match file.filter(|file| !vm.is_none(file)) {
        Some(file) if file.as_int().is_some() => {
            let fd = vm.c_int_argument(file)?;
            if fd < 0 {
                return Err(vm.value_error("file is not a valid file descriptor"));
            }
            return Ok(fd);
        }
        Some(file) => file,
        None => {
            stderr = vm.interp().sys().get_str(vm, &vm.intern("stderr"))?;
            match &stderr {
                None => return Err(vm.error(&RUNTIME_ERROR, "unable to get sys.stderr")),
                Some(stderr) if vm.is_none(stderr) => {
                    return Err(vm.error(&RUNTIME_ERROR, "sys.stderr is None"));
                }
                Some(stderr) => stderr,
            }
        }
    };
    let fd = vm.call_method_named(file, "fileno", &[])?;
    let Some(fd @ 0..) = fd.as_i64().and_then(|fd| i32::try_from(fd).ok()) else {
        return Err(vm.error(&RUNTIME_ERROR, "file.fileno() is not a valid file descriptor"));
    };
    // What was written before comes before; a file that can't be flushed is written to all the same.
    drop(vm.call_method_named(file, "flush", &[]));
    Ok(fd)
}

fn shown(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(MOST_OF_A_NAME) {
        let _ = match c {
            ' '..='~' => write!(out, "{c}"),
            '\0'..='\u{ff}' => write!(out, "\\x{:02x}", c as u32),
            '\u{100}'..='\u{ffff}' => write!(out, "\\u{:04x}", c as u32),
            _ => write!(out, "\\U{:08x}", c as u32),
        };
    }
    if text.chars().nth(MOST_OF_A_NAME).is_some() {
        out.push_str("...");
    }
    out
}

/// The lines of a thread's frames, the innermost first.
fn frames(vm: &Vm, innermost: Obj) -> PyResult<String> {
    let mut out = String::new();
    let mut frame = innermost;
    for _ in 0..MOST_FRAMES {
        if vm.is_none(&frame) {
            return Ok(out);
        }
        let code = vm.getattr_named(&frame, "f_code")?;
        let line = vm.getattr_named(&frame, "f_lineno")?;
        let file = vm.str_text(&vm.getattr_named(&code, "co_filename")?)?;
        let name = vm.str_text(&vm.getattr_named(&code, "co_name")?)?;
        let line = line.as_i64().map_or_else(|| "???".to_owned(), |line| line.to_string());
        let _ = writeln!(out, "  File \"{}\", line {line} in {}", shown(&file), shown(&name));
        frame = vm.getattr_named(&frame, "f_back")?;
    }
    if !vm.is_none(&frame) {
        out.push_str("  ...\n");
    }
    Ok(out)
}

/// The text about the calling thread, or about all.
fn text(vm: &Vm, all: bool, current: Option<u64>) -> PyResult<String> {
    let Some(function) = vm.interp().sys().get_str(vm, &vm.intern("_current_frames"))? else {
        return Ok(String::new());
    };
    let found = vm.call(&function, &[])?;
    let Some(by_ident) = found.downcast::<Dict>() else { return Ok(String::new()) };
    let of = |ident: u64| -> PyResult<String> {
        match by_ident.get(vm, &Int::from_u64(ident))? {
            Some(frame) => frames(vm, frame),
            None => Ok("  <no Python frame>\n".to_owned()),
        }
    };
    if !all {
        return Ok(format!("Stack (most recent call first):\n{}", of(vm.ident())?));
    }
    let mut out = String::new();
    // The newest thread comes first.
    for thread in Vm::threads().into_iter().rev().filter(|thread| Some(thread.ident) != hidden(current, vm)) {
        if !out.is_empty() {
            out.push('\n');
        }
        let head = if current == Some(thread.ident) { "Current thread" } else { "Thread" };
        let name = match std::fs::read_to_string(format!("/proc/self/task/{}/comm", thread.native_id)) {
            Ok(name) => format!(" [{}]", name.trim_end()),
            Err(_) => String::new(),
        };
        let _ = writeln!(out, "{head} 0x{:016x}{name} (most recent call first):", thread.ident);
        out.push_str(&of(thread.ident)?);
    }
    Ok(out)
}

/// The thread of a timer, which asks about all others, is not shown.
fn hidden(current: Option<u64>, vm: &Vm) -> Option<u64> {
    current.is_none().then(|| vm.ident())
}

fn write(vm: &Vm, fd: i32, text: &str) -> PyResult<()> {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let done = fds::blocking(vm, || fds::with(fd, |fd| rustix::io::write(fd, rest)))?;
        match done {
            Ok(count) => rest = &rest[count..],
            Err(errno) => return Err(error(vm, errno)),
        }
    }
    Ok(())
}

/// Writes; that a descriptor can't be written to concerns nobody, as in CPython.
fn dump(vm: &Vm, fd: i32, all: bool, current: Option<u64>) -> PyResult<()> {
    let text = text(vm, all, current)?;
    drop(write(vm, fd, &text));
    Ok(())
}

fn truth(vm: &Vm, given: Option<&Obj>, default: bool) -> PyResult<bool> {
    given.map_or(Ok(default), |given| vm.is_true(given))
}

static DUMP: Signature<2> = Signature::new("dump_traceback", ["file", "all_threads"], 0);

fn dump_traceback(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [file, all] = args.bind(vm, &DUMP)?;
    let all = truth(vm, all, true)?;
    dump(vm, descriptor(vm, file)?, all, Some(vm.ident()))?;
    Ok(vm.none())
}

static ENABLE: Signature<3> = Signature::new("enable", ["file", "all_threads", "c_stack"], 0);

fn enable(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [file, ..] = args.bind(vm, &ENABLE)?;
    descriptor(vm, file)?;
    ENABLED.store(true, Ordering::Relaxed);
    Ok(vm.none())
}

fn disable(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.bool(ENABLED.swap(false, Ordering::Relaxed)))
}

static LATER: Signature<4> = Signature::new("dump_traceback_later", ["timeout", "repeat", "file", "exit"], 1);

/// `0:00:01.500000`
fn header(timeout: Duration) -> String {
    let seconds = timeout.as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match timeout.subsec_micros() {
        0 => format!("Timeout ({hours}:{minutes:02}:{:02})!\n", seconds % 60),
        micros => format!("Timeout ({hours}:{minutes:02}:{:02}.{micros:06})!\n", seconds % 60),
    }
}

fn dump_traceback_later(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [timeout, repeat, file, exit] = args.bind(vm, &LATER)?;
    let Some(timeout) = timeout else { return Ok(vm.none()) };
    let Some(seconds) = timeout.as_f64().or_else(|| timeout.as_i64().map(|seconds| seconds as f64)) else {
        return Err(vm.type_error(format!("must be real number, not {}", timeout.ty().name())));
    };
    if seconds.is_nan() || seconds >= 9_223_372_036.0 {
        return Err(vm.overflow_error("timestamp out of range for C PyTime_t"));
    }
    let timeout = Duration::from_micros((seconds.max(0.0) * 1e6).round() as u64);
    if timeout.is_zero() {
        return Err(vm.value_error("timeout must be greater than 0"));
    }
    let (repeat, exit) = (truth(vm, repeat, false)?, truth(vm, exit, false)?);
    let fd = descriptor(vm, file)?;
    let number = TIMER.fetch_add(1, Ordering::Relaxed) + 1;
    TIMER_CHANGED.notify_all();
    let numbers = [number, timeout.as_micros() as u64, fd as u64, repeat.into(), exit.into()];
    let numbers = numbers.map(Int::from_u64);
    let function = NativeFunction::new(&TIMER_THREAD, None, None).into_obj();
    let thread = vm.import_module("_thread")?;
    let args = [function, Tuple::new(numbers.to_vec()).into_obj()];
    vm.call_method_named(&thread, "start_new_thread", &args)?;
    Ok(vm.none())
}

static TIMER_THREAD: NativeDef = NativeDef::new("_timer", "", "", NativeCall::Positional(5, 5, timer_thread));

/// What a timer's thread does.
fn timer_thread(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let number = |at: usize| args.get(at).and_then(Obj::as_i64).unwrap_or_default();
    let (own, timeout) = (number(0) as u64, Duration::from_micros(number(1) as u64));
    loop {
        let end = Instant::now() + timeout;
        let over = vm.allow_threads(|| {
            let mut guard = TIMER_LOCK.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                let left = end.saturating_duration_since(Instant::now());
                if TIMER.load(Ordering::Relaxed) != own {
                    return true;
                }
                if left.is_zero() {
                    return false;
                }
                // At times it looks by itself: who cancels does not wait for the lock.
                let wait = left.min(Duration::from_millis(200));
                guard = TIMER_CHANGED.wait_timeout(guard, wait).unwrap_or_else(PoisonError::into_inner).0;
            }
        });
        if over || TIMER.load(Ordering::Relaxed) != own {
            return Ok(vm.none());
        }
        let fd = number(2) as i32;
        drop(write(vm, fd, &header(timeout)));
        dump(vm, fd, true, None)?;
        if number(4) != 0 {
            lasti_system::process::exit_now(1);
        }
        if number(3) == 0 {
            return Ok(vm.none());
        }
    }
}

fn cancel_dump_traceback_later(vm: &Vm, _: &Obj) -> PyResult {
    TIMER.fetch_add(1, Ordering::Relaxed);
    TIMER_CHANGED.notify_all();
    Ok(vm.none())
}

/// The signals that [`register`] has handlers for.
static REGISTERED: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

static HANDLER: NativeDef = NativeDef::new("_handler", "", "", NativeCall::Positional(2, 2, handler));

/// The handler of a registered signal; its receiver is a tuple of what was registered, and the handler before.
fn handler(vm: &Vm, registered: &Obj, args: &[Obj]) -> PyResult {
    let Some(registered) = registered.downcast::<Tuple>() else { return Ok(vm.none()) };
    let [fd, all, chain, before] = registered.items() else { return Ok(vm.none()) };
    dump(vm, vm.c_int_argument(fd)?, vm.is_true(all)?, Some(vm.ident()))?;
    if vm.is_true(chain)? && vm.is_callable(before) {
        return vm.call(before, args);
    }
    Ok(vm.none())
}

/// Signals that a handler in Python has no use for.
const OF_FAULTS: [i32; 5] = [libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGSEGV];

fn signal_number(vm: &Vm, given: &Obj) -> PyResult<i32> {
    let number = vm.c_int_argument(given)?;
    if OF_FAULTS.contains(&number) {
        let message = format!("signal {number} cannot be registered, use enable() instead");
        return Err(vm.error(&RUNTIME_ERROR, &message));
    }
    if !(1..=64).contains(&number) {
        return Err(vm.value_error("signal number out of range"));
    }
    Ok(number)
}

static REGISTER: Signature<4> = Signature::new("register", ["signum", "file", "all_threads", "chain"], 1);

fn register(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(given), file, all, chain] = args.bind(vm, &REGISTER)? else { return Ok(vm.none()) };
    let number = signal_number(vm, given)?;
    let fd = Int::new(descriptor(vm, file)?.into());
    let (all, chain) = (truth(vm, all, true)?, truth(vm, chain, false)?);
    unregister(vm, given, given)?;
    let signal = vm.import_module("_signal")?;
    let before = vm.call_method_named(&signal, "getsignal", std::slice::from_ref(given))?;
    let receiver = Tuple::new(vec![fd, vm.bool(all), vm.bool(chain), before]).into_obj();
    let function = NativeFunction::new(&HANDLER, Some(receiver), None).into_obj();
    vm.call_method_named(&signal, "signal", &[given.clone(), function])?;
    REGISTERED.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
    Ok(vm.none())
}

fn unregister(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let number = signal_number(vm, given)?;
    if !REGISTERED.lock().unwrap_or_else(PoisonError::into_inner).remove(&number) {
        return Ok(vm.bool(false));
    }
    let signal = vm.import_module("_signal")?;
    let handler = vm.call_method_named(&signal, "getsignal", std::slice::from_ref(given))?;
    if handler.downcast::<NativeFunction>().is_some() {
        let receiver = vm.getattr_named(&handler, "__self__")?;
        if let Some(before) = receiver.downcast::<Tuple>().and_then(|receiver| receiver.items().get(3)) {
            vm.call_method_named(&signal, "signal", &[given.clone(), before.clone()])?;
        }
    }
    Ok(vm.bool(true))
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "faulthandler",
    doc: "faulthandler module.",
    functions: &[
        NativeDef::new(
            "cancel_dump_traceback_later",
            "($module, /)",
            "Cancel the previous call to dump_traceback_later().",
            NativeCall::NoArgs(cancel_dump_traceback_later),
        ),
        NativeDef::new("disable", "($module, /)", "Disable the fault handler.", NativeCall::NoArgs(disable)),
        NativeDef::new(
            "dump_traceback",
            "($module, /, file=sys.stderr, all_threads=True)",
            "Dump the traceback of the current thread, or of all threads if all_threads is True, into file.",
            NativeCall::Full(dump_traceback),
        ),
        NativeDef::new(
            "dump_traceback_later",
            "($module, /, timeout, repeat=False, file=sys.stderr, exit=False)",
            "Dump the traceback of all threads in timeout seconds,\nor each timeout seconds if repeat is True. If exit is True, call _exit(1) which is not safe.",
            NativeCall::Full(dump_traceback_later),
        ),
        NativeDef::new(
            "enable",
            "($module, /, file=sys.stderr, all_threads=True)",
            "Enable the fault handler.",
            NativeCall::Full(enable),
        ),
        NativeDef::new(
            "is_enabled",
            "($module, /)",
            "Check if the handler is enabled.",
            NativeCall::NoArgs(|vm, _| Ok(vm.bool(ENABLED.load(Ordering::Relaxed)))),
        ),
        NativeDef::new(
            "register",
            "($module, /, signum, file=sys.stderr, all_threads=True, chain=False)",
            "Register a handler for the signal 'signum': dump the traceback of the current thread, or of all threads if all_threads is True, into file.",
            NativeCall::Full(register),
        ),
        NativeDef::new(
            "unregister",
            "($module, signum, /)",
            "Unregister the handler of the signal 'signum' registered by register().",
            NativeCall::One(unregister),
        ),
    ],
    fill: |_: &Vm, _: &Ref<Module>| Ok(()),
};
