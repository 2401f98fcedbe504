//! Writing constants as CPython writes what it has just compiled, to the byte.
//!
//! CPython enters an object in the reference table (`w_ref`) when more than one reference to it exists.
//! For what the compiler has just made that follows from the constants themselves:
//!
//! - objects that exist once in the process always count as shared: interned strings, the integers from
//!   -5 to 256, the empty tuple, empty and one-byte bytes, the empty string;
//! - so does the outermost object, which the caller holds, `co_code`, of which CPython makes a cached
//!   copy on demand, and a member of a frozen set, which the sorting holds;
//! - the compiler makes equal numbers one object, but for those inside a slice, and for NaNs;
//! - all else is shared when two places hold the same object, that is the same `Arc`.
//!
//! Members of frozen sets are written in the order of their marshalled bytes.

use std::collections::HashMap;
use std::sync::Arc;

use super::encode::Encoder;
use super::{MAX_DEPTH, tag};
use crate::code_object::CodeObject;
use crate::constant::{Bytes, Const, FrozenSet, Int, Tuple};
use crate::text::Str;

/// Why a constant can't be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DumpError {
    /// Nesting beyond [`MAX_DEPTH`].
    #[error("objects nest more than {MAX_DEPTH} deep")]
    TooDeep,
    /// A length or count that does not fit the format's 31 bits.
    #[error("an object has {0} parts or bytes, marshal can hold at most 2**31 - 1")]
    TooLong(usize),
}

/// The bytes of a constant: Python's `marshal.dumps`, version 5.
pub fn dumps(constant: &Const) -> Result<Vec<u8>, DumpError> {
    let mut writer = Writer { uses: HashMap::new(), orders: HashMap::new() };
    writer.count(constant)?;
    writer.write(constant, 0)
}

/// What makes two appearances one object.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Identity<'a> {
    /// The same `Arc`.
    Address(Kind, usize),
    Interned(&'a [u8]),
    Int(&'a Int),
    Float(u64),
    Complex(u64, u64),
    EmptyTuple,
    /// Empty or one byte.
    TinyBytes(&'a [u8]),
}

/// What lies at an address: two objects of different kinds can share their contents.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Str,
    Bytes,
    Tuple,
    FrozenSet,
    Slice,
    Code,
}

/// Where a constant appears, as far as its sharing depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outermost,
    Member,
    SlicePart,
    Code,
    LocalKinds,
    Elsewhere,
}

/// What is still to be written.
enum Task<'a> {
    Object(Object<'a>, Place, usize),
    Long(i32),
}

/// A constant, or a part of a code object that is not stored as a constant.
#[derive(Clone, Copy)]
enum Object<'a> {
    Const(&'a Const),
    Str(&'a Str),
    Bytes(&'a Bytes),
    Tuple(&'a Tuple),
}

struct Writer<'a> {
    /// How many places hold an object.
    uses: HashMap<Identity<'a>, u32>,
    /// The order of a frozen set's members, by its address.
    orders: HashMap<usize, Vec<usize>>,
}

impl<'a> Writer<'a> {
    /// Counts the places that hold each object.
    fn count(&mut self, outermost: &'a Const) -> Result<(), DumpError> {
        let mut pending = vec![(Object::Const(outermost), Place::Outermost, 0)];
        let mut parts = Vec::new();
        while let Some((object, place, depth)) = pending.pop() {
            let mut first_time = true;
            if let Some(identity) = identity(object, place) {
                let uses = self.uses.entry(identity).or_default();
                *uses += 1;
                first_time = *uses == 1;
            }
            if !first_time || !object.has_parts() {
                continue;
            }
            if depth >= MAX_DEPTH {
                return Err(DumpError::TooDeep);
            }
            object.check_len()?;
            object.parts(&mut parts);
            pending.extend(parts.drain(..).filter_map(|part| match part {
                Part::Object(object, place) => Some((object, place, depth + 1)),
                Part::Long(_) => None,
            }));
        }
        Ok(())
    }

    /// Writes one object and all it holds, with a reference table of its own.
    fn write(&mut self, outermost: &'a Const, depth: usize) -> Result<Vec<u8>, DumpError> {
        let mut out = Encoder::default();
        let mut indices: HashMap<Identity<'a>, u32> = HashMap::new();
        let mut entered = 0u32;
        let mut pending = vec![Task::Object(Object::Const(outermost), Place::Outermost, depth)];
        let mut parts = Vec::new();
        while let Some(task) = pending.pop() {
            let (object, place, depth) = match task {
                Task::Long(value) => {
                    out.long(value);
                    continue;
                }
                Task::Object(object, place, depth) => (object, place, depth),
            };
            let identity = identity(object, place);
            if let Some(&index) = identity.and_then(|identity| indices.get(&identity)) {
                out.reference(index);
                continue;
            }
            let flagged = self.is_shared(object, place, identity);
            if flagged {
                if let Some(identity) = identity {
                    indices.insert(identity, entered);
                }
                entered += 1;
            }
            object.begin(&mut out, flagged);
            if !object.has_parts() {
                continue;
            }
            if depth >= MAX_DEPTH {
                return Err(DumpError::TooDeep);
            }
            if let Object::Const(Const::FrozenSet(members)) = object {
                let order = self.member_order(members, depth + 1)?;
                pending.extend(
                    order
                        .iter()
                        .rev()
                        .map(|&index| Task::Object(Object::Const(&members[index]), Place::Member, depth + 1)),
                );
                continue;
            }
            object.parts(&mut parts);
            pending.extend(parts.drain(..).rev().map(|part| match part {
                Part::Object(object, place) => Task::Object(object, place, depth + 1),
                Part::Long(value) => Task::Long(value),
            }));
        }
        Ok(out.finish())
    }

    /// Whether CPython would see more than one reference to the object.
    fn is_shared(&self, object: Object<'a>, place: Place, identity: Option<Identity<'a>>) -> bool {
        if object.is_atom() {
            return false;
        }
        match place {
            Place::Outermost | Place::Member | Place::Code => true,
            _ => match identity {
                None => false,
                Some(Identity::Interned(_) | Identity::EmptyTuple | Identity::TinyBytes(_)) => true,
                Some(Identity::Int(Int::Small(-5..=256))) => true,
                Some(identity) => self.uses.get(&identity).is_some_and(|&uses| uses > 1),
            },
        }
    }

    /// The members' indices in the order in which they are written. Worked out once for each set, so that
    /// sets within sets stay linear.
    fn member_order(&mut self, members: &'a FrozenSet, depth: usize) -> Result<Vec<usize>, DumpError> {
        let address = members.as_tuple().address();
        if let Some(order) = self.orders.get(&address) {
            return Ok(order.clone());
        }
        // Each level of sets within sets takes a level of the native stack here.
        if depth >= MAX_DEPTH / 10 {
            return Err(DumpError::TooDeep);
        }
        let keys: Vec<_> =
            members.iter().map(|member| self.write(member, depth)).collect::<Result<_, _>>()?;
        let mut order: Vec<_> = (0..members.len()).collect();
        order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
        self.orders.insert(address, order.clone());
        Ok(order)
    }
}

/// The identity of an object that can be shared.
fn identity(object: Object<'_>, place: Place) -> Option<Identity<'_>> {
    match object {
        _ if place == Place::Code => None,
        Object::Str(text) | Object::Const(Const::Str(text)) => {
            Some(if text.is_interned() || text.as_bytes().is_empty() {
                Identity::Interned(text.as_bytes())
            } else {
                Identity::Address(Kind::Str, text.address())
            })
        }
        Object::Bytes(bytes) | Object::Const(Const::Bytes(bytes)) => Some(match bytes.len() {
            0 => Identity::TinyBytes(bytes),
            1 if place != Place::LocalKinds => Identity::TinyBytes(bytes),
            _ => Identity::Address(Kind::Bytes, bytes.address()),
        }),
        Object::Tuple(items) | Object::Const(Const::Tuple(items)) => Some(match items.len() {
            0 => Identity::EmptyTuple,
            _ => Identity::Address(Kind::Tuple, items.address()),
        }),
        Object::Const(Const::Int(value)) => match value {
            Int::Small(-5..=256) => Some(Identity::Int(value)),
            _ if place == Place::SlicePart => None,
            _ => Some(Identity::Int(value)),
        },
        Object::Const(Const::Float(_) | Const::Complex(..)) if place == Place::SlicePart => None,
        Object::Const(Const::Float(value)) => (!value.is_nan()).then_some(Identity::Float(value.to_bits())),
        Object::Const(Const::Complex(real, imag)) => {
            (!real.is_nan() && !imag.is_nan()).then_some(Identity::Complex(real.to_bits(), imag.to_bits()))
        }
        // All empty frozen sets may have one address, and CPython has only one.
        Object::Const(Const::FrozenSet(members)) => {
            Some(Identity::Address(Kind::FrozenSet, members.as_tuple().address()))
        }
        Object::Const(Const::Slice(parts)) => {
            Some(Identity::Address(Kind::Slice, Arc::as_ptr(parts) as usize))
        }
        Object::Const(Const::Code(code)) => Some(Identity::Address(Kind::Code, Arc::as_ptr(code) as usize)),
        Object::Const(Const::None | Const::Bool(_) | Const::Ellipsis) => None,
    }
}

/// A part of an object.
enum Part<'a> {
    Object(Object<'a>, Place),
    Long(i32),
}

impl<'a> Object<'a> {
    fn is_atom(self) -> bool {
        matches!(self, Self::Const(Const::None | Const::Bool(_) | Const::Ellipsis))
    }

    fn has_parts(self) -> bool {
        match self {
            Self::Tuple(_) => true,
            Self::Const(constant) => {
                matches!(constant, Const::Tuple(_) | Const::FrozenSet(_) | Const::Slice(_) | Const::Code(_))
            }
            Self::Str(_) | Self::Bytes(_) => false,
        }
    }

    /// Refuses what the format has no room for.
    fn check_len(self) -> Result<(), DumpError> {
        let fits = |len: usize| i32::try_from(len).map(drop).map_err(|_| DumpError::TooLong(len));
        let items = |items: &Tuple| {
            fits(items.len())?;
            items.iter().try_for_each(|item| match item {
                Const::Str(text) => fits(text.as_bytes().len()),
                Const::Bytes(bytes) => fits(bytes.len()),
                _ => Ok(()),
            })
        };
        match self {
            Self::Tuple(tuple) | Self::Const(Const::Tuple(tuple)) => items(tuple),
            Self::Const(Const::FrozenSet(members)) => items(members.as_tuple()),
            Self::Const(Const::Code(code)) => [&code.code, &code.linetable, &code.exceptiontable]
                .into_iter()
                .try_for_each(|bytes| fits(bytes.len())),
            _ => Ok(()),
        }
    }

    /// Writes the object, or its beginning if it has parts.
    fn begin(self, out: &mut Encoder, flagged: bool) {
        match self {
            Self::Str(text) | Self::Const(Const::Str(text)) => {
                out.str(text.as_bytes(), text.is_interned(), flagged);
            }
            Self::Bytes(bytes) | Self::Const(Const::Bytes(bytes)) => out.bytes(bytes, flagged),
            Self::Tuple(items) | Self::Const(Const::Tuple(items)) => out.tuple(items.len(), flagged),
            Self::Const(constant) => match constant {
                Const::None => out.tag(tag::NONE, false),
                Const::Bool(false) => out.tag(tag::FALSE, false),
                Const::Bool(true) => out.tag(tag::TRUE, false),
                Const::Ellipsis => out.tag(tag::ELLIPSIS, false),
                Const::Int(value) => out.int(value, flagged),
                Const::Float(value) => out.float(*value, flagged),
                Const::Complex(real, imag) => out.complex(*real, *imag, flagged),
                Const::FrozenSet(items) => out.sized(tag::FROZENSET, items.len(), flagged),
                Const::Slice(_) => out.tag(tag::SLICE, flagged),
                Const::Code(_) => out.tag(tag::CODE, flagged),
                Const::Str(_) | Const::Bytes(_) | Const::Tuple(_) => {}
            },
        }
    }

    /// The parts in the order in which they are written; a frozen set's unsorted.
    fn parts(self, parts: &mut Vec<Part<'a>>) {
        let items =
            |items: &'a [Const], place| items.iter().map(move |item| Part::Object(Self::Const(item), place));
        match self {
            Self::Tuple(tuple) | Self::Const(Const::Tuple(tuple)) => {
                parts.extend(items(tuple, Place::Elsewhere));
            }
            Self::Const(Const::FrozenSet(members)) => parts.extend(items(members, Place::Member)),
            Self::Const(Const::Slice(bounds)) => parts.extend(items(&bounds[..], Place::SlicePart)),
            Self::Const(Const::Code(code)) => code_parts(code, parts),
            _ => {}
        }
    }
}

fn code_parts<'a>(code: &'a CodeObject, parts: &mut Vec<Part<'a>>) {
    let object = |object| Part::Object(object, Place::Elsewhere);
    parts.extend(
        [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags.bits()]
            .map(|count| Part::Long(count as i32)),
    );
    parts.extend([
        Part::Object(Object::Bytes(&code.code), Place::Code),
        object(Object::Tuple(&code.consts)),
        object(Object::Tuple(code.names.as_tuple())),
        object(Object::Tuple(code.localsplusnames.as_tuple())),
        Part::Object(Object::Bytes(&code.localspluskinds), Place::LocalKinds),
        object(Object::Str(&code.filename)),
        object(Object::Str(&code.name)),
        object(Object::Str(&code.qualname)),
        Part::Long(code.firstlineno),
        object(Object::Bytes(&code.linetable)),
        object(Object::Bytes(&code.exceptiontable)),
    ]);
}
