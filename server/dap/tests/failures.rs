//! What goes wrong: on the client's side, in the program, in the server. Every request still gets its one
//! response, and the server goes on or ends in order.

mod support;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use lasti_dap::client::{Logged, initialize_arguments};
use lasti_dap::protocol::{
    ContinueArguments, DisconnectArguments, EvaluateArguments, Event, OutputEventBodyCategory,
    StackTraceArguments, ThreadsArguments,
};
use lasti_dap::wire;
use lasti_engine::event::ExitStatus;
use serde_json::{Value, json};
use support::{Action, Checked, FakeLauncher, initialize, program, session, session_with};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PATH: &str = "/app/a.py";

fn spinning() -> support::Program {
    program([Action::Load(PATH, "x\ny\nz\n"), Action::Spin])
}

async fn running(program: support::Program) -> Checked {
    let (mut client, launch) = initialize(program, json!({})).await;
    client.configuration_done(launch).await.unwrap();
    client.event("thread").await.unwrap();
    client
}

fn framed(message: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    wire::encode(message.to_string().as_bytes(), &mut bytes);
    bytes
}

async fn said(client: &mut Checked) -> String {
    match client.event("output").await.unwrap() {
        Event::Output(body) => body.output,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nonsense_is_told_and_passed_over() {
    let mut client = session(spinning());
    client.send_bytes(b"Content-Length: 3\r\n\r\n{:}").await.unwrap();
    let text = said(&mut client).await;
    assert!(text.starts_with("a message cannot be read: the message is not valid JSON"), "{text}");
    client.send_bytes(&framed(&json!({"type": "request", "seq": 77}))).await.unwrap();
    let refused = client.outcome(77).await.unwrap().outcome.unwrap_err();
    assert_eq!(refused.text(), "`command` is missing, expected a string");
    client
        .send_bytes(&framed(&json!({"type": "response", "seq": 1, "request_seq": 5, "success": true,
        "command": "runInTerminal"})))
        .await
        .unwrap();
    assert!(said(&mut client).await.contains("none that waits for one"));
    // Byte by byte.
    for byte in framed(&json!({"type": "request", "seq": 78, "command": "threads"})) {
        client.send_bytes(&[byte]).await.unwrap();
    }
    assert!(client.outcome(78).await.unwrap().outcome.is_ok());
    client.request(initialize_arguments("test")).await.unwrap();
}

#[tokio::test]
async fn every_request_that_is_not_served_is_refused_by_its_name() {
    let mut client = session(spinning());
    client.request(initialize_arguments("test")).await.unwrap();
    for (name, says) in [
        ("stepInTargets", "does not announce `supportsStepInTargetsRequest`"),
        ("completions", "does not announce `supportsCompletionsRequest`"),
        ("stepBack", "does not announce `supportsStepBack`"),
        ("locations", "comes before `launch`"),
        ("runInTerminal", "is a request to the client"),
        ("makeCoffee", "the protocol has no request `makeCoffee`"),
    ] {
        let arguments = json!({"source": {}, "line": 1, "threadId": 1, "text": "", "column": 1,
            "locationReference": 1, "frameId": 1, "cwd": "/", "args": []});
        let seq = client.send_json(name, arguments).await.unwrap();
        let text = client.outcome(seq).await.unwrap().outcome.unwrap_err().text().to_owned();
        assert!(text.contains(name) && text.contains(says), "{text}");
    }
    let seq = client.send_json("initialize", json!({"adapterID": "x"})).await.unwrap();
    assert!(client.outcome(seq).await.unwrap().outcome.is_err());
    let seq = client.send_json("launch", json!({"program": "a.py", "proram": 1})).await.unwrap();
    let warned = said(&mut client).await;
    assert!(warned.contains("proram"), "{warned}");
    client.event("initialized").await.unwrap();
    client.finish().await;
    let _ = seq;
}

#[tokio::test]
async fn a_stream_that_cannot_be_read_ends_the_session_and_the_program() {
    for bytes in [&b"Content-Length: 1000000000\r\n\r\n"[..], b"GET / HTTP/1.1\r\n\r\n"] {
        let mut client = running(spinning()).await;
        client.send_bytes(bytes).await.unwrap();
        let text = said(&mut client).await;
        assert!(text.starts_with("a message cannot be read: "), "{text}");
        assert!(text.ends_with("the session ends\n"), "{text}");
        client.ended().await;
        assert!(client.killed.load(Ordering::SeqCst));
    }
}

#[tokio::test]
async fn a_client_that_vanishes_takes_its_program_with_it() {
    for half in [true, false] {
        let mut client = running(spinning()).await;
        if half {
            client.send_bytes(b"Content-Length: 30\r\n\r\n{\"type\"").await.unwrap();
        }
        client.close().await.unwrap();
        client.server_ended().await;
        assert!(client.killed.load(Ordering::SeqCst));
    }
    // Also one that is stopped.
    let (mut client, launch) =
        initialize(program([Action::Load(PATH, "x\ny\n"), Action::Line(2)]), json!({})).await;
    let set = json!({"source": {"path": PATH}, "breakpoints": [{"line": 2}]});
    client.send_json("setBreakpoints", set).await.unwrap();
    client.configuration_done(launch).await.unwrap();
    client.stopped().await.unwrap();
    client.close().await.unwrap();
    client.server_ended().await;
    assert!(client.killed.load(Ordering::SeqCst));
    // Also one that has not come to be.
    let mut launcher = FakeLauncher::new(spinning());
    launcher.hangs = true;
    let mut client = session_with(launcher);
    client.request(initialize_arguments("test")).await.unwrap();
    let _launch = client.launch(json!({"program": PATH})).await.unwrap();
    client.close().await.unwrap();
    client.server_ended().await;
}

#[tokio::test]
async fn a_handler_that_panics_fails_its_request_alone() {
    let mut launcher = FakeLauncher::new(spinning());
    launcher.panics = true;
    let mut client = session_with(launcher);
    client.request(initialize_arguments("test")).await.unwrap();
    let launch = client.launch(json!({"program": PATH})).await.unwrap();
    let error = client.response(launch).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`launch` failed: internal error: the launcher fell over; please report it"
    );
    client.request(ThreadsArguments {}).await.unwrap();
    client.finish().await;
}

#[tokio::test]
async fn a_program_that_cannot_be_started_can_be_asked_for_again() {
    let mut launcher = FakeLauncher::new(spinning());
    launcher.failure = Some("cannot start /nowhere: no such file");
    let mut client = session_with(launcher);
    client.request(initialize_arguments("test")).await.unwrap();
    for _ in 0..2 {
        let launch = client.launch(json!({"program": PATH})).await.unwrap();
        let error = client.response(launch).await.unwrap_err();
        assert_eq!(error.to_string(), "`launch` failed: cannot start /nowhere: no such file");
    }
    let launch = client.launch(json!({})).await.unwrap();
    let error = client.response(launch).await.unwrap_err();
    assert!(error.to_string().contains("`program`, `module` or `code` is needed"), "{error}");
    client.finish().await;
}

#[tokio::test]
async fn a_launch_on_its_way_is_given_up() {
    for command in ["disconnect", "terminate"] {
        let mut launcher = FakeLauncher::new(spinning());
        launcher.hangs = true;
        let mut client = session_with(launcher);
        client.request(initialize_arguments("test")).await.unwrap();
        let launch = client.launch(json!({"program": PATH})).await.unwrap();
        let early = client.send_json("configurationDone", json!({})).await.unwrap();
        let text = client.outcome(early).await.unwrap().outcome.unwrap_err().text().to_owned();
        assert!(text.contains("wait for the `initialized` event"), "{text}");
        // What waits for the engine waits in vain.
        let set = client.send_json("setFunctionBreakpoints", json!({"breakpoints": []})).await.unwrap();
        let end = client.send_json(command, json!({})).await.unwrap();
        let error = client.response(launch).await.unwrap_err();
        assert!(error.to_string().contains("was ended before it began"), "{error}");
        assert!(client.outcome(set).await.unwrap().outcome.is_err());
        assert!(client.outcome(end).await.unwrap().outcome.is_ok());
        if command == "terminate" {
            client.finish().await;
        } else {
            client.ended().await;
        }
    }
}

#[tokio::test]
async fn how_a_program_ended_is_told() {
    for (status, code, says) in [
        (Some(ExitStatus::Signal(11)), Some(139), "the program was ended by signal 11 (SIGSEGV)\n"),
        (Some(ExitStatus::Code(3)), Some(3), ""),
        (None, None, "the program is gone; how it ended is not known\n"),
    ] {
        let dying = program([Action::Write(b"last words"), Action::Die(status)]);
        let (mut client, launch) = initialize(dying, json!({})).await;
        client.configuration_done(launch).await.unwrap();
        assert_eq!(client.terminated().await.unwrap(), code);
        let written = client.take_output(&OutputEventBodyCategory::Stdout).await.unwrap();
        assert_eq!(written, "last words");
        assert_eq!(client.take_output(&OutputEventBodyCategory::Important).await.unwrap(), says);
        let order = client.order();
        let at = |word: &str| order.iter().rposition(|got| got == word);
        assert!(at("output") < at("terminated") && at("exited") < at("terminated"), "{order:?}");
        assert_eq!(order.last().map(String::as_str), Some("terminated"));
        client.finish().await;
    }
}

#[tokio::test]
async fn a_program_that_ends_as_soon_as_it_goes_on_did_go_on() {
    for request in ["continue", "next", "stepIn", "stepOut"] {
        let status = Some(ExitStatus::Code(5));
        let actions = [Action::Load(PATH, "x\n"), Action::Line(1), Action::DieAtOnce(status)];
        let (mut client, launch) = initialize(program(actions), json!({})).await;
        let set = json!({"source": {"path": PATH}, "breakpoints": [{"line": 1}]});
        client.send_json("setBreakpoints", set).await.unwrap();
        client.configuration_done(launch).await.unwrap();
        client.stopped().await.unwrap();
        let sent = client.send_json(request, json!({"threadId": 1})).await.unwrap();
        assert!(client.outcome(sent).await.unwrap().outcome.is_ok(), "{request}");
        assert_eq!(client.terminated().await.unwrap(), Some(5));
        client.finish().await;
    }
}

#[tokio::test]
async fn a_program_that_dies_leaves_no_request_without_response() {
    let mut actions = vec![Action::Load(PATH, "x\ny\n"), Action::Line(2)];
    actions.push(Action::Hang);
    let mut client = {
        let (mut client, launch) = initialize(program(actions), json!({})).await;
        let set = json!({"source": {"path": PATH}, "breakpoints": [{"line": 2}]});
        let set = client.send_json("setBreakpoints", set).await.unwrap();
        client.outcome(set).await.unwrap();
        client.configuration_done(launch).await.unwrap();
        client.stopped().await.unwrap();
        client
    };
    let endless = EvaluateArguments {
        expression: "endless()".into(),
        frame_id: None,
        line: None,
        column: None,
        source: None,
        context: None,
        format: None,
    };
    let endless = client.send(endless).await.unwrap();
    client.request(ContinueArguments { thread_id: 1, single_thread: None }).await.unwrap();
    // The engine hangs now; the server does not.
    let hung =
        client.send(StackTraceArguments { thread_id: 1, start_frame: None, levels: None, format: None });
    let hung = hung.await.unwrap();
    assert!(client.response(hung).await.unwrap_err().to_string().contains("needs a stopped program"));
    let pause = client.send_json("pause", json!({"threadId": 1})).await.unwrap();
    client.request(initialize_arguments("again")).await.unwrap_err();
    client.request(DisconnectArguments::default()).await.unwrap();
    let error = client.response(endless).await.unwrap_err();
    assert_eq!(error.to_string(), "`evaluate` failed: the program has ended");
    assert!(client.outcome(pause).await.unwrap().outcome.is_err());
    client.ended().await;
    assert!(client.killed.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_lost_link_ends_the_program() {
    let (mut client, launch) = initialize(program([Action::LoseLink]), json!({})).await;
    client.configuration_done(launch).await.unwrap();
    assert_eq!(client.terminated().await.unwrap(), Some(128 + 9));
    let told = client.take_output(&OutputEventBodyCategory::Important).await.unwrap();
    assert_eq!(told, "the program is ended: the link to it is lost (the socket broke)\n");
    client.finish().await;
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_does_not_answer_is_not_waited_for_for_ever() {
    let mut client = running(program([Action::Hang])).await;
    client.set_patience(std::time::Duration::from_mins(1));
    // Threads are known from what came before.
    assert_eq!(client.request(ThreadsArguments {}).await.unwrap().threads[0].name, "MainThread");
    let pause = client.send_json("pause", json!({"threadId": 1})).await.unwrap();
    let failure = client.outcome(pause).await.unwrap().outcome.unwrap_err();
    assert!(failure.text().starts_with("the program does not answer `pause`"), "{failure}");
    client.finish().await;
}

/// Reads until an event of that name; the output events' texts.
async fn read_until(
    stream: &mut (impl tokio::io::AsyncRead + Unpin),
    decoder: &mut wire::Decoder,
    event: &str,
) -> usize {
    let mut written = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        while let Some(message) = decoder.next_as(Ok).unwrap() {
            written += message["body"]["output"].as_str().unwrap_or_default().len();
            if message["event"] == event {
                return written;
            }
        }
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the stream ended before `{event}`");
        decoder.feed(&buffer[..count]);
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_up_the_program_and_loses_nothing() {
    const LINE: &[u8] = &[b'x'; 1000];
    const LINES: usize = 20_000;
    let mut actions = Vec::new();
    for _ in 0..LINES {
        actions.extend([Action::Write(LINE), Action::Write(b"\n")]);
    }
    let launcher = FakeLauncher::new(program(actions));
    let written = Arc::clone(&launcher.written);
    let (near, far) = tokio::io::duplex(1 << 14);
    let (reader, writer) = tokio::io::split(far);
    let server = tokio::spawn(lasti_dap::session::serve(reader, writer, Arc::new(launcher)));
    let (mut reader, mut writer) = tokio::io::split(near);
    let mut decoder = wire::Decoder::default();
    let request = |seq: i64, command: &str, arguments: Value| {
        framed(&json!({"seq": seq, "type": "request", "command": command, "arguments": arguments}))
    };
    writer.write_all(&request(1, "initialize", json!({"adapterID": "x"}))).await.unwrap();
    writer.write_all(&request(2, "launch", json!({"program": PATH}))).await.unwrap();
    read_until(&mut reader, &mut decoder, "initialized").await;
    writer.write_all(&request(3, "configurationDone", json!({}))).await.unwrap();
    // It writes until nothing takes it any more.
    let mut before = 0;
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let now = written.load(Ordering::SeqCst);
        if now == before && now > 0 {
            break;
        }
        before = now;
    }
    assert!(before < LINES, "{before} writes were taken in");
    // Requests are taken meanwhile.
    writer.write_all(&request(4, "threads", json!({}))).await.unwrap();
    assert_eq!(read_until(&mut reader, &mut decoder, "terminated").await, LINES * (LINE.len() + 1));
    drop((reader, writer));
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_flood_of_requests_is_answered_one_by_one() {
    let mut client = running(spinning()).await;
    let mut bytes = Vec::new();
    for seq in 1000..3000 {
        bytes.extend(framed(&json!({"type": "request", "seq": seq, "command": "threads"})));
    }
    client.send_bytes(&bytes).await.unwrap();
    for seq in 1000..3000 {
        assert!(client.outcome(seq).await.unwrap().outcome.is_ok());
    }
    let responses = client.log().iter().filter(
        |message| matches!(message, Logged::Received(got) if got["request_seq"].as_i64() >= Some(1000)),
    );
    assert_eq!(responses.count(), 2000);
}
