//! `sys.stdin`, `sys.stdout` and `sys.stderr`, once `io` is there. CPython: Python/pylifecycle.c, `init_sys_streams`.

use crate::call::Args;
use crate::errors::PyResult;
use crate::import::find_builtin;
use crate::number::Int;
use crate::object::Obj;
use crate::text::Str;
use crate::vm::Vm;
use crate::vm::config::Config;

/// A standard stream, and how it is opened.
struct Standard {
    descriptor: i64,
    name: &'static str,
    writes: bool,
    errors: Option<&'static str>,
}

static STANDARD: [Standard; 3] = [
    Standard { descriptor: 0, name: "stdin", writes: false, errors: None },
    Standard { descriptor: 1, name: "stdout", writes: true, errors: None },
    Standard { descriptor: 2, name: "stderr", writes: true, errors: Some("backslashreplace") },
];

/// Makes the streams, and `open` a builtin. Without the module `_io` the first printers stay.
pub(crate) fn start(vm: &Vm) -> PyResult<()> {
    if find_builtin("_io").is_none() {
        return Ok(());
    }
    let io = vm.import_module("_io")?;
    let open = vm.getattr_named(&io, "open")?;
    vm.interp().builtins().set_str(vm, &vm.intern("open"), open.clone())?;
    let sys = vm.interp().sys();
    for standard in &STANDARD {
        let stream = make(vm, &io, &open, standard)?;
        sys.set_str(vm, &vm.intern(&format!("__{}__", standard.name)), stream.clone())?;
        sys.set_str(vm, &vm.intern(standard.name), stream)?;
    }
    Ok(())
}

fn make(vm: &Vm, io: &Obj, open: &Obj, standard: &Standard) -> PyResult {
    let config = Config::get();
    let text = |text: &str| Str::new(text).into_obj();
    let unbuffered = standard.writes && config.unbuffered;
    let opened = vm.call_with(
        open,
        Args::new(
            &[
                Int::new(standard.descriptor),
                text(if standard.writes { "wb" } else { "rb" }),
                Int::new(if unbuffered { 0 } else { -1 }),
                vm.bool(false),
            ],
            &[vm.intern("closefd").into_obj()],
        ),
    );
    let buffer = match opened {
        Ok(buffer) => buffer,
        // A program may run without: the descriptor is closed, or a directory.
        Err(error) if error.is(&crate::builtins::OS_ERROR) => return Ok(vm.none()),
        Err(error) => return Err(error),
    };
    let raw = match vm.find_attr(&buffer, &vm.intern("raw"))? {
        Some(raw) => raw,
        None => buffer.clone(),
    };
    vm.setattr(&raw, &vm.names().name, &text(&format!("<{}>", standard.name)))?;
    let terminal = vm.call_method_named(&raw, "isatty", &[])?;
    let terminal = vm.is_true(&terminal)?;
    let line_buffering =
        !unbuffered && (terminal || config.flags.interactive != 0 || standard.descriptor == 2);
    let class = vm.getattr_named(io, "TextIOWrapper")?;
    let stream = vm.call(
        &class,
        &[
            buffer,
            text(&config.stdio_encoding),
            text(standard.errors.unwrap_or(&config.stdio_errors)),
            text("\n"),
            vm.bool(line_buffering),
            vm.bool(unbuffered),
        ],
    )?;
    vm.setattr(&stream, &vm.names().mode, &text(if standard.writes { "w" } else { "r" }))?;
    Ok(stream)
}

/// Flushes the streams that the program wrote to, at its end; whether that went well.
pub(crate) fn finish(vm: &Vm, tell: bool) -> bool {
    let mut well = true;
    for (name, shown) in [(&vm.names().stdout, true), (&vm.names().stderr, false)] {
        let Ok(Some(stream)) = vm.interp().sys().get_str(vm, name) else { continue };
        let closed = || -> PyResult<bool> { vm.is_true(&vm.getattr_named(&stream, "closed")?) };
        if vm.is_none(&stream) || closed().unwrap_or(false) {
            continue;
        }
        if let Err(error) = vm.call_method(&stream, &vm.names().flush, &[]) {
            if shown && tell {
                vm.unraisable(&error, "Exception ignored while flushing sys.stdout", None);
            }
            well = false;
        }
    }
    well
}
