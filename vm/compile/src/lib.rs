//! Python source to code objects. The only crate that names the compiler library.
//!
//! - [`options`]: what `compile()` can be told;
//! - [`source`]: bytes to text; [`error`] and [`warning`]: what CPython says of a source;
//! - `pipeline`: text to syntax tree to the library's code object;
//! - `limits`: how deep a source may nest, and the stack for it;
//! - `convert`, `identifiers`, `share`: that code object as ours, its parts shared as CPython does;
//! - `mend`: what the library gets wrong, put right, one file for each matter;
//! - [`ast`]: syntax trees as Python sees them;
//! - `statements`: the statements of a source, for the source map.
//!
//! The result equals that of CPython 3.14's `compile()`, down to which constants are one object, so
//! that it marshals to the same bytes. Nothing here executes code or reads files.
#![forbid(unsafe_code)]

pub mod ast;
mod convert;
pub mod error;
mod identifiers;
mod limits;
mod mend;
pub mod options;
mod pipeline;
mod share;
pub mod source;
mod statements;
#[cfg(test)]
mod testing;
pub mod tokens;
pub mod warning;

pub use error::{ErrorKind, SyntaxError};
pub use options::{CompileFlags, Mode, Options};
pub use pipeline::{
    Compiled, Tree, compile, compile_bytes, compile_file, compile_tree, parse, parse_bytes, warnings_before,
};
pub use statements::{StatementsError, statements};
pub use warning::{SyntaxWarning, WarningCategory};
