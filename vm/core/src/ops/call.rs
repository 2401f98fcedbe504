//! Calls. CPython: Objects/call.c.

use smallvec::SmallVec;

use crate::call::Args;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::Vm;

impl Vm {
    /// `callable(*args)`
    #[inline]
    pub fn call(&self, callable: &Obj, args: &[Obj]) -> PyResult {
        self.call_with(callable, Args::positional_only(args))
    }

    /// `callable(*args, **kwargs)`
    pub fn call_with(&self, callable: &Obj, args: Args<'_>) -> PyResult {
        match callable.ty().slots.call.get() {
            Some(call) => {
                self.check_native_stack()?;
                call(self, callable, args)
            }
            None => Err(self.type_error(format!("'{}' object is not callable", callable.ty().tp_name()))),
        }
    }

    /// `object.name(*args)`
    pub fn call_method(&self, object: &Obj, name: &Ref<Str>, args: &[Obj]) -> PyResult {
        let method = self.getattr(object, name)?;
        self.call(&method, args)
    }

    /// `object.name(*args)` for a name known when compiling.
    pub fn call_method_named(&self, object: &Obj, name: &str, args: &[Obj]) -> PyResult {
        self.call_method(object, &self.intern(name), args)
    }

    /// `callable(first, *args, **kwargs)`
    pub fn call_prepended(&self, callable: &Obj, first: &Obj, args: Args<'_>) -> PyResult {
        let mut all: SmallVec<[Obj; 8]> = SmallVec::with_capacity(args.all().len() + 1);
        all.push(first.clone());
        all.extend(args.all().iter().cloned());
        self.call_with(callable, Args::new(&all, args.names()))
    }

    /// Whether the object can be called.
    pub fn is_callable(&self, object: &Obj) -> bool {
        object.ty().slots.call.get().is_some()
    }
}
