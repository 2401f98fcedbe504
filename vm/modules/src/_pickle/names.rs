//! What pickling needs of other modules, and how types are called in messages.

use lasti_vm::dict::Dict;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::{Exc, PyResult, Ref, Vm};

/// `module.name`
pub(super) fn of_module(vm: &Vm, module: &str, name: &str) -> PyResult {
    let module = vm.import_module(module)?;
    vm.getattr_named(&module, name)
}

/// The module of that name, imported if need be.
pub(super) fn import(vm: &Vm, name: &Obj) -> PyResult {
    let Some(text) = name.downcast::<Str>() else {
        return Err(vm.type_error(format!("module name must be a string, not {}", name.ty().tp_name())));
    };
    match text.as_str() {
        Some("") => Err(vm.value_error("Empty module name")),
        Some(text) => vm.import_module(text),
        None => {
            // No file has such a name, but a program may have put a module there.
            let modules = of_module(vm, "sys", "modules")?;
            vm.getitem(&modules, name).or_else(|error| {
                if !error.is(&lasti_vm::builtins::KEY_ERROR) {
                    return Err(error);
                }
                vm.call(&of_module(vm, "builtins", "__import__")?, std::slice::from_ref(name))?;
                vm.getitem(&modules, name)
            })
        }
    }
}

/// A dictionary of another module.
pub(super) fn table(vm: &Vm, module: &str, name: &str) -> PyResult<Ref<Dict>> {
    of_module(vm, module, name)?.into_ref::<Dict>().map_err(|table| {
        vm.runtime_error(format!("{module}.{name} should be a dict, not {}", table.ty().tp_name()))
    })
}

/// The entry of a table of pairs that leads from one pair of names to another, or that of a table of modules.
pub(super) fn renamed(
    vm: &Vm,
    prefix: &str,
    module: &Ref<Str>,
    name: &Ref<Str>,
) -> PyResult<Option<(Ref<Str>, Ref<Str>)>> {
    let names = format!("{prefix}NAME_MAPPING");
    let key = Tuple::new(vec![module.as_obj().clone(), name.as_obj().clone()]).into_obj();
    if let Some(found) = table(vm, "_compat_pickle", &names)?.get(vm, &key)? {
        let Some([new_module, new_name]) =
            found.downcast::<Tuple>().and_then(|pair| <&[Obj; 2]>::try_from(pair.items()).ok())
        else {
            return Err(vm.runtime_error(format!(
                "_compat_pickle.{names} values should be 2-tuples, not {}",
                found.ty().tp_name()
            )));
        };
        return match (new_module.downcast::<Str>(), new_name.downcast::<Str>()) {
            (Some(module), Some(name)) => Ok(Some((module.clone(), name.clone()))),
            _ => Err(vm.runtime_error(format!(
                "_compat_pickle.{names} values should be pairs of str, not ({}, {})",
                new_module.ty().tp_name(),
                new_name.ty().tp_name()
            ))),
        };
    }
    let modules = format!("{prefix}IMPORT_MAPPING");
    match table(vm, "_compat_pickle", &modules)?.get(vm, module.as_obj())? {
        None => Ok(None),
        Some(found) => match found.downcast::<Str>() {
            Some(module) => Ok(Some((module.clone(), name.clone()))),
            None => Err(vm.runtime_error(format!(
                "_compat_pickle.{modules} values should be strings, not {}",
                found.ty().tp_name()
            ))),
        },
    }
}

/// The type of an object, as messages have it.
pub(super) fn type_name(vm: &Vm, object: &Obj) -> PyResult<String> {
    object.ty().fully_qualified_name(vm)
}

/// The error with `cause` as what was being handled when it was raised.
#[cold]
pub(super) fn chained(error: Exc, cause: Exc) -> Exc {
    error.exception().context.set(cause.into_obj());
    error
}

/// The parts of a dotted path.
pub(super) fn dotted_path(vm: &Vm, path: &Ref<Str>) -> Vec<Ref<Str>> {
    let Some(text) = path.as_str().filter(|text| text.contains('.')) else {
        return vec![vm.intern_str(path)];
    };
    text.split('.').map(|part| vm.intern(part)).collect()
}

/// The attribute that a dotted path leads to.
pub(super) fn follow(vm: &Vm, object: &Obj, path: &[Ref<Str>]) -> PyResult {
    path.iter().try_fold(object.clone(), |object, name| vm.getattr(&object, name))
}
