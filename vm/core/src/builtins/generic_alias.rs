//! `types.GenericAlias`: `list[int]`. CPython: Objects/genericaliasobject.c.

use super::{builtin_type, union_type};
use crate::call::Args;
use crate::errors::PyResult;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::attributes::object_getattro;
use crate::types::{
    CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeData, TypeFlags, TypeObject,
};
use crate::vm::Vm;

/// A generic type with arguments.
pub struct GenericAlias {
    /// `__origin__`
    pub origin: Obj,
    /// `__args__`
    pub args: Ref<Tuple>,
    parameters: ObjCell,
    /// `__unpacked__`: `*tuple[int]`.
    starred: bool,
}

impl Payload for GenericAlias {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &GENERIC_ALIAS
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.origin);
        visitor.visit(self.args.as_obj());
        self.parameters.traverse(visitor);
    }
}

builtin_type!(/** `types.GenericAlias` */ GENERIC_ALIAS, "GenericAlias", GenericAlias);

/// What iterating over an alias goes through: one starred copy.
pub struct AliasIter {
    alias: ObjCell,
}

impl Payload for AliasIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &ALIAS_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.alias.traverse(visitor);
    }
}

builtin_type!(/** `generic_alias_iterator` */ ALIAS_ITERATOR, "generic_alias_iterator", AliasIter);

/// `__class_getitem__` of a generic class: `class[args]`.
pub const fn class_getitem_def(doc: &'static str) -> NativeDef {
    NativeDef::new("__class_getitem__", "($type, object, /)", doc, NativeCall::One(class_getitem))
        .class_method()
}

fn class_getitem(vm: &Vm, class: &Obj, args: &Obj) -> PyResult {
    Ok(make(vm, class.clone(), args))
}

/// `origin[args]`
pub(crate) fn make(_: &Vm, origin: Obj, args: &Obj) -> Obj {
    build(&GENERIC_ALIAS, origin, args, false).into_obj()
}

fn build(ty: &TypeObject, origin: Obj, args: &Obj, starred: bool) -> Ref<GenericAlias> {
    let args = match args.downcast::<Tuple>() {
        Some(args) => args.clone(),
        None => Tuple::new(vec![args.clone()]),
    };
    Ref::new_in(ty, GenericAlias { origin, args, parameters: ObjCell::empty(), starred })
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let args = args.exactly(vm, "GenericAlias", 2, 2)?;
    Ok(build(ty, args[0].clone(), &args[1], false).into_obj())
}

/// How a type is shown as an argument. CPython: `_Py_typing_type_repr`.
pub(crate) fn show_type(vm: &Vm, object: &Obj) -> PyResult<String> {
    if object.is(&vm.ellipsis()) {
        return Ok("...".to_owned());
    }
    if object.is(&super::NONE_TYPE.to_obj()) {
        return Ok("None".to_owned());
    }
    let names = vm.names();
    let is_alias = vm.find_attr(object, &vm.intern("__origin__"))?.is_some()
        && vm.find_attr(object, &names.__args__)?.is_some();
    if !is_alias
        && let Some(qualname) = vm.find_attr(object, &names.__qualname__)?
        && let Some(module) = vm.find_attr(object, &names.__module__)?
        && !vm.is_none(&module)
    {
        let qualname = vm.str_text(&qualname)?;
        let module = vm.str_text(&module)?;
        return Ok(if module == "builtins" { qualname } else { format!("{module}.{qualname}") });
    }
    vm.repr_text(object)
}

fn show_argument(vm: &Vm, argument: &Obj) -> PyResult<String> {
    let Some(list) = argument.downcast::<List>() else { return show_type(vm, argument) };
    let shown: Vec<String> =
        list.items.to_vec().iter().map(|item| show_type(vm, item)).collect::<PyResult<_>>()?;
    Ok(format!("[{}]", shown.join(", ")))
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let alias = vm.receiver::<GenericAlias>(object)?;
    let star = if alias.starred { "*" } else { "" };
    let origin = show_type(vm, &alias.origin)?;
    let args: Vec<String> =
        alias.args.items().iter().map(|arg| show_argument(vm, arg)).collect::<PyResult<_>>()?;
    let args = if args.is_empty() { "()".to_owned() } else { args.join(", ") };
    Ok(Str::new(&format!("{star}{origin}[{args}]")).into_obj())
}

fn push_new(list: &mut Vec<Obj>, item: &Obj) {
    if !list.iter().any(|other| other.is(item)) {
        list.push(item.clone());
    }
}

/// The type variables in `args`. CPython: `_Py_make_parameters`.
pub(crate) fn make_parameters(vm: &Vm, args: &[Obj]) -> PyResult<Ref<Tuple>> {
    vm.check_native_stack_in(" in __parameter__ calculation")?;
    let mut parameters = Vec::new();
    for arg in args {
        if arg.downcast::<TypeData>().is_some() {
            continue;
        }
        if vm.find_attr(arg, &vm.names().__typing_subst__)?.is_some() {
            push_new(&mut parameters, arg);
            continue;
        }
        let nested = match nested_items(arg) {
            Some(items) => Some(make_parameters(vm, &items)?),
            None => vm
                .find_attr(arg, &vm.names().__parameters__)?
                .and_then(|parameters| parameters.into_ref::<Tuple>().ok()),
        };
        for parameter in nested.iter().flat_map(|nested| nested.items()) {
            push_new(&mut parameters, parameter);
        }
    }
    Ok(Tuple::new(parameters))
}

fn nested_items(arg: &Obj) -> Option<Vec<Obj>> {
    if let Some(tuple) = arg.downcast::<Tuple>() {
        return Some(tuple.items().to_vec());
    }
    arg.downcast::<List>().map(|list| list.items.to_vec())
}

/// What `*` in front of an argument stands for, if its types are known.
fn unpacked_tuple_args(vm: &Vm, item: &Obj) -> PyResult<Option<Ref<Tuple>>> {
    if let Some(alias) = item.downcast_exact::<GenericAlias>()
        && alias.starred
        && alias.origin.is(&super::TUPLE.to_obj())
    {
        return Ok(Some(alias.args.clone()));
    }
    let args = vm.find_attr(item, &vm.intern("__typing_unpacked_tuple_args__"))?;
    Ok(args.and_then(|args| args.into_ref::<Tuple>().ok()))
}

fn unpack_args(vm: &Vm, item: &Obj) -> PyResult<Vec<Obj>> {
    let items = match item.downcast::<Tuple>() {
        Some(items) => items.items().to_vec(),
        None => vec![item.clone()],
    };
    let mut unpacked = Vec::with_capacity(items.len());
    for item in items {
        if item.downcast::<TypeData>().is_none()
            && let Some(args) = unpacked_tuple_args(vm, &item)?
            && !args.items().last().is_some_and(|last| last.is(&vm.ellipsis()))
        {
            unpacked.extend(args.items().iter().cloned());
            continue;
        }
        unpacked.push(item);
    }
    Ok(unpacked)
}

/// `args` with the type variables `parameters` replaced by `item`. CPython: `_Py_subs_parameters`.
pub(crate) fn substitute(
    vm: &Vm,
    alias: &Obj,
    args: &[Obj],
    parameters: &Ref<Tuple>,
    item: &Obj,
) -> PyResult<Vec<Obj>> {
    vm.check_native_stack()?;
    if parameters.is_empty() {
        return Err(vm.type_error(format!("{} is not a generic class", vm.repr_text(alias)?)));
    }
    let mut items = Tuple::new(unpack_args(vm, item)?);
    let prepare_name = vm.intern("__typing_prepare_subst__");
    for parameter in parameters.items() {
        if let Some(prepare) = vm.find_attr(parameter, &prepare_name)?
            && !vm.is_none(&prepare)
        {
            let prepared = vm.call(&prepare, &[alias.clone(), items.into_obj()])?;
            items = match prepared.into_ref::<Tuple>() {
                Ok(items) => items,
                Err(item) => Tuple::new(vec![item]),
            };
        }
    }
    if items.len() != parameters.len() {
        return Err(vm.type_error(format!(
            "Too {} arguments for {}; actual {}, expected {}",
            if items.len() > parameters.len() { "many" } else { "few" },
            vm.repr_text(alias)?,
            items.len(),
            parameters.len()
        )));
    }
    let mut replaced = Vec::with_capacity(args.len());
    for arg in args {
        if arg.downcast::<TypeData>().is_some() {
            replaced.push(arg.clone());
            continue;
        }
        if let Some(nested) = nested_items(arg) {
            let nested = substitute(vm, alias, &nested, parameters, item)?;
            let is_list = arg.downcast::<List>().is_some();
            replaced.push(if is_list { List::new(nested).into_obj() } else { Tuple::new(nested).into_obj() });
            continue;
        }
        let unpack = match vm.find_attr(arg, &vm.intern("__typing_is_unpacked_typevartuple__"))? {
            Some(unpack) => vm.is_true(&unpack)?,
            None => false,
        };
        let value = match vm.find_attr(arg, &vm.names().__typing_subst__)? {
            Some(substitute) => {
                let place = parameters.items().iter().position(|parameter| parameter.is(arg));
                match place.and_then(|place| items.items().get(place)) {
                    Some(item) => vm.call(&substitute, std::slice::from_ref(item))?,
                    None => {
                        return Err(vm.type_error(format!(
                            "argument {} with __typing_subst__ was not found in __parameters__",
                            vm.repr_text(arg)?
                        )));
                    }
                }
            }
            None => substitute_nested(vm, arg, parameters, items.items())?,
        };
        if !unpack {
            replaced.push(value);
            continue;
        }
        let Some(values) = value.downcast::<Tuple>() else {
            return Err(vm.type_error(format!(
                "expected __typing_subst__ of {} objects to return a tuple, not {}",
                arg.ty().tp_name(),
                value.ty().tp_name()
            )));
        };
        replaced.extend(values.items().iter().cloned());
    }
    Ok(replaced)
}

/// An argument that is itself generic, with its type variables replaced.
fn substitute_nested(vm: &Vm, arg: &Obj, parameters: &Ref<Tuple>, items: &[Obj]) -> PyResult {
    let own = vm.find_attr(arg, &vm.names().__parameters__)?.and_then(|own| own.into_ref::<Tuple>().ok());
    let Some(own) = own.filter(|own| !own.is_empty()) else { return Ok(arg.clone()) };
    let mut values = Vec::with_capacity(own.len());
    for parameter in own.items() {
        let place = parameters.items().iter().position(|other| other.is(parameter));
        match place.and_then(|place| items.get(place)) {
            Some(value) => match value.downcast::<Tuple>() {
                // A TypeVarTuple stands for several.
                Some(several) if parameter.ty().slots.iter.get().is_some() => {
                    values.extend(several.items().iter().cloned());
                }
                _ => values.push(value.clone()),
            },
            None => values.push(parameter.clone()),
        }
    }
    vm.getitem(arg, Tuple::new(values).as_obj())
}

fn parameters_of(vm: &Vm, alias: &GenericAlias) -> PyResult<Ref<Tuple>> {
    if let Some(parameters) = alias.parameters.get_as::<Tuple>() {
        return Ok(parameters);
    }
    let parameters = make_parameters(vm, alias.args.items())?;
    alias.parameters.set(parameters.as_obj().clone());
    Ok(parameters)
}

fn getitem(vm: &Vm, object: &Obj, item: &Obj) -> PyResult {
    let alias = vm.receiver::<GenericAlias>(object)?;
    let parameters = parameters_of(vm, alias)?;
    let args = substitute(vm, object, alias.args.items(), &parameters, item)?;
    let args = Tuple::new(args).into_obj();
    Ok(build(&GENERIC_ALIAS, alias.origin.clone(), &args, alias.starred).into_obj())
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let alias = vm.receiver::<GenericAlias>(object)?;
    Ok(match vm.hash(&alias.origin)? ^ vm.hash(alias.args.as_obj())? {
        -1 => -2,
        hash => hash,
    })
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (CompareOp::Eq | CompareOp::Ne, Some(a), Some(b)) =
        (op, left.downcast::<GenericAlias>(), right.downcast::<GenericAlias>())
    else {
        return Ok(vm.not_implemented());
    };
    let same =
        a.starred == b.starred && vm.eq(&a.origin, &b.origin)? && vm.eq(a.args.as_obj(), b.args.as_obj())?;
    Ok(vm.bool(same == (op == CompareOp::Eq)))
}

fn call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let origin = vm.receiver::<GenericAlias>(object)?.origin.clone();
    let made = vm.call_with(&origin, args)?;
    match vm.setattr(&made, &vm.intern("__orig_class__"), object) {
        Err(error) if !error.is(&super::ATTRIBUTE_ERROR) && !error.is(&super::TYPE_ERROR) => Err(error),
        _ => Ok(made),
    }
}

/// Attributes that are the alias's own; all others are the origin's.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];

fn getattro(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    let text = name.as_str().unwrap_or_default();
    if OWN.contains(&text) || matches!(text, "__bases__" | "__copy__" | "__deepcopy__") {
        return object_getattro(vm, object, name);
    }
    let origin = vm.receiver::<GenericAlias>(object)?.origin.clone();
    vm.getattr(&origin, name)
}

fn iter(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<GenericAlias>(object)?;
    Ok(Ref::new(AliasIter { alias: ObjCell::new(Some(object.clone())) }).into_obj())
}

fn iter_next(vm: &Vm, iterator: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<AliasIter>(iterator)?;
    let Some(alias) = iterator.alias.take() else { return Ok(None) };
    let alias = vm.receiver::<GenericAlias>(&alias)?;
    let starred = build(&GENERIC_ALIAS, alias.origin.clone(), alias.args.as_obj(), true);
    Ok(Some(starred.into_obj()))
}

fn iter_reduce(vm: &Vm, iterator: &Obj) -> PyResult {
    let function = vm.builtin("iter")?;
    let alias = vm.receiver::<AliasIter>(iterator)?.alias.get();
    let argument = alias.unwrap_or_else(|| vm.empty_tuple().into_obj());
    let args = Tuple::new(vec![argument]).into_obj();
    Ok(Tuple::new(vec![function, args]).into_obj())
}

fn mro_entries(vm: &Vm, object: &Obj, _: &Obj) -> PyResult {
    Ok(Tuple::new(vec![vm.receiver::<GenericAlias>(object)?.origin.clone()]).into_obj())
}

fn instancecheck(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn subclasscheck(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let alias = vm.receiver::<GenericAlias>(object)?;
    if alias.starred {
        let plain = build(&GENERIC_ALIAS, alias.origin.clone(), alias.args.as_obj(), false).into_obj();
        let args = Tuple::new(vec![vm.iter(&plain)?]).into_obj();
        return Ok(Tuple::new(vec![vm.builtin("next")?, args]).into_obj());
    }
    let args = Tuple::new(vec![alias.origin.clone(), alias.args.as_obj().clone()]).into_obj();
    Ok(Tuple::new(vec![object.ty().to_obj(), args]).into_obj())
}

fn dir(vm: &Vm, object: &Obj) -> PyResult {
    let alias = vm.receiver::<GenericAlias>(object)?;
    let mut names = super::object_methods::dir_names(vm, &alias.origin)?;
    for own in OWN {
        let own = vm.intern(own);
        if !names.iter().any(|name| name.downcast::<Str>().is_some_and(|name| name.same_text(&own))) {
            names.push(own.into_obj());
        }
    }
    Ok(List::new(names).into_obj())
}

fn get_origin(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<GenericAlias>(object)?.origin.clone())
}

fn get_args(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<GenericAlias>(object)?.args.as_obj().clone())
}

fn get_unpacked(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(vm.receiver::<GenericAlias>(object)?.starred))
}

fn get_parameters(vm: &Vm, object: &Obj) -> PyResult {
    Ok(parameters_of(vm, vm.receiver::<GenericAlias>(object)?)?.into_obj())
}

fn get_unpacked_args(vm: &Vm, object: &Obj) -> PyResult {
    let alias = vm.receiver::<GenericAlias>(object)?;
    let unpacked = alias.starred && alias.origin.is(&super::TUPLE.to_obj());
    Ok(if unpacked { alias.args.as_obj().clone() } else { vm.none() })
}

static PROPERTIES: &[Property] = &[
    Property::new("__origin__", "", get_origin).member(),
    Property::new("__args__", "", get_args).member(),
    Property::new("__unpacked__", "", get_unpacked).member(),
    Property::new("__parameters__", "Type variables in the GenericAlias.", get_parameters),
    Property::new("__typing_unpacked_tuple_args__", "", get_unpacked_args),
];

static METHODS: &[NativeDef] = &[
    NativeDef::new("__mro_entries__", "($self, object, /)", "", NativeCall::One(mro_entries)),
    NativeDef::new("__instancecheck__", "($self, object, /)", "", NativeCall::One(instancecheck)),
    NativeDef::new("__subclasscheck__", "($self, object, /)", "", NativeCall::One(subclasscheck)),
    NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(reduce)),
    NativeDef::new("__dir__", "($self, /)", "", NativeCall::NoArgs(dir)),
];

static ITER_METHODS: &[NativeDef] =
    &[NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(iter_reduce))];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &GENERIC_ALIAS)
        .module("types")
        .doc("GenericAlias(origin, args, /)\n--\n\nRepresent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).")
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(richcompare));
            slots.call.set(Some(call));
            slots.getattro.set(Some(getattro));
            slots.getitem.set(Some(getitem));
            slots.iter.set(Some(iter));
            slots.nb_or.set(Some(union_type::or));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
    TypeBuilder::new(vm, &ALIAS_ITERATOR)
        .module("builtins")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(super::object::iter_self));
            slots.iternext.set(Some(iter_next));
        })
        .methods(ITER_METHODS)
        .ready();
}

static CLASS_GETITEM: NativeDef =
    NativeDef::new("__class_getitem__", "", "See PEP 585", NativeCall::One(class_getitem)).class_method();

/// Gives the builtin types that are generic their `__class_getitem__`, once they are complete.
pub(super) fn make_generic(vm: &Vm, generic: &[&'static TypeObject]) {
    for ty in generic {
        let descriptor = crate::descriptors::MethodDescriptor::make(vm, &CLASS_GETITEM, ty);
        if let Some(dict) = ty.dict() {
            // Exact strs compare without Python code, so this can't raise.
            let _ = dict.set_str(vm, &vm.names().__class_getitem__, descriptor);
        }
        ty.modified();
    }
}
