//! `builtins`: questions about any object and its attributes.

use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::List;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeData, instance};
use crate::vm::Vm;

fn attribute_name<'a>(vm: &Vm, name: &'a Obj) -> PyResult<&'a Ref<Str>> {
    match name.downcast::<Str>() {
        Some(name) => Ok(name),
        None => Err(vm.type_error(format!("attribute name must be string, not '{}'", name.ty().name()))),
    }
}

fn getattr(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let name = attribute_name(vm, &args[1])?;
    match args.get(2) {
        Some(default) => Ok(vm.find_attr(&args[0], name)?.unwrap_or_else(|| default.clone())),
        None => vm.getattr(&args[0], name),
    }
}

fn hasattr(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let name = attribute_name(vm, &args[1])?;
    Ok(vm.bool(vm.find_attr(&args[0], name)?.is_some()))
}

fn setattr(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    vm.setattr(&args[0], attribute_name(vm, &args[1])?, &args[2])?;
    Ok(vm.none())
}

fn delattr(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    vm.delattr(&args[0], attribute_name(vm, &args[1])?)?;
    Ok(vm.none())
}

fn isinstance(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    Ok(vm.bool(vm.is_instance(&args[0], &args[1])?))
}

fn issubclass(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    Ok(vm.bool(vm.is_subclass(&args[0], &args[1])?))
}

fn callable(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(vm.bool(vm.is_callable(object)))
}

fn id(_: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(Int::from_u64(object.id()))
}

fn hash(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(Int::new(vm.hash(object)?))
}

fn len(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(Int::from_usize(vm.len(object)?))
}

fn repr(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(vm.repr(object)?.into_obj())
}

fn ascii(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    let text = vm.repr(object)?;
    if text.is_ascii() {
        return Ok(text.into_obj());
    }
    Ok(Str::new(&lasti_text::repr::ascii_of_repr(text.as_wtf8())).into_obj())
}

impl Vm {
    /// `dir(object)`: a sorted list.
    pub fn dir(&self, object: &Obj) -> PyResult<Ref<List>> {
        let Some(names) = self.call_special(object, &self.names().__dir__, &[])? else {
            return Err(self.type_error("object does not provide __dir__"));
        };
        self.sorted(self.collect(&names)?)
    }

    /// A sorted list of `items`.
    pub(crate) fn sorted(&self, items: Vec<Obj>) -> PyResult<Ref<List>> {
        let list = List::new(items);
        self.call_method_named(list.as_obj(), "sort", &[])?;
        Ok(list)
    }
}

fn format(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let spec = match args.get(1) {
        None => vm.intern(""),
        Some(spec) => match spec.downcast::<Str>() {
            Some(spec) => spec.clone(),
            None => {
                return Err(vm.type_error(format!(
                    "format() argument 2 must be str, not {}",
                    crate::call::type_for_message(vm, spec)
                )));
            }
        },
    };
    Ok(vm.format(&args[0], Some(&spec))?.into_obj())
}

fn dir(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    if let Some(object) = args.first() {
        return Ok(vm.dir(object)?.into_obj());
    }
    let locals = crate::eval::current_locals(vm)?;
    let keys = vm.call_method(&locals, &vm.names().keys, &[])?;
    Ok(vm.sorted(vm.collect(&keys)?)?.into_obj())
}

fn vars(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let Some(object) = args.first() else {
        return crate::eval::current_locals(vm);
    };
    if let Some(dict) = vm.find_attr(object, &vm.names().__dict__)? {
        return Ok(dict);
    }
    // Objects whose type shows no `__dict__` have none to show either, classes apart.
    match instance::dict(object) {
        Some(dict) if object.downcast::<TypeData>().is_none() => Ok(dict.into_obj()),
        _ => Err(vm.type_error("vars() argument must have __dict__ attribute")),
    }
}

fn globals(vm: &Vm, _: &Obj) -> PyResult {
    crate::eval::current_globals(vm).map(Ref::into_obj).ok_or_else(|| vm.system_error("frame does not exist"))
}

fn locals(vm: &Vm, _: &Obj) -> PyResult {
    crate::eval::current_locals(vm)
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "ascii",
        "($module, obj, /)",
        "repr() with everything that is not ASCII escaped.",
        NativeCall::One(ascii),
    ),
    NativeDef::new(
        "callable",
        "($module, obj, /)",
        "Whether the object can be called.",
        NativeCall::One(callable),
    ),
    NativeDef::new(
        "delattr",
        "($module, obj, name, /)",
        "Delete the attribute of this name.",
        NativeCall::Positional(2, 2, delattr),
    ),
    NativeDef::new(
        "dir",
        "",
        "dir([object]) -> list of strings\n\nThe object's attribute names, sorted; without an object, the names in scope.",
        NativeCall::Positional(0, 1, dir),
    ),
    NativeDef::new(
        "format",
        "($module, value, format_spec='', /)",
        "The value as text, as the format specification says.",
        NativeCall::Positional(1, 2, format),
    ),
    NativeDef::new(
        "getattr",
        "",
        "getattr(object, name[, default]) -> value\n\nThe attribute of this name; the default, if given, where there is none.",
        NativeCall::Positional(2, 3, getattr),
    ),
    NativeDef::new(
        "globals",
        "($module, /)",
        "The dictionary of the global variables.",
        NativeCall::NoArgs(globals),
    ),
    NativeDef::new(
        "hasattr",
        "($module, obj, name, /)",
        "Whether there is an attribute of this name.",
        NativeCall::Positional(2, 2, hasattr),
    ),
    NativeDef::new("hash", "($module, obj, /)", "The object's hash value.", NativeCall::One(hash)),
    NativeDef::new(
        "id",
        "($module, obj, /)",
        "A number that no other living object has.",
        NativeCall::One(id),
    ),
    NativeDef::new(
        "isinstance",
        "($module, obj, class_or_tuple, /)",
        "Whether the object is an instance of the class, or of one of the classes.",
        NativeCall::Positional(2, 2, isinstance),
    ),
    NativeDef::new(
        "issubclass",
        "($module, cls, class_or_tuple, /)",
        "Whether the class derives from the other one, or from one of several.",
        NativeCall::Positional(2, 2, issubclass),
    ),
    NativeDef::new("len", "($module, obj, /)", "How many items a container has.", NativeCall::One(len)),
    NativeDef::new(
        "locals",
        "($module, /)",
        "A dictionary of the local variables.",
        NativeCall::NoArgs(locals),
    ),
    NativeDef::new("repr", "($module, obj, /)", "The object's text for programmers.", NativeCall::One(repr)),
    NativeDef::new(
        "setattr",
        "($module, obj, name, value, /)",
        "Set the attribute of this name.",
        NativeCall::Positional(3, 3, setattr),
    ),
    NativeDef::new(
        "vars",
        "",
        "vars([object]) -> dictionary\n\nThe object's attributes; without an object, the local variables.",
        NativeCall::Positional(0, 1, vars),
    ),
];
