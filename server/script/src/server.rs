//! Where stories find a debug server: in this process, over a pair of pipes, or in a child process. What is
//! said to it is the session's.

use std::any::Any;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::Arc;

use lasti_dap::debuggee::Launcher;
use tokio::io::{AsyncRead, AsyncWrite};

/// A debug server that waits for its first message.
pub struct Connection {
    /// What it says.
    pub reader: Box<dyn AsyncRead + Send + Unpin>,
    /// What is said to it.
    pub writer: Box<dyn AsyncWrite + Send + Unpin>,
    /// Dropped after the session: whatever keeps the server alive and ends it.
    pub guard: Box<dyn Any + Send>,
}

/// What [`ServerFactory::connect`] gives.
pub type Connecting<'a> = Pin<Box<dyn Future<Output = io::Result<Connection>> + Send + 'a>>;

/// Makes debug servers: a new one for each story.
pub trait ServerFactory: Send + Sync {
    /// Starts a server.
    fn connect(&self) -> Connecting<'_>;
}

/// How much waits in a pipe between a story and a server in this process.
const PIPE: usize = 64 << 10;

/// Lasti's own server in this process, over pipes in memory.
#[derive(Clone)]
pub struct InProcessServer {
    launcher: Arc<dyn Launcher>,
}

impl InProcessServer {
    /// Programs are started by the launcher.
    pub fn new(launcher: Arc<dyn Launcher>) -> Self {
        Self { launcher }
    }
}

impl ServerFactory for InProcessServer {
    fn connect(&self) -> Connecting<'_> {
        let (theirs, ours) = tokio::io::duplex(PIPE);
        let (reader, writer) = tokio::io::split(theirs);
        // It ends when the story drops its end of the pipe, and the program with it. How its streams end is
        // seen there.
        tokio::spawn(lasti_dap::session::serve(reader, writer, Arc::clone(&self.launcher)));
        let (reader, writer) = tokio::io::split(ours);
        let guard = Box::new(());
        Box::pin(std::future::ready(Ok(Connection {
            reader: Box::new(reader),
            writer: Box::new(writer),
            guard,
        })))
    }
}

/// A server that speaks on standard input and output of a child process.
#[derive(Clone, Debug)]
pub struct ChildServer {
    program: String,
    args: Vec<String>,
}

impl ChildServer {
    /// From a command line, in a shell's quoting; no shell runs it. `None` if it is empty or ends in a quote.
    pub fn from_command_line(line: &str) -> Option<Self> {
        let mut words = shlex::split(line)?.into_iter();
        Some(Self { program: words.next()?, args: words.collect() })
    }
}

impl ServerFactory for ChildServer {
    fn connect(&self) -> Connecting<'_> {
        Box::pin(async move {
            let mut child = tokio::process::Command::new(&self.program)
                .args(&self.args)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::inherit())
                .kill_on_drop(true)
                .spawn()
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.program)))?;
            let piped = child.stdout.take().zip(child.stdin.take());
            let (stdout, stdin) = piped.ok_or_else(|| io::Error::other("the child process has no pipes"))?;
            Ok(Connection { reader: Box::new(stdout), writer: Box::new(stdin), guard: Box::new(child) })
        })
    }
}
