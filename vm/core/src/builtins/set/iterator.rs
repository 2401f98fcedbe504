//! `set_iterator`.

use std::cell::Cell;

use crate::builtins::builtin_type;
use crate::builtins::object::iter_self;
use crate::builtins::sequence_iterators::{length_hint_def, reduce_def, reduced};
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::List;
use crate::set::Set;
use crate::types::{NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// `set_iterator`
pub(crate) struct SetIter {
    /// The set; none once the end was reached.
    set: ObjCell,
    position: Cell<usize>,
    /// How many elements the set had; `CHANGED` once that was found to have changed.
    used: Cell<usize>,
    /// How many are left.
    left: Cell<usize>,
}

const CHANGED: usize = usize::MAX;

impl SetIter {
    pub(super) fn make(set: &Ref<Set>) -> Obj {
        Ref::new(Self {
            set: ObjCell::new(Some(set.as_obj().clone())),
            position: Cell::new(0),
            used: Cell::new(set.len()),
            left: Cell::new(set.len()),
        })
        .into_obj()
    }

    fn next(&self, vm: &Vm) -> PyResult<Option<Obj>> {
        let Some(set) = self.set.get_as::<Set>() else { return Ok(None) };
        if self.used.get() != set.len() {
            self.used.set(CHANGED);
            return Err(vm.runtime_error("Set changed size during iteration"));
        }
        let mut position = self.position.get();
        let element = set.next(&mut position);
        self.position.set(position);
        match element {
            Some((element, _)) => {
                self.left.set(self.left.get().saturating_sub(1));
                Ok(Some(element))
            }
            None => {
                drop(self.set.take());
                Ok(None)
            }
        }
    }
}

impl Payload for SetIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &SET_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.set.traverse(visitor);
    }
}

builtin_type!(/** `set_iterator` */ SET_ITERATOR, "set_iterator", SetIter);

static METHODS: &[NativeDef] = &[length_hint_def(hint), reduce_def(reduce)];

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    vm.receiver::<SetIter>(object)?.next(vm)
}

fn hint(vm: &Vm, object: &Obj) -> PyResult {
    let iterator = vm.receiver::<SetIter>(object)?;
    let same = iterator.set.get_as::<Set>().is_some_and(|set| set.len() == iterator.used.get());
    Ok(Int::from_usize(if same { iterator.left.get() } else { 0 }))
}

/// `(iter, ([what is left],))`: the iterator itself stays where it is.
fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let iterator = vm.receiver::<SetIter>(object)?;
    let ahead = SetIter {
        set: ObjCell::new(iterator.set.get()),
        position: iterator.position.clone(),
        used: iterator.used.clone(),
        left: iterator.left.clone(),
    };
    let mut elements = Vec::new();
    while let Some(element) = ahead.next(vm)? {
        elements.push(element);
    }
    reduced(function, vec![List::new(elements).into_obj()], None)
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &SET_ITERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(next));
        })
        .methods(METHODS)
        .ready();
}
