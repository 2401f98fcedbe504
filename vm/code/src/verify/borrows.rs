//! Whether borrowed loads are safe: whether what `LOAD_FAST_BORROW` pushes without counting is gone from
//! the value stack before its slot changes.
//!
//! The format promises nothing of the kind; CPython's compiler sees to it (Python/flowgraph.c,
//! `optimize_load_fast`). The rule here is the same, except that it takes basic blocks as they lie in the
//! finished code. While a borrowed value of slot x is on the stack,
//!
//! - no instruction stores to x, deletes or clears it, or makes a cell in it;
//! - the value is not itself stored in a slot;
//! - the block does not end, and no handler that keeps this part of the stack guards the instruction.
//!
//! `COPY`, `SWAP`, the loads of methods and `FORMAT_SIMPLE` may pass a borrowed value on as it is.

use super::error::Site;
use super::facts::RefEffect;
use crate::localsplus::LocalsPlusIdx;

/// How many borrowed values are followed at a time. Code that has more is reported as unsafe; so the work
/// for each instruction is bounded. CPython's library never has more than 24.
const MAX_LIVE: usize = 256;

/// Why borrowed loads of a code object can't be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BorrowFault {
    /// The instruction that breaks the rule.
    pub site: Site,
    /// The slot of the borrowed value.
    pub slot: LocalsPlusIdx,
    /// What it does.
    pub kind: BorrowFaultKind,
}

/// What breaks the rule of borrowed loads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BorrowFaultKind {
    /// The slot changes while the value is on the stack.
    SlotChanged,
    /// The value is stored in a slot.
    Stored,
    /// The basic block ends while the value is on the stack.
    BlockEnds,
    /// A handler would keep the value on the stack.
    KeptByHandler,
    /// More borrowed values than are followed.
    TooMany,
}

#[derive(Clone, Copy)]
struct Live {
    /// Where it lies on the value stack, from the bottom.
    position: u32,
    slot: LocalsPlusIdx,
}

/// The borrowed values on the value stack, within a basic block.
#[derive(Default)]
pub(super) struct Borrows {
    /// By ascending position.
    live: Vec<Live>,
    fault: Option<BorrowFault>,
}

impl Borrows {
    pub(super) fn fault(&self) -> Option<BorrowFault> {
        self.fault
    }

    /// A basic block begins.
    pub(super) fn begin(&mut self) {
        self.live.clear();
    }

    /// The basic block ends after this instruction.
    #[inline]
    pub(super) fn block_ends(&mut self, site: Site) {
        if let Some(&Live { slot, .. }) = self.live.first() {
            self.fail(site, slot, BorrowFaultKind::BlockEnds);
            self.live.clear();
        }
    }

    /// The instruction is guarded by a handler that keeps so many values.
    #[inline]
    pub(super) fn guarded(&mut self, site: Site, kept: u32) {
        if let Some(&Live { position, slot }) = self.live.first()
            && position < kept
        {
            self.fail(site, slot, BorrowFaultKind::KeptByHandler);
        }
    }

    /// An instruction: the depth before it, how many values it takes, the depth after it.
    #[inline]
    pub(super) fn step(
        &mut self,
        effect: RefEffect,
        site: Site,
        arg: u32,
        depth: u32,
        taken: u32,
        after: u32,
    ) {
        if self.live.is_empty() && !matches!(effect, RefEffect::Borrow | RefEffect::BorrowPair) {
            return;
        }
        self.apply(effect, site, arg, depth, taken, after);
    }

    fn apply(&mut self, effect: RefEffect, site: Site, arg: u32, depth: u32, taken: u32, after: u32) {
        match effect {
            RefEffect::Plain => self.take(depth - taken),
            RefEffect::Borrow => self.push(site, depth, arg),
            RefEffect::BorrowPair => {
                self.push(site, depth, arg >> 4);
                self.push(site, depth + 1, arg & 15);
            }
            RefEffect::Copy => {
                if let Some(slot) = self.at(depth - arg) {
                    self.push(site, depth, slot.0);
                }
            }
            RefEffect::Swap => self.swap(depth - arg, depth - 1),
            RefEffect::Store => self.store(site, depth, arg),
            RefEffect::StoreLoad => self.store(site, depth, arg >> 4),
            RefEffect::StorePair => {
                self.store(site, depth, arg >> 4);
                self.store(site, depth - 1, arg & 15);
            }
            RefEffect::Kill => self.kill(site, arg),
            RefEffect::MethodLoad | RefEffect::PassOn => {
                let input = self.at(depth - 1);
                self.take(depth - taken);
                if let Some(slot) = input
                    && (effect == RefEffect::PassOn || arg & 1 == 1)
                {
                    self.push(site, after - 1, slot.0);
                }
            }
        }
    }

    /// The stack shrinks to this depth.
    fn take(&mut self, depth: u32) {
        while self.live.last().is_some_and(|live| live.position >= depth) {
            self.live.pop();
        }
    }

    fn push(&mut self, site: Site, position: u32, slot: u32) {
        let slot = LocalsPlusIdx(slot);
        if self.live.len() == MAX_LIVE {
            self.fail(site, slot, BorrowFaultKind::TooMany);
            return;
        }
        self.live.push(Live { position, slot });
    }

    fn find(&self, position: u32) -> Result<usize, usize> {
        self.live.binary_search_by_key(&position, |live| live.position)
    }

    fn at(&self, position: u32) -> Option<LocalsPlusIdx> {
        self.find(position).ok().map(|found| self.live[found].slot)
    }

    fn swap(&mut self, low: u32, high: u32) {
        match (self.find(low), self.find(high)) {
            (Ok(low), Ok(high)) => {
                (self.live[low].slot, self.live[high].slot) = (self.live[high].slot, self.live[low].slot);
            }
            (Ok(from), Err(_)) => {
                let Live { slot, .. } = self.live.remove(from);
                self.live.push(Live { position: high, slot });
            }
            (Err(to), Ok(from)) => {
                let Live { slot, .. } = self.live.remove(from);
                self.live.insert(to, Live { position: low, slot });
            }
            (Err(_), Err(_)) => {}
        }
    }

    fn store(&mut self, site: Site, depth: u32, slot: u32) {
        if let Some(stored) = self.at(depth - 1) {
            self.fail(site, stored, BorrowFaultKind::Stored);
        }
        self.take(depth - 1);
        self.kill(site, slot);
    }

    fn kill(&mut self, site: Site, slot: u32) {
        let slot = LocalsPlusIdx(slot);
        if self.live.iter().any(|live| live.slot == slot) {
            self.fail(site, slot, BorrowFaultKind::SlotChanged);
        }
    }

    /// Keeps the first fault.
    #[cold]
    fn fail(&mut self, site: Site, slot: LocalsPlusIdx, kind: BorrowFaultKind) {
        self.fault.get_or_insert(BorrowFault { site, slot, kind });
    }
}
