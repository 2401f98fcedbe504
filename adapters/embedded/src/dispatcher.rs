//! The thread that takes the client's commands. It never touches a value: what needs one is passed on to the thread
//! that the value belongs to. The rest is answered here, at any time.

use std::sync::Arc;

use lasti_code::disassemble::Disassembly;
use lasti_code::source_map::{CodeIdx, Position as CodePosition};
use lasti_control::breakpoints::Changes;
use lasti_engine::breakpoints::{BreakpointInfo, ExceptionFilters};
use lasti_engine::command::{
    BreakpointLocations, Command, Disassemble, Granularity, OnLostClient, Reply, SetBreakpoints, SourceText,
    Step,
};
use lasti_engine::link::ToEngine;
use lasti_engine::place::{InstructionPlace, Position, SourceName, Span};
use lasti_engine::snapshot::{InstructionInfo, SourceInfo, TextPage, ThreadInfo};
use lasti_engine::{EngineError, Event, RequestId, ThreadId};

use crate::state::{Order, Shared, State, Work};

/// How much of a text is told at a time, in bytes.
const TEXT: usize = 256 << 10;
/// How many instructions are told at a time.
const INSTRUCTIONS: usize = 10_000;
/// How many lines are looked at for places of breakpoints.
const LINES: u32 = 10_000;

/// What a command has come to.
enum Outcome {
    /// It is answered; then this is to be done.
    Done(Result<Reply, EngineError>, After),
    /// A thread answers.
    Passed,
}

enum After {
    Nothing,
    /// Threads run.
    Resume(Vec<ThreadId>),
    /// Traps are to be put elsewhere.
    Replant,
    /// The program begins.
    Begin,
    /// The main thread is interrupted, and all run.
    Interrupt,
    Kill,
    Leave,
}

pub(crate) fn start(
    shared: Arc<Shared>,
    mut commands: Box<dyn FnMut() -> Option<ToEngine> + Send>,
) -> std::io::Result<()> {
    let work = move || {
        while let Some(ToEngine { id, command }) = commands() {
            if !take(&shared, id, command) {
                return;
            }
        }
        lost(&shared);
    };
    std::thread::Builder::new().name("lasti-engine".into()).spawn(work).map(drop)
}

/// The client is gone without a word.
fn lost(shared: &Shared) {
    match shared.options.on_lost_client {
        OnLostClient::Terminate => (shared.options.kill)(),
        OnLostClient::RunOn => leave(shared),
    }
}

/// Takes a command; false if it was the last.
fn take(shared: &Shared, id: RequestId, command: Command) -> bool {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(shared, id, command)));
    let outcome = outcome.unwrap_or_else(|panic| {
        let said =
            panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
        Outcome::Done(Err(EngineError::Internal(said.unwrap_or("no reason given").into())), After::Nothing)
    });
    let Outcome::Done(reply, after) = outcome else { return true };
    let failed = reply.is_err();
    shared.reply(id, reply);
    match after {
        _ if failed => {}
        After::Nothing => {}
        After::Resume(threads) => shared.state().resume(&threads),
        After::Replant => shared.replant(),
        After::Begin => shared.begin(),
        After::Interrupt => interrupt(shared),
        After::Kill => (shared.options.kill)(),
        After::Leave => {
            leave(shared);
            return false;
        }
    }
    true
}

fn interrupt(shared: &Shared) {
    let mut state = shared.state();
    state.interrupt = true;
    state.control.run();
    let stopped: Vec<ThreadId> = state.stops.threads().map(|(thread, _)| thread).collect();
    state.resume(&stopped);
    let waits = !state.begun;
    drop(state);
    if waits {
        shared.begin();
    }
    lasti_vm::trace::interrupt();
}

/// Removes all that can stop the program, and lets it run.
fn leave(shared: &Shared) {
    let mut state = shared.state();
    state.control.run();
    state.control.exceptions.filters = ExceptionFilters::default();
    let paths: Vec<SourceName> = state.paths.drain().map(SourceName::Path).collect();
    for path in paths {
        let (_, changes) = state.control.breakpoints.set_source(path, Vec::new());
        state.plan.change(&changes);
    }
    let loaded = state.sources.ids();
    for id in loaded {
        let (_, changes) = state.control.breakpoints.set_source(SourceName::Loaded(id), Vec::new());
        state.plan.change(&changes);
    }
    for changes in [
        state.control.breakpoints.set_functions(Vec::new()).1,
        state.control.breakpoints.set_instructions(Vec::new()).1,
    ] {
        state.plan.change(&changes);
    }
    state.plan.stale();
    state.detached = true;
    let stopped: Vec<ThreadId> = state.stops.threads().map(|(thread, _)| thread).collect();
    state.resume(&stopped);
    drop(state);
    shared.begin();
    let _ = shared.work.0.send(Work::Plant);
}

fn dispatch(shared: &Shared, id: RequestId, command: Command) -> Outcome {
    let now = |reply: Reply| Outcome::Done(Ok(reply), After::Nothing);
    let mut state = shared.state();
    match command {
        Command::Configure(how) => {
            state.settings.just_my_code = how.just_my_code;
            state.settings.show_results = how.show_results;
            if how.copy_output {
                let what = "output is not copied: the program writes to its own terminal".into();
                return Outcome::Done(Err(EngineError::Unsupported(what)), After::Nothing);
            }
            now(Reply::Configure(()))
        }
        Command::Start(how) => {
            if how.stop_on_entry {
                state.control.stop_on_entry();
            }
            Outcome::Done(Ok(Reply::Start(())), After::Begin)
        }
        Command::SetBreakpoints(set) => {
            let (infos, events) = set_breakpoints(&mut state, set);
            drop(state);
            for event in events {
                shared.send(event);
            }
            Outcome::Done(Ok(Reply::SetBreakpoints(infos)), After::Replant)
        }
        Command::SetFunctionBreakpoints(set) => {
            state.functions = !set.breakpoints.is_empty();
            let all = if state.functions { state.sources.ids() } else { Vec::new() };
            let events: Vec<Event> = all.into_iter().flat_map(|source| state.bind(source)).collect();
            let (infos, changes) = state.control.breakpoints.set_functions(set.breakpoints);
            state.plan.change(&changes);
            drop(state);
            for event in events {
                shared.send(event);
            }
            Outcome::Done(Ok(Reply::SetFunctionBreakpoints(infos)), After::Replant)
        }
        Command::SetInstructionBreakpoints(set) => {
            let sources: Vec<_> = set.breakpoints.iter().map(|breakpoint| breakpoint.at.source).collect();
            let events: Vec<Event> = sources.into_iter().flat_map(|source| state.bind(source)).collect();
            let (infos, changes) = state.control.breakpoints.set_instructions(set.breakpoints);
            state.plan.change(&changes);
            drop(state);
            for event in events {
                shared.send(event);
            }
            Outcome::Done(Ok(Reply::SetInstructionBreakpoints(infos)), After::Replant)
        }
        Command::SetExceptionFilters(set) => {
            state.control.exceptions.filters = set.filters;
            shared.passes.set(None);
            state.plan.stale();
            Outcome::Done(Ok(Reply::SetExceptionFilters(())), After::Replant)
        }
        Command::BreakpointLocations(of) => {
            Outcome::Done(locations(&mut state, of).map(Reply::BreakpointLocations), After::Nothing)
        }
        Command::Threads(_) => now(Reply::Threads(threads(&state))),
        Command::Continue(go) => match resumed(&state, go.thread, go.single_thread) {
            Ok(threads) => {
                for thread in state.threads.values_mut() {
                    thread.granularity = Granularity::Statement;
                }
                Outcome::Done(Ok(Reply::Continue(threads.clone())), After::Resume(threads))
            }
            Err(error) => Outcome::Done(Err(error), After::Nothing),
        },
        Command::Step(how) => step(&mut state, how),
        Command::Pause(of) => pause(&mut state, of.thread),
        Command::StackTrace(of) => {
            let waits = state.threads.get(&of.thread).is_some_and(|thread| !thread.parked);
            if waits && state.stops.of(of.thread).is_ok() {
                let _ = shared.work.0.send(Work::Stack(id, of.thread, of.page));
                return Outcome::Passed;
            }
            pass(&mut state, id, of.thread, Command::StackTrace(of))
        }
        Command::JumpTarget(of) => pass(&mut state, id, of.thread, Command::JumpTarget(of)),
        Command::Jump(of) => pass(&mut state, id, of.thread, Command::Jump(of)),
        Command::DescribeException(of) => pass(&mut state, id, of.thread, Command::DescribeException(of)),
        Command::Scopes(of) => pass_of(&mut state, id, of.frame.epoch, Command::Scopes(of)),
        Command::Variables(of) => pass_of(&mut state, id, of.of.epoch, Command::Variables(of)),
        Command::SetVariable(set) => pass_of(&mut state, id, set.of.epoch, Command::SetVariable(set)),
        Command::SetExpression(set) => pass_of(&mut state, id, set.frame.epoch, Command::SetExpression(set)),
        Command::Evaluate(of) => match of.frame {
            Some(frame) => pass_of(&mut state, id, frame.epoch, Command::Evaluate(of)),
            None => {
                let parked =
                    state.threads.iter().find(|(_, thread)| thread.parked).map(|(thread, _)| *thread);
                match parked {
                    Some(thread) => pass(&mut state, id, thread, Command::Evaluate(of)),
                    None => Outcome::Done(Err(EngineError::Running), After::Nothing),
                }
            }
        },
        Command::LoadedSources(_) => now(Reply::LoadedSources(loaded(&mut state))),
        Command::SourceText(of) => {
            Outcome::Done(text(&mut state, &of).map(Reply::SourceText), After::Nothing)
        }
        Command::Disassemble(of) => {
            Outcome::Done(disassemble(&state, &of).map(Reply::Disassemble), After::Nothing)
        }
        Command::Cancel(cancel) => {
            let mut found = false;
            for evaluating in state.threads.values_mut().filter_map(|thread| thread.evaluating.as_mut()) {
                if evaluating.request == Some(cancel.request) {
                    evaluating.cancelled = true;
                    found = true;
                }
            }
            drop(state);
            if found {
                lasti_vm::trace::interrupt();
            }
            now(Reply::Cancel(()))
        }
        Command::Terminate(how) => {
            let after = if how.now { After::Kill } else { After::Interrupt };
            Outcome::Done(Ok(Reply::Terminate(())), after)
        }
        Command::Detach(_) => Outcome::Done(Ok(Reply::Detach(())), After::Leave),
    }
}

fn set_breakpoints(state: &mut State, set: SetBreakpoints) -> (Vec<BreakpointInfo>, Vec<Event>) {
    if let SourceName::Path(path) = &set.source {
        state.paths.insert(path.clone());
    }
    let named = state.sources.named(&set.source);
    let events = named.into_iter().flat_map(|source| state.bind(source)).collect();
    let (infos, changes): (_, Changes) = state.control.breakpoints.set_source(set.source, set.breakpoints);
    state.plan.change(&changes);
    (infos, events)
}

fn threads(state: &State) -> Vec<ThreadInfo> {
    state.threads.iter().map(|(id, thread)| ThreadInfo { id: *id, name: thread.name.clone() }).collect()
}

/// The threads that run if a stopped one does.
fn resumed(state: &State, thread: ThreadId, single: bool) -> Result<Vec<ThreadId>, EngineError> {
    if !state.threads.contains_key(&thread) {
        return Err(EngineError::NoThread);
    }
    state.stops.of(thread)?;
    let stopped = state.stops.threads().map(|(id, _)| id);
    Ok(stopped.filter(|id| !single || *id == thread).collect())
}

fn step(state: &mut State, how: Step) -> Outcome {
    let threads = match resumed(state, how.thread, how.single_thread) {
        Ok(threads) => threads,
        Err(error) => return Outcome::Done(Err(error), After::Nothing),
    };
    // A thread that waits in native code has no frame to step: it runs, as all others do.
    if let Some(facts) = state.threads.get(&how.thread).and_then(|thread| thread.frame) {
        state.plan.know(facts, how.thread);
        if let Some(thread) = state.threads.get_mut(&how.thread) {
            thread.granularity = how.granularity;
        }
        state.control.step(how.thread, how.kind, how.granularity, &facts);
    }
    Outcome::Done(Ok(Reply::Step(threads.clone())), After::Resume(threads))
}

fn pause(state: &mut State, thread: Option<ThreadId>) -> Outcome {
    let known = thread.is_none_or(|thread| state.threads.contains_key(&thread));
    let stopped = thread.is_some_and(|thread| state.stops.of(thread).is_ok());
    if !known || stopped {
        let error = if known { EngineError::NotRunning } else { EngineError::NoThread };
        return Outcome::Done(Err(error), After::Nothing);
    }
    state.control.pause(thread);
    lasti_vm::trace::interrupt();
    Outcome::Done(Ok(Reply::Pause(())), After::Nothing)
}

/// Passes a command on to a thread.
fn pass(state: &mut State, id: RequestId, thread: ThreadId, command: Command) -> Outcome {
    let stopped = state.stops.of(thread).map(drop);
    let reply = match (stopped, state.threads.get(&thread)) {
        (_, None) => EngineError::NoThread,
        (Err(error), _) => error,
        (Ok(()), Some(thread)) if !thread.parked => EngineError::Unsupported(
            "the thread waits in native code; what it does is seen when it comes back to Python".into(),
        ),
        (Ok(()), Some(thread)) => match thread.orders.send(Order::Answer(id, command)) {
            Ok(()) => return Outcome::Passed,
            Err(_) => EngineError::NoThread,
        },
    };
    Outcome::Done(Err(reply), After::Nothing)
}

/// Passes a command on to the thread that a reference is of.
fn pass_of(state: &mut State, id: RequestId, epoch: lasti_engine::StopEpoch, command: Command) -> Outcome {
    let frame = lasti_engine::FrameRef { epoch, id: 0 };
    match state.stops.thread(&frame) {
        Ok(thread) => pass(state, id, thread, command),
        Err(error) => Outcome::Done(Err(error), After::Nothing),
    }
}

fn position(of: CodePosition) -> Position {
    Position { line: of.line, column: of.column }
}

fn locations(state: &mut State, of: BreakpointLocations) -> Result<Vec<Span>, EngineError> {
    let source = *state.sources.named(&of.source).last().ok_or(EngineError::NoSource)?;
    let (map, _) = state.sources.map(source).ok_or(EngineError::NoSource)?;
    let Span { start, end } = of.range;
    let within = |span: &Span| start <= span.start && span.start < end;
    let lines = start.line..=end.line.min(start.line.saturating_add(LINES));
    let spans = lines.flat_map(|line| map.candidates(line));
    Ok(spans
        .map(|place| Span { start: position(place.span.start), end: position(place.span.end) })
        .filter(within)
        .collect())
}

/// The sources that are files, and those that the client has heard of.
fn loaded(state: &mut State) -> Vec<SourceInfo> {
    let all: Vec<_> = state.sources.ids().into_iter().filter_map(|id| state.sources.info(id)).collect();
    let told: Vec<SourceInfo> =
        all.into_iter().filter(|info| info.is_file || state.sources.is_announced(info.id)).collect();
    for info in &told {
        let _ = state.sources.announce(info.id);
    }
    told
}

fn text(state: &mut State, of: &SourceText) -> Result<TextPage, EngineError> {
    let text = state.sources.text(of.source)?;
    let mut start = usize::try_from(of.start).unwrap_or(usize::MAX).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = start.saturating_add(TEXT).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Ok(TextPage { text: text[start..end].into(), start: start as u64, total: text.len() as u64 })
}

fn disassemble(state: &State, of: &Disassemble) -> Result<Vec<InstructionInfo>, EngineError> {
    let source = state.sources.get(of.at.source).ok_or(EngineError::NoSource)?;
    let code = source.codes.get(CodeIdx(of.at.code).get()).ok_or(EngineError::NoReference)?;
    let code = std::sync::Arc::clone(code);
    let disassembly = Disassembly::new(&code, false);
    let instructions: Vec<_> = disassembly.instructions().collect();
    let at = instructions.partition_point(|instruction| instruction.offset.0 < of.at.offset) as i64;
    let first = (at + i64::from(of.skip)).clamp(0, instructions.len() as i64) as usize;
    // What lies before the code's beginning is missing from what was asked for.
    let missing = (-(at + i64::from(of.skip))).max(0) as usize;
    let count = (of.count as usize).saturating_sub(missing).min(INSTRUCTIONS);
    let shown = instructions.iter().skip(first).take(count).map(|instruction| {
        let (from, until) = (instruction.offset.get(), instruction.end_offset().get());
        let argument = instruction.argument.to_string();
        let text = match instruction.arg {
            Some(arg) if argument.is_empty() => format!("{} {arg}", instruction.opname()),
            Some(arg) => format!("{} {arg} ({argument})", instruction.opname()),
            None => instruction.opname().into_owned(),
        };
        let positions = instruction.positions;
        let line =
            |line: Option<i32>| line.and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0);
        let position = line(positions.line).map(|start| Span {
            start: Position { line: start, column: positions.column.unwrap_or(0) },
            end: Position {
                line: line(positions.end_line).unwrap_or(start),
                column: positions.end_column.or(positions.column).unwrap_or(0),
            },
        });
        InstructionInfo {
            at: InstructionPlace { offset: instruction.offset.0, ..of.at },
            bytes: code.code.get(from..until.min(code.code.len())).unwrap_or_default().to_vec(),
            text,
            position,
        }
    });
    Ok(shown.collect())
}
