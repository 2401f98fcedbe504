//! Types: what a type object holds, its slots, method resolution, attribute access, native definitions.
//!
//! - `data`: the type object and its layout
//! - `slots`: the table of native functions behind operators and protocols
//! - `mro`, `lookup`: the method resolution order, and finding attributes along it
//! - `shared_keys`: which inline value of an instance belongs to which attribute
//! - `attributes`: getting and setting attributes of instances and types
//! - `native`: how builtin types and functions are defined in Rust
//! - `slotdefs`: which dunder method belongs to which slot, in both directions
//! - `words`: further objects in instances of builtin types
//! - `class`: making a class (`type.__new__`)

pub(crate) mod attributes;
pub(crate) mod class;
mod data;
pub(crate) mod instance;
pub(crate) mod lookup;
pub(crate) mod mro;
pub(crate) mod native;
pub(crate) mod shared_keys;
pub(crate) mod slotdefs;
mod slots;
pub mod words;

pub use data::{TypeData, TypeFlags, TypeObject};
pub use native::{Getter, NativeCall, NativeDef, Property, Setter, TypeBuilder};
pub use slots::{
    Binaries, BinaryFn, BufferFn, CallFn, CompareFn, CompareOp, DescrGetFn, DescrSetFn, FinalizeFn,
    GetAttrFn, HashFn, InitFn, InquiryFn, IterNextFn, LenFn, NewFn, SendFn, Sent, SetAttrFn, SetItemFn,
    Slots, TernaryFn, Unaries, UnaryFn,
};
