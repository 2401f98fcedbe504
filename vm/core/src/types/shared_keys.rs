//! Shared keys: which inline value of a class's instances belongs to which attribute.
//!
//! Instances keep their attributes as words behind the payload; the names stand once, in the class. Keys
//! are only ever appended, so a place found once stays right. An instance whose attributes come in another
//! order than the keys, or which has more, gets a dictionary.

#![allow(unsafe_code)]

use std::cell::{Cell, UnsafeCell};

use crate::object::{Obj, Ref};
use crate::text::Str;

/// The most attributes that instances keep inline. CPython: `SHARED_KEYS_MAX_SIZE`.
pub(crate) const MAX_INLINE: usize = 30;

/// The names of a class's inline values, in order.
#[derive(Default)]
pub(crate) struct SharedKeys {
    names: UnsafeCell<Vec<Ref<Str>>>,
    /// How many inline values each instance has room for.
    capacity: Cell<u8>,
}

impl SharedKeys {
    pub(crate) const EMPTY: Self = Self { names: UnsafeCell::new(Vec::new()), capacity: Cell::new(0) };

    fn names(&self) -> &Vec<Ref<Str>> {
        // SAFETY: the lock is held; nothing here runs Python code, and appending happens in `add` alone.
        unsafe { &*self.names.get() }
    }

    /// How many inline values each instance has room for.
    #[inline(always)]
    pub(crate) fn capacity(&self) -> usize {
        usize::from(self.capacity.get())
    }

    pub(crate) fn set_capacity(&self, capacity: usize) {
        self.capacity.set(capacity.min(MAX_INLINE) as u8);
    }

    /// The place of `name`, which must be interned.
    #[inline]
    pub(crate) fn find(&self, name: &Ref<Str>) -> Option<usize> {
        self.names().iter().position(|key| key.is(name))
    }

    /// Appends `name`, which must be interned; `None` if there is no room.
    pub(crate) fn add(&self, name: &Ref<Str>) -> Option<usize> {
        let place = self.names().len();
        if place >= self.capacity() {
            return None;
        }
        // SAFETY: the lock is held, and no borrow of the names is alive.
        unsafe { (*self.names.get()).push(name.clone()) };
        Some(place)
    }

    /// The name at `place`.
    pub(crate) fn name(&self, place: usize) -> Option<Obj> {
        self.names().get(place).map(|name| name.as_obj().clone())
    }

    pub(crate) fn len(&self) -> usize {
        self.names().len()
    }
}
