//! `TextIOWrapper`: a stream of text on a stream of bytes. CPython: Modules/_io/textio.c.
//!
//! - `coding`: decoders and encoders, native ones for the common encodings
//! - `init`: making a stream, and changing how it works
//! - `read`, `write`, `seek`: the operations
//! - `methods`: what Python sees

mod coding;
mod init;
mod methods;
mod read;
mod seek;
mod write;

use std::cell::{Cell, RefCell};

use lasti_vm::object::{Obj, ObjCell, Payload, Visitor};
use lasti_vm::types::TypeObject;
use lasti_vm::{Exc, PyResult, Ref, Vm};
use rustpython_wtf8::Wtf8Buf;

use super::fileio::FileIo;
use coding::{Decoder, Encoder};

pub(super) use methods::init as init_type;

/// How many bytes are read at once, and written at once.
const CHUNK_SIZE: usize = 8192;

/// `TextIOWrapper`
pub(super) struct TextIo {
    ok: Cell<bool>,
    detached: Cell<bool>,
    finalizing: Cell<bool>,
    chunk_size: Cell<usize>,
    buffer: ObjCell,
    /// The file at the bottom, where everything in between is of the types in here.
    file: ObjCell,
    /// Strs.
    encoding: ObjCell,
    errors: ObjCell,
    decoder: Decoder,
    encoder: Encoder,
    /// The end of a line that reading looks for; empty: any that universal newlines know.
    read_newline: RefCell<String>,
    /// Whether reading takes any end of a line, and makes it `\n`.
    read_universal: Cell<bool>,
    read_translate: Cell<bool>,
    /// What `\n` is written as, if it is something else.
    write_newline: RefCell<Option<String>>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    seekable: Cell<bool>,
    /// Whether `tell` can be asked: not while somebody iterates.
    telling: Cell<bool>,
    has_read1: Cell<bool>,
    /// What was decoded, and how much of it (in bytes of its own) the program has.
    decoded: RefCell<Wtf8Buf>,
    used: Cell<usize>,
    /// The decoder's state before the bytes that `decoded` comes from: flags, and the bytes that it had yet to decode,
    /// followed by those bytes.
    snapshot: RefCell<Option<(i64, Vec<u8>)>>,
    /// Bytes for each character, of the last bytes read.
    ratio: Cell<f64>,
    /// Encoded and not written yet.
    pending: RefCell<Vec<u8>>,
}

impl TextIo {
    fn empty() -> Self {
        Self {
            ok: Cell::new(false),
            detached: Cell::new(false),
            finalizing: Cell::new(false),
            chunk_size: Cell::new(CHUNK_SIZE),
            buffer: ObjCell::empty(),
            file: ObjCell::empty(),
            encoding: ObjCell::empty(),
            errors: ObjCell::empty(),
            decoder: Decoder::empty(),
            encoder: Encoder::empty(),
            read_newline: RefCell::new(String::new()),
            read_universal: Cell::new(false),
            read_translate: Cell::new(false),
            write_newline: RefCell::new(None),
            line_buffering: Cell::new(false),
            write_through: Cell::new(false),
            seekable: Cell::new(false),
            telling: Cell::new(false),
            has_read1: Cell::new(false),
            decoded: RefCell::new(Wtf8Buf::new()),
            used: Cell::new(0),
            snapshot: RefCell::new(None),
            ratio: Cell::new(0.0),
            pending: RefCell::new(Vec::new()),
        }
    }

    /// The stream of bytes, or why there is none.
    fn buffer(&self, vm: &Vm) -> PyResult {
        match self.buffer.get() {
            Some(buffer) if self.ok.get() => Ok(buffer),
            _ => Err(self.unusable(vm)),
        }
    }

    #[cold]
    fn unusable(&self, vm: &Vm) -> Exc {
        vm.value_error(if self.detached.get() {
            "underlying buffer has been detached"
        } else {
            "I/O operation on uninitialized object"
        })
    }

    /// The stream of bytes of a stream that is open.
    fn open_buffer(&self, vm: &Vm, this: &Obj) -> PyResult {
        let buffer = self.buffer(vm)?;
        match self.file.get_as::<FileIo>() {
            Some(file) if this.is_exact(&TEXT_IO_WRAPPER) => {
                if file.is_closed() {
                    return Err(vm.value_error("I/O operation on closed file."));
                }
            }
            _ => super::base::check_closed(vm, this)?,
        }
        Ok(buffer)
    }

    fn errors_text(&self) -> String {
        text_of(&self.errors, "strict")
    }

    /// Forgets what was decoded.
    fn forget_decoded(&self) {
        self.decoded.replace(Wtf8Buf::new());
        self.used.set(0);
    }

    fn set_decoded(&self, text: Wtf8Buf) {
        self.decoded.replace(text);
        self.used.set(0);
    }
}

/// The text in a cell with a str.
fn text_of(cell: &ObjCell, default: &str) -> String {
    match cell.get_as::<lasti_vm::text::Str>() {
        Some(text) => text.to_string_lossy().into_owned(),
        None => default.to_owned(),
    }
}

impl Payload for TextIo {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &TEXT_IO_WRAPPER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.buffer.traverse(visitor);
        self.file.traverse(visitor);
        self.encoding.traverse(visitor);
        self.errors.traverse(visitor);
        self.decoder.traverse(visitor);
        self.encoder.traverse(visitor);
    }

    fn clear(&self) {
        self.ok.set(false);
        drop((self.buffer.take(), self.file.take()));
        drop((self.decoder.take(), self.encoder.take()));
    }
}

lasti_vm::builtin_type!(/** `_io.TextIOWrapper` */ TEXT_IO_WRAPPER, "TextIOWrapper", TextIo);

/// How a stream is made.
#[derive(Default)]
pub(super) struct Options {
    pub(super) encoding: Option<Obj>,
    pub(super) errors: Option<Obj>,
    pub(super) newline: Option<Obj>,
    pub(super) line_buffering: bool,
    pub(super) write_through: bool,
}

/// A new stream of the type itself on `buffer`.
pub(super) fn make(vm: &Vm, buffer: &Obj, options: Options) -> PyResult {
    let stream = Ref::new(TextIo::empty());
    init::start(vm, &stream, buffer, &options)?;
    Ok(stream.into_obj())
}
