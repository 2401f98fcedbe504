//! The end of all modules: what they hold goes, so that finalizers run and files are closed.
//! CPython: Python/pylifecycle.c, `finalize_modules`.

use crate::builtins as types;
use crate::dict::Dict;
use crate::module::Module;
use crate::object::weak::WeakRef;
use crate::object::{Ref, gc};
use crate::text::Str;
use crate::vm::Vm;

/// What `sys` holds for the program, and gives up first.
const OF_THE_PROGRAM: [&str; 11] = [
    "path",
    "argv",
    "ps1",
    "ps2",
    "last_exc",
    "last_type",
    "last_value",
    "last_traceback",
    "path_importer_cache",
    "meta_path",
    "path_hooks",
];

/// Takes all modules apart, in the order in which they were imported last to first.
pub(super) fn modules(vm: &Vm) {
    gc::collect(vm, gc::Generation::Full);
    let sys = vm.interp().sys();
    let set = |dict: &Ref<Dict>, name: &Ref<Str>| {
        // Names compare without Python code, so this can't raise.
        let _ = dict.set_str(vm, name, vm.none());
    };
    set(vm.interp().builtins(), &vm.intern("_"));
    for name in OF_THE_PROGRAM {
        set(sys, &vm.intern(name));
    }
    for name in ["stdin", "stdout", "stderr"] {
        if let Ok(Some(first)) = sys.get_str(vm, &vm.intern(&format!("__{name}__"))) {
            let _ = sys.set_str(vm, &vm.intern(name), first);
        }
    }
    let modules = vm.interp().modules();
    let mut alive: Vec<Ref<WeakRef>> = Vec::new();
    for (name, module) in modules.items() {
        alive.extend(WeakRef::new(&types::WEAKREF, &module, None));
        if let Some(name) = name.downcast::<Str>()
            && !matches!(name.as_bytes(), b"sys" | b"builtins")
        {
            set(modules, name);
        }
    }
    // Modules that nobody else holds are gone now; cycles of them go next.
    gc::collect(vm, gc::Generation::Full);
    let own = [sys, vm.interp().builtins()];
    for module in alive.iter().rev().filter_map(|module| module.get()) {
        if let Some(module) = module.downcast::<Module>()
            && !own.iter().any(|dict| dict.is(&module.dict))
        {
            clear(vm, &module.dict);
        }
    }
    gc::collect(vm, gc::Generation::Full);
}

/// Sets all names to None: first those with one underscore, then all others but `__builtins__`.
fn clear(vm: &Vm, dict: &Ref<Dict>) {
    let private = |name: &[u8]| name.starts_with(b"_") && name.get(1) != Some(&b'_');
    for pass in [true, false] {
        for (name, value) in dict.items() {
            let Some(name) = name.downcast::<Str>() else { continue };
            let now = if pass { private(name.as_bytes()) } else { name.as_bytes() != b"__builtins__" };
            if now && !vm.is_none(&value) {
                let _ = dict.set_str(vm, name, vm.none());
            }
        }
    }
}
