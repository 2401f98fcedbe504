//! `builtins`: iterators, and what consumes them.

use std::cell::Cell;

use crate::builtins::{STOP_ASYNC_ITERATION, STOP_ITERATION, builtin_type};
use crate::call::Args;
use crate::errors::{Exc, PyResult};
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::List;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// `anext_awaitable`: awaits the next item of an asynchronous iterator, and brings a default at its end.
pub(crate) struct AnextAwaitable {
    awaitable: Obj,
    default: Obj,
    /// The iterator that `__await__` of the awaitable gave.
    iterator: ObjCell,
    started: Cell<bool>,
}

impl Payload for AnextAwaitable {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &ANEXT_AWAITABLE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.awaitable);
        visitor.visit(&self.default);
        self.iterator.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.iterator.take());
    }
}

builtin_type!(/** `anext_awaitable` */ ANEXT_AWAITABLE, "anext_awaitable", AnextAwaitable);

impl AnextAwaitable {
    fn iterator(&self, vm: &Vm) -> PyResult {
        if !self.started.replace(true) {
            let mut iterator = crate::eval::awaitable(vm, &self.awaitable)?;
            if vm.is_coroutine(&iterator)
                && let Some(get) = iterator.ty().slots.am_await.get()
            {
                iterator = get(vm, &iterator)?;
            }
            self.iterator.set(iterator);
        }
        Ok(vm.or_none(self.iterator.get()))
    }

    /// The end of the asynchronous iterator becomes the default.
    fn or_default(&self, vm: &Vm, result: PyResult) -> PyResult {
        match result {
            Err(error) if error.is(&STOP_ASYNC_ITERATION) => Err(self.stop(vm)),
            other => other,
        }
    }

    fn stop(&self, vm: &Vm) -> Exc {
        vm.error_with(&STOP_ITERATION, vec![self.default.clone()])
    }
}

fn anext_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let this = vm.receiver::<AnextAwaitable>(object)?;
    let iterator = this.iterator(vm)?;
    let Some(next) = iterator.ty().slots.iternext.get() else { return Err(this.stop(vm)) };
    match next(vm, &iterator) {
        Err(error) if error.is(&STOP_ASYNC_ITERATION) => Err(this.stop(vm)),
        other => other,
    }
}

fn anext_forward(vm: &Vm, object: &Obj, name: &str, args: &[Obj]) -> PyResult {
    let this = vm.receiver::<AnextAwaitable>(object)?;
    let iterator = this.iterator(vm)?;
    this.or_default(vm, vm.call_method_named(&iterator, name, args))
}

fn anext_send(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    anext_forward(vm, object, "send", std::slice::from_ref(value))
}

fn anext_throw(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    anext_forward(vm, object, "throw", args)
}

fn anext_close(vm: &Vm, object: &Obj) -> PyResult {
    anext_forward(vm, object, "close", &[])
}

static ANEXT_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "send",
        "($self, object, /)",
        "send(arg) -> the next thing awaited",
        NativeCall::One(anext_send),
    ),
    NativeDef::new(
        "throw",
        "",
        "throw(exception) -> the next thing awaited",
        NativeCall::Positional(1, 3, anext_throw),
    ),
    NativeDef::new(
        "close",
        "($self, /)",
        "close() -> raise GeneratorExit within",
        NativeCall::NoArgs(anext_close),
    ),
];

fn iter(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let Some(sentinel) = args.get(1) else { return vm.iter(&args[0]) };
    crate::builtins::callable_iterator::callable_iterator(vm, &args[0], sentinel)
}

fn next(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let iterator = &args[0];
    let Some(next) = iterator.ty().slots.iternext.get() else {
        return Err(vm.type_error(format!("'{}' object is not an iterator", iterator.ty().name())));
    };
    // Not `Vm::next`: the value of a StopIteration is kept.
    match (next(vm, iterator), args.get(1)) {
        (Ok(Some(item)), _) => Ok(item),
        (Ok(None), Some(default)) => Ok(default.clone()),
        (Ok(None), None) => Err(vm.stop_iteration(None)),
        (Err(error), Some(default)) if error.is(&STOP_ITERATION) => Ok(default.clone()),
        (Err(error), _) => Err(error),
    }
}

fn aiter(vm: &Vm, _: &Obj, object: &Obj) -> PyResult {
    let Some(aiter) = object.ty().slots.am_aiter.get() else {
        return Err(vm.type_error(format!("'{}' object is not an async iterable", object.ty().name())));
    };
    let iterator = aiter(vm, object)?;
    if iterator.ty().slots.am_anext.get().is_none() {
        return Err(vm.type_error(format!(
            "aiter() returned not an async iterator of type '{}'",
            iterator.ty().name()
        )));
    }
    Ok(iterator)
}

fn anext(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let Some(anext) = args[0].ty().slots.am_anext.get() else {
        return Err(vm.type_error(format!("'{}' object is not an async iterator", args[0].ty().name())));
    };
    let awaitable = anext(vm, &args[0])?;
    let Some(default) = args.get(1) else { return Ok(awaitable) };
    let awaitable = AnextAwaitable {
        awaitable,
        default: default.clone(),
        iterator: ObjCell::empty(),
        started: Cell::new(false),
    };
    Ok(Ref::new(awaitable).into_obj())
}

/// Whether an item's truth is `wanted`.
fn find(vm: &Vm, iterable: &Obj, wanted: bool) -> PyResult<bool> {
    let mut found = false;
    vm.for_each(iterable, |item| {
        found = vm.is_true(&item)? == wanted;
        Ok(!found)
    })?;
    Ok(found)
}

fn all(vm: &Vm, _: &Obj, iterable: &Obj) -> PyResult {
    Ok(vm.bool(!find(vm, iterable, false)?))
}

fn any(vm: &Vm, _: &Obj, iterable: &Obj) -> PyResult {
    Ok(vm.bool(find(vm, iterable, true)?))
}

fn sorted(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    crate::call::check_count(vm, "sorted", args.positional().len(), 1, 1)?;
    let list = List::new(vm.collect(&args.all()[0])?);
    crate::builtins::list::sort::sort(vm, list.as_obj(), args.rest())?;
    Ok(list.into_obj())
}

pub(crate) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &ANEXT_AWAITABLE)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(|_, iterator| Ok(iterator.clone())));
            slots.am_await.set(Some(|_, iterator| Ok(iterator.clone())));
            slots.iternext.set(Some(anext_next));
        })
        .methods(ANEXT_METHODS)
        .ready();
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "aiter",
        "($module, async_iterable, /)",
        "An asynchronous iterator for an asynchronous iterable.",
        NativeCall::One(aiter),
    ),
    NativeDef::new("all", "($module, iterable, /)", "Whether all items are true.", NativeCall::One(all)),
    NativeDef::new(
        "anext",
        "($module, aiterator, default=<unrepresentable>, /)",
        "Await the next item of an asynchronous iterator; the default, if given, at its end.",
        NativeCall::Positional(1, 2, anext),
    ),
    NativeDef::new("any", "($module, iterable, /)", "Whether an item is true.", NativeCall::One(any)),
    NativeDef::new(
        "iter",
        "",
        "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nAn iterator over the items, or over what the callable returns before the sentinel.",
        NativeCall::Positional(1, 2, iter),
    ),
    NativeDef::new(
        "next",
        "",
        "next(iterator[, default])\n\nThe next item; the default, if given, at the end.",
        NativeCall::Positional(1, 2, next),
    ),
    NativeDef::new(
        "sorted",
        "($module, iterable, /, *, key=None, reverse=False)",
        "A new list of all items in ascending order.",
        NativeCall::Full(sorted),
    ),
];
