//! What Python's operators and builtin protocols do with any objects: each a method of [`Vm`](crate::vm::Vm).
//!
//! - `object`: repr, str, hash, truth, comparison, length
//! - `number`: arithmetic, index
//! - `item`: subscripts, containment
//! - `iter`: iteration
//! - `call`: calls
//! - `send`: sending into generators and their like

mod call;
mod item;
mod iter;
mod number;
mod object;
mod send;

pub use item::{SliceParts, SliceRange};
pub use number::BinaryOp;
pub(crate) use object::unhashable;
pub(crate) use send::send_to;
