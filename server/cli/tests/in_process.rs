//! The engine in the process of its client: commands and messages over channels, the program on a thread of its own.
//! There is one program in a process, so there is one test in this file.

use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};
use lasti_embedded::{Engine, Link, Options};
use lasti_engine::breakpoints::{BreakpointRules, BreakpointStatus, SourceBreakpoint};
use lasti_engine::command::{
    Configure, Continue, Evaluate, EvaluatePurpose, Granularity, Request, Scopes, SetBreakpoints,
    SetVariable, StackTrace, Start, Step, StepKind, VariableFilter, Variables,
};
use lasti_engine::event::ExitStatus;
use lasti_engine::link::{FromEngine, ToEngine};
use lasti_engine::place::{Page, SourceName};
use lasti_engine::snapshot::ScopeKind;
use lasti_engine::stop::{StepEnd, Stopped};
use lasti_engine::{EngineError, Event, OnLostClient, RequestId, StopReason, ThreadId};
use lasti_vm::Vm;
use lasti_vm::program::{self, Main};
use lasti_vm::vm::config::Config;

#[path = "../src/library.rs"]
mod library;

const PROGRAM: &str = "def double(n):
    result = n * 2
    return result

total = double(4) + double(5)
assert total == 118, total
for number in range(300):
    total += number
assert total == 44968, total
";
const STACK: usize = 64 << 20;
const MAIN: ThreadId = ThreadId(1);
const ALL: Page = Page { start: 0, count: 100 };

/// A client, as a test writes it: one command at a time.
struct Client {
    commands: Sender<ToEngine>,
    messages: Receiver<FromEngine>,
    last: u64,
    events: Vec<Event>,
}

impl Client {
    fn next(&mut self) -> FromEngine {
        self.messages.recv_timeout(Duration::from_mins(1)).expect("the engine says something")
    }

    fn ask<R: Request>(&mut self, command: R) -> Result<R::Reply, EngineError> {
        self.last += 1;
        let asked = RequestId(self.last);
        self.commands.send(ToEngine { id: asked, command: command.into() }).expect("the engine listens");
        loop {
            match self.next() {
                FromEngine::Event(event) => self.events.push(event),
                FromEngine::Reply { id, reply } => {
                    assert_eq!(id, asked);
                    return reply.map(|reply| R::reply(reply).expect("the reply of this command"));
                }
            }
        }
    }

    fn event<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        loop {
            if let Some(at) = self.events.iter().position(|event| wanted(event).is_some()) {
                let event = self.events.remove(at);
                return wanted(&event).expect("it was looked at");
            }
            match self.next() {
                FromEngine::Event(event) => self.events.push(event),
                FromEngine::Reply { .. } => panic!("nothing was asked"),
            }
        }
    }

    fn stop(&mut self) -> Stopped {
        self.event(|event| if let Event::Stopped(stopped) = event { Some(stopped.clone()) } else { None })
    }

    fn line(&mut self) -> (String, u32) {
        let stack = self.ask(StackTrace { thread: MAIN, page: ALL }).expect("it is stopped").0;
        let frame = &stack.frames[0];
        (frame.name.clone(), frame.position.expect("a position").start.line)
    }

    fn value(&mut self, expression: &str) -> Result<String, EngineError> {
        let stack = self.ask(StackTrace { thread: MAIN, page: ALL })?.0;
        let (frame, expression) = (Some(stack.frames[0].frame), expression.to_owned());
        let purpose = EvaluatePurpose::Watch;
        Ok(self.ask(Evaluate { frame, expression, purpose, milliseconds: 10_000 })?.0.text)
    }
}

#[test]
fn a_program_is_debugged_over_channels() {
    let file = std::env::temp_dir().join(format!("lasti-in-process-{}.py", std::process::id()));
    std::fs::write(&file, PROGRAM).expect("a file for the program");
    let name = file.to_string_lossy().into_owned();
    let config = Config {
        argv: vec![name.clone().into()],
        stdlib: Some(&library::Embedded),
        modules: lasti_modules::MODULES,
        ..Config::bare()
    };
    assert!(config.install());
    let (commands, to_engine) = unbounded();
    let (from_engine, messages) = unbounded();
    let options = Options {
        program: name.clone(),
        on_lost_client: OnLostClient::RunOn,
        kill: Box::new(|| unreachable!("nobody ends it")),
    };
    let engine = Engine::new(Link::over_channels(to_engine, from_engine), options).expect("an engine");
    let source = name.clone();
    let running = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        Vm::enter(STACK - (1 << 20), |vm| engine.run(vm, |vm| program::run(vm, &Main::File(source.into()))))
    });

    let mut client = Client { commands, messages, last: 0, events: Vec::new() };
    client.event(|event| matches!(event, Event::Started { .. }).then_some(()));
    client
        .ask(Configure { just_my_code: true, show_results: true, copy_output: false })
        .expect("it is configured");
    let breakpoint = |line, condition: &str| SourceBreakpoint {
        line,
        column: None,
        rules: BreakpointRules { condition: Some(condition.into()), ..BreakpointRules::default() },
    };
    let breakpoints = vec![breakpoint(3, "n == 5")];
    let set =
        client.ask(SetBreakpoints { source: SourceName::Path(name), breakpoints }).expect("it is set").0;
    assert_eq!(set[0].status, BreakpointStatus::Pending);
    // The thread runs, or has not even begun.
    let early = client.ask(StackTrace { thread: MAIN, page: ALL });
    assert!(matches!(early, Err(EngineError::Running | EngineError::NoThread)), "{early:?}");
    client.ask(Start { stop_on_entry: true }).expect("it begins");

    assert_eq!(client.stop().reason, StopReason::Entry);
    assert_eq!(client.line(), ("<module>".into(), 1));
    client.ask(Continue { thread: MAIN, single_thread: false }).expect("it goes on");
    let stop = client.stop();
    assert_eq!((stop.reason, stop.hits), (StopReason::Breakpoint, vec![set[0].id]));
    assert_eq!(client.line(), ("double".into(), 3));

    // Looking and changing.
    assert_eq!(client.value("(lambda: n + result)()"), Ok("15".into()));
    assert_eq!(
        client.value("missing"),
        Err(EngineError::Raised("NameError: name 'missing' is not defined".into()))
    );
    assert_eq!(client.value("n n").unwrap_err().id(), EngineError::Syntax(String::new()).id());
    let frame = client.ask(StackTrace { thread: MAIN, page: ALL }).expect("it is stopped").0.frames[0].frame;
    let scopes = client.ask(Scopes { frame }).expect("it has scopes").0;
    let locals = scopes.iter().find(|scope| scope.kind == ScopeKind::Locals).expect("locals").variables;
    let page =
        client.ask(Variables { of: locals, filter: VariableFilter::All, page: ALL }).expect("variables").0;
    let shown: Vec<(String, String)> =
        page.variables.into_iter().map(|variable| (variable.name, variable.value.text)).collect();
    assert_eq!(shown, [("n".into(), "5".into()), ("result".into(), "10".into())]);
    let set = SetVariable { of: locals, name: "result".into(), value: "result * 11".into() };
    assert_eq!(client.ask(set).expect("it is set").0.text, "110");

    // A step out of the function, with what it returned; references of the stop before are stale.
    let step = Step {
        thread: MAIN,
        kind: StepKind::Over,
        granularity: Granularity::Statement,
        single_thread: false,
    };
    client.ask(step.clone()).expect("it steps");
    assert_eq!(client.stop().reason, StopReason::Step(StepEnd::Result));
    assert_eq!(client.line(), ("<module>".into(), 5));
    assert_eq!(client.ask(Scopes { frame }), Err(EngineError::Stale));
    let frame = client.ask(StackTrace { thread: MAIN, page: ALL }).expect("it is stopped").0.frames[0].frame;
    let scopes = client.ask(Scopes { frame }).expect("it has scopes").0;
    let results = scopes.iter().find(|scope| scope.kind == ScopeKind::Results).expect("a result").variables;
    let page =
        client.ask(Variables { of: results, filter: VariableFilter::All, page: ALL }).expect("variables").0;
    assert_eq!(
        (page.variables[0].name.as_str(), page.variables[0].value.text.as_str()),
        ("(return) double", "110")
    );

    // What is asked for the moment a stop is told finds a stopped thread, whatever that still has to do.
    for _ in 0..400 {
        client.ask(step.clone()).expect("it steps");
        assert_eq!(client.stop().reason, StopReason::Step(StepEnd::Next));
    }
    for _ in 0..100 {
        client.ask(step.clone()).expect("it steps");
        client.stop();
        let (name, line) = client.line();
        assert!(name == "<module>" && (7..=8).contains(&line), "{name}, line {line}");
    }

    client.ask(Continue { thread: MAIN, single_thread: false }).expect("it goes on");
    let exit =
        client.event(|event| if let Event::ProcessExited(status) = event { Some(*status) } else { None });
    assert_eq!(exit, ExitStatus::Code(0), "the program saw what was set");
    assert_eq!(running.expect("a thread").join().expect("it ended"), 0);
    let _ = std::fs::remove_file(&file);
}
