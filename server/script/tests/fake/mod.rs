//! A debug server that knows no debugging: it says what a test lets it say, over pipes in memory.

#![allow(clippy::needless_pass_by_value, reason = "`json!` is written where it is passed")]

use std::sync::{Arc, Mutex};

use lasti_dap::wire::{self, Decoder};
use lasti_script::{Connecting, Connection, ServerFactory};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What a request is answered with: messages without numbers. The text is the session's own: the program.
pub(crate) type Answer = dyn Fn(&mut String, &str, &Value) -> Vec<Value> + Send + Sync;

/// A factory of fake servers, which keeps what they were asked.
pub(crate) struct Fake {
    answer: Arc<Answer>,
    /// All requests: name and arguments.
    pub(crate) asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Fake {
    pub(crate) fn new(
        answer: impl Fn(&mut String, &str, &Value) -> Vec<Value> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { answer: Arc::new(answer), asked: Arc::default() })
    }

    /// The arguments of the requests of that name.
    pub(crate) fn arguments(&self, name: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(asked, _)| asked == name).map(|(_, arguments)| arguments.clone()).collect()
    }
}

/// A response that brings this body.
pub(crate) fn body(body: Value) -> Value {
    json!({ "type": "response", "success": true, "body": body })
}

/// A response that says why not.
pub(crate) fn failure(message: &str) -> Value {
    json!({ "type": "response", "success": false, "message": message })
}

pub(crate) fn event(name: &str, body: Value) -> Value {
    json!({ "type": "event", "event": name, "body": body })
}

pub(crate) fn output(text: &str) -> Value {
    event("output", json!({ "category": "stdout", "output": text }))
}

pub(crate) fn stopped(reason: &str) -> Value {
    event("stopped", json!({ "reason": reason, "threadId": 1, "allThreadsStopped": true }))
}

/// The end of the program.
pub(crate) fn ended(code: i32) -> Vec<Value> {
    vec![event("exited", json!({ "exitCode": code })), event("terminated", json!({}))]
}

/// What every server says; the program stands in line `line` of the file that was launched.
pub(crate) fn usual(program: &mut String, line: u32, command: &str, arguments: &Value) -> Vec<Value> {
    match command {
        "initialize" => vec![body(json!({})), event("initialized", json!({}))],
        "launch" => {
            *program = arguments["program"].as_str().unwrap_or_default().into();
            vec![body(json!({}))]
        }
        "setBreakpoints" => {
            let asked = arguments["breakpoints"].as_array().unwrap().iter();
            let told: Vec<Value> = asked
                .enumerate()
                .map(|(id, asked)| json!({ "id": id, "verified": true, "line": asked["line"] }))
                .collect();
            vec![body(json!({ "breakpoints": told }))]
        }
        "threads" => vec![body(json!({ "threads": [{ "id": 1, "name": "MainThread" }] }))],
        "stackTrace" => {
            let source = json!({ "path": program });
            let frame = json!({ "id": 9, "name": "main", "line": line, "column": 1, "source": source });
            vec![body(json!({ "stackFrames": [frame] }))]
        }
        _ => vec![body(json!({}))],
    }
}

impl ServerFactory for Fake {
    fn connect(&self) -> Connecting<'_> {
        let (answer, asked) = (Arc::clone(&self.answer), Arc::clone(&self.asked));
        Box::pin(async move {
            let (ours, theirs) = tokio::io::duplex(1 << 16);
            tokio::spawn(async move {
                let (mut reader, mut writer) = tokio::io::split(ours);
                let mut decoder = Decoder::default();
                let mut buffer = [0; 4096];
                let mut seq = 0;
                let mut program = String::new();
                loop {
                    let request = match decoder.next_as(Ok) {
                        Ok(Some(request)) => request,
                        Ok(None) => match reader.read(&mut buffer).await {
                            Ok(0) | Err(_) => return,
                            Ok(count) => {
                                decoder.feed(&buffer[..count]);
                                continue;
                            }
                        },
                        Err(error) => panic!("the runner wrote no message: {error}"),
                    };
                    let command = request["command"].as_str().unwrap().to_owned();
                    asked.lock().unwrap().push((command.clone(), request["arguments"].clone()));
                    for mut message in answer(&mut program, &command, &request["arguments"]) {
                        if message == "gone" {
                            return;
                        }
                        seq += 1;
                        message["seq"] = seq.into();
                        if message["type"] == "response" {
                            message["command"] = command.as_str().into();
                            message["request_seq"] = request["seq"].clone();
                        }
                        let mut bytes = Vec::new();
                        wire::encode(message.to_string().as_bytes(), &mut bytes);
                        if writer.write_all(&bytes).await.is_err() {
                            return;
                        }
                    }
                }
            });
            let (reader, writer) = tokio::io::split(theirs);
            Ok(Connection { reader: Box::new(reader), writer: Box::new(writer), guard: Box::new(()) })
        })
    }
}
