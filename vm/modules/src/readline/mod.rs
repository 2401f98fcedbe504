//! `readline`: the editing of lines that `input()` reads from a terminal. CPython: Modules/readline.c, on GNU readline;
//! here on `rustyline`, whose keys are mostly the same.
//!
//! - this file: the functions, what is set, and a line from its prompt to its end
//! - `completion`: what the Tab key asks for
//! - `editor`: the editor's thread
//! - `history`: the lines before
//!
//! Of init files and `parse_and_bind` the editing mode and `show-all-if-ambiguous` are heeded.

mod completion;
mod editor;
mod history;

use std::sync::{Mutex, MutexGuard, PoisonError};

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::StaticCell;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Exc, Obj, PyResult, Ref, Vm};

use editor::{Line, Settings, Wanted};

/// What stands for the version of GNU readline: the first that has all functions of here.
const VERSION: i64 = 0x0802;
/// SIGINT
const INTERRUPT: i32 = 2;

/// Called when a line begins.
static STARTUP: StaticCell = StaticCell::empty();
/// Called when its prompt is shown; here that is the same.
static PRE_INPUT: StaticCell = StaticCell::empty();

/// What is set, and the line.
struct State {
    settings: Settings,
    delimiters: String,
    /// The line as it was when completions were last asked for, and what of it is to be completed, in characters.
    line: String,
    begin: usize,
    end: usize,
    /// What a hook or a completion inserts.
    inserted: String,
    lines: history::Lines,
}

static STATE: Mutex<Option<State>> = Mutex::new(None);

/// Looks at what is set or changes it. No Python code runs meanwhile.
fn state<R>(f: impl FnOnce(&mut State) -> R) -> R {
    let mut guard: MutexGuard<'_, _> = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    f(guard.get_or_insert_with(|| State {
        settings: Settings::default(),
        delimiters: " \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?".to_owned(),
        line: String::new(),
        begin: 0,
        end: 0,
        inserted: String::new(),
        lines: history::Lines::default(),
    }))
}

/// A line from the terminal, without its newline; none at the input's end.
fn read(vm: &Vm, prompt: &str) -> PyResult<Option<String>> {
    loop {
        state(|state| state.inserted.clear());
        for hook in [&STARTUP, &PRE_INPUT] {
            if let Some(hook) = hook.get(vm) {
                // As in CPython, nobody is told of what goes wrong in it.
                let _ = vm.call(&hook, &[]);
            }
        }
        let wanted = state(|state| Wanted {
            prompt: prompt.to_owned(),
            initial: std::mem::take(&mut state.inserted),
            history: state.lines.changed(),
            settings: state.settings,
        });
        let line = editor::read(vm, wanted, |line, position| completion::complete(vm, line, position));
        match line.map_err(|error| vm.io_error(&error, None))? {
            Line::Typed(line) => {
                state(|state| state.lines.typed(&line));
                return Ok(Some(line));
            }
            Line::End => return Ok(None),
            Line::Interrupted => {
                // As if the terminal had sent it: a handler may go on with the line.
                let process = i32::try_from(std::process::id()).unwrap_or_default();
                let sent = lasti_system::signal::send(process, INTERRUPT);
                sent.map_err(|errno| vm.io_error(&errno.into(), None))?;
                vm.check_signals()?;
            }
            Line::Failed(why) => return Err(vm.runtime_error(why)),
        }
    }
}

fn text_of<'a>(vm: &Vm, function: &str, given: &'a Obj) -> PyResult<std::borrow::Cow<'a, str>> {
    Ok(vm.str_argument(function, "", given)?.to_string_lossy())
}

/// Heeds a line of an init file.
fn heed(line: &str) {
    let mut words = line.split_whitespace();
    if words.next() != Some("set") {
        return;
    }
    match (words.next().map(str::to_ascii_lowercase).as_deref(), words.next()) {
        (Some("editing-mode"), Some(mode)) => state(|state| state.settings.vi = mode == "vi"),
        (Some("show-all-if-ambiguous"), value) => {
            let on = value.is_none_or(|value| value.eq_ignore_ascii_case("on") || value == "1");
            state(|state| state.settings.show_all_if_ambiguous = on);
        }
        _ => {}
    }
}

fn parse_and_bind(vm: &Vm, _: &Obj, text: &Obj) -> PyResult {
    text_of(vm, "parse_and_bind", text)?.lines().for_each(heed);
    Ok(vm.none())
}

fn read_init_file(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let file = match args.first().filter(|file| !vm.is_none(file)) {
        Some(file) => history::path(vm, "read_init_file", file)?,
        None => history::init_file(),
    };
    let text = std::fs::read(&file).map_err(|error| vm.io_error(&error, None))?;
    String::from_utf8_lossy(&text).lines().for_each(heed);
    Ok(vm.none())
}

fn set_hook(vm: &Vm, cell: &StaticCell, name: &str, given: Option<&Obj>) -> PyResult {
    let given = given.filter(|given| !vm.is_none(given));
    if let Some(hook) = given.filter(|hook| !vm.is_callable(hook)) {
        let _: &Obj = hook;
        return Err(vm.type_error(format!("set_{name}(func): argument not callable")));
    }
    cell.set(vm, given.cloned());
    Ok(vm.none())
}

fn set_startup_hook(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    set_hook(vm, &STARTUP, "startup_hook", args.first())
}

fn set_pre_input_hook(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    set_hook(vm, &PRE_INPUT, "pre_input_hook", args.first())
}

fn set_display_hook(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    match args.first().filter(|given| !vm.is_none(given)) {
        None => Ok(vm.none()),
        Some(_) => Err(unsupported(vm, "matches are shown by the editor of lines, without a hook")),
    }
}

fn unsupported(vm: &Vm, text: &str) -> Exc {
    vm.error(&lasti_vm::builtins::NOT_IMPLEMENTED_ERROR, text)
}

fn get_line_buffer(_: &Vm, _: &Obj) -> PyResult {
    Ok(state(|state| Str::new(&format!("{}{}", state.line, state.inserted))).into_obj())
}

fn insert_text(vm: &Vm, _: &Obj, text: &Obj) -> PyResult {
    let text = text_of(vm, "insert_text", text)?;
    state(|state| state.inserted.push_str(&text));
    Ok(vm.none())
}

/// The line is shown as it is whenever it changes.
fn redisplay(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.none())
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    vm.set_line_reader(read);
    module.add(vm, "_READLINE_VERSION", Int::new(VERSION))?;
    module.add(vm, "_READLINE_RUNTIME_VERSION", Int::new(VERSION))?;
    module.add(vm, "_READLINE_LIBRARY_VERSION", Str::new("8.2"))?;
    // Whose words `parse_and_bind` takes.
    module.add(vm, "backend", Str::new("readline"))
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "readline",
    doc: "Importing this module enables command line editing.",
    functions: &[
        NativeDef::new(
            "add_history",
            "($module, string, /)",
            "Add an item to the history.",
            NativeCall::One(history::add),
        ),
        NativeDef::new(
            "append_history_file",
            "($module, nelements, filename=None, /)",
            "Append the last nelements items of the history to a file.",
            NativeCall::Positional(1, 2, history::append_file),
        ),
        NativeDef::new(
            "clear_history",
            "($module, /)",
            "Forget the history.",
            NativeCall::NoArgs(history::clear),
        ),
        NativeDef::new(
            "get_begidx",
            "($module, /)",
            "Where what is to be completed begins.",
            NativeCall::NoArgs(completion::get_begidx),
        ),
        NativeDef::new(
            "get_completer",
            "($module, /)",
            "The function that finds completions.",
            NativeCall::NoArgs(completion::get_completer),
        ),
        NativeDef::new(
            "get_completer_delims",
            "($module, /)",
            "What separates words, for completion.",
            NativeCall::NoArgs(completion::get_delimiters),
        ),
        NativeDef::new(
            "get_completion_type",
            "($module, /)",
            "The kind of completion: that of the Tab key.",
            NativeCall::NoArgs(completion::get_type),
        ),
        NativeDef::new(
            "get_current_history_length",
            "($module, /)",
            "How many items the history has.",
            NativeCall::NoArgs(history::current_length),
        ),
        NativeDef::new(
            "get_endidx",
            "($module, /)",
            "Where what is to be completed ends.",
            NativeCall::NoArgs(completion::get_endidx),
        ),
        NativeDef::new(
            "get_history_item",
            "($module, index, /)",
            "An item of the history, counted from 1.",
            NativeCall::One(history::item),
        ),
        NativeDef::new(
            "get_history_length",
            "($module, /)",
            "How many items are written to a file; -1 for all.",
            NativeCall::NoArgs(history::length),
        ),
        NativeDef::new(
            "get_line_buffer",
            "($module, /)",
            "The line so far.",
            NativeCall::NoArgs(get_line_buffer),
        ),
        NativeDef::new(
            "insert_text",
            "($module, string, /)",
            "Insert text into the line.",
            NativeCall::One(insert_text),
        ),
        NativeDef::new(
            "parse_and_bind",
            "($module, string, /)",
            "Heed a line as of an init file.",
            NativeCall::One(parse_and_bind),
        ),
        NativeDef::new(
            "read_history_file",
            "($module, filename=None, /)",
            "Add the lines of a file to the history.",
            NativeCall::Positional(0, 1, history::read_file),
        ),
        NativeDef::new(
            "read_init_file",
            "($module, filename=None, /)",
            "Heed an init file.",
            NativeCall::Positional(0, 1, read_init_file),
        ),
        NativeDef::new("redisplay", "($module, /)", "Show the line.", NativeCall::NoArgs(redisplay)),
        NativeDef::new(
            "remove_history_item",
            "($module, pos, /)",
            "Remove an item of the history, counted from 0.",
            NativeCall::One(history::remove),
        ),
        NativeDef::new(
            "replace_history_item",
            "($module, pos, line, /)",
            "Replace an item of the history, counted from 0.",
            NativeCall::Positional(2, 2, history::replace),
        ),
        NativeDef::new(
            "set_auto_history",
            "($module, enabled, /)",
            "Whether lines are added to the history when they are read.",
            NativeCall::One(history::set_auto),
        ),
        NativeDef::new(
            "set_completer",
            "($module, function=None, /)",
            "Set the function that finds completions: function(text, state).",
            NativeCall::Positional(0, 1, completion::set_completer),
        ),
        NativeDef::new(
            "set_completer_delims",
            "($module, string, /)",
            "Set what separates words, for completion.",
            NativeCall::One(completion::set_delimiters),
        ),
        NativeDef::new(
            "set_completion_display_matches_hook",
            "($module, function=None, /)",
            "Not supported but for None.",
            NativeCall::Positional(0, 1, set_display_hook),
        ),
        NativeDef::new(
            "set_history_length",
            "($module, length, /)",
            "Set how many items are written to a file.",
            NativeCall::One(history::set_length),
        ),
        NativeDef::new(
            "set_pre_input_hook",
            "($module, function=None, /)",
            "Set what is called before the first character is read.",
            NativeCall::Positional(0, 1, set_pre_input_hook),
        ),
        NativeDef::new(
            "set_startup_hook",
            "($module, function=None, /)",
            "Set what is called before the prompt is shown.",
            NativeCall::Positional(0, 1, set_startup_hook),
        ),
        NativeDef::new(
            "write_history_file",
            "($module, filename=None, /)",
            "Write the history to a file.",
            NativeCall::Positional(0, 1, history::write_file),
        ),
    ],
    fill,
};
