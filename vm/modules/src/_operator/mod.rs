//! `_operator`: the operators as functions; `itemgetter`, `attrgetter`, `methodcaller` in `getters`. CPython:
//! Modules/_operator.c.

mod getters;

use lasti_vm::call::Args;
use lasti_vm::module::NativeModule;
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::ops::BinaryOp;
use lasti_vm::text::Str;
use lasti_vm::types::{CompareOp, NativeCall, NativeDef};
use lasti_vm::{PyResult, Vm};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_operator",
    doc: "Operator interface.\n\nThis module exports a set of functions implemented in C corresponding\nto the intrinsic operators of Python.  For example, operator.add(x, y)\nis equivalent to the expression x+y.",
    functions: FUNCTIONS,
    fill: getters::fill,
};

/// A function of two operands.
const fn two(
    name: &'static str,
    doc: &'static str,
    function: fn(&Vm, &Obj, &[Obj]) -> PyResult,
) -> NativeDef {
    NativeDef::new(name, "($module, a, b, /)", doc, NativeCall::Positional(2, 2, function))
}

/// A function of one operand.
const fn one(name: &'static str, doc: &'static str, function: fn(&Vm, &Obj, &Obj) -> PyResult) -> NativeDef {
    NativeDef::new(name, "($module, a, /)", doc, NativeCall::One(function))
}

static FUNCTIONS: &[NativeDef] = &[
    one("truth", "Return True if a is true, False otherwise.", |vm, _, a| Ok(vm.bool(vm.is_true(a)?))),
    two("contains", "Same as b in a (note reversed operands).", |vm, _, args| {
        Ok(vm.bool(vm.contains(&args[0], &args[1])?))
    }),
    two("indexOf", "Return the first index of b in a.", |vm, _, args| index_of(vm, args)),
    two("countOf", "Return the number of items in a which are, or which equal, b.", |vm, _, args| {
        count_of(vm, args)
    }),
    two("is_", "Same as a is b.", |vm, _, args| Ok(vm.bool(args[0].is(&args[1])))),
    two("is_not", "Same as a is not b.", |vm, _, args| Ok(vm.bool(!args[0].is(&args[1])))),
    one("is_none", "Same as a is None.", |vm, _, a| Ok(vm.bool(vm.is_none(a)))),
    one("is_not_none", "Same as a is not None.", |vm, _, a| Ok(vm.bool(!vm.is_none(a)))),
    two("add", "Same as a + b.", |vm, _, args| vm.binary(BinaryOp::Add, &args[0], &args[1])),
    two("sub", "Same as a - b.", |vm, _, args| vm.binary(BinaryOp::Subtract, &args[0], &args[1])),
    two("mul", "Same as a * b.", |vm, _, args| vm.binary(BinaryOp::Multiply, &args[0], &args[1])),
    two("matmul", "Same as a @ b.", |vm, _, args| vm.binary(BinaryOp::MatrixMultiply, &args[0], &args[1])),
    two("floordiv", "Same as a // b.", |vm, _, args| vm.binary(BinaryOp::FloorDivide, &args[0], &args[1])),
    two("truediv", "Same as a / b.", |vm, _, args| vm.binary(BinaryOp::TrueDivide, &args[0], &args[1])),
    two("mod", "Same as a % b.", |vm, _, args| vm.binary(BinaryOp::Remainder, &args[0], &args[1])),
    one("neg", "Same as -a.", |vm, _, a| vm.negative(a)),
    one("pos", "Same as +a.", |vm, _, a| vm.positive(a)),
    one("abs", "Same as abs(a).", |vm, _, a| vm.absolute(a)),
    one("inv", "Same as ~a.", |vm, _, a| vm.invert(a)),
    one("invert", "Same as ~a.", |vm, _, a| vm.invert(a)),
    two("lshift", "Same as a << b.", |vm, _, args| vm.binary(BinaryOp::Lshift, &args[0], &args[1])),
    two("rshift", "Same as a >> b.", |vm, _, args| vm.binary(BinaryOp::Rshift, &args[0], &args[1])),
    one("not_", "Same as not a.", |vm, _, a| Ok(vm.bool(!vm.is_true(a)?))),
    two("and_", "Same as a & b.", |vm, _, args| vm.binary(BinaryOp::And, &args[0], &args[1])),
    two("xor", "Same as a ^ b.", |vm, _, args| vm.binary(BinaryOp::Xor, &args[0], &args[1])),
    two("or_", "Same as a | b.", |vm, _, args| vm.binary(BinaryOp::Or, &args[0], &args[1])),
    two("pow", "Same as a ** b.", |vm, _, args| vm.binary(BinaryOp::Power, &args[0], &args[1])),
    two("iadd", "Same as a += b.", |vm, _, args| vm.binary_inplace(BinaryOp::Add, &args[0], &args[1])),
    two("isub", "Same as a -= b.", |vm, _, args| vm.binary_inplace(BinaryOp::Subtract, &args[0], &args[1])),
    two("imul", "Same as a *= b.", |vm, _, args| vm.binary_inplace(BinaryOp::Multiply, &args[0], &args[1])),
    two("imatmul", "Same as a @= b.", |vm, _, args| {
        vm.binary_inplace(BinaryOp::MatrixMultiply, &args[0], &args[1])
    }),
    two("ifloordiv", "Same as a //= b.", |vm, _, args| {
        vm.binary_inplace(BinaryOp::FloorDivide, &args[0], &args[1])
    }),
    two("itruediv", "Same as a /= b.", |vm, _, args| {
        vm.binary_inplace(BinaryOp::TrueDivide, &args[0], &args[1])
    }),
    two("imod", "Same as a %= b.", |vm, _, args| vm.binary_inplace(BinaryOp::Remainder, &args[0], &args[1])),
    two("ilshift", "Same as a <<= b.", |vm, _, args| vm.binary_inplace(BinaryOp::Lshift, &args[0], &args[1])),
    two("irshift", "Same as a >>= b.", |vm, _, args| vm.binary_inplace(BinaryOp::Rshift, &args[0], &args[1])),
    two("iand", "Same as a &= b.", |vm, _, args| vm.binary_inplace(BinaryOp::And, &args[0], &args[1])),
    two("ixor", "Same as a ^= b.", |vm, _, args| vm.binary_inplace(BinaryOp::Xor, &args[0], &args[1])),
    two("ior", "Same as a |= b.", |vm, _, args| vm.binary_inplace(BinaryOp::Or, &args[0], &args[1])),
    two("ipow", "Same as a **= b.", |vm, _, args| vm.binary_inplace(BinaryOp::Power, &args[0], &args[1])),
    two("concat", "Same as a + b, for a and b sequences.", |vm, _, args| {
        concat(vm, args, BinaryOp::Add, false)
    }),
    two("iconcat", "Same as a += b, for a and b sequences.", |vm, _, args| {
        concat(vm, args, BinaryOp::Add, true)
    }),
    two("getitem", "Same as a[b].", |vm, _, args| vm.getitem(&args[0], &args[1])),
    NativeDef::new(
        "setitem",
        "($module, a, b, c, /)",
        "Same as a[b] = c.",
        NativeCall::Positional(3, 3, |vm, _, args| {
            vm.setitem(&args[0], &args[1], &args[2])?;
            Ok(vm.none())
        }),
    ),
    two("delitem", "Same as del a[b].", |vm, _, args| {
        vm.delitem(&args[0], &args[1])?;
        Ok(vm.none())
    }),
    two("eq", "Same as a == b.", |vm, _, args| vm.compare(&args[0], &args[1], CompareOp::Eq)),
    two("ne", "Same as a != b.", |vm, _, args| vm.compare(&args[0], &args[1], CompareOp::Ne)),
    two("lt", "Same as a < b.", |vm, _, args| vm.compare(&args[0], &args[1], CompareOp::Lt)),
    two("le", "Same as a <= b.", |vm, _, args| vm.compare(&args[0], &args[1], CompareOp::Le)),
    two("gt", "Same as a > b.", |vm, _, args| vm.compare(&args[0], &args[1], CompareOp::Gt)),
    two("ge", "Same as a >= b.", |vm, _, args| vm.compare(&args[0], &args[1], CompareOp::Ge)),
    one("index", "Same as a.__index__()", |vm, _, a| vm.index(a)),
    NativeDef::new(
        "length_hint",
        "($module, obj, default=0, /)",
        "Return an estimate of the number of items in obj.\n\nThis is useful for presizing containers when building from an iterable.\n\nIf the object supports len(), the result will be exact.\nOtherwise, it may over- or under-estimate by an arbitrary amount.\nThe result will be an integer >= 0.",
        NativeCall::Positional(1, 2, length_hint),
    ),
    NativeDef::new(
        "call",
        "($module, obj, /, *args, **kwargs)",
        "Same as obj(*args, **kwargs).",
        NativeCall::Full(call),
    ),
    two(
        "_compare_digest",
        "Return 'a == b'.\n\nThis function uses an approach designed to prevent\ntiming analysis, making it appropriate for cryptography.\n\na and b must both be of the same type: either str (ASCII only),\nor any bytes-like object.\n\nNote: If a and b are of different lengths, or if an error occurs,\na timing attack could theoretically reveal information about the\ntypes and lengths of a and b--but not their values.",
        compare_digest,
    ),
];

/// The items of a sequence to search; what is not iterable is complained of as of a container.
fn iterator(vm: &Vm, object: &Obj) -> PyResult {
    vm.iter(object).map_err(|error| {
        if error.is(&lasti_vm::builtins::TYPE_ERROR) && object.ty().slots.iter.get().is_none() {
            vm.type_error(format!("argument of type '{}' is not iterable", object.ty().name()))
        } else {
            error
        }
    })
}

fn index_of(vm: &Vm, args: &[Obj]) -> PyResult {
    let iterator = iterator(vm, &args[0])?;
    let mut index = 0;
    while let Some(item) = vm.next(&iterator)? {
        if vm.eq(&item, &args[1])? {
            return Ok(Int::from_usize(index));
        }
        index += 1;
    }
    Err(vm.value_error("sequence.index(x): x not in sequence"))
}

fn count_of(vm: &Vm, args: &[Obj]) -> PyResult {
    let iterator = iterator(vm, &args[0])?;
    let mut count = 0;
    while let Some(item) = vm.next(&iterator)? {
        count += i64::from(vm.eq(&item, &args[1])?);
    }
    Ok(Int::new(count))
}

fn concat(vm: &Vm, args: &[Obj], op: BinaryOp, inplace: bool) -> PyResult {
    let slots = &args[0].ty().slots;
    if slots.sq_concat.get().is_none() && slots.getitem.get().is_none() {
        return Err(vm.type_error(format!("'{}' object can't be concatenated", args[0].ty().name())));
    }
    if inplace { vm.binary_inplace(op, &args[0], &args[1]) } else { vm.binary(op, &args[0], &args[1]) }
}

fn length_hint(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let default = args.get(1).map_or_else(|| Ok(Int::new(0)), |default| vm.index(default))?;
    Ok(vm.length_hint(&args[0])?.map_or(default, Int::from_usize))
}

fn call(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match args.positional().first() {
        Some(callable) => vm.call_with(callable, args.rest()),
        None => Err(vm.type_error("call expected at least 1 argument, got 0")),
    }
}

/// Compares all bytes, however early they differ.
fn compare_digest(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (a, b) = (&args[0], &args[1]);
    if let (Some(a), Some(b)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
        if !a.is_ascii() || !b.is_ascii() {
            return Err(vm.type_error("comparing strings with non-ASCII characters is not supported"));
        }
        return Ok(vm.bool(same_bytes(a.as_bytes(), b.as_bytes())));
    }
    match (a.downcast::<lasti_vm::bytes::Bytes>(), b.downcast::<lasti_vm::bytes::Bytes>()) {
        (Some(a), Some(b)) => Ok(vm.bool(same_bytes(a.as_slice(), b.as_slice()))),
        _ => Err(vm.type_error(format!(
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            a.ty().name(),
            b.ty().name()
        ))),
    }
}

fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let same_length = a.len() == b.len();
    let a = if same_length { a } else { b };
    let difference = a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b));
    same_length && std::hint::black_box(difference) == 0
}
