//! `traceback`: the type. CPython: Python/traceback.c.

use std::cell::Cell;

use crate::builtins::builtin_type;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, ObjCell, Ref};
use crate::sequence::List;
use crate::traceback::Traceback;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeObject};
use crate::vm::Vm;

builtin_type!(/** `traceback` */ TRACEBACK, "traceback", Traceback);

static SIGNATURE: Signature<4> =
    Signature::new("traceback", ["tb_next", "tb_frame", "tb_lasti", "tb_lineno"], 4);

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let [Some(next), Some(frame), Some(lasti), Some(lineno)] = args.bind(vm, &SIGNATURE)? else {
        return Err(vm.type_error("traceback() takes exactly 4 arguments"));
    };
    if frame.downcast::<crate::frame::FrameObject>().is_none() {
        let given = if vm.is_none(frame) { "None".to_owned() } else { frame.ty().name() };
        return Err(vm.type_error(format!("traceback() argument 'tb_frame' must be frame, not {given}")));
    }
    let int = |value: &Obj| -> PyResult<i32> {
        i32::try_from(vm.index_i64(value)?)
            .map_err(|_| vm.overflow_error("Python int too large to convert to C int"))
    };
    let (lasti, lineno) = (int(lasti)?, int(lineno)?);
    let next = if vm.is_none(next) {
        None
    } else if next.downcast::<Traceback>().is_some() {
        Some(next.clone())
    } else {
        return Err(vm.type_error(format!("expected traceback object or None, got '{}'", next.ty().name())));
    };
    let traceback = Traceback {
        next: ObjCell::new(next),
        frame: frame.clone(),
        lasti: Cell::new(lasti),
        lineno: Cell::new(lineno),
    };
    Ok(Ref::new(traceback).into_obj())
}

fn get_next(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(vm.receiver::<Traceback>(object)?.next.get()))
}

fn set_next(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let traceback = vm.receiver::<Traceback>(object)?;
    let Some(value) = value else { return Err(vm.type_error("can't delete tb_next attribute")) };
    if vm.is_none(value) {
        traceback.next.set(None);
        return Ok(());
    }
    if value.downcast::<Traceback>().is_none() {
        return Err(vm.type_error(format!("expected traceback object, got '{}'", value.ty().name())));
    }
    let mut cursor = Some(value.clone());
    while let Some(entry) = cursor {
        if entry.is(object) {
            return Err(vm.value_error("traceback loop detected"));
        }
        cursor = entry.downcast::<Traceback>().and_then(|entry| entry.next.get());
    }
    traceback.next.set(value.clone());
    Ok(())
}

fn get_frame(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<Traceback>(object)?.frame.clone())
}

fn get_lasti(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::new(vm.receiver::<Traceback>(object)?.lasti.get().into()))
}

fn get_lineno(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(vm.receiver::<Traceback>(object)?.line().map(|line| Int::new(line.into()))))
}

fn dir(vm: &Vm, _: &Obj) -> PyResult {
    let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
    Ok(List::new(names.into_iter().map(|name| vm.intern(name).into_obj()).collect()).into_obj())
}

static PROPERTIES: &[Property] = &[
    Property::new("tb_frame", "", get_frame).member(),
    Property::new("tb_lasti", "", get_lasti).member(),
    Property::new("tb_next", "", get_next).with_setter(set_next),
    Property::new("tb_lineno", "", get_lineno),
];

static METHODS: &[NativeDef] = &[NativeDef::new("__dir__", "($self, /)", "", NativeCall::NoArgs(dir))];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &TRACEBACK)
        .slots(|slots| slots.new.set(Some(new)))
        .properties(PROPERTIES)
        .methods(METHODS)
        .ready();
}
