//! `module` as Python sees it. CPython: Objects/moduleobject.c.

use super::{ATTRIBUTE_ERROR, MODULE, object_methods, type_annotations::call_annotate};
use crate::call::{Args, Signature};
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::import::hints::{Shadowing, shadowing};
use crate::module::Module;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::attributes::find;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

fn receiver<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<Module>> {
    vm.receiver::<Module>(object)
}

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Module { dict: Dict::new() }).into_obj())
}

fn init_module(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature<2> = Signature::new("module", ["name", "doc"], 1);
    let [Some(name), doc] = args.bind(vm, &SIGNATURE)? else { return Ok(()) };
    if name.downcast::<Str>().is_none() {
        return Err(
            vm.type_error(format!("module() argument 'name' must be str, not {}", name.ty().tp_name()))
        );
    }
    let dict = &receiver(vm, object)?.dict;
    let names = vm.names();
    dict.set_str(vm, &names.__name__, name.clone())?;
    dict.set_str(vm, &names.__doc__, vm.or_none(doc.cloned()))?;
    for name in [&names.__package__, &names.__loader__, &names.__spec__] {
        dict.set_str(vm, name, vm.none())?;
    }
    Ok(())
}

/// Whether the module's import is still under way.
fn is_initializing(vm: &Vm, spec: Option<&Obj>) -> PyResult<bool> {
    let Some(spec) = spec else { return Ok(false) };
    match vm.find_attr(spec, &vm.names()._initializing)? {
        Some(value) => vm.is_true(&value),
        None => Ok(false),
    }
}

/// The file that the module was loaded from, if its spec says so.
fn origin_of(vm: &Vm, spec: Option<&Obj>) -> PyResult<Option<String>> {
    let Some(spec) = spec else { return Ok(None) };
    let has_location = vm.find_attr(spec, &vm.intern("has_location"))?;
    if !has_location.is_some_and(|has| vm.is_true(&has).unwrap_or(false)) {
        return Ok(None);
    }
    let origin = vm.find_attr(spec, &vm.intern("origin"))?;
    Ok(origin.and_then(|origin| origin.downcast::<Str>().map(|text| text.to_string_lossy().into_owned())))
}

/// The AttributeError of a module, with what may be the reason.
#[cold]
fn missing(vm: &Vm, object: &Obj, dict: &Ref<Dict>, name: &Ref<Str>) -> PyResult<Exc> {
    let names = vm.names();
    let shown = name.to_string_lossy();
    let error = |message: &str| vm.attribute_error(message, object, name);
    let module_name = dict.get_str(vm, &names.__name__)?;
    let Some(module_name) = module_name.filter(|module_name| module_name.downcast::<Str>().is_some()) else {
        return Ok(error(&format!("module has no attribute '{shown}'")));
    };
    let module = vm.str_text(&module_name)?;
    let spec = dict.get_str(vm, &names.__spec__)?.filter(|spec| !vm.is_none(spec));
    let plain = format!("module '{module}' has no attribute '{shown}'");
    let origin = origin_of(vm, spec.as_ref())?;
    let shadowing = shadowing(vm, &module_name, origin.as_deref())?;
    if shadowing == Shadowing::OfLibrary {
        return Ok(error(&format!(
            "{plain} (consider renaming '{}' since it has the same name as the standard library module named '{module}' and prevents importing that standard library module)",
            origin.unwrap_or_default()
        )));
    }
    if is_initializing(vm, spec.as_ref())? {
        return Ok(error(&match origin {
            Some(origin) if shadowing == Shadowing::Possible => format!(
                "{plain} (consider renaming '{origin}' if it has the same name as a library you intended to import)"
            ),
            Some(origin) => format!(
                "partially initialized module '{module}' from '{origin}' has no attribute '{shown}' (most likely due to a circular import)"
            ),
            None => format!(
                "partially initialized module '{module}' has no attribute '{shown}' (most likely due to a circular import)"
            ),
        }));
    }
    if let Some(spec) = &spec
        && let Some(submodules) = vm.find_attr(spec, &vm.intern("_uninitialized_submodules"))?
        && vm.contains(&submodules, name.as_obj())?
    {
        return Ok(error(&format!(
            "cannot access submodule '{shown}' of module '{module}' (most likely due to a circular import)"
        )));
    }
    Ok(error(&plain))
}

/// `module.__getattribute__`: the attribute, what the module's own `__getattr__` says, or an error with a hint.
pub(crate) fn module_getattro(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    match find(vm, object, name) {
        Ok(Some(value)) => return Ok(value),
        Ok(None) => {}
        Err(error) if error.is(&ATTRIBUTE_ERROR) => {}
        Err(error) => return Err(error),
    }
    let dict = receiver(vm, object)?.dict.clone();
    if let Some(getattr) = dict.get_str(vm, &vm.names().__getattr__)? {
        return vm.call(&getattr, &[name.as_obj().clone()]);
    }
    Err(missing(vm, object, &dict, name)?)
}

fn repr_of(vm: &Vm, object: &Obj) -> PyResult<String> {
    vm.repr_text(object)
}

/// CPython: Lib/importlib/_bootstrap.py, `_module_repr`.
fn repr(vm: &Vm, object: &Obj) -> PyResult {
    receiver(vm, object)?;
    let names = vm.names();
    let unknown = || Str::new("?").into_obj();
    let spec = vm.find_attr(object, &names.__spec__)?.filter(|spec| !vm.is_none(spec));
    let loader = |found: Option<Obj>| found.filter(|loader| !vm.is_none(loader));
    let text = if let Some(spec) = spec {
        let name = vm.find_attr(&spec, &names.name)?.filter(|name| !vm.is_none(name)).unwrap_or_else(unknown);
        let name = repr_of(vm, &name)?;
        let origin = vm.find_attr(&spec, &vm.intern("origin"))?.filter(|origin| !vm.is_none(origin));
        let has_location = vm.find_attr(&spec, &vm.intern("has_location"))?;
        match origin {
            None => match loader(vm.find_attr(&spec, &vm.intern("loader"))?) {
                None => format!("<module {name}>"),
                Some(loader) if loader.ty().name() == "NamespaceLoader" => {
                    let path = vm.collect(&vm.getattr_named(&loader, "_path")?)?;
                    let path = repr_of(vm, crate::sequence::List::new(path).as_obj())?;
                    format!("<module {name} (namespace) from {path}>")
                }
                Some(loader) => format!("<module {name} ({})>", repr_of(vm, &loader)?),
            },
            Some(origin) if has_location.is_some_and(|has| vm.is_true(&has).unwrap_or(false)) => {
                format!("<module {name} from {}>", repr_of(vm, &origin)?)
            }
            Some(origin) => format!("<module {name} ({})>", vm.str_text(&origin)?),
        }
    } else {
        let name = vm.find_attr(object, &names.__name__)?.unwrap_or_else(unknown);
        let name = repr_of(vm, &name)?;
        match vm.find_attr(object, &names.__file__)? {
            Some(file) => format!("<module {name} from {}>", repr_of(vm, &file)?),
            None => match loader(vm.find_attr(object, &names.__loader__)?) {
                Some(loader) => format!("<module {name} ({})>", repr_of(vm, &loader)?),
                None => format!("<module {name}>"),
            },
        }
    };
    Ok(Str::new(&text).into_obj())
}

fn dir(vm: &Vm, object: &Obj) -> PyResult {
    let dict = vm.getattr(object, &vm.names().__dict__)?;
    let Some(dict) = dict.downcast::<Dict>() else {
        return Err(vm.type_error("<module>.__dict__ is not a dictionary"));
    };
    match dict.get_str(vm, &vm.names().__dir__)? {
        Some(own) => vm.call(&own, &[]),
        None => Ok(object_methods::keys(dict)),
    }
}

fn get_dict(vm: &Vm, object: &Obj) -> PyResult {
    Ok(receiver(vm, object)?.dict.as_obj().clone())
}

fn get_annotations(vm: &Vm, object: &Obj) -> PyResult {
    let names = vm.names();
    let dict = receiver(vm, object)?.dict.clone();
    if let Some(annotations) = dict.get_str(vm, &names.__annotations__)? {
        return Ok(annotations);
    }
    let spec = dict.get_str(vm, &names.__spec__)?.filter(|spec| !vm.is_none(spec));
    let annotations = match dict.get_str(vm, &names.__annotate__)? {
        Some(annotate) if vm.is_callable(&annotate) => call_annotate(vm, &annotate)?,
        _ => Dict::new(),
    };
    // Until the module is complete there may be more to come.
    if !is_initializing(vm, spec.as_ref())? {
        dict.set_str(vm, &names.__annotations__, annotations.as_obj().clone())?;
    }
    Ok(annotations.into_obj())
}

fn set_annotations(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let names = vm.names();
    let dict = receiver(vm, object)?.dict.clone();
    match value {
        Some(value) => dict.set_str(vm, &names.__annotations__, value.clone())?,
        None => {
            if dict.remove_str(vm, &names.__annotations__)?.is_none() {
                return Err(vm.attribute_error("__annotations__", object, &names.__annotations__));
            }
        }
    }
    dict.remove_str(vm, &names.__annotate__)?;
    Ok(())
}

fn get_annotate(vm: &Vm, object: &Obj) -> PyResult {
    let name = &vm.names().__annotate__;
    let dict = receiver(vm, object)?.dict.clone();
    if let Some(annotate) = dict.get_str(vm, name)? {
        return Ok(annotate);
    }
    dict.set_str(vm, name, vm.none())?;
    Ok(vm.none())
}

fn set_annotate(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let names = vm.names();
    let dict = receiver(vm, object)?.dict.clone();
    let Some(value) = value else { return Err(vm.type_error("cannot delete __annotate__ attribute")) };
    if !vm.is_none(value) && !vm.is_callable(value) {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    dict.set_str(vm, &names.__annotate__, value.clone())?;
    if !vm.is_none(value) {
        dict.remove_str(vm, &names.__annotations__)?;
    }
    Ok(())
}

static METHODS: &[NativeDef] = &[NativeDef::new(
    "__dir__",
    "",
    "__dir__() -> list\nspecialized dir() implementation",
    NativeCall::NoArgs(dir),
)];

static PROPERTIES: &[Property] = &[
    Property::new("__dict__", "", get_dict).member(),
    Property::new("__annotations__", "", get_annotations).with_setter(set_annotations),
    Property::new("__annotate__", "", get_annotate).with_setter(set_annotate),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &MODULE)
        .doc("module(name, doc=None)\n--\n\nCreate a module object.\n\nThe name must be a string; the optional docstring can have any type.")
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init_module));
            slots.repr.set(Some(repr));
            slots.getattro.set(Some(module_getattro));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
