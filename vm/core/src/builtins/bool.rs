//! `bool`. CPython: Objects/boolobject.c.

use super::{BOOL, DEPRECATION_WARNING, INT};
use crate::call::Args;
use crate::errors::PyResult;
use crate::number::{Int, IntView};
use crate::object::Obj;
use crate::types::{TypeBuilder, TypeObject};
use crate::vm::Vm;

/// `bool.__new__`
fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    Ok(match args.exactly(vm, "bool", 0, 1)? {
        [object] => vm.bool(vm.is_true(object)?),
        _ => vm.bool(false),
    })
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.intern(if vm.is_true(object)? { "True" } else { "False" }).into_obj())
}

macro_rules! logical {
    ($name:ident, $slot:ident, $op:tt) => {
        /// Of two bools a bool; otherwise int's operator.
        fn $name(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
            if left.is_exact(&BOOL) && right.is_exact(&BOOL) {
                return Ok(vm.bool(vm.is_true(left)? $op vm.is_true(right)?));
            }
            match INT.slots.$slot.get() {
                Some(operator) => operator(vm, left, right),
                None => Ok(vm.not_implemented()),
            }
        }
    };
}

logical!(and, nb_and, &);
logical!(or, nb_or, |);
logical!(xor, nb_xor, ^);

fn invert(vm: &Vm, object: &Obj) -> PyResult {
    vm.warn(
        &DEPRECATION_WARNING,
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object and is usually not what you expect from the negation of a bool object. Use the 'not' operator for boolean negation or ~int(x) for the bitwise inversion of the underlying int.",
        1,
    )?;
    Ok(Int::new(match object.as_int() {
        Some(IntView::Small(int)) => !int,
        _ => -1,
    }))
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &BOOL)
        .doc("bool(object=False, /)\n--\n\nReturns True when the argument is true, False otherwise.\n\nThe builtins True and False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed.")
        .base(&INT)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.nb_invert.set(Some(invert));
            slots.nb_and.set(Some(and));
            slots.nb_or.set(Some(or));
            slots.nb_xor.set(Some(xor));
        })
        .ready();
}
