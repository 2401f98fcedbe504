//! `array.array`: making, memory, and what all its parts use.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use lasti_vm::buffer::{Buffer, BufferAccess, ByteArray, Layout};
use lasti_vm::builtins::DEPRECATION_WARNING;
use lasti_vm::bytes::Bytes;
use lasti_vm::call::Args;
use lasti_vm::number::IntView;
use lasti_vm::object::Payload;
use lasti_vm::text::Str;
use lasti_vm::types::{TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_wtf8::CodePoint;

use super::item::Kind;
use super::{methods, sequence};

/// Items of one kind.
pub(super) struct Array {
    pub(super) kind: Kind,
    bytes: RefCell<Vec<u8>>,
    exports: Cell<usize>,
}

impl Payload for Array {
    fn class() -> &'static TypeObject {
        &ARRAY
    }
}

lasti_vm::builtin_type!(/** `array.array` */ ARRAY, "array", Array);

impl Array {
    pub(super) fn make(ty: &TypeObject, kind: Kind, bytes: Vec<u8>) -> Obj {
        Ref::new_in(ty, Self { kind, bytes: RefCell::new(bytes), exports: Cell::new(0) }).into_obj()
    }

    /// A new plain array.
    pub(super) fn plain(kind: Kind, bytes: Vec<u8>) -> Obj {
        Self::make(&ARRAY, kind, bytes)
    }

    /// How many items.
    pub(super) fn len(&self) -> usize {
        self.bytes.borrow().len() >> self.kind.shift()
    }

    pub(super) fn to_vec(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }

    /// The item at `index`, if that is quick to get.
    #[inline]
    pub(super) fn quick_item(&self, index: &Obj) -> Option<Obj> {
        self.kind.wide_item(&self.bytes.borrow(), small_index(index)?)
    }

    /// Replaces the item at `index`; false if that is not quick.
    #[inline]
    pub(super) fn set_quick_item(&self, index: &Obj, value: &Obj) -> bool {
        small_index(index)
            .is_some_and(|index| self.kind.set_wide_item(&mut self.bytes.borrow_mut(), index, value))
    }

    /// The item at `index`, which must be there.
    pub(super) fn item(&self, vm: &Vm, index: usize) -> PyResult {
        let size = self.kind.size();
        match self.bytes.borrow().get(index * size..(index + 1) * size) {
            Some(bytes) => self.kind.item(vm, bytes),
            None => Err(vm.index_error("array index out of range")),
        }
    }

    /// The bytes of items, as far as there are any.
    pub(super) fn range(&self, start: usize, end: usize) -> Vec<u8> {
        let size = self.kind.size();
        self.bytes.borrow().get(start * size..end * size).unwrap_or_default().to_vec()
    }

    /// Changes items, but not how many there are.
    pub(super) fn write<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        f(&mut self.bytes.borrow_mut())
    }

    /// Changes items and how many there are; a BufferError while the memory is exported.
    pub(super) fn resize<R>(&self, vm: &Vm, f: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
        if self.exports.get() > 0 {
            return Err(vm.buffer_error("cannot resize an array that is exporting buffers"));
        }
        Ok(f(&mut self.bytes.borrow_mut()))
    }

    /// The bytes of one object as an item.
    pub(super) fn encode(&self, vm: &Vm, value: &Obj) -> PyResult<Vec<u8>> {
        let mut bytes = Vec::with_capacity(8);
        self.kind.write(vm, value, &mut bytes)?;
        Ok(bytes)
    }
}

/// An index that counts from the start.
#[inline]
fn small_index(index: &Obj) -> Option<usize> {
    match index.as_int()? {
        IntView::Small(index) => usize::try_from(index).ok(),
        IntView::Big(_) => None,
    }
}

pub(super) fn receiver<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<Array>> {
    vm.receiver::<Array>(object)
}

/// The kind that a type code means.
fn kind(vm: &Vm, code: &Obj) -> PyResult<Kind> {
    let Some(text) = code.downcast::<Str>() else {
        return Err(vm.bad_argument("array", "1", "a unicode character", code));
    };
    let [c] = *text.as_wtf8().code_points().take(2).collect::<Vec<CodePoint>>() else {
        let length = text.char_len();
        return Err(vm.type_error(format!(
            "array() argument 1 must be a unicode character, not a string of length {length}"
        )));
    };
    if c.to_char() == Some('u') {
        vm.warn(
            &DEPRECATION_WARNING,
            "The 'u' type code is deprecated and will be removed in Python 3.16",
            1,
        )?;
    }
    c.to_char()
        .and_then(Kind::from_code)
        .ok_or_else(|| vm.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"))
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    if std::ptr::eq(ty, &raw const ARRAY) && !args.names().is_empty() {
        return Err(vm.type_error("array.array() takes no keyword arguments"));
    }
    let (code, initial) = match args.positional() {
        [] => return Err(vm.type_error("array() takes at least 1 argument (0 given)")),
        [code] => (code, None),
        [code, initial] => (code, Some(initial)),
        more => {
            let given = more.len();
            return Err(vm.type_error(format!("array() takes at most 2 arguments ({given} given)")));
        }
    };
    let kind = kind(vm, code)?;
    let Some(initial) = initial else { return Ok(Array::make(ty, kind, Vec::new())) };
    if !kind.is_text() {
        let what = match initial.downcast::<Array>() {
            _ if initial.downcast::<Str>().is_some() => Some("a str"),
            Some(other) if other.kind.is_text() => Some("a unicode array"),
            _ => None,
        };
        if let Some(what) = what {
            return Err(vm.type_error(format!(
                "cannot use {what} to initialize an array with typecode '{}'",
                kind.code()
            )));
        }
    }
    let mut bytes = Vec::new();
    if let Some(other) = initial.downcast::<Array>().filter(|other| other.kind == kind) {
        bytes = other.to_vec();
    } else if initial.downcast::<Bytes>().is_some() || initial.downcast::<ByteArray>().is_some() {
        bytes = vm.bytes_like(initial)?.into_owned();
        if bytes.len() % kind.size() != 0 {
            return Err(vm.value_error("bytes length not a multiple of item size"));
        }
    } else if let Some(text) = initial.downcast::<Str>() {
        bytes = text_bytes(text);
    } else {
        vm.for_each(initial, |item| kind.write(vm, &item, &mut bytes).map(|()| true))?;
    }
    Ok(Array::make(ty, kind, bytes))
}

/// A text as items.
pub(super) fn text_bytes(text: &Str) -> Vec<u8> {
    text.as_wtf8().code_points().flat_map(|c| c.to_u32().to_le_bytes()).collect()
}

static ACCESS: BufferAccess = BufferAccess {
    read: |owner, f| {
        if let Some(array) = owner.downcast::<Array>() {
            f(&array.bytes.borrow());
        }
    },
    write: |owner, f| {
        if let Some(array) = owner.downcast::<Array>() {
            f(&mut array.bytes.borrow_mut());
        }
    },
    release: |owner| {
        if let Some(array) = owner.downcast::<Array>() {
            array.exports.set(array.exports.get().saturating_sub(1));
        }
    },
};

fn buffer(vm: &Vm, object: &Obj) -> PyResult<Buffer> {
    let array = receiver(vm, object)?;
    array.exports.set(array.exports.get() + 1);
    let size = array.kind.size();
    let mut layout = Layout::bytes(array.bytes.borrow().len(), false);
    layout.format = Cow::Borrowed(array.kind.format());
    layout.item_size = size;
    layout.shape[0] = array.len();
    layout.strides[0] = size as isize;
    Ok(Buffer::new(object.clone(), &ACCESS, layout))
}

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &ARRAY)
        .doc("array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, and\ninitialized from the optional initializer value, which must be a list,\nstring or iterable over elements of the appropriate type.")
        .module("array")
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE | TypeFlags::SEQUENCE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.buffer.set(Some(buffer));
            sequence::fill(slots);
        })
        .methods(methods::METHODS)
        .properties(methods::PROPERTIES)
        .ready();
}
