//! The UTF encodings, ASCII and Latin-1, as functions.

use lasti_text::codecs::{self, ByteOrder, Fault};
use lasti_vm::bytes::Bytes;
use lasti_vm::codecs::{Codec, Errors};
use lasti_vm::number::Int;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Obj, PyResult, Vm};

use super::{errors_argument, pair};

fn encode(vm: &Vm, function: &str, args: &[Obj], codec: Codec) -> PyResult {
    let [text, ..] = args else { return Ok(vm.none()) };
    let text = vm.str_argument(function, "1", text)?;
    let errors = errors_argument(vm, function, args.get(1))?;
    let bytes = codec.encode(vm, text, &errors)?;
    Ok(pair(Bytes::new(&bytes), text.char_len()))
}

fn decode(vm: &Vm, function: &str, args: &[Obj], codec: Codec) -> PyResult {
    let [bytes, ..] = args else { return Ok(vm.none()) };
    let bytes = vm.bytes_like(bytes)?;
    let errors = errors_argument(vm, function, args.get(1))?;
    // ASCII and Latin-1 have nothing that could be incomplete.
    let last = match codec {
        Codec::Latin1 | Codec::Ascii => true,
        _ => args.get(2).map_or(Ok(false), |last| vm.is_true(last))?,
    };
    let (text, used) = codec.decode_part(vm, &bytes, &errors, last)?;
    Ok(pair(Str::from_wtf8(&text), used))
}

/// The order of bytes as a number: below 0 little, above 0 big, 0 by the mark.
fn order(vm: &Vm, given: Option<&Obj>) -> PyResult<ByteOrder> {
    let order = given.map_or(Ok(0), |order| vm.c_int_argument(order))?;
    Ok(match order.signum() {
        -1 => ByteOrder::Little,
        0 => ByteOrder::Marked,
        _ => ByteOrder::Big,
    })
}

/// Decoding that also tells which order of bytes it found.
fn decode_ex(vm: &Vm, function: &str, args: &[Obj], wide: bool) -> PyResult {
    let [bytes, ..] = args else { return Ok(vm.none()) };
    let bytes = vm.bytes_like(bytes)?;
    let name = errors_argument(vm, function, args.get(1))?;
    let order = order(vm, args.get(2))?;
    let last = args.get(3).map_or(Ok(false), |last| vm.is_true(last))?;
    let mut errors = Errors::new(vm, &name);
    let handler = &mut |fault: &Fault| errors.decode(&bytes, fault);
    let decoded = if wide {
        codecs::decode_utf32(&bytes, order, last, handler)
    } else {
        codecs::decode_utf16(&bytes, order, last, handler)
    };
    let ((text, used), found) = decoded.map_err(|stop| stop.raise_decode(vm, &bytes))?;
    let found = match found {
        ByteOrder::Little => -1,
        ByteOrder::Marked => 0,
        ByteOrder::Big => 1,
    };
    let parts = vec![Str::from_wtf8(&text).into_obj(), Int::from_usize(used), Int::new(found)];
    Ok(Tuple::new(parts).into_obj())
}

/// Encoders that also take the order of bytes as a number.
fn encode_ordered(vm: &Vm, function: &str, args: &[Obj], codec: fn(ByteOrder) -> Codec) -> PyResult {
    let order = order(vm, args.get(2))?;
    encode(vm, function, args, codec(order))
}

macro_rules! encoder {
    ($name:literal, $codec:expr) => {
        NativeDef::new(
            $name,
            "($module, str, errors=None, /)",
            "",
            NativeCall::Positional(1, 2, |vm, _, args| encode(vm, $name, args, $codec)),
        )
    };
}

macro_rules! decoder {
    ($name:literal, $codec:expr) => {
        NativeDef::new(
            $name,
            "($module, data, errors=None, final=False, /)",
            "",
            NativeCall::Positional(1, 3, |vm, _, args| decode(vm, $name, args, $codec)),
        )
    };
}

/// A codec without incomplete input.
macro_rules! plain_decoder {
    ($name:literal, $codec:expr) => {
        NativeDef::new(
            $name,
            "($module, data, errors=None, /)",
            "",
            NativeCall::Positional(1, 2, |vm, _, args| decode(vm, $name, args, $codec)),
        )
    };
}

macro_rules! ordered {
    ($name:literal, $codec:path) => {
        NativeDef::new(
            $name,
            "($module, str, errors=None, byteorder=0, /)",
            "",
            NativeCall::Positional(1, 3, |vm, _, args| encode_ordered(vm, $name, args, $codec)),
        )
    };
}

macro_rules! decoder_ex {
    ($name:literal, $wide:literal) => {
        NativeDef::new(
            $name,
            "($module, data, errors=None, byteorder=0, final=False, /)",
            "",
            NativeCall::Positional(1, 4, |vm, _, args| decode_ex(vm, $name, args, $wide)),
        )
    };
}

pub(super) const FUNCTIONS: &[NativeDef] = &[
    encoder!("utf_8_encode", Codec::Utf8),
    decoder!("utf_8_decode", Codec::Utf8),
    encoder!("ascii_encode", Codec::Ascii),
    plain_decoder!("ascii_decode", Codec::Ascii),
    encoder!("latin_1_encode", Codec::Latin1),
    plain_decoder!("latin_1_decode", Codec::Latin1),
    ordered!("utf_16_encode", Codec::Utf16),
    decoder!("utf_16_decode", Codec::Utf16(ByteOrder::Marked)),
    encoder!("utf_16_le_encode", Codec::Utf16(ByteOrder::Little)),
    decoder!("utf_16_le_decode", Codec::Utf16(ByteOrder::Little)),
    encoder!("utf_16_be_encode", Codec::Utf16(ByteOrder::Big)),
    decoder!("utf_16_be_decode", Codec::Utf16(ByteOrder::Big)),
    decoder_ex!("utf_16_ex_decode", false),
    ordered!("utf_32_encode", Codec::Utf32),
    decoder!("utf_32_decode", Codec::Utf32(ByteOrder::Marked)),
    encoder!("utf_32_le_encode", Codec::Utf32(ByteOrder::Little)),
    decoder!("utf_32_le_decode", Codec::Utf32(ByteOrder::Little)),
    encoder!("utf_32_be_encode", Codec::Utf32(ByteOrder::Big)),
    decoder!("utf_32_be_decode", Codec::Utf32(ByteOrder::Big)),
    decoder_ex!("utf_32_ex_decode", true),
];
