//! What is accepted, and what is said of it.

use proptest::prelude::*;

use super::*;
use Opcode as Op;

const LOCAL: LocalKind = LocalKind::LOCAL;

fn fault(kinds: &[LocalKind], instructions: &[(Opcode, u32)]) -> Option<(u32, u32, BorrowFaultKind)> {
    let code = VerifiedCode::new(Arc::new(with_slots(kinds, instructions))).unwrap();
    code.borrow_fault().map(|fault| (fault.site.at.0, fault.slot.0, fault.kind))
}

#[test]
fn code_of_cpython() {
    for (name, code) in samples() {
        let verified = VerifiedCode::new(Arc::clone(&code)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(verified.borrow_fault(), None, "{name}");
        naive::check(&verified).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let unsteady: Vec<_> = verified
            .slots()
            .filter(|(slot, _, kind)| {
                kind.intersects(LocalKind::CELL | LocalKind::FREE) && !verified.is_steady_cell(*slot)
            })
            .map(|(_, name, _)| name.to_string())
            .collect();
        // Both have a comprehension whose variable is captured.
        let expected: &[&str] = match name {
            "closures" => &["y"],
            "C" => &["T"],
            _ => &[],
        };
        assert_eq!(unsteady, expected, "{name}");
    }
}

#[test]
fn depths() {
    let code = function(&[
        (Op::LoadConst, 0),
        (Op::GetIter, 0),
        (Op::ForIter, 3),
        (Op::PopTop, 0),
        (Op::JumpBackward, 5),
        (Op::EndFor, 0),
        (Op::PopIter, 0),
        (Op::LoadConst, 0),
        (Op::ReturnValue, 0),
        (Op::Reraise, 0),
    ]);
    let verified = VerifiedCode::new(Arc::new(code)).unwrap();
    let depths: Vec<_> =
        verified.stack_depths().into_iter().map(|(instruction, depth)| (instruction.at.0, depth)).collect();
    assert_eq!(depths, [(0, 0), (1, 1), (2, 1), (4, 2), (5, 1), (7, 2), (8, 1), (9, 0), (10, 1)]);
}

#[test]
fn all_code_objects() {
    let inner = Arc::new(function(&[(Op::LoadConst, 1), (Op::ReturnValue, 0)]));
    let shared = Const::Tuple([Const::Code(Arc::clone(&inner)), Const::Code(inner)].into_iter().collect());
    let outer = function(&[(Op::LoadConst, 0), (Op::ReturnValue, 0)])
        .replace(|code| code.consts = [shared.clone(), shared].into_iter().collect());
    assert_eq!(verify_all(&Arc::new(outer.clone())).unwrap().len(), 2);
    let broken = Const::Code(Arc::new(function(&[(Op::ReturnValue, 0)])));
    let outer = outer.replace(|code| code.consts = [broken].into_iter().collect());
    assert!(VerifiedCode::new(Arc::new(outer.clone())).is_ok());
    assert!(verify_all(&Arc::new(outer)).is_err());
}

#[test]
fn borrowed_loads() {
    use BorrowFaultKind::{BlockEnds, SlotChanged, Stored, TooMany};
    let (borrow, one, pop) = ((Op::LoadFastBorrow, 0), (Op::LoadConst, 0), (Op::PopTop, 0));
    let end = [one, (Op::ReturnValue, 0)];
    let check = |instructions: &[(Opcode, u32)]| fault(&[LOCAL, LOCAL], &[instructions, &end].concat());
    assert_eq!(check(&[borrow, pop, one, (Op::StoreFast, 0)]), None);
    assert_eq!(check(&[borrow, one, (Op::StoreFast, 1), pop]), None);
    assert_eq!(check(&[borrow, one, (Op::StoreFast, 0), pop]), Some((4, 0, SlotChanged)));
    assert_eq!(check(&[borrow, (Op::DeleteFast, 0), pop]), Some((2, 0, SlotChanged)));
    assert_eq!(check(&[borrow, (Op::LoadFastAndClear, 0), pop, pop]), Some((2, 0, SlotChanged)));
    assert_eq!(check(&[borrow, (Op::StoreFast, 1)]), Some((2, 0, Stored)));
    assert_eq!(check(&[borrow, one, (Op::StoreFastStoreFast, 0x10)]), Some((4, 0, Stored)));
    assert_eq!(check(&[borrow, one, (Op::StoreFastLoadFast, 0x01), pop, pop]), Some((4, 0, SlotChanged)));
    assert_eq!(
        check(&[(Op::LoadFastBorrowLoadFastBorrow, 0x01), (Op::Swap, 2), pop, (Op::DeleteFast, 1), pop]),
        Some((6, 1, SlotChanged)),
    );
    // A copy, a swapped, a method's self and an unformatted string are still borrowed.
    assert_eq!(check(&[borrow, (Op::Copy, 1), pop, (Op::DeleteFast, 0), pop]), Some((6, 0, SlotChanged)));
    assert_eq!(check(&[borrow, one, (Op::Swap, 2), pop, (Op::DeleteFast, 0), pop]), None);
    assert_eq!(
        check(&[one, borrow, (Op::Swap, 2), pop, (Op::DeleteFast, 0), pop]),
        Some((8, 0, SlotChanged))
    );
    assert_eq!(
        check(&[borrow, (Op::LoadAttr, 1), (Op::DeleteFast, 0), pop, pop]),
        Some((22, 0, SlotChanged))
    );
    assert_eq!(check(&[borrow, (Op::LoadAttr, 0), (Op::DeleteFast, 0), pop]), None);
    assert_eq!(check(&[borrow, (Op::FormatSimple, 0), (Op::DeleteFast, 0), pop]), Some((4, 0, SlotChanged)));
    assert_eq!(check(&[borrow, one, (Op::PopJumpIfTrue, 0), pop]), Some((4, 0, BlockEnds)));
    assert_eq!(check(&[borrow, (Op::ToBool, 0), (Op::PopJumpIfTrue, 0)]), None);
    let many = [vec![borrow; 257], vec![pop; 257], end.to_vec()].concat();
    let code = with_slots(&[LOCAL], &many).replace(|code| code.stacksize = 300);
    let fault = VerifiedCode::new(Arc::new(code)).unwrap().borrow_fault().map(|fault| fault.kind);
    assert_eq!(fault, Some(TooMany));
    let guarded = with_slots(
        &[LOCAL],
        &[borrow, (Op::Nop, 0), pop, one, (Op::ReturnValue, 0), pop, (Op::ReturnValue, 0)],
    )
    .replace(|code| code.exceptiontable = encode_exception_table(&[guarded(1..2, 5, 1, false)]).into());
    let fault = VerifiedCode::new(Arc::new(guarded)).unwrap().borrow_fault().map(|fault| fault.kind);
    assert_eq!(fault, Some(BorrowFaultKind::KeptByHandler));
}

/// Which bytes of a code object to change.
#[derive(Clone, Copy, Debug)]
enum Field {
    Code,
    ExceptionTable,
    LineTable,
    Kinds,
}

fn mutate(code: &CodeObject, changes: &[(Field, prop::sample::Index, u8)], stacksize: i8) -> CodeObject {
    code.replace(|code| {
        for (field, index, value) in changes {
            let bytes = match field {
                Field::Code => &mut code.code,
                Field::ExceptionTable => &mut code.exceptiontable,
                Field::LineTable => &mut code.linetable,
                Field::Kinds => &mut code.localspluskinds,
            };
            let mut changed = bytes.to_vec();
            if !changed.is_empty() {
                let at = index.index(changed.len());
                changed[at] = *value;
            }
            *bytes = changed.into();
        }
        code.stacksize = code.stacksize.saturating_add_signed(i32::from(stacksize));
    })
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![6 => Just(Field::Code), 2 => Just(Field::ExceptionTable), 1 => Just(Field::LineTable), 1 => Just(Field::Kinds)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing panics, and what is accepted is sound by the simple machine too.
    #[test]
    fn mutations(
        sample in any::<prop::sample::Index>(),
        changes in prop::collection::vec((field(), any::<prop::sample::Index>(), prop_oneof![any::<u8>(), 0u8..8]), 1..4),
        stacksize in -1i8..3,
    ) {
        let samples = samples();
        let code = mutate(&samples[sample.index(samples.len())].1, &changes, stacksize);
        if let Ok(verified) = VerifiedCode::new(Arc::new(code)) {
            prop_assert_eq!(naive::check(&verified), Ok(()));
        }
    }
}

/// Every single byte of the code, changed to a few values each.
#[test]
fn every_byte() {
    let mut accepted = 0;
    for (name, code) in samples() {
        for at in 0..code.code.len() {
            for value in [0, 1, 2, 27, 59, 63, 69, 255, code.code[at] ^ 1, code.code[at].wrapping_add(1)] {
                let mut bytes = code.code.to_vec();
                bytes[at] = value;
                let changed = code.replace(|code| code.code = bytes.into());
                if let Ok(verified) = VerifiedCode::new(Arc::new(changed)) {
                    accepted += 1;
                    naive::check(&verified)
                        .unwrap_or_else(|fault| panic!("{name}, byte {at} = {value}: {fault}"));
                }
            }
        }
    }
    // Not a promise; it shows that the other half of the test is not empty.
    assert!(accepted > 1000, "{accepted}");
}
