//! Classes that offer memory by `__buffer__` and `__release_buffer__`. CPython: `slot_bf_getbuffer` and
//! `slot_bf_releasebuffer` in Objects/typeobject.c.

use crate::buffer::{Buffer, BufferAccess};
use crate::builtins::builtin_type;
use crate::builtins::memoryview::MemoryView;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::types::{TypeBuilder, TypeFlags, TypeObject, lookup};
use crate::vm::Vm;

/// `PyBUF_FULL_RO`
const FULL_READ_ONLY: i64 = 0x11C;

/// The memory that a method `__buffer__` returned a view of.
struct Wrapped {
    object: Obj,
    view: Obj,
    /// Gone once it is given back.
    inner: std::cell::RefCell<Option<Buffer>>,
}

impl Payload for Wrapped {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &BUFFER_WRAPPER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.object);
        visitor.visit(&self.view);
        if let Some(inner) = &*self.inner.borrow() {
            visitor.visit(inner.owner());
        }
    }
}

builtin_type!(/** what holds such memory */ BUFFER_WRAPPER, "_buffer_wrapper", Wrapped);

static ACCESS: BufferAccess = BufferAccess {
    read: |owner, f| {
        if let Some(wrapped) = owner.downcast::<Wrapped>()
            && let Some(inner) = &*wrapped.inner.borrow()
        {
            inner.read_memory(|memory| f(memory));
        }
    },
    write: |owner, f| {
        if let Some(wrapped) = owner.downcast::<Wrapped>()
            && let Some(inner) = &*wrapped.inner.borrow()
        {
            inner.write_memory(|memory| f(memory));
        }
    },
    release: |owner| {
        if let Some(wrapped) = owner.downcast::<Wrapped>() {
            let inner = wrapped.inner.borrow_mut().take();
            drop(inner);
            release(Vm::current(), wrapped);
        }
    },
};

fn release(vm: &Vm, wrapped: &Ref<Wrapped>) {
    let name = &vm.names().__release_buffer__;
    if lookup::lookup(vm, wrapped.object.ty(), name).is_none_or(|method| vm.is_none(&method)) {
        return;
    }
    if let Err(error) = vm.call_special(&wrapped.object, name, std::slice::from_ref(&wrapped.view)) {
        let message = format!("Exception ignored in __release_buffer__ of {}", wrapped.object.ty().tp_name());
        vm.unraisable(&error, &message, Some(&wrapped.object));
    }
}

/// The slot of classes with a method `__buffer__`.
pub(super) fn buffer(vm: &Vm, object: &Obj) -> PyResult<Buffer> {
    let flags = Int::new(FULL_READ_ONLY);
    let Some(view) = vm.call_special(object, &vm.names().__buffer__, &[flags])? else {
        return Err(vm.type_error(format!("a bytes-like object is required, not '{}'", object.ty().name())));
    };
    if view.downcast::<MemoryView>().is_none() {
        return Err(vm.type_error("__buffer__ returned non-memoryview object"));
    }
    let inner = vm.buffer(&view)?;
    let layout = inner.layout.clone();
    let wrapped = Wrapped { object: object.clone(), view, inner: std::cell::RefCell::new(Some(inner)) };
    Ok(Buffer::new(Ref::new(wrapped).into_obj(), &ACCESS, layout))
}

pub(crate) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &BUFFER_WRAPPER).flags(TypeFlags::DISALLOW_INSTANTIATION).ready();
}
