//! `itemgetter`, `attrgetter`, `methodcaller`.

use lasti_vm::builtins::sequence::Shown;
use lasti_vm::call::Args;
use lasti_vm::dict::Dict;
use lasti_vm::module::Module;
use lasti_vm::object::{Obj, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{
    CallFn, NativeCall, NativeDef, NewFn, Property, TypeBuilder, TypeFlags, TypeObject, UnaryFn,
};
use lasti_vm::{PyResult, Ref, Vm};

/// `itemgetter`, `attrgetter`: what they get, a tuple of keys or of names.
pub(crate) struct Getter {
    keys: Ref<Tuple>,
}

impl Payload for Getter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &ITEM_GETTER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.keys.as_obj());
    }
}

lasti_vm::builtin_type!(/** `operator.itemgetter` */ ITEM_GETTER, "itemgetter", Getter);
lasti_vm::builtin_type!(/** `operator.attrgetter` */ ATTR_GETTER, "attrgetter", Getter, on ITEM_GETTER);

pub(crate) struct MethodCaller {
    name: Ref<Str>,
    /// Positional arguments, then those of the keywords.
    args: Vec<Obj>,
    keywords: Vec<Obj>,
}

impl Payload for MethodCaller {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &METHOD_CALLER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.name.as_obj());
        for object in self.args.iter().chain(&self.keywords) {
            visitor.visit(object);
        }
    }
}

lasti_vm::builtin_type!(/** `operator.methodcaller` */ METHOD_CALLER, "methodcaller", MethodCaller);

/// Refuses keywords, and no argument at all.
fn some_arguments<'a>(vm: &Vm, name: &str, args: Args<'a>) -> PyResult<&'a [Obj]> {
    args.no_keywords(vm, name)?;
    if args.is_empty() {
        return Err(vm.type_error(format!("{name} expected 1 argument, got 0")));
    }
    Ok(args.all())
}

/// The one argument of a call.
fn operand<'a>(vm: &Vm, name: &str, args: Args<'a>) -> PyResult<&'a Obj> {
    Ok(&args.exactly(vm, name, 1, 1)?[0])
}

fn item_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let keys = Tuple::from_slice(some_arguments(vm, "itemgetter", args)?);
    Ok(Ref::new_in(ty, Getter { keys }).into_obj())
}

fn attr_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let mut keys = Vec::new();
    for name in some_arguments(vm, "attrgetter", args)? {
        match name.downcast::<Str>() {
            Some(name) => keys.push(vm.intern_str(name).into_obj()),
            None => return Err(vm.type_error("attribute name must be a string")),
        }
    }
    Ok(Ref::new_in(ty, Getter { keys: Tuple::new(keys) }).into_obj())
}

/// One result, or a tuple of all.
fn all_or_one(keys: &Ref<Tuple>, get: impl Fn(&Obj) -> PyResult) -> PyResult {
    match keys.items() {
        [key] => get(key),
        keys => Ok(Tuple::new(keys.iter().map(get).collect::<PyResult<_>>()?).into_obj()),
    }
}

fn item_call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let getter = vm.receiver::<Getter>(object)?;
    let from = operand(vm, "itemgetter", args)?;
    all_or_one(&getter.keys, |key| vm.getitem(from, key))
}

fn attr_call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let getter = vm.receiver::<Getter>(object)?;
    let from = operand(vm, "attrgetter", args)?;
    all_or_one(&getter.keys, |name| dotted(vm, from, name))
}

/// The attribute with a name that may have dots in it.
fn dotted(vm: &Vm, object: &Obj, name: &Obj) -> PyResult {
    let Some(name) = name.downcast::<Str>() else {
        return Err(vm.type_error("attribute name must be a string"));
    };
    match name.as_str() {
        Some(text) if text.contains('.') => {
            text.split('.').try_fold(object.clone(), |object, part| vm.getattr(&object, &vm.intern(part)))
        }
        _ => vm.getattr(object, name),
    }
}

fn getter_repr(vm: &Vm, object: &Obj) -> PyResult {
    let getter = vm.receiver::<Getter>(object)?;
    shown(vm, object, |text| text.reprs(vm, |index| getter.keys.items().get(index).cloned()))
}

/// The repr: the type's name and the parts between parentheses.
fn shown(vm: &Vm, object: &Obj, parts: impl FnOnce(&mut Shown) -> PyResult<()>) -> PyResult {
    let name = object.ty().display_name(vm)?;
    let text = vm.repr_guard(object, |_| {
        let mut text = Shown::new(&name);
        text.text("(");
        parts(&mut text)?;
        text.text(")");
        Ok(text.finish())
    })?;
    Ok(text.unwrap_or_else(|| Str::new(&format!("{name}(...)"))).into_obj())
}

fn getter_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let getter = vm.receiver::<Getter>(object)?;
    Ok(Tuple::new(vec![object.ty().to_obj(), getter.keys.as_obj().clone()]).into_obj())
}

fn method_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [name, ..] = args.positional() else {
        return Err(vm.type_error("methodcaller needs at least one argument, the method name"));
    };
    let Some(name) = name.downcast::<Str>() else {
        return Err(vm.type_error("method name must be a string"));
    };
    let payload = MethodCaller {
        name: vm.intern_str(name),
        args: args.rest().all().to_vec(),
        keywords: args.names().to_vec(),
    };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn method_call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let caller = vm.receiver::<MethodCaller>(object)?;
    let method = vm.getattr(operand(vm, "methodcaller", args)?, &caller.name)?;
    vm.call_with(&method, Args::new(&caller.args, &caller.keywords))
}

impl MethodCaller {
    fn call_args(&self) -> Args<'_> {
        Args::new(&self.args, &self.keywords)
    }
}

fn method_repr(vm: &Vm, object: &Obj) -> PyResult {
    let caller = vm.receiver::<MethodCaller>(object)?;
    shown(vm, object, |text| {
        text.repr(vm, caller.name.as_obj())?;
        for arg in caller.call_args().positional() {
            text.text(", ");
            text.repr(vm, arg)?;
        }
        for (name, value) in caller.call_args().keywords() {
            text.text(", ");
            text.wtf8(vm.str(name)?.as_wtf8());
            text.text("=");
            text.repr(vm, value)?;
        }
        Ok(())
    })
}

fn method_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let caller = vm.receiver::<MethodCaller>(object)?;
    let class = object.ty().to_obj();
    let name = caller.name.as_obj().clone();
    let positional = caller.call_args().positional().to_vec();
    if caller.keywords.is_empty() {
        let mut args = vec![name];
        args.extend(positional);
        return Ok(Tuple::new(vec![class, Tuple::new(args).into_obj()]).into_obj());
    }
    // partial(methodcaller, name, **keywords)(*args)
    let functools = vm.import_module("functools")?;
    let partial = vm.getattr_named(&functools, "partial")?;
    let keywords = Dict::new();
    for (name, value) in caller.call_args().keywords() {
        keywords.set(vm, name, value.clone())?;
    }
    let mut args = vec![class, name];
    let names = caller.keywords.clone();
    args.extend(caller.call_args().keywords().map(|(_, value)| value.clone()));
    let made = vm.call_with(&partial, Args::new(&args, &names))?;
    Ok(Tuple::new(vec![made, Tuple::new(positional).into_obj()]).into_obj())
}

static GETTER_METHODS: &[NativeDef] = &[NativeDef::new(
    "__reduce__",
    "",
    "Return state information for pickling",
    NativeCall::NoArgs(getter_reduce),
)];
static METHOD_METHODS: &[NativeDef] = &[NativeDef::new(
    "__reduce__",
    "",
    "Return state information for pickling",
    NativeCall::NoArgs(method_reduce),
)];

static PROPERTIES: &[Property] =
    &[Property::new("__text_signature__", "", |_, _| Ok(Str::new("(obj, /)").into_obj()))];

/// A type of callables.
struct Kind {
    ty: &'static TypeObject,
    doc: &'static str,
    new: NewFn,
    call: CallFn,
    repr: UnaryFn,
    methods: &'static [NativeDef],
}

static KINDS: [Kind; 3] = [
    Kind {
        ty: &ITEM_GETTER,
        doc: "itemgetter(item, /, *items)\n--\n\nReturn a callable object that fetches the given item(s) from its operand.\nAfter f = itemgetter(2), the call f(r) returns r[2].\nAfter g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
        new: item_new,
        call: item_call,
        repr: getter_repr,
        methods: GETTER_METHODS,
    },
    Kind {
        ty: &ATTR_GETTER,
        doc: "attrgetter(attr, /, *attrs)\n--\n\nReturn a callable object that fetches the given attribute(s) from its operand.\nAfter f = attrgetter('name'), the call f(r) returns r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).",
        new: attr_new,
        call: attr_call,
        repr: getter_repr,
        methods: GETTER_METHODS,
    },
    Kind {
        ty: &METHOD_CALLER,
        doc: "methodcaller(name, /, *args, **kwargs)\n--\n\nReturn a callable object that calls the given method on its operand.\nAfter f = methodcaller('name'), the call f(r) returns r.name().\nAfter g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1).",
        new: method_new,
        call: method_call,
        repr: method_repr,
        methods: METHOD_METHODS,
    },
];

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for kind in &KINDS {
        if !kind.ty.has(TypeFlags::READY) {
            TypeBuilder::new(vm, kind.ty)
                .doc(kind.doc)
                .module("operator")
                .slots(|slots| {
                    slots.new.set(Some(kind.new));
                    slots.call.set(Some(kind.call));
                    slots.repr.set(Some(kind.repr));
                })
                .methods(kind.methods)
                .properties(PROPERTIES)
                .ready();
        }
        module.add_type(vm, kind.ty)?;
    }
    Ok(())
}
