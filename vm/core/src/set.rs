//! `Set`: the payload of set and frozenset. Their methods as Python sees them are in `builtins/set`.

use std::cell::Cell;

use crate::dict::{Key, Table};
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::types::TypeObject;
use crate::vm::Vm;

/// The elements of a set or frozenset.
pub struct Set {
    pub(crate) table: Table<()>,
    /// A frozenset's hash, once it is known; -1 before.
    pub(crate) hash: Cell<i64>,
}

impl Set {
    /// An empty set.
    pub fn new() -> Ref<Self> {
        Ref::new(Self::empty())
    }

    /// An empty set of type `ty`: set, frozenset or a subclass.
    pub fn new_in(ty: &TypeObject) -> Ref<Self> {
        Ref::new_in(ty, Self::empty())
    }

    pub(crate) const fn empty() -> Self {
        Self { table: Table::new(), hash: Cell::new(-1) }
    }

    /// A set of type `ty` with the elements of `table`.
    pub(crate) fn with_table(ty: &TypeObject, table: Table<()>) -> Ref<Self> {
        Ref::new_in(ty, Self { table, hash: Cell::new(-1) })
    }

    /// Exchanges the elements with those of another set.
    pub(crate) fn exchange(&self, other: &Self) {
        self.table.exchange(&other.table);
    }

    /// How many elements.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an element; false if it was there.
    pub fn add(&self, vm: &Vm, element: &Obj) -> PyResult<bool> {
        let hash = vm.hash_element(element)?;
        self.add_hashed(vm, element, hash)
    }

    /// [`Self::add`] with a known hash.
    pub fn add_hashed(&self, vm: &Vm, element: &Obj, hash: i64) -> PyResult<bool> {
        if self.table.find(vm, Key { key: element, hash })?.is_some() {
            return Ok(false);
        }
        self.table.push(hash, element.clone(), ());
        Ok(true)
    }

    /// Whether the element is there.
    pub fn contains(&self, vm: &Vm, element: &Obj) -> PyResult<bool> {
        let hash = vm.hash_element(element)?;
        self.contains_hashed(vm, element, hash)
    }

    /// [`Self::contains`] with a known hash.
    pub fn contains_hashed(&self, vm: &Vm, element: &Obj, hash: i64) -> PyResult<bool> {
        Ok(self.table.find(vm, Key { key: element, hash })?.is_some())
    }

    /// Removes an element; false if it was not there.
    pub fn remove(&self, vm: &Vm, element: &Obj) -> PyResult<bool> {
        let hash = vm.hash_element(element)?;
        self.remove_hashed(vm, element, hash)
    }

    /// [`Self::remove`] with a known hash.
    pub fn remove_hashed(&self, vm: &Vm, element: &Obj, hash: i64) -> PyResult<bool> {
        let Some(index) = self.table.find(vm, Key { key: element, hash })? else { return Ok(false) };
        drop(self.table.remove(index, ()));
        Ok(true)
    }

    /// The element and its hash at `position` or behind; `position` then is behind it.
    pub fn next(&self, position: &mut usize) -> Option<(Obj, i64)> {
        let end = self.table.end();
        while *position < end {
            let entry = self.table.peek(*position);
            *position += 1;
            if let Some((key, (), hash)) = entry {
                return Some((key.clone(), hash));
            }
        }
        None
    }

    /// All elements, as they are now.
    pub fn elements(&self) -> Vec<Obj> {
        let mut position = 0;
        std::iter::from_fn(|| self.next(&mut position)).map(|(element, _)| element).collect()
    }
}

impl Payload for Set {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &crate::builtins::SET
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.table.traverse_keys(visitor);
    }

    fn clear(&self) {
        drop(self.table.take());
    }
}
