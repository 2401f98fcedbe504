//! `map` and `filter`. CPython: Python/bltinmodule.c.

use super::builtin_type;
use super::object::iter_self;
use super::sequence::refuses_keywords;
use super::sequence_iterators::{reduce_def, setstate_def};
use super::zip::{Parallel, strict_keyword};
use crate::call::{Args, check_count};
use crate::errors::PyResult;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::types::{NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// `map`
pub(crate) struct Map {
    function: ObjCell,
    arguments: Parallel,
}

impl Payload for Map {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &MAP
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.function.traverse(visitor);
        self.arguments.traverse(visitor);
    }

    fn clear(&self) {
        self.arguments.clear();
        drop(self.function.take());
    }
}

builtin_type!(/** `map` */ MAP, "map", Map);

static MAP_METHODS: &[NativeDef] = &[reduce_def(map_reduce), setstate_def(map_setstate)];

fn map_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let strict = if refuses_keywords(ty, &MAP) { strict_keyword(vm, "map", args)? } else { false };
    let [function, iterables @ ..] = args.positional() else {
        return Err(vm.type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(vm.type_error("map() must have at least two arguments."));
    }
    let arguments = Parallel::new(vm, "map", iterables, strict)?;
    Ok(Ref::new_in(ty, Map { function: ObjCell::new(Some(function.clone())), arguments }).into_obj())
}

fn map_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let map = vm.receiver::<Map>(object)?;
    let Some(function) = map.function.get() else { return Ok(None) };
    if let Some(iterator) = map.arguments.only() {
        return match vm.next_inline(&iterator)? {
            Some(argument) => vm.call(&function, std::slice::from_ref(&argument)).map(Some),
            None => Ok(None),
        };
    }
    match map.arguments.next(vm)? {
        Some(arguments) => vm.call(&function, &arguments).map(Some),
        None => Ok(None),
    }
}

fn map_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let map = vm.receiver::<Map>(object)?;
    let mut args = vec![vm.or_none(map.function.get())];
    args.extend(map.arguments.to_vec());
    let mut parts = vec![object.ty().to_obj(), Tuple::new(args).into_obj()];
    if map.arguments.strict.get() {
        parts.push(vm.bool(true));
    }
    Ok(Tuple::new(parts).into_obj())
}

fn map_setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    vm.receiver::<Map>(object)?.arguments.strict.set(vm.is_true(state)?);
    Ok(vm.none())
}

/// `filter`
pub(crate) struct Filter {
    function: ObjCell,
    iterator: ObjCell,
}

impl Payload for Filter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &FILTER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.function.traverse(visitor);
        self.iterator.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.iterator.take());
        drop(self.function.take());
    }
}

builtin_type!(/** `filter` */ FILTER, "filter", Filter);

static FILTER_METHODS: &[NativeDef] = &[reduce_def(filter_reduce)];

fn filter_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    if refuses_keywords(ty, &FILTER) {
        args.no_keywords(vm, "filter")?;
    }
    let positional = args.positional();
    check_count(vm, "filter", positional.len(), 2, 2)?;
    let function = ObjCell::new(Some(positional[0].clone()));
    let iterator = ObjCell::new(Some(vm.iter(&positional[1])?));
    Ok(Ref::new_in(ty, Filter { function, iterator }).into_obj())
}

fn filter_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let filter = vm.receiver::<Filter>(object)?;
    let (Some(function), Some(iterator)) = (filter.function.get(), filter.iterator.get()) else {
        return Ok(None);
    };
    let plain = vm.is_none(&function) || function.is(&super::BOOL.to_obj());
    while let Some(item) = vm.next(&iterator)? {
        let good = if plain {
            vm.is_true(&item)?
        } else {
            let answer = vm.call(&function, std::slice::from_ref(&item))?;
            vm.is_true(&answer)?
        };
        if good {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn filter_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let filter = vm.receiver::<Filter>(object)?;
    let args = vec![vm.or_none(filter.function.get()), vm.or_none(filter.iterator.get())];
    Ok(Tuple::new(vec![object.ty().to_obj(), Tuple::new(args).into_obj()]).into_obj())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &MAP)
        .doc("map(function, iterable, /, *iterables, strict=False)\n--\n\nMake an iterator that computes the function using arguments from\neach of the iterables.  Stops when the shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a ValueError.")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.new.set(Some(map_new));
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(map_next));
        })
        .methods(MAP_METHODS)
        .ready();
    TypeBuilder::new(vm, &FILTER)
        .doc("filter(function, iterable, /)\n--\n\nReturn an iterator yielding those items of iterable for which function(item)\nis true. If function is None, return the items that are true.")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.new.set(Some(filter_new));
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(filter_next));
        })
        .methods(FILTER_METHODS)
        .ready();
}
