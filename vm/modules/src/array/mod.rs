//! `array`: items of one kind, as the machine has them. CPython: Modules/arraymodule.c.

mod item;
mod iterator;
mod methods;
mod object;
mod pickle;
mod sequence;

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeFlags};
use lasti_vm::{PyResult, Ref, Vm};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "array",
    doc: "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, floating-point\nnumbers.  Arrays are sequence types and behave very much like lists,\nexcept that the type of objects stored in them is constrained.\n",
    functions: &[NativeDef::new(
        "_array_reconstructor",
        "($module, arraytype, typecode, mformat_code, items,\n                     /)",
        "Internal. Used for pickling support.",
        NativeCall::Positional(4, 4, pickle::reconstruct),
    )],
    fill,
};

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !object::ARRAY.has(TypeFlags::READY) {
        object::ready(vm);
        iterator::ready(vm);
        let abc = vm.import_module("collections.abc")?;
        let class = vm.getattr_named(&abc, "MutableSequence")?;
        vm.call_method_named(&class, "register", &[object::ARRAY.to_obj()])?;
    }
    module.add_type(vm, &object::ARRAY)?;
    module.add(vm, "ArrayType", object::ARRAY.to_obj())?;
    module.add(vm, "typecodes", Str::new(item::CODES))
}
