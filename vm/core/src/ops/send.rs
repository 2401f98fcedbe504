//! Sending into generators and their like, and throwing. CPython: Objects/abstract.c, `PyIter_Send`.

use crate::builtins as types;
use crate::builtins::{coroutine, generator};
use crate::errors::{Exc, PyResult};
use crate::eval::{Resumed, resume};
use crate::generator::{ASYNC_GENERATOR, COROUTINE, Generator};
use crate::object::Obj;
use crate::types::Sent;
use crate::vm::Vm;

/// Sends a value into any awaitable or iterator; `stopped` is told of a StopIteration that said what was returned.
pub(crate) fn send_to(
    vm: &Vm,
    receiver: &Obj,
    value: &Obj,
    stopped: impl FnOnce(&Exc) -> PyResult<()>,
) -> PyResult<Sent> {
    if let Some(generator) = receiver.downcast::<Generator>()
        && !receiver.is_exact(&ASYNC_GENERATOR)
    {
        return resume(vm, generator, Resumed::Send(value.clone()));
    }
    if let Some(send) = receiver.ty().slots.am_send.get() {
        let sent = send(vm, receiver, value)?;
        if let Sent::Returned(value) = &sent
            && crate::trace::raising_is_told()
        {
            // CPython returns by way of one.
            stopped(&vm.stop_iteration(Some(value.clone())))?;
        }
        return Ok(sent);
    }
    let result = match receiver.ty().slots.iternext.get() {
        Some(next) if vm.is_none(value) => next(vm, receiver),
        _ => vm.call_method(receiver, &vm.names().send, std::slice::from_ref(value)).map(Some),
    };
    match result {
        Ok(Some(value)) => Ok(Sent::Yielded(value)),
        Ok(None) => Ok(Sent::Returned(vm.none())),
        Err(error) if error.is(&types::STOP_ITERATION) => {
            stopped(&error)?;
            Ok(Sent::Returned(returned(vm, &error)))
        }
        Err(error) => Err(error),
    }
}

/// What a StopIteration says was returned.
fn returned(vm: &Vm, stop: &Exc) -> Obj {
    vm.or_none(stop.exception().fields.first().and_then(|field| field.get()))
}

impl Vm {
    /// Sends a value into a coroutine, a generator or what has their methods.
    pub fn send(&self, receiver: &Obj, value: &Obj) -> PyResult<Sent> {
        send_to(self, receiver, value, |_| Ok(()))
    }

    /// Calls `receiver.throw(error)`: raises where the coroutine, or what has its methods, waits.
    pub fn throw_into(&self, receiver: &Obj, error: Exc) -> PyResult<Sent> {
        if let Some(generator) = receiver.downcast::<Generator>()
            && receiver.is_exact(&COROUTINE)
        {
            coroutine::check_unfinished(self, generator)?;
            return generator::throw_into(self, generator, error);
        }
        match self.call_method(receiver, &self.names().throw, &[error.into_obj()]) {
            Ok(value) => Ok(Sent::Yielded(value)),
            Err(stop) if stop.is(&types::STOP_ITERATION) => Ok(Sent::Returned(returned(self, &stop))),
            Err(error) => Err(error),
        }
    }

    /// Whether the object is a coroutine of an `async def`.
    pub fn is_coroutine(&self, object: &Obj) -> bool {
        object.is_exact(&COROUTINE)
    }
}
