//! `disassemble`.
//!
//! The protocol wants exactly as many instructions as were asked for, while a code object has a beginning and an
//! end: what lies beyond is told as instructions that are none, each at an address of its own.

use std::fmt::Write as _;

use lasti_engine::command::Disassemble;
use lasti_engine::place::InstructionPlace;
use lasti_engine::snapshot::InstructionInfo;

use super::super::answer::{Outcome, ask, now};
use super::super::{ErrorId, RequestError, Session};
use super::texts::with_texts;
use crate::protocol::{
    DisassembleArguments, DisassembleResponseBody, DisassembledInstruction,
    DisassembledInstructionPresentationHint,
};

/// How many instructions a response has at most.
const MOST: u32 = 10_000;

pub(super) fn disassemble(
    session: &mut Session,
    arguments: DisassembleArguments,
) -> Outcome<DisassembleResponseBody> {
    let invalid = |reason: String| RequestError::new(ErrorId::InvalidArguments, reason);
    let offset = arguments.offset.unwrap_or(0);
    let Some(at) = session.instruction(&arguments.memory_reference, offset) else {
        let reference = arguments.memory_reference;
        return Err(invalid(format!("`memoryReference`: this program has no instruction at {reference}")));
    };
    let wanted = arguments.instruction_count;
    let skip = arguments.instruction_offset.unwrap_or(0);
    let skip = i32::try_from(skip).ok().filter(|skip| skip.unsigned_abs() <= MOST);
    let (Some(skip), true) = (skip, wanted <= MOST) else {
        return Err(invalid(format!("no more than {MOST} instructions at once")));
    };
    // Up to the instruction itself, so that it is known how many there are before it.
    let count = if skip < 0 { wanted.max(skip.unsigned_abs() + 1) } else { wanted };
    ask(Disassemble { at, skip, count }, move |session, reply| {
        with_texts(session, vec![at.source], move |session| {
            let first = first_slot(&reply.0, at, skip);
            let mut instructions = Vec::new();
            for slot in 0..i64::from(wanted) {
                let known = usize::try_from(slot - first).ok().and_then(|index| reply.0.get(index));
                instructions.push(if let Some(info) = known {
                    instruction(session, info)
                } else {
                    let number = session.address_number(at);
                    nothing(beyond(&reply.0, number, slot - first))
                });
            }
            now(DisassembleResponseBody { instructions })
        })
    })
}

/// The slot of the response that the first instruction of the reply belongs in.
fn first_slot(got: &[InstructionInfo], at: InstructionPlace, skip: i32) -> i64 {
    match got.iter().position(|info| info.at == at) {
        Some(index) if skip < 0 => -i64::from(skip) - index as i64,
        _ => 0,
    }
}

/// The address of what is no instruction: its distance from the code object's ends.
fn beyond(got: &[InstructionInfo], at: u64, index: i64) -> u64 {
    let base = at & !0xffff_ffff;
    if index < 0 {
        return base.wrapping_add_signed(index * 2);
    }
    let end = got.last().map_or(at, |last| base + u64::from(last.at.offset) + last.bytes.len() as u64);
    end.wrapping_add_signed((index - got.len() as i64) * 2)
}

fn nothing(address: u64) -> DisassembledInstruction {
    DisassembledInstruction {
        address: format!("0x{address:x}"),
        instruction_bytes: None,
        instruction: String::new(),
        symbol: None,
        location: None,
        line: None,
        column: None,
        end_line: None,
        end_column: None,
        presentation_hint: Some(DisassembledInstructionPresentationHint::Invalid),
    }
}

fn instruction(session: &mut Session, info: &InstructionInfo) -> DisassembledInstruction {
    let bytes = info.bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{}{byte:02x}", if text.is_empty() { "" } else { " " });
        text
    });
    let place = info.position.map(|span| session.place(Some(info.at.source), span));
    DisassembledInstruction {
        address: session.address(info.at),
        instruction_bytes: Some(bytes),
        instruction: info.text.clone(),
        symbol: None,
        location: session.sources.to_dap(info.at.source, true),
        line: place.as_ref().map(|place| place.line),
        column: place.as_ref().map(|place| place.column),
        end_line: place.as_ref().map(|place| place.end_line),
        end_column: place.as_ref().map(|place| place.end_column),
        presentation_hint: None,
    }
}
