//! Constants: what `co_consts` can hold.
//!
//! Containers and texts are counted (`Arc`), so that a constant used in many places is stored once, as
//! CPython's compiler does and marshal writes down. Numbers are stored in place and have no identity of
//! their own: what marshal writes as one object follows from their value and place.
//!
//! A constant is a graph without cycles, walked as a tree. What [`crate::marshal`] loads is bounded: at
//! most 2,000 deep, and at most 2**24 items when shared ones are counted at each place. Comparing,
//! hashing, printing and dropping recurse; the deepest that can be loaded needs half a mebibyte of stack.

use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use malachite_bigint::BigInt;

use crate::code_object::CodeObject;
use crate::stable_hash::StableHasher;
use crate::text::Str;

/// One constant.
///
/// Equality is that of CPython's `_PyCode_ConstantKey`: `1`, `1.0` and `True` differ, `0.0` and `-0.0`
/// differ. But a NaN equals a NaN of the same bits here, where CPython asks for the same object.
#[derive(Clone, Debug)]
pub enum Const {
    /// `None`
    None,
    /// `False` or `True`
    Bool(bool),
    /// `...`
    Ellipsis,
    /// An integer.
    Int(Int),
    /// A float.
    Float(f64),
    /// A complex number: real and imaginary part.
    Complex(f64, f64),
    /// A string.
    Str(Str),
    /// A bytes object.
    Bytes(Bytes),
    /// A tuple.
    Tuple(Tuple),
    /// A frozen set.
    FrozenSet(FrozenSet),
    /// A slice: start, stop, step.
    Slice(Arc<[Const; 3]>),
    /// The code of a nested function, class body or the like.
    Code(Arc<CodeObject>),
}

/// A Python integer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Int {
    /// Fits 64 bits.
    Small(i64),
    /// Does not.
    Big(Big),
}

/// An integer that does not fit 64 bits, counted. Made by `Int::from`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Big(Arc<BigInt>);

impl Deref for Big {
    type Target = BigInt;

    fn deref(&self) -> &BigInt {
        &self.0
    }
}

impl From<i64> for Int {
    fn from(value: i64) -> Self {
        Self::Small(value)
    }
}

impl From<BigInt> for Int {
    fn from(value: BigInt) -> Self {
        i64::try_from(&value).map_or_else(|_| Self::Big(Big(Arc::new(value))), Self::Small)
    }
}

impl Hash for Int {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Small(value) => value.hash(state),
            Self::Big(value) => value.to_signed_bytes_le().hash(state),
        }
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small(value) => fmt::Display::fmt(value, f),
            Self::Big(value) => fmt::Display::fmt(&**value, f),
        }
    }
}

/// An immutable run of bytes, counted.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Bytes(Arc<[u8]>);

impl Bytes {
    /// Whether both are one object.
    pub fn same_object(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).cast::<u8>() as usize
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<T: Into<Arc<[u8]>>> From<T> for Bytes {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// An immutable run of constants, counted.
#[derive(Clone, Default)]
pub struct Tuple(Arc<[Const]>);

impl Tuple {
    /// Whether both are one object.
    pub fn same_object(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).cast::<u8>() as usize
    }
}

impl Deref for Tuple {
    type Target = [Const];

    fn deref(&self) -> &[Const] {
        &self.0
    }
}

impl PartialEq for Tuple {
    fn eq(&self, other: &Self) -> bool {
        self.same_object(other) || self.0 == other.0
    }
}

impl Eq for Tuple {}

impl Hash for Tuple {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T: Into<Arc<[Const]>>> From<T> for Tuple {
    fn from(items: T) -> Self {
        Self(items.into())
    }
}

impl FromIterator<Const> for Tuple {
    fn from_iter<T: IntoIterator<Item = Const>>(items: T) -> Self {
        Self(items.into_iter().collect())
    }
}

impl fmt::Debug for Tuple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}

/// A frozen set: distinct constants, in the order in which they were written or first made.
#[derive(Clone, Default)]
pub struct FrozenSet(Tuple);

impl FrozenSet {
    /// The members as a tuple.
    pub fn as_tuple(&self) -> &Tuple {
        &self.0
    }
}

impl Deref for FrozenSet {
    type Target = [Const];

    fn deref(&self) -> &[Const] {
        &self.0
    }
}

impl FromIterator<Const> for FrozenSet {
    /// Members that equal an earlier one are left out.
    fn from_iter<T: IntoIterator<Item = Const>>(items: T) -> Self {
        let items: Tuple = items.into_iter().collect();
        let mut seen = HashSet::with_capacity(items.len());
        let distinct = items.iter().all(|item| seen.insert(item));
        seen.clear();
        if distinct {
            return Self(items);
        }
        Self(items.iter().filter(|item| seen.insert(item)).cloned().collect())
    }
}

impl PartialEq for FrozenSet {
    /// Whatever the order of the members.
    fn eq(&self, other: &Self) -> bool {
        if self.0.same_object(&other.0) {
            return true;
        }
        if self.len() != other.len() {
            return false;
        }
        let members: HashSet<&Const> = self.iter().collect();
        other.iter().all(|item| members.contains(item))
    }
}

impl Eq for FrozenSet {}

impl Hash for FrozenSet {
    /// The sum of the members' hashes, so that their order does not matter.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let sum = self.iter().fold(self.len() as u64, |sum, item| {
            let mut hasher = StableHasher::default();
            item.hash(&mut hasher);
            sum.wrapping_add(hasher.finish())
        });
        state.write_u64(sum);
    }
}

impl fmt::Debug for FrozenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A tuple that holds only strings: `co_names`, `co_localsplusnames`.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Names(Tuple);

impl Names {
    /// The names as a tuple, whose object may also serve as a constant.
    pub fn as_tuple(&self) -> &Tuple {
        &self.0
    }

    /// The name at an index.
    pub fn get(&self, index: usize) -> Option<&Str> {
        match self.0.get(index)? {
            Const::Str(name) => Some(name),
            _ => None,
        }
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All names in order.
    pub fn iter(&self) -> impl Iterator<Item = &Str> {
        self.0.iter().filter_map(|name| match name {
            Const::Str(name) => Some(name),
            _ => None,
        })
    }
}

/// The first item that is not a string, by index.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("name tuples must contain only strings, item {0} is something else")]
pub struct NotAName(pub usize);

impl TryFrom<Tuple> for Names {
    type Error = NotAName;

    fn try_from(items: Tuple) -> Result<Self, NotAName> {
        match items.iter().position(|item| !matches!(item, Const::Str(_))) {
            Some(index) => Err(NotAName(index)),
            None => Ok(Self(items)),
        }
    }
}

impl FromIterator<Str> for Names {
    fn from_iter<T: IntoIterator<Item = Str>>(names: T) -> Self {
        Self(names.into_iter().map(Const::Str).collect())
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for Const {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) | (Self::Ellipsis, Self::Ellipsis) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Complex(a, b), Self::Complex(c, d)) => {
                a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits()
            }
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::FrozenSet(a), Self::FrozenSet(b)) => a == b,
            (Self::Slice(a), Self::Slice(b)) => Arc::ptr_eq(a, b) || a == b,
            (Self::Code(a), Self::Code(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl Eq for Const {}

impl Const {
    /// A number for each kind, which takes part in the hash.
    fn kind(&self) -> u8 {
        match self {
            Self::None => 0,
            Self::Bool(_) => 1,
            Self::Ellipsis => 2,
            Self::Int(_) => 3,
            Self::Float(_) => 4,
            Self::Complex(..) => 5,
            Self::Str(_) => 6,
            Self::Bytes(_) => 7,
            Self::Tuple(_) => 8,
            Self::FrozenSet(_) => 9,
            Self::Slice(_) => 10,
            Self::Code(_) => 11,
        }
    }
}

impl Hash for Const {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u8(self.kind());
        match self {
            Self::None | Self::Ellipsis => {}
            Self::Bool(value) => value.hash(state),
            Self::Int(value) => value.hash(state),
            Self::Float(value) => value.to_bits().hash(state),
            Self::Complex(real, imag) => (real.to_bits(), imag.to_bits()).hash(state),
            Self::Str(value) => value.hash(state),
            Self::Bytes(value) => value.hash(state),
            Self::Tuple(items) => items.hash(state),
            Self::FrozenSet(items) => items.hash(state),
            Self::Slice(parts) => parts.hash(state),
            Self::Code(code) => code.hash(state),
        }
    }
}
