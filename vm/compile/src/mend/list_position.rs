//! The position of the constant that a long list or set becomes.
//!
//! CPython gives `LOAD_CONST` none when it folds a list or set of more than 30 members
//! ([`super::long_display`]). An instruction without a position takes that of the instruction before it
//! if only that leads to it, and has none if several do (Python/flowgraph.c, `resolve_line_numbers`).
//! The library's instruction has the position of the display.

use lasti_code::linetable::{LineTable, LineTableWriter, Location};
use lasti_code::{CodeUnits, Instruction, Opcode};

/// The linetable with the positions that CPython gives to the loads of these constants.
pub(crate) fn mended(code: &[u8], linetable: &[u8], firstlineno: i32, constants: &[usize]) -> Vec<u8> {
    let instructions: Vec<Instruction> = CodeUnits::new(code).instructions().collect();
    let mut locations: Vec<Option<Location>> = LineTable::new(linetable, firstlineno).positions().collect();
    for (index, load) in instructions.iter().enumerate() {
        let is_load = load.opcode() == Some(Opcode::LoadConst);
        if !is_load || !constants.contains(&(load.arg as usize)) {
            continue;
        }
        let before = index.checked_sub(1).and_then(|before| instructions.get(before));
        let falls_through = before.filter(|before| !never_falls_through(before));
        let jumps = instructions.iter().filter(|from| from.jump_target() == Some(load.start));
        let mut predecessors = falls_through.into_iter().chain(jumps);
        let location = match (predecessors.next(), predecessors.next()) {
            (Some(only), None) => locations.get(only.at.get()).copied().flatten(),
            _ => None,
        };
        if let Some(own) = locations.get_mut(load.start.get()..load.end().get()) {
            own.fill(location);
        }
    }
    let mut writer = LineTableWriter::new(firstlineno);
    for run in locations.chunk_by(PartialEq::eq) {
        writer.push(run.len() as u32, run[0]);
    }
    writer.finish()
}

/// Whether the next instruction is not reached from this one, or only by a jump.
fn never_falls_through(instruction: &Instruction) -> bool {
    let opcode = instruction.opcode();
    opcode.is_some_and(Opcode::is_terminator)
        || matches!(opcode, Some(Opcode::JumpForward | Opcode::JumpBackward))
}

#[cfg(test)]
mod tests {
    use lasti_code::{Const, Opcode};

    use crate::testing::compiled;

    /// Line and columns of the instruction that loads the folded display, which stands for `@`.
    fn position(source: &str) -> Option<(i32, Option<u32>, Option<u32>)> {
        let numbers: Vec<String> = (1000..1031).map(|n| n.to_string()).collect();
        let module = compiled(&source.replace('@', &numbers.join(", ")));
        let load = module.units().instructions().find(|instruction| {
            instruction.opcode() == Some(Opcode::LoadConst)
                && matches!(
                    module.consts.get(instruction.arg as usize),
                    Some(Const::Tuple(_) | Const::FrozenSet(_))
                )
        });
        let at = load.and_then(|load| module.line_table().location_at(load.at));
        at.map(|at| (at.line, at.column, at.end_column))
    }

    #[test]
    fn positions_are_those_of_what_comes_before() {
        // CPython: the instruction's `positions` in `dis.get_instructions`.
        assert_eq!(position("q\nfor x in [@]: pass"), Some((1, Some(0), Some(1))));
        assert_eq!(position("q\nfor x in {@}: pass"), Some((1, Some(0), Some(1))));
        assert_eq!(position("q\ny in [@]"), Some((2, Some(0), Some(1))));
        assert_eq!(position("if a:\n b\nfor x in [@]: pass"), None);
        assert_eq!(position("if a:\n b\nelse:\n  for x in [@]: pass"), Some((1, Some(3), Some(4))));
        assert_eq!(position("while a:\n b\nfor x in [@]: pass"), Some((1, Some(6), Some(7))));
        assert_eq!(position("for q in b:\n  for x in [@]: pass"), Some((1, Some(4), Some(5))));
    }

    #[test]
    fn a_long_tuple_has_its_own() {
        assert_eq!(position("q\nfor x in (@): pass"), Some((2, Some(9), Some(195))));
    }
}
