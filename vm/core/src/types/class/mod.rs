//! Making a class: `type.__new__`, and what calling a class does.
//!
//! - `bases`: metaclass, `__base__`, MRO
//! - `layout`: `__slots__`, dictionary and inline values
//!
//! CPython: Objects/typeobject.c, `type_new` and what it calls.

pub(crate) mod bases;
pub(crate) mod layout;

use super::data::{TypeData, TypeFlags, TypeObject};
use super::slotdefs;
use crate::builtins as types;
use crate::call::Args;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::function::{CellObject, Function};
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::NewFn;
use crate::vm::Vm;

/// `type.__new__(meta, name, bases, namespace, **keywords)`
pub(crate) fn type_new(vm: &Vm, meta: &TypeObject, args: Args<'_>) -> PyResult {
    let (name, bases, namespace) = arguments(vm, args.positional())?;
    let mut meta = meta.to_ref();
    let bases = if bases.is_empty() {
        Tuple::new(vec![types::OBJECT.to_obj()])
    } else {
        for base in bases.items() {
            if base.downcast::<TypeData>().is_none()
                && vm.find_attr(base, &vm.names().__mro_entries__)?.is_some()
            {
                return Err(
                    vm.type_error("type() doesn't support MRO entry resolution; use types.new_class()")
                );
            }
        }
        let winner = bases::metaclass(vm, &meta, bases.items())?;
        if !winner.is(&meta) {
            let plain: NewFn = type_new;
            if let Some(new) = winner.slots.new.get().filter(|new| !std::ptr::fn_addr_eq(*new, plain)) {
                return new(vm, &winner, args);
            }
            meta = winner;
        }
        bases.clone()
    };
    let base = bases::best_base(vm, bases.items())?;
    let dict = if namespace.as_obj().is_exact(&types::DICT) {
        namespace.copy()
    } else {
        // A subclass may show its items in another order, or others.
        let dict = Dict::new();
        dict.merge(vm, namespace.as_obj(), true)?;
        dict
    };
    let class = make(vm, &meta, name, &bases, &base, &dict)?;
    set_names(vm, &class)?;
    init_subclass(vm, &class, args)?;
    Ok(class.into_obj())
}

/// The three positional arguments of `type.__new__`.
fn arguments<'a>(vm: &Vm, args: &'a [Obj]) -> PyResult<(&'a Ref<Str>, &'a Ref<Tuple>, &'a Ref<Dict>)> {
    let [name, bases, namespace] = args else {
        return Err(vm.type_error(format!("type.__new__() takes exactly 3 arguments ({} given)", args.len())));
    };
    let wrong = |place: u8, wanted: &str, object: &Obj| {
        vm.type_error(format!("type.__new__() argument {place} must be {wanted}, not {}", object.ty().name()))
    };
    let Some(name) = name.downcast::<Str>() else { return Err(wrong(1, "str", name)) };
    let Some(bases) = bases.downcast::<Tuple>() else { return Err(wrong(2, "tuple", bases)) };
    let Some(namespace) = namespace.downcast::<Dict>() else { return Err(wrong(3, "dict", namespace)) };
    Ok((name, bases, namespace))
}

/// Makes the class, all but for what the namespace's values and the bases do on hearing of it.
fn make(
    vm: &Vm,
    meta: &Ref<TypeData>,
    name: &Ref<Str>,
    bases: &Ref<Tuple>,
    base: &Ref<TypeData>,
    dict: &Ref<Dict>,
) -> PyResult<Ref<TypeData>> {
    check_name(vm, name)?;
    let plan = layout::plan(vm, base, bases.items(), dict, name)?;
    let qualname = take_qualname(vm, dict)?.unwrap_or_else(|| name.clone());
    let name =
        if name.as_obj().is_exact(&types::STR) { name.clone() } else { Str::from_wtf8(name.as_wtf8()) };
    let class = Ref::new_in(meta, TypeData::heap(base, name, qualname));
    class.set_dict(dict.clone());
    inherit_flags(&class, base);
    set_module(vm, dict)?;
    wrap_methods(vm, dict)?;
    class.set_bases(bases.clone());
    check_doc(vm, dict)?;
    set_class_cells(vm, &class, dict)?;
    let mro = bases::resolve_mro(vm, &class, bases.items())?;
    class.set_mro(Tuple::new(mro));
    layout::apply(vm, &class, base, dict, &plan)?;
    warn_of_keys(vm, &class, dict)?;
    let names = vm.names();
    if dict.get_str(vm, &names.__doc__)?.is_none() {
        dict.set_str(vm, &names.__doc__, vm.none())?;
    }
    if dict.get_str(vm, &names.__eq__)?.is_some() && dict.get_str(vm, &names.__hash__)?.is_none() {
        dict.set_str(vm, &names.__hash__, vm.none())?;
    }
    for class_base in bases.items().iter().filter_map(|base| base.downcast::<TypeData>()) {
        class_base.add_subclass(&class);
    }
    inherit_collection_flags(&class);
    class.set_flag(TypeFlags::READY, true);
    class.modified();
    if bases.len() == 1 && (**meta).is(&types::TYPE) {
        class.slots.inherit(&base.slots);
        slotdefs::update_own_slots(vm, &class);
    } else {
        slotdefs::update_all_slots(vm, &class);
    }
    Ok(class)
}

fn check_name(vm: &Vm, name: &Ref<Str>) -> PyResult<()> {
    if name.as_str().is_none() {
        vm.encode(name, "utf-8", "strict")?;
    }
    if name.as_bytes().contains(&0) {
        return Err(vm.value_error("type name must not contain null characters"));
    }
    Ok(())
}

/// A docstring must be a text that can be encoded.
fn check_doc(vm: &Vm, dict: &Ref<Dict>) -> PyResult<()> {
    if let Some(doc) = dict.get_str(vm, &vm.names().__doc__)?
        && let Some(doc) = doc.downcast::<Str>()
        && doc.as_str().is_none()
    {
        vm.encode(doc, "utf-8", "strict")?;
    }
    Ok(())
}

/// Warns of names that no attribute can have.
fn warn_of_keys(vm: &Vm, class: &Ref<TypeData>, dict: &Ref<Dict>) -> PyResult<()> {
    if dict.items().iter().all(|(key, _)| key.is_exact(&types::STR) || key.downcast::<Str>().is_some()) {
        return Ok(());
    }
    let message = format!("non-string key in the __dict__ of class {}", class.name());
    vm.warn(&types::RUNTIME_WARNING, &message, 1)
}

fn take_qualname(vm: &Vm, dict: &Ref<Dict>) -> PyResult<Option<Ref<Str>>> {
    let Some(qualname) = dict.get_str(vm, &vm.names().__qualname__)? else { return Ok(None) };
    let Ok(text) = qualname.clone().into_ref::<Str>() else {
        return Err(vm.type_error(format!("type __qualname__ must be a str, not {}", qualname.ty().name())));
    };
    dict.remove_str(vm, &vm.names().__qualname__)?;
    Ok(Some(text))
}

/// Flags that come from `__base__`.
fn inherit_flags(class: &TypeObject, base: &TypeObject) {
    for flag in
        [TypeFlags::EXCEPTION, TypeFlags::WEAKREFABLE, TypeFlags::TYPE_SUBCLASS, TypeFlags::MATCH_SELF]
    {
        if base.has(flag) {
            class.set_flag(flag, true);
        }
    }
}

/// Which patterns instances match comes from the first class in the MRO that says so.
fn inherit_collection_flags(class: &TypeObject) {
    let collection = TypeFlags::SEQUENCE | TypeFlags::MAPPING;
    let found = class
        .mro_slice()
        .iter()
        .skip(1)
        .filter_map(|base| base.downcast::<TypeData>())
        .map(|base| base.flags() & collection)
        .find(|flags| !flags.is_empty());
    for flag in found.unwrap_or(TypeFlags::empty()).iter() {
        class.set_flag(flag, true);
    }
}

/// `__module__`: the name of the module whose code makes the class.
fn set_module(vm: &Vm, dict: &Ref<Dict>) -> PyResult<()> {
    let names = vm.names();
    if dict.get_str(vm, &names.__module__)?.is_none()
        && let Some(globals) = crate::eval::current_globals(vm)
        && let Some(module) = globals.get_str(vm, &names.__name__)?
    {
        dict.set_str(vm, &names.__module__, module)?;
    }
    Ok(())
}

/// `__new__` is a static method, `__init_subclass__` and `__class_getitem__` are class methods, also where they
/// are written as plain functions.
fn wrap_methods(vm: &Vm, dict: &Ref<Dict>) -> PyResult<()> {
    let names = vm.names();
    if let Some(function) = dict.get_str(vm, &names.__new__)?
        && function.is_exact(&types::FUNCTION)
    {
        dict.set_str(vm, &names.__new__, types::static_method(vm, function))?;
    }
    for name in [&names.__init_subclass__, &names.__class_getitem__] {
        if let Some(function) = dict.get_str(vm, name)?
            && function.downcast_exact::<Function>().is_some()
        {
            dict.set_str(vm, name, types::class_method(vm, function))?;
        }
    }
    Ok(())
}

/// Fills the cells through which methods see `__class__`, and nested scopes the namespace.
fn set_class_cells(vm: &Vm, class: &Ref<TypeData>, dict: &Ref<Dict>) -> PyResult<()> {
    let names = vm.names();
    for (name, value) in [(&names.__classcell__, class.as_obj()), (&names.__classdictcell__, dict.as_obj())] {
        let Some(cell) = dict.get_str(vm, name)? else { continue };
        let Some(cell) = cell.downcast::<CellObject>() else {
            return Err(vm.type_error(format!(
                "{} must be a nonlocal cell, not {}",
                name.to_string_lossy(),
                vm.repr_text(&cell.ty().to_obj())?
            )));
        };
        cell.contents.set(value.clone());
        dict.remove_str(vm, name)?;
    }
    Ok(())
}

/// Tells the namespace's values their names.
fn set_names(vm: &Vm, class: &Ref<TypeData>) -> PyResult<()> {
    let Some(dict) = class.dict() else { return Ok(()) };
    let name = &vm.names().__set_name__;
    for (key, value) in dict.items() {
        let result = vm.call_special(&value, name, &[class.as_obj().clone(), key.clone()]);
        if let Err(error) = result {
            let note = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                value.ty().tp_name(),
                vm.repr_text(&key)?,
                class.name()
            );
            vm.call_method_named(error.exception().as_obj(), "add_note", &[Str::new(&note).into_obj()])?;
            return Err(error);
        }
    }
    Ok(())
}

/// `super(cls, cls).__init_subclass__(**keywords)`
fn init_subclass(vm: &Vm, class: &Ref<TypeData>, args: Args<'_>) -> PyResult<()> {
    let object = class.as_obj();
    // A metaclass may have left the class out of its own MRO.
    if !class.mro_slice().iter().any(|other| other.is(object)) {
        return Err(vm.type_error(format!(
            "super(type, obj): obj (type {0}) is not an instance or subtype of type ({0}).",
            class.tp_name()
        )));
    }
    let method = types::super_object::lookup(vm, class, object, &vm.names().__init_subclass__)?;
    let keywords = Args::new(&args.all()[args.positional().len()..], args.names());
    vm.call_with(&method, keywords)?;
    Ok(())
}

/// `cls(...)`. CPython: `type_call`.
pub(crate) fn type_call(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let Some(ty) = class.downcast::<TypeData>() else {
        return Err(vm.type_error(format!("'{}' object is not callable", class.ty().name())));
    };
    if (**ty).is(&types::TYPE) {
        match args.all() {
            [object] if args.names().is_empty() => return Ok(object.ty().to_obj()),
            _ if args.positional().len() != 3 => {
                return Err(vm.type_error("type() takes 1 or 3 arguments"));
            }
            _ => {}
        }
    }
    let Some(new) = ty.slots.new.get() else {
        return Err(vm.type_error(format!("cannot create '{}' instances", ty.tp_name())));
    };
    let object = new(vm, ty, args)?;
    let made = object.ty();
    if !made.is(ty) && !made.is_subtype_of(ty) {
        return Ok(object);
    }
    if let Some(init) = made.slots.init.get() {
        init(vm, &object, args)?;
    }
    Ok(object)
}

/// `type.__init__`: the work is done in `type.__new__`.
pub(crate) fn type_init(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult<()> {
    let count = args.positional().len();
    if count == 1 && !args.names().is_empty() {
        return Err(vm.type_error("type.__init__() takes no keyword arguments"));
    }
    if count != 1 && count != 3 {
        return Err(vm.type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(())
}
