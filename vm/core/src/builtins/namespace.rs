//! `types.SimpleNamespace`. CPython: Objects/namespaceobject.c.

use super::builtin_type;
use crate::call::{Args, check_count};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{
    CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject, instance,
};
use crate::vm::Vm;

/// A namespace has its attributes and nothing else.
pub struct Namespace;

impl Payload for Namespace {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &SIMPLE_NAMESPACE
    }
}

builtin_type!(/** `types.SimpleNamespace` */ SIMPLE_NAMESPACE, "SimpleNamespace", Namespace);

/// A namespace with these attributes.
pub fn make(vm: &Vm, attributes: Vec<(&str, Obj)>) -> PyResult<Ref<Namespace>> {
    let namespace = Ref::new(Namespace);
    for (name, value) in attributes {
        vm.setattr(namespace.as_obj(), &vm.intern(name), &value)?;
    }
    Ok(namespace)
}

fn dict(vm: &Vm, object: &Obj) -> PyResult<Ref<Dict>> {
    instance::dict(object).ok_or_else(|| vm.no_attribute(object, &vm.names().__dict__))
}

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Namespace).into_obj())
}

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    check_count(vm, &object.ty().name(), args.positional().len(), 0, 1)?;
    let own = dict(vm, object)?;
    if let [mapping] = args.positional() {
        let given = match mapping.downcast_exact::<Dict>() {
            Some(given) => given.clone(),
            None => {
                let made = vm.call(&super::DICT.to_obj(), std::slice::from_ref(mapping))?;
                made.into_ref::<Dict>().map_err(|_| vm.type_error("dict() made no dict"))?
            }
        };
        for (name, value) in given.items() {
            if name.downcast::<Str>().is_none() {
                return Err(vm.type_error("keywords must be strings"));
            }
            own.set(vm, &name, value)?;
        }
    }
    for (name, value) in args.keywords() {
        own.set(vm, name, value.clone())?;
    }
    Ok(())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let name = if object.is_exact(&SIMPLE_NAMESPACE) { "namespace".to_owned() } else { object.ty().name() };
    let shown = vm.repr_guard(object, |vm| {
        let mut parts = Vec::new();
        for (key, value) in dict(vm, object)?.items() {
            if let Some(key) = key.downcast::<Str>()
                && !key.is_empty()
            {
                parts.push(format!("{}={}", key.to_string_lossy(), vm.repr_text(&value)?));
            }
        }
        Ok(parts.join(", "))
    })?;
    let inner = shown.unwrap_or_else(|| "...".to_owned());
    Ok(Str::new(&format!("{name}({inner})")).into_obj())
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    if left.downcast::<Namespace>().is_none() || right.downcast::<Namespace>().is_none() {
        return Ok(vm.not_implemented());
    }
    vm.compare(dict(vm, left)?.as_obj(), dict(vm, right)?.as_obj(), op)
}

fn get_dict(vm: &Vm, object: &Obj) -> PyResult {
    Ok(dict(vm, object)?.into_obj())
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let state = dict(vm, object)?.into_obj();
    Ok(Tuple::new(vec![object.ty().to_obj(), vm.empty_tuple().into_obj(), state]).into_obj())
}

fn replace(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    if !args.positional().is_empty() {
        return Err(vm.type_error("__replace__() takes no positional arguments"));
    }
    let copy = vm.call(&object.ty().to_obj(), &[])?;
    if !copy.ty().is_subtype_of(&SIMPLE_NAMESPACE) {
        return Err(vm.type_error(format!(
            "expect types.SimpleNamespace type, but {}() returned '{}' object",
            object.ty().fully_qualified_name(vm)?,
            copy.ty().fully_qualified_name(vm)?,
        )));
    }
    let own = dict(vm, &copy)?;
    for (name, value) in dict(vm, object)?.items() {
        own.set(vm, &name, value)?;
    }
    for (name, value) in args.keywords() {
        own.set(vm, name, value.clone())?;
    }
    Ok(copy)
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "__reduce__",
        "($self, /)",
        "Return state information for pickling",
        NativeCall::NoArgs(reduce),
    ),
    NativeDef::new(
        "__replace__",
        "($self, /, **changes)",
        "Return a copy of the namespace object with new values for the specified attributes.",
        NativeCall::Full(replace),
    ),
];

static PROPERTIES: &[Property] = &[Property::new("__dict__", "", get_dict).member()];

pub(super) fn init_type(vm: &Vm) {
    TypeBuilder::new(vm, &SIMPLE_NAMESPACE)
        .module("types")
        .doc("A simple attribute-based namespace.")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init));
            slots.repr.set(Some(repr));
            slots.richcompare.set(Some(richcompare));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .with_dict()
        .ready();
}
