//! Who catches exceptions without an `except` clause: context managers of the library, and native functions.

use lasti_code::Opcode;
use lasti_vm::errors::BaseException;
use lasti_vm::function::{Method, NativeFunction};
use lasti_vm::generator::Generator;
use lasti_vm::text::Str;
use lasti_vm::trace::Activation;
use lasti_vm::types::TypeData;
use lasti_vm::{Obj, Ref, Vm, builtins, inspect};

use super::walk;
use crate::state::Shared;

/// An attribute that stands in the object itself.
fn own_attribute(object: &Obj, name: &str) -> Option<Obj> {
    let named = |key: &Obj| key.downcast::<Str>().is_some_and(|key| key.as_bytes() == name.as_bytes());
    inspect::attributes(object).into_iter().find(|(key, _)| named(key)).map(|(_, value)| value)
}

/// Whether the `with` whose handler keeps so many values on the stack will swallow an exception.
pub(super) fn with_swallows(
    shared: &Shared,
    vm: &Vm,
    frame: &Activation<'_>,
    exception: &Ref<BaseException>,
    depth: u32,
) -> bool {
    // `__exit__` and its `self` lie right below what the handler pushes.
    let near = (depth as usize).saturating_sub(2)..depth as usize;
    let mut found =
        near.filter_map(|place| frame.stacked(place)).map(|value| match value.downcast::<Method>() {
            Some(method) => method.receiver.clone(),
            None => value,
        });
    found.any(|manager| swallows(shared, vm, &manager, exception))
}

fn swallows(shared: &Shared, vm: &Vm, manager: &Obj, exception: &Ref<BaseException>) -> bool {
    if !manager.ty().is_heap() {
        return false;
    }
    let class = manager.ty().display_name(vm).unwrap_or_default();
    match class.as_str() {
        "contextlib.suppress" => {
            let Some(classes) = own_attribute(manager, "_exceptions") else { return false };
            let classes =
                classes.downcast::<lasti_vm::sequence::Tuple>().map(|classes| classes.items().to_vec());
            let ty = exception.as_obj().ty();
            let is = |class: &Obj| class.downcast::<TypeData>().is_some_and(|class| ty.is_subtype_of(class));
            classes.unwrap_or_default().iter().any(is)
        }
        "contextlib._GeneratorContextManager" | "contextlib._AsyncGeneratorContextManager" => {
            let generator =
                own_attribute(manager, "gen").and_then(|generator| generator.into_ref::<Generator>().ok());
            let Some(generator) = generator else { return false };
            Activation::of_generator(&generator)
                .is_some_and(|frame| walk::caught_in(shared, vm, frame, exception, true).is_some())
        }
        _ => false,
    }
}

/// Whether the native code that a frame waits for takes an exception which comes out of `called`, which it called.
/// `calling`: the instruction that the frame is at.
pub(super) fn native_takes(
    caller: &Activation<'_>,
    calling: Option<Opcode>,
    called: &Activation<'_>,
    exception: &Ref<BaseException>,
) -> bool {
    let object = exception.as_obj();
    let is = |class| object.is_instance_of(class);
    // What is iterated over by its `__getitem__` ends with this.
    if is(&builtins::INDEX_ERROR) && called.code().name().as_bytes() == b"__getitem__" {
        return !matches!(calling, Some(Opcode::BinaryOp | Opcode::BinarySlice));
    }
    let ends =
        is(&builtins::STOP_ITERATION) || is(&builtins::STOP_ASYNC_ITERATION) || is(&builtins::GENERATOR_EXIT);
    match calling {
        Some(Opcode::ForIter | Opcode::Send | Opcode::UnpackSequence | Opcode::UnpackEx) => ends,
        Some(Opcode::Call | Opcode::CallKw | Opcode::CallFunctionEx) => {
            let stack = caller.value_stack();
            let called = stack.iter().rev().flatten().find_map(|value| value.downcast::<NativeFunction>());
            match called.map(|function| function.def.name) {
                Some("hasattr") => is(&builtins::ATTRIBUTE_ERROR),
                Some("getattr") => is(&builtins::ATTRIBUTE_ERROR) && stack.len() >= 5,
                Some("next") => false,
                _ => ends,
            }
        }
        _ => ends,
    }
}
