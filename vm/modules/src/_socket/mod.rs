//! `_socket`: CPython: Modules/socketmodule.c. Families: those of the internet, and `AF_UNIX`.
//!
//! - `socket`: the object; `transfer`: sending and receiving
//! - `address`: addresses as Python has them
//! - `names`: look-ups, and addresses as text
//! - `constants`: the numbers

mod address;
mod constants;
mod names;
mod socket;
mod transfer;

use std::sync::atomic::Ordering;

use lasti_system::net;
use lasti_vm::builtins::{OS_ERROR, OVERFLOW_ERROR, TIMEOUT_ERROR};
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags};
use lasti_vm::{PyResult, Ref, Vm};

use crate::fds;
use crate::posix::path::error;
use socket::{SOCKET, Socket};

fn socketpair(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let number =
        |index: usize, default: i32| args.get(index).map_or(Ok(default), |number| vm.c_int_argument(number));
    let (family, kind, protocol) = (number(0, libc::AF_UNIX)?, number(1, libc::SOCK_STREAM)?, number(2, 0)?);
    let (one, other) =
        vm.allow_threads(|| net::pair(family, kind, protocol)).map_err(|errno| error(vm, errno))?;
    let one = Socket::make(vm, one, family, kind, protocol)?;
    let other = Socket::make(vm, other, family, kind, protocol)?;
    Ok(Tuple::new(vec![one, other]).into_obj())
}

fn dup(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = vm.c_int_argument(fd)?;
    let copy =
        fds::with(fd, |fd| rustix::io::fcntl_dupfd_cloexec(fd, 0)).map_err(|errno| error(vm, errno))?;
    Ok(Int::new(fds::keep(copy).into()))
}

fn close(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = vm.c_int_argument(fd)?;
    match vm.allow_threads(|| fds::close(fd)) {
        Ok(()) | Err(rustix::io::Errno::CONNRESET) => Ok(vm.none()),
        Err(errno) => Err(error(vm, errno)),
    }
}

fn getdefaulttimeout(vm: &Vm, _: &Obj) -> PyResult {
    Ok(socket::shown_timeout(vm, socket::DEFAULT_TIMEOUT.load(Ordering::Relaxed)))
}

fn setdefaulttimeout(vm: &Vm, _: &Obj, timeout: &Obj) -> PyResult {
    socket::DEFAULT_TIMEOUT.store(socket::timeout(vm, timeout)?, Ordering::Relaxed);
    Ok(vm.none())
}

/// The length of a piece of control data, with or without the padding behind.
fn control_length<const PADDED: bool>(vm: &Vm, _: &Obj, length: &Obj) -> PyResult {
    let name = if PADDED { "CMSG_SPACE" } else { "CMSG_LEN" };
    let found = usize::try_from(vm.index_i64(length)?).ok().and_then(net::control_space);
    match found {
        Some((exact, padded)) => Ok(Int::from_usize(if PADDED { padded } else { exact })),
        None => Err(vm.error(&OVERFLOW_ERROR, &format!("{name}() argument out of range"))),
    }
}

fn listen(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let fd = vm.receiver::<Socket>(object)?.fd.get();
    let backlog = args.first().map_or(Ok(128), |backlog| vm.c_int_argument(backlog))?;
    vm.allow_threads(|| net::listen(fd, backlog.max(0))).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn shutdown(vm: &Vm, object: &Obj, how: &Obj) -> PyResult {
    let fd = vm.receiver::<Socket>(object)?.fd.get();
    let how = vm.c_int_argument(how)?;
    vm.allow_threads(|| net::shutdown(fd, how)).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn getsockname(vm: &Vm, object: &Obj) -> PyResult {
    let own = net::own_address(vm.receiver::<Socket>(object)?.fd.get());
    Ok(vm.or_none(address::shown(&own.map_err(|errno| error(vm, errno))?)))
}

fn getpeername(vm: &Vm, object: &Obj) -> PyResult {
    let peer = net::peer_address(vm.receiver::<Socket>(object)?.fd.get());
    Ok(vm.or_none(address::shown(&peer.map_err(|errno| error(vm, errno))?)))
}

fn detach(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::new(vm.receiver::<Socket>(object)?.fd.replace(-1).into()))
}

fn fileno(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::new(vm.receiver::<Socket>(object)?.fd.get().into()))
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "_accept",
        "($self, /)",
        "_accept() -> (integer, address info)\n\nWait for an incoming connection.  Return a new socket file descriptor\nrepresenting the connection, and the address of the client.\nFor IP sockets, the address info is a pair (hostaddr, port).",
        NativeCall::NoArgs(socket::accept),
    ),
    NativeDef::new(
        "bind",
        "($self, object, /)",
        "bind(address)\n\nBind the socket to a local address.  For IP sockets, the address is a\npair (host, port); the host must refer to the local host. For raw packet\nsockets the address is a tuple (ifname, proto [,pkttype [,hatype [,addr]]])",
        NativeCall::One(socket::bind),
    ),
    NativeDef::new(
        "close",
        "($self, /)",
        "close()\n\nClose the socket.  It cannot be used after this call.",
        NativeCall::NoArgs(socket::close),
    ),
    NativeDef::new(
        "connect",
        "($self, object, /)",
        "connect(address)\n\nConnect the socket to a remote address.  For IP sockets, the address\nis a pair (host, port).",
        NativeCall::One(socket::connect),
    ),
    NativeDef::new(
        "connect_ex",
        "($self, object, /)",
        "connect_ex(address) -> errno\n\nThis is like connect(address), but returns an error code (the errno value)\ninstead of raising an exception when an error occurs.",
        NativeCall::One(socket::connect_ex),
    ),
    NativeDef::new(
        "detach",
        "",
        "detach()\n\nClose the socket object without closing the underlying file descriptor.\nThe object cannot be used after this call, but the file descriptor\ncan be reused for other purposes.  The file descriptor is returned.",
        NativeCall::NoArgs(detach),
    ),
    NativeDef::new(
        "fileno",
        "($self, /)",
        "fileno() -> integer\n\nReturn the integer file descriptor of the socket.",
        NativeCall::NoArgs(fileno),
    ),
    NativeDef::new(
        "getblocking",
        "($self, /)",
        "getblocking()\n\nReturns True if socket is in blocking mode, or False if it\nis in non-blocking mode.",
        NativeCall::NoArgs(socket::getblocking),
    ),
    NativeDef::new(
        "getpeername",
        "($self, /)",
        "getpeername() -> address info\n\nReturn the address of the remote endpoint.  For IP sockets, the address\ninfo is a pair (hostaddr, port).",
        NativeCall::NoArgs(getpeername),
    ),
    NativeDef::new(
        "getsockname",
        "($self, /)",
        "getsockname() -> address info\n\nReturn the address of the local endpoint. The format depends on the\naddress family. For IPv4 sockets, the address info is a pair\n(hostaddr, port). For IPv6 sockets, the address info is a 4-tuple\n(hostaddr, port, flowinfo, scope_id).",
        NativeCall::NoArgs(getsockname),
    ),
    NativeDef::new(
        "getsockopt",
        "",
        "getsockopt(level, option[, buffersize]) -> value\n\nGet a socket option.  See the Unix manual for level and option.\nIf a nonzero buffersize argument is given, the return value is a\nstring of that length; otherwise it is an integer.",
        NativeCall::Positional(2, 3, socket::getsockopt),
    ),
    NativeDef::new(
        "gettimeout",
        "($self, /)",
        "gettimeout() -> timeout\n\nReturns the timeout in seconds (float) associated with socket\noperations. A timeout of None indicates that timeouts on socket\noperations are disabled.",
        NativeCall::NoArgs(socket::get_timeout),
    ),
    NativeDef::new(
        "listen",
        "",
        "listen([backlog])\n\nEnable a server to accept connections.  If backlog is specified, it must be\nat least 0 (if it is lower, it is set to 0); it specifies the number of\nunaccepted connections that the system will allow before refusing new\nconnections. If not specified, a default reasonable value is chosen.",
        NativeCall::Positional(0, 1, listen),
    ),
    NativeDef::new(
        "recv",
        "",
        "recv(buffersize[, flags]) -> data\n\nReceive up to buffersize bytes from the socket.  For the optional flags\nargument, see the Unix manual.  When no data is available, block until\nat least one byte is available or until the remote end is closed.  When\nthe remote end is closed and all data is read, return the empty string.",
        NativeCall::Positional(1, 2, transfer::recv),
    ),
    NativeDef::new(
        "recv_into",
        "",
        "recv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\nA version of recv() that stores its data into a buffer rather than creating\na new string.  Receive up to buffersize bytes from the socket.  If buffersize\nis not specified (or 0), receive up to the size available in the given buffer.\n\nSee recv() for documentation about the flags.",
        NativeCall::Full(transfer::recv_into),
    ),
    NativeDef::new(
        "recvfrom",
        "",
        "recvfrom(buffersize[, flags]) -> (data, address info)\n\nLike recv(buffersize, flags) but also return the sender's address info.",
        NativeCall::Positional(1, 2, transfer::recvfrom),
    ),
    NativeDef::new(
        "recvfrom_into",
        "",
        "recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)\n\nLike recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info.",
        NativeCall::Full(transfer::recvfrom_into),
    ),
    NativeDef::new(
        "recvmsg",
        "",
        "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\nReceive normal data (up to bufsize bytes) and ancillary data from the\nsocket.",
        NativeCall::Positional(1, 3, transfer::recvmsg),
    ),
    NativeDef::new(
        "recvmsg_into",
        "",
        "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\nReceive normal data and ancillary data from the socket, scattering the\nnon-ancillary data into a series of buffers.",
        NativeCall::Positional(1, 3, transfer::recvmsg_into),
    ),
    NativeDef::new(
        "send",
        "",
        "send(data[, flags]) -> count\n\nSend a data string to the socket.  For the optional flags\nargument, see the Unix manual.  Return the number of bytes\nsent; this may be less than len(data) if the network is busy.",
        NativeCall::Positional(1, 2, transfer::send),
    ),
    NativeDef::new(
        "sendall",
        "",
        "sendall(data[, flags])\n\nSend a data string to the socket.  For the optional flags\nargument, see the Unix manual.  This calls send() repeatedly\nuntil all data is sent.  If an error occurs, it's impossible\nto tell how much data has been sent.",
        NativeCall::Positional(1, 2, transfer::sendall),
    ),
    NativeDef::new(
        "sendmsg",
        "",
        "sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\nSend normal and ancillary data to the socket, gathering the\nnon-ancillary data from a series of buffers and concatenating it into\na single message.",
        NativeCall::Positional(1, 4, transfer::sendmsg),
    ),
    NativeDef::new(
        "sendto",
        "",
        "sendto(data[, flags], address) -> count\n\nLike send(data, flags) but allows specifying the destination address.\nFor IP sockets, the address is a pair (hostaddr, port).",
        NativeCall::Positional(0, 255, transfer::sendto),
    ),
    NativeDef::new(
        "setblocking",
        "($self, object, /)",
        "setblocking(flag)\n\nSet the socket to blocking (flag is true) or non-blocking (false).\nsetblocking(True) is equivalent to settimeout(None);\nsetblocking(False) is equivalent to settimeout(0.0).",
        NativeCall::One(socket::setblocking),
    ),
    NativeDef::new(
        "setsockopt",
        "",
        "setsockopt(level, option, value: int)\nsetsockopt(level, option, value: buffer)\nsetsockopt(level, option, None, optlen: int)\n\nSet a socket option.  See the Unix manual for level and option.\nThe value argument can either be an integer, a string buffer, or\nNone, optlen.",
        NativeCall::Positional(3, 4, socket::setsockopt),
    ),
    NativeDef::new(
        "settimeout",
        "($self, object, /)",
        "settimeout(timeout)\n\nSet a timeout on socket operations.  'timeout' can be a float,\ngiving in seconds, or None.  Setting a timeout of None disables\nthe timeout feature and is equivalent to setblocking(1).\nSetting a timeout of zero is the same as setblocking(0).",
        NativeCall::One(socket::settimeout),
    ),
    NativeDef::new(
        "shutdown",
        "($self, object, /)",
        "shutdown(flag)\n\nShut down the reading side of the socket (flag == SHUT_RD), the writing side\nof the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR).",
        NativeCall::One(shutdown),
    ),
];

static PROPERTIES: &[Property] = &[
    Property::new("family", "the socket family", |vm, object| {
        Ok(Int::new(vm.receiver::<Socket>(object)?.family.get().into()))
    })
    .member(),
    Property::new("proto", "the socket protocol", |vm, object| {
        Ok(Int::new(vm.receiver::<Socket>(object)?.protocol.get().into()))
    })
    .member(),
    Property::new("timeout", "the socket timeout", socket::get_timeout),
    Property::new("type", "the socket type", |vm, object| {
        Ok(Int::new(vm.receiver::<Socket>(object)?.kind.get().into()))
    })
    .member(),
];

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "CMSG_LEN",
        "",
        "CMSG_LEN(length) -> control message length\n\nReturn the total length, without trailing padding, of an ancillary\ndata item with associated data of the given length.",
        NativeCall::One(control_length::<false>),
    ),
    NativeDef::new(
        "CMSG_SPACE",
        "",
        "CMSG_SPACE(length) -> buffer size\n\nReturn the buffer size needed for recvmsg() to receive an ancillary\ndata item with associated data of the given length, along with any\ntrailing padding.",
        NativeCall::One(control_length::<true>),
    ),
    NativeDef::new(
        "close",
        "",
        "close(integer) -> None\n\nClose an integer socket file descriptor.  This is like os.close(), but for\nsockets; on some platforms os.close() won't work for socket file descriptors.",
        NativeCall::One(close),
    ),
    NativeDef::new(
        "dup",
        "",
        "dup(integer) -> integer\n\nDuplicate an integer socket file descriptor.  This is like os.dup(), but for\nsockets; on some platforms os.dup() won't work for socket file descriptors.",
        NativeCall::One(dup),
    ),
    NativeDef::new(
        "getdefaulttimeout",
        "($self, /)",
        "getdefaulttimeout() -> timeout\n\nReturns the default timeout in seconds (float) for new socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the socket module is first imported, the default is None.",
        NativeCall::NoArgs(getdefaulttimeout),
    ),
    NativeDef::new(
        "setdefaulttimeout",
        "($self, object, /)",
        "setdefaulttimeout(timeout)\n\nSet the default timeout in seconds (float) for new socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the socket module is first imported, the default is None.",
        NativeCall::One(setdefaulttimeout),
    ),
    NativeDef::new(
        "socketpair",
        "",
        "socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nCreate a pair of socket objects from the sockets returned by the platform\nsocketpair() function.\nThe arguments are the same as for socket() except the default family is AF_UNIX\nif defined on the platform; otherwise, the default is AF_INET.",
        NativeCall::Positional(0, 3, socketpair),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !SOCKET.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &SOCKET)
            .module("_socket")
            .doc("socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOpen a socket of the given type.")
            .flags(TypeFlags::BASETYPE)
            .slots(|slots| {
                slots.new.set(Some(socket::new));
                slots.init.set(Some(socket::init));
                slots.repr.set(Some(socket::repr));
                slots.finalize.set(Some(socket::finalize));
            })
            .methods(METHODS)
            .properties(PROPERTIES)
            .ready();
    }
    names::prepare(vm);
    Module::add_functions(module, vm, names::FUNCTIONS)?;
    for &(name, value) in constants::ALL {
        module.add(vm, name, Int::new(value))?;
    }
    module.add(vm, "has_ipv6", vm.bool(true))?;
    module.add(vm, "error", OS_ERROR.to_obj())?;
    module.add(vm, "timeout", TIMEOUT_ERROR.to_obj())?;
    module.add_type(vm, &names::GAI_ERROR)?;
    module.add_type(vm, &names::H_ERROR)?;
    module.add(vm, "SocketType", SOCKET.to_obj())?;
    module.add_type(vm, &SOCKET)
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_socket",
    doc: "Implementation module for socket operations.\n\nSee the socket module for documentation.",
    functions: FUNCTIONS,
    fill,
};
