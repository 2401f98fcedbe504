//! `typing.TypeAliasType`: what `type A = ...` makes.

use super::super::{builtin_type, generic_alias, union_type};
use super::no_default::is_no_default;
use super::type_param::{self, TypeParam};
use super::{calling_module, const_evaluator, evaluated, iter_unpacked, unpack_tuples};
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::function::Function;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeObject};
use crate::vm::Vm;

/// A type alias.
pub struct TypeAlias {
    name: Ref<Str>,
    /// Never empty.
    type_params: Option<Ref<Tuple>>,
    /// A function, where the value was not given as such.
    compute_value: ObjCell,
    value: ObjCell,
    /// `__module__`, where it is not that of `compute_value`.
    module: ObjCell,
}

impl Payload for TypeAlias {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &TYPE_ALIAS
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit_option(self.type_params.as_ref().map(Ref::as_obj));
        self.compute_value.traverse(visitor);
        self.value.traverse(visitor);
        self.module.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.compute_value.take());
        drop(self.value.take());
    }
}

builtin_type!(/** `typing.TypeAliasType` */ TYPE_ALIAS, "TypeAliasType", TypeAlias);

/// What `type` statements make: `args` is name, type parameters or None, and the function for the value.
pub(super) fn from_statement(vm: &Vm, args: &Obj) -> PyResult {
    let parts = args.downcast::<Tuple>().map(|args| args.items()).unwrap_or_default();
    let [name, type_params, compute_value] = parts else {
        return Err(vm.system_error("a type alias has three parts"));
    };
    let Some(name) = name.downcast::<Str>() else {
        return Err(vm.system_error("a type alias has a str for a name"));
    };
    Ok(Ref::new(TypeAlias {
        name: name.clone(),
        type_params: type_params.downcast::<Tuple>().filter(|params| !params.is_empty()).cloned(),
        compute_value: ObjCell::new(Some(compute_value.clone())),
        value: ObjCell::empty(),
        module: ObjCell::empty(),
    })
    .into_obj())
}

/// Type parameters, where none without a default may follow one that has one.
fn check_type_params(vm: &Vm, given: &Obj) -> PyResult<Option<Ref<Tuple>>> {
    let Some(params) = given.downcast::<Tuple>() else {
        return Err(vm.type_error("type_params must be a tuple"));
    };
    let mut default_seen = false;
    for object in params.items() {
        let Some(param) = object.downcast::<TypeParam>() else {
            return Err(type_param::expected(vm, object));
        };
        if !is_no_default(&param.default_value(vm)?) {
            default_seen = true;
        } else if default_seen {
            return Err(vm.type_error(format!(
                "non-default type parameter '{}' follows default type parameter",
                vm.repr_text(object)?
            )));
        }
    }
    Ok(Some(params.clone()).filter(|params| !params.is_empty()))
}

static NEW: Signature<3> = Signature::new("typealias", ["name", "value", "type_params"], 2).keyword_only(2);

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let [Some(name), Some(value), type_params] = args.bind(vm, &NEW)? else {
        return Err(vm.type_error("typealias() missing required argument 'name' (pos 1)"));
    };
    let Some(name) = name.downcast::<Str>() else {
        return Err(vm.bad_argument("typealias", "'name'", "str", name));
    };
    let type_params = type_params.map_or(Ok(None), |given| check_type_params(vm, given))?;
    Ok(Ref::new(TypeAlias {
        name: name.clone(),
        type_params,
        compute_value: ObjCell::empty(),
        value: ObjCell::new(Some(value.clone())),
        module: ObjCell::new(Some(calling_module(vm)?)),
    })
    .into_obj())
}

fn get_name(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<TypeAlias>(object)?.name.as_obj().clone())
}

fn get_parameters(vm: &Vm, object: &Obj) -> PyResult {
    match &vm.receiver::<TypeAlias>(object)?.type_params {
        Some(params) => unpack_tuples(vm, params.items()),
        None => Ok(vm.empty_tuple().into_obj()),
    }
}

fn get_type_params(vm: &Vm, object: &Obj) -> PyResult {
    let params = vm.receiver::<TypeAlias>(object)?.type_params.clone();
    Ok(params.unwrap_or_else(|| vm.empty_tuple()).into_obj())
}

fn get_value(vm: &Vm, object: &Obj) -> PyResult {
    let alias = vm.receiver::<TypeAlias>(object)?;
    Ok(vm.or_none(evaluated(vm, &alias.value, &alias.compute_value)?))
}

fn get_evaluate_value(vm: &Vm, object: &Obj) -> PyResult {
    let alias = vm.receiver::<TypeAlias>(object)?;
    Ok(match alias.compute_value.get() {
        Some(compute) => compute,
        None => const_evaluator::make(vm.or_none(alias.value.get())),
    })
}

fn get_module(vm: &Vm, object: &Obj) -> PyResult {
    let alias = vm.receiver::<TypeAlias>(object)?;
    if let Some(module) = alias.module.get() {
        return Ok(module);
    }
    let module = alias.compute_value.get_as::<Function>().and_then(|compute| compute.module.get());
    Ok(vm.or_none(module))
}

fn getitem(vm: &Vm, object: &Obj, args: &Obj) -> PyResult {
    if vm.receiver::<TypeAlias>(object)?.type_params.is_none() {
        return Err(vm.type_error("Only generic type aliases are subscriptable"));
    }
    Ok(generic_alias::make(vm, object.clone(), args))
}

static PROPERTIES: &[Property] = &[
    Property::new("__name__", "", get_name).member(),
    Property::new("__parameters__", "", get_parameters),
    Property::new("__type_params__", "", get_type_params),
    Property::new("__value__", "", get_value),
    Property::new("evaluate_value", "", get_evaluate_value),
    Property::new("__module__", "", get_module),
];

static METHODS: &[NativeDef] =
    &[NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(get_name))];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &TYPE_ALIAS)
        .module("typing")
        .doc("A type alias, as 'type A = int' makes it.\n\nIts value is evaluated when '__value__' is asked for. Aliases can be generic:\n'type Pair[T] = tuple[T, T]', with T in '__type_params__'.\n")
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(get_name));
            slots.iter.set(Some(iter_unpacked));
            slots.getitem.set(Some(getitem));
            slots.nb_or.set(Some(union_type::or));
        })
        .properties(PROPERTIES)
        .methods(METHODS)
        .ready();
}
