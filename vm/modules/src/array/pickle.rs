//! Pickled arrays: items as some machine has them, and which that is.

use lasti_text::int::{Endian, from_bytes};
use lasti_vm::builtins::attribute_dict;
use lasti_vm::bytes::Bytes;
use lasti_vm::number::{Float, Int};
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::types::TypeData;
use lasti_vm::{Obj, PyResult, Vm};

use super::item::Kind;
use super::object::{ARRAY, Array, receiver, text_bytes};

/// The format of an array's items on this machine.
fn machine_format(kind: Kind) -> i64 {
    match kind.size() {
        4 if kind.is_text() => 20,
        4 if kind.is_float() => 14,
        8 if kind.is_float() => 16,
        size => {
            let base = match size {
                1 => return i64::from(kind.is_signed()),
                2 => 2,
                4 => 6,
                _ => 10,
            };
            base + if kind.is_signed() { 2 } else { 0 }
        }
    }
}

/// `__reduce_ex__(protocol)`
pub(super) fn reduce(vm: &Vm, object: &Obj, protocol: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    if protocol.as_int().is_none() {
        return Err(vm.type_error("__reduce_ex__ argument should be an integer"));
    }
    let protocol = vm.index_i64(protocol)?;
    let ty = object.ty().to_obj();
    let code = Str::new(array.kind.code().encode_utf8(&mut [0; 4])).into_obj();
    let attributes = match attribute_dict().first() {
        Some(_) => vm.or_none(vm.find_attr(object, &vm.names().__dict__)?),
        None => vm.none(),
    };
    if protocol < 3 {
        let items = vm.call_method_named(object, "tolist", &[])?;
        let args = Tuple::new(vec![code, items]).into_obj();
        return Ok(Tuple::new(vec![ty, args, attributes]).into_obj());
    }
    let module = vm.import_module("array")?;
    let reconstruct = vm.getattr_named(&module, "_array_reconstructor")?;
    let items = Bytes::new(&array.to_vec()).into_obj();
    let args = Tuple::new(vec![ty, code, Int::new(machine_format(array.kind)), items]).into_obj();
    Ok(Tuple::new(vec![reconstruct, args, attributes]).into_obj())
}

/// How a machine has items.
enum Machine {
    Int { size: usize, signed: bool, endian: Endian },
    Float { size: usize, endian: Endian },
    Text { codec: &'static str },
}

fn machine(format: i64) -> Option<Machine> {
    let endian = if format % 2 == 0 { Endian::Little } else { Endian::Big };
    Some(match format {
        0 => Machine::Int { size: 1, signed: false, endian },
        1 => Machine::Int { size: 1, signed: true, endian },
        2..=13 => {
            let size = 1 << ((format - 2) / 4 + 1);
            Machine::Int { size, signed: (format - 2) / 2 % 2 == 1, endian }
        }
        14 | 15 => Machine::Float { size: 4, endian },
        16 | 17 => Machine::Float { size: 8, endian },
        18 => Machine::Text { codec: "utf-16-le" },
        19 => Machine::Text { codec: "utf-16-be" },
        20 => Machine::Text { codec: "utf-32-le" },
        21 => Machine::Text { codec: "utf-32-be" },
        _ => return None,
    })
}

/// `array._array_reconstructor(arraytype, typecode, mformat_code, items)`
pub(super) fn reconstruct(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [class, code, format, items] = args else { return Ok(vm.none()) };
    let Some(ty) = class.downcast::<TypeData>() else {
        return Err(
            vm.type_error(format!("first argument must be a type object, not {}", class.ty().tp_name()))
        );
    };
    let format = vm.c_int_argument(format)?;
    if !ty.is_subtype_of(&ARRAY) {
        return Err(vm.type_error(format!("{} is not a subtype of array.array", ty.tp_name())));
    }
    let kind = code.downcast::<Str>().and_then(|code| {
        let mut points = code.as_wtf8().code_points();
        let first = points.next()?.to_char()?;
        Kind::from_code(first).filter(|_| code.char_len() == 1)
    });
    let Some(kind) = kind else {
        return Err(vm.value_error("second argument must be a valid type code"));
    };
    let Some(machine) = machine(format.into()) else {
        return Err(vm.value_error("third argument must be a valid machine format code."));
    };
    let Some(bytes) = items.downcast::<Bytes>() else {
        return Err(vm.type_error(format!("fourth argument should be bytes, not {}", items.ty().tp_name())));
    };
    let bytes = bytes.as_slice();
    if i64::from(format) == machine_format(kind) {
        if bytes.len() % kind.size() != 0 {
            return Err(vm.value_error("bytes length not a multiple of item size"));
        }
        return Ok(Array::make(ty, kind, bytes.to_vec()));
    }
    let fits = |size: usize| match bytes.len() % size {
        0 => Ok(()),
        _ => Err(vm.value_error("string length not a multiple of item size")),
    };
    let mut values = Vec::new();
    match machine {
        Machine::Text { codec } => {
            let text = vm.call_method_named(items, "decode", &[Str::new(codec).into_obj()])?;
            let text = text.downcast::<Str>().map(|text| text_bytes(text)).unwrap_or_default();
            return Ok(Array::make(ty, kind, text));
        }
        Machine::Int { size, signed, endian } => {
            // Another kind of the same size and sign takes the numbers, whatever its letter.
            fits(size)?;
            values.extend(
                bytes.chunks_exact(size).map(|chunk| Int::from_text(from_bytes(chunk, endian, signed))),
            );
        }
        Machine::Float { size, endian } => {
            fits(size)?;
            for chunk in bytes.chunks_exact(size) {
                let mut raw = [0; 8];
                raw[..size].copy_from_slice(chunk);
                if endian == Endian::Big {
                    raw[..size].reverse();
                }
                let bits = u64::from_le_bytes(raw);
                values.push(Float::new(if size == 4 {
                    f32::from_bits(bits as u32).into()
                } else {
                    f64::from_bits(bits)
                }));
            }
        }
    }
    // The kind that has what the machine had, if the letter means another size here.
    let kind = match machine_kind(format.into()) {
        Some(same) if !kind.is_float() && !kind.is_text() => same,
        _ => kind,
    };
    let code = Str::new(kind.code().encode_utf8(&mut [0; 4])).into_obj();
    vm.call(class, &[code, List::new(values).into_obj()])
}

/// The kind of this machine that has ints like those of the format.
fn machine_kind(format: i64) -> Option<Kind> {
    Kind::from_code(match format {
        0 => 'B',
        1 => 'b',
        2 | 3 => 'H',
        4 | 5 => 'h',
        6 | 7 => 'I',
        8 | 9 => 'i',
        10 | 11 => 'L',
        12 | 13 => 'l',
        _ => return None,
    })
}
