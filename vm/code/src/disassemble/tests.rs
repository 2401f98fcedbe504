//! What golden files cannot show: code objects that CPython's `dis` does not survive, and the data.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::sync::Arc;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{Disassembly, Options, write};
use crate::constant::{Const, Names, Tuple};
use crate::flags::CodeFlags;
use crate::linetable::{LineTableWriter, Location};
use crate::opcode::Opcode;
use crate::text::Str;
use crate::units::push_instruction;
use crate::{ByteOffset, CodeObject};

fn code(units: &[u8]) -> CodeObject {
    CodeObject {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 9,
        flags: CodeFlags::empty(),
        code: units.to_vec().into(),
        consts: Tuple::from([Const::None]),
        names: [Str::from("name")].into_iter().collect(),
        localsplusnames: [Str::from("slot")].into_iter().collect(),
        localspluskinds: vec![0x20].into(),
        filename: "file.py".into(),
        name: "code".into(),
        qualname: "code".into(),
        firstlineno: 1,
        linetable: Vec::new().into(),
        exceptiontable: Vec::new().into(),
    }
}

fn assemble(instructions: &[(Opcode, u32)]) -> CodeObject {
    let mut units = Vec::new();
    for &(opcode, arg) in instructions {
        push_instruction(&mut units, opcode, arg);
    }
    code(&units)
}

fn text(code: &CodeObject, options: Options) -> String {
    let mut text = String::new();
    write(code, &options, &mut text).unwrap();
    text
}

#[track_caller]
fn check(code: &CodeObject, expected: &Expect) {
    // expect-test takes away the indentation that all lines share; the first line has none.
    expected.assert_eq(&format!("Disassembly:\n{}", text(code, Options::default())));
}

#[test]
fn arguments_beyond_their_tables() {
    let code = assemble(&[
        (Opcode::LoadConst, 1),
        (Opcode::LoadName, 70_000),
        (Opcode::LoadGlobal, 3),
        (Opcode::LoadAttr, 2),
        (Opcode::LoadSuperAttr, 7),
        (Opcode::LoadFast, 1),
        (Opcode::LoadDeref, 2),
        (Opcode::LoadFastLoadFast, 0x01),
        (Opcode::StoreFastStoreFast, 0x20),
        (Opcode::BinaryOp, 27),
        (Opcode::CompareOp, 6 << 5 | 16),
        (Opcode::ConvertValue, 4),
        (Opcode::CallIntrinsic1, 12),
        (Opcode::CallIntrinsic2, 6),
        (Opcode::LoadCommonConstant, 5),
        (Opcode::LoadSpecial, 4),
    ]);
    check(
        &code,
        &expect![[r#"
            Disassembly:
                      LOAD_CONST               1 (invalid: index 1 of co_consts (length 1))
                      EXTENDED_ARG             1
                      EXTENDED_ARG           273
                      LOAD_NAME            70000 (invalid: index 70000 of co_names (length 1))
                      LOAD_GLOBAL              3 (invalid: index 1 of co_names (length 1))
                      LOAD_ATTR                2 (invalid: index 1 of co_names (length 1))
                      LOAD_SUPER_ATTR          7 (invalid: index 1 of co_names (length 1))
                      LOAD_FAST                1 (invalid: index 1 of the localsplus names (length 1))
                      LOAD_DEREF               2 (invalid: index 2 of the localsplus names (length 1))
                      LOAD_FAST_LOAD_FAST      1 (invalid: index 1 of the localsplus names (length 1))
                      STORE_FAST_STORE_FAST   32 (invalid: index 2 of the localsplus names (length 1))
                      BINARY_OP               27 (invalid: index 27 of the binary operators (length 27))
                      COMPARE_OP             208 (invalid: index 6 of the comparison operators (length 6))
                      CONVERT_VALUE            4 (invalid: index 4 of the conversions (length 4))
                      CALL_INTRINSIC_1        12 (invalid: index 12 of the unary intrinsics (length 12))
                      CALL_INTRINSIC_2         6 (invalid: index 6 of the binary intrinsics (length 6))
                      LOAD_COMMON_CONSTANT     5 (invalid: index 5 of the common constants (length 5))
                      LOAD_SPECIAL             4 (invalid: index 4 of the special methods (length 4))
        "#]],
    );
}

#[test]
fn jumps_before_the_beginning_and_past_the_end() {
    let code =
        assemble(&[(Opcode::JumpBackward, 100), (Opcode::JumpForward, u32::MAX >> 1), (Opcode::Nop, 0)]);
    check(
        &code,
        &expect![[r#"
            Disassembly:
                      JUMP_BACKWARD          100 (to L1)
                      EXTENDED_ARG           127
                      EXTENDED_ARG         32767
                      EXTENDED_ARG         8388607
                      JUMP_FORWARD         2147483647 (to L2)
                      NOP
        "#]],
    );
}

#[test]
fn arguments_of_more_than_four_bytes_keep_the_lowest() {
    let mut units = [Opcode::ExtendedArg as u8, 1].repeat(5);
    units.extend([Opcode::BuildTuple as u8, 2]);
    check(
        &code(&units),
        &expect![[r#"
            Disassembly:
                      EXTENDED_ARG             1
                      EXTENDED_ARG           257
                      EXTENDED_ARG         65793
                      EXTENDED_ARG         16843009
                      EXTENDED_ARG         16843009
                      BUILD_TUPLE          16843010
        "#]],
    );
}

#[test]
fn faults_of_the_whole() {
    let code = code(&[Opcode::Nop as u8, 0, Opcode::LoadAttr as u8, 0, 7]).replace(|code| {
        code.linetable = vec![0x80, 0x00, 0x00].into();
        code.exceptiontable = vec![0x80, 1, 0, 0, 0x80].into();
    });
    check(
        &code,
        &expect![[r#"
            Disassembly:
              1   L1:     NOP
                  L2:     LOAD_ATTR                0 (name)
            ExceptionTable:
              L1 to L2 -> L1 [0]
            Malformed: co_code ends within a code unit (its length is odd)
            Malformed: linetable byte 2: no entry begins here (bit 7 is clear)
            Malformed: exception table byte 4: the entry that begins here is cut short or holds a number beyond 32 bits
        "#]],
    );
    let all = Options { show_caches: true, show_offsets: true, show_positions: true, specialized: true };
    expect![[r"
        1:0-1:0    L1:    0       NOP
          --       L2:    2       LOAD_ATTR                0 (name)
          --              4       CACHE                    0 (counter: 17)
          --              6       CACHE                    0 (version: 0)
          --              8       CACHE                    0
          --             10       CACHE                    0 (keys_version: 0)
          --             12       CACHE                    0
          --             14       CACHE                    0 (descr: 0)
          --             16       CACHE                    0
          --             18       CACHE                    0
          --             20       CACHE                    0
        ExceptionTable:
          L1 to L2 -> L1 [0]
        Malformed: co_code ends within a code unit (its length is odd)
        Malformed: linetable byte 2: no entry begins here (bit 7 is clear)
        Malformed: exception table byte 4: the entry that begins here is cut short or holds a number beyond 32 bits
    "]].assert_eq(&text(&code, all));
}

#[test]
fn code_objects_that_double_at_each_level_come_to_an_end() {
    let inner = code(&[]).replace(|code| code.consts = Tuple::default());
    let bomb = (0..60).fold(inner, |inner, _| {
        let inner = Const::Code(Arc::new(inner));
        code(&[]).replace(|code| code.consts = Tuple::from([inner.clone(), inner]))
    });
    let mut lines = LastLine::default();
    write(&bomb, &Options::default(), &mut lines).unwrap();
    assert_eq!(lines.last, "More code objects are nested here: 1048576 have been shown.\n");
}

/// Keeps what was written last.
#[derive(Default)]
struct LastLine {
    last: String,
}

impl std::fmt::Write for LastLine {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        if self.last.ends_with('\n') {
            self.last.clear();
        }
        self.last.push_str(text.strip_prefix('\n').unwrap_or(text));
        Ok(())
    }
}

#[test]
fn instructions_as_data() {
    let mut lines = LineTableWriter::new(1);
    lines.push(1, None);
    lines.push(3, Some(Location { line: 2, end_line: 3, column: Some(4), end_column: None }));
    lines.push(9, Some(Location { line: 3, end_line: 3, column: Some(0), end_column: Some(1) }));
    let code =
        assemble(&[(Opcode::Nop, 0), (Opcode::JumpForward, 256), (Opcode::Nop, 0), (Opcode::BinaryOp, 26)])
            .replace(|code| code.linetable = lines.finish().into());
    let disassembly = Disassembly::new(&code, true);
    let seen: Vec<_> = disassembly.instructions().collect();
    let names: Vec<_> =
        seen.iter().map(|i| (i.opname(), i.arg, i.offset.0, i.start_offset.0, i.end_offset().0)).collect();
    assert_eq!(
        names,
        [
            ("NOP".into(), None, 0, 0, 2),
            ("EXTENDED_ARG".into(), Some(1), 2, 2, 4),
            ("JUMP_FORWARD".into(), Some(256), 4, 2, 6),
            ("NOP".into(), None, 6, 6, 8),
            ("BINARY_OP".into(), Some(26), 8, 8, 20),
        ]
    );
    let lines: Vec<_> = seen.iter().map(|i| (i.starts_line, i.line_number, i.positions.end_line)).collect();
    let (two, three) = ((false, Some(2), Some(3)), (true, Some(3), Some(3)));
    assert_eq!(lines, [(true, None, None), (true, Some(2), Some(3)), two, two, three]);
    assert_eq!(seen[2].argument.to_string(), "to L1");
    assert_eq!(disassembly.labels().at(518), Some(1));
    assert!(seen.iter().all(|i| !i.is_jump_target()));
    let cache: Vec<_> = seen[4].cache_info().map(|entry| (entry.name, entry.units, entry.value)).collect();
    assert_eq!(cache, [("counter", 1, 17), ("descr", 4, 0)]);
    assert_eq!(seen[4].offset, ByteOffset(8));
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..200)
}

proptest! {
    #[test]
    fn any_bytes_give_a_line_for_each_instruction(
        units in bytes(), linetable in bytes(), exceptiontable in bytes(), firstlineno: i32, mode in 0u8..16,
    ) {
        let code = code(&units).replace(|code| {
            code.linetable = linetable.into();
            code.exceptiontable = exceptiontable.into();
            code.firstlineno = firstlineno;
            code.names = Names::default();
        });
        let options = Options {
            show_caches: mode & 1 != 0,
            show_offsets: mode & 2 != 0,
            show_positions: mode & 4 != 0,
            specialized: mode & 8 != 0,
        };
        let text = text(&code, options);
        let disassembly = Disassembly::new(&code, options.specialized);
        let lines = text.lines().filter(|line| !line.is_empty());
        let caches = disassembly.instructions().flat_map(|i| i.cache_info().collect::<Vec<_>>());
        let caches: usize = caches.map(|entry| usize::from(entry.units)).sum();
        let handlers = disassembly.handlers().len();
        let expected = disassembly.instructions().count()
            + if options.show_caches { caches } else { 0 }
            + if handlers > 0 { 1 + handlers } else { 0 }
            + disassembly.faults().len();
        prop_assert_eq!(lines.count(), expected);
    }
}
