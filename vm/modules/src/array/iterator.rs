//! Iterators over arrays.

use std::cell::Cell;

use lasti_vm::builtins::iter_self;
use lasti_vm::number::Int;
use lasti_vm::object::ObjCell;
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::object::Array;
use crate::iterator::iterator_type;

pub(super) struct ArrayIter {
    /// Nothing at the end.
    array: ObjCell,
    at: Cell<usize>,
}

iterator_type!(/** `array.arrayiterator` */ ARRAY_ITERATOR, "arrayiterator", ArrayIter, [array]);

pub(super) fn iter(_: &Vm, object: &Obj) -> PyResult {
    Ok(Ref::new(ArrayIter { array: ObjCell::new(Some(object.clone())), at: Cell::new(0) }).into_obj())
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<ArrayIter>(object)?;
    let Some(array) = iterator.array.get_as::<Array>() else { return Ok(None) };
    let at = iterator.at.get();
    if at >= array.len() {
        drop(iterator.array.take());
        return Ok(None);
    }
    iterator.at.set(at + 1);
    array.item(vm, at).map(Some)
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let iterator = vm.receiver::<ArrayIter>(object)?;
    let builtins = vm.import_module("builtins")?;
    let iter = vm.getattr_named(&builtins, "iter")?;
    Ok(match iterator.array.get() {
        Some(array) => {
            let args = Tuple::new(vec![array]).into_obj();
            Tuple::new(vec![iter, args, Int::from_usize(iterator.at.get())]).into_obj()
        }
        None => {
            let args = Tuple::new(vec![vm.empty_tuple().into_obj()]).into_obj();
            Tuple::new(vec![iter, args]).into_obj()
        }
    })
}

fn setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    let iterator = vm.receiver::<ArrayIter>(object)?;
    let at = vm.index_i64(state)?;
    if let Some(array) = iterator.array.get_as::<Array>() {
        iterator.at.set(usize::try_from(at).unwrap_or(0).min(array.len()));
    }
    Ok(vm.none())
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "__reduce__",
        "($self, /)",
        "Return state information for pickling.",
        NativeCall::NoArgs(reduce),
    ),
    NativeDef::new(
        "__setstate__",
        "($self, state, /)",
        "Set state information for unpickling.",
        NativeCall::One(setstate),
    ),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &ARRAY_ITERATOR)
        .module("array")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(next));
        })
        .methods(METHODS)
        .ready();
}
