//! `KeyWrapper`: what `cmp_to_key` returns, and what that makes of each object.

use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, ObjCell};
use lasti_vm::text::Str;
use lasti_vm::types::{CompareOp, Property, TypeBuilder, TypeFlags};
use lasti_vm::{PyResult, Ref, Vm};

use crate::iterator::iterator_type;

pub(crate) struct KeyWrapper {
    compare: ObjCell,
    /// Empty in what `cmp_to_key` returns.
    object: ObjCell,
}

iterator_type!(/** `functools.KeyWrapper` */ KEY_WRAPPER, "KeyWrapper", KeyWrapper, [compare, object]);

static CMP_TO_KEY: Signature<1> = Signature::new("cmp_to_key", ["mycmp"], 1);
static CALL: Signature<1> = Signature::new("K", ["obj"], 1);

static PROPERTIES: &[Property] = &[
    Property::new("obj", "Value wrapped by a key function.", get_object).with_setter(set_object).member(),
    Property::new("__text_signature__", "", |_, _| Ok(Str::new("(obj)").into_obj())),
];

pub(super) fn cmp_to_key(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [compare] = args.bind(vm, &CMP_TO_KEY)?;
    Ok(Ref::new(KeyWrapper { compare: ObjCell::new(compare.cloned()), object: ObjCell::empty() }).into_obj())
}

fn call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let wrapper = vm.receiver::<KeyWrapper>(object)?;
    let [wrapped] = args.bind(vm, &CALL)?;
    let payload =
        KeyWrapper { compare: ObjCell::new(wrapper.compare.get()), object: ObjCell::new(wrapped.cloned()) };
    Ok(Ref::new(payload).into_obj())
}

fn get_object(vm: &Vm, object: &Obj) -> PyResult {
    let wrapper = vm.receiver::<KeyWrapper>(object)?;
    wrapper.object.get().ok_or_else(|| vm.error(&lasti_vm::builtins::ATTRIBUTE_ERROR, "object"))
}

fn set_object(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.receiver::<KeyWrapper>(object)?.object.set(value.cloned());
    Ok(())
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<KeyWrapper>(), right.downcast::<KeyWrapper>()) else {
        return Err(vm.type_error("other argument must be K instance"));
    };
    let (Some(compare), Some(x), Some(y)) = (a.compare.get(), a.object.get(), b.object.get()) else {
        return Err(vm.error(&lasti_vm::builtins::ATTRIBUTE_ERROR, "object"));
    };
    let result = vm.call(&compare, &[x, y])?;
    vm.compare(&result, &Int::new(0), op)
}

pub(super) fn fill(vm: &Vm) {
    if !KEY_WRAPPER.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &KEY_WRAPPER)
            .module("functools")
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .slots(|slots| {
                slots.call.set(Some(call));
                slots.richcompare.set(Some(richcompare));
            })
            .properties(PROPERTIES)
            .ready();
    }
}
