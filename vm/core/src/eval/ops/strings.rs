//! Formatted and template strings.

use crate::errors::PyResult;
use crate::eval::value_op;
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::text::Str;
use crate::vm::Vm;

/// `str`, `repr` or `ascii` of a value. CPython: `FVC_*`.
fn convert(vm: &Vm, value: &Obj, conversion: u32) -> PyResult {
    Ok(match conversion {
        1 => vm.str(value)?.into_obj(),
        2 => vm.repr(value)?.into_obj(),
        _ => vm.ascii(value)?.into_obj(),
    })
}

value_op! {
    /// CONVERT_VALUE (value -- text)
    fn convert_value(vm, fp, args, oparg) pops 1, caches 0, { convert(vm, &args[0], oparg) }
}

value_op! {
    /// FORMAT_SIMPLE (value -- text)
    fn format_simple(vm, fp, args, oparg) pops 1, caches 0, {
        if args[0].is_exact(&crate::builtins::STR) {
            return Ok(args[0].clone());
        }
        vm.format(&args[0], None).map(Into::into)
    }
}

value_op! {
    /// FORMAT_WITH_SPEC (value spec -- text)
    fn format_with_spec(vm, fp, args, oparg) pops 2, caches 0, {
        let spec = args[1].downcast::<Str>();
        vm.format(&args[0], spec).map(Into::into)
    }
}

value_op! {
    /// BUILD_STRING (pieces … -- text)
    fn build_string(vm, fp, args, oparg) pops oparg as usize, caches 0, {
        let mut text = rustpython_wtf8::Wtf8Buf::new();
        for piece in args {
            let Some(piece) = piece.downcast::<Str>() else { return Err(vm.type_error("BUILD_STRING needs strings")) };
            text.push_wtf8(piece.as_wtf8());
        }
        Ok(Str::from_wtf8(&text).into_obj())
    }
}

value_op! {
    /// BUILD_INTERPOLATION (value expression [spec] -- interpolation)
    fn build_interpolation(vm, fp, args, oparg) pops 2 + (oparg & 1) as usize, caches 0, {
        let spec = match args.get(2) {
            Some(spec) => spec.clone(),
            None => Str::new("").into_obj(),
        };
        let conversion = match oparg >> 2 {
            0 => vm.none(),
            1 => Str::new("s").into_obj(),
            2 => Str::new("r").into_obj(),
            _ => Str::new("a").into_obj(),
        };
        crate::builtins::template::interpolation(vm, &args[0], &args[1], conversion, spec)
    }
}

value_op! {
    /// BUILD_TEMPLATE (strings interpolations -- template)
    fn build_template(vm, fp, args, oparg) pops 2, caches 0, {
        match (args[0].downcast::<Tuple>(), args[1].downcast::<Tuple>()) {
            (Some(strings), Some(interpolations)) => crate::builtins::template::template(vm, strings, interpolations),
            _ => Err(vm.system_error("BUILD_TEMPLATE needs tuples")),
        }
    }
}
