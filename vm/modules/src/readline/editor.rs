//! The editor of a line: `rustyline` on a thread of its own, so that nobody holds the interpreter's lock while somebody
//! types. What it asks for meanwhile, completions, is answered by the thread that wants the line.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use lasti_vm::Vm;
use rustyline::completion::Completer;
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, EditMode, Editor, Helper};

/// More lines than anybody keeps.
const MAX_HISTORY: usize = 1 << 20;

/// How lines are edited.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) vi: bool,
    pub(super) show_all_if_ambiguous: bool,
}

/// A line that is wanted.
pub(super) struct Wanted {
    pub(super) prompt: String,
    /// What stands in it at first.
    pub(super) initial: String,
    /// The lines before it, if they are others than last time.
    pub(super) history: Option<Vec<String>>,
    pub(super) settings: Settings,
}

/// How it ended.
pub(super) enum Line {
    Typed(String),
    /// The input is at its end.
    End,
    /// Ctrl-C.
    Interrupted,
    Failed(String),
}

/// What the editor says.
enum Said {
    /// Which completions are there of this line at this byte?
    Complete(String, usize),
    Line(Line),
}

/// Completions: where what they replace begins, and what they replace it by.
pub(super) type Completions = (usize, Vec<String>);

/// The way to the editor's thread.
struct Link {
    /// The process that the thread is in: a child of a fork has none.
    process: u32,
    wanted: Sender<Wanted>,
    said: Receiver<Said>,
    answers: Sender<Completions>,
}

static LINK: Mutex<Option<Link>> = Mutex::new(None);

fn slot<R>(f: impl FnOnce(&mut Option<Link>) -> R) -> R {
    f(&mut LINK.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Lets somebody type a line; `complete` finds completions.
pub(super) fn read(
    vm: &Vm,
    wanted: Wanted,
    complete: impl Fn(&str, usize) -> Completions,
) -> io::Result<Line> {
    let here = std::process::id();
    // Taken out: a completion may want a line itself.
    let link = match slot(Option::take).filter(|link| link.process == here) {
        Some(link) => link,
        None => start(here)?,
    };
    let lost = || io::Error::other("the editor of lines has ended");
    link.wanted.send(wanted).map_err(|_| lost())?;
    let line = loop {
        match vm.allow_threads(|| link.said.recv()).map_err(|_| lost())? {
            Said::Complete(line, position) => {
                link.answers.send(complete(&line, position)).map_err(|_| lost())?;
            }
            Said::Line(line) => break line,
        }
    };
    slot(|slot| *slot = Some(link));
    Ok(line)
}

fn start(process: u32) -> io::Result<Link> {
    let (wanted, to_do) = channel();
    let (say, said) = channel();
    let (answers, answered) = channel();
    let ask = Ask { say: say.clone(), answered };
    thread::Builder::new().name("readline".to_owned()).spawn(move || {
        lasti_system::signal::block_all();
        edit(&to_do, &say, ask);
    })?;
    Ok(Link { process, wanted, said, answers })
}

/// Edits lines until nobody wants any.
fn edit(to_do: &Receiver<Wanted>, say: &Sender<Said>, ask: Ask) {
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(false).build();
    let history = MemHistory::with_config(&config);
    let mut editor = match Editor::<Ask, MemHistory>::with_history(config, history) {
        Ok(editor) => editor,
        Err(error) => {
            // Whoever wants a line is told, and what is said to nobody is of no interest.
            let _ = to_do.recv().map(|_| say.send(Said::Line(Line::Failed(error.to_string()))));
            return;
        }
    };
    editor.set_helper(Some(ask));
    editor.set_history_ignore_space(false);
    let _ = editor.set_history_ignore_dups(false);
    let _ = editor.set_max_history_size(MAX_HISTORY);
    while let Ok(wanted) = to_do.recv() {
        if let Some(history) = wanted.history {
            let _ = editor.clear_history();
            for line in history {
                let _ = editor.add_history_entry(line);
            }
        }
        editor.set_edit_mode(if wanted.settings.vi { EditMode::Vi } else { EditMode::Emacs });
        editor.set_completion_show_all_if_ambiguous(wanted.settings.show_all_if_ambiguous);
        let line = match editor.readline_with_initial(&wanted.prompt, (&wanted.initial, "")) {
            Ok(line) => Line::Typed(line),
            Err(ReadlineError::Eof) => Line::End,
            Err(ReadlineError::Interrupted) => Line::Interrupted,
            Err(error) => Line::Failed(error.to_string()),
        };
        if say.send(Said::Line(line)).is_err() {
            return;
        }
    }
}

/// Asks the thread that wants the line.
struct Ask {
    say: Sender<Said>,
    answered: Receiver<Completions>,
}

impl Completer for Ask {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let answer = self.say.send(Said::Complete(line.to_owned(), position)).ok();
        Ok(answer.and_then(|()| self.answered.recv().ok()).unwrap_or((position, Vec::new())))
    }
}

impl Hinter for Ask {
    type Hint = String;
}

impl Highlighter for Ask {}
impl Validator for Ask {}
impl Helper for Ask {}
