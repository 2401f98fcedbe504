//! Names of hosts, services, protocols and interfaces; addresses as text.

use std::ffi::{CStr, CString};
use std::net::{Ipv4Addr, Ipv6Addr};

use lasti_system::net::{self, NameError};
use lasti_vm::builtins::{BASE_EXCEPTION, OS_ERROR};
use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::errors::BaseException;
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::paths::from_system;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Exc, PyResult, Vm};

use super::address::{host, resolve, shown};
use crate::posix::path::error;

lasti_vm::builtin_type!(/** `socket.gaierror` */ GAI_ERROR, "gaierror", BaseException, on BASE_EXCEPTION);
lasti_vm::builtin_type!(/** `socket.herror` */ H_ERROR, "herror", BaseException, on BASE_EXCEPTION);

/// Makes the exceptions ready, the first time.
pub(super) fn prepare(vm: &Vm) {
    let types: [&'static TypeObject; 2] = [&GAI_ERROR, &H_ERROR];
    for ty in types {
        if !ty.has(TypeFlags::READY) {
            TypeBuilder::new(vm, ty)
                .module("socket")
                .base(&OS_ERROR)
                .flags(TypeFlags::BASETYPE | TypeFlags::EXCEPTION)
                .ready();
        }
    }
}

/// The exception for a look-up that failed.
#[cold]
pub(super) fn name_error(vm: &Vm, failed: &NameError) -> Exc {
    match failed.errno {
        Some(errno) => error(vm, errno),
        None => {
            let args = vec![Int::new(failed.code.into()), Str::new(&failed.text).into_obj()];
            vm.error_with(&GAI_ERROR, args)
        }
    }
}

static GETADDRINFO: Signature<6> =
    Signature::new("getaddrinfo", ["host", "port", "family", "type", "proto", "flags"], 2);

fn getaddrinfo(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(name), Some(port), rest @ ..] = args.bind(vm, &GETADDRINFO)? else { return Ok(vm.none()) };
    let name = if vm.is_none(name) {
        None
    } else if name.downcast::<Str>().is_some() || name.downcast::<Bytes>().is_some() {
        Some(host(vm, name)?)
    } else {
        return Err(vm.type_error("getaddrinfo() argument 1 must be string or None"));
    };
    let service = if port.as_int().is_some() {
        Some(vm.str_text(port)?.into_bytes())
    } else if let Some(text) = port.downcast::<Str>() {
        Some(text.as_bytes().to_vec())
    } else if let Some(bytes) = port.downcast::<Bytes>() {
        Some(bytes.as_slice().to_vec())
    } else if vm.is_none(port) {
        None
    } else {
        return Err(vm.error(&OS_ERROR, "Int or String expected"));
    };
    let service = service
        .map(|service| CString::new(service).map_err(|_| vm.value_error("embedded null byte")))
        .transpose()?;
    let mut numbers = [0; 4];
    for (number, given) in numbers.iter_mut().zip(rest) {
        *number = given.map_or(Ok(0), |given| vm.c_int_argument(given))?;
    }
    let [family, kind, protocol, flags] = numbers;
    let answers =
        vm.allow_threads(|| net::look_up(name.as_deref(), service.as_deref(), family, kind, protocol, flags));
    let mut found = Vec::new();
    for answer in answers.map_err(|error| name_error(vm, &error))? {
        let canonical = answer.canonical.unwrap_or_default();
        found.push(
            Tuple::new(vec![
                Int::new(answer.family.into()),
                Int::new(answer.kind.into()),
                Int::new(answer.protocol.into()),
                from_system(&canonical).into_obj(),
                vm.or_none(shown(&answer.address)),
            ])
            .into_obj(),
        );
    }
    Ok(List::new(found).into_obj())
}

fn getnameinfo(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let Some(tuple) = args[0].downcast::<Tuple>() else {
        return Err(vm.type_error("getnameinfo() argument 1 must be a tuple"));
    };
    let flags = vm.c_int_argument(&args[1])?;
    let items = tuple.items();
    if items.len() < 2 || items.len() > 4 {
        return Err(vm.type_error("getnameinfo(): illegal sockaddr argument"));
    }
    let name = CString::new(vm.str_argument("getnameinfo", "1", &items[0])?.as_bytes())
        .map_err(|_| vm.value_error("embedded null character"))?;
    let port = CString::new(vm.c_int_argument(&items[1])?.to_string()).unwrap_or_default();
    let hints = libc::AI_NUMERICHOST;
    let answers = vm.allow_threads(|| {
        net::look_up(Some(&name), Some(&port), libc::AF_UNSPEC, libc::SOCK_DGRAM, 0, hints)
    });
    let answers = answers.map_err(|error| name_error(vm, &error))?;
    let [answer] = answers.as_slice() else {
        return Err(vm.error(&OS_ERROR, "sockaddr resolved to multiple addresses"));
    };
    if answer.family == libc::AF_INET && items.len() != 2 {
        return Err(vm.error(&OS_ERROR, "IPv4 sockaddr must be 2 tuple"));
    }
    let found = vm.allow_threads(|| net::names_of(&answer.address, flags));
    let (host, service) = found.map_err(|error| name_error(vm, &error))?;
    let parts = vec![from_system(host.to_bytes()).into_obj(), from_system(service.to_bytes()).into_obj()];
    Ok(Tuple::new(parts).into_obj())
}

fn gethostname(_: &Vm, _: &Obj) -> PyResult {
    Ok(from_system(rustix::system::uname().nodename().to_bytes()).into_obj())
}

fn sethostname(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let name = match name.downcast::<Str>() {
        Some(text) => vm.encode_name(text)?,
        None => vm.buffer(name)?.to_vec(),
    };
    net::set_host_name(&name).map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

/// The host part of an address.
fn host_of(vm: &Vm, address: &net::Address) -> Obj {
    let shown = shown(address);
    vm.or_none(
        shown.and_then(|shown| shown.downcast::<Tuple>().and_then(|parts| parts.items().first().cloned())),
    )
}

fn gethostbyname(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    Ok(host_of(vm, &resolve(vm, &host(vm, name)?, libc::AF_INET)?))
}

/// Name, aliases, addresses of a host.
fn entry(vm: &Vm, name: &CStr, family: i32) -> PyResult {
    let flags = libc::AI_CANONNAME;
    let answers = vm.allow_threads(|| net::look_up(Some(name), None, family, libc::SOCK_STREAM, 0, flags));
    let answers = answers.map_err(|error| name_error(vm, &error))?;
    let canonical = answers.first().and_then(|answer| answer.canonical.clone());
    let canonical = canonical.unwrap_or_else(|| name.to_bytes().to_vec());
    let addresses = answers.iter().map(|answer| host_of(vm, &answer.address)).collect();
    let parts = vec![
        from_system(&canonical).into_obj(),
        List::new(Vec::new()).into_obj(),
        List::new(addresses).into_obj(),
    ];
    Ok(Tuple::new(parts).into_obj())
}

fn gethostbyname_ex(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    entry(vm, &host(vm, name)?, libc::AF_INET)
}

fn gethostbyaddr(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let address = resolve(vm, &host(vm, name)?, libc::AF_UNSPEC)?;
    let found = vm.allow_threads(|| net::names_of(&address, libc::NI_NAMEREQD));
    let (name, _) = found.map_err(|failed| {
        // h_errno's "host not found".
        let args = vec![Int::new(1), Str::new(&failed.text).into_obj()];
        vm.error_with(&H_ERROR, args)
    })?;
    let parts = vec![
        from_system(name.to_bytes()).into_obj(),
        List::new(Vec::new()).into_obj(),
        List::new(vec![host_of(vm, &address)]).into_obj(),
    ];
    Ok(Tuple::new(parts).into_obj())
}

fn text(vm: &Vm, function: &str, number: &str, given: &Obj) -> PyResult<CString> {
    CString::new(vm.plain_str_argument(function, number, given)?)
        .map_err(|_| vm.value_error("embedded null character"))
}

fn getservbyname(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let name = text(vm, "getservbyname", "1", &args[0])?;
    let protocol = args.get(1).map(|given| text(vm, "getservbyname", "2", given)).transpose()?;
    match net::service_port(&name, protocol.as_deref()) {
        Some(port) => Ok(Int::new(port.into())),
        None => Err(vm.error(&OS_ERROR, "service/proto not found")),
    }
}

fn getservbyport(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let Ok(port) = u16::try_from(vm.c_int_argument(&args[0])?) else {
        return Err(vm.overflow_error("getservbyport: port must be 0-65535."));
    };
    let protocol = args.get(1).map(|given| text(vm, "getservbyport", "2", given)).transpose()?;
    match net::service_name(port, protocol.as_deref()) {
        Some(name) => Ok(from_system(&name).into_obj()),
        None => Err(vm.error(&OS_ERROR, "port/proto not found")),
    }
}

fn getprotobyname(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let name = text(vm, "getprotobyname", "1", name)?;
    match net::protocol_number(&name) {
        Some(number) => Ok(Int::new(number.into())),
        None => Err(vm.error(&OS_ERROR, "protocol not found")),
    }
}

/// A number of an address, in C's notations.
fn c_number(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    match lower.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None if lower.len() > 1 && lower.starts_with('0') => u32::from_str_radix(&lower[1..], 8).ok(),
        None if lower.bytes().all(|byte| byte.is_ascii_digit()) => lower.parse().ok(),
        None => None,
    }
}

/// An IPv4 address of one to four numbers, the last of which fills what is left.
fn lenient_v4(text: &str) -> Option<u32> {
    let text = text.split_ascii_whitespace().next()?;
    let numbers = text.split('.').map(c_number).collect::<Option<Vec<u32>>>()?;
    let (last, first) = numbers.split_last()?;
    if first.len() > 3 || first.iter().any(|number| *number > 255) {
        return None;
    }
    let left = 32 - 8 * first.len() as u32;
    if left < 32 && *last >> left != 0 {
        return None;
    }
    let high = first.iter().fold(0_u32, |high, number| high << 8 | number);
    Some(if left == 32 { *last } else { high << left | last })
}

fn inet_aton(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let text = vm.plain_str_argument("inet_aton", "", given)?;
    match lenient_v4(&text) {
        Some(address) => Ok(Bytes::new(&address.to_be_bytes()).into_obj()),
        None => Err(vm.error(&OS_ERROR, "illegal IP address string passed to inet_aton")),
    }
}

fn inet_ntoa(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    match <[u8; 4]>::try_from(vm.buffer(given)?.to_vec()) {
        Ok(octets) => Ok(Str::new(&Ipv4Addr::from(octets).to_string()).into_obj()),
        Err(_) => Err(vm.error(&OS_ERROR, "packed IP wrong length")),
    }
}

fn inet_pton(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let family = vm.c_int_argument(&args[0])?;
    let text = vm.plain_str_argument("inet_pton", "2", &args[1])?;
    let parsed = match family {
        libc::AF_INET => text.parse::<Ipv4Addr>().ok().map(|address| address.octets().to_vec()),
        libc::AF_INET6 => text.parse::<Ipv6Addr>().ok().map(|address| address.octets().to_vec()),
        _ => return Err(vm.os_error(libc::EAFNOSUPPORT)),
    };
    match parsed {
        Some(octets) => Ok(Bytes::new(&octets).into_obj()),
        None => Err(vm.error(&OS_ERROR, "illegal IP address string passed to inet_pton")),
    }
}

fn inet_ntop(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let family = vm.c_int_argument(&args[0])?;
    let packed = vm.buffer(&args[1])?.to_vec();
    let wrong = || vm.value_error("invalid length of packed IP address string");
    let text = match family {
        libc::AF_INET => Ipv4Addr::from(<[u8; 4]>::try_from(packed).map_err(|_| wrong())?).to_string(),
        libc::AF_INET6 => Ipv6Addr::from(<[u8; 16]>::try_from(packed).map_err(|_| wrong())?).to_string(),
        _ => return Err(vm.value_error(format!("unknown address family {family}"))),
    };
    Ok(Str::new(&text).into_obj())
}

/// Turns a number of 16 bits between the host's and the network's order.
fn swap16<const TO_NETWORK: bool>(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let name = if TO_NETWORK { "htons" } else { "ntohs" };
    let number = vm.index_i64(given)?;
    if number < 0 {
        return Err(vm.overflow_error(format!(
            "{name}: can't convert negative Python int to C 16-bit unsigned integer"
        )));
    }
    match u16::try_from(number) {
        Ok(number) => Ok(Int::new(number.to_be().into())),
        Err(_) => Err(vm
            .overflow_error(format!("{name}: Python int too large to convert to C 16-bit unsigned integer"))),
    }
}

/// The same for 32 bits.
fn swap32<const TO_NETWORK: bool>(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    if given.as_int().is_none() {
        return Err(vm.type_error(format!("expected int, {} found", given.ty().name())));
    }
    match given.as_i64() {
        Some(number) if number < 0 => Err(vm.overflow_error("can't convert negative value to unsigned int")),
        Some(number) => match u32::try_from(number) {
            Ok(number) => Ok(Int::new(number.to_be().into())),
            Err(_) => Err(vm.overflow_error("int larger than 32 bits")),
        },
        None => Err(vm.overflow_error("int larger than 32 bits")),
    }
}

fn if_nameindex(vm: &Vm, _: &Obj) -> PyResult {
    let all = net::interfaces().map_err(|errno| error(vm, errno))?;
    let pairs = all.iter().map(|(number, name)| {
        Tuple::new(vec![Int::new((*number).into()), from_system(name).into_obj()]).into_obj()
    });
    Ok(List::new(pairs.collect()).into_obj())
}

fn if_nametoindex(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let name = match name.downcast::<Str>() {
        Some(text) => vm.encode_name(text)?,
        None => vm.buffer(name)?.to_vec(),
    };
    let Ok(name) = CString::new(name) else { return Err(vm.value_error("embedded null byte")) };
    match net::interface_number(&name) {
        Ok(number) => Ok(Int::new(number.into())),
        Err(_) => Err(vm.error(&OS_ERROR, "no interface with this name")),
    }
}

fn if_indextoname(vm: &Vm, _: &Obj, number: &Obj) -> PyResult {
    let number = vm.index_i64(number)?;
    if number < 0 {
        return Err(vm.overflow_error("can't convert negative value to unsigned int"));
    }
    let Ok(number) = u32::try_from(number) else {
        return Err(vm.overflow_error("Python int too large to convert to C unsigned int"));
    };
    let name = net::interface_name(number).map_err(|errno| error(vm, errno))?;
    Ok(from_system(&name).into_obj())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "getaddrinfo",
        "",
        "getaddrinfo(host, port [, family, type, proto, flags])\n    -> list of (family, type, proto, canonname, sockaddr)\n\nResolve host and port into addrinfo struct.",
        NativeCall::Full(getaddrinfo),
    ),
    NativeDef::new(
        "gethostbyaddr",
        "",
        "gethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a host name or IP number.",
        NativeCall::One(gethostbyaddr),
    ),
    NativeDef::new(
        "gethostbyname",
        "",
        "gethostbyname(host) -> address\n\nReturn the IP address (a string of the form '255.255.255.255') for a host.",
        NativeCall::One(gethostbyname),
    ),
    NativeDef::new(
        "gethostbyname_ex",
        "",
        "gethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a host name or IP number.",
        NativeCall::One(gethostbyname_ex),
    ),
    NativeDef::new(
        "gethostname",
        "($self, /)",
        "gethostname() -> string\n\nReturn the current host name.",
        NativeCall::NoArgs(gethostname),
    ),
    NativeDef::new(
        "getnameinfo",
        "",
        "getnameinfo(sockaddr, flags) --> (host, port)\n\nGet host and port for a sockaddr.",
        NativeCall::Positional(2, 2, getnameinfo),
    ),
    NativeDef::new(
        "getprotobyname",
        "",
        "getprotobyname(name) -> integer\n\nReturn the protocol number for the named protocol.  (Rarely used.)",
        NativeCall::One(getprotobyname),
    ),
    NativeDef::new(
        "getservbyname",
        "",
        "getservbyname(servicename[, protocolname]) -> integer\n\nReturn a port number from a service name and protocol name.\nThe optional protocol name, if given, should be 'tcp' or 'udp',\notherwise any protocol will match.",
        NativeCall::Positional(1, 2, getservbyname),
    ),
    NativeDef::new(
        "getservbyport",
        "",
        "getservbyport(port[, protocolname]) -> string\n\nReturn the service name from a port number and protocol name.\nThe optional protocol name, if given, should be 'tcp' or 'udp',\notherwise any protocol will match.",
        NativeCall::Positional(1, 2, getservbyport),
    ),
    NativeDef::new(
        "htonl",
        "($module, integer, /)",
        "Convert a 32-bit unsigned integer from host to network byte order.",
        NativeCall::One(swap32::<true>),
    ),
    NativeDef::new(
        "htons",
        "($module, integer, /)",
        "Convert a 16-bit unsigned integer from host to network byte order.",
        NativeCall::One(swap16::<true>),
    ),
    NativeDef::new(
        "if_indextoname",
        "($module, if_index, /)",
        "Returns the interface name corresponding to the interface index if_index.",
        NativeCall::One(if_indextoname),
    ),
    NativeDef::new(
        "if_nameindex",
        "($self, /)",
        "if_nameindex()\n\nReturns a list of network interface information (index, name) tuples.",
        NativeCall::NoArgs(if_nameindex),
    ),
    NativeDef::new(
        "if_nametoindex",
        "($module, oname, /)",
        "Returns the interface index corresponding to the interface name if_name.",
        NativeCall::One(if_nametoindex),
    ),
    NativeDef::new(
        "inet_aton",
        "($module, ip_addr, /)",
        "Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format used in low-level network functions.",
        NativeCall::One(inet_aton),
    ),
    NativeDef::new(
        "inet_ntoa",
        "($module, packed_ip, /)",
        "Convert an IP address from 32-bit packed binary format to string format.",
        NativeCall::One(inet_ntoa),
    ),
    NativeDef::new(
        "inet_ntop",
        "",
        "inet_ntop(af, packed_ip) -> string formatted IP address\n\nConvert a packed IP address of the given family to string format.",
        NativeCall::Positional(2, 2, inet_ntop),
    ),
    NativeDef::new(
        "inet_pton",
        "",
        "inet_pton(af, ip) -> packed IP address string\n\nConvert an IP address from string format to a packed string suitable\nfor use with low-level network functions.",
        NativeCall::Positional(2, 2, inet_pton),
    ),
    NativeDef::new(
        "ntohl",
        "($module, integer, /)",
        "Convert a 32-bit unsigned integer from network to host byte order.",
        NativeCall::One(swap32::<false>),
    ),
    NativeDef::new(
        "ntohs",
        "($module, integer, /)",
        "Convert a 16-bit unsigned integer from network to host byte order.",
        NativeCall::One(swap16::<false>),
    ),
    NativeDef::new(
        "sethostname",
        "",
        "sethostname(name)\n\nSets the hostname to name.",
        NativeCall::One(sethostname),
    ),
];
