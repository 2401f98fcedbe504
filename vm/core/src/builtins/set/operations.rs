//! Operations on sets: union, intersection and their like, as methods and as operators.

use super::{base_type, is_any_set};
use crate::builtins::DICT;
use crate::call::Args;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::set::Set;
use crate::types::CompareOp;
use crate::vm::Vm;

/// A set with the same elements, of the type that operations return.
pub(super) fn copy_of(set: &Ref<Set>) -> Ref<Set> {
    Set::with_table(base_type(set.as_obj().ty()), set.table.copy())
}

/// An empty set of the type that operations on `set` return.
fn empty_like(set: &Ref<Set>) -> Ref<Set> {
    Set::new_in(base_type(set.as_obj().ty()))
}

/// Adds the items of an iterable.
pub(crate) fn update(vm: &Vm, set: &Set, other: &Obj) -> PyResult<()> {
    let mut position = 0;
    if let Some(other) = other.downcast::<Set>() {
        if set.is_empty() && !std::ptr::eq(set, &***other) {
            drop(set.table.replace(other.table.copy()));
            return Ok(());
        }
        while let Some((element, hash)) = other.next(&mut position) {
            set.add_hashed(vm, &element, hash)?;
        }
        return Ok(());
    }
    if let Some(dict) = other.downcast_exact::<Dict>() {
        while let Some((key, _, hash)) = dict.next_hashed(&mut position) {
            set.add_hashed(vm, &key, hash)?;
        }
        return Ok(());
    }
    vm.for_each(other, |element| {
        set.add(vm, &element)?;
        Ok(true)
    })
}

/// Removes the items of an iterable.
pub(crate) fn difference_update_one(vm: &Vm, set: &Set, other: &Obj) -> PyResult<()> {
    let mut position = 0;
    match other.downcast::<Set>() {
        Some(other) if std::ptr::eq(set, &***other) => {
            drop(set.table.take());
            Ok(())
        }
        Some(other) => {
            while let Some((element, hash)) = other.next(&mut position) {
                set.remove_hashed(vm, &element, hash)?;
            }
            Ok(())
        }
        None => vm.for_each(other, |element| {
            set.remove(vm, &element)?;
            Ok(true)
        }),
    }
}

/// Removes the items of an iterable that are there, and adds those that are not.
pub(crate) fn symmetric_difference_update_with(vm: &Vm, set: &Set, other: &Obj) -> PyResult<()> {
    let toggle = |element: &Obj, hash: i64| -> PyResult<()> {
        if !set.remove_hashed(vm, element, hash)? {
            set.add_hashed(vm, element, hash)?;
        }
        Ok(())
    };
    let mut position = 0;
    if let Some(dict) = other.downcast_exact::<Dict>() {
        while let Some((key, _, hash)) = dict.next_hashed(&mut position) {
            toggle(&key, hash)?;
        }
        return Ok(());
    }
    // What comes twice in an iterable counts once.
    let others = match other.downcast::<Set>() {
        Some(other) if std::ptr::eq(set, &***other) => {
            drop(set.table.take());
            return Ok(());
        }
        Some(other) => other.clone(),
        None => {
            let others = Set::new();
            update(vm, &others, other)?;
            others
        }
    };
    while let Some((element, hash)) = others.next(&mut position) {
        toggle(&element, hash)?;
    }
    Ok(())
}

fn intersection(vm: &Vm, set: &Ref<Set>, other: &Obj) -> PyResult<Ref<Set>> {
    let result = empty_like(set);
    let Some(other) = other.downcast::<Set>() else {
        vm.for_each(other, |element| {
            let hash = vm.hash(&element)?;
            if set.contains_hashed(vm, &element, hash)? {
                result.add_hashed(vm, &element, hash)?;
            }
            Ok(true)
        })?;
        return Ok(result);
    };
    let (smaller, larger) = if other.len() > set.len() { (set, other) } else { (other, set) };
    let mut position = 0;
    while let Some((element, hash)) = smaller.next(&mut position) {
        if larger.contains_hashed(vm, &element, hash)? {
            result.add_hashed(vm, &element, hash)?;
        }
    }
    Ok(result)
}

fn difference(vm: &Vm, set: &Ref<Set>, other: &Obj) -> PyResult<Ref<Set>> {
    let in_other: &dyn Fn(&Obj, i64) -> PyResult<bool> = if let Some(other) = other.downcast::<Set>() {
        &|element, hash| other.contains_hashed(vm, element, hash)
    } else if other.is_exact(&DICT)
        && let Some(dict) = other.downcast::<Dict>()
    {
        &|element, hash| Ok(dict.get_hashed(vm, element, hash)?.is_some())
    } else {
        let result = copy_of(set);
        difference_update_one(vm, &result, other)?;
        return Ok(result);
    };
    let result = empty_like(set);
    let mut position = 0;
    while let Some((element, hash)) = set.next(&mut position) {
        if !in_other(&element, hash)? {
            result.add_hashed(vm, &element, hash)?;
        }
    }
    Ok(result)
}

fn is_subset(vm: &Vm, set: &Set, of: &Set) -> PyResult<bool> {
    if set.len() > of.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((element, hash)) = set.next(&mut position) {
        if !of.contains_hashed(vm, &element, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Set>(), right.downcast::<Set>()) else {
        return Ok(vm.not_implemented());
    };
    let equal = || {
        let known = |set: &Set| Some(set.hash.get()).filter(|&hash| hash != -1);
        let differ = matches!((known(a), known(b)), (Some(a), Some(b)) if a != b);
        if a.len() != b.len() || differ { Ok(false) } else { is_subset(vm, a, b) }
    };
    let holds = match op {
        CompareOp::Eq => equal()?,
        CompareOp::Ne => !equal()?,
        CompareOp::Le => is_subset(vm, a, b)?,
        CompareOp::Ge => is_subset(vm, b, a)?,
        CompareOp::Lt => a.len() < b.len() && is_subset(vm, a, b)?,
        CompareOp::Gt => a.len() > b.len() && is_subset(vm, b, a)?,
    };
    Ok(vm.bool(holds))
}

/// The arguments of a method that takes any number of iterables.
fn others<'a>(vm: &Vm, object: &Obj, method: &str, args: Args<'a>) -> PyResult<&'a [Obj]> {
    if args.names().is_empty() {
        Ok(args.all())
    } else {
        Err(vm.type_error(format!("{}.{method}() takes no keyword arguments", object.ty().name())))
    }
}

pub(super) fn difference_method(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let others = others(vm, object, "difference", args)?;
    let set = vm.receiver::<Set>(object)?;
    let Some((first, rest)) = others.split_first() else { return Ok(copy_of(set).into_obj()) };
    let result = difference(vm, set, first)?;
    for other in rest {
        difference_update_one(vm, &result, other)?;
    }
    Ok(result.into_obj())
}

/// The elements that are in all others too.
fn intersection_of_all(vm: &Vm, set: &Ref<Set>, others: &[Obj]) -> PyResult<Ref<Set>> {
    let Some((first, rest)) = others.split_first() else { return Ok(copy_of(set)) };
    let mut result = intersection(vm, set, first)?;
    for other in rest {
        result = intersection(vm, &result, other)?;
    }
    Ok(result)
}

pub(super) fn intersection_method(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let others = others(vm, object, "intersection", args)?;
    Ok(intersection_of_all(vm, vm.receiver::<Set>(object)?, others)?.into_obj())
}

pub(super) fn union_method(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let others = others(vm, object, "union", args)?;
    let result = copy_of(vm.receiver::<Set>(object)?);
    for other in others {
        update(vm, &result, other)?;
    }
    Ok(result.into_obj())
}

pub(super) fn symmetric_difference(vm: &Vm, object: &Obj, other: &Obj) -> PyResult {
    let result = copy_of(vm.receiver::<Set>(object)?);
    symmetric_difference_update_with(vm, &result, other)?;
    Ok(result.into_obj())
}

pub(super) fn isdisjoint(vm: &Vm, object: &Obj, other: &Obj) -> PyResult {
    let set = vm.receiver::<Set>(object)?;
    let Some(other) = other.downcast::<Set>() else {
        let mut disjoint = true;
        vm.for_each(other, |element| {
            disjoint = !set.contains(vm, &element)?;
            Ok(disjoint)
        })?;
        return Ok(vm.bool(disjoint));
    };
    let (smaller, larger) = if other.len() > set.len() { (set, other) } else { (other, set) };
    let mut position = 0;
    while let Some((element, hash)) = smaller.next(&mut position) {
        if larger.contains_hashed(vm, &element, hash)? {
            return Ok(vm.bool(false));
        }
    }
    Ok(vm.bool(true))
}

pub(super) fn issubset(vm: &Vm, object: &Obj, other: &Obj) -> PyResult {
    let set = vm.receiver::<Set>(object)?;
    let holds = match other.downcast::<Set>() {
        Some(other) => is_subset(vm, set, other)?,
        None => intersection(vm, set, other)?.len() == set.len(),
    };
    Ok(vm.bool(holds))
}

pub(super) fn issuperset(vm: &Vm, object: &Obj, other: &Obj) -> PyResult {
    let set = vm.receiver::<Set>(object)?;
    if let Some(other) = other.downcast::<Set>() {
        return Ok(vm.bool(is_subset(vm, other, set)?));
    }
    let mut holds = true;
    vm.for_each(other, |element| {
        holds = set.contains(vm, &element)?;
        Ok(holds)
    })?;
    Ok(vm.bool(holds))
}

pub(super) fn update_method(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let others = others(vm, object, "update", args)?;
    let set = vm.receiver::<Set>(object)?;
    for other in others {
        update(vm, set, other)?;
    }
    Ok(vm.none())
}

pub(super) fn difference_update(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let others = others(vm, object, "difference_update", args)?;
    let set = vm.receiver::<Set>(object)?;
    for other in others {
        difference_update_one(vm, set, other)?;
    }
    Ok(vm.none())
}

pub(super) fn intersection_update(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let others = others(vm, object, "intersection_update", args)?;
    let set = vm.receiver::<Set>(object)?;
    let result = intersection_of_all(vm, set, others)?;
    set.exchange(&result);
    Ok(vm.none())
}

pub(super) fn symmetric_difference_update(vm: &Vm, object: &Obj, other: &Obj) -> PyResult {
    symmetric_difference_update_with(vm, vm.receiver::<Set>(object)?, other)?;
    Ok(vm.none())
}

/// Both operands as sets; `None` if one is something else.
fn operands<'a>(left: &'a Obj, right: &'a Obj) -> Option<(&'a Ref<Set>, &'a Ref<Set>)> {
    Some((left.downcast::<Set>()?, right.downcast::<Set>()?))
}

pub(super) fn and(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    match operands(left, right) {
        Some((set, _)) => Ok(intersection(vm, set, right)?.into_obj()),
        None => Ok(vm.not_implemented()),
    }
}

pub(super) fn or(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let Some((set, _)) = operands(left, right) else { return Ok(vm.not_implemented()) };
    let result = copy_of(set);
    update(vm, &result, right)?;
    Ok(result.into_obj())
}

pub(super) fn xor(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    match operands(left, right) {
        Some(_) => symmetric_difference(vm, left, right),
        None => Ok(vm.not_implemented()),
    }
}

pub(super) fn subtract(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    match operands(left, right) {
        Some((set, _)) => Ok(difference(vm, set, right)?.into_obj()),
        None => Ok(vm.not_implemented()),
    }
}

/// An operator that changes its left operand.
fn inplace(vm: &Vm, left: &Obj, right: &Obj, change: impl FnOnce(&Ref<Set>) -> PyResult<()>) -> PyResult {
    let set = vm.receiver::<Set>(left)?;
    if !is_any_set(right) {
        return Ok(vm.not_implemented());
    }
    change(set)?;
    Ok(left.clone())
}

pub(super) fn inplace_and(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    inplace(vm, left, right, |set| {
        let result = intersection(vm, set, right)?;
        set.exchange(&result);
        Ok(())
    })
}

pub(super) fn inplace_or(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    inplace(vm, left, right, |set| update(vm, set, right))
}

pub(super) fn inplace_xor(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    inplace(vm, left, right, |set| symmetric_difference_update_with(vm, set, right))
}

pub(super) fn inplace_subtract(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    inplace(vm, left, right, |set| difference_update_one(vm, set, right))
}
