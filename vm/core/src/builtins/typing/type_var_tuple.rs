//! `typing.TypeVarTuple`.

use super::type_param::{self, Given, TYPE_VAR_TUPLE};
use super::{call_typing, iter_unpacked, no_subclass};
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::object::Obj;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

static NEW: Signature<2> = Signature::new("typevartuple", ["name", "default"], 1).keyword_only(1);

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [Some(name), default] = args.bind(vm, &NEW)? else {
        return Err(vm.type_error("typevartuple() missing required argument 'name' (pos 1)"));
    };
    let given = Given { bound: None, default, variance: [None; 3] };
    type_param::construct(vm, ty, "typevartuple", name, None, &given)
}

fn subst(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(vm.type_error("Substitution of bare TypeVarTuple is not supported"))
}

fn prepare_subst(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let all: Vec<Obj> = std::iter::once(object).chain(args).cloned().collect();
    call_typing(vm, "_typevartuple_prepare_subst", &all)
}

fn mro_entries(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(no_subclass(vm, "TypeVarTuple"))
}

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
    TypeBuilder::new(vm, &TYPE_VAR_TUPLE)
        .module("typing")
        .attribute("__module__", vm.intern("typing").into_obj())
        .doc("A type variable tuple: stands for any number of types.\n\n'class C[*Ts]: ...' makes one, and so does TypeVarTuple('Ts'). 'C[int, str]' and 'C[()]'\nare both arguments for it. It is unpacked where it is used: 'tuple[*Ts]'.\n")
        .flags(TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(type_param::get_name));
            slots.iter.set(Some(iter_unpacked));
        })
        .properties(type_param::NAME)
        .properties(type_param::DEFAULT)
        .methods(METHODS)
        .methods(type_param::METHODS)
        .ready();
}
