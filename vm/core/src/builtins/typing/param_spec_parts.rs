//! `typing.ParamSpecArgs` and `typing.ParamSpecKwargs`: `P.args` and `P.kwargs`.

use super::super::builtin_type;
use super::no_subclass;
use super::type_param::{PARAM_SPEC, TypeParam};
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// The positional or the keyword parameters of a `ParamSpec`.
pub struct ParamSpecPart {
    origin: Obj,
}

impl Payload for ParamSpecPart {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &PARAM_SPEC_ARGS
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.origin);
    }
}

builtin_type!(/** `typing.ParamSpecArgs` */ PARAM_SPEC_ARGS, "ParamSpecArgs", ParamSpecPart);
builtin_type!(/** `typing.ParamSpecKwargs` */ PARAM_SPEC_KWARGS, "ParamSpecKwargs", ParamSpecPart, on PARAM_SPEC_ARGS);

/// `P.args`
pub(super) fn args_of(origin: &Obj) -> Obj {
    Ref::new_in(&PARAM_SPEC_ARGS, ParamSpecPart { origin: origin.clone() }).into_obj()
}

/// `P.kwargs`
pub(super) fn kwargs_of(origin: &Obj) -> Obj {
    Ref::new_in(&PARAM_SPEC_KWARGS, ParamSpecPart { origin: origin.clone() }).into_obj()
}

static NEW_ARGS: Signature<1> = Signature::new("paramspecargs", ["origin"], 1);
static NEW_KWARGS: Signature<1> = Signature::new("paramspeckwargs", ["origin"], 1);

fn new_args(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let [origin] = args.bind(vm, &NEW_ARGS)?;
    Ok(args_of(&vm.or_none(origin.cloned())))
}

fn new_kwargs(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let [origin] = args.bind(vm, &NEW_KWARGS)?;
    Ok(kwargs_of(&vm.or_none(origin.cloned())))
}

fn show(vm: &Vm, object: &Obj, part: &str) -> PyResult {
    let origin = &vm.receiver::<ParamSpecPart>(object)?.origin;
    let name = match origin.downcast::<TypeParam>() {
        Some(parameter) if origin.is_exact(&PARAM_SPEC) => parameter.name.to_string_lossy().into_owned(),
        _ => vm.repr_text(origin)?,
    };
    Ok(Str::new(&format!("{name}.{part}")).into_obj())
}

fn repr_args(vm: &Vm, object: &Obj) -> PyResult {
    show(vm, object, "args")
}

fn repr_kwargs(vm: &Vm, object: &Obj) -> PyResult {
    show(vm, object, "kwargs")
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !left.ty().is(right.ty()) {
        return Ok(vm.not_implemented());
    }
    let left = &vm.receiver::<ParamSpecPart>(left)?.origin;
    vm.compare(left, &vm.receiver::<ParamSpecPart>(right)?.origin, op)
}

fn get_origin(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<ParamSpecPart>(object)?.origin.clone())
}

fn mro_entries_args(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(no_subclass(vm, "ParamSpecArgs"))
}

fn mro_entries_kwargs(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(no_subclass(vm, "ParamSpecKwargs"))
}

static PROPERTIES: &[Property] = &[Property::new("__origin__", "", get_origin).member()];

static ARGS_METHODS: &[NativeDef] =
    &[NativeDef::new("__mro_entries__", "($self, object, /)", "", NativeCall::One(mro_entries_args))];
static KWARGS_METHODS: &[NativeDef] =
    &[NativeDef::new("__mro_entries__", "($self, object, /)", "", NativeCall::One(mro_entries_kwargs))];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &PARAM_SPEC_ARGS)
        .module("typing")
        .attribute("__module__", vm.intern("typing").into_obj())
        .doc("The positional parameters of a ParamSpec: 'P.args', whose '__origin__' is P.\n")
        .flags(TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(new_args));
            slots.repr.set(Some(repr_args));
            slots.richcompare.set(Some(richcompare));
        })
        .properties(PROPERTIES)
        .methods(ARGS_METHODS)
        .ready();
    TypeBuilder::new(vm, &PARAM_SPEC_KWARGS)
        .module("typing")
        .attribute("__module__", vm.intern("typing").into_obj())
        .doc("The keyword parameters of a ParamSpec: 'P.kwargs', whose '__origin__' is P.\n")
        .flags(TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(new_kwargs));
            slots.repr.set(Some(repr_kwargs));
            slots.richcompare.set(Some(richcompare));
        })
        .properties(PROPERTIES)
        .methods(KWARGS_METHODS)
        .ready();
}
