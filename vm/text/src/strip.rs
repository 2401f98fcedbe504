//! `strip`, `lstrip`, `rstrip`, `removeprefix` and `removesuffix`, as ranges of bytes.

use std::ops::Range;

use rustpython_wtf8::Wtf8;

use crate::split::Alphabet;
use crate::text::{decode, decode_last};

/// Which ends to strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `lstrip`.
    Left,
    /// `rstrip`.
    Right,
    /// `strip`.
    Both,
}

impl Side {
    fn left(self) -> bool {
        self != Self::Right
    }

    fn right(self) -> bool {
        self != Self::Left
    }
}

/// What remains without the white space at the ends.
pub fn strip_space(bytes: &[u8], alphabet: Alphabet, side: Side) -> Range<usize> {
    strip_by(bytes, side, |rest| alphabet.space_at_start(rest), |rest| alphabet.space_at_end(rest))
}

/// What remains of bytes without those of a set at the ends.
pub fn strip_bytes(bytes: &[u8], set: &[u8], side: Side) -> Range<usize> {
    let among = |byte: Option<&u8>| usize::from(byte.is_some_and(|byte| set.contains(byte)));
    strip_by(bytes, side, |rest| among(rest.first()), |rest| among(rest.last()))
}

/// What remains of a text without the code points of a set at the ends.
pub fn strip_chars(text: &Wtf8, set: &Wtf8, side: Side) -> Range<usize> {
    let bytes = text.as_bytes();
    let set = set.as_bytes();
    if set.is_ascii() {
        // No byte of a longer code point is among ASCII's.
        return strip_bytes(bytes, set, side);
    }
    let among = |c: &[u8]| if crate::search::contains(set, c) { c.len() } else { 0 };
    strip_by(
        bytes,
        side,
        |rest| decode(rest).map_or(0, |(_, len)| among(&rest[..len])),
        |rest| decode_last(rest).map_or(0, |(_, len)| among(&rest[rest.len() - len..])),
    )
}

fn strip_by(
    bytes: &[u8],
    side: Side,
    at_start: impl Fn(&[u8]) -> usize,
    at_end: impl Fn(&[u8]) -> usize,
) -> Range<usize> {
    let (mut start, mut end) = (0, bytes.len());
    while side.left() && start < end {
        match at_start(&bytes[start..end]) {
            0 => break,
            len => start += len,
        }
    }
    while side.right() && start < end {
        match at_end(&bytes[start..end]) {
            0 => break,
            len => end -= len,
        }
    }
    start..end
}

/// `removeprefix`.
pub fn remove_prefix(bytes: &[u8], prefix: &[u8]) -> Range<usize> {
    let start = if bytes.starts_with(prefix) { prefix.len() } else { 0 };
    start..bytes.len()
}

/// `removesuffix`.
pub fn remove_suffix(bytes: &[u8], suffix: &[u8]) -> Range<usize> {
    let cut = if bytes.ends_with(suffix) { suffix.len() } else { 0 };
    0..bytes.len() - cut
}
