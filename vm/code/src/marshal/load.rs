//! Loading constants: the builder that makes [`Const`]s.

use std::sync::Arc;
use std::vec::Drain;

use rustpython_wtf8::Wtf8;

use super::read::{Atom, Builder, CodeFields, Container, ReadError, Refused, read};
use crate::code_object::CodeObject;
use crate::constant::{Bytes, Const, Int, Names, Tuple};
use crate::flags::CodeFlags;
use crate::text::Str;

/// How many constants a constant may hold, counting one that appears in several places each time.
/// References can make a few hundred bytes stand for 2**2000 items; whoever walks those never returns.
const MAX_EXPANDED: u64 = 1 << 24;

/// Why bytes hold no constant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LoadError {
    /// The bytes are not marshal data of a constant.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// More bytes follow the object.
    #[error("bad marshal data at byte {at}: {left} more bytes follow the object")]
    TrailingBytes {
        /// Where the object ends.
        at: usize,
        /// How many bytes follow.
        left: usize,
    },
}

/// The constant that these bytes hold, with nothing after it.
pub fn loads(bytes: &[u8]) -> Result<Const, LoadError> {
    let (value, at) = loads_prefix(bytes)?;
    match bytes.len() - at {
        0 => Ok(value),
        left => Err(LoadError::TrailingBytes { at, left }),
    }
}

/// The constant at the beginning of these bytes, and how many bytes it takes. As Python's
/// `marshal.loads` this ignores what follows.
pub fn loads_prefix(bytes: &[u8]) -> Result<(Const, usize), ReadError> {
    let (value, at) = read(bytes, &mut Constants)?;
    Ok((value.constant, at))
}

struct Constants;

/// A constant and how many constants it holds, itself included.
#[derive(Clone)]
struct Weighed {
    constant: Const,
    weight: u64,
}

impl From<Const> for Weighed {
    fn from(constant: Const) -> Self {
        Self { constant, weight: 1 }
    }
}

fn weigh(parts: &[Weighed]) -> Result<u64, Refused> {
    let weight = parts.iter().fold(1u64, |sum, part| sum.saturating_add(part.weight));
    if weight > MAX_EXPANDED {
        return Err(Refused("the constant holds more than 2**24 items, counting each reference to an item"));
    }
    Ok(weight)
}

impl Builder for Constants {
    type Value = Weighed;

    fn atom(&mut self, atom: Atom) -> Result<Weighed, Refused> {
        Ok(match atom {
            Atom::None => Const::None,
            Atom::Bool(value) => Const::Bool(value),
            Atom::Ellipsis => Const::Ellipsis,
            Atom::StopIteration => return Err(Refused("StopIteration is no constant")),
        }
        .into())
    }

    fn int(&mut self, value: Int) -> Weighed {
        Const::Int(value).into()
    }

    fn float(&mut self, value: f64) -> Weighed {
        Const::Float(value).into()
    }

    fn complex(&mut self, real: f64, imag: f64) -> Weighed {
        Const::Complex(real, imag).into()
    }

    fn str(&mut self, text: &Wtf8, interned: bool) -> Weighed {
        Const::Str(Str::from_wtf8(text, interned)).into()
    }

    fn utf8(&mut self, text: &str, interned: bool) -> Weighed {
        Const::Str(if interned { Str::interned(text) } else { Str::new(text) }).into()
    }

    fn bytes(&mut self, bytes: &[u8]) -> Weighed {
        Const::Bytes(bytes.into()).into()
    }

    fn open(&mut self, kind: Container) -> Result<Option<Weighed>, Refused> {
        match kind {
            Container::Tuple | Container::FrozenSet | Container::Slice => Ok(None),
            Container::List => Err(Refused("a list is no constant")),
            Container::Dict => Err(Refused("a dict is no constant")),
            Container::Set => Err(Refused("a set is no constant")),
        }
    }

    fn close(
        &mut self,
        kind: Container,
        _: Option<Weighed>,
        items: Drain<'_, Weighed>,
    ) -> Result<Weighed, Refused> {
        let weight = weigh(items.as_slice())?;
        let mut items = items.map(|item| item.constant);
        let constant = match kind {
            Container::FrozenSet => Const::FrozenSet(items.collect()),
            Container::Slice => {
                let mut part = || items.next().unwrap_or(Const::None);
                Const::Slice(Arc::new([part(), part(), part()]))
            }
            _ => Const::Tuple(items.collect()),
        };
        Ok(Weighed { constant, weight })
    }

    fn code(&mut self, fields: CodeFields<Weighed>) -> Result<Weighed, Refused> {
        let weight = weigh(&[fields.consts.clone(), fields.names.clone(), fields.localsplusnames.clone()])?;
        let code = CodeObject {
            argcount: count(fields.argcount)?,
            posonlyargcount: count(fields.posonlyargcount)?,
            kwonlyargcount: count(fields.kwonlyargcount)?,
            stacksize: count(fields.stacksize)?,
            flags: CodeFlags::from_bits_retain(fields.flags as u32),
            code: bytes(fields.code, "co_code is not bytes")?,
            consts: tuple(fields.consts, "co_consts is not a tuple")?,
            names: names(fields.names, "co_names is not a tuple of strings")?,
            localsplusnames: names(fields.localsplusnames, "co_localsplusnames is not a tuple of strings")?,
            localspluskinds: bytes(fields.localspluskinds, "co_localspluskinds is not bytes")?,
            filename: text(fields.filename, "co_filename is not a string")?,
            name: text(fields.name, "co_name is not a string")?,
            qualname: text(fields.qualname, "co_qualname is not a string")?,
            firstlineno: fields.firstlineno,
            linetable: bytes(fields.linetable, "co_linetable is not bytes")?,
            exceptiontable: bytes(fields.exceptiontable, "co_exceptiontable is not bytes")?,
        };
        Ok(Weighed { constant: Const::Code(Arc::new(code)), weight })
    }
}

fn count(value: i32) -> Result<u32, Refused> {
    u32::try_from(value).map_err(|_| Refused("an argument count or the stack size is negative"))
}

fn bytes(value: Weighed, otherwise: &'static str) -> Result<Bytes, Refused> {
    match value.constant {
        Const::Bytes(bytes) => Ok(bytes),
        _ => Err(Refused(otherwise)),
    }
}

fn text(value: Weighed, otherwise: &'static str) -> Result<Str, Refused> {
    match value.constant {
        Const::Str(text) => Ok(text),
        _ => Err(Refused(otherwise)),
    }
}

fn tuple(value: Weighed, otherwise: &'static str) -> Result<Tuple, Refused> {
    match value.constant {
        Const::Tuple(items) => Ok(items),
        _ => Err(Refused(otherwise)),
    }
}

fn names(value: Weighed, otherwise: &'static str) -> Result<Names, Refused> {
    tuple(value, otherwise)?.try_into().map_err(|_| Refused(otherwise))
}
