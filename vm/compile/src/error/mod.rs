//! Owns [`SyntaxError`]: what `compile()` raises, with CPython's type, message, position and text.
//!
//! - `diagnose`: the parser's errors, found by reading the source again as CPython does;
//! - `library`: errors of the symbol table and the code generator, from the compiler library;
//! - `display`: the text a traceback shows.
//!
//! Does not decide whether a source compiles; the library does that first, see [`explain`].
pub(crate) mod diagnose;
mod display;
mod library;

use crate::options::{CompileFlags, Mode, Options};
use crate::warning::{SyntaxWarning, WarningCategory};
use diagnose::{Flags, Raised, Start};
pub use library::explain;

/// The exception's type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::enum_variant_names)]
pub enum ErrorKind {
    /// `SyntaxError`
    SyntaxError,
    /// `IndentationError`
    IndentationError,
    /// `TabError`
    TabError,
    /// `_IncompleteInputError`: more input could make it right (`PyCF_ALLOW_INCOMPLETE_INPUT`).
    IncompleteInputError,
    /// `MemoryError`: the parser's stack is used up.
    MemoryError,
    /// `RecursionError`: the source nests deeper than the compiler goes.
    RecursionError,
    /// `UnicodeDecodeError`
    UnicodeDecodeError,
}

impl ErrorKind {
    /// The name of the Python class.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SyntaxError => "SyntaxError",
            Self::IndentationError => "IndentationError",
            Self::TabError => "TabError",
            Self::IncompleteInputError => "_IncompleteInputError",
            Self::MemoryError => "MemoryError",
            Self::RecursionError => "RecursionError",
            Self::UnicodeDecodeError => "UnicodeDecodeError",
        }
    }

    /// Whether the class derives from `SyntaxError`, so that the position fields exist.
    pub const fn has_position(self) -> bool {
        !matches!(self, Self::MemoryError | Self::RecursionError | Self::UnicodeDecodeError)
    }
}

/// Why a source did not compile: the attributes of Python's exception.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// The exception's type.
    pub kind: ErrorKind,
    /// `msg`, or the text of an exception that has no position.
    pub msg: String,
    /// The file name given to the compiler.
    pub filename: String,
    /// Line, counted from 1.
    pub lineno: Option<i32>,
    /// Column in characters, counted from 1; 0 and -1 occur as in CPython.
    pub offset: Option<i32>,
    /// Last line.
    pub end_lineno: Option<i32>,
    /// Column after the end, counted from 1; 0 and -1 mean that CPython gives none.
    pub end_offset: Option<i32>,
    /// The source line, with or without its newline as CPython has it.
    pub text: Option<String>,
}

impl std::error::Error for SyntaxError {}

impl SyntaxError {
    /// An error without a position.
    pub(crate) fn bare(kind: ErrorKind, msg: impl Into<String>, filename: &str) -> Self {
        Self {
            kind,
            msg: msg.into(),
            filename: filename.to_owned(),
            lineno: None,
            offset: None,
            end_lineno: None,
            end_offset: None,
            text: None,
        }
    }

    fn from_raised(raised: Raised, filename: &str) -> Self {
        let bare = Self::bare(raised.kind, raised.message, filename);
        if !raised.kind.has_position() {
            return bare;
        }
        Self {
            lineno: Some(raised.line as i32),
            offset: Some(raised.offset as i32),
            end_lineno: Some(raised.end_line as i32),
            end_offset: Some(raised.end_offset as i32),
            text: raised.text,
            ..bare
        }
    }
}

/// Where the parser starts, and its flags.
fn start_and_flags(options: &Options) -> (Start, Flags) {
    let flags = Flags {
        dont_imply_dedent: options.flags.contains(CompileFlags::DONT_IMPLY_DEDENT),
        allow_incomplete_input: options.flags.contains(CompileFlags::ALLOW_INCOMPLETE_INPUT),
        flufl: options.flags.contains(CompileFlags::FUTURE_BARRY_AS_BDFL),
    };
    let start = match options.mode {
        Mode::Exec => Start::File,
        Mode::Single => Start::Single,
        Mode::Eval => Start::Eval,
    };
    (start, flags)
}

/// The error CPython's tokenizer or parser has for `source`, `None` if it takes it. Reads the whole
/// source, so this is for sources already known not to compile.
pub fn parse_error(source: &str, filename: &str, options: &Options) -> Option<SyntaxError> {
    let (start, flags) = start_and_flags(options);
    diagnose::diagnose(source, start, flags).map(|raised| SyntaxError::from_raised(raised, filename))
}

/// What CPython's parser warns of in a source that does not compile.
pub fn warnings_of_parser(source: &str, options: &Options) -> Vec<SyntaxWarning> {
    let (start, flags) = start_and_flags(options);
    diagnose::warnings_of_parser(source, start, flags).into_iter().map(warning).collect()
}

fn warning((message, lineno): (String, usize)) -> SyntaxWarning {
    SyntaxWarning { category: WarningCategory::SyntaxWarning, message, lineno, offset: None }
}

/// Looks again at a source the library takes: CPython's error if it has one, else the warnings of its
/// tokenizer and parser.
///
/// Of a module only the tokens are read (the library does not mind indentation that mixes tabs and spaces
/// or is 100 levels deep), unless they show something the library is known to misjudge; expressions and interactive statements, which are short, are parsed (the
/// library does not mind how they end).
pub fn look_again(
    source: &str,
    filename: &str,
    options: &Options,
) -> Result<Vec<SyntaxWarning>, SyntaxError> {
    let found = diagnose::warnings(source, true);
    if (found.is_none() || options.mode != Mode::Exec)
        && let Some(error) = parse_error(source, filename, options)
    {
        return Err(error);
    }
    let found = found.or_else(|| diagnose::warnings(source, false)).unwrap_or_default();
    Ok(found.into_iter().map(warning).collect())
}
