//! Imports: `import` statements, the modules that are built in, and the library's place on `sys.path`.
//!
//! The import system itself is the library's `importlib._bootstrap`; this is what it and the eval loop need of
//! native code. CPython: Python/import.c.
//!
//! - `statement`: `import name`, `from module import name`, `__import__`
//! - `start`: bringing the import system up; `library`: the finder and loader of the library's
//!   modules; `resources`: its files for `importlib.resources`; `archive`: zip files
//! - `frames`, `hints`: what errors of imports show, and say
//! - `registry`: the modules written in Rust

mod archive;
mod frames;
pub(crate) mod hints;
mod library;
mod registry;
mod resources;
mod start;
mod statement;

pub(crate) use library::init;
pub(crate) use registry::{builtin_names, find_builtin, make_builtin};
pub(crate) use start::{run_frozen, start};
pub(crate) use statement::import_function;

use crate::errors::PyResult;
use crate::number::Int;
use crate::object::Obj;
use crate::text::Str;
use crate::vm::Vm;

/// `from module import *`
pub(crate) fn import_star(vm: &Vm, module: &Obj, namespace: Obj) -> PyResult<()> {
    let names = vm.names();
    let (list, public) = match vm.find_attr(module, &names.__all__)? {
        Some(list) => (list, false),
        None => match vm.find_attr(module, &names.__dict__)? {
            Some(dict) => (vm.call_method(&dict, &names.keys, &[])?, true),
            None => {
                return Err(vm.error(
                    &crate::builtins::IMPORT_ERROR,
                    "from-import-* object has no __dict__ and no __all__",
                ));
            }
        },
    };
    let list = if public { crate::sequence::List::new(vm.collect(&list)?).into_obj() } else { list };
    for index in 0.. {
        let name = match vm.getitem(&list, &Int::new(index)) {
            Ok(name) => name,
            Err(error) if error.is(&crate::builtins::INDEX_ERROR) => break,
            Err(error) => return Err(error),
        };
        let Some(text) = name.downcast::<Str>() else {
            let owner = vm.getattr(module, &names.__name__)?;
            let (what, place) = if public { ("Key", "__dict__") } else { ("Item", "__all__") };
            return Err(vm.type_error(format!(
                "{what} in {}.{place} must be str, not {}",
                vm.str_text(&owner)?,
                name.ty().name()
            )));
        };
        if public && text.as_bytes().starts_with(b"_") {
            continue;
        }
        let value = vm.getattr(module, text)?;
        vm.setitem(&namespace, &name, &value)?;
    }
    Ok(())
}
