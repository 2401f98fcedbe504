//! Subscripts and containment. CPython: Objects/abstract.c.

use crate::errors::PyResult;
use crate::iterators::Slice;
use crate::object::Obj;
use crate::types::TypeData;
use crate::vm::Vm;

/// A slice applied to a sequence of known length: `slice.indices()`.
#[derive(Clone, Copy, Debug)]
pub struct SliceRange {
    /// The first index.
    pub start: i64,
    /// From one index to the next; never 0.
    pub step: i64,
    /// How many indices.
    pub count: usize,
}

impl SliceRange {
    /// The indices.
    pub fn indices(self) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator {
        (0..self.count).map(move |i| (self.start + i as i64 * self.step) as usize)
    }
}

impl Vm {
    /// `object[key]`
    pub fn getitem(&self, object: &Obj, key: &Obj) -> PyResult {
        if let Some(getitem) = object.ty().slots.getitem.get() {
            return getitem(self, object, key);
        }
        if object.downcast::<TypeData>().is_some() {
            return crate::builtins::classes::class_getitem(self, object, key);
        }
        Err(self.type_error(format!("'{}' object is not subscriptable", object.ty().tp_name())))
    }

    /// `object[key] = value`
    pub fn setitem(&self, object: &Obj, key: &Obj, value: &Obj) -> PyResult<()> {
        match object.ty().slots.setitem.get() {
            Some(setitem) => setitem(self, object, key, Some(value)),
            None => Err(self
                .type_error(format!("'{}' object does not support item assignment", object.ty().tp_name()))),
        }
    }

    /// `del object[key]`
    pub fn delitem(&self, object: &Obj, key: &Obj) -> PyResult<()> {
        match object.ty().slots.setitem.get() {
            Some(setitem) => setitem(self, object, key, None),
            None => {
                Err(self
                    .type_error(format!("'{}' object doesn't support item deletion", object.ty().tp_name())))
            }
        }
    }

    /// `item in object`
    pub fn contains(&self, object: &Obj, item: &Obj) -> PyResult<bool> {
        if let Some(contains) = object.ty().slots.contains.get() {
            return contains(self, object, item);
        }
        let iterator = match self.iter(object) {
            Ok(iterator) => iterator,
            Err(error)
                if error.is(&crate::builtins::TYPE_ERROR) && object.ty().slots.iter.get().is_none() =>
            {
                return Err(self.type_error(format!(
                    "argument of type '{}' is not a container or iterable",
                    object.ty().tp_name()
                )));
            }
            Err(error) => return Err(error),
        };
        while let Some(other) = self.next(&iterator)? {
            if self.eq(&other, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a slice means for a sequence of `length` items. CPython: `PySlice_Unpack`, `PySlice_AdjustIndices`.
    pub fn slice_range(&self, slice: &Slice, length: usize) -> PyResult<SliceRange> {
        Ok(self.unpack_slice(slice)?.adjust(length))
    }

    /// The parts of a slice as numbers. May run Python code: what a sequence's length is, ask afterwards.
    /// CPython: `PySlice_Unpack`.
    pub fn unpack_slice(&self, slice: &Slice) -> PyResult<SliceParts> {
        let part = |part: &Obj, default: i64| -> PyResult<i64> {
            if self.is_none(part) {
                return Ok(default);
            }
            if part.as_int().is_none() && part.ty().slots.nb_index.get().is_none() {
                return Err(
                    self.type_error("slice indices must be integers or None or have an __index__ method")
                );
            }
            self.index_clamped(part)
        };
        let step = part(&slice.step, 1)?.max(-i64::MAX);
        if step == 0 {
            return Err(self.value_error("slice step cannot be zero"));
        }
        let start = part(&slice.start, if step < 0 { i64::MAX } else { 0 })?;
        let stop = part(&slice.stop, if step < 0 { i64::MIN } else { i64::MAX })?;
        Ok(SliceParts { start, stop, step })
    }
}

/// A slice's start, stop and step as numbers, not yet applied to a length.
#[derive(Clone, Copy, Debug)]
pub struct SliceParts {
    start: i64,
    stop: i64,
    step: i64,
}

impl SliceParts {
    /// The step; never 0.
    #[inline]
    pub fn step(self) -> i64 {
        self.step
    }

    /// The slice of a sequence of `length` items.
    #[inline]
    pub fn adjust(self, length: usize) -> SliceRange {
        adjust(self.start, self.stop, self.step, length as i64)
    }
}

/// CPython: `PySlice_AdjustIndices`.
fn adjust(start: i64, stop: i64, step: i64, length: i64) -> SliceRange {
    let clamp = |index: i64| {
        if index < 0 {
            let index = index.saturating_add(length);
            if index < 0 { if step < 0 { -1 } else { 0 } } else { index }
        } else if index >= length {
            if step < 0 { length - 1 } else { length }
        } else {
            index
        }
    };
    let (start, stop) = (clamp(start), clamp(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    SliceRange { start, step, count: count as usize }
}
