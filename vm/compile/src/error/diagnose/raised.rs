//! Owns [`Raised`]: an error as the tokenizer or the parser raises it, positions already counted in
//! characters. Does not own the public error type; `error/mod.rs` makes one of it.
use super::super::ErrorKind;

/// What one failed parse raises, in the fields of Python's `SyntaxError`.
#[derive(Clone, Debug)]
pub(crate) struct Raised {
    pub kind: ErrorKind,
    pub message: String,
    pub line: i64,
    /// 1-based column in characters; 0 where CPython gives 0.
    pub offset: i64,
    pub end_line: i64,
    /// 1-based end column; 0 and -1 occur as they do in CPython ("unknown").
    pub end_offset: i64,
    pub text: Option<String>,
}

/// `Err` is an error that ends the parse at once.
pub(crate) type Outcome<T> = Result<T, Box<Raised>>;

/// The 1-based character column of byte column `col` (1-based too) in `line`: the line's first `col`
/// bytes, a cut character counted as one. `CPython: pegen.c::_PyPegen_byte_offset_to_character_offset`.
pub(super) fn character_offset(line: &str, col: i64) -> i64 {
    if col < 0 {
        return -1;
    }
    let len = line.len() as i64;
    if col > len {
        // One past the end counts the terminating NUL.
        return line.chars().count() as i64 + 1;
    }
    line.char_indices().take_while(|(at, _)| (*at as i64) < col).count() as i64
}
