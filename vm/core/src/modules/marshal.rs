//! `marshal`, over `lasti_code::marshal`.

use lasti_code::Const;
use lasti_code::marshal;

use crate::bytes::Bytes;
use crate::code::Code;
use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

/// The object that marshalled bytes hold.
pub(crate) fn load(vm: &Vm, bytes: &[u8]) -> PyResult {
    let (value, _) = marshal::loads_prefix(bytes).map_err(|error| bad(vm, &error))?;
    Ok(match value {
        Const::Code(code) => Code::new(vm, &code).into_obj(),
        other => crate::code::constant(vm, &other),
    })
}

fn bad(vm: &Vm, error: &marshal::ReadError) -> crate::errors::Exc {
    use marshal::ReadErrorKind as Kind;
    match error.kind {
        Kind::Truncated => vm.eof_error("marshal data too short"),
        _ => vm.value_error(format!("bad marshal data ({error})")),
    }
}

fn loads(vm: &Vm, _: &Obj, data: &Obj) -> PyResult {
    if let Some(bytes) = data.downcast::<Bytes>() {
        return load(vm, bytes.as_slice());
    }
    let bytes = vm.call(&crate::builtins::BYTES.to_obj(), std::slice::from_ref(data))?;
    match bytes.downcast::<Bytes>() {
        Some(bytes) => load(vm, bytes.as_slice()),
        None => Err(vm.type_error(format!("a bytes-like object is required, not '{}'", data.ty().name()))),
    }
}

/// Reads one object from a file, which is behind it then.
fn load_from(vm: &Vm, _: &Obj, file: &Obj) -> PyResult {
    let data = vm.call_method_named(file, "read", &[])?;
    let Some(data) = data.downcast::<Bytes>() else {
        return Err(vm.type_error(format!("file.read() returned not bytes but {}", data.ty().name())));
    };
    let bytes = data.as_slice();
    let (_, taken) = marshal::loads_prefix(bytes).map_err(|error| bad(vm, &error))?;
    let object = load(vm, bytes)?;
    if taken < bytes.len() {
        let back = Int::new(taken as i64 - bytes.len() as i64);
        vm.call_method_named(file, "seek", &[back, Int::new(1)])?;
    }
    Ok(object)
}

fn dump_to(vm: &Vm, module: &Obj, args: &[Obj]) -> PyResult {
    let bytes = dumps(vm, module, std::slice::from_ref(&args[0]))?;
    vm.call_method_named(&args[1], "write", &[bytes])
}

/// The constant that an object is, if it is one.
fn to_const(vm: &Vm, object: &Obj) -> PyResult<Option<Const>> {
    vm.check_native_stack()?;
    if let Some(code) = object.downcast::<Code>() {
        if code.foreign {
            return Err(vm.value_error("unmarshallable object"));
        }
        return Ok(Some(Const::Code(code.data().clone())));
    }
    if vm.is_none(object) {
        return Ok(Some(Const::None));
    }
    if object.is_exact(&crate::builtins::BOOL) {
        return Ok(Some(Const::Bool(vm.is_true(object)?)));
    }
    if object.is_exact_int() {
        return Ok(object.as_int().map(|int| {
            Const::Int(match int {
                crate::number::IntView::Small(int) => lasti_code::Int::from(int),
                crate::number::IntView::Big(int) => lasti_code::Int::from(int.clone()),
            })
        }));
    }
    if object.is_exact(&crate::builtins::FLOAT) {
        return Ok(object.as_f64().map(Const::Float));
    }
    if let Some(text) = object.downcast_exact::<crate::text::Str>() {
        return Ok(text.as_str().map(|plain| Const::Str(lasti_code::Str::from(plain))));
    }
    if let Some(bytes) = object.downcast_exact::<Bytes>() {
        return Ok(Some(Const::Bytes(bytes.as_slice().into())));
    }
    let Some(tuple) = object.downcast_exact::<crate::sequence::Tuple>() else { return Ok(None) };
    let mut items = Vec::new();
    for item in tuple.items() {
        match to_const(vm, item)? {
            Some(item) => items.push(item),
            None => return Ok(None),
        }
    }
    Ok(Some(Const::Tuple(items.into())))
}

fn dumps(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let Some(constant) = to_const(vm, &args[0])? else { return Err(vm.value_error("unmarshallable object")) };
    match marshal::dumps(&constant) {
        Ok(bytes) => Ok(Bytes::new(&bytes).into_obj()),
        Err(error) => Err(vm.value_error(error.to_string())),
    }
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add(vm, "version", Int::new(marshal::VERSION.into()))
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "marshal",
    doc: "Reading of what CPython writes code objects with.",
    functions: &[
        NativeDef::new(
            "dump",
            "($module, value, file, version=version, /, *, allow_code=True)",
            "Write a constant or code object to a binary file.",
            NativeCall::Positional(2, 3, dump_to),
        ),
        NativeDef::new(
            "dumps",
            "($module, value, version=version, /, *, allow_code=True)",
            "The bytes that hold a constant or code object.",
            NativeCall::Positional(1, 2, dumps),
        ),
        NativeDef::new(
            "load",
            "($module, file, /, *, allow_code=True)",
            "Read one object from a binary file.",
            NativeCall::One(load_from),
        ),
        NativeDef::new(
            "loads",
            "($module, bytes, /, *, allow_code=True)",
            "The object that the bytes hold.",
            NativeCall::One(loads),
        ),
    ],
    fill,
};
