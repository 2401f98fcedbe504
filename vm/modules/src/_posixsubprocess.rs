//! `_posixsubprocess`: starting a child as `subprocess` wants it. CPython: Modules/_posixsubprocess.c.

use std::ffi::CString;

use lasti_system::process::{self as system, Child};
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

use crate::posix::children::{fork_with, strings};
use crate::posix::path::{Path, error};

/// What `f` makes of the argument, if it is not None.
fn optional<R>(vm: &Vm, given: &Obj, f: impl FnOnce(&Obj) -> PyResult<R>) -> PyResult<Option<R>> {
    if vm.is_none(given) { Ok(None) } else { f(given).map(Some) }
}

/// The descriptors that the child keeps: an ascending tuple.
fn kept(vm: &Vm, given: &Obj) -> PyResult<Vec<i32>> {
    let Some(tuple) = given.downcast::<Tuple>() else {
        return Err(vm.bad_argument("fork_exec", "4", "tuple", given));
    };
    let mut kept: Vec<i32> = Vec::new();
    for fd in tuple.items() {
        let fd = fd.as_i64().and_then(|fd| i32::try_from(fd).ok()).filter(|fd| *fd >= 0);
        match fd {
            Some(fd) if kept.last().is_none_or(|last| *last < fd) => kept.push(fd),
            _ => return Err(vm.value_error("bad value(s) in fds_to_keep")),
        }
    }
    Ok(kept)
}

/// An id: one that the system can have.
fn id(vm: &Vm, given: &Obj, what: &str) -> PyResult<u32> {
    let id = vm.index_i64(given)?;
    u32::try_from(id).map_err(|_| {
        let bound = if id < 0 { "less than minimum" } else { "greater than maximum" };
        vm.overflow_error(format!("{what} is {bound}"))
    })
}

fn fork_exec(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let int = |index: usize| vm.c_int_argument(&args[index]);
    let truth = |index: usize| vm.is_true(&args[index]);
    let child = Child {
        arguments: strings(vm, "fork_exec", "argument", &args[0])?,
        files: strings(vm, "fork_exec", "executable", &args[1])?,
        close_others: truth(2)?,
        keep: kept(vm, &args[3])?,
        directory: optional(vm, &args[4], |path| {
            let bytes = Path::new(vm, "fork_exec", "cwd", path)?.bytes;
            Ok(CString::new(bytes).unwrap_or_default())
        })?,
        environment: optional(vm, &args[5], |env| strings(vm, "fork_exec", "environment", env))?
            .or_else(|| Some(crate::posix::environment_strings())),
        streams: [int(6)?, int(9)?, int(11)?],
        close: [int(7)?, int(8)?, int(10)?, int(12)?],
        errors: int(13)?,
        restore_signals: truth(14)?,
        new_session: truth(15)?,
        group: Some(int(16)?).filter(|group| *group >= 0),
        gid: optional(vm, &args[17], |gid| id(vm, gid, "gid"))?,
        groups: optional(vm, &args[18], |groups| {
            let invalid = |_| vm.value_error("invalid group id");
            vm.collect(groups)?.iter().map(|gid| id(vm, gid, "gid").map_err(invalid)).collect()
        })?,
        uid: optional(vm, &args[19], |uid| id(vm, uid, "uid"))?,
        umask: Some(int(20)?).filter(|mask| *mask >= 0).map(|mask| mask as u32),
    };
    if child.close_others && child.errors < 3 {
        return Err(vm.value_error("errpipe_write must be >= 3"));
    }
    let before_exec = &args[21];
    if !vm.is_none(before_exec) && vm.is_finalizing() {
        let error = &lasti_vm::builtins::PYTHON_FINALIZATION_ERROR;
        return Err(vm.error(error, "preexec_fn not supported at interpreter shutdown"));
    }
    let pid = if vm.is_none(before_exec) {
        // The child runs no Python.
        vm.fork(|| system::spawn(&child, system::fork, None).map(system::Fork::Parent))
    } else {
        let mut failure = None;
        let forked = system::spawn(
            &child,
            || match fork_with(vm, "fork_exec", system::fork) {
                Ok(forked) => forked,
                Err(raised) => {
                    failure = Some(raised);
                    Err(rustix::io::Errno::CANCELED)
                }
            },
            Some(&mut || vm.call(before_exec, &[]).map(drop).map_err(drop)),
        );
        if let Some(raised) = failure {
            return Err(raised);
        }
        forked.map(system::Fork::Parent)
    };
    match pid.map_err(|errno| error(vm, errno))? {
        system::Fork::Parent(pid) => Ok(Int::new(pid.into())),
        system::Fork::Child => Ok(Int::new(0)),
    }
}

fn fill(_: &Vm, _: &Ref<Module>) -> PyResult<()> {
    Ok(())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_posixsubprocess",
    doc: "A POSIX helper for the subprocess module.",
    functions: &[NativeDef::new(
        "fork_exec",
        "($module, args, executable_list, close_fds, pass_fds, cwd,\n          env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,\n          errpipe_read, errpipe_write, restore_signals, call_setsid,\n          pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn,\n          /)",
        "Spawn a fresh new child process.",
        NativeCall::Positional(22, 22, fork_exec),
    )],
    fill,
};
