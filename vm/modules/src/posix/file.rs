//! Descriptors: open, close, read, write, seek, pipe, dup and questions about them.

use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::paths::from_system;
use lasti_vm::sequence::Tuple;
use lasti_vm::structseq::StructSeq;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Vm};
use rustix::fs::{Mode, OFlags, SeekFrom};
use rustix::io::Errno;
use rustix::pipe::PipeFlags;

use super::path::{Path, descriptor, dir_fd, error, flag};
use crate::fds;

/// The most that one call reads or writes, as the system has it.
const MAX_TRANSFER: usize = 0x7fff_f000;

static OPEN: Signature<4> = Signature::new("open", ["path", "flags", "mode", "dir_fd"], 2).keyword_only(3);

fn open(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), Some(flags), mode, dir] = args.bind(vm, &OPEN)? else { return Ok(vm.none()) };
    let path = Path::new(vm, "open", "path", path)?;
    let flags = OFlags::from_bits_retain(vm.c_int_argument(flags)? as u32) | OFlags::CLOEXEC;
    let mode = Mode::from_bits_retain(mode.map_or(Ok(0o777), |mode| vm.c_int_argument(mode))? as u32);
    let dir = dir_fd(vm, dir)?;
    let opened =
        fds::blocking(vm, || fds::with_dir(dir, |dir| rustix::fs::openat(dir, &*path.bytes, flags, mode)))?;
    let fd = opened.map_err(|errno| path.error(vm, errno))?;
    Ok(Int::new(fds::keep(fd).into()))
}

/// Reads at most `length` bytes.
pub(crate) fn read_some(vm: &Vm, fd: i32, length: usize) -> PyResult<Result<Vec<u8>, Errno>> {
    let length = length.min(MAX_TRANSFER);
    let mut buffer = vec![0; length];
    let read = fds::blocking(vm, || fds::with(fd, |fd| rustix::io::read(fd, &mut buffer[..])))?;
    Ok(read.map(|count| {
        buffer.truncate(count);
        buffer
    }))
}

/// Writes some of the bytes and tells how many.
pub(crate) fn write_some(vm: &Vm, fd: i32, bytes: &[u8]) -> PyResult<Result<usize, Errno>> {
    let bytes = &bytes[..bytes.len().min(MAX_TRANSFER)];
    fds::blocking(vm, || fds::with(fd, |fd| rustix::io::write(fd, bytes)))
}

/// Moves the place in the file.
pub(crate) fn seek(vm: &Vm, fd: i32, offset: i64, whence: i32) -> Result<u64, Errno> {
    let place = match whence {
        0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::INVAL)?),
        1 => SeekFrom::Current(offset),
        2 => SeekFrom::End(offset),
        3 => SeekFrom::Data(u64::try_from(offset).map_err(|_| Errno::INVAL)?),
        4 => SeekFrom::Hole(u64::try_from(offset).map_err(|_| Errno::INVAL)?),
        _ => return Err(Errno::INVAL),
    };
    vm.allow_threads(|| fds::with(fd, |fd| rustix::fs::seek(fd, place)))
}

static CLOSE: Signature<1> = Signature::new("close", ["fd"], 1);

fn close(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(fd)] = args.bind(vm, &CLOSE)? else { return Ok(vm.none()) };
    let fd = descriptor(vm, fd)?;
    vm.allow_threads(|| fds::close(fd)).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn read(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let Ok(length) = usize::try_from(vm.index_i64(&args[1])?) else { return Err(error(vm, Errno::INVAL)) };
    let bytes = read_some(vm, fd, length)?.map_err(|errno| error(vm, errno))?;
    Ok(Bytes::new(&bytes).into_obj())
}

fn readinto(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let memory = match vm.try_buffer(&args[1])? {
        Some(memory) if !memory.is_readonly() && memory.layout.is_c_contiguous() => memory,
        _ => {
            return Err(vm.type_error(format!(
                "readinto() argument 2 must be read-write bytes-like object, not {}",
                args[1].ty().name()
            )));
        }
    };
    let bytes = read_some(vm, fd, memory.len())?.map_err(|errno| error(vm, errno))?;
    memory.write(|memory| memory[..bytes.len()].copy_from_slice(&bytes));
    Ok(Int::from_usize(bytes.len()))
}

fn write(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let bytes = vm.bytes_like(&args[1])?;
    Ok(Int::from_usize(write_some(vm, fd, &bytes)?.map_err(|errno| error(vm, errno))?))
}

fn lseek(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let (offset, whence) = (vm.index_i64(&args[1])?, vm.c_int_argument(&args[2])?);
    Ok(Int::from_u64(seek(vm, fd, offset, whence).map_err(|errno| error(vm, errno))?))
}

fn pipe_with(vm: &Vm, flags: PipeFlags) -> PyResult {
    let (reader, writer) = rustix::pipe::pipe_with(flags).map_err(|errno| error(vm, errno))?;
    let ends = [fds::keep(reader), fds::keep(writer)].map(|fd| Int::new(fd.into()));
    Ok(Tuple::from_slice(&ends).into_obj())
}

fn pipe2(vm: &Vm, _: &Obj, flags: &Obj) -> PyResult {
    pipe_with(vm, PipeFlags::from_bits_retain(vm.c_int_argument(flags)? as u32))
}

fn dup(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = vm.c_int_argument(fd)?;
    let copy =
        fds::with(fd, |fd| rustix::io::fcntl_dupfd_cloexec(fd, 0)).map_err(|errno| error(vm, errno))?;
    Ok(Int::new(fds::keep(copy).into()))
}

static DUP2: Signature<3> = Signature::new("dup2", ["fd", "fd2", "inheritable"], 2);

fn dup2(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(from), Some(to), inheritable] = args.bind(vm, &DUP2)? else { return Ok(vm.none()) };
    let (from, number) = (vm.c_int_argument(from)?, vm.c_int_argument(to)?);
    let inheritable = flag(vm, inheritable, true)?;
    if from < 0 || number < 0 {
        return Err(error(vm, Errno::BADF));
    }
    vm.allow_threads(|| lasti_system::fd::dup2(from, number, !inheritable))
        .map_err(|errno| error(vm, errno))?;
    Ok(Int::new(number.into()))
}

fn isatty(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    Ok(vm.bool(is_terminal(vm.c_int_argument(fd)?)))
}

/// Whether the descriptor is a terminal.
pub(crate) fn is_terminal(fd: i32) -> bool {
    fds::with(fd, |fd| Ok(rustix::termios::isatty(fd))).unwrap_or(false)
}

fn fsync(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = descriptor(vm, fd)?;
    vm.allow_threads(|| fds::with(fd, |fd| rustix::fs::fsync(fd))).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn fdatasync(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = descriptor(vm, fd)?;
    vm.allow_threads(|| fds::with(fd, |fd| rustix::fs::fdatasync(fd))).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn ftruncate(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    truncate_to(vm, fd, vm.index_i64(&args[1])?).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

/// Makes the file that long.
pub(crate) fn truncate_to(vm: &Vm, fd: i32, length: i64) -> Result<(), Errno> {
    let length = u64::try_from(length).map_err(|_| Errno::INVAL)?;
    vm.allow_threads(|| fds::with(fd, |fd| rustix::fs::ftruncate(fd, length)))
}

fn truncate(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let path = Path::or_fd(vm, "truncate", &args[0])?;
    let length = vm.index_i64(&args[1])?;
    let done = match path.fd {
        Some(fd) => truncate_to(vm, fd, length),
        None => {
            let length = u64::try_from(length).map_err(|_| path.error(vm, Errno::INVAL))?;
            vm.allow_threads(|| {
                let flags = OFlags::WRONLY | OFlags::CLOEXEC;
                let file = rustix::fs::open(&*path.bytes, flags, Mode::empty())?;
                rustix::fs::ftruncate(file, length)
            })
        }
    };
    done.map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

fn device_encoding(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let terminal = is_terminal(vm.c_int_argument(fd)?);
    Ok(vm.or_none(terminal.then(|| vm.intern("UTF-8").into_obj())))
}

fn get_inheritable(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = vm.c_int_argument(fd)?;
    let flags = fds::with(fd, |fd| rustix::io::fcntl_getfd(fd)).map_err(|errno| error(vm, errno))?;
    Ok(vm.bool(!flags.contains(rustix::io::FdFlags::CLOEXEC)))
}

fn set_inheritable(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (fd, on) = (vm.c_int_argument(&args[0])?, vm.is_true(&args[1])?);
    let flags = if on { rustix::io::FdFlags::empty() } else { rustix::io::FdFlags::CLOEXEC };
    fds::with(fd, |fd| rustix::io::fcntl_setfd(fd, flags)).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn get_blocking(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = vm.c_int_argument(fd)?;
    let flags = fds::with(fd, |fd| rustix::fs::fcntl_getfl(fd)).map_err(|errno| error(vm, errno))?;
    Ok(vm.bool(!flags.contains(OFlags::NONBLOCK)))
}

fn set_blocking(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (fd, on) = (vm.c_int_argument(&args[0])?, vm.is_true(&args[1])?);
    fds::with(fd, |fd| {
        let mut flags = rustix::fs::fcntl_getfl(fd)?;
        flags.set(OFlags::NONBLOCK, !on);
        rustix::fs::fcntl_setfl(fd, flags)
    })
    .map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn ttyname(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = vm.c_int_argument(fd)?;
    let name =
        fds::with(fd, |fd| rustix::termios::ttyname(fd, Vec::new())).map_err(|errno| error(vm, errno))?;
    Ok(from_system(name.as_bytes()).into_obj())
}

pub(super) static TERMINAL_SIZE: StructSeq = StructSeq {
    module: "os",
    name: "terminal_size",
    doc: "A tuple of (columns, lines) for holding terminal window size",
    fields: &[
        ("columns", "width of the terminal window in characters"),
        ("lines", "height of the terminal window in characters"),
    ],
    visible: 2,
    callable: true,
};

fn get_terminal_size(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = args.first().map_or(Ok(1), |fd| vm.c_int_argument(fd))?;
    let size = fds::with(fd, |fd| rustix::termios::tcgetwinsize(fd)).map_err(|errno| error(vm, errno))?;
    TERMINAL_SIZE.make(vm, vec![Int::new(size.ws_col.into()), Int::new(size.ws_row.into())])
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("close", "($module, /, fd)", "Close a file descriptor.", NativeCall::Full(close)),
    NativeDef::new(
        "device_encoding",
        "",
        "Return a string describing the encoding of a terminal's file descriptor.",
        NativeCall::One(device_encoding),
    ),
    NativeDef::new(
        "dup",
        "($module, fd, /)",
        "Return a duplicate of a file descriptor.",
        NativeCall::One(dup),
    ),
    NativeDef::new(
        "dup2",
        "($module, /, fd, fd2, inheritable=True)",
        "Duplicate file descriptor.",
        NativeCall::Full(dup2),
    ),
    NativeDef::new(
        "fdatasync",
        "",
        "Force write of fd to disk without forcing update of metadata.",
        NativeCall::One(fdatasync),
    ),
    NativeDef::new("fsync", "", "Force write of fd to disk.", NativeCall::One(fsync)),
    NativeDef::new(
        "ftruncate",
        "($module, fd, length, /)",
        "Truncate a file, specified by file descriptor, to a specific length.",
        NativeCall::Positional(2, 2, ftruncate),
    ),
    NativeDef::new(
        "get_blocking",
        "($module, fd, /)",
        "Get the blocking mode of the file descriptor.",
        NativeCall::One(get_blocking),
    ),
    NativeDef::new(
        "get_inheritable",
        "($module, fd, /)",
        "Get the close-on-exe flag of the specified file descriptor.",
        NativeCall::One(get_inheritable),
    ),
    NativeDef::new(
        "get_terminal_size",
        "",
        "Return the size of the terminal window as (columns, lines).",
        NativeCall::Positional(0, 1, get_terminal_size),
    ),
    NativeDef::new(
        "isatty",
        "($module, fd, /)",
        "Return True if the fd is connected to a terminal.",
        NativeCall::One(isatty),
    ),
    NativeDef::new(
        "lseek",
        "($module, fd, position, whence, /)",
        "Set the position of a file descriptor.  Return the new position.",
        NativeCall::Positional(3, 3, lseek),
    ),
    NativeDef::new(
        "open",
        "($module, /, path, flags, mode=511, *, dir_fd=None)",
        "Open a file for low level IO.  Returns a file descriptor (integer).",
        NativeCall::Full(open),
    ),
    NativeDef::new(
        "pipe",
        "($module, /)",
        "Create a pipe.",
        NativeCall::NoArgs(|vm, _| pipe_with(vm, PipeFlags::CLOEXEC)),
    ),
    NativeDef::new(
        "pipe2",
        "($module, flags, /)",
        "Create a pipe with flags set atomically.",
        NativeCall::One(pipe2),
    ),
    NativeDef::new(
        "read",
        "($module, fd, length, /)",
        "Read from a file descriptor.  Returns a bytes object.",
        NativeCall::Positional(2, 2, read),
    ),
    NativeDef::new(
        "readinto",
        "($module, fd, buffer, /)",
        "Read into a buffer object from a file descriptor.",
        NativeCall::Positional(2, 2, readinto),
    ),
    NativeDef::new(
        "set_blocking",
        "($module, fd, blocking, /)",
        "Set the blocking mode of the specified file descriptor.",
        NativeCall::Positional(2, 2, set_blocking),
    ),
    NativeDef::new(
        "set_inheritable",
        "($module, fd, inheritable, /)",
        "Set the inheritable flag of the specified file descriptor.",
        NativeCall::Positional(2, 2, set_inheritable),
    ),
    NativeDef::new(
        "truncate",
        "",
        "Truncate a file, specified by path, to a specific length.",
        NativeCall::Positional(2, 2, truncate),
    ),
    NativeDef::new(
        "ttyname",
        "($module, fd, /)",
        "Return the name of the terminal device connected to 'fd'.",
        NativeCall::One(ttyname),
    ),
    NativeDef::new(
        "write",
        "($module, fd, data, /)",
        "Write a bytes object to a file descriptor.",
        NativeCall::Positional(2, 2, write),
    ),
];
