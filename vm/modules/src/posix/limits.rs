//! Limits of the system, load, priorities, and `system`.

use std::ffi::CString;

use lasti_system::process as system;
use lasti_vm::builtins::OS_ERROR;
use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::module::Module;
use lasti_vm::number::{Float, Int};
use lasti_vm::object::Obj;
use lasti_vm::paths::from_system;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};
use rustix::io::Errno;
use rustix::process::Pid;

use super::numbers;
use super::path::{Path, error};

/// A name of a limit, or its number.
fn number(vm: &Vm, names: &[(&str, i64)], given: &Obj) -> PyResult<i32> {
    if let Some(name) = given.downcast::<Str>() {
        let found = names.iter().find(|(known, _)| known.as_bytes() == name.as_bytes());
        return match found {
            Some((_, number)) => Ok(*number as i32),
            None => Err(vm.value_error("unrecognized configuration name")),
        };
    }
    if given.as_int().is_none() && given.ty().slots.nb_index.get().is_none() {
        return Err(vm.type_error("configuration names must be strings or integers"));
    }
    vm.c_int_argument(given)
}

fn sysconf(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let number = number(vm, numbers::SYSCONF, name)?;
    system::system_value(number).map(Int::new).map_err(|errno| error(vm, errno))
}

fn confstr(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let number = number(vm, numbers::CONFSTR, name)?;
    let text = system::system_text(number).map_err(|errno| error(vm, errno))?;
    Ok(vm.or_none(text.map(|text| from_system(&text).into_obj())))
}

static PATHCONF: Signature<2> = Signature::new("pathconf", ["path", "name"], 2);

fn pathconf(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), Some(name)] = args.bind(vm, &PATHCONF)? else { return Ok(vm.none()) };
    let path = Path::or_fd(vm, "pathconf", path)?;
    let number = number(vm, numbers::PATHCONF, name)?;
    let value = match path.fd {
        Some(fd) => system::file_value(fd, number),
        None => match CString::new(path.bytes.clone()) {
            Ok(name) => system::path_value(&name, number),
            Err(_) => Err(Errno::NOENT),
        },
    };
    value.map(Int::new).map_err(|errno| path.error(vm, errno))
}

fn fpathconf(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = super::path::descriptor(vm, &args[0])?;
    let number = number(vm, numbers::PATHCONF, &args[1])?;
    system::file_value(fd, number).map(Int::new).map_err(|errno| error(vm, errno))
}

fn getloadavg(vm: &Vm, _: &Obj) -> PyResult {
    match system::load_averages() {
        Some(loads) => Ok(Tuple::new(loads.map(Float::new).to_vec()).into_obj()),
        None => Err(vm.error(&OS_ERROR, "Load averages are unobtainable")),
    }
}

fn nice(vm: &Vm, _: &Obj, increment: &Obj) -> PyResult {
    let increment = vm.c_int_argument(increment)?;
    let value = rustix::process::nice(increment).map_err(|errno| error(vm, errno))?;
    Ok(Int::new(value.into()))
}

static GETPRIORITY: Signature<2> = Signature::new("getpriority", ["which", "who"], 2);
static SETPRIORITY: Signature<3> = Signature::new("setpriority", ["which", "who", "priority"], 3);

fn getpriority(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(which), Some(who)] = args.bind(vm, &GETPRIORITY)? else { return Ok(vm.none()) };
    let (which, who) = (vm.c_int_argument(which)?, vm.c_int_argument(who)?);
    let value = match which {
        0 => rustix::process::getpriority_process(Pid::from_raw(who)),
        1 => rustix::process::getpriority_pgrp(Pid::from_raw(who)),
        2 => rustix::process::getpriority_user(rustix::process::Uid::from_raw(who as u32)),
        _ => Err(Errno::INVAL),
    };
    value.map(|value| Int::new(value.into())).map_err(|errno| error(vm, errno))
}

fn setpriority(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(which), Some(who), Some(value)] = args.bind(vm, &SETPRIORITY)? else { return Ok(vm.none()) };
    let (which, who, value) = (vm.c_int_argument(which)?, vm.c_int_argument(who)?, vm.c_int_argument(value)?);
    let done = match which {
        0 => rustix::process::setpriority_process(Pid::from_raw(who), value),
        1 => rustix::process::setpriority_pgrp(Pid::from_raw(who), value),
        2 => rustix::process::setpriority_user(rustix::process::Uid::from_raw(who as u32), value),
        _ => Err(Errno::INVAL),
    };
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

static GETRANDOM: Signature<2> = Signature::new("getrandom", ["size", "flags"], 1);

fn getrandom(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(size), flags] = args.bind(vm, &GETRANDOM)? else { return Ok(vm.none()) };
    let Ok(size) = usize::try_from(vm.size_argument(size)?) else { return Err(error(vm, Errno::INVAL)) };
    let flags = flags.map_or(Ok(0), |flags| vm.c_int_argument(flags))? as u32;
    let flags = rustix::rand::GetRandomFlags::from_bits_retain(flags);
    let mut bytes = vec![0; size.min(1 << 25)];
    let count = crate::fds::blocking(vm, || rustix::rand::getrandom(&mut bytes[..], flags))?;
    let count = count.map_err(|errno| error(vm, errno))?;
    Ok(Bytes::new(&bytes[..count]).into_obj())
}

static SYSTEM: Signature<1> = Signature::new("system", ["command"], 1);

fn run_command(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(command)] = args.bind(vm, &SYSTEM)? else { return Ok(vm.none()) };
    let command = Path::new(vm, "system", "command", command)?.bytes;
    let command = CString::new(command).unwrap_or_default();
    let environment = super::process::environment_strings();
    let status = vm.allow_threads(|| system::run_shell(&command, &environment));
    status.map(|status| Int::new(status.into())).map_err(|errno| error(vm, errno))
}

fn sync(vm: &Vm, _: &Obj) -> PyResult {
    vm.allow_threads(rustix::fs::sync);
    Ok(vm.none())
}

fn names(vm: &Vm, table: &[(&str, i64)]) -> PyResult {
    let dict = Dict::new();
    for (name, number) in table {
        dict.set_str(vm, &vm.intern(name), Int::new(*number))?;
    }
    Ok(dict.into_obj())
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for &(name, value) in numbers::CONSTANTS {
        module.add(vm, name, Int::new(value))?;
    }
    module.add(vm, "sysconf_names", names(vm, numbers::SYSCONF)?)?;
    module.add(vm, "confstr_names", names(vm, numbers::CONFSTR)?)?;
    module.add(vm, "pathconf_names", names(vm, numbers::PATHCONF)?)
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "confstr",
        "($module, name, /)",
        "Return a string-valued system configuration variable.",
        NativeCall::One(confstr),
    ),
    NativeDef::new(
        "fpathconf",
        "($module, fd, name, /)",
        "Return the configuration limit name for the file descriptor fd.\n\nIf there is no limit, return -1.",
        NativeCall::Positional(2, 2, fpathconf),
    ),
    NativeDef::new(
        "getloadavg",
        "($module, /)",
        "Return average recent system load information.\n\nReturn the number of processes in the system run queue averaged over\nthe last 1, 5, and 15 minutes as a tuple of three floats.\nRaises OSError if the load average was unobtainable.",
        NativeCall::NoArgs(getloadavg),
    ),
    NativeDef::new(
        "getpriority",
        "($module, /, which, who)",
        "Return program scheduling priority.",
        NativeCall::Full(getpriority),
    ),
    NativeDef::new(
        "getrandom",
        "($module, /, size, flags=0)",
        "Obtain a series of random bytes.",
        NativeCall::Full(getrandom),
    ),
    NativeDef::new(
        "nice",
        "($module, increment, /)",
        "Add increment to the priority of process and return the new priority.",
        NativeCall::One(nice),
    ),
    NativeDef::new(
        "pathconf",
        "($module, /, path, name)",
        "Return the configuration limit name for the file or directory path.\n\nIf there is no limit, return -1.\nOn some platforms, path may also be specified as an open file descriptor.\n  If this functionality is unavailable, using it raises an exception.",
        NativeCall::Full(pathconf),
    ),
    NativeDef::new(
        "setpriority",
        "($module, /, which, who, priority)",
        "Set program scheduling priority.",
        NativeCall::Full(setpriority),
    ),
    NativeDef::new("sync", "($module, /)", "Force write of everything to disk.", NativeCall::NoArgs(sync)),
    NativeDef::new(
        "sysconf",
        "($module, name, /)",
        "Return an integer-valued system configuration variable.",
        NativeCall::One(sysconf),
    ),
    NativeDef::new(
        "system",
        "($module, /, command)",
        "Execute the command in a subshell.",
        NativeCall::Full(run_command),
    ),
];
