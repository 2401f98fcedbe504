//! `_ast`: the classes of syntax trees. CPython: Python/Python-ast.c, which is generated from Parser/Python.asdl, as
//! `lasti_compile::ast::CLASSES` is.
//!
//! - `node`: what nodes do: construction, pickling, copying, their repr
//! - `classes`: the classes, made when they are asked for the first time
//! - `optimize`: trees as `PyCF_OPTIMIZED_AST` asks for them
//! - `to_objects`, `from_objects`: a tree of the compiler as nodes, and the other way

mod classes;
mod from_objects;
mod node;
mod optimize;
mod to_objects;

pub(crate) use classes::Classes;
pub(crate) use from_objects::{from_object, tree_error};
pub(crate) use node::{AST, init};
pub(crate) use optimize::optimize;
pub(crate) use to_objects::to_object;

use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::number::Int;
use crate::object::Ref;
use crate::vm::Vm;

/// `PyCF_ONLY_AST`
pub(crate) const ONLY_AST: i64 = 0x400;
/// `PyCF_OPTIMIZED_AST`, which implies the former.
pub(crate) const OPTIMIZED_AST: i64 = 0x8000 | ONLY_AST;
/// `PyCF_TYPE_COMMENTS`
pub(crate) const TYPE_COMMENTS: i64 = 0x1000;
/// `PyCF_ALLOW_TOP_LEVEL_AWAIT`
const ALLOW_TOP_LEVEL_AWAIT: i64 = 0x2000;

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add_type(vm, &AST)?;
    for class in Classes::get(vm)?.all() {
        module.add_type(vm, class)?;
    }
    for (name, flag) in [
        ("PyCF_ALLOW_TOP_LEVEL_AWAIT", ALLOW_TOP_LEVEL_AWAIT),
        ("PyCF_ONLY_AST", ONLY_AST),
        ("PyCF_TYPE_COMMENTS", TYPE_COMMENTS),
        ("PyCF_OPTIMIZED_AST", OPTIMIZED_AST),
    ] {
        module.add(vm, name, Int::new(flag))?;
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule { name: "_ast", doc: "", functions: &[], fill };
