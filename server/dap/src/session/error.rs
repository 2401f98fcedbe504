//! How a request fails: a number that stays, whose fault it is, and a text for the user.

use crate::launch::LaunchError;
use crate::protocol::{ArgumentsError, Command, Message};

/// Which failure it is. Its number is the `id` that clients see, so it is never given to another one; two
/// failures of one number do not compile.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u32)]
pub enum ErrorId {
    /// The message is no request.
    InvalidMessage = 1000,
    /// The protocol has no such request.
    UnknownCommand = 1001,
    /// The arguments are not what the protocol says.
    InvalidArguments = 1002,
    /// A request that only a server sends.
    ReverseRequest = 1003,
    /// A request before `initialize`.
    NotInitialized = 1004,
    /// A request out of its order in the session.
    OutOfOrder = 1005,
    /// A request that this server, or this engine, does not serve.
    Unsupported = 2000,
    /// A request that needs a stopped program.
    NotStopped = 2001,
    /// A request about a program that has ended.
    Terminated = 2002,
    /// A request that the client cancelled.
    Cancelled = 2003,
    /// Options of `launch` or `attach` that cannot be followed.
    InvalidConfiguration = 3000,
    /// A failure of the server itself.
    Internal = 9000,
}

/// Whose failure it is, which decides how it is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// The user can mend it: it is shown.
    User,
    /// The client broke the protocol: it is logged.
    Client,
    /// It may succeed once the program stops. The client knows; nothing is shown.
    NotStopped,
    /// The client wanted it so.
    Cancelled,
    /// A mistake of the server: it is logged and shown.
    Internal,
}

impl ErrorId {
    /// Every failure, by number.
    pub const ALL: [ErrorId; 12] = [
        Self::InvalidMessage,
        Self::UnknownCommand,
        Self::InvalidArguments,
        Self::ReverseRequest,
        Self::NotInitialized,
        Self::OutOfOrder,
        Self::Unsupported,
        Self::NotStopped,
        Self::Terminated,
        Self::Cancelled,
        Self::InvalidConfiguration,
        Self::Internal,
    ];

    /// Whose failure it is.
    pub const fn kind(self) -> ErrorKind {
        match self {
            Self::InvalidMessage
            | Self::UnknownCommand
            | Self::InvalidArguments
            | Self::ReverseRequest
            | Self::NotInitialized
            | Self::OutOfOrder => ErrorKind::Client,
            Self::Unsupported | Self::Terminated | Self::InvalidConfiguration => ErrorKind::User,
            Self::NotStopped => ErrorKind::NotStopped,
            Self::Cancelled => ErrorKind::Cancelled,
            Self::Internal => ErrorKind::Internal,
        }
    }
}

/// Why a request has no result.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct RequestError {
    /// Which failure.
    pub id: ErrorId,
    /// What went wrong, and the remedy.
    pub message: String,
}

impl RequestError {
    /// A failure with its text.
    pub fn new(id: ErrorId, message: impl Into<String>) -> Self {
        Self { id, message: message.into() }
    }

    /// A request by a name that the protocol does not have.
    pub fn unknown(command: &str) -> Self {
        Self::new(ErrorId::UnknownCommand, format!("the protocol has no request `{command}`"))
    }

    pub(super) fn about(id: ErrorId, command: Command, what: &str) -> Self {
        Self::new(id, format!("`{}` {what}", command.name()))
    }

    /// Whose failure it is.
    pub const fn kind(&self) -> ErrorKind {
        self.id.kind()
    }

    /// The response's `message`: of two failures the protocol says the word that clients look for.
    pub fn short(&self) -> &str {
        match self.kind() {
            ErrorKind::NotStopped => "notStopped",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::User | ErrorKind::Client | ErrorKind::Internal => &self.message,
        }
    }

    /// The response's `body.error`.
    pub fn to_message(&self) -> Message {
        Message {
            id: self.id as i32,
            format: self.message.clone(),
            variables: None,
            send_telemetry: None,
            show_user: Some(matches!(self.kind(), ErrorKind::User | ErrorKind::Internal)),
            url: None,
            url_label: None,
        }
    }
}

impl From<ArgumentsError> for RequestError {
    fn from(error: ArgumentsError) -> Self {
        Self::new(ErrorId::InvalidArguments, error.to_string())
    }
}

impl From<LaunchError> for RequestError {
    fn from(error: LaunchError) -> Self {
        Self::new(ErrorId::InvalidConfiguration, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_stay() {
        let numbers = ErrorId::ALL.map(|id| id as u32);
        assert!(numbers.is_sorted_by(|a, b| a < b));
        let listed = ErrorId::ALL.map(|id| format!("{} {id:?}: {:?}", id as u32, id.kind())).join("\n");
        expect_test::expect![[r"
            1000 InvalidMessage: Client
            1001 UnknownCommand: Client
            1002 InvalidArguments: Client
            1003 ReverseRequest: Client
            1004 NotInitialized: Client
            1005 OutOfOrder: Client
            2000 Unsupported: User
            2001 NotStopped: NotStopped
            2002 Terminated: User
            2003 Cancelled: Cancelled
            3000 InvalidConfiguration: User
            9000 Internal: Internal"]]
        .assert_eq(&listed);
    }
}
