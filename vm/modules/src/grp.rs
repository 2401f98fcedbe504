//! `grp`: the group database. CPython: Modules/grpmodule.c.

use std::ffi::CString;

use lasti_system::users::{self, Group};
use lasti_vm::builtins::KEY_ERROR;
use lasti_vm::call::{Args, Signature};
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::paths::from_system;
use lasti_vm::sequence::List;
use lasti_vm::structseq::StructSeq;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

use crate::posix::path::error;

static STRUCT_GROUP: StructSeq = StructSeq {
    module: "grp",
    name: "struct_group",
    doc: "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n",
    fields: &[
        ("gr_name", "group name"),
        ("gr_passwd", "password"),
        ("gr_gid", "group id"),
        ("gr_mem", "group members"),
    ],
    visible: 4,
    callable: true,
};

fn shown(vm: &Vm, group: &Group) -> PyResult {
    let text = |bytes: &[u8]| from_system(bytes).into_obj();
    let members = group.members.iter().map(|member| text(member)).collect();
    let values = vec![
        text(&group.name),
        text(&group.password),
        Int::new(group.gid.into()),
        List::new(members).into_obj(),
    ];
    STRUCT_GROUP.make(vm, values)
}

static BY_NAME: Signature<1> = Signature::new("getgrnam", ["name"], 1);
static BY_ID: Signature<1> = Signature::new("getgrgid", ["id"], 1);

fn getgrnam(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(given)] = args.bind(vm, &BY_NAME)? else { return Ok(vm.none()) };
    let name = vm.encode_name(vm.str_argument("getgrnam", "'name'", given)?)?;
    let Ok(name) = CString::new(name) else { return Err(vm.value_error("embedded null byte")) };
    match vm.allow_threads(|| users::group_by_name(&name)).map_err(|errno| error(vm, errno))? {
        Some(group) => shown(vm, &group),
        None => {
            let shown = vm.repr_text(given)?;
            Err(vm.error(&KEY_ERROR, &format!("getgrnam(): name not found: {shown}")))
        }
    }
}

fn getgrgid(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(given)] = args.bind(vm, &BY_ID)? else { return Ok(vm.none()) };
    let number = vm.index(given)?;
    let found = match number.as_i64().and_then(|gid| u32::try_from(gid).ok()) {
        Some(gid) => vm.allow_threads(|| users::group_by_id(gid)).map_err(|errno| error(vm, errno))?,
        None => None,
    };
    match found {
        Some(group) => shown(vm, &group),
        None => {
            let shown = vm.str_text(&number)?;
            Err(vm.error(&KEY_ERROR, &format!("getgrgid(): gid not found: {shown}")))
        }
    }
}

fn getgrall(vm: &Vm, _: &Obj) -> PyResult {
    let all = users::groups();
    let shown: PyResult<Vec<Obj>> = all.iter().map(|group| shown(vm, group)).collect();
    Ok(List::new(shown?).into_obj())
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add(vm, STRUCT_GROUP.name, STRUCT_GROUP.ty(vm).to_obj())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "grp",
    doc: "Access to the Unix group database.\n\nGroup entries are reported as 4-tuples containing the following fields\nfrom the group database, in order:\n\n  name   - name of the group\n  passwd - group password (encrypted); often empty\n  gid    - numeric ID of the group\n  mem    - list of members\n\nThe gid is an integer, name and password are strings.  (Note that most\nusers are not explicitly listed as members of the groups they are in\naccording to the password database.  Check both databases to get\ncomplete membership information.)",
    functions: &[
        NativeDef::new(
            "getgrall",
            "($module, /)",
            "Return a list of all available group entries, in arbitrary order.\n\nAn entry whose name starts with '+' or '-' represents an instruction\nto use YP/NIS and may not be accessible via getgrnam or getgrgid.",
            NativeCall::NoArgs(getgrall),
        ),
        NativeDef::new(
            "getgrgid",
            "($module, /, id)",
            "Return the group database entry for the given numeric group ID.\n\nIf id is not valid, raise KeyError.",
            NativeCall::Full(getgrgid),
        ),
        NativeDef::new(
            "getgrnam",
            "($module, /, name)",
            "Return the group database entry for the given group name.\n\nIf name is not valid, raise KeyError.",
            NativeCall::Full(getgrnam),
        ),
    ],
    fill,
};
