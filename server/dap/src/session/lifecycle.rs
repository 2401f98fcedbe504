//! The program's life as a session sees it: on its way, there, gone; and what a restart or the client's leaving
//! makes of it.

use std::time::Duration;

use lasti_engine::command::{
    Configure, Detach, LoadedSources, SetBreakpoints, SetExceptionFilters, SetFunctionBreakpoints, Start,
    Terminate, replies,
};
use lasti_engine::event::ExitStatus;
use lasti_engine::{EngineError, ThreadId};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::answer::{Answer, PATIENCE, Then};
use super::breakpoints::OfSource;
use super::{ErrorId, Internal, RequestError, Session, State, to_dap};
use crate::debuggee::{DebuggeeEvent, EngineLink, Process, StartError, Terminal};
use crate::launch::{Attach, Console, Launch, Settings};
use crate::protocol::{
    Event, ExitedEventBody, OutputEventBodyCategory, ProcessEventBody, ProcessEventBodyStartMethod,
    RequestId, ResponseBody, TerminatedEventBody, ThreadEventBody, ThreadEventBodyReason,
};

/// How long a program that is to end may take, before its client is let go all the same.
const FAREWELL: Duration = Duration::from_secs(3);

/// The signal by which a program ends that was interrupted.
const SIGINT: i32 = 2;

/// What the client asked for.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Launch(Box<Launch>),
    Attach(Box<Attach>),
}

impl Wanted {
    pub(super) fn settings(&self) -> &Settings {
        match self {
            Self::Launch(launch) => &launch.settings,
            Self::Attach(attach) => &attach.settings,
        }
    }

    /// Whether the program runs without being debugged.
    pub(super) fn no_debug(&self) -> bool {
        matches!(self, Self::Launch(launch) if launch.no_debug)
    }
}

/// The program of the session.
pub(super) struct Program {
    pub(super) wanted: Wanted,
    stage: Stage,
    /// The `launch`, `attach` or `restart` that has no response yet.
    asked: Option<RequestId>,
    /// It is a restart: the client has configured everything already.
    again: bool,
    /// The client wants another one when it is gone.
    restart: Option<(RequestId, Wanted)>,
    /// The client wants it to end; how it does so is no news.
    condemned: bool,
    /// Whether it was asked to end already.
    pub(super) asked_to_end: bool,
    /// What its engine said of its end.
    exit: Option<ExitStatus>,
}

enum Stage {
    /// On its way, in a task.
    Starting(Task),
    /// Linked: the engine has not said yet that it takes commands, or has.
    Linked { process: Box<dyn Process>, ready: bool },
}

/// A task that ends with whoever holds this.
pub(super) struct Task(pub(super) AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The client is leaving.
pub(super) struct Ending {
    /// The `disconnect` to be answered.
    to: Option<RequestId>,
    /// Whether the program goes on without it.
    releases: bool,
    pub(super) deadline: Instant,
}

impl Session {
    /// Begins to start a program.
    pub(super) fn start(&mut self, wanted: Wanted, asked: Option<RequestId>, again: bool) {
        self.generation += 1;
        let generation = self.generation;
        let internal = self.internal.clone();
        let starting = match &wanted {
            Wanted::Launch(launch) => {
                let (requests, mut to_terminal) = mpsc::unbounded_channel();
                let forward = internal.clone();
                tokio::spawn(async move {
                    while let Some(request) = to_terminal.recv().await {
                        let _ = forward.send(Internal::Terminal(request));
                    }
                });
                self.launcher.launch((**launch).clone(), Terminal { requests })
            }
            Wanted::Attach(attach) => self.launcher.attach((**attach).clone()),
        };
        let task = tokio::spawn(async move {
            let result = starting.await;
            let _ = internal.send(Internal::Started { generation, result });
        });
        let stage = Stage::Starting(Task(task.abort_handle()));
        self.program = Some(Program {
            wanted,
            stage,
            asked,
            again,
            restart: None,
            condemned: false,
            asked_to_end: false,
            exit: None,
        });
    }

    /// The program that was being started is there, or will not be: what it will tell.
    pub(super) fn started(
        &mut self,
        generation: u64,
        result: Result<EngineLink, StartError>,
    ) -> Option<mpsc::Receiver<DebuggeeEvent>> {
        let program = self.program.as_mut().filter(|_| generation == self.generation)?;
        match result {
            Ok(link) => {
                program.stage = Stage::Linked { process: link.process, ready: false };
                self.commands.link(link.commands);
                Some(link.events)
            }
            Err(error) => {
                self.not_started(&RequestError::new(ErrorId::NotStarted, error.to_string()));
                None
            }
        }
    }

    /// There will be no program. A first one may be asked for again.
    fn not_started(&mut self, error: &RequestError) {
        let Some(program) = self.program.take() else { return };
        self.fail_pending();
        let restart = program.restart.map(|(to, _)| to);
        for to in [program.asked, restart].into_iter().flatten() {
            self.respond(to, Err(error.clone()));
        }
        if program.again {
            self.state = State::Terminated;
            self.emit(Event::Terminated(TerminatedEventBody::default()));
        } else {
            self.state = State::Initialized;
        }
        self.answer_ending();
    }

    /// The engine takes commands.
    pub(super) fn engine_ready(&mut self, process: u32, name: String) {
        let Some(program) = &mut self.program else { return };
        let Stage::Linked { ready, .. } = &mut program.stage else { return };
        if std::mem::replace(ready, true) {
            return;
        }
        let again = program.again;
        let (method, inner) = match &program.wanted {
            Wanted::Launch(launch) => {
                (ProcessEventBodyStartMethod::Launch, launch.console == Console::Internal)
            }
            Wanted::Attach(_) => (ProcessEventBodyStartMethod::Attach, false),
        };
        let settings = program.wanted.settings().clone();
        self.emit(Event::Process(ProcessEventBody {
            name,
            system_process_id: i32::try_from(process).ok(),
            is_local_process: Some(true),
            start_method: Some(method),
            pointer_size: None,
        }));
        let configure = Configure {
            just_my_code: settings.just_my_code,
            show_results: settings.show_return_value,
            // What a child writes comes through its pipes.
            copy_output: settings.redirect_output && !inner,
        };
        self.tell_and(configure, |session, reply: Result<replies::Configure, _>| {
            if let Err(error) = reply {
                let text = format!("warning: settings of the session have no effect: {error}");
                session.say(OutputEventBodyCategory::Console, &text);
            }
        });
        if method == ProcessEventBodyStartMethod::Attach {
            self.tell_and(LoadedSources {}, |session, reply: Result<replies::LoadedSources, _>| {
                for info in reply.map(|reply| reply.0).unwrap_or_default() {
                    session.sources.load(info);
                }
            });
        }
        if again { self.configure_again() } else { self.emit(Event::Initialized) }
    }

    /// Sends a command for the session's own sake.
    fn tell_and<R: lasti_engine::command::Request>(
        &mut self,
        command: R,
        then: impl FnOnce(&mut Session, Result<R::Reply, EngineError>) + Send + 'static,
    ) {
        let then: Then<ResponseBody> = Box::new(move |session, reply| {
            let other = || EngineError::Internal("the reply of another command".into());
            then(session, reply.and_then(|reply| R::reply(reply).map_err(|_| other())));
            Ok(Answer::Kept)
        });
        // The limit that this can run into is the client's, who asked for too much at once.
        if let Err((_, error)) = self.commands.send(command.into(), PATIENCE, None, then) {
            self.say(OutputEventBodyCategory::Important, &error.message);
        }
    }

    /// Sets in a new program what the client had set in the old one, and lets it begin.
    fn configure_again(&mut self) {
        let Some(program) = &self.program else { return };
        if !program.wanted.no_debug() {
            for held in self.breakpoints.sources.clone() {
                self.set_held(held);
            }
            let functions = self.breakpoints.functions.clone();
            if !functions.is_empty() {
                let numbers = self.breakpoints.function_numbers.clone();
                let command = SetFunctionBreakpoints { breakpoints: functions };
                self.tell_and(command, move |session, reply: Result<replies::SetFunctionBreakpoints, _>| {
                    session.set_again(&numbers, reply.map(|reply| reply.0));
                });
            }
            let filters = self.breakpoints.filters;
            self.tell_and(SetExceptionFilters { filters }, |session, reply| {
                if let Err(error) = reply {
                    let text = format!("exceptions do not stop the program: {error}");
                    session.say(OutputEventBodyCategory::Important, &text);
                }
            });
        }
        self.state = State::Running;
        let stop_on_entry = self.stops_on_entry();
        self.tell_and(Start { stop_on_entry }, |session, reply: Result<replies::Start, _>| {
            session.begun(reply.map(drop).map_err(RequestError::from));
        });
    }

    /// Sets a source's breakpoints, under the numbers that they have.
    pub(super) fn set_held(&mut self, held: OfSource) {
        let command = SetBreakpoints { source: held.source, breakpoints: held.breakpoints };
        let numbers = held.numbers;
        self.tell_and(command, move |session, reply: Result<replies::SetBreakpoints, _>| {
            session.set_again(&numbers, reply.map(|reply| reply.0));
        });
    }

    /// Breakpoints in a new program have new names, and may be elsewhere.
    fn set_again(
        &mut self,
        numbers: &[i32],
        reply: Result<Vec<lasti_engine::breakpoints::BreakpointInfo>, EngineError>,
    ) {
        match reply {
            Ok(infos) => {
                for (&number, info) in numbers.iter().zip(infos) {
                    self.breakpoints.rename(info.id, number);
                    self.breakpoint_changed(number, info);
                }
            }
            Err(EngineError::Lost) => {}
            Err(error) => {
                let text = format!("breakpoints could not be set again: {error}");
                self.say(OutputEventBodyCategory::Important, &text);
            }
        }
    }

    /// Whether the program is to stop at its first statement.
    pub(super) fn stops_on_entry(&self) -> bool {
        match self.program.as_ref().map(|program| &program.wanted) {
            Some(Wanted::Launch(launch)) => launch.stop_on_entry && !launch.no_debug,
            _ => false,
        }
    }

    /// The program has begun, or cannot: who asked for it gets the response.
    pub(super) fn begun(&mut self, outcome: Result<(), RequestError>) {
        let Some(program) = &mut self.program else { return };
        let asked = program.asked.take();
        if outcome.is_err() {
            self.kill();
        }
        if let Some(to) = asked {
            self.respond(to, outcome.map(|()| ResponseBody::None));
        }
    }

    /// Keeps the request that the program was asked for with, so that its response comes when it has begun.
    pub(super) fn take_asked(&mut self) -> Option<RequestId> {
        self.program.as_mut().and_then(|program| program.asked.take())
    }

    /// Whether the program is on its way still.
    pub(super) fn is_starting(&self) -> bool {
        let ready = |program: &Program| matches!(program.stage, Stage::Linked { ready: true, .. });
        self.program.as_ref().is_some_and(|program| !ready(program) || program.restart.is_some())
    }

    /// Ends the program at once. One that is on its way does not arrive.
    pub(super) fn kill(&mut self) {
        let Some(program) = &mut self.program else { return };
        program.condemned = true;
        match &mut program.stage {
            Stage::Starting(task) => {
                task.0.abort();
                // Whatever it sends is of a program that is none any more.
                self.generation += 1;
                self.not_started(&RequestError::new(
                    ErrorId::Cancelled,
                    "the program was ended before it began",
                ));
            }
            Stage::Linked { process, .. } => {
                process.kill();
                // Where the session has no hold of the process, the engine has.
                self.commands.tell(Terminate { now: true });
            }
        }
    }

    /// Ends the program, and starts another.
    pub(super) fn restart(&mut self, to: RequestId, wanted: Wanted) {
        if let Some(program) = &mut self.program {
            program.restart = Some((to, wanted));
        }
        self.kill();
    }

    /// The client leaves: the program ends with it or goes on without it, and then it is let go.
    pub(super) fn leave(&mut self, to: Option<RequestId>, terminate: bool) {
        let releases = !terminate && !self.is_starting();
        self.ending = Some(Ending { to, releases, deadline: Instant::now() + FAREWELL });
        if self.program.is_none() {
            self.answer_ending();
        } else if !releases {
            self.kill();
        } else {
            self.tell_and(Detach {}, |session, _: Result<replies::Detach, _>| session.detached());
        }
    }

    /// Whether a program that the client leaves without a word ends.
    pub(super) fn ends_with_client(&self) -> bool {
        self.program.as_ref().is_some_and(|program| matches!(program.wanted, Wanted::Launch(_)))
    }

    /// The program takes too long to end, or to be left: the client is let go.
    pub(super) fn farewell_is_over(&mut self) {
        if self.ending.as_ref().is_some_and(|ending| ending.releases) {
            self.detached();
        } else {
            self.answer_ending();
        }
    }

    fn detached(&mut self) {
        if let Some(Program { stage: Stage::Linked { process, .. }, .. }) = self.program.take() {
            process.release();
            self.flush_output();
            self.forget_program();
            self.state = State::Terminated;
            self.emit(Event::Terminated(TerminatedEventBody::default()));
        }
        self.answer_ending();
    }

    /// The client is let go, if it is leaving.
    pub(super) fn answer_ending(&mut self) {
        let Some(ending) = self.ending.take() else { return };
        if let Some(to) = ending.to {
            self.respond(to, Ok(ResponseBody::None));
        }
        self.finished = true;
    }

    /// The engine says how the program ends. The process's own word counts more, and may come yet.
    pub(super) fn engine_exited(&mut self, status: ExitStatus) {
        if let Some(program) = &mut self.program {
            program.exit = Some(status);
        }
    }

    /// The engine cannot be reached any more.
    pub(super) fn link_lost(&mut self, reason: &str) {
        let exits = self.program.as_ref().is_some_and(|program| program.condemned || program.exit.is_some());
        if !exits {
            let text = format!("the program is ended: the link to it is lost ({reason})");
            self.say(OutputEventBodyCategory::Important, &text);
        }
        self.kill();
    }

    /// The program is gone, and all that it wrote was told.
    pub(super) fn program_ended(&mut self, status: Option<ExitStatus>) {
        self.flush_output();
        let Some(mut program) = self.program.take() else { return };
        // Of a process that had to be ended the engine may know better.
        let status = if program.condemned { program.exit.or(status) } else { status.or(program.exit) };
        if !program.condemned {
            match status {
                // A program that was asked to end interrupts itself; one in a terminal does so unseen.
                Some(ExitStatus::Signal(SIGINT)) | None if program.asked_to_end => {}
                Some(ExitStatus::Signal(signal)) => {
                    let name = to_dap::signal_name(signal);
                    let text = format!("the program was ended by signal {signal}{name}");
                    self.say(OutputEventBodyCategory::Important, &text);
                }
                Some(ExitStatus::Code(_)) => {}
                None => {
                    let text = "the program is gone; how it ended is not known";
                    self.say(OutputEventBodyCategory::Important, text);
                }
            }
        }
        // A client that leaves wants no other program.
        let restart = if self.ending.is_none() { program.restart.take() } else { None };
        if let Some((to, wanted)) = restart {
            let threads: Vec<ThreadId> = self.threads.keys().copied().collect();
            self.forget_program();
            for thread in threads {
                self.emit(Event::Thread(ThreadEventBody {
                    reason: ThreadEventBodyReason::Exited,
                    thread_id: to_thread(thread),
                }));
            }
            self.state = State::Running;
            self.start(wanted, Some(to), true);
            return;
        }
        self.forget_program();
        let how = match status {
            Some(ExitStatus::Code(code)) => format!("exit code {code}"),
            Some(ExitStatus::Signal(signal)) => format!("signal {signal}"),
            None => "nobody knows how".into(),
        };
        let error = RequestError::new(ErrorId::Terminated, format!("the program has ended: {how}"));
        for to in [program.asked, program.restart.map(|(to, _)| to)].into_iter().flatten() {
            self.respond(to, Err(error.clone()));
        }
        self.state = State::Terminated;
        if let Some(status) = status {
            self.emit(Event::Exited(ExitedEventBody { exit_code: to_dap::exit_code(status) }));
        }
        self.emit(Event::Terminated(TerminatedEventBody::default()));
        self.answer_ending();
    }

    /// Nothing of the program is there any more.
    fn forget_program(&mut self) {
        self.fail_pending();
        self.threads.clear();
        self.stops.clear();
        self.last_stopped = None;
        self.targets.clear();
        self.handles.clear();
        self.sources.clear();
        self.code_objects.clear();
        self.breakpoints.forget_program();
    }

    /// Whoever waits for the engine has waited in vain.
    fn fail_pending(&mut self) {
        for pending in self.commands.unlink() {
            self.finish(pending, Err(EngineError::Lost));
        }
    }
}

/// A thread's number for the client.
pub(super) fn to_thread(thread: ThreadId) -> i32 {
    i32::try_from(thread.0).unwrap_or(i32::MAX)
}
