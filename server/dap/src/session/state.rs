//! Which request is legal in which state, as one table. What a request then does is its handler's business.
//!
//! The three classes are delve's: what is served always, what while the program runs, what only while it is
//! stopped. A fourth has its one place in the session's order.

use crate::protocol::{Capabilities, Command};

use super::error::{ErrorId, RequestError};

/// Where a session is. It only goes downwards, but for `Running` and `Stopped`, which alternate.
///
/// Order of what is sent, which clients rely on:
/// - the response to `initialize` comes before the `initialized` event;
/// - that event comes once the server knows the program, in the course of `launch` or `attach`; their
///   response comes after that to `configurationDone`;
/// - the response to a request that lets the program run comes before the next `stopped` event;
/// - `exited` comes before `terminated`, and nothing of the program after it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// Before `initialize`.
    Uninitialized,
    /// Between `initialize` and `launch` or `attach`.
    Initialized,
    /// Between `launch` or `attach` and `configurationDone`: breakpoints are set. A program that is launched
    /// has not run yet; one that is attached to may be running.
    Configuring,
    /// The program runs, in all its threads.
    Running,
    /// At least one thread is stopped. Whether it is the one that a request means, its handler knows.
    Stopped,
    /// The program has ended, or was left.
    Terminated,
}

impl State {
    /// Every state, in order.
    pub const ALL: [State; 6] = [
        Self::Uninitialized,
        Self::Initialized,
        Self::Configuring,
        Self::Running,
        Self::Stopped,
        Self::Terminated,
    ];
}

/// When a request is legal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// In this state alone.
    Once(State),
    /// In every state: what ends a session, and what a client may ask while the end is on its way to it.
    Always,
    /// As soon as there is a program, whether it runs or not.
    WhileRunning,
    /// While a thread is stopped.
    WhileStopped,
    /// Never: it is a request to the client.
    Reverse,
}

/// The table's rows: every request of the protocol.
pub const fn class(command: Command) -> Class {
    use Command as C;
    match command {
        C::Initialize => Class::Once(State::Uninitialized),
        C::Launch | C::Attach => Class::Once(State::Initialized),
        C::ConfigurationDone => Class::Once(State::Configuring),

        C::Cancel | C::Disconnect | C::Terminate | C::Threads | C::Source => Class::Always,

        C::BreakpointLocations
        | C::SetBreakpoints
        | C::SetFunctionBreakpoints
        | C::SetExceptionBreakpoints
        | C::SetDataBreakpoints
        | C::SetInstructionBreakpoints
        | C::Pause
        | C::Restart
        | C::TerminateThreads
        | C::Modules
        | C::LoadedSources => Class::WhileRunning,

        C::Continue
        | C::Next
        | C::StepIn
        | C::StepOut
        | C::StepBack
        | C::ReverseContinue
        | C::RestartFrame
        | C::Goto
        | C::GotoTargets
        | C::StepInTargets
        | C::StackTrace
        | C::Scopes
        | C::Variables
        | C::SetVariable
        | C::Evaluate
        | C::SetExpression
        | C::Completions
        | C::ExceptionInfo
        | C::DataBreakpointInfo
        | C::ReadMemory
        | C::WriteMemory
        | C::Disassemble
        | C::Locations => Class::WhileStopped,

        C::RunInTerminal | C::StartDebugging => Class::Reverse,
    }
}

/// A capability: its name, and whether it was announced.
type Flag = (&'static str, fn(&Capabilities) -> Option<bool>);

/// The capability without which a client must not send the request; `None` for the requests that every
/// server serves.
const fn capability(command: Command) -> Option<Flag> {
    use Command as C;
    let flag: Flag = match command {
        C::Cancel => ("supportsCancelRequest", |c| c.supports_cancel_request),
        C::ConfigurationDone => {
            ("supportsConfigurationDoneRequest", |c| c.supports_configuration_done_request)
        }
        C::Restart => ("supportsRestartRequest", |c| c.supports_restart_request),
        C::Terminate => ("supportsTerminateRequest", |c| c.supports_terminate_request),
        C::BreakpointLocations => {
            ("supportsBreakpointLocationsRequest", |c| c.supports_breakpoint_locations_request)
        }
        C::SetFunctionBreakpoints => ("supportsFunctionBreakpoints", |c| c.supports_function_breakpoints),
        C::DataBreakpointInfo | C::SetDataBreakpoints => {
            ("supportsDataBreakpoints", |c| c.supports_data_breakpoints)
        }
        C::SetInstructionBreakpoints => {
            ("supportsInstructionBreakpoints", |c| c.supports_instruction_breakpoints)
        }
        C::StepBack | C::ReverseContinue => ("supportsStepBack", |c| c.supports_step_back),
        C::RestartFrame => ("supportsRestartFrame", |c| c.supports_restart_frame),
        C::Goto | C::GotoTargets => ("supportsGotoTargetsRequest", |c| c.supports_goto_targets_request),
        C::SetVariable => ("supportsSetVariable", |c| c.supports_set_variable),
        C::TerminateThreads => ("supportsTerminateThreadsRequest", |c| c.supports_terminate_threads_request),
        C::Modules => ("supportsModulesRequest", |c| c.supports_modules_request),
        C::LoadedSources => ("supportsLoadedSourcesRequest", |c| c.supports_loaded_sources_request),
        C::SetExpression => ("supportsSetExpression", |c| c.supports_set_expression),
        C::StepInTargets => ("supportsStepInTargetsRequest", |c| c.supports_step_in_targets_request),
        C::Completions => ("supportsCompletionsRequest", |c| c.supports_completions_request),
        C::ExceptionInfo => ("supportsExceptionInfoRequest", |c| c.supports_exception_info_request),
        C::ReadMemory => ("supportsReadMemoryRequest", |c| c.supports_read_memory_request),
        C::WriteMemory => ("supportsWriteMemoryRequest", |c| c.supports_write_memory_request),
        C::Disassemble => ("supportsDisassembleRequest", |c| c.supports_disassemble_request),
        C::RunInTerminal
        | C::StartDebugging
        | C::Initialize
        | C::Launch
        | C::Attach
        | C::Disconnect
        | C::SetBreakpoints
        | C::SetExceptionBreakpoints
        | C::Continue
        | C::Next
        | C::StepIn
        | C::StepOut
        | C::Pause
        | C::StackTrace
        | C::Scopes
        | C::Variables
        | C::Source
        | C::Threads
        | C::Evaluate
        | C::Locations => return None,
    };
    Some(flag)
}

/// The table: may this request be served in this state, by a server that announced these capabilities?
/// So no capability is announced that is not served, and none is served that was not announced.
pub fn check(state: State, command: Command, announced: &Capabilities) -> Result<(), RequestError> {
    let refuse = |id, what: &str| Err(RequestError::about(id, command, what));
    let class = class(command);
    if class == Class::Reverse {
        return refuse(ErrorId::ReverseRequest, "is a request to the client");
    }
    if let Some((name, flag)) = capability(command)
        && flag(announced) != Some(true)
    {
        return refuse(
            ErrorId::Unsupported,
            &format!("is not supported by this debugger, which does not announce `{name}`"),
        );
    }
    match (class, state) {
        (Class::Always, _)
        | (Class::WhileRunning, State::Configuring | State::Running | State::Stopped)
        | (Class::WhileStopped, State::Stopped) => Ok(()),
        (Class::Once(legal), _) if legal == state => Ok(()),

        (_, State::Uninitialized) => refuse(ErrorId::NotInitialized, "comes before `initialize`"),
        (Class::Once(legal), _) => match (legal, state) {
            (State::Configuring, State::Initialized) => {
                refuse(ErrorId::OutOfOrder, "comes before `launch` or `attach`")
            }
            _ => refuse(ErrorId::OutOfOrder, "comes too late: this session is past it"),
        },
        (_, State::Initialized) => {
            refuse(ErrorId::OutOfOrder, "comes before `launch` or `attach`: wait for the `initialized` event")
        }
        (_, State::Terminated) => refuse(ErrorId::Terminated, "comes too late: the program has ended"),
        (_, _) => refuse(ErrorId::NotStopped, "needs a stopped program: `pause` it first"),
    }
}

#[cfg(test)]
mod tests;
