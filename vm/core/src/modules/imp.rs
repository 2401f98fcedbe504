//! `_imp`: what `importlib._bootstrap` needs of native code. CPython: Python/import.c.

use std::sync::atomic::{AtomicI32, Ordering};

use crate::code::Code;
use crate::errors::{Exc, PyResult};
use crate::import::{find_builtin, make_builtin};
use crate::module::{Module, NativeModule};
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;
use crate::vm::config::{Config, LibraryModule};

/// How often the import lock was taken: threads take turns anyway, and modules have locks of their own.
static LOCK_DEPTH: AtomicI32 = AtomicI32::new(0);

/// The number that `.pyc` files of this version begin with.
const MAGIC: i64 = 3627 | 0x0A0D << 16;

fn acquire_lock(vm: &Vm, _: &Obj) -> PyResult {
    LOCK_DEPTH.fetch_add(1, Ordering::Relaxed);
    Ok(vm.none())
}

fn release_lock(vm: &Vm, _: &Obj) -> PyResult {
    if LOCK_DEPTH.load(Ordering::Relaxed) <= 0 {
        return Err(vm.runtime_error("not holding the import lock"));
    }
    LOCK_DEPTH.fetch_sub(1, Ordering::Relaxed);
    Ok(vm.none())
}

fn lock_held(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.bool(LOCK_DEPTH.load(Ordering::Relaxed) > 0))
}

fn name_of<'a>(vm: &Vm, function: &str, name: &'a Obj) -> PyResult<std::borrow::Cow<'a, str>> {
    Ok(vm.str_argument(function, "", name)?.to_string_lossy())
}

fn is_builtin(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let name = name_of(vm, "is_builtin", name)?;
    Ok(Int::new(match &*name {
        // These exist from the start, and are not made again.
        "builtins" | "sys" => -1,
        name => find_builtin(name).is_some().into(),
    }))
}

fn create_builtin(vm: &Vm, _: &Obj, spec: &Obj) -> PyResult {
    let name = vm.getattr(spec, &vm.names().name)?;
    let text = name_of(vm, "create_builtin", &name)?;
    if matches!(&*text, "builtins" | "sys")
        && let Some(module) = vm.interp().modules().get(vm, &name)?
    {
        return Ok(module);
    }
    match find_builtin(&text) {
        Some(module) => make_builtin(vm, module),
        None => Ok(vm.none()),
    }
}

fn exec_builtin(_: &Vm, _: &Obj, _: &Obj) -> PyResult {
    // Modules are complete when they are made.
    Ok(Int::new(0))
}

fn frozen(vm: &Vm, name: &Obj) -> PyResult<Option<LibraryModule>> {
    let name = name_of(vm, "frozen", name)?;
    Ok(Config::get().stdlib.and_then(|library| library.frozen(&name)))
}

fn is_frozen(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    Ok(vm.bool(frozen(vm, name)?.is_some()))
}

fn find_frozen(vm: &Vm, _: &Obj, args: crate::call::Args<'_>) -> PyResult {
    let [name, ..] = args.positional() else {
        return Err(vm.type_error("find_frozen() takes exactly 1 positional argument (0 given)"));
    };
    let Some(module) = frozen(vm, name)? else { return Ok(vm.none()) };
    let origin = Str::new(module.origin).into_obj();
    Ok(Tuple::new(vec![vm.none(), vm.bool(module.is_package), origin]).into_obj())
}

fn no_frozen(vm: &Vm, name: &Obj) -> PyResult<Exc> {
    let message = format!("No such frozen object named {}", vm.str_text(name)?);
    let error = vm.error(&crate::builtins::IMPORT_ERROR, &message);
    crate::builtins::exceptions::set_field(error.exception(), "name", name);
    Ok(error)
}

fn get_frozen_object(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    if let Some(data) = args.get(1).filter(|data| !vm.is_none(data)) {
        let name = vm.repr_text(&args[0])?;
        let data = vm.bytes_like(data)?;
        return match super::marshal::load(vm, &data) {
            Ok(code) if code.downcast::<Code>().is_some() => Ok(code),
            Ok(_) => Err(vm.type_error(format!("frozen object {name} is not a code object"))),
            Err(_) => {
                let message = format!("Frozen object named {name} is invalid");
                let error = vm.error(&crate::builtins::IMPORT_ERROR, &message);
                crate::builtins::exceptions::set_field(error.exception(), "name", &args[0]);
                Err(error)
            }
        };
    }
    match frozen(vm, &args[0])? {
        Some(module) => super::marshal::load(vm, &(module.code)()),
        None => Err(no_frozen(vm, &args[0])?),
    }
}

fn is_frozen_package(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    match frozen(vm, name)? {
        Some(module) => Ok(vm.bool(module.is_package)),
        None => Err(no_frozen(vm, name)?),
    }
}

fn init_frozen(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    match frozen(vm, name)? {
        Some(module) => crate::import::run_frozen(vm, &module),
        None => Ok(vm.none()),
    }
}

fn frozen_module_names(_: &Vm, _: &Obj) -> PyResult {
    Ok(List::new(Vec::new()).into_obj())
}

fn extension_suffixes(_: &Vm, _: &Obj) -> PyResult {
    Ok(List::new(Vec::new()).into_obj())
}

fn nothing(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Ok(vm.none())
}

/// Sets `co_filename` of code that was read from a `.pyc` file that has moved.
fn fix_co_filename(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let code = vm.receiver::<Code>(&args[0])?;
    let path = vm.str_argument("_fix_co_filename", "2", &args[1])?;
    code.set_filename(path);
    Ok(vm.none())
}

/// SipHash-1-3 of the source, as hash-based `.pyc` files have it. CPython: `_Py_KeyedHash`.
fn source_hash(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let key = vm.index_i64(&args[0])?;
    let Some(source) = args[1].downcast::<crate::bytes::Bytes>() else {
        return Err(vm.bad_argument("source_hash", "2", "bytes", &args[1]));
    };
    let hash = siphasher::sip::SipHasher13::new_with_keys(key as u64, 0).hash(source.as_slice());
    Ok(crate::bytes::Bytes::new(&hash.to_le_bytes()).into_obj())
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add(vm, "check_hash_based_pycs", Str::new(Config::get().check_hash_based_pycs))?;
    module.add(vm, "pyc_magic_number_token", Int::new(MAGIC))
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_imp",
    doc: "What the import system needs of native code.",
    functions: &[
        NativeDef::new(
            "_fix_co_filename",
            "($module, code, path, /)",
            "",
            NativeCall::Positional(2, 2, fix_co_filename),
        ),
        NativeDef::new("_frozen_module_names", "($module, /)", "", NativeCall::NoArgs(frozen_module_names)),
        NativeDef::new(
            "_override_frozen_modules_for_tests",
            "($module, override, /)",
            "",
            NativeCall::One(nothing),
        ),
        NativeDef::new("acquire_lock", "($module, /)", "", NativeCall::NoArgs(acquire_lock)),
        NativeDef::new("create_builtin", "($module, spec, /)", "", NativeCall::One(create_builtin)),
        NativeDef::new("exec_builtin", "($module, mod, /)", "", NativeCall::One(exec_builtin)),
        NativeDef::new("extension_suffixes", "($module, /)", "", NativeCall::NoArgs(extension_suffixes)),
        NativeDef::new(
            "find_frozen",
            "($module, name, /, *, withdata=False)",
            "",
            NativeCall::Full(find_frozen),
        ),
        NativeDef::new(
            "get_frozen_object",
            "($module, name, data=None, /)",
            "",
            NativeCall::Positional(1, 2, get_frozen_object),
        ),
        NativeDef::new("init_frozen", "($module, name, /)", "", NativeCall::One(init_frozen)),
        NativeDef::new("is_builtin", "($module, name, /)", "", NativeCall::One(is_builtin)),
        NativeDef::new("is_frozen", "($module, name, /)", "", NativeCall::One(is_frozen)),
        NativeDef::new("is_frozen_package", "($module, name, /)", "", NativeCall::One(is_frozen_package)),
        NativeDef::new("lock_held", "($module, /)", "", NativeCall::NoArgs(lock_held)),
        NativeDef::new("release_lock", "($module, /)", "", NativeCall::NoArgs(release_lock)),
        NativeDef::new(
            "source_hash",
            "($module, /, key, source)",
            "",
            NativeCall::Positional(2, 2, source_hash),
        ),
    ],
    fill,
};
