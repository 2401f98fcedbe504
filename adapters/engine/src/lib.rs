//! The engine protocol: what a debug server and the engine that runs a program say to each other.
//!
//! Plain data, in both directions: a server sends [`Command`]s and gets one reply to each; the engine sends
//! [`Event`]s when it has something to tell. There is no I/O here, no virtual machine, and none of DAP's words.
//!
//! - [`ids`]: threads, sources, breakpoints, and the references that live as long as a stop;
//! - [`place`]: lines, columns, code offsets, and their units;
//! - [`breakpoints`], [`stop`], [`snapshot`]: what is asked for, why a thread stopped, what it then shows;
//! - [`command`], [`event`], [`error`]: the messages;
//! - [`stops`]: which references are still good;
//! - [`link`]: messages as bytes, for an engine in another process.
//!
//! The server is the *client* of this protocol, whatever its own clients are. The two ends are one program
//! started twice, so a link needs no compatibility between versions, only a sure refusal.
//!
//! # A lost peer
//!
//! An engine whose client is gone does what [`OnLostClient`] said when the link was opened: the program ends,
//! or it runs on without breakpoints. It never stays stopped with nobody to resume it. A client whose engine
//! is gone takes every command it has no reply to as failed with [`EngineError::Lost`], every thread as gone,
//! and asks the operating system how the process ended.
#![forbid(unsafe_code)]

pub mod ids;
pub mod place;

pub mod breakpoints;
pub mod snapshot;
pub mod stop;

pub mod command;
pub mod error;
pub mod event;

pub mod link;
pub mod stops;

pub use command::{Command, OnLostClient, Reply, Request};
pub use error::EngineError;
pub use event::Event;
pub use ids::{BreakpointId, FrameRef, RequestId, SourceId, StopEpoch, ThreadId, VariableRef};
pub use stop::StopReason;
