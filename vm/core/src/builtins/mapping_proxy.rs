//! `mappingproxy`: a mapping that can only be read. CPython: Objects/descrobject.c, `mappingproxyobject`.

use super::{LIST, TUPLE, builtin_type};
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::ops::BinaryOp;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// A read-only view of a mapping.
pub struct MappingProxy {
    /// What is viewed.
    pub mapping: Obj,
}

impl Payload for MappingProxy {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &MAPPING_PROXY
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.mapping);
    }
}

builtin_type!(/** `mappingproxy` */ MAPPING_PROXY, "mappingproxy", MappingProxy);

/// A proxy for `mapping`.
pub fn make(mapping: Obj) -> Obj {
    Ref::new(MappingProxy { mapping }).into_obj()
}

fn mapping<'a>(vm: &Vm, proxy: &'a Obj) -> PyResult<&'a Obj> {
    Ok(&vm.receiver::<MappingProxy>(proxy)?.mapping)
}

/// The mapping of a proxy; other objects as they are.
fn unwrap(object: &Obj) -> &Obj {
    match object.downcast::<MappingProxy>() {
        Some(proxy) => &proxy.mapping,
        None => object,
    }
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<1> = Signature::new("mappingproxy", ["mapping"], 1);
    let [Some(mapping)] = args.bind(vm, &SIGNATURE)? else { return Ok(vm.none()) };
    let is_mapping = mapping.ty().slots.getitem.get().is_some();
    if !is_mapping || mapping.is_instance_of(&LIST) || mapping.is_instance_of(&TUPLE) {
        return Err(vm.type_error(format!(
            "mappingproxy() argument must be a mapping, not {}",
            mapping.ty().tp_name()
        )));
    }
    Ok(Ref::new_in(ty, MappingProxy { mapping: mapping.clone() }).into_obj())
}

fn repr(vm: &Vm, proxy: &Obj) -> PyResult {
    let inner = vm.repr(mapping(vm, proxy)?)?;
    Ok(Str::new("mappingproxy(").concat(&inner).concat(&Str::new(")")).into_obj())
}

fn str(vm: &Vm, proxy: &Obj) -> PyResult {
    Ok(vm.str(mapping(vm, proxy)?)?.into_obj())
}

fn hash(vm: &Vm, proxy: &Obj) -> PyResult<i64> {
    vm.hash(mapping(vm, proxy)?)
}

fn length(vm: &Vm, proxy: &Obj) -> PyResult<usize> {
    vm.len(mapping(vm, proxy)?)
}

fn getitem(vm: &Vm, proxy: &Obj, key: &Obj) -> PyResult {
    vm.getitem(mapping(vm, proxy)?, key)
}

fn contains(vm: &Vm, proxy: &Obj, key: &Obj) -> PyResult<bool> {
    vm.contains(mapping(vm, proxy)?, key)
}

fn iter(vm: &Vm, proxy: &Obj) -> PyResult {
    vm.iter(mapping(vm, proxy)?)
}

fn richcompare(vm: &Vm, proxy: &Obj, other: &Obj, op: CompareOp) -> PyResult {
    vm.compare(mapping(vm, proxy)?, other, op)
}

fn or(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    vm.binary(BinaryOp::Or, unwrap(left), unwrap(right))
}

fn inplace_or(vm: &Vm, proxy: &Obj, _: &Obj) -> PyResult {
    Err(vm.type_error(format!("'|=' is not supported by {}; use '|' instead", proxy.ty().tp_name())))
}

fn call_named(vm: &Vm, proxy: &Obj, name: &str) -> PyResult {
    vm.call_method_named(mapping(vm, proxy)?, name, &[])
}

fn get(vm: &Vm, proxy: &Obj, args: &[Obj]) -> PyResult {
    let none = [args[0].clone(), vm.none()];
    vm.call_method(mapping(vm, proxy)?, &vm.names().get, if args.len() == 2 { args } else { &none })
}

fn keys(vm: &Vm, proxy: &Obj) -> PyResult {
    call_named(vm, proxy, "keys")
}

fn values(vm: &Vm, proxy: &Obj) -> PyResult {
    call_named(vm, proxy, "values")
}

fn items(vm: &Vm, proxy: &Obj) -> PyResult {
    call_named(vm, proxy, "items")
}

fn copy(vm: &Vm, proxy: &Obj) -> PyResult {
    call_named(vm, proxy, "copy")
}

fn reversed(vm: &Vm, proxy: &Obj) -> PyResult {
    call_named(vm, proxy, "__reversed__")
}

fn class_getitem(vm: &Vm, class: &Obj, item: &Obj) -> PyResult {
    Ok(super::generic_alias::make(vm, class.clone(), item))
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "get",
        "($self, key, default=None, /)",
        "Return the value for key if key is in the mapping, else default.",
        NativeCall::Positional(1, 2, get),
    ),
    NativeDef::new(
        "keys",
        "($self, /)",
        "D.keys() -> a set-like object providing a view on D's keys",
        NativeCall::NoArgs(keys),
    ),
    NativeDef::new(
        "values",
        "($self, /)",
        "D.values() -> an object providing a view on D's values",
        NativeCall::NoArgs(values),
    ),
    NativeDef::new(
        "items",
        "($self, /)",
        "D.items() -> a set-like object providing a view on D's items",
        NativeCall::NoArgs(items),
    ),
    NativeDef::new("copy", "($self, /)", "D.copy() -> a shallow copy of D", NativeCall::NoArgs(copy)),
    NativeDef::new("__class_getitem__", "($type, object, /)", "See PEP 585", NativeCall::One(class_getitem))
        .class_method(),
    NativeDef::new(
        "__reversed__",
        "($self, /)",
        "D.__reversed__() -> reverse iterator",
        NativeCall::NoArgs(reversed),
    ),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &MAPPING_PROXY)
        .doc("mappingproxy(mapping)\n--\n\nRead-only proxy of a mapping.")
        .flags(TypeFlags::MAPPING)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.str.set(Some(str));
            slots.hash.set(Some(hash));
            slots.length.set(Some(length));
            slots.getitem.set(Some(getitem));
            slots.contains.set(Some(contains));
            slots.iter.set(Some(iter));
            slots.richcompare.set(Some(richcompare));
            slots.nb_or.set(Some(or));
            slots.nb_inplace_or.set(Some(inplace_or));
        })
        .methods(METHODS)
        .ready();
}
