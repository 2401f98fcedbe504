//! Descriptors of builtin types: methods, computed attributes, `__slots__` members, slot wrappers.
//! How they behave in Python is in `builtins/descriptors`.

use crate::builtins as types;
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::text::Str;
use crate::types::native::Binding;
use crate::types::slotdefs::Wrapper;
use crate::types::{NativeDef, Property, TypeData, TypeObject};
use crate::vm::Vm;

/// `method_descriptor` and `classmethod_descriptor`: a native method, not bound.
pub struct MethodDescriptor {
    /// What is called.
    pub def: &'static NativeDef,
    /// The type that defines it.
    pub owner: &'static TypeObject,
}

impl MethodDescriptor {
    /// The descriptor for `def` in the dictionary of `owner`.
    pub(crate) fn make(vm: &Vm, def: &'static NativeDef, owner: &'static TypeObject) -> Obj {
        match def.binding {
            Binding::Instance => Ref::new(Self { def, owner }).into_obj(),
            Binding::Class => Ref::new(ClassMethodDescriptor(Self { def, owner })).into_obj(),
            Binding::Static => crate::builtins::static_method(
                vm,
                crate::function::NativeFunction::new(def, Some(owner.to_obj()), None).into_obj(),
            ),
        }
    }
}

impl Payload for MethodDescriptor {
    fn class() -> &'static TypeObject {
        &types::METHOD_DESCRIPTOR
    }
}

/// `classmethod_descriptor`
pub struct ClassMethodDescriptor(pub MethodDescriptor);

impl Payload for ClassMethodDescriptor {
    fn class() -> &'static TypeObject {
        &types::CLASS_METHOD_DESCRIPTOR
    }
}

/// `getset_descriptor`: a computed attribute.
pub struct GetSet {
    /// How it is read and set.
    pub property: &'static Property,
    /// The type that defines it.
    pub owner: Ref<TypeData>,
}

impl GetSet {
    /// The descriptor for `property` in the dictionary of a builtin type.
    pub(crate) fn make(property: &'static Property, owner: &'static TypeObject) -> Obj {
        Self::make_in(property, owner.to_ref())
    }

    /// The descriptor for `property` in the dictionary of `owner`.
    pub(crate) fn make_in(property: &'static Property, owner: Ref<TypeData>) -> Obj {
        if property.member {
            let name = crate::vm::Interp::get().intern(property.name);
            Ref::new(Member { name, owner, place: MemberPlace::Property(property) }).into_obj()
        } else {
            Ref::new(Self { property, owner }).into_obj()
        }
    }
}

impl Payload for GetSet {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::GETSET_DESCRIPTOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.owner.as_obj());
    }
}

/// Where a member is kept.
pub(crate) enum MemberPlace {
    /// In a word of the instance, so far from its header: a `__slots__` entry.
    Word(isize),
    /// In the payload of a builtin type.
    Property(&'static Property),
}

/// `member_descriptor`: a `__slots__` entry, or a plain field of a builtin type.
pub struct Member {
    /// The name.
    pub name: Ref<Str>,
    /// The class that defines it.
    pub owner: Ref<TypeData>,
    pub(crate) place: MemberPlace,
}

impl Payload for Member {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::MEMBER_DESCRIPTOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.name.as_obj());
        visitor.visit(self.owner.as_obj());
    }
}

/// `wrapper_descriptor`: a slot of a builtin type as a method, such as `int.__add__`.
pub struct WrapperDescriptor {
    /// The method's name.
    pub name: &'static str,
    /// The type that defines it.
    pub owner: &'static TypeObject,
    pub(crate) wrapper: Wrapper,
}

impl Payload for WrapperDescriptor {
    fn class() -> &'static TypeObject {
        &types::WRAPPER_DESCRIPTOR
    }
}

/// `method-wrapper`: a slot wrapper bound to an object.
pub struct MethodWrapper {
    /// What is bound.
    pub descriptor: Ref<WrapperDescriptor>,
    /// To what.
    pub receiver: Obj,
}

impl Payload for MethodWrapper {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::METHOD_WRAPPER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.descriptor.as_obj());
        visitor.visit(&self.receiver);
    }
}

impl Vm {
    /// The receiver of a native method as what the method works on; a TypeError if it is something else.
    #[inline]
    pub fn receiver<'a, T: Payload>(&self, object: &'a Obj) -> PyResult<&'a Ref<T>> {
        match object.downcast::<T>() {
            Some(receiver) => Ok(receiver),
            None => Err(self.type_error(format!(
                "descriptor requires a '{}' object but received a '{}'",
                T::class().name(),
                object.ty().name()
            ))),
        }
    }
}
