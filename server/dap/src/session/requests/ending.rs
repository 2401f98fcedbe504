//! `cancel`, `restart`, `terminate`, `disconnect`.

use lasti_engine::command::Terminate;
use serde_json::Value;

use super::super::answer::{Answer, Outcome, now};
use super::super::lifecycle::Wanted;
use super::super::{ErrorId, RequestError, Session};
use super::configuration::adopt;
use crate::launch::Launch;
use crate::protocol::{
    CancelArguments, DisconnectArguments, RequestId, RestartArguments, TerminateArguments,
};

/// Gives a request up that has no response yet. One that has, or that nobody knows, is no error: the two may
/// have crossed.
pub(super) fn cancel(session: &mut Session, arguments: CancelArguments) -> Outcome<()> {
    if let Some(seq) = arguments.request_id
        && let Some(to) = session.commands.cancel(i64::from(seq))
    {
        let text = format!("`{}` was cancelled", to.command);
        session.respond(to, Err(RequestError::new(ErrorId::Cancelled, text)));
    }
    now(())
}

pub(super) fn restart(session: &mut Session, to: RequestId, arguments: RestartArguments) -> Outcome<()> {
    let Some(program) = &session.program else {
        return Err(RequestError::new(ErrorId::Terminated, "there is no program to restart"));
    };
    if session.is_starting() {
        let reason = "`restart` comes too early: the program is only being started";
        return Err(RequestError::new(ErrorId::OutOfOrder, reason));
    }
    let wanted = match (&program.wanted, arguments.arguments) {
        (Wanted::Attach(_), _) => {
            let reason = "`restart` is for programs that were launched: this one was attached to";
            return Err(RequestError::new(ErrorId::Unsupported, reason));
        }
        // The client's configuration may be another one by now.
        (Wanted::Launch(_), Some(Value::Object(configuration))) if !configuration.is_empty() => {
            let configured = Launch::parse(&configuration, session.client.terminals)?;
            adopt(session, &configured.value.settings, configured.warnings);
            Wanted::Launch(Box::new(configured.value))
        }
        (wanted @ Wanted::Launch(_), _) => wanted.clone(),
    };
    session.restart(to, wanted);
    Ok(Answer::Kept)
}

/// Asks the program to end; asked a second time, it is ended.
pub(super) fn terminate(session: &mut Session, _: TerminateArguments) -> Outcome<()> {
    let starting = session.is_starting();
    if let Some(program) = &mut session.program {
        if starting || std::mem::replace(&mut program.asked_to_end, true) {
            session.kill();
        } else {
            session.commands.tell(Terminate { now: false });
        }
    }
    now(())
}

pub(super) fn disconnect(
    session: &mut Session,
    to: RequestId,
    arguments: DisconnectArguments,
) -> Outcome<()> {
    if arguments.suspend_debuggee == Some(true) {
        let reason = "`suspendDebuggee` is not supported: the program ends or goes on";
        return Err(RequestError::new(ErrorId::Unsupported, reason));
    }
    let terminate = arguments.terminate_debuggee.unwrap_or_else(|| session.ends_with_client());
    session.leave(Some(to), terminate);
    Ok(Answer::Kept)
}
