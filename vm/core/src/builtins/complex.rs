//! `complex`. CPython: Objects/complexobject.c.

use lasti_text::complex::{self, Complex as Number};
use lasti_text::float::{self, hash_complex, hash_float};
use lasti_text::format::format_complex;

use super::text_error::OrRaise;
use super::{COMPLEX, DEPRECATION_WARNING};
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::number::{Complex, Float, IntView};
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// An operand: a complex number, or a real one, which keeps the signs of zeros apart.
#[derive(Clone, Copy)]
enum Operand {
    Complex(Number),
    Real(f64),
}

impl Operand {
    fn widened(self) -> Number {
        match self {
            Self::Complex(number) => number,
            Self::Real(real) => Number::new(real, 0.0),
        }
    }
}

fn operand(vm: &Vm, object: &Obj) -> PyResult<Option<Operand>> {
    if let Some(number) = object.downcast::<Complex>() {
        return Ok(Some(Operand::Complex(Number::new(number.real, number.imag))));
    }
    if let Some(real) = object.as_f64() {
        return Ok(Some(Operand::Real(real)));
    }
    match object.as_int() {
        Some(IntView::Small(int)) => Ok(Some(Operand::Real(int as f64))),
        Some(int) => float::from_int(int.into()).or_raise(vm).map(|real| Some(Operand::Real(real))),
        None => Ok(None),
    }
}

macro_rules! operands {
    ($vm:expr, $left:expr, $right:expr) => {
        match (operand($vm, $left)?, operand($vm, $right)?) {
            (Some(left), Some(right)) => (left, right),
            _ => return Ok($vm.not_implemented()),
        }
    };
}

fn object(number: Number) -> Obj {
    Complex::new(number.real, number.imag)
}

fn add(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    Ok(object(match operands!(vm, left, right) {
        (Operand::Complex(a), Operand::Complex(b)) => Number::new(a.real + b.real, a.imag + b.imag),
        (Operand::Complex(a), Operand::Real(b)) => Number::new(a.real + b, a.imag),
        (Operand::Real(a), b) => {
            let b = b.widened();
            Number::new(a + b.real, b.imag)
        }
    }))
}

fn subtract(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    Ok(object(match operands!(vm, left, right) {
        (Operand::Complex(a), Operand::Complex(b)) => Number::new(a.real - b.real, a.imag - b.imag),
        (Operand::Complex(a), Operand::Real(b)) => Number::new(a.real - b, a.imag),
        (Operand::Real(a), b) => {
            let b = b.widened();
            Number::new(a - b.real, -b.imag)
        }
    }))
}

fn multiply(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    Ok(object(match operands!(vm, left, right) {
        (Operand::Complex(a), Operand::Complex(b)) => a.multiply(b),
        (Operand::Complex(a), Operand::Real(b)) => a.multiply_real(b),
        (Operand::Real(a), b) => b.widened().multiply_real(a),
    }))
}

fn true_divide(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let quotient = match operands!(vm, left, right) {
        (Operand::Complex(a), Operand::Complex(b)) => a.divide(b),
        (Operand::Complex(a), Operand::Real(b)) => a.divide_real(b),
        (Operand::Real(a), b) => Number::divide_into(a, b.widened()),
    };
    quotient.or_raise(vm).map(object)
}

fn power(vm: &Vm, left: &Obj, right: &Obj, modulus: &Obj) -> PyResult {
    let (base, exponent) = operands!(vm, left, right);
    if !vm.is_none(modulus) {
        return Err(vm.value_error("complex modulo"));
    }
    base.widened().pow(exponent.widened()).or_raise(vm).map(object)
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(vm.not_implemented());
    }
    let Some(a) = left.downcast::<Complex>() else { return Ok(vm.not_implemented()) };
    let equal = if let Some(b) = right.downcast::<Complex>() {
        a.real == b.real && a.imag == b.imag
    } else if let Some(b) = right.as_f64() {
        a.real == b && a.imag == 0.0
    } else if let Some(b) = right.as_int() {
        a.imag == 0.0 && float::compare(b.into(), a.real) == Some(std::cmp::Ordering::Equal)
    } else {
        return Ok(vm.not_implemented());
    };
    Ok(vm.bool(equal == (op == CompareOp::Eq)))
}

fn value(vm: &Vm, object: &Obj) -> PyResult<Number> {
    let number = vm.receiver::<Complex>(object)?;
    Ok(Number::new(number.real, number.imag))
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let number = value(vm, object)?;
    let identity = || super::object::identity_hash(vm, object);
    let real = hash_float(number.real).map_or_else(identity, Ok)?;
    let imag = hash_float(number.imag).map_or_else(identity, Ok)?;
    Ok(hash_complex(real, imag))
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Str::new(&value(vm, object)?.repr()).into_obj())
}

fn exact(vm: &Vm, number: &Obj) -> PyResult {
    if number.is_exact(&COMPLEX) { Ok(number.clone()) } else { value(vm, number).map(object) }
}

fn negative(vm: &Vm, number: &Obj) -> PyResult {
    let number = value(vm, number)?;
    Ok(Complex::new(-number.real, -number.imag))
}

fn conjugate(vm: &Vm, number: &Obj) -> PyResult {
    let number = value(vm, number)?;
    Ok(Complex::new(number.real, -number.imag))
}

fn absolute(vm: &Vm, number: &Obj) -> PyResult {
    value(vm, number)?.abs().or_raise(vm).map(Float::new)
}

fn is_true(vm: &Vm, number: &Obj) -> PyResult<bool> {
    let number = value(vm, number)?;
    Ok(number.real != 0.0 || number.imag != 0.0)
}

fn new_arguments(vm: &Vm, number: &Obj) -> PyResult {
    let number = value(vm, number)?;
    Ok(Tuple::new(vec![Float::new(number.real), Float::new(number.imag)]).into_obj())
}

fn format(vm: &Vm, number: &Obj, spec: &Obj) -> PyResult {
    let complex = value(vm, number)?;
    let spec = vm.str_argument("__format__", "", spec)?;
    if spec.is_empty() {
        return Ok(vm.str(number)?.into_obj());
    }
    let text = format_complex(complex, spec.as_wtf8(), &number.ty().name()).or_raise(vm)?;
    Ok(Str::from_wtf8(&text).into_obj())
}

fn real(vm: &Vm, number: &Obj) -> PyResult {
    Ok(Float::new(value(vm, number)?.real))
}

fn imag(vm: &Vm, number: &Obj) -> PyResult {
    Ok(Float::new(value(vm, number)?.imag))
}

/// The result of `__complex__`, if the object has that method or is complex itself.
fn by_method(vm: &Vm, object: &Obj) -> PyResult<Option<Number>> {
    if object.is_exact(&COMPLEX) {
        return value(vm, object).map(Some);
    }
    let Some(result) = vm.call_special(object, &vm.names().__complex__, &[])? else { return Ok(None) };
    if result.downcast::<Complex>().is_none() {
        return Err(vm.type_error(format!("__complex__ returned non-complex (type {})", result.ty().name())));
    }
    if !result.is_exact(&COMPLEX) {
        vm.warn_of_subclass("__complex__", "complex", &result)?;
    }
    value(vm, &result).map(Some)
}

impl Vm {
    /// A number as real and imaginary part: what functions of complex numbers take. CPython: `PyComplex_AsCComplex`.
    pub fn complex(&self, object: &Obj) -> PyResult<Number> {
        match by_method(self, object)? {
            Some(number) => Ok(number),
            None => self.float(object).map(|real| Number::new(real, 0.0)),
        }
    }
}

fn is_real(object: &Obj) -> bool {
    let slots = &object.ty().slots;
    slots.nb_float.get().is_some() || slots.nb_index.get().is_some()
}

static SIGNATURE: Signature<2> = Signature::new("complex", ["real", "imag"], 0);

/// `complex.__new__`
fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let number = if let ([object], []) = (args.all(), args.names()) {
        if object.is_exact(&COMPLEX) && ty.is(&COMPLEX) {
            return Ok(object.clone());
        }
        of_object(vm, object)?
    } else {
        let [real, imag] = args.bind(vm, &SIGNATURE)?;
        of_parts(vm, real, imag)?
    };
    Ok(of_type(ty, number))
}

fn of_type(ty: &TypeObject, number: Number) -> Obj {
    if ty.is(&COMPLEX) {
        return object(number);
    }
    Ref::new_in(ty, Complex { real: number.real, imag: number.imag }).into_obj()
}

/// `complex(object)`
fn of_object(vm: &Vm, object: &Obj) -> PyResult<Number> {
    if let Some(text) = object.downcast::<Str>() {
        return complex::parse(text.as_wtf8()).or_raise(vm);
    }
    if let Some(number) = by_method(vm, object)? {
        return Ok(number);
    }
    if !is_real(object) {
        return Err(vm.type_error(format!(
            "complex() argument must be a string or a number, not {}",
            object.ty().name()
        )));
    }
    vm.float(object).map(|real| Number::new(real, 0.0))
}

/// `complex(real, imag)`; complex parts are deprecated but count.
fn of_parts(vm: &Vm, real: Option<&Obj>, imag: Option<&Obj>) -> PyResult<Number> {
    let part = |name: &str, part: &Obj, complex: Option<Number>| -> PyResult<Number> {
        let wrong = || format!("complex() argument '{name}' must be a real number, not {}", part.ty().name());
        if let Some(number) = complex {
            vm.warn(&DEPRECATION_WARNING, &wrong(), 1)?;
            return Ok(number);
        }
        if !is_real(part) {
            return Err(vm.type_error(wrong()));
        }
        vm.float(part).map(|real| Number::new(real, 0.0))
    };
    let mut number = Number::new(0.0, 0.0);
    let mut real_is_complex = false;
    if let Some(real) = real {
        let complex = by_method(vm, real)?;
        real_is_complex = complex.is_some();
        if imag.is_none() && complex.is_none() && real.downcast::<Str>().is_some() {
            return of_object(vm, real);
        }
        number = part("real", real, complex)?;
    }
    if let Some(imag) = imag {
        let complex = imag.downcast::<Complex>().map(|imag| Number::new(imag.real, imag.imag));
        let is_complex = complex.is_some();
        let imag = part("imag", imag, complex)?;
        if is_complex {
            number.real -= imag.imag;
        }
        number.imag = if real_is_complex { imag.real + number.imag } else { imag.real };
    }
    Ok(number)
}

fn from_number(vm: &Vm, class: &Obj, number: &Obj) -> PyResult {
    if number.is_exact(&COMPLEX) && class.is(&COMPLEX.to_obj()) {
        return Ok(number.clone());
    }
    let complex = match by_method(vm, number)? {
        Some(complex) => complex,
        None => Number::new(vm.float(number)?, 0.0),
    };
    if class.is(&COMPLEX.to_obj()) { Ok(object(complex)) } else { vm.call(class, &[object(complex)]) }
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "from_number",
        "($type, number, /)",
        "Convert number to a complex floating-point number.",
        NativeCall::One(from_number),
    )
    .class_method(),
    NativeDef::new(
        "conjugate",
        "($self, /)",
        "Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.",
        NativeCall::NoArgs(conjugate),
    ),
    NativeDef::new(
        "__complex__",
        "($self, /)",
        "Convert this value to exact type complex.",
        NativeCall::NoArgs(exact),
    ),
    NativeDef::new("__getnewargs__", "($self, /)", "", NativeCall::NoArgs(new_arguments)),
    NativeDef::new(
        "__format__",
        "($self, format_spec, /)",
        "Convert to a string according to format_spec.",
        NativeCall::One(format),
    ),
];

const PROPERTIES: &[Property] = &[
    Property::new("real", "the real part of a complex number", real).member(),
    Property::new("imag", "the imaginary part of a complex number", imag).member(),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &COMPLEX)
        .doc("complex(real=0, imag=0)\n--\n\nCreate a complex number from a string or numbers.\n\nIf a string is given, parse it as a complex number.\nIf a single number is given, convert it to a complex number.\nIf the 'real' or 'imag' arguments are given, create a complex number\nwith the specified real and imaginary components.")
        .flags(TypeFlags::BASETYPE | TypeFlags::LEAF)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(richcompare));
            slots.nb_bool.set(Some(is_true));
            slots.nb_negative.set(Some(negative));
            slots.nb_positive.set(Some(exact));
            slots.nb_absolute.set(Some(absolute));
            slots.nb_add.set(Some(add));
            slots.nb_subtract.set(Some(subtract));
            slots.nb_multiply.set(Some(multiply));
            slots.nb_power.set(Some(power));
            slots.nb_true_divide.set(Some(true_divide));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
