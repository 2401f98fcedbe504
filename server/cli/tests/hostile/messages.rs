//! Clients that talk nonsense to a program that is stopped.

use lasti_dap::protocol::OutputEventBodyCategory as Category;
use serde_json::json;

use crate::support::{Debugged, WAYS};

const PROGRAM: &str = "x = 1 #@\nimport time\ntime.sleep(1000)\n";

fn framed(body: &[u8]) -> Vec<u8> {
    [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

/// What the server says, without the number of the byte.
async fn said(debugged: &mut Debugged) -> String {
    let text = debugged.client.take_output(&Category::Important).await.expect("what it says");
    let number = |text: &str| text.chars().all(|character| character.is_ascii_digit());
    text.split(' ')
        .map(|word| if number(word) && word.len() > 2 { "N" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test]
async fn what_cannot_be_framed_ends_session_and_program() {
    let ends =
        |what: &str| format!("a message cannot be read: {what} (byte N of the stream); the session ends\n");
    for over in WAYS {
        for (bytes, what) in [
            (&b"hello world\r\n\r\n"[..], "expected a header such as `Content-Length: 119`, found ` `"),
            (b"\0\0\0\0", "expected a header such as `Content-Length: 119`, found byte 0x00"),
            (b"Content-Length: 1000000000\r\n\r\n", "a body of N bytes, where N are allowed"),
            (
                b"Content-Length: -5\r\n\r\n",
                "`Content-Length` is a number of bytes in decimal digits, not `-5`",
            ),
            (b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", "a second `Content-Length` in one message"),
            (b"Other: 2\r\n\r\n{}", "headers without `Content-Length`"),
        ] {
            let mut debugged = Debugged::launch(over, PROGRAM).await;
            assert_eq!(debugged.stop().await, "breakpoint 1 <module>");
            debugged.client.send_bytes(bytes).await.expect("it is sent");
            debugged.client.closed().await.expect("the server closes the stream");
            assert_eq!(said(&mut debugged).await, ends(what));
            assert_eq!(debugged.client.terminated().await.expect("it is ended"), Some(137));
            debugged.is_clean().await;
        }
    }
}

#[tokio::test]
async fn half_a_message_and_the_end() {
    for over in WAYS {
        for bytes in [&framed(b"{\"seq\": 9}")[..20], b"Content-Le"] {
            let mut debugged = Debugged::launch(over, PROGRAM).await;
            assert_eq!(debugged.stop().await, "breakpoint 1 <module>");
            debugged.client.send_bytes(bytes).await.expect("it is sent");
            debugged.client.close().await.expect("it is closed");
            debugged.client.closed().await.expect("the server closes the stream");
            let what = "a message cannot be read: the stream ends within a message (byte N of the stream); the session ends\n";
            assert_eq!(said(&mut debugged).await, what);
            debugged.is_clean().await;
        }
    }
}

#[tokio::test]
async fn what_is_no_message_is_passed_over() {
    let over =
        |what: &str| format!("a message cannot be read: {what} (byte N of the stream); it is passed over\n");
    let mut debugged = Debugged::launch(WAYS[0], PROGRAM).await;
    assert_eq!(debugged.stop().await, "breakpoint 1 <module>");
    let deep = b"[".repeat(100_000);
    for (body, what) in [
        (&b"{\"seq\": 900, \"command\": \"\xff\"}"[..], "the message is not valid UTF-8"),
        (b"{\"seq\": 900,,}", "the message is not valid JSON: key must be a string"),
        (&deep, "the message is not valid JSON: recursion limit exceeded"),
        (b"", "the message is not valid JSON: EOF while parsing a value"),
        (b"[]", "not a protocol message: a message is an object, not an array"),
        (
            b"{\"seq\": \"9\", \"type\": \"request\"}",
            "not a protocol message: `seq` is a string, expected an integer",
        ),
        (b"{\"seq\": 900, \"type\": \"event\"}", "not a protocol message: a client sends no events"),
    ] {
        debugged.client.send_bytes(&framed(body)).await.expect("it is sent");
        debugged.ask("threads", json!({})).await.expect("the session goes on");
        assert_eq!(said(&mut debugged).await, over(what));
    }
    for (command, arguments, error) in [
        (
            "stackTrace",
            json!({"threadId": "1"}),
            "invalid arguments for `stackTrace`: `threadId`: invalid type: string \"1\", expected i32",
        ),
        (
            "stackTrace",
            json!({"threadId": 1e99}),
            "invalid arguments for `stackTrace`: `threadId`: invalid type: floating point `1e+99`, expected i32",
        ),
        ("stackTrace", json!({"threadId": -1}), "there is no such thread: it has ended"),
        ("variables", json!([]), "invalid arguments for `variables`: expected an object, found an array"),
        (
            "variables",
            json!({"variablesReference": i32::MAX}),
            "this belongs to an earlier stop: the thread has run since; ask for its stack again",
        ),
        ("makeCoffee", json!({}), "the protocol has no request `makeCoffee`"),
    ] {
        assert_eq!(debugged.ask(command, arguments).await.unwrap_err(), error);
    }
    debugged.leave().await;
}
