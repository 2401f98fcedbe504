//! `fcntl`: commands for descriptors. CPython: Modules/fcntlmodule.c.

use lasti_system::fd as system;
use lasti_vm::builtins::OS_ERROR;
use lasti_vm::bytes::Bytes;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

use crate::fds;
use crate::posix::path::{descriptor, error};

/// The most bytes that a command gets.
const LIMIT: usize = 1024;

/// The argument of a command.
enum Argument {
    Number(i64),
    /// A copy of the bytes, which comes back as bytes.
    Bytes(Vec<u8>),
}

fn argument(vm: &Vm, function: &str, given: Option<&Obj>) -> PyResult<Argument> {
    let Some(given) = given else { return Ok(Argument::Number(0)) };
    if given.as_int().is_some() || given.ty().slots.nb_index.get().is_some() {
        // A number of 32 or of 64 bits, as the command wants it.
        let number = vm.index_i64(given)?;
        return Ok(Argument::Number(number));
    }
    let bytes = match given.downcast::<Str>() {
        Some(text) => text.as_bytes().to_vec(),
        None => match vm.try_buffer(given)? {
            Some(buffer) => buffer.to_vec(),
            None => {
                return Err(vm.type_error(format!(
                    "{function}() argument 3 must be an integer, a bytes-like object, or a string"
                )));
            }
        },
    };
    if bytes.len() > LIMIT {
        return Err(vm.value_error(format!("{function} argument 3 is too long")));
    }
    Ok(Argument::Bytes(bytes))
}

fn fcntl(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (fd, command) = (descriptor(vm, &args[0])?, vm.c_int_argument(&args[1])?);
    match argument(vm, "fcntl", args.get(2))? {
        Argument::Number(number) => {
            let done = fds::blocking(vm, || system::fcntl(fd, command, number))?;
            Ok(Int::new(done.map_err(|errno| error(vm, errno))?.into()))
        }
        Argument::Bytes(mut bytes) => {
            let done = fds::blocking(vm, || system::fcntl_bytes(fd, command, &mut bytes))?;
            done.map_err(|errno| error(vm, errno))?;
            Ok(Bytes::new(&bytes).into_obj())
        }
    }
}

fn ioctl(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = descriptor(vm, &args[0])?;
    let request = vm.index_i64(&args[1])? as u64;
    let writable = match args.get(2) {
        Some(given) if given.as_int().is_none() => {
            vm.try_buffer(given)?.filter(|buffer| !buffer.is_readonly())
        }
        _ => None,
    };
    let changes = args.get(3).map_or(Ok(true), |changes| vm.is_true(changes))?;
    match argument(vm, "ioctl", args.get(2))? {
        Argument::Number(number) => {
            let done = fds::blocking(vm, || system::ioctl(fd, request, number))?;
            Ok(Int::new(done.map_err(|errno| error(vm, errno))?.into()))
        }
        Argument::Bytes(mut bytes) => {
            let done = fds::blocking(vm, || system::ioctl_bytes(fd, request, &mut bytes))?;
            let result = done.map_err(|errno| error(vm, errno))?;
            match writable.filter(|_| changes) {
                Some(buffer) => {
                    buffer.write(|memory| memory.copy_from_slice(&bytes));
                    Ok(Int::new(result.into()))
                }
                None => Ok(Bytes::new(&bytes).into_obj()),
            }
        }
    }
}

fn flock(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (fd, operation) = (descriptor(vm, &args[0])?, vm.c_int_argument(&args[1])?);
    let done = fds::blocking(vm, || system::flock(fd, operation))?;
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn lockf(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (fd, operation) = (descriptor(vm, &args[0])?, vm.c_int_argument(&args[1])?);
    let number = |index: usize| args.get(index).map_or(Ok(0), |number| vm.index_i64(number));
    let (length, start, whence) = (number(2)?, number(3)?, number(4)? as i32);
    let kind = if operation == libc::LOCK_UN {
        libc::F_UNLCK
    } else if operation & libc::LOCK_SH != 0 {
        libc::F_RDLCK
    } else if operation & libc::LOCK_EX != 0 {
        libc::F_WRLCK
    } else {
        return Err(vm.value_error("unrecognized lockf argument"));
    };
    let waits = operation & libc::LOCK_NB == 0;
    let done = fds::blocking(vm, || system::lock(fd, kind, whence, start, length, waits))?;
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

macro_rules! system {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = system! {
    FD_CLOEXEC F_ADD_SEALS F_DUPFD F_DUPFD_CLOEXEC F_GETFD F_GETFL F_GETLEASE F_GETLK F_GETOWN F_GETPIPE_SZ
    F_GET_SEALS F_NOTIFY F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW F_RDLCK F_SEAL_GROW F_SEAL_SEAL F_SEAL_SHRINK
    F_SEAL_WRITE F_SETFD F_SETFL F_SETLEASE F_SETLK F_SETLKW F_SETOWN F_SETPIPE_SZ F_UNLCK F_WRLCK LOCK_EX
    LOCK_NB LOCK_SH LOCK_UN
};

static OTHER: &[(&str, i64)] = &[
    ("DN_ACCESS", 1),
    ("DN_ATTRIB", 32),
    ("DN_CREATE", 4),
    ("DN_DELETE", 8),
    ("DN_MODIFY", 2),
    ("DN_MULTISHOT", 0x8000_0000),
    ("DN_RENAME", 16),
    ("FASYNC", 8192),
    ("F_EXLCK", 4),
    ("F_GETLK64", 5),
    ("F_GETSIG", 11),
    ("F_SETLK64", 6),
    ("F_SETLKW64", 7),
    ("F_SETSIG", 10),
    ("F_SHLCK", 8),
    ("LOCK_MAND", 32),
    ("LOCK_READ", 64),
    ("LOCK_RW", 192),
    ("LOCK_WRITE", 128),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS.iter().chain(OTHER) {
        module.add(vm, name, Int::new(value))?;
    }
    module.add(vm, "error", OS_ERROR.to_obj())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "fcntl",
    doc: "This module performs file control and I/O control on file\ndescriptors.  It is an interface to the fcntl() and ioctl() Unix\nroutines.  File descriptors can be obtained with the fileno() method of\na file or socket object.",
    functions: &[
        NativeDef::new(
            "fcntl",
            "($module, fd, cmd, arg=0, /)",
            "Perform the operation `cmd` on file descriptor fd.",
            NativeCall::Positional(2, 3, fcntl),
        ),
        NativeDef::new(
            "flock",
            "($module, fd, operation, /)",
            "Perform the lock operation `operation` on file descriptor `fd`.\n\nSee the Unix manual page for flock(2) for details (On some systems, this\nfunction is emulated using fcntl()).",
            NativeCall::Positional(2, 2, flock),
        ),
        NativeDef::new(
            "ioctl",
            "($module, fd, request, arg=0, mutate_flag=True, /)",
            "Perform the operation request on file descriptor fd.",
            NativeCall::Positional(2, 4, ioctl),
        ),
        NativeDef::new(
            "lockf",
            "($module, fd, cmd, len=0, start=0, whence=0, /)",
            "A wrapper around the fcntl() locking calls.",
            NativeCall::Positional(2, 5, lockf),
        ),
    ],
    fill,
};
