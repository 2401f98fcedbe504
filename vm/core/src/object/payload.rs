//! What a type of object must say about its payload.

use super::header::Header;
use super::obj::Obj;
use super::reference::Object;
use super::value::Value;
use crate::types::TypeObject;

/// The payload of a type of object: what lies behind the header.
///
/// A payload may change only through cells ([`super::ObjCell`], [`super::ObjVec`], `Cell`): many references to it
/// exist. It must never be borrowed across a call that can run Python code.
pub trait Payload: Sized + 'static {
    /// Whether instances can be part of a reference cycle, and are tracked by the collector.
    const GC: bool = false;

    /// The type whose instances have this payload; subclasses of it have it too.
    fn class() -> &'static TypeObject;

    /// Visits every object that the payload owns a reference to. Visiting fewer leaks cycles; visiting
    /// one that is not owned is a fault.
    fn traverse(&self, visitor: &mut Visitor<'_>) {
        let _ = visitor;
    }

    /// Gives up owned objects, so that a cycle comes apart. The object may still be used afterwards, by
    /// finalizers.
    fn clear(&self) {}

    /// Called when the object is about to go, before the payload is dropped; may take no new reference.
    fn before_drop(_object: &Object<Self>) {}
}

/// What a traversal does with each object.
pub struct Visitor<'a> {
    visit: &'a mut dyn FnMut(*mut Header),
    /// What is done with what is not counted: small numbers, immortal objects.
    others: Option<&'a mut dyn FnMut(Value)>,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(visit: &'a mut dyn FnMut(*mut Header)) -> Self {
        Self { visit, others: None }
    }

    /// One that visits what is not counted as well.
    pub(crate) fn of_all(visit: &'a mut dyn FnMut(*mut Header), others: &'a mut dyn FnMut(Value)) -> Self {
        Self { visit, others: Some(others) }
    }

    /// Visits an owned object.
    #[inline]
    pub fn visit(&mut self, object: &Obj) {
        self.word(object.value());
    }

    /// Visits an owned object, if there is one.
    #[inline]
    pub fn visit_option(&mut self, object: Option<&Obj>) {
        if let Some(object) = object {
            self.visit(object);
        }
    }

    #[inline]
    pub(crate) fn word(&mut self, value: Value) {
        if value.is_counted() {
            (self.visit)(value.header());
        } else if let Some(others) = &mut self.others
            && !value.is_null()
        {
            others(value);
        }
    }
}

/// How the payload of a type is handled without knowing it: a table of functions, one for each payload.
pub struct Native {
    /// Header and payload, in bytes.
    pub(crate) size: usize,
    /// Whether instances are tracked.
    pub(crate) gc: bool,
    /// The bytes of this very object: more than `size` where items follow the payload.
    pub(crate) size_of: unsafe fn(*const Header) -> usize,
    /// Drops the payload in place.
    pub(crate) drop: unsafe fn(*mut Header),
    pub(crate) traverse: unsafe fn(*const Header, &mut Visitor<'_>),
    pub(crate) clear: unsafe fn(*const Header),
}

impl Native {
    /// The functions for a payload of fixed size.
    pub const fn of<T: Payload>() -> Self {
        Self {
            size: size_of::<Object<T>>(),
            gc: T::GC,
            size_of: fixed_size::<T>,
            drop: drop_payload::<T>,
            traverse: traverse_payload::<T>,
            clear: clear_payload::<T>,
        }
    }
}

unsafe fn fixed_size<T: Payload>(_: *const Header) -> usize {
    size_of::<Object<T>>()
}

unsafe fn drop_payload<T: Payload>(object: *mut Header) {
    let object = object.cast::<Object<T>>();
    // SAFETY: `dealloc` calls this once, for an object whose payload is a `T` and that nobody holds.
    T::before_drop(unsafe { &*object });
    // SAFETY: as above; the memory stays allocated.
    unsafe { std::ptr::drop_in_place(object) };
}

unsafe fn traverse_payload<T: Payload>(object: *const Header, visitor: &mut Visitor<'_>) {
    // SAFETY: the collector passes live objects whose payload is a `T`.
    unsafe { &*object.cast::<Object<T>>() }.traverse(visitor);
}

unsafe fn clear_payload<T: Payload>(object: *const Header) {
    // SAFETY: as for `traverse_payload`.
    unsafe { &*object.cast::<Object<T>>() }.clear();
}
