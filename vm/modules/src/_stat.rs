//! `_stat`: the constants and tests of file modes. CPython: Modules/_stat.c.

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

static CONSTANTS: &[(&str, i64)] = &[
    ("SF_APPEND", 0o1_000_000),
    ("SF_ARCHIVED", 0o200_000),
    ("SF_DATALESS", 0o10_000_000_000),
    ("SF_FIRMLINK", 0o40_000_000),
    ("SF_IMMUTABLE", 0o400_000),
    ("SF_NOUNLINK", 0o4_000_000),
    ("SF_SETTABLE", 0o37_777_600_000),
    ("SF_SNAPSHOT", 0o10_000_000),
    ("ST_ATIME", 7),
    ("ST_CTIME", 9),
    ("ST_DEV", 2),
    ("ST_GID", 5),
    ("ST_INO", 1),
    ("ST_MODE", 0),
    ("ST_MTIME", 8),
    ("ST_NLINK", 3),
    ("ST_SIZE", 6),
    ("ST_UID", 4),
    ("S_ENFMT", 0o2000),
    ("S_IEXEC", 0o100),
    ("S_IFBLK", 0o60_000),
    ("S_IFCHR", 0o20_000),
    ("S_IFDIR", 0o40_000),
    ("S_IFDOOR", 0),
    ("S_IFIFO", 0o10_000),
    ("S_IFLNK", 0o120_000),
    ("S_IFPORT", 0),
    ("S_IFREG", 0o100_000),
    ("S_IFSOCK", 0o140_000),
    ("S_IFWHT", 0),
    ("S_IREAD", 0o400),
    ("S_IRGRP", 0o40),
    ("S_IROTH", 4),
    ("S_IRUSR", 0o400),
    ("S_IRWXG", 0o70),
    ("S_IRWXO", 7),
    ("S_IRWXU", 0o700),
    ("S_ISGID", 0o2000),
    ("S_ISUID", 0o4000),
    ("S_ISVTX", 0o1000),
    ("S_IWGRP", 0o20),
    ("S_IWOTH", 2),
    ("S_IWRITE", 0o200),
    ("S_IWUSR", 0o200),
    ("S_IXGRP", 8),
    ("S_IXOTH", 1),
    ("S_IXUSR", 0o100),
    ("UF_APPEND", 4),
    ("UF_COMPRESSED", 0o40),
    ("UF_DATAVAULT", 0o200),
    ("UF_HIDDEN", 0o100_000),
    ("UF_IMMUTABLE", 2),
    ("UF_NODUMP", 1),
    ("UF_NOUNLINK", 0o20),
    ("UF_OPAQUE", 8),
    ("UF_SETTABLE", 0o177_777),
    ("UF_TRACKED", 0o100),
];

const FORMAT: u32 = 0o170_000;

fn mode(vm: &Vm, object: &Obj) -> PyResult<u32> {
    match object.as_int() {
        Some(_) => u32::try_from(vm.index_i64(object)?).map_err(|_| vm.overflow_error("mode out of range")),
        None => Err(vm.type_error("an integer is required")),
    }
}

fn is<const KIND: u32>(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(vm.bool(mode(vm, object)? & FORMAT == KIND))
}

/// Kinds of files that this system does not have.
fn never(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    mode(vm, object)?;
    Ok(vm.bool(false))
}

fn permissions(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(Int::new((mode(vm, object)? & 0o7777).into()))
}

fn format(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(Int::new((mode(vm, object)? & FORMAT).into()))
}

fn filemode(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    let mode = mode(vm, object)?;
    let mut text = String::with_capacity(10);
    text.push(match mode & FORMAT {
        0o100_000 => '-',
        0o040_000 => 'd',
        0o120_000 => 'l',
        0o060_000 => 'b',
        0o020_000 => 'c',
        0o010_000 => 'p',
        0o140_000 => 's',
        _ => '?',
    });
    for (shift, special, letters) in
        [(6, 0o4000, ('s', 'S')), (3, 0o2000, ('s', 'S')), (0, 0o1000, ('t', 'T'))]
    {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => letters.0,
            (false, true) => letters.1,
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    Ok(Str::new(&text).into_obj())
}

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "S_ISDIR",
        "($self, object, /)",
        "S_ISDIR(mode) -> bool\n\nReturn True if mode is from a directory.",
        NativeCall::One(is::<0o040_000>),
    ),
    NativeDef::new(
        "S_ISCHR",
        "($self, object, /)",
        "S_ISCHR(mode) -> bool\n\nReturn True if mode is from a character special device file.",
        NativeCall::One(is::<0o020_000>),
    ),
    NativeDef::new(
        "S_ISBLK",
        "($self, object, /)",
        "S_ISBLK(mode) -> bool\n\nReturn True if mode is from a block special device file.",
        NativeCall::One(is::<0o060_000>),
    ),
    NativeDef::new(
        "S_ISREG",
        "($self, object, /)",
        "S_ISREG(mode) -> bool\n\nReturn True if mode is from a regular file.",
        NativeCall::One(is::<0o100_000>),
    ),
    NativeDef::new(
        "S_ISFIFO",
        "($self, object, /)",
        "S_ISFIFO(mode) -> bool\n\nReturn True if mode is from a FIFO (named pipe).",
        NativeCall::One(is::<0o010_000>),
    ),
    NativeDef::new(
        "S_ISLNK",
        "($self, object, /)",
        "S_ISLNK(mode) -> bool\n\nReturn True if mode is from a symbolic link.",
        NativeCall::One(is::<0o120_000>),
    ),
    NativeDef::new(
        "S_ISSOCK",
        "($self, object, /)",
        "S_ISSOCK(mode) -> bool\n\nReturn True if mode is from a socket.",
        NativeCall::One(is::<0o140_000>),
    ),
    NativeDef::new(
        "S_ISDOOR",
        "($self, object, /)",
        "S_ISDOOR(mode) -> bool\n\nReturn True if mode is from a door.",
        NativeCall::One(never),
    ),
    NativeDef::new(
        "S_ISPORT",
        "($self, object, /)",
        "S_ISPORT(mode) -> bool\n\nReturn True if mode is from an event port.",
        NativeCall::One(never),
    ),
    NativeDef::new(
        "S_ISWHT",
        "($self, object, /)",
        "S_ISWHT(mode) -> bool\n\nReturn True if mode is from a whiteout.",
        NativeCall::One(never),
    ),
    NativeDef::new(
        "S_IMODE",
        "($self, object, /)",
        "Return the portion of the file's mode that can be set by os.chmod().",
        NativeCall::One(permissions),
    ),
    NativeDef::new(
        "S_IFMT",
        "($self, object, /)",
        "Return the portion of the file's mode that describes the file type.",
        NativeCall::One(format),
    ),
    NativeDef::new(
        "filemode",
        "($self, object, /)",
        "Convert a file's mode to a string of the form '-rwxrwxrwx'",
        NativeCall::One(filemode),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        module.add(vm, name, Int::new(value))?;
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_stat",
    doc: "Constants and tests of the modes of files, as stat gives them.",
    functions: FUNCTIONS,
    fill,
};
