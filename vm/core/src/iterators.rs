//! Iterators that the eval loop knows, and slices and ranges: the payloads. Their methods as Python sees them are in
//! `builtins`.

use std::cell::Cell;

use crate::builtins as types;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::{List, Tuple};
use crate::types::TypeObject;

/// `list_iterator`
pub struct ListIter {
    /// The list; none once the end was reached.
    pub list: ObjCell,
    /// The index of the next item.
    pub index: Cell<usize>,
}

impl ListIter {
    /// An iterator over `list` from its beginning.
    pub fn new(list: Ref<List>) -> Ref<Self> {
        Ref::new(Self { list: ObjCell::new(Some(list.into_obj())), index: Cell::new(0) })
    }

    /// The next item.
    #[inline]
    pub fn next(&self) -> Option<Obj> {
        let item = self.list.peek()?.downcast::<List>()?.items.get(self.index.get());
        match item {
            Some(_) => self.index.set(self.index.get() + 1),
            None => drop(self.list.take()),
        }
        item
    }
}

impl Payload for ListIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::LIST_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.list.traverse(visitor);
    }
}

/// `tuple_iterator`
pub struct TupleIter {
    /// The tuple; none once the end was reached.
    pub tuple: ObjCell,
    /// The index of the next item.
    pub index: Cell<usize>,
}

impl TupleIter {
    /// An iterator over `tuple` from its beginning.
    pub fn new(tuple: Ref<Tuple>) -> Ref<Self> {
        Ref::new(Self { tuple: ObjCell::new(Some(tuple.into_obj())), index: Cell::new(0) })
    }

    /// The next item.
    #[inline]
    pub fn next(&self) -> Option<Obj> {
        let item = self.tuple.peek()?.downcast::<Tuple>()?.items().get(self.index.get()).cloned();
        match item {
            Some(_) => self.index.set(self.index.get() + 1),
            None => drop(self.tuple.take()),
        }
        item
    }
}

impl Payload for TupleIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::TUPLE_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.tuple.traverse(visitor);
    }
}

/// `range_iterator`, for ranges within 62 bits. (`longrange_iterator` is in `builtins/range`.)
pub struct RangeIter {
    /// The next number.
    pub next: Cell<i64>,
    /// How many are left.
    pub left: Cell<i64>,
    /// From one to the next.
    pub step: i64,
}

impl RangeIter {
    /// `count` numbers from `start` on, `step` apart. All must be small ints.
    pub fn new(start: i64, step: i64, count: i64) -> Ref<Self> {
        Ref::new(Self { next: Cell::new(start), left: Cell::new(count), step })
    }
}

impl Payload for RangeIter {
    fn class() -> &'static TypeObject {
        &types::RANGE_ITERATOR
    }
}

/// A range: start, stop and step are ints of any size.
pub struct Range {
    /// `start`
    pub start: Obj,
    /// `stop`
    pub stop: Obj,
    /// `step`
    pub step: Obj,
    /// `len()`, as an int of any size.
    pub length: Obj,
}

impl Payload for Range {
    fn class() -> &'static TypeObject {
        &types::RANGE
    }
}

/// A slice.
pub struct Slice {
    /// `start`
    pub start: Obj,
    /// `stop`
    pub stop: Obj,
    /// `step`
    pub step: Obj,
}

impl Slice {
    /// `slice(start, stop, step)`
    pub fn new(start: Obj, stop: Obj, step: Obj) -> Ref<Self> {
        Ref::new(Self { start, stop, step })
    }
}

impl Payload for Slice {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::SLICE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for part in [&self.start, &self.stop, &self.step] {
            visitor.visit(part);
        }
    }
}
