//! Where the program is in the file.

use lasti_vm::object::Obj;
use lasti_vm::{PyResult, Vm};

use super::super::base::check_seekable;
use super::super::unsupported;
use super::Buffered;

impl Buffered {
    /// `tell()`
    pub(super) fn tell(&self, vm: &Vm) -> PyResult<i64> {
        let raw = self.raw_tell(vm)?;
        Ok((raw - self.raw_offset()).max(0))
    }

    /// `seek(target, whence)`
    pub(super) fn seek(&self, vm: &Vm, this: &Obj, target: i64, whence: i32) -> PyResult<i64> {
        check_seekable(vm, &self.raw(vm)?)?;
        if matches!(whence, 0 | 1) && self.readable.get() {
            // What was read ahead may be enough.
            let current = self.raw_place(vm)?;
            let ahead = self.readahead() as i64;
            if ahead > 0 {
                let offset =
                    if whence == 0 { target.saturating_sub(current - self.raw_offset()) } else { target };
                if offset >= -self.pos.get() && offset <= ahead {
                    let place = current - ahead + offset;
                    if place >= 0 && self.raw_pos.get() == self.read_end.get() {
                        self.pos.set(self.pos.get() + offset);
                        return Ok(place);
                    }
                }
            }
        }
        let _inside = self.gate.enter(vm, this)?;
        if self.writable.get() {
            self.flush_written(vm)?;
        }
        let target = if whence == 1 { target - self.raw_offset() } else { target };
        let place = self.raw_seek(vm, target, whence)?;
        self.raw_pos.set(-1);
        if self.readable.get() {
            self.forget_read();
        }
        Ok(place)
    }

    /// `truncate(size)`
    pub(super) fn truncate(&self, vm: &Vm, this: &Obj, size: Option<&Obj>) -> PyResult {
        if !self.writable.get() {
            return Err(unsupported(vm, "truncate"));
        }
        let _inside = self.gate.enter(vm, this)?;
        self.flush_and_rewind(vm)?;
        let size = match size {
            Some(size) => size.clone(),
            None => lasti_vm::number::Int::new(self.raw_tell(vm)?),
        };
        let result = vm.call_method_named(&self.raw(vm)?, "truncate", &[size])?;
        // The place may be another one now.
        if self.raw_tell(vm).is_err() {
            self.abs_pos.set(-1);
        }
        Ok(result)
    }
}
