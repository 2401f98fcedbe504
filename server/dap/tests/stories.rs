//! Sessions from beginning to end: what comes, and in which order.

mod support;

use lasti_dap::client::{Client, ClientError};
use lasti_dap::protocol::{
    BreakpointLocationsArguments, CancelArguments, ContinueArguments, DisassembleArguments,
    EvaluateArguments, EvaluateArgumentsContext, Event, ExceptionBreakMode, ExceptionInfoArguments,
    InstructionBreakpoint, LoadedSourcesArguments, ModulesArguments, NextArguments, OutputEventBodyCategory,
    PauseArguments, RestartArguments, ScopesArguments, SetBreakpointsArguments,
    SetExceptionBreakpointsArguments, SetExpressionArguments, SetFunctionBreakpointsArguments,
    SetInstructionBreakpointsArguments, SetVariableArguments, Source, SourceArguments, SourceBreakpoint,
    StackTraceArguments, StackTraceResponseBody, StoppedEventBodyReason, TerminateArguments,
    ThreadsArguments, VariablesArguments, VariablesArgumentsFilter,
};
use lasti_engine::Command;
use lasti_engine::command::{EvaluatePurpose, Granularity};
use lasti_engine::stop::ExceptionVerdict;
use serde_json::json;
use support::{Action, Checked, FakeLauncher, initialize, line, program, session_with};

const PATH: &str = "/app/a.py";
const TEXT: &str = "x = 1\ny = 'é' + z\nf(x)\n# é\nend()\n";

fn source() -> Source {
    Source { path: Some(PATH.into()), ..Source::default() }
}

fn breakpoints(lines: &[u64]) -> SetBreakpointsArguments {
    let breakpoint = |&line: &u64| SourceBreakpoint {
        line,
        column: None,
        condition: None,
        hit_condition: None,
        log_message: None,
        mode: None,
    };
    SetBreakpointsArguments {
        source: source(),
        breakpoints: Some(lines.iter().map(breakpoint).collect()),
        lines: None,
        source_modified: None,
    }
}

fn resume() -> ContinueArguments {
    ContinueArguments { thread_id: 1, single_thread: None }
}

fn next() -> NextArguments {
    NextArguments { thread_id: 1, single_thread: None, granularity: None }
}

async fn trace(client: &mut Client) -> Result<StackTraceResponseBody, ClientError> {
    client.request(StackTraceArguments { thread_id: 1, start_frame: None, levels: None, format: None }).await
}

fn evaluate(expression: &str, frame_id: Option<i32>) -> EvaluateArguments {
    EvaluateArguments {
        expression: expression.into(),
        frame_id,
        line: None,
        column: None,
        source: None,
        context: Some(EvaluateArgumentsContext::Hover),
        format: None,
    }
}

/// A program of one file, stopped at a breakpoint on its second line.
async fn stopped() -> Checked {
    let mut actions = vec![Action::Load(PATH, TEXT)];
    actions.extend(line(1..=5));
    let (mut client, launch) = initialize(program(actions), json!({})).await;
    client.request(breakpoints(&[2])).await.unwrap();
    client.configuration_done(launch).await.unwrap();
    assert_eq!(client.stopped().await.unwrap().reason, StoppedEventBodyReason::Breakpoint);
    client
}

#[tokio::test]
async fn a_session_in_its_order() {
    let mut actions = vec![Action::Load(PATH, TEXT), Action::Write(b"hello\nno end")];
    actions.extend(line(1..=3));
    actions.push(Action::WriteError(b"bye"));
    let (mut client, launch) = initialize(program(actions), json!({})).await;
    let set = client.request(breakpoints(&[2, 99])).await.unwrap().breakpoints;
    assert_eq!(
        set.iter().map(|one| (one.id, one.verified)).collect::<Vec<_>>(),
        [(Some(1), false), (Some(2), false)]
    );
    client.configuration_done(launch).await.unwrap();
    let stopped = client.stopped().await.unwrap();
    assert_eq!(stopped.hit_breakpoint_ids, Some(vec![1]));
    assert_eq!(stopped.all_threads_stopped, Some(true));
    client.request(next()).await.unwrap();
    assert_eq!(client.stopped().await.unwrap().reason, StoppedEventBodyReason::Step);
    client.request(resume()).await.unwrap();
    client.event("terminated").await.unwrap();
    assert_eq!(
        client.order(),
        [
            "<initialize",
            "process",
            "initialized",
            "<setBreakpoints",
            "<configurationDone",
            "<launch",
            "thread",
            "loadedSource",
            "module",
            "breakpoint",
            "breakpoint",
            "output",
            "output",
            "stopped",
            "<next",
            "stopped",
            "<continue",
            "output",
            "exited",
            "terminated",
        ]
    );
    let changed = client.event("breakpoint").await.unwrap();
    let Event::Breakpoint(changed) = changed else { panic!("{changed:?}") };
    assert_eq!((changed.breakpoint.id, changed.breakpoint.verified), (Some(1), true));
    let changed = client.event("breakpoint").await.unwrap();
    let Event::Breakpoint(changed) = changed else { panic!("{changed:?}") };
    assert!(!changed.breakpoint.verified);
    assert_eq!(changed.breakpoint.message.as_deref(), Some("the file ends before this line"));
    assert_eq!(client.take_output(&OutputEventBodyCategory::Stdout).await.unwrap(), "hello\nno end");
    client.finish().await;
}

#[tokio::test]
async fn references_die_when_the_thread_runs_on() {
    let mut client = stopped().await;
    let frame_id = trace(&mut client).await.unwrap().stack_frames[0].id;
    let scopes = client.request(ScopesArguments { frame_id }).await.unwrap().scopes;
    assert_eq!(scopes.iter().map(|scope| scope.name.as_str()).collect::<Vec<_>>(), ["Locals", "Globals"]);
    client.request(next()).await.unwrap();
    client.stopped().await.unwrap();
    let error = client.request(ScopesArguments { frame_id }).await.unwrap_err();
    assert!(error.to_string().contains("belongs to an earlier stop"), "{error}");
    let error = client.request(evaluate("x", Some(frame_id))).await.unwrap_err();
    assert!(error.to_string().contains("belongs to an earlier stop"), "{error}");
    let again = trace(&mut client).await.unwrap().stack_frames[0].id;
    assert_ne!(again, frame_id);
    client.finish().await;
}

#[tokio::test]
async fn while_it_runs_requests_are_answered_and_it_can_be_paused() {
    let actions = vec![Action::Load(PATH, TEXT), Action::Spin, Action::Line(3)];
    let (mut client, launch) = initialize(program(actions), json!({})).await;
    client.configuration_done(launch).await.unwrap();
    client.event("thread").await.unwrap();
    assert_eq!(client.request(ThreadsArguments {}).await.unwrap().threads[0].name, "MainThread");
    let error = trace(&mut client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`stackTrace` failed: `stackTrace` needs a stopped program: `pause` it first"
    );
    let Err(ClientError::Refused(failure)) = client.request(evaluate("x", None)).await else { panic!() };
    assert_eq!(failure.message.as_deref(), Some("notStopped"));
    client.request(PauseArguments { thread_id: 1 }).await.unwrap();
    assert_eq!(client.stopped().await.unwrap().reason, StoppedEventBodyReason::Pause);
    let error = client.request(PauseArguments { thread_id: 1 }).await.unwrap_err();
    assert_eq!(error.to_string(), "`pause` failed: the thread is stopped already");
    client.request(resume()).await.unwrap();
    client.event("terminated").await.unwrap();
    let error = client.request(next()).await.unwrap_err();
    assert_eq!(error.to_string(), "`next` failed: `next` comes too late: the program has ended");
    assert!(client.request(ThreadsArguments {}).await.unwrap().threads.is_empty());
    client.finish().await;
}

#[tokio::test]
async fn stacks_and_variables_come_in_pages() {
    let mut actions = vec![Action::Load(PATH, TEXT)];
    actions.extend(line(1..=3));
    let mut program = program(actions);
    (program.depth, program.page) = (230, 100);
    let (mut client, launch) = initialize(program, json!({})).await;
    client.request(breakpoints(&[2])).await.unwrap();
    client.configuration_done(launch).await.unwrap();
    client.stopped().await.unwrap();
    let whole = trace(&mut client).await.unwrap();
    assert_eq!((whole.stack_frames.len(), whole.total_frames), (230, Some(230)));
    let page = StackTraceArguments { thread_id: 1, start_frame: Some(225), levels: Some(20), format: None };
    let last = client.request(page).await.unwrap();
    assert_eq!(last.stack_frames.len(), 5);
    assert_eq!(last.stack_frames[4].name, "<module>");
    assert_eq!(last.stack_frames[4].id, whole.stack_frames[229].id, "the same frame in the same stop");

    let frame_id = whole.stack_frames[0].id;
    let scopes = client.request(ScopesArguments { frame_id }).await.unwrap().scopes;
    let of = |variables_reference, filter, start, count| VariablesArguments {
        variables_reference,
        filter,
        start,
        count,
        format: None,
    };
    let locals = client.request(of(scopes[0].variables_reference, None, None, None)).await.unwrap().variables;
    assert_eq!((locals[0].indexed_variables, locals[0].named_variables), (Some(250), Some(2)));
    assert_eq!(locals[1].value, "1");
    let list = locals[0].variables_reference;
    let indexed = Some(VariablesArgumentsFilter::Indexed);
    let page = client.request(of(list, indexed, Some(240), Some(100))).await.unwrap().variables;
    assert_eq!(page.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().len(), 10);
    assert_eq!(page[0].name, "[240]");
    let all = client.request(of(list, indexed, None, None)).await.unwrap().variables;
    assert_eq!(all.len(), 250);
    let named = Some(VariablesArgumentsFilter::Named);
    assert_eq!(client.request(of(list, named, None, None)).await.unwrap().variables.len(), 2);
    client.finish().await;
}

#[tokio::test]
async fn values_are_set_and_evaluated() {
    let mut client = stopped().await;
    let frame_id = trace(&mut client).await.unwrap().stack_frames[0].id;
    let scope = client.request(ScopesArguments { frame_id }).await.unwrap().scopes[0].variables_reference;
    let set = |name: &str| SetVariableArguments {
        variables_reference: scope,
        name: name.into(),
        value: "42".into(),
        format: None,
    };
    assert_eq!(client.request(set("x")).await.unwrap().value, "42");
    let error = client.request(set("fixed")).await.unwrap_err();
    assert_eq!(error.to_string(), "`setVariable` failed: fixed cannot be set");
    let expression = SetExpressionArguments {
        expression: "a.b".into(),
        value: "43".into(),
        frame_id: Some(frame_id),
        format: None,
    };
    assert_eq!(client.request(expression).await.unwrap().value, "43");
    assert_eq!(client.request(evaluate("x", Some(frame_id))).await.unwrap().result, "x");
    let error = client.request(evaluate("1 +", Some(frame_id))).await.unwrap_err();
    assert_eq!(error.to_string(), "`evaluate` failed: SyntaxError: invalid syntax");
    let error = client.request(evaluate("boom()", Some(frame_id))).await.unwrap_err();
    assert_eq!(error.to_string(), "`evaluate` failed: ValueError: boom");
    assert!(client.was_told(
        |command| matches!(command, Command::Evaluate(evaluate) if evaluate.purpose == EvaluatePurpose::Hover)
    ));
    client.finish().await;
}

#[tokio::test]
async fn columns_are_the_clients() {
    let mut client = stopped().await;
    let frame = trace(&mut client).await.unwrap().stack_frames.remove(0);
    assert_eq!((frame.line, frame.column, frame.end_column), (2, 3, Some(6)), "before the é they agree");
    let mut with_column = breakpoints(&[2]);
    // Behind the é, which is one unit for the client and two bytes for the engine.
    with_column.breakpoints.as_mut().unwrap()[0].column = Some(11);
    with_column.breakpoints.as_mut().unwrap()[0].condition = Some("x > 1".into());
    let set = client.request(with_column).await.unwrap().breakpoints;
    assert_eq!((set[0].verified, set[0].line, set[0].column), (true, Some(2), Some(11)));
    assert!(client.was_told(|command| matches!(command, Command::SetBreakpoints(set)
        if set.breakpoints[0].column == Some(11) && set.breakpoints[0].rules.condition.as_deref() == Some("x > 1"))));
    let locations = BreakpointLocationsArguments {
        source: source(),
        line: 2,
        column: None,
        end_line: Some(3),
        end_column: None,
    };
    let locations = client.request(locations).await.unwrap().breakpoints;
    assert_eq!(
        locations.iter().map(|one| (one.line, one.column)).collect::<Vec<_>>(),
        [(2, Some(1)), (3, Some(1))]
    );
    client.finish().await;
}

#[tokio::test]
async fn columns_set_before_the_text_is_known_are_counted_again() {
    let actions = [Action::Load(PATH, TEXT), Action::Spin];
    let (mut client, launch) = initialize(program(actions), json!({})).await;
    let mut with_column = breakpoints(&[2]);
    with_column.breakpoints.as_mut().unwrap()[0].column = Some(11);
    assert!(!client.request(with_column).await.unwrap().breakpoints[0].verified);
    client.configuration_done(launch).await.unwrap();
    let right = |event: &Event| {
        matches!(event, Event::Breakpoint(body)
            if body.breakpoint.id == Some(1) && body.breakpoint.column == Some(11))
    };
    client.event_where("the breakpoint at its column", right).await.unwrap();
    assert!(client.was_told(|command| matches!(command, Command::SetBreakpoints(set)
        if set.breakpoints[0].column == Some(11))));
    client.finish().await;
}

#[tokio::test]
async fn exceptions_are_described() {
    let actions = vec![Action::Load(PATH, TEXT), Action::Raise(3, ExceptionVerdict::Uncaught)];
    let (mut client, launch) = initialize(program(actions), json!({})).await;
    let filters = |names: &[&str]| SetExceptionBreakpointsArguments {
        filters: names.iter().map(|&name| name.into()).collect(),
        filter_options: None,
        exception_options: None,
    };
    let error = client.request(filters(&["unheard-of"])).await.unwrap_err();
    assert!(error.to_string().contains("there is no exception filter `unheard-of`"), "{error}");
    client.request(filters(&["uncaught", "userUnhandled"])).await.unwrap();
    assert!(client.was_told(|command| matches!(command, Command::SetExceptionFilters(set)
        if set.filters.uncaught && set.filters.user_unhandled && !set.filters.raised)));
    client.configuration_done(launch).await.unwrap();
    assert_eq!(client.stopped().await.unwrap().reason, StoppedEventBodyReason::Exception);
    let info = client.request(ExceptionInfoArguments { thread_id: 1 }).await.unwrap();
    assert_eq!(
        (info.exception_id.as_str(), info.break_mode),
        ("app.AppError", ExceptionBreakMode::Unhandled)
    );
    let details = info.details.unwrap();
    assert_eq!(details.type_name.as_deref(), Some("AppError"));
    assert_eq!(details.inner_exception.unwrap()[0].full_type_name.as_deref(), Some("KeyError"));
    client.finish().await;
}

#[tokio::test]
async fn sources_modules_and_instructions() {
    let actions =
        vec![Action::Load(PATH, TEXT), Action::LoadText("<string>", "pass # é ü ö ä\n"), Action::Spin];
    let (mut client, launch) = initialize(program(actions), json!({})).await;
    client.configuration_done(launch).await.unwrap();
    client.event("loadedSource").await.unwrap();
    client.event("loadedSource").await.unwrap();
    client.request(PauseArguments { thread_id: 1 }).await.unwrap();
    client.stopped().await.unwrap();
    let sources = client.request(LoadedSourcesArguments {}).await.unwrap().sources;
    assert_eq!((sources[0].path.as_deref(), sources[0].source_reference), (Some(PATH), None));
    let source_reference = sources[1].source_reference.unwrap();
    let text = client.request(SourceArguments { source: None, source_reference }).await.unwrap();
    assert_eq!(text.content, "pass # é ü ö ä\n");
    let by_path = SourceArguments { source: Some(source()), source_reference: 0 };
    assert_eq!(client.request(by_path).await.unwrap().content, TEXT);
    let error = client.request(SourceArguments { source: None, source_reference: 77 }).await.unwrap_err();
    assert_eq!(error.to_string(), "`source` failed: there is no such source");
    let modules = client.request(ModulesArguments::default()).await.unwrap();
    assert_eq!((modules.modules[0].name.as_str(), modules.total_modules), ("__main__", Some(1)));

    let frame = trace(&mut client).await.unwrap().stack_frames.remove(0);
    let memory_reference = frame.instruction_pointer_reference.unwrap();
    let disassemble = |offset, count| DisassembleArguments {
        memory_reference: memory_reference.clone(),
        offset: None,
        instruction_offset: Some(offset),
        instruction_count: count,
        resolve_symbols: None,
    };
    // The frame is at the fifth of ten instructions.
    let got = client.request(disassemble(-6, 14)).await.unwrap().instructions;
    let texts: Vec<&str> = got.iter().map(|one| one.instruction.as_str()).collect();
    assert_eq!(
        texts,
        [
            "", "", "NOP 0", "NOP 1", "NOP 2", "NOP 3", "NOP 4", "NOP 5", "NOP 6", "NOP 7", "NOP 8", "NOP 9",
            "", ""
        ]
    );
    assert_eq!(got[6].address, memory_reference);
    let mut addresses: Vec<&str> = got.iter().map(|one| one.address.as_str()).collect();
    addresses.dedup();
    assert_eq!(addresses.len(), 14, "each has an address of its own");
    let got = client.request(disassemble(-4, 2)).await.unwrap().instructions;
    assert_eq!((got.len(), got[0].instruction.as_str()), (2, "NOP 0"));
    let got = client.request(disassemble(4, 3)).await.unwrap().instructions;
    assert_eq!(got.iter().map(|one| one.instruction.as_str()).collect::<Vec<_>>(), ["NOP 8", "NOP 9", ""]);

    let set = SetInstructionBreakpointsArguments {
        breakpoints: ["0x5", memory_reference.as_str()]
            .map(|reference| InstructionBreakpoint {
                instruction_reference: reference.into(),
                offset: None,
                condition: None,
                hit_condition: None,
                mode: None,
            })
            .into(),
    };
    let set = client.request(set).await.unwrap().breakpoints;
    assert_eq!(set.iter().map(|one| one.verified).collect::<Vec<_>>(), [false, true]);
    assert_eq!(set[1].instruction_reference.as_ref(), Some(&memory_reference));
    client.finish().await;
}

#[tokio::test]
async fn a_step_says_how_far_it_goes() {
    let mut client = stopped().await;
    client.send_json("stepIn", json!({"threadId": 1, "granularity": "instruction"})).await.unwrap();
    client.stopped().await.unwrap();
    assert!(client.was_told(
        |command| matches!(command, Command::Step(step) if step.granularity == Granularity::Instruction)
    ));
    client.finish().await;
}

#[tokio::test]
async fn one_thread_can_go_on_alone() {
    let other = vec![Action::Line(1), Action::Spin];
    let actions = vec![
        Action::Load(PATH, TEXT),
        Action::Thread(2, "worker", other),
        Action::Line(2),
        Action::Line(3),
        Action::Spin,
    ];
    let (mut client, launch) = initialize(program(actions), json!({})).await;
    client.request(breakpoints(&[2])).await.unwrap();
    client.configuration_done(launch).await.unwrap();
    assert_eq!(client.stopped().await.unwrap().all_threads_stopped, Some(true));
    let frame = trace(&mut client).await.unwrap().stack_frames[0].id;
    let go = ContinueArguments { thread_id: 1, single_thread: Some(true) };
    assert_eq!(client.request(go).await.unwrap().all_threads_continued, Some(false));
    // The other one is stopped still.
    let other = StackTraceArguments { thread_id: 2, start_frame: None, levels: Some(1), format: None };
    assert_eq!(client.request(other).await.unwrap().stack_frames.len(), 1);
    let Err(ClientError::Refused(failure)) = trace(&mut client).await else { panic!("it runs") };
    assert_eq!(failure.message.as_deref(), Some("notStopped"));
    assert!(client.request(ScopesArguments { frame_id: frame }).await.is_err());
    let go = ContinueArguments { thread_id: 2, single_thread: None };
    assert_eq!(client.request(go).await.unwrap().all_threads_continued, Some(true));
    client.finish().await;
}

#[tokio::test]
async fn a_request_is_cancelled() {
    let mut client = stopped().await;
    let frame = trace(&mut client).await.unwrap().stack_frames[0].id;
    let endless = client.send(evaluate("endless()", Some(frame))).await.unwrap();
    // Others are answered meanwhile.
    client.request(ThreadsArguments {}).await.unwrap();
    assert_eq!(client.outcome_now(endless.seq()).await.unwrap(), None);
    let request_id = i32::try_from(endless.seq()).unwrap();
    let cancel = |request_id| CancelArguments { request_id: Some(request_id), progress_id: None };
    client.request(cancel(request_id)).await.unwrap();
    let Err(ClientError::Refused(failure)) = client.response(endless).await else { panic!() };
    assert_eq!(failure.message.as_deref(), Some("cancelled"));
    assert!(client.was_told(|command| matches!(command, Command::Cancel(_))));
    client.request(cancel(9999)).await.unwrap();
    assert_eq!(client.request(evaluate("x", Some(frame))).await.unwrap().result, "x");
    client.finish().await;
}

#[tokio::test]
async fn a_restart_keeps_what_was_set() {
    let mut client = stopped().await;
    let functions = SetFunctionBreakpointsArguments {
        breakpoints: vec![lasti_dap::protocol::FunctionBreakpoint {
            name: "f".into(),
            condition: None,
            hit_condition: None,
        }],
    };
    client.request(functions).await.unwrap();
    let frame = trace(&mut client).await.unwrap().stack_frames[0].id;
    client.commands.lock().unwrap().clear();
    client.request(RestartArguments::default()).await.unwrap();
    let stopped = client.stopped().await.unwrap();
    assert_eq!(stopped.hit_breakpoint_ids, Some(vec![1]), "under the number that the client knows");
    assert!(client.request(ScopesArguments { frame_id: frame }).await.is_err());
    assert!(client.was_told(|command| matches!(command, Command::SetFunctionBreakpoints(_))));
    let order = client.order();
    assert_eq!(order.iter().filter(|word| *word == "initialized").count(), 1);
    assert!(!order.iter().any(|word| word == "exited" || word == "terminated"), "{order:?}");
    client.finish().await;
}

#[tokio::test]
async fn terminate_asks_and_then_ends() {
    let mut client = stopped().await;
    client.request(TerminateArguments::default()).await.unwrap();
    assert_eq!(client.terminated().await.unwrap(), Some(130));
    client.request(TerminateArguments::default()).await.unwrap();
    client.finish().await;

    let (mut client, launch) = initialize(program([Action::Hang]), json!({})).await;
    client.configuration_done(launch).await.unwrap();
    client.event("thread").await.unwrap();
    client.request(TerminateArguments::default()).await.unwrap();
    client.request(TerminateArguments::default()).await.unwrap();
    assert_eq!(client.terminated().await.unwrap(), Some(128 + 9));
    client.finish().await;
}

#[tokio::test]
async fn a_program_is_left_to_itself() {
    let mut client = stopped().await;
    let leave = lasti_dap::protocol::DisconnectArguments {
        terminate_debuggee: Some(false),
        ..lasti_dap::protocol::DisconnectArguments::default()
    };
    client.request(leave).await.unwrap();
    client.ended().await;
    assert!(client.was_told(|command| matches!(command, Command::Detach(_))));
    assert!(!client.killed.load(std::sync::atomic::Ordering::SeqCst));
}

#[tokio::test]
async fn attaching_is_the_launchers_choice() {
    let mut launcher = FakeLauncher::new(program([Action::Load(PATH, TEXT), Action::Spin]));
    launcher.attaches = true;
    let mut client = session_with(launcher);
    client.request(lasti_dap::client::initialize_arguments("test")).await.unwrap();
    let seq = client.send_json("attach", json!({"connect": {"port": 5678}})).await.unwrap();
    client.event("initialized").await.unwrap();
    client.request(lasti_dap::protocol::ConfigurationDoneArguments {}).await.unwrap();
    assert!(client.outcome(seq).await.unwrap().outcome.is_ok());
    let error = client.request(RestartArguments::default()).await.unwrap_err();
    assert!(error.to_string().contains("this one was attached to"), "{error}");
    // It was there before the client, and goes on after it.
    client.request(lasti_dap::protocol::DisconnectArguments::default()).await.unwrap();
    client.ended().await;
    assert!(!client.killed.load(std::sync::atomic::Ordering::SeqCst));

    let mut client = session_with(FakeLauncher::new(program([])));
    client.request(lasti_dap::client::initialize_arguments("test")).await.unwrap();
    let seq = client.send_json("attach", json!({})).await.unwrap();
    let failure = client.outcome(seq).await.unwrap().outcome.unwrap_err();
    assert_eq!(failure.text(), "this server attaches to no running program");
    client.finish().await;
}

#[tokio::test]
async fn without_debugging_nothing_is_set() {
    let (mut client, launch) =
        initialize(program([Action::Load(PATH, TEXT), Action::Line(2)]), json!({"noDebug": true})).await;
    let set = client.request(breakpoints(&[2])).await.unwrap().breakpoints;
    assert!(!set[0].verified);
    assert_eq!(set[0].message.as_deref(), Some("the program runs without being debugged (`noDebug`)"));
    client.configuration_done(launch).await.unwrap();
    assert_eq!(client.terminated().await.unwrap(), Some(0));
    assert!(!client.was_told(|command| matches!(command, Command::SetBreakpoints(_))));
    client.finish().await;
}
