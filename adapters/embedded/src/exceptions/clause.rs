//! Whether a handler takes an exception: `except` clauses are gone through as the code does it.

use std::cell::{Cell, OnceCell};

use lasti_code::source_map::HandlerKind;
use lasti_code::{CodeObject, CodeUnitIdx, Opcode};
use lasti_vm::errors::BaseException;
use lasti_vm::sequence::Tuple;
use lasti_vm::trace::{Activation, GlobalPlace};
use lasti_vm::types::{TypeData, TypeObject};
use lasti_vm::{Obj, Ref, Vm, builtins, inspect};

use super::native;
use crate::evaluate::pure::Machine;
use crate::state::Shared;
use crate::walk::facts_of;

/// How many instructions of clauses are looked at: a bound for hostile code.
const STEPS: usize = 10_000;

/// The clauses of a handler: what their code does as long as none of them takes the exception. If all is done, none did.
pub(super) struct Clauses(Box<[Step]>);

/// That an exception is taken.
pub(super) struct Takes {
    /// The unit at which the clause's own code begins.
    pub(super) unit: CodeUnitIdx,
    raises_again: OnceCell<bool>,
}

enum Step {
    /// The exception is taken if it is of the classes that globals of these names are, which is what most clauses say.
    /// The names are the code's, by number.
    Named(Box<[(u32, Cell<GlobalPlace>)]>, Takes),
    /// An instruction. Where it would run code of the program, the exception is taken to be taken.
    Run(Opcode, u32, Takes),
    /// Compares with the classes on the stack.
    Check,
    /// The same for a group.
    CheckGroup,
    /// The exception is taken if what was compared last matched.
    Decide(Takes),
    /// The exception is taken: nothing was checked.
    Bare(Takes),
}

impl Takes {
    fn at(unit: CodeUnitIdx) -> Self {
        Self { unit, raises_again: OnceCell::new() }
    }

    /// Whether the clause always raises it again, with a bare `raise`.
    pub(super) fn raises_again(&self, code: &CodeObject) -> bool {
        *self.raises_again.get_or_init(|| raises_again(code, self.unit))
    }
}

impl Clauses {
    /// The clauses whose code begins at `target`.
    pub(super) fn new(code: &CodeObject, target: CodeUnitIdx) -> Self {
        let instructions: Vec<_> = code.units().instructions().collect();
        let at = |unit: CodeUnitIdx| instructions.partition_point(|instruction| instruction.start < unit);
        let mut steps = Vec::new();
        // Where nothing is known yet, a jump over a clause is not taken.
        let (mut index, mut failed) = (at(target), false);
        for _ in 0..STEPS {
            let Some(instruction) = instructions.get(index) else { break };
            let Some(opcode) = instruction.opcode().map(Opcode::base) else { break };
            index += 1;
            match opcode {
                Opcode::PushExcInfo => {}
                // A group's clauses begin with copies of it.
                Opcode::Copy | Opcode::BuildList | Opcode::Swap => {}
                Opcode::CheckExcMatch => {
                    steps.push(Step::Check);
                    failed = false;
                }
                Opcode::CheckEgMatch => {
                    steps.push(Step::CheckGroup);
                    failed = false;
                }
                Opcode::PopJumpIfFalse | Opcode::PopJumpIfNone => {
                    if !failed {
                        decide(&mut steps, Takes::at(instruction.start));
                        failed = true;
                    }
                    let Some(next) = instruction.jump_target() else { break };
                    index = at(next);
                }
                // Nothing was checked: a bare `except`.
                Opcode::PopTop => {
                    steps.push(Step::Bare(Takes::at(instruction.start)));
                    break;
                }
                Opcode::Reraise | Opcode::ListAppend | Opcode::CallIntrinsic2 => break,
                _ => steps.push(Step::Run(opcode, instruction.arg, Takes::at(instruction.start))),
            }
        }
        Self(steps.into())
    }

    /// Whether one of them takes an exception. `class`: of the exception, as it will be by then.
    #[allow(clippy::inline_always, reason = "every raise of a debugged program comes by here")]
    #[inline(always)]
    pub(super) fn take(
        &self,
        vm: &Vm,
        frame: &Activation<'_>,
        class: &TypeObject,
        exception: &Ref<BaseException>,
    ) -> Option<&Takes> {
        // Mostly the first clause does.
        match self.0.first() {
            Some(Step::Named(names, takes)) if is_named(vm, frame, class, names) => Some(takes),
            Some(_) => self.go_through(vm, frame, class, exception),
            None => None,
        }
    }

    #[inline(never)]
    fn go_through(
        &self,
        vm: &Vm,
        frame: &Activation<'_>,
        class: &TypeObject,
        exception: &Ref<BaseException>,
    ) -> Option<&Takes> {
        let mut machine = Machine::new(vm, *frame);
        let mut matched = true;
        for step in &self.0 {
            match step {
                Step::Named(names, takes) => {
                    if is_named(vm, frame, class, names) {
                        return Some(takes);
                    }
                    matched = false;
                }
                Step::Run(opcode, arg, takes) => {
                    if machine.step(&frame.code(), *opcode, *arg).is_err() {
                        return Some(takes);
                    }
                }
                Step::Check => matched = machine.pop().is_none_or(|classes| matches(class, &classes)),
                Step::CheckGroup => {
                    matched = machine.pop().is_none_or(|classes| group_matches(class, exception, &classes));
                }
                Step::Decide(takes) if matched => return Some(takes),
                Step::Decide(_) => {}
                Step::Bare(takes) => return Some(takes),
            }
        }
        None
    }
}

/// Adds that a clause decides; and if all that it looked at are globals, puts that into one step.
fn decide(steps: &mut Vec<Step>, takes: Takes) {
    let Some((Step::Check, before)) = steps.split_last() else {
        steps.push(Step::Decide(takes));
        return;
    };
    let own = before.iter().rposition(|step| !matches!(step, Step::Run(..))).map_or(0, |last| last + 1);
    let loads = match &before[own..] {
        [loads @ .., Step::Run(Opcode::BuildTuple, count, _)] if *count as usize == loads.len() => loads,
        [load] => std::slice::from_ref(load),
        _ => &[],
    };
    let name = |step: &Step| match step {
        Step::Run(Opcode::LoadGlobal, arg, _) if arg & 1 == 0 => Some((arg >> 1, Cell::default())),
        _ => None,
    };
    match loads.iter().map(name).collect::<Option<Box<[_]>>>() {
        Some(names) if !names.is_empty() => {
            steps.truncate(own);
            steps.push(Step::Named(names, takes));
        }
        _ => steps.push(Step::Decide(takes)),
    }
}

/// Whether one of the classes that globals name is the exception's; also where one of the names has no value.
#[allow(clippy::inline_always, reason = "every raise of a debugged program comes by here")]
#[inline(always)]
fn is_named(vm: &Vm, frame: &Activation<'_>, class: &TypeObject, names: &[(u32, Cell<GlobalPlace>)]) -> bool {
    let mut found = false;
    for (name, place) in names {
        let Some(classes) = frame.global(vm, *name, place) else { return true };
        found = found || matches(class, &classes);
    }
    found
}

/// Whether the handler at `target` in a frame takes an exception that came to it.
pub(crate) fn takes(
    shared: &Shared,
    vm: &Vm,
    frame: &Activation<'_>,
    exception: &Ref<BaseException>,
    target: CodeUnitIdx,
) -> bool {
    let facts = facts_of(shared, vm, frame);
    let Some((map, _)) = shared.state().sources.map(facts.source) else { return false };
    let Some(handler) = map.handler_at(facts.code, target) else { return false };
    match handler.kind {
        HandlerKind::Except | HandlerKind::ExceptAll | HandlerKind::ExceptStar => {
            let clauses = Clauses::new(frame.code_data(), target);
            clauses.take(vm, frame, exception.as_obj().ty(), exception).is_some()
        }
        HandlerKind::WithExit => native::with_swallows(shared, vm, frame, exception, handler.entry.depth),
        _ => false,
    }
}

#[inline]
fn matches(class: &TypeObject, classes: &Obj) -> bool {
    if let Some(wanted) = classes.downcast::<TypeData>() {
        return class.is_subtype_of(wanted);
    }
    is_among(class, classes)
}

#[inline(never)]
fn is_among(class: &TypeObject, classes: &Obj) -> bool {
    if let Some(classes) = classes.downcast::<Tuple>() {
        return classes.items().iter().any(|one| matches(class, one));
    }
    false
}

fn group_matches(class: &TypeObject, exception: &Ref<BaseException>, classes: &Obj) -> bool {
    if matches(class, classes) {
        return true;
    }
    if !class.is_subtype_of(&builtins::BASE_EXCEPTION_GROUP) {
        return false;
    }
    let members = inspect::group_members(exception).unwrap_or_default();
    members.iter().filter_map(|member| member.downcast::<BaseException>()).any(|member| {
        let member: Ref<BaseException> = member.clone();
        group_matches(member.as_obj().ty(), &member, classes)
    })
}

/// Whether a clause that took an exception always raises it again, with a bare `raise`. `unit`: within the clause.
fn raises_again(code: &CodeObject, unit: CodeUnitIdx) -> bool {
    let instructions: Vec<_> = code.units().instructions().collect();
    let at = |unit: CodeUnitIdx| instructions.partition_point(|instruction| instruction.start < unit);
    // Not the jump to the next clause, for an exception that this one does not take.
    let first = at(unit);
    let is_check = |index: usize| {
        let opcode = instructions.get(index).and_then(|instruction| instruction.opcode()).map(Opcode::base);
        matches!(opcode, Some(Opcode::PopJumpIfFalse | Opcode::PopJumpIfNone))
    };
    let mut pending = vec![if is_check(first) { first + 1 } else { first }];
    let mut seen = vec![false; instructions.len()];
    while let Some(index) = pending.pop() {
        let Some(instruction) = instructions.get(index) else { return false };
        if std::mem::replace(&mut seen[index], true) {
            continue;
        }
        match instruction.opcode().map(Opcode::base) {
            Some(Opcode::Reraise) => {}
            Some(Opcode::RaiseVarargs) if instruction.arg == 0 => {}
            Some(Opcode::RaiseVarargs | Opcode::PopExcept | Opcode::ReturnValue) | None => return false,
            Some(opcode) => {
                pending.extend(instruction.jump_target().map(at));
                if !opcode.is_terminator() {
                    pending.push(index + 1);
                }
            }
        }
    }
    true
}
