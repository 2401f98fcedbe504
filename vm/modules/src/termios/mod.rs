//! `termios`: how terminals behave. CPython: Modules/termios.c.
//!
//! Speeds are numbers of bits in a second, as C's library has had them since version 2.42; the kernel is asked and told
//! by its own interface for such, `TCGETS2`.

mod constants;

use lasti_system::fd as system;
use lasti_vm::builtins::exceptions::strerror;
use lasti_vm::builtins::{BASE_EXCEPTION, EXCEPTION};
use lasti_vm::bytes::Bytes;
use lasti_vm::errors::BaseException;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags};
use lasti_vm::{Exc, PyResult, Ref, Vm};
use rustix::io::Errno;

use crate::fds;
use crate::posix::path::descriptor;
use constants::{CONSTANTS, SPEEDS};

lasti_vm::builtin_type!(/** `termios.error` */ ERROR, "error", BaseException, on BASE_EXCEPTION);

/// How many special characters C's library has, and the kernel.
const NCCS: usize = 32;
const KERNEL_NCCS: usize = 19;
/// What the kernel calls them: `TCGETS2` and the like, `TIOCGWINSZ`, …
const GET: u64 = 0x802C_542A;
const SET_NOW: u64 = 0x402C_542B;
const BREAK: u64 = 0x5409;
const FLOW: u64 = 0x540A;
const FLUSH: u64 = 0x540B;
const BREAK_FOR: u64 = 0x5425;
const GET_SIZE: u64 = 0x5413;
const SET_SIZE: u64 = 0x5414;
/// The bits of the control modes that name a speed, and the one that says that there is none for it.
const CBAUD: u32 = 0o10_017;
const BOTHER: u32 = 0o10_000;
const CIBAUD_SHIFT: u32 = 16;

fn fault(vm: &Vm, errno: Errno) -> Exc {
    let number = errno.raw_os_error();
    vm.error_with(&ERROR, vec![Int::new(number.into()), Str::new(&strerror(number)).into_obj()])
}

/// A descriptor's number, which is not negative.
fn terminal(vm: &Vm, given: &Obj) -> PyResult<i32> {
    match descriptor(vm, given)? {
        fd @ 0.. => Ok(fd),
        fd => Err(vm.value_error(format!("file descriptor cannot be a negative integer ({fd})"))),
    }
}

/// The kernel's `struct termios2`.
struct Attributes {
    /// Input, output, control and local modes.
    modes: [u32; 4],
    line: u8,
    characters: [u8; KERNEL_NCCS],
    input_speed: u32,
    output_speed: u32,
}

impl Attributes {
    const SIZE: usize = 44;

    fn read(fd: i32) -> Result<Self, Errno> {
        let mut bytes = [0; Self::SIZE];
        system::ioctl_bytes(fd, GET, &mut bytes)?;
        let word = |at: usize| u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let mut characters = [0; KERNEL_NCCS];
        characters.copy_from_slice(&bytes[17..36]);
        Ok(Self {
            modes: [word(0), word(4), word(8), word(12)],
            line: bytes[16],
            characters,
            input_speed: word(36),
            output_speed: word(40),
        })
    }

    fn write(&self, fd: i32, when: u64) -> Result<(), Errno> {
        let mut bytes = Vec::with_capacity(Self::SIZE);
        for mode in self.modes {
            bytes.extend_from_slice(&mode.to_ne_bytes());
        }
        bytes.push(self.line);
        bytes.extend_from_slice(&self.characters);
        bytes.extend_from_slice(&self.input_speed.to_ne_bytes());
        bytes.extend_from_slice(&self.output_speed.to_ne_bytes());
        system::ioctl_bytes(fd, SET_NOW + when, &mut bytes).map(drop)
    }

    /// Enters the speeds, also in the control modes.
    fn set_speeds(&mut self, input: u32, output: u32) {
        let code =
            |speed| SPEEDS.iter().find(|&&(known, _)| known == speed).map_or(BOTHER, |&(_, code)| code);
        self.modes[2] &= !(CBAUD | CBAUD << CIBAUD_SHIFT);
        self.modes[2] |= code(output);
        if input != 0 && input != output {
            self.modes[2] |= code(input) << CIBAUD_SHIFT;
        }
        (self.input_speed, self.output_speed) = (input, output);
    }
}

fn tcgetattr(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = terminal(vm, fd)?;
    let found = Attributes::read(fd).map_err(|errno| fault(vm, errno))?;
    let canonical = found.modes[3] & libc::ICANON != 0;
    let characters = (0..NCCS).map(|at| {
        let character = found.characters.get(at).copied().unwrap_or(0);
        if !canonical && (at == libc::VMIN || at == libc::VTIME) {
            Int::new(character.into())
        } else {
            Bytes::new(&[character]).into_obj()
        }
    });
    let characters = List::new(characters.collect()).into_obj();
    let numbers = found.modes.into_iter().chain([found.input_speed, found.output_speed]);
    let mut all: Vec<Obj> = numbers.map(|number| Int::new(number.into())).collect();
    all.push(characters);
    Ok(List::new(all).into_obj())
}

fn tcsetattr(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let fd = terminal(vm, &args[0])?;
    let when = vm.c_int_argument(&args[1])?;
    let seven = args[2].downcast::<List>().map(|list| list.items.to_vec()).filter(|items| items.len() == 7);
    let Some(items) = seven else {
        return Err(vm.type_error("tcsetattr, arg 3: must be 7 element list"));
    };
    let Ok(when) =
        u64::try_from(when).map_err(drop).and_then(|when| if when < 3 { Ok(when) } else { Err(()) })
    else {
        return Err(fault(vm, Errno::INVAL));
    };
    let mut attributes = Attributes::read(fd).map_err(|errno| fault(vm, errno))?;
    for (mode, given) in attributes.modes.iter_mut().zip(&items) {
        *mode = vm.index_i64(given)? as u32;
    }
    let speeds = [vm.index_i64(&items[4])? as u32, vm.index_i64(&items[5])? as u32];
    let characters = items[6].downcast::<List>().map(|list| list.items.to_vec());
    let Some(characters) = characters.filter(|characters| characters.len() == NCCS) else {
        return Err(vm.type_error(format!("tcsetattr: attributes[6] must be {NCCS} element list")));
    };
    for (at, given) in characters.iter().enumerate() {
        let character = match given.downcast::<Bytes>().map(|bytes| bytes.as_slice()) {
            Some(&[character]) => character,
            _ if given.as_int().is_some() => vm.c_int_argument(given)? as u8,
            _ => {
                return Err(vm.type_error("tcsetattr: elements of attributes must be characters or integers"));
            }
        };
        if let Some(slot) = attributes.characters.get_mut(at) {
            *slot = character;
        }
    }
    attributes.set_speeds(speeds[0], speeds[1]);
    let done = fds::blocking(vm, || attributes.write(fd, when))?;
    done.map_err(|errno| fault(vm, errno))?;
    Ok(vm.none())
}

/// Makes a request with a number that may block.
fn request(vm: &Vm, fd: &Obj, request: u64, number: i64) -> PyResult {
    let fd = terminal(vm, fd)?;
    let done = fds::blocking(vm, || system::ioctl(fd, request, number))?;
    done.map_err(|errno| fault(vm, errno))?;
    Ok(vm.none())
}

fn tcsendbreak(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    // Without a duration it is the system's; else tenths of a second.
    match vm.c_int_argument(&args[1])? {
        0 => request(vm, &args[0], BREAK, 0),
        duration => request(vm, &args[0], BREAK_FOR, (i64::from(duration) + 99) / 100),
    }
}

fn tcdrain(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    request(vm, fd, BREAK, 1)
}

fn tcflush(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let queue = vm.c_int_argument(&args[1])?;
    request(vm, &args[0], FLUSH, queue.into())
}

fn tcflow(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let action = vm.c_int_argument(&args[1])?;
    request(vm, &args[0], FLOW, action.into())
}

/// Rows, columns, and both in pixels.
fn size(fd: i32) -> Result<[u16; 4], Errno> {
    let mut bytes = [0; 8];
    system::ioctl_bytes(fd, GET_SIZE, &mut bytes)?;
    Ok([0, 2, 4, 6].map(|at| u16::from_ne_bytes([bytes[at], bytes[at + 1]])))
}

fn tcgetwinsize(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let [rows, columns, ..] = size(terminal(vm, fd)?).map_err(|errno| fault(vm, errno))?;
    Ok(Tuple::new(vec![Int::new(rows.into()), Int::new(columns.into())]).into_obj())
}

fn tcsetwinsize(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    const TWO: &str = "tcsetwinsize, arg 2: must be a two-item sequence";
    let fd = terminal(vm, &args[0])?;
    if args[1].downcast::<List>().is_none() && args[1].downcast::<Tuple>().is_none() {
        return Err(vm.type_error(TWO));
    }
    let items = vm.collect(&args[1])?;
    let [rows, columns] = items.as_slice() else { return Err(vm.type_error(TWO)) };
    let wanted = [vm.index_i64(rows)?, vm.index_i64(columns)?];
    let mut size = size(fd).map_err(|errno| fault(vm, errno))?;
    for (slot, wanted) in size.iter_mut().zip(wanted) {
        *slot = u16::try_from(wanted).map_err(|_| vm.overflow_error("winsize value(s) out of range."))?;
    }
    let mut bytes: Vec<u8> = size.iter().flat_map(|number| number.to_ne_bytes()).collect();
    system::ioctl_bytes(fd, SET_SIZE, &mut bytes).map_err(|errno| fault(vm, errno))?;
    Ok(vm.none())
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !ERROR.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &ERROR)
            .base(&EXCEPTION)
            .module("termios")
            .flags(TypeFlags::BASETYPE | TypeFlags::EXCEPTION)
            .ready();
    }
    module.add_type(vm, &ERROR)?;
    for &(name, value) in CONSTANTS {
        module.add(vm, name, Int::new(value))?;
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "termios",
    doc: "This module provides an interface to the Posix calls for tty I/O control.\nFor a complete description of these calls, see the Posix or Unix manual\npages. It is only available for those Unix versions that support Posix\ntermios style tty I/O control.\n\nAll functions in this module take a file descriptor fd as their first\nargument. This can be an integer file descriptor, such as returned by\nsys.stdin.fileno(), or a file object, such as sys.stdin itself.",
    functions: &[
        NativeDef::new("tcdrain", "($module, fd, /)", "", NativeCall::One(tcdrain)),
        NativeDef::new("tcflow", "($module, fd, action, /)", "", NativeCall::Positional(2, 2, tcflow)),
        NativeDef::new("tcflush", "($module, fd, queue, /)", "", NativeCall::Positional(2, 2, tcflush)),
        NativeDef::new("tcgetattr", "($module, fd, /)", "", NativeCall::One(tcgetattr)),
        NativeDef::new("tcgetwinsize", "($module, fd, /)", "", NativeCall::One(tcgetwinsize)),
        NativeDef::new(
            "tcsendbreak",
            "($module, fd, duration, /)",
            "",
            NativeCall::Positional(2, 2, tcsendbreak),
        ),
        NativeDef::new(
            "tcsetattr",
            "($module, fd, when, attributes, /)",
            "",
            NativeCall::Positional(3, 3, tcsetattr),
        ),
        NativeDef::new(
            "tcsetwinsize",
            "($module, fd, winsize, /)",
            "",
            NativeCall::Positional(2, 2, tcsetwinsize),
        ),
    ],
    fill,
};
