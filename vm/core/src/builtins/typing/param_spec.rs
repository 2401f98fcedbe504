//! `typing.ParamSpec`.

use super::type_param::{self, Given, PARAM_SPEC, TypeParam};
use super::{call_typing, no_subclass, param_spec_parts};
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::object::Obj;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

static NEW: Signature<6> = Signature::new(
    "paramspec",
    ["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
    1,
)
.keyword_only(1);

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [Some(name), bound, default, covariant, contravariant, infer] = args.bind(vm, &NEW)? else {
        return Err(vm.type_error("paramspec() missing required argument 'name' (pos 1)"));
    };
    let given = Given { bound, default, variance: [covariant, contravariant, infer] };
    type_param::construct(vm, ty, "paramspec", name, None, &given)
}

fn get_bound(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(vm.receiver::<TypeParam>(object)?.bound.get()))
}

fn get_args(_: &Vm, object: &Obj) -> PyResult {
    Ok(param_spec_parts::args_of(object))
}

fn get_kwargs(_: &Vm, object: &Obj) -> PyResult {
    Ok(param_spec_parts::kwargs_of(object))
}

fn subst(vm: &Vm, object: &Obj, arg: &Obj) -> PyResult {
    call_typing(vm, "_paramspec_subst", &[object.clone(), arg.clone()])
}

fn prepare_subst(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let all: Vec<Obj> = std::iter::once(object).chain(args).cloned().collect();
    call_typing(vm, "_paramspec_prepare_subst", &all)
}

fn mro_entries(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(no_subclass(vm, "ParamSpec"))
}

static PROPERTIES: &[Property] = &[
    Property::new("__bound__", "", get_bound).member(),
    Property::new("args", "Represents positional arguments.", get_args),
    Property::new("kwargs", "Represents keyword arguments.", get_kwargs),
];

static METHODS: &[NativeDef] = &[
    NativeDef::new("__typing_subst__", "($self, arg, /)", "", NativeCall::One(subst)),
    NativeDef::new(
        "__typing_prepare_subst__",
        "($self, alias, args, /)",
        "",
        NativeCall::Positional(2, 2, prepare_subst),
    ),
    NativeDef::new("__mro_entries__", "($self, object, /)", "", NativeCall::One(mro_entries)),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &PARAM_SPEC)
        .module("typing")
        .attribute("__module__", vm.intern("typing").into_obj())
        .doc("A parameter specification: stands for the parameters of a callable.\n\n'def f[**P, T](g: Callable[P, T]) -> Callable[P, T]' makes one, and so does\nParamSpec('P'). Within, 'P.args' and 'P.kwargs' annotate '*args' and '**kwargs'.\n")
        .flags(TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(type_param::repr));
            slots.nb_or.set(Some(type_param::union));
        })
        .properties(type_param::NAME)
        .properties(type_param::VARIANCE)
        .properties(type_param::DEFAULT)
        .properties(PROPERTIES)
        .methods(METHODS)
        .methods(type_param::METHODS)
        .ready();
}
