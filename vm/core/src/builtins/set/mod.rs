//! `set` and `frozenset`. CPython: Objects/setobject.c. The operations are in `operations`.

mod iterator;
mod operations;

pub(crate) use operations::{difference_update_one, symmetric_difference_update_with, update};

use super::sequence::{Shown, optional_argument, refuses_keywords};
use super::{FROZENSET, SET};
use crate::call::Args;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::Obj;
use crate::sequence::{List, Tuple};
use crate::set::Set;
use crate::types::{NativeCall, NativeDef, Slots, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;
use operations as ops;

const CONTAINS: NativeDef = NativeDef::new(
    "__contains__",
    "($self, object, /)",
    "x.__contains__(y) <==> y in x.",
    NativeCall::One(|vm, set, object| Ok(vm.bool(contains(vm, set, object)?))),
);
const COPY: NativeDef =
    NativeDef::new("copy", "($self, /)", "Return a shallow copy of a set.", NativeCall::NoArgs(copy));
const DIFFERENCE: NativeDef = NativeDef::new(
    "difference",
    "($self, /, *others)",
    "Return a new set with elements in the set that are not in the others.",
    NativeCall::Full(ops::difference_method),
);
const INTERSECTION: NativeDef = NativeDef::new(
    "intersection",
    "($self, /, *others)",
    "Return a new set with elements common to the set and all others.",
    NativeCall::Full(ops::intersection_method),
);
const ISDISJOINT: NativeDef = NativeDef::new(
    "isdisjoint",
    "($self, other, /)",
    "Return True if two sets have a null intersection.",
    NativeCall::One(ops::isdisjoint),
);
const ISSUBSET: NativeDef = NativeDef::new(
    "issubset",
    "($self, other, /)",
    "Report whether another set contains this set.",
    NativeCall::One(ops::issubset),
);
const ISSUPERSET: NativeDef = NativeDef::new(
    "issuperset",
    "($self, other, /)",
    "Report whether this set contains another set.",
    NativeCall::One(ops::issuperset),
);
const REDUCE: NativeDef = NativeDef::new(
    "__reduce__",
    "($self, /)",
    "Return state information for pickling.",
    NativeCall::NoArgs(reduce),
);
const SIZEOF: NativeDef = NativeDef::new(
    "__sizeof__",
    "($self, /)",
    "S.__sizeof__() -> size of S in memory, in bytes.",
    NativeCall::NoArgs(sizeof),
);
const SYMMETRIC_DIFFERENCE: NativeDef = NativeDef::new(
    "symmetric_difference",
    "($self, other, /)",
    "Return a new set with elements in either the set or other but not both.",
    NativeCall::One(ops::symmetric_difference),
);
const UNION: NativeDef = NativeDef::new(
    "union",
    "($self, /, *others)",
    "Return a new set with elements from the set and all others.",
    NativeCall::Full(ops::union_method),
);

static FROZENSET_METHODS: &[NativeDef] = &[
    super::class_getitem_def("frozensets are generic over the type of their elements"),
    CONTAINS,
    COPY,
    DIFFERENCE,
    INTERSECTION,
    ISDISJOINT,
    ISSUBSET,
    ISSUPERSET,
    REDUCE,
    SIZEOF,
    SYMMETRIC_DIFFERENCE,
    UNION,
];

static SET_METHODS: &[NativeDef] = &[
    super::class_getitem_def("sets are generic over the type of their elements"),
    CONTAINS,
    COPY,
    DIFFERENCE,
    INTERSECTION,
    ISDISJOINT,
    ISSUBSET,
    ISSUPERSET,
    REDUCE,
    SIZEOF,
    SYMMETRIC_DIFFERENCE,
    UNION,
    NativeDef::new(
        "add",
        "($self, object, /)",
        "Add an element to a set.\n\nThis has no effect if the element is already present.",
        NativeCall::One(add),
    ),
    NativeDef::new("clear", "($self, /)", "Remove all elements from this set.", NativeCall::NoArgs(clear)),
    NativeDef::new(
        "discard",
        "($self, object, /)",
        "Remove an element from a set if it is a member.\n\nUnlike set.remove(), the discard() method does not raise\nan exception when an element is missing from the set.",
        NativeCall::One(discard),
    ),
    NativeDef::new(
        "difference_update",
        "($self, /, *others)",
        "Update the set, removing elements found in others.",
        NativeCall::Full(ops::difference_update),
    ),
    NativeDef::new(
        "intersection_update",
        "($self, /, *others)",
        "Update the set, keeping only elements found in it and all others.",
        NativeCall::Full(ops::intersection_update),
    ),
    NativeDef::new(
        "pop",
        "($self, /)",
        "Remove and return an arbitrary set element.\n\nRaises KeyError if the set is empty.",
        NativeCall::NoArgs(pop),
    ),
    NativeDef::new(
        "remove",
        "($self, object, /)",
        "Remove an element from a set; it must be a member.\n\nIf the element is not a member, raise a KeyError.",
        NativeCall::One(remove),
    ),
    NativeDef::new(
        "symmetric_difference_update",
        "($self, other, /)",
        "Update the set, keeping only elements found in either set, but not in both.",
        NativeCall::One(ops::symmetric_difference_update),
    ),
    NativeDef::new(
        "update",
        "($self, /, *others)",
        "Update the set, adding elements from all others.",
        NativeCall::Full(ops::update_method),
    ),
];

/// Whether the object is a set or frozenset.
pub(crate) fn is_any_set(object: &Obj) -> bool {
    object.downcast::<Set>().is_some()
}

/// Whether the object's type is exactly set or frozenset.
pub(crate) fn is_exact_any_set(object: &Obj) -> bool {
    object.is_exact(&SET) || object.is_exact(&FROZENSET)
}

/// `set` or `frozenset`: what operations on an instance of `ty` return.
fn base_type(ty: &TypeObject) -> &'static TypeObject {
    if ty.is_subtype_of(&FROZENSET) { &FROZENSET } else { &SET }
}

/// The hash of an element that is looked for: a set, which has none, is looked for as the frozenset of the same
/// elements.
fn hash_sought(vm: &Vm, element: &Obj) -> PyResult<i64> {
    match vm.hash_element(element) {
        Err(error) if error.is(&super::TYPE_ERROR) => match element.downcast::<Set>() {
            Some(set) if !element.is_instance_of(&FROZENSET) => Ok(set.elements_hash()),
            _ => Err(error),
        },
        result => result,
    }
}

impl Set {
    /// The hash of a frozenset of these elements. CPython: `frozenset_hash_impl`.
    pub(crate) fn elements_hash(&self) -> i64 {
        let mut hash = 0_u64;
        let mut position = 0;
        while let Some((_, element)) = self.next(&mut position) {
            let element = element as u64;
            hash ^= ((element ^ 89_869_747) ^ (element << 16)).wrapping_mul(3_644_798_167);
        }
        hash ^= (self.len() as u64 + 1).wrapping_mul(1_927_868_237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69069).wrapping_add(907_133_923);
        match hash as i64 {
            -1 => 590_923_713,
            hash => hash,
        }
    }
}

fn set_new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Set::new_in(ty).into_obj())
}

fn set_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let set = vm.receiver::<Set>(object)?;
    let iterable = optional_argument(vm, "set", args, true)?;
    drop(set.table.take());
    match iterable {
        Some(iterable) => update(vm, set, iterable),
        None => Ok(()),
    }
}

fn frozenset_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let iterable = optional_argument(vm, "frozenset", args, refuses_keywords(ty, &FROZENSET))?;
    match iterable {
        Some(iterable) if ty.is(&FROZENSET) && iterable.is_exact(&FROZENSET) => Ok(iterable.clone()),
        _ => {
            let set = Set::new_in(ty);
            if let Some(iterable) = iterable {
                update(vm, &set, iterable)?;
            }
            Ok(set.into_obj())
        }
    }
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let set = vm.receiver::<Set>(object)?;
    let name = object.ty().name();
    let text = vm.repr_guard(object, |vm| {
        if set.is_empty() {
            let mut text = Shown::new(&name);
            text.text("()");
            return Ok(text.finish());
        }
        let plain = object.is_exact(&SET);
        let mut text = Shown::new(if plain { "" } else { &name });
        text.text(if plain { "{" } else { "({" });
        let elements = set.elements();
        text.reprs(vm, |index| elements.get(index).cloned())?;
        text.text(if plain { "}" } else { "})" });
        Ok(text.finish())
    })?;
    Ok(text
        .unwrap_or_else(|| {
            let mut text = Shown::new(&name);
            text.text("(...)");
            text.finish()
        })
        .into_obj())
}

fn frozenset_hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let set = vm.receiver::<Set>(object)?;
    if set.hash.get() == -1 {
        set.hash.set(set.elements_hash());
    }
    Ok(set.hash.get())
}

fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    Ok(vm.receiver::<Set>(object)?.len())
}

fn contains(vm: &Vm, object: &Obj, element: &Obj) -> PyResult<bool> {
    let hash = hash_sought(vm, element)?;
    vm.receiver::<Set>(object)?.contains_hashed(vm, element, hash)
}

fn iter(vm: &Vm, object: &Obj) -> PyResult {
    Ok(iterator::SetIter::make(vm.receiver::<Set>(object)?))
}

fn copy(vm: &Vm, object: &Obj) -> PyResult {
    if object.is_exact(&FROZENSET) {
        return Ok(object.clone());
    }
    Ok(ops::copy_of(vm.receiver::<Set>(object)?).into_obj())
}

fn add(vm: &Vm, object: &Obj, element: &Obj) -> PyResult {
    vm.receiver::<Set>(object)?.add(vm, element)?;
    Ok(vm.none())
}

fn clear(vm: &Vm, object: &Obj) -> PyResult {
    drop(vm.receiver::<Set>(object)?.table.take());
    Ok(vm.none())
}

fn discard(vm: &Vm, object: &Obj, element: &Obj) -> PyResult {
    let hash = hash_sought(vm, element)?;
    vm.receiver::<Set>(object)?.remove_hashed(vm, element, hash)?;
    Ok(vm.none())
}

fn remove(vm: &Vm, object: &Obj, element: &Obj) -> PyResult {
    let hash = hash_sought(vm, element)?;
    if vm.receiver::<Set>(object)?.remove_hashed(vm, element, hash)? {
        Ok(vm.none())
    } else {
        Err(vm.key_error(element))
    }
}

fn pop(vm: &Vm, object: &Obj) -> PyResult {
    let set = vm.receiver::<Set>(object)?;
    match set.table.last().and_then(|index| set.table.remove_last(index, ())) {
        Some((element, ())) => Ok(element),
        None => Err(vm.error(&super::KEY_ERROR, "pop from an empty set")),
    }
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let elements = List::new(vm.receiver::<Set>(object)?.elements()).into_obj();
    let state = vm.call_method(object, &vm.names().__getstate__, &[])?;
    let args = Tuple::new(vec![elements]).into_obj();
    Ok(Tuple::new(vec![object.ty().to_obj(), args, state]).into_obj())
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let set = vm.receiver::<Set>(object)?;
    Ok(Int::from_usize(object.ty().instance_size() + set.table.bytes()))
}

/// The slots that both types have.
fn common_slots(slots: &Slots) {
    slots.repr.set(Some(repr));
    slots.richcompare.set(Some(ops::richcompare));
    slots.length.set(Some(length));
    slots.contains.set(Some(contains));
    slots.iter.set(Some(iter));
    slots.nb_and.set(Some(ops::and));
    slots.nb_or.set(Some(ops::or));
    slots.nb_xor.set(Some(ops::xor));
    slots.nb_subtract.set(Some(ops::subtract));
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &SET)
        .doc("set(iterable=(), /)\n--\n\nBuild an unordered collection of unique elements.")
        .flags(TypeFlags::BASETYPE | TypeFlags::MATCH_SELF | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            common_slots(slots);
            slots.new.set(Some(set_new));
            slots.init.set(Some(set_init));
            slots.nb_inplace_and.set(Some(ops::inplace_and));
            slots.nb_inplace_or.set(Some(ops::inplace_or));
            slots.nb_inplace_xor.set(Some(ops::inplace_xor));
            slots.nb_inplace_subtract.set(Some(ops::inplace_subtract));
        })
        .methods(SET_METHODS)
        .ready();
    TypeBuilder::new(vm, &FROZENSET)
        .doc("frozenset(iterable=(), /)\n--\n\nBuild an immutable unordered collection of unique elements.")
        .flags(TypeFlags::BASETYPE | TypeFlags::MATCH_SELF | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            common_slots(slots);
            slots.new.set(Some(frozenset_new));
            slots.hash.set(Some(frozenset_hash));
        })
        .methods(FROZENSET_METHODS)
        .ready();
    iterator::init(vm);
}
