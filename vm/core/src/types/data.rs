//! The type object: what it holds, and where its instances keep things.
//!
//! ```text
//! an instance of a class with fixed-size payload
//! ├ header 16 ┼ payload of the solid base ┼ dict word 8 ┼ inline values 8 × capacity ┼ __slots__ 8 × n ┤
//!                                         └ dict_offset
//! an instance of a subclass of tuple, str, bytes (items follow the payload)
//! ├ (8) ┼ __slots__ and dict word, 8 × n ┼ header 16 ┼ payload, items …
//! ```
//! The dict word is a small int while attributes are inline (how far they are filled: the index behind the
//! last one set), the dictionary once somebody asked for it, or NULL where there are no inline values and no
//! dictionary yet. Classes of classes with attributes repeat the words: a subclass's `__slots__` follow its
//! base's words.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]

use std::cell::{Cell, UnsafeCell};

use bitflags::bitflags;

use super::shared_keys::SharedKeys;
use super::slots::Slots;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::object::value::Value;
use crate::object::{Native, Obj, ObjCell, Object, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::vm::Vm;

bitflags! {
    /// What a type is and allows.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct TypeFlags: u32 {
        /// Made while running (a class statement), counted and collected.
        const HEAP = 1;
        /// Subclasses are allowed.
        const BASETYPE = 1 << 1;
        /// Attributes can't be set from Python.
        const IMMUTABLE = 1 << 2;
        /// Abstract methods are left: no instances.
        const ABSTRACT = 1 << 3;
        /// Instances can be referred to weakly.
        const WEAKREFABLE = 1 << 4;
        /// Matches a sequence pattern.
        const SEQUENCE = 1 << 5;
        /// Matches a mapping pattern.
        const MAPPING = 1 << 6;
        /// A `match` class pattern with one positional subpattern binds the subject itself.
        const MATCH_SELF = 1 << 7;
        /// Calling the type makes no instance.
        const DISALLOW_INSTANTIATION = 1 << 8;
        /// The payload has items behind it.
        const VAR_SIZED = 1 << 9;
        /// `method(self, ...)` on an instance needs no bound method: functions and their like.
        const METHOD_DESCRIPTOR = 1 << 10;
        /// Instances refer to nothing, and are freed without ceremony.
        const LEAF = 1 << 11;
        /// The type is complete.
        const READY = 1 << 12;
        /// `__getattribute__` and `__setattr__` are object's.
        const PLAIN_ATTRIBUTES = 1 << 13;
        /// Instances have inline values.
        const INLINE_VALUES = 1 << 14;
        /// A subclass of BaseException.
        const EXCEPTION = 1 << 15;
        /// A subclass of type.
        const TYPE_SUBCLASS = 1 << 16;
        /// The class body defined `__slots__`, which may leave out a dictionary.
        const HAS_SLOTS = 1 << 17;
        /// Has no version, ever: its MRO has classes that don't know of it.
        const NEVER_CACHED = 1 << 18;
    }
}

/// A type object.
pub type TypeObject = Object<TypeData>;

/// The payload of a type object.
pub struct TypeData {
    /// Changes whenever an attribute lookup on the type may have another result; 0: none given yet.
    version: Cell<u32>,
    flags: Cell<TypeFlags>,
    instance_size: Cell<u32>,
    /// Where an instance's dict word is, from the header: positive behind the payload, -8 before the header,
    /// 0 if there is none.
    dict_offset: Cell<i32>,
    /// How many words the class's own `__slots__` take.
    slot_words: Cell<u32>,
    /// How many words lie before the header.
    prefix_words: Cell<u32>,
    solid_base: Cell<*const TypeObject>,
    native: &'static Native,
    /// The slots.
    pub slots: Slots,
    pub(crate) keys: SharedKeys,
    name: Cell<&'static str>,
    module: Cell<&'static str>,
    doc: Cell<&'static str>,
    /// For classes made while running.
    heap_name: ObjCell,
    heap_qualname: ObjCell,
    base: ObjCell,
    bases: ObjCell,
    mro: ObjCell,
    dict: ObjCell,
    /// The subclasses, by address; each takes itself off when it goes.
    subclasses: UnsafeCell<Vec<*const TypeObject>>,
}

impl TypeData {
    const fn with(
        native: &'static Native,
        name: &'static str,
        solid: *const TypeObject,
        flags: TypeFlags,
    ) -> Self {
        Self {
            version: Cell::new(0),
            flags: Cell::new(flags),
            instance_size: Cell::new(native.size as u32),
            dict_offset: Cell::new(0),
            slot_words: Cell::new(0),
            prefix_words: Cell::new(0),
            solid_base: Cell::new(solid),
            native,
            slots: Slots::EMPTY,
            keys: SharedKeys::EMPTY,
            name: Cell::new(name),
            module: Cell::new("builtins"),
            doc: Cell::new(""),
            heap_name: ObjCell::empty(),
            heap_qualname: ObjCell::empty(),
            base: ObjCell::empty(),
            bases: ObjCell::empty(),
            mro: ObjCell::empty(),
            dict: ObjCell::empty(),
            subclasses: UnsafeCell::new(Vec::new()),
        }
    }

    /// A builtin type that defines a payload: `place` is the static it is stored in.
    pub const fn builtin(
        native: &'static Native,
        name: &'static str,
        place: *const TypeObject,
    ) -> TypeObject {
        Object::immortal(
            &raw const crate::builtins::TYPE,
            Self::with(native, name, place, TypeFlags::IMMUTABLE),
        )
    }

    /// A builtin type with the payload of another one, `solid`.
    pub const fn builtin_on(
        native: &'static Native,
        name: &'static str,
        solid: *const TypeObject,
    ) -> TypeObject {
        Object::immortal(
            &raw const crate::builtins::TYPE,
            Self::with(native, name, solid, TypeFlags::IMMUTABLE),
        )
    }

    /// A class made while running, not ready yet, with the payload of `base`'s solid base.
    pub(crate) fn heap(base: &TypeObject, name: Ref<Str>, qualname: Ref<Str>) -> Self {
        let new = Self::with(base.native, "", base.solid_base.get(), TypeFlags::HEAP | TypeFlags::BASETYPE);
        new.heap_name.set(name.into_obj());
        new.heap_qualname.set(qualname.into_obj());
        new.instance_size.set(base.instance_size.get());
        new.dict_offset.set(base.dict_offset.get());
        new.prefix_words.set(base.prefix_words.get());
        new.base.set(base.to_obj());
        new
    }

    /// Whether `flag` is set.
    #[inline(always)]
    pub fn has(&self, flag: TypeFlags) -> bool {
        self.flags.get().contains(flag)
    }

    /// All flags.
    pub fn flags(&self) -> TypeFlags {
        self.flags.get()
    }

    /// Sets or clears a flag.
    pub(crate) fn set_flag(&self, flag: TypeFlags, on: bool) {
        let mut flags = self.flags.get();
        flags.set(flag, on);
        self.flags.set(flags);
    }

    /// Made while running.
    #[inline(always)]
    pub fn is_heap(&self) -> bool {
        self.has(TypeFlags::HEAP)
    }

    #[inline(always)]
    pub(crate) fn is_leaf(&self) -> bool {
        self.has(TypeFlags::LEAF)
    }

    pub(crate) fn is_weakrefable(&self) -> bool {
        self.has(TypeFlags::WEAKREFABLE)
    }

    #[inline(always)]
    pub(crate) fn native(&self) -> &'static Native {
        self.native
    }

    /// The builtin type that says what instances have as payload.
    #[inline(always)]
    pub(crate) fn solid_base(&self) -> *const TypeObject {
        self.solid_base.get()
    }

    /// Bytes of an instance, header included; without items.
    #[inline(always)]
    pub(crate) fn instance_size(&self) -> usize {
        self.instance_size.get() as usize
    }

    pub(crate) fn set_instance_size(&self, size: usize) {
        self.instance_size.set(size as u32);
    }

    /// How many words the class's own `__slots__` take.
    pub(crate) fn slot_words(&self) -> usize {
        self.slot_words.get() as usize
    }

    pub(crate) fn set_slot_words(&self, words: usize) {
        self.slot_words.set(words as u32);
    }

    /// Where the dict word is; 0 if there is none.
    #[inline(always)]
    pub(crate) fn dict_offset(&self) -> i32 {
        self.dict_offset.get()
    }

    pub(crate) fn set_dict_offset(&self, offset: i32) {
        self.dict_offset.set(offset);
        if offset < 0 {
            self.set_prefix_words(self.prefix_words().max(offset.unsigned_abs() as usize / 8));
        }
    }

    /// Where the dict word is, if inline values follow it.
    pub(crate) fn inline_dict_offset(&self) -> Option<usize> {
        self.has(TypeFlags::INLINE_VALUES).then(|| self.dict_offset.get() as usize)
    }

    /// Bytes before the header.
    #[inline(always)]
    pub(crate) fn prefix_size(&self) -> usize {
        8 * self.prefix_words().next_multiple_of(2)
    }

    /// How many words for objects lie before the header: those of `__slots__`, and for the dict.
    #[inline(always)]
    pub(crate) fn prefix_words(&self) -> usize {
        self.prefix_words.get() as usize
    }

    pub(crate) fn set_prefix_words(&self, words: usize) {
        self.prefix_words.set(words as u32);
    }

    /// The type's name, without module: `__name__`.
    pub fn name(&self) -> String {
        match self.heap_name.get_as::<Str>() {
            Some(name) => name.to_string_lossy().into_owned(),
            None => self.name.get().to_owned(),
        }
    }

    /// The name as most of CPython's messages have it (`tp_name`): a builtin type's with its module.
    pub fn tp_name(&self) -> String {
        if self.is_heap() || self.module.get() == "builtins" {
            self.name()
        } else {
            format!("{}.{}", self.module.get(), self.name.get())
        }
    }

    /// `__name__` as an object.
    pub fn name_obj(&self, vm: &Vm) -> Ref<Str> {
        self.heap_name.get_as::<Str>().unwrap_or_else(|| vm.intern(self.name.get()))
    }

    /// `__qualname__` as an object.
    pub fn qualname_obj(&self, vm: &Vm) -> Ref<Str> {
        self.heap_qualname.get_as::<Str>().unwrap_or_else(|| vm.intern(self.name.get()))
    }

    pub(crate) fn set_name(&self, name: Ref<Str>) {
        self.heap_name.set(name.into_obj());
    }

    pub(crate) fn set_qualname(&self, name: Ref<Str>) {
        self.heap_qualname.set(name.into_obj());
    }

    /// The module of a builtin type.
    pub fn native_module(&self) -> &'static str {
        self.module.get()
    }

    pub(crate) fn set_native_module(&self, module: &'static str) {
        self.module.set(module);
    }

    /// The docstring of a builtin type.
    pub fn native_doc(&self) -> &'static str {
        self.doc.get()
    }

    pub(crate) fn set_native_doc(&self, doc: &'static str) {
        self.doc.set(doc);
    }

    /// `__base__`
    pub fn base(&self) -> Option<Ref<TypeData>> {
        self.base.get_as()
    }

    pub(crate) fn set_base(&self, base: Ref<TypeData>) {
        self.base.set(base.into_obj());
    }

    /// `__bases__`
    pub fn bases(&self) -> Option<Ref<Tuple>> {
        self.bases.get_as()
    }

    pub(crate) fn set_bases(&self, bases: Ref<Tuple>) {
        self.bases.set(bases.into_obj());
    }

    /// `__mro__`: the type and its bases, in the order in which attributes are looked for.
    pub fn mro(&self) -> Option<Ref<Tuple>> {
        self.mro.get_as()
    }

    pub(crate) fn set_mro(&self, mro: Ref<Tuple>) {
        self.mro.set(mro.into_obj());
    }

    /// A look at the MRO that must end before anything can change it.
    #[inline]
    pub(crate) fn mro_slice(&self) -> &[Obj] {
        match self.mro.peek().and_then(|mro| mro.downcast::<Tuple>()) {
            // The type holds the tuple.
            Some(mro) => mro.items(),
            None => &[],
        }
    }

    /// The type's own attributes.
    pub fn dict(&self) -> Option<Ref<Dict>> {
        self.dict.get_as()
    }

    #[inline]
    pub(crate) fn dict_peek(&self) -> Option<&Ref<Dict>> {
        self.dict.peek().and_then(|dict| dict.downcast::<Dict>())
    }

    pub(crate) fn set_dict(&self, dict: Ref<Dict>) {
        self.dict.set(dict.into_obj());
    }

    /// Whether there is something to call before an instance goes.
    #[inline(always)]
    pub(crate) fn has_finalizer(&self) -> bool {
        self.slots.finalize.get().is_some()
    }

    /// Calls the finalizer for the instance that `value` means.
    pub(crate) fn finalize(&self, value: Value) {
        if let Some(finalize) = self.slots.finalize.get() {
            let object = Obj::from_value(value);
            finalize(Vm::current(), &object);
        }
    }

    /// The version as caches check it; 0 while there is none.
    #[inline(always)]
    pub(crate) fn version(&self) -> u32 {
        self.version.get()
    }

    /// The version, given now if there was none.
    pub(crate) fn assign_version(&self) -> u32 {
        if self.version.get() == 0 && !self.has(TypeFlags::NEVER_CACHED) {
            self.version.set(crate::vm::Interp::get().next_type_version());
        }
        self.version.get()
    }

    /// Everything cached about the type and its subclasses is void.
    pub fn modified(&self) {
        let mut open: Vec<*const TypeObject> = Vec::new();
        self.version.set(0);
        open.extend(self.subclasses());
        while let Some(subclass) = open.pop() {
            // SAFETY: a subclass takes itself off the list before it goes.
            let subclass = unsafe { &*subclass };
            subclass.version.set(0);
            open.extend(subclass.subclasses());
        }
    }

    /// The subclasses' addresses.
    fn subclasses(&self) -> &[*const TypeObject] {
        // SAFETY: the lock is held; nothing is added or removed while a caller looks.
        unsafe { &*self.subclasses.get() }
    }

    /// The direct subclasses, in the order in which they were made.
    pub fn subclass_refs(&self) -> Vec<Ref<TypeData>> {
        // SAFETY: a subclass takes itself off the list before it goes.
        self.subclasses().iter().map(|&subclass| unsafe { (*subclass).to_ref() }).collect()
    }

    pub(crate) fn add_subclass(&self, subclass: &TypeObject) {
        // SAFETY: the lock is held.
        unsafe { (*self.subclasses.get()).push(subclass) };
    }

    pub(crate) fn remove_subclass(&self, subclass: &TypeObject) {
        // SAFETY: the lock is held.
        unsafe { (*self.subclasses.get()).retain(|&other| !std::ptr::eq(other, subclass)) };
    }
}

impl TypeObject {
    /// Whether the type is `other` or derives from it, by the MRO.
    #[inline]
    pub fn is_subtype_of(&self, other: &Self) -> bool {
        if std::ptr::eq(self, other) {
            return true;
        }
        let mro = self.mro_slice();
        if mro.is_empty() {
            return self.has_base(other);
        }
        mro.iter().any(|ty| ty.header().is_some_and(|header| std::ptr::eq(header, other.header())))
    }

    /// [`Self::is_subtype_of`] where the type is not ready yet: by the bases alone.
    #[cold]
    #[inline(never)]
    fn has_base(&self, other: &Self) -> bool {
        let mut base = self.base();
        while let Some(ty) = base {
            if std::ptr::eq(&*ty, other) {
                return true;
            }
            base = ty.base();
        }
        std::ptr::eq(other, &crate::builtins::OBJECT)
    }

    /// Whether both are the same type.
    #[inline(always)]
    pub fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }

    /// A new instance holds a reference to its type.
    #[inline(always)]
    pub(crate) fn count_instance(&self) {
        if self.is_heap() {
            self.header().incref();
        }
    }

    /// Gives back an instance's reference to its type.
    ///
    /// # Safety
    /// `ty` is the type of an instance that is gone.
    #[inline(always)]
    pub(crate) unsafe fn release_instance(ty: *const Self) {
        // SAFETY: the instance's reference kept the type alive.
        unsafe {
            if (*ty).is_heap() {
                crate::object::obj::release((*ty).value());
            }
        }
    }

    /// The same without `__main__.` either. CPython: `PyType_GetFullyQualifiedName`.
    pub fn fully_qualified_name(&self, vm: &Vm) -> PyResult<String> {
        let name = self.display_name(vm)?;
        Ok(name.strip_prefix("__main__.").map(str::to_owned).unwrap_or(name))
    }

    /// The module's name and the qualified name, as error messages show a type: without `builtins.`.
    pub fn display_name(&self, vm: &Vm) -> PyResult<String> {
        let qualname = self.qualname_obj(vm).to_string_lossy().into_owned();
        if !self.is_heap() {
            let module = self.native_module();
            return Ok(if module == "builtins" { qualname } else { format!("{module}.{qualname}") });
        }
        let module = match self.dict_peek() {
            Some(dict) => dict.clone().get_str(vm, &vm.names().__module__)?,
            None => None,
        };
        match module
            .and_then(|module| module.downcast::<Str>().map(|module| module.to_string_lossy().into_owned()))
        {
            Some(module) if module != "builtins" => Ok(format!("{module}.{qualname}")),
            _ => Ok(qualname),
        }
    }
}

impl Payload for TypeData {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &crate::builtins::TYPE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for cell in [&self.base, &self.bases, &self.mro, &self.dict, &self.heap_name, &self.heap_qualname] {
            cell.traverse(visitor);
        }
    }

    fn clear(&self) {
        // Instances that are garbage too may still need base and layout: only the attributes go.
        self.modified();
        if let Some(dict) = self.dict() {
            dict.clear_now();
        }
        drop(self.mro.take());
    }

    fn before_drop(object: &Object<Self>) {
        if let Some(bases) = object.bases() {
            for base in bases.items() {
                if let Some(base) = base.downcast::<TypeData>() {
                    base.remove_subclass(object);
                }
            }
        }
    }
}
