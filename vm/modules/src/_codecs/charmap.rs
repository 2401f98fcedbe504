//! Character sets given by tables: `charmap_encode`, `charmap_decode`, `charmap_build`.

use lasti_text::codecs::Fault;
use lasti_text::codecs::charmap::{self, EncodingMap};
use lasti_vm::builtins::LOOKUP_ERROR;
use lasti_vm::bytes::Bytes;
use lasti_vm::codecs::{Codec, Errors, Stop};
use lasti_vm::number::Int;
use lasti_vm::object::Payload;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::{errors_argument, pair};

/// `EncodingMap`: what `charmap_build` makes of a table for decoding.
struct Map(EncodingMap);

impl Payload for Map {
    fn class() -> &'static TypeObject {
        &ENCODING_MAP
    }
}

lasti_vm::builtin_type!(/** `EncodingMap` */ ENCODING_MAP, "EncodingMap", Map);

pub(super) fn init(vm: &Vm) {
    if !ENCODING_MAP.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &ENCODING_MAP).flags(TypeFlags::DISALLOW_INSTANTIATION).ready();
    }
}

fn build(vm: &Vm, _: &Obj, table: &Obj) -> PyResult {
    let table = vm.str_argument("charmap_build", "", table)?;
    Ok(Ref::new(Map(EncodingMap::new(table.as_wtf8()))).into_obj())
}

/// What a mapping has for a number; `None` where it has nothing.
fn entry(vm: &Vm, mapping: &Obj, number: u32) -> PyResult<Option<Obj>> {
    match vm.getitem(mapping, &Int::new(number.into())) {
        Ok(found) => Ok(Some(found).filter(|found| !vm.is_none(found))),
        Err(error) if error.is(&LOOKUP_ERROR) => Ok(None),
        Err(error) => Err(error),
    }
}

fn decode(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [data, ..] = args else { return Ok(vm.none()) };
    let bytes = vm.bytes_like(data)?;
    let name = errors_argument(vm, "charmap_decode", args.get(1))?;
    let mapping = args.get(2).filter(|mapping| !vm.is_none(mapping));
    let mut errors = Errors::new(vm, &name);
    let handler = &mut |fault: &Fault| errors.decode(&bytes, fault);
    let decoded = match mapping {
        None => {
            Codec::Latin1.decode_part(vm, &bytes, &name, true).map(|(text, _)| text).map_err(Stop::Raised)
        }
        Some(mapping) => match mapping.downcast::<Str>() {
            Some(table) => charmap::decode_table(&bytes, table.as_wtf8(), handler),
            None => {
                let mut look = |byte: u8| -> Result<_, Stop> {
                    let Some(found) = entry(vm, mapping, byte.into()).map_err(Stop::Raised)? else {
                        return Ok(None);
                    };
                    if let Some(text) = found.downcast::<Str>() {
                        let undefined = text.code_point_at(0) == Some(0xFFFE) && text.char_len() == 1;
                        return Ok((!undefined).then(|| text.as_wtf8().to_owned()));
                    }
                    if found.as_int().is_none() {
                        let error = vm.type_error("character mapping must return integer, None or str");
                        return Err(Stop::Raised(error));
                    }
                    let code_point = found.as_i64().and_then(|int| u32::try_from(int).ok());
                    if code_point == Some(0xFFFE) {
                        return Ok(None);
                    }
                    match code_point.and_then(Str::from_code_point) {
                        Some(text) => Ok(Some(text.as_wtf8().to_owned())),
                        None => {
                            Err(Stop::Raised(vm.type_error("character mapping must be in range(0x110000)")))
                        }
                    }
                };
                charmap::decode_mapping(&bytes, &mut look, handler)
            }
        },
    };
    let text = decoded.map_err(|stop| stop.raise_decode(vm, &bytes))?;
    Ok(pair(Str::from_wtf8(&text), bytes.len()))
}

fn encode(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [text, ..] = args else { return Ok(vm.none()) };
    let text = vm.str_argument("charmap_encode", "1", text)?;
    let name = errors_argument(vm, "charmap_encode", args.get(1))?;
    let mapping = args.get(2).filter(|mapping| !vm.is_none(mapping));
    let mut errors = Errors::new(vm, &name);
    let handler = &mut |fault: &Fault| errors.encode(text, fault);
    let encoded = match mapping {
        None => Codec::Latin1.encode(vm, text, &name).map_err(Stop::Raised),
        Some(mapping) => match mapping.downcast::<Map>() {
            Some(map) => charmap::encode_map(text.as_wtf8(), &map.0, handler),
            None => {
                let mut look = |c: u32| -> Result<_, Stop> {
                    let Some(found) = entry(vm, mapping, c).map_err(Stop::Raised)? else { return Ok(None) };
                    if let Some(bytes) = found.downcast::<Bytes>() {
                        return Ok(Some(bytes.as_slice().to_vec()));
                    }
                    if found.as_int().is_none() {
                        return Err(Stop::Raised(vm.type_error(format!(
                            "character mapping must return integer, bytes or None, not {}",
                            found.ty().name()
                        ))));
                    }
                    match found.as_i64().and_then(|int| u8::try_from(int).ok()) {
                        Some(byte) => Ok(Some(vec![byte])),
                        None => Err(charmap::not_a_byte().into()),
                    }
                };
                charmap::encode_mapping(text.as_wtf8(), &mut look, handler)
            }
        },
    };
    let bytes = encoded.map_err(|stop| stop.raise_encode(vm, text))?;
    Ok(pair(Bytes::new(&bytes), text.char_len()))
}

pub(super) const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "charmap_encode",
        "($module, str, errors=None, mapping=None, /)",
        "",
        NativeCall::Positional(1, 3, encode),
    ),
    NativeDef::new(
        "charmap_decode",
        "($module, data, errors=None, mapping=None, /)",
        "",
        NativeCall::Positional(1, 3, decode),
    ),
    NativeDef::new("charmap_build", "($module, map, /)", "", NativeCall::One(build)),
];
