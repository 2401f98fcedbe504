//! Type parameters and what belongs to them: `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, `Generic`.
//! CPython: Objects/typevarobject.c. What they do beyond holding their parts is done by the library's `typing`.

pub(crate) mod const_evaluator;
pub(crate) mod generic;
pub(crate) mod intrinsics;
pub(crate) mod no_default;
mod param_spec;
pub(crate) mod param_spec_parts;
pub(crate) mod type_alias;
pub(crate) mod type_param;
mod type_var;
mod type_var_tuple;

use crate::errors::{Exc, PyResult};
use crate::object::{Obj, ObjCell};
use crate::sequence::Tuple;
use crate::vm::Vm;

/// Calls a function of the library's `typing`.
fn call_typing(vm: &Vm, function: &str, args: &[Obj]) -> PyResult {
    let typing = vm.import_module("typing")?;
    vm.call_method_named(&typing, function, args)
}

/// `typing.Unpack[object]`
fn unpacked(vm: &Vm, object: &Obj) -> PyResult {
    let typing = vm.import_module("typing")?;
    let unpack = vm.getattr_named(&typing, "Unpack")?;
    vm.getitem(&unpack, object)
}

/// Iterating over what can stand behind a star: one time `Unpack[object]`.
fn iter_unpacked(vm: &Vm, object: &Obj) -> PyResult {
    let only = Tuple::new(vec![unpacked(vm, object)?]).into_obj();
    vm.iter(&only)
}

/// A tuple of type parameters, each `TypeVarTuple` unpacked.
fn unpack_tuples(vm: &Vm, parameters: &[Obj]) -> PyResult {
    let unpack = |parameter: &Obj| {
        if parameter.is_exact(&type_param::TYPE_VAR_TUPLE) {
            unpacked(vm, parameter)
        } else {
            Ok(parameter.clone())
        }
    };
    Ok(Tuple::new(parameters.iter().map(unpack).collect::<PyResult<_>>()?).into_obj())
}

/// The name of the module whose code is running, for `__module__` of what it makes.
fn calling_module(vm: &Vm) -> PyResult {
    match crate::eval::frame_at(vm, 0) {
        Some(frame) => crate::modules::sys::module_of_frame(vm, frame.as_obj()),
        None => Ok(vm.none()),
    }
}

/// What is in `known`, else what calling `evaluate` gives, which is then known.
fn evaluated(vm: &Vm, known: &ObjCell, evaluate: &ObjCell) -> PyResult<Option<Obj>> {
    if let Some(known) = known.get() {
        return Ok(Some(known));
    }
    let Some(evaluate) = evaluate.get() else { return Ok(None) };
    let value = vm.call(&evaluate, &[])?;
    known.set(value.clone());
    Ok(Some(value))
}

/// What evaluates to the value of [`evaluated`]; None if there is no such value.
fn evaluator(vm: &Vm, known: &ObjCell, evaluate: &ObjCell) -> Obj {
    match (evaluate.get(), known.get()) {
        (Some(evaluate), _) => evaluate,
        (None, Some(known)) => const_evaluator::make(known),
        (None, None) => vm.none(),
    }
}

fn no_subclass(vm: &Vm, name: &str) -> Exc {
    vm.type_error(format!("Cannot subclass an instance of {name}"))
}

/// Completes the types.
pub(super) fn init(vm: &Vm) {
    type_var::init(vm);
    param_spec::init(vm);
    type_var_tuple::init(vm);
    param_spec_parts::init(vm);
    type_alias::init(vm);
    const_evaluator::init(vm);
    no_default::init(vm);
    generic::init(vm);
}
