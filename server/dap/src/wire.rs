//! Framing: `Content-Length` headers, a blank line, a JSON body; and back.
//!
//! [`Decoder`] is fed bytes in whatever pieces they arrive and gives messages; it reads no stream itself, so
//! the same code serves a tokio task (`read`, `feed`, `next` until `None`), a thread and a test. What a message asks for is not looked at.
//!
//! Headers may come in any order and case; others than `Content-Length` are ignored. Every error says what
//! is wrong and at which byte of the stream. After a bad body the stream goes on: its length was known, so
//! the next message is found. After a bad header it cannot.

use serde_json::Value;

use crate::protocol::{Incoming, InvalidMessage};

/// The only header that the protocol defines.
const CONTENT_LENGTH: &str = "Content-Length";

/// The room that the decoder keeps between messages, in bytes.
const KEPT: usize = 1 << 20;

/// How much of a stream is read before it is given up. Memory grows with the bytes that came, never with
/// a length that was only announced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The bytes of a message's headers, the blank line included.
    pub headers: usize,
    /// The bytes of a message's body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { headers: 8 << 10, body: 64 << 20 }
    }
}

/// Bytes that are no message.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{kind} (byte {at} of the stream)")]
pub struct WireError {
    /// The byte of the stream, counted from 0.
    pub at: u64,
    /// What is wrong there.
    pub kind: WireErrorKind,
}

/// What is wrong with bytes from a client.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WireErrorKind {
    /// Something else than a header where one begins.
    #[error("expected a header such as `Content-Length: 119`, found {}", shown(*.0))]
    NotAHeader(u8),
    /// A line feed without carriage return, or the reverse.
    #[error("a header ends in carriage return and line feed, found {}", shown(*.0))]
    LineEnd(u8),
    /// Headers beyond [`Limits::headers`].
    #[error("headers of more than {0} bytes")]
    HeadersTooLong(usize),
    /// A second `Content-Length`.
    #[error("a second `Content-Length` in one message")]
    SecondLength,
    /// A `Content-Length` that is no number.
    #[error("`Content-Length` is a number of bytes in decimal digits, not `{0}`")]
    InvalidLength(String),
    /// Headers without `Content-Length`.
    #[error("headers without `Content-Length`")]
    NoLength,
    /// A body beyond [`Limits::body`].
    #[error("a body of {length} bytes, where {limit} are allowed")]
    BodyTooLong {
        /// The announced length, as written.
        length: String,
        /// The limit.
        limit: usize,
    },
    /// The stream's end within a message.
    #[error("the stream ends within a message")]
    Truncated,
    /// A body that is not UTF-8.
    #[error("the message is not valid UTF-8")]
    NotUtf8,
    /// A body that is not JSON.
    #[error("the message is not valid JSON: {0}")]
    NotJson(String),
    /// JSON that is no message.
    #[error("not a protocol message: {0}")]
    NotAMessage(InvalidMessage),
}

impl WireError {
    /// Whether nothing after it can be read. Otherwise the decoder goes on behind the bad message.
    pub fn ends_stream(&self) -> bool {
        !matches!(
            self.kind,
            WireErrorKind::NotUtf8 | WireErrorKind::NotJson(_) | WireErrorKind::NotAMessage(_)
        )
    }
}

fn shown(byte: u8) -> String {
    match byte {
        b' '..=b'~' => format!("`{}`", byte as char),
        _ => format!("byte 0x{byte:02x}"),
    }
}

/// Bytes to messages.
#[derive(Debug, Default)]
pub struct Decoder {
    limits: Limits,
    /// Bytes that came and were not taken yet begin at `buffer[taken]`.
    buffer: Vec<u8>,
    taken: usize,
    /// Where in the stream `buffer[0]` is.
    base: u64,
    state: Reading,
}

#[derive(Debug)]
enum Reading {
    Headers(Headers),
    Body { length: usize },
    Failed(WireError),
}

impl Default for Reading {
    fn default() -> Self {
        Self::Headers(Headers::default())
    }
}

/// How far the headers of the next message were looked at. They begin at `buffer[taken]`.
#[derive(Debug, Default)]
struct Headers {
    /// Bytes seen.
    seen: usize,
    /// Where the present line begins.
    line: usize,
    /// Where its value begins, once the colon came.
    value: Option<usize>,
    /// The last byte was a carriage return.
    carriage_return: bool,
    length: Option<usize>,
}

impl Decoder {
    /// A decoder with limits of its own.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes bytes in, as they come.
    pub fn feed(&mut self, bytes: &[u8]) {
        if matches!(self.state, Reading::Failed(_)) {
            return;
        }
        if self.taken > 0 {
            self.buffer.drain(..self.taken);
            self.base += self.taken as u64;
            self.taken = 0;
            // The room of an unusually long message is given back.
            if self.buffer.len() < KEPT {
                self.buffer.shrink_to(KEPT);
            }
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next message, or `None` where more bytes are needed. After an error that
    /// [ends the stream](WireError::ends_stream) it is that error for ever.
    #[allow(clippy::should_implement_trait, reason = "`None` is not the end, more bytes may come")]
    pub fn next(&mut self) -> Result<Option<Incoming>, WireError> {
        self.next_as(Incoming::from_json)
    }

    /// As [`Self::next`], for messages that `read` makes of JSON: a client's are other ones than a server's.
    pub fn next_as<T>(
        &mut self,
        read: impl FnOnce(Value) -> Result<T, InvalidMessage>,
    ) -> Result<Option<T>, WireError> {
        loop {
            match &mut self.state {
                Reading::Headers(headers) => {
                    let found = headers.read(&self.buffer[self.taken..], self.limits);
                    match found {
                        Ok(None) => return Ok(None),
                        Ok(Some(length)) => {
                            self.taken += headers.seen;
                            self.state = Reading::Body { length };
                        }
                        Err((at, kind)) => {
                            let error = WireError { at: self.position(at), kind };
                            self.state = Reading::Failed(error);
                            self.buffer = Vec::new();
                        }
                    }
                }
                &mut Reading::Body { length } => {
                    let Some(body) = self.buffer[self.taken..].get(..length) else { return Ok(None) };
                    let message = message(body, read);
                    let start = self.position(0);
                    self.taken += length;
                    self.state = Reading::default();
                    return message.map(Some).map_err(|(at, kind)| WireError { at: start + at as u64, kind });
                }
                Reading::Failed(error) => return Err(error.clone()),
            }
        }
    }

    /// To be asked at the stream's end, when [`Self::next`] has no more: was it between two messages?
    pub fn finish(&self) -> Result<(), WireError> {
        match &self.state {
            Reading::Failed(error) => Err(error.clone()),
            Reading::Headers(_) if self.taken == self.buffer.len() => Ok(()),
            _ => {
                let at = self.base + self.buffer.len() as u64;
                Err(WireError { at, kind: WireErrorKind::Truncated })
            }
        }
    }

    fn position(&self, at: usize) -> u64 {
        self.base + (self.taken + at) as u64
    }
}

type At<T> = Result<T, (usize, WireErrorKind)>;

impl Headers {
    /// Looks at the bytes that came since; the body's length when the blank line has come.
    fn read(&mut self, bytes: &[u8], limits: Limits) -> At<Option<usize>> {
        while let Some(&byte) = bytes.get(self.seen) {
            let at = self.seen;
            if at >= limits.headers {
                return Err((at, WireErrorKind::HeadersTooLong(limits.headers)));
            }
            self.seen += 1;
            if self.carriage_return {
                if byte != b'\n' {
                    return Err((at, WireErrorKind::LineEnd(byte)));
                }
                self.carriage_return = false;
                let Some(value) = self.value.take() else {
                    return self.length.map(Some).ok_or((self.line, WireErrorKind::NoLength));
                };
                self.header(&bytes[self.line..value - 1], &bytes[value..at - 1], value, limits)?;
                self.line = self.seen;
                continue;
            }
            match byte {
                b'\r' if self.value.is_some() || at == self.line => self.carriage_return = true,
                b'\n' if self.value.is_some() || at == self.line => {
                    return Err((at, WireErrorKind::LineEnd(byte)));
                }
                _ if self.value.is_some() => {}
                b':' if at > self.line => self.value = Some(self.seen),
                byte if is_name(byte) => {}
                byte => return Err((at, WireErrorKind::NotAHeader(byte))),
            }
        }
        Ok(None)
    }

    fn header(&mut self, name: &[u8], value: &[u8], value_at: usize, limits: Limits) -> At<()> {
        if !name.eq_ignore_ascii_case(CONTENT_LENGTH.as_bytes()) {
            return Ok(());
        }
        if self.length.is_some() {
            return Err((self.line, WireErrorKind::SecondLength));
        }
        let digits = value.trim_ascii();
        let text = String::from_utf8_lossy(digits).into_owned();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return Err((value_at, WireErrorKind::InvalidLength(text)));
        }
        // Digits that are too many for a number are too many for a body.
        match text.parse::<usize>() {
            Ok(length) if length <= limits.body => self.length = Some(length),
            _ => {
                let kind = WireErrorKind::BodyTooLong { length: text, limit: limits.body };
                return Err((value_at, kind));
            }
        }
        Ok(())
    }
}

/// The bytes of a header's name (RFC 9110, `token`).
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn message<T>(body: &[u8], read: impl FnOnce(Value) -> Result<T, InvalidMessage>) -> At<T> {
    let text = std::str::from_utf8(body).map_err(|error| (error.valid_up_to(), WireErrorKind::NotUtf8))?;
    // Its nesting is bounded by serde_json.
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let at = byte_of(text, error.line(), error.column());
        let reason = error.to_string();
        // The place is told in bytes of the stream.
        let reason = reason.split(" at line ").next().unwrap_or_default();
        (at, WireErrorKind::NotJson(reason.to_owned()))
    })?;
    read(value).map_err(|error| (0, WireErrorKind::NotAMessage(error)))
}

/// The byte at a line and column as serde_json counts them: from 1, columns in bytes.
fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}

/// Appends a message's body to `out`, behind its header.
pub fn encode(body: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{CONTENT_LENGTH}: {}\r\n\r\n", body.len()).as_bytes());
    out.extend_from_slice(body);
}

#[cfg(test)]
mod tests;
