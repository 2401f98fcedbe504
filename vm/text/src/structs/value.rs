//! Single values.

use super::half;
use super::parse::Field;
use crate::complex::Complex;
use crate::error::{Error, Result};
use crate::float::from_int;
use crate::int::{Endian, Int, IntRef, from_bytes, to_bytes};

/// What is packed.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// An integer, or what `__index__` gave.
    Int(IntRef<'a>),
    /// A float.
    Float(f64),
    /// A complex number.
    Complex(Complex),
    /// The truth of any object, for `?`.
    Bool(bool),
    /// `bytes`.
    Bytes(&'a [u8]),
    /// `bytearray`, which `c` refuses.
    ByteArray(&'a [u8]),
    /// Anything else.
    Other,
}

/// What was unpacked.
#[derive(Clone, Debug, PartialEq)]
pub enum Unpacked<'b> {
    /// An integer.
    Int(Int),
    /// A float.
    Float(f64),
    /// A complex number.
    Complex(Complex),
    /// A truth value.
    Bool(bool),
    /// Bytes.
    Bytes(&'b [u8]),
}

impl Field {
    fn is_signed(self) -> bool {
        matches!(self.code, b'b' | b'h' | b'i' | b'l' | b'q' | b'n')
    }

    /// Packs a value into the field's bytes, which are zero so far.
    pub(super) fn pack(self, value: Value<'_>, out: &mut [u8]) -> Result<()> {
        match self.code {
            b'c' => match value {
                Value::Bytes([byte]) => out[0] = *byte,
                _ => return Err(Error::structure("char format requires a bytes object of length 1")),
            },
            b's' | b'p' => {
                let (Value::Bytes(bytes) | Value::ByteArray(bytes)) = value else {
                    return Err(Error::structure(format!(
                        "argument for '{}' must be a bytes object",
                        self.code as char
                    )));
                };
                if self.code == b's' {
                    let len = bytes.len().min(out.len());
                    out[..len].copy_from_slice(&bytes[..len]);
                } else if let Some((first, rest)) = out.split_first_mut() {
                    let len = bytes.len().min(rest.len());
                    *first = len.min(255) as u8;
                    rest[..len].copy_from_slice(&bytes[..len]);
                }
            }
            b'?' => {
                out[0] = u8::from(match value {
                    Value::Bool(value) => value,
                    Value::Int(value) => !value.is_zero(),
                    Value::Float(value) => value != 0.0,
                    Value::Complex(value) => value.real != 0.0 || value.imag != 0.0,
                    Value::Bytes(bytes) | Value::ByteArray(bytes) => !bytes.is_empty(),
                    Value::Other => true,
                });
            }
            b'e' | b'f' | b'd' => {
                let value =
                    real(value).ok_or_else(|| Error::structure("required argument is not a float"))?;
                self.pack_float(self.code, value, out)?;
            }
            b'F' | b'D' => {
                let value = match value {
                    Value::Complex(value) => Some(value),
                    other => real(other).map(|real| Complex::new(real, 0.0)),
                };
                let value = value.ok_or_else(|| Error::structure("required argument is not a complex"))?;
                let (first, second) = out.split_at_mut(self.size / 2);
                let code = match self.code {
                    b'D' => b'd',
                    // CPython packs this machine's order as C converts it.
                    _ if self.endian == Endian::NATIVE => b'F',
                    _ => b'f',
                };
                self.pack_float(code, value.real, first)?;
                self.pack_float(code, value.imag, second)?;
            }
            _ => return self.pack_int(value, out),
        }
        Ok(())
    }

    fn pack_float(self, code: u8, value: f64, out: &mut [u8]) -> Result<()> {
        let too_large = || Error::overflow(format!("float too large to pack with {} format", code as char));
        match code {
            b'e' => self.put(&half::from_double(value).ok_or_else(too_large)?.to_le_bytes(), out),
            b'd' => self.put(&value.to_le_bytes(), out),
            _ => {
                let narrow = value as f32;
                // What is too large becomes infinite where C converts it.
                if narrow.is_infinite() && value.is_finite() && code == b'f' {
                    return Err(too_large());
                }
                self.put(&narrow.to_le_bytes(), out);
            }
        }
        Ok(())
    }

    fn put(self, little: &[u8], out: &mut [u8]) {
        out.copy_from_slice(little);
        if self.endian == Endian::Big {
            out.reverse();
        }
    }

    fn pack_int(self, value: Value<'_>, out: &mut [u8]) -> Result<()> {
        let value = match value {
            Value::Int(value) => value,
            Value::Bool(value) => IntRef::Small(value.into()),
            _ => return Err(Error::structure("required argument is not an integer")),
        };
        let signed = self.is_signed() || self.code == b'P' && value.is_negative();
        match to_bytes(value, self.size as isize, self.endian, signed) {
            Ok(bytes) => out.copy_from_slice(&bytes),
            Err(_) if self.code == b'P' => return Err(Error::structure("int too large to convert")),
            Err(_) => return Err(self.out_of_range()),
        }
        Ok(())
    }

    fn out_of_range(self) -> Error {
        let bits = self.size as u32 * 8;
        let (least, most) = if self.is_signed() {
            (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
        } else {
            (0, (1_i128 << bits) - 1)
        };
        Error::structure(format!("'{}' format requires {least} <= number <= {most}", self.code as char))
    }

    /// The value of the field's bytes.
    pub(super) fn unpack(self, bytes: &[u8]) -> Unpacked<'_> {
        match self.code {
            b'c' | b's' => Unpacked::Bytes(bytes),
            b'p' => {
                let len = bytes.first().map_or(0, |&len| usize::from(len).min(bytes.len() - 1));
                Unpacked::Bytes(bytes.get(1..=len).unwrap_or_default())
            }
            b'?' => Unpacked::Bool(bytes[0] != 0),
            b'e' | b'f' | b'd' => Unpacked::Float(self.float(bytes)),
            b'F' | b'D' => {
                let (real, imag) = bytes.split_at(self.size / 2);
                Unpacked::Complex(Complex::new(self.float(real), self.float(imag)))
            }
            _ => Unpacked::Int(from_bytes(bytes, self.endian, self.is_signed())),
        }
    }

    fn float(self, bytes: &[u8]) -> f64 {
        let mut little = [0; 8];
        let little = &mut little[..bytes.len()];
        little.copy_from_slice(bytes);
        if self.endian == Endian::Big {
            little.reverse();
        }
        if let Ok(bytes) = <[u8; 2]>::try_from(&*little) {
            half::to_double(u16::from_le_bytes(bytes))
        } else if let Ok(bytes) = <[u8; 4]>::try_from(&*little) {
            f32::from_le_bytes(bytes).into()
        } else {
            <[u8; 8]>::try_from(&*little).map_or(f64::NAN, f64::from_le_bytes)
        }
    }
}

fn real(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Float(value) => Some(value),
        Value::Int(value) => from_int(value).ok(),
        Value::Bool(value) => Some(value.into()),
        _ => None,
    }
}
