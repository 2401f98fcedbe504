//! Errors as Python raises them: the kind of exception and its text.

use std::fmt;

/// Which of Python's exceptions an [`Error`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `ValueError`.
    Value,
    /// `TypeError`.
    Type,
    /// `OverflowError`.
    Overflow,
    /// `ZeroDivisionError`.
    ZeroDivision,
    /// `IndexError`.
    Index,
    /// `LookupError`.
    Lookup,
    /// `MemoryError`.
    Memory,
    /// `struct.error`.
    Struct,
}

impl ErrorKind {
    /// The exception's name in Python.
    pub fn name(self) -> &'static str {
        match self {
            Self::Value => "ValueError",
            Self::Type => "TypeError",
            Self::Overflow => "OverflowError",
            Self::ZeroDivision => "ZeroDivisionError",
            Self::Index => "IndexError",
            Self::Lookup => "LookupError",
            Self::Memory => "MemoryError",
            Self::Struct => "struct.error",
        }
    }
}

/// An exception to be raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The exception's type.
    pub kind: ErrorKind,
    /// Its only argument. It never holds lone surrogates: CPython's texts quote them escaped.
    pub message: String,
}

impl Error {
    /// An error of any kind.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// A `ValueError`.
    #[cold]
    pub fn value(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Value, message)
    }

    /// A `TypeError`.
    #[cold]
    pub fn type_error(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Type, message)
    }

    /// An `OverflowError`.
    #[cold]
    pub fn overflow(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Overflow, message)
    }

    /// A `ZeroDivisionError`.
    #[cold]
    pub fn zero_division(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::ZeroDivision, message)
    }

    /// A `MemoryError`, which carries no text.
    #[cold]
    pub fn memory() -> Self {
        Self::new(ErrorKind::Memory, "")
    }

    /// A `struct.error`.
    #[cold]
    pub fn structure(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Struct, message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.message)
    }
}

impl std::error::Error for Error {}

/// What most functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The longest object that Python can make (`sys.maxsize`).
pub(crate) const MAX_SIZE: usize = isize::MAX as usize;

/// Room for a result whose size follows from numbers that a program chose: `MemoryError` where there is none.
pub(crate) fn reserve(size: Option<usize>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let size = size.filter(|&size| size <= MAX_SIZE).ok_or_else(Error::memory)?;
    out.try_reserve_exact(size).map_err(|_| Error::memory())?;
    Ok(out)
}
