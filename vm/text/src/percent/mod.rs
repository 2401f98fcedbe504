//! The `%` operator of `str` and `bytes`: reading the format, and writing single values.
//!
//! Fetching values is the caller's: [`Parser`] tells in order what to fetch, and each error comes where CPython
//! raises it, so that it and the errors of fetching keep their order.

mod parse;
mod write;

pub use parse::{Event, Field, Flags, Parser, star_precision, star_width};
pub use write::{argument_error, format_bytes, format_char, format_float, format_int, format_text};
