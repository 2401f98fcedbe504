//! `FrameLocalsProxy`: `f_locals` of a function's frame, PEP 667. Reads and writes go to the frame's variables at
//! once; keys that are no variables are kept beside them. CPython: Objects/frameobject.c.

use super::builtin_type;
use crate::call::{Args, check_count};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::frame::{FRAME, FrameObject, locals_of, set_variable_of, slots_of, variable_of};
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// A frame's variables as a mapping.
pub(crate) struct FrameLocals {
    frame: Ref<FrameObject>,
}

impl Payload for FrameLocals {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &FRAME_LOCALS_PROXY
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.frame.as_obj());
    }
}

builtin_type!(/** `FrameLocalsProxy` */ FRAME_LOCALS_PROXY, "FrameLocalsProxy", FrameLocals);

/// The proxy of a frame.
pub(crate) fn make(frame: &Ref<FrameObject>) -> Obj {
    Ref::new(FrameLocals { frame: frame.clone() }).into_obj()
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [frame] = args.positional() else {
        let given = args.positional().len();
        return Err(vm.type_error(format!("FrameLocalsProxy expected 1 argument, got {given}")));
    };
    if !args.names().is_empty() {
        return Err(vm.type_error("FrameLocalsProxy takes no keyword arguments"));
    }
    match frame.downcast::<FrameObject>() {
        Some(frame) => Ok(Ref::new_in(ty, FrameLocals { frame: frame.clone() }).into_obj()),
        None => Err(vm.type_error(format!("expect {}, not {}", FRAME.name(), frame.ty().name()))),
    }
}

fn frame<'a>(vm: &Vm, proxy: &'a Obj) -> PyResult<&'a Ref<FrameObject>> {
    Ok(&vm.receiver::<FrameLocals>(proxy)?.frame)
}

/// The slot of the variable that `key` names.
fn slot(vm: &Vm, frame: &FrameObject, key: &Obj) -> PyResult<Option<usize>> {
    let mut slots = slots_of(frame).into_iter();
    if let Some(key) = key.downcast_exact::<Str>() {
        return Ok(slots.find(|(_, name)| name.same_text(key)).map(|(slot, _)| slot));
    }
    // Whatever is equal to a name may stand for it.
    let hash = vm.hash(key)?;
    for (slot, name) in slots {
        if vm.hash(name.as_obj())? == hash && vm.eq(name.as_obj(), key)? {
            return Ok(Some(slot));
        }
    }
    Ok(None)
}

fn extra(frame: &FrameObject) -> Option<Ref<Dict>> {
    frame.extra_locals.get_as::<Dict>()
}

fn find(vm: &Vm, frame: &FrameObject, key: &Obj) -> PyResult<Option<Obj>> {
    if let Some(value) = slot(vm, frame, key)?.and_then(|slot| variable_of(frame, slot)) {
        return Ok(Some(value));
    }
    let hash = vm.hash(key)?;
    match extra(frame) {
        Some(extra) => extra.get_hashed(vm, key, hash),
        None => Ok(None),
    }
}

fn store(vm: &Vm, frame: &FrameObject, key: &Obj, value: &Obj) -> PyResult<()> {
    if let Some(slot) = slot(vm, frame, key)? {
        set_variable_of(frame, slot, Some(value.clone()));
        return Ok(());
    }
    let extra = extra(frame).unwrap_or_else(|| {
        let made = Dict::new();
        frame.extra_locals.set(made.as_obj().clone());
        made
    });
    extra.set(vm, key, value.clone())
}

/// All pairs: variables that have a value, then the other keys.
fn pairs(frame: &FrameObject) -> Vec<(Obj, Obj)> {
    let variables = locals_of(frame).into_iter().map(|(name, value)| (name.into_obj(), value));
    variables.chain(extra(frame).map(|extra| extra.items()).unwrap_or_default()).collect()
}

fn to_dict(vm: &Vm, frame: &FrameObject) -> PyResult<Ref<Dict>> {
    let dict = Dict::new();
    for (key, value) in pairs(frame) {
        dict.set(vm, &key, value)?;
    }
    Ok(dict)
}

/// The pairs of a dict or of another proxy; nothing of other objects.
fn pairs_of(object: &Obj) -> Option<Vec<(Obj, Obj)>> {
    if let Some(proxy) = object.downcast::<FrameLocals>() {
        return Some(pairs(&proxy.frame));
    }
    object.downcast::<Dict>().map(|dict| dict.items())
}

fn getitem(vm: &Vm, proxy: &Obj, key: &Obj) -> PyResult {
    match find(vm, frame(vm, proxy)?, key)? {
        Some(value) => Ok(value),
        None => {
            let message = format!("local variable '{}' is not defined", vm.repr_text(key)?);
            Err(vm.key_error(Str::new(&message).as_obj()))
        }
    }
}

fn remove(vm: &Vm, frame: &FrameObject, key: &Obj) -> PyResult<Option<Obj>> {
    if slot(vm, frame, key)?.is_some() {
        return Err(vm.value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    match extra(frame) {
        Some(extra) => extra.remove(vm, key),
        None => Ok(None),
    }
}

fn setitem(vm: &Vm, proxy: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let frame = frame(vm, proxy)?;
    match value {
        Some(value) => store(vm, frame, key, value),
        None => match remove(vm, frame, key)? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(key)),
        },
    }
}

fn contains(vm: &Vm, proxy: &Obj, key: &Obj) -> PyResult<bool> {
    Ok(find(vm, frame(vm, proxy)?, key)?.is_some())
}

fn length(vm: &Vm, proxy: &Obj) -> PyResult<usize> {
    Ok(pairs(frame(vm, proxy)?).len())
}

fn keys(vm: &Vm, proxy: &Obj) -> PyResult {
    let pairs = pairs(frame(vm, proxy)?);
    Ok(List::new(pairs.into_iter().map(|(key, _)| key).collect()).into_obj())
}

fn values(vm: &Vm, proxy: &Obj) -> PyResult {
    let pairs = pairs(frame(vm, proxy)?);
    Ok(List::new(pairs.into_iter().map(|(_, value)| value).collect()).into_obj())
}

fn items(vm: &Vm, proxy: &Obj) -> PyResult {
    let pairs = pairs(frame(vm, proxy)?);
    Ok(List::new(pairs.into_iter().map(|(key, value)| Tuple::new(vec![key, value]).into_obj()).collect())
        .into_obj())
}

fn iter(vm: &Vm, proxy: &Obj) -> PyResult {
    vm.iter(&keys(vm, proxy)?)
}

fn reversed(vm: &Vm, proxy: &Obj) -> PyResult {
    let mut keys: Vec<Obj> = pairs(frame(vm, proxy)?).into_iter().map(|(key, _)| key).collect();
    keys.reverse();
    Ok(List::new(keys).into_obj())
}

fn copy(vm: &Vm, proxy: &Obj) -> PyResult {
    Ok(to_dict(vm, frame(vm, proxy)?)?.into_obj())
}

fn repr(vm: &Vm, proxy: &Obj) -> PyResult {
    let whole =
        vm.repr_guard(proxy, |vm| Ok(vm.repr(to_dict(vm, frame(vm, proxy)?)?.as_obj())?.into_obj()))?;
    Ok(whole.unwrap_or_else(|| Str::new("{...}").into_obj()))
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(vm.not_implemented());
    }
    let frame = frame(vm, left)?;
    if let Some(other) = right.downcast::<FrameLocals>() {
        return Ok(vm.bool(frame.is(&other.frame) == (op == CompareOp::Eq)));
    }
    if right.downcast::<Dict>().is_none() {
        return Ok(vm.not_implemented());
    }
    vm.compare(to_dict(vm, frame)?.as_obj(), right, op)
}

fn get(vm: &Vm, proxy: &Obj, args: &[Obj]) -> PyResult {
    let found = find(vm, frame(vm, proxy)?, &args[0])?;
    Ok(vm.or_none(found.or_else(|| args.get(1).cloned())))
}

fn set_default(vm: &Vm, proxy: &Obj, args: &[Obj]) -> PyResult {
    let frame = frame(vm, proxy)?;
    if let Some(value) = find(vm, frame, &args[0])? {
        return Ok(value);
    }
    let default = vm.or_none(args.get(1).cloned());
    store(vm, frame, &args[0], &default)?;
    Ok(default)
}

fn pop(vm: &Vm, proxy: &Obj, args: &[Obj]) -> PyResult {
    check_count(vm, "pop", args.len(), 1, 2)?;
    match remove(vm, frame(vm, proxy)?, &args[0])?.or_else(|| args.get(1).cloned()) {
        Some(value) => Ok(value),
        None => Err(vm.key_error(&args[0])),
    }
}

fn update(vm: &Vm, proxy: &Obj, other: &Obj) -> PyResult {
    let frame = frame(vm, proxy)?;
    let Some(pairs) = pairs_of(other) else {
        return Err(vm.type_error("update() argument must be dict or another FrameLocalsProxy"));
    };
    for (key, value) in pairs {
        store(vm, frame, &key, &value)?;
    }
    Ok(vm.none())
}

fn or(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (pairs_of(left), pairs_of(right)) else {
        return Ok(vm.not_implemented());
    };
    let dict = Dict::new();
    for (key, value) in left.into_iter().chain(right) {
        dict.set(vm, &key, value)?;
    }
    Ok(dict.into_obj())
}

fn inplace_or(vm: &Vm, proxy: &Obj, other: &Obj) -> PyResult {
    if pairs_of(other).is_none() {
        return Ok(vm.not_implemented());
    }
    update(vm, proxy, other)?;
    Ok(proxy.clone())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("__reversed__", "($self, /)", "", NativeCall::NoArgs(reversed)),
    NativeDef::new("copy", "($self, /)", "", NativeCall::NoArgs(copy)),
    NativeDef::new("keys", "($self, /)", "", NativeCall::NoArgs(keys)),
    NativeDef::new("values", "($self, /)", "", NativeCall::NoArgs(values)),
    NativeDef::new("items", "($self, /)", "", NativeCall::NoArgs(items)),
    NativeDef::new("update", "($self, object, /)", "", NativeCall::One(update)),
    NativeDef::new("get", "", "", NativeCall::Positional(1, 2, get)),
    NativeDef::new("pop", "", "", NativeCall::Positional(1, 2, pop)),
    NativeDef::new("setdefault", "", "", NativeCall::Positional(1, 2, set_default)),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &FRAME_LOCALS_PROXY)
        .flags(TypeFlags::MAPPING)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.length.set(Some(length));
            slots.getitem.set(Some(getitem));
            slots.setitem.set(Some(setitem));
            slots.contains.set(Some(contains));
            slots.iter.set(Some(iter));
            slots.richcompare.set(Some(richcompare));
            slots.nb_or.set(Some(or));
            slots.nb_inplace_or.set(Some(inplace_or));
        })
        .methods(METHODS)
        .ready();
}
