//! Methods and attributes of int.

use lasti_text::format::format_int;
use lasti_text::int::{self, Endian};

use super::super::text_error::OrRaise;
use super::arith::exact;
use crate::builtins::INT;
use crate::bytes::Bytes;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::number::{Int, IntView};
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property};
use crate::vm::Vm;

fn view(int: &Obj) -> IntView<'_> {
    int.as_int().unwrap_or(IntView::Small(0))
}

fn bit_length(vm: &Vm, int: &Obj) -> PyResult {
    check(vm, int)?;
    Ok(Int::from_u64(match view(int) {
        IntView::Small(int) => u64::from(64 - int.unsigned_abs().leading_zeros()),
        IntView::Big(int) => int.bits(),
    }))
}

fn bit_count(vm: &Vm, int: &Obj) -> PyResult {
    check(vm, int)?;
    Ok(Int::from_u64(match view(int) {
        IntView::Small(int) => int.unsigned_abs().count_ones().into(),
        IntView::Big(int) => int.to_u64_digits().1.iter().map(|digit| u64::from(digit.count_ones())).sum(),
    }))
}

/// Raises unless the receiver is an int.
fn check(vm: &Vm, int: &Obj) -> PyResult<()> {
    if int.as_int().is_some() { Ok(()) } else { vm.receiver::<Int>(int).map(|_| ()) }
}

fn byte_order(vm: &Vm, function: &str, given: Option<&Obj>) -> PyResult<Endian> {
    match given {
        None => Ok(Endian::Big),
        Some(given) => {
            let name = vm.str_argument(function, "'byteorder'", given)?;
            Endian::parse(&name.to_string_lossy()).or_raise(vm)
        }
    }
}

fn flag(vm: &Vm, given: Option<&Obj>) -> PyResult<bool> {
    given.map_or(Ok(false), |given| vm.is_true(given))
}

static TO_BYTES: Signature<3> =
    Signature::new("to_bytes", ["length", "byteorder", "signed"], 0).keyword_only(2);

fn to_bytes(vm: &Vm, int: &Obj, args: Args<'_>) -> PyResult {
    check(vm, int)?;
    let [length, order, signed] = args.bind(vm, &TO_BYTES)?;
    let length = length.map_or(Ok(1), |length| vm.size_argument(length))?;
    let order = byte_order(vm, "to_bytes", order)?;
    let signed = flag(vm, signed)?;
    let bytes = int::to_bytes(view(int).into(), length, order, signed).or_raise(vm)?;
    Ok(Bytes::new(&bytes).into_obj())
}

static FROM_BYTES: Signature<3> =
    Signature::new("from_bytes", ["bytes", "byteorder", "signed"], 1).keyword_only(2);

fn from_bytes(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let [bytes, order, signed] = args.bind(vm, &FROM_BYTES)?;
    let order = byte_order(vm, "from_bytes", order)?;
    let signed = flag(vm, signed)?;
    let Some(bytes) = bytes else { return Ok(vm.none()) };
    let bytes = vm.bytes_of_object(bytes)?;
    let int = Int::from_text(int::from_bytes(&bytes, order, signed));
    if class.is(&INT.to_obj()) { Ok(int) } else { vm.call(class, &[int]) }
}

fn as_integer_ratio(vm: &Vm, int: &Obj) -> PyResult {
    check(vm, int)?;
    Ok(Tuple::new(vec![vm.index(int)?, Int::new(1)]).into_obj())
}

fn is_integer(vm: &Vm, int: &Obj) -> PyResult {
    check(vm, int)?;
    Ok(vm.bool(true))
}

/// The argument of `__round__`: `None` if it is absent or None.
pub(in crate::builtins) fn round_argument<'a>(vm: &Vm, args: &'a [Obj]) -> Option<&'a Obj> {
    args.first().filter(|digits| !vm.is_none(digits))
}

fn round(vm: &Vm, int: &Obj, args: &[Obj]) -> PyResult {
    check(vm, int)?;
    let Some(digits) = round_argument(vm, args) else { return vm.index(int) };
    let digits = vm.index(digits)?;
    let digits = digits.as_int().unwrap_or(IntView::Small(0));
    if !digits.is_negative() {
        return vm.index(int);
    }
    let places = match digits {
        IntView::Small(digits) => u32::try_from(digits.unsigned_abs()).unwrap_or(u32::MAX),
        IntView::Big(_) => u32::MAX,
    };
    Ok(Int::from_text(int::round_to_tens(view(int).into(), places)))
}

fn new_arguments(vm: &Vm, int: &Obj) -> PyResult {
    check(vm, int)?;
    Ok(Tuple::new(vec![vm.index(int)?]).into_obj())
}

fn format(vm: &Vm, int: &Obj, spec: &Obj) -> PyResult {
    check(vm, int)?;
    let spec = vm.str_argument("__format__", "", spec)?;
    if spec.is_empty() {
        return Ok(vm.str(int)?.into_obj());
    }
    let limit = vm.interp().int_digit_limit();
    let text = format_int(view(int).into(), spec.as_wtf8(), &int.ty().name(), limit).or_raise(vm)?;
    Ok(Str::from_wtf8(&text).into_obj())
}

/// What CPython's object of this number takes: 24 bytes and four for each 30 bits.
fn sizeof(vm: &Vm, int: &Obj) -> PyResult {
    check(vm, int)?;
    let bits = match view(int) {
        IntView::Small(int) => u64::from(64 - int.unsigned_abs().leading_zeros()),
        IntView::Big(int) => int.bits(),
    };
    Ok(Int::from_u64(24 + 4 * bits.div_ceil(30).max(1)))
}

fn conjugate(vm: &Vm, int: &Obj) -> PyResult {
    check(vm, int)?;
    exact(vm, int)
}

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "conjugate",
        "($self, /)",
        "Returns self, the complex conjugate of any int.",
        NativeCall::NoArgs(conjugate),
    ),
    NativeDef::new(
        "bit_length",
        "($self, /)",
        "Number of bits necessary to represent self in binary.\n\n>>> bin(37)\n'0b100101'\n>>> (37).bit_length()\n6",
        NativeCall::NoArgs(bit_length),
    ),
    NativeDef::new(
        "bit_count",
        "($self, /)",
        "Number of ones in the binary representation of the absolute value of self.\n\nAlso known as the population count.\n\n>>> bin(13)\n'0b1101'\n>>> (13).bit_count()\n3",
        NativeCall::NoArgs(bit_count),
    ),
    NativeDef::new(
        "to_bytes",
        "($self, /, length=1, byteorder='big', *, signed=False)",
        "Return an array of bytes representing an integer.",
        NativeCall::Full(to_bytes),
    ),
    NativeDef::new(
        "from_bytes",
        "($type, /, bytes, byteorder='big', *, signed=False)",
        "Return the integer represented by the given array of bytes.",
        NativeCall::Full(from_bytes),
    )
    .class_method(),
    NativeDef::new(
        "as_integer_ratio",
        "($self, /)",
        "Return a pair of integers, whose ratio is equal to the original int.\n\n>>> (6).as_integer_ratio()\n(6, 1)\n>>> (-6).as_integer_ratio()\n(-6, 1)\n>>> True.as_integer_ratio()\n(1, 1)",
        NativeCall::NoArgs(as_integer_ratio),
    ),
    NativeDef::new(
        "__trunc__",
        "($self, /)",
        "Truncating an Integral returns itself.",
        NativeCall::NoArgs(conjugate),
    ),
    NativeDef::new(
        "__floor__",
        "($self, /)",
        "Flooring an Integral returns itself.",
        NativeCall::NoArgs(conjugate),
    ),
    NativeDef::new(
        "__ceil__",
        "($self, /)",
        "Ceiling of an Integral returns itself.",
        NativeCall::NoArgs(conjugate),
    ),
    NativeDef::new(
        "__round__",
        "($self, ndigits=None, /)",
        "Rounding an Integral returns itself.\n\nRounding with an ndigits argument also returns an integer.",
        NativeCall::Positional(0, 1, round),
    ),
    NativeDef::new("__getnewargs__", "($self, /)", "", NativeCall::NoArgs(new_arguments)),
    NativeDef::new(
        "__format__",
        "($self, format_spec, /)",
        "Convert to a string according to format_spec.",
        NativeCall::One(format),
    ),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Returns size in memory, in bytes.",
        NativeCall::NoArgs(sizeof),
    ),
    NativeDef::new(
        "is_integer",
        "($self, /)",
        "Returns True. Exists for duck type compatibility with float.is_integer.",
        NativeCall::NoArgs(is_integer),
    ),
];

fn zero(vm: &Vm, int: &Obj) -> PyResult {
    check(vm, int)?;
    Ok(Int::new(0))
}

fn one(vm: &Vm, int: &Obj) -> PyResult {
    check(vm, int)?;
    Ok(Int::new(1))
}

pub(super) const PROPERTIES: &[Property] = &[
    Property::new("real", "the real part of a complex number", conjugate),
    Property::new("imag", "the imaginary part of a complex number", zero),
    Property::new("numerator", "the numerator of a rational number in lowest terms", conjugate),
    Property::new("denominator", "the denominator of a rational number in lowest terms", one),
];
