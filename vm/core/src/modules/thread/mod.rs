//! `_thread`: threads, locks, thread-locals. CPython: Modules/_threadmodule.c.
//!
//! - `lock`, `rlock`: the locks; they wait as `vm/park` says
//! - `start`, `handle`: threads, and waiting for their end
//! - `local`: attributes that each thread has its own of
//! - `hook`: showing what a thread raised

mod handle;
mod hook;
pub(crate) mod local;
mod lock;
mod rlock;
mod start;

pub(crate) use lock::seconds;

use crate::builtins::{RUNTIME_ERROR, SYSTEM_EXIT};
use crate::bytes::Bytes;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::number::{Float, Int};
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;
use crate::vm::threads::main_ident;

/// The longest wait in seconds.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// In a child process: the other threads are over.
pub(crate) fn after_fork(vm: &Vm) {
    handle::after_fork(vm);
}

fn get_ident(vm: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_u64(vm.ident()))
}

fn get_native_id(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::new(rustix::thread::gettid().as_raw_nonzero().get().into()))
}

fn get_main_ident(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_u64(main_ident()))
}

fn allocate_lock(_: &Vm, _: &Obj) -> PyResult {
    Ok(Ref::new(lock::Lock::default()).into_obj())
}

fn count(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_usize(Vm::threads().len().saturating_sub(1)))
}

fn exit(vm: &Vm, _: &Obj) -> PyResult {
    Err(vm.error_with(&SYSTEM_EXIT, Vec::new()))
}

fn interrupt_main(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let signal = args.first().map_or(Ok(2), |signal| vm.c_int_argument(signal))?;
    crate::modules::signal::simulate(vm, signal)?;
    vm.check_signals()?;
    Ok(vm.none())
}

static SET_NAME: Signature<1> = Signature::new("set_name", ["name"], 1);

fn set_name(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(name)] = args.bind(vm, &SET_NAME)? else { return Ok(vm.none()) };
    let name = vm.str_argument("set_name", "'name'", name)?;
    let encoded = [Str::new("utf-8").into_obj(), Str::new("replace").into_obj()];
    let encoded = vm.call_method_named(name.as_obj(), "encode", &encoded)?;
    let encoded = encoded.downcast::<Bytes>().map(|encoded| encoded.as_slice()).unwrap_or_default();
    let shown: Vec<u8> = encoded.iter().copied().take_while(|byte| *byte != 0).collect();
    vm.set_thread_name(&shown);
    Ok(vm.none())
}

fn get_name(vm: &Vm, _: &Obj) -> PyResult {
    match rustix::thread::name() {
        Ok(name) => Ok(crate::paths::from_system(name.to_bytes()).into_obj()),
        Err(errno) => Err(vm.os_error_for(errno.raw_os_error(), None, None)),
    }
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add(vm, "LockType", lock::LOCK.to_obj())?;
    module.add_type(vm, &lock::LOCK)?;
    module.add_type(vm, &rlock::RLOCK)?;
    module.add_type(vm, &handle::THREAD_HANDLE)?;
    module.add_type(vm, &local::LOCAL)?;
    module.add(vm, "_ExceptHookArgs", hook::EXCEPT_HOOK_ARGS.ty(vm).to_obj())?;
    module.add(vm, "error", RUNTIME_ERROR.to_obj())?;
    // What the system shows of a name, and the terminating null.
    module.add(vm, "_NAME_MAXLEN", Int::new(15))?;
    module.add(vm, "TIMEOUT_MAX", Float::new(TIMEOUT_MAX))
}

pub(super) fn init(vm: &Vm) {
    lock::init(vm);
    rlock::init(vm);
    handle::init(vm);
    local::init(vm);
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_thread",
    doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
    functions: &[
        NativeDef::new(
            "_count",
            "($module, /)",
            "Return the number of currently running Python threads, excluding\nthe main thread.",
            NativeCall::NoArgs(count),
        ),
        NativeDef::new(
            "_excepthook",
            "($module, args, /)",
            "Handle uncaught Thread.run() exception.",
            NativeCall::One(hook::excepthook),
        ),
        NativeDef::new(
            "_get_main_thread_ident",
            "($module, /)",
            "Internal only. Return a non-zero integer that uniquely identifies the main thread\nof the main interpreter.",
            NativeCall::NoArgs(get_main_ident),
        ),
        NativeDef::new(
            "_get_name",
            "($module, /)",
            "Get the name of the current thread.",
            NativeCall::NoArgs(get_name),
        ),
        NativeDef::new(
            "_is_main_interpreter",
            "($module, /)",
            "Return True if the current interpreter is the main Python interpreter.",
            NativeCall::NoArgs(|vm, _| Ok(vm.bool(true))),
        ),
        NativeDef::new(
            "_make_thread_handle",
            "($module, ident, /)",
            "Internal only. Make a thread handle for threads not spawned\nby the _thread or threading module.",
            NativeCall::One(handle::of_ident),
        ),
        NativeDef::new(
            "_shutdown",
            "($module, /)",
            "Wait for all non-daemon threads (other than the calling thread) to stop.",
            NativeCall::NoArgs(handle::shutdown),
        ),
        NativeDef::new(
            "allocate",
            "($module, /)",
            "An obsolete synonym of allocate_lock().",
            NativeCall::NoArgs(allocate_lock),
        ),
        NativeDef::new(
            "allocate_lock",
            "($module, /)",
            "Create a new lock object.",
            NativeCall::NoArgs(allocate_lock),
        ),
        NativeDef::new(
            "daemon_threads_allowed",
            "($module, /)",
            "Return True if daemon threads are allowed in the current interpreter,\nand False otherwise.",
            NativeCall::NoArgs(|vm, _| Ok(vm.bool(true))),
        ),
        NativeDef::new(
            "exit",
            "($module, /)",
            "This is synonymous to ``raise SystemExit''.  It will cause the current\nthread to exit silently unless the exception is caught.",
            NativeCall::NoArgs(exit),
        ),
        NativeDef::new(
            "exit_thread",
            "($module, /)",
            "An obsolete synonym of exit().",
            NativeCall::NoArgs(exit),
        ),
        NativeDef::new(
            "get_ident",
            "($module, /)",
            "Return a non-zero integer that uniquely identifies the current thread\namongst other threads that exist simultaneously.",
            NativeCall::NoArgs(get_ident),
        ),
        NativeDef::new(
            "get_native_id",
            "($module, /)",
            "Return a non-negative integer identifying the thread as reported\nby the OS (kernel).",
            NativeCall::NoArgs(get_native_id),
        ),
        NativeDef::new(
            "interrupt_main",
            "($module, signum=signal.SIGINT, /)",
            "Simulate the arrival of the given signal in the main thread,\nwhere the corresponding signal handler will be executed.",
            NativeCall::Positional(0, 1, interrupt_main),
        ),
        NativeDef::new(
            "set_name",
            "($module, /, name)",
            "Set the name of the current thread.",
            NativeCall::Full(set_name),
        ),
        NativeDef::new(
            "stack_size",
            "($module, size=0, /)",
            "stack_size([size]) -> size\n\nReturn the thread stack size used when creating new threads.",
            NativeCall::Positional(0, 1, start::stack_size),
        ),
        NativeDef::new(
            "start_joinable_thread",
            "($module, /, function, handle=None, daemon=True)",
            "*For internal use only*: start a new thread.",
            NativeCall::Full(start::start_joinable_thread),
        ),
        NativeDef::new(
            "start_new",
            "($module, function, args, kwargs={}, /)",
            "An obsolete synonym of start_new_thread().",
            NativeCall::Positional(2, 3, start::start_new_thread),
        ),
        NativeDef::new(
            "start_new_thread",
            "($module, function, args, kwargs={}, /)",
            "start_new_thread(function, args[, kwargs])\n\nStart a new thread and return its identifier.",
            NativeCall::Positional(2, 3, start::start_new_thread),
        ),
    ],
    fill,
};
