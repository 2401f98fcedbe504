//! What Python's `str`, `bytes`, `int`, `float` and `complex` need in algorithms, without an object model.
//!
//! Functions take plain data and give plain data; whoever has Python objects binds them as methods. Errors
//! are the exception's kind and text ([`Error`]). CPython 3.14 decides every result and every text; what it
//! said is committed beside the tests.
//!
//! Strings are WTF-8. [`Text`] carries the length in code points, with which indices are converted; searching,
//! splitting and stripping work on the bytes of either and give ranges of bytes.
//!
//! - [`search`], [`split`], [`strip`], [`pad`], [`replace`], [`translate`]: the methods that `str` and `bytes` share;
//! - [`case`], [`predicates`], [`unicode`]: what only `str` has, by CPython's version of Unicode; [`bytes`]: ASCII's;
//! - [`repr`], [`hash`], [`codecs`]: the text of strings, their hashes, and their way to bytes and back;
//! - [`int`], [`float`], [`complex`]: numbers to text and back, exact conversions, rounding, division, powers;
//! - [`format`](mod@format), [`percent`], [`template`]: the three ways of formatting;
//! - [`structs`]: the `struct` module's formats.
#![forbid(unsafe_code)]
#![allow(clippy::float_cmp, reason = "exact comparisons are meant throughout")]

mod error;
pub mod text;
pub mod unicode;

pub mod bytes;
pub mod case;
pub mod codecs;
pub mod complex;
pub mod float;
pub mod format;
pub mod hash;
pub mod int;
pub mod pad;
pub mod percent;
pub mod predicates;
pub mod replace;
pub mod repr;
pub mod search;
pub mod split;
pub mod strip;
pub mod structs;
pub mod template;
pub mod translate;

pub use error::{Error, ErrorKind, Result};
pub use text::Text;
