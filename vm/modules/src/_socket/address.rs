//! Addresses: Python's tuples and strings, and the system's structures.

use std::ffi::CString;
use std::net::{Ipv4Addr, Ipv6Addr};

use lasti_system::net::{self, Address};
use lasti_vm::bytes::Bytes;
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::paths::from_system;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::{PyResult, Vm};

use super::names::name_error;

/// Bytes of `sun_path`.
const UNIX_PATH: usize = 108;

/// A host's name as bytes: ASCII as it is, other text by IDNA.
pub(super) fn host(vm: &Vm, given: &Obj) -> PyResult<CString> {
    let bytes = if let Some(bytes) = lasti_vm::buffer::with_bytes_object(given, <[u8]>::to_vec) {
        bytes
    } else if let Some(text) = given.downcast::<Str>() {
        if text.as_bytes().is_ascii() {
            text.as_bytes().to_vec()
        } else {
            let encoded = vm.call_method_named(given, "encode", &[Str::new("idna").into_obj()])?;
            lasti_vm::buffer::with_bytes_object(&encoded, <[u8]>::to_vec).unwrap_or_default()
        }
    } else {
        return Err(vm.type_error(format!("str, bytes or bytearray expected, not {}", given.ty().name())));
    };
    CString::new(bytes).map_err(|_| vm.type_error("host name must not contain null character"))
}

fn v4(address: Ipv4Addr, port: u16) -> Vec<u8> {
    let mut bytes = (libc::AF_INET as u16).to_ne_bytes().to_vec();
    bytes.extend(port.to_be_bytes());
    bytes.extend(address.octets());
    bytes.extend([0; 8]);
    bytes
}

fn v6(address: Ipv6Addr, port: u16, flow: u32, scope: u32) -> Vec<u8> {
    let mut bytes = (libc::AF_INET6 as u16).to_ne_bytes().to_vec();
    bytes.extend(port.to_be_bytes());
    bytes.extend(flow.to_be_bytes());
    bytes.extend(address.octets());
    bytes.extend(scope.to_ne_bytes());
    bytes
}

/// The first address of a host; any address for an empty name. CPython: `setipaddr`.
pub(super) fn resolve(vm: &Vm, host: &CString, family: i32) -> PyResult<Address> {
    let text = host.to_str().unwrap_or_default();
    let found = |bytes| {
        Address::new(bytes).ok_or_else(|| vm.error(&lasti_vm::builtins::OS_ERROR, "address too long"))
    };
    if text == "<broadcast>" || text == "255.255.255.255" {
        if family == libc::AF_INET6 {
            return Err(vm.error(&lasti_vm::builtins::OS_ERROR, "address family mismatched"));
        }
        return found(v4(Ipv4Addr::BROADCAST, 0));
    }
    if family != libc::AF_INET6
        && let Ok(address) = text.parse::<Ipv4Addr>()
    {
        return found(v4(address, 0));
    }
    if family != libc::AF_INET
        && let Ok(address) = text.parse::<Ipv6Addr>()
    {
        return found(v6(address, 0, 0, 0));
    }
    let (name, flags) = if text.is_empty() { (None, libc::AI_PASSIVE) } else { (Some(host.as_c_str()), 0) };
    let service = name.is_none().then_some(c"0");
    let kind = if name.is_none() { libc::SOCK_DGRAM } else { 0 };
    let answers = vm.allow_threads(|| net::look_up(name, service, family, kind, 0, flags));
    match answers.map_err(|error| name_error(vm, &error))?.into_iter().next() {
        Some(first) => Ok(first.address),
        None => Err(vm.error(&lasti_vm::builtins::OS_ERROR, "unknown address family")),
    }
}

/// A tuple's items, of so many at least and at most.
fn tuple<'a>(
    vm: &Vm,
    function: &str,
    family: &str,
    given: &'a Obj,
    (least, most): (usize, usize),
) -> PyResult<&'a [Obj]> {
    let Some(tuple) = given.downcast::<Tuple>() else {
        return Err(
            vm.type_error(format!("{function}(): {family} address must be tuple, not {}", given.ty().name()))
        );
    };
    let items = tuple.items();
    if items.len() < least || items.len() > most {
        let wanted = if least == most {
            "a pair (host, port)".to_owned()
        } else {
            "a tuple (host, port[, flowinfo[, scopeid]])".to_owned()
        };
        return Err(vm.type_error(format!("{family} address must be {wanted}")));
    }
    Ok(items)
}

fn port(vm: &Vm, function: &str, given: &Obj) -> PyResult<u16> {
    let port = vm.c_int_argument(given)?;
    u16::try_from(port).map_err(|_| vm.overflow_error(format!("{function}(): port must be 0-65535.")))
}

/// An address argument of a socket of that family. CPython: `getsockaddrarg`.
pub(super) fn parse(vm: &Vm, function: &str, family: i32, given: &Obj) -> PyResult<Address> {
    let bytes = match family {
        libc::AF_INET => {
            let items = tuple(vm, function, "AF_INET", given, (2, 2))?;
            let (host, port) = (host(vm, &items[0])?, port(vm, function, &items[1])?);
            let mut bytes = resolve(vm, &host, libc::AF_INET)?.bytes().to_vec();
            bytes[2..4].copy_from_slice(&port.to_be_bytes());
            bytes
        }
        libc::AF_INET6 => {
            let items = tuple(vm, function, "AF_INET6", given, (2, 4))?;
            let (host, port) = (host(vm, &items[0])?, port(vm, function, &items[1])?);
            let number = |index: usize| -> PyResult<u32> {
                items.get(index).map_or(Ok(0), |item| vm.index_i64(item).map(|number| number as u32))
            };
            let (flow, scope) = (number(2)?, number(3)?);
            if flow > 0xF_FFFF {
                return Err(vm.overflow_error(format!("{function}(): flowinfo must be 0-1048575.")));
            }
            let mut bytes = resolve(vm, &host, libc::AF_INET6)?.bytes().to_vec();
            bytes[2..4].copy_from_slice(&port.to_be_bytes());
            bytes[4..8].copy_from_slice(&flow.to_be_bytes());
            if items.len() > 3 {
                bytes[24..28].copy_from_slice(&scope.to_ne_bytes());
            }
            bytes
        }
        libc::AF_UNIX => {
            let path = match given.downcast::<Str>() {
                Some(text) => vm.encode_name(text)?,
                None => vm.buffer(given)?.to_vec(),
            };
            // A name that begins with a null is no path, and has no null at its end.
            let is_abstract = path.first() == Some(&0);
            if path.len() > UNIX_PATH || (path.len() == UNIX_PATH && !is_abstract) {
                return Err(vm.error(&lasti_vm::builtins::OS_ERROR, "AF_UNIX path too long"));
            }
            let mut bytes = (libc::AF_UNIX as u16).to_ne_bytes().to_vec();
            bytes.extend(&path);
            if !is_abstract {
                bytes.push(0);
            }
            bytes
        }
        _ => return Err(vm.error(&lasti_vm::builtins::OS_ERROR, &format!("{function}(): bad family"))),
    };
    Address::new(bytes).ok_or_else(|| vm.error(&lasti_vm::builtins::OS_ERROR, "address too long"))
}

/// An address as Python has it. CPython: `makesockaddr`.
pub(super) fn shown(address: &Address) -> Option<Obj> {
    let bytes = address.bytes();
    if bytes.is_empty() {
        return None;
    }
    let number = |at: usize| -> [u8; 4] {
        bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default()
    };
    let port = || Int::new(bytes.get(2..4).map_or(0, |port| i64::from(port[0]) << 8 | i64::from(port[1])));
    Some(match address.family() {
        libc::AF_INET => {
            let host = Ipv4Addr::from(number(4)).to_string();
            Tuple::new(vec![Str::new(&host).into_obj(), port()]).into_obj()
        }
        libc::AF_INET6 => {
            let octets: [u8; 16] =
                bytes.get(8..24).and_then(|octets| octets.try_into().ok()).unwrap_or_default();
            let (flow, scope) = (u32::from_be_bytes(number(4)), u32::from_ne_bytes(number(24)));
            let host = Ipv6Addr::from(octets).to_string();
            let parts =
                vec![Str::new(&host).into_obj(), port(), Int::new(flow.into()), Int::new(scope.into())];
            Tuple::new(parts).into_obj()
        }
        libc::AF_UNIX => {
            let path = &bytes[2..];
            if path.first() == Some(&0) {
                Bytes::new(path).into_obj()
            } else {
                let end = path.iter().position(|byte| *byte == 0).unwrap_or(path.len());
                from_system(&path[..end]).into_obj()
            }
        }
        family => Tuple::new(vec![Int::new(family.into()), Bytes::new(&bytes[2..]).into_obj()]).into_obj(),
    })
}
