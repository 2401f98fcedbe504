//! `translate` and `maketrans`.

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use crate::error::{Error, Result};
use crate::text::{decode, from_parts, push};

/// What a table of `str.translate` says of one code point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translation {
    /// It stays (the table raised `LookupError`).
    Keep,
    /// It goes (the table gave `None`).
    Delete,
    /// It becomes another.
    CodePoint(u32),
    /// It becomes a string.
    Text(Wtf8Buf),
}

/// `str.translate`: asks the table for each code point, in order, once for each ASCII character.
///
/// The error is what the table raises, or what is wrong with a code point that it gave.
pub fn translate_text<E: From<Error>>(
    text: &Wtf8,
    mut table: impl FnMut(u32) -> Result<Translation, E>,
) -> Result<Wtf8Buf, E> {
    let mut known: [Option<Translation>; 128] = [const { None }; 128];
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((c, len)) = decode(rest) {
        let fresh;
        let translation = if let Some(slot) = known.get_mut(c as usize) {
            if slot.is_none() {
                *slot = Some(table(c)?);
            }
            slot.as_ref()
        } else {
            fresh = table(c)?;
            Some(&fresh)
        };
        match translation {
            Some(Translation::CodePoint(to)) if *to > 0x0010_FFFF => {
                return Err(Error::value("character mapping must be in range(0x110000)").into());
            }
            Some(Translation::CodePoint(to)) => push(&mut out, *to),
            Some(Translation::Text(to)) => out.extend_from_slice(to.as_bytes()),
            Some(Translation::Delete) => {}
            Some(Translation::Keep) | None => out.extend_from_slice(&rest[..len]),
        }
        rest = &rest[len..];
    }
    Ok(from_parts(out))
}

/// `bytes.translate`: a table of 256 bytes or none, and bytes to leave out.
pub fn translate_bytes(bytes: &[u8], table: Option<&[u8]>, delete: &[u8]) -> Result<Vec<u8>> {
    let table: Option<&[u8; 256]> = match table {
        None => None,
        Some(table) => Some(
            table.try_into().map_err(|_| Error::value("translation table must be 256 characters long"))?,
        ),
    };
    let mut deleted = [false; 256];
    for &byte in delete {
        deleted[byte as usize] = true;
    }
    let to = |byte: u8| table.map_or(byte, |table| table[byte as usize]);
    if delete.is_empty() {
        return Ok(bytes.iter().map(|&byte| to(byte)).collect());
    }
    Ok(bytes.iter().filter(|&&byte| !deleted[byte as usize]).map(|&byte| to(byte)).collect())
}

/// `bytes.maketrans`.
pub fn make_table(from: &[u8], to: &[u8]) -> Result<[u8; 256]> {
    if from.len() != to.len() {
        return Err(Error::value("maketrans arguments must have same length"));
    }
    let mut table = std::array::from_fn(|i| i as u8);
    for (&from, &to) in from.iter().zip(to) {
        table[from as usize] = to;
    }
    Ok(table)
}

/// The pairs of `str.maketrans(from, to)`: what each code point becomes, in order. The lengths are in code
/// points.
pub fn make_pairs<'a>(
    from: &'a Wtf8,
    to: &'a Wtf8,
) -> Result<impl Iterator<Item = (CodePoint, CodePoint)> + 'a> {
    if crate::text::count(from.as_bytes()) != crate::text::count(to.as_bytes()) {
        return Err(Error::value("the first two maketrans arguments must have equal length"));
    }
    Ok(from.code_points().zip(to.code_points()))
}
