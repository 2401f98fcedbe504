//! Why a module may lack a name: it has the place of another one. CPython: Objects/moduleobject.c,
//! `_PyModule_IsPossiblyShadowing`.

use crate::errors::PyResult;
use crate::object::Obj;
use crate::set::Set;
use crate::text::Str;
use crate::vm::Vm;

/// What a module's file may have to do with a library module.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shadowing {
    /// It lies elsewhere than beside the program.
    No,
    /// It lies where the program does, and may hide a library that was meant.
    Possible,
    /// It has the name of a module of the standard library.
    OfLibrary,
}

/// Whether a module of that name and file hides another one.
pub(crate) fn shadowing(vm: &Vm, name: &Obj, origin: Option<&str>) -> PyResult<Shadowing> {
    if !lies_beside_program(vm, origin) {
        return Ok(Shadowing::No);
    }
    let names = vm.interp().sys().get_str(vm, &vm.intern("stdlib_module_names"))?;
    match names.filter(|names| names.downcast::<Set>().is_some()) {
        Some(names) if vm.contains(&names, name)? => Ok(Shadowing::OfLibrary),
        _ => Ok(Shadowing::Possible),
    }
}

/// Whether the file lies in what `sys.path` began with, be it as a package's.
fn lies_beside_program(vm: &Vm, origin: Option<&str>) -> bool {
    let Some(first) = vm.interp().first_path.get_as::<Str>() else { return false };
    let Some((mut folder, file)) = origin.and_then(|origin| origin.rsplit_once('/')) else { return false };
    if file == "__init__.py" {
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    if !first.is_empty() {
        return first.as_str() == Some(folder);
    }
    std::env::current_dir().is_ok_and(|current| current.as_os_str() == folder)
}
