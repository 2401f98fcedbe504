//! The ordered hash table under dict and set.
//!
//! Entries stand in the order of insertion; a table of indices, open addressing, finds them by hash. Up to
//! eight entries there is no table of indices: the hashes are compared one after another.
//!
//! Comparing keys can run Python code, which can change the table: [`Table::find`] holds the key it
//! compares, and starts again when the table's structure changed meanwhile. CPython: Objects/dictobject.c.

#![allow(unsafe_code)]

use std::cell::{Cell, UnsafeCell};

use crate::errors::PyResult;
use crate::object::{Obj, Ref, Visitor};
use crate::text::Str;
use crate::vm::Vm;

/// Below or at this many entries there are no indices.
const SMALL: usize = 8;

pub(crate) struct Entry<V> {
    pub(crate) hash: i64,
    /// None: deleted.
    pub(crate) key: Option<Obj>,
    pub(crate) value: V,
}

struct Inner<V> {
    entries: Vec<Entry<V>>,
    /// For each slot the entry's index, EMPTY or DELETED; as narrow as the number of entries allows.
    indices: Indices,
    /// How many slots are not EMPTY. Some always are: a search for what is absent ends there.
    filled: usize,
}

enum Indices {
    None,
    Narrow(Box<[u8]>),
    Middle(Box<[u16]>),
    Wide(Box<[u32]>),
}

const EMPTY: usize = usize::MAX;
const DELETED: usize = usize::MAX - 1;

impl Indices {
    /// Indices for `slots` slots, a power of two.
    fn new(slots: usize) -> Self {
        if slots <= 0x80 {
            Self::Narrow(vec![u8::MAX; slots].into())
        } else if slots <= 0x8000 {
            Self::Middle(vec![u16::MAX; slots].into())
        } else {
            Self::Wide(vec![u32::MAX; slots].into())
        }
    }

    #[inline(always)]
    fn get(&self, slot: usize) -> usize {
        match self {
            Self::None => EMPTY,
            Self::Narrow(slots) => widen(usize::from(slots[slot]), u8::MAX as usize),
            Self::Middle(slots) => widen(usize::from(slots[slot]), u16::MAX as usize),
            Self::Wide(slots) => widen(slots[slot] as usize, u32::MAX as usize),
        }
    }

    #[inline(always)]
    fn set(&mut self, slot: usize, index: usize) {
        match self {
            Self::None => {}
            Self::Narrow(slots) => slots[slot] = index as u8,
            Self::Middle(slots) => slots[slot] = index as u16,
            Self::Wide(slots) => slots[slot] = index as u32,
        }
    }

    #[inline(always)]
    fn slots(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Narrow(slots) => slots.len(),
            Self::Middle(slots) => slots.len(),
            Self::Wide(slots) => slots.len(),
        }
    }
}

/// EMPTY and DELETED are the two greatest numbers of each width.
#[inline(always)]
fn widen(index: usize, max: usize) -> usize {
    if index >= max - 1 { EMPTY - (max - index) } else { index }
}

/// The slots to try for a hash, one after another.
struct Probe {
    slot: usize,
    perturb: u64,
    mask: usize,
}

impl Probe {
    #[inline(always)]
    fn new(hash: i64, slots: usize) -> Self {
        let mask = slots - 1;
        Self { slot: hash as usize & mask, perturb: hash as u64, mask }
    }

    #[inline(always)]
    fn advance(&mut self) {
        self.perturb >>= 5;
        self.slot = (self.slot * 5 + self.perturb as usize + 1) & self.mask;
    }
}

/// What is known of a key before keys are compared.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) key: &'a Obj,
    pub(crate) hash: i64,
}

/// See the module.
pub(crate) struct Table<V> {
    inner: UnsafeCell<Inner<V>>,
    /// How many entries are not deleted.
    used: Cell<usize>,
    /// Counts changes of the structure: keys added or removed, entries moved.
    changes: Cell<u32>,
    /// All entries before this one are deleted: so that taking from the beginning stays quick.
    first: Cell<usize>,
}

enum Step {
    Found(usize),
    Absent,
    /// A key with this hash at this index must be compared by Python's rules.
    Compare(usize, Obj),
}

impl<V> Table<V> {
    pub(crate) const fn new() -> Self {
        Self {
            inner: UnsafeCell::new(Inner { entries: Vec::new(), indices: Indices::None, filled: 0 }),
            used: Cell::new(0),
            changes: Cell::new(0),
            first: Cell::new(0),
        }
    }

    #[inline(always)]
    fn inner(&self) -> &Inner<V> {
        // SAFETY: the lock is held; borrows end within this type's methods, before anything is changed,
        // dropped or run.
        unsafe { &*self.inner.get() }
    }

    #[allow(clippy::mut_from_ref, reason = "the inside of a cell")]
    #[inline(always)]
    fn inner_mut(&self) -> &mut Inner<V> {
        // SAFETY: as for `inner`.
        unsafe { &mut *self.inner.get() }
    }

    /// How many keys there are.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.used.get()
    }

    /// How many entries there are, deleted ones included: the end of the positions.
    #[inline(always)]
    pub(crate) fn end(&self) -> usize {
        self.inner().entries.len()
    }

    /// Changes whenever keys are added or removed.
    pub(crate) fn changes(&self) -> u32 {
        self.changes.get()
    }

    /// The entry at a position, if it is not deleted. The borrow must end before anything else happens.
    #[inline(always)]
    pub(crate) fn peek(&self, index: usize) -> Option<(&Obj, &V, i64)> {
        let entry = self.inner().entries.get(index)?;
        entry.key.as_ref().map(|key| (key, &entry.value, entry.hash))
    }

    /// Looks for a key from a place in the probing order on, without running Python code.
    #[inline(always)]
    fn step(&self, key: Key<'_>, from: &mut Option<Probe>, scan: &mut usize) -> Step {
        let inner = self.inner();
        let is_str = key.key.downcast_exact::<Str>();
        let check = |index: usize, entry: &Entry<V>| -> Option<Step> {
            let other = entry.key.as_ref()?;
            if other.is(key.key) {
                return Some(Step::Found(index));
            }
            if entry.hash != key.hash {
                return None;
            }
            if let (Some(a), Some(b)) = (is_str, other.downcast_exact::<Str>()) {
                return a.same_text(b).then_some(Step::Found(index));
            }
            if key.key.value().is_int() && other.value().is_int() {
                return None;
            }
            match Vm::quick_eq_deep(other, key.key, 4) {
                Some(equal) => equal.then_some(Step::Found(index)),
                None => Some(Step::Compare(index, other.clone())),
            }
        };
        if matches!(inner.indices, Indices::None) {
            while let Some(entry) = inner.entries.get(*scan) {
                let index = *scan;
                *scan += 1;
                if let Some(step) = check(index, entry) {
                    return step;
                }
            }
            return Step::Absent;
        }
        let probe = from.get_or_insert_with(|| Probe::new(key.hash, inner.indices.slots()));
        loop {
            let index = inner.indices.get(probe.slot);
            if index == EMPTY {
                return Step::Absent;
            }
            probe.advance();
            if index != DELETED
                && let Some(step) = check(index, &inner.entries[index])
            {
                return step;
            }
        }
    }

    /// The position of `key`.
    #[inline]
    pub(crate) fn find(&self, vm: &Vm, key: Key<'_>) -> PyResult<Option<usize>> {
        match self.step(key, &mut None, &mut 0) {
            Step::Found(index) => Ok(Some(index)),
            Step::Absent => Ok(None),
            Step::Compare(..) => self.find_comparing(vm, key),
        }
    }

    /// [`Self::find`] where keys must be compared by Python's rules.
    #[cold]
    fn find_comparing(&self, vm: &Vm, key: Key<'_>) -> PyResult<Option<usize>> {
        'again: loop {
            let (mut probe, mut scan) = (None, 0);
            let changes = self.changes.get();
            loop {
                match self.step(key, &mut probe, &mut scan) {
                    Step::Found(index) => return Ok(Some(index)),
                    Step::Absent => return Ok(None),
                    Step::Compare(index, other) => {
                        let equal = vm.eq(&other, key.key)?;
                        let same = || {
                            let entry = self.inner().entries.get(index);
                            entry.and_then(|entry| entry.key.as_ref()).is_some_and(|key| key.is(&other))
                        };
                        if self.changes.get() != changes && !(equal && same()) {
                            continue 'again;
                        }
                        if equal {
                            return Ok(Some(index));
                        }
                    }
                }
            }
        }
    }

    /// The position of an exact str, if no other kind of key is in the way.
    #[inline]
    pub(crate) fn find_str(&self, vm: &Vm, key: &Ref<Str>) -> PyResult<Option<usize>> {
        self.find(vm, Key { key: key.as_obj(), hash: key.hash() })
    }

    /// Appends a key that is not in the table.
    pub(crate) fn push(&self, hash: i64, key: Obj, value: V) {
        self.changed();
        // Entries that were popped from the end are gone, but their slots are not empty again.
        if self.inner().entries.len().max(self.inner().filled) >= self.room() {
            self.rebuild();
        }
        let inner = self.inner_mut();
        let index = inner.entries.len();
        if inner.entries.capacity() == index {
            // Room for what the indices allow, not for twice as many.
            let room = if matches!(inner.indices, Indices::None) {
                if index < 4 { 4 } else { SMALL }
            } else {
                inner.indices.slots() * 2 / 3
            };
            inner.entries.reserve_exact(room.saturating_sub(index).max(1));
        }
        inner.entries.push(Entry { hash, key: Some(key), value });
        self.used.set(self.used.get() + 1);
        if !matches!(inner.indices, Indices::None) {
            let mut probe = Probe::new(hash, inner.indices.slots());
            while !matches!(inner.indices.get(probe.slot), EMPTY | DELETED) {
                probe.advance();
            }
            if inner.indices.get(probe.slot) == EMPTY {
                inner.filled += 1;
            }
            inner.indices.set(probe.slot, index);
        }
    }

    /// How many entries fit before the table must be rebuilt.
    fn room(&self) -> usize {
        match &self.inner().indices {
            Indices::None => SMALL,
            indices => indices.slots() * 2 / 3,
        }
    }

    /// Drops deleted entries and makes room.
    #[cold]
    fn rebuild(&self) {
        let used = self.used.get();
        let inner = self.inner_mut();
        inner.entries.retain(|entry| entry.key.is_some());
        self.first.set(0);
        let slots = if used < SMALL { 0 } else { (used * 3).next_power_of_two().max(16) };
        inner.indices = if slots == 0 { Indices::None } else { Indices::new(slots) };
        inner.filled = if slots == 0 { 0 } else { inner.entries.len() };
        let Inner { entries, indices, .. } = inner;
        if slots != 0 {
            for (index, entry) in entries.iter().enumerate() {
                let mut probe = Probe::new(entry.hash, slots);
                while indices.get(probe.slot) != EMPTY {
                    probe.advance();
                }
                indices.set(probe.slot, index);
            }
        }
    }

    /// Replaces the value at a position; the old one is returned.
    #[inline(always)]
    pub(crate) fn set_value(&self, index: usize, value: V) -> Option<V> {
        let entry = self.inner_mut().entries.get_mut(index)?;
        Some(std::mem::replace(&mut entry.value, value))
    }

    /// Removes the entry at a position; `value` takes the place of its value.
    pub(crate) fn remove(&self, index: usize, value: V) -> Option<(Obj, V)> {
        self.changed();
        let inner = self.inner_mut();
        let entry = inner.entries.get_mut(index)?;
        let key = entry.key.take()?;
        let old = std::mem::replace(&mut entry.value, value);
        let hash = entry.hash;
        self.used.set(self.used.get() - 1);
        if !matches!(inner.indices, Indices::None) {
            let mut probe = Probe::new(hash, inner.indices.slots());
            while inner.indices.get(probe.slot) != index {
                probe.advance();
            }
            inner.indices.set(probe.slot, DELETED);
        }
        if self.used.get() == 0 {
            inner.indices = Indices::None;
            inner.filled = 0;
            // Without indices all entries are looked at.
            if inner.entries.len() > SMALL {
                inner.entries.clear();
                self.first.set(0);
            }
        }
        Some((key, old))
    }

    /// Removes the entry at a position that [`Self::last`] told, and the deleted ones behind, so that popping from the
    /// end stays quick. [`Self::remove`] leaves its entry's place behind: iterators tell by it that keys changed.
    pub(crate) fn remove_last(&self, index: usize, value: V) -> Option<(Obj, V)> {
        let removed = self.remove(index, value);
        let inner = self.inner_mut();
        inner.entries.truncate(index);
        self.first.set(self.first.get().min(inner.entries.len()));
        removed
    }

    /// Takes everything out.
    #[must_use = "dropping the old entries can run Python code: do it when nothing else is under way"]
    pub(crate) fn take(&self) -> Vec<Entry<V>> {
        self.changed();
        self.used.set(0);
        self.first.set(0);
        let inner = self.inner_mut();
        inner.indices = Indices::None;
        inner.filled = 0;
        std::mem::take(&mut inner.entries)
    }

    /// Takes over the entries of another table, and returns the old ones.
    #[must_use = "dropping the old entries can run Python code: do it when nothing else is under way"]
    pub(crate) fn replace(&self, other: Self) -> Self {
        self.exchange(&other);
        other
    }

    /// Exchanges the entries with those of another table.
    pub(crate) fn exchange(&self, other: &Self) {
        if std::ptr::eq(self, other) {
            return;
        }
        self.changed();
        other.changed();
        self.used.swap(&other.used);
        self.first.swap(&other.first);
        std::mem::swap(self.inner_mut(), other.inner_mut());
    }

    /// The last position that is not deleted.
    pub(crate) fn last(&self) -> Option<usize> {
        self.inner().entries.iter().rposition(|entry| entry.key.is_some())
    }

    /// The first position that is not deleted.
    pub(crate) fn first(&self) -> Option<usize> {
        let entries = &self.inner().entries;
        let from = self.first.get();
        let first = from + entries.get(from..)?.iter().position(|entry| entry.key.is_some())?;
        self.first.set(first);
        Some(first)
    }

    #[inline(always)]
    fn changed(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
    }

    /// Bytes beside the object itself.
    pub(crate) fn bytes(&self) -> usize {
        let inner = self.inner();
        let width = match inner.indices {
            Indices::None => 0,
            Indices::Narrow(_) => 1,
            Indices::Middle(_) => 2,
            Indices::Wide(_) => 4,
        };
        inner.entries.capacity() * size_of::<Entry<V>>() + inner.indices.slots() * width
    }

    /// Visits all keys.
    pub(crate) fn traverse_keys(&self, visitor: &mut Visitor<'_>) {
        for entry in &self.inner().entries {
            visitor.visit_option(entry.key.as_ref());
        }
    }
}

impl<V: Clone> Table<V> {
    /// A copy with the same order, without deleted entries.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        let inner = self.inner();
        let target = copy.inner_mut();
        target.entries = inner
            .entries
            .iter()
            .filter(|entry| entry.key.is_some())
            .map(|entry| Entry { hash: entry.hash, key: entry.key.clone(), value: entry.value.clone() })
            .collect();
        copy.used.set(target.entries.len());
        if target.entries.len() >= SMALL {
            copy.rebuild();
        }
        copy
    }
}
