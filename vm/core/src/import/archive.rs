//! Archives on `sys.path`: `zipimport`, which is imported when there is an archive.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::builtins::IMPORT_ERROR;
use crate::errors::PyResult;
use crate::function::NativeFunction;
use crate::object::Obj;
use crate::sequence::List;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

static HOOK: NativeDef = NativeDef::new(
    "zipimporter",
    "($module, path, /)",
    "A zipimport.zipimporter for an archive, or a directory within one.",
    NativeCall::One(hook),
);

/// Puts the hook on `sys.path_hooks`, behind the library's and before that of directories.
pub(super) fn install(vm: &Vm) -> PyResult<()> {
    let hooks = vm.interp().sys().get_str(vm, &vm.names().path_hooks)?;
    if let Some(hooks) = hooks.as_ref().and_then(|hooks| hooks.downcast::<List>()) {
        hooks.items.insert(1, NativeFunction::new(&HOOK, None, None).into_obj());
    }
    Ok(())
}

fn hook(vm: &Vm, _: &Obj, path: &Obj) -> PyResult {
    let lies_in_file = match path.downcast::<Str>() {
        Some(text) => {
            let bytes = vm.encode_name(text)?;
            let path = Path::new(std::ffi::OsStr::from_bytes(&bytes));
            path.ancestors().find_map(|place| place.metadata().ok()).is_some_and(|found| found.is_file())
        }
        None => false,
    };
    if !lies_in_file {
        return Err(vm.error(&IMPORT_ERROR, "not an archive"));
    }
    let zipimport = vm.import_module("zipimport")?;
    vm.call_method_named(&zipimport, "zipimporter", std::slice::from_ref(path))
}
