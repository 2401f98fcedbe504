//! Where statements begin in the code of one code object: the control flow between stretches of code
//! that belong to one statement. What a statement is, and which source it is in, is decided elsewhere.
//!
//! Control arrives at a statement where it comes from an instruction of another one. Not every arrival is
//! a beginning: a `with` is arrived at again for its exit, a `return` after the `finally` that it runs. What
//! tells them apart is dominance: a continuation can only be reached through a beginning of the same
//! statement, while the copies of a `finally` body, or of a small block that the optimizer copied, are
//! reached on paths of their own. So
//!
//! - an arrival that no other arrival of its statement dominates is a beginning;
//! - one that is dominated, but is arrived at by a jump back from code that it dominates itself, is a loop's
//!   next iteration: `FOR_ITER`, `GET_ANEXT`;
//! - any other is a continuation.
//!
//! A statement that no path reaches at all is taken to begin at its first instruction.
//!
//! A `while` test needs no rule of its own: its first instruction is the beginning, also from below.

use std::collections::HashSet;

use super::dominators::{Dominators, NONE};
use super::handlers::Guard;
use super::statement::StatementIdx;
use super::{Arrival, Begin};
use crate::code_object::CodeObject;
use crate::opcode::Opcode;
use crate::units::{CodeUnitIdx, Instruction};

/// A stretch of instructions that control enters only at the top, of one statement and under one handler.
struct Node {
    start: CodeUnitIdx,
    statement: Option<StatementIdx>,
}

/// Appends where statements begin in this code, in the order of code units.
///
/// `statement_at` says which statement of the code's own scope an instruction belongs to; it is asked in
/// ascending order.
pub(super) fn find_begins(
    code: &CodeObject,
    guards: &[Guard],
    mut statement_at: impl FnMut(CodeUnitIdx) -> Option<StatementIdx>,
    begins: &mut Vec<Begin>,
) {
    let units = code.units();
    let instructions: Vec<Instruction> = units.instructions().collect();
    let leaders = leaders(units.len(), &instructions, guards);

    let mut nodes: Vec<Node> = Vec::new();
    let mut node_of = vec![NONE; units.len()];
    let mut successors: Vec<[u32; 3]> = Vec::new();
    let mut last_of: Vec<Instruction> = Vec::new();
    for instruction in &instructions {
        let statement = statement_at(instruction.at);
        let continues = nodes.last().is_some_and(|node| node.statement == statement);
        if !continues || leaders[instruction.start.get()] {
            nodes.push(Node { start: instruction.start, statement });
            last_of.push(*instruction);
            node_of[instruction.start.get()] = nodes.len() as u32 - 1;
        }
        if let Some(last) = last_of.last_mut() {
            *last = *instruction;
        }
    }
    let node_at = |at: CodeUnitIdx| node_of.get(at.get()).copied().unwrap_or(NONE);
    let mut guards = guards.iter().peekable();
    for (node, last) in nodes.iter().zip(&last_of) {
        while guards.next_if(|guard| guard.end <= node.start).is_some() {}
        let handler = guards.peek().filter(|guard| guard.start <= node.start).map(|guard| guard.entry.target);
        let falls = !last.opcode().is_some_and(Opcode::is_terminator);
        successors.push([
            if falls { node_at(last.end()) } else { NONE },
            last.jump_target().map_or(NONE, node_at),
            handler.map_or(NONE, node_at),
        ]);
    }

    let dominators = Dominators::new(&successors);
    let mut arrivals = arrivals(&nodes, &successors, &dominators);
    // By statement, dominators first.
    arrivals.sort_unstable_by_key(|arrival| {
        (nodes[arrival.node as usize].statement, dominators.order(arrival.node))
    });
    let first_new = begins.len();
    let mut beginning: Option<Arriving> = None;
    for arrival in arrivals {
        let Node { start, statement } = nodes[arrival.node as usize];
        let Some(statement) = statement else { continue };
        let continued = beginning.is_some_and(|first| {
            nodes[first.node as usize].statement == Some(statement)
                && dominators.dominates(first.node, arrival.node)
        });
        if !continued {
            beginning = Some(arrival);
            begins.push(Begin { unit: start, statement, arrival: Arrival::Any });
        } else if arrival.from_below {
            begins.push(Begin { unit: start, statement, arrival: Arrival::JumpBack });
        }
    }
    // Compilers leave some code that no path reaches. It can be asked for, though it will not be hit.
    let reached = begins.len();
    let mut unreached = HashSet::new();
    for (index, node) in nodes.iter().enumerate() {
        let Some(statement) = node.statement.filter(|_| !dominators.reachable(index as u32)) else {
            continue;
        };
        let known =
            begins[first_new..reached].binary_search_by_key(&statement, |begin| begin.statement).is_ok();
        if !known && unreached.insert(statement) {
            begins.push(Begin { unit: node.start, statement, arrival: Arrival::Any });
        }
    }
    begins[first_new..].sort_unstable_by_key(|begin| begin.unit);
}

/// A node that control enters from another statement.
#[derive(Clone, Copy)]
struct Arriving {
    node: u32,
    /// Whether also from code that the node dominates: by a loop's jump back.
    from_below: bool,
}

fn arrivals(nodes: &[Node], successors: &[[u32; 3]], dominators: &Dominators) -> Vec<Arriving> {
    /// Not entered from another statement; entered; entered from below too.
    const NO: u8 = 0;
    const YES: u8 = 1;
    const BELOW: u8 = 2;
    let mut found = vec![NO; nodes.len()];
    if let Some(entry) = found.first_mut() {
        *entry = YES;
    }
    for (from, to) in successors.iter().enumerate() {
        for &to in to.iter().filter(|to| **to != NONE) {
            if dominators.reachable(from as u32) && nodes[from].statement != nodes[to as usize].statement {
                let below = dominators.dominates(to, from as u32);
                found[to as usize] = found[to as usize].max(if below { BELOW } else { YES });
            }
        }
    }
    let arrived =
        found.iter().enumerate().filter(|(node, how)| **how != NO && nodes[*node].statement.is_some());
    arrived.map(|(node, how)| Arriving { node: node as u32, from_below: *how == BELOW }).collect()
}

/// Which code units begin a stretch: jump targets, what follows a jump, and where another handler begins
/// to guard. A target within an instruction, which only broken code has, begins nothing.
fn leaders(count: usize, instructions: &[Instruction], guards: &[Guard]) -> Vec<bool> {
    let mut leaders = vec![false; count];
    let mut mark = |at: CodeUnitIdx| {
        if let Some(leader) = leaders.get_mut(at.get()) {
            *leader = true;
        }
    };
    for instruction in instructions {
        let target = instruction.jump_target();
        target.into_iter().for_each(&mut mark);
        if target.is_some() || instruction.opcode().is_some_and(Opcode::is_terminator) {
            mark(instruction.end());
        }
    }
    for guard in guards {
        mark(guard.start);
        mark(guard.end);
        mark(guard.entry.target);
    }
    leaders
}
