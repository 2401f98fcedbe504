//! Why a thread stopped. Decided by `lasti-control`; put into a protocol's words by the server.

use serde::{Deserialize, Serialize};

use crate::ids::{BreakpointId, StopEpoch, ThreadId};

/// Why a thread stopped. Where several reasons meet, the first of this list that applies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum StopReason {
    /// An exception that a filter asks for was raised, and nothing is unwound yet.
    Exception(ExceptionVerdict),
    /// A breakpoint in a source.
    Breakpoint,
    /// A breakpoint on a function.
    FunctionBreakpoint,
    /// A breakpoint on an instruction.
    InstructionBreakpoint,
    /// A step ended.
    Step(StepEnd),
    /// The program's first statement.
    Entry,
    /// Somebody asked for a pause.
    Pause,
    /// The thread was stopped already, and was sent elsewhere.
    Jump,
}

/// How a step ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum StepEnd {
    /// At the next statement, line or instruction.
    Next,
    /// In the activation that was given a result, in the middle of the statement that asked for it.
    Result,
    /// Where an exception is handled that left the activation.
    Handler,
    /// Where an exception is raised that nobody will catch.
    Uncaught,
    /// A suspended generator or coroutine is gone; this is where it was dropped or closed.
    Lost,
}

/// What will become of an exception, known before it unwinds anything. From best to worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum ExceptionVerdict {
    /// User code catches it.
    Caught,
    /// Library code catches it, after it left user code.
    UserUnhandled,
    /// Nobody catches it.
    Uncaught,
}

/// One stop of one thread.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stopped {
    /// The thread.
    pub thread: ThreadId,
    /// The number of this stop: references made in it carry it.
    pub epoch: StopEpoch,
    /// Why.
    pub reason: StopReason,
    /// The breakpoints that were hit here, whatever the reason.
    pub hits: Vec<BreakpointId>,
    /// The stops of the other threads, if they were stopped because of this one. A thread that is not listed
    /// runs.
    pub others: Vec<(ThreadId, StopEpoch)>,
    /// For the user, where there is more to say (a condition that failed, say).
    pub message: Option<String>,
}
