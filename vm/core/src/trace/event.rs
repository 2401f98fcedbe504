//! The events of PEP 669.

/// What is monitored. The numbers are `sys.monitoring`'s bit numbers. CPython: Include/cpython/monitoring.h.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are sys.monitoring's")]
pub enum Event {
    PyStart,
    PyResume,
    PyReturn,
    PyYield,
    Call,
    Line,
    Instruction,
    Jump,
    BranchLeft,
    BranchRight,
    StopIteration,
    Raise,
    ExceptionHandled,
    PyUnwind,
    PyThrow,
    Reraise,
    CReturn,
    CRaise,
    Branch,
}

/// A set of events: bit *n* is the event with number *n*.
pub(crate) type Events = u32;

impl Event {
    /// How many there are that instructions cause.
    pub(crate) const LOCAL: usize = 11;
    /// How many there are that are not part of another one.
    pub(crate) const UNGROUPED: usize = 16;
    /// How many there are.
    pub(crate) const COUNT: usize = 19;

    /// All, by number.
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::PyStart,
        Self::PyResume,
        Self::PyReturn,
        Self::PyYield,
        Self::Call,
        Self::Line,
        Self::Instruction,
        Self::Jump,
        Self::BranchLeft,
        Self::BranchRight,
        Self::StopIteration,
        Self::Raise,
        Self::ExceptionHandled,
        Self::PyUnwind,
        Self::PyThrow,
        Self::Reraise,
        Self::CReturn,
        Self::CRaise,
        Self::Branch,
    ];

    /// What `sys.monitoring.events` calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PyStart => "PY_START",
            Self::PyResume => "PY_RESUME",
            Self::PyReturn => "PY_RETURN",
            Self::PyYield => "PY_YIELD",
            Self::Call => "CALL",
            Self::Line => "LINE",
            Self::Instruction => "INSTRUCTION",
            Self::Jump => "JUMP",
            Self::BranchLeft => "BRANCH_LEFT",
            Self::BranchRight => "BRANCH_RIGHT",
            Self::StopIteration => "STOP_ITERATION",
            Self::Raise => "RAISE",
            Self::ExceptionHandled => "EXCEPTION_HANDLED",
            Self::PyUnwind => "PY_UNWIND",
            Self::PyThrow => "PY_THROW",
            Self::Reraise => "RERAISE",
            Self::CReturn => "C_RETURN",
            Self::CRaise => "C_RAISE",
            Self::Branch => "BRANCH",
        }
    }

    /// Whether single instructions cause it: only then can one place be switched off.
    pub(crate) const fn is_local(self) -> bool {
        (self as usize) < Self::LOCAL
    }

    /// The event's bit.
    pub(crate) const fn bit(self) -> Events {
        1 << self as u8
    }

    /// The events' bits.
    pub(crate) fn set(events: &[Self]) -> Events {
        events.iter().fold(0, |set, event| set | event.bit())
    }
}
