//! `builtins`: arithmetic, text of numbers and characters, sums, extremes.

use malachite_bigint::BigInt;

use crate::builtins as types;
use crate::bytes::Bytes;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::number::{Complex, Float, Int, IntView};
use crate::object::Obj;
use crate::ops::BinaryOp;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef};
use crate::vm::Vm;

fn abs(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    vm.absolute(object)
}

fn divmod(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let result = vm.binary_by_slots(&args[0], &args[1], |slots| slots.nb_divmod.get())?;
    if !vm.is_not_implemented(&result) {
        return Ok(result);
    }
    Err(vm.type_error(format!(
        "unsupported operand type(s) for divmod(): '{}' and '{}'",
        args[0].ty().name(),
        args[1].ty().name()
    )))
}

static POW: Signature<3> = Signature::new("pow", ["base", "exp", "mod"], 2);

fn pow(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match args.bind(vm, &POW)? {
        [Some(base), Some(exponent), modulus] => {
            let none = vm.none();
            vm.power(base, exponent, modulus.unwrap_or(&none))
        }
        _ => Err(vm.type_error("pow() missing required argument 'base' (pos 1)")),
    }
}

static ROUND: Signature<2> = Signature::new("round", ["number", "ndigits"], 1);

fn round(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(number), digits] = args.bind(vm, &ROUND)? else {
        return Err(vm.type_error("round() missing required argument 'number' (pos 1)"));
    };
    let digits = digits.filter(|digits| !vm.is_none(digits)).cloned();
    let digits: Vec<Obj> = digits.into_iter().collect();
    match vm.call_special(number, &vm.names().__round__, &digits)? {
        Some(result) => Ok(result),
        None => Err(vm.type_error(format!("type {} doesn't define __round__ method", number.ty().name()))),
    }
}

fn in_base(vm: &Vm, object: &Obj, base: u32, prefix: &str) -> PyResult {
    let int = vm.index(object)?;
    let Some(view) = int.as_int() else { return Err(vm.type_error("an integer is required")) };
    let digits = match view {
        IntView::Small(small) => match base {
            2 => format!("{:b}", small.unsigned_abs()),
            8 => format!("{:o}", small.unsigned_abs()),
            _ => format!("{:x}", small.unsigned_abs()),
        },
        IntView::Big(big) => big.magnitude().to_str_radix(base),
    };
    let sign = if view.is_negative() { "-" } else { "" };
    Ok(Str::new(&format!("{sign}{prefix}{digits}")).into_obj())
}

fn bin(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    in_base(vm, object, 2, "0b")
}

fn oct(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    in_base(vm, object, 8, "0o")
}

fn hex(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    in_base(vm, object, 16, "0x")
}

fn chr(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    let code = vm.index_clamped(object)?;
    match u32::try_from(code).ok().and_then(Str::from_code_point) {
        Some(text) => Ok(text.into_obj()),
        None => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    let length = if let Some(text) = object.downcast::<Str>() {
        if let (1, Some(code)) = (text.char_len(), text.code_point_at(0)) {
            return Ok(Int::new(code.into()));
        }
        text.char_len()
    } else if let Some(bytes) = object.downcast::<Bytes>() {
        if let [byte] = bytes.as_slice() {
            return Ok(Int::new((*byte).into()));
        }
        bytes.as_slice().len()
    } else if object.ty().name() == "bytearray" {
        let length = vm.len(object)?;
        if length == 1 {
            return vm.getitem(object, &Int::new(0));
        }
        length
    } else {
        return Err(
            vm.type_error(format!("ord() expected string of length 1, but {} found", object.ty().name()))
        );
    };
    Err(vm.type_error(format!("ord() expected a character, but string of length {length} found")))
}

/// A sum of floats that keeps what rounding loses. CPython: `cs_add` in Python/bltinmodule.c (Neumaier's).
#[derive(Clone, Copy)]
struct Compensated {
    sum: f64,
    lost: f64,
}

impl Compensated {
    fn new(sum: f64) -> Self {
        Self { sum, lost: 0.0 }
    }

    fn add(&mut self, value: f64) {
        let total = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() {
            (self.sum - total) + value
        } else {
            (value - total) + self.sum
        };
        self.sum = total;
    }

    fn total(self) -> f64 {
        // Where the sum is infinite or no number, so would the correction be.
        if self.lost != 0.0 && self.lost.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

/// What has been added up so far.
enum Sum {
    Int(i64),
    Float(Compensated),
    Complex(Compensated, Compensated),
    Any(Obj),
}

impl Sum {
    fn begin(start: Obj) -> Self {
        match start.as_i64() {
            Some(int) if start.is_exact_int() => Self::Int(int),
            _ if start.is_exact(&types::FLOAT) => {
                Self::Float(Compensated::new(start.as_f64().unwrap_or_default()))
            }
            _ => match start.downcast_exact::<Complex>() {
                Some(complex) => {
                    Self::Complex(Compensated::new(complex.real), Compensated::new(complex.imag))
                }
                None => Self::Any(start),
            },
        }
    }

    fn value(self) -> Obj {
        match self {
            Self::Int(int) => Int::new(int),
            Self::Float(float) => Float::new(float.total()),
            Self::Complex(real, imag) => Complex::new(real.total(), imag.total()),
            Self::Any(object) => object,
        }
    }

    fn add(self, vm: &Vm, item: &Obj) -> PyResult<Self> {
        let small = if item.is_exact_int() || item.is_exact(&types::BOOL) { item.as_i64() } else { None };
        let float = if item.is_exact(&types::FLOAT) { item.as_f64() } else { None };
        match (self, small, float) {
            (Self::Int(sum), Some(int), _) => Ok(match sum.checked_add(int) {
                Some(sum) => Self::Int(sum),
                None => Self::Any(Int::from_big(BigInt::from(sum) + BigInt::from(int))),
            }),
            (Self::Float(mut sum), _, Some(float)) => {
                sum.add(float);
                Ok(Self::Float(sum))
            }
            (Self::Float(mut sum), ..) if item.as_int().is_some() => {
                sum.add(vm.float(item)?);
                Ok(Self::Float(sum))
            }
            (Self::Complex(mut real, imag), _, Some(float)) => {
                real.add(float);
                Ok(Self::Complex(real, imag))
            }
            (Self::Complex(mut real, mut imag), ..) => {
                if let Some(complex) = item.downcast_exact::<Complex>() {
                    real.add(complex.real);
                    imag.add(complex.imag);
                    return Ok(Self::Complex(real, imag));
                }
                if item.as_int().is_some() || item.is_instance_of(&types::FLOAT) {
                    real.add(vm.float(item)?);
                    return Ok(Self::Complex(real, imag));
                }
                let sum = Self::Complex(real, imag).value();
                Ok(Self::Any(vm.binary(BinaryOp::Add, &sum, item)?))
            }
            // CPython goes on with the general way once one item was of another type, except from int to float
            // and from there to complex.
            (Self::Any(sum), ..) => Ok(Self::Any(vm.binary(BinaryOp::Add, &sum, item)?)),
            (before, ..) => {
                let was_int = matches!(before, Self::Int(_));
                let sum = vm.binary(BinaryOp::Add, &before.value(), item)?;
                let next = Self::begin(sum);
                Ok(match next {
                    Self::Float(_) if was_int => next,
                    Self::Complex(..) => next,
                    other => Self::Any(other.value()),
                })
            }
        }
    }
}

static SUM: Signature<2> = Signature::new("sum", ["iterable", "start"], 1).positional_only(1);

fn sum(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(iterable), start] = args.bind(vm, &SUM)? else {
        return Err(vm.type_error("sum() takes at least 1 positional argument (0 given)"));
    };
    let iterator = vm.iter(iterable)?;
    let mut sum = match start {
        None => Sum::Int(0),
        Some(start) => {
            if start.is_instance_of(&types::STR) {
                return Err(vm.type_error("sum() can't sum strings [use ''.join(seq) instead]"));
            }
            if start.is_instance_of(&types::BYTES) {
                return Err(vm.type_error("sum() can't sum bytes [use b''.join(seq) instead]"));
            }
            if start.ty().name() == "bytearray" {
                return Err(vm.type_error("sum() can't sum bytearray [use b''.join(seq) instead]"));
            }
            Sum::begin(start.clone())
        }
    };
    while let Some(item) = vm.next(&iterator)? {
        sum = sum.add(vm, &item)?;
    }
    Ok(sum.value())
}

fn extreme(vm: &Vm, args: Args<'_>, name: &'static str, op: CompareOp) -> PyResult {
    let positional = args.positional();
    if positional.is_empty() {
        return Err(vm.type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    let [key, default] = if args.names().is_empty() {
        [None; 2]
    } else {
        let named = Args::new(&args.all()[positional.len()..], args.names());
        named.bind(vm, &Signature::new(name, ["key", "default"], 0).keyword_only(0))?
    };
    let key = key.filter(|key| !vm.is_none(key));
    let items = if let [iterable] = positional {
        Some(vm.iter(iterable)?)
    } else if default.is_some() {
        return Err(vm.type_error(format!(
            "Cannot specify a default for {name}() with multiple positional arguments"
        )));
    } else {
        None
    };
    let mut rest = positional.iter();
    let mut next = || match &items {
        Some(iterator) => vm.next_inline(iterator),
        None => Ok(rest.next().cloned()),
    };
    let mut best: Option<(Obj, Obj)> = None;
    while let Some(item) = next()? {
        let rank = match key {
            Some(key) => vm.call(key, std::slice::from_ref(&item))?,
            None => item.clone(),
        };
        let better = match &best {
            None => true,
            Some((_, best)) => {
                let result = vm.compare(&rank, best, op)?;
                vm.is_true(&result)?
            }
        };
        if better {
            best = Some((item, rank));
        }
    }
    match (best, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(vm.value_error(format!("{name}() iterable argument is empty"))),
    }
}

fn max(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    extreme(vm, args, "max", CompareOp::Gt)
}

fn min(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    extreme(vm, args, "min", CompareOp::Lt)
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("abs", "($module, x, /)", "The absolute value.", NativeCall::One(abs)),
    NativeDef::new(
        "bin",
        "($module, number, /)",
        "The integer in binary, with 0b.\n\n>>> bin(10)\n'0b1010'",
        NativeCall::One(bin),
    ),
    NativeDef::new("chr", "($module, i, /)", "The string of the one code point i.", NativeCall::One(chr)),
    NativeDef::new(
        "divmod",
        "($module, x, y, /)",
        "The tuple (x//y, x%y).",
        NativeCall::Positional(2, 2, divmod),
    ),
    NativeDef::new(
        "hex",
        "($module, number, /)",
        "The integer in hexadecimal, with 0x.\n\n>>> hex(48879)\n'0xbeef'",
        NativeCall::One(hex),
    ),
    NativeDef::new(
        "max",
        "",
        "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nThe biggest item or argument.",
        NativeCall::Full(max),
    ),
    NativeDef::new(
        "min",
        "",
        "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nThe smallest item or argument.",
        NativeCall::Full(min),
    ),
    NativeDef::new(
        "oct",
        "($module, number, /)",
        "The integer in octal, with 0o.\n\n>>> oct(493)\n'0o755'",
        NativeCall::One(oct),
    ),
    NativeDef::new("ord", "($module, character, /)", "The code point of a character.", NativeCall::One(ord)),
    NativeDef::new(
        "pow",
        "($module, /, base, exp, mod=None)",
        "base**exp, or that modulo mod, computed quicker.",
        NativeCall::Full(pow),
    ),
    NativeDef::new(
        "round",
        "($module, /, number, ndigits=None)",
        "The number rounded to so many decimal digits; to an integer without ndigits.",
        NativeCall::Full(round),
    ),
    NativeDef::new(
        "sum",
        "($module, iterable, /, start=0)",
        "The start value plus all items.",
        NativeCall::Full(sum),
    ),
];
