//! `typing.Union`: `int | str`. CPython: Objects/unionobject.c.

use super::{NONE_TYPE, builtin_type, generic_alias};
use crate::errors::PyResult;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::set::Set;
use crate::text::Str;
use crate::types::attributes::object_getattro;
use crate::types::{
    CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeData, TypeFlags, TypeObject,
};
use crate::vm::Vm;

/// A union of types.
pub struct Union {
    /// `__args__`
    pub args: Ref<Tuple>,
    /// Those of `args` that can be hashed: a frozenset.
    hashable: Ref<Set>,
    /// The others.
    unhashable: Vec<Obj>,
    parameters: ObjCell,
}

impl Payload for Union {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &UNION
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.args.as_obj());
        visitor.visit(self.hashable.as_obj());
        for object in &self.unhashable {
            visitor.visit(object);
        }
        self.parameters.traverse(visitor);
    }
}

builtin_type!(/** `typing.Union` */ UNION, "Union", Union);

/// Collects a union's members, each once.
struct Builder {
    args: Vec<Obj>,
    hashable: Ref<Set>,
    unhashable: Vec<Obj>,
}

impl Builder {
    fn new() -> Self {
        Self { args: Vec::new(), hashable: Set::new_in(&super::FROZENSET), unhashable: Vec::new() }
    }

    fn add(&mut self, vm: &Vm, arg: &Obj) -> PyResult<()> {
        if let Some(union) = arg.downcast_exact::<Union>() {
            for arg in union.args.items() {
                self.add_one(vm, arg)?;
            }
            return Ok(());
        }
        if vm.is_none(arg) { self.add_one(vm, &NONE_TYPE.to_obj()) } else { self.add_one(vm, arg) }
    }

    fn add_one(&mut self, vm: &Vm, arg: &Obj) -> PyResult<()> {
        match self.hashable.add(vm, arg) {
            Ok(true) => self.args.push(arg.clone()),
            Ok(false) => {}
            Err(error) if error.is(&super::TYPE_ERROR) => {
                for other in &self.unhashable {
                    if vm.eq(other, arg)? {
                        return Ok(());
                    }
                }
                self.unhashable.push(arg.clone());
                self.args.push(arg.clone());
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn finish(self, vm: &Vm) -> PyResult {
        match self.args.as_slice() {
            [] => Err(vm.type_error("Cannot take a Union of no types.")),
            [only] => Ok(only.clone()),
            _ => Ok(Ref::new(Union {
                args: Tuple::new(self.args),
                hashable: self.hashable,
                unhashable: self.unhashable,
                parameters: ObjCell::empty(),
            })
            .into_obj()),
        }
    }
}

fn is_unionable(vm: &Vm, object: &Obj) -> bool {
    vm.is_none(object)
        || object.downcast::<TypeData>().is_some()
        || object.downcast::<generic_alias::GenericAlias>().is_some()
        || object.downcast::<Union>().is_some()
        || object.is_exact(&super::typing::type_alias::TYPE_ALIAS)
}

/// `left | right` for types and their like.
pub(crate) fn or(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    if !is_unionable(vm, left) || !is_unionable(vm, right) {
        return Ok(vm.not_implemented());
    }
    let mut builder = Builder::new();
    builder.add(vm, left)?;
    builder.add(vm, right)?;
    builder.finish(vm)
}

/// `left | right`, one of which is a union: strings may stand for types, too.
fn or_union(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    from_args(vm, &[left.clone(), right.clone()])
}

/// `__module__` is the type's.
fn getattro(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    if name.as_str() == Some("__module__") {
        return vm.getattr(&UNION.to_obj(), name);
    }
    object_getattro(vm, object, name)
}

/// `Union[args]`
pub(crate) fn from_args(vm: &Vm, args: &[Obj]) -> PyResult {
    let mut builder = Builder::new();
    for arg in args {
        if is_unionable(vm, arg) {
            builder.add(vm, arg)?;
            continue;
        }
        // Strings and special forms: typing knows what they stand for.
        let typing = vm.import_module("typing")?;
        let message = Str::new("Union[arg, ...]: each arg must be a type.").into_obj();
        let arg = vm.call_method_named(&typing, "_type_check", &[arg.clone(), message])?;
        builder.add(vm, &arg)?;
    }
    builder.finish(vm)
}

fn class_getitem(vm: &Vm, _: &Obj, item: &Obj) -> PyResult {
    match item.downcast::<Tuple>() {
        Some(items) => from_args(vm, items.items()),
        None => from_args(vm, std::slice::from_ref(item)),
    }
}

fn mro_entries(vm: &Vm, object: &Obj, _: &Obj) -> PyResult {
    Err(vm.type_error(format!("Cannot subclass {}", vm.repr_text(object)?)))
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let union = vm.receiver::<Union>(object)?;
    let shown: Vec<String> =
        union.args.items().iter().map(|arg| generic_alias::show_type(vm, arg)).collect::<PyResult<_>>()?;
    Ok(Str::new(&shown.join(" | ")).into_obj())
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let union = vm.receiver::<Union>(object)?;
    if union.unhashable.is_empty() {
        return vm.hash(union.hashable.as_obj());
    }
    // Whoever was not hashable may be so now.
    for object in &union.unhashable {
        vm.hash(object)?;
    }
    let count = union.unhashable.len();
    let plural = if count == 1 { "" } else { "s" };
    Err(vm.type_error(format!("union contains {count} unhashable element{plural}")))
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (CompareOp::Eq | CompareOp::Ne, Some(a), Some(b)) =
        (op, left.downcast::<Union>(), right.downcast::<Union>())
    else {
        return Ok(vm.not_implemented());
    };
    let mut same = a.hashable.len() == b.hashable.len() && a.unhashable.len() == b.unhashable.len();
    if same {
        for element in a.hashable.elements() {
            same = same && b.hashable.contains(vm, &element)?;
        }
        for element in &a.unhashable {
            let mut found = false;
            for other in &b.unhashable {
                found = found || vm.eq(element, other)?;
            }
            same = same && found;
        }
    }
    Ok(vm.bool(same == (op == CompareOp::Eq)))
}

fn parameters_of(vm: &Vm, union: &Union) -> PyResult<Ref<Tuple>> {
    if let Some(parameters) = union.parameters.get_as::<Tuple>() {
        return Ok(parameters);
    }
    let parameters = generic_alias::make_parameters(vm, union.args.items())?;
    union.parameters.set(parameters.as_obj().clone());
    Ok(parameters)
}

fn getitem(vm: &Vm, object: &Obj, item: &Obj) -> PyResult {
    let union = vm.receiver::<Union>(object)?;
    let parameters = parameters_of(vm, union)?;
    let args = generic_alias::substitute(vm, object, union.args.items(), &parameters, item)?;
    let mut args = args.into_iter();
    let Some(mut result) = args.next() else { return from_args(vm, &[]) };
    for arg in args {
        result = vm.binary(crate::ops::BinaryOp::Or, &result, &arg)?;
    }
    Ok(result)
}

fn get_args(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<Union>(object)?.args.as_obj().clone())
}

fn get_parameters(vm: &Vm, object: &Obj) -> PyResult {
    Ok(parameters_of(vm, vm.receiver::<Union>(object)?)?.into_obj())
}

fn get_name(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.intern("Union").into_obj())
}

fn get_origin(_: &Vm, _: &Obj) -> PyResult {
    Ok(UNION.to_obj())
}

static PROPERTIES: &[Property] = &[
    Property::new("__args__", "", get_args).member(),
    Property::new("__name__", "Name of the type", get_name),
    Property::new("__qualname__", "Qualified name of the type", get_name),
    Property::new("__origin__", "Always returns the type", get_origin),
    Property::new("__parameters__", "Type variables in the types.UnionType.", get_parameters),
];

static METHODS: &[NativeDef] = &[
    NativeDef::new("__mro_entries__", "($self, object, /)", "", NativeCall::One(mro_entries)),
    NativeDef::new("__class_getitem__", "($type, object, /)", "See PEP 585", NativeCall::One(class_getitem))
        .class_method(),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &UNION)
        .module("typing")
        .doc("Represent a union type\n\nE.g. for int | str")
        .flags(TypeFlags::WEAKREFABLE | TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(richcompare));
            slots.getitem.set(Some(getitem));
            slots.nb_or.set(Some(or_union));
            slots.getattro.set(Some(getattro));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
