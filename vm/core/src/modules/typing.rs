//! `_typing`: what the library's `typing` takes from the interpreter. CPython: Modules/_typingmodule.c.

use crate::builtins::typing::{generic, no_default, param_spec_parts, type_alias, type_param};
use crate::builtins::union_type;
use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::object::{Obj, Ref};
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

fn identity(_: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(object.clone())
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for ty in [
        &type_param::TYPE_VAR,
        &type_param::TYPE_VAR_TUPLE,
        &type_param::PARAM_SPEC,
        &param_spec_parts::PARAM_SPEC_ARGS,
        &param_spec_parts::PARAM_SPEC_KWARGS,
        &type_alias::TYPE_ALIAS,
        &generic::GENERIC,
        &union_type::UNION,
    ] {
        module.add_type(vm, ty)?;
    }
    module.add(vm, "NoDefault", no_default::NO_DEFAULT.to_obj())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_typing",
    doc: "Primitives and accelerators for the typing module.\n",
    functions: &[NativeDef::new("_idfunc", "($module, x, /)", "", NativeCall::One(identity))],
    fill,
};
