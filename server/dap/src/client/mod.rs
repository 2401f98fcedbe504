//! A typed client of the protocol, for tests and for scripted sessions: it sends requests, waits for responses
//! and events, and keeps a log of all messages.
//!
//! One task owns a [`Client`]; a task of its own reads the stream, so that nothing is lost between two calls.
//! What comes while something else is waited for is kept and found by a later call: an event is handed out
//! once, in the order in which events came. Every wait has an end ([`Client::set_patience`]). The client
//! judges nothing; whoever wants messages checked looks at [`Client::log`].
//!
//! ```no_run
//! # async fn story(stream: tokio::net::TcpStream) -> Result<(), lasti_dap::client::ClientError> {
//! use lasti_dap::client::{self, Client};
//! use lasti_dap::protocol::{ConfigurationDoneArguments, ContinueArguments};
//!
//! let (reader, writer) = stream.into_split();
//! let mut client = Client::new(reader, writer);
//! client.request(client::initialize_arguments("example")).await?;
//! let launch = client.launch(serde_json::json!({"program": "/tmp/a.py", "stopOnEntry": true})).await?;
//! client.event("initialized").await?;
//! client.request(ConfigurationDoneArguments {}).await?;
//! client.response(launch).await?;
//! let stopped = client.stopped().await?;
//! let thread_id = stopped.thread_id.unwrap_or(1);
//! client.request(ContinueArguments { thread_id, single_thread: None }).await?;
//! client.event("terminated").await?;
//! # Ok(())
//! # }
//! ```

mod error;
mod message;
mod shortcuts;

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

use crate::protocol::{Event, Request, RequestArguments, ResponseBody};
use crate::wire::{self, Decoder};

pub use error::{ClientError, Failure};
pub use message::{Logged, Received, Response, ReverseRequest};
pub use shortcuts::initialize_arguments;

/// A client's end of a session.
pub struct Client {
    writer: Box<dyn AsyncWrite + Send + Unpin>,
    incoming: mpsc::UnboundedReceiver<Result<Value, String>>,
    next_seq: i64,
    patience: Duration,
    responses: VecDeque<Response>,
    events: VecDeque<Event>,
    requests: VecDeque<ReverseRequest>,
    log: Vec<Logged>,
    reading: AbortHandle,
}

/// The stream ends with its client.
impl Drop for Client {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// A request that was sent; [`Client::response`] waits for what answers it.
#[derive(Debug)]
#[must_use = "the response is still to be waited for"]
pub struct Sent<A> {
    seq: i64,
    arguments: PhantomData<fn() -> A>,
}

impl<A> Sent<A> {
    /// Its number.
    pub fn seq(&self) -> i64 {
        self.seq
    }
}

impl Client {
    /// How long a wait lasts if nothing else is said.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    /// A client on a stream. Needs a tokio runtime around it, whose task reads.
    pub fn new(
        reader: impl AsyncRead + Send + Unpin + 'static,
        writer: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Self {
        let (sender, incoming) = mpsc::unbounded_channel();
        let reading = tokio::spawn(read(reader, sender)).abort_handle();
        Self {
            writer: Box::new(writer),
            incoming,
            next_seq: 1,
            patience: Self::PATIENCE,
            responses: VecDeque::new(),
            events: VecDeque::new(),
            requests: VecDeque::new(),
            log: Vec::new(),
            reading,
        }
    }

    /// How long a wait lasts at most.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// All messages so far, in the order in which they were sent and taken in.
    pub fn log(&self) -> &[Logged] {
        &self.log
    }

    /// Sends a request and waits for its response.
    pub async fn request<A: RequestArguments>(&mut self, arguments: A) -> Result<A::Body, ClientError> {
        let sent = self.send(arguments).await?;
        self.response(sent).await
    }

    /// Sends a request.
    pub async fn send<A: RequestArguments>(&mut self, arguments: A) -> Result<Sent<A>, ClientError> {
        let arguments = serde_json::to_value(arguments)?;
        let seq = self.send_json(A::COMMAND.name(), arguments).await?;
        Ok(Sent { seq, arguments: PhantomData })
    }

    /// Sends a request by its name, whatever the arguments; its number. [`Client::outcome`] waits for what
    /// answers it.
    pub async fn send_json(&mut self, command: &str, arguments: Value) -> Result<i64, ClientError> {
        let seq = self.next_seq;
        let message = json!({"seq": seq, "type": "request", "command": command, "arguments": arguments});
        self.write(message).await?;
        Ok(seq)
    }

    /// Waits for the response to a request.
    pub async fn response<A: RequestArguments>(&mut self, sent: Sent<A>) -> Result<A::Body, ClientError> {
        let body = self.outcome(sent.seq).await?.outcome?;
        Ok(serde_json::from_value(body.unwrap_or(Value::Null))?)
    }

    /// Waits for the response to the request of that number. That the request failed is no error here.
    pub async fn outcome(&mut self, seq: i64) -> Result<Response, ClientError> {
        let waited = format!("the response to request {seq}");
        self.wait(&waited, |client| {
            let at = client.responses.iter().position(|response| response.request_seq == seq)?;
            client.responses.remove(at)
        })
        .await
    }

    /// The response to a request, if it has come already.
    pub async fn outcome_now(&mut self, seq: i64) -> Result<Option<Response>, ClientError> {
        self.take_what_came().await?;
        let at = self.responses.iter().position(|response| response.request_seq == seq);
        Ok(at.and_then(|at| self.responses.remove(at)))
    }

    /// Waits for the next event of that name. Those of other names stay for later calls.
    pub async fn event(&mut self, name: &str) -> Result<Event, ClientError> {
        self.event_where(&format!("a `{name}` event"), |event| event.name() == name).await
    }

    /// Waits for the next event that is wanted; `what` is it in words. Others stay for later calls.
    pub async fn event_where(
        &mut self,
        what: &str,
        wanted: impl Fn(&Event) -> bool,
    ) -> Result<Event, ClientError> {
        self.wait(what, |client| {
            let at = client.events.iter().position(&wanted)?;
            client.events.remove(at)
        })
        .await
    }

    /// Waits for the next event, whatever it is.
    pub async fn next_event(&mut self) -> Result<Event, ClientError> {
        self.wait("an event", |client| client.events.pop_front()).await
    }

    /// The events that came and that nobody has taken, without waiting.
    pub async fn events_now(&mut self) -> Result<Vec<Event>, ClientError> {
        match self.take_what_came().await {
            Ok(()) | Err(ClientError::Closed { .. }) => Ok(self.events.drain(..).collect()),
            Err(error) => Err(error),
        }
    }

    /// Waits for a request of the server, such as `runInTerminal`.
    pub async fn reverse_request(&mut self) -> Result<ReverseRequest, ClientError> {
        self.wait("a request of the server", |client| client.requests.pop_front()).await
    }

    /// Answers a request of the server: with its body, or why it failed.
    pub async fn respond(
        &mut self,
        to: &ReverseRequest,
        outcome: Result<ResponseBody, String>,
    ) -> Result<(), ClientError> {
        let mut message = json!({
            "seq": self.next_seq, "type": "response", "request_seq": to.seq,
            "command": to.request.command().name(), "success": outcome.is_ok(),
        });
        match outcome {
            Ok(ResponseBody::None) => {}
            Ok(body) => message["body"] = serde_json::to_value(body)?,
            Err(reason) => message["message"] = Value::String(reason),
        }
        self.write(message).await
    }

    /// Sends bytes as they are: whatever a client should not send.
    pub async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        self.writer.write_all(bytes).await?;
        Ok(self.writer.flush().await?)
    }

    /// Waits until the server ends the stream. What came before stays to be taken.
    pub async fn closed(&mut self) -> Result<(), ClientError> {
        match self.wait("the stream's end", |_| None::<()>).await {
            Err(ClientError::Closed { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Ends the client's half of the stream.
    pub async fn close(&mut self) -> Result<(), ClientError> {
        Ok(self.writer.shutdown().await?)
    }

    async fn write(&mut self, message: Value) -> Result<(), ClientError> {
        let mut bytes = Vec::new();
        wire::encode(&serde_json::to_vec(&message)?, &mut bytes);
        self.next_seq += 1;
        self.log.push(Logged::Sent(message));
        self.send_bytes(&bytes).await
    }

    /// Takes messages in until one of them is what is waited for.
    async fn wait<T>(
        &mut self,
        what: &str,
        mut find: impl FnMut(&mut Self) -> Option<T>,
    ) -> Result<T, ClientError> {
        let end = Instant::now() + self.patience;
        loop {
            if let Some(found) = find(self) {
                return Ok(found);
            }
            match timeout_at(end, self.incoming.recv()).await {
                Ok(Some(message)) => self.take(message)?,
                Ok(None) => return Err(ClientError::Closed { waited: what.into() }),
                Err(_) => {
                    return Err(ClientError::TimedOut { waited: what.into(), patience: self.patience });
                }
            }
        }
    }

    async fn take_what_came(&mut self) -> Result<(), ClientError> {
        // Lets the reading task run.
        tokio::task::yield_now().await;
        while let Ok(message) = self.incoming.try_recv() {
            self.take(message)?;
        }
        Ok(())
    }

    fn take(&mut self, message: Result<Value, String>) -> Result<(), ClientError> {
        let message = message.map_err(ClientError::Broken)?;
        self.log.push(Logged::Received(message.clone()));
        match Received::from_json(message)? {
            Received::Response(response) => self.responses.push_back(response),
            Received::Event(event) => self.events.push_back(event),
            Received::Request(request) => self.requests.push_back(request),
        }
        Ok(())
    }
}

/// Reads until the stream ends or what comes is no message.
async fn read(mut reader: impl AsyncRead + Unpin, sender: mpsc::UnboundedSender<Result<Value, String>>) {
    let mut decoder = Decoder::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match reader.read(&mut buffer).await {
            Ok(0) => {
                if let Err(error) = decoder.finish() {
                    let _ = sender.send(Err(error.to_string()));
                }
                return;
            }
            Ok(count) => decoder.feed(&buffer[..count]),
            // A peer that is gone is the stream's end.
            Err(_) => return,
        }
        loop {
            let (message, ends) = match decoder.next_as(Ok) {
                Ok(None) => break,
                Ok(Some(message)) => (Ok(message), false),
                Err(error) => (Err(error.to_string()), error.ends_stream()),
            };
            if sender.send(message).is_err() || ends {
                return;
            }
        }
    }
}

impl Request {
    /// The `runInTerminal` that it is, if it is one.
    pub fn run_in_terminal(&self) -> Option<&crate::protocol::RunInTerminalRequestArguments> {
        match self {
            Self::RunInTerminal(arguments) => Some(arguments),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
