//! `pwd`: the user database. CPython: Modules/pwdmodule.c.

use std::ffi::CString;

use lasti_system::users::{self, User};
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::paths::from_system;
use lasti_vm::sequence::List;
use lasti_vm::structseq::StructSeq;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

use crate::posix::path::error;

static STRUCT_PASSWD: StructSeq = StructSeq {
    module: "pwd",
    name: "struct_passwd",
    doc: "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple.",
    fields: &[
        ("pw_name", "user name"),
        ("pw_passwd", "password"),
        ("pw_uid", "user id"),
        ("pw_gid", "group id"),
        ("pw_gecos", "real name"),
        ("pw_dir", "home directory"),
        ("pw_shell", "shell program"),
    ],
    visible: 7,
    callable: true,
};

fn shown(vm: &Vm, user: &User) -> PyResult {
    let text = |bytes: &[u8]| from_system(bytes).into_obj();
    let values = vec![
        text(&user.name),
        text(&user.password),
        Int::new(user.uid.into()),
        Int::new(user.gid.into()),
        text(&user.gecos),
        text(&user.home),
        text(&user.shell),
    ];
    STRUCT_PASSWD.make(vm, values)
}

fn getpwnam(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let name = vm.encode_name(vm.str_argument("getpwnam", "", given)?)?;
    let Ok(name) = CString::new(name) else { return Err(vm.value_error("embedded null byte")) };
    match vm.allow_threads(|| users::user_by_name(&name)).map_err(|errno| error(vm, errno))? {
        Some(user) => shown(vm, &user),
        None => {
            let shown = vm.repr_text(given)?;
            Err(vm.error(&lasti_vm::builtins::KEY_ERROR, &format!("getpwnam(): name not found: {shown}")))
        }
    }
}

fn getpwuid(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let number = vm.index(given)?;
    let uid = number.as_i64().and_then(|uid| u32::try_from(uid).ok());
    let found = match uid {
        Some(uid) => vm.allow_threads(|| users::user_by_id(uid)).map_err(|errno| error(vm, errno))?,
        None => None,
    };
    match found {
        Some(user) => shown(vm, &user),
        None => {
            let shown = vm.str_text(&number)?;
            Err(vm.error(&lasti_vm::builtins::KEY_ERROR, &format!("getpwuid(): uid not found: {shown}")))
        }
    }
}

fn getpwall(vm: &Vm, _: &Obj) -> PyResult {
    let all = users::users();
    let shown: PyResult<Vec<Obj>> = all.iter().map(|user| shown(vm, user)).collect();
    Ok(List::new(shown?).into_obj())
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add(vm, STRUCT_PASSWD.name, STRUCT_PASSWD.ty(vm).to_obj())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "pwd",
    doc: "This module provides access to the Unix password database.\nIt is available on all Unix versions.\n\nPassword database entries are reported as 7-tuples containing the following\nitems from the password database (see `<pwd.h>'), in order:\npw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell.\nThe uid and gid items are integers, all others are strings. An\nexception is raised if the entry asked for cannot be found.",
    functions: &[
        NativeDef::new(
            "getpwall",
            "($module, /)",
            "Return a list of all available password database entries, in arbitrary order.\n\nSee help(pwd) for more on password database entries.",
            NativeCall::NoArgs(getpwall),
        ),
        NativeDef::new(
            "getpwnam",
            "($module, name, /)",
            "Return the password database entry for the given user name.\n\nSee `help(pwd)` for more on password database entries.",
            NativeCall::One(getpwnam),
        ),
        NativeDef::new(
            "getpwuid",
            "($module, uidobj, /)",
            "Return the password database entry for the given numeric user ID.\n\nSee `help(pwd)` for more on password database entries.",
            NativeCall::One(getpwuid),
        ),
    ],
    fill,
};
