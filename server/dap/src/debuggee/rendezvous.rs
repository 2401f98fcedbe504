//! Where a debuggee's process finds its server: a local socket and a token of one use, told in two environment
//! variables. The server listens, the debuggee connects; each shows the other the token before anything else
//! is said.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use lasti_engine::link::{Hello, LinkError, Token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::StartError;

/// The environment variable with the address, such as `127.0.0.1:4711`. A debuggee takes both variables out of
/// its environment before the program begins.
pub const LINK_ADDRESS: &str = "LASTI_LINK_ADDRESS";
/// The environment variable with the token: 64 hexadecimal digits.
pub const LINK_TOKEN: &str = "LASTI_LINK_TOKEN";

/// How long a peer may take for its hello.
const HELLO: Duration = Duration::from_secs(5);

/// What a debuggee has to know.
#[derive(Clone, Copy, Debug)]
pub struct Rendezvous {
    /// Where the server listens.
    pub address: SocketAddr,
    /// What to show it.
    pub token: Token,
}

impl Rendezvous {
    /// The variables to start a debuggee with.
    pub fn variables(&self) -> [(&'static str, String); 2] {
        let token = self.token.0.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        [(LINK_ADDRESS, self.address.to_string()), (LINK_TOKEN, token)]
    }

    /// What the two variables of a debuggee say; `None` if there is none of them.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, StartError> {
        let (address, token) = match (variable(LINK_ADDRESS), variable(LINK_TOKEN)) {
            (None, None) => return Ok(None),
            (Some(address), Some(token)) => (address, token),
            _ => {
                let reason = format!("{LINK_ADDRESS} and {LINK_TOKEN} come together");
                return Err(StartError(reason));
            }
        };
        let invalid = |name: &str| StartError(format!("{name} is not what a server sets"));
        let address = address.parse().map_err(|_| invalid(LINK_ADDRESS))?;
        let mut bytes = [0; 32];
        let digits = token.as_bytes();
        if digits.len() != 64 {
            return Err(invalid(LINK_TOKEN));
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let value = |digit: u8| (digit as char).to_digit(16).ok_or_else(|| invalid(LINK_TOKEN));
            *byte = (value(pair[0])? << 4 | value(pair[1])?) as u8;
        }
        Ok(Some(Self { address, token: Token(bytes) }))
    }
}

/// The server's end, waiting.
pub(super) struct Waiting {
    listener: TcpListener,
    token: Token,
}

impl Waiting {
    pub(super) async fn new() -> Result<Self, StartError> {
        let failed = |what: &str, error: &dyn std::fmt::Display| StartError(format!("{what}: {error}"));
        let mut token = [0; 32];
        getrandom::fill(&mut token).map_err(|error| failed("no random numbers for a token", &error))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|error| failed("no local socket for the debuggee", &error))?;
        Ok(Self { listener, token: Token(token) })
    }

    pub(super) fn rendezvous(&self) -> Result<Rendezvous, StartError> {
        let address = self.listener.local_addr().map_err(|error| StartError(error.to_string()))?;
        Ok(Rendezvous { address, token: self.token })
    }

    /// The debuggee's connection. Others are turned away, each by itself, so that none can hold it up.
    pub(super) async fn peer(self) -> Result<TcpStream, StartError> {
        let (sender, mut known) = mpsc::channel(1);
        // Those still being looked at are closed when the set is dropped.
        let mut strangers = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    let (token, sender) = (self.token, sender.clone());
                    strangers.spawn(async move {
                        if let Ok(Some(outcome)) = timeout(HELLO, greet(stream, token)).await {
                            let _ = sender.send(outcome).await;
                        }
                    });
                }
                Some(outcome) = known.recv() => {
                    return outcome.map_err(|error| StartError(error.to_string()));
                }
                Some(_) = strangers.join_next() => {}
            }
        }
    }
}

/// Looks at a peer's hello and sends the own one. `None` if it is not the debuggee.
async fn greet(mut stream: TcpStream, token: Token) -> Option<Result<TcpStream, LinkError>> {
    let mut hello = [0; Hello::LENGTH];
    stream.read_exact(&mut hello).await.ok()?;
    match Hello::check(&hello, token) {
        Ok(()) => {}
        // A debuggee of another installation: waiting would bring nothing better.
        Err(error @ LinkError::Version { .. }) => return Some(Err(error)),
        Err(_) => return None,
    }
    stream.write_all(&Hello::encode(token)).await.ok()?;
    let _ = stream.set_nodelay(true);
    Some(Ok(stream))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[tokio::test]
    async fn a_debuggee_reads_what_the_server_sets() {
        let waiting = Waiting::new().await.unwrap();
        let set = waiting.rendezvous().unwrap();
        let mut variables = BTreeMap::from(set.variables());
        let read = |variables: &BTreeMap<_, String>| {
            Rendezvous::read(|name| variables.get(name).cloned()).map_err(|error| error.to_string())
        };
        let got = read(&variables).unwrap().unwrap();
        assert_eq!((got.address, got.token.0), (set.address, set.token.0));
        assert!(got.address.ip().is_loopback());
        variables.insert(LINK_TOKEN, "xy".repeat(32));
        assert_eq!(read(&variables).unwrap_err(), "LASTI_LINK_TOKEN is not what a server sets");
        variables.remove(LINK_TOKEN);
        assert!(read(&variables).is_err());
        variables.clear();
        assert!(read(&variables).unwrap().is_none());
    }

    #[tokio::test]
    async fn strangers_are_turned_away_and_hold_nobody_up() {
        let waiting = Waiting::new().await.unwrap();
        let Rendezvous { address, token } = waiting.rendezvous().unwrap();
        let peer = tokio::spawn(waiting.peer());
        let _silent = TcpStream::connect(address).await.unwrap();
        let mut wrong = TcpStream::connect(address).await.unwrap();
        wrong.write_all(&Hello::encode(Token([1; 32]))).await.unwrap();
        assert_eq!(wrong.read(&mut [0; 8]).await.unwrap(), 0, "it gets no answer");
        let mut right = TcpStream::connect(address).await.unwrap();
        right.write_all(&Hello::encode(token)).await.unwrap();
        let mut hello = [0; Hello::LENGTH];
        right.read_exact(&mut hello).await.unwrap();
        Hello::check(&hello, token).unwrap();
        assert_eq!(peer.await.unwrap().unwrap().peer_addr().unwrap(), right.local_addr().unwrap());
    }
}
