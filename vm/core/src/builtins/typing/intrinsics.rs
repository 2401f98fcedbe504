//! What the compiler's code for type parameters and aliases calls. CPython: Objects/typevarobject.c, `_Py_make_*`.

use super::generic::GENERIC;
use super::type_param::{self, PARAM_SPEC, TYPE_VAR, TYPE_VAR_TUPLE, TypeParam, Variance};
use super::{call_typing, type_alias, unpack_tuples};
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::TypeObject;
use crate::vm::Vm;

fn make(vm: &Vm, ty: &TypeObject, name: &Obj, variance: Variance) -> PyResult<Ref<TypeParam>> {
    match name.downcast::<Str>() {
        Some(name) => Ok(Ref::new_in(ty, TypeParam::new(name.clone(), variance))),
        None => Err(vm.system_error("a type parameter has a str for a name")),
    }
}

/// `[T]`
pub(crate) fn type_var(vm: &Vm, name: &Obj) -> PyResult {
    Ok(make(vm, &TYPE_VAR, name, Variance::Inferred)?.into_obj())
}

/// `[T: bound]`
pub(crate) fn type_var_with_bound(vm: &Vm, name: &Obj, evaluate: &Obj) -> PyResult {
    let made = make(vm, &TYPE_VAR, name, Variance::Inferred)?;
    made.evaluate_bound.set(evaluate.clone());
    Ok(made.into_obj())
}

/// `[T: (constraint, constraint)]`
pub(crate) fn type_var_with_constraints(vm: &Vm, name: &Obj, evaluate: &Obj) -> PyResult {
    let made = make(vm, &TYPE_VAR, name, Variance::Inferred)?;
    made.evaluate_constraints.set(evaluate.clone());
    Ok(made.into_obj())
}

/// `[**P]`
pub(crate) fn param_spec(vm: &Vm, name: &Obj) -> PyResult {
    Ok(make(vm, &PARAM_SPEC, name, Variance::Inferred)?.into_obj())
}

/// `[*Ts]`
pub(crate) fn type_var_tuple(vm: &Vm, name: &Obj) -> PyResult {
    Ok(make(vm, &TYPE_VAR_TUPLE, name, Variance::Inferred)?.into_obj())
}

/// `[T = default]`
pub(crate) fn set_default(vm: &Vm, parameter: &Obj, evaluate: &Obj) -> PyResult {
    let Some(made) = parameter.downcast::<TypeParam>() else {
        return Err(type_param::expected(vm, parameter));
    };
    made.evaluate_default.set(evaluate.clone());
    Ok(parameter.clone())
}

/// `Generic[parameters]`, the base of `class C[parameters]`.
pub(crate) fn subscript_generic(vm: &Vm, parameters: &Obj) -> PyResult {
    let Some(parameters) = parameters.downcast::<Tuple>() else {
        return Err(vm.system_error("type parameters are a tuple"));
    };
    let parameters = unpack_tuples(vm, parameters.items())?;
    call_typing(vm, "_GenericAlias", &[GENERIC.to_obj(), parameters])
}

/// `type name[parameters] = value`
pub(crate) fn type_alias(vm: &Vm, parts: &Obj) -> PyResult {
    type_alias::from_statement(vm, parts)
}
