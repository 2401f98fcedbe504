//! `_ConstEvaluator`: stands for the function that would evaluate a bound or default which was given as a value.

use super::super::{builtin_type, generic_alias};
use crate::call::Args;
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// `annotationlib.Format.STRING`
const STRING: i32 = 4;

/// Evaluates to a value.
pub struct ConstEvaluator {
    value: Obj,
}

impl Payload for ConstEvaluator {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &CONST_EVALUATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.value);
    }
}

builtin_type!(/** `_typing._ConstEvaluator` */ CONST_EVALUATOR, "_ConstEvaluator", ConstEvaluator);

/// What evaluates to `value`.
pub(super) fn make(value: Obj) -> Obj {
    Ref::new(ConstEvaluator { value }).into_obj()
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let value = vm.repr_text(&vm.receiver::<ConstEvaluator>(object)?.value)?;
    Ok(Str::new(&format!("<constevaluator {value}>")).into_obj())
}

fn call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "constevaluator.__call__")?;
    let [format] = args.all() else {
        return Err(vm.type_error(format!(
            "constevaluator.__call__() takes exactly 1 argument ({} given)",
            args.all().len()
        )));
    };
    let value = &vm.receiver::<ConstEvaluator>(object)?.value;
    if vm.c_int_argument(format)? != STRING {
        return Ok(value.clone());
    }
    let shown = match value.downcast::<Tuple>() {
        Some(items) => {
            let items: Vec<String> = items
                .items()
                .iter()
                .map(|item| generic_alias::show_type(vm, item))
                .collect::<PyResult<_>>()?;
            format!("({})", items.join(", "))
        }
        None => generic_alias::show_type(vm, value)?,
    };
    Ok(Str::new(&shown).into_obj())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &CONST_EVALUATOR)
        .module("_typing")
        .doc("Evaluates to a value that was known from the start.")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.call.set(Some(call));
        })
        .ready();
}
