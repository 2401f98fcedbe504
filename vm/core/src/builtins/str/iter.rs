//! `str_iterator` and `str_ascii_iterator`.

use std::cell::Cell;

use crate::builtins::builtin_type;
use crate::builtins::sequence_iterators::{length_hint_def, reduce_def, reduced, setstate_def};
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::text::Str;
use crate::types::{NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// An iterator over the code points of a str.
pub struct StrIter {
    text: ObjCell,
    /// The next code point, counted in code points.
    index: Cell<usize>,
    /// Where it begins, in bytes.
    at: Cell<usize>,
}

impl StrIter {
    /// An iterator over `text` from its beginning.
    #[allow(clippy::new_ret_no_self, reason = "objects are made behind references")]
    pub fn new(text: Ref<Str>) -> Ref<Self> {
        let ty = if text.is_ascii() { &STR_ASCII_ITERATOR } else { &STR_ITERATOR };
        let text = ObjCell::new(Some(text.into_obj()));
        Ref::new_in(ty, Self { text, index: Cell::new(0), at: Cell::new(0) })
    }

    /// The next code point as a str.
    #[inline]
    pub fn next(&self) -> Option<Obj> {
        let text = self.text.peek()?.downcast::<Str>()?;
        let at = self.at.get();
        let bytes = text.as_bytes();
        let Some(&first) = bytes.get(at) else {
            drop(self.text.take());
            return None;
        };
        let length = match first {
            ..0xC0 => 1,
            0xC0..0xE0 => 2,
            0xE0..0xF0 => 3,
            0xF0.. => 4,
        };
        self.at.set(at + length);
        self.index.set(self.index.get() + 1);
        Some(Str::from_wtf8(&text.as_wtf8()[at..at + length]).into_obj())
    }
}

impl Payload for StrIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &STR_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.text.traverse(visitor);
    }
}

builtin_type!(/** `str_iterator` */ STR_ITERATOR, "str_iterator", StrIter);
builtin_type!(/** `str_ascii_iterator` */ STR_ASCII_ITERATOR, "str_ascii_iterator", StrIter, on STR_ITERATOR);

pub(super) fn iter(vm: &Vm, object: &Obj) -> PyResult {
    Ok(StrIter::new(super::this(vm, object)?.clone()).into_obj())
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    Ok(vm.receiver::<StrIter>(object)?.next())
}

fn length_hint(vm: &Vm, object: &Obj) -> PyResult {
    let iterator = vm.receiver::<StrIter>(object)?;
    let length = iterator.text.get_as::<Str>().map_or(0, |text| text.char_len() - iterator.index.get());
    Ok(Int::from_usize(length))
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let iterator = vm.receiver::<StrIter>(object)?;
    match iterator.text.get() {
        Some(text) => reduced(function, vec![text], Some(Int::from_usize(iterator.index.get()))),
        None => reduced(function, vec![vm.intern("").into_obj()], None),
    }
}

fn set_state(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    let iterator = vm.receiver::<StrIter>(object)?;
    let index = vm.size_argument(state)?;
    if let Some(text) = iterator.text.get_as::<Str>() {
        let index = usize::try_from(index).unwrap_or(0).min(text.char_len());
        iterator.index.set(index);
        iterator.at.set(text.byte_offset(index));
    }
    Ok(vm.none())
}

const METHODS: &[NativeDef] = &[length_hint_def(length_hint), reduce_def(reduce), setstate_def(set_state)];

pub(super) fn init(vm: &Vm) {
    for ty in [&STR_ITERATOR, &STR_ASCII_ITERATOR] {
        TypeBuilder::new(vm, ty)
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .slots(|slots| {
                slots.iter.set(Some(crate::builtins::object::iter_self));
                slots.iternext.set(Some(next));
            })
            .methods(METHODS)
            .ready();
    }
}
