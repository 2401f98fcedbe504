//! `FutureIter`: what `await future` goes through. It yields the future once, and then returns its result.

use lasti_vm::builtins::{BASE_EXCEPTION, iter_self};
use lasti_vm::errors::{BaseException, Exc};
use lasti_vm::object::{ObjCell, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::traceback::Traceback;
use lasti_vm::types::{NativeCall, NativeDef, Sent, TypeBuilder, TypeData, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::NAME;
use super::future::Future;
use super::imports::raised;

pub(super) struct FutureIter {
    /// Empty once it was closed.
    future: ObjCell,
}

impl Payload for FutureIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &FUTURE_ITER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.future.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.future.take());
    }
}

lasti_vm::builtin_type!(/** `FutureIter` */ FUTURE_ITER, "FutureIter", FutureIter);

/// `Future.__iter__`, `Future.__await__`
pub(super) fn over(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<Future>(object)?.event_loop(vm)?;
    Ok(Ref::new(FutureIter { future: ObjCell::new(Some(object.clone())) }).into_obj())
}

/// Values that are sent don't matter.
fn send(vm: &Vm, iterator: &Obj, _: &Obj) -> PyResult<Sent> {
    let Some(future) = vm.receiver::<FutureIter>(iterator)?.future.get_as::<Future>() else {
        return Ok(Sent::Returned(vm.none()));
    };
    if future.is_done() {
        return future.outcome(vm).map(Sent::Returned);
    }
    if future.blocking.get() {
        return Err(vm.runtime_error("await wasn't used with future"));
    }
    future.blocking.set(true);
    Ok(Sent::Yielded(future.into_obj()))
}

fn next(vm: &Vm, iterator: &Obj) -> PyResult<Option<Obj>> {
    match send(vm, iterator, iterator)? {
        Sent::Yielded(future) => Ok(Some(future)),
        Sent::Returned(result) if vm.is_none(&result) => Ok(None),
        Sent::Returned(result) => Err(vm.stop_iteration(Some(result))),
    }
}

fn send_method(vm: &Vm, iterator: &Obj, _: &Obj) -> PyResult {
    next(vm, iterator)?.ok_or_else(|| vm.stop_iteration(None))
}

fn close(vm: &Vm, iterator: &Obj) -> PyResult {
    drop(vm.receiver::<FutureIter>(iterator)?.future.take());
    Ok(vm.none())
}

fn throw(vm: &Vm, iterator: &Obj, args: &[Obj]) -> PyResult {
    let this = vm.receiver::<FutureIter>(iterator)?;
    if args.len() > 1 {
        vm.warn_deprecated(
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
        )?;
    }
    let error = thrown(vm, &args[0], args.get(1), args.get(2))?;
    drop(this.future.take());
    Err(error)
}

/// The exception that is thrown, as class or instance.
fn thrown(vm: &Vm, thrown: &Obj, value: Option<&Obj>, traceback: Option<&Obj>) -> PyResult<Exc> {
    let value = value.filter(|value| !vm.is_none(value));
    let traceback = traceback.filter(|traceback| !vm.is_none(traceback));
    if traceback.is_some_and(|traceback| traceback.downcast::<Traceback>().is_none()) {
        return Err(vm.type_error("throw() third argument must be a traceback"));
    }
    let error = if let Some(class) =
        thrown.downcast::<TypeData>().filter(|class| class.is_subtype_of(&BASE_EXCEPTION))
    {
        match value {
            Some(value) if value.is_instance_of(class) => raised(vm, Ok(value.clone())),
            Some(value) => match value.downcast::<Tuple>() {
                Some(args) => raised(vm, vm.call(thrown, args.items())),
                None => raised(vm, vm.call(thrown, std::slice::from_ref(value))),
            },
            None => raised(vm, vm.call(thrown, &[])),
        }
    } else if thrown.downcast::<BaseException>().is_some() {
        if value.is_some() {
            return Err(vm.type_error("instance exception may not have a separate value"));
        }
        raised(vm, Ok(thrown.clone()))
    } else {
        return Err(
            vm.type_error("exceptions must be classes deriving BaseException or instances of such a class")
        );
    };
    if let Some(traceback) = traceback {
        error.exception().traceback.set(traceback.clone());
    }
    Ok(error)
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("send", "", "", NativeCall::One(send_method)),
    NativeDef::new("throw", "", "", NativeCall::Positional(1, 3, throw)),
    NativeDef::new("close", "", "", NativeCall::NoArgs(close)),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &FUTURE_ITER)
        .module(NAME)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(next));
            slots.am_send.set(Some(send));
        })
        .methods(METHODS)
        .ready();
}
