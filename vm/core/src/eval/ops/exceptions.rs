//! Raising, handlers, `with`.

use super::{object, objects};
use crate::builtins as types;
use crate::errors::{BaseException, Exc, PyResult};
use crate::eval::{Sp, fail, next, next_or_raise, op, throw, unwind};
use crate::frame::Frame;
use crate::object::obj::{keep, own, release};
use crate::object::{Obj, Ref, Value};
use crate::sequence::Tuple;
use crate::types::TypeData;
use crate::vm::Vm;

/// An instance of an exception class.
fn make(vm: &Vm, class: &Obj) -> PyResult<Ref<BaseException>> {
    vm.call(class, &[])?.into_ref::<BaseException>().map_err(|other| {
        vm.type_error(format!(
            "calling {} should have returned an instance of BaseException, not {}",
            vm.repr_text(class).unwrap_or_default(),
            vm.repr_text(&other.ty().to_obj()).unwrap_or_default()
        ))
    })
}

/// What a `raise` statement raises, made if it names a class. CPython: Python/ceval.c, `do_raise`.
fn to_raise(vm: &Vm, what: &Obj) -> PyResult<Ref<BaseException>> {
    if let Some(ty) = what.downcast::<TypeData>() {
        if !ty.is_subtype_of(&types::BASE_EXCEPTION) {
            return Err(vm.type_error("exceptions must derive from BaseException"));
        }
        return make(vm, what);
    }
    what.clone()
        .into_ref::<BaseException>()
        .map_err(|_| vm.type_error("exceptions must derive from BaseException"))
}

fn raise(vm: &Vm, args: &[Obj]) -> Exc {
    match raised(vm, args) {
        Ok(exception) => Exc::new(exception),
        Err(error) => error,
    }
}

fn raised(vm: &Vm, args: &[Obj]) -> PyResult<Ref<BaseException>> {
    let exception = to_raise(vm, &args[0])?;
    if let Some(cause) = args.get(1) {
        if vm.is_none(cause) {
            drop(exception.cause.take());
        } else {
            let class = cause.downcast::<TypeData>().filter(|ty| ty.is_subtype_of(&types::BASE_EXCEPTION));
            let cause = if let Some(class) = class {
                make(vm, &class.to_obj())?.into_obj()
            } else if cause.downcast::<BaseException>().is_some() {
                cause.clone()
            } else {
                return Err(vm.type_error("exception causes must derive from BaseException"));
            };
            exception.cause.set(cause);
        }
        exception.suppress_context.set(true);
    }
    Ok(exception)
}

op! {
    /// RAISE_VARARGS ([exception [cause]] -- ) Raises.
    fn raise_varargs(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        if oparg == 0 {
            let handled = vm.handled_exception();
            match handled.and_then(|handled| handled.into_ref::<BaseException>().ok()) {
                Some(exception) => return unwind::reraise(ip, sp, fp, vm, exception.into_obj()),
                None => throw!(ip, sp, fp, vm, vm.runtime_error("No active exception to reraise")),
            }
        }
        let error = raise(vm, objects(sp.sub(oparg as usize), oparg as usize));
        unwind::raise_new(ip, sp, fp, vm, error)
    }
}

op! {
    /// RERAISE ([lasti …] exception -- ) Raises again.
    fn reraise(ip, sp, fp, vm, oparg) {
        let exception = *sp.sub(1);
        if oparg != 0 {
            let lasti = *sp.sub(1 + oparg as usize);
            let units = Frame::code(fp).data().code.len() as i64 / 2;
            if lasti.is_int() && lasti.as_int() >= 0 && lasti.as_int() < units {
                // The instruction that raised first is the one that the traceback shows.
                (*fp).ip = Frame::code(fp).units.get().add(lasti.as_int() as usize);
                let error = Obj::from_value(exception);
                return unwind::reraise_at((*fp).ip, ip, sp, fp, vm, error);
            }
        }
        unwind::reraise(ip, sp, fp, vm, Obj::from_value(exception))
    }
}

op! {
    /// PUSH_EXC_INFO (exception -- previous exception) The exception is being handled.
    fn push_exc_info(ip, sp, fp, vm, oparg) {
        let exception = *sp.sub(1);
        let handling = vm.handling.get();
        let previous = (*handling).exception;
        *sp.sub(1) = if previous.is_null() { types::NONE.value() } else { previous };
        (*handling).exception = own(exception);
        *sp = exception;
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// POP_EXCEPT (previous -- ) The previous exception is being handled again.
    fn pop_except(ip, sp, fp, vm, oparg) {
        let previous = *sp.sub(1);
        let handling = vm.handling.get();
        let handled = (*handling).exception;
        (*handling).exception = if previous == types::NONE.value() { Value::NULL } else { keep(previous) };
        release(handled);
        next!(ip.add(1), sp.sub(1), fp, vm)
    }
}

/// Whether `class` may stand in `except`.
fn check_except_class(vm: &Vm, class: &Obj) -> PyResult<()> {
    let is_exception =
        |class: &Obj| class.downcast::<TypeData>().is_some_and(|ty| ty.is_subtype_of(&types::BASE_EXCEPTION));
    let fine = match class.downcast::<Tuple>() {
        Some(classes) => classes.items().iter().all(is_exception),
        None => is_exception(class),
    };
    if fine {
        Ok(())
    } else {
        Err(vm.type_error("catching classes that do not inherit from BaseException is not allowed"))
    }
}

/// Whether an exception is an instance of a class or of one of a tuple's, by its real type.
pub(crate) fn matches(exception: &Obj, class: &Obj) -> bool {
    match class.downcast::<Tuple>() {
        Some(classes) => classes.items().iter().any(|class| matches(exception, class)),
        None => class.downcast::<TypeData>().is_some_and(|ty| exception.is_instance_of(ty)),
    }
}

op! {
    /// CHECK_EXC_MATCH (exception class -- exception bool)
    fn check_exc_match(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        let class = object(sp.sub(1));
        if let Err(error) = check_except_class(vm, class) {
            throw!(ip, sp, fp, vm, error);
        }
        let truth = matches(object(sp.sub(2)), class);
        let word = *sp.sub(1);
        *sp.sub(1) = super::operators::bool_word(truth);
        release(word);
        next!(ip.add(1), sp, fp, vm)
    }
}

op! {
    /// CHECK_EG_MATCH (exception class -- rest match)
    fn check_eg_match(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(1), sp, split_group(sp, vm), fp, vm)
    }
}

#[inline(never)]
unsafe fn split_group(sp: Sp, vm: &Vm) -> Sp {
    let class = object(sp.sub(1));
    let result = check_group_classes(vm, class)
        .and_then(|()| types::exceptions::match_group(vm, object(sp.sub(2)), class));
    match result {
        Ok((matched, rest)) => {
            if !vm.is_none(&matched) {
                // The matching part is what is being handled.
                let handling = vm.handling.get();
                let old = (*handling).exception;
                (*handling).exception = own(matched.value());
                release(old);
            }
            super::release_range(sp.sub(2), 2);
            *sp.sub(2) = rest.into_value();
            *sp.sub(1) = matched.into_value();
            sp
        }
        Err(error) => fail(vm, error),
    }
}

fn check_group_classes(vm: &Vm, class: &Obj) -> PyResult<()> {
    check_except_class(vm, class)?;
    let is_group = |class: &Obj| {
        class.downcast::<TypeData>().is_some_and(|ty| ty.is_subtype_of(&types::BASE_EXCEPTION_GROUP))
    };
    let group = match class.downcast::<Tuple>() {
        Some(classes) => classes.items().iter().any(is_group),
        None => is_group(class),
    };
    if group {
        return Err(vm.type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
    }
    Ok(())
}

op! {
    /// WITH_EXCEPT_START (exit exit_self lasti previous exception -- … result): calls `__exit__` with the exception.
    fn with_except_start(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(1), sp, with_except_generic(sp, vm), fp, vm)
    }
}

#[inline(never)]
unsafe fn with_except_generic(sp: Sp, vm: &Vm) -> Sp {
    match call_exit(vm, object(sp.sub(5)), *sp.sub(4), object(sp.sub(1))) {
        Ok(result) => {
            *sp = result.into_value();
            sp.add(1)
        }
        Err(error) => fail(vm, error),
    }
}

fn call_exit(vm: &Vm, exit: &Obj, exit_self: Value, exception: &Obj) -> PyResult {
    let traceback = exception.downcast::<BaseException>().and_then(|exception| exception.traceback.get());
    let rest = [exception.ty().to_obj(), exception.clone(), vm.or_none(traceback)];
    if exit_self.is_null() {
        vm.call(exit, &rest)
    } else {
        let receiver = Obj::from_value(exit_self);
        vm.call_prepended(exit, &receiver, crate::call::Args::positional_only(&rest))
    }
}
