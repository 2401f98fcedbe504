//! Operators, comparisons, subscripts, truth.

use super::object;
use crate::builtins as types;
use crate::errors::PyResult;
use crate::eval::call::{clear_slots, code_of, frame_at_hand, push_frame_at_hand};
use crate::eval::{
    Exit, Fp, Ip, Sp, dispatch_truth, effect_op, fail, next, next_or_raise, next_releasing, op, specialize,
    throw, value_op,
};
use crate::frame::Frame;
use crate::function::Function;
use crate::iterators::Slice;
use crate::number::{Float, Int};
use crate::object::obj::{keep, own, release, share};
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
        if specialize::due(ip.add(1)) && specialize::binary_op(ip, sp, fp, vm, oparg) {
            return specialize::redo(ip, sp, fp, vm, oparg);
        }
        binary_op_generic(ip, sp, fp, vm, oparg)
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
    /// BINARY_OP on any operands, without specialising.
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

/// Goes on with a float result in the operands' place: in an operand's very object if nobody else holds that.
#[inline(always)]
unsafe fn float_result(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, left: Value, right: Value, result: f64) -> Exit {
    if left.is_counted() && (*left.header()).count() == 1 {
        left.header().cast::<u8>().add(16).cast::<f64>().write(result);
        next_releasing!(ip, sp.sub(1), fp, vm, right);
    }
    if right.is_counted() && (*right.header()).count() == 1 {
        right.header().cast::<u8>().add(16).cast::<f64>().write(result);
        *sp.sub(2) = right;
        next_releasing!(ip, sp.sub(1), fp, vm, left);
    }
    let Some(float) = Float::try_new(result) else {
        return float_result_slow(ip, sp, fp, vm, result.to_bits());
    };
    *sp.sub(2) = float;
    next_releasing!(ip, sp.sub(1), fp, vm, right, left)
}

#[cold]
#[inline(never)]
unsafe fn float_result_slow(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, bits: u64) -> Exit {
    let (left, right) = (*sp.sub(2), *sp.sub(1));
    *sp.sub(2) = Float::new(f64::from_bits(bits)).into_value();
    next_releasing!(ip, sp.sub(1), fp, vm, right, left)
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
                float_result(ip.add(6), sp, fp, vm, left, right, a $operator b)
            }
        }
    };
}

float_arithmetic!(/** BINARY_OP_ADD_FLOAT */ binary_op_add_float, +);
float_arithmetic!(/** BINARY_OP_SUBTRACT_FLOAT */ binary_op_subtract_float, -);
float_arithmetic!(/** BINARY_OP_MULTIPLY_FLOAT */ binary_op_multiply_float, *);

/// What is in a word that is a small int or exactly a float, as a float; ints only if that is exact.
#[inline(always)]
unsafe fn number(value: Value) -> Option<f64> {
    if value.is_int() {
        let int = value.as_int();
        return (-(1 << 53)..=1 << 53).contains(&int).then_some(int as f64);
    }
    float(value)
}

/// The operators of two small ints that have no form of their own, where the result is a small int.
#[inline(always)]
fn int_result(a: i64, b: i64, operator: u32) -> Option<i64> {
    let result = match operator {
        1 => a & b,
        2 if b != 0 => a.div_euclid(b) - i64::from(b < 0 && a.rem_euclid(b) != 0),
        3 if (0..62).contains(&b) && a.unsigned_abs().leading_zeros() as i64 > b + 3 => a << b,
        6 if b != 0 => {
            let rest = a % b;
            if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
        }
        7 => a | b,
        9 if b >= 0 => a >> b.min(63),
        12 => a ^ b,
        _ => return None,
    };
    Value::fits(result).then_some(result)
}

op! {
    /// BINARY_OP_EXTEND: the other operators of small ints, and arithmetic of floats with small ints.
    fn binary_op_extend(ip, sp, fp, vm, oparg) {
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        let operator = if oparg >= 13 { oparg - 13 } else { oparg };
        if left.0 & right.0 & 1 != 0 && operator != 11 {
            let Some(result) = int_result(left.as_int(), right.as_int(), operator) else {
                return binary_op_generic(ip, sp, fp, vm, oparg);
            };
            *sp.sub(2) = Value::int(result);
            next!(ip.add(6), sp.sub(1), fp, vm);
        }
        let (Some(a), Some(b)) = (number(left), number(right)) else {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        };
        let result = match operator {
            0 => a + b,
            5 => a * b,
            10 => a - b,
            11 if b != 0.0 => a / b,
            _ => return binary_op_generic(ip, sp, fp, vm, oparg),
        };
        let Some(float) = Float::try_new(result) else {
            return float_result_slow(ip.add(6), sp, fp, vm, result.to_bits());
        };
        *sp.sub(2) = float;
        next_releasing!(ip.add(6), sp.sub(1), fp, vm, right, left)
    }
}

op! {
    /// BINARY_OP_SUBSCR_GETITEM: `__getitem__` is a Python function.
    fn binary_op_subscr_getitem(ip, sp, fp, vm, oparg) {
        let container = object(sp.sub(2));
        if container.value().is_int() || vm.recursion_left.get() <= 0 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let Some(getter) = specialize::getter_of(vm, container) else {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        };
        let code = code_of(&*getter.header().cast::<Object<Function>>());
        if !frame_at_hand(vm, code) {
            return binary_op_generic(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        (*fp).sp = sp.sub(2);
        (*fp).return_offset = 6;
        let frame = push_frame_at_hand(vm, fp, own(getter), code);
        let (container, key) = (*sp.sub(2), *sp.sub(1));
        let locals = Frame::locals(frame);
        locals.write_volatile(keep(container));
        locals.add(1).write_volatile(keep(key));
        clear_slots(frame, code, 2);
        let (ip, sp) = super::calls::enter(vm, frame);
        next!(ip, sp, frame, vm)
    }
}

op! {
    /// BINARY_OP_ADD_UNICODE
    fn binary_op_add_unicode(ip, sp, fp, vm, oparg) {
        if !concatenate(sp) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        next!(ip.add(6), sp.sub(1), fp, vm)
    }
}

/// Replaces two exact strs by both in one; false if they are something else.
#[inline(never)]
unsafe fn concatenate(sp: Sp) -> bool {
    let (Some(left), Some(right)) =
        (object(sp.sub(2)).downcast_exact::<Str>(), object(sp.sub(1)).downcast_exact::<Str>())
    else {
        return false;
    };
    let result = left.concat(right).into_obj().into_value();
    let (left, right) = (*sp.sub(2), *sp.sub(1));
    *sp.sub(2) = result;
    release(right);
    release(left);
    true
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
        *sp.sub(2) = share(item.value());
        next_releasing!(ip.add(6), sp.sub(1), fp, vm, container)
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
        *sp.sub(2) = share(item.value());
        next_releasing!(ip.add(6), sp.sub(1), fp, vm, container)
    }
}

op! {
    /// BINARY_OP_SUBSCR_DICT
    fn binary_op_subscr_dict(ip, sp, fp, vm, oparg) {
        let container = *sp.sub(2);
        if container.is_int() || !std::ptr::eq((*container.header()).ty(), &raw const types::DICT) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(6), sp, subscript_dict(sp, vm), fp, vm)
    }
}

#[inline(never)]
unsafe fn subscript_dict(sp: Sp, vm: &Vm) -> Sp {
    let (container, key) = (*sp.sub(2), *sp.sub(1));
    let dict = &*container.header().cast::<Object<crate::dict::Dict>>();
    match dict.get(vm, object(sp.sub(1))) {
        Ok(Some(value)) => {
            *sp.sub(2) = value.into_value();
            release(key);
            release(container);
            sp.sub(1)
        }
        Ok(None) => fail(vm, vm.key_error(object(sp.sub(1)))),
        Err(error) => fail(vm, error),
    }
}

op! {
    /// COMPARE_OP (left right -- result): the operator is in the argument's bits from 5 on; bit 4 asks for a bool.
    fn compare_op(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        if specialize::due(ip.add(1)) && specialize::compare_op(ip, sp, fp) {
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
        let outcome = match a.cmp(&b) {
            std::cmp::Ordering::Less => LESS,
            std::cmp::Ordering::Equal => EQUAL,
            std::cmp::Ordering::Greater => GREATER,
        };
        dispatch_truth(ip.add(2), sp.sub(2), fp, vm, outcome & oparg != 0)
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
        if left.is_counted() || right.is_counted() {
            *sp.sub(2) = bool_word(outcome & oparg != 0);
            next_releasing!(ip.add(2), sp.sub(1), fp, vm, right, left);
        }
        dispatch_truth(ip.add(2), sp.sub(2), fp, vm, outcome & oparg != 0)
    }
}

op! {
    /// COMPARE_OP_STR: `==` and `!=`.
    fn compare_op_str(ip, sp, fp, vm, oparg) {
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        if left.is_int()
            || right.is_int()
            || !std::ptr::eq((*left.header()).ty(), &raw const types::STR)
            || !std::ptr::eq((*right.header()).ty(), &raw const types::STR)
        {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let wanted = (oparg >> 5) == CompareOp::Eq as u32;
        if left.is(right) && !left.is_counted() && !right.is_counted() {
            return dispatch_truth(ip.add(2), sp.sub(2), fp, vm, wanted);
        }
        let equal = same_text(left, right) == wanted;
        if left.is_counted() || right.is_counted() {
            *sp.sub(2) = bool_word(equal);
            next_releasing!(ip.add(2), sp.sub(1), fp, vm, right, left);
        }
        dispatch_truth(ip.add(2), sp.sub(2), fp, vm, equal)
    }
}

/// Whether two exact strs have the same text.
#[inline(never)]
unsafe fn same_text(left: Value, right: Value) -> bool {
    (*left.header().cast::<Object<Str>>()).same_text(&*right.header().cast::<Object<Str>>())
}

op! {
    /// IS_OP (left right -- result)
    fn is_op(ip, sp, fp, vm, oparg) {
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        let truth = left.is(right) == (oparg == 0);
        if left.is_counted() || right.is_counted() {
            *sp.sub(2) = bool_word(truth);
            next_releasing!(ip.add(1), sp.sub(1), fp, vm, right, left);
        }
        dispatch_truth(ip.add(1), sp.sub(2), fp, vm, truth)
    }
}

op! {
    /// CONTAINS_OP (item container -- result)
    fn contains_op(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        match contains(sp, vm) {
            Truth::Failed => crate::eval::raise_pending(ip, sp, fp, vm),
            truth => dispatch_truth(ip.add(2), sp.sub(2), fp, vm, (truth == Truth::Yes) == (oparg == 0)),
        }
    }
}

/// What came of a test.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Truth {
    No,
    Yes,
    Failed,
}

/// Whether the container has the item; both are released, unless it failed.
#[inline(never)]
unsafe fn contains(sp: Sp, vm: &Vm) -> Truth {
    let (item, container) = (object(sp.sub(2)), object(sp.sub(1)));
    let contains = if let Some(dict) = container.downcast_exact::<crate::dict::Dict>() {
        dict.contains(vm, item)
    } else if let Some(set) = container.downcast_exact::<crate::set::Set>()
        && item.downcast::<crate::set::Set>().is_none()
    {
        set.contains(vm, item)
    } else {
        vm.contains(container, item)
    };
    match contains {
        Ok(contains) => {
            release(*sp.sub(1));
            release(*sp.sub(2));
            if contains { Truth::Yes } else { Truth::No }
        }
        Err(error) => {
            fail(vm, error);
            Truth::Failed
        }
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
        if value == types::TRUE.value() {
            return dispatch_truth(ip.add(4), sp.sub(1), fp, vm, true);
        }
        if value == types::FALSE.value() || value == types::NONE.value() {
            return dispatch_truth(ip.add(4), sp.sub(1), fp, vm, false);
        }
        if value.is_int() {
            return dispatch_truth(ip.add(4), sp.sub(1), fp, vm, value.as_int() != 0);
        }
        let ty = &*(*value.header()).ty();
        let truth = if std::ptr::eq(ty, &raw const types::LIST) {
            !(&*value.header().cast::<Object<List>>()).items.is_empty()
        } else if std::ptr::eq(ty, &raw const types::STR) {
            (&*value.header().cast::<Object<Str>>()).char_len() != 0
        } else if ty.slots.nb_bool.get().is_none() && ty.slots.length.get().is_none() {
            true
        } else {
            return to_bool_generic(ip, sp, fp, vm, oparg);
        };
        if value.is_counted() {
            *sp.sub(1) = bool_word(truth);
            next_releasing!(ip.add(4), sp, fp, vm, value);
        }
        dispatch_truth(ip.add(4), sp.sub(1), fp, vm, truth)
    }
}

op! {
    /// TO_BOOL of whatever has to be asked.
    fn to_bool_generic(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(4), sp, to_bool_of(sp, vm), fp, vm)
    }
}

#[inline(never)]
unsafe fn to_bool_of(sp: Sp, vm: &Vm) -> Sp {
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

/// The items of a slice with small ints or None at its ends and no step.
fn slice_range(start: &Obj, stop: &Obj, length: usize) -> Option<std::ops::Range<usize>> {
    let end = |end: &Obj, default: usize| {
        let value = end.value();
        if value == types::NONE.value() {
            return Some(default);
        }
        if !value.is_int() {
            return None;
        }
        let index = value.as_int();
        let index = if index < 0 { index + length as i64 } else { index };
        Some(index.clamp(0, length as i64) as usize)
    };
    let (start, stop) = (end(start, 0)?, end(stop, length)?);
    Some(start..stop.max(start))
}

value_op! {
    /// BINARY_SLICE (container start stop -- result)
    fn binary_slice(vm, fp, args, oparg) pops 3, caches 0, {
        if let Some(list) = args[0].downcast_exact::<List>()
            && let Some(range) = slice_range(&args[1], &args[2], list.items.len())
        {
            return Ok(List::new(list.items.copy_range(range)).into_obj());
        }
        if let Some(tuple) = args[0].downcast_exact::<Tuple>()
            && let Some(range) = slice_range(&args[1], &args[2], tuple.items().len())
            && range.len() < tuple.items().len()
        {
            return Ok(Tuple::from_slice(&tuple.items()[range]).into_obj());
        }
        if let Some(text) = args[0].downcast_exact::<Str>()
            && text.is_ascii()
            && let Some(range) = slice_range(&args[1], &args[2], text.char_len())
            && range.len() < text.char_len()
        {
            return Ok(text.substring(range.start, range.end).into_obj());
        }
        vm.getitem(&args[0], &Slice::new(args[1].clone(), args[2].clone(), vm.none()).into_obj())
    }
}

effect_op! {
    /// STORE_SLICE (value container start stop -- )
    fn store_slice(vm, fp, args, oparg) pops 4, caches 0, {
        if let Some(list) = args[1].downcast_exact::<List>()
            && let Some(value) = args[0].downcast_exact::<List>()
            && let Some(range) = slice_range(&args[2], &args[3], list.items.len())
        {
            list.items.assign_range(range, &value.items);
            return Ok(());
        }
        vm.setitem(&args[1], &Slice::new(args[2].clone(), args[3].clone(), vm.none()).into_obj(), &args[0])
    }
}

op! {
    /// STORE_SUBSCR (value container key -- )
    fn store_subscr(ip, sp, fp, vm, oparg) {
        let (container, key) = (*sp.sub(2), *sp.sub(1));
        if container.is_int() {
            return store_subscr_generic(ip, sp, fp, vm, oparg);
        }
        let ty = (*container.header()).ty();
        if std::ptr::eq(ty, &raw const types::LIST) && key.is_int() {
            let items = &(&*container.header().cast::<Object<List>>()).items;
            let index = key.as_int();
            if index >= 0 && (index as usize) < items.len() {
                // The index was just checked.
                let old = items.exchange(index as usize, keep(*sp.sub(3)));
                next_releasing!(ip.add(2), sp.sub(3), fp, vm, old, container);
            }
        } else if std::ptr::eq(ty, &raw const types::DICT) {
            (*fp).ip = ip;
            next_or_raise!(ip, ip.add(2), sp, store_in_dict(sp, vm), fp, vm);
        }
        store_subscr_generic(ip, sp, fp, vm, oparg)
    }
}

#[inline(never)]
unsafe fn store_in_dict(sp: Sp, vm: &Vm) -> Sp {
    let (container, key) = (*sp.sub(2), *sp.sub(1));
    let value = Obj::from_owned(keep(*sp.sub(3)));
    let dict = &*container.header().cast::<Object<crate::dict::Dict>>();
    // The value went into the dictionary, or was dropped.
    *sp.sub(3) = Value::NULL;
    match dict.set(vm, object(sp.sub(1)), value) {
        Ok(()) => {
            release(key);
            release(container);
            sp.sub(3)
        }
        Err(error) => fail(vm, error),
    }
}

effect_op! {
    /// STORE_SUBSCR on any operands.
    fn store_subscr_generic(vm, fp, args, oparg) pops 3, caches 1, { vm.setitem(&args[1], &args[2], &args[0]) }
}

effect_op! {
    /// DELETE_SUBSCR (container key -- )
    fn delete_subscr(vm, fp, args, oparg) pops 2, caches 0, { vm.delitem(&args[0], &args[1]) }
}
