//! Where the value stack may hold NULL, which is no value: only instructions that know of it may find one.
//!
//! A NULL comes from the instructions that prepare calls, for the receiver that is not there, and from
//! `LOAD_FAST_AND_CLEAR`, for a slot that was not bound. `COPY` and `SWAP` pass it on. Calls take it where the
//! receiver stands, `STORE_FAST` puts it back into a slot, `POP_TOP` drops it. Where runs of code meet,
//! there may be NULLs only where the run that came first had them, which holds for what compilers write.

use std::collections::HashMap;

use crate::opcode::Opcode;

/// How many places that may be NULL are followed at a time, so that the work for each instruction is bounded.
/// CPython's compiler makes at most a few for each call and comprehension that are open.
pub(super) const MAX_NULLS: usize = 4096;

/// The places on the value stack that may be NULL, from the bottom.
#[derive(Default)]
pub(super) struct Nulls {
    /// Ascending.
    live: Vec<u32>,
    /// Where jumps and handlers lead to and there are any.
    known: HashMap<u32, Box<[u32]>>,
}

impl Nulls {
    /// A run of code begins at a unit that was reached before.
    pub(super) fn begin(&mut self, at: u32) {
        self.live.clear();
        if let Some(known) = self.known.get(&at) {
            self.live.extend_from_slice(known);
        }
    }

    /// Control leads to the unit `at` for the first time, with the lowest `kept` values.
    #[inline]
    pub(super) fn first(&mut self, at: u32, kept: u32) {
        if !self.live.is_empty() {
            let kept = self.live.partition_point(|&place| place < kept);
            if kept > 0 {
                self.known.insert(at, self.live[..kept].into());
            }
        }
    }

    /// The same, not for the first time; false if there may be a NULL where there was none.
    #[inline]
    pub(super) fn again(&self, at: u32, kept: u32) -> bool {
        self.live.is_empty() || self.is_known(at, kept)
    }

    fn is_known(&self, at: u32, kept: u32) -> bool {
        let known = self.known.get(&at).map_or(&[][..], |known| known);
        self.live.iter().take_while(|&&place| place < kept).all(|place| known.binary_search(place).is_ok())
    }

    /// Whether there may be NULL at a place, from the bottom.
    pub(super) fn may_be_null(&self, place: u32) -> bool {
        self.live.binary_search(&place).is_ok()
    }

    /// An instruction: the depth before it, how many values it takes or looks at, how many of them it takes,
    /// the depth after it. False if it would find a NULL that it must not.
    #[inline]
    pub(super) fn step(
        &mut self,
        opcode: Opcode,
        arg: u32,
        depth: u32,
        popped: u32,
        taken: u32,
        after: u32,
    ) -> bool {
        if self.live.last().is_some_and(|&place| place >= depth - popped) {
            if opcode == Opcode::Swap {
                self.swap(depth - arg, depth - 1);
                return true;
            }
            if !self.is_allowed(opcode, arg, depth, depth - popped) {
                return false;
            }
            if opcode == Opcode::Copy {
                if self.live.binary_search(&(depth - arg)).is_ok() {
                    self.live.push(depth);
                }
                return self.live.len() <= MAX_NULLS;
            }
            let left = depth - taken;
            while self.live.last().is_some_and(|&place| place >= left) {
                self.live.pop();
            }
        }
        if makes_null(opcode, arg) {
            self.live.push(after - 1);
            return self.live.len() <= MAX_NULLS;
        }
        true
    }

    fn is_allowed(&self, opcode: Opcode, arg: u32, depth: u32, lowest: u32) -> bool {
        let places = self.live.iter().rev().take_while(|&&place| place >= lowest);
        places.into_iter().all(|&place| may_find_null(opcode, arg, depth - 1 - place))
    }

    fn swap(&mut self, low: u32, high: u32) {
        match (self.live.binary_search(&low), self.live.binary_search(&high)) {
            (Ok(index), Err(to)) => {
                self.live[index..to].rotate_left(1);
                self.live[to - 1] = high;
            }
            (Err(to), Ok(index)) => {
                self.live[to..=index].rotate_right(1);
                self.live[to] = low;
            }
            _ => {}
        }
    }
}

/// Whether what an instruction pushes last may be NULL.
#[inline]
const fn makes_null(opcode: Opcode, arg: u32) -> bool {
    match opcode {
        Opcode::PushNull | Opcode::LoadFastAndClear | Opcode::LoadSpecial => true,
        Opcode::LoadGlobal | Opcode::LoadAttr | Opcode::LoadSuperAttr => arg & 1 == 1,
        _ => false,
    }
}

/// Whether an instruction can do with NULL at a place below the top, 0 for the top itself.
const fn may_find_null(opcode: Opcode, arg: u32, place: u32) -> bool {
    match opcode {
        Opcode::Copy | Opcode::Swap => true,
        Opcode::PopTop | Opcode::StoreFast => place == 0,
        // The receiver.
        Opcode::Call => place == arg,
        Opcode::CallKw => place == arg + 1,
        Opcode::WithExceptStart => place == 3,
        // The receiver; keyword arguments that are not there.
        Opcode::CallFunctionEx => place == 2 || place == 0,
        Opcode::DictMerge => place == arg + 2,
        // What lies between a display and its new item.
        Opcode::ListAppend | Opcode::SetAdd | Opcode::ListExtend | Opcode::SetUpdate | Opcode::DictUpdate => {
            place > 0 && place < arg
        }
        Opcode::MapAdd => place > 1 && place < arg + 1,
        _ => false,
    }
}
