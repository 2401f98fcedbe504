//! What Python sees of tasks.

use lasti_vm::builtins::class_getitem_def;
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::future::{FUTURE, Future, TASK};
use super::future_type::{
    ADD_DONE_CALLBACK, CANCELLED, DONE, EXCEPTION, REMOVE_DONE_CALLBACK, RESULT, make_cancelled_error, new,
    set_to,
};
use super::imports::{TASK_GET_STACK, TASK_PRINT_STACK, TASK_REPR};
use super::task::{self, Wanted};
use super::{NAME, future_iter};

fn receiver<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<Future>> {
    vm.receiver::<Future>(object)
}

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature<5> =
        Signature::new("Task", ["coro", "loop", "name", "context", "eager_start"], 1).keyword_only(1);
    let [Some(coroutine), event_loop, name, context, eager] = args.bind(vm, &SIGNATURE)? else {
        return Ok(());
    };
    let eager = eager.map_or(Ok(false), |eager| vm.is_true(eager))?;
    task::init(vm, receiver(vm, object)?, coroutine, &Wanted { event_loop, name, context, eager })
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    vm.call(&TASK_REPR.get(vm)?, std::slice::from_ref(object))
}

fn no_result(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(vm.runtime_error("Task does not support set_result operation"))
}

fn no_exception(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(vm.runtime_error("Task does not support set_exception operation"))
}

fn cancel(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<1> = Signature::new("cancel", ["msg"], 0);
    let [message] = args.bind(vm, &SIGNATURE)?;
    let message = vm.or_none(message.cloned());
    Ok(vm.bool(task::cancel(vm, receiver(vm, object)?, &message)?))
}

fn get_stack(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<1> = Signature::new("get_stack", ["limit"], 0).keyword_only(0);
    let [limit] = args.bind(vm, &SIGNATURE)?;
    vm.call(&TASK_GET_STACK.get(vm)?, &[object.clone(), vm.or_none(limit.cloned())])
}

fn print_stack(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<2> = Signature::new("print_stack", ["limit", "file"], 0).keyword_only(0);
    let [limit, file] = args.bind(vm, &SIGNATURE)?;
    let all = [object.clone(), vm.or_none(limit.cloned()), vm.or_none(file.cloned())];
    vm.call(&TASK_PRINT_STACK.get(vm)?, &all)
}

fn set_name(vm: &Vm, object: &Obj, name: &Obj) -> PyResult {
    let name = task::exact_str(vm, name)?;
    receiver(vm, object)?.task.name.set(name);
    Ok(vm.none())
}

fn get_coroutine(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(receiver(vm, object)?.task.coroutine.get()))
}

fn set_log_destroy_pending(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let log = vm.is_true(set_to(vm, value)?)?;
    receiver(vm, object)?.task.log_destroy_pending.set(log);
    Ok(())
}

static METHODS: &[NativeDef] = &[
    RESULT,
    EXCEPTION,
    ADD_DONE_CALLBACK,
    REMOVE_DONE_CALLBACK,
    CANCELLED,
    DONE,
    NativeDef::new("set_result", "($self, result, /)", "", NativeCall::One(no_result)),
    NativeDef::new("set_exception", "($self, exception, /)", "", NativeCall::One(no_exception)),
    NativeDef::new(
        "cancel",
        "($self, /, msg=None)",
        "Request that this task cancel itself.\n\nThis arranges for a CancelledError to be thrown into the\nwrapped coroutine on the next cycle through the event loop.\nThe coroutine then has a chance to clean up or even deny\nthe request using try/except/finally.\n\nUnlike Future.cancel, this does not guarantee that the\ntask will be cancelled: the exception might be caught and\nacted upon, delaying cancellation of the task or preventing\ncancellation completely.  The task may also return a value or\nraise a different exception.\n\nImmediately after this method is called, Task.cancelled() will\nnot return True (unless the task was already cancelled).  A\ntask will be marked as cancelled when the wrapped coroutine\nterminates with a CancelledError exception (even if cancel()\nwas not called).\n\nThis also increases the task's count of cancellation requests.",
        NativeCall::Full(cancel),
    ),
    NativeDef::new(
        "cancelling",
        "($self, /)",
        "Return the count of the task's cancellation requests.\n\nThis count is incremented when .cancel() is called\nand may be decremented using .uncancel().",
        NativeCall::NoArgs(|vm, task| Ok(Int::new(receiver(vm, task)?.task.cancel_requests.get().into()))),
    ),
    NativeDef::new(
        "uncancel",
        "($self, /)",
        "Decrement the task's count of cancellation requests.\n\nThis should be used by tasks that catch CancelledError\nand wish to continue indefinitely until they are cancelled again.\n\nReturns the remaining number of cancellation requests.",
        NativeCall::NoArgs(|vm, task| Ok(Int::new(task::uncancel(receiver(vm, task)?).into()))),
    ),
    NativeDef::new(
        "get_stack",
        "($self, /, *, limit=None)",
        "Return the list of stack frames for this task's coroutine.\n\nIf the coroutine is not done, this returns the stack where it is\nsuspended.  If the coroutine has completed successfully or was\ncancelled, this returns an empty list.  If the coroutine was\nterminated by an exception, this returns the list of traceback\nframes.\n\nThe frames are always ordered from oldest to newest.\n\nThe optional limit gives the maximum number of frames to\nreturn; by default all available frames are returned.  Its\nmeaning differs depending on whether a stack or a traceback is\nreturned: the newest frames of a stack are returned, but the\noldest frames of a traceback are returned.  (This matches the\nbehavior of the traceback module.)\n\nFor reasons beyond our control, only one stack frame is\nreturned for a suspended coroutine.",
        NativeCall::Full(get_stack),
    ),
    NativeDef::new(
        "print_stack",
        "($self, /, *, limit=None, file=None)",
        "Print the stack or traceback for this task's coroutine.\n\nThis produces output similar to that of the traceback module,\nfor the frames retrieved by get_stack().  The limit argument\nis passed to get_stack().  The file argument is an I/O stream\nto which the output is written; by default output is written\nto sys.stderr.",
        NativeCall::Full(print_stack),
    ),
    NativeDef::new(
        "_make_cancelled_error",
        "($self, /)",
        "Create the CancelledError to raise if the Task is cancelled.\n\nThis should only be called once when handling a cancellation since\nit erases the context exception value.",
        NativeCall::NoArgs(make_cancelled_error),
    ),
    NativeDef::new(
        "get_name",
        "($self, /)",
        "",
        NativeCall::NoArgs(|vm, task| Ok(task::name(vm, receiver(vm, task)?))),
    ),
    NativeDef::new("set_name", "($self, value, /)", "", NativeCall::One(set_name)),
    NativeDef::new("get_coro", "($self, /)", "", NativeCall::NoArgs(get_coroutine)),
    NativeDef::new(
        "get_context",
        "($self, /)",
        "",
        NativeCall::NoArgs(|vm, task| Ok(vm.or_none(receiver(vm, task)?.task.context.get()))),
    ),
    class_getitem_def("Tasks are generic over the return type of their wrapped coroutines"),
];

static PROPERTIES: &[Property] = &[
    Property::new("_log_destroy_pending", "", |vm, task| {
        Ok(vm.bool(receiver(vm, task)?.task.log_destroy_pending.get()))
    })
    .with_setter(set_log_destroy_pending),
    Property::new("_must_cancel", "", |vm, task| Ok(vm.bool(receiver(vm, task)?.task.must_cancel.get()))),
    Property::new("_coro", "", get_coroutine),
    Property::new("_fut_waiter", "", |vm, task| Ok(vm.or_none(receiver(vm, task)?.task.waiter.get()))),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &TASK)
        .doc("A coroutine wrapped in a Future.")
        .module(NAME)
        .base(&FUTURE)
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init));
            slots.repr.set(Some(repr));
            slots.iter.set(Some(future_iter::over));
            slots.am_await.set(Some(future_iter::over));
            slots.finalize.set(Some(task::finalize));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
