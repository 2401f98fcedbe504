//! Intrinsics: rare operations with a number instead of an opcode. CPython: Python/intrinsics.c.

use crate::builtins as types;
use crate::builtins::typing::intrinsics;
use crate::errors::PyResult;
use crate::eval::{Fp, value_op};
use crate::function::Function;
use crate::object::Obj;
use crate::sequence::{List, Tuple};
use crate::vm::Vm;

value_op! {
    /// CALL_INTRINSIC_1 (value -- result)
    fn call_intrinsic_1(vm, fp, args, oparg) pops 1, caches 0, { one(vm, fp, &args[0], oparg) }
}

unsafe fn one(vm: &Vm, fp: Fp, value: &Obj, number: u32) -> PyResult {
    match number {
        // INTRINSIC_PRINT
        1 => {
            let hook = vm.interp().sys().get_str(vm, &vm.names().displayhook)?;
            match hook {
                Some(hook) => vm.call(&hook, std::slice::from_ref(value)),
                None => Err(vm.runtime_error("lost sys.displayhook")),
            }
        }
        // INTRINSIC_IMPORT_STAR
        2 => {
            let namespace = (*fp).namespace;
            if namespace.is_null() {
                // The compiler writes it for modules alone.
                return Err(vm.system_error("no locals found during 'import *'"));
            }
            crate::import::import_star(vm, value, Obj::from_value(namespace))?;
            Ok(vm.none())
        }
        // INTRINSIC_STOPITERATION_ERROR
        3 => Ok(stop_iteration_error(vm, fp, value)),
        // INTRINSIC_ASYNC_GEN_WRAP
        4 => Ok(crate::builtins::async_generator::wrap(value)),
        // INTRINSIC_UNARY_POSITIVE
        5 => vm.positive(value),
        // INTRINSIC_LIST_TO_TUPLE
        6 => match value.downcast::<List>() {
            Some(list) => Ok(Tuple::new(list.items.to_vec()).into_obj()),
            None => Err(vm.system_error("expected a list")),
        },
        // INTRINSIC_TYPEVAR, PARAMSPEC, TYPEVARTUPLE, SUBSCRIPT_GENERIC, TYPEALIAS
        7 => intrinsics::type_var(vm, value),
        8 => intrinsics::param_spec(vm, value),
        9 => intrinsics::type_var_tuple(vm, value),
        10 => intrinsics::subscript_generic(vm, value),
        _ => intrinsics::type_alias(vm, value),
    }
}

/// A StopIteration that leaves a generator becomes a RuntimeError.
unsafe fn stop_iteration_error(vm: &Vm, fp: Fp, exception: &Obj) -> Obj {
    use lasti_code::CodeFlags;
    let flags = crate::frame::Frame::code(fp).flags();
    let message = if exception.is_instance_of(&types::STOP_ITERATION) {
        if flags.contains(CodeFlags::COROUTINE) {
            "coroutine raised StopIteration"
        } else if flags.contains(CodeFlags::ASYNC_GENERATOR) {
            "async generator raised StopIteration"
        } else {
            "generator raised StopIteration"
        }
    } else if flags.contains(CodeFlags::ASYNC_GENERATOR)
        && exception.is_instance_of(&types::STOP_ASYNC_ITERATION)
    {
        "async generator raised StopAsyncIteration"
    } else {
        return exception.clone();
    };
    let error = vm.runtime_error(message);
    error.exception().cause.set(exception.clone());
    error.exception().context.set(exception.clone());
    error.exception().suppress_context.set(true);
    error.into_obj()
}

value_op! {
    /// CALL_INTRINSIC_2 (value value -- result)
    fn call_intrinsic_2(vm, fp, args, oparg) pops 2, caches 0, { two(vm, &args[0], &args[1], oparg) }
}

fn two(vm: &Vm, first: &Obj, second: &Obj, number: u32) -> PyResult {
    match number {
        // INTRINSIC_PREP_RERAISE_STAR
        1 => {
            let raised = second.downcast::<List>().map(|list| list.items.to_vec()).unwrap_or_default();
            types::exceptions::prepare_reraise_star(vm, first, &raised)
        }
        // INTRINSIC_TYPEVAR_WITH_BOUND
        2 => intrinsics::type_var_with_bound(vm, first, second),
        // INTRINSIC_TYPEVAR_WITH_CONSTRAINTS
        3 => intrinsics::type_var_with_constraints(vm, first, second),
        // INTRINSIC_SET_FUNCTION_TYPE_PARAMS
        4 => match first.downcast::<Function>() {
            Some(function) => {
                function.type_params.set(second.clone());
                Ok(first.clone())
            }
            None => Err(vm.system_error("expected a function")),
        },
        // INTRINSIC_SET_TYPEPARAM_DEFAULT
        _ => intrinsics::set_default(vm, first, second),
    }
}
