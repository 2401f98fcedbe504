//! `defaultdict`.

use lasti_vm::builtins::sequence::Shown;
use lasti_vm::builtins::{DICT, class_getitem_def};
use lasti_vm::call::Args;
use lasti_vm::dict::Dict;
use lasti_vm::module::Module;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::types::words::{get_word, set_word};
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags};
use lasti_vm::{PyResult, Ref, Vm};

lasti_vm::builtin_type!(/** `collections.defaultdict` */ DEFAULT_DICT, "defaultdict", Dict, on DICT);

/// The word of the default factory; empty for None.
const FACTORY: usize = 0;

static METHODS: &[NativeDef] = &[
    class_getitem_def(
        "defaultdicts are generic over two types, signifying (respectively) the types of the dictionary's keys and values",
    ),
    NativeDef::new(
        "__missing__",
        "($self, object, /)",
        "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n  if self.default_factory is None: raise KeyError((key,))\n  self[key] = value = self.default_factory()\n  return value\n",
        NativeCall::One(missing),
    ),
    NativeDef::new("copy", "($self, /)", "D.copy() -> a shallow copy of D.", NativeCall::NoArgs(copy)),
    NativeDef::new("__copy__", "($self, /)", "D.copy() -> a shallow copy of D.", NativeCall::NoArgs(copy)),
    NativeDef::new(
        "__reduce__",
        "($self, /)",
        "Return state information for pickling.",
        NativeCall::NoArgs(reduce),
    ),
];

static PROPERTIES: &[Property] = &[Property::new(
    "default_factory",
    "Factory for default value called by __missing__().",
    |vm, object| Ok(vm.or_none(factory(object))),
)
.with_setter(|vm, object, value| {
    set_factory(vm, object, value);
    Ok(())
})
.member()];

fn factory(object: &Obj) -> Option<Obj> {
    get_word(object, &DEFAULT_DICT, FACTORY)
}

fn set_factory(vm: &Vm, object: &Obj, value: Option<&Obj>) {
    set_word(object, &DEFAULT_DICT, FACTORY, value.filter(|value| !vm.is_none(value)).cloned());
}

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let mut rest = args;
    if let Some(factory) = args.positional().first() {
        if !vm.is_none(factory) && !vm.is_callable(factory) {
            return Err(vm.type_error("first argument must be callable or None"));
        }
        set_factory(vm, object, Some(factory));
        rest = args.rest();
    } else {
        set_factory(vm, object, None);
    }
    match DICT.slots.init.get() {
        Some(init) => init(vm, object, rest),
        None => Ok(()),
    }
}

fn missing(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    let Some(factory) = factory(object) else { return Err(vm.key_error(key)) };
    let value = vm.call(&factory, &[])?;
    vm.setitem(object, key, &value)?;
    Ok(value)
}

/// A new one of the same type, with the items of `items`.
fn made_from(vm: &Vm, object: &Obj, items: &Obj) -> PyResult {
    vm.call(&object.ty().to_obj(), &[vm.or_none(factory(object)), items.clone()])
}

fn copy(vm: &Vm, object: &Obj) -> PyResult {
    made_from(vm, object, object)
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let args = factory(object).map_or_else(|| vm.empty_tuple(), |factory| Tuple::new(vec![factory]));
    let items = vm.call_method(object, &vm.names().items, &[])?;
    let items = vm.iter(&items)?;
    let parts = vec![object.ty().to_obj(), args.into_obj(), vm.none(), vm.none(), items];
    Ok(Tuple::new(parts).into_obj())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let items = match DICT.slots.repr.get() {
        Some(repr) => repr(vm, object)?,
        None => vm.none(),
    };
    let mut text = Shown::new(&object.ty().name());
    text.text("(");
    match factory(object) {
        None => text.text("None"),
        Some(factory) => {
            // The factory may be a method of this very dict.
            match vm.repr_guard(&factory, |vm| vm.repr(&factory))? {
                Some(shown) => text.wtf8(shown.as_wtf8()),
                None => text.text("..."),
            }
        }
    }
    text.text(", ");
    text.wtf8(vm.str(&items)?.as_wtf8());
    text.text(")");
    Ok(text.finish().into_obj())
}

fn or(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (this, other) = if left.is_instance_of(&DEFAULT_DICT) { (left, right) } else { (right, left) };
    if other.downcast::<Dict>().is_none() {
        return Ok(vm.not_implemented());
    }
    let result = made_from(vm, this, left)?;
    if let Some(dict) = result.downcast::<Dict>() {
        dict.update(vm, right)?;
    }
    Ok(result)
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !DEFAULT_DICT.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &DEFAULT_DICT)
            .doc("defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called without arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict compares equal to a dict with the same items.\nAll remaining arguments are treated the same as if they were\npassed to the dict constructor, including keyword arguments.")
            .module("collections")
            .base(&DICT)
            .flags(TypeFlags::BASETYPE | TypeFlags::MAPPING)
            .with_words(1)
            .slots(|slots| {
                slots.init.set(Some(init));
                slots.repr.set(Some(repr));
                slots.nb_or.set(Some(or));
            })
            .methods(METHODS)
            .properties(PROPERTIES)
            .ready();
    }
    module.add_type(vm, &DEFAULT_DICT)
}
