//! Callbacks of tools as frames of the loop: a function in Python that `sys.settrace`, `sys.setprofile` or
//! `sys.monitoring` was given is entered as a call would, and when it returns, the instruction goes on that it was told of.
//!
//! Its frame notes what waits for it: the code unit (`finish_offset`) and a [`Told`]. What can't be entered so is called by way
//! of `trace::tell`: callables of other kinds, generators, several tools at once, and events that native code tells of.

use super::call::{clear_slots, code_of, frame_at_hand, push_frame_at_hand};
use super::instrument::{self, Why};
use super::{Exit, Fp, Ip, Sp, fail, ops, table, trap};
use crate::builtins as types;
use crate::errors::PyResult;
use crate::frame::{Frame, FrameFlags, FrameObject};
use crate::function::{Function, Method};
use crate::object::obj::{own, release};
use crate::object::{Obj, Object, Value};
use crate::trace::{DISABLE, Event, MISSING, PROFILE_TOOL, TRACE_TOOL, Tools, end_turn, legacy};
use crate::vm::{Interp, Vm};

/// How far an instruction is with what is told of it before it runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Stage {
    Line,
    Instruction,
    /// Its own event, after which nothing but the instruction is left.
    Event,
    /// A call was told of, and is to be made.
    Called,
    /// A call was made.
    Returned,
}

/// Who is told of what: tool, event, stage.
#[derive(Clone, Copy)]
pub(super) struct Told(u16);

impl Told {
    #[inline(always)]
    const fn new(tool: u8, event: Event, stage: Stage) -> Self {
        Self((event as u16) << 8 | (tool as u16) << 4 | stage as u16)
    }

    #[inline(always)]
    const fn tool(self) -> u8 {
        (self.0 >> 4 & 15) as u8
    }

    #[inline(always)]
    const fn event(self) -> Event {
        Event::ALL[self.0 as usize >> 8]
    }

    #[inline(always)]
    const fn stage(self) -> Stage {
        match self.0 & 15 {
            0 => Stage::Line,
            1 => Stage::Instruction,
            2 => Stage::Event,
            3 => Stage::Called,
            _ => Stage::Returned,
        }
    }
}

/// Enters `callback` with `args`, whose words are copied, as the frame that runs; the frame `fp` waits at the code unit `at`. Null
/// if that can't be done: nothing is changed then.
#[inline(always)]
pub(super) unsafe fn enter<const N: usize>(
    vm: &Vm,
    fp: Fp,
    callback: Value,
    args: [Value; N],
    at: usize,
    told: Told,
) -> Fp {
    if callback.is_int() {
        return std::ptr::null_mut();
    }
    let mut callable = callback;
    let mut receiver = Value::NULL;
    if !std::ptr::eq((*callable.header()).ty(), &raw const types::FUNCTION) {
        if !std::ptr::eq((*callable.header()).ty(), &raw const types::METHOD) {
            return std::ptr::null_mut();
        }
        let method: &Method = &*callable.header().cast::<Object<Method>>();
        receiver = method.receiver.value();
        callable = method.function.value();
        if callable.is_int() || !std::ptr::eq((*callable.header()).ty(), &raw const types::FUNCTION) {
            return std::ptr::null_mut();
        }
    }
    let code = code_of(&*callable.header().cast::<Object<Function>>());
    let with_self = usize::from(!receiver.is_null());
    if !code.plain
        || code.argcount as usize != N + with_self
        || !code.runs
        || at > usize::from(u16::MAX)
        || vm.recursion_left.get() <= 0
        || vm.tracing.get() != 0
        || !frame_at_hand(vm, code)
    {
        return std::ptr::null_mut();
    }
    let frame = push_frame_at_hand(vm, fp, own(callable), code);
    (*frame).flags = FrameFlags::CALLBACK;
    (*frame).finish_offset = at as u16;
    (*frame).told = told.0;
    let mut locals = Frame::locals(frame);
    if with_self != 0 {
        *locals = own(receiver);
        locals = locals.add(1);
    }
    for arg in args {
        *locals = own(arg);
        locals = locals.add(1);
    }
    clear_slots(frame, code, N + with_self);
    vm.tracing.set(1);
    vm.telling.set(Some(told.event()));
    vm.telling_frame.set(fp);
    ops::calls::enter(vm, frame);
    if code.begins_plainly.get() {
        // Nobody is told that it begins, and what interrupts would wait for the frame that it was called for.
        (*frame).ip = (*frame).ip.add(1);
    }
    frame
}

/// A callback returned `value`: its frame is left, and the instruction goes on that it was told of.
#[inline(never)]
pub(super) unsafe fn returned(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, value: Value) -> Exit {
    let (caller, at, told) = ((*fp).prev, usize::from((*fp).finish_offset), Told((*fp).told));
    if !(*fp).object.is_null() || vm.stack.is_first(fp.cast()) {
        (*fp).ip = ip;
        (*fp).sp = sp;
        ops::calls::leave(vm, fp);
    } else {
        ops::calls::leave_plain(vm, fp, sp);
    }
    end_turn(vm);
    let ip = Frame::code(caller).units.get().add(at);
    if value != types::NONE.value() && !take_result(vm, caller, at as u32, told, value) {
        return super::raise_pending(ip, (*caller).sp, caller, vm);
    }
    if (*caller).ip != ip {
        return trap::jumped(caller, vm);
    }
    if told.stage() == Stage::Returned {
        return trap::go_on_behind(ip, (*caller).sp, caller, vm);
    }
    go_on(ip, (*caller).sp, caller, vm, u32::from(*ip >> 8), told.stage())
}

/// Does what a callback's result says that is not None. False: an exception waits in the registers.
#[inline(always)]
unsafe fn take_result(vm: &Vm, frame: Fp, at: u32, told: Told, value: Value) -> bool {
    if told.tool() == TRACE_TOOL {
        let object = (*frame).object;
        if !object.is_null() {
            let object: &FrameObject = &*object.header().cast::<Object<FrameObject>>();
            if object.trace.peek().is_some_and(|known| known.value().is(value)) {
                release(value);
            } else {
                object.trace.set(Obj::from_owned(value));
            }
            return true;
        }
    }
    let disable = told.tool() < PROFILE_TOOL && value.is(DISABLE.value());
    release(value);
    if disable
        && let Err(error) = crate::trace::switch_off(vm, Frame::code(frame), at, told.event(), told.tool())
    {
        fail(vm, error);
        return false;
    }
    true
}

/// A callback's frame was left by an exception: that is raised in the frame that waits, whose instruction is returned.
pub(super) unsafe fn raised(vm: &Vm, caller: Fp, at: u16, told: u16) -> Ip {
    match Told(told).tool() {
        TRACE_TOOL => {
            let object = (*caller).object;
            legacy::set_trace(vm, vm, None);
            if !object.is_null() {
                let object: &FrameObject = &*object.header().cast::<Object<FrameObject>>();
                drop(object.trace.take());
            }
        }
        PROFILE_TOOL => legacy::set_profile(vm, vm, None),
        _ => {}
    }
    end_turn(vm);
    Frame::code(caller).units.get().add(usize::from(at))
}

/// Goes on with a trapped instruction of which everybody was told up to `stage`.
#[inline(always)]
pub(super) unsafe fn go_on(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, stage: Stage) -> Exit {
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()) as usize;
    // Whoever was told may have changed what is trapped, and what is beneath.
    let unit = instrument::unit(code, at);
    if unit.why == Why::NOTHING {
        let handler = *table::TABLE.get_unchecked(usize::from(*ip as u8));
        return handler(ip, sp, fp, vm, oparg);
    }
    if unit.why.has(Why::JUMP_BACK.with(Why::UNSPECIALISED)) {
        if stage == Stage::Instruction && !unit.why.has(Why::JUMP_BACK) {
            return trap::told(ip, sp, fp, vm, oparg, stage);
        }
        return trap::go_on_telling(ip, sp, fp, vm, oparg, stage);
    }
    let handler = *table::TABLE.get_unchecked(usize::from(unit.opcode));
    handler(ip, sp, fp, vm, oparg)
}

/// How tools are told of an event.
pub(super) enum Way {
    /// The callback's frame was entered.
    Entered(Fp),
    /// Nobody is to be told after all.
    Nobody,
    /// By `trace::tell`.
    Other,
}

/// Tells `tools` of an event at the code unit `at`, if that can be done by entering a callback. `value` is what comes with
/// the event; NULL if nothing does.
#[inline(always)]
pub(super) unsafe fn tell(
    vm: &Vm,
    fp: Fp,
    at: usize,
    event: Event,
    tools: Tools,
    value: Value,
    stage: Stage,
) -> Way {
    if tools == 0 {
        return Way::Nobody;
    }
    if tools == 1 << TRACE_TOOL {
        return trace(vm, fp, at, event, value, stage);
    }
    if !tools.is_power_of_two() || tools > 1 << PROFILE_TOOL {
        return Way::Other;
    }
    tell_one(vm, fp, at, event, tools, value, stage)
}

#[inline(always)]
fn entered(frame: Fp) -> Way {
    if frame.is_null() { Way::Other } else { Way::Entered(frame) }
}

/// Whether a frame has a trace function of its own.
#[inline(always)]
pub(super) unsafe fn has_function(fp: Fp) -> bool {
    let object = (*fp).object;
    !object.is_null() && {
        let frame: &FrameObject = &*object.header().cast::<Object<FrameObject>>();
        !frame.trace.is_empty()
    }
}

/// Tells `sys.settrace`'s function, or the frame's own.
#[inline(always)]
unsafe fn trace(vm: &Vm, fp: Fp, at: usize, event: Event, value: Value, stage: Stage) -> Way {
    if vm.tracing.get() != 0 {
        return Way::Nobody;
    }
    let told = Told::new(TRACE_TOOL, event, stage);
    let names = vm.names();
    let starts = matches!(event, Event::PyStart | Event::PyResume);
    if starts && (*fp).object.is_null() && !vm.trace_function.is_empty() {
        drop(FrameObject::of(fp));
    }
    let object = (*fp).object;
    if object.is_null() {
        return if event == Event::Instruction { Way::Other } else { Way::Nobody };
    }
    let Some(threads) = vm.trace_function.peek() else {
        return if event == Event::Instruction { Way::Other } else { Way::Nobody };
    };
    let frame: &FrameObject = &*object.header().cast::<Object<FrameObject>>();
    let what = match event {
        Event::Line if !frame.trace_lines.get() => return Way::Nobody,
        Event::Line => &names.line,
        Event::Instruction if !frame.trace_opcodes.get() => return Way::Other,
        Event::Instruction => &names.opcode,
        // Its code may have to tell of opcodes from now on.
        _ if frame.trace_opcodes.get() => return Way::Other,
        Event::PyStart | Event::PyResume => &names.call,
        _ => &names.return_,
    };
    let function = if starts { Some(threads) } else { frame.trace.peek() };
    let Some(function) = function else { return Way::Nobody };
    let value = if matches!(event, Event::PyReturn | Event::PyYield) { value } else { types::NONE.value() };
    entered(enter(vm, fp, function.value(), [object, what.as_obj().value(), value], at, told))
}

/// [`tell`] of a call, with what is called and its first argument.
#[inline(never)]
pub(super) unsafe fn tell_call(
    vm: &Vm,
    fp: Fp,
    at: usize,
    event: Event,
    tools: Tools,
    called: (&Obj, Option<&Obj>),
    stage: Stage,
) -> PyResult<Way> {
    if tools == 0 {
        return Ok(Way::Nobody);
    }
    if !tools.is_power_of_two() || tools > 1 << PROFILE_TOOL {
        return Ok(Way::Other);
    }
    if vm.tracing.get() != 0 {
        return Ok(Way::Nobody);
    }
    let tool = tools.trailing_zeros() as u8;
    let told = Told::new(tool, event, stage);
    if tool == PROFILE_TOOL {
        let names = vm.names();
        let what = if event == Event::Call { &names.c_call } else { &names.c_return };
        let Some(function) = vm.profile_function.get() else { return Ok(Way::Nobody) };
        let Some(callable) = legacy::native(vm, called.0, called.1)? else { return Ok(Way::Nobody) };
        let frame = FrameObject::of(fp);
        let args = [frame.as_obj().value(), what.as_obj().value(), callable.value()];
        return Ok(entered(enter(vm, fp, function.value(), args, at, told)));
    }
    let Some(callback) = Interp::get().tracing.callbacks[usize::from(tool)][event as usize].peek() else {
        return Ok(Way::Nobody);
    };
    let argument = called.1.map_or(MISSING.value(), Obj::value);
    let args = [Frame::code(fp).value(), Value::int(2 * at as i64), called.0.value(), argument];
    Ok(entered(enter(vm, fp, callback.value(), args, at, told)))
}

/// Tells `sys.setprofile`'s function, or the only one of `sys.monitoring`'s tools that wants to know.
#[inline(never)]
unsafe fn tell_one(
    vm: &Vm,
    fp: Fp,
    at: usize,
    event: Event,
    tools: Tools,
    value: Value,
    stage: Stage,
) -> Way {
    if vm.tracing.get() != 0 {
        return Way::Nobody;
    }
    let tool = tools.trailing_zeros() as u8;
    let told = Told::new(tool, event, stage);
    if tool == PROFILE_TOOL {
        let Some(function) = vm.profile_function.peek() else { return Way::Nobody };
        let names = vm.names();
        let what = match event {
            Event::PyStart | Event::PyResume => &names.call,
            Event::PyReturn | Event::PyYield => &names.return_,
            _ => return Way::Other,
        };
        let value = if value.is_null() { types::NONE.value() } else { value };
        let frame = FrameObject::of(fp);
        let args = [frame.as_obj().value(), what.as_obj().value(), value];
        return entered(enter(vm, fp, function.value(), args, at, told));
    }
    let callback = &Interp::get().tracing.callbacks[usize::from(tool)][event as usize];
    let Some(callback) = callback.peek() else { return Way::Nobody };
    let code = Frame::code(fp).value();
    let callback = callback.value();
    if event == Event::Line {
        return entered(enter(vm, fp, callback, [code, value], at, told));
    }
    let offset = Value::int(2 * at as i64);
    entered(if value.is_null() {
        enter(vm, fp, callback, [code, offset], at, told)
    } else {
        enter(vm, fp, callback, [code, offset, value], at, told)
    })
}
