//! `range_iterator` and, for numbers beyond 62 bits, `longrange_iterator`.

use malachite_bigint::BigInt;

use super::{big, make};
use crate::builtins::object::iter_self;
use crate::builtins::sequence_iterators::{length_hint_def, reduce_def, reduced, setstate_def};
use crate::builtins::{RANGE_ITERATOR, builtin_type};
use crate::errors::PyResult;
use crate::iterators::RangeIter;
use crate::number::Int;
use crate::object::{Obj, ObjCell, Payload, Ref, Value, Visitor};
use crate::types::{NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// `longrange_iterator`
pub(crate) struct LongRangeIter {
    /// The next number.
    next: ObjCell,
    /// From one to the next.
    step: ObjCell,
    /// How many are left.
    left: ObjCell,
}

impl Payload for LongRangeIter {
    fn class() -> &'static TypeObject {
        &LONG_RANGE_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for cell in [&self.next, &self.step, &self.left] {
            cell.traverse(visitor);
        }
    }
}

builtin_type!(/** `longrange_iterator` */ LONG_RANGE_ITERATOR, "longrange_iterator", LongRangeIter);

static METHODS: &[NativeDef] = &[length_hint_def(hint), reduce_def(reduce), setstate_def(setstate)];
static LONG_METHODS: &[NativeDef] =
    &[length_hint_def(long_hint), reduce_def(long_reduce), setstate_def(long_setstate)];

/// An iterator over `length` numbers from `start` on, `step` apart.
pub(super) fn forward(start: Obj, step: &Obj, length: &Obj) -> Obj {
    if let (Some(first), Some(step), Some(length)) = (start.as_i64(), step.as_i64(), length.as_i64()) {
        if step == 1 && Value::fits(first) && first.checked_add(length).is_some_and(Value::fits) {
            return RangeIter::new(first, step, length).into_obj();
        }
        let last = i128::from(first) + i128::from(step) * i128::from(length - 1).max(0);
        if Value::fits(first) && Value::fits(step) && i64::try_from(last).is_ok_and(Value::fits) {
            return RangeIter::new(first, step, length).into_obj();
        }
    }
    Ref::new(LongRangeIter {
        next: ObjCell::new(Some(start)),
        step: ObjCell::new(Some(step.clone())),
        left: ObjCell::new(Some(length.clone())),
    })
    .into_obj()
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<RangeIter>(object)?;
    let left = iterator.left.get();
    if left <= 0 {
        return Ok(None);
    }
    let number = iterator.next.get();
    iterator.next.set(number + iterator.step);
    iterator.left.set(left - 1);
    Ok(Some(Int::new(number)))
}

fn hint(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::new(vm.receiver::<RangeIter>(object)?.left.get()))
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let iterator = vm.receiver::<RangeIter>(object)?;
    let stop = i128::from(iterator.next.get()) + i128::from(iterator.step) * i128::from(iterator.left.get());
    let range =
        make(Int::new(iterator.next.get()), Int::from_big(BigInt::from(stop)), Int::new(iterator.step));
    reduced(function, vec![range.into_obj()], Some(vm.none()))
}

fn setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    let iterator = vm.receiver::<RangeIter>(object)?;
    let index = vm.index_i64(state)?.clamp(0, iterator.left.get());
    iterator.next.set(iterator.next.get() + index * iterator.step);
    iterator.left.set(iterator.left.get() - index);
    Ok(vm.none())
}

fn number(cell: &ObjCell) -> BigInt {
    cell.get().map(|int| big(&int)).unwrap_or_default()
}

/// Goes on by `count` numbers.
fn advance(iterator: &LongRangeIter, count: &BigInt) {
    iterator.next.set(Int::from_big(number(&iterator.next) + count * number(&iterator.step)));
    iterator.left.set(Int::from_big(number(&iterator.left) - count));
}

fn long_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<LongRangeIter>(object)?;
    if number(&iterator.left) <= BigInt::from(0) {
        return Ok(None);
    }
    let item = iterator.next.get();
    advance(iterator, &BigInt::from(1));
    Ok(item)
}

fn long_hint(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::from_big(number(&vm.receiver::<LongRangeIter>(object)?.left)))
}

fn long_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let iterator = vm.receiver::<LongRangeIter>(object)?;
    let stop = number(&iterator.next) + number(&iterator.step) * number(&iterator.left);
    let range = make(vm.or_none(iterator.next.get()), Int::from_big(stop), vm.or_none(iterator.step.get()));
    reduced(function, vec![range.into_obj()], Some(vm.none()))
}

fn long_setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    let iterator = vm.receiver::<LongRangeIter>(object)?;
    let index = big(&vm.index(state)?).clamp(BigInt::from(0), number(&iterator.left));
    advance(iterator, &index);
    Ok(vm.none())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &RANGE_ITERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(next));
        })
        .methods(METHODS)
        .ready();
    TypeBuilder::new(vm, &LONG_RANGE_ITERATOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(long_next));
        })
        .methods(LONG_METHODS)
        .ready();
}
