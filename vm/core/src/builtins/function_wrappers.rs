//! `classmethod` and `staticmethod`. CPython: Objects/funcobject.c.

use super::{builtin_type, object_methods};
use crate::call::Args;
use crate::errors::PyResult;
use crate::function::Method;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::text::Str;
use crate::types::class::layout;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject, instance};
use crate::vm::Vm;

/// `staticmethod`
pub struct StaticMethod {
    /// `__func__`
    pub function: ObjCell,
}

/// `classmethod`
pub struct ClassMethod {
    /// `__func__`
    pub function: ObjCell,
}

impl Payload for StaticMethod {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &STATIC_METHOD
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.function.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.function.take());
    }
}

impl Payload for ClassMethod {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &CLASS_METHOD
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.function.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.function.take());
    }
}

builtin_type!(/** `staticmethod` */ STATIC_METHOD, "staticmethod", StaticMethod);
builtin_type!(/** `classmethod` */ CLASS_METHOD, "classmethod", ClassMethod);

/// `staticmethod(function)` for functions that the interpreter wraps itself.
pub(crate) fn static_method(_: &Vm, function: Obj) -> Obj {
    Ref::new(StaticMethod { function: ObjCell::new(Some(function)) }).into_obj()
}

/// `classmethod(function)` for functions that the interpreter wraps itself.
pub(crate) fn class_method(_: &Vm, function: Obj) -> Obj {
    Ref::new(ClassMethod { function: ObjCell::new(Some(function)) }).into_obj()
}

/// The cell of either.
fn cell<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a ObjCell> {
    if let Some(method) = object.downcast::<ClassMethod>() {
        return Ok(&method.function);
    }
    Ok(&vm.receiver::<StaticMethod>(object)?.function)
}

fn function(vm: &Vm, object: &Obj) -> PyResult {
    cell(vm, object)?.get().ok_or_else(|| {
        let kind = object.ty().name();
        vm.runtime_error(format!("uninitialized {kind} object"))
    })
}

fn new_static(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, StaticMethod { function: ObjCell::empty() }).into_obj())
}

fn new_class(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, ClassMethod { function: ObjCell::empty() }).into_obj())
}

/// Takes over what the function tells about itself. CPython: `functools_wraps`.
fn copy_metadata(vm: &Vm, object: &Obj, function: &Obj) -> PyResult<()> {
    let names = vm.names();
    let Some(dict) = instance::dict(object) else { return Ok(()) };
    for name in [&names.__module__, &names.__name__, &names.__qualname__, &names.__doc__] {
        if let Some(value) = vm.find_attr(function, name)? {
            dict.set_str(vm, name, value)?;
        }
    }
    Ok(())
}

fn init_method(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let kind = if object.downcast::<ClassMethod>().is_some() { "classmethod" } else { "staticmethod" };
    let [function] = args.exactly(vm, kind, 1, 1)? else { return Ok(()) };
    cell(vm, object)?.set(function.clone());
    copy_metadata(vm, object, function)
}

fn static_get(vm: &Vm, object: &Obj, _: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    function(vm, object)
}

fn class_get(vm: &Vm, object: &Obj, instance: Option<&Obj>, owner: Option<&Obj>) -> PyResult {
    let function = function(vm, object)?;
    let class = match (owner, instance) {
        (Some(class), _) => class.clone(),
        (None, Some(instance)) => instance.ty().to_obj(),
        (None, None) => vm.none(),
    };
    Ok(Method::new(function, class).into_obj())
}

fn static_call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    vm.call_with(&function(vm, object)?, args)
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let kind = if object.downcast::<ClassMethod>().is_some() { "classmethod" } else { "staticmethod" };
    let text = Str::new(&format!("<{kind}("));
    let inner = vm.repr(&vm.or_none(cell(vm, object)?.get()))?;
    Ok(text.concat(&inner).concat(&Str::new(")>")).into_obj())
}

fn get_function(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(cell(vm, object)?.get()))
}

fn is_abstract(vm: &Vm, object: &Obj) -> PyResult {
    let Some(function) = cell(vm, object)?.get() else { return Ok(vm.bool(false)) };
    Ok(vm.bool(object_methods::is_abstract(vm, &function)?))
}

/// An attribute that is the function's until it is set.
fn forwarded(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    let Some(dict) = instance::dict(object) else { return Err(vm.no_attribute(object, name)) };
    if let Some(value) = dict.get_str(vm, name)? {
        return Ok(value);
    }
    let value = vm.getattr(&function(vm, object)?, name)?;
    dict.set_str(vm, name, value.clone())?;
    Ok(value)
}

fn set_forwarded(vm: &Vm, object: &Obj, name: &Ref<Str>, value: Option<&Obj>) -> PyResult<()> {
    let Some(dict) = instance::dict(object) else { return Err(vm.no_attribute(object, name)) };
    match value {
        Some(value) => dict.set_str(vm, name, value.clone()),
        None if dict.remove_str(vm, name)?.is_some() => Ok(()),
        None => Err(vm.attribute_error(&name.to_string_lossy(), object, name)),
    }
}

fn get_annotations(vm: &Vm, object: &Obj) -> PyResult {
    forwarded(vm, object, &vm.names().__annotations__)
}

fn set_annotations(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set_forwarded(vm, object, &vm.names().__annotations__, value)
}

fn get_annotate(vm: &Vm, object: &Obj) -> PyResult {
    forwarded(vm, object, &vm.names().__annotate__)
}

fn set_annotate(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set_forwarded(vm, object, &vm.names().__annotate__, value)
}

/// `classmethod[...]` and `staticmethod[...]`, for annotations.
fn class_getitem(vm: &Vm, class: &Obj, item: &Obj) -> PyResult {
    Ok(super::generic_alias::make(vm, class.clone(), item))
}

static PROPERTIES: &[Property] = &[
    Property::new("__func__", "", get_function).member(),
    Property::new("__wrapped__", "", get_function).member(),
    Property::new("__isabstractmethod__", "", is_abstract),
    layout::DICT_PROPERTY,
    Property::new("__annotations__", "", get_annotations).with_setter(set_annotations),
    Property::new("__annotate__", "", get_annotate).with_setter(set_annotate),
];

static METHODS: &[NativeDef] = &[NativeDef::new(
    "__class_getitem__",
    "($type, object, /)",
    "See PEP 585",
    NativeCall::One(class_getitem),
)
.class_method()];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &STATIC_METHOD)
        .doc("staticmethod(function, /)\n--\n\nConvert a function to be a static method.\n\nA static method does not receive an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more advanced concept, see the classmethod builtin.")
        .flags(TypeFlags::BASETYPE)
        .with_dict()
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.call.set(Some(static_call));
            slots.descr_get.set(Some(static_get));
            slots.new.set(Some(new_static));
            slots.init.set(Some(init_method));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
    TypeBuilder::new(vm, &CLASS_METHOD)
        .doc("classmethod(function, /)\n--\n\nConvert a function to be a class method.\n\nA class method receives the class as implicit first argument,\njust like an instance method receives the instance.\nTo declare a class method, use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()).  The instance is ignored except for its class.\nIf a class method is called for a derived class, the derived class\nobject is passed as the implied first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you want those, see the staticmethod builtin.")
        .flags(TypeFlags::BASETYPE)
        .with_dict()
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.descr_get.set(Some(class_get));
            slots.new.set(Some(new_class));
            slots.init.set(Some(init_method));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
