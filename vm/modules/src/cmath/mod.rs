//! `cmath`: functions of complex numbers. CPython: Modules/cmathmodule.c.
//!
//! - here: what Python sees
//! - `functions`: the functions
//! - `special`: their values at infinities and NaNs

mod functions;
mod special;

use functions::Fault;
use lasti_text::complex::Complex as Number;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::{Complex, Float};
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Args, Exc, Obj, PyResult, Ref, Signature, Vm};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "cmath",
    doc: "This module provides access to mathematical functions for complex\nnumbers.",
    functions: FUNCTIONS,
    fill,
};

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for (name, value) in [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        module.add(vm, name, Float::new(value))?;
    }
    module.add(vm, "infj", Complex::new(0.0, f64::INFINITY))?;
    module.add(vm, "nanj", Complex::new(0.0, f64::NAN))
}

#[cold]
fn raise(vm: &Vm, fault: Fault) -> Exc {
    match fault {
        Fault::Domain => vm.value_error("math domain error"),
        Fault::Range => vm.overflow_error("math range error"),
    }
}

fn finish(vm: &Vm, result: functions::Result) -> PyResult {
    result.map(|z| Complex::new(z.real, z.imag)).map_err(|fault| raise(vm, fault))
}

fn log(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let z = vm.complex(&args[0])?;
    let base = args.get(1).map(|base| vm.complex(base)).transpose()?;
    let result = functions::log(z).and_then(|log| match base {
        None => Ok(log),
        Some(base) => log.divide(functions::log(base)?).map_err(|_| Fault::Domain),
    });
    finish(vm, result)
}

fn phase(vm: &Vm, _: &Obj, z: &Obj) -> PyResult {
    let z = vm.complex(z)?;
    Ok(Float::new(z.imag.atan2(z.real)))
}

fn polar(vm: &Vm, _: &Obj, z: &Obj) -> PyResult {
    let z = vm.complex(z)?;
    let r = z.abs().map_err(|_| raise(vm, Fault::Range))?;
    Ok(Tuple::new(vec![Float::new(r), Float::new(z.imag.atan2(z.real))]).into_obj())
}

fn rect(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (r, phi) = (vm.float(&args[0])?, vm.float(&args[1])?);
    finish(vm, functions::rect(r, phi))
}

static ISCLOSE: Signature<4> = Signature::new("isclose", ["a", "b", "rel_tol", "abs_tol"], 2).keyword_only(2);

fn isclose(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(a), Some(b), relative, absolute] = args.bind(vm, &ISCLOSE)? else { return Ok(vm.none()) };
    let (a, b) = (vm.complex(a)?, vm.complex(b)?);
    let relative = relative.map_or(Ok(1e-9), |given| vm.float(given))?;
    let absolute = absolute.map_or(Ok(0.0), |given| vm.float(given))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if a.real == b.real && a.imag == b.imag {
        return Ok(vm.bool(true));
    }
    if [a, b].iter().any(|z| z.real.is_infinite() || z.imag.is_infinite()) {
        return Ok(vm.bool(false));
    }
    // A distance too large for a float is larger than any tolerance.
    let size = |z: Number| z.abs().unwrap_or(f64::INFINITY);
    let apart = size(Number { real: a.real - b.real, imag: a.imag - b.imag });
    Ok(vm.bool(apart <= relative * size(b) || apart <= relative * size(a) || apart <= absolute))
}

/// A function of one number.
macro_rules! function {
    ($name:literal, $doc:literal, $f:expr) => {
        NativeDef::new(
            $name,
            "($module, z, /)",
            $doc,
            NativeCall::One(|vm, _, z| {
                let z = vm.complex(z)?;
                finish(vm, $f(z))
            }),
        )
    };
}

/// An answer about a number.
macro_rules! question {
    ($name:literal, $doc:literal, $is:expr) => {
        NativeDef::new(
            $name,
            "($module, z, /)",
            $doc,
            NativeCall::One(|vm, _, z| {
                let is: fn(Number) -> bool = $is;
                Ok(vm.bool(is(vm.complex(z)?)))
            }),
        )
    };
}

static FUNCTIONS: &[NativeDef] = &[
    function!("acos", "Return the arc cosine of z.", functions::acos),
    function!("acosh", "Return the inverse hyperbolic cosine of z.", functions::acosh),
    function!("asin", "Return the arc sine of z.", functions::asin),
    function!("asinh", "Return the inverse hyperbolic sine of z.", functions::asinh),
    function!("atan", "Return the arc tangent of z.", functions::atan),
    function!("atanh", "Return the inverse hyperbolic tangent of z.", functions::atanh),
    function!("cos", "Return the cosine of z.", functions::cos),
    function!("cosh", "Return the hyperbolic cosine of z.", functions::cosh),
    function!("exp", "Return the exponential value e**z.", functions::exp),
    NativeDef::new(
        "isclose",
        "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
        "Determine whether two complex numbers are close in value.\n\n  rel_tol\n    maximum difference for being considered \"close\", relative to the\n    magnitude of the input values\n  abs_tol\n    maximum difference for being considered \"close\", regardless of the\n    magnitude of the input values\n\nReturn True if a is close in value to b, and False otherwise.\n\nFor the values to be considered close, the difference between them must\nbe smaller than at least one of the tolerances.\n\n-inf, inf and NaN behave similarly to the IEEE 754 Standard.  That is,\nNaN is not close to anything, even itself. inf and -inf are only close\nto themselves.",
        NativeCall::Full(isclose),
    ),
    question!(
        "isfinite",
        "Return True if both the real and imaginary parts of z are finite, else False.",
        |z| z.real.is_finite() && z.imag.is_finite()
    ),
    question!("isinf", "Checks if the real or imaginary part of z is infinite.", |z| z.real.is_infinite()
        || z.imag.is_infinite()),
    question!("isnan", "Checks if the real or imaginary part of z not a number (NaN).", |z| z.real.is_nan()
        || z.imag.is_nan()),
    NativeDef::new(
        "log",
        "($module, z, base=<unrepresentable>, /)",
        "log(z[, base]) -> the logarithm of z to the given base.\n\nIf the base is not specified, returns the natural logarithm (base e)\nof z.",
        NativeCall::Positional(1, 2, log),
    ),
    function!("log10", "Return the base-10 logarithm of z.", functions::log10),
    NativeDef::new(
        "phase",
        "($module, z, /)",
        "Return argument, also known as the phase angle, of a complex.",
        NativeCall::One(phase),
    ),
    NativeDef::new(
        "polar",
        "($module, z, /)",
        "Convert a complex from rectangular coordinates to polar coordinates.\n\nr is the distance from 0 and phi the phase angle.",
        NativeCall::One(polar),
    ),
    NativeDef::new(
        "rect",
        "($module, r, phi, /)",
        "Convert from polar coordinates to rectangular coordinates.",
        NativeCall::Positional(2, 2, rect),
    ),
    function!("sin", "Return the sine of z.", functions::sin),
    function!("sinh", "Return the hyperbolic sine of z.", functions::sinh),
    function!("sqrt", "Return the square root of z.", functions::sqrt),
    function!("tan", "Return the tangent of z.", functions::tan),
    function!("tanh", "Return the hyperbolic tangent of z.", functions::tanh),
];
