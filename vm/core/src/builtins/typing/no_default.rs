//! `typing.NoDefault`: says that a type parameter has no default.

use super::super::builtin_type;
use super::super::singletons::Singleton;
use crate::call::Args;
use crate::errors::PyResult;
use crate::object::{Obj, Object};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

builtin_type!(/** `NoDefaultType` */ NO_DEFAULT_TYPE, "NoDefaultType", Singleton);

/// `typing.NoDefault`
pub(crate) static NO_DEFAULT: Object<Singleton> = Object::immortal(&raw const NO_DEFAULT_TYPE, Singleton);

/// Whether `object` says that there is no default.
pub(super) fn is_no_default(object: &Obj) -> bool {
    object.is_exact(&NO_DEFAULT_TYPE)
}

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    if !args.is_empty() {
        return Err(vm.type_error("NoDefaultType takes no arguments"));
    }
    Ok(NO_DEFAULT.to_obj())
}

fn repr(_: &Vm, _: &Obj) -> PyResult {
    Ok(Str::new("typing.NoDefault").into_obj())
}

fn reduce(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.intern("NoDefault").into_obj())
}

static METHODS: &[NativeDef] = &[NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(reduce))];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &NO_DEFAULT_TYPE)
        .doc("NoDefaultType()\n--\n\nThe type of the NoDefault singleton.")
        .flags(TypeFlags::LEAF)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
        })
        .methods(METHODS)
        .ready();
}
