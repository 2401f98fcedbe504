//! The Debug Adapter Protocol, as Lasti's server speaks it: bytes to messages, what a client may ask for in
//! which state, what its configuration means.
//!
//! ```text
//! bytes ── wire ──► protocol::Incoming ── protocol::Request::parse ──► session::check
//! bytes ◄── wire ── protocol::Outbox (the only place that assigns `seq`) ◄── protocol::Outgoing
//! ```
//!
//! The crate does no I/O and knows no engine: [`wire::Decoder`] is fed bytes, from whatever reads them.
//!
//! The protocol's types are generated from its JSON schema (1.71), by `generate/protocol.py`, and
//! committed. The `dap-types` crate (0.0.1) was the alternative. It writes `"key":null` for each of its
//! optional fields (none of its 296 is skipped when absent), which clients are free to take for a value,
//! names a request's arguments `body`, and ends before the protocol's present version: no
//! `supportsDataBreakpointBytes`, no `supportsANSIStyling`. Wrapping it would mean writing each type again.
//!
//! Two rules follow for whoever adds a message by hand: an absent field is not written, and a client's
//! `null` is read as absent.
#![forbid(unsafe_code)]

pub mod launch;
pub mod protocol;
#[cfg(any(test, feature = "schema"))]
pub mod schema;
pub mod session;
pub mod wire;
