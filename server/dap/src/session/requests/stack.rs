//! `stackTrace`, `scopes`.

use lasti_engine::ThreadId;
use lasti_engine::command::{Scopes, StackTrace};
use lasti_engine::place::Page;
use lasti_engine::snapshot::FrameInfo;

use super::super::Session;
use super::super::answer::{Outcome, ask, now};
use super::run::thread;
use super::texts::with_texts;
use crate::protocol::{ScopesArguments, ScopesResponseBody, StackTraceArguments, StackTraceResponseBody};

/// How many frames a response has at most; `totalFrames` says that there are more.
const MOST: u32 = 10_000;

pub(super) fn trace(_: &mut Session, arguments: StackTraceArguments) -> Outcome<StackTraceResponseBody> {
    let wanted = arguments.levels.filter(|&levels| levels > 0).unwrap_or(MOST).min(MOST);
    let start = arguments.start_frame.unwrap_or(0);
    frames(thread(arguments.thread_id)?, Page { start, count: wanted }, Vec::new())
}

/// Asks for frames, as often as the engine gives fewer than are wanted.
fn frames(thread: ThreadId, page: Page, mut so_far: Vec<FrameInfo>) -> Outcome<StackTraceResponseBody> {
    ask(StackTrace { thread, page }, move |session, reply| {
        let got = reply.0.frames.len() as u32;
        let rest = Page { start: page.start.saturating_add(got), count: page.count.saturating_sub(got) };
        so_far.extend(reply.0.frames);
        if got > 0 && rest.count > 0 && rest.start < reply.0.total {
            return frames(thread, rest, so_far);
        }
        let total = reply.0.total;
        let mut sources: Vec<_> = so_far.iter().filter_map(|frame| frame.source).collect();
        sources.sort_unstable();
        sources.dedup();
        with_texts(session, sources, move |session| {
            let stack_frames = so_far.into_iter().map(|frame| session.stack_frame(frame)).collect();
            now(StackTraceResponseBody { stack_frames, total_frames: Some(total) })
        })
    })
}

pub(super) fn scopes(session: &mut Session, arguments: ScopesArguments) -> Outcome<ScopesResponseBody> {
    let frame = session.handles.frame(arguments.frame_id)?;
    ask(Scopes { frame }, |session, reply| {
        let scopes = reply.0.into_iter().map(|scope| session.scope(&scope)).collect();
        now(ScopesResponseBody { scopes })
    })
}
