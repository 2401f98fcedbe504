//! What begins at which instruction of a code object: lines, as CPython's tracing has them, and elements of
//! comprehensions. CPython: Python/instrumentation.c, `initialize_lines`.

use std::collections::{BTreeMap, BTreeSet};

use lasti_code::source_map::{CodeIdx, SourceMap};
use lasti_code::{CodeObject, CodeUnitIdx, Opcode};

/// What begins where in one code object.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// The first units of all instructions.
    starts: Vec<CodeUnitIdx>,
    /// Where a line event is, however control comes there but by a jump back.
    lines: BTreeSet<CodeUnitIdx>,
    /// Where one is when control comes there by a jump back.
    jumped_lines: BTreeSet<CodeUnitIdx>,
    elements: BTreeSet<CodeUnitIdx>,
}

impl Marks {
    pub(crate) fn new(map: &SourceMap, index: CodeIdx, code: &CodeObject) -> Self {
        let mut marks = Self { elements: elements(map, index, code), ..Self::default() };
        marks.find_lines(code);
        marks
    }

    fn find_lines(&mut self, code: &CodeObject) {
        let positions: Vec<Option<i32>> =
            code.line_table().positions().map(|location| location.map(|location| location.line)).collect();
        let line_of = |at: CodeUnitIdx| positions.get(at.get()).copied().flatten().filter(|line| *line > 0);
        let (mut traced, mut before) = (false, None);
        let mut can_start = BTreeSet::new();
        let mut jumps: BTreeMap<CodeUnitIdx, Vec<(CodeUnitIdx, Option<i32>)>> = BTreeMap::new();
        for instruction in code.units().instructions() {
            self.starts.push(instruction.start);
            let line = line_of(instruction.at);
            if let Some(target) = instruction.jump_target() {
                jumps.entry(target).or_default().push((instruction.start, line));
            }
            match instruction.opcode().map(Opcode::base) {
                Some(Opcode::Resume) => {
                    traced = true;
                    before = None;
                    continue;
                }
                Some(Opcode::EndFor | Opcode::EndSend | Opcode::EndAsyncFor | Opcode::PopIter) => {}
                _ if traced && line.is_some() => {
                    can_start.insert(instruction.start);
                    if line != before {
                        self.lines.insert(instruction.start);
                    }
                }
                _ => {}
            }
            before = line;
        }
        for (target, sources) in jumps.into_iter().filter(|(target, _)| can_start.contains(target)) {
            let line = line_of(target);
            for (from, from_line) in sources.into_iter().filter(|(_, from_line)| *from_line != line) {
                let _ = from_line;
                if from < target {
                    self.lines.insert(target)
                } else {
                    self.jumped_lines.insert(target)
                };
            }
        }
        for entry in code.exception_table().entries().map_while(Result::ok) {
            if can_start.contains(&entry.target) {
                self.lines.insert(entry.target);
            }
        }
    }

    /// The first unit of the instruction that a unit is part of.
    pub(crate) fn start_of(&self, unit: CodeUnitIdx) -> CodeUnitIdx {
        let after = self.starts.partition_point(|start| *start <= unit);
        self.starts[..after].last().copied().unwrap_or(unit)
    }

    pub(crate) fn starts(&self) -> &[CodeUnitIdx] {
        &self.starts
    }

    /// Whether CPython's tracing has a line event here.
    pub(crate) fn begins_line(&self, unit: CodeUnitIdx, jumped: bool) -> bool {
        if jumped { self.jumped_lines.contains(&unit) } else { self.lines.contains(&unit) }
    }

    /// Every instruction that may have a line event.
    pub(crate) fn lines(&self) -> impl Iterator<Item = CodeUnitIdx> {
        self.lines.union(&self.jumped_lines).copied()
    }

    /// Where the evaluation of an element begins.
    pub(crate) fn elements(&self) -> &BTreeSet<CodeUnitIdx> {
        &self.elements
    }
}

/// Where elements of inlined comprehensions begin: where control enters the expression that is then added. What is
/// added to a display (`[*a, b]`) lies directly on the collection; a comprehension has its iterator in between.
fn elements(map: &SourceMap, index: CodeIdx, code: &CodeObject) -> BTreeSet<CodeUnitIdx> {
    let mut found = BTreeSet::new();
    for instruction in code.units().instructions() {
        let adds = matches!(instruction.opcode(), Some(Opcode::ListAppend | Opcode::SetAdd | Opcode::MapAdd));
        if !adds || instruction.arg < 2 {
            continue;
        }
        let Some(location) = map.location(index, instruction.at) else { continue };
        let (Ok(line), Some(column)) = (u32::try_from(location.line), location.column) else { continue };
        let sites = map.bind_column(line, column);
        found.extend(
            sites
                .iter()
                .filter(|site| site.code == index && site.unit < instruction.start)
                .map(|site| site.unit),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn marks(source: &str) -> (Arc<CodeObject>, Marks) {
        let code = lasti_compile::compile(source, "a.py", &lasti_compile::Options::default()).unwrap().code;
        let map = SourceMap::new(&code, lasti_compile::statements(source).unwrap());
        let marks = Marks::new(&map, CodeIdx::ROOT, &code);
        (code, marks)
    }

    fn lines(source: &str, jumped: bool) -> Vec<i32> {
        let (code, marks) = marks(source);
        let line = |unit: &CodeUnitIdx| code.line_table().location_at(*unit).map(|location| location.line);
        marks.starts().iter().filter(|unit| marks.begins_line(**unit, jumped)).filter_map(line).collect()
    }

    #[test]
    fn a_call_over_several_lines_comes_back_to_its_first() {
        assert_eq!(lines("f(\n  a,\n  b,\n)\n", false), [1, 2, 3, 1]);
    }

    #[test]
    fn a_loop_over_two_lines_is_begun_again_and_one_on_a_line_is_not() {
        assert_eq!(lines("while a:\n  b\n", true), [1]);
        assert_eq!(lines("while a: b\n", true), Vec::<i32>::new());
    }

    #[test]
    fn an_element_is_begun_where_its_expression_is() {
        let (code, marks) = marks("[*a, b]\nx = [\n  n * n\n  for n in c if n]\n");
        let lines: Vec<_> = marks
            .elements()
            .iter()
            .map(|unit| code.line_table().location_at(*unit).map(|l| (l.line, l.column)))
            .collect();
        assert_eq!(lines, [Some((3, Some(2)))]);
    }
}
