//! The commands that the engine has no reply to yet, and the requests that wait for them.
//!
//! A request can be answered before its reply comes: it was cancelled, or took too long. The reply is then
//! still looked at, for what it says of the program's state, and its result is dropped.

use std::collections::BTreeMap;
use std::time::Duration;

use lasti_engine::RequestId as CommandId;
use lasti_engine::command::Command;
use lasti_engine::link::ToEngine;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::answer::Then;
use super::{ErrorId, RequestError};
use crate::protocol::{RequestId, ResponseBody};

/// How many commands an engine may owe replies to. A client that asks for more is told so.
const LIMIT: usize = 4096;

/// A command on its way.
pub(super) struct Pending {
    /// The request that waits for it, if one does.
    pub(super) to: Option<RequestId>,
    pub(super) then: Then<ResponseBody>,
    /// Whether the client may give it up: it changes nothing that the session has to know.
    pub(super) can_be_dropped: bool,
    patience: Duration,
    /// Set when it is sent.
    deadline: Option<Instant>,
}

/// A request whose command is late.
pub(super) struct Late {
    pub(super) to: RequestId,
    /// What was to be done with the reply, which is of no interest any more; `None` if it still is.
    pub(super) then: Option<Then<ResponseBody>>,
    /// How long it was waited for.
    pub(super) milliseconds: u32,
}

/// All commands on their way.
#[derive(Default)]
pub(super) struct Commands {
    last: u64,
    pending: BTreeMap<CommandId, Pending>,
    /// Where they go; until there is an engine they wait.
    engine: Option<mpsc::UnboundedSender<ToEngine>>,
    waiting: Vec<ToEngine>,
}

impl Commands {
    /// Sends a command.
    pub(super) fn send(
        &mut self,
        command: Command,
        patience: Duration,
        to: Option<RequestId>,
        then: Then<ResponseBody>,
    ) -> Result<(), (Option<RequestId>, RequestError)> {
        if self.pending.len() >= LIMIT {
            let reason = format!("{LIMIT} requests wait for the program already: give it time");
            return Err((to, RequestError::new(ErrorId::TimedOut, reason)));
        }
        let can_be_dropped = !matches!(
            command,
            Command::Start(_)
                | Command::Continue(_)
                | Command::Step(_)
                | Command::Jump(_)
                | Command::Detach(_)
        );
        let id = self.next_id();
        let deadline = self.engine.is_some().then(|| Instant::now() + patience);
        self.pending.insert(id, Pending { to, then, can_be_dropped, patience, deadline });
        self.pass(ToEngine { id, command });
        Ok(())
    }

    /// Sends a command whose reply is of no interest.
    pub(super) fn tell(&mut self, command: impl Into<Command>) {
        let id = self.next_id();
        self.pass(ToEngine { id, command: command.into() });
    }

    fn next_id(&mut self) -> CommandId {
        self.last += 1;
        CommandId(self.last)
    }

    fn pass(&mut self, message: ToEngine) {
        match &self.engine {
            // That it is gone is told by the debuggee's end, and so to all that wait.
            Some(engine) => drop(engine.send(message)),
            None => self.waiting.push(message),
        }
    }

    /// There is an engine now.
    pub(super) fn link(&mut self, engine: mpsc::UnboundedSender<ToEngine>) {
        let now = Instant::now();
        for pending in self.pending.values_mut() {
            pending.deadline = Some(now + pending.patience);
        }
        self.engine = Some(engine);
        for message in std::mem::take(&mut self.waiting) {
            self.pass(message);
        }
    }

    /// There is no engine any more: all that waited for it.
    pub(super) fn unlink(&mut self) -> Vec<Pending> {
        self.engine = None;
        self.waiting.clear();
        std::mem::take(&mut self.pending).into_values().collect()
    }

    /// The command that a reply is for. Others are of no interest.
    pub(super) fn take(&mut self, id: CommandId) -> Option<Pending> {
        self.pending.remove(&id)
    }

    /// The request that a client wants no answer to any more: it gets a short one. The engine is told.
    pub(super) fn cancel(&mut self, seq: i64) -> Option<RequestId> {
        let waits = |pending: &Pending| pending.to.as_ref().is_some_and(|to| to.seq == seq);
        let (&id, pending) = self.pending.iter_mut().find(|(_, pending)| waits(pending))?;
        if !pending.can_be_dropped {
            return None;
        }
        let to = pending.to.take();
        self.tell(lasti_engine::command::Cancel { request: id });
        to
    }

    /// When the next command is late.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let waits = |pending: &&Pending| pending.to.is_some();
        self.pending.values().filter(waits).filter_map(|pending| pending.deadline).min()
    }

    /// The requests whose commands are late. The engine is told to give them up.
    pub(super) fn late(&mut self) -> Vec<Late> {
        let now = Instant::now();
        let is_late = |(_, pending): &(&CommandId, &Pending)| {
            pending.to.is_some() && pending.deadline.is_some_and(|deadline| deadline <= now)
        };
        let ids: Vec<_> = self.pending.iter().filter(is_late).map(|(&id, _)| id).collect();
        let mut late = Vec::new();
        for request in ids {
            self.tell(lasti_engine::command::Cancel { request });
            let Some(pending) = self.pending.get_mut(&request) else { continue };
            let milliseconds = u32::try_from(pending.patience.as_millis()).unwrap_or(u32::MAX);
            let Some(to) = pending.to.take() else { continue };
            let then = if pending.can_be_dropped {
                self.pending.remove(&request).map(|pending| pending.then)
            } else {
                None
            };
            late.push(Late { to, then, milliseconds });
        }
        late
    }
}
