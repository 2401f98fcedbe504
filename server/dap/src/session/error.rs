//! How a request fails: a number that stays, whose fault it is, and a text for the user.

use lasti_engine::EngineError;

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
    /// A reference to what a thread showed before it ran on.
    Stale = 2004,
    /// There is no such thing: a thread that has ended, a source that is not loaded.
    NotFound = 2005,
    /// The thread is stopped already.
    AlreadyStopped = 2006,
    /// The program's answer to an expression: it does not compile, or raised an exception.
    Evaluation = 2007,
    /// The engine took too long.
    TimedOut = 2008,
    /// The program cannot go on at the place asked for.
    NoJump = 2009,
    /// Options of `launch` or `attach` that cannot be followed.
    InvalidConfiguration = 3000,
    /// The program could not be started or reached.
    NotStarted = 3001,
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
    /// The program says so, and the client shows it where the user asked.
    Program,
    /// The client wanted it so.
    Cancelled,
    /// A mistake of the server: it is logged and shown.
    Internal,
}

impl ErrorId {
    /// Every failure, by number.
    pub const ALL: [ErrorId; 19] = [
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
        Self::Stale,
        Self::NotFound,
        Self::AlreadyStopped,
        Self::Evaluation,
        Self::TimedOut,
        Self::NoJump,
        Self::InvalidConfiguration,
        Self::NotStarted,
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
            Self::Unsupported
            | Self::Terminated
            | Self::NoJump
            | Self::InvalidConfiguration
            | Self::NotStarted => ErrorKind::User,
            Self::Stale | Self::NotFound | Self::AlreadyStopped | Self::Evaluation | Self::TimedOut => {
                ErrorKind::Program
            }
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

    pub(crate) fn about(id: ErrorId, command: Command, what: &str) -> Self {
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
            ErrorKind::User | ErrorKind::Client | ErrorKind::Program | ErrorKind::Internal => &self.message,
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

impl From<EngineError> for RequestError {
    fn from(error: EngineError) -> Self {
        let id = match &error {
            EngineError::Stale | EngineError::NoReference => ErrorId::Stale,
            EngineError::Running => ErrorId::NotStopped,
            EngineError::NotRunning => ErrorId::AlreadyStopped,
            EngineError::NoThread
            | EngineError::NoSource
            | EngineError::NoText(_)
            | EngineError::NoException => ErrorId::NotFound,
            EngineError::Syntax(_) | EngineError::Raised(_) | EngineError::ReadOnly(_) => ErrorId::Evaluation,
            EngineError::TimedOut { .. } => ErrorId::TimedOut,
            EngineError::Cancelled => ErrorId::Cancelled,
            EngineError::Unsupported(_) => ErrorId::Unsupported,
            EngineError::NoJump(_) => ErrorId::NoJump,
            EngineError::Lost => ErrorId::Terminated,
            EngineError::Internal(_) => ErrorId::Internal,
        };
        Self::new(id, error.to_string())
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
            2004 Stale: Program
            2005 NotFound: Program
            2006 AlreadyStopped: Program
            2007 Evaluation: Program
            2008 TimedOut: Program
            2009 NoJump: User
            3000 InvalidConfiguration: User
            3001 NotStarted: User
            9000 Internal: Internal"]]
        .assert_eq(&listed);
    }
}
