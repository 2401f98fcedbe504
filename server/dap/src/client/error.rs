//! What can go wrong for a client. A request that was refused is one of these, with what the server said.

use std::time::Duration;

use crate::protocol::Message;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server refused the request.
    #[error(transparent)]
    Refused(#[from] Failure),
    /// It did not come in time.
    #[error("waited {} ms for {waited}, in vain", patience.as_millis())]
    TimedOut {
        /// What was waited for.
        waited: String,
        /// How long.
        patience: Duration,
    },
    /// The server ended the stream.
    #[error("the server ended the stream, before {waited}")]
    Closed {
        /// What was waited for.
        waited: String,
    },
    /// The server sent something that is no message.
    #[error("the server sent no message: {0}")]
    Broken(String),
    /// A message's content is not what the protocol says.
    #[error("a message is not what the protocol says: {0}")]
    Json(#[from] serde_json::Error),
    /// The stream failed.
    #[error("the stream to the server failed: {0}")]
    Io(#[from] std::io::Error),
}

/// Why a request failed, as its response says.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("`{command}` failed: {}", self.text())]
pub struct Failure {
    /// The request.
    pub command: String,
    /// The response's `message`.
    pub message: Option<String>,
    /// The response's `body.error`.
    pub error: Option<Box<Message>>,
}

impl Failure {
    /// The reason, for the user.
    pub fn text(&self) -> &str {
        match (&self.error, &self.message) {
            (Some(error), _) => &error.format,
            (None, Some(message)) => message,
            (None, None) => "no reason given",
        }
    }

    /// The number of the failure.
    pub fn id(&self) -> Option<i32> {
        self.error.as_ref().map(|error| error.id)
    }
}
