//! `partial` and `Placeholder`.

use lasti_vm::builtins::sequence::Shown;
use lasti_vm::builtins::{DICT, TUPLE, attribute_dict, class_getitem_def, drop_attributes};
use lasti_vm::call::Args;
use lasti_vm::dict::Dict;
use lasti_vm::function::Method;
use lasti_vm::module::Module;
use lasti_vm::object::{Obj, ObjCell, Payload};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use crate::iterator::iterator_type;

/// `Placeholder`, the only instance of its type.
pub(crate) struct Placeholder;

impl Payload for Placeholder {
    fn class() -> &'static TypeObject {
        &PLACEHOLDER_TYPE
    }
}

lasti_vm::builtin_type!(/** `functools._PlaceholderType` */ PLACEHOLDER_TYPE, "_PlaceholderType", Placeholder);

fn is_placeholder(object: &Obj) -> bool {
    object.is_exact(&PLACEHOLDER_TYPE)
}

static PLACEHOLDER_METHODS: &[NativeDef] = &[NativeDef::new(
    "__reduce__",
    "",
    "",
    NativeCall::NoArgs(|_, _| Ok(Str::new("Placeholder").into_obj())),
)];

/// The instance, kept in the namespace of its type.
fn singleton(vm: &Vm) -> PyResult {
    let made = match PLACEHOLDER_TYPE.dict() {
        Some(namespace) => namespace.get_str(vm, &vm.intern(INSTANCE))?,
        None => None,
    };
    Ok(vm.or_none(made))
}

/// As in the library's own version of the type.
const INSTANCE: &str = "_PlaceholderType__instance";

fn placeholder_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    if !args.is_empty() {
        return Err(vm.type_error("PlaceholderType takes no arguments"));
    }
    singleton(vm)
}

pub(crate) struct Partial {
    function: ObjCell,
    /// A tuple.
    args: ObjCell,
    /// A dict.
    keywords: ObjCell,
}

iterator_type!(/** `functools.partial` */ PARTIAL, "partial", Partial, [function, args, keywords]);

impl Partial {
    fn arguments(&self) -> Vec<Obj> {
        self.args.get_as::<Tuple>().map_or_else(Vec::new, |args| args.items().to_vec())
    }

    fn keyword_arguments(&self) -> Option<Ref<Dict>> {
        self.keywords.get_as::<Dict>().filter(|keywords| !keywords.is_empty())
    }
}

/// `args` with the placeholders filled from `more`, and the rest of that behind them.
fn filled(mut args: Vec<Obj>, more: &[Obj]) -> Vec<Obj> {
    let mut more = more.iter();
    for place in args.iter_mut().filter(|arg| is_placeholder(arg)) {
        match more.next() {
            Some(value) => *place = value.clone(),
            None => break,
        }
    }
    args.extend(more.cloned());
    args
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [function, rest @ ..] = args.positional() else {
        return Err(vm.type_error("type 'partial' takes at least one argument"));
    };
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    if rest.last().is_some_and(is_placeholder) {
        return Err(vm.type_error("trailing Placeholders are not allowed"));
    }
    if args.keywords().any(|(_, value)| is_placeholder(value)) {
        return Err(vm.type_error("Placeholder cannot be passed as a keyword argument"));
    }
    let keywords = Dict::new();
    let mut function = function.clone();
    let mut arguments = rest.to_vec();
    // The partial of a partial without attributes is one.
    if let Some(inner) = function.clone().downcast::<Partial>() {
        let attributes = vm.getattr(&function, &vm.names().__dict__)?;
        if vm.len(&attributes)? == 0 {
            arguments = filled(inner.arguments(), rest);
            if let Some(own) = inner.keyword_arguments() {
                keywords.merge(vm, own.as_obj(), true)?;
            }
            function = vm.or_none(inner.function.get());
        }
    }
    for (name, value) in args.keywords() {
        keywords.set(vm, name, value.clone())?;
    }
    let payload = Partial {
        function: ObjCell::new(Some(function)),
        args: ObjCell::new(Some(Tuple::new(arguments).into_obj())),
        keywords: ObjCell::new(Some(keywords.into_obj())),
    };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let partial = vm.receiver::<Partial>(object)?;
    let Some(function) = partial.function.get() else {
        return Err(vm.type_error("the partial object was taken apart"));
    };
    let own = partial.arguments();
    let open = own.iter().filter(|arg| is_placeholder(arg)).count();
    let given = args.positional().len();
    if given < open {
        return Err(vm.type_error(format!(
            "missing positional arguments in 'partial' call; expected at least {open}, got {given}"
        )));
    }
    let mut all = filled(own, args.positional());
    let Some(own) = partial.keyword_arguments() else {
        all.extend(args.keywords().map(|(_, value)| value.clone()));
        return vm.call_with(&function, Args::new(&all, args.names()));
    };
    let keywords = own.copy();
    for (name, value) in args.keywords() {
        keywords.set(vm, name, value.clone())?;
    }
    let (names, values): (Vec<Obj>, Vec<Obj>) = keywords.items().into_iter().unzip();
    all.extend(values);
    vm.call_with(&function, Args::new(&all, &names))
}

fn descr_get(vm: &Vm, object: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    Ok(match instance.filter(|instance| !vm.is_none(instance)) {
        Some(instance) => Method::new(object.clone(), instance.clone()).into_obj(),
        None => object.clone(),
    })
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let partial = vm.receiver::<Partial>(object)?;
    let name = object.ty().display_name(vm)?;
    // A repr may come back and set another state.
    let (function, args) = (vm.or_none(partial.function.get()), partial.arguments());
    let keywords = partial.keyword_arguments();
    let text = vm.repr_guard(object, |vm| {
        let mut text = Shown::new(&name);
        text.text("(");
        text.repr(vm, &function)?;
        for arg in &args {
            text.text(", ");
            text.repr(vm, arg)?;
        }
        if let Some(keywords) = &keywords {
            for (name, value) in keywords.items() {
                text.text(", ");
                text.wtf8(vm.str(&name)?.as_wtf8());
                text.text("=");
                text.repr(vm, &value)?;
            }
        }
        text.text(")");
        Ok(text.finish())
    })?;
    Ok(text.unwrap_or_else(|| Str::new("...")).into_obj())
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let partial = vm.receiver::<Partial>(object)?;
    let function = vm.or_none(partial.function.get());
    let attributes = vm.getattr(object, &vm.names().__dict__)?;
    let attributes = if vm.len(&attributes)? == 0 { vm.none() } else { attributes };
    let state = vec![
        function.clone(),
        vm.or_none(partial.args.get()),
        vm.or_none(partial.keywords.get()),
        attributes,
    ];
    let parts =
        vec![object.ty().to_obj(), Tuple::new(vec![function]).into_obj(), Tuple::new(state).into_obj()];
    Ok(Tuple::new(parts).into_obj())
}

fn setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    let partial = vm.receiver::<Partial>(object)?;
    let invalid = || vm.type_error("invalid partial state");
    let Some([function, args, keywords, attributes]) = state.downcast::<Tuple>().map(|state| state.items())
    else {
        return Err(invalid());
    };
    let Some(args) = args.downcast::<Tuple>() else { return Err(invalid()) };
    if !vm.is_callable(function) {
        return Err(invalid());
    }
    let keywords = match keywords.downcast::<Dict>() {
        Some(exact) if keywords.is_exact(&DICT) => exact.clone(),
        Some(keywords) => keywords.copy(),
        None if vm.is_none(keywords) => Dict::new(),
        None => return Err(invalid()),
    };
    if args.items().last().is_some_and(is_placeholder) {
        return Err(vm.type_error("trailing Placeholders are not allowed"));
    }
    partial.function.set(function.clone());
    let exact = args.as_obj().is_exact(&TUPLE);
    let args = if exact { args.clone() } else { Tuple::from_slice(args.items()) };
    partial.args.set(args.into_obj());
    partial.keywords.set(keywords.into_obj());
    if vm.is_none(attributes) {
        drop_attributes(object);
    } else {
        vm.setattr(object, &vm.names().__dict__, attributes)?;
    }
    Ok(vm.none())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("__reduce__", "", "", NativeCall::NoArgs(reduce)),
    NativeDef::new("__setstate__", "", "", NativeCall::One(setstate)),
    class_getitem_def("partial is generic over the type of its return value"),
];

static PROPERTIES: &[Property] = &[
    Property::new("func", "function object to use in future partial calls", |vm, partial| {
        Ok(vm.or_none(vm.receiver::<Partial>(partial)?.function.get()))
    })
    .member(),
    Property::new("args", "tuple of arguments to future partial calls", |vm, partial| {
        Ok(vm.or_none(vm.receiver::<Partial>(partial)?.args.get()))
    })
    .member(),
    Property::new("keywords", "dictionary of keyword arguments to future partial calls", |vm, partial| {
        Ok(vm.or_none(vm.receiver::<Partial>(partial)?.keywords.get()))
    })
    .member(),
];

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !PARTIAL.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &PLACEHOLDER_TYPE)
            .doc("The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments.")
            .module("functools")
            .slots(|slots| {
                slots.new.set(Some(placeholder_new));
                slots.repr.set(Some(|_, _| Ok(Str::new("Placeholder").into_obj())));
            })
            .methods(PLACEHOLDER_METHODS)
            .attribute(INSTANCE, Ref::new(Placeholder).into_obj())
            .ready();
        TypeBuilder::new(vm, &PARTIAL)
            .doc("Create a new function with partial application of the given arguments\nand keywords.")
            .module("functools")
            .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
            .with_dict()
            .slots(|slots| {
                slots.new.set(Some(new));
                slots.call.set(Some(call));
                slots.repr.set(Some(repr));
                slots.descr_get.set(Some(descr_get));
            })
            .methods(METHODS)
            .properties(PROPERTIES)
            .properties(attribute_dict())
            .ready();
    }
    module.add_type(vm, &PLACEHOLDER_TYPE)?;
    module.add(vm, "Placeholder", singleton(vm)?)?;
    module.add_type(vm, &PARTIAL)
}
