//! Writing and flushing.

use lasti_vm::builtins::BLOCKING_IO_ERROR;
use lasti_vm::object::Obj;
use lasti_vm::{PyResult, Vm};

use super::{Buffered, blocking};

impl Buffered {
    /// Writes what waits.
    pub(super) fn flush_written(&self, vm: &Vm) -> PyResult<()> {
        if !self.can_write_memory() || self.write_pos.get() == self.write_end.get() {
            self.forget_written();
            return Ok(());
        }
        // The raw stream goes to where the program began to write.
        let rewind = self.raw_offset() + (self.pos.get() - self.write_pos.get());
        if rewind != 0 {
            self.raw_seek(vm, -rewind, 1)?;
            self.raw_pos.set(self.raw_pos.get() - rewind);
        }
        while self.write_pos.get() < self.write_end.get() {
            let (from, to) = (self.write_pos.get() as usize, self.write_end.get() as usize);
            let count =
                self.taking_memory(|memory| self.raw_write(vm, memory.get(from..to).unwrap_or_default()))?;
            let Some(count) = count else { return Err(blocking(vm, 0)) };
            let place = self.write_pos.get() + count as i64;
            self.write_pos.set(place);
            self.raw_pos.set(place);
            // A signal may have cut the write short: its handler runs before the next one blocks.
            vm.check_signals()?;
        }
        self.forget_written();
        Ok(())
    }

    /// Writes what waits, and takes the raw stream back to where the program is.
    pub(super) fn flush_and_rewind(&self, vm: &Vm) -> PyResult<()> {
        self.flush_written(vm)?;
        if self.readable.get() {
            // What was read ahead is read again.
            let offset = self.raw_offset();
            self.raw_seek(vm, -offset, 1)?;
            self.forget_read();
        }
        Ok(())
    }

    /// `write(bytes)`; how many were taken.
    pub(in super::super) fn write(&self, vm: &Vm, this: &Obj, bytes: &[u8]) -> PyResult<usize> {
        self.raw(vm)?;
        let _inside = self.gate.enter(vm, this)?;
        if !self.open.get() || self.raw_closed(vm)? {
            return Err(vm.value_error("write to closed file"));
        }
        let size = self.size.get();
        if !self.can_read_memory() && !self.can_write_memory() {
            self.pos.set(0);
            self.raw_pos.set(0);
        }
        let at = self.pos.get() as usize;
        if bytes.len() <= size - at.min(size) && bytes.len() < size {
            self.copy_in(at, bytes);
            if !self.can_write_memory() || self.write_pos.get() > self.pos.get() {
                self.write_pos.set(self.pos.get());
            }
            self.set_pos((at + bytes.len()) as i64);
            if self.write_end.get() < self.pos.get() {
                self.write_end.set(self.pos.get());
            }
            return Ok(bytes.len());
        }
        match self.flush_written(vm) {
            Ok(()) => {}
            Err(error) if error.is(&BLOCKING_IO_ERROR) => return self.keep_what_fits(vm, bytes),
            Err(error) => return Err(error),
        }
        // Where the program read before, the raw stream is ahead.
        let offset = self.raw_offset();
        if offset != 0 {
            self.raw_seek(vm, -offset, 1)?;
            self.raw_pos.set(self.raw_pos.get() - offset);
        }
        let mut written = 0;
        while bytes.len() - written > size {
            match self.raw_write(vm, &bytes[written..])? {
                Some(count) => {
                    written += count;
                    vm.check_signals()?;
                }
                None => {
                    // As much as fits is kept.
                    self.copy_in(0, &bytes[written..written + size]);
                    self.raw_pos.set(0);
                    self.set_pos(size as i64);
                    self.write_pos.set(0);
                    self.write_end.set(size as i64);
                    return Err(blocking(vm, written + size));
                }
            }
        }
        if self.readable.get() {
            self.forget_read();
        }
        let rest = &bytes[written..];
        self.copy_in(0, rest);
        self.write_pos.set(0);
        self.write_end.set(rest.len() as i64);
        self.set_pos(rest.len() as i64);
        self.raw_pos.set(0);
        Ok(bytes.len())
    }

    /// The raw stream takes nothing now: what fits is kept.
    fn keep_what_fits(&self, vm: &Vm, bytes: &[u8]) -> PyResult<usize> {
        if self.readable.get() {
            self.forget_read();
        }
        let (from, to) = (self.write_pos.get() as usize, self.write_end.get() as usize);
        let shift = from as i64;
        if let Some(memory) = self.memory.borrow_mut().get_mut(..to)
            && from <= to
        {
            memory.copy_within(from.., 0);
        }
        self.write_pos.set(0);
        self.write_end.set(self.write_end.get() - shift);
        self.raw_pos.set(self.raw_pos.get() - shift);
        self.pos.set(self.pos.get() - shift);
        let end = to - from;
        let room = self.size.get() - end;
        let taken = room.min(bytes.len());
        self.copy_in(end, &bytes[..taken]);
        self.write_end.set((end + taken) as i64);
        self.pos.set(self.pos.get() + taken as i64);
        if taken == bytes.len() { Ok(taken) } else { Err(blocking(vm, taken)) }
    }
}
