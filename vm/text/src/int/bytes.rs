//! `int.to_bytes` and `int.from_bytes`.

use malachite_bigint::{BigInt, Sign};

use super::{Int, IntRef};
use crate::error::{Error, Result, reserve};

/// The order of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// The least significant byte first.
    Little,
    /// The most significant byte first.
    Big,
}

impl Endian {
    /// This machine's.
    pub const NATIVE: Self = if cfg!(target_endian = "big") { Self::Big } else { Self::Little };

    /// From the argument `byteorder`.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "little" => Ok(Self::Little),
            "big" => Ok(Self::Big),
            _ => Err(Error::value("byteorder must be either 'little' or 'big'")),
        }
    }
}

/// `int.to_bytes`.
pub fn to_bytes(value: IntRef<'_>, length: isize, endian: Endian, signed: bool) -> Result<Vec<u8>> {
    let length = usize::try_from(length).map_err(|_| Error::value("length argument must be non-negative"))?;
    if value.is_negative() && !signed {
        return Err(Error::overflow("can't convert negative int to unsigned"));
    }
    let too_big = || Error::overflow("int too big to convert");
    let little = match value {
        IntRef::Small(value) => value.to_le_bytes().to_vec(),
        IntRef::Big(value) if signed => value.to_signed_bytes_le(),
        IntRef::Big(value) => value.to_bytes_le().1,
    };
    let filler = if value.is_negative() { 0xFF } else { 0 };
    if little.iter().skip(length).any(|&byte| byte != filler) {
        return Err(too_big());
    }
    if signed && !value.is_zero() {
        let top = length.checked_sub(1).map_or(!filler, |last| little.get(last).copied().unwrap_or(filler));
        if (top ^ filler) & 0x80 != 0 {
            return Err(too_big());
        }
    }
    let mut out = reserve(Some(length))?;
    out.extend(little.into_iter().take(length));
    out.resize(length, filler);
    if endian == Endian::Big {
        out.reverse();
    }
    Ok(out)
}

/// `int.from_bytes`.
pub fn from_bytes(bytes: &[u8], endian: Endian, signed: bool) -> Int {
    let narrow = if signed { 8 } else { 7 };
    if bytes.len() <= narrow {
        let top = match endian {
            Endian::Little => bytes.last(),
            Endian::Big => bytes.first(),
        };
        let negative = signed && top.is_some_and(|&byte| byte >= 0x80);
        let mut wide = [if negative { 0xFF } else { 0 }; 8];
        return Int::Small(match endian {
            Endian::Little => {
                wide[..bytes.len()].copy_from_slice(bytes);
                i64::from_le_bytes(wide)
            }
            Endian::Big => {
                wide[8 - bytes.len()..].copy_from_slice(bytes);
                i64::from_be_bytes(wide)
            }
        });
    }
    Int::from(match (endian, signed) {
        (Endian::Little, true) => BigInt::from_signed_bytes_le(bytes),
        (Endian::Big, true) => BigInt::from_signed_bytes_be(bytes),
        (Endian::Little, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
        (Endian::Big, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
    })
}
