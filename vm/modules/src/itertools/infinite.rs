//! `count`, `cycle`, `repeat`.

use std::cell::Cell;

use lasti_vm::builtins::sequence::Shown;
use lasti_vm::call::{Args, Signature};
use lasti_vm::module::Module;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, ObjCell, ObjVec};
use lasti_vm::ops::BinaryOp;
use lasti_vm::types::{NativeCall, NativeDef, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::NAME;
use crate::iterator::{IteratorType, arguments, iterator_type};

pub(crate) struct Count {
    next: ObjCell,
    step: ObjCell,
}

iterator_type!(/** `itertools.count` */ COUNT, "count", Count, [next, step]);

static COUNT_SIGNATURE: Signature<2> = Signature::new("count", ["start", "step"], 0);

fn is_number(object: &Obj) -> bool {
    let slots = &object.ty().slots;
    slots.nb_index.get().is_some()
        || slots.nb_int.get().is_some()
        || slots.nb_float.get().is_some()
        || object.is_instance_of(&lasti_vm::builtins::COMPLEX)
}

fn count_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [start, step] = args.bind(vm, &COUNT_SIGNATURE)?;
    let start = start.cloned().unwrap_or_else(|| Int::new(0));
    let step = step.cloned().unwrap_or_else(|| Int::new(1));
    if !is_number(&start) || !is_number(&step) {
        return Err(vm.type_error("a number is required"));
    }
    let payload = Count { next: ObjCell::new(Some(start)), step: ObjCell::new(Some(step)) };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn count_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let count = vm.receiver::<Count>(object)?;
    let (Some(number), Some(step)) = (count.next.get(), count.step.get()) else { return Ok(None) };
    let plain = number.is_exact_int() && step.is_exact_int();
    let sum =
        if plain { number.as_i64().zip(step.as_i64()).and_then(|(a, b)| a.checked_add(b)) } else { None };
    let next = match sum {
        Some(sum) => Int::new(sum),
        None => vm.binary(BinaryOp::Add, &number, &step)?,
    };
    count.next.set(next);
    Ok(Some(number))
}

fn count_repr(vm: &Vm, object: &Obj) -> PyResult {
    let count = vm.receiver::<Count>(object)?;
    let mut text = Shown::new("count(");
    text.repr(vm, &vm.or_none(count.next.get()))?;
    let step = vm.or_none(count.step.get());
    if !(step.is_exact_int() && step.as_i64() == Some(1)) {
        text.text(", ");
        text.repr(vm, &step)?;
    }
    text.text(")");
    Ok(text.finish().into_obj())
}

pub(crate) struct Cycle {
    iterator: ObjCell,
    saved: ObjVec,
    index: Cell<usize>,
}

iterator_type!(/** `itertools.cycle` */ CYCLE, "cycle", Cycle, [iterator, saved]);

fn cycle_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let args = arguments(vm, ty, "cycle", args, 1, 1)?;
    let iterator = ObjCell::new(Some(vm.iter(&args[0])?));
    Ok(Ref::new_in(ty, Cycle { iterator, saved: ObjVec::new(Vec::new()), index: Cell::new(0) }).into_obj())
}

fn cycle_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let cycle = vm.receiver::<Cycle>(object)?;
    if let Some(iterator) = cycle.iterator.get() {
        if let Some(item) = vm.next(&iterator)? {
            cycle.saved.push(item.clone());
            return Ok(Some(item));
        }
        drop(cycle.iterator.take());
    }
    let index = cycle.index.get();
    let Some(item) = cycle.saved.get(index) else { return Ok(None) };
    cycle.index.set(if index + 1 >= cycle.saved.len() { 0 } else { index + 1 });
    Ok(Some(item))
}

pub(crate) struct Repeat {
    element: ObjCell,
    /// How many are left; below 0: endlessly many.
    left: Cell<i64>,
}

iterator_type!(/** `itertools.repeat` */ REPEAT, "repeat", Repeat, [element]);

static REPEAT_SIGNATURE: Signature<2> = Signature::new("repeat", ["object", "times"], 1);

fn repeat_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [element, times] = args.bind(vm, &REPEAT_SIGNATURE)?;
    let left = times.map_or(Ok(-1), |times| Ok(vm.index_i64(times)?.max(0)))?;
    Ok(Ref::new_in(ty, Repeat { element: ObjCell::new(element.cloned()), left: Cell::new(left) }).into_obj())
}

fn repeat_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let repeat = vm.receiver::<Repeat>(object)?;
    match repeat.left.get() {
        0 => return Ok(None),
        left if left > 0 => repeat.left.set(left - 1),
        _ => {}
    }
    Ok(repeat.element.get())
}

fn repeat_repr(vm: &Vm, object: &Obj) -> PyResult {
    let repeat = vm.receiver::<Repeat>(object)?;
    let mut text = Shown::new("repeat(");
    text.repr(vm, &vm.or_none(repeat.element.get()))?;
    if repeat.left.get() >= 0 {
        text.text(&format!(", {}", repeat.left.get()));
    }
    text.text(")");
    Ok(text.finish().into_obj())
}

fn repeat_hint(vm: &Vm, object: &Obj) -> PyResult {
    match vm.receiver::<Repeat>(object)?.left.get() {
        left if left < 0 => Err(vm.type_error("len() of unsized object")),
        left => Ok(Int::new(left)),
    }
}

static REPEAT_METHODS: &[NativeDef] = &[NativeDef::new(
    "__length_hint__",
    "",
    "Private method returning an estimate of len(list(it)).",
    NativeCall::NoArgs(repeat_hint),
)];

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    let count = IteratorType {
        ty: &COUNT,
        doc: "count(start=0, step=1)\n--\n\nReturn a count object whose .__next__() method returns consecutive values.\n\nEquivalent to:\n    def count(firstval=0, step=1):\n        x = firstval\n        while 1:\n            yield x\n            x += step",
        new: Some(count_new),
        next: count_next,
        methods: &[],
    };
    count.ready_with(vm, NAME, |builder| {
        builder.flags(TypeFlags::BASETYPE).slots(|slots| slots.repr.set(Some(count_repr)))
    });
    module.add_type(vm, &COUNT)?;
    IteratorType {
        ty: &CYCLE,
        doc: "cycle(iterable, /)\n--\n\nReturn elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.",
        new: Some(cycle_new),
        next: cycle_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    let repeat = IteratorType {
        ty: &REPEAT,
        doc: "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not specified, returns the object\nendlessly.",
        new: Some(repeat_new),
        next: repeat_next,
        methods: REPEAT_METHODS,
    };
    repeat.ready_with(vm, NAME, |builder| {
        builder.flags(TypeFlags::BASETYPE).slots(|slots| slots.repr.set(Some(repeat_repr)))
    });
    module.add_type(vm, &REPEAT)
}
