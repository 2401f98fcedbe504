//! What is found by its name: classes, functions, and what `__reduce__` gives a name for.

use lasti_vm::builtins as types;
use lasti_vm::codecs::Codec;
use lasti_vm::dict::Dict;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::{PyResult, Ref};

use super::super::names::{chained, dotted_path, follow, import, of_module, renamed};
use super::super::opcodes as op;
use super::super::pickling_error;
use super::Job;

impl Job<'_> {
    pub(super) fn save_type(&mut self, object: &Obj) -> PyResult<()> {
        // The types of the singletons have no name that leads to them.
        for single in [self.vm.none(), self.vm.ellipsis(), self.vm.not_implemented()] {
            if object.is(&single.ty().to_obj()) {
                return self.save_call(object, types::TYPE.to_obj(), vec![single]);
            }
        }
        self.save_global(object, None)
    }

    /// Writes the name of an object: `name`, or its own.
    pub(super) fn save_global(&mut self, object: &Obj, name: Option<&Ref<Str>>) -> PyResult<()> {
        let vm = self.vm;
        let name = match name {
            Some(name) => name.clone(),
            None => {
                let name = match vm.find_attr(object, &vm.names().__qualname__)? {
                    Some(name) => name,
                    None => vm.getattr(object, &vm.names().__name__)?,
                };
                name.into_ref::<Str>()
                    .map_err(|name| vm.type_error(format!("must be str, not {}", name.ty().tp_name())))?
            }
        };
        let path = dotted_path(vm, &name);
        let module = self.module_of(object, &name, &path)?;
        if self.protocol >= 2 && self.save_extension(&module, &name)? {
            return Ok(());
        }
        if self.protocol >= 4 {
            self.save(&module)?;
            self.save(name.as_obj())?;
            self.out.byte(op::STACK_GLOBAL);
        } else {
            self.save_old_global(&module, name, &path)?;
        }
        self.memoize(object)
    }

    /// The name of the module where an object is found by `path`.
    fn module_of(&self, object: &Obj, name: &Ref<Str>, path: &[Ref<Str>]) -> PyResult {
        let vm = self.vm;
        let shown = || vm.repr_text(object);
        if path.iter().any(|part| part.as_bytes() == b"<locals>") {
            return Err(pickling_error(vm, &format!("Can't pickle local object {}", shown()?)));
        }
        let module_name = match vm.find_attr(object, &vm.names().__module__)? {
            Some(module) if !vm.is_none(&module) => module,
            _ => match self.module_by_search(object, path)? {
                Some(module) => return Ok(module),
                None => vm.names().__main__.as_obj().clone(),
            },
        };
        let module = match import(vm, &module_name) {
            Ok(module) => module,
            Err(error) if error.is(&types::IMPORT_ERROR) || error.is(&types::VALUE_ERROR) => {
                let text = vm.str_text(error.exception().as_obj())?;
                let message = format!("Can't pickle {}: {text}", shown()?);
                return Err(chained(pickling_error(vm, &message), error));
            }
            Err(error) => return Err(error),
        };
        let place = || Ok(format!("{}.{}", vm.str_text(&module_name)?, name.to_string_lossy()));
        match follow(vm, &module, path) {
            Ok(found) if found.is(object) => Ok(module_name),
            Ok(_) => {
                let message = format!("Can't pickle {}: it's not the same object as {}", shown()?, place()?);
                Err(pickling_error(vm, &message))
            }
            Err(error) if error.is(&types::ATTRIBUTE_ERROR) => {
                let message = format!("Can't pickle {}: it's not found as {}", shown()?, place()?);
                Err(chained(pickling_error(vm, &message), error))
            }
            Err(error) => Err(error),
        }
    }

    /// The name of a loaded module where an object is found by `path`.
    fn module_by_search(&self, object: &Obj, path: &[Ref<Str>]) -> PyResult<Option<Obj>> {
        let vm = self.vm;
        let modules = of_module(vm, "sys", "modules")?;
        let items = match modules.downcast_exact::<Dict>() {
            Some(modules) => modules.items(),
            None => {
                let names = vm.collect(&modules)?;
                let pair = |name: Obj| Ok((name.clone(), vm.getitem(&modules, &name)?));
                names.into_iter().map(pair).collect::<PyResult<_>>()?
            }
        };
        'modules: for (name, module) in items {
            let is_main = name.downcast::<Str>().is_some_and(|name| name.as_bytes() == b"__main__");
            if is_main || vm.is_none(&module) {
                continue;
            }
            let mut found = module;
            for part in path {
                match vm.find_attr(&found, part)? {
                    Some(next) => found = next,
                    None => continue 'modules,
                }
            }
            if found.is(object) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Writes the code of a name in the extension registry; false if it has none.
    fn save_extension(&mut self, module: &Obj, name: &Ref<Str>) -> PyResult<bool> {
        let vm = self.vm;
        let registry = self.extensions()?;
        if registry.is_empty() {
            return Ok(false);
        }
        let key = Tuple::new(vec![module.clone(), name.as_obj().clone()]).into_obj();
        let Some(code) = registry.get(vm, &key)? else { return Ok(false) };
        let Some(code) = vm.index(&code)?.as_i64() else {
            return Err(vm.overflow_error("Python int too large to convert to C long"));
        };
        let Some(checked) = u32::try_from(code).ok().filter(|&code| code > 0 && code <= 0x7FFF_FFFF) else {
            return Err(vm.runtime_error(format!("extension code {code} is out of range")));
        };
        let [a, b, c, d] = checked.to_le_bytes();
        match checked {
            0..=0xFF => self.out.bytes(&[op::EXT1, a]),
            0x100..=0xFFFF => self.out.bytes(&[op::EXT2, a, b]),
            _ => self.out.bytes(&[op::EXT4, a, b, c, d]),
        }
        Ok(true)
    }

    /// GLOBAL takes one name of a module: a path is a chain of calls of `getattr`.
    fn save_old_global(&mut self, module: &Obj, name: Ref<Str>, path: &[Ref<Str>]) -> PyResult<()> {
        let vm = self.vm;
        let Some(module) = module.downcast::<Str>() else {
            return Err(vm.type_error(format!("must be str, not {}", module.ty().tp_name())));
        };
        let name = if path.len() > 1 { path[0].clone() } else { name };
        for _ in 1..path.len() {
            let getattr = of_module(vm, "builtins", "getattr")?;
            self.save(&getattr)?;
            if self.protocol < 2 {
                self.out.byte(op::MARK);
            }
        }
        let (module, name) = if self.pickler.fix_imports.get() {
            renamed(vm, "REVERSE_", module, &name)?.unwrap_or_else(|| (module.clone(), name))
        } else {
            (module.clone(), name)
        };
        self.out.byte(op::GLOBAL);
        for (part, what) in [(&module, "module"), (&name, "global")] {
            // Python 2 has ASCII names alone.
            let codec = if self.protocol == 3 { Codec::Utf8 } else { Codec::Ascii };
            let line = codec.encode(vm, part, "strict").or_else(|error| {
                if !error.is(&types::UNICODE_ENCODE_ERROR) {
                    return Err(error);
                }
                let message = format!(
                    "can't pickle {what} identifier {} using pickle protocol {}",
                    vm.repr_text(part.as_obj())?,
                    self.protocol
                );
                Err(chained(pickling_error(vm, &message), error))
            })?;
            self.out.bytes(&line);
            self.out.byte(b'\n');
        }
        for part in path.iter().skip(1) {
            self.save(part.as_obj())?;
            self.out.bytes(&[if self.protocol < 2 { op::TUPLE } else { op::TUPLE2 }, op::REDUCE]);
        }
        Ok(())
    }
}
