//! `_csv`: rows of text. CPython: Modules/_csv.c.

mod dialect;
mod reader;
mod writer;

use std::sync::atomic::{AtomicI64, Ordering};

use lasti_vm::builtins::{BASE_EXCEPTION, EXCEPTION};
use lasti_vm::call::Args;
use lasti_vm::dict::Dict;
use lasti_vm::errors::BaseException;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::sequence::List;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags};
use lasti_vm::{Exc, Obj, PyResult, Ref, Vm};

/// The module.
pub(crate) static MODULE: NativeModule =
    NativeModule { name: "_csv", doc: "CSV parsing and writing.\n", functions: FUNCTIONS, fill };

lasti_vm::builtin_type!(/** `_csv.Error` */ ERROR, "Error", BaseException, on BASE_EXCEPTION);

/// No field is longer.
static FIELD_LIMIT: AtomicI64 = AtomicI64::new(128 * 1024);

#[cold]
fn error(vm: &Vm, message: &str) -> Exc {
    vm.error(&ERROR, message)
}

/// The registered dialects by name.
fn dialects(vm: &Vm) -> PyResult<Ref<Dict>> {
    let module = vm.import_module("_csv")?;
    vm.getattr_named(&module, "_dialects")?
        .into_ref::<Dict>()
        .map_err(|_| vm.type_error("_csv._dialects must be a dict"))
}

fn registered(vm: &Vm, name: &Obj) -> PyResult {
    dialects(vm)?.get(vm, name)?.ok_or_else(|| error(vm, "unknown dialect"))
}

fn register_dialect(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let positional = args.positional();
    lasti_vm::call::check_count(vm, "register_dialect", positional.len(), 1, 2)?;
    let name = &positional[0];
    if name.downcast::<Str>().is_none() {
        return Err(vm.type_error("dialect name must be a string"));
    }
    let dialect = dialect::make(vm, positional.get(1), args.keywords())?;
    dialects(vm)?.set(vm, name, dialect.into_obj())?;
    Ok(vm.none())
}

fn unregister_dialect(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    match dialects(vm)?.remove(vm, name)? {
        Some(_) => Ok(vm.none()),
        None => Err(error(vm, "unknown dialect")),
    }
}

fn get_dialect(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    registered(vm, name)
}

fn list_dialects(vm: &Vm, _: &Obj) -> PyResult {
    Ok(List::new(dialects(vm)?.items().into_iter().map(|(name, _)| name).collect()).into_obj())
}

fn field_size_limit(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let old = FIELD_LIMIT.load(Ordering::Relaxed);
    if let Some(new) = args.first() {
        if new.as_int().is_none() {
            return Err(vm.type_error("limit must be an integer"));
        }
        let Some(new) = new.as_i64() else {
            return Err(vm.overflow_error("Python int too large to convert to C long"));
        };
        FIELD_LIMIT.store(new, Ordering::Relaxed);
    }
    Ok(Int::new(old))
}

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "reader",
        "($module, iterable, /, dialect='excel', **fmtparams)",
        "Return a reader object that will process lines from the given iterable.",
        NativeCall::Full(reader::reader),
    ),
    NativeDef::new(
        "writer",
        "($module, fileobj, /, dialect='excel', **fmtparams)",
        "Return a writer object that will write user data on the given file object.",
        NativeCall::Full(writer::writer),
    ),
    NativeDef::new(
        "register_dialect",
        "($module, name, /, dialect='excel', **fmtparams)",
        "Create a mapping from a string name to a CVS dialect.",
        NativeCall::Full(register_dialect),
    ),
    NativeDef::new(
        "list_dialects",
        "($module, /)",
        "Return a list of all known dialect names.",
        NativeCall::NoArgs(list_dialects),
    ),
    NativeDef::new(
        "unregister_dialect",
        "($module, /, name)",
        "Delete the name/dialect mapping associated with a string name.",
        NativeCall::One(unregister_dialect),
    ),
    NativeDef::new(
        "get_dialect",
        "($module, /, name)",
        "Return the dialect instance associated with name.",
        NativeCall::One(get_dialect),
    ),
    NativeDef::new(
        "field_size_limit",
        "($module, /, new_limit=<unrepresentable>)",
        "Sets an upper limit on parsed fields.\n\nReturns old limit. If limit is not given, no new limit is set and\nthe old limit is returned",
        NativeCall::Positional(0, 1, field_size_limit),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !ERROR.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &ERROR)
            .base(&EXCEPTION)
            .module("_csv")
            .flags(TypeFlags::BASETYPE | TypeFlags::EXCEPTION)
            .ready();
        dialect::ready(vm);
        reader::ready(vm);
        writer::ready(vm);
    }
    module.add_type(vm, &ERROR)?;
    module.add_type(vm, &dialect::DIALECT)?;
    module.add(vm, "Reader", reader::READER.to_obj())?;
    module.add(vm, "Writer", writer::WRITER.to_obj())?;
    module.add(vm, "_dialects", Dict::new())?;
    for (value, name) in dialect::Quoting::NAMES.iter().enumerate() {
        module.add(vm, name, Int::from_usize(value))?;
    }
    Ok(())
}
