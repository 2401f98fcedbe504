//! `posix_spawn` and `posix_spawnp`. CPython: Modules/posixmodule.c, `py_posix_spawn`.

use std::ffi::CString;

use lasti_system::signal::COUNT;
use lasti_system::spawn::{Attributes, FileAction, posix_spawn};
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Vm};

use super::children::{environment, strings};
use super::path::{Path, flag};

const NAMES: [&str; 10] = [
    "path",
    "argv",
    "env",
    "file_actions",
    "setpgroup",
    "resetids",
    "setsid",
    "setsigmask",
    "setsigdef",
    "scheduler",
];
static SPAWN: Signature<10> = Signature::new("posix_spawn", NAMES, 3).positional_only(3).keyword_only(3);
static SPAWNP: Signature<10> = Signature::new("posix_spawnp", NAMES, 3).positional_only(3).keyword_only(3);

fn actions(vm: &Vm, function: &str, given: &Obj) -> PyResult<Vec<FileAction>> {
    let mut found = Vec::new();
    for action in vm.collect(given)? {
        let Some(parts) =
            action.downcast::<Tuple>().map(|action| action.items()).filter(|parts| !parts.is_empty())
        else {
            return Err(vm.type_error("Each file_actions element must be a non-empty tuple"));
        };
        let int = |index: usize| vm.c_int_argument(&parts[index]);
        let wrong = |shape: &str| {
            vm.type_error(format!("A {shape} file_action tuple must have the right number of elements"))
        };
        found.push(match (vm.c_int_argument(&parts[0])?, parts.len()) {
            (0, 5) => {
                let path = Path::new(vm, function, "path", &parts[2])?.bytes;
                FileAction::Open {
                    fd: int(1)?,
                    path: CString::new(path).unwrap_or_default(),
                    flags: int(3)?,
                    mode: int(4)? as u32,
                }
            }
            (1, 2) => FileAction::Close(int(1)?),
            (2, 3) => FileAction::Dup2(int(1)?, int(2)?),
            (3, 2) => FileAction::CloseFrom(int(1)?),
            (0, _) => return Err(wrong("open")),
            (1, _) => return Err(wrong("close")),
            (2, _) => return Err(wrong("dup2")),
            (3, _) => return Err(wrong("closefrom")),
            _ => return Err(vm.type_error("Unknown file_actions identifier")),
        });
    }
    Ok(found)
}

fn signals(vm: &Vm, given: &Obj) -> PyResult<Vec<i32>> {
    let mut found = Vec::new();
    for signal in vm.collect(given)? {
        let number = vm.index(&signal)?.as_i64().unwrap_or(-1);
        match i32::try_from(number).ok().filter(|number| (1..COUNT as i32).contains(number)) {
            Some(number) => found.push(number),
            None => {
                return Err(vm.value_error(format!("signal number {number} out of range [1; {}]", COUNT - 1)));
            }
        }
    }
    Ok(found)
}

fn scheduler(vm: &Vm, given: &Obj) -> PyResult<(Option<i32>, i32)> {
    let Some([policy, parameter]) = given.downcast::<Tuple>().map(|parts| parts.items()) else {
        return Err(vm.type_error("A scheduler tuple must have two elements"));
    };
    let policy = if vm.is_none(policy) { None } else { Some(vm.c_int_argument(policy)?) };
    let priority = vm.getattr_named(parameter, "sched_priority")?;
    Ok((policy, vm.c_int_argument(&priority)?))
}

fn spawn(vm: &Vm, args: Args<'_>, signature: &'static Signature<10>, search: bool) -> PyResult {
    let function = signature.function;
    let [Some(path), Some(argv), Some(env), rest @ ..] = args.bind(vm, signature)? else {
        return Ok(vm.none());
    };
    let [file_actions, group, reset_ids, new_session, mask, defaults, sched] = rest;
    let path = Path::new(vm, function, "path", path)?;
    if argv.downcast::<Tuple>().is_none() && argv.downcast::<List>().is_none() {
        return Err(vm.type_error(format!("{function}: argv must be a tuple or list")));
    }
    let arguments = strings(vm, function, "argument", argv)?;
    match arguments.first() {
        None => return Err(vm.value_error(format!("{function}: argv must not be empty"))),
        Some(first) if first.is_empty() => {
            return Err(vm.value_error(format!("{function}: argv first element cannot be empty")));
        }
        Some(_) => {}
    }
    let environment =
        if vm.is_none(env) { super::process::environment_strings() } else { environment(vm, function, env)? };
    let actions = match file_actions.filter(|given| !vm.is_none(given)) {
        Some(given) => actions(vm, function, given)?,
        None => Vec::new(),
    };
    let attributes = Attributes {
        group: group.map(|group| vm.c_int_argument(group)).transpose()?,
        reset_ids: flag(vm, reset_ids, false)?,
        new_session: flag(vm, new_session, false)?,
        mask: mask.map(|mask| signals(vm, mask)).transpose()?,
        defaults: defaults.map(|defaults| signals(vm, defaults)).transpose()?,
        scheduler: sched.map(|given| scheduler(vm, given)).transpose()?,
    };
    let file = CString::new(path.bytes.clone()).unwrap_or_default();
    let pid = posix_spawn(&file, &arguments, &environment, &actions, &attributes, search);
    pid.map(|pid| Int::new(pid.into())).map_err(|errno| path.error(vm, errno))
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "posix_spawn",
        "($module, path, argv, env, /, *, file_actions=(),\n            setpgroup=None, resetids=False, setsid=False,\n            setsigmask=(), setsigdef=(), scheduler=None)",
        "Execute the program specified by path in a new process.",
        NativeCall::Full(|vm, _, args| spawn(vm, args, &SPAWN, false)),
    ),
    NativeDef::new(
        "posix_spawnp",
        "($module, path, argv, env, /, *, file_actions=(),\n             setpgroup=None, resetids=False, setsid=False,\n             setsigmask=(), setsigdef=(), scheduler=None)",
        "Execute the program specified by path in a new process.",
        NativeCall::Full(|vm, _, args| spawn(vm, args, &SPAWNP, true)),
    ),
];
