//! `replace`, `join` and repetition.

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use crate::error::{Error, MAX_SIZE, Result, reserve};
use crate::text::{decode, from_parts};

/// `replace` on bytes; `None` where nothing is replaced. `max` is `None` for Python's -1.
pub fn replace_bytes(hay: &[u8], from: &[u8], to: &[u8], max: Option<usize>) -> Result<Option<Vec<u8>>> {
    replace(hay, from, to, max, |_| 1)
}

/// `str.replace`; `None` where nothing is replaced.
pub fn replace_text(hay: &Wtf8, from: &Wtf8, to: &Wtf8, max: Option<usize>) -> Result<Option<Wtf8Buf>> {
    let step = |rest: &[u8]| decode(rest).map_or(1, |(_, len)| len);
    let replaced = replace(hay.as_bytes(), from.as_bytes(), to.as_bytes(), max, step)?;
    Ok(replaced.map(from_parts))
}

fn replace(
    hay: &[u8],
    from: &[u8],
    to: &[u8],
    max: Option<usize>,
    step: impl Fn(&[u8]) -> usize,
) -> Result<Option<Vec<u8>>> {
    let max = max.unwrap_or(usize::MAX);
    if max == 0 || from == to || hay.len() < from.len() {
        return Ok(None);
    }
    if from.is_empty() {
        return interleave(hay, to, max, step).map(Some);
    }
    let mut found = memchr::memmem::find_iter(hay, from).take(max).peekable();
    if found.peek().is_none() {
        return Ok(None);
    }
    if let ([old], [new]) = (from, to) {
        let mut out = hay.to_vec();
        for at in memchr::memchr_iter(*old, hay).take(max) {
            out[at] = *new;
        }
        return Ok(Some(out));
    }
    let size = if to.len() > from.len() {
        let count = memchr::memmem::find_iter(hay, from).take(max).count();
        size_of_result(hay.len(), count, to.len() - from.len())?
    } else {
        hay.len()
    };
    let mut out = reserve(Some(size))?;
    let mut at = 0;
    for start in found {
        out.extend_from_slice(&hay[at..start]);
        out.extend_from_slice(to);
        at = start + from.len();
    }
    out.extend_from_slice(&hay[at..]);
    Ok(Some(out))
}

fn size_of_result(len: usize, count: usize, more: usize) -> Result<usize> {
    count
        .checked_mul(more)
        .and_then(|more| more.checked_add(len))
        .filter(|&size| size <= MAX_SIZE)
        .ok_or_else(|| Error::overflow("replace string is too long"))
}

/// Puts `to` before each of the first `max` characters, and at the end if that many are left.
fn interleave(hay: &[u8], to: &[u8], max: usize, step: impl Fn(&[u8]) -> usize) -> Result<Vec<u8>> {
    let size = size_of_result(hay.len(), max.min(hay.len() + 1), to.len())?;
    let mut out = reserve(Some(size))?;
    let mut rest = hay;
    let mut left = max;
    while left > 0 {
        out.extend_from_slice(to);
        left -= 1;
        if rest.is_empty() {
            break;
        }
        let (one, more) = rest.split_at(step(rest).min(rest.len()));
        out.extend_from_slice(one);
        rest = more;
    }
    out.extend_from_slice(rest);
    Ok(out)
}

/// `separator.join(parts)` on bytes.
pub fn join_bytes<'p>(separator: &[u8], parts: impl Iterator<Item = &'p [u8]> + Clone) -> Result<Vec<u8>> {
    join_sized(separator, parts, "join() result is too long")
}

fn join_sized<'p>(
    separator: &[u8],
    parts: impl Iterator<Item = &'p [u8]> + Clone,
    too_long: &'static str,
) -> Result<Vec<u8>> {
    let mut size: usize = 0;
    for (i, part) in parts.clone().enumerate() {
        let more = if i == 0 { 0 } else { separator.len() };
        size = size
            .checked_add(part.len())
            .and_then(|size| size.checked_add(more))
            .filter(|&size| size <= MAX_SIZE)
            .ok_or_else(|| Error::overflow(too_long))?;
    }
    let mut out = reserve(Some(size))?;
    for (i, part) in parts.enumerate() {
        if i > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(part);
    }
    Ok(out)
}

/// `separator.join(parts)` on texts.
pub fn join_text<'p>(separator: &Wtf8, parts: impl Iterator<Item = &'p Wtf8> + Clone) -> Result<Wtf8Buf> {
    join_sized(
        separator.as_bytes(),
        parts.map(Wtf8::as_bytes),
        "join() result is too long for a Python string",
    )
    .map(from_parts)
}

/// `bytes * count`, where a count below one gives nothing.
pub fn repeat(bytes: &[u8], count: isize) -> Result<Vec<u8>> {
    let count = usize::try_from(count).unwrap_or(0);
    let size = bytes.len().checked_mul(count);
    let mut out = reserve(size)?;
    if !bytes.is_empty() {
        crate::pad::repeat_into(&mut out, bytes, count);
    }
    Ok(out)
}

/// `text * count`.
pub fn repeat_text(text: &Wtf8, count: isize) -> Result<Wtf8Buf> {
    repeat(text.as_bytes(), count).map(from_parts)
}
