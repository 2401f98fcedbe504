use serde_json::{Value, json};

use super::*;
use crate::protocol::{
    Capabilities, Command, Incoming, IntegerOrString, Module, ModuleEventBody, ModuleEventBodyReason,
    RunInTerminalRequestArguments, Source, StackFrame, StackTraceResponseBody, StoppedEventBody,
    StoppedEventBodyReason, Thread, ThreadsResponseBody,
};
use crate::schema;
use crate::session::ErrorId;

/// Writes messages as a session would; checks each frame and each message.
fn written(messages: &[Outgoing]) -> Vec<Value> {
    let mut outbox = Outbox::default();
    let mut read = Vec::new();
    for message in messages {
        let mut out = Vec::new();
        let seq = outbox.write(message, &mut out).unwrap();
        let end = out.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
        assert_eq!(out[..end], *format!("Content-Length: {}\r\n\r\n", out.len() - end).as_bytes());
        let value: Value = serde_json::from_slice(&out[end..]).unwrap();
        assert_eq!(value["seq"], seq);
        assert_eq!(schema::violations(&value), Vec::<String>::new(), "{value}");
        read.push(value);
    }
    read
}

fn response(seq: i64, command: Command, outcome: Result<ResponseBody, RequestError>) -> Outgoing {
    Outgoing::Response { to: RequestId { seq, command: command.name().into() }, outcome }
}

#[test]
fn messages_are_numbered_in_their_order() {
    let messages = written(&[
        response(1, Command::Initialize, Ok(Capabilities::default().into())),
        Outgoing::Event(Event::Initialized),
        response(7, Command::Next, Ok(ResponseBody::None)),
    ]);
    assert_eq!(
        messages,
        [
            json!({"seq": 1, "type": "response", "request_seq": 1, "success": true,
                "command": "initialize", "body": {}}),
            json!({"seq": 2, "type": "event", "event": "initialized"}),
            json!({"seq": 3, "type": "response", "request_seq": 7, "success": true, "command": "next"}),
        ]
    );
}

#[test]
fn numbers_start_again_at_their_end() {
    let mut outbox = Outbox { next_seq: i32::MAX };
    let mut out = Vec::new();
    assert_eq!(outbox.write(&Outgoing::Event(Event::Initialized), &mut out).unwrap(), i32::MAX);
    assert_eq!(outbox.write(&Outgoing::Event(Event::Initialized), &mut out).unwrap(), 1);
}

#[test]
fn errors_tell_the_short_form_and_the_long_one() {
    let error = |id, text: &str| response(2, Command::Scopes, Err(RequestError::new(id, text)));
    let messages = written(&[
        error(ErrorId::NotStopped, "`scopes` needs a stopped program"),
        error(ErrorId::Cancelled, "cancelled by the client"),
        error(ErrorId::Terminated, "the program has ended"),
    ]);
    let told: Vec<_> = messages
        .iter()
        .map(|message| json!([message["success"], message["message"], message["body"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!([false, "notStopped", {"error": {"id": 2001, "showUser": false,
                "format": "`scopes` needs a stopped program"}}]),
            json!([false, "cancelled", {"error": {"id": 2003, "showUser": false,
                "format": "cancelled by the client"}}]),
            json!([false, "the program has ended", {"error": {"id": 2002, "showUser": true,
                "format": "the program has ended"}}]),
        ]
    );
}

#[test]
fn what_has_no_name_is_answered_too() {
    let refusal = |message| Outgoing::refusal(&Incoming::from_json(message).unwrap_err());
    let nameless = refusal(json!({"type": "request", "seq": 4})).unwrap();
    let unknown = Outgoing::Response {
        to: RequestId { seq: 5, command: "fly".into() },
        outcome: Err(RequestError::unknown("fly")),
    };
    let messages = written(&[nameless, unknown]);
    let told: Vec<_> =
        messages.iter().map(|m| json!([m["request_seq"], m["command"], m["message"]])).collect();
    assert_eq!(
        told,
        [
            json!([4, "", "`command` is missing, expected a string"]),
            json!([5, "fly", "the protocol has no request `fly`"]),
        ]
    );
    assert_eq!(refusal(json!({"type": "request"})), None, "there is no number to answer to");
}

#[test]
fn every_body_keeps_to_the_schema() {
    let frame = StackFrame {
        id: 1000,
        name: "main".into(),
        source: Some(Source { path: Some("/a.py".into()), ..Source::default() }),
        line: 3,
        column: 1,
        end_line: None,
        end_column: None,
        can_restart: None,
        instruction_pointer_reference: None,
        module_id: Some(IntegerOrString::String("__main__".into())),
        presentation_hint: None,
    };
    let messages = written(&[
        Outgoing::Event(Event::Stopped(StoppedEventBody {
            reason: StoppedEventBodyReason::FunctionBreakpoint,
            description: None,
            thread_id: Some(1),
            preserve_focus_hint: None,
            text: None,
            all_threads_stopped: Some(true),
            hit_breakpoint_ids: Some(vec![1]),
        })),
        Outgoing::Event(Event::Stopped(StoppedEventBody {
            reason: StoppedEventBodyReason::Other("unwound".into()),
            description: None,
            thread_id: None,
            preserve_focus_hint: None,
            text: None,
            all_threads_stopped: None,
            hit_breakpoint_ids: None,
        })),
        Outgoing::Event(Event::Module(ModuleEventBody {
            reason: ModuleEventBodyReason::New,
            module: Module {
                id: IntegerOrString::Integer(1),
                name: "json".into(),
                path: None,
                is_optimized: None,
                is_user_code: Some(false),
                version: None,
                symbol_status: None,
                symbol_file_path: None,
                date_time_stamp: None,
                address_range: None,
            },
        })),
        response(
            1,
            Command::StackTrace,
            Ok(StackTraceResponseBody { stack_frames: vec![frame], total_frames: None }.into()),
        ),
        response(
            2,
            Command::Threads,
            Ok(ThreadsResponseBody { threads: vec![Thread { id: 1, name: "MainThread".into() }] }.into()),
        ),
    ]);
    assert_eq!(messages[0]["body"]["reason"], "function breakpoint");
    assert_eq!(messages[1]["body"], json!({"reason": "unwound"}));
    assert_eq!(
        messages[3]["body"],
        json!({"stackFrames": [{"id": 1000, "name": "main", "source": {"path": "/a.py"}, "line": 3,
            "column": 1, "moduleId": "__main__"}]})
    );
    assert!(!messages.iter().any(|message| message.to_string().contains("null")));
}

#[test]
fn a_reverse_request_may_say_null_where_the_schema_does() {
    let messages = written(&[Outgoing::Request(Request::RunInTerminal(RunInTerminalRequestArguments {
        kind: None,
        title: None,
        cwd: "/".into(),
        args: vec!["lasti".into(), "a.py".into()],
        env: Some([("GONE".into(), None), ("SET".into(), Some("1".into()))].into()),
        args_can_be_interpreted_by_shell: None,
    }))]);
    assert_eq!(
        messages,
        [json!({"seq": 1, "type": "request", "command": "runInTerminal", "arguments": {
            "cwd": "/", "args": ["lasti", "a.py"], "env": {"GONE": null, "SET": "1"}}})]
    );
}
