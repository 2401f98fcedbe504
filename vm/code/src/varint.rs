//! The two variable-length integers of code objects, both of six bits a byte with bit 6 as "more
//! follows": little end first in the linetable, big end first in the exception table, where bit 7 marks
//! the first byte of an entry.

/// Bit 6: another byte follows.
const MORE: u8 = 0x40;
/// The six payload bits.
const PAYLOAD: u8 = 0x3f;
/// Bit 7 of the exception table: an entry begins here.
pub(crate) const ENTRY_START: u8 = 0x80;

/// Reads bytes one by one; `None` at the end, or for a number that does not fit 32 bits.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// A linetable number.
    pub(crate) fn unsigned(&mut self) -> Option<u32> {
        let mut value = 0u32;
        let mut shift = 0u32;
        loop {
            let byte = self.byte()?;
            let bits = u32::from(byte & PAYLOAD);
            if shift >= 32 || (shift == 30 && bits > 3) {
                return None;
            }
            value |= bits << shift;
            if byte & MORE == 0 {
                return Some(value);
            }
            shift += 6;
        }
    }

    /// A linetable number with its sign in bit 0.
    pub(crate) fn signed(&mut self) -> Option<i32> {
        let value = self.unsigned()?;
        let magnitude = (value >> 1) as i32;
        Some(if value & 1 == 1 { -magnitude } else { magnitude })
    }

    /// An exception table number. Bit 7 of its first byte is not looked at.
    pub(crate) fn big_endian(&mut self) -> Option<u32> {
        let mut byte = self.byte()?;
        let mut value = u32::from(byte & PAYLOAD);
        while byte & MORE != 0 {
            byte = self.byte()?;
            if value >> 26 != 0 {
                return None;
            }
            value = (value << 6) | u32::from(byte & PAYLOAD);
        }
        Some(value)
    }
}

/// Appends a linetable number.
pub(crate) fn push_unsigned(out: &mut Vec<u8>, mut value: u32) {
    while value > u32::from(PAYLOAD) {
        out.push(MORE | (value as u8 & PAYLOAD));
        value >>= 6;
    }
    out.push(value as u8);
}

/// Appends a linetable number with its sign.
pub(crate) fn push_signed(out: &mut Vec<u8>, value: i32) {
    push_unsigned(out, (value.unsigned_abs() << 1) | u32::from(value < 0));
}

/// Appends an exception table number, `mark` set on its first byte.
pub(crate) fn push_big_endian(out: &mut Vec<u8>, value: u32, mark: u8) {
    let mut mark = mark;
    for shift in [30, 24, 18, 12, 6] {
        if value >> shift != 0 {
            out.push(mark | MORE | ((value >> shift) as u8 & PAYLOAD));
            mark = 0;
        }
    }
    out.push(mark | (value as u8 & PAYLOAD));
}
