//! Sending and receiving.

use lasti_system::net;
use lasti_vm::builtins::OS_ERROR;
use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::{PyResult, Vm};

use super::address;
use super::socket::{For, Socket};

/// Flags, which may be left out.
fn flags(vm: &Vm, given: Option<&Obj>) -> PyResult<i32> {
    given.map_or(Ok(0), |given| vm.c_int_argument(given))
}

/// How many bytes are asked for.
fn size(vm: &Vm, function: &str, given: &Obj) -> PyResult<usize> {
    usize::try_from(vm.index_i64(given)?)
        .map_err(|_| vm.value_error(format!("negative buffersize in {function}")))
}

/// Room for so many bytes, as long as there is that much.
#[allow(
    clippy::slow_vector_initialization,
    reason = "memory that there is not must raise, not end the process"
)]
fn room(vm: &Vm, size: usize) -> PyResult<Vec<u8>> {
    let mut room: Vec<u8> = Vec::new();
    match room.try_reserve_exact(size) {
        Ok(()) => {
            room.resize(size, 0);
            Ok(room)
        }
        Err(_) => Err(vm.memory_error("")),
    }
}

pub(super) fn recv(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let mut room = room(vm, size(vm, "recv", &args[0])?)?;
    let flags = flags(vm, args.get(1))?;
    let count = this.call(vm, For::Reading, this.deadline(), |fd| net::receive(fd, &mut room, flags))?;
    Ok(Bytes::new(&room[..count.min(room.len())]).into_obj())
}

pub(super) fn recvfrom(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let mut room = room(vm, size(vm, "recvfrom", &args[0])?)?;
    let flags = flags(vm, args.get(1))?;
    let (count, from) =
        this.call(vm, For::Reading, this.deadline(), |fd| net::receive_from(fd, &mut room, flags))?;
    let data = Bytes::new(&room[..count.min(room.len())]).into_obj();
    Ok(Tuple::new(vec![data, vm.or_none(address::shown(&from))]).into_obj())
}

static RECV_INTO: Signature<3> = Signature::new("recv_into", ["buffer", "nbytes", "flags"], 1);
static RECVFROM_INTO: Signature<3> = Signature::new("recvfrom_into", ["buffer", "nbytes", "flags"], 1);

/// Receives into an object's memory: how much came, and what `receive` says besides.
fn receive_into<R>(
    vm: &Vm,
    object: &Obj,
    function: &str,
    [buffer, count, given]: [Option<&Obj>; 3],
    receive: impl Fn(i32, &mut [u8], i32) -> Result<(usize, R), rustix::io::Errno>,
) -> PyResult<(usize, R)> {
    let this = vm.receiver::<Socket>(object)?;
    let none = vm.none();
    let buffer_object = buffer.unwrap_or(&none);
    let buffer = vm.buffer(buffer_object)?;
    if buffer.is_readonly() {
        return Err(vm.bad_argument(function, "1", "read-write bytes-like object", buffer_object));
    }
    let count = count.map_or(Ok(0), |count| size(vm, function, count))?;
    let count = if count == 0 { buffer.len() } else { count };
    if count > buffer.len() {
        return Err(vm.value_error("buffer too small for requested bytes"));
    }
    let flags = flags(vm, given)?;
    // Others may look at the memory meanwhile, so what comes is put there afterwards.
    let mut room = room(vm, count)?;
    let (came, more) = this.call(vm, For::Reading, this.deadline(), |fd| receive(fd, &mut room, flags))?;
    let came = came.min(count);
    buffer.write(|memory| memory[..came].copy_from_slice(&room[..came]));
    Ok((came, more))
}

pub(super) fn recv_into(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let bound = args.bind(vm, &RECV_INTO)?;
    let receive = |fd, room: &mut [u8], flags| net::receive(fd, room, flags).map(|count| (count, ()));
    Ok(Int::from_usize(receive_into(vm, object, "recv_into", bound, receive)?.0))
}

pub(super) fn recvfrom_into(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let bound = args.bind(vm, &RECVFROM_INTO)?;
    let (count, from) = receive_into(vm, object, "recvfrom_into", bound, net::receive_from)?;
    Ok(Tuple::new(vec![Int::from_usize(count), vm.or_none(address::shown(&from))]).into_obj())
}

pub(super) fn send(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let bytes = vm.buffer(&args[0])?.to_vec();
    let flags = flags(vm, args.get(1))?;
    let count = this.call(vm, For::Writing, this.deadline(), |fd| net::send(fd, &bytes, flags))?;
    Ok(Int::from_usize(count))
}

pub(super) fn sendall(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let bytes = vm.buffer(&args[0])?.to_vec();
    let flags = flags(vm, args.get(1))?;
    // One deadline for all of it.
    let deadline = this.deadline();
    let mut sent = 0;
    while sent < bytes.len() {
        sent += this.call(vm, For::Writing, deadline, |fd| net::send(fd, &bytes[sent..], flags))?;
        vm.check_signals()?;
    }
    Ok(vm.none())
}

pub(super) fn sendto(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let (given, to) = match args {
        [_, to] => (None, to),
        [_, flags, to] => (Some(flags), to),
        _ => {
            return Err(vm.type_error(format!("sendto() takes 2 or 3 arguments ({} given)", args.len())));
        }
    };
    let bytes = vm.buffer(&args[0])?.to_vec();
    let flags = flags(vm, given)?;
    let to = address::parse(vm, "sendto", this.family.get(), to)?;
    let count = this.call(vm, For::Writing, this.deadline(), |fd| net::send_to(fd, &bytes, flags, &to))?;
    Ok(Int::from_usize(count))
}

/// The control data of a message.
fn control(vm: &Vm, given: Option<&Obj>) -> PyResult<Vec<net::Control>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for item in vm.collect(given)? {
        let parts = match item.downcast::<Tuple>() {
            Some(parts) if parts.len() == 3 => parts.items(),
            _ => return Err(vm.type_error("[sendmsg() ancillary data items] must be 3-tuples")),
        };
        let (level, kind) = (vm.c_int_argument(&parts[0])?, vm.c_int_argument(&parts[1])?);
        let bytes = vm.buffer(&parts[2])?.to_vec();
        if net::control_space(bytes.len()).is_none() {
            return Err(vm.error(&OS_ERROR, "ancillary data item too large"));
        }
        found.push((level, kind, bytes));
    }
    Ok(found)
}

pub(super) fn sendmsg(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let mut pieces = Vec::new();
    for piece in vm.collect(&args[0])? {
        pieces.push(vm.buffer(&piece)?.to_vec());
    }
    let control = control(vm, args.get(1))?;
    let flags = flags(vm, args.get(2))?;
    let to = args.get(3).filter(|to| !vm.is_none(to));
    let to = to.map(|to| address::parse(vm, "sendmsg", this.family.get(), to)).transpose()?;
    let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
    let count = this.call(vm, For::Writing, this.deadline(), |fd| {
        net::send_message(fd, &pieces, &control, flags, to.as_ref())
    })?;
    Ok(Int::from_usize(count))
}

/// What came with a message, after its data.
fn received(vm: &Vm, data: Obj, received: &net::Received) -> Obj {
    let control = received.control.iter().map(|(level, kind, bytes)| {
        let parts = vec![Int::new((*level).into()), Int::new((*kind).into()), Bytes::new(bytes).into_obj()];
        Tuple::new(parts).into_obj()
    });
    let parts = vec![
        data,
        List::new(control.collect()).into_obj(),
        Int::new(received.flags.into()),
        vm.or_none(address::shown(&received.address)),
    ];
    Tuple::new(parts).into_obj()
}

fn control_size(vm: &Vm, function: &str, given: Option<&Obj>) -> PyResult<usize> {
    let size = given.map_or(Ok(0), |given| vm.index_i64(given))?;
    match i32::try_from(size).ok().and_then(|size| usize::try_from(size).ok()) {
        Some(size) => Ok(size),
        None => Err(vm.value_error(format!("invalid ancillary data buffer length in {function}"))),
    }
}

pub(super) fn recvmsg(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let Ok(size) = usize::try_from(vm.index_i64(&args[0])?) else {
        return Err(vm.value_error("negative buffer size in recvmsg()"));
    };
    let control = control_size(vm, "recvmsg()", args.get(1))?;
    let flags = flags(vm, args.get(2))?;
    let mut room = room(vm, size)?;
    let came = this.call(vm, For::Reading, this.deadline(), |fd| {
        net::receive_message(fd, &mut [&mut room], control, flags)
    })?;
    Ok(received(vm, Bytes::new(&room[..came.count.min(size)]).into_obj(), &came))
}

pub(super) fn recvmsg_into(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let mut buffers = Vec::new();
    for buffer in vm.collect(&args[0])? {
        let memory = vm.buffer(&buffer)?;
        if memory.is_readonly() {
            return Err(vm.type_error(
                "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers",
            ));
        }
        buffers.push(memory);
    }
    let control = control_size(vm, "recvmsg_into()", args.get(1))?;
    let flags = flags(vm, args.get(2))?;
    let mut rooms: Vec<Vec<u8>> = buffers.iter().map(|buffer| vec![0; buffer.len()]).collect();
    let came = this.call(vm, For::Reading, this.deadline(), |fd| {
        let mut rooms: Vec<&mut [u8]> = rooms.iter_mut().map(Vec::as_mut_slice).collect();
        net::receive_message(fd, &mut rooms, control, flags)
    })?;
    let mut left = came.count;
    for (buffer, room) in buffers.iter().zip(&rooms) {
        let part = left.min(room.len());
        buffer.write(|memory| memory[..part].copy_from_slice(&room[..part]));
        left -= part;
    }
    Ok(received(vm, Int::from_usize(came.count), &came))
}
