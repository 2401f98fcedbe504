//! `_contextvars`: `Context`, `ContextVar`, `Token`. CPython: Python/context.c.
//!
//! Each thread has a current context (`Vm::context`). A context's variables are a dict that contexts share until one of
//! them sets a variable.

use std::cell::Cell;

use lasti_vm::builtins::{KEY_ERROR, LOOKUP_ERROR, class_getitem_def};
use lasti_vm::call::Args;
use lasti_vm::dict::Dict;
use lasti_vm::iterators::TupleIter;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::object::{ObjCell, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_wtf8::Wtf8Buf;

/// The module.
pub(crate) static MODULE: NativeModule =
    NativeModule { name: "_contextvars", doc: "Context Variables", functions: FUNCTIONS, fill };

const NAME: &str = "_contextvars";

struct Context {
    /// A dict of values by their variables.
    variables: ObjCell,
    /// The context that was current when this one was entered.
    previous: ObjCell,
    entered: Cell<bool>,
}

impl Payload for Context {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &CONTEXT
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.variables.traverse(visitor);
        self.previous.traverse(visitor);
    }

    fn clear(&self) {
        drop((self.variables.take(), self.previous.take()));
    }
}

lasti_vm::builtin_type!(/** `Context` */ CONTEXT, "Context", Context);

struct ContextVar {
    name: Ref<Str>,
    default: ObjCell,
}

impl Payload for ContextVar {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &CONTEXT_VAR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.name.as_obj());
        self.default.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.default.take());
    }
}

lasti_vm::builtin_type!(/** `ContextVar` */ CONTEXT_VAR, "ContextVar", ContextVar);

struct Token {
    context: ObjCell,
    variable: ObjCell,
    /// Empty: there was none.
    old: ObjCell,
    used: Cell<bool>,
}

impl Payload for Token {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &TOKEN
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.context.traverse(visitor);
        self.variable.traverse(visitor);
        self.old.traverse(visitor);
    }

    fn clear(&self) {
        drop((self.context.take(), self.variable.take(), self.old.take()));
    }
}

lasti_vm::builtin_type!(/** `Token` */ TOKEN, "Token", Token);

/// `Token.MISSING`
struct Missing;

impl Payload for Missing {
    fn class() -> &'static TypeObject {
        &MISSING
    }
}

lasti_vm::builtin_type!(/** the type of `Token.MISSING` */ MISSING, "Token.MISSING", Missing);

impl Context {
    fn of_variables(variables: Ref<Dict>) -> Ref<Self> {
        Ref::new(Self {
            variables: ObjCell::new(Some(variables.into_obj())),
            previous: ObjCell::empty(),
            entered: Cell::new(false),
        })
    }

    fn variables(&self) -> Ref<Dict> {
        self.variables.get_as::<Dict>().unwrap_or_else(Dict::new)
    }

    /// The variables for a change: a copy if other contexts have them too.
    fn own_variables(&self) -> Ref<Dict> {
        let variables = self.variables();
        // One reference is the context's, one is this function's.
        if variables.as_obj().ref_count() <= 2 {
            return variables;
        }
        let own = variables.copy();
        self.variables.set(own.as_obj().clone());
        own
    }

    fn copy(&self) -> Ref<Self> {
        Self::of_variables(self.variables())
    }
}

/// The thread's context, made now if there was none.
fn current(vm: &Vm) -> Ref<Context> {
    if let Some(context) = vm.context().get_as::<Context>() {
        return context;
    }
    let context = Context::of_variables(Dict::new());
    vm.context().set(context.as_obj().clone());
    context
}

fn key<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<ContextVar>> {
    match object.downcast::<ContextVar>() {
        Some(variable) => Ok(variable),
        None => Err(vm.type_error(format!("a ContextVar key was expected, got {}", vm.repr_text(object)?))),
    }
}

fn copy_context(vm: &Vm, _: &Obj) -> PyResult {
    Ok(copy_current(vm))
}

fn context_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    if !args.is_empty() {
        return Err(vm.type_error("Context() does not accept any arguments"));
    }
    Ok(Context::of_variables(Dict::new()).into_obj())
}

fn context_get(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let context = vm.receiver::<Context>(object)?;
    let [variable, default @ ..] = args else { return Ok(vm.none()) };
    key(vm, variable)?;
    let value = context.variables().get(vm, variable)?;
    Ok(vm.or_none(value.or_else(|| default.first().cloned())))
}

fn context_getitem(vm: &Vm, object: &Obj, variable: &Obj) -> PyResult {
    key(vm, variable)?;
    let value = vm.receiver::<Context>(object)?.variables().get(vm, variable)?;
    value.ok_or_else(|| vm.error_with(&KEY_ERROR, vec![variable.clone()]))
}

fn context_contains(vm: &Vm, object: &Obj, variable: &Obj) -> PyResult<bool> {
    key(vm, variable)?;
    vm.receiver::<Context>(object)?.variables().contains(vm, variable)
}

fn context_len(vm: &Vm, object: &Obj) -> PyResult<usize> {
    Ok(vm.receiver::<Context>(object)?.variables().len())
}

fn context_compare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    match (left.downcast::<Context>(), right.downcast::<Context>()) {
        (Some(a), Some(b)) if matches!(op, CompareOp::Eq | CompareOp::Ne) => {
            vm.compare(a.variables().as_obj(), b.variables().as_obj(), op)
        }
        _ => Ok(vm.not_implemented()),
    }
}

/// An iterator over what `f` makes of each variable and its value.
fn over(vm: &Vm, object: &Obj, f: impl Fn((Obj, Obj)) -> Obj) -> PyResult {
    let items = vm.receiver::<Context>(object)?.variables().items();
    Ok(TupleIter::new(Tuple::new(items.into_iter().map(f).collect())).into_obj())
}

fn context_keys(vm: &Vm, object: &Obj) -> PyResult {
    over(vm, object, |(variable, _)| variable)
}

fn context_values(vm: &Vm, object: &Obj) -> PyResult {
    over(vm, object, |(_, value)| value)
}

fn context_items(vm: &Vm, object: &Obj) -> PyResult {
    over(vm, object, |(variable, value)| Tuple::new(vec![variable, value]).into_obj())
}

fn context_copy(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<Context>(object)?.copy().into_obj())
}

/// A copy of the thread's context.
pub(crate) fn copy_current(vm: &Vm) -> Obj {
    current(vm).copy().into_obj()
}

fn context_run(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [callable, ..] = args.positional() else {
        return Err(vm.type_error("run() missing 1 required positional argument"));
    };
    run_in(vm, object, || vm.call_with(callable, args.rest()))
}

/// Runs `f` in the context `object`.
pub(crate) fn run_in<R>(vm: &Vm, object: &Obj, f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
    let Some(context) = object.downcast::<Context>() else {
        return Err(vm.type_error("an instance of Context was expected"));
    };
    if context.entered.get() {
        let shown = vm.repr_text(object)?;
        return Err(vm.runtime_error(format!("cannot enter context: {shown} is already entered")));
    }
    let previous = vm.context().replace(Some(object.clone()));
    context.previous.set(previous);
    context.entered.set(true);
    let result = f();
    context.entered.set(false);
    drop(vm.context().replace(context.previous.take()));
    result
}

fn variable_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let mut default = None;
    for (name, value) in args.keywords() {
        match name.downcast::<Str>().and_then(|name| name.as_str()) {
            Some("default") => default = Some(value.clone()),
            Some("name") if args.positional().is_empty() => {
                return Err(vm.type_error("ContextVar() takes exactly 1 positional argument (0 given)"));
            }
            _ => {
                let name = vm.str_text(name)?;
                return Err(
                    vm.type_error(format!("ContextVar() got an unexpected keyword argument '{name}'"))
                );
            }
        }
    }
    let name = match args.positional() {
        [name] => name,
        [] => return Err(vm.type_error("ContextVar() takes exactly 1 positional argument (0 given)")),
        more => {
            let given = more.len();
            return Err(
                vm.type_error(format!("ContextVar() takes at most 1 positional argument ({given} given)"))
            );
        }
    };
    let Some(name) = name.downcast::<Str>() else {
        return Err(vm.type_error("context variable name must be a str"));
    };
    Ok(Ref::new(ContextVar { name: name.clone(), default: ObjCell::new(default) }).into_obj())
}

fn variable_get(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let variable = vm.receiver::<ContextVar>(object)?;
    if let Some(context) = vm.context().get_as::<Context>()
        && let Some(value) = context.variables().get(vm, object)?
    {
        return Ok(value);
    }
    match args.first().cloned().or_else(|| variable.default.get()) {
        Some(default) => Ok(default),
        None => Err(vm.error_with(&LOOKUP_ERROR, vec![object.clone()])),
    }
}

fn variable_set(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    vm.receiver::<ContextVar>(object)?;
    let context = current(vm);
    let variables = context.own_variables();
    let old = variables.get(vm, object)?;
    variables.set(vm, object, value.clone())?;
    Ok(Ref::new(Token {
        context: ObjCell::new(Some(context.into_obj())),
        variable: ObjCell::new(Some(object.clone())),
        old: ObjCell::new(old),
        used: Cell::new(false),
    })
    .into_obj())
}

fn variable_reset(vm: &Vm, object: &Obj, token: &Obj) -> PyResult {
    let Some(token_ref) = token.downcast::<Token>() else {
        return Err(vm.type_error(format!("expected an instance of Token, got {}", vm.repr_text(token)?)));
    };
    if token_ref.used.get() {
        return Err(vm.runtime_error(format!("{} has already been used once", vm.repr_text(token)?)));
    }
    if !token_ref.variable.get().is_some_and(|variable| variable.is(object)) {
        return Err(vm.value_error(format!("{} was created by a different ContextVar", vm.repr_text(token)?)));
    }
    let context = current(vm);
    if !token_ref.context.get().is_some_and(|made_in| made_in.is(context.as_obj())) {
        return Err(vm.value_error(format!("{} was created in a different Context", vm.repr_text(token)?)));
    }
    token_ref.used.set(true);
    let variables = context.own_variables();
    match token_ref.old.get() {
        Some(old) => variables.set(vm, object, old)?,
        None => {
            if variables.remove(vm, object)?.is_none() {
                return Err(vm.error_with(&LOOKUP_ERROR, vec![object.clone()]));
            }
        }
    }
    Ok(vm.none())
}

fn variable_repr(vm: &Vm, object: &Obj) -> PyResult {
    let variable = vm.receiver::<ContextVar>(object)?;
    let mut text = Wtf8Buf::from_string("<ContextVar name=".to_owned());
    text.push_wtf8(vm.repr(variable.name.as_obj())?.as_wtf8());
    if let Some(default) = variable.default.get() {
        text.push_str(" default=");
        text.push_wtf8(vm.repr(&default)?.as_wtf8());
    }
    text.push_str(&format!(" at {:#x}>", object.id()));
    Ok(Str::from_wtf8(&text).into_obj())
}

fn token_new(vm: &Vm, _: &TypeObject, _: Args<'_>) -> PyResult {
    Err(vm.runtime_error("Tokens can only be created by ContextVars"))
}

fn token_repr(vm: &Vm, object: &Obj) -> PyResult {
    let token = vm.receiver::<Token>(object)?;
    let used = if token.used.get() { " used" } else { "" };
    let mut text = Wtf8Buf::from_string(format!("<Token{used} var="));
    text.push_wtf8(vm.repr(&vm.or_none(token.variable.get()))?.as_wtf8());
    text.push_str(&format!(" at {:#x}>", object.id()));
    Ok(Str::from_wtf8(&text).into_obj())
}

fn token_enter(_: &Vm, object: &Obj) -> PyResult {
    Ok(object.clone())
}

fn token_exit(vm: &Vm, object: &Obj, _: &[Obj]) -> PyResult {
    let token = vm.receiver::<Token>(object)?;
    variable_reset(vm, &vm.or_none(token.variable.get()), object)
}

fn missing(vm: &Vm) -> PyResult {
    match TOKEN.dict() {
        Some(dict) => Ok(vm.or_none(dict.get_str(vm, &vm.intern("MISSING"))?)),
        None => Ok(vm.none()),
    }
}

const FUNCTIONS: &[NativeDef] =
    &[NativeDef::new("copy_context", "($module, /)", "", NativeCall::NoArgs(copy_context))];

const CONTEXT_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "get",
        "($self, key, default=None, /)",
        "Return the value for `key` if `key` has the value in the context object.\n\nIf `key` does not exist, return `default`.  If `default` is not\ngiven, return None.",
        NativeCall::Positional(1, 2, context_get),
    ),
    NativeDef::new(
        "items",
        "($self, /)",
        "Return all variables and their values in the context object.\n\nThe result is returned as a list of 2-tuples (variable, value).",
        NativeCall::NoArgs(context_items),
    ),
    NativeDef::new(
        "keys",
        "($self, /)",
        "Return a list of all variables in the context object.",
        NativeCall::NoArgs(context_keys),
    ),
    NativeDef::new(
        "values",
        "($self, /)",
        "Return a list of all variables' values in the context object.",
        NativeCall::NoArgs(context_values),
    ),
    NativeDef::new(
        "copy",
        "($self, /)",
        "Return a shallow copy of the context object.",
        NativeCall::NoArgs(context_copy),
    ),
    NativeDef::new("run", "", "", NativeCall::Full(context_run)),
];

const VARIABLE_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "get",
        "($self, default=<unrepresentable>, /)",
        "Return a value for the context variable for the current context.\n\nIf there is no value for the variable in the current context, the\nmethod will:\n * return the value of the default argument of the method, if\n   provided; or\n * return the default value for the context variable, if it was\n   created with one; or\n * raise a LookupError.",
        NativeCall::Positional(0, 1, variable_get),
    ),
    NativeDef::new(
        "set",
        "($self, value, /)",
        "Call to set a new value for the context variable in the current context.\n\nThe required value argument is the new value for the context\nvariable.\n\nReturns a Token object that can be used to restore the variable to\nits previous value via the `ContextVar.reset()` method.",
        NativeCall::One(variable_set),
    ),
    NativeDef::new(
        "reset",
        "($self, token, /)",
        "Reset the context variable.\n\nThe variable is reset to the value it had before the\n`ContextVar.set()` that created the token was used.",
        NativeCall::One(variable_reset),
    ),
    class_getitem_def("ContextVars are generic over the type of their contained values"),
];

const VARIABLE_PROPERTIES: &[Property] =
    &[Property::new("name", "", |vm, object| Ok(vm.receiver::<ContextVar>(object)?.name.as_obj().clone()))
        .member()];

const TOKEN_METHODS: &[NativeDef] = &[
    class_getitem_def("Tokens are generic over the same type as the ContextVar which created them."),
    NativeDef::new(
        "__enter__",
        "($self, /)",
        "Enter into Token context manager.",
        NativeCall::NoArgs(token_enter),
    ),
    NativeDef::new(
        "__exit__",
        "($self, type, val, tb, /)",
        "Exit from Token context manager, restore the linked ContextVar.",
        NativeCall::Positional(3, 3, token_exit),
    ),
];

const TOKEN_PROPERTIES: &[Property] = &[
    Property::new("var", "", |vm, object| Ok(vm.or_none(vm.receiver::<Token>(object)?.variable.get()))),
    Property::new("old_value", "", |vm, object| match vm.receiver::<Token>(object)?.old.get() {
        Some(old) => Ok(old),
        None => missing(vm),
    }),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !CONTEXT.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &CONTEXT)
            .module(NAME)
            .flags(TypeFlags::WEAKREFABLE)
            .slots(|slots| {
                slots.new.set(Some(context_new));
                slots.getitem.set(Some(context_getitem));
                slots.contains.set(Some(context_contains));
                slots.length.set(Some(context_len));
                slots.iter.set(Some(context_keys));
                slots.richcompare.set(Some(context_compare));
            })
            .methods(CONTEXT_METHODS)
            .ready();
        TypeBuilder::new(vm, &CONTEXT_VAR)
            .module(NAME)
            .slots(|slots| {
                slots.new.set(Some(variable_new));
                slots.repr.set(Some(variable_repr));
            })
            .methods(VARIABLE_METHODS)
            .properties(VARIABLE_PROPERTIES)
            .ready();
        TypeBuilder::new(vm, &MISSING)
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .slots(|slots| slots.repr.set(Some(|_, _| Ok(Str::new("<Token.MISSING>").into_obj()))))
            .ready();
        TypeBuilder::new(vm, &TOKEN)
            .module(NAME)
            .slots(|slots| {
                slots.new.set(Some(token_new));
                slots.repr.set(Some(token_repr));
                slots.hash.set(Some(unhashable));
            })
            .methods(TOKEN_METHODS)
            .properties(TOKEN_PROPERTIES)
            .attribute("__hash__", vm.none())
            .attribute("MISSING", Ref::new(Missing).into_obj())
            .ready();
    }
    module.add_type(vm, &CONTEXT)?;
    module.add_type(vm, &CONTEXT_VAR)?;
    module.add_type(vm, &TOKEN)
}

fn unhashable(vm: &Vm, object: &Obj) -> PyResult<i64> {
    Err(vm.type_error(format!("unhashable type: '{}'", object.ty().tp_name())))
}
