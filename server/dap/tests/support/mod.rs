//! What the tests of sessions share: a scripted engine, and a client that checks what it gets.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each test uses its part")]

mod checked;
mod engine;
mod program;

pub use checked::{Checked, initialize, session, session_with};
pub use engine::FakeLauncher;
pub use program::{Action, Program, line, program};
