//! The debugger's hook: what a debugger in the process is told, and how it says what it wants to be told.
//!
//! It has a slot of its own beside Python's tracing and monitoring, so that a program which uses those runs
//! under a debugger as it does without. What was not asked for costs nothing: instructions are trapped in the execution copy
//! only where they are planted, and events only where somebody watches.

use std::sync::Arc;

use lasti_code::CodeUnitIdx;

use super::Event;
use crate::code::Code;
use crate::errors::{BaseException, PyResult};
use crate::frame::Activation;
use crate::generator::Generator;
use crate::object::{Obj, Ref};
use crate::vm::{Interp, Vm};

/// A debugger. Each method is called on the thread that the event is about, which goes on when it returns; an error
/// is raised in the frame of the event. Any Python code that a method runs is not told of, nor to Python's tracers.
///
/// The frame is where the event happened, and is the thread's innermost.
#[allow(unused_variables, reason = "the default is not to care")]
pub trait Hook: Send + Sync {
    /// A code object is about to run for the first time.
    fn code_ready(&self, vm: &Vm, code: &Ref<Code>) {}

    /// A planted instruction is about to run. `jumped`: control came by a jump back to it.
    fn instruction(&self, vm: &Vm, frame: Activation<'_>, jumped: bool) -> PyResult<()> {
        Ok(())
    }

    /// [`Event::PyStart`]: the frame begins to run. Its first instruction with a line has not run.
    fn started(&self, vm: &Vm, frame: Activation<'_>) -> PyResult<()> {
        Ok(())
    }

    /// [`Event::PyResume`], [`Event::PyThrow`]: the suspended frame runs on, with a value or with an exception.
    fn resumed(&self, vm: &Vm, frame: Activation<'_>, throw: bool) -> PyResult<()> {
        Ok(())
    }

    /// [`Event::PyReturn`]: the frame is about to return `value`.
    fn returned(&self, vm: &Vm, frame: Activation<'_>, value: &Obj) -> PyResult<()> {
        Ok(())
    }

    /// [`Event::PyYield`]: the frame is about to be suspended with `value`: by `yield`, or by an `await` or `yield from` that
    /// passes it on.
    fn yielded(&self, vm: &Vm, frame: Activation<'_>, value: &Obj) -> PyResult<()> {
        Ok(())
    }

    /// [`Event::Raise`], [`Event::Reraise`]: raised in this frame, or passed on to it by native code that it called; nothing is unwound yet. `again`: by a
    /// bare `raise`, the end of a `finally`, and the like. Not for the frames that an exception merely passes.
    fn raised(
        &self,
        vm: &Vm,
        frame: Activation<'_>,
        exception: &Ref<BaseException>,
        again: bool,
    ) -> PyResult<()> {
        Ok(())
    }

    /// [`Event::ExceptionHandled`]: the frame goes on at the handler `target`: an `except`, a `with`, a `finally`, or the compiler's
    /// own.
    fn caught(
        &self,
        vm: &Vm,
        frame: Activation<'_>,
        exception: &Ref<BaseException>,
        target: CodeUnitIdx,
    ) -> PyResult<()> {
        Ok(())
    }

    /// [`Event::PyUnwind`]: the exception is about to leave the frame.
    fn unwound(&self, vm: &Vm, frame: Activation<'_>, exception: &Ref<BaseException>) -> PyResult<()> {
        Ok(())
    }

    /// A suspended generator or coroutine whose frame has an [`id`](Activation::id) is gone without running again. The frame on
    /// whose behalf is [`Activation::innermost`].
    fn gone(&self, vm: &Vm, generator: &Generator, id: u64) {}

    /// A safepoint after [`interrupt`].
    fn safepoint(&self, vm: &Vm, frame: Activation<'_>) -> PyResult<()> {
        Ok(())
    }

    /// A safepoint after [`interrupt`], in Python code that a method of the debugger runs: an error ends that code.
    fn busy(&self, vm: &Vm) -> PyResult<()> {
        Ok(())
    }

    /// The calling thread begins to run Python.
    fn thread_started(&self, vm: &Vm) {}

    /// The calling thread ran its last Python.
    fn thread_exited(&self, vm: &Vm) {}
}

/// Installs the debugger. It stays to the end of the process; with nothing planted and watched it costs nothing.
pub fn install(vm: &Vm, hook: Arc<dyn Hook>) {
    let _ = vm;
    Interp::get().tracing.set_hook(Some(hook));
}

/// There is no debugger any more, as in the child of a fork.
pub(crate) fn forget_hook() {
    Interp::get().tracing.set_hook(None);
}

/// Plants these instructions of `code`, and no others: `EXTENDED_ARG`s count as the beginning of theirs. Units that begin no
/// instruction are passed over.
pub fn plant(vm: &Vm, code: &Ref<Code>, units: &[CodeUnitIdx]) {
    crate::eval::instrument::plant(vm, code, units);
}

/// Which events of `code` the debugger is told of, besides those of [`watch_all`]. Of the events in [`Event::LOCAL`] only: what is
/// raised, caught, thrown and unwound is watched everywhere or nowhere.
pub fn watch_code(vm: &Vm, code: &Ref<Code>, events: &[Event]) {
    crate::eval::instrument::set_local_events(vm, code, super::NATIVE_TOOL, Event::set(events));
}

/// Which events the debugger is told of, whatever the code.
pub fn watch_all(vm: &Vm, events: &[Event]) {
    crate::eval::instrument::set_global_events(vm, super::NATIVE_TOOL, Event::set(events));
}

/// The code objects that have run and are alive.
pub fn executed_codes(vm: &Vm) -> Vec<Ref<Code>> {
    let _ = vm;
    Interp::get().tracing.codes()
}

/// Lets every thread call [`Hook::safepoint`] at its next safepoint, once. From any thread, with or without the
/// interpreter lock.
pub fn interrupt() {
    crate::vm::interrupt::ask_for_hook();
}
