//! Frames as decisions see them: which code of which source, whose, and who gets a result.

mod known;
mod tasks;

use std::sync::Arc;

use lasti_code::source_map::CodeIdx;
use lasti_code::{CodeFlags, CodeUnitIdx, Opcode};
use lasti_control::{ActivationId, FrameFacts};
use lasti_engine::{SourceId, ThreadId};
use lasti_vm::code::Code;
use lasti_vm::text::Str;
use lasti_vm::trace::{Activation, Variable};
use lasti_vm::{Obj, Ref, Vm};

pub(crate) use known::{forget_known, known};

use crate::state::Shared;

/// What is known of a code object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CodeFacts {
    pub(crate) source: SourceId,
    pub(crate) code: CodeIdx,
    pub(crate) statements: bool,
    pub(crate) user_code: bool,
}

/// The facts of a code object; its source is taken note of if it was not yet.
pub(crate) fn code_facts(
    shared: &Shared,
    vm: &Vm,
    code: &Ref<Code>,
    frame: Option<&Activation<'_>>,
) -> CodeFacts {
    let known = shared.state().sources.find(code.data());
    let (source, index) = known.unwrap_or_else(|| {
        let own = frame.filter(|frame| Arc::ptr_eq(frame.code().data(), code.data()));
        let module = own.and_then(|frame| module_name(vm, frame));
        let program = !shared.state().sources.has_program() && is_program(vm, code, frame, own.is_some());
        let mut state = shared.state();
        let events = state.load(code.data(), module, program);
        let found = state.sources.find(code.data());
        drop(state);
        for event in events {
            shared.send(event);
        }
        found.unwrap_or((SourceId(u32::MAX), CodeIdx::ROOT))
    });
    let mut state = shared.state();
    let user_code = state.is_user_code(source);
    // Statements are of interest in user code alone.
    let map = if user_code { state.sources.map(source).map(|(map, _)| map) } else { None };
    let statements = map.is_some_and(|map| map.body_of(index).is_some());
    CodeFacts { source, code: index, statements, user_code }
}

/// Whether code that nobody knew is the program itself: no Python code runs it, or `runpy` does. `own`: the frame is the
/// code's own, else it is the one that runs it.
fn is_program(vm: &Vm, code: &Ref<Code>, frame: Option<&Activation<'_>>, own: bool) -> bool {
    if code.filename().as_bytes().starts_with(b"<frozen") {
        return false;
    }
    let runner = if own { frame.and_then(Activation::caller) } else { frame.copied() };
    let Some(runner) = runner else { return true };
    let is_main = |name: &Obj| name.downcast::<Str>().is_some_and(|name| name.as_bytes() == b"__main__");
    let named = |variable: &Variable| variable.name.as_bytes() == b"mod_name";
    runner.code().name().as_bytes() == b"_run_code"
        && module_name(vm, &runner).as_deref() == Some("runpy")
        && runner
            .variables()
            .iter()
            .filter(|variable| named(variable))
            .any(|variable| variable.value.as_ref().is_some_and(is_main))
}

/// The facts of a frame's code.
pub(crate) fn facts_of(shared: &Shared, vm: &Vm, frame: &Activation<'_>) -> CodeFacts {
    code_facts(shared, vm, &frame.code(), Some(frame))
}

/// The facts of a frame, which is known by its id from now on.
pub(crate) fn frame_facts(shared: &Shared, vm: &Vm, frame: &Activation<'_>) -> FrameFacts {
    let CodeFacts { source, code, statements, user_code } = facts_of(shared, vm, frame);
    FrameFacts { activation: ActivationId(frame.give_id()), source, code, statements, user_code }
}

/// `__name__` of a frame's globals.
pub(crate) fn module_name(vm: &Vm, frame: &Activation<'_>) -> Option<String> {
    let name = frame.globals().get_str(vm, &vm.names().__name__).ok()??;
    name.downcast::<Str>().map(|name| name.to_string_lossy().into_owned())
}

/// The opcode and argument of the instruction that a frame is at.
pub(crate) fn opcode_at(frame: &Activation<'_>) -> Option<(Opcode, u32)> {
    let at = frame.instruction()?;
    let code = frame.code();
    instruction_at(&code, at)
}

fn instruction_at(code: &Code, at: CodeUnitIdx) -> Option<(Opcode, u32)> {
    let mut instructions = code.data().units().instructions();
    let found = instructions.find(|instruction| instruction.start <= at && at < instruction.end())?;
    Some((found.opcode()?.base(), found.arg))
}

/// Whether a frame waits for another to which it delegates: in a `yield from` or an `await`.
pub(crate) fn delegates(frame: &Activation<'_>) -> bool {
    matches!(opcode_at(frame), Some((Opcode::Send | Opcode::YieldValue, _)))
}

/// The nearest user code from `frame` on outwards; `past_delegation`: not what only passes a value on.
pub(crate) fn nearest_user_code(
    shared: &Shared,
    vm: &Vm,
    thread: ThreadId,
    frame: Option<Activation<'_>>,
    past_delegation: bool,
) -> Option<ActivationId> {
    let mut next = frame;
    while let Some(frame) = next {
        if facts_of(shared, vm, &frame).user_code && !(past_delegation && delegates(&frame)) {
            let facts = frame_facts(shared, vm, &frame);
            shared.state().plan.know(facts, thread);
            return Some(facts.activation);
        }
        next = frame.caller();
    }
    None
}

/// Who awaits the task whose coroutine a frame is, if it is one, and user code awaits it.
pub(crate) fn awaiter(
    shared: &Shared,
    vm: &Vm,
    thread: ThreadId,
    frame: &Activation<'_>,
) -> Option<ActivationId> {
    let coroutine = frame.code().flags().contains(CodeFlags::COROUTINE);
    // An awaiter that is on the stack is the caller.
    if !coroutine || frame.caller().is_some_and(|caller| delegates(&caller)) {
        return None;
    }
    let awaiting = tasks::awaiting(vm, frame)?;
    let frames = awaiting.iter().rev().filter_map(Activation::of_generator);
    let frame = frames.into_iter().find(|frame| facts_of(shared, vm, frame).user_code)?;
    let facts = frame_facts(shared, vm, &frame);
    shared.state().plan.know(facts, thread);
    Some(facts.activation)
}
