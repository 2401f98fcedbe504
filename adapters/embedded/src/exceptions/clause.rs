//! Whether a handler takes an exception: `except` clauses are gone through as the code does it.

use lasti_code::source_map::HandlerKind;
use lasti_code::{CodeUnitIdx, Opcode};
use lasti_vm::errors::BaseException;
use lasti_vm::sequence::Tuple;
use lasti_vm::trace::Activation;
use lasti_vm::types::{TypeData, TypeObject};
use lasti_vm::{Obj, Ref, Vm, builtins, inspect};

use super::native;
use crate::evaluate::pure::Machine;
use crate::state::Shared;
use crate::walk::facts_of;

/// What a handler makes of an exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Clause {
    /// It takes it: the unit at which the clause's own code begins.
    Takes(CodeUnitIdx),
    /// It passes it on.
    Passes,
}

/// How many instructions of clauses are looked at: a bound for hostile code.
const STEPS: usize = 10_000;

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
            matches!(clauses(vm, frame, exception.as_obj().ty(), exception, target), Clause::Takes(_))
        }
        HandlerKind::WithExit => native::with_swallows(shared, vm, frame, exception, handler.entry.depth),
        _ => false,
    }
}

/// Goes through the clauses that begin at `target`. `class`: of the exception, as it will be by then.
pub(super) fn clauses(
    vm: &Vm,
    frame: &Activation<'_>,
    class: &TypeObject,
    exception: &Ref<BaseException>,
    target: CodeUnitIdx,
) -> Clause {
    let code = frame.code();
    let units = code.data().units();
    let instructions: Vec<_> = units.instructions().collect();
    let at = |unit: CodeUnitIdx| instructions.partition_point(|instruction| instruction.start < unit);
    let mut machine = Machine::new(vm, *frame);
    let (mut index, mut matched) = (at(target), true);
    for _ in 0..STEPS {
        let Some(instruction) = instructions.get(index) else { return Clause::Passes };
        let Some(opcode) = instruction.opcode().map(Opcode::base) else { return Clause::Passes };
        index += 1;
        match opcode {
            Opcode::PushExcInfo => {}
            // A group's clauses begin with copies of it.
            Opcode::Copy | Opcode::BuildList | Opcode::Swap => {}
            Opcode::CheckExcMatch => matched = machine.pop().is_none_or(|classes| matches(class, &classes)),
            Opcode::CheckEgMatch => {
                matched = machine.pop().is_none_or(|classes| group_matches(class, exception, &classes));
            }
            Opcode::PopJumpIfFalse | Opcode::PopJumpIfNone => {
                if matched {
                    return Clause::Takes(instruction.start);
                }
                let Some(next) = instruction.jump_target() else { return Clause::Passes };
                index = at(next);
            }
            // Nothing was checked: a bare `except`.
            Opcode::PopTop => return Clause::Takes(instruction.start),
            Opcode::Reraise | Opcode::ListAppend | Opcode::CallIntrinsic2 => return Clause::Passes,
            _ if machine.step(&code, opcode, instruction.arg).is_err() => {
                // What the classes are would run code: they are taken to match.
                return Clause::Takes(instruction.start);
            }
            _ => {}
        }
    }
    Clause::Passes
}

fn matches(class: &TypeObject, classes: &Obj) -> bool {
    if let Some(classes) = classes.downcast::<Tuple>() {
        return classes.items().iter().any(|one| matches(class, one));
    }
    classes.downcast::<TypeData>().is_some_and(|wanted| class.is_subtype_of(wanted))
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
pub(super) fn raises_again(frame: &Activation<'_>, unit: CodeUnitIdx) -> bool {
    let code = frame.code();
    let instructions: Vec<_> = code.data().units().instructions().collect();
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
