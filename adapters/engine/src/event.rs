//! What an engine tells unasked. Every event is sent by the engine, in the order in which things happened; a
//! reply and the events that a command caused come in the order in which they came to be. A client that gets
//! no more events because the link broke takes all threads as gone.

use serde::{Deserialize, Serialize};

use crate::breakpoints::BreakpointInfo;
use crate::ids::ThreadId;
use crate::snapshot::{SourceInfo, ThreadInfo};
use crate::stop::Stopped;

/// What an engine tells unasked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Event {
    /// The first event: the engine takes commands, and the program has not begun. It begins with
    /// [`Start`](crate::command::Start).
    Started {
        /// The operating system's number of the process.
        process: u32,
        /// The name of the program, as `sys.argv[0]` has it.
        program: String,
    },
    /// A thread began; before any other event that names it.
    ThreadStarted(ThreadInfo),
    /// A thread ended; no event after this names it.
    ThreadExited(ThreadId),
    /// A thread stopped, and others with it. Sent after the replies to all commands that made it run.
    Stopped(Stopped),
    /// Threads run again that were stopped, and no command's reply says so: other threads of a `continue` need
    /// no event.
    Continued(Vec<ThreadId>),
    /// The program or the engine wrote something. Long output comes in several events.
    Output {
        /// Where to.
        category: OutputCategory,
        /// What, as bytes: the program chose the encoding, and characters may be cut between two events.
        text: Vec<u8>,
        /// Who wrote it, if the engine knows.
        thread: Option<ThreadId>,
    },
    /// What became of a breakpoint changed after the reply that first said so.
    BreakpointChanged(BreakpointInfo),
    /// Code of a source was loaded; before any of it runs.
    SourceLoaded(SourceInfo),
    /// The program ended. The last event of an engine that ends in order; if the process is killed it never
    /// comes, and the client finds out from the operating system.
    ProcessExited(ExitStatus),
}

/// Where output goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum OutputCategory {
    /// The program's standard output.
    Stdout,
    /// The program's standard error.
    Stderr,
    /// A log message of a breakpoint.
    Log,
    /// What the engine has to tell the user.
    Engine,
}

/// How a process ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ExitStatus {
    /// By itself.
    Code(i32),
    /// By a signal.
    Signal(i32),
}
