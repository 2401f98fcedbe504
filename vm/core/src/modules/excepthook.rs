//! Showing an exception that ends a program: through the library's `traceback`, or in plain text where that fails.
//! CPython: Python/pythonrun.c, `_PyErr_Display`.

use super::sys::write_stderr;
use crate::builtins::SYNTAX_ERROR;
use crate::builtins::exceptions::{self, group};
use crate::errors::{BaseException, PyResult};
use crate::number::IntView;
use crate::object::{ObjCell, Ref};
use crate::traceback::Traceback;
use crate::types::TypeObject;
use crate::vm::Vm;
use crate::vm::config::Config;

/// How many entries of a traceback are shown.
const LIMIT: usize = 1000;
/// How often an entry is shown that repeats itself.
const REPEATS: usize = 3;

/// Writes an exception with its traceback to `sys.stderr`.
pub(crate) fn show(vm: &Vm, exception: &Ref<BaseException>) -> PyResult<()> {
    let library = vm
        .import_module("traceback")
        .and_then(|module| vm.getattr_named(&module, "_print_exception_bltin"))
        .and_then(|print| vm.call(&print, &[exception.as_obj().clone()]));
    if library.is_ok() {
        return Ok(());
    }
    let mut text = String::new();
    chain(vm, exception, &mut text, &mut Vec::new())?;
    write_stderr(vm, &text)
}

/// The exception, preceded by what it was caused by or happened during.
fn chain(vm: &Vm, exception: &Ref<BaseException>, text: &mut String, seen: &mut Vec<u64>) -> PyResult<()> {
    vm.check_native_stack()?;
    seen.push(exception.as_obj().id());
    let (before, reason) = match exception.cause.get() {
        Some(cause) => (Some(cause), "The above exception was the direct cause of the following exception:"),
        None if !exception.suppress_context.get() => {
            (exception.context.get(), "During handling of the above exception, another exception occurred:")
        }
        None => (None, ""),
    };
    if let Some(before) = before.as_ref().and_then(|before| before.downcast::<BaseException>())
        && !seen.contains(&before.as_obj().id())
    {
        chain(vm, before, text, seen)?;
        text.push_str(&format!("\n{reason}\n\n"));
    }
    text.push_str(&traceback_text(vm, exception)?);
    if group::is_group(exception.as_obj()) {
        for (index, inner) in group::exceptions(exception).iter().enumerate() {
            text.push_str(&format!("  +---------------- {} ----------------\n", index + 1));
            let mut part = String::new();
            if let Some(inner) = inner.downcast::<BaseException>() {
                chain(vm, inner, &mut part, seen)?;
            }
            for line in part.lines() {
                text.push_str(&format!("    | {line}\n"));
            }
        }
        text.push_str("    +------------------------------------\n");
    }
    Ok(())
}

/// The traceback of one exception, its type and its message.
pub(crate) fn traceback_text(vm: &Vm, exception: &Ref<BaseException>) -> PyResult<String> {
    let mut text = String::new();
    if let Some(traceback) = exception.traceback.get_as::<Traceback>() {
        text.push_str("Traceback (most recent call last):\n");
        entries(&traceback, &mut text);
    }
    if exception.as_obj().is_instance_of(&SYNTAX_ERROR) {
        syntax_place(vm, exception, &mut text);
    }
    text.push_str(&last_line(vm, exception));
    if let Ok(Some(notes)) = vm.find_attr(exception.as_obj(), &vm.names().__notes__) {
        vm.for_each(&notes, |note| {
            text.push_str(&vm.str_text(&note)?);
            text.push('\n');
            Ok(true)
        })?;
    }
    Ok(text)
}

fn entries(first: &Ref<Traceback>, text: &mut String) {
    let mut all = Vec::new();
    let mut cursor = Some(first.clone());
    while let Some(entry) = cursor {
        cursor = entry.next.get_as::<Traceback>();
        all.push(entry);
    }
    let skip = all.len().saturating_sub(LIMIT);
    let (mut last, mut repeated) = (String::new(), 0);
    let finish = |text: &mut String, repeated: usize| {
        if repeated > REPEATS {
            let more = repeated - REPEATS;
            let plural = if more == 1 { "" } else { "s" };
            text.push_str(&format!("  [Previous line repeated {more} more time{plural}]\n"));
        }
    };
    for entry in &all[skip..] {
        let Some(code) = entry.code() else { continue };
        let filename = code.filename().to_string_lossy().into_owned();
        let line = entry.line().unwrap_or(-1);
        let shown = format!("  File \"{filename}\", line {line}, in {}\n", code.name().to_string_lossy());
        if shown == last {
            repeated += 1;
        } else {
            finish(text, repeated);
            repeated = 1;
            last.clone_from(&shown);
        }
        if repeated <= REPEATS {
            text.push_str(&shown);
            if let Some(source) = source_line(&filename, line) {
                text.push_str(&format!("    {}\n", source.trim()));
            }
        }
    }
    finish(text, repeated);
}

/// A line of a source, wherever it is.
fn source_line(filename: &str, line: i32) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let bytes = Config::get()
        .stdlib
        .and_then(|library| library.contents(filename))
        .or_else(|| std::fs::read(filename).ok())?;
    String::from_utf8_lossy(&bytes).lines().nth(index).map(str::to_owned)
}

fn syntax_place(vm: &Vm, exception: &Ref<BaseException>, text: &mut String) {
    let field =
        |name: &str| exceptions::field(exception, exception.as_obj().ty(), name).and_then(ObjCell::get);
    let filename = match field("filename") {
        Some(name) if !vm.is_none(&name) => vm.str_text(&name).unwrap_or_default(),
        _ => "<string>".to_owned(),
    };
    let Some(line) = field("lineno").and_then(|line| line.as_i64()) else { return };
    text.push_str(&format!("  File \"{filename}\", line {line}\n"));
    let Some(source) = field("text").and_then(|text| vm.str_text(&text).ok()) else { return };
    let trimmed = source.trim_start();
    let cut = source.chars().count() - trimmed.chars().count();
    text.push_str(&format!("    {}\n", trimmed.trim_end()));
    let offset = field("offset").and_then(|offset| offset.as_i64()).and_then(|at| usize::try_from(at).ok());
    if let Some(start) = offset.and_then(|offset| offset.checked_sub(1 + cut)) {
        let end = field("end_offset").and_then(|end| end.as_i64()).and_then(|at| usize::try_from(at).ok());
        let width = end.and_then(|end| end.checked_sub(1 + cut + start)).unwrap_or(1).max(1);
        text.push_str(&format!("    {}{}\n", " ".repeat(start), "^".repeat(width)));
    }
}

fn last_line(vm: &Vm, exception: &Ref<BaseException>) -> String {
    let object = exception.as_obj();
    let name = qualified(vm, object.ty());
    let message = if object.is_instance_of(&SYNTAX_ERROR) {
        let message = exceptions::field(exception, object.ty(), "msg").and_then(ObjCell::get);
        vm.str_text(&vm.or_none(message))
    } else {
        vm.str_text(object)
    };
    match message {
        Ok(message) if message.is_empty() => format!("{name}\n"),
        Ok(message) => format!("{name}: {message}\n"),
        Err(_) => format!("{name}: <exception str() failed>\n"),
    }
}

/// The type's name as tracebacks show it: without the modules that everybody knows.
fn qualified(vm: &Vm, ty: &TypeObject) -> String {
    let name = ty.display_name(vm).unwrap_or_else(|_| ty.name());
    name.strip_prefix("__main__.").map_or(name.clone(), str::to_owned)
}

/// How an uncaught exception ends the program: the process's exit code. Shows what is to be shown.
/// CPython: `_Py_HandleSystemExitAndKeyboardInterrupt`, `PyErr_PrintEx`.
pub(crate) fn end_of_program(vm: &Vm, exception: &Ref<BaseException>) -> i32 {
    if exception.as_obj().is_instance_of(&crate::builtins::SYSTEM_EXIT) {
        let code = exceptions::field(exception, exception.as_obj().ty(), "code").and_then(ObjCell::get);
        let Some(code) = code.filter(|code| !vm.is_none(code)) else { return 0 };
        if let Some(int) = code.as_int() {
            let status = match int {
                IntView::Small(status) => status,
                IntView::Big(_) => -1,
            };
            return (status & 0xFF) as i32;
        }
        let text = vm.str_text(&code).unwrap_or_default();
        // Nobody is left to tell of a failure.
        let _ = write_stderr(vm, &format!("{text}\n"));
        return 1;
    }
    print(vm, exception)
}

/// Shows an exception that nobody caught, by `sys.excepthook`; returns what the process exits with if that ends it.
pub(crate) fn print(vm: &Vm, exception: &Ref<BaseException>) -> i32 {
    let sys = vm.interp().sys();
    let object = exception.as_obj();
    for (name, value) in [
        (&vm.names().last_exc, object.clone()),
        (&vm.names().last_type, object.ty().to_obj()),
        (&vm.names().last_value, object.clone()),
        (&vm.names().last_traceback, vm.or_none(exception.traceback.get())),
    ] {
        // A str key raises nothing.
        let _ = sys.set_str(vm, name, value);
    }
    let hook = sys.get_str(vm, &vm.names().excepthook).ok().flatten();
    let shown = match hook.filter(|hook| !vm.is_none(hook)) {
        Some(hook) => {
            let args = [object.ty().to_obj(), object.clone(), vm.or_none(exception.traceback.get())];
            match vm.call(&hook, &args) {
                Ok(_) => Ok(()),
                Err(error) if error.is(&crate::builtins::SYSTEM_EXIT) => {
                    return end_of_program(vm, error.exception());
                }
                Err(error) => write_stderr(vm, "Error in sys.excepthook:\n")
                    .and_then(|()| show(vm, error.exception()))
                    .and_then(|()| write_stderr(vm, "\nOriginal exception was:\n"))
                    .and_then(|()| show(vm, exception)),
            }
        }
        None => write_stderr(vm, "sys.excepthook is missing\n").and_then(|()| show(vm, exception)),
    };
    // Nobody is left to tell of a failure.
    let _ = shown;
    if exception.as_obj().is_instance_of(&crate::builtins::KEYBOARD_INTERRUPT) { 130 } else { 1 }
}
