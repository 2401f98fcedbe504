//! What a program does, as far as stopping goes: the events, and the facts that whoever runs the program knows
//! and this crate does not. Nothing is decided here.
//!
//! "User code" is what the launch configuration lets the user see; everything is, if it hides nothing.

use lasti_code::CodeUnitIdx;
use lasti_code::source_map::{Arrival, Begin, CodeIdx};
use lasti_engine::stop::ExceptionVerdict;
use lasti_engine::{SourceId, ThreadId};

/// One call of a function, or one life of a generator or coroutine: the same from its start to its end, however
/// often it is suspended and whoever resumes it. Never used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ActivationId(pub u64);

/// One exception object. Never used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExceptionId(pub u64);

/// A code unit of some loaded source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The source.
    pub source: SourceId,
    /// The code object.
    pub code: CodeIdx,
    /// The first code unit of the instruction.
    pub unit: CodeUnitIdx,
}

/// What is known of the frame that an event is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FrameFacts {
    /// Whose frame it is.
    pub activation: ActivationId,
    /// The source of its code.
    pub source: SourceId,
    /// Its code object.
    pub code: CodeIdx,
    /// Whether its code has statements of its own. Where it has none (a lambda, a generator expression, code
    /// without a source map), line events stand in for them.
    pub statements: bool,
    /// Whether it is user code.
    pub user_code: bool,
}

/// An event, and where it happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The thread.
    pub thread: ThreadId,
    /// The frame.
    pub frame: FrameFacts,
    /// What happened.
    pub event: TraceEvent,
}

/// What happened in a frame. An activation that gets a result or an exception is always named as the nearest of
/// user code: library frames between are left out, and so are delegating generators and coroutines that only
/// pass a value on (`yield from`, `await`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TraceEvent {
    /// The activation begins to run. Making a generator is not yet a call of it.
    Call,
    /// The suspended activation runs on, on this thread.
    Resume {
        /// With an exception (`throw`, `close`, a failed `await`) instead of a value.
        throw: bool,
    },
    /// An instruction is about to run; its breakpoints have not been looked at. One event, however many reasons
    /// there are for it.
    Instruction(Instruction),
    /// The activation ends with a value.
    Return {
        /// Who gets it: caller, consumer, awaiter (of its task, if it has no other). It may be suspended.
        to: Option<ActivationId>,
    },
    /// The activation is suspended.
    Yield {
        /// Who runs on.
        to: Option<ActivationId>,
        /// What for.
        yielded: Yielded,
    },
    /// An exception is raised, or raised anew (`raise`, at the end of a `finally`); not in the frames that it
    /// merely passes. Nothing is unwound yet.
    Raise(Raise),
    /// An exception came to the `except` clauses, or to the `with`, of this frame that will take it. Before any
    /// instruction there runs.
    Caught,
    /// An exception leaves this activation, which is thereby at its end.
    Unwind(Landing),
    /// The suspended activation is gone without having run again: closed or dropped on this thread.
    Gone {
        /// Who runs on.
        to: Option<ActivationId>,
    },
    /// A safepoint at which the thread may be paused.
    Safepoint,
}

/// The facts of an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// Its first code unit.
    pub unit: CodeUnitIdx,
    /// The statement that begins here, as the source map has it.
    pub begin: Option<Begin>,
    /// Whether control came here by a jump.
    pub jumped: bool,
    /// Whether CPython's tracing has a line event here.
    pub line: bool,
    /// Whether the evaluation of an element of an inlined comprehension begins here.
    pub element: bool,
}

impl Instruction {
    /// Whether an execution of a statement begins.
    pub fn begins_statement(&self) -> bool {
        self.begin.is_some_and(|begin| self.arrives(begin.arrival))
    }

    /// Whether control came in this way.
    pub fn arrives(&self, arrival: Arrival) -> bool {
        arrival == Arrival::Any || self.jumped
    }
}

/// What an activation is suspended for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Yielded {
    /// It gives a value to its consumer.
    Value,
    /// It awaits something.
    Await,
}

/// The facts of an exception that is raised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Raise {
    /// Which.
    pub exception: ExceptionId,
    /// What kind.
    pub class: ExceptionClass,
    /// Whether a `raise` statement raises it.
    pub explicit: bool,
    /// What will become of it.
    pub verdict: ExceptionVerdict,
    /// Whether this frame, one that it will leave, or the one that catches it, is user code.
    pub reaches_user_code: bool,
}

/// Kinds of exceptions that stop under other rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExceptionClass {
    /// Any other.
    Ordinary,
    /// `StopIteration`, `StopAsyncIteration`, `GeneratorExit`: how iteration ends, not an error.
    ControlFlow,
    /// `SystemExit`.
    SystemExit {
        /// Whether its code means success (0, None).
        success: bool,
    },
}

/// Where an exception goes from the activation that it leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Landing {
    /// User code catches it, in this activation.
    Handler(ActivationId),
    /// Something else does (library code, a loop that takes `StopIteration`, `close()`, a task); this activation
    /// runs on, or is given the exception later.
    Absorbed(Option<ActivationId>),
    /// Nobody does.
    Uncaught,
}
