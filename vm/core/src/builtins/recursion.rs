//! The guard against endless `repr()` of containers that hold themselves. CPython: `Py_ReprEnter`.

use crate::errors::PyResult;
use crate::object::Obj;
use crate::vm::Vm;

/// Takes the object off the list of those under way, also when its repr raised.
struct Leave<'a>(&'a Vm);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.repr_running.borrow_mut().pop();
    }
}

impl Vm {
    /// Runs `repr` unless the repr of the same object is under way in this thread: then `None`.
    pub fn repr_guard<R>(
        &self,
        object: &Obj,
        repr: impl FnOnce(&Self) -> PyResult<R>,
    ) -> PyResult<Option<R>> {
        let id = object.id();
        {
            let mut running = self.repr_running.borrow_mut();
            if running.contains(&id) {
                return Ok(None);
            }
            running.push(id);
        }
        let _leave = Leave(self);
        repr(self).map(Some)
    }
}
