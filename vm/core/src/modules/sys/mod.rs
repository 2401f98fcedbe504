//! The module `sys`.
//!
//! - `info`: constants and struct sequences
//! - `hooks`: what programs may replace: displayhook, excepthook and the like
//! - `state`: limits, what threads and objects are asked
//! - `tracing`, `monitoring`: who is told what programs do

mod coroutines;
mod hooks;
mod info;
mod jit;
mod monitoring;
mod state;
mod stdlib_names;
mod streams;
mod tracing;

pub(crate) use hooks::{environment_variable, unraisable_args, write_stderr};
pub(crate) use info::VERSION;
pub(crate) use state::module_of_frame;
pub(crate) use streams::{finish as finish_streams, start as start_streams};

use crate::dict::Dict;
use crate::errors::PyResult;
use crate::function::NativeFunction;
use crate::module::Module;
use crate::modules::std_printer::{self, Stream};
use crate::object::Ref;
use crate::sequence::List;
use crate::text::Str;
use crate::vm::Vm;
use crate::vm::config::Config;

const DOC: &str = "What the interpreter keeps for the program, and knows of itself.";

/// Completes the types that are defined in here.
pub(super) fn init(vm: &Vm) {
    monitoring::init(vm);
}

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
    for functions in [coroutines::FUNCTIONS, hooks::FUNCTIONS, state::FUNCTIONS, tracing::FUNCTIONS] {
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
    module.add(vm, "_jit", jit::make(vm)?)?;
    for (name, value) in info::constants(vm)? {
        module.add(vm, name, value)?;
    }
    configured(vm, &module)?;
    module.add(vm, "monitoring", monitoring::make(vm)?)?;
    module.add(vm, "modules", vm.interp().modules().as_obj().clone())?;
    for name in ["path_hooks", "meta_path"] {
        module.add(vm, name, List::new(Vec::new()))?;
    }
    module.add(vm, "path_importer_cache", Dict::new())?;
    module.add(vm, "_jit", state::jit(vm)?)?;
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
    use info::system_text as text;
    let config = Config::get();
    module.add(vm, "argv", info::strings(&config.argv))?;
    module.add(vm, "orig_argv", info::strings(&config.orig_argv))?;
    module.add(vm, "executable", text(&config.executable))?;
    module.add(vm, "_base_executable", text(&config.base_executable))?;
    module.add(vm, "warnoptions", info::strings(&config.warnoptions))?;
    let options = Dict::new();
    for (name, value) in &config.xoptions {
        let value = value.as_ref().map_or_else(|| vm.bool(true), text);
        options.set(vm, &text(name), value)?;
    }
    module.add(vm, "_xoptions", options)?;
    module.add(vm, "dont_write_bytecode", vm.bool(config.flags.dont_write_bytecode))?;
    module.add(vm, "pycache_prefix", vm.or_none(config.pycache_prefix.as_ref().map(text)))?;
    for name in ["prefix", "exec_prefix"] {
        module.add(vm, name, text(&config.prefix))?;
    }
    for name in ["base_prefix", "base_exec_prefix"] {
        module.add(vm, name, text(&config.base_prefix))?;
    }
    vm.interp().set_int_digit_limit(config.int_max_str_digits);
    let root = config.stdlib.map(crate::vm::config::Library::root);
    let directory = config.stdlib_dir.as_ref().map(text);
    module.add(vm, "_stdlib_dir", vm.or_none(directory.clone().or_else(|| root.map(text))))?;
    let path = info::strings(&config.path);
    path.items.extend(directory.into_iter().chain(root.map(text)).collect());
    module.add(vm, "path", path)?;
    module.add(vm, "builtin_module_names", crate::import::builtin_names(vm))?;
    Ok(())
}
