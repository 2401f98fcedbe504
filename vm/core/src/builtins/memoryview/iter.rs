//! `memory_iterator`.

use std::cell::Cell;

use super::{MemoryView, this};
use crate::builtins::builtin_type;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::types::{TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// An iterator over the items of a view of one dimension.
pub struct MemoryIter {
    view: ObjCell,
    index: Cell<usize>,
    length: usize,
}

impl Payload for MemoryIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &MEMORY_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.view.traverse(visitor);
    }
}

builtin_type!(/** `memory_iterator` */ MEMORY_ITERATOR, "memory_iterator", MemoryIter);

pub(super) fn iter(vm: &Vm, object: &Obj) -> PyResult {
    let view = this(vm, object)?;
    let length = match view.layout.shape.as_slice() {
        [] => return Err(vm.type_error("invalid indexing of 0-dim memory")),
        [length] => *length,
        _ => return Err(vm.not_implemented_error("multi-dimensional sub-views are not implemented")),
    };
    super::item::native_format(vm, &view.layout.format)?;
    let view = ObjCell::new(Some(object.clone()));
    Ok(Ref::new(MemoryIter { view, index: Cell::new(0), length }).into_obj())
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<MemoryIter>(object)?;
    let Some(view) = iterator.view.get_as::<MemoryView>() else { return Ok(None) };
    let index = iterator.index.get();
    if index >= iterator.length {
        drop(iterator.view.take());
        return Ok(None);
    }
    iterator.index.set(index + 1);
    vm.getitem(view.as_obj(), &Int::from_usize(index)).map(Some)
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &MEMORY_ITERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(crate::builtins::object::iter_self));
            slots.iternext.set(Some(next));
        })
        .ready();
}
