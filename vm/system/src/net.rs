//! Names to addresses and back, and sockets by number, as C's library has them.
//!
//! Addresses are bytes: the system's structures, which the caller reads and writes by their fields.

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;

use rustix::io::Errno;

use crate::checked;

/// An address as the system has it: `struct sockaddr` of some family, as so many bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address(Vec<u8>);

/// The longest address: `struct sockaddr_storage`.
const LONGEST: usize = size_of::<libc::sockaddr_storage>();

/// Room for an address, aligned as the system wants it.
type Room = MaybeUninit<libc::sockaddr_storage>;

impl Address {
    /// The address with those bytes; `None` if they are too many.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() <= LONGEST).then_some(Self(bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The family; 0 for none.
    pub fn family(&self) -> i32 {
        match self.0.as_slice() {
            [low, high, ..] => u16::from_ne_bytes([*low, *high]).into(),
            _ => 0,
        }
    }

    fn with<R>(&self, f: impl FnOnce(*const libc::sockaddr, libc::socklen_t) -> R) -> R {
        let mut room = Room::zeroed();
        // SAFETY: the room is at least as long, by the type's invariant.
        unsafe { std::ptr::copy_nonoverlapping(self.0.as_ptr(), room.as_mut_ptr().cast(), self.0.len()) };
        f(room.as_ptr().cast(), self.0.len() as libc::socklen_t)
    }

    /// What `f` fills in, and what it returned.
    fn filled(
        f: impl FnOnce(*mut libc::sockaddr, *mut libc::socklen_t) -> isize,
    ) -> Result<(isize, Self), Errno> {
        let mut room = Room::zeroed();
        let mut length = LONGEST as libc::socklen_t;
        let result = f(room.as_mut_ptr().cast(), &raw mut length);
        if result == -1 {
            return Err(crate::last_errno());
        }
        // SAFETY: the room is whole: it was zeros.
        let bytes =
            unsafe { std::slice::from_raw_parts(room.as_ptr().cast::<u8>(), LONGEST.min(length as usize)) };
        Ok((result, Self(bytes.to_vec())))
    }
}

/// A new socket, closed when another program is run.
pub fn socket(family: i32, kind: i32, protocol: i32) -> Result<i32, Errno> {
    // SAFETY: a call on numbers.
    checked(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) })
}

/// Two sockets connected to each other.
pub fn pair(family: i32, kind: i32, protocol: i32) -> Result<(i32, i32), Errno> {
    let mut pair = [-1; 2];
    // SAFETY: room for two.
    checked(unsafe { libc::socketpair(family, kind | libc::SOCK_CLOEXEC, protocol, pair.as_mut_ptr()) })?;
    Ok((pair[0], pair[1]))
}

/// Binds a socket to an address.
pub fn bind(fd: i32, address: &Address) -> Result<(), Errno> {
    // SAFETY: an address of that length.
    address.with(|address, length| checked(unsafe { libc::bind(fd, address, length) })).map(|_| ())
}

/// Connects a socket to an address.
pub fn connect(fd: i32, address: &Address) -> Result<(), Errno> {
    // SAFETY: an address of that length.
    address.with(|address, length| checked(unsafe { libc::connect(fd, address, length) })).map(|_| ())
}

/// Listens for connections.
pub fn listen(fd: i32, backlog: i32) -> Result<(), Errno> {
    // SAFETY: a call on numbers.
    checked(unsafe { libc::listen(fd, backlog) }).map(|_| ())
}

/// Takes the next connection, and where it comes from.
pub fn accept(fd: i32) -> Result<(i32, Address), Errno> {
    // SAFETY: room of that length.
    Address::filled(
        |address, length| unsafe { libc::accept4(fd, address, length, libc::SOCK_CLOEXEC) } as isize
    )
    .map(|(fd, address)| (fd as i32, address))
}

/// The socket's own address.
pub fn own_address(fd: i32) -> Result<Address, Errno> {
    // SAFETY: room of that length.
    Address::filled(|address, length| unsafe { libc::getsockname(fd, address, length) } as isize)
        .map(|(_, address)| address)
}

/// The address that the socket is connected to.
pub fn peer_address(fd: i32) -> Result<Address, Errno> {
    // SAFETY: room of that length.
    Address::filled(|address, length| unsafe { libc::getpeername(fd, address, length) } as isize)
        .map(|(_, address)| address)
}

/// Shuts down one or both directions.
pub fn shutdown(fd: i32, how: i32) -> Result<(), Errno> {
    // SAFETY: a call on numbers.
    checked(unsafe { libc::shutdown(fd, how) }).map(|_| ())
}

/// Receives into `room`; how much came.
pub fn receive(fd: i32, room: &mut [u8], flags: i32) -> Result<usize, Errno> {
    // SAFETY: room of that length.
    counted(unsafe { libc::recv(fd, room.as_mut_ptr().cast(), room.len(), flags) })
}

/// Receives into `room`; how much came, and from where.
pub fn receive_from(fd: i32, room: &mut [u8], flags: i32) -> Result<(usize, Address), Errno> {
    let (count, address) = Address::filled(|address, length| {
        // SAFETY: rooms of those lengths.
        unsafe { libc::recvfrom(fd, room.as_mut_ptr().cast(), room.len(), flags, address, length) }
    })?;
    Ok((count as usize, address))
}

/// Sends; how much went.
pub fn send(fd: i32, bytes: &[u8], flags: i32) -> Result<usize, Errno> {
    // SAFETY: so many bytes.
    counted(unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), flags) })
}

/// Sends to an address; how much went.
pub fn send_to(fd: i32, bytes: &[u8], flags: i32, address: &Address) -> Result<usize, Errno> {
    address.with(|address, length| {
        // SAFETY: so many bytes, and an address of that length.
        counted(unsafe { libc::sendto(fd, bytes.as_ptr().cast(), bytes.len(), flags, address, length) })
    })
}

fn counted(result: isize) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| crate::last_errno())
}

/// One piece of control data: level, type, bytes.
pub type Control = (i32, i32, Vec<u8>);

/// The bytes of control data with so many bytes in one piece, with and without the padding behind.
pub fn control_space(length: usize) -> Option<(usize, usize)> {
    let length = u32::try_from(length).ok().filter(|length| *length <= i32::MAX as u32 - 64)?;
    // SAFETY: a sum of sizes.
    let exact = unsafe { libc::CMSG_LEN(length) };
    // SAFETY: a sum of sizes.
    let padded = unsafe { libc::CMSG_SPACE(length) };
    Some((exact as usize, padded as usize))
}

/// Room for control data, aligned as the system wants it.
fn control_room(size: usize) -> Vec<u64> {
    vec![0; size.div_ceil(8)]
}

/// Sends pieces of data with control data.
pub fn send_message(
    fd: i32,
    pieces: &[&[u8]],
    control: &[Control],
    flags: i32,
    to: Option<&Address>,
) -> Result<usize, Errno> {
    let mut size = 0;
    for (_, _, bytes) in control {
        size += control_space(bytes.len()).ok_or(Errno::NOBUFS)?.1;
    }
    let mut room = control_room(size);
    let mut vectors: Vec<libc::iovec> = pieces
        .iter()
        .map(|piece| libc::iovec { iov_base: piece.as_ptr().cast_mut().cast(), iov_len: piece.len() })
        .collect();
    let mut send = |address: *const libc::sockaddr, length: libc::socklen_t, room: &mut [u64]| {
        // SAFETY: all zeros is a value of the structure.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        message.msg_name = address.cast_mut().cast();
        message.msg_namelen = length;
        message.msg_iov = vectors.as_mut_ptr();
        message.msg_iovlen = vectors.len() as _;
        if size > 0 {
            message.msg_control = room.as_mut_ptr().cast();
            message.msg_controllen = size as _;
        }
        // SAFETY: the message is whole.
        let mut header = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
        for (level, kind, bytes) in control {
            if header.is_null() {
                return Err(Errno::NOBUFS);
            }
            // SAFETY: a sum of sizes.
            let cmsg_len = unsafe { libc::CMSG_LEN(bytes.len() as u32) } as _;
            // SAFETY: there is room for the header and its bytes, as counted above.
            unsafe { header.write(libc::cmsghdr { cmsg_len, cmsg_level: *level, cmsg_type: *kind }) };
            // SAFETY: as above.
            let data = unsafe { libc::CMSG_DATA(header) };
            // SAFETY: as above.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
            // SAFETY: the message is whole.
            header = unsafe { libc::CMSG_NXTHDR(&raw const message, header) };
        }
        // SAFETY: everything that the message points to lives.
        counted(unsafe { libc::sendmsg(fd, &raw const message, flags) })
    };
    match to {
        Some(address) => address.with(|address, length| send(address, length, &mut room)),
        None => send(std::ptr::null(), 0, &mut room),
    }
}

/// What came with a message.
#[derive(Debug)]
#[allow(missing_docs, reason = "the fields' names")]
pub struct Received {
    pub count: usize,
    pub control: Vec<Control>,
    pub flags: i32,
    pub address: Address,
}

/// Receives into several rooms, with control data of at most so many bytes.
pub fn receive_message(
    fd: i32,
    rooms: &mut [&mut [u8]],
    control: usize,
    flags: i32,
) -> Result<Received, Errno> {
    let mut room = control_room(control);
    let mut vectors: Vec<libc::iovec> = rooms
        .iter_mut()
        .map(|room| libc::iovec { iov_base: room.as_mut_ptr().cast(), iov_len: room.len() })
        .collect();
    let mut name = Room::zeroed();
    // SAFETY: all zeros is a value of the structure.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_name = name.as_mut_ptr().cast();
    message.msg_namelen = LONGEST as _;
    message.msg_iov = vectors.as_mut_ptr();
    message.msg_iovlen = vectors.len() as _;
    if control > 0 {
        message.msg_control = room.as_mut_ptr().cast();
        message.msg_controllen = control as _;
    }
    // SAFETY: everything that the message points to has the length it says.
    let count = counted(unsafe { libc::recvmsg(fd, &raw mut message, flags) })?;
    let mut found = Vec::new();
    // SAFETY: the system filled the message.
    let mut header = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
    let end = room.as_ptr() as usize + message.msg_controllen as usize;
    while !header.is_null() {
        // SAFETY: the header is within the room.
        let libc::cmsghdr { cmsg_level: level, cmsg_type: kind, cmsg_len: length } = unsafe { header.read() };
        // SAFETY: as above; the address is only looked at below if it is within.
        let data = unsafe { libc::CMSG_DATA(header) };
        // SAFETY: a sum of sizes.
        let length = length.saturating_sub(unsafe { libc::CMSG_LEN(0) } as usize);
        let length = length.min(end.saturating_sub(data as usize));
        // SAFETY: so many bytes are within the room.
        found.push((level, kind, unsafe { std::slice::from_raw_parts(data, length) }.to_vec()));
        // SAFETY: as for the first.
        header = unsafe { libc::CMSG_NXTHDR(&raw const message, header) };
    }
    // SAFETY: the room is whole: it was zeros.
    let bytes = unsafe {
        std::slice::from_raw_parts(name.as_ptr().cast::<u8>(), LONGEST.min(message.msg_namelen as usize))
    };
    Ok(Received { count, control: found, flags: message.msg_flags, address: Address(bytes.to_vec()) })
}

/// Sets an option of a socket.
pub fn set_option(fd: i32, level: i32, name: i32, value: &[u8]) -> Result<(), Errno> {
    // SAFETY: so many bytes.
    checked(unsafe {
        libc::setsockopt(fd, level, name, value.as_ptr().cast(), value.len() as libc::socklen_t)
    })
    .map(|_| ())
}

/// Sets an option of a socket to nothing of some length.
pub fn set_option_to_none(fd: i32, level: i32, name: i32, length: u32) -> Result<(), Errno> {
    // SAFETY: the system refuses a null that it would have to read.
    checked(unsafe { libc::setsockopt(fd, level, name, std::ptr::null(), length) }).map(|_| ())
}

/// An option of a socket: at most so many bytes.
pub fn option(fd: i32, level: i32, name: i32, room: usize) -> Result<Vec<u8>, Errno> {
    let mut value = vec![0_u8; room];
    let mut length = room as libc::socklen_t;
    // SAFETY: room of that length.
    checked(unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &raw mut length) })?;
    value.truncate(length as usize);
    Ok(value)
}

/// An error of the look-up of names: C's `EAI_` number, and its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameError {
    /// The number.
    pub code: i32,
    /// The text.
    pub text: String,
    /// The system's error, where the number is `EAI_SYSTEM`.
    pub errno: Option<Errno>,
}

impl NameError {
    fn new(code: i32) -> Self {
        let errno = (code == libc::EAI_SYSTEM).then(crate::last_errno);
        // SAFETY: a call on a number.
        let text = unsafe { libc::gai_strerror(code) };
        // SAFETY: a C string that lives for ever.
        let text = unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned();
        Self { code, text, errno }
    }
}

/// One answer of a look-up.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "C's names")]
pub struct Found {
    pub family: i32,
    pub kind: i32,
    pub protocol: i32,
    pub canonical: Option<Vec<u8>>,
    pub address: Address,
}

/// The addresses of a host and a service.
pub fn look_up(
    host: Option<&CStr>,
    service: Option<&CStr>,
    family: i32,
    kind: i32,
    protocol: i32,
    flags: i32,
) -> Result<Vec<Found>, NameError> {
    // SAFETY: all zeros is a value of the structure.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = family;
    hints.ai_socktype = kind;
    hints.ai_protocol = protocol;
    hints.ai_flags = flags;
    let mut first = std::ptr::null_mut();
    let text = |text: Option<&CStr>| text.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: C strings or null, and valid addresses.
    let result = unsafe { libc::getaddrinfo(text(host), text(service), &raw const hints, &raw mut first) };
    if result != 0 {
        return Err(NameError::new(result));
    }
    let mut found = Vec::new();
    let mut at = first;
    while !at.is_null() {
        // SAFETY: an entry of the list.
        let entry = unsafe { &*at };
        let canonical = (!entry.ai_canonname.is_null())
            // SAFETY: a C string.
            .then(|| unsafe { CStr::from_ptr(entry.ai_canonname) }.to_bytes().to_vec());
        let address = if entry.ai_addr.is_null() {
            Vec::new()
        } else {
            // SAFETY: an address of that length.
            unsafe { std::slice::from_raw_parts(entry.ai_addr.cast::<u8>(), entry.ai_addrlen as usize) }
                .to_vec()
        };
        found.push(Found {
            family: entry.ai_family,
            kind: entry.ai_socktype,
            protocol: entry.ai_protocol,
            canonical,
            address: Address(address),
        });
        at = entry.ai_next;
    }
    // SAFETY: the list as it came; nothing of it is used any more.
    unsafe { libc::freeaddrinfo(first) };
    Ok(found)
}

/// The names of a host and a service.
pub fn names_of(address: &Address, flags: i32) -> Result<(CString, CString), NameError> {
    let (mut host, mut service) = ([0_u8; 1025], [0_u8; 32]);
    let result = address.with(|address, length| {
        // SAFETY: an address and rooms of those lengths.
        unsafe {
            libc::getnameinfo(
                address,
                length,
                host.as_mut_ptr().cast(),
                host.len() as _,
                service.as_mut_ptr().cast(),
                service.len() as _,
                flags,
            )
        }
    });
    if result != 0 {
        return Err(NameError::new(result));
    }
    let text = |bytes: &[u8]| CStr::from_bytes_until_nul(bytes).map(CStr::to_owned).unwrap_or_default();
    Ok((text(&host), text(&service)))
}

/// The number of a service.
pub fn service_port(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let protocol = protocol.map_or(std::ptr::null(), CStr::as_ptr);
    locked(|| {
        // SAFETY: C strings, or null.
        let entry = unsafe { libc::getservbyname(name.as_ptr(), protocol) };
        // SAFETY: an entry that is valid until the next call, or null.
        unsafe { entry.as_ref() }.map(|entry| u16::from_be(entry.s_port as u16))
    })
}

/// The name of a service.
pub fn service_name(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    let protocol = protocol.map_or(std::ptr::null(), CStr::as_ptr);
    locked(|| {
        // SAFETY: a C string, or null.
        let entry = unsafe { libc::getservbyport(i32::from(port.to_be()), protocol) };
        // SAFETY: an entry that is valid until the next call, or null.
        let entry = unsafe { entry.as_ref() }?;
        // SAFETY: a C string.
        Some(unsafe { CStr::from_ptr(entry.s_name) }.to_bytes().to_vec())
    })
}

/// The number of a protocol.
pub fn protocol_number(name: &CStr) -> Option<i32> {
    locked(|| {
        // SAFETY: a C string.
        let entry = unsafe { libc::getprotobyname(name.as_ptr()) };
        // SAFETY: an entry that is valid until the next call, or null.
        unsafe { entry.as_ref() }.map(|entry| entry.p_proto)
    })
}

/// C's library keeps one entry for all threads. Callers have a lock of their own that no fork comes between.
fn locked<R>(f: impl FnOnce() -> R) -> R {
    static ENTRY: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _entry = ENTRY.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    f()
}

/// The network interfaces: numbers and names.
pub fn interfaces() -> Result<Vec<(u32, Vec<u8>)>, Errno> {
    // SAFETY: a call without arguments.
    let first = unsafe { libc::if_nameindex() };
    if first.is_null() {
        return Err(crate::last_errno());
    }
    let mut found = Vec::new();
    let mut at = first;
    loop {
        // SAFETY: the list ends with an entry of zeros.
        let entry = unsafe { &*at };
        if entry.if_index == 0 || entry.if_name.is_null() {
            break;
        }
        // SAFETY: a C string.
        found.push((entry.if_index, unsafe { CStr::from_ptr(entry.if_name) }.to_bytes().to_vec()));
        // SAFETY: not yet at the end.
        at = unsafe { at.add(1) };
    }
    // SAFETY: the list as it came.
    unsafe { libc::if_freenameindex(first) };
    Ok(found)
}

/// The number of an interface.
pub fn interface_number(name: &CStr) -> Result<u32, Errno> {
    // SAFETY: a C string.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(crate::last_errno()),
        number => Ok(number),
    }
}

/// The name of an interface.
pub fn interface_name(number: u32) -> Result<Vec<u8>, Errno> {
    let mut room = [0_u8; libc::IF_NAMESIZE];
    // SAFETY: room for the longest name.
    if unsafe { libc::if_indextoname(number, room.as_mut_ptr().cast()) }.is_null() {
        return Err(crate::last_errno());
    }
    Ok(CStr::from_bytes_until_nul(&room).map(|name| name.to_bytes().to_vec()).unwrap_or_default())
}

/// Sets the name of the host.
pub fn set_host_name(name: &[u8]) -> Result<(), Errno> {
    // SAFETY: so many bytes.
    checked(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) }).map(|_| ())
}
