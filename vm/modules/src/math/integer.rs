//! Functions of ints: `gcd`, `lcm`, `isqrt`, `factorial`, `comb`, `perm`.

use lasti_vm::number::{Int, IntView};
use lasti_vm::ops::BinaryOp;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Args, Obj, PyResult, Vm};
use malachite_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One as _, Signed as _};

fn big(vm: &Vm, object: &Obj) -> PyResult<BigInt> {
    let index = vm.index(object)?;
    Ok(index.as_int().unwrap_or(IntView::Small(0)).to_big().into_owned())
}

fn small_gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn gcd(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "math.gcd")?;
    let mut result = Int::new(0);
    for argument in args.all() {
        let other = vm.index(argument)?;
        result = match (result.as_i64(), other.as_i64()) {
            (Some(a), Some(b)) => Int::from_u64(small_gcd(a.unsigned_abs(), b.unsigned_abs())),
            _ => Int::from_big(big(vm, &result)?.gcd(&big(vm, &other)?)),
        };
    }
    Ok(result)
}

fn lcm(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "math.lcm")?;
    let mut result = BigInt::one();
    for argument in args.all() {
        result = result.lcm(&big(vm, argument)?);
    }
    Ok(Int::from_big(result.abs()))
}

fn isqrt(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let n = big(vm, n)?;
    if n.is_negative() {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    Ok(Int::from_big(n.sqrt()))
}

/// The product of the numbers from `first` to `last`, halves first, so that the factors grow alike.
fn product(first: u64, last: u64) -> BigInt {
    if first > last {
        return BigInt::one();
    }
    if last - first < 8 {
        return (first..=last).fold(BigInt::one(), |product, factor| product * factor);
    }
    let middle = first + (last - first) / 2;
    product(first, middle) * product(middle + 1, last)
}

fn factorial(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let index = vm.index(n)?;
    if index.as_int().is_some_and(|n| n.is_negative()) {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    match index.as_i64() {
        Some(n) => Ok(Int::from_big(product(2, n as u64))),
        None => Err(vm.overflow_error(format!("factorial() argument should not exceed {}", i64::MAX))),
    }
}

/// `n` and `k`, both at least 0.
fn two_counts(vm: &Vm, n: &Obj, k: &Obj) -> PyResult<(Obj, Obj)> {
    let (n, k) = (vm.index(n)?, vm.index(k)?);
    for (name, value) in [("n", &n), ("k", &k)] {
        if value.as_int().is_some_and(|value| value.is_negative()) {
            return Err(vm.value_error(format!("{name} must be a non-negative integer")));
        }
    }
    Ok((n, k))
}

/// `n * (n - 1) * ...` with `k` factors.
fn falling(n: &BigInt, k: u64) -> BigInt {
    match u64::try_from(n) {
        Ok(n) if k <= n => product(n - k + 1, n),
        Ok(_) => BigInt::from(0),
        Err(_) => (0..k).fold(BigInt::one(), |product, taken| product * (n - BigInt::from(taken))),
    }
}

fn perm(vm: &Vm, module: &Obj, args: &[Obj]) -> PyResult {
    let [n, k @ ..] = args else { return Ok(vm.none()) };
    let Some(k) = k.first().filter(|k| !vm.is_none(k)) else { return factorial(vm, module, n) };
    let (n, k) = two_counts(vm, n, k)?;
    let (n, k) = (big(vm, &n)?, k.as_i64());
    match k {
        Some(k) => Ok(Int::from_big(falling(&n, k as u64))),
        None if n < BigInt::from(i64::MAX) => Ok(Int::new(0)),
        None => Err(vm.overflow_error(format!("k must not exceed {}", i64::MAX))),
    }
}

fn comb(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [n, k] = args else { return Ok(vm.none()) };
    let (n, k) = two_counts(vm, n, k)?;
    let rest = vm.binary(BinaryOp::Subtract, &n, &k)?;
    if rest.as_int().is_some_and(|rest| rest.is_negative()) {
        return Ok(Int::new(0));
    }
    let (rest, k) = (big(vm, &rest)?, big(vm, &k)?);
    let Ok(k) = u64::try_from(&rest.min(k)) else {
        return Err(vm.overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX)));
    };
    Ok(Int::from_big(falling(&big(vm, &n)?, k) / product(2, k)))
}

pub(super) const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("gcd", "($module, /, *integers)", "Greatest Common Divisor.", NativeCall::Full(gcd)),
    NativeDef::new("lcm", "($module, /, *integers)", "Least Common Multiple.", NativeCall::Full(lcm)),
    NativeDef::new(
        "isqrt",
        "($module, n, /)",
        "Return the integer part of the square root of the input.",
        NativeCall::One(isqrt),
    ),
    NativeDef::new("factorial", "($module, n, /)", "Find n!.", NativeCall::One(factorial)),
    NativeDef::new(
        "perm",
        "($module, n, k=None, /)",
        "Number of ways to choose k items from n items without repetition and with order.\n\nEvaluates to n! / (n - k)! when k <= n and evaluates\nto zero when k > n.\n\nIf k is not specified or is None, then k defaults to n\nand the function returns n!.\n\nRaises ValueError if either of the arguments are negative.",
        NativeCall::Positional(1, 2, perm),
    ),
    NativeDef::new(
        "comb",
        "($module, n, k, /)",
        "Number of ways to choose k items from n items without repetition and without order.\n\nEvaluates to n! / (k! * (n - k)!) when k <= n and evaluates\nto zero when k > n.\n\nAlso called the binomial coefficient because it is equivalent\nto the coefficient of k-th term in polynomial expansion of the\nexpression (1 + x)**n.\n\nRaises ValueError if either of the arguments are negative.",
        NativeCall::Positional(2, 2, comb),
    ),
];
