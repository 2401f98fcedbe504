//! Specialisation (PEP 659): an opcode that was executed a few times is replaced, in the execution copy, by a form for
//! the types it saw; a form whose guard fails is replaced back. CPython: Python/specialize.c.
//!
//! The first cache unit counts. A generic opcode counts up to [`WARM`] and then asks for its form. A site without
//! a form, or that lost it, waits longer each time.

use lasti_code::Opcode;

use super::{Exit, Fp, Ip, Sp, ops, table};
use crate::builtins as types;
use crate::descriptors::MemberPlace;
use crate::dict::Dict;
use crate::function::Function;
use crate::module::Module;
use crate::object::{Obj, Object};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::attributes::{object_getattro, object_setattro, type_getattro};
use crate::types::{TypeData, TypeFlags, instance, lookup};
use crate::vm::Vm;

/// Executions before an opcode specialises. CPython waits for 1 + 1 the first time.
const WARM: u16 = 2;
/// How long a site waits after it could not be specialised, or lost its form.
const PATIENCE: u16 = 64;

/// Counts an execution; true if the opcode should look for its form.
#[inline(always)]
pub(super) unsafe fn due(counter: Ip) -> bool {
    let count = *counter;
    *counter = count.wrapping_add(1);
    if count < WARM { false } else { waited(counter, count) }
}

/// The counter's upper half says from which count on the site is due again.
#[inline(always)]
unsafe fn waited(counter: Ip, count: u16) -> bool {
    if count == WARM {
        return true;
    }
    if count >= WARM + PATIENCE {
        *counter = WARM + 1;
        return true;
    }
    false
}

/// Replaces the opcode at `ip`.
pub(super) unsafe fn rewrite(ip: Ip, opcode: Opcode) {
    *ip = *ip & 0xFF00 | opcode as u16;
}

/// The guard failed: the generic opcode takes over, here and for a while.
#[cold]
#[inline(never)]
pub(super) unsafe fn deopt(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    if let Some(opcode) = Opcode::from_u8(*ip as u8) {
        rewrite(ip, opcode.base());
        *ip.add(1) = WARM + 1;
    }
    redo(ip, sp, fp, vm, oparg)
}

/// Runs the form that took the place of the opcode at `ip`. Not by dispatching again: that would lose the bits of
/// the argument that an EXTENDED_ARG brought.
#[inline(always)]
pub(super) unsafe fn redo(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    let handler = table::TABLE[usize::from(*ip as u8)];
    handler(ip, sp, fp, vm, oparg)
}

#[inline(always)]
pub(super) unsafe fn read_u16(ip: Ip, at: usize) -> u32 {
    u32::from(*ip.add(at))
}

#[inline(always)]
pub(super) unsafe fn read_u32(ip: Ip, at: usize) -> u32 {
    ip.add(at).cast::<u32>().read_unaligned()
}

#[inline(always)]
pub(super) unsafe fn read_u64(ip: Ip, at: usize) -> u64 {
    ip.add(at).cast::<u64>().read_unaligned()
}

unsafe fn write_u32(ip: Ip, at: usize, value: u32) {
    ip.add(at).cast::<u32>().write_unaligned(value);
}

unsafe fn write_u64(ip: Ip, at: usize, value: u64) {
    ip.add(at).cast::<u64>().write_unaligned(value);
}

#[inline(never)]
pub(super) unsafe fn load_global(ip: Ip, fp: Fp, vm: &Vm, oparg: u32) -> bool {
    let name = ops::name(fp, oparg >> 1);
    let (globals, builtins): (&Dict, &Dict) = (&*(*fp).globals, &*(*fp).builtins);
    let globals_version = globals.assign_keys_version();
    if globals_version == 0 || globals_version > u32::from(u16::MAX) {
        return false;
    }
    if let Ok(Some(index)) = globals.position(vm, name) {
        let Ok(index) = u16::try_from(index) else { return false };
        *ip.add(2) = index;
        *ip.add(3) = globals_version as u16;
        rewrite(ip, Opcode::LoadGlobalModule);
        return true;
    }
    let builtins_version = builtins.assign_keys_version();
    if builtins_version == 0 || builtins_version > u32::from(u16::MAX) {
        return false;
    }
    let Ok(Some(index)) = builtins.position(vm, name) else { return false };
    let Ok(index) = u16::try_from(index) else { return false };
    *ip.add(2) = index;
    *ip.add(3) = globals_version as u16;
    *ip.add(4) = builtins_version as u16;
    rewrite(ip, Opcode::LoadGlobalBuiltin);
    true
}

fn is_fn<F: Copy>(slot: Option<F>, function: *const ()) -> bool {
    // A function pointer is an address.
    slot.is_some_and(|slot| unsafe { std::mem::transmute_copy::<F, *const ()>(&slot) } == function)
}

#[inline(never)]
pub(super) unsafe fn load_attr(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> bool {
    let owner = ops::object(sp.sub(1));
    let name = ops::name(fp, oparg >> 1);
    if owner.value().is_int() {
        return false;
    }
    if let Some(module) = owner.downcast_exact::<Module>() {
        return load_attr_module(ip, vm, module, name);
    }
    let ty = owner.ty();
    if let Some(class) = owner.downcast::<TypeData>() {
        return load_attr_class(ip, vm, owner, class, name);
    }
    if !is_fn(ty.slots.getattro.get(), object_getattro as *const ()) {
        return false;
    }
    let version = ty.assign_version();
    if version == 0 {
        return false;
    }
    let attribute = lookup::lookup(vm, ty, name);
    if let Some(attribute) = &attribute {
        let slots = &attribute.ty().slots;
        if slots.descr_get.get().is_some() && slots.descr_set.get().is_some() {
            let Some(member) = attribute.downcast::<crate::descriptors::Member>() else { return false };
            let MemberPlace::Word(offset) = member.place else { return false };
            let Ok(offset) = u16::try_from(offset) else { return false };
            // A member may stand in a class that does not have its word.
            if !ty.is_subtype_of(&member.owner) {
                return false;
            }
            write_u32(ip, 2, version);
            *ip.add(4) = offset;
            rewrite(ip, Opcode::LoadAttrSlot);
            return true;
        }
        let hidden = ty.has(TypeFlags::INLINE_VALUES) && ty.keys.find(name).is_some();
        if oparg & 1 != 0 && attribute.ty().has(TypeFlags::METHOD_DESCRIPTOR) && !hidden {
            let inline = ty.has(TypeFlags::INLINE_VALUES);
            if ty.dict_offset() != 0 && !inline {
                return false;
            }
            if inline && instance::dict_word(owner, ty).is_some_and(|word| !(*word).is_int()) {
                return false;
            }
            write_u32(ip, 2, version);
            *ip.add(4) = u16::from(inline);
            write_u64(ip, 6, attribute.value().borrow().0);
            rewrite(ip, if inline { Opcode::LoadAttrMethodWithValues } else { Opcode::LoadAttrMethodNoDict });
            return true;
        }
        if slots.descr_get.get().is_some() {
            return false;
        }
    }
    let Some(word) = instance::dict_word(owner, ty) else { return false };
    if (*word).is_int() {
        let Some(place) = ty.keys.find(name) else { return false };
        let offset = ty.dict_offset() as usize + 8 * (1 + place);
        let Ok(offset) = u16::try_from(offset) else { return false };
        write_u32(ip, 2, version);
        *ip.add(4) = offset;
        rewrite(ip, Opcode::LoadAttrInstanceValue);
        return true;
    }
    if (*word).is_null() || attribute.is_some() {
        return false;
    }
    let dict = &*(*word).header().cast::<Object<Dict>>();
    let Ok(Some(index)) = dict.position(vm, name) else { return false };
    let Ok(index) = u16::try_from(index) else { return false };
    write_u32(ip, 2, version);
    *ip.add(4) = index;
    rewrite(ip, Opcode::LoadAttrWithHint);
    true
}

unsafe fn load_attr_module(ip: Ip, vm: &Vm, module: &Module, name: &crate::object::Ref<Str>) -> bool {
    let version = module.dict.assign_keys_version();
    if version == 0 {
        return false;
    }
    let Ok(Some(index)) = module.dict.position(vm, name) else { return false };
    let Ok(index) = u16::try_from(index) else { return false };
    write_u32(ip, 2, version);
    *ip.add(4) = index;
    rewrite(ip, Opcode::LoadAttrModule);
    true
}

unsafe fn load_attr_class(
    ip: Ip,
    vm: &Vm,
    owner: &Obj,
    class: &Object<TypeData>,
    name: &crate::object::Ref<Str>,
) -> bool {
    let meta = owner.ty();
    if !is_fn(meta.slots.getattro.get(), type_getattro as *const ())
        || lookup::lookup(vm, meta, name).is_some()
    {
        return false;
    }
    let (version, meta_version) = (class.assign_version(), meta.assign_version());
    if version == 0 || meta_version == 0 {
        return false;
    }
    let Some(attribute) = lookup::lookup(vm, class, name) else { return false };
    // A function is itself when it is taken from a class; other descriptors are asked.
    if attribute.ty().slots.descr_get.get().is_some() && attribute.downcast_exact::<Function>().is_none() {
        return false;
    }
    write_u32(ip, 2, version);
    write_u32(ip, 4, meta_version);
    write_u64(ip, 6, attribute.value().borrow().0);
    rewrite(ip, Opcode::LoadAttrClass);
    true
}

#[inline(never)]
pub(super) unsafe fn store_attr(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> bool {
    let owner = ops::object(sp.sub(1));
    let name = ops::name(fp, oparg);
    if owner.value().is_int() {
        return false;
    }
    let ty = owner.ty();
    if !is_fn(ty.slots.setattro.get(), object_setattro as *const ()) {
        return false;
    }
    if let Some(attribute) = lookup::lookup(vm, ty, name)
        && attribute.ty().slots.descr_set.get().is_some()
    {
        let Some(member) = attribute.downcast::<crate::descriptors::Member>() else { return false };
        let MemberPlace::Word(offset) = member.place else { return false };
        let (Ok(offset), version) = (u16::try_from(offset), ty.assign_version()) else { return false };
        if version == 0 || !ty.is_subtype_of(&member.owner) {
            return false;
        }
        write_u32(ip, 2, version);
        *ip.add(4) = offset;
        rewrite(ip, Opcode::StoreAttrSlot);
        return true;
    }
    let Some(word) = instance::dict_word(owner, ty) else { return false };
    if !(*word).is_int() {
        return false;
    }
    let Some(place) = ty.keys.find(name) else { return false };
    let version = ty.assign_version();
    let Ok(offset) = u16::try_from(ty.dict_offset() as usize + 8 * (1 + place)) else { return false };
    if version == 0 {
        return false;
    }
    write_u32(ip, 2, version);
    *ip.add(4) = offset;
    rewrite(ip, Opcode::StoreAttrInstanceValue);
    true
}

#[inline(never)]
pub(super) unsafe fn binary_op(ip: Ip, sp: Sp, vm: &Vm, oparg: u32) -> bool {
    let _ = vm;
    let (left, right) = (ops::object(sp.sub(2)), ops::object(sp.sub(1)));
    // In-place forms of immutable types are the plain ones.
    let operator = if (13..26).contains(&oparg) { oparg - 13 } else { oparg };
    let opcode = if left.value().is_int() && right.value().is_int() {
        match operator {
            0 => Opcode::BinaryOpAddInt,
            10 => Opcode::BinaryOpSubtractInt,
            5 => Opcode::BinaryOpMultiplyInt,
            _ => return false,
        }
    } else if left.is_exact(&types::FLOAT) && right.is_exact(&types::FLOAT) {
        match operator {
            0 => Opcode::BinaryOpAddFloat,
            10 => Opcode::BinaryOpSubtractFloat,
            5 => Opcode::BinaryOpMultiplyFloat,
            _ => return false,
        }
    } else if operator == 0 && left.is_exact(&types::STR) && right.is_exact(&types::STR) {
        Opcode::BinaryOpAddUnicode
    } else if oparg == 26 && right.value().is_int() && left.downcast_exact::<List>().is_some() {
        Opcode::BinaryOpSubscrListInt
    } else if oparg == 26 && right.value().is_int() && left.downcast_exact::<Tuple>().is_some() {
        Opcode::BinaryOpSubscrTupleInt
    } else if oparg == 26 && left.downcast_exact::<Dict>().is_some() {
        Opcode::BinaryOpSubscrDict
    } else {
        return false;
    };
    rewrite(ip, opcode);
    true
}

#[inline(never)]
pub(super) unsafe fn compare_op(ip: Ip, sp: Sp) -> bool {
    let (left, right) = (ops::object(sp.sub(2)), ops::object(sp.sub(1)));
    let operator = (*ip >> 8) >> 5;
    let opcode = if left.value().is_int() && right.value().is_int() {
        Opcode::CompareOpInt
    } else if left.is_exact(&types::FLOAT) && right.is_exact(&types::FLOAT) {
        Opcode::CompareOpFloat
    } else if left.is_exact(&types::STR) && right.is_exact(&types::STR) && matches!(operator, 2 | 3) {
        Opcode::CompareOpStr
    } else {
        return false;
    };
    rewrite(ip, opcode);
    true
}

#[inline(never)]
pub(super) unsafe fn for_iter(ip: Ip, sp: Sp) -> bool {
    let iterator = ops::object(sp.sub(1));
    let opcode = if iterator.is_exact(&types::LIST_ITERATOR) {
        Opcode::ForIterList
    } else if iterator.is_exact(&types::TUPLE_ITERATOR) {
        Opcode::ForIterTuple
    } else if iterator.is_exact(&types::RANGE_ITERATOR) {
        Opcode::ForIterRange
    } else if iterator.is_exact(&crate::generator::GENERATOR)
        && (*ip.sub(1) as u8) != Opcode::ExtendedArg as u8
    {
        Opcode::ForIterGen
    } else {
        return false;
    };
    rewrite(ip, opcode);
    true
}

/// CALL of a Python function with as many arguments as it has parameters. Cache: the function's version.
#[inline(never)]
pub(super) unsafe fn call(ip: Ip, sp: Sp, oparg: u32) -> bool {
    let callable = ops::object(sp.sub(oparg as usize + 2));
    let with_self = !(*sp.sub(oparg as usize + 1)).is_null();
    if let Some(function) = callable.downcast_exact::<Function>() {
        let data = super::call::code_of(function).data().clone();
        let simple =
            !data.flags.intersects(lasti_code::CodeFlags::VARARGS | lasti_code::CodeFlags::VARKEYWORDS)
                && data.kwonlyargcount == 0
                && data.argcount as usize == oparg as usize + usize::from(with_self);
        let version = function.assign_version();
        if !simple || version == 0 {
            return false;
        }
        write_u32(ip, 2, version);
        rewrite(ip, Opcode::CallPyExactArgs);
        return true;
    }
    false
}
