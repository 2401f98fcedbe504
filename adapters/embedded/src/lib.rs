//! The virtual machine as an engine of the debug protocol: the program that runs in this process is debugged.
//!
//! # Threads and channels
//! ```text
//!  client                          this process
//! ┌────────┐  ToEngine   ┌────────────┐  Order   ┌───────────────────────┐
//! │        │ ──────────► │ dispatcher │ ───────► │ a stopped thread, in  │
//! │ server │             └─────┬──────┘          │ its hook: alone there │
//! │        │                   │ Mutex<State>    │ are values looked at  │
//! │        │             ┌─────┴──────┐          └──────────┬────────────┘
//! │        │ ◄────────── │  messages  │ ◄───────────────────┘ snapshots
//! └────────┘  FromEngine └────────────┘ ◄── events of threads that run
//!                        ┌────────────┐
//!                        │  planter   │ takes the interpreter lock when it is free
//!                        └────────────┘
//! ```
//! - The *dispatcher* takes commands. What concerns plain data it answers at once, whether the program runs, hangs or
//!   waits: breakpoints are bound by source maps, which are data. What needs values goes to the thread they
//!   belong to, as an `Order`.
//! - A *Python thread* meets the engine in the hook's methods ([`hook`]). It asks [`Control`](lasti_control::Control)
//!   whether to stop; if so, it stays in the method and takes orders ([`stopped`]), without the interpreter lock while
//!   none comes. Values and frames are touched there and nowhere else; what leaves the thread is data.
//! - *Messages* go to the client from the thread that has them; nobody is woken to pass them on ([`socket`]).
//! - The *planter* puts traps into the code of a program whose threads do not come by themselves, because they wait in
//!   native code.
//!
//! Nobody takes the interpreter lock while holding the state's mutex, and nobody runs Python code or drops a value
//! while holding it: that may come back here.
//!
//! # Modules
//! - [`state`], [`plan`]: what all threads share; which traps are to be where
//! - [`sources`]: the loaded sources as data: texts, source maps, what is where in the code
//! - [`walk`]: frames as the decisions see them: whose, in which code, who gets a result
//! - [`exceptions`]: who will catch an exception; what it says
//! - [`evaluate`], [`show`]: expressions in a frame; values as text
//! - [`socket`]: the link to a server in another process
//!
//! # Faults
//! Trouble of the program is answered as an [`EngineError`](lasti_engine::EngineError); a fault in here is one too, and
//! neither ends the program nor the server.
#![forbid(unsafe_code)]
#![allow(
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    reason = "objects and frames are handles"
)]
// Matters of taste where the other form reads worse.
#![allow(clippy::type_complexity, clippy::format_push_string, clippy::single_match_else)]

mod dispatcher;
mod evaluate;
mod exceptions;
mod hook;
mod plan;
mod planter;
mod show;
mod sources;
mod state;
mod stopped;
mod walk;

pub mod socket;

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use lasti_engine::event::ExitStatus;
use lasti_engine::link::{FromEngine, ToEngine};
use lasti_engine::{Event, OnLostClient};
use lasti_vm::Vm;

use state::Shared;

/// What ties an engine to its client. Whoever has something to say says it: between a thread that has a reply and the
/// client there is nobody who would have to be woken first.
pub struct Link {
    /// Waits for the next command. That there is none any more without a `Detach` means that the client is lost.
    pub commands: Box<dyn FnMut() -> Option<ToEngine> + Send>,
    /// Takes replies and events, in their order. It does not wait for the client: threads call it that hold locks.
    pub messages: Box<dyn Fn(FromEngine) + Send + Sync>,
}

impl Link {
    /// A link to a client in this process.
    pub fn over_channels(commands: Receiver<ToEngine>, messages: Sender<FromEngine>) -> Self {
        Self {
            commands: Box::new(move || commands.recv().ok()),
            // A client that is gone misses nothing.
            messages: Box::new(move |message| drop(messages.send(message))),
        }
    }
}

/// How an engine is to be.
pub struct Options {
    /// The program's name, as `sys.argv[0]` will have it.
    pub program: String,
    /// What becomes of the program if the client is gone without a word.
    pub on_lost_client: OnLostClient,
    /// Ends the program at once, without letting it clean up: called on a thread that is none of its own.
    pub kill: Box<dyn Fn() + Send + Sync>,
}

/// The engine of the program that runs in this process. There is one program in a process, so there is one engine.
#[derive(Clone)]
pub struct Engine(Arc<Shared>);

impl Engine {
    /// Begins to take commands. The program has not begun.
    pub fn new(link: Link, options: Options) -> std::io::Result<Self> {
        lasti_vm::sources::keep_texts();
        let program = options.program.clone();
        let shared = Arc::new(Shared::new(link.messages, options));
        shared.send(Event::Started { process: std::process::id(), program });
        planter::start(&shared)?;
        dispatcher::start(Arc::clone(&shared), link.commands)?;
        Ok(Self(shared))
    }

    /// Runs the program under the debugger, once the client lets it begin, on the thread that is its main thread. The result is its exit code.
    pub fn run(&self, vm: &Vm, program: impl FnOnce(&Vm) -> u8) -> u8 {
        hook::install(vm, &self.0);
        let process = std::process::id();
        vm.allow_threads(|| self.0.wait_for_start());
        let code = program(vm);
        if std::process::id() != process {
            // A child of a fork, which came to the program's end as well: the engine is its parent's.
            return code;
        }
        hook::main_thread_ended(&self.0);
        self.0.send(Event::ProcessExited(ExitStatus::Code(code.into())));
        code
    }
}
