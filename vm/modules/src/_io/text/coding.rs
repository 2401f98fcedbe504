//! Decoders and encoders of a text stream: native ones for the common encodings, objects of the registry for others.

use std::cell::{Cell, RefCell};

use lasti_vm::bytes::Bytes;
use lasti_vm::codecs::Codec;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, ObjCell, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::{PyResult, Ref, Vm};
use rustpython_wtf8::Wtf8Buf;

use super::super::newline::{Newlines, Seen};

/// A codec that needs no object: what it encodes and decodes does not depend on what was before.
pub(super) fn native(encoding: &str) -> Option<Codec> {
    Codec::from_name(encoding).filter(|codec| matches!(codec, Codec::Utf8 | Codec::Latin1 | Codec::Ascii))
}

/// A native decoder between two pieces.
#[derive(Clone)]
struct NativeDecoder {
    codec: Codec,
    errors: String,
    /// What was incomplete at the end of the last piece.
    kept: Vec<u8>,
    /// Universal newlines, if they are wanted.
    newlines: Option<Newlines>,
}

/// A decoder; none for a stream that can't be read.
pub(super) struct Decoder {
    native: RefCell<Option<NativeDecoder>>,
    object: ObjCell,
}

impl Decoder {
    pub(super) const fn empty() -> Self {
        Self { native: RefCell::new(None), object: ObjCell::empty() }
    }

    pub(super) fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.object.traverse(visitor);
    }

    pub(super) fn take(&self) -> Option<Obj> {
        self.native.replace(None);
        self.object.take()
    }

    pub(super) fn is_none(&self) -> bool {
        self.object.is_empty() && self.native.borrow().is_none()
    }

    /// Uses a codec; with universal newlines, `translate` says whether they become `\n`.
    pub(super) fn set_native(&self, codec: Codec, errors: String, universal: Option<bool>) {
        let newlines = universal.map(|translate| Newlines { translate, ..Newlines::default() });
        self.native.replace(Some(NativeDecoder { codec, errors, kept: Vec::new(), newlines }));
        drop(self.object.take());
    }

    /// Uses an incremental decoder.
    pub(super) fn set_object(&self, decoder: Obj) {
        self.native.replace(None);
        self.object.set(decoder);
    }

    /// Decodes a piece.
    pub(super) fn decode(&self, vm: &Vm, input: &[u8], last: bool) -> PyResult<Wtf8Buf> {
        // Taken out, since an error handler may run any code.
        let Some(mut native) = self.native.take() else {
            let object = vm.or_none(self.object.get());
            let input = Bytes::new(input).into_obj();
            let decoded = vm.call_method_named(&object, "decode", &[input, vm.bool(last)])?;
            return match decoded.downcast::<Str>() {
                Some(text) => Ok(text.as_wtf8().to_owned()),
                None => Err(vm.type_error(format!(
                    "decoder should return a string result, not '{}'",
                    decoded.ty().tp_name()
                ))),
            };
        };
        let result = native.decode(vm, input, last);
        self.native.replace(Some(native));
        result
    }

    /// What is kept, and flags.
    pub(super) fn state(&self, vm: &Vm) -> PyResult<(Vec<u8>, i64)> {
        if let Some(native) = &*self.native.borrow() {
            let cr = native.newlines.is_some_and(|newlines| newlines.pending_cr);
            return Ok((native.kept.clone(), cr.into()));
        }
        let state = vm.call_method_named(&vm.or_none(self.object.get()), "getstate", &[])?;
        let Some([kept, flags]) = state.downcast::<Tuple>().map(|state| state.items()) else {
            return Err(vm.type_error("illegal decoder state"));
        };
        let Some(bytes) = kept.downcast::<Bytes>() else {
            return Err(vm.type_error(format!(
                "illegal decoder state: the first item should be a bytes object, not '{}'",
                kept.ty().name()
            )));
        };
        Ok((bytes.as_slice().to_vec(), vm.index_i64(flags)?))
    }

    pub(super) fn set_state(&self, vm: &Vm, kept: &[u8], flags: i64) -> PyResult<()> {
        if let Some(native) = &mut *self.native.borrow_mut() {
            native.kept = kept.to_vec();
            if let Some(newlines) = &mut native.newlines {
                newlines.pending_cr = flags & 1 != 0;
            }
            return Ok(());
        }
        let Some(object) = self.object.get() else { return Ok(()) };
        let state = Tuple::new(vec![Bytes::new(kept).into_obj(), Int::new(flags)]).into_obj();
        vm.call_method_named(&object, "setstate", &[state]).map(|_| ())
    }

    pub(super) fn reset(&self, vm: &Vm) -> PyResult<()> {
        if let Some(native) = &mut *self.native.borrow_mut() {
            native.kept.clear();
            if let Some(newlines) = &mut native.newlines {
                *newlines = Newlines { translate: newlines.translate, ..Newlines::default() };
            }
            return Ok(());
        }
        match self.object.get() {
            Some(object) => vm.call_method_named(&object, "reset", &[]).map(|_| ()),
            None => Ok(()),
        }
    }

    /// The attribute `newlines`.
    pub(super) fn newlines(&self, vm: &Vm) -> PyResult {
        if let Some(native) = &*self.native.borrow() {
            return Ok(native.newlines.map_or(Seen::empty(), |newlines| newlines.seen).shown(vm));
        }
        match self.object.get() {
            Some(object) => Ok(vm.or_none(vm.find_attr(&object, &vm.intern("newlines"))?)),
            None => Ok(vm.none()),
        }
    }
}

impl NativeDecoder {
    fn decode(&mut self, vm: &Vm, input: &[u8], last: bool) -> PyResult<Wtf8Buf> {
        let text = if self.kept.is_empty() {
            self.decode_bytes(vm, input, last)?
        } else {
            let mut all = self.kept.clone();
            all.extend_from_slice(input);
            self.decode_bytes(vm, &all, last)?
        };
        Ok(match &mut self.newlines {
            Some(newlines) => newlines.feed(text, last),
            None => text,
        })
    }

    fn decode_bytes(&mut self, vm: &Vm, bytes: &[u8], last: bool) -> PyResult<Wtf8Buf> {
        if (self.codec == Codec::Utf8 || bytes.is_ascii())
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            self.kept.clear();
            return Ok(Wtf8Buf::from_string(text.to_owned()));
        }
        let (text, used) = self.codec.decode_part(vm, bytes, &self.errors, last)?;
        self.kept = bytes.get(used..).unwrap_or_default().to_vec();
        Ok(text)
    }
}

/// An encoder; none for a stream that can't be written to.
pub(super) struct Encoder {
    native: Cell<Option<Codec>>,
    object: ObjCell,
}

impl Encoder {
    pub(super) const fn empty() -> Self {
        Self { native: Cell::new(None), object: ObjCell::empty() }
    }

    pub(super) fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.object.traverse(visitor);
    }

    pub(super) fn take(&self) -> Option<Obj> {
        self.native.set(None);
        self.object.take()
    }

    pub(super) fn is_none(&self) -> bool {
        self.native.get().is_none() && self.object.is_empty()
    }

    pub(super) fn set_native(&self, codec: Codec) {
        self.native.set(Some(codec));
        drop(self.object.take());
    }

    pub(super) fn set_object(&self, encoder: Obj) {
        self.native.set(None);
        self.object.set(encoder);
    }

    /// Encodes text and hands the bytes on.
    pub(super) fn encode<R>(
        &self,
        vm: &Vm,
        text: &Ref<Str>,
        errors: impl FnOnce() -> String,
        f: impl FnOnce(&[u8]) -> R,
    ) -> PyResult<R> {
        if let Some(codec) = self.native.get() {
            if text.is_ascii() || codec == Codec::Utf8 && text.as_str().is_some() {
                return Ok(f(text.as_bytes()));
            }
            return Ok(f(&codec.encode(vm, text, &errors())?));
        }
        let object = vm.or_none(self.object.get());
        let encoded = vm.call_method_named(&object, "encode", &[text.as_obj().clone()])?;
        match encoded.downcast::<Bytes>() {
            Some(bytes) => Ok(f(bytes.as_slice())),
            None => Err(vm.type_error(format!(
                "encoder should return a bytes object, not '{}'",
                encoded.ty().tp_name()
            ))),
        }
    }

    /// At the beginning of a stream, or (for codecs with a mark there) not.
    pub(super) fn set_start(&self, vm: &Vm, at_start: bool) -> PyResult<()> {
        let Some(object) = self.object.get() else { return Ok(()) };
        if at_start {
            vm.call_method_named(&object, "reset", &[])?;
        } else {
            vm.call_method_named(&object, "setstate", &[Int::new(0)])?;
        }
        Ok(())
    }
}
