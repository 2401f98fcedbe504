//! `charmap`: character sets of single bytes, given by a table.

use std::collections::HashMap;

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::driver::{Encoder, repair};
use super::{CodecError, DecodeHandler, EncodeHandler};
use crate::error::Error;
use crate::text::{from_parts, push};

const ENCODING: &str = "charmap";
const REASON: &str = "character maps to <undefined>";

/// Decodes by a string with the characters of the bytes from 0 on; U+FFFE marks those without one.
pub fn decode_table<E: From<CodecError>>(
    input: &[u8],
    table: &Wtf8,
    handler: DecodeHandler<'_, E>,
) -> Result<Wtf8Buf, E> {
    let chars: Vec<u32> = table.code_points().take(256).map(CodePoint::to_u32).collect();
    let mut out = Vec::with_capacity(input.len());
    let mut at = 0;
    while let Some(&byte) = input.get(at) {
        match chars.get(byte as usize) {
            None | Some(0xFFFE) => {
                at = repair(&mut out, input, handler, (ENCODING, REASON), (at, at + 1))?;
            }
            Some(&c) => {
                push(&mut out, c);
                at += 1;
            }
        }
    }
    Ok(from_parts(out))
}

/// Decodes by a mapping: asked for each byte, `None` for one without characters.
pub fn decode_mapping<E: From<CodecError>>(
    input: &[u8],
    mapping: &mut dyn FnMut(u8) -> Result<Option<Wtf8Buf>, E>,
    handler: DecodeHandler<'_, E>,
) -> Result<Wtf8Buf, E> {
    let mut out = Vec::with_capacity(input.len());
    let mut at = 0;
    while let Some(&byte) = input.get(at) {
        if let Some(text) = mapping(byte)? {
            out.extend_from_slice(text.as_bytes());
            at += 1;
        } else {
            at = repair(&mut out, input, handler, (ENCODING, REASON), (at, at + 1))?;
        }
    }
    Ok(from_parts(out))
}

/// The bytes of code points: what `codecs.charmap_build` makes of a table for decoding.
#[derive(Clone, Debug, Default)]
pub struct EncodingMap(HashMap<u32, u8>);

impl EncodingMap {
    /// From a table for decoding; of equal characters the last counts.
    pub fn new(table: &Wtf8) -> Self {
        let chars = table.code_points().map(CodePoint::to_u32).take(256).enumerate();
        Self(chars.filter(|&(_, c)| c != 0xFFFE).map(|(byte, c)| (c, byte as u8)).collect())
    }

    /// The byte of a code point.
    pub fn get(&self, code_point: u32) -> Option<u8> {
        self.0.get(&code_point).copied()
    }
}

/// Encodes by a map.
pub fn encode_map<E: From<CodecError>>(
    text: &Wtf8,
    map: &EncodingMap,
    handler: EncodeHandler<'_, E>,
) -> Result<Vec<u8>, E> {
    let write = |c: u32, out: &mut Vec<u8>| match map.get(c) {
        Some(byte) => {
            out.push(byte);
            true
        }
        None => false,
    };
    let encoder = Encoder { encoding: ENCODING, reason: REASON, runs: true, unit: 1, write };
    encoder.encode(text, Vec::with_capacity(text.len()), handler)
}

/// Encodes by a mapping: asked for each code point, perhaps more than once, `None` for one without bytes. Its
/// error ends the encoding.
pub fn encode_mapping<E: From<CodecError>>(
    text: &Wtf8,
    mapping: &mut dyn FnMut(u32) -> Result<Option<Vec<u8>>, E>,
    handler: EncodeHandler<'_, E>,
) -> Result<Vec<u8>, E> {
    let mut failed = None;
    let encoder = Encoder {
        encoding: ENCODING,
        reason: REASON,
        runs: true,
        unit: 1,
        write: |c: u32, out: &mut Vec<u8>| {
            if failed.is_some() {
                // The rest is of no interest.
                return true;
            }
            match mapping(c) {
                Ok(Some(bytes)) => out.extend(bytes),
                Ok(None) => return false,
                Err(error) => failed = Some(error),
            }
            true
        },
    };
    let encoded = encoder.encode(text, Vec::with_capacity(text.len()), handler);
    match failed {
        Some(error) => Err(error),
        None => encoded,
    }
}

/// The error for a mapping that gives a number that is no byte.
pub fn not_a_byte() -> Error {
    Error::type_error("character mapping must be in range(256)")
}
