//! Tracebacks as CPython prints them: made here ([`text`]), or else by the library that prints CPython's; in plain text
//! where that fails.
//!
//! An exception that was just raised has no traceback yet: it is made of the stack as it is.

mod excerpt;
mod text;

use lasti_vm::dict::Dict;
use lasti_vm::errors::BaseException;
use lasti_vm::number::Int;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::trace::Activation;
use lasti_vm::{Obj, PyResult, Ref, Vm};

use crate::evaluate::run_module;
use crate::state::Shared;
use crate::walk::facts_of;
use text::Maker;

/// How many entries are shown: the innermost, as many as CPython shows.
const ENTRIES: usize = 1000;
/// How long the text may be, in bytes.
const LONGEST: usize = 1 << 18;
/// How often an entry is shown that repeats itself, where the library is not asked.
const REPEATS: usize = 3;

/// `whole` shows an exception with what led to it, on the stack that is given; `alone` one as it is.
const HELPER: &str = "
def whole(exception, stack):
    import traceback
    shown = traceback.TracebackException(type(exception), exception, None, compact=True)
    shown.stack = traceback.StackSummary._extract_from_extended_frame_gen(iter(stack))
    return ''.join(shown.format())

def alone(exception):
    import traceback
    shown = traceback.TracebackException(type(exception), exception, exception.__traceback__, limit=-1000, compact=True)
    return ''.join(shown.format(chain=False))
";

/// The exception with its causes and contexts, and the stack that it was raised on.
pub(super) fn whole(
    shared: &Shared,
    vm: &Vm,
    frame: &Activation<'_>,
    exception: &Ref<BaseException>,
) -> String {
    let frames: Vec<Activation<'_>> =
        std::iter::successors(Some(*frame), Activation::caller).take(ENTRIES).collect();
    if let Some(text) = (Maker { shared, vm }).whole(&frames, exception) {
        return cut(text);
    }
    let entries = frames.iter().rev().map(|frame| entry(vm, frame)).collect();
    let stack = List::new(entries).into_obj();
    let shown = helped(vm, "whole", &[exception.as_obj().clone(), stack]);
    cut(shown.unwrap_or_else(|_| plain(shared, vm, &frames)))
}

/// The exception with the traceback that it has.
pub(super) fn alone(shared: &Shared, vm: &Vm, exception: &Ref<BaseException>) -> String {
    if let Some(text) = (Maker { shared, vm }).alone(exception, ENTRIES) {
        return cut(text);
    }
    cut(helped(vm, "alone", &[exception.as_obj().clone()]).unwrap_or_default())
}

fn helped(vm: &Vm, function: &str, arguments: &[Obj]) -> PyResult<String> {
    let globals = Dict::new();
    run_module(vm, HELPER, &globals)?;
    let function = vm.getitem(globals.as_obj(), Str::new(function).as_obj())?;
    let text = vm.call(&function, arguments)?;
    vm.str_text(&text)
}

/// A frame with the line, end line and columns that it is at, as `traceback` takes them.
fn entry(vm: &Vm, frame: &Activation<'_>) -> Obj {
    let code = frame.code();
    let location = frame.instruction().and_then(|at| code.data().line_table().location_at(at));
    let number = |number: Option<i64>| number.map_or_else(|| vm.none(), Int::new);
    let columns = |column: Option<u32>| number(column.map(i64::from));
    let line = frame.line().map(i64::from);
    let positions = match location {
        Some(at) => {
            [number(line), number(Some(at.end_line.into())), columns(at.column), columns(at.end_column)]
        }
        None => [number(line), number(None), number(None), number(None)],
    };
    Tuple::new(vec![frame.object(), Tuple::new(positions.to_vec()).into_obj()]).into_obj()
}

/// The stack in plain text.
fn plain(shared: &Shared, vm: &Vm, frames: &[Activation<'_>]) -> String {
    let mut text = String::from("Traceback (most recent call last):\n");
    let (mut last, mut repeated) = (String::new(), 0);
    for frame in frames.iter().rev() {
        let code = frame.code();
        let (file, name) = (code.filename(), code.name().to_string_lossy().into_owned());
        let line = frame.line().unwrap_or(0);
        let entry = format!("  File \"{}\", line {line}, in {name}\n", file.to_string_lossy());
        repeated = if entry == last { repeated + 1 } else { 1 };
        if repeated <= REPEATS {
            text.push_str(&entry);
            let source = facts_of(shared, vm, frame).source;
            if let Some(source) = shared.state().sources.line(source, line) {
                text.push_str(&format!("    {}\n", source.trim()));
            }
        }
        last = entry;
    }
    text
}

/// Cuts a text that is too long in the middle: what matters stands at its ends.
fn cut(text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let start = (0..=LONGEST / 2).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let end = (text.len() - LONGEST / 2..text.len()).find(|&at| text.is_char_boundary(at));
    format!("{}\n  …\n{}", &text[..start], &text[end.unwrap_or(text.len())..])
}
