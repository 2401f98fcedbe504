//! `posix`: what `os` is made of. CPython: Modules/posixmodule.c.
//!
//! - `path`: arguments
//! - `stat`, `directory`, `file`, `transfer`, `owner`: files
//! - `process`, `children`, `spawn`, `identity`, `limits`: processes and the system
//! - `numbers`: constants

pub(crate) mod children;
mod directory;
pub(crate) mod file;
mod identity;
mod limits;
mod numbers;
mod owner;
pub(crate) mod path;
pub(crate) mod process;
mod spawn;
pub(crate) mod stat;
mod transfer;

pub(crate) use process::{environment_strings, variable};

use lasti_vm::builtins::OS_ERROR;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::sequence::List;
use lasti_vm::text::Str;
use lasti_vm::{PyResult, Ref, Vm};

macro_rules! system {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name)),*] };
}

static SYSTEM: &[(&str, i32)] = system! {
    F_OK O_ACCMODE O_APPEND O_ASYNC O_CLOEXEC O_CREAT O_DIRECT O_DIRECTORY O_DSYNC O_EXCL O_LARGEFILE
    O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH O_RDONLY O_RDWR O_RSYNC O_SYNC O_TMPFILE
    O_TRUNC O_WRONLY R_OK WCONTINUED WNOHANG WUNTRACED W_OK X_OK
};

/// Those that the crate of the system's constants does not have.
static OTHER: &[(&str, i64)] = &[
    ("EX_CANTCREAT", 73),
    ("EX_CONFIG", 78),
    ("EX_DATAERR", 65),
    ("EX_IOERR", 74),
    ("EX_NOHOST", 68),
    ("EX_NOINPUT", 66),
    ("EX_NOPERM", 77),
    ("EX_NOUSER", 67),
    ("EX_OK", 0),
    ("EX_OSERR", 71),
    ("EX_OSFILE", 72),
    ("EX_PROTOCOL", 76),
    ("EX_SOFTWARE", 70),
    ("EX_TEMPFAIL", 75),
    ("EX_UNAVAILABLE", 69),
    ("EX_USAGE", 64),
    ("NGROUPS_MAX", 65_536),
    ("O_FSYNC", 1_052_672),
    ("SEEK_DATA", 3),
    ("SEEK_HOLE", 4),
    ("TMP_MAX", 238_328),
];

/// What `os` derives `supports_dir_fd` and its like from: the calls that the functions in here use.
static HAVE: &[&str] = &[
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FDOPENDIR",
    "HAVE_FEXECVE",
    "HAVE_FPATHCONF",
    "HAVE_FSTATAT",
    "HAVE_FSTATVFS",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_LINKAT",
    "HAVE_LCHOWN",
    "HAVE_LSTAT",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_MKNODAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    let tables = [
        stat::FUNCTIONS,
        directory::FUNCTIONS,
        file::FUNCTIONS,
        process::FUNCTIONS,
        children::FUNCTIONS,
        limits::FUNCTIONS,
        owner::FUNCTIONS,
        spawn::FUNCTIONS,
        transfer::FUNCTIONS,
    ];
    for table in tables.into_iter().chain(identity::tables()) {
        Module::add_functions(module, vm, table)?;
    }
    for &(name, value) in SYSTEM {
        module.add(vm, name, Int::new(value.into()))?;
    }
    for &(name, value) in OTHER {
        module.add(vm, name, Int::new(value))?;
    }
    limits::fill(vm, module)?;
    directory::fill(vm, module)?;
    for of in [&stat::STAT_RESULT, &file::TERMINAL_SIZE, &children::WAITID_RESULT, &owner::STATVFS_RESULT]
        .into_iter()
        .chain(process::types())
    {
        module.add(vm, of.name, of.ty(vm).to_obj())?;
    }
    module.add(vm, "error", OS_ERROR.to_obj())?;
    module.add(vm, "environ", process::environ(vm)?.into_obj())?;
    let have = HAVE.iter().map(|name| Str::new(name).into_obj()).collect();
    module.add(vm, "_have_functions", List::new(have).into_obj())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "posix",
    doc: "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls.",
    functions: &[],
    fill,
};
