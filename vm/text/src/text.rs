//! A string as a method sees it: its WTF-8 and its length in code points, and the way from one to the other.
//!
//! WTF-8 here is UTF-8 that may also hold surrogates, each as three bytes; two of them side by side stay two,
//! as they do in Python.

use std::borrow::Cow;
use std::ops::Range;

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

/// A borrowed string with its length in code points.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    wtf8: &'a Wtf8,
    chars: usize,
}

impl<'a> Text<'a> {
    /// Counts the code points.
    pub fn new(wtf8: &'a Wtf8) -> Self {
        Self { wtf8, chars: count(wtf8.as_bytes()) }
    }

    /// For a string whose length in code points is known. A wrong length gives wrong indices, never a panic.
    pub fn with_length(wtf8: &'a Wtf8, chars: usize) -> Self {
        Self { wtf8, chars: chars.min(wtf8.len()) }
    }

    /// The string.
    pub fn wtf8(self) -> &'a Wtf8 {
        self.wtf8
    }

    /// Its bytes.
    pub fn bytes(self) -> &'a [u8] {
        self.wtf8.as_bytes()
    }

    /// Its length in code points: Python's `len`.
    pub fn len(self) -> usize {
        self.chars
    }

    /// Whether it is empty.
    pub fn is_empty(self) -> bool {
        self.wtf8.is_empty()
    }

    /// Whether indices of bytes and of code points are the same.
    pub fn is_ascii(self) -> bool {
        self.chars == self.wtf8.len()
    }

    /// Where the code point with this index begins; the end for any index past the last.
    pub fn byte_index(self, index: usize) -> usize {
        if self.is_ascii() {
            return index.min(self.chars);
        }
        if index >= self.chars {
            return self.wtf8.len();
        }
        nth(self.bytes(), index)
    }

    /// The index of the code point that begins at this byte.
    pub fn char_index(self, byte: usize) -> usize {
        if self.is_ascii() { byte.min(self.chars) } else { count(&self.bytes()[..byte.min(self.wtf8.len())]) }
    }

    /// The bytes of a range of code points, clipped to the string.
    pub fn byte_range(self, range: Range<usize>) -> Range<usize> {
        let start = self.byte_index(range.start);
        if range.end <= range.start {
            return start..start;
        }
        if self.is_ascii() || range.end >= self.chars {
            return start..self.byte_index(range.end);
        }
        start..start + nth(&self.bytes()[start..], range.end - range.start)
    }

    /// The code point with this index.
    pub fn get(self, index: usize) -> Option<CodePoint> {
        if index >= self.chars {
            return None;
        }
        if self.is_ascii() {
            return self.bytes().get(index).map(|&byte| CodePoint::from(byte));
        }
        self.wtf8.get(self.byte_index(index)..)?.code_points().next()
    }

    /// The code points of a range, clipped to the string.
    pub fn slice(self, range: Range<usize>) -> &'a Wtf8 {
        let bytes = self.byte_range(range);
        self.wtf8.get(bytes).unwrap_or_default()
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(Wtf8::new(text))
    }
}

impl<'a> From<&'a Wtf8> for Text<'a> {
    fn from(text: &'a Wtf8) -> Self {
        Self::new(text)
    }
}

/// How many code points begin in these bytes.
pub fn count(bytes: &[u8]) -> usize {
    // Chunks of at most 255 so that the counters fit a byte, which lets the loop run on vectors.
    bytes.chunks(240).map(|chunk| chunk.iter().map(|&b| u8::from(starts(b))).sum::<u8>() as usize).sum()
}

/// Whether a byte begins a code point.
#[inline]
pub(crate) fn starts(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// Where the code point with this index begins in these bytes.
fn nth(bytes: &[u8], index: usize) -> usize {
    let mut left = index;
    let mut at = 0;
    for chunk in bytes.chunks(240) {
        let here = chunk.iter().map(|&b| u8::from(starts(b))).sum::<u8>() as usize;
        if here > left {
            break;
        }
        left -= here;
        at += chunk.len();
    }
    for (offset, &byte) in bytes[at..].iter().enumerate() {
        if starts(byte) {
            if left == 0 {
                return at + offset;
            }
            left -= 1;
        }
    }
    bytes.len()
}

/// Python's `start` and `end` arguments, `None` for absent, as a range of a sequence of this length: negative
/// ones count from the end. The start may lie past the end, which then is a range without anything in it, not
/// even the empty string.
pub fn adjust(start: Option<isize>, end: Option<isize>, len: usize) -> (usize, usize) {
    let clip = |index: isize| {
        if index < 0 { len.saturating_sub(index.unsigned_abs()) } else { index.unsigned_abs() }
    };
    (start.map_or(0, clip), end.map_or(len, |end| clip(end).min(len)))
}

/// Bytes that were put together from well-formed parts.
///
/// Building on bytes is far faster than code point by code point; the check costs little beside it. Should the
/// parts not have been well-formed, what is wrong is replaced.
pub(crate) fn from_parts(bytes: Vec<u8>) -> Wtf8Buf {
    Wtf8Buf::from_bytes(bytes)
        .unwrap_or_else(|bytes| Wtf8Buf::from_string(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Appends a code point to bytes of WTF-8.
pub(crate) fn push(out: &mut Vec<u8>, code_point: u32) {
    if let Ok(byte) = u8::try_from(code_point)
        && byte < 0x80
    {
        out.push(byte);
    } else if let Some(code_point) = CodePoint::from_u32(code_point) {
        out.extend_from_slice(code_point.encode_wtf8(&mut [0; 4]).as_bytes());
    }
}

/// The code point that begins these bytes of WTF-8, with its length; U+FFFD and 1 if they are not well-formed.
pub(crate) fn decode(bytes: &[u8]) -> Option<(u32, usize)> {
    let low = |byte: u8| u32::from(byte & 0x3F);
    Some(match *bytes {
        [] => return None,
        [a @ ..0x80, ..] => (u32::from(a), 1),
        [a @ 0xC0..0xE0, b, ..] => (u32::from(a & 0x1F) << 6 | low(b), 2),
        [a @ 0xE0..0xF0, b, c, ..] => (u32::from(a & 0xF) << 12 | low(b) << 6 | low(c), 3),
        [a @ 0xF0..=0xFF, b, c, d, ..] => (u32::from(a & 7) << 18 | low(b) << 12 | low(c) << 6 | low(d), 4),
        _ => (0xFFFD, 1),
    })
}

/// The code point that ends these bytes of WTF-8, with its length.
pub(crate) fn decode_last(bytes: &[u8]) -> Option<(u32, usize)> {
    let start = bytes.iter().rposition(|&byte| starts(byte))?;
    let (code_point, _) = decode(&bytes[start..])?;
    Some((code_point, bytes.len() - start))
}

/// As UTF-8, with each lone surrogate as `?`, for messages.
pub fn lossy(text: &Wtf8) -> Cow<'_, str> {
    match text.as_str() {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(text.code_points().map(|c| c.to_char().unwrap_or('?')).collect()),
    }
}
