//! `typing.Generic`: the base of generic classes.

use super::super::{Plain, builtin_type};
use crate::call::Args;
use crate::errors::PyResult;
use crate::object::Obj;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags};
use crate::vm::Vm;

builtin_type!(/** `typing.Generic` */ GENERIC, "Generic", Plain, on super::super::OBJECT);

fn forward(vm: &Vm, function: &str, class: &Obj, args: Args<'_>) -> PyResult {
    let typing = vm.import_module("typing")?;
    let function = vm.getattr_named(&typing, function)?;
    vm.call_prepended(&function, class, args)
}

fn class_getitem(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    forward(vm, "_generic_class_getitem", class, args)
}

fn init_subclass(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    forward(vm, "_generic_init_subclass", class, args)
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "__class_getitem__",
        "",
        "Class[args]: a generic class with arguments; for Generic itself, with its parameters.",
        NativeCall::Full(class_getitem),
    )
    .class_method(),
    NativeDef::new(
        "__init_subclass__",
        "",
        "Function to initialize subclasses.",
        NativeCall::Full(init_subclass),
    )
    .class_method(),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &GENERIC)
        .module("typing")
        .attribute("__module__", vm.intern("typing").into_obj())
        .doc("The base of generic classes.\n\n'class C[T]: ...' has it without saying so; 'class C(Generic[T]): ...' is the older way.\n")
        .flags(TypeFlags::BASETYPE)
        .mutable()
        .methods(METHODS)
        .ready();
}
