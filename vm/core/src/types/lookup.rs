//! Finding an attribute along a type's MRO, with a cache by type version and name.
//!
//! CPython: Objects/typeobject.c, `_PyType_Lookup` and its cache.

#![allow(unsafe_code)]

use std::cell::UnsafeCell;

use super::data::{TypeData, TypeObject};
use crate::object::{Obj, Ref, Value};
use crate::text::Str;
use crate::vm::{Interp, Vm};

const ENTRIES: usize = 4096;

#[derive(Clone, Copy)]
struct CacheEntry {
    version: u32,
    /// The interned name's address: its str lives as long as the process.
    name: usize,
    /// Borrowed from the type's dictionary: good as long as the version is. NULL: no such attribute.
    value: Value,
}

/// Results of look-ups.
pub(crate) struct MethodCache(UnsafeCell<[CacheEntry; ENTRIES]>);

impl MethodCache {
    pub(crate) const fn new() -> Self {
        Self(UnsafeCell::new([CacheEntry { version: 0, name: 0, value: Value::NULL }; ENTRIES]))
    }

    fn place(&self, version: u32, name: usize) -> *mut CacheEntry {
        let index = (version as usize ^ (name >> 4)) % ENTRIES;
        // SAFETY: the index is within the array.
        unsafe { self.0.get().cast::<CacheEntry>().add(index) }
    }
}

#[derive(Clone, Copy)]
struct SuperEntry {
    version: u32,
    class: u64,
    name: u64,
    /// Borrowed from the dictionary of a base of the type: good as long as the version is.
    method: Value,
}

const SUPER_ENTRIES: usize = 256;

/// Methods that `super()` found, by the object's type and the class.
pub(crate) struct SuperCache(UnsafeCell<[SuperEntry; SUPER_ENTRIES]>);

impl SuperCache {
    pub(crate) const fn new() -> Self {
        let empty = SuperEntry { version: 0, class: 0, name: 0, method: Value::NULL };
        Self(UnsafeCell::new([empty; SUPER_ENTRIES]))
    }

    fn place(&self, version: u32, class: &Obj, name: &Ref<Str>) -> *mut SuperEntry {
        let index = (version as usize ^ (class.id() >> 4) as usize ^ (name.as_obj().id() >> 5) as usize)
            % SUPER_ENTRIES;
        // SAFETY: the index is within the array.
        unsafe { self.0.get().cast::<SuperEntry>().add(index) }
    }

    pub(crate) fn find(&self, version: u32, class: &Obj, name: &Ref<Str>) -> Option<Obj> {
        // SAFETY: the lock is held.
        let entry = unsafe { *self.place(version, class, name) };
        let hit = entry.version == version && entry.class == class.id() && entry.name == name.as_obj().id();
        hit.then(|| Obj::from_value(entry.method))
    }

    pub(crate) fn store(&self, version: u32, class: &Obj, name: &Ref<Str>, method: &Obj) {
        let entry = SuperEntry {
            version,
            class: class.id(),
            name: name.as_obj().id(),
            method: method.value().borrow(),
        };
        // SAFETY: the lock is held.
        unsafe { *self.place(version, class, name) = entry };
    }
}

/// How an attribute of a type's instances is got, or set.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Way {
    /// Nothing is known.
    None,
    /// Load the word at an offset from the header.
    Load,
    /// Load a method of the type, for a call.
    Method,
    /// Load a plain attribute of the type.
    Plain,
    /// Set an inline value at an offset from the header.
    StoreValue,
    /// Set a `__slots__` member at an offset from the header.
    StoreSlot,
}

/// What a specialised form of `LOAD_ATTR` or `STORE_ATTR` found out about a type: as good as the version.
#[derive(Clone, Copy)]
pub(crate) struct WayEntry {
    pub(crate) version: u32,
    pub(crate) way: Way,
    /// The byte offset; for attributes of the type, whether instances have inline values.
    pub(crate) offset: u16,
    /// The interned name's address.
    pub(crate) name: usize,
    /// The attribute of the type.
    pub(crate) value: u64,
}

const WAY_ENTRIES: usize = 1024;

/// For sites that see several types: each remembers one, all together remember more.
pub(crate) struct WayCache(UnsafeCell<[WayEntry; WAY_ENTRIES]>);

impl WayCache {
    pub(crate) const fn new() -> Self {
        let empty = WayEntry { version: 0, way: Way::None, offset: 0, name: 0, value: 0 };
        Self(UnsafeCell::new([empty; WAY_ENTRIES]))
    }

    fn place(&self, version: u32, name: usize, store: bool) -> *mut WayEntry {
        let index = (version as usize ^ (name >> 4) ^ (usize::from(store) << 9)) % WAY_ENTRIES;
        // SAFETY: the index is within the array.
        unsafe { self.0.get().cast::<WayEntry>().add(index) }
    }

    #[inline(always)]
    pub(crate) fn find(&self, version: u32, name: usize, store: bool) -> Option<WayEntry> {
        // SAFETY: the lock is held.
        let entry = unsafe { *self.place(version, name, store) };
        (entry.version == version && entry.name == name && version != 0).then_some(entry)
    }

    pub(crate) fn store(&self, entry: WayEntry) {
        let store = matches!(entry.way, Way::StoreValue | Way::StoreSlot);
        // SAFETY: the lock is held.
        unsafe { *self.place(entry.version, entry.name, store) = entry };
    }
}

/// The attribute `name` of `ty` or of the first of its bases that has it; nothing is bound.
#[inline]
pub(crate) fn lookup(vm: &Vm, ty: &TypeObject, name: &Ref<Str>) -> Option<Obj> {
    let value = lookup_borrowed(vm, ty, name);
    if value.is_null() { None } else { Some(Obj::from_value(value)) }
}

/// [`lookup`] without taking a reference: good until the type changes. NULL if there is none.
#[inline]
pub(crate) fn lookup_borrowed(vm: &Vm, ty: &TypeObject, name: &Ref<Str>) -> Value {
    let version = ty.version();
    if version != 0 && name.is_interned() {
        let address = name.as_obj().id() as usize;
        // SAFETY: the lock is held.
        let entry = unsafe { *Interp::get().method_cache.place(version, address) };
        if entry.version == version && entry.name == address {
            return entry.value;
        }
    }
    lookup_slow(vm, ty, name)
}

#[cold]
#[inline(never)]
fn lookup_slow(vm: &Vm, ty: &TypeObject, name: &Ref<Str>) -> Value {
    let mut found = Value::NULL;
    // Comparing keys can run Python code, which can change the type: its MRO is held, and what is found then is not
    // cached.
    let mro = ty.mro();
    let version = if name.is_interned() && mro.is_some() { ty.assign_version() } else { 0 };
    for class in mro.as_ref().map_or(&[][..], |mro| mro.items()) {
        let Some(dict) = class.downcast::<TypeData>().and_then(|class| class.dict_peek()) else { continue };
        // Keys that are no strs may be compared by Python code; it can't be asked to raise here.
        if let Ok(Some(index)) = dict.position(vm, name)
            && let Some((_, Some(value), _)) = dict.table.peek(index)
        {
            found = value.value().borrow();
            break;
        }
    }
    if mro.is_none()
        && let Some(dict) = ty.dict_peek()
    {
        // While a type is made ready.
        if let Ok(Some(index)) = dict.position(vm, name)
            && let Some((_, Some(value), _)) = dict.table.peek(index)
        {
            found = value.value().borrow();
        }
    }
    if version != 0 && ty.version() == version {
        let address = name.as_obj().id() as usize;
        // SAFETY: the lock is held.
        unsafe {
            *Interp::get().method_cache.place(version, address) =
                CacheEntry { version, name: address, value: found }
        };
    }
    found
}
