//! The module `builtins`: its functions, and the table of its types and constants.
//!
//! - `objects`: questions about any object and its attributes
//! - `numbers`: arithmetic and text of numbers, sums, extremes
//! - `iteration`: iterators and what consumes them
//! - `running`: compile, exec, eval, namespaces
//! - `streams`: print and input

mod iteration;
mod numbers;
mod objects;
pub(crate) mod running;
mod streams;

use crate::builtins as types;
use crate::builtins::exceptions::types::{OS_ERROR, all};
use crate::errors::PyResult;
use crate::function::NativeFunction;
use crate::module::Module;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::{NativeDef, TypeObject};
use crate::vm::Vm;

const DOC: &str = "Functions, types, exceptions and constants that every program has at hand.";

/// Makes the module on the interpreter's dictionary for it.
pub(crate) fn make(vm: &Vm) -> PyResult<Ref<Module>> {
    let module = Ref::new(Module { dict: vm.interp().builtins().clone() });
    let names = vm.names();
    let set = |name: &Ref<Str>, value: Obj| module.dict.set_str(vm, name, value);
    set(&names.__name__, names.builtins.as_obj().clone())?;
    set(&names.__doc__, Str::new(DOC).into_obj())?;
    set(&names.__package__, vm.intern("").into_obj())?;
    set(&names.__loader__, vm.none())?;
    set(&names.__spec__, vm.none())?;
    for functions in
        [objects::FUNCTIONS, numbers::FUNCTIONS, iteration::FUNCTIONS, running::FUNCTIONS, streams::FUNCTIONS]
    {
        add_functions(vm, &module, functions)?;
    }
    add_functions(vm, &module, std::slice::from_ref(&types::BUILD_CLASS))?;
    for (name, value) in [
        ("None", vm.none()),
        ("Ellipsis", vm.ellipsis()),
        ("NotImplemented", vm.not_implemented()),
        ("False", vm.bool(false)),
        ("True", vm.bool(true)),
    ] {
        module.add(vm, name, value)?;
    }
    for ty in TYPES {
        module.add_type(vm, ty)?;
    }
    module.add(vm, "__debug__", vm.bool(true))?;
    add_functions(vm, &module, std::slice::from_ref(&types::BUILD_CLASS))?;
    for ty in all() {
        module.add_type(vm, ty)?;
    }
    if let (Some(all), Some(any)) =
        (module.dict.get_str(vm, &vm.intern("all"))?, module.dict.get_str(vm, &vm.intern("any"))?)
    {
        let _ = vm.interp().all_and_any().set([all, any]);
    }
    module.add(vm, "EnvironmentError", OS_ERROR.to_obj())?;
    module.add(vm, "IOError", OS_ERROR.to_obj())?;
    Ok(module)
}

fn add_functions(vm: &Vm, module: &Ref<Module>, functions: &'static [NativeDef]) -> PyResult<()> {
    let name = vm.names().builtins.as_obj();
    for def in functions {
        let function = NativeFunction::new(def, Some(module.as_obj().clone()), Some(name.clone()));
        module.dict.set_str(vm, &vm.intern(def.name), function.into_obj())?;
    }
    Ok(())
}

/// The types that programs know by name, but for the exceptions.
static TYPES: &[&TypeObject] = &[
    &types::BOOL,
    &types::BYTEARRAY,
    &types::memoryview::MEMORYVIEW,
    &types::BYTES,
    &types::COMPLEX,
    &types::DICT,
    &types::FLOAT,
    &types::FROZENSET,
    &types::INT,
    &types::LIST,
    &types::OBJECT,
    &types::RANGE,
    &types::SET,
    &types::SLICE,
    &types::STR,
    &types::TUPLE,
    &types::TYPE,
    &types::SUPER,
    &types::property::PROPERTY,
    &types::enumerate::ENUMERATE,
    &types::enumerate::REVERSED,
    &types::function_wrappers::CLASS_METHOD,
    &types::function_wrappers::STATIC_METHOD,
    &types::map::FILTER,
    &types::map::MAP,
    &types::zip::ZIP,
];

/// Completes the types that only the functions make.
pub(crate) fn init(vm: &Vm) {
    iteration::init(vm);
}
