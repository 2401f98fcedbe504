//! What a client asks of an engine. Every command is sent by the client and gets exactly one reply, of the
//! type that its [`Request`] names, or an error. Replies may come in another order than the commands, but for
//! the commands to one thread, which are taken one after the other.
//!
//! What needs a stopped thread fails with [`Running`](crate::EngineError::Running) while it runs, and a
//! reference of an earlier stop with [`Stale`](crate::EngineError::Stale). What makes a thread run gets its
//! reply before the thread runs: so the reply comes before the next stop.

use serde::{Deserialize, Serialize};

use crate::breakpoints::{
    BreakpointInfo, ExceptionFilters, FunctionBreakpoint, InstructionBreakpoint, SourceBreakpoint,
};
use crate::ids::{FrameRef, RequestId, SourceId, ThreadId, VariableRef};
use crate::place::{InstructionPlace, Page, SourceName, Span};
use crate::snapshot::{
    ExceptionInfo, InstructionInfo, ScopeInfo, SourceInfo, StackPage, TextPage, ThreadInfo, ValueInfo,
    VariablePage,
};

/// A command with the type of its reply.
pub trait Request: Into<Command> {
    /// What is answered.
    type Reply: Into<Reply>;

    /// The reply out of all replies; gives it back if it is another command's.
    fn reply(reply: Reply) -> Result<Self::Reply, Reply>;
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* } -> $reply:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
            pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

            impl From<$name> for Command {
                fn from(command: $name) -> Self {
                    Self::$name(command)
                }
            }

            impl Request for $name {
                type Reply = replies::$name;

                fn reply(reply: Reply) -> Result<Self::Reply, Reply> {
                    match reply {
                        Reply::$name(reply) => Ok(replies::$name(reply)),
                        other => Err(other),
                    }
                }
            }
        )*

        /// What a client asks.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        pub enum Command { $($(#[$doc])* $name($name),)* }

        /// What an engine answers if it could do what was asked: the variant of the same name.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        pub enum Reply {
            $(#[doc = concat!("To [`", stringify!($name), "`](struct@", stringify!($name), ").")] $name($reply),)*
        }

        /// The replies, each a type of its own, so that a handler cannot give another command's.
        pub mod replies {
            #[allow(clippy::wildcard_imports, reason = "the types that commands name")]
            use super::*;
            $(
                #[doc = concat!("The reply to [`", stringify!($name), "`](struct@super::", stringify!($name), ").")]
                #[derive(Clone, PartialEq, Eq, Debug)]
                pub struct $name(pub $reply);

                impl From<$name> for Reply {
                    fn from(reply: $name) -> Self {
                        Self::$name(reply.0)
                    }
                }
            )*
        }
    };
}

commands! {
    /// Lets the program begin. Once, after breakpoints are set.
    Start {
        /// Stop at the first statement.
        stop_on_entry: bool,
    } -> ();
    /// Sets all breakpoints of a source; those set before and not in the list are gone. Legal at any time.
    SetBreakpoints {
        /// The source.
        source: SourceName,
        /// The breakpoints; the reply has as many, in this order.
        breakpoints: Vec<SourceBreakpoint>,
    } -> Vec<BreakpointInfo>;
    /// Sets all function breakpoints. Legal at any time.
    SetFunctionBreakpoints {
        /// The breakpoints; the reply has as many, in this order.
        breakpoints: Vec<FunctionBreakpoint>,
    } -> Vec<BreakpointInfo>;
    /// Sets all instruction breakpoints. Legal at any time.
    SetInstructionBreakpoints {
        /// The breakpoints; the reply has as many, in this order.
        breakpoints: Vec<InstructionBreakpoint>,
    } -> Vec<BreakpointInfo>;
    /// Sets which exceptions stop. Legal at any time.
    SetExceptionFilters {
        /// The filters.
        filters: ExceptionFilters,
    } -> ();
    /// The places of some lines at which a breakpoint may be set.
    BreakpointLocations {
        /// The source.
        source: SourceName,
        /// The lines.
        range: Span,
    } -> Vec<Span>;
    /// The threads that live. Legal at any time.
    Threads {} -> Vec<ThreadInfo>;
    /// Lets a stopped thread run. The reply names all threads that run because of it.
    Continue {
        /// The thread.
        thread: ThreadId,
        /// Leave the other threads stopped.
        single_thread: bool,
    } -> Vec<ThreadId>;
    /// Lets a stopped thread do a step. The reply names all threads that run because of it.
    Step {
        /// The thread.
        thread: ThreadId,
        /// Which step.
        kind: StepKind,
        /// How far the single steps are apart.
        granularity: Granularity,
        /// Leave the other threads stopped.
        single_thread: bool,
    } -> Vec<ThreadId>;
    /// Where a stopped thread's innermost frame would go on if it was sent to a line: at that line's code, or that of the
    /// next line that has some. If it cannot go there, the error says why.
    JumpTarget {
        /// The thread.
        thread: ThreadId,
        /// The source.
        source: SourceName,
        /// The line; the first is 1.
        line: u32,
    } -> Span;
    /// Sends a stopped thread's innermost frame to a line: what lies between does not run. After the reply comes a stop at
    /// the new place, and references of the one before are stale.
    Jump {
        /// The thread.
        thread: ThreadId,
        /// The source.
        source: SourceName,
        /// The line; the first is 1.
        line: u32,
    } -> ();
    /// Asks a running thread to stop; it does so at its next safepoint, and the stop is told as an event. The
    /// reply does not wait for it.
    Pause {
        /// The thread; `None` for all.
        thread: Option<ThreadId>,
    } -> ();
    /// Part of a stopped thread's stack.
    StackTrace {
        /// The thread.
        thread: ThreadId,
        /// Which frames; the innermost is 0.
        page: Page,
    } -> StackPage;
    /// The scopes of a frame.
    Scopes {
        /// The frame.
        frame: FrameRef,
    } -> Vec<ScopeInfo>;
    /// Part of what a scope or value holds.
    Variables {
        /// The scope or value.
        of: VariableRef,
        /// Named or indexed ones, or both.
        filter: VariableFilter,
        /// Which of them.
        page: Page,
    } -> VariablePage;
    /// Sets a variable, item or attribute. The reply has the value that it has then.
    SetVariable {
        /// The scope or value that holds it.
        of: VariableRef,
        /// Its name, as listed.
        name: String,
        /// An expression, evaluated in the frame that the reference came from.
        value: String,
    } -> ValueInfo;
    /// Evaluates an expression, or runs statements, in a frame.
    Evaluate {
        /// The frame; `None` for the main module's globals.
        frame: Option<FrameRef>,
        /// The text.
        expression: String,
        /// What for.
        purpose: EvaluatePurpose,
        /// How long it may take; the engine has its own limit above this.
        milliseconds: u32,
    } -> ValueInfo;
    /// Sets what an expression denotes (a name, attribute or item). The reply has the value that it has then.
    SetExpression {
        /// The frame.
        frame: FrameRef,
        /// What to set.
        target: String,
        /// An expression for the value.
        value: String,
    } -> ValueInfo;
    /// The exception that a thread is stopped for.
    DescribeException {
        /// The thread.
        thread: ThreadId,
    } -> ExceptionInfo;
    /// The sources loaded so far. Legal at any time.
    LoadedSources {} -> Vec<SourceInfo>;
    /// Part of a source's text. Legal at any time.
    SourceText {
        /// The source.
        source: SourceId,
        /// The first byte wanted (of UTF-8); the reply begins at the character that it lies in.
        start: u64,
    } -> TextPage;
    /// Instructions around a place. Legal at any time.
    Disassemble {
        /// The instruction to count from.
        at: InstructionPlace,
        /// How many instructions before it (negative) or after it to begin.
        skip: i32,
        /// How many at most; fewer where the code object ends.
        count: u32,
    } -> Vec<InstructionInfo>;
    /// Gives up a command that has no reply yet; that one then fails with `Cancelled`, or was done before. This
    /// one always succeeds.
    Cancel {
        /// The command.
        request: RequestId,
    } -> ();
    /// Asks the program to end: by `KeyboardInterrupt` in its main thread, or at once. Stopped threads run.
    Terminate {
        /// At once, without letting it clean up.
        now: bool,
    } -> ();
    /// Removes all breakpoints, lets every thread run, and ends the conversation: the last command.
    Detach {} -> ();
    /// Says how the session is to be. Once, before [`Start`](struct@Start).
    Configure {
        /// Library code is not the user's: steps pass over it.
        just_my_code: bool,
        /// Keep what calls of a step returned, for [`ScopeKind::Results`](crate::snapshot::ScopeKind::Results).
        show_results: bool,
        /// Tell what the program writes as [`Event::Output`](crate::Event::Output), too. Not wanted where the
        /// client reads the process's streams itself.
        copy_output: bool,
    } -> ();
}

/// Which step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum StepKind {
    /// To the next statement of this activation.
    Over,
    /// Into the next activation that this statement starts or resumes.
    Into,
    /// Until this activation gives a result back.
    Out,
}

/// How far single steps are apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Granularity {
    /// Statements.
    Statement,
    /// Line events, as CPython's tracing has them.
    Line,
    /// Instructions.
    Instruction,
}

/// Which children are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum VariableFilter {
    /// All.
    All,
    /// Those with a name.
    Named,
    /// Those with an index.
    Indexed,
}

/// What a value is evaluated for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum EvaluatePurpose {
    /// The user typed it: statements too, any effect.
    Console,
    /// Shown after every stop.
    Watch,
    /// Shown because the pointer is over it: nothing with an effect.
    Hover,
    /// The whole text is wanted, for the clipboard.
    Clipboard,
}

/// What an engine does if its client is gone without a [`Detach`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum OnLostClient {
    /// The program ends: it was started to be debugged.
    Terminate,
    /// Breakpoints go and the program runs on: it was there before.
    RunOn,
}
