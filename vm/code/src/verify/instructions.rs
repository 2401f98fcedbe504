//! The first pass: every code unit in order, reachable or not. Opcodes, arguments, inline caches, jump
//! targets, and the prologue. It knows nothing of the value stack.

use super::facts::{Bound, FACTS, arg_kind};
use super::frame::FrameShape;
use super::{Unit, VerifyError};
use crate::code_object::CodeObject;
use crate::localsplus::{LocalKind, LocalsPlusIdx};
use crate::opcode::{
    ArgKind, BINARY_OPERATORS, COMMON_CONSTANTS, COMPARE_OPERATORS, INTRINSICS_1, INTRINSICS_2, JumpKind,
    Opcode, SPECIAL_METHODS,
};
use crate::units::{ByteOffset, CodeUnitIdx, Instruction};
use crate::verify::error::Site;

/// The largest integer of `LOAD_SMALL_INT` (`_PY_NSMALLPOSINTS` less one).
const SMALL_INT_MAX: u32 = 256;
const TWO_SLOTS: &str = "two slots of four bits each";
const ONE_VALUE: &str = "the number of an intrinsic of one value";
const TWO_VALUES: &str = "the number of an intrinsic of two values";

/// What the first pass finds out.
pub(super) struct Scan {
    /// One item for each code unit: where instructions begin, and where jumps lead to.
    pub(super) units: Vec<Unit>,
    /// The first unit after the prologue.
    pub(super) prologue_end: u32,
    /// Slots of cells that may hold something else at times, in any order, repeated.
    pub(super) unsteady_cells: Vec<LocalsPlusIdx>,
}

pub(super) fn scan(code: &CodeObject, frame: &FrameShape) -> Result<Scan, VerifyError> {
    let length = code.code.len();
    let (pairs, rest) = code.code.as_chunks::<2>();
    if length == 0 {
        return Err(VerifyError::Empty);
    }
    if !rest.is_empty() {
        return Err(VerifyError::OddLength { length });
    }
    if i32::try_from(length).is_err() {
        return Err(VerifyError::TooLong { length });
    }
    let mut scanner = Scanner {
        frame,
        kinds: &code.localspluskinds,
        bounds: bounds(code, frame),
        units: vec![Unit::INSIDE; pairs.len()],
        prologue_end: 0,
        copied: 0,
        returns_generator: false,
        made: Vec::new(),
        unsteady: Vec::new(),
    };
    scanner.instructions(pairs)?;
    if scanner.copied != frame.free {
        return Err(VerifyError::FreeVars { free: frame.free, copied: scanner.copied });
    }
    if scanner.returns_generator != frame.is_generator {
        return Err(VerifyError::ReturnGenerator { flags: code.flags.bits() });
    }
    if scanner.units.iter().any(|unit| unit.is_target() && !unit.is_start()) {
        return Err(scanner.jump_inside(code));
    }
    let prologue_end = scanner.prologue_end;
    if let Some(at) = scanner.units[..prologue_end as usize].iter().position(|unit| unit.is_target()) {
        return Err(VerifyError::IntoPrologue { at: CodeUnitIdx(at as u32).byte_offset() });
    }
    scanner.cells_not_made();
    Ok(Scan { units: scanner.units, prologue_end, unsteady_cells: scanner.unsteady })
}

struct Scanner<'a> {
    frame: &'a FrameShape,
    kinds: &'a [u8],
    /// By [`Bound`].
    bounds: [u32; Bound::COUNT],
    units: Vec<Unit>,
    prologue_end: u32,
    /// The argument of `COPY_FREE_VARS`.
    copied: u32,
    returns_generator: bool,
    /// The slots of the prologue's `MAKE_CELL`.
    made: Vec<LocalsPlusIdx>,
    unsteady: Vec<LocalsPlusIdx>,
}

impl Scanner<'_> {
    fn instructions(&mut self, pairs: &[[u8; 2]]) -> Result<(), VerifyError> {
        let mut at = 0;
        while at < pairs.len() {
            let start = at;
            let [mut number, low] = pairs[at];
            let mut arg = u32::from(low);
            while number == Opcode::ExtendedArg as u8 {
                at += 1;
                let Some(&[next, low]) = pairs.get(at) else {
                    return Err(VerifyError::DanglingExtendedArg { at: byte(start) });
                };
                if at - start > 3 {
                    return Err(VerifyError::ExtendedArgs { at: byte(start) });
                }
                number = next;
                arg = arg << 8 | u32::from(low);
            }
            let facts = &FACTS[usize::from(number)];
            let Some(opcode) = facts.opcode else {
                return Err(VerifyError::UnknownOpcode { at: byte(at), number });
            };
            let site = Site { at: byte(start), opcode };
            if !facts.stored {
                return Err(VerifyError::NotStored { site });
            }
            let end = at + 1 + usize::from(facts.caches);
            match pairs.get(at + 1..end) {
                Some(caches) if caches.iter().all(|cache| *cache == [0, 0]) => {}
                _ => return Err(VerifyError::Caches { site, count: facts.caches }),
            }
            self.units[start].mark_start();
            let instruction = Place { site, start: start as u32, end: end as u32, arg };
            if arg >> facts.shift >= self.bounds[facts.bound as usize] {
                return Err(self.out_of_bound(arg_kind(opcode), instruction));
            }
            if facts.special {
                self.special(opcode, instruction)?;
            }
            if facts.jump != JumpKind::None {
                self.jump(facts.jump, instruction)?;
            }
            if opcode == Opcode::YieldValue
                && pairs.get(end).is_none_or(|next| next[0] != Opcode::Resume as u8)
            {
                return Err(VerifyError::YieldWithoutResume { site });
            }
            if end == pairs.len() && !facts.terminator {
                return Err(VerifyError::RunsOffEnd { site });
            }
            at = end;
        }
        Ok(())
    }

    fn jump(&mut self, kind: JumpKind, at: Place) -> Result<(), VerifyError> {
        let end = i64::from(at.end);
        let target =
            if kind == JumpKind::Forward { end + i64::from(at.arg) } else { end - i64::from(at.arg) };
        match usize::try_from(target).ok().and_then(|target| self.units.get_mut(target)) {
            Some(unit) => {
                unit.mark_target();
                Ok(())
            }
            None => Err(VerifyError::JumpOutside { site: at.site, target: target * 2 }),
        }
    }

    /// The first jump that leads into an instruction, once it is known that there is one.
    #[cold]
    fn jump_inside(&self, code: &CodeObject) -> VerifyError {
        let inside = |instruction: Instruction| {
            let target = instruction.label()?;
            let unit = self.units.get(target.get())?;
            let site = Site { at: instruction.start.byte_offset(), opcode: instruction.opcode()? };
            (!unit.is_start()).then_some(VerifyError::JumpInside { site, target: target.byte_offset() })
        };
        code.units().instructions().find_map(inside).unwrap_or(VerifyError::Empty)
    }

    /// Why an argument is not below its bound.
    #[cold]
    fn out_of_bound(&self, kind: ArgKind, at: Place) -> VerifyError {
        let arg = at.arg;
        let (index, table, length) = match kind {
            ArgKind::Const => (arg, "co_consts", self.bounds[Bound::Consts as usize]),
            ArgKind::Name => (arg, "co_names", self.bounds[Bound::Names as usize]),
            ArgKind::NameShift1 => (arg >> 1, "co_names", self.bounds[Bound::Names as usize]),
            ArgKind::NameShift2 => (arg >> 2, "co_names", self.bounds[Bound::Names as usize]),
            ArgKind::LocalPair if arg <= 0xff => (arg >> 4, "localsplus", self.frame.slots),
            ArgKind::Local | ArgKind::Free => (arg, "localsplus", self.frame.slots),
            _ => {
                let expected = match kind {
                    ArgKind::LocalPair => TWO_SLOTS,
                    ArgKind::BinaryOp => "a binary operator's number",
                    ArgKind::Compare => "a comparison operator's number times 32, plus flags",
                    ArgKind::Intrinsic1 => ONE_VALUE,
                    ArgKind::Intrinsic2 => TWO_VALUES,
                    ArgKind::CommonConstant => "a common constant's number",
                    ArgKind::SpecialMethod => "a special method's number",
                    ArgKind::SmallInt => "at most 256",
                    ArgKind::Invert => "0 or 1",
                    _ => "below 2**31",
                };
                return VerifyError::Argument { site: at.site, arg, expected };
            }
        };
        VerifyError::Index { site: at.site, index, table, length }
    }

    /// What is not said by the bound of the argument.
    fn special(&mut self, opcode: Opcode, at: Place) -> Result<(), VerifyError> {
        let arg = at.arg;
        match opcode {
            Opcode::StoreFast | Opcode::DeleteFast | Opcode::LoadFastAndClear => {
                self.writes(arg);
                Ok(())
            }
            Opcode::LoadFastLoadFast
            | Opcode::LoadFastBorrowLoadFastBorrow
            | Opcode::StoreFastLoadFast
            | Opcode::StoreFastStoreFast => self.pair(opcode, at),
            Opcode::MakeCell
            | Opcode::LoadDeref
            | Opcode::StoreDeref
            | Opcode::DeleteDeref
            | Opcode::LoadFromDictOrDeref => self.cell(opcode, at),
            Opcode::ReturnGenerator => self.return_generator(at),
            Opcode::ConvertValue => expect(at, (1..=3).contains(&arg), "1, 2 or 3"),
            Opcode::SetFunctionAttribute => {
                expect(at, arg.is_power_of_two() && arg <= 16, "1, 2, 4, 8 or 16")
            }
            Opcode::CallIntrinsic1 => expect(at, arg >= 1, ONE_VALUE),
            Opcode::CallIntrinsic2 => expect(at, arg >= 1, TWO_VALUES),
            Opcode::Copy
            | Opcode::ListAppend
            | Opcode::ListExtend
            | Opcode::SetAdd
            | Opcode::SetUpdate
            | Opcode::MapAdd
            | Opcode::DictUpdate
            | Opcode::DictMerge => expect(at, arg >= 1, "at least 1"),
            Opcode::Swap => expect(at, arg >= 2, "at least 2"),
            Opcode::BuildSlice => expect(at, arg == 2 || arg == 3, "2 or 3"),
            Opcode::RaiseVarargs | Opcode::Reraise | Opcode::GetAwaitable => {
                expect(at, arg <= 2, "at most 2")
            }
            Opcode::Resume => expect(at, arg <= 7, "at most 7"),
            // Bit 0: there is a format specification; from bit 2 on: the conversion.
            Opcode::BuildInterpolation => expect(at, arg >> 2 <= 3, "at most 15"),
            Opcode::YieldValue => {
                if !self.frame.is_generator {
                    return Err(VerifyError::YieldOutside { site: at.site });
                }
                expect(at, arg <= 1, "0 or 1")
            }
            Opcode::CopyFreeVars => {
                if at.start != 0 {
                    return Err(VerifyError::Misplaced { site: at.site });
                }
                self.copied = arg;
                self.prologue_end = at.end;
                expect(at, arg >= 1, "at least 1")
            }
            _ => Ok(()),
        }
    }

    fn pair(&mut self, opcode: Opcode, at: Place) -> Result<(), VerifyError> {
        let (first, second) = (at.arg >> 4, at.arg & 15);
        expect(at, first <= 15, TWO_SLOTS)?;
        if second >= self.frame.slots {
            let length = self.frame.slots;
            return Err(VerifyError::Index { site: at.site, index: second, table: "localsplus", length });
        }
        if matches!(opcode, Opcode::StoreFastLoadFast | Opcode::StoreFastStoreFast) {
            self.writes(first);
        }
        if opcode == Opcode::StoreFastStoreFast {
            self.writes(second);
        }
        Ok(())
    }

    fn return_generator(&mut self, at: Place) -> Result<(), VerifyError> {
        if self.returns_generator || at.start != self.prologue_end {
            return Err(VerifyError::Misplaced { site: at.site });
        }
        self.returns_generator = true;
        self.prologue_end = at.end;
        Ok(())
    }

    fn cell(&mut self, opcode: Opcode, at: Place) -> Result<(), VerifyError> {
        let slot = LocalsPlusIdx(at.arg);
        let kind = LocalKind::from_bits_retain(self.kinds[slot.get()]);
        if !kind.intersects(LocalKind::CELL | LocalKind::FREE) {
            return Err(VerifyError::NotACell { site: at.site, slot });
        }
        if opcode == Opcode::MakeCell && at.start == self.prologue_end && !self.returns_generator {
            self.prologue_end = at.end;
            self.made.push(slot);
        }
        Ok(())
    }

    /// Notes that the slot itself is written, not the content of a cell in it.
    fn writes(&mut self, slot: u32) {
        let kind = LocalKind::from_bits_retain(self.kinds[slot as usize]);
        if kind.intersects(LocalKind::CELL | LocalKind::FREE) {
            self.unsteady.push(LocalsPlusIdx(slot));
        }
    }

    /// Cells that the prologue does not make are unsteady.
    fn cells_not_made(&mut self) {
        if !self.frame.has_cells {
            return;
        }
        let mut is_made = vec![false; self.kinds.len()];
        for slot in &self.made {
            is_made[slot.get()] = true;
        }
        for (index, (&kind, made)) in self.kinds.iter().zip(is_made).enumerate() {
            if !made && LocalKind::from_bits_retain(kind).contains(LocalKind::CELL) {
                self.unsteady.push(LocalsPlusIdx(index as u32));
            }
        }
    }
}

/// An instruction and its place.
#[derive(Clone, Copy)]
struct Place {
    site: Site,
    /// The first unit.
    start: u32,
    /// The first unit after it and its caches.
    end: u32,
    arg: u32,
}

fn byte(unit: usize) -> ByteOffset {
    CodeUnitIdx(unit as u32).byte_offset()
}

fn bounds(code: &CodeObject, frame: &FrameShape) -> [u32; Bound::COUNT] {
    let mut bounds = [1 << 31; Bound::COUNT];
    for (bound, length) in [
        (Bound::Consts, code.consts.len()),
        (Bound::Names, code.names.len()),
        (Bound::Slots, frame.slots as usize),
        (Bound::BinaryOperators, BINARY_OPERATORS.len()),
        (Bound::CompareOperators, COMPARE_OPERATORS.len()),
        (Bound::Intrinsics1, INTRINSICS_1.len()),
        (Bound::Intrinsics2, INTRINSICS_2.len()),
        (Bound::CommonConstants, COMMON_CONSTANTS.len()),
        (Bound::SpecialMethods, SPECIAL_METHODS.len()),
        (Bound::SmallInts, SMALL_INT_MAX as usize + 1),
        (Bound::Two, 2),
    ] {
        bounds[bound as usize] = length.min(1 << 31) as u32;
    }
    bounds
}

#[inline]
fn expect(at: Place, holds: bool, expected: &'static str) -> Result<(), VerifyError> {
    if holds { Ok(()) } else { Err(VerifyError::Argument { site: at.site, arg: at.arg, expected }) }
}
