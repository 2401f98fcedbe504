//! `_warnings`, and warnings that native code raises. The work is done by the library's `warnings`, which takes its
//! own functions for all that is not in here.

use crate::call::Args;
use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeObject};
use crate::vm::Vm;

impl Vm {
    /// `warnings.warn(message, category, stacklevel)`
    #[cold]
    pub fn warn(&self, category: &TypeObject, message: &str, stacklevel: i64) -> PyResult<()> {
        let args = [Str::new(message).into_obj(), category.to_obj(), Int::new(stacklevel)];
        self.warn_by("warn", &args)
    }

    /// `warnings.warn_explicit(message, category, filename, lineno)`
    #[cold]
    pub(crate) fn warn_explicit(
        &self,
        category: &TypeObject,
        message: &str,
        filename: &str,
        line: i64,
    ) -> PyResult<()> {
        let args =
            [Str::new(message).into_obj(), category.to_obj(), Str::new(filename).into_obj(), Int::new(line)];
        self.warn_by("warn_explicit", &args)
    }

    fn warn_by(&self, function: &str, args: &[Obj]) -> PyResult<()> {
        let Ok(module) = self.import_module("warnings") else {
            // Without a library there are no filters either.
            let category = args[1].downcast::<crate::types::TypeData>().map(|ty| ty.name());
            let text = format!("{}: {}\n", category.unwrap_or_default(), self.str_text(&args[0])?);
            return super::sys::write_stderr(self, &text);
        };
        self.call_method_named(&module, function, args)?;
        Ok(())
    }
}

fn forward(vm: &Vm, function: &str, args: Args<'_>) -> PyResult {
    let module = vm.import_module("warnings")?;
    let function = vm.getattr_named(&module, function)?;
    vm.call_with(&function, args)
}

fn warn(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    forward(vm, "warn", args)
}

fn warn_explicit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    forward(vm, "warn_explicit", args)
}

fn fill(_: &Vm, _: &Ref<Module>) -> PyResult<()> {
    Ok(())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_warnings",
    doc: "Warnings, as the interpreter raises them.",
    functions: &[
        NativeDef::new(
            "warn",
            "($module, /, message, category=None, stacklevel=1, source=None, *,\n     skip_file_prefixes=())",
            "Issue a warning, or maybe ignore it or raise an exception.",
            NativeCall::Full(warn),
        ),
        NativeDef::new(
            "warn_explicit",
            "($module, /, message, category, filename, lineno,\n              module=<unrepresentable>, registry=None,\n              module_globals=None, source=None)",
            "Issue a warning for a place in a source.",
            NativeCall::Full(warn_explicit),
        ),
    ],
    fill,
};
