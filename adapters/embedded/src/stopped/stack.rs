//! The stack of a stopped thread.

use lasti_code::source_map::{SourceMap, Span as CodeSpan};
use lasti_code::{CodeFlags, CodeUnitIdx};
use lasti_control::FrameFacts;
use lasti_engine::command::Granularity;
use lasti_engine::place::{InstructionPlace, Page, Position, Span};
use lasti_engine::snapshot::{FrameInfo, FrameKind, FrameLink, StackPage};
use lasti_engine::{Event, FrameRef};
use lasti_vm::code::Code;
use lasti_vm::trace::Activation;

use super::Session;

/// How many frames are told at a time.
const PAGE: usize = 1000;

impl<'a> Session<'a> {
    /// All frames, from the innermost out.
    pub(super) fn frames(&mut self) -> &[Activation<'a>] {
        let first = self.frame;
        self.frames.get_or_insert_with(|| std::iter::successors(Some(first), Activation::caller).collect())
    }

    pub(super) fn stack(&mut self, page: Page) -> StackPage {
        let total = self.frames().len();
        let from = (page.start as usize).min(total);
        let until = from.saturating_add((page.count as usize).min(PAGE)).min(total);
        let frames: Vec<Activation<'a>> = self.frames()[from..until].to_vec();
        let frames =
            frames.iter().enumerate().map(|(index, frame)| self.frame_info(from + index, frame)).collect();
        StackPage { frames, total: total as u32 }
    }

    fn frame_info(&self, index: usize, frame: &Activation<'_>) -> FrameInfo {
        let facts = self.facts(frame);
        let code = frame.code();
        let at = frame.instruction().unwrap_or(CodeUnitIdx(0));
        let (event, map) = {
            let mut state = self.shared.state();
            let event = state.sources.announce(facts.source).map(Event::SourceLoaded);
            // Which statement it is matters in user code alone.
            let map =
                if facts.user_code { state.sources.map(facts.source).map(|(map, _)| map) } else { None };
            (event, map)
        };
        if let Some(event) = event {
            self.shared.send(event);
        }
        let place = |at: lasti_code::source_map::Position| Position { line: at.line, column: at.column };
        let statement_at = |at: CodeUnitIdx| {
            let map = map.as_ref()?;
            map.statements().get(map.statement_of(facts.code, at)?)
        };
        let statement = statement_at(at).map(|statement| place(statement.range.start));
        // A thread that stopped where a statement begins is shown at the statement, whichever part of it runs first.
        let begins = index == 0
            && self.by_statements()
            && map.as_ref().is_some_and(|map| self.begins(map, &facts, at));
        let position = match statement_at(at).filter(|_| begins) {
            Some(statement)
                if position(&code, at).is_none_or(|here| here.start.line != statement.range.start.line) =>
            {
                Some(Span { start: place(statement.range.start), end: place(statement.header.end) })
            }
            _ => position(&code, at),
        };
        FrameInfo {
            frame: FrameRef { epoch: self.epoch, id: index as u32 },
            name: code.qualname().to_string_lossy().into_owned(),
            kind: kind(&code),
            link: FrameLink::Called,
            source: Some(facts.source),
            position,
            statement,
            instruction: Some(InstructionPlace {
                source: facts.source,
                code: facts.code.0,
                offset: at.byte_offset().0,
            }),
            user_code: facts.user_code,
        }
    }

    /// Whether the thread's last step was not of lines or instructions.
    fn by_statements(&self) -> bool {
        let state = self.shared.state();
        state.threads.get(&self.thread).is_some_and(|thread| thread.granularity == Granularity::Statement)
    }

    fn begins(&self, map: &SourceMap, facts: &FrameFacts, at: CodeUnitIdx) -> bool {
        let marks = self.shared.state().sources.marks(facts.source, facts.code);
        let unit = marks.map_or(at, |marks| marks.start_of(at));
        map.begin_at(facts.code, unit).is_some()
    }
}

/// Where an instruction stands.
pub(super) fn position(code: &Code, at: CodeUnitIdx) -> Option<Span> {
    let location = code.data().line_table().location_at(at)?;
    if let Some(CodeSpan { start, end }) = CodeSpan::of(location) {
        let position = |at: lasti_code::source_map::Position| Position { line: at.line, column: at.column };
        return Some(Span { start: position(start), end: position(end) });
    }
    let line = u32::try_from(location.line).ok().filter(|line| *line > 0)?;
    let start = Position { line, column: location.column.unwrap_or(0) };
    Some(Span { start, end: start })
}

fn kind(code: &Code) -> FrameKind {
    let flags = code.flags();
    match &*code.name().to_string_lossy() {
        "<module>" => FrameKind::Module,
        "<lambda>" => FrameKind::Lambda,
        "<genexpr>" | "<listcomp>" | "<setcomp>" | "<dictcomp>" => FrameKind::Comprehension,
        _ if flags.contains(CodeFlags::ASYNC_GENERATOR) => FrameKind::AsyncGenerator,
        _ if flags.contains(CodeFlags::COROUTINE) => FrameKind::Coroutine,
        _ if flags.contains(CodeFlags::GENERATOR) => FrameKind::Generator,
        _ if !flags.contains(CodeFlags::OPTIMIZED) => FrameKind::ClassBody,
        _ => FrameKind::Function,
    }
}
