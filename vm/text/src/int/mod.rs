//! `int`: text to numbers and back, bytes, hashes, and the way to `float`.
//!
//! Arithmetic on large numbers itself is malachite's; the small ones are the caller's.

mod bytes;
mod parse;
mod round;
mod text;

pub use bytes::{Endian, from_bytes, to_bytes};
pub use parse::{check_base, parse, parse_bytes, parse_literal_digits};
pub(crate) use parse::{to_ascii, trim};
pub use round::round_to_tens;
pub use text::{DEFAULT_DIGIT_LIMIT, check_digits, to_decimal, to_radix, write_small};

use malachite_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

/// A whole number: `Big` only where an `i64` is too narrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Int {
    /// One that fits.
    Small(i64),
    /// One that does not.
    Big(BigInt),
}

impl Int {
    /// As a big integer in any case.
    pub fn into_big(self) -> BigInt {
        match self {
            Self::Small(value) => value.into(),
            Self::Big(value) => value,
        }
    }

    /// Borrowed.
    pub fn as_ref(&self) -> IntRef<'_> {
        match self {
            Self::Small(value) => IntRef::Small(*value),
            Self::Big(value) => IntRef::Big(value),
        }
    }
}

impl From<BigInt> for Int {
    fn from(value: BigInt) -> Self {
        value.to_i64().map_or(Self::Big(value), Self::Small)
    }
}

impl From<i64> for Int {
    fn from(value: i64) -> Self {
        Self::Small(value)
    }
}

/// A borrowed whole number of any size.
#[derive(Clone, Copy, Debug)]
pub enum IntRef<'a> {
    /// One that fits an `i64`.
    Small(i64),
    /// Any number.
    Big(&'a BigInt),
}

impl IntRef<'_> {
    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        match self {
            Self::Small(value) => value < 0,
            Self::Big(value) => value.sign() == Sign::Minus,
        }
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        match self {
            Self::Small(value) => value == 0,
            Self::Big(value) => value.sign() == Sign::NoSign,
        }
    }

    /// If it fits.
    pub fn to_i64(self) -> Option<i64> {
        match self {
            Self::Small(value) => Some(value),
            Self::Big(value) => value.to_i64(),
        }
    }
}

impl From<i64> for IntRef<'_> {
    fn from(value: i64) -> Self {
        Self::Small(value)
    }
}

impl<'a> From<&'a BigInt> for IntRef<'a> {
    fn from(value: &'a BigInt) -> Self {
        Self::Big(value)
    }
}
