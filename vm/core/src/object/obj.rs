//! `Obj`: an owned reference to any Python object.

use std::mem::ManuallyDrop;
use std::num::NonZeroU64;

use super::Payload;
use super::dealloc;
use super::header::Header;
use super::reference::{Object, Ref};
use super::value::Value;
use crate::types::TypeObject;

/// A Python object: a value word (see the `value` module) that owns one reference and gives it back when
/// dropped.
///
/// `&Obj` may also be a slot of a value stack, where the word can be a borrowed one; cloning it makes an
/// owned one. An `Obj` that one holds by value is always owned.
#[repr(transparent)]
pub struct Obj(NonZeroU64);

const _: () = assert!(size_of::<Option<Obj>>() == 8);

impl Obj {
    /// Takes over the reference that `value` holds. The word must not be a borrowed one, nor NULL.
    #[inline(always)]
    pub(crate) fn from_owned(value: Value) -> Self {
        debug_assert!(!value.is_null());
        // SAFETY: every word has a tag bit set or is a non-null address.
        Self(unsafe { NonZeroU64::new_unchecked(value.0) })
    }

    /// A new reference to what `value` means; it may be a borrowed word, but not NULL.
    #[inline(always)]
    pub(crate) fn from_value(value: Value) -> Self {
        Self::from_owned(own(value))
    }

    /// The word, without a reference.
    #[inline(always)]
    pub(crate) fn value(&self) -> Value {
        Value(self.0.get())
    }

    /// The word, with the reference.
    #[inline(always)]
    pub(crate) fn into_value(self) -> Value {
        ManuallyDrop::new(self).value()
    }

    /// The header of the object, if it is not a small int.
    #[inline(always)]
    pub(crate) fn header(&self) -> Option<&Header> {
        if self.value().is_int() {
            return None;
        }
        // SAFETY: a word that is no int is the address of a live object, for as long as the word is held.
        Some(unsafe { &*self.value().header() })
    }

    /// The object's type.
    #[inline(always)]
    pub fn ty(&self) -> &TypeObject {
        match self.header() {
            // SAFETY: a live object holds a reference to its type.
            Some(header) => unsafe { &*header.ty() },
            None => &crate::builtins::INT,
        }
    }

    /// Whether both are the same object. Equal small ints are.
    #[inline(always)]
    pub fn is(&self, other: &Self) -> bool {
        self.value().is(other.value())
    }

    /// Whether the object's type is exactly `ty`.
    #[inline(always)]
    pub fn is_exact(&self, ty: &TypeObject) -> bool {
        std::ptr::eq(self.ty(), ty)
    }

    /// Whether the object is an instance of `ty` or of a subclass, by its real type.
    #[inline]
    pub fn is_instance_of(&self, ty: &TypeObject) -> bool {
        let own = self.ty();
        std::ptr::eq(own, ty) || own.is_subtype_of(ty)
    }

    /// The object as one whose payload is a `T`, which instances of subclasses of `T`'s type are too.
    #[inline(always)]
    pub fn downcast<T: Payload>(&self) -> Option<&Ref<T>> {
        let header = self.header()?;
        // SAFETY: a live object holds a reference to its type.
        let ty = unsafe { &*header.ty() };
        if std::ptr::eq(ty.solid_base(), T::class()) { Some(self.assume()) } else { None }
    }

    /// The object as one whose type is exactly `T`'s.
    #[inline(always)]
    pub fn downcast_exact<T: Payload>(&self) -> Option<&Ref<T>> {
        if self.is_exact(T::class()) { Some(self.assume()) } else { None }
    }

    /// The object as one whose payload is a `T`; otherwise the object again.
    pub fn into_ref<T: Payload>(self) -> Result<Ref<T>, Self> {
        if self.downcast::<T>().is_some() { Ok(Ref::from_obj_unchecked(self)) } else { Err(self) }
    }

    /// The object as one whose payload was just found to be a `T`.
    #[inline(always)]
    fn assume<T: Payload>(&self) -> &Ref<T> {
        // SAFETY: both are one word; the callers checked the payload's type.
        unsafe { &*std::ptr::from_ref(self).cast::<Ref<T>>() }
    }

    /// An address that tells living objects apart: what `id()` returns.
    pub fn id(&self) -> u64 {
        if self.value().is_int() { self.value().0 } else { self.value().header() as u64 }
    }

    /// How many references there are. Immortal objects have very many.
    pub fn ref_count(&self) -> u32 {
        self.header().map_or(u32::MAX, Header::count)
    }
}

/// A word that owns a reference to what `value` means.
#[inline(always)]
pub(crate) fn own(value: Value) -> Value {
    if value.is_counted() {
        // SAFETY: a counted word is the address of a live object.
        unsafe { (*value.header()).incref() };
        value
    } else if value.is_int() {
        value
    } else {
        own_borrowed(value)
    }
}

/// [`own`] for a word tagged `10`, NULL among them.
/// [`own`] for a word of the heap, which is never a borrowed one.
#[inline(always)]
pub(crate) fn share(value: Value) -> Value {
    if value.is_counted() {
        // SAFETY: a counted word is the address of a live object.
        unsafe { (*value.header()).incref() };
    }
    value
}

/// The word of a value that moves from the stack into the heap: a borrowed one is made an owned one.
#[inline(always)]
pub(crate) fn keep(value: Value) -> Value {
    if value.0 & 3 == super::value::BORROWED_TAG { own_borrowed(value) } else { value }
}

#[inline]
fn own_borrowed(value: Value) -> Value {
    if value.is_null() {
        return value;
    }
    let header = value.header();
    // SAFETY: a borrowed or immortal word is the address of a live object.
    let header_ref = unsafe { &*header };
    if header_ref.is_immortal() {
        return value;
    }
    header_ref.incref();
    Value(header as u64)
}

/// Gives back the reference that `value` holds, if it holds one.
#[inline(always)]
pub(crate) fn release(value: Value) {
    if value.is_counted() {
        let header = value.header();
        // SAFETY: a counted word is the address of a live object.
        if unsafe { (*header).decref() } {
            // SAFETY: the last reference is gone.
            unsafe { dealloc::dealloc(header) };
        }
    }
}

impl Clone for Obj {
    #[inline(always)]
    fn clone(&self) -> Self {
        Self::from_value(self.value())
    }
}

impl Drop for Obj {
    #[inline(always)]
    fn drop(&mut self) {
        release(self.value());
    }
}

impl std::fmt::Debug for Obj {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.value().is_int() {
            return write!(f, "{}", self.value().as_int());
        }
        write!(f, "<{} object at {:#x}>", self.ty().name(), self.id())
    }
}

impl<T: Payload> From<Ref<T>> for Obj {
    #[inline(always)]
    fn from(reference: Ref<T>) -> Self {
        reference.into_obj()
    }
}

impl<T: Payload> From<&Object<T>> for Obj {
    fn from(object: &Object<T>) -> Self {
        object.to_ref().into_obj()
    }
}
