//! `None`, `NotImplemented`, `...`, `True`, `False`.

use super::{BOOL, builtin_type};
use crate::call::Args;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Object, Payload};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// The payload of the constants that have nothing but their identity.
pub struct Singleton;

impl Payload for Singleton {
    fn class() -> &'static TypeObject {
        &NONE_TYPE
    }
}

builtin_type!(/** `NoneType` */ NONE_TYPE, "NoneType", Singleton);
builtin_type!(/** `NotImplementedType` */ NOT_IMPLEMENTED_TYPE, "NotImplementedType", Singleton);
builtin_type!(/** `ellipsis` */ ELLIPSIS_TYPE, "ellipsis", Singleton);

pub(crate) static NONE: Object<Singleton> = Object::immortal(&raw const NONE_TYPE, Singleton);
pub(crate) static NOT_IMPLEMENTED: Object<Singleton> =
    Object::immortal(&raw const NOT_IMPLEMENTED_TYPE, Singleton);
pub(crate) static ELLIPSIS: Object<Singleton> = Object::immortal(&raw const ELLIPSIS_TYPE, Singleton);
pub(crate) static FALSE: Object<Int> = Object::immortal(&raw const BOOL, Int::constant(0));
pub(crate) static TRUE: Object<Int> = Object::immortal(&raw const BOOL, Int::constant(1));

fn none_repr(_: &Vm, _: &Obj) -> PyResult {
    Ok(Str::new("None").into_obj())
}

fn none_bool(_: &Vm, _: &Obj) -> PyResult<bool> {
    Ok(false)
}

/// CPython: Objects/object.c, `none_hash`.
fn none_hash(_: &Vm, _: &Obj) -> PyResult<i64> {
    Ok(0xFCA8_6420)
}

fn not_implemented_repr(_: &Vm, _: &Obj) -> PyResult {
    Ok(Str::new("NotImplemented").into_obj())
}

fn not_implemented_bool(vm: &Vm, _: &Obj) -> PyResult<bool> {
    Err(vm.type_error("NotImplemented should not be used in a boolean context"))
}

fn ellipsis_repr(_: &Vm, _: &Obj) -> PyResult {
    Ok(Str::new("Ellipsis").into_obj())
}

fn reduce_not_implemented(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.intern("NotImplemented").into_obj())
}

fn reduce_ellipsis(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.intern("Ellipsis").into_obj())
}

/// The class gives its one instance.
fn no_arguments(vm: &Vm, args: Args<'_>, class: &str) -> PyResult<()> {
    if args.is_empty() { Ok(()) } else { Err(vm.type_error(format!("{class} takes no arguments"))) }
}

fn none_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    no_arguments(vm, args, "NoneType").map(|()| vm.none())
}

fn not_implemented_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    no_arguments(vm, args, "NotImplementedType").map(|()| vm.not_implemented())
}

fn ellipsis_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    no_arguments(vm, args, "EllipsisType").map(|()| vm.ellipsis())
}

static NOT_IMPLEMENTED_METHODS: &[NativeDef] =
    &[NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(reduce_not_implemented))];
static ELLIPSIS_METHODS: &[NativeDef] =
    &[NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(reduce_ellipsis))];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &NONE_TYPE)
        .doc("NoneType()\n--\n\nThe type of the None singleton.")
        .flags(TypeFlags::LEAF)
        .slots(|slots| {
            slots.new.set(Some(none_new));
            slots.repr.set(Some(none_repr));
            slots.nb_bool.set(Some(none_bool));
            slots.hash.set(Some(none_hash));
        })
        .ready();
    TypeBuilder::new(vm, &NOT_IMPLEMENTED_TYPE)
        .doc("NotImplementedType()\n--\n\nThe type of the NotImplemented singleton.")
        .flags(TypeFlags::LEAF)
        .slots(|slots| {
            slots.new.set(Some(not_implemented_new));
            slots.repr.set(Some(not_implemented_repr));
            slots.nb_bool.set(Some(not_implemented_bool));
        })
        .methods(NOT_IMPLEMENTED_METHODS)
        .ready();
    TypeBuilder::new(vm, &ELLIPSIS_TYPE)
        .doc("ellipsis()\n--\n\nThe type of the Ellipsis singleton.")
        .flags(TypeFlags::LEAF)
        .slots(|slots| {
            slots.new.set(Some(ellipsis_new));
            slots.repr.set(Some(ellipsis_repr));
        })
        .methods(ELLIPSIS_METHODS)
        .ready();
}
