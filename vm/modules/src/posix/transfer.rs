//! Reading and writing at places, from and to several buffers, and between descriptors.

use std::io::{IoSlice, IoSliceMut};

use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Vm};
use rustix::io::{self as system, Errno};

use super::path::{descriptor, error};
use crate::fds;

/// A place in a file.
fn offset(vm: &Vm, given: &Obj) -> PyResult<u64> {
    u64::try_from(vm.index_i64(given)?).map_err(|_| error(vm, Errno::INVAL))
}

fn count(vm: &Vm, done: Result<usize, Errno>) -> PyResult {
    done.map(Int::from_usize).map_err(|errno| error(vm, errno))
}

fn pread(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let Ok(length) = usize::try_from(vm.index_i64(&args[1])?) else {
        return Err(error(vm, Errno::INVAL));
    };
    let at = offset(vm, &args[2])?;
    let mut room = vec![0; length.min(0x7fff_f000)];
    let read = fds::blocking(vm, || fds::with(fd, |fd| system::pread(fd, &mut room[..], at)))?;
    let read = read.map_err(|errno| error(vm, errno))?;
    Ok(Bytes::new(&room[..read]).into_obj())
}

fn pwrite(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let bytes = vm.bytes_like(&args[1])?;
    let at = offset(vm, &args[2])?;
    count(vm, fds::blocking(vm, || fds::with(fd, |fd| system::pwrite(fd, &bytes, at)))?)
}

fn readinto(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    read_into(vm, std::slice::from_ref(&args[1]), |rooms| match rooms {
        [room] => fds::with(fd, |fd| system::read(fd, &mut **room)),
        _ => Err(Errno::INVAL),
    })
}

/// Reads into objects' memories.
fn read_into(
    vm: &Vm,
    objects: &[Obj],
    mut read: impl FnMut(&mut [IoSliceMut<'_>]) -> Result<usize, Errno>,
) -> PyResult {
    let mut buffers = Vec::new();
    for object in objects {
        let buffer = vm.buffer(object)?;
        if buffer.is_readonly() {
            return Err(vm.type_error(format!(
                "a read-write bytes-like object is required, not '{}'",
                object.ty().name()
            )));
        }
        buffers.push(buffer);
    }
    // Others may look at the memories meanwhile, so what comes is put there afterwards.
    let mut rooms: Vec<Vec<u8>> = buffers.iter().map(|buffer| vec![0; buffer.len()]).collect();
    let done = fds::blocking(vm, || {
        let mut slices: Vec<IoSliceMut<'_>> = rooms.iter_mut().map(|room| IoSliceMut::new(room)).collect();
        read(&mut slices)
    })?;
    let mut left = *done.as_ref().unwrap_or(&0);
    for (buffer, room) in buffers.iter().zip(&rooms) {
        let part = left.min(room.len());
        buffer.write(|memory| memory[..part].copy_from_slice(&room[..part]));
        left -= part;
    }
    count(vm, done)
}

/// The objects of a sequence argument.
fn sequence(vm: &Vm, function: &str, given: &Obj) -> PyResult<Vec<Obj>> {
    if given.ty().slots.getitem.get().is_none() {
        return Err(vm.type_error(format!("{function}() arg 2 must be a sequence")));
    }
    vm.collect(given)
}

fn readv(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let objects = sequence(vm, "readv", &args[1])?;
    read_into(vm, &objects, |rooms| fds::with(fd, |fd| system::readv(fd, rooms)))
}

fn flags(vm: &Vm, given: Option<&Obj>) -> PyResult<system::ReadWriteFlags> {
    let flags = given.map_or(Ok(0), |flags| vm.c_int_argument(flags))?;
    Ok(system::ReadWriteFlags::from_bits_retain(flags as u32))
}

fn preadv(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let objects = sequence(vm, "preadv", &args[1])?;
    let (at, flags) = (offset(vm, &args[2])?, flags(vm, args.get(3))?);
    read_into(vm, &objects, |rooms| fds::with(fd, |fd| system::preadv2(fd, rooms, at, flags)))
}

/// Copies of objects' memories.
fn pieces(vm: &Vm, objects: &[Obj]) -> PyResult<Vec<Vec<u8>>> {
    objects.iter().map(|object| Ok(vm.buffer(object)?.to_vec())).collect()
}

fn writev(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let pieces = pieces(vm, &sequence(vm, "writev", &args[1])?)?;
    let slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
    count(vm, fds::blocking(vm, || fds::with(fd, |fd| system::writev(fd, &slices)))?)
}

fn pwritev(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let pieces = pieces(vm, &sequence(vm, "pwritev", &args[1])?)?;
    let slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
    let (at, flags) = (offset(vm, &args[2])?, flags(vm, args.get(3))?);
    count(vm, fds::blocking(vm, || fds::with(fd, |fd| system::pwritev2(fd, &slices, at, flags)))?)
}

static SENDFILE: Signature<4> = Signature::new("sendfile", ["out_fd", "in_fd", "offset", "count"], 4);

fn sendfile(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(to), Some(from), Some(at), Some(length)] = args.bind(vm, &SENDFILE)? else {
        return Ok(vm.none());
    };
    let (to, from) = (vm.c_int_argument(to)?, vm.c_int_argument(from)?);
    let mut at = if vm.is_none(at) { None } else { Some(offset(vm, at)?) };
    let Ok(length) = usize::try_from(vm.index_i64(length)?) else { return Err(error(vm, Errno::INVAL)) };
    let done = fds::blocking(vm, || {
        fds::with(to, |to| fds::with(from, |from| rustix::fs::sendfile(to, from, at.as_mut(), length)))
    })?;
    count(vm, done)
}

static COPY: Signature<5> =
    Signature::new("copy_file_range", ["src", "dst", "count", "offset_src", "offset_dst"], 3);

fn copy_file_range(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(from), Some(to), Some(length), from_at, to_at] = args.bind(vm, &COPY)? else {
        return Ok(vm.none());
    };
    let (from, to) = (vm.c_int_argument(from)?, vm.c_int_argument(to)?);
    let Ok(length) = usize::try_from(vm.index_i64(length)?) else {
        return Err(vm.value_error("negative value for 'count' not allowed"));
    };
    let place = |given: Option<&Obj>| -> PyResult<Option<u64>> {
        given.filter(|given| !vm.is_none(given)).map(|given| offset(vm, given)).transpose()
    };
    let (mut from_at, mut to_at) = (place(from_at)?, place(to_at)?);
    let done = fds::blocking(vm, || {
        fds::with(from, |from| {
            fds::with(to, |to| {
                rustix::fs::copy_file_range(from, from_at.as_mut(), to, to_at.as_mut(), length)
            })
        })
    })?;
    count(vm, done)
}

fn closerange(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (from, to) = (vm.c_int_argument(&args[0])?.max(0), vm.c_int_argument(&args[1])?);
    // Each by itself: some may be reserved.
    for fd in from..to.min(1 << 20) {
        // What is not open is passed over.
        let _ = fds::close(fd);
    }
    Ok(vm.none())
}

fn lockf(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (fd, command) = (vm.c_int_argument(&args[0])?, vm.c_int_argument(&args[1])?);
    let length = vm.index_i64(&args[2])?;
    let done = fds::blocking(vm, || lasti_system::fd::lock_from_here(fd, command, length))?;
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn posix_fallocate(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.c_int_argument(&args[0])?;
    let (at, length) = (offset(vm, &args[1])?, offset(vm, &args[2])?);
    let none = rustix::fs::FallocateFlags::empty();
    let done = fds::blocking(vm, || fds::with(fd, |fd| rustix::fs::fallocate(fd, none, at, length)))?;
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn posix_fadvise(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    use rustix::fs::Advice;
    let fd = vm.c_int_argument(&args[0])?;
    let (at, length) = (offset(vm, &args[1])?, offset(vm, &args[2])?);
    let advice = match vm.c_int_argument(&args[3])? {
        0 => Advice::Normal,
        1 => Advice::Random,
        2 => Advice::Sequential,
        3 => Advice::WillNeed,
        4 => Advice::DontNeed,
        5 => Advice::NoReuse,
        _ => return Err(error(vm, Errno::INVAL)),
    };
    let length = std::num::NonZeroU64::new(length);
    let done = fds::blocking(vm, || fds::with(fd, |fd| rustix::fs::fadvise(fd, at, length, advice)))?;
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn openpty(vm: &Vm, _: &Obj) -> PyResult {
    let (controller, terminal) = lasti_system::process::open_pty().map_err(|errno| error(vm, errno))?;
    Ok(Tuple::new(vec![Int::new(controller.into()), Int::new(terminal.into())]).into_obj())
}

static MEMFD: Signature<2> = Signature::new("memfd_create", ["name", "flags"], 1);

fn memfd_create(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(name), flags] = args.bind(vm, &MEMFD)? else { return Ok(vm.none()) };
    let name = super::path::Path::new(vm, "memfd_create", "name", name)?.bytes;
    let flags = flags.map_or(Ok(1), |flags| vm.index_i64(flags))? as u32;
    let flags = rustix::fs::MemfdFlags::from_bits_retain(flags);
    let fd = rustix::fs::memfd_create(&*name, flags).map_err(|errno| error(vm, errno))?;
    Ok(Int::new(fds::keep(fd).into()))
}

static EVENTFD: Signature<2> = Signature::new("eventfd", ["initval", "flags"], 1);

fn eventfd(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(first), flags] = args.bind(vm, &EVENTFD)? else { return Ok(vm.none()) };
    let first = vm.index_i64(first)? as u32;
    let flags = flags.map_or(Ok(0x8_0000), |flags| vm.c_int_argument(flags))? as u32;
    let flags = rustix::event::EventfdFlags::from_bits_retain(flags);
    let fd = rustix::event::eventfd(first, flags).map_err(|errno| error(vm, errno))?;
    Ok(Int::new(fds::keep(fd).into()))
}

fn eventfd_read(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = descriptor(vm, fd)?;
    let mut value = [0; 8];
    let done = fds::blocking(vm, || fds::with(fd, |fd| system::read(fd, &mut value[..])))?;
    done.map_err(|errno| error(vm, errno))?;
    Ok(Int::from_u64(u64::from_ne_bytes(value)))
}

fn eventfd_write(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = descriptor(vm, &args[0])?;
    let value = vm.index_i64(&args[1])? as u64;
    let done = fds::blocking(vm, || fds::with(fd, |fd| system::write(fd, &value.to_ne_bytes())))?;
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "closerange",
        "($module, fd_low, fd_high, /)",
        "Closes all file descriptors in [fd_low, fd_high), ignoring errors.",
        NativeCall::Positional(2, 2, closerange),
    ),
    NativeDef::new(
        "copy_file_range",
        "($module, /, src, dst, count, offset_src=None,\n                offset_dst=None)",
        "Copy count bytes from one file descriptor to another.",
        NativeCall::Full(copy_file_range),
    ),
    NativeDef::new(
        "eventfd",
        "($module, /, initval, flags=EFD_CLOEXEC)",
        "Creates and returns an event notification file descriptor.",
        NativeCall::Full(eventfd),
    ),
    NativeDef::new("eventfd_read", "($module, /, fd)", "Read eventfd value", NativeCall::One(eventfd_read)),
    NativeDef::new(
        "eventfd_write",
        "($module, /, fd, value)",
        "Write eventfd value.",
        NativeCall::Positional(2, 2, eventfd_write),
    ),
    NativeDef::new(
        "lockf",
        "($module, fd, command, length, /)",
        "Apply, test or remove a POSIX lock on an open file descriptor.",
        NativeCall::Positional(3, 3, lockf),
    ),
    NativeDef::new(
        "memfd_create",
        "($module, /, name, flags=MFD_CLOEXEC)",
        "",
        NativeCall::Full(memfd_create),
    ),
    NativeDef::new(
        "openpty",
        "($module, /)",
        "Open a pseudo-terminal.\n\nReturn a tuple of (master_fd, slave_fd) containing open file descriptors\nfor both the master and slave ends.",
        NativeCall::NoArgs(openpty),
    ),
    NativeDef::new(
        "posix_fadvise",
        "($module, fd, offset, length, advice, /)",
        "Announce an intention to access data in a specific pattern.",
        NativeCall::Positional(4, 4, posix_fadvise),
    ),
    NativeDef::new(
        "posix_fallocate",
        "($module, fd, offset, length, /)",
        "Ensure a file has allocated at least a particular number of bytes on disk.",
        NativeCall::Positional(3, 3, posix_fallocate),
    ),
    NativeDef::new(
        "pread",
        "($module, fd, length, offset, /)",
        "Read a number of bytes from a file descriptor starting at a particular offset.",
        NativeCall::Positional(3, 3, pread),
    ),
    NativeDef::new(
        "preadv",
        "($module, fd, buffers, offset, flags=0, /)",
        "Reads from a file descriptor into a number of mutable bytes-like objects.",
        NativeCall::Positional(3, 4, preadv),
    ),
    NativeDef::new(
        "pwrite",
        "($module, fd, buffer, offset, /)",
        "Write bytes to a file descriptor starting at a particular offset.",
        NativeCall::Positional(3, 3, pwrite),
    ),
    NativeDef::new(
        "pwritev",
        "($module, fd, buffers, offset, flags=0, /)",
        "Writes the contents of bytes-like objects to a file descriptor at a given offset.",
        NativeCall::Positional(3, 4, pwritev),
    ),
    NativeDef::new(
        "readinto",
        "($module, fd, buffer, /)",
        "Read into a buffer object from a file descriptor.",
        NativeCall::Positional(2, 2, readinto),
    ),
    NativeDef::new(
        "readv",
        "($module, fd, buffers, /)",
        "Read from a file descriptor fd into an iterable of buffers.",
        NativeCall::Positional(2, 2, readv),
    ),
    NativeDef::new(
        "sendfile",
        "($module, /, out_fd, in_fd, offset, count)",
        "Copy count bytes from file descriptor in_fd to file descriptor out_fd.",
        NativeCall::Full(sendfile),
    ),
    NativeDef::new(
        "writev",
        "($module, fd, buffers, /)",
        "Iterate over buffers, and write the contents of each to a file descriptor.",
        NativeCall::Positional(2, 2, writev),
    ),
];
