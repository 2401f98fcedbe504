//! The Debug Adapter Protocol, as Lasti's server speaks it: bytes to messages, what a client may ask for in
//! which state, what its configuration means, and the session that serves it.
//!
//! ```text
//! bytes ── wire ──► protocol::Incoming ── protocol::Request::parse ──► session (check, requests)
//! bytes ◄── wire ── protocol::Outbox (the only place that assigns `seq`) ◄── protocol::Outgoing
//! session ── lasti_engine::Command ──► debuggee::EngineLink ── replies, events ──► session
//! ```
//!
//! A session ([`session::serve`], [`transport`]) is given its streams, and a [`debuggee::Launcher`] that gets
//! it a program whose engine speaks the protocol of `lasti_engine`; which engine that is, the binary decides.
//! [`client`] is the other side, for tests and scripted sessions.
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

pub mod transport;

pub mod session;

pub mod debuggee;
pub mod launch;
mod output;
pub mod protocol;
pub mod wire;

pub mod client;
#[cfg(any(test, feature = "schema"))]
pub mod schema;
