//! `function` as Python sees it. Calling one is the eval loop's. CPython: Objects/funcobject.c.

use lasti_code::CodeFlags;

use super::{FUNCTION, type_annotations::call_annotate};
use crate::call::{Args, Signature};
use crate::code::Code;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::function::{CellObject, Function, Method};
use crate::module::Module;
use crate::object::{Obj, ObjCell, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::class::layout;
use crate::types::{Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

fn receiver<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<Function>> {
    vm.receiver::<Function>(object)
}

fn free_count(code: &Code) -> usize {
    code.data().localspluskinds.iter().filter(|&&kind| kind & lasti_code::LocalKind::FREE.bits() != 0).count()
}

/// The builtins that code with these globals sees: `__builtins__`, a module or its dictionary.
fn builtins_of(vm: &Vm, globals: &Ref<Dict>) -> PyResult<Ref<Dict>> {
    let found = globals.get_str(vm, &vm.names().__builtins__)?;
    let dict = found.and_then(|found| match found.downcast::<Module>() {
        Some(module) => Some(module.dict.clone()),
        None => found.into_ref::<Dict>().ok(),
    });
    Ok(dict.unwrap_or_else(|| crate::eval::current_builtins(vm)))
}

/// A parameter that may be left out or None.
fn optional<'a>(vm: &Vm, value: Option<&'a Obj>) -> Option<&'a Obj> {
    value.filter(|value| !vm.is_none(value))
}

fn check_closure(vm: &Vm, code: &Code, closure: Option<&Obj>) -> PyResult<()> {
    let free = free_count(code);
    let cells = match closure.filter(|closure| !vm.is_none(closure)) {
        None if free > 0 => return Err(vm.type_error("arg 5 (closure) must be tuple")),
        None => return Ok(()),
        Some(closure) => match closure.downcast::<Tuple>() {
            Some(cells) => cells,
            None => return Err(vm.type_error("arg 5 (closure) must be None or tuple")),
        },
    };
    if cells.len() != free {
        return Err(vm.value_error(format!(
            "{} requires closure of length {free}, not {}",
            code.name().to_string_lossy(),
            cells.len()
        )));
    }
    match cells.items().iter().find(|cell| cell.downcast::<CellObject>().is_none()) {
        Some(other) => {
            Err(vm.type_error(format!("arg 5 (closure) expected cell, found {}", other.ty().tp_name())))
        }
        None => Ok(()),
    }
}

/// `types.FunctionType(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)`
fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<6> =
        Signature::new("function", ["code", "globals", "name", "argdefs", "closure", "kwdefaults"], 2);
    let [code, globals, name, defaults, closure, kwdefaults] = args.bind(vm, &SIGNATURE)?;
    let wrong = |what: &str, wanted: &str, object: Option<&Obj>| {
        let found = object.map(|object| object.ty().tp_name()).unwrap_or_default();
        vm.type_error(format!("function() argument '{what}' must be {wanted}, not {found}"))
    };
    let Some(code) = code.and_then(|code| code.downcast::<Code>()) else {
        return Err(wrong("code", "code", code));
    };
    let Some(globals) = globals.and_then(|globals| globals.downcast::<Dict>()) else {
        return Err(wrong("globals", "dict", globals));
    };
    let name = optional(vm, name);
    if name.is_some_and(|name| name.downcast::<Str>().is_none()) {
        return Err(vm.type_error("arg 3 (name) must be None or string"));
    }
    let defaults = optional(vm, defaults);
    if defaults.is_some_and(|defaults| defaults.downcast::<Tuple>().is_none()) {
        return Err(vm.type_error("arg 4 (defaults) must be None or tuple"));
    }
    check_closure(vm, code, closure)?;
    let kwdefaults = optional(vm, kwdefaults);
    if kwdefaults.is_some_and(|kwdefaults| kwdefaults.downcast::<Dict>().is_none()) {
        return Err(vm.type_error("arg 6 (kwdefaults) must be None or dict"));
    }
    code.verify(vm)?;
    let module = globals.get_str(vm, &vm.names().__name__)?;
    let function = Function::make(code, globals.clone(), builtins_of(vm, globals)?, module);
    if let Some(name) = name {
        function.name.set(name.clone());
    }
    function.defaults.set(defaults.cloned());
    function.closure.set(optional(vm, closure).cloned());
    function.kwdefaults.set(kwdefaults.cloned());
    Ok(function.into_obj())
}

fn descr_get(_: &Vm, function: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    Ok(match instance {
        Some(instance) => Method::new(function.clone(), instance.clone()).into_obj(),
        None => function.clone(),
    })
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let function = receiver(vm, object)?;
    let qualname = function.qualname.get_as::<Str>();
    let qualname = qualname.as_ref().map_or_else(Default::default, |name| name.to_string_lossy());
    Ok(Str::new(&format!("<function {qualname} at {:#x}>", object.id())).into_obj())
}

/// Reads a cell that shows as None while it is empty.
macro_rules! getter {
    ($function:ident, $cell:ident) => {
        fn $function(vm: &Vm, object: &Obj) -> PyResult {
            Ok(vm.or_none(receiver(vm, object)?.$cell.get()))
        }
    };
}

getter!(get_code, code);
getter!(get_defaults, defaults);
getter!(get_kwdefaults, kwdefaults);
getter!(get_closure, closure);
getter!(get_doc, doc);
getter!(get_module, module);
getter!(get_name, name);
getter!(get_qualname, qualname);
getter!(get_annotate, annotate);

fn set_text(vm: &Vm, cell: &ObjCell, value: Option<&Obj>, name: &str) -> PyResult<()> {
    match value {
        Some(value) if value.downcast::<Str>().is_some() => {
            cell.set(value.clone());
            Ok(())
        }
        _ => Err(vm.type_error(format!("{name} must be set to a string object"))),
    }
}

fn set_name(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set_text(vm, &receiver(vm, object)?.name, value, "__name__")
}

fn set_qualname(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set_text(vm, &receiver(vm, object)?.qualname, value, "__qualname__")
}

fn set_doc(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    receiver(vm, object)?.doc.set(value.cloned());
    Ok(())
}

fn set_module(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    receiver(vm, object)?.module.set(value.cloned());
    Ok(())
}

fn set_code(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let function = receiver(vm, object)?;
    let Some(code) = value.and_then(|value| value.downcast::<Code>()) else {
        return Err(vm.type_error("__code__ must be set to a code object"));
    };
    let closure = function.closure.get_as::<Tuple>().map_or(0, |cells| cells.len());
    let free = free_count(code);
    if free != closure {
        let name = vm.str_text(&get_name(vm, object)?)?;
        return Err(
            vm.value_error(format!("{name}() requires a code object with {closure} free vars, not {free}"))
        );
    }
    let kind = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
    let differs = function.code.get_as::<Code>().is_some_and(|old| old.flags() & kind != code.flags() & kind);
    if differs {
        vm.warn(
            &super::DEPRECATION_WARNING,
            "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)",
            1,
        )?;
    }
    code.verify(vm)?;
    function.set_code(code);
    Ok(())
}

fn set_defaults(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let function = receiver(vm, object)?;
    let value = optional(vm, value);
    if value.is_some_and(|value| value.downcast::<Tuple>().is_none()) {
        return Err(vm.type_error("__defaults__ must be set to a tuple object"));
    }
    function.defaults.set(value.cloned());
    function.modified();
    Ok(())
}

fn set_kwdefaults(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let function = receiver(vm, object)?;
    let value = optional(vm, value);
    if value.is_some_and(|value| value.downcast::<Dict>().is_none()) {
        return Err(vm.type_error("__kwdefaults__ must be set to a dict object"));
    }
    function.kwdefaults.set(value.cloned());
    function.modified();
    Ok(())
}

fn get_globals(vm: &Vm, object: &Obj) -> PyResult {
    Ok(receiver(vm, object)?.globals.as_obj().clone())
}

fn get_builtins(vm: &Vm, object: &Obj) -> PyResult {
    Ok(super::builtins_mapping::shown(vm, receiver(vm, object)?.builtins.clone()))
}

/// `__annotations__`: names and values in a tuple, as the compiler leaves them, become a dictionary.
fn get_annotations(vm: &Vm, object: &Obj) -> PyResult {
    let function = receiver(vm, object)?;
    let annotations = match function.annotations.get() {
        Some(known) if known.downcast::<Dict>().is_some() => return Ok(known),
        Some(pairs) => {
            let dict = Dict::new();
            for pair in vm.collect(&pairs)?.chunks_exact(2) {
                dict.set(vm, &pair[0], pair[1].clone())?;
            }
            dict
        }
        None => match function.annotate.get().filter(|annotate| vm.is_callable(annotate)) {
            Some(annotate) => call_annotate(vm, &annotate)?,
            None => Dict::new(),
        },
    };
    function.annotations.set(annotations.as_obj().clone());
    Ok(annotations.into_obj())
}

fn set_annotations(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let function = receiver(vm, object)?;
    let value = optional(vm, value);
    if value.is_some_and(|value| value.downcast::<Dict>().is_none()) {
        return Err(vm.type_error("__annotations__ must be set to a dict object"));
    }
    function.annotations.set(value.cloned());
    function.annotate.set(None);
    Ok(())
}

fn set_annotate(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let function = receiver(vm, object)?;
    match value {
        None => Err(vm.type_error("__annotate__ cannot be deleted")),
        Some(value) if vm.is_none(value) => {
            function.annotate.set(None);
            Ok(())
        }
        Some(value) if vm.is_callable(value) => {
            function.annotate.set(value.clone());
            function.annotations.set(None);
            Ok(())
        }
        Some(_) => Err(vm.type_error("__annotate__ must be callable or None")),
    }
}

fn get_type_params(vm: &Vm, object: &Obj) -> PyResult {
    let params = receiver(vm, object)?.type_params.get();
    Ok(params.unwrap_or_else(|| vm.empty_tuple().into_obj()))
}

fn set_type_params(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let function = receiver(vm, object)?;
    match value {
        Some(value) if value.downcast::<Tuple>().is_some() => {
            function.type_params.set(value.clone());
            Ok(())
        }
        _ => Err(vm.type_error("__type_params__ must be set to a tuple")),
    }
}

static PROPERTIES: &[Property] = &[
    Property::new("__closure__", "", get_closure).member(),
    Property::new("__doc__", "", get_doc).with_setter(set_doc).member(),
    Property::new("__globals__", "", get_globals).member(),
    Property::new("__module__", "", get_module).with_setter(set_module).member(),
    Property::new("__builtins__", "", get_builtins).member(),
    Property::new("__code__", "", get_code).with_setter(set_code),
    Property::new("__defaults__", "", get_defaults).with_setter(set_defaults),
    Property::new("__kwdefaults__", "", get_kwdefaults).with_setter(set_kwdefaults),
    Property::new("__annotations__", "Dict of annotations in a function object.", get_annotations)
        .with_setter(set_annotations),
    Property::new("__annotate__", "Get the code object for a function.", get_annotate)
        .with_setter(set_annotate),
    layout::DICT_PROPERTY,
    Property::new("__name__", "", get_name).with_setter(set_name),
    Property::new("__qualname__", "", get_qualname).with_setter(set_qualname),
    Property::new("__type_params__", "Get the declared type parameters for a function.", get_type_params)
        .with_setter(set_type_params),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &FUNCTION)
        .doc("function(code, globals, name=None, argdefs=None, closure=None,\n         kwdefaults=None)\n--\n\nCreate a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n  name\n    a string that overrides the name from the code object\n  argdefs\n    a tuple that specifies the default argument values\n  closure\n    a tuple that supplies the bindings for free variables\n  kwdefaults\n    a dictionary that specifies the default keyword argument values")
        .flags(TypeFlags::METHOD_DESCRIPTOR | TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.call.set(Some(crate::eval::function_slot_call));
            slots.descr_get.set(Some(descr_get));
            slots.new.set(Some(new));
        })
        .properties(PROPERTIES)
        .ready();
}
