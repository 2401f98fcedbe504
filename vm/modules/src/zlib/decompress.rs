//! `decompress` and decompressor objects.

use std::cell::{Cell, RefCell};

use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::object::Payload;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use zlib_rs::Inflate;

use super::stream::{inflate, run_inflate};
use super::{DEF_BUF_SIZE, MAX_WBITS, fault};

const DOING: &str = "while decompressing data";

/// A decompressor.
struct Decompress {
    inflate: RefCell<Inflate>,
    dictionary: Option<Vec<u8>>,
    /// Input behind the end of the stream.
    unused: RefCell<Vec<u8>>,
    /// Input that the limit of the output left over.
    tail: RefCell<Vec<u8>>,
    eof: Cell<bool>,
}

impl Payload for Decompress {
    fn class() -> &'static TypeObject {
        &DECOMPRESS
    }
}

lasti_vm::builtin_type!(/** `zlib.Decompress` */ DECOMPRESS, "Decompress", Decompress);

static DECOMPRESS_SIGNATURE: Signature<3> =
    Signature::new("decompress", ["", "wbits", "bufsize"], 1).positional_only(1);
static OBJECT_SIGNATURE: Signature<2> = Signature::new("decompressobj", ["wbits", "zdict"], 0);
static METHOD_SIGNATURE: Signature<2> =
    Signature::new("decompress", ["", "max_length"], 1).positional_only(1);

/// `zlib.decompress(data, /, wbits=15, bufsize=16384)`
pub(super) fn decompress(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(data), wbits, size] = args.bind(vm, &DECOMPRESS_SIGNATURE)? else { return Ok(vm.none()) };
    let data = vm.bytes_like(data)?;
    let wbits = wbits.map_or(Ok(MAX_WBITS), |wbits| vm.c_int_argument(wbits))?;
    let size = size.map_or(Ok(DEF_BUF_SIZE), |size| vm.index_i64(size))?;
    if size < 0 {
        return Err(vm.value_error("bufsize must be non-negative"));
    }
    let Some(mut inflate) = inflate(wbits) else {
        return Err(fault(vm, -2, "while preparing to decompress data", None));
    };
    let inflated = run_inflate(vm, &mut inflate, &data, None, None, DOING)?;
    if !inflated.ended {
        return Err(fault(vm, -5, DOING, None));
    }
    Ok(Bytes::new(&inflated.output).into_obj())
}

/// The dictionary that a decompressor is to have.
pub(super) fn dictionary(vm: &Vm, object: Option<&Obj>) -> PyResult<Option<Vec<u8>>> {
    let Some(object) = object else { return Ok(None) };
    match vm.try_buffer(object)? {
        Some(buffer) => Ok(Some(buffer.to_vec())),
        None => Err(vm.type_error("zdict argument must support the buffer protocol")),
    }
}

/// A decompressor; a raw stream has its dictionary from the beginning.
pub(super) fn begin(vm: &Vm, wbits: i32, dictionary: Option<&[u8]>) -> PyResult<Inflate> {
    let Some(mut inflate) = inflate(wbits) else {
        return Err(vm.value_error("Invalid initialization option"));
    };
    if let Some(dictionary) = dictionary
        && wbits < 0
        && inflate.set_dictionary(dictionary).is_err()
    {
        return Err(fault(vm, -3, "while setting zdict", None));
    }
    Ok(inflate)
}

/// `zlib.decompressobj(wbits=15[, zdict])`
pub(super) fn decompressobj(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [wbits, given] = args.bind(vm, &OBJECT_SIGNATURE)?;
    let wbits = wbits.map_or(Ok(MAX_WBITS), |wbits| vm.c_int_argument(wbits))?;
    let dictionary = dictionary(vm, given)?;
    let inflate = begin(vm, wbits, dictionary.as_deref())?;
    Ok(Ref::new(Decompress {
        inflate: RefCell::new(inflate),
        dictionary,
        unused: RefCell::default(),
        tail: RefCell::default(),
        eof: Cell::new(false),
    })
    .into_obj())
}

impl Decompress {
    fn feed(&self, vm: &Vm, data: &[u8], limit: Option<usize>, doing: &str) -> PyResult {
        let inflated =
            run_inflate(vm, &mut self.inflate.borrow_mut(), data, limit, self.dictionary.as_deref(), doing)?;
        let rest = &data[inflated.taken..];
        if inflated.ended {
            self.eof.set(true);
            self.unused.borrow_mut().extend_from_slice(rest);
            self.tail.borrow_mut().clear();
        } else {
            *self.tail.borrow_mut() = rest.to_vec();
        }
        Ok(Bytes::new(&inflated.output).into_obj())
    }
}

fn decompress_more(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let decompressor = vm.receiver::<Decompress>(object)?;
    let [Some(data), limit] = args.bind(vm, &METHOD_SIGNATURE)? else { return Ok(vm.none()) };
    let limit = limit.map_or(Ok(0), |limit| vm.index_i64(limit))?;
    let Ok(limit) = usize::try_from(limit) else {
        return Err(vm.value_error("max_length must be non-negative"));
    };
    let data = vm.bytes_like(data)?;
    if decompressor.eof.get() {
        decompressor.unused.borrow_mut().extend_from_slice(&data);
        return Ok(Bytes::new(&[]).into_obj());
    }
    decompressor.feed(vm, &data, (limit > 0).then_some(limit), DOING)
}

fn flush(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let decompressor = vm.receiver::<Decompress>(object)?;
    let length = args.first().map_or(Ok(DEF_BUF_SIZE), |length| vm.index_i64(length))?;
    if length <= 0 {
        return Err(vm.value_error("length must be greater than zero"));
    }
    let tail = decompressor.tail.take();
    if decompressor.eof.get() {
        return Ok(Bytes::new(&[]).into_obj());
    }
    decompressor.feed(vm, &tail, None, "while flushing")
}

/// The library does not let its state be copied.
fn copy(vm: &Vm, object: &Obj) -> PyResult {
    let decompressor = vm.receiver::<Decompress>(object)?;
    if decompressor.eof.get() {
        return Err(vm.value_error("Inconsistent stream state"));
    }
    Err(vm.not_implemented_error("decompressor objects can't be copied"))
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "decompress",
        "($self, data, /, max_length=0)",
        "Return a bytes object containing the decompressed version of the data.\n\n  data\n    The binary data to decompress.\n  max_length\n    The maximum allowable length of the decompressed data.\n    Unconsumed input data will be stored in\n    the unconsumed_tail attribute.\n\nAfter calling this function, some of the input data may still be stored in\ninternal buffers for later processing.\nCall the flush() method to clear these buffers.",
        NativeCall::Full(decompress_more),
    ),
    NativeDef::new(
        "flush",
        "($self, length=zlib.DEF_BUF_SIZE, /)",
        "Return a bytes object containing any remaining decompressed data.\n\n  length\n    the initial size of the output buffer.",
        NativeCall::Positional(0, 1, flush),
    ),
    NativeDef::new(
        "copy",
        "($self, /)",
        "Return a copy of the decompression object.",
        NativeCall::NoArgs(copy),
    ),
    NativeDef::new("__copy__", "($self, /)", "", NativeCall::NoArgs(copy)),
    NativeDef::new("__deepcopy__", "($self, memo, /)", "", NativeCall::One(|vm, object, _| copy(vm, object))),
];

const PROPERTIES: &[Property] = &[
    Property::new("unused_data", "", |vm, object| {
        Ok(Bytes::new(&vm.receiver::<Decompress>(object)?.unused.borrow()).into_obj())
    })
    .member(),
    Property::new("unconsumed_tail", "", |vm, object| {
        Ok(Bytes::new(&vm.receiver::<Decompress>(object)?.tail.borrow()).into_obj())
    })
    .member(),
    Property::new("eof", "", |vm, object| Ok(vm.bool(vm.receiver::<Decompress>(object)?.eof.get()))).member(),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &DECOMPRESS)
        .module("zlib")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
