//! `_bz2`: bzip2. CPython: Modules/_bz2module.c; the algorithms are those of the crate `bzip2`.

use std::cell::RefCell;

use bzip2::{Action, Compress, Compression, Decompress, Error, Status};
use lasti_vm::builtins::OS_ERROR;
use lasti_vm::bytes::Bytes;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::object::Payload;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Args, Exc, Obj, PyResult, Ref, Vm};

use crate::incremental::{Decoder, Incremental, Step, all_output, data_of, incremental_properties};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule { name: "_bz2", doc: "", functions: &[], fill };

/// `BZ2Compressor`; none once flushed.
struct Compressor(RefCell<Option<Compress>>);

/// `BZ2Decompressor`
struct Decompressor(Incremental<Decompress>);

impl Payload for Compressor {
    fn class() -> &'static TypeObject {
        &COMPRESSOR
    }
}

impl Payload for Decompressor {
    fn class() -> &'static TypeObject {
        &DECOMPRESSOR
    }
}

lasti_vm::builtin_type!(/** `_bz2.BZ2Compressor` */ COMPRESSOR, "BZ2Compressor", Compressor);
lasti_vm::builtin_type!(/** `_bz2.BZ2Decompressor` */ DECOMPRESSOR, "BZ2Decompressor", Decompressor);

#[cold]
fn fault(vm: &Vm, error: Error) -> Exc {
    match error {
        Error::Data | Error::DataMagic => vm.error(&OS_ERROR, "Invalid data stream"),
        Error::Param => vm.value_error("Internal error - invalid parameters passed to libbzip2"),
        Error::Sequence => vm.runtime_error("Internal error - Invalid sequence of commands sent to libbzip2"),
    }
}

impl Decoder for Decompress {
    fn step(&mut self, vm: &Vm, input: &[u8], output: &mut [u8]) -> PyResult<Step> {
        let (before_in, before_out) = (self.total_in(), self.total_out());
        let status = self.decompress(input, output).map_err(|error| fault(vm, error))?;
        Ok(Step {
            taken: (self.total_in() - before_in) as usize,
            written: (self.total_out() - before_out) as usize,
            ended: status == Status::StreamEnd,
        })
    }
}

fn new_compressor(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let args = args.exactly(vm, "BZ2Compressor", 0, 1)?;
    let level = args.first().map_or(Ok(9), |level| vm.c_int_argument(level))?;
    let Some(level) = u32::try_from(level).ok().filter(|level| (1..=9).contains(level)) else {
        return Err(vm.value_error("compresslevel must be between 1 and 9"));
    };
    let compress = Compress::new(Compression::new(level), 0);
    Ok(Ref::new_in(ty, Compressor(RefCell::new(Some(compress)))).into_obj())
}

/// Compresses input, or with [`Action::Finish`] the rest.
fn run(vm: &Vm, compress: &mut Compress, mut input: &[u8], action: Action) -> PyResult<Vec<u8>> {
    let finish = matches!(action, Action::Finish);
    all_output(|output| {
        let (before_in, before_out) = (compress.total_in(), compress.total_out());
        let action = if finish { Action::Finish } else { Action::Run };
        if input.is_empty() && !finish {
            return Ok((0, true));
        }
        let status = compress.compress(input, output, action).map_err(|error| fault(vm, error))?;
        input = &input[(compress.total_in() - before_in) as usize..];
        let written = (compress.total_out() - before_out) as usize;
        let done =
            if finish { status == Status::StreamEnd } else { input.is_empty() && written < output.len() };
        Ok((written, done))
    })
}

fn compress(vm: &Vm, object: &Obj, data: &Obj) -> PyResult {
    let compressor = vm.receiver::<Compressor>(object)?;
    let data = data_of(vm, data)?;
    match &mut *compressor.0.borrow_mut() {
        Some(compress) => Ok(Bytes::new(&run(vm, compress, &data, Action::Run)?).into_obj()),
        None => Err(vm.value_error("Compressor has been flushed")),
    }
}

fn flush(vm: &Vm, object: &Obj) -> PyResult {
    match vm.receiver::<Compressor>(object)?.0.take() {
        Some(mut compress) => Ok(Bytes::new(&run(vm, &mut compress, &[], Action::Finish)?).into_obj()),
        None => Err(vm.value_error("Repeated call to flush()")),
    }
}

fn new_decompressor(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    if !args.positional().is_empty() {
        return Err(vm.type_error("BZ2Decompressor() takes no positional arguments"));
    }
    args.no_keywords(vm, "BZ2Decompressor")?;
    let decompressor = Decompressor(Incremental::new(Decompress::new(false)));
    Ok(Ref::new_in(ty, decompressor).into_obj())
}

fn decompress(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    vm.receiver::<Decompressor>(object)?.0.decompress(vm, args)
}

static COMPRESSOR_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "compress",
        "($self, data, /)",
        "Provide data to the compressor object.\n\nReturns a chunk of compressed data if possible, or b'' otherwise.\n\nWhen you have finished providing data to the compressor, call the\nflush() method to finish the compression process.",
        NativeCall::One(compress),
    ),
    NativeDef::new(
        "flush",
        "($self, /)",
        "Finish the compression process.\n\nReturns the compressed data left in internal buffers.\n\nThe compressor object may not be used after this method is called.",
        NativeCall::NoArgs(flush),
    ),
];

static DECOMPRESSOR_METHODS: &[NativeDef] = &[NativeDef::new(
    "decompress",
    "($self, /, data, max_length=-1)",
    "Decompress *data*, returning uncompressed data as bytes.\n\nIf *max_length* is nonnegative, returns at most *max_length* bytes\nof decompressed data.  If this limit is reached and further output\ncan be produced, *self.needs_input* will be set to ``False``.  In\nthis case, the next call to *decompress()* may provide *data* as b''\nto obtain more of the output.\n\nIf all of the input data was decompressed and returned (either\nbecause this was less than *max_length* bytes, or because\n*max_length* was negative), *self.needs_input* will be set to True.\n\nAttempting to decompress data after the end of stream is reached\nraises an EOFError.  Any data found after the end of the stream is\nignored and saved in the unused_data attribute.",
    NativeCall::Full(decompress),
)];

static PROPERTIES: &[Property] = &incremental_properties!(Decompressor);

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !COMPRESSOR.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &COMPRESSOR)
            .doc("Create a compressor object for compressing data incrementally.\n\n  compresslevel\n    Compression level, as a number between 1 and 9.\n\nFor one-shot compression, use the compress() function instead.")
            .module("_bz2")
            .slots(|slots| slots.new.set(Some(new_compressor)))
            .methods(COMPRESSOR_METHODS)
            .ready();
        TypeBuilder::new(vm, &DECOMPRESSOR)
            .doc("Create a decompressor object for decompressing data incrementally.\n\nFor one-shot decompression, use the decompress() function instead.")
            .module("_bz2")
            .slots(|slots| slots.new.set(Some(new_decompressor)))
            .methods(DECOMPRESSOR_METHODS)
            .properties(PROPERTIES)
            .ready();
    }
    module.add_type(vm, &COMPRESSOR)?;
    module.add_type(vm, &DECOMPRESSOR)
}
