//! The format specification mini-language: `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]`.

use rustpython_wtf8::{CodePoint, Wtf8};

use crate::error::{Error, MAX_SIZE, Result};
use crate::text::{decode, lossy};
use crate::unicode::decimal_value;

/// Where a value stands within its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Center,
    /// `=`: padding between sign and digits.
    AfterSign,
}

impl Align {
    fn from_code_point(c: u32) -> Option<Self> {
        match char::from_u32(c)? {
            '<' => Some(Self::Left),
            '>' => Some(Self::Right),
            '^' => Some(Self::Center),
            '=' => Some(Self::AfterSign),
            _ => None,
        }
    }
}

/// What stands before numbers that are not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `+`
    Plus,
    /// A blank.
    Space,
    /// `-`: nothing.
    Minus,
}

/// What separates groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// `,`
    Comma,
    /// `_`
    Underscore,
}

impl Grouping {
    /// The separator.
    pub fn separator(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Underscore => '_',
        }
    }
}

/// What holds where a specification says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// The type, as its code point; 0 for none.
    pub kind: u32,
    /// The alignment.
    pub align: Align,
}

/// A parsed specification.
#[derive(Clone, Debug)]
pub struct Spec {
    /// What pads.
    pub fill: CodePoint,
    /// Where the value stands.
    pub align: Align,
    /// The sign, if one was given.
    pub sign: Option<Sign>,
    /// `z`: no negative zero.
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    /// The least width.
    pub width: Option<usize>,
    /// Of the digits before the point.
    pub grouping: Option<Grouping>,
    /// Of the digits after the point.
    pub fraction_grouping: Option<Grouping>,
    /// The precision.
    pub precision: Option<usize>,
    /// The type's code point; 0 for none.
    pub kind: u32,
}

/// A code point as errors show it: `%c`, or its number.
pub(crate) fn shown(c: u32) -> String {
    match char::from_u32(c) {
        Some(c @ '!'..='\x7F') => c.to_string(),
        _ => format!("\\x{c:x}"),
    }
}

fn cannot_group(grouping: Grouping, kind: u32) -> Error {
    Error::value(format!("Cannot specify '{}' with '{}'.", grouping.separator(), shown(kind)))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u32> {
        decode(&self.bytes[self.at..]).map(|(c, _)| c)
    }

    fn skip(&mut self) {
        self.at += decode(&self.bytes[self.at..]).map_or(0, |(_, len)| len);
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c as u32);
        self.at += usize::from(found);
        found
    }

    /// Digits of any decimal system.
    fn number(&mut self) -> Result<Option<usize>> {
        let mut value: Option<usize> = None;
        while let Some(digit) = self.peek().and_then(decimal_value) {
            let next = value.unwrap_or(0).checked_mul(10).and_then(|value| value.checked_add(digit.into()));
            let Some(next) = next.filter(|&next| next <= MAX_SIZE) else {
                return Err(Error::value("Too many decimal digits in format string"));
            };
            value = Some(next);
            self.skip();
        }
        Ok(value)
    }

    fn grouping(&mut self) -> Result<Option<Grouping>> {
        let both = || Err(Error::value("Cannot specify both ',' and '_'."));
        let mut grouping = self.eat(',').then_some(Grouping::Comma);
        if self.eat('_') {
            if grouping.is_some() {
                return both();
            }
            grouping = Some(Grouping::Underscore);
        }
        if grouping == Some(Grouping::Underscore) && self.peek() == Some(',' as u32) {
            return both();
        }
        Ok(grouping)
    }
}

impl Spec {
    /// Parses a specification for a value of a type.
    pub fn parse(text: &Wtf8, defaults: Defaults, type_name: &str) -> Result<Self> {
        let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
        let mut spec = Self {
            fill: CodePoint::from_char(' '),
            align: defaults.align,
            sign: None,
            no_negative_zero: false,
            alternate: false,
            width: None,
            grouping: None,
            fraction_grouping: None,
            precision: None,
            kind: defaults.kind,
        };
        let first = reader.peek();
        reader.skip();
        let second_at = reader.at;
        let mut filled = false;
        let mut aligned = true;
        if let Some(align) = reader.peek().and_then(Align::from_code_point) {
            spec.fill = first.and_then(CodePoint::from_u32).unwrap_or(spec.fill);
            spec.align = align;
            filled = true;
            reader.skip();
        } else if let Some(align) = first.and_then(Align::from_code_point) {
            spec.align = align;
            reader.at = second_at;
        } else {
            aligned = false;
            reader.at = 0;
        }
        spec.sign = match reader.peek().and_then(char::from_u32) {
            Some('+') => Some(Sign::Plus),
            Some(' ') => Some(Sign::Space),
            Some('-') => Some(Sign::Minus),
            _ => None,
        };
        reader.at += usize::from(spec.sign.is_some());
        spec.no_negative_zero = reader.eat('z');
        spec.alternate = reader.eat('#');
        if !filled && reader.eat('0') {
            spec.fill = CodePoint::from_char('0');
            if !aligned && defaults.align == Align::Right {
                spec.align = Align::AfterSign;
            }
        }
        spec.width = reader.number()?;
        spec.grouping = reader.grouping()?;
        if reader.eat('.') {
            spec.precision = reader.number()?;
            spec.fraction_grouping = reader.grouping()?;
            if spec.precision.is_none() && spec.fraction_grouping.is_none() {
                return Err(Error::value("Format specifier missing precision"));
            }
        }
        match decode(&reader.bytes[reader.at..]) {
            None => {}
            Some((kind, len)) if reader.at + len == reader.bytes.len() => spec.kind = kind,
            Some(_) => {
                return Err(Error::value(format!(
                    "Invalid format specifier '{}' for object of type '{type_name}'",
                    lossy(text)
                )));
            }
        }
        if let Some(grouping) = spec.grouping {
            match char::from_u32(spec.kind) {
                Some('d' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' | '\0') => {}
                Some('b' | 'o' | 'x' | 'X') if grouping == Grouping::Underscore => {}
                _ => return Err(cannot_group(grouping, spec.kind)),
            }
        }
        if let Some(grouping) = spec.fraction_grouping
            && spec.kind == 'n' as u32
        {
            return Err(cannot_group(grouping, spec.kind));
        }
        Ok(spec)
    }

    /// The type as a character, `\0` for none.
    pub(super) fn kind(&self) -> char {
        char::from_u32(self.kind).unwrap_or('\u{FFFD}')
    }

    #[cold]
    pub(super) fn unknown_kind(&self, type_name: &str) -> Error {
        Error::value(format!("Unknown format code '{}' for object of type '{type_name}'", shown(self.kind)))
    }

    /// How much padding goes to the left and to the right of so many characters.
    pub(super) fn margins(&self, len: usize) -> (usize, usize) {
        let rest = self.width.unwrap_or(0).saturating_sub(len);
        match self.align {
            Align::Right => (rest, 0),
            Align::Center => (rest / 2, rest - rest / 2),
            Align::Left | Align::AfterSign => (0, rest),
        }
    }
}
