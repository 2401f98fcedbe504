//! Objects in memory: the value word, headers, reference counts, allocation, cells, the cycle collector,
//! weak references.
//!
//! Here lies most of the crate's `unsafe`. What is offered to the rest of the crate is safe: [`Obj`] and
//! [`Ref`] own references, [`ObjCell`] and [`ObjVec`] hold objects that change.
//!
//! ```text
//! an object           header 16 │ payload of the type's solid base │ words: dict, inline values, slots
//! a tuple             header 16 │ hash 8 │ length 8 │ item words …
//! a str               header 16 │ hash 8 │ bytes 8 │ code points and flags 8 │ WTF-8 …
//! an instance         header 16 │ dict word │ inline values …
//! ```

// An eval loop's and an allocator's operations come in groups that one reason covers.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]

#[cfg(feature = "audit")]
pub mod audit;
mod cells;
pub(crate) mod dealloc;
pub(crate) mod gc;
pub(crate) mod header;
pub(crate) mod heap;
pub(crate) mod obj;
mod payload;
mod reference;
pub(crate) mod value;
pub(crate) mod weak;

#[cfg(test)]
mod tests;

pub use cells::{ObjCell, ObjVec, StaticCell};
pub use obj::Obj;
pub use payload::{Native, Payload, Visitor};
pub use reference::{Object, Ref};
pub(crate) use value::Value;
pub use weak::WeakRef;
