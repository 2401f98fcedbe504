//! Raising: the traceback grows, the exception table says where to go on, frames without a handler are left.
//!
//! Nothing here is hot until something raises. Every path goes back to the loop, so that raising again and again
//! does not grow the native stack.

use lasti_code::CodeUnitIdx;

use super::{Exit, Fp, Ip, Sp, again, ops};
use crate::builtins::async_generator::Request;
use crate::errors::{BaseException, Exc};
use crate::frame::{Frame, FrameFlags, FrameObject};
use crate::object::obj::{own, release};
use crate::object::{Obj, Object, Value};
use crate::trace::{Event, tell_exception};
use crate::traceback::Traceback;
use crate::vm::Vm;

/// Raises an exception that native code returned.
#[cold]
#[inline(never)]
pub(super) unsafe fn raise(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, error: Exc) -> Exit {
    // One that has a traceback was raised within the call already, and got its context there.
    if error.exception().traceback.is_empty() {
        set_context(vm, error.exception());
    }
    unwind(ip, ip, sp, fp, vm, error.into_obj(), true)
}

/// [`raise`], where the frame is to show the instruction at `shown` and the handler is that of `ip`.
#[cold]
#[inline(never)]
pub(super) unsafe fn raise_shown(shown: Ip, ip: Ip, sp: Sp, fp: Fp, vm: &Vm, error: Exc) -> Exit {
    if error.exception().traceback.is_empty() {
        set_context(vm, error.exception());
    }
    unwind(shown, ip, sp, fp, vm, error.into_obj(), true)
}

/// Raises what was thrown into a generator: the context that it has stays. Where, as for [`raise_shown`].
#[cold]
#[inline(never)]
pub(super) unsafe fn raise_thrown(shown: Ip, ip: Ip, sp: Sp, fp: Fp, vm: &Vm, error: Exc) -> Exit {
    unwind(shown, ip, sp, fp, vm, error.into_obj(), true)
}

/// Raises for a `raise` statement: what is being handled becomes the context.
#[cold]
#[inline(never)]
pub(super) unsafe fn raise_new(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, error: Exc) -> Exit {
    set_context(vm, error.exception());
    unwind(ip, ip, sp, fp, vm, error.into_obj(), true)
}

/// Raises again: neither context nor traceback entry is added for this instruction.
#[cold]
#[inline(never)]
pub(super) unsafe fn reraise(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, exception: Obj) -> Exit {
    unwind(ip, ip, sp, fp, vm, raisable(vm, exception), false)
}

/// [`reraise`], where the frame is to show the instruction at `shown` and the handler is that of `ip`.
#[cold]
#[inline(never)]
pub(super) unsafe fn reraise_at(shown: Ip, ip: Ip, sp: Sp, fp: Fp, vm: &Vm, exception: Obj) -> Exit {
    unwind(shown, ip, sp, fp, vm, raisable(vm, exception), false)
}

/// What is raised again. Code that no compiler writes may try that with what is no exception.
fn raisable(vm: &Vm, exception: Obj) -> Obj {
    if exception.downcast::<BaseException>().is_some() {
        exception
    } else {
        vm.system_error("raised what is no exception").into_obj()
    }
}

/// Sets what is being handled as the context of `exception`. CPython: Python/errors.c, `_PyErr_SetObject`.
pub(super) fn set_context(vm: &Vm, exception: &crate::object::Ref<BaseException>) {
    let Some(handled) = vm.handled_exception() else { return };
    if handled.is(exception.as_obj()) {
        return;
    }
    // Break the cycle that would come of raising an exception that is in the chain. The chain itself may be a cycle
    // already: `slow` goes half as fast and then is caught up with.
    let mut at = handled.clone();
    let mut slow = handled.clone();
    let mut move_slow = false;
    while let Some(context) = context_of(&at) {
        if context.is(exception.as_obj()) {
            if let Some(at) = at.downcast::<BaseException>() {
                drop(at.context.take());
            }
            break;
        }
        at = context;
        if at.is(&slow) {
            break;
        }
        if move_slow && let Some(next) = context_of(&slow) {
            slow = next;
        }
        move_slow = !move_slow;
    }
    exception.context.set(handled);
}

fn context_of(exception: &Obj) -> Option<Obj> {
    exception.downcast::<BaseException>().and_then(|exception| exception.context.get())
}

/// Adds an entry for the frame to the exception's traceback.
unsafe fn add_traceback(fp: Fp, exception: &Obj) {
    let Some(exception) = exception.downcast::<BaseException>() else { return };
    let frame = FrameObject::of(fp);
    let lasti = crate::frame::lasti_of(&frame);
    let entry = Traceback::new(exception.traceback.take(), frame.into_obj(), lasti);
    exception.traceback.set(entry.into_obj());
}

unsafe fn unwind(shown: Ip, ip: Ip, sp: Sp, fp: Fp, vm: &Vm, exception: Obj, here: bool) -> Exit {
    let (mut shown, mut ip, mut sp, mut fp) = (shown, ip, sp, fp);
    let mut here = here;
    let mut exception = exception;
    let mut origin = true;
    let mut event = if here { Event::Raise } else { Event::Reraise };
    loop {
        (*fp).sp = sp;
        (*fp).ip = shown;
        let code = Frame::code(fp);
        let at = ip.offset_from(code.units.get()).max(0) as u32;
        if here {
            add_traceback(fp, &exception);
        }
        if let Err(error) = tell_exception(vm, fp, at, event, &exception, origin) {
            exception = error.into_obj();
        }
        (here, origin, event) = (true, false, Event::Raise);
        if let Some(entry) = code.data().exception_table().handler(CodeUnitIdx(at)) {
            let base = Frame::stack_base(fp);
            let keep = base.add(entry.depth as usize);
            while sp > keep {
                sp = sp.sub(1);
                release(*sp);
            }
            // A call took its operands off already; a handler that counts on them finds None.
            while sp < keep {
                *sp = crate::builtins::NONE.value();
                sp = sp.add(1);
            }
            if entry.lasti {
                *sp = Value::int(i64::from(Frame::instruction(fp).max(0)));
                sp = sp.add(1);
            }
            *sp = own(exception.value());
            (*fp).sp = sp.add(1);
            if let Err(error) =
                tell_exception(vm, fp, entry.target.0, Event::ExceptionHandled, &exception, false)
            {
                // Raised by whoever was told: as if at the handler's first instruction.
                ip = code.units.get().add(entry.target.0 as usize);
                shown = (*fp).ip;
                sp = sp.add(1);
                (here, event) = (false, Event::Reraise);
                exception = error.into_obj();
                continue;
            }
            return again(code.units.get().add(entry.target.0 as usize), sp.add(1), fp, vm);
        }
        // No handler: the frame is left.
        let base = Frame::stack_base(fp);
        while sp > base {
            sp = sp.sub(1);
            release(*sp);
        }
        (*fp).sp = base;
        if let Err(error) = tell_exception(vm, fp, at, Event::PyUnwind, &exception, false) {
            exception = error.into_obj();
        }
        let (flags, caller) = ((*fp).flags, (*fp).prev);
        let waiting = ((*fp).finish_offset, (*fp).told);
        ops::calls::leave(vm, fp);
        if flags.has(FrameFlags::ENTRY) {
            vm.registers.result.set(exception.into_value());
            return Exit::Raised;
        }
        if flags.has(FrameFlags::REQUEST)
            && let Some(error) = exception.downcast::<BaseException>()
        {
            // The request that SEND entered the generator by is on the caller's stack.
            let request = &*(*(*caller).sp.sub(1)).header().cast::<Object<Request>>();
            request.failed(&Exc::new(error.clone()));
        }
        fp = caller;
        if flags.has(FrameFlags::CALLBACK) {
            (*fp).ip = super::callback::raised(vm, fp, waiting.0, waiting.1);
            origin = true;
        }
        ip = (*fp).ip;
        shown = ip;
        sp = (*fp).sp;
    }
}
