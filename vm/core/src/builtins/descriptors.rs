//! Descriptors of builtin types as Python sees them: `method_descriptor`, `classmethod_descriptor`,
//! `getset_descriptor`, `member_descriptor`, `wrapper_descriptor`, `method-wrapper`.
//!
//! CPython: Objects/descrobject.c.

use super::{
    CLASS_METHOD_DESCRIPTOR, GETSET_DESCRIPTOR, MEMBER_DESCRIPTOR, METHOD_DESCRIPTOR, METHOD_WRAPPER,
    WRAPPER_DESCRIPTOR,
};
use crate::call::Args;
use crate::descriptors::{
    ClassMethodDescriptor, GetSet, Member, MemberPlace, MethodDescriptor, MethodWrapper, WrapperDescriptor,
};
use crate::errors::{Exc, PyResult};
use crate::function::NativeFunction;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::slotdefs::{call_wrapper, doc_of};
use crate::types::{
    CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeData, TypeFlags, TypeObject, instance,
};
use crate::vm::Vm;

/// What all descriptors have: their name, and the type they belong to.
struct Common {
    name: Ref<Str>,
    owner: Ref<TypeData>,
    signature: &'static str,
    doc: &'static str,
}

fn common(vm: &Vm, descriptor: &Obj) -> PyResult<Common> {
    let of_def = |def: &NativeDef, owner: &TypeObject| Common {
        name: vm.intern(def.name),
        owner: owner.to_ref(),
        signature: def.text_signature(),
        doc: def.doc,
    };
    let of_property = |property: &Property, owner: &Ref<TypeData>| Common {
        name: vm.intern(property.name),
        owner: owner.clone(),
        signature: "",
        doc: property.doc,
    };
    if let Some(method) = descriptor.downcast::<MethodDescriptor>() {
        return Ok(of_def(method.def, method.owner));
    }
    if let Some(method) = descriptor.downcast::<ClassMethodDescriptor>() {
        return Ok(of_def(method.0.def, method.0.owner));
    }
    if let Some(getset) = descriptor.downcast::<GetSet>() {
        return Ok(of_property(getset.property, &getset.owner));
    }
    if let Some(member) = descriptor.downcast::<Member>() {
        let doc = match member.place {
            MemberPlace::Property(property) => property.doc,
            MemberPlace::Word(_) => "",
        };
        return Ok(Common { name: member.name.clone(), owner: member.owner.clone(), signature: "", doc });
    }
    let wrapper = match descriptor.downcast::<MethodWrapper>() {
        Some(bound) => bound.descriptor.clone(),
        None => vm.receiver::<WrapperDescriptor>(descriptor)?.clone(),
    };
    let (signature, doc) = doc_of(&wrapper);
    Ok(Common { name: vm.intern(wrapper.name), owner: wrapper.owner.to_ref(), signature, doc })
}

fn get_name(vm: &Vm, descriptor: &Obj) -> PyResult {
    Ok(common(vm, descriptor)?.name.into_obj())
}

fn get_qualname(vm: &Vm, descriptor: &Obj) -> PyResult {
    let common = common(vm, descriptor)?;
    let qualname = vm.getattr(common.owner.as_obj(), &vm.names().__qualname__)?;
    let Some(qualname) = qualname.downcast::<Str>() else {
        return Err(vm.type_error("<descriptor>.__objclass__.__qualname__ is not a unicode object"));
    };
    Ok(qualname.concat(&Str::new(".")).concat(&common.name).into_obj())
}

fn get_objclass(vm: &Vm, descriptor: &Obj) -> PyResult {
    Ok(common(vm, descriptor)?.owner.into_obj())
}

/// A native text as Python sees it: None instead of nothing.
pub(crate) fn text_or_none(vm: &Vm, text: &str) -> Obj {
    if text.is_empty() { vm.none() } else { Str::new(text).into_obj() }
}

fn get_doc(vm: &Vm, descriptor: &Obj) -> PyResult {
    Ok(text_or_none(vm, common(vm, descriptor)?.doc))
}

fn get_signature(vm: &Vm, descriptor: &Obj) -> PyResult {
    Ok(text_or_none(vm, common(vm, descriptor)?.signature))
}

/// Descriptors are pickled as `getattr(type, name)`.
fn reduce(vm: &Vm, descriptor: &Obj) -> PyResult {
    let common = common(vm, descriptor)?;
    let receiver = match descriptor.downcast::<MethodWrapper>() {
        Some(bound) => bound.receiver.clone(),
        None => common.owner.into_obj(),
    };
    reduce_to_getattr(vm, receiver, common.name)
}

/// `(getattr, (object, name))`
pub(crate) fn reduce_to_getattr(vm: &Vm, object: Obj, name: Ref<Str>) -> PyResult {
    let getattr = vm.builtin("getattr")?;
    let args = Tuple::new(vec![object, name.into_obj()]);
    Ok(Tuple::new(vec![getattr, args.into_obj()]).into_obj())
}

fn repr(vm: &Vm, descriptor: &Obj) -> PyResult {
    let common = common(vm, descriptor)?;
    let kind = if descriptor.is_exact(&GETSET_DESCRIPTOR) {
        "attribute"
    } else if descriptor.is_exact(&MEMBER_DESCRIPTOR) {
        "member"
    } else if descriptor.is_exact(&WRAPPER_DESCRIPTOR) {
        "slot wrapper"
    } else {
        "method"
    };
    let text =
        format!("<{kind} '{}' of '{}' objects>", common.name.to_string_lossy(), common.owner.tp_name());
    Ok(Str::new(&text).into_obj())
}

#[cold]
fn wrong_receiver(vm: &Vm, name: &str, owner: &TypeObject, object: &Obj) -> Exc {
    vm.type_error(format!(
        "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
        owner.tp_name(),
        object.ty().tp_name()
    ))
}

fn check_receiver(vm: &Vm, name: &str, owner: &TypeObject, object: &Obj) -> PyResult<()> {
    if object.is_instance_of(owner) { Ok(()) } else { Err(wrong_receiver(vm, name, owner, object)) }
}

fn method_get(vm: &Vm, descriptor: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let method = vm.receiver::<MethodDescriptor>(descriptor)?;
    let Some(instance) = instance else { return Ok(descriptor.clone()) };
    check_receiver(vm, method.def.name, method.owner, instance)?;
    Ok(NativeFunction::new(method.def, Some(instance.clone()), None).into_obj())
}

fn method_call(vm: &Vm, descriptor: &Obj, args: Args<'_>) -> PyResult {
    let method = vm.receiver::<MethodDescriptor>(descriptor)?;
    let Some(receiver) = args.positional().first() else {
        return Err(vm.type_error(format!(
            "unbound method {}.{}() needs an argument",
            method.owner.tp_name(),
            method.def.name
        )));
    };
    if !receiver.is_instance_of(method.owner) {
        return Err(wrong_receiver(vm, method.def.name, method.owner, receiver));
    }
    method.def.invoke(vm, receiver, args.rest())
}

fn class_method_get(vm: &Vm, descriptor: &Obj, instance: Option<&Obj>, owner: Option<&Obj>) -> PyResult {
    let method = &vm.receiver::<ClassMethodDescriptor>(descriptor)?.0;
    let name = method.def.name;
    let class = match (owner, instance) {
        (Some(class), _) => class.clone(),
        (None, Some(instance)) => instance.ty().to_obj(),
        (None, None) => {
            return Err(vm.type_error(format!(
                "descriptor '{name}' for type '{}' needs either an object or a type",
                method.owner.tp_name()
            )));
        }
    };
    let Some(ty) = class.downcast::<TypeData>() else {
        return Err(vm.type_error(format!(
            "descriptor '{name}' for type '{}' needs a type, not a '{}' as arg 2",
            method.owner.tp_name(),
            class.ty().tp_name()
        )));
    };
    if !ty.is_subtype_of(method.owner) {
        return Err(vm.type_error(format!(
            "descriptor '{name}' requires a subtype of '{}' but received '{}'",
            method.owner.tp_name(),
            ty.tp_name()
        )));
    }
    Ok(NativeFunction::new(method.def, Some(class), None).into_obj())
}

fn class_method_call(vm: &Vm, descriptor: &Obj, args: Args<'_>) -> PyResult {
    let Some(class) = args.positional().first() else {
        let method = &vm.receiver::<ClassMethodDescriptor>(descriptor)?.0;
        return Err(vm.type_error(format!(
            "descriptor '{}' of '{}' object needs an argument",
            method.def.name,
            method.owner.tp_name()
        )));
    };
    let bound = class_method_get(vm, descriptor, None, Some(class))?;
    vm.call_with(&bound, args.rest())
}

fn getset_get(vm: &Vm, descriptor: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(instance) = instance else { return Ok(descriptor.clone()) };
    let getset = vm.receiver::<GetSet>(descriptor)?;
    check_receiver(vm, getset.property.name, &getset.owner, instance)?;
    (getset.property.get)(vm, instance)
}

fn getset_set(vm: &Vm, descriptor: &Obj, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let getset = vm.receiver::<GetSet>(descriptor)?;
    let property = getset.property;
    check_receiver(vm, property.name, &getset.owner, instance)?;
    match property.set {
        Some(set) => set(vm, instance, value),
        None => Err(vm.attribute_error(
            &format!("attribute '{}' of '{}' objects is not writable", property.name, getset.owner.tp_name()),
            instance,
            &vm.intern(property.name),
        )),
    }
}

#[cold]
fn no_value(vm: &Vm, object: &Obj, name: &Ref<Str>) -> Exc {
    match object.ty().fully_qualified_name(vm) {
        Ok(class) => {
            let message = format!("'{class}' object has no attribute '{}'", name.to_string_lossy());
            vm.attribute_error(&message, object, name)
        }
        Err(error) => error,
    }
}

fn member_get(vm: &Vm, descriptor: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(object) = instance else { return Ok(descriptor.clone()) };
    let member = vm.receiver::<Member>(descriptor)?;
    if !object.is_instance_of(&member.owner) {
        return Err(wrong_receiver(vm, &member.name.to_string_lossy(), &member.owner, object));
    }
    match member.place {
        MemberPlace::Property(property) => (property.get)(vm, object),
        MemberPlace::Word(offset) => {
            instance::get_slot(object, offset).ok_or_else(|| no_value(vm, object, &member.name))
        }
    }
}

fn member_set(vm: &Vm, descriptor: &Obj, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let member = vm.receiver::<Member>(descriptor)?;
    if !object.is_instance_of(&member.owner) {
        return Err(wrong_receiver(vm, &member.name.to_string_lossy(), &member.owner, object));
    }
    match member.place {
        MemberPlace::Property(property) => match property.set {
            Some(set) => set(vm, object, value),
            None => Err(vm.attribute_error("readonly attribute", object, &member.name)),
        },
        MemberPlace::Word(offset) => {
            let was_set = instance::set_slot(object, offset, value.cloned());
            if was_set || value.is_some() {
                Ok(())
            } else {
                Err(vm.attribute_error(&member.name.to_string_lossy(), object, &member.name))
            }
        }
    }
}

fn wrapper_get(vm: &Vm, descriptor: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(instance) = instance else { return Ok(descriptor.clone()) };
    let wrapper = vm.receiver::<WrapperDescriptor>(descriptor)?;
    check_receiver(vm, wrapper.name, wrapper.owner, instance)?;
    Ok(Ref::new(MethodWrapper { descriptor: wrapper.clone(), receiver: instance.clone() }).into_obj())
}

fn wrapper_call(vm: &Vm, descriptor: &Obj, args: Args<'_>) -> PyResult {
    let wrapper = vm.receiver::<WrapperDescriptor>(descriptor)?;
    let Some(receiver) = args.positional().first() else {
        return Err(vm.type_error(format!(
            "descriptor '{}' of '{}' object needs an argument",
            wrapper.name,
            wrapper.owner.tp_name()
        )));
    };
    if !receiver.is_instance_of(wrapper.owner) {
        return Err(vm.type_error(format!(
            "descriptor '{}' requires a '{}' object but received a '{}'",
            wrapper.name,
            wrapper.owner.tp_name(),
            receiver.ty().tp_name()
        )));
    }
    call_wrapper(vm, wrapper, receiver, args.rest())
}

fn bound_call(vm: &Vm, bound: &Obj, args: Args<'_>) -> PyResult {
    let bound = vm.receiver::<MethodWrapper>(bound)?;
    call_wrapper(vm, &bound.descriptor, &bound.receiver, args)
}

fn bound_repr(vm: &Vm, bound: &Obj) -> PyResult {
    let bound = vm.receiver::<MethodWrapper>(bound)?;
    let text = format!(
        "<method-wrapper '{}' of {} object at {:#x}>",
        bound.descriptor.name,
        bound.receiver.ty().tp_name(),
        bound.receiver.id()
    );
    Ok(Str::new(&text).into_obj())
}

fn bound_self(vm: &Vm, bound: &Obj) -> PyResult {
    Ok(vm.receiver::<MethodWrapper>(bound)?.receiver.clone())
}

fn bound_hash(vm: &Vm, bound: &Obj) -> PyResult<i64> {
    let bound = vm.receiver::<MethodWrapper>(bound)?;
    let receiver = super::object::identity_hash(vm, &bound.receiver)?;
    Ok(match receiver ^ super::object::identity_hash(vm, bound.descriptor.as_obj())? {
        -1 => -2,
        hash => hash,
    })
}

fn bound_compare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (CompareOp::Eq | CompareOp::Ne, Some(a), Some(b)) =
        (op, left.downcast::<MethodWrapper>(), right.downcast::<MethodWrapper>())
    else {
        return Ok(vm.not_implemented());
    };
    let same = a.descriptor.is(&b.descriptor) && a.receiver.is(&b.receiver);
    Ok(vm.bool(same == (op == CompareOp::Eq)))
}

static MEMBERS: &[Property] = &[
    Property::new("__objclass__", "", get_objclass).member(),
    Property::new("__name__", "", get_name).member(),
    Property::new("__doc__", "", get_doc),
    Property::new("__qualname__", "", get_qualname),
];

static CALLABLE_MEMBERS: &[Property] = &[
    Property::new("__objclass__", "", get_objclass).member(),
    Property::new("__name__", "", get_name).member(),
    Property::new("__doc__", "", get_doc),
    Property::new("__qualname__", "", get_qualname),
    Property::new("__text_signature__", "", get_signature),
];

static BOUND_MEMBERS: &[Property] = &[
    Property::new("__self__", "", bound_self).member(),
    Property::new("__objclass__", "", get_objclass),
    Property::new("__name__", "", get_name),
    Property::new("__qualname__", "", get_qualname),
    Property::new("__doc__", "", get_doc),
    Property::new("__text_signature__", "", get_signature),
];

static REDUCE: &[NativeDef] = &[NativeDef::new("__reduce__", "", "", NativeCall::NoArgs(reduce))];

pub(super) fn init(vm: &Vm) {
    let callable = TypeFlags::METHOD_DESCRIPTOR | TypeFlags::DISALLOW_INSTANTIATION;
    TypeBuilder::new(vm, &METHOD_DESCRIPTOR)
        .flags(callable)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.call.set(Some(method_call));
            slots.descr_get.set(Some(method_get));
        })
        .methods(REDUCE)
        .properties(CALLABLE_MEMBERS)
        .ready();
    TypeBuilder::new(vm, &CLASS_METHOD_DESCRIPTOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.call.set(Some(class_method_call));
            slots.descr_get.set(Some(class_method_get));
        })
        .properties(CALLABLE_MEMBERS)
        .ready();
    TypeBuilder::new(vm, &GETSET_DESCRIPTOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.descr_get.set(Some(getset_get));
            slots.descr_set.set(Some(getset_set));
        })
        .properties(MEMBERS)
        .ready();
    TypeBuilder::new(vm, &MEMBER_DESCRIPTOR)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.descr_get.set(Some(member_get));
            slots.descr_set.set(Some(member_set));
        })
        .methods(REDUCE)
        .properties(MEMBERS)
        .ready();
    TypeBuilder::new(vm, &WRAPPER_DESCRIPTOR)
        .flags(callable)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.call.set(Some(wrapper_call));
            slots.descr_get.set(Some(wrapper_get));
        })
        .methods(REDUCE)
        .properties(CALLABLE_MEMBERS)
        .ready();
    TypeBuilder::new(vm, &METHOD_WRAPPER)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.repr.set(Some(bound_repr));
            slots.call.set(Some(bound_call));
            slots.hash.set(Some(bound_hash));
            slots.richcompare.set(Some(bound_compare));
        })
        .methods(REDUCE)
        .properties(BOUND_MEMBERS)
        .ready();
}
