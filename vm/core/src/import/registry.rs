//! The modules written in Rust: the interpreter's own, and those that the embedder brings.

use crate::errors::PyResult;
use crate::module::NativeModule;
use crate::modules;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::vm::Vm;
use crate::vm::config::Config;

/// The interpreter's own modules, sorted by name; `builtins` and `sys` are there from the start.
static OWN: &[&NativeModule] = &[
    &modules::abc::MODULE,
    &modules::ast::MODULE,
    &modules::atexit::MODULE,
    &modules::gc::MODULE,
    &modules::imp::MODULE,
    &modules::signal::MODULE,
    &modules::thread::MODULE,
    &modules::types::MODULE,
    &modules::typing::MODULE,
    &modules::warnings::MODULE,
    &modules::weakref::MODULE,
    &modules::marshal::MODULE,
];

/// The native module called `name`.
pub(crate) fn find_builtin(name: &str) -> Option<&'static NativeModule> {
    let find =
        |list: &'static [&'static NativeModule]| list.iter().find(|module| module.name == name).copied();
    find(OWN).or_else(|| find(Config::get().modules))
}

/// `sys.builtin_module_names`
pub(crate) fn builtin_names(vm: &Vm) -> Ref<Tuple> {
    let mut names: Vec<&str> = OWN
        .iter()
        .chain(Config::get().modules)
        .map(|module| module.name)
        .chain(["builtins", "sys"])
        .collect();
    names.sort_unstable();
    names.dedup();
    Tuple::new(names.into_iter().map(|name| vm.intern(name).into_obj()).collect())
}

/// Makes the native module `module` and enters it in `sys.modules`.
pub(crate) fn make_builtin(vm: &Vm, module: &NativeModule) -> PyResult<Obj> {
    let made = module.make(vm)?.into_obj();
    vm.interp().modules().set_str(vm, &vm.intern(module.name), made.clone())?;
    Ok(made)
}
