//! `Bytes`: the payload of bytes. Its methods as Python sees them are in `builtins/bytes`.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]

use std::cell::Cell;
use std::ptr;

use crate::object::header::Header;
use crate::object::{Native, Object, Payload, Ref, Visitor, heap};
use crate::types::TypeObject;
use crate::vm::Interp;

/// A bytes object: the bytes follow the payload.
///
/// ```text
/// ├ header 16 ┼ hash 8 ┼ length 8 ┼ bytes … ┤
/// ```
#[repr(C)]
pub struct Bytes {
    /// -1: not known yet.
    hash: Cell<i64>,
    len: usize,
}

/// Header and payload; the bytes follow.
const BASE: usize = 32;
const _: () = assert!(size_of::<Object<Bytes>>() == BASE);

impl Bytes {
    /// A new bytes object.
    pub fn new(bytes: &[u8]) -> Ref<Self> {
        Self::new_in(&crate::builtins::BYTES, bytes)
    }

    /// A new bytes object of type `ty`.
    pub fn new_in(ty: &TypeObject, bytes: &[u8]) -> Ref<Self> {
        // SAFETY: payload and bytes are written before the object is seen.
        let object = unsafe {
            let header = heap::allocate_var(ty, BASE + bytes.len());
            let payload = header.cast::<u8>().add(size_of::<Header>()).cast::<Self>();
            ptr::write(payload, Self { hash: Cell::new(-1), len: bytes.len() });
            ptr::copy_nonoverlapping(bytes.as_ptr(), header.cast::<u8>().add(BASE), bytes.len());
            header.cast::<Object<Self>>()
        };
        Ref::from_raw_in(ty, object)
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: `len` bytes follow the payload, and never change.
        unsafe {
            std::slice::from_raw_parts(ptr::from_ref(self).cast::<u8>().add(size_of::<Self>()), self.len)
        }
    }

    /// The hash, as `hash()` returns it: that of the str of the same bytes.
    pub fn hash(&self) -> i64 {
        if self.hash.get() == -1 {
            self.hash.set(Interp::get().hash_key().hash_bytes(self.as_slice()));
        }
        self.hash.get()
    }

    pub(crate) const NATIVE: Native = Native {
        size: BASE,
        gc: false,
        size_of: size_of_bytes,
        drop: drop_nothing,
        traverse: traverse_nothing,
        clear: clear_nothing,
    };
}

unsafe fn size_of_bytes(header: *const Header) -> usize {
    // SAFETY: the object is a live bytes object.
    BASE + unsafe { &*header.cast::<Object<Bytes>>() }.len
}

unsafe fn drop_nothing(_: *mut Header) {}
unsafe fn traverse_nothing(_: *const Header, _: &mut Visitor<'_>) {}
unsafe fn clear_nothing(_: *const Header) {}

impl Payload for Bytes {
    fn class() -> &'static TypeObject {
        &crate::builtins::BYTES
    }
}
