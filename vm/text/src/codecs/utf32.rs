//! UTF-32.

use rustpython_wtf8::Wtf8;

use super::driver::{Encoder, repair};
use super::{ByteOrder, CodecError, DecodeHandler, Decoded, EncodeHandler};
use crate::int::Endian;
use crate::text::{from_parts, push};

fn name(endian: Endian) -> &'static str {
    match endian {
        Endian::Little => "utf-32-le",
        Endian::Big => "utf-32-be",
    }
}

/// Decodes UTF-32. The third part of the result is the order that was found, for the input that follows.
pub fn decode_utf32<E: From<CodecError>>(
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
        (ByteOrder::Marked, [0xFF, 0xFE, 0, 0, ..]) => {
            (at, found) = (4, ByteOrder::Little);
            Endian::Little
        }
        (ByteOrder::Marked, [0, 0, 0xFE, 0xFF, ..]) => {
            (at, found) = (4, ByteOrder::Big);
            Endian::Big
        }
        (ByteOrder::Marked, _) => Endian::NATIVE,
    };
    let mut out = Vec::with_capacity(input.len() / 2);
    loop {
        let (reason, end) = match input[at..] {
            [a, b, c, d, ..] => {
                let c = match endian {
                    Endian::Little => u32::from_le_bytes([a, b, c, d]),
                    Endian::Big => u32::from_be_bytes([a, b, c, d]),
                };
                match c {
                    0xD800..=0xDFFF => ("code point in surrogate code point range(0xd800, 0xe000)", at + 4),
                    ..=0x0010_FFFF => {
                        push(&mut out, c);
                        at += 4;
                        continue;
                    }
                    _ => ("code point not in range(0x110000)", at + 4),
                }
            }
            [] => break,
            _ if !last => break,
            _ => ("truncated data", input.len()),
        };
        at = repair(&mut out, input, handler, (name(endian), reason), (at, end))?;
    }
    Ok(((from_parts(out), at), found))
}

/// Encodes to UTF-32; surrogates are faults.
pub fn encode_utf32<E: From<CodecError>>(
    text: &Wtf8,
    order: ByteOrder,
    handler: EncodeHandler<'_, E>,
) -> Result<Vec<u8>, E> {
    let (endian, encoding) = match order {
        ByteOrder::Little => (Endian::Little, name(Endian::Little)),
        ByteOrder::Big => (Endian::Big, name(Endian::Big)),
        ByteOrder::Marked => (Endian::NATIVE, "utf-32"),
    };
    let unit = move |c: u32, out: &mut Vec<u8>| {
        out.extend(match endian {
            Endian::Little => c.to_le_bytes(),
            Endian::Big => c.to_be_bytes(),
        });
    };
    let mut out = Vec::with_capacity(text.len() * 4 + 4);
    if order == ByteOrder::Marked {
        unit(0xFEFF, &mut out);
    }
    let write = move |c: u32, out: &mut Vec<u8>| {
        let allowed = !(0xD800..=0xDFFF).contains(&c);
        if allowed {
            unit(c, out);
        }
        allowed
    };
    let encoder = Encoder { encoding, reason: "surrogates not allowed", runs: false, unit: 4, write };
    encoder.encode(text, out, handler)
}
