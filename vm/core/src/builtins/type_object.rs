//! `type` as Python sees it: the attributes and methods of classes. CPython: Objects/typeobject.c, `type_*`.

use super::{TYPE, classes, object_methods, type_annotations, type_bases};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::List;
use crate::text::Str;
use crate::types::attributes::{type_getattro, type_setattro};
use crate::types::class::{type_call, type_init, type_new};
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeData, TypeFlags, TypeObject, mro};
use crate::vm::Vm;

/// The type that an attribute is asked of.
pub(super) fn receiver<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<TypeData>> {
    vm.receiver::<TypeData>(object)
}

/// A special attribute can be set on classes made while running, and never be deleted.
pub(super) fn check_settable<'a>(
    vm: &Vm,
    ty: &TypeObject,
    value: Option<&'a Obj>,
    name: &str,
) -> PyResult<&'a Obj> {
    if ty.has(TypeFlags::IMMUTABLE) {
        return Err(immutable(vm, ty, name));
    }
    value.ok_or_else(|| {
        vm.type_error(format!("cannot delete '{name}' attribute of immutable type '{}'", ty.tp_name()))
    })
}

pub(super) fn immutable(vm: &Vm, ty: &TypeObject, name: &str) -> crate::errors::Exc {
    vm.type_error(format!("cannot set '{name}' attribute of immutable type '{}'", ty.tp_name()))
}

/// An entry of the class's own namespace.
pub(super) fn own(vm: &Vm, ty: &TypeObject, name: &Ref<Str>) -> PyResult<Option<Obj>> {
    match ty.dict() {
        Some(dict) => dict.get_str(vm, name),
        None => Ok(None),
    }
}

pub(super) fn set_own(vm: &Vm, ty: &TypeObject, name: &Ref<Str>, value: Obj) -> PyResult<()> {
    if let Some(dict) = ty.dict() {
        let old = dict.get_str(vm, name)?;
        dict.set_str(vm, name, value)?;
        ty.modified();
        drop(old);
    }
    Ok(())
}

pub(super) fn remove_own(vm: &Vm, ty: &TypeObject, name: &Ref<Str>) -> PyResult<bool> {
    let removed = match ty.dict() {
        Some(dict) => dict.remove_str(vm, name)?,
        None => None,
    };
    ty.modified();
    Ok(removed.is_some())
}

fn get_name(vm: &Vm, object: &Obj) -> PyResult {
    Ok(receiver(vm, object)?.name_obj(vm).into_obj())
}

fn set_name(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = receiver(vm, object)?;
    let value = check_settable(vm, ty, value, "__name__")?;
    let Some(name) = value.downcast::<Str>() else {
        return Err(vm.type_error(format!(
            "can only assign string to {}.__name__, not '{}'",
            ty.tp_name(),
            value.ty().tp_name()
        )));
    };
    if name.as_str().is_none() {
        vm.encode(name, "utf-8", "strict")?;
    }
    if name.as_bytes().contains(&0) {
        return Err(vm.value_error("type name must not contain null characters"));
    }
    ty.set_name(name.clone());
    Ok(())
}

fn get_qualname(vm: &Vm, object: &Obj) -> PyResult {
    Ok(receiver(vm, object)?.qualname_obj(vm).into_obj())
}

fn set_qualname(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = receiver(vm, object)?;
    let value = check_settable(vm, ty, value, "__qualname__")?;
    let Some(name) = value.downcast::<Str>() else {
        return Err(vm.type_error(format!(
            "can only assign string to {}.__qualname__, not '{}'",
            ty.tp_name(),
            value.ty().tp_name()
        )));
    };
    ty.set_qualname(name.clone());
    Ok(())
}

fn get_module(vm: &Vm, object: &Obj) -> PyResult {
    let ty = receiver(vm, object)?;
    if !ty.is_heap() {
        return Ok(vm.intern(ty.native_module()).into_obj());
    }
    let name = &vm.names().__module__;
    own(vm, ty, name)?.ok_or_else(|| vm.attribute_error("__module__", object, name))
}

fn set_module(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = receiver(vm, object)?;
    let value = check_settable(vm, ty, value, "__module__")?;
    set_own(vm, ty, &vm.names().__module__, value.clone())?;
    remove_own(vm, ty, &vm.names().__firstlineno__)?;
    Ok(())
}

/// The signature at the head of a builtin's docstring, and the rest. CPython: `_PyType_DocWithoutSignature`.
fn split_doc<'a>(name: &str, doc: &'a str) -> (Option<&'a str>, &'a str) {
    let Some(rest) = doc.strip_prefix(name).filter(|rest| rest.starts_with('(')) else { return (None, doc) };
    match rest.find(")\n--\n\n") {
        Some(end) => (Some(&rest[..=end]), &rest[end + 6..]),
        None => (None, doc),
    }
}

fn get_doc(vm: &Vm, object: &Obj) -> PyResult {
    let ty = receiver(vm, object)?;
    if !ty.is_heap() && !ty.native_doc().is_empty() {
        return Ok(Str::new(split_doc(&ty.name(), ty.native_doc()).1).into_obj());
    }
    let Some(doc) = own(vm, ty, &vm.names().__doc__)? else { return Ok(vm.none()) };
    match doc.ty().slots.descr_get.get() {
        Some(get) => get(vm, &doc, None, Some(object)),
        None => Ok(doc),
    }
}

fn set_doc(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = receiver(vm, object)?;
    let value = check_settable(vm, ty, value, "__doc__")?;
    set_own(vm, ty, &vm.names().__doc__, value.clone())
}

fn get_signature(vm: &Vm, object: &Obj) -> PyResult {
    let ty = receiver(vm, object)?;
    Ok(match split_doc(&ty.name(), ty.native_doc()).0 {
        Some(signature) if !ty.is_heap() => Str::new(signature).into_obj(),
        _ => vm.none(),
    })
}

fn get_base(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(receiver(vm, object)?.base().map(Ref::into_obj)))
}

fn get_mro(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(receiver(vm, object)?.mro().map(Ref::into_obj)))
}

fn get_dict(vm: &Vm, object: &Obj) -> PyResult {
    match receiver(vm, object)?.dict() {
        Some(dict) => Ok(super::mapping_proxy::make(dict.into_obj())),
        None => Ok(vm.none()),
    }
}

fn get_abstract_methods(vm: &Vm, object: &Obj) -> PyResult {
    let ty = receiver(vm, object)?;
    let name = vm.intern("__abstractmethods__");
    // `type` has this very property under that name.
    let found = if (**ty).is(&TYPE) { None } else { own(vm, ty, &name)? };
    found.ok_or_else(|| vm.attribute_error("__abstractmethods__", object, &name))
}

fn set_abstract_methods(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = receiver(vm, object)?;
    let name = vm.intern("__abstractmethods__");
    let is_abstract = if let Some(value) = value {
        let is_abstract = vm.is_true(value)?;
        set_own(vm, ty, &name, value.clone())?;
        is_abstract
    } else {
        if !remove_own(vm, ty, &name)? {
            return Err(vm.attribute_error("__abstractmethods__", object, &name));
        }
        false
    };
    ty.set_flag(TypeFlags::ABSTRACT, is_abstract);
    Ok(())
}

/// The modules whose types are statics in CPython, too.
const STATIC_IN: [&str; 6] = ["builtins", "types", "weakref", "datetime", "_contextvars", "typing"];

fn get_flags(vm: &Vm, object: &Obj) -> PyResult {
    let ty = receiver(vm, object)?;
    let mut bits: i64 = 0;
    for (flag, bit) in [
        (TypeFlags::INLINE_VALUES, 2),
        (TypeFlags::WEAKREFABLE, 3),
        (TypeFlags::SEQUENCE, 5),
        (TypeFlags::MAPPING, 6),
        (TypeFlags::DISALLOW_INSTANTIATION, 7),
        (TypeFlags::IMMUTABLE, 8),
        (TypeFlags::HEAP, 9),
        (TypeFlags::BASETYPE, 10),
        (TypeFlags::READY, 12),
        (TypeFlags::METHOD_DESCRIPTOR, 17),
        (TypeFlags::ABSTRACT, 20),
        (TypeFlags::MATCH_SELF, 22),
        (TypeFlags::EXCEPTION, 30),
        (TypeFlags::TYPE_SUBCLASS, 31),
    ] {
        // Builtin types that can be changed are on the heap in CPython.
        let on_heap = flag == TypeFlags::HEAP && !ty.has(TypeFlags::IMMUTABLE);
        if ty.has(flag) || on_heap {
            bits |= 1 << bit;
        }
    }
    // In CPython the types of extension modules are made when these are imported, and count as made while running:
    // pickling asks for that.
    if !STATIC_IN.contains(&ty.native_module()) {
        bits |= 1 << 9;
    }
    if ty.dict_offset() != 0 {
        bits |= 1 << 4;
    }
    if ty.native().gc || ty.is_heap() {
        bits |= 1 << 14;
    }
    let builtins =
        [(&super::INT, 24), (&super::LIST, 25), (&super::TUPLE, 26), (&super::BYTES, 27), (&super::STR, 28)];
    for (builtin, bit) in builtins.into_iter().chain([(&super::DICT, 29)]) {
        if ty.is_subtype_of(builtin) {
            bits |= 1 << bit;
        }
    }
    Ok(Int::new(bits))
}

fn get_basic_size(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::from_usize(receiver(vm, object)?.instance_size()))
}

fn get_item_size(vm: &Vm, object: &Obj) -> PyResult {
    let ty = receiver(vm, object)?;
    let size = [(&super::TUPLE, 8), (&super::BYTES, 1), (&super::INT, 4), (&TYPE, 40)]
        .into_iter()
        .find(|(builtin, _)| ty.is_subtype_of(builtin))
        .map_or(0, |(_, size)| size);
    Ok(Int::new(size))
}

fn get_dict_offset(vm: &Vm, object: &Obj) -> PyResult {
    let offset = receiver(vm, object)?.dict_offset();
    Ok(Int::new(if offset == 0 { 0 } else { -1 }))
}

fn get_weakref_offset(vm: &Vm, object: &Obj) -> PyResult {
    let weakrefable = receiver(vm, object)?.has(TypeFlags::WEAKREFABLE);
    Ok(Int::new(if weakrefable { -1 } else { 0 }))
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let text = format!("<class '{}'>", receiver(vm, object)?.display_name(vm)?);
    Ok(Str::new(&text).into_obj())
}

fn mro_method(vm: &Vm, object: &Obj) -> PyResult {
    let ty = receiver(vm, object)?;
    let bases: Vec<Ref<TypeData>> = match ty.bases() {
        Some(bases) => bases.items().iter().filter_map(|base| base.downcast::<TypeData>()).cloned().collect(),
        None => Vec::new(),
    };
    Ok(List::new(mro::compute(vm, ty, &bases)?).into_obj())
}

fn subclasses(vm: &Vm, object: &Obj) -> PyResult {
    let subclasses = receiver(vm, object)?.subclass_refs();
    Ok(List::new(subclasses.into_iter().map(Ref::into_obj).collect()).into_obj())
}

fn prepare(_: &Vm, _: &Obj, _: crate::call::Args<'_>) -> PyResult {
    Ok(Dict::new().into_obj())
}

fn instancecheck(vm: &Vm, class: &Obj, object: &Obj) -> PyResult {
    Ok(vm.bool(classes::is_real_instance(vm, object, class)?))
}

fn subclasscheck(vm: &Vm, class: &Obj, other: &Obj) -> PyResult {
    Ok(vm.bool(classes::is_real_subclass(vm, other, class)?))
}

fn dir(vm: &Vm, object: &Obj) -> PyResult {
    let names = Dict::new();
    object_methods::merge_class(vm, &names, object)?;
    Ok(object_methods::keys(&names))
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    receiver(vm, object)?;
    Ok(Int::from_usize(size_of::<TypeObject>()))
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "mro",
        "($self, /)",
        "Return a type's method resolution order.",
        NativeCall::NoArgs(mro_method),
    ),
    NativeDef::new(
        "__subclasses__",
        "($self, /)",
        "Return a list of immediate subclasses.",
        NativeCall::NoArgs(subclasses),
    ),
    NativeDef::new(
        "__prepare__",
        "($cls, name, bases, /, **kwds)",
        "Create the namespace for the class statement",
        NativeCall::Full(prepare),
    )
    .class_method(),
    NativeDef::new(
        "__instancecheck__",
        "($self, instance, /)",
        "Check if an object is an instance.",
        NativeCall::One(instancecheck),
    ),
    NativeDef::new(
        "__subclasscheck__",
        "($self, subclass, /)",
        "Check if a class is a subclass.",
        NativeCall::One(subclasscheck),
    ),
    NativeDef::new(
        "__dir__",
        "($self, /)",
        "Specialized __dir__ implementation for types.",
        NativeCall::NoArgs(dir),
    ),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Return memory consumption of the type object.",
        NativeCall::NoArgs(sizeof),
    ),
];

static PROPERTIES: &[Property] = &[
    Property::new("__basicsize__", "", get_basic_size).member(),
    Property::new("__itemsize__", "", get_item_size).member(),
    Property::new("__flags__", "", get_flags).member(),
    Property::new("__weakrefoffset__", "", get_weakref_offset).member(),
    Property::new("__base__", "", get_base).member(),
    Property::new("__dictoffset__", "", get_dict_offset).member(),
    Property::new("__name__", "", get_name).with_setter(set_name),
    Property::new("__qualname__", "", get_qualname).with_setter(set_qualname),
    Property::new("__bases__", "", type_bases::get).with_setter(type_bases::set),
    Property::new("__mro__", "", get_mro),
    Property::new("__module__", "", get_module).with_setter(set_module),
    Property::new("__abstractmethods__", "", get_abstract_methods).with_setter(set_abstract_methods),
    Property::new("__dict__", "", get_dict),
    Property::new("__doc__", "", get_doc).with_setter(set_doc),
    Property::new("__text_signature__", "", get_signature),
    Property::new("__annotations__", "", type_annotations::get).with_setter(type_annotations::set),
    Property::new("__annotate__", "", type_annotations::get_annotate)
        .with_setter(type_annotations::set_annotate),
    Property::new("__type_params__", "", type_annotations::get_type_params)
        .with_setter(type_annotations::set_type_params),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &TYPE)
        .doc("type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type")
        .flags(TypeFlags::BASETYPE | TypeFlags::TYPE_SUBCLASS | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.call.set(Some(type_call));
            slots.getattro.set(Some(type_getattro));
            slots.setattro.set(Some(type_setattro));
            slots.new.set(Some(type_new));
            slots.init.set(Some(type_init));
            slots.nb_or.set(Some(super::union_type::or));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
