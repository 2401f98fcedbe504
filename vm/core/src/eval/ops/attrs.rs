//! Attributes.

use super::{name, object};
use crate::errors::PyResult;
use crate::eval::call::{clear_slots, code_of, frame_at_hand, push_frame_at_hand};
use crate::eval::{Exit, Fp, Ip, Sp, fail, next, next_or_raise, next_releasing, op, specialize, throw};
use crate::frame::Frame;
use crate::function::Function;
use crate::object::obj::{keep, own, release, share};
use crate::object::{Obj, Object, Ref, Value};
use crate::text::Str;
use crate::types::attributes::{Loaded, load_method};
use crate::types::lookup::Way;
use crate::types::{TypeData, TypeFlags, TypeObject, lookup};
use crate::vm::Vm;

op! {
    /// LOAD_ATTR (owner -- value) or, for a call, (owner -- method self) or (owner -- value NULL)
    fn load_attr(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        if specialize::due(ip.add(1)) && specialize::load_attr(ip, sp, fp, vm, oparg) {
            return specialize::redo(ip, sp, fp, vm, oparg);
        }
        next_or_raise!(ip, ip.add(10), sp, load_attr_generic(sp, fp, vm, oparg), fp, vm)
    }
}

#[inline(never)]
unsafe fn load_attr_generic(sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Sp {
    let owner = *sp.sub(1);
    if oparg & 1 == 0 {
        return match vm.getattr(object(sp.sub(1)), name(fp, oparg >> 1)) {
            Ok(value) => {
                *sp.sub(1) = value.into_value();
                release(owner);
                sp
            }
            Err(error) => fail(vm, error),
        };
    }
    match load_method(vm, object(sp.sub(1)), name(fp, oparg >> 1)) {
        Ok(Loaded::Method(method)) => {
            *sp.sub(1) = method.into_value();
            *sp = owner;
            sp.add(1)
        }
        Ok(Loaded::Value(value)) => {
            *sp.sub(1) = value.into_value();
            *sp = Value::NULL;
            release(owner);
            sp.add(1)
        }
        Err(error) => {
            let name = name(fp, oparg >> 1);
            crate::builtins::exceptions::complete_attribute_error(&error, object(sp.sub(1)), name);
            fail(vm, error)
        }
    }
}

/// The owner's type, if it is the one that the cache at `ip` was made for.
#[inline(always)]
unsafe fn guarded(ip: Ip, owner: Value) -> bool {
    if owner.is_int() {
        return false;
    }
    let ty: &TypeObject = &*(*owner.header()).ty();
    ty.version() == specialize::read_u32(ip, 2)
}

op! {
    /// LOAD_ATTR_INSTANCE_VALUE, LOAD_ATTR_SLOT: an inline value, or a `__slots__` member. Cache: type version, byte offset from the header.
    fn load_attr_instance_value(ip, sp, fp, vm, oparg) {
        let owner = *sp.sub(1);
        if !guarded(ip, owner) {
            return load_attr_of_other_type(ip, sp, fp, vm, oparg);
        }
        let value = *owner.header().cast::<u8>().add(specialize::read_u16(ip, 4) as usize).cast::<Value>();
        if value.is_null() {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        *sp.sub(1) = share(value);
        *sp = Value::NULL;
        next_releasing!(ip.add(10), sp.add((oparg & 1) as usize), fp, vm, owner)
    }
}

op! {
    /// LOAD_ATTR_WITH_HINT: from the instance's dictionary, at the place where it was. Cache: type version, place.
    fn load_attr_with_hint(ip, sp, fp, vm, oparg) {
        let owner = *sp.sub(1);
        if !guarded(ip, owner) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let ty: &TypeObject = &*(*owner.header()).ty();
        let word = *owner.header().cast::<u8>().offset(ty.dict_offset() as isize).cast::<Value>();
        if word.is_int() || word.is_null() {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let dict = &*word.header().cast::<Object<crate::dict::Dict>>();
        match dict.table.peek(specialize::read_u16(ip, 4) as usize) {
            Some((key, Some(value), _)) if key.is(name(fp, oparg >> 1).as_obj()) => {
                *sp.sub(1) = share(value.value());
                *sp = Value::NULL;
                next_releasing!(ip.add(10), sp.add((oparg & 1) as usize), fp, vm, owner)
            }
            _ => specialize::deopt(ip, sp, fp, vm, oparg),
        }
    }
}

op! {
    /// LOAD_ATTR_SLOT: a `__slots__` member, or `__class__`. Cache: type version, byte offset, 0 for the class.
    fn load_attr_slot(ip, sp, fp, vm, oparg) {
        if specialize::read_u16(ip, 4) == 0 {
            let owner = *sp.sub(1);
            if !guarded(ip, owner) {
                return specialize::deopt(ip, sp, fp, vm, oparg);
            }
            let class: &TypeObject = &*(*owner.header()).ty();
            *sp.sub(1) = class.to_obj().into_value();
            *sp = Value::NULL;
            release(owner);
            next!(ip.add(10), sp.add((oparg & 1) as usize), fp, vm);
        }
        load_attr_instance_value(ip, sp, fp, vm, oparg)
    }
}

op! {
    /// LOAD_ATTR_METHOD_WITH_VALUES, LOAD_ATTR_METHOD_NO_DICT: a method of the type, which no attribute of an
    /// instance hides. Cache: type version, the method's address (words 6 to 9).
    fn load_attr_method(ip, sp, fp, vm, oparg) {
        let owner = *sp.sub(1);
        if !guarded(ip, owner) {
            return load_attr_of_other_type(ip, sp, fp, vm, oparg);
        }
        if specialize::read_u16(ip, 4) != 0 {
            let ty: &TypeObject = &*(*owner.header()).ty();
            let word = *owner.header().cast::<u8>().offset(ty.dict_offset() as isize).cast::<Value>();
            if !word.is_int() && !word.is_null() {
                return specialize::deopt(ip, sp, fp, vm, oparg);
            }
        }
        *sp.sub(1) = own(Value(specialize::read_u64(ip, 6)));
        *sp = owner;
        next!(ip.add(10), sp.add(1), fp, vm)
    }
}

op! {
    /// LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES, LOAD_ATTR_NONDESCRIPTOR_NO_DICT: a plain attribute of the type, which no attribute
    /// of an instance hides. Cache as for methods.
    fn load_attr_nondescriptor(ip, sp, fp, vm, oparg) {
        let owner = *sp.sub(1);
        if !guarded(ip, owner) {
            return load_attr_of_other_type(ip, sp, fp, vm, oparg);
        }
        if specialize::read_u16(ip, 4) != 0 {
            let ty: &TypeObject = &*(*owner.header()).ty();
            let word = *owner.header().cast::<u8>().offset(ty.dict_offset() as isize).cast::<Value>();
            if !word.is_int() && !word.is_null() {
                return specialize::deopt(ip, sp, fp, vm, oparg);
            }
        }
        *sp.sub(1) = own(Value(specialize::read_u64(ip, 6)));
        *sp = Value::NULL;
        next_releasing!(ip.add(10), sp.add((oparg & 1) as usize), fp, vm, owner)
    }
}

op! {
    /// LOAD_ATTR_PROPERTY: a property whose getter is a Python function. Cache: type version, the getter's address.
    fn load_attr_property(ip, sp, fp, vm, oparg) {
        let owner = *sp.sub(1);
        if !guarded(ip, owner) || vm.recursion_left.get() <= 0 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let getter = Value(specialize::read_u64(ip, 6));
        let code = code_of(&*getter.header().cast::<Object<Function>>());
        if !code.plain || code.argcount != 1 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        if !frame_at_hand(vm, code) {
            return load_attr_unspecialized(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        (*fp).sp = sp.sub(1);
        (*fp).return_offset = 10;
        let frame = push_frame_at_hand(vm, fp, own(getter), code);
        Frame::locals(frame).write_volatile(keep(owner));
        clear_slots(frame, code, 1);
        let (ip, sp) = super::calls::enter(vm, frame);
        next!(ip, sp, frame, vm)
    }
}

op! {
    /// LOAD_ATTR_CLASS: an attribute of a class. Cache: the class's version, its type's, the value's address.
    fn load_attr_class(ip, sp, fp, vm, oparg) {
        let owner = *sp.sub(1);
        if owner.is_int() {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let meta: &TypeObject = &*(*owner.header()).ty();
        // The version is a metaclass's: the owner is a class.
        if meta.version() != specialize::read_u32(ip, 4) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let class = &*owner.header().cast::<Object<TypeData>>();
        if class.version() != specialize::read_u32(ip, 2) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        *sp.sub(1) = own(Value(specialize::read_u64(ip, 6)));
        *sp = Value::NULL;
        next_releasing!(ip.add(10), sp.add((oparg & 1) as usize), fp, vm, owner)
    }
}

op! {
    /// LOAD_ATTR_MODULE: an attribute of a module. Cache: the keys' version, the place.
    fn load_attr_module(ip, sp, fp, vm, oparg) {
        let owner = *sp.sub(1);
        if owner.is_int() || !std::ptr::eq((*owner.header()).ty(), &raw const crate::builtins::MODULE) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let dict = &(&*owner.header().cast::<Object<crate::module::Module>>()).dict;
        if dict.keys_version() != specialize::read_u32(ip, 2) || dict.keys_version() == 0 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        match dict.table.peek(specialize::read_u16(ip, 4) as usize) {
            Some((_, Some(value), _)) => {
                *sp.sub(1) = share(value.value());
                *sp = Value::NULL;
                next_releasing!(ip.add(10), sp.add((oparg & 1) as usize), fp, vm, owner)
            }
            _ => specialize::deopt(ip, sp, fp, vm, oparg),
        }
    }
}

op! {
    /// STORE_ATTR (value owner -- )
    fn store_attr(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        if specialize::due(ip.add(1)) && specialize::store_attr(ip, sp, fp, vm, oparg) {
            return specialize::redo(ip, sp, fp, vm, oparg);
        }
        store_attr_unspecialized(ip, sp, fp, vm, oparg)
    }
}

op! {
    /// STORE_ATTR, without looking for its form.
    fn store_attr_unspecialized(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(5), sp, store_attr_generic(sp, fp, vm, oparg), fp, vm)
    }
}

#[inline(never)]
unsafe fn store_attr_generic(sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Sp {
    match vm.setattr(object(sp.sub(1)), name(fp, oparg), object(sp.sub(2))) {
        Ok(()) => {
            release(*sp.sub(1));
            release(*sp.sub(2));
            sp.sub(2)
        }
        Err(error) => fail(vm, error),
    }
}

/// Notes that the inline value at `offset`, which is empty, is going to be filled; false if it is not its turn, or the
/// attributes are not inline any more.
#[inline(always)]
unsafe fn fill_in_order(owner: Value, offset: usize) -> bool {
    let ty: &TypeObject = &*(*owner.header()).ty();
    let word = owner.header().cast::<u8>().offset(ty.dict_offset() as isize).cast::<Value>();
    let index = (offset - ty.dict_offset() as usize) / 8 - 1;
    if !(*word).is_int() || ((*word).as_int() as usize) > index {
        return false;
    }
    *word = Value::int(index as i64 + 1);
    true
}

/// After how many executions for other types than its own a site takes the type at hand for its own.
const TURN: u16 = 64;

/// Counts an execution for another type.
#[inline(always)]
unsafe fn turned(ip: Ip) -> bool {
    let count = (*ip.add(1)).wrapping_add(1);
    *ip.add(1) = count;
    count.is_multiple_of(TURN)
}

/// LOAD_ATTR at a site whose form is for another type.
#[inline(never)]
unsafe fn load_attr_of_other_type(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    let owner = *sp.sub(1);
    if owner.is_int() {
        return specialize::deopt(ip, sp, fp, vm, oparg);
    }
    let ty: &TypeObject = &*(*owner.header()).ty();
    let address = name(fp, oparg >> 1).as_obj().id() as usize;
    if let Some(known) = vm.interp().way_cache.find(ty.version(), address, false)
        && !turned(ip)
    {
        match known.way {
            Way::Load => {
                let value = *owner.header().cast::<u8>().add(known.offset as usize).cast::<Value>();
                if !value.is_null() {
                    *sp.sub(1) = share(value);
                    *sp = Value::NULL;
                    next_releasing!(ip.add(10), sp.add((oparg & 1) as usize), fp, vm, owner);
                }
            }
            Way::Method if oparg & 1 != 0 && (known.offset == 0 || has_inline_values(owner, ty)) => {
                *sp.sub(1) = own(Value(known.value));
                *sp = owner;
                next!(ip.add(10), sp.add(1), fp, vm);
            }
            Way::Plain if known.offset == 0 || has_inline_values(owner, ty) => {
                *sp.sub(1) = own(Value(known.value));
                *sp = Value::NULL;
                next_releasing!(ip.add(10), sp.add((oparg & 1) as usize), fp, vm, owner);
            }
            _ => {}
        }
        return load_attr_unspecialized(ip, sp, fp, vm, oparg);
    }
    if specialize::load_attr(ip, sp, fp, vm, oparg) {
        specialize::remember(ip, fp, vm, address);
        return specialize::redo(ip, sp, fp, vm, oparg);
    }
    specialize::deopt(ip, sp, fp, vm, oparg)
}

op! {
    /// LOAD_ATTR, without looking for its form.
    fn load_attr_unspecialized(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(10), sp, load_attr_generic(sp, fp, vm, oparg), fp, vm)
    }
}

/// Whether the attributes are inline still, or there are none.
#[inline(always)]
unsafe fn has_inline_values(owner: Value, ty: &TypeObject) -> bool {
    let word = *owner.header().cast::<u8>().offset(ty.dict_offset() as isize).cast::<Value>();
    word.is_int() || word.is_null()
}

/// STORE_ATTR at a site whose form is for another type.
#[inline(never)]
unsafe fn store_attr_of_other_type(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    let owner = *sp.sub(1);
    if owner.is_int() {
        return specialize::deopt(ip, sp, fp, vm, oparg);
    }
    let ty: &TypeObject = &*(*owner.header()).ty();
    let address = name(fp, oparg).as_obj().id() as usize;
    if let Some(known) = vm.interp().way_cache.find(ty.version(), address, true)
        && !turned(ip)
    {
        let offset = known.offset as usize;
        let place = owner.header().cast::<u8>().add(offset).cast::<Value>();
        let old = *place;
        if known.way == Way::StoreSlot || !old.is_null() || fill_in_order(owner, offset) {
            *place = keep(*sp.sub(2));
            next_releasing!(ip.add(5), sp.sub(2), fp, vm, old, owner);
        }
        return store_attr_unspecialized(ip, sp, fp, vm, oparg);
    }
    if specialize::store_attr(ip, sp, fp, vm, oparg) {
        specialize::remember(ip, fp, vm, address);
        return specialize::redo(ip, sp, fp, vm, oparg);
    }
    specialize::deopt(ip, sp, fp, vm, oparg)
}

op! {
    /// STORE_ATTR_INSTANCE_VALUE. Cache: type version, byte offset.
    fn store_attr_instance_value(ip, sp, fp, vm, oparg) {
        let owner = *sp.sub(1);
        if !guarded(ip, owner) {
            return store_attr_of_other_type(ip, sp, fp, vm, oparg);
        }
        let offset = specialize::read_u16(ip, 4) as usize;
        let place = owner.header().cast::<u8>().add(offset).cast::<Value>();
        let old = *place;
        if old.is_null() && !fill_in_order(owner, offset) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        *place = keep(*sp.sub(2));
        next_releasing!(ip.add(5), sp.sub(2), fp, vm, old, owner)
    }
}

op! {
    /// STORE_ATTR_SLOT. Cache: type version, byte offset.
    fn store_attr_slot(ip, sp, fp, vm, oparg) {
        let owner = *sp.sub(1);
        if !guarded(ip, owner) {
            return store_attr_of_other_type(ip, sp, fp, vm, oparg);
        }
        let place = owner.header().cast::<u8>().add(specialize::read_u16(ip, 4) as usize).cast::<Value>();
        let old = *place;
        *place = keep(*sp.sub(2));
        next_releasing!(ip.add(5), sp.sub(2), fp, vm, old, owner)
    }
}

op! {
    /// LOAD_SUPER_ATTR (super class self -- value), for a call (super class self -- method self) or (… -- value NULL)
    fn load_super_attr(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(2), sp, load_super_attr_generic(sp, fp, vm, oparg, false), fp, vm)
    }
}

#[inline(never)]
pub(in crate::eval) unsafe fn load_super_attr_generic(
    sp: Sp,
    fp: Fp,
    vm: &Vm,
    oparg: u32,
    bound: bool,
) -> Sp {
    match super_attribute(vm, fp, sp, oparg, bound) {
        Ok(Loaded::Method(method)) => {
            let receiver = *sp.sub(1);
            release(*sp.sub(2));
            release(*sp.sub(3));
            *sp.sub(3) = method.into_value();
            *sp.sub(2) = receiver;
            sp.sub(1)
        }
        Ok(Loaded::Value(value)) => {
            super::release_range(sp.sub(3), 3);
            *sp.sub(3) = value.into_value();
            *sp.sub(2) = Value::NULL;
            sp.sub(2).add((oparg & 1) as usize)
        }
        Err(error) => fail(vm, error),
    }
}

/// `bound`: a method is bound even if it is called right away.
unsafe fn super_attribute(vm: &Vm, fp: Fp, sp: Sp, oparg: u32, bound: bool) -> PyResult<Loaded> {
    let (global_super, class, receiver) = (object(sp.sub(3)), object(sp.sub(2)), object(sp.sub(1)));
    let name = name(fp, oparg >> 2);
    if crate::builtins::super_object::is_plain(global_super) && class.downcast::<TypeData>().is_some() {
        if oparg & 1 != 0
            && !bound
            && let Some(method) = crate::builtins::super_object::find_method(vm, class, receiver, name)
        {
            return Ok(Loaded::Method(method));
        }
        return crate::builtins::super_object::super_lookup(vm, class, receiver, name).map(Loaded::Value);
    }
    let made = if oparg & 2 != 0 {
        vm.call(global_super, &[class.clone(), receiver.clone()])?
    } else {
        vm.call(global_super, &[])?
    };
    vm.getattr(&made, name).map(Loaded::Value)
}

/// CPython: Python/ceval.c, `_Py_SpecialMethods`.
pub(super) fn special_name(vm: &Vm, index: u32) -> (&'static Ref<Str>, &'static str) {
    let names = vm.names();
    match index {
        0 => (
            &names.__enter__,
            "'{}' object does not support the context manager protocol (missed __enter__ method)",
        ),
        1 => (
            &names.__exit__,
            "'{}' object does not support the context manager protocol (missed __exit__ method)",
        ),
        2 => (
            &names.__aenter__,
            "'{}' object does not support the asynchronous context manager protocol (missed __aenter__ method)",
        ),
        _ => (
            &names.__aexit__,
            "'{}' object does not support the asynchronous context manager protocol (missed __aexit__ method)",
        ),
    }
}

op! {
    /// LOAD_SPECIAL (self -- method self) or (self -- value NULL)
    fn load_special(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(1), sp, load_special_generic(sp, vm, oparg), fp, vm)
    }
}

#[inline(never)]
unsafe fn load_special_generic(sp: Sp, vm: &Vm, oparg: u32) -> Sp {
    match special(vm, object(sp.sub(1)), oparg) {
        Ok(Loaded::Method(method)) => {
            // The manager is used again when its block ends: a borrowed word does not do.
            let receiver = *sp.sub(1);
            *sp.sub(1) = method.into_value();
            *sp = if receiver.is_counted() { receiver } else { own(receiver) };
            sp.add(1)
        }
        Ok(Loaded::Value(value)) => {
            let receiver = *sp.sub(1);
            *sp.sub(1) = value.into_value();
            *sp = Value::NULL;
            release(receiver);
            sp.add(1)
        }
        Err(error) => fail(vm, error),
    }
}

fn special(vm: &Vm, owner: &Obj, index: u32) -> PyResult<Loaded> {
    let (name, message) = special_name(vm, index);
    let ty = owner.ty();
    let Some(attribute) = lookup::lookup(vm, ty, name) else {
        let mut message = message.replace("{}", &ty.name());
        let other = if index < 2 {
            [&vm.names().__aenter__, &vm.names().__aexit__]
        } else {
            [&vm.names().__enter__, &vm.names().__exit__]
        };
        if other.iter().all(|name| lookup::lookup(vm, ty, name).is_some()) {
            message += if index < 2 {
                " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
            } else {
                " but it supports the context manager protocol. Did you mean to use 'with'?"
            };
        }
        return Err(vm.type_error(message));
    };
    if attribute.ty().has(TypeFlags::METHOD_DESCRIPTOR) {
        return Ok(Loaded::Method(attribute));
    }
    match attribute.ty().slots.descr_get.get() {
        Some(get) => get(vm, &attribute, Some(owner), Some(&ty.to_obj())).map(Loaded::Value),
        None => Ok(Loaded::Value(attribute)),
    }
}

op! {
    /// GET_LEN (object -- object length)
    fn get_len(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        match vm.len(object(sp.sub(1))) {
            Ok(length) => {
                *sp = crate::number::Int::from_usize(length).into_value();
                next!(ip.add(1), sp.add(1), fp, vm)
            }
            Err(error) => throw!(ip, sp, fp, vm, error),
        }
    }
}
