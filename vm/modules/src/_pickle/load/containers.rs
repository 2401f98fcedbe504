//! Tuples, lists, dicts and sets, and what has their methods.

use lasti_vm::builtins::FROZENSET;
use lasti_vm::dict::Dict;
use lasti_vm::object::Obj;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::set::Set;
use lasti_vm::{PyResult, Ref};

use super::super::opcodes as op;
use super::super::unpickling_error;
use super::Loader;

impl Loader<'_> {
    pub(super) fn push_empty(&mut self, code: u8) {
        self.stack.push(match code {
            op::EMPTY_DICT => Dict::new().into_obj(),
            op::EMPTY_LIST => List::new(Vec::new()).into_obj(),
            _ => Set::new().into_obj(),
        });
    }

    pub(super) fn load_short_tuple(&mut self, count: usize) -> PyResult<()> {
        let Some(from) = self.stack.len().checked_sub(count).filter(|&from| from >= self.fence()) else {
            return Err(self.underflow());
        };
        let tuple = Tuple::from_slice(&self.stack[from..]).into_obj();
        self.stack.truncate(from);
        self.stack.push(tuple);
        Ok(())
    }

    pub(super) fn load_tuple(&mut self) -> PyResult<()> {
        let mark = self.mark()?;
        let items = self.above(mark)?;
        self.stack.push(Tuple::new(items).into_obj());
        Ok(())
    }

    pub(super) fn load_list(&mut self) -> PyResult<()> {
        let mark = self.mark()?;
        let items = self.above(mark)?;
        self.stack.push(List::new(items).into_obj());
        Ok(())
    }

    pub(super) fn load_dict(&mut self) -> PyResult<()> {
        let mark = self.mark()?;
        let items = self.above(mark)?;
        if items.len() % 2 != 0 {
            return Err(unpickling_error(self.vm, "odd number of items for DICT"));
        }
        let dict = Dict::new();
        for pair in items.chunks_exact(2) {
            dict.set(self.vm, &pair[0], pair[1].clone())?;
        }
        self.stack.push(dict.into_obj());
        Ok(())
    }

    pub(super) fn load_frozenset(&mut self) -> PyResult<()> {
        let mark = self.mark()?;
        let items = self.above(mark)?;
        let set = Set::new_in(&FROZENSET);
        for item in &items {
            set.add(self.vm, item)?;
        }
        self.stack.push(set.into_obj());
        Ok(())
    }

    /// The container below `from`, and what lies above.
    fn container(&mut self, from: usize) -> PyResult<(Obj, Vec<Obj>)> {
        if from > self.stack.len() || from <= self.fence() {
            return Err(self.underflow());
        }
        let items = self.stack.split_off(from);
        let container = self.stack[from - 1].clone();
        Ok((container, items))
    }

    pub(super) fn load_append(&mut self) -> PyResult<()> {
        let length = self.stack.len();
        if length.saturating_sub(1) <= self.fence() {
            return Err(self.underflow());
        }
        if let [.., list, _] = &*self.stack
            && let Some(list) = list.downcast_exact::<List>()
        {
            let list = list.clone();
            list.items.extend(self.stack.pop().into_iter().collect());
            return Ok(());
        }
        self.append_from(length - 1)
    }

    pub(super) fn load_appends(&mut self) -> PyResult<()> {
        let mark = self.mark()?;
        self.append_from(mark)
    }

    fn append_from(&mut self, from: usize) -> PyResult<()> {
        let (list, items) = self.container(from)?;
        if items.is_empty() {
            return Ok(());
        }
        if let Some(list) = list.downcast_exact::<List>() {
            list.items.extend(items);
            return Ok(());
        }
        if let Some(extend) = self.vm.find_attr(&list, &self.vm.names().extend)? {
            self.vm.call(&extend, &[List::new(items).into_obj()])?;
            return Ok(());
        }
        let append = self.vm.getattr(&list, &self.vm.names().append)?;
        for item in items {
            self.vm.call(&append, &[item])?;
        }
        Ok(())
    }

    pub(super) fn load_setitem(&mut self) -> PyResult<()> {
        match self.stack.len().checked_sub(2) {
            Some(from) => self.set_from(from),
            None => Err(self.underflow()),
        }
    }

    pub(super) fn load_setitems(&mut self) -> PyResult<()> {
        let mark = self.mark()?;
        self.set_from(mark)
    }

    fn set_from(&mut self, from: usize) -> PyResult<()> {
        if from > self.stack.len() || from <= self.fence() {
            return Err(self.underflow());
        }
        if !(self.stack.len() - from).is_multiple_of(2) {
            return Err(unpickling_error(self.vm, "odd number of items for SETITEMS"));
        }
        let container = self.stack[from - 1].clone();
        let items = self.stack.drain(from..);
        if let Some(dict) = container.downcast_exact::<Dict>() {
            set_in_dict(self.vm, dict, items)?;
        } else {
            let items: Vec<_> = items.collect();
            for pair in items.chunks_exact(2) {
                self.vm.setitem(&container, &pair[0], &pair[1])?;
            }
        }
        Ok(())
    }

    pub(super) fn load_additems(&mut self) -> PyResult<()> {
        let mark = self.mark()?;
        let (set, items) = self.container(mark)?;
        if items.is_empty() {
            return Ok(());
        }
        if set.is_exact(&lasti_vm::builtins::SET)
            && let Some(set) = set.downcast::<Set>()
        {
            for item in &items {
                set.add(self.vm, item)?;
            }
            return Ok(());
        }
        let add = self.vm.getattr(&set, &self.vm.names().add)?;
        for item in items {
            self.vm.call(&add, &[item])?;
        }
        Ok(())
    }
}

fn set_in_dict(vm: &lasti_vm::Vm, dict: &Ref<Dict>, mut items: impl Iterator<Item = Obj>) -> PyResult<()> {
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        dict.set(vm, &key, value)?;
    }
    Ok(())
}
