//! Objects that say themselves how they are made anew: `reducer_override`, dispatch tables, `__reduce_ex__`.

use lasti_vm::builtins as types;
use lasti_vm::call::Args;
use lasti_vm::dict::Dict;
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::TypeData;
use lasti_vm::{PyResult, Ref};

use super::super::names::{of_module, type_name};
use super::super::opcodes as op;
use super::super::pickling_error;
use super::Job;

/// How `object` is made anew: the tuple that its `__reduce__` gave, taken apart.
struct Recipe {
    callable: Obj,
    args: Ref<Tuple>,
    state: Option<Obj>,
    list_items: Option<Obj>,
    dict_items: Option<Obj>,
    state_setter: Option<Obj>,
}

/// The calls that have an opcode of their own.
#[derive(PartialEq, Eq)]
enum NewObject {
    No,
    WithoutKeywords,
    WithKeywords,
}

impl Job<'_> {
    pub(super) fn save_other(&mut self, object: &Obj) -> PyResult<()> {
        let vm = self.vm;
        if let Some(override_) = self.hooks.reducer_override.clone() {
            let value = vm.call(&override_, std::slice::from_ref(object))?;
            if !vm.is_not_implemented(&value) {
                return self.save_reduction(object, &value);
            }
        }
        let ty = object.ty();
        if ty.is(&types::TYPE) {
            return self.save_type(object);
        }
        if ty.is(&types::FUNCTION) {
            return self.save_global(object, None);
        }
        let class = ty.to_obj();
        let reducer = match self.pickler.dispatch_table.get() {
            None => self.reducers()?.get(vm, &class)?,
            Some(table) => match table.downcast_exact::<Dict>() {
                Some(table) => table.get(vm, &class)?,
                None => match vm.getitem(&table, &class) {
                    Ok(reducer) => Some(reducer),
                    Err(error) if error.is(&types::KEY_ERROR) => None,
                    Err(error) => return Err(error),
                },
            },
        };
        let value = if let Some(reducer) = reducer {
            vm.call(&reducer, std::slice::from_ref(object))?
        } else if object.downcast::<TypeData>().is_some() {
            return self.save_global(object, None);
        } else if let Some(reduce) = vm.find_attr(object, &vm.names().__reduce_ex__)? {
            vm.call(&reduce, &[Int::new(self.protocol.into())])?
        } else if let Some(reduce) = vm.find_attr(object, &vm.names().__reduce__)? {
            vm.call(&reduce, &[])?
        } else {
            let message = format!("Can't pickle {} object", type_name(vm, object)?);
            return Err(pickling_error(vm, &message));
        };
        self.save_reduction(object, &value)
    }

    /// Writes what a reducer gave for `object`.
    fn save_reduction(&mut self, object: &Obj, value: &Obj) -> PyResult<()> {
        if let Some(name) = value.downcast::<Str>() {
            return self.save_global(object, Some(name));
        }
        let result = match value.downcast::<Tuple>() {
            Some(tuple) => self.save_reduced(object, tuple),
            None => {
                let given = type_name(self.vm, value)?;
                let message = format!("__reduce__ must return a string or tuple, not {given}");
                Err(pickling_error(self.vm, &message))
            }
        };
        result.map_err(|error| self.noted(error, object, "object"))
    }

    fn recipe(&self, tuple: &Ref<Tuple>) -> PyResult<Recipe> {
        let vm = self.vm;
        let items = tuple.items();
        if !(2..=6).contains(&items.len()) {
            return Err(pickling_error(vm, "tuple returned by __reduce__ must contain 2 through 6 elements"));
        }
        let wrong = |place: &str, wanted: &str, item: &Obj| -> PyResult<Recipe> {
            let given = type_name(vm, item)?;
            let message =
                format!("{place} item of the tuple returned by __reduce__ must be {wanted}, not {given}");
            Err(pickling_error(vm, &message))
        };
        let item = |index: usize| items.get(index).filter(|item| !vm.is_none(item)).cloned();
        let callable = items[0].clone();
        if !vm.is_callable(&callable) {
            return wrong("first", "callable", &callable);
        }
        let args = match items[1].clone().into_ref::<Tuple>() {
            Ok(args) => args,
            Err(item) => return wrong("second", "a tuple", &item),
        };
        let is_iterator = |item: &Obj| item.ty().slots.iternext.get().is_some();
        let (list_items, dict_items, state_setter) = (item(3), item(4), item(5));
        if let Some(item) = list_items.as_ref().filter(|item| !is_iterator(item)) {
            return wrong("fourth", "an iterator", item);
        }
        if let Some(item) = dict_items.as_ref().filter(|item| !is_iterator(item)) {
            return wrong("fifth", "an iterator", item);
        }
        if let Some(item) = state_setter.as_ref().filter(|item| !vm.is_callable(item)) {
            return wrong("sixth", "callable", item);
        }
        Ok(Recipe { callable, args, state: item(2), list_items, dict_items, state_setter })
    }

    /// Whether the call is one of copyreg's, by its name.
    fn new_object(&self, callable: &Obj) -> PyResult<NewObject> {
        if self.protocol < 2 {
            return Ok(NewObject::No);
        }
        let name = self.vm.find_attr(callable, &self.vm.names().__name__)?;
        Ok(match name.as_ref().and_then(|name| name.downcast::<Str>()).map(|name| name.as_bytes()) {
            Some(b"__newobj__") => NewObject::WithoutKeywords,
            Some(b"__newobj_ex__") => NewObject::WithKeywords,
            _ => NewObject::No,
        })
    }

    /// Writes how `object` is made anew.
    pub(super) fn save_reduced(&mut self, object: &Obj, tuple: &Ref<Tuple>) -> PyResult<()> {
        let recipe = self.recipe(tuple)?;
        match self.new_object(&recipe.callable)? {
            NewObject::No => {
                self.save_part(object, &recipe.callable, "reconstructor")?;
                self.save_part(object, recipe.args.as_obj(), "reconstructor arguments")?;
                self.out.byte(op::REDUCE);
            }
            NewObject::WithoutKeywords => self.save_new(object, recipe.args.items())?,
            NewObject::WithKeywords => self.save_new_with_keywords(object, recipe.args.items())?,
        }
        if self.is_known(object) {
            // Its own parts referred to it, and it was written within.
            self.out.byte(op::POP);
            self.save_known(object)?;
            return Ok(());
        }
        self.memoize(object)?;
        if let Some(items) = &recipe.list_items {
            self.append_all(object, items)?;
        }
        if let Some(items) = &recipe.dict_items {
            self.set_all(object, items)?;
        }
        match (&recipe.state, &recipe.state_setter) {
            (None, _) => {}
            (Some(state), None) => {
                self.save_part(object, state, "state")?;
                self.out.byte(op::BUILD);
            }
            (Some(state), Some(setter)) => {
                // The setter's result is of no use.
                self.save_part(object, setter, "state setter")?;
                self.save(object)?;
                self.save_part(object, state, "state")?;
                self.out.bytes(&[op::TUPLE2, op::REDUCE, op::POP]);
            }
        }
        Ok(())
    }

    /// `class.__new__(class, *args)`
    fn save_new(&mut self, object: &Obj, args: &[Obj]) -> PyResult<()> {
        let vm = self.vm;
        let [class, rest @ ..] = args else {
            return Err(pickling_error(vm, "__newobj__ expected at least 1 argument, got 0"));
        };
        if class.downcast::<TypeData>().is_none() {
            let given = type_name(vm, class)?;
            let message = format!("first argument to __newobj__() must be a class, not {given}");
            return Err(pickling_error(vm, &message));
        }
        let own = match vm.find_attr(object, &vm.names().__class__)? {
            Some(own) => own,
            None => object.ty().to_obj(),
        };
        if !own.is(class) {
            let (own, given) = (vm.repr_text(&own)?, vm.repr_text(class)?);
            let message = format!("first argument to __newobj__() must be {own}, not {given}");
            return Err(pickling_error(vm, &message));
        }
        self.save_part(object, class, "class")?;
        self.save_part(object, Tuple::from_slice(rest).as_obj(), "__new__ arguments")?;
        self.out.byte(op::NEWOBJ);
        Ok(())
    }

    /// `class.__new__(class, *args, **kwargs)`
    fn save_new_with_keywords(&mut self, object: &Obj, given: &[Obj]) -> PyResult<()> {
        let vm = self.vm;
        let [class, args, kwargs] = given else {
            let message = format!("__newobj_ex__ expected 3 arguments, got {}", given.len());
            return Err(pickling_error(vm, &message));
        };
        let wrong = |place: &str, wanted: &str, item: &Obj| -> PyResult<()> {
            let given = type_name(vm, item)?;
            let message = format!("{place} argument to __newobj_ex__() must be a {wanted}, not {given}");
            Err(pickling_error(vm, &message))
        };
        if class.downcast::<TypeData>().is_none() {
            return wrong("first", "class", class);
        }
        let Some(positional) = args.downcast::<Tuple>() else { return wrong("second", "tuple", args) };
        let Some(keywords) = kwargs.downcast::<Dict>() else { return wrong("third", "dict", kwargs) };
        if self.protocol >= 4 {
            self.save_part(object, class, "class")?;
            self.save_part(object, args, "__new__ arguments")?;
            self.save_part(object, kwargs, "__new__ arguments")?;
            self.out.byte(op::NEWOBJ_EX);
            return Ok(());
        }
        // No opcode: a partial that is called without arguments.
        let mut all = vec![vm.getattr(class, &vm.names().__new__)?, class.clone()];
        all.extend(positional.items().iter().cloned());
        let (names, values): (Vec<_>, Vec<_>) = keywords.items().into_iter().unzip();
        all.extend(values);
        let partial = vm.call_with(&of_module(vm, "functools", "partial")?, Args::new(&all, &names))?;
        self.save_part(object, &partial, "reconstructor")?;
        self.save_part(object, vm.empty_tuple().as_obj(), "reconstructor")?;
        self.out.byte(op::REDUCE);
        Ok(())
    }
}
