//! Who handles a signal, and calling it.

use lasti_system::signal::{self, Action, COUNT};

use super::{error, number};
use crate::builtins::KEYBOARD_INTERRUPT;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::Obj;
use crate::set::Set;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

/// The program's main thread takes signals from now on: SIGINT raises KeyboardInterrupt, unless whoever started the
/// process had it ignored.
pub(crate) fn start(vm: &Vm) -> PyResult<()> {
    crate::vm::signals::start(vm);
    // A write to what nobody reads, or beyond the limit, is an error of the call.
    for ignored in [libc::SIGPIPE, libc::SIGXFSZ] {
        signal::set_action(ignored, Action::Ignore).map_err(|errno| error(vm, errno))?;
    }
    if signal::action_of(libc::SIGINT) == Ok(Action::Default) {
        let module = vm.import_module("_signal")?;
        let handler = vm.getattr_named(&module, "default_int_handler")?;
        vm.interp().signal_handlers[libc::SIGINT as usize].set(handler);
        signal::set_action(libc::SIGINT, Action::Note).map_err(|errno| error(vm, errno))?;
    }
    Ok(())
}

/// What Python says handles the signal: a callable, `SIG_DFL`, `SIG_IGN`; `None` if it is something else.
fn handler(vm: &Vm, signal: i32) -> Obj {
    match vm.interp().signal_handlers.get(signal as usize).and_then(|cell| cell.get()) {
        Some(handler) => handler,
        None => match signal::action_of(signal) {
            Ok(Action::Default) => Int::new(0),
            Ok(Action::Ignore) => Int::new(1),
            _ => vm.none(),
        },
    }
}

/// `SIG_DFL` or `SIG_IGN`, if it is one of them.
fn standard(handler: &Obj) -> Option<Action> {
    match handler.as_i64() {
        Some(0) => Some(Action::Default),
        Some(1) => Some(Action::Ignore),
        _ => None,
    }
}

/// Calls the handlers of the signals that came. The caller is the main thread.
pub(crate) fn run_handlers(vm: &Vm) -> PyResult<()> {
    let (came, failed) = signal::take();
    if let Some(errno) = failed {
        let error = vm.os_error(errno);
        vm.unraisable(&error, "Exception ignored when trying to write to the signal wakeup fd", None);
    }
    let frame = vm.or_none(crate::eval::current_frame(vm).map(|frame| frame.into_obj()));
    for (index, &number) in came.iter().enumerate() {
        let handler = handler(vm, number);
        if vm.is_none(&handler) || standard(&handler).is_some() {
            // It was handled when it came, and is not any more.
            let error = vm
                .error(&crate::builtins::OS_ERROR, &format!("Signal {number} ignored due to race condition"));
            vm.unraisable(&error, "Exception ignored while calling signal handler", None);
            continue;
        }
        if let Err(error) = vm.call(&handler, &[Int::new(number.into()), frame.clone()]) {
            // The others are for the next time.
            for &later in &came[index + 1..] {
                signal::trip(later);
            }
            return Err(error);
        }
    }
    Ok(())
}

/// Does as if the signal had come: `_thread.interrupt_main`.
pub(crate) fn simulate(vm: &Vm, signal: i32) -> PyResult<()> {
    if !(1..COUNT as i32).contains(&signal) {
        return Err(vm.value_error("signal number out of range"));
    }
    let handler = handler(vm, signal);
    if !vm.is_none(&handler) && standard(&handler).is_none() {
        signal::trip(signal);
    }
    Ok(())
}

pub(super) fn default_int_handler(vm: &Vm, _: &Obj, _: &[Obj]) -> PyResult {
    Err(vm.error_with(&KEYBOARD_INTERRUPT, Vec::new()))
}

fn set(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let signal = vm.c_int_argument(&args[0])?;
    let handler_given = &args[1];
    if !vm.is_main_thread() {
        return Err(vm.value_error("signal only works in main thread of the main interpreter"));
    }
    let signal = number(vm, &Int::new(signal.into()))?;
    let action = match standard(handler_given) {
        Some(action) => action,
        None if vm.is_callable(handler_given) => Action::Note,
        None => {
            return Err(
                vm.type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
            );
        }
    };
    // What came before is for the handler that was there.
    vm.check_signals()?;
    let before = handler(vm, signal);
    signal::set_action(signal, action).map_err(|errno| error(vm, errno))?;
    vm.interp().signal_handlers[signal as usize].set(match action {
        Action::Default => Int::new(0),
        Action::Ignore => Int::new(1),
        _ => handler_given.clone(),
    });
    Ok(before)
}

fn get(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    Ok(handler(vm, number(vm, given)?))
}

fn strsignal(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let text = signal::description(number(vm, given)?);
    Ok(vm.or_none(text.map(|text| Str::new(&text).into_obj())))
}

fn valid_signals(vm: &Vm, _: &Obj) -> PyResult {
    set_of(vm, &signal::valid())
}

/// A set of numbers.
pub(super) fn set_of(vm: &Vm, signals: &[i32]) -> PyResult {
    let set = Set::new();
    for &signal in signals {
        set.add(vm, &Int::new(signal.into()))?;
    }
    Ok(set.into_obj())
}

fn siginterrupt(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let signal = number(vm, &args[0])?;
    let interrupts = vm.c_int_argument(&args[1])? != 0;
    signal::set_interrupts(signal, interrupts).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

static WAKEUP: Signature<2> =
    Signature::new("set_wakeup_fd", ["", "warn_on_full_buffer"], 1).positional_only(1).keyword_only(1);

fn set_wakeup_fd(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [fd, warn] = args.bind(vm, &WAKEUP)?;
    let fd = fd.map_or(Ok(-1), |fd| vm.c_int_argument(fd))?;
    let warn = warn.map_or(Ok(true), |warn| vm.is_true(warn))?;
    if !vm.is_main_thread() {
        return Err(vm.value_error("set_wakeup_fd only works in main thread of the main interpreter"));
    }
    if fd != -1 {
        let flags = lasti_system::fd::borrow(fd).and_then(rustix::fs::fcntl_getfl);
        let flags = flags.map_err(|errno| error(vm, errno))?;
        if !flags.contains(rustix::fs::OFlags::NONBLOCK) {
            return Err(vm.value_error(format!("the fd {fd} must be in non-blocking mode")));
        }
    }
    Ok(Int::new(signal::set_wakeup(fd, warn).into()))
}

fn raise_signal(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let signal = vm.c_int_argument(given)?;
    signal::raise(signal).map_err(|errno| error(vm, errno))?;
    vm.check_signals()?;
    Ok(vm.none())
}

fn pthread_kill(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let ident = vm.index_i64(&args[0])? as u64;
    let signal = vm.c_int_argument(&args[1])?;
    let thread = Vm::threads().into_iter().find(|thread| thread.ident == ident);
    let Some(thread) = thread else { return Err(error(vm, rustix::io::Errno::SRCH)) };
    signal::send_to_thread(thread.native_id, signal).map_err(|errno| error(vm, errno))?;
    vm.check_signals()?;
    Ok(vm.none())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "getsignal",
        "($module, signalnum, /)",
        "Return the current action for the given signal.\n\nThe return value can be:\n  SIG_IGN -- if the signal is being ignored\n  SIG_DFL -- if the default action for the signal is in effect\n  None    -- if an unknown handler is in effect\n  anything else -- the callable Python object used as a handler",
        NativeCall::One(get),
    ),
    NativeDef::new(
        "pthread_kill",
        "($module, thread_id, signalnum, /)",
        "Send a signal to a thread.",
        NativeCall::Positional(2, 2, pthread_kill),
    ),
    NativeDef::new(
        "raise_signal",
        "($module, signalnum, /)",
        "Send a signal to the executing process.",
        NativeCall::One(raise_signal),
    ),
    NativeDef::new(
        "set_wakeup_fd",
        "($module, fd, /, *, warn_on_full_buffer=True)",
        "Sets the fd to be written to (with the signal number) when a signal comes in.\n\nA library can use this to wakeup select or poll.\nThe previous fd or -1 is returned.\n\nThe fd must be non-blocking.",
        NativeCall::Full(set_wakeup_fd),
    ),
    NativeDef::new(
        "siginterrupt",
        "($module, signalnum, flag, /)",
        "Change system call restart behaviour.\n\nIf flag is False, system calls will be restarted when interrupted by\nsignal sig, else system calls will be interrupted.",
        NativeCall::Positional(2, 2, siginterrupt),
    ),
    NativeDef::new(
        "signal",
        "($module, signalnum, handler, /)",
        "Set the action for the given signal.\n\nThe action can be SIG_DFL, SIG_IGN, or a callable Python object.\nThe previous action is returned.  See getsignal() for possible return values.\n\n*** IMPORTANT NOTICE ***\nA signal handler function is called with two arguments:\nthe first is the signal number, the second is the interrupted stack frame.",
        NativeCall::Positional(2, 2, set),
    ),
    NativeDef::new(
        "strsignal",
        "($module, signalnum, /)",
        "Return the system description of the given signal.\n\nReturns the description of signal *signalnum*, such as \"Interrupt\"\nfor :const:`SIGINT`. Returns :const:`None` if *signalnum` has no\ndescription. Raises :exc:`ValueError` if *signalnum* is invalid.",
        NativeCall::One(strsignal),
    ),
    NativeDef::new(
        "valid_signals",
        "($module, /)",
        "Return a set of valid signal numbers on this platform.\n\nThe signal numbers returned by this function can be safely passed to\nfunctions like `pthread_kill`.",
        NativeCall::NoArgs(valid_signals),
    ),
];
