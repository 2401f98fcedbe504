//! Bringing the import system up: the frozen `importlib._bootstrap` first, then the importers of files.
//! CPython: Python/pylifecycle.c, `init_importlib`, `init_importlib_external`.

use super::make_builtin;
use crate::code::Code;
use crate::errors::PyResult;
use crate::module::Module;
use crate::object::Obj;
use crate::text::Str;
use crate::vm::Vm;
use crate::vm::config::{Config, LibraryModule};

/// Runs a frozen module and enters it in `sys.modules`.
pub(crate) fn run_frozen(vm: &Vm, frozen: &LibraryModule) -> PyResult {
    let code = crate::modules::marshal::load(vm, &(frozen.code)())?;
    let Some(code) = code.downcast::<Code>() else {
        return Err(vm.type_error(format!("frozen object {} is not a code object", frozen.name)));
    };
    let module = Module::new(vm, frozen.name, None)?;
    let builtins = vm.interp().modules().get_str(vm, &vm.names().builtins)?;
    module.dict.set_str(vm, &vm.names().__builtins__, vm.or_none(builtins))?;
    if frozen.is_package {
        module.add(vm, "__path__", crate::sequence::List::new(Vec::new()))?;
    }
    module.add(vm, "__origname__", Str::new(frozen.origin))?;
    vm.interp().modules().set_str(vm, &vm.intern(frozen.name), module.as_obj().clone())?;
    crate::eval::run_module_code(vm, code, &module.dict)?;
    Ok(module.into_obj())
}

/// Brings the import system up, if there is a library to bring it from; without one only native modules can be
/// imported.
pub(crate) fn start(vm: &Vm) -> PyResult<()> {
    let Some(library) = Config::get().stdlib else { return Ok(()) };
    let Some(bootstrap) = library.frozen("_frozen_importlib") else {
        return Err(vm.error(&crate::builtins::IMPORT_ERROR, "the library has no import system"));
    };
    let importlib = run_frozen(vm, &bootstrap)?;
    let _ = vm.interp().importlib().set(importlib.clone());
    let sys: Obj = vm.or_none(vm.interp().modules().get_str(vm, &vm.names().sys)?);
    let imp = make_builtin(vm, &crate::modules::imp::MODULE)?;
    vm.call_method_named(&importlib, "_install", &[sys, imp])?;
    if ["_io", "posix"].iter().any(|name| super::find_builtin(name).is_none()) {
        return super::library::install_without_files(vm);
    }
    super::library::install(vm)?;
    vm.call_method_named(&importlib, "_install_external_importers", &[])?;
    if library.frozen("zipimport").is_some() {
        super::archive::install(vm)?;
    }
    Ok(())
}
