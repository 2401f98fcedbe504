//! The link to a server in another process: a socket.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lasti_engine::Event;
use lasti_engine::link::{Decoder, FromEngine, Hello, ToEngine, Token, encode};

use crate::Link;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the last messages may take to be sent.
const PARTING: Duration = Duration::from_secs(2);

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The server cannot be reached, or went away.
    #[error("the debug server at {address} cannot be reached: {error}")]
    Unreachable {
        /// Where it was to be.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// It is another's.
    #[error("the debug server at {address} is not the one that started this: {error}")]
    Stranger {
        /// Where it is.
        address: SocketAddr,
        /// Why.
        error: lasti_engine::link::LinkError,
    },
}

/// A link's end.
pub struct Connection {
    outgoing: Arc<Outgoing>,
    descriptors: Vec<i32>,
}

impl Connection {
    /// The descriptors of the link, which the program must not close.
    pub fn descriptors(&self) -> &[i32] {
        &self.descriptors
    }

    /// Waits until the last message, that the process ends, is sent.
    pub fn finish(self) {
        self.outgoing.finish();
    }
}

/// Links this process to the server that started it.
pub fn connect(address: SocketAddr, token: Token) -> Result<(Link, Connection), ConnectError> {
    let failed = |error| ConnectError::Unreachable { address, error };
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(failed)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    stream.write_all(&Hello::encode(token)).map_err(failed)?;
    let mut hello = [0; Hello::LENGTH];
    stream.read_exact(&mut hello).map_err(failed)?;
    Hello::check(&hello, token).map_err(|error| ConnectError::Stranger { address, error })?;
    stream.set_read_timeout(None).map_err(failed)?;
    let _ = stream.set_nodelay(true);

    let reading = stream.try_clone().map_err(failed)?;
    let descriptors = [&stream, &reading].into_iter().map(descriptor).collect();
    let mut incoming = Incoming::new(reading);
    let outgoing = Arc::new(Outgoing::new(stream));
    let writer = Arc::clone(&outgoing);
    let thread = std::thread::Builder::new().name("lasti-link-out".into());
    thread.spawn(move || writer.write_what_waits()).map_err(failed)?;
    let messages = Arc::clone(&outgoing);
    let link = Link {
        commands: Box::new(move || incoming.next()),
        messages: Box::new(move |message| messages.send(&message)),
    };
    Ok((link, Connection { outgoing, descriptors }))
}

#[cfg(unix)]
fn descriptor(stream: &TcpStream) -> i32 {
    std::os::fd::AsRawFd::as_raw_fd(stream)
}

/// Programs know sockets by no numbers that are files'.
#[cfg(not(unix))]
fn descriptor(_: &TcpStream) -> i32 {
    -1
}

/// Commands as they come.
struct Incoming {
    stream: TcpStream,
    decoder: Decoder,
    buffer: Vec<u8>,
}

impl Incoming {
    fn new(stream: TcpStream) -> Self {
        Self { stream, decoder: Decoder::default(), buffer: vec![0; 64 << 10] }
    }

    /// Waits for the next; none when the server is gone.
    fn next(&mut self) -> Option<ToEngine> {
        loop {
            match self.decoder.take() {
                Ok(Some(command)) => return Some(command),
                Ok(None) => {}
                Err(_) => {
                    let _ = self.stream.shutdown(Shutdown::Both);
                    return None;
                }
            }
            match self.stream.read(&mut self.buffer) {
                Ok(0) => return None,
                Ok(count) => self.decoder.push(&self.buffer[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }
}

/// Messages on their way. Whoever has one that somebody waits for writes it to the socket himself, if nothing waits to
/// be written before it and the socket has room. Everything else is written by a thread, as much as waits at a time: nobody
/// is held up by a server that does not read.
struct Outgoing {
    stream: TcpStream,
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    bytes: Vec<u8>,
    /// A message as bytes, where it is not among those that wait; kept for its room.
    message: Vec<u8>,
    /// The thread writes, or is about to.
    writing: bool,
    /// No message comes after the last one, or the server is gone.
    over: bool,
}

impl Outgoing {
    fn new(stream: TcpStream) -> Self {
        Self { stream, waiting: Mutex::default(), changed: Condvar::new() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, message: &FromEngine) {
        let mut waiting = self.waiting();
        let waiting = &mut *waiting;
        if waiting.over {
            return;
        }
        // What comes in numbers goes out in larger pieces.
        let urgent = !matches!(message, FromEngine::Event(Event::Output { .. } | Event::SourceLoaded(_)));
        if urgent && waiting.bytes.is_empty() && !waiting.writing {
            waiting.message.clear();
            if !frame(message, &mut waiting.message) {
                return;
            }
            let sent = send_now(&self.stream, &waiting.message);
            waiting.bytes.extend_from_slice(&waiting.message[sent..]);
        } else if !frame(message, &mut waiting.bytes) {
            return;
        }
        waiting.over = matches!(message, FromEngine::Event(Event::ProcessExited(_)));
        let begins = !waiting.bytes.is_empty() && !waiting.writing;
        waiting.writing |= begins;
        if begins || waiting.over {
            self.changed.notify_all();
        }
    }

    /// Writes what waits, until the last message is written or the server is gone.
    fn write_what_waits(&self) {
        let mut bytes = Vec::new();
        let mut waiting = self.waiting();
        loop {
            while waiting.bytes.is_empty() {
                waiting.writing = false;
                if waiting.over {
                    self.changed.notify_all();
                    return;
                }
                waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
            }
            waiting.writing = true;
            bytes.clear();
            std::mem::swap(&mut bytes, &mut waiting.bytes);
            drop(waiting);
            let gone = (&self.stream).write_all(&bytes).is_err();
            waiting = self.waiting();
            if gone {
                // What comes later concerns nobody, and must not wait for anybody.
                waiting.bytes = Vec::new();
                waiting.over = true;
            }
        }
    }

    fn finish(&self) {
        let unfinished =
            |waiting: &mut Waiting| !waiting.over || waiting.writing || !waiting.bytes.is_empty();
        let written = self.changed.wait_timeout_while(self.waiting(), PARTING, unfinished);
        drop(written.unwrap_or_else(PoisonError::into_inner));
    }
}

/// Appends a message's frame; false if there is none.
fn frame(message: &FromEngine, bytes: &mut Vec<u8>) -> bool {
    let Err(error) = encode(message, bytes) else { return true };
    // Too long, which pages and limits prevent; whoever waits for it is told.
    let FromEngine::Reply { id, .. } = *message else { return false };
    let reply = Err(lasti_engine::EngineError::Internal(error.to_string()));
    encode(&FromEngine::Reply { id, reply }, bytes).is_ok()
}

/// Sends what the socket has room for now: how many bytes. One that fails is found out by who writes the rest.
#[cfg(target_os = "linux")]
fn send_now(stream: &TcpStream, bytes: &[u8]) -> usize {
    use rustix::net::{SendFlags, send};
    send(stream, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL).unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
fn send_now(_: &TcpStream, _: &[u8]) -> usize {
    0
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use lasti_engine::event::{ExitStatus, OutputCategory};
    use lasti_engine::{EngineError, RequestId};

    use super::*;

    fn linked() -> (Arc<Outgoing>, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let outgoing = Arc::new(Outgoing::new(stream));
        let writer = Arc::clone(&outgoing);
        std::thread::spawn(move || writer.write_what_waits());
        (outgoing, listener.accept().unwrap().0)
    }

    /// Reads everything up to the last message.
    fn read(mut server: TcpStream) -> Vec<FromEngine> {
        let (mut decoder, mut buffer, mut all) = (Decoder::default(), vec![0; 64 << 10], Vec::new());
        loop {
            while let Some(message) = decoder.take().unwrap() {
                let last = matches!(message, FromEngine::Event(Event::ProcessExited(_)));
                all.push(message);
                if last {
                    return all;
                }
            }
            let count = server.read(&mut buffer).unwrap();
            assert_ne!(count, 0, "{} messages came", all.len());
            decoder.push(&buffer[..count]);
        }
    }

    fn reply(id: u64, length: usize) -> FromEngine {
        FromEngine::Reply { id: RequestId(id), reply: Err(EngineError::Internal("x".repeat(length))) }
    }

    fn output(length: usize) -> FromEngine {
        let text = vec![b'x'; length];
        FromEngine::Event(Event::Output { category: OutputCategory::Log, text, thread: None })
    }

    #[test]
    fn nobody_waits_for_a_server_that_does_not_read_and_the_order_is_kept() {
        let (outgoing, server) = linked();
        let mut all: Vec<FromEngine> = Vec::new();
        for id in 0..200 {
            all.push(reply(id, 100_000));
            all.extend((0..id % 3).map(|_| output(50_000)));
        }
        all.push(FromEngine::Event(Event::ProcessExited(ExitStatus::Code(0))));
        // More than the socket takes: were one of these to wait, all would.
        for message in &all {
            outgoing.send(message);
        }
        outgoing.send(&reply(1000, 1));
        let reading = std::thread::spawn(move || read(server));
        outgoing.finish();
        assert!(outgoing.waiting().bytes.is_empty());
        assert!(reading.join().unwrap() == all, "other messages, or another order");
    }

    #[test]
    fn a_message_that_is_too_long_is_answered_for() {
        let (outgoing, server) = linked();
        outgoing.send(&reply(1, lasti_engine::link::MAX_FRAME + 1));
        outgoing.send(&output(lasti_engine::link::MAX_FRAME + 1));
        let last = FromEngine::Event(Event::ProcessExited(ExitStatus::Code(0)));
        outgoing.send(&last);
        let got = read(server);
        let FromEngine::Reply { id: RequestId(1), reply: Err(EngineError::Internal(text)) } = &got[0] else {
            panic!("{got:?}")
        };
        assert!(text.starts_with("a message of "), "{text}");
        assert_eq!(got[1..], [last]);
    }

    #[test]
    fn a_server_that_is_gone_holds_nobody_up() {
        let (outgoing, server) = linked();
        drop(server);
        for id in 0..100 {
            outgoing.send(&reply(id, 100_000));
        }
        outgoing.finish();
        assert!(outgoing.waiting().over);
    }
}
