//! `select`: waiting until descriptors are ready. CPython: Modules/selectmodule.c.
//!
//! - `poll`, `epoll`: the objects

mod epoll;
mod poll;

use std::os::fd::BorrowedFd;

use lasti_vm::builtins::OS_ERROR;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

use crate::fds;
use crate::posix::path::{descriptor, error};
use crate::timeout::{Deadline, nanos_of_seconds};

/// The most descriptors that C's `select` can take.
const LIMIT: i32 = 1024;

/// A descriptor argument that must not be negative.
fn fileno(vm: &Vm, given: &Obj) -> PyResult<i32> {
    let fd = descriptor(vm, given)?;
    if fd < 0 {
        return Err(vm.value_error(format!("file descriptor cannot be a negative integer ({fd})")));
    }
    Ok(fd)
}

/// What of a wait for descriptors the system says: flags for each of them, 0 for those that are not ready.
fn wait(vm: &Vm, wanted: &[(i32, PollFlags)], deadline: Deadline) -> PyResult<Vec<PollFlags>> {
    let mut borrowed: Vec<(Option<BorrowedFd<'static>>, PollFlags)> = Vec::with_capacity(wanted.len());
    for &(fd, flags) in wanted {
        borrowed.push((lasti_system::fd::borrow(fd).ok(), flags));
    }
    let mut polled: Vec<PollFd<'_>> = borrowed
        .iter()
        .filter_map(|(fd, flags)| fd.as_ref().map(|fd| PollFd::from_borrowed_fd(*fd, *flags)))
        .collect();
    let all_open = polled.len() == wanted.len();
    let deadline = if all_open { deadline } else { Deadline::after(0) };
    let done = fds::blocking(vm, || rustix::event::poll(&mut polled, deadline.timespec().as_ref()))?;
    done.map_err(|errno| error(vm, errno))?;
    let mut answers = polled.iter();
    Ok(borrowed
        .iter()
        .map(|(fd, _)| match fd {
            Some(_) => answers.next().map_or(PollFlags::empty(), PollFd::revents),
            None => PollFlags::NVAL,
        })
        .collect())
}

/// The objects of one argument, and their descriptors.
fn collect(vm: &Vm, given: &Obj) -> PyResult<Vec<(Obj, i32)>> {
    if given.ty().slots.iter.get().is_none() && given.ty().slots.getitem.get().is_none() {
        return Err(vm.type_error("arguments 1-3 must be sequences"));
    }
    let mut found = Vec::new();
    for object in vm.collect(given)? {
        let fd = fileno(vm, &object)?;
        if fd >= LIMIT {
            return Err(vm.value_error("filedescriptor out of range in select()"));
        }
        if found.len() >= LIMIT as usize {
            return Err(vm.value_error("too many file descriptors in select()"));
        }
        found.push((object, fd));
    }
    Ok(found)
}

fn select(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let deadline = match args.get(3).filter(|timeout| !vm.is_none(timeout)) {
        None => Deadline::NEVER,
        Some(timeout) => {
            if timeout.as_f64().is_none()
                && timeout.as_int().is_none()
                && timeout.ty().slots.nb_index.get().is_none()
            {
                return Err(vm.type_error("timeout must be a float or None"));
            }
            match u64::try_from(nanos_of_seconds(vm, timeout)?) {
                Ok(nanos) => Deadline::after(nanos),
                Err(_) => return Err(vm.value_error("timeout must be non-negative")),
            }
        }
    };
    // What is asked for, and which answers mean that.
    let kinds = [
        (PollFlags::IN, PollFlags::IN | PollFlags::HUP | PollFlags::ERR),
        (PollFlags::OUT, PollFlags::OUT | PollFlags::ERR),
        (PollFlags::PRI, PollFlags::PRI),
    ];
    let mut wanted = Vec::new();
    let mut asked = Vec::new();
    for (given, (flags, _)) in args.iter().zip(kinds) {
        let objects = collect(vm, given)?;
        wanted.extend(objects.iter().map(|(_, fd)| (*fd, flags)));
        asked.push(objects);
    }
    let answers = wait(vm, &wanted, deadline)?;
    if answers.iter().any(|answer| answer.contains(PollFlags::NVAL)) {
        return Err(error(vm, Errno::BADF));
    }
    let mut answers = answers.into_iter();
    let lists = asked.into_iter().zip(kinds).map(|(objects, (_, ready))| {
        let ready = objects
            .into_iter()
            .zip(answers.by_ref())
            .filter(|(_, answer)| answer.intersects(ready))
            .map(|((object, _), _)| object);
        List::new(ready.collect()).into_obj()
    });
    Ok(Tuple::new(lists.collect()).into_obj())
}

macro_rules! system {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = system! {
    EPOLLERR EPOLLET EPOLLEXCLUSIVE EPOLLHUP EPOLLIN EPOLLMSG EPOLLONESHOT EPOLLOUT EPOLLPRI EPOLLRDBAND EPOLLRDHUP
    EPOLLRDNORM EPOLLWAKEUP EPOLLWRBAND EPOLLWRNORM EPOLL_CLOEXEC POLLERR POLLHUP POLLIN POLLNVAL POLLOUT POLLPRI
    POLLRDBAND POLLRDHUP POLLRDNORM POLLWRBAND POLLWRNORM
};

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        // The highest bit is one of 32.
        module.add(vm, name, Int::new(value & 0xFFFF_FFFF))?;
    }
    module.add(vm, "POLLMSG", Int::new(0x400))?;
    module.add(vm, "PIPE_BUF", Int::new(4096))?;
    module.add(vm, "error", OS_ERROR.to_obj())?;
    poll::prepare(vm);
    epoll::fill(vm, module)
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "select",
    doc: "This module supports asynchronous I/O on multiple file descriptors.\n\n*** IMPORTANT NOTICE ***\nOn Windows, only sockets are supported; on Unix, all file descriptors.",
    functions: &[
        NativeDef::new(
            "poll",
            "($module, /)",
            "Returns a polling object.\n\nThis object supports registering and unregistering file descriptors, and then\npolling them for I/O events.",
            NativeCall::NoArgs(|_, _| Ok(poll::Poll::make())),
        ),
        NativeDef::new(
            "select",
            "($module, rlist, wlist, xlist, timeout=None, /)",
            "Wait until one or more file descriptors are ready for some kind of I/O.",
            NativeCall::Positional(3, 4, select),
        ),
    ],
    fill,
};
