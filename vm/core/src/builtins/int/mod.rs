//! `int`: its constructor and what kind of object it is. Operators are in `arith`, methods in `methods`.

mod arith;
mod methods;

use lasti_text::int;

use super::INT;
use super::text_error::OrRaise;
use crate::buffer;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::number::{Int, IntView};
use crate::object::Obj;
use crate::text::Str;
use crate::types::{TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

pub(super) use methods::round_argument;

const DOC: &str = "int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if no arguments\nare given.  If x is a number, return x.__int__().  For floating-point\nnumbers, this truncates towards zero.\n\nIf x is not a number or if base is given, then x must be a string,\nbytes, or bytearray instance representing an integer literal in the\ngiven base.  The literal can be preceded by '+' or '-' and be surrounded\nby whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\nBase 0 means to interpret the base from the string as an integer literal.\n>>> int('0b100', base=0)\n4";

static SIGNATURE: Signature<2> = Signature::new("int", ["", "base"], 0).positional_only(1);

/// `int.__new__`
fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let int = if let ([argument], []) = (args.all(), args.names()) {
        vm.int(argument)?
    } else {
        if args.names().is_empty() {
            crate::call::check_count(vm, "int", args.all().len(), 0, 2)?;
        }
        match args.bind(vm, &SIGNATURE)? {
            [None, None] => Int::new(0),
            [Some(argument), None] => vm.int(argument)?,
            [None, Some(_)] => return Err(vm.type_error("int() missing string argument")),
            [Some(argument), Some(base)] => with_base(vm, argument, base)?,
        }
    };
    if ty.is(&INT) {
        return Ok(int);
    }
    let view = int.as_int().unwrap_or(IntView::Small(0));
    Ok(Int::new_in(ty, view).into_obj())
}

fn with_base(vm: &Vm, argument: &Obj, base: &Obj) -> PyResult {
    let index = vm.index(base)?;
    let base = int::check_base(index.as_i64().unwrap_or(-1)).or_raise(vm)?;
    let limit = vm.interp().int_digit_limit();
    if let Some(text) = argument.downcast::<Str>() {
        return int::parse(text.as_wtf8(), base, limit).or_raise(vm).map(Int::from_text);
    }
    if let Some(parsed) = buffer::with_bytes_object(argument, |bytes| int::parse_bytes(bytes, base, limit)) {
        return parsed.or_raise(vm).map(Int::from_text);
    }
    Err(vm.type_error("int() can't convert non-string with explicit base"))
}

impl Vm {
    /// `int(object)`: an exact int. CPython: Objects/abstract.c, `PyNumber_Long`.
    pub fn int(&self, object: &Obj) -> PyResult {
        if object.is_exact_int() {
            return Ok(object.clone());
        }
        if let Some(int) = object.ty().slots.nb_int.get() {
            let result = int(self, object)?;
            if result.as_int().is_none() {
                return Err(
                    self.type_error(format!("__int__ returned non-int (type {})", result.ty().name()))
                );
            }
            if !result.is_exact_int() {
                self.warn_of_subclass("__int__", "int", &result)?;
            }
            return self.index(&result);
        }
        if object.ty().slots.nb_index.get().is_some() {
            return self.index(object);
        }
        let limit = self.interp().int_digit_limit();
        if let Some(text) = object.downcast::<Str>() {
            return int::parse(text.as_wtf8(), 10, limit).or_raise(self).map(Int::from_text);
        }
        if let Some(buffer) = self.try_buffer(object)? {
            return int::parse_bytes(&buffer.to_vec(), 10, limit).or_raise(self).map(Int::from_text);
        }
        Err(self.type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            object.ty().name()
        )))
    }
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &INT)
        .doc(DOC)
        .flags(TypeFlags::BASETYPE | TypeFlags::MATCH_SELF | TypeFlags::LEAF)
        .slots(|slots| {
            slots.new.set(Some(new));
            arith::fill(slots);
        })
        .methods(methods::METHODS)
        .properties(methods::PROPERTIES)
        .ready();
}
