//! The columns of a line at which expressions begin, with their code units. Which of them a breakpoint is
//! worth setting on is for a client to choose.

use super::{CodeIdx, Position, SourceMap, Span, StatementIdx};
use crate::units::CodeUnitIdx;

/// The runs of code units that have columns, by where their positions begin.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// Where, in which code object, and which of its runs.
    places: Vec<(Position, CodeIdx, u32)>,
}

impl Columns {
    pub(super) fn new(map: &SourceMap) -> Self {
        let mut places = Vec::with_capacity(map.runs.len());
        for (code, _) in map.codes() {
            let runs = map.runs(code).iter().enumerate();
            places.extend(runs.filter_map(|(index, run)| {
                let span = Span::of(run.location?)?;
                Some((span.start, code, index as u32))
            }));
        }
        places.sort_unstable();
        Self { places }
    }
}

/// Code units that share a position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnitRun {
    /// The code object.
    pub code: CodeIdx,
    /// The first code unit.
    pub start: CodeUnitIdx,
    /// The first code unit after the run.
    pub end: CodeUnitIdx,
    /// The position.
    pub span: Span,
}

/// A place that a breakpoint with a column can be set on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The longest expression or statement that begins there.
    pub span: Span,
    /// The outermost code object that has code for it: not the module's or function's own for what only a
    /// lambda or generator expression evaluates.
    pub code: CodeIdx,
    /// The statement that begins there, if one does.
    pub statement: Option<StatementIdx>,
}

impl SourceMap {
    fn places(&self, from: Position, to: Position) -> &[(Position, CodeIdx, u32)] {
        let places = &self.columns.get_or_init(|| Columns::new(self)).places;
        let first = places.partition_point(|(start, ..)| *start < from);
        &places[first..first.max(places.partition_point(|(start, ..)| *start < to))]
    }

    /// Every code unit whose position begins at a line and column, in every code object of the file.
    pub fn units_at(&self, line: u32, column: u32) -> impl Iterator<Item = UnitRun> {
        let after = Position { line, column: column.saturating_add(1) };
        self.places(Position { line, column }, after).iter().filter_map(|place| self.unit_run(place))
    }

    fn unit_run(&self, &(_, code, index): &(Position, CodeIdx, u32)) -> Option<UnitRun> {
        let runs = self.runs(code);
        let run = runs.get(index as usize)?;
        let count = self.code(code)?.units().len() as u32;
        let end = runs.get(index as usize + 1).map_or(CodeUnitIdx(count), |next| next.start);
        Some(UnitRun { code, start: run.start, end, span: Span::of(run.location?)? })
    }

    /// The places on a line where a statement or an expression begins, by column.
    pub fn candidates(&self, line: u32) -> Vec<Candidate> {
        let mut candidates: Vec<Candidate> = Vec::new();
        let start = |column| Position { line, column };
        let statements =
            self.statements().beginning_on(line).filter(|(index, _)| !self.sites(*index).is_empty());
        candidates.extend(statements.map(|(index, statement)| Candidate {
            span: Span { start: statement.range.start, end: statement.header.end },
            code: self.sites(index).iter().map(|site| site.code).min().unwrap_or(CodeIdx::ROOT),
            statement: Some(index),
        }));
        let next_line = Position { line: line.saturating_add(1), column: 0 };
        for run in self.places(start(0), next_line).iter().filter_map(|place| self.unit_run(place)) {
            candidates.push(Candidate { span: run.span, code: run.code, statement: None });
        }
        // A statement comes before the expressions that begin with it, the longest of these first.
        candidates
            .sort_by_key(|c| (c.span.start, c.statement.is_none(), std::cmp::Reverse(c.span.end), c.code));
        candidates.dedup_by(|next, kept| {
            let same = next.span.start == kept.span.start;
            kept.code = if same { kept.code.min(next.code) } else { kept.code };
            same
        });
        candidates
    }
}
