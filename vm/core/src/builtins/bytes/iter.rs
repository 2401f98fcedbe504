//! `bytes_iterator` and `bytearray_iterator`.

use std::cell::Cell;

use crate::buffer;
use crate::builtins::builtin_type;
use crate::builtins::sequence_iterators::{length_hint_def, reduce_def, reduced, setstate_def};
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::types::{NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// An iterator over bytes, of an object that may change.
pub struct BytesIter {
    bytes: ObjCell,
    index: Cell<usize>,
}

impl BytesIter {
    fn make(ty: &TypeObject, bytes: &Obj) -> Obj {
        Ref::new_in(ty, Self { bytes: ObjCell::new(Some(bytes.clone())), index: Cell::new(0) }).into_obj()
    }
}

impl Payload for BytesIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &BYTES_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.bytes.traverse(visitor);
    }
}

builtin_type!(/** `bytes_iterator` */ BYTES_ITERATOR, "bytes_iterator", BytesIter);
builtin_type!(/** `bytearray_iterator` */ BYTEARRAY_ITERATOR, "bytearray_iterator", BytesIter, on BYTES_ITERATOR);

pub(super) fn bytes_iter(_: &Vm, object: &Obj) -> PyResult {
    Ok(BytesIter::make(&BYTES_ITERATOR, object))
}

pub(super) fn bytearray_iter(_: &Vm, object: &Obj) -> PyResult {
    Ok(BytesIter::make(&BYTEARRAY_ITERATOR, object))
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<BytesIter>(object)?;
    let index = iterator.index.get();
    let byte = iterator
        .bytes
        .peek()
        .and_then(|bytes| buffer::with_bytes_object(bytes, |bytes| bytes.get(index).copied()).flatten());
    match byte {
        Some(byte) => {
            iterator.index.set(index + 1);
            Ok(Some(Int::new(byte.into())))
        }
        None => {
            drop(iterator.bytes.take());
            Ok(None)
        }
    }
}

fn length(bytes: &Obj) -> usize {
    buffer::with_bytes_object(bytes, <[u8]>::len).unwrap_or(0)
}

fn length_hint(vm: &Vm, object: &Obj) -> PyResult {
    let iterator = vm.receiver::<BytesIter>(object)?;
    let left = iterator.bytes.get().map_or(0, |bytes| length(&bytes).saturating_sub(iterator.index.get()));
    Ok(Int::from_usize(left))
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let iterator = vm.receiver::<BytesIter>(object)?;
    match iterator.bytes.get() {
        Some(bytes) => reduced(function, vec![bytes], Some(Int::from_usize(iterator.index.get()))),
        None => reduced(function, vec![vm.empty_tuple().into_obj()], None),
    }
}

fn set_state(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    let iterator = vm.receiver::<BytesIter>(object)?;
    let index = usize::try_from(vm.size_argument(state)?).unwrap_or(0);
    if let Some(bytes) = iterator.bytes.get() {
        iterator.index.set(index.min(length(&bytes)));
    }
    Ok(vm.none())
}

const METHODS: &[NativeDef] = &[length_hint_def(length_hint), reduce_def(reduce), setstate_def(set_state)];

pub(super) fn init(vm: &Vm) {
    for ty in [&BYTES_ITERATOR, &BYTEARRAY_ITERATOR] {
        TypeBuilder::new(vm, ty)
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .slots(|slots| {
                slots.iter.set(Some(crate::builtins::object::iter_self));
                slots.iternext.set(Some(next));
            })
            .methods(METHODS)
            .ready();
    }
}
