//! Labels: the offsets that jumps and exception handlers lead to, numbered from 1 in ascending order.

use crate::exception_table::ExceptionEntry;
use crate::opcode::JumpKind;
use crate::units::{CodeUnitIdx, CodeUnits};

use super::instruction::{Step, Walk};

/// The labels of a code object. A jump of a damaged code object may lead before its beginning, past its
/// end or into an inline cache; it has its label all the same.
#[derive(Clone, Debug)]
pub struct Labels {
    /// Byte offsets, ascending.
    offsets: Vec<i64>,
}

impl Labels {
    pub(super) fn new(units: CodeUnits<'_>, handlers: &[ExceptionEntry]) -> Self {
        let jumps = Walk::new(units).filter_map(Step::target);
        let bounds = handlers.iter().flat_map(|entry| [entry.start, entry.end, entry.target]);
        let mut offsets: Vec<i64> = jumps.chain(bounds.map(offset_of)).collect();
        offsets.sort_unstable();
        offsets.dedup();
        Self { offsets }
    }

    /// How many labels there are.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether there is no label.
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// The number of the label at a byte offset.
    pub fn at(&self, offset: i64) -> Option<usize> {
        self.offsets.binary_search(&offset).ok().map(|index| index + 1)
    }

    /// The number of the label at a code unit, as `L1`.
    pub(super) fn at_unit(&self, at: CodeUnitIdx) -> Option<usize> {
        self.at(offset_of(at))
    }
}

fn offset_of(at: CodeUnitIdx) -> i64 {
    i64::from(at.0) * 2
}

impl Step {
    /// The byte offset that this instruction's argument leads to, if it is a distance.
    pub(super) fn target(self) -> Option<i64> {
        let arg = i64::from(self.arg?);
        let opcode = self.opcode?;
        let distance = match opcode.jump() {
            JumpKind::None => return None,
            JumpKind::Forward => arg,
            JumpKind::Backward | JumpKind::Origin => -arg,
        };
        Some((i64::from(self.at.0) + 1 + i64::from(opcode.caches()) + distance) * 2)
    }
}
