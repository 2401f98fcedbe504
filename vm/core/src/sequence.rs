//! `Tuple` and `List`: the payloads. Their methods as Python sees them are in `builtins`.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]

use std::cell::Cell;
use std::ptr;

use crate::object::header::Header;
use crate::object::{Native, Obj, ObjVec, Object, Payload, Ref, Visitor, heap};
use crate::types::TypeObject;
use crate::vm::Interp;

/// A tuple: the items follow the payload.
///
/// ```text
/// ├ header 16 ┼ hash 8 ┼ length 8 ┼ items 8 × length ┤
/// ```
#[repr(C)]
pub struct Tuple {
    /// -1: not known yet.
    pub(crate) hash: Cell<i64>,
    len: usize,
}

/// Header and payload; the items follow.
const BASE: usize = 32;
const _: () = assert!(size_of::<Object<Tuple>>() == BASE);

impl Tuple {
    /// A new tuple.
    pub fn new(items: Vec<Obj>) -> Ref<Self> {
        if items.is_empty() {
            return Interp::get().empty_tuple();
        }
        Self::make(&crate::builtins::TUPLE, items)
    }

    /// A new tuple of type `ty`.
    pub fn new_in(ty: &TypeObject, items: Vec<Obj>) -> Ref<Self> {
        Self::make(ty, items)
    }

    pub(crate) fn make(ty: &TypeObject, items: Vec<Obj>) -> Ref<Self> {
        let len = items.len();
        // SAFETY: `len` items are written.
        let object = unsafe {
            let object = Self::allocate(ty, len);
            let mut at = Self::first(object);
            for item in items {
                ptr::write(at, item);
                at = at.add(1);
            }
            object
        };
        Ref::from_raw(object)
    }

    /// A new tuple of these items.
    pub fn of<const N: usize>(items: [Obj; N]) -> Ref<Self> {
        const { assert!(N != 0) };
        // SAFETY: `N` items are moved to where they belong.
        let object = unsafe {
            let object = Self::allocate(&crate::builtins::TUPLE, N);
            ptr::write(Self::first(object).cast::<[Obj; N]>(), items);
            object
        };
        Ref::from_raw(object)
    }

    /// A tuple of new references to `items`.
    pub fn from_slice(items: &[Obj]) -> Ref<Self> {
        if items.is_empty() {
            return Interp::get().empty_tuple();
        }
        // SAFETY: as many items are written as there is room for.
        let object = unsafe {
            let object = Self::allocate(&crate::builtins::TUPLE, items.len());
            let mut at = Self::first(object);
            for item in items {
                ptr::write(at, item.clone());
                at = at.add(1);
            }
            object
        };
        Ref::from_raw(object)
    }

    /// A tuple whose items are not written yet, and which is not tracked yet.
    ///
    /// # Safety
    /// All items are written before anybody sees it.
    pub(crate) unsafe fn allocate(ty: &TypeObject, len: usize) -> *mut Object<Self> {
        // SAFETY: as the caller promises.
        unsafe {
            let header = heap::allocate_var(ty, BASE + len * 8);
            let payload = header.cast::<u8>().add(size_of::<Header>()).cast::<Self>();
            ptr::write(payload, Self { hash: Cell::new(-1), len });
            header.cast()
        }
    }

    pub(crate) unsafe fn first(object: *mut Object<Self>) -> *mut Obj {
        // SAFETY: the items follow the payload.
        unsafe { object.cast::<u8>().add(BASE).cast() }
    }

    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Obj] {
        // SAFETY: `len` items follow the payload, and never change.
        unsafe {
            std::slice::from_raw_parts(
                ptr::from_ref(self).cast::<u8>().add(size_of::<Self>()).cast(),
                self.len,
            )
        }
    }

    /// How many items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) const NATIVE: Native = Native {
        size: BASE,
        gc: true,
        size_of: size_of_tuple,
        drop: drop_tuple,
        traverse: traverse_tuple,
        clear: clear_nothing,
    };
}

unsafe fn size_of_tuple(header: *const Header) -> usize {
    // SAFETY: the object is a live tuple.
    BASE + unsafe { &*header.cast::<Object<Tuple>>() }.len * 8
}

unsafe fn drop_tuple(header: *mut Header) {
    // SAFETY: nobody holds the tuple; its items are dropped once.
    unsafe {
        let object = header.cast::<Object<Tuple>>();
        let len = (&*object).len;
        ptr::drop_in_place(ptr::slice_from_raw_parts_mut(Tuple::first(object), len));
    }
}

unsafe fn traverse_tuple(header: *const Header, visitor: &mut Visitor<'_>) {
    // SAFETY: the object is a live tuple.
    for item in unsafe { (*header.cast::<Object<Tuple>>()).items() } {
        visitor.visit(item);
    }
}

unsafe fn clear_nothing(_: *const Header) {}

impl Payload for Tuple {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &crate::builtins::TUPLE
    }
}

/// A list.
pub struct List {
    /// The items.
    pub items: ObjVec,
}

impl List {
    /// A new list.
    pub fn new(items: Vec<Obj>) -> Ref<Self> {
        Ref::new(Self { items: ObjVec::new(items) })
    }
}

impl Payload for List {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &crate::builtins::LIST
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.items.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.items.take());
    }
}
