//! `gotoTargets`, `goto`: where a stopped thread may go on instead.

use std::collections::BTreeMap;

use lasti_engine::command::{Jump, JumpTarget};
use lasti_engine::place::SourceName;
use lasti_engine::{EngineError, ThreadId};

use super::super::Session;
use super::super::answer::{Outcome, ask, now};
use super::run::thread;
use super::with_texts;
use crate::protocol::{GotoArguments, GotoTarget, GotoTargetsArguments, GotoTargetsResponseBody};

/// The places that clients were told of, by their numbers: good until a thread runs, and never given out again.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    last: i32,
    live: BTreeMap<i32, (SourceName, u32)>,
}

impl Targets {
    fn number(&mut self, source: SourceName, line: u32) -> i32 {
        self.last = self.last.checked_add(1).unwrap_or(1);
        self.live.insert(self.last, (source, line));
        self.last
    }

    /// The program has moved on.
    pub(crate) fn clear(&mut self) {
        self.live.clear();
    }
}

/// Names the place on a line to which the thread that stopped last may go. The request names no thread: it comes from
/// the line that a user points at. Where the thread cannot go there, the error says why.
pub(super) fn targets(
    session: &mut Session,
    arguments: GotoTargetsArguments,
) -> Outcome<GotoTargetsResponseBody> {
    let source = session.sources.named_by(&arguments.source)?;
    let line = session.sources.counting().line_in(arguments.line);
    let stopped = |thread: &ThreadId| session.stops.contains_key(thread);
    let thread = session.last_stopped.filter(stopped).or_else(|| session.stops.keys().next().copied());
    let thread = thread.ok_or(EngineError::Running)?;
    ask(JumpTarget { thread, source: source.clone(), line }, move |session, reply| {
        let known = session.sources.find(&source);
        with_texts(session, known.into_iter().collect(), move |session| {
            let place = session.place(known, reply.0);
            let target = GotoTarget {
                id: session.targets.number(source, reply.0.start.line),
                label: format!("line {}", place.line),
                line: place.line,
                column: Some(place.column),
                end_line: Some(place.end_line),
                end_column: Some(place.end_column),
                instruction_pointer_reference: None,
            };
            now(GotoTargetsResponseBody { targets: vec![target] })
        })
    })
}

pub(super) fn goto(session: &mut Session, arguments: GotoArguments) -> Outcome<()> {
    let thread = thread(arguments.thread_id)?;
    let target = session.targets.live.get(&arguments.target_id).cloned();
    let (source, line) = target.ok_or(EngineError::Stale)?;
    ask(Jump { thread, source, line }, |_, _| now(()))
}
