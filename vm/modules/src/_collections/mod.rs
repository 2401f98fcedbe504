//! `_collections`: deque, defaultdict, the counting behind Counter, the getters of named tuples. CPython:
//! Modules/_collectionsmodule.c.
//!
//! There is no OrderedDict here: `collections` has one in Python.

mod counting;
mod defaultdict;
mod deque;
mod deque_iterators;
mod tuplegetter;

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::{PyResult, Ref, Vm};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_collections",
    doc: "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n- defaultdict:  dict subclass with a default value factory\n",
    functions: counting::FUNCTIONS,
    fill,
};

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    deque::fill(vm, module)?;
    deque_iterators::fill(vm, module)?;
    defaultdict::fill(vm, module)?;
    tuplegetter::fill(vm, module)
}
