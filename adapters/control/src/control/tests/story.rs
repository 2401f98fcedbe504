//! Stories: what a program does, line by line, and where it stops. Each event is sent only if the interest asked
//! for it, so a story also shows that the interest is enough.
//!
//! ```text
//! > COMMAND                      over, into, out (with /line or /op) and a frame; pause; entry; filters ...
//! [t2] FRAME EVENT [ARGUMENT]    see `event`; a thread but the first is named
//! ... => REASON                  the stop that must follow; without it the thread must run on
//! ```
//!
//! Frames whose names begin with `lib` are library code, with `lambda` have no statements.

use std::collections::HashMap;
use std::str::SplitWhitespace;

use lasti_code::CodeUnitIdx;
use lasti_code::source_map::{Arrival, Begin, CodeIdx, StatementIdx};
use lasti_engine::breakpoints::ExceptionFilters;
use lasti_engine::command::{Granularity, StepKind};
use lasti_engine::stop::{ExceptionVerdict, StepEnd};
use lasti_engine::{SourceId, StopReason, ThreadId};

use crate::control::{Control, Decision, StopScope};
use crate::interest::FrameInterest;
use crate::trace::{
    ActivationId, ExceptionClass, ExceptionId, FrameFacts, Instruction, Landing, Raise, Trace, TraceEvent,
    Yielded,
};

/// Sends events as whoever runs a program does: those that an interest asked for.
#[derive(Default)]
pub(super) struct Sender {
    interests: HashMap<ActivationId, FrameInterest>,
    seen: u64,
}

impl Sender {
    /// After whatever may have changed an interest.
    pub(super) fn look(&mut self, control: &Control, facts: impl Fn(ActivationId) -> (ThreadId, FrameFacts)) {
        if self.seen != control.version() {
            self.seen = control.version();
            for activation in control.watched() {
                let (thread, frame) = facts(activation);
                self.interests.insert(activation, control.frame_interest(thread, &frame));
            }
        }
    }

    /// Sends an event, or says what not sending it means.
    pub(super) fn send(&mut self, control: &mut Control, trace: &Trace) -> Decision {
        let interest = control.interest(trace.thread);
        let begins = matches!(trace.event, TraceEvent::Call | TraceEvent::Resume { .. });
        if begins && interest.calls {
            let decision = control.event(trace);
            let wanted = control.frame_interest(trace.thread, &trace.frame);
            self.interests.insert(trace.frame.activation, wanted);
            return decision;
        }
        let wanted = self.interests.get(&trace.frame.activation).copied().unwrap_or_default();
        let sent = match trace.event {
            TraceEvent::Call => false,
            TraceEvent::Instruction(at) => {
                wanted.contains(FrameInterest::INSTRUCTIONS)
                    || wanted.contains(FrameInterest::STATEMENTS) && at.begins_statement()
                    || wanted.contains(FrameInterest::LINES) && at.line
                    || wanted.contains(FrameInterest::ELEMENTS) && at.element
            }
            TraceEvent::Raise(_) => interest.raises,
            TraceEvent::Caught => wanted.contains(FrameInterest::CAUGHT),
            TraceEvent::Safepoint => interest.safepoint,
            _ => wanted.contains(FrameInterest::LIFE),
        };
        if sent { control.event(trace) } else { Decision::Continue }
    }
}

#[derive(Default)]
struct Story {
    names: Vec<String>,
    exceptions: Vec<String>,
    /// The thread that each frame ran on last.
    threads: HashMap<ActivationId, ThreadId>,
}

impl Story {
    fn frame(&mut self, name: &str) -> ActivationId {
        let known = self.names.iter().position(|known| known == name);
        ActivationId(known.unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        }) as u64)
    }

    fn facts(&self, activation: ActivationId) -> FrameFacts {
        let name = &self.names[activation.0 as usize];
        FrameFacts {
            activation,
            source: SourceId(1),
            code: CodeIdx(0),
            statements: !name.starts_with("lambda"),
            user_code: !name.starts_with("lib"),
        }
    }

    fn event(&mut self, verb: &str, words: &mut SplitWhitespace<'_>) -> TraceEvent {
        let mut word = || words.next();
        match verb {
            "call" => TraceEvent::Call,
            "resume" => TraceEvent::Resume { throw: false },
            "throw" => TraceEvent::Resume { throw: true },
            // A statement begins; any other line event; any other instruction; a comprehension's element; a loop's
            // header begins again by a jump; the same instruction, fallen into.
            "begin" | "line" | "op" | "element" | "jump" | "fall" => {
                let unit = CodeUnitIdx(word().unwrap().parse().unwrap());
                let arrival = match verb {
                    "begin" => Some(Arrival::Any),
                    "jump" | "fall" => Some(Arrival::JumpBack),
                    _ => None,
                };
                TraceEvent::Instruction(Instruction {
                    unit,
                    begin: arrival.map(|arrival| Begin { unit, statement: StatementIdx(0), arrival }),
                    jumped: verb == "jump",
                    line: matches!(verb, "begin" | "line" | "jump"),
                    element: verb == "element",
                })
            }
            "return" => TraceEvent::Return { to: word().map(|name| self.frame(name)) },
            "yield" => TraceEvent::Yield { to: word().map(|name| self.frame(name)), yielded: Yielded::Value },
            "await" => TraceEvent::Yield { to: word().map(|name| self.frame(name)), yielded: Yielded::Await },
            "gone" => TraceEvent::Gone { to: word().map(|name| self.frame(name)) },
            "leaves" => TraceEvent::Unwind(Landing::Handler(self.frame(word().unwrap()))),
            "absorbed" => TraceEvent::Unwind(Landing::Absorbed(word().map(|name| self.frame(name)))),
            "dies" => TraceEvent::Unwind(Landing::Uncaught),
            "caught" => TraceEvent::Caught,
            "safepoint" => TraceEvent::Safepoint,
            "raise" => {
                let name = word().unwrap();
                let known = self.exceptions.iter().position(|known| known == name);
                let exception = ExceptionId(known.unwrap_or_else(|| {
                    self.exceptions.push(name.into());
                    self.exceptions.len() - 1
                }) as u64);
                let verdict = match word().unwrap() {
                    "handled" => ExceptionVerdict::Caught,
                    "unhandled" => ExceptionVerdict::UserUnhandled,
                    "uncaught" => ExceptionVerdict::Uncaught,
                    other => panic!("{other}?"),
                };
                let class = match name {
                    "StopIteration" => ExceptionClass::ControlFlow,
                    "SystemExit" => ExceptionClass::SystemExit { success: false },
                    _ => ExceptionClass::Ordinary,
                };
                TraceEvent::Raise(Raise {
                    exception,
                    class,
                    explicit: true,
                    verdict,
                    reaches_user_code: word() != Some("hidden"),
                })
            }
            other => panic!("{other}?"),
        }
    }

    fn command(&mut self, control: &mut Control, thread: ThreadId, words: &mut SplitWhitespace<'_>) {
        let verb = words.next().unwrap();
        let (verb, granularity) = verb.split_once('/').unwrap_or((verb, "statement"));
        let granularity = match granularity {
            "statement" => Granularity::Statement,
            "line" => Granularity::Line,
            "op" => Granularity::Instruction,
            other => panic!("{other}?"),
        };
        let kind = match verb {
            "over" => StepKind::Over,
            "into" => StepKind::Into,
            "out" => StepKind::Out,
            "pause" => return control.pause(Some(thread)),
            "pauseall" => return control.pause(None),
            "entry" => return control.stop_on_entry(),
            "run" => return control.run(),
            "exited" => return control.thread_exited(thread),
            "evaluate" => return control.begin_evaluation(thread),
            "evaluated" => return control.end_evaluation(thread),
            "filters" => {
                let filters: Vec<_> = words.collect();
                control.exceptions.filters = ExceptionFilters {
                    raised: filters.contains(&"raised"),
                    uncaught: filters.contains(&"uncaught"),
                    user_unhandled: filters.contains(&"unhandled"),
                    include_control_flow: filters.contains(&"flow"),
                };
                return;
            }
            other => panic!("{other}?"),
        };
        let owner = self.frame(words.next().unwrap());
        self.threads.insert(owner, thread);
        control.step(thread, kind, granularity, &self.facts(owner));
    }

    fn shown(&self, decision: &Decision) -> String {
        let Decision::Stop(stop) = decision else { return format!("{decision:?}") };
        let result = |text: &str| match stop.result_of {
            Some(from) => format!("{text} of {}", self.names[from.0 as usize]),
            None => text.into(),
        };
        match stop.reason {
            StopReason::Step(StepEnd::Next) => "next".into(),
            StopReason::Step(StepEnd::Result) => result("result"),
            StopReason::Step(StepEnd::Handler) => "handler".into(),
            StopReason::Step(StepEnd::Uncaught) => "step uncaught".into(),
            StopReason::Step(StepEnd::Lost) => "lost".into(),
            StopReason::Exception(verdict) => format!("exception {verdict:?}"),
            StopReason::Entry => "entry".into(),
            StopReason::Pause => "pause".into(),
            StopReason::Jump => "jump".into(),
            other => format!("{other:?} {:?}", stop.hits),
        }
    }
}

/// Tells a story; panics where the program stops elsewhere than it says.
#[track_caller]
pub(super) fn tell(text: &str) {
    tell_with(StopScope::AllThreads, text);
}

/// Tells a story of threads that stop together or alone.
#[track_caller]
pub(super) fn tell_with(scope: StopScope, text: &str) {
    let mut control = Control::new(scope);
    let (mut story, mut sender) = (Story::default(), Sender::default());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (what, expected) = line.split_once("=>").map_or((line, "Continue"), |(w, e)| (w, e.trim()));
        let (command, what) = what.strip_prefix('>').map_or((false, what), |what| (true, what));
        let mut words = what.split_whitespace().peekable();
        let thread = words.next_if(|word| word.starts_with('t') && word[1..].parse::<u32>().is_ok());
        let thread = ThreadId(thread.map_or(1, |word| word[1..].parse().unwrap()));
        let rest: Vec<_> = words.collect();
        let rest = rest.join(" ");
        let mut words = rest.split_whitespace();
        if command {
            story.command(&mut control, thread, &mut words);
        } else {
            let activation = story.frame(words.next().unwrap());
            let event = story.event(words.next().unwrap(), &mut words);
            story.threads.insert(activation, thread);
            let trace = Trace { thread, frame: story.facts(activation), event };
            let decision = sender.send(&mut control, &trace);
            assert_eq!(story.shown(&decision), expected, "at `{line}`");
            let stopped = matches!(decision, Decision::Stop(_));
            if stopped && scope == StopScope::AllThreads {
                assert_eq!(control.watched().count(), 0, "no step outlives a stop of all threads");
            }
        }
        assert_eq!(words.next(), None, "`{line}` is read to its end");
        let threads = &story.threads;
        sender.look(&control, |activation| {
            (threads.get(&activation).copied().unwrap_or(thread), story.facts(activation))
        });
    }
}
