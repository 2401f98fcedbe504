//! The interpreter: one a process ([`Interp`]), and each thread's part in it ([`Vm`]).

pub mod config;
mod interp;
mod names;
mod thread;

pub use interp::Interp;
pub use names::Names;
pub use thread::Vm;
pub(crate) use thread::{Handling, approximate_stack_pointer};
