//! How a session comes by the program under debug: it asks a [`Launcher`], and gets an [`EngineLink`].
//!
//! Nothing here knows an engine; which launcher there is, the binary decides. [`ProcessLauncher`] starts the
//! debuggee in a process of its own.

mod guard;
mod process;
mod pump;
mod rendezvous;

use std::future::Future;
use std::pin::Pin;

use lasti_engine::event::{ExitStatus, OutputCategory};
use lasti_engine::link::{FromEngine, ToEngine};
use tokio::sync::{mpsc, oneshot};

use crate::launch::{Attach, Launch};
use crate::protocol::{RunInTerminalRequestArguments, RunInTerminalResponseBody};

pub use process::{CommandLine, ProcessLauncher};
pub use rendezvous::{LINK_ADDRESS, LINK_TOKEN, Rendezvous};

/// A debuggee on its way.
pub type Starting = Pin<Box<dyn Future<Output = Result<EngineLink, StartError>> + Send>>;

/// Starts programs to be debugged. What it returns is dropped if the client changes its mind; a process that
/// was started by then ends with it.
pub trait Launcher: Send + Sync + 'static {
    /// Starts a program.
    fn launch(&self, launch: Launch, terminal: Terminal) -> Starting;

    /// Reaches a program that runs. Its engine sends [`Started`](lasti_engine::Event::Started) as any other, and
    /// takes [`Start`](struct@lasti_engine::command::Start) as the sign that the client is ready.
    fn attach(&self, attach: Attach) -> Starting {
        drop(attach);
        let error = StartError::new("this server attaches to no running program: use `launch`");
        Box::pin(std::future::ready(Err(error)))
    }
}

/// Why there is no debuggee: for the user.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(String);

impl StartError {
    /// With its text.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// What the session has of its debuggee.
pub struct EngineLink {
    /// Where commands go. They are never waited for.
    pub commands: mpsc::UnboundedSender<ToEngine>,
    /// What comes back. The channel's end is the debuggee's end.
    pub events: mpsc::Receiver<DebuggeeEvent>,
    /// The process, if there is one to be had.
    pub process: Box<dyn Process>,
}

/// What a debuggee tells, in the order in which it came to be. The last is [`Ended`](Self::Ended).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DebuggeeEvent {
    /// The engine sent it.
    Engine(FromEngine),
    /// The process wrote it.
    Output {
        /// Where to.
        stream: OutputCategory,
        /// What.
        bytes: Vec<u8>,
    },
    /// The engine can be reached no more, though its process lives: why.
    LinkLost(String),
    /// The process is gone, and all it wrote was told. How it ended, if that is known.
    Ended(Option<ExitStatus>),
}

/// A debuggee's process. Dropped without [`release`](Self::release) it ends.
pub trait Process: Send {
    /// Ends it at once, with all processes that belong to it. [`DebuggeeEvent::Ended`] follows.
    fn kill(&mut self);

    /// Lets it live on without the server.
    fn release(self: Box<Self>);
}

/// The way to the client's terminals.
#[derive(Clone, Debug)]
pub struct Terminal {
    pub(crate) requests: mpsc::UnboundedSender<TerminalRequest>,
}

/// A command to be run in a terminal of the client, and where the answer goes.
#[derive(Debug)]
pub(crate) struct TerminalRequest {
    pub(crate) arguments: RunInTerminalRequestArguments,
    pub(crate) answer: oneshot::Sender<Result<RunInTerminalResponseBody, String>>,
}

impl Terminal {
    /// Has the client run a command in a terminal.
    pub async fn run(
        &self,
        arguments: RunInTerminalRequestArguments,
    ) -> Result<RunInTerminalResponseBody, StartError> {
        let (answer, answered) = oneshot::channel();
        let gone = || StartError::new("the client is gone");
        self.requests.send(TerminalRequest { arguments, answer }).map_err(|_| gone())?;
        let outcome = answered.await.map_err(|_| gone())?;
        outcome.map_err(|reason| StartError(format!("the client opened no terminal: {reason}")))
    }
}
