//! ASCII and Latin-1.

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use super::driver::{Encoder, repair};
use super::{CodecError, DecodeHandler, EncodeHandler};
use crate::text::from_parts;

/// Decodes ASCII.
pub fn decode_ascii<E: From<CodecError>>(input: &[u8], handler: DecodeHandler<'_, E>) -> Result<Wtf8Buf, E> {
    let mut out = Vec::with_capacity(input.len());
    let mut at = 0;
    loop {
        let rest = &input[at..];
        let plain = rest.iter().position(|&byte| byte >= 0x80).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..plain]);
        at += plain;
        if at == input.len() {
            return Ok(from_parts(out));
        }
        let fault = ("ascii", "ordinal not in range(128)");
        at = repair(&mut out, input, handler, fault, (at, at + 1))?;
    }
}

/// Decodes Latin-1: each byte is a code point.
pub fn decode_latin1(input: &[u8]) -> Wtf8Buf {
    if let Ok(text) = std::str::from_utf8(input)
        && text.is_ascii()
    {
        return text.into();
    }
    Wtf8Buf::from_string(input.iter().map(|&byte| byte as char).collect())
}

/// Encodes to ASCII.
pub fn encode_ascii<E: From<CodecError>>(text: &Wtf8, handler: EncodeHandler<'_, E>) -> Result<Vec<u8>, E> {
    encode_below(text, 0x80, "ascii", "ordinal not in range(128)", handler)
}

/// Encodes to Latin-1.
pub fn encode_latin1<E: From<CodecError>>(text: &Wtf8, handler: EncodeHandler<'_, E>) -> Result<Vec<u8>, E> {
    encode_below(text, 0x100, "latin-1", "ordinal not in range(256)", handler)
}

fn encode_below<E: From<CodecError>>(
    text: &Wtf8,
    limit: u32,
    encoding: &'static str,
    reason: &'static str,
    handler: EncodeHandler<'_, E>,
) -> Result<Vec<u8>, E> {
    if text.as_bytes().is_ascii() {
        return Ok(text.as_bytes().to_vec());
    }
    let write = |c: u32, out: &mut Vec<u8>| {
        if c < limit {
            out.push(c as u8);
        }
        c < limit
    };
    let encoder = Encoder { encoding, reason, runs: true, unit: 1, write };
    encoder.encode(text, Vec::with_capacity(text.len()), handler)
}
