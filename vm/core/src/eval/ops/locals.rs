//! Locals, constants, the value stack.

use lasti_code::Opcode;

use super::{name, object, slot};
use crate::errors::PyResult;
use crate::eval::instrument::rewrite;
use crate::eval::{next, next_releasing, op, throw};
use crate::frame::Frame;
use crate::object::obj::{own, release};
use crate::object::{Obj, Value};
use crate::vm::{Vm, approximate_stack_pointer};

op! {
    /// NOP, NOT_TAKEN ( -- )
    fn nop(ip, sp, fp, vm, oparg) { next!(ip.add(1), sp, fp, vm) }
}

op! {
    /// RESUME, which is RESUME_CHECK from then on: so CPython shows code that ran.
    fn resume_first(ip, sp, fp, vm, oparg) {
        rewrite(fp, ip, Opcode::ResumeCheck);
        resume(ip, sp, fp, vm, oparg)
    }
}

op! {
    /// RESUME_CHECK ( -- ) A safepoint.
    fn resume(ip, sp, fp, vm, oparg) {
        if approximate_stack_pointer() < vm.limit.load(std::sync::atomic::Ordering::Relaxed) {
            return safepoint(ip, ip.add(1), sp, fp, vm);
        }
        next!(ip.add(1), sp, fp, vm)
    }
}

/// Attends to what was asked for, then goes on at `to`. The native stack is given back.
#[cold]
#[inline(never)]
pub(in crate::eval) unsafe fn safepoint(
    ip: crate::eval::Ip,
    to: crate::eval::Ip,
    sp: crate::eval::Sp,
    fp: crate::eval::Fp,
    vm: &Vm,
) -> crate::eval::Exit {
    (*fp).ip = ip;
    (*fp).sp = sp;
    // The debugger may send the frame elsewhere from here.
    let told = vm.telling_frame.replace(fp);
    let attended = vm.attend();
    vm.telling_frame.set(told);
    match attended {
        Ok(()) if (*fp).ip != ip => crate::eval::trap::jumped(fp, vm),
        Ok(()) => crate::eval::again(to, sp, fp, vm),
        Err(error) => throw!(ip, sp, fp, vm, error),
    }
}

op! {
    /// EXTENDED_ARG ( -- ) Eight more bits for the next instruction's argument.
    fn extended_arg(ip, sp, fp, vm, oparg) {
        let unit = *ip.add(1);
        let handler = crate::eval::table::TABLE[usize::from(unit as u8)];
        handler(ip.add(1), sp, fp, vm, oparg << 8 | u32::from(unit >> 8))
    }
}

op! {
    /// LOAD_FAST ( -- value ) The compiler knows that there is a value; other code may be wrong.
    fn load_fast(ip, sp, fp, vm, oparg) {
        let value = *slot(fp, oparg);
        if value.is_null() {
            return unbound(ip, sp, fp, vm, oparg);
        }
        *sp = own(value);
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// LOAD_FAST_BORROW ( -- value ) The verifier knows that the value stays in its slot for as long.
    fn load_fast_borrow(ip, sp, fp, vm, oparg) {
        let value = *slot(fp, oparg);
        if value.is_null() {
            return unbound(ip, sp, fp, vm, oparg);
        }
        *sp = value.borrow();
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// LOAD_FAST_LOAD_FAST ( -- value value )
    fn load_fast_load_fast(ip, sp, fp, vm, oparg) {
        let (first, second) = (*slot(fp, oparg >> 4), *slot(fp, oparg & 15));
        if first.is_null() || second.is_null() {
            return unbound(ip, sp, fp, vm, if first.is_null() { oparg >> 4 } else { oparg & 15 });
        }
        *sp = own(first);
        *sp.add(1) = own(second);
        next!(ip.add(1), sp.add(2), fp, vm)
    }
}

op! {
    /// LOAD_FAST_BORROW_LOAD_FAST_BORROW ( -- value value )
    fn load_fast_borrow_load_fast_borrow(ip, sp, fp, vm, oparg) {
        let (first, second) = (*slot(fp, oparg >> 4), *slot(fp, oparg & 15));
        if first.is_null() || second.is_null() {
            return unbound(ip, sp, fp, vm, if first.is_null() { oparg >> 4 } else { oparg & 15 });
        }
        *sp = first.borrow();
        *sp.add(1) = second.borrow();
        next!(ip.add(1), sp.add(2), fp, vm)
    }
}

op! {
    /// LOAD_FAST_CHECK ( -- value ) Raises UnboundLocalError.
    fn load_fast_check(ip, sp, fp, vm, oparg) {
        let value = *slot(fp, oparg);
        if value.is_null() {
            return unbound(ip, sp, fp, vm, oparg);
        }
        *sp = own(value);
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

#[cold]
#[inline(never)]
unsafe fn unbound(
    ip: crate::eval::Ip,
    sp: crate::eval::Sp,
    fp: crate::eval::Fp,
    vm: &Vm,
    index: u32,
) -> crate::eval::Exit {
    let variable = &Frame::code(fp).localsplusnames[index as usize];
    let message = format!(
        "cannot access local variable '{}' where it is not associated with a value",
        variable.to_string_lossy()
    );
    throw!(ip, sp, fp, vm, vm.unbound_local_error(message))
}

op! {
    /// LOAD_FAST_AND_CLEAR ( -- value ) The value may be NULL.
    fn load_fast_and_clear(ip, sp, fp, vm, oparg) {
        let place = slot(fp, oparg);
        *sp = *place;
        *place = Value::NULL;
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// STORE_FAST (value -- )
    fn store_fast(ip, sp, fp, vm, oparg) {
        let place = slot(fp, oparg);
        let old = *place;
        *place = *sp.sub(1);
        next_releasing!(ip.add(1), sp.sub(1), fp, vm, old)
    }
}

op! {
    /// STORE_FAST_LOAD_FAST (value -- value)
    fn store_fast_load_fast(ip, sp, fp, vm, oparg) {
        let place = slot(fp, oparg >> 4);
        let old = *place;
        *place = *sp.sub(1);
        let value = *slot(fp, oparg & 15);
        if value.is_null() {
            return unbound_after_store(ip, sp, fp, vm, oparg & 15, old.0);
        }
        *sp.sub(1) = own(value);
        next_releasing!(ip.add(1), sp, fp, vm, old)
    }
}

/// The value on top of the stack went into a slot, in place of `old`.
#[cold]
#[inline(never)]
unsafe fn unbound_after_store(
    ip: crate::eval::Ip,
    sp: crate::eval::Sp,
    fp: crate::eval::Fp,
    vm: &Vm,
    index: u32,
    old: u64,
) -> crate::eval::Exit {
    let sp = sp.sub(1);
    (*fp).ip = ip;
    (*fp).sp = sp;
    release(Value(old));
    unbound(ip, sp, fp, vm, index)
}

op! {
    /// STORE_FAST_STORE_FAST (value value -- )
    fn store_fast_store_fast(ip, sp, fp, vm, oparg) {
        let first = slot(fp, oparg >> 4);
        let old_first = *first;
        *first = *sp.sub(1);
        let second = slot(fp, oparg & 15);
        let old_second = *second;
        *second = *sp.sub(2);
        next_releasing!(ip.add(1), sp.sub(2), fp, vm, old_first, old_second)
    }
}

op! {
    /// DELETE_FAST ( -- ) Raises UnboundLocalError.
    fn delete_fast(ip, sp, fp, vm, oparg) {
        let place = slot(fp, oparg);
        let old = *place;
        if old.is_null() {
            return unbound(ip, sp, fp, vm, oparg);
        }
        *place = Value::NULL;
        next_releasing!(ip.add(1), sp, fp, vm, old)
    }
}

op! {
    /// LOAD_CONST, which becomes one of its forms, as in CPython.
    fn load_const_first(ip, sp, fp, vm, oparg) {
        rewrite_load_const(ip, fp, oparg);
        load_const(ip, sp, fp, vm, oparg)
    }
}

#[cold]
#[inline(never)]
unsafe fn rewrite_load_const(ip: crate::eval::Ip, fp: crate::eval::Fp, oparg: u32) {
    let constant = object((*fp).consts.add(oparg as usize).cast_mut());
    let immortal = crate::eval::specialize::is_immortal(constant);
    rewrite(fp, ip, if immortal { Opcode::LoadConstImmortal } else { Opcode::LoadConstMortal });
}

op! {
    /// LOAD_CONST_IMMORTAL, LOAD_CONST_MORTAL ( -- value ) The code, which the frame keeps alive, holds the constant.
    fn load_const(ip, sp, fp, vm, oparg) {
        *sp = (*(*fp).consts.add(oparg as usize)).borrow();
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// LOAD_SMALL_INT ( -- value )
    fn load_small_int(ip, sp, fp, vm, oparg) {
        *sp = Value::int(i64::from(oparg));
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// LOAD_COMMON_CONSTANT ( -- value )
    fn load_common_constant(ip, sp, fp, vm, oparg) {
        *sp = common_constant(vm, oparg).into_value();
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

/// CPython: Include/internal/pycore_opcode_utils.h, `CONSTANT_*`.
fn common_constant(vm: &Vm, index: u32) -> Obj {
    use crate::builtins as types;
    let function = |which: usize| {
        let functions = vm.interp().all_and_any().get();
        functions.map_or_else(|| vm.none(), |functions| functions[which].clone())
    };
    match index {
        0 => types::ASSERTION_ERROR.to_obj(),
        1 => types::NOT_IMPLEMENTED_ERROR.to_obj(),
        2 => types::TUPLE.to_obj(),
        3 => function(0),
        _ => function(1),
    }
}

op! {
    /// POP_TOP, POP_ITER, END_FOR (value -- )
    fn pop_top(ip, sp, fp, vm, oparg) {
        next_releasing!(ip.add(1), sp.sub(1), fp, vm, *sp.sub(1))
    }
}

op! {
    /// END_SEND (receiver value -- value)
    fn end_send(ip, sp, fp, vm, oparg) {
        let receiver = *sp.sub(2);
        *sp.sub(2) = *sp.sub(1);
        next_releasing!(ip.add(1), sp.sub(1), fp, vm, receiver)
    }
}

op! {
    /// PUSH_NULL ( -- NULL)
    fn push_null(ip, sp, fp, vm, oparg) {
        *sp = Value::NULL;
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// COPY (bottom … -- bottom … bottom)
    fn copy(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(oparg as usize);
        *sp = if value.is_counted() { own(value) } else { value };
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// SWAP (bottom … top -- top … bottom)
    fn swap(ip, sp, fp, vm, oparg) {
        let (top, other) = (sp.sub(1), sp.sub(oparg as usize));
        std::ptr::swap(top, other);
        next!(ip.add(1), sp, fp, vm)
    }
}

op! {
    /// What no code holds: CACHE and RESERVED as instructions, ENTER_EXECUTOR, instrumented opcodes before they are
    /// planted.
    fn unknown(ip, sp, fp, vm, oparg) {
        throw!(ip, sp, fp, vm, unknown_opcode(ip, fp, vm))
    }
}

#[cold]
#[inline(never)]
unsafe fn unknown_opcode(ip: crate::eval::Ip, fp: crate::eval::Fp, vm: &Vm) -> crate::errors::Exc {
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()).max(0) as u32;
    let line = crate::frame::line_of(code, at);
    vm.system_error(format!("{}:{line}: unknown opcode {}", code.filename().to_string_lossy(), *ip & 0xFF))
}

op! {
    /// LOAD_LOCALS ( -- namespace)
    fn load_locals(ip, sp, fp, vm, oparg) {
        let namespace = (*fp).namespace;
        if namespace.is_null() {
            throw!(ip, sp, fp, vm, vm.system_error("no locals"));
        }
        *sp = own(namespace);
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// LOAD_BUILD_CLASS ( -- function)
    fn load_build_class(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        match find_build_class(vm, fp) {
            Ok(Some(function)) => {
                *sp = function.into_value();
                next!(ip.add(1), sp.add(1), fp, vm)
            }
            Ok(None) => throw!(ip, sp, fp, vm, vm.name_error("__build_class__ not found", &vm.names().__build_class__)),
            Err(error) => throw!(ip, sp, fp, vm, error),
        }
    }
}

/// Apart: a handler that lends its locals can't leave by a jump.
#[inline(never)]
unsafe fn find_build_class(vm: &Vm, fp: *mut Frame) -> PyResult<Option<Obj>> {
    let builtins = (&*(*fp).builtins).to_ref();
    crate::builtins::builtins_mapping::get(vm, &builtins, &vm.names().__build_class__)
}

op! {
    /// DELETE_ATTR (owner -- )
    fn delete_attr(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        match vm.delattr(object(sp.sub(1)), name(fp, oparg)) {
            Ok(()) => {
                release(*sp.sub(1));
                next!(ip.add(1), sp.sub(1), fp, vm)
            }
            Err(error) => throw!(ip, sp, fp, vm, error),
        }
    }
}
