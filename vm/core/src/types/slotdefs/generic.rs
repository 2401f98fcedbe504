//! Slot functions of classes: each looks a method up on the object's type and calls it.
//!
//! CPython: `slot_tp_repr` and its like in Objects/typeobject.c.

use smallvec::SmallVec;

use super::super::attributes::{find, object_getattro};
use super::super::data::{TypeFlags, TypeObject};
use super::super::lookup;
use super::super::slots::CompareOp;
use super::Wrapper;
use crate::builtins as types;
use crate::call::Args;
use crate::descriptors::WrapperDescriptor;
use crate::errors::PyResult;
use crate::number::IntView;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::Vm;

/// Calls a method that the type must have; it may have been deleted meanwhile.
fn required(vm: &Vm, object: &Obj, name: &Ref<Str>, args: &[Obj]) -> PyResult {
    match vm.call_special(object, name, args)? {
        Some(result) => Ok(result),
        None => Err(vm.attribute_error(&name.to_string_lossy(), object, name)),
    }
}

/// [`required`] with keywords.
fn required_with(vm: &Vm, object: &Obj, name: &Ref<Str>, args: Args<'_>) -> PyResult {
    let ty = object.ty();
    let Some(method) = lookup::lookup(vm, ty, name) else {
        return Err(vm.attribute_error(&name.to_string_lossy(), object, name));
    };
    if method.ty().has(TypeFlags::METHOD_DESCRIPTOR) {
        return vm.call_prepended(&method, object, args);
    }
    match method.ty().slots.descr_get.get() {
        Some(get) => vm.call_with(&get(vm, &method, Some(object), Some(&ty.to_obj()))?, args),
        None => vm.call_with(&method, args),
    }
}

/// Whether the class says by `name = None` that it does not support something.
fn is_blocked(vm: &Vm, object: &Obj, name: &Ref<Str>) -> bool {
    lookup::lookup(vm, object.ty(), name).is_some_and(|attribute| vm.is_none(&attribute))
}

macro_rules! unary {
    ($($function:ident $name:ident;)*) => {$(
        pub(super) fn $function(vm: &Vm, object: &Obj) -> PyResult {
            required(vm, object, &vm.names().$name, &[])
        }
    )*};
}

unary! {
    negative __neg__;
    positive __pos__;
    absolute __abs__;
    invert __invert__;
    int __int__;
    float __float__;
    index __index__;
    r#await __await__;
    aiter __aiter__;
    anext __anext__;
    str __str__;
}

pub(super) fn repr(vm: &Vm, object: &Obj) -> PyResult {
    if let Some(text) = vm.call_special(object, &vm.names().__repr__, &[])? {
        return Ok(text);
    }
    let text = format!("<{} object at {:#x}>", object.ty().display_name(vm)?, object.id());
    Ok(Str::new(&text).into_obj())
}

pub(super) fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let name = &vm.names().__hash__;
    if is_blocked(vm, object, name) {
        return crate::ops::unhashable(vm, object);
    }
    let Some(result) = vm.call_special(object, name, &[])? else {
        return crate::ops::unhashable(vm, object);
    };
    match result.as_int() {
        Some(IntView::Small(-1)) => Ok(-2),
        Some(IntView::Small(hash)) => Ok(hash),
        // Beyond 64 bits: the number's own hash.
        Some(IntView::Big(_)) => vm.hash(&vm.index(&result)?),
        None => Err(vm.type_error("__hash__ method should return an integer")),
    }
}

pub(super) fn call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    required_with(vm, object, &vm.names().__call__, args)
}

pub(super) fn bool(vm: &Vm, object: &Obj) -> PyResult<bool> {
    let result = required(vm, object, &vm.names().__bool__, &[])?;
    if result.is_exact(&types::BOOL) {
        vm.is_true(&result)
    } else {
        Err(vm.type_error(format!("__bool__ should return bool, returned {}", result.ty().name())))
    }
}

pub(super) fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    let result = vm.index(&required(vm, object, &vm.names().__len__, &[])?)?;
    match result.as_int() {
        Some(int) if int.is_negative() => Err(vm.value_error("__len__() should return >= 0")),
        Some(IntView::Small(length)) => Ok(length as usize),
        _ => Err(vm.overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

pub(super) fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    required(vm, object, &vm.names().__getitem__, std::slice::from_ref(key))
}

pub(super) fn setitem(vm: &Vm, object: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let names = vm.names();
    match value {
        Some(value) => required(vm, object, &names.__setitem__, &[key.clone(), value.clone()])?,
        None => required(vm, object, &names.__delitem__, std::slice::from_ref(key))?,
    };
    Ok(())
}

pub(super) fn contains(vm: &Vm, object: &Obj, item: &Obj) -> PyResult<bool> {
    let name = &vm.names().__contains__;
    if is_blocked(vm, object, name) {
        return Err(vm.type_error(format!("'{}' object is not a container", object.ty().name())));
    }
    let result = required(vm, object, name, std::slice::from_ref(item))?;
    vm.is_true(&result)
}

pub(super) fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let names = vm.names();
    let name = match op {
        CompareOp::Lt => &names.__lt__,
        CompareOp::Le => &names.__le__,
        CompareOp::Eq => &names.__eq__,
        CompareOp::Ne => &names.__ne__,
        CompareOp::Gt => &names.__gt__,
        CompareOp::Ge => &names.__ge__,
    };
    let plain = |method: &Obj| method.ty().has(TypeFlags::METHOD_DESCRIPTOR);
    if lookup::lookup(vm, left.ty(), name).is_none_or(|method| plain(&method)) {
        return match vm.call_special(left, name, std::slice::from_ref(right))? {
            Some(result) => Ok(result),
            None => Ok(vm.not_implemented()),
        };
    }
    // An attribute that can't be had is none.
    match vm.find_special(left, name) {
        Ok(Some(method)) => vm.call(&method, std::slice::from_ref(right)),
        Ok(None) => Ok(vm.not_implemented()),
        Err(error) if error.is(&types::ATTRIBUTE_ERROR) => Ok(vm.not_implemented()),
        Err(error) => Err(error),
    }
}

pub(super) fn iter(vm: &Vm, object: &Obj) -> PyResult {
    let name = &vm.names().__iter__;
    if is_blocked(vm, object, name) {
        return Err(vm.type_error(format!("'{}' object is not iterable", object.ty().name())));
    }
    required(vm, object, name, &[])
}

pub(super) fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    required(vm, object, &vm.names().__next__, &[]).map(Some)
}

pub(super) fn descr_get(vm: &Vm, object: &Obj, instance: Option<&Obj>, owner: Option<&Obj>) -> PyResult {
    let args = [vm.or_none(instance.cloned()), vm.or_none(owner.cloned())];
    match lookup::lookup(vm, object.ty(), &vm.names().__get__) {
        // A descriptor's own `__get__` is called as it stands, without binding.
        Some(get) => vm.call(&get, &[object.clone(), args[0].clone(), args[1].clone()]),
        None => Ok(object.clone()),
    }
}

pub(super) fn descr_set(vm: &Vm, object: &Obj, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let names = vm.names();
    match value {
        Some(value) => required(vm, object, &names.__set__, &[instance.clone(), value.clone()])?,
        None => required(vm, object, &names.__delete__, std::slice::from_ref(instance))?,
    };
    Ok(())
}

pub(super) fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let result = required_with(vm, object, &vm.names().__init__, args)?;
    if vm.is_none(&result) {
        Ok(())
    } else {
        Err(vm.type_error(format!("__init__() should return None, not '{}'", result.ty().name())))
    }
}

/// The `new` slot of classes that define `__new__`.
pub(super) fn new_by_method(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let class = ty.to_obj();
    let method = vm.getattr(&class, &vm.names().__new__)?;
    vm.call_prepended(&method, &class, args)
}

pub(super) fn finalize(vm: &Vm, object: &Obj) {
    let Ok(Some(method)) = vm.find_special(object, &vm.names().__del__) else { return };
    if let Err(error) = vm.call(&method, &[]) {
        let function = lookup::lookup(vm, object.ty(), &vm.names().__del__);
        vm.unraisable(&error, "Exception ignored while calling deallocator", function.as_ref());
    }
}

/// The `getattro` slot of classes that define `__getattribute__` only.
pub(super) fn getattribute(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    required(vm, object, &vm.names().__getattribute__, std::slice::from_ref(name.as_obj()))
}

/// The `getattro` slot of classes that define `__getattr__`.
pub(super) fn getattr_hook(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    let names = vm.names();
    let ty = object.ty();
    let Some(fallback) = lookup::lookup(vm, ty, &names.__getattr__) else {
        return getattribute(vm, object, name);
    };
    let plain = lookup::lookup(vm, ty, &names.__getattribute__).is_none_or(|method| {
        method.downcast::<WrapperDescriptor>().is_some_and(|wrapper| {
            matches!(wrapper.wrapper, Wrapper::GetAttribute(get)
                if get as usize == object_getattro as *const () as usize)
        })
    });
    if plain {
        match find(vm, object, name) {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => {}
            Err(error) if error.is(&types::ATTRIBUTE_ERROR) => {}
            Err(error) => return Err(error),
        }
    } else {
        match getattribute(vm, object, name) {
            Err(error) if error.is(&types::ATTRIBUTE_ERROR) => {}
            result => return result,
        }
    }
    if fallback.ty().has(TypeFlags::METHOD_DESCRIPTOR) {
        let args: SmallVec<[Obj; 2]> = SmallVec::from_iter([object.clone(), name.as_obj().clone()]);
        return vm.call(&fallback, &args);
    }
    required(vm, object, &names.__getattr__, std::slice::from_ref(name.as_obj()))
}

pub(super) fn setattro(vm: &Vm, object: &Obj, name: &Ref<Str>, value: Option<&Obj>) -> PyResult<()> {
    let names = vm.names();
    let name = name.as_obj();
    match value {
        Some(value) => required(vm, object, &names.__setattr__, &[name.clone(), value.clone()])?,
        None => required(vm, object, &names.__delattr__, std::slice::from_ref(name))?,
    };
    Ok(())
}
