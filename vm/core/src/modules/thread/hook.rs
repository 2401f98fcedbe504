//! `_thread._excepthook`: what `threading.excepthook` is. CPython: Modules/_threadmodule.c, `thread_excepthook`.

use crate::builtins::SYSTEM_EXIT;
use crate::call::Args;
use crate::errors::{BaseException, PyResult};
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::structseq::StructSeq;
use crate::text::Str;
use crate::vm::Vm;

pub(super) static EXCEPT_HOOK_ARGS: StructSeq = StructSeq {
    module: "_thread",
    name: "_ExceptHookArgs",
    doc: "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.",
    fields: &[
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("thread", "Thread"),
    ],
    visible: 4,
    callable: true,
};

/// Where to write to, if anywhere.
fn stream(vm: &Vm, thread: &Obj) -> PyResult<Option<Obj>> {
    let stderr = vm.interp().sys().get_str(vm, &vm.names().stderr)?;
    if let Some(stderr) = stderr.filter(|stderr| !vm.is_none(stderr)) {
        return Ok(Some(stderr));
    }
    if vm.is_none(thread) {
        return Ok(None);
    }
    // What `sys.stderr` was when the thread was made.
    let kept = vm.find_attr(thread, &vm.intern("_stderr"))?;
    Ok(kept.filter(|kept| !vm.is_none(kept)))
}

/// Writes the exception to a stream.
fn show(vm: &Vm, file: &Obj, [kind, value, traceback]: [&Obj; 3]) -> PyResult<()> {
    let stderr = vm.interp().sys().get_str(vm, &vm.names().stderr)?;
    if stderr.is_some_and(|stderr| stderr.is(file))
        && let Some(exception) = value.downcast::<BaseException>()
        && exception.traceback.get().is_none_or(|own| own.is(traceback))
    {
        return crate::modules::excepthook::show(vm, exception);
    }
    let module = vm.import_module("traceback")?;
    let print = vm.getattr_named(&module, "print_exception")?;
    let names = [vm.intern("file").into_obj()];
    let values = [kind.clone(), value.clone(), traceback.clone(), file.clone()];
    vm.call_with(&print, Args::new(&values, &names))?;
    Ok(())
}

pub(super) fn excepthook(vm: &Vm, _: &Obj, args: &Obj) -> PyResult {
    if !args.is_exact(EXCEPT_HOOK_ARGS.ty(vm)) {
        return Err(vm.type_error("_thread.excepthook argument type must be ExceptHookArgs"));
    }
    let parts = args.downcast::<Tuple>().map(|parts| parts.items().to_vec()).unwrap_or_default();
    let [kind, value, traceback, thread] = parts.as_slice() else {
        return Err(vm.type_error("_thread.excepthook argument type must be ExceptHookArgs"));
    };
    if kind.is(&SYSTEM_EXIT.to_obj()) {
        return Ok(vm.none());
    }
    let Some(file) = stream(vm, thread)? else { return Ok(vm.none()) };
    let name = if vm.is_none(thread) { None } else { vm.find_attr(thread, &vm.names().name)? };
    let name = match name {
        Some(name) => vm.str_text(&name)?,
        None => vm.ident().to_string(),
    };
    let heading = format!("Exception in thread {name}:\n");
    vm.call_method_named(&file, "write", &[Str::new(&heading).into_obj()])?;
    show(vm, &file, [kind, value, traceback])?;
    vm.call_method(&file, &vm.names().flush, &[])
}
