//! Why a command failed.

use serde::{Deserialize, Serialize};

/// Why a command failed. Its text is for the user; [`EngineError::id`] never changes its meaning.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, Serialize, Deserialize)]
pub enum EngineError {
    /// The reference is of an earlier stop.
    #[error("this belongs to an earlier stop: the thread has run since; ask for its stack again")]
    Stale,
    /// The thread runs, and the command needs it stopped.
    #[error("the thread is running: pause it first")]
    Running,
    /// The thread is stopped, and the command needs it running.
    #[error("the thread is stopped already")]
    NotRunning,
    /// No such thread: it never was, or has ended.
    #[error("there is no such thread: it has ended")]
    NoThread,
    /// No such source.
    #[error("there is no such source")]
    NoSource,
    /// The source's text cannot be had.
    #[error("the text of this source cannot be had: {0}")]
    NoText(String),
    /// No such frame or variable in this stop.
    #[error("this stop has no such frame or variable")]
    NoReference,
    /// The thread is not stopped at an exception.
    #[error("the thread is not stopped at an exception")]
    NoException,
    /// An expression or value does not compile.
    #[error("{0}")]
    Syntax(String),
    /// User code that the command ran raised an exception: the last line of its traceback.
    #[error("{0}")]
    Raised(String),
    /// The variable cannot be set.
    #[error("{0} cannot be set")]
    ReadOnly(String),
    /// User code that the command ran used up its time.
    #[error("stopped after {milliseconds} ms: the time for evaluating is used up")]
    TimedOut {
        /// The time that it had.
        milliseconds: u32,
    },
    /// The client cancelled the command.
    #[error("cancelled")]
    Cancelled,
    /// The engine does not do that: why.
    #[error("{0}")]
    Unsupported(String),
    /// The engine is gone.
    #[error("the program has ended")]
    Lost,
    /// The thread cannot go on there: why.
    #[error("{0}")]
    NoJump(String),
    /// A fault of the engine.
    #[error("internal error: {0}; please report it")]
    Internal(String),
}

impl EngineError {
    /// The number of this kind of error.
    pub const fn id(&self) -> u16 {
        match self {
            Self::Stale => 1,
            Self::Running => 2,
            Self::NotRunning => 3,
            Self::NoThread => 4,
            Self::NoSource => 5,
            Self::NoText(_) => 6,
            Self::NoReference => 7,
            Self::NoException => 8,
            Self::Syntax(_) => 9,
            Self::Raised(_) => 10,
            Self::ReadOnly(_) => 11,
            Self::TimedOut { .. } => 12,
            Self::Cancelled => 13,
            Self::Unsupported(_) => 14,
            Self::Lost => 15,
            Self::Internal(_) => 16,
            Self::NoJump(_) => 17,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EngineError::{self, *};

    #[test]
    fn ids_are_numbered_without_gap_or_repetition() {
        let text = String::new;
        let all: [EngineError; 17] = [
            Stale,
            Running,
            NotRunning,
            NoThread,
            NoSource,
            NoText(text()),
            NoReference,
            NoException,
            Syntax(text()),
            Raised(text()),
            ReadOnly(text()),
            TimedOut { milliseconds: 1 },
            Cancelled,
            Unsupported(text()),
            Lost,
            Internal(text()),
            NoJump(text()),
        ];
        assert_eq!(all.map(|error| error.id()), std::array::from_fn(|index| index as u16 + 1));
    }
}
