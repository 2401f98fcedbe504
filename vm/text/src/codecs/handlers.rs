//! CPython's own error handlers.
//!
//! `namereplace` needs the names of characters and is in lasti-vm, which has `unicodedata`.

use std::fmt::Write as _;

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::{CodecError, Fault, Replacement};
use crate::text::Text;

/// An error handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// `strict`
    Strict,
    /// `ignore`
    Ignore,
    /// `replace`
    Replace,
    /// `backslashreplace`
    BackslashReplace,
    /// `xmlcharrefreplace`, for encoding only
    XmlCharRefReplace,
    /// `surrogateescape`
    SurrogateEscape,
    /// `surrogatepass`
    SurrogatePass,
}

impl Handler {
    /// By its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "strict" => Self::Strict,
            "ignore" => Self::Ignore,
            "replace" => Self::Replace,
            "backslashreplace" => Self::BackslashReplace,
            "xmlcharrefreplace" => Self::XmlCharRefReplace,
            "surrogateescape" => Self::SurrogateEscape,
            "surrogatepass" => Self::SurrogatePass,
            _ => return None,
        })
    }

    /// Handles a fault of decoding these bytes. `xmlcharrefreplace` can't: Python raises `TypeError`, "don't
    /// know how to handle UnicodeDecodeError in error callback".
    pub fn decode(self, input: &[u8], fault: &Fault) -> Result<(Wtf8Buf, usize), CodecError> {
        let strict = || Err(CodecError::Decode(fault.clone()));
        let bytes = input.get(fault.start..fault.end).unwrap_or_default();
        match self {
            Self::Strict => strict(),
            Self::Ignore => Ok((Wtf8Buf::new(), fault.end)),
            Self::Replace => Ok(("\u{FFFD}".into(), fault.end)),
            Self::BackslashReplace => {
                let text: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
                Ok((text.into(), fault.end))
            }
            Self::XmlCharRefReplace => Err(dont_know("UnicodeDecodeError")),
            Self::SurrogateEscape => {
                let high: Vec<u8> = bytes.iter().copied().take(4).take_while(|&byte| byte >= 0x80).collect();
                if high.is_empty() {
                    return strict();
                }
                let text = high.iter().map(|&byte| CodePoint::from(0xDC00 + u16::from(byte))).collect();
                Ok((text, fault.start + high.len()))
            }
            Self::SurrogatePass => {
                let rest = input.get(fault.start..).unwrap_or_default();
                let found = match (fault.encoding, rest) {
                    ("utf-8", [0xED, b @ 0xA0..=0xBF, c @ 0x80..=0xBF, ..]) => {
                        Some((0xD000 | u32::from(b & 0x3F) << 6 | u32::from(c & 0x3F), 3))
                    }
                    ("utf-16-le", [a, b, ..]) => Some((u16::from_le_bytes([*a, *b]).into(), 2)),
                    ("utf-16-be", [a, b, ..]) => Some((u16::from_be_bytes([*a, *b]).into(), 2)),
                    ("utf-32-le", [a, b, c, d, ..]) => Some((u32::from_le_bytes([*a, *b, *c, *d]), 4)),
                    ("utf-32-be", [a, b, c, d, ..]) => Some((u32::from_be_bytes([*a, *b, *c, *d]), 4)),
                    _ => None,
                };
                match found {
                    Some((c @ 0xD800..=0xDFFF, len)) => {
                        let text = CodePoint::from_u32(c).into_iter().collect();
                        Ok((text, fault.start + len))
                    }
                    _ => strict(),
                }
            }
        }
    }

    /// Handles a fault of encoding this text.
    pub fn encode(self, text: Text<'_>, fault: &Fault) -> Result<(Replacement, usize), CodecError> {
        let strict = || Err(CodecError::Encode(fault.clone()));
        let part = text.slice(fault.start..fault.end);
        let replaced = match self {
            Self::Strict => return strict(),
            Self::Ignore => Replacement::Text(Wtf8Buf::new()),
            Self::Replace => Replacement::Text("?".repeat(fault.end - fault.start).into()),
            Self::BackslashReplace => Replacement::Text(backslashes(part).into()),
            Self::XmlCharRefReplace => {
                let references: String = part.code_points().map(|c| format!("&#{};", c.to_u32())).collect();
                Replacement::Text(references.into())
            }
            Self::SurrogateEscape => {
                let byte = |c: CodePoint| match c.to_u32() {
                    c @ 0xDC80..=0xDCFF => Some(c as u8),
                    _ => None,
                };
                match part.code_points().map(byte).collect() {
                    Some(bytes) => Replacement::Bytes(bytes),
                    None => return strict(),
                }
            }
            Self::SurrogatePass => match pass(part, fault.encoding) {
                Some(bytes) => Replacement::Bytes(bytes),
                None => return strict(),
            },
        };
        Ok((replaced, fault.end))
    }
}

fn dont_know(exception: &str) -> CodecError {
    let message = format!("don't know how to handle {exception} in error callback");
    CodecError::Other(crate::Error::type_error(message))
}

/// `backslashreplace` of a text.
pub fn backslashes(text: &Wtf8) -> String {
    let mut out = String::new();
    for c in text.code_points().map(CodePoint::to_u32) {
        // Writing to a string can't fail.
        let _ = match c {
            0..=0xFF => write!(out, "\\x{c:02x}"),
            0x100..=0xFFFF => write!(out, "\\u{c:04x}"),
            _ => write!(out, "\\U{c:08x}"),
        };
    }
    out
}

/// Surrogates as the encoding would write them if it could.
fn pass(text: &Wtf8, encoding: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for c in text.code_points() {
        let surrogate = c.to_u32();
        if !(0xD800..=0xDFFF).contains(&surrogate) {
            return None;
        }
        let native = cfg!(target_endian = "big");
        match encoding {
            "utf-8" => out.extend_from_slice(c.encode_wtf8(&mut [0; 4]).as_bytes()),
            "utf-16-be" => out.extend((surrogate as u16).to_be_bytes()),
            "utf-16" if native => out.extend((surrogate as u16).to_be_bytes()),
            "utf-16-le" | "utf-16" => out.extend((surrogate as u16).to_le_bytes()),
            "utf-32-be" => out.extend(surrogate.to_be_bytes()),
            "utf-32" if native => out.extend(surrogate.to_be_bytes()),
            "utf-32-le" | "utf-32" => out.extend(surrogate.to_le_bytes()),
            _ => return None,
        }
    }
    Some(out)
}
