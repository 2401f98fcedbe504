//! The second pass: the depth of the value stack at every reachable instruction, and on the way the
//! check of borrowed loads.
//!
//! Each instruction is taken once, along straight runs; where runs meet, depths must be equal, which
//! CPython's compiler makes sure of too (Python/flowgraph.c, `stackdepth_push`).

use super::borrows::{BorrowFault, Borrows};
use super::facts::FACTS;
use super::instructions::Scan;
use super::nulls::Nulls;
use super::{Unit, VerifyError};
use crate::code_object::CodeObject;
use crate::exception_table::ExceptionEntry;
use crate::opcode::{JumpKind, Opcode};
use crate::units::{CodeUnitIdx, Instruction};
use crate::verify::error::Site;

pub(super) struct Depths<'a> {
    pairs: &'a [[u8; 2]],
    entries: &'a [ExceptionEntry],
    stacksize: u32,
    units: Vec<Unit>,
    /// Reached, but not walked along yet.
    pending: Vec<u32>,
    borrows: Borrows,
    nulls: Nulls,
}

/// What the second pass finds out.
pub(super) struct Flow {
    /// One item for each code unit, with the depth where an instruction is reachable.
    pub(super) units: Vec<Unit>,
    /// The first borrowed load that is not safe.
    pub(super) borrow_fault: Option<BorrowFault>,
}

pub(super) fn check(code: &CodeObject, scan: Scan, entries: &[ExceptionEntry]) -> Result<Flow, VerifyError> {
    let mut depths = Depths {
        pairs: code.code.as_chunks::<2>().0,
        entries,
        stacksize: code.stacksize,
        units: scan.units,
        pending: Vec::new(),
        borrows: Borrows::default(),
        nulls: Nulls::default(),
    };
    depths.reach(0, 0, 0)?;
    while let Some(start) = depths.pending.pop() {
        depths.walk(start)?;
    }
    Ok(Flow { units: depths.units, borrow_fault: depths.borrows.fault() })
}

impl Depths<'_> {
    /// Notes that an instruction is reached with this depth, of which so many values are on the stack now.
    fn reach(&mut self, at: u32, depth: u32, kept: u32) -> Result<(), VerifyError> {
        if self.arrive(at, depth, kept)? {
            self.pending.push(at);
        }
        Ok(())
    }

    /// As [`Self::reach`]; true if the instruction is still to be walked along.
    #[inline]
    fn arrive(&mut self, at: u32, depth: u32, kept: u32) -> Result<bool, VerifyError> {
        let unit = &mut self.units[at as usize];
        match unit.depth() {
            None => {
                unit.set_depth(depth);
                if unit.is_target() {
                    self.nulls.first(at, kept);
                }
                Ok(true)
            }
            Some(first) if first == depth => {
                if !self.nulls.again(at, kept) {
                    return Err(VerifyError::NullMismatch { at: CodeUnitIdx(at).byte_offset() });
                }
                Ok(false)
            }
            Some(first) => {
                Err(VerifyError::DepthMismatch { at: CodeUnitIdx(at).byte_offset(), first, second: depth })
            }
        }
    }

    /// Goes along the code from here until control leaves or reaches what is known already.
    fn walk(&mut self, start: u32) -> Result<(), VerifyError> {
        self.borrows.begin();
        self.nulls.begin(start);
        let mut at = start;
        let mut depth = self.units[at as usize].depth().unwrap_or(0);
        let mut entry = self.entries.partition_point(|entry| entry.end.0 <= at);
        let mut entered = usize::MAX;
        loop {
            let start = at;
            let [mut number, low] = self.pairs[at as usize];
            let mut arg = u32::from(low);
            while number == Opcode::ExtendedArg as u8 {
                at += 1;
                let [next, low] = self.pairs[at as usize];
                number = next;
                arg = arg << 8 | u32::from(low);
            }
            let facts = &FACTS[usize::from(number)];
            let Some(opcode) = facts.opcode else { return Ok(()) };
            let site = Site { at: CodeUnitIdx(start).byte_offset(), opcode };
            let (popped, pushed) = facts.effect(opcode, arg);
            let before = i64::from(depth);
            if before < popped {
                return Err(VerifyError::Underflow { site, depth, needs: popped });
            }
            let taken = facts.taken(popped, pushed);
            while self.entries.get(entry).is_some_and(|entry| entry.end.0 <= start) {
                entry += 1;
            }
            if let Some(guard) = self.entries.get(entry)
                && guard.start.0 <= start
            {
                let left = before - facts.lowered(taken);
                if left < i64::from(guard.depth) {
                    return Err(VerifyError::UnwindDepth { site, depth: left, expected: guard.depth });
                }
                self.borrows.guarded(site, guard.depth);
                if entered != entry {
                    entered = entry;
                    self.reach(guard.target.0, guard.depth + u32::from(guard.lasti) + 1, guard.depth)?;
                } else if !self.nulls.again(guard.target.0, guard.depth) {
                    return Err(VerifyError::NullMismatch { at: guard.target.byte_offset() });
                }
            }
            let after = before - popped + pushed;
            if after > i64::from(self.stacksize) {
                return Err(VerifyError::Overflow { site, depth: after, stacksize: self.stacksize });
            }
            let after = after as u32;
            self.borrows.step(facts.refs, site, arg, depth, taken as u32, after);
            if !self.nulls.step(opcode, arg, depth, popped as u32, taken as u32, after) {
                return Err(VerifyError::Null { site });
            }
            let next = at + 1 + u32::from(facts.caches);
            match facts.jump {
                JumpKind::None | JumpKind::Origin => match opcode {
                    Opcode::ReturnValue if depth != 1 => {
                        return Err(VerifyError::ReturnDepth { site, depth });
                    }
                    // The value that `yield from` or `await` waits for stays below the yielded one.
                    Opcode::YieldValue if arg & 0xFF == 1 && depth < 2 => {
                        return Err(VerifyError::Underflow { site, depth, needs: 2 });
                    }
                    Opcode::YieldValue if arg & 0xFF == 1 && self.nulls.may_be_null(depth - 2) => {
                        return Err(VerifyError::Null { site });
                    }
                    _ => {}
                },
                kind => {
                    self.borrows.block_ends(site);
                    let target = if kind == JumpKind::Forward { next + arg } else { next - arg };
                    if opcode == Opcode::ForIter && self.pairs[target as usize][0] != Opcode::EndFor as u8 {
                        let target = CodeUnitIdx(target).byte_offset();
                        return Err(VerifyError::ForIterTarget { site, target });
                    }
                    self.reach(target, after, after)?;
                }
            }
            if facts.terminator || !self.arrive(next, after, after)? {
                if !facts.terminator {
                    self.borrows.block_ends(site);
                }
                return Ok(());
            }
            if self.units[next as usize].is_target() {
                self.borrows.block_ends(site);
            }
            (at, depth) = (next, after);
        }
    }
}

/// The depth before each reachable instruction, in code order.
pub(super) fn listed(code: &CodeObject, units: &[Unit]) -> Vec<(Instruction, u32)> {
    code.units()
        .instructions()
        .filter_map(|instruction| Some((instruction, units.get(instruction.start.get())?.depth()?)))
        .collect()
}
