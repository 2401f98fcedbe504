//! `deque`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use lasti_vm::builtins::class_getitem_def;
use lasti_vm::builtins::sequence::{Shown, bound, clamp_bounds, compare, index_for_subscript, place};
use lasti_vm::call::{Args, Signature};
use lasti_vm::module::Module;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Exc, PyResult, Ref, Vm};

use super::deque_iterators::DequeIter;

/// `deque`. No borrow of the items lasts while an object is dropped or Python code runs.
pub(crate) struct Deque {
    items: RefCell<VecDeque<Obj>>,
    max_length: Cell<Option<usize>>,
    /// Changes whenever items are added or removed.
    changes: Cell<u64>,
}

impl Deque {
    fn empty(max_length: Option<usize>) -> Self {
        Self {
            items: RefCell::new(VecDeque::new()),
            max_length: Cell::new(max_length),
            changes: Cell::new(0),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.items.borrow().len()
    }

    pub(super) fn get(&self, index: usize) -> Option<Obj> {
        self.items.borrow().get(index).cloned()
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes.get()
    }

    fn changed(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
    }

    fn is_full(&self) -> bool {
        self.max_length.get().is_some_and(|max| self.len() >= max)
    }

    /// Whether there are more items than allowed.
    fn is_overfull(&self) -> bool {
        self.max_length.get().is_some_and(|max| self.len() > max)
    }

    fn push_right(&self, item: Obj) {
        self.changed();
        self.items.borrow_mut().push_back(item);
        if self.is_overfull() {
            let old = self.items.borrow_mut().pop_front();
            drop(old);
        }
    }

    fn push_left(&self, item: Obj) {
        self.changed();
        self.items.borrow_mut().push_front(item);
        if self.is_overfull() {
            let old = self.items.borrow_mut().pop_back();
            drop(old);
        }
    }

    fn take(&self) -> VecDeque<Obj> {
        self.changed();
        self.items.take()
    }

    fn to_vec(&self) -> Vec<Obj> {
        self.items.borrow().iter().cloned().collect()
    }

    fn rotate(&self, by: i64) {
        let mut items = self.items.borrow_mut();
        if let Ok(length) = i64::try_from(items.len())
            && length > 0
        {
            items.rotate_right(by.rem_euclid(length) as usize);
        }
        drop(items);
        self.changed();
    }
}

impl Payload for Deque {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &DEQUE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for item in self.items.borrow().iter() {
            visitor.visit(item);
        }
    }

    fn clear(&self) {
        drop(self.take());
    }
}

lasti_vm::builtin_type!(/** `collections.deque` */ DEQUE, "deque", Deque);

static METHODS: &[NativeDef] = &[
    class_getitem_def("deques are generic over the type of their contents"),
    NativeDef::new(
        "append",
        "($self, item, /)",
        "Add an element to the right side of the deque.",
        NativeCall::One(append),
    ),
    NativeDef::new(
        "appendleft",
        "($self, item, /)",
        "Add an element to the left side of the deque.",
        NativeCall::One(appendleft),
    ),
    NativeDef::new("clear", "($self, /)", "Remove all elements from the deque.", NativeCall::NoArgs(clear)),
    NativeDef::new("__copy__", "($self, /)", "Return a shallow copy of a deque.", NativeCall::NoArgs(copy)),
    NativeDef::new("copy", "($self, /)", "Return a shallow copy of a deque.", NativeCall::NoArgs(copy)),
    NativeDef::new(
        "count",
        "($self, value, /)",
        "Return number of occurrences of value.",
        NativeCall::One(count),
    ),
    NativeDef::new(
        "extend",
        "($self, iterable, /)",
        "Extend the right side of the deque with elements from the iterable.",
        NativeCall::One(extend),
    ),
    NativeDef::new(
        "extendleft",
        "($self, iterable, /)",
        "Extend the left side of the deque with elements from the iterable.",
        NativeCall::One(extendleft),
    ),
    NativeDef::new(
        "index",
        "($self, value, [start, [stop]])",
        "Return first index of value.\n\nRaises ValueError if the value is not present.",
        NativeCall::Positional(1, 3, index),
    ),
    NativeDef::new(
        "insert",
        "($self, index, value, /)",
        "Insert value before index.",
        NativeCall::Positional(2, 2, insert),
    ),
    NativeDef::new("pop", "($self, /)", "Remove and return the rightmost element.", NativeCall::NoArgs(pop)),
    NativeDef::new(
        "popleft",
        "($self, /)",
        "Remove and return the leftmost element.",
        NativeCall::NoArgs(popleft),
    ),
    NativeDef::new(
        "__reduce__",
        "($self, /)",
        "Return state information for pickling.",
        NativeCall::NoArgs(reduce),
    ),
    NativeDef::new(
        "remove",
        "($self, value, /)",
        "Remove first occurrence of value.",
        NativeCall::One(remove),
    ),
    NativeDef::new(
        "__reversed__",
        "($self, /)",
        "Return a reverse iterator over the deque.",
        NativeCall::NoArgs(reversed),
    ),
    NativeDef::new("reverse", "($self, /)", "Reverse *IN PLACE*.", NativeCall::NoArgs(reverse)),
    NativeDef::new(
        "rotate",
        "($self, n=1, /)",
        "Rotate the deque n steps to the right.  If n is negative, rotates left.",
        NativeCall::Positional(0, 1, rotate),
    ),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Return the size of the deque in memory, in bytes.",
        NativeCall::NoArgs(sizeof),
    ),
];

static PROPERTIES: &[Property] =
    &[Property::new("maxlen", "maximum size of a deque or None if unbounded", |vm, object| {
        Ok(max_length(vm, vm.receiver::<Deque>(object)?))
    })];

static SIGNATURE: Signature<2> = Signature::new("deque", ["iterable", "maxlen"], 0);

fn max_length(vm: &Vm, deque: &Deque) -> Obj {
    vm.or_none(deque.max_length.get().map(Int::from_usize))
}

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Deque::empty(None)).into_obj())
}

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let deque = vm.receiver::<Deque>(object)?;
    let [iterable, max_length] = args.bind(vm, &SIGNATURE)?;
    let max_length = match max_length {
        Some(max) if !vm.is_none(max) => {
            if max.as_int().is_none() {
                return Err(vm.type_error("an integer is required"));
            }
            match usize::try_from(vm.index_i64(max)?) {
                Ok(max) => Some(max),
                Err(_) => return Err(vm.value_error("maxlen must be non-negative")),
            }
        }
        _ => None,
    };
    deque.max_length.set(max_length);
    if deque.len() > 0 {
        drop(deque.take());
    }
    match iterable {
        Some(iterable) => extend_right(vm, deque, iterable),
        None => Ok(()),
    }
}

fn extend_right(vm: &Vm, deque: &Ref<Deque>, iterable: &Obj) -> PyResult<()> {
    if iterable.is(deque.as_obj()) {
        for item in deque.to_vec() {
            deque.push_right(item);
        }
        return Ok(());
    }
    vm.for_each(iterable, |item| {
        deque.push_right(item);
        Ok(true)
    })
}

fn mutated(vm: &Vm) -> Exc {
    vm.runtime_error("deque mutated during iteration")
}

fn append(vm: &Vm, object: &Obj, item: &Obj) -> PyResult {
    vm.receiver::<Deque>(object)?.push_right(item.clone());
    Ok(vm.none())
}

fn appendleft(vm: &Vm, object: &Obj, item: &Obj) -> PyResult {
    vm.receiver::<Deque>(object)?.push_left(item.clone());
    Ok(vm.none())
}

fn clear(vm: &Vm, object: &Obj) -> PyResult {
    drop(vm.receiver::<Deque>(object)?.take());
    Ok(vm.none())
}

/// A deque with these items and the same maximum.
fn like(deque: &Deque, items: Vec<Obj>) -> Obj {
    let max = deque.max_length.get();
    let mut items = VecDeque::from(items);
    let excess = max.map_or(0, |max| items.len().saturating_sub(max));
    drop(items.drain(..excess).collect::<Vec<_>>());
    let copy = Deque::empty(max);
    copy.items.replace(items);
    Ref::new(copy).into_obj()
}

fn copy(vm: &Vm, object: &Obj) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    if object.is_exact(&DEQUE) {
        return Ok(like(deque, deque.to_vec()));
    }
    let class = object.ty().to_obj();
    match deque.max_length.get() {
        Some(max) => vm.call(&class, &[object.clone(), Int::from_usize(max)]),
        None => vm.call(&class, std::slice::from_ref(object)),
    }
}

/// Looks for `value` in a range of places, and raises if the deque changes meanwhile.
fn find(
    vm: &Vm,
    deque: &Ref<Deque>,
    value: &Obj,
    range: std::ops::Range<usize>,
    changed: impl Fn() -> Exc,
) -> PyResult<Option<usize>> {
    let changes = deque.changes();
    for index in range {
        let Some(item) = deque.get(index) else { break };
        let equal = vm.eq(&item, value)?;
        if deque.changes() != changes {
            return Err(changed());
        }
        if equal {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn count(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    let (mut count, mut from) = (0, 0);
    while let Some(index) = find(vm, deque, value, from..usize::MAX, || mutated(vm))? {
        count += 1;
        from = index + 1;
    }
    Ok(Int::new(count))
}

fn contains(vm: &Vm, object: &Obj, value: &Obj) -> PyResult<bool> {
    let deque = vm.receiver::<Deque>(object)?;
    Ok(find(vm, deque, value, 0..usize::MAX, || mutated(vm))?.is_some())
}

fn extend(vm: &Vm, object: &Obj, iterable: &Obj) -> PyResult {
    extend_right(vm, vm.receiver::<Deque>(object)?, iterable)?;
    Ok(vm.none())
}

fn extendleft(vm: &Vm, object: &Obj, iterable: &Obj) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    if iterable.is(object) {
        for item in deque.to_vec() {
            deque.push_left(item);
        }
        return Ok(vm.none());
    }
    vm.for_each(iterable, |item| {
        deque.push_left(item);
        Ok(true)
    })?;
    Ok(vm.none())
}

fn index(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    let start = args.get(1).map_or(Ok(0), |start| bound(vm, start))?;
    let stop = args.get(2).map_or(Ok(i64::MAX), |stop| bound(vm, stop))?;
    let range = clamp_bounds(start, stop, deque.len());
    match find(vm, deque, &args[0], range, || mutated(vm))? {
        Some(index) => Ok(Int::from_usize(index)),
        None => Err(vm.value_error("deque.index(x): x not in deque")),
    }
}

fn insert(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    let index = vm.index_i64(&args[0])?;
    if deque.is_full() {
        return Err(vm.index_error("deque already at its maximum size"));
    }
    let length = deque.len() as i64;
    let index = if index < 0 { index.saturating_add(length).max(0) } else { index.min(length) };
    deque.changed();
    deque.items.borrow_mut().insert(index as usize, args[1].clone());
    Ok(vm.none())
}

fn pop(vm: &Vm, object: &Obj) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    let item = deque.items.borrow_mut().pop_back();
    deque.changed();
    item.ok_or_else(|| vm.index_error("pop from an empty deque"))
}

fn popleft(vm: &Vm, object: &Obj) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    let item = deque.items.borrow_mut().pop_front();
    deque.changed();
    item.ok_or_else(|| vm.index_error("pop from an empty deque"))
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    let state = vm.call_method(object, &vm.names().__getstate__, &[])?;
    let items = vm.iter(object)?;
    let args = match deque.max_length.get() {
        Some(max) => Tuple::new(vec![vm.empty_tuple().into_obj(), Int::from_usize(max)]),
        None => vm.empty_tuple(),
    };
    Ok(Tuple::new(vec![object.ty().to_obj(), args.into_obj(), state, items]).into_obj())
}

fn remove(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    let changed = || vm.index_error("deque mutated during remove().");
    let Some(index) = find(vm, deque, value, 0..usize::MAX, changed)? else {
        return Err(vm.value_error("deque.remove(x): x not in deque"));
    };
    let item = deque.items.borrow_mut().remove(index);
    deque.changed();
    drop(item);
    Ok(vm.none())
}

fn reversed(vm: &Vm, object: &Obj) -> PyResult {
    Ok(DequeIter::make(vm.receiver::<Deque>(object)?, true))
}

fn iter(vm: &Vm, object: &Obj) -> PyResult {
    Ok(DequeIter::make(vm.receiver::<Deque>(object)?, false))
}

fn reverse(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<Deque>(object)?.items.borrow_mut().make_contiguous().reverse();
    Ok(vm.none())
}

fn rotate(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let by = args.first().map_or(Ok(1), |by| vm.index_i64(by))?;
    vm.receiver::<Deque>(object)?.rotate(by);
    Ok(vm.none())
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let capacity = vm.receiver::<Deque>(object)?.items.borrow().capacity();
    Ok(Int::from_usize(size_of::<lasti_vm::object::Object<Deque>>() + capacity * size_of::<Obj>()))
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    let text = vm.repr_guard(object, |vm| {
        let mut text = Shown::new(&object.ty().name());
        text.text("([");
        let items = deque.to_vec();
        text.reprs(vm, |index| items.get(index).cloned())?;
        text.text("]");
        if let Some(max) = deque.max_length.get() {
            text.text(&format!(", maxlen={max}"));
        }
        text.text(")");
        Ok(text.finish())
    })?;
    Ok(text.unwrap_or_else(|| Str::new("[...]")).into_obj())
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Deque>(), right.downcast::<Deque>()) else {
        return Ok(vm.not_implemented());
    };
    if a.len() != b.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(vm.bool(op == CompareOp::Ne));
    }
    compare(vm, op, |index| a.get(index), |index| b.get(index))
}

fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    Ok(vm.receiver::<Deque>(object)?.len())
}

fn index_of(vm: &Vm, deque: &Ref<Deque>, key: &Obj) -> PyResult<usize> {
    if key.as_int().is_none() && key.ty().slots.nb_index.get().is_none() {
        return Err(vm.type_error(format!("sequence index must be integer, not '{}'", key.ty().name())));
    }
    let index = index_for_subscript(vm, key)?;
    place(index, deque.len()).ok_or_else(|| vm.index_error("deque index out of range"))
}

fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    let index = index_of(vm, deque, key)?;
    deque.get(index).ok_or_else(|| vm.index_error("deque index out of range"))
}

fn setitem(vm: &Vm, object: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let deque = vm.receiver::<Deque>(object)?;
    let index = index_of(vm, deque, key)?;
    let old = if let Some(value) = value {
        let mut items = deque.items.borrow_mut();
        items.get_mut(index).map(|place| std::mem::replace(place, value.clone()))
    } else {
        deque.changed();
        deque.items.borrow_mut().remove(index)
    };
    drop(old);
    Ok(())
}

fn concat(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let deque = vm.receiver::<Deque>(left)?;
    let Some(other) = right.downcast::<Deque>() else {
        return Err(
            vm.type_error(format!("can only concatenate deque (not \"{}\") to deque", right.ty().name()))
        );
    };
    let mut items = deque.to_vec();
    items.extend(other.to_vec());
    Ok(like(deque, items))
}

fn inplace_concat(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    extend_right(vm, vm.receiver::<Deque>(left)?, right)?;
    Ok(left.clone())
}

fn repeated(vm: &Vm, deque: &Ref<Deque>, count: i64) -> PyResult<Vec<Obj>> {
    let items = deque.to_vec();
    // Of a bounded deque only the last items stay.
    let count = match deque.max_length.get() {
        Some(max) if !items.is_empty() => count.min((max / items.len() + 2) as i64),
        _ => count,
    };
    lasti_vm::builtins::sequence::repeat(&items, count)
        .ok_or_else(|| vm.error_with(&lasti_vm::builtins::MEMORY_ERROR, Vec::new()))
}

fn repeat(vm: &Vm, object: &Obj, count: i64) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    Ok(like(deque, repeated(vm, deque, count)?))
}

fn inplace_repeat(vm: &Vm, object: &Obj, count: i64) -> PyResult {
    let deque = vm.receiver::<Deque>(object)?;
    let items = repeated(vm, deque, count)?;
    let old = deque.take();
    for item in items {
        deque.push_right(item);
    }
    drop(old);
    Ok(object.clone())
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !DEQUE.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &DEQUE)
            .doc("deque([iterable[, maxlen]])\n--\n\nA list-like sequence optimized for data accesses near its endpoints.")
            .module("collections")
            .flags(TypeFlags::BASETYPE | TypeFlags::SEQUENCE | TypeFlags::WEAKREFABLE)
            .slots(|slots| {
                slots.new.set(Some(new));
                slots.init.set(Some(init));
                slots.repr.set(Some(repr));
                slots.richcompare.set(Some(richcompare));
                slots.length.set(Some(length));
                slots.getitem.set(Some(getitem));
                slots.setitem.set(Some(setitem));
                slots.contains.set(Some(contains));
                slots.sq_concat.set(Some(concat));
                slots.sq_inplace_concat.set(Some(inplace_concat));
                slots.sq_repeat.set(Some(repeat));
                slots.sq_inplace_repeat.set(Some(inplace_repeat));
                slots.iter.set(Some(iter));
            })
            .methods(METHODS)
            .properties(PROPERTIES)
            .ready();
    }
    module.add_type(vm, &DEQUE)
}
