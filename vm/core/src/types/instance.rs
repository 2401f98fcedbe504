//! An instance's own attributes: the dict word and the inline values. See the drawing in `data`.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]

use super::data::TypeObject;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::module::Module;
use crate::object::{Obj, Ref, Value, obj};
use crate::text::Str;
use crate::vm::{Interp, Vm};

/// Where an object's dict word is, if its type has one.
#[inline(always)]
pub(crate) fn dict_word(object: &Obj, ty: &TypeObject) -> Option<*mut Value> {
    let offset = ty.dict_offset();
    if offset == 0 {
        return None;
    }
    // SAFETY: the type says that its instances have this word.
    Some(unsafe { object.value().header().cast::<u8>().offset(offset as isize).cast::<Value>() })
}

/// The dictionary that is part of the payload: a module's.
#[cold]
fn payload_dict(object: &Obj) -> Option<Ref<Dict>> {
    object.downcast::<Module>().map(|module| module.dict.clone())
}

/// Whether the object has attributes of its own.
pub(crate) fn has_dict(object: &Obj, ty: &TypeObject) -> bool {
    ty.dict_offset() != 0 || object.downcast::<Module>().is_some()
}

/// The dictionary that the word points to, borrowed.
#[inline(always)]
fn dict_of(word: Value) -> Option<Ref<Dict>> {
    if word.is_int() || word.is_null() {
        return None;
    }
    Obj::from_value(word).into_ref::<Dict>().ok()
}

/// The inline value at `place`.
#[inline(always)]
unsafe fn inline_value(word: *mut Value, place: usize) -> *mut Value {
    // SAFETY: the caller knows that there are so many.
    unsafe { word.add(1 + place) }
}

/// The object's own attribute `name`.
#[inline]
pub(crate) fn get(vm: &Vm, object: &Obj, ty: &TypeObject, name: &Ref<Str>) -> PyResult<Option<Obj>> {
    let Some(word) = dict_word(object, ty) else {
        return match payload_dict(object) {
            Some(dict) => dict.get_str(vm, name),
            None => Ok(None),
        };
    };
    // SAFETY: the word is there; see `dict_word`.
    let value = unsafe { *word };
    if value.is_int() {
        let found = if name.is_interned() {
            ty.keys.find(name)
        } else {
            ty.keys.find(&Interp::get().intern_str(name))
        };
        let Some(place) = found else { return Ok(None) };
        // SAFETY: keys have places below the capacity.
        let value = unsafe { *inline_value(word, place) };
        return Ok(if value.is_null() { None } else { Some(Obj::from_value(value)) });
    }
    match dict_of(value) {
        Some(dict) => dict.get_str(vm, name),
        None => Ok(None),
    }
}

/// Sets the object's own attribute `name`; false if objects of this type have no attributes of their own.
pub(crate) fn set(vm: &Vm, object: &Obj, ty: &TypeObject, name: &Ref<Str>, value: Obj) -> PyResult<bool> {
    let Some(word) = dict_word(object, ty) else {
        let Some(dict) = payload_dict(object) else { return Ok(false) };
        dict.set_str(vm, name, value)?;
        return Ok(true);
    };
    // SAFETY: see `dict_word`.
    let state = unsafe { *word };
    if state.is_int() {
        let name = Interp::get().intern_str(name);
        if set_inline(ty, word, &name, &value) {
            return Ok(true);
        }
    }
    let dict = materialize(ty, word);
    dict.set_str(vm, name, value)?;
    Ok(true)
}

/// Sets an inline value, if order and room allow it.
fn set_inline(ty: &TypeObject, word: *mut Value, name: &Ref<Str>, value: &Obj) -> bool {
    // SAFETY: the word and the values behind it are there; nothing else changes them meanwhile.
    unsafe {
        let filled = (*word).as_int() as usize;
        let place = match ty.keys.find(name) {
            Some(place) => place,
            None => {
                let Some(place) = ty.keys.add(name) else { return false };
                // Whoever relied on the class's attribute of that name must look again.
                ty.modified();
                place
            }
        };
        let slot = inline_value(word, place);
        let old = *slot;
        if old.is_null() {
            if place < filled {
                return false;
            }
            *word = Value::int(place as i64 + 1);
        }
        *slot = value.clone().into_value();
        obj::release(old);
    }
    true
}

/// Deletes the object's own attribute `name`; false if there is none.
pub(crate) fn delete(vm: &Vm, object: &Obj, ty: &TypeObject, name: &Ref<Str>) -> PyResult<bool> {
    let Some(word) = dict_word(object, ty) else {
        return match payload_dict(object) {
            Some(dict) => Ok(dict.remove_str(vm, name)?.is_some()),
            None => Ok(false),
        };
    };
    // SAFETY: see `dict_word`.
    let state = unsafe { *word };
    if state.is_int() {
        let name = Interp::get().intern_str(name);
        let Some(place) = ty.keys.find(&name) else { return Ok(false) };
        // SAFETY: keys have places below the capacity.
        let old = unsafe { std::mem::replace(&mut *inline_value(word, place), Value::NULL) };
        obj::release(old);
        return Ok(!old.is_null());
    }
    match dict_of(state) {
        Some(dict) => Ok(dict.remove_str(vm, name)?.is_some()),
        None => Ok(false),
    }
}

/// The object's `__dict__`, made now if there was none. From then on the attributes live in it.
pub(crate) fn dict(object: &Obj) -> Option<Ref<Dict>> {
    let ty = object.ty();
    match dict_word(object, ty) {
        Some(word) => Some(materialize(ty, word)),
        None => payload_dict(object),
    }
}

/// Replaces `__dict__`. `None` empties it.
pub(crate) fn set_dict(object: &Obj, dict: Option<Ref<Dict>>) -> bool {
    let ty = object.ty();
    let Some(word) = dict_word(object, ty) else { return false };
    drop(materialize(ty, word));
    // SAFETY: see `dict_word`.
    let old = unsafe {
        std::mem::replace(&mut *word, dict.map_or(Value::NULL, |dict| dict.into_obj().into_value()))
    };
    obj::release(old);
    true
}

fn materialize(ty: &TypeObject, word: *mut Value) -> Ref<Dict> {
    // SAFETY: see `dict_word`.
    let state = unsafe { *word };
    if let Some(dict) = dict_of(state) {
        return dict;
    }
    let dict = Dict::new();
    if state.is_int() {
        for place in 0..ty.keys.len() {
            // SAFETY: keys have places below the capacity; each value moves into the dictionary.
            let value = unsafe { std::mem::replace(&mut *inline_value(word, place), Value::NULL) };
            if !value.is_null()
                && let Some(name) = ty.keys.name(place)
            {
                let hash = name.downcast::<Str>().map_or(0, |name| name.hash());
                dict.table.push(hash, name, Some(Obj::from_owned(value)));
            }
        }
    }
    // SAFETY: see `dict_word`.
    unsafe { *word = dict.clone().into_obj().into_value() };
    dict
}

/// Names and values of the object's own attributes, without making a dictionary: for looking at a
/// program without changing it.
pub(crate) fn attributes(object: &Obj) -> Vec<(Obj, Obj)> {
    let ty = object.ty();
    let Some(word) = dict_word(object, ty) else {
        return payload_dict(object).map(|dict| dict.items()).unwrap_or_default();
    };
    // SAFETY: see `dict_word`.
    let state = unsafe { *word };
    if let Some(dict) = dict_of(state) {
        return dict.items();
    }
    if !state.is_int() {
        return Vec::new();
    }
    (0..ty.keys.len())
        .filter_map(|place| {
            // SAFETY: keys have places below the capacity.
            let value = unsafe { *inline_value(word, place) };
            if value.is_null() { None } else { Some((ty.keys.name(place)?, Obj::from_value(value))) }
        })
        .collect()
}

/// Makes the object an instance of `new`, whose instances have the same layout.
pub(crate) fn change_type(object: &Obj, new: &TypeObject) {
    let Some(header) = object.header() else { return };
    let old = header.ty();
    // Inline values belong to the old class's names.
    drop(dict(object));
    new.count_instance();
    header.set_ty(new);
    // SAFETY: the object no longer is an instance of `old`, and gives up that reference.
    unsafe { TypeObject::release_instance(old) };
}

/// The word of a `__slots__` member at `offset`.
fn slot_word(object: &Obj, offset: isize) -> *mut Value {
    // SAFETY: member descriptors check the object's type before they come here.
    unsafe { object.value().header().cast::<u8>().offset(offset).cast::<Value>() }
}

/// What the `__slots__` member at `offset` holds. The object must be of the class that defines it.
pub(crate) fn get_slot(object: &Obj, offset: isize) -> Option<Obj> {
    // SAFETY: see `slot_word`.
    let value = unsafe { *slot_word(object, offset) };
    if value.is_null() { None } else { Some(Obj::from_value(value)) }
}

/// Sets or empties the `__slots__` member at `offset`; false if it was empty.
pub(crate) fn set_slot(object: &Obj, offset: isize, value: Option<Obj>) -> bool {
    let new = value.map_or(Value::NULL, Obj::into_value);
    // SAFETY: see `slot_word`.
    let old = unsafe { std::mem::replace(&mut *slot_word(object, offset), new) };
    obj::release(old);
    !old.is_null()
}
