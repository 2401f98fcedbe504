//! `_abc`: abstract base classes: registered classes, and what was found of others. CPython: Modules/_abc.c.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::builtins::{WEAKREF, builtin_type};
use crate::errors::PyResult;
use crate::module::{Module, NativeModule};
use crate::number::Int;
use crate::object::weak::{WeakRef, find_plain};
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::set::Set;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeData, TypeFlags, TypeObject};
use crate::vm::Vm;

/// Changes with every registration: what was found to be no subclass may be one then.
static REGISTRATIONS: AtomicU64 = AtomicU64::new(0);

/// `_abc._abc_data`: what an abstract base class keeps. The sets hold weak references.
pub(crate) struct AbcData {
    registry: Ref<Set>,
    cache: Ref<Set>,
    negative: Ref<Set>,
    /// The number of registrations that the negative cache belongs to.
    version: Cell<u64>,
}

impl Payload for AbcData {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &ABC_DATA
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for set in [&self.registry, &self.cache, &self.negative] {
            visitor.visit(set.as_obj());
        }
    }
}

builtin_type!(/** `_abc._abc_data` */ ABC_DATA, "_abc_data", AbcData);

fn data(vm: &Vm, class: &Obj) -> PyResult<Ref<AbcData>> {
    let data = vm.getattr(class, &vm.names()._abc_impl)?;
    data.into_ref::<AbcData>().map_err(|_| vm.type_error("_abc_impl is set to a wrong type"))
}

/// The weak reference that stands for an object in the sets.
fn weak(object: &Obj) -> Option<Ref<WeakRef>> {
    find_plain(object, &WEAKREF).or_else(|| WeakRef::new(&WEAKREF, object, None))
}

fn holds(vm: &Vm, set: &Ref<Set>, object: &Obj) -> PyResult<bool> {
    if set.is_empty() {
        return Ok(false);
    }
    match find_plain(object, &WEAKREF) {
        Some(reference) => set.contains(vm, reference.as_obj()),
        None => Ok(false),
    }
}

fn add(vm: &Vm, set: &Ref<Set>, object: &Obj) -> PyResult<()> {
    let Some(reference) = weak(object) else {
        return Err(vm.type_error(format!("cannot create weak reference to '{}' object", object.ty().name())));
    };
    if set.len() >= 8 && set.len().is_power_of_two() {
        for entry in set.elements() {
            if entry.downcast::<WeakRef>().is_some_and(|entry| entry.get().is_none()) {
                set.remove(vm, &entry)?;
            }
        }
    }
    set.add(vm, reference.as_obj())?;
    Ok(())
}

fn is_abstract(vm: &Vm, value: &Obj) -> PyResult<bool> {
    match vm.find_attr(value, &vm.names().__isabstractmethod__)? {
        Some(flag) => vm.is_true(&flag),
        None => Ok(false),
    }
}

/// The names of methods that are abstract in the class.
fn abstract_methods(vm: &Vm, class: &Obj) -> PyResult<Ref<Set>> {
    let abstracts = Set::new_in(&crate::builtins::FROZENSET);
    if let Some(dict) = class.downcast::<TypeData>().and_then(|ty| ty.dict()) {
        for (name, value) in dict.items() {
            if is_abstract(vm, &value)? {
                abstracts.add(vm, &name)?;
            }
        }
    }
    let bases = vm.getattr(class, &vm.names().__bases__)?;
    for base in vm.collect(&bases)? {
        let Some(inherited) = vm.find_attr(&base, &vm.intern("__abstractmethods__"))? else { continue };
        for name in vm.collect(&inherited)? {
            let Some(text) = name.downcast::<Str>() else { continue };
            if let Some(value) = vm.find_attr(class, text)?
                && is_abstract(vm, &value)?
            {
                abstracts.add(vm, &name)?;
            }
        }
    }
    Ok(abstracts)
}

/// Both bits of `__abc_tpflags__`.
const COLLECTION: i64 = 1 << 5 | 1 << 6;

fn abc_init(vm: &Vm, _: &Obj, class: &Obj) -> PyResult {
    let abstracts = abstract_methods(vm, class)?;
    vm.setattr(class, &vm.intern("__abstractmethods__"), abstracts.as_obj())?;
    let data = Ref::new(AbcData {
        registry: Set::new(),
        cache: Set::new(),
        negative: Set::new(),
        version: Cell::new(REGISTRATIONS.load(Ordering::Relaxed)),
    });
    vm.setattr(class, &vm.names()._abc_impl, data.as_obj())?;
    // What kind of collection a class is stands in its body: of interest to patterns.
    let flags = vm.intern("__abc_tpflags__");
    if let Some(ty) = class.downcast::<TypeData>()
        && let Some(dict) = ty.dict()
        && let Some(bits) = dict.remove_str(vm, &flags)?.and_then(|bits| bits.as_i64())
    {
        if bits & COLLECTION == COLLECTION {
            return Err(
                vm.type_error("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING")
            );
        }
        ty.set_flag(TypeFlags::SEQUENCE, bits & 1 << 5 != 0);
        ty.set_flag(TypeFlags::MAPPING, bits & 1 << 6 != 0);
        ty.modified();
    }
    Ok(vm.none())
}

/// Makes a class, and those that derive from it, the kind of collection that `like` is.
fn set_collection(class: &TypeObject, like: &TypeObject) {
    for flag in [TypeFlags::SEQUENCE, TypeFlags::MAPPING] {
        class.set_flag(flag, like.has(flag));
    }
    for subclass in class.subclass_refs() {
        set_collection(&subclass, like);
    }
}

fn register(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (class, subclass) = (&args[0], &args[1]);
    let Some(subtype) = subclass.downcast::<TypeData>() else {
        return Err(vm.type_error("Can only register classes"));
    };
    if vm.is_subclass(subclass, class)? {
        return Ok(subclass.clone());
    }
    if vm.is_subclass(class, subclass)? {
        return Err(vm.runtime_error("Refusing to create an inheritance cycle"));
    }
    add(vm, &data(vm, class)?.registry, subclass)?;
    REGISTRATIONS.fetch_add(1, Ordering::Relaxed);
    if let Some(ty) = class.downcast::<TypeData>()
        && (ty.has(TypeFlags::SEQUENCE) || ty.has(TypeFlags::MAPPING))
        && !subtype.has(TypeFlags::IMMUTABLE)
    {
        set_collection(subtype, ty);
    }
    Ok(subclass.clone())
}

fn instancecheck(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (class, instance) = (&args[0], &args[1]);
    let data = data(vm, class)?;
    let claimed = vm.getattr(instance, &vm.names().__class__)?;
    if holds(vm, &data.cache, &claimed)? {
        return Ok(vm.bool(true));
    }
    let check = vm.intern("__subclasscheck__");
    let real = instance.ty().to_obj();
    if real.is(&claimed) {
        if data.version.get() == REGISTRATIONS.load(Ordering::Relaxed) && holds(vm, &data.negative, &claimed)?
        {
            return Ok(vm.bool(false));
        }
        return vm.call_method(class, &check, &[claimed]);
    }
    let result = vm.call_method(class, &check, &[claimed])?;
    if vm.is_true(&result)? {
        return Ok(result);
    }
    vm.call_method(class, &check, &[real])
}

fn subclasscheck(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (class, subclass) = (&args[0], &args[1]);
    if subclass.downcast::<TypeData>().is_none() {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    }
    let data = data(vm, class)?;
    if holds(vm, &data.cache, subclass)? {
        return Ok(vm.bool(true));
    }
    let now = REGISTRATIONS.load(Ordering::Relaxed);
    if data.version.get() < now {
        for entry in data.negative.elements() {
            data.negative.remove(vm, &entry)?;
        }
        data.version.set(now);
    } else if holds(vm, &data.negative, subclass)? {
        return Ok(vm.bool(false));
    }
    let found = is_subclass(vm, class, subclass, &data)?;
    add(vm, if found { &data.cache } else { &data.negative }, subclass)?;
    Ok(vm.bool(found))
}

fn is_subclass(vm: &Vm, class: &Obj, subclass: &Obj, data: &AbcData) -> PyResult<bool> {
    let answer = vm.call_method(class, &vm.names().__subclasshook__, std::slice::from_ref(subclass))?;
    if answer.is(&vm.bool(true)) || answer.is(&vm.bool(false)) {
        return vm.is_true(&answer);
    }
    if !vm.is_not_implemented(&answer) {
        return Err(vm.assertion_error("__subclasshook__ must return either False, True, or NotImplemented"));
    }
    if let (Some(ty), Some(subtype)) = (class.downcast::<TypeData>(), subclass.downcast::<TypeData>())
        && subtype.is_subtype_of(ty)
    {
        return Ok(true);
    }
    for entry in data.registry.elements() {
        if let Some(registered) = entry.downcast::<WeakRef>().and_then(|entry| entry.get())
            && vm.is_subclass(subclass, &registered)?
        {
            return Ok(true);
        }
    }
    let subclasses = vm.call_method_named(class, "__subclasses__", &[])?;
    for derived in vm.collect(&subclasses)? {
        if vm.is_subclass(subclass, &derived)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn empty(vm: &Vm, set: &Ref<Set>) -> PyResult<()> {
    for entry in set.elements() {
        set.remove(vm, &entry)?;
    }
    Ok(())
}

fn reset_registry(vm: &Vm, _: &Obj, class: &Obj) -> PyResult {
    empty(vm, &data(vm, class)?.registry)?;
    Ok(vm.none())
}

fn reset_caches(vm: &Vm, _: &Obj, class: &Obj) -> PyResult {
    let data = data(vm, class)?;
    empty(vm, &data.cache)?;
    empty(vm, &data.negative)?;
    Ok(vm.none())
}

fn get_dump(vm: &Vm, _: &Obj, class: &Obj) -> PyResult {
    let data = data(vm, class)?;
    let mut parts = Vec::new();
    for set in [&data.registry, &data.cache, &data.negative] {
        let copy = Set::new();
        for entry in set.elements() {
            copy.add(vm, &entry)?;
        }
        parts.push(copy.into_obj());
    }
    parts.push(Int::from_u64(data.version.get()));
    Ok(Tuple::new(parts).into_obj())
}

fn cache_token(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_u64(REGISTRATIONS.load(Ordering::Relaxed)))
}

fn fill(_: &Vm, _: &Ref<Module>) -> PyResult<()> {
    Ok(())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &ABC_DATA).module("_abc").flags(TypeFlags::DISALLOW_INSTANTIATION).ready();
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_abc",
    doc: "What the module abc does in native code.",
    functions: &[
        NativeDef::new("_abc_init", "($module, self, /)", "Prepare a new class.", NativeCall::One(abc_init)),
        NativeDef::new(
            "_abc_instancecheck",
            "($module, self, instance, /)",
            "isinstance() of an abstract class.",
            NativeCall::Positional(2, 2, instancecheck),
        ),
        NativeDef::new(
            "_abc_register",
            "($module, self, subclass, /)",
            "Register a class as a subclass.",
            NativeCall::Positional(2, 2, register),
        ),
        NativeDef::new(
            "_abc_subclasscheck",
            "($module, self, subclass, /)",
            "issubclass() of an abstract class.",
            NativeCall::Positional(2, 2, subclasscheck),
        ),
        NativeDef::new("_get_dump", "($module, self, /)", "What the class keeps.", NativeCall::One(get_dump)),
        NativeDef::new(
            "_reset_caches",
            "($module, self, /)",
            "Forget what was found.",
            NativeCall::One(reset_caches),
        ),
        NativeDef::new(
            "_reset_registry",
            "($module, self, /)",
            "Forget what was registered.",
            NativeCall::One(reset_registry),
        ),
        NativeDef::new(
            "get_cache_token",
            "($module, /)",
            "A number that changes with every registration.",
            NativeCall::NoArgs(cache_token),
        ),
    ],
    fill,
};
