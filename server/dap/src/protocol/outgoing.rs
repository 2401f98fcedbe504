//! What the server sends, and the one place that numbers it.

use serde::Serialize;

use super::{Event, InvalidMessage, Message, Request, ResponseBody};
use crate::session::{ErrorId, RequestError};
use crate::wire;

/// What a response answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestId {
    /// The request's `seq`. The schema wants at least 1; a client that counts from 0 gets its 0 back.
    pub seq: i64,
    /// The request's name, as the client wrote it.
    pub command: String,
}

/// A message to the client, not yet numbered.
#[derive(Clone, PartialEq, Debug)]
pub enum Outgoing {
    /// The response to a request.
    Response {
        /// Which request.
        to: RequestId,
        /// Its outcome.
        outcome: Result<ResponseBody, RequestError>,
    },
    /// An event.
    Event(Event),
    /// A reverse request.
    Request(Request),
}

impl Outgoing {
    /// The response to what is recognisable as a request, but has no name.
    pub fn refusal(error: &InvalidMessage) -> Option<Self> {
        let to = RequestId { seq: error.answer_to?, command: String::new() };
        let outcome = Err(RequestError::new(ErrorId::InvalidMessage, error.to_string()));
        Some(Self::Response { to, outcome })
    }
}

/// Numbers messages in the order in which they are written. A session has one, at its writer.
#[derive(Debug)]
pub struct Outbox {
    next_seq: i32,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { next_seq: 1 }
    }
}

impl Outbox {
    /// Appends the message with its header to `out`, and returns the `seq` that it got.
    pub fn write(&mut self, message: &Outgoing, out: &mut Vec<u8>) -> Result<i32, serde_json::Error> {
        let seq = self.next_seq;
        let body = serde_json::to_vec(&Numbered { seq, message: envelope(message) })?;
        wire::encode(&body, out);
        // The schema's `seq` has 32 bits; after two thousand million messages it starts again.
        self.next_seq = seq.checked_add(1).unwrap_or(1);
        Ok(seq)
    }
}

#[derive(Serialize)]
struct Numbered<'a> {
    seq: i32,
    #[serde(flatten)]
    message: Envelope<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Envelope<'a> {
    #[serde(rename_all = "snake_case")]
    Response {
        request_seq: i64,
        success: bool,
        command: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<Body<'a>>,
    },
    Event(&'a Event),
    Request(&'a Request),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Result(&'a ResponseBody),
    Error { error: Message },
}

fn envelope(message: &Outgoing) -> Envelope<'_> {
    match message {
        Outgoing::Event(event) => Envelope::Event(event),
        Outgoing::Request(request) => Envelope::Request(request),
        Outgoing::Response { to, outcome } => {
            let (message, body) = match outcome {
                Ok(ResponseBody::None) => (None, None),
                Ok(body) => (None, Some(Body::Result(body))),
                Err(error) => (Some(error.short()), Some(Body::Error { error: error.to_message() })),
            };
            Envelope::Response {
                request_seq: to.seq,
                success: outcome.is_ok(),
                command: &to.command,
                message,
                body,
            }
        }
    }
}

#[cfg(test)]
mod tests;
