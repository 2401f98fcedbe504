//! Trapping instructions in execution copies: where tracing, monitoring and breakpoints touch the code.
//!
//! An instruction that somebody wants to be told of has its opcode replaced by [`TRAP`]; what it was stands beside
//! the copy ([`Unit`]), and may specialise there as it does in the copy. `trap` runs it. All other instructions
//! are as they were, so code without traps runs at full speed, and so does what lies between two traps.
//!
//! Every execution copy is up to date before it runs: where the tools of all code change, the copies of frames
//! that run or may be resumed are changed at once, and all others when they are next entered: their `exec` is
//! taken away until then.
//!
//! | tried | instead of | why |
//! |---|---|---|
//! | one trap, reasons beside | CPython's seventeen instrumented opcodes | one place to read; what is beneath keeps its specialised form |
//! | changing copies eagerly where needed | a version compared at each RESUME | RESUME stays one comparison |
//!
//! CPython: Python/instrumentation.c.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use lasti_code::{CodeFlags, CodeUnitIdx, Opcode};

use super::{Fp, Ip};
use crate::code::Code;
use crate::frame::Frame;
use crate::object::{Object, Ref};
use crate::trace::{Event, Events, Monitors, NATIVE_TOOL, TOOLS, Tools};
use crate::vm::{Interp, Vm};

/// What stands in the execution copy for an instruction that is trapped.
pub(super) const TRAP: u8 = Opcode::InstrumentedLine as u8;

/// One code unit.
#[derive(Clone, Copy, Default)]
pub(crate) struct Unit {
    /// The opcode beneath the trap.
    pub(super) opcode: u8,
    /// Why it is trapped; nothing: it is not.
    pub(super) why: Why,
}

/// Reasons for a trap.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Why(u8);

impl Why {
    pub(super) const NOTHING: Self = Self(0);
    /// The debugger planted it.
    pub(super) const PLANTED: Self = Self(1);
    pub(super) const LINE: Self = Self(2);
    pub(super) const INSTRUCTION: Self = Self(4);
    /// An event of the opcode's own: a call, a return, a jump …
    pub(super) const EVENT: Self = Self(8);
    /// Nobody is told, but the frame remembers that it came by: the next line's event depends on it.
    pub(super) const PASSED: Self = Self(16);
    /// A jump back to an instruction that is planted.
    pub(super) const JUMP_BACK: Self = Self(32);
    /// A tool that wants one of its events is not to be told here any more: see [`disable`].
    pub(super) const SPARED: Self = Self(64);
    /// The debugger is told of events of this code.
    pub(super) const DEBUGGED: Self = Self(128);
    /// Somebody is told, other than by the plan of the debugger.
    pub(super) const TOLD: Self = Self(Self::LINE.0 | Self::INSTRUCTION.0 | Self::EVENT.0);
    /// It runs unspecialised, as in CPython: forms may do what the next instruction is to tell of.
    pub(super) const UNSPECIALISED: Self = Self(Self::INSTRUCTION.0 | Self::EVENT.0);
    /// What the debugger is told of, whoever runs.
    pub(super) const DEBUGGERS: Self = Self(Self::PLANTED.0 | Self::JUMP_BACK.0 | Self::DEBUGGED.0);

    #[inline(always)]
    pub(super) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn set(&mut self, other: Self, wanted: bool) {
        if wanted {
            self.0 |= other.0;
        }
    }
}

/// A code object's traps.
pub(crate) struct Instrumentation {
    units: Box<[Cell<Unit>]>,
    /// What is wanted of this code alone.
    local: Cell<Monitors>,
    /// What the traps are made for.
    active: Cell<Monitors>,
    /// Whether they must be made anew whatever is active.
    stale: Cell<bool>,
    planted: RefCell<Vec<u32>>,
    /// Tools that a callback switched off with `DISABLE`, by code unit and event.
    disabled: RefCell<HashMap<(u32, u8), Tools>>,
    /// Whether there may be any.
    any_disabled: Cell<bool>,
    /// The state of each tool's number when its wishes for this code were last looked at: see [`forget_tool`].
    generations: Cell<[u32; TOOLS]>,
    lines: std::cell::OnceCell<Lines>,
}

/// Where lines begin in a code object.
pub(super) struct Lines {
    /// The line of each code unit; -1 for none.
    line: Box<[i32]>,
    role: Box<[Role]>,
}

/// What an instruction is for line events.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Within,
    /// A line begins, if control comes from another one.
    Begins,
    /// It begins no line itself, but whatever comes next may.
    Interrupts,
}

impl Instrumentation {
    fn new(code: &Object<Code>) -> Self {
        let units = code.data().code.len() / 2;
        Self {
            units: vec![Cell::new(Unit::default()); units].into_boxed_slice(),
            local: Cell::new(Monitors::NONE),
            active: Cell::new(Monitors::NONE),
            stale: Cell::new(true),
            planted: RefCell::new(Vec::new()),
            disabled: RefCell::new(HashMap::new()),
            any_disabled: Cell::new(false),
            generations: Cell::new(Interp::get().tracing.generations.get()),
            lines: std::cell::OnceCell::new(),
        }
    }

    /// The tools that want to be told of an event, wherever it is not switched off.
    #[inline(always)]
    pub(super) fn wanted(&self, event: Event) -> Tools {
        self.active.get().of(event)
    }

    /// The tools to be told of an event at an instruction that is trapped. Those of CALL are told how the call ended.
    #[inline]
    pub(super) fn tools(&self, at: u32, event: Event) -> Tools {
        let event = if matches!(event, Event::CReturn | Event::CRaise) { Event::Call } else { event };
        let tools = self.active.get().of(event);
        let spared = self.units.get(at as usize).is_some_and(|unit| unit.get().why.has(Why::SPARED));
        if tools == 0 || !spared { tools } else { self.enabled(at, event) }
    }

    /// The same, from the list of what was switched off.
    fn enabled(&self, at: u32, event: Event) -> Tools {
        let tools = self.active.get().of(event);
        if tools == 0 || !self.any_disabled.get() {
            return tools;
        }
        tools & !self.disabled.borrow().get(&(at, event as u8)).copied().unwrap_or(0)
    }
}

impl Lines {
    /// The line of a code unit; -1 for none.
    pub(super) fn of(&self, at: usize) -> i32 {
        self.line.get(at).copied().unwrap_or(-1)
    }
}

impl Instrumentation {
    /// Whether control that comes from the code unit `before`, if it comes from one of this code, stays on the line of the code
    /// unit `at`. Only of code with line events.
    #[inline(always)]
    pub(super) fn same_line(&self, at: usize, before: isize) -> bool {
        let Some(lines) = self.lines.get() else { return false };
        usize::try_from(before).is_ok_and(|before| lines.of(before) == lines.of(at))
    }

    /// The line of a code unit; -1 for none. Only of code with line events.
    #[inline(always)]
    pub(super) fn line(&self, at: usize) -> i32 {
        self.lines.get().map_or(-1, |lines| lines.of(at))
    }

    /// The lines of `code`, which this belongs to.
    pub(super) fn lines(&self, code: &Object<Code>) -> &Lines {
        self.lines.get_or_init(|| find_lines(code))
    }

    /// Drops what tools wanted of this code that are gone since.
    fn drop_outdated(&self) {
        let now = Interp::get().tracing.generations.get();
        if self.generations.get() == now {
            return;
        }
        let known = self.generations.replace(now);
        let mut local = self.local.get();
        for tool in (0..TOOLS).filter(|&tool| known[tool] != now[tool]) {
            local.set(tool as u8, 0);
        }
        self.local.set(local);
    }
}

/// The instrumentation of code, made now if there was none.
fn of(code: &Object<Code>) -> &Instrumentation {
    if code.instrumentation.get().is_null() {
        let instrumentation = Box::new(Instrumentation::new(code));
        code.traps.set(instrumentation.units.as_ptr());
        code.instrumentation.set(Box::into_raw(instrumentation));
    }
    // SAFETY: it was just made, or before; it goes with the code.
    unsafe { &*code.instrumentation.get() }
}

/// The same, of code that has a trap.
#[inline(always)]
pub(super) unsafe fn trapped(code: &Object<Code>) -> &Instrumentation {
    &*code.instrumentation.get()
}

/// The trap at a code unit of code that has one.
#[inline(always)]
pub(super) unsafe fn unit(code: &Object<Code>, at: usize) -> Unit {
    (*code.traps.get().add(at)).get()
}

/// Whether the instruction at `ip` is trapped.
#[inline(always)]
pub(super) unsafe fn is_trapped(ip: Ip) -> bool {
    *ip as u8 == TRAP
}

/// Whether the debugger planted the instruction at `ip`.
pub(super) unsafe fn is_planted(fp: Fp, ip: Ip) -> bool {
    let code = Frame::code(fp);
    is_trapped(ip)
        && trapped(code).units[ip.offset_from(code.units.get()) as usize].get().why.has(Why::PLANTED)
}

/// The opcode at `ip`, beneath a trap if there is one.
#[inline(always)]
pub(super) unsafe fn beneath(fp: Fp, ip: Ip) -> u8 {
    let opcode = *ip as u8;
    if opcode == TRAP { under_trap(fp, ip) } else { opcode }
}

#[cold]
unsafe fn under_trap(fp: Fp, ip: Ip) -> u8 {
    let code = Frame::code(fp);
    trapped(code).units[ip.offset_from(code.units.get()) as usize].get().opcode
}

/// Replaces the opcode at `ip`, beneath a trap if there is one.
pub(super) unsafe fn rewrite(fp: Fp, ip: Ip, opcode: Opcode) {
    if *ip as u8 != TRAP {
        *ip = *ip & 0xFF00 | opcode as u16;
        return;
    }
    let code = Frame::code(fp);
    let place = &trapped(code).units[ip.offset_from(code.units.get()) as usize];
    place.set(Unit { opcode: opcode as u8, ..place.get() });
}

/// Puts what is beneath the traps into a copy of the execution copy.
pub(crate) fn show_beneath(code: &Code, units: &mut [u16]) {
    if code.instrumentation.get().is_null() {
        return;
    }
    // SAFETY: it goes with the code.
    let instrumentation = unsafe { &*code.instrumentation.get() };
    for (unit, trap) in units.iter_mut().zip(&instrumentation.units) {
        if trap.get().why != Why::NOTHING {
            *unit = *unit & 0xFF00 | u16::from(trap.get().opcode);
        }
    }
}

/// Plants these instructions for the debugger, and no others.
pub(crate) fn plant(_: &Vm, code: &Ref<Code>, units: &[CodeUnitIdx]) {
    let instrumentation = of(code);
    let mut planted: Vec<u32> = units.iter().map(|unit| unit.0).collect();
    planted.sort_unstable();
    planted.dedup();
    if *instrumentation.planted.borrow() == planted {
        return;
    }
    *instrumentation.planted.borrow_mut() = planted;
    instrumentation.stale.set(true);
    update(code);
}

/// The events that a tool wants of this code alone.
pub(crate) fn local_events(code: &Ref<Code>, tool: u8) -> Events {
    if code.instrumentation.get().is_null() {
        return 0;
    }
    of(code).drop_outdated();
    of(code).local.get().events(tool)
}

/// Sets the events that a tool wants of this code alone.
pub(crate) fn set_local_events(_: &Vm, code: &Ref<Code>, tool: u8, events: Events) {
    let events = events & ((1 << Event::LOCAL) - 1);
    let instrumentation = of(code);
    instrumentation.drop_outdated();
    if local_events(code, tool) == events {
        return;
    }
    let mut local = instrumentation.local.get();
    local.set(tool, events);
    instrumentation.local.set(local);
    update(code);
}

/// Sets whether a tool wants one event of this code alone, other than what it wants else. For tools whose number is
/// never given up.
pub(crate) fn set_local_event(vm: &Vm, code: &Object<Code>, tool: u8, event: Event, wanted: bool) {
    let known = !code.instrumentation.get().is_null() && of(code).local.get().of(event) >> tool & 1 != 0;
    if known != wanted {
        let code = code.to_ref();
        set_local_events(vm, &code, tool, local_events(&code, tool) ^ event.bit());
    }
}

/// Sets the events that a tool wants of all code.
pub(crate) fn set_global_events(vm: &Vm, tool: u8, events: Events) {
    let tracing = &Interp::get().tracing;
    let mut monitors = tracing.monitors.get();
    if monitors.events(tool) == events {
        return;
    }
    let before = monitors;
    monitors.set(tool, events);
    tracing.monitors.set(monitors);
    if before.same_local(&monitors) {
        return;
    }
    refresh(vm);
}

/// Switches everything on again that callbacks switched off.
pub(crate) fn restart_events(vm: &Vm) {
    for code in Interp::get().tracing.codes() {
        if !code.instrumentation.get().is_null() {
            let instrumentation = of(&code);
            if !instrumentation.disabled.borrow().is_empty() {
                instrumentation.disabled.borrow_mut().clear();
                instrumentation.any_disabled.set(false);
                instrumentation.stale.set(true);
            }
        }
    }
    refresh(vm);
}

/// Brings every execution copy up to date: now if a frame may go on in it, else before it is next entered.
fn refresh(vm: &Vm) {
    for code in Interp::get().tracing.codes() {
        let resumable = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
        if code.flags().intersects(resumable) {
            update(&code);
        } else {
            code.exec.set(std::ptr::null_mut());
        }
    }
    crate::vm::for_each_thread(vm, |thread| {
        let mut frame = thread.frame.get();
        while !frame.is_null() {
            // SAFETY: the frames of threads are alive, and the lock is held.
            unsafe {
                update(Frame::code(frame));
                frame = (*frame).prev;
            }
        }
    });
}

/// A tool's callback said `DISABLE`.
pub(crate) fn disable(code: &Object<Code>, at: u32, event: Event, tool: u8) {
    let instrumentation = of(code);
    *instrumentation.disabled.borrow_mut().entry((at, event as u8)).or_default() |= 1 << tool;
    instrumentation.any_disabled.set(true);
    if !code.units.get().is_null() {
        // SAFETY: the units are the code's, and the lock is held.
        unsafe { reset_trap(code, instrumentation, at as usize) };
    }
}

/// Whether anybody is told of something at the code unit `at`, other than by the plan of the debugger.
pub(crate) fn is_told(code: &Object<Code>, at: u32) -> bool {
    !code.instrumentation.get().is_null()
        && of(code).units.get(at as usize).is_some_and(|unit| unit.get().why.has(Why::TOLD))
}

/// Switches the other side of a branch off, where a callback for both said `DISABLE` at one. `from` is the instruction
/// that decides. CPython: `branch_handler_vectorcall`.
pub(crate) fn disable_other_branch(code: &Object<Code>, from: u32, right: bool, tool: u8) {
    let opcode = code.data().code.get(2 * from as usize).and_then(|&opcode| Opcode::from_u8(opcode));
    match opcode {
        Some(Opcode::ForIter) if right => disable(code, from, Event::BranchLeft, tool),
        Some(
            Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue | Opcode::PopJumpIfNone | Opcode::PopJumpIfNotNone,
        ) => {
            if right {
                disable(code, from + 2, Event::BranchLeft, tool);
            } else {
                disable(code, from, Event::BranchRight, tool);
            }
        }
        _ => {}
    }
}

/// A tool is gone: what it wanted of single code objects is forgotten, of all of them.
pub(crate) fn forget_tool(vm: &Vm, tool: u8) {
    let tracing = &Interp::get().tracing;
    let mut generations = tracing.generations.get();
    generations[usize::from(tool)] += 1;
    tracing.generations.set(generations);
    refresh(vm);
}

/// Brings the execution copy of `code` up to date, and lets frames enter it.
pub(super) fn update(code: &Object<Code>) {
    if code.units.get().is_null() {
        return;
    }
    code.exec.set(code.units.get());
    let global = Interp::get().tracing.monitors.get();
    if code.instrumentation.get().is_null() && !global.any_local() {
        return;
    }
    let instrumentation = of(code);
    instrumentation.drop_outdated();
    let active = global.or(&instrumentation.local.get());
    let before = instrumentation.active.get();
    if active == before && !instrumentation.stale.get() {
        return;
    }
    if !instrumentation.disabled.borrow().is_empty() {
        // What is asked for anew is switched on again.
        instrumentation.disabled.borrow_mut().retain(|&(_, event), tools| {
            *tools &= !active.gained(&before, event);
            *tools != 0
        });
    }
    instrumentation.active.set(active);
    instrumentation.stale.set(false);
    // SAFETY: the units are the code's, and the lock is held.
    unsafe { set_traps(code, instrumentation) };
}

unsafe fn set_traps(code: &Object<Code>, instrumentation: &Instrumentation) {
    let planted = instrumentation.planted.borrow();
    let reasons = Reasons::new(code, instrumentation, &planted);
    code.begins_plainly.set(begins_plainly(code) && !reasons.debugged && !reasons.is_planted(0));
    let mut start = 0;
    for (at, opcode, argument, length) in (Instructions { code: &code.data().code, at: 0 }) {
        let why = reasons.of(at, start, opcode, argument);
        set_trap(code.units.get().add(at), &instrumentation.units[at], why);
        if opcode != Opcode::ExtendedArg {
            start = at + length;
        }
    }
}

/// What decides where traps are.
struct Reasons<'a> {
    instrumentation: &'a Instrumentation,
    lines: Option<&'a Lines>,
    planted: &'a [u32],
    /// The units at which something is switched off.
    spared: HashSet<u32>,
    /// Whether the debugger is among those who want events.
    debugged: bool,
    first: usize,
}

impl<'a> Reasons<'a> {
    fn new(code: &Object<Code>, instrumentation: &'a Instrumentation, planted: &'a [u32]) -> Self {
        let lines = instrumentation.active.get().of(Event::Line) != 0;
        let lines = lines.then(|| instrumentation.lines(code));
        let spared = instrumentation.disabled.borrow().keys().map(|&(at, _)| at).collect();
        let debugged = instrumentation.active.get().events(NATIVE_TOOL) != 0;
        Self { instrumentation, lines, planted, spared, debugged, first: first_traceable(code) }
    }

    fn is_planted(&self, at: usize) -> bool {
        self.planted.binary_search(&(at as u32)).is_ok()
    }

    /// Why the code unit `at` is trapped, which belongs to the instruction that begins at `start`.
    fn of(&self, at: usize, start: usize, opcode: Opcode, argument: u32) -> Why {
        let mut why = Why::NOTHING;
        why.set(Why::PLANTED, at == start && self.is_planted(at));
        if at < self.first {
            return why;
        }
        let wanted = |event: Event| self.instrumentation.enabled(at as u32, event) != 0;
        if let Some(lines) = self.lines {
            why.set(Why::LINE, lines.role[at] == Role::Begins && wanted(Event::Line));
            why.set(Why::PASSED, lines.role[at] != Role::Within);
        }
        let counted = !matches!(opcode, Opcode::Resume | Opcode::EndFor);
        why.set(Why::INSTRUCTION, counted && wanted(Event::Instruction));
        why.set(Why::EVENT, event_of(opcode, argument).is_some_and(wanted));
        if matches!(opcode, Opcode::JumpBackward | Opcode::JumpBackwardNoInterrupt) {
            let target = (at + 1 + usize::from(opcode.caches())).checked_sub(argument as usize);
            why.set(Why::JUMP_BACK, target.is_some_and(|target| self.is_planted(target)));
        }
        why.set(Why::DEBUGGED, why.has(Why::TOLD) && self.debugged);
        why.set(Why::SPARED, why != Why::NOTHING && self.spared.contains(&(at as u32)));
        why
    }
}

/// Whether the code's first instruction is RESUME.
pub(super) fn begins_plainly(code: &Code) -> bool {
    code.data().code.first() == Some(&(Opcode::Resume as u8))
}

/// Brings the trap of one code unit up to date.
unsafe fn reset_trap(code: &Object<Code>, instrumentation: &Instrumentation, at: usize) {
    let bytes = &code.data().code;
    let Some((_, opcode, argument, _)) = (Instructions { code: bytes, at }).next() else { return };
    let mut start = at;
    while start > 0 && bytes[2 * start - 2] == Opcode::ExtendedArg as u8 {
        start -= 1;
    }
    let planted = instrumentation.planted.borrow();
    let why = Reasons::new(code, instrumentation, &planted).of(at, start, opcode, argument);
    set_trap(code.units.get().add(at), &instrumentation.units[at], why);
}

unsafe fn set_trap(ip: Ip, place: &Cell<Unit>, why: Why) {
    let before = place.get();
    if before.why == why {
        return;
    }
    let opcode = if before.why == Why::NOTHING { *ip as u8 } else { before.opcode };
    let opcode = if why.has(Why::UNSPECIALISED) { base(opcode) } else { opcode };
    if why == Why::NOTHING {
        place.set(Unit::default());
        *ip = *ip & 0xFF00 | u16::from(opcode);
    } else {
        place.set(Unit { opcode, why });
        *ip = *ip & 0xFF00 | u16::from(TRAP);
    }
}

/// The number of the opcode that `opcode` is a form of.
#[inline]
pub(super) fn base(opcode: u8) -> u8 {
    BASES[usize::from(opcode)].0
}

/// Whether an opcode has inline caches.
#[inline]
pub(super) fn caches(opcode: u8) -> bool {
    BASES[usize::from(opcode)].1
}

/// What each opcode is a form of, and whether it has caches.
static BASES: [(u8, bool); 256] = {
    let mut bases = [(0, false); 256];
    let mut number = 0;
    while number < 256 {
        bases[number] = match Opcode::from_u8(number as u8) {
            Some(opcode) => (opcode.base() as u8, opcode.caches() > 0),
            None => (number as u8, false),
        };
        number += 1;
    }
    bases
};

/// The event that an opcode itself causes. CPython: `EVENT_FOR_OPCODE`.
pub(super) fn event_of(opcode: Opcode, argument: u32) -> Option<Event> {
    Some(match opcode {
        Opcode::Resume if argument.trailing_zeros() >= 2 => Event::PyStart,
        Opcode::Resume => Event::PyResume,
        Opcode::ReturnValue => Event::PyReturn,
        Opcode::YieldValue => Event::PyYield,
        Opcode::Call | Opcode::CallKw | Opcode::CallFunctionEx | Opcode::LoadSuperAttr => Event::Call,
        Opcode::JumpForward | Opcode::JumpBackward => Event::Jump,
        Opcode::PopJumpIfFalse
        | Opcode::PopJumpIfTrue
        | Opcode::PopJumpIfNone
        | Opcode::PopJumpIfNotNone
        | Opcode::PopIter
        | Opcode::EndAsyncFor => Event::BranchRight,
        Opcode::ForIter | Opcode::NotTaken => Event::BranchLeft,
        Opcode::EndFor | Opcode::EndSend => Event::StopIteration,
        _ => return None,
    })
}

/// The instruction that a NOT_TAKEN or POP_ITER at `at` belongs to: where the branch was decided. CPython has the
/// one that ran before.
pub(super) fn decided_at(code: &Code, at: u32) -> u32 {
    let bytes = &code.data().code;
    let at = at as usize;
    let mut before = at as u32;
    for (from, opcode, argument, length) in (Instructions { code: bytes, at: 0 }) {
        match opcode {
            Opcode::ForIter if from + length + argument as usize + 1 == at => return from as u32,
            _ if from + length == at => before = from as u32,
            _ => {}
        }
    }
    before
}

/// The first instruction that events are told of: the first RESUME. CPython: `_co_firsttraceable`.
fn first_traceable(code: &Code) -> usize {
    let units = code.data().code.chunks_exact(2);
    units.into_iter().position(|unit| unit[0] == Opcode::Resume as u8).unwrap_or(0)
}

/// The line of a code unit; -1 for none. Only of code with line events.
pub(crate) fn line_at(code: &Object<Code>, at: usize) -> i32 {
    of(code).lines(code).of(at)
}

/// The same of code that somebody traces or debugs; none of all other.
#[inline]
pub(crate) fn known_line_at(code: &Object<Code>, at: usize) -> Option<i32> {
    if code.instrumentation.get().is_null() {
        return None;
    }
    Some(line_at(code, at))
}

/// CPython: `initialize_lines`.
fn find_lines(code: &Object<Code>) -> Lines {
    let data = code.data();
    let count = data.code.len() / 2;
    let mut line: Vec<i32> = Vec::with_capacity(count);
    line.extend(
        data.line_table()
            .positions()
            .take(count)
            .map(|location| location.map_or(-1, |location| location.line)),
    );
    line.resize(count, -1);
    let mut role = vec![Role::Within; count];
    let instructions = || Instructions { code: &data.code, at: 0 };
    let first = first_traceable(code);
    let mut current = -1;
    for (at, opcode, _, _) in instructions().filter(|&(at, ..)| at >= first) {
        match opcode {
            // None of these begins a line, but what comes next may be on another one.
            Opcode::Resume | Opcode::EndAsyncFor | Opcode::EndFor | Opcode::EndSend | Opcode::PopIter => {
                role[at] = Role::Interrupts;
            }
            _ => {
                if line[at] != current {
                    role[at] = if line[at] >= 0 { Role::Begins } else { Role::Interrupts };
                }
                current = line[at];
            }
        }
    }
    let mut enters = |target: usize, end_of_loop: bool| {
        if let Some(role) = role.get_mut(target)
            && !end_of_loop
            && *role == Role::Within
        {
            *role = if line[target] >= 0 { Role::Begins } else { Role::Interrupts };
        }
    };
    for (at, opcode, argument, length) in instructions().filter(|&(at, ..)| at >= first) {
        let next = at + length;
        let argument = argument as usize;
        match opcode {
            Opcode::PopJumpIfFalse
            | Opcode::PopJumpIfTrue
            | Opcode::PopJumpIfNone
            | Opcode::PopJumpIfNotNone
            | Opcode::JumpForward => enters(next + argument, false),
            // Control goes on behind END_FOR or END_SEND.
            Opcode::ForIter | Opcode::Send => enters(next + argument + 1, false),
            Opcode::JumpBackward | Opcode::JumpBackwardNoInterrupt => {
                enters(next.wrapping_sub(argument), false);
            }
            _ => {}
        }
    }
    for entry in data.exception_table().entries() {
        let Ok(entry) = entry else { break };
        let target = entry.target.0 as usize;
        let end_of_loop = data.code.get(2 * target) == Some(&(Opcode::EndAsyncFor as u8));
        enters(target, end_of_loop);
    }
    Lines { line: line.into(), role: role.into() }
}

/// The instructions of bytecode: first unit without EXTENDED_ARGs, opcode, whole argument, length in code units.
/// EXTENDED_ARGs count as instructions, too.
struct Instructions<'a> {
    code: &'a [u8],
    at: usize,
}

impl Iterator for Instructions<'_> {
    type Item = (usize, Opcode, u32, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let opcode = Opcode::from_u8(*self.code.get(2 * at)?).unwrap_or(Opcode::Nop);
        let mut argument = u32::from(self.code[2 * at + 1]);
        let mut before = at;
        let mut shift = 8;
        while shift < 32 && before > 0 && self.code[2 * before - 2] == Opcode::ExtendedArg as u8 {
            before -= 1;
            argument |= u32::from(self.code[2 * before + 1]) << shift;
            shift += 8;
        }
        let length = 1 + usize::from(opcode.caches());
        self.at += length;
        Some((at, opcode, argument, length))
    }
}
