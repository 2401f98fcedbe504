//! The kinds of items, and items as bytes.

use lasti_vm::number::{Float, Int, IntView};
use lasti_vm::text::Str;
use lasti_vm::{Exc, Obj, PyResult, Vm};

/// A type code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(u8);

/// All type codes.
pub(super) const CODES: &str = "bBuwhHiIlLqQfd";

/// Numbers of 128 bits hold what any item can be.
fn integer(vm: &Vm, value: &Obj) -> PyResult<Option<i128>> {
    let index = vm.index(value)?;
    Ok(match index.as_int() {
        Some(IntView::Small(int)) => Some(int.into()),
        Some(IntView::Big(int)) => i128::try_from(int).ok(),
        None => None,
    })
}

impl Kind {
    pub(super) fn from_code(code: char) -> Option<Self> {
        CODES.contains(code).then_some(Self(code as u8))
    }

    pub(super) fn code(self) -> char {
        char::from(self.0)
    }

    /// How the struct module calls it.
    pub(super) fn format(self) -> &'static str {
        let at = CODES.find(if self.0 == b'u' { 'w' } else { self.code() }).unwrap_or(0);
        &CODES[at..=at]
    }

    pub(super) fn size(self) -> usize {
        1 << self.shift()
    }

    /// The size is 1 shifted left by this.
    pub(super) fn shift(self) -> u32 {
        match self.0 {
            b'b' | b'B' => 0,
            b'h' | b'H' => 1,
            b'l' | b'L' | b'q' | b'Q' | b'd' => 3,
            _ => 2,
        }
    }

    /// The item at `index`, if it is there; for the kinds of 64 bits alone.
    #[inline]
    pub(super) fn wide_item(self, bytes: &[u8], index: usize) -> Option<Obj> {
        let start = index.checked_mul(8)?;
        let raw = u64::from_le_bytes(bytes.get(start..)?.first_chunk().copied()?);
        match self.0 {
            b'd' => Some(Float::new(f64::from_bits(raw))),
            b'l' | b'q' => Some(Int::new(raw as i64)),
            _ => None,
        }
    }

    /// Replaces the item at `index`, if it is there and the value needs no conversion; for floats of 64 bits alone.
    #[inline]
    pub(super) fn set_wide_item(self, bytes: &mut [u8], index: usize, value: &Obj) -> bool {
        if self.0 != b'd' {
            return false;
        }
        let Some(value) = value.downcast_exact::<Float>() else { return false };
        let place = index.checked_mul(8).and_then(|start| bytes.get_mut(start..)?.first_chunk_mut::<8>());
        match place {
            Some(place) => {
                *place = value.0.to_le_bytes();
                true
            }
            None => false,
        }
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self.0, b'u' | b'w')
    }

    pub(super) fn is_float(self) -> bool {
        matches!(self.0, b'f' | b'd')
    }

    pub(super) fn is_signed(self) -> bool {
        self.0.is_ascii_lowercase()
    }

    /// The item of these bytes, of which there are as many as it has.
    pub(super) fn item(self, vm: &Vm, bytes: &[u8]) -> PyResult {
        let mut wide = [0; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        let raw = u64::from_le_bytes(wide);
        Ok(match self.0 {
            b'f' => Float::new(f32::from_bits(raw as u32).into()),
            b'd' => Float::new(f64::from_bits(raw)),
            b'u' | b'w' => match Str::from_code_point(raw as u32) {
                Some(text) => text.into_obj(),
                None => {
                    return Err(
                        vm.value_error(format!("character U+{raw:x} is not in range [U+0000; U+10ffff]"))
                    );
                }
            },
            b'b' => Int::new((raw as i8).into()),
            b'h' => Int::new((raw as i16).into()),
            b'i' => Int::new((raw as i32).into()),
            b'l' | b'q' => Int::new(raw as i64),
            _ => Int::from_u64(raw),
        })
    }

    /// Appends the bytes of an object as an item.
    pub(super) fn write(self, vm: &Vm, value: &Obj, out: &mut Vec<u8>) -> PyResult<()> {
        match self.0 {
            b'f' => out.extend((vm.float(value)? as f32).to_le_bytes()),
            b'd' => out.extend(vm.float(value)?.to_le_bytes()),
            b'u' | b'w' => {
                let Some(text) = value.downcast::<Str>() else {
                    let ty = value.ty().tp_name();
                    return Err(vm.type_error(format!("array item must be a unicode character, not {ty}")));
                };
                match text.code_point_at(0).filter(|_| text.char_len() == 1) {
                    Some(c) => out.extend(c.to_le_bytes()),
                    None => {
                        let length = text.char_len();
                        return Err(vm.type_error(format!(
                            "array item must be a unicode character, not a string of length {length}"
                        )));
                    }
                }
            }
            _ => {
                let bits = self.size() as u32 * 8;
                let range = if self.is_signed() {
                    -(1_i128 << (bits - 1))..=(1_i128 << (bits - 1)) - 1
                } else {
                    0..=(1_i128 << bits) - 1
                };
                let int = integer(vm, value)?;
                match int.filter(|int| range.contains(int)) {
                    Some(int) => out.extend_from_slice(&int.to_le_bytes()[..self.size()]),
                    None => {
                        let negative = vm.index(value)?.as_int().is_some_and(|int| int.is_negative());
                        return Err(self.overflow(vm, negative));
                    }
                }
            }
        }
        Ok(())
    }

    /// The error of an int that is too small or too large.
    #[cold]
    fn overflow(self, vm: &Vm, negative: bool) -> Exc {
        let name = match self.0 {
            b'l' => return vm.overflow_error("Python int too large to convert to C long"),
            b'q' => return vm.overflow_error("int too big to convert"),
            b'Q' if negative => return vm.overflow_error("can't convert negative int to unsigned"),
            b'Q' => return vm.overflow_error("int too big to convert"),
            b'I' | b'L' if negative => {
                return vm.overflow_error("can't convert negative value to unsigned int");
            }
            b'L' => return vm.overflow_error("Python int too large to convert to C unsigned long"),
            b'b' => "signed char",
            b'B' => "unsigned byte integer",
            b'h' => "signed short integer",
            b'H' => "unsigned short",
            b'I' => "unsigned int",
            _ => "signed integer",
        };
        let bound = if negative { "less than minimum" } else { "greater than maximum" };
        vm.overflow_error(format!("{name} is {bound}"))
    }
}
