//! What the codecs share: asking the handler, and going on from where it says.

use rustpython_wtf8::Wtf8;

use super::{CodecError, DecodeHandler, EncodeHandler, Fault, Replacement, resolve_position};
use crate::text::{Text, decode};

/// Asks a decoder's handler and appends what it gives; returns where to go on.
#[cold]
pub(super) fn repair<E: From<CodecError>>(
    out: &mut Vec<u8>,
    input: &[u8],
    handler: DecodeHandler<'_, E>,
    (encoding, reason): (&'static str, &'static str),
    (start, end): (usize, usize),
) -> Result<usize, E> {
    let fault = Fault { encoding, start, end, reason: reason.into() };
    let (text, position) = handler(&fault)?;
    out.extend_from_slice(text.as_bytes());
    resolve_position(position as isize, input.len()).map_err(|error| CodecError::from(error).into())
}

/// An encoder: how it writes one code point, and what it calls what it can't.
pub(super) struct Encoder<W> {
    pub(super) encoding: &'static str,
    pub(super) reason: &'static str,
    /// Whether neighbours that can't be encoded make one fault.
    pub(super) runs: bool,
    /// Bytes from a handler must be a multiple of this.
    pub(super) unit: usize,
    /// Appends a code point's bytes; false where there are none.
    pub(super) write: W,
}

impl<W: FnMut(u32, &mut Vec<u8>) -> bool> Encoder<W> {
    pub(super) fn encode<E: From<CodecError>>(
        mut self,
        text: &Wtf8,
        mut out: Vec<u8>,
        handler: EncodeHandler<'_, E>,
    ) -> Result<Vec<u8>, E> {
        let bytes = text.as_bytes();
        let (mut at, mut index) = (0, 0);
        while let Some((c, len)) = decode(&bytes[at..]) {
            if (self.write)(c, &mut out) {
                at += len;
                index += 1;
                continue;
            }
            let start = index;
            (at, index) = (at + len, index + 1);
            let mut probe = Vec::new();
            while self.runs
                && let Some((c, len)) = decode(&bytes[at..])
                && !(self.write)(c, &mut probe)
            {
                (at, index) = (at + len, index + 1);
            }
            let reason = self.reason.into();
            let fault = Fault { encoding: self.encoding, start, end: index, reason };
            let (replacement, position) = handler(&fault)?;
            self.replace(&mut out, replacement, &fault)?;
            if position != index {
                let whole = Text::new(text);
                index = resolve_position(position as isize, whole.len()).map_err(CodecError::from)?;
                at = whole.byte_index(index);
            }
        }
        Ok(out)
    }

    fn replace(
        &mut self,
        out: &mut Vec<u8>,
        replacement: Replacement,
        fault: &Fault,
    ) -> Result<(), CodecError> {
        let refuse = || Err(CodecError::Encode(fault.clone()));
        match replacement {
            Replacement::Bytes(bytes) if bytes.len() % self.unit != 0 => return refuse(),
            Replacement::Bytes(bytes) => out.extend(bytes),
            // The encodings of all of Unicode take no text but ASCII.
            Replacement::Text(text) if self.encoding.starts_with("utf-") && !text.as_bytes().is_ascii() => {
                return refuse();
            }
            Replacement::Text(text) => {
                for c in text.code_points() {
                    if !(self.write)(c.to_u32(), out) {
                        return refuse();
                    }
                }
            }
        }
        Ok(())
    }
}
