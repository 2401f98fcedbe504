//! Which objects a pickler has written, and an unpickler read, under which number.

use std::collections::HashMap;

use lasti_vm::object::{Obj, Visitor};

/// The objects that a pickler has written, found by identity. It keeps them alive, so that no other object gets the
/// identity of one that was written.
#[derive(Clone, Default)]
pub(super) struct WrittenMemo {
    /// In the order in which they were written, each with its number.
    entries: Vec<(Obj, usize)>,
    /// Open addressing: one more than the place among the entries; 0 is free. A power of two long.
    slots: Vec<u32>,
}

impl WrittenMemo {
    /// How many there are: the next one's number.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    fn hash(id: u64) -> usize {
        // Addresses differ in their middle bits.
        (id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) as usize
    }

    /// The slot of the object, or the free one where it belongs.
    fn slot(&self, object: &Obj) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = Self::hash(object.id()) & mask;
        loop {
            match self.slots[slot] {
                0 => return slot,
                place if self.entries[place as usize - 1].0.is(object) => return slot,
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// The object's number, if it was written.
    #[inline]
    pub(super) fn get(&self, object: &Obj) -> Option<usize> {
        if self.entries.is_empty() {
            return None;
        }
        match self.slots[self.slot(object)] {
            0 => None,
            place => Some(self.entries[place as usize - 1].1),
        }
    }

    /// Gives the object a number.
    pub(super) fn set(&mut self, object: &Obj, number: usize) {
        if self.slots.len() < (self.entries.len() + 1) * 2 {
            self.grow();
        }
        let slot = self.slot(object);
        match self.slots[slot] {
            0 => {
                self.entries.push((object.clone(), number));
                self.slots[slot] = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            }
            place => self.entries[place as usize - 1].1 = number,
        }
    }

    fn grow(&mut self) {
        let mut slots = vec![0; (self.slots.len() * 4).max(16)];
        let mask = slots.len() - 1;
        for (place, (object, _)) in self.entries.iter().enumerate() {
            let mut slot = Self::hash(object.id()) & mask;
            while slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            slots[slot] = u32::try_from(place + 1).unwrap_or(u32::MAX);
        }
        self.slots = slots;
    }

    /// The objects with their numbers.
    pub(super) fn entries(&self) -> &[(Obj, usize)] {
        &self.entries
    }

    pub(super) fn traverse(&self, visitor: &mut Visitor<'_>) {
        for (object, _) in &self.entries {
            visitor.visit(object);
        }
    }
}

/// The objects that an unpickler has read, by number.
#[derive(Clone, Default)]
pub(super) struct ReadMemo {
    /// The numbers from 0 on, as far as they are given without large gaps.
    dense: Vec<Option<Obj>>,
    /// The others: a pickle can name any number.
    sparse: HashMap<usize, Obj>,
    count: usize,
}

impl ReadMemo {
    /// How many there are: the next one's number.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    #[inline]
    pub(super) fn get(&self, number: usize) -> Option<&Obj> {
        match self.dense.get(number) {
            Some(object) => object.as_ref(),
            None => self.sparse.get(&number),
        }
    }

    /// Sets the object of a number; gives back the one that had it.
    #[must_use = "dropping the old one can run Python code: do it when nothing else is under way"]
    #[inline]
    pub(super) fn set(&mut self, number: usize, object: Obj) -> Option<Obj> {
        let old = if number == self.dense.len() && self.sparse.is_empty() {
            self.dense.push(Some(object));
            None
        } else {
            self.set_anywhere(number, object)
        };
        self.count += usize::from(old.is_none());
        old
    }

    fn set_anywhere(&mut self, number: usize, object: Obj) -> Option<Obj> {
        if number < self.dense.len() {
            return self.dense[number].replace(object);
        }
        if number > self.dense.len() * 2 + 1024 || self.sparse.contains_key(&number) {
            return self.sparse.insert(number, object);
        }
        let from = self.dense.len();
        self.dense.resize(number + 1, None);
        if !self.sparse.is_empty() {
            for number in from..number {
                self.dense[number] = self.sparse.remove(&number);
            }
        }
        self.dense[number] = Some(object);
        None
    }

    /// Numbers and objects, in order.
    pub(super) fn items(&self) -> Vec<(usize, Obj)> {
        let dense = self.dense.iter().enumerate();
        let mut items: Vec<_> =
            dense.filter_map(|(number, object)| Some((number, object.clone()?))).collect();
        items.extend(self.sparse.iter().map(|(&number, object)| (number, object.clone())));
        items.sort_by_key(|&(number, _)| number);
        items
    }

    pub(super) fn traverse(&self, visitor: &mut Visitor<'_>) {
        for object in self.dense.iter().flatten().chain(self.sparse.values()) {
            visitor.visit(object);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ReadMemo;
    use lasti_vm::number::Int;

    #[test]
    fn numbers_may_come_in_any_order() {
        let mut memo = ReadMemo::default();
        for (value, number) in [0, 5, 4_000_000_000, 2000, 1100, 5].into_iter().enumerate() {
            let old = memo.set(number, Int::new(value as i64));
            assert_eq!(old.is_some(), value == 5);
        }
        assert_eq!(memo.len(), 5);
        let items: Vec<_> =
            memo.items().into_iter().map(|(number, object)| (number, object.as_i64())).collect();
        assert_eq!(
            items,
            [(0, Some(0)), (5, Some(5)), (1100, Some(4)), (2000, Some(3)), (4_000_000_000, Some(2))]
        );
        assert!(memo.get(1).is_none());
    }
}
