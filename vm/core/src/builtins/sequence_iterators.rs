//! `list_iterator`, `list_reverseiterator`, `tuple_iterator`. CPython: Objects/listobject.c, tupleobject.c.

use std::cell::Cell;

use super::object::iter_self;
use super::{LIST_ITERATOR, TUPLE_ITERATOR, builtin_type};
use crate::errors::PyResult;
use crate::iterators::{ListIter, TupleIter};
use crate::number::Int;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::{List, Tuple};
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// `__length_hint__` of an iterator.
pub const fn length_hint_def(function: fn(&Vm, &Obj) -> PyResult) -> NativeDef {
    NativeDef::new(
        "__length_hint__",
        "($self, /)",
        "Private method returning an estimate of len(list(it)).",
        NativeCall::NoArgs(function),
    )
}

/// `__reduce__` of an iterator.
pub const fn reduce_def(function: fn(&Vm, &Obj) -> PyResult) -> NativeDef {
    NativeDef::new(
        "__reduce__",
        "($self, /)",
        "Return state information for pickling.",
        NativeCall::NoArgs(function),
    )
}

/// `__setstate__` of an iterator.
pub const fn setstate_def(function: fn(&Vm, &Obj, &Obj) -> PyResult) -> NativeDef {
    NativeDef::new(
        "__setstate__",
        "($self, object, /)",
        "Set state information for unpickling.",
        NativeCall::One(function),
    )
}

/// What `__reduce__` returns: the builtin `function`, the arguments for it, and a state where there is one. The function
/// is looked up before the iterator is looked at: that may run code which advances it.
pub fn reduced(function: Obj, args: Vec<Obj>, state: Option<Obj>) -> PyResult {
    let mut parts = vec![function, Tuple::new(args).into_obj()];
    parts.extend(state);
    Ok(Tuple::new(parts).into_obj())
}

impl Vm {
    /// The builtin called `name`.
    pub fn builtin(&self, name: &str) -> PyResult {
        let name = self.intern(name);
        let builtins = crate::eval::current_builtins(self);
        match super::builtins_mapping::get(self, &builtins, &name)? {
            Some(builtin) => Ok(builtin),
            None => Err(self.error_with(&super::ATTRIBUTE_ERROR, vec![name.into_obj()])),
        }
    }
}

/// `list_reverseiterator`
pub(crate) struct ListReverseIter {
    /// The list; none once the end was reached.
    list: ObjCell,
    /// The index of the next item, -1 behind the last.
    index: Cell<i64>,
}

impl ListReverseIter {
    pub(super) fn make(list: &Ref<List>) -> Obj {
        let index = Cell::new(list.items.len() as i64 - 1);
        Ref::new(Self { list: ObjCell::new(Some(list.as_obj().clone())), index }).into_obj()
    }
}

impl Payload for ListReverseIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &LIST_REVERSE_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.list.traverse(visitor);
    }
}

builtin_type!(/** `list_reverseiterator` */ LIST_REVERSE_ITERATOR, "list_reverseiterator", ListReverseIter);

static LIST_METHODS: &[NativeDef] =
    &[length_hint_def(list_hint), reduce_def(list_reduce), setstate_def(list_setstate)];
static REVERSE_METHODS: &[NativeDef] =
    &[length_hint_def(reverse_hint), reduce_def(reverse_reduce), setstate_def(reverse_setstate)];
static TUPLE_METHODS: &[NativeDef] =
    &[length_hint_def(tuple_hint), reduce_def(tuple_reduce), setstate_def(tuple_setstate)];

fn list_next(vm: &Vm, iterator: &Obj) -> PyResult<Option<Obj>> {
    Ok(vm.receiver::<ListIter>(iterator)?.next())
}

fn list_hint(vm: &Vm, iterator: &Obj) -> PyResult {
    let iterator = vm.receiver::<ListIter>(iterator)?;
    let length = iterator.list.get_as::<List>().map_or(0, |list| list.items.len());
    Ok(Int::from_usize(length.saturating_sub(iterator.index.get())))
}

fn list_reduce(vm: &Vm, iterator: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let iterator = vm.receiver::<ListIter>(iterator)?;
    match iterator.list.get() {
        Some(list) => reduced(function, vec![list], Some(Int::from_usize(iterator.index.get()))),
        None => reduced(function, vec![List::new(Vec::new()).into_obj()], None),
    }
}

fn list_setstate(vm: &Vm, iterator: &Obj, state: &Obj) -> PyResult {
    let iterator = vm.receiver::<ListIter>(iterator)?;
    let index = vm.index_i64(state)?;
    if let Some(list) = iterator.list.get_as::<List>() {
        iterator.index.set((index.max(0) as usize).min(list.items.len()));
    }
    Ok(vm.none())
}

fn reverse_next(vm: &Vm, iterator: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<ListReverseIter>(iterator)?;
    let Some(list) = iterator.list.get_as::<List>() else { return Ok(None) };
    let item = usize::try_from(iterator.index.get()).ok().and_then(|index| list.items.get(index));
    match item {
        Some(_) => iterator.index.set(iterator.index.get() - 1),
        None => {
            iterator.index.set(-1);
            drop(iterator.list.take());
        }
    }
    Ok(item)
}

fn reverse_hint(vm: &Vm, iterator: &Obj) -> PyResult {
    let iterator = vm.receiver::<ListReverseIter>(iterator)?;
    let length = iterator.list.get_as::<List>().map_or(0, |list| list.items.len() as i64);
    let left = iterator.index.get() + 1;
    Ok(Int::new(if length < left { 0 } else { left }))
}

fn reverse_reduce(vm: &Vm, iterator: &Obj) -> PyResult {
    let function = vm.builtin("reversed")?;
    let iterator = vm.receiver::<ListReverseIter>(iterator)?;
    match iterator.list.get() {
        Some(list) => reduced(function, vec![list], Some(Int::new(iterator.index.get()))),
        None => reduced(function, vec![List::new(Vec::new()).into_obj()], None),
    }
}

fn reverse_setstate(vm: &Vm, iterator: &Obj, state: &Obj) -> PyResult {
    let iterator = vm.receiver::<ListReverseIter>(iterator)?;
    let index = vm.index_i64(state)?;
    if let Some(list) = iterator.list.get_as::<List>() {
        iterator.index.set(index.clamp(-1, (list.items.len() as i64 - 1).max(-1)));
    }
    Ok(vm.none())
}

fn tuple_next(vm: &Vm, iterator: &Obj) -> PyResult<Option<Obj>> {
    Ok(vm.receiver::<TupleIter>(iterator)?.next())
}

fn tuple_hint(vm: &Vm, iterator: &Obj) -> PyResult {
    let iterator = vm.receiver::<TupleIter>(iterator)?;
    let length = iterator.tuple.get_as::<Tuple>().map_or(0, |tuple| tuple.len());
    Ok(Int::from_usize(length.saturating_sub(iterator.index.get())))
}

fn tuple_reduce(vm: &Vm, iterator: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let iterator = vm.receiver::<TupleIter>(iterator)?;
    match iterator.tuple.get() {
        Some(tuple) => reduced(function, vec![tuple], Some(Int::from_usize(iterator.index.get()))),
        None => reduced(function, vec![vm.empty_tuple().into_obj()], None),
    }
}

fn tuple_setstate(vm: &Vm, iterator: &Obj, state: &Obj) -> PyResult {
    let iterator = vm.receiver::<TupleIter>(iterator)?;
    let index = vm.index_i64(state)?;
    if let Some(tuple) = iterator.tuple.get_as::<Tuple>() {
        iterator.index.set((index.max(0) as usize).min(tuple.len()));
    }
    Ok(vm.none())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &LIST_ITERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(list_next));
        })
        .methods(LIST_METHODS)
        .ready();
    TypeBuilder::new(vm, &LIST_REVERSE_ITERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(reverse_next));
        })
        .methods(REVERSE_METHODS)
        .ready();
    TypeBuilder::new(vm, &TUPLE_ITERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(tuple_next));
        })
        .methods(TUPLE_METHODS)
        .ready();
}
