//! Calls. CPython: Objects/call.c.

use smallvec::SmallVec;

use crate::call::Args;
use crate::errors::{Exc, PyResult};
use crate::function::Function;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::attributes::{Loaded, load_method};
use crate::vm::Vm;

impl Vm {
    /// `callable(*args)`
    #[inline]
    pub fn call(&self, callable: &Obj, args: &[Obj]) -> PyResult {
        self.call_with(callable, Args::positional_only(args))
    }

    /// `callable(*args, **kwargs)`
    pub fn call_with(&self, callable: &Obj, args: Args<'_>) -> PyResult {
        if let Some(function) = callable.downcast_exact::<Function>() {
            return crate::eval::call_function(self, function, args);
        }
        match callable.ty().slots.call.get() {
            Some(call) => {
                self.check_native_stack()?;
                call(self, callable, args)
            }
            None => Err(self.not_callable(callable)),
        }
    }

    /// The TypeError for something that can't be called. Of a module it says where there is a function of its name.
    #[cold]
    pub(crate) fn not_callable(&self, object: &Obj) -> Exc {
        let message = format!("'{}' object is not callable", object.ty().tp_name());
        if object.is_instance_of(&crate::builtins::MODULE)
            && let Ok(name) = self.getattr(object, &self.names().__name__)
            && let Some(name) = name.downcast::<Str>()
            && let Ok(Some(inner)) = self.find_attr(object, name)
            && self.is_callable(&inner)
        {
            let name = name.to_string_lossy();
            return self.type_error(format!("{message}. Did you mean: '{name}.{name}(...)'?"));
        }
        self.type_error(message)
    }

    /// `object.name(*args)`
    pub fn call_method(&self, object: &Obj, name: &Ref<Str>, args: &[Obj]) -> PyResult {
        self.call_method_with(object, name, Args::positional_only(args))
    }

    /// `object.name(*args, **kwargs)`
    pub fn call_method_with(&self, object: &Obj, name: &Ref<Str>, args: Args<'_>) -> PyResult {
        match load_method(self, object, name)? {
            Loaded::Method(method) => self.call_prepended(&method, object, args),
            Loaded::Value(value) => self.call_with(&value, args),
        }
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
