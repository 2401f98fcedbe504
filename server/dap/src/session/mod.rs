//! A debug session: from a client's first byte to its last.
//!
//! | task | owns | waits for | ends when |
//! |---|---|---|---|
//! | reader | the client's bytes | the client, the session loop | the stream ends, or is no protocol |
//! | session loop | [`Session`], the message numbers | client, debuggee, timers; never for one alone | the client left |
//! | writer | the output stream | the client | the session loop ended, or the client is gone |
//! | start | a debuggee on its way | the process | it is linked, or dropped by the session |
//!
//! A request's handler (`requests`) is a plain function that answers, or says what to ask the engine first
//! (`answer`); nothing in the loop waits for a reply. Replies and events of the engine are taken in their order,
//! and each is answered or told before the next, which is what the order promised by [`State`] rests on.
//!
//! A client that reads too slowly holds up the program's output and the engine, not its own requests. A client
//! that leaves takes a launched program with it; one that was attached to goes on.

mod answer;
mod breakpoints;
mod commands;
mod error;
mod events;
mod handles;
mod lifecycle;
mod out;
mod requests;
mod run;
mod sources;
mod state;
mod to_dap;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use lasti_engine::{StopEpoch, ThreadId};
use tokio::sync::{mpsc, oneshot};

use crate::debuggee::{Launcher, TerminalRequest};
use crate::output::Lines;
use crate::protocol::{
    Capabilities, Event, Outgoing, OutputEventBody, OutputEventBodyCategory, RequestId,
    RunInTerminalResponseBody,
};
use breakpoints::Breakpoints;
use commands::Commands;
use handles::Handles;
use lifecycle::{Ending, Program};
use sources::Sources;

pub use error::{ErrorId, ErrorKind, RequestError};
pub use run::serve;
pub use state::{Class, State, check, class};

/// All that a session knows. One task owns it.
pub(crate) struct Session {
    state: State,
    /// What was announced, which is what is served.
    capabilities: Capabilities,
    /// What the client can do.
    client: ClientTraits,
    out: out::Out,
    /// What is to be sent after the response that is being made.
    after_response: Vec<Outgoing>,
    /// Requests to the client that have no response yet, by their numbers.
    asked: BTreeMap<i64, oneshot::Sender<Result<RunInTerminalResponseBody, String>>>,

    launcher: Arc<dyn Launcher>,
    internal: mpsc::UnboundedSender<Internal>,
    program: Option<Program>,
    /// How many programs there were.
    generation: u64,
    commands: Commands,
    ending: Option<Ending>,
    /// The client left, or is let go after what was sent.
    finished: bool,

    threads: BTreeMap<ThreadId, String>,
    stops: BTreeMap<ThreadId, StopEpoch>,
    /// The thread that the client was told last that it stopped.
    last_stopped: Option<ThreadId>,
    /// What `goto` may be sent for.
    targets: requests::Targets,
    handles: Handles,
    sources: Sources,
    breakpoints: Breakpoints,
    /// Addresses of instructions: code objects by the number that stands for them.
    code_objects: Vec<(lasti_engine::SourceId, u32)>,
    stdout: Lines,
    stderr: Lines,
}

/// What of `initialize` matters later.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the protocol")]
struct ClientTraits {
    variable_types: bool,
    variable_paging: bool,
    terminals: bool,
    invalidated: bool,
}

/// What comes to the loop from tasks that the session began.
enum Internal {
    /// A debuggee is there, or will not be.
    Started { generation: u64, result: Result<crate::debuggee::EngineLink, crate::debuggee::StartError> },
    /// A debuggee is to be started in a terminal.
    Terminal(TerminalRequest),
}

impl Session {
    fn new(launcher: Arc<dyn Launcher>, out: out::Out, internal: mpsc::UnboundedSender<Internal>) -> Self {
        Self {
            state: State::Uninitialized,
            capabilities: requests::capabilities(),
            client: ClientTraits::default(),
            out,
            after_response: Vec::new(),
            asked: BTreeMap::new(),
            launcher,
            internal,
            program: None,
            generation: 0,
            commands: Commands::default(),
            ending: None,
            finished: false,
            threads: BTreeMap::new(),
            stops: BTreeMap::new(),
            last_stopped: None,
            targets: requests::Targets::default(),
            handles: Handles::default(),
            sources: Sources::default(),
            breakpoints: Breakpoints::default(),
            code_objects: Vec::new(),
            stdout: Lines::default(),
            stderr: Lines::default(),
        }
    }

    /// Sends an event.
    fn emit(&mut self, event: Event) {
        self.out.send(&Outgoing::Event(event));
    }

    /// Sends an event once the response that is being made is sent.
    fn emit_after(&mut self, event: Event) {
        self.after_response.push(Outgoing::Event(event));
    }

    /// Sends a response, and what was to come after it.
    fn respond(&mut self, to: RequestId, outcome: Result<crate::protocol::ResponseBody, RequestError>) {
        self.out.send(&Outgoing::Response { to, outcome });
        let mut later: VecDeque<_> = std::mem::take(&mut self.after_response).into();
        while let Some(message) = later.pop_front() {
            self.out.send(&message);
        }
    }

    /// Says something to the user, in the client's console.
    fn say(&mut self, category: OutputEventBodyCategory, text: &str) {
        self.emit(output(category, format!("{text}\n")));
    }

    /// Whether every thread that lives is stopped.
    fn all_stopped(&self) -> bool {
        self.threads.keys().all(|thread| self.stops.contains_key(thread))
    }

    /// Threads run: what they showed is good no more.
    fn resumed(&mut self, threads: &[ThreadId]) {
        for thread in threads {
            if let Some(epoch) = self.stops.remove(thread) {
                self.handles.end(epoch);
                self.targets.clear();
            }
        }
        self.settle_state();
    }

    fn settle_state(&mut self) {
        if matches!(self.state, State::Running | State::Stopped) {
            self.state = if self.stops.is_empty() { State::Running } else { State::Stopped };
        }
    }
}

/// An event with text for the client's console.
fn output(category: OutputEventBodyCategory, output: String) -> Event {
    Event::Output(OutputEventBody {
        category: Some(category),
        output,
        group: None,
        variables_reference: None,
        source: None,
        line: None,
        column: None,
        data: None,
        location_reference: None,
    })
}
