//! How the embedded blob is laid out: what the build script writes and `blob` reads. Both include this file.
//!
//! ```text
//! header      4 numbers: how many modules, frozen modules and data files; length of the texts
//! modules     one record each, sorted by name        MODULE_FIELDS numbers
//! frozen      one record each, sorted by name        MODULE_FIELDS numbers
//! data        one record each, sorted by path        DATA_FIELDS numbers
//! texts       all names and paths, UTF-8
//! contents    LZ4 blocks of code, then DEFLATE streams of sources and data files
//! ```
//! Numbers are 32 bits, little-endian. Offsets of texts count from the start of the texts, offsets of
//! contents from the start of the contents. Equal sources are stored once.

/// The directory that the library seems to lie in.
pub(crate) const ROOT: &str = "/<stdlib>";

/// Numbers in the header.
pub(crate) const HEADER_FIELDS: usize = 4;

/// A module's fields: name, path and original name are texts, the others contents.
pub(crate) mod module {
    /// Offset of the dotted name; its length follows.
    pub(crate) const NAME: usize = 0;
    /// Offset of `co_filename`; its length follows.
    pub(crate) const PATH: usize = 2;
    /// Offset of `__origname__`; its length follows.
    pub(crate) const ORIGIN: usize = 4;
    /// The flags below.
    pub(crate) const FLAGS: usize = 6;
    /// A package, not a module.
    pub(crate) const PACKAGE: u32 = 1;
    /// In the place of a module that CPython has in C alone.
    pub(crate) const STAND_IN: u32 = 2;
    /// Offset of the code, an LZ4 block; its packed and unpacked lengths follow.
    pub(crate) const CODE: usize = 7;
    /// Offset of the source, a DEFLATE stream; its packed and unpacked lengths follow.
    pub(crate) const SOURCE: usize = 10;
}

/// Numbers in a module's record.
pub(crate) const MODULE_FIELDS: usize = 13;

/// A data file's fields.
pub(crate) mod data {
    /// Offset of the path; its length follows.
    pub(crate) const PATH: usize = 0;
    /// Offset of the contents, a DEFLATE stream; their packed and unpacked lengths follow.
    pub(crate) const CONTENTS: usize = 2;
}

/// Numbers in a data file's record.
pub(crate) const DATA_FIELDS: usize = 5;
