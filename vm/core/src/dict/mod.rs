//! `Dict`: the payload of dict. Its methods as Python sees them are in `builtins/dict`.

mod table;

use std::cell::Cell;

pub(crate) use table::{Key, Table};

use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::text::Str;
use crate::types::TypeObject;
use crate::vm::{Interp, Vm};

/// An ordered dictionary.
pub struct Dict {
    pub(crate) table: Table<Option<Obj>>,
    /// Stands for the set of keys and their positions, for inline caches; 0: none given.
    keys_version: Cell<u32>,
}

impl Dict {
    /// An empty one.
    pub fn new() -> Ref<Self> {
        Ref::new(Self::empty())
    }

    /// The payload of an empty one.
    pub const fn empty() -> Self {
        Self { table: Table::new(), keys_version: Cell::new(0) }
    }

    /// How many keys there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of `key`. Raises what hashing and comparing raise.
    #[inline]
    pub fn get(&self, vm: &Vm, key: &Obj) -> PyResult<Option<Obj>> {
        let hash = vm.hash_key(key)?;
        self.get_hashed(vm, key, hash)
    }

    /// [`Self::get`] with a known hash.
    #[inline]
    pub fn get_hashed(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<Option<Obj>> {
        Ok(self.table.find(vm, Key { key, hash })?.and_then(|index| self.value_at(index)))
    }

    /// [`Self::get`] for a str.
    #[inline]
    pub fn get_str(&self, vm: &Vm, key: &Ref<Str>) -> PyResult<Option<Obj>> {
        Ok(self.table.find_str(vm, key)?.and_then(|index| self.value_at(index)))
    }

    /// The position of a str key, for inline caches.
    pub(crate) fn position(&self, vm: &Vm, key: &Ref<Str>) -> PyResult<Option<usize>> {
        self.table.find_str(vm, key)
    }

    #[inline(always)]
    pub(crate) fn value_at(&self, index: usize) -> Option<Obj> {
        self.table.peek(index).and_then(|(_, value, _)| value.clone())
    }

    /// The key and value at `position` or behind; `position` then is behind it.
    pub fn next(&self, position: &mut usize) -> Option<(Obj, Obj)> {
        let end = self.table.end();
        while *position < end {
            let entry = self.table.peek(*position);
            *position += 1;
            if let Some((key, Some(value), _)) = entry {
                return Some((key.clone(), value.clone()));
            }
        }
        None
    }

    /// [`Self::next`] with the key's hash.
    pub fn next_hashed(&self, position: &mut usize) -> Option<(Obj, Obj, i64)> {
        let end = self.table.end();
        while *position < end {
            let entry = self.table.peek(*position);
            *position += 1;
            if let Some((key, Some(value), hash)) = entry {
                return Some((key.clone(), value.clone(), hash));
            }
        }
        None
    }

    /// The key and value before `position`; `position` then is theirs.
    pub fn previous(&self, position: &mut usize) -> Option<(Obj, Obj)> {
        if *position > self.table.end() {
            return None;
        }
        while *position > 0 {
            *position -= 1;
            if let Some((key, Some(value), _)) = self.table.peek(*position) {
                return Some((key.clone(), value.clone()));
            }
        }
        None
    }

    /// All keys and values, as they are now.
    pub fn items(&self) -> Vec<(Obj, Obj)> {
        let mut position = 0;
        std::iter::from_fn(|| self.next(&mut position)).collect()
    }

    /// Sets the value of `key`; a key that is there stays the object it is.
    #[inline]
    pub fn set(&self, vm: &Vm, key: &Obj, value: Obj) -> PyResult<()> {
        let hash = vm.hash_key(key)?;
        self.set_hashed(vm, key, hash, value)
    }

    /// [`Self::set`] with a known hash.
    pub fn set_hashed(&self, vm: &Vm, key: &Obj, hash: i64, value: Obj) -> PyResult<()> {
        match self.table.find(vm, Key { key, hash })? {
            Some(index) => drop(self.table.set_value(index, Some(value))),
            None => {
                self.keys_version.set(0);
                self.table.push(hash, key.clone(), Some(value));
            }
        }
        Ok(())
    }

    /// The value of `key`, which is set to `default` if the key is not there.
    pub fn set_default(&self, vm: &Vm, key: &Obj, default: Obj) -> PyResult {
        let hash = vm.hash_key(key)?;
        self.set_default_hashed(vm, key, hash, default)
    }

    /// [`Self::set_default`] with a known hash.
    pub fn set_default_hashed(&self, vm: &Vm, key: &Obj, hash: i64, default: Obj) -> PyResult {
        if let Some(value) = self.get_hashed(vm, key, hash)? {
            return Ok(value);
        }
        self.keys_version.set(0);
        self.table.push(hash, key.clone(), Some(default.clone()));
        Ok(default)
    }

    /// [`Self::set`] for a str.
    #[inline]
    pub fn set_str(&self, vm: &Vm, key: &Ref<Str>, value: Obj) -> PyResult<()> {
        self.set_hashed(vm, key.as_obj(), key.hash(), value)
    }

    /// Removes `key` and returns its value.
    pub fn remove(&self, vm: &Vm, key: &Obj) -> PyResult<Option<Obj>> {
        let hash = vm.hash_key(key)?;
        self.remove_hashed(vm, key, hash)
    }

    /// [`Self::remove`] with a known hash.
    pub fn remove_hashed(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<Option<Obj>> {
        let Some(index) = self.table.find(vm, Key { key, hash })? else { return Ok(None) };
        self.keys_version.set(0);
        Ok(self.table.remove(index, None).and_then(|(_, value)| value))
    }

    /// [`Self::remove`] for a str.
    pub fn remove_str(&self, vm: &Vm, key: &Ref<Str>) -> PyResult<Option<Obj>> {
        self.remove_hashed(vm, key.as_obj(), key.hash())
    }

    /// Removes and returns the last key and value.
    pub fn pop_last(&self) -> Option<(Obj, Obj)> {
        let index = self.table.last()?;
        self.keys_version.set(0);
        self.table.remove_last(index, None).and_then(|(key, value)| Some((key, value?)))
    }

    /// The value of a key, and whether it is the one that was put in last.
    pub fn find_newest(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<Option<(Obj, bool)>> {
        let Some(index) = self.table.find(vm, Key { key, hash })? else { return Ok(None) };
        let value = self.value_at(index);
        Ok(value.map(|value| (value, self.table.last() == Some(index))))
    }

    /// The first key with its value and hash.
    pub fn first(&self) -> Option<(Obj, Obj, i64)> {
        self.next_hashed(&mut self.table.first()?)
    }

    /// Whether `key` is there.
    pub fn contains(&self, vm: &Vm, key: &Obj) -> PyResult<bool> {
        let hash = vm.hash_key(key)?;
        Ok(self.table.find(vm, Key { key, hash })?.is_some())
    }

    /// Removes everything.
    pub fn clear_now(&self) {
        self.keys_version.set(0);
        drop(self.table.take());
    }

    /// A copy with the same order.
    pub fn copy(&self) -> Ref<Self> {
        Ref::new(Self { table: self.table.copy(), keys_version: Cell::new(0) })
    }

    /// A number that stands for the keys and their positions as long as they stay; for inline caches.
    pub(crate) fn assign_keys_version(&self) -> u32 {
        if self.keys_version.get() == 0 {
            self.keys_version.set(Interp::get().next_keys_version());
        }
        self.keys_version.get()
    }

    #[inline(always)]
    pub(crate) fn keys_version(&self) -> u32 {
        self.keys_version.get()
    }

    /// Changes whenever keys are added or removed: iterators check it.
    pub fn changes(&self) -> u32 {
        self.table.changes()
    }
}

impl Payload for Dict {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &crate::builtins::DICT
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.table.traverse_keys(visitor);
        for index in 0..self.table.end() {
            if let Some((_, value, _)) = self.table.peek(index) {
                visitor.visit_option(value.as_ref());
            }
        }
    }

    fn clear(&self) {
        self.clear_now();
    }
}
