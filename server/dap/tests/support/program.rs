//! Programs for the scripted engine: what a program does, one action after the other. The actions of each thread
//! are its own; a thread that is started runs until its actions end or it stops.

use lasti_engine::event::ExitStatus;
use lasti_engine::stop::ExceptionVerdict;

/// One thing that a program does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Code of a file is loaded.
    Load(&'static str, &'static str),
    /// Code without a file is loaded.
    LoadText(&'static str, &'static str),
    /// A statement of the source loaded last is run.
    Line(u32),
    /// It writes to its standard output, as bytes of its process.
    Write(&'static [u8]),
    /// It writes to its standard error.
    WriteError(&'static [u8]),
    /// An exception is raised on a line.
    Raise(u32, ExceptionVerdict),
    /// It runs until it is paused.
    Spin,
    /// A thread begins, and does this.
    Thread(u32, &'static str, Vec<Action>),
    /// The engine answers nothing any more.
    Hang,
    /// The process is gone, without a word of the engine.
    Die(Option<ExitStatus>),
    /// The same, before the engine can say that the program was resumed.
    DieAtOnce(Option<ExitStatus>),
    /// The link breaks; the process lives.
    LoseLink,
}

/// A program.
#[derive(Clone, Debug)]
pub struct Program {
    pub actions: Vec<Action>,
    pub exit: i32,
    /// How many frames a stack has.
    pub depth: u32,
    /// How many frames or variables the engine gives at a time.
    pub page: u32,
}

/// A program that ends with exit code 0.
pub fn program(actions: impl Into<Vec<Action>>) -> Program {
    Program { actions: actions.into(), exit: 0, depth: 2, page: 100 }
}

/// Statements of these lines.
pub fn line(lines: impl IntoIterator<Item = u32>) -> Vec<Action> {
    lines.into_iter().map(Action::Line).collect()
}
