//! One code object for each kind of refusal; code that CPython made; and mutations of it, where what is
//! accepted must also satisfy the slow and simple machine in `naive`.

mod accepted;
mod naive;
mod refused;

use std::sync::Arc;

use super::*;
use crate::constant::{Const, Names, Tuple};
use crate::exception_table::{ExceptionEntry, encode_exception_table};
use crate::flags::CodeFlags;
use crate::localsplus::LocalKind;
use crate::opcode::Opcode;
use crate::text::Str;
use crate::units::{CodeUnitIdx, push_instruction};

fn assemble(instructions: &[(Opcode, u32)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for &(opcode, arg) in instructions {
        push_instruction(&mut bytes, opcode, arg);
    }
    bytes
}

fn names(texts: &[&str]) -> Names {
    let items: Tuple = texts.iter().map(|&text| Const::Str(Str::interned(text))).collect();
    Names::try_from(items).unwrap()
}

/// A function without parameters, two constants, two names, a stack of four, no positions.
fn function(instructions: &[(Opcode, u32)]) -> CodeObject {
    CodeObject {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 4,
        flags: CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS,
        code: assemble(instructions).into(),
        consts: [Const::None, Const::Ellipsis].into_iter().collect(),
        names: names(&["n", "m"]),
        localsplusnames: names(&[]),
        localspluskinds: Vec::new().into(),
        filename: Str::new("f.py"),
        name: Str::new("f"),
        qualname: Str::new("f"),
        firstlineno: 1,
        linetable: Vec::new().into(),
        exceptiontable: Vec::new().into(),
    }
}

/// The same with localsplus slots of these kinds.
fn with_slots(kinds: &[LocalKind], instructions: &[(Opcode, u32)]) -> CodeObject {
    function(instructions).replace(|code| {
        code.localsplusnames = names(&["a", "b", "c", "d"][..kinds.len()]);
        code.localspluskinds = kinds.iter().map(LocalKind::bits).collect::<Vec<_>>().into();
    })
}

fn guarded(range: std::ops::Range<u32>, target: u32, depth: u32, lasti: bool) -> ExceptionEntry {
    let [start, end, target] = [range.start, range.end, target].map(CodeUnitIdx);
    ExceptionEntry { start, end, target, depth, lasti }
}

/// The same with an exception table.
fn with_handlers(entries: &[ExceptionEntry], instructions: &[(Opcode, u32)]) -> CodeObject {
    function(instructions).replace(|code| code.exceptiontable = encode_exception_table(entries).into())
}

/// Code objects made by CPython: `testdata/make_verify.py`.
fn samples() -> Vec<(&'static str, Arc<CodeObject>)> {
    let mut samples = Vec::new();
    for line in include_str!("../../testdata/verify.txt").lines() {
        let (name, hex) = line.split_once(' ').unwrap();
        let bytes: Vec<u8> = hex
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        match crate::marshal::loads(&bytes).unwrap() {
            Const::Code(code) => samples.push((name, code)),
            other => panic!("{name} is {other:?}"),
        }
    }
    samples
}
