//! Iterators over dicts: keys, values and items, in both directions. CPython: Objects/dictobject.c.

use std::cell::Cell;

use super::views::Part;
use crate::builtins::builtin_type;
use crate::builtins::object::iter_self;
use crate::builtins::sequence_iterators::{length_hint_def, reduce_def, reduced};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::{List, Tuple};
use crate::types::{NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// An iterator over a dict. Its type tells nothing that is not here.
pub(crate) struct DictIter {
    /// The dict; none once the end was reached.
    dict: ObjCell,
    part: Part,
    backwards: bool,
    /// Forwards, the position of the next entry; backwards, the one behind it.
    position: Cell<usize>,
    /// How many keys the dict had; `CHANGED` once that was found to have changed.
    used: Cell<usize>,
    /// How many entries are left.
    left: Cell<usize>,
}

const CHANGED: usize = usize::MAX;

impl Payload for DictIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &DICT_KEY_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.dict.traverse(visitor);
    }
}

builtin_type!(/** `dict_keyiterator` */ DICT_KEY_ITERATOR, "dict_keyiterator", DictIter);
builtin_type!(/** `dict_valueiterator` */ DICT_VALUE_ITERATOR, "dict_valueiterator", DictIter, on DICT_KEY_ITERATOR);
builtin_type!(/** `dict_itemiterator` */ DICT_ITEM_ITERATOR, "dict_itemiterator", DictIter, on DICT_KEY_ITERATOR);
builtin_type!(/** `dict_reversekeyiterator` */ DICT_REVERSE_KEY_ITERATOR, "dict_reversekeyiterator", DictIter, on DICT_KEY_ITERATOR);
builtin_type!(/** `dict_reversevalueiterator` */ DICT_REVERSE_VALUE_ITERATOR, "dict_reversevalueiterator", DictIter, on DICT_KEY_ITERATOR);
builtin_type!(/** `dict_reverseitemiterator` */ DICT_REVERSE_ITEM_ITERATOR, "dict_reverseitemiterator", DictIter, on DICT_KEY_ITERATOR);

impl DictIter {
    pub(super) fn make(dict: &Ref<Dict>, part: Part, backwards: bool) -> Obj {
        let ty = match (part, backwards) {
            (Part::Keys, false) => &DICT_KEY_ITERATOR,
            (Part::Values, false) => &DICT_VALUE_ITERATOR,
            (Part::Items, false) => &DICT_ITEM_ITERATOR,
            (Part::Keys, true) => &DICT_REVERSE_KEY_ITERATOR,
            (Part::Values, true) => &DICT_REVERSE_VALUE_ITERATOR,
            (Part::Items, true) => &DICT_REVERSE_ITEM_ITERATOR,
        };
        Ref::new_in(
            ty,
            Self {
                dict: ObjCell::new(Some(dict.as_obj().clone())),
                part,
                backwards,
                position: Cell::new(if backwards { dict.table.end() } else { 0 }),
                used: Cell::new(dict.len()),
                left: Cell::new(dict.len()),
            },
        )
        .into_obj()
    }

    /// The next item.
    pub(crate) fn next(&self, vm: &Vm) -> PyResult<Option<Obj>> {
        let Some(dict) = self.dict.get_as::<Dict>() else { return Ok(None) };
        if self.used.get() != dict.len() {
            self.used.set(CHANGED);
            return Err(vm.runtime_error("dictionary changed size during iteration"));
        }
        let mut position = self.position.get();
        let entry = if self.backwards { dict.previous(&mut position) } else { dict.next(&mut position) };
        self.position.set(position);
        let Some((key, value)) = entry else {
            drop(self.dict.take());
            return Ok(None);
        };
        let Some(left) = self.left.get().checked_sub(1) else {
            self.used.set(CHANGED);
            return Err(vm.runtime_error("dictionary keys changed during iteration"));
        };
        self.left.set(left);
        Ok(Some(self.part.of(key, value)))
    }
}

static METHODS: &[NativeDef] = &[length_hint_def(hint), reduce_def(reduce)];

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    vm.receiver::<DictIter>(object)?.next(vm)
}

fn hint(vm: &Vm, object: &Obj) -> PyResult {
    let iterator = vm.receiver::<DictIter>(object)?;
    let same = iterator.dict.get_as::<Dict>().is_some_and(|dict| dict.len() == iterator.used.get());
    Ok(Int::from_usize(if same { iterator.left.get() } else { 0 }))
}

/// `(iter, ([what is left],))`: the iterator itself stays where it is.
fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let iterator = vm.receiver::<DictIter>(object)?;
    let ahead = DictIter {
        dict: ObjCell::new(iterator.dict.get()),
        part: iterator.part,
        backwards: iterator.backwards,
        position: iterator.position.clone(),
        used: iterator.used.clone(),
        left: iterator.left.clone(),
    };
    let mut items = Vec::new();
    while let Some(item) = ahead.next(vm)? {
        items.push(item);
    }
    reduced(function, vec![List::new(items).into_obj()], None)
}

impl Part {
    /// What an iterator over this part gives of an entry.
    fn of(self, key: Obj, value: Obj) -> Obj {
        match self {
            Self::Keys => key,
            Self::Values => value,
            Self::Items => Tuple::of([key, value]).into_obj(),
        }
    }
}

pub(super) fn init(vm: &Vm) {
    for ty in [
        &DICT_KEY_ITERATOR,
        &DICT_VALUE_ITERATOR,
        &DICT_ITEM_ITERATOR,
        &DICT_REVERSE_KEY_ITERATOR,
        &DICT_REVERSE_VALUE_ITERATOR,
        &DICT_REVERSE_ITEM_ITERATOR,
    ] {
        TypeBuilder::new(vm, ty)
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .slots(|slots| {
                slots.iter.set(Some(iter_self));
                slots.iternext.set(Some(next));
            })
            .methods(METHODS)
            .ready();
    }
}
