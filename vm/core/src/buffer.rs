//! The buffer protocol: a look at the memory of an object that others may look at, too.
//!
//! An object offers its memory through the slot `buffer` of its type. A [`Buffer`] keeps it exported for as long as it
//! lives: a bytearray refuses to change its size meanwhile. The bytes are lent to closures, which run no Python code.
//! CPython: PEP 3118, Objects/abstract.c, `PyObject_GetBuffer`.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use smallvec::{SmallVec, smallvec};

use crate::builtins as types;
use crate::bytes::Bytes;
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref};
use crate::types::TypeObject;
use crate::vm::Vm;

/// How an object lends its memory.
pub struct BufferAccess {
    /// Calls the function with all of the memory.
    pub read: fn(&Obj, &mut dyn FnMut(&[u8])),
    /// Calls the function with all of the memory, to be changed.
    pub write: fn(&Obj, &mut dyn FnMut(&mut [u8])),
    /// One export is over.
    pub release: fn(&Obj),
}

/// How items lie in memory.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Where the first item is, in bytes from the beginning of the memory.
    pub offset: isize,
    /// The bytes of all items together.
    pub size: usize,
    /// Whether the items can't be changed.
    pub readonly: bool,
    /// The items' format in the words of the struct module.
    pub format: Cow<'static, str>,
    /// The bytes of an item.
    pub item_size: usize,
    /// How many items in each dimension; a scalar has no dimension.
    pub shape: SmallVec<[usize; 2]>,
    /// From one item to the next in each dimension, in bytes.
    pub strides: SmallVec<[isize; 2]>,
}

impl Layout {
    /// Bytes one after the other.
    pub fn bytes(size: usize, readonly: bool) -> Self {
        Self {
            offset: 0,
            size,
            readonly,
            format: Cow::Borrowed("B"),
            item_size: 1,
            shape: smallvec![size],
            strides: smallvec![1],
        }
    }

    /// Whether the items lie one after the other, the last dimension the densest.
    pub fn is_c_contiguous(&self) -> bool {
        self.is_dense(&mut self.shape.iter().zip(&self.strides).rev())
    }

    /// Whether the items lie one after the other, the first dimension the densest.
    pub fn is_f_contiguous(&self) -> bool {
        self.is_dense(&mut self.shape.iter().zip(&self.strides))
    }

    fn is_dense(&self, dimensions: &mut dyn Iterator<Item = (&usize, &isize)>) -> bool {
        if self.shape.contains(&0) {
            return true;
        }
        let mut dense = self.item_size as isize;
        for (&count, &stride) in dimensions {
            if count > 1 && stride != dense {
                return false;
            }
            dense *= count as isize;
        }
        true
    }

    /// Calls the function with the offset of each item, the last dimension changing fastest.
    pub fn for_each(&self, f: &mut dyn FnMut(isize)) {
        self.walk(0, self.offset, f);
    }

    fn walk(&self, dimension: usize, at: isize, f: &mut dyn FnMut(isize)) {
        let (Some(&count), Some(&stride)) = (self.shape.get(dimension), self.strides.get(dimension)) else {
            return f(at);
        };
        for index in 0..count {
            self.walk(dimension + 1, at + index as isize * stride, f);
        }
    }
}

/// An export of an object's memory.
pub struct Buffer {
    owner: Obj,
    access: &'static BufferAccess,
    /// What of the memory is meant.
    pub layout: Layout,
}

impl Buffer {
    /// An export that the owner has counted already.
    pub fn new(owner: Obj, access: &'static BufferAccess, layout: Layout) -> Self {
        Self { owner, access, layout }
    }

    /// The object whose memory it is.
    pub fn owner(&self) -> &Obj {
        &self.owner
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.layout.size
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.layout.size == 0
    }

    /// Whether the bytes can't be changed.
    pub fn is_readonly(&self) -> bool {
        self.layout.readonly
    }

    /// The whole memory, whatever part of it the layout means.
    pub fn read_memory<R>(&self, f: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let (mut f, mut result) = (Some(f), None);
        (self.access.read)(&self.owner, &mut |memory| {
            if let Some(f) = f.take() {
                result = Some(f(memory));
            }
        });
        result
    }

    /// The whole memory, to be changed.
    pub fn write_memory<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        if self.layout.readonly {
            return None;
        }
        let (mut f, mut result) = (Some(f), None);
        (self.access.write)(&self.owner, &mut |memory| {
            if let Some(f) = f.take() {
                result = Some(f(memory));
            }
        });
        result
    }

    fn dense_range(&self) -> Option<std::ops::Range<usize>> {
        let start = usize::try_from(self.layout.offset).ok()?;
        self.layout.is_c_contiguous().then(|| start..start + self.layout.size)
    }

    /// The bytes of all items, in order. `f` runs no Python code.
    pub fn read<R: Default>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        match self.dense_range() {
            Some(range) => self.read_memory(|memory| f(memory.get(range).unwrap_or_default())),
            None => Some(f(&self.gather())),
        }
        .unwrap_or_default()
    }

    /// The bytes, to be changed; `None` where they are read-only or don't lie one after the other.
    pub fn write<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        let range = self.dense_range()?;
        self.write_memory(|memory| memory.get_mut(range).map(f)).flatten()
    }

    /// A copy of the bytes of all items, in order.
    pub fn to_vec(&self) -> Vec<u8> {
        self.read(<[u8]>::to_vec)
    }

    fn gather(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.layout.size);
        let size = self.layout.item_size;
        self.read_memory(|memory| {
            self.layout.for_each(&mut |at| {
                let item = usize::try_from(at).ok().and_then(|at| memory.get(at..at + size));
                out.extend_from_slice(item.unwrap_or_default());
            });
        });
        out
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        (self.access.release)(&self.owner);
    }
}

/// The payload of bytearray.
#[derive(Default)]
pub struct ByteArray {
    bytes: RefCell<Vec<u8>>,
    exports: Cell<usize>,
}

impl ByteArray {
    /// A new bytearray.
    #[allow(clippy::new_ret_no_self, reason = "objects are made behind references")]
    pub fn new(bytes: Vec<u8>) -> Ref<Self> {
        Ref::new(Self::from_vec(bytes))
    }

    pub(crate) fn from_vec(bytes: Vec<u8>) -> Self {
        Self { bytes: RefCell::new(bytes), exports: Cell::new(0) }
    }

    /// A look at the bytes; `f` runs no Python code.
    pub fn read<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        f(&self.bytes.borrow())
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.bytes.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A copy of the bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }

    /// Changes bytes, but not how many there are; `f` runs no Python code.
    pub fn write<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        f(&mut self.bytes.borrow_mut())
    }

    /// Keeps how many bytes there are, as long as the guard lives.
    pub(crate) fn hold(array: &Ref<Self>) -> Held {
        array.exports.set(array.exports.get() + 1);
        Held(array.clone())
    }

    /// Changes the bytes and how many there are; a BufferError while the memory is exported.
    pub fn resize<R>(&self, vm: &Vm, f: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
        if self.exports.get() > 0 {
            return Err(vm.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        Ok(f(&mut self.bytes.borrow_mut()))
    }
}

/// See [`ByteArray::hold`].
pub(crate) struct Held(Ref<ByteArray>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.exports.set(self.0.exports.get().saturating_sub(1));
    }
}

impl Payload for ByteArray {
    fn class() -> &'static TypeObject {
        &types::BYTEARRAY
    }
}

static BYTES_ACCESS: BufferAccess = BufferAccess {
    read: |owner, f| {
        if let Some(bytes) = owner.downcast::<Bytes>() {
            f(bytes.as_slice());
        }
    },
    write: |_, _| {},
    release: |_| {},
};

static BYTEARRAY_ACCESS: BufferAccess = BufferAccess {
    read: |owner, f| {
        if let Some(array) = owner.downcast::<ByteArray>() {
            array.read(|bytes| f(bytes));
        }
    },
    write: |owner, f| {
        if let Some(array) = owner.downcast::<ByteArray>() {
            array.write(|bytes| f(bytes));
        }
    },
    release: |owner| {
        if let Some(array) = owner.downcast::<ByteArray>() {
            array.exports.set(array.exports.get().saturating_sub(1));
        }
    },
};

/// The slot `buffer` of bytes.
pub(crate) fn bytes_buffer(vm: &Vm, object: &Obj) -> PyResult<Buffer> {
    let bytes = vm.receiver::<Bytes>(object)?;
    let layout = Layout::bytes(bytes.as_slice().len(), true);
    Ok(Buffer::new(object.clone(), &BYTES_ACCESS, layout))
}

/// The slot `buffer` of bytearray.
pub(crate) fn bytearray_buffer(vm: &Vm, object: &Obj) -> PyResult<Buffer> {
    let array = vm.receiver::<ByteArray>(object)?;
    array.exports.set(array.exports.get() + 1);
    Ok(Buffer::new(object.clone(), &BYTEARRAY_ACCESS, Layout::bytes(array.len(), false)))
}

/// Calls `f` with the contents of a bytes or bytearray object; `None` for other objects.
pub fn with_bytes_object<R>(object: &Obj, f: impl FnOnce(&[u8]) -> R) -> Option<R> {
    if let Some(bytes) = object.downcast::<Bytes>() {
        return Some(f(bytes.as_slice()));
    }
    object.downcast::<ByteArray>().map(|array| array.read(f))
}

impl Vm {
    /// An export of an object's memory; `None` if the object offers none.
    pub fn try_buffer(&self, object: &Obj) -> PyResult<Option<Buffer>> {
        object.ty().slots.buffer.get().map(|buffer| buffer(self, object)).transpose()
    }

    /// An export of an object's memory; a TypeError if the object offers none.
    pub fn buffer(&self, object: &Obj) -> PyResult<Buffer> {
        match self.try_buffer(object)? {
            Some(buffer) => Ok(buffer),
            None => {
                Err(self.type_error(format!("a bytes-like object is required, not '{}'", object.ty().name())))
            }
        }
    }

    /// An export of an object's memory that lies in one piece.
    pub fn contiguous_buffer(&self, object: &Obj) -> PyResult<Buffer> {
        let buffer = self.buffer(object)?;
        if !buffer.layout.is_c_contiguous() {
            return Err(self.buffer_error("memoryview: underlying buffer is not C-contiguous"));
        }
        Ok(buffer)
    }

    /// The bytes of a bytes-like object that lie in one piece: borrowed from a bytes object, copied from any other.
    pub fn bytes_like<'a>(&self, object: &'a Obj) -> PyResult<Cow<'a, [u8]>> {
        if let Some(bytes) = object.downcast::<Bytes>() {
            return Ok(Cow::Borrowed(bytes.as_slice()));
        }
        self.contiguous_buffer(object).map(|buffer| Cow::Owned(buffer.to_vec()))
    }

    /// `bytes(object)` for objects that are no numbers. CPython: `PyObject_Bytes`, `PyBytes_FromObject`.
    pub fn bytes_of_object<'a>(&self, object: &'a Obj) -> PyResult<Cow<'a, [u8]>> {
        if let Some(bytes) = object.downcast_exact::<Bytes>() {
            return Ok(Cow::Borrowed(bytes.as_slice()));
        }
        if let Some(result) = self.call_special(object, &self.names().__bytes__, &[])? {
            return match result.downcast::<Bytes>() {
                Some(bytes) => Ok(Cow::Owned(bytes.as_slice().to_vec())),
                None => {
                    Err(self
                        .type_error(format!("__bytes__ returned non-bytes (type {})", result.ty().name())))
                }
            };
        }
        self.bytes_of_items(object, "bytes", "bytes must be in range(0, 256)")
    }

    /// The bytes of a buffer or of an iterable of ints.
    pub(crate) fn bytes_of_items<'a>(
        &self,
        object: &'a Obj,
        wanted: &str,
        range_message: &str,
    ) -> PyResult<Cow<'a, [u8]>> {
        if let Some(bytes) = object.downcast::<Bytes>() {
            return Ok(Cow::Borrowed(bytes.as_slice()));
        }
        if let Some(buffer) = self.try_buffer(object)? {
            return Ok(Cow::Owned(buffer.to_vec()));
        }
        let slots = &object.ty().slots;
        let iterable = slots.iter.get().is_some() || slots.getitem.get().is_some();
        if object.downcast::<crate::text::Str>().is_some() || !iterable {
            return Err(
                self.type_error(format!("cannot convert '{}' object to {wanted}", object.ty().name()))
            );
        }
        let mut bytes = Vec::new();
        self.for_each(object, |item| {
            bytes.push(self.byte_of(&item, range_message)?);
            Ok(true)
        })?;
        Ok(Cow::Owned(bytes))
    }

    /// An int as a byte, or a ValueError with this message.
    pub(crate) fn byte_of(&self, item: &Obj, message: &str) -> PyResult<u8> {
        let index = self.index(item)?;
        index.as_i64().and_then(|int| u8::try_from(int).ok()).ok_or_else(|| self.value_error(message))
    }
}
