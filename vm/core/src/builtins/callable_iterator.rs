//! `callable_iterator`: what `iter(callable, sentinel)` returns. CPython: Objects/iterobject.c.

use super::builtin_type;
use super::object::iter_self;
use super::sequence_iterators::{reduce_def, reduced};
use crate::errors::PyResult;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::types::{NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// `callable_iterator`: both parts are gone once the end was reached.
pub(crate) struct CallableIter {
    callable: ObjCell,
    sentinel: ObjCell,
}

impl Payload for CallableIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &CALLABLE_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.callable.traverse(visitor);
        self.sentinel.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.callable.take());
        drop(self.sentinel.take());
    }
}

builtin_type!(/** `callable_iterator` */ CALLABLE_ITERATOR, "callable_iterator", CallableIter);

static METHODS: &[NativeDef] = &[reduce_def(reduce)];

/// `iter(callable, sentinel)`
pub fn callable_iterator(vm: &Vm, callable: &Obj, sentinel: &Obj) -> PyResult {
    if !vm.is_callable(callable) {
        return Err(vm.type_error("iter(v, w): v must be callable"));
    }
    Ok(Ref::new(CallableIter {
        callable: ObjCell::new(Some(callable.clone())),
        sentinel: ObjCell::new(Some(sentinel.clone())),
    })
    .into_obj())
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<CallableIter>(object)?;
    let Some(callable) = iterator.callable.get() else { return Ok(None) };
    let result = match vm.call(&callable, &[]) {
        Ok(result) => result,
        Err(error) if error.is(&super::STOP_ITERATION) => {
            iterator.clear();
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    // The call may have come to the end of this very iterator.
    let Some(sentinel) = iterator.sentinel.get() else { return Ok(None) };
    if vm.eq(&sentinel, &result)? {
        iterator.clear();
        return Ok(None);
    }
    Ok(Some(result))
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let iterator = vm.receiver::<CallableIter>(object)?;
    match (iterator.callable.get(), iterator.sentinel.get()) {
        (Some(callable), Some(sentinel)) => reduced(function, vec![callable, sentinel], None),
        _ => reduced(function, vec![vm.empty_tuple().into_obj()], None),
    }
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &CALLABLE_ITERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(next));
        })
        .methods(METHODS)
        .ready();
}
