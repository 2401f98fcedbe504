//! Cells: places within payloads whose contents change.
//!
//! No method runs Python code while it looks at the contents: what is replaced is dropped last, when the
//! cell is whole again.

use std::cell::UnsafeCell;

use super::Payload;
use super::obj::Obj;
use super::payload::Visitor;
use super::reference::Ref;
use super::value::Value;
use crate::vm::Vm;

/// A place for one object, or none.
pub struct ObjCell(UnsafeCell<Option<Obj>>);

impl ObjCell {
    /// A cell with nothing in it.
    pub const fn empty() -> Self {
        Self(UnsafeCell::new(None))
    }

    /// A cell with `object` in it.
    pub const fn new(object: Option<Obj>) -> Self {
        Self(UnsafeCell::new(object))
    }

    /// What is in it.
    #[inline]
    pub fn get(&self) -> Option<Obj> {
        self.peek().cloned()
    }

    /// What is in it, if it is a `T`.
    pub fn get_as<T: Payload>(&self) -> Option<Ref<T>> {
        self.peek().and_then(|object| object.downcast::<T>()).cloned()
    }

    /// Whether nothing is in it.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.peek().is_none()
    }

    /// Puts something in, dropping what was there.
    #[inline]
    pub fn set(&self, object: impl Into<Option<Obj>>) {
        drop(self.replace(object.into()));
    }

    /// Puts something in and returns what was there.
    #[inline]
    pub fn replace(&self, object: Option<Obj>) -> Option<Obj> {
        // SAFETY: the lock is held, and no borrow of the contents outlives a method of this type but the
        // one of `peek`, which is crate-private and short.
        unsafe { std::mem::replace(&mut *self.0.get(), object) }
    }

    /// Takes out what is in it.
    #[inline]
    pub fn take(&self) -> Option<Obj> {
        self.replace(None)
    }

    /// A look at the contents, which must end before anything can change the cell: before any call that
    /// can run Python code or drop an object.
    #[inline]
    pub(crate) fn peek(&self) -> Option<&Obj> {
        // SAFETY: see `replace`; the callers keep the borrow short.
        unsafe { (*self.0.get()).as_ref() }
    }

    /// Visits what is in it.
    pub fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit_option(self.peek());
    }
}

/// A place for one object that is there once in the process: for a `static`.
pub struct StaticCell(ObjCell);

// SAFETY: every method wants a `&Vm`: only a thread that holds the interpreter lock uses the cell.
unsafe impl Sync for StaticCell {}

impl StaticCell {
    /// A place with nothing in it.
    pub const fn empty() -> Self {
        Self(ObjCell::empty())
    }

    /// What is in it.
    #[inline]
    pub fn get(&self, _: &Vm) -> Option<Obj> {
        self.0.get()
    }

    /// Puts something in, dropping what was there.
    pub fn set(&self, _: &Vm, object: impl Into<Option<Obj>>) {
        self.0.set(object);
    }
}

/// A vector of objects that changes: a list's items.
pub struct ObjVec(UnsafeCell<Vec<Obj>>);

impl ObjVec {
    /// Takes over `items`.
    pub const fn new(items: Vec<Obj>) -> Self {
        Self(UnsafeCell::new(items))
    }

    #[inline(always)]
    fn vec(&self) -> &Vec<Obj> {
        // SAFETY: the lock is held, and borrows end within the methods of this type (or as `slice` says).
        unsafe { &*self.0.get() }
    }

    #[allow(clippy::mut_from_ref, reason = "the cell's inside; borrows end within this type's methods")]
    #[inline(always)]
    fn vec_mut(&self) -> &mut Vec<Obj> {
        // SAFETY: as for `vec`.
        unsafe { &mut *self.0.get() }
    }

    /// How many there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.vec().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The object at `index`.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Obj> {
        self.vec().get(index).cloned()
    }

    /// Replaces the object at `index`; gives `object` back if there is no such place.
    #[inline]
    pub fn set(&self, index: usize, object: Obj) -> Result<(), Obj> {
        match self.vec_mut().get_mut(index) {
            Some(place) => {
                drop(std::mem::replace(place, object));
                Ok(())
            }
            None => Err(object),
        }
    }

    /// Puts the word `value` at `index`, which there must be, and returns the one that was there.
    #[inline(always)]
    pub(crate) fn exchange(&self, index: usize, value: Value) -> Value {
        std::mem::replace(&mut self.vec_mut()[index], Obj::from_owned(value)).into_value()
    }

    /// Replaces the objects in `range`, which must be within the length, by those of `with`.
    pub(crate) fn assign_range(&self, range: std::ops::Range<usize>, with: &Self) {
        if range.len() == with.len() {
            // What was there is dropped when all are in their places.
            let mut items = with.to_vec();
            self.vec_mut()[range].swap_with_slice(&mut items);
            drop(items);
            return;
        }
        drop(self.splice(range, with.to_vec()));
    }

    /// Keeps those for which `keep` says so, which runs no Python code.
    pub(crate) fn retain(&self, keep: impl Fn(&Obj) -> bool) {
        let (kept, gone) = std::mem::take(self.vec_mut()).into_iter().partition(keep);
        drop(self.replace(kept));
        let gone: Vec<Obj> = gone;
        drop(gone);
    }

    /// Appends.
    #[inline]
    pub fn push(&self, object: Obj) {
        self.vec_mut().push(object);
    }

    /// Appends a word of the value stack, if there is room. It is taken over then.
    #[inline(always)]
    pub(crate) fn push_within(&self, value: Value) -> bool {
        let vec = self.vec_mut();
        let len = vec.len();
        if len == vec.capacity() {
            return false;
        }
        // SAFETY: there is room for one more, which is written before the length says so.
        unsafe {
            vec.as_mut_ptr().add(len).write(Obj::from_owned(super::obj::keep(value)));
            vec.set_len(len + 1);
        }
        true
    }

    /// Takes the last one off.
    pub fn pop(&self) -> Option<Obj> {
        self.vec_mut().pop()
    }

    /// Inserts before `index`, at most the length.
    pub fn insert(&self, index: usize, object: Obj) {
        let vec = self.vec_mut();
        vec.insert(index.min(vec.len()), object);
    }

    /// Removes and returns the one at `index`.
    pub fn remove(&self, index: usize) -> Option<Obj> {
        let vec = self.vec_mut();
        (index < vec.len()).then(|| vec.remove(index))
    }

    /// Replaces the objects in `range` (clamped to the length) by others, and returns the replaced ones.
    #[must_use = "dropping the old ones can run Python code: do it when nothing else is under way"]
    pub fn splice(&self, range: std::ops::Range<usize>, with: Vec<Obj>) -> Vec<Obj> {
        let vec = self.vec_mut();
        let start = range.start.min(vec.len());
        let end = range.end.clamp(start, vec.len());
        vec.splice(start..end, with).collect()
    }

    /// Appends all of `objects`.
    pub fn extend(&self, objects: Vec<Obj>) {
        self.vec_mut().extend(objects);
    }

    /// New references to the objects in `range`, clamped to the length.
    pub fn copy_range(&self, range: std::ops::Range<usize>) -> Vec<Obj> {
        let vec = self.vec();
        let start = range.start.min(vec.len());
        let end = range.end.clamp(start, vec.len());
        vec[start..end].to_vec()
    }

    /// New references to the objects at a slice's indices, as far as there are any.
    pub(crate) fn pick(&self, range: crate::ops::SliceRange) -> Vec<Obj> {
        let vec = self.vec();
        let mut picked = Vec::with_capacity(range.count.min(vec.len()));
        picked.extend(range.indices().filter_map(|index| vec.get(index).cloned()));
        picked
    }

    /// New references to all, and to all of `other` behind.
    pub(crate) fn joined(&self, other: &Self) -> Vec<Obj> {
        let mut all = Vec::with_capacity(self.len() + other.len());
        all.extend_from_slice(self.vec());
        all.extend_from_slice(other.vec());
        all
    }

    /// New references to all.
    pub fn to_vec(&self) -> Vec<Obj> {
        self.vec().clone()
    }

    /// Takes everything out.
    #[must_use = "dropping the old ones can run Python code: do it when nothing else is under way"]
    pub fn take(&self) -> Vec<Obj> {
        std::mem::take(self.vec_mut())
    }

    /// Replaces everything, returning what was there.
    #[must_use = "dropping the old ones can run Python code: do it when nothing else is under way"]
    pub fn replace(&self, with: Vec<Obj>) -> Vec<Obj> {
        std::mem::replace(self.vec_mut(), with)
    }

    /// Turns the order round.
    pub fn reverse(&self) {
        self.vec_mut().reverse();
    }

    /// Makes room for more.
    pub fn reserve(&self, additional: usize) {
        self.vec_mut().reserve(additional);
    }

    /// How many fit without growing.
    pub fn capacity(&self) -> usize {
        self.vec().capacity()
    }

    /// A look at the objects, which must end before any call that can run Python code or drop an object.
    #[inline(always)]
    pub(crate) fn slice(&self) -> &[Obj] {
        self.vec()
    }

    /// Visits all.
    pub fn traverse(&self, visitor: &mut Visitor<'_>) {
        for object in self.vec() {
            visitor.visit(object);
        }
    }
}
