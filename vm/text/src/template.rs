//! The templates of `str.format`: literal text, field names, conversions, nested specifications.
//!
//! Ranges are of bytes of the template's WTF-8, whose special characters are all ASCII.

use std::ops::Range;

use crate::error::{Error, MAX_SIZE, Result};
use crate::format::shown_code_point;
use crate::text::decode;
use crate::unicode::decimal_value;

/// How deep replacement fields may nest: a field within a specification, no further.
pub const MAX_DEPTH: usize = 2;

/// The error for fields nested deeper than [`MAX_DEPTH`].
pub fn too_deep() -> Error {
    Error::value("Max string recursion exceeded")
}

/// A replacement field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, possibly empty: see [`split_name`].
    pub name: Range<usize>,
    /// The code point after `!`.
    pub conversion: Option<u32>,
    /// The specification, possibly empty.
    pub spec: Range<usize>,
    /// Whether the specification holds fields of its own.
    pub nested: bool,
}

/// Literal text, and the field that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text; of a doubled brace it has one.
    pub literal: Range<usize>,
    /// The field, if one follows.
    pub field: Option<Field>,
}

/// Reads a template: `_string.formatter_parser`.
#[derive(Clone, Debug)]
pub struct Parser<'a> {
    template: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Parser<'a> {
    /// Of a whole template.
    pub fn new(template: &'a [u8]) -> Self {
        Self { template, at: 0, end: template.len() }
    }

    /// Of a part of it: a specification with fields of its own.
    pub fn part(template: &'a [u8], range: Range<usize>) -> Self {
        let end = range.end.min(template.len());
        Self { template, at: range.start.min(end), end }
    }

    /// Where the next piece begins, in bytes.
    pub fn position(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a [u8] {
        &self.template[self.at..self.end]
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn piece(&mut self) -> Result<Piece> {
        let start = self.at;
        let Some(offset) = memchr::memchr2(b'{', b'}', self.rest()) else {
            self.at = self.end;
            return Ok(Piece { literal: start..self.end, field: None });
        };
        let brace_at = start + offset;
        let brace = self.template[brace_at];
        self.at = brace_at + 1;
        if self.peek() == Some(brace) {
            self.at += 1;
            return Ok(Piece { literal: start..brace_at + 1, field: None });
        }
        if brace == b'}' {
            return Err(Error::value("Single '}' encountered in format string"));
        }
        if self.at == self.end {
            return Err(Error::value("Single '{' encountered in format string"));
        }
        Ok(Piece { literal: start..brace_at, field: Some(self.field()?) })
    }

    fn field(&mut self) -> Result<Field> {
        let start = self.at;
        let end = loop {
            match self.take() {
                None => return Err(Error::value("expected '}' before end of string")),
                Some(b'{') => return Err(Error::value("unexpected '{' in field name")),
                // What is in brackets is taken as it is.
                Some(b'[') => {
                    let len = memchr::memchr(b']', self.rest()).unwrap_or(self.end - self.at);
                    self.at += len;
                }
                Some(end @ (b'}' | b':' | b'!')) => break end,
                Some(_) => {}
            }
        };
        let mut field =
            Field { name: start..self.at - 1, conversion: None, spec: self.at..self.at, nested: false };
        if end == b'}' {
            return Ok(field);
        }
        if end == b'!' {
            let (conversion, len) = decode(self.rest())
                .ok_or_else(|| Error::value("end of string while looking for conversion specifier"))?;
            self.at += len;
            field.conversion = Some(conversion);
            match self.take() {
                Some(b'}') => {
                    field.spec = self.at..self.at;
                    return Ok(field);
                }
                Some(b':') | None => {}
                Some(_) => return Err(Error::value("expected ':' after conversion specifier")),
            }
        }
        let spec = self.at;
        let mut depth = 1;
        while let Some(byte) = self.take() {
            match byte {
                b'{' => {
                    field.nested = true;
                    depth += 1;
                }
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                field.spec = spec..self.at - 1;
                return Ok(field);
            }
        }
        Err(Error::value("unmatched '{' in format spec"))
    }
}

impl Iterator for Parser<'_> {
    type Item = Result<Piece>;

    fn next(&mut self) -> Option<Result<Piece>> {
        if self.at >= self.end {
            return None;
        }
        let piece = self.piece();
        if piece.is_err() {
            self.at = self.end;
        }
        Some(piece)
    }
}

/// The error for a conversion other than `r`, `s` and `a`.
pub fn unknown_conversion(conversion: u32) -> Error {
    Error::value(format!("Unknown conversion specifier {}", shown_code_point(conversion)))
}

/// A name or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A number that is written with decimal digits only.
    Index(usize),
    /// Anything else.
    Name(Range<usize>),
}

/// A step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// `.name`
    Attribute(Range<usize>),
    /// `[key]`
    Item(Key),
}

fn key(template: &[u8], range: Range<usize>) -> Result<Key> {
    let mut value: Option<usize> = None;
    let mut rest = &template[range.clone()];
    while let Some((c, len)) = decode(rest) {
        let Some(digit) = decimal_value(c) else { return Ok(Key::Name(range)) };
        let next = value.unwrap_or(0).checked_mul(10).and_then(|value| value.checked_add(digit.into()));
        let Some(next) = next.filter(|&next| next <= MAX_SIZE) else {
            return Err(Error::value("Too many decimal digits in format string"));
        };
        value = Some(next);
        rest = &rest[len..];
    }
    Ok(value.map_or(Key::Name(range), Key::Index))
}

/// The steps after a field's first name.
#[derive(Clone, Debug)]
pub struct Accesses<'a> {
    template: &'a [u8],
    at: usize,
    end: usize,
}

/// Splits a field's name into what it begins with and the steps from there:
/// `_string.formatter_field_name_split`.
pub fn split_name(template: &[u8], name: Range<usize>) -> Result<(Key, Accesses<'_>)> {
    let end = name.end.min(template.len());
    let start = name.start.min(end);
    let first = memchr::memchr2(b'.', b'[', &template[start..end]).map_or(end, |at| start + at);
    Ok((key(template, start..first)?, Accesses { template, at: first, end }))
}

impl<'a> Accesses<'a> {
    /// The steps from this byte of a name on.
    pub fn from_position(name: &'a [u8], at: usize) -> Self {
        Self { template: name, at, end: name.len() }
    }

    /// Where the next step begins, in bytes.
    pub fn position(&self) -> usize {
        self.at
    }

    fn access(&mut self) -> Result<Access> {
        let start = self.at + 1;
        let rest = &self.template[start.min(self.end)..self.end];
        let empty = || Error::value("Empty attribute in format string");
        match self.template[self.at] {
            b'.' => {
                let len = memchr::memchr2(b'.', b'[', rest).unwrap_or(rest.len());
                self.at = start + len;
                if len == 0 { Err(empty()) } else { Ok(Access::Attribute(start..self.at)) }
            }
            b'[' => {
                let len =
                    memchr::memchr(b']', rest).ok_or_else(|| Error::value("Missing ']' in format string"))?;
                self.at = start + len + 1;
                let key = key(self.template, start..start + len)?;
                if len == 0 { Err(empty()) } else { Ok(Access::Item(key)) }
            }
            _ => Err(Error::value("Only '.' or '[' may follow ']' in format field specifier")),
        }
    }
}

impl Iterator for Accesses<'_> {
    type Item = Result<Access>;

    fn next(&mut self) -> Option<Result<Access>> {
        if self.at >= self.end {
            return None;
        }
        let access = self.access();
        if access.is_err() {
            self.at = self.end;
        }
        Some(access)
    }
}

/// Numbers fields without a name, and refuses to mix them with numbered ones.
#[derive(Clone, Debug, Default)]
pub struct AutoNumber {
    next: usize,
    manual: Option<bool>,
}

impl AutoNumber {
    /// The key as it is to be looked up.
    pub fn resolve(&mut self, key: Key) -> Result<Key> {
        let empty = matches!(&key, Key::Name(name) if name.is_empty());
        if !empty && matches!(key, Key::Name(_)) {
            return Ok(key);
        }
        match (*self.manual.get_or_insert(!empty), empty) {
            (true, true) => Err(Error::value(
                "cannot switch from manual field specification to automatic field numbering",
            )),
            (false, false) => Err(Error::value(
                "cannot switch from automatic field numbering to manual field specification",
            )),
            (true, false) => Ok(key),
            (false, true) => {
                self.next += 1;
                Ok(Key::Index(self.next - 1))
            }
        }
    }
}
