//! Finding one piece of bytes or text in another: `find`, `rfind`, `count`, `in`, `startswith`, `endswith`.
//!
//! On bytes throughout. WTF-8 can be searched as bytes, since no code point's bytes occur within another's;
//! the functions for text add the way from code points to bytes and back.

use memchr::memmem;

use crate::text::{Text, adjust};

/// Where the first occurrence begins.
#[inline]
pub fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match *needle {
        [] => Some(0),
        [byte] => memchr::memchr(byte, hay),
        _ => memmem::find(hay, needle),
    }
}

/// Where the last occurrence begins.
#[inline]
pub fn rfind(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match *needle {
        [] => Some(hay.len()),
        [byte] => memchr::memrchr(byte, hay),
        _ => memmem::rfind(hay, needle),
    }
}

/// Whether there is an occurrence: Python's `in`.
#[inline]
pub fn contains(hay: &[u8], needle: &[u8]) -> bool {
    find(hay, needle).is_some()
}

/// How many occurrences there are that don't overlap. An empty needle lies before each byte and at the end.
pub fn count(hay: &[u8], needle: &[u8]) -> usize {
    match *needle {
        [] => hay.len() + 1,
        [byte] => memchr::memchr_iter(byte, hay).count(),
        _ => memmem::find_iter(hay, needle).count(),
    }
}

/// Whether one of the prefixes begins the part `start..end` of the bytes.
pub fn starts_with<'p>(
    hay: &[u8],
    (start, end): (usize, usize),
    prefixes: impl IntoIterator<Item = &'p [u8]>,
) -> bool {
    hay.get(start..end).is_some_and(|part| prefixes.into_iter().any(|prefix| part.starts_with(prefix)))
}

/// Whether one of the suffixes ends the part `start..end` of the bytes.
pub fn ends_with<'p>(
    hay: &[u8],
    (start, end): (usize, usize),
    suffixes: impl IntoIterator<Item = &'p [u8]>,
) -> bool {
    hay.get(start..end).is_some_and(|part| suffixes.into_iter().any(|suffix| part.ends_with(suffix)))
}

/// `bytes.find` with its optional bounds.
pub fn find_in_bytes(hay: &[u8], needle: &[u8], start: Option<isize>, end: Option<isize>) -> Option<usize> {
    let (start, end) = adjust(start, end, hay.len());
    find(hay.get(start..end)?, needle).map(|at| at + start)
}

/// `bytes.rfind` with its optional bounds.
pub fn rfind_in_bytes(hay: &[u8], needle: &[u8], start: Option<isize>, end: Option<isize>) -> Option<usize> {
    let (start, end) = adjust(start, end, hay.len());
    rfind(hay.get(start..end)?, needle).map(|at| at + start)
}

/// `bytes.count` with its optional bounds.
pub fn count_in_bytes(hay: &[u8], needle: &[u8], start: Option<isize>, end: Option<isize>) -> usize {
    let (start, end) = adjust(start, end, hay.len());
    hay.get(start..end).map_or(0, |part| count(part, needle))
}

/// The bytes of the code points that `start` and `end` stand for, or `None` where the start lies past the end.
pub fn bounds(text: Text<'_>, start: Option<isize>, end: Option<isize>) -> Option<(usize, usize)> {
    if start.is_none() && end.is_none() {
        return Some((0, text.bytes().len()));
    }
    let (start, end) = adjust(start, end, text.len());
    (start <= end).then(|| {
        let range = text.byte_range(start..end);
        (range.start, range.end)
    })
}

/// `str.find` with its optional bounds, in code points.
pub fn find_in_text(hay: Text<'_>, needle: &[u8], start: Option<isize>, end: Option<isize>) -> Option<usize> {
    let (start, end) = bounds(hay, start, end)?;
    find(&hay.bytes()[start..end], needle).map(|at| hay.char_index(at + start))
}

/// `str.rfind` with its optional bounds, in code points.
pub fn rfind_in_text(
    hay: Text<'_>,
    needle: &[u8],
    start: Option<isize>,
    end: Option<isize>,
) -> Option<usize> {
    let (start, end) = bounds(hay, start, end)?;
    rfind(&hay.bytes()[start..end], needle).map(|at| hay.char_index(at + start))
}

/// `str.count` with its optional bounds.
pub fn count_in_text(hay: Text<'_>, needle: &[u8], start: Option<isize>, end: Option<isize>) -> usize {
    let Some((start, end)) = bounds(hay, start, end) else { return 0 };
    let part = &hay.bytes()[start..end];
    if needle.is_empty() { crate::text::count(part) + 1 } else { count(part, needle) }
}
