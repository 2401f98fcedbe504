//! Operators, comparisons, subscripts, truth.

use super::object;
use crate::builtins as types;
use crate::errors::PyResult;
use crate::eval::{Sp, effect_op, fail, next, next_or_raise, op, specialize, throw, value_op};
use crate::iterators::Slice;
use crate::number::{Float, Int};
use crate::object::obj::{own, release};
use crate::object::{Obj, Object, Value};
use crate::ops::BinaryOp;
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::CompareOp;
use crate::vm::Vm;

/// The operand of BINARY_OP that subscripts. CPython: `NB_SUBSCR`.
const SUBSCRIPT: u32 = 26;

/// BINARY_OP on any operands.
pub(in crate::eval) fn binary(vm: &Vm, left: &Obj, right: &Obj, oparg: u32) -> PyResult {
    if oparg == SUBSCRIPT {
        return vm.getitem(left, right);
    }
    if let Some(result) = small_ints(left.value(), right.value(), oparg) {
        return Ok(result);
    }
    if oparg < 13 {
        vm.binary(BinaryOp::ALL[oparg as usize], left, right)
    } else {
        vm.binary_inplace(BinaryOp::ALL[(oparg - 13) as usize], left, right)
    }
}

/// Sums, differences and products of small ints that fit 64 bits.
fn small_ints(left: Value, right: Value, oparg: u32) -> Option<Obj> {
    if !left.is_int() || !right.is_int() {
        return None;
    }
    let (a, b) = (left.as_int(), right.as_int());
    match if oparg >= 13 { oparg - 13 } else { oparg } {
        0 => a.checked_add(b),
        5 => a.checked_mul(b),
        10 => a.checked_sub(b),
        _ => None,
    }
    .map(Int::new)
}

op! {
    /// BINARY_OP (left right -- result)
    fn binary_op(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        if specialize::due(ip.add(1)) && specialize::binary_op(ip, sp, vm, oparg) {
            return specialize::redo(ip, sp, fp, vm, oparg);
        }
        match binary(vm, object(sp.sub(2)), object(sp.sub(1)), oparg) {
            Ok(result) => {
                let (left, right) = (*sp.sub(2), *sp.sub(1));
                *sp.sub(2) = result.into_value();
                release(right);
                release(left);
                next!(ip.add(6), sp.sub(1), fp, vm)
            }
            Err(error) => throw!(ip, sp, fp, vm, error),
        }
    }
}

macro_rules! int_arithmetic {
    ($(#[$doc:meta])* $name:ident, $checked:ident) => {
        op! {
            $(#[$doc])*
            fn $name(ip, sp, fp, vm, oparg) {
                let (left, right) = (*sp.sub(2), *sp.sub(1));
                if left.0 & right.0 & 1 == 0 {
                    return specialize::deopt(ip, sp, fp, vm, oparg);
                }
                // Both numbers are shifted by two: so is their sum or difference, which overflows when it does
                // not fit a small int.
                let (result, overflow) = ((left.0 & !3) as i64).$checked((right.0 & !3) as i64);
                if overflow {
                    return binary_op_generic(ip, sp, fp, vm, oparg);
                }
                *sp.sub(2) = Value(result as u64 | 3);
                next!(ip.add(6), sp.sub(1), fp, vm)
            }
        }
    };
}

int_arithmetic!(/** BINARY_OP_ADD_INT: small ints. */ binary_op_add_int, overflowing_add);
int_arithmetic!(/** BINARY_OP_SUBTRACT_INT: small ints. */ binary_op_subtract_int, overflowing_sub);

op! {
    /// BINARY_OP_MULTIPLY_INT: small ints.
    fn binary_op_multiply_int(ip, sp, fp, vm, oparg) {
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        if left.0 & right.0 & 1 == 0 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let (result, overflow) = ((left.0 & !3) as i64).overflowing_mul(right.as_int());
        if overflow {
            return binary_op_generic(ip, sp, fp, vm, oparg);
        }
        *sp.sub(2) = Value(result as u64 | 3);
        next!(ip.add(6), sp.sub(1), fp, vm)
    }
}

op! {
    /// BINARY_OP without specialising again: the types are right, the result is too large for a small int.
    fn binary_op_generic(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        match binary(vm, object(sp.sub(2)), object(sp.sub(1)), oparg) {
            Ok(result) => {
                let (left, right) = (*sp.sub(2), *sp.sub(1));
                *sp.sub(2) = result.into_value();
                release(right);
                release(left);
                next!(ip.add(6), sp.sub(1), fp, vm)
            }
            Err(error) => throw!(ip, sp, fp, vm, error),
        }
    }
}

/// The float of a word, if its type is exactly float.
#[inline(always)]
unsafe fn float(value: Value) -> Option<f64> {
    if value.is_int() || !std::ptr::eq((*value.header()).ty(), &raw const types::FLOAT) {
        return None;
    }
    Some((&*value.header().cast::<Object<Float>>()).0)
}

/// Stores a float result in `left`'s place: in the very object if nobody else holds it.
#[inline(always)]
unsafe fn float_result(sp: *mut Value, left: Value, right: Value, result: f64) {
    if left.is_counted() && (*left.header()).count() == 1 {
        (*left.header().cast::<Object<Float>>().cast::<u8>().add(16).cast::<f64>()) = result;
        release(right);
        return;
    }
    if right.is_counted() && (*right.header()).count() == 1 {
        (*right.header().cast::<u8>().add(16).cast::<f64>()) = result;
        *sp.sub(2) = right;
        release(left);
        return;
    }
    *sp.sub(2) = Float::new(result).into_value();
    release(right);
    release(left);
}

macro_rules! float_arithmetic {
    ($(#[$doc:meta])* $name:ident, $operator:tt) => {
        op! {
            $(#[$doc])*
            fn $name(ip, sp, fp, vm, oparg) {
                let (left, right) = (*sp.sub(2), *sp.sub(1));
                let (Some(a), Some(b)) = (float(left), float(right)) else {
                    return specialize::deopt(ip, sp, fp, vm, oparg);
                };
                float_result(sp, left, right, a $operator b);
                next!(ip.add(6), sp.sub(1), fp, vm)
            }
        }
    };
}

float_arithmetic!(/** BINARY_OP_ADD_FLOAT */ binary_op_add_float, +);
float_arithmetic!(/** BINARY_OP_SUBTRACT_FLOAT */ binary_op_subtract_float, -);
float_arithmetic!(/** BINARY_OP_MULTIPLY_FLOAT */ binary_op_multiply_float, *);

op! {
    /// BINARY_OP_ADD_UNICODE
    fn binary_op_add_unicode(ip, sp, fp, vm, oparg) {
        let (Some(left), Some(right)) = (object(sp.sub(2)).downcast_exact::<Str>(), object(sp.sub(1)).downcast_exact::<Str>()) else {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        };
        let result = left.concat(right).into_obj().into_value();
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        *sp.sub(2) = result;
        release(right);
        release(left);
        next!(ip.add(6), sp.sub(1), fp, vm)
    }
}

op! {
    /// BINARY_OP_SUBSCR_LIST_INT
    fn binary_op_subscr_list_int(ip, sp, fp, vm, oparg) {
        let (container, index) = (*sp.sub(2), *sp.sub(1));
        if !index.is_int() || container.is_int() || !std::ptr::eq((*container.header()).ty(), &raw const types::LIST) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let items = (&*container.header().cast::<Object<List>>()).items.slice();
        let Some(item) = items.get(index.as_int() as usize) else {
            return binary_op_generic(ip, sp, fp, vm, oparg);
        };
        *sp.sub(2) = own(item.value());
        release(container);
        next!(ip.add(6), sp.sub(1), fp, vm)
    }
}

op! {
    /// BINARY_OP_SUBSCR_TUPLE_INT
    fn binary_op_subscr_tuple_int(ip, sp, fp, vm, oparg) {
        let (container, index) = (*sp.sub(2), *sp.sub(1));
        if !index.is_int() || container.is_int() || !std::ptr::eq((*container.header()).ty(), &raw const types::TUPLE) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let items = (&*container.header().cast::<Object<Tuple>>()).items();
        let Some(item) = items.get(index.as_int() as usize) else {
            return binary_op_generic(ip, sp, fp, vm, oparg);
        };
        *sp.sub(2) = own(item.value());
        release(container);
        next!(ip.add(6), sp.sub(1), fp, vm)
    }
}

op! {
    /// BINARY_OP_SUBSCR_DICT
    fn binary_op_subscr_dict(ip, sp, fp, vm, oparg) {
        let Some(dict) = object(sp.sub(2)).downcast_exact::<crate::dict::Dict>() else {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        };
        (*fp).ip = ip;
        match dict.get(vm, object(sp.sub(1))) {
            Ok(Some(value)) => {
                let (container, key) = (*sp.sub(2), *sp.sub(1));
                *sp.sub(2) = value.into_value();
                release(key);
                release(container);
                next!(ip.add(6), sp.sub(1), fp, vm)
            }
            Ok(None) => throw!(ip, sp, fp, vm, vm.key_error(object(sp.sub(1)))),
            Err(error) => throw!(ip, sp, fp, vm, error),
        }
    }
}

op! {
    /// COMPARE_OP (left right -- result): the operator is in the argument's bits from 5 on; bit 4 asks for a bool.
    fn compare_op(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        if specialize::due(ip.add(1)) && specialize::compare_op(ip, sp) {
            return specialize::redo(ip, sp, fp, vm, oparg);
        }
        next_or_raise!(ip, ip.add(2), sp, compare_generic(sp, vm, oparg), fp, vm)
    }
}

#[inline(never)]
unsafe fn compare_generic(sp: Sp, vm: &Vm, oparg: u32) -> Sp {
    let result = vm.compare(object(sp.sub(2)), object(sp.sub(1)), CompareOp::ALL[(oparg >> 5) as usize]);
    let result = match result {
        Ok(result) if oparg & 16 != 0 => vm.is_true(&result).map(|truth| vm.bool(truth)),
        result => result,
    };
    match result {
        Ok(result) => {
            let (left, right) = (*sp.sub(2), *sp.sub(1));
            *sp.sub(2) = result.into_value();
            release(right);
            release(left);
            sp.sub(1)
        }
        Err(error) => fail(vm, error),
    }
}

/// The bits of a comparison's argument that stand for each outcome. CPython: `COMPARISON_*`.
const LESS: u32 = 2;
const GREATER: u32 = 4;
const EQUAL: u32 = 8;
const UNORDERED: u32 = 1;

/// `True` or `False`
#[inline(always)]
pub(in crate::eval) fn bool_word(truth: bool) -> Value {
    if truth { types::TRUE.value() } else { types::FALSE.value() }
}

op! {
    /// COMPARE_OP_INT: small ints. The argument's low bits say which outcomes hold.
    fn compare_op_int(ip, sp, fp, vm, oparg) {
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        if left.0 & right.0 & 1 == 0 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let (a, b) = (left.0 as i64, right.0 as i64);
        let outcome = u32::from(a < b) * LESS | u32::from(a > b) * GREATER | u32::from(a == b) * EQUAL;
        *sp.sub(2) = bool_word(outcome & oparg != 0);
        next!(ip.add(2), sp.sub(1), fp, vm)
    }
}

op! {
    /// COMPARE_OP_FLOAT
    fn compare_op_float(ip, sp, fp, vm, oparg) {
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        let (Some(a), Some(b)) = (float(left), float(right)) else {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        };
        let outcome = if a < b { LESS } else if a > b { GREATER } else if a == b { EQUAL } else { UNORDERED };
        *sp.sub(2) = bool_word(outcome & oparg != 0);
        release(right);
        release(left);
        next!(ip.add(2), sp.sub(1), fp, vm)
    }
}

op! {
    /// COMPARE_OP_STR: `==` and `!=`.
    fn compare_op_str(ip, sp, fp, vm, oparg) {
        let (Some(left), Some(right)) = (object(sp.sub(2)).downcast_exact::<Str>(), object(sp.sub(1)).downcast_exact::<Str>()) else {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        };
        let equal = left.same_text(right) == ((oparg >> 5) == CompareOp::Eq as u32);
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        *sp.sub(2) = bool_word(equal);
        release(right);
        release(left);
        next!(ip.add(2), sp.sub(1), fp, vm)
    }
}

op! {
    /// IS_OP (left right -- result)
    fn is_op(ip, sp, fp, vm, oparg) {
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        *sp.sub(2) = bool_word(left.is(right) == (oparg == 0));
        release(right);
        release(left);
        next!(ip.add(1), sp.sub(1), fp, vm)
    }
}

value_op! {
    /// CONTAINS_OP (item container -- result)
    fn contains_op(vm, fp, args, oparg) pops 2, caches 1, {
        let contains = match args[1].downcast_exact::<crate::dict::Dict>() {
            Some(dict) => dict.contains(vm, &args[0])?,
            None => vm.contains(&args[1], &args[0])?,
        };
        Ok(vm.bool(contains == (oparg == 0)))
    }
}

value_op! {
    /// UNARY_NEGATIVE (value -- result)
    fn unary_negative(vm, fp, args, oparg) pops 1, caches 0, {
        match args[0].value() {
            value if value.is_int() => Ok(Int::new(-value.as_int())),
            _ => vm.negative(&args[0]),
        }
    }
}

value_op! {
    /// UNARY_INVERT (value -- result)
    fn unary_invert(vm, fp, args, oparg) pops 1, caches 0, { vm.invert(&args[0]) }
}

op! {
    /// UNARY_NOT (bool -- bool)
    fn unary_not(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        *sp.sub(1) = bool_word(value == types::FALSE.value());
        next!(ip.add(1), sp, fp, vm)
    }
}

op! {
    /// TO_BOOL (value -- bool)
    fn to_bool(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        if value == types::TRUE.value() || value == types::FALSE.value() {
            next!(ip.add(4), sp, fp, vm);
        }
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(4), sp, to_bool_generic(sp, vm), fp, vm)
    }
}

#[inline(never)]
unsafe fn to_bool_generic(sp: Sp, vm: &Vm) -> Sp {
    let value = *sp.sub(1);
    match vm.is_true(object(sp.sub(1))) {
        Ok(truth) => {
            *sp.sub(1) = bool_word(truth);
            release(value);
            sp
        }
        Err(error) => fail(vm, error),
    }
}

value_op! {
    /// BINARY_SLICE (container start stop -- result)
    fn binary_slice(vm, fp, args, oparg) pops 3, caches 0, {
        vm.getitem(&args[0], &Slice::new(args[1].clone(), args[2].clone(), vm.none()).into_obj())
    }
}

effect_op! {
    /// STORE_SLICE (value container start stop -- )
    fn store_slice(vm, fp, args, oparg) pops 4, caches 0, {
        vm.setitem(&args[1], &Slice::new(args[2].clone(), args[3].clone(), vm.none()).into_obj(), &args[0])
    }
}

op! {
    /// STORE_SUBSCR (value container key -- )
    fn store_subscr(ip, sp, fp, vm, oparg) {
        let (container, key) = (*sp.sub(2), *sp.sub(1));
        if key.is_int() && !container.is_int() && std::ptr::eq((*container.header()).ty(), &raw const types::LIST) {
            let items = &(&*container.header().cast::<Object<List>>()).items;
            let index = key.as_int();
            if index >= 0 && (index as usize) < items.len() {
                let value = *sp.sub(3);
                let value = Obj::from_owned(if value.is_counted() { value } else { own(value) });
                // The index was just checked.
                let _ = items.set(index as usize, value);
                release(container);
                next!(ip.add(2), sp.sub(3), fp, vm);
            }
        }
        store_subscr_generic(ip, sp, fp, vm, oparg)
    }
}

effect_op! {
    /// STORE_SUBSCR on any operands.
    fn store_subscr_generic(vm, fp, args, oparg) pops 3, caches 1, {
        match args[1].downcast_exact::<crate::dict::Dict>() {
            Some(dict) => dict.set(vm, &args[2], args[0].clone()),
            None => vm.setitem(&args[1], &args[2], &args[0]),
        }
    }
}

effect_op! {
    /// DELETE_SUBSCR (container key -- )
    fn delete_subscr(vm, fp, args, oparg) pops 2, caches 0, { vm.delitem(&args[0], &args[1]) }
}
