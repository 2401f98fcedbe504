use std::time::Duration;

use tokio::io::{DuplexStream, duplex, split};

use super::*;
use crate::protocol::{
    OutputEventBodyCategory, RunInTerminalResponseBody, ScopesArguments, ThreadsArguments,
};

fn pair() -> (Client, DuplexStream) {
    let (near, far) = duplex(1 << 16);
    let (reader, writer) = split(near);
    (Client::new(reader, writer), far)
}

async fn say(server: &mut DuplexStream, message: Value) {
    let mut bytes = Vec::new();
    wire::encode(message.to_string().as_bytes(), &mut bytes);
    server.write_all(&bytes).await.unwrap();
}

#[tokio::test]
async fn responses_and_events_are_found_whatever_comes_between() {
    let (mut client, mut server) = pair();
    let one = client.send(ThreadsArguments {}).await.unwrap();
    let two = client.send(ScopesArguments { frame_id: 7 }).await.unwrap();
    let output = |text: &str| {
        json!({"seq": 1, "type": "event", "event": "output",
            "body": {"category": "stdout", "output": text}})
    };
    say(&mut server, output("a")).await;
    say(
        &mut server,
        json!({"seq": 2, "type": "response", "request_seq": 2, "success": false, "command": "scopes",
        "message": "notStopped", "body": {"error": {"id": 2001, "format": "it runs"}}}),
    )
    .await;
    say(&mut server, json!({"seq": 3, "type": "event", "event": "initialized"})).await;
    say(&mut server, output("b")).await;
    say(
        &mut server,
        json!({"seq": 4, "type": "response", "request_seq": 1, "success": true, "command": "threads",
            "body": {"threads": [{"id": 1, "name": "MainThread"}]}}),
    )
    .await;
    assert_eq!(client.response(one).await.unwrap().threads[0].name, "MainThread");
    let error = client.response(two).await.unwrap_err();
    assert_eq!(error.to_string(), "`scopes` failed: it runs");
    assert_eq!(client.event("initialized").await.unwrap(), Event::Initialized);
    assert_eq!(client.take_output(&OutputEventBodyCategory::Stdout).await.unwrap(), "ab");
    assert_eq!(client.log().len(), 7);
    assert!(matches!(&client.log()[1], Logged::Sent(sent) if sent["arguments"]["frameId"] == 7));
}

#[tokio::test]
async fn a_request_of_the_server_is_answered() {
    let (mut client, mut server) = pair();
    say(
        &mut server,
        json!({"seq": 9, "type": "request", "command": "runInTerminal",
            "arguments": {"cwd": "/", "args": ["lasti"]}}),
    )
    .await;
    let asked = client.reverse_request().await.unwrap();
    assert_eq!(asked.request.run_in_terminal().unwrap().args, ["lasti"]);
    let body = RunInTerminalResponseBody { process_id: Some(5), shell_process_id: None };
    client.respond(&asked, Ok(body.into())).await.unwrap();
    let mut bytes = vec![0; 512];
    let count = server.read(&mut bytes).await.unwrap();
    let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
    assert!(text.contains("\"request_seq\":9") && text.contains("{\"processId\":5}"), "{text}");
}

#[tokio::test]
async fn what_never_comes_and_what_is_broken_are_told() {
    let (mut client, mut server) = pair();
    client.set_patience(Duration::from_millis(20));
    let error = client.event("stopped").await.unwrap_err();
    assert_eq!(error.to_string(), "waited 20 ms for a `stopped` event, in vain");
    client.set_patience(Client::PATIENCE);
    server.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    let error = client.event("stopped").await.unwrap_err();
    assert!(error.to_string().starts_with("the server sent no message: expected a header"), "{error}");
    drop(server);
    assert!(matches!(client.event("stopped").await, Err(ClientError::Closed { .. })));
}
