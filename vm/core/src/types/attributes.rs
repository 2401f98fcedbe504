//! Getting and setting attributes of objects and of types, as `object` and `type` do it.
//!
//! CPython: `_PyObject_GenericGetAttrWithDict`, `_PyObject_GenericSetAttrWithDict`, `_Py_type_getattro`.

use super::data::{TypeData, TypeFlags};
use super::{instance, lookup};
use crate::builtins as types;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::Vm;

/// `object.__getattribute__`; `None` if there is no such attribute.
pub(crate) fn find(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult<Option<Obj>> {
    let ty = object.ty();
    let descriptor = lookup::lookup(vm, ty, name);
    if let Some(descriptor) = &descriptor {
        let slots = &descriptor.ty().slots;
        if let (Some(get), Some(_)) = (slots.descr_get.get(), slots.descr_set.get()) {
            return get(vm, descriptor, Some(object), Some(&ty.to_obj())).map(Some);
        }
    }
    if let Some(value) = instance::get(vm, object, ty, name)? {
        return Ok(Some(value));
    }
    match descriptor {
        Some(descriptor) => match descriptor.ty().slots.descr_get.get() {
            Some(get) => get(vm, &descriptor, Some(object), Some(&ty.to_obj())).map(Some),
            None => Ok(Some(descriptor)),
        },
        None => Ok(None),
    }
}

/// `object.__getattribute__`
pub(crate) fn object_getattro(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    match find(vm, object, name)? {
        Some(value) => Ok(value),
        None => Err(vm.no_attribute(object, name)),
    }
}

/// `object.__setattr__` and `__delattr__`.
pub(crate) fn object_setattro(vm: &Vm, object: &Obj, name: &Ref<Str>, value: Option<&Obj>) -> PyResult<()> {
    let ty = object.ty();
    let descriptor = lookup::lookup(vm, ty, name);
    if let Some(descriptor) = &descriptor
        && let Some(set) = descriptor.ty().slots.descr_set.get()
    {
        return set(vm, descriptor, object, value);
    }
    let done = match value {
        Some(value) => instance::set(vm, object, ty, name, value.clone())?,
        None => instance::delete(vm, object, ty, name)?,
    };
    if done {
        return Ok(());
    }
    let shown = name.to_string_lossy();
    if instance::has_dict(object, ty) {
        return Err(vm.no_attribute(object, name));
    }
    Err(match descriptor {
        Some(_) => vm.attribute_error(
            &format!("'{}' object attribute '{shown}' is read-only", ty.tp_name()),
            object,
            name,
        ),
        None if ty
            .slots
            .setattro
            .get()
            .is_some_and(|set| set as usize == object_setattro as *const () as usize) =>
        {
            vm.attribute_error(
                &format!(
                    "'{}' object has no attribute '{shown}' and no __dict__ for setting new attributes",
                    ty.tp_name()
                ),
                object,
                name,
            )
        }
        None => vm.no_attribute(object, name),
    })
}

/// `type.__getattribute__`; `None` if there is no such attribute.
pub(crate) fn find_type_attribute(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult<Option<Obj>> {
    let Some(ty) = object.downcast::<TypeData>() else { return find(vm, object, name) };
    let meta = object.ty();
    let meta_attribute = lookup::lookup(vm, meta, name);
    if let Some(descriptor) = &meta_attribute {
        let slots = &descriptor.ty().slots;
        if let (Some(get), Some(_)) = (slots.descr_get.get(), slots.descr_set.get()) {
            return get(vm, descriptor, Some(object), Some(&meta.to_obj())).map(Some);
        }
    }
    if let Some(attribute) = lookup::lookup(vm, ty, name) {
        return match attribute.ty().slots.descr_get.get() {
            Some(get) => get(vm, &attribute, None, Some(object)).map(Some),
            None => Ok(Some(attribute)),
        };
    }
    match meta_attribute {
        Some(descriptor) => match descriptor.ty().slots.descr_get.get() {
            Some(get) => get(vm, &descriptor, Some(object), Some(&meta.to_obj())).map(Some),
            None => Ok(Some(descriptor)),
        },
        None => Ok(None),
    }
}

/// `type.__getattribute__`
pub(crate) fn type_getattro(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    match find_type_attribute(vm, object, name)? {
        Some(value) => Ok(value),
        None => Err(vm.no_attribute(object, name)),
    }
}

/// `type.__setattr__` and `__delattr__`.
pub(crate) fn type_setattro(vm: &Vm, object: &Obj, name: &Ref<Str>, value: Option<&Obj>) -> PyResult<()> {
    let Some(ty) = object.downcast::<TypeData>() else { return object_setattro(vm, object, name, value) };
    if ty.has(TypeFlags::IMMUTABLE) {
        return Err(vm.type_error(format!(
            "cannot set '{}' attribute of immutable type '{}'",
            name.to_string_lossy(),
            ty.display_name(vm)?
        )));
    }
    if let Some(descriptor) = lookup::lookup(vm, object.ty(), name)
        && let Some(set) = descriptor.ty().slots.descr_set.get()
    {
        return set(vm, &descriptor, object, value);
    }
    let Some(dict) = ty.dict() else { return Err(vm.no_attribute(object, name)) };
    let name = vm.intern_str(name);
    // The old value lives until the caches are void.
    let old = dict.get_str(vm, &name)?;
    match value {
        Some(value) => dict.set_str(vm, &name, value.clone())?,
        None => {
            if dict.remove_str(vm, &name)?.is_none() {
                return Err(vm.no_attribute(object, &name));
            }
        }
    }
    ty.modified();
    drop(old);
    if super::slotdefs::is_dunder(&name) {
        super::slotdefs::update_slot(vm, ty, &name);
    }
    Ok(())
}

/// An attribute as it is found for a call.
pub(crate) enum Loaded {
    /// A method that is not bound yet: it is called with the object before the arguments.
    Method(Obj),
    Value(Obj),
}

/// `object.name` for a call: the method is not bound where that can be avoided.
pub(crate) fn load_method(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult<Loaded> {
    let ty = object.ty();
    let plain =
        ty.slots.getattro.get().is_some_and(|get| get as usize == object_getattro as *const () as usize);
    if plain
        && let Some(attribute) = lookup::lookup(vm, ty, name)
        && attribute.ty().has(TypeFlags::METHOD_DESCRIPTOR)
    {
        return match instance::get(vm, object, ty, name)? {
            Some(value) => Ok(Loaded::Value(value)),
            None => Ok(Loaded::Method(attribute)),
        };
    }
    vm.getattr(object, name).map(Loaded::Value)
}

impl Vm {
    /// Whether `object.__dict__` is the usual one: its own attributes, and nothing that the class has a say in.
    pub fn has_own_dict(&self, object: &Obj) -> bool {
        let ty = object.ty();
        ty.has(TypeFlags::PLAIN_ATTRIBUTES)
            && ty.dict_offset() != 0
            && lookup::lookup(self, ty, &self.names().__dict__)
                .is_some_and(|dict| dict.is_exact(&types::GETSET_DESCRIPTOR))
    }

    /// `object.__dict__[name] = value`, without making the dictionary where that can be avoided; false where the
    /// object has none.
    pub fn set_own_attribute(&self, object: &Obj, name: &Ref<Str>, value: Obj) -> PyResult<bool> {
        instance::set(self, object, object.ty(), name, value)
    }

    /// `getattr(object, name)`
    #[inline]
    pub fn getattr(&self, object: &Obj, name: &Ref<Str>) -> PyResult {
        match object.ty().slots.getattro.get() {
            Some(get) => get(self, object, name).inspect_err(|error| {
                crate::builtins::exceptions::complete_attribute_error(error, object, name);
            }),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// `getattr(object, name)` for a name known when compiling; prefer [`Vm::names`] where speed matters.
    pub fn getattr_named(&self, object: &Obj, name: &str) -> PyResult {
        self.getattr(object, &self.intern(name))
    }

    /// `getattr(object, name, None)` without making the AttributeError where that can be avoided.
    pub fn find_attr(&self, object: &Obj, name: &Ref<Str>) -> PyResult<Option<Obj>> {
        let Some(get) = object.ty().slots.getattro.get() else { return Ok(None) };
        let result = if get as usize == object_getattro as *const () as usize {
            find(self, object, name)
        } else if get as usize == type_getattro as *const () as usize {
            find_type_attribute(self, object, name)
        } else {
            get(self, object, name).map(Some)
        };
        // A descriptor may raise it too.
        match result {
            Err(error) if error.is(&types::ATTRIBUTE_ERROR) => Ok(None),
            result => result,
        }
    }

    /// `setattr(object, name, value)`
    pub fn setattr(&self, object: &Obj, name: &Ref<Str>, value: &Obj) -> PyResult<()> {
        self.set_or_delete_attr(object, name, Some(value))
    }

    /// `delattr(object, name)`
    pub fn delattr(&self, object: &Obj, name: &Ref<Str>) -> PyResult<()> {
        self.set_or_delete_attr(object, name, None)
    }

    fn set_or_delete_attr(&self, object: &Obj, name: &Ref<Str>, value: Option<&Obj>) -> PyResult<()> {
        match object.ty().slots.setattro.get() {
            Some(set) => set(self, object, name, value),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// The attribute `name` of the object's type, bound to the object: how special methods are found.
    pub fn find_special(&self, object: &Obj, name: &Ref<Str>) -> PyResult<Option<Obj>> {
        let ty = object.ty();
        let Some(attribute) = lookup::lookup(self, ty, name) else { return Ok(None) };
        match attribute.ty().slots.descr_get.get() {
            Some(get) => get(self, &attribute, Some(object), Some(&ty.to_obj())).map(Some),
            None => Ok(Some(attribute)),
        }
    }

    /// Calls the special method `name` of the object's type, if it has one.
    pub fn call_special(&self, object: &Obj, name: &Ref<Str>, args: &[Obj]) -> PyResult<Option<Obj>> {
        let ty = object.ty();
        let Some(attribute) = lookup::lookup(self, ty, name) else { return Ok(None) };
        if attribute.ty().has(TypeFlags::METHOD_DESCRIPTOR) {
            let mut all: smallvec::SmallVec<[Obj; 6]> = smallvec::SmallVec::with_capacity(args.len() + 1);
            all.push(object.clone());
            all.extend(args.iter().cloned());
            return self.call(&attribute, &all).map(Some);
        }
        let bound = match attribute.ty().slots.descr_get.get() {
            Some(get) => get(self, &attribute, Some(object), Some(&ty.to_obj()))?,
            None => attribute,
        };
        self.call(&bound, args).map(Some)
    }
}
