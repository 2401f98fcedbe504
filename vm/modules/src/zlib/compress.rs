//! `compress` and compressor objects.

use std::cell::RefCell;

use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::object::Payload;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use zlib_rs::{Deflate, DeflateFlush};

use super::stream::{Config, run_deflate};
use super::{ERROR, MAX_WBITS, fault};

/// A compressor; nothing in it once it was finished.
struct Compress {
    deflate: RefCell<Option<Deflate>>,
}

impl Payload for Compress {
    fn class() -> &'static TypeObject {
        &COMPRESS
    }
}

lasti_vm::builtin_type!(/** `zlib.Compress` */ COMPRESS, "Compress", Compress);

const DEFAULT: Config = Config { level: -1, method: 8, wbits: MAX_WBITS, mem_level: 8, strategy: 0 };

static COMPRESS_SIGNATURE: Signature<3> =
    Signature::new("compress", ["", "level", "wbits"], 1).positional_only(1);
static OBJECT_SIGNATURE: Signature<6> =
    Signature::new("compressobj", ["level", "method", "wbits", "memLevel", "strategy", "zdict"], 0);

fn int(vm: &Vm, value: Option<&Obj>, default: i32) -> PyResult<i32> {
    value.map_or(Ok(default), |value| vm.c_int_argument(value))
}

/// `zlib.compress(data, /, level=-1, wbits=15)`
pub(super) fn compress(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(data), level, wbits] = args.bind(vm, &COMPRESS_SIGNATURE)? else { return Ok(vm.none()) };
    let data = vm.bytes_like(data)?;
    let config = Config { level: int(vm, level, -1)?, wbits: int(vm, wbits, MAX_WBITS)?, ..DEFAULT };
    let Some(mut deflate) = config.deflate() else { return Err(vm.error(&ERROR, "Bad compression level")) };
    let out = run_deflate(vm, &mut deflate, &data, DeflateFlush::Finish, "while compressing data")?;
    Ok(Bytes::new(&out).into_obj())
}

/// `zlib.compressobj(level=-1, method=8, wbits=15, memLevel=8, strategy=0[, zdict])`
pub(super) fn compressobj(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [level, method, wbits, mem_level, strategy, dictionary] = args.bind(vm, &OBJECT_SIGNATURE)?;
    let config = Config {
        level: int(vm, level, DEFAULT.level)?,
        method: int(vm, method, DEFAULT.method)?,
        wbits: int(vm, wbits, DEFAULT.wbits)?,
        mem_level: int(vm, mem_level, DEFAULT.mem_level)?,
        strategy: int(vm, strategy, DEFAULT.strategy)?,
    };
    let dictionary = dictionary.map(|dictionary| vm.bytes_like(dictionary)).transpose()?;
    let Some(mut deflate) = config.deflate() else {
        return Err(vm.value_error("Invalid initialization option"));
    };
    if let Some(dictionary) = dictionary
        && deflate.set_dictionary(&dictionary).is_err()
    {
        return Err(vm.value_error("Invalid dictionary"));
    }
    Ok(Ref::new(Compress { deflate: RefCell::new(Some(deflate)) }).into_obj())
}

fn compress_more(vm: &Vm, object: &Obj, data: &Obj) -> PyResult {
    const DOING: &str = "while compressing data";
    let compressor = vm.receiver::<Compress>(object)?;
    let data = vm.bytes_like(data)?;
    let mut deflate = compressor.deflate.borrow_mut();
    let Some(deflate) = deflate.as_mut() else { return Err(fault(vm, -2, DOING, None)) };
    Ok(Bytes::new(&run_deflate(vm, deflate, &data, DeflateFlush::NoFlush, DOING)?).into_obj())
}

fn flush(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    const DOING: &str = "while flushing";
    let compressor = vm.receiver::<Compress>(object)?;
    let mode = int(vm, args.first(), DeflateFlush::Finish as i32)?;
    let mode = match mode {
        0 => return Ok(Bytes::new(&[]).into_obj()),
        1 => DeflateFlush::PartialFlush,
        2 => DeflateFlush::SyncFlush,
        3 => DeflateFlush::FullFlush,
        4 => DeflateFlush::Finish,
        5 => DeflateFlush::Block,
        _ => return Err(fault(vm, -2, DOING, None)),
    };
    let mut slot = compressor.deflate.borrow_mut();
    let Some(deflate) = slot.as_mut() else { return Err(fault(vm, -2, DOING, None)) };
    let out = run_deflate(vm, deflate, &[], mode, DOING)?;
    if mode == DeflateFlush::Finish {
        *slot = None;
    }
    Ok(Bytes::new(&out).into_obj())
}

/// The library does not let its state be copied.
fn copy(vm: &Vm, object: &Obj) -> PyResult {
    match &*vm.receiver::<Compress>(object)?.deflate.borrow() {
        None => Err(vm.value_error("Inconsistent stream state")),
        Some(_) => Err(vm.not_implemented_error("compressor objects can't be copied")),
    }
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "compress",
        "($self, data, /)",
        "Returns a bytes object containing compressed data.\n\n  data\n    Binary data to be compressed.\n\nAfter calling this function, some of the input data may still\nbe stored in internal buffers for later processing.\nCall the flush() method to clear these buffers.",
        NativeCall::One(compress_more),
    ),
    NativeDef::new(
        "flush",
        "($self, mode=zlib.Z_FINISH, /)",
        "Return a bytes object containing any remaining compressed data.\n\n  mode\n    One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.\n    If mode == Z_FINISH, the compressor object can no longer be\n    used after calling the flush() method.  Otherwise, more data\n    can still be compressed.",
        NativeCall::Positional(0, 1, flush),
    ),
    NativeDef::new(
        "copy",
        "($self, /)",
        "Return a copy of the compression object.",
        NativeCall::NoArgs(copy),
    ),
    NativeDef::new("__copy__", "($self, /)", "", NativeCall::NoArgs(copy)),
    NativeDef::new("__deepcopy__", "($self, memo, /)", "", NativeCall::One(|vm, object, _| copy(vm, object))),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &COMPRESS)
        .module("zlib")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .methods(METHODS)
        .ready();
}
