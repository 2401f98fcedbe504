//! Exceptions: who will catch one, found out before anything is unwound; and what one says.
//!
//! The frames are gone through from the innermost out, and in each the handlers around its instruction, as the
//! source map has them. Whether an `except` clause matches is found by evaluating its classes, where that runs no code of
//! the program; else it is taken to match. A `finally` goes on raising. A `with` swallows nothing, but for
//! those of `contextlib` that say they do. What native code between two frames does is not known, but for
//! the few functions that are made to catch.
//!
//! Programs raise much and let little go uncaught: [`verdict_of`] is asked at each raise, and is quick where the way has
//! been gone before ([`way`]), or has sites that are known ([`site`]).

mod clause;
mod describe;
mod native;
mod site;
mod traceback;
mod walk;
mod way;

use lasti_control::trace::{ExceptionClass, Landing};
use lasti_engine::ThreadId;
use lasti_engine::stop::ExceptionVerdict;
use lasti_vm::errors::BaseException;
use lasti_vm::trace::Activation;
use lasti_vm::{Ref, Vm, builtins};

use crate::state::Shared;
use crate::walk::nearest_user_code;

pub(crate) use clause::takes;
pub(crate) use describe::describe;
pub(crate) use walk::{CaughtAt, Fate, fate, verdict_of};

/// What kind of exception it is.
pub(crate) fn class_of(vm: &Vm, exception: &Ref<BaseException>) -> ExceptionClass {
    let object = exception.as_obj();
    let flow = [&builtins::STOP_ITERATION, &builtins::STOP_ASYNC_ITERATION, &builtins::GENERATOR_EXIT];
    if flow.iter().any(|class| object.is_instance_of(class)) {
        return ExceptionClass::ControlFlow;
    }
    if object.is_instance_of(&builtins::SYSTEM_EXIT) {
        let args = exception.args();
        let success = args.first().is_none_or(|code| vm.is_none(code) || code.as_i64() == Some(0));
        return ExceptionClass::SystemExit { success };
    }
    ExceptionClass::Ordinary
}

/// Where an exception goes that leaves a frame.
pub(crate) fn landing(
    shared: &Shared,
    vm: &Vm,
    thread: ThreadId,
    leaving: &Activation<'_>,
    exception: &Ref<BaseException>,
) -> Landing {
    match walk::leaving(shared, vm, *leaving, exception) {
        Some(CaughtAt { frame: Some(frame), user_code: true, .. }) => {
            let facts = crate::walk::frame_facts(shared, vm, &frame);
            shared.state().plan.know(facts, thread);
            Landing::Handler(facts.activation)
        }
        Some(CaughtAt { frame, by_native, .. }) => {
            let from = if by_native { frame } else { frame.and_then(|frame| frame.caller()) };
            let awaiter = crate::walk::awaiter(shared, vm, thread, leaving);
            Landing::Absorbed(
                awaiter.or_else(|| nearest_user_code(shared, vm, thread, from.or(frame), false)),
            )
        }
        None => Landing::Uncaught,
    }
}

/// The verdict of who catches.
fn verdict(caught: Option<&CaughtAt<'_>>) -> ExceptionVerdict {
    match caught {
        None => ExceptionVerdict::Uncaught,
        Some(caught) => verdict_at(caught.user_code || caught.by_native),
    }
}

/// The verdict where the program's own code takes an exception, or other code.
fn verdict_at(own: bool) -> ExceptionVerdict {
    if own { ExceptionVerdict::Caught } else { ExceptionVerdict::UserUnhandled }
}
