//! `Ref<T>`: an owned reference to an object whose payload is known.

use std::marker::PhantomData;
use std::ops::Deref;

use super::header::Header;
use super::heap;
use super::obj::{Obj, own};
use super::value::{BORROWED_TAG, Value};
use super::{Payload, gc};
use crate::types::TypeObject;

/// An object as it lies in memory: the header, then the payload.
///
/// Behind the payload an instance of a class with attributes or `__slots__` has further words; see
/// [`TypeObject`].
#[repr(C)]
pub struct Object<T> {
    header: Header,
    payload: T,
}

// SAFETY: static objects are shared by all threads; what may change in them lies in cells that only a
// thread with the interpreter lock touches (invariant 1 of the crate).
unsafe impl<T> Sync for Object<T> {}

impl<T> Object<T> {
    /// A static object of the type at `ty`.
    pub(crate) const fn immortal(ty: *const TypeObject, payload: T) -> Self {
        Self { header: Header::immortal(ty), payload }
    }

    /// An object as it is first written.
    pub(crate) const fn new(ty: *const TypeObject, payload: T) -> Self {
        Self { header: Header::new(ty), payload }
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// The word for this object, without a reference.
    #[inline(always)]
    pub(crate) fn value(&self) -> Value {
        let address = std::ptr::from_ref(self) as u64;
        if self.header.is_immortal() { Value(address | BORROWED_TAG) } else { Value(address) }
    }
}

impl<T: Payload> Object<T> {
    /// A new reference to this object.
    #[inline]
    pub fn to_ref(&self) -> Ref<T> {
        Ref(Obj::from_value(self.value()), PhantomData)
    }

    /// A new reference to this object.
    #[inline]
    pub fn to_obj(&self) -> Obj {
        Obj::from_value(self.value())
    }
}

impl<T> Deref for Object<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.payload
    }
}

/// An owned reference to an object whose payload is a `T`.
#[repr(transparent)]
pub struct Ref<T: Payload>(Obj, PhantomData<T>);

impl<T: Payload> Ref<T> {
    /// A new object of `T`'s own type.
    #[inline]
    pub fn new(payload: T) -> Self {
        Self::from_raw(heap::allocate(T::class(), payload))
    }

    /// A new object of type `ty`: `T`'s own, or a subclass of it.
    pub fn new_in(ty: &TypeObject, payload: T) -> Self {
        debug_assert!(std::ptr::eq(ty.solid_base(), T::class()));
        Self::from_raw_in(ty, heap::allocate(ty, payload))
    }

    /// [`Self::from_raw`] for an object of type `ty`, whose instances may have attributes.
    pub(crate) fn from_raw_in(ty: &TypeObject, object: *mut Object<T>) -> Self {
        if !T::GC && ty.is_heap() {
            gc::track(object.cast());
        }
        Self::from_raw(object)
    }

    /// Takes over the one reference to a new object.
    #[inline(always)]
    pub(crate) fn from_raw(object: *mut Object<T>) -> Self {
        if T::GC {
            gc::track(object.cast());
        }
        Self(Obj::from_owned(Value(object as u64)), PhantomData)
    }

    /// Takes over an object whose payload the caller checked.
    pub(crate) fn from_obj_unchecked(obj: Obj) -> Self {
        Self(obj, PhantomData)
    }

    /// The object, its payload's type forgotten.
    #[inline(always)]
    pub fn into_obj(self) -> Obj {
        self.0
    }

    /// The object, its payload's type forgotten.
    #[inline(always)]
    pub fn as_obj(&self) -> &Obj {
        &self.0
    }

    /// Whether both are the same object.
    pub fn is(&self, other: &Self) -> bool {
        self.0.is(&other.0)
    }
}

impl<T: Payload> Deref for Ref<T> {
    type Target = Object<T>;

    #[inline(always)]
    fn deref(&self) -> &Object<T> {
        // SAFETY: the word is the address of a live object with this payload.
        unsafe { &*self.0.value().header().cast::<Object<T>>() }
    }
}

impl<T: Payload> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Self(Obj::from_owned(own(self.0.value())), PhantomData)
    }
}

impl<T: Payload> AsRef<Obj> for Ref<T> {
    fn as_ref(&self) -> &Obj {
        &self.0
    }
}

impl<T: Payload> std::fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
