//! `float`. CPython: Objects/floatobject.c.

use lasti_text::format::format_float;
use lasti_text::{complex, float};

use super::FLOAT;
use super::text_error::OrRaise;
use crate::call::Args;
use crate::errors::PyResult;
use crate::number::{Complex, Float, Int, IntView};
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// An operand of float's operators as a number; `None` if it is neither float nor int.
#[inline]
fn operand(vm: &Vm, object: &Obj) -> PyResult<Option<f64>> {
    if let Some(float) = object.as_f64() {
        return Ok(Some(float));
    }
    match object.as_int() {
        Some(IntView::Small(int)) => Ok(Some(int as f64)),
        Some(int) => float::from_int(int.into()).or_raise(vm).map(Some),
        None => Ok(None),
    }
}

/// Both operands as numbers; `NotImplemented` if one of them is none.
macro_rules! operands {
    ($vm:expr, $left:expr, $right:expr) => {
        match (operand($vm, $left)?, operand($vm, $right)?) {
            (Some(left), Some(right)) => (left, right),
            _ => return Ok($vm.not_implemented()),
        }
    };
}

macro_rules! binary {
    ($($name:ident($vm:ident, $a:ident, $b:ident) $result:expr;)*) => {
        $(fn $name($vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
            let ($a, $b) = operands!($vm, left, right);
            Ok(Float::new($result))
        })*
    };
}

binary! {
    add(vm, a, b) a + b;
    subtract(vm, a, b) a - b;
    multiply(vm, a, b) a * b;
    true_divide(vm, a, b) float::divide(a, b).or_raise(vm)?;
    floor_divide(vm, a, b) float::floor_divide(a, b).or_raise(vm)?;
    remainder(vm, a, b) float::remainder(a, b).or_raise(vm)?;
}

fn divmod(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (a, b) = operands!(vm, left, right);
    let (quotient, rest) = float::divmod(a, b).or_raise(vm)?;
    Ok(Tuple::new(vec![Float::new(quotient), Float::new(rest)]).into_obj())
}

/// `base ** exponent` of floats; complex for a root of a negative number.
pub(crate) fn power_of_floats(vm: &Vm, base: f64, exponent: f64) -> PyResult {
    match float::pow(base, exponent).or_raise(vm)? {
        float::Power::Float(result) => Ok(Float::new(result)),
        float::Power::Complex => {
            let (base, exponent) = (complex::Complex::new(base, 0.0), complex::Complex::new(exponent, 0.0));
            let result = base.pow(exponent).or_raise(vm)?;
            Ok(Complex::new(result.real, result.imag))
        }
    }
}

fn power(vm: &Vm, base: &Obj, exponent: &Obj, modulus: &Obj) -> PyResult {
    if !vm.is_none(modulus) {
        return Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    let (base, exponent) = operands!(vm, base, exponent);
    power_of_floats(vm, base, exponent)
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let Some(a) = left.as_f64() else { return Ok(vm.not_implemented()) };
    let order = if let Some(b) = right.as_f64() {
        a.partial_cmp(&b)
    } else if let Some(b) = right.as_int() {
        float::compare(b.into(), a).map(std::cmp::Ordering::reverse)
    } else {
        return Ok(vm.not_implemented());
    };
    Ok(vm.bool(order.map_or(op == CompareOp::Ne, |order| op.holds(order))))
}

fn value(vm: &Vm, object: &Obj) -> PyResult<f64> {
    Ok(vm.receiver::<Float>(object)?.0)
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    match float::hash_float(value(vm, object)?) {
        Some(hash) => Ok(hash),
        None => super::object::identity_hash(vm, object),
    }
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Str::new(&float::repr(value(vm, object)?)).into_obj())
}

/// The object itself, if its type is exactly float.
fn exact(vm: &Vm, object: &Obj) -> PyResult {
    if object.is_exact(&FLOAT) { Ok(object.clone()) } else { Ok(Float::new(value(vm, object)?)) }
}

fn trunc(vm: &Vm, object: &Obj) -> PyResult {
    float::to_int(value(vm, object)?).or_raise(vm).map(Int::from_text)
}

fn floor(vm: &Vm, object: &Obj) -> PyResult {
    float::floor(value(vm, object)?).or_raise(vm).map(Int::from_text)
}

fn ceil(vm: &Vm, object: &Obj) -> PyResult {
    float::ceil(value(vm, object)?).or_raise(vm).map(Int::from_text)
}

fn round(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let number = value(vm, object)?;
    match super::int::round_argument(vm, args) {
        None => float::round_to_int(number).or_raise(vm).map(Int::from_text),
        Some(digits) => {
            let digits = vm.index_clamped(digits)?;
            float::round_to_digits(number, digits).or_raise(vm).map(Float::new)
        }
    }
}

fn as_integer_ratio(vm: &Vm, object: &Obj) -> PyResult {
    let (numerator, denominator) = float::as_integer_ratio(value(vm, object)?).or_raise(vm)?;
    Ok(Tuple::new(vec![Int::from_big(numerator), Int::from_big(denominator)]).into_obj())
}

fn is_integer(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(float::is_integer(value(vm, object)?)))
}

fn hex(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Str::new(&float::to_hex(value(vm, object)?)).into_obj())
}

fn of_class(vm: &Vm, class: &Obj, number: Obj) -> PyResult {
    if class.is(&FLOAT.to_obj()) { Ok(number) } else { vm.call(class, &[number]) }
}

fn fromhex(vm: &Vm, class: &Obj, text: &Obj) -> PyResult {
    let Some(text) = text.downcast::<Str>() else {
        return Err(vm.type_error("bad argument type for built-in operation"));
    };
    let number = float::from_hex(text.as_wtf8()).or_raise(vm)?;
    of_class(vm, class, Float::new(number))
}

fn from_number(vm: &Vm, class: &Obj, number: &Obj) -> PyResult {
    if number.is_exact(&FLOAT) && class.is(&FLOAT.to_obj()) {
        return Ok(number.clone());
    }
    of_class(vm, class, Float::new(vm.float(number)?))
}

fn getformat(vm: &Vm, _: &Obj, kind: &Obj) -> PyResult {
    let kind = vm.str_argument("__getformat__", "", kind)?;
    if !matches!(kind.as_bytes(), b"double" | b"float") {
        return Err(vm.value_error("__getformat__() argument 1 must be 'double' or 'float'"));
    }
    let order = if cfg!(target_endian = "big") { "IEEE, big-endian" } else { "IEEE, little-endian" };
    Ok(Str::new(order).into_obj())
}

fn format(vm: &Vm, object: &Obj, spec: &Obj) -> PyResult {
    let number = value(vm, object)?;
    let spec = vm.str_argument("__format__", "", spec)?;
    if spec.is_empty() {
        return Ok(vm.str(object)?.into_obj());
    }
    let text = format_float(number, spec.as_wtf8(), &object.ty().name()).or_raise(vm)?;
    Ok(Str::from_wtf8(&text).into_obj())
}

fn new_arguments(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Tuple::new(vec![Float::new(value(vm, object)?)]).into_obj())
}

fn zero(vm: &Vm, object: &Obj) -> PyResult {
    value(vm, object).map(|_| Float::new(0.0))
}

const DOC: &str = "float(x=0, /)\n--\n\nConvert a string or number to a floating-point number, if possible.";

const METHODS: &[NativeDef] = &[
    NativeDef::new("from_number", "($type, number, /)", "Convert real number to a floating-point number.", NativeCall::One(from_number)).class_method(),
    NativeDef::new("conjugate", "($self, /)", "Return self, the complex conjugate of any float.", NativeCall::NoArgs(exact)),
    NativeDef::new("__trunc__", "($self, /)", "Return the Integral closest to x between 0 and x.", NativeCall::NoArgs(trunc)),
    NativeDef::new("__floor__", "($self, /)", "Return the floor as an Integral.", NativeCall::NoArgs(floor)),
    NativeDef::new("__ceil__", "($self, /)", "Return the ceiling as an Integral.", NativeCall::NoArgs(ceil)),
    NativeDef::new("__round__", "($self, ndigits=None, /)", "Return the Integral closest to x, rounding half toward even.\n\nWhen an argument is passed, work like built-in round(x, ndigits).", NativeCall::Positional(0, 1, round)),
    NativeDef::new("as_integer_ratio", "($self, /)", "Return a pair of integers, whose ratio is exactly equal to the original float.\n\nThe ratio is in lowest terms and has a positive denominator.  Raise\nOverflowError on infinities and a ValueError on NaNs.\n\n>>> (10.0).as_integer_ratio()\n(10, 1)\n>>> (0.0).as_integer_ratio()\n(0, 1)\n>>> (-.25).as_integer_ratio()\n(-1, 4)", NativeCall::NoArgs(as_integer_ratio)),
    NativeDef::new("fromhex", "($type, string, /)", "Create a floating-point number from a hexadecimal string.\n\n>>> float.fromhex('0x1.ffffp10')\n2047.984375\n>>> float.fromhex('-0x1p-1074')\n-5e-324", NativeCall::One(fromhex)).class_method(),
    NativeDef::new("hex", "($self, /)", "Return a hexadecimal representation of a floating-point number.\n\n>>> (-0.1).hex()\n'-0x1.999999999999ap-4'\n>>> 3.14159.hex()\n'0x1.921f9f01b866ep+1'", NativeCall::NoArgs(hex)),
    NativeDef::new("is_integer", "($self, /)", "Return True if the float is an integer.", NativeCall::NoArgs(is_integer)),
    NativeDef::new("__getnewargs__", "($self, /)", "", NativeCall::NoArgs(new_arguments)),
    NativeDef::new("__getformat__", "($type, typestr, /)", "You probably don't want to use this function.\n\n  typestr\n    Must be 'double' or 'float'.\n\nIt exists mainly to be used in Python's test suite.\n\nThis function returns whichever of 'unknown', 'IEEE, big-endian' or 'IEEE,\nlittle-endian' best describes the format of floating-point numbers used by the\nC type named by typestr.", NativeCall::One(getformat)).class_method(),
    NativeDef::new("__format__", "($self, format_spec, /)", "Formats the float according to format_spec.", NativeCall::One(format)),
];

const PROPERTIES: &[Property] = &[
    Property::new("real", "the real part of a complex number", exact),
    Property::new("imag", "the imaginary part of a complex number", zero),
];

/// `float.__new__`
fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    if super::sequence::refuses_keywords(ty, &FLOAT) {
        args.no_keywords(vm, "float")?;
    }
    let number = match Args::positional_only(args.positional()).exactly(vm, "float", 0, 1)? {
        [] => 0.0,
        [object] if object.is_exact(&FLOAT) && ty.is(&FLOAT) => return Ok(object.clone()),
        [object, ..] => of_object(vm, object)?,
    };
    if ty.is(&FLOAT) { Ok(Float::new(number)) } else { Ok(Ref::new_in(ty, Float(number)).into_obj()) }
}

/// `float(object)`. CPython: `PyNumber_Float`.
fn of_object(vm: &Vm, object: &Obj) -> PyResult<f64> {
    if let Some(text) = object.downcast_exact::<Str>() {
        return float::parse(text.as_wtf8()).or_raise(vm);
    }
    if let Some(number) = number(vm, object)? {
        return Ok(number);
    }
    if let Some(text) = object.downcast::<Str>() {
        return float::parse(text.as_wtf8()).or_raise(vm);
    }
    if let Some(buffer) = vm.try_buffer(object)? {
        return float::parse_bytes(&buffer.to_vec()).or_raise(vm);
    }
    Err(vm.type_error(format!(
        "float() argument must be a string or a real number, not '{}'",
        object.ty().name()
    )))
}

/// A number by `__float__` or `__index__`; `None` if the object has neither.
fn number(vm: &Vm, object: &Obj) -> PyResult<Option<f64>> {
    if object.is_exact(&FLOAT) {
        return Ok(object.as_f64());
    }
    if let Some(method) = object.ty().slots.nb_float.get() {
        let result = method(vm, object)?;
        return match result.as_f64() {
            Some(number) => {
                if !result.is_exact(&FLOAT) {
                    let method = format!("{}.__float__", object.ty().name());
                    vm.warn_of_subclass(&method, "float", &result)?;
                }
                Ok(Some(number))
            }
            None => Err(vm.type_error(format!(
                "{}.__float__ returned non-float (type {})",
                object.ty().name(),
                result.ty().name()
            ))),
        };
    }
    if object.ty().slots.nb_index.get().is_some() {
        let index = vm.index(object)?;
        let int = index.as_int().unwrap_or(IntView::Small(0));
        return float::from_int(int.into()).or_raise(vm).map(Some);
    }
    Ok(None)
}

impl Vm {
    /// A number as `f64`: what functions of real numbers take. CPython: `PyFloat_AsDouble`.
    #[inline]
    pub fn float(&self, object: &Obj) -> PyResult<f64> {
        if let Some(number) = object.as_f64() {
            return Ok(number);
        }
        match number(self, object)? {
            Some(number) => Ok(number),
            None => Err(self.type_error(format!("must be real number, not {}", object.ty().name()))),
        }
    }
}

fn negative(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Float::new(-value(vm, object)?))
}

fn absolute(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Float::new(value(vm, object)?.abs()))
}

fn is_true(vm: &Vm, object: &Obj) -> PyResult<bool> {
    Ok(value(vm, object)? != 0.0)
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &FLOAT)
        .doc(DOC)
        .flags(TypeFlags::BASETYPE | TypeFlags::MATCH_SELF | TypeFlags::LEAF)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(richcompare));
            slots.nb_bool.set(Some(is_true));
            slots.nb_negative.set(Some(negative));
            slots.nb_positive.set(Some(exact));
            slots.nb_absolute.set(Some(absolute));
            slots.nb_int.set(Some(trunc));
            slots.nb_float.set(Some(exact));
            slots.nb_add.set(Some(add));
            slots.nb_subtract.set(Some(subtract));
            slots.nb_multiply.set(Some(multiply));
            slots.nb_remainder.set(Some(remainder));
            slots.nb_divmod.set(Some(divmod));
            slots.nb_power.set(Some(power));
            slots.nb_floor_divide.set(Some(floor_divide));
            slots.nb_true_divide.set(Some(true_divide));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
