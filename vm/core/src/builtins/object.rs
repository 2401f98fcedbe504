//! `object`, and the iterator over objects that only have `__getitem__`.

use std::cell::Cell;

use super::sequence_iterators::{length_hint_def, reduce_def, reduced, setstate_def};
use super::{OBJECT, builtin_type, object_methods};
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::text::Str;
use crate::types::attributes::{object_getattro, object_setattro};
use crate::types::{CompareOp, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// `iterator`: over an object with `__getitem__`, from index 0 to the first IndexError.
pub struct SequenceIter {
    sequence: ObjCell,
    index: Cell<i64>,
}

impl Payload for SequenceIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &SEQUENCE_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.sequence.traverse(visitor);
    }
}

builtin_type!(/** `iterator` */ SEQUENCE_ITERATOR, "iterator", SequenceIter);

pub(super) fn sequence_iterator(object: &Obj) -> Obj {
    Ref::new(SequenceIter { sequence: ObjCell::new(Some(object.clone())), index: Cell::new(0) }).into_obj()
}

fn sequence_next(vm: &Vm, iterator: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<SequenceIter>(iterator)?;
    let Some(sequence) = iterator.sequence.get() else { return Ok(None) };
    if iterator.index.get() == i64::MAX {
        return Err(vm.overflow_error("iter index too large"));
    }
    match vm.getitem(&sequence, &Int::new(iterator.index.get())) {
        Ok(item) => {
            iterator.index.set(iterator.index.get() + 1);
            Ok(Some(item))
        }
        Err(error) if error.is(&super::INDEX_ERROR) || error.is(&super::STOP_ITERATION) => {
            drop(iterator.sequence.take());
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What is left, where the sequence knows its length. CPython: `iter_len`.
fn sequence_hint(vm: &Vm, iterator: &Obj) -> PyResult {
    let iterator = vm.receiver::<SequenceIter>(iterator)?;
    let Some(sequence) = iterator.sequence.get() else { return Ok(Int::new(0)) };
    if sequence.ty().slots.length.get().is_none() {
        return Ok(vm.not_implemented());
    }
    let length = i64::try_from(vm.len(&sequence)?).unwrap_or(i64::MAX);
    Ok(Int::new((length - iterator.index.get()).max(0)))
}

fn sequence_reduce(vm: &Vm, iterator: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let iterator = vm.receiver::<SequenceIter>(iterator)?;
    match iterator.sequence.get() {
        Some(sequence) => reduced(function, vec![sequence], Some(Int::new(iterator.index.get()))),
        None => reduced(function, vec![vm.empty_tuple().into_obj()], None),
    }
}

fn sequence_setstate(vm: &Vm, iterator: &Obj, state: &Obj) -> PyResult {
    let iterator = vm.receiver::<SequenceIter>(iterator)?;
    let index = vm.index_i64(state)?;
    if !iterator.sequence.is_empty() {
        iterator.index.set(index.max(0));
    }
    Ok(vm.none())
}

static SEQUENCE_ITERATOR_METHODS: &[NativeDef] =
    &[length_hint_def(sequence_hint), reduce_def(sequence_reduce), setstate_def(sequence_setstate)];

/// The `iter` slot of iterators.
pub fn iter_self(_: &Vm, iterator: &Obj) -> PyResult {
    Ok(iterator.clone())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let text = format!("<{} object at {:#x}>", qualified_name(vm, object.ty())?, object.id());
    Ok(Str::new(&text).into_obj())
}

/// The type's name with its module, also where that is `builtins` for a class made in Python.
pub(crate) fn qualified_name(vm: &Vm, ty: &TypeObject) -> PyResult<String> {
    if !ty.is_heap() {
        return Ok(ty.tp_name());
    }
    let shown = ty.display_name(vm)?;
    // Without a module the plain name is shown.
    Ok(if shown == ty.qualname_obj(vm).to_string_lossy() { ty.tp_name() } else { shown })
}

fn str(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.repr(object)?.into_obj())
}

/// The hash of an address, as CPython's `_Py_HashPointer`.
pub(crate) fn identity_hash(_: &Vm, object: &Obj) -> PyResult<i64> {
    Ok((object.id().rotate_right(4)) as i64)
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    match op {
        CompareOp::Eq if left.is(right) => Ok(vm.bool(true)),
        CompareOp::Ne => {
            // `!=` is the opposite of what the type's `==` says.
            let Some(compare) = left.ty().slots.richcompare.get() else { return Ok(vm.not_implemented()) };
            let result = compare(vm, left, right, CompareOp::Eq)?;
            if vm.is_not_implemented(&result) {
                return Ok(result);
            }
            Ok(vm.bool(!vm.is_true(&result)?))
        }
        _ => Ok(vm.not_implemented()),
    }
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &OBJECT)
        .doc("object()\n--\n\nThe base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.str.set(Some(str));
            slots.hash.set(Some(identity_hash));
            slots.richcompare.set(Some(richcompare));
            slots.getattro.set(Some(object_getattro));
            slots.setattro.set(Some(object_setattro));
            slots.new.set(Some(object_methods::new));
            slots.init.set(Some(object_methods::init));
        })
        .methods(object_methods::PICKLING)
        .methods(&object_methods::GETSTATE)
        .methods(object_methods::METHODS)
        .properties(object_methods::PROPERTIES)
        .ready();
    TypeBuilder::new(vm, &SEQUENCE_ITERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(sequence_next));
        })
        .methods(SEQUENCE_ITERATOR_METHODS)
        .ready();
}
