//! What decompressor objects have in common: input comes in pieces, output may be limited, and what follows the end of
//! the stream is kept.

use std::cell::{Cell, RefCell};

use lasti_vm::builtins::EOF_ERROR;
use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::object::Obj;
use lasti_vm::{PyResult, Vm};

/// How much room for output is made at once.
const CHUNK: usize = 32 * 1024;

/// What one step of a decoder did.
pub(crate) struct Step {
    pub(crate) taken: usize,
    pub(crate) written: usize,
    pub(crate) ended: bool,
}

/// A decoder: takes input and fills output, both as far as it can.
pub(crate) trait Decoder {
    fn step(&mut self, vm: &Vm, input: &[u8], output: &mut [u8]) -> PyResult<Step>;
}

/// A decompressor: its decoder, and what Python sees of it.
pub(crate) struct Incremental<D> {
    decoder: RefCell<D>,
    /// Input that was not taken yet.
    pending: RefCell<Vec<u8>>,
    pub(crate) unused: RefCell<Vec<u8>>,
    pub(crate) eof: Cell<bool>,
    pub(crate) needs_input: Cell<bool>,
    /// Whether the stream was found to be wrong: nothing can follow.
    broken: Cell<bool>,
}

static DECOMPRESS: Signature<2> = Signature::new("decompress", ["data", "max_length"], 1);

impl<D: Decoder> Incremental<D> {
    pub(crate) fn new(decoder: D) -> Self {
        Self {
            decoder: RefCell::new(decoder),
            pending: RefCell::default(),
            unused: RefCell::default(),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
            broken: Cell::new(false),
        }
    }

    /// The method `decompress`.
    pub(crate) fn decompress(&self, vm: &Vm, args: Args<'_>) -> PyResult {
        let [Some(data), limit] = args.bind(vm, &DECOMPRESS)? else { return Ok(vm.none()) };
        let limit = limit.map_or(Ok(-1), |limit| vm.index_i64(limit))?;
        let data = vm.bytes_like(data)?;
        if self.eof.get() {
            return Err(vm.error(&EOF_ERROR, "End of stream already reached"));
        }
        if self.broken.get() {
            return Err(vm.value_error("Decompressor is unusable after a previous error"));
        }
        let mut input = self.pending.take();
        input.extend_from_slice(&data);
        match self.run(vm, &input, usize::try_from(limit).ok()) {
            Ok(output) => Ok(Bytes::new(&output).into_obj()),
            Err(error) => {
                self.broken.set(true);
                self.needs_input.set(false);
                Err(error)
            }
        }
    }

    /// Decodes until the input is used up, the stream ends, or the output is as long as it may be.
    fn run(&self, vm: &Vm, input: &[u8], limit: Option<usize>) -> PyResult<Vec<u8>> {
        let mut decoder = self.decoder.borrow_mut();
        let mut output = Vec::new();
        let mut at = 0;
        loop {
            let from = output.len();
            let room = limit.map_or(CHUNK.max(from), |limit| CHUNK.max(from).min(limit - from));
            output.resize(from + room, 0);
            let step = decoder.step(vm, &input[at..], &mut output[from..])?;
            at += step.taken;
            output.truncate(from + step.written);
            if step.ended {
                self.eof.set(true);
                self.needs_input.set(false);
                *self.unused.borrow_mut() = input[at..].to_vec();
                return Ok(output);
            }
            let is_full = step.written == room;
            if !is_full && (at == input.len() || step.taken == 0 && step.written == 0)
                || limit.is_some_and(|limit| output.len() >= limit)
            {
                // Where the output was cut off, there may be more without more input.
                self.needs_input.set(!is_full && at == input.len());
                *self.pending.borrow_mut() = input[at..].to_vec();
                return Ok(output);
            }
        }
    }
}

/// The properties `eof`, `unused_data` and `needs_input` of a decompressor type.
macro_rules! incremental_properties {
    ($payload:ty) => {
        [
            lasti_vm::types::Property::new(
                "eof",
                "True if the end-of-stream marker has been reached.",
                |vm, object| Ok(vm.bool(vm.receiver::<$payload>(object)?.0.eof.get())),
            )
            .member(),
            lasti_vm::types::Property::new(
                "unused_data",
                "Data found after the end of the compressed stream.",
                |vm, object| {
                    let unused = vm.receiver::<$payload>(object)?.0.unused.borrow().clone();
                    Ok(lasti_vm::bytes::Bytes::new(&unused).into_obj())
                },
            )
            .member(),
            lasti_vm::types::Property::new(
                "needs_input",
                "True if more input is needed before more decompressed data can be produced.",
                |vm, object| Ok(vm.bool(vm.receiver::<$payload>(object)?.0.needs_input.get())),
            )
            .member(),
        ]
    };
}
pub(crate) use incremental_properties;

/// Calls `step` with room for output until it says that there is no more; gives the output.
pub(crate) fn all_output(mut step: impl FnMut(&mut [u8]) -> PyResult<(usize, bool)>) -> PyResult<Vec<u8>> {
    let mut output = Vec::new();
    loop {
        let from = output.len();
        output.resize(from + CHUNK.max(from), 0);
        let (written, done) = step(&mut output[from..])?;
        output.truncate(from + written);
        if done {
            return Ok(output);
        }
    }
}

/// The data that a compressor is given.
pub(crate) fn data_of(vm: &Vm, data: &Obj) -> PyResult<Vec<u8>> {
    Ok(vm.bytes_like(data)?.into_owned())
}
