//! `split`, `rsplit`, `splitlines`, `partition` and `rpartition`, as ranges of bytes.
//!
//! The iterators make no copies. Those that go from the right give the rightmost part first; Python's lists
//! hold them the other way round.

use std::ops::Range;

use memchr::memmem;

use crate::text::{decode, decode_last};
use crate::{search, unicode};

/// What white space and line breaks are: bytes know only ASCII's, text Unicode's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Of `bytes` and `bytearray`.
    Bytes,
    /// Of `str`, in WTF-8.
    Text,
}

/// Whether a byte is white space to `bytes` methods.
#[inline]
pub fn is_space_byte(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

impl Alphabet {
    /// The length of the white space that begins these bytes, 0 for none.
    #[inline]
    pub(crate) fn space_at_start(self, bytes: &[u8]) -> usize {
        match bytes {
            [] => 0,
            [byte @ ..0x80, ..] => {
                usize::from(is_space_byte(*byte) || self == Self::Text && matches!(byte, 0x1C..=0x1F))
            }
            _ if self == Self::Bytes => 0,
            _ => decode(bytes).map_or(0, |(c, len)| if unicode::is_space(c) { len } else { 0 }),
        }
    }

    /// The length of the white space that ends these bytes, 0 for none.
    pub(crate) fn space_at_end(self, bytes: &[u8]) -> usize {
        match (self, decode_last(bytes)) {
            (Self::Bytes, _) => usize::from(bytes.last().is_some_and(|&byte| is_space_byte(byte))),
            (Self::Text, Some((c, len))) if unicode::is_space(c) => len,
            _ => 0,
        }
    }
}

/// How often to split: `None` for Python's -1.
fn limit(max: Option<usize>) -> usize {
    max.unwrap_or(usize::MAX)
}

/// `split` at white space, from the left.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    bytes: &'a [u8],
    alphabet: Alphabet,
    at: usize,
    left: usize,
}

/// The words of the bytes; after `max` splits, the rest with its trailing white space.
pub fn words(bytes: &[u8], alphabet: Alphabet, max: Option<usize>) -> Words<'_> {
    Words { bytes, alphabet, at: 0, left: limit(max) }
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let mut start = self.at;
        loop {
            match self.alphabet.space_at_start(&self.bytes[start..]) {
                0 => break,
                len => start += len,
            }
        }
        if start == self.bytes.len() {
            self.at = start;
            return None;
        }
        if self.left == 0 {
            self.at = self.bytes.len();
            return Some(start..self.at);
        }
        self.left -= 1;
        let mut end = start;
        while end < self.bytes.len() && self.alphabet.space_at_start(&self.bytes[end..]) == 0 {
            end += 1;
        }
        self.at = end;
        Some(start..end)
    }
}

/// `rsplit` at white space: the rightmost word first.
#[derive(Clone, Debug)]
pub struct WordsFromRight<'a> {
    bytes: &'a [u8],
    alphabet: Alphabet,
    left: usize,
}

/// The words from the right; after `max` splits, the rest with its leading white space.
pub fn words_from_right(bytes: &[u8], alphabet: Alphabet, max: Option<usize>) -> WordsFromRight<'_> {
    WordsFromRight { bytes, alphabet, left: limit(max) }
}

impl Iterator for WordsFromRight<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            match self.alphabet.space_at_end(self.bytes) {
                0 => break,
                len => self.bytes = &self.bytes[..self.bytes.len() - len],
            }
        }
        let end = self.bytes.len();
        if end == 0 {
            return None;
        }
        let mut start = if self.left == 0 { 0 } else { end };
        self.left = self.left.saturating_sub(1);
        while start > 0 && self.alphabet.space_at_end(&self.bytes[..start]) == 0 {
            start -= 1;
            while start > 0 && self.alphabet == Alphabet::Text && !crate::text::starts(self.bytes[start]) {
                start -= 1;
            }
        }
        self.bytes = &self.bytes[..start];
        Some(start..end)
    }
}

/// `split` at a separator, from the left.
pub struct Pieces<'a> {
    found: Found<'a>,
    separator: usize,
    len: usize,
    at: usize,
    left: usize,
    done: bool,
}

enum Found<'a> {
    One(memchr::Memchr<'a>),
    Many(Box<memmem::FindIter<'a, 'a>>),
    Nothing,
}

/// The pieces between separators, at least one. An empty separator, which Python forbids ("empty separator"),
/// separates nothing.
pub fn pieces<'a>(bytes: &'a [u8], separator: &'a [u8], max: Option<usize>) -> Pieces<'a> {
    let found = match *separator {
        [] => Found::Nothing,
        [byte] => Found::One(memchr::memchr_iter(byte, bytes)),
        _ => Found::Many(Box::new(memmem::find_iter(bytes, separator))),
    };
    Pieces { found, separator: separator.len(), len: bytes.len(), at: 0, left: limit(max), done: false }
}

impl Iterator for Pieces<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        if self.done {
            return None;
        }
        let start = self.at;
        let found = match &mut self.found {
            _ if self.left == 0 => None,
            Found::One(iter) => iter.next(),
            Found::Many(iter) => iter.next(),
            Found::Nothing => None,
        };
        if let Some(end) = found {
            self.left -= 1;
            self.at = end + self.separator;
            Some(start..end)
        } else {
            self.done = true;
            Some(start..self.len)
        }
    }
}

/// `rsplit` at a separator: the rightmost piece first.
pub struct PiecesFromRight<'a> {
    bytes: &'a [u8],
    separator: &'a [u8],
    left: usize,
    done: bool,
}

/// The pieces between separators from the right, at least one. An empty separator separates nothing.
pub fn pieces_from_right<'a>(
    bytes: &'a [u8],
    separator: &'a [u8],
    max: Option<usize>,
) -> PiecesFromRight<'a> {
    let left = if separator.is_empty() { 0 } else { limit(max) };
    PiecesFromRight { bytes, separator, left, done: false }
}

impl Iterator for PiecesFromRight<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.done {
            return None;
        }
        let end = self.bytes.len();
        let found = if self.left == 0 { None } else { search::rfind(self.bytes, self.separator) };
        if let Some(at) = found {
            self.left -= 1;
            self.bytes = &self.bytes[..at];
            Some(at + self.separator.len()..end)
        } else {
            self.done = true;
            Some(0..end)
        }
    }
}

/// The lines of `splitlines`.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    bytes: &'a [u8],
    alphabet: Alphabet,
    keep_ends: bool,
    at: usize,
}

/// The lines, with what ends them if asked. Bytes know `\n`, `\r` and `\r\n`; text all line breaks of Unicode.
pub fn lines(bytes: &[u8], alphabet: Alphabet, keep_ends: bool) -> Lines<'_> {
    Lines { bytes, alphabet, keep_ends, at: 0 }
}

impl Lines<'_> {
    /// The length of the line break that begins these bytes, 0 for none.
    fn line_break(&self, at: usize) -> usize {
        let bytes = &self.bytes[at..];
        match bytes {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            [] | [b' '..0x7F, ..] => 0,
            _ if self.alphabet == Alphabet::Bytes => 0,
            _ => decode(bytes).map_or(0, |(c, len)| if unicode::is_line_break(c) { len } else { 0 }),
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        if start >= self.bytes.len() {
            return None;
        }
        let mut end = start;
        loop {
            // To the next byte that may begin a line break.
            let rest = &self.bytes[end..];
            let next = match self.alphabet {
                Alphabet::Bytes => memchr::memchr2(b'\n', b'\r', rest),
                Alphabet::Text => rest.iter().position(|&byte| matches!(byte, 0x0A..=0x1E | 0xC2 | 0xE2)),
            };
            end += next.unwrap_or(rest.len());
            let len = self.line_break(end);
            if len > 0 || end == self.bytes.len() {
                self.at = end + len;
                return Some(start..if self.keep_ends { self.at } else { end });
            }
            end += 1;
        }
    }
}

/// Where `partition` cuts: the separator's first occurrence. An empty separator, which Python forbids, is
/// never found.
pub fn partition(bytes: &[u8], separator: &[u8]) -> Option<Range<usize>> {
    if separator.is_empty() {
        return None;
    }
    search::find(bytes, separator).map(|at| at..at + separator.len())
}

/// Where `rpartition` cuts: the separator's last occurrence.
pub fn rpartition(bytes: &[u8], separator: &[u8]) -> Option<Range<usize>> {
    if separator.is_empty() {
        return None;
    }
    search::rfind(bytes, separator).map(|at| at..at + separator.len())
}
