//! `threads`, `pause`, `continue`, `next`, `stepIn`, `stepOut`.

use lasti_engine::EngineError;
use std::time::Duration;

use lasti_engine::ThreadId;
use lasti_engine::command::{Continue, Granularity, Pause, Step, StepKind, Threads};

use super::super::answer::{Outcome, PATIENCE, ask, ask_for, now};
use super::super::lifecycle::to_thread;
use super::super::{ErrorId, RequestError, Session};
use crate::protocol::{
    ContinueArguments, ContinueResponseBody, NextArguments, PauseArguments, StepInArguments,
    StepOutArguments, SteppingGranularity, Thread, ThreadsArguments, ThreadsResponseBody,
};

/// How long the engine may take to name its threads, which the session knows, but for new names.
const SOON: Duration = Duration::from_secs(2);

/// A client's thread.
pub(super) fn thread(id: i32) -> Result<ThreadId, RequestError> {
    u32::try_from(id).map(ThreadId).map_err(|_| EngineError::NoThread.into())
}

pub(super) fn threads(session: &mut Session, _: ThreadsArguments) -> Outcome<ThreadsResponseBody> {
    if session.program.is_none() || session.is_starting() {
        return now(known_threads(session));
    }
    // An engine that cannot say now has said so far.
    ask_for(SOON, Threads {}, |session, reply| match reply {
        Ok(reply) => {
            for info in &reply.0 {
                session.threads.insert(info.id, info.name.clone());
            }
            let threads = reply.0.into_iter();
            let threads = threads.map(|info| Thread { id: to_thread(info.id), name: info.name }).collect();
            now(ThreadsResponseBody { threads })
        }
        Err(_) => now(known_threads(session)),
    })
}

fn known_threads(session: &Session) -> ThreadsResponseBody {
    let threads = session.threads.iter();
    let threads = threads.map(|(&id, name)| Thread { id: to_thread(id), name: name.clone() }).collect();
    ThreadsResponseBody { threads }
}

pub(super) fn pause(_: &mut Session, arguments: PauseArguments) -> Outcome<()> {
    // Some clients mean all threads by 0.
    let thread = if arguments.thread_id == 0 { None } else { Some(thread(arguments.thread_id)?) };
    ask(Pause { thread }, |_, _| now(()))
}

pub(super) fn resume(_: &mut Session, arguments: ContinueArguments) -> Outcome<ContinueResponseBody> {
    let thread = thread(arguments.thread_id)?;
    let single_thread = arguments.single_thread == Some(true);
    ask_for(PATIENCE, Continue { thread, single_thread }, |session, reply| {
        runs_on(session, reply.map(|reply| reply.0))?;
        now(ContinueResponseBody { all_threads_continued: Some(session.stops.is_empty()) })
    })
}

/// Threads run on. A program may be over before that could be said: then it ran, as it was told to.
fn runs_on(session: &mut Session, reply: Result<Vec<ThreadId>, RequestError>) -> Result<(), RequestError> {
    match reply {
        Ok(threads) => session.resumed(&threads),
        Err(error) if error.id == ErrorId::Terminated => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

pub(super) fn next(_: &mut Session, arguments: NextArguments) -> Outcome<()> {
    step(StepKind::Over, arguments.thread_id, arguments.granularity, arguments.single_thread)
}

pub(super) fn step_in(_: &mut Session, arguments: StepInArguments) -> Outcome<()> {
    if arguments.target_id.is_some() {
        let reason = "`targetId` is not supported: `stepIn` enters the next call of the statement";
        return Err(RequestError::new(ErrorId::InvalidArguments, reason));
    }
    step(StepKind::Into, arguments.thread_id, arguments.granularity, arguments.single_thread)
}

pub(super) fn step_out(_: &mut Session, arguments: StepOutArguments) -> Outcome<()> {
    step(StepKind::Out, arguments.thread_id, arguments.granularity, arguments.single_thread)
}

fn step(
    kind: StepKind,
    id: i32,
    granularity: Option<SteppingGranularity>,
    single_thread: Option<bool>,
) -> Outcome<()> {
    let granularity = match granularity {
        None | Some(SteppingGranularity::Statement) => Granularity::Statement,
        Some(SteppingGranularity::Line) => Granularity::Line,
        Some(SteppingGranularity::Instruction) => Granularity::Instruction,
    };
    let single_thread = single_thread == Some(true);
    ask_for(PATIENCE, Step { thread: thread(id)?, kind, granularity, single_thread }, |session, reply| {
        runs_on(session, reply.map(|reply| reply.0))?;
        now(())
    })
}
