//! The messages of the protocol: their types, the envelope around them, and `seq`.
//!
//! `types`, `requests` and `events` are generated from the schema; what is written by hand is what the
//! schema says in prose: the envelope ([`Incoming`], [`Outbox`]) and how arguments are read. No message is
//! judged here: whether a request may come now is for [`crate::session`].

mod arguments;
#[allow(clippy::wildcard_imports, reason = "generated")]
mod events;
mod incoming;
mod outgoing;
#[allow(clippy::wildcard_imports, clippy::large_enum_variant, reason = "generated")]
mod requests;
mod types;

pub use arguments::{ArgumentsError, RequestArguments};
pub use events::*;
pub(crate) use incoming::name_of;
pub use incoming::{Incoming, InvalidMessage};
pub use outgoing::{Outbox, Outgoing, RequestId};
pub use requests::*;
pub use types::*;

#[cfg(test)]
mod tests;
