//! `math`: functions of real numbers and of ints. CPython: Modules/mathmodule.c.
//!
//! - here: the functions that C's library has, with Python's errors
//! - `gamma`: the gamma function and its logarithm
//! - `integer`: functions of ints
//! - `sums`: sums, products and distances without avoidable loss

mod gamma;
mod integer;
mod sums;

use lasti_text::float;
use lasti_vm::builtins::text_error::OrRaise;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::{Float, Int, IntView};
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Args, Exc, Obj, PyResult, Ref, Signature, Vm};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "math",
    doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
    functions: FUNCTIONS,
    fill,
};

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    Module::add_functions(module, vm, integer::FUNCTIONS)?;
    Module::add_functions(module, vm, sums::FUNCTIONS)?;
    for (name, value) in [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        module.add(vm, name, Float::new(value))?;
    }
    Ok(())
}

#[cold]
fn domain(vm: &Vm, expected: &str, got: f64) -> Exc {
    if expected.is_empty() {
        return vm.value_error("math domain error");
    }
    vm.value_error(format!("expected {expected}, got {}", float::repr(got)))
}

#[cold]
fn range(vm: &Vm) -> Exc {
    vm.overflow_error("math range error")
}

/// A function of one number: NaN out of something else is a domain error, infinity out of something finite a
/// range error where the function can overflow, and a domain error where not.
fn call1(vm: &Vm, x: &Obj, expected: &str, can_overflow: bool, f: fn(f64) -> f64) -> PyResult {
    let x = vm.float(x)?;
    let result = f(x);
    if result.is_nan() && !x.is_nan() {
        return Err(domain(vm, expected, x));
    }
    if result.is_infinite() && x.is_finite() {
        return Err(if can_overflow { range(vm) } else { domain(vm, expected, x) });
    }
    Ok(Float::new(result))
}

macro_rules! function {
    ($name:literal, $signature:literal, $doc:literal, $f:expr, $expected:literal, $overflow:literal) => {
        NativeDef::new(
            $name,
            $signature,
            $doc,
            NativeCall::One(|vm, _, x| call1(vm, x, $expected, $overflow, $f)),
        )
    };
}

/// A function of two numbers, which says itself what is wrong.
macro_rules! function2 {
    ($name:literal, $signature:literal, $doc:literal, $f:expr) => {
        NativeDef::new(
            $name,
            $signature,
            $doc,
            NativeCall::Positional(2, 2, |vm, _, args| {
                let [x, y] = args else { return Ok(vm.none()) };
                let (x, y) = (vm.float(x)?, vm.float(y)?);
                let f: fn(&Vm, f64, f64) -> PyResult<f64> = $f;
                f(vm, x, y).map(Float::new)
            }),
        )
    };
}

fn fmod(vm: &Vm, x: f64, y: f64) -> PyResult<f64> {
    if y.is_infinite() && x.is_finite() {
        return Ok(x);
    }
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain(vm, "", x)) } else { Ok(result) }
}

fn pow(vm: &Vm, x: f64, y: f64) -> PyResult<f64> {
    let result = x.powf(y);
    if !x.is_finite() || !y.is_finite() {
        return Ok(result);
    }
    if result.is_nan() || result.is_infinite() && x == 0.0 {
        return Err(domain(vm, "", x));
    }
    if result.is_infinite() { Err(range(vm)) } else { Ok(result) }
}

/// The difference from the nearest multiple of `y`, halves to the even one.
fn remainder(vm: &Vm, x: f64, y: f64) -> PyResult<f64> {
    if x.is_nan() || y.is_nan() {
        return Ok(if x.is_nan() { x } else { y });
    }
    if x.is_infinite() || y == 0.0 {
        return Err(domain(vm, "", x));
    }
    if y.is_infinite() {
        return Ok(x);
    }
    let (size, y) = (x.abs(), y.abs());
    let m = size % y;
    let c = y - m;
    let rest = if m < c {
        m
    } else if m > c {
        -c
    } else {
        m - 2.0 * ((0.5 * (size - m)) % y)
    };
    Ok(1.0_f64.copysign(x) * rest)
}

/// Rounds by a method of the object's type, or as a float.
fn round_by(
    vm: &Vm,
    x: &Obj,
    method: &str,
    round: fn(f64) -> lasti_text::Result<lasti_text::int::Int>,
) -> PyResult {
    if x.is_exact(&lasti_vm::builtins::FLOAT) {
        return round(vm.float(x)?).or_raise(vm).map(Int::from_text);
    }
    if let Some(result) = vm.call_special(x, &vm.intern(method), &[])? {
        return Ok(result);
    }
    if method == "__trunc__" {
        return Err(vm.type_error(format!("type {} doesn't define __trunc__ method", x.ty().name())));
    }
    round(vm.float(x)?).or_raise(vm).map(Int::from_text)
}

fn modf(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    let x = vm.float(x)?;
    let whole = x.trunc();
    let rest = if x.is_infinite() { 0.0_f64.copysign(x) } else { (x - whole).copysign(x) };
    let rest = if x.is_nan() { x } else { rest };
    Ok(Tuple::new(vec![Float::new(rest), Float::new(whole)]).into_obj())
}

fn frexp(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    let (mantissa, exponent) = libm::frexp(vm.float(x)?);
    Ok(Tuple::new(vec![Float::new(mantissa), Int::new(exponent.into())]).into_obj())
}

fn ldexp(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [x, exponent] = args else { return Ok(vm.none()) };
    let x = vm.float(x)?;
    let Some(exponent) = exponent.as_int() else {
        return Err(vm.type_error("Expected an int as second argument to ldexp."));
    };
    if x == 0.0 || !x.is_finite() {
        return Ok(Float::new(x));
    }
    let exponent = match exponent {
        IntView::Small(exponent) => exponent.clamp(-100_000, 100_000) as i32,
        big if big.is_negative() => -100_000,
        _ => 100_000,
    };
    let result = libm::ldexp(x, exponent);
    if result.is_infinite() { Err(range(vm)) } else { Ok(Float::new(result)) }
}

/// The logarithm of a number or of an int of any size.
fn log_of(vm: &Vm, x: &Obj, log: fn(f64) -> f64) -> PyResult<f64> {
    if let Some(int) = x.as_int() {
        if int.is_negative() || int.is_zero() {
            return Err(vm.value_error("expected a positive input"));
        }
        if let Ok(float) = float::from_int(int.into()) {
            return Ok(log(float));
        }
        // Beyond floats: what does not fit is taken off as a power of two.
        let big = int.to_big();
        let shift = big.bits().saturating_sub(64);
        let top = lasti_text::int::Int::from(&*big >> shift as usize);
        let top = float::from_int(top.as_ref()).or_raise(vm)?;
        return Ok(log(top) + log(2.0) * shift as f64);
    }
    let x = vm.float(x)?;
    if x > 0.0 || x.is_nan() { Ok(log(x)) } else { Err(domain(vm, "a positive input", x)) }
}

fn log(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [x, base @ ..] = args else { return Ok(vm.none()) };
    let x = log_of(vm, x, f64::ln)?;
    match base.first() {
        None => Ok(Float::new(x)),
        Some(base) => {
            let base = log_of(vm, base, f64::ln)?;
            float::divide(x, base).or_raise(vm).map(Float::new)
        }
    }
}

static ISCLOSE: Signature<4> = Signature::new("isclose", ["a", "b", "rel_tol", "abs_tol"], 2).keyword_only(2);

fn isclose(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(a), Some(b), relative, absolute] = args.bind(vm, &ISCLOSE)? else { return Ok(vm.none()) };
    let (a, b) = (vm.float(a)?, vm.float(b)?);
    let relative = relative.map_or(Ok(1e-9), |given| vm.float(given))?;
    let absolute = absolute.map_or(Ok(0.0), |given| vm.float(given))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(vm.bool(true));
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(vm.bool(false));
    }
    let apart = (b - a).abs();
    Ok(vm.bool(apart <= (relative * b).abs() || apart <= (relative * a).abs() || apart <= absolute))
}

static NEXTAFTER: Signature<3> =
    Signature::new("nextafter", ["", "", "steps"], 2).positional_only(2).keyword_only(2);

fn nextafter(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(x), Some(y), steps] = args.bind(vm, &NEXTAFTER)? else { return Ok(vm.none()) };
    let (x, y) = (vm.float(x)?, vm.float(y)?);
    let steps = match steps.filter(|steps| !vm.is_none(steps)) {
        None => 1,
        Some(steps) => {
            let index = vm.index(steps)?;
            if index.as_int().is_some_and(|steps| steps.is_negative()) {
                return Err(vm.value_error("steps must be a non-negative integer"));
            }
            index.as_i64().map_or(u64::MAX, |steps| steps as u64)
        }
    };
    if steps == 0 || x.is_nan() {
        return Ok(Float::new(x));
    }
    if y.is_nan() || x == y {
        return Ok(Float::new(y));
    }
    // Floats in order as whole numbers, zero in the middle.
    let place = |x: f64| {
        let bits = i128::from(x.to_bits() & (u64::MAX >> 1));
        if x.is_sign_negative() { -bits } else { bits }
    };
    let (from, to) = (place(x), place(y));
    let steps = i128::from(steps);
    let reached = if to > from { (from + steps).min(to) } else { (from - steps).max(to) };
    if reached == to && y != 0.0 {
        return Ok(Float::new(y));
    }
    let size = f64::from_bits(reached.unsigned_abs() as u64);
    let negative = reached < 0 || reached == 0 && x.is_sign_negative();
    Ok(Float::new(if negative { -size } else { size }))
}

fn ulp(x: f64) -> f64 {
    let x = x.abs();
    if x.is_nan() || x.is_infinite() {
        return x;
    }
    let next = x.next_up();
    if next.is_infinite() { x - x.next_down() } else { next - x }
}

fn fma(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [x, y, z] = args else { return Ok(vm.none()) };
    let (x, y, z) = (vm.float(x)?, vm.float(y)?, vm.float(z)?);
    let result = x.mul_add(y, z);
    if result.is_nan() && ![x, y, z].iter().any(|part| part.is_nan()) {
        return Err(vm.value_error("invalid operation in fma"));
    }
    if result.is_infinite() && [x, y, z].iter().all(|part| part.is_finite()) {
        return Err(vm.overflow_error("overflow in fma"));
    }
    Ok(Float::new(result))
}

/// An answer about a number.
macro_rules! question {
    ($name:literal, $doc:literal, $is:expr) => {
        NativeDef::new(
            $name,
            "($module, x, /)",
            $doc,
            NativeCall::One(|vm, _, x| {
                let is: fn(f64) -> bool = $is;
                Ok(vm.bool(is(vm.float(x)?)))
            }),
        )
    };
}

const FUNCTIONS: &[NativeDef] = &[
    function!(
        "acos",
        "($module, x, /)",
        "Return the arc cosine (measured in radians) of x.\n\nThe result is between 0 and pi.",
        f64::acos,
        "a number in range from -1 up to 1",
        false
    ),
    function!(
        "acosh",
        "($module, x, /)",
        "Return the inverse hyperbolic cosine of x.",
        libm::acosh,
        "argument value not less than 1",
        false
    ),
    function!(
        "asin",
        "($module, x, /)",
        "Return the arc sine (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2.",
        f64::asin,
        "a number in range from -1 up to 1",
        false
    ),
    function!("asinh", "($module, x, /)", "Return the inverse hyperbolic sine of x.", libm::asinh, "", false),
    function!(
        "atan",
        "($module, x, /)",
        "Return the arc tangent (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2.",
        f64::atan,
        "",
        false
    ),
    function!(
        "atanh",
        "($module, x, /)",
        "Return the inverse hyperbolic tangent of x.",
        libm::atanh,
        "a number between -1 and 1",
        false
    ),
    function!("cbrt", "($module, x, /)", "Return the cube root of x.", f64::cbrt, "", false),
    function!(
        "cos",
        "($module, x, /)",
        "Return the cosine of x (measured in radians).",
        f64::cos,
        "a finite input",
        false
    ),
    function!("cosh", "($module, x, /)", "Return the hyperbolic cosine of x.", f64::cosh, "", true),
    function!(
        "degrees",
        "($module, x, /)",
        "Convert angle x from radians to degrees.",
        |x| x * (180.0 / std::f64::consts::PI),
        "",
        true
    ),
    function!("erf", "($module, x, /)", "Error function at x.", libm::erf, "", false),
    function!("erfc", "($module, x, /)", "Complementary error function at x.", libm::erfc, "", false),
    function!("exp", "($module, x, /)", "Return e raised to the power of x.", f64::exp, "", true),
    function!("exp2", "($module, x, /)", "Return 2 raised to the power of x.", f64::exp2, "", true),
    function!(
        "expm1",
        "($module, x, /)",
        "Return exp(x)-1.\n\nThis function avoids the loss of precision involved in the direct evaluation of exp(x)-1 for small x.",
        f64::exp_m1,
        "",
        true
    ),
    function!("fabs", "($module, x, /)", "Return the absolute value of the float x.", f64::abs, "", false),
    function!(
        "gamma",
        "($module, x, /)",
        "Gamma function at x.",
        gamma::gamma,
        "a noninteger or positive integer",
        true
    ),
    function!(
        "lgamma",
        "($module, x, /)",
        "Natural logarithm of absolute value of Gamma function at x.",
        gamma::lgamma,
        "a noninteger or positive integer",
        true
    ),
    function!(
        "log1p",
        "($module, x, /)",
        "Return the natural logarithm of 1+x (base e).\n\nThe result is computed in a way which is accurate for x near zero.",
        f64::ln_1p,
        "argument value > -1",
        false
    ),
    function!(
        "radians",
        "($module, x, /)",
        "Convert angle x from degrees to radians.",
        |x| x * (std::f64::consts::PI / 180.0),
        "",
        true
    ),
    function!(
        "sin",
        "($module, x, /)",
        "Return the sine of x (measured in radians).",
        f64::sin,
        "a finite input",
        false
    ),
    function!("sinh", "($module, x, /)", "Return the hyperbolic sine of x.", f64::sinh, "", true),
    function!(
        "sqrt",
        "($module, x, /)",
        "Return the square root of x.",
        f64::sqrt,
        "a nonnegative input",
        false
    ),
    function!(
        "tan",
        "($module, x, /)",
        "Return the tangent of x (measured in radians).",
        f64::tan,
        "a finite input",
        false
    ),
    function!("tanh", "($module, x, /)", "Return the hyperbolic tangent of x.", f64::tanh, "", false),
    function!(
        "ulp",
        "($module, x, /)",
        "Return the value of the least significant bit of the float x.",
        ulp,
        "",
        false
    ),
    function2!(
        "atan2",
        "($module, y, x, /)",
        "Return the arc tangent (measured in radians) of y/x.\n\nUnlike atan(y/x), the signs of both x and y are considered.",
        |_, y, x| Ok(y.atan2(x))
    ),
    function2!(
        "copysign",
        "($module, x, y, /)",
        "Return a float with the magnitude (absolute value) of x but the sign of y.\n\nOn platforms that support signed zeros, copysign(1.0, -0.0)\nreturns -1.0.\n",
        |_, x, y| Ok(x.copysign(y))
    ),
    function2!(
        "fmod",
        "($module, x, y, /)",
        "Return fmod(x, y), according to platform C.\n\nx % y may differ.",
        fmod
    ),
    function2!("pow", "($module, x, y, /)", "Return x**y (x to the power of y).", pow),
    function2!(
        "remainder",
        "($module, x, y, /)",
        "Difference between x and the closest integer multiple of y.\n\nReturn x - n*y where n*y is the closest integer multiple of y.\nIn the case where x is exactly halfway between two multiples of\ny, the nearest even value of n is used. The result is always exact.",
        remainder
    ),
    NativeDef::new(
        "ceil",
        "($module, x, /)",
        "Return the ceiling of x as an Integral.\n\nThis is the smallest integer >= x.",
        NativeCall::One(|vm, _, x| round_by(vm, x, "__ceil__", float::ceil)),
    ),
    NativeDef::new(
        "floor",
        "($module, x, /)",
        "Return the floor of x as an Integral.\n\nThis is the largest integer <= x.",
        NativeCall::One(|vm, _, x| round_by(vm, x, "__floor__", float::floor)),
    ),
    NativeDef::new(
        "trunc",
        "($module, x, /)",
        "Truncates the Real x to the nearest Integral toward 0.\n\nUses the __trunc__ magic method.",
        NativeCall::One(|vm, _, x| round_by(vm, x, "__trunc__", float::to_int)),
    ),
    NativeDef::new(
        "modf",
        "($module, x, /)",
        "Return the fractional and integer parts of x.\n\nBoth results carry the sign of x and are floats.",
        NativeCall::One(modf),
    ),
    NativeDef::new(
        "frexp",
        "($module, x, /)",
        "Return the mantissa and exponent of x, as pair (m, e).\n\nm is a float and e is an int, such that x = m * 2.**e.\nIf x is 0, m and e are both 0.  Else 0.5 <= abs(m) < 1.0.",
        NativeCall::One(frexp),
    ),
    NativeDef::new(
        "ldexp",
        "($module, x, i, /)",
        "Return x * (2**i).\n\nThis is essentially the inverse of frexp().",
        NativeCall::Positional(2, 2, ldexp),
    ),
    NativeDef::new(
        "log",
        "",
        "log(x, [base=math.e])\nReturn the logarithm of x to the given base.\n\nIf the base is not specified, returns the natural logarithm (base e) of x.",
        NativeCall::Positional(1, 2, log),
    ),
    NativeDef::new(
        "log2",
        "($module, x, /)",
        "Return the base 2 logarithm of x.",
        NativeCall::One(|vm, _, x| log_of(vm, x, f64::log2).map(Float::new)),
    ),
    NativeDef::new(
        "log10",
        "($module, x, /)",
        "Return the base 10 logarithm of x.",
        NativeCall::One(|vm, _, x| log_of(vm, x, f64::log10).map(Float::new)),
    ),
    NativeDef::new(
        "isclose",
        "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
        "Determine whether two floating-point numbers are close in value.\n\n  rel_tol\n    maximum difference for being considered \"close\", relative to the\n    magnitude of the input values\n  abs_tol\n    maximum difference for being considered \"close\", regardless of the\n    magnitude of the input values\n\nReturn True if a is close in value to b, and False otherwise.\n\nFor the values to be considered close, the difference between them\nmust be smaller than at least one of the tolerances.\n\n-inf, inf and NaN behave similarly to the IEEE 754 Standard.  That\nis, NaN is not close to anything, even itself.  inf and -inf are\nonly close to themselves.",
        NativeCall::Full(isclose),
    ),
    NativeDef::new(
        "nextafter",
        "($module, x, y, /, *, steps=None)",
        "Return the floating-point value the given number of steps after x towards y.\n\nIf steps is not specified or is None, it defaults to 1.\n\nRaises a TypeError, if x or y is not a double, or if steps is not an integer.\nRaises ValueError if steps is negative.",
        NativeCall::Full(nextafter),
    ),
    NativeDef::new(
        "fma",
        "($module, x, y, z, /)",
        "Fused multiply-add operation.\n\nCompute (x * y) + z with a single round.",
        NativeCall::Positional(3, 3, fma),
    ),
    question!(
        "isfinite",
        "Return True if x is neither an infinity nor a NaN, and False otherwise.",
        f64::is_finite
    ),
    question!(
        "isinf",
        "Return True if x is a positive or negative infinity, and False otherwise.",
        f64::is_infinite
    ),
    question!("isnan", "Return True if x is a NaN (not a number), and False otherwise.", f64::is_nan),
];
