//! Breakpoints, steps, exception filters and pauses together: the answer to each event.
//!
//! One `Control` serves all threads of a program; whoever runs the program keeps it behind its interpreter lock.
//! Nothing here waits. Where a decision needs Python code to run (a condition, a log message), the answer is a
//! [`Question`], and the decision goes on with the [`Answer`]; meanwhile the thread's own events are not looked
//! at, and other threads' are. On the path of a false condition nothing is allocated.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lasti_engine::command::{Granularity, StepKind};
use lasti_engine::stop::{ExceptionVerdict, StepEnd};
use lasti_engine::{BreakpointId, StopReason, ThreadId};

use crate::breakpoints::{Breakpoints, Kind, Planted};
use crate::exceptions::Exceptions;
use crate::interest::{FrameInterest, Interest};
use crate::step::{Progress, Step};
use crate::trace::{ActivationId, FrameFacts, Instruction, Place, Trace, TraceEvent};

/// What a thread does after an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision {
    /// It runs on.
    Continue,
    /// It stops.
    Stop(Stop),
    /// It evaluates this in the frame of the event and then calls [`Control::answer`].
    Ask(Question),
}

/// What is to be evaluated. What it is stands in the breakpoint's rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// The breakpoint's condition.
    Condition(BreakpointId),
    /// The breakpoint's log message; it is written, too. Any answer will do.
    Log(BreakpointId),
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// A true value.
    True,
    /// A false value.
    False,
    /// None: it does not compile, it raised an exception, or took too long. The thread stops, so that the user
    /// sees it, whatever hits count.
    Failed,
}

/// Why a thread stops.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stop {
    /// The first reason.
    pub reason: StopReason,
    /// All breakpoints hit.
    pub hits: Vec<BreakpointId>,
    /// Those of them whose conditions failed.
    pub failed: Vec<BreakpointId>,
    /// Whose result is there to be shown.
    pub result_of: Option<ActivationId>,
}

/// Which threads stop when one stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StopScope {
    /// All: the others park at their next safepoint and send no events until they resume.
    #[default]
    AllThreads,
    /// It alone.
    OneThread,
}

/// What is known of a stop while it is being decided.
#[derive(Debug, Default)]
struct Reasons {
    step: Option<(StepEnd, Option<ActivationId>)>,
    kind: Option<Kind>,
    hits: Vec<BreakpointId>,
    failed: Vec<BreakpointId>,
    entry: bool,
    pause: bool,
}

/// A decision that waits for an answer.
#[derive(Debug)]
struct Undecided {
    planted: Arc<[Planted]>,
    /// The breakpoint that was asked about.
    at: usize,
    question: Question,
    instruction: Instruction,
    reasons: Reasons,
}

/// The state of stopping. See the module's documentation.
#[derive(Debug, Default)]
pub struct Control {
    /// The breakpoints.
    pub breakpoints: Breakpoints,
    /// The exception filters. What they are decides [`Interest::raises`].
    pub exceptions: Exceptions,
    scope: StopScope,
    steps: Vec<Step>,
    stop_on_entry: bool,
    pause_all: bool,
    pauses: BTreeSet<ThreadId>,
    evaluating: BTreeMap<ThreadId, u32>,
    /// A list, since it keeps its memory, and holds as many as threads are asking at once: mostly one.
    undecided: Vec<(ThreadId, Undecided)>,
    version: u64,
}

impl Control {
    /// Nothing to stop for yet.
    pub fn new(scope: StopScope) -> Self {
        Self { scope, ..Self::default() }
    }

    /// Stops at the first statement of user code.
    pub fn stop_on_entry(&mut self) {
        self.stop_on_entry = true;
        self.version += 1;
    }

    /// Lets a stopped thread do a step of the frame that it runs, its innermost.
    pub fn step(&mut self, thread: ThreadId, kind: StepKind, granularity: Granularity, frame: &FrameFacts) {
        self.steps.retain(|step| step.requested != thread);
        self.steps.push(Step::new(thread, kind, granularity, frame));
        self.version += 1;
    }

    /// Stops a thread, or with `None` whichever comes first, at its next safepoint.
    pub fn pause(&mut self, thread: Option<ThreadId>) {
        match thread {
            Some(thread) => drop(self.pauses.insert(thread)),
            None => self.pause_all = true,
        }
        self.version += 1;
    }

    /// Gives up all steps and pauses: the program runs until the next breakpoint or exception.
    pub fn run(&mut self) {
        self.forget(None);
        self.stop_on_entry = false;
    }

    /// A thread begins to evaluate something for the user: its events are not looked at until it is done. Calls
    /// nest.
    pub fn begin_evaluation(&mut self, thread: ThreadId) {
        *self.evaluating.entry(thread).or_default() += 1;
    }

    /// A thread is done evaluating.
    pub fn end_evaluation(&mut self, thread: ThreadId) {
        if let Some(depth) = self.evaluating.get_mut(&thread) {
            *depth = depth.saturating_sub(1);
            if *depth == 0 {
                self.evaluating.remove(&thread);
            }
        }
    }

    /// A thread ended. Steps that waited for something on it are over.
    pub fn thread_exited(&mut self, thread: ThreadId) {
        self.steps.retain(|step| !step.ends_with(thread));
        self.pauses.remove(&thread);
        self.evaluating.remove(&thread);
        self.undecided.retain(|(asking, _)| *asking != thread);
        self.version += 1;
    }

    /// A number that changes when an interest may have changed, other than by who begins to run.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The events wanted of a thread.
    pub fn interest(&self, thread: ThreadId) -> Interest {
        Interest {
            calls: self.stop_on_entry || self.steps.iter().any(|step| step.wants_calls(thread)),
            raises: self.exceptions.any() || self.steps.iter().any(|step| step.wants_raises(thread)),
            safepoint: self.pauses_at(thread),
        }
    }

    /// The worst verdict of raised exceptions that need not be sent: they stop nothing, and no step ends with them.
    /// None if all are wanted. It changes with the filters alone.
    pub fn passes(&self) -> Option<ExceptionVerdict> {
        self.exceptions.passes()
    }

    /// The events wanted of a frame that runs on a thread, or is suspended. Ask when it begins to run, and for
    /// the [`Control::watched`] when the version changes.
    pub fn frame_interest(&self, thread: ThreadId, frame: &FrameFacts) -> FrameInterest {
        let steps = self.steps.iter().map(|step| step.frame_interest(thread, frame));
        let entry = match () {
            () if !self.stop_on_entry || !frame.user_code => FrameInterest::empty(),
            () if frame.statements => FrameInterest::STATEMENTS,
            () => FrameInterest::LINES,
        };
        steps.fold(entry, |all, one| all | one)
    }

    /// The activations that an interest may have begun in though they run already or are suspended.
    pub fn watched(&self) -> impl Iterator<Item = ActivationId> {
        self.steps.iter().map(Step::owner)
    }

    /// What a thread does after an event.
    pub fn event(&mut self, trace: &Trace) -> Decision {
        let thread = trace.thread;
        if self.evaluating.contains_key(&thread) || self.asks(thread).is_some() {
            return Decision::Continue;
        }
        let mut reasons = Reasons { step: self.advance_steps(trace), ..Reasons::default() };
        match trace.event {
            TraceEvent::Instruction(instruction) => {
                reasons.pause = self.pauses_at(thread);
                reasons.entry = self.enters_program(&trace.frame, &instruction);
                let FrameFacts { source, code, .. } = trace.frame;
                match self.breakpoints.at(Place { source, code, unit: instruction.unit }) {
                    Some(planted) => {
                        let planted = Arc::clone(planted);
                        self.look_at(thread, &planted, 0, instruction, reasons)
                    }
                    None => self.decide(thread, reasons),
                }
            }
            TraceEvent::Raise(raise) => {
                if self.exceptions.stops(&raise) {
                    self.exceptions.report(&raise);
                    return self.stop(thread, StopReason::Exception(raise.verdict), reasons);
                }
                // A step that passed the end of a `finally` is not told twice of what the user has seen.
                if reasons.step.is_some() && !self.exceptions.is_news(&raise) {
                    reasons.step = None;
                } else if reasons.step.is_some() {
                    self.exceptions.report(&raise);
                }
                self.decide(thread, reasons)
            }
            TraceEvent::Safepoint => {
                reasons.pause = self.pauses_at(thread);
                self.decide(thread, reasons)
            }
            _ => Decision::Continue,
        }
    }

    /// Goes on with the decision that asked a question. An answer to no question is passed over.
    pub fn answer(&mut self, thread: ThreadId, answer: Answer) -> Decision {
        let Some(asked) = self.asks(thread) else { return Decision::Continue };
        let (_, undecided) = self.undecided.swap_remove(asked);
        let Undecided { planted, at, question, instruction, mut reasons } = undecided;
        let id = planted[at].id;
        // The client may have removed the breakpoint meanwhile; then it has no say.
        match (question, answer) {
            (Question::Log(_), _) | (Question::Condition(_), Answer::False) => {}
            (Question::Condition(_), Answer::True) => {
                if let Some(question) = self.hit(id, &mut reasons) {
                    return self.ask(thread, Undecided { planted, at, question, instruction, reasons });
                }
            }
            (Question::Condition(_), Answer::Failed) => {
                if let Some(breakpoint) = self.breakpoints.get(id) {
                    reasons.kind = reasons.kind.or(Some(breakpoint.kind()));
                    reasons.hits.push(id);
                    reasons.failed.push(id);
                }
            }
        }
        self.look_at(thread, &planted, at + 1, instruction, reasons)
    }

    /// Looks at the breakpoints of a place, from the `first` on.
    fn look_at(
        &mut self,
        thread: ThreadId,
        planted: &Arc<[Planted]>,
        first: usize,
        instruction: Instruction,
        mut reasons: Reasons,
    ) -> Decision {
        for (at, Planted { id, arrival }) in planted.iter().enumerate().skip(first) {
            if !instruction.arrives(*arrival) {
                continue;
            }
            let Some(rules) = self.breakpoints.get(*id).and_then(|breakpoint| breakpoint.rules()) else {
                continue;
            };
            let question = match rules.condition {
                Some(_) => Some(Question::Condition(*id)),
                None => self.hit(*id, &mut reasons),
            };
            if let Some(question) = question {
                let planted = Arc::clone(planted);
                return self.ask(thread, Undecided { planted, at, question, instruction, reasons });
            }
        }
        self.decide(thread, reasons)
    }

    fn ask(&mut self, thread: ThreadId, undecided: Undecided) -> Decision {
        let question = undecided.question;
        self.undecided.push((thread, undecided));
        Decision::Ask(question)
    }

    fn asks(&self, thread: ThreadId) -> Option<usize> {
        self.undecided.iter().position(|(asking, _)| *asking == thread)
    }

    /// A breakpoint was reached, its condition true: what it has to say, if it stops nothing.
    fn hit(&mut self, id: BreakpointId, reasons: &mut Reasons) -> Option<Question> {
        let breakpoint = self.breakpoints.get_mut(id)?;
        if !breakpoint.hit() {
            return None;
        }
        if breakpoint.rules()?.log.is_some() {
            return Some(Question::Log(id));
        }
        reasons.kind = reasons.kind.or(Some(breakpoint.kind()));
        reasons.hits.push(id);
        None
    }

    /// Tells all steps of an event; the end of one, if one ends.
    fn advance_steps(&mut self, trace: &Trace) -> Option<(StepEnd, Option<ActivationId>)> {
        let mut end = None;
        let mut changed = false;
        self.steps.retain_mut(|step| {
            let before = *step;
            let progress = step.on(trace);
            changed |= *step != before || progress != Progress::Goes;
            match progress {
                Progress::Goes => true,
                Progress::Ends { how, result_of } => {
                    end = end.or(Some((how, result_of)));
                    // It is over when the thread stops, which an exception that is no news does not do.
                    true
                }
                Progress::RunsOut => false,
            }
        });
        self.version += u64::from(changed);
        end
    }

    fn pauses_at(&self, thread: ThreadId) -> bool {
        self.pause_all || self.pauses.contains(&thread)
    }

    fn enters_program(&self, frame: &FrameFacts, at: &Instruction) -> bool {
        self.stop_on_entry && frame.user_code && (at.begins_statement() || !frame.statements && at.line)
    }

    fn decide(&mut self, thread: ThreadId, reasons: Reasons) -> Decision {
        let reason = match (&reasons.kind, reasons.step) {
            (Some(Kind::Source), _) => StopReason::Breakpoint,
            (Some(Kind::Function), _) => StopReason::FunctionBreakpoint,
            (Some(Kind::Instruction), _) => StopReason::InstructionBreakpoint,
            (None, Some((end, _))) => StopReason::Step(end),
            (None, None) if reasons.entry => StopReason::Entry,
            (None, None) if reasons.pause => StopReason::Pause,
            (None, None) => return Decision::Continue,
        };
        self.stop(thread, reason, reasons)
    }

    fn stop(&mut self, thread: ThreadId, reason: StopReason, reasons: Reasons) -> Decision {
        self.stop_on_entry = false;
        self.forget((self.scope == StopScope::OneThread).then_some(thread));
        let Reasons { hits, failed, step, .. } = reasons;
        Decision::Stop(Stop { reason, hits, failed, result_of: step.and_then(|(_, result_of)| result_of) })
    }

    /// Gives up steps and pauses: all, or those of a thread.
    fn forget(&mut self, thread: Option<ThreadId>) {
        match thread {
            None => {
                self.steps.clear();
                self.pauses.clear();
            }
            Some(thread) => {
                self.steps.retain(|step| step.requested != thread && !step.ends_with(thread));
                self.pauses.remove(&thread);
            }
        }
        self.pause_all = false;
        self.version += 1;
    }
}

#[cfg(test)]
mod tests;
