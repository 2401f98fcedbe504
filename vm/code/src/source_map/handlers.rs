//! Handlers: which one takes an exception raised at a code unit, which one guards that handler, and so on
//! out of the code object; and what each of them is. Whether an `except` clause matches is not decided here.
//!
//! What a handler is follows from the code that it begins with, as CPython's compiler (Python/codegen.c)
//! and the compiler library write it:
//!
//! | Begins with | It is |
//! |---|---|
//! | `PUSH_EXC_INFO`, `WITH_EXCEPT_START` | the exit of a `with` |
//! | `PUSH_EXC_INFO`, `POP_TOP` | `except:` (nothing else pops the exception at once: a body begins with an empty stack) |
//! | `PUSH_EXC_INFO`, ..., `CHECK_EXC_MATCH` | `except X:` |
//! | `PUSH_EXC_INFO`, ..., `CHECK_EG_MATCH` | `except* X:` |
//! | `PUSH_EXC_INFO`, anything else | `finally` |
//! | `END_ASYNC_FOR` | the end of an `async for`: takes `StopAsyncIteration` |
//! | `CLEANUP_THROW` | the return from a `throw()` into a `yield from` or `await` |
//! | `COPY 3`, `POP_EXCEPT`, `RERAISE` | restores the exception being handled around a handler |
//! | `LOAD_CONST`, `STORE_*`, `DELETE_*` | unbinds the name of `except X as name` |
//! | `LIST_APPEND` | collects what the body of an `except*` raised |
//! | `CALL_INTRINSIC_1 3` | turns a generator's `StopIteration` into `RuntimeError` |
//! | `SWAP` | restores the variables that an inlined comprehension hid |
//!
//! The `...` is the class expression, which runs to the check in one piece; a `finally` body that holds a
//! `try` of its own meets that handler's `PUSH_EXC_INFO`, or its own `RERAISE`, before any check. Only what
//! comes before the first instruction that never goes on is read. Where the statements are known they
//! decide between clause and `finally` instead.

use super::statement::{StatementIdx, StatementKind};
use super::{CodeIdx, SourceMap};
use crate::exception_table::ExceptionEntry;
use crate::linetable::Location;
use crate::opcode::Opcode;
use crate::units::{CodeUnitIdx, CodeUnits, Instruction};

/// How many instructions of a handler are read to find out what it is: a bound for hostile code.
const READ: usize = 512;

/// The code units that one exception table entry guards, other entries and the table's order considered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard {
    pub(super) start: CodeUnitIdx,
    pub(super) end: CodeUnitIdx,
    pub(super) entry: ExceptionEntry,
}

/// The guarded ranges of a table, in order and apart from each other.
///
/// CPython takes the first entry that holds the code unit, and stops at the first that begins further on.
/// So an entry counts from the highest start among it and those before it, and only where all those before
/// it have ended. Compilers write tables in ascending order; of another one CPython itself may see less,
/// because it halves the table first.
pub(super) fn guards(entries: impl Iterator<Item = ExceptionEntry>) -> Vec<Guard> {
    let mut guards: Vec<Guard> = Vec::new();
    let mut start = CodeUnitIdx(0);
    for entry in entries {
        start = start.max(entry.start);
        if start < entry.end {
            guards.push(Guard { start, end: entry.end, entry });
            start = entry.end;
        }
    }
    guards
}

/// What a handler is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HandlerKind {
    /// The `except` clauses of a `try`. The first decides whether to take the exception, then the next.
    Except,
    /// A bare `except:` alone: takes every exception.
    ExceptAll,
    /// The `except*` clauses of a `try`.
    ExceptStar,
    /// A `finally` body's copy for exceptions; raises again at its end, unless it leaves.
    Finally,
    /// The exit of a `with`: takes the exception if `__exit__` returns true.
    WithExit,
    /// The end of an `async for`: takes `StopAsyncIteration`.
    AsyncForEnd,
    /// The end of a delegation: takes the `StopIteration` that a `throw()` into it ended with.
    DelegationEnd,
    /// Made by the compiler; always raises again, as another exception if it is `GeneratorStop`.
    Cleanup(Cleanup),
    /// Code that no compiler makes.
    Unknown,
}

/// What a compiler-made handler cleans up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cleanup {
    /// The exception being handled, when a handler itself raises.
    HandledException,
    /// The name that `except ... as name` bound.
    ExceptName,
    /// An exception out of an `except*` body, kept to be raised with the rest of the group.
    ExceptStar,
    /// `StopIteration` out of a generator becomes `RuntimeError` (PEP 479).
    GeneratorStop,
    /// The variables that an inlined comprehension hid (PEP 709).
    Comprehension,
}

/// A handler on an exception's way out of a code object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handler {
    /// Its entry in the exception table.
    pub entry: ExceptionEntry,
    /// What it is.
    pub kind: HandlerKind,
    /// The position of the first of its instructions that has one.
    pub location: Option<Location>,
    /// The statement whose handler it is: the first `except` clause, the `finally` clause, the `with`, the
    /// `for`; of cleanups the statement cleaned up after, where its code has a position.
    pub statement: Option<StatementIdx>,
}

/// The handlers that an exception meets, from the innermost out.
#[derive(Clone, Debug)]
pub struct Handlers<'a> {
    map: &'a SourceMap,
    code: CodeIdx,
    at: CodeUnitIdx,
    /// How many more there can be before the chain repeats itself.
    left: usize,
}

impl SourceMap {
    /// The handlers of an exception raised at a code unit: the innermost, then what guards the first
    /// instruction of that one, and so on. A chain that comes back to a handler, which only a hostile table
    /// has, ends after as many steps as the table has entries.
    pub fn handlers(&self, code: CodeIdx, at: CodeUnitIdx) -> Handlers<'_> {
        Handlers { map: self, code, at, left: self.guards(code).len() }
    }

    /// The handler that begins at a code unit, if the exception table has one.
    pub fn handler_at(&self, code: CodeIdx, target: CodeUnitIdx) -> Option<Handler> {
        let guard = self.guards(code).iter().find(|guard| guard.entry.target == target)?;
        Some(self.handler(code, guard.entry))
    }

    fn guard(&self, code: CodeIdx, at: CodeUnitIdx) -> Option<ExceptionEntry> {
        let guards = self.guards(code);
        let after = guards.partition_point(|guard| guard.start <= at);
        let guard = guards[..after].last()?;
        (at < guard.end).then_some(guard.entry)
    }

    fn handler(&self, code: CodeIdx, entry: ExceptionEntry) -> Handler {
        let bytes = self.code(code).and_then(|code| code.code.get(entry.target.byte_offset().get()..));
        let body = || straight(CodeUnits::new(bytes.unwrap_or_default()));
        let mut kind = kind_of(body());
        let located = body().find_map(|instruction| {
            let at = entry.target.plus(instruction.at.0);
            Some((at, self.location(code, at)?))
        });
        let mut statement = located.and_then(|(at, _)| self.statement_of(code, at));
        if let Some(at) = statement {
            let clause = self.statements().ancestry(at).find(|(_, ancestor)| match kind {
                HandlerKind::Finally
                | HandlerKind::Except
                | HandlerKind::ExceptAll
                | HandlerKind::ExceptStar => {
                    matches!(ancestor.kind, StatementKind::Finally | StatementKind::Except)
                }
                HandlerKind::WithExit => ancestor.kind == StatementKind::With,
                HandlerKind::AsyncForEnd => ancestor.kind == StatementKind::For,
                _ => true,
            });
            statement = clause.map(|(clause, _)| clause).or(statement);
            kind = match (kind, clause.map(|(_, clause)| clause.kind)) {
                (HandlerKind::Except, Some(StatementKind::Finally)) => HandlerKind::Finally,
                (HandlerKind::Finally, Some(StatementKind::Except)) => HandlerKind::Except,
                _ => kind,
            };
        }
        Handler { entry, kind, location: located.map(|(_, location)| location), statement }
    }
}

impl Iterator for Handlers<'_> {
    type Item = Handler;

    fn next(&mut self) -> Option<Handler> {
        self.left = self.left.checked_sub(1)?;
        let entry = self.map.guard(self.code, self.at)?;
        self.at = entry.target;
        Some(self.map.handler(self.code, entry))
    }
}

/// The instructions up to the first after which control never goes on.
fn straight(units: CodeUnits<'_>) -> impl Iterator<Item = Instruction> {
    let mut ended = false;
    units.instructions().take(READ).take_while(move |instruction| {
        !std::mem::replace(&mut ended, instruction.opcode().is_some_and(Opcode::is_terminator))
    })
}

/// What a handler is, by the table above.
fn kind_of(mut body: impl Iterator<Item = Instruction>) -> HandlerKind {
    let mut next = || body.next().map(|instruction| (instruction.opcode(), instruction.arg));
    let Some((Some(first), arg)) = next() else { return HandlerKind::Unknown };
    match first {
        Opcode::PushExcInfo => {}
        Opcode::EndAsyncFor => return HandlerKind::AsyncForEnd,
        Opcode::CleanupThrow => return HandlerKind::DelegationEnd,
        Opcode::Copy if arg == 3 => return HandlerKind::Cleanup(Cleanup::HandledException),
        Opcode::LoadConst => {
            let (_store, _delete) = (next(), next());
            let collects = next().is_some_and(|(opcode, _)| opcode == Some(Opcode::ListAppend));
            return HandlerKind::Cleanup(if collects { Cleanup::ExceptStar } else { Cleanup::ExceptName });
        }
        Opcode::ListAppend => return HandlerKind::Cleanup(Cleanup::ExceptStar),
        Opcode::CallIntrinsic1 if arg == 3 => return HandlerKind::Cleanup(Cleanup::GeneratorStop),
        Opcode::Swap => return HandlerKind::Cleanup(Cleanup::Comprehension),
        _ => return HandlerKind::Unknown,
    }
    match next() {
        Some((Some(Opcode::WithExceptStart), _)) => return HandlerKind::WithExit,
        Some((Some(Opcode::PopTop), _)) => return HandlerKind::ExceptAll,
        Some((Some(Opcode::CheckExcMatch | Opcode::CheckEgMatch), _)) | None => return HandlerKind::Unknown,
        _ => {}
    }
    while let Some((Some(opcode), _)) = next() {
        match opcode {
            Opcode::CheckExcMatch => return HandlerKind::Except,
            Opcode::CheckEgMatch => return HandlerKind::ExceptStar,
            Opcode::PushExcInfo => break,
            _ => {}
        }
    }
    HandlerKind::Finally
}
