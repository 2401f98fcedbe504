//! Specialisation (PEP 659): an opcode that was executed a few times is replaced, in the execution copy, by a form for
//! the types it saw; a form whose guard fails is replaced back. CPython: Python/specialize.c.
//!
//! The first cache unit counts. A generic opcode counts up to [`WARM`] and then asks for its form. A site without
//! a form, or that lost it, waits longer each time.

use lasti_code::Opcode;

use super::instrument::{beneath, rewrite};
use super::{Exit, Fp, Ip, Sp, ops, table};
use crate::builtins as types;
use crate::builtins::property::PropertyObject;
use crate::descriptors::MemberPlace;
use crate::dict::Dict;
use crate::function::{Function, NativeFunction};
use crate::module::Module;
use crate::object::{Obj, Object, Value};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::attributes::{object_getattro, object_setattro, type_getattro};
use crate::types::lookup::{Way, WayEntry};
use crate::types::{TypeData, TypeFlags, instance, lookup};
use crate::vm::Vm;

/// Executions before the one at which an opcode specialises, as in CPython.
const WARM: u16 = 1;
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

/// The guard failed: the generic opcode takes over, here and for a while.
#[cold]
#[inline(never)]
pub(super) unsafe fn deopt(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    if let Some(opcode) = Opcode::from_u8(beneath(fp, ip)) {
        rewrite(fp, ip, opcode.base());
        *ip.add(1) = WARM + 1;
    }
    redo(ip, sp, fp, vm, oparg)
}

/// Runs the form that took the place of the opcode at `ip`. Not by dispatching again: that would lose the bits of
/// the argument that an EXTENDED_ARG brought.
#[inline(always)]
pub(super) unsafe fn redo(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    let handler = table::TABLE[usize::from(beneath(fp, ip))];
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
    for namespace in [(*fp).globals, (*fp).builtins] {
        if !(&*namespace).to_obj().is_exact(&types::DICT) {
            return false;
        }
    }
    let (globals, builtins): (&Dict, &Dict) = (&*(*fp).globals, &*(*fp).builtins);
    let globals_version = globals.assign_keys_version();
    if globals_version == 0 || globals_version > u32::from(u16::MAX) {
        return false;
    }
    if let Ok(Some(index)) = globals.position(vm, name) {
        let Ok(index) = u16::try_from(index) else { return false };
        *ip.add(2) = index;
        *ip.add(3) = globals_version as u16;
        rewrite(fp, ip, Opcode::LoadGlobalModule);
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
    rewrite(fp, ip, Opcode::LoadGlobalBuiltin);
    true
}

/// Whether CPython never counts an object: of a constant, LOAD_CONST says so once it ran.
pub(crate) fn is_immortal(constant: &Obj) -> bool {
    if let Some(text) = constant.downcast_exact::<Str>() {
        // Single characters of Latin-1 are statics there.
        return text.is_interned() || matches!(text.as_bytes(), [] | [_] | [0xC2 | 0xC3, _]);
    }
    if let Some(bytes) = constant.downcast_exact::<crate::bytes::Bytes>() {
        return bytes.as_slice().len() < 2;
    }
    if let Some(tuple) = constant.downcast_exact::<Tuple>() {
        return tuple.items().is_empty();
    }
    if constant.header().is_some_and(|header| header.is_immortal()) {
        return true;
    }
    match constant.as_i64() {
        Some(number) if constant.is_exact_int() => (-5..=256).contains(&number),
        _ => [types::NONE.value(), types::TRUE.value(), types::FALSE.value(), types::ELLIPSIS.value()]
            .contains(&constant.value()),
    }
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
        return load_attr_module(ip, fp, vm, module, name);
    }
    let ty = owner.ty();
    if let Some(class) = owner.downcast::<TypeData>() {
        return load_attr_class(ip, fp, vm, owner, class, name);
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
        if name.is(&vm.names().__class__)
            && lookup::lookup(vm, &types::OBJECT, name).is_some_and(|own| own.is(attribute))
        {
            // Where the type stands, no member does.
            write_u32(ip, 2, version);
            *ip.add(4) = 0;
            rewrite(fp, ip, Opcode::LoadAttrSlot);
            return true;
        }
        let slots = &attribute.ty().slots;
        if slots.descr_get.get().is_some() && slots.descr_set.get().is_some() {
            if oparg & 1 == 0
                && let Some(property) = attribute.downcast_exact::<PropertyObject>()
                && let Some(getter) = property.getter().and_then(|getter| getter.into_ref::<Function>().ok())
            {
                let code = super::call::code_of(&getter);
                if !code.plain || code.argcount != 1 {
                    return false;
                }
                write_u32(ip, 2, version);
                // The property keeps its getter, and the type its property as long as the version is.
                write_u64(ip, 6, getter.as_obj().value().borrow().0);
                rewrite(fp, ip, Opcode::LoadAttrProperty);
                return true;
            }
            let Some(member) = attribute.downcast::<crate::descriptors::Member>() else { return false };
            let MemberPlace::Word(offset) = member.place else { return false };
            let Ok(offset) = u16::try_from(offset) else { return false };
            // A member may stand in a class that does not have its word.
            if !ty.is_subtype_of(&member.owner) {
                return false;
            }
            write_u32(ip, 2, version);
            *ip.add(4) = offset;
            rewrite(fp, ip, Opcode::LoadAttrSlot);
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
            rewrite(
                fp,
                ip,
                if inline { Opcode::LoadAttrMethodWithValues } else { Opcode::LoadAttrMethodNoDict },
            );
            return true;
        }
        if slots.descr_get.get().is_some() {
            return false;
        }
        let inline = ty.has(TypeFlags::INLINE_VALUES);
        let no_dict = ty.dict_offset() == 0
            || inline && instance::dict_word(owner, ty).is_some_and(|word| (*word).is_int());
        if !hidden && no_dict {
            write_u32(ip, 2, version);
            *ip.add(4) = u16::from(inline);
            write_u64(ip, 6, attribute.value().borrow().0);
            rewrite(
                fp,
                ip,
                if inline {
                    Opcode::LoadAttrNondescriptorWithValues
                } else {
                    Opcode::LoadAttrNondescriptorNoDict
                },
            );
            return true;
        }
    }
    let Some(word) = instance::dict_word(owner, ty) else { return false };
    if (*word).is_int() {
        let Some(place) = ty.keys.find(name) else { return false };
        let offset = ty.dict_offset() as usize + 8 * (1 + place);
        let Ok(offset) = u16::try_from(offset) else { return false };
        write_u32(ip, 2, version);
        *ip.add(4) = offset;
        rewrite(fp, ip, Opcode::LoadAttrInstanceValue);
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
    rewrite(fp, ip, Opcode::LoadAttrWithHint);
    true
}

/// Remembers, for other sites too, what the form at `ip` was just told about the name at `address`.
pub(super) unsafe fn remember(ip: Ip, fp: Fp, vm: &Vm, address: usize) {
    let way = match Opcode::from_u8(beneath(fp, ip)) {
        Some(Opcode::LoadAttrInstanceValue | Opcode::LoadAttrSlot) => Way::Load,
        Some(Opcode::LoadAttrMethodWithValues | Opcode::LoadAttrMethodNoDict) => Way::Method,
        Some(Opcode::LoadAttrNondescriptorWithValues | Opcode::LoadAttrNondescriptorNoDict) => Way::Plain,
        Some(Opcode::StoreAttrInstanceValue) => Way::StoreValue,
        Some(Opcode::StoreAttrSlot) => Way::StoreSlot,
        _ => return,
    };
    let value = if matches!(way, Way::Method | Way::Plain) { read_u64(ip, 6) } else { 0 };
    let (version, offset) = (read_u32(ip, 2), *ip.add(4));
    if way == Way::Load && offset == 0 {
        // LOAD_ATTR_SLOT of `__class__`, which lies in no word.
        return;
    }
    vm.interp().way_cache.store(WayEntry { version, way, offset, name: address, value });
}

unsafe fn load_attr_module(ip: Ip, fp: Fp, vm: &Vm, module: &Module, name: &crate::object::Ref<Str>) -> bool {
    let version = module.dict.assign_keys_version();
    if version == 0 {
        return false;
    }
    let Ok(Some(index)) = module.dict.position(vm, name) else { return false };
    let Ok(index) = u16::try_from(index) else { return false };
    write_u32(ip, 2, version);
    *ip.add(4) = index;
    rewrite(fp, ip, Opcode::LoadAttrModule);
    true
}

unsafe fn load_attr_class(
    ip: Ip,
    fp: Fp,
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
    rewrite(fp, ip, Opcode::LoadAttrClass);
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
        rewrite(fp, ip, Opcode::StoreAttrSlot);
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
    rewrite(fp, ip, Opcode::StoreAttrInstanceValue);
    true
}

/// The Python function that is `__getitem__` of an object's type, if it takes the key and nothing else.
#[inline(always)]
pub(super) unsafe fn getter_of(vm: &Vm, object: &Obj) -> Option<Value> {
    let getter = lookup::lookup_borrowed(vm, object.ty(), &vm.names().__getitem__);
    if getter.is_null()
        || getter.is_int()
        || !std::ptr::eq((*getter.header()).ty(), &raw const types::FUNCTION)
    {
        return None;
    }
    let code = super::call::code_of(&*getter.header().cast::<Object<Function>>());
    (code.plain && code.argcount == 2).then_some(getter)
}

/// Whether `object` is a small int or a float.
fn is_number(object: &Obj) -> bool {
    object.value().is_int() || object.is_exact(&types::FLOAT)
}

#[inline(never)]
pub(super) unsafe fn binary_op(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> bool {
    let (left, right) = (ops::object(sp.sub(2)), ops::object(sp.sub(1)));
    // In-place forms of immutable types are the plain ones.
    let operator = if (13..26).contains(&oparg) { oparg - 13 } else { oparg };
    let opcode = if left.value().is_int() && right.value().is_int() {
        match operator {
            0 => Opcode::BinaryOpAddInt,
            10 => Opcode::BinaryOpSubtractInt,
            5 => Opcode::BinaryOpMultiplyInt,
            1 | 2 | 3 | 6 | 7 | 9 | 11 | 12 => Opcode::BinaryOpExtend,
            _ => return false,
        }
    } else if left.is_exact(&types::FLOAT) && right.is_exact(&types::FLOAT) {
        match operator {
            0 => Opcode::BinaryOpAddFloat,
            10 => Opcode::BinaryOpSubtractFloat,
            5 => Opcode::BinaryOpMultiplyFloat,
            11 => Opcode::BinaryOpExtend,
            _ => return false,
        }
    } else if matches!(operator, 0 | 5 | 10 | 11) && is_number(left) && is_number(right) {
        Opcode::BinaryOpExtend
    } else if operator == 0 && left.is_exact(&types::STR) && right.is_exact(&types::STR) {
        Opcode::BinaryOpAddUnicode
    } else if oparg == 26 && right.value().is_int() && left.downcast_exact::<List>().is_some() {
        Opcode::BinaryOpSubscrListInt
    } else if oparg == 26 && right.value().is_int() && left.downcast_exact::<Tuple>().is_some() {
        Opcode::BinaryOpSubscrTupleInt
    } else if oparg == 26 && left.downcast_exact::<Dict>().is_some() {
        Opcode::BinaryOpSubscrDict
    } else if oparg == 26 && left.ty().is_heap() && getter_of(vm, left).is_some() {
        Opcode::BinaryOpSubscrGetitem
    } else {
        return false;
    };
    rewrite(fp, ip, opcode);
    true
}

#[inline(never)]
pub(super) unsafe fn compare_op(ip: Ip, sp: Sp, fp: Fp) -> bool {
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
    rewrite(fp, ip, opcode);
    true
}

#[inline(never)]
pub(super) unsafe fn for_iter(ip: Ip, sp: Sp, fp: Fp) -> bool {
    let iterator = ops::object(sp.sub(1));
    let opcode = if iterator.is_exact(&types::LIST_ITERATOR) {
        Opcode::ForIterList
    } else if iterator.is_exact(&types::TUPLE_ITERATOR) {
        Opcode::ForIterTuple
    } else if iterator.is_exact(&types::RANGE_ITERATOR) {
        Opcode::ForIterRange
    } else if iterator.is_exact(&crate::generator::GENERATOR)
        && beneath(fp, ip.sub(1)) != Opcode::ExtendedArg as u8
    {
        Opcode::ForIterGen
    } else {
        return false;
    };
    rewrite(fp, ip, opcode);
    true
}

/// The address of the native function `len`, as a word has it; 0 if there is none.
pub(super) fn len_function(vm: &Vm) -> u64 {
    address(vm.interp().known_calls.get_or_init(|| KnownCalls::find(vm)).len.as_ref())
}

/// The address of the native function `isinstance`.
pub(super) fn isinstance_function(vm: &Vm) -> u64 {
    address(vm.interp().known_calls.get_or_init(|| KnownCalls::find(vm)).isinstance.as_ref())
}

/// The address of `list.append`.
pub(super) fn append_method(vm: &Vm) -> u64 {
    address(vm.interp().known_calls.get_or_init(|| KnownCalls::find(vm)).append.as_ref())
}

#[inline(always)]
fn address(object: Option<&Obj>) -> u64 {
    object.map_or(0, |object| object.value().0 & !3)
}

/// Callables that have an opcode form of their own. They are kept, so that nothing else gets their addresses.
pub(crate) struct KnownCalls {
    len: Option<Obj>,
    isinstance: Option<Obj>,
    append: Option<Obj>,
}

impl KnownCalls {
    fn find(vm: &Vm) -> Self {
        let builtin = |name: &str| {
            let function = vm.interp().builtins().get_str(vm, &vm.intern(name)).ok().flatten()?;
            let native =
                function.downcast_exact::<NativeFunction>().is_some_and(|native| native.def.name == name);
            native.then_some(function)
        };
        Self {
            len: builtin("len"),
            isinstance: builtin("isinstance"),
            append: lookup::lookup(vm, &types::LIST, &vm.intern("append")),
        }
    }
}

/// CALL: by what is called.
#[inline(never)]
pub(super) unsafe fn call(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> bool {
    let place = sp.sub(oparg as usize + 2);
    let callable = ops::object(place);
    let with_self = !(*place.add(1)).is_null();
    if let Some(function) = callable.downcast_exact::<Function>() {
        let code = super::call::code_of(function);
        let version = function.assign_version();
        if code.plain && code.argcount as usize == oparg as usize + usize::from(with_self) && version != 0 {
            write_u32(ip, 2, version);
            rewrite(fp, ip, Opcode::CallPyExactArgs);
        } else {
            rewrite(fp, ip, Opcode::CallPyGeneral);
        }
        return true;
    }
    let address = address(Some(callable));
    let opcode = if callable.downcast_exact::<NativeFunction>().is_some() {
        if oparg == 1 && !with_self && address == len_function(vm) {
            Opcode::CallLen
        } else if oparg == 2 && !with_self && address == isinstance_function(vm) {
            Opcode::CallIsinstance
        } else {
            Opcode::CallBuiltinFast
        }
    } else if with_self && callable.is_exact(&types::METHOD_DESCRIPTOR) {
        let dropped = *ip.add(4) as u8 == Opcode::PopTop as u8;
        if oparg == 1 && dropped && address == append_method(vm) {
            Opcode::CallListAppend
        } else {
            Opcode::CallMethodDescriptorFast
        }
    } else if let Some(class) = callable.downcast::<TypeData>()
        && !with_self
    {
        if oparg == 1 && callable.value().is(types::TYPE.value()) {
            Opcode::CallType1
        } else if oparg == 1 && callable.value().is(types::STR.value()) {
            Opcode::CallStr1
        } else if oparg == 1 && callable.value().is(types::TUPLE.value()) {
            Opcode::CallTuple1
        } else if callable.is_exact(&types::TYPE) && !class.is_heap() {
            Opcode::CallBuiltinClass
        } else if callable.is_exact(&types::TYPE) && types::object_methods::makes_plain_instances(class) {
            let version = class.assign_version();
            let init = lookup::lookup(vm, class, &vm.names().__init__);
            let Some(init) = init.as_ref().and_then(|init| init.downcast_exact::<Function>()) else {
                return false;
            };
            let code = super::call::code_of(init);
            if version == 0 || !code.plain || code.argcount != oparg + 1 {
                return false;
            }
            write_u32(ip, 2, version);
            Opcode::CallAllocAndEnterInit
        } else {
            return false;
        }
    } else {
        return false;
    };
    rewrite(fp, ip, opcode);
    true
}
