//! `sys.settrace` and `sys.setprofile`, as tools among the others. CPython: Python/legacy_tracing.c,
//! Python/sysmodule.c.

#![allow(unsafe_code)]

use std::mem::ManuallyDrop;

use super::tell::Turn;
use super::{Detail, Event, PROFILE_TOOL, TRACE_TOOL};
use crate::descriptors::MethodDescriptor;
use crate::errors::{BaseException, PyResult};
use crate::eval::instrument;
use crate::frame::{Frame, FrameObject};
use crate::function::NativeFunction;
use crate::object::{Obj, ObjCell, Object, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::vm::{Vm, for_each_thread};

const TRACED: &[Event] = &[
    Event::PyStart,
    Event::PyResume,
    Event::PyReturn,
    Event::PyYield,
    Event::Raise,
    Event::Line,
    Event::Jump,
    Event::PyUnwind,
    Event::PyThrow,
    Event::StopIteration,
];

const PROFILED: &[Event] = &[
    Event::PyStart,
    Event::PyResume,
    Event::PyReturn,
    Event::PyYield,
    Event::Call,
    Event::PyUnwind,
    Event::PyThrow,
];

/// Sets or ends the tracing of a thread.
pub(crate) fn set_trace(vm: &Vm, thread: &Vm, function: Option<Obj>) {
    let before = thread.trace_function.replace(function);
    let traced = any_thread(vm, |thread| &thread.trace_function);
    if traced && !vm.frame.get().is_null() {
        // SAFETY: the thread's frame is alive.
        let object = unsafe { (*vm.frame.get()).object };
        if !object.is_null()
            && let Some(frame) = Obj::from_value(object).downcast::<FrameObject>()
            && frame.trace_opcodes.get()
        {
            set_opcode_trace(vm, frame, true);
        }
    }
    instrument::set_global_events(vm, TRACE_TOOL, if traced { Event::set(TRACED) } else { 0 });
    drop(before);
}

/// Sets or ends the profiling of a thread.
pub(crate) fn set_profile(vm: &Vm, thread: &Vm, function: Option<Obj>) {
    let before = thread.profile_function.replace(function);
    let profiled = any_thread(vm, |thread| &thread.profile_function);
    instrument::set_global_events(vm, PROFILE_TOOL, if profiled { Event::set(PROFILED) } else { 0 });
    drop(before);
}

fn any_thread(vm: &Vm, function: impl Fn(&Vm) -> &ObjCell) -> bool {
    let mut any = false;
    for_each_thread(vm, |thread| any |= !function(thread).is_empty());
    any
}

/// Whether a frame's code tells `sys.settrace`'s function of each instruction.
pub(crate) fn set_opcode_trace(vm: &Vm, frame: &FrameObject, wanted: bool) {
    // SAFETY: the frame is alive as long as its object.
    let code = unsafe { Frame::code(frame.frame()) };
    instrument::set_local_event(vm, code, TRACE_TOOL, Event::Instruction, wanted);
}

/// Tells this thread's trace function of an event. True if it is not to be told of it at this place again.
///
/// # Safety
/// `frame` is the thread's innermost.
pub(super) unsafe fn trace(vm: &Vm, frame: *mut Frame, event: Event, detail: &Detail<'_>) -> PyResult<bool> {
    if vm.trace_function.is_empty() {
        if event == Event::Instruction {
            // SAFETY: as the caller promises.
            let code = unsafe { Frame::code(frame) };
            instrument::set_local_event(vm, code, TRACE_TOOL, Event::Instruction, false);
        }
        return Ok(false);
    }
    // SAFETY: as the caller promises.
    if event == Event::Line && unsafe { (*frame).object.is_null() } {
        // Nobody gave it a function of its own.
        return Ok(false);
    }
    // SAFETY: as the caller promises.
    let object = unsafe { FrameObject::of(frame) };
    let names = vm.names();
    let none = vm.none();
    match (event, detail) {
        (Event::Line, _) => {
            if object.trace_lines.get() {
                call(vm, &object, &names.line, event, &none)?;
            }
            return Ok(false);
        }
        (Event::Jump, Detail::Jump { from, to }) => {
            let code = crate::frame::code_of(&object);
            // Every jump back is a line's event, also one to the same line; the others are the line's own.
            let line = |at: &u32| instrument::line_at(&code, *at as usize);
            if to > from || line(to) != line(from) {
                return Ok(true);
            }
            if object.trace_lines.get() && line(to) >= 0 {
                call(vm, &object, &names.line, event, &none)?;
            }
            return Ok(false);
        }
        (Event::Instruction, _) => {
            if object.trace_opcodes.get() {
                call(vm, &object, &names.opcode, event, &none)?;
            } else {
                set_opcode_trace(vm, &object, false);
            }
            return Ok(false);
        }
        _ => {}
    }
    if object.trace_opcodes.get() {
        set_opcode_trace(vm, &object, true);
    }
    match (event, detail) {
        (Event::PyStart | Event::PyResume | Event::PyThrow, _) => {
            call(vm, &object, &names.call, event, &none)?;
        }
        (Event::PyReturn | Event::PyYield, Detail::Value(value)) => {
            call(vm, &object, &names.return_, event, value)?;
        }
        (Event::PyUnwind, _) => call(vm, &object, &names.return_, event, &none)?,
        (Event::Raise | Event::StopIteration, Detail::Exception { exception, .. }) => {
            let exception: &Ref<BaseException> = exception;
            let traceback = vm.or_none(exception.traceback.get());
            let parts = vec![exception.as_obj().ty().to_obj(), exception.as_obj().clone(), traceback];
            call(vm, &object, &names.exception, event, &Tuple::new(parts).into_obj())?;
        }
        _ => {}
    }
    Ok(false)
}

/// Calls the trace function: the thread's for a call, else the frame's own. An error ends tracing.
fn call(vm: &Vm, frame: &Object<FrameObject>, what: &Ref<Str>, event: Event, argument: &Obj) -> PyResult<()> {
    let starts = matches!(event, Event::PyStart | Event::PyResume | Event::PyThrow);
    let function = if starts { vm.trace_function.get() } else { frame.trace.get() };
    let Some(function) = function else { return Ok(()) };
    let result = {
        let _turn = Turn::begin(vm, event);
        // The frame, the names and the caller hold these as long as the call takes.
        let args = [frame.value(), what.as_obj().value(), argument.value()].map(Obj::from_owned);
        let args = ManuallyDrop::new(args);
        let result = vm.call(&function, &*args);
        if result.is_err() {
            set_trace(vm, vm, None);
            drop(frame.trace.take());
        }
        result?
    };
    if !vm.is_none(&result) && !frame.trace.peek().is_some_and(|known| known.is(&result)) {
        frame.trace.set(result);
    }
    Ok(())
}

/// Tells this thread's profile function of an event.
///
/// # Safety
/// `frame` is the thread's innermost.
pub(super) unsafe fn profile(vm: &Vm, frame: *mut Frame, event: Event, detail: &Detail<'_>) -> PyResult<()> {
    let Some(function) = vm.profile_function.get() else { return Ok(()) };
    let names = vm.names();
    let (what, argument) = match (event, detail) {
        (Event::PyStart | Event::PyResume | Event::PyThrow, _) => (&names.call, vm.none()),
        (Event::PyReturn | Event::PyYield, Detail::Value(value)) => (&names.return_, (*value).clone()),
        (Event::PyUnwind, _) => (&names.return_, vm.none()),
        (_, Detail::Call { callable, argument }) => {
            let Some(callable) = native(vm, callable, *argument)? else { return Ok(()) };
            let what = match event {
                Event::CReturn => &names.c_return,
                Event::CRaise => &names.c_exception,
                _ => &names.c_call,
            };
            (what, callable)
        }
        _ => return Ok(()),
    };
    // SAFETY: as the caller promises.
    let object = unsafe { FrameObject::of(frame) };
    let _turn = Turn::begin(vm, event);
    let result = vm.call(&function, &[object.as_obj().clone(), what.as_obj().clone(), argument]);
    if result.is_err() {
        set_profile(vm, vm, None);
    }
    result.map(drop)
}

/// The native function or bound native method that a call means; none for all else.
pub(crate) fn native(vm: &Vm, callable: &Obj, argument: Option<&Obj>) -> PyResult<Option<Obj>> {
    if callable.downcast::<NativeFunction>().is_some() {
        return Ok(Some(callable.clone()));
    }
    if callable.downcast_exact::<MethodDescriptor>().is_none() {
        return Ok(None);
    }
    let (Some(argument), Some(get)) = (argument, callable.ty().slots.descr_get.get()) else {
        return Ok(None);
    };
    get(vm, callable, Some(argument), Some(&argument.ty().to_obj())).map(Some)
}
