//! `PickleBuffer`: a buffer that may be kept out of the pickle. CPython: Objects/picklebufobject.c.

use std::cell::RefCell;

use lasti_vm::buffer::{Buffer, Layout};
use lasti_vm::builtins::memoryview::MemoryView;
use lasti_vm::object::{Obj, Payload, Visitor};
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Args, Exc, PyResult, Ref, Vm};

/// The payload: the export; none once released.
pub(super) struct PickleBuffer(RefCell<Option<Buffer>>);

impl Payload for PickleBuffer {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &PICKLE_BUFFER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        if let Some(buffer) = &*self.0.borrow() {
            visitor.visit(buffer.owner());
        }
    }

    fn clear(&self) {
        let buffer = self.0.take();
        drop(buffer);
    }
}

lasti_vm::builtin_type!(/** `pickle.PickleBuffer` */ PICKLE_BUFFER, "PickleBuffer", PickleBuffer);

/// The bytes of a buffer, to be written as they lie in memory.
pub(super) struct Contents {
    pub(super) bytes: Vec<u8>,
    pub(super) readonly: bool,
}

#[cold]
fn released(vm: &Vm) -> Exc {
    vm.value_error("operation forbidden on released PickleBuffer object")
}

impl PickleBuffer {
    /// Where the bytes lie, in one piece; `None` if they are scattered.
    fn piece(&self, vm: &Vm) -> PyResult<Option<Layout>> {
        match &*self.0.borrow() {
            None => Err(released(vm)),
            Some(buffer) => {
                let layout = &buffer.layout;
                Ok((layout.is_c_contiguous() || layout.is_f_contiguous()).then(|| layout.clone()))
            }
        }
    }

    /// The object whose memory it is.
    fn owner(&self, vm: &Vm) -> PyResult {
        self.0.borrow().as_ref().map(|buffer| buffer.owner().clone()).ok_or_else(|| released(vm))
    }

    /// The bytes as they lie in memory; `None` if they are scattered.
    pub(super) fn contents(&self, vm: &Vm) -> PyResult<Option<Contents>> {
        let Some(layout) = self.piece(vm)? else { return Ok(None) };
        let start = usize::try_from(layout.offset).unwrap_or_default();
        let bytes = self.0.borrow().as_ref().and_then(|buffer| {
            buffer.read_memory(|memory| memory.get(start..start + layout.size).unwrap_or_default().to_vec())
        });
        Ok(Some(Contents { bytes: bytes.unwrap_or_default(), readonly: layout.readonly }))
    }
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "PickleBuffer")?;
    let [object] = args.all() else {
        let given = args.all().len();
        return Err(
            vm.type_error(format!("PickleBuffer() takes exactly 1 positional argument ({given} given)"))
        );
    };
    let buffer = vm.buffer(object)?;
    Ok(Ref::new_in(ty, PickleBuffer(RefCell::new(Some(buffer)))).into_obj())
}

/// The slot `buffer`: another export of the same memory.
fn export(vm: &Vm, object: &Obj) -> PyResult<Buffer> {
    let owner = vm.receiver::<PickleBuffer>(object)?.owner(vm)?;
    vm.buffer(&owner)
}

fn raw(vm: &Vm, object: &Obj) -> PyResult {
    let this = vm.receiver::<PickleBuffer>(object)?;
    let Some(layout) = this.piece(vm)? else {
        return Err(vm.buffer_error("cannot extract raw buffer from non-contiguous buffer"));
    };
    let mut buffer = vm.buffer(&this.owner(vm)?)?;
    buffer.layout = Layout { offset: layout.offset, ..Layout::bytes(layout.size, layout.readonly) };
    Ok(MemoryView::of_buffer(buffer))
}

fn release(vm: &Vm, object: &Obj) -> PyResult {
    let buffer = vm.receiver::<PickleBuffer>(object)?.0.take();
    drop(buffer);
    Ok(vm.none())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "raw",
        "($self, /)",
        "Return a memoryview of the raw memory underlying this buffer.\nWill raise BufferError is the buffer isn't contiguous.",
        NativeCall::NoArgs(raw),
    ),
    NativeDef::new(
        "release",
        "($self, /)",
        "Release the underlying buffer exposed by the PickleBuffer object.",
        NativeCall::NoArgs(release),
    ),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &PICKLE_BUFFER)
        .doc("Wrapper for potentially out-of-band buffers")
        .module("pickle")
        .flags(TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.buffer.set(Some(export));
        })
        .methods(METHODS)
        .ready();
}
