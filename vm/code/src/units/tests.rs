//! Instructions with prefixes and caches, and jump targets.

use super::*;

fn assemble(instructions: &[(Opcode, u32)]) -> Vec<u8> {
    let mut co_code = Vec::new();
    for &(opcode, arg) in instructions {
        push_instruction(&mut co_code, opcode, arg);
    }
    co_code
}

#[test]
fn prefixes_are_folded_and_caches_skipped() {
    let co_code =
        assemble(&[(Opcode::LoadConst, 0x0001_0203), (Opcode::LoadAttr, 4), (Opcode::ReturnValue, 0)]);
    let found: Vec<_> = CodeUnits::new(&co_code)
        .instructions()
        .map(|i| (i.start.0, i.at.0, i.opcode().unwrap(), i.arg, i.end().0))
        .collect();
    assert_eq!(
        found,
        [
            (0, 2, Opcode::LoadConst, 0x0001_0203, 3),
            (3, 3, Opcode::LoadAttr, 4, 13),
            (13, 13, Opcode::ReturnValue, 0, 14),
        ]
    );
}

#[test]
fn jumps_count_from_the_end_of_their_caches() {
    let co_code =
        assemble(&[(Opcode::PopJumpIfFalse, 2), (Opcode::JumpBackward, 4), (Opcode::EndAsyncFor, 5)]);
    let targets: Vec<_> = CodeUnits::new(&co_code)
        .instructions()
        .map(|i| (i.jump_target().map(|t| t.0), i.label().map(|t| t.0)))
        .collect();
    assert_eq!(targets, [(Some(4), Some(4)), (Some(0), Some(0)), (None, Some(0))]);
}

#[test]
fn a_jump_before_the_beginning_has_no_target() {
    let co_code = assemble(&[(Opcode::JumpBackward, 100)]);
    assert_eq!(CodeUnits::new(&co_code).instructions().next().unwrap().jump_target(), None);
}

#[test]
fn faulty_code_still_gives_instructions() {
    // A prefix at the end, an opcode that does not exist, an odd byte.
    let units = CodeUnits::new(&[121, 7, 69, 1, 99]);
    assert_eq!(units.len(), 2);
    let found: Vec<_> = units.instructions().map(|i| (i.start.0, i.op, i.opcode(), i.arg)).collect();
    assert_eq!(found, [(0, 121, None, 7), (1, 69, Some(Opcode::ExtendedArg), 1)]);
    assert!(CodeUnits::new(&[1]).is_empty());
}

#[test]
fn bytes_and_code_units_convert() {
    assert_eq!(CodeUnitIdx(21).byte_offset(), ByteOffset(42));
    assert_eq!(ByteOffset(43).code_unit(), CodeUnitIdx(21));
    assert_eq!(format!("{:?} {:?}", CodeUnitIdx(3), ByteOffset(6)), "unit 3 byte 6");
}
