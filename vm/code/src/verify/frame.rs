//! Checks what does not depend on the code: argument counts, flags, and the kinds of localsplus slots.
//!
//! CPython: Objects/codeobject.c, `_PyCode_Validate`, which checks less.

use super::{MAX_FRAME_SLOTS, VerifyError};
use crate::code_object::CodeObject;
use crate::flags::CodeFlags;
use crate::localsplus::{LocalKind, LocalsPlusIdx};

/// Flags of code whose call makes a generator, coroutine or asynchronous generator.
const GENERATORS: CodeFlags =
    CodeFlags::GENERATOR.union(CodeFlags::COROUTINE).union(CodeFlags::ASYNC_GENERATOR);

/// What the other parts of the verifier ask about the frame.
pub(super) struct FrameShape {
    /// How many localsplus slots there are.
    pub(super) slots: u32,
    /// How many of them, the last ones, are free variables.
    pub(super) free: u32,
    /// Whether any slot is a cell that this code makes.
    pub(super) has_cells: bool,
    /// Whether a call makes a generator or the like.
    pub(super) is_generator: bool,
}

pub(super) fn check(code: &CodeObject) -> Result<FrameShape, VerifyError> {
    if code.posonlyargcount > code.argcount {
        return Err(VerifyError::PositionalOnly { posonly: code.posonlyargcount, positional: code.argcount });
    }
    let kinds: &[u8] = &code.localspluskinds;
    let names = code.localsplusnames.len();
    if names != kinds.len() {
        return Err(VerifyError::KindsLength { names, kinds: kinds.len() });
    }
    let frame_size = kinds.len() as u64 + u64::from(code.stacksize);
    if frame_size > MAX_FRAME_SLOTS {
        return Err(VerifyError::FrameSize { slots: frame_size });
    }
    let (mut free, mut has_cells) = (0, false);
    for (index, &kind) in kinds.iter().enumerate() {
        let slot = LocalsPlusIdx(index as u32);
        let bits = LocalKind::from_bits_retain(kind);
        let is_free = bits.contains(LocalKind::FREE);
        let is_cell = bits.contains(LocalKind::CELL);
        let is_local = bits.contains(LocalKind::LOCAL);
        if is_free == (is_cell || is_local) {
            return Err(VerifyError::SlotKind { slot, kind });
        }
        if free > 0 && !is_free {
            return Err(VerifyError::SlotOrder { slot });
        }
        free += u32::from(is_free);
        has_cells |= is_cell;
    }
    let arguments = u64::from(code.argcount)
        + u64::from(code.kwonlyargcount)
        + u64::from(code.flags.contains(CodeFlags::VARARGS))
        + u64::from(code.flags.contains(CodeFlags::VARKEYWORDS));
    let local = |&&kind: &&u8| LocalKind::from_bits_retain(kind).contains(LocalKind::LOCAL);
    let locals = kinds.iter().take_while(local).count() as u64;
    if arguments > locals {
        return Err(VerifyError::Arguments { arguments, locals });
    }
    let generator = code.flags.intersection(GENERATORS);
    if generator.bits().count_ones() > 1 {
        return Err(VerifyError::GeneratorFlags { flags: code.flags.bits() });
    }
    Ok(FrameShape { slots: kinds.len() as u32, free, has_cells, is_generator: !generator.is_empty() })
}
