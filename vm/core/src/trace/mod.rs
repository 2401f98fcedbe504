//! Tracing and monitoring: who is told what of a running program.
//!
//! There is one mechanism, PEP 669's: tools say which events they want, of all code or of single code objects, and
//! the instructions that cause them are trapped in the execution copies (`eval::instrument`). Python's own tools
//! are `sys.monitoring`'s six, `sys.setprofile` and `sys.settrace`; the debugger in the process ([`Hook`]) is one
//! more, which no Python code sees. CPython: Python/instrumentation.c, Python/legacy_tracing.c.

mod event;
mod hook;
pub(crate) mod legacy;
mod state;
mod tell;

pub use crate::frame::{Activation, GlobalPlace, Place, Variable};
pub use event::Event;
pub(crate) use event::Events;
pub(crate) use hook::forget_hook;
pub use hook::{Hook, executed_codes, install, interrupt, plant, watch_all, watch_code};
pub(crate) use state::{Monitors, Tools, Tracing};
pub(crate) use tell::{
    DISABLE, Detail, MISSING, end_turn, gone, is_idle, planted, raising_is_told, safepoint, switch_off, tell,
    tell_exception, thread_exited, thread_started, unwinding_is_told,
};

/// The debugger's number among the tools: after `sys.monitoring`'s six, `sys.setprofile` and `sys.settrace`.
pub(crate) const NATIVE_TOOL: u8 = 8;
/// How many tools there can be.
pub(crate) const TOOLS: usize = NATIVE_TOOL as usize + 1;
/// `sys.setprofile`'s.
pub(crate) const PROFILE_TOOL: u8 = 6;
/// `sys.settrace`'s.
pub(crate) const TRACE_TOOL: u8 = 7;

#[cfg(test)]
mod tests;
