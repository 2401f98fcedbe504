//! The engine's data in the protocol's words. The only place that knows both.

use std::fmt::Write as _;

use lasti_engine::breakpoints::{BreakpointInfo, BreakpointStatus};
use lasti_engine::event::{ExitStatus, OutputCategory};
use lasti_engine::place::{InstructionPlace, Span};
use lasti_engine::snapshot::{
    ChainedException, Children, ExceptionInfo, ExceptionLink, FrameInfo, FrameLink, ScopeInfo, ScopeKind,
    SourceInfo, ValueInfo, VariableInfo,
};
use lasti_engine::stop::{ExceptionVerdict, StepEnd};
use lasti_engine::{SourceId, StopReason};

use super::Session;
use crate::protocol::{
    Breakpoint, BreakpointReason, ExceptionBreakMode, ExceptionDetails, ExceptionInfoResponseBody,
    IntegerOrString, Module, OutputEventBodyCategory, Scope, ScopePresentationHint, StackFrame,
    StackFramePresentationHint, StoppedEventBodyReason, Variable, VariablePresentationHint,
    VariablePresentationHintAttributes,
};

/// How deep a chain of exceptions is nested; what is deeper stands beside what it belongs to.
const DEPTH: usize = 32;

/// A value as a client shows it.
pub(super) struct Shown {
    pub(super) value: String,
    pub(super) kind: Option<String>,
    pub(super) reference: i32,
    pub(super) named: Option<i32>,
    pub(super) indexed: Option<i32>,
}

/// Where a span is, in the client's numbers.
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: u64,
    pub(super) end_line: u64,
    pub(super) end_column: u64,
}

/// Why the program stopped, and the words for it. They are short: in VS Code the thread's name makes room
/// for them.
pub(super) fn stop_reason(reason: StopReason) -> (StoppedEventBodyReason, Option<&'static str>) {
    use StoppedEventBodyReason as R;
    match reason {
        StopReason::Exception(verdict) => (
            R::Exception,
            Some(match verdict {
                ExceptionVerdict::Caught => "Paused on caught exception",
                ExceptionVerdict::UserUnhandled => "Paused on user uncaught exception",
                ExceptionVerdict::Uncaught => "Paused on uncaught exception",
            }),
        ),
        StopReason::Breakpoint => (R::Breakpoint, None),
        StopReason::FunctionBreakpoint => (R::FunctionBreakpoint, None),
        StopReason::InstructionBreakpoint => (R::InstructionBreakpoint, None),
        StopReason::Step(end) => (
            R::Step,
            match end {
                StepEnd::Next => None,
                StepEnd::Result => Some("Paused on result"),
                StepEnd::Handler => Some("Paused on handler"),
                StepEnd::Uncaught => Some("Paused on uncaught exception"),
                StepEnd::Lost => Some("Paused after generator was given up"),
            },
        ),
        StopReason::Entry => (R::Entry, None),
        StopReason::Pause => (R::Pause, Some("Paused")),
        StopReason::Jump => (R::Goto, None),
    }
}

pub(super) fn output_category(category: OutputCategory) -> OutputEventBodyCategory {
    match category {
        OutputCategory::Stdout => OutputEventBodyCategory::Stdout,
        OutputCategory::Stderr => OutputEventBodyCategory::Stderr,
        OutputCategory::Log | OutputCategory::Engine => OutputEventBodyCategory::Console,
    }
}

/// The exit code, as a shell has it.
pub(super) fn exit_code(status: ExitStatus) -> i32 {
    match status {
        ExitStatus::Code(code) => code,
        ExitStatus::Signal(signal) => signal.saturating_add(128),
    }
}

/// A signal's name, where it is one of those that end programs.
pub(super) fn signal_name(signal: i32) -> &'static str {
    match signal {
        1 => " (SIGHUP)",
        2 => " (SIGINT)",
        3 => " (SIGQUIT)",
        4 => " (SIGILL)",
        6 => " (SIGABRT)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        13 => " (SIGPIPE)",
        14 => " (SIGALRM)",
        15 => " (SIGTERM)",
        _ => "",
    }
}

pub(super) fn module(info: &SourceInfo) -> Option<Module> {
    Some(Module {
        id: IntegerOrString::Integer(i64::from(info.id.0)),
        name: info.module.clone()?,
        path: info.is_file.then(|| info.name.clone()),
        is_optimized: None,
        is_user_code: None,
        version: None,
        symbol_status: None,
        symbol_file_path: None,
        date_time_stamp: None,
        address_range: None,
    })
}

pub(super) fn exception_info(info: ExceptionInfo) -> ExceptionInfoResponseBody {
    let mode = match info.verdict {
        ExceptionVerdict::Caught => ExceptionBreakMode::Always,
        ExceptionVerdict::UserUnhandled => ExceptionBreakMode::UserUnhandled,
        ExceptionVerdict::Uncaught => ExceptionBreakMode::Unhandled,
    };
    let first = info.chain.first();
    let mut description = first.map(|first| first.text.clone()).unwrap_or_default();
    if let Some(first) = first {
        for note in &first.notes {
            let _ = write!(description, "\n{note}");
        }
    }
    if let Some(caught) = &info.caught {
        let line = caught.position.map(|position| format!(", line {}", position.line)).unwrap_or_default();
        let _ = write!(description, "\n(will be caught in {}{line})", caught.function);
    }
    ExceptionInfoResponseBody {
        exception_id: first.map_or_else(|| "exception".into(), |first| first.type_name.clone()),
        description: (!description.is_empty()).then_some(description),
        break_mode: mode,
        details: details(info.chain),
    }
}

/// A flat chain as a tree.
fn details(chain: Vec<ChainedException>) -> Option<ExceptionDetails> {
    // For each exception the one that it is shown in, and how deep it is then.
    let mut parents: Vec<Option<usize>> = Vec::new();
    let mut depths: Vec<usize> = Vec::new();
    // The last exception of each depth in groups.
    let mut last: Vec<usize> = Vec::new();
    for (index, exception) in chain.iter().enumerate() {
        let depth = exception.depth as usize;
        let parent = match exception.link {
            ExceptionLink::Member => depth.min(last.len()).checked_sub(1).map(|group| last[group]),
            ExceptionLink::Cause | ExceptionLink::Context | ExceptionLink::Itself => {
                last.get(depth).copied().or(index.checked_sub(1))
            }
        };
        let mut parent = parent.or((index > 0).then_some(0));
        while let Some(deep) = parent.filter(|&parent| depths[parent] + 1 >= DEPTH) {
            parent = parents[deep];
        }
        depths.push(parent.map_or(0, |parent| depths[parent] + 1));
        parents.push(parent);
        last.truncate(depth);
        last.push(index);
    }
    let mut made: Vec<Option<ExceptionDetails>> = chain.into_iter().map(|one| Some(detail(one))).collect();
    for index in (1..made.len()).rev() {
        let child = made[index].take().map(in_order);
        if let (Some(child), Some(parent)) = (child, parents[index].and_then(|parent| made[parent].as_mut()))
        {
            parent.inner_exception.get_or_insert_default().push(child);
        }
    }
    made.into_iter().next().flatten().map(in_order)
}

/// What an exception holds was collected from the last on.
fn in_order(mut details: ExceptionDetails) -> ExceptionDetails {
    details.inner_exception.iter_mut().for_each(|inner| inner.reverse());
    details
}

fn detail(exception: ChainedException) -> ExceptionDetails {
    let short = exception.type_name.rsplit('.').next().map(str::to_owned);
    ExceptionDetails {
        message: Some(exception.text),
        type_name: short,
        full_type_name: Some(exception.type_name),
        evaluate_name: None,
        stack_trace: (!exception.traceback.is_empty()).then_some(exception.traceback),
        inner_exception: None,
    }
}

impl Session {
    pub(super) fn place(&self, source: Option<SourceId>, span: Span) -> Place {
        let counting = self.sources.counting();
        Place {
            line: counting.line_out(span.start.line),
            column: self.sources.column_out(source, span.start.line, span.start.column),
            end_line: counting.line_out(span.end.line),
            end_column: self.sources.column_out(source, span.end.line, span.end.column),
        }
    }

    pub(super) fn stack_frame(&mut self, info: FrameInfo) -> StackFrame {
        let place = info.position.map(|span| self.place(info.source, span));
        let source = info.source.and_then(|id| self.sources.to_dap(id, info.user_code));
        let module =
            info.source.filter(|&id| self.sources.info(id).is_some_and(|info| info.module.is_some()));
        StackFrame {
            id: self.handles.of_frame(info.frame),
            name: match info.link {
                FrameLink::Called => info.name,
                FrameLink::Awaits => format!("{} (awaiting)", info.name),
            },
            // Without a source the protocol wants 0 for both.
            line: if source.is_some() { place.as_ref().map_or(0, |place| place.line) } else { 0 },
            column: if source.is_some() { place.as_ref().map_or(0, |place| place.column) } else { 0 },
            end_line: place.as_ref().filter(|_| source.is_some()).map(|place| place.end_line),
            end_column: place.as_ref().filter(|_| source.is_some()).map(|place| place.end_column),
            source,
            can_restart: None,
            instruction_pointer_reference: info.instruction.map(|at| self.address(at)),
            module_id: module.map(|id| IntegerOrString::Integer(i64::from(id.0))),
            presentation_hint: (!info.user_code).then_some(StackFramePresentationHint::Subtle),
        }
    }

    pub(super) fn scope(&mut self, info: &ScopeInfo) -> Scope {
        use ScopePresentationHint as Hint;
        let (name, hint) = match info.kind {
            ScopeKind::Locals => ("Locals", Some(Hint::Locals)),
            ScopeKind::FreeVariables => ("Free variables", None),
            ScopeKind::Comprehension => ("Comprehension", None),
            ScopeKind::Globals => ("Globals", None),
            ScopeKind::Builtins => ("Builtins", None),
            ScopeKind::Results => ("Results", Some(Hint::ReturnValue)),
            ScopeKind::Exception => ("Exception", None),
            ScopeKind::ValueStack => ("Value stack", Some(Hint::Registers)),
        };
        Scope {
            name: name.into(),
            presentation_hint: hint,
            variables_reference: self.handles.of_variables(info.variables),
            named_variables: info.count.map(count).filter(|_| self.client.variable_paging),
            indexed_variables: None,
            expensive: info.expensive,
            source: None,
            line: None,
            column: None,
            end_line: None,
            end_column: None,
        }
    }

    pub(super) fn shown(&mut self, value: ValueInfo) -> Shown {
        let paging = self.client.variable_paging;
        let (reference, named, indexed) = match value.children {
            None => (0, None, None),
            Some(Children { variables, named, indexed }) => {
                let reference = self.handles.of_variables(variables);
                let counted = |number| (paging && indexed > 0).then(|| count(number));
                (reference, counted(named), counted(indexed))
            }
        };
        Shown {
            value: value.text,
            kind: self.client.variable_types.then_some(value.type_name),
            reference,
            named,
            indexed,
        }
    }

    pub(super) fn variable(&mut self, info: VariableInfo) -> Variable {
        let lazy = info.value.lazy && info.value.children.is_some();
        let shown = self.shown(info.value);
        let read_only = (!info.writable).then(|| vec![VariablePresentationHintAttributes::ReadOnly]);
        let hint = VariablePresentationHint {
            attributes: read_only,
            lazy: lazy.then_some(true),
            ..VariablePresentationHint::default()
        };
        Variable {
            name: info.name,
            value: shown.value,
            r#type: shown.kind,
            presentation_hint: (hint != VariablePresentationHint::default()).then_some(hint),
            evaluate_name: info.expression,
            variables_reference: shown.reference,
            named_variables: shown.named,
            indexed_variables: shown.indexed,
            memory_reference: None,
            declaration_location_reference: None,
            value_location_reference: None,
        }
    }

    /// A breakpoint under the client's number.
    pub(super) fn breakpoint(&self, number: i32, info: BreakpointInfo) -> Breakpoint {
        let mut breakpoint = Breakpoint {
            id: Some(number),
            verified: false,
            message: info.message,
            source: None,
            line: None,
            column: None,
            end_line: None,
            end_column: None,
            instruction_reference: None,
            offset: None,
            reason: None,
        };
        match info.status {
            BreakpointStatus::Pending => {
                breakpoint.reason = Some(BreakpointReason::Pending);
                breakpoint.message.get_or_insert_with(|| "its code is not loaded yet".into());
            }
            BreakpointStatus::Refused => breakpoint.reason = Some(BreakpointReason::Failed),
            BreakpointStatus::Verified { source, position } => {
                breakpoint.verified = true;
                breakpoint.source = self.sources.to_dap(source, true);
                breakpoint.line = Some(self.sources.counting().line_out(position.line));
                // A client draws a breakpoint with a column at the column, so it gets one only if it asked.
                breakpoint.column = self
                    .breakpoints
                    .has_column(number)
                    .then(|| self.sources.column_out(Some(source), position.line, position.column));
            }
        }
        breakpoint
    }

    /// An instruction as an address: a number for its code object, and the offset in it.
    pub(super) fn address(&mut self, at: InstructionPlace) -> String {
        format!("0x{:x}", self.address_number(at))
    }

    pub(super) fn address_number(&mut self, at: InstructionPlace) -> u64 {
        let code = (at.source, at.code);
        let known = self.code_objects.iter().position(|&known| known == code);
        let index = known.unwrap_or_else(|| {
            self.code_objects.push(code);
            self.code_objects.len() - 1
        });
        (index as u64 + 1) << 32 | u64::from(at.offset)
    }

    /// The instruction of an address, if it is one of this session's.
    pub(super) fn instruction(&self, address: &str, offset: i64) -> Option<InstructionPlace> {
        let number = match address.strip_prefix("0x") {
            Some(digits) => i64::from_str_radix(digits, 16).ok()?,
            None => address.parse().ok()?,
        };
        let number = u64::try_from(number.checked_add(offset)?).ok()?;
        let index = (number >> 32).checked_sub(1)?;
        let &(source, code) = self.code_objects.get(usize::try_from(index).ok()?)?;
        Some(InstructionPlace { source, code, offset: number as u32 })
    }
}

fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exception(link: ExceptionLink, depth: u32, name: &str) -> ChainedException {
        ChainedException {
            link,
            depth,
            type_name: name.into(),
            text: String::new(),
            notes: Vec::new(),
            traceback: String::new(),
        }
    }

    fn tree(details: &ExceptionDetails) -> String {
        let name = details.type_name.clone().unwrap_or_default();
        match &details.inner_exception {
            None => name,
            Some(inner) => format!("{name}({})", inner.iter().map(tree).collect::<Vec<_>>().join(" ")),
        }
    }

    #[test]
    fn a_flat_chain_becomes_a_tree() {
        use ExceptionLink as L;
        let chain = [
            (L::Itself, 0, "G"),
            (L::Member, 1, "a"),
            (L::Cause, 1, "b"),
            (L::Member, 1, "H"),
            (L::Member, 2, "c"),
            (L::Context, 0, "d"),
        ];
        let chain = chain.map(|(link, depth, name)| exception(link, depth, name)).to_vec();
        assert_eq!(tree(&details(chain).unwrap()), "G(a(b) H(c) d)");
        assert_eq!(details(Vec::new()), None);
    }

    #[test]
    fn a_long_chain_is_not_nested_without_end() {
        let mut chain = vec![exception(ExceptionLink::Itself, 0, "x")];
        chain.extend((0..5000).map(|_| exception(ExceptionLink::Context, 0, "x")));
        let text = tree(&details(chain).unwrap());
        assert_eq!(text.matches('x').count(), 5001);
        let mut depth = 0usize;
        let deepest = text.chars().fold(0, |deepest, character| {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            deepest.max(depth)
        });
        assert_eq!(deepest, DEPTH - 1);
    }
}
