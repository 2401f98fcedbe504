//! What a server sends, as its client reads it.

use serde::Deserialize;
use serde_json::Value;

use super::error::{ClientError, Failure};
use crate::protocol::{Command, ErrorResponseBody, Event, Request};

/// A message of the log.
#[derive(Clone, PartialEq, Debug)]
pub enum Logged {
    /// The client sent it.
    Sent(Value),
    /// The server sent it.
    Received(Value),
}

/// A message from the server.
#[derive(Clone, PartialEq, Debug)]
pub enum Received {
    /// The response to a request.
    Response(Response),
    /// An event.
    Event(Event),
    /// A request of the server.
    Request(ReverseRequest),
}

/// The response to a request.
#[derive(Clone, PartialEq, Debug)]
pub struct Response {
    /// Its number.
    pub seq: i64,
    /// The request that it answers.
    pub request_seq: i64,
    /// The request's name.
    pub command: String,
    /// What it brings.
    pub outcome: Result<Option<Value>, Failure>,
}

/// A request of the server.
#[derive(Clone, PartialEq, Debug)]
pub struct ReverseRequest {
    /// Its number.
    pub seq: i64,
    /// What it asks.
    pub request: Request,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Envelope {
    #[serde(rename_all = "snake_case")]
    Response {
        seq: i64,
        request_seq: i64,
        success: bool,
        command: String,
        message: Option<String>,
        body: Option<Value>,
    },
    Event,
    Request {
        seq: i64,
        command: String,
        arguments: Option<Value>,
    },
}

impl Received {
    /// Reads a message.
    pub fn from_json(message: Value) -> Result<Self, ClientError> {
        Ok(match Envelope::deserialize(&message)? {
            Envelope::Event => Self::Event(serde_json::from_value(message)?),
            Envelope::Response { seq, request_seq, success: true, command, body, .. } => {
                Self::Response(Response { seq, request_seq, command, outcome: Ok(body) })
            }
            Envelope::Response { seq, request_seq, command, message, body, .. } => {
                let error = match body {
                    Some(body) => serde_json::from_value::<ErrorResponseBody>(body)?.error.map(Box::new),
                    None => None,
                };
                let failure = Failure { command: command.clone(), message, error };
                Self::Response(Response { seq, request_seq, command, outcome: Err(failure) })
            }
            Envelope::Request { seq, command, arguments } => {
                let broken = |reason: String| ClientError::Broken(reason);
                let command = Command::from_name(&command)
                    .ok_or_else(|| broken(format!("the protocol has no request `{command}`")))?;
                let request =
                    Request::parse(command, arguments).map_err(|error| broken(error.to_string()))?;
                Self::Request(ReverseRequest { seq, request })
            }
        })
    }
}
