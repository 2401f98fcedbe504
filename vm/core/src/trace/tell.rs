//! Telling the tools of an event.

#![allow(unsafe_code)]

use lasti_code::CodeUnitIdx;
use smallvec::{SmallVec, smallvec};

use super::{Event, NATIVE_TOOL, PROFILE_TOOL, TRACE_TOOL, Tools, legacy};
use crate::builtins::{OBJECT, Plain};
use crate::code::Code;
use crate::errors::{BaseException, PyResult};
use crate::eval::instrument;
use crate::frame::{Activation, Frame};
use crate::number::Int;
use crate::object::{Obj, Object, Ref};
use crate::vm::{Interp, Vm};

/// `sys.monitoring.DISABLE`: what a callback returns that is not to be told of the event at that place again.
pub(crate) static DISABLE: Object<Plain> = Object::immortal(&raw const OBJECT, Plain);
/// `sys.monitoring.MISSING`: the first argument of a call that has none.
pub(crate) static MISSING: Object<Plain> = Object::immortal(&raw const OBJECT, Plain);

/// What comes with an event.
pub(crate) enum Detail<'a> {
    None,
    Line(i32),
    /// What is returned or yielded.
    Value(&'a Obj),
    /// The code units that control comes from and goes to.
    Jump {
        from: u32,
        to: u32,
    },
    /// What is called, and its first argument.
    Call {
        callable: &'a Obj,
        argument: Option<&'a Obj>,
    },
    /// What is raised. `origin`: in this frame, or handed to it by native code; not by a frame that it left.
    Exception {
        exception: &'a Ref<BaseException>,
        origin: bool,
    },
}

/// While one of Python's tools is told of an event: what it does is not traced itself.
pub(super) struct Turn<'a> {
    vm: &'a Vm,
    before: Option<Event>,
    frame: *mut Frame,
}

/// Ends the turn of a callback that ran as a frame of the loop (`eval::callback`): such begin only where no other is under way.
#[inline(always)]
pub(crate) fn end_turn(vm: &Vm) {
    vm.tracing.set(0);
    vm.telling.set(None);
    vm.telling_frame.set(std::ptr::null_mut());
}

impl<'a> Turn<'a> {
    pub(super) fn begin(vm: &'a Vm, event: Event) -> Self {
        vm.tracing.set(vm.tracing.get() + 1);
        let frame = vm.telling_frame.replace(vm.frame.get());
        Self { vm, before: vm.telling.replace(Some(event)), frame }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.vm.telling.set(self.before);
        self.vm.telling_frame.set(self.frame);
        self.vm.tracing.set(self.vm.tracing.get().saturating_sub(1));
    }
}

/// Tells `tools` of an event at the code unit `at`, the highest number first.
///
/// # Safety
/// `frame` is the thread's innermost; its saved `ip` and `sp` are right.
pub(crate) unsafe fn tell(
    vm: &Vm,
    frame: *mut Frame,
    at: u32,
    event: Event,
    tools: Tools,
    detail: &Detail<'_>,
) -> PyResult<()> {
    if tools >> NATIVE_TOOL & 1 != 0 {
        // SAFETY: as the caller promises.
        unsafe { tell_hook(vm, frame, at, event, detail) }?;
    }
    // SAFETY: as the caller promises.
    unsafe { tell_python(vm, frame, at, event, tools & !(1 << NATIVE_TOOL), detail) }
}

/// # Safety
/// As for [`tell`].
unsafe fn tell_python(
    vm: &Vm,
    frame: *mut Frame,
    at: u32,
    event: Event,
    tools: Tools,
    detail: &Detail<'_>,
) -> PyResult<()> {
    let mut left = tools;
    while left != 0 && vm.tracing.get() == 0 {
        let tool = left.ilog2() as u8;
        left &= !(1 << tool);
        let disable = match tool {
            // SAFETY: as the caller promises.
            TRACE_TOOL => unsafe { legacy::trace(vm, frame, event, detail) }?,
            PROFILE_TOOL => {
                // SAFETY: as above.
                unsafe { legacy::profile(vm, frame, event, detail) }?;
                false
            }
            // SAFETY: as above.
            _ => unsafe { tell_tool(vm, frame, at, event, tool, detail) }?,
        };
        if disable {
            // SAFETY: the frame lives.
            switch_off(vm, unsafe { Frame::code(frame) }, at, event, tool)?;
        }
    }
    Ok(())
}

/// A tool's callback said `DISABLE`.
pub(crate) fn switch_off(vm: &Vm, code: &Object<Code>, at: u32, event: Event, tool: u8) -> PyResult<()> {
    if !event.is_local() {
        // Or it would be said again and again.
        drop(Interp::get().tracing.callbacks[usize::from(tool)][event as usize].take());
        return Err(vm.value_error(format!("Cannot disable {} events. Callback removed.", event.name())));
    }
    instrument::disable(code, at, event, tool);
    Ok(())
}

/// Calls the callback that a tool registered. True if it returned `DISABLE`.
///
/// # Safety
/// As for [`tell`].
unsafe fn tell_tool(
    vm: &Vm,
    frame: *mut Frame,
    at: u32,
    event: Event,
    tool: u8,
    detail: &Detail<'_>,
) -> PyResult<bool> {
    let Some(callback) = Interp::get().tracing.callbacks[usize::from(tool)][event as usize].get() else {
        return Ok(false);
    };
    let offset = |unit: u32| Int::new(i64::from(unit) * 2);
    // SAFETY: the frame lives.
    let mut args: SmallVec<[Obj; 4]> = smallvec![unsafe { Frame::code(frame) }.to_obj()];
    match detail {
        Detail::None => args.push(offset(at)),
        Detail::Line(line) => args.push(Int::new((*line).into())),
        Detail::Value(value) => args.extend([offset(at), (*value).clone()]),
        Detail::Jump { from, to } => args.extend([offset(*from), offset(*to)]),
        Detail::Call { callable, argument } => {
            let argument = argument.map_or_else(|| MISSING.to_obj(), Obj::clone);
            args.extend([offset(at), (*callable).clone(), argument]);
        }
        Detail::Exception { exception, .. } => args.extend([offset(at), exception.as_obj().clone()]),
    }
    let _turn = Turn::begin(vm, event);
    let result = vm.call(&callback, &args)?;
    Ok(result.is(&DISABLE.to_obj()))
}

/// Calls the debugger, unless it is what runs. Python's tools are not told of what it does.
#[inline(always)]
fn with_hook(vm: &Vm, f: impl FnOnce(&dyn super::Hook) -> PyResult<()>) -> PyResult<()> {
    /// Ends the debugger's turn, also when it panics.
    struct HookTurn<'a>(&'a Vm);

    impl Drop for HookTurn<'_> {
        fn drop(&mut self) {
            self.0.in_hook.set(false);
            self.0.tracing.set(self.0.tracing.get() - 1);
        }
    }

    if vm.in_hook.get() {
        return Ok(());
    }
    let Some(hook) = Interp::get().tracing.hook() else { return Ok(()) };
    vm.in_hook.set(true);
    vm.tracing.set(vm.tracing.get() + 1);
    let _turn = HookTurn(vm);
    f(hook)
}

/// # Safety
/// As for [`tell`].
unsafe fn tell_hook(vm: &Vm, frame: *mut Frame, at: u32, event: Event, detail: &Detail<'_>) -> PyResult<()> {
    // SAFETY: the frame lives as long as the event is told.
    let frame = unsafe { Activation::new(frame) };
    with_hook(vm, |hook| match (event, detail) {
        (Event::PyStart, _) => hook.started(vm, frame),
        (Event::PyResume, _) => hook.resumed(vm, frame, false),
        (Event::PyThrow, _) => hook.resumed(vm, frame, true),
        (Event::PyReturn, Detail::Value(value)) => hook.returned(vm, frame, value),
        (Event::PyYield, Detail::Value(value)) => hook.yielded(vm, frame, value),
        (Event::Raise, Detail::Exception { exception, origin: true }) => {
            hook.raised(vm, frame, exception, false)
        }
        (Event::Reraise, Detail::Exception { exception, .. }) => hook.raised(vm, frame, exception, true),
        (Event::ExceptionHandled, Detail::Exception { exception, .. }) => {
            hook.caught(vm, frame, exception, CodeUnitIdx(at))
        }
        (Event::PyUnwind, Detail::Exception { exception, .. }) => hook.unwound(vm, frame, exception),
        _ => Ok(()),
    })
}

/// Tells the debugger of an instruction that it planted.
///
/// # Safety
/// As for [`tell`].
#[inline(always)]
pub(crate) unsafe fn planted(vm: &Vm, frame: *mut Frame, jumped: bool) -> PyResult<()> {
    // The debugger may send the frame elsewhere from here.
    let told = vm.telling_frame.replace(frame);
    // SAFETY: the frame lives as long as the event is told.
    let frame = unsafe { Activation::new(frame) };
    let result = with_hook(vm, |hook| hook.instruction(vm, frame, jumped));
    vm.telling_frame.set(told);
    result
}

/// The debugger was asked for.
pub(crate) fn safepoint(vm: &Vm) -> PyResult<()> {
    if vm.in_hook.get() {
        return Interp::get().tracing.hook().map_or(Ok(()), |hook| hook.busy(vm));
    }
    let Some(frame) = Activation::innermost(vm) else { return Ok(()) };
    with_hook(vm, |hook| hook.safepoint(vm, frame))
}

/// The calling thread begins to run Python.
pub(crate) fn thread_started(vm: &Vm) {
    let _ = with_hook(vm, |hook| {
        hook.thread_started(vm);
        Ok(())
    });
}

/// The calling thread ran its last Python.
pub(crate) fn thread_exited(vm: &Vm) {
    let _ = with_hook(vm, |hook| {
        hook.thread_exited(vm);
        Ok(())
    });
}

/// A suspended generator is gone that had an id.
pub(crate) fn gone(vm: &Vm, generator: &crate::generator::Generator, id: u64) {
    let _ = with_hook(vm, |hook| {
        hook.gone(vm, generator, id);
        Ok(())
    });
}

/// Whether one of Python's tools wants to know of frames that exceptions leave.
pub(crate) fn unwinding_is_told() -> bool {
    Interp::get().tracing.tools(Event::PyUnwind) & !(1 << NATIVE_TOOL) != 0
}

/// Whether anybody wants to know of exceptions that are raised.
#[inline]
pub(crate) fn raising_is_told() -> bool {
    Interp::get().tracing.tools(Event::Raise) != 0
}

/// Whether there is no debugger, and nobody wants to know of exceptions that are raised.
#[inline(always)]
pub(crate) fn is_idle() -> bool {
    Interp::get().tracing.hook().is_none() && !raising_is_told()
}

/// Tells of an exception what tools want to know of it, whatever the code.
///
/// # Safety
/// As for [`tell`].
#[inline(always)]
pub(crate) unsafe fn tell_exception(
    vm: &Vm,
    frame: *mut Frame,
    at: u32,
    event: Event,
    exception: &Obj,
    origin: bool,
) -> PyResult<()> {
    let mut tools = Interp::get().tracing.tools(event);
    // The debugger is told where an exception comes up, and not of the frames that it passes.
    if event == Event::Raise && !origin {
        tools &= !(1 << NATIVE_TOOL);
    }
    if tools == 0 {
        return Ok(());
    }
    // SAFETY: as the caller promises.
    unsafe { tell_tools_of_exception(vm, frame, at, event, tools, exception, origin) }
}

/// # Safety
/// As for [`tell`].
#[inline(never)]
unsafe fn tell_tools_of_exception(
    vm: &Vm,
    frame: *mut Frame,
    at: u32,
    event: Event,
    tools: Tools,
    exception: &Obj,
    origin: bool,
) -> PyResult<()> {
    let Some(exception) = exception.downcast::<BaseException>() else { return Ok(()) };
    let detail = Detail::Exception { exception, origin };
    if tools == 1 << NATIVE_TOOL {
        // SAFETY: as the caller promises.
        return unsafe { tell_hook(vm, frame, at, event, &detail) };
    }
    // SAFETY: as the caller promises.
    unsafe { tell(vm, frame, at, event, tools, &detail) }
}
