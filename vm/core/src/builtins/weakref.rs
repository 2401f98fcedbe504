//! Weak references and proxies. CPython: Objects/weakrefobject.c.

use super::{REFERENCE_ERROR, WEAKREF, builtin_type};
use crate::call::{Args, check_count};
use crate::errors::PyResult;
use crate::object::Obj;
use crate::object::weak::{WeakRef, find_plain};
use crate::ops::BinaryOp;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

builtin_type!(/** `weakref.ProxyType` */ PROXY, "ProxyType", WeakRef, on WEAKREF);
builtin_type!(/** `weakref.CallableProxyType` */ CALLABLE_PROXY, "CallableProxyType", WeakRef, on WEAKREF);

/// A weak reference or proxy of type `ty`; one without callback is shared.
fn make(vm: &Vm, ty: &TypeObject, target: &Obj, callback: Option<&Obj>) -> PyResult {
    let callback = callback.filter(|callback| !vm.is_none(callback)).cloned();
    if callback.is_none()
        && !ty.is_heap()
        && let Some(known) = find_plain(target, ty)
    {
        return Ok(known.into_obj());
    }
    match WeakRef::new(ty, target, callback) {
        Some(reference) => Ok(reference.into_obj()),
        None => {
            Err(vm.type_error(format!("cannot create weak reference to '{}' object", target.ty().name())))
        }
    }
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let given = args.positional();
    check_count(vm, "__new__", given.len(), 1, 2)?;
    if ty.is(&WEAKREF) && !args.names().is_empty() {
        return Err(vm.type_error("ref() takes no keyword arguments"));
    }
    make(vm, ty, &given[0], given.get(1))
}

fn init(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult<()> {
    check_count(vm, "__init__", args.positional().len(), 1, 2)
}

fn call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    args.exactly(vm, "weakref", 0, 0)?;
    Ok(vm.or_none(vm.receiver::<WeakRef>(object)?.get()))
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let reference = vm.receiver::<WeakRef>(object)?;
    if let Some(hash) = reference.hash.get() {
        return Ok(hash);
    }
    let Some(target) = reference.get() else { return Err(vm.type_error("weak object has gone away")) };
    let hash = vm.hash(&target)?;
    reference.hash.set(Some(hash));
    Ok(hash)
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let Some(target) = vm.receiver::<WeakRef>(object)?.get() else {
        return Ok(Str::new(&format!("<weakref at {:#x}; dead>", object.id())).into_obj());
    };
    let name = vm.find_special(&target, &vm.names().__name__)?;
    let name =
        name.and_then(|name| name.downcast::<Str>().map(|name| format!(" ({})", name.to_string_lossy())));
    let text = format!(
        "<weakref at {:#x}; to '{}' at {:#x}{}>",
        object.id(),
        target.ty().fully_qualified_name(vm)?,
        target.id(),
        name.unwrap_or_default()
    );
    Ok(Str::new(&text).into_obj())
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<WeakRef>(), right.downcast::<WeakRef>()) else {
        return Ok(vm.not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne)
        || !left.is_instance_of(&WEAKREF)
        || !right.is_instance_of(&WEAKREF)
    {
        return Ok(vm.not_implemented());
    }
    match (a.get(), b.get()) {
        (Some(a), Some(b)) => vm.compare(&a, &b, op),
        _ => Ok(vm.bool(left.is(right) == (op == CompareOp::Eq))),
    }
}

fn callback(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(vm.receiver::<WeakRef>(object)?.callback()))
}

fn class_getitem(vm: &Vm, class: &Obj, item: &Obj) -> PyResult {
    Ok(super::generic_alias::make(vm, class.clone(), item))
}

/// `weakref.proxy(object, callback)`
pub(crate) fn proxy(vm: &Vm, target: &Obj, callback: Option<&Obj>) -> PyResult {
    let ty = if vm.is_callable(target) { &CALLABLE_PROXY } else { &PROXY };
    make(vm, ty, target, callback)
}

/// What a proxy stands for; any other object is itself.
fn target(vm: &Vm, object: &Obj) -> PyResult {
    if !object.is_exact(&PROXY) && !object.is_exact(&CALLABLE_PROXY) {
        return Ok(object.clone());
    }
    match vm.receiver::<WeakRef>(object)?.get() {
        Some(target) => Ok(target),
        None => Err(vm.error(&REFERENCE_ERROR, "weakly-referenced object no longer exists")),
    }
}

macro_rules! unary {
    ($($slot:ident $operation:ident;)*) => {
        $(fn $slot(vm: &Vm, object: &Obj) -> PyResult {
            let target = target(vm, object)?;
            vm.$operation(&target)
        })*
    };
}

unary! {
    negative negative;
    positive positive;
    absolute absolute;
    invert invert;
    index index;
    iter iter;
}

macro_rules! binary {
    ($($slot:ident $inplace:ident $operation:ident;)*) => {
        $(
            fn $slot(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
                let (left, right) = (target(vm, left)?, target(vm, right)?);
                vm.binary(BinaryOp::$operation, &left, &right)
            }

            fn $inplace(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
                let (left, right) = (target(vm, left)?, target(vm, right)?);
                vm.binary_inplace(BinaryOp::$operation, &left, &right)
            }
        )*

        fn fill_binary(slots: &crate::types::Slots) {
            use BinaryOp as Op;
            for op in BinaryOp::ALL {
                let (plain, inplace, functions): (_, _, (crate::types::BinaryFn, crate::types::BinaryFn)) = match op {
                    $(Op::$operation => (op.slot(slots), op.inplace_slot(slots), ($slot, $inplace)),)*
                    Op::Power => continue,
                };
                plain.set(Some(functions.0));
                inplace.set(Some(functions.1));
            }
        }
    };
}

binary! {
    add iadd Add;
    and iand And;
    floor_divide ifloor_divide FloorDivide;
    lshift ilshift Lshift;
    matrix_multiply imatrix_multiply MatrixMultiply;
    multiply imultiply Multiply;
    remainder iremainder Remainder;
    or ior Or;
    rshift irshift Rshift;
    subtract isubtract Subtract;
    true_divide itrue_divide TrueDivide;
    xor ixor Xor;
}

fn power(vm: &Vm, base: &Obj, exponent: &Obj, modulus: &Obj) -> PyResult {
    vm.power(&target(vm, base)?, &target(vm, exponent)?, &target(vm, modulus)?)
}

fn proxy_repr(vm: &Vm, object: &Obj) -> PyResult {
    let text = match vm.receiver::<WeakRef>(object)?.get() {
        None => format!("<weakproxy at {:#x}; dead>", object.id()),
        Some(target) => {
            let name = target.ty().fully_qualified_name(vm)?;
            format!("<weakproxy at {:#x}; to '{name}' at {:#x}>", object.id(), target.id())
        }
    };
    Ok(Str::new(&text).into_obj())
}

fn proxy_str(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.str(&target(vm, object)?)?.into_obj())
}

fn proxy_hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    crate::ops::unhashable(vm, object)
}

fn proxy_compare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    vm.compare(&target(vm, left)?, &target(vm, right)?, op)
}

fn proxy_call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    vm.call_with(&target(vm, object)?, args)
}

fn reversed(vm: &Vm, object: &Obj) -> PyResult {
    let target = target(vm, object)?;
    vm.call_method(&target, &vm.names().__reversed__, &[])
}

fn bytes(vm: &Vm, object: &Obj) -> PyResult {
    let target = target(vm, object)?;
    vm.call_method(&target, &vm.names().__bytes__, &[])
}

static PROXY_METHODS: &[NativeDef] = &[
    NativeDef::new("__bytes__", "($self, /)", "", NativeCall::NoArgs(bytes)),
    NativeDef::new("__reversed__", "($self, /)", "", NativeCall::NoArgs(reversed)),
];

static METHODS: &[NativeDef] = &[NativeDef::new(
    "__class_getitem__",
    "($type, object, /)",
    "Weak references are generic over the type that they refer to",
    NativeCall::One(class_getitem),
)
.class_method()];

static PROPERTIES: &[Property] = &[Property::new("__callback__", "", callback).member()];

fn init_proxy(vm: &Vm, ty: &'static TypeObject) {
    TypeBuilder::new(vm, ty)
        .module("weakref")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.repr.set(Some(proxy_repr));
            slots.str.set(Some(proxy_str));
            slots.hash.set(Some(proxy_hash));
            slots.richcompare.set(Some(proxy_compare));
            slots.getattro.set(Some(|vm, object, name| vm.getattr(&target(vm, object)?, name)));
            slots.setattro.set(Some(|vm, object, name, value| {
                let target = target(vm, object)?;
                match value {
                    Some(value) => vm.setattr(&target, name, value),
                    None => vm.delattr(&target, name),
                }
            }));
            slots.iter.set(Some(iter));
            slots.iternext.set(Some(|vm, object| {
                let target = target(vm, object)?;
                match target.ty().slots.iternext.get() {
                    Some(next) => next(vm, &target),
                    None => Err(vm.type_error(format!(
                        "Weakref proxy referenced a non-iterator '{}' object",
                        target.ty().name()
                    ))),
                }
            }));
            slots.nb_bool.set(Some(|vm, object| vm.is_true(&target(vm, object)?)));
            slots.length.set(Some(|vm, object| vm.len(&target(vm, object)?)));
            slots.contains.set(Some(|vm, object, item| vm.contains(&target(vm, object)?, item)));
            slots.getitem.set(Some(|vm, object, key| vm.getitem(&target(vm, object)?, key)));
            slots.setitem.set(Some(|vm, object, key, value| {
                let target = target(vm, object)?;
                match value {
                    Some(value) => vm.setitem(&target, key, value),
                    None => vm.delitem(&target, key),
                }
            }));
            slots.nb_negative.set(Some(negative));
            slots.nb_positive.set(Some(positive));
            slots.nb_absolute.set(Some(absolute));
            slots.nb_invert.set(Some(invert));
            slots.nb_index.set(Some(index));
            slots.nb_int.set(Some(|vm, object| vm.call(&super::INT.to_obj(), &[target(vm, object)?])));
            slots.nb_float.set(Some(|vm, object| vm.call(&super::FLOAT.to_obj(), &[target(vm, object)?])));
            slots.nb_power.set(Some(power));
            fill_binary(slots);
            if ty.is(&CALLABLE_PROXY) {
                slots.call.set(Some(proxy_call));
            }
        })
        .methods(PROXY_METHODS)
        .ready();
}

pub(super) fn init_types(vm: &Vm) {
    TypeBuilder::new(vm, &WEAKREF)
        .module("weakref")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init));
            slots.call.set(Some(call));
            slots.hash.set(Some(hash));
            slots.repr.set(Some(repr));
            slots.richcompare.set(Some(richcompare));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
    init_proxy(vm, &PROXY);
    init_proxy(vm, &CALLABLE_PROXY);
}
