//! UTF-16.

use rustpython_wtf8::Wtf8;

use super::driver::{Encoder, repair};
use super::{ByteOrder, CodecError, DecodeHandler, Decoded, EncodeHandler};
use crate::int::Endian;
use crate::text::{from_parts, push};

fn name(endian: Endian) -> &'static str {
    match endian {
        Endian::Little => "utf-16-le",
        Endian::Big => "utf-16-be",
    }
}

/// Decodes UTF-16. The third part of the result is the order that was found, for the input that follows.
pub fn decode_utf16<E: From<CodecError>>(
    input: &[u8],
    order: ByteOrder,
    last: bool,
    handler: DecodeHandler<'_, E>,
) -> Result<(Decoded, ByteOrder), E> {
    let mut at = 0;
    let mut found = order;
    let endian = match (order, input) {
        (ByteOrder::Little, _) => Endian::Little,
        (ByteOrder::Big, _) => Endian::Big,
        (ByteOrder::Marked, [0xFF, 0xFE, ..]) => {
            (at, found) = (2, ByteOrder::Little);
            Endian::Little
        }
        (ByteOrder::Marked, [0xFE, 0xFF, ..]) => {
            (at, found) = (2, ByteOrder::Big);
            Endian::Big
        }
        (ByteOrder::Marked, _) => Endian::NATIVE,
    };
    let unit = |at: usize| -> Option<u32> {
        let bytes = [*input.get(at)?, *input.get(at + 1)?];
        Some(u32::from(match endian {
            Endian::Little => u16::from_le_bytes(bytes),
            Endian::Big => u16::from_be_bytes(bytes),
        }))
    };
    let mut out = Vec::with_capacity(input.len());
    loop {
        let (reason, end) = match unit(at) {
            None if at >= input.len() || !last => break,
            None => ("truncated data", input.len()),
            Some(c @ (..=0xD7FF | 0xE000..)) => {
                push(&mut out, c);
                at += 2;
                continue;
            }
            Some(0xDC00..=0xDFFF) => ("illegal encoding", at + 2),
            Some(high) => match unit(at + 2) {
                Some(low @ 0xDC00..=0xDFFF) => {
                    push(&mut out, 0x1_0000 + ((high & 0x3FF) << 10 | low & 0x3FF));
                    at += 4;
                    continue;
                }
                Some(_) => ("illegal UTF-16 surrogate", at + 2),
                None if !last => break,
                None => ("unexpected end of data", input.len()),
            },
        };
        at = repair(&mut out, input, handler, (name(endian), reason), (at, end))?;
    }
    Ok(((from_parts(out), at), found))
}

/// Encodes to UTF-16; surrogates are faults.
pub fn encode_utf16<E: From<CodecError>>(
    text: &Wtf8,
    order: ByteOrder,
    handler: EncodeHandler<'_, E>,
) -> Result<Vec<u8>, E> {
    let (endian, encoding) = match order {
        ByteOrder::Little => (Endian::Little, name(Endian::Little)),
        ByteOrder::Big => (Endian::Big, name(Endian::Big)),
        ByteOrder::Marked => (Endian::NATIVE, "utf-16"),
    };
    let unit = move |unit: u32, out: &mut Vec<u8>| {
        let unit = unit as u16;
        out.extend(match endian {
            Endian::Little => unit.to_le_bytes(),
            Endian::Big => unit.to_be_bytes(),
        });
    };
    let mut out = Vec::with_capacity(text.len() * 2 + 2);
    if order == ByteOrder::Marked {
        unit(0xFEFF, &mut out);
    }
    let write = move |c: u32, out: &mut Vec<u8>| {
        match c {
            0xD800..=0xDFFF => return false,
            0x1_0000.. => {
                unit(0xD800 | (c - 0x1_0000) >> 10, out);
                unit(0xDC00 | c & 0x3FF, out);
            }
            _ => unit(c, out),
        }
        true
    };
    let encoder = Encoder { encoding, reason: "surrogates not allowed", runs: false, unit: 2, write };
    encoder.encode(text, out, handler)
}
