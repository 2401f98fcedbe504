//! `sys._jit`: whether there is a compiler to machine code. There is none.

use crate::errors::PyResult;
use crate::function::NativeFunction;
use crate::module::Module;
use crate::object::Ref;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "is_available",
        "($module, /)",
        "Return True if the current Python executable supports JIT compilation, and False otherwise.",
        NativeCall::NoArgs(|vm, _| Ok(vm.bool(false))),
    ),
    NativeDef::new(
        "is_enabled",
        "($module, /)",
        "Return True if JIT compilation is enabled for the current Python process (implies sys._jit.is_available()), and False otherwise.",
        NativeCall::NoArgs(|vm, _| Ok(vm.bool(false))),
    ),
    NativeDef::new(
        "is_active",
        "($module, /)",
        "Return True if the topmost Python frame is currently executing JIT code (implies sys._jit.is_enabled()), and False otherwise.",
        NativeCall::NoArgs(|vm, _| Ok(vm.bool(false))),
    ),
];

/// Makes the module.
pub(super) fn make(vm: &Vm) -> PyResult<Ref<Module>> {
    let module = Module::new(vm, "sys._jit", None)?;
    for def in FUNCTIONS {
        let function =
            NativeFunction::new(def, Some(module.as_obj().clone()), Some(vm.intern("sys._jit").into_obj()));
        module.add(vm, def.name, function)?;
    }
    Ok(module)
}
