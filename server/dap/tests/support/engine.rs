//! An engine that plays a program, in the process of the test. It keeps the engine protocol's rules: one reply
//! for each command, replies before the stops that they lead to, references of one stop.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use lasti_dap::debuggee::{DebuggeeEvent, EngineLink, Launcher, Process, StartError, Starting, Terminal};
use lasti_dap::launch::{Attach, Launch};
use lasti_engine::breakpoints::{BreakpointInfo, BreakpointStatus, SourceBreakpoint};
use lasti_engine::command::{Command, Reply, VariableFilter};
use lasti_engine::event::{ExitStatus, OutputCategory};
use lasti_engine::link::{FromEngine, ToEngine};
use lasti_engine::place::{InstructionPlace, Position, SourceName, Span};
use lasti_engine::snapshot::{
    ChainedException, Children, ExceptionInfo, ExceptionLink, FrameInfo, FrameKind, FrameLink,
    InstructionInfo, ScopeInfo, ScopeKind, SourceInfo, StackPage, TextPage, ThreadInfo, ValueInfo,
    VariableInfo, VariablePage,
};
use lasti_engine::stop::{ExceptionVerdict, StepEnd, Stopped};
use lasti_engine::stops::Stops;
use lasti_engine::{
    BreakpointId, EngineError, Event, FrameRef, RequestId, SourceId, StopReason, ThreadId, VariableRef,
};
use tokio::sync::{Notify, mpsc};

use super::{Action, Program};

/// Starts engines for one program.
pub struct FakeLauncher {
    pub program: Program,
    pub commands: Arc<Mutex<Vec<Command>>>,
    pub killed: Arc<AtomicBool>,
    /// How often the program has written.
    pub written: Arc<AtomicUsize>,
    /// What starting ends in instead.
    pub failure: Option<&'static str>,
    pub panics: bool,
    /// It never comes to be.
    pub hangs: bool,
    pub attaches: bool,
}

impl FakeLauncher {
    pub fn new(program: Program) -> Self {
        Self {
            program,
            commands: Arc::default(),
            killed: Arc::default(),
            written: Arc::default(),
            failure: None,
            panics: false,
            hangs: false,
            attaches: false,
        }
    }

    fn start(&self) -> Starting {
        assert!(!self.panics, "the launcher fell over");
        if let Some(reason) = self.failure {
            return Box::pin(async move { Err(StartError::new(reason)) });
        }
        if self.hangs {
            return Box::pin(std::future::pending());
        }
        let kill = Arc::new(Notify::new());
        let process = FakeProcess { kill: Arc::clone(&kill), killed: Arc::clone(&self.killed), free: false };
        let (sender, commands) = mpsc::unbounded_channel();
        let (out, events) = mpsc::channel(64);
        let engine = Engine::new(self, out, kill);
        tokio::spawn(engine.run(commands));
        Box::pin(async move { Ok(EngineLink { commands: sender, events, process: Box::new(process) }) })
    }
}

impl Launcher for FakeLauncher {
    fn launch(&self, _: Launch, _: Terminal) -> Starting {
        self.start()
    }

    fn attach(&self, _: Attach) -> Starting {
        if self.attaches {
            return self.start();
        }
        Box::pin(async { Err(StartError::new("this server attaches to no running program")) })
    }
}

struct FakeProcess {
    kill: Arc<Notify>,
    killed: Arc<AtomicBool>,
    free: bool,
}

impl Process for FakeProcess {
    fn kill(&mut self) {
        self.killed.store(true, Ordering::SeqCst);
        self.kill.notify_one();
    }

    fn release(mut self: Box<Self>) {
        self.free = true;
    }
}

impl Drop for FakeProcess {
    fn drop(&mut self) {
        if !self.free {
            self.kill();
        }
    }
}

struct Thread {
    name: String,
    actions: VecDeque<Action>,
    line: u32,
    /// Stop at the next line.
    steps: bool,
    paused: bool,
    exception: Option<ExceptionVerdict>,
}

struct Engine {
    program: Program,
    log: Arc<Mutex<Vec<Command>>>,
    written: Arc<AtomicUsize>,
    out: mpsc::Sender<DebuggeeEvent>,
    kill: Arc<Notify>,
    threads: BTreeMap<ThreadId, Thread>,
    stops: Stops,
    running: bool,
    hung: bool,
    sources: Vec<(SourceInfo, String)>,
    breakpoints: Vec<(String, SourceBreakpoint, BreakpointId)>,
    filters: lasti_engine::breakpoints::ExceptionFilters,
    last_breakpoint: u32,
    /// Commands that are never answered unless they are cancelled.
    endless: Vec<RequestId>,
}

/// What becomes of the engine.
enum Fate {
    On,
    Ended(Option<ExitStatus>),
}

impl Engine {
    fn new(launcher: &FakeLauncher, out: mpsc::Sender<DebuggeeEvent>, kill: Arc<Notify>) -> Self {
        Self {
            program: launcher.program.clone(),
            log: Arc::clone(&launcher.commands),
            written: Arc::clone(&launcher.written),
            out,
            kill,
            threads: BTreeMap::new(),
            stops: Stops::default(),
            running: false,
            hung: false,
            sources: Vec::new(),
            breakpoints: Vec::new(),
            filters: lasti_engine::breakpoints::ExceptionFilters::default(),
            last_breakpoint: 0,
            endless: Vec::new(),
        }
    }

    async fn tell(&self, event: Event) {
        let _ = self.out.send(DebuggeeEvent::Engine(FromEngine::Event(event))).await;
    }

    async fn run(mut self, mut commands: mpsc::UnboundedReceiver<ToEngine>) {
        self.tell(Event::Started { process: 4711, program: "a.py".into() }).await;
        let kill = Arc::clone(&self.kill);
        let status = loop {
            let runnable = self.running && !self.hung && self.next_thread().is_some();
            tokio::select! {
                biased;
                () = kill.notified() => break Some(ExitStatus::Signal(9)),
                command = commands.recv() => match command {
                    Some(command) => {
                        self.log.lock().unwrap().push(command.command.clone());
                        if !self.hung {
                            self.command(command).await;
                        }
                    }
                    // Nobody listens; only a kill ends it now.
                    None => kill.notified().await,
                },
                () = tokio::task::yield_now(), if runnable => {
                    if let Fate::Ended(status) = self.step().await {
                        break status;
                    }
                }
            }
        };
        let _ = self.out.send(DebuggeeEvent::Ended(status)).await;
    }

    fn next_thread(&self) -> Option<ThreadId> {
        let runs = |id: &ThreadId| self.stops.of(*id).is_err();
        let ready = |thread: &Thread| !matches!(thread.actions.front(), Some(Action::Spin)) || thread.paused;
        self.threads.iter().find(|(id, thread)| runs(id) && ready(thread)).map(|(id, _)| *id)
    }

    /// Lets one thread do one thing.
    async fn step(&mut self) -> Fate {
        let Some(id) = self.next_thread() else { return Fate::On };
        let Some(thread) = self.threads.get_mut(&id) else { return Fate::On };
        if thread.paused {
            thread.paused = false;
            if matches!(thread.actions.front(), Some(Action::Spin)) {
                thread.actions.pop_front();
            }
            self.stop(id, StopReason::Pause, Vec::new()).await;
            return Fate::On;
        }
        let Some(action) = thread.actions.pop_front() else {
            if id == ThreadId(1) {
                let status = ExitStatus::Code(self.program.exit);
                self.tell(Event::ProcessExited(status)).await;
                return Fate::Ended(Some(status));
            }
            self.threads.remove(&id);
            self.tell(Event::ThreadExited(id)).await;
            return Fate::On;
        };
        match action {
            Action::Load(path, text) => self.load(path, text, true).await,
            Action::LoadText(name, text) => self.load(name, text, false).await,
            Action::Line(line) => {
                thread.line = line;
                thread.exception = None;
                let steps = std::mem::take(&mut thread.steps);
                let path = self.sources.last().map(|(info, _)| info.name.clone()).unwrap_or_default();
                let here = |(at, breakpoint, _): &&(String, SourceBreakpoint, BreakpointId)| {
                    *at == path && breakpoint.line == line
                };
                let hits: Vec<_> = self.breakpoints.iter().filter(here).map(|(_, _, id)| *id).collect();
                if !hits.is_empty() {
                    self.stop(id, StopReason::Breakpoint, hits).await;
                } else if steps {
                    self.stop(id, StopReason::Step(StepEnd::Next), Vec::new()).await;
                }
            }
            Action::Raise(line, verdict) => {
                thread.line = line;
                if self.filters.raised || self.filters.uncaught && verdict == ExceptionVerdict::Uncaught {
                    thread.exception = Some(verdict);
                    self.stop(id, StopReason::Exception(verdict), Vec::new()).await;
                }
            }
            Action::Write(bytes) => self.write(OutputCategory::Stdout, bytes).await,
            Action::WriteError(bytes) => self.write(OutputCategory::Stderr, bytes).await,
            Action::Spin => {}
            Action::Thread(number, name, actions) => self.begin(ThreadId(number), name, actions).await,
            Action::Hang => self.hung = true,
            Action::Die(status) | Action::DieAtOnce(status) => return Fate::Ended(status),
            Action::LoseLink => {
                self.hung = true;
                let _ = self.out.send(DebuggeeEvent::LinkLost("the socket broke".into())).await;
            }
        }
        Fate::On
    }

    async fn write(&self, stream: OutputCategory, bytes: &[u8]) {
        let _ = self.out.send(DebuggeeEvent::Output { stream, bytes: bytes.into() }).await;
        self.written.fetch_add(1, Ordering::SeqCst);
    }

    async fn begin(&mut self, id: ThreadId, name: &str, actions: Vec<Action>) {
        let thread = Thread {
            name: name.into(),
            actions: actions.into(),
            line: 1,
            steps: false,
            paused: false,
            exception: None,
        };
        self.threads.insert(id, thread);
        self.tell(Event::ThreadStarted(ThreadInfo { id, name: name.into() })).await;
    }

    async fn load(&mut self, name: &str, text: &str, is_file: bool) {
        let id = SourceId(self.sources.len() as u32);
        let module = is_file.then(|| "__main__".to_owned());
        let info = SourceInfo { id, name: name.into(), is_file, module };
        self.sources.push((info.clone(), text.into()));
        self.tell(Event::SourceLoaded(info)).await;
        for (path, breakpoint, number) in self.breakpoints.clone() {
            if path == name {
                self.tell(Event::BreakpointChanged(self.info(&path, &breakpoint, number))).await;
            }
        }
    }

    fn info(&self, path: &str, breakpoint: &SourceBreakpoint, id: BreakpointId) -> BreakpointInfo {
        let loaded = self.sources.iter().rfind(|(info, _)| info.name == path);
        let Some((info, text)) = loaded else {
            return BreakpointInfo { id, status: BreakpointStatus::Pending, message: None };
        };
        let column = breakpoint.column.unwrap_or(0);
        let position = Position { line: breakpoint.line, column };
        if breakpoint.line as usize > text.lines().count() {
            let message = Some("the file ends before this line".into());
            return BreakpointInfo { id, status: BreakpointStatus::Refused, message };
        }
        let status = BreakpointStatus::Verified { source: info.id, position };
        BreakpointInfo { id, status, message: None }
    }

    /// Stops a thread, and all others with it.
    async fn stop(&mut self, id: ThreadId, reason: StopReason, hits: Vec<BreakpointId>) {
        let epoch = self.stops.stop(id);
        let running: Vec<_> = self.threads.keys().copied().filter(|id| self.stops.of(*id).is_err()).collect();
        let others = running.into_iter().map(|other| (other, self.stops.stop(other))).collect();
        self.tell(Event::Stopped(Stopped { thread: id, epoch, reason, hits, others, message: None })).await;
    }

    async fn command(&mut self, message: ToEngine) {
        let ToEngine { id, command } = message;
        if matches!(&command, Command::Evaluate(evaluate) if evaluate.expression == "endless()") {
            self.endless.push(id);
            return;
        }
        if let Command::Cancel(cancel) = &command
            && let Some(at) = self.endless.iter().position(|endless| *endless == cancel.request)
        {
            let given_up = self.endless.swap_remove(at);
            let reply = FromEngine::Reply { id: given_up, reply: Err(EngineError::Cancelled) };
            let _ = self.out.send(DebuggeeEvent::Engine(reply)).await;
        }
        let begins = matches!(command, Command::Start(_));
        let jumps = if let Command::Jump(jump) = &command { Some(jump.thread) } else { None };
        let reply = self.reply(command);
        let jumped = jumps.filter(|_| reply.is_ok());
        let resumes = matches!(reply, Ok(Reply::Continue(_) | Reply::Step(_)));
        let dies = |thread: &Thread| matches!(thread.actions.front(), Some(Action::DieAtOnce(_)));
        if !(resumes && self.threads.values().any(dies)) {
            let _ = self.out.send(DebuggeeEvent::Engine(FromEngine::Reply { id, reply })).await;
        }
        if begins {
            self.running = true;
            let actions = self.program.actions.clone();
            self.begin(ThreadId(1), "MainThread", actions).await;
        }
        if let Some(thread) = jumped {
            self.stop(thread, StopReason::Jump, Vec::new()).await;
        }
    }

    fn resume(&mut self, thread: ThreadId, single: bool) -> Result<Vec<ThreadId>, EngineError> {
        self.stops.of(thread)?;
        let all: Vec<_> = self.stops.threads().map(|(id, _)| id).collect();
        let resumed: Vec<_> = all.into_iter().filter(|id| !single || *id == thread).collect();
        for id in &resumed {
            self.stops.resume(*id);
        }
        Ok(resumed)
    }

    fn reply(&mut self, command: Command) -> Result<Reply, EngineError> {
        Ok(match command {
            Command::Start(_) => Reply::Start(()),
            Command::Configure(_) => Reply::Configure(()),
            Command::Cancel(_) => Reply::Cancel(()),
            Command::JumpTarget(of) => {
                self.stops.of(of.thread)?;
                let at = |column| Position { line: of.line, column };
                Reply::JumpTarget(Span { start: at(0), end: at(5) })
            }
            Command::Jump(of) => {
                self.stops.of(of.thread)?;
                self.threads.get_mut(&of.thread).ok_or(EngineError::NoThread)?.line = of.line;
                Reply::Jump(())
            }
            Command::Detach(_) => {
                self.breakpoints.clear();
                Reply::Detach(())
            }
            Command::Terminate(_) => {
                for id in self.stops.threads().map(|(id, _)| id).collect::<Vec<_>>() {
                    self.stops.resume(id);
                }
                self.threads.values_mut().for_each(|thread| thread.actions.clear());
                self.program.exit = 130;
                Reply::Terminate(())
            }
            Command::SetBreakpoints(set) => {
                let path = match &set.source {
                    SourceName::Path(path) => path.clone(),
                    SourceName::Loaded(id) => {
                        let source = self.sources.get(id.0 as usize).ok_or(EngineError::NoSource)?;
                        source.0.name.clone()
                    }
                };
                let old: Vec<_> = self.breakpoints.extract_if(.., |(at, ..)| *at == path).collect();
                let mut infos = Vec::new();
                for breakpoint in set.breakpoints {
                    let same = old.iter().find(|(_, before, _)| *before == breakpoint);
                    let id = same.map_or_else(
                        || {
                            self.last_breakpoint += 1;
                            BreakpointId(self.last_breakpoint)
                        },
                        |(_, _, id)| *id,
                    );
                    infos.push(self.info(&path, &breakpoint, id));
                    self.breakpoints.push((path.clone(), breakpoint, id));
                }
                Reply::SetBreakpoints(infos)
            }
            Command::SetFunctionBreakpoints(set) => {
                let pending = |_| {
                    self.last_breakpoint += 1;
                    let id = BreakpointId(self.last_breakpoint);
                    BreakpointInfo { id, status: BreakpointStatus::Pending, message: None }
                };
                Reply::SetFunctionBreakpoints(set.breakpoints.iter().map(pending).collect())
            }
            Command::SetInstructionBreakpoints(set) => {
                let planted = |breakpoint: &lasti_engine::breakpoints::InstructionBreakpoint| {
                    self.last_breakpoint += 1;
                    let id = BreakpointId(self.last_breakpoint);
                    let position = Position { line: 2, column: 0 };
                    let status = BreakpointStatus::Verified { source: breakpoint.at.source, position };
                    BreakpointInfo { id, status, message: None }
                };
                Reply::SetInstructionBreakpoints(set.breakpoints.iter().map(planted).collect())
            }
            Command::SetExceptionFilters(set) => {
                self.filters = set.filters;
                Reply::SetExceptionFilters(())
            }
            Command::BreakpointLocations(locations) => {
                let at = |line, column| Position { line, column };
                let line = locations.range.start.line;
                let statement = |line| Span { start: at(line, 0), end: at(line, 5) };
                let lines = line..locations.range.end.line.min(line + 10);
                Reply::BreakpointLocations(lines.map(statement).collect())
            }
            Command::Threads(_) => {
                let info =
                    |(id, thread): (&ThreadId, &Thread)| ThreadInfo { id: *id, name: thread.name.clone() };
                Reply::Threads(self.threads.iter().map(info).collect())
            }
            Command::Continue(go) => Reply::Continue(self.resume(go.thread, go.single_thread)?),
            Command::Step(step) => {
                let resumed = self.resume(step.thread, step.single_thread)?;
                if let Some(thread) = self.threads.get_mut(&step.thread) {
                    thread.steps = true;
                }
                Reply::Step(resumed)
            }
            Command::Pause(pause) => {
                let id = pause.thread.unwrap_or(ThreadId(1));
                if self.stops.of(id).is_ok() {
                    return Err(EngineError::NotRunning);
                }
                self.threads.get_mut(&id).ok_or(EngineError::NoThread)?.paused = true;
                Reply::Pause(())
            }
            Command::StackTrace(trace) => {
                let epoch = self.stops.of(trace.thread)?;
                let source = self.sources.last().map(|(info, _)| info.id);
                let line = self.threads.get(&trace.thread).map_or(1, |thread| thread.line);
                let depth = self.program.depth;
                let end = trace.page.start.saturating_add(trace.page.count.min(self.program.page)).min(depth);
                let frame = |id: u32| FrameInfo {
                    frame: FrameRef { epoch, id },
                    name: if id + 1 == depth { "<module>".into() } else { format!("f{id}") },
                    kind: FrameKind::Function,
                    link: FrameLink::Called,
                    source,
                    position: Some(Span {
                        start: Position { line, column: 2 },
                        end: Position { line, column: 5 },
                    }),
                    statement: None,
                    instruction: source.map(|source| InstructionPlace { source, code: 0, offset: 8 }),
                    user_code: true,
                };
                let frames = (trace.page.start.min(end)..end).map(frame).collect();
                Reply::StackTrace(StackPage { frames, total: depth })
            }
            Command::Scopes(scopes) => {
                self.stops.thread(&scopes.frame)?;
                let scope = |kind, id, expensive| ScopeInfo {
                    kind,
                    variables: VariableRef { epoch: scopes.frame.epoch, id },
                    count: None,
                    expensive,
                };
                Reply::Scopes(vec![scope(ScopeKind::Locals, 1, false), scope(ScopeKind::Globals, 2, true)])
            }
            Command::Variables(variables) => {
                self.stops.thread(&variables.of)?;
                Reply::Variables(self.variables(variables.of, variables.filter, variables.page))
            }
            Command::SetVariable(set) => {
                self.stops.thread(&set.of)?;
                if set.name == "fixed" {
                    return Err(EngineError::ReadOnly(set.name));
                }
                Reply::SetVariable(value(&set.value))
            }
            Command::Evaluate(evaluate) => {
                if let Some(frame) = evaluate.frame {
                    self.stops.thread(&frame)?;
                }
                match evaluate.expression.as_str() {
                    "1 +" => return Err(EngineError::Syntax("SyntaxError: invalid syntax".into())),
                    "boom()" => return Err(EngineError::Raised("ValueError: boom".into())),
                    text => Reply::Evaluate(value(text)),
                }
            }
            Command::SetExpression(set) => Reply::SetExpression(value(&set.value)),
            Command::DescribeException(describe) => {
                let thread = self.threads.get(&describe.thread).ok_or(EngineError::NoThread)?;
                let verdict = thread.exception.ok_or(EngineError::NoException)?;
                let exception = |link, name: &str| ChainedException {
                    link,
                    depth: 0,
                    type_name: name.into(),
                    text: "no".into(),
                    notes: Vec::new(),
                    traceback: "Traceback".into(),
                };
                let chain = vec![
                    exception(ExceptionLink::Itself, "app.AppError"),
                    exception(ExceptionLink::Cause, "KeyError"),
                ];
                Reply::DescribeException(ExceptionInfo { chain, verdict, caught: None })
            }
            Command::LoadedSources(_) => {
                Reply::LoadedSources(self.sources.iter().map(|(info, _)| info.clone()).collect())
            }
            Command::SourceText(page) => {
                let (_, text) = self.sources.get(page.source.0 as usize).ok_or(EngineError::NoSource)?;
                let start = usize::try_from(page.start).unwrap_or(usize::MAX).min(text.len());
                // Small pages, so that they are put together.
                let mut end = (start + 7).min(text.len());
                while !text.is_char_boundary(end) {
                    end += 1;
                }
                let (start_at, total) = (start as u64, text.len() as u64);
                Reply::SourceText(TextPage { text: text[start..end].into(), start: start_at, total })
            }
            Command::Disassemble(disassemble) => {
                // Ten instructions of two bytes.
                let index = i64::from(disassemble.at.offset / 2);
                let first = (index + i64::from(disassemble.skip)).max(0);
                let end = (index + i64::from(disassemble.skip) + i64::from(disassemble.count)).min(10);
                let made = (first..end).map(|index| InstructionInfo {
                    at: InstructionPlace { offset: index as u32 * 2, ..disassemble.at },
                    bytes: vec![27, 0],
                    text: format!("NOP {index}"),
                    position: None,
                });
                Reply::Disassemble(made.collect())
            }
        })
    }

    /// A list of 250 items and two names.
    fn variables(
        &self,
        of: VariableRef,
        filter: VariableFilter,
        page: lasti_engine::place::Page,
    ) -> VariablePage {
        let variable = |name: String, value: ValueInfo| VariableInfo {
            expression: Some(name.clone()),
            writable: name != "fixed",
            name,
            value,
        };
        let mut all = Vec::new();
        if filter != VariableFilter::Indexed {
            let mut list = value("[...]");
            let variables = VariableRef { epoch: of.epoch, id: 10 };
            list.children = Some(Children { variables, named: 2, indexed: 250 });
            all.push(variable("items".into(), list));
            all.push(variable("fixed".into(), value("1")));
        }
        if filter != VariableFilter::Named && of.id == 10 {
            all.extend((0..250).map(|index| variable(format!("[{index}]"), value(&index.to_string()))));
        }
        let total = all.len();
        let count = page.count.min(self.program.page) as usize;
        let variables: Vec<_> = all.into_iter().skip(page.start as usize).take(count).collect();
        let more = (page.start as usize).saturating_add(variables.len()) < total;
        VariablePage { variables, more }
    }
}

fn value(text: &str) -> ValueInfo {
    ValueInfo { text: text.into(), cut: false, type_name: "int".into(), children: None, lazy: false }
}
