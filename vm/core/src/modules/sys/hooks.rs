//! `sys`: what programs may replace: displayhook, excepthook, unraisablehook, breakpointhook; audit hooks.

use crate::builtins::exceptions;
use crate::call::Args;
use crate::errors::{BaseException, PyResult};
use crate::modules::excepthook;
use crate::object::Obj;
use crate::structseq::StructSeq;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

static UNRAISABLE_ARGS: StructSeq = StructSeq {
    module: "sys",
    name: "UnraisableHookArgs",
    doc: "What sys.unraisablehook is called with.",
    fields: &[
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("err_msg", "Error message"),
        ("object", "Object causing the exception"),
    ],
    visible: 5,
    callable: true,
};

/// What `sys.unraisablehook` is called with.
pub(crate) fn unraisable_args(vm: &Vm, values: Vec<Obj>) -> PyResult {
    UNRAISABLE_ARGS.make(vm, values)
}

/// Writes to `sys.stderr`, or to the process's where there is none.
pub(crate) fn write_stderr(vm: &Vm, text: &str) -> PyResult<()> {
    match vm.interp().sys().get_str(vm, &vm.names().stderr)? {
        Some(stderr) if !vm.is_none(&stderr) => {
            vm.call_method(&stderr, &vm.names().write, &[Str::new(text).into_obj()])?;
            vm.call_method(&stderr, &vm.names().flush, &[])?;
        }
        _ => {
            use std::io::Write;
            // Nobody is left to tell of a failure.
            let _ = std::io::stderr().write_all(text.as_bytes());
        }
    }
    Ok(())
}

fn display(vm: &Vm, _: &Obj, value: &Obj) -> PyResult {
    if vm.is_none(value) {
        return Ok(vm.none());
    }
    let last = vm.intern("_");
    let builtins = vm.interp().builtins();
    builtins.set_str(vm, &last, vm.none())?;
    let names = vm.names();
    let stdout = match vm.interp().sys().get_str(vm, &names.stdout)? {
        Some(stdout) if !vm.is_none(&stdout) => stdout,
        _ => return Err(vm.runtime_error("lost sys.stdout")),
    };
    let text = vm.repr(value)?;
    if let Err(error) = vm.call_method(&stdout, &names.write, &[text.as_obj().clone()]) {
        if !error.is(&crate::builtins::UNICODE_ENCODE_ERROR) {
            return Err(error);
        }
        let escaped = Str::new(&lasti_text::repr::ascii_of_repr(text.as_wtf8()));
        vm.call_method(&stdout, &names.write, &[escaped.into_obj()])?;
    }
    vm.call_method(&stdout, &names.write, &[vm.intern("\n").into_obj()])?;
    builtins.set_str(vm, &last, value.clone())?;
    Ok(vm.none())
}

fn except(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let exception = &args[1];
    let Some(exception) = exception.downcast::<BaseException>() else {
        let text = format!(
            "TypeError: print_exception(): Exception expected for value, {} found\n",
            exception.ty().name()
        );
        write_stderr(vm, &text)?;
        return Ok(vm.none());
    };
    if !vm.is_none(&args[2]) && exception.traceback.is_empty() {
        exception.traceback.set(args[2].clone());
    }
    excepthook::show(vm, exception)?;
    Ok(vm.none())
}

fn unraisable(vm: &Vm, _: &Obj, args: &Obj) -> PyResult {
    let field = |name: &str| vm.getattr_named(args, name);
    let value = field("exc_value")?;
    let Some(exception) = value.downcast::<BaseException>() else { return Ok(vm.none()) };
    let message = field("err_msg")?;
    let message = if vm.is_none(&message) { None } else { Some(vm.str_text(&message)?) };
    let object = field("object")?;
    let object = Some(&object).filter(|object| !vm.is_none(object));
    exceptions::show_unraisable(vm, exception, message.as_deref(), object)?;
    Ok(vm.none())
}

/// A variable as the program sees it: what it sets in `os.environ` is not in the process's own environment.
pub(crate) fn environment_variable(vm: &Vm, name: &str) -> PyResult<Option<String>> {
    let Some(os) = vm.interp().modules().get_str(vm, &vm.intern("os"))? else {
        return Ok(std::env::var(name).ok());
    };
    let environ = vm.getattr_named(&os, "environ")?;
    let value = vm.call_method_named(&environ, "get", &[vm.intern(name).into_obj()])?;
    Ok(value.downcast::<Str>().map(|value| value.to_string_lossy().into_owned()))
}

/// What `PYTHONBREAKPOINT` names, or the debugger of the library.
fn breakpoint(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let named = environment_variable(vm, "PYTHONBREAKPOINT")?.unwrap_or_default();
    let named = if named.is_empty() { "pdb.set_trace" } else { named.as_str() };
    if named == "0" {
        return Ok(vm.none());
    }
    let (module, function) = named.rsplit_once('.').unwrap_or(("builtins", named));
    let found = vm.import_module(module).and_then(|module| vm.getattr_named(&module, function));
    match found {
        Ok(hook) => vm.call_with(&hook, args),
        Err(error)
            if error.is(&crate::builtins::IMPORT_ERROR) || error.is(&crate::builtins::ATTRIBUTE_ERROR) =>
        {
            let text = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{named}\"");
            vm.warn(&crate::builtins::RUNTIME_WARNING, &text, 1)?;
            Ok(vm.none())
        }
        Err(error) => Err(error),
    }
}

/// Tells the audit hooks of an event.
pub(crate) fn audit_event(vm: &Vm, event: &str, args: &[Obj]) -> PyResult<()> {
    let Some(hooks) = vm.interp().sys().get_str(vm, &vm.intern(AUDIT_HOOKS))? else { return Ok(()) };
    let event = vm.intern(event).into_obj();
    let rest = crate::sequence::Tuple::from_slice(args).into_obj();
    vm.for_each(&hooks, |hook| vm.call(&hook, &[event.clone(), rest.clone()]).map(|_| true))
}

impl Vm {
    /// `sys.audit(event, *args)`
    pub fn audit(&self, event: &str, args: &[Obj]) -> PyResult<()> {
        audit_event(self, event, args)
    }
}

fn audit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let positional = args.positional();
    let Some(event) = positional.first() else {
        return Err(vm.type_error("audit expected at least 1 argument, got 0"));
    };
    if event.downcast::<Str>().is_none() {
        return Err(vm.type_error(format!("expected str for argument 'event', not {}", event.ty().name())));
    }
    let Some(hooks) = vm.interp().sys().get_str(vm, &vm.intern(AUDIT_HOOKS))? else { return Ok(vm.none()) };
    let rest = crate::sequence::Tuple::from_slice(&positional[1..]).into_obj();
    vm.for_each(&hooks, |hook| vm.call(&hook, &[event.clone(), rest.clone()]).map(|_| true))?;
    Ok(vm.none())
}

/// Where `sys` keeps the hooks: no attribute can have this name in a program.
const AUDIT_HOOKS: &str = "<audit hooks>";

fn add_audit_hook(vm: &Vm, _: &Obj, hook: &Obj) -> PyResult {
    let (sys, name) = (vm.interp().sys(), vm.intern(AUDIT_HOOKS));
    let hooks = match sys.get_str(vm, &name)? {
        Some(hooks) => hooks,
        None => {
            let hooks = crate::sequence::List::new(Vec::new()).into_obj();
            sys.set_str(vm, &name, hooks.clone())?;
            hooks
        }
    };
    if let Some(hooks) = hooks.downcast::<crate::sequence::List>() {
        hooks.items.push(hook.clone());
    }
    Ok(vm.none())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "_baserepl",
        "($module, /)",
        "Read and run statements until the input ends.",
        NativeCall::NoArgs(crate::interactive::base_repl),
    ),
    NativeDef::new(
        "addaudithook",
        "($module, /, hook)",
        "Add an audit hook.",
        NativeCall::One(add_audit_hook),
    ),
    NativeDef::new(
        "audit",
        "($module, event, /, *args)",
        "Tell the audit hooks of an event.",
        NativeCall::Full(audit),
    ),
    NativeDef::new(
        "breakpointhook",
        "",
        "breakpointhook(*args, **kws)\n\nWhat breakpoint() calls.",
        NativeCall::Full(breakpoint),
    ),
    NativeDef::new(
        "displayhook",
        "($module, object, /)",
        "Write an object to sys.stdout and keep it in builtins._",
        NativeCall::One(display),
    ),
    NativeDef::new(
        "excepthook",
        "($module, exctype, value, traceback, /)",
        "Write an exception to sys.stderr.",
        NativeCall::Positional(3, 3, except),
    ),
    NativeDef::new(
        "unraisablehook",
        "($module, unraisable, /)",
        "Write an exception that nobody can catch to sys.stderr.",
        NativeCall::One(unraisable),
    ),
];
