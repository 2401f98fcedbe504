//! The memos of picklers and unpicklers as Python sees them: to be emptied, copied, and given to another one.

use lasti_vm::builtins::DICT;
use lasti_vm::dict::Dict;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, ObjCell, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::memo::{ReadMemo, WrittenMemo};
use super::pickler::Pickler;
use super::unpickler::Unpickler;

macro_rules! proxy {
    ($(#[$doc:meta])* $name:ident, $static:ident, $text:literal, $owner:ident, $get:ident) => {
        $(#[$doc])*
        pub(super) struct $name(ObjCell);

        impl $name {
            pub(super) fn make(owner: &Ref<$owner>) -> Obj {
                Ref::new(Self(ObjCell::new(Some(owner.as_obj().clone())))).into_obj()
            }

            /// The owner; none once the collector took it.
            pub(super) fn $get(&self) -> Option<Ref<$owner>> {
                self.0.get_as()
            }
        }

        impl Payload for $name {
            const GC: bool = true;

            fn class() -> &'static TypeObject {
                &$static
            }

            fn traverse(&self, visitor: &mut Visitor<'_>) {
                self.0.traverse(visitor);
            }

            fn clear(&self) {
                drop(self.0.take());
            }
        }

        lasti_vm::builtin_type!(/** A memo's proxy. */ $static, $text, $name);
    };
}

proxy!(
    /// `PicklerMemoProxy`
    PicklerMemoProxy,
    PICKLER_MEMO_PROXY,
    "PicklerMemoProxy",
    Pickler,
    pickler
);
proxy!(
    /// `UnpicklerMemoProxy`
    UnpicklerMemoProxy,
    UNPICKLER_MEMO_PROXY,
    "UnpicklerMemoProxy",
    Unpickler,
    unpickler
);

/// How `dict` makes the copy again.
fn reduced(copy: Obj) -> Obj {
    Tuple::new(vec![DICT.to_obj(), Tuple::new(vec![copy]).into_obj()]).into_obj()
}

fn copy_written(vm: &Vm, object: &Obj) -> PyResult {
    let copy = Dict::new();
    let entries = match vm.receiver::<PicklerMemoProxy>(object)?.pickler() {
        Some(pickler) => pickler.memo.borrow().entries().to_vec(),
        None => Vec::new(),
    };
    for (object, number) in entries {
        let key = Int::from_u64(object.id());
        copy.set(vm, &key, Tuple::new(vec![Int::from_usize(number), object]).into_obj())?;
    }
    Ok(copy.into_obj())
}

fn clear_written(vm: &Vm, object: &Obj) -> PyResult {
    if let Some(pickler) = vm.receiver::<PicklerMemoProxy>(object)?.pickler() {
        pickler.set_memo(WrittenMemo::default());
    }
    Ok(vm.none())
}

fn copy_read(vm: &Vm, object: &Obj) -> PyResult {
    let copy = Dict::new();
    let items = match vm.receiver::<UnpicklerMemoProxy>(object)?.unpickler() {
        Some(unpickler) => unpickler.memo.borrow().items(),
        None => Vec::new(),
    };
    for (number, object) in items {
        copy.set(vm, &Int::from_usize(number), object)?;
    }
    Ok(copy.into_obj())
}

fn clear_read(vm: &Vm, object: &Obj) -> PyResult {
    if let Some(unpickler) = vm.receiver::<UnpicklerMemoProxy>(object)?.unpickler() {
        unpickler.set_memo(ReadMemo::default());
    }
    Ok(vm.none())
}

static WRITTEN: &[NativeDef] = &[
    NativeDef::new("clear", "($self, /)", "Remove all items from memo.", NativeCall::NoArgs(clear_written)),
    NativeDef::new("copy", "($self, /)", "Copy the memo to a new object.", NativeCall::NoArgs(copy_written)),
    NativeDef::new(
        "__reduce__",
        "($self, /)",
        "Implement pickle support.",
        NativeCall::NoArgs(|vm, object| copy_written(vm, object).map(reduced)),
    ),
];

static READ: &[NativeDef] = &[
    NativeDef::new("clear", "($self, /)", "Remove all items from memo.", NativeCall::NoArgs(clear_read)),
    NativeDef::new("copy", "($self, /)", "Copy the memo to a new object.", NativeCall::NoArgs(copy_read)),
    NativeDef::new(
        "__reduce__",
        "($self, /)",
        "Implement pickling support.",
        NativeCall::NoArgs(|vm, object| copy_read(vm, object).map(reduced)),
    ),
];

pub(super) fn ready(vm: &Vm) {
    for (ty, methods) in [(&PICKLER_MEMO_PROXY, WRITTEN), (&UNPICKLER_MEMO_PROXY, READ)] {
        TypeBuilder::new(vm, ty)
            .module("_pickle")
            .flags(TypeFlags::BASETYPE | TypeFlags::DISALLOW_INSTANTIATION)
            .attribute("__hash__", vm.none())
            .slots(|slots| slots.hash.set(Some(|vm, object| Err(unhashable(vm, object)))))
            .methods(methods)
            .ready();
    }
}

#[cold]
fn unhashable(vm: &Vm, object: &Obj) -> lasti_vm::Exc {
    vm.type_error(format!("unhashable type: '{}'", object.ty().tp_name()))
}
