//! What `TypeVar`, `ParamSpec` and `TypeVarTuple` have in common: one payload for the three types, its parts as
//! Python sees them, and the arguments of their constructors. Which type has which of the parts is said in the
//! type's own file.

use super::super::builtin_type;
use super::no_default::{NO_DEFAULT, is_no_default};
use super::{call_typing, calling_module, evaluated, evaluator};
use crate::errors::{Exc, PyResult};
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property, TypeObject};
use crate::vm::Vm;

/// How a type parameter's generic types relate where the arguments do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Variance {
    Invariant,
    Covariant,
    Contravariant,
    /// Left to the type checker.
    Inferred,
}

/// A type parameter.
pub struct TypeParam {
    pub(super) name: Ref<Str>,
    pub(super) bound: ObjCell,
    pub(super) evaluate_bound: ObjCell,
    /// A tuple once it is known.
    pub(super) constraints: ObjCell,
    pub(super) evaluate_constraints: ObjCell,
    pub(super) default: ObjCell,
    pub(super) evaluate_default: ObjCell,
    pub(super) variance: Variance,
}

impl Payload for TypeParam {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &TYPE_VAR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for cell in self.cells() {
            cell.traverse(visitor);
        }
    }

    fn clear(&self) {
        for cell in self.cells() {
            drop(cell.take());
        }
    }
}

builtin_type!(/** `typing.TypeVar` */ TYPE_VAR, "TypeVar", TypeParam);
builtin_type!(/** `typing.ParamSpec` */ PARAM_SPEC, "ParamSpec", TypeParam, on TYPE_VAR);
builtin_type!(/** `typing.TypeVarTuple` */ TYPE_VAR_TUPLE, "TypeVarTuple", TypeParam, on TYPE_VAR);

impl TypeParam {
    /// A type parameter with nothing but its name.
    pub(super) fn new(name: Ref<Str>, variance: Variance) -> Self {
        Self {
            name,
            bound: ObjCell::empty(),
            evaluate_bound: ObjCell::empty(),
            constraints: ObjCell::empty(),
            evaluate_constraints: ObjCell::empty(),
            default: ObjCell::empty(),
            evaluate_default: ObjCell::empty(),
            variance,
        }
    }

    fn cells(&self) -> [&ObjCell; 6] {
        [
            &self.bound,
            &self.evaluate_bound,
            &self.constraints,
            &self.evaluate_constraints,
            &self.default,
            &self.evaluate_default,
        ]
    }

    /// `__default__`
    pub(super) fn default_value(&self, vm: &Vm) -> PyResult {
        Ok(evaluated(vm, &self.default, &self.evaluate_default)?.unwrap_or_else(|| NO_DEFAULT.to_obj()))
    }
}

/// The keyword arguments that the constructors share.
pub(super) struct Given<'a> {
    pub(super) bound: Option<&'a Obj>,
    pub(super) default: Option<&'a Obj>,
    /// `covariant`, `contravariant`, `infer_variance`
    pub(super) variance: [Option<&'a Obj>; 3],
}

/// A type parameter as the constructor `function` makes it. `constraints` come with `TypeVar` alone.
pub(super) fn construct(
    vm: &Vm,
    ty: &TypeObject,
    function: &str,
    name: &Obj,
    constraints: Option<Obj>,
    given: &Given<'_>,
) -> PyResult {
    let Some(name) = name.downcast::<Str>() else {
        return Err(vm.bad_argument(function, "'name'", "str", name));
    };
    let mut flags = [false; 3];
    for (flag, value) in flags.iter_mut().zip(given.variance) {
        *flag = value.map_or(Ok(false), |value| vm.is_true(value))?;
    }
    let variance = match flags {
        [true, true, _] => return Err(vm.value_error("Bivariant types are not supported.")),
        [false, false, false] => Variance::Invariant,
        [false, false, true] => Variance::Inferred,
        [_, _, true] => return Err(vm.value_error("Variance cannot be specified with infer_variance.")),
        [true, _, _] => Variance::Covariant,
        [_, true, _] => Variance::Contravariant,
    };
    let parameter = TypeParam::new(name.clone(), variance);
    if let Some(bound) = given.bound.filter(|bound| !vm.is_none(bound)) {
        // That of a ParamSpec has no meaning yet.
        let bound = if ty.is(&TYPE_VAR) {
            let message = Str::new("Bound must be a type.").into_obj();
            call_typing(vm, "_type_check", &[bound.clone(), message])?
        } else {
            bound.clone()
        };
        parameter.bound.set(bound);
    }
    if constraints.is_some() && !parameter.bound.is_empty() {
        return Err(vm.type_error("Constraints cannot be combined with bound=..."));
    }
    parameter.constraints.set(constraints);
    parameter.default.set(given.default.cloned().unwrap_or_else(|| NO_DEFAULT.to_obj()));
    let module = calling_module(vm)?;
    let parameter = Ref::new_in(ty, parameter).into_obj();
    vm.setattr(&parameter, &vm.names().__module__, &module)?;
    Ok(parameter)
}

/// The TypeError for anything but a type parameter.
pub(super) fn expected(vm: &Vm, object: &Obj) -> Exc {
    match vm.repr_text(object) {
        Ok(shown) => vm.type_error(format!("Expected a type param, got {shown}")),
        Err(error) => error,
    }
}

pub(super) fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let parameter = vm.receiver::<TypeParam>(object)?;
    let sign = match parameter.variance {
        Variance::Inferred => return Ok(parameter.name.as_obj().clone()),
        Variance::Invariant => "~",
        Variance::Covariant => "+",
        Variance::Contravariant => "-",
    };
    Ok(Str::new(sign).concat(&parameter.name).into_obj())
}

pub(super) fn get_name(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<TypeParam>(object)?.name.as_obj().clone())
}

fn has_variance(vm: &Vm, object: &Obj, variance: Variance) -> PyResult {
    Ok(vm.bool(vm.receiver::<TypeParam>(object)?.variance == variance))
}

fn get_covariant(vm: &Vm, object: &Obj) -> PyResult {
    has_variance(vm, object, Variance::Covariant)
}

fn get_contravariant(vm: &Vm, object: &Obj) -> PyResult {
    has_variance(vm, object, Variance::Contravariant)
}

fn get_infer_variance(vm: &Vm, object: &Obj) -> PyResult {
    has_variance(vm, object, Variance::Inferred)
}

fn get_default(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<TypeParam>(object)?.default_value(vm)
}

fn get_evaluate_default(vm: &Vm, object: &Obj) -> PyResult {
    let parameter = vm.receiver::<TypeParam>(object)?;
    Ok(evaluator(vm, &parameter.default, &parameter.evaluate_default))
}

fn has_default(vm: &Vm, object: &Obj) -> PyResult {
    let parameter = vm.receiver::<TypeParam>(object)?;
    let known = parameter.default.get().is_some_and(|default| !is_no_default(&default));
    Ok(vm.bool(known || !parameter.evaluate_default.is_empty()))
}

pub(super) static NAME: &[Property] = &[Property::new("__name__", "", get_name).member()];

pub(super) static VARIANCE: &[Property] = &[
    Property::new("__covariant__", "", get_covariant).member(),
    Property::new("__contravariant__", "", get_contravariant).member(),
    Property::new("__infer_variance__", "", get_infer_variance).member(),
];

pub(super) static DEFAULT: &[Property] = &[
    Property::new("__default__", "The default value, or NoDefault.", get_default),
    Property::new("evaluate_default", "", get_evaluate_default),
];

pub(super) static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "has_default",
        "($self, /)",
        "Whether there is a default.",
        NativeCall::NoArgs(has_default),
    ),
    NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(get_name)),
];

/// `left | right`, where strings may stand for types.
pub(super) fn union(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    super::super::union_type::from_args(vm, &[left.clone(), right.clone()])
}
