//! What tuple, list and their iterators have in common: subscripts, searching, repeating, comparing, showing.

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use crate::call::Args;
use crate::errors::PyResult;
use crate::iterators::Slice;
use crate::number::IntView;
use crate::object::{Obj, Ref};
use crate::ops::SliceParts;
use crate::text::Str;
use crate::types::{CompareOp, TypeObject};
use crate::vm::Vm;

/// What stands in brackets.
pub enum Subscript {
    /// An index, which may be negative.
    Index(i64),
    /// A slice.
    Slice(SliceParts),
}

/// Reads what stands in brackets; `what` names the sequence in the message (`list`, `tuple`).
#[inline]
pub fn subscript(vm: &Vm, key: &Obj, what: &str) -> PyResult<Subscript> {
    if key.value().is_int() {
        return Ok(Subscript::Index(key.value().as_int()));
    }
    if let Some(slice) = key.downcast::<Slice>() {
        return Ok(Subscript::Slice(vm.unpack_slice(slice)?));
    }
    if key.as_int().is_none() && key.ty().slots.nb_index.get().is_none() {
        return Err(
            vm.type_error(format!("{what} indices must be integers or slices, not {}", key.ty().name()))
        );
    }
    Ok(Subscript::Index(index_for_subscript(vm, key)?))
}

/// An integer as an index; an IndexError if it is too large to be one.
pub fn index_for_subscript(vm: &Vm, key: &Obj) -> PyResult<i64> {
    let index = vm.index(key)?;
    index.as_i64().ok_or_else(|| {
        vm.index_error(format!("cannot fit '{}' into an index-sized integer", key.ty().name()))
    })
}

/// The place that `index` means among `length` items, counted from the end if it is negative.
#[inline]
pub fn place(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(length as i64)? } else { index };
    usize::try_from(index).ok().filter(|&index| index < length)
}

/// A bound as `index(item, start, stop)` takes it, clamped to the ssize_t range. CPython: `_PyEval_SliceIndexNotNone`.
pub fn bound(vm: &Vm, bound: &Obj) -> PyResult<i64> {
    if bound.as_int().is_none() && bound.ty().slots.nb_index.get().is_none() {
        return Err(vm.type_error("slice indices must be integers or have an __index__ method"));
    }
    vm.index_clamped(bound)
}

/// The range of places from `start` to `stop`, which count from the end if they are negative.
pub fn clamp_bounds(start: i64, stop: i64, length: usize) -> std::ops::Range<usize> {
    let clamp = |at: i64| {
        let at = if at < 0 { at.saturating_add(length as i64).max(0) } else { at };
        at as usize
    };
    clamp(start)..clamp(stop)
}

/// `count` copies of `items`, or None if there is no memory for them.
pub fn repeat(items: &[Obj], count: i64) -> Option<Vec<Obj>> {
    let count = count.max(0) as usize;
    let total = items.len().checked_mul(count).filter(|&total| total <= isize::MAX as usize / 8)?;
    let mut all = Vec::new();
    all.try_reserve_exact(total).ok()?;
    for _ in 0..count {
        all.extend_from_slice(items);
    }
    Some(all)
}

/// The comparison of two sequences whose items are read one after another, since comparing them may change the
/// sequences. CPython: `list_richcompare`, `tuplerichcompare`.
pub fn compare(
    vm: &Vm,
    op: CompareOp,
    left: impl Fn(usize) -> Option<Obj>,
    right: impl Fn(usize) -> Option<Obj>,
) -> PyResult {
    let mut index = 0;
    loop {
        let (a, b) = match (left(index), right(index)) {
            (Some(a), Some(b)) => (a, b),
            // The longer one is the greater one.
            (a, b) => return Ok(vm.bool(op.holds(a.is_some().cmp(&b.is_some())))),
        };
        if !vm.eq(&a, &b)? {
            // Comparing may have taken the items away: then again the longer one is the greater one.
            return match (left(index), right(index)) {
                (Some(a), Some(b)) => match op {
                    CompareOp::Eq => Ok(vm.bool(false)),
                    CompareOp::Ne => Ok(vm.bool(true)),
                    _ => vm.compare(&a, &b, op),
                },
                (a, b) => Ok(vm.bool(op.holds(a.is_some().cmp(&b.is_some())))),
            };
        }
        index += 1;
    }
}

/// The text of a container: the parts between brackets, with commas.
pub struct Shown(Wtf8Buf);

impl Shown {
    /// Begins with `open`.
    pub fn new(open: &str) -> Self {
        Self(Wtf8Buf::from(open))
    }

    /// Appends text.
    pub fn text(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Appends text that may hold lone surrogates.
    pub fn wtf8(&mut self, text: &Wtf8) {
        self.0.push_wtf8(text);
    }

    /// Appends the repr of `object`.
    pub fn repr(&mut self, vm: &Vm, object: &Obj) -> PyResult<()> {
        self.0.push_wtf8(vm.repr(object)?.as_wtf8());
        Ok(())
    }

    /// Appends the reprs that `item` gives, from index 0 until there is none, with commas between them.
    pub fn reprs(&mut self, vm: &Vm, item: impl Fn(usize) -> Option<Obj>) -> PyResult<()> {
        let mut index = 0;
        while let Some(object) = item(index) {
            if index > 0 {
                self.text(", ");
            }
            self.repr(vm, &object)?;
            index += 1;
        }
        Ok(())
    }

    /// The text as an object.
    pub fn finish(self) -> Ref<Str> {
        Str::from_wtf8(&self.0)
    }
}

/// The argument of a type that takes one optional positional argument, as `list()` does. `strict` tells whether
/// keywords are refused: types whose subclasses may take other ones in `__init__` look away.
pub fn optional_argument<'a>(vm: &Vm, name: &str, args: Args<'a>, strict: bool) -> PyResult<Option<&'a Obj>> {
    if strict {
        args.no_keywords(vm, name)?;
    }
    let positional = args.positional();
    crate::call::check_count(vm, name, positional.len(), 0, 1)?;
    Ok(positional.first())
}

/// Whether keywords are refused when an instance of `ty` is made by the `__new__` of `base`: not for a subclass with an
/// `__init__` of its own.
pub fn refuses_keywords(ty: &TypeObject, base: &TypeObject) -> bool {
    ty.is(base)
        || match (ty.slots.init.get(), base.slots.init.get()) {
            (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
}

/// Whether the `__init__` of `base` refuses keywords for an instance of `ty`: not where a subclass has a `__new__` of its
/// own, which may take them.
pub fn init_refuses_keywords(ty: &TypeObject, base: &TypeObject) -> bool {
    ty.is(base)
        || match (ty.slots.new.get(), base.slots.new.get()) {
            (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
            _ => false,
        }
}

/// The number of an index argument as `pop(index)` and `insert(index, object)` take it.
pub fn index_argument(vm: &Vm, object: &Obj) -> PyResult<i64> {
    vm.index_i64(object)
}

/// An int as a count that is at least 0, saturated.
pub fn saturated(int: IntView<'_>) -> usize {
    match int {
        IntView::Small(int) => int.max(0) as usize,
        IntView::Big(_) if int.is_negative() => 0,
        IntView::Big(_) => usize::MAX,
    }
}
