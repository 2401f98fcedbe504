//! `_functools`: reduce, partial, cmp_to_key and the wrapper behind lru_cache. CPython: Modules/_functoolsmodule.c.

mod key_wrapper;
mod lru_cache;
mod partial;

use lasti_vm::call::{Args, Signature};
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::object::Obj;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

/// The module.
pub(crate) static MODULE: NativeModule =
    NativeModule { name: "_functools", doc: "Tools that operate on functions.", functions: FUNCTIONS, fill };

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "reduce",
        "($module, function, iterable, /, initial=<unrepresentable>)",
        "Apply a function of two arguments cumulatively to the items of an iterable, from left to right.\n\nThis effectively reduces the iterable to a single value.  If initial is\npresent, it is placed before the items of the iterable in the\ncalculation, and serves as a default when the iterable is empty.\n\nFor example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])\ncalculates ((((1 + 2) + 3) + 4) + 5).",
        NativeCall::Full(reduce),
    ),
    NativeDef::new(
        "cmp_to_key",
        "($module, /, mycmp)",
        "Convert a cmp= function into a key= function.\n\n  mycmp\n    Function that compares two objects.",
        NativeCall::Full(key_wrapper::cmp_to_key),
    ),
];

static REDUCE: Signature<3> = Signature::new("reduce", ["", "", "initial"], 2).positional_only(2);

fn reduce(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(function), Some(iterable), initial] = args.bind(vm, &REDUCE)? else {
        return Err(vm.type_error("reduce() takes at least 2 positional arguments"));
    };
    let iterator = vm.iter(iterable).map_err(|error| {
        if error.is(&lasti_vm::builtins::TYPE_ERROR) {
            vm.type_error("reduce() arg 2 must support iteration")
        } else {
            error
        }
    })?;
    let mut result = initial.cloned();
    while let Some(item) = vm.next(&iterator)? {
        result = Some(match result {
            Some(so_far) => vm.call(function, &[so_far, item])?,
            None => item,
        });
    }
    result.ok_or_else(|| vm.type_error("reduce() of empty iterable with no initial value"))
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    partial::fill(vm, module)?;
    key_wrapper::fill(vm);
    lru_cache::fill(vm, module)
}
