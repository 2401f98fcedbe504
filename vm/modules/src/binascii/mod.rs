//! `binascii`: bytes as text and back. CPython: Modules/binascii.c.

mod base64;
mod quoted_printable;
mod uu;

use std::borrow::Cow;

use lasti_vm::builtins::{BASE_EXCEPTION, EXCEPTION, VALUE_ERROR};
use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::errors::BaseException;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::{Int, IntView};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags};
use lasti_vm::{Exc, Obj, PyResult, Ref, Vm};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "binascii",
    doc: "Conversion between binary data and ASCII",
    functions: FUNCTIONS,
    fill,
};

lasti_vm::builtin_type!(/** `binascii.Error` */ ERROR, "Error", BaseException, on BASE_EXCEPTION);
lasti_vm::builtin_type!(/** `binascii.Incomplete` */ INCOMPLETE, "Incomplete", BaseException, on BASE_EXCEPTION);

#[cold]
fn error(vm: &Vm, message: &str) -> Exc {
    vm.error(&ERROR, message)
}

/// A bytes-like object or a str of ASCII.
fn ascii<'a>(vm: &Vm, object: &'a Obj) -> PyResult<Cow<'a, [u8]>> {
    if let Some(text) = object.downcast::<Str>() {
        if text.is_ascii() {
            return Ok(Cow::Borrowed(text.as_bytes()));
        }
        return Err(vm.value_error("string argument should contain only ASCII characters"));
    }
    match vm.try_buffer(object)? {
        Some(_) => vm.bytes_like(object),
        None => Err(vm.type_error(format!(
            "argument should be bytes, buffer or ASCII string, not '{}'",
            object.ty().tp_name()
        ))),
    }
}

fn bytes(bytes: &[u8]) -> Obj {
    Bytes::new(bytes).into_obj()
}

fn flag(vm: &Vm, value: Option<&Obj>, default: bool) -> PyResult<bool> {
    value.map_or(Ok(default), |value| vm.is_true(value))
}

static A2B_BASE64: Signature<2> =
    Signature::new("a2b_base64", ["", "strict_mode"], 1).positional_only(1).keyword_only(1);
static B2A_BASE64: Signature<2> =
    Signature::new("b2a_base64", ["", "newline"], 1).positional_only(1).keyword_only(1);
static B2A_UU: Signature<2> =
    Signature::new("b2a_uu", ["", "backtick"], 1).positional_only(1).keyword_only(1);
static A2B_QP: Signature<2> = Signature::new("a2b_qp", ["data", "header"], 1);
static B2A_QP: Signature<4> = Signature::new("b2a_qp", ["data", "quotetabs", "istext", "header"], 1);

fn a2b_base64(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(data), strict] = args.bind(vm, &A2B_BASE64)? else { return Ok(vm.none()) };
    let strict = flag(vm, strict, false)?;
    let decoded = base64::decode(&ascii(vm, data)?, strict).map_err(|message| error(vm, &message))?;
    Ok(bytes(&decoded))
}

fn b2a_base64(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(data), newline] = args.bind(vm, &B2A_BASE64)? else { return Ok(vm.none()) };
    let newline = flag(vm, newline, true)?;
    let mut encoded = base64::encode(&vm.bytes_like(data)?);
    if newline {
        encoded.push(b'\n');
    }
    Ok(bytes(&encoded))
}

fn a2b_uu(vm: &Vm, _: &Obj, data: &Obj) -> PyResult {
    let decoded = uu::decode(&ascii(vm, data)?).map_err(|message| error(vm, message))?;
    Ok(bytes(&decoded))
}

fn b2a_uu(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(data), backtick] = args.bind(vm, &B2A_UU)? else { return Ok(vm.none()) };
    let backtick = flag(vm, backtick, false)?;
    let data = vm.bytes_like(data)?;
    if data.len() > uu::LONGEST {
        return Err(error(vm, "At most 45 bytes at once"));
    }
    Ok(bytes(&uu::encode(&data, backtick)))
}

fn a2b_qp(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(data), header] = args.bind(vm, &A2B_QP)? else { return Ok(vm.none()) };
    let header = flag(vm, header, false)?;
    Ok(bytes(&quoted_printable::decode(&ascii(vm, data)?, header)))
}

fn b2a_qp(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(data), quote_tabs, is_text, header] = args.bind(vm, &B2A_QP)? else { return Ok(vm.none()) };
    let options = quoted_printable::Options {
        quote_tabs: flag(vm, quote_tabs, false)?,
        is_text: flag(vm, is_text, true)?,
        header: flag(vm, header, false)?,
    };
    Ok(bytes(&quoted_printable::encode(&vm.bytes_like(data)?, options)))
}

fn unhexlify(vm: &Vm, _: &Obj, data: &Obj) -> PyResult {
    let data = ascii(vm, data)?;
    if data.len() % 2 != 0 {
        return Err(error(vm, "Odd-length string"));
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let decoded: Option<Vec<u8>> =
        data.chunks_exact(2).map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)).collect();
    match decoded {
        Some(decoded) => Ok(bytes(&decoded)),
        None => Err(error(vm, "Non-hexadecimal digit found")),
    }
}

static B2A_HEX: Signature<3> = Signature::new("b2a_hex", ["data", "sep", "bytes_per_sep"], 1);
static HEXLIFY: Signature<3> = Signature::new("hexlify", ["data", "sep", "bytes_per_sep"], 1);

/// `bytes.hex`, as bytes.
fn to_hex(vm: &Vm, signature: &Signature<3>, args: Args<'_>) -> PyResult {
    let [Some(data), separator, group] = args.bind(vm, signature)? else { return Ok(vm.none()) };
    let data = bytes(&vm.bytes_like(data)?);
    let rest: Vec<Obj> = separator.into_iter().chain(group).cloned().collect();
    let rest = if separator.is_some() { &*rest } else { &[] };
    let text = vm.call_method_named(&data, "hex", rest)?;
    Ok(bytes(text.downcast::<Str>().map_or(&[], |text| text.as_bytes())))
}

fn b2a_hex(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    to_hex(vm, &B2A_HEX, args)
}

fn hexlify(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    to_hex(vm, &HEXLIFY, args)
}

/// An int's lowest 32 bits.
pub(crate) fn low_bits(vm: &Vm, value: &Obj) -> PyResult<u32> {
    let index = vm.index(value)?;
    Ok(match index.as_int() {
        Some(IntView::Small(int)) => int as u32,
        Some(IntView::Big(int)) => {
            let low = int.iter_u32_digits().next().unwrap_or(0);
            if int.sign() == malachite_bigint::Sign::Minus { low.wrapping_neg() } else { low }
        }
        None => 0,
    })
}

fn crc32(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let start = args.get(1).map_or(Ok(0), |start| low_bits(vm, start))?;
    let data = vm.bytes_like(&args[0])?;
    Ok(Int::new(zlib_rs::crc32::crc32(start, &data).into()))
}

fn crc_hqx(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let mut crc = low_bits(vm, &args[1])? as u16;
    for &byte in &*vm.bytes_like(&args[0])? {
        crc ^= u16::from(byte) << 8;
        for _ in 0..8 {
            crc = crc << 1 ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 };
        }
    }
    Ok(Int::new(crc.into()))
}

const HEX_DOC: &str = "Hexadecimal representation of binary data.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left.\n\nThe return value is a bytes object.";

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "a2b_uu",
        "($module, data, /)",
        "Decode a line of uuencoded data.",
        NativeCall::One(a2b_uu),
    ),
    NativeDef::new(
        "b2a_uu",
        "($module, data, /, *, backtick=False)",
        "Uuencode line of data.",
        NativeCall::Full(b2a_uu),
    ),
    NativeDef::new(
        "a2b_base64",
        "($module, data, /, *, strict_mode=False)",
        "Decode a line of base64 data.\n\n  strict_mode\n    When set to True, bytes that are not part of the base64 standard are not allowed.\n    The same applies to excess data after padding (= / ==).",
        NativeCall::Full(a2b_base64),
    ),
    NativeDef::new(
        "b2a_base64",
        "($module, data, /, *, newline=True)",
        "Base64-code line of data.",
        NativeCall::Full(b2a_base64),
    ),
    NativeDef::new(
        "a2b_hex",
        "($module, hexstr, /)",
        "Binary data of hexadecimal representation.\n\nhexstr must contain an even number of hex digits (upper or lower case).\nThis function is also available as \"unhexlify()\".",
        NativeCall::One(unhexlify),
    ),
    NativeDef::new(
        "b2a_hex",
        "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
        HEX_DOC,
        NativeCall::Full(b2a_hex),
    ),
    NativeDef::new(
        "hexlify",
        "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
        HEX_DOC,
        NativeCall::Full(hexlify),
    ),
    NativeDef::new(
        "unhexlify",
        "($module, hexstr, /)",
        "Binary data of hexadecimal representation.\n\nhexstr must contain an even number of hex digits (upper or lower case).",
        NativeCall::One(unhexlify),
    ),
    NativeDef::new(
        "crc_hqx",
        "($module, data, crc, /)",
        "Compute CRC-CCITT incrementally.",
        NativeCall::Positional(2, 2, crc_hqx),
    ),
    NativeDef::new(
        "crc32",
        "($module, data, crc=0, /)",
        "Compute CRC-32 incrementally.",
        NativeCall::Positional(1, 2, crc32),
    ),
    NativeDef::new(
        "a2b_qp",
        "($module, /, data, header=False)",
        "Decode a string of qp-encoded data.",
        NativeCall::Full(a2b_qp),
    ),
    NativeDef::new(
        "b2a_qp",
        "($module, /, data, quotetabs=False, istext=True, header=False)",
        "Encode a string using quoted-printable encoding.\n\nOn encoding, when istext is set, newlines are not encoded, and white\nspace at end of lines is.  When istext is not set, \\r and \\n (CR/LF)\nare both encoded.  When quotetabs is set, space and tabs are encoded.",
        NativeCall::Full(b2a_qp),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !ERROR.has(TypeFlags::READY) {
        for (ty, base) in [(&ERROR, &VALUE_ERROR), (&INCOMPLETE, &EXCEPTION)] {
            TypeBuilder::new(vm, ty)
                .base(base)
                .module("binascii")
                .flags(TypeFlags::BASETYPE | TypeFlags::EXCEPTION)
                .ready();
        }
    }
    module.add_type(vm, &ERROR)?;
    module.add_type(vm, &INCOMPLETE)
}
