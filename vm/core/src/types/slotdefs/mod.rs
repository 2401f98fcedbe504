//! Which dunder method belongs to which slot: slots of builtin types as methods, and methods of classes as slots.
//!
//! - `table`: the methods that slots of builtin types stand for
//! - `wrap`: what calling such a method does
//! - `generic`: slot functions that look a method of a class up and call it
//! - `buffer`: memory of classes with `__buffer__`
//! - `update`: which function a class's slot holds
//!
//! CPython: Objects/typeobject.c, `slotdefs`.

mod binary;
pub(crate) mod buffer;
mod generic;
mod table;
mod update;
mod wrap;

pub(crate) use table::{doc_of, is_new_wrapper, with_wrappers};
pub(crate) use update::{update_all_slots, update_own_slots, update_slot};
pub(crate) use wrap::call_wrapper;

use super::slots::{
    BinaryFn, BufferFn, CallFn, CompareFn, CompareOp, DescrGetFn, DescrSetFn, FinalizeFn, GetAttrFn, HashFn,
    InitFn, InquiryFn, IterNextFn, LenFn, SetAttrFn, SetItemFn, TernaryFn, UnaryFn,
};
use crate::errors::PyResult;
use crate::object::Obj;
use crate::text::Str;
use crate::vm::Vm;

/// A slot as a method: what calling the method does.
#[derive(Clone, Copy)]
pub(crate) enum Wrapper {
    Unary(UnaryFn),
    Inquiry(InquiryFn),
    Binary(BinaryFn),
    /// The reflected form: `__radd__`.
    BinaryReflected(BinaryFn),
    /// `sq_concat` and its in-place form, which share their names with `nb_add` and its.
    Concat(BinaryFn),
    Ternary(TernaryFn),
    TernaryReflected(TernaryFn),
    Compare(CompareFn, CompareOp),
    Hash(HashFn),
    Len(LenFn),
    Contains(fn(&Vm, &Obj, &Obj) -> PyResult<bool>),
    Repeat(fn(&Vm, &Obj, i64) -> PyResult),
    SetItem(SetItemFn),
    DelItem(SetItemFn),
    GetAttribute(GetAttrFn),
    SetAttr(SetAttrFn),
    DelAttr(SetAttrFn),
    Call(CallFn),
    Init(InitFn),
    Next(IterNextFn),
    DescrGet(DescrGetFn),
    DescrSet(DescrSetFn),
    DescrDelete(DescrSetFn),
    Finalize(FinalizeFn),
    Buffer(BufferFn),
}

/// Whether both slots hold the same function.
pub(crate) fn same<F: PartialEq>(a: Option<F>, b: Option<F>) -> bool {
    a == b
}

/// Whether the name is one of a special method.
pub(crate) fn is_dunder(name: &Str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() > 4 && bytes.starts_with(b"__") && bytes.ends_with(b"__")
}
