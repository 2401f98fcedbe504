//! A slow, simple machine that shares nothing with the verifier but the opcode facts: it runs code with
//! stacks of "borrowed from slot" and "may be NULL" marks, takes every branch and raises at every guarded instruction, until
//! no new state turns up; and checks each access where it happens.

use std::collections::HashSet;

use super::*;
use crate::opcode::{ArgKind, JumpKind};
use crate::units::Instruction;

/// More states than this are not looked at: mutated code can have very many.
const MAX_STATES: usize = 20_000;

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    at: u32,
    stack: Vec<Option<u32>>,
    /// Which of these may be NULL.
    nulls: Vec<bool>,
    cells: Vec<bool>,
    in_generator: bool,
}

pub(super) fn check(code: &VerifiedCode) -> Result<(), String> {
    let slots = code.nlocalsplus();
    let first = State { at: 0, stack: vec![], nulls: vec![], cells: vec![false; slots], in_generator: false };
    let mut seen = HashSet::from([first.clone()]);
    let mut pending = vec![first];
    while let Some(state) = pending.pop() {
        for next in step(code, &state)? {
            if seen.len() < MAX_STATES && seen.insert(next.clone()) {
                pending.push(next);
            }
        }
    }
    Ok(())
}

fn ensure(holds: bool, at: u32, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("unit {at}: {what}")) }
}

fn step(code: &VerifiedCode, state: &State) -> Result<Vec<State>, String> {
    let Some(instruction) = code.units().instructions().find(|found| found.start.0 == state.at) else {
        return Err(format!("unit {}: no instruction begins here", state.at));
    };
    let Instruction { start, arg, .. } = instruction;
    let at = start.0;
    let opcode = instruction.opcode().ok_or("unknown opcode")?;
    ensure(instruction.end().get() <= code.units().len(), at, "caches beyond the end")?;
    ensure(!opcode.is_specialized() && !opcode.is_instrumented(), at, "made while running")?;
    let trusted = code.borrow_fault().is_none();
    let mut next = state.clone();
    let popped = usize::try_from(opcode.popped(i64::from(arg))).map_err(|e| e.to_string())?;
    let pushed = usize::try_from(opcode.pushed(i64::from(arg))).map_err(|e| e.to_string())?;
    ensure(state.stack.len() >= popped, at, "underflow")?;
    let rest = state.stack.len() - popped;
    ensure(rest + pushed <= code.stacksize as usize, at, "overflow")?;
    operands(code, state, opcode, arg)?;
    for (place, null) in state.nulls[rest..].iter().rev().enumerate() {
        ensure(!null || knows_null(opcode, arg as usize, place), at, "NULL for a value")?;
    }

    let n = arg as usize;
    let top = state.stack.last().copied().flatten();
    // The stack while the instruction may raise, if it can.
    let mut raising = Some(state.stack[..rest].to_vec());
    let mut writes = vec![];
    next.stack.truncate(rest);
    next.stack.resize(rest + pushed, None);
    match opcode {
        Opcode::LoadFastBorrow => next.stack[rest] = Some(arg),
        Opcode::LoadFastBorrowLoadFastBorrow => {
            next.stack[rest] = Some(arg >> 4);
            next.stack[rest + 1] = Some(arg & 15);
        }
        Opcode::Copy => {
            next.stack = state.stack.clone();
            next.stack.push(state.stack[rest]);
            raising = Some(state.stack.clone());
        }
        Opcode::Swap => {
            next.stack = state.stack.clone();
            next.stack.swap(rest, rest + n - 1);
            raising = Some(state.stack.clone());
        }
        // These look at their inputs, and take at most the top one.
        Opcode::GetAnext
        | Opcode::GetLen
        | Opcode::ImportFrom
        | Opcode::MatchKeys
        | Opcode::MatchMapping
        | Opcode::MatchSequence
        | Opcode::WithExceptStart
        | Opcode::ForIter => {
            next.stack[..rest + popped].clone_from_slice(&state.stack);
            raising = Some(state.stack.clone());
        }
        Opcode::DictMerge
        | Opcode::DictUpdate
        | Opcode::ListAppend
        | Opcode::ListExtend
        | Opcode::MapAdd
        | Opcode::SetAdd
        | Opcode::SetUpdate
        | Opcode::Reraise => {
            let left = rest + pushed;
            next.stack.clone_from_slice(&state.stack[..left]);
            raising = Some(state.stack[..left].to_vec());
        }
        Opcode::Send | Opcode::CheckExcMatch => {
            next.stack[rest] = state.stack[rest];
            raising = Some(state.stack[..=rest].to_vec());
        }
        Opcode::LoadAttr | Opcode::LoadSuperAttr if arg & 1 == 1 => next.stack[rest + 1] = top,
        Opcode::FormatSimple => next.stack[rest] = top,
        Opcode::YieldValue => {
            ensure(state.in_generator, at, "no generator to suspend")?;
            let waits = arg & 0xFF == 1;
            ensure(!waits || rest >= 1 && !state.nulls[rest - 1], at, "nothing waited for")?;
            raising = Some(next.stack.clone());
        }
        Opcode::PushExcInfo => raising = None,
        Opcode::StoreFast => writes.push((arg, top)),
        Opcode::StoreFastLoadFast => writes.push((arg >> 4, top)),
        Opcode::StoreFastStoreFast => {
            writes.push((arg >> 4, top));
            writes.push((arg & 15, state.stack[rest]));
        }
        Opcode::DeleteFast | Opcode::LoadFastAndClear => writes.push((arg, None)),
        Opcode::MakeCell => {
            ensure(!trusted || !next.stack.contains(&Some(arg)), at, "borrowed slot made a cell")?;
            next.cells[n] = true;
        }
        Opcode::CopyFreeVars => {
            let slots = next.cells.len();
            ensure(n <= slots, at, "more free variables than slots")?;
            next.cells[slots - n..].fill(true);
        }
        Opcode::ReturnGenerator => {
            ensure(!state.in_generator, at, "a generator made twice")?;
            next.in_generator = true;
        }
        Opcode::ReturnValue => ensure(rest == 0, at, "values left behind")?,
        _ => {}
    }
    next.nulls = nulls_after(&state.nulls, opcode, arg, rest, next.stack.len());
    for (slot, value) in writes {
        ensure(!trusted || value.is_none(), at, "a borrowed value stored")?;
        ensure(!trusted || !next.stack.contains(&Some(slot)), at, "a borrowed slot changed")?;
        next.cells[slot as usize] = false;
    }

    let mut successors = vec![];
    let entry =
        code.exception_table().entries().map_while(Result::ok).find(|entry| entry.guards(instruction.at));
    if let (Some(entry), Some(mut stack)) = (entry, raising) {
        ensure(stack.len() >= entry.depth as usize, at, "unwinding would push")?;
        stack.truncate(entry.depth as usize);
        ensure(!trusted || stack.iter().all(Option::is_none), at, "a borrowed value kept by a handler")?;
        let mut nulls = state.nulls[..stack.len()].to_vec();
        stack.resize(stack.len() + 1 + usize::from(entry.lasti), None);
        nulls.resize(stack.len(), false);
        ensure(stack.len() <= code.stacksize as usize, at, "overflow at a handler")?;
        // The instruction may have raised before or after it changed cells.
        for cells in [&state.cells, &next.cells] {
            successors.push(State {
                at: entry.target.0,
                stack: stack.clone(),
                nulls: nulls.clone(),
                cells: cells.clone(),
                in_generator: next.in_generator,
            });
        }
    }
    if let (Some(target), JumpKind::Forward | JumpKind::Backward) = (instruction.jump_target(), opcode.jump())
    {
        successors.push(State { at: target.0, ..next.clone() });
        if opcode == Opcode::ForIter {
            // What CPython does at the end of an iterator.
            let mut exhausted = State { at: target.0 + 1, ..next.clone() };
            exhausted.stack.pop();
            exhausted.nulls.pop();
            successors.push(exhausted);
        }
    }
    if !opcode.is_terminator() {
        successors.push(State { at: instruction.end().0, ..next });
    }
    Ok(successors)
}

fn operands(code: &VerifiedCode, state: &State, opcode: Opcode, arg: u32) -> Result<(), String> {
    let (n, at) = (arg as usize, state.at);
    let holds = match opcode.arg_kind() {
        ArgKind::Const => code.consts.get(n).is_some(),
        ArgKind::Name => code.names.get(n).is_some(),
        ArgKind::NameShift1 => code.names.get(n >> 1).is_some(),
        ArgKind::NameShift2 => code.names.get(n >> 2).is_some(),
        ArgKind::Local | ArgKind::Free => code.localsplusnames.get(n).is_some(),
        ArgKind::LocalPair => [n >> 4, n & 15].iter().all(|&slot| code.localsplusnames.get(slot).is_some()),
        ArgKind::BinaryOp => n < 27,
        ArgKind::Compare => n >> 5 < 6,
        ArgKind::Conversion => (1..4).contains(&n),
        ArgKind::FunctionAttribute => [1, 2, 4, 8, 16].contains(&n),
        ArgKind::Intrinsic1 => (1..12).contains(&n),
        ArgKind::Intrinsic2 => (1..6).contains(&n),
        ArgKind::CommonConstant => n < 5,
        ArgKind::SpecialMethod => n < 4,
        ArgKind::SmallInt => n <= 256,
        ArgKind::Invert => n < 2,
        ArgKind::None | ArgKind::Raw | ArgKind::Jump => true,
    };
    ensure(holds, at, "argument out of range")?;
    let reads_cell = matches!(
        opcode,
        Opcode::LoadDeref | Opcode::StoreDeref | Opcode::DeleteDeref | Opcode::LoadFromDictOrDeref
    );
    let steady = code.is_steady_cell(LocalsPlusIdx(arg));
    ensure(!reads_cell || !steady || state.cells[n], at, "no cell in a steady slot")
}

/// Which values may be NULL behind an instruction that takes or looks at all but `rest` values.
fn nulls_after(before: &[bool], opcode: Opcode, arg: u32, rest: usize, depth: usize) -> Vec<bool> {
    let n = arg as usize;
    let mut nulls = before[..rest].to_vec();
    match opcode {
        Opcode::Copy => {
            nulls = before.to_vec();
            nulls.push(before[rest]);
        }
        Opcode::Swap => {
            nulls = before.to_vec();
            nulls.swap(rest, rest + n - 1);
        }
        // What they look at stays.
        Opcode::WithExceptStart
        | Opcode::DictMerge
        | Opcode::DictUpdate
        | Opcode::ListAppend
        | Opcode::ListExtend
        | Opcode::MapAdd
        | Opcode::SetAdd
        | Opcode::SetUpdate => nulls = before[..before.len().min(depth)].to_vec(),
        _ => {}
    }
    nulls.resize(depth, false);
    let last_is_null = match opcode {
        Opcode::PushNull | Opcode::LoadFastAndClear | Opcode::LoadSpecial => true,
        Opcode::LoadGlobal | Opcode::LoadAttr | Opcode::LoadSuperAttr => n & 1 == 1,
        _ => nulls.last() == Some(&true),
    };
    if let Some(last) = nulls.last_mut() {
        *last = last_is_null;
    }
    nulls
}

/// CPython: Python/bytecodes.c, the inputs that are `self_or_null` and the like, by their places below the top.
fn knows_null(opcode: Opcode, arg: usize, place: usize) -> bool {
    match opcode {
        Opcode::Copy | Opcode::Swap => true,
        Opcode::PopTop | Opcode::StoreFast => place == 0,
        Opcode::Call => place == arg,
        Opcode::CallKw => place == arg + 1,
        Opcode::CallFunctionEx => place == 0 || place == 2,
        Opcode::WithExceptStart => place == 3,
        Opcode::DictMerge => place == arg + 2,
        Opcode::ListAppend | Opcode::SetAdd | Opcode::ListExtend | Opcode::SetUpdate | Opcode::DictUpdate => {
            (1..arg).contains(&place)
        }
        Opcode::MapAdd => (2..=arg).contains(&place),
        _ => false,
    }
}
