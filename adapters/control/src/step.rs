//! One step: what it waits for, and when it ends. The rules are on the crate's first page. Breakpoints and other
//! threads' steps are not looked at here.
//!
//! A step has an owner, the activation that it waits for, and a phase:
//!
//! ```text
//!            yields (over; awaits)            result given to R: owner = R
//!   Running ----------------------> Suspended        |
//!    |  ^ \--------- resumes ----------/             v
//!    |  |                                         Arriving --- R's next instruction ---> ends
//!    |  | its next statement: ends                   |  ^
//!    |  |                                     caught |  | absorbed, gone
//!    |                                               v  |
//!    +-- exception leaves for H: owner = H --> Unwinding -- caught in H --> Caught -- statement --> ends
//! ```
//!
//! Whatever the owner does there is a next phase, or the step is over; it never waits for what cannot come.

use lasti_engine::ThreadId;
use lasti_engine::command::{Granularity, StepKind};
use lasti_engine::stop::{ExceptionVerdict, StepEnd};

use crate::interest::FrameInterest;
use crate::trace::{
    ActivationId, ExceptionClass, FrameFacts, Instruction, Landing, Trace, TraceEvent, Yielded,
};

/// A step on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// The thread that the user stepped.
    pub requested: ThreadId,
    kind: StepKind,
    granularity: Granularity,
    owner: ActivationId,
    /// The thread that the owner runs on, or ran on last.
    thread: ThreadId,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// The owner runs, or something that it called.
    Running,
    /// The owner is suspended.
    Suspended,
    /// The owner runs on next: with a result, or because what the step waited for is gone.
    Arriving(Arrived),
    /// An exception is on its way to a handler of the owner.
    Unwinding,
    /// It has come there.
    Caught,
}

/// How the owner of a step came to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Arrived {
    end: StepEnd,
    from: ActivationId,
}

/// What an event means for a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// It goes on.
    Goes,
    /// It ends here.
    Ends {
        /// How.
        how: StepEnd,
        /// Whose result is there to be shown.
        result_of: Option<ActivationId>,
    },
    /// There is nothing left to stop in: the thread runs on.
    RunsOut,
}

impl Step {
    /// A step of what a stopped thread runs. Over a statement of library code, which the user does not see, is
    /// the same as into: to whatever user code runs next.
    pub fn new(thread: ThreadId, kind: StepKind, granularity: Granularity, frame: &FrameFacts) -> Self {
        let owner = frame.activation;
        let kind = if kind == StepKind::Over && !frame.user_code { StepKind::Into } else { kind };
        Self { requested: thread, kind, granularity, owner, thread, phase: Phase::Running }
    }

    /// The activation to ask the interest of when the step has changed. Others are asked for as they begin to
    /// run.
    pub fn owner(&self) -> ActivationId {
        self.owner
    }

    /// Takes note of an event.
    pub fn on(&mut self, trace: &Trace) -> Progress {
        if trace.frame.activation == self.owner {
            return self.on_owner(trace);
        }
        match trace.event {
            TraceEvent::Instruction(at) if self.enters(trace.thread) && self.reached(&trace.frame, &at) => {
                Progress::Ends { how: StepEnd::Next, result_of: None }
            }
            TraceEvent::Raise(_) => self.on_raise(trace),
            _ => Progress::Goes,
        }
    }

    fn on_owner(&mut self, trace: &Trace) -> Progress {
        let from = self.owner;
        match trace.event {
            TraceEvent::Instruction(at) => return self.on_instruction(trace, &at),
            TraceEvent::Raise(_) => return self.on_raise(trace),
            TraceEvent::Resume { throw } => {
                self.thread = trace.thread;
                match self.phase {
                    Phase::Suspended => self.phase = Phase::Running,
                    Phase::Arriving(_) if throw => self.phase = Phase::Unwinding,
                    _ => {}
                }
            }
            TraceEvent::Return { to } => return self.give(to, Arrived { end: StepEnd::Result, from }, trace),
            TraceEvent::Yield { to, yielded } if self.phase == Phase::Running => {
                match (self.kind, yielded, to) {
                    (StepKind::Out, Yielded::Value, Some(_)) => {
                        return self.give(to, Arrived { end: StepEnd::Result, from }, trace);
                    }
                    (StepKind::Into, Yielded::Value, Some(consumer)) => self.owner = consumer,
                    _ => self.phase = Phase::Suspended,
                }
            }
            TraceEvent::Caught => {
                if matches!(self.phase, Phase::Arriving(_) | Phase::Unwinding) {
                    self.phase = Phase::Caught;
                }
            }
            TraceEvent::Unwind(Landing::Handler(handler)) => {
                self.owner = handler;
                self.thread = trace.thread;
                self.phase = Phase::Unwinding;
            }
            TraceEvent::Unwind(Landing::Absorbed(to)) => {
                return self.give(to, Arrived { end: StepEnd::Handler, from }, trace);
            }
            TraceEvent::Unwind(Landing::Uncaught) => return Progress::RunsOut,
            TraceEvent::Gone { to } => return self.give(to, Arrived { end: StepEnd::Lost, from }, trace),
            TraceEvent::Call | TraceEvent::Yield { .. } | TraceEvent::Safepoint => {}
        }
        Progress::Goes
    }

    /// The owner is done; `to` runs on.
    fn give(&mut self, to: Option<ActivationId>, how: Arrived, trace: &Trace) -> Progress {
        let Some(to) = to else { return Progress::RunsOut };
        self.owner = to;
        self.thread = trace.thread;
        self.phase = Phase::Arriving(how);
        Progress::Goes
    }

    fn on_instruction(&mut self, trace: &Trace, at: &Instruction) -> Progress {
        self.thread = trace.thread;
        if self.phase == Phase::Suspended {
            self.phase = Phase::Running;
        }
        let (how, result_of) = match self.phase {
            Phase::Arriving(Arrived { end, from }) => (end, (end == StepEnd::Result).then_some(from)),
            // What runs on the way to a handler (a `finally`, an `__exit__`) is not the handler.
            Phase::Unwinding => return Progress::Goes,
            Phase::Caught if self.reached(&trace.frame, at) => (StepEnd::Handler, None),
            Phase::Running if self.kind != StepKind::Out && self.reached(&trace.frame, at) => {
                (StepEnd::Next, None)
            }
            Phase::Running | Phase::Suspended | Phase::Caught => return Progress::Goes,
        };
        Progress::Ends { how, result_of }
    }

    /// The last place before everything is unwound. `SystemExit` is how a program ends, not an accident.
    fn on_raise(&self, trace: &Trace) -> Progress {
        match trace.event {
            TraceEvent::Raise(raise)
                if raise.verdict == ExceptionVerdict::Uncaught
                    && !matches!(raise.class, ExceptionClass::SystemExit { .. })
                    && self.phase != Phase::Suspended
                    && trace.thread == self.thread =>
            {
                Progress::Ends { how: StepEnd::Uncaught, result_of: None }
            }
            _ => Progress::Goes,
        }
    }

    /// Whether the step ends in other activations that run on this thread.
    fn enters(&self, thread: ThreadId) -> bool {
        self.kind == StepKind::Into
            && thread == self.thread
            && matches!(self.phase, Phase::Running | Phase::Arriving(_))
    }

    /// Whether a single step, of the granularity that was asked for, ends at an instruction.
    fn reached(&self, frame: &FrameFacts, at: &Instruction) -> bool {
        frame.user_code
            && match self.granularity {
                Granularity::Statement => {
                    at.begins_statement()
                        || !frame.statements && at.line
                        || self.kind == StepKind::Into && at.element
                }
                Granularity::Line => at.line,
                Granularity::Instruction => true,
            }
    }

    /// The instructions that a step may end at in such a frame.
    fn wanted(&self, frame: &FrameFacts) -> FrameInterest {
        match self.granularity {
            _ if !frame.user_code => FrameInterest::empty(),
            Granularity::Statement => {
                let own = if frame.statements { FrameInterest::STATEMENTS } else { FrameInterest::LINES };
                let elements = self.kind == StepKind::Into;
                own | if elements { FrameInterest::ELEMENTS } else { FrameInterest::empty() }
            }
            Granularity::Line => FrameInterest::LINES,
            Granularity::Instruction => FrameInterest::INSTRUCTIONS,
        }
    }

    /// The events that the step needs of a frame that runs on `thread`, or is suspended.
    pub fn frame_interest(&self, thread: ThreadId, frame: &FrameFacts) -> FrameInterest {
        if frame.activation != self.owner {
            return if self.enters(thread) { self.wanted(frame) } else { FrameInterest::empty() };
        }
        let phase = match self.phase {
            Phase::Running if self.kind == StepKind::Out => FrameInterest::empty(),
            Phase::Running | Phase::Caught => self.wanted(frame),
            Phase::Suspended => FrameInterest::empty(),
            Phase::Arriving(_) => FrameInterest::INSTRUCTIONS | FrameInterest::CAUGHT,
            Phase::Unwinding => FrameInterest::CAUGHT,
        };
        phase | FrameInterest::LIFE
    }

    /// Whether the step needs to hear of whatever is called or resumed on a thread.
    pub fn wants_calls(&self, thread: ThreadId) -> bool {
        self.enters(thread)
    }

    /// Whether the step needs to hear of exceptions on a thread.
    pub fn wants_raises(&self, thread: ThreadId) -> bool {
        thread == self.thread && self.phase != Phase::Suspended
    }

    /// Whether the step ends with a thread: if not, its owner is suspended, and another may resume it.
    pub fn ends_with(&self, thread: ThreadId) -> bool {
        thread == self.thread && self.phase != Phase::Suspended
    }
}
