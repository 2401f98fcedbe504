//! UTF-8.

use rustpython_wtf8::Wtf8;

use super::driver::{Encoder, repair};
use super::{CodecError, DecodeHandler, Decoded, EncodeHandler};
use crate::text::from_parts;

const ENCODING: &str = "utf-8";

/// Decodes UTF-8, which has no surrogates.
pub fn decode_utf8<E: From<CodecError>>(
    input: &[u8],
    last: bool,
    handler: DecodeHandler<'_, E>,
) -> Result<Decoded, E> {
    let mut fault = match simdutf8::compat::from_utf8(input) {
        Ok(text) => return Ok((text.into(), input.len())),
        Err(fault) => fault,
    };
    let mut out = Vec::with_capacity(input.len());
    let mut at = 0;
    loop {
        let start = at + fault.valid_up_to();
        out.extend_from_slice(&input[at..start]);
        let (reason, end) = match fault.error_len() {
            None if !last => return Ok((from_parts(out), start)),
            None => ("unexpected end of data", input.len()),
            // What may become a surrogate is left for the handler that lets them pass.
            Some(_) if !last && matches!(input[start..], [0xED, 0xA0..=0xBF]) => {
                return Ok((from_parts(out), start));
            }
            Some(len) => match input[start] {
                ..=0xC1 | 0xF5.. => ("invalid start byte", start + 1),
                _ => ("invalid continuation byte", start + len),
            },
        };
        at = repair(&mut out, input, handler, (ENCODING, reason), (start, end))?;
        match simdutf8::compat::from_utf8(&input[at..]) {
            Ok(rest) => {
                out.extend_from_slice(rest.as_bytes());
                return Ok((from_parts(out), input.len()));
            }
            Err(next) => fault = next,
        }
    }
}

/// Encodes to UTF-8; surrogates are faults.
pub fn encode_utf8<E: From<CodecError>>(text: &Wtf8, handler: EncodeHandler<'_, E>) -> Result<Vec<u8>, E> {
    if let Ok(text) = text.as_str() {
        return Ok(text.as_bytes().to_vec());
    }
    let write = |c: u32, out: &mut Vec<u8>| match char::from_u32(c) {
        Some(c) => {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            true
        }
        None => false,
    };
    let encoder =
        Encoder { encoding: ENCODING, reason: "surrogates not allowed", runs: true, unit: 1, write };
    encoder.encode(text, Vec::with_capacity(text.len()), handler)
}
