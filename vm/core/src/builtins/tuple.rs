//! `tuple`. CPython: Objects/tupleobject.c.

use super::TUPLE;
use super::sequence::{
    Shown, Subscript, bound, clamp_bounds, compare, optional_argument, place, refuses_keywords, repeat,
    subscript,
};
use crate::call::Args;
use crate::errors::PyResult;
use crate::iterators::TupleIter;
use crate::number::Int;
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

static METHODS: &[NativeDef] = &[
    super::class_getitem_def(
        "Tuples are generic over the types of their contents.\n\nFor example, use ``tuple[int, str]`` for a pair whose first element\nis an int and second element is a string.\n\nTuples also support the form ``tuple[T, ...]`` to indicate\nan arbitrary length tuple of elements of type T.",
    ),
    NativeDef::new(
        "index",
        "($self, value, start=0, stop=sys.maxsize, /)",
        "Return first index of value.\n\nRaises ValueError if the value is not present.",
        NativeCall::Positional(1, 3, index),
    ),
    NativeDef::new(
        "count",
        "($self, value, /)",
        "Return number of occurrences of value.",
        NativeCall::One(count),
    ),
    NativeDef::new("__getnewargs__", "($self, /)", "", NativeCall::NoArgs(getnewargs)),
];

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let iterable = optional_argument(vm, "tuple", args, refuses_keywords(ty, &TUPLE))?;
    if ty.is(&TUPLE) {
        return match iterable {
            None => Ok(vm.empty_tuple().into_obj()),
            Some(iterable) if iterable.is_exact(&TUPLE) => Ok(iterable.clone()),
            Some(iterable) => Ok(Tuple::new(vm.collect(iterable)?).into_obj()),
        };
    }
    let items = iterable.map_or_else(|| Ok(Vec::new()), |iterable| vm.collect(iterable))?;
    Ok(Tuple::new_in(ty, items).into_obj())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let tuple = vm.receiver::<Tuple>(object)?;
    let text = vm.repr_guard(object, |vm| {
        let mut text = Shown::new("(");
        text.reprs(vm, |index| tuple.items().get(index).cloned())?;
        text.text(if tuple.len() == 1 { ",)" } else { ")" });
        Ok(text.finish())
    })?;
    Ok(text.unwrap_or_else(|| Str::new("(...)")).into_obj())
}

/// CPython: `tuple_hash`: xxHash, the parts of it that matter for words.
fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let tuple = vm.receiver::<Tuple>(object)?;
    if tuple.hash.get() != -1 {
        return Ok(tuple.hash.get());
    }
    vm.check_native_stack_in(" while hashing a tuple")?;
    let mut lanes = Lanes::new();
    for item in tuple.items() {
        lanes.add(vm.hash(item)?);
    }
    let hash = lanes.finish_with_length(tuple.len());
    tuple.hash.set(hash);
    Ok(hash)
}

/// The hash of a sequence of hashes.
pub(crate) struct Lanes(u64);

impl Lanes {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;

    pub(crate) fn new() -> Self {
        Self(Self::PRIME_5)
    }

    pub(crate) fn add(&mut self, lane: i64) {
        self.0 = self.0.wrapping_add((lane as u64).wrapping_mul(Self::PRIME_2));
        self.0 = self.0.rotate_left(31).wrapping_mul(Self::PRIME_1);
    }

    pub(crate) fn finish(self) -> i64 {
        match self.0 as i64 {
            -1 => 1_546_275_796,
            hash => hash,
        }
    }

    pub(crate) fn finish_with_length(mut self, length: usize) -> i64 {
        self.0 = self.0.wrapping_add(length as u64 ^ (Self::PRIME_5 ^ 3_527_539));
        self.finish()
    }
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Tuple>(), right.downcast::<Tuple>()) else {
        return Ok(vm.not_implemented());
    };
    compare(vm, op, |index| a.items().get(index).cloned(), |index| b.items().get(index).cloned())
}

fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    Ok(vm.receiver::<Tuple>(object)?.len())
}

fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    let tuple = vm.receiver::<Tuple>(object)?;
    match subscript(vm, key, "tuple")? {
        Subscript::Index(index) => match place(index, tuple.len()) {
            Some(place) => Ok(tuple.items()[place].clone()),
            None => Err(vm.index_error("tuple index out of range")),
        },
        Subscript::Slice(parts) => {
            let range = parts.adjust(tuple.len());
            if range.count == tuple.len() && range.step == 1 && object.is_exact(&TUPLE) {
                return Ok(object.clone());
            }
            Ok(Tuple::new(range.indices().map(|index| tuple.items()[index].clone()).collect()).into_obj())
        }
    }
}

fn contains(vm: &Vm, object: &Obj, item: &Obj) -> PyResult<bool> {
    for other in vm.receiver::<Tuple>(object)?.items() {
        if vm.eq(other, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn concat(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let a = vm.receiver::<Tuple>(left)?;
    let Some(b) = right.downcast::<Tuple>() else {
        return Err(
            vm.type_error(format!("can only concatenate tuple (not \"{}\") to tuple", right.ty().name()))
        );
    };
    if a.is_empty() && right.is_exact(&TUPLE) {
        return Ok(right.clone());
    }
    if b.is_empty() && left.is_exact(&TUPLE) {
        return Ok(left.clone());
    }
    Ok(Tuple::new([a.items(), b.items()].concat()).into_obj())
}

fn sq_repeat(vm: &Vm, object: &Obj, count: i64) -> PyResult {
    let tuple = vm.receiver::<Tuple>(object)?;
    if count == 1 && object.is_exact(&TUPLE) {
        return Ok(object.clone());
    }
    match repeat(tuple.items(), count) {
        Some(items) => Ok(Tuple::new(items).into_obj()),
        None => Err(vm.error_with(&super::MEMORY_ERROR, Vec::new())),
    }
}

fn iter(vm: &Vm, object: &Obj) -> PyResult {
    Ok(TupleIter::new(vm.receiver::<Tuple>(object)?.clone()).into_obj())
}

fn index(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(object)?;
    let start = args.get(1).map_or(Ok(0), |start| bound(vm, start))?;
    let stop = args.get(2).map_or(Ok(i64::MAX), |stop| bound(vm, stop))?;
    for index in clamp_bounds(start, stop, tuple.len()) {
        let Some(item) = tuple.items().get(index) else { break };
        if vm.eq(item, &args[0])? {
            return Ok(Int::from_usize(index));
        }
    }
    Err(vm.value_error("tuple.index(x): x not in tuple"))
}

fn count(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let mut count = 0;
    for item in vm.receiver::<Tuple>(object)?.items() {
        count += i64::from(vm.eq(item, value)?);
    }
    Ok(Int::new(count))
}

fn getnewargs(vm: &Vm, object: &Obj) -> PyResult {
    let tuple = vm.receiver::<Tuple>(object)?;
    Ok(Tuple::new(vec![Tuple::from_slice(tuple.items()).into_obj()]).into_obj())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &TUPLE)
        .doc("tuple(iterable=(), /)\n--\n\nBuilt-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.")
        .flags(TypeFlags::BASETYPE | TypeFlags::SEQUENCE | TypeFlags::MATCH_SELF | TypeFlags::VAR_SIZED)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(richcompare));
            slots.length.set(Some(length));
            slots.getitem.set(Some(getitem));
            slots.contains.set(Some(contains));
            slots.sq_concat.set(Some(concat));
            slots.sq_repeat.set(Some(sq_repeat));
            slots.iter.set(Some(iter));
        })
        .methods(METHODS)
        .ready();
}
