//! Marshal, version 5: the format that CPython 3.14 keeps code objects in.
//!
//! An object is a type byte and its contents. Bit 7 of the type byte ([`FLAG_REF`]) enters the object in
//! a table, in order of appearance; a later `r` stands for an entry of that table.
//!
//! - [`loads`] and [`dumps`] are for constants, that is for code objects. What [`dumps`] writes is what
//!   CPython writes for a freshly compiled code object, to the byte: see [`write`].
//! - [`read`] drives a [`Builder`], so that an interpreter can build its own objects straight from the
//!   bytes; [`Graph`] is the builder for everything marshal can hold, lists that contain themselves too.
//!
//! CPython: Python/marshal.c.

mod encode;
mod graph;
mod load;
mod read;
mod write;

pub use encode::Encoder;
pub use graph::{Graph, Node, NodeId};
pub use load::{LoadError, loads, loads_prefix};
pub use read::{Atom, Builder, CodeFields, Container, ReadError, ReadErrorKind, Refused, read};
pub use write::{DumpError, dumps};

/// The version that 3.14 writes.
pub const VERSION: u32 = 5;

/// Bit 7 of a type byte: later objects can refer to this one.
pub const FLAG_REF: u8 = 0x80;

/// How deep objects may nest, in both directions: CPython's `MAX_MARSHAL_STACK_DEPTH`.
pub const MAX_DEPTH: usize = 2000;

/// The type bytes.
mod tag {
    pub(super) const NULL: u8 = b'0';
    pub(super) const NONE: u8 = b'N';
    pub(super) const FALSE: u8 = b'F';
    pub(super) const TRUE: u8 = b'T';
    pub(super) const STOP_ITERATION: u8 = b'S';
    pub(super) const ELLIPSIS: u8 = b'.';
    pub(super) const INT: u8 = b'i';
    /// No longer written.
    pub(super) const INT64: u8 = b'I';
    /// As text; written by versions 0 and 1.
    pub(super) const FLOAT: u8 = b'f';
    pub(super) const BINARY_FLOAT: u8 = b'g';
    /// As text; written by versions 0 and 1.
    pub(super) const COMPLEX: u8 = b'x';
    pub(super) const BINARY_COMPLEX: u8 = b'y';
    pub(super) const LONG: u8 = b'l';
    /// Bytes.
    pub(super) const STRING: u8 = b's';
    pub(super) const INTERNED: u8 = b't';
    pub(super) const REF: u8 = b'r';
    pub(super) const TUPLE: u8 = b'(';
    pub(super) const LIST: u8 = b'[';
    pub(super) const DICT: u8 = b'{';
    pub(super) const CODE: u8 = b'c';
    pub(super) const UNICODE: u8 = b'u';
    pub(super) const SET: u8 = b'<';
    pub(super) const FROZENSET: u8 = b'>';
    pub(super) const SLICE: u8 = b':';
    pub(super) const ASCII: u8 = b'a';
    pub(super) const ASCII_INTERNED: u8 = b'A';
    pub(super) const SMALL_TUPLE: u8 = b')';
    pub(super) const SHORT_ASCII: u8 = b'z';
    pub(super) const SHORT_ASCII_INTERNED: u8 = b'Z';
}

#[cfg(test)]
mod tests;
