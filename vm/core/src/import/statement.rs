//! `import name`, `from module import name`, `__import__`. CPython: `PyImport_ImportModuleLevelObject` and
//! `_PyEval_ImportFrom`.

use super::hints::{Shadowing, shadowing};
use crate::builtins::exceptions;
use crate::builtins::{IMPORT_ERROR, KEY_ERROR, MODULE_NOT_FOUND_ERROR};
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::Vm;

impl Vm {
    /// The module with this full name, imported if it was not: `importlib.import_module(name)`.
    pub fn import_module(&self, name: &str) -> PyResult {
        let name = self.intern(name);
        if let Some(module) = self.loaded(&name)? {
            return Ok(module);
        }
        self.find_and_load(&name)
    }

    /// The module of this name in `sys.modules`, once it is complete.
    fn loaded(&self, name: &Ref<Str>) -> PyResult<Option<Obj>> {
        let found = match self.interp().sys().get_str(self, &self.names().modules)? {
            Some(modules) => match modules.downcast::<Dict>() {
                Some(modules) => modules.get_str(self, name)?,
                None => match self.getitem(&modules, name.as_obj()) {
                    Ok(found) => Some(found),
                    Err(error) if error.is(&KEY_ERROR) => None,
                    Err(error) => return Err(error),
                },
            },
            None => return Err(self.runtime_error("unable to get sys.modules")),
        };
        let Some(module) = found.filter(|module| !self.is_none(module)) else { return Ok(None) };
        if self.is_initializing(&module)?
            && let Some(importlib) = self.importlib()?
        {
            // Another thread may be at it.
            self.call_method_named(&importlib, "_lock_unlock_module", &[name.as_obj().clone()])?;
        }
        Ok(Some(module))
    }

    fn is_initializing(&self, module: &Obj) -> PyResult<bool> {
        let Some(spec) = self.find_attr(module, &self.names().__spec__)? else { return Ok(false) };
        if self.is_none(&spec) {
            return Ok(false);
        }
        match self.find_attr(&spec, &self.names()._initializing)? {
            Some(initializing) => self.is_true(&initializing),
            None => Ok(false),
        }
    }

    fn importlib(&self) -> PyResult<Option<Obj>> {
        Ok(self.interp().importlib().get().cloned())
    }

    fn find_and_load(&self, name: &Ref<Str>) -> PyResult {
        match self.importlib()? {
            Some(importlib) => {
                let import = match self.interp().builtins().get_str(self, &self.names().__import__)? {
                    Some(import) => import,
                    None => return Err(self.import_error("__import__ not found", name)),
                };
                self.call_method(&importlib, &self.names()._find_and_load, &[name.as_obj().clone(), import])
            }
            None => {
                // Before the import system is there: native modules only.
                let text = name.to_string_lossy();
                match super::find_builtin(&text) {
                    Some(module) => super::make_builtin(self, module),
                    None => Err(self.no_module(name)),
                }
            }
        }
    }

    fn no_module(&self, name: &Ref<Str>) -> Exc {
        let message = format!("No module named '{}'", name.to_string_lossy());
        let error = self.error(&MODULE_NOT_FOUND_ERROR, &message);
        exceptions::set_name(error.exception(), name);
        error
    }

    fn import_error(&self, message: &str, name: &Ref<Str>) -> Exc {
        let error = self.error(&IMPORT_ERROR, message);
        exceptions::set_name(error.exception(), name);
        error
    }

    /// `__import__(name, globals, locals, fromlist, level)`: what an `import` statement calls.
    pub fn import_name(
        &self,
        name: &Ref<Str>,
        globals: Option<&Obj>,
        fromlist: Option<&Obj>,
        level: i64,
    ) -> PyResult {
        self.import_with_frames(name, globals, fromlist, level).map_err(super::frames::removed)
    }

    fn import_with_frames(
        &self,
        name: &Ref<Str>,
        globals: Option<&Obj>,
        fromlist: Option<&Obj>,
        level: i64,
    ) -> PyResult {
        if level < 0 {
            return Err(self.value_error("level must be >= 0"));
        }
        let full = if level > 0 {
            self.resolve(name, globals, level)?
        } else if name.is_empty() {
            return Err(self.value_error("Empty module name"));
        } else {
            name.clone()
        };
        let module = match self.loaded(&full)? {
            Some(module) => module,
            None => self.find_and_load(&full)?,
        };
        let wants = match fromlist.filter(|list| !self.is_none(list)) {
            Some(list) => self.is_true(list)?,
            None => false,
        };
        if wants {
            let Some(list) = fromlist else { return Ok(module) };
            if self.find_attr(&module, &self.names().__path__)?.is_none() {
                return Ok(module);
            }
            let Some(importlib) = self.importlib()? else { return Ok(module) };
            let import = self.interp().builtins().get_str(self, &self.names().__import__)?;
            let args = [module, list.clone(), self.or_none(import)];
            return self.call_method(&importlib, &self.names()._handle_fromlist, &args);
        }
        // `import a.b` binds `a`.
        let text = name.to_string_lossy();
        let Some(dot) = text.find('.') else {
            return Ok(module);
        };
        if level == 0 {
            return self.import_module(&text[..dot]);
        }
        if name.is_empty() {
            return Ok(module);
        }
        // Of `from . import a.b`'s kind: what is bound is as many names in front.
        let cut = text.len() - dot;
        let full = full.to_string_lossy().into_owned();
        let front = &full[..full.len() - cut];
        match self.loaded(&self.intern(front))? {
            Some(module) => Ok(module),
            None => Err(self.error_with(
                &KEY_ERROR,
                vec![Str::new(&format!("'{front}' not in sys.modules as expected")).into_obj()],
            )),
        }
    }

    /// The full name of a relative import.
    fn resolve(&self, name: &Ref<Str>, globals: Option<&Obj>, level: i64) -> PyResult<Ref<Str>> {
        let Some(globals) = globals.filter(|globals| !self.is_none(globals)) else {
            return Err(self.error_with(&KEY_ERROR, vec![Str::new("'__name__' not in globals").into_obj()]));
        };
        let Some(globals) = globals.downcast::<Dict>() else {
            return Err(self.type_error("globals must be a dict"));
        };
        let names = self.names();
        let get = |name: &Ref<Str>| -> PyResult<Option<Obj>> {
            Ok(globals.get_str(self, name)?.filter(|value| !self.is_none(value)))
        };
        let package = get(&names.__package__)?;
        let spec = get(&names.__spec__)?;
        let package = if let Some(package) = package {
            let Some(package) = package.downcast::<Str>() else {
                return Err(self.type_error("package must be a string"));
            };
            if let Some(spec) = &spec {
                let parent = self.getattr_named(spec, "parent")?;
                if !self.eq(package.as_obj(), &parent)? {
                    self.warn(&crate::builtins::DEPRECATION_WARNING, "__package__ != __spec__.parent", 1)?;
                }
            }
            package.to_string_lossy().into_owned()
        } else if let Some(spec) = &spec {
            let parent = self.getattr_named(spec, "parent")?;
            match parent.downcast::<Str>() {
                Some(parent) => parent.to_string_lossy().into_owned(),
                None => return Err(self.type_error("__spec__.parent must be a string")),
            }
        } else {
            self.warn(
                &crate::builtins::IMPORT_WARNING,
                "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
                1,
            )?;
            let Some(own) = globals.get_str(self, &names.__name__)? else {
                return Err(
                    self.error_with(&KEY_ERROR, vec![Str::new("'__name__' not in globals").into_obj()])
                );
            };
            let Some(own) = own.downcast::<Str>() else {
                return Err(self.type_error("__name__ must be a string"));
            };
            let own = own.to_string_lossy().into_owned();
            if globals.get_str(self, &names.__path__)?.is_some() {
                own
            } else {
                match own.rsplit_once('.') {
                    Some((front, _)) => front.to_owned(),
                    None => {
                        return Err(self
                            .error(&IMPORT_ERROR, "attempted relative import with no known parent package"));
                    }
                }
            }
        };
        if package.is_empty() {
            return Err(self.error(&IMPORT_ERROR, "attempted relative import with no known parent package"));
        }
        let mut base = package.as_str();
        for _ in 1..level {
            match base.rsplit_once('.') {
                Some((front, _)) => base = front,
                None => {
                    return Err(
                        self.error(&IMPORT_ERROR, "attempted relative import beyond top-level package")
                    );
                }
            }
        }
        let full =
            if name.is_empty() { base.to_owned() } else { format!("{base}.{}", name.to_string_lossy()) };
        Ok(self.intern(&full))
    }

    /// `from module import name`
    pub(crate) fn import_from(&self, module: &Obj, name: &Ref<Str>) -> PyResult {
        if let Some(value) = self.find_attr(module, name)? {
            return Ok(value);
        }
        // A submodule of a module that is being imported is not bound in it yet.
        let names = self.names();
        let module_name = self.find_attr(module, &names.__name__)?;
        let module_name = module_name.and_then(|name| name.into_ref::<Str>().ok());
        if let Some(module_name) = &module_name {
            let full = self.intern(&format!("{}.{}", module_name.to_string_lossy(), name.to_string_lossy()));
            if let Some(found) = self.interp().modules().get_str(self, &full)? {
                return Ok(found);
            }
        }
        Err(self.cannot_import(module, module_name.as_ref(), name)?)
    }

    /// The ImportError of a name that is not there, with what may be the reason.
    #[cold]
    fn cannot_import(&self, module: &Obj, module_name: Option<&Ref<Str>>, name: &Ref<Str>) -> PyResult<Exc> {
        let names = self.names();
        let shown = module_name
            .map_or_else(|| "<unknown module name>".to_owned(), |name| name.to_string_lossy().into_owned());
        let wanted = name.to_string_lossy();
        let spec = self.find_attr(module, &names.__spec__)?.filter(|spec| !self.is_none(spec));
        let origin = match &spec {
            Some(spec) => {
                let located = match self.find_attr(spec, &self.intern("has_location"))? {
                    Some(located) => self.is_true(&located)?,
                    None => false,
                };
                if located { self.find_attr(spec, &self.intern("origin"))? } else { None }
            }
            None => None,
        };
        let origin = origin.and_then(|origin| origin.into_ref::<Str>().ok());
        let name_object = self.or_none(module_name.map(|name| name.as_obj().clone()));
        let text = origin.as_ref().map(|origin| origin.to_string_lossy().into_owned());
        let shadowing = shadowing(self, &name_object, text.as_deref())?;
        let file = match origin {
            Some(origin) => Some(origin),
            None => self.find_attr(module, &names.__file__)?.and_then(|file| file.into_ref::<Str>().ok()),
        };
        let repr = self.repr_text(&self.or_none(file.clone().map(Ref::into_obj)))?;
        let place = file.as_ref().map_or("unknown location".into(), |file| file.to_string_lossy());
        let message = if shadowing == Shadowing::OfLibrary {
            format!(
                "cannot import name '{wanted}' from '{shown}' (consider renaming {repr} since it has the same name as the standard library module named '{shown}' and prevents importing that standard library module)"
            )
        } else if !self.is_initializing(module)? {
            format!("cannot import name '{wanted}' from '{shown}' ({place})")
        } else if shadowing == Shadowing::Possible {
            format!(
                "cannot import name '{wanted}' from '{shown}' (consider renaming {repr} if it has the same name as a library you intended to import)"
            )
        } else {
            format!(
                "cannot import name '{wanted}' from partially initialized module '{shown}' (most likely due to a circular import) ({place})"
            )
        };
        let error = self.error(&IMPORT_ERROR, &message);
        if let Some(module_name) = module_name {
            exceptions::set_name(error.exception(), module_name);
        }
        if let Some(file) = &file {
            exceptions::set_field(error.exception(), "path", file.as_obj());
        }
        exceptions::set_field(error.exception(), "name_from", name.as_obj());
        Ok(error)
    }
}

/// Arguments of `__import__` as it is called from Python.
pub(crate) fn import_function(vm: &Vm, args: crate::call::Args<'_>) -> PyResult {
    use crate::call::Signature;
    static SIGNATURE: Signature<5> =
        Signature::new("__import__", ["name", "globals", "locals", "fromlist", "level"], 1);
    let [Some(name), globals, _, fromlist, level] = args.bind(vm, &SIGNATURE)? else {
        return Err(vm.type_error("__import__() missing required argument 'name' (pos 1)"));
    };
    let Some(name) = name.downcast::<Str>() else {
        return Err(vm.type_error("module name must be a string"));
    };
    let level = level.map_or(Ok(0), |level| vm.index_i64(level))?;
    vm.import_name(&vm.intern_str(name), globals, fromlist, level)
}
