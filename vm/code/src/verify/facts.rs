//! What the verifier looks up for each opcode number: a table made at compile time from the generated
//! facts of [`crate::opcode`], and the little that they do not say.

use crate::opcode::{ArgKind, JumpKind, Opcode};

/// What becomes of an instruction's inputs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inputs {
    /// All are taken from the stack, then results are pushed.
    Taken,
    /// All but the lowest are taken.
    LowestStays,
    /// Only as many are taken as the stack shrinks by; the others are looked at or exchanged.
    Stay,
    /// All are taken, but nothing is raised before results are pushed.
    TakenUnraised,
}

/// What an instruction does with localsplus slots or with references that it passes on: what the check
/// of borrowed loads must know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RefEffect {
    /// Takes inputs, pushes counted results.
    Plain,
    Borrow,
    BorrowPair,
    Copy,
    Swap,
    Store,
    StoreLoad,
    StorePair,
    /// Overwrites the slot, or moves its value away.
    Kill,
    /// May push its highest input again above its result if bit 0 of the argument is set.
    MethodLoad,
    /// May push its only input as its result.
    PassOn,
}

/// What an argument, shifted right by [`OpFacts::shift`], must be less than.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// 2**31
    Any,
    Consts,
    Names,
    Slots,
    BinaryOperators,
    CompareOperators,
    Intrinsics1,
    Intrinsics2,
    CommonConstants,
    SpecialMethods,
    SmallInts,
    Two,
}

impl Bound {
    pub(super) const COUNT: usize = Self::Two as usize + 1;
}

/// How the stack changes.
#[derive(Clone, Copy)]
pub(super) enum StackEffect {
    /// `popped + arg * popped_each`, and the same for `pushed`.
    Linear { popped: u8, popped_each: u8, pushed: u8, pushed_each: u8 },
    /// Something else: ask [`Opcode::popped`] and [`Opcode::pushed`].
    Other,
}

#[derive(Clone, Copy)]
pub(super) struct OpFacts {
    /// `None`: no opcode has this number.
    pub(super) opcode: Option<Opcode>,
    /// Whether compilers write it.
    pub(super) stored: bool,
    pub(super) caches: u8,
    pub(super) shift: u8,
    pub(super) bound: Bound,
    /// Whether there is more to check than the bound, or something to note.
    pub(super) special: bool,
    pub(super) jump: JumpKind,
    pub(super) terminator: bool,
    pub(super) effect: StackEffect,
    pub(super) inputs: Inputs,
    pub(super) refs: RefEffect,
}

impl OpFacts {
    /// How many values an instruction takes or looks at, and how many it leaves in their place.
    #[inline]
    pub(super) fn effect(&self, opcode: Opcode, arg: u32) -> (i64, i64) {
        let arg = i64::from(arg);
        match self.effect {
            StackEffect::Linear { popped, popped_each, pushed, pushed_each } => (
                i64::from(popped) + arg * i64::from(popped_each),
                i64::from(pushed) + arg * i64::from(pushed_each),
            ),
            StackEffect::Other => (opcode.popped(arg), opcode.pushed(arg)),
        }
    }

    /// How many values an instruction takes from the stack.
    #[inline]
    pub(super) fn taken(&self, popped: i64, pushed: i64) -> i64 {
        match self.inputs {
            Inputs::Taken | Inputs::TakenUnraised => popped,
            Inputs::LowestStays => popped - 1,
            Inputs::Stay => (popped - pushed).max(0),
        }
    }

    /// How far an instruction that takes so many values may have lowered the stack when it raises.
    #[inline]
    pub(super) fn lowered(&self, taken: i64) -> i64 {
        if self.inputs == Inputs::TakenUnraised { 0 } else { taken }
    }
}

/// The facts by opcode number.
pub(super) static FACTS: [OpFacts; 256] = {
    let mut facts = [facts_of(0); 256];
    let mut number = 0;
    while number < 256 {
        facts[number] = facts_of(number as u8);
        number += 1;
    }
    facts
};

const fn facts_of(number: u8) -> OpFacts {
    let Some(opcode) = Opcode::from_u8(number) else {
        return OpFacts {
            opcode: None,
            stored: false,
            caches: 0,
            shift: 0,
            bound: Bound::Any,
            special: false,
            jump: JumpKind::None,
            terminator: false,
            effect: StackEffect::Linear { popped: 0, popped_each: 0, pushed: 0, pushed_each: 0 },
            inputs: Inputs::Taken,
            refs: RefEffect::Plain,
        };
    };
    let (shift, bound) = bound_of(arg_kind(opcode));
    OpFacts {
        opcode: Some(opcode),
        stored: is_stored(opcode),
        caches: opcode.caches(),
        shift,
        bound,
        special: is_special(opcode),
        jump: opcode.jump(),
        terminator: opcode.is_terminator(),
        effect: effect_of(opcode),
        inputs: inputs_of(opcode),
        refs: refs_of(opcode),
    }
}

/// What the argument means.
pub(super) const fn arg_kind(opcode: Opcode) -> ArgKind {
    match opcode {
        // The metadata calls its slot a local; what it reads is the cell in it.
        Opcode::LoadDeref => ArgKind::Free,
        _ => opcode.arg_kind(),
    }
}

const fn bound_of(kind: ArgKind) -> (u8, Bound) {
    match kind {
        ArgKind::Const => (0, Bound::Consts),
        ArgKind::Name => (0, Bound::Names),
        ArgKind::NameShift1 => (1, Bound::Names),
        ArgKind::NameShift2 => (2, Bound::Names),
        ArgKind::Local | ArgKind::Free => (0, Bound::Slots),
        // The second slot is looked at too.
        ArgKind::LocalPair => (4, Bound::Slots),
        ArgKind::BinaryOp => (0, Bound::BinaryOperators),
        ArgKind::Compare => (5, Bound::CompareOperators),
        ArgKind::Intrinsic1 => (0, Bound::Intrinsics1),
        ArgKind::Intrinsic2 => (0, Bound::Intrinsics2),
        ArgKind::CommonConstant => (0, Bound::CommonConstants),
        ArgKind::SpecialMethod => (0, Bound::SpecialMethods),
        ArgKind::SmallInt => (0, Bound::SmallInts),
        ArgKind::Invert => (0, Bound::Two),
        ArgKind::None | ArgKind::Raw | ArgKind::Jump | ArgKind::Conversion | ArgKind::FunctionAttribute => {
            (0, Bound::Any)
        }
    }
}

/// The opcodes that `instructions` has a case for.
const fn is_special(opcode: Opcode) -> bool {
    match arg_kind(opcode) {
        ArgKind::LocalPair
        | ArgKind::Free
        | ArgKind::Conversion
        | ArgKind::FunctionAttribute
        | ArgKind::Intrinsic1
        | ArgKind::Intrinsic2 => true,
        ArgKind::Local => {
            matches!(opcode, Opcode::StoreFast | Opcode::DeleteFast | Opcode::LoadFastAndClear)
        }
        ArgKind::Raw => !matches!(
            opcode,
            Opcode::Call
                | Opcode::CallKw
                | Opcode::BuildList
                | Opcode::BuildMap
                | Opcode::BuildSet
                | Opcode::BuildString
                | Opcode::BuildTuple
                | Opcode::MatchClass
                | Opcode::UnpackEx
                | Opcode::UnpackSequence
        ),
        ArgKind::None => matches!(opcode, Opcode::ReturnGenerator),
        _ => false,
    }
}

/// `CACHE` and `EXTENDED_ARG` belong to an instruction, they are none; the others left out here are made
/// by the interpreter (Python/specialize.c, Python/instrumentation.c, Python/pylifecycle.c).
const fn is_stored(opcode: Opcode) -> bool {
    !opcode.is_specialized()
        && !opcode.is_instrumented()
        && !matches!(
            opcode,
            Opcode::Cache
                | Opcode::ExtendedArg
                | Opcode::Reserved
                | Opcode::InterpreterExit
                | Opcode::EnterExecutor
                | Opcode::ExitInitCheck
        )
}

const fn effect_of(opcode: Opcode) -> StackEffect {
    let (popped, pushed) = (opcode.popped(0), opcode.pushed(0));
    let (popped_each, pushed_each) = (opcode.popped(1) - popped, opcode.pushed(1) - pushed);
    let probes = [2, 3, 255, 256, 0x1234, 0x1000_0001];
    let mut at = 0;
    while at < probes.len() {
        let arg = probes[at];
        if opcode.popped(arg) != popped + popped_each * arg
            || opcode.pushed(arg) != pushed + pushed_each * arg
        {
            return StackEffect::Other;
        }
        at += 1;
    }
    StackEffect::Linear {
        popped: popped as u8,
        popped_each: popped_each as u8,
        pushed: pushed as u8,
        pushed_each: pushed_each as u8,
    }
}

/// CPython: Python/bytecodes.c, the inputs and outputs of each instruction of the same name. `YIELD_VALUE`
/// raises only what is thrown in, and then a sent value has taken the place of the yielded one.
const fn inputs_of(opcode: Opcode) -> Inputs {
    match opcode {
        Opcode::Copy
        | Opcode::Swap
        | Opcode::ForIter
        | Opcode::GetAnext
        | Opcode::GetLen
        | Opcode::ImportFrom
        | Opcode::MatchKeys
        | Opcode::MatchMapping
        | Opcode::MatchSequence
        | Opcode::WithExceptStart
        | Opcode::DictMerge
        | Opcode::DictUpdate
        | Opcode::ListAppend
        | Opcode::ListExtend
        | Opcode::MapAdd
        | Opcode::SetAdd
        | Opcode::SetUpdate
        | Opcode::Reraise => Inputs::Stay,
        Opcode::PushExcInfo | Opcode::YieldValue => Inputs::TakenUnraised,
        Opcode::Send | Opcode::CheckExcMatch => Inputs::LowestStays,
        _ => Inputs::Taken,
    }
}

const fn refs_of(opcode: Opcode) -> RefEffect {
    match opcode {
        Opcode::LoadFastBorrow => RefEffect::Borrow,
        Opcode::LoadFastBorrowLoadFastBorrow => RefEffect::BorrowPair,
        Opcode::Copy => RefEffect::Copy,
        Opcode::Swap => RefEffect::Swap,
        Opcode::StoreFast => RefEffect::Store,
        Opcode::StoreFastLoadFast => RefEffect::StoreLoad,
        Opcode::StoreFastStoreFast => RefEffect::StorePair,
        Opcode::DeleteFast | Opcode::LoadFastAndClear | Opcode::MakeCell => RefEffect::Kill,
        Opcode::LoadAttr | Opcode::LoadSuperAttr => RefEffect::MethodLoad,
        Opcode::FormatSimple => RefEffect::PassOn,
        _ => RefEffect::Plain,
    }
}
