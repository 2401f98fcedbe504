//! Completions: Python's function is asked for them, or there are those of file names.

use lasti_vm::number::Int;
use lasti_vm::object::StaticCell;
use lasti_vm::text::Str;
use lasti_vm::{Obj, PyResult, Vm};
use rustyline::completion::FilenameCompleter;

use super::editor::Completions;
use super::{state, text_of};

/// What the Tab key is for GNU readline.
const TAB: i64 = 9;
/// More than anybody looks through; a function that never says None ends here.
const MOST: i64 = 100_000;

static COMPLETER: StaticCell = StaticCell::empty();

/// Where the word that ends at a byte begins.
fn start_of_word(line: &str, position: usize, delimiters: &str) -> usize {
    let before = line.get(..position).unwrap_or(line);
    let last = before.char_indices().rev().find(|&(_, letter)| delimiters.contains(letter));
    last.map_or(0, |(at, letter)| at + letter.len_utf8())
}

/// The completions of a line at a byte.
pub(super) fn complete(vm: &Vm, line: &str, position: usize) -> Completions {
    let Some(completer) = COMPLETER.get(vm) else { return file_names(line, position) };
    let start = state(|state| {
        let start = start_of_word(line, position, &state.delimiters);
        let count = |end: usize| line.get(..end).map_or(0, |before| before.chars().count());
        line.clone_into(&mut state.line);
        (state.begin, state.end) = (count(start), count(position));
        state.inserted.clear();
        start
    });
    let word = line.get(start..position).unwrap_or_default();
    let text = Str::new(word).into_obj();
    let mut found = Vec::new();
    for number in 0..MOST {
        // As in CPython, nobody is told of what goes wrong in it.
        let Ok(match_) = vm.call(&completer, &[text.clone(), Int::new(number)]) else { break };
        let Some(match_) = match_.downcast::<Str>() else { break };
        found.push(match_.to_string_lossy().into_owned());
    }
    let inserted = state(|state| std::mem::take(&mut state.inserted));
    if !inserted.is_empty() && found.iter().all(String::is_empty) {
        found = vec![format!("{word}{inserted}")];
    }
    found.sort_unstable();
    found.dedup();
    (start, found)
}

fn file_names(line: &str, position: usize) -> Completions {
    match FilenameCompleter::new().complete_path(line, position) {
        Ok((start, pairs)) => (start, pairs.into_iter().map(|pair| pair.replacement).collect()),
        Err(_) => (position, Vec::new()),
    }
}

pub(super) fn set_completer(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    super::set_hook(vm, &COMPLETER, "completer", args.first())
}

pub(super) fn get_completer(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.or_none(COMPLETER.get(vm)))
}

pub(super) fn set_delimiters(vm: &Vm, _: &Obj, text: &Obj) -> PyResult {
    let text = text_of(vm, "set_completer_delims", text)?.into_owned();
    state(|state| state.delimiters = text);
    Ok(vm.none())
}

pub(super) fn get_delimiters(_: &Vm, _: &Obj) -> PyResult {
    Ok(state(|state| Str::new(&state.delimiters)).into_obj())
}

pub(super) fn get_begidx(_: &Vm, _: &Obj) -> PyResult {
    index(state(|state| state.begin))
}

pub(super) fn get_endidx(_: &Vm, _: &Obj) -> PyResult {
    index(state(|state| state.end))
}

#[allow(clippy::unnecessary_wraps, reason = "as native functions return it")]
fn index(at: usize) -> PyResult {
    Ok(Int::new(i64::try_from(at).unwrap_or(i64::MAX)))
}

pub(super) fn get_type(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::new(TAB))
}

#[cfg(test)]
mod tests {
    use super::start_of_word;

    #[test]
    fn a_word_begins_behind_a_delimiter() {
        assert_eq!(start_of_word("a.b + cd", 8, " \t"), 6);
        assert_eq!(start_of_word("a.b", 3, " \t"), 0);
        assert_eq!(start_of_word("a\u{e9} x", 4, " "), 4);
        assert_eq!(start_of_word("", 0, " "), 0);
    }
}
