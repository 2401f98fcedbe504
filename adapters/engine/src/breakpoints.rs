//! What a client asks to be stopped for, and what became of it. Conditions and messages are text as the user
//! wrote it; parsing them is the engine's.

use serde::{Deserialize, Serialize};

use crate::ids::{BreakpointId, SourceId};
use crate::place::{InstructionPlace, Position};

/// What a breakpoint asks beyond its place.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct BreakpointRules {
    /// A Python expression, evaluated in the frame; the breakpoint counts only where it is true.
    pub condition: Option<String>,
    /// Which of the hits count: `5` (the fifth), `> 5`, `>= 5`, `< 5`, `<= 5`, `% 5` (every fifth).
    pub hit_condition: Option<String>,
    /// Instead of stopping, write this, with the value of each `{expression}` in it.
    pub log_message: Option<String>,
}

/// A breakpoint in a source.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SourceBreakpoint {
    /// The line; the first is 1.
    pub line: u32,
    /// The column, in the unit of [`Position::column`], if one was asked for.
    pub column: Option<u32>,
    /// What else it asks.
    pub rules: BreakpointRules,
}

/// A breakpoint on the first statement of functions.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct FunctionBreakpoint {
    /// `co_qualname`, or the end of it after a dot.
    pub name: String,
    /// What else it asks.
    pub rules: BreakpointRules,
}

/// A breakpoint on one instruction.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct InstructionBreakpoint {
    /// The instruction.
    pub at: InstructionPlace,
    /// What else it asks.
    pub rules: BreakpointRules,
}

/// What became of a breakpoint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BreakpointInfo {
    /// Its id.
    pub id: BreakpointId,
    /// Whether there is code that it can stop.
    pub status: BreakpointStatus,
    /// For the user: why it is where it is, or is not verified.
    pub message: Option<String>,
}

/// Whether a breakpoint can stop anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum BreakpointStatus {
    /// Its code is not loaded yet.
    Pending,
    /// It is planted.
    Verified {
        /// The source, the last loaded if there are several.
        source: SourceId,
        /// Where it really is.
        position: Position,
    },
    /// It can never stop anything as it is written: the message says why.
    Refused,
}

/// Which exceptions stop the thread that raises them. An exception is reported once; again only if it is raised
/// anew and is now worse off than when it was reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct ExceptionFilters {
    /// Wherever one is raised.
    pub raised: bool,
    /// That will not be caught at all.
    pub uncaught: bool,
    /// That passes through user code and is not caught in user code.
    pub user_unhandled: bool,
    /// Let `raised` also stop at `StopIteration`, `StopAsyncIteration` and `GeneratorExit` where a `raise`
    /// statement raises them.
    pub include_control_flow: bool,
}
