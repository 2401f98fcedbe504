//! Arithmetic: operators dispatch on both operands' types. CPython: Objects/abstract.c.

use crate::errors::{Exc, PyResult};
use crate::number::{Int, IntView};
use crate::object::Obj;
use crate::types::{Binaries, BinaryFn, Slots, UnaryFn};
use crate::vm::Vm;

/// A binary operator, by its number in `BINARY_OP` (Include/opcode.h, `NB_*`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs, reason = "named as the operators")]
pub enum BinaryOp {
    Add = 0,
    And = 1,
    FloorDivide = 2,
    Lshift = 3,
    MatrixMultiply = 4,
    Multiply = 5,
    Remainder = 6,
    Or = 7,
    Power = 8,
    Rshift = 9,
    Subtract = 10,
    TrueDivide = 11,
    Xor = 12,
}

impl BinaryOp {
    /// The operators by their numbers.
    pub const ALL: [Self; 13] = [
        Self::Add,
        Self::And,
        Self::FloorDivide,
        Self::Lshift,
        Self::MatrixMultiply,
        Self::Multiply,
        Self::Remainder,
        Self::Or,
        Self::Power,
        Self::Rshift,
        Self::Subtract,
        Self::TrueDivide,
        Self::Xor,
    ];

    pub(crate) fn slot(self, slots: &Slots) -> &Binaries {
        match self {
            Self::Add => &slots.nb_add,
            Self::And => &slots.nb_and,
            Self::FloorDivide => &slots.nb_floor_divide,
            Self::Lshift => &slots.nb_lshift,
            Self::MatrixMultiply => &slots.nb_matrix_multiply,
            Self::Multiply => &slots.nb_multiply,
            Self::Remainder => &slots.nb_remainder,
            Self::Or => &slots.nb_or,
            Self::Rshift => &slots.nb_rshift,
            Self::Subtract => &slots.nb_subtract,
            Self::TrueDivide => &slots.nb_true_divide,
            // Power has three operands; see `Vm::power`.
            Self::Xor | Self::Power => &slots.nb_xor,
        }
    }

    pub(crate) fn inplace_slot(self, slots: &Slots) -> &Binaries {
        match self {
            Self::Add => &slots.nb_inplace_add,
            Self::And => &slots.nb_inplace_and,
            Self::FloorDivide => &slots.nb_inplace_floor_divide,
            Self::Lshift => &slots.nb_inplace_lshift,
            Self::MatrixMultiply => &slots.nb_inplace_matrix_multiply,
            Self::Multiply => &slots.nb_inplace_multiply,
            Self::Remainder => &slots.nb_inplace_remainder,
            Self::Or => &slots.nb_inplace_or,
            Self::Rshift => &slots.nb_inplace_rshift,
            Self::Subtract => &slots.nb_inplace_subtract,
            Self::TrueDivide => &slots.nb_inplace_true_divide,
            Self::Xor | Self::Power => &slots.nb_inplace_xor,
        }
    }

    /// The operator as it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::And => "&",
            Self::FloorDivide => "//",
            Self::Lshift => "<<",
            Self::MatrixMultiply => "@",
            Self::Multiply => "*",
            Self::Remainder => "%",
            Self::Or => "|",
            Self::Power => "** or pow()",
            Self::Rshift => ">>",
            Self::Subtract => "-",
            Self::TrueDivide => "/",
            Self::Xor => "^",
        }
    }
}

impl Vm {
    /// `left op right`
    pub fn binary(&self, op: BinaryOp, left: &Obj, right: &Obj) -> PyResult {
        if op == BinaryOp::Power {
            return self.power(left, right, &self.none());
        }
        let result = self.binary_by_slots(left, right, |slots| op.slot(slots).get())?;
        if !self.is_not_implemented(&result) {
            return Ok(result);
        }
        match op {
            BinaryOp::Add => {
                if let Some(concat) = left.ty().slots.sq_concat.get() {
                    return concat(self, left, right);
                }
            }
            BinaryOp::Multiply => {
                if let Some(result) = self.sequence_repeat(left, right, false)? {
                    return Ok(result);
                }
            }
            _ => {}
        }
        Err(self.unsupported(op.symbol(), left, right))
    }

    /// `left op= right`
    pub fn binary_inplace(&self, op: BinaryOp, left: &Obj, right: &Obj) -> PyResult {
        if op == BinaryOp::Power {
            return self.power_inplace(left, right);
        }
        if let Some(function) = op.inplace_slot(&left.ty().slots).get() {
            let result = function(self, left, right)?;
            if !self.is_not_implemented(&result) {
                return Ok(result);
            }
        }
        let result = self.binary_by_slots(left, right, |slots| op.slot(slots).get())?;
        if !self.is_not_implemented(&result) {
            return Ok(result);
        }
        let slots = &left.ty().slots;
        match op {
            BinaryOp::Add => {
                if let Some(concat) = slots.sq_inplace_concat.get().or(slots.sq_concat.get()) {
                    return concat(self, left, right);
                }
            }
            BinaryOp::Multiply => {
                if let Some(result) = self.sequence_repeat(left, right, true)? {
                    return Ok(result);
                }
            }
            _ => {}
        }
        let symbol = if op == BinaryOp::Power { "**=".to_owned() } else { format!("{}=", op.symbol()) };
        Err(self.unsupported(&symbol, left, right))
    }

    /// Tries the slot of both types: the right one's first if its type derives from the left one's.
    /// `NotImplemented` if neither can.
    pub(crate) fn binary_by_slots(
        &self,
        left: &Obj,
        right: &Obj,
        slot: impl Fn(&Slots) -> Option<BinaryFn>,
    ) -> PyResult {
        let (left_ty, right_ty) = (left.ty(), right.ty());
        let of_left = slot(&left_ty.slots);
        let mut of_right = if left_ty.is(right_ty) { None } else { slot(&right_ty.slots) };
        if let (Some(a), Some(b)) = (of_left, of_right)
            && std::ptr::fn_addr_eq(a, b)
        {
            of_right = None;
        }
        if let Some(function) = of_left {
            if let Some(other) = of_right
                && right_ty.is_subtype_of(left_ty)
            {
                let result = other(self, left, right)?;
                if !self.is_not_implemented(&result) {
                    return Ok(result);
                }
                of_right = None;
            }
            let result = function(self, left, right)?;
            if !self.is_not_implemented(&result) {
                return Ok(result);
            }
        }
        match of_right {
            Some(function) => function(self, left, right),
            None => Ok(self.not_implemented()),
        }
    }

    /// `left * right` where one of them is a sequence; `None` if none is.
    fn sequence_repeat(&self, left: &Obj, right: &Obj, inplace: bool) -> PyResult<Option<Obj>> {
        let slots = &left.ty().slots;
        let repeat = if inplace {
            slots.sq_inplace_repeat.get().or(slots.sq_repeat.get())
        } else {
            slots.sq_repeat.get()
        };
        if let Some(repeat) = repeat {
            return repeat(self, left, self.repeat_count(right)?).map(Some);
        }
        match right.ty().slots.sq_repeat.get() {
            Some(repeat) => repeat(self, right, self.repeat_count(left)?).map(Some),
            None => Ok(None),
        }
    }

    fn repeat_count(&self, count: &Obj) -> PyResult<i64> {
        if count.as_int().is_none() && count.ty().slots.nb_index.get().is_none() {
            return Err(self.type_error(format!(
                "can't multiply sequence by non-int of type '{}'",
                count.ty().tp_name()
            )));
        }
        let index = self.index(count)?;
        match index.as_i64() {
            Some(count) => Ok(count),
            None => Err(self.overflow_error("cannot fit 'int' into an index-sized integer")),
        }
    }

    /// `pow(base, exponent, modulus)`; `base ** exponent` with None.
    pub fn power(&self, base: &Obj, exponent: &Obj, modulus: &Obj) -> PyResult {
        let result = self.power_by_slots(base, exponent, modulus)?;
        if !self.is_not_implemented(&result) {
            return Ok(result);
        }
        if self.is_none(modulus) {
            return Err(self.unsupported("** or pow()", base, exponent));
        }
        Err(self.type_error(format!(
            "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
            base.ty().tp_name(),
            exponent.ty().tp_name(),
            modulus.ty().tp_name()
        )))
    }

    /// Tries the slot of all three types; `NotImplemented` if none can.
    fn power_by_slots(&self, base: &Obj, exponent: &Obj, modulus: &Obj) -> PyResult {
        let (left, right) = (base.ty(), exponent.ty());
        let of_left = left.slots.nb_power.get();
        let mut of_right = if left.is(right) { None } else { right.slots.nb_power.get() };
        if let (Some(a), Some(b)) = (of_left, of_right)
            && std::ptr::fn_addr_eq(a, b)
        {
            of_right = None;
        }
        if let Some(function) = of_left {
            if let Some(other) = of_right
                && right.is_subtype_of(left)
            {
                let result = other(self, base, exponent, modulus)?;
                if !self.is_not_implemented(&result) {
                    return Ok(result);
                }
                of_right = None;
            }
            let result = function(self, base, exponent, modulus)?;
            if !self.is_not_implemented(&result) {
                return Ok(result);
            }
        }
        if let Some(function) = of_right {
            let result = function(self, base, exponent, modulus)?;
            if !self.is_not_implemented(&result) {
                return Ok(result);
            }
        }
        match modulus.ty().slots.nb_power.get() {
            Some(function) if !self.is_none(modulus) => function(self, base, exponent, modulus),
            _ => Ok(self.not_implemented()),
        }
    }

    fn power_inplace(&self, left: &Obj, right: &Obj) -> PyResult {
        let none = self.none();
        if let Some(function) = left.ty().slots.nb_inplace_power.get() {
            let result = function(self, left, right, &none)?;
            if !self.is_not_implemented(&result) {
                return Ok(result);
            }
        }
        let result = self.power_by_slots(left, right, &none)?;
        if self.is_not_implemented(&result) { Err(self.unsupported("**=", left, right)) } else { Ok(result) }
    }

    #[cold]
    fn unsupported(&self, symbol: &str, left: &Obj, right: &Obj) -> Exc {
        let hint = if symbol == ">>" && left.is_exact(&crate::builtins::BUILTIN_FUNCTION) {
            let print = left
                .downcast::<crate::function::NativeFunction>()
                .is_some_and(|function| function.def.name == "print");
            if print { ". Did you mean \"print(<message>, file=<output_stream>)\"?" } else { "" }
        } else {
            ""
        };
        self.type_error(format!(
            "unsupported operand type(s) for {symbol}: '{}' and '{}'{hint}",
            left.ty().tp_name(),
            right.ty().tp_name()
        ))
    }

    fn unary(&self, object: &Obj, slot: Option<UnaryFn>, symbol: &str) -> PyResult {
        match slot {
            Some(function) => function(self, object),
            None => {
                Err(self.type_error(format!("bad operand type for {symbol}: '{}'", object.ty().tp_name())))
            }
        }
    }

    /// `-object`
    pub fn negative(&self, object: &Obj) -> PyResult {
        self.unary(object, object.ty().slots.nb_negative.get(), "unary -")
    }

    /// `+object`
    pub fn positive(&self, object: &Obj) -> PyResult {
        self.unary(object, object.ty().slots.nb_positive.get(), "unary +")
    }

    /// `~object`
    pub fn invert(&self, object: &Obj) -> PyResult {
        self.unary(object, object.ty().slots.nb_invert.get(), "unary ~")
    }

    /// `abs(object)`
    pub fn absolute(&self, object: &Obj) -> PyResult {
        self.unary(object, object.ty().slots.nb_absolute.get(), "abs()")
    }

    /// `operator.index(object)`: an exact int.
    pub fn index(&self, object: &Obj) -> PyResult {
        if object.is_exact_int() {
            return Ok(object.clone());
        }
        if let Some(int) = object.as_int() {
            return Ok(match int {
                IntView::Small(int) => Int::new(int),
                IntView::Big(int) => Int::from_big(int.clone()),
            });
        }
        let Some(index) = object.ty().slots.nb_index.get() else {
            return Err(self.type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                object.ty().tp_name()
            )));
        };
        let result = index(self, object)?;
        if result.as_int().is_none() {
            return Err(
                self.type_error(format!("__index__ returned non-int (type {})", result.ty().tp_name()))
            );
        }
        if result.is_exact_int() {
            return Ok(result);
        }
        self.warn_of_subclass("__index__", "int", &result)?;
        self.index(&result)
    }

    /// The DeprecationWarning for a conversion's method that returns an instance of a subclass.
    #[cold]
    pub(crate) fn warn_of_subclass(&self, method: &str, kind: &str, result: &Obj) -> PyResult<()> {
        let message = format!(
            "{method} returned non-{kind} (type {}).  The ability to return an instance of a strict subclass of {kind} is deprecated, and may be removed in a future version of Python.",
            result.ty().tp_name()
        );
        self.warn(&crate::builtins::DEPRECATION_WARNING, &message, 1)
    }

    /// `operator.index(object)` as an `i64`; an OverflowError if it does not fit.
    pub fn index_i64(&self, object: &Obj) -> PyResult<i64> {
        if object.value().is_int() {
            return Ok(object.value().as_int());
        }
        self.index(object)?
            .as_i64()
            .ok_or_else(|| self.overflow_error("Python int too large to convert to C ssize_t"))
    }

    /// `operator.index(object)` clamped to an `i64`, as slices take it.
    pub fn index_clamped(&self, object: &Obj) -> PyResult<i64> {
        let index = self.index(object)?;
        Ok(match index.as_int() {
            Some(IntView::Small(int)) => int,
            Some(int) if int.is_negative() => i64::MIN,
            _ => i64::MAX,
        })
    }
}
