//! The interpreter: one a process ([`Interp`]), and each thread's part in it ([`Vm`]).

pub mod config;
mod interp;
pub(crate) mod interrupt;
pub(crate) mod lock;
mod names;
pub mod park;
pub(crate) mod signals;
mod thread;
pub(crate) mod threads;

pub use interp::Interp;
pub(crate) use interrupt::for_each_thread;
pub use names::Names;
pub use thread::Vm;
pub(crate) use thread::{Handling, approximate_stack_pointer};
pub use threads::ThreadInfo;
