//! `_ZlibDecompressor`: the decompressor that file objects use; it keeps what it has not decompressed yet.

use std::cell::{Cell, RefCell};

use lasti_vm::builtins::EOF_ERROR;
use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::object::Payload;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use zlib_rs::Inflate;

use super::MAX_WBITS;
use super::decompress::{begin, dictionary};
use super::stream::run_inflate;

pub(super) struct Decompressor {
    inflate: RefCell<Inflate>,
    dictionary: Option<Vec<u8>>,
    /// Input that was not taken yet.
    pending: RefCell<Vec<u8>>,
    unused: RefCell<Vec<u8>>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
}

impl Payload for Decompressor {
    fn class() -> &'static TypeObject {
        &DECOMPRESSOR
    }
}

lasti_vm::builtin_type!(/** `zlib._ZlibDecompressor` */ DECOMPRESSOR, "_ZlibDecompressor", Decompressor);

static NEW: Signature<2> = Signature::new("_ZlibDecompressor", ["wbits", "zdict"], 0);
static DECOMPRESS: Signature<2> = Signature::new("decompress", ["data", "max_length"], 1);

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [wbits, given] = args.bind(vm, &NEW)?;
    let wbits = wbits.map_or(Ok(MAX_WBITS), |wbits| vm.c_int_argument(wbits))?;
    let dictionary = dictionary(vm, given.filter(|given| !vm.is_none(given)))?;
    let inflate = begin(vm, wbits, dictionary.as_deref())?;
    let payload = Decompressor {
        inflate: RefCell::new(inflate),
        dictionary,
        pending: RefCell::default(),
        unused: RefCell::default(),
        eof: Cell::new(false),
        needs_input: Cell::new(true),
    };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn decompress(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let decompressor = vm.receiver::<Decompressor>(object)?;
    let [Some(data), limit] = args.bind(vm, &DECOMPRESS)? else { return Ok(vm.none()) };
    let limit = limit.map_or(Ok(-1), |limit| vm.index_i64(limit))?;
    let data = vm.bytes_like(data)?;
    if decompressor.eof.get() {
        return Err(vm.error(&EOF_ERROR, "End of stream already reached"));
    }
    let mut input = decompressor.pending.take();
    input.extend_from_slice(&data);
    let limit = usize::try_from(limit).ok();
    let inflated = run_inflate(
        vm,
        &mut decompressor.inflate.borrow_mut(),
        &input,
        limit,
        decompressor.dictionary.as_deref(),
        "while decompressing data",
    )?;
    let rest = &input[inflated.taken..];
    if inflated.ended {
        decompressor.eof.set(true);
        decompressor.needs_input.set(false);
        *decompressor.unused.borrow_mut() = rest.to_vec();
    } else {
        // Where the output was cut off, there may be more without more input.
        let cut = limit.is_some_and(|limit| inflated.output.len() >= limit);
        decompressor.needs_input.set(!cut && rest.is_empty());
        *decompressor.pending.borrow_mut() = rest.to_vec();
    }
    Ok(Bytes::new(&inflated.output).into_obj())
}

const METHODS: &[NativeDef] = &[NativeDef::new(
    "decompress",
    "($self, /, data, max_length=-1)",
    "Decompress *data*, returning uncompressed data as bytes.\n\nIf *max_length* is nonnegative, returns at most *max_length* bytes\nof decompressed data.  If this limit is reached and further output\ncan be produced, *self.needs_input* will be set to ``False``.  In\nthis case, the next call to *decompress()* may provide *data* as b''\nto obtain more of the output.",
    NativeCall::Full(decompress),
)];

const PROPERTIES: &[Property] = &[
    Property::new("eof", "True if the end-of-stream marker has been reached.", |vm, object| {
        Ok(vm.bool(vm.receiver::<Decompressor>(object)?.eof.get()))
    })
    .member(),
    Property::new("unused_data", "Data found after the end of the compressed stream.", |vm, object| {
        Ok(Bytes::new(&vm.receiver::<Decompressor>(object)?.unused.borrow()).into_obj())
    })
    .member(),
    Property::new(
        "needs_input",
        "True if more input is needed before more decompressed data can be produced.",
        |vm, object| Ok(vm.bool(vm.receiver::<Decompressor>(object)?.needs_input.get())),
    )
    .member(),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &DECOMPRESSOR)
        .doc("_ZlibDecompressor(wbits=15, zdict=b'')\n--\n\nCreate a decompressor object for decompressing data incrementally.")
        .module("zlib")
        .slots(|slots| slots.new.set(Some(new)))
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
