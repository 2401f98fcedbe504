//! `slice`. CPython: Objects/sliceobject.c.

use malachite_bigint::BigInt;

use super::SLICE;
use super::sequence::{Shown, compare};
use super::tuple::Lanes;
use crate::call::Args;
use crate::errors::PyResult;
use crate::iterators::Slice;
use crate::number::Int;
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "indices",
        "($self, object, /)",
        "S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and stop\nindices, and the stride length of the extended slice described by\nS. Out of bounds indices are clipped in a manner consistent with the\nhandling of normal slices.",
        NativeCall::One(indices),
    ),
    NativeDef::new(
        "__reduce__",
        "($self, /)",
        "Return state information for pickling.",
        NativeCall::NoArgs(reduce),
    ),
];

static PROPERTIES: &[Property] = &[
    Property::new("start", "", |vm, slice| Ok(vm.receiver::<Slice>(slice)?.start.clone())).member(),
    Property::new("stop", "", |vm, slice| Ok(vm.receiver::<Slice>(slice)?.stop.clone())).member(),
    Property::new("step", "", |vm, slice| Ok(vm.receiver::<Slice>(slice)?.step.clone())).member(),
];

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let args = args.exactly(vm, "slice", 1, 3)?;
    let (start, stop) = match args {
        [stop] => (vm.none(), stop.clone()),
        [start, stop, ..] => (start.clone(), stop.clone()),
        [] => (vm.none(), vm.none()),
    };
    Ok(Slice::new(start, stop, vm.or_none(args.get(2).cloned())).into_obj())
}

fn part(slice: &Slice, index: usize) -> Option<Obj> {
    [&slice.start, &slice.stop, &slice.step].get(index).map(|&part| part.clone())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let slice = vm.receiver::<Slice>(object)?;
    let mut text = Shown::new("slice(");
    text.reprs(vm, |index| part(slice, index))?;
    text.text(")");
    Ok(text.finish().into_obj())
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let slice = vm.receiver::<Slice>(object)?;
    let mut lanes = Lanes::new();
    for part in [&slice.start, &slice.stop, &slice.step] {
        lanes.add(vm.hash(part)?);
    }
    Ok(lanes.finish())
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Slice>(), right.downcast::<Slice>()) else {
        return Ok(vm.not_implemented());
    };
    if left.is(right) {
        return Ok(vm.bool(matches!(op, CompareOp::Eq | CompareOp::Le | CompareOp::Ge)));
    }
    compare(vm, op, |index| part(a, index), |index| part(b, index))
}

/// `slice.indices(length)`, for lengths of any size. CPython: `_PySlice_GetLongIndices`.
fn indices(vm: &Vm, object: &Obj, length: &Obj) -> PyResult {
    let slice = vm.receiver::<Slice>(object)?;
    let length = big(vm, length)?;
    let zero = BigInt::from(0);
    if length < zero {
        return Err(vm.value_error("length should not be negative"));
    }
    let (start, stop, step) = big_indices(vm, slice, &length)?;
    Ok(Tuple::new(vec![Int::from_big(start), Int::from_big(stop), Int::from_big(step)]).into_obj())
}

/// Start, stop and step of a slice of a sequence of `length` items.
pub(crate) fn big_indices(vm: &Vm, slice: &Slice, length: &BigInt) -> PyResult<(BigInt, BigInt, BigInt)> {
    let zero = BigInt::from(0);
    let step = if vm.is_none(&slice.step) { BigInt::from(1) } else { big_part(vm, &slice.step)? };
    if step == zero {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let backwards = step < zero;
    let (lower, upper) =
        if backwards { (BigInt::from(-1), length - 1) } else { (zero.clone(), length.clone()) };
    let clip = |part: &Obj, default: &BigInt| -> PyResult<BigInt> {
        if vm.is_none(part) {
            return Ok(default.clone());
        }
        let at = big_part(vm, part)?;
        let at = if at < zero { at + length } else { at };
        Ok(at.clamp(lower.clone(), upper.clone()))
    };
    let start = clip(&slice.start, if backwards { &upper } else { &lower })?;
    let stop = clip(&slice.stop, if backwards { &lower } else { &upper })?;
    Ok((start, stop, step))
}

fn big(vm: &Vm, object: &Obj) -> PyResult<BigInt> {
    let index = vm.index(object)?;
    Ok(index.as_int().map(|int| int.to_big().into_owned()).unwrap_or_default())
}

fn big_part(vm: &Vm, part: &Obj) -> PyResult<BigInt> {
    if part.as_int().is_none() && part.ty().slots.nb_index.get().is_none() {
        return Err(vm.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    big(vm, part)
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let slice = vm.receiver::<Slice>(object)?;
    let parts = Tuple::new(vec![slice.start.clone(), slice.stop.clone(), slice.step.clone()]);
    Ok(Tuple::new(vec![object.ty().to_obj(), parts.into_obj()]).into_obj())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &SLICE)
        .doc("slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing (e.g. a[0:10:2]).")
        .flags(TypeFlags::empty())
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(richcompare));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
