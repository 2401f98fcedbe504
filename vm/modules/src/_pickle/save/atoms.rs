//! Numbers, texts and bytes.

use lasti_text::float;
use lasti_vm::buffer::ByteArray;
use lasti_vm::builtins as types;
use lasti_vm::bytes::Bytes;
use lasti_vm::number::IntView;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::{PyResult, Ref};

use super::super::buffer::PickleBuffer;
use super::super::names::of_module;
use super::super::opcodes as op;
use super::super::pickling_error;
use super::Job;

/// The bytes of the shortest two's complement, the lowest first.
fn shortest(int: i64) -> ([u8; 8], usize) {
    let bytes = int.to_le_bytes();
    let fill = if int < 0 { 0xFF } else { 0 };
    let mut length = 8;
    while length > 1 && bytes[length - 1] == fill && (bytes[length - 2] & 0x80 != 0) == (int < 0) {
        length -= 1;
    }
    (bytes, length)
}

impl Job<'_> {
    /// Writes what is never remembered: None, bools, exact ints and floats; false for others.
    #[inline]
    pub(super) fn save_atom(&mut self, object: &Obj) -> PyResult<bool> {
        if object.is_exact_int() {
            let Some(int) = object.as_int() else { return Ok(false) };
            self.save_int(object, int)?;
        } else if self.vm.is_none(object) {
            self.out.byte(op::NONE);
        } else if object.is_exact(&types::BOOL) {
            let truth = object.as_i64() == Some(1);
            match (self.protocol >= 2, truth) {
                (true, true) => self.out.byte(op::NEWTRUE),
                (true, false) => self.out.byte(op::NEWFALSE),
                (false, true) => self.out.bytes(b"I01\n"),
                (false, false) => self.out.bytes(b"I00\n"),
            }
        } else if object.is_exact(&types::FLOAT) {
            let Some(float) = object.as_f64() else { return Ok(false) };
            if self.binary {
                self.out.byte(op::BINFLOAT);
                self.out.bytes(&float.to_be_bytes());
            } else {
                self.out.byte(op::FLOAT);
                self.out.bytes(float::repr(float).as_bytes());
                self.out.byte(b'\n');
            }
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn save_int(&mut self, object: &Obj, int: IntView<'_>) -> PyResult<()> {
        if let IntView::Small(int) = int
            && let Ok(small) = i32::try_from(int)
        {
            if !self.binary {
                self.out.byte(op::INT);
                self.out.bytes(format!("{small}\n").as_bytes());
                return Ok(());
            }
            let [a, b, c, d] = small.to_le_bytes();
            match (b, c, d) {
                (0, 0, 0) => self.out.bytes(&[op::BININT1, a]),
                (_, 0, 0) => self.out.bytes(&[op::BININT2, a, b]),
                _ => self.out.bytes(&[op::BININT, a, b, c, d]),
            }
            return Ok(());
        }
        if self.protocol < 2 {
            let text = self.vm.repr(object)?;
            self.out.byte(op::LONG);
            self.out.bytes(text.as_bytes());
            self.out.bytes(b"L\n");
            return Ok(());
        }
        match int {
            IntView::Small(int) => {
                let (bytes, length) = shortest(int);
                self.out.bytes(&[op::LONG1, length as u8]);
                self.out.bytes(&bytes[..length]);
            }
            IntView::Big(int) => {
                let bytes = int.to_signed_bytes_le();
                if let Ok(length) = u8::try_from(bytes.len()) {
                    self.out.bytes(&[op::LONG1, length]);
                } else if let Ok(length) = i32::try_from(bytes.len()) {
                    self.out.byte(op::LONG4);
                    self.out.bytes(&length.to_le_bytes());
                } else {
                    return Err(self.vm.overflow_error("int too large to pickle"));
                }
                self.out.bytes(&bytes);
            }
        }
        Ok(())
    }

    /// The header of counted contents: the opcode for the size, and the size; how much of the array it takes.
    fn header(&self, size: usize, codes: [Option<u8>; 3], what: &str) -> PyResult<([u8; 9], usize)> {
        let [short, medium, long] = codes;
        let (code, length) = match (short, medium, long) {
            (Some(code), ..) if size <= 0xFF => (code, 2),
            (_, Some(code), _) if size <= 0xFFFF_FFFF => (code, 5),
            (.., Some(code)) => (code, 9),
            _ => {
                return Err(self.vm.overflow_error(format!(
                    "serializing a {what} larger than 4 GiB requires pickle protocol 4 or higher"
                )));
            }
        };
        let mut header = [code; 9];
        header[1..].copy_from_slice(&(size as u64).to_le_bytes());
        Ok((header, length))
    }

    pub(super) fn save_str(&mut self, text: &Ref<Str>) -> PyResult<()> {
        if self.binary {
            let new = self.protocol >= 4;
            let codes =
                [new.then_some(op::SHORT_BINUNICODE), Some(op::BINUNICODE), new.then_some(op::BINUNICODE8)];
            // Lone surrogates are written as they stand in WTF-8.
            let contents = text.as_bytes();
            let (header, length) = self.header(contents.len(), codes, "string")?;
            self.out.counted(self.vm, &header[..length], contents, None)?;
        } else {
            self.out.byte(op::UNICODE);
            let mut line = Vec::with_capacity(text.as_bytes().len() + 1);
            for point in text.as_wtf8().code_points() {
                let point = point.to_u32();
                match point {
                    0 | 0x0A | 0x0D | 0x1A | 0x5C | 0x100..0x1_0000 => {
                        line.extend_from_slice(format!("\\u{point:04x}").as_bytes());
                    }
                    0x1_0000.. => line.extend_from_slice(format!("\\U{point:08x}").as_bytes()),
                    _ => line.push(point as u8),
                }
            }
            line.push(b'\n');
            self.out.bytes(&line);
        }
        self.memoize(text.as_obj())
    }

    fn save_bytes_contents(&mut self, object: &Obj, contents: &[u8]) -> PyResult<()> {
        let long = (self.protocol >= 4).then_some(op::BINBYTES8);
        let codes = [Some(op::SHORT_BINBYTES), Some(op::BINBYTES), long];
        let (header, length) = self.header(contents.len(), codes, "bytes object")?;
        self.out.counted(self.vm, &header[..length], contents, Some(object))?;
        self.memoize(object)
    }

    fn save_bytearray_contents(&mut self, object: &Obj, contents: &[u8]) -> PyResult<()> {
        let (header, length) = self.header(contents.len(), [None, None, Some(op::BYTEARRAY8)], "")?;
        self.out.counted(self.vm, &header[..length], contents, Some(object))?;
        self.memoize(object)
    }

    pub(super) fn save_bytes(&mut self, object: &Obj) -> PyResult<()> {
        let Some(bytes) = object.downcast::<Bytes>() else { return Ok(()) };
        if self.protocol >= 3 {
            return self.save_bytes_contents(object, bytes.as_slice());
        }
        // No opcode: a call that makes bytes in Python 3 and str in Python 2.
        let (callable, args) = if bytes.as_slice().is_empty() {
            (types::BYTES.to_obj(), Vec::new())
        } else {
            let text = Str::new(&bytes.as_slice().iter().map(|&byte| char::from(byte)).collect::<String>());
            let latin = self.vm.intern("latin1").into_obj();
            (of_module(self.vm, "codecs", "encode")?, vec![text.into_obj(), latin])
        };
        self.save_call(object, callable, args)
    }

    pub(super) fn save_bytearray(&mut self, object: &Obj) -> PyResult<()> {
        let Some(array) = object.downcast::<ByteArray>() else { return Ok(()) };
        let contents = array.to_vec();
        if self.protocol >= 5 {
            return self.save_bytearray_contents(object, &contents);
        }
        let args = if contents.is_empty() { Vec::new() } else { vec![Bytes::new(&contents).into_obj()] };
        self.save_call(object, types::BYTEARRAY.to_obj(), args)
    }

    /// Writes the call that makes `object` anew.
    pub(super) fn save_call(&mut self, object: &Obj, callable: Obj, args: Vec<Obj>) -> PyResult<()> {
        let call = Tuple::new(vec![callable, Tuple::new(args).into_obj()]);
        self.save_reduced(object, &call)
    }

    pub(super) fn save_pickle_buffer(&mut self, object: &Obj) -> PyResult<()> {
        if self.protocol < 5 {
            return Err(pickling_error(self.vm, "PickleBuffer can only be pickled with protocol >= 5"));
        }
        let buffer = self.vm.receiver::<PickleBuffer>(object)?;
        let Some(contents) = buffer.contents(self.vm)? else {
            return Err(pickling_error(
                self.vm,
                "PickleBuffer can not be pickled when pointing to a non-contiguous buffer",
            ));
        };
        let in_band = match self.pickler.buffer_callback.get() {
            None => true,
            Some(callback) => {
                let answer = self.vm.call(&callback, std::slice::from_ref(object))?;
                self.vm.is_true(&answer)?
            }
        };
        if !in_band {
            self.out.byte(op::NEXT_BUFFER);
            if contents.readonly {
                self.out.byte(op::READONLY_BUFFER);
            }
            return Ok(());
        }
        if contents.readonly {
            self.save_bytes_contents(object, &contents.bytes)
        } else {
            self.save_bytearray_contents(object, &contents.bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shortest;

    #[test]
    fn ints_keep_their_sign_in_as_few_bytes_as_can_be() {
        let of = |int| {
            let (bytes, length) = shortest(int);
            bytes[..length].to_vec()
        };
        assert_eq!(of(255), [0xFF, 0]);
        assert_eq!(of(127), [0x7F]);
        assert_eq!(of(-128), [0x80]);
        assert_eq!(of(-129), [0x7F, 0xFF]);
        assert_eq!(of(1 << 31), [0, 0, 0, 0x80, 0]);
        assert_eq!(of(-(1 << 31)), [0, 0, 0, 0x80]);
        assert_eq!(of(i64::MIN), [0, 0, 0, 0, 0, 0, 0, 0x80]);
    }
}
