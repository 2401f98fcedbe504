//! `sys`: limits, and what objects and threads are asked.

use crate::call::{Args, Signature};
use crate::errors::{BaseException, PyResult};
use crate::number::{Float, Int};
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeData, TypeFlags};
use crate::vm::Vm;

fn exc_info(vm: &Vm, _: &Obj) -> PyResult {
    let parts = match vm.handled_exception() {
        Some(exception) => {
            let traceback =
                exception.downcast::<BaseException>().and_then(|exception| exception.traceback.get());
            vec![exception.ty().to_obj(), exception, vm.or_none(traceback)]
        }
        None => vec![vm.none(), vm.none(), vm.none()],
    };
    Ok(Tuple::new(parts).into_obj())
}

fn exception(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.or_none(vm.handled_exception()))
}

fn exit(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let status = args.first().filter(|status| !vm.is_none(status)).cloned();
    Err(vm.error_with(&crate::builtins::SYSTEM_EXIT, status.into_iter().collect()))
}

fn intern(vm: &Vm, _: &Obj, text: &Obj) -> PyResult {
    match text.downcast_exact::<Str>() {
        Some(text) => Ok(vm.intern_str(text).into_obj()),
        None if text.downcast::<Str>().is_some() => {
            Err(vm.type_error(format!("can't intern {}", text.ty().name())))
        }
        None => Err(vm.type_error(format!("intern() argument must be str, not {}", text.ty().name()))),
    }
}

fn is_interned(vm: &Vm, _: &Obj, text: &Obj) -> PyResult {
    match text.downcast::<Str>() {
        Some(text) => Ok(vm.bool(text.is_interned())),
        None => Err(vm.type_error(format!("_is_interned() argument must be str, not {}", text.ty().name()))),
    }
}

fn getallocatedblocks(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_usize(crate::object::heap::blocks()))
}

fn getrefcount(_: &Vm, _: &Obj, object: &Obj) -> PyResult {
    Ok(Int::new(object.ref_count().into()))
}

static GETSIZEOF: Signature<2> = Signature::new("getsizeof", ["object", "default"], 1);

fn getsizeof(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(object), default] = args.bind(vm, &GETSIZEOF)? else {
        return Err(vm.type_error("getsizeof() missing required argument 'object' (pos 1)"));
    };
    let size = vm.call_special(object, &vm.names().__sizeof__, &[]);
    match (size, default) {
        (Ok(Some(size)), _) => match vm.index_i64(&size)? {
            size if size < 0 => Err(vm.value_error("__sizeof__() should return >= 0")),
            size => Ok(Int::new(size)),
        },
        (Err(error), Some(default)) if error.is(&crate::builtins::TYPE_ERROR) => Ok(default.clone()),
        (Err(error), _) => Err(error),
        (Ok(None), Some(default)) => Ok(default.clone()),
        (Ok(None), None) => {
            Err(vm.type_error(format!("Type {} doesn't define __sizeof__", object.ty().name())))
        }
    }
}

fn getrecursionlimit(vm: &Vm, _: &Obj) -> PyResult {
    Ok(Int::new(vm.recursion_limit.get().into()))
}

/// Which number of processors an option says; -1 for none.
fn cpu_count_config(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::new(crate::vm::config::Config::get().cpu_count.unwrap_or(-1)))
}

fn setrecursionlimit(vm: &Vm, _: &Obj, limit: &Obj) -> PyResult {
    let Ok(limit) = i32::try_from(vm.index_i64(limit)?) else {
        return Err(vm.overflow_error("Python int too large to convert to C int"));
    };
    if limit < 1 {
        return Err(vm.value_error("recursion limit must be greater or equal than 1"));
    }
    let depth = vm.recursion_limit.get() - vm.recursion_left.get();
    if depth >= limit {
        return Err(vm.recursion_error(format!(
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
        )));
    }
    vm.recursion_limit.set(limit);
    vm.recursion_left.set(limit - depth);
    Ok(vm.none())
}

/// A dictionary of what `of` says of each thread, by the threads' idents.
fn by_thread(vm: &Vm, of: impl Fn(Option<Obj>, Option<Obj>) -> Option<Obj>) -> PyResult {
    let dict = crate::dict::Dict::new();
    for (info, frame, handled) in vm.current_frames() {
        if let Some(value) = of(frame.map(crate::object::Ref::into_obj), handled) {
            dict.set(vm, &Int::from_u64(info.ident), value)?;
        }
    }
    Ok(dict.into_obj())
}

fn current_frames(vm: &Vm, _: &Obj) -> PyResult {
    by_thread(vm, |frame, _| frame)
}

fn current_exceptions(vm: &Vm, _: &Obj) -> PyResult {
    by_thread(vm, |frame, handled| frame.map(|_| vm.or_none(handled)))
}

fn is_finalizing(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.bool(vm.is_finalizing()))
}

fn getswitchinterval(_: &Vm, _: &Obj) -> PyResult {
    Ok(Float::new(crate::vm::lock::interval() as f64 / 1e6))
}

fn setswitchinterval(vm: &Vm, _: &Obj, interval: &Obj) -> PyResult {
    let seconds = match interval.as_f64() {
        Some(seconds) => seconds,
        None => match interval.as_i64() {
            Some(seconds) => seconds as f64,
            None => {
                return Err(vm.type_error(format!("must be real number, not {}", interval.ty().name())));
            }
        },
    };
    if seconds <= 0.0 || seconds.is_nan() {
        return Err(vm.value_error("switch interval must be strictly positive"));
    }
    crate::vm::lock::set_interval((seconds * 1e6) as u64);
    Ok(vm.none())
}

fn get_int_max_str_digits(vm: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_usize(vm.interp().int_digit_limit()))
}

static MAX_DIGITS: Signature<1> = Signature::new("set_int_max_str_digits", ["maxdigits"], 1);

fn set_int_max_str_digits(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(digits)] = args.bind(vm, &MAX_DIGITS)? else { return Ok(vm.none()) };
    let digits = vm.index_i64(digits)?;
    if digits < 0 || (digits != 0 && digits < 640) {
        return Err(vm.value_error("maxdigits must be 0 or larger than 640"));
    }
    vm.interp().set_int_digit_limit(usize::try_from(digits).unwrap_or(0));
    Ok(vm.none())
}

fn encoding(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.intern("utf-8").into_obj())
}

fn filesystem_errors(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.intern("surrogateescape").into_obj())
}

fn no(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.bool(false))
}

fn yes(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.bool(true))
}

fn frame_at(vm: &Vm, args: &[Obj]) -> PyResult<Option<Obj>> {
    let depth = args.first().map_or(Ok(0), |depth| vm.index_i64(depth))?;
    let frame = crate::eval::frame_at(vm, usize::try_from(depth).unwrap_or(0));
    Ok(frame.map(crate::object::Ref::into_obj))
}

fn getframe(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    frame_at(vm, args)?.ok_or_else(|| vm.value_error("call stack is not deep enough"))
}

static FRAME_MODULE_NAME: Signature<1> = Signature::new("_getframemodulename", ["depth"], 0);

fn getframemodulename(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [depth] = args.bind(vm, &FRAME_MODULE_NAME)?;
    let Some(frame) = frame_at(vm, depth.map(std::slice::from_ref).unwrap_or_default())? else {
        return Ok(vm.none());
    };
    module_of_frame(vm, &frame)
}

/// The name of the module whose code a frame runs, or None.
pub(crate) fn module_of_frame(vm: &Vm, frame: &Obj) -> PyResult {
    let globals = vm.getattr_named(frame, "f_globals")?;
    match globals.downcast::<crate::dict::Dict>() {
        Some(globals) => Ok(vm.or_none(globals.get_str(vm, &vm.names().__name__)?)),
        None => Ok(vm.none()),
    }
}

fn clear_caches(vm: &Vm, _: &Obj) -> PyResult {
    // Caches are checked by versions: what is stale is never used.
    Ok(vm.none())
}

/// `sys._jit`: there is none to be asked.
static JIT: &[NativeDef] = &[
    NativeDef::new(
        "is_active",
        "($module, /)",
        "Whether the caller runs as machine code.",
        NativeCall::NoArgs(no),
    ),
    NativeDef::new("is_available", "($module, /)", "Whether there is a compiler.", NativeCall::NoArgs(no)),
    NativeDef::new("is_enabled", "($module, /)", "Whether the compiler is used.", NativeCall::NoArgs(no)),
];

/// The module `sys._jit`.
pub(super) fn jit(vm: &Vm) -> PyResult {
    let module = crate::module::Module::new(vm, "sys._jit", None)?;
    crate::module::Module::add_functions(&module, vm, JIT)?;
    vm.interp().modules().set_str(vm, &vm.intern("sys._jit"), module.as_obj().clone())?;
    Ok(module.into_obj())
}

/// Takes `__dict__` and `__weakref__` out of a class's namespace: `dataclasses` does so with one that it replaced.
fn clear_type_descriptors(vm: &Vm, _: &Obj, class: &Obj) -> PyResult {
    let Some(ty) = class.downcast::<TypeData>() else {
        return Err(vm.type_error(format!(
            "_clear_type_descriptors() argument must be type, not {}",
            class.ty().name()
        )));
    };
    if ty.has(TypeFlags::IMMUTABLE) {
        return Err(vm.type_error("argument is immutable"));
    }
    if let Some(dict) = ty.dict() {
        for name in ["__dict__", "__weakref__"] {
            drop(dict.remove_str(vm, &vm.intern(name))?);
        }
    }
    ty.modified();
    Ok(vm.none())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "_clear_type_descriptors",
        "($module, type, /)",
        "Private function for clearing certain descriptors from a type's dictionary.\n\nSee gh-135228 for context.",
        NativeCall::One(clear_type_descriptors),
    ),
    NativeDef::new(
        "_clear_type_cache",
        "($module, /)",
        "Clear the caches of types.",
        NativeCall::NoArgs(clear_caches),
    ),
    NativeDef::new(
        "_clear_internal_caches",
        "($module, /)",
        "Clear the caches of the interpreter.",
        NativeCall::NoArgs(clear_caches),
    ),
    NativeDef::new(
        "_current_exceptions",
        "($module, /)",
        "Return a dict mapping each thread's identifier to its current raised exception.\n\nThis function should be used for specialized purposes only.",
        NativeCall::NoArgs(current_exceptions),
    ),
    NativeDef::new(
        "_current_frames",
        "($module, /)",
        "Return a dict mapping each thread's thread id to its current stack frame.\n\nThis function should be used for specialized purposes only.",
        NativeCall::NoArgs(current_frames),
    ),
    NativeDef::new(
        "_getframe",
        "($module, depth=0, /)",
        "The frame so many calls out from the running one.",
        NativeCall::Positional(0, 1, getframe),
    ),
    NativeDef::new(
        "_getframemodulename",
        "($module, /, depth=0)",
        "The name of the module of the frame so many calls out.",
        NativeCall::Full(getframemodulename),
    ),
    NativeDef::new("_is_gil_enabled", "($module, /)", "Whether threads take turns.", NativeCall::NoArgs(yes)),
    NativeDef::new(
        "_is_immortal",
        "($module, op, /)",
        "Whether the object is never counted.",
        NativeCall::One(|vm, _, object| Ok(vm.bool(crate::eval::is_immortal(object)))),
    ),
    NativeDef::new(
        "_is_interned",
        "($module, string, /)",
        "Whether the string is the one of its text.",
        NativeCall::One(is_interned),
    ),
    NativeDef::new(
        "exc_info",
        "($module, /)",
        "Type, value and traceback of the exception being handled.",
        NativeCall::NoArgs(exc_info),
    ),
    NativeDef::new(
        "exception",
        "($module, /)",
        "The exception being handled.",
        NativeCall::NoArgs(exception),
    ),
    NativeDef::new(
        "exit",
        "($module, status=None, /)",
        "Leave the program by raising SystemExit(status).",
        NativeCall::Positional(0, 1, exit),
    ),
    NativeDef::new(
        "get_int_max_str_digits",
        "($module, /)",
        "How long the text of an int may be.",
        NativeCall::NoArgs(get_int_max_str_digits),
    ),
    NativeDef::new("getdefaultencoding", "($module, /)", "'utf-8'", NativeCall::NoArgs(encoding)),
    NativeDef::new(
        "getfilesystemencodeerrors",
        "($module, /)",
        "The error handler that file names are encoded with.",
        NativeCall::NoArgs(filesystem_errors),
    ),
    NativeDef::new(
        "getfilesystemencoding",
        "($module, /)",
        "The encoding of file names.",
        NativeCall::NoArgs(encoding),
    ),
    NativeDef::new(
        "getallocatedblocks",
        "($module, /)",
        "How many blocks of memory objects take.",
        NativeCall::NoArgs(getallocatedblocks),
    ),
    NativeDef::new(
        "getrecursionlimit",
        "($module, /)",
        "How deep calls may nest.",
        NativeCall::NoArgs(getrecursionlimit),
    ),
    NativeDef::new(
        "getrefcount",
        "($module, object, /)",
        "How many references there are to the object.",
        NativeCall::One(getrefcount),
    ),
    NativeDef::new(
        "getsizeof",
        "",
        "getsizeof(object [, default]) -> int\n\nThe size of the object in bytes.",
        NativeCall::Full(getsizeof),
    ),
    NativeDef::new(
        "getswitchinterval",
        "($module, /)",
        "Seconds until another thread gets its turn.",
        NativeCall::NoArgs(getswitchinterval),
    ),
    NativeDef::new(
        "_get_cpu_count_config",
        "($module, /)",
        "Private function for getting PyConfig.cpu_count",
        NativeCall::NoArgs(cpu_count_config),
    ),
    NativeDef::new("intern", "($module, string, /)", "The one string of this text.", NativeCall::One(intern)),
    NativeDef::new(
        "is_finalizing",
        "($module, /)",
        "Whether the interpreter goes down.",
        NativeCall::NoArgs(is_finalizing),
    ),
    NativeDef::new(
        "is_stack_trampoline_active",
        "($module, /)",
        "Whether a profiler of the system sees Python's calls.",
        NativeCall::NoArgs(no),
    ),
    NativeDef::new(
        "is_remote_debug_enabled",
        "($module, /)",
        "Whether another process may run code in this one.",
        NativeCall::NoArgs(no),
    ),
    NativeDef::new(
        "set_int_max_str_digits",
        "($module, /, maxdigits)",
        "Set how long the text of an int may be.",
        NativeCall::Full(set_int_max_str_digits),
    ),
    NativeDef::new(
        "setrecursionlimit",
        "($module, limit, /)",
        "Set how deep calls may nest.",
        NativeCall::One(setrecursionlimit),
    ),
    NativeDef::new(
        "setswitchinterval",
        "($module, interval, /)",
        "Set the seconds until another thread gets its turn.",
        NativeCall::One(setswitchinterval),
    ),
];
