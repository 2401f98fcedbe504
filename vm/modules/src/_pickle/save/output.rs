//! Where the opcodes go: frames, and a file's `write` method.

use lasti_vm::bytes::Bytes;
use lasti_vm::object::Obj;
use lasti_vm::{PyResult, Vm};

use super::super::opcodes::FRAME;

/// Smaller ones are not worth a header.
const FRAME_SIZE_MIN: usize = 4;
/// A frame this large ends at the next object.
const FRAME_SIZE_TARGET: usize = 64 * 1024;
/// Opcode and size.
const FRAME_HEADER_SIZE: usize = 9;

/// The opcodes written, and not yet given to the file.
pub(super) struct Output {
    bytes: Vec<u8>,
    framing: bool,
    /// Where the header of the open frame is.
    frame: Option<usize>,
    write: Option<Obj>,
}

impl Output {
    pub(super) fn new(write: Option<Obj>) -> Self {
        Self { bytes: Vec::new(), framing: false, frame: None, write }
    }

    /// What is written goes into frames from here on.
    pub(super) fn begin_framing(&mut self) {
        self.framing = true;
    }

    #[inline]
    fn open(&mut self) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.bytes.len());
            self.bytes.extend_from_slice(&[0; FRAME_HEADER_SIZE]);
        }
    }

    #[inline]
    pub(super) fn byte(&mut self, byte: u8) {
        self.open();
        self.bytes.push(byte);
    }

    #[inline]
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.open();
        self.bytes.extend_from_slice(bytes);
    }

    /// Ends the frame.
    pub(super) fn commit(&mut self) {
        let Some(frame) = self.frame.take() else { return };
        let size = self.bytes.len() - frame - FRAME_HEADER_SIZE;
        if size >= FRAME_SIZE_MIN {
            self.bytes[frame] = FRAME;
            self.bytes[frame + 1..frame + FRAME_HEADER_SIZE].copy_from_slice(&(size as u64).to_le_bytes());
        } else {
            self.bytes.drain(frame..frame + FRAME_HEADER_SIZE);
        }
    }

    /// An object begins: a frame that is large enough ends before it.
    #[inline]
    pub(super) fn boundary(&mut self, vm: &Vm) -> PyResult<()> {
        match self.frame {
            Some(frame) if self.bytes.len() - frame - FRAME_HEADER_SIZE >= FRAME_SIZE_TARGET => {
                self.commit();
                self.flush(vm)
            }
            _ => Ok(()),
        }
    }

    /// Gives the file what there is.
    pub(super) fn flush(&mut self, vm: &Vm) -> PyResult<()> {
        let Some(write) = self.write.clone() else { return Ok(()) };
        self.commit();
        let bytes = Bytes::new(&std::mem::take(&mut self.bytes)).into_obj();
        vm.call(&write, &[bytes]).map(drop)
    }

    /// Everything, where there is no file.
    pub(super) fn written(&self) -> &[u8] {
        &self.bytes
    }

    /// Writes a header and what belongs to it; large contents go into no frame, and to the file without a detour:
    /// `whole` then is what the file is given, if it is there already.
    pub(super) fn counted(
        &mut self,
        vm: &Vm,
        header: &[u8],
        contents: &[u8],
        whole: Option<&Obj>,
    ) -> PyResult<()> {
        if contents.len() < FRAME_SIZE_TARGET {
            self.bytes(header);
            self.bytes.extend_from_slice(contents);
            return Ok(());
        }
        self.commit();
        let framing = std::mem::replace(&mut self.framing, false);
        self.bytes(header);
        match self.write.clone() {
            None => self.bytes(contents),
            Some(write) => {
                self.flush(vm)?;
                let whole = match whole {
                    Some(whole) => whole.clone(),
                    None => Bytes::new(contents).into_obj(),
                };
                vm.call(&write, &[whole])?;
            }
        }
        self.framing = framing;
        Ok(())
    }
}
