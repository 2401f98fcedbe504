//! Items of a memoryview: bytes in the native formats of the struct module.

use lasti_text::structs::{Format, Unpacked, Value};
use lasti_text::{Error, ErrorKind};

use crate::bytes::Bytes;
use crate::errors::{Exc, PyResult};
use crate::number::{Float, Int, IntView};
use crate::object::Obj;
use crate::vm::Vm;

/// The bytes of an item in a native format of one character; `None` for other formats.
pub(super) fn size_of(format: &str) -> Option<usize> {
    let letter = match format.as_bytes() {
        [letter] | [b'@', letter] => *letter,
        _ => return None,
    };
    Some(match letter {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    })
}

/// A format's letter; a NotImplementedError for what has more than one.
pub(super) fn native_format<'a>(vm: &Vm, format: &'a str) -> PyResult<&'a str> {
    if size_of(format).is_none() {
        return Err(vm.not_implemented_error(format!("memoryview: format {format} not supported")));
    }
    Ok(format.trim_start_matches('@'))
}

/// An item as an object.
pub(super) fn unpack(vm: &Vm, format: &str, bytes: &[u8]) -> PyResult {
    if let ("B", [byte]) = (format, bytes) {
        return Ok(Int::new((*byte).into()));
    }
    let wrong = |_| vm.not_implemented_error(format!("memoryview: format {format} not supported"));
    let parsed = Format::parse(format.as_bytes()).map_err(wrong)?;
    let items = parsed.unpack(bytes).map_err(wrong)?;
    items.into_iter().next().map(|item| object(vm, item)).ok_or_else(|| wrong(Error::memory()))
}

fn object(vm: &Vm, item: Unpacked<'_>) -> Obj {
    match item {
        Unpacked::Int(int) => Int::from_text(int),
        Unpacked::Float(float) => Float::new(float),
        Unpacked::Bool(bool) => vm.bool(bool),
        Unpacked::Bytes(bytes) => Bytes::new(bytes).into_obj(),
        Unpacked::Complex(number) => crate::number::Complex::new(number.real, number.imag),
    }
}

fn invalid(vm: &Vm, format: &str, value: bool) -> Exc {
    if value {
        vm.value_error(format!("memoryview: invalid value for format '{format}'"))
    } else {
        vm.type_error(format!("memoryview: invalid type for format '{format}'"))
    }
}

/// An object as the bytes of an item.
pub(super) fn pack(vm: &Vm, format: &str, value: &Obj) -> PyResult<Vec<u8>> {
    let wrong_type = || invalid(vm, format, false);
    let packed = |value: Value<'_>| {
        Format::parse(format.as_bytes()).and_then(|parsed| parsed.pack(&[value])).map_err(|error| match error
            .kind
        {
            ErrorKind::Type => wrong_type(),
            _ => invalid(vm, format, true),
        })
    };
    match format {
        "?" => packed(Value::Bool(vm.is_true(value)?)),
        "c" => match value.downcast::<Bytes>() {
            Some(bytes) if bytes.as_slice().len() == 1 => Ok(bytes.as_slice().to_vec()),
            Some(_) => Err(invalid(vm, format, true)),
            None => Err(wrong_type()),
        },
        "f" | "d" | "e" => match vm.float(value) {
            Ok(float) => packed(Value::Float(float)),
            Err(error) if error.is(&crate::builtins::TYPE_ERROR) => Err(wrong_type()),
            Err(error) => Err(error),
        },
        _ => {
            if value.as_int().is_none() && value.ty().slots.nb_index.get().is_none() {
                return Err(wrong_type());
            }
            let index = vm.index(value)?;
            packed(Value::Int(index.as_int().unwrap_or(IntView::Small(0)).into()))
        }
    }
}
