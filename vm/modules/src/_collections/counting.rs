//! `_count_elements`: what `Counter.update` does with an iterable.

use lasti_vm::builtins::DICT;
use lasti_vm::dict::Dict;
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::ops::BinaryOp;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Vm};

pub(super) static FUNCTIONS: &[NativeDef] = &[NativeDef::new(
    "_count_elements",
    "($module, mapping, iterable, /)",
    "Count elements in the iterable, updating the mapping",
    NativeCall::Positional(2, 2, count_elements),
)];

/// The counts in `mapping` as a dict, if `get` and `__setitem__` are dict's own.
fn plain_dict<'a>(vm: &Vm, mapping: &'a Obj) -> PyResult<Option<&'a lasti_vm::Ref<Dict>>> {
    let Some(dict) = mapping.downcast::<Dict>() else { return Ok(None) };
    let own = |ty: &lasti_vm::types::TypeObject| vm.find_attr(&ty.to_obj(), &vm.names().get);
    let same_get = match (own(mapping.ty())?, own(&DICT)?) {
        (Some(a), Some(b)) => a.is(&b),
        _ => false,
    };
    let same_set = match (mapping.ty().slots.setitem.get(), DICT.slots.setitem.get()) {
        (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
        _ => false,
    };
    Ok((same_get && same_set).then_some(dict))
}

fn increased(vm: &Vm, count: &Obj) -> PyResult {
    match count.as_i64().filter(|_| count.is_exact_int()).and_then(|count| count.checked_add(1)) {
        Some(count) => Ok(Int::new(count)),
        None => vm.binary(BinaryOp::Add, count, &Int::new(1)),
    }
}

fn count_elements(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [mapping, iterable] = args else { return Ok(vm.none()) };
    if let Some(dict) = plain_dict(vm, mapping)? {
        vm.for_each(iterable, |element| {
            let hash = vm.hash_key(&element)?;
            let count = match dict.get_hashed(vm, &element, hash)? {
                Some(count) => increased(vm, &count)?,
                None => Int::new(1),
            };
            dict.set_hashed(vm, &element, hash, count)?;
            Ok(true)
        })?;
        return Ok(vm.none());
    }
    let get = vm.getattr(mapping, &vm.names().get)?;
    let zero = Int::new(0);
    vm.for_each(iterable, |element| {
        let count = vm.call(&get, &[element.clone(), zero.clone()])?;
        let count = increased(vm, &count)?;
        vm.setitem(mapping, &element, &count)?;
        Ok(true)
    })?;
    Ok(vm.none())
}
