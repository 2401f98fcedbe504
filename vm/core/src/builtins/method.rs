//! `method`, `builtin_function_or_method` and `cell` as Python sees them.
//!
//! CPython: Objects/classobject.c, Objects/methodobject.c, Objects/cellobject.c.

use super::descriptors::{reduce_to_getattr, text_or_none};
use super::object::identity_hash;
use super::{BUILTIN_FUNCTION, CELL, METHOD, MODULE};
use crate::call::Args;
use crate::errors::PyResult;
use crate::function::{CellObject, Method, NativeFunction};
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::attributes::object_getattro;
use crate::types::native::Binding;
use crate::types::{
    CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeData, TypeFlags, TypeObject, lookup,
};
use crate::vm::Vm;

fn equality(vm: &Vm, op: CompareOp, same: bool) -> Obj {
    match op {
        CompareOp::Eq => vm.bool(same),
        CompareOp::Ne => vm.bool(!same),
        _ => vm.not_implemented(),
    }
}

fn method_call(vm: &Vm, method: &Obj, args: Args<'_>) -> PyResult {
    let method = vm.receiver::<Method>(method)?;
    vm.call_prepended(&method.function, &method.receiver, args)
}

/// Attributes that `method` lacks are the function's.
fn method_getattro(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    if lookup::lookup(vm, object.ty(), name).is_some() {
        return object_getattro(vm, object, name);
    }
    let function = vm.receiver::<Method>(object)?.function.clone();
    vm.getattr(&function, name)
}

fn method_repr(vm: &Vm, object: &Obj) -> PyResult {
    let method = vm.receiver::<Method>(object)?;
    let names = vm.names();
    let mut name = vm.find_attr(&method.function, &names.__qualname__)?;
    if name.is_none() {
        name = vm.find_attr(&method.function, &names.__name__)?;
    }
    let name = name.as_ref().and_then(|name| name.downcast::<Str>());
    let name = name.map_or_else(|| "?".to_owned(), |name| name.to_string_lossy().into_owned());
    let receiver = vm.repr_text(&method.receiver)?;
    Ok(Str::new(&format!("<bound method {name} of {receiver}>")).into_obj())
}

fn method_hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let method = vm.receiver::<Method>(object)?;
    Ok(match identity_hash(vm, &method.receiver)? ^ vm.hash(&method.function)? {
        -1 => -2,
        hash => hash,
    })
}

fn method_compare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Method>(), right.downcast::<Method>()) else {
        return Ok(vm.not_implemented());
    };
    let same = vm.eq(&a.function, &b.function)? && a.receiver.is(&b.receiver);
    Ok(equality(vm, op, same))
}

/// A method that is got from a class once more stays bound as it is.
fn method_descr_get(_: &Vm, method: &Obj, _: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    Ok(method.clone())
}

fn method_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let args = args.exactly(vm, "method", 2, 2)?;
    if !vm.is_callable(&args[0]) {
        return Err(vm.type_error("first argument must be callable"));
    }
    if vm.is_none(&args[1]) {
        return Err(vm.type_error("instance must not be None"));
    }
    Ok(Method::new(args[0].clone(), args[1].clone()).into_obj())
}

fn method_function(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<Method>(object)?.function.clone())
}

fn method_self(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<Method>(object)?.receiver.clone())
}

fn method_doc(vm: &Vm, object: &Obj) -> PyResult {
    let function = vm.receiver::<Method>(object)?.function.clone();
    Ok(vm.or_none(vm.find_attr(&function, &vm.names().__doc__)?))
}

fn method_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let method = vm.receiver::<Method>(object)?;
    let name = vm.getattr(&method.function, &vm.names().__name__)?;
    match name.into_ref::<Str>() {
        Ok(name) => reduce_to_getattr(vm, method.receiver.clone(), name),
        Err(other) => {
            Err(vm.type_error(format!("attribute name must be string, not '{}'", other.ty().tp_name())))
        }
    }
}

fn native<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<NativeFunction>> {
    vm.receiver::<NativeFunction>(object)
}

fn native_call(vm: &Vm, function: &Obj, args: Args<'_>) -> PyResult {
    let function = native(vm, function)?;
    match &function.receiver {
        Some(receiver) => function.def.invoke(vm, receiver, args),
        None => function.def.invoke(vm, &vm.none(), args),
    }
}

/// What the function is bound to, unless that is its module.
fn bound_to(function: &NativeFunction) -> Option<&Obj> {
    function.receiver.as_ref().filter(|receiver| !receiver.is_instance_of(&MODULE))
}

fn native_repr(vm: &Vm, object: &Obj) -> PyResult {
    let function = native(vm, object)?;
    let name = function.def.name;
    let text = match bound_to(function) {
        Some(receiver) => {
            format!("<built-in method {name} of {} object at {:#x}>", receiver.ty().tp_name(), receiver.id())
        }
        None => format!("<built-in function {name}>"),
    };
    Ok(Str::new(&text).into_obj())
}

fn native_hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let function = native(vm, object)?;
    let receiver = match &function.receiver {
        Some(receiver) => identity_hash(vm, receiver)?,
        None => 0,
    };
    let def = std::ptr::from_ref(function.def) as u64;
    Ok(match receiver ^ def.rotate_right(4) as i64 {
        -1 => -2,
        hash => hash,
    })
}

fn native_compare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<NativeFunction>(), right.downcast::<NativeFunction>()) else {
        return Ok(vm.not_implemented());
    };
    let same_receiver = match (&a.receiver, &b.receiver) {
        (Some(a), Some(b)) => a.is(b),
        (None, None) => true,
        _ => false,
    };
    Ok(equality(vm, op, same_receiver && std::ptr::eq(a.def, b.def)))
}

fn native_name(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.intern(native(vm, object)?.def.name).into_obj())
}

fn native_qualname(vm: &Vm, object: &Obj) -> PyResult {
    let function = native(vm, object)?;
    let name = vm.intern(function.def.name);
    let Some(receiver) = bound_to(function) else { return Ok(name.into_obj()) };
    let class =
        if receiver.downcast::<TypeData>().is_some() { receiver.clone() } else { receiver.ty().to_obj() };
    let qualname = vm.getattr(&class, &vm.names().__qualname__)?;
    match qualname.downcast::<Str>() {
        Some(qualname) => Ok(qualname.concat(&Str::new(".")).concat(&name).into_obj()),
        None => Err(vm.type_error("<method>.__class__.__qualname__ is not a unicode object")),
    }
}

fn native_doc(vm: &Vm, object: &Obj) -> PyResult {
    Ok(text_or_none(vm, native(vm, object)?.def.doc))
}

fn native_signature(vm: &Vm, object: &Obj) -> PyResult {
    Ok(text_or_none(vm, native(vm, object)?.def.text_signature()))
}

fn native_self(vm: &Vm, object: &Obj) -> PyResult {
    let function = native(vm, object)?;
    // A static method's class is its own affair; that of `__new__` is what it makes.
    let hidden = matches!(function.def.binding, Binding::Static) && function.def.name != "__new__";
    Ok(vm.or_none(function.receiver.clone().filter(|_| !hidden)))
}

fn native_module(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(native(vm, object)?.module.clone()))
}

/// A module's function is pickled by its name, a bound one as `getattr(self, name)`.
fn native_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let function = native(vm, object)?;
    let name = vm.intern(function.def.name);
    match bound_to(function) {
        Some(receiver) => reduce_to_getattr(vm, receiver.clone(), name),
        None => Ok(name.into_obj()),
    }
}

fn cell<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<CellObject>> {
    vm.receiver::<CellObject>(object)
}

fn cell_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let args = args.exactly(vm, "cell", 0, 1)?;
    Ok(CellObject::new(args.first().cloned()).into_obj())
}

fn cell_repr(vm: &Vm, object: &Obj) -> PyResult {
    let text = match cell(vm, object)?.contents.get() {
        Some(contents) => format!(
            "<cell at {:#x}: {} object at {:#x}>",
            object.id(),
            contents.ty().tp_name(),
            contents.id()
        ),
        None => format!("<cell at {:#x}: empty>", object.id()),
    };
    Ok(Str::new(&text).into_obj())
}

/// Cells compare by their contents; an empty one is less than any other.
fn cell_compare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<CellObject>(), right.downcast::<CellObject>()) else {
        return Ok(vm.not_implemented());
    };
    match (a.contents.get(), b.contents.get()) {
        (Some(a), Some(b)) => vm.compare(&a, &b, op),
        (a, b) => Ok(vm.bool(op.holds(a.is_some().cmp(&b.is_some())))),
    }
}

fn get_contents(vm: &Vm, object: &Obj) -> PyResult {
    cell(vm, object)?.contents.get().ok_or_else(|| vm.value_error("Cell is empty"))
}

fn set_contents(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    cell(vm, object)?.contents.set(value.cloned());
    Ok(())
}

static METHOD_PROPERTIES: &[Property] = &[
    Property::new("__func__", "the function (or other callable) implementing a method", method_function)
        .member(),
    Property::new("__self__", "the instance to which a method is bound", method_self).member(),
    Property::new("__doc__", "", method_doc),
];

static METHOD_METHODS: &[NativeDef] =
    &[NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(method_reduce))];

static NATIVE_PROPERTIES: &[Property] = &[
    Property::new("__module__", "", native_module).member(),
    Property::new("__doc__", "", native_doc),
    Property::new("__name__", "", native_name),
    Property::new("__qualname__", "", native_qualname),
    Property::new("__self__", "", native_self),
    Property::new("__text_signature__", "", native_signature),
];

static NATIVE_METHODS: &[NativeDef] =
    &[NativeDef::new("__reduce__", "", "", NativeCall::NoArgs(native_reduce))];

static CELL_PROPERTIES: &[Property] =
    &[Property::new("cell_contents", "", get_contents).with_setter(set_contents)];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &METHOD)
        .doc("method(function, instance, /)\n--\n\nCreate a bound instance method object.")
        .flags(TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.repr.set(Some(method_repr));
            slots.hash.set(Some(method_hash));
            slots.richcompare.set(Some(method_compare));
            slots.call.set(Some(method_call));
            slots.getattro.set(Some(method_getattro));
            slots.descr_get.set(Some(method_descr_get));
            slots.new.set(Some(method_new));
        })
        .methods(METHOD_METHODS)
        .properties(METHOD_PROPERTIES)
        .ready();
    TypeBuilder::new(vm, &BUILTIN_FUNCTION)
        .flags(TypeFlags::WEAKREFABLE | TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.repr.set(Some(native_repr));
            slots.hash.set(Some(native_hash));
            slots.richcompare.set(Some(native_compare));
            slots.call.set(Some(native_call));
        })
        .methods(NATIVE_METHODS)
        .properties(NATIVE_PROPERTIES)
        .ready();
    TypeBuilder::new(vm, &CELL)
        .doc("cell([contents])\n--\n\nCreate a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n    and \n further attempts to access its cell_contents attribute will\n    raise a ValueError.")
        .slots(|slots| {
            slots.repr.set(Some(cell_repr));
            slots.richcompare.set(Some(cell_compare));
            slots.new.set(Some(cell_new));
        })
        .properties(CELL_PROPERTIES)
        .ready();
}
