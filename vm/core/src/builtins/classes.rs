//! The questions `isinstance` and `issubclass`, and `class[key]`. CPython: Objects/abstract.c.

use super::{TYPE, union_type::Union};
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::types::TypeData;
use crate::vm::Vm;

/// The tuple or union whose members are asked in turn.
fn alternatives(class: &Obj) -> Option<Ref<Tuple>> {
    if let Some(union) = class.downcast_exact::<Union>() {
        return Some(union.args.clone());
    }
    class.downcast::<Tuple>().cloned()
}

/// `isinstance()`. CPython: `object_recursive_isinstance`.
pub(crate) fn is_instance(vm: &Vm, object: &Obj, class: &Obj) -> PyResult<bool> {
    if class.downcast::<TypeData>().is_some_and(|class| object.ty().is(class)) {
        return Ok(true);
    }
    if class.is_exact(&TYPE) {
        return is_real_instance(vm, object, class);
    }
    if let Some(classes) = alternatives(class) {
        vm.check_native_stack()?;
        for class in classes.items() {
            if is_instance(vm, object, class)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match vm.call_special(class, &vm.names().__instancecheck__, std::slice::from_ref(object))? {
        Some(result) => vm.is_true(&result),
        None => is_real_instance(vm, object, class),
    }
}

/// What `type.__instancecheck__` answers. CPython: `object_isinstance`.
pub(crate) fn is_real_instance(vm: &Vm, object: &Obj, class: &Obj) -> PyResult<bool> {
    let names = vm.names();
    if let Some(ty) = class.downcast::<TypeData>() {
        if object.is_instance_of(ty) {
            return Ok(true);
        }
        // An object may claim another class than its type.
        let claimed = vm.find_attr(object, &names.__class__)?;
        let Some(claimed) = claimed.as_ref().and_then(|claimed| claimed.downcast::<TypeData>()) else {
            return Ok(false);
        };
        return Ok(!(**claimed).is(object.ty()) && claimed.is_subtype_of(ty));
    }
    if bases_of(vm, class)?.is_none() {
        return Err(vm.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
    }
    match vm.find_attr(object, &names.__class__)? {
        Some(claimed) => abstract_subclass(vm, &claimed, class),
        None => Ok(false),
    }
}

/// `__bases__`, if it is a tuple: then the object may stand for a class.
fn bases_of(vm: &Vm, class: &Obj) -> PyResult<Option<Ref<Tuple>>> {
    Ok(vm.find_attr(class, &vm.names().__bases__)?.and_then(|bases| bases.into_ref::<Tuple>().ok()))
}

fn abstract_subclass(vm: &Vm, derived: &Obj, class: &Obj) -> PyResult<bool> {
    vm.check_native_stack()?;
    if derived.is(class) {
        return Ok(true);
    }
    let Some(bases) = bases_of(vm, derived)? else { return Ok(false) };
    for base in bases.items() {
        if abstract_subclass(vm, base, class)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `issubclass()`. CPython: `object_issubclass`.
pub(crate) fn is_subclass(vm: &Vm, derived: &Obj, class: &Obj) -> PyResult<bool> {
    if class.is_exact(&TYPE) {
        if derived.is(class) {
            return Ok(true);
        }
        return is_real_subclass(vm, derived, class);
    }
    if let Some(classes) = alternatives(class) {
        vm.check_native_stack()?;
        for class in classes.items() {
            if is_subclass(vm, derived, class)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match vm.call_special(class, &vm.names().__subclasscheck__, std::slice::from_ref(derived))? {
        Some(result) => vm.is_true(&result),
        None => is_real_subclass(vm, derived, class),
    }
}

/// What `type.__subclasscheck__` answers. CPython: `recursive_issubclass`.
pub(crate) fn is_real_subclass(vm: &Vm, derived: &Obj, class: &Obj) -> PyResult<bool> {
    if let (Some(derived), Some(class)) = (derived.downcast::<TypeData>(), class.downcast::<TypeData>()) {
        return Ok(derived.is_subtype_of(class));
    }
    if bases_of(vm, derived)?.is_none() {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    }
    if bases_of(vm, class)?.is_none() {
        return Err(vm.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    }
    abstract_subclass(vm, derived, class)
}

/// `class[key]`
pub(crate) fn class_getitem(vm: &Vm, class: &Obj, key: &Obj) -> PyResult {
    if class.is(&TYPE.to_obj()) {
        return Ok(super::generic_alias::make(vm, class.clone(), key));
    }
    match vm.find_attr(class, &vm.names().__class_getitem__)? {
        Some(method) if !vm.is_none(&method) => vm.call(&method, std::slice::from_ref(key)),
        _ => {
            let name = class.downcast::<TypeData>().map(|ty| ty.tp_name()).unwrap_or_default();
            Err(vm.type_error(format!("type '{name}' is not subscriptable")))
        }
    }
}
