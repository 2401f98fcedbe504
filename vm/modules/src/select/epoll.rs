//! `select.epoll` objects.

use std::cell::Cell;
use std::os::fd::BorrowedFd;

use lasti_vm::call::{Args, Signature};
use lasti_vm::module::Module;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, Payload};
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};
use rustix::event::epoll::{self as system, CreateFlags, Event, EventData, EventFlags};
use rustix::io::Errno;

use crate::fds;
use crate::posix::path::error;
use crate::timeout::{Deadline, nanos_of_seconds};

/// An epoll descriptor.
pub(super) struct Epoll {
    /// -1: closed.
    fd: Cell<i32>,
}

impl Payload for Epoll {
    fn class() -> &'static TypeObject {
        &EPOLL
    }
}

impl Drop for Epoll {
    fn drop(&mut self) {
        // Nobody is left to tell of a failure.
        let _ = self.close();
    }
}

lasti_vm::builtin_type!(/** `select.epoll` */ EPOLL, "epoll", Epoll);

impl Epoll {
    fn close(&self) -> Result<(), Errno> {
        match self.fd.replace(-1) {
            -1 => Ok(()),
            fd => fds::close(fd),
        }
    }
}

/// The open epoll descriptor.
fn open(vm: &Vm, object: &Obj) -> PyResult<i32> {
    match vm.receiver::<Epoll>(object)?.fd.get() {
        -1 => Err(vm.value_error("I/O operation on closed epoll object")),
        fd => Ok(fd),
    }
}

static NEW: Signature<2> = Signature::new("epoll", ["sizehint", "flags"], 0);

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [size, flags] = args.bind(vm, &NEW)?;
    let size = size.map_or(Ok(-1), |size| vm.c_int_argument(size))?;
    if size != -1 && size <= 0 {
        return Err(vm.value_error("sizehint must be positive or -1"));
    }
    let flags = flags.map_or(Ok(0), |flags| vm.c_int_argument(flags))?;
    if flags != 0 && flags != libc::EPOLL_CLOEXEC {
        return Err(error(vm, Errno::INVAL));
    }
    let fd = system::create(CreateFlags::CLOEXEC).map_err(|errno| error(vm, errno))?;
    Ok(Ref::new_in(ty, Epoll { fd: Cell::new(fds::keep(fd)) }).into_obj())
}

fn from_fd(vm: &Vm, class: &Obj, fd: &Obj) -> PyResult {
    let fd = vm.c_int_argument(fd)?;
    let Some(ty) = class.downcast::<lasti_vm::types::TypeData>() else { return Ok(vm.none()) };
    Ok(Ref::new_in(ty, Epoll { fd: Cell::new(fd) }).into_obj())
}

fn close(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<Epoll>(object)?.close().map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

/// Calls `f` with the two descriptors.
fn with_both(
    vm: &Vm,
    object: &Obj,
    fd: &Obj,
    f: impl FnOnce(BorrowedFd<'_>, BorrowedFd<'_>, i32) -> Result<(), Errno>,
) -> PyResult {
    let fd = super::fileno(vm, fd)?;
    let own = open(vm, object)?;
    fds::with(own, |own| fds::with(fd, |other| f(own, other, fd))).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn mask(vm: &Vm, given: Option<&Obj>) -> PyResult<EventFlags> {
    let Some(given) = given else { return Ok(EventFlags::IN | EventFlags::PRI | EventFlags::OUT) };
    // CPython takes the lowest 32 bits.
    Ok(EventFlags::from_bits_retain(vm.index_i64(given)? as u32))
}

fn data(fd: i32) -> EventData {
    EventData::new_u64(fd as u64)
}

static REGISTER: Signature<2> = Signature::new("register", ["fd", "eventmask"], 1);
static MODIFY: Signature<2> = Signature::new("modify", ["fd", "eventmask"], 2);
static UNREGISTER: Signature<1> = Signature::new("unregister", ["fd"], 1);

fn register(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [Some(fd), events] = args.bind(vm, &REGISTER)? else { return Ok(vm.none()) };
    let events = mask(vm, events)?;
    with_both(vm, object, fd, |own, other, fd| system::add(own, other, data(fd), events))
}

fn modify(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [Some(fd), events] = args.bind(vm, &MODIFY)? else { return Ok(vm.none()) };
    let events = mask(vm, events)?;
    with_both(vm, object, fd, |own, other, fd| system::modify(own, other, data(fd), events))
}

fn unregister(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [Some(fd)] = args.bind(vm, &UNREGISTER)? else { return Ok(vm.none()) };
    with_both(vm, object, fd, |own, other, _| system::delete(own, other))
}

static POLL: Signature<2> = Signature::new("poll", ["timeout", "maxevents"], 0);
/// How many events one call asks for where the program does not say.
const EVENTS: i32 = 1023;

fn poll(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [timeout, most] = args.bind(vm, &POLL)?;
    let fd = open(vm, object)?;
    let deadline = match timeout.filter(|timeout| !vm.is_none(timeout)) {
        None => Deadline::NEVER,
        Some(timeout) => match u64::try_from(nanos_of_seconds(vm, timeout)?) {
            // The system counts milliseconds: none is too short.
            Ok(nanos) => Deadline::after(nanos.div_ceil(1_000_000).saturating_mul(1_000_000)),
            Err(_) => Deadline::NEVER,
        },
    };
    let most = match most.map_or(Ok(-1), |most| vm.c_int_argument(most))? {
        -1 => EVENTS,
        most @ 1.. => most,
        most => {
            return Err(vm.value_error(format!("maxevents must be greater than 0, got {most}")));
        }
    };
    let mut events: Vec<Event> = Vec::with_capacity(most as usize);
    let done = fds::blocking(vm, || {
        events.clear();
        fds::with(fd, |fd| {
            system::wait(fd, rustix::buffer::spare_capacity(&mut events), deadline.timespec().as_ref())
        })
    })?;
    done.map_err(|errno| error(vm, errno))?;
    let pairs = events.iter().map(|event| {
        let (flags, data) = (event.flags, event.data);
        Tuple::new(vec![Int::new(data.u64() as i32 as i64), Int::new(flags.bits().into())]).into_obj()
    });
    Ok(List::new(pairs.collect()).into_obj())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "__enter__",
        "($self, /)",
        "",
        NativeCall::NoArgs(|vm, object| {
            open(vm, object)?;
            Ok(object.clone())
        }),
    ),
    NativeDef::new(
        "__exit__",
        "($self, exc_type=None, exc_value=None, exc_tb=None, /)",
        "",
        NativeCall::Positional(0, 3, |vm, object, _| close(vm, object)),
    ),
    NativeDef::new(
        "close",
        "($self, /)",
        "Close the epoll control file descriptor.\n\nFurther operations on the epoll object will raise an exception.",
        NativeCall::NoArgs(close),
    ),
    NativeDef::new(
        "fileno",
        "($self, /)",
        "Return the epoll control file descriptor.",
        NativeCall::NoArgs(|vm, object| Ok(Int::new(open(vm, object)?.into()))),
    ),
    NativeDef::new(
        "fromfd",
        "($type, fd, /)",
        "Create an epoll object from a given control fd.",
        NativeCall::One(from_fd),
    )
    .class_method(),
    NativeDef::new(
        "modify",
        "($self, /, fd, eventmask)",
        "Modify event mask for a registered file descriptor.",
        NativeCall::Full(modify),
    ),
    NativeDef::new(
        "poll",
        "($self, /, timeout=None, maxevents=-1)",
        "Wait for events on the epoll file descriptor.",
        NativeCall::Full(poll),
    ),
    NativeDef::new(
        "register",
        "($self, /, fd,\n         eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)",
        "Registers a new fd or raises an OSError if the fd is already registered.",
        NativeCall::Full(register),
    ),
    NativeDef::new(
        "unregister",
        "($self, /, fd)",
        "Remove a registered file descriptor from the epoll object.",
        NativeCall::Full(unregister),
    ),
];

static PROPERTIES: &[Property] =
    &[Property::new("closed", "True if the epoll handler is closed", |vm, object| {
        Ok(vm.bool(vm.receiver::<Epoll>(object)?.fd.get() == -1))
    })];

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !EPOLL.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &EPOLL)
            .module("select")
            .doc("select.epoll(sizehint=-1, flags=0)\n\nReturns an epolling object")
            .slots(|slots| slots.new.set(Some(new)))
            .methods(METHODS)
            .properties(PROPERTIES)
            .ready();
    }
    module.add_type(vm, &EPOLL)
}
