//! Type parameters: `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, `Generic`.

use crate::errors::PyResult;
use crate::object::Obj;
use crate::vm::Vm;

fn not_supported(vm: &Vm) -> PyResult {
    Err(vm.not_implemented_error("type parameters are not supported yet"))
}

pub(crate) fn type_var(vm: &Vm, _: &Obj) -> PyResult {
    not_supported(vm)
}

pub(crate) fn param_spec(vm: &Vm, _: &Obj) -> PyResult {
    not_supported(vm)
}

pub(crate) fn type_var_tuple(vm: &Vm, _: &Obj) -> PyResult {
    not_supported(vm)
}

pub(crate) fn subscript_generic(vm: &Vm, _: &Obj) -> PyResult {
    not_supported(vm)
}

pub(crate) fn type_alias(vm: &Vm, _: &Obj) -> PyResult {
    not_supported(vm)
}

pub(crate) fn type_var_with_bound(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    not_supported(vm)
}

pub(crate) fn type_var_with_constraints(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    not_supported(vm)
}

pub(crate) fn set_default(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    not_supported(vm)
}
