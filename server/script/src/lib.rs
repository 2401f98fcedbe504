//! Debug sessions as stories: Markdown files that people read, with a program, and commands for a debugger with
//! what must follow each. This crate reads stories, plays them against a server of the Debug Adapter Protocol,
//! and says where one goes another way.
//!
//! The language is described in `server/script/README.md`.
//!
//! ```text
//! file ── Story::read ──► Story ── run ──► StoryReport ──► transcript, diff, JUnit, or the file rewritten
//!                                   │
//!                             ServerFactory: a new server for each story
//! ```
//!
//! - [`story`](Story): what is written;
//! - `session`: the conversation with the server, command by command;
//! - [`run`]: stories side by side, each with a folder of its own and a watchdog;
//! - [`report`](Report): what came of it;
//! - [`command_line`]: all of it as a command.
//!
//! No Python is known here, and no engine: any server will do.
#![forbid(unsafe_code)]

mod server;
mod story;

mod session;

mod bless;
mod junit;
mod report;
mod runner;

pub mod command_line;

pub use report::{Outcome, Report, StoryReport};
pub use runner::{Options, run};
pub use server::{ChildServer, Connecting, Connection, InProcessServer, ServerFactory};
pub use story::{Story, StoryError};
