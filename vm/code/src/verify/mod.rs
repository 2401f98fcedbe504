//! The check whose success an interpreter may rely on: [`VerifiedCode`] lists what is proven, and what
//! is not.
//!
//! Two passes over the code units, each in time proportional to their number, with one word of memory
//! for each: `instructions` takes them in order, reachable or not; `depth` follows control, and on the
//! way `borrows` checks borrowed loads, and `nulls` where NULL may lie. `frame` and `tables` check the rest of
//! the code object. Nothing here executes code, and nothing is learnt of the types of values.

mod borrows;
mod depth;
mod error;
mod facts;
mod frame;
mod instructions;
mod nulls;
mod tables;

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;

use crate::code_object::CodeObject;
use crate::constant::Const;
use crate::localsplus::LocalsPlusIdx;
use crate::units::Instruction;

pub use borrows::{BorrowFault, BorrowFaultKind};
pub use error::{Site, VerifyError};

/// The most slots of a frame: localsplus slots and value stack.
pub const MAX_FRAME_SLOTS: u64 = 1 << 20;

/// A code object that has passed the verifier. There is no other way to make one, and it can't be
/// changed.
///
/// It speaks of this code object only. The code objects among its constants are verified when a function
/// is made of them, which is when their code can first run; [`verify_all`] checks them beforehand.
///
/// # What is proven
///
/// In brackets who may rely on it. The *prologue* is `COPY_FREE_VARS`, then any `MAKE_CELL`, then
/// `RETURN_GENERATOR`, as far as they stand at the beginning.
///
/// Code (fetch and dispatch):
/// 1. `co_code` is not empty, of even length, below 2**31 bytes. Every instruction, reachable or not, has
///    an opcode that compilers write: never a specialised or instrumented form, never one that only the
///    interpreter makes. Its inline cache units exist and are zero.
/// 2. At most three `EXTENDED_ARG` precede an instruction, and one always follows them.
/// 3. Every jump, and every handler, leads to the beginning of an instruction (its first `EXTENDED_ARG`).
///    Control can't run off the end: the last instruction never goes on to the next.
/// 4. A reachable `FOR_ITER` leads to an `END_FOR` without prefix, and the instruction after that is sound
///    with the stack that `END_FOR` leaves; so the interpreter may go past `END_FOR` without pushing.
/// 5. The prologue runs once and unguarded: no jump or handler leads into it.
///
/// Value stack (unchecked push, pop and peek):
///
/// 6. Each reachable instruction has one depth on all paths. It finds as many values as it takes or looks
///    at (`COPY`, `SWAP`, `LIST_APPEND` and the like included), and what it leaves fits `co_stacksize`.
/// 7. A handler begins with the values kept, the offset if its entry asks for it, and the exception, and
///    these fit. Whatever guarded instruction raises, even after taking its inputs, at least the kept
///    values are left: unwinding only pops. `YIELD_VALUE` and `PUSH_EXC_INFO` count as raising before or
///    after, not with inputs taken: `throw()` must push a sent value first, as CPython does.
/// 8. `RETURN_VALUE` finds exactly one value.
/// 9. No instruction finds NULL but where its opcode knows of it: the receiver of a call or of an `__exit__`, keyword
///    arguments that are not there, what `STORE_FAST`, `POP_TOP`, `COPY` and `SWAP` move, and what lies below a display
///    that grows.
/// 10. `YIELD_VALUE 1` (`await`, `yield from`) leaves at least the value that is waited for, which is not NULL. Of
///     its argument the lowest eight bits count.
///
/// Indices (unchecked access to constants, names, slots, operator and intrinsic tables):
///
/// 11. Every argument is in range for what its opcode makes of it: `co_consts`, `co_names`, localsplus,
///     binary and comparison operators, conversions, function attributes, intrinsics (never number 0),
///     common constants, special methods, small integers. An argument that is a count fits 31 bits.
///
/// Frames (allocation, calls, generators):
///
/// 12. Names and kinds of localsplus slots agree in number; each slot is local, cell, both, or free; free
///     variables come last. Arguments, with `*args` and `**kwargs`, are the first slots and local.
///     Slots and `co_stacksize` together are at most [`MAX_FRAME_SLOTS`].
/// 13. `COPY_FREE_VARS` is there exactly if there are free variables, and copies all of them. *Whoever
///     makes a function must give it as many cells.*
/// 14. The slot of a cell instruction is of kind `CELL` or `FREE`. Unless [`Self::is_steady_cell`] denies
///     it, a cell is in it at every instruction after the prologue.
/// 15. `RETURN_GENERATOR` is there exactly if one of `GENERATOR`, `COROUTINE`, `ASYNC_GENERATOR` is set,
///     of which at most one is; it stands in the prologue. Only such code yields, and the unit after
///     `YIELD_VALUE` is a `RESUME`.
/// 16. Unless [`Self::borrow_fault`] tells one, what `LOAD_FAST_BORROW` pushes is gone from the value
///     stack before its slot changes, is never stored in a slot, and never stays on the stack when a
///     basic block ends or a handler is entered. An interpreter that pushes it uncounted must count it
///     wherever an instruction keeps, returns or yields it, or passes it on (`LOAD_SPECIAL`, ...), except
///     `COPY`, `SWAP`, `LOAD_ATTR`, `LOAD_SUPER_ATTR` and `FORMAT_SIMPLE`; must clear a frame's stack
///     before its slots; and must keep what a debugger or `f_locals` overwrites.
///
/// Tables (lookup by binary search, tracebacks):
///
/// 17. The exception table is well-formed, its ranges lie in the code, ascending, disjoint, not empty,
///     and begin and end between instructions; so any unit of an instruction finds the same handler.
/// 18. The linetable is well-formed and covers the code exactly, or is empty.
///
/// # What is not proven
///
/// - Whether a slot is bound: loads must check.
/// - The type of any stack value, constant or cell content: what `LIST_APPEND` appends to, `SEND` sends
///   to, `MAKE_FUNCTION` takes, `POP_EXCEPT` restores, or the names that `CALL_KW` takes.
/// - The integer that `RERAISE` takes for an offset: it may be anything.
/// - That a frame has a namespace for `LOAD_NAME`, `LOAD_LOCALS` and the like.
/// - That a loop ends, or passes an instruction that polls for interrupts.
#[derive(Clone, Debug)]
pub struct VerifiedCode {
    code: Arc<CodeObject>,
    unsteady_cells: Box<[LocalsPlusIdx]>,
    borrow_fault: Option<BorrowFault>,
}

impl VerifiedCode {
    /// Verifies a code object. Code objects among its constants are not looked at.
    pub fn new(code: Arc<CodeObject>) -> Result<Self, VerifyError> {
        let (flow, mut unsteady_cells) = check(&code)?;
        unsteady_cells.sort_unstable();
        unsteady_cells.dedup();
        Ok(Self { code, unsteady_cells: unsteady_cells.into(), borrow_fault: flow.borrow_fault })
    }

    /// The code object.
    pub fn code(&self) -> &Arc<CodeObject> {
        &self.code
    }

    /// Whether a slot of kind `CELL` or `FREE` holds a cell at every instruction after the prologue. Not
    /// so where code stores to the slot itself, as an inlined comprehension does to give a captured
    /// variable its outer cell back: there an interpreter must check.
    pub fn is_steady_cell(&self, slot: LocalsPlusIdx) -> bool {
        self.unsteady_cells.binary_search(&slot).is_err()
    }

    /// The first instruction that breaks the rule of borrowed loads, if any does. Then an interpreter must
    /// execute `LOAD_FAST_BORROW` as `LOAD_FAST`. CPython's compiler writes no such code.
    pub fn borrow_fault(&self) -> Option<BorrowFault> {
        self.borrow_fault
    }

    /// The reachable instructions in code order, each with the depth of the value stack before it.
    pub fn stack_depths(&self) -> Vec<(Instruction, u32)> {
        // It has passed before.
        check(&self.code).map_or_else(|_| Vec::new(), |(flow, _)| depth::listed(&self.code, &flow.units))
    }
}

/// Verifies a code object and all code objects among its constants, however deep. The order of the result
/// is no promise, except that the code object itself comes first.
pub fn verify_all(code: &Arc<CodeObject>) -> Result<Vec<VerifiedCode>, VerifyError> {
    let mut pending = vec![Const::Code(Arc::clone(code))];
    // What is shared is looked at once: a hostile file can nest what it shares.
    let mut seen = HashSet::new();
    let mut verified = Vec::new();
    while let Some(constant) = pending.pop() {
        match constant {
            Const::Code(code) if seen.insert(Arc::as_ptr(&code).cast::<()>() as usize) => {
                pending.extend(code.consts.iter().filter(|constant| may_hold_code(constant)).cloned());
                verified.push(VerifiedCode::new(code)?);
            }
            Const::Tuple(items) if seen.insert(items.address()) => {
                pending.extend(items.iter().filter(|constant| may_hold_code(constant)).cloned());
            }
            _ => {}
        }
    }
    Ok(verified)
}

fn may_hold_code(constant: &Const) -> bool {
    matches!(constant, Const::Code(_) | Const::Tuple(_))
}

impl Deref for VerifiedCode {
    type Target = CodeObject;

    fn deref(&self) -> &CodeObject {
        &self.code
    }
}

fn check(code: &CodeObject) -> Result<(depth::Flow, Vec<LocalsPlusIdx>), VerifyError> {
    let frame = frame::check(code)?;
    let mut scan = instructions::scan(code, &frame)?;
    tables::line_table(code, scan.units.len() as u32)?;
    let entries = tables::exception_entries(code, &mut scan)?;
    let unsteady_cells = std::mem::take(&mut scan.unsteady_cells);
    Ok((depth::check(code, scan, &entries)?, unsteady_cells))
}

/// What is known of a code unit: whether an instruction begins here, whether a jump or a handler leads
/// here, and the depth of the value stack once that is found out.
#[derive(Clone, Copy)]
struct Unit(u32);

impl Unit {
    const INSIDE: Self = Self(0);
    const START: u32 = 1 << 31;
    const TARGET: u32 = 1 << 30;
    const REACHED: u32 = 1 << 29;
    const DEPTH: u32 = Self::REACHED - 1;

    fn mark_start(&mut self) {
        self.0 |= Self::START;
    }

    fn mark_target(&mut self) {
        self.0 |= Self::TARGET;
    }

    fn is_start(self) -> bool {
        self.0 & Self::START != 0
    }

    fn is_target(self) -> bool {
        self.0 & Self::TARGET != 0
    }

    fn depth(self) -> Option<u32> {
        (self.0 & Self::REACHED != 0).then_some(self.0 & Self::DEPTH)
    }

    /// The depth is at most [`MAX_FRAME_SLOTS`].
    fn set_depth(&mut self, depth: u32) {
        self.0 |= Self::REACHED | depth & Self::DEPTH;
    }
}

const _: () = assert!(MAX_FRAME_SLOTS <= Unit::DEPTH as u64);

#[cfg(test)]
mod tests;
