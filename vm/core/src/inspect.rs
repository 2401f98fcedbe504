//! Looking at objects without running any of their code: for a debugger's views.

use crate::builtins as types;
use crate::descriptors::{Member, MemberPlace};
use crate::errors::BaseException;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::{TypeData, TypeObject};
use crate::vm::Vm;

/// Names and values of an object's own attributes; no dictionary is made for it.
pub fn attributes(object: &Obj) -> Vec<(Obj, Obj)> {
    crate::types::instance::attributes(object)
}

/// The `__slots__` that the classes of an object define, from the last base on; those that are empty have no value.
pub fn slots(object: &Obj) -> Vec<(Ref<Str>, Option<Obj>)> {
    let mut found = Vec::new();
    for (_, attribute) in class_attributes(object.ty()) {
        if let Some(member) = attribute.downcast::<Member>()
            && let MemberPlace::Word(offset) = member.place
            && object.is_instance_of(&member.owner)
        {
            found.push((member.name.clone(), crate::types::instance::get_slot(object, offset)));
        }
    }
    found
}

/// The names of an object's properties: attributes that a function of its class computes.
pub fn properties(object: &Obj) -> Vec<Ref<Str>> {
    let mut found: Vec<Ref<Str>> = Vec::new();
    for (name, attribute) in class_attributes(object.ty()) {
        let Ok(name) = name.into_ref::<Str>() else { continue };
        found.retain(|known| !known.same_text(&name));
        if attribute.ty().name() == "property" {
            found.push(name);
        }
    }
    found
}

/// The attribute of a type, or of the first of its bases that has it, as it stands there.
pub fn class_attribute(vm: &Vm, ty: &TypeObject, name: &Ref<Str>) -> Option<Obj> {
    crate::types::lookup::lookup(vm, ty, name)
}

/// Whether reading any attribute of the type's instances is the usual look-up.
pub fn has_plain_attributes(vm: &Vm, ty: &TypeObject) -> bool {
    let usual = class_attribute(vm, &types::OBJECT, &vm.names().__getattribute__);
    let own = class_attribute(vm, ty, &vm.names().__getattribute__);
    let same = matches!((&usual, &own), (Some(usual), Some(own)) if usual.is(own));
    same && class_attribute(vm, ty, &vm.intern("__getattr__")).is_none()
}

/// What stands in the dictionaries of the classes along the MRO, from the last base on.
fn class_attributes(ty: &TypeObject) -> Vec<(Obj, Obj)> {
    let mro = ty.mro();
    let classes = mro.as_ref().map_or(&[][..], |mro| mro.items());
    let classes = classes.iter().rev().filter_map(|class| class.downcast::<TypeData>());
    classes
        .filter(|class| class.is_heap())
        .filter_map(|class| class.dict())
        .flat_map(|dict| dict.items())
        .collect()
}

/// The exceptions of an exception group; none if it is no group.
pub fn group_members(exception: &Ref<BaseException>) -> Option<Vec<Obj>> {
    let group = crate::builtins::exceptions::group::is_group(exception.as_obj());
    group.then(|| crate::builtins::exceptions::group::exceptions(exception))
}
