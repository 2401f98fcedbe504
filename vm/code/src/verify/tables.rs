//! Checks the linetable and the exception table against the instructions. What a handler's depth must
//! be is checked with the value stack.

use super::VerifyError;
use super::instructions::Scan;
use crate::code_object::CodeObject;
use crate::exception_table::ExceptionEntry;
use crate::units::CodeUnitIdx;

/// The entries of the exception table, in order and disjoint. Marks their handlers as targets.
pub(super) fn exception_entries(
    code: &CodeObject,
    scan: &mut Scan,
) -> Result<Vec<ExceptionEntry>, VerifyError> {
    let mut entries = Vec::new();
    let length = scan.units.len();
    let mut last_end = CodeUnitIdx(0);
    for (index, entry) in code.exception_table().entries().enumerate() {
        let (ExceptionEntry { start, end, target, depth, lasti }, index) = (entry?, index as u32);
        if start < last_end || end <= start || end.get() > length {
            let (start, end) = (start.byte_offset(), end.byte_offset());
            return Err(VerifyError::HandlerRange { entry: index, start, end });
        }
        let begins = |at: CodeUnitIdx| scan.units.get(at.get()).is_some_and(|unit| unit.is_start());
        for (at, may_be_last) in [(start, false), (end, true), (target, false)] {
            if !(begins(at) || may_be_last && at.get() == length) {
                return Err(VerifyError::HandlerInside { entry: index, at: at.byte_offset() });
            }
        }
        if start.0 < scan.prologue_end {
            return Err(VerifyError::GuardedPrologue { entry: index });
        }
        if target.0 < scan.prologue_end {
            return Err(VerifyError::IntoPrologue { at: target.byte_offset() });
        }
        let depth = u64::from(depth) + u64::from(lasti) + 1;
        if depth > u64::from(code.stacksize) {
            return Err(VerifyError::HandlerDepth { entry: index, depth, stacksize: code.stacksize });
        }
        scan.units[target.get()].mark_target();
        last_end = end;
        entries.push(ExceptionEntry {
            start,
            end,
            target,
            depth: (depth - u64::from(lasti) - 1) as u32,
            lasti,
        });
    }
    Ok(entries)
}

/// The linetable must cover the code exactly. An empty one is allowed: `code.replace(co_linetable=b'')`
/// is how Python programs drop positions.
pub(super) fn line_table(code: &CodeObject, units: u32) -> Result<(), VerifyError> {
    if code.linetable.is_empty() {
        return Ok(());
    }
    let mut covered = CodeUnitIdx(0);
    for entry in code.line_table().entries() {
        covered = entry?.end;
    }
    if covered.0 != units {
        return Err(VerifyError::LineTableLength { covered: u64::from(covered.0), units });
    }
    Ok(())
}
