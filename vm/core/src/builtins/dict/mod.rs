//! `dict`. CPython: Objects/dictobject.c. Views and iterators have files of their own.

mod iterators;
mod views;

use iterators::DictIter;

use views::Part;

use super::DICT;
use super::sequence::Shown;
use crate::call::{Args, check_count};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::set::Set;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

static METHODS: &[NativeDef] = &[
    super::class_getitem_def(
        "dicts are generic over two types, signifying (respectively) the types of their keys and values",
    ),
    NativeDef::new(
        "__contains__",
        "($self, key, /)",
        "True if the dictionary has the specified key, else False.",
        NativeCall::One(|vm, object, key| Ok(vm.bool(contains(vm, object, key)?))),
    ),
    NativeDef::new("__getitem__", "($self, key, /)", "Return self[key].", NativeCall::One(getitem)),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Return the size of the dict in memory, in bytes.",
        NativeCall::NoArgs(sizeof),
    ),
    NativeDef::new(
        "get",
        "($self, key, default=None, /)",
        "Return the value for key if key is in the dictionary, else default.",
        NativeCall::Positional(1, 2, get),
    ),
    NativeDef::new(
        "setdefault",
        "($self, key, default=None, /)",
        "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default.",
        NativeCall::Positional(1, 2, setdefault),
    ),
    NativeDef::new(
        "pop",
        "($self, key, default=<unrepresentable>, /)",
        "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError.",
        NativeCall::Positional(1, 2, pop),
    ),
    NativeDef::new(
        "popitem",
        "($self, /)",
        "Remove and return a (key, value) pair as a 2-tuple.\n\nPairs are returned in LIFO (last-in, first-out) order.\nRaises KeyError if the dict is empty.",
        NativeCall::NoArgs(popitem),
    ),
    NativeDef::new(
        "keys",
        "($self, /)",
        "Return a set-like object providing a view on the dict's keys.",
        NativeCall::NoArgs(keys),
    ),
    NativeDef::new(
        "items",
        "($self, /)",
        "Return a set-like object providing a view on the dict's items.",
        NativeCall::NoArgs(items),
    ),
    NativeDef::new(
        "values",
        "($self, /)",
        "Return an object providing a view on the dict's values.",
        NativeCall::NoArgs(values),
    ),
    NativeDef::new(
        "update",
        "",
        "D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.\nIf E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]\nIf E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v\nIn either case, this is followed by: for k in F:  D[k] = F[k]",
        NativeCall::Full(update),
    ),
    NativeDef::new(
        "fromkeys",
        "($type, iterable, value=None, /)",
        "Create a new dictionary with keys from iterable and values set to value.",
        NativeCall::Positional(1, 2, fromkeys),
    )
    .class_method(),
    NativeDef::new("clear", "($self, /)", "Remove all items from the dict.", NativeCall::NoArgs(clear)),
    NativeDef::new("copy", "($self, /)", "Return a shallow copy of the dict.", NativeCall::NoArgs(copy)),
    NativeDef::new(
        "__reversed__",
        "($self, /)",
        "Return a reverse iterator over the dict keys.",
        NativeCall::NoArgs(reversed),
    ),
];

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Dict::empty()).into_obj())
}

fn init_dict(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    update_from_args(vm, object, "dict", args)
}

fn update(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    update_from_args(vm, object, "update", args)?;
    Ok(vm.none())
}

fn update_from_args(vm: &Vm, object: &Obj, function: &str, args: Args<'_>) -> PyResult<()> {
    let dict = vm.receiver::<Dict>(object)?;
    let positional = args.positional();
    check_count(vm, function, positional.len(), 0, 1)?;
    if let [other] = positional {
        dict.update(vm, other)?;
    }
    for (name, value) in args.keywords() {
        if name.downcast::<Str>().is_none() {
            return Err(vm.type_error("keywords must be strings"));
        }
        dict.set(vm, name, value.clone())?;
    }
    Ok(())
}

impl Dict {
    /// `dict.update(other)`: from a mapping, or from an iterable of pairs.
    pub fn update(&self, vm: &Vm, other: &Obj) -> PyResult<()> {
        if other.is_exact(&DICT) {
            return self.merge(vm, other, true);
        }
        match vm.find_attr(other, &vm.names().keys)? {
            Some(_) => self.merge(vm, other, true),
            None => self.merge_pairs(vm, other),
        }
    }

    /// Sets the items of a mapping; those of keys that are there already only with `replace`.
    /// CPython: `dict_merge`.
    pub fn merge(&self, vm: &Vm, other: &Obj, replace: bool) -> PyResult<()> {
        // A subclass may show other keys than it holds: if it has an `__iter__` of its own.
        let plain = other.downcast::<Dict>().filter(|_| {
            other
                .ty()
                .slots
                .iter
                .get()
                .is_some_and(|own| std::ptr::fn_addr_eq(own, iter as crate::types::UnaryFn))
        });
        let Some(other) = plain else { return self.merge_mapping(vm, other, replace) };
        if std::ptr::eq(self, &***other) {
            return Ok(());
        }
        let length = other.len();
        let mut position = 0;
        while let Some((key, value, hash)) = other.next_hashed(&mut position) {
            if replace {
                self.set_hashed(vm, &key, hash, value)?;
            } else {
                self.set_default_hashed(vm, &key, hash, value)?;
            }
            if other.len() != length {
                return Err(vm.runtime_error("dict mutated during update"));
            }
        }
        Ok(())
    }

    fn merge_mapping(&self, vm: &Vm, other: &Obj, replace: bool) -> PyResult<()> {
        let keys = vm.call_method(other, &vm.names().keys, &[])?;
        let keys = vm.iter(&keys)?;
        while let Some(key) = vm.next(&keys)? {
            if !replace && self.contains(vm, &key)? {
                continue;
            }
            let value = vm.getitem(other, &key)?;
            self.set(vm, &key, value)?;
        }
        Ok(())
    }

    /// CPython: `merge_from_seq2`.
    fn merge_pairs(&self, vm: &Vm, iterable: &Obj) -> PyResult<()> {
        let iterator = vm.iter(iterable)?;
        let mut number = 0;
        while let Some(pair) = vm.next(&iterator)? {
            // CPython: `PySequence_Fast`.
            let items = match vm.iter(&pair) {
                Ok(_) => vm.collect(&pair),
                Err(error) if error.is(&super::TYPE_ERROR) => Err(vm.type_error("object is not iterable")),
                Err(error) => Err(error),
            };
            let items = match items {
                Ok(items) => items,
                Err(error) if error.is(&super::TYPE_ERROR) => {
                    let note =
                        format!("Cannot convert dictionary update sequence element #{number} to a sequence");
                    vm.call_method_named(
                        error.exception().as_obj(),
                        "add_note",
                        &[Str::new(&note).into_obj()],
                    )?;
                    return Err(error);
                }
                Err(error) => return Err(error),
            };
            let [key, value] = items.as_slice() else {
                return Err(vm.value_error(format!(
                    "dictionary update sequence element #{number} has length {}; 2 is required",
                    items.len()
                )));
            };
            self.set(vm, key, value.clone())?;
            number += 1;
        }
        Ok(())
    }
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let dict = vm.receiver::<Dict>(object)?;
    let text = vm.repr_guard(object, |vm| {
        let mut text = Shown::new("{");
        let (mut position, mut first) = (0, true);
        while let Some((key, value)) = dict.next(&mut position) {
            if !first {
                text.text(", ");
            }
            first = false;
            text.repr(vm, &key)?;
            text.text(": ");
            text.repr(vm, &value)?;
        }
        text.text("}");
        Ok(text.finish())
    })?;
    Ok(text.unwrap_or_else(|| Str::new("{...}")).into_obj())
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Dict>(), right.downcast::<Dict>()) else {
        return Ok(vm.not_implemented());
    };
    match op {
        CompareOp::Eq => Ok(vm.bool(equal(vm, a, b)?)),
        CompareOp::Ne => Ok(vm.bool(!equal(vm, a, b)?)),
        _ => Ok(vm.not_implemented()),
    }
}

fn equal(vm: &Vm, a: &Ref<Dict>, b: &Ref<Dict>) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((key, value, hash)) = a.next_hashed(&mut position) {
        match b.get_hashed(vm, &key, hash)? {
            Some(other) if vm.eq(&value, &other)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    Ok(vm.receiver::<Dict>(object)?.len())
}

fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    let dict = vm.receiver::<Dict>(object)?;
    if let Some(value) = dict.get(vm, key)? {
        return Ok(value);
    }
    if !object.is_exact(&DICT)
        && let Some(value) = vm.call_special(object, &vm.names().__missing__, std::slice::from_ref(key))?
    {
        return Ok(value);
    }
    Err(vm.key_error(key))
}

fn setitem(vm: &Vm, object: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let dict = vm.receiver::<Dict>(object)?;
    match value {
        Some(value) => dict.set(vm, key, value.clone()),
        None => match dict.remove(vm, key)? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(key)),
        },
    }
}

fn contains(vm: &Vm, object: &Obj, key: &Obj) -> PyResult<bool> {
    vm.receiver::<Dict>(object)?.contains(vm, key)
}

fn or(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (Some(a), Some(_)) = (left.downcast::<Dict>(), right.downcast::<Dict>()) else {
        return Ok(vm.not_implemented());
    };
    let result = a.copy();
    result.update(vm, right)?;
    Ok(result.into_obj())
}

fn inplace_or(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    vm.receiver::<Dict>(left)?.update(vm, right)?;
    Ok(left.clone())
}

fn iter(vm: &Vm, object: &Obj) -> PyResult {
    Ok(DictIter::make(vm.receiver::<Dict>(object)?, Part::Keys, false))
}

fn get(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let found = vm.receiver::<Dict>(object)?.get(vm, &args[0])?;
    Ok(found.unwrap_or_else(|| vm.or_none(args.get(1).cloned())))
}

fn setdefault(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    vm.receiver::<Dict>(object)?.set_default(vm, &args[0], vm.or_none(args.get(1).cloned()))
}

fn pop(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let dict = vm.receiver::<Dict>(object)?;
    // An empty dict does not ask for the key's hash.
    let value = if dict.is_empty() { None } else { dict.remove(vm, &args[0])? };
    match (value, args.get(1)) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(vm.key_error(&args[0])),
    }
}

fn popitem(vm: &Vm, object: &Obj) -> PyResult {
    match vm.receiver::<Dict>(object)?.pop_last() {
        Some((key, value)) => Ok(Tuple::new(vec![key, value]).into_obj()),
        None => Err(vm.error(&super::KEY_ERROR, "popitem(): dictionary is empty")),
    }
}

fn keys(vm: &Vm, object: &Obj) -> PyResult {
    Ok(views::make(vm.receiver::<Dict>(object)?, Part::Keys))
}

fn items(vm: &Vm, object: &Obj) -> PyResult {
    Ok(views::make(vm.receiver::<Dict>(object)?, Part::Items))
}

fn values(vm: &Vm, object: &Obj) -> PyResult {
    Ok(views::make(vm.receiver::<Dict>(object)?, Part::Values))
}

fn fromkeys(vm: &Vm, class: &Obj, args: &[Obj]) -> PyResult {
    let result = vm.call(class, &[])?;
    let value = vm.or_none(args.get(1).cloned());
    match result.downcast_exact::<Dict>() {
        Some(dict) => {
            if let Some(set) = args[0].downcast::<Set>().filter(|_| super::set::is_exact_any_set(&args[0])) {
                let mut position = 0;
                while let Some((key, hash)) = set.next(&mut position) {
                    dict.set_hashed(vm, &key, hash, value.clone())?;
                }
                return Ok(result);
            }
            vm.for_each(&args[0], |key| {
                dict.set(vm, &key, value.clone())?;
                Ok(true)
            })?;
        }
        None => vm.for_each(&args[0], |key| {
            vm.setitem(&result, &key, &value)?;
            Ok(true)
        })?,
    }
    Ok(result)
}

fn clear(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<Dict>(object)?.clear_now();
    Ok(vm.none())
}

fn copy(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<Dict>(object)?.copy().into_obj())
}

fn reversed(vm: &Vm, object: &Obj) -> PyResult {
    Ok(DictIter::make(vm.receiver::<Dict>(object)?, Part::Keys, true))
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let dict = vm.receiver::<Dict>(object)?;
    Ok(Int::from_usize(object.ty().instance_size() + dict.table.bytes()))
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &DICT)
        .doc("dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in the keyword argument list.  For example:  dict(one=1, two=2)")
        .flags(TypeFlags::BASETYPE | TypeFlags::MAPPING | TypeFlags::MATCH_SELF)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init_dict));
            slots.repr.set(Some(repr));
            slots.richcompare.set(Some(richcompare));
            slots.length.set(Some(length));
            slots.getitem.set(Some(getitem));
            slots.setitem.set(Some(setitem));
            slots.contains.set(Some(contains));
            slots.nb_or.set(Some(or));
            slots.nb_inplace_or.set(Some(inplace_or));
            slots.iter.set(Some(iter));
        })
        .methods(METHODS)
        .ready();
    views::init(vm);
    iterators::init(vm);
}
