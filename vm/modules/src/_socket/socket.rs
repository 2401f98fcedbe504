//! `_socket.socket`: the object, its making and closing, and how its calls wait.

use std::cell::Cell;

use lasti_system::net;
use lasti_vm::builtins::{OS_ERROR, RESOURCE_WARNING, TIMEOUT_ERROR};
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Float;
use lasti_vm::object::{Obj, Payload};
use lasti_vm::text::Str;
use lasti_vm::types::TypeObject;
use lasti_vm::{PyResult, Ref, Vm};
use rustix::event::{PollFd, PollFlags};
use rustix::fs::OFlags;
use rustix::io::Errno;

use super::address;
use crate::fds;
use crate::posix::path::error;
use crate::timeout::{Deadline, nanos_of_seconds};

/// A socket.
pub(super) struct Socket {
    /// -1: closed.
    pub(super) fd: Cell<i32>,
    pub(super) family: Cell<i32>,
    pub(super) kind: Cell<i32>,
    pub(super) protocol: Cell<i32>,
    /// How long calls wait, in nanoseconds; negative: for ever.
    timeout: Cell<i64>,
}

impl Payload for Socket {
    fn class() -> &'static TypeObject {
        &SOCKET
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.fd.get() != -1 {
            // Nobody is left to tell of a failure.
            let _ = fds::close(self.fd.get());
        }
    }
}

lasti_vm::builtin_type!(/** `_socket.socket` */ SOCKET, "socket", Socket);

/// What `setdefaulttimeout` set; negative: nothing.
pub(super) static DEFAULT_TIMEOUT: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(-1);

fn default_timeout() -> i64 {
    DEFAULT_TIMEOUT.load(std::sync::atomic::Ordering::Relaxed)
}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    Reading,
    Writing,
}

impl Socket {
    fn empty() -> Self {
        Self {
            fd: Cell::new(-1),
            family: Cell::new(-1),
            kind: Cell::new(-1),
            protocol: Cell::new(-1),
            timeout: Cell::new(-1),
        }
    }

    /// Takes over a descriptor.
    fn take(&self, vm: &Vm, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<()> {
        self.fd.set(fd);
        self.family.set(family);
        self.kind.set(kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC));
        self.protocol.set(protocol);
        if kind & libc::SOCK_NONBLOCK != 0 {
            self.timeout.set(0);
        } else {
            self.timeout.set(default_timeout());
            if default_timeout() >= 0 {
                self.set_blocking(vm, false)?;
            }
        }
        Ok(())
    }

    /// A socket for a new descriptor.
    pub(super) fn make(vm: &Vm, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult {
        let socket = Ref::new(Self::empty());
        socket.take(vm, fd, family, kind, protocol)?;
        Ok(socket.into_obj())
    }

    fn set_blocking(&self, vm: &Vm, blocking: bool) -> PyResult<()> {
        let done = fds::with(self.fd.get(), |fd| {
            let mut flags = rustix::fs::fcntl_getfl(fd)?;
            flags.set(OFlags::NONBLOCK, !blocking);
            rustix::fs::fcntl_setfl(fd, flags)
        });
        done.map_err(|errno| error(vm, errno))
    }

    pub(super) fn deadline(&self) -> Deadline {
        u64::try_from(self.timeout.get()).map_or(Deadline::NEVER, Deadline::after)
    }

    /// Whether calls wait at most for some time.
    pub(super) fn has_timeout(&self) -> bool {
        self.timeout.get() > 0
    }

    pub(super) fn is_nonblocking(&self) -> bool {
        self.timeout.get() == 0
    }

    /// Waits until the socket is ready; false if it is not by then.
    pub(super) fn wait(&self, vm: &Vm, what: For, deadline: Deadline) -> PyResult<bool> {
        let flags = match what {
            For::Reading => PollFlags::IN,
            For::Writing => PollFlags::OUT,
        };
        let fd = self.fd.get();
        let ready = fds::blocking(vm, || {
            fds::with(fd, |fd| {
                let mut polled = [PollFd::from_borrowed_fd(fd, flags)];
                rustix::event::poll(&mut polled, deadline.timespec().as_ref())
            })
        })?;
        Ok(ready.map_err(|errno| error(vm, errno))? > 0)
    }

    /// Makes a call, as the socket's timeout wants it. CPython: `sock_call_impl`.
    pub(super) fn call<R>(
        &self,
        vm: &Vm,
        what: For,
        deadline: Deadline,
        mut f: impl FnMut(i32) -> Result<R, Errno>,
    ) -> PyResult<R> {
        loop {
            if self.has_timeout() && !self.wait(vm, what, deadline)? {
                return Err(timed_out(vm));
            }
            let fd = self.fd.get();
            match fds::blocking(vm, || f(fd))? {
                Ok(done) => return Ok(done),
                // It was ready, and is not any more.
                Err(Errno::AGAIN) if self.has_timeout() => {}
                Err(errno) => return Err(error(vm, errno)),
            }
        }
    }
}

#[cold]
pub(super) fn timed_out(vm: &Vm) -> lasti_vm::Exc {
    vm.error(&TIMEOUT_ERROR, "timed out")
}

pub(super) fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Socket::empty()).into_obj())
}

static INIT: Signature<4> = Signature::new("socket", ["family", "type", "proto", "fileno"], 0);

pub(super) fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let this = vm.receiver::<Socket>(object)?;
    let [family, kind, protocol, fileno] = args.bind(vm, &INIT)?;
    let number = |given: Option<&Obj>| given.map_or(Ok(-1), |given| vm.c_int_argument(given));
    let (family, kind, protocol) = (number(family)?, number(kind)?, number(protocol)?);
    let Some(fileno) = fileno.filter(|fileno| !vm.is_none(fileno)) else {
        let or = |number: i32, default: i32| if number == -1 { default } else { number };
        let (family, kind) = (or(family, libc::AF_INET), or(kind, libc::SOCK_STREAM));
        let protocol = or(protocol, 0);
        let fd = vm.allow_threads(|| net::socket(family, kind, protocol));
        return this.take(vm, fd.map_err(|errno| error(vm, errno))?, family, kind, protocol);
    };
    if fileno.as_f64().is_some() {
        return Err(vm.type_error("integer argument expected, got float"));
    }
    let fd = vm.c_int_argument(fileno)?;
    if fd < 0 {
        return Err(vm.value_error("negative file descriptor"));
    }
    // Also tells whether it is a socket at all.
    let own = net::own_address(fd).map_err(|errno| error(vm, errno))?;
    let family = if family == -1 { own.family() } else { family };
    let option = |name: i32| -> PyResult<i32> {
        let value = net::option(fd, libc::SOL_SOCKET, name, 4).map_err(|errno| error(vm, errno))?;
        Ok(value.try_into().map_or(0, i32::from_ne_bytes))
    };
    let kind = if kind == -1 { option(libc::SO_TYPE)? } else { kind };
    let protocol = if protocol == -1 { option(libc::SO_PROTOCOL)? } else { protocol };
    this.take(vm, fd, family, kind, protocol)
}

pub(super) fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let text = format!(
        "<socket object, fd={}, family={}, type={}, proto={}>",
        this.fd.get(),
        this.family.get(),
        this.kind.get(),
        this.protocol.get()
    );
    Ok(Str::new(&text).into_obj())
}

/// Warns of a socket that nobody closed.
pub(super) fn finalize(vm: &Vm, object: &Obj) {
    let Ok(this) = vm.receiver::<Socket>(object) else { return };
    if this.fd.get() == -1 {
        return;
    }
    let shown = vm.repr_text(object).unwrap_or_default();
    if let Err(error) = vm.warn(&RESOURCE_WARNING, &format!("unclosed {shown}"), 1) {
        vm.unraisable(&error, "Exception ignored while finalizing socket", Some(object));
    }
    let fd = this.fd.replace(-1);
    // Nobody is left to tell of a failure.
    let _ = fds::close(fd);
}

pub(super) fn accept(vm: &Vm, object: &Obj) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let (fd, from) = this.call(vm, For::Reading, this.deadline(), net::accept)?;
    let parts = vec![lasti_vm::number::Int::new(fd.into()), vm.or_none(address::shown(&from))];
    Ok(lasti_vm::sequence::Tuple::new(parts).into_obj())
}

pub(super) fn bind(vm: &Vm, object: &Obj, to: &Obj) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let to = address::parse(vm, "bind", this.family.get(), to)?;
    let fd = this.fd.get();
    vm.allow_threads(|| net::bind(fd, &to)).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

/// Connects; the outer error is one of waiting.
fn connect_to(vm: &Vm, this: &Socket, to: &net::Address) -> PyResult<Result<(), Errno>> {
    let deadline = this.deadline();
    let fd = this.fd.get();
    let waits = match vm.allow_threads(|| net::connect(fd, to)) {
        Ok(()) => return Ok(Ok(())),
        Err(Errno::INTR) => {
            vm.check_signals()?;
            // It goes on without us.
            !this.is_nonblocking()
        }
        Err(Errno::INPROGRESS) if this.has_timeout() => true,
        Err(errno) => return Ok(Err(errno)),
    };
    if !waits {
        return Ok(Err(Errno::INTR));
    }
    if !this.wait(vm, For::Writing, deadline)? {
        return Err(timed_out(vm));
    }
    let value = match net::option(fd, libc::SOL_SOCKET, libc::SO_ERROR, 4) {
        Ok(value) => value.try_into().map_or(0, i32::from_ne_bytes),
        Err(errno) => return Ok(Err(errno)),
    };
    Ok(match value {
        0 | libc::EISCONN => Ok(()),
        errno => Err(Errno::from_raw_os_error(errno)),
    })
}

pub(super) fn connect(vm: &Vm, object: &Obj, to: &Obj) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let to = address::parse(vm, "connect", this.family.get(), to)?;
    connect_to(vm, this, &to)?.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

pub(super) fn connect_ex(vm: &Vm, object: &Obj, to: &Obj) -> PyResult {
    let this = vm.receiver::<Socket>(object)?;
    let to = address::parse(vm, "connect_ex", this.family.get(), to)?;
    let number = match connect_to(vm, this, &to) {
        Ok(Ok(())) => 0,
        Ok(Err(errno)) => errno.raw_os_error(),
        Err(error) if error.is(&TIMEOUT_ERROR) => libc::EWOULDBLOCK,
        Err(error) => return Err(error),
    };
    Ok(lasti_vm::number::Int::new(number.into()))
}

pub(super) fn close(vm: &Vm, object: &Obj) -> PyResult {
    let fd = vm.receiver::<Socket>(object)?.fd.replace(-1);
    if fd != -1 {
        match vm.allow_threads(|| fds::close(fd)) {
            // The other side was quicker: it is closed all the same.
            Ok(()) | Err(Errno::CONNRESET) => {}
            Err(errno) => return Err(error(vm, errno)),
        }
    }
    Ok(vm.none())
}

pub(super) fn settimeout(vm: &Vm, object: &Obj, given: &Obj) -> PyResult {
    let timeout = timeout(vm, given)?;
    let this = vm.receiver::<Socket>(object)?;
    this.timeout.set(timeout);
    this.set_blocking(vm, timeout < 0)?;
    Ok(vm.none())
}

pub(super) fn setblocking(vm: &Vm, object: &Obj, given: &Obj) -> PyResult {
    let blocking = vm.is_true(given)?;
    let this = vm.receiver::<Socket>(object)?;
    this.timeout.set(if blocking { -1 } else { 0 });
    this.set_blocking(vm, blocking)?;
    Ok(vm.none())
}

/// A timeout argument, in nanoseconds; -1 for none.
pub(super) fn timeout(vm: &Vm, given: &Obj) -> PyResult<i64> {
    if vm.is_none(given) {
        return Ok(-1);
    }
    match nanos_of_seconds(vm, given)? {
        nanos @ 0.. => Ok(nanos),
        _ => Err(vm.value_error("Timeout value out of range")),
    }
}

/// A timeout as Python has it.
pub(super) fn shown_timeout(vm: &Vm, timeout: i64) -> Obj {
    if timeout < 0 { vm.none() } else { Float::new(timeout as f64 / 1e9) }
}

pub(super) fn get_timeout(vm: &Vm, object: &Obj) -> PyResult {
    Ok(shown_timeout(vm, vm.receiver::<Socket>(object)?.timeout.get()))
}

pub(super) fn getblocking(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(!vm.receiver::<Socket>(object)?.is_nonblocking()))
}

pub(super) fn setsockopt(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.receiver::<Socket>(object)?.fd.get();
    let (level, name) = (vm.c_int_argument(&args[0])?, vm.c_int_argument(&args[1])?);
    let done = match (&args[2], args.get(3)) {
        (value, Some(length)) if vm.is_none(value) => {
            net::set_option_to_none(fd, level, name, vm.index_i64(length)? as u32)
        }
        (value, None) if value.as_int().is_some() => {
            net::set_option(fd, level, name, &vm.c_int_argument(value)?.to_ne_bytes())
        }
        (value, None) => net::set_option(fd, level, name, &vm.buffer(value)?.to_vec()),
        (value, Some(_)) => {
            return Err(vm.bad_argument("setsockopt", "3", "NoneType", value));
        }
    };
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

pub(super) fn getsockopt(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.receiver::<Socket>(object)?.fd.get();
    let (level, name) = (vm.c_int_argument(&args[0])?, vm.c_int_argument(&args[1])?);
    let length = args.get(2).map_or(Ok(0), |length| vm.c_int_argument(length))?;
    if !(0..=1024).contains(&length) {
        return Err(vm.error(&OS_ERROR, "getsockopt buflen out of range"));
    }
    let room = if length == 0 { 4 } else { length as usize };
    let value = net::option(fd, level, name, room).map_err(|errno| error(vm, errno))?;
    if length == 0 {
        let mut whole = [0; 4];
        whole[..value.len().min(4)].copy_from_slice(&value[..value.len().min(4)]);
        return Ok(lasti_vm::number::Int::new(i32::from_ne_bytes(whole).into()));
    }
    Ok(lasti_vm::bytes::Bytes::new(&value).into_obj())
}
