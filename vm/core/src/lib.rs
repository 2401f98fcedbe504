//! The Python virtual machine: CPython 3.14's bytecode, object model and protocols.
//!
//! Reading order:
//! - [`object`]: the value word, headers, reference counts, allocation, the cycle collector
//! - the payloads that everything uses: [`text`], [`bytes`], [`number`], [`sequence`], [`dict`], [`set`],
//!   [`iterators`], [`function`], [`code`], [`module`], [`descriptors`]
//! - [`types`]: type objects, slots, attribute look-up, native definitions
//! - [`errors`], [`call`]: raising, passing arguments
//! - [`ops`]: operators and protocols on any objects
//! - [`builtins`]: what Python sees of the builtin types
//! - `frame`, `eval`: activations and the loop; [`trace`]: who is told what of it
//! - [`vm`]: the interpreter and its threads
//!
//! # Invariants
//! 1. Only a thread that holds the interpreter lock touches an object. Having a [`Vm`] means holding it;
//!    `Obj` is neither `Send` nor `Sync`.
//! 2. There is one interpreter in a process. The builtin types are statics.
//! 3. `unsafe` is in `object`, in the payloads with items behind them (`text`, `bytes`, `sequence`), in the
//!    cells' modules, in `frame`, in `eval`, and in the parts of `vm` about threads. Everything else is safe code.
//! 4. Collections and finalizers of cycles run at safepoints only, never within an allocation.

// Handlers, cells and counting only pay when they are part of their callers.
#![allow(clippy::inline_always)]
// Slots and native functions have one signature each, whether a body can raise or not; so have statics that
// begin as constants with cells in them, and tables of functions.
#![allow(
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value,
    clippy::declare_interior_mutable_const,
    clippy::type_complexity,
    clippy::trivially_copy_pass_by_ref
)]
// Objects are aligned to 16 bytes by the allocator, whatever pointer they are reached by.
#![allow(clippy::cast_ptr_alignment, clippy::borrow_as_ptr)]
// Python's comparisons of floats are the machine's.
#![allow(clippy::float_cmp)]
// Matters of taste where the other form reads worse.
#![allow(
    clippy::single_match_else,
    clippy::format_push_string,
    clippy::zero_sized_map_values,
    clippy::iter_not_returning_iterator,
    clippy::large_stack_arrays,
    clippy::decimal_bitwise_operands,
    clippy::manual_let_else,
    clippy::struct_field_names,
    clippy::return_self_not_must_use,
    clippy::pub_underscore_fields,
    clippy::if_not_else,
    clippy::precedence,
    clippy::redundant_closure_for_method_calls
)]
// A builtin type's payload is `pub`, as its static is, whether its module is or not.
#![allow(unreachable_pub)]

pub mod object;

pub mod buffer;
pub mod bytes;
pub mod code;
pub mod codecs;
pub mod descriptors;
pub mod dict;
pub mod function;
pub mod iterators;
pub mod module;
pub mod number;
pub mod sequence;
pub mod set;
pub mod text;
pub mod traceback;

pub mod types;

pub mod call;
pub mod errors;
pub mod ops;

pub mod builtins;

pub mod eval;
mod frame;
pub mod generator;
pub(crate) mod import;
mod init;
pub mod inspect;
pub mod interactive;
pub(crate) mod modules;
pub mod paths;
pub mod sources;
pub mod structseq;
pub mod suggest;
pub mod trace;

#[cfg(test)]
mod testing;

pub mod program;
pub mod vm;

pub use call::{Args, Signature};
pub use errors::{Exc, PyResult};
pub use object::{Obj, Ref};
pub use vm::Vm;

/// The version of Python that programs see.
pub fn version() -> String {
    let (major, minor, micro) = modules::sys::VERSION;
    format!("{major}.{minor}.{micro}")
}
