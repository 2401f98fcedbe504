//! Inflating and deflating whole inputs.

use lasti_vm::{Exc, PyResult, Vm};
use zlib_rs::{
    Deflate, DeflateConfig, DeflateFlush, Inflate, InflateError, InflateFlush, Method, Status, Strategy,
};

use super::fault;

/// How much output is made room for at once.
const CHUNK: usize = 16 * 1024;

/// What a compressor is made with.
#[derive(Clone, Copy)]
pub(super) struct Config {
    pub(super) level: i32,
    pub(super) method: i32,
    pub(super) wbits: i32,
    pub(super) mem_level: i32,
    pub(super) strategy: i32,
}

impl Config {
    /// A compressor, if there is one like that.
    pub(super) fn deflate(self) -> Option<Deflate> {
        let known = (-1..=9).contains(&self.level)
            && self.method == 8
            && (1..=9).contains(&self.mem_level)
            && matches!(self.wbits, -15..=-9 | 8..=15 | 25..=31);
        let strategy = Strategy::try_from(self.strategy).ok().filter(|_| known)?;
        // A window of 256 bytes has never worked: zlib takes the next larger one.
        let window_bits = if self.wbits == 8 { 9 } else { self.wbits };
        Some(Deflate::new_with_config(DeflateConfig {
            level: self.level,
            method: Method::Deflated,
            window_bits,
            mem_level: self.mem_level,
            strategy,
        }))
    }
}

/// The decompressor for these window bits, if there is one.
pub(super) fn inflate(wbits: i32) -> Option<Inflate> {
    match wbits {
        -15..=-8 => Some(Inflate::new(false, wbits.unsigned_abs() as u8)),
        0 | 8..=15 | 24..=31 | 40..=47 => Some(Inflate::new(true, wbits as u8)),
        _ => None,
    }
}

/// Compresses all of the input, and what the flush mode says of what was held back.
pub(super) fn run_deflate(
    vm: &Vm,
    deflate: &mut Deflate,
    mut input: &[u8],
    flush: DeflateFlush,
    doing: &str,
) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    let mut chunk = [0; CHUNK];
    loop {
        let (before_in, before_out) = (deflate.total_in(), deflate.total_out());
        let status = deflate.compress(input, &mut chunk, flush).map_err(|_| fault(vm, -2, doing, None))?;
        let written = (deflate.total_out() - before_out) as usize;
        input = &input[(deflate.total_in() - before_in) as usize..];
        out.extend_from_slice(&chunk[..written]);
        if matches!(status, Status::StreamEnd) || written < CHUNK && input.is_empty() {
            return Ok(out);
        }
        if written == 0 && matches!(status, Status::BufError) {
            return Ok(out);
        }
    }
}

/// What came of decompressing.
pub(super) struct Inflated {
    pub(super) output: Vec<u8>,
    /// How much of the input was taken.
    pub(super) taken: usize,
    pub(super) ended: bool,
}

/// Decompresses input until it is used up, the stream ends or the output is as long as it may be.
pub(super) fn run_inflate(
    vm: &Vm,
    inflate: &mut Inflate,
    input: &[u8],
    limit: Option<usize>,
    dictionary: Option<&[u8]>,
    doing: &str,
) -> PyResult<Inflated> {
    let mut output = Vec::new();
    let mut taken = 0;
    let mut chunk = [0; CHUNK];
    loop {
        let room = limit.map_or(CHUNK, |limit| CHUNK.min(limit - output.len()));
        if room == 0 {
            return Ok(Inflated { output, taken, ended: false });
        }
        let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
        let result = inflate.decompress(&input[taken..], &mut chunk[..room], InflateFlush::SyncFlush);
        let written = (inflate.total_out() - before_out) as usize;
        taken += (inflate.total_in() - before_in) as usize;
        output.extend_from_slice(&chunk[..written]);
        match result {
            Ok(Status::StreamEnd) => return Ok(Inflated { output, taken, ended: true }),
            Ok(Status::Ok | Status::BufError) => {
                if written < room {
                    return Ok(Inflated { output, taken, ended: false });
                }
            }
            Err(InflateError::NeedDict { .. }) => {
                let Some(dictionary) = dictionary else { return Err(fault(vm, 2, doing, None)) };
                if inflate.set_dictionary(dictionary).is_err() {
                    return Err(fault(vm, -3, "while setting zdict", None));
                }
            }
            Err(error) => return Err(inflate_fault(vm, inflate, error, doing)),
        }
    }
}

fn inflate_fault(vm: &Vm, inflate: &Inflate, error: InflateError, doing: &str) -> Exc {
    let code = match error {
        InflateError::DataError => -3,
        InflateError::MemError => -4,
        _ => -2,
    };
    fault(vm, code, doing, inflate.error_message())
}
