//! `select.poll` objects.

use std::cell::{Cell, RefCell};

use lasti_vm::number::Int;
use lasti_vm::object::{Obj, Payload};
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};
use rustix::event::PollFlags;
use rustix::io::Errno;

use crate::posix::path::error;
use crate::timeout::{Deadline, nanos_of};

/// Descriptors, and what of them is waited for.
#[derive(Default)]
pub(super) struct Poll {
    registered: RefCell<Vec<(i32, u16)>>,
    polling: Cell<bool>,
}

impl Payload for Poll {
    fn class() -> &'static TypeObject {
        &POLL
    }
}

lasti_vm::builtin_type!(/** `select.poll` */ POLL, "poll", Poll);

impl Poll {
    pub(super) fn make() -> Obj {
        Ref::new(Self::default()).into_obj()
    }

    /// Sets what is waited for; whether the descriptor was known.
    fn set(&self, fd: i32, mask: u16) -> bool {
        let mut registered = self.registered.borrow_mut();
        match registered.iter_mut().find(|(known, _)| *known == fd) {
            Some(entry) => {
                entry.1 = mask;
                true
            }
            None => {
                registered.push((fd, mask));
                false
            }
        }
    }
}

fn mask(vm: &Vm, given: Option<&Obj>) -> PyResult<u16> {
    let Some(given) = given else { return Ok((libc::POLLIN | libc::POLLPRI | libc::POLLOUT) as u16) };
    let number = vm.index_i64(given)?;
    if number < 0 {
        return Err(vm.value_error("value must be positive"));
    }
    u16::try_from(number)
        .map_err(|_| vm.overflow_error("Python int too large to convert to C unsigned short"))
}

fn register(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let (fd, mask) = (super::fileno(vm, &args[0])?, mask(vm, args.get(1))?);
    vm.receiver::<Poll>(object)?.set(fd, mask);
    Ok(vm.none())
}

fn modify(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let (fd, mask) = (super::fileno(vm, &args[0])?, mask(vm, args.get(1))?);
    let poll = vm.receiver::<Poll>(object)?;
    if poll.registered.borrow().iter().all(|(known, _)| *known != fd) {
        return Err(error(vm, Errno::NOENT));
    }
    poll.set(fd, mask);
    Ok(vm.none())
}

fn unregister(vm: &Vm, object: &Obj, fd: &Obj) -> PyResult {
    let fd = super::fileno(vm, fd)?;
    let poll = vm.receiver::<Poll>(object)?;
    let place = poll.registered.borrow().iter().position(|(known, _)| *known == fd);
    match place {
        Some(place) => {
            poll.registered.borrow_mut().remove(place);
            Ok(vm.none())
        }
        None => Err(vm.key_error(&Int::new(fd.into()))),
    }
}

fn poll(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let deadline = match args.first().filter(|timeout| !vm.is_none(timeout)) {
        None => Deadline::NEVER,
        Some(timeout) => {
            let is_number = timeout.as_f64().is_some()
                || timeout.as_int().is_some()
                || timeout.ty().slots.nb_index.get().is_some();
            if !is_number {
                return Err(vm.type_error("timeout must be an integer or None"));
            }
            let nanos = nanos_of(vm, timeout, 1_000_000)?;
            if nanos / 1_000_000 > i64::from(i32::MAX) || nanos / 1_000_000 < i64::from(i32::MIN) {
                return Err(vm.overflow_error("timeout is too large"));
            }
            u64::try_from(nanos).map_or(Deadline::NEVER, Deadline::after)
        }
    };
    let poll = vm.receiver::<Poll>(object)?;
    if poll.polling.replace(true) {
        return Err(vm.runtime_error("concurrent poll() invocation"));
    }
    let wanted: Vec<(i32, PollFlags)> =
        poll.registered.borrow().iter().map(|&(fd, mask)| (fd, PollFlags::from_bits_retain(mask))).collect();
    let answers = super::wait(vm, &wanted, deadline);
    poll.polling.set(false);
    let ready = wanted.iter().zip(answers?).filter(|(_, answer)| !answer.is_empty());
    let pairs = ready.map(|(&(fd, _), answer)| {
        Tuple::new(vec![Int::new(fd.into()), Int::new(answer.bits().into())]).into_obj()
    });
    Ok(List::new(pairs.collect()).into_obj())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "modify",
        "($self, fd, eventmask, /)",
        "Modify an already registered file descriptor.",
        NativeCall::Positional(2, 2, modify),
    ),
    NativeDef::new(
        "poll",
        "($self, timeout=None, /)",
        "Polls the set of registered file descriptors.",
        NativeCall::Positional(0, 1, poll),
    ),
    NativeDef::new(
        "register",
        "($self, fd,\n         eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)",
        "Register a file descriptor with the polling object.",
        NativeCall::Positional(1, 2, register),
    ),
    NativeDef::new(
        "unregister",
        "($self, fd, /)",
        "Remove a file descriptor being tracked by the polling object.",
        NativeCall::One(unregister),
    ),
];

pub(super) fn prepare(vm: &Vm) {
    if !POLL.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &POLL)
            .module("select")
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .methods(METHODS)
            .ready();
    }
}
