//! Writing single objects: type bytes, lengths, numbers and texts. Which object is written when, and
//! which are references, is for the callers.

use malachite_bigint::Sign;

use super::{FLAG_REF, tag};
use crate::constant::Int;

/// Appends marshalled objects to a buffer. `flagged` enters the object in the reader's reference table.
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    out: Vec<u8>,
}

impl Encoder {
    /// What has been written.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// A type byte.
    pub(super) fn tag(&mut self, tag: u8, flagged: bool) {
        self.out.push(if flagged { tag | FLAG_REF } else { tag });
    }

    /// Four bytes, little end first.
    pub(super) fn long(&mut self, value: i32) {
        self.out.extend(value.to_le_bytes());
    }

    /// A length or count, which fits 31 bits: the callers have checked it.
    fn size(&mut self, size: usize) {
        self.long(size as i32);
    }

    /// An integer.
    pub fn int(&mut self, value: &Int, flagged: bool) {
        match value {
            Int::Small(value) => match i32::try_from(*value) {
                Ok(short) => {
                    self.tag(tag::INT, flagged);
                    self.long(short);
                }
                Err(_) => self.digits(
                    &[value.unsigned_abs() as u32, (value.unsigned_abs() >> 32) as u32],
                    *value < 0,
                    flagged,
                ),
            },
            Int::Big(value) => {
                self.digits(&value.magnitude().to_u32_digits(), value.sign() == Sign::Minus, flagged);
            }
        }
    }

    /// An integer's magnitude, from 32-bit words to 15-bit digits.
    fn digits(&mut self, words: &[u32], negative: bool, flagged: bool) {
        self.tag(tag::LONG, flagged);
        let count_at = self.out.len();
        self.long(0);
        let (mut bits, mut filled) = (0u64, 0);
        let mut digits = Vec::with_capacity(words.len() * 32 / 15 + 1);
        for &word in words {
            bits |= u64::from(word) << filled;
            filled += 32;
            while filled >= 15 {
                digits.push((bits & 0x7fff) as u16);
                bits >>= 15;
                filled -= 15;
            }
        }
        digits.push(bits as u16);
        let significant = digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
        let count = significant as i32;
        let count = if negative { -count } else { count };
        self.out[count_at..].copy_from_slice(&count.to_le_bytes());
        self.out.extend(digits[..significant].iter().flat_map(|digit| digit.to_le_bytes()));
    }

    /// A float.
    pub fn float(&mut self, value: f64, flagged: bool) {
        self.tag(tag::BINARY_FLOAT, flagged);
        self.out.extend(value.to_le_bytes());
    }

    /// A complex number.
    pub fn complex(&mut self, real: f64, imag: f64, flagged: bool) {
        self.tag(tag::BINARY_COMPLEX, flagged);
        self.out.extend(real.to_le_bytes());
        self.out.extend(imag.to_le_bytes());
    }

    /// A string, as WTF-8.
    pub fn str(&mut self, text: &[u8], interned: bool, flagged: bool) {
        let (short, long) = match (text.is_ascii(), interned) {
            (true, true) => (Some(tag::SHORT_ASCII_INTERNED), tag::ASCII_INTERNED),
            (true, false) => (Some(tag::SHORT_ASCII), tag::ASCII),
            (false, true) => (None, tag::INTERNED),
            (false, false) => (None, tag::UNICODE),
        };
        match short {
            Some(short) if text.len() < 256 => {
                self.tag(short, flagged);
                self.out.push(text.len() as u8);
            }
            _ => {
                self.tag(long, flagged);
                self.size(text.len());
            }
        }
        self.out.extend(text);
    }

    /// A bytes object.
    pub fn bytes(&mut self, bytes: &[u8], flagged: bool) {
        self.tag(tag::STRING, flagged);
        self.size(bytes.len());
        self.out.extend(bytes);
    }

    /// The beginning of a tuple; its items follow.
    pub fn tuple(&mut self, len: usize, flagged: bool) {
        if let Ok(short) = u8::try_from(len) {
            self.tag(tag::SMALL_TUPLE, flagged);
            self.out.push(short);
        } else {
            self.sized(tag::TUPLE, len, flagged);
        }
    }

    /// The beginning of a container that says how many items follow.
    pub(super) fn sized(&mut self, tag: u8, len: usize, flagged: bool) {
        self.tag(tag, flagged);
        self.size(len);
    }

    /// A reference to an earlier object, by its index in the reference table.
    pub fn reference(&mut self, index: u32) {
        self.tag(tag::REF, false);
        self.long(index as i32);
    }
}
