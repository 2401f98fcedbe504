//! `.pyc` files: a header of 16 bytes and a marshalled code object.
//!
//! CPython: Lib/importlib/_bootstrap_external.py, PEP 3147 (cached bytecode) and PEP 552 (hash-based
//! validation). This module neither reads nor writes files.

use std::sync::Arc;

use crate::code_object::CodeObject;
use crate::constant::Const;
use crate::marshal::{self, DumpError, ReadError};

/// The magic number of CPython 3.14: 3627, then a carriage return and a line feed.
pub const MAGIC: [u8; 4] = [0x2b, 0x0e, b'\r', b'\n'];

/// The length of the header in bytes.
pub const HEADER_LEN: usize = 16;

/// How to find out whether a `.pyc` still belongs to its source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Validation {
    /// By the source's modification time in seconds since 1970 and its size in bytes, both modulo 2**32.
    Timestamp {
        /// Modification time.
        mtime: u32,
        /// Size.
        size: u32,
    },
    /// By a hash of the source's bytes, [`source_hash`].
    Hash {
        /// The hash.
        hash: [u8; 8],
        /// Whether the importer compares it; otherwise the file is taken as it is.
        check_source: bool,
    },
}

impl Validation {
    /// Whether a source of this modification time and size is the one that was compiled. `None`: only its
    /// hash can tell.
    pub fn matches_stat(&self, mtime: u32, size: u32) -> Option<bool> {
        match *self {
            Self::Timestamp { mtime: m, size: s } => Some(m == mtime && s == size),
            Self::Hash { .. } => None,
        }
    }

    /// Whether a source of these bytes is the one that was compiled. `None`: only its modification time
    /// and size can tell.
    pub fn matches_source(&self, source: &[u8]) -> Option<bool> {
        match self {
            Self::Timestamp { .. } => None,
            Self::Hash { hash, .. } => Some(*hash == source_hash(source)),
        }
    }
}

/// What is wrong with a `.pyc`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PycError {
    /// Shorter than the header.
    #[error("the file has {0} bytes, a .pyc begins with a header of {HEADER_LEN}")]
    Truncated(usize),
    /// Not compiled by or for CPython 3.14.
    #[error("magic number {number} is not that of CPython 3.14, which is 3627: compile the source again")]
    BadMagic {
        /// The number found in the first two bytes.
        number: u16,
    },
    /// A flag word that 3.14 does not know.
    #[error("the header's flags are {0:#x}, only bits 0 and 1 have a meaning and bit 1 needs bit 0")]
    BadFlags(u32),
    /// The marshalled object is faulty. Offsets count from the end of the header.
    #[error("after the header of {HEADER_LEN} bytes: {0}")]
    Marshal(#[from] ReadError),
    /// The marshalled object is something else than a code object.
    #[error("the file holds no code object")]
    NotCode,
}

/// Whether bytes begin as a `.pyc` of any version of CPython since 3.0 does.
pub fn looks_like_pyc(bytes: &[u8]) -> bool {
    matches!(bytes, [_, 0x0b..=0x1f, b'\r', b'\n', ..])
}

/// The header of a `.pyc`.
pub fn read_header(bytes: &[u8]) -> Result<Validation, PycError> {
    let Some(header) = bytes.first_chunk::<HEADER_LEN>() else {
        return Err(PycError::Truncated(bytes.len()));
    };
    let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if header[..4] != MAGIC {
        return Err(PycError::BadMagic { number: word(0) as u16 });
    }
    match word(4) {
        0 => Ok(Validation::Timestamp { mtime: word(8), size: word(12) }),
        flags @ (1 | 3) => {
            let mut hash = [0; 8];
            hash.copy_from_slice(&header[8..]);
            Ok(Validation::Hash { hash, check_source: flags & 2 != 0 })
        }
        flags => Err(PycError::BadFlags(flags)),
    }
}

/// The code object of a `.pyc`. Bytes after it are ignored, as CPython does.
pub fn read(bytes: &[u8]) -> Result<(Validation, Arc<CodeObject>), PycError> {
    let validation = read_header(bytes)?;
    match marshal::loads_prefix(&bytes[HEADER_LEN..])? {
        (Const::Code(code), _) => Ok((validation, code)),
        _ => Err(PycError::NotCode),
    }
}

/// The bytes of a `.pyc`.
pub fn write(code: &Arc<CodeObject>, validation: Validation) -> Result<Vec<u8>, DumpError> {
    let mut bytes = MAGIC.to_vec();
    match validation {
        Validation::Timestamp { mtime, size } => {
            bytes.extend([0; 4]);
            bytes.extend(mtime.to_le_bytes());
            bytes.extend(size.to_le_bytes());
        }
        Validation::Hash { hash, check_source } => {
            bytes.extend((1 | u32::from(check_source) << 1).to_le_bytes());
            bytes.extend(hash);
        }
    }
    bytes.extend(marshal::dumps(&Const::Code(Arc::clone(code)))?);
    Ok(bytes)
}

/// The hash of a source that hash-based `.pyc` files keep: SipHash-1-3 with the 3.14 magic number as
/// its key (Python/import.c, `_imp.source_hash`).
pub fn source_hash(source: &[u8]) -> [u8; 8] {
    use siphasher::sip::SipHasher13;
    use std::hash::Hasher;
    let mut hasher = SipHasher13::new_with_keys(u64::from(u32::from_le_bytes(MAGIC)), 0);
    hasher.write(source);
    hasher.finish().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_hash_is_cpythons() {
        // importlib.util.source_hash(b"x = 1"), importlib.util.source_hash(b"")
        assert_eq!(source_hash(b"x = 1"), [0x0b, 0xe5, 0x2d, 0x24, 0xfe, 0xd3, 0xbc, 0x3f]);
        assert_eq!(source_hash(b""), [0x61, 0xf5, 0xb7, 0xcb, 0x65, 0x3a, 0x6a, 0xa4]);
    }

    #[test]
    fn headers_are_read_and_refused_by_name() {
        let header = |flags: u32, rest: u64| {
            let mut bytes = MAGIC.to_vec();
            bytes.extend(flags.to_le_bytes());
            bytes.extend(rest.to_le_bytes());
            bytes
        };
        let stamp = Validation::Timestamp { mtime: 7, size: 9 };
        assert_eq!(read_header(&header(0, 7 | 9 << 32)), Ok(stamp));
        assert_eq!(stamp.matches_stat(7, 9), Some(true));
        assert_eq!(stamp.matches_stat(8, 9), Some(false));
        assert_eq!(stamp.matches_source(b"x = 1"), None);
        let hash = Validation::Hash { hash: source_hash(b"x = 1"), check_source: true };
        assert_eq!(read_header(&header(3, u64::from_le_bytes(source_hash(b"x = 1")))), Ok(hash));
        assert_eq!((hash.matches_source(b"x = 1"), hash.matches_source(b"x = 2")), (Some(true), Some(false)));
        let errors: [(Vec<u8>, &str); 4] = [
            (MAGIC.to_vec(), "the file has 4 bytes, a .pyc begins with a header of 16"),
            (
                header(2, 0),
                "the header's flags are 0x2, only bits 0 and 1 have a meaning and bit 1 needs bit 0",
            ),
            (
                b"\xcb\x0d\r\n\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(),
                "magic number 3531 is not that of CPython 3.14, which is 3627: compile the source again",
            ),
            (
                [header(0, 0), b"i\x01".to_vec()].concat(),
                "after the header of 16 bytes: bad marshal data at byte 0: the data ends within an object",
            ),
        ];
        for (bytes, message) in errors {
            assert_eq!(read(&bytes).unwrap_err().to_string(), message);
        }
        assert_eq!(read(&[header(0, 0), b"N".to_vec()].concat()).unwrap_err(), PycError::NotCode);
    }
}
