//! The operators of int: small numbers first, big ones out of line. CPython: Objects/longobject.c.

use std::cmp::Ordering;

use lasti_text::{float, int};
use malachite_bigint::{BigInt, Sign};
use num_integer::Integer as _;
use num_traits::{One as _, Signed as _, ToPrimitive as _, Zero as _};

use super::super::text_error::OrRaise as _;
use crate::errors::{Exc, PyResult};
use crate::number::{Float, Int, IntView};
use crate::object::Obj;
use crate::text::Str;
use crate::types::{CompareOp, Slots};
use crate::vm::Vm;

/// Both operands as ints; `NotImplemented` if one of them is none.
macro_rules! operands {
    ($vm:expr, $left:expr, $right:expr) => {
        match ($left.as_int(), $right.as_int()) {
            (Some(left), Some(right)) => (left, right),
            _ => return Ok($vm.not_implemented()),
        }
    };
}

macro_rules! checked {
    ($name:ident, $checked:ident, $op:tt) => {
        fn $name(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
            let (left, right) = operands!(vm, left, right);
            if let (IntView::Small(a), IntView::Small(b)) = (left, right)
                && let Some(result) = a.$checked(b)
            {
                return Ok(Int::new(result));
            }
            Ok(Int::from_big(&*left.to_big() $op &*right.to_big()))
        }
    };
}

checked!(add, checked_add, +);
checked!(subtract, checked_sub, -);
checked!(multiply, checked_mul, *);

macro_rules! bitwise {
    ($name:ident, $op:tt) => {
        fn $name(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
            let (left, right) = operands!(vm, left, right);
            if let (IntView::Small(a), IntView::Small(b)) = (left, right) {
                return Ok(Int::new(a $op b));
            }
            Ok(Int::from_big(&*left.to_big() $op &*right.to_big()))
        }
    };
}

bitwise!(and, &);
bitwise!(or, |);
bitwise!(xor, ^);

#[cold]
fn by_zero(vm: &Vm) -> Exc {
    vm.zero_division_error("division by zero")
}

/// Quotient and rest, the quotient rounded down; `None` if the quotient does not fit.
#[inline]
fn small_divmod(a: i64, b: i64) -> Option<(i64, i64)> {
    let (quotient, rest) = (a.checked_div(b)?, a.checked_rem(b)?);
    if rest != 0 && (rest < 0) != (b < 0) { Some((quotient - 1, rest + b)) } else { Some((quotient, rest)) }
}

fn floor_divide(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (left, right) = operands!(vm, left, right);
    if right.is_zero() {
        return Err(by_zero(vm));
    }
    if let (IntView::Small(a), IntView::Small(b)) = (left, right)
        && let Some((quotient, _)) = small_divmod(a, b)
    {
        return Ok(Int::new(quotient));
    }
    Ok(Int::from_big(left.to_big().div_floor(&right.to_big())))
}

fn remainder(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (left, right) = operands!(vm, left, right);
    if right.is_zero() {
        return Err(by_zero(vm));
    }
    if let (IntView::Small(a), IntView::Small(b)) = (left, right)
        && let Some((_, rest)) = small_divmod(a, b)
    {
        return Ok(Int::new(rest));
    }
    Ok(Int::from_big(left.to_big().mod_floor(&right.to_big())))
}

fn divmod(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (left, right) = operands!(vm, left, right);
    if right.is_zero() {
        return Err(by_zero(vm));
    }
    let (quotient, rest) = match (left, right) {
        (IntView::Small(a), IntView::Small(b)) if small_divmod(a, b).is_some() => {
            let (quotient, rest) = small_divmod(a, b).unwrap_or_default();
            (Int::new(quotient), Int::new(rest))
        }
        _ => {
            let (quotient, rest) = left.to_big().div_mod_floor(&right.to_big());
            (Int::from_big(quotient), Int::from_big(rest))
        }
    };
    Ok(crate::sequence::Tuple::of([quotient, rest]).into_obj())
}

fn true_divide(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (left, right) = operands!(vm, left, right);
    float::int_true_divide(left.into(), right.into()).or_raise(vm).map(Float::new)
}

/// How far to shift; `None` for further than any memory reaches.
fn shift_count(vm: &Vm, count: IntView<'_>) -> PyResult<Option<u64>> {
    if count.is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    Ok(match count {
        IntView::Small(count) => Some(count as u64),
        IntView::Big(_) => None,
    })
}

/// Raises unless there is memory for a number of so many bits.
fn check_size(vm: &Vm, bits: u64) -> PyResult<()> {
    let mut probe: Vec<u8> = Vec::new();
    match usize::try_from(bits / 8) {
        Ok(bytes) if bytes < 4096 || probe.try_reserve_exact(bytes.saturating_mul(2)).is_ok() => Ok(()),
        _ => Err(vm.out_of_memory()),
    }
}

/// `int << count`
pub(crate) fn big_shift_left(vm: &Vm, int: IntView<'_>, count: u64) -> PyResult {
    let int = int.to_big();
    check_size(vm, int.bits().saturating_add(count))?;
    Ok(Int::from_big(&*int << count as usize))
}

fn lshift(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (left, right) = operands!(vm, left, right);
    let count = shift_count(vm, right)?;
    if left.is_zero() {
        return Ok(Int::new(0));
    }
    let Some(count) = count else { return Err(vm.overflow_error("too many digits in integer")) };
    if let IntView::Small(int) = left
        && count < 63
        && (int << count) >> count == int
    {
        return Ok(Int::new(int << count));
    }
    big_shift_left(vm, left, count)
}

fn rshift(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (left, right) = operands!(vm, left, right);
    let count = shift_count(vm, right)?;
    let beyond = || Ok(Int::new(if left.is_negative() { -1 } else { 0 }));
    let Some(count) = count else { return beyond() };
    match left {
        IntView::Small(int) => Ok(Int::new(int >> count.min(63))),
        IntView::Big(int) if count > int.bits() => beyond(),
        IntView::Big(int) => Ok(Int::from_big(int >> count as usize)),
    }
}

fn power(vm: &Vm, base: &Obj, exponent: &Obj, modulus: &Obj) -> PyResult {
    let (base, exponent) = operands!(vm, base, exponent);
    if vm.is_none(modulus) {
        return plain_power(vm, base, exponent);
    }
    match modulus.as_int() {
        Some(modulus) => modular_power(vm, base, exponent, modulus),
        None => Ok(vm.not_implemented()),
    }
}

fn plain_power(vm: &Vm, base: IntView<'_>, exponent: IntView<'_>) -> PyResult {
    if exponent.is_negative() {
        let base = float::from_int(base.into()).or_raise(vm)?;
        let exponent = float::from_int(exponent.into()).or_raise(vm)?;
        return super::super::float::power_of_floats(vm, base, exponent);
    }
    match (base, exponent) {
        (_, IntView::Small(0)) | (IntView::Small(1), _) => return Ok(Int::new(1)),
        (IntView::Small(0), _) => return Ok(Int::new(0)),
        (IntView::Small(-1), exponent) => {
            return Ok(Int::new(if is_odd(exponent) { -1 } else { 1 }));
        }
        (IntView::Small(base), IntView::Small(exponent)) => {
            if let Ok(exponent) = u32::try_from(exponent)
                && let Some(result) = base.checked_pow(exponent)
            {
                return Ok(Int::new(result));
            }
            if base == 2 {
                return big_shift_left(vm, IntView::Small(1), exponent as u64);
            }
        }
        _ => {}
    }
    let IntView::Small(exponent) = exponent else { return Err(vm.out_of_memory()) };
    let base = base.to_big();
    check_size(vm, base.bits().saturating_mul(exponent as u64))?;
    let exponent = u32::try_from(exponent).map_err(|_| vm.out_of_memory())?;
    Ok(Int::from_big(base.pow(exponent)))
}

fn is_odd(int: IntView<'_>) -> bool {
    match int {
        IntView::Small(int) => int & 1 != 0,
        IntView::Big(int) => int.bit(0),
    }
}

fn modular_power(vm: &Vm, base: IntView<'_>, exponent: IntView<'_>, modulus: IntView<'_>) -> PyResult {
    if modulus.is_zero() {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    let signed = modulus.to_big();
    let modulus = signed.abs();
    if modulus.is_one() {
        return Ok(Int::new(0));
    }
    let mut base = base.to_big().mod_floor(&modulus);
    let mut exponent = exponent.to_big().into_owned();
    if exponent.is_negative() {
        let gcd = base.extended_gcd(&modulus);
        if !gcd.gcd.is_one() {
            return Err(vm.value_error("base is not invertible for the given modulus"));
        }
        base = gcd.x.mod_floor(&modulus);
        exponent = -exponent;
    }
    let result = if let (Some(base), Some(exponent), Some(modulus)) =
        (base.to_u64(), exponent.to_u64(), modulus.to_u64())
    {
        BigInt::from(small_modular_power(base, exponent, modulus))
    } else {
        base.modpow(&exponent, &modulus)
    };
    let result = if signed.sign() == Sign::Minus && !result.is_zero() { result - modulus } else { result };
    Ok(Int::from_big(result))
}

fn small_modular_power(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let wide = u128::from(modulus);
    let mut square = u128::from(base) % wide;
    let mut result = 1 % wide;
    while exponent > 0 {
        if exponent & 1 != 0 {
            result = result * square % wide;
        }
        square = square * square % wide;
        exponent >>= 1;
    }
    result as u64
}

fn negative(_: &Vm, int: &Obj) -> PyResult {
    Ok(match int.as_int() {
        Some(IntView::Small(small)) if small != i64::MIN => Int::new(-small),
        Some(view) => Int::from_big(-view.to_big().into_owned()),
        None => int.clone(),
    })
}

/// The number as an exact int: `+x`, `int(x)`, `x.__index__()`.
pub(super) fn exact(vm: &Vm, int: &Obj) -> PyResult {
    vm.index(int)
}

fn absolute(vm: &Vm, int: &Obj) -> PyResult {
    if int.as_int().is_some_and(|int| int.is_negative()) { negative(vm, int) } else { vm.index(int) }
}

fn invert(_: &Vm, int: &Obj) -> PyResult {
    Ok(match int.as_int() {
        Some(IntView::Small(small)) => Int::new(!small),
        Some(IntView::Big(big)) => Int::from_big(-(big + BigInt::one())),
        None => int.clone(),
    })
}

fn to_float(vm: &Vm, int: &Obj) -> PyResult {
    let int = int.as_int().unwrap_or(IntView::Small(0));
    float::from_int(int.into()).or_raise(vm).map(Float::new)
}

fn is_true(_: &Vm, int: &Obj) -> PyResult<bool> {
    Ok(int.as_int().is_some_and(|int| !int.is_zero()))
}

fn hash(_: &Vm, int: &Obj) -> PyResult<i64> {
    Ok(float::hash_int(int.as_int().unwrap_or(IntView::Small(0)).into()))
}

/// The order of two ints.
pub(crate) fn order(left: IntView<'_>, right: IntView<'_>) -> Ordering {
    match (left, right) {
        (IntView::Small(a), IntView::Small(b)) => a.cmp(&b),
        (IntView::Big(a), IntView::Big(b)) => a.cmp(b),
        (IntView::Small(_), b) => {
            if b.is_negative() {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (a, IntView::Small(_)) => {
            if a.is_negative() {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
    }
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (left, right) = operands!(vm, left, right);
    Ok(vm.bool(op.holds(order(left, right))))
}

/// The digits of an int; a ValueError where there are more than the limit.
pub(crate) fn repr_text(vm: &Vm, int: IntView<'_>) -> PyResult<String> {
    int::to_decimal(int.into(), vm.interp().int_digit_limit()).or_raise(vm)
}

fn repr(vm: &Vm, int: &Obj) -> PyResult {
    let text = repr_text(vm, int.as_int().unwrap_or(IntView::Small(0)))?;
    Ok(Str::new(&text).into_obj())
}

pub(super) fn fill(slots: &Slots) {
    slots.repr.set(Some(repr));
    slots.hash.set(Some(hash));
    slots.richcompare.set(Some(richcompare));
    slots.nb_bool.set(Some(is_true));
    slots.nb_negative.set(Some(negative));
    slots.nb_positive.set(Some(exact));
    slots.nb_absolute.set(Some(absolute));
    slots.nb_invert.set(Some(invert));
    slots.nb_int.set(Some(exact));
    slots.nb_index.set(Some(exact));
    slots.nb_float.set(Some(to_float));
    slots.nb_add.set(Some(add));
    slots.nb_subtract.set(Some(subtract));
    slots.nb_multiply.set(Some(multiply));
    slots.nb_remainder.set(Some(remainder));
    slots.nb_divmod.set(Some(divmod));
    slots.nb_power.set(Some(power));
    slots.nb_lshift.set(Some(lshift));
    slots.nb_rshift.set(Some(rshift));
    slots.nb_and.set(Some(and));
    slots.nb_xor.set(Some(xor));
    slots.nb_or.set(Some(or));
    slots.nb_floor_divide.set(Some(floor_divide));
    slots.nb_true_divide.set(Some(true_divide));
}
