//! What a buffered stream asks of its raw stream.

use lasti_vm::buffer::ByteArray;
use lasti_vm::builtins::memoryview::MemoryView;
use lasti_vm::builtins::{INTERRUPTED_ERROR, OS_ERROR};
use lasti_vm::bytes::Bytes;
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::{Exc, PyResult, Vm};

use super::super::fileio::FileIo;
use super::Buffered;

impl Buffered {
    /// Asks the raw stream where it stands.
    pub(super) fn raw_tell(&self, vm: &Vm) -> PyResult<i64> {
        let raw = self.raw(vm)?;
        let place = match raw.downcast_exact::<FileIo>() {
            Some(file) => file.seek_to(vm, 0, 1)?,
            None => {
                let place = vm.call_method_named(&raw, "tell", &[])?;
                checked_place(vm, &place)?
            }
        };
        self.abs_pos.set(place);
        Ok(place)
    }

    /// Where the raw stream stands, as far as known.
    pub(super) fn raw_place(&self, vm: &Vm) -> PyResult<i64> {
        match self.abs_pos.get() {
            -1 => self.raw_tell(vm),
            place => Ok(place),
        }
    }

    /// Moves the raw stream.
    pub(super) fn raw_seek(&self, vm: &Vm, target: i64, whence: i32) -> PyResult<i64> {
        let raw = self.raw(vm)?;
        let place = match raw.downcast_exact::<FileIo>() {
            Some(file) => file.seek_to(vm, target, whence)?,
            None => {
                let place =
                    vm.call_method_named(&raw, "seek", &[Int::new(target), Int::new(whence.into())])?;
                checked_place(vm, &place)?
            }
        };
        self.abs_pos.set(place);
        Ok(place)
    }

    /// One read of the raw stream into memory that nobody else reaches; `None` if there is nothing yet.
    pub(super) fn raw_read(&self, vm: &Vm, memory: &mut [u8]) -> PyResult<Option<usize>> {
        let raw = self.raw(vm)?;
        let count = match raw.downcast_exact::<FileIo>() {
            Some(file) => file.read_into(vm, memory)?,
            None => read_by_method(vm, &raw, memory)?,
        };
        if let Some(count) = count
            && self.abs_pos.get() != -1
        {
            self.abs_pos.set(self.abs_pos.get() + count as i64);
        }
        Ok(count)
    }

    /// One write to the raw stream; `None` if nothing can be written yet.
    pub(super) fn raw_write(&self, vm: &Vm, bytes: &[u8]) -> PyResult<Option<usize>> {
        let raw = self.raw(vm)?;
        let count = match raw.downcast_exact::<FileIo>() {
            Some(file) => file.write_some(vm, bytes)?,
            None => write_by_method(vm, &raw, bytes)?,
        };
        if let Some(count) = count
            && self.abs_pos.get() != -1
        {
            self.abs_pos.set(self.abs_pos.get() + count as i64);
        }
        Ok(count)
    }

    /// Fills the memory behind what was read; how many bytes came, `None` if there is nothing yet.
    pub(super) fn fill(&self, vm: &Vm) -> PyResult<Option<usize>> {
        let start = if self.can_read_memory() { self.read_end.get() } else { 0 };
        let start = usize::try_from(start).unwrap_or(0);
        let count =
            self.taking_memory(|memory| self.raw_read(vm, memory.get_mut(start..).unwrap_or_default()))?;
        if let Some(count) = count.filter(|&count| count > 0) {
            self.read_end.set((start + count) as i64);
            self.raw_pos.set((start + count) as i64);
        }
        Ok(count)
    }
}

fn checked_place(vm: &Vm, place: &Obj) -> PyResult<i64> {
    match vm.index_i64(place)? {
        place if place < 0 => {
            Err(vm.error(&OS_ERROR, &format!("Raw stream returned invalid position {place}")))
        }
        place => Ok(place),
    }
}

/// Calls until no signal interrupts.
fn retried(mut f: impl FnMut() -> PyResult) -> PyResult {
    loop {
        match f() {
            Err(error) if error.is(&INTERRUPTED_ERROR) => {}
            other => return other,
        }
    }
}

fn read_by_method(vm: &Vm, raw: &Obj, memory: &mut [u8]) -> PyResult<Option<usize>> {
    let array = ByteArray::new(vec![0; memory.len()]);
    let view = MemoryView::of_buffer(vm.buffer(array.as_obj())?);
    let count = retried(|| vm.call_method_named(raw, "readinto", std::slice::from_ref(&view)))?;
    drop(view);
    if vm.is_none(&count) {
        return Ok(None);
    }
    let count = length(vm, &count, memory.len(), "readinto")?;
    array.read(|read| memory[..count].copy_from_slice(read.get(..count).unwrap_or_default()));
    Ok(Some(count))
}

fn write_by_method(vm: &Vm, raw: &Obj, bytes: &[u8]) -> PyResult<Option<usize>> {
    let copy = Bytes::new(bytes).into_obj();
    let view = MemoryView::of_buffer(vm.buffer(&copy)?);
    let count = retried(|| vm.call_method(raw, &vm.names().write, std::slice::from_ref(&view)))?;
    if vm.is_none(&count) {
        return Ok(None);
    }
    length(vm, &count, bytes.len(), "write").map(Some)
}

/// A number of bytes that a method returned, checked.
fn length(vm: &Vm, count: &Obj, max: usize, method: &str) -> PyResult<usize> {
    let count = match vm.index_i64(count) {
        Ok(count) => count,
        Err(cause) if method == "readinto" => {
            let error = vm.error(&OS_ERROR, "raw readinto() failed");
            set_cause(&error, cause);
            return Err(error);
        }
        Err(error) => return Err(error),
    };
    match usize::try_from(count) {
        Ok(count) if count <= max => Ok(count),
        _ => Err(vm.error(
            &OS_ERROR,
            &format!("raw {method}() returned invalid length {count} (should have been between 0 and {max})"),
        )),
    }
}

fn set_cause(error: &Exc, cause: Exc) {
    let exception = error.exception();
    let cause = cause.into_obj();
    exception.context.set(cause.clone());
    exception.cause.set(cause);
    exception.suppress_context.set(true);
}
