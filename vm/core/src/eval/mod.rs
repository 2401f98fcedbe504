//! The eval loop.
//!
//! Each opcode has a handler: a function of instruction pointer, stack pointer, frame, thread and argument, which
//! ends by calling the next instruction's handler. In release builds those calls are tail calls, so all five
//! stay in registers and each handler has a dispatch jump of its own. In builds with debug assertions a handler
//! instead returns to the loop in [`run`], which also is where every cold path may go: [`Exit::Again`].
//!
//! Nothing but the native stack depends on the calls being tail calls: RESUME and JUMP_BACKWARD compare the
//! stack pointer with a limit, and a native stack that grew is given back by returning to `run`.
//!
//! - `ops`: the handlers, a group of opcodes a file
//! - `table`: which handler is whose
//! - `exec`: the execution copy that the loop runs, in which opcodes specialise themselves
//! - `specialize`: when and to what
//! - `trap`: instructions that somebody is told of; `callback`: who is a function in Python
//! - `call`: entering functions, binding arguments; `unwind`: raising; `enter`: from native code into the loop
//!
//! # What the handlers rely on
//! The code was verified ([`lasti_code::VerifiedCode`]): stack depths, slots, constants, names, jump targets. A
//! frame has as many words as the verifier says the code needs. `fp` is the frame that runs and `vm.frame` is the
//! same; `ip` points into its execution copy. Words below `sp` are values, or NULL where the opcode's stack
//! effect says so.

#![allow(
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    clippy::missing_safety_doc,
    clippy::inline_always,
    clippy::too_many_arguments
)]

pub(crate) mod call;
mod callback;
mod enter;
pub(crate) mod exec;
pub(crate) mod instrument;
mod ops;
mod specialize;
mod table;
mod trap;
mod unwind;

pub(crate) use call::leave_frame;
pub use enter::run_module_code;
pub(crate) use enter::{
    Resumed, call_function, current_builtins, current_code, current_frame, current_globals, current_locals,
    frame_at, function_slot_call, resume, run_class_body, run_code, super_arguments, within,
};
pub(crate) use ops::generators::{awaitable, is_delegating, waits_at_plain_yield, waits_outside_try};
pub(crate) use specialize::{KnownCalls, is_immortal};

use std::cell::Cell;

use crate::frame::Frame;
use crate::object::Value;
use crate::object::dealloc::dealloc;
use crate::vm::Vm;

pub(crate) type Ip = *mut u16;
pub(crate) type Sp = *mut Value;
pub(crate) type Fp = *mut Frame;

pub(crate) type Handler = unsafe fn(Ip, Sp, Fp, &Vm, u32) -> Exit;

/// Why the handlers returned to the loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Exit {
    /// To go on at the saved registers.
    Again,
    /// The frame that was entered returned; the value is in the registers.
    Returned,
    /// The generator that was entered yielded; the value is in the registers.
    Yielded,
    /// The frame that was entered raised; the exception is in the registers.
    Raised,
}

/// Where the loop was left.
pub(crate) struct Registers {
    pub(crate) ip: Cell<Ip>,
    pub(crate) sp: Cell<Sp>,
    pub(crate) fp: Cell<Fp>,
    /// What is returned, yielded or raised.
    pub(crate) result: Cell<Value>,
}

impl Registers {
    pub(crate) const fn new() -> Self {
        Self {
            ip: Cell::new(std::ptr::null_mut()),
            sp: Cell::new(std::ptr::null_mut()),
            fp: Cell::new(std::ptr::null_mut()),
            result: Cell::new(Value::NULL),
        }
    }
}

/// Goes on at `ip`.
#[inline(always)]
pub(crate) unsafe fn dispatch(ip: Ip, sp: Sp, fp: Fp, vm: &Vm) -> Exit {
    if cfg!(debug_assertions) {
        return again(ip, sp, fp, vm);
    }
    let unit = *ip;
    let handler = *table::TABLE.get_unchecked(usize::from(unit as u8));
    handler(ip, sp, fp, vm, u32::from(unit >> 8))
}

/// Goes on at `ip` after giving back `dead`. Tearing an object down is in a tail call, so that no handler saves
/// registers for it.
#[inline(always)]
pub(crate) unsafe fn dispatch_releasing(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, dead: Value) -> Exit {
    if dead.is_counted() && (*dead.header()).decref() {
        return bury(ip, sp, fp, vm, dead.0);
    }
    dispatch(ip, sp, fp, vm)
}

/// The same for two values, `first` first.
#[inline(always)]
pub(crate) unsafe fn dispatch_releasing_both(
    ip: Ip,
    sp: Sp,
    fp: Fp,
    vm: &Vm,
    first: Value,
    second: Value,
) -> Exit {
    if first.is_counted() && (*first.header()).decref() {
        return bury_first(ip, sp, fp, vm, first.0, second.0);
    }
    dispatch_releasing(ip, sp, fp, vm, second)
}

/// Tears down an object that nobody holds any more, and goes on.
#[inline(never)]
unsafe fn bury(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, dead: u64) -> Exit {
    dealloc(Value(dead).header());
    dispatch(ip, sp, fp, vm)
}

#[inline(never)]
unsafe fn bury_first(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, dead: u64, second: u64) -> Exit {
    dealloc(Value(dead).header());
    dispatch_releasing(ip, sp, fp, vm, Value(second))
}

/// Goes on at `ip` with the outcome of a test, which is pushed. If a conditional jump stands there, it is done right
/// away.
#[inline(always)]
pub(crate) unsafe fn dispatch_truth(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, truth: bool) -> Exit {
    if cfg!(debug_assertions) {
        *sp = ops::operators::bool_word(truth);
        return again(ip, sp.add(1), fp, vm);
    }
    let unit = *ip;
    let wanted = match unit as u8 {
        POP_JUMP_IF_FALSE => false,
        POP_JUMP_IF_TRUE => true,
        _ => {
            *sp = ops::operators::bool_word(truth);
            return dispatch(ip, sp.add(1), fp, vm);
        }
    };
    if truth == wanted {
        return dispatch(ip.add(2 + usize::from(unit >> 8)), sp, fp, vm);
    }
    dispatch_not_taken(ip.add(2), sp, fp, vm)
}

const POP_JUMP_IF_FALSE: u8 = lasti_code::Opcode::PopJumpIfFalse as u8;
const POP_JUMP_IF_TRUE: u8 = lasti_code::Opcode::PopJumpIfTrue as u8;

/// Goes on at `ip`, behind a jump that was not taken: past NOT_TAKEN, if nobody wants to be told of it.
#[inline(always)]
pub(crate) unsafe fn dispatch_not_taken(ip: Ip, sp: Sp, fp: Fp, vm: &Vm) -> Exit {
    if cfg!(debug_assertions) {
        return again(ip, sp, fp, vm);
    }
    let nop = *ip as u8 == lasti_code::Opcode::NotTaken as u8;
    dispatch(ip.add(usize::from(nop)), sp, fp, vm)
}

/// Goes on at `ip` with the next item of a loop, which is pushed. If it is stored in a local right away, that is done
/// here.
#[inline(always)]
pub(crate) unsafe fn dispatch_item(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, item: Value) -> Exit {
    let unit = *ip;
    if !cfg!(debug_assertions) && unit as u8 == lasti_code::Opcode::StoreFast as u8 {
        let place = ops::slot(fp, u32::from(unit >> 8));
        let old = *place;
        *place = item;
        return dispatch_releasing(ip.add(1), sp, fp, vm, old);
    }
    *sp = item;
    dispatch(ip, sp.add(1), fp, vm)
}

/// Goes on at `ip` by way of the loop, so that the native stack is as it was there.
#[inline(always)]
pub(crate) unsafe fn again(ip: Ip, sp: Sp, fp: Fp, vm: &Vm) -> Exit {
    vm.registers.ip.set(ip);
    vm.registers.sp.set(sp);
    vm.registers.fp.set(fp);
    Exit::Again
}

/// What a handler's helper returns that failed: the exception waits in the registers for [`raise_pending`].
///
/// A handler whose own body holds values with destructors, or locals that are lent out, does not end in a tail
/// call: such code is in helpers that are never inlined, and return the new stack pointer.
#[cold]
pub(crate) fn fail(vm: &Vm, error: crate::errors::Exc) -> Sp {
    vm.registers.result.set(error.into_obj().into_value());
    std::ptr::null_mut()
}

/// Raises what [`fail`] left.
#[cold]
#[inline(never)]
pub(crate) unsafe fn raise_pending(ip: Ip, sp: Sp, fp: Fp, vm: &Vm) -> Exit {
    let exception = crate::object::Obj::from_owned(vm.registers.result.replace(Value::NULL));
    match exception.into_ref::<crate::errors::BaseException>() {
        Ok(exception) => unwind::raise(ip, sp, fp, vm, crate::errors::Exc::new(exception)),
        Err(_) => unwind::raise(ip, sp, fp, vm, vm.system_error("raised what is no exception")),
    }
}

/// Runs until the frame is left that was entered with [`FrameFlags::ENTRY`](crate::frame::FrameFlags).
#[inline(always)]
pub(crate) unsafe fn run(vm: &Vm, ip: Ip, sp: Sp, fp: Fp) -> Exit {
    let (mut ip, mut sp, mut fp) = (ip, sp, fp);
    loop {
        let unit = *ip;
        let handler = table::TABLE[usize::from(unit as u8)];
        let exit = handler(ip, sp, fp, vm, u32::from(unit >> 8));
        if exit != Exit::Again {
            return exit;
        }
        (ip, sp, fp) = (vm.registers.ip.get(), vm.registers.sp.get(), vm.registers.fp.get());
    }
}

/// Ends a handler: goes on at an instruction.
macro_rules! next {
    ($ip:expr, $sp:expr, $fp:expr, $vm:expr) => {
        return $crate::eval::dispatch($ip, $sp, $fp, $vm)
    };
}
pub(crate) use next;

/// Ends a handler: gives back one value, or two, and goes on at an instruction.
macro_rules! next_releasing {
    ($ip:expr, $sp:expr, $fp:expr, $vm:expr, $dead:expr) => {
        return $crate::eval::dispatch_releasing($ip, $sp, $fp, $vm, $dead)
    };
    ($ip:expr, $sp:expr, $fp:expr, $vm:expr, $first:expr, $second:expr) => {
        return $crate::eval::dispatch_releasing_both($ip, $sp, $fp, $vm, $first, $second)
    };
}
pub(crate) use next_releasing;

/// Ends a handler: raises, from the instruction at `$ip`.
macro_rules! throw {
    ($ip:expr, $sp:expr, $fp:expr, $vm:expr, $error:expr) => {
        return $crate::eval::unwind::raise($ip, $sp, $fp, $vm, $error)
    };
}
pub(crate) use throw;

/// Ends a handler: goes on with the stack pointer that a helper returned, or raises if it failed.
macro_rules! next_or_raise {
    ($ip:expr, $to:expr, $sp:expr, $new:expr, $fp:expr, $vm:expr) => {{
        let new = $new;
        if new.is_null() {
            return $crate::eval::raise_pending($ip, $sp, $fp, $vm);
        }
        return $crate::eval::dispatch($to, new, $fp, $vm);
    }};
}
pub(crate) use next_or_raise;

/// A handler.
macro_rules! op {
    ($(#[$meta:meta])* fn $name:ident($ip:ident, $sp:ident, $fp:ident, $vm:ident, $oparg:ident) $body:block) => {
        $(#[$meta])*
        // A handler that goes on in another one, for what is rare, must not become part of it.
        #[inline(never)]
        #[allow(unused_mut, unused_variables, reason = "all handlers have the same parameters")]
        pub(in crate::eval) unsafe fn $name(
            mut $ip: $crate::eval::Ip,
            mut $sp: $crate::eval::Sp,
            mut $fp: $crate::eval::Fp,
            $vm: &$crate::vm::Vm,
            $oparg: u32,
        ) -> $crate::eval::Exit $body
    };
}
pub(crate) use op;

/// A handler that takes the top `$pops` values, and pushes one or raises. The body sees the values as objects, and
/// they are released after it.
macro_rules! value_op {
    ($(#[$meta:meta])* fn $name:ident($vm:ident, $fp:ident, $args:ident, $oparg:ident) pops $pops:expr, caches $caches:literal, $body:block) => {
        $(#[$meta])*
        #[inline(never)]
        #[allow(unused_variables, reason = "all handlers have the same parameters")]
        pub(in crate::eval) unsafe fn $name(
            ip: $crate::eval::Ip,
            sp: $crate::eval::Sp,
            $fp: $crate::eval::Fp,
            $vm: &$crate::vm::Vm,
            $oparg: u32,
        ) -> $crate::eval::Exit {
            #[inline(never)]
            #[allow(unused_variables, reason = "as above")]
            unsafe fn body(
                $vm: &$crate::vm::Vm,
                $fp: $crate::eval::Fp,
                $args: &[$crate::object::Obj],
                $oparg: u32,
            ) -> $crate::errors::PyResult $body
            (*$fp).ip = ip;
            let count: usize = $pops;
            let base = sp.sub(count);
            match body($vm, $fp, $crate::eval::ops::objects(base, count), $oparg) {
                Ok(result) => {
                    let result = result.into_value();
                    $crate::eval::ops::release_range(base, count);
                    *base = result;
                    $crate::eval::next!(ip.add(1 + $caches), base.add(1), $fp, $vm)
                }
                Err(error) => $crate::eval::throw!(ip, sp, $fp, $vm, error),
            }
        }
    };
}
pub(crate) use value_op;

/// A handler that takes the top `$pops` values and pushes nothing, or raises.
macro_rules! effect_op {
    ($(#[$meta:meta])* fn $name:ident($vm:ident, $fp:ident, $args:ident, $oparg:ident) pops $pops:expr, caches $caches:literal, $body:block) => {
        $(#[$meta])*
        #[inline(never)]
        #[allow(unused_variables, reason = "all handlers have the same parameters")]
        pub(in crate::eval) unsafe fn $name(
            ip: $crate::eval::Ip,
            sp: $crate::eval::Sp,
            $fp: $crate::eval::Fp,
            $vm: &$crate::vm::Vm,
            $oparg: u32,
        ) -> $crate::eval::Exit {
            #[inline(never)]
            #[allow(unused_variables, reason = "as above")]
            unsafe fn body(
                $vm: &$crate::vm::Vm,
                $fp: $crate::eval::Fp,
                $args: &[$crate::object::Obj],
                $oparg: u32,
            ) -> $crate::errors::PyResult<()> $body
            (*$fp).ip = ip;
            let count: usize = $pops;
            let base = sp.sub(count);
            match body($vm, $fp, $crate::eval::ops::objects(base, count), $oparg) {
                Ok(()) => {
                    $crate::eval::ops::release_range(base, count);
                    $crate::eval::next!(ip.add(1 + $caches), base, $fp, $vm)
                }
                Err(error) => $crate::eval::throw!(ip, sp, $fp, $vm, error),
            }
        }
    };
}
pub(crate) use effect_op;

/// Puts the loop behind the types that enter it.
pub(crate) fn init() {
    crate::builtins::FUNCTION.slots.call.set(Some(function_slot_call));
}

#[cfg(test)]
mod tests;
