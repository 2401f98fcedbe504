//! Reading.

use lasti_vm::bytes::Bytes;
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::{PyResult, Ref, Vm};
use rustpython_wtf8::{Wtf8, Wtf8Buf};

use super::super::buffered;
use super::super::unsupported;
use super::TextIo;

impl TextIo {
    /// Reads and decodes the next bytes; whether there was anything. `wanted` is how many characters are.
    fn read_chunk(&self, vm: &Vm, wanted: usize) -> PyResult<bool> {
        if self.decoder.is_none() {
            return Err(unsupported(vm, "not readable"));
        }
        let before = if self.telling.get() { Some(self.decoder.state(vm)?) } else { None };
        let hint = (self.ratio.get().max(1.0) * wanted as f64) as usize;
        let size = self.chunk_size.get().max(hint);
        let input = self.read_bytes(vm, size)?;
        let end = input.is_empty();
        let text = self.decoder.decode(vm, &input, end)?;
        let chars = if text.as_bytes().is_ascii() {
            text.as_bytes().len()
        } else {
            text.as_bytes().iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
        };
        self.ratio.set(if chars > 0 { input.len() as f64 / chars as f64 } else { 0.0 });
        let more = !end || chars > 0;
        self.set_decoded(text);
        if let Some((mut kept, flags)) = before {
            kept.extend_from_slice(&input);
            self.snapshot.replace(Some((flags, kept)));
        }
        Ok(more)
    }

    fn read_bytes(&self, vm: &Vm, size: usize) -> PyResult<Vec<u8>> {
        let buffer = self.buffer(vm)?;
        if self.has_read1.get()
            && buffer.is_exact(&buffered::BUFFERED_READER)
            && let Some(reader) = buffered::find(&buffer)
        {
            return reader.read1_bytes(vm, &buffer, size);
        }
        let method = if self.has_read1.get() { "read1" } else { "read" };
        let input = vm.call_method_named(&buffer, method, &[Int::from_usize(size)])?;
        match vm.try_buffer(&input)? {
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(vm.type_error(format!(
                "underlying {method}() should have returned a bytes-like object, not '{}'",
                input.ty().name()
            ))),
        }
    }

    /// Up to `count` characters of what is decoded.
    fn take_decoded(&self, count: Option<usize>) -> Wtf8Buf {
        let decoded = self.decoded.borrow();
        let start = self.used.get();
        let rest = &decoded.as_bytes()[start..];
        let length = match count {
            None => rest.len(),
            Some(count) => chars_length(rest, count),
        };
        let taken = decoded[start..start + length].to_owned();
        self.used.set(start + length);
        taken
    }

    fn check_reading(&self, vm: &Vm) -> PyResult<()> {
        if self.decoder.is_none() { Err(unsupported(vm, "not readable")) } else { Ok(()) }
    }

    /// `read(size)`
    pub(super) fn read(&self, vm: &Vm, this: &Obj, size: Option<usize>) -> PyResult {
        let buffer = self.open_buffer(vm, this)?;
        self.check_reading(vm)?;
        self.flush_pending(vm)?;
        let Some(size) = size else {
            let bytes = vm.call_method_named(&buffer, "read", &[])?;
            if vm.is_none(&bytes) {
                return Err(vm.error(&lasti_vm::builtins::BLOCKING_IO_ERROR, "Read returned None."));
            }
            let text = match bytes.downcast::<Bytes>() {
                Some(bytes) => self.decoder.decode(vm, bytes.as_slice(), true)?,
                None => {
                    let bytes = vm.buffer(&bytes).map_err(|_| {
                        vm.type_error(format!(
                            "underlying read() should have returned a bytes-like object, not '{}'",
                            bytes.ty().name()
                        ))
                    })?;
                    self.decoder.decode(vm, &bytes.to_vec(), true)?
                }
            };
            let mut result = self.take_decoded(None);
            self.forget_decoded();
            self.snapshot.replace(None);
            if result.as_bytes().is_empty() {
                return Ok(Str::from_wtf8(&text).into_obj());
            }
            result.push_wtf8(&text);
            return Ok(Str::from_wtf8(&result).into_obj());
        };
        let mut result = self.take_decoded(Some(size));
        let mut left = size - count_chars(&result);
        while left > 0 {
            if !self.read_chunk(vm, left)? {
                break;
            }
            let part = self.take_decoded(Some(left));
            left -= count_chars(&part);
            result.push_wtf8(&part);
        }
        Ok(Str::from_wtf8(&result).into_obj())
    }

    /// `readline(limit)`, with the stream open and ready.
    pub(super) fn read_line(&self, vm: &Vm, limit: Option<usize>) -> PyResult<Ref<Str>> {
        self.check_reading(vm)?;
        self.flush_pending(vm)?;
        if limit.is_none() {
            // Most lines are there as a whole.
            let decoded = self.decoded.borrow();
            let start = self.used.get();
            if let Some(end) = self.find_end(&decoded.as_bytes()[start..], 0) {
                self.used.set(start + end);
                return Ok(Str::from_wtf8(&decoded[start..start + end]));
            }
        }
        self.collect_line(vm, limit)
    }

    /// A line that may lie in several chunks.
    fn collect_line(&self, vm: &Vm, limit: Option<usize>) -> PyResult<Ref<Str>> {
        let mut line = Wtf8Buf::new();
        loop {
            if self.used.get() >= self.decoded.borrow().as_bytes().len() {
                self.forget_decoded();
                if limit.is_some_and(|limit| count_chars(&line) >= limit) {
                    break;
                }
                let mut more = self.read_chunk(vm, 0)?;
                while more && self.decoded.borrow().as_bytes().is_empty() {
                    more = self.read_chunk(vm, 0)?;
                }
                if !more {
                    self.forget_decoded();
                    self.snapshot.replace(None);
                    break;
                }
            }
            let before = line.as_bytes().len();
            let decoded = self.decoded.borrow();
            let start = self.used.get();
            line.push_wtf8(&decoded[start..]);
            // The end may have begun in the chunk before.
            let from = before.saturating_sub(self.read_newline.borrow().len().saturating_sub(1));
            let mut end = self.find_end(line.as_bytes(), from);
            if let Some(limit) = limit {
                let most = chars_length(line.as_bytes(), limit);
                if most < line.as_bytes().len() || count_chars(&line) == limit {
                    end = Some(end.map_or(most, |end| end.min(most)));
                }
            }
            if let Some(end) = end {
                self.used.set(start + end.saturating_sub(before));
                line.truncate(end);
                break;
            }
            self.used.set(decoded.as_bytes().len());
        }
        Ok(Str::from_wtf8(&line))
    }

    /// Where the first line of `text` ends, looking from `from` on.
    fn find_end(&self, text: &[u8], from: usize) -> Option<usize> {
        let rest = &text[from..];
        if self.read_translate.get() {
            return memchr::memchr(b'\n', rest).map(|at| from + at + 1);
        }
        if self.read_universal.get() {
            let at = memchr::memchr2(b'\r', b'\n', rest)?;
            let pair = rest[at] == b'\r' && rest.get(at + 1) == Some(&b'\n');
            return Some(from + at + if pair { 2 } else { 1 });
        }
        let newline = self.read_newline.borrow();
        match newline.as_bytes() {
            [one] => memchr::memchr(*one, rest).map(|at| from + at + 1),
            more => memchr::memmem::find(rest, more).map(|at| from + at + more.len()),
        }
    }
}

/// The bytes of the first `count` characters.
fn chars_length(bytes: &[u8], count: usize) -> usize {
    if bytes.is_ascii() {
        return count.min(bytes.len());
    }
    let mut starts = bytes.iter().enumerate().filter(|&(_, &byte)| byte & 0xC0 != 0x80);
    starts.nth(count).map_or(bytes.len(), |(at, _)| at)
}

/// How many characters.
pub(super) fn count_chars(text: &Wtf8) -> usize {
    text.as_bytes().iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}
