//! Calling a slot of a builtin type as a method, with CPython's checks (`wrap_*` in Objects/typeobject.c).

use super::super::data::TypeData;
use super::{Wrapper, generic, same};
use crate::builtins::memoryview::MemoryView;
use crate::call::Args;
use crate::descriptors::WrapperDescriptor;
use crate::errors::{Exc, PyResult};
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::SetAttrFn;
use crate::vm::Vm;

/// `PyBUF_WRITABLE`
const WRITABLE: i64 = 1;

#[cold]
fn wrong_count(vm: &Vm, wanted: &str, given: usize) -> Exc {
    vm.type_error(format!("expected {wanted}, got {given}"))
}

fn none(vm: &Vm, args: &[Obj]) -> PyResult<()> {
    if args.is_empty() { Ok(()) } else { Err(wrong_count(vm, "0 arguments", args.len())) }
}

fn one<'a>(vm: &Vm, args: &'a [Obj]) -> PyResult<&'a Obj> {
    match args {
        [argument] => Ok(argument),
        _ => Err(wrong_count(vm, "1 argument", args.len())),
    }
}

fn two<'a>(vm: &Vm, args: &'a [Obj]) -> PyResult<(&'a Obj, &'a Obj)> {
    match args {
        [first, second] => Ok((first, second)),
        _ => Err(wrong_count(vm, "2 arguments", args.len())),
    }
}

fn one_or_two<'a>(vm: &Vm, args: &'a [Obj]) -> PyResult<(&'a Obj, Option<&'a Obj>)> {
    match args {
        [first] => Ok((first, None)),
        [first, second] => Ok((first, Some(second))),
        _ => Err(wrong_count(vm, "1 or 2 arguments", args.len())),
    }
}

fn attribute_name<'a>(vm: &Vm, name: &'a Obj) -> PyResult<&'a Ref<Str>> {
    name.downcast::<Str>()
        .ok_or_else(|| vm.type_error(format!("attribute name must be string, not '{}'", name.ty().name())))
}

/// Keeps `object.__setattr__` from being used on an object whose type does more on setting: types above all.
fn check_setattr(vm: &Vm, receiver: &Obj, set: SetAttrFn, what: &str) -> PyResult<()> {
    let ty = receiver.ty();
    let own = ty.slots.setattro.get();
    let generic: SetAttrFn = generic::setattro;
    let classes: Vec<Ref<TypeData>> =
        ty.mro_slice().iter().filter_map(|class| class.downcast::<TypeData>()).cloned().collect();
    let defining = classes.iter().rev().find(|class| {
        !same(class.slots.setattro.get(), Some(generic)) && same(class.slots.setattro.get(), own)
    });
    let mut base = Some(defining.cloned().unwrap_or_else(|| ty.to_ref()));
    while let Some(class) = base {
        let found = class.slots.setattro.get();
        if same(found, Some(set)) {
            return Ok(());
        }
        if !same(found, Some(generic)) {
            return Err(vm.type_error(format!("can't apply this {what} to {} object", ty.tp_name())));
        }
        base = class.base();
    }
    Ok(())
}

/// Calls the slot behind `descriptor` on `receiver`, which is an instance of the type that defines it.
pub(crate) fn call_wrapper(
    vm: &Vm,
    descriptor: &WrapperDescriptor,
    receiver: &Obj,
    args: Args<'_>,
) -> PyResult {
    let wrapper = descriptor.wrapper;
    match wrapper {
        Wrapper::Call(call) => return call(vm, receiver, args),
        Wrapper::Init(init) => {
            init(vm, receiver, args)?;
            return Ok(vm.none());
        }
        _ => {}
    }
    if !args.names().is_empty() {
        return Err(vm.type_error(format!("wrapper {}() takes no keyword arguments", descriptor.name)));
    }
    let args = args.all();
    match wrapper {
        Wrapper::Unary(function) => {
            none(vm, args)?;
            function(vm, receiver)
        }
        Wrapper::Inquiry(function) => {
            none(vm, args)?;
            Ok(vm.bool(function(vm, receiver)?))
        }
        Wrapper::Binary(function) | Wrapper::Concat(function) => function(vm, receiver, one(vm, args)?),
        Wrapper::BinaryReflected(function) => function(vm, one(vm, args)?, receiver),
        Wrapper::Ternary(function) => {
            let (other, modulus) = one_or_two(vm, args)?;
            function(vm, receiver, other, modulus.unwrap_or(&vm.none()))
        }
        Wrapper::TernaryReflected(function) => {
            let (other, modulus) = one_or_two(vm, args)?;
            function(vm, other, receiver, modulus.unwrap_or(&vm.none()))
        }
        Wrapper::Compare(function, op) => function(vm, receiver, one(vm, args)?, op),
        Wrapper::Hash(function) => {
            none(vm, args)?;
            Ok(Int::new(function(vm, receiver)?))
        }
        Wrapper::Len(function) => {
            none(vm, args)?;
            Ok(Int::from_usize(function(vm, receiver)?))
        }
        Wrapper::Contains(function) => Ok(vm.bool(function(vm, receiver, one(vm, args)?)?)),
        Wrapper::Repeat(function) => {
            let count = vm.index(one(vm, args)?)?.as_i64();
            let count =
                count.ok_or_else(|| vm.overflow_error("cannot fit 'int' into an index-sized integer"))?;
            function(vm, receiver, count)
        }
        Wrapper::SetItem(function) => {
            let (key, value) = two(vm, args)?;
            function(vm, receiver, key, Some(value))?;
            Ok(vm.none())
        }
        Wrapper::Buffer(function) => {
            let flags = vm.index_i64(one(vm, args)?)?;
            let buffer = function(vm, receiver)?;
            if flags & WRITABLE != 0 && buffer.is_readonly() {
                return Err(vm.buffer_error("Object is not writable."));
            }
            Ok(MemoryView::of_buffer(buffer))
        }
        Wrapper::DelItem(function) => {
            function(vm, receiver, one(vm, args)?, None)?;
            Ok(vm.none())
        }
        Wrapper::GetAttribute(function) => function(vm, receiver, attribute_name(vm, one(vm, args)?)?),
        Wrapper::SetAttr(function) => {
            let (name, value) = two(vm, args)?;
            let name = attribute_name(vm, name)?;
            check_setattr(vm, receiver, function, "__setattr__")?;
            function(vm, receiver, name, Some(value))?;
            Ok(vm.none())
        }
        Wrapper::DelAttr(function) => {
            let name = attribute_name(vm, one(vm, args)?)?;
            check_setattr(vm, receiver, function, "__delattr__")?;
            function(vm, receiver, name, None)?;
            Ok(vm.none())
        }
        Wrapper::Next(function) => {
            none(vm, args)?;
            match function(vm, receiver)? {
                Some(item) => Ok(item),
                None => Err(vm.stop_iteration(None)),
            }
        }
        Wrapper::DescrGet(function) => descr_get(vm, receiver, args, function),
        Wrapper::DescrSet(function) => {
            let (instance, value) = two(vm, args)?;
            function(vm, receiver, instance, Some(value))?;
            Ok(vm.none())
        }
        Wrapper::DescrDelete(function) => {
            function(vm, receiver, one(vm, args)?, None)?;
            Ok(vm.none())
        }
        Wrapper::Finalize(function) => {
            none(vm, args)?;
            function(vm, receiver);
            Ok(vm.none())
        }
        // Handled above: they take keywords.
        Wrapper::Call(_) | Wrapper::Init(_) => Ok(vm.none()),
    }
}

fn descr_get(vm: &Vm, receiver: &Obj, args: &[Obj], get: crate::types::DescrGetFn) -> PyResult {
    crate::call::check_count(vm, "__get__", args.len(), 1, 2)?;
    let present = |index: usize| args.get(index).filter(|object| !vm.is_none(object));
    let (instance, owner) = (present(0), present(1));
    if instance.is_none() && owner.is_none() {
        return Err(vm.type_error("__get__(None, None) is invalid"));
    }
    get(vm, receiver, instance, owner)
}
