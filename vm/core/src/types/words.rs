//! Further objects in the instances of a builtin type that has another type's payload, such as `defaultdict`: words
//! behind the payload, as `__slots__` are in classes.

#![allow(unsafe_code)]

use super::TypeBuilder;
use super::data::TypeObject;
use crate::object::{Obj, Value, obj};

impl TypeBuilder<'_> {
    /// Gives instances `count` words for objects, which are empty at first.
    #[must_use]
    pub fn with_words(self, count: usize) -> Self {
        let ty = self.type_object();
        ty.set_instance_size(ty.instance_size() + count * 8);
        self
    }
}

/// Whether the builtin type `ty` has words of its own.
pub(crate) fn has_own_words(ty: &TypeObject) -> bool {
    !ty.is_heap()
        && ty.base().is_some_and(|base| {
            std::ptr::eq(base.solid_base(), ty.solid_base())
                && ty.dict_offset() == base.dict_offset()
                && ty.instance_size() > base.instance_size()
        })
}

/// The address of word number `index` in an instance of `owner`, or of a subclass.
fn word(object: &Obj, owner: &'static TypeObject, index: usize) -> Option<*mut Value> {
    let offset = owner.native().size + index * 8;
    if offset >= owner.instance_size() || !has_layout_of(object.ty(), owner) {
        return None;
    }
    // SAFETY: the object's type grew out of `owner`'s layout, so this word is within the object, and its own.
    Some(unsafe { object.value().header().cast::<u8>().add(offset).cast() })
}

/// Whether instances of `ty` begin as those of `owner` do: whether it is among the bases that the layout is made of.
fn has_layout_of(ty: &TypeObject, owner: &'static TypeObject) -> bool {
    if ty.is(owner) {
        return true;
    }
    let mut base = ty.base();
    while let Some(ty) = base {
        if std::ptr::eq(&*ty, owner) {
            return true;
        }
        base = ty.base();
    }
    false
}

/// What is in word number `index` of an instance of `owner`.
pub fn get_word(object: &Obj, owner: &'static TypeObject, index: usize) -> Option<Obj> {
    let word = word(object, owner, index)?;
    // SAFETY: the lock is held, and the word holds NULL or an owned reference.
    let value = unsafe { *word };
    if value.is_null() { None } else { Some(Obj::from_value(value)) }
}

/// Puts something into word number `index` of an instance of `owner`; what was there is dropped.
pub fn set_word(object: &Obj, owner: &'static TypeObject, index: usize, value: Option<Obj>) {
    if let Some(word) = word(object, owner, index) {
        let value = value.map_or(Value::NULL, Obj::into_value);
        // SAFETY: as for `get_word`; the old reference is given back when the word is whole again.
        let old = unsafe { std::mem::replace(&mut *word, value) };
        obj::release(old);
    }
}
