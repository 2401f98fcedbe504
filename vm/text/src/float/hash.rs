//! Hashes of numbers: equal numbers hash alike whatever their type, by reduction modulo 2^61 - 1.

use malachite_bigint::{BigInt, Sign};

use super::convert::decompose;
use crate::int::IntRef;

const BITS: u32 = 61;
const MODULUS: u64 = (1 << BITS) - 1;
const INFINITY: i64 = 314_159;
const IMAGINARY: u64 = 1_000_003;

/// -1 stands for an error in CPython and is never a hash.
fn never_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

fn signed(hash: u64, negative: bool) -> i64 {
    let hash = hash as i64;
    never_minus_one(if negative { -hash } else { hash })
}

/// `hash(int)`.
pub fn hash_int(value: IntRef<'_>) -> i64 {
    match value {
        IntRef::Small(value) => signed(value.unsigned_abs() % MODULUS, value < 0),
        IntRef::Big(value) => hash_big(value),
    }
}

fn hash_big(value: &BigInt) -> i64 {
    // From the top digit down; 2^64 is 2^3 modulo 2^61 - 1.
    let (sign, digits) = value.to_u64_digits();
    let hash = digits.iter().rev().fold(0_u64, |hash, &digit| {
        let sum = (u128::from(hash) << 3) + u128::from(digit);
        (sum % u128::from(MODULUS)) as u64
    });
    signed(hash, sign == Sign::Minus)
}

/// `hash(float)`; `None` for NaN, which hashes by identity.
pub fn hash_float(value: f64) -> Option<i64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { INFINITY } else { -INFINITY });
    }
    let (mantissa, exponent) = decompose(value);
    let hash = mantissa % MODULUS;
    let turn = exponent.rem_euclid(BITS as i32) as u32;
    let hash = (hash << turn & MODULUS) | hash >> (BITS - turn);
    Some(signed(hash, value < 0.0))
}

/// `hash(complex)`; each part that is NaN needs the hash that its owner gives it.
pub fn hash_complex(real: i64, imaginary: i64) -> i64 {
    never_minus_one((real as u64).wrapping_add(IMAGINARY.wrapping_mul(imaginary as u64)) as i64)
}
