//! Text to bytes and back: the codecs that are native, and the registry of all others.
//!
//! - `errors`: error handlers, native and registered, and the exceptions of codecs
//! - `registry`: codecs that Python code registered, most of them by the package `encodings`
//!
//! CPython: Python/codecs.c, `PyUnicode_Decode` and `PyUnicode_AsEncodedString` in Objects/unicodeobject.c.

mod errors;
mod name_replace;
mod registry;

use lasti_text::codecs::{self, ByteOrder};
use rustpython_wtf8::Wtf8Buf;

use crate::bytes::Bytes;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::Vm;

pub use errors::{Errors, Stop, handler_functions};
pub use registry::Registry;

/// A codec that needs no look into the registry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// `utf-8`
    Utf8,
    /// `latin-1`
    Latin1,
    /// `ascii`
    Ascii,
    /// `utf-16` and with a byte order
    Utf16(ByteOrder),
    /// `utf-32` and with a byte order
    Utf32(ByteOrder),
}

impl Codec {
    /// By one of its common names.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut plain = [0_u8; 16];
        let length = name.len();
        let plain = plain.get_mut(..length)?;
        for (to, from) in plain.iter_mut().zip(name.bytes()) {
            *to = match from.to_ascii_lowercase() {
                b'_' | b' ' => b'-',
                letter => letter,
            };
        }
        Some(match &*plain {
            b"utf-8" | b"utf8" => Self::Utf8,
            b"latin-1" | b"latin1" | b"iso-8859-1" | b"iso8859-1" => Self::Latin1,
            b"ascii" | b"us-ascii" => Self::Ascii,
            b"utf-16" | b"utf16" => Self::Utf16(ByteOrder::Marked),
            b"utf-16-le" => Self::Utf16(ByteOrder::Little),
            b"utf-16-be" => Self::Utf16(ByteOrder::Big),
            b"utf-32" | b"utf32" => Self::Utf32(ByteOrder::Marked),
            b"utf-32-le" => Self::Utf32(ByteOrder::Little),
            b"utf-32-be" => Self::Utf32(ByteOrder::Big),
            _ => return None,
        })
    }

    /// Encodes a text.
    pub fn encode(self, vm: &Vm, text: &Ref<Str>, errors: &str) -> PyResult<Vec<u8>> {
        let plain = match self {
            Self::Utf8 => text.as_str().is_some(),
            Self::Latin1 | Self::Ascii => text.is_ascii(),
            _ => false,
        };
        if plain {
            return Ok(text.as_bytes().to_vec());
        }
        let mut errors = Errors::new(vm, errors);
        let wtf8 = text.as_wtf8();
        let handler = &mut |fault: &codecs::Fault| errors.encode(text, fault);
        let encoded = match self {
            Self::Utf8 => codecs::encode_utf8(wtf8, handler),
            Self::Latin1 => codecs::encode_latin1(wtf8, handler),
            Self::Ascii => codecs::encode_ascii(wtf8, handler),
            Self::Utf16(order) => codecs::encode_utf16(wtf8, order, handler),
            Self::Utf32(order) => codecs::encode_utf32(wtf8, order, handler),
        };
        encoded.map_err(|stop| stop.raise_encode(vm, text))
    }

    /// Decodes all of the bytes.
    pub fn decode(self, vm: &Vm, bytes: &[u8], errors: &str) -> PyResult<Ref<Str>> {
        if (bytes.is_ascii() && matches!(self, Self::Utf8 | Self::Latin1 | Self::Ascii) || self == Self::Utf8)
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return Ok(Str::new(text));
        }
        let (text, _) = self.decode_part(vm, bytes, errors, true)?;
        Ok(Str::from_wtf8(&text))
    }

    /// Decodes bytes; unless they are the last, what is incomplete at their end is left: the number says how many were
    /// used.
    pub fn decode_part(self, vm: &Vm, bytes: &[u8], errors: &str, last: bool) -> PyResult<(Wtf8Buf, usize)> {
        let mut errors = Errors::new(vm, errors);
        let handler = &mut |fault: &codecs::Fault| errors.decode(bytes, fault);
        let all = bytes.len();
        let decoded = match self {
            Self::Utf8 => codecs::decode_utf8(bytes, last, handler),
            Self::Latin1 => Ok((codecs::decode_latin1(bytes), all)),
            Self::Ascii => codecs::decode_ascii(bytes, handler).map(|text| (text, all)),
            Self::Utf16(order) => codecs::decode_utf16(bytes, order, last, handler).map(|(text, _)| text),
            Self::Utf32(order) => codecs::decode_utf32(bytes, order, last, handler).map(|(text, _)| text),
        };
        decoded.map_err(|stop| stop.raise_decode(vm, bytes))
    }
}

/// The error handlers that need no look into the registry.
const KNOWN_HANDLERS: [&str; 8] = [
    "strict",
    "ignore",
    "replace",
    "backslashreplace",
    "xmlcharrefreplace",
    "namereplace",
    "surrogateescape",
    "surrogatepass",
];

impl Vm {
    /// In the development mode names are looked up that would not be needed. CPython: `unicode_check_encoding_errors`.
    fn check_codec_names(&self, codec: Option<Codec>, encoding: &str, errors: &str) -> PyResult<()> {
        let (known, handled) = (codec.is_some(), KNOWN_HANDLERS.contains(&errors));
        if known && handled || !self.is_dev_mode()? {
            return Ok(());
        }
        if !known {
            self.lookup_codec(encoding)?;
        }
        if !handled {
            self.error_handler(errors)?;
        }
        Ok(())
    }

    #[cold]
    fn is_dev_mode(&self) -> PyResult<bool> {
        let flags = self.interp().sys().get_str(self, &self.intern("flags"))?;
        match flags {
            Some(flags) => match self.find_attr(&flags, &self.intern("dev_mode"))? {
                Some(on) => self.is_true(&on),
                None => Ok(false),
            },
            None => Ok(false),
        }
    }

    /// `text.encode(encoding, errors)`: a bytes object.
    pub fn encode(&self, text: &Ref<Str>, encoding: &str, errors: &str) -> PyResult {
        let codec = Codec::from_name(encoding);
        self.check_codec_names(codec, encoding, errors)?;
        if let Some(codec) = codec {
            return Ok(Bytes::new(&codec.encode(self, text, errors)?).into_obj());
        }
        let result = self.encode_registered(text.as_obj(), encoding, errors, true)?;
        if let Some(bytes) = result.downcast::<crate::buffer::ByteArray>() {
            return Ok(Bytes::new(&bytes.to_vec()).into_obj());
        }
        if result.downcast::<Bytes>().is_none() {
            return Err(self.type_error(format!(
                "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
                result.ty().name()
            )));
        }
        Ok(result)
    }

    /// `bytes.decode(encoding, errors)`
    pub fn decode(&self, bytes: &[u8], encoding: &str, errors: &str) -> PyResult<Ref<Str>> {
        let codec = Codec::from_name(encoding);
        self.check_codec_names(codec, encoding, errors)?;
        if let Some(codec) = codec {
            return codec.decode(self, bytes, errors);
        }
        let object = Bytes::new(bytes).into_obj();
        let result = self.decode_registered(&object, encoding, errors, true)?;
        result.into_ref::<Str>().map_err(|other: Obj| {
            self.type_error(format!(
                "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                other.ty().name()
            ))
        })
    }
}
