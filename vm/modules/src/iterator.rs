//! What the modules' iterator types have in common.

use lasti_vm::builtins::sequence::refuses_keywords;
use lasti_vm::builtins::{OBJECT, iter_self};
use lasti_vm::call::Args;
use lasti_vm::module::Module;
use lasti_vm::types::{IterNextFn, NativeDef, NewFn, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

/// Defines the payload and the type of an iterator whose objects are in the cells named.
macro_rules! iterator_type {
    ($(#[$doc:meta])* $static:ident, $name:literal, $payload:ident, [$($cell:ident),*]) => {
        impl lasti_vm::object::Payload for $payload {
            const GC: bool = true;

            fn class() -> &'static lasti_vm::types::TypeObject {
                &$static
            }

            fn traverse(&self, visitor: &mut lasti_vm::object::Visitor<'_>) {
                $(self.$cell.traverse(visitor);)*
            }

            fn clear(&self) {
                $(drop(self.$cell.take());)*
            }
        }

        lasti_vm::builtin_type!($(#[$doc])* $static, $name, $payload);
    };
}
pub(crate) use iterator_type;

/// An iterator type of a module.
pub(crate) struct IteratorType {
    pub(crate) ty: &'static TypeObject,
    pub(crate) doc: &'static str,
    /// None: calling the type makes no instance.
    pub(crate) new: Option<NewFn>,
    pub(crate) next: IterNextFn,
    pub(crate) methods: &'static [NativeDef],
}

/// The positional arguments of an iterator's `__new__`. Keywords are refused but for a subclass with an `__init__` of its
/// own, which may take them.
pub(crate) fn arguments<'a>(
    vm: &Vm,
    ty: &TypeObject,
    name: &str,
    args: Args<'a>,
    min: usize,
    max: usize,
) -> PyResult<&'a [Obj]> {
    if refuses_keywords(ty, &OBJECT) {
        args.no_keywords(vm, name)?;
    }
    Args::positional_only(args.positional()).exactly(vm, name, min, max)
}

impl IteratorType {
    /// Completes the type, the first time; `more` adds what is not the same for all.
    pub(crate) fn ready_with(
        &self,
        vm: &Vm,
        module: &'static str,
        more: impl FnOnce(TypeBuilder<'_>) -> TypeBuilder<'_>,
    ) {
        if self.ty.has(TypeFlags::READY) {
            return;
        }
        let builder = TypeBuilder::new(vm, self.ty)
            .doc(self.doc)
            .module(module)
            .flags(if self.new.is_some() { TypeFlags::empty() } else { TypeFlags::DISALLOW_INSTANTIATION })
            .slots(|slots| {
                slots.new.set(self.new);
                slots.iter.set(Some(iter_self));
                slots.iternext.set(Some(self.next));
            })
            .methods(self.methods);
        more(builder).ready();
    }

    /// Completes the type and puts it into the module.
    pub(crate) fn add(&self, vm: &Vm, module: &Ref<Module>, name: &'static str) -> PyResult<()> {
        self.ready_with(vm, name, |builder| match self.new {
            Some(_) => builder.flags(TypeFlags::BASETYPE),
            None => builder,
        });
        module.add_type(vm, self.ty)
    }

    /// [`Self::add`] for a type that allows no subclasses.
    pub(crate) fn add_final(&self, vm: &Vm, module: &Ref<Module>, name: &'static str) -> PyResult<()> {
        self.ready_with(vm, name, |builder| builder);
        module.add_type(vm, self.ty)
    }
}
