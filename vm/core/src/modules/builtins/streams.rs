//! `builtins`: print, input, breakpoint, open.

use rustpython_wtf8::Wtf8Buf;

use crate::call::{Args, Signature};
use crate::errors::{Exc, PyResult};
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

static PRINT: Signature<4> =
    Signature::new("print", ["sep", "end", "file", "flush"], 0).keyword_only(0).variadic();

/// What goes between or behind the values; none for the default.
fn separator(vm: &Vm, name: &str, given: Option<&Obj>) -> PyResult<Option<Obj>> {
    match given.filter(|given| !vm.is_none(given)) {
        None => Ok(None),
        Some(given) if given.downcast::<Str>().is_some() => Ok(Some(given.clone())),
        Some(given) => {
            Err(vm.type_error(format!("{name} must be None or a string, not {}", given.ty().name())))
        }
    }
}

fn print(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let values = args.positional();
    let named = Args::new(&args.all()[values.len()..], args.names());
    let [separator_given, end, file, flush] = named.bind(vm, &PRINT)?;
    let file = match file.filter(|file| !vm.is_none(file)) {
        Some(file) => file.clone(),
        None => match stream(vm, &vm.names().stdout)? {
            // A program may run without standard output.
            Some(file) if vm.is_none(&file) => return Ok(vm.none()),
            Some(file) => file,
            None => return Err(vm.runtime_error("lost sys.stdout")),
        },
    };
    let between = separator(vm, "sep", separator_given)?.unwrap_or_else(|| vm.intern(" ").into_obj());
    let end = separator(vm, "end", end)?.unwrap_or_else(|| vm.intern("\n").into_obj());
    let write = vm.getattr(&file, &vm.names().write)?;
    if !file.ty().is_heap() && values.iter().all(is_plain) {
        // Nobody can tell whether the text comes in one piece, unless a part of it can't be written.
        let mut text = Wtf8Buf::new();
        for (index, value) in values.iter().enumerate() {
            if index != 0
                && let Some(between) = between.downcast::<Str>()
            {
                text.push_wtf8(between.as_wtf8());
            }
            text.push_wtf8(vm.str(value)?.as_wtf8());
        }
        if let Some(end) = end.downcast::<Str>() {
            text.push_wtf8(end.as_wtf8());
        }
        match vm.call(&write, &[Str::from_wtf8(&text).into_obj()]) {
            Ok(_) => return flushed(vm, &file, flush),
            Err(error) if error.is(&crate::builtins::UNICODE_ENCODE_ERROR) => {}
            Err(error) => return Err(error),
        }
    }
    for (index, value) in values.iter().enumerate() {
        if index != 0 {
            vm.call(&write, std::slice::from_ref(&between))?;
        }
        let text = vm.str(value)?;
        vm.call(&write, &[text.into_obj()])?;
    }
    vm.call(&write, &[end])?;
    flushed(vm, &file, flush)
}

/// Whether the object's `str()` runs no Python code.
fn is_plain(object: &Obj) -> bool {
    object.is_exact(&crate::builtins::STR)
        || object.is_exact(&crate::builtins::INT)
        || object.is_exact(&crate::builtins::FLOAT)
        || object.is_exact(&crate::builtins::BOOL)
        || object.is_exact(&crate::builtins::NONE_TYPE)
}

/// Flushes, if that is asked for.
fn flushed(vm: &Vm, file: &Obj, flush: Option<&Obj>) -> PyResult {
    if let Some(flush) = flush
        && vm.is_true(flush)?
    {
        vm.call_method(file, &vm.names().flush, &[])?;
    }
    Ok(vm.none())
}

/// `sys.stdin` and the like.
fn stream(vm: &Vm, name: &Ref<Str>) -> PyResult<Option<Obj>> {
    vm.interp().sys().get_str(vm, name)
}

fn lost(vm: &Vm, name: &str) -> Exc {
    vm.runtime_error(format!("lost sys.{name}"))
}

fn input(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let names = vm.names();
    let get = |name: &Ref<Str>, shown: &str| match stream(vm, name)? {
        Some(file) if !vm.is_none(&file) => Ok(file),
        _ => Err(lost(vm, shown)),
    };
    let stdin = get(&names.stdin, "stdin")?;
    let stdout = get(&names.stdout, "stdout")?;
    let stderr = get(&names.stderr, "stderr")?;
    // What was written to it comes before the prompt; whether that fails does not matter.
    let _ = vm.call_method(&stderr, &names.flush, &[]);
    if let Some(read) = vm.line_reader()
        && is_descriptor(vm, &stdin, 0)
        && is_descriptor(vm, &stdout, 1)
    {
        let _ = vm.call_method(&stdout, &names.flush, &[]);
        let prompt = args.first().map(|prompt| vm.str_text(prompt)).transpose()?.unwrap_or_default();
        return match read(vm, &prompt)? {
            Some(line) => Ok(Str::new(&line).into_obj()),
            None => Err(vm.eof_error("")),
        };
    }
    if let Some(prompt) = args.first() {
        let text = vm.str(prompt)?;
        vm.call_method(&stdout, &names.write, &[text.into_obj()])?;
    }
    let _ = vm.call_method(&stdout, &names.flush, &[]);
    let line = vm.call_method(&stdin, &names.readline, &[])?;
    let Some(text) = line.downcast::<Str>() else {
        return Err(vm.type_error("object.readline() returned non-string"));
    };
    if text.is_empty() {
        return Err(vm.eof_error("EOF when reading a line"));
    }
    match text.as_bytes().last() {
        Some(b'\n') => Ok(text.substring(0, text.char_len() - 1).into_obj()),
        _ => Ok(line.clone()),
    }
}

/// Whether a stream is that of a descriptor.
fn is_descriptor(vm: &Vm, file: &Obj, descriptor: i64) -> bool {
    vm.call_method_named(file, "fileno", &[]).is_ok_and(|number| number.as_i64() == Some(descriptor))
}

fn breakpoint(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match stream(vm, &vm.intern("breakpointhook"))? {
        Some(hook) => vm.call_with(&hook, args),
        None => Err(lost(vm, "breakpointhook")),
    }
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "breakpoint",
        "($module, /, *args, **kws)",
        "Call sys.breakpointhook(*args, **kws), which enters a debugger.",
        NativeCall::Full(breakpoint),
    ),
    NativeDef::new(
        "input",
        "($module, prompt='', /)",
        "A line of standard input, without its newline; the prompt is written before.",
        NativeCall::Positional(0, 1, input),
    ),
    NativeDef::new(
        "print",
        "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)",
        "Write the values, sep between them and end behind, to file or sys.stdout.",
        NativeCall::Full(print),
    ),
];
