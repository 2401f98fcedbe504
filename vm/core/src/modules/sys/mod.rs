//! The module `sys`.
//!
//! - `info`: constants and struct sequences
//! - `hooks`: what programs may replace: displayhook, excepthook and the like
//! - `state`: limits, tracing, what threads and objects are asked

mod coroutines;
mod hooks;
mod info;
mod state;

pub(crate) use hooks::{unraisable_args, write_stderr};

use crate::dict::Dict;
use crate::errors::PyResult;
use crate::function::NativeFunction;
use crate::module::Module;
use crate::modules::std_printer::{self, Stream};
use crate::object::{Obj, Ref};
use crate::sequence::List;
use crate::text::Str;
use crate::vm::Vm;
use crate::vm::config::Config;

const DOC: &str = "What the interpreter keeps for the program, and knows of itself.";

/// Makes the module on the interpreter's dictionary for it.
pub(crate) fn make(vm: &Vm) -> PyResult<Ref<Module>> {
    let module = Ref::new(Module { dict: vm.interp().sys().clone() });
    let names = vm.names();
    for (name, value) in [
        (&names.__name__, names.sys.as_obj().clone()),
        (&names.__doc__, Str::new(DOC).into_obj()),
        (&names.__package__, vm.intern("").into_obj()),
        (&names.__loader__, vm.none()),
        (&names.__spec__, vm.none()),
    ] {
        module.dict.set_str(vm, name, value)?;
    }
    for functions in [coroutines::FUNCTIONS, hooks::FUNCTIONS, state::FUNCTIONS] {
        for def in functions {
            let function =
                NativeFunction::new(def, Some(module.as_obj().clone()), Some(names.sys.as_obj().clone()));
            module.dict.set_str(vm, &vm.intern(def.name), function.into_obj())?;
        }
    }
    for (hook, kept) in [
        ("displayhook", "__displayhook__"),
        ("excepthook", "__excepthook__"),
        ("unraisablehook", "__unraisablehook__"),
        ("breakpointhook", "__breakpointhook__"),
    ] {
        if let Some(function) = module.dict.get_str(vm, &vm.intern(hook))? {
            module.add(vm, kept, function)?;
        }
    }
    for (name, value) in info::constants(vm)? {
        module.add(vm, name, value)?;
    }
    configured(vm, &module)?;
    module.add(vm, "modules", vm.interp().modules().as_obj().clone())?;
    for name in ["path_hooks", "meta_path"] {
        module.add(vm, name, List::new(Vec::new()))?;
    }
    module.add(vm, "path_importer_cache", Dict::new())?;
    for (name, stream) in [("stdout", Some(Stream::Output)), ("stderr", Some(Stream::Error)), ("stdin", None)]
    {
        let printer = vm.or_none(stream.map(std_printer::make));
        module.add(vm, &format!("__{name}__"), printer.clone())?;
        module.add(vm, name, printer)?;
    }
    Ok(module)
}

/// What the embedder says.
fn configured(vm: &Vm, module: &Module) -> PyResult<()> {
    let config = Config::get();
    let text = |text: &str| -> Obj { Str::new(text).into_obj() };
    module.add(vm, "argv", info::strings(&config.argv))?;
    module.add(vm, "orig_argv", info::strings(&config.orig_argv))?;
    module.add(vm, "executable", text(&config.executable))?;
    module.add(vm, "_base_executable", text(&config.executable))?;
    module.add(vm, "warnoptions", info::strings(&config.warnoptions))?;
    let options = Dict::new();
    for (name, value) in &config.xoptions {
        let value = value.as_deref().map_or_else(|| vm.bool(true), text);
        options.set_str(vm, &Str::new(name), value)?;
    }
    module.add(vm, "_xoptions", options)?;
    module.add(vm, "dont_write_bytecode", vm.bool(config.flags.dont_write_bytecode))?;
    module.add(vm, "pycache_prefix", vm.none())?;
    let prefix = prefix(&config.executable);
    for name in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] {
        module.add(vm, name, text(&prefix))?;
    }
    let root = config.stdlib.map(crate::vm::config::Library::root);
    module.add(vm, "_stdlib_dir", vm.or_none(root.map(text)))?;
    let mut path: Vec<String> = config.path.clone();
    path.extend(root.map(str::to_owned));
    module.add(vm, "path", info::strings(&path))?;
    module.add(vm, "builtin_module_names", crate::import::builtin_names(vm))?;
    Ok(())
}

/// The directory above the executable's, as CPython's `sys.prefix`.
fn prefix(executable: &str) -> String {
    let path = std::path::Path::new(executable);
    path.parent()
        .and_then(std::path::Path::parent)
        .map_or_else(|| "/usr".to_owned(), |prefix| prefix.to_string_lossy().into_owned())
}
