//! `_bisect`. CPython: Modules/_bisectmodule.c.

use lasti_vm::call::{Args, Signature};
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::List;
use lasti_vm::types::{CompareOp, NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "bisect_right",
        "($module, /, a, x, lo=0, hi=None, *, key=None)",
        "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e in a[:i] have e <= x, and all e in\na[i:] have e > x.  So if x already appears in the list, a.insert(i, x) will\ninsert just after the rightmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
        NativeCall::Full(|vm, _, args| bisect(vm, args, &RIGHT, Side::Right, false)),
    ),
    NativeDef::new(
        "insort_right",
        "($module, /, a, x, lo=0, hi=None, *, key=None)",
        "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the right of the rightmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
        NativeCall::Full(|vm, _, args| bisect(vm, args, &INSORT_RIGHT, Side::Right, true)),
    ),
    NativeDef::new(
        "bisect_left",
        "($module, /, a, x, lo=0, hi=None, *, key=None)",
        "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e in a[:i] have e < x, and all e in\na[i:] have e >= x.  So if x already appears in the list, a.insert(i, x) will\ninsert just before the leftmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
        NativeCall::Full(|vm, _, args| bisect(vm, args, &LEFT, Side::Left, false)),
    ),
    NativeDef::new(
        "insort_left",
        "($module, /, a, x, lo=0, hi=None, *, key=None)",
        "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the left of the leftmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
        NativeCall::Full(|vm, _, args| bisect(vm, args, &INSORT_LEFT, Side::Left, true)),
    ),
];

const fn signature(name: &'static str) -> Signature<5> {
    Signature::new(name, ["a", "x", "lo", "hi", "key"], 2).keyword_only(4)
}

static RIGHT: Signature<5> = signature("bisect_right");
static LEFT: Signature<5> = signature("bisect_left");
static INSORT_RIGHT: Signature<5> = signature("insort_right");
static INSORT_LEFT: Signature<5> = signature("insort_left");

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_bisect",
    doc: "Bisection algorithms.\n\nThis module provides support for maintaining a list in sorted order without\nhaving to sort the list after each insertion. For long lists of items with\nexpensive comparison operations, this can be an improvement over the more\ncommon approach.\n",
    functions: FUNCTIONS,
    fill: |_: &Vm, _: &Ref<Module>| Ok(()),
};

/// On which side of equal items the place is.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

fn bisect(vm: &Vm, args: Args<'_>, signature: &Signature<5>, side: Side, insert: bool) -> PyResult {
    let [Some(sequence), Some(item), low, high, key] = args.bind(vm, signature)? else {
        return Err(vm.type_error(format!("{}() missing required argument", signature.function)));
    };
    let key = key.filter(|key| !vm.is_none(key));
    let low = low.map_or(Ok(0), |low| vm.index_i64(low))?;
    let Ok(low) = usize::try_from(low) else { return Err(vm.value_error("lo must be non-negative")) };
    let high = match high.filter(|high| !vm.is_none(high)) {
        // A negative end is the default's old form.
        Some(high) => match usize::try_from(vm.index_i64(high)?) {
            Ok(high) => high,
            Err(_) => vm.len(sequence)?,
        },
        None => vm.len(sequence)?,
    };
    // What is looked for is itself the key, but what is inserted has one.
    let sought = match key {
        Some(key) if insert => vm.call(key, std::slice::from_ref(item))?,
        _ => item.clone(),
    };
    let place = find(vm, sequence, &sought, low..high, key, side)?;
    if !insert {
        return Ok(Int::from_usize(place));
    }
    match sequence.downcast_exact::<List>() {
        Some(list) => list.items.insert(place, item.clone()),
        None => {
            vm.call_method_named(sequence, "insert", &[Int::from_usize(place), item.clone()])?;
        }
    }
    Ok(vm.none())
}

fn find(
    vm: &Vm,
    sequence: &Obj,
    sought: &Obj,
    range: std::ops::Range<usize>,
    key: Option<&Obj>,
    side: Side,
) -> PyResult<usize> {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = usize::midpoint(low, high);
        let mut item = vm.getitem(sequence, &Int::from_usize(middle))?;
        if let Some(key) = key {
            item = vm.call(key, &[item])?;
        }
        let in_upper_half = match side {
            Side::Left => less(vm, &item, sought)?,
            Side::Right => !less(vm, sought, &item)?,
        };
        if in_upper_half {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn less(vm: &Vm, left: &Obj, right: &Obj) -> PyResult<bool> {
    let result = vm.compare(left, right, CompareOp::Lt)?;
    vm.is_true(&result)
}
