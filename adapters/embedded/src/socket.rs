//! The link to a server in another process: a socket, read and written by a thread each.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
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

/// The threads of a link.
pub struct Connection {
    written: Receiver<()>,
}

impl Connection {
    /// Waits until the last message, that the process ends, is sent.
    pub fn finish(self) {
        let _ = self.written.recv_timeout(PARTING);
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

    let (to_engine, commands) = crossbeam_channel::unbounded();
    let (messages, from_engine) = crossbeam_channel::unbounded();
    let (done, written) = bounded(1);
    let reading = stream.try_clone().map_err(failed)?;
    let thread = |name: &str| std::thread::Builder::new().name(name.into());
    thread("lasti-link-in").spawn(move || read(reading, &to_engine)).map_err(failed)?;
    thread("lasti-link-out").spawn(move || write(stream, &from_engine, &done)).map_err(failed)?;
    Ok((Link { commands, messages }, Connection { written }))
}

/// Passes commands on until the server is gone, which closes the channel.
fn read(mut stream: TcpStream, commands: &Sender<ToEngine>) {
    let mut decoder = Decoder::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => decoder.push(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        }
        loop {
            match decoder.take() {
                Ok(None) => break,
                Ok(Some(command)) => {
                    if commands.send(command).is_err() {
                        return;
                    }
                }
                Err(_) => {
                    let _ = stream.shutdown(Shutdown::Both);
                    return;
                }
            }
        }
    }
}

/// Sends messages up to the last.
fn write(mut stream: TcpStream, messages: &Receiver<FromEngine>, done: &Sender<()>) {
    let mut bytes = Vec::new();
    while let Ok(message) = messages.recv() {
        bytes.clear();
        let last = matches!(message, FromEngine::Event(Event::ProcessExited(_)));
        if let Err(error) = encode(&message, &mut bytes) {
            // Too long, which pages and limits prevent; whoever waits for it is told.
            let FromEngine::Reply { id, .. } = message else { continue };
            let reply = Err(lasti_engine::EngineError::Internal(error.to_string()));
            if encode(&FromEngine::Reply { id, reply }, &mut bytes).is_err() {
                continue;
            }
        }
        if stream.write_all(&bytes).is_err() {
            break;
        }
        if last {
            break;
        }
    }
    let _ = done.send(());
    // What comes later concerns nobody, and must not wait for anybody.
    while messages.recv().is_ok() {}
}
