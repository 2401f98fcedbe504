use proptest::prelude::*;
use serde_json::json;

use super::*;

fn framed(body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    encode(body.as_ref(), &mut out);
    out
}

/// Everything that a stream gives when it comes in these pieces, as text.
fn decode_pieces<'a>(limits: Limits, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut decoder = Decoder::new(limits);
    let mut found = Vec::new();
    for piece in pieces {
        decoder.feed(piece);
        loop {
            match decoder.next() {
                Ok(Some(message)) => found.push(format!("{message:?}")),
                Ok(None) => break,
                Err(error) => {
                    found.push(format!("{}{error}", if error.ends_stream() { "END " } else { "" }));
                    if error.ends_stream() {
                        assert_eq!(decoder.next(), Err(error.clone()), "the same for ever");
                        assert_eq!(decoder.finish(), Err(error));
                        return found;
                    }
                }
            }
        }
    }
    if let Err(error) = decoder.finish() {
        found.push(format!("END {error}"));
    }
    found
}

fn decode(bytes: &[u8]) -> Vec<String> {
    decode_pieces(Limits::default(), [bytes])
}

const THREADS: &str = r#"{"seq":1,"type":"request","command":"threads"}"#;
const THREADS_READ: &str = r#"Request { seq: 1, command: "threads", arguments: None }"#;

fn check(bytes: impl AsRef<[u8]>, expected: &[&str]) {
    assert_eq!(decode(bytes.as_ref()), expected);
}

#[test]
fn headers_in_any_order_and_case() {
    let length = THREADS.len();
    check(format!("Content-Length: {length}\r\n\r\n{THREADS}"), &[THREADS_READ]);
    check(
        format!(
            "Content-Type: application/json; charset=utf-8\r\nCONTENT-length:\t{length} \r\n\r\n{THREADS}"
        ),
        &[THREADS_READ],
    );
    check(format!("content-length:{length}\r\nX-Anything:\r\n\r\n{THREADS}"), &[THREADS_READ]);
    check(format!("Content-Length: 000{length}\r\n\r\n{THREADS}"), &[THREADS_READ]);
}

#[test]
fn lengths_count_bytes() {
    check(
        framed(r#"{"seq":1,"type":"request","command":"é"}"#),
        &["Request { seq: 1, command: \"é\", arguments: None }"],
    );
}

#[test]
fn an_end_between_messages_is_no_error() {
    check("", &[]);
    check(framed(THREADS).repeat(2), &[THREADS_READ, THREADS_READ]);
}

#[test]
fn half_messages() {
    check("Content-Le", &["END the stream ends within a message (byte 10 of the stream)"]);
    check("Content-Length: 5\r\n\r\n{", &["END the stream ends within a message (byte 22 of the stream)"]);
    check("Content-Length: 5\r\n\r\n", &["END the stream ends within a message (byte 21 of the stream)"]);
    let mut bytes = framed(THREADS);
    bytes.extend(b"C");
    check(bytes, &[THREADS_READ, "END the stream ends within a message (byte 69 of the stream)"]);
}

#[test]
fn garbage_instead_of_headers() {
    check(
        r#"{"seq":1}"#,
        &["END expected a header such as `Content-Length: 119`, found `{` (byte 0 of the stream)"],
    );
    check(
        "GET / HTTP/1.1\r\n\r\n",
        &["END expected a header such as `Content-Length: 119`, found ` ` (byte 3 of the stream)"],
    );
    check(
        b"\xff\xfe",
        &["END expected a header such as `Content-Length: 119`, found byte 0xff (byte 0 of the stream)"],
    );
    check(
        ": 5\r\n\r\n",
        &["END expected a header such as `Content-Length: 119`, found `:` (byte 0 of the stream)"],
    );
    let mut bytes = framed(THREADS);
    bytes.extend(b"print\n");
    check(
        bytes,
        &[
            THREADS_READ,
            "END expected a header such as `Content-Length: 119`, found byte 0x0a (byte 73 of the stream)",
        ],
    );
}

#[test]
fn line_ends() {
    check(
        "Content-Length: 5\n\n",
        &["END a header ends in carriage return and line feed, found byte 0x0a (byte 17 of the stream)"],
    );
    check(
        "Content-Length: 5\rX",
        &["END a header ends in carriage return and line feed, found `X` (byte 18 of the stream)"],
    );
}

#[test]
fn lengths_absent_and_absurd() {
    check("\r\n", &["END headers without `Content-Length` (byte 0 of the stream)"]);
    check("A: b\r\n\r\n", &["END headers without `Content-Length` (byte 6 of the stream)"]);
    check(
        "Content-Length: 1073741824\r\n\r\n",
        &["END a body of 1073741824 bytes, where 67108864 are allowed (byte 15 of the stream)"],
    );
    check(
        "Content-Length: 99999999999999999999999\r\n",
        &["END a body of 99999999999999999999999 bytes, where 67108864 are allowed (byte 15 of the stream)"],
    );
    for length in ["-1", "", "1e3", "0x10", "+5", "5 5"] {
        check(
            format!("Content-Length: {length}\r\n"),
            &[&format!(
                "END `Content-Length` is a number of bytes in decimal digits, not `{length}` \
                 (byte 15 of the stream)"
            )],
        );
    }
    check(
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        &["END a second `Content-Length` in one message (byte 19 of the stream)"],
    );
}

#[test]
fn headers_have_a_limit() {
    let endless = "X".repeat(9000);
    check(endless, &["END headers of more than 8192 bytes (byte 8192 of the stream)"]);
    let many = "a: b\r\n".repeat(2000);
    check(many, &["END headers of more than 8192 bytes (byte 8192 of the stream)"]);
    let limits = Limits { headers: 21, body: 2 };
    let found = decode_pieces(limits, [b"Content-Length: 2\r\n\r\n{}".as_slice()]);
    assert_eq!(
        found,
        ["not a protocol message: `type` is missing, expected a string (byte 21 of the stream)"],
        "both limits are inclusive"
    );
}

#[test]
fn an_announced_length_takes_no_memory() {
    let mut decoder = Decoder::default();
    decoder.feed(b"Content-Length: 67108864\r\n\r\n");
    assert_eq!(decoder.next(), Ok(None));
    assert!(decoder.buffer.capacity() < 1024);
}

#[test]
fn the_stream_goes_on_after_a_bad_body() {
    let bad: [(&[u8], &str); 6] = [
        (b"", "the message is not valid JSON: EOF while parsing a value (byte 21 of the stream)"),
        (b"{\"a\":\n  tru}", "the message is not valid JSON: expected ident (byte 33 of the stream)"),
        (b"{\"a\":\"\xff\"}", "the message is not valid UTF-8 (byte 27 of the stream)"),
        (b"{} {}", "the message is not valid JSON: trailing characters (byte 24 of the stream)"),
        (b"[]", "not a protocol message: a message is an object, not an array (byte 21 of the stream)"),
        (
            b"{\"type\":\"request\",\"seq\":9}",
            "not a protocol message: `command` is missing, expected a string (byte 22 of the stream)",
        ),
    ];
    for (body, error) in bad {
        let mut bytes = framed(body);
        bytes.extend(framed(THREADS));
        check(bytes, &[error, THREADS_READ]);
    }
}

#[test]
fn deep_nesting_is_an_error() {
    let found = decode(&framed("[".repeat(100_000)));
    assert_eq!(found, ["the message is not valid JSON: recursion limit exceeded (byte 153 of the stream)"]);
}

/// Streams of messages, good and bad, perhaps with garbage at the end.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let message = prop_oneof![
        any::<i64>()
            .prop_map(|seq| framed(json!({"seq": seq, "type": "request", "command": "x"}).to_string())),
        "\\PC{0,40}".prop_map(framed),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(framed),
        "[a-zA-Z-]{1,9}: ?[ -~]{0,9}"
            .prop_map(|header| format!("{header}\r\nContent-Length: 2\r\n\r\n{{}}").into()),
    ];
    let garbage = prop_oneof![
        Just(Vec::new()),
        "[CcoOnt:\r\n0-9 -]{0,30}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..30),
    ];
    (prop::collection::vec(message, 0..5), garbage)
        .prop_map(|(messages, garbage)| [messages.concat(), garbage].concat())
}

proptest! {
    #[test]
    fn any_pieces_give_the_same(bytes in stream(), sizes in prop::collection::vec(1_usize..60, 1..20)) {
        let mut rest = bytes.as_slice();
        let mut pieces = Vec::new();
        for &size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, behind) = rest.split_at(size.min(rest.len()));
            pieces.push(piece);
            rest = behind;
        }
        let limits = Limits { headers: 64, body: 100 };
        let whole = decode_pieces(limits, [bytes.as_slice()]);
        prop_assert_eq!(decode_pieces(limits, pieces), whole.clone());
        prop_assert_eq!(decode_pieces(limits, bytes.chunks(1)), whole);
    }

    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        // It is a header's first byte, or an error; there is nothing else.
        let found = decode(&bytes);
        prop_assert_eq!(found.is_empty(), bytes.is_empty());
    }

    #[test]
    fn what_is_encoded_is_decoded(seq in any::<i64>(), command in "\\PC{0,20}") {
        let body = json!({"seq": seq, "type": "request", "command": command}).to_string();
        let mut decoder = Decoder::default();
        decoder.feed(&framed(body));
        prop_assert_eq!(decoder.next(), Ok(Some(Incoming::Request { seq, command, arguments: None })));
        prop_assert_eq!(decoder.finish(), Ok(()));
    }
}
