//! What a trapped instruction does: whoever wants to know is told, then it runs as it would have.

use lasti_code::Opcode;

use super::instrument::{self, Why};
use super::ops::{attrs, calls, iteration, object};
use super::{Exit, Fp, Ip, Sp, again, fail, op, raise_pending, table, throw, unwind};
use crate::builtins as types;
use crate::code::Code;
use crate::errors::PyResult;
use crate::frame::Frame;
use crate::generator::{ASYNC_GENERATOR, Generator};
use crate::object::obj::release;
use crate::object::{Obj, Object};
use crate::trace::{Detail, Event, tell};
use crate::vm::Vm;

op! {
    /// The trap. The frame's saved instruction is the last one that saved itself: the one before this, or one on the same
    /// line (see `line`).
    fn trap(ip, sp, fp, vm, oparg) {
        let code = Frame::code(fp);
        let units = &instrument::trapped(code).units;
        let at = ip.offset_from(code.units.get()) as usize;
        let why = units[at].get().why;
        let previous = (*fp).ip;
        (*fp).ip = ip;
        (*fp).sp = sp;
        if why.has(Why::PLANTED.with(Why::LINE).with(Why::INSTRUCTION)) {
            if let Err(error) = before(vm, fp, code, at, previous) {
                throw!(ip, sp, fp, vm, error);
            }
            if (*fp).ip != ip {
                return jumped(fp, vm);
            }
        }
        // Whoever was told may have changed what is trapped, and what is beneath.
        let why = units[at].get().why;
        if why.has(Why::JUMP_BACK) {
            vm.jumped_to.set(target(code, at, oparg));
        }
        let opcode = instrument::beneath(fp, ip);
        if why.has(Why::TOLD) {
            return told(ip, sp, fp, vm, oparg, opcode);
        }
        table::TABLE[usize::from(opcode)](ip, sp, fp, vm, oparg)
    }
}

/// Somebody set the frame's line: it goes on there, with the stack that it then has.
unsafe fn jumped(fp: Fp, vm: &Vm) -> Exit {
    again((*fp).ip, (*fp).sp, fp, vm)
}

/// What is told before an instruction runs.
#[inline(never)]
unsafe fn before(vm: &Vm, fp: Fp, code: &Object<Code>, at: usize, previous: Ip) -> PyResult<()> {
    let ip = (*fp).ip;
    let instrumentation = instrument::trapped(code);
    let wanted = |why| (*fp).ip == ip && instrumentation.units[at].get().why.has(why);
    if wanted(Why::PLANTED) {
        let jumped = vm.jumped_to.replace(std::ptr::null_mut()) == ip;
        crate::trace::planted(vm, fp, jumped)?;
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

/// A line's event, if control comes from another one. CPython: `_Py_call_instrumentation_line`.
unsafe fn line(vm: &Vm, fp: Fp, code: &Object<Code>, at: usize, previous: Ip) -> PyResult<()> {
    let line = instrument::line_at(code, at);
    let before = previous.offset_from(code.units.get());
    if let Ok(before) = usize::try_from(before)
        && instrument::line_at(code, before) == line
        && code.data().code.get(2 * before) != Some(&(Opcode::Resume as u8))
    {
        return Ok(());
    }
    let tools = instrument::trapped(code).tools(at as u32, Event::Line);
    tell(vm, fp, at as u32, Event::Line, tools, &Detail::Line(line))
}

/// Where a jump goes.
unsafe fn target(code: &Object<Code>, at: usize, oparg: u32) -> Ip {
    let opcode =
        code.data().code.get(2 * at).and_then(|&opcode| Opcode::from_u8(opcode)).unwrap_or(Opcode::Nop);
    let next = code.units.get().add(at + 1 + usize::from(opcode.caches()));
    if matches!(opcode, Opcode::JumpBackward | Opcode::JumpBackwardNoInterrupt) {
        next.sub(oparg as usize)
    } else {
        next.add(oparg as usize)
    }
}

/// An instruction that Python's tools may be told of: it runs unspecialised, as in CPython, and stays so.
#[inline(never)]
unsafe fn told(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32, opcode: u8) -> Exit {
    let code = Frame::code(fp);
    let at = ip.offset_from(code.units.get()) as u32;
    let base = Opcode::from_u8(instrument::base(opcode)).unwrap_or(Opcode::Nop);
    if base.caches() > 0 {
        // It does not look for a form.
        *ip.add(1) = 0;
    }
    let plain = || unsafe { table::TABLE[base as usize](ip, sp, fp, vm, oparg) };
    let instrumentation = instrument::trapped(code);
    if !instrumentation.units[at as usize].get().why.has(Why::EVENT) {
        return plain();
    }
    let Some(event) = instrument::event_of(base, oparg) else { return plain() };
    let tools = instrumentation.tools(at, event);
    let outcome = match base {
        Opcode::Call | Opcode::CallKw | Opcode::CallFunctionEx | Opcode::LoadSuperAttr => {
            return call(vm, fp, sp, at, oparg, base);
        }
        Opcode::ForIter => return for_iter(vm, fp, sp, at, oparg),
        Opcode::JumpForward | Opcode::JumpBackward => {
            let to = target(code, at as usize, oparg);
            let to_unit = to.offset_from(code.units.get()) as u32;
            let told = tell(vm, fp, at, event, tools, &Detail::Jump { from: at, to: to_unit });
            if let Err(error) = told {
                // As if the jump was taken.
                return unwind::raise_shown(ip, to, sp, fp, vm, error);
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
                return plain();
            }
            let to = target(code, at as usize, oparg);
            let to_unit = to.offset_from(code.units.get()) as u32;
            release(value);
            let sp = sp.sub(1);
            (*fp).sp = sp;
            let told = tell(vm, fp, at, event, tools, &Detail::Jump { from: at, to: to_unit });
            if let Err(error) = told {
                return unwind::raise_shown(ip, to, sp, fp, vm, error);
            }
            return if (*fp).ip == ip { again(to, sp, fp, vm) } else { jumped(fp, vm) };
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
                return plain();
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
    if let Err(error) = outcome {
        throw!(ip, sp, fp, vm, error);
    }
    if (*fp).ip != ip {
        return jumped(fp, vm);
    }
    plain()
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

/// A call: told of before; and after, if no Python function was called. CPython: `INSTRUMENTED_CALL` and the like.
unsafe fn call(vm: &Vm, fp: Fp, sp: Sp, at: u32, oparg: u32, opcode: Opcode) -> Exit {
    let ip = (*fp).ip;
    let (called, python) = match called(sp, oparg, opcode) {
        Some(called) => called,
        None => return table::TABLE[opcode as usize](ip, sp, fp, vm, oparg),
    };
    if let Err(error) = tell_call(vm, fp, at, Event::Call, &called) {
        throw!(ip, sp, fp, vm, error);
    }
    if python {
        return table::TABLE[opcode as usize](ip, sp, fp, vm, oparg);
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
        return raise_pending(ip, sp, fp, vm);
    }
    again(ip.add(length), new, fp, vm)
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
