//! Reading: from bytes to calls of a [`Builder`], with a stack of its own instead of recursion. What the
//! objects are made of is the builder's business.

use std::borrow::Cow;
use std::vec::Drain;

use malachite_bigint::{BigInt, BigUint, Sign};
use rustpython_wtf8::Wtf8;

use super::{FLAG_REF, MAX_DEPTH, tag};
use crate::constant::Int;

/// An object that is the same wherever it appears.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Atom {
    /// `None`
    None,
    /// `False` or `True`
    Bool(bool),
    /// `...`
    Ellipsis,
    /// The exception class.
    StopIteration,
}

/// An object that holds objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Container {
    /// `tuple`
    Tuple,
    /// `list`
    List,
    /// `dict`; its items are keys and values in turn.
    Dict,
    /// `set`
    Set,
    /// `frozenset`
    FrozenSet,
    /// `slice`; its items are start, stop and step.
    Slice,
}

/// The parts of a code object, as they are marshalled.
#[derive(Clone, Debug)]
pub struct CodeFields<V> {
    /// `co_argcount`
    pub argcount: i32,
    /// `co_posonlyargcount`
    pub posonlyargcount: i32,
    /// `co_kwonlyargcount`
    pub kwonlyargcount: i32,
    /// `co_stacksize`
    pub stacksize: i32,
    /// `co_flags`
    pub flags: i32,
    /// `co_code`
    pub code: V,
    /// `co_consts`
    pub consts: V,
    /// `co_names`
    pub names: V,
    /// `co_localsplusnames`
    pub localsplusnames: V,
    /// `co_localspluskinds`
    pub localspluskinds: V,
    /// `co_filename`
    pub filename: V,
    /// `co_name`
    pub name: V,
    /// `co_qualname`
    pub qualname: V,
    /// `co_firstlineno`
    pub firstlineno: i32,
    /// `co_linetable`
    pub linetable: V,
    /// `co_exceptiontable`
    pub exceptiontable: V,
}

/// Why a builder will not make an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused(pub &'static str);

/// Makes objects as they are read.
pub trait Builder {
    /// A made object. Clones are the same object.
    type Value: Clone;

    /// An atom.
    fn atom(&mut self, atom: Atom) -> Result<Self::Value, Refused>;
    /// An integer.
    fn int(&mut self, value: Int) -> Self::Value;
    /// A float.
    fn float(&mut self, value: f64) -> Self::Value;
    /// A complex number.
    fn complex(&mut self, real: f64, imag: f64) -> Self::Value;
    /// A string.
    fn str(&mut self, text: &Wtf8, interned: bool) -> Self::Value;
    /// A string that is valid UTF-8, as nearly all are.
    fn utf8(&mut self, text: &str, interned: bool) -> Self::Value {
        self.str(Wtf8::new(text), interned)
    }
    /// A bytes object.
    fn bytes(&mut self, bytes: &[u8]) -> Self::Value;
    /// Called before a container's items are read. A builder whose containers can be referred to from
    /// within makes the empty container here; the others answer `None`, and such a reference is an error.
    fn open(&mut self, kind: Container) -> Result<Option<Self::Value>, Refused>;
    /// Called with a container's items, and with what [`open`](Self::open) made.
    fn close(
        &mut self,
        kind: Container,
        opened: Option<Self::Value>,
        items: Drain<'_, Self::Value>,
    ) -> Result<Self::Value, Refused>;
    /// A code object.
    fn code(&mut self, fields: CodeFields<Self::Value>) -> Result<Self::Value, Refused>;
}

/// What is wrong with marshal data, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("bad marshal data at byte {at}: {kind}")]
pub struct ReadError {
    /// The byte at which the faulty object begins, or the data ends.
    pub at: usize,
    /// What is wrong.
    pub kind: ReadErrorKind,
}

/// What can be wrong with marshal data.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// CPython: EOFError "marshal data too short".
    #[error("the data ends within an object")]
    Truncated,
    /// A type byte that is none.
    #[error("unknown type code 0x{0:02x}")]
    UnknownType(u8),
    /// A length or count below zero.
    #[error("the length is negative")]
    NegativeLength,
    /// A NULL where an object must stand.
    #[error("a NULL object stands where only a dict's end may have one")]
    Null,
    /// A reference to an object that did not come before.
    #[error("reference {0} is to no object before it")]
    InvalidReference(u32),
    /// A reference from within an object to itself, where the kind of object can't have one.
    #[error("reference {0} is to an object that is not complete")]
    IncompleteReference(u32),
    /// A string that is not UTF-8.
    #[error("the string is not UTF-8")]
    NotUtf8,
    /// A digit of a long integer of 2**15 or more.
    #[error("a digit of the long integer is out of range")]
    DigitOutOfRange,
    /// A long integer whose highest digit is zero.
    #[error("the long integer is not normalized")]
    UnnormalizedLong,
    /// A float as text that is not a float.
    #[error("the float's text is not a number")]
    BadFloatText,
    /// Nesting beyond [`MAX_DEPTH`].
    #[error("objects nest more than {MAX_DEPTH} deep")]
    TooDeep,
    /// The builder will not make the object.
    #[error("{0}")]
    Refused(&'static str),
}

/// Reads one object from the beginning of the bytes; answers it and how many bytes it took.
pub fn read<B: Builder>(bytes: &[u8], builder: &mut B) -> Result<(B::Value, usize), ReadError> {
    let mut reader = Reader {
        input: Input { bytes, at: 0 },
        builder,
        refs: Vec::new(),
        open: Vec::new(),
        values: Vec::new(),
    };
    let value = reader.run()?;
    Ok((value, reader.input.at))
}

/// The bytes and how far they have been read.
struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ReadErrorKind> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or(ReadErrorKind::Truncated)?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadErrorKind> {
        let (&array, _) =
            self.bytes.get(self.at..).and_then(<[u8]>::split_first_chunk).ok_or(ReadErrorKind::Truncated)?;
        self.at += N;
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8, ReadErrorKind> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn long(&mut self) -> Result<i32, ReadErrorKind> {
        self.array().map(i32::from_le_bytes)
    }

    fn double(&mut self) -> Result<f64, ReadErrorKind> {
        self.array().map(f64::from_le_bytes)
    }

    fn size(&mut self) -> Result<usize, ReadErrorKind> {
        usize::try_from(self.long()?).map_err(|_| ReadErrorKind::NegativeLength)
    }

    fn sized(&mut self) -> Result<&'a [u8], ReadErrorKind> {
        let size = self.size()?;
        self.take(size)
    }

    fn short_sized(&mut self) -> Result<&'a [u8], ReadErrorKind> {
        let size = self.byte()?;
        self.take(usize::from(size))
    }

    /// A float written as text, by versions 0 and 1.
    fn float_text(&mut self) -> Result<f64, ReadErrorKind> {
        let text = std::str::from_utf8(self.short_sized()?).map_err(|_| ReadErrorKind::BadFloatText)?;
        text.parse().map_err(|_| ReadErrorKind::BadFloatText)
    }

    /// An integer of base 2**15 digits, little end first.
    fn long_digits(&mut self) -> Result<Int, ReadErrorKind> {
        let count = self.long()?;
        let bytes = self.take((count.unsigned_abs() as usize).saturating_mul(2))?;
        let digits = bytes.as_chunks::<2>().0.iter().map(|&digit| u16::from_le_bytes(digit));
        if digits.clone().any(|digit| digit >> 15 != 0) {
            return Err(ReadErrorKind::DigitOutOfRange);
        }
        if digits.clone().next_back() == Some(0) {
            return Err(ReadErrorKind::UnnormalizedLong);
        }
        if digits.len() <= 4 {
            let magnitude = digits.rev().fold(0i64, |value, digit| value << 15 | i64::from(digit));
            return Ok(Int::Small(if count < 0 { -magnitude } else { magnitude }));
        }
        let mut words = Vec::with_capacity(digits.len() / 2 + 1);
        let (mut word, mut filled) = (0u64, 0);
        for digit in digits {
            word |= u64::from(digit) << filled;
            filled += 15;
            if filled >= 32 {
                words.push(word as u32);
                word >>= 32;
                filled -= 32;
            }
        }
        words.push(word as u32);
        let sign = if count < 0 { Sign::Minus } else { Sign::Plus };
        Ok(BigInt::from_biguint(sign, BigUint::new(words)).into())
    }
}

/// An object whose parts are being read.
enum Open<V> {
    Container { kind: Container, opened: Option<V>, left: usize, first: usize, reference: Option<usize> },
    Dict { opened: Option<V>, first: usize, reference: Option<usize> },
    Code { counts: [i32; 5], firstlineno: i32, first: usize, reference: Option<usize> },
}

/// What reading one type byte and what belongs to it led to.
enum Step<V> {
    Value(V),
    Opened,
    Null,
}

struct Reader<'a, 'b, B: Builder> {
    input: Input<'a>,
    builder: &'b mut B,
    /// The reference table. `None`: not complete yet.
    refs: Vec<Option<B::Value>>,
    open: Vec<Open<B::Value>>,
    /// The parts read so far of all open objects, innermost last.
    values: Vec<B::Value>,
}

/// Objects that a code object holds before and after `co_firstlineno`.
const CODE_OBJECTS_BEFORE_LINE: usize = 8;
const CODE_OBJECTS: usize = 10;

impl<B: Builder> Reader<'_, '_, B> {
    fn run(&mut self) -> Result<B::Value, ReadError> {
        loop {
            let at = self.input.at;
            let fail = |kind| ReadError { at, kind };
            let value = match self.step().map_err(fail)? {
                Step::Value(value) => Some(value),
                Step::Opened => None,
                Step::Null => Some(self.end_dict().map_err(fail)?),
            };
            if let Some(value) = self.deliver(value).map_err(fail)? {
                return Ok(value);
            }
        }
    }

    /// Hands a complete object to the one around it, which may be complete by that, and so on. Answers
    /// the outermost object once that is complete.
    fn deliver(&mut self, mut value: Option<B::Value>) -> Result<Option<B::Value>, ReadErrorKind> {
        loop {
            if let Some(value) = value.take() {
                if self.open.is_empty() {
                    return Ok(Some(value));
                }
                self.values.push(value);
            }
            match self.open.last_mut() {
                Some(Open::Container { left, first, .. }) if self.values.len() - *first == *left => {}
                Some(Open::Code { firstlineno, first, .. }) => {
                    let have = self.values.len() - *first;
                    if have == CODE_OBJECTS_BEFORE_LINE {
                        *firstlineno = self.input.long()?;
                    }
                    if have < CODE_OBJECTS {
                        return Ok(None);
                    }
                }
                _ => return Ok(None),
            }
            let Some(done) = self.open.pop() else { return Ok(None) };
            value = Some(self.close(done)?);
        }
    }

    fn close(&mut self, done: Open<B::Value>) -> Result<B::Value, ReadErrorKind> {
        let refused = |Refused(why)| ReadErrorKind::Refused(why);
        let (value, reference) = match done {
            Open::Container { kind, opened, first, reference, .. } => {
                let value = self.builder.close(kind, opened, self.values.drain(first..)).map_err(refused)?;
                (value, reference)
            }
            Open::Dict { opened, first, reference } => {
                let value = self.builder.close(Container::Dict, opened, self.values.drain(first..));
                (value.map_err(refused)?, reference)
            }
            Open::Code { counts, firstlineno, first, reference } => {
                let [argcount, posonlyargcount, kwonlyargcount, stacksize, flags] = counts;
                let mut objects = self.values.drain(first..);
                let mut next = || objects.next().ok_or(ReadErrorKind::Truncated);
                let fields = CodeFields {
                    argcount,
                    posonlyargcount,
                    kwonlyargcount,
                    stacksize,
                    flags,
                    code: next()?,
                    consts: next()?,
                    names: next()?,
                    localsplusnames: next()?,
                    localspluskinds: next()?,
                    filename: next()?,
                    name: next()?,
                    qualname: next()?,
                    firstlineno,
                    linetable: next()?,
                    exceptiontable: next()?,
                };
                drop(objects);
                (self.builder.code(fields).map_err(refused)?, reference)
            }
        };
        if let Some(index) = reference {
            self.refs[index] = Some(value.clone());
        }
        Ok(value)
    }

    /// Ends the innermost object, which must be a dict that waits for a key or a value. A key without a
    /// value is dropped, as CPython does.
    fn end_dict(&mut self) -> Result<B::Value, ReadErrorKind> {
        match self.open.pop() {
            Some(Open::Dict { opened, first, reference }) => {
                let whole = (self.values.len() - first) / 2 * 2;
                self.values.truncate(first + whole);
                self.close(Open::Dict { opened, first, reference })
            }
            _ => Err(ReadErrorKind::Null),
        }
    }

    fn step(&mut self) -> Result<Step<B::Value>, ReadErrorKind> {
        let byte = self.input.byte()?;
        let flagged = byte & FLAG_REF != 0;
        let input = &mut self.input;
        let builder = &mut *self.builder;
        let atom =
            |builder: &mut B, atom| builder.atom(atom).map_err(|Refused(why)| ReadErrorKind::Refused(why));
        let value = match byte & !FLAG_REF {
            tag::SHORT_ASCII => latin1(builder, input.short_sized()?, false),
            tag::SHORT_ASCII_INTERNED => latin1(builder, input.short_sized()?, true),
            tag::REF => return self.reference().map(Step::Value),
            tag::STRING => builder.bytes(input.sized()?),
            tag::INT => builder.int(Int::Small(i64::from(input.long()?))),
            tag::NONE => return atom(builder, Atom::None).map(Step::Value),
            tag::FALSE => return atom(builder, Atom::Bool(false)).map(Step::Value),
            tag::TRUE => return atom(builder, Atom::Bool(true)).map(Step::Value),
            tag::ELLIPSIS => return atom(builder, Atom::Ellipsis).map(Step::Value),
            tag::STOP_ITERATION => return atom(builder, Atom::StopIteration).map(Step::Value),
            tag::NULL => return Ok(Step::Null),
            tag::SMALL_TUPLE => {
                let left = usize::from(input.byte()?);
                return self.open(Container::Tuple, left, flagged);
            }
            tag::TUPLE => {
                let left = input.size()?;
                return self.open(Container::Tuple, left, flagged);
            }
            tag::CODE => return self.open_code(flagged),
            tag::ASCII => latin1(builder, input.sized()?, false),
            tag::ASCII_INTERNED => latin1(builder, input.sized()?, true),
            tag::UNICODE => utf8(builder, input.sized()?, false)?,
            tag::INTERNED => utf8(builder, input.sized()?, true)?,
            tag::BINARY_FLOAT => builder.float(input.double()?),
            tag::BINARY_COMPLEX => builder.complex(input.double()?, input.double()?),
            tag::LONG => builder.int(input.long_digits()?),
            tag::INT64 => builder.int(Int::Small(i64::from_le_bytes(input.array()?))),
            tag::FLOAT => builder.float(input.float_text()?),
            tag::COMPLEX => builder.complex(input.float_text()?, input.float_text()?),
            tag::LIST => {
                let left = input.size()?;
                return self.open(Container::List, left, flagged);
            }
            tag::SET => {
                let left = input.size()?;
                return self.open(Container::Set, left, flagged);
            }
            tag::FROZENSET => {
                let left = input.size()?;
                return self.open(Container::FrozenSet, left, flagged);
            }
            tag::SLICE => return self.open(Container::Slice, 3, flagged),
            tag::DICT => return self.open(Container::Dict, 0, flagged),
            unknown => return Err(ReadErrorKind::UnknownType(unknown)),
        };
        if flagged {
            self.refs.push(Some(value.clone()));
        }
        Ok(Step::Value(value))
    }

    fn reference(&mut self) -> Result<B::Value, ReadErrorKind> {
        let index = self.input.long()? as u32;
        match self.refs.get(index as usize) {
            Some(Some(value)) => Ok(value.clone()),
            Some(None) => Err(ReadErrorKind::IncompleteReference(index)),
            None => Err(ReadErrorKind::InvalidReference(index)),
        }
    }

    /// Enters an object that is not complete in the reference table.
    fn reserve(&mut self, flagged: bool, opened: Option<&B::Value>) -> Option<usize> {
        flagged.then(|| {
            self.refs.push(opened.cloned());
            self.refs.len() - 1
        })
    }

    fn check_depth(&self) -> Result<(), ReadErrorKind> {
        if self.open.len() < MAX_DEPTH { Ok(()) } else { Err(ReadErrorKind::TooDeep) }
    }

    fn open(&mut self, kind: Container, left: usize, flagged: bool) -> Result<Step<B::Value>, ReadErrorKind> {
        self.check_depth()?;
        let opened = self.builder.open(kind).map_err(|Refused(why)| ReadErrorKind::Refused(why))?;
        let reference = self.reserve(flagged, opened.as_ref());
        let first = self.values.len();
        self.open.push(match kind {
            Container::Dict => Open::Dict { opened, first, reference },
            _ => Open::Container { kind, opened, left, first, reference },
        });
        Ok(Step::Opened)
    }

    fn open_code(&mut self, flagged: bool) -> Result<Step<B::Value>, ReadErrorKind> {
        self.check_depth()?;
        let mut counts = [0; 5];
        for count in &mut counts {
            *count = self.input.long()?;
        }
        let reference = self.reserve(flagged, None);
        self.open.push(Open::Code { counts, firstlineno: 0, first: self.values.len(), reference });
        Ok(Step::Opened)
    }
}

/// The "ASCII" types hold a byte for each character and are not checked by CPython either: bytes from
/// 0x80 on are Latin-1 characters.
fn latin1<B: Builder>(builder: &mut B, bytes: &[u8], interned: bool) -> B::Value {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if bytes.is_ascii() => Cow::Borrowed(text),
        _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
    };
    builder.utf8(&text, interned)
}

fn utf8<B: Builder>(builder: &mut B, bytes: &[u8], interned: bool) -> Result<B::Value, ReadErrorKind> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(builder.utf8(text, interned));
    }
    let text = Wtf8::from_bytes(bytes).ok_or(ReadErrorKind::NotUtf8)?;
    Ok(builder.str(text, interned))
}
