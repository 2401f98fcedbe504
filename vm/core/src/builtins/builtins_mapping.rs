//! `__builtins__` that is no dictionary: any mapping that `exec` and `eval` were given, or anything else, which is
//! then an error once a name is looked up.
//!
//! Frames and functions hold a `Dict`. This is one whose type looks its items up in the object behind it; names are
//! strs, so the object's own key never meets one of them.

use super::{DICT, builtin_type};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::{TypeBuilder, TypeFlags};
use crate::vm::Vm;

builtin_type!(/** What stands for the mapping. */ BUILTINS_MAPPING, "builtins_mapping", Dict, on DICT);

/// What a frame holds for `__builtins__`: the dictionary, the module's, or one that stands for the object.
pub(crate) fn namespace(vm: &Vm, builtins: &Obj) -> PyResult<Ref<Dict>> {
    if let Some(module) = builtins.downcast::<crate::module::Module>() {
        return Ok(module.dict.clone());
    }
    if let Some(dict) = builtins.downcast::<Dict>() {
        return Ok(dict.clone());
    }
    let stand_in = Ref::new_in(&BUILTINS_MAPPING, Dict::empty());
    stand_in.set(vm, &vm.none(), builtins.clone())?;
    Ok(stand_in)
}

fn behind(vm: &Vm, namespace: &Ref<Dict>) -> PyResult<Option<Obj>> {
    if namespace.as_obj().is_exact(&BUILTINS_MAPPING) { namespace.get(vm, &vm.none()) } else { Ok(None) }
}

/// What Python sees of a frame's builtins.
pub(crate) fn shown(vm: &Vm, namespace: Ref<Dict>) -> Obj {
    match behind(vm, &namespace) {
        Ok(Some(mapping)) => mapping,
        _ => namespace.into_obj(),
    }
}

/// The builtin `name`, whatever the builtins are.
pub(crate) fn get(vm: &Vm, namespace: &Ref<Dict>, name: &Ref<Str>) -> PyResult<Option<Obj>> {
    if namespace.as_obj().is_exact(&DICT) {
        return namespace.get_str(vm, name);
    }
    match vm.getitem(namespace.as_obj(), name.as_obj()) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is(&super::KEY_ERROR) => Ok(None),
        Err(error) => Err(error),
    }
}

fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    match behind(vm, vm.receiver::<Dict>(object)?)? {
        Some(mapping) => vm.getitem(&mapping, key),
        None => Err(vm.key_error(key)),
    }
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &BUILTINS_MAPPING)
        .base(&DICT)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| slots.getitem.set(Some(getitem)))
        .ready();
}
