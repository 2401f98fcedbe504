//! Setting a frame's line: where it may go on, and what its value stack must lose for that.
//! CPython: Objects/frameobject.c, `frame_lineno_set`, `mark_stacks`.

use lasti_code::Opcode;

use super::{Frame, FrameObject, Owner, generator_of};
use crate::builtins as types;
use crate::code::Code;
use crate::errors::PyResult;
use crate::generator::State;
use crate::object::Value;
use crate::object::obj::release;
use crate::vm::Vm;

/// What a word of the value stack is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Iterator,
    Except,
    Object,
    Null,
    Lasti,
}

/// What the value stack holds before an instruction, the bottom first.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Stack {
    /// No way leads here that was looked at.
    Unknown,
    /// More than [`DEEPEST`] words.
    Deep,
    Holds(Vec<Kind>),
}

/// CPython models a stack in 63 bits, three for each word.
const DEEPEST: usize = 21;

impl Stack {
    fn push(&mut self, kind: Kind) {
        if let Self::Holds(words) = self {
            if words.len() < DEEPEST {
                words.push(kind);
            } else {
                *self = Self::Deep;
            }
        }
    }

    fn pop(&mut self) {
        if let Self::Holds(words) = self {
            words.pop();
        }
    }

    fn pushed(mut self, kind: Kind) -> Self {
        self.push(kind);
        self
    }

    fn popped(mut self, count: usize) -> Self {
        for _ in 0..count {
            self.pop();
        }
        self
    }

    /// The word `depth` from the top, 1 being the top.
    fn peek(&self, depth: usize) -> Kind {
        match self {
            Self::Holds(words) if depth <= words.len() => words[words.len() - depth],
            _ => Kind::Object,
        }
    }

    fn swap(&mut self, depth: usize) {
        if let Self::Holds(words) = self
            && let Some(other) = words.len().checked_sub(depth)
            && depth > 0
        {
            let top = words.len() - 1;
            words.swap(top, other);
        }
    }

    fn truncated(mut self, depth: usize) -> Self {
        if let Self::Holds(words) = &mut self {
            words.truncate(depth);
        }
        self
    }

    /// Whether control may come from here, words above being dropped, to where the stack is `to`.
    fn may_go_to(&self, to: &Self) -> bool {
        let (Self::Holds(from), Self::Holds(to)) = (self, to) else { return false };
        from.len() >= to.len()
            && from.iter().zip(to).all(|(from, to)| match to {
                Kind::Object => *from != Kind::Null,
                Kind::Null => true,
                _ => from == to,
            })
    }

    /// Why control can't come to a place with this stack.
    fn obstacle(&self) -> &'static str {
        match self {
            Self::Deep => "stack is too deep to analyze",
            Self::Unknown => "can't jump into an exception handler, or code may be unreachable",
            Self::Holds(words) => match words.last() {
                Some(Kind::Except) => "can't jump into an 'except' block as there's no exception",
                Some(Kind::Lasti) => "can't jump into a re-raising block as there's no location",
                Some(Kind::Iterator) => "can't jump into the body of a for loop",
                _ => "incompatible stacks",
            },
        }
    }
}

/// The stack before each code unit that begins an instruction.
fn stacks(code: &Code) -> Vec<Stack> {
    let data = code.data();
    let count = data.code.len() / 2;
    let mut stacks = vec![Stack::Unknown; count + 1];
    stacks[0] = Stack::Holds(Vec::new());
    let mut again = true;
    while again {
        again = false;
        let mut at = 0;
        while at < count {
            let next = instruction(data, &mut stacks, &mut at, &mut again);
            at = next;
        }
        for entry in data.exception_table().entries() {
            let Ok(entry) = entry else { break };
            let (start, target) = (entry.start.0 as usize, entry.target.0 as usize);
            if start >= count || target >= count || stacks[target] != Stack::Unknown {
                continue;
            }
            if stacks[start] != Stack::Unknown {
                let mut stack = stacks[start].clone().truncated(entry.depth as usize);
                if entry.lasti {
                    stack.push(Kind::Lasti);
                }
                stacks[target] = stack.pushed(Kind::Except);
                again = true;
            }
        }
    }
    stacks
}

/// Follows one instruction; returns where the next one begins.
fn instruction(
    data: &lasti_code::CodeObject,
    stacks: &mut [Stack],
    at: &mut usize,
    again: &mut bool,
) -> usize {
    let bytes = &data.code;
    let count = bytes.len() / 2;
    let stack = stacks[*at].clone();
    let mut oparg = 0_u32;
    while bytes[2 * *at] == Opcode::ExtendedArg as u8 && *at + 1 < count {
        oparg = oparg << 8 | u32::from(bytes[2 * *at + 1]);
        *at += 1;
        stacks[*at] = stack.clone();
    }
    let opcode = Opcode::from_u8(bytes[2 * *at]).unwrap_or(Opcode::Nop);
    oparg = oparg << 8 | u32::from(bytes[2 * *at + 1]);
    let next = (*at + 1 + usize::from(opcode.caches())).min(count);
    if stack == Stack::Unknown {
        return next;
    }
    let mut jump = |target: Option<usize>, stack: Stack| {
        if let Some(place) = target.and_then(|target| stacks.get_mut(target)) {
            if *place == Stack::Unknown && target < Some(*at) {
                *again = true;
            }
            *place = stack;
        }
    };
    let forward = Some(next + oparg as usize);
    let backward = next.checked_sub(oparg as usize);
    let after = match opcode {
        Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue | Opcode::PopJumpIfNone | Opcode::PopJumpIfNotNone => {
            let stack = stack.popped(1);
            jump(forward, stack.clone());
            stack
        }
        Opcode::Send => {
            jump(forward, stack.clone());
            stack
        }
        Opcode::JumpForward => {
            jump(forward, stack);
            return next;
        }
        Opcode::JumpBackward | Opcode::JumpBackwardNoInterrupt => {
            jump(backward, stack);
            return next;
        }
        Opcode::GetIter | Opcode::GetAiter => stack.popped(1).pushed(Kind::Iterator),
        Opcode::ForIter => {
            let stack = stack.pushed(Kind::Object);
            jump(forward, stack.clone());
            stack
        }
        Opcode::EndAsyncFor => stack.popped(2),
        Opcode::PushExcInfo => stack.pushed(Kind::Except),
        Opcode::PopExcept => stack.popped(1),
        Opcode::ReturnValue | Opcode::RaiseVarargs | Opcode::Reraise => return next,
        Opcode::PushNull => stack.pushed(Kind::Null),
        Opcode::LoadGlobal => {
            let stack = stack.pushed(Kind::Object);
            if oparg & 1 != 0 { stack.pushed(Kind::Null) } else { stack }
        }
        Opcode::LoadAttr if oparg & 1 != 0 => stack.popped(1).pushed(Kind::Object).pushed(Kind::Null),
        Opcode::LoadAttr => stack,
        Opcode::Swap => {
            let mut stack = stack;
            stack.swap(oparg as usize);
            stack
        }
        Opcode::Copy => {
            let kind = stack.peek(oparg as usize);
            stack.pushed(kind)
        }
        _ => {
            let mut stack = stack;
            let effect = opcode.stack_effect(oparg);
            for _ in effect..0 {
                stack.pop();
            }
            for _ in 0..effect {
                stack.push(Kind::Object);
            }
            stack
        }
    };
    stacks[next] = after;
    next
}

/// The line that begins at each code unit; -1 for none.
fn line_starts(code: &Code) -> Vec<i32> {
    let data = code.data();
    let mut last = -1;
    let lines = data.line_table().positions().take(data.code.len() / 2);
    let mut starts: Vec<i32> = lines
        .map(|location| match location {
            Some(location) if location.line != last => {
                last = location.line;
                last
            }
            _ => -1,
        })
        .collect();
    starts.resize(data.code.len() / 2, -1);
    starts
}

/// Where a frame would go on at a line, and what its value stack holds now and would hold there.
pub(crate) struct Jump {
    /// The code unit.
    pub(crate) to: usize,
    suspended: bool,
    from: Stack,
    target: Stack,
}

/// Finds where a frame may go on for `line`: at the first code of it, or of the next line that has some. Where there is no such
/// place, CPython's error says why. The caller saw to it that the event allows it.
pub(crate) fn find_jump(vm: &Vm, object: &FrameObject, line: i32) -> PyResult<Jump> {
    let code = super::code_of(object);
    if line < code.data().firstlineno {
        return Err(vm.value_error(format!("line {line} comes before the current code block")));
    }
    let frame = object.frame();
    let suspended = generator_of(object).is_some_and(|generator| generator.state.get() == State::Suspended);
    // SAFETY: the frame is alive as long as its object.
    let owner = unsafe { (*frame).owner };
    if !suspended && (owner == Owner::FrameObject || frame != vm.telling_frame.get()) {
        // A frame that is over, or that waits for the one it called.
        return Err(vm.value_error("can only jump from a 'line' trace event"));
    }
    let starts = line_starts(&code);
    let Some(found) = starts.iter().copied().filter(|&start| start >= line).min() else {
        return Err(vm.value_error(format!("line {line} comes after the current code block")));
    };
    let mut stacks = stacks(&code);
    // SAFETY: as above.
    let here = unsafe { Frame::instruction(frame) } + i32::from(suspended);
    let from =
        usize::try_from(here).ok().and_then(|here| stacks.get(here)).unwrap_or(&Stack::Unknown).clone();
    let to = best_target(vm, &starts, &stacks, &from, found)?;
    Ok(Jump { to, suspended, from, target: stacks.swap_remove(to) })
}

/// Makes a frame go on at a line: see [`find_jump`].
pub(crate) fn jump_to_line(vm: &Vm, object: &FrameObject, line: i32) -> PyResult<()> {
    let Jump { to, suspended, from, target } = find_jump(vm, object, line)?;
    let (code, frame) = (super::code_of(object), object.frame());
    bind_unbound(vm, frame, &code)?;
    let (Stack::Holds(from), Stack::Holds(target)) = (from, target) else { return Ok(()) };
    // SAFETY: the frame waits for this event, with its stack saved; what is dropped lies above what the target needs.
    unsafe {
        let base = Frame::stack_base(frame);
        if (*frame).sp < base.add(target.len()) {
            return Err(vm.value_error("incompatible stacks"));
        }
        while (*frame).sp > base.add(target.len()) {
            (*frame).sp = (*frame).sp.sub(1);
            let word = std::mem::replace(&mut *(*frame).sp, Value::NULL);
            let index = (*frame).sp.offset_from(base) as usize;
            if from.get(index) == Some(&Kind::Except) {
                // What was handled before is being handled again.
                let handling = vm.handling.get();
                let handled = (*handling).exception;
                (*handling).exception = if word == types::NONE.value() { Value::NULL } else { word };
                release(handled);
            } else {
                release(word);
            }
        }
        (*frame).ip = code.units.get().add(to);
        if suspended {
            (*frame).ip = (*frame).ip.sub(1);
        }
    }
    Ok(())
}

/// The code unit to go on at: of those where the line begins, the one that keeps most of the stack.
fn best_target(vm: &Vm, starts: &[i32], stacks: &[Stack], from: &Stack, line: i32) -> PyResult<usize> {
    let mut best: Option<(usize, usize)> = None;
    let mut message = None;
    for (at, _) in starts.iter().enumerate().filter(|&(_, &start)| start == line) {
        let to = &stacks[at];
        if from.may_go_to(to) {
            if let Stack::Holds(words) = to
                && best.is_none_or(|(depth, _)| words.len() > depth)
            {
                best = Some((words.len(), at));
            }
        } else if message.is_none() {
            message = Some(match from {
                Stack::Deep => "stack to deep to analyze",
                Stack::Unknown => "can't jump from unreachable code",
                Stack::Holds(_) => to.obstacle(),
            });
        }
    }
    match best {
        Some((_, at)) => Ok(at),
        None => Err(vm.value_error(message.unwrap_or("cannot find bytecode for specified line"))),
    }
}

/// Binds None to variables that have no value: at the new place the compiler may have counted on one.
fn bind_unbound(vm: &Vm, frame: *mut Frame, code: &Code) -> PyResult<()> {
    // SAFETY: the frame is alive, and its code says how many slots it has.
    let slots = unsafe { std::slice::from_raw_parts_mut(Frame::locals(frame), code.nlocalsplus as usize) };
    let unbound = slots.iter().filter(|slot| slot.is_null()).count();
    if unbound == 0 {
        return Ok(());
    }
    let plural = if unbound == 1 { "" } else { "s" };
    let message = format!("assigning None to {unbound} unbound local{plural}");
    vm.warn(&types::RUNTIME_WARNING, &message, 1)?;
    // SAFETY: as above; the warning may have run Python code.
    let slots = unsafe { std::slice::from_raw_parts_mut(Frame::locals(frame), code.nlocalsplus as usize) };
    for slot in slots.iter_mut().filter(|slot| slot.is_null()) {
        *slot = types::NONE.value();
    }
    Ok(())
}
