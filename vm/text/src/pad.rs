//! `ljust`, `rjust`, `center`, `zfill` and `expandtabs`.

use rustpython_wtf8::{CodePoint, Wtf8Buf};

use crate::error::{Error, MAX_SIZE, Result, reserve};
use crate::text::{Text, decode, from_parts, push};

/// Where what is padded stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Justify {
    /// `ljust`.
    Left,
    /// `rjust`.
    Right,
    /// `center`: of an odd rest, the left gets more where the width is odd.
    Center,
}

impl Justify {
    /// How much goes to the left and to the right, or `None` where nothing is to be added.
    fn margins(self, len: usize, width: isize) -> Option<(usize, usize)> {
        let width = usize::try_from(width).ok()?;
        let rest = width.checked_sub(len).filter(|&rest| rest > 0)?;
        Some(match self {
            Self::Left => (0, rest),
            Self::Right => (rest, 0),
            Self::Center => {
                let left = rest / 2 + (rest & width & 1);
                (left, rest - left)
            }
        })
    }
}

/// Pads bytes; `None` where they are wide enough as they are.
pub fn justify_bytes(bytes: &[u8], justify: Justify, width: isize, fill: u8) -> Result<Option<Vec<u8>>> {
    let Some((left, right)) = justify.margins(bytes.len(), width) else { return Ok(None) };
    let mut out = reserve(Some(left + right + bytes.len()))?;
    out.resize(left, fill);
    out.extend_from_slice(bytes);
    out.resize(left + bytes.len() + right, fill);
    Ok(Some(out))
}

/// Pads a text; `None` where it is wide enough as it is.
pub fn justify(text: Text<'_>, justify: Justify, width: isize, fill: CodePoint) -> Result<Option<Wtf8Buf>> {
    let Some((left, right)) = justify.margins(text.len(), width) else { return Ok(None) };
    let mut one = [0; 4];
    let one = fill.encode_wtf8(&mut one).as_bytes();
    let size = (left + right).checked_mul(one.len()).and_then(|size| size.checked_add(text.bytes().len()));
    let mut out = reserve(size)?;
    repeat_into(&mut out, one, left);
    out.extend_from_slice(text.bytes());
    repeat_into(&mut out, one, right);
    Ok(Some(from_parts(out)))
}

/// Appends `count` copies.
pub(crate) fn repeat_into(out: &mut Vec<u8>, one: &[u8], count: usize) {
    if let [byte] = *one {
        out.resize(out.len() + count, byte);
    } else {
        for _ in 0..count {
            out.extend_from_slice(one);
        }
    }
}

/// `zfill`: zeros after the sign. The length is in bytes or code points, as the width is.
/// `None` where nothing is to be added.
pub fn zfill(bytes: &[u8], len: usize, width: isize) -> Result<Option<Vec<u8>>> {
    let Some((zeros, _)) = Justify::Right.margins(len, width) else { return Ok(None) };
    let mut out = reserve(zeros.checked_add(bytes.len()))?;
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    out.extend_from_slice(&bytes[..sign]);
    out.resize(sign + zeros, b'0');
    out.extend_from_slice(&bytes[sign..]);
    Ok(Some(out))
}

/// `str.zfill`.
pub fn zfill_text(text: Text<'_>, width: isize) -> Result<Option<Wtf8Buf>> {
    Ok(zfill(text.bytes(), text.len(), width)?.map(from_parts))
}

/// `expandtabs`: columns begin anew after `\n` and `\r`.
fn expand(bytes: &[u8], tab_size: isize, text: bool) -> Result<Vec<u8>> {
    let tab_size = usize::try_from(tab_size).unwrap_or(0);
    let too_long = || Error::overflow(if text { "new string is too long" } else { "result too long" });
    let mut out = Vec::with_capacity(bytes.len());
    let mut column: usize = 0;
    for &byte in bytes {
        match byte {
            b'\t' => {
                if tab_size > 0 {
                    let spaces = tab_size - column % tab_size;
                    column = column.checked_add(spaces).ok_or_else(too_long)?;
                    let size =
                        out.len().checked_add(spaces).filter(|&s| s <= MAX_SIZE).ok_or_else(too_long)?;
                    out.try_reserve(spaces).map_err(|_| Error::memory())?;
                    out.resize(size, b' ');
                }
                continue;
            }
            b'\n' | b'\r' => column = 0,
            _ if text && !crate::text::starts(byte) => {}
            _ => column += 1,
        }
        out.push(byte);
    }
    Ok(out)
}

/// `bytes.expandtabs`.
pub fn expand_tabs_bytes(bytes: &[u8], tab_size: isize) -> Result<Vec<u8>> {
    expand(bytes, tab_size, false)
}

/// `str.expandtabs`.
pub fn expand_tabs(text: Text<'_>, tab_size: isize) -> Result<Wtf8Buf> {
    expand(text.bytes(), tab_size, true).map(from_parts)
}

/// A text from right to left in code points, as `s[::-1]` gives it.
pub fn reversed(text: Text<'_>) -> Wtf8Buf {
    let mut out = Vec::with_capacity(text.bytes().len());
    let mut rest = text.bytes();
    while let Some((c, len)) = crate::text::decode_last(rest) {
        push(&mut out, c);
        rest = &rest[..rest.len() - len];
    }
    from_parts(out)
}

/// Every `step`-th code point from `start`, `count` of them: what a slice with a step gives.
pub fn stepped(text: Text<'_>, start: usize, step: isize, count: usize) -> Wtf8Buf {
    if text.is_ascii() {
        let bytes = text.bytes();
        let at = |i: usize| start.wrapping_add_signed(step.wrapping_mul(i as isize));
        return from_parts((0..count).map_while(|i| bytes.get(at(i)).copied()).collect());
    }
    let mut chars = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some((c, len)) = decode(rest) {
        chars.push(c);
        rest = &rest[len..];
    }
    let mut out = Vec::new();
    for i in 0..count {
        let at = start.wrapping_add_signed(step.wrapping_mul(i as isize));
        let Some(&c) = chars.get(at) else { break };
        push(&mut out, c);
    }
    from_parts(out)
}
