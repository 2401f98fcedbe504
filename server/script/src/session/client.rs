//! The client's half of the protocol: numbers requests, waits for their responses, keeps events in order. What
//! they mean is not looked at.
//!
//! `lasti_dap::client` is typed, and takes a message that is not the protocol's for an error. Stories also run
//! against servers with events of their own, so here messages stay JSON; the framing is the same.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use lasti_dap::wire::{self, Decoder};

use crate::server::Connection;

/// How many of the last messages are kept, to be shown where a session hangs.
const KEPT: usize = 12;
/// How much of such a message is shown.
const SHOWN: usize = 200;

/// An event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) body: Value,
}

/// What a request brought: a body, or why not.
pub(crate) type Response = Result<Value, String>;

/// The server is gone, or is no server.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Gone(pub(crate) String);

/// A number of a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Seq(i64);

/// A client.
pub(crate) struct Client {
    writer: Box<dyn AsyncWrite + Send + Unpin>,
    incoming: mpsc::UnboundedReceiver<Result<Value, Gone>>,
    reader: JoinHandle<()>,
    last_seq: i64,
    /// Requests that have no response yet.
    pending: BTreeMap<Seq, String>,
    responses: BTreeMap<Seq, Response>,
    events: VecDeque<Event>,
    last: VecDeque<String>,
    _guard: Box<dyn Any + Send>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Client {
    pub(crate) fn new(connection: Connection) -> Self {
        let (sender, incoming) = mpsc::unbounded_channel();
        let reader = tokio::spawn(read_all(connection.reader, sender));
        Self {
            writer: connection.writer,
            incoming,
            reader,
            last_seq: 0,
            pending: BTreeMap::new(),
            responses: BTreeMap::new(),
            events: VecDeque::new(),
            last: VecDeque::new(),
            _guard: connection.guard,
        }
    }

    /// Sends a request.
    pub(crate) async fn send(&mut self, command: &str, arguments: Option<Value>) -> Result<Seq, Gone> {
        let mut message = Map::new();
        message.insert("type".into(), "request".into());
        message.insert("command".into(), command.into());
        if let Some(arguments) = arguments {
            message.insert("arguments".into(), arguments);
        }
        let seq = self.write(message).await?;
        self.pending.insert(seq, command.to_owned());
        Ok(seq)
    }

    /// Sends a request and waits for its response. Events that come before it are kept.
    pub(crate) async fn request(&mut self, command: &str, arguments: Value) -> Result<Response, Gone> {
        let seq = self.send(command, Some(arguments)).await?;
        self.response(seq).await
    }

    /// Waits for the response to a request.
    pub(crate) async fn response(&mut self, seq: Seq) -> Result<Response, Gone> {
        loop {
            if let Some(response) = self.responses.remove(&seq) {
                return Ok(response);
            }
            self.receive().await?;
        }
    }

    /// The response to a request, if it has come.
    pub(crate) fn response_if_here(&mut self, seq: Seq) -> Option<Response> {
        self.responses.remove(&seq)
    }

    /// The next event, if one has come.
    pub(crate) fn event_if_here(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Waits for the next message and sorts it in.
    pub(crate) async fn receive(&mut self) -> Result<(), Gone> {
        let message = self.incoming.recv().await.unwrap_or_else(|| Err(Gone("the server is gone".into())))?;
        self.note("<-", &message);
        match message["type"].as_str() {
            Some("event") => {
                let name = message["event"].as_str().unwrap_or_default().to_owned();
                self.events.push_back(Event { name, body: message["body"].clone() });
            }
            Some("response") => {
                let seq = Seq(message["request_seq"].as_i64().unwrap_or_default());
                if self.pending.remove(&seq).is_none() {
                    return Err(Gone(format!("a response to no request: {}", shortened(&message))));
                }
                let response = match message["success"].as_bool() {
                    Some(true) => Ok(message["body"].clone()),
                    Some(false) => Err(error_text(&message)),
                    None => {
                        return Err(Gone(format!("a response without `success`: {}", shortened(&message))));
                    }
                };
                self.responses.insert(seq, response);
            }
            Some("request") => self.refuse(&message).await?,
            _ => return Err(Gone(format!("no message of the protocol: {}", shortened(&message)))),
        }
        Ok(())
    }

    /// A story has no terminal and starts no further sessions.
    async fn refuse(&mut self, request: &Value) -> Result<(), Gone> {
        let mut response = Map::new();
        response.insert("type".into(), "response".into());
        response.insert("request_seq".into(), request["seq"].clone());
        response.insert("command".into(), request["command"].clone());
        response.insert("success".into(), false.into());
        response.insert("message".into(), "a story does not do this".into());
        self.write(response).await.map(drop)
    }

    async fn write(&mut self, mut message: Map<String, Value>) -> Result<Seq, Gone> {
        self.last_seq += 1;
        message.insert("seq".into(), self.last_seq.into());
        let message = Value::Object(message);
        self.note("->", &message);
        let mut bytes = Vec::new();
        wire::encode(message.to_string().as_bytes(), &mut bytes);
        let gone = |error: std::io::Error| Gone(format!("the server takes no more messages: {error}"));
        self.writer.write_all(&bytes).await.map_err(gone)?;
        self.writer.flush().await.map_err(gone)?;
        Ok(Seq(self.last_seq))
    }

    fn note(&mut self, direction: &str, message: &Value) {
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(format!("{direction} {}", shortened(message)));
    }

    /// The requests that have no response.
    pub(crate) fn unanswered(&self) -> Vec<&str> {
        self.pending.values().map(String::as_str).collect()
    }

    /// The last messages, shortened.
    pub(crate) fn last_messages(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }
}

fn shortened(message: &Value) -> String {
    let text = message.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// What a failed response says: the text for the user, else the short one.
fn error_text(response: &Value) -> String {
    let error = &response["body"]["error"];
    let Some(format) = error["format"].as_str() else {
        return response["message"].as_str().unwrap_or("no reason given").to_owned();
    };
    let mut text = format.to_owned();
    for (name, value) in error["variables"].as_object().into_iter().flatten() {
        text = text.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default());
    }
    text
}

/// Reads until the stream ends, or what comes is no message.
async fn read_all(
    mut reader: Box<dyn AsyncRead + Send + Unpin>,
    sender: mpsc::UnboundedSender<Result<Value, Gone>>,
) {
    let mut decoder = Decoder::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let end = match reader.read(&mut buffer).await {
            Ok(0) => match decoder.finish() {
                Ok(()) => Some(Gone("the server has ended the conversation".into())),
                Err(error) => Some(Gone(format!("the server has ended the conversation: {error}"))),
            },
            Ok(count) => {
                decoder.feed(&buffer[..count]);
                None
            }
            Err(error) => Some(Gone(format!("cannot read from the server: {error}"))),
        };
        if let Some(end) = end {
            // Nobody listens any more: then nobody needs to know.
            let _ = sender.send(Err(end));
            return;
        }
        loop {
            let message = match decoder.next_as(Ok) {
                Ok(None) => break,
                Ok(Some(message)) => Ok(message),
                Err(error) => Err(Gone(format!("the server wrote what is no message: {error}"))),
            };
            let ended = message.is_err();
            if sender.send(message).is_err() || ended {
                return;
            }
        }
    }
}

/// An object with the entries that are there.
pub(crate) fn present<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    let mut fields = json!({});
    for (name, value) in entries {
        if let Some(value) = value {
            fields[name] = value;
        }
    }
    fields
}
