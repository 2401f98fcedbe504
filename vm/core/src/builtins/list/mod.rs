//! `list`. CPython: Objects/listobject.c. Sorting is in `sort`.

pub(crate) mod sort;

use super::LIST;
use super::sequence::{
    Shown, Subscript, bound, clamp_bounds, compare, index_argument, init_refuses_keywords, optional_argument,
    place, repeat, subscript,
};
use crate::call::Args;
use crate::errors::{Exc, PyResult};
use crate::iterators::ListIter;
use crate::number::Int;
use crate::object::{Obj, ObjVec, Ref};
use crate::ops::SliceRange;
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

static METHODS: &[NativeDef] = &[
    super::class_getitem_def("lists are generic over the type of their contents"),
    NativeDef::new("__getitem__", "($self, index, /)", "Return self[index].", NativeCall::One(getitem)),
    NativeDef::new(
        "append",
        "($self, object, /)",
        "Append object to the end of the list.",
        NativeCall::One(append),
    ),
    NativeDef::new("clear", "($self, /)", "Remove all items from list.", NativeCall::NoArgs(clear)),
    NativeDef::new("copy", "($self, /)", "Return a shallow copy of the list.", NativeCall::NoArgs(copy)),
    NativeDef::new(
        "count",
        "($self, value, /)",
        "Return number of occurrences of value.",
        NativeCall::One(count),
    ),
    NativeDef::new(
        "extend",
        "($self, iterable, /)",
        "Extend list by appending elements from the iterable.",
        NativeCall::One(extend),
    ),
    NativeDef::new(
        "index",
        "($self, value, start=0, stop=sys.maxsize, /)",
        "Return first index of value.\n\nRaises ValueError if the value is not present.",
        NativeCall::Positional(1, 3, index),
    ),
    NativeDef::new(
        "insert",
        "($self, index, object, /)",
        "Insert object before index.",
        NativeCall::Positional(2, 2, insert),
    ),
    NativeDef::new(
        "pop",
        "($self, index=-1, /)",
        "Remove and return item at index (default last).\n\nRaises IndexError if list is empty or index is out of range.",
        NativeCall::Positional(0, 1, pop),
    ),
    NativeDef::new(
        "remove",
        "($self, value, /)",
        "Remove first occurrence of value.\n\nRaises ValueError if the value is not present.",
        NativeCall::One(remove),
    ),
    NativeDef::new("reverse", "($self, /)", "Reverse *IN PLACE*.", NativeCall::NoArgs(reverse)),
    NativeDef::new(
        "sort",
        "($self, /, *, key=None, reverse=False)",
        "Sort the list in ascending order and return None.\n\nThe sort is in-place (i.e. the list itself is modified) and stable (i.e. the\norder of two equal elements is maintained).\n\nIf a key function is given, apply it once to each list item and sort them,\nascending or descending, according to their function values.\n\nThe reverse flag can be set to sort in descending order.",
        NativeCall::Full(sort::sort),
    ),
    NativeDef::new(
        "__reversed__",
        "($self, /)",
        "Return a reverse iterator over the list.",
        NativeCall::NoArgs(reversed),
    ),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Return the size of the list in memory, in bytes.",
        NativeCall::NoArgs(sizeof),
    ),
];

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, List { items: ObjVec::new(Vec::new()) }).into_obj())
}

fn init_list(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let list = vm.receiver::<List>(object)?;
    let iterable = optional_argument(vm, "list", args, init_refuses_keywords(object.ty(), &LIST))?;
    drop(list.items.take());
    match iterable {
        Some(iterable) => extend_with(vm, list, iterable),
        None => Ok(()),
    }
}

/// Appends the items of an iterable, one after another where it is not a list or tuple: those got before an exception
/// stay.
pub(crate) fn extend_with(vm: &Vm, list: &Ref<List>, iterable: &Obj) -> PyResult<()> {
    if let Some(other) = iterable.downcast_exact::<List>() {
        let items = other.items.to_vec();
        list.items.extend(items);
        return Ok(());
    }
    if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
        list.items.extend(tuple.items().to_vec());
        return Ok(());
    }
    let iterator = vm.iter(iterable)?;
    if let Some(hint) = vm.length_hint(iterable)? {
        list.items.reserve(hint.min(1 << 20));
    }
    while let Some(item) = vm.next(&iterator)? {
        list.items.push(item);
    }
    Ok(())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    let text = vm.repr_guard(object, |vm| {
        let mut text = Shown::new("[");
        text.reprs(vm, |index| list.items.get(index))?;
        text.text("]");
        Ok(text.finish())
    })?;
    Ok(text.unwrap_or_else(|| Str::new("[...]")).into_obj())
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<List>(), right.downcast::<List>()) else {
        return Ok(vm.not_implemented());
    };
    if a.items.len() != b.items.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(vm.bool(op == CompareOp::Ne));
    }
    compare(vm, op, |index| a.items.get(index), |index| b.items.get(index))
}

fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    Ok(vm.receiver::<List>(object)?.items.len())
}

fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    match subscript(vm, key, "list")? {
        Subscript::Index(index) => place(index, list.items.len())
            .and_then(|place| list.items.get(place))
            .ok_or_else(|| vm.index_error("list index out of range")),
        Subscript::Slice(parts) => {
            let range = parts.adjust(list.items.len());
            let items = if range.step == 1 {
                let start = range.start as usize;
                list.items.copy_range(start..start + range.count)
            } else {
                list.items.pick(range)
            };
            Ok(List::new(items).into_obj())
        }
    }
}

fn setitem(vm: &Vm, object: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let list = vm.receiver::<List>(object)?;
    match (subscript(vm, key, "list")?, value) {
        (Subscript::Index(index), Some(value)) => {
            let place = place(index, list.items.len());
            match place.map(|place| list.items.set(place, value.clone())) {
                Some(Ok(())) => Ok(()),
                _ => Err(vm.index_error("list assignment index out of range")),
            }
        }
        (Subscript::Index(index), None) => {
            match place(index, list.items.len()).and_then(|place| list.items.remove(place)) {
                Some(old) => {
                    drop(old);
                    Ok(())
                }
                None => Err(vm.index_error("list assignment index out of range")),
            }
        }
        (Subscript::Slice(parts), Some(value)) => {
            let items = items_to_assign(vm, value)?;
            let range = parts.adjust(list.items.len());
            if parts.step() == 1 {
                let start = range.start as usize;
                drop(list.items.splice(start..start + range.count, items));
                return Ok(());
            }
            assign_extended(vm, list, range, items)
        }
        (Subscript::Slice(parts), None) => {
            delete_slice(list, parts.adjust(list.items.len()));
            Ok(())
        }
    }
}

fn items_to_assign(vm: &Vm, value: &Obj) -> PyResult<Vec<Obj>> {
    if value.ty().slots.iter.get().is_none() && value.ty().slots.getitem.get().is_none() {
        return Err(vm.type_error("must assign iterable to extended slice"));
    }
    vm.collect(value)
}

/// Replaces single items, of which there must be as many as the slice has places.
fn assign_extended(vm: &Vm, list: &Ref<List>, range: SliceRange, items: Vec<Obj>) -> PyResult<()> {
    if items.len() != range.count {
        return Err(vm.value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {}",
            items.len(),
            range.count
        )));
    }
    let mut all = list.items.to_vec();
    for (index, item) in range.indices().zip(items) {
        all[index] = item;
    }
    drop(list.items.replace(all));
    Ok(())
}

/// Removes the items of a slice; they are dropped when the list is whole again.
fn delete_slice(list: &Ref<List>, range: SliceRange) {
    if range.count == 0 {
        return;
    }
    if range.step == 1 {
        let start = range.start as usize;
        drop(list.items.splice(start..start + range.count, Vec::new()));
        return;
    }
    let all = list.items.take();
    let mut gone = Vec::with_capacity(range.count);
    let mut left = Vec::with_capacity(all.len() - range.count);
    let (first, step) = if range.step > 0 {
        (range.start, range.step)
    } else {
        (range.start + range.step * (range.count as i64 - 1), -range.step)
    };
    let last = first + step * (range.count as i64 - 1);
    for (index, item) in all.into_iter().enumerate() {
        let index = index as i64;
        if (first..=last).contains(&index) && (index - first) % step == 0 {
            gone.push(item);
        } else {
            left.push(item);
        }
    }
    drop(list.items.replace(left));
    drop(gone);
}

fn contains(vm: &Vm, object: &Obj, item: &Obj) -> PyResult<bool> {
    let list = vm.receiver::<List>(object)?;
    Ok(find(vm, list, item, 0..usize::MAX)?.is_some())
}

/// The first place in `range` with an item equal to `item`.
fn find(vm: &Vm, list: &Ref<List>, item: &Obj, range: std::ops::Range<usize>) -> PyResult<Option<usize>> {
    for index in range {
        let Some(other) = list.items.slice().get(index) else { break };
        let equal = match Vm::quick_eq(other, item) {
            Some(equal) => equal,
            None => vm.eq(&other.clone(), item)?,
        };
        if equal {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn concat(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let a = vm.receiver::<List>(left)?;
    let Some(b) = right.downcast::<List>() else {
        return Err(
            vm.type_error(format!("can only concatenate list (not \"{}\") to list", right.ty().name()))
        );
    };
    Ok(List::new(a.items.joined(&b.items)).into_obj())
}

fn inplace_concat(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    extend_with(vm, vm.receiver::<List>(left)?, right)?;
    Ok(left.clone())
}

#[cold]
fn no_memory(vm: &Vm) -> Exc {
    vm.error_with(&super::MEMORY_ERROR, Vec::new())
}

fn sq_repeat(vm: &Vm, object: &Obj, count: i64) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    let items = repeat(&list.items.to_vec(), count).ok_or_else(|| no_memory(vm))?;
    Ok(List::new(items).into_obj())
}

fn inplace_repeat(vm: &Vm, object: &Obj, count: i64) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    let items = repeat(&list.items.to_vec(), count).ok_or_else(|| no_memory(vm))?;
    drop(list.items.replace(items));
    Ok(object.clone())
}

fn iter(vm: &Vm, object: &Obj) -> PyResult {
    Ok(ListIter::new(vm.receiver::<List>(object)?.clone()).into_obj())
}

fn append(vm: &Vm, object: &Obj, item: &Obj) -> PyResult {
    vm.receiver::<List>(object)?.items.push(item.clone());
    Ok(vm.none())
}

fn clear(vm: &Vm, object: &Obj) -> PyResult {
    drop(vm.receiver::<List>(object)?.items.take());
    Ok(vm.none())
}

fn copy(vm: &Vm, object: &Obj) -> PyResult {
    Ok(List::new(vm.receiver::<List>(object)?.items.to_vec()).into_obj())
}

fn count(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    let (mut count, mut index) = (0, 0);
    while let Some(item) = list.items.get(index) {
        count += i64::from(vm.eq(&item, value)?);
        index += 1;
    }
    Ok(Int::new(count))
}

fn extend(vm: &Vm, object: &Obj, iterable: &Obj) -> PyResult {
    extend_with(vm, vm.receiver::<List>(object)?, iterable)?;
    Ok(vm.none())
}

fn index(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    let start = args.get(1).map_or(Ok(0), |start| bound(vm, start))?;
    let stop = args.get(2).map_or(Ok(i64::MAX), |stop| bound(vm, stop))?;
    match find(vm, list, &args[0], clamp_bounds(start, stop, list.items.len()))? {
        Some(index) => Ok(Int::from_usize(index)),
        None => Err(vm.value_error("list.index(x): x not in list")),
    }
}

fn insert(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    let index = index_argument(vm, &args[0])?;
    let length = list.items.len() as i64;
    let index = if index < 0 { index.saturating_add(length).max(0) } else { index };
    list.items.insert(index.min(length) as usize, args[1].clone());
    Ok(vm.none())
}

fn pop(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    let index = args.first().map_or(Ok(-1), |index| index_argument(vm, index))?;
    if list.items.is_empty() {
        return Err(vm.index_error("pop from empty list"));
    }
    if index == -1 {
        return list.items.pop().ok_or_else(|| vm.index_error("pop from empty list"));
    }
    place(index, list.items.len())
        .and_then(|place| list.items.remove(place))
        .ok_or_else(|| vm.index_error("pop index out of range"))
}

fn remove(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    match find(vm, list, value, 0..usize::MAX)? {
        Some(index) => {
            drop(list.items.remove(index));
            Ok(vm.none())
        }
        None => Err(vm.value_error("list.remove(x): x not in list")),
    }
}

fn reverse(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<List>(object)?.items.reverse();
    Ok(vm.none())
}

fn reversed(vm: &Vm, object: &Obj) -> PyResult {
    Ok(super::sequence_iterators::ListReverseIter::make(vm.receiver::<List>(object)?))
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    Ok(Int::from_usize(object.ty().instance_size() + list.items.capacity() * size_of::<Obj>()))
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &LIST)
        .doc("list(iterable=(), /)\n--\n\nBuilt-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.")
        .flags(TypeFlags::BASETYPE | TypeFlags::SEQUENCE | TypeFlags::MATCH_SELF)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init_list));
            slots.repr.set(Some(repr));
            slots.richcompare.set(Some(richcompare));
            slots.length.set(Some(length));
            slots.getitem.set(Some(getitem));
            slots.setitem.set(Some(setitem));
            slots.contains.set(Some(contains));
            slots.sq_concat.set(Some(concat));
            slots.sq_inplace_concat.set(Some(inplace_concat));
            slots.sq_repeat.set(Some(sq_repeat));
            slots.sq_inplace_repeat.set(Some(inplace_repeat));
            slots.iter.set(Some(iter));
        })
        .methods(METHODS)
        .ready();
}
