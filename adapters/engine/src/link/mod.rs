//! Messages as bytes, for an engine in another process. The sockets are somebody else's: this takes bytes as
//! they come and gives bytes to send.
//!
//! A link begins with one [`Hello`] each way, of fixed length and layout in every version:
//!
//! ```text
//! "LASTI\0"  6 bytes   version  u16, little endian   token  32 bytes
//! ```
//!
//! The engine, which connects, sends first; it sends the token it was started with. The client sends the same
//! token back. Who gets a wrong one closes the link. Then come frames:
//!
//! ```text
//! length  u32, little endian, at most MAX_FRAME   body  that many bytes: a message in postcard's encoding
//! ```
//!
//! Postcard is compact and not self-describing; both ends are one build, which [`VERSION`] sees to. No message
//! is recursive, so a hostile one cannot exhaust the stack; lists read from a frame take memory only as their
//! items are found in it, at most some fifty times the frame's length; a frame with bytes left over or too few
//! is refused. After an error the link is of no more use, and is to be closed: see the crate's "A lost peer".

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::command::{Command, Reply};
use crate::error::EngineError;
use crate::event::Event;
use crate::ids::RequestId;

/// The version of the messages. To be raised with every change of them; a test knows their bytes.
pub const VERSION: u16 = 2;

/// The longest body of a frame, in bytes. Pages and output are cut so that no message comes near it.
pub const MAX_FRAME: usize = 4 << 20;

/// What a client sends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ToEngine {
    /// Numbered by the client, each higher than the last.
    pub id: RequestId,
    /// What is asked.
    pub command: Command,
}

/// What an engine sends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FromEngine {
    /// The one reply to a command.
    Reply {
        /// The command.
        id: RequestId,
        /// The answer.
        reply: Result<Reply, EngineError>,
    },
    /// An event.
    Event(Event),
}

/// What is wrong with a link.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkError {
    /// The peer is something else.
    #[error("the peer is no Lasti process")]
    NoLasti,
    /// The peer is of another version.
    #[error(
        "the peer speaks version {theirs} of the link, this is {VERSION}: start both from one installation"
    )]
    Version {
        /// Its version.
        theirs: u16,
    },
    /// The peer was not started for this session.
    #[error("the peer does not know this session's token")]
    Token,
    /// A frame is too long; when encoding, it is not sent.
    #[error("a message of {length} bytes: the longest is {MAX_FRAME}")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// A frame is no message.
    #[error("a frame of {length} bytes holds no message")]
    Malformed {
        /// Its length.
        length: usize,
    },
}

/// The secret that the two ends of a link know each other by, for one session.
#[derive(Clone, Copy)]
pub struct Token(pub [u8; 32]);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

/// The first bytes of a link.
#[derive(Clone, Copy, Debug)]
pub struct Hello;

impl Hello {
    const MAGIC: [u8; 6] = *b"LASTI\0";

    /// How many bytes it has.
    pub const LENGTH: usize = 40;

    /// The bytes to send.
    pub fn encode(token: Token) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[..6].copy_from_slice(&Self::MAGIC);
        bytes[6..8].copy_from_slice(&VERSION.to_le_bytes());
        bytes[8..].copy_from_slice(&token.0);
        bytes
    }

    /// Whether these are the bytes of the peer that was waited for. The token is compared in constant time.
    pub fn check(bytes: &[u8; Self::LENGTH], token: Token) -> Result<(), LinkError> {
        if bytes[..6] != Self::MAGIC {
            return Err(LinkError::NoLasti);
        }
        let theirs = u16::from_le_bytes([bytes[6], bytes[7]]);
        if theirs != VERSION {
            return Err(LinkError::Version { theirs });
        }
        let different = bytes[8..].iter().zip(&token.0).fold(0, |sum, (one, two)| sum | (one ^ two));
        if different == 0 { Ok(()) } else { Err(LinkError::Token) }
    }
}

/// Appends a message's frame to `out`, which stays as it was if there is an error.
pub fn encode(message: &impl Serialize, out: &mut Vec<u8>) -> Result<(), LinkError> {
    let body = postcard::to_allocvec(message).map_err(|_| LinkError::Malformed { length: 0 })?;
    if body.len() > MAX_FRAME {
        return Err(LinkError::TooLong { length: body.len() });
    }
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(&body);
    Ok(())
}

/// Bytes as they come, to be taken out as messages.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    taken: usize,
    failed: Option<LinkError>,
}

impl Decoder {
    /// Takes bytes that came. Who reads a socket takes all messages out before it reads on: then this holds no
    /// more than one frame and what was read with it.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.bytes.drain(..self.taken);
            self.taken = 0;
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// The next message; `None` if it has not come whole. After an error the same error again.
    pub fn take<T: DeserializeOwned>(&mut self) -> Result<Option<T>, LinkError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let message = self.read();
        if let Err(error) = &message {
            *self = Self { failed: Some(error.clone()), ..Self::default() };
        }
        message
    }

    fn read<T: DeserializeOwned>(&mut self) -> Result<Option<T>, LinkError> {
        let Some((length, rest)) = self.bytes[self.taken..].split_first_chunk::<4>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*length) as usize;
        if length > MAX_FRAME {
            return Err(LinkError::TooLong { length });
        }
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let malformed = LinkError::Malformed { length };
        let (message, left) = postcard::take_from_bytes(body).map_err(|_| malformed.clone())?;
        if !left.is_empty() {
            return Err(malformed);
        }
        self.taken += 4 + length;
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests;
