//! `Str`: the payload of str. Its methods as Python sees them are in `builtins/str`.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]

use std::borrow::Cow;
use std::cell::Cell;
use std::ptr;

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use crate::object::header::Header;
use crate::object::{Native, Obj, Payload, Ref, Visitor, heap};
use crate::types::TypeObject;
use crate::vm::Interp;

/// A string: WTF-8 bytes behind the payload.
///
/// ```text
/// ├ header 16 ┼ hash 8 ┼ bytes 8 ┼ flags 3 bits, code points 61 bits ┼ WTF-8 … ┤
/// ```
#[repr(C)]
pub struct Str {
    /// -1: not known yet.
    hash: Cell<i64>,
    len: usize,
    meta: Cell<u64>,
}

const INTERNED: u64 = 1 << 63;
const ASCII: u64 = 1 << 62;
const SURROGATES: u64 = 1 << 61;
const CHARS: u64 = SURROGATES - 1;

/// Header and payload; the text follows.
const BASE: usize = 40;
const _: () = assert!(size_of::<crate::object::Object<Str>>() == BASE);

impl Str {
    /// A new str.
    #[inline]
    pub fn new(text: &str) -> Ref<Self> {
        Self::from_wtf8(Wtf8::new(text))
    }

    /// A new str of text that may hold lone surrogates.
    pub fn from_wtf8(text: &Wtf8) -> Ref<Self> {
        let bytes = text.as_bytes();
        if bytes.len() <= 2
            && let Some(shared) = Interp::get().short_str(bytes)
        {
            return shared;
        }
        Self::make(&crate::builtins::STR, text)
    }

    /// A new str of type `ty`.
    pub fn new_in(ty: &TypeObject, text: &Wtf8) -> Ref<Self> {
        Self::make(ty, text)
    }

    /// A new str of one code point, which may be a surrogate.
    pub fn from_code_point(code_point: u32) -> Option<Ref<Self>> {
        let code_point = rustpython_wtf8::CodePoint::from_u32(code_point)?;
        let mut buffer = Wtf8Buf::new();
        buffer.push(code_point);
        Some(Self::from_wtf8(&buffer))
    }

    pub(crate) fn make(ty: &TypeObject, text: &Wtf8) -> Ref<Self> {
        let bytes = text.as_bytes();
        let meta = if bytes.is_ascii() {
            ASCII | bytes.len() as u64
        } else {
            let surrogates = if text.as_str().is_ok() { 0 } else { SURROGATES };
            surrogates | count_code_points(bytes) as u64
        };
        Self::write(ty, &[bytes], meta)
    }

    /// `self + other`, without looking at the text again.
    pub fn concat(&self, other: &Self) -> Ref<Self> {
        let (a, b) = (self.meta.get(), other.meta.get());
        let chars = (a & CHARS) + (b & CHARS);
        Self::write(
            &crate::builtins::STR,
            &[self.as_bytes(), other.as_bytes()],
            chars | (a & b & ASCII) | ((a | b) & SURROGATES),
        )
    }

    fn write(ty: &TypeObject, parts: &[&[u8]], meta: u64) -> Ref<Self> {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        // SAFETY: the payload and the text are written before the object is seen.
        let object = unsafe {
            let header = heap::allocate_var(ty, BASE + len);
            let payload = header.cast::<u8>().add(size_of::<Header>()).cast::<Self>();
            ptr::write(payload, Self { hash: Cell::new(-1), len, meta: Cell::new(meta) });
            let mut at = header.cast::<u8>().add(BASE);
            for part in parts {
                ptr::copy_nonoverlapping(part.as_ptr(), at, part.len());
                at = at.add(part.len());
            }
            header.cast::<crate::object::Object<Self>>()
        };
        Ref::from_raw_in(ty, object)
    }

    /// The text's bytes: UTF-8, and three bytes for each lone surrogate.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: `len` bytes follow the payload.
        unsafe {
            std::slice::from_raw_parts(ptr::from_ref(self).cast::<u8>().add(size_of::<Self>()), self.len)
        }
    }

    /// The text.
    #[inline(always)]
    pub fn as_wtf8(&self) -> &Wtf8 {
        // SAFETY: the text was WTF-8 when it was written.
        unsafe { Wtf8::from_bytes_unchecked(self.as_bytes()) }
    }

    /// The text, if it has no lone surrogate.
    #[inline]
    pub fn as_str(&self) -> Option<&str> {
        if self.meta.get() & SURROGATES != 0 {
            return None;
        }
        // SAFETY: WTF-8 without surrogates is UTF-8.
        Some(unsafe { std::str::from_utf8_unchecked(self.as_bytes()) })
    }

    /// The text for people: lone surrogates become U+FFFD.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        match self.as_str() {
            Some(text) => Cow::Borrowed(text),
            None => self.as_wtf8().to_string_lossy(),
        }
    }

    /// How many code points: `len()`.
    #[inline(always)]
    pub fn char_len(&self) -> usize {
        (self.meta.get() & CHARS) as usize
    }

    /// Whether all code points are ASCII.
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.meta.get() & ASCII != 0
    }

    /// Whether there are no code points.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the str is the one of its text that names are compared by.
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.meta.get() & INTERNED != 0
    }

    pub(crate) fn set_interned(&self, on: bool) {
        let meta = self.meta.get();
        self.meta.set(if on { meta | INTERNED } else { meta & !INTERNED });
    }

    /// Whether both have the same text.
    #[inline(always)]
    pub fn same_text(&self, other: &Self) -> bool {
        ptr::eq(self, other) || self.as_bytes() == other.as_bytes()
    }

    /// The hash, as `hash()` returns it.
    #[inline(always)]
    pub fn hash(&self) -> i64 {
        let hash = self.hash.get();
        if hash != -1 { hash } else { self.compute_hash() }
    }

    #[cold]
    fn compute_hash(&self) -> i64 {
        let hash = Interp::get().hash_key().hash_text(self.text());
        self.hash.set(hash);
        hash
    }

    /// The code point at `index`, counted in code points.
    pub fn code_point_at(&self, index: usize) -> Option<u32> {
        if self.is_ascii() {
            return self.as_bytes().get(index).map(|&byte| u32::from(byte));
        }
        self.as_wtf8().code_points().nth(index).map(rustpython_wtf8::CodePoint::to_u32)
    }

    /// The byte offset of the code point with number `index`; the text's end for any index behind it.
    pub fn byte_offset(&self, index: usize) -> usize {
        if self.is_ascii() || index == 0 {
            return index.min(self.len);
        }
        if index >= self.char_len() {
            return self.len;
        }
        let mut left = index;
        for (at, &byte) in self.as_bytes().iter().enumerate() {
            if byte & 0xC0 != 0x80 {
                if left == 0 {
                    return at;
                }
                left -= 1;
            }
        }
        self.len
    }

    /// The code points in `start..end` (counted in code points, within the length, in order) as a new str.
    pub fn substring(&self, start: usize, end: usize) -> Ref<Self> {
        let from = self.byte_offset(start);
        let to = if self.is_ascii() { end } else { self.byte_offset(end) };
        // SAFETY: both are boundaries of code points.
        Self::from_wtf8(unsafe { Wtf8::from_bytes_unchecked(&self.as_bytes()[from..to]) })
    }

    /// How the collector and `dealloc` handle strings.
    pub(crate) const NATIVE: Native = Native {
        size: BASE,
        gc: false,
        size_of: size_of_str,
        drop: drop_nothing,
        traverse: traverse_nothing,
        clear: clear_nothing,
    };
}

unsafe fn size_of_str(header: *const Header) -> usize {
    // SAFETY: the object is a live str.
    BASE + unsafe { &*header.cast::<crate::object::Object<Str>>() }.len
}

unsafe fn drop_nothing(_: *mut Header) {}
unsafe fn traverse_nothing(_: *const Header, _: &mut Visitor<'_>) {}
unsafe fn clear_nothing(_: *const Header) {}

/// Code points in WTF-8: the bytes that begin one.
fn count_code_points(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

impl Payload for Str {
    fn class() -> &'static TypeObject {
        &crate::builtins::STR
    }
}

impl Obj {
    /// The object as a str (of a subclass, too).
    #[inline]
    pub fn as_str_obj(&self) -> Option<&Ref<Str>> {
        self.downcast::<Str>()
    }
}
