//! Base64, as lenient as CPython's: outside of the strict mode, what is no base64 is skipped.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

pub(super) fn encode(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len().div_ceil(3) * 4 + 1);
    for chunk in data.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            out.push(if place <= chunk.len() {
                ALPHABET[(bits >> (18 - 6 * place)) as usize & 63]
            } else {
                b'='
            });
        }
    }
    out
}

pub(super) fn decode(data: &[u8], strict: bool) -> Result<Vec<u8>, String> {
    let fault = |message: &str| Err(message.to_owned());
    let mut out = Vec::with_capacity(data.len().div_ceil(4) * 3);
    // How many characters of a group of four there are, and the bits of them that are not in a byte yet.
    let (mut place, mut bits, mut pads) = (0, 0_u8, 0);
    let mut padding = false;
    if strict && data.first() == Some(&b'=') {
        return fault("Leading padding not allowed");
    }
    for &byte in data {
        if byte == b'=' {
            padding = true;
            if strict && place == 0 {
                return fault("Excess padding not allowed");
            }
            if place >= 2 {
                pads += 1;
                if strict && place + pads > 4 {
                    return fault("Excess padding not allowed");
                }
            }
            continue;
        }
        let Some(value) = value(byte) else {
            if strict {
                return fault("Only base64 data is allowed");
            }
            continue;
        };
        if strict && padding {
            return match place + pads {
                4 => fault("Excess data after padding"),
                _ => fault("Discontinuous padding not allowed"),
            };
        }
        (place, bits) = match place {
            0 => (1, value),
            1 => {
                out.push(bits << 2 | value >> 4);
                (2, value & 0xF)
            }
            2 => {
                out.push(bits << 4 | value >> 2);
                (3, value & 3)
            }
            _ => {
                out.push(bits << 6 | value);
                pads = 0;
                (0, 0)
            }
        };
    }
    match place {
        0 => Ok(out),
        1 => Err(format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            out.len() / 3 * 4 + 1
        )),
        _ if place + pads >= 4 => Ok(out),
        _ => fault("Incorrect padding"),
    }
}
