//! Reading.

use lasti_vm::bytes::Bytes;
use lasti_vm::object::Obj;
use lasti_vm::{PyResult, Vm};

use super::{Buffered, zeros};

impl Buffered {
    /// Up to `size` bytes of what was read ahead.
    fn take_ahead(&self, size: usize) -> Obj {
        let size = size.min(self.readahead());
        let start = self.pos.get() as usize;
        self.pos.set((start + size) as i64);
        self.with_memory(start, size, |bytes| Bytes::new(bytes).into_obj())
    }

    /// `read(size)`
    pub(super) fn read(&self, vm: &Vm, this: &Obj, size: usize) -> PyResult {
        if size <= self.readahead() {
            return Ok(self.take_ahead(size));
        }
        let _inside = self.gate.enter(vm, this)?;
        self.read_generic(vm, size)
    }

    fn read_generic(&self, vm: &Vm, size: usize) -> PyResult {
        let ahead = self.readahead();
        if size <= ahead {
            return Ok(self.take_ahead(size));
        }
        let mut result = zeros(vm, size)?;
        let start = self.pos.get() as usize;
        self.with_memory(start, ahead, |bytes| result[..bytes.len()].copy_from_slice(bytes));
        self.pos.set((start + ahead) as i64);
        let mut written = ahead;
        let partial = |result: &[u8], written: usize, count: Option<usize>| match count {
            None if written == 0 => vm.none(),
            _ => Bytes::new(&result[..written]).into_obj(),
        };
        self.flush_and_rewind_if_writable(vm)?;
        self.forget_read();
        // Whole blocks go straight to where they are wanted.
        while size - written >= self.size.get() {
            let whole = (size - written) / self.size.get() * self.size.get();
            let count = self.raw_read(vm, &mut result[written..written + whole])?;
            match count {
                Some(count) if count > 0 => written += count,
                count => return Ok(partial(&result, written, count)),
            }
        }
        for place in [&self.pos, &self.raw_pos, &self.read_end] {
            place.set(0);
        }
        while written < size && self.read_end.get() < self.size.get() as i64 {
            match self.fill(vm)? {
                Some(count) if count > 0 => {
                    let taken = count.min(size - written);
                    let at = self.pos.get() as usize;
                    self.with_memory(at, taken, |bytes| {
                        result[written..written + bytes.len()].copy_from_slice(bytes);
                    });
                    written += taken;
                    self.pos.set((at + taken) as i64);
                }
                count => return Ok(partial(&result, written, count)),
            }
        }
        Ok(Bytes::new(&result[..written]).into_obj())
    }

    fn flush_and_rewind_if_writable(&self, vm: &Vm) -> PyResult<()> {
        if self.writable.get() { self.flush_and_rewind(vm) } else { Ok(()) }
    }

    /// `read()`: everything until the end.
    pub(super) fn read_all(&self, vm: &Vm, this: &Obj) -> PyResult {
        let _inside = self.gate.enter(vm, this)?;
        let ahead = self.readahead();
        let start = self.pos.get() as usize;
        let mut data = self.with_memory(start, ahead, <[u8]>::to_vec);
        self.pos.set((start + ahead) as i64);
        self.flush_and_rewind_if_writable(vm)?;
        self.forget_read();
        let raw = self.raw(vm)?;
        if let Some(file) = raw.downcast_exact::<super::FileIo>() {
            let rest = file.read_all(vm)?;
            self.abs_pos.set(-1);
            return Ok(match rest {
                None if ahead == 0 => vm.none(),
                rest => {
                    let rest = rest.unwrap_or_default();
                    if ahead == 0 {
                        Bytes::new(&rest).into_obj()
                    } else {
                        data.extend_from_slice(&rest);
                        Bytes::new(&data).into_obj()
                    }
                }
            });
        }
        if let Some(readall) = vm.find_attr(&raw, &vm.intern("readall"))? {
            let rest = vm.call(&readall, &[])?;
            self.abs_pos.set(-1);
            return match rest.downcast::<Bytes>() {
                Some(_) if ahead == 0 => Ok(rest.clone()),
                Some(bytes) => {
                    data.extend_from_slice(bytes.as_slice());
                    Ok(Bytes::new(&data).into_obj())
                }
                None if !vm.is_none(&rest) => Err(vm.type_error("readall() should return bytes")),
                None if ahead == 0 => Ok(rest),
                None => Ok(Bytes::new(&data).into_obj()),
            };
        }
        loop {
            let part = vm.call_method_named(&raw, "read", &[])?;
            match part.downcast::<Bytes>() {
                None if !vm.is_none(&part) => return Err(vm.type_error("read() should return bytes")),
                Some(bytes) if !bytes.as_slice().is_empty() => {
                    data.extend_from_slice(bytes.as_slice());
                    if self.abs_pos.get() != -1 {
                        self.abs_pos.set(self.abs_pos.get() + bytes.as_slice().len() as i64);
                    }
                }
                _ if data.is_empty() => return Ok(part),
                _ => return Ok(Bytes::new(&data).into_obj()),
            }
        }
    }

    /// `read1(size)`: with at most one read of the raw stream.
    pub(super) fn read1(&self, vm: &Vm, this: &Obj, size: usize) -> PyResult {
        if size == 0 {
            return Ok(Bytes::new(&[]).into_obj());
        }
        if self.readahead() > 0 {
            return Ok(self.take_ahead(size));
        }
        let mut result = zeros(vm, size)?;
        let _inside = self.gate.enter(vm, this)?;
        self.flush_and_rewind_if_writable(vm)?;
        self.forget_read();
        let count = self.raw_read(vm, &mut result)?.unwrap_or(0);
        Ok(Bytes::new(&result[..count]).into_obj())
    }

    /// The same for a reader of text: as many bytes as the raw stream has at once, without an object for them.
    pub(in super::super) fn read1_bytes(&self, vm: &Vm, this: &Obj, size: usize) -> PyResult<Vec<u8>> {
        self.check_open(vm, "read of closed file")?;
        let ahead = self.readahead().min(size);
        if ahead > 0 {
            let start = self.pos.get() as usize;
            self.pos.set((start + ahead) as i64);
            return Ok(self.with_memory(start, ahead, <[u8]>::to_vec));
        }
        let _inside = self.gate.enter(vm, this)?;
        self.flush_and_rewind_if_writable(vm)?;
        self.forget_read();
        let mut result = zeros(vm, size)?;
        let count = self.raw_read(vm, &mut result)?.unwrap_or(0);
        result.truncate(count);
        Ok(result)
    }

    /// `readinto`, and with `once` `readinto1`: how many bytes, `None` if there is nothing yet.
    pub(super) fn readinto(
        &self,
        vm: &Vm,
        this: &Obj,
        length: usize,
        once: bool,
    ) -> PyResult<Option<Vec<u8>>> {
        let mut result = zeros(vm, length)?;
        let ahead = self.readahead();
        let mut written = ahead.min(length);
        if ahead > 0 {
            let start = self.pos.get() as usize;
            self.with_memory(start, written, |bytes| result[..bytes.len()].copy_from_slice(bytes));
            self.pos.set((start + written) as i64);
            if written == length {
                return Ok(Some(result));
            }
        }
        let _inside = self.gate.enter(vm, this)?;
        self.flush_and_rewind_if_writable(vm)?;
        self.forget_read();
        self.pos.set(0);
        while written < length {
            let remaining = length - written;
            let count = if remaining > self.size.get() {
                self.raw_read(vm, &mut result[written..])?
            } else if !(once && written > 0) {
                match self.fill(vm)? {
                    Some(count) if count > 0 => {
                        let taken = count.min(remaining);
                        let at = self.pos.get() as usize;
                        self.with_memory(at, taken, |bytes| {
                            result[written..written + bytes.len()].copy_from_slice(bytes);
                        });
                        self.pos.set((at + taken) as i64);
                        written += taken;
                        if once {
                            break;
                        }
                        continue;
                    }
                    count => count,
                }
            } else {
                Some(0)
            };
            match count {
                Some(0) => break,
                Some(count) => {
                    written += count;
                    if once {
                        break;
                    }
                }
                None if written > 0 => break,
                None => return Ok(None),
            }
        }
        result.truncate(written);
        Ok(Some(result))
    }

    /// `peek()`: what was read ahead, or what one read of the raw stream brings.
    pub(super) fn peek(&self, vm: &Vm, this: &Obj) -> PyResult {
        let _inside = self.gate.enter(vm, this)?;
        self.flush_and_rewind_if_writable(vm)?;
        let ahead = self.readahead();
        if ahead > 0 {
            let start = self.pos.get() as usize;
            return Ok(self.with_memory(start, ahead, |bytes| Bytes::new(bytes).into_obj()));
        }
        self.forget_read();
        let count = self.fill(vm)?.unwrap_or(0);
        self.pos.set(0);
        Ok(self.with_memory(0, count, |bytes| Bytes::new(bytes).into_obj()))
    }

    /// `readline(limit)`
    pub(super) fn readline(&self, vm: &Vm, this: &Obj, limit: Option<usize>) -> PyResult {
        let ahead = self.readahead();
        let start = self.pos.get() as usize;
        let most = limit.map_or(ahead, |limit| limit.min(ahead));
        let end = self.with_memory(start, most, |bytes| memchr::memchr(b'\n', bytes).map(|at| at + 1));
        if let Some(length) = end.or((limit == Some(most)).then_some(most)) {
            return Ok(self.take_ahead(length));
        }
        let _inside = self.gate.enter(vm, this)?;
        let ahead = self.readahead();
        let start = self.pos.get() as usize;
        let mut line = self.with_memory(start, ahead, <[u8]>::to_vec);
        self.pos.set((start + ahead) as i64);
        self.flush_and_rewind_if_writable(vm)?;
        loop {
            self.forget_read();
            let count = self.fill(vm)?.unwrap_or(0);
            if count == 0 {
                break;
            }
            let most = limit.map_or(count, |limit| (limit - line.len()).min(count));
            let (length, found) = self.with_memory(0, most, |bytes| {
                let found = memchr::memchr(b'\n', bytes);
                let length = found.map_or(most, |at| at + 1);
                line.extend_from_slice(&bytes[..length.min(bytes.len())]);
                (length, found.is_some())
            });
            self.pos.set(length as i64);
            if found || limit == Some(line.len()) {
                break;
            }
        }
        Ok(Bytes::new(&line).into_obj())
    }
}
