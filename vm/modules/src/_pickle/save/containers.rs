//! Tuples, lists, dicts and sets.

use lasti_vm::builtins as types;
use lasti_vm::dict::Dict;
use lasti_vm::object::Obj;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::set::Set;
use lasti_vm::{PyResult, Ref};

use super::super::opcodes as op;
use super::Job;

/// So many items are written for one APPENDS, SETITEMS or ADDITEMS.
const BATCH: usize = 1000;

impl Job<'_> {
    pub(super) fn save_tuple(&mut self, object: &Obj) -> PyResult<()> {
        let Some(tuple) = object.downcast::<Tuple>() else { return Ok(()) };
        let length = tuple.len();
        if length == 0 {
            self.out.bytes(if self.protocol > 0 { &[op::EMPTY_TUPLE] } else { &[op::MARK, op::TUPLE] });
            return Ok(());
        }
        let code = match length {
            1..=3 if self.protocol >= 2 => [op::TUPLE1, op::TUPLE2, op::TUPLE3][length - 1],
            _ => op::TUPLE,
        };
        if code == op::TUPLE {
            self.out.byte(op::MARK);
        }
        for (index, item) in tuple.items().iter().enumerate() {
            self.save(item).map_err(|error| self.noted(error, object, &format!("item {index}")))?;
        }
        if !self.is_known(object) {
            self.out.byte(code);
            return self.memoize(object);
        }
        // The tuple contains itself, and was written within: what was written for it here goes away.
        if code == op::TUPLE && self.binary {
            self.out.byte(op::POP_MARK);
        } else {
            let pops = if code == op::TUPLE { length + 1 } else { length };
            for _ in 0..pops {
                self.out.byte(op::POP);
            }
        }
        self.save_known(object).map(drop)
    }

    pub(super) fn save_list(&mut self, object: &Obj) -> PyResult<()> {
        self.guarded(object, |job| {
            let Some(list) = object.downcast::<List>() else { return Ok(()) };
            job.out.bytes(if job.binary { &[op::EMPTY_LIST] } else { &[op::MARK, op::LIST] });
            job.memoize(object)?;
            match list.items.len() {
                0 => Ok(()),
                1 if job.protocol > 0 => {
                    let Some(item) = list.items.get(0) else { return Ok(()) };
                    job.save_part(object, &item, "item 0")?;
                    job.out.byte(op::APPEND);
                    Ok(())
                }
                _ if job.protocol > 0 => job.save_items(object, list),
                _ => job.append_all(object, &job.vm.iter(object)?),
            }
        })
    }

    /// The items of an exact list, of which there are several.
    fn save_items(&mut self, object: &Obj, list: &Ref<List>) -> PyResult<()> {
        let mut index = 0;
        loop {
            self.out.byte(op::MARK);
            let end = index + BATCH;
            while index < end {
                // Python code may have changed the list.
                let Some(item) = list.items.get(index) else { break };
                self.save(&item).map_err(|error| self.noted(error, object, &format!("item {index}")))?;
                index += 1;
            }
            self.out.byte(op::APPENDS);
            if index >= list.items.len() {
                return Ok(());
            }
        }
    }

    /// What an iterator gives, to be appended to `object`.
    pub(super) fn append_all(&mut self, object: &Obj, items: &Obj) -> PyResult<()> {
        let mut index = 0;
        let save = |job: &mut Self, item: &Obj| {
            let result = job.save(item).map_err(|error| job.noted(error, object, &format!("item {index}")));
            index += 1;
            result
        };
        self.in_batches(items, op::APPEND, op::APPENDS, |_, _| Ok(()), save)
    }

    /// What an iterator gives, each item written by `save`: a single one with the opcode `one` behind it, and up to
    /// [`BATCH`] between a mark and `many`. The first of a batch is checked before the iterator is asked for the next.
    fn in_batches(
        &mut self,
        items: &Obj,
        one: u8,
        many: u8,
        check: impl Fn(&Self, &Obj) -> PyResult<()>,
        mut save: impl FnMut(&mut Self, &Obj) -> PyResult<()>,
    ) -> PyResult<()> {
        if self.protocol == 0 {
            while let Some(item) = self.vm.next(items)? {
                save(self, &item)?;
                self.out.byte(one);
            }
            return Ok(());
        }
        while let Some(first) = self.vm.next(items)? {
            check(self, &first)?;
            let Some(second) = self.vm.next(items)? else {
                save(self, &first)?;
                self.out.byte(one);
                return Ok(());
            };
            self.out.byte(op::MARK);
            save(self, &first)?;
            let mut next = Some(second);
            let mut count = 1;
            while let Some(item) = next {
                save(self, &item)?;
                count += 1;
                next = if count == BATCH { None } else { self.vm.next(items)? };
            }
            self.out.byte(many);
            if count < BATCH {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn save_dict(&mut self, object: &Obj) -> PyResult<()> {
        self.guarded(object, |job| {
            let Some(dict) = object.downcast::<Dict>() else { return Ok(()) };
            job.out.bytes(if job.binary { &[op::EMPTY_DICT] } else { &[op::MARK, op::DICT] });
            job.memoize(object)?;
            if dict.is_empty() {
                return Ok(());
            }
            if job.protocol > 0 {
                return job.save_entries(object, dict);
            }
            let items = job.vm.call_method(object, &job.vm.names().items, &[])?;
            job.set_all(object, &job.vm.iter(&items)?)
        })
    }

    fn save_entry(&mut self, object: &Obj, key: &Obj, value: &Obj) -> PyResult<()> {
        self.save(key)?;
        self.save(value).map_err(|error| match self.vm.repr(key) {
            Ok(key) => self.noted(error, object, &format!("item {}", key.to_string_lossy())),
            Err(other) => other,
        })
    }

    /// The entries of an exact dict that is not empty.
    fn save_entries(&mut self, object: &Obj, dict: &Ref<Dict>) -> PyResult<()> {
        let length = dict.len();
        let mut position = 0;
        if length == 1 {
            if let Some((key, value)) = dict.next(&mut position) {
                self.save_entry(object, &key, &value)?;
                self.out.byte(op::SETITEM);
            }
            return Ok(());
        }
        loop {
            self.out.byte(op::MARK);
            let mut count = 0;
            while let Some((key, value)) = dict.next(&mut position) {
                self.save_entry(object, &key, &value)?;
                count += 1;
                if count == BATCH {
                    break;
                }
            }
            self.out.byte(op::SETITEMS);
            if dict.len() != length {
                return Err(self.vm.runtime_error("dictionary changed size during iteration"));
            }
            if count < BATCH {
                return Ok(());
            }
        }
    }

    /// The pairs that an iterator gives, to be set in `object`.
    pub(super) fn set_all(&mut self, object: &Obj, items: &Obj) -> PyResult<()> {
        let no_pair = |job: &Self| job.vm.type_error("dict items iterator must return 2-tuples");
        let check = |job: &Self, item: &Obj| match item.downcast::<Tuple>() {
            Some(pair) if pair.len() == 2 => Ok(()),
            _ => Err(no_pair(job)),
        };
        let save = |job: &mut Self, item: &Obj| match item.downcast::<Tuple>().map(|pair| pair.items()) {
            Some([key, value]) => job.save_entry(object, key, value),
            _ => Err(no_pair(job)),
        };
        self.in_batches(items, op::SETITEM, op::SETITEMS, check, save)
    }

    /// A set by its constructor, for protocols without an opcode.
    fn save_set_call(&mut self, object: &Obj) -> PyResult<()> {
        let items = List::new(self.vm.collect(object)?).into_obj();
        self.save_call(object, object.ty().to_obj(), vec![items])
    }

    pub(super) fn save_set(&mut self, object: &Obj) -> PyResult<()> {
        let Some(set) = object.downcast::<Set>() else { return Ok(()) };
        if self.protocol < 4 {
            return self.save_set_call(object);
        }
        self.out.byte(op::EMPTY_SET);
        self.memoize(object)?;
        let length = set.len();
        if length == 0 {
            return Ok(());
        }
        let mut position = 0;
        loop {
            self.out.byte(op::MARK);
            let mut count = 0;
            while let Some((element, _)) = set.next(&mut position) {
                self.save_part(object, &element, "element")?;
                count += 1;
                if count == BATCH {
                    break;
                }
            }
            self.out.byte(op::ADDITEMS);
            if set.len() != length {
                return Err(self.vm.runtime_error("set changed size during iteration"));
            }
            if count < BATCH {
                return Ok(());
            }
        }
    }

    pub(super) fn save_frozenset(&mut self, object: &Obj) -> PyResult<()> {
        debug_assert!(object.is_exact(&types::FROZENSET));
        self.guarded(object, |job| {
            if job.protocol < 4 {
                return job.save_set_call(object);
            }
            job.out.byte(op::MARK);
            job.vm.for_each(object, |element| {
                job.save_part(object, &element, "element")?;
                Ok(true)
            })?;
            if job.is_known(object) {
                // It contains itself, and was written within.
                job.out.byte(op::POP_MARK);
                return job.save_known(object).map(drop);
            }
            job.out.byte(op::FROZENSET);
            job.memoize(object)
        })
    }
}
