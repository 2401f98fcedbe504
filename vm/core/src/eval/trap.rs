//! What a trapped instruction does: whoever wants to know is told, then it runs as it would have.

use lasti_code::Opcode;

use super::callback::{self, Stage, Way};
use super::instrument::{self, Why};
use super::ops::{attrs, calls, iteration, object};
use super::{Exit, Fp, Ip, Sp, again, fail, next, op, raise_pending, table, unwind};
use crate::builtins as types;
use crate::code::Code;
use crate::errors::PyResult;
use crate::frame::Frame;
use crate::generator::{ASYNC_GENERATOR, Generator};
use crate::object::obj::release;
use crate::object::{Obj, Object, Value};
use crate::trace::{Detail, Event, PROFILE_TOOL, TRACE_TOOL, Tools, tell};
use crate::vm::Vm;

op! {
    /// The trap. The frame's saved instruction is the last one that saved itself: the one before this, or one on the same
    /// line (see `line`).
    fn trap(ip, sp, fp, vm, oparg) {
        let code = Frame::code(fp);
        let at = ip.offset_from(code.units.get()) as usize;
        let unit = instrument::unit(code, at);
        let previous = (*fp).ip;
        (*fp).ip = ip;
        if unit.why.has(Why::PLANTED) {
            (*fp).sp = sp;
            if unit.why == Why::PLANTED {
                return planted(ip, sp, fp, vm, oparg);
            }
            return planted_and_more(ip, sp, fp, vm, oparg, previous);
        }
        if vm.tracing.get() != 0 && !unit.why.has(Why::DEBUGGERS) {
            // What a tool does is not told of.
            let handler = *table::TABLE.get_unchecked(usize::from(unit.opcode));
            return handler(ip, sp, fp, vm, oparg);
        }
        (*fp).sp = sp;
        if unit.why.has(Why::LINE) {
            return line(ip, sp, fp, vm, oparg, previous);
        }
        if unit.why.has(Why::INSTRUCTION) && !unit.why.has(Why::JUMP_BACK) {
            return instruction(ip, sp, fp, vm, oparg);
        }
        if unit.why.has(Why::JUMP_BACK.with(Why::UNSPECIALISED)) {
            return go_on_telling(ip, sp, fp, vm, oparg, Stage::Line);
        }
        let handler = *table::TABLE.get_unchecked(usize::from(unit.opcode));
        handler(ip, sp, fp, vm, oparg)
    }
}

/// An instruction that only the debugger wants to be told of, and of nothing else here.
#[inline(never)]
unsafe fn planted(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    if !tell_planted(vm, fp, ip) {
        return raise_pending(ip, sp, fp, vm);
    }
    if (*fp).ip != ip {
        return jumped(fp, vm);
    }
    callback::go_on(ip, sp, fp, vm, oparg, Stage::Line)
}

/// An instruction of which the debugger is told, and then others, maybe.
#[inline(never)]
unsafe fn planted_and_more(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, previous: Ip) -> Exit {
    if !tell_planted(vm, fp, ip) {
        return raise_pending(ip, sp, fp, vm);
    }
    if (*fp).ip != ip {
        return jumped(fp, vm);
    }
    let at = ip.offset_from(Frame::code(fp).units.get()) as usize;
    if instrument::unit(Frame::code(fp), at).why.has(Why::LINE) {
        return line(ip, sp, fp, vm, oparg, previous);
    }
    callback::go_on(ip, sp, fp, vm, oparg, Stage::Line)
}

/// Tells the debugger of a planted instruction, unless it sent the frame there itself. False: an exception waits in the
/// registers.
#[inline(always)]
unsafe fn tell_planted(vm: &Vm, fp: Fp, ip: Ip) -> bool {
    let jumped = vm.jumped_to.replace(std::ptr::null_mut()) == ip;
    if vm.sent_to.get() == ip && !vm.in_hook.get() {
        vm.sent_to.set(std::ptr::null_mut());
        return true;
    }
    match crate::trace::planted(vm, fp, jumped) {
        Ok(()) => true,
        Err(error) => {
            fail(vm, error);
            false
        }
    }
}

/// Goes on with a trapped instruction, of whose line everybody was told: its own events may be left.
#[inline(never)]
pub(super) unsafe fn go_on_telling(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, stage: Stage) -> Exit {
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()) as usize;
    let unit = instrument::unit(code, at);
    if unit.why.has(Why::JUMP_BACK) {
        vm.jumped_to.set(target(fp, ip, oparg));
    }
    if stage < Stage::Instruction && unit.why.has(Why::INSTRUCTION) {
        return instruction(ip, sp, fp, vm, oparg);
    }
    if unit.why.has(Why::UNSPECIALISED) {
        return told(ip, sp, fp, vm, oparg, stage);
    }
    let handler = *table::TABLE.get_unchecked(usize::from(unit.opcode));
    handler(ip, sp, fp, vm, oparg)
}

/// Tells of an instruction.
#[inline(never)]
unsafe fn instruction(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()) as usize;
    let tools = instrument::trapped(code).tools(at as u32, Event::Instruction);
    if oparg == u32::from(*ip >> 8) {
        match callback::tell(vm, fp, at, Event::Instruction, tools, Value::NULL, Stage::Instruction) {
            Way::Entered(frame) => next!((*frame).ip.add(1), (*frame).sp, frame, vm),
            Way::Nobody => return callback::go_on(ip, sp, fp, vm, oparg, Stage::Instruction),
            Way::Other => {}
        }
    }
    if !tell_at(vm, fp, at as u32, Event::Instruction, tools, &Detail::None) {
        return raise_pending(ip, sp, fp, vm);
    }
    if (*fp).ip != ip {
        return jumped(fp, vm);
    }
    callback::go_on(ip, sp, fp, vm, oparg, Stage::Instruction)
}

/// [`tell`] for a handler. False: an exception waits in the registers.
#[inline(never)]
unsafe fn tell_at(vm: &Vm, fp: Fp, at: u32, event: Event, tools: Tools, detail: &Detail<'_>) -> bool {
    match tell(vm, fp, at, event, tools, detail) {
        Ok(()) => true,
        Err(error) => {
            fail(vm, error);
            false
        }
    }
}

/// Somebody set the frame's line: it goes on there, with the stack that it then has.
#[cold]
#[inline(never)]
pub(super) unsafe fn jumped(fp: Fp, vm: &Vm) -> Exit {
    if !instrument::is_planted(fp, (*fp).ip) {
        vm.sent_to.set(std::ptr::null_mut());
    }
    again((*fp).ip, (*fp).sp, fp, vm)
}

/// A line's event, unless only `sys.settrace` wants it and the frame has no function for it.
#[inline(never)]
unsafe fn line(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, previous: Ip) -> Exit {
    let wanted = instrument::trapped(Frame::code(fp)).wanted(Event::Line);
    if wanted == 1 << TRACE_TOOL && !callback::has_function(fp) {
        return callback::go_on(ip, sp, fp, vm, oparg, Stage::Line);
    }
    line_told(ip, sp, fp, vm, oparg, previous)
}

/// A line's event, if control comes from another one. CPython: `_Py_call_instrumentation_line`.
#[inline(never)]
unsafe fn line_told(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, previous: Ip) -> Exit {
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()) as usize;
    let instrumentation = instrument::trapped(code);
    let tools = instrumentation.tools(at as u32, Event::Line);
    let before = previous.offset_from(code.units.get());
    if instrumentation.same_line(at, before) && !begins(fp, code, before as usize, previous) {
        return callback::go_on(ip, sp, fp, vm, oparg, Stage::Line);
    }
    if oparg == u32::from(*ip >> 8) {
        let line = Value::int(instrumentation.line(at).into());
        match callback::tell(vm, fp, at, Event::Line, tools, line, Stage::Line) {
            Way::Entered(frame) => next!((*frame).ip.add(1), (*frame).sp, frame, vm),
            Way::Nobody => return callback::go_on(ip, sp, fp, vm, oparg, Stage::Line),
            Way::Other => {}
        }
    }
    if !tell_line(vm, fp, at, tools) {
        return raise_pending(ip, sp, fp, vm);
    }
    if (*fp).ip != ip {
        return jumped(fp, vm);
    }
    callback::go_on(ip, sp, fp, vm, oparg, Stage::Line)
}

#[inline(never)]
unsafe fn tell_line(vm: &Vm, fp: Fp, at: usize, tools: Tools) -> bool {
    let line = instrument::trapped(Frame::code(fp)).line(at);
    tell_at(vm, fp, at as u32, Event::Line, tools, &Detail::Line(line))
}

/// Whether a line begins behind the RESUME at a code unit that is on it: as in CPython, where somebody is told of that
/// RESUME, and where it has not run, since an exception was thrown in there.
unsafe fn begins(fp: Fp, code: &Object<Code>, at: usize, ip: Ip) -> bool {
    code.data().code.get(2 * at) == Some(&(Opcode::Resume as u8))
        && (instrument::beneath(fp, ip) == Opcode::Resume as u8
            || instrument::unit(code, at).why.has(Why::EVENT))
}

/// Where the jump at `ip` goes.
#[cold]
unsafe fn target(fp: Fp, ip: Ip, oparg: u32) -> Ip {
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()) as usize;
    let opcode =
        code.data().code.get(2 * at).and_then(|&opcode| Opcode::from_u8(opcode)).unwrap_or(Opcode::Nop);
    let next = ip.add(1 + usize::from(opcode.caches()));
    if matches!(opcode, Opcode::JumpBackward | Opcode::JumpBackwardNoInterrupt) {
        next.sub(oparg as usize)
    } else {
        next.add(oparg as usize)
    }
}

/// An instruction that Python's tools may be told of: it runs unspecialised, as in CPython, and stays so.
#[inline(never)]
pub(super) unsafe fn told(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, stage: Stage) -> Exit {
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()) as usize;
    let unit = instrument::unit(code, at);
    let base = instrument::base(unit.opcode);
    if instrument::caches(base) {
        // It does not look for a form.
        *ip.add(1) = 0;
    }
    if stage != Stage::Event && unit.why.has(Why::EVENT) {
        if matches!(base, RESUME | RETURN_VALUE | YIELD_VALUE) {
            return frame_event(ip, sp, fp, vm, oparg, base);
        }
        if let Some(exit) = of_opcode(ip, sp, fp, vm, oparg, base, stage) {
            return exit;
        }
    }
    let handler = *table::TABLE.get_unchecked(usize::from(base));
    handler(ip, sp, fp, vm, oparg)
}

const RESUME: u8 = Opcode::Resume as u8;
const RETURN_VALUE: u8 = Opcode::ReturnValue as u8;
const YIELD_VALUE: u8 = Opcode::YieldValue as u8;

/// A frame begins, goes on, is suspended, or is left.
#[inline(never)]
unsafe fn frame_event(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, opcode: u8) -> Exit {
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()) as usize;
    let (event, value) = match opcode {
        RESUME if oparg.trailing_zeros() >= 2 => (Event::PyStart, Value::NULL),
        RESUME => (Event::PyResume, Value::NULL),
        RETURN_VALUE => (Event::PyReturn, *sp.sub(1)),
        _ => (Event::PyYield, *sp.sub(1)),
    };
    let tools = instrument::trapped(code).tools(at as u32, event);
    if oparg == u32::from(*ip >> 8) {
        match callback::tell(vm, fp, at, event, tools, value, Stage::Event) {
            Way::Entered(frame) => next!((*frame).ip.add(1), (*frame).sp, frame, vm),
            Way::Nobody => {
                let handler = *table::TABLE.get_unchecked(usize::from(opcode));
                return handler(ip, sp, fp, vm, oparg);
            }
            Way::Other => {}
        }
    }
    if !tell_frame_event(vm, fp, at as u32, event, tools, value) {
        return raise_pending(ip, sp, fp, vm);
    }
    if (*fp).ip != ip {
        return jumped(fp, vm);
    }
    let handler = *table::TABLE.get_unchecked(usize::from(opcode));
    handler(ip, sp, fp, vm, oparg)
}

#[inline(never)]
unsafe fn tell_frame_event(vm: &Vm, fp: Fp, at: u32, event: Event, tools: Tools, value: Value) -> bool {
    if value.is_null() {
        return tell_at(vm, fp, at, event, tools, &Detail::None);
    }
    let value = Obj::from_value(value);
    tell_at(vm, fp, at, event, tools, &Detail::Value(&value))
}

/// Tells of an opcode's own event. None: the instruction is still to run.
#[inline(never)]
unsafe fn of_opcode(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, opcode: u8, stage: Stage) -> Option<Exit> {
    let base = Opcode::from_u8(opcode)?;
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()) as u32;
    let event = instrument::event_of(base, oparg)?;
    let tools = instrument::trapped(code).tools(at, event);
    let outcome = match base {
        Opcode::Call | Opcode::CallKw | Opcode::CallFunctionEx | Opcode::LoadSuperAttr => {
            return call(vm, fp, sp, at, oparg, base, stage);
        }
        Opcode::ForIter => return Some(for_iter(vm, fp, sp, at, oparg)),
        Opcode::JumpForward | Opcode::JumpBackward => {
            let to = target(fp, ip, oparg);
            let to_unit = to.offset_from(code.units.get()) as u32;
            let told = tell(vm, fp, at, event, tools, &Detail::Jump { from: at, to: to_unit });
            if let Err(error) = told {
                // As if the jump was taken.
                return Some(unwind::raise_shown(ip, to, sp, fp, vm, error));
            }
            Ok(())
        }
        Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue | Opcode::PopJumpIfNone | Opcode::PopJumpIfNotNone => {
            let value = *sp.sub(1);
            let taken = match base {
                Opcode::PopJumpIfFalse => value == types::FALSE.value(),
                Opcode::PopJumpIfTrue => value == types::TRUE.value(),
                Opcode::PopJumpIfNone => value == types::NONE.value(),
                _ => value != types::NONE.value(),
            };
            if !taken {
                return None;
            }
            let to = target(fp, ip, oparg);
            let to_unit = to.offset_from(code.units.get()) as u32;
            release(value);
            let sp = sp.sub(1);
            (*fp).sp = sp;
            let told = tell(vm, fp, at, event, tools, &Detail::Jump { from: at, to: to_unit });
            if let Err(error) = told {
                return Some(unwind::raise_shown(ip, to, sp, fp, vm, error));
            }
            return Some(if (*fp).ip == ip { again(to, sp, fp, vm) } else { jumped(fp, vm) });
        }
        Opcode::NotTaken | Opcode::PopIter => {
            let from = instrument::decided_at(code, at);
            tell(vm, fp, at, event, tools, &Detail::Jump { from, to: at + 1 })
        }
        Opcode::EndAsyncFor => {
            let from = (at + 1).saturating_sub(oparg);
            tell(vm, fp, at, event, tools, &Detail::Jump { from, to: at + 1 })
        }
        Opcode::EndFor | Opcode::EndSend => {
            let generator = object(sp.sub(2)).downcast::<Generator>().is_some()
                && !object(sp.sub(2)).is_exact(&ASYNC_GENERATOR);
            if !generator {
                return None;
            }
            let stop = vm.stop_iteration(Some(object(sp.sub(1)).clone()));
            let detail = Detail::Exception { exception: stop.exception(), origin: false };
            tell(vm, fp, at, event, tools, &detail)
        }
        _ => tell(vm, fp, at, event, tools, &Detail::None),
    };
    match outcome {
        Err(error) => Some(unwind::raise(ip, sp, fp, vm, error)),
        Ok(()) if (*fp).ip != ip => Some(jumped(fp, vm)),
        Ok(()) => None,
    }
}

/// A loop's next item, by the iterator's own way: what comes is told of with the item on the stack.
unsafe fn for_iter(vm: &Vm, fp: Fp, sp: Sp, at: u32, oparg: u32) -> Exit {
    let ip = (*fp).ip;
    match iteration::advance(vm, fp, object(sp.sub(1))) {
        Ok(Some(item)) => {
            *sp = item.into_value();
            let sp = sp.add(1);
            (*fp).sp = sp;
            let tools = instrument::trapped(Frame::code(fp)).tools(at, Event::BranchLeft);
            let detail = Detail::Jump { from: at, to: at + 2 };
            if let Err(error) = tell(vm, fp, at, Event::BranchLeft, tools, &detail) {
                return unwind::raise_shown(ip, ip.add(2), sp, fp, vm, error);
            }
            if (*fp).ip == ip { again(ip.add(2), sp, fp, vm) } else { jumped(fp, vm) }
        }
        Ok(None) => again(ip.add(3 + oparg as usize), sp, fp, vm),
        Err(error) => unwind::raise(ip, sp, fp, vm, error),
    }
}

/// A call: told of before, unless it was; and after, if no Python function was called. None: the call is still to run.
/// CPython: `INSTRUMENTED_CALL` and the like.
unsafe fn call(vm: &Vm, fp: Fp, sp: Sp, at: u32, oparg: u32, opcode: Opcode, stage: Stage) -> Option<Exit> {
    let ip = (*fp).ip;
    if opcode == Opcode::Call
        && instrument::trapped(Frame::code(fp)).wanted(Event::Call) == 1 << PROFILE_TOOL
        && calls::is_function(sp.sub(oparg as usize + 2))
    {
        // Its own frame tells of it.
        return None;
    }
    let (called, python) = called(sp, oparg, opcode)?;
    if stage < Stage::Called {
        let quick = oparg <= 0xFF;
        match tell_call(vm, fp, at, Event::Call, &called, Stage::Called, quick) {
            Ok(Some(frame)) => return Some(again((*frame).ip.add(1), (*frame).sp, frame, vm)),
            Ok(None) => {}
            Err(error) => return Some(unwind::raise(ip, sp, fp, vm, error)),
        }
    }
    if python {
        return None;
    }
    let new = match opcode {
        Opcode::Call => calls::call_native_at(vm, sp.sub(oparg as usize + 2), oparg as usize),
        Opcode::CallKw => calls::call_native_kw(vm, sp, sp.sub(oparg as usize + 3), oparg as usize),
        Opcode::CallFunctionEx => calls::call_unpacked_at(vm, sp),
        _ => attrs::load_super_attr_generic(sp, fp, vm, oparg, true),
    };
    if new.is_null() {
        tell_failed_call(vm, fp, sp, at, &called);
        drop(called);
        return Some(raise_pending(ip, sp, fp, vm));
    }
    (*fp).sp = new;
    // What goes with its last reference here goes after the event.
    let quick = is_held(&called.0) && called.1.as_ref().is_none_or(is_held);
    let told = tell_call(vm, fp, at, Event::CReturn, &called, Stage::Returned, quick);
    drop(called);
    Some(match told {
        Ok(Some(frame)) => again((*frame).ip.add(1), (*frame).sp, frame, vm),
        Ok(None) => again(behind(ip, opcode), new, fp, vm),
        Err(error) => unwind::raise(ip, new, fp, vm, error),
    })
}

/// Whether somebody else holds the object, too.
fn is_held(object: &Obj) -> bool {
    object.header().is_none_or(|header| header.count() > 1)
}

/// Where a call goes on that was told of to its end.
unsafe fn behind(ip: Ip, opcode: Opcode) -> Ip {
    ip.add(1 + usize::from(opcode.caches()))
}

/// Goes on behind the call at `ip`.
pub(super) unsafe fn go_on_behind(ip: Ip, sp: Sp, fp: Fp, vm: &Vm) -> Exit {
    let base = Opcode::from_u8(instrument::base(instrument::beneath(fp, ip))).unwrap_or(Opcode::Nop);
    next!(behind(ip, base), sp, fp, vm)
}

/// What is called, and its first argument.
type Called = (Obj, Option<Obj>);

/// What a call instruction calls, and whether that runs Python code as its own frame: then nobody is told how it ended.
unsafe fn called(sp: Sp, oparg: u32, opcode: Opcode) -> Option<(Called, bool)> {
    let first = |place: Sp, count: usize| {
        let receiver = *place.add(1);
        let argument = if receiver.is_null() { (count > 0).then(|| *place.add(2)) } else { Some(receiver) };
        argument.map(Obj::from_value)
    };
    Some(match opcode {
        Opcode::Call | Opcode::CallKw => {
            let count = oparg as usize;
            let place = sp.sub(count + if opcode == Opcode::Call { 2 } else { 3 });
            let python = calls::is_function(place);
            ((object(place).clone(), first(place, count)), python)
        }
        Opcode::CallFunctionEx => {
            let callable = object(sp.sub(4)).clone();
            let args = object(sp.sub(2)).downcast::<crate::sequence::Tuple>();
            let argument = args.and_then(|args| args.items().first().cloned());
            let python = callable.downcast_exact::<crate::function::Function>().is_some()
                || callable.downcast_exact::<crate::function::Method>().is_some();
            ((callable, argument), python)
        }
        _ => {
            let argument = (oparg & 2 != 0).then(|| object(sp.sub(2)).clone());
            ((object(sp.sub(3)).clone(), argument), false)
        }
    })
}

/// Tells that a call begins or ended. A frame: that of a callback, which was entered; only where `quick` says that it may.
unsafe fn tell_call(
    vm: &Vm,
    fp: Fp,
    at: u32,
    event: Event,
    called: &Called,
    stage: Stage,
    quick: bool,
) -> PyResult<Option<Fp>> {
    let tools = instrument::trapped(Frame::code(fp)).tools(at, event);
    if quick {
        match callback::tell_call(vm, fp, at as usize, event, tools, (&called.0, called.1.as_ref()), stage)? {
            Way::Entered(frame) => return Ok(Some(frame)),
            Way::Nobody => return Ok(None),
            Way::Other => {}
        }
    }
    let detail = Detail::Call { callable: &called.0, argument: called.1.as_ref() };
    tell(vm, fp, at, event, tools, &detail).map(|()| None)
}

/// Tells that a call raised what waits in the registers.
#[cold]
unsafe fn tell_failed_call(vm: &Vm, fp: Fp, sp: Sp, at: u32, called: &Called) {
    let pending = vm.registers.result.replace(Value::NULL);
    (*fp).sp = sp;
    let tools = instrument::trapped(Frame::code(fp)).tools(at, Event::CRaise);
    let detail = Detail::Call { callable: &called.0, argument: called.1.as_ref() };
    match tell(vm, fp, at, Event::CRaise, tools, &detail) {
        Ok(()) => vm.registers.result.set(pending),
        Err(error) => {
            drop(Obj::from_owned(pending));
            fail(vm, error);
        }
    }
}
