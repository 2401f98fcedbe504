//! What a trapped instruction does: whoever wants to know is told, then it runs as it would have.

use std::cell::Cell;

use lasti_code::Opcode;

use super::instrument::{self, Unit, Why};
use super::ops::{attrs, calls, iteration, object};
use super::{Exit, Fp, Ip, Sp, again, fail, op, raise_pending, table, unwind};
use crate::builtins as types;
use crate::code::Code;
use crate::errors::PyResult;
use crate::frame::Frame;
use crate::generator::{ASYNC_GENERATOR, Generator};
use crate::object::obj::release;
use crate::object::{Obj, Object};
use crate::trace::{Detail, Event, TRACE_TOOL, legacy, tell};
use crate::vm::Vm;

op! {
    /// The trap. The frame's saved instruction is the last one that saved itself: the one before this, or one on the same
    /// line (see `line`).
    fn trap(ip, sp, fp, vm, oparg) {
        let code = Frame::code(fp);
        let at = ip.offset_from(code.units.get()) as usize;
        let instrumentation = instrument::trapped(code);
        let place = instrumentation.units.get_unchecked(at);
        let unit = place.get();
        let previous = (*fp).ip;
        (*fp).ip = ip;
        (*fp).sp = sp;
        let next = if unit.why == Why::PLANTED {
            planted(vm, fp, ip, place, oparg)
        } else if vm.tracing.get() != 0 && !unit.why.has(Why::DEBUGGERS) && !instrumentation.debugged.get() {
            // What a tool does is not told of.
            Next(u32::from(unit.opcode))
        } else if unit.why.has(Why::BEFORE) {
            before(vm, fp, at, previous, oparg)
        } else {
            Next::of(unit)
        };
        match next {
            Next::JUMPED => jumped(fp, vm),
            Next::RAISE => raise_pending(ip, sp, fp, vm),
            Next(next) if next & Next::TOLD != 0 => told(ip, sp, fp, vm, oparg, next as u8),
            Next(opcode) => {
                let handler = table::TABLE[usize::from(opcode as u8)];
                handler(ip, sp, fp, vm, oparg)
            }
        }
    }
}

/// What comes after whoever wanted to know before an instruction was told: the opcode to run, or one of these.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Next(u32);

impl Next {
    /// With an opcode: somebody may have to be told of what it does.
    const TOLD: u32 = 1 << 8;
    /// The frame goes on elsewhere.
    const JUMPED: Self = Self(1 << 9);
    /// The exception waits in the registers.
    const RAISE: Self = Self(1 << 10);

    /// What now stands at `ip`: whoever was told may have changed what is trapped, and what is beneath.
    #[inline(always)]
    unsafe fn at(vm: &Vm, fp: Fp, ip: Ip, place: &Cell<Unit>, oparg: u32) -> Self {
        if (*fp).ip != ip {
            return Self::JUMPED;
        }
        let unit = place.get();
        if unit.why.has(Why::JUMP_BACK) {
            vm.jumped_to.set(target(fp, ip, oparg));
        }
        if unit.why == Why::NOTHING { Self(u32::from(*ip as u8)) } else { Self::of(unit) }
    }

    /// What is beneath a trap.
    #[inline(always)]
    fn of(unit: Unit) -> Self {
        Self(u32::from(unit.opcode) | if unit.why.has(Why::UNSPECIALISED) { Self::TOLD } else { 0 })
    }
}

/// An instruction that only the debugger wants to be told of.
#[inline(never)]
unsafe fn planted(vm: &Vm, fp: Fp, ip: Ip, place: &Cell<Unit>, oparg: u32) -> Next {
    match tell_planted(vm, fp, ip) {
        Ok(()) => Next::at(vm, fp, ip, place, oparg),
        Err(error) => {
            fail(vm, error);
            Next::RAISE
        }
    }
}

/// Tells the debugger of a planted instruction, unless it sent the frame there itself.
#[inline(always)]
unsafe fn tell_planted(vm: &Vm, fp: Fp, ip: Ip) -> PyResult<()> {
    let jumped = vm.jumped_to.replace(std::ptr::null_mut()) == ip;
    if vm.sent_to.get() == ip && !vm.in_hook.get() {
        vm.sent_to.set(std::ptr::null_mut());
        return Ok(());
    }
    crate::trace::planted(vm, fp, jumped)
}

/// What is told before an instruction runs.
#[inline(never)]
unsafe fn before(vm: &Vm, fp: Fp, at: usize, previous: Ip, oparg: u32) -> Next {
    let ip = (*fp).ip;
    let code = Frame::code(fp);
    let instrumentation = instrument::trapped(code);
    let place = &instrumentation.units[at];
    if let Err(error) = tell_before(vm, fp, code, at, previous) {
        fail(vm, error);
        return Next::RAISE;
    }
    Next::at(vm, fp, ip, place, oparg)
}

unsafe fn tell_before(vm: &Vm, fp: Fp, code: &Object<Code>, at: usize, previous: Ip) -> PyResult<()> {
    let ip = (*fp).ip;
    let instrumentation = instrument::trapped(code);
    let wanted = |why| (*fp).ip == ip && instrumentation.units[at].get().why.has(why);
    if wanted(Why::PLANTED) {
        tell_planted(vm, fp, ip)?;
    }
    if wanted(Why::LINE) {
        line(vm, fp, code, at, previous)?;
    }
    if wanted(Why::INSTRUCTION) {
        let tools = instrumentation.tools(at as u32, Event::Instruction);
        tell(vm, fp, at as u32, Event::Instruction, tools, &Detail::None)?;
    }
    Ok(())
}

/// Somebody set the frame's line: it goes on there, with the stack that it then has.
pub(super) unsafe fn jumped(fp: Fp, vm: &Vm) -> Exit {
    if !instrument::is_planted(fp, (*fp).ip) {
        vm.sent_to.set(std::ptr::null_mut());
    }
    again((*fp).ip, (*fp).sp, fp, vm)
}

/// A line's event, if control comes from another one. CPython: `_Py_call_instrumentation_line`.
unsafe fn line(vm: &Vm, fp: Fp, code: &Object<Code>, at: usize, previous: Ip) -> PyResult<()> {
    let lines = instrument::trapped(code).lines(code);
    let line = lines.of(at);
    let before = previous.offset_from(code.units.get());
    if let Ok(before) = usize::try_from(before)
        && lines.of(before) == line
        && !begins(fp, code, before, previous)
    {
        return Ok(());
    }
    let tools = instrument::trapped(code).tools(at as u32, Event::Line);
    if tools == 1 << TRACE_TOOL {
        return legacy::trace_line(vm, fp);
    }
    tell(vm, fp, at as u32, Event::Line, tools, &Detail::Line(line))
}

/// Whether a line begins behind the RESUME at a code unit that is on it: as in CPython, where somebody is told of that
/// RESUME, and where it has not run, since an exception was thrown in there.
unsafe fn begins(fp: Fp, code: &Object<Code>, at: usize, ip: Ip) -> bool {
    code.data().code.get(2 * at) == Some(&(Opcode::Resume as u8))
        && (instrument::beneath(fp, ip) == Opcode::Resume as u8
            || instrument::trapped(code).units.get(at).is_some_and(|unit| unit.get().why.has(Why::EVENT)))
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
unsafe fn told(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, opcode: u8) -> Exit {
    let at = ip.offset_from(Frame::code(fp).units.get()) as usize;
    let base = instrument::base(opcode);
    if instrument::caches(base) {
        // It does not look for a form.
        *ip.add(1) = 0;
    }
    let place = instrument::trapped(Frame::code(fp)).units.get_unchecked(at);
    if place.get().why.has(Why::EVENT)
        && let Some(exit) = of_opcode(ip, sp, fp, vm, oparg, base)
    {
        return exit;
    }
    let handler = table::TABLE[usize::from(base)];
    handler(ip, sp, fp, vm, oparg)
}

/// Tells of an opcode's own event. None: the instruction is still to run.
#[inline(never)]
unsafe fn of_opcode(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, opcode: u8) -> Option<Exit> {
    let base = Opcode::from_u8(opcode)?;
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()) as u32;
    let event = instrument::event_of(base, oparg)?;
    let tools = instrument::trapped(code).tools(at, event);
    let outcome = match base {
        Opcode::Call | Opcode::CallKw | Opcode::CallFunctionEx | Opcode::LoadSuperAttr => {
            return call(vm, fp, sp, at, oparg, base);
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
        Opcode::ReturnValue | Opcode::YieldValue => {
            let value = Obj::from_value(*sp.sub(1));
            tell(vm, fp, at, event, tools, &Detail::Value(&value))
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

/// A call: told of before; and after, if no Python function was called. None: the call is still to run. CPython:
/// `INSTRUMENTED_CALL` and the like.
unsafe fn call(vm: &Vm, fp: Fp, sp: Sp, at: u32, oparg: u32, opcode: Opcode) -> Option<Exit> {
    let ip = (*fp).ip;
    let (called, python) = called(sp, oparg, opcode)?;
    if let Err(error) = tell_call(vm, fp, at, Event::Call, &called) {
        return Some(unwind::raise(ip, sp, fp, vm, error));
    }
    if python {
        return None;
    }
    let (new, length) = match opcode {
        Opcode::Call => (calls::call_native_at(vm, sp.sub(oparg as usize + 2), oparg as usize), 4),
        Opcode::CallKw => (calls::call_native_kw(vm, sp, sp.sub(oparg as usize + 3), oparg as usize), 4),
        Opcode::CallFunctionEx => (calls::call_unpacked_at(vm, sp), 1),
        _ => (attrs::load_super_attr_generic(sp, fp, vm, oparg, true), 2),
    };
    let new = after_call(vm, fp, sp, new, at, &called);
    drop(called);
    if new.is_null() {
        return Some(raise_pending(ip, sp, fp, vm));
    }
    Some(again(ip.add(length), new, fp, vm))
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

unsafe fn tell_call(vm: &Vm, fp: Fp, at: u32, event: Event, called: &Called) -> PyResult<()> {
    let tools = instrument::trapped(Frame::code(fp)).tools(at, event);
    let detail = Detail::Call { callable: &called.0, argument: called.1.as_ref() };
    tell(vm, fp, at, event, tools, &detail)
}

/// Tells how a call ended. `new` is what its helper returned; the result is the same, if nobody raises.
unsafe fn after_call(vm: &Vm, fp: Fp, sp: Sp, new: Sp, at: u32, called: &Called) -> Sp {
    if new.is_null() {
        let pending = vm.registers.result.replace(crate::object::Value::NULL);
        (*fp).sp = sp;
        match tell_call(vm, fp, at, Event::CRaise, called) {
            Ok(()) => vm.registers.result.set(pending),
            Err(error) => {
                drop(Obj::from_owned(pending));
                fail(vm, error);
            }
        }
        return new;
    }
    (*fp).sp = new;
    match tell_call(vm, fp, at, Event::CReturn, called) {
        Ok(()) => new,
        Err(error) => fail(vm, error),
    }
}
