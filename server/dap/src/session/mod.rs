//! A debug session: in which state it is, what may be asked in that state, and how a request fails.
//!
//! Handlers come with the engine protocol; what is here needs none.

mod error;
mod state;

pub use error::{ErrorId, ErrorKind, RequestError};
pub use state::{Class, State, check, class};
