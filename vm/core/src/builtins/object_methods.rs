//! What `object` gives every class: `__new__`, `__init__`, `__class__`, pickling, `__format__`, `__dir__`.
//!
//! CPython: Objects/typeobject.c, `object_*`.

use super::{DICT, LIST, MODULE, OBJECT, Plain};
use crate::call::Args;
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::function::NativeFunction;
use crate::number::Int;
use crate::object::{Obj, Payload, Ref};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::class::bases::solid_class;
use crate::types::slotdefs::same;
use crate::types::{
    InitFn, NativeCall, NativeDef, NewFn, Property, TypeData, TypeFlags, TypeObject, instance, lookup,
};
use crate::vm::Vm;

/// `object.__new__`
pub(super) fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    if !args.is_empty() {
        let (plain_new, plain_init): (NewFn, InitFn) = (new, init);
        if !same(ty.slots.new.get(), Some(plain_new)) {
            return Err(
                vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)")
            );
        }
        if same(ty.slots.init.get(), Some(plain_init)) {
            return Err(vm.type_error(format!("{}() takes no arguments", ty.name())));
        }
    }
    if ty.has(TypeFlags::ABSTRACT) {
        return Err(abstract_class(vm, ty)?);
    }
    if !std::ptr::eq(ty.solid_base(), Plain::class()) {
        return Err(
            vm.type_error(format!("object.__new__({0}) is not safe, use {0}.__new__()", ty.tp_name()))
        );
    }
    Ok(Ref::new_in(ty, Plain).into_obj())
}

/// Whether calling a class makes a plain instance and does nothing else before `__init__`.
pub(crate) fn makes_plain_instances(ty: &TypeObject) -> bool {
    let plain: NewFn = new;
    same(ty.slots.new.get(), Some(plain))
        && !ty.has(TypeFlags::ABSTRACT)
        && std::ptr::eq(ty.solid_base(), Plain::class())
}

/// An instance of such a class.
pub(crate) fn allocate(ty: &TypeObject) -> crate::object::Value {
    Ref::new_in(ty, Plain).into_obj().into_value()
}

#[cold]
fn abstract_class(vm: &Vm, ty: &TypeObject) -> PyResult<Exc> {
    let methods = match ty.dict() {
        Some(dict) => dict.get_str(vm, &vm.intern("__abstractmethods__"))?,
        None => None,
    };
    let mut names: Vec<String> = Vec::new();
    if let Some(methods) = methods {
        for method in vm.collect(&methods)? {
            names.push(vm.str_text(&method)?);
        }
    }
    names.sort();
    let plural = if names.len() == 1 { "" } else { "s" };
    Ok(vm.type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{plural} '{}'",
        ty.name(),
        names.join("', '")
    )))
}

/// `object.__init__`
pub(super) fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.is_empty() {
        return Ok(());
    }
    let (plain_new, plain_init): (NewFn, InitFn) = (new, init);
    let ty = object.ty();
    if !same(ty.slots.init.get(), Some(plain_init)) {
        return Err(
            vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)")
        );
    }
    if same(ty.slots.new.get(), Some(plain_new)) {
        return Err(vm.type_error(format!(
            "{}.__init__() takes exactly one argument (the instance to initialize)",
            ty.name()
        )));
    }
    Ok(())
}

fn get_class(_: &Vm, object: &Obj) -> PyResult {
    Ok(object.ty().to_obj())
}

/// Whether instances of both keep their payload, attributes and slots at the same places.
fn same_layout(from: &TypeObject, to: &TypeObject) -> bool {
    std::ptr::eq(from.solid_base(), to.solid_base())
        && from.dict_offset() == to.dict_offset()
        && from.instance_size() == to.instance_size()
        && from.has(TypeFlags::WEAKREFABLE) == to.has(TypeFlags::WEAKREFABLE)
        && from.prefix_words() == to.prefix_words()
        && (solid_class(from).is(&solid_class(to)) || same_slots(from, to))
}

/// Whether both classes add slots of the same names to the same layout.
fn same_slots(from: &TypeObject, to: &TypeObject) -> bool {
    let (a, b) = (solid_class(from), solid_class(to));
    let (Some(base_a), Some(base_b)) = (a.base(), b.base()) else { return false };
    let names = |class: &TypeObject| -> Vec<String> {
        let members = class.dict().map(|dict| dict.items()).unwrap_or_default();
        let mut names: Vec<String> = members
            .iter()
            .filter(|(_, value)| value.downcast::<crate::descriptors::Member>().is_some())
            .filter_map(|(key, _)| key.downcast::<Str>().map(|key| key.to_string_lossy().into_owned()))
            .collect();
        names.sort();
        names
    };
    a.is_heap() && b.is_heap() && solid_class(&base_a).is(&solid_class(&base_b)) && names(&a) == names(&b)
}

fn set_class(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete __class__ attribute")) };
    let Some(new) = value.downcast::<TypeData>() else {
        return Err(
            vm.type_error(format!("__class__ must be set to a class, not '{}' object", value.ty().tp_name()))
        );
    };
    let old = object.ty().to_ref();
    let of_modules = new.is_subtype_of(&MODULE) && old.is_subtype_of(&MODULE);
    if !of_modules && (new.has(TypeFlags::IMMUTABLE) || old.has(TypeFlags::IMMUTABLE)) {
        return Err(
            vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses")
        );
    }
    if !same_layout(&old, new) {
        return Err(vm.type_error(format!(
            "__class__ assignment: '{}' object layout differs from '{}'",
            new.tp_name(),
            old.tp_name()
        )));
    }
    if old.is(new) {
        return Ok(());
    }
    instance::change_type(object, new);
    Ok(())
}

fn format(vm: &Vm, object: &Obj, spec: &Obj) -> PyResult {
    let Some(text) = spec.downcast::<Str>() else {
        return Err(vm.type_error(format!("__format__() argument must be str, not {}", spec.ty().tp_name())));
    };
    if !text.is_empty() {
        return Err(vm.type_error(format!(
            "unsupported format string passed to {}.__format__",
            object.ty().tp_name()
        )));
    }
    Ok(vm.str(object)?.into_obj())
}

fn sizeof(_: &Vm, object: &Obj) -> PyResult {
    Ok(Int::from_usize(object.ty().instance_size()))
}

fn init_subclass(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.none())
}

fn subclasshook(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Ok(vm.not_implemented())
}

/// Adds the attributes of a class and its bases. CPython: `merge_class_dict`.
pub(super) fn merge_class(vm: &Vm, into: &Ref<Dict>, class: &Obj) -> PyResult<()> {
    vm.check_native_stack()?;
    if let Some(namespace) = vm.find_attr(class, &vm.names().__dict__)? {
        for key in vm.collect(&namespace)? {
            into.set(vm, &key, vm.none())?;
        }
    }
    if let Some(bases) = vm.find_attr(class, &vm.names().__bases__)? {
        for base in vm.collect(&bases)? {
            merge_class(vm, into, &base)?;
        }
    }
    Ok(())
}

pub(super) fn keys(dict: &Dict) -> Obj {
    List::new(dict.items().into_iter().map(|(key, _)| key).collect()).into_obj()
}

fn dir(vm: &Vm, object: &Obj) -> PyResult {
    let names = match vm.find_attr(object, &vm.names().__dict__)? {
        Some(dict) => match dict.downcast::<Dict>() {
            Some(dict) => dict.copy(),
            None => Dict::new(),
        },
        None => Dict::new(),
    };
    if let Some(class) = vm.find_attr(object, &vm.names().__class__)? {
        merge_class(vm, &names, &class)?;
    }
    Ok(keys(&names))
}

/// The names that `dir(object)` lists, as `__dir__` gives them.
pub(crate) fn dir_names(vm: &Vm, object: &Obj) -> PyResult<Vec<Obj>> {
    match vm.call_special(object, &vm.names().__dir__, &[])? {
        Some(names) => vm.collect(&names),
        None => Err(vm.type_error("object does not provide __dir__")),
    }
}

/// Whether `object.__isabstractmethod__` is true.
pub(crate) fn is_abstract(vm: &Vm, object: &Obj) -> PyResult<bool> {
    match vm.find_attr(object, &vm.names().__isabstractmethod__)? {
        Some(value) => vm.is_true(&value),
        None => Ok(false),
    }
}

fn cannot_pickle(vm: &Vm, ty: &TypeObject) -> Exc {
    vm.type_error(format!("cannot pickle '{}' object", ty.tp_name()))
}

/// The names of the slots of a class: as copyreg has noted them in the class, or copyreg's answer.
fn slot_names(vm: &Vm, ty: &TypeObject) -> PyResult {
    if let Some(dict) = ty.dict()
        && let Some(known) = dict.get_str(vm, &vm.names().__slotnames__)?
        && (vm.is_none(&known) || known.downcast::<List>().is_some())
    {
        return Ok(known);
    }
    let copyreg = vm.import_module("copyreg")?;
    vm.call_method_named(&copyreg, "_slotnames", &[ty.to_obj()])
}

/// `object.__getstate__()`. With `required`, whatever is not in attributes or slots is an error.
fn default_state(vm: &Vm, object: &Obj, required: bool) -> PyResult {
    let ty = object.ty();
    if required && !std::ptr::eq(ty.solid_base(), Plain::class()) {
        return Err(cannot_pickle(vm, ty));
    }
    let mut state = match vm.find_attr(object, &vm.names().__dict__)? {
        Some(dict) if dict.downcast::<Dict>().is_none_or(|dict| !dict.is_empty()) => dict,
        _ => vm.none(),
    };
    let slot_names = slot_names(vm, ty)?;
    if vm.is_none(&slot_names) || slot_names.downcast::<List>().is_some_and(|names| names.items.is_empty()) {
        return Ok(state);
    }
    let slots = Dict::new();
    for name in vm.collect(&slot_names)? {
        if let Some(name) = name.downcast::<Str>()
            && let Some(value) = vm.find_attr(object, name)?
        {
            slots.set_str(vm, name, value)?;
        }
    }
    if !slots.is_empty() {
        state = Tuple::new(vec![state, slots.into_obj()]).into_obj();
    }
    Ok(state)
}

fn getstate(vm: &Vm, object: &Obj) -> PyResult {
    default_state(vm, object, false)
}

fn state_of(vm: &Vm, object: &Obj, required: bool) -> PyResult {
    let method = vm.getattr(object, &vm.names().__getstate__)?;
    if let Some(native) = method.downcast::<NativeFunction>()
        && std::ptr::eq(native.def, &raw const GETSTATE[0])
        && native.receiver.as_ref().is_some_and(|receiver| receiver.is(object))
    {
        return default_state(vm, object, required);
    }
    vm.call(&method, &[])
}

/// Positional arguments, and keywords.
type NewArguments = (Vec<Obj>, Option<Ref<Dict>>);

/// Arguments for `__new__` that the object asks for.
fn new_arguments(vm: &Vm, object: &Obj) -> PyResult<Option<NewArguments>> {
    let names = vm.names();
    if let Some(result) = vm.call_special(object, &names.__getnewargs_ex__, &[])? {
        let Some(pair) = result.downcast::<Tuple>() else {
            return Err(vm.type_error(format!(
                "__getnewargs_ex__ should return a tuple, not '{}'",
                result.ty().tp_name()
            )));
        };
        let [args, keywords] = pair.items() else {
            return Err(vm.value_error(format!(
                "__getnewargs_ex__ should return a tuple of length 2, not {}",
                pair.len()
            )));
        };
        let Some(args) = args.downcast::<Tuple>() else {
            return Err(vm.type_error(format!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                args.ty().tp_name()
            )));
        };
        let Some(keywords) = keywords.downcast::<Dict>() else {
            return Err(vm.type_error(format!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                keywords.ty().tp_name()
            )));
        };
        return Ok(Some((args.items().to_vec(), Some(keywords.clone()))));
    }
    let Some(result) = vm.call_special(object, &names.__getnewargs__, &[])? else { return Ok(None) };
    match result.downcast::<Tuple>() {
        Some(args) => Ok(Some((args.items().to_vec(), None))),
        None => {
            Err(vm
                .type_error(format!("__getnewargs__ should return a tuple, not '{}'", result.ty().tp_name())))
        }
    }
}

/// `object.__reduce_ex__(2)`. CPython: `reduce_newobj`.
fn reduce_newobj(vm: &Vm, object: &Obj) -> PyResult {
    let ty = object.ty();
    if ty.slots.new.get().is_none() {
        return Err(cannot_pickle(vm, ty));
    }
    let given = new_arguments(vm, object)?;
    let copyreg = vm.import_module("copyreg")?;
    let class = vm.getattr(object, &vm.names().__class__)?;
    let has_args = given.is_some();
    let (args, keywords) = given.unwrap_or_default();
    let (maker, args) = match keywords.filter(|keywords| !keywords.is_empty()) {
        None => {
            let mut all = vec![class];
            all.extend(args);
            ("__newobj__", all)
        }
        Some(keywords) => ("__newobj_ex__", vec![class, Tuple::new(args).into_obj(), keywords.into_obj()]),
    };
    let maker = vm.getattr_named(&copyreg, maker)?;
    let (is_list, is_dict) = (object.is_instance_of(&LIST), object.is_instance_of(&DICT));
    let state = state_of(vm, object, !(has_args || is_list || is_dict))?;
    let items = if is_list { vm.iter(object)? } else { vm.none() };
    let pairs = if is_dict { vm.iter(&vm.call_method(object, &vm.names().items, &[])?)? } else { vm.none() };
    Ok(Tuple::new(vec![maker, Tuple::new(args).into_obj(), state, items, pairs]).into_obj())
}

fn common_reduce(vm: &Vm, object: &Obj, protocol: i64) -> PyResult {
    if protocol >= 2 {
        return reduce_newobj(vm, object);
    }
    let copyreg = vm.import_module("copyreg")?;
    vm.call_method_named(&copyreg, "_reduce_ex", &[object.clone(), Int::new(protocol)])
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    common_reduce(vm, object, 0)
}

fn reduce_ex(vm: &Vm, object: &Obj, protocol: &Obj) -> PyResult {
    let protocol = vm.index_i64(protocol)?;
    let name = &vm.names().__reduce__;
    if let Some(reduce) = vm.find_attr(object, name)? {
        let class = vm.getattr(object, &vm.names().__class__)?;
        let own = vm.getattr(&class, name)?;
        let plain = lookup::lookup(vm, &OBJECT, name);
        if plain.is_none_or(|plain| !plain.is(&own)) {
            return vm.call(&reduce, &[]);
        }
    }
    common_reduce(vm, object, protocol)
}

/// By itself: pickling asks whether a bound method is this one.
pub(super) static GETSTATE: [NativeDef; 1] =
    [NativeDef::new("__getstate__", "($self, /)", "Helper for pickle.", NativeCall::NoArgs(getstate))];

pub(super) static PICKLING: &[NativeDef] = &[
    NativeDef::new("__reduce_ex__", "($self, protocol, /)", "Helper for pickle.", NativeCall::One(reduce_ex)),
    NativeDef::new("__reduce__", "($self, /)", "Helper for pickle.", NativeCall::NoArgs(reduce)),
];

pub(super) static METHODS: &[NativeDef] = &[
    NativeDef::new("__subclasshook__", "", "Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by abc.ABCMeta.__subclasscheck__().\nIt should return True, False or NotImplemented.  If it returns\nNotImplemented, the normal algorithm is used.  Otherwise, it\noverrides the normal algorithm (and the outcome is cached).\n", NativeCall::One(subclasshook)).class_method(),
    NativeDef::new("__init_subclass__", "", "This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\noverridden to extend subclasses.\n", NativeCall::NoArgs(init_subclass)).class_method(),
    NativeDef::new("__format__", "($self, format_spec, /)", "Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise.", NativeCall::One(format)),
    NativeDef::new("__sizeof__", "($self, /)", "Size of object in memory, in bytes.", NativeCall::NoArgs(sizeof)),
    NativeDef::new("__dir__", "($self, /)", "Default dir() implementation.", NativeCall::NoArgs(dir)),
];

pub(super) static PROPERTIES: &[Property] =
    &[Property::new("__class__", "the object's class", get_class).with_setter(set_class)];
