//! Carries everything between a debuggee's process and the session: commands one way; the other way, in one
//! order, what the engine says and what the process writes.
//!
//! The order matters: what a program wrote before it stopped is told before the stop. What came through the
//! socket is therefore passed on only after the pipes were emptied of what is in them by then.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use lasti_engine::event::OutputCategory;
use lasti_engine::link::{self, Decoder, FromEngine, ToEngine};
use lasti_engine::{EngineError, Event};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::process::{Child, ChildStderr, ChildStdout};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::DebuggeeEvent;
use super::guard::Target;
use super::process::{Tail, status_of};

/// How much is read at a time.
const CHUNK: usize = 16 << 10;
/// How long the pipes of an ended process are read though nothing comes: a process that it left behind may
/// hold them open for ever.
const QUIET: Duration = Duration::from_millis(500);
/// How long they are read at most, if it goes on writing.
const LAST: Duration = Duration::from_secs(10);
/// How long a process may live on after it closed its link.
const AFTER_LINK: Duration = Duration::from_secs(3);

/// The process's side of a link.
pub(super) struct Pump {
    pub(super) child: Option<Child>,
    pub(super) stdout: Tail<ChildStdout>,
    pub(super) stderr: Tail<ChildStderr>,
    pub(super) target: Target,
    pub(super) events: mpsc::Sender<DebuggeeEvent>,
}

/// What happened next.
enum Turn {
    Stdout(std::io::Result<usize>),
    Stderr(std::io::Result<usize>),
    Socket(std::io::Result<usize>),
    Exited(std::io::Result<std::process::ExitStatus>),
    TimeIsUp,
}

impl Pump {
    /// Runs until the process has ended and is emptied. If the session is gone, what comes is thrown away, so
    /// that a process that lives on does not block on a full pipe.
    pub(super) async fn run(mut self, socket: TcpStream, commands: mpsc::UnboundedReceiver<ToEngine>) {
        let (mut socket, writer) = socket.into_split();
        let sender = tokio::spawn(send(writer, commands, self.events.clone()));
        let mut link = Some(Decoder::default());
        let mut from_socket = vec![0; CHUNK];
        let (mut status, mut end, mut last) = (None, None, None::<Instant>);
        let (early_out, early_err) =
            (std::mem::take(&mut self.stdout.bytes), std::mem::take(&mut self.stderr.bytes));
        self.output(OutputCategory::Stdout, early_out).await;
        self.output(OutputCategory::Stderr, early_err).await;
        loop {
            let drained = self.stdout.stream.is_none() && self.stderr.stream.is_none() && link.is_none();
            if self.child.is_none() && drained {
                break;
            }
            let turn = tokio::select! {
                biased;
                read = read(&mut self.stdout) => Turn::Stdout(read),
                read = read(&mut self.stderr) => Turn::Stderr(read),
                read = socket.read(&mut from_socket), if link.is_some() => Turn::Socket(read),
                ended = wait(&mut self.child) => Turn::Exited(ended),
                () = until(end) => Turn::TimeIsUp,
            };
            if let Some(last) = last {
                end = Some(last.min(Instant::now() + QUIET));
            }
            match turn {
                Turn::Stdout(read) => {
                    self.take_stdout(read).await;
                }
                Turn::Stderr(read) => {
                    self.take_stderr(read).await;
                }
                Turn::Socket(Ok(count @ 1..)) => {
                    self.empty_pipes().await;
                    if let Some(decoder) = &mut link {
                        decoder.push(&from_socket[..count]);
                        if let Err(error) = pass_on(decoder, &self.target, &self.events).await {
                            link = None;
                            let _ = self.events.send(DebuggeeEvent::LinkLost(error.to_string())).await;
                        }
                    }
                }
                Turn::Socket(_) => {
                    link = None;
                    if self.child.is_some() {
                        end = Some(Instant::now() + AFTER_LINK);
                    }
                }
                Turn::Exited(ended) => {
                    self.target.gone();
                    self.child = None;
                    status = ended.ok().and_then(status_of);
                    end = Some(Instant::now() + QUIET);
                    last = Some(Instant::now() + LAST);
                }
                Turn::TimeIsUp if self.child.is_some() => {
                    end = None;
                    let reason = "the program closed it, and goes on".to_owned();
                    let _ = self.events.send(DebuggeeEvent::LinkLost(reason)).await;
                }
                Turn::TimeIsUp => break,
            }
        }
        sender.abort();
        self.target.gone();
        let _ = self.events.send(DebuggeeEvent::Ended(status)).await;
    }

    async fn take_stdout(&mut self, read: std::io::Result<usize>) {
        if !matches!(read, Ok(1..)) {
            self.stdout.stream = None;
        }
        let bytes = std::mem::take(&mut self.stdout.bytes);
        self.output(OutputCategory::Stdout, bytes).await;
    }

    async fn take_stderr(&mut self, read: std::io::Result<usize>) {
        if !matches!(read, Ok(1..)) {
            self.stderr.stream = None;
        }
        let bytes = std::mem::take(&mut self.stderr.bytes);
        self.output(OutputCategory::Stderr, bytes).await;
    }

    /// Takes out of the pipes what is in them now.
    async fn empty_pipes(&mut self) {
        while let Some(read) = now(read(&mut self.stdout)).await {
            self.take_stdout(read).await;
        }
        while let Some(read) = now(read(&mut self.stderr)).await {
            self.take_stderr(read).await;
        }
    }

    async fn output(&self, stream: OutputCategory, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let _ = self.events.send(DebuggeeEvent::Output { stream, bytes }).await;
        }
    }
}

/// Reads what comes next; waits for ever where nothing can come.
async fn read<R: AsyncRead + Unpin>(tail: &mut Tail<R>) -> std::io::Result<usize> {
    let Some(stream) = &mut tail.stream else { return pending().await };
    tail.bytes.reserve(CHUNK);
    stream.read_buf(&mut tail.bytes).await
}

async fn wait(child: &mut Option<Child>) -> std::io::Result<std::process::ExitStatus> {
    match child {
        Some(child) => child.wait().await,
        None => pending().await,
    }
}

async fn until(end: Option<Instant>) {
    match end {
        Some(end) => sleep_until(end).await,
        None => pending().await,
    }
}

/// What a future has now, without waiting for it.
async fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// Passes on all messages that came whole.
async fn pass_on(
    decoder: &mut Decoder,
    target: &Target,
    events: &mpsc::Sender<DebuggeeEvent>,
) -> Result<(), link::LinkError> {
    while let Some(message) = decoder.take::<FromEngine>()? {
        if let FromEngine::Event(Event::Started { process, .. }) = message {
            target.adopt(process);
        }
        let _ = events.send(DebuggeeEvent::Engine(message)).await;
    }
    Ok(())
}

/// Sends commands until the session is gone. A socket that fails is noticed by who reads it.
async fn send(
    mut socket: OwnedWriteHalf,
    mut commands: mpsc::UnboundedReceiver<ToEngine>,
    events: mpsc::Sender<DebuggeeEvent>,
) {
    let mut bytes = Vec::new();
    while let Some(command) = commands.recv().await {
        bytes.clear();
        if let Err(error) = link::encode(&command, &mut bytes) {
            let reply = Err(EngineError::Unsupported(error.to_string()));
            let refused = FromEngine::Reply { id: command.id, reply };
            let _ = events.send(DebuggeeEvent::Engine(refused)).await;
            continue;
        }
        if socket.write_all(&bytes).await.is_err() {
            return;
        }
    }
    // A session that let go said so with its last command; the program's answer is of no interest.
    pending::<()>().await;
}
