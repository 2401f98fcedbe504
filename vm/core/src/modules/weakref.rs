//! `_weakref`.

use crate::builtins::WEAKREF;
use crate::builtins::weakref::{CALLABLE_PROXY, PROXY, proxy as make_proxy};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::number::Int;
use crate::object::weak::{WeakRef, references};
use crate::object::{Obj, Ref};
use crate::sequence::List;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

fn count(_: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(Int::from_usize(references(object).len()))
}

fn list(_: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(List::new(references(object).into_iter().map(Ref::into_obj).collect()).into_obj())
}

fn proxy(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    make_proxy(vm, &args[0], args.get(1))
}

fn remove_dead(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let Some(dict) = args[0].downcast::<Dict>() else {
        return Err(vm.bad_argument("_remove_dead_weakref", "1", "dict", &args[0]));
    };
    if let Some(value) = dict.get(vm, &args[1])?
        && value.downcast::<WeakRef>().is_some_and(|reference| reference.get().is_none())
    {
        dict.remove(vm, &args[1])?;
    }
    Ok(vm.none())
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add(vm, "ref", WEAKREF.to_obj())?;
    module.add(vm, "ReferenceType", WEAKREF.to_obj())?;
    module.add(vm, "ProxyType", PROXY.to_obj())?;
    module.add(vm, "CallableProxyType", CALLABLE_PROXY.to_obj())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_weakref",
    doc: "Weak references, as the module weakref needs them.",
    functions: &[
        NativeDef::new(
            "_remove_dead_weakref",
            "($module, dct, key, /)",
            "Remove the key if its value is a weak reference whose object is gone.",
            NativeCall::Positional(2, 2, remove_dead),
        ),
        NativeDef::new(
            "getweakrefcount",
            "($module, object, /)",
            "How many weak references there are to the object.",
            NativeCall::One(count),
        ),
        NativeDef::new(
            "getweakrefs",
            "($module, object, /)",
            "The weak references to the object.",
            NativeCall::One(list),
        ),
        NativeDef::new(
            "proxy",
            "($module, object, callback=None, /)",
            "A proxy that stands for the object as long as it lives.",
            NativeCall::Positional(1, 2, proxy),
        ),
    ],
    fill,
};
