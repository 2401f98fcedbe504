//! Iteration. CPython: Objects/abstract.c, `PyObject_GetIter`.

use crate::errors::PyResult;
use crate::iterators::{ListIter, TupleIter};
use crate::object::Obj;
use crate::sequence::{List, Tuple};
use crate::types::TypeFlags;
use crate::vm::Vm;

impl Vm {
    /// `iter(object)`
    pub fn iter(&self, object: &Obj) -> PyResult {
        let slots = &object.ty().slots;
        if let Some(iter) = slots.iter.get() {
            let iterator = iter(self, object)?;
            if iterator.ty().slots.iternext.get().is_none() {
                return Err(self.type_error(format!(
                    "iter() returned non-iterator of type '{}'",
                    iterator.ty().tp_name()
                )));
            }
            return Ok(iterator);
        }
        // What builtin types have for `[]` is no sequence's, unless they can be iterated over anyway.
        let flags = object.ty().flags();
        if slots.getitem.get().is_some()
            && flags.intersects(TypeFlags::HEAP | TypeFlags::SEQUENCE)
            && !flags.contains(TypeFlags::MAPPING)
        {
            return Ok(crate::builtins::sequence_iterator(object));
        }
        Err(self.type_error(format!("'{}' object is not iterable", object.ty().tp_name())))
    }

    /// The next item of an iterator; `None` at its end.
    #[inline]
    pub fn next(&self, iterator: &Obj) -> PyResult<Option<Obj>> {
        self.next_inline(iterator)
    }

    /// [`Self::next`] without a call of its own: for what calls Python code in a loop.
    #[inline(always)]
    pub(crate) fn next_inline(&self, iterator: &Obj) -> PyResult<Option<Obj>> {
        match iterator.ty().slots.iternext.get() {
            Some(next) => match next(self, iterator) {
                Err(error) if error.is(&crate::builtins::STOP_ITERATION) => Ok(None),
                result => result,
            },
            None => Err(self.type_error(format!("'{}' object is not an iterator", iterator.ty().tp_name()))),
        }
    }

    /// Calls `f` with each item of an iterable, until it returns false.
    pub fn for_each(&self, iterable: &Obj, mut f: impl FnMut(Obj) -> PyResult<bool>) -> PyResult<()> {
        if let Some(list) = iterable.downcast_exact::<List>() {
            let iterator = ListIter::new(list.clone());
            while let Some(item) = iterator.next() {
                if !f(item)? {
                    return Ok(());
                }
            }
            return Ok(());
        }
        if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
            let iterator = TupleIter::new(tuple.clone());
            while let Some(item) = iterator.next() {
                if !f(item)? {
                    return Ok(());
                }
            }
            return Ok(());
        }
        let iterator = self.iter(iterable)?;
        while let Some(item) = self.next(&iterator)? {
            if !f(item)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// All items of an iterable.
    pub fn collect(&self, iterable: &Obj) -> PyResult<Vec<Obj>> {
        if let Some(list) = iterable.downcast_exact::<List>() {
            return Ok(list.items.to_vec());
        }
        if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
            return Ok(tuple.items().to_vec());
        }
        let hint = self.length_hint(iterable)?.unwrap_or(0).min(1 << 20);
        let mut items = Vec::with_capacity(hint);
        self.for_each(iterable, |item| {
            items.push(item);
            Ok(true)
        })?;
        Ok(items)
    }

    /// `operator.length_hint(object, None)`
    pub fn length_hint(&self, object: &Obj) -> PyResult<Option<usize>> {
        if let Some(length) = object.ty().slots.length.get() {
            match length(self, object) {
                Ok(length) => return Ok(Some(length)),
                Err(error) if error.is(&crate::builtins::TYPE_ERROR) => {}
                Err(error) => return Err(error),
            }
        }
        let hint = match self.call_special(object, &self.names().__length_hint__, &[]) {
            Ok(Some(hint)) => hint,
            Ok(None) => return Ok(None),
            Err(error) if error.is(&crate::builtins::TYPE_ERROR) => return Ok(None),
            Err(error) => return Err(error),
        };
        if self.is_not_implemented(&hint) {
            return Ok(None);
        }
        let Some(int) = hint.as_int() else {
            return Err(
                self.type_error(format!("__length_hint__ must be an integer, not {}", hint.ty().tp_name()))
            );
        };
        if int.is_negative() {
            return Err(self.value_error("__length_hint__() should return >= 0"));
        }
        Ok(Some(hint.as_i64().map_or(usize::MAX, |hint| hint as usize)))
    }
}
