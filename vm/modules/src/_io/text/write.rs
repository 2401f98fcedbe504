//! Writing and flushing.

use lasti_vm::bytes::Bytes;
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::{PyResult, Ref, Vm};
use rustpython_wtf8::Wtf8;

use super::super::buffered;
use super::super::unsupported;
use super::TextIo;

impl TextIo {
    /// Hands encoded bytes on to the stream of bytes.
    pub(super) fn flush_pending(&self, vm: &Vm) -> PyResult<()> {
        if self.pending.borrow().is_empty() {
            return Ok(());
        }
        let bytes = self.pending.take();
        let buffer = self.buffer(vm)?;
        loop {
            let result = match buffered::find(&buffer) {
                Some(writer) if buffer.is_exact(&buffered::BUFFERED_WRITER) => {
                    writer.write(vm, &buffer, &bytes).map(|_| ())
                }
                _ => vm.call_method(&buffer, &vm.names().write, &[Bytes::new(&bytes).into_obj()]).map(|_| ()),
            };
            match result {
                Err(error) if error.is(&lasti_vm::builtins::INTERRUPTED_ERROR) => {}
                Err(error) => return Err(error),
                Ok(()) => break,
            }
        }
        // The memory serves again.
        let mut bytes = bytes;
        bytes.clear();
        let mut pending = self.pending.borrow_mut();
        if pending.is_empty() {
            *pending = bytes;
        }
        Ok(())
    }

    /// The text with other ends of lines. A subclass of str may have a `replace` of its own.
    fn translated(&self, vm: &Vm, this: &Obj, text: &Ref<Str>, newline: &str) -> PyResult<Ref<Str>> {
        if text.as_obj().is_exact(&lasti_vm::builtins::STR) {
            return Ok(Str::from_wtf8(&text.as_wtf8().replace(Wtf8::new("\n"), Wtf8::new(newline))));
        }
        let args = [Str::new("\n").into_obj(), Str::new(newline).into_obj()];
        let replaced = vm.call_method_named(text.as_obj(), "replace", &args)?;
        // That may have changed the stream.
        self.open_buffer(vm, this)?;
        if self.encoder.is_none() {
            return Err(unsupported(vm, "not writable"));
        }
        replaced.into_ref::<Str>().map_err(|other| {
            vm.type_error(format!("replace() should return a str, not {}", other.ty().name()))
        })
    }

    /// `write(text)`
    pub(super) fn write(&self, vm: &Vm, this: &Obj, text: &Ref<Str>) -> PyResult<()> {
        let buffer = self.open_buffer(vm, this)?;
        if self.encoder.is_none() {
            return Err(unsupported(vm, "not writable"));
        }
        let newline = self.write_newline.borrow().clone();
        let line_buffering = self.line_buffering.get();
        let has_newline =
            (newline.is_some() || line_buffering) && memchr::memchr(b'\n', text.as_bytes()).is_some();
        let flush_line = line_buffering && (has_newline || memchr::memchr(b'\r', text.as_bytes()).is_some());
        let translated = match newline {
            Some(newline) if has_newline => Some(self.translated(vm, this, text, &newline)?),
            _ => None,
        };
        let text = translated.as_ref().unwrap_or(text);
        let full = self.encoder.encode(
            vm,
            text,
            || self.errors_text(),
            |bytes| {
                let mut pending = self.pending.borrow_mut();
                if !pending.is_empty() && pending.len() + bytes.len() > self.chunk_size.get() {
                    // What was there is written first.
                    return Some(bytes.to_vec());
                }
                pending.extend_from_slice(bytes);
                None
            },
        )?;
        if let Some(bytes) = full {
            // Writing may have run code that wrote, too.
            while !self.pending.borrow().is_empty()
                && self.pending.borrow().len() + bytes.len() > self.chunk_size.get()
            {
                self.flush_pending(vm)?;
            }
            self.pending.borrow_mut().extend_from_slice(&bytes);
        }
        let pending = self.pending.borrow().len();
        if pending >= self.chunk_size.get() || flush_line || self.write_through.get() {
            self.flush_pending(vm)?;
        }
        if flush_line {
            vm.call_method(&buffer, &vm.names().flush, &[])?;
        }
        if self.snapshot.borrow().is_some() {
            self.forget_decoded();
            self.snapshot.replace(None);
        }
        self.decoder.reset(vm)
    }

    /// `flush()`
    pub(super) fn flush(&self, vm: &Vm, this: &Obj) -> PyResult {
        let buffer = self.open_buffer(vm, this)?;
        self.telling.set(self.seekable.get());
        self.flush_pending(vm)?;
        vm.call_method(&buffer, &vm.names().flush, &[])
    }
}
