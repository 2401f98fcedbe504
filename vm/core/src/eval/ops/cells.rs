//! Cells and free variables.

use super::slot;
use crate::eval::{Exit, Fp, Ip, Sp, next, next_releasing, op, throw};
use crate::frame::Frame;
use crate::function::{CellObject, Function};
use crate::object::obj::{keep, own, release, share};
use crate::object::{Obj, Object, Value};
use crate::sequence::Tuple;
use crate::vm::Vm;

/// The cell in a slot. `None` if something else is there, which the compiler's code never does.
#[inline(always)]
pub(super) unsafe fn cell<'a>(fp: Fp, index: u32) -> Option<&'a Object<CellObject>> {
    let value = *slot(fp, index);
    if value.is_null()
        || value.is_int()
        || !std::ptr::eq((*value.header()).ty(), &raw const crate::builtins::CELL)
    {
        return None;
    }
    Some(&*value.header().cast::<Object<CellObject>>())
}

op! {
    /// MAKE_CELL ( -- ) Puts the slot's value into a new cell in the slot.
    fn make_cell(ip, sp, fp, vm, oparg) {
        let place = slot(fp, oparg);
        let value = *place;
        let contents = if value.is_null() { None } else { Some(Obj::from_owned(if value.is_counted() { value } else { own(value) })) };
        *place = CellObject::new(contents).into_obj().into_value();
        next!(ip.add(1), sp, fp, vm)
    }
}

op! {
    /// COPY_FREE_VARS ( -- ) Copies the closure's cells into the last slots.
    fn copy_free_vars(ip, sp, fp, vm, oparg) {
        let function = &*(*fp).function.header().cast::<Object<Function>>();
        let closure = function.closure.peek().and_then(|closure| closure.downcast::<Tuple>());
        let Some(cells) = closure.filter(|cells| cells.len() == oparg as usize) else {
            throw!(ip, sp, fp, vm, vm.system_error("the closure does not fit the code"));
        };
        let mut place = slot(fp, Frame::code(fp).nlocalsplus - oparg);
        for cell in cells.items() {
            *place = share(cell.value());
            place = place.add(1);
        }
        next!(ip.add(1), sp, fp, vm)
    }
}

op! {
    /// LOAD_DEREF ( -- value ) Raises NameError, or UnboundLocalError for the function's own variables.
    fn load_deref(ip, sp, fp, vm, oparg) {
        match cell(fp, oparg).and_then(|cell| cell.contents.peek()) {
            Some(value) => {
                *sp = share(value.value());
                next!(ip.add(1), sp.add(1), fp, vm)
            }
            None => unbound(ip, sp, fp, vm, oparg),
        }
    }
}

/// CPython: Python/ceval.c, `_PyEval_FormatExcUnbound`.
#[cold]
#[inline(never)]
unsafe fn unbound(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, index: u32) -> Exit {
    let code = Frame::code(fp);
    let variable = &code.localsplusnames[index as usize];
    let text = variable.to_string_lossy();
    let free = code.data().localspluskinds[index as usize] & lasti_code::LocalKind::FREE.bits() != 0;
    let error = if free {
        vm.name_error(
            &format!("cannot access free variable '{text}' where it is not associated with a value in enclosing scope"),
            variable,
        )
    } else {
        vm.unbound_local_error(format!(
            "cannot access local variable '{text}' where it is not associated with a value"
        ))
    };
    throw!(ip, sp, fp, vm, error)
}

op! {
    /// STORE_DEREF (value -- )
    fn store_deref(ip, sp, fp, vm, oparg) {
        let Some(cell) = cell(fp, oparg) else {
            return store_new_cell(ip, sp, fp, vm, oparg);
        };
        let old = cell.contents.replace(Some(Obj::from_owned(keep(*sp.sub(1)))));
        next_releasing!(ip.add(1), sp.sub(1), fp, vm, old.map_or(Value::NULL, Obj::into_value))
    }
}

/// STORE_DEREF where there is no cell, which the compiler's code never does.
#[cold]
#[inline(never)]
unsafe fn store_new_cell(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    let value = Obj::from_owned(keep(*sp.sub(1)));
    *slot(fp, oparg) = CellObject::new(Some(value)).into_obj().into_value();
    next!(ip.add(1), sp.sub(1), fp, vm)
}

op! {
    /// DELETE_DEREF ( -- )
    fn delete_deref(ip, sp, fp, vm, oparg) {
        match cell(fp, oparg).and_then(|cell| cell.contents.take()) {
            Some(old) => {
                release(old.into_value());
                next!(ip.add(1), sp, fp, vm)
            }
            None => unbound(ip, sp, fp, vm, oparg),
        }
    }
}

op! {
    /// LOAD_FROM_DICT_OR_DEREF (namespace -- value)
    fn load_from_dict_or_deref(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        let variable = &Frame::code(fp).localsplusnames[oparg as usize];
        let found = super::names::in_namespace(vm, super::object(sp.sub(1)), variable);
        let value = match found {
            Ok(Some(value)) => Some(value),
            Ok(None) => cell(fp, oparg).and_then(|cell| cell.contents.get()),
            Err(error) => throw!(ip, sp, fp, vm, error),
        };
        match value {
            Some(value) => {
                let namespace = *sp.sub(1);
                *sp.sub(1) = value.into_value();
                release(namespace);
                next!(ip.add(1), sp, fp, vm)
            }
            None => unbound(ip, sp, fp, vm, oparg),
        }
    }
}

/// The value of a variable's slot, through its cell if it has one.
pub(crate) unsafe fn variable(fp: Fp, index: u32) -> Option<Obj> {
    if let Some(cell) = cell(fp, index) {
        return cell.contents.get();
    }
    let value = *slot(fp, index);
    if value == Value::NULL { None } else { Some(Obj::from_value(value)) }
}
