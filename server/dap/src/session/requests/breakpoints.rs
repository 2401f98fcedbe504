//! `setBreakpoints`, `setFunctionBreakpoints`, `setInstructionBreakpoints`, `breakpointLocations`.

use lasti_engine::breakpoints::{self as engine, BreakpointInfo, BreakpointRules, BreakpointStatus};
use lasti_engine::command::{
    BreakpointLocations, SetBreakpoints, SetFunctionBreakpoints, SetInstructionBreakpoints,
};
use lasti_engine::place::{Position, SourceName, Span};

use super::super::answer::{Outcome, ask, now};
use super::super::breakpoints::OfSource;
use super::super::{ErrorId, RequestError, Session};
use super::texts::with_texts;
use crate::protocol::{
    Breakpoint, BreakpointLocation, BreakpointLocationsArguments, BreakpointLocationsResponseBody,
    BreakpointReason, SetBreakpointsArguments, SetBreakpointsResponseBody, SetFunctionBreakpointsArguments,
    SetFunctionBreakpointsResponseBody, SetInstructionBreakpointsArguments,
    SetInstructionBreakpointsResponseBody, SourceBreakpoint,
};

/// A text that asks for something: clients send empty ones for none.
fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

pub(super) fn set(
    session: &mut Session,
    arguments: SetBreakpointsArguments,
) -> Outcome<SetBreakpointsResponseBody> {
    let source = session.sources.named_by(&arguments.source)?;
    let breakpoints = arguments.breakpoints.unwrap_or_else(|| {
        let on = |line| SourceBreakpoint {
            line,
            column: None,
            condition: None,
            hit_condition: None,
            log_message: None,
            mode: None,
        };
        arguments.lines.unwrap_or_default().into_iter().map(on).collect()
    });
    if let Some(breakpoints) = without_debugging(session, breakpoints.len()) {
        return now(SetBreakpointsResponseBody { breakpoints });
    }
    // Columns are counted by the text, if there is any yet.
    let has_columns = breakpoints.iter().any(|breakpoint| breakpoint.column.is_some());
    let known = session.sources.find(&source).filter(|_| has_columns);
    with_texts(session, known.into_iter().collect(), move |session| {
        let columns: Vec<_> = breakpoints.iter().map(|breakpoint| breakpoint.column).collect();
        let wanted: Vec<engine::SourceBreakpoint> = breakpoints
            .into_iter()
            .map(|breakpoint| {
                let line = session.sources.counting().line_in(breakpoint.line);
                let column = breakpoint.column.map(|column| session.sources.column_in(known, line, column));
                let rules = BreakpointRules {
                    condition: given(breakpoint.condition),
                    hit_condition: given(breakpoint.hit_condition),
                    log_message: given(breakpoint.log_message),
                };
                engine::SourceBreakpoint { line, column, rules }
            })
            .collect();
        let command = SetBreakpoints { source: source.clone(), breakpoints: wanted.clone() };
        ask(command, move |session, reply| {
            let infos = counted(reply.0, wanted.len())?;
            let numbers = numbers(session, &infos);
            for (&number, column) in numbers.iter().zip(&columns) {
                session.breakpoints.set_has_column(number, column.is_some());
            }
            let held = OfSource { source, breakpoints: wanted, columns, numbers: numbers.clone() };
            session.breakpoints.hold(held);
            told(session, numbers, infos, |breakpoints| SetBreakpointsResponseBody { breakpoints })
        })
    })
}

pub(super) fn set_functions(
    session: &mut Session,
    arguments: SetFunctionBreakpointsArguments,
) -> Outcome<SetFunctionBreakpointsResponseBody> {
    if let Some(breakpoints) = without_debugging(session, arguments.breakpoints.len()) {
        return now(SetFunctionBreakpointsResponseBody { breakpoints });
    }
    let wanted: Vec<engine::FunctionBreakpoint> = arguments
        .breakpoints
        .into_iter()
        .map(|breakpoint| engine::FunctionBreakpoint {
            name: breakpoint.name,
            rules: BreakpointRules {
                condition: given(breakpoint.condition),
                hit_condition: given(breakpoint.hit_condition),
                log_message: None,
            },
        })
        .collect();
    ask(SetFunctionBreakpoints { breakpoints: wanted.clone() }, move |session, reply| {
        let infos = counted(reply.0, wanted.len())?;
        let numbers = numbers(session, &infos);
        session.breakpoints.functions = wanted;
        session.breakpoints.function_numbers.clone_from(&numbers);
        told(session, numbers, infos, |breakpoints| SetFunctionBreakpointsResponseBody { breakpoints })
    })
}

pub(super) fn set_instructions(
    session: &mut Session,
    arguments: SetInstructionBreakpointsArguments,
) -> Outcome<SetInstructionBreakpointsResponseBody> {
    if let Some(breakpoints) = without_debugging(session, arguments.breakpoints.len()) {
        return now(SetInstructionBreakpointsResponseBody { breakpoints });
    }
    let mut wanted = Vec::new();
    // For each that was asked for: whether the engine is asked.
    let mut known = Vec::new();
    for breakpoint in arguments.breakpoints {
        let at = session.instruction(&breakpoint.instruction_reference, breakpoint.offset.unwrap_or(0));
        known.push(at.is_some());
        if let Some(at) = at {
            let rules = BreakpointRules {
                condition: given(breakpoint.condition),
                hit_condition: given(breakpoint.hit_condition),
                log_message: None,
            };
            wanted.push(engine::InstructionBreakpoint { at, rules });
        }
    }
    let places: Vec<_> = wanted.iter().map(|breakpoint| breakpoint.at).collect();
    ask(SetInstructionBreakpoints { breakpoints: wanted }, move |session, reply| {
        let infos = counted(reply.0, places.len())?;
        let numbers = numbers(session, &infos);
        let lacking: Vec<_> = infos.iter().filter_map(source_of).collect();
        with_texts(session, lacking, move |session| {
            let mut told = numbers.into_iter().zip(infos).zip(places);
            let mut breakpoints = Vec::new();
            for known in known {
                breakpoints.push(match if known { told.next() } else { None } {
                    Some(((number, info), at)) => {
                        let instruction_reference = Some(session.address(at));
                        Breakpoint { instruction_reference, ..session.breakpoint(number, info) }
                    }
                    None => unverified(session.breakpoints.fresh(), "this program has no such instruction"),
                });
            }
            now(SetInstructionBreakpointsResponseBody { breakpoints })
        })
    })
}

/// What all breakpoints are told that are set in a program that is not debugged.
fn without_debugging(session: &mut Session, count: usize) -> Option<Vec<Breakpoint>> {
    session.program.as_ref().filter(|program| program.wanted.no_debug())?;
    let text = "the program runs without being debugged (`noDebug`)";
    Some((0..count).map(|_| unverified(session.breakpoints.fresh(), text)).collect())
}

fn unverified(number: i32, message: &str) -> Breakpoint {
    Breakpoint {
        id: Some(number),
        verified: false,
        message: Some(message.into()),
        source: None,
        line: None,
        column: None,
        end_line: None,
        end_column: None,
        instruction_reference: None,
        offset: None,
        reason: Some(BreakpointReason::Failed),
    }
}

/// The response has as many breakpoints as were asked for, so the reply has to.
fn counted(infos: Vec<BreakpointInfo>, wanted: usize) -> Result<Vec<BreakpointInfo>, RequestError> {
    if infos.len() == wanted {
        return Ok(infos);
    }
    let text = format!("the engine told of {} breakpoints, where {wanted} were set", infos.len());
    Err(RequestError::new(ErrorId::Internal, text))
}

fn numbers(session: &mut Session, infos: &[BreakpointInfo]) -> Vec<i32> {
    infos.iter().map(|info| session.breakpoints.number(info.id)).collect()
}

fn source_of(info: &BreakpointInfo) -> Option<lasti_engine::SourceId> {
    match info.status {
        BreakpointStatus::Verified { source, .. } => Some(source),
        BreakpointStatus::Pending | BreakpointStatus::Refused => None,
    }
}

/// Tells what became of breakpoints; those with columns when the text is there to count by.
fn told<B>(
    session: &mut Session,
    numbers: Vec<i32>,
    infos: Vec<BreakpointInfo>,
    body: fn(Vec<Breakpoint>) -> B,
) -> Outcome<B>
where
    B: Send + 'static,
{
    let with_columns =
        numbers.iter().zip(&infos).filter(|(number, _)| session.breakpoints.has_column(**number));
    let lacking = with_columns.filter_map(|(_, info)| source_of(info)).collect();
    with_texts(session, lacking, move |session| {
        let told = numbers.into_iter().zip(infos);
        now(body(told.map(|(number, info)| session.breakpoint(number, info)).collect()))
    })
}

pub(super) fn locations(
    session: &mut Session,
    arguments: BreakpointLocationsArguments,
) -> Outcome<BreakpointLocationsResponseBody> {
    let source = session.sources.named_by(&arguments.source)?;
    let lacking: Vec<_> = session.sources.find(&source).into_iter().collect();
    with_texts(session, lacking, move |session| ask_locations(session, source, &arguments))
}

fn ask_locations(
    session: &mut Session,
    source: SourceName,
    arguments: &BreakpointLocationsArguments,
) -> Outcome<BreakpointLocationsResponseBody> {
    let counting = session.sources.counting();
    let known = session.sources.find(&source);
    let line = counting.line_in(arguments.line);
    let last = arguments.end_line.map_or(line, |line| counting.line_in(line));
    let column = arguments.column.map_or(0, |column| session.sources.column_in(known, line, column));
    let range = Span {
        start: Position { line, column },
        // The protocol's end is part of the range, a span's is not. Without one the last line counts whole.
        end: match arguments.end_column {
            Some(end) => {
                Position { line: last, column: session.sources.column_in(known, last, end).saturating_add(1) }
            }
            None => Position { line: last.saturating_add(1), column: 0 },
        },
    };
    ask(BreakpointLocations { source: source.clone(), range }, move |session, reply| {
        // It may have been loaded meanwhile.
        let known = session.sources.find(&source);
        with_texts(session, known.into_iter().collect(), move |session| {
            let told = reply.0.into_iter().map(|span| {
                let place = session.place(known, span);
                BreakpointLocation {
                    line: place.line,
                    column: Some(place.column),
                    end_line: Some(place.end_line),
                    end_column: Some(place.end_column),
                }
            });
            now(BreakpointLocationsResponseBody { breakpoints: told.collect() })
        })
    })
}
