//! Where instances of a new class keep their attributes: the dict word, inline values, `__slots__`.

use super::super::data::{TypeData, TypeFlags, TypeObject};
use super::super::native::Property;
use super::super::{instance, lookup, shared_keys};
use crate::builtins as types;
use crate::code::Code;
use crate::descriptors::{GetSet, Member, MemberPlace};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::function::Function;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::vm::Vm;

/// Room for attributes that the class's methods don't set.
const SLACK: usize = 2;
/// Room for attributes of classes whose methods set none.
const LEAST: usize = 3;

/// Whether items follow the payload: words lie before the header then.
fn has_items(ty: &TypeObject) -> bool {
    [&types::STR, &types::BYTES, &types::TUPLE].iter().any(|builtin| std::ptr::eq(ty.solid_base(), *builtin))
}

/// Whether CPython's instances have items, which is why it refuses weak references and `__slots__`.
fn is_variable(ty: &TypeObject) -> bool {
    [&types::INT, &types::BYTES, &types::TUPLE, &types::TYPE]
        .iter()
        .any(|builtin| std::ptr::eq(ty.solid_base(), *builtin))
}

/// Whether instances have a dictionary already: in a word, or within the payload.
fn has_dict(ty: &TypeObject) -> bool {
    ty.dict_offset() != 0
        || ty.has(TypeFlags::TYPE_SUBCLASS)
        || std::ptr::eq(ty.solid_base(), &raw const types::MODULE)
}

/// What `__slots__` and the bases ask for.
pub(super) struct Plan {
    dict: bool,
    weakref: bool,
    /// The mangled names of `__slots__`, sorted.
    slots: Vec<Ref<Str>>,
}

/// Reads `__slots__`. CPython: `type_new_slots`.
pub(super) fn plan(
    vm: &Vm,
    base: &Ref<TypeData>,
    bases: &[Obj],
    dict: &Ref<Dict>,
    class_name: &Ref<Str>,
) -> PyResult<Plan> {
    let may_add_dict = !has_dict(base);
    let may_add_weakref = !base.has(TypeFlags::WEAKREFABLE) && !is_variable(base);
    let Some(slots) = dict.get_str(vm, &vm.names().__slots__)? else {
        return Ok(Plan { dict: may_add_dict, weakref: may_add_weakref, slots: Vec::new() });
    };
    let names = if slots.downcast::<Str>().is_some() { vec![slots.clone()] } else { vm.collect(&slots)? };
    if !names.is_empty() && is_variable(base) {
        return Err(
            vm.type_error(format!("nonempty __slots__ not supported for subtype of '{}'", base.tp_name()))
        );
    }
    let mut plan = Plan { dict: false, weakref: false, slots: Vec::new() };
    for name in &names {
        let name = slot_name(vm, name)?;
        match name.as_bytes() {
            b"__dict__" => {
                if !may_add_dict || plan.dict {
                    return Err(vm.type_error("__dict__ slot disallowed: we already got one"));
                }
                plan.dict = true;
            }
            b"__weakref__" => {
                if !may_add_weakref || plan.weakref {
                    return Err(vm.type_error("__weakref__ slot disallowed: we already got one"));
                }
                plan.weakref = true;
            }
            _ => {
                let mangled = mangle(vm, class_name, &name);
                if dict.get_str(vm, &mangled)?.is_some() && !is_given_by_compiler(&name) {
                    return Err(vm.value_error(format!(
                        "{} in __slots__ conflicts with class variable",
                        vm.repr_text(mangled.as_obj())?
                    )));
                }
                plan.slots.push(mangled);
            }
        }
    }
    plan.slots.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    if bases.len() > 1 {
        // The other bases may bring what this one has not.
        for base in bases.iter().filter_map(|base| base.downcast::<TypeData>()) {
            plan.dict |= may_add_dict && base.dict_offset() != 0;
            plan.weakref |= may_add_weakref && base.has(TypeFlags::WEAKREFABLE);
        }
    }
    Ok(plan)
}

/// Names that the namespace has for other reasons than a class variable.
fn is_given_by_compiler(name: &Str) -> bool {
    matches!(name.as_bytes(), b"__qualname__" | b"__classcell__" | b"__classdictcell__")
}

fn slot_name(vm: &Vm, name: &Obj) -> PyResult<Ref<Str>> {
    let Some(text) = name.downcast::<Str>() else {
        return Err(vm.type_error(format!("__slots__ items must be strings, not '{}'", name.ty().name())));
    };
    if !lasti_text::predicates::is_identifier(text.as_wtf8()) {
        return Err(vm.type_error("__slots__ must be identifiers"));
    }
    Ok(vm.intern_str(text))
}

/// The name that `__name` has within a class. CPython: `_Py_Mangle`.
fn mangle(vm: &Vm, class_name: &Str, name: &Ref<Str>) -> Ref<Str> {
    let (class, text) = (class_name.to_string_lossy(), name.to_string_lossy());
    let class = class.trim_start_matches('_');
    if !text.starts_with("__") || text.ends_with("__") || text.contains('.') || class.is_empty() {
        return name.clone();
    }
    vm.intern(&format!("_{class}{text}"))
}

/// Lays out the words behind the payload and adds the descriptors for them. CPython: `type_new_descriptors`.
pub(super) fn apply(
    vm: &Vm,
    ty: &Ref<TypeData>,
    base: &TypeObject,
    dict: &Ref<Dict>,
    plan: &Plan,
) -> PyResult<()> {
    let inherits_inline = base.has(TypeFlags::INLINE_VALUES);
    if plan.dict {
        if has_items(base) {
            ty.set_dict_offset(-8 * (ty.prefix_words() as i32 + 1));
        } else {
            let offset = base.instance_size();
            let capacity = capacity(vm, ty, dict)?;
            lay_out_inline(ty, offset, capacity);
        }
    } else if inherits_inline {
        let offset = base.dict_offset() as usize;
        let kept = base.keys.capacity();
        // Words behind the base's inline values can't move.
        let movable = base.instance_size() == offset + 8 + 8 * kept;
        let capacity = if movable { capacity(vm, ty, dict)?.max(kept) } else { kept };
        if movable {
            lay_out_inline(ty, offset, capacity);
        } else {
            ty.keys.set_capacity(kept);
            ty.set_flag(TypeFlags::INLINE_VALUES, true);
        }
    }
    let mut offset = ty.instance_size();
    for name in &plan.slots {
        let place = if has_items(base) {
            ty.set_prefix_words(ty.prefix_words() + 1);
            -8 * ty.prefix_words() as isize
        } else {
            offset += 8;
            offset as isize - 8
        };
        let place = MemberPlace::Word(place);
        let member = Ref::new(Member { name: name.clone(), owner: ty.clone(), place });
        dict.set_str(vm, name, member.into_obj())?;
    }
    ty.set_instance_size(offset);
    ty.set_slot_words(plan.slots.len());
    let owner = ty.clone();
    // What the class body calls so stays.
    if plan.dict {
        dict.set_default(vm, vm.names().__dict__.as_obj(), GetSet::make_in(&DICT, owner.clone()))?;
    }
    if plan.weakref {
        ty.set_flag(TypeFlags::WEAKREFABLE, true);
        dict.set_default(vm, vm.names().__weakref__.as_obj(), GetSet::make_in(&WEAKREF, owner))?;
    }
    Ok(())
}

fn lay_out_inline(ty: &TypeObject, offset: usize, capacity: usize) {
    ty.set_dict_offset(offset as i32);
    ty.keys.set_capacity(capacity);
    ty.set_flag(TypeFlags::INLINE_VALUES, true);
    ty.set_instance_size(offset + 8 + 8 * capacity);
}

/// What a class body annotates: the names are among the constants of its `__annotate__` function. Dataclasses have no other
/// sign of their instances' attributes.
fn annotated(vm: &Vm, dict: &Ref<Dict>) -> PyResult<Vec<Obj>> {
    let Some(annotate) = dict.get_str(vm, &vm.names().__annotate_func__)? else { return Ok(Vec::new()) };
    let Some(function) = annotate.downcast_exact::<Function>() else { return Ok(Vec::new()) };
    let Some(code) = function.code.get_as::<Code>() else { return Ok(Vec::new()) };
    Ok(code.consts.iter().filter(|constant| constant.is_exact(&types::STR)).cloned().collect())
}

/// How many inline values instances get: as many as methods along the MRO set and classes annotate, and a few more.
fn capacity(vm: &Vm, ty: &TypeObject, dict: &Ref<Dict>) -> PyResult<usize> {
    let name = &vm.names().__static_attributes__;
    let mut names: Vec<Obj> = Vec::new();
    let mut add = |attribute: &Obj| {
        let known = |other: &Obj| match (other.downcast::<Str>(), attribute.downcast::<Str>()) {
            (Some(a), Some(b)) => a.same_text(b),
            _ => other.is(attribute),
        };
        if !names.iter().any(known) {
            names.push(attribute.clone());
        }
    };
    let classes: Vec<Ref<TypeData>> =
        ty.mro_slice().iter().filter_map(|class| class.downcast::<TypeData>()).cloned().collect();
    let bases = classes.iter().filter(|class| class.is_heap()).filter_map(|class| class.dict());
    for dict in std::iter::once(dict.clone()).chain(bases) {
        if let Some(attributes) = dict.get_str(vm, name)?
            && let Some(attributes) = attributes.downcast_exact::<Tuple>()
        {
            attributes.items().iter().for_each(&mut add);
        }
        annotated(vm, &dict)?.iter().for_each(&mut add);
    }
    // An odd number, and the word before them, fill whole grains of memory.
    let wanted = if names.is_empty() { LEAST } else { (names.len() + SLACK) | 1 };
    Ok(wanted.min(shared_keys::MAX_INLINE))
}

/// `__dict__` as the builtin base has it whose instances have a dictionary already: an exception, a module, a class.
/// CPython: `get_builtin_base_with_dict`.
fn builtin_descriptor(vm: &Vm, object: &Obj) -> Option<Obj> {
    let mut class = Some(object.ty().to_ref());
    while let Some(ty) = class {
        if !ty.is_heap() {
            let name = &vm.names().__dict__;
            return if has_dict(&ty) { lookup::lookup(vm, &ty, name) } else { None };
        }
        class = ty.base();
    }
    None
}

fn get_dict(vm: &Vm, object: &Obj) -> PyResult {
    if object.ty().dict_offset() == 0
        && let Some(descriptor) = builtin_descriptor(vm, object)
        && let Some(get) = descriptor.ty().slots.descr_get.get()
    {
        return get(vm, &descriptor, Some(object), Some(&object.ty().to_obj()));
    }
    match instance::dict(object) {
        Some(dict) => Ok(dict.into_obj()),
        None => Err(vm.attribute_error("This object has no __dict__", object, &vm.names().__dict__)),
    }
}

fn set_dict(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if let Some(descriptor) = builtin_descriptor(vm, object)
        && let Some(set) = descriptor.ty().slots.descr_set.get()
    {
        return set(vm, &descriptor, object, value);
    }
    put_dict(vm, object, value)
}

fn put_dict(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let dict = match value {
        None => None,
        Some(value) => match value.downcast::<Dict>() {
            Some(dict) => Some(dict.clone()),
            None => {
                return Err(vm.type_error(format!(
                    "__dict__ must be set to a dictionary, not a '{}'",
                    value.ty().name()
                )));
            }
        },
    };
    if instance::set_dict(object, dict) {
        Ok(())
    } else {
        Err(vm.attribute_error("This object has no __dict__", object, &vm.names().__dict__))
    }
}

fn get_weakref(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(crate::object::weak::references(object).into_iter().next().map(Ref::into_obj)))
}

static DICT: Property =
    Property::new("__dict__", "dictionary for instance variables", get_dict).with_setter(set_dict);

/// CPython: `PyObject_GenericSetDict`.
fn replace_dict(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        Some(_) => put_dict(vm, object, value),
        None => Err(vm.type_error("cannot delete __dict__")),
    }
}

/// `__dict__` of the instances of builtin types that have one: listed among their properties, and never deleted.
pub(crate) const DICT_PROPERTY: Property = Property::new("__dict__", "", get_dict).with_setter(replace_dict);

static BUILTIN_DICT: Property = DICT_PROPERTY;

/// The `__dict__` of builtin types whose instances have attributes.
pub fn attribute_dict() -> &'static [Property] {
    std::slice::from_ref(&BUILTIN_DICT)
}

/// Takes all attributes of an instance away.
pub fn drop_attributes(object: &Obj) {
    instance::set_dict(object, None);
}

static WEAKREF: Property = Property::new("__weakref__", "list of weak references to the object", get_weakref);
