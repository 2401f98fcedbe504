//! Defining builtin types and functions in Rust.

use super::data::{TypeFlags, TypeObject};
use super::slotdefs;
use crate::builtins as types;
use crate::call::{Args, check_count};
use crate::descriptors::{GetSet, MethodDescriptor};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::text::Str;
use crate::vm::Vm;

/// How a native function takes its arguments. The first parameter is the object that the method is
/// called on; for a function of a module, the module; for a class method, the class.
#[derive(Clone, Copy)]
pub enum NativeCall {
    /// No arguments. CPython: `METH_NOARGS`.
    NoArgs(fn(&Vm, &Obj) -> PyResult),
    /// One positional argument. CPython: `METH_O`.
    One(fn(&Vm, &Obj, &Obj) -> PyResult),
    /// Between so many and so many positional arguments. CPython: `METH_FASTCALL`.
    Positional(u8, u8, fn(&Vm, &Obj, &[Obj]) -> PyResult),
    /// Any arguments; the function binds them. CPython: `METH_FASTCALL | METH_KEYWORDS`.
    Full(fn(&Vm, &Obj, Args<'_>) -> PyResult),
}

/// What a native function of a type is called on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    /// The instance.
    Instance,
    /// The class.
    Class,
    /// Nothing.
    Static,
}

/// A native function or method.
pub struct NativeDef {
    /// Its name in Python.
    pub name: &'static str,
    /// `__text_signature__`, such as `($self, key, default=None, /)`; empty if there is none.
    pub signature: &'static str,
    /// `__doc__`
    pub doc: &'static str,
    /// What is called.
    pub call: NativeCall,
    /// On what.
    pub binding: Binding,
}

impl NativeDef {
    /// A method or a module's function.
    pub const fn new(
        name: &'static str,
        signature: &'static str,
        doc: &'static str,
        call: NativeCall,
    ) -> Self {
        Self { name, signature, doc, call, binding: Binding::Instance }
    }

    /// The same as a class method.
    #[must_use]
    pub const fn class_method(mut self) -> Self {
        self.binding = Binding::Class;
        self
    }

    /// The same as a static method.
    #[must_use]
    pub const fn static_method(mut self) -> Self {
        self.binding = Binding::Static;
        self
    }

    /// `__text_signature__`: one that is not given follows from how the function is called. Empty if there is none.
    pub(crate) fn text_signature(&self) -> &'static str {
        if !self.signature.is_empty() {
            return self.signature;
        }
        match (self.call, self.binding) {
            (NativeCall::NoArgs(_), Binding::Instance) => "($self, /)",
            (NativeCall::NoArgs(_), Binding::Class) => "($type, /)",
            (NativeCall::NoArgs(_), Binding::Static) => "()",
            (NativeCall::One(_), Binding::Instance) => "($self, object, /)",
            (NativeCall::One(_), Binding::Class) => "($type, object, /)",
            (NativeCall::One(_), Binding::Static) => "(object, /)",
            (NativeCall::Full(_) | NativeCall::Positional(..), _) => "",
        }
    }

    /// Calls the function on `receiver`.
    #[inline(always)]
    pub fn invoke(&self, vm: &Vm, receiver: &Obj, args: Args<'_>) -> PyResult {
        match self.call {
            NativeCall::Full(function) => function(vm, receiver, args),
            NativeCall::NoArgs(function) => {
                if !args.is_empty() {
                    return Err(self.wrong_count(vm, receiver, args, "no arguments"));
                }
                function(vm, receiver)
            }
            NativeCall::One(function) => match (args.all(), args.names()) {
                ([argument], []) => function(vm, receiver, argument),
                _ => Err(self.wrong_count(vm, receiver, args, "exactly one argument")),
            },
            NativeCall::Positional(min, max, function) => {
                if !args.names().is_empty() {
                    return Err(self.no_keywords(vm, receiver));
                }
                check_count(vm, self.name, args.all().len(), min.into(), max.into())?;
                function(vm, receiver, args.all())
            }
        }
    }

    #[cold]
    fn wrong_count(&self, vm: &Vm, receiver: &Obj, args: Args<'_>, wanted: &str) -> crate::errors::Exc {
        if !args.names().is_empty() {
            return self.no_keywords(vm, receiver);
        }
        vm.type_error(format!("{}() takes {wanted} ({} given)", self.qualified(receiver), args.all().len()))
    }

    #[cold]
    fn no_keywords(&self, vm: &Vm, receiver: &Obj) -> crate::errors::Exc {
        vm.type_error(format!("{}() takes no keyword arguments", self.qualified(receiver)))
    }

    /// The name with the type's, as CPython's messages have it.
    fn qualified(&self, receiver: &Obj) -> String {
        match self.binding {
            Binding::Instance if receiver.is_exact(&types::MODULE) => {
                match crate::module::Module::name_of(receiver) {
                    Some(module) if module != "builtins" => format!("{module}.{}", self.name),
                    _ => self.name.to_owned(),
                }
            }
            Binding::Instance => format!("{}.{}", receiver.ty().name(), self.name),
            Binding::Class => match receiver.downcast::<super::TypeData>() {
                Some(class) => format!("{}.{}", class.name(), self.name),
                None => self.name.to_owned(),
            },
            Binding::Static => self.name.to_owned(),
        }
    }
}

/// Reads a property.
pub type Getter = fn(&Vm, &Obj) -> PyResult;
/// Sets a property; deletes it without a value.
pub type Setter = fn(&Vm, &Obj, Option<&Obj>) -> PyResult<()>;

/// A computed attribute of a builtin type: a getset or member descriptor.
pub struct Property {
    /// Its name in Python.
    pub name: &'static str,
    /// `__doc__`
    pub doc: &'static str,
    /// Reads it.
    pub get: Getter,
    /// Sets or deletes it, if it can be.
    pub set: Option<Setter>,
    /// Whether Python shows it as a `member_descriptor` instead of a `getset_descriptor`.
    pub member: bool,
}

impl Property {
    /// A read-only property.
    pub const fn new(name: &'static str, doc: &'static str, get: Getter) -> Self {
        Self { name, doc, get, set: None, member: false }
    }

    /// The same with a setter.
    #[must_use]
    pub const fn with_setter(mut self, set: Setter) -> Self {
        self.set = Some(set);
        self
    }

    /// The same, shown as a member.
    #[must_use]
    pub const fn member(mut self) -> Self {
        self.member = true;
        self
    }
}

/// Completes a static type. The order of the calls is free; `ready` comes last.
pub struct TypeBuilder<'a> {
    vm: &'a Vm,
    ty: &'static TypeObject,
    dict: crate::object::Ref<Dict>,
    base: &'static TypeObject,
}

impl<'a> TypeBuilder<'a> {
    /// Begins with a type without anything but its name.
    pub fn new(vm: &'a Vm, ty: &'static TypeObject) -> Self {
        Self { vm, ty, dict: Dict::new(), base: &types::OBJECT }
    }

    /// The type.
    pub(crate) fn type_object(&self) -> &'static TypeObject {
        self.ty
    }

    /// The docstring.
    #[must_use]
    pub fn doc(self, doc: &'static str) -> Self {
        self.ty.set_native_doc(doc);
        self
    }

    /// The module, where it is not `builtins`.
    #[must_use]
    pub fn module(self, module: &'static str) -> Self {
        self.ty.set_native_module(module);
        self
    }

    /// The base, where it is not `object`. It must be ready.
    #[must_use]
    pub fn base(mut self, base: &'static TypeObject) -> Self {
        self.base = base;
        self
    }

    /// Sets flags.
    #[must_use]
    pub fn flags(self, flags: TypeFlags) -> Self {
        for flag in flags.iter() {
            self.ty.set_flag(flag, true);
        }
        self
    }

    /// Attributes can be set from Python.
    #[must_use]
    pub fn mutable(self) -> Self {
        self.ty.set_flag(TypeFlags::IMMUTABLE, false);
        self
    }

    /// Fills slots.
    #[must_use]
    pub fn slots(self, fill: impl FnOnce(&super::Slots)) -> Self {
        fill(&self.ty.slots);
        self
    }

    /// Adds methods.
    #[must_use]
    pub fn methods(self, methods: &'static [NativeDef]) -> Self {
        for def in methods {
            let descriptor = MethodDescriptor::make(self.vm, def, self.ty);
            self.put(def.name, descriptor);
        }
        self
    }

    /// Adds computed attributes.
    #[must_use]
    pub fn properties(self, properties: &'static [Property]) -> Self {
        for property in properties {
            let descriptor = GetSet::make(property, self.ty);
            self.put(property.name, descriptor);
        }
        self
    }

    /// Adds a class attribute.
    #[must_use]
    pub fn attribute(self, name: &'static str, value: Obj) -> Self {
        self.put(name, value);
        self
    }

    fn put(&self, name: &'static str, value: Obj) {
        // Exact strs compare without Python code, so this can't raise.
        let _ = self.dict.set_str(self.vm, &self.vm.intern(name), value);
    }

    /// Inherits from the base and makes the type usable.
    pub fn ready(self) {
        let Self { vm, ty, dict, base } = self;
        let is_object = std::ptr::eq(ty, &types::OBJECT);
        let comparable = ty.slots.richcompare.get().is_some();
        if comparable && ty.slots.hash.get().is_none() {
            ty.slots.hash.set(Some(crate::ops::unhashable));
            let _ = dict.set_str(vm, &vm.names().__hash__, vm.none());
        }
        let dict = slotdefs::with_wrappers(vm, ty, &dict);
        ty.set_dict(dict.clone());
        if dict.get_str(vm, &vm.names().__doc__).ok().flatten().is_none() {
            let doc =
                if ty.native_doc().is_empty() { vm.none() } else { Str::new(ty.native_doc()).into_obj() };
            let _ = dict.set_str(vm, &vm.names().__doc__, doc);
        }
        // As in CPython, `object`'s `__new__` is not for builtin types.
        let makes_instances = !ty.has(TypeFlags::DISALLOW_INSTANTIATION)
            && (ty.slots.new.get().is_some()
                || !ty.has(TypeFlags::IMMUTABLE)
                || !std::ptr::eq(base, &raw const types::OBJECT));
        let mut mro = vec![ty.to_obj()];
        if !is_object {
            ty.set_base(base.to_ref());
            ty.set_bases(Tuple::new(vec![base.to_obj()]));
            ty.slots.inherit(&base.slots);
            if !makes_instances {
                ty.slots.new.set(None);
                ty.set_flag(TypeFlags::DISALLOW_INSTANTIATION, true);
            }
            for flag in [
                TypeFlags::SEQUENCE,
                TypeFlags::MAPPING,
                TypeFlags::MATCH_SELF,
                TypeFlags::EXCEPTION,
                TypeFlags::WEAKREFABLE,
                TypeFlags::TYPE_SUBCLASS,
            ] {
                if base.has(flag) {
                    ty.set_flag(flag, true);
                }
            }
            if ty.dict_offset() == 0 && base.dict_offset() != 0 {
                ty.set_dict_offset(base.dict_offset());
                ty.set_instance_size(base.instance_size());
            }
            mro.extend(base.mro_slice().iter().cloned());
            base.add_subclass(ty);
        } else {
            ty.set_bases(vm.empty_tuple());
        }
        if ty
            .slots
            .getattro
            .get()
            .is_some_and(|get| get as usize == super::attributes::object_getattro as *const () as usize)
            && ty
                .slots
                .setattro
                .get()
                .is_some_and(|set| set as usize == super::attributes::object_setattro as *const () as usize)
        {
            ty.set_flag(TypeFlags::PLAIN_ATTRIBUTES, true);
        }
        ty.set_mro(Tuple::new(mro));
        ty.set_flag(TypeFlags::READY, true);
    }

    /// Gives instances of a builtin type a `__dict__`. Before `ready`.
    #[must_use]
    pub fn with_dict(self) -> Self {
        let size = self.ty.instance_size();
        self.ty.set_dict_offset(size as i32);
        self.ty.set_instance_size(size + 8);
        self
    }
}
