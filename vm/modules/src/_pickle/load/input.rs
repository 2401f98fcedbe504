//! Where the opcodes come from: bytes, or a file that is read no further than need be.

use lasti_vm::buffer::ByteArray;
use lasti_vm::builtins::NOT_IMPLEMENTED_ERROR;
use lasti_vm::builtins::memoryview::MemoryView;
use lasti_vm::bytes::Bytes;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, Visitor};
use lasti_vm::{Exc, PyResult, Ref, Vm};

use super::super::unpickling_error;

/// How much is looked at ahead, where the file lets one look.
const PREFETCH: usize = 128 * 1024;
/// More is not asked for at once: a pickle may lie about its size.
const LARGEST_READ: usize = 1 << 20;

/// The methods of a file.
pub(in super::super) struct Source {
    read: Obj,
    readline: Obj,
    readinto: Option<Obj>,
    peek: Option<Obj>,
}

impl Source {
    pub(in super::super) fn new(vm: &Vm, file: &Obj) -> PyResult<Self> {
        let peek = vm.find_attr(file, &vm.intern("peek"))?;
        let readinto = vm.find_attr(file, &vm.intern("readinto"))?;
        let read = vm.find_attr(file, &vm.names().read)?;
        let readline = vm.find_attr(file, &vm.names().readline)?;
        match (read, readline) {
            (Some(read), Some(readline)) => Ok(Self { read, readline, readinto, peek }),
            _ => Err(vm.type_error("file must have 'read' and 'readline' attributes")),
        }
    }
}

/// What is read: bytes, and a file behind them.
pub(in super::super) struct Input {
    data: Ref<Bytes>,
    /// How far `data` is used.
    at: usize,
    /// How far `data` may be used: to the end of the frame, if one is open.
    limit: usize,
    in_frame: bool,
    /// How far the file itself has been read in `data`; the rest was only looked at.
    taken: usize,
    source: Option<Source>,
}

#[cold]
pub(super) fn truncated(vm: &Vm) -> Exc {
    unpickling_error(vm, "pickle data was truncated")
}

/// What a file's method gave, as bytes.
fn bytes_of(vm: &Vm, data: Obj) -> PyResult<Ref<Bytes>> {
    match data.into_ref::<Bytes>() {
        Ok(bytes) => Ok(bytes),
        Err(other) => Ok(Bytes::new(&vm.contiguous_buffer(&other)?.to_vec())),
    }
}

impl Input {
    pub(in super::super) fn of_bytes(data: Ref<Bytes>) -> Self {
        let limit = data.as_slice().len();
        Self { data, at: 0, limit, in_frame: false, taken: limit, source: None }
    }

    pub(in super::super) fn of_file(source: Source) -> Self {
        Self { source: Some(source), ..Self::of_bytes(Bytes::new(&[])) }
    }

    pub(in super::super) fn traverse(&self, visitor: &mut Visitor<'_>) {
        if let Some(source) = &self.source {
            visitor.visit(&source.read);
            visitor.visit(&source.readline);
            visitor.visit_option(source.readinto.as_ref());
            visitor.visit_option(source.peek.as_ref());
        }
    }

    /// The next byte.
    #[inline]
    pub(super) fn byte(&mut self, vm: &Vm) -> PyResult<u8> {
        if self.at == self.limit {
            self.fetch(vm, 1)?;
        }
        let byte = self.data.as_slice().get(self.at).copied();
        self.at += 1;
        byte.ok_or_else(|| truncated(vm))
    }

    /// The next `count` bytes.
    #[inline]
    pub(super) fn take(&mut self, vm: &Vm, count: usize) -> PyResult<&[u8]> {
        if count > self.limit - self.at {
            self.fetch(vm, count)?;
        }
        let from = self.at;
        self.at += count;
        Ok(&self.data.as_slice()[from..self.at])
    }

    /// The next bytes as an array.
    #[inline]
    pub(super) fn array<const N: usize>(&mut self, vm: &Vm) -> PyResult<[u8; N]> {
        <[u8; N]>::try_from(self.take(vm, N)?).map_err(|_| truncated(vm))
    }

    /// The frame is over, if its end is reached; what does not end with it is an error.
    pub(super) fn leave_frame(&mut self, vm: &Vm) -> PyResult<()> {
        if self.in_frame && self.at < self.limit {
            return Err(unpickling_error(vm, "pickle exhausted before end of frame"));
        }
        self.end_frame();
        Ok(())
    }

    /// Forgets the frame.
    pub(super) fn end_frame(&mut self) {
        self.in_frame = false;
        self.limit = self.data.as_slice().len();
    }

    /// Sees to it that `count` bytes are there.
    #[cold]
    fn fetch(&mut self, vm: &Vm, count: usize) -> PyResult<()> {
        self.leave_frame(vm)?;
        if count <= self.limit - self.at {
            return Ok(());
        }
        if self.at > isize::MAX as usize - count {
            return Err(unpickling_error(vm, "read would overflow (invalid bytecode)"));
        }
        if self.source.is_none() {
            return Err(truncated(vm));
        }
        self.skip_used(vm)?;
        if count < PREFETCH && self.look_ahead(vm)? && count <= self.data.as_slice().len() {
            return Ok(());
        }
        let Some(source) = &self.source else { return Err(truncated(vm)) };
        let data = vm.call(&source.read, &[Int::from_usize(count)])?;
        self.put(bytes_of(vm, data)?);
        if self.data.as_slice().len() < count { Err(truncated(vm)) } else { Ok(()) }
    }

    fn put(&mut self, data: Ref<Bytes>) {
        self.at = 0;
        self.taken = data.as_slice().len();
        self.data = data;
        self.end_frame();
    }

    /// Looks at what comes next in the file; false if the file does not let one look.
    fn look_ahead(&mut self, vm: &Vm) -> PyResult<bool> {
        let Some(peek) = self.source.as_ref().and_then(|source| source.peek.clone()) else {
            return Ok(false);
        };
        match vm.call(&peek, &[Int::from_usize(PREFETCH)]) {
            Ok(data) => {
                self.put(bytes_of(vm, data)?);
                self.taken = 0;
                Ok(true)
            }
            Err(error) if error.is(&NOT_IMPLEMENTED_ERROR) => {
                if let Some(source) = &mut self.source {
                    source.peek = None;
                }
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads in the file what was used after it had only been looked at.
    pub(super) fn skip_used(&mut self, vm: &Vm) -> PyResult<()> {
        let Some(used) = self.at.checked_sub(self.taken).filter(|&used| used > 0) else { return Ok(()) };
        if let Some(source) = &self.source {
            vm.call(&source.read, &[Int::from_usize(used)])?;
        }
        self.taken = self.at;
        Ok(())
    }

    /// Bytes that become an object of their own: large ones are read without looking ahead.
    pub(super) fn counted(&mut self, vm: &Vm, count: usize) -> PyResult<Ref<Bytes>> {
        if count > self.limit - self.at {
            self.leave_frame(vm)?;
        }
        if count <= self.limit - self.at || self.source.is_none() {
            return Ok(Bytes::new(self.take(vm, count)?));
        }
        let data = self.data.as_slice();
        let mut bytes = data[self.at..].to_vec();
        self.at = data.len();
        self.skip_used(vm)?;
        while bytes.len() < count {
            let asked = (count - bytes.len()).min(LARGEST_READ);
            self.read_more(vm, asked, &mut bytes)?;
        }
        Ok(Bytes::new(&bytes))
    }

    /// Reads just so many bytes from the file.
    fn read_more(&self, vm: &Vm, count: usize, bytes: &mut Vec<u8>) -> PyResult<()> {
        let Some(source) = &self.source else { return Err(truncated(vm)) };
        let Some(readinto) = &source.readinto else {
            let data = vm.call(&source.read, &[Int::from_usize(count)])?;
            let Some(data) = data.downcast::<Bytes>() else {
                let given = vm.repr_text(&data.ty().to_obj())?;
                return Err(vm.value_error(format!("read() returned non-bytes object ({given})")));
            };
            let Some(data) = data.as_slice().get(..count) else { return Err(truncated(vm)) };
            bytes.extend_from_slice(data);
            return Ok(());
        };
        let room = ByteArray::new(vec![0; count]);
        let view = MemoryView::of_buffer(vm.buffer(room.as_obj())?);
        let read = vm.call(readinto, &[view])?;
        match usize::try_from(vm.index_i64(&read)?) {
            Err(_) => Err(vm.value_error("readinto() returned negative size")),
            Ok(read) if read < count => Err(truncated(vm)),
            Ok(_) => {
                room.read(|data| bytes.extend_from_slice(data));
                Ok(())
            }
        }
    }

    /// The next line, with its end.
    pub(super) fn line(&mut self, vm: &Vm) -> PyResult<&[u8]> {
        let find = |input: &Self| memchr::memchr(b'\n', &input.data.as_slice()[input.at..input.limit]);
        let mut end = find(self);
        if end.is_none() && self.in_frame {
            self.leave_frame(vm)?;
            end = find(self);
        }
        if let Some(end) = end {
            let from = self.at;
            self.at += end + 1;
            return Ok(&self.data.as_slice()[from..self.at]);
        }
        self.skip_used(vm)?;
        let Some(source) = &self.source else { return Err(truncated(vm)) };
        let data = vm.call(&source.readline, &[])?;
        self.put(bytes_of(vm, data)?);
        if self.data.as_slice().last() != Some(&b'\n') {
            return Err(truncated(vm));
        }
        self.at = self.data.as_slice().len();
        Ok(self.data.as_slice())
    }

    /// The next line without its end, which must hold something.
    pub(super) fn text_line(&mut self, vm: &Vm) -> PyResult<&[u8]> {
        match self.line(vm)? {
            [text @ .., _] if !text.is_empty() => Ok(text),
            _ => Err(truncated(vm)),
        }
    }

    /// A frame begins: it is there as a whole, or it is read now.
    pub(super) fn frame(&mut self, vm: &Vm, size: usize) -> PyResult<()> {
        if self.in_frame && self.at < self.limit {
            return Err(unpickling_error(vm, "beginning of a new frame before end of current frame"));
        }
        self.end_frame();
        self.take(vm, size)?;
        self.limit = self.at;
        self.at -= size;
        self.in_frame = true;
        Ok(())
    }
}
