//! Exceptions that nobody can catch: raised by finalizers, weakref callbacks and the like.
//! CPython: Python/errors.c, `PyErr_FormatUnraisable`.

use crate::errors::{BaseException, Exc, PyResult};
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::traceback::Traceback;
use crate::vm::Vm;

/// Hands an exception that nobody can catch to `sys.unraisablehook`.
pub(crate) fn report_unraisable(vm: &Vm, error: &Exc, message: &str, object: Option<&Obj>) {
    let exception = error.exception().as_obj();
    // One that native code raised shows where that was called.
    if error.exception().traceback.is_empty()
        && let Some(frame) = crate::eval::current_frame(vm)
    {
        let lasti = crate::frame::lasti_of(&frame);
        error.exception().traceback.set(Traceback::new(None, frame.into_obj(), lasti).into_obj());
    }
    if let Ok(Some(hook)) = vm.interp().sys().get_str(vm, &vm.intern("unraisablehook"))
        && !vm.is_none(&hook)
    {
        let traceback = error.exception().traceback.get();
        let args = crate::modules::sys::unraisable_args(
            vm,
            vec![
                exception.ty().to_obj(),
                exception.clone(),
                vm.or_none(traceback),
                if message.is_empty() { vm.none() } else { Str::new(message).into_obj() },
                vm.or_none(object.cloned()),
            ],
        );
        match args.and_then(|args| vm.call(&hook, &[args])) {
            Ok(_) => return,
            Err(broken) => {
                let text = "Exception ignored in sys.unraisablehook";
                let _ = show_unraisable(vm, broken.exception(), Some(text), Some(&hook));
            }
        }
    }
    let message = if message.is_empty() { None } else { Some(message) };
    let _ = show_unraisable(vm, error.exception(), message, object);
}

/// Writes an exception that nobody can catch to `sys.stderr`: the default hook.
pub(crate) fn show_unraisable(
    vm: &Vm,
    exception: &Ref<BaseException>,
    message: Option<&str>,
    object: Option<&Obj>,
) -> PyResult<()> {
    let mut text = String::new();
    match object {
        Some(object) => {
            text.push_str(message.unwrap_or("Exception ignored in"));
            text.push_str(": ");
            text.push_str(&vm.repr_text(object).unwrap_or_else(|_| "<object repr() failed>".to_owned()));
            text.push('\n');
        }
        None => {
            if let Some(message) = message {
                text.push_str(message);
                text.push_str(":\n");
            }
        }
    }
    text.push_str(&crate::modules::excepthook::traceback_text(vm, exception)?);
    crate::modules::sys::write_stderr(vm, &text)
}
