//! `_signal`: Python's handlers of signals, and what else `signal` needs. CPython: Modules/signalmodule.c.
//!
//! - `handlers`: who handles a signal, and calling it
//! - `wait`: masks, and waiting for signals
//! - `timer`: alarms
//! - `constants`: the names

mod constants;
mod handlers;
mod timer;
mod wait;

pub(crate) use handlers::{run_handlers, simulate, start};

use crate::errors::{Exc, PyResult};
use crate::module::{Module, NativeModule};
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

/// The OSError for an error of the system.
#[cold]
fn error(vm: &Vm, errno: rustix::io::Errno) -> Exc {
    vm.os_error(errno.raw_os_error())
}

/// A signal's number.
fn number(vm: &Vm, given: &Obj) -> PyResult<i32> {
    let number = vm.c_int_argument(given)?;
    if (1..lasti_system::signal::COUNT as i32).contains(&number) {
        Ok(number)
    } else {
        Err(vm.value_error("signal number out of range"))
    }
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for table in [handlers::FUNCTIONS, wait::FUNCTIONS, timer::FUNCTIONS] {
        Module::add_functions(module, vm, table)?;
    }
    for &(name, value) in constants::ALL {
        module.add(vm, name, Int::new(value.into()))?;
    }
    let (first, last) = lasti_system::signal::real_time();
    module.add(vm, "SIGRTMIN", Int::new(first.into()))?;
    module.add(vm, "SIGRTMAX", Int::new(last.into()))?;
    module.add(vm, "NSIG", Int::from_usize(lasti_system::signal::COUNT))?;
    module.add(vm, "struct_siginfo", wait::SIGINFO.ty(vm).to_obj())?;
    module.add(vm, "ItimerError", timer::error_type(vm).to_obj())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_signal",
    doc: "This module provides mechanisms to use signal handlers in Python.\n\nFunctions:\n\nalarm() -- cause SIGALRM after a specified time [Unix only]\nsetitimer() -- cause a signal (described below) after a specified\n               float time and the timer may restart then [Unix only]\ngetitimer() -- get current value of timer [Unix only]\nsignal() -- set the action for a given signal\ngetsignal() -- get the signal action for a given signal\npause() -- wait until a signal arrives [Unix only]\ndefault_int_handler() -- default SIGINT handler\n\nsignal constants:\nSIG_DFL -- used to refer to the system default handler\nSIG_IGN -- used to ignore the signal\nNSIG -- number of defined signals\nSIGINT, SIGTERM, etc. -- signal numbers\n\nitimer constants:\nITIMER_REAL -- decrements in real time, and delivers SIGALRM upon\n               expiration\nITIMER_VIRTUAL -- decrements only when the process is executing,\n               and delivers SIGVTALRM upon expiration\nITIMER_PROF -- decrements both when the process is executing and\n               when the system is executing on behalf of the process.\n               Coupled with ITIMER_VIRTUAL, this timer is usually\n               used to profile the time spent by the application\n               in user and kernel space. SIGPROF is delivered upon\n               expiration.\n\n\n*** IMPORTANT NOTICE ***\nA signal handler function is called with two arguments:\nthe first is the signal number, the second is the interrupted stack frame.",
    functions: &[NativeDef::new(
        "default_int_handler",
        "($module, signalnum, frame, /)",
        "The default handler for SIGINT installed by Python.\n\nIt raises KeyboardInterrupt.",
        NativeCall::Positional(2, 2, handlers::default_int_handler),
    )],
    fill,
};
