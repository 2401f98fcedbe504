//! What the verifier refuses: [`VerifyError`], and [`Site`], the place of an instruction in messages.
//! It decides nothing.

use std::fmt;

use crate::exception_table::ExceptionTableError;
use crate::linetable::LineTableError;
use crate::localsplus::LocalsPlusIdx;
use crate::opcode::Opcode;
use crate::units::ByteOffset;

/// An instruction, for messages: the byte offset at which it begins (its first `EXTENDED_ARG` if it has
/// any) and its opcode.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Site {
    /// Where the instruction begins.
    pub at: ByteOffset,
    /// Its opcode.
    pub opcode: Opcode,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}, {}", self.at, self.opcode.name())
    }
}

/// Why a code object is refused. The remedy is the same for all: the code object is damaged or was not
/// made by a compiler for CPython 3.14, so compile the source again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VerifyError {
    /// Positional-only parameters are counted among the positional ones.
    #[error("{posonly} positional-only parameters, but only {positional} positional ones")]
    PositionalOnly {
        /// `co_posonlyargcount`
        posonly: u32,
        /// `co_argcount`
        positional: u32,
    },
    /// `co_localsplusnames` and `co_localspluskinds` differ in length.
    #[error("{names} localsplus names, but {kinds} kinds")]
    KindsLength {
        /// How many names there are.
        names: usize,
        /// How many kinds there are.
        kinds: usize,
    },
    /// A slot is none of local, cell and free variable, or is free and something else too.
    #[error("localsplus slot {slot} has kind {kind:#04x}, which is not local, cell, local and cell, or free")]
    SlotKind {
        /// The slot.
        slot: LocalsPlusIdx,
        /// Its byte in `co_localspluskinds`.
        kind: u8,
    },
    /// The free variables must be the last slots.
    #[error("localsplus slot {slot} is not a free variable, but the slot before it is")]
    SlotOrder {
        /// The first slot that is out of order.
        slot: LocalsPlusIdx,
    },
    /// The arguments must be the first slots, all of them local.
    #[error("{arguments} arguments, but only the first {locals} localsplus slots are local")]
    Arguments {
        /// Positional and keyword-only parameters, `*args` and `**kwargs`.
        arguments: u64,
        /// How many slots there are before the first that is not local.
        locals: u64,
    },
    /// A frame would need too many slots.
    #[error("a frame of {slots} slots, the most is {}", super::MAX_FRAME_SLOTS)]
    FrameSize {
        /// Localsplus slots and `co_stacksize`.
        slots: u64,
    },
    /// `co_flags` says two of generator, coroutine and asynchronous generator.
    #[error("flags {flags:#x} name more than one of GENERATOR, COROUTINE and ASYNC_GENERATOR")]
    GeneratorFlags {
        /// `co_flags`
        flags: u32,
    },

    /// There is no code.
    #[error("co_code is empty")]
    Empty,
    /// A code unit is two bytes.
    #[error("co_code has {length} bytes, an odd number")]
    OddLength {
        /// How many bytes.
        length: usize,
    },
    /// Offsets must fit a C `int`.
    #[error("co_code has {length} bytes, the most is 2**31 - 1")]
    TooLong {
        /// How many bytes.
        length: usize,
    },
    /// CPython 3.14 has no opcode of this number.
    #[error("byte {at}: no opcode has the number {number}")]
    UnknownOpcode {
        /// Where the code unit lies.
        at: ByteOffset,
        /// The opcode's number.
        number: u8,
    },
    /// A specialised or instrumented form, or an opcode that only the interpreter makes.
    #[error("{site}: no compiler writes this opcode, it is made while code runs")]
    NotStored {
        /// The instruction.
        site: Site,
    },
    /// More than three `EXTENDED_ARG`.
    #[error("byte {at}: more than three EXTENDED_ARG in a row")]
    ExtendedArgs {
        /// The first of them.
        at: ByteOffset,
    },
    /// `EXTENDED_ARG` as the last code unit.
    #[error("byte {at}: the code ends after EXTENDED_ARG")]
    DanglingExtendedArg {
        /// The first of the prefixes.
        at: ByteOffset,
    },
    /// Inline caches are missing or used.
    #[error("{site}: the {count} code units of inline cache that follow must exist and be zero")]
    Caches {
        /// The instruction.
        site: Site,
        /// How many it has.
        count: u8,
    },
    /// The last instruction lets control go on.
    #[error("{site}: control runs off the end of the code")]
    RunsOffEnd {
        /// The last instruction.
        site: Site,
    },

    /// An index into one of the tables of the code object is out of range.
    #[error("{site}: index {index} into {table}, which has {length} items")]
    Index {
        /// The instruction.
        site: Site,
        /// The index.
        index: u32,
        /// `co_consts`, `co_names` or `localsplus`.
        table: &'static str,
        /// How many items there are.
        length: u32,
    },
    /// The argument is not one that the opcode can have.
    #[error("{site}: argument {arg}, must be {expected}")]
    Argument {
        /// The instruction.
        site: Site,
        /// The argument.
        arg: u32,
        /// What it may be.
        expected: &'static str,
    },
    /// The slot of a cell instruction is not a cell.
    #[error("{site}: localsplus slot {slot} is neither a cell nor a free variable")]
    NotACell {
        /// The instruction.
        site: Site,
        /// The slot.
        slot: LocalsPlusIdx,
    },
    /// `COPY_FREE_VARS` or `RETURN_GENERATOR` after the prologue, or twice.
    #[error(
        "{site}: belongs to the prologue only, once: COPY_FREE_VARS, then MAKE_CELL, then RETURN_GENERATOR"
    )]
    Misplaced {
        /// The instruction.
        site: Site,
    },
    /// Free variables need `COPY_FREE_VARS` for all of them.
    #[error("{free} free variables, but COPY_FREE_VARS at the beginning copies {copied}")]
    FreeVars {
        /// How many slots are free variables.
        free: u32,
        /// How many are copied, 0 without the instruction.
        copied: u32,
    },
    /// Flags of a generator without `RETURN_GENERATOR`, or the other way round.
    #[error("flags {flags:#x} and the prologue disagree on whether this is a generator or coroutine")]
    ReturnGenerator {
        /// `co_flags`
        flags: u32,
    },
    /// Only a generator, coroutine or asynchronous generator can yield.
    #[error("{site}: outside a generator or coroutine")]
    YieldOutside {
        /// The instruction.
        site: Site,
    },
    /// A suspended frame goes on at a `RESUME`.
    #[error("{site}: no RESUME follows")]
    YieldWithoutResume {
        /// The instruction.
        site: Site,
    },

    /// A jump, or the argument of `END_ASYNC_FOR`, leads out of the code.
    #[error("{site}: leads to byte {target}, outside the code")]
    JumpOutside {
        /// The instruction.
        site: Site,
        /// The byte offset that it leads to.
        target: i64,
    },
    /// A jump leads into an instruction.
    #[error("{site}: leads to byte {target}, where no instruction begins")]
    JumpInside {
        /// The instruction.
        site: Site,
        /// The byte offset that it leads to.
        target: ByteOffset,
    },
    /// A jump or an exception handler leads back into the prologue.
    #[error("byte {at}: a jump or exception handler leads into the prologue, which must run once")]
    IntoPrologue {
        /// Where it leads to.
        at: ByteOffset,
    },
    /// `FOR_ITER` must lead to `END_FOR`.
    #[error("{site}: leads to byte {target}, which must be an END_FOR without prefix")]
    ForIterTarget {
        /// The instruction.
        site: Site,
        /// Where it leads to.
        target: ByteOffset,
    },

    /// The value stack holds less than the instruction takes.
    #[error("{site}: takes {needs} values from a stack of {depth}")]
    Underflow {
        /// The instruction.
        site: Site,
        /// The depth before it.
        depth: u32,
        /// How many values it takes or looks at.
        needs: i64,
    },
    /// The value stack would hold more than `co_stacksize`.
    #[error("{site}: the stack grows to {depth}, co_stacksize is {stacksize}")]
    Overflow {
        /// The instruction.
        site: Site,
        /// The depth after it.
        depth: i64,
        /// `co_stacksize`
        stacksize: u32,
    },
    /// Two paths meet with different depths.
    #[error("byte {at}: reached with a stack of {first} and with one of {second}")]
    DepthMismatch {
        /// Where they meet.
        at: ByteOffset,
        /// The depth found first.
        first: u32,
        /// The other one.
        second: u32,
    },
    /// An instruction would take NULL for a value.
    #[error("{site}: takes a value that may be NULL")]
    Null {
        /// The instruction.
        site: Site,
    },
    /// Two paths meet, and only the second may have NULL at some place of the stack.
    #[error("byte {at}: reached with NULL at other places of the stack than before")]
    NullMismatch {
        /// Where they meet.
        at: ByteOffset,
    },
    /// A return leaves values behind.
    #[error("{site}: the stack holds {depth} values, must hold the returned one only")]
    ReturnDepth {
        /// The instruction.
        site: Site,
        /// The depth before it.
        depth: u32,
    },

    /// The exception table is malformed.
    #[error("{0}")]
    ExceptionTable(#[from] ExceptionTableError),
    /// A guarded range is empty, out of order, or leaves the code.
    #[error(
        "exception table entry {entry}: bytes {start} to {end} are empty, before the last entry, or outside"
    )]
    HandlerRange {
        /// Index of the entry.
        entry: u32,
        /// Where the range begins.
        start: ByteOffset,
        /// Where it ends.
        end: ByteOffset,
    },
    /// The range or the handler does not begin or end where an instruction does.
    #[error("exception table entry {entry}: no instruction begins at byte {at}")]
    HandlerInside {
        /// Index of the entry.
        entry: u32,
        /// Where it points to.
        at: ByteOffset,
    },
    /// A prologue instruction is guarded.
    #[error("exception table entry {entry}: guards the prologue")]
    GuardedPrologue {
        /// Index of the entry.
        entry: u32,
    },
    /// The handler begins with more values than the stack can hold.
    #[error(
        "exception table entry {entry}: the handler begins with {depth} values, co_stacksize is {stacksize}"
    )]
    HandlerDepth {
        /// Index of the entry.
        entry: u32,
        /// The kept values, the offset if asked for, and the exception.
        depth: u64,
        /// `co_stacksize`
        stacksize: u32,
    },
    /// Unwinding to the handler would have to push.
    #[error("{site}: may raise with {depth} values left, its handler expects {expected}")]
    UnwindDepth {
        /// The guarded instruction.
        site: Site,
        /// The depth once the instruction has taken its values.
        depth: i64,
        /// The depth to unwind to.
        expected: u32,
    },

    /// The linetable is malformed.
    #[error("{0}")]
    LineTable(#[from] LineTableError),
    /// The linetable covers more or fewer code units than there are.
    #[error("the linetable covers {covered} code units of {units}")]
    LineTableLength {
        /// How many it covers.
        covered: u64,
        /// How many there are.
        units: u32,
    },
}
