//! `zlib`: deflate, and checksums. CPython: Modules/zlibmodule.c; the algorithms are zlib-rs's.

mod compress;
mod decompress;
mod decompressor;
mod stream;

use lasti_vm::builtins::{BASE_EXCEPTION, EXCEPTION};
use lasti_vm::errors::BaseException;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags};
use lasti_vm::{Exc, Obj, PyResult, Ref, Vm};

use crate::binascii::low_bits;

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "zlib",
    doc: "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.\n\nadler32(string[, start]) -- Compute an Adler-32 checksum.\ncompress(data[, level]) -- Compress data, with compression level 0-9 or -1.\ncompressobj([level[, ...]]) -- Return a compressor object.\ncrc32(string[, start]) -- Compute a CRC-32 checksum.\ndecompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.\ndecompressobj([wbits[, zdict]]) -- Return a decompressor object.\n\n'wbits' is window buffer size and container format.\nCompressor objects support compress() and flush() methods; decompressor\nobjects support decompress() and flush().",
    functions: FUNCTIONS,
    fill,
};

lasti_vm::builtin_type!(/** `zlib.error` */ ERROR, "error", BaseException, on BASE_EXCEPTION);

/// zlib's window, as large as it gets.
const MAX_WBITS: i32 = 15;
const DEF_BUF_SIZE: i64 = 16 * 1024;

/// `Error -3 while decompressing data: incorrect header check`
#[cold]
fn fault(vm: &Vm, code: i32, doing: &str, message: Option<&str>) -> Exc {
    let message = message.or(match code {
        -5 => Some("incomplete or truncated stream"),
        -2 => Some("inconsistent stream state"),
        -3 => Some("invalid input data"),
        _ => None,
    });
    vm.error(
        &ERROR,
        &match message {
            Some(message) => format!("Error {code} {doing}: {message}"),
            None => format!("Error {code} {doing}"),
        },
    )
}

fn crc32(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let start = args.get(1).map_or(Ok(0), |start| low_bits(vm, start))?;
    let data = vm.bytes_like(&args[0])?;
    Ok(Int::new(zlib_rs::crc32::crc32(start, &data).into()))
}

fn adler32(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let start = args.get(1).map_or(Ok(1), |start| low_bits(vm, start))?;
    let data = vm.bytes_like(&args[0])?;
    Ok(Int::new(zlib_rs::adler32::adler32(start, &data).into()))
}

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "adler32",
        "($module, data, value=1, /)",
        "Compute an Adler-32 checksum of data.\n\n  value\n    Starting value of the checksum.\n\nThe returned checksum is an integer.",
        NativeCall::Positional(1, 2, adler32),
    ),
    NativeDef::new(
        "compress",
        "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)",
        "Returns a bytes object containing compressed data.\n\n  data\n    Binary data to be compressed.\n  level\n    Compression level, in 0-9 or -1.\n  wbits\n    The window buffer size and container format.",
        NativeCall::Full(compress::compress),
    ),
    NativeDef::new(
        "compressobj",
        "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)",
        "Return a compressor object.",
        NativeCall::Full(compress::compressobj),
    ),
    NativeDef::new(
        "crc32",
        "($module, data, value=0, /)",
        "Compute a CRC-32 checksum of data.\n\n  value\n    Starting value of the checksum.\n\nThe returned checksum is an integer.",
        NativeCall::Positional(1, 2, crc32),
    ),
    NativeDef::new(
        "decompress",
        "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)",
        "Returns a bytes object containing the uncompressed data.\n\n  data\n    Compressed data.\n  wbits\n    The window buffer size and container format.\n  bufsize\n    The initial output buffer size.",
        NativeCall::Full(decompress::decompress),
    ),
    NativeDef::new(
        "decompressobj",
        "($module, /, wbits=MAX_WBITS, zdict=b'')",
        "Return a decompressor object.\n\n  wbits\n    The window buffer size and container format.\n  zdict\n    The predefined compression dictionary.  This must be the same\n    dictionary as used by the compressor that produced the input data.",
        NativeCall::Full(decompress::decompressobj),
    ),
];

const CONSTANTS: &[(&str, i64)] = &[
    ("MAX_WBITS", MAX_WBITS as i64),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", DEF_BUF_SIZE),
    ("Z_NO_COMPRESSION", 0),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", 4),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !ERROR.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &ERROR)
            .base(&EXCEPTION)
            .module("zlib")
            .flags(TypeFlags::BASETYPE | TypeFlags::EXCEPTION)
            .ready();
        compress::ready(vm);
        decompress::ready(vm);
        decompressor::ready(vm);
    }
    module.add_type(vm, &ERROR)?;
    module.add_type(vm, &decompressor::DECOMPRESSOR)?;
    for &(name, value) in CONSTANTS {
        module.add(vm, name, Int::new(value))?;
    }
    // The version that zlib-rs is compatible with.
    module.add(vm, "ZLIB_VERSION", Str::new("1.3.1"))?;
    module.add(vm, "ZLIB_RUNTIME_VERSION", Str::new("1.3.1"))
}
