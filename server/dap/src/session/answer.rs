//! What a handler gives back: the response, or what has to be asked of the engine first. Nothing waits: what is
//! to be done with the engine's reply is kept until the reply comes, in the order in which replies and events
//! come, so that a `continue` is answered before the stop that follows it.

use std::time::Duration;

use lasti_engine::EngineError;
use lasti_engine::command::{Command, Reply, Request as EngineRequest};

use super::{ErrorId, RequestError, Session};

/// How long an engine may take for what it need not run user code for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// A handler's result.
pub(crate) type Outcome<B> = Result<Answer<B>, RequestError>;

/// What is to be done with an engine's reply.
pub(crate) type Then<B> = Box<dyn FnOnce(&mut Session, Result<Reply, EngineError>) -> Outcome<B> + Send>;

/// How a request is answered.
pub(crate) enum Answer<B> {
    /// Now, with this.
    Now(B),
    /// When the engine has replied.
    Ask(Ask<B>),
    /// By somebody else, later: the handler has kept the request's number.
    Kept,
}

/// A command, and what is to be done with its reply.
pub(crate) struct Ask<B> {
    pub(crate) command: Command,
    pub(crate) patience: Duration,
    pub(crate) then: Then<B>,
}

/// Answers now.
#[allow(clippy::unnecessary_wraps, reason = "it is what handlers return")]
pub(crate) fn now<B>(body: B) -> Outcome<B> {
    Ok(Answer::Now(body))
}

/// Asks the engine; a command that fails makes the request fail.
pub(crate) fn ask<R: EngineRequest, B>(
    command: R,
    then: impl FnOnce(&mut Session, R::Reply) -> Outcome<B> + Send + 'static,
) -> Outcome<B> {
    ask_for(PATIENCE, command, |session, reply| then(session, reply?))
}

/// Asks the engine, with a limit of its own, and looks at failures too.
#[allow(clippy::unnecessary_wraps, reason = "it is what handlers return")]
pub(crate) fn ask_for<R: EngineRequest, B>(
    patience: Duration,
    command: R,
    then: impl FnOnce(&mut Session, Result<R::Reply, RequestError>) -> Outcome<B> + Send + 'static,
) -> Outcome<B> {
    let then: Then<B> = Box::new(move |session, reply| {
        let reply = match reply {
            Ok(reply) => R::reply(reply).map_err(|_| {
                RequestError::new(ErrorId::Internal, "the engine gave the reply of another command")
            }),
            Err(error) => Err(error.into()),
        };
        then(session, reply)
    });
    Ok(Answer::Ask(Ask { command: command.into(), patience, then }))
}

impl<B: 'static> Answer<B> {
    /// The same with another body.
    pub(crate) fn map<C: 'static>(self, to: fn(B) -> C) -> Answer<C> {
        match self {
            Self::Now(body) => Answer::Now(to(body)),
            Self::Kept => Answer::Kept,
            Self::Ask(Ask { command, patience, then }) => {
                let then: Then<C> =
                    Box::new(move |session, reply| then(session, reply).map(|answer| answer.map(to)));
                Answer::Ask(Ask { command, patience, then })
            }
        }
    }
}
