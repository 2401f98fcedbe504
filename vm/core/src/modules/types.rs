//! `_types`: the builtin types that have no name in `builtins`, for the library's `types`. CPython:
//! Modules/_typesmodule.c.

use crate::builtins::{
    BUILTIN_FUNCTION, CELL, CLASS_METHOD_DESCRIPTOR, CODE, ELLIPSIS_TYPE, FUNCTION, GETSET_DESCRIPTOR,
    MEMBER_DESCRIPTOR, METHOD, METHOD_DESCRIPTOR, METHOD_WRAPPER, MODULE as MODULE_TYPE, NONE_TYPE,
    NOT_IMPLEMENTED_TYPE, WRAPPER_DESCRIPTOR, builtin_type,
};
use crate::builtins::{generic_alias, mapping_proxy, namespace, union_type};
use crate::errors::PyResult;
use crate::frame::FRAME;
use crate::generator::{ASYNC_GENERATOR, COROUTINE, GENERATOR};
use crate::module::{Module, NativeModule};
use crate::object::{Obj, Payload, Ref};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// What a module in C hands to other modules in C, under a name. Nothing here can use what would be in it, so the name is
/// all that there is.
struct Capsule {
    name: Ref<Str>,
}

impl Payload for Capsule {
    fn class() -> &'static TypeObject {
        &CAPSULE
    }
}

builtin_type!(/** `types.CapsuleType` */ CAPSULE, "PyCapsule", Capsule);

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let name = vm.receiver::<Capsule>(object)?.name.to_string_lossy();
    Ok(Str::new(&format!("<capsule object \"{name}\" at {:#x}>", object.id())).into_obj())
}

fn capsule(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let Some(name) = name.downcast::<Str>() else {
        return Err(vm.type_error("a capsule's name must be a str"));
    };
    Ok(Ref::new(Capsule { name: name.clone() }).into_obj())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &CAPSULE)
        .module("builtins")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| slots.repr.set(Some(repr)))
        .ready();
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    let types: &[(&str, &TypeObject)] = &[
        ("AsyncGeneratorType", &ASYNC_GENERATOR),
        ("BuiltinFunctionType", &BUILTIN_FUNCTION),
        ("BuiltinMethodType", &BUILTIN_FUNCTION),
        ("CapsuleType", &CAPSULE),
        ("CellType", &CELL),
        ("ClassMethodDescriptorType", &CLASS_METHOD_DESCRIPTOR),
        ("CodeType", &CODE),
        ("CoroutineType", &COROUTINE),
        ("EllipsisType", &ELLIPSIS_TYPE),
        ("FrameType", &FRAME),
        ("FunctionType", &FUNCTION),
        ("GeneratorType", &GENERATOR),
        ("GenericAlias", &generic_alias::GENERIC_ALIAS),
        ("GetSetDescriptorType", &GETSET_DESCRIPTOR),
        ("LambdaType", &FUNCTION),
        ("MappingProxyType", &mapping_proxy::MAPPING_PROXY),
        ("MemberDescriptorType", &MEMBER_DESCRIPTOR),
        ("MethodDescriptorType", &METHOD_DESCRIPTOR),
        ("MethodType", &METHOD),
        ("MethodWrapperType", &METHOD_WRAPPER),
        ("ModuleType", &MODULE_TYPE),
        ("NoneType", &NONE_TYPE),
        ("NotImplementedType", &NOT_IMPLEMENTED_TYPE),
        ("SimpleNamespace", &namespace::SIMPLE_NAMESPACE),
        ("TracebackType", &crate::builtins::exceptions::traceback::TRACEBACK),
        ("UnionType", &union_type::UNION),
        ("WrapperDescriptorType", &WRAPPER_DESCRIPTOR),
    ];
    types.iter().try_for_each(|(name, ty)| module.add(vm, name, ty.to_obj()))
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_types",
    doc: "Define names for built-in types.",
    functions: &[NativeDef::new(
        "_capsule",
        "($module, name, /)",
        "An empty capsule: for modules that stand in for modules in C.",
        NativeCall::One(capsule),
    )],
    fill,
};
