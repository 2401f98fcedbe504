//! What a stopped thread shows: data, made by the thread that owns the values, with no way back to them but
//! references that live as long as the stop.
//!
//! Text is what a user reads: characters that a Python string may hold but text may not (lone surrogates) are
//! written as escapes.

use serde::{Deserialize, Serialize};

use crate::ids::{FrameRef, SourceId, ThreadId, VariableRef};
use crate::place::{InstructionPlace, Position, Span};

/// A thread.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ThreadInfo {
    /// Its id.
    pub id: ThreadId,
    /// `threading.Thread.name`.
    pub name: String,
}

/// What kind of code a frame runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum FrameKind {
    /// A module's statements, or code given to `exec`.
    Module,
    /// A class body.
    ClassBody,
    /// A function.
    Function,
    /// A lambda.
    Lambda,
    /// A generator.
    Generator,
    /// A coroutine.
    Coroutine,
    /// An async generator.
    AsyncGenerator,
    /// A comprehension or generator expression with a frame of its own.
    Comprehension,
}

/// How a frame comes to be in the stack that is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum FrameLink {
    /// It is running, or called what is above it.
    Called,
    /// It awaits what is above it and is not on the thread's own stack.
    Awaits,
}

/// One frame of a stack.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FrameInfo {
    /// For asking more.
    pub frame: FrameRef,
    /// `co_qualname`.
    pub name: String,
    /// What it runs.
    pub kind: FrameKind,
    /// How it is linked to the frame above.
    pub link: FrameLink,
    /// The source, if the code has one.
    pub source: Option<SourceId>,
    /// Where the instruction is that runs now: a line always if the code has one; columns if it has columns.
    pub position: Option<Span>,
    /// Where the statement begins that runs now; a frame stopped in the middle of one is not at it.
    pub statement: Option<Position>,
    /// The instruction.
    pub instruction: Option<InstructionPlace>,
    /// Whether this is user code, by the launch configuration.
    pub user_code: bool,
}

/// Frames from the innermost out.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StackPage {
    /// The frames asked for.
    pub frames: Vec<FrameInfo>,
    /// How many there are in all.
    pub total: u32,
}

/// What a scope holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ScopeKind {
    /// Fast locals, or a class body's names.
    Locals,
    /// Cells of enclosing functions.
    FreeVariables,
    /// The variables of an inlined comprehension that runs now.
    Comprehension,
    /// The module's globals.
    Globals,
    /// Built-in names.
    Builtins,
    /// What calls of the last step returned.
    Results,
    /// The exception that is being raised or handled.
    Exception,
    /// The value stack.
    ValueStack,
}

/// One scope of a frame.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ScopeInfo {
    /// What it holds.
    pub kind: ScopeKind,
    /// For asking for its variables.
    pub variables: VariableRef,
    /// How many there are, if that is known without looking.
    pub count: Option<u32>,
    /// Whether listing it is slow or long.
    pub expensive: bool,
}

/// How the children of a value are reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Children {
    /// For asking for them.
    pub variables: VariableRef,
    /// How many have a name.
    pub named: u32,
    /// How many have an index.
    pub indexed: u32,
}

/// A value as shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ValueInfo {
    /// Its `repr`, cut if it is long. Empty if [`lazy`](Self::lazy).
    pub text: String,
    /// Whether the text was cut.
    pub cut: bool,
    /// The qualified name of its type.
    pub type_name: String,
    /// What it holds, if anything.
    pub children: Option<Children>,
    /// Whether showing it would run user code that nobody asked for yet (a property, say).
    pub lazy: bool,
}

/// A variable, item or attribute.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct VariableInfo {
    /// Its name, or `[key]`.
    pub name: String,
    /// Its value.
    pub value: ValueInfo,
    /// An expression that gives it in the frame, if there is one.
    pub expression: Option<String>,
    /// Whether it can be set.
    pub writable: bool,
}

/// Part of a scope's or value's variables.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct VariablePage {
    /// The variables asked for.
    pub variables: Vec<VariableInfo>,
    /// Whether there are more after them.
    pub more: bool,
}

/// How an exception comes before the one above it in a chain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ExceptionLink {
    /// It is the exception itself.
    Itself,
    /// `__cause__`: `raise ... from`.
    Cause,
    /// `__context__`: it was being handled.
    Context,
    /// A member of the exception group listed last with a smaller depth.
    Member,
}

/// One exception of a chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChainedException {
    /// How it comes here.
    pub link: ExceptionLink,
    /// How many groups it is in.
    pub depth: u32,
    /// The qualified name of its type.
    pub type_name: String,
    /// `str()` of it.
    pub text: String,
    /// Its notes (`__notes__`).
    pub notes: Vec<String>,
    /// Its traceback as CPython prints it.
    pub traceback: String,
}

/// Where an exception is going to be caught.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CatchInfo {
    /// The frame's `co_qualname`.
    pub function: String,
    /// The source, if the code has one.
    pub source: Option<SourceId>,
    /// The `except` clause, or the `with` that swallows it.
    pub position: Option<Position>,
}

/// The exception that a thread is stopped for. The chain is flat, so that its depth costs nothing to read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ExceptionInfo {
    /// The exception first, then what led to it.
    pub chain: Vec<ChainedException>,
    /// What will become of it.
    pub verdict: crate::stop::ExceptionVerdict,
    /// Where it will be caught, if anywhere in Python code.
    pub caught: Option<CatchInfo>,
}

/// A loaded source.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Its id.
    pub id: SourceId,
    /// `co_filename`, made absolute if it is a path.
    pub name: String,
    /// Whether there is such a file. If not, its text may be asked for all the same.
    pub is_file: bool,
    /// The module's name, if a module was loaded from it.
    pub module: Option<String>,
}

/// Part of a source's text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TextPage {
    /// The text: whole characters.
    pub text: String,
    /// Where it starts in the whole, in bytes of UTF-8.
    pub start: u64,
    /// The length of the whole.
    pub total: u64,
}

/// One instruction, disassembled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InstructionInfo {
    /// The instruction.
    pub at: InstructionPlace,
    /// Its code units, caches included.
    pub bytes: Vec<u8>,
    /// Opcode name and argument, as `dis` prints them.
    pub text: String,
    /// The position that it was compiled from.
    pub position: Option<Span>,
}
