//! `dict_keys`, `dict_values`, `dict_items`. CPython: Objects/dictobject.c.

use super::iterators::DictIter;
use crate::builtins::sequence::Shown;
use crate::builtins::set::{self, is_any_set};
use crate::builtins::{builtin_type, mapping_proxy};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::sequence::{List, Tuple};
use crate::set::Set;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// What of a dict's entries a view or iterator shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Keys,
    Values,
    Items,
}

/// A view of a dict.
pub(crate) struct DictView {
    pub(crate) dict: Ref<Dict>,
    part: Part,
}

impl Payload for DictView {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &DICT_KEYS
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.dict.as_obj());
    }
}

builtin_type!(/** `dict_keys` */ DICT_KEYS, "dict_keys", DictView);
builtin_type!(/** `dict_values` */ DICT_VALUES, "dict_values", DictView, on DICT_KEYS);
builtin_type!(/** `dict_items` */ DICT_ITEMS, "dict_items", DictView, on DICT_KEYS);

/// A view of one part of `dict`.
pub(super) fn make(dict: &Ref<Dict>, part: Part) -> Obj {
    let ty = match part {
        Part::Keys => &DICT_KEYS,
        Part::Values => &DICT_VALUES,
        Part::Items => &DICT_ITEMS,
    };
    Ref::new_in(ty, DictView { dict: dict.clone(), part }).into_obj()
}

static KEYS_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "isdisjoint",
        "($self, object, /)",
        "Return True if the view and the given iterable have a null intersection.",
        NativeCall::One(isdisjoint),
    ),
    NativeDef::new(
        "__reversed__",
        "($self, /)",
        "Return a reverse iterator over the dict keys.",
        NativeCall::NoArgs(reversed),
    ),
];
static VALUES_METHODS: &[NativeDef] = &[NativeDef::new(
    "__reversed__",
    "($self, /)",
    "Return a reverse iterator over the dict values.",
    NativeCall::NoArgs(reversed),
)];
static ITEMS_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "isdisjoint",
        "($self, object, /)",
        "Return True if the view and the given iterable have a null intersection.",
        NativeCall::One(isdisjoint),
    ),
    NativeDef::new(
        "__reversed__",
        "($self, /)",
        "Return a reverse iterator over the dict items.",
        NativeCall::NoArgs(reversed),
    ),
];

static PROPERTIES: &[Property] =
    &[Property::new("mapping", "dictionary that this view refers to", |vm, view| {
        Ok(mapping_proxy::make(vm.receiver::<DictView>(view)?.dict.as_obj().clone()))
    })];

/// The object as a view that is like a set: of keys or of items.
fn set_like(object: &Obj) -> Option<&Ref<DictView>> {
    object.downcast::<DictView>().filter(|view| view.part != Part::Values)
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let text = vm.repr_guard(object, |vm| {
        let items = List::new(vm.collect(object)?).into_obj();
        let mut text = Shown::new(&object.ty().name());
        text.text("(");
        text.repr(vm, &items)?;
        text.text(")");
        Ok(text.finish())
    })?;
    Ok(text.unwrap_or_else(|| Str::new("...")).into_obj())
}

fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    Ok(vm.receiver::<DictView>(object)?.dict.len())
}

fn iter(vm: &Vm, object: &Obj) -> PyResult {
    let view = vm.receiver::<DictView>(object)?;
    Ok(DictIter::make(&view.dict, view.part, false))
}

fn reversed(vm: &Vm, object: &Obj) -> PyResult {
    let view = vm.receiver::<DictView>(object)?;
    Ok(DictIter::make(&view.dict, view.part, true))
}

fn contains(vm: &Vm, object: &Obj, item: &Obj) -> PyResult<bool> {
    let view = vm.receiver::<DictView>(object)?;
    if view.part == Part::Keys {
        return view.dict.contains(vm, item);
    }
    let Some([key, value]) = item.downcast::<Tuple>().map(|pair| pair.items()) else { return Ok(false) };
    match view.dict.get(vm, key)? {
        Some(found) => vm.eq(&found, value),
        None => Ok(false),
    }
}

/// Whether all items of `of` are in `container`.
fn all_contained(vm: &Vm, of: &Obj, container: &Obj) -> PyResult<bool> {
    let mut all = true;
    vm.for_each(of, |item| {
        all = vm.contains(container, &item)?;
        Ok(all)
    })?;
    Ok(all)
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    if !is_any_set(right) && set_like(right).is_none() {
        return Ok(vm.not_implemented());
    }
    let (a, b) = (vm.len(left)?, vm.len(right)?);
    let holds = match op {
        CompareOp::Eq => a == b && all_contained(vm, left, right)?,
        CompareOp::Ne => !(a == b && all_contained(vm, left, right)?),
        CompareOp::Lt => a < b && all_contained(vm, left, right)?,
        CompareOp::Le => a <= b && all_contained(vm, left, right)?,
        CompareOp::Gt => a > b && all_contained(vm, right, left)?,
        CompareOp::Ge => a >= b && all_contained(vm, right, left)?,
    };
    Ok(vm.bool(holds))
}

/// A new set of the items of an iterable.
fn to_set(vm: &Vm, iterable: &Obj) -> PyResult<Ref<Set>> {
    let set = Set::new();
    set::update(vm, &set, iterable)?;
    Ok(set)
}

fn subtract(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let result = to_set(vm, left)?;
    set::difference_update_one(vm, &result, right)?;
    Ok(result.into_obj())
}

fn and(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (view, other) = if set_like(left).is_some() { (left, right) } else { (right, left) };
    let result = Set::new();
    vm.for_each(other, |item| {
        if vm.contains(view, &item)? {
            result.add(vm, &item)?;
        }
        Ok(true)
    })?;
    Ok(result.into_obj())
}

fn or(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let result = to_set(vm, left)?;
    set::update(vm, &result, right)?;
    Ok(result.into_obj())
}

fn xor(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let result = to_set(vm, left)?;
    set::symmetric_difference_update_with(vm, &result, right)?;
    Ok(result.into_obj())
}

fn isdisjoint(vm: &Vm, object: &Obj, other: &Obj) -> PyResult {
    if object.is(other) {
        return Ok(vm.bool(vm.len(object)? == 0));
    }
    let (smaller, larger) =
        if (is_any_set(other) || set_like(other).is_some()) && vm.len(other)? > vm.len(object)? {
            (object, other)
        } else {
            (other, object)
        };
    let mut disjoint = true;
    vm.for_each(smaller, |item| {
        disjoint = !vm.contains(larger, &item)?;
        Ok(disjoint)
    })?;
    Ok(vm.bool(disjoint))
}

pub(super) fn init(vm: &Vm) {
    for (ty, methods) in
        [(&DICT_KEYS, KEYS_METHODS), (&DICT_ITEMS, ITEMS_METHODS), (&DICT_VALUES, VALUES_METHODS)]
    {
        let builder = TypeBuilder::new(vm, ty)
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .methods(methods)
            .properties(PROPERTIES)
            .slots(|slots| {
                slots.repr.set(Some(repr));
                slots.length.set(Some(length));
                slots.iter.set(Some(iter));
                if !ty.is(&DICT_VALUES) {
                    slots.contains.set(Some(contains));
                    slots.richcompare.set(Some(richcompare));
                    slots.nb_subtract.set(Some(subtract));
                    slots.nb_and.set(Some(and));
                    slots.nb_or.set(Some(or));
                    slots.nb_xor.set(Some(xor));
                }
            });
        builder.ready();
    }
}
