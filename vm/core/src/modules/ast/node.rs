//! `ast.AST`: what all nodes do. CPython: Parser/asdl_c.py, `ast_type_*`.

use lasti_compile::ast::Kind;

use super::classes::Classes;
use crate::builtins::{DEPRECATION_WARNING, attribute_dict, builtin_type, generic_alias, union_type};
use crate::call::Args;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Payload, Ref};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject, instance};
use crate::vm::Vm;

/// A node has attributes and nothing else.
pub struct AstNode;

impl Payload for AstNode {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &AST
    }
}

builtin_type!(/** `ast.AST` */ AST, "AST", AstNode);

/// How deep the repr of a node goes.
const REPR_DEPTH: usize = 3;

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, AstNode).into_obj())
}

/// What the sequence `name` of the node's class has in it.
fn of_class(vm: &Vm, object: &Obj, name: &str) -> PyResult<Vec<Obj>> {
    match vm.find_attr(&object.ty().to_obj(), &vm.intern(name))? {
        Some(sequence) => {
            let length = vm.len(&sequence)?;
            (0..length).map(|index| vm.getitem(&sequence, &Int::from_usize(index))).collect()
        }
        None => Ok(Vec::new()),
    }
}

fn place(vm: &Vm, names: &[Obj], name: &Obj) -> PyResult<Option<usize>> {
    for (place, other) in names.iter().enumerate() {
        if vm.eq(other, name)? {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

fn set(vm: &Vm, object: &Obj, name: &Obj, value: &Obj) -> PyResult<()> {
    match name.downcast::<Str>() {
        Some(name) => vm.setattr(object, name, value),
        None => Err(vm.type_error(format!("attribute name must be string, not '{}'", name.ty().tp_name()))),
    }
}

fn warn(vm: &Vm, message: &str) -> PyResult<()> {
    vm.warn(&DEPRECATION_WARNING, message, 1)
}

fn init_node(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let class = object.ty().name();
    let fields = of_class(vm, object, "_fields")?;
    let mut remaining = fields.clone();
    let given = args.positional();
    if given.len() > fields.len() {
        let plural = if fields.len() == 1 { "" } else { "s" };
        return Err(vm.type_error(format!(
            "{class} constructor takes at most {} positional argument{plural}",
            fields.len()
        )));
    }
    for (name, value) in fields.iter().zip(given) {
        set(vm, object, name, value)?;
    }
    remaining.drain(..given.len());
    let mut attributes = None;
    for (name, value) in args.keywords() {
        if place(vm, &fields, name)?.is_some() {
            let Some(place) = place(vm, &remaining, name)? else {
                return Err(vm.type_error(format!(
                    "{class} got multiple values for argument {}",
                    vm.repr_text(name)?
                )));
            };
            remaining.remove(place);
        } else {
            if attributes.is_none() {
                attributes = Some(of_class(vm, object, "_attributes")?);
            }
            if place(vm, attributes.as_deref().unwrap_or_default(), name)?.is_none() {
                warn(
                    vm,
                    &format!(
                        "{class}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword \
                         arguments is deprecated and will be removed in Python 3.15.",
                        vm.repr_text(name)?
                    ),
                )?;
            }
        }
        set(vm, object, name, value)?;
    }
    set_defaults(vm, object, &class, &remaining)
}

/// Gives the fields that were not set what their types have for a default.
fn set_defaults(vm: &Vm, object: &Obj, class: &str, remaining: &[Obj]) -> PyResult<()> {
    if remaining.is_empty() {
        return Ok(());
    }
    // Classes of programs need no types.
    let Some(types) = vm.find_attr(&object.ty().to_obj(), &vm.intern("_field_types"))? else { return Ok(()) };
    let Some(types) = types.downcast::<Dict>() else {
        return Err(vm.system_error("_field_types must be a dict"));
    };
    for name in remaining {
        let shown = vm.repr_text(name)?;
        match types.get(vm, name)? {
            None => warn(
                vm,
                &format!(
                    "Field {shown} is missing from {class}._field_types. This will become an error in Python 3.15."
                ),
            )?,
            // The class has None.
            Some(ty) if ty.is_exact(&union_type::UNION) => {}
            Some(ty) if ty.is_exact(&generic_alias::GENERIC_ALIAS) => {
                set(vm, object, name, List::new(Vec::new()).as_obj())?;
            }
            Some(ty) if ty.is(Classes::get(vm)?.class(Kind::ExprContext).as_obj()) => {
                if let Some(load) = Classes::get(vm)?.shared(Kind::Load) {
                    set(vm, object, name, load)?;
                }
            }
            Some(_) => warn(
                vm,
                &format!(
                    "{class}.__init__ missing 1 required positional argument: {shown}. This will become an error \
                     in Python 3.15."
                ),
            )?,
        }
    }
    Ok(())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Str::new(&show(vm, object, REPR_DEPTH)?).into_obj())
}

fn show(vm: &Vm, object: &Obj, depth: usize) -> PyResult<String> {
    let class = object.ty().tp_name();
    if depth == 0 {
        return Ok(format!("{class}(...)"));
    }
    let shown = vm.repr_guard(object, |vm| {
        let mut parts = Vec::new();
        for name in of_class(vm, object, "_fields")? {
            let Some(name) = name.downcast::<Str>() else {
                return Err(
                    vm.type_error(format!("attribute name must be string, not '{}'", name.ty().tp_name()))
                );
            };
            let value = vm.getattr(object, name)?;
            let value = match several(&value) {
                Some((items, brackets)) => show_items(vm, &items, brackets, depth)?,
                None => show_one(vm, &value, depth)?,
            };
            parts.push(format!("{}={value}", name.to_string_lossy()));
        }
        Ok(parts.join(", "))
    })?;
    Ok(format!("{class}({})", shown.as_deref().unwrap_or("...")))
}

fn several(value: &Obj) -> Option<(Vec<Obj>, [&'static str; 2])> {
    if let Some(list) = value.downcast::<List>() {
        return Some((list.items.to_vec(), ["[", "]"]));
    }
    value.downcast::<Tuple>().map(|tuple| (tuple.items().to_vec(), ["(", ")"]))
}

/// The first and the last of several items.
fn show_items(vm: &Vm, items: &[Obj], [open, close]: [&str; 2], depth: usize) -> PyResult<String> {
    let inner = match items {
        [] => String::new(),
        [only] => show_one(vm, only, depth)?,
        [first, between @ .., last] => {
            let dots = if between.is_empty() { "" } else { "..., " };
            format!("{}, {dots}{}", show_one(vm, first, depth)?, show_one(vm, last, depth)?)
        }
    };
    Ok(format!("{open}{inner}{close}"))
}

fn show_one(vm: &Vm, value: &Obj, depth: usize) -> PyResult<String> {
    if value.downcast::<AstNode>().is_some() { show(vm, value, depth - 1) } else { vm.repr_text(value) }
}

/// Fields are passed as None first: without them the constructor would warn.
fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let class = object.ty().to_obj();
    let Some(dict) = instance::dict(object) else {
        return Ok(Tuple::new(vec![class, vm.empty_tuple().into_obj()]).into_obj());
    };
    let mut args = Vec::new();
    for name in of_class(vm, object, "_fields")? {
        if dict.get(vm, &name)?.is_none() {
            break;
        }
        args.push(vm.none());
    }
    let state = dict.copy().into_obj();
    Ok(Tuple::new(vec![class, Tuple::new(args).into_obj(), state]).into_obj())
}

fn replace(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    if !args.positional().is_empty() {
        return Err(vm.type_error("__replace__() takes no positional arguments"));
    }
    let class = object.ty().name();
    let fields = of_class(vm, object, "_fields")?;
    let attributes = of_class(vm, object, "_attributes")?;
    let dict = instance::dict(object).unwrap_or_else(Dict::new);
    let payload = Dict::new();
    for name in fields.iter().chain(&attributes) {
        if let Some(value) = dict.get(vm, name)? {
            payload.set(vm, name, value)?;
        }
    }
    for (name, value) in args.keywords() {
        if place(vm, &fields, name)?.is_none() && place(vm, &attributes, name)?.is_none() {
            return Err(vm.type_error(format!(
                "{class}.__replace__ got an unexpected keyword argument {}.",
                vm.repr_text(name)?
            )));
        }
        payload.set(vm, name, value.clone())?;
    }
    let mut missing = Vec::new();
    for name in &fields {
        let text = name.downcast::<Str>();
        let has_default = match text {
            Some(text) => vm.find_attr(&object.ty().to_obj(), text)?.is_some(),
            None => false,
        };
        if !has_default && payload.get(vm, name)?.is_none() {
            missing.push(vm.repr_text(name)?);
        }
    }
    if !missing.is_empty() {
        missing.sort_unstable();
        let plural = if missing.len() == 1 { "" } else { "s" };
        return Err(vm.type_error(format!(
            "{class}.__replace__ missing {} keyword argument{plural}: {}.",
            missing.len(),
            missing.join(", ")
        )));
    }
    let (names, values): (Vec<Obj>, Vec<Obj>) = payload.items().into_iter().unzip();
    vm.call_with(&object.ty().to_obj(), Args::new(&values, &names))
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("__reduce__", "", "", NativeCall::NoArgs(reduce)),
    NativeDef::new(
        "__replace__",
        "",
        "Return a copy of the AST node with new values for the specified fields.",
        NativeCall::Full(replace),
    ),
];

/// Completes the type.
pub(crate) fn init(vm: &Vm) {
    let empty = || vm.empty_tuple().into_obj();
    TypeBuilder::new(vm, &AST)
        .module("ast")
        .attribute("__module__", vm.intern("ast").into_obj())
        .flags(TypeFlags::BASETYPE)
        .mutable()
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init_node));
            slots.repr.set(Some(repr));
        })
        .methods(METHODS)
        .properties(attribute_dict())
        .attribute("_fields", empty())
        .attribute("__match_args__", empty())
        .attribute("_attributes", empty())
        .ready();
}
