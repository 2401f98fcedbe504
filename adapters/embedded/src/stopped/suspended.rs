//! What generators, coroutines and async generators show: where they are, their variables, and what they wait for. The
//! variables are the frame's own, so that what is set is what the frame goes on with.

use lasti_code::Opcode;
use lasti_vm::generator::{Generator, State};
use lasti_vm::trace::{Activation, Variable};
use lasti_vm::{Obj, Ref, Vm};

use super::children::{Child, What, operand};
use crate::state::Shared;
use crate::walk::{facts_of, opcode_at};

/// What says where one is.
const STATE: &str = "(state)";

/// The names that Python has for the frame and for what is waited for.
fn names(generator: &Ref<Generator>) -> (&'static str, &'static str) {
    match &*generator.as_obj().ty().name() {
        "coroutine" => ("cr_frame", "cr_await"),
        "async_generator" => ("ag_frame", "ag_await"),
        _ => ("gi_frame", "gi_yieldfrom"),
    }
}

fn variables(generator: &Ref<Generator>) -> Vec<Variable> {
    let variables = Activation::of_generator(generator).map(|frame| frame.variables());
    variables.unwrap_or_default().into_iter().filter(|variable| variable.value.is_some()).collect()
}

/// Whether one is suspended where it passes everything on to another: in a `yield from` or an `await`.
fn waits(generator: &Ref<Generator>) -> bool {
    let frame = Activation::of_generator(generator).filter(|_| generator.state() == State::Suspended);
    frame.is_some_and(|frame| matches!(opcode_at(&frame), Some((Opcode::YieldValue, 1))))
}

fn awaited(vm: &Vm, generator: &Ref<Generator>) -> Option<Obj> {
    if !waits(generator) {
        return None;
    }
    let awaited = vm.getattr_named(generator.as_obj(), names(generator).1).ok()?;
    Some(awaited).filter(|awaited| !vm.is_none(awaited))
}

/// How many children one has.
pub(super) fn count(generator: &Ref<Generator>) -> usize {
    1 + variables(generator).len() + usize::from(waits(generator))
}

/// Where it is, its variables, what it waits for.
pub(super) fn children(shared: &Shared, vm: &Vm, generator: &Ref<Generator>, of: Option<&str>) -> Vec<Child> {
    let (frame, awaits) = names(generator);
    let path = of.map(|of| format!("{}.{frame}.f_locals", operand(of)));
    let child = |variable: Variable| {
        let name = variable.name.to_string_lossy().into_owned();
        let expression = path.as_ref().map(|path| format!("{path}[{name:?}]"));
        Some(Child { name, value: What::Value(variable.value?), expression, writable: true })
    };
    let said = What::Said(state(shared, vm, generator));
    let mut children = vec![Child { name: STATE.into(), value: said, expression: None, writable: false }];
    children.extend(variables(generator).into_iter().filter_map(child));
    if let Some(awaited) = awaited(vm, generator) {
        let expression = of.map(|of| format!("{}.{awaits}", operand(of)));
        let value = What::Value(awaited);
        children.push(Child { name: format!("({awaits})"), value, expression, writable: false });
    }
    children
}

fn state(shared: &Shared, vm: &Vm, generator: &Ref<Generator>) -> String {
    let frame = Activation::of_generator(generator);
    let line = frame.as_ref().and_then(Activation::line);
    let text = frame.as_ref().zip(line).and_then(|(frame, line)| {
        let source = facts_of(shared, vm, frame).source;
        shared.state().sources.line(source, line)
    });
    let at = |word: &str| match (line, &text) {
        (Some(line), Some(text)) => format!("{word} in line {line}: {}", text.trim()),
        (Some(line), None) => format!("{word} in line {line}"),
        (None, _) => word.to_owned(),
    };
    match generator.state() {
        State::Created => "not started".into(),
        State::Suspended => at("suspended"),
        State::Running => at("running"),
        State::Finished => "finished".into(),
    }
}

/// Sets a variable; false if there is none of that name.
pub(super) fn set(generator: &Ref<Generator>, name: &str, value: Obj) -> bool {
    let Some(frame) = Activation::of_generator(generator) else { return false };
    let slot = variables(generator).into_iter().find(|variable| variable.name.to_string_lossy() == name);
    slot.map(|variable| frame.set_variable(variable.slot, value)).is_some()
}
