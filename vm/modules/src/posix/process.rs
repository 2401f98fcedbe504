//! The process: its ids, environment, children, and the system it runs on.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::number::{Float, Int};
use lasti_vm::object::Obj;
use lasti_vm::paths::from_system;
use lasti_vm::sequence::List;
use lasti_vm::structseq::StructSeq;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};
use rustix::fs::Mode;
use rustix::io::Errno;
use rustix::process::Pid;

use super::path::{Path, error};

type Environment = BTreeMap<Vec<u8>, Vec<u8>>;

/// The program's environment: that of the process at first. Changes stay in here, as other threads of the process
/// may read its own.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

fn environment<R>(f: impl FnOnce(&mut Environment) -> R) -> R {
    let mut guard: MutexGuard<'_, _> = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    f(guard.get_or_insert_with(|| {
        std::env::vars_os().map(|(name, value)| (name.into_vec(), value.into_vec())).collect()
    }))
}

/// Takes variables out of what the program and its children see.
pub(crate) fn hide(names: &[&str]) {
    environment(|variables| {
        variables.retain(|name, _| !names.iter().any(|hidden| hidden.as_bytes() == name));
    });
}

/// Sets a variable for the program and its children.
pub(crate) fn set(name: &str, value: &OsStr) {
    environment(|variables| variables.insert(name.as_bytes().to_vec(), value.as_bytes().to_vec()));
}

/// The program's environment as a program that it starts gets it.
pub(crate) fn environment_strings() -> Vec<std::ffi::CString> {
    environment(|variables| {
        let joined = variables.iter().map(|(name, value)| [name.as_slice(), b"=", value].concat());
        joined.filter_map(|text| std::ffi::CString::new(text).ok()).collect()
    })
}

/// The program's value of a variable.
pub(crate) fn variable(name: &[u8]) -> Option<Vec<u8>> {
    environment(|variables| variables.get(name).cloned())
}

pub(super) fn environ(vm: &Vm) -> PyResult<Ref<Dict>> {
    let variables = environment(|variables| variables.clone());
    let dict = Dict::new();
    for (name, value) in variables {
        dict.set(vm, &Bytes::new(&name).into_obj(), Bytes::new(&value).into_obj())?;
    }
    Ok(dict)
}

fn putenv(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let name = Path::new(vm, "putenv", "name", &args[0])?.bytes;
    let value = Path::new(vm, "putenv", "value", &args[1])?.bytes;
    if name.contains(&b'=') {
        return Err(vm.value_error("illegal environment variable name"));
    }
    environment(|variables| variables.insert(name, value));
    Ok(vm.none())
}

fn unsetenv(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let name = Path::new(vm, "unsetenv", "name", name)?.bytes;
    if name.is_empty() || name.contains(&b'=') {
        return Err(error(vm, Errno::INVAL));
    }
    environment(|variables| variables.remove(&name));
    Ok(vm.none())
}

fn id(number: impl Into<i64>) -> PyResult {
    Ok(Int::new(number.into()))
}

fn pid_of(pid: Option<Pid>) -> i32 {
    pid.map_or(0, |pid| pid.as_raw_nonzero().get())
}

fn process(vm: &Vm, given: &Obj) -> PyResult<Option<Pid>> {
    let number = vm.c_int_argument(given)?;
    if number < 0 { Err(error(vm, Errno::SRCH)) } else { Ok(Pid::from_raw(number)) }
}

fn getgroups(vm: &Vm, _: &Obj) -> PyResult {
    let groups = rustix::process::getgroups().map_err(|errno| error(vm, errno))?;
    Ok(List::new(groups.iter().map(|group| Int::new(group.as_raw().into())).collect()).into_obj())
}

fn kill(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (number, signal) = (vm.c_int_argument(&args[0])?, vm.c_int_argument(&args[1])?);
    lasti_system::signal::send(number, signal).map_err(|errno| error(vm, errno))?;
    // One that this process sent to itself is handled now.
    vm.check_signals()?;
    Ok(vm.none())
}

fn status_bits<const KIND: u8>(vm: &Vm, _: &Obj, status: &Obj) -> PyResult {
    let status = vm.c_int_argument(status)?;
    let low = status & 0x7f;
    let answer = match KIND {
        b'E' => low == 0,
        b'S' => low != 0 && low != 0x7f,
        b'T' => status & 0xff == 0x7f,
        b'C' => status == 0xffff,
        _ => status & 0x80 != 0,
    };
    Ok(vm.bool(answer))
}

fn status_number<const KIND: u8>(vm: &Vm, _: &Obj, status: &Obj) -> PyResult {
    let status = vm.c_int_argument(status)?;
    id(if KIND == b'T' { status & 0x7f } else { (status >> 8) & 0xff })
}

fn waitstatus_to_exitcode(vm: &Vm, _: &Obj, status: &Obj) -> PyResult {
    let status = vm.c_int_argument(status)?;
    match status & 0x7f {
        0 => id((status >> 8) & 0xff),
        0x7f => {
            Err(vm.value_error(format!("process stopped by delivery of signal {}", (status >> 8) & 0xff)))
        }
        signal => id(-signal),
    }
}

fn umask(vm: &Vm, _: &Obj, mask: &Obj) -> PyResult {
    let mask = Mode::from_bits_retain(vm.c_int_argument(mask)? as u32);
    id(rustix::process::umask(mask).bits())
}

fn urandom(vm: &Vm, _: &Obj, size: &Obj) -> PyResult {
    let Ok(size) = usize::try_from(vm.size_argument(size)?) else {
        return Err(vm.value_error("negative argument not allowed"));
    };
    let mut bytes = vec![0; size];
    let mut filled = 0;
    while filled < size {
        let flags = rustix::rand::GetRandomFlags::empty();
        let count = crate::fds::retry(|| rustix::rand::getrandom(&mut bytes[filled..], flags));
        filled += count.map_err(|errno| error(vm, errno))?;
    }
    Ok(Bytes::new(&bytes).into_obj())
}

fn cpu_count(vm: &Vm, _: &Obj) -> PyResult {
    let listed = std::fs::read_to_string("/sys/devices/system/cpu/online").ok();
    // Such as `0-3,8`.
    let count = listed.and_then(|text| {
        text.trim()
            .split(',')
            .map(|part| {
                let (first, last) = part.split_once('-').unwrap_or((part, part));
                Some(last.parse::<usize>().ok()?.checked_sub(first.parse().ok()?)? + 1)
            })
            .sum::<Option<usize>>()
    });
    let count = count.or_else(|| std::thread::available_parallelism().ok().map(std::num::NonZero::get));
    Ok(vm.or_none(count.map(Int::from_usize)))
}

fn sched_getaffinity(vm: &Vm, _: &Obj, pid: &Obj) -> PyResult {
    let set = rustix::thread::sched_getaffinity(process(vm, pid)?).map_err(|errno| error(vm, errno))?;
    let found = lasti_vm::set::Set::new();
    for cpu in (0..rustix::thread::CpuSet::MAX_CPU).filter(|&cpu| set.is_set(cpu)) {
        found.add(vm, &Int::from_usize(cpu))?;
    }
    Ok(found.into_obj())
}

fn strerror(vm: &Vm, _: &Obj, number: &Obj) -> PyResult {
    Ok(Str::new(&lasti_vm::builtins::exceptions::strerror(vm.c_int_argument(number)?)).into_obj())
}

static UNAME_RESULT: StructSeq = StructSeq {
    module: "posix",
    name: "uname_result",
    doc: "uname_result: Result from os.uname().\n\nThis object may be accessed either as a tuple of\n  (sysname, nodename, release, version, machine),\nor via the attributes sysname, nodename, release, version, and machine.\n\nSee os.uname for more information.",
    fields: &[
        ("sysname", "operating system name"),
        ("nodename", "name of machine on network (implementation-defined)"),
        ("release", "operating system release"),
        ("version", "operating system version"),
        ("machine", "hardware identifier"),
    ],
    visible: 5,
    callable: true,
};

fn uname(vm: &Vm, _: &Obj) -> PyResult {
    let names = rustix::system::uname();
    let all = [names.sysname(), names.nodename(), names.release(), names.version(), names.machine()];
    UNAME_RESULT.make(vm, all.iter().map(|name| from_system(name.to_bytes()).into_obj()).collect())
}

static TIMES_RESULT: StructSeq = StructSeq {
    module: "posix",
    name: "times_result",
    doc: "times_result: Result from os.times().\n\nThis object may be accessed either as a tuple of\n  (user, system, children_user, children_system, elapsed),\nor via the attributes user, system, children_user, children_system,\nand elapsed.\n\nSee os.times for more information.",
    fields: &[
        ("user", "user time"),
        ("system", "system time"),
        ("children_user", "user time of children"),
        ("children_system", "system time of children"),
        ("elapsed", "elapsed time since an arbitrary point in the past"),
    ],
    visible: 5,
    callable: true,
};

fn times(vm: &Vm, _: &Obj) -> PyResult {
    let stat = std::fs::read_to_string("/proc/self/stat").map_err(|failure| vm.io_error(&failure, None))?;
    // The fields behind the program's name, which is in parentheses and may hold spaces.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    let used =
        fields.split_whitespace().skip(11).take(4).map(|field| field.parse::<f64>().unwrap_or(0.0) / ticks);
    let mut values: Vec<Obj> = used.map(Float::new).collect();
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    values.push(Float::new(now.tv_sec as f64 + now.tv_nsec as f64 / 1e9));
    TIMES_RESULT.make(vm, values)
}

static FSPATH: Signature<1> = Signature::new("fspath", ["path"], 1);

fn fspath(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path)] = args.bind(vm, &FSPATH)? else { return Ok(vm.none()) };
    vm.fspath(path)
}

static EXIT: Signature<1> = Signature::new("_exit", ["status"], 1);

fn exit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(status)] = args.bind(vm, &EXIT)? else { return Ok(vm.none()) };
    lasti_system::process::exit_now(vm.c_int_argument(status)?)
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "WCOREDUMP",
        "($module, status, /)",
        "Return True if the process returning status was dumped to a core file.",
        NativeCall::One(status_bits::<b'D'>),
    ),
    NativeDef::new(
        "WEXITSTATUS",
        "($module, /, status)",
        "Return the process return code from status.",
        NativeCall::One(status_number::<b'E'>),
    ),
    NativeDef::new(
        "WIFCONTINUED",
        "($module, /, status)",
        "Return True if a particular process was continued from a job control stop.",
        NativeCall::One(status_bits::<b'C'>),
    ),
    NativeDef::new(
        "WIFEXITED",
        "($module, /, status)",
        "Return True if the process returning status exited via the exit() system call.",
        NativeCall::One(status_bits::<b'E'>),
    ),
    NativeDef::new(
        "WIFSIGNALED",
        "($module, /, status)",
        "Return True if the process returning status was terminated by a signal.",
        NativeCall::One(status_bits::<b'S'>),
    ),
    NativeDef::new(
        "WIFSTOPPED",
        "($module, /, status)",
        "Return True if the process returning status was stopped.",
        NativeCall::One(status_bits::<b'T'>),
    ),
    NativeDef::new(
        "WSTOPSIG",
        "($module, /, status)",
        "Return the signal that stopped the process that provided the status value.",
        NativeCall::One(status_number::<b'S'>),
    ),
    NativeDef::new(
        "WTERMSIG",
        "($module, /, status)",
        "Return the signal that terminated the process that provided the status value.",
        NativeCall::One(status_number::<b'T'>),
    ),
    NativeDef::new(
        "_create_environ",
        "($module, /)",
        "Create the environment dictionary.",
        NativeCall::NoArgs(|vm, _| environ(vm).map(Ref::into_obj)),
    ),
    NativeDef::new(
        "_exit",
        "($module, /, status)",
        "Exit to the system with specified status, without normal exit processing.",
        NativeCall::Full(exit),
    ),
    NativeDef::new(
        "abort",
        "($module, /)",
        "Abort the interpreter immediately.",
        NativeCall::NoArgs(|_, _| std::process::abort()),
    ),
    NativeDef::new(
        "cpu_count",
        "($module, /)",
        "Return the number of logical CPUs in the system.",
        NativeCall::NoArgs(cpu_count),
    ),
    NativeDef::new(
        "fspath",
        "($module, /, path)",
        "Return the file system path representation of the object.",
        NativeCall::Full(fspath),
    ),
    NativeDef::new(
        "getegid",
        "($module, /)",
        "Return the current process's effective group id.",
        NativeCall::NoArgs(|_, _| id(rustix::process::getegid().as_raw())),
    ),
    NativeDef::new(
        "geteuid",
        "($module, /)",
        "Return the current process's effective user id.",
        NativeCall::NoArgs(|_, _| id(rustix::process::geteuid().as_raw())),
    ),
    NativeDef::new(
        "getgid",
        "($module, /)",
        "Return the current process's group id.",
        NativeCall::NoArgs(|_, _| id(rustix::process::getgid().as_raw())),
    ),
    NativeDef::new(
        "getgroups",
        "($module, /)",
        "Return list of supplemental group IDs for the process.",
        NativeCall::NoArgs(getgroups),
    ),
    NativeDef::new(
        "getpgrp",
        "($module, /)",
        "Return the current process group id.",
        NativeCall::NoArgs(|_, _| id(pid_of(Some(rustix::process::getpgrp())))),
    ),
    NativeDef::new(
        "getpid",
        "($module, /)",
        "Return the current process id.",
        NativeCall::NoArgs(|_, _| id(pid_of(Some(rustix::process::getpid())))),
    ),
    NativeDef::new(
        "getppid",
        "($module, /)",
        "Return the parent's process id.",
        NativeCall::NoArgs(|_, _| id(pid_of(rustix::process::getppid()))),
    ),
    NativeDef::new(
        "getuid",
        "($module, /)",
        "Return the current process's user id.",
        NativeCall::NoArgs(|_, _| id(rustix::process::getuid().as_raw())),
    ),
    NativeDef::new(
        "kill",
        "($module, pid, signal, /)",
        "Kill a process with a signal.",
        NativeCall::Positional(2, 2, kill),
    ),
    NativeDef::new(
        "putenv",
        "($module, name, value, /)",
        "Change or add an environment variable.",
        NativeCall::Positional(2, 2, putenv),
    ),
    NativeDef::new(
        "sched_getaffinity",
        "($module, pid, /)",
        "Return the affinity of the process identified by pid (or the current process if zero).",
        NativeCall::One(sched_getaffinity),
    ),
    NativeDef::new(
        "sched_yield",
        "($module, /)",
        "Voluntarily relinquish the CPU.",
        NativeCall::NoArgs(|vm, _| {
            vm.allow_threads(std::thread::yield_now);
            Ok(vm.none())
        }),
    ),
    NativeDef::new(
        "strerror",
        "($module, code, /)",
        "Translate an error code to a message string.",
        NativeCall::One(strerror),
    ),
    NativeDef::new(
        "times",
        "($module, /)",
        "Return a collection containing process timing information.",
        NativeCall::NoArgs(times),
    ),
    NativeDef::new(
        "umask",
        "($module, mask, /)",
        "Set the current numeric umask and return the previous umask.",
        NativeCall::One(umask),
    ),
    NativeDef::new(
        "uname",
        "($module, /)",
        "Return an object identifying the current operating system.",
        NativeCall::NoArgs(uname),
    ),
    NativeDef::new(
        "unsetenv",
        "($module, name, /)",
        "Delete an environment variable.",
        NativeCall::One(unsetenv),
    ),
    NativeDef::new(
        "urandom",
        "($module, size, /)",
        "Return a bytes object containing random bytes suitable for cryptographic use.",
        NativeCall::One(urandom),
    ),
    NativeDef::new(
        "waitstatus_to_exitcode",
        "($module, /, status)",
        "Convert a wait status to an exit code.",
        NativeCall::One(waitstatus_to_exitcode),
    ),
];

pub(super) fn types() -> [&'static StructSeq; 2] {
    [&UNAME_RESULT, &TIMES_RESULT]
}
