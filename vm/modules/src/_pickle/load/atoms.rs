//! Numbers, texts and bytes.

use lasti_text::float;
use lasti_vm::buffer::ByteArray;
use lasti_vm::builtins::memoryview::MemoryView;
use lasti_vm::builtins::{INT, UNICODE_DECODE_ERROR};
use lasti_vm::bytes::Bytes;
use lasti_vm::codecs::Codec;
use lasti_vm::number::{Float, Int};
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::{PyResult, Vm};
use malachite_bigint::BigInt;

use super::super::opcodes as op;
use super::super::{names, unpickling_error};
use super::{Input, Loader};

/// `int(line)`
fn parse_int(vm: &Vm, line: &[u8]) -> PyResult {
    // The text ends with the line, as the message about a wrong one shows.
    let mut text = line.to_vec();
    text.push(b'\n');
    vm.call(&INT.to_obj(), &[Str::new(&String::from_utf8_lossy(&text)).into_obj(), Int::new(10)])
}

/// A number in the memo.
pub(super) fn parse_index(vm: &Vm, line: &[u8]) -> PyResult<i64> {
    if let Some(number) = std::str::from_utf8(line).ok().and_then(|line| line.parse().ok()) {
        return Ok(number);
    }
    let number = parse_int(vm, line)?;
    number.as_i64().ok_or_else(|| vm.overflow_error("Python int too large to convert to C ssize_t"))
}

impl Loader<'_> {
    #[inline]
    pub(super) fn push_int(&mut self, int: i64) {
        self.stack.push(Int::new(int));
    }

    pub(super) fn load_atom(&mut self, code: u8, input: &mut Input) -> PyResult<()> {
        let vm = self.vm;
        match code {
            op::SHORT_BINBYTES => {
                let size = input.byte(vm)?;
                self.stack.push(Bytes::new(input.take(vm, size.into())?).into_obj());
            }
            op::BINBYTES => {
                let size = u32::from_le_bytes(input.array(vm)?);
                self.stack.push(input.counted(vm, size as usize)?.into_obj());
            }
            op::BINBYTES8 => {
                let size = self.size(input.array(vm)?, "BINBYTES exceeds system's maximum size of")?;
                self.stack.push(input.counted(vm, size)?.into_obj());
            }
            op::BYTEARRAY8 => {
                let size = self.size(input.array(vm)?, "BYTEARRAY8 exceeds system's maximum size of")?;
                let bytes = input.counted(vm, size)?;
                self.stack.push(ByteArray::new(bytes.as_slice().to_vec()).into_obj());
            }
            op::BINUNICODE => {
                let size = u32::from_le_bytes(input.array(vm)?);
                self.push_text(input, size as usize)?;
            }
            op::BINUNICODE8 => {
                let size = self.size(input.array(vm)?, "BINUNICODE exceeds system's maximum size of")?;
                self.push_text(input, size)?;
            }
            op::LONG1 => {
                let size = input.byte(vm)?;
                self.load_counted_long(input, size.into())?;
            }
            op::LONG4 => {
                let size = i32::from_le_bytes(input.array(vm)?);
                let Ok(size) = usize::try_from(size) else {
                    return Err(unpickling_error(vm, "LONG pickle has negative byte count"));
                };
                self.load_counted_long(input, size)?;
            }
            op::INT => self.load_int(input)?,
            op::LONG => {
                let line = input.text_line(vm)?;
                let int = match line {
                    // A text of the digits alone, as the error shows.
                    [digits @ .., b'L'] => {
                        let text = Str::new(&String::from_utf8_lossy(digits)).into_obj();
                        vm.call(&INT.to_obj(), &[text, Int::new(10)])?
                    }
                    line => parse_int(vm, line)?,
                };
                self.stack.push(int);
            }
            op::FLOAT => self.load_float(input)?,
            op::STRING => self.load_string(input)?,
            op::SHORT_BINSTRING => {
                let size = input.byte(vm)?;
                self.push_old_string(input, size.into())?;
            }
            op::BINSTRING => {
                let size = i32::from_le_bytes(input.array(vm)?);
                let Ok(size) = usize::try_from(size) else {
                    return Err(unpickling_error(vm, "BINSTRING pickle has negative byte count"));
                };
                self.push_old_string(input, size)?;
            }
            op::UNICODE => {
                let [text @ .., _] = input.line(vm)? else { return Err(super::truncated(vm)) };
                let decode = names::of_module(vm, "_codecs", "raw_unicode_escape_decode")?;
                let decoded = vm.call(&decode, &[Bytes::new(text).into_obj()])?;
                self.stack.push(vm.getitem(&decoded, &Int::new(0))?);
            }
            op::NEXT_BUFFER => self.load_next_buffer()?,
            op::READONLY_BUFFER => self.load_readonly_buffer()?,
            _ => return Err(self.invalid(code)),
        }
        Ok(())
    }

    pub(super) fn load_binfloat(&mut self, input: &mut Input) -> PyResult<()> {
        let float = f64::from_be_bytes(input.array(self.vm)?);
        self.stack.push(Float::new(float));
        Ok(())
    }

    fn load_int(&mut self, input: &mut Input) -> PyResult<()> {
        let vm = self.vm;
        let line = input.text_line(vm)?;
        let text = std::str::from_utf8(line).ok();
        let object = match text.and_then(|text| text.trim_ascii_start().parse::<i64>().ok()) {
            // How bools were written before they had opcodes.
            Some(int @ (0 | 1)) if line.len() == 2 => vm.bool(int == 1),
            Some(int) => Int::new(int),
            None => parse_int(vm, line).map_err(|_| vm.value_error("could not convert string to int"))?,
        };
        self.stack.push(object);
        Ok(())
    }

    fn load_counted_long(&mut self, input: &mut Input, size: usize) -> PyResult<()> {
        let bytes = input.take(self.vm, size)?;
        let int = match size {
            0 => Int::new(0),
            1..=8 => {
                let fill = if bytes[size - 1] & 0x80 != 0 { 0xFF } else { 0 };
                let mut all = [fill; 8];
                all[..size].copy_from_slice(bytes);
                Int::new(i64::from_le_bytes(all))
            }
            _ => Int::from_big(BigInt::from_signed_bytes_le(bytes)),
        };
        self.stack.push(int);
        Ok(())
    }

    fn load_float(&mut self, input: &mut Input) -> PyResult<()> {
        let vm = self.vm;
        let line = input.text_line(vm)?;
        let text = String::from_utf8_lossy(line).into_owned();
        // As in C: no spaces, no underscores.
        let digits_only = !text.contains(|c: char| c.is_whitespace() || c == '_');
        let parsed = if digits_only { float::parse_bytes(line).ok() } else { None };
        match parsed {
            Some(number) if number.is_infinite() && !text.to_ascii_lowercase().contains("inf") => {
                Err(vm.overflow_error(format!("value too large to convert to float: '{text}\n'")))
            }
            Some(number) => {
                self.stack.push(Float::new(number));
                Ok(())
            }
            None if text.starts_with(|c: char| c.is_ascii_digit()) => {
                Err(vm.value_error("could not convert string to float"))
            }
            None => Err(vm.value_error(format!("could not convert string to float: '{text}\n'"))),
        }
    }

    #[inline]
    pub(super) fn push_text(&mut self, input: &mut Input, size: usize) -> PyResult<()> {
        let bytes = input.take(self.vm, size)?;
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Str::new(text),
            Err(_) => Codec::Utf8.decode(self.vm, bytes, "surrogatepass")?,
        };
        self.stack.push(text.into_obj());
        Ok(())
    }

    /// A str of Python 2.
    fn push_old_string(&mut self, input: &mut Input, size: usize) -> PyResult<()> {
        let bytes = input.take(self.vm, size)?;
        let object = self.old_string(bytes)?;
        self.stack.push(object);
        Ok(())
    }

    fn old_string(&self, bytes: &[u8]) -> PyResult {
        let encoding = self.unpickler.encoding.borrow().clone();
        if encoding == "bytes" {
            return Ok(Bytes::new(bytes).into_obj());
        }
        let errors = self.unpickler.errors.borrow().clone();
        self.vm.decode(bytes, &encoding, &errors).map(lasti_vm::Ref::into_obj)
    }

    fn load_string(&mut self, input: &mut Input) -> PyResult<()> {
        let vm = self.vm;
        let [line @ .., _] = input.line(vm)? else { return Err(super::truncated(vm)) };
        let quoted = match line {
            [first @ (b'\'' | b'"'), inner @ .., last] if first == last => inner,
            _ => return Err(unpickling_error(vm, "the STRING opcode argument must be quoted")),
        };
        let decode = names::of_module(vm, "_codecs", "escape_decode")?;
        let decoded = vm.call(&decode, &[Bytes::new(quoted).into_obj()])?;
        let bytes = vm.getitem(&decoded, &Int::new(0))?;
        let object = self.old_string(&vm.bytes_like(&bytes)?)?;
        self.stack.push(object);
        Ok(())
    }

    fn load_next_buffer(&mut self) -> PyResult<()> {
        let Some(buffers) = self.unpickler.buffers.get() else {
            return Err(unpickling_error(
                self.vm,
                "pickle stream refers to out-of-band data but no *buffers* argument was given",
            ));
        };
        match self.vm.next(&buffers)? {
            Some(buffer) => {
                self.stack.push(buffer);
                Ok(())
            }
            None => Err(unpickling_error(self.vm, "not enough out-of-band buffers")),
        }
    }

    fn load_readonly_buffer(&mut self) -> PyResult<()> {
        let vm = self.vm;
        let object = self.top()?.clone();
        let Some(buffer) = vm.try_buffer(&object)? else {
            return Err(vm.type_error(format!(
                "memoryview: a bytes-like object is required, not '{}'",
                object.ty().name()
            )));
        };
        if buffer.is_readonly() {
            return Ok(());
        }
        let view = vm.call_method_named(&MemoryView::of_buffer(buffer), "toreadonly", &[])?;
        self.stack.pop();
        self.stack.push(view);
        Ok(())
    }

    pub(super) fn load_persid(&mut self, input: &mut Input) -> PyResult<()> {
        let vm = self.vm;
        let [id @ .., _] = input.line(vm)? else { return Err(super::truncated(vm)) };
        let id = Codec::Ascii.decode(vm, id, "strict").map_err(|error| {
            if error.is(&UNICODE_DECODE_ERROR) {
                unpickling_error(vm, "persistent IDs in protocol 0 must be ASCII strings")
            } else {
                error
            }
        })?;
        self.push_persistent(id.as_obj())
    }

    pub(super) fn push_persistent(&mut self, id: &Obj) -> PyResult<()> {
        let Some(load) = &self.persistent_load else {
            return Err(super::super::unpickler::no_persistent_load(self.vm));
        };
        let object = self.vm.call(load, std::slice::from_ref(id))?;
        self.stack.push(object);
        Ok(())
    }
}
