//! Programs made at random: calls, generators, exceptions, two threads, steps wherever they stop. Whatever they
//! do, sending only the events that are wanted gives the same decisions as sending all, and no step is left
//! waiting when everything has ended.

use std::collections::HashMap;

use lasti_code::CodeUnitIdx;
use lasti_code::source_map::{Arrival, Begin, CodeIdx, StatementIdx};
use lasti_engine::command::{Granularity, StepKind};
use lasti_engine::stop::ExceptionVerdict;
use lasti_engine::{SourceId, ThreadId};
use proptest::prelude::*;

use super::story::Sender;
use crate::control::{Control, Decision, StopScope};
use crate::trace::{
    ActivationId, ExceptionClass, ExceptionId, FrameFacts, Instruction, Landing, Raise, Trace, TraceEvent,
    Yielded,
};

/// The program, and two controls that watch it: one is sent what it wants, the other everything.
struct World {
    stacks: [Vec<ActivationId>; 2],
    suspended: Vec<ActivationId>,
    threads: HashMap<ActivationId, ThreadId>,
    made: u64,
    raised: u64,
    wanting: Control,
    told_all: Control,
    sender: Sender,
    /// What to do at the next stops.
    choices: Vec<u8>,
    stops: usize,
}

/// Every fourth activation is library code, every fifth has no statements, every other is a generator.
fn facts(activation: ActivationId) -> FrameFacts {
    FrameFacts {
        activation,
        source: SourceId(1),
        code: CodeIdx(0),
        statements: activation.0 % 5 != 4,
        user_code: activation.0 % 4 != 3,
    }
}

fn is_generator(activation: ActivationId) -> bool {
    activation.0 % 2 == 1
}

impl World {
    fn new(scope: StopScope, choices: Vec<u8>) -> Self {
        Self {
            stacks: [Vec::new(), Vec::new()],
            suspended: Vec::new(),
            threads: HashMap::new(),
            made: 0,
            raised: 0,
            wanting: Control::new(scope),
            told_all: Control::new(scope),
            sender: Sender::default(),
            choices,
            stops: 0,
        }
    }

    fn look(&mut self) {
        let threads = &self.threads;
        self.sender.look(&self.wanting, |activation| (threads[&activation], facts(activation)));
    }

    fn send(&mut self, thread: usize, activation: ActivationId, event: TraceEvent) {
        let id = ThreadId(thread as u32 + 1);
        self.threads.insert(activation, id);
        let trace = Trace { thread: id, frame: facts(activation), event };
        let decision = self.sender.send(&mut self.wanting, &trace);
        assert_eq!(decision, self.told_all.event(&trace), "{trace:?}");
        self.look();
        if matches!(decision, Decision::Stop(_)) {
            self.stops += 1;
            self.choose(id, activation);
        }
        for control in [&self.wanting, &self.told_all] {
            for owner in control.watched() {
                assert!(!control.frame_interest(self.threads[&owner], &facts(owner)).is_empty());
            }
        }
    }

    fn choose(&mut self, thread: ThreadId, owner: ActivationId) {
        let choice = self.choices.pop().unwrap_or(0);
        let kind = match choice % 4 {
            0 => return,
            1 => StepKind::Over,
            2 => StepKind::Into,
            _ => StepKind::Out,
        };
        let granularity = match choice / 4 % 4 {
            0 => Granularity::Line,
            1 => Granularity::Instruction,
            _ => Granularity::Statement,
        };
        for control in [&mut self.wanting, &mut self.told_all] {
            control.step(thread, kind, granularity, &facts(owner));
        }
        self.look();
    }

    /// The nearest user code beneath the top of a stack.
    fn below(&self, thread: usize) -> Option<ActivationId> {
        let below = self.stacks[thread].iter().rev().skip(1);
        below.copied().find(|activation| facts(*activation).user_code)
    }

    fn instruction(&mut self, thread: usize, activation: ActivationId, looks: u8) {
        let begins = looks & 1 != 0 && facts(activation).statements;
        let begin = Begin { unit: CodeUnitIdx(1), statement: StatementIdx(0), arrival: Arrival::JumpBack };
        let instruction = Instruction {
            unit: CodeUnitIdx(1),
            begin: begins.then_some(begin),
            jumped: looks & 2 != 0,
            line: looks & 4 != 0,
            element: looks & 0b1_1000 == 0b1_1000,
        };
        self.send(thread, activation, TraceEvent::Instruction(instruction));
    }

    fn push(&mut self, thread: usize, activation: ActivationId, event: TraceEvent) {
        self.stacks[thread].push(activation);
        self.send(thread, activation, event);
    }

    fn leave(&mut self, thread: usize, event: TraceEvent) {
        let activation = *self.stacks[thread].last().unwrap();
        self.send(thread, activation, event);
        self.stacks[thread].pop();
    }

    fn act(&mut self, thread: usize, what: u8, looks: u8) {
        let Some(&top) = self.stacks[thread].last() else {
            return self.call(thread);
        };
        match what % 12 {
            0..=4 => self.instruction(thread, top, looks),
            5 => self.call(thread),
            6 if !self.suspended.is_empty() => {
                let generator = self.suspended.remove(looks as usize % self.suspended.len());
                self.push(thread, generator, TraceEvent::Resume { throw: false });
            }
            7 if !self.suspended.is_empty() => {
                let generator = self.suspended.remove(looks as usize % self.suspended.len());
                let to = facts(top).user_code.then_some(top).or(self.below(thread));
                self.send(thread, generator, TraceEvent::Gone { to });
            }
            8 | 9 if is_generator(top) && self.stacks[thread].len() > 1 => {
                let yielded = if looks & 1 == 0 { Yielded::Value } else { Yielded::Await };
                self.leave(thread, TraceEvent::Yield { to: self.below(thread), yielded });
                self.suspended.push(top);
            }
            10 => self.leave(thread, TraceEvent::Return { to: self.below(thread) }),
            11 => self.raise(thread, looks),
            _ => self.instruction(thread, top, 1),
        }
    }

    fn call(&mut self, thread: usize) {
        self.made += 1;
        self.push(thread, ActivationId(self.made), TraceEvent::Call);
    }

    fn raise(&mut self, thread: usize, looks: u8) {
        self.raised += 1;
        let depth = self.stacks[thread].len();
        // Mostly somebody handles it.
        let handler = (looks as usize % (depth + 1)).checked_sub(1);
        let landing = handler.map(|at| self.stacks[thread][at]);
        let raise = Raise {
            exception: ExceptionId(self.raised),
            class: ExceptionClass::Ordinary,
            explicit: true,
            verdict: landing.map_or(ExceptionVerdict::Uncaught, |_| ExceptionVerdict::Caught),
            reaches_user_code: true,
        };
        self.send(thread, self.stacks[thread][depth - 1], TraceEvent::Raise(raise));
        while self.stacks[thread].len() > handler.map_or(0, |at| at + 1) {
            let event = match landing {
                None => Landing::Uncaught,
                Some(handler) if facts(handler).user_code => Landing::Handler(handler),
                Some(handler) => {
                    let mut beneath = self.stacks[thread].iter().rev().skip_while(|at| **at != handler);
                    Landing::Absorbed(beneath.find(|at| facts(**at).user_code).copied())
                }
            };
            self.leave(thread, TraceEvent::Unwind(event));
        }
        if let Some(handler) = landing {
            self.send(thread, handler, TraceEvent::Caught);
        }
    }

    fn end(&mut self) {
        for thread in 0..2 {
            while !self.stacks[thread].is_empty() {
                self.leave(thread, TraceEvent::Return { to: self.below(thread) });
            }
        }
        for generator in std::mem::take(&mut self.suspended) {
            self.send(0, generator, TraceEvent::Gone { to: None });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn wanted_events_are_enough_and_no_step_is_lost(
        acts in prop::collection::vec((0usize..8, any::<u8>(), any::<u8>()), 0..150),
        choices in prop::collection::vec(any::<u8>(), 20),
        alone: bool,
    ) {
        let scope = if alone { StopScope::OneThread } else { StopScope::AllThreads };
        let mut world = World::new(scope, choices);
        for control in [&mut world.wanting, &mut world.told_all] {
            control.stop_on_entry();
        }
        for (thread, what, looks) in acts {
            world.act(usize::from(thread == 0), what, looks);
        }
        world.end();
        prop_assert_eq!(world.wanting.watched().count(), 0);
        prop_assert_eq!(world.told_all.watched().count(), 0);
    }

    /// Events that no program has: nothing but decisions comes of it.
    #[test]
    fn nonsense_does_no_harm(
        acts in prop::collection::vec((0u64..5, 0u32..2, 0u8..14, 0u64..5, any::<u8>()), 0..100),
    ) {
        let mut control = Control::new(StopScope::AllThreads);
        for (activation, thread, event, to, choice) in acts {
            let (thread, to) = (ThreadId(thread), (to > 0).then_some(ActivationId(to)));
            let instruction = Instruction {
                unit: CodeUnitIdx(to.map_or(0, |to| to.0 as u32)),
                begin: None,
                jumped: choice & 1 != 0,
                line: choice & 2 != 0,
                element: choice & 4 != 0,
            };
            let event = match event {
                0 => TraceEvent::Call,
                1 => TraceEvent::Resume { throw: choice & 1 != 0 },
                2..=4 => TraceEvent::Instruction(instruction),
                5 => TraceEvent::Return { to },
                6 => TraceEvent::Yield { to, yielded: Yielded::Value },
                7 => TraceEvent::Yield { to, yielded: Yielded::Await },
                8 => TraceEvent::Caught,
                9 => TraceEvent::Unwind(Landing::Absorbed(to)),
                10 => TraceEvent::Unwind(Landing::Handler(ActivationId(activation))),
                11 => TraceEvent::Gone { to },
                12 => TraceEvent::Unwind(Landing::Uncaught),
                _ => TraceEvent::Safepoint,
            };
            let frame = facts(ActivationId(activation));
            if let Decision::Stop(_) = control.event(&Trace { thread, frame, event }) {
                prop_assert_eq!(control.watched().count(), 0);
            }
            if choice > 200 {
                let kind = if choice % 2 == 0 { StepKind::Over } else { StepKind::Into };
                control.step(thread, kind, Granularity::Line, &frame);
            }
        }
    }
}
