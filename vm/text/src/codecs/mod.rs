//! The codecs that CPython has built in, with error handlers.
//!
//! What can't be decoded or encoded is a [`Fault`], given to a handler, which says what stands in its place and
//! where to go on. [`handlers`] has CPython's own; those that a program registered are the caller's. Decoders
//! that can be fed piece by piece take `last`: without it, what may be completed by more input is left over, and
//! the count of bytes used tells where it begins.
//!
//! Not here: UTF-7, and the codecs that CPython has in Python (`utf-8-sig`, `idna`, the character sets, which
//! are tables for [`charmap`]).

pub mod charmap;
mod driver;
pub mod escape;
pub mod handlers;
mod message;
mod single;
mod unicode_escape;
mod utf16;
mod utf32;
mod utf8;

use std::borrow::Cow;
use std::fmt;

use rustpython_wtf8::Wtf8Buf;

use crate::error::{Error, ErrorKind};

pub use message::{decode_error, encode_error, translate_error};
pub use single::{decode_ascii, decode_latin1, encode_ascii, encode_latin1};
pub use unicode_escape::{
    Escaped, decode_raw_unicode_escape, decode_unicode_escape, encode_raw_unicode_escape,
    encode_unicode_escape,
};
pub use utf8::{decode_utf8, encode_utf8};
pub use utf16::{decode_utf16, encode_utf16};
pub use utf32::{decode_utf32, encode_utf32};

/// The order of bytes in UTF-16 and UTF-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// By the byte order mark; without one, this machine's. Encoding writes the mark.
    Marked,
    /// Little endian, a mark being a character as any other.
    Little,
    /// Big endian, likewise.
    Big,
}

/// What could not be decoded or encoded: the arguments of `UnicodeDecodeError` and `UnicodeEncodeError` but for
/// the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The codec's name.
    pub encoding: &'static str,
    /// The first byte or code point concerned.
    pub start: usize,
    /// The first that is not.
    pub end: usize,
    /// Why.
    pub reason: Cow<'static, str>,
}

/// What the codecs raise themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodecError {
    /// `UnicodeDecodeError`.
    Decode(Fault),
    /// `UnicodeEncodeError`.
    Encode(Fault),
    /// Another.
    Other(Error),
}

impl From<Error> for CodecError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(fault) => write!(
                f,
                "'{}' codec can't decode bytes in position {}-{}: {}",
                fault.encoding,
                fault.start,
                fault.end.saturating_sub(1),
                fault.reason
            ),
            Self::Encode(fault) => write!(
                f,
                "'{}' codec can't encode characters in position {}-{}: {}",
                fault.encoding,
                fault.start,
                fault.end.saturating_sub(1),
                fault.reason
            ),
            Self::Other(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CodecError {}

/// What an encoder's handler puts in place of what it can't encode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// Text that is encoded in turn.
    Text(Wtf8Buf),
    /// Bytes as they are.
    Bytes(Vec<u8>),
}

/// Asked for each fault of decoding: what text to insert, and the byte to go on from.
pub type DecodeHandler<'h, E> = &'h mut dyn FnMut(&Fault) -> Result<(Wtf8Buf, usize), E>;

/// Asked for each fault of encoding: what to insert, and the code point to go on from.
pub type EncodeHandler<'h, E> = &'h mut dyn FnMut(&Fault) -> Result<(Replacement, usize), E>;

/// Decoded text, and how many bytes it came from.
pub type Decoded = (Wtf8Buf, usize);

/// The position that a handler written in Python returned: negative ones count from the end.
pub fn resolve_position(position: isize, len: usize) -> Result<usize, Error> {
    let resolved = if position < 0 {
        len.checked_sub(position.unsigned_abs())
    } else {
        Some(position.unsigned_abs()).filter(|&position| position <= len)
    };
    resolved.ok_or_else(|| {
        Error::new(ErrorKind::Index, format!("position {position} from error handler out of bounds"))
    })
}
