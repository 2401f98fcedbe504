//! Slot functions of binary operators that look `__add__` and `__radd__` and their like up and call them.

use super::super::data::TypeFlags;
use super::super::lookup;
use super::super::slots::{BinaryFn, TernaryFn};
use super::same;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::Vm;

/// Whether the right operand's type has another `name` than the left one's.
fn is_overloaded(vm: &Vm, left: &Obj, right: &Obj, name: &Ref<Str>) -> PyResult<bool> {
    let Some(of_right) = vm.find_attr(&right.ty().to_obj(), name)? else { return Ok(false) };
    let Some(of_left) = vm.find_attr(&left.ty().to_obj(), name)? else { return Ok(true) };
    vm.compare_bool(&of_left, &of_right, super::super::slots::CompareOp::Ne)
}

/// Calls the method `name` of the object's type; `NotImplemented` if there is none.
fn call_or_not_implemented(vm: &Vm, object: &Obj, name: &Ref<Str>, args: &[Obj]) -> PyResult {
    Ok(match vm.call_special(object, name, args)? {
        Some(result) => result,
        None => vm.not_implemented(),
    })
}

/// The names of one operator and the slot function that stands for them.
struct Operator<'a> {
    name: &'a Ref<Str>,
    reflected: &'a Ref<Str>,
    /// Whether the operand's slot holds the function that asks: then its type is a class with such a method.
    is_here: fn(&Obj) -> bool,
}

/// CPython: `SLOT1BINFULL`. `rest` is what follows both operands: the modulus of `pow`.
fn dispatch(vm: &Vm, left: &Obj, right: &Obj, rest: Option<&Obj>, operator: &Operator<'_>) -> PyResult {
    let call = |object: &Obj, name: &Ref<Str>, other: &Obj| match rest {
        None => call_or_not_implemented(vm, object, name, std::slice::from_ref(other)),
        Some(rest) => call_or_not_implemented(vm, object, name, &[other.clone(), rest.clone()]),
    };
    let same_type = left.ty().is(right.ty());
    let mut try_right = !same_type && (operator.is_here)(right);
    if (operator.is_here)(left) {
        if try_right
            && right.ty().is_subtype_of(left.ty())
            && is_overloaded(vm, left, right, operator.reflected)?
        {
            let result = call(right, operator.reflected, left)?;
            if !vm.is_not_implemented(&result) {
                return Ok(result);
            }
            try_right = false;
        }
        let result = call(left, operator.name, right)?;
        if !vm.is_not_implemented(&result) || same_type {
            return Ok(result);
        }
    }
    if try_right { call(right, operator.reflected, left) } else { Ok(vm.not_implemented()) }
}

macro_rules! binary {
    ($($function:ident $slot:ident $name:ident $reflected:ident;)*) => {$(
        pub(super) fn $function(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
            fn is_here(operand: &Obj) -> bool {
                same(operand.ty().slots.$slot.get(), Some($function as BinaryFn))
            }
            let names = vm.names();
            let operator = Operator { name: &names.$name, reflected: &names.$reflected, is_here };
            dispatch(vm, left, right, None, &operator)
        }
    )*};
}

binary! {
    add nb_add __add__ __radd__;
    subtract nb_subtract __sub__ __rsub__;
    multiply nb_multiply __mul__ __rmul__;
    remainder nb_remainder __mod__ __rmod__;
    divmod nb_divmod __divmod__ __rdivmod__;
    lshift nb_lshift __lshift__ __rlshift__;
    rshift nb_rshift __rshift__ __rrshift__;
    and nb_and __and__ __rand__;
    xor nb_xor __xor__ __rxor__;
    or nb_or __or__ __ror__;
    floor_divide nb_floor_divide __floordiv__ __rfloordiv__;
    true_divide nb_true_divide __truediv__ __rtruediv__;
    matrix_multiply nb_matrix_multiply __matmul__ __rmatmul__;
}

pub(super) fn power(vm: &Vm, left: &Obj, right: &Obj, modulus: &Obj) -> PyResult {
    fn is_here(operand: &Obj) -> bool {
        same(operand.ty().slots.nb_power.get(), Some(power as TernaryFn))
    }
    let names = vm.names();
    let operator = Operator { name: &names.__pow__, reflected: &names.__rpow__, is_here };
    let rest = if vm.is_none(modulus) { None } else { Some(modulus) };
    dispatch(vm, left, right, rest, &operator)
}

/// Calls an in-place method.
fn inplace_by(vm: &Vm, left: &Obj, name: &Ref<Str>, right: &Obj) -> PyResult {
    let ty = left.ty();
    if let Some(method) = lookup::lookup(vm, ty, name)
        && method.ty().has(TypeFlags::METHOD_DESCRIPTOR)
    {
        return vm.call(&method, &[left.clone(), right.clone()]);
    }
    call_or_not_implemented(vm, left, name, std::slice::from_ref(right))
}

macro_rules! inplace {
    ($($function:ident $name:ident;)*) => {$(
        pub(super) fn $function(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
            inplace_by(vm, left, &vm.names().$name, right)
        }
    )*};
}

inplace! {
    inplace_add __iadd__;
    inplace_subtract __isub__;
    inplace_multiply __imul__;
    inplace_remainder __imod__;
    inplace_lshift __ilshift__;
    inplace_rshift __irshift__;
    inplace_and __iand__;
    inplace_xor __ixor__;
    inplace_or __ior__;
    inplace_floor_divide __ifloordiv__;
    inplace_true_divide __itruediv__;
    inplace_matrix_multiply __imatmul__;
}

pub(super) fn inplace_power(vm: &Vm, left: &Obj, right: &Obj, _modulus: &Obj) -> PyResult {
    inplace_by(vm, left, &vm.names().__ipow__, right)
}
