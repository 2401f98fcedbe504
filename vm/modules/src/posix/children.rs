//! Children: fork, exec, and waiting for them.

use std::convert::Infallible;
use std::ffi::CString;

use lasti_system::process::{self as system, Fork, Usage};
use lasti_vm::builtins::DEPRECATION_WARNING;
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::{Float, Int};
use lasti_vm::object::Obj;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::structseq::StructSeq;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};
use rustix::io::Errno;

use super::path::{Path, error};
use crate::fds;

/// Where `sys` keeps what is called at a fork: no attribute can have such a name in a program.
const HOOKS: [&str; 3] = ["<before fork>", "<after fork in child>", "<after fork in parent>"];

/// What is called at one of the three moments.
fn hooks(vm: &Vm, moment: usize) -> PyResult<Ref<List>> {
    let (sys, name) = (vm.interp().sys(), vm.intern(HOOKS[moment]));
    if let Some(hooks) = sys.get_str(vm, &name)?.and_then(|hooks| hooks.into_ref::<List>().ok()) {
        return Ok(hooks);
    }
    let hooks = List::new(Vec::new());
    sys.set_str(vm, &name, hooks.as_obj().clone())?;
    Ok(hooks)
}

fn register_at_fork(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature<3> =
        Signature::new("register_at_fork", ["before", "after_in_child", "after_in_parent"], 0)
            .keyword_only(0);
    let given = args.bind(vm, &SIGNATURE)?;
    if given.iter().all(Option::is_none) {
        return Err(vm.type_error("At least one argument is required."));
    }
    for (name, hook) in SIGNATURE.names.iter().zip(given) {
        if let Some(hook) = hook
            && !vm.is_callable(hook)
        {
            return Err(vm.type_error(format!("'{name}' must be callable, not {}", hook.ty().name())));
        }
    }
    for (moment, hook) in given.into_iter().enumerate() {
        if let Some(hook) = hook {
            hooks(vm, moment)?.items.push(hook.clone());
        }
    }
    Ok(vm.none())
}

fn run_hooks(vm: &Vm, moment: usize) {
    let Ok(hooks) = hooks(vm, moment) else { return };
    let mut hooks = hooks.items.to_vec();
    if moment == 0 {
        hooks.reverse();
    }
    for hook in hooks {
        if let Err(error) = vm.call(&hook, &[]) {
            vm.unraisable(&error, "Exception ignored in atfork callback", Some(&hook));
        }
    }
}

/// Forks, with everything that the program wants done about it.
pub(crate) fn fork_with(
    vm: &Vm,
    name: &str,
    fork: impl FnOnce() -> Result<Fork, Errno>,
) -> PyResult<Result<Fork, Errno>> {
    if vm.is_finalizing() {
        let error = &lasti_vm::builtins::PYTHON_FINALIZATION_ERROR;
        return Err(vm.error(error, "can't fork at interpreter shutdown"));
    }
    run_hooks(vm, 0);
    let forked = vm.fork(fork);
    run_hooks(vm, if forked == Ok(Fork::Child) { 1 } else { 2 });
    if matches!(forked, Ok(Fork::Parent(_))) && Vm::threads().len() > 1 {
        let pid = rustix::process::getpid().as_raw_nonzero();
        let message = format!(
            "This process (pid={pid}) is multi-threaded, use of {name}() may lead to deadlocks in the child."
        );
        vm.warn(&DEPRECATION_WARNING, &message, 1)?;
    }
    Ok(forked)
}

fn fork(vm: &Vm, _: &Obj) -> PyResult {
    match fork_with(vm, "fork", system::fork)?.map_err(|errno| error(vm, errno))? {
        Fork::Child => Ok(Int::new(0)),
        Fork::Parent(pid) => Ok(Int::new(pid.into())),
    }
}

fn forkpty(vm: &Vm, _: &Obj) -> PyResult {
    let mut terminal = -1;
    let forked = fork_with(vm, "forkpty", || {
        let (side, fd) = system::fork_pty()?;
        terminal = fd;
        Ok(side)
    })?;
    let pid = match forked.map_err(|errno| error(vm, errno))? {
        Fork::Child => 0,
        Fork::Parent(pid) => pid,
    };
    Ok(Tuple::new(vec![Int::new(pid.into()), Int::new(terminal.into())]).into_obj())
}

/// The arguments of a program.
pub(crate) fn strings(vm: &Vm, function: &str, what: &str, given: &Obj) -> PyResult<Vec<CString>> {
    let mut found = Vec::new();
    for item in vm.collect(given)? {
        let bytes = Path::new(vm, function, what, &item)?.bytes;
        found.extend(CString::new(bytes));
    }
    Ok(found)
}

fn arguments(vm: &Vm, function: &str, given: &Obj) -> PyResult<Vec<CString>> {
    if given.downcast::<Tuple>().is_none() && given.downcast::<List>().is_none() {
        return Err(vm.type_error(format!("{function}() arg 2 must be a tuple or list")));
    }
    let found = strings(vm, function, "argument", given)?;
    match found.first() {
        None => Err(vm.value_error(format!("{function}() arg 2 must not be empty"))),
        Some(first) if first.is_empty() => {
            Err(vm.value_error(format!("{function}() arg 2 first element cannot be empty")))
        }
        Some(_) => Ok(found),
    }
}

/// A mapping as a program gets it.
pub(super) fn environment(vm: &Vm, function: &str, given: &Obj) -> PyResult<Vec<CString>> {
    if given.ty().slots.getitem.get().is_none() {
        return Err(vm.type_error(format!("{function}: environment must be a mapping object")));
    }
    let keys = vm.collect(&vm.call_method_named(given, "keys", &[])?)?;
    let values = vm.collect(&vm.call_method_named(given, "values", &[])?)?;
    let mut found = Vec::new();
    for (key, value) in keys.iter().zip(&values) {
        let key = Path::new(vm, function, "environment", key)?.bytes;
        let value = Path::new(vm, function, "environment", value)?.bytes;
        if key.is_empty() || key[1..].contains(&b'=') {
            return Err(vm.value_error("illegal environment variable name"));
        }
        found.extend(CString::new([&key[..], b"=", &value].concat()));
    }
    Ok(found)
}

fn become_program(
    vm: &Vm,
    function: &str,
    path: &Obj,
    arguments: &[CString],
    environment: &[CString],
) -> PyResult<Infallible> {
    let path = Path::or_fd(vm, function, path)?;
    let result = match path.fd {
        Some(fd) => system::exec_fd(fd, arguments, environment),
        None => match CString::new(path.bytes.clone()) {
            Ok(file) => system::exec(&file, arguments, environment),
            Err(_) => Err(Errno::NOENT),
        },
    };
    result.map_err(|errno| path.error(vm, errno))
}

fn execv(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let arguments = arguments(vm, "execv", &args[1])?;
    let environment = super::process::environment_strings();
    match become_program(vm, "execv", &args[0], &arguments, &environment)? {}
}

static EXECVE: Signature<3> = Signature::new("execve", ["path", "argv", "env"], 3);

fn execve(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), Some(given), Some(env)] = args.bind(vm, &EXECVE)? else { return Ok(vm.none()) };
    let arguments = arguments(vm, "execve", given)?;
    let environment = environment(vm, "execve", env)?;
    match become_program(vm, "execve", path, &arguments, &environment)? {}
}

fn pid_and_status(pid: i32, status: i32) -> Vec<Obj> {
    vec![Int::new(pid.into()), Int::new(status.into())]
}

fn waitpid(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (pid, options) = (vm.c_int_argument(&args[0])?, vm.c_int_argument(&args[1])?);
    let waited = fds::blocking(vm, || system::waitpid(pid, options))?;
    let (pid, status) = waited.map_err(|errno| error(vm, errno))?;
    Ok(Tuple::new(pid_and_status(pid, status)).into_obj())
}

fn wait(vm: &Vm, _: &Obj) -> PyResult {
    let (pid, status) = fds::blocking(vm, || system::waitpid(-1, 0))?.map_err(|errno| error(vm, errno))?;
    Ok(Tuple::new(pid_and_status(pid, status)).into_obj())
}

/// A `struct_rusage` of the module `resource`.
pub(crate) fn rusage(vm: &Vm, usage: &Usage) -> PyResult {
    let mut values: Vec<Obj> = usage.times.into_iter().map(Float::new).collect();
    values.extend(usage.counts.into_iter().map(Int::new));
    crate::resource::RUSAGE.make(vm, values)
}

fn wait_with_usage(vm: &Vm, pid: i32, options: i32) -> PyResult {
    let waited = fds::blocking(vm, || system::wait4(pid, options))?;
    let (pid, status, usage) = waited.map_err(|errno| error(vm, errno))?;
    let mut parts = pid_and_status(pid, status);
    parts.push(rusage(vm, &usage)?);
    Ok(Tuple::new(parts).into_obj())
}

static WAIT3: Signature<1> = Signature::new("wait3", ["options"], 1);
static WAIT4: Signature<2> = Signature::new("wait4", ["pid", "options"], 2);

fn wait3(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(options)] = args.bind(vm, &WAIT3)? else { return Ok(vm.none()) };
    wait_with_usage(vm, -1, vm.c_int_argument(options)?)
}

fn wait4(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(pid), Some(options)] = args.bind(vm, &WAIT4)? else { return Ok(vm.none()) };
    wait_with_usage(vm, vm.c_int_argument(pid)?, vm.c_int_argument(options)?)
}

pub(super) static WAITID_RESULT: StructSeq = StructSeq {
    module: "posix",
    name: "waitid_result",
    doc: "waitid_result: Result from waitid.\n\nThis object may be accessed either as a tuple of\n  (si_pid, si_uid, si_signo, si_status, si_code),\nor via the attributes si_pid, si_uid, and so on.\n\nSee os.waitid for more information.",
    fields: &[("si_pid", ""), ("si_uid", ""), ("si_signo", ""), ("si_status", ""), ("si_code", "")],
    visible: 5,
    callable: true,
};

fn waitid(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (kind, id, options) =
        (vm.c_int_argument(&args[0])?, vm.c_int_argument(&args[1])?, vm.c_int_argument(&args[2])?);
    let waited = fds::blocking(vm, || system::waitid(kind as u32, id as u32, options))?;
    match waited.map_err(|errno| error(vm, errno))? {
        Some(info) => WAITID_RESULT.make(vm, info.into_iter().map(Int::new).collect()),
        None => Ok(vm.none()),
    }
}

fn pidfd_open(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature<2> = Signature::new("pidfd_open", ["pid", "flags"], 1);
    let [Some(pid), flags] = args.bind(vm, &SIGNATURE)? else { return Ok(vm.none()) };
    let pid = vm.c_int_argument(pid)?;
    let flags = flags.map_or(Ok(0), |flags| vm.c_int_argument(flags))? as u32;
    let Some(pid) = rustix::process::Pid::from_raw(pid) else { return Err(error(vm, Errno::INVAL)) };
    let flags = rustix::process::PidfdFlags::from_bits_retain(flags);
    let fd = rustix::process::pidfd_open(pid, flags).map_err(|errno| error(vm, errno))?;
    Ok(Int::new(fds::keep(fd).into()))
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "execv",
        "($module, path, argv, /)",
        "Execute an executable path with arguments, replacing current process.",
        NativeCall::Positional(2, 2, execv),
    ),
    NativeDef::new(
        "execve",
        "($module, /, path, argv, env)",
        "Execute an executable path with arguments, replacing current process.",
        NativeCall::Full(execve),
    ),
    NativeDef::new(
        "fork",
        "($module, /)",
        "Fork a child process.\n\nReturn 0 to child process and PID of child to parent process.",
        NativeCall::NoArgs(fork),
    ),
    NativeDef::new(
        "forkpty",
        "($module, /)",
        "Fork a new process with a new pseudo-terminal as controlling tty.\n\nReturns a tuple of (pid, master_fd).\nLike fork(), return pid of 0 to the child process,\nand pid of child to the parent process.\nTo both, return fd of newly opened pseudo-terminal.",
        NativeCall::NoArgs(forkpty),
    ),
    NativeDef::new(
        "pidfd_open",
        "($module, /, pid, flags=0)",
        "Return a file descriptor referring to the process *pid*.\n\nThe descriptor can be used to perform process management without races and\nsignals.",
        NativeCall::Full(pidfd_open),
    ),
    NativeDef::new(
        "register_at_fork",
        "",
        "Register callables to be called when forking a new process.",
        NativeCall::Full(register_at_fork),
    ),
    NativeDef::new(
        "wait",
        "($module, /)",
        "Wait for completion of a child process.\n\nReturns a tuple of information about the child process:\n    (pid, status)",
        NativeCall::NoArgs(wait),
    ),
    NativeDef::new(
        "wait3",
        "($module, /, options)",
        "Wait for completion of a child process.\n\nReturns a tuple of information about the child process:\n  (pid, status, rusage)",
        NativeCall::Full(wait3),
    ),
    NativeDef::new(
        "wait4",
        "($module, /, pid, options)",
        "Wait for completion of a specific child process.\n\nReturns a tuple of information about the child process:\n  (pid, status, rusage)",
        NativeCall::Full(wait4),
    ),
    NativeDef::new(
        "waitid",
        "($module, idtype, id, options, /)",
        "Returns the result of waiting for a process or processes.",
        NativeCall::Positional(3, 3, waitid),
    ),
    NativeDef::new(
        "waitpid",
        "($module, pid, options, /)",
        "Wait for completion of a given child process.\n\nReturns a tuple of information regarding the child process:\n    (pid, status)",
        NativeCall::Positional(2, 2, waitpid),
    ),
];
