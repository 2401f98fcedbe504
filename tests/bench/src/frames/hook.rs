//! Ordinary code in this process, under the debugger's hook.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lasti_code::{CodeUnitIdx, Opcode};
use lasti_vm::code::Code;
use lasti_vm::program::{self, Main};
use lasti_vm::trace::{self, Activation, Hook};
use lasti_vm::{PyResult, Ref, Vm};

/// How often the statements run.
const TIMES: usize = 3000;
/// How much native stack the calling thread has, about.
const STACK: usize = 4 * 1024 * 1024;

/// What the hook is told of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mode {
    /// There is no hook.
    Untraced,
    /// There is one, which wants nothing.
    Idle,
    /// Each instruction that begins a line.
    Lines,
    /// Each instruction.
    Opcodes,
}

impl Mode {
    pub(crate) const ALL: [Self; 4] = [Self::Untraced, Self::Idle, Self::Lines, Self::Opcodes];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Untraced => "untraced",
            Self::Idle => "idle",
            Self::Lines => "lines",
            Self::Opcodes => "opcodes",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Counts the events, and looks at what a debugger would: the line, or the instruction.
struct Counter {
    mode: Mode,
    events: AtomicU64,
    sum: AtomicU64,
}

/// Adds without taking turns with anybody: one thread runs.
fn add(to: &AtomicU64, number: u64) {
    to.store(to.load(Ordering::Relaxed).wrapping_add(number), Ordering::Relaxed);
}

impl Hook for Counter {
    fn code_ready(&self, vm: &Vm, code: &Ref<Code>) {
        if matches!(self.mode, Mode::Lines | Mode::Opcodes) {
            trace::plant(vm, code, &units(code, self.mode));
        }
    }

    fn instruction(&self, _: &Vm, frame: Activation<'_>, _: bool) -> PyResult<()> {
        add(&self.events, 1);
        let place = match self.mode {
            Mode::Lines => frame.line(),
            _ => frame.instruction().map(|unit| unit.0),
        };
        add(&self.sum, place.unwrap_or(0).into());
        Ok(())
    }
}

/// The units to plant: of all instructions, or of those with which a line begins or to which control comes back.
fn units(code: &Code, mode: Mode) -> Vec<CodeUnitIdx> {
    let data = code.data();
    let lines: Vec<_> =
        data.line_table().positions().map(|location| location.map(|location| location.line)).collect();
    let mut found = Vec::new();
    let (mut at, mut start, mut last) = (0, 0, None);
    while 2 * at < data.code.len() {
        let opcode = Opcode::from_u8(data.code[2 * at]).unwrap_or(Opcode::Nop);
        at += 1 + usize::from(opcode.caches());
        if opcode == Opcode::ExtendedArg {
            continue;
        }
        let line = lines.get(start).copied().flatten();
        let begins = opcode == Opcode::ForIter || line.is_some() && line != last;
        if mode == Mode::Opcodes || begins && opcode != Opcode::Resume {
            found.push(CodeUnitIdx(start as u32));
        }
        if opcode != Opcode::Resume {
            last = line;
        }
        start = at;
    }
    found
}

/// How many seconds of the processor the program's thread has had: machines are shared.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|first| first.parse().ok());
    nanos.unwrap_or(f64::NAN) / 1e9
}

/// Runs the statements; prints how long that took, and how many events there were.
pub(crate) fn run(mode: Mode) -> Result<String, String> {
    let source = format!("{}\nwork({TIMES})\n", include_str!("../../frames/statements.py"));
    let counter = Arc::new(Counter { mode, events: AtomicU64::new(0), sum: AtomicU64::new(0) });
    let seconds = Cell::new(0.0);
    let result = Vm::enter(STACK, |vm| {
        if mode != Mode::Untraced {
            trace::install(vm, counter.clone());
        }
        let start = processor_time();
        let result = program::run(vm, &Main::Command(source));
        seconds.set(processor_time() - start);
        result
    });
    if result != 0 {
        return Err(format!("the statements ended with {result}"));
    }
    let events = counter.events.load(Ordering::Relaxed);
    Ok(format!("{} {events}\n", seconds.get()))
}
