//! From native code into the loop: calling functions, running code, resuming generators; and what native code asks
//! about the frame that runs.

use lasti_code::{CodeFlags, LocalKind};

use super::call::{Words, check_recursion, clear_slots, code_of, make_frame, push_frame};
use super::{Exit, Fp, run};
use crate::builtins as types;
use crate::call::Args;
use crate::code::Code;
use crate::dict::Dict;
use crate::errors::{BaseException, Exc, PyResult};
use crate::frame::{Frame, FrameFlags, FrameObject};
use crate::function::Function;
use crate::generator::{Generator, State};
use crate::object::obj::own;
use crate::object::{Obj, Ref, Value};
use crate::sequence::Tuple;
use crate::trace::{Event, tell_exception};
use crate::types::{Sent, TypeData};
use crate::vm::Vm;

/// Runs a frame that was just made, and returns what it returns.
#[inline(always)]
unsafe fn run_frame(vm: &Vm, frame: Fp) -> PyResult {
    match enter_frame(vm, frame)? {
        Sent::Returned(value) | Sent::Yielded(value) => Ok(value),
    }
}

#[inline(always)]
unsafe fn enter_frame(vm: &Vm, frame: Fp) -> PyResult<Sent> {
    (*frame).flags = (*frame).flags.with(FrameFlags::ENTRY);
    vm.frame.set(frame);
    vm.recursion_left.set(vm.recursion_left.get() - 1);
    let pending = vm.registers.result.replace(Value::NULL);
    let exit = run(vm, (*frame).ip.add(1), (*frame).sp, frame);
    finish(vm, exit, pending)
}

/// What the loop left. `pending` goes back to its place: a finalizer can run between `fail` and `raise_pending`.
#[inline(always)]
fn finish(vm: &Vm, exit: Exit, pending: Value) -> PyResult<Sent> {
    let result = Obj::from_owned(vm.registers.result.replace(pending));
    match exit {
        Exit::Yielded => Ok(Sent::Yielded(result)),
        Exit::Raised => Err(match result.into_ref::<BaseException>() {
            Ok(exception) => Exc::new(exception),
            Err(_) => vm.system_error("raised what is no exception"),
        }),
        Exit::Returned | Exit::Again => Ok(Sent::Returned(result)),
    }
}

/// Calls a Python function.
pub(crate) fn call_function(vm: &Vm, function: &Ref<Function>, args: Args<'_>) -> PyResult {
    vm.check_native_stack()?;
    let words = Words {
        first: args.all().as_ptr().cast::<Value>(),
        positional: args.positional().len(),
        owned: false,
    };
    // The callee is run to its end before the arguments go: frames may borrow them no longer than that.
    unsafe {
        let frame = make_frame(vm, vm.frame.get(), function.as_obj().value(), &words, args.names())?;
        run_frame(vm, frame)
    }
}

/// The `call` slot of `function`.
pub(crate) fn function_slot_call(vm: &Vm, function: &Obj, args: Args<'_>) -> PyResult {
    let function = vm.receiver::<Function>(function)?;
    call_function(vm, function, args)
}

/// Runs code with a namespace: `exec`, `eval`, modules.
pub(crate) fn run_code(
    vm: &Vm,
    code: &Ref<Code>,
    globals: &Ref<Dict>,
    locals: Option<&Obj>,
    closure: Option<Ref<Tuple>>,
) -> PyResult {
    code.verify(vm)?;
    let builtins = match globals.get_str(vm, &vm.names().__builtins__)? {
        Some(builtins) => crate::builtins::builtins_mapping::namespace(vm, &builtins)?,
        None => vm.interp().builtins().clone(),
    };
    let function = Function::make(code, globals.clone(), builtins, None);
    if let Some(closure) = closure {
        function.closure.set(closure.into_obj());
    }
    let locals = locals.cloned().unwrap_or_else(|| globals.as_obj().clone());
    run_with_namespace(vm, &function, &locals)
}

fn run_with_namespace(vm: &Vm, function: &Ref<Function>, namespace: &Obj) -> PyResult {
    vm.check_native_stack()?;
    check_recursion(vm)?;
    unsafe {
        let code = code_of(function);
        if code.argcount != 0 {
            return Err(vm.type_error("code that takes arguments can't be run with a namespace"));
        }
        let frame = push_frame(vm, vm.frame.get(), own(function.as_obj().value()), code);
        clear_slots(frame, code, 0);
        if !code.flags().contains(CodeFlags::OPTIMIZED) {
            (*frame).namespace = own(namespace.value());
        }
        run_frame(vm, frame)
    }
}

/// Runs a class body with its namespace.
pub(crate) fn run_class_body(vm: &Vm, function: &Obj, namespace: &Obj) -> PyResult {
    let function = vm.receiver::<Function>(function)?;
    run_with_namespace(vm, function, namespace)
}

/// Runs a module's code in the namespace `globals`.
pub fn run_module_code(vm: &Vm, code: &Ref<Code>, globals: &Ref<Dict>) -> PyResult {
    run_code(vm, code, globals, None, None)
}

/// Tells of an exception that is thrown into a frame. What a tool raises takes its place.
unsafe fn throw_event(vm: &Vm, frame: Fp, error: Exc) -> Exc {
    let at = Frame::instruction(frame).max(0) as u32;
    match tell_exception(vm, frame, at, Event::PyThrow, error.exception().as_obj(), false) {
        Ok(()) => error,
        Err(error) => error,
    }
}

/// What a suspended generator gets.
pub(crate) enum Resumed {
    /// A value: what `yield` evaluates to.
    Send(Obj),
    /// An exception, raised where it waits.
    Throw(Exc),
}

/// Lets a generator go on. The caller checked that it can.
pub(crate) fn resume(vm: &Vm, generator: &Ref<Generator>, with: Resumed) -> PyResult<Sent> {
    match generator.state.get() {
        State::Running => {
            let what = crate::builtins::generator::kind(generator.as_obj());
            return Err(vm.value_error(format!("{what} already executing")));
        }
        State::Finished => {
            return match with {
                Resumed::Throw(error) => Err(error),
                Resumed::Send(_) if generator.as_obj().is_exact(&crate::generator::COROUTINE) => {
                    Err(vm.runtime_error("cannot reuse already awaited coroutine"))
                }
                Resumed::Send(_) => Ok(Sent::Returned(vm.none())),
            };
        }
        State::Created => {
            if let Resumed::Send(value) = &with
                && !vm.is_none(value)
            {
                let what = crate::builtins::generator::kind(generator.as_obj());
                return Err(vm.type_error(format!("can't send non-None value to a just-started {what}")));
            }
        }
        State::Suspended => {}
    }
    vm.check_native_stack()?;
    check_recursion(vm)?;
    // The generator must outlive its own run.
    let held = generator.clone();
    unsafe {
        let frame = held.frame();
        let pending = vm.registers.result.replace(Value::NULL);
        (*frame).flags = FrameFlags::GENERATOR.with(FrameFlags::ENTRY);
        let sent = match &with {
            Resumed::Send(value) => own(value.value()),
            Resumed::Throw(_) => types::NONE.value(),
        };
        let (ip, sp) = super::ops::iteration::enter_generator(vm, &held, vm.frame.get(), sent);
        let exit = match with {
            Resumed::Send(_) => run(vm, ip, sp, frame),
            Resumed::Throw(error) => {
                // Raised at the instruction that suspended the frame, with the sent value on the stack. What shows is
                // the RESUME behind it.
                (*frame).sp = sp;
                (*frame).ip = ip;
                // What the generator itself handles becomes the context. CPython: Python/errors.c, `_PyErr_ChainStackItem`.
                if held.handles() {
                    super::unwind::set_context(vm, error.exception());
                }
                let error = throw_event(vm, frame, error);
                let exit = super::unwind::raise_thrown(ip, ip.sub(1), sp, frame, vm, error);
                if exit == Exit::Again {
                    run(vm, vm.registers.ip.get(), vm.registers.sp.get(), vm.registers.fp.get())
                } else {
                    exit
                }
            }
        };
        let result = finish(vm, exit, pending);
        drop(held);
        result
    }
}

/// Runs `f` as if the suspended generator had called it: what it delegates to is thrown into, or closed.
pub(crate) fn within<R>(vm: &Vm, generator: &Ref<Generator>, f: impl FnOnce() -> R) -> R {
    let frame = generator.frame();
    let caller = vm.frame.get();
    let before = generator.state.replace(State::Running);
    // SAFETY: the frame is the generator's, which the caller holds, and is not entered while it counts as running.
    unsafe { (*frame).prev = caller };
    vm.frame.set(frame);
    let result = f();
    vm.frame.set(caller);
    // SAFETY: as above.
    unsafe { (*frame).prev = std::ptr::null_mut() };
    generator.state.set(before);
    result
}

/// The running frame; null if there is none.
pub(crate) fn current_frame(vm: &Vm) -> Option<Ref<FrameObject>> {
    let frame = vm.frame.get();
    // SAFETY: the thread's frame is alive.
    (!frame.is_null()).then(|| unsafe { FrameObject::of(frame) })
}

/// The frame `depth` calls out from the running one.
pub(crate) fn frame_at(vm: &Vm, depth: usize) -> Option<Ref<FrameObject>> {
    let mut frame = vm.frame.get();
    for _ in 0..depth {
        if frame.is_null() {
            return None;
        }
        // SAFETY: the frames that the thread's frame was called from are alive.
        frame = unsafe { (*frame).prev };
    }
    // SAFETY: as above.
    (!frame.is_null()).then(|| unsafe { FrameObject::of(frame) })
}

/// The code of the running frame.
pub(crate) fn current_code(vm: &Vm) -> Option<Ref<Code>> {
    let frame = vm.frame.get();
    // SAFETY: the thread's frame is alive.
    (!frame.is_null()).then(|| unsafe { Frame::code(frame).to_ref() })
}

/// The globals of the running frame.
pub(crate) fn current_globals(vm: &Vm) -> Option<Ref<Dict>> {
    let frame = vm.frame.get();
    // SAFETY: the thread's frame is alive.
    (!frame.is_null()).then(|| unsafe { (&*(*frame).globals).to_ref() })
}

/// The builtins of the running frame.
pub(crate) fn current_builtins(vm: &Vm) -> Ref<Dict> {
    let frame = vm.frame.get();
    if frame.is_null() {
        return vm.interp().builtins().clone();
    }
    // SAFETY: the thread's frame is alive.
    unsafe { (&*(*frame).builtins).to_ref() }
}

/// `locals()` of the running frame.
pub(crate) fn current_locals(vm: &Vm) -> PyResult {
    match current_frame(vm) {
        Some(frame) => crate::builtins::frame::locals(vm, &frame),
        None => Err(vm.system_error("frame does not exist")),
    }
}

/// The class and the object that `super()` without arguments means in the running frame. CPython:
/// Objects/typeobject.c, `super_init_without_args`.
pub(crate) fn super_arguments(vm: &Vm) -> PyResult<(Obj, Obj)> {
    let frame = vm.frame.get();
    if frame.is_null() {
        return Err(vm.runtime_error("super(): no current frame"));
    }
    // SAFETY: the thread's frame is alive.
    unsafe {
        let code = Frame::code(frame);
        if code.argcount == 0 {
            return Err(vm.runtime_error("super(): no arguments"));
        }
        // A first argument that is a cell, but no variable that needs one, is that cell.
        let first = *super::ops::slot(frame, 0);
        let in_cell =
            code.data().localspluskinds.first().is_some_and(|kind| kind & LocalKind::CELL.bits() != 0);
        let first = if in_cell {
            super::ops::cells::variable(frame, 0)
        } else {
            (first != Value::NULL).then(|| Obj::from_value(first))
        };
        let Some(first) = first else {
            return Err(vm.runtime_error("super(): arg[0] deleted"));
        };
        let class = code.localsplusnames.iter().position(|name| name.is(&vm.names().__class__));
        let Some(class) = class else { return Err(vm.runtime_error("super(): __class__ cell not found")) };
        match super::ops::cells::variable(frame, class as u32) {
            Some(class) if class.downcast::<TypeData>().is_some() => Ok((class, first)),
            Some(class) => {
                Err(vm.runtime_error(format!("super(): __class__ is not a type ({})", class.ty().name())))
            }
            None => Err(vm.runtime_error("super(): empty __class__ cell")),
        }
    }
}
