//! Who the process is: users, groups, sessions.

use std::ffi::CString;

use lasti_system::users::{self, Identity};
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::paths::from_system;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Vm};
use rustix::io::Errno;
use rustix::process::{self as system, Pid};

use super::path::error;

/// A user's or group's number; -1 is one that means "no change".
pub(super) fn id(vm: &Vm, what: &str, given: &Obj) -> PyResult<u32> {
    if given.as_int().is_none() && given.ty().slots.nb_index.get().is_none() {
        return Err(vm.type_error(format!("{what} should be integer, not {}", given.ty().name())));
    }
    match vm.index(given)?.as_i64() {
        Some(-1) => Ok(u32::MAX),
        Some(number) if number < 0 => Err(vm.overflow_error(format!("{what} is less than minimum"))),
        Some(number) => {
            u32::try_from(number).map_err(|_| vm.overflow_error(format!("{what} is greater than maximum")))
        }
        None => Err(vm.overflow_error(format!("{what} is greater than maximum"))),
    }
}

fn set(vm: &Vm, identity: Identity) -> PyResult {
    users::set_identity(identity).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

macro_rules! setters {
    ($($name:ident $kind:ident $what:literal $count:literal [$($index:literal),*];)*) => {
        $(fn $name(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
            set(vm, Identity::$kind($(id(vm, $what, &args[$index])?),*))
        })*

        static SETTERS: &[NativeDef] = &[$(NativeDef::new(
            stringify!($name),
            "",
            concat!("Call the system call ", stringify!($name), "()."),
            NativeCall::Positional($count, $count, $name),
        )),*];
    };
}

setters! {
    setegid Egid "gid" 1 [0];
    seteuid Euid "uid" 1 [0];
    setgid Gid "gid" 1 [0];
    setregid Regid "gid" 2 [0, 1];
    setresgid Resgid "gid" 3 [0, 1, 2];
    setresuid Resuid "uid" 3 [0, 1, 2];
    setreuid Reuid "uid" 2 [0, 1];
    setuid Uid "uid" 1 [0];
}

/// The functions of this file.
pub(super) fn tables() -> [&'static [NativeDef]; 2] {
    [SETTERS, FUNCTIONS]
}

fn triple(vm: &Vm, groups: bool) -> PyResult {
    let (real, effective, saved) = users::identities(groups).map_err(|errno| error(vm, errno))?;
    Ok(Tuple::new([real, effective, saved].map(|id| Int::new(id.into())).to_vec()).into_obj())
}

fn setgroups(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let groups: PyResult<Vec<u32>> = vm.collect(given)?.iter().map(|group| id(vm, "gid", group)).collect();
    users::set_groups(&groups?).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn user_name(vm: &Vm, given: &Obj) -> PyResult<CString> {
    let name = vm.encode_name(vm.str_argument("", "1", given)?)?;
    CString::new(name).map_err(|_| vm.value_error("embedded null byte"))
}

fn initgroups(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    users::init_groups(&user_name(vm, &args[0])?, id(vm, "gid", &args[1])?)
        .map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn getgrouplist(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let groups = users::groups_of(&user_name(vm, &args[0])?, id(vm, "gid", &args[1])?)
        .map_err(|errno| error(vm, errno))?;
    Ok(List::new(groups.iter().map(|group| Int::new((*group).into())).collect()).into_obj())
}

fn getlogin(vm: &Vm, _: &Obj) -> PyResult {
    let name = users::login().map_err(|errno| error(vm, errno))?;
    Ok(from_system(name.to_bytes()).into_obj())
}

fn shown(pid: Pid) -> Obj {
    Int::new(pid.as_raw_nonzero().get().into())
}

/// A process's number; 0 is the calling one.
fn process(vm: &Vm, given: &Obj) -> PyResult<Option<Pid>> {
    let number = vm.c_int_argument(given)?;
    if number < 0 { Err(error(vm, Errno::SRCH)) } else { Ok(Pid::from_raw(number)) }
}

static GETPGID: Signature<1> = Signature::new("getpgid", ["pid"], 1);

fn getpgid(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(pid)] = args.bind(vm, &GETPGID)? else { return Ok(vm.none()) };
    system::getpgid(process(vm, pid)?).map(shown).map_err(|errno| error(vm, errno))
}

fn getsid(vm: &Vm, _: &Obj, pid: &Obj) -> PyResult {
    system::getsid(process(vm, pid)?).map(shown).map_err(|errno| error(vm, errno))
}

fn setpgid(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (pid, group) = (process(vm, &args[0])?, vm.c_int_argument(&args[1])?);
    if group < 0 {
        return Err(error(vm, Errno::INVAL));
    }
    system::setpgid(pid, Pid::from_raw(group)).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn setpgrp(vm: &Vm, _: &Obj) -> PyResult {
    system::setpgid(None, None).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn setsid(vm: &Vm, _: &Obj) -> PyResult {
    system::setsid().map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn killpg(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (group, signal) = (vm.c_int_argument(&args[0])?, vm.c_int_argument(&args[1])?);
    let target = match group {
        0 => Some(0),
        1.. => group.checked_neg(),
        _ => None,
    };
    let Some(target) = target.filter(|target| *target != -1) else { return Err(error(vm, Errno::INVAL)) };
    lasti_system::signal::send(target, signal).map_err(|errno| error(vm, errno))?;
    vm.check_signals()?;
    Ok(vm.none())
}

fn terminal_group(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = vm.c_int_argument(fd)?;
    let group = crate::fds::with(fd, |fd| rustix::termios::tcgetpgrp(fd));
    group.map(shown).map_err(|errno| error(vm, errno))
}

fn set_terminal_group(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (fd, group) = (vm.c_int_argument(&args[0])?, vm.c_int_argument(&args[1])?);
    let Some(group) = Pid::from_raw(group).filter(|_| group > 0) else {
        return Err(error(vm, Errno::INVAL));
    };
    crate::fds::with(fd, |fd| rustix::termios::tcsetpgrp(fd, group)).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn ctermid(_: &Vm, _: &Obj) -> PyResult {
    Ok(Str::new("/dev/tty").into_obj())
}

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "ctermid",
        "($module, /)",
        "Return the name of the controlling terminal for this process.",
        NativeCall::NoArgs(ctermid),
    ),
    NativeDef::new(
        "getgrouplist",
        "($module, user, group, /)",
        "Returns a list of groups to which a user belongs.",
        NativeCall::Positional(2, 2, getgrouplist),
    ),
    NativeDef::new("getlogin", "($module, /)", "Return the actual login name.", NativeCall::NoArgs(getlogin)),
    NativeDef::new(
        "getpgid",
        "($module, /, pid)",
        "Call the system call getpgid(), and return the result.",
        NativeCall::Full(getpgid),
    ),
    NativeDef::new(
        "getresgid",
        "($module, /)",
        "Return a tuple of the current process's real, effective, and saved group ids.",
        NativeCall::NoArgs(|vm, _| triple(vm, true)),
    ),
    NativeDef::new(
        "getresuid",
        "($module, /)",
        "Return a tuple of the current process's real, effective, and saved user ids.",
        NativeCall::NoArgs(|vm, _| triple(vm, false)),
    ),
    NativeDef::new(
        "getsid",
        "($module, pid, /)",
        "Call the system call getsid(pid) and return the result.",
        NativeCall::One(getsid),
    ),
    NativeDef::new(
        "initgroups",
        "($module, username, gid, /)",
        "Initialize the group access list.",
        NativeCall::Positional(2, 2, initgroups),
    ),
    NativeDef::new(
        "killpg",
        "($module, pgid, signal, /)",
        "Kill a process group with a signal.",
        NativeCall::Positional(2, 2, killpg),
    ),
    NativeDef::new(
        "setgroups",
        "($module, groups, /)",
        "Set the groups of the current process to list.",
        NativeCall::One(setgroups),
    ),
    NativeDef::new(
        "setpgid",
        "($module, pid, pgrp, /)",
        "Call the system call setpgid(pid, pgrp).",
        NativeCall::Positional(2, 2, setpgid),
    ),
    NativeDef::new(
        "setpgrp",
        "($module, /)",
        "Make the current process the leader of its process group.",
        NativeCall::NoArgs(setpgrp),
    ),
    NativeDef::new("setsid", "($module, /)", "Call the system call setsid().", NativeCall::NoArgs(setsid)),
    NativeDef::new(
        "tcgetpgrp",
        "($module, fd, /)",
        "Return the process group associated with the terminal specified by fd.",
        NativeCall::One(terminal_group),
    ),
    NativeDef::new(
        "tcsetpgrp",
        "($module, fd, pgid, /)",
        "Set the process group associated with the terminal specified by fd.",
        NativeCall::Positional(2, 2, set_terminal_group),
    ),
];
