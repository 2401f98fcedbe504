//! Frames as Python sees them. CPython: Objects/frameobject.c.

use super::frame_locals;
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::frame::{FRAME, FrameObject, generator_of, locals_of};
use crate::generator::State;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::trace::{Event, legacy};
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags};
use crate::vm::Vm;

/// The namespace that a frame's names are in, while no comprehension has variables of its own beside it.
fn namespace(frame: &Ref<FrameObject>) -> Option<Obj> {
    crate::frame::namespace_of(frame).filter(|_| !crate::frame::has_hidden_variables(frame))
}

/// `locals()` of a frame: the namespace of a module or class body, a new dictionary of a function's variables.
pub(crate) fn locals(vm: &Vm, frame: &Ref<FrameObject>) -> PyResult {
    if let Some(namespace) = namespace(frame) {
        return Ok(namespace);
    }
    let dict = Dict::new();
    for (name, value) in locals_of(frame) {
        dict.set(vm, name.as_obj(), value)?;
    }
    if let Some(extra) = frame.extra_locals.get_as::<Dict>() {
        for (key, value) in extra.items() {
            dict.set(vm, &key, value)?;
        }
    }
    Ok(dict.into_obj())
}

fn repr(vm: &Vm, frame: &Obj) -> PyResult {
    let payload = vm.receiver::<FrameObject>(frame)?;
    let (file, line, name) = crate::frame::place_of(payload);
    let file = vm.repr_text(&file)?;
    let text = format!("<frame at {:#x}, file {file}, line {line}, code {name}>", frame.id());
    Ok(crate::text::Str::new(&text).into_obj())
}

fn get_locals(vm: &Vm, frame: &Obj) -> PyResult {
    let frame = vm.receiver::<FrameObject>(frame)?;
    Ok(namespace(frame).unwrap_or_else(|| frame_locals::make(frame)))
}

fn get_line(vm: &Vm, frame: &Obj) -> PyResult {
    let line = crate::frame::line_of_frame(vm.receiver::<FrameObject>(frame)?);
    Ok(if line < 0 { vm.none() } else { Int::new(line.into()) })
}

fn undeletable(vm: &Vm, name: &str) -> Exc {
    let message = format!("attribute '{name}' of 'frame' objects cannot be deleted");
    vm.error(&super::ATTRIBUTE_ERROR, &message)
}

fn set_line(vm: &Vm, frame: &Obj, line: Option<&Obj>) -> PyResult<()> {
    let Some(line) = line else {
        return Err(undeletable(vm, "f_lineno"));
    };
    if !line.is_exact_int() {
        return Err(vm.value_error("lineno must be an integer"));
    }
    match vm.telling.get() {
        None => return Err(vm.value_error("f_lineno can only be set in a trace function")),
        Some(
            Event::PyResume
            | Event::Jump
            | Event::Branch
            | Event::BranchLeft
            | Event::BranchRight
            | Event::Line
            | Event::PyYield,
        ) => {}
        Some(Event::PyStart) => {
            return Err(vm.value_error("can't jump from the 'call' trace event of a new frame"));
        }
        Some(Event::Call | Event::CReturn) => return Err(vm.value_error("can't jump during a call")),
        Some(Event::StopIteration | Event::Reraise) => return Err(vm.system_error("unexpected event type")),
        Some(_) => return Err(vm.value_error("can only jump from a 'line' trace event")),
    }
    let Some(line) = line.as_i64().and_then(|line| i32::try_from(line).ok()) else {
        return Err(vm.value_error("lineno out of range"));
    };
    crate::frame::jump_to_line(vm, vm.receiver::<FrameObject>(frame)?, line)
}

fn set_trace(vm: &Vm, frame: &Obj, function: Option<&Obj>) -> PyResult<()> {
    let frame = vm.receiver::<FrameObject>(frame)?;
    let function = function.filter(|function| !vm.is_none(function)).cloned();
    let is_set = function.is_some();
    drop(frame.trace.replace(function));
    if is_set && frame.trace_opcodes.get() {
        legacy::set_opcode_trace(vm, frame, true);
    }
    Ok(())
}

fn flag(vm: &Vm, value: Option<&Obj>) -> PyResult<bool> {
    match value {
        Some(value) if value.is_exact(&super::BOOL) => vm.is_true(value),
        Some(_) => Err(vm.type_error("attribute value type must be bool")),
        None => Err(vm.type_error("can't delete numeric/char attribute")),
    }
}

fn set_trace_lines(vm: &Vm, frame: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.receiver::<FrameObject>(frame)?.trace_lines.set(flag(vm, value)?);
    Ok(())
}

fn set_trace_opcodes(vm: &Vm, frame: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(undeletable(vm, "f_trace_opcodes"));
    };
    let wanted = flag(vm, Some(value))?;
    let frame = vm.receiver::<FrameObject>(frame)?;
    frame.trace_opcodes.set(wanted);
    if !wanted || !frame.trace.is_empty() {
        legacy::set_opcode_trace(vm, frame, wanted);
    }
    Ok(())
}

fn clear(vm: &Vm, frame: &Obj) -> PyResult {
    let frame = vm.receiver::<FrameObject>(frame)?;
    if let Some(generator) = generator_of(frame) {
        match generator.state.get() {
            State::Running => return Err(vm.runtime_error("cannot clear an executing frame")),
            State::Suspended => return Err(vm.runtime_error("cannot clear a suspended frame")),
            State::Created => {
                if vm.is_coroutine(generator.as_obj()) {
                    super::coroutine::warn_of(vm, &generator);
                } else {
                    super::generator::finish(&generator);
                }
            }
            State::Finished => {}
        }
    } else if !frame.is_over() {
        return Err(vm.runtime_error("cannot clear an executing frame"));
    }
    if frame.is_over() {
        frame.clear_storage();
    }
    for cell in [&frame.trace, &frame.extra_locals, &frame.overwritten] {
        drop(cell.take());
    }
    Ok(vm.none())
}

static PROPERTIES: &[Property] = &[
    Property::new("f_back", "", |vm, frame| {
        Ok(vm.or_none(crate::frame::back_of(vm.receiver::<FrameObject>(frame)?)))
    }),
    Property::new("f_code", "", |vm, frame| {
        Ok(crate::frame::code_of(vm.receiver::<FrameObject>(frame)?).into_obj())
    }),
    Property::new("f_globals", "", |vm, frame| {
        Ok(crate::frame::globals_of(vm.receiver::<FrameObject>(frame)?))
    }),
    Property::new("f_builtins", "", |vm, frame| {
        Ok(crate::frame::builtins_of(vm, vm.receiver::<FrameObject>(frame)?))
    }),
    Property::new("f_generator", "", |vm, frame| {
        let generator = generator_of(vm.receiver::<FrameObject>(frame)?);
        Ok(vm.or_none(generator.map(Ref::into_obj)))
    }),
    Property::new("f_lasti", "", |vm, frame| {
        let at = crate::frame::lasti_of(vm.receiver::<FrameObject>(frame)?);
        Ok(Int::new(at.max(-1).into()))
    }),
    Property::new("f_locals", "", get_locals),
    Property::new("f_lineno", "", get_line).with_setter(set_line),
    Property::new("f_trace", "", |vm, frame| Ok(vm.or_none(vm.receiver::<FrameObject>(frame)?.trace.get())))
        .with_setter(set_trace),
    Property::new("f_trace_lines", "", |vm, frame| {
        Ok(vm.bool(vm.receiver::<FrameObject>(frame)?.trace_lines.get()))
    })
    .with_setter(set_trace_lines)
    .member(),
    Property::new("f_trace_opcodes", "", |vm, frame| {
        Ok(vm.bool(vm.receiver::<FrameObject>(frame)?.trace_opcodes.get()))
    })
    .with_setter(set_trace_opcodes),
];

static METHODS: &[NativeDef] = &[NativeDef::new(
    "clear",
    "($self, /)",
    "Clear all references held by the frame.",
    NativeCall::NoArgs(clear),
)];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &FRAME)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| slots.repr.set(Some(repr)))
        .properties(PROPERTIES)
        .methods(METHODS)
        .ready();
}
