//! What Python sees of futures.

use lasti_vm::builtins::{ATTRIBUTE_ERROR, class_getitem_def};
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::future::{FUTURE, Future, State};
use super::imports::{FUTURE_REPR, INVALID_STATE_ERROR, raised};
use super::{NAME, awaited_by, future_iter};
use crate::_contextvars;

pub(super) fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Future::empty()).into_obj())
}

fn init(vm: &Vm, future: &Obj, args: Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature<1> = Signature::new("Future", ["loop"], 0).keyword_only(0);
    let [event_loop] = args.bind(vm, &SIGNATURE)?;
    vm.receiver::<Future>(future)?.init(vm, event_loop)
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<Future>(object)?.event_loop(vm)?;
    vm.call(&FUTURE_REPR.get(vm)?, std::slice::from_ref(object))
}

fn result(vm: &Vm, object: &Obj) -> PyResult {
    let future = vm.receiver::<Future>(object)?;
    if !future.is_alive() {
        return Err(INVALID_STATE_ERROR.error(vm, "Future object is not initialized."));
    }
    future.outcome(vm)
}

fn exception(vm: &Vm, object: &Obj) -> PyResult {
    let future = vm.receiver::<Future>(object)?;
    if !future.is_alive() {
        return Err(INVALID_STATE_ERROR.error(vm, "Future object is not initialized."));
    }
    match future.state.get() {
        State::Cancelled => Err(raised(vm, future.make_cancelled_error(vm))),
        State::Pending => Err(INVALID_STATE_ERROR.error(vm, "Exception is not set.")),
        State::Finished => {
            future.log_traceback.set(false);
            Ok(vm.or_none(future.exception.get()))
        }
    }
}

fn set_result(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    Future::set_result(vm.receiver::<Future>(object)?, vm, value.clone())?;
    Ok(vm.none())
}

fn set_exception(vm: &Vm, object: &Obj, exception: &Obj) -> PyResult {
    let future = vm.receiver::<Future>(object)?;
    future.event_loop(vm)?;
    Future::set_exception(future, vm, exception)?;
    Ok(vm.none())
}

fn add_done_callback(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<2> =
        Signature::new("add_done_callback", ["", "context"], 1).positional_only(1).keyword_only(1);
    let future = vm.receiver::<Future>(object)?;
    let [Some(callback), context] = args.bind(vm, &SIGNATURE)? else { return Ok(vm.none()) };
    let context = context.map_or_else(|| _contextvars::copy_current(vm), Obj::clone);
    Future::add_done_callback(future, vm, callback, &context)?;
    Ok(vm.none())
}

fn remove_done_callback(vm: &Vm, object: &Obj, callback: &Obj) -> PyResult {
    let future = vm.receiver::<Future>(object)?;
    future.event_loop(vm)?;
    let mut removed = 0;
    if let Some(first) = future.callback.get()
        && vm.eq(&first, callback)?
    {
        drop((future.callback.take(), future.context.take()));
        removed += 1;
    }
    // Comparing may change the callbacks: what is left then counts.
    let before = future.callbacks.len();
    let mut kept = Vec::with_capacity(before);
    let mut index = 0;
    while let Some(pair) = future.callbacks.get(index) {
        let known = pair.downcast::<Tuple>().and_then(|pair| pair.items().first().cloned());
        match known {
            Some(known) if vm.eq(&known, callback)? => {}
            _ => kept.push(pair),
        }
        index += 1;
    }
    if kept.is_empty() || future.callbacks.is_empty() {
        drop(future.callbacks.take());
        return Ok(Int::from_usize(removed + before));
    }
    let all = future.callbacks.len();
    let kept_count = kept.len();
    if kept_count != all {
        drop(future.callbacks.replace(kept));
    }
    Ok(Int::from_usize((removed + all).saturating_sub(kept_count)))
}

fn cancel(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<1> = Signature::new("cancel", ["msg"], 0);
    let future = vm.receiver::<Future>(object)?;
    let [message] = args.bind(vm, &SIGNATURE)?;
    future.event_loop(vm)?;
    let message = vm.or_none(message.cloned());
    Ok(vm.bool(Future::cancel(future, vm, Some(message))?))
}

fn cancelled(vm: &Vm, object: &Obj) -> PyResult {
    let future = vm.receiver::<Future>(object)?;
    Ok(vm.bool(future.is_alive() && future.state.get() == State::Cancelled))
}

fn done(vm: &Vm, object: &Obj) -> PyResult {
    let future = vm.receiver::<Future>(object)?;
    Ok(vm.bool(future.is_alive() && future.is_done()))
}

fn get_loop(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<Future>(object)?.event_loop(vm)
}

pub(super) fn make_cancelled_error(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<Future>(object)?.make_cancelled_error(vm)
}

/// The value that an attribute is set to, which can't be deleted.
pub(super) fn set_to<'a>(vm: &Vm, value: Option<&'a Obj>) -> PyResult<&'a Obj> {
    value.ok_or_else(|| vm.error(&ATTRIBUTE_ERROR, "cannot delete attribute"))
}

fn get_state(vm: &Vm, object: &Obj) -> PyResult {
    let future = vm.receiver::<Future>(object)?;
    future.event_loop(vm)?;
    let name = match future.state.get() {
        State::Pending => "PENDING",
        State::Cancelled => "CANCELLED",
        State::Finished => "FINISHED",
    };
    Ok(vm.intern(name).into_obj())
}

fn get_blocking(vm: &Vm, object: &Obj) -> PyResult {
    let future = vm.receiver::<Future>(object)?;
    Ok(vm.bool(future.is_alive() && future.blocking.get()))
}

fn set_blocking(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let future = vm.receiver::<Future>(object)?;
    future.event_loop(vm)?;
    let blocking = vm.is_true(set_to(vm, value)?)?;
    future.blocking.set(blocking);
    Ok(())
}

fn get_callbacks(vm: &Vm, object: &Obj) -> PyResult {
    let future = vm.receiver::<Future>(object)?;
    future.event_loop(vm)?;
    let first = future.callback.get().map(|callback| {
        let pair = vec![callback, vm.or_none(future.context.get())];
        Tuple::new(pair).into_obj()
    });
    let all: Vec<Obj> = first.into_iter().chain(future.callbacks.to_vec()).collect();
    Ok(if all.is_empty() { vm.none() } else { List::new(all).into_obj() })
}

fn set_log_traceback(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if vm.is_true(set_to(vm, value)?)? {
        return Err(vm.value_error("_log_traceback can only be set to False"));
    }
    vm.receiver::<Future>(object)?.log_traceback.set(false);
    Ok(())
}

fn set_cancel_message(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.receiver::<Future>(object)?.cancel_message.set(set_to(vm, value)?.clone());
    Ok(())
}

pub(super) const RESULT: NativeDef = NativeDef::new(
    "result",
    "($self, /)",
    "Return the result this future represents.\n\nIf the future has been cancelled, raises CancelledError.  If the\nfuture's result isn't yet available, raises InvalidStateError.  If\nthe future is done and has an exception set, this exception is\nraised.",
    NativeCall::NoArgs(result),
);

pub(super) const EXCEPTION: NativeDef = NativeDef::new(
    "exception",
    "($self, /)",
    "Return the exception that was set on this future.\n\nThe exception (or None if no exception was set) is returned only if\nthe future is done.  If the future has been cancelled, raises\nCancelledError.  If the future isn't done yet, raises\nInvalidStateError.",
    NativeCall::NoArgs(exception),
);

pub(super) const ADD_DONE_CALLBACK: NativeDef = NativeDef::new(
    "add_done_callback",
    "($self, fn, /, *, context=<unrepresentable>)",
    "Add a callback to be run when the future becomes done.\n\nThe callback is called with a single argument - the future object.\nIf the future is already done when this is called, the callback is\nscheduled with call_soon.",
    NativeCall::Full(add_done_callback),
);

pub(super) const REMOVE_DONE_CALLBACK: NativeDef = NativeDef::new(
    "remove_done_callback",
    "($self, fn, /)",
    "Remove all instances of a callback from the \"call when done\" list.\n\nReturns the number of callbacks removed.",
    NativeCall::One(remove_done_callback),
);

pub(super) const CANCELLED: NativeDef = NativeDef::new(
    "cancelled",
    "($self, /)",
    "Return True if the future was cancelled.",
    NativeCall::NoArgs(cancelled),
);

pub(super) const DONE: NativeDef = NativeDef::new(
    "done",
    "($self, /)",
    "Return True if the future is done.\n\nDone means either that a result / exception are available, or that\nthe future was cancelled.",
    NativeCall::NoArgs(done),
);

static METHODS: &[NativeDef] = &[
    RESULT,
    EXCEPTION,
    NativeDef::new(
        "set_result",
        "($self, result, /)",
        "Mark the future done and set its result.\n\nIf the future is already done when this method is called, raises\nInvalidStateError.",
        NativeCall::One(set_result),
    ),
    NativeDef::new(
        "set_exception",
        "($self, exception, /)",
        "Mark the future done and set an exception.\n\nIf the future is already done when this method is called, raises\nInvalidStateError.",
        NativeCall::One(set_exception),
    ),
    ADD_DONE_CALLBACK,
    REMOVE_DONE_CALLBACK,
    NativeDef::new(
        "cancel",
        "($self, /, msg=None)",
        "Cancel the future and schedule callbacks.\n\nIf the future is already done or cancelled, return False.\nOtherwise, change the future's state to cancelled, schedule the\ncallbacks and return True.",
        NativeCall::Full(cancel),
    ),
    CANCELLED,
    DONE,
    NativeDef::new(
        "get_loop",
        "($self, /)",
        "Return the event loop the Future is bound to.",
        NativeCall::NoArgs(get_loop),
    ),
    NativeDef::new(
        "_make_cancelled_error",
        "($self, /)",
        "Create the CancelledError to raise if the Future is cancelled.\n\nThis should only be called once when handling a cancellation since\nit erases the context exception value.",
        NativeCall::NoArgs(make_cancelled_error),
    ),
    class_getitem_def("Futures are generic over the type of their results"),
];

static PROPERTIES: &[Property] = &[
    Property::new("_state", "", get_state),
    Property::new("_asyncio_future_blocking", "", get_blocking).with_setter(set_blocking),
    Property::new("_loop", "", |vm, object| Ok(vm.or_none(vm.receiver::<Future>(object)?.event_loop.get()))),
    Property::new("_callbacks", "", get_callbacks),
    Property::new("_result", "", |vm, object| {
        let future = vm.receiver::<Future>(object)?;
        future.event_loop(vm)?;
        Ok(vm.or_none(future.result.get()))
    }),
    Property::new("_exception", "", |vm, object| {
        let future = vm.receiver::<Future>(object)?;
        future.event_loop(vm)?;
        Ok(vm.or_none(future.exception.get()))
    }),
    Property::new("_log_traceback", "", |vm, object| {
        let future = vm.receiver::<Future>(object)?;
        future.event_loop(vm)?;
        Ok(vm.bool(future.log_traceback.get()))
    })
    .with_setter(set_log_traceback),
    Property::new("_source_traceback", "", |vm, object| {
        Ok(vm.or_none(vm.receiver::<Future>(object)?.source_traceback.get()))
    }),
    Property::new("_cancel_message", "", |vm, object| {
        Ok(vm.or_none(vm.receiver::<Future>(object)?.cancel_message.get()))
    })
    .with_setter(set_cancel_message),
    Property::new("_asyncio_awaited_by", "", |vm, object| {
        awaited_by::shown(vm, vm.receiver::<Future>(object)?)
    }),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &FUTURE)
        .doc("This class is *almost* compatible with concurrent.futures.Future.\n\n    Differences:\n\n    - result() and exception() do not take a timeout argument and\n      raise an exception when the future isn't done yet.\n\n    - Callbacks registered with add_done_callback() are always called\n      via the event loop's call_soon_threadsafe().\n\n    - This class is not compatible with the wait() and as_completed()\n      methods in the concurrent.futures package.")
        .module(NAME)
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init));
            slots.repr.set(Some(repr));
            slots.iter.set(Some(future_iter::over));
            slots.am_await.set(Some(future_iter::over));
            slots.finalize.set(Some(Future::finalize));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
