//! Classes and functions by name, calls, and states.

use lasti_vm::call::Args;
use lasti_vm::codecs::Codec;
use lasti_vm::dict::Dict;
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::TypeData;
use lasti_vm::{PyResult, Ref};

use super::super::{names, unpickling_error};
use super::{Input, Loader};

impl Loader<'_> {
    fn find_class(&self, module: &Obj, name: &Obj) -> PyResult {
        match self.object {
            None => self.unpickler.find(self.vm, module, name),
            Some(object) => self.vm.call_method_named(object, "find_class", &[module.clone(), name.clone()]),
        }
    }

    pub(super) fn load_stack_global(&mut self) -> PyResult<()> {
        let name = self.pop()?;
        let module = self.pop()?;
        if !name.is_exact(&lasti_vm::builtins::STR) || !module.is_exact(&lasti_vm::builtins::STR) {
            return Err(unpickling_error(self.vm, "STACK_GLOBAL requires str"));
        }
        let found = self.find_class(&module, &name)?;
        self.stack.push(found);
        Ok(())
    }

    /// Two lines: a module's name and one in it.
    fn named(&self, input: &mut Input, codec: Codec) -> PyResult {
        let module = codec.decode(self.vm, input.text_line(self.vm)?, "strict")?;
        let name = codec.decode(self.vm, input.text_line(self.vm)?, "strict")?;
        self.find_class(module.as_obj(), name.as_obj())
    }

    pub(super) fn load_global(&mut self, input: &mut Input) -> PyResult<()> {
        let found = self.named(input, Codec::Utf8)?;
        self.stack.push(found);
        Ok(())
    }

    /// Instances of Python 2's old classes were made without `__init__` where there were no arguments.
    fn instantiate(&self, class: &Obj, args: Vec<Obj>) -> PyResult {
        let vm = self.vm;
        if args.is_empty()
            && class.downcast::<TypeData>().is_some()
            && vm.find_attr(class, &vm.intern("__getinitargs__"))?.is_none()
        {
            return vm.call_method(class, &vm.names().__new__, std::slice::from_ref(class));
        }
        vm.call(class, &args)
    }

    pub(super) fn load_inst(&mut self, input: &mut Input) -> PyResult<()> {
        let mark = self.mark()?;
        let class = self.named(input, Codec::Ascii)?;
        let args = self.above(mark)?;
        let object = self.instantiate(&class, args)?;
        self.stack.push(object);
        Ok(())
    }

    pub(super) fn load_obj(&mut self) -> PyResult<()> {
        let mark = self.mark()?;
        if self.stack.len() <= mark {
            return Err(self.underflow());
        }
        let args = self.above(mark + 1)?;
        let class = self.pop()?;
        let object = self.instantiate(&class, args)?;
        self.stack.push(object);
        Ok(())
    }

    pub(super) fn load_extension(&mut self, code: i64) -> PyResult<()> {
        let vm = self.vm;
        if code <= 0 {
            return Err(unpickling_error(vm, "EXT specifies code <= 0"));
        }
        let key = Int::new(code);
        let cache = names::table(vm, "copyreg", "_extension_cache")?;
        if let Some(found) = cache.get(vm, &key)? {
            self.stack.push(found);
            return Ok(());
        }
        let Some(pair) = names::table(vm, "copyreg", "_inverted_registry")?.get(vm, &key)? else {
            return Err(vm.value_error(format!("unregistered extension code {code}")));
        };
        let found = match pair.downcast::<Tuple>().map(|pair| pair.items()) {
            Some([module, name])
                if module.downcast::<Str>().is_some() && name.downcast::<Str>().is_some() =>
            {
                self.find_class(module, name)?
            }
            _ => {
                return Err(vm.value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
            }
        };
        cache.set(vm, &key, found.clone())?;
        self.stack.push(found);
        Ok(())
    }

    pub(super) fn load_reduce(&mut self) -> PyResult<()> {
        let args = self.pop()?;
        let callable = self.pop()?;
        let Some(args) = args.downcast::<Tuple>() else {
            return Err(self.vm.type_error("argument list must be a tuple"));
        };
        let object = self.vm.call(&callable, args.items())?;
        self.stack.push(object);
        Ok(())
    }

    /// `class.__new__(class, *args, **kwargs)`
    fn make(&mut self, code: &str, class: &Obj, args: &Obj, kwargs: Option<&Obj>) -> PyResult<()> {
        let vm = self.vm;
        let wrong = |what: &str, wanted: &str, given: &Obj| -> PyResult<()> {
            let given = given.ty().tp_name();
            let message = format!("{code} {what} argument must be a {wanted}, not {given}");
            Err(unpickling_error(vm, &message))
        };
        let Some(ty) = class.downcast::<TypeData>() else { return wrong("class", "type", class) };
        let Some(new) = ty.slots.new.get() else {
            let name = class.ty().tp_name();
            let message = format!("{code} class argument '{name}' doesn't have __new__");
            return Err(unpickling_error(vm, &message));
        };
        let Some(args) = args.downcast::<Tuple>() else { return wrong("args", "tuple", args) };
        let object = match kwargs {
            None => new(vm, ty, Args::positional_only(args.items()))?,
            Some(kwargs) => {
                let Some(kwargs) = kwargs.downcast::<Dict>() else { return wrong("kwargs", "dict", kwargs) };
                let (names, values): (Vec<_>, Vec<_>) = kwargs.items().into_iter().unzip();
                let mut all = args.items().to_vec();
                all.extend(values);
                new(vm, ty, Args::new(&all, &names))?
            }
        };
        self.stack.push(object);
        Ok(())
    }

    pub(super) fn load_newobj(&mut self) -> PyResult<()> {
        let args = self.pop()?;
        let class = self.pop()?;
        self.make("NEWOBJ", &class, &args, None)
    }

    pub(super) fn load_newobj_ex(&mut self) -> PyResult<()> {
        let kwargs = self.pop()?;
        let args = self.pop()?;
        let class = self.pop()?;
        self.make("NEWOBJ_EX", &class, &args, Some(&kwargs))
    }

    pub(super) fn load_build(&mut self) -> PyResult<()> {
        let vm = self.vm;
        if self.stack.len() < self.fence() + 2 {
            return Err(self.underflow());
        }
        let state = self.pop()?;
        let object = self.top()?.clone();
        if let Some(setstate) = vm.find_attr(&object, &vm.names().__setstate__)? {
            return vm.call(&setstate, &[state]).map(drop);
        }
        let (state, slots) = match state.downcast::<Tuple>().map(|pair| pair.items()) {
            Some([state, slots]) => (state.clone(), Some(slots.clone())),
            _ => (state, None),
        };
        if !vm.is_none(&state) {
            let Some(state) = state.downcast::<Dict>() else {
                return Err(unpickling_error(vm, "state is not a dictionary"));
            };
            self.set_attributes(&object, state)?;
        }
        if let Some(slots) = slots {
            let Some(slots) = slots.downcast::<Dict>() else {
                return Err(unpickling_error(vm, "slot state is not a dictionary"));
            };
            for (name, value) in slots.items() {
                let Some(name) = name.downcast::<Str>() else {
                    let given = name.ty().tp_name();
                    return Err(vm.type_error(format!("attribute name must be string, not '{given}'")));
                };
                vm.setattr(&object, name, &value)?;
            }
        }
        Ok(())
    }

    /// Puts a state into `object.__dict__`.
    fn set_attributes(&self, object: &Obj, state: &Ref<Dict>) -> PyResult<()> {
        let vm = self.vm;
        let items = state.items();
        if vm.has_own_dict(object) && items.iter().all(|(name, _)| name.is_exact(&lasti_vm::builtins::STR)) {
            for (name, value) in items {
                if let Ok(name) = name.into_ref::<Str>() {
                    vm.set_own_attribute(object, &name, value)?;
                }
            }
            return Ok(());
        }
        let dict = vm.getattr(object, &vm.names().__dict__)?;
        for (name, value) in items {
            let name = match name.downcast_exact::<Str>() {
                Some(name) => vm.intern_str(name).into_obj(),
                None => name,
            };
            vm.setitem(&dict, &name, &value)?;
        }
        Ok(())
    }
}
