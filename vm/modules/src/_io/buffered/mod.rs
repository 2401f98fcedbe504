//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`: a stream that keeps bytes between the program and a raw
//! stream. CPython: Modules/_io/bufferedio.c.
//!
//! - `raw`: what is asked of the raw stream
//! - `read`, `write`, `position`: the operations
//! - `methods`: what Python sees

mod methods;
mod position;
mod raw;
mod read;
mod write;

use std::cell::{Cell, RefCell};

use lasti_vm::object::{Obj, ObjCell, Payload, Visitor};
use lasti_vm::types::TypeObject;
use lasti_vm::{Exc, PyResult, Ref, Vm};

use super::fileio::FileIo;
use super::gate::Gate;

pub(super) use methods::init;

/// What readers and writers are.
///
/// One memory serves reading and writing, so that both may take turns without being flushed. All places are counted
/// from its beginning, -1 stands for "none":
/// ```text
/// ├ … ┤ pos: the program's place            ├ write_pos … write_end ┤ waits to be written
///     ├ pos … read_end ┤ was read ahead     raw_pos: where the raw stream stands
/// ```
pub(super) struct Buffered {
    raw: ObjCell,
    ok: Cell<bool>,
    detached: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    finalizing: Cell<bool>,
    /// Where the raw stream stands in the file; -1: not known.
    abs_pos: Cell<i64>,
    /// Whether there is memory: not any more when the stream is closed.
    open: Cell<bool>,
    /// Taken out while the raw stream works on it.
    memory: RefCell<Vec<u8>>,
    size: Cell<usize>,
    pos: Cell<i64>,
    raw_pos: Cell<i64>,
    read_end: Cell<i64>,
    write_pos: Cell<i64>,
    write_end: Cell<i64>,
    gate: Gate,
}

impl Buffered {
    fn empty() -> Self {
        Self {
            raw: ObjCell::empty(),
            ok: Cell::new(false),
            detached: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            finalizing: Cell::new(false),
            abs_pos: Cell::new(0),
            open: Cell::new(false),
            memory: RefCell::new(Vec::new()),
            size: Cell::new(0),
            pos: Cell::new(0),
            raw_pos: Cell::new(0),
            read_end: Cell::new(0),
            write_pos: Cell::new(0),
            write_end: Cell::new(0),
            gate: Gate::default(),
        }
    }

    /// The raw stream, or why there is none.
    fn raw(&self, vm: &Vm) -> PyResult {
        match self.raw.get() {
            Some(raw) if self.ok.get() => Ok(raw),
            _ => Err(self.unusable(vm)),
        }
    }

    #[cold]
    fn unusable(&self, vm: &Vm) -> Exc {
        vm.value_error(if self.detached.get() {
            "raw stream has been detached"
        } else {
            "I/O operation on uninitialized object"
        })
    }

    fn raw_closed(&self, vm: &Vm) -> PyResult<bool> {
        let raw = self.raw(vm)?;
        match raw.downcast_exact::<FileIo>() {
            Some(file) => Ok(file.is_closed()),
            None => super::base::is_closed(vm, &raw),
        }
    }

    /// Raises if the stream is closed and nothing is left that was read ahead.
    fn check_open(&self, vm: &Vm, message: &str) -> PyResult<()> {
        let closed = !self.open.get() || self.raw_closed(vm)?;
        if closed && self.readahead() == 0 {
            return Err(vm.value_error(message));
        }
        Ok(())
    }

    fn can_read_memory(&self) -> bool {
        self.readable.get() && self.read_end.get() != -1
    }

    fn can_write_memory(&self) -> bool {
        self.writable.get() && self.write_end.get() != -1
    }

    /// How many bytes were read ahead.
    fn readahead(&self) -> usize {
        if self.can_read_memory() {
            usize::try_from(self.read_end.get() - self.pos.get()).unwrap_or(0)
        } else {
            0
        }
    }

    /// How far the raw stream is ahead of the program.
    fn raw_offset(&self) -> i64 {
        let known = self.can_read_memory() || self.can_write_memory();
        if known && self.raw_pos.get() >= 0 { self.raw_pos.get() - self.pos.get() } else { 0 }
    }

    fn set_pos(&self, pos: i64) {
        self.pos.set(pos);
        if self.can_read_memory() && self.read_end.get() < pos {
            self.read_end.set(pos);
        }
    }

    fn forget_read(&self) {
        self.read_end.set(-1);
    }

    fn forget_written(&self) {
        self.write_pos.set(0);
        self.write_end.set(-1);
    }

    /// A part of the memory, or nothing where it is not that long.
    fn with_memory<R>(&self, start: usize, length: usize, f: impl FnOnce(&[u8]) -> R) -> R {
        let memory = self.memory.borrow();
        f(memory.get(start..start + length).unwrap_or_default())
    }

    /// Calls `f` with the memory taken out, so that no borrow lasts while the raw stream works.
    fn taking_memory<R>(&self, f: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut memory = self.memory.take();
        let result = f(&mut memory);
        // The stream may have been closed meanwhile.
        if self.open.get() {
            *self.memory.borrow_mut() = memory;
        }
        result
    }

    fn copy_in(&self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.memory.borrow_mut().get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $static:ident $name:literal,)*) => {
        $(
            $(#[$doc])*
            pub(super) struct $kind(Buffered);

            impl Payload for $kind {
                const GC: bool = true;

                fn class() -> &'static TypeObject {
                    &$static
                }

                fn traverse(&self, visitor: &mut Visitor<'_>) {
                    self.0.raw.traverse(visitor);
                }

                fn clear(&self) {
                    self.0.ok.set(false);
                    drop(self.0.raw.take());
                }
            }

            lasti_vm::builtin_type!($(#[$doc])* $static, $name, $kind);
        )*

        /// What `object` is, if it is one of these streams.
        pub(super) fn find(object: &Obj) -> Option<&Buffered> {
            $(if let Some(found) = object.downcast::<$kind>() {
                return Some(&found.0);
            })*
            None
        }
    };
}

kinds! {
    /** `_io.BufferedReader` */ Reader BUFFERED_READER "BufferedReader",
    /** `_io.BufferedWriter` */ Writer BUFFERED_WRITER "BufferedWriter",
    /** `_io.BufferedRandom` */ Random BUFFERED_RANDOM "BufferedRandom",
}

/// What `object` is; a TypeError for other objects.
fn this<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Buffered> {
    match find(object) {
        Some(found) => Ok(found),
        None => vm.receiver::<Reader>(object).map(|reader| &reader.0),
    }
}

/// Which of the three.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Reader,
    Writer,
    Random,
}

/// A new stream of the type itself on `raw`.
pub(super) fn make(vm: &Vm, kind: Kind, raw: &Obj, size: usize) -> PyResult {
    let object = match kind {
        Kind::Reader => Ref::new(Reader(Buffered::empty())).into_obj(),
        Kind::Writer => Ref::new(Writer(Buffered::empty())).into_obj(),
        Kind::Random => Ref::new(Random(Buffered::empty())).into_obj(),
    };
    methods::start(vm, &object, kind, raw, size as i64)?;
    Ok(object)
}

/// A file under a stream of these, for those that ask whether it is closed.
pub(super) fn plain_file(object: &Obj) -> Option<Ref<FileIo>> {
    find(object)?.raw.get_as::<FileIo>().filter(|file| file.as_obj().is_exact(&super::fileio::FILE_IO))
}

/// The error of a stream that would have to wait, after `written` bytes.
#[cold]
fn blocking(vm: &Vm, written: usize) -> Exc {
    vm.error_with(
        &lasti_vm::builtins::BLOCKING_IO_ERROR,
        vec![
            lasti_vm::number::Int::new(libc::EAGAIN.into()),
            lasti_vm::text::Str::new("write could not complete without blocking").into_obj(),
            lasti_vm::number::Int::from_usize(written),
        ],
    )
}

/// Memory of that many zeros.
fn zeros(vm: &Vm, count: usize) -> PyResult<Vec<u8>> {
    let mut memory = Vec::new();
    memory.try_reserve_exact(count).map_err(|_| vm.out_of_memory())?;
    memory.resize(count, 0);
    Ok(memory)
}
