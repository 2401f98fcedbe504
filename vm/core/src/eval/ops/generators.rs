//! Generators, coroutines, async generators.

use lasti_code::{CodeFlags, Opcode};

use super::object;
use crate::builtins as types;
use crate::builtins::async_generator::{ASEND, Request};
use crate::errors::PyResult;
use crate::eval::{Exit, Fp, Ip, Sp, fail, next, next_or_raise, op, value_op};
use crate::frame::{Frame, FrameFlags};
use crate::generator::{ASYNC_GENERATOR, COROUTINE, GENERATOR, Generator, State};
use crate::object::obj::{own, release};
use crate::object::{Obj, Object, Value};
use crate::ops::send_to;
use crate::types::{Sent, TypeObject};
use crate::vm::Vm;

op! {
    /// RETURN_GENERATOR ( -- generator) Moves the frame into a generator, which is what the call evaluates to.
    fn return_generator(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        (*fp).sp = sp;
        let (caller, entry) = ((*fp).prev, (*fp).flags.has(FrameFlags::ENTRY));
        let value = into_generator(fp, vm);
        if entry {
            vm.registers.result.set(value);
            return Exit::Returned;
        }
        let sp = (*caller).sp;
        *sp = value;
        next!((*caller).ip.add((*caller).return_offset as usize), sp.add(1), caller, vm)
    }
}

/// Moves a frame into a generator, and makes its caller the running one.
#[inline(never)]
unsafe fn into_generator(fp: Fp, vm: &Vm) -> Value {
    let flags = Frame::code(fp).flags();
    let ty: &TypeObject = if flags.contains(CodeFlags::COROUTINE) {
        &COROUTINE
    } else if flags.contains(CodeFlags::ASYNC_GENERATOR) {
        &ASYNC_GENERATOR
    } else {
        &GENERATOR
    };
    let (caller, observed) = ((*fp).prev, (*fp).object);
    let generator = Generator::make(ty, fp);
    if !observed.is_null() {
        // The frame object goes with the frame.
        (&*observed.header().cast::<Object<crate::frame::FrameObject>>()).moved_to(generator.frame());
    }
    vm.stack.pop(fp.cast());
    vm.frame.set(caller);
    vm.recursion_left.set(vm.recursion_left.get() + 1);
    if vm.origin_depth.get() > 0 && ty.is(&COROUTINE) {
        crate::builtins::coroutine::record_origin(vm, &generator);
    }
    generator.into_obj().into_value()
}

op! {
    /// YIELD_VALUE (value -- sent) Suspends the frame.
    fn yield_value(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        let value = if value.is_counted() { value } else { own(value) };
        (*fp).ip = ip;
        (*fp).sp = sp.sub(1);
        let generator = Generator::of_frame(fp);
        generator.state.set(State::Suspended);
        let handling = generator.handling.get();
        vm.handling.set((*handling).outer);
        let caller = (*fp).prev;
        (*fp).prev = std::ptr::null_mut();
        vm.frame.set(caller);
        vm.recursion_left.set(vm.recursion_left.get() + 1);
        let flags = (*fp).flags;
        if flags.has(FrameFlags::ENTRY.with(FrameFlags::REQUEST)) {
            if flags.has(FrameFlags::REQUEST) {
                let to = yield_to_request(caller, value, (*fp).finish_offset);
                next!(to, (*caller).sp.add(1), caller, vm);
            }
            vm.registers.result.set(value);
            return Exit::Yielded;
        }
        let sp = (*caller).sp;
        *sp = value;
        next!((*caller).ip.add((*caller).return_offset as usize), sp.add(1), caller, vm)
    }
}

/// An async generator yielded to the caller that sent into a request: a value of its own ends the request. Returns
/// where the caller goes on, with the value behind its stack.
#[inline(never)]
unsafe fn yield_to_request(caller: Fp, value: Value, finish: u16) -> Ip {
    let sp = (*caller).sp;
    let request = &*(*sp.sub(1)).header().cast::<Object<Request>>();
    *sp = value;
    match request.yielded(object(sp)) {
        Some(inner) => {
            *sp = inner.into_value();
            release(value);
            (*caller).ip.add(usize::from(finish))
        }
        None => (*caller).ip.add((*caller).return_offset as usize),
    }
}

op! {
    /// SEND (receiver value -- receiver value), or when it returns (receiver result) and a jump
    fn send(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        let receiver = *sp.sub(2);
        if !receiver.is_int() {
            let ty = (*receiver.header()).ty();
            if std::ptr::eq(ty, &raw const GENERATOR) || std::ptr::eq(ty, &raw const COROUTINE) {
                let generator = &*receiver.header().cast::<Object<Generator>>();
                if (matches!(generator.state.get(), State::Suspended) || (generator.state.get() == State::Created && *sp.sub(1) == types::NONE.value()))
                    && vm.recursion_left.get() > 0 && oparg < 0xFFF0 {
                        return send_inline(sp, fp, vm, oparg);
                    }
            } else if std::ptr::eq(ty, &raw const ASEND)
                && vm.recursion_left.get() > 0
                && oparg < 0xFFF0
                && crate::trace::is_idle()
            {
                let entered = enter_request(sp, fp, vm, oparg);
                if !entered.is_null() {
                    let frame = vm.frame.get();
                    next!((*frame).ip.add(1), entered, frame, vm);
                }
            }
        }
        (*fp).sp = sp;
        let outcome = send_generic(fp, sp, vm);
        match outcome {
            Outcome::Yielded => next!(ip.add(2), sp, fp, vm),
            Outcome::Returned => next!(ip.add(2 + oparg as usize), sp, fp, vm),
            Outcome::Failed => return crate::eval::raise_pending(ip, sp, fp, vm),
        }
    }
}

/// What came of sending.
#[derive(Clone, Copy)]
enum Outcome {
    Yielded,
    Returned,
    Failed,
}

#[inline(never)]
unsafe fn send_generic(fp: Fp, sp: Sp, vm: &Vm) -> Outcome {
    let sent =
        send_to(vm, object(sp.sub(2)), object(sp.sub(1)), |stop| super::iteration::stopped(vm, fp, stop));
    let (value, outcome) = match sent {
        Ok(Sent::Yielded(value)) => (value, Outcome::Yielded),
        Ok(Sent::Returned(value)) => (value, Outcome::Returned),
        Err(error) => {
            fail(vm, error);
            return Outcome::Failed;
        }
    };
    release(*sp.sub(1));
    *sp.sub(1) = value.into_value();
    outcome
}

/// Makes the frame of the async generator that the request on the stack is for the running one, and returns its
/// stack pointer; null if that must go another way.
#[inline(never)]
unsafe fn enter_request(sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Sp {
    let request = &*(*sp.sub(2)).header().cast::<Object<Request>>();
    let Some(value) = request.enter(vm, object(sp.sub(1))) else { return std::ptr::null_mut() };
    release(*sp.sub(1));
    (*fp).sp = sp.sub(1);
    (*fp).return_offset = 2;
    let generator = request.generator();
    let frame = generator.frame();
    (*frame).finish_offset = (2 + oparg) as u16;
    (*frame).flags = FrameFlags::GENERATOR.with(FrameFlags::REQUEST);
    super::iteration::enter_generator(vm, generator, fp, value.into_value()).1
}

/// Goes on in the receiver's frame.
unsafe fn send_inline(sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    let generator = &*(*sp.sub(2)).header().cast::<Object<Generator>>();
    let sent = *sp.sub(1);
    (*fp).sp = sp.sub(1);
    (*fp).return_offset = 2;
    let frame = generator.frame();
    (*frame).finish_offset = (2 + oparg) as u16;
    (*frame).flags = FrameFlags::GENERATOR;
    let sent = if sent.is_counted() { sent } else { own(sent) };
    let (ip, sp) = super::iteration::enter_generator(vm, generator, fp, sent);
    next!(ip, sp, frame, vm)
}

value_op! {
    /// GET_YIELD_FROM_ITER (iterable -- iterator)
    fn get_yield_from_iter(vm, fp, args, oparg) pops 1, caches 0, {
        if args[0].is_exact(&GENERATOR) {
            return Ok(args[0].clone());
        }
        if args[0].is_exact(&COROUTINE) {
            let flags = Frame::code(fp).flags();
            if !flags.intersects(CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE) {
                return Err(vm.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
            }
            return Ok(args[0].clone());
        }
        vm.iter(&args[0])
    }
}

/// What `await` waits for. CPython: Objects/genobject.c, `_PyCoro_GetAwaitableIter`.
pub(crate) fn awaitable(vm: &Vm, object: &Obj) -> PyResult {
    if object.is_exact(&COROUTINE) {
        return Ok(object.clone());
    }
    if let Some(generator) = object.downcast_exact::<Generator>()
        && crate::builtins::generator::code(generator).flags().contains(CodeFlags::ITERABLE_COROUTINE)
    {
        return Ok(object.clone());
    }
    let Some(get) = object.ty().slots.am_await.get() else {
        return Err(vm.type_error(format!("'{}' object can't be awaited", object.ty().name())));
    };
    let iterator = get(vm, object)?;
    if iterator.is_exact(&COROUTINE) {
        return Err(vm.type_error("__await__() returned a coroutine"));
    }
    if iterator.ty().slots.iternext.get().is_none() {
        return Err(
            vm.type_error(format!("__await__() returned non-iterator of type '{}'", iterator.ty().name()))
        );
    }
    Ok(iterator)
}

op! {
    /// GET_AWAITABLE (object -- iterator)
    fn get_awaitable(ip, sp, fp, vm, oparg) {
        let awaited = *sp.sub(1);
        if !awaited.is_int() && std::ptr::eq((*awaited.header()).ty(), &raw const COROUTINE) {
            let coroutine = &*awaited.header().cast::<Object<Generator>>();
            if coroutine.state.get() == State::Created {
                // It is its own iterator, and nobody else awaits it. It may stay longer than what it was borrowed from.
                if !awaited.is_counted() {
                    *sp.sub(1) = own(awaited);
                }
                next!(ip.add(1), sp, fp, vm);
            }
        }
        get_any_awaitable(ip, sp, fp, vm, oparg)
    }
}

value_op! {
    /// GET_AWAITABLE of what is no new coroutine.
    fn get_any_awaitable(vm, fp, args, oparg) pops 1, caches 0, {
        let result = awaitable(vm, &args[0]);
        let result = match result {
            Err(error) if error.is(&types::TYPE_ERROR) && args[0].ty().slots.am_await.get().is_none() => {
                let name = args[0].ty().name();
                return Err(match oparg {
                    1 => vm.type_error(format!("'async with' received an object from __aenter__ that does not implement __await__: {name}")),
                    2 => vm.type_error(format!("'async with' received an object from __aexit__ that does not implement __await__: {name}")),
                    _ => error,
                });
            }
            result => result?,
        };
        if let Some(coroutine) = result.downcast::<Generator>()
            && result.is_exact(&COROUTINE)
            && crate::builtins::generator::delegate(coroutine).is_some()
        {
            return Err(vm.runtime_error("coroutine is being awaited already"));
        }
        Ok(result)
    }
}

value_op! {
    /// GET_AITER (iterable -- iterator)
    fn get_aiter(vm, fp, args, oparg) pops 1, caches 0, {
        let Some(get) = args[0].ty().slots.am_aiter.get() else {
            return Err(vm.type_error(format!(
                "'async for' requires an object with __aiter__ method, got {}",
                args[0].ty().name()
            )));
        };
        let iterator = get(vm, &args[0])?;
        if iterator.ty().slots.am_anext.get().is_none() {
            return Err(vm.type_error(format!(
                "'async for' received an object from __aiter__ that does not implement __anext__: {}",
                iterator.ty().name()
            )));
        }
        Ok(iterator)
    }
}

op! {
    /// GET_ANEXT (iterator -- iterator awaitable)
    fn get_anext(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(1), sp, get_anext_generic(sp, vm), fp, vm)
    }
}

#[inline(never)]
unsafe fn get_anext_generic(sp: Sp, vm: &Vm) -> Sp {
    match anext(vm, object(sp.sub(1))) {
        Ok(awaitable) => {
            *sp = awaitable.into_value();
            sp.add(1)
        }
        Err(error) => fail(vm, error),
    }
}

fn anext(vm: &Vm, iterator: &Obj) -> PyResult {
    let Some(next) = iterator.ty().slots.am_anext.get() else {
        return Err(vm.type_error(format!(
            "'async for' requires an iterator with __anext__ method, got {}",
            iterator.ty().name()
        )));
    };
    let next = next(vm, iterator)?;
    if iterator.is_exact(&ASYNC_GENERATOR) {
        return Ok(next);
    }
    awaitable(vm, &next).map_err(|error| {
        let new = vm.type_error(format!(
            "'async for' received an invalid object from __anext__: {}",
            next.ty().name()
        ));
        new.exception().cause.set(error.into_obj());
        new.exception().suppress_context.set(true);
        new
    })
}

op! {
    /// CLEANUP_THROW (receiver value exception -- NULL result), or raises the exception again
    fn cleanup_throw(ip, sp, fp, vm, oparg) {
        let exception = object(sp.sub(1));
        if exception.is_instance_of(&types::STOP_ITERATION) {
            let value = exception.downcast::<crate::errors::BaseException>().and_then(|error| error.fields[0].get());
            let value = vm.or_none(value).into_value();
            super::release_range(sp.sub(3), 3);
            *sp.sub(3) = types::NONE.value();
            *sp.sub(2) = value;
            next!(ip.add(1), sp.sub(1), fp, vm);
        }
        return crate::eval::unwind::reraise(ip, sp, fp, vm, exception.clone());
    }
}

op! {
    /// END_ASYNC_FOR (iterator exception -- ) or raises the exception again
    fn end_async_for(ip, sp, fp, vm, oparg) {
        let exception = object(sp.sub(1));
        if exception.is_instance_of(&types::STOP_ASYNC_ITERATION) {
            super::release_range(sp.sub(2), 2);
            next!(ip.add(1), sp.sub(2), fp, vm);
        }
        return crate::eval::unwind::reraise(ip, sp, fp, vm, exception.clone());
    }
}

/// Whether a suspended frame waits in no `try` of its own.
pub(crate) unsafe fn waits_outside_try(frame: *mut Frame) -> bool {
    /// CPython: `RESUME_OPARG_DEPTH1_MASK`.
    const DEPTH_1: u16 = 4;
    let next = (*frame).ip.add(1);
    let opcode = Opcode::from_u8(crate::eval::instrument::beneath(frame, next));
    opcode.is_some_and(|opcode| opcode.base() == Opcode::Resume) && (*next >> 8) & DEPTH_1 != 0
}

/// Whether a suspended frame waits in no `try` of its own, and not in `yield from` or `await`.
pub(crate) unsafe fn waits_at_plain_yield(frame: *mut Frame) -> bool {
    /// What the RESUME behind a plain `yield` outside any `try` has for its argument.
    const PLAIN: u16 = 1 | 4;
    let next = *(*frame).ip.add(1);
    let opcode = crate::eval::instrument::base(crate::eval::instrument::beneath(frame, (*frame).ip.add(1)));
    opcode == Opcode::Resume as u8 && next >> 8 == PLAIN
}

/// Whether the frame waits in `yield from` or `await` at its last instruction: behind it is a RESUME that says so.
pub(crate) unsafe fn is_delegating(frame: *mut Frame) -> bool {
    let (unit, next) = (*(*frame).ip, *(*frame).ip.add(1));
    let is_yield = lasti_code::Opcode::from_u8(crate::eval::instrument::beneath(frame, (*frame).ip))
        .is_some_and(|opcode| opcode.base() == Opcode::YieldValue);
    // The verifier knows of YIELD_VALUE 1 that a receiver is there. CPython: RESUME_AFTER_YIELD_FROM 2,
    // RESUME_AFTER_AWAIT 3.
    is_yield && unit >> 8 == 1 && matches!((next >> 8) & 3, 2 | 3)
}
