//! Breakpoints that are hit: conditions, hit conditions, log messages, and one hit for one execution.

use lasti_code::source_map::CodeIdx;
use lasti_engine::breakpoints::{BreakpointRules, FunctionBreakpoint, SourceBreakpoint};
use lasti_engine::command::{Granularity, StepKind};
use lasti_engine::stop::StepEnd;
use lasti_engine::{BreakpointId, SourceId, StopReason, ThreadId};

use crate::breakpoints::tests::{on_line, program, program_py};
use crate::control::{Answer, Control, Decision, Question, Stop, StopScope};
use crate::trace::{ActivationId, FrameFacts, Instruction, Place, Trace, TraceEvent};

const THREAD: ThreadId = ThreadId(1);

/// A control with the breakpoints set in the program, and where they are planted.
fn control(breakpoints: Vec<SourceBreakpoint>) -> (Control, Vec<Place>) {
    let mut control = Control::new(StopScope::AllThreads);
    control.breakpoints.source_loaded(SourceId(1), "/program.py", program());
    let (_, changes) = control.breakpoints.set_source(program_py(), breakpoints);
    (control, changes.plant)
}

fn on_5(condition: &str, hit_condition: &str, log_message: &str) -> SourceBreakpoint {
    let rules = BreakpointRules {
        condition: Some(condition.into()),
        hit_condition: Some(hit_condition.into()),
        log_message: Some(log_message.into()),
    };
    SourceBreakpoint { rules, ..on_line(5) }
}

fn frame(activation: u64, Place { source, code, .. }: Place) -> FrameFacts {
    FrameFacts { activation: ActivationId(activation), source, code, statements: true, user_code: true }
}

fn arrive(thread: ThreadId, place: Place, jumped: bool) -> Trace {
    let Place { code, unit, .. } = place;
    let begin = program().begin_at(code, unit);
    let instruction = Instruction { unit, begin, jumped, line: false, element: false };
    Trace { thread, frame: frame(1, place), event: TraceEvent::Instruction(instruction) }
}

fn stop(reason: StopReason, hits: &[u32]) -> Decision {
    let hits = hits.iter().map(|id| BreakpointId(*id)).collect();
    Decision::Stop(Stop { reason, hits, failed: Vec::new(), result_of: None })
}

fn asks(id: u32) -> Decision {
    Decision::Ask(Question::Condition(BreakpointId(id)))
}

#[test]
fn a_hit_each_time_the_statement_is_begun() {
    let (mut control, places) = control(vec![on_line(5)]);
    for _ in 0..3 {
        assert_eq!(control.event(&arrive(THREAD, places[0], false)), stop(StopReason::Breakpoint, &[1]));
    }
    control.breakpoints.set_source(program_py(), Vec::new());
    assert_eq!(control.event(&arrive(THREAD, places[0], false)), Decision::Continue);
}

#[test]
fn a_loop_header_is_hit_by_a_jump_back_but_not_when_it_is_fallen_into() {
    let (mut control, places) = control(vec![on_line(14)]);
    let map = program();
    let hits: Vec<_> = places
        .iter()
        .flat_map(|place| [(*place, false), (*place, true)])
        .map(|(place, jumped)| {
            let arrival = map.begin_at(place.code, place.unit).unwrap().arrival;
            let hit = control.event(&arrive(THREAD, place, jumped)) != Decision::Continue;
            (arrival, jumped, hit)
        })
        .collect();
    use lasti_code::source_map::Arrival::{Any, JumpBack};
    assert_eq!(
        hits,
        [(Any, false, true), (Any, true, true), (JumpBack, false, false), (JumpBack, true, true)]
    );
}

#[test]
fn a_condition_decides_and_only_true_ones_are_counted() {
    let (mut control, places) = control(vec![on_5("a > 1", "2", "")]);
    let here = arrive(THREAD, places[0], false);
    for (answer, expected) in [
        (Answer::False, Decision::Continue),
        (Answer::True, Decision::Continue),
        (Answer::False, Decision::Continue),
        (Answer::True, stop(StopReason::Breakpoint, &[1])),
        (Answer::True, Decision::Continue),
    ] {
        assert_eq!(control.event(&here), asks(1));
        assert_eq!(control.answer(THREAD, answer), expected);
    }
    assert_eq!(control.answer(THREAD, Answer::True), Decision::Continue, "nothing was asked");
}

#[test]
fn a_condition_that_fails_stops() {
    let (mut control, places) = control(vec![on_5("1/0", "100", "")]);
    assert_eq!(control.event(&arrive(THREAD, places[0], false)), asks(1));
    let failed = vec![BreakpointId(1)];
    let expected = Stop { reason: StopReason::Breakpoint, hits: failed.clone(), failed, result_of: None };
    assert_eq!(control.answer(THREAD, Answer::Failed), Decision::Stop(expected));
}

#[test]
fn a_log_message_is_written_instead_of_stopping() {
    let (mut control, places) = control(vec![on_5("", "% 2", "a is {a}")]);
    let here = arrive(THREAD, places[0], false);
    assert_eq!(control.event(&here), Decision::Continue);
    assert_eq!(control.event(&here), Decision::Ask(Question::Log(BreakpointId(1))));
    assert_eq!(control.answer(THREAD, Answer::True), Decision::Continue);
}

#[test]
fn all_breakpoints_of_a_place_are_asked_and_named() {
    let breakpoints =
        vec![on_5("a", "", ""), on_5("", "", "log"), on_5("b", "", ""), on_line(5), on_5("c", "", "")];
    let (mut control, places) = control(breakpoints);
    assert_eq!(control.event(&arrive(THREAD, places[0], false)), asks(1));
    assert_eq!(control.answer(THREAD, Answer::True), Decision::Ask(Question::Log(BreakpointId(2))));
    assert_eq!(control.answer(THREAD, Answer::True), asks(3));
    assert_eq!(control.answer(THREAD, Answer::False), asks(5));
    assert_eq!(control.answer(THREAD, Answer::True), stop(StopReason::Breakpoint, &[1, 4, 5]));
}

#[test]
fn while_a_thread_answers_its_own_events_do_not_stop_but_others_do() {
    let (mut control, places) = control(vec![on_5("f()", "", "")]);
    let here = arrive(THREAD, places[0], false);
    assert_eq!(control.event(&here), asks(1));
    assert_eq!(control.event(&here), Decision::Continue);
    assert_eq!(control.event(&arrive(ThreadId(2), places[0], false)), asks(1));
    assert_eq!(control.answer(ThreadId(2), Answer::False), Decision::Continue);
    assert_eq!(control.answer(THREAD, Answer::True), stop(StopReason::Breakpoint, &[1]));
}

#[test]
fn a_breakpoint_removed_while_its_condition_runs_stops_nothing() {
    for answer in [Answer::True, Answer::False, Answer::Failed] {
        let (mut control, places) = control(vec![on_5("a", "", "")]);
        assert_eq!(control.event(&arrive(THREAD, places[0], false)), asks(1));
        control.breakpoints.set_source(program_py(), Vec::new());
        assert_eq!(control.answer(THREAD, answer), Decision::Continue);
    }
}

#[test]
fn a_step_that_ends_at_a_breakpoint_is_one_stop() {
    let (mut control, places) = control(vec![on_5("a", "", "")]);
    for (answer, expected) in [
        (Answer::True, stop(StopReason::Breakpoint, &[1])),
        (Answer::False, stop(StopReason::Step(StepEnd::Next), &[])),
    ] {
        control.step(THREAD, StepKind::Over, Granularity::Statement, &frame(1, places[0]));
        assert_eq!(control.event(&arrive(THREAD, places[0], false)), asks(1));
        assert_eq!(control.answer(THREAD, answer), expected);
        assert_eq!(control.watched().count(), 0);
    }
}

#[test]
fn a_breakpoint_of_another_thread_ends_a_step() {
    let (mut control, places) = control(vec![on_line(5)]);
    control.step(THREAD, StepKind::Over, Granularity::Statement, &frame(9, places[0]));
    assert_eq!(control.event(&arrive(ThreadId(2), places[0], false)), stop(StopReason::Breakpoint, &[1]));
    assert_eq!(control.watched().count(), 0);
}

#[test]
fn function_breakpoints_say_so() {
    let (mut control, _) = control(Vec::new());
    let spec = FunctionBreakpoint { name: "C.f".into(), rules: BreakpointRules::default() };
    let (_, changes) = control.breakpoints.set_functions(vec![spec]);
    assert_eq!(changes.plant[0].code, CodeIdx(3));
    assert_eq!(
        control.event(&arrive(THREAD, changes.plant[0], false)),
        stop(StopReason::FunctionBreakpoint, &[1])
    );
}
