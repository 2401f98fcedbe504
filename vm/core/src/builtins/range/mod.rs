//! `range`, of any size. Its iterators are in `iterators`. CPython: Objects/rangeobject.c.

mod iterators;

use malachite_bigint::BigInt;

use super::RANGE;
use super::sequence::Shown;
use super::slice::big_indices;
use super::tuple::Lanes;
use crate::call::Args;
use crate::errors::PyResult;
use crate::iterators::{Range, Slice};
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

static METHODS: &[NativeDef] = &[
    NativeDef::new("__reversed__", "($self, /)", "Return a reverse iterator.", NativeCall::NoArgs(reversed)),
    NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(reduce)),
    NativeDef::new(
        "count",
        "($self, object, /)",
        "rangeobject.count(value) -> integer -- return number of occurrences of value",
        NativeCall::One(count),
    ),
    NativeDef::new(
        "index",
        "($self, object, /)",
        "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present.",
        NativeCall::One(index),
    ),
];

static PROPERTIES: &[Property] = &[
    Property::new("start", "", |vm, range| Ok(vm.receiver::<Range>(range)?.start.clone())).member(),
    Property::new("stop", "", |vm, range| Ok(vm.receiver::<Range>(range)?.stop.clone())).member(),
    Property::new("step", "", |vm, range| Ok(vm.receiver::<Range>(range)?.step.clone())).member(),
];

/// The number of an int object.
fn big(int: &Obj) -> BigInt {
    int.as_int().map(|int| int.to_big().into_owned()).unwrap_or_default()
}

/// How many numbers there are from `start` to before `stop`; `step` is not 0.
fn count_of(start: &Obj, stop: &Obj, step: &Obj) -> Obj {
    if let (Some(start), Some(stop), Some(step)) = (start.as_i64(), stop.as_i64(), step.as_i64()) {
        if step == 1
            && let Some(count) = stop.checked_sub(start)
        {
            return Int::new(count.max(0));
        }
        let (start, stop, step) = (i128::from(start), i128::from(stop), i128::from(step));
        let (low, high) = if step > 0 { (start, stop) } else { (stop, start) };
        let count = if low < high { (high - low - 1) / step.abs() + 1 } else { 0 };
        return match i64::try_from(count) {
            Ok(count) => Int::new(count),
            Err(_) => Int::from_big(BigInt::from(count)),
        };
    }
    let (start, stop, step) = (big(start), big(stop), big(step));
    let zero = BigInt::from(0);
    let (low, high, step) = if step > zero { (start, stop, step) } else { (stop, start, -step) };
    if low >= high {
        return Int::new(0);
    }
    Int::from_big((high - low - 1) / step + 1)
}

/// A range object.
pub(crate) fn make(start: Obj, stop: Obj, step: Obj) -> Ref<Range> {
    let length = count_of(&start, &stop, &step);
    Ref::new(Range { start, stop, step, length })
}

/// `start + index * step`
fn item(range: &Range, index: &Obj) -> Obj {
    if let (Some(start), Some(step), Some(index)) =
        (range.start.as_i64(), range.step.as_i64(), index.as_i64())
        && let Some(item) = step.checked_mul(index).and_then(|offset| start.checked_add(offset))
    {
        return Int::new(item);
    }
    Int::from_big(big(&range.start) + big(index) * big(&range.step))
}

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    if let ([stop], []) = (args.all(), args.names())
        && stop.value().is_int()
    {
        let length = Int::new(stop.value().as_int().max(0));
        return Ok(
            Ref::new(Range { start: Int::new(0), stop: stop.clone(), step: Int::new(1), length }).into_obj()
        );
    }
    let args = args.exactly(vm, "range", 1, 3)?;
    let (start, stop) = match args {
        [stop] => (Int::new(0), vm.index(stop)?),
        [start, stop, ..] => (vm.index(start)?, vm.index(stop)?),
        [] => (Int::new(0), Int::new(0)),
    };
    let step = args.get(2).map_or_else(|| Ok(Int::new(1)), |step| vm.index(step))?;
    if step.as_int().is_some_and(|step| step.is_zero()) {
        return Err(vm.value_error("range() arg 3 must not be zero"));
    }
    Ok(make(start, stop, step).into_obj())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let range = vm.receiver::<Range>(object)?;
    let mut text = Shown::new("range(");
    let last = if range.step.as_i64() == Some(1) { None } else { Some(&range.step) };
    let parts = [Some(&range.start), Some(&range.stop), last];
    text.reprs(vm, |index| parts.get(index).copied().flatten().cloned())?;
    text.text(")");
    Ok(text.finish().into_obj())
}

fn is_empty(range: &Range) -> bool {
    range.length.as_int().is_none_or(|length| length.is_zero())
}

fn bool(vm: &Vm, object: &Obj) -> PyResult<bool> {
    Ok(!is_empty(vm.receiver::<Range>(object)?))
}

fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    Ok(vm.index_i64(&vm.receiver::<Range>(object)?.length)? as usize)
}

/// What makes two ranges equal: the length; the start unless it is 0; the step unless it is at most 1.
fn essence(range: &Range) -> (&Obj, Option<&Obj>, Option<&Obj>) {
    match range.length.as_i64() {
        Some(0) => (&range.length, None, None),
        Some(1) => (&range.length, Some(&range.start), None),
        _ => (&range.length, Some(&range.start), Some(&range.step)),
    }
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let (length, start, step) = essence(vm.receiver::<Range>(object)?);
    let none = vm.none();
    let mut lanes = Lanes::new();
    for part in [length, start.unwrap_or(&none), step.unwrap_or(&none)] {
        lanes.add(vm.hash(part)?);
    }
    Ok(lanes.finish_with_length(3))
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Range>(), right.downcast::<Range>()) else {
        return Ok(vm.not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(vm.not_implemented());
    }
    let (a, b) = (essence(a), essence(b));
    let same = |a: Option<&Obj>, b: Option<&Obj>| match (a, b) {
        (Some(a), Some(b)) => big(a) == big(b),
        _ => a.is_none() && b.is_none(),
    };
    let equal = same(Some(a.0), Some(b.0)) && same(a.1, b.1) && same(a.2, b.2);
    Ok(vm.bool(equal == (op == CompareOp::Eq)))
}

fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    let range = vm.receiver::<Range>(object)?;
    if let (Some(index), Some(length)) =
        (key.is_exact_int().then(|| key.as_i64()).flatten(), range.length.as_i64())
    {
        let index = if index < 0 { index.saturating_add(length) } else { index };
        if !(0..length).contains(&index) {
            return Err(vm.index_error("range object index out of range"));
        }
        return Ok(item(range, &Int::new(index)));
    }
    if let Some(slice) = key.downcast::<Slice>() {
        let (start, stop, step) = big_indices(vm, slice, &big(&range.length))?;
        let start = item(range, &Int::from_big(start));
        let stop = item(range, &Int::from_big(stop));
        return Ok(make(start, stop, Int::from_big(big(&range.step) * step)).into_obj());
    }
    if key.as_int().is_none() && key.ty().slots.nb_index.get().is_none() {
        return Err(
            vm.type_error(format!("range indices must be integers or slices, not {}", key.ty().name()))
        );
    }
    let index = big(&vm.index(key)?);
    let length = big(&range.length);
    let index = if index < BigInt::from(0) { index + &length } else { index };
    if index < BigInt::from(0) || index >= length {
        return Err(vm.index_error("range object index out of range"));
    }
    Ok(item(range, &Int::from_big(index)))
}

/// The index of an int in the range.
fn position(range: &Range, value: &Obj) -> Option<Obj> {
    if let (Some(start), Some(step), Some(length), Some(value)) =
        (range.start.as_i64(), range.step.as_i64(), range.length.as_i64(), value.as_i64())
    {
        let offset = i128::from(value) - i128::from(start);
        let step = i128::from(step);
        let index = offset / step;
        return (offset % step == 0 && index >= 0 && index < i128::from(length))
            .then(|| Int::new(index as i64));
    }
    let (start, step) = (big(&range.start), big(&range.step));
    let offset = big(value) - start;
    let (index, rest) = (&offset / &step, &offset % &step);
    let zero = BigInt::from(0);
    (rest == zero && index >= zero && index < big(&range.length)).then(|| Int::from_big(index))
}

/// Whether membership follows from arithmetic: an int or bool, whose `==` nobody redefined.
fn is_plain_int(value: &Obj) -> bool {
    value.is_exact_int() || value.is_exact(&super::BOOL)
}

fn contains(vm: &Vm, object: &Obj, value: &Obj) -> PyResult<bool> {
    let range = vm.receiver::<Range>(object)?;
    if is_plain_int(value) {
        return Ok(position(range, value).is_some());
    }
    Ok(search(vm, object, value, true)?.0 > 0)
}

/// How many items are equal to `value`, and the index of the last one that was found; with `first` only one is
/// looked for.
fn search(vm: &Vm, object: &Obj, value: &Obj, first: bool) -> PyResult<(i64, i64)> {
    let iterator = vm.iter(object)?;
    let (mut count, mut index, mut found) = (0, 0, 0);
    while let Some(item) = vm.next(&iterator)? {
        if vm.eq(&item, value)? {
            count += 1;
            found = index;
            if first {
                break;
            }
        }
        index += 1;
    }
    Ok((count, found))
}

fn count(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let range = vm.receiver::<Range>(object)?;
    if is_plain_int(value) {
        return Ok(Int::new(i64::from(position(range, value).is_some())));
    }
    Ok(Int::new(search(vm, object, value, false)?.0))
}

fn index(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let range = vm.receiver::<Range>(object)?;
    if is_plain_int(value) {
        return position(range, value).ok_or_else(|| vm.value_error("range.index(x): x not in range"));
    }
    match search(vm, object, value, true)? {
        (0, _) => Err(vm.value_error("sequence.index(x): x not in sequence")),
        (_, index) => Ok(Int::new(index)),
    }
}

fn iter(vm: &Vm, object: &Obj) -> PyResult {
    let range = vm.receiver::<Range>(object)?;
    Ok(iterators::forward(range.start.clone(), &range.step, &range.length))
}

fn reversed(vm: &Vm, object: &Obj) -> PyResult {
    let range = vm.receiver::<Range>(object)?;
    let last = Int::from_big(big(&range.length) - 1);
    let step = Int::from_big(-big(&range.step));
    Ok(iterators::forward(item(range, &last), &step, &range.length))
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let range = vm.receiver::<Range>(object)?;
    let parts = Tuple::new(vec![range.start.clone(), range.stop.clone(), range.step.clone()]);
    Ok(Tuple::new(vec![object.ty().to_obj(), parts.into_obj()]).into_obj())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &RANGE)
        .doc("range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).")
        .flags(TypeFlags::SEQUENCE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(richcompare));
            slots.nb_bool.set(Some(bool));
            slots.length.set(Some(length));
            slots.getitem.set(Some(getitem));
            slots.contains.set(Some(contains));
            slots.iter.set(Some(iter));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
    iterators::init(vm);
}
