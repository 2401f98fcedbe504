//! Making functions.

use super::object;
use crate::code::Code;
use crate::errors::PyResult;
use crate::eval::{Fp, Sp, fail, next_or_raise, op, value_op};
use crate::function::Function;
use crate::object::Obj;
use crate::object::obj::keep;
use crate::text::Str;
use crate::vm::Vm;

unsafe fn make(vm: &Vm, fp: Fp, code: &Obj) -> PyResult {
    let Some(code) = code.downcast_exact::<Code>() else {
        return Err(vm.system_error("MAKE_FUNCTION needs a code object"));
    };
    code.verify(vm)?;
    let globals = (&*(*fp).globals).to_ref();
    let builtins = (&*(*fp).builtins).to_ref();
    let module = globals.get_str(vm, &vm.names().__name__)?;
    Ok(Function::make(code, globals, builtins, module).into_obj())
}

/// The function for the annotations is called after the one that is annotated.
fn set_annotate(function: &Function, annotate: Obj) {
    if let Some(made) = annotate.downcast_exact::<Function>()
        && let Some(name) = function.qualname.get_as::<Str>()
    {
        made.qualname.set(name.concat(&Str::new(".__annotate__")).into_obj());
    }
    function.annotate.set(annotate);
}

value_op! {
    /// MAKE_FUNCTION (code -- function)
    fn make_function(vm, fp, args, oparg) pops 1, caches 0, { make(vm, fp, &args[0]) }
}

op! {
    /// SET_FUNCTION_ATTRIBUTE (value function -- function)
    fn set_function_attribute(ip, sp, fp, vm, oparg) {
        next_or_raise!(ip, ip.add(1), sp, set_attribute(sp, vm, oparg), fp, vm)
    }
}

#[inline(never)]
unsafe fn set_attribute(sp: Sp, vm: &Vm, oparg: u32) -> Sp {
    let function_word = *sp.sub(1);
    let Some(function) = object(sp.sub(1)).downcast_exact::<Function>() else {
        return fail(vm, vm.system_error("SET_FUNCTION_ATTRIBUTE needs a function"));
    };
    let value = Obj::from_owned(keep(*sp.sub(2)));
    *sp.sub(2) = function_word;
    // CPython: Include/internal/pycore_opcode_utils.h, MAKE_FUNCTION_*.
    match oparg {
        0x01 => function.defaults.set(value),
        0x02 => function.kwdefaults.set(value),
        0x04 => function.annotations.set(value),
        0x08 => function.closure.set(value),
        _ => set_annotate(function, value),
    }
    sp.sub(1)
}
