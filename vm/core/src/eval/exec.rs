//! The execution copy: a code object's units, private to the loop, in which opcodes specialise themselves.

use lasti_code::Opcode;

use super::instrument;
use crate::code::Code;
use crate::object::Object;
use crate::vm::{Interp, Vm};

/// The execution copy of code that is about to run: made, if it is the first time, and with what is traced now.
#[cold]
#[inline(never)]
pub(super) unsafe fn make(vm: &Vm, code: &Object<Code>) -> *mut u16 {
    if code.units.get().is_null() {
        code.units.set(copy(code));
        code.begins_plainly.set(instrument::begins_plainly(code));
        Interp::get().tracing.add_code(code);
        if let Some(hook) = Interp::get().tracing.hook() {
            hook.code_ready(vm, &code.to_ref());
        }
    }
    instrument::update(code);
    code.exec.get()
}

unsafe fn copy(code: &Object<Code>) -> *mut u16 {
    let bytes = &code.data().code;
    let mut units: Vec<u16> =
        bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    let borrows = code.verified().is_none_or(|verified| verified.borrow_fault().is_some());
    let mut at = 0;
    while at < units.len() {
        let opcode = Opcode::from_u8(units[at] as u8);
        if borrows {
            // The code breaks the rule of borrowed loads: every load counts.
            let counted = match opcode {
                Some(Opcode::LoadFastBorrow) => Some(Opcode::LoadFast),
                Some(Opcode::LoadFastBorrowLoadFastBorrow) => Some(Opcode::LoadFastLoadFast),
                _ => None,
            };
            if let Some(counted) = counted {
                units[at] = units[at] & 0xFF00 | counted as u16;
            }
        }
        let caches = opcode.map_or(0, Opcode::caches);
        for cache in &mut units[at + 1..at + 1 + usize::from(caches)] {
            *cache = 0;
        }
        at += 1 + usize::from(caches);
    }
    Box::into_raw(units.into_boxed_slice()).cast::<u16>()
}
