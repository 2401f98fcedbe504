//! Reading a `%` format.

use std::ops::Range;

use crate::error::{Error, MAX_SIZE, Result};
use crate::text::{count, decode};

/// The flags of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five flags that are independent of each other")]
pub struct Flags {
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// A blank.
    pub space: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
}

/// A field, read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its flags.
    pub flags: Flags,
    /// The width; 0 where there is none or [`Event::Width`] came before.
    pub width: usize,
    /// The precision; `None` also where [`Event::Precision`] came before.
    pub precision: Option<usize>,
    /// The conversion: a code point of a text, a byte of bytes. It may be one that does not exist.
    pub conversion: u32,
    /// Where the conversion stands.
    index: usize,
    pub(super) text: bool,
}

impl Field {
    /// The conversion as a character.
    pub fn kind(&self) -> char {
        char::from_u32(self.conversion).unwrap_or('\u{FFFD}')
    }

    /// The error for a conversion that does not exist, to be raised when its value has been fetched.
    pub fn unsupported(&self) -> Error {
        let c = self.conversion;
        if !self.text && c >= 0x80 {
            return Error::overflow("character argument not in range(0x110000)");
        }
        let shown = match char::from_u32(c) {
            Some(shown) if !self.text || (31..=126).contains(&c) => shown,
            _ => '?',
        };
        Error::value(format!("unsupported format character '{shown}' ({c:#x}) at index {}", self.index))
    }
}

/// What comes next in a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// These bytes of the format stand for themselves.
    Literal(Range<usize>),
    /// `(key)`: the next value is the mapping's at these bytes. Without a mapping: `TypeError`, "format
    /// requires a mapping".
    Key(Range<usize>),
    /// `*`: fetch an integer (otherwise `TypeError`, "* wants int") and pass it to [`star_width`].
    Width,
    /// `.*`: fetch an integer and pass it to [`star_precision`].
    Precision,
    /// Fetch a value and write it.
    Field(Field),
}

/// The width that `*` stands for: a negative one aligns to the left.
pub fn star_width(field: &mut Field, value: isize) {
    field.flags.left |= value < 0;
    field.width = value.unsigned_abs();
}

/// The precision that `.*` stands for.
pub fn star_precision(field: &mut Field, value: i32) {
    field.precision = Some(usize::try_from(value).unwrap_or(0));
}

#[derive(Clone, Copy)]
enum State {
    Literal,
    Flags,
    AfterWidth,
    AfterPrecision,
}

/// Reads a format. After an error it is at its end.
pub struct Parser<'a> {
    format: &'a [u8],
    at: usize,
    text: bool,
    state: State,
    flags: Flags,
    width: usize,
    precision: Option<usize>,
}

impl<'a> Parser<'a> {
    /// Of a `str`'s WTF-8.
    pub fn text(format: &'a [u8]) -> Self {
        Self::new(format, true)
    }

    /// Of `bytes`.
    pub fn bytes(format: &'a [u8]) -> Self {
        Self::new(format, false)
    }

    fn new(format: &'a [u8], text: bool) -> Self {
        let flags = Flags::default();
        Self { format, at: 0, text, state: State::Literal, flags, width: 0, precision: None }
    }

    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn literal(&mut self) -> Result<Option<Event>> {
        let start = self.at;
        if start == self.format.len() {
            return Ok(None);
        }
        let end = memchr::memchr(b'%', &self.format[start..]).map_or(self.format.len(), |at| start + at);
        if end > start {
            self.at = end;
            return Ok(Some(Event::Literal(start..end)));
        }
        self.at = start + 1;
        if self.eat(b'%') {
            return Ok(Some(Event::Literal(start..start + 1)));
        }
        (self.flags, self.width, self.precision) = (Flags::default(), 0, None);
        self.state = State::Flags;
        if self.eat(b'(') { self.key().map(Some) } else { self.flags().map(Some) }
    }

    /// A key may hold parentheses in pairs.
    fn key(&mut self) -> Result<Event> {
        let start = self.at;
        let mut depth = 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(Event::Key(start..self.at - 1));
            }
        }
        Err(Error::value("incomplete format key"))
    }

    fn flags(&mut self) -> Result<Event> {
        loop {
            match self.peek() {
                Some(b'-') => self.flags.left = true,
                Some(b'+') => self.flags.plus = true,
                Some(b' ') => self.flags.space = true,
                Some(b'#') => self.flags.alternate = true,
                Some(b'0') => self.flags.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        self.state = State::AfterWidth;
        if self.eat(b'*') {
            return Ok(Event::Width);
        }
        self.width = self.number(MAX_SIZE, "width too big")?;
        self.after_width()
    }

    fn after_width(&mut self) -> Result<Event> {
        self.state = State::AfterPrecision;
        if self.eat(b'.') {
            if self.eat(b'*') {
                return Ok(Event::Precision);
            }
            let too_big = if self.text { "precision too big" } else { "prec too big" };
            self.precision = Some(self.number(i32::MAX as usize, too_big)?);
        }
        self.after_precision()
    }

    fn number(&mut self, most: usize, too_big: &str) -> Result<usize> {
        let mut value: usize = 0;
        while let Some(byte @ b'0'..=b'9') = self.peek() {
            value = value
                .checked_mul(10)
                .and_then(|value| value.checked_add(usize::from(byte - b'0')))
                .filter(|&value| value <= most)
                .ok_or_else(|| Error::value(too_big))?;
            self.at += 1;
        }
        Ok(value)
    }

    fn after_precision(&mut self) -> Result<Event> {
        if matches!(self.peek(), Some(b'h' | b'l' | b'L')) {
            self.at += 1;
        }
        let incomplete = || Error::value("incomplete format");
        let rest = &self.format[self.at..];
        let (conversion, len) =
            if self.text { decode(rest) } else { rest.first().map(|&byte| (byte.into(), 1)) }
                .ok_or_else(incomplete)?;
        let index = if self.text { count(&self.format[..self.at]) } else { self.at };
        self.at += len;
        self.state = State::Literal;
        Ok(Event::Field(Field {
            flags: self.flags,
            width: self.width,
            precision: self.precision,
            conversion,
            index,
            text: self.text,
        }))
    }
}

impl Iterator for Parser<'_> {
    type Item = Result<Event>;

    fn next(&mut self) -> Option<Self::Item> {
        let event = match self.state {
            State::Literal => self.literal().transpose()?,
            State::Flags => self.flags(),
            State::AfterWidth => self.after_width(),
            State::AfterPrecision => self.after_precision(),
        };
        if event.is_err() {
            self.at = self.format.len();
            self.state = State::Literal;
        }
        Some(event)
    }
}
