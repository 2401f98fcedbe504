//! `__annotations__`, `__annotate__` and `__type_params__` of classes (PEP 649, PEP 695).

use super::type_object::{check_settable, immutable, own, receiver, remove_own, set_own};
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::{TypeFlags, TypeObject};
use crate::vm::Vm;

fn missing(vm: &Vm, object: &Obj, ty: &TypeObject, name: &Ref<Str>) -> Exc {
    let message = format!("type object '{}' has no attribute '{}'", ty.tp_name(), name.to_string_lossy());
    vm.attribute_error(&message, object, name)
}

/// A namespace's entry, bound to the class.
fn bound(vm: &Vm, object: &Obj, value: Obj) -> PyResult {
    match value.ty().slots.descr_get.get() {
        Some(get) => get(vm, &value, None, Some(object)),
        None => Ok(value),
    }
}

/// What `__annotate__(1)` returned must be a dict.
pub(super) fn call_annotate(vm: &Vm, annotate: &Obj) -> PyResult<Ref<Dict>> {
    vm.call(annotate, &[Int::new(1)])?.into_ref::<Dict>().map_err(|other| {
        vm.type_error(format!("__annotate__ returned non-dict of type '{}'", other.ty().tp_name()))
    })
}

pub(super) fn get(vm: &Vm, object: &Obj) -> PyResult {
    let names = vm.names();
    let ty = receiver(vm, object)?;
    if !ty.is_heap() && ty.has(TypeFlags::IMMUTABLE) {
        return Err(missing(vm, object, ty, &names.__annotations__));
    }
    for name in [&names.__annotations__, &names.__annotations_cache__] {
        if let Some(annotations) = own(vm, ty, name)? {
            return bound(vm, object, annotations);
        }
    }
    let annotate = get_annotate(vm, object)?;
    let annotations =
        if vm.is_callable(&annotate) { call_annotate(vm, &annotate)? } else { Dict::new() }.into_obj();
    set_own(vm, ty, &names.__annotations_cache__, annotations.clone())?;
    Ok(annotations)
}

pub(super) fn set(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let names = vm.names();
    let ty = receiver(vm, object)?;
    if ty.has(TypeFlags::IMMUTABLE) {
        return Err(immutable(vm, ty, "__annotations__"));
    }
    match value {
        Some(value) => {
            let has_own = own(vm, ty, &names.__annotations__)?.is_some();
            let name = if has_own { &names.__annotations__ } else { &names.__annotations_cache__ };
            set_own(vm, ty, name, value.clone())?;
        }
        None => {
            if !remove_own(vm, ty, &names.__annotations__)?
                && !remove_own(vm, ty, &names.__annotations_cache__)?
            {
                return Err(vm.attribute_error("__annotations__", object, &names.__annotations__));
            }
        }
    }
    remove_own(vm, ty, &names.__annotate_func__)?;
    remove_own(vm, ty, &names.__annotate__)?;
    Ok(())
}

pub(super) fn get_annotate(vm: &Vm, object: &Obj) -> PyResult {
    let names = vm.names();
    let ty = receiver(vm, object)?;
    if !ty.is_heap() && ty.has(TypeFlags::IMMUTABLE) {
        return Err(missing(vm, object, ty, &names.__annotate__));
    }
    for name in [&names.__annotate__, &names.__annotate_func__] {
        if let Some(annotate) = own(vm, ty, name)? {
            return bound(vm, object, annotate);
        }
    }
    set_own(vm, ty, &names.__annotate_func__, vm.none())?;
    Ok(vm.none())
}

pub(super) fn set_annotate(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let names = vm.names();
    let ty = receiver(vm, object)?;
    let Some(value) = value else { return Err(vm.type_error("cannot delete __annotate__ attribute")) };
    if ty.has(TypeFlags::IMMUTABLE) {
        return Err(immutable(vm, ty, "__annotate__"));
    }
    if !vm.is_none(value) && !vm.is_callable(value) {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    set_own(vm, ty, &names.__annotate_func__, value.clone())?;
    if !vm.is_none(value) {
        remove_own(vm, ty, &names.__annotations_cache__)?;
        remove_own(vm, ty, &names.__annotations__)?;
    }
    Ok(())
}

pub(super) fn get_type_params(vm: &Vm, object: &Obj) -> PyResult {
    let ty = receiver(vm, object)?;
    let found = if ty.is_heap() { own(vm, ty, &vm.names().__type_params__)? } else { None };
    Ok(found.unwrap_or_else(|| vm.empty_tuple().into_obj()))
}

pub(super) fn set_type_params(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = receiver(vm, object)?;
    let value = check_settable(vm, ty, value, "__type_params__")?;
    set_own(vm, ty, &vm.names().__type_params__, value.clone())
}
