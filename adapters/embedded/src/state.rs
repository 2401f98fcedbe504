//! What the engine's threads share: plain data behind one mutex.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender};
use lasti_code::CodeObject;
use lasti_control::{Control, ExceptionId, FrameFacts, StopScope};
use lasti_engine::command::{Command, Granularity, Reply};
use lasti_engine::link::FromEngine;
use lasti_engine::place::Page;
use lasti_engine::snapshot::ThreadInfo;
use lasti_engine::stop::ExceptionVerdict;
use lasti_engine::stops::Stops;
use lasti_engine::{EngineError, Event, RequestId, SourceId, ThreadId};

use crate::Options;
use crate::plan::Plan;
use crate::sources::Sources;

/// The engine, as its threads see it.
pub(crate) struct Shared {
    state: Mutex<State>,
    started: Condvar,
    messages: Box<dyn Fn(FromEngine) + Send + Sync>,
    /// Which exceptions stop nothing, as the filters are.
    pub(crate) passes: Passes,
    /// What the planter is to do.
    pub(crate) work: (Sender<Work>, Receiver<Work>),
    pub(crate) options: Options,
}

/// The worst verdict whose exceptions the control need not hear of, for whoever does not hold the state; none if it
/// has to hear of all. Set while the state is held.
#[derive(Default)]
pub(crate) struct Passes(AtomicU8);

impl Passes {
    const ALL: [ExceptionVerdict; 2] = [ExceptionVerdict::Caught, ExceptionVerdict::UserUnhandled];

    pub(crate) fn get(&self) -> Option<ExceptionVerdict> {
        let number = usize::from(self.0.load(Ordering::Relaxed));
        Self::ALL.get(number.checked_sub(1)?).copied()
    }

    pub(crate) fn set(&self, worst: Option<ExceptionVerdict>) {
        let number = worst.and_then(|worst| Self::ALL.iter().position(|verdict| *verdict == worst));
        self.0.store(number.map_or(0, |number| number as u8 + 1), Ordering::Relaxed);
    }
}

/// The state. No value and no frame is in it.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct State {
    pub(crate) control: Control,
    pub(crate) stops: Stops,
    pub(crate) threads: BTreeMap<ThreadId, Thread>,
    pub(crate) sources: Sources,
    pub(crate) plan: Plan,
    pub(crate) settings: Settings,
    /// The paths that breakpoints were set in.
    pub(crate) paths: HashSet<String>,
    /// Whether functions have breakpoints, which may be in any source.
    pub(crate) functions: bool,
    /// The program may run.
    pub(crate) begun: bool,
    /// The client is gone: nothing stops the program any more.
    pub(crate) detached: bool,
    /// The main thread is to raise `KeyboardInterrupt`.
    pub(crate) interrupt: bool,
    /// The `KeyboardInterrupt` that it raised for that: it stops nobody, who asked for it knows of it.
    pub(crate) ending: Option<ExceptionId>,
    last_thread: u32,
}

/// What the client said of the session.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) just_my_code: bool,
    pub(crate) show_results: bool,
}

/// A Python thread.
pub(crate) struct Thread {
    pub(crate) name: String,
    /// `threading.get_ident()`
    pub(crate) ident: u64,
    pub(crate) orders: Sender<Order>,
    /// Whether it takes orders: it is stopped, and has come to its hook.
    pub(crate) parked: bool,
    /// The frame that it is stopped in.
    pub(crate) frame: Option<FrameFacts>,
    /// How far the single steps were apart that it ran last.
    pub(crate) granularity: Granularity,
    /// How long what it evaluates may take, and for whom.
    pub(crate) evaluating: Option<Evaluating>,
}

/// User code that runs for a command.
#[derive(Clone, Copy)]
pub(crate) struct Evaluating {
    pub(crate) request: Option<RequestId>,
    pub(crate) until: std::time::Instant,
    pub(crate) cancelled: bool,
}

/// What the planter is to do.
pub(crate) enum Work {
    /// To put traps where the plan has them.
    Plant,
    /// To show the stack of a thread that waits in native code.
    Stack(RequestId, ThreadId, Page),
}

/// What a stopped thread is told.
pub(crate) enum Order {
    /// To answer this.
    Answer(RequestId, Command),
    /// To put traps where the plan has them.
    Plant,
    /// To run on.
    Run,
}

impl Shared {
    pub(crate) fn new(messages: Box<dyn Fn(FromEngine) + Send + Sync>, options: Options) -> Self {
        let state = State {
            control: Control::new(StopScope::AllThreads),
            stops: Stops::default(),
            threads: BTreeMap::new(),
            sources: Sources::new(),
            plan: Plan::default(),
            settings: Settings { just_my_code: true, show_results: true },
            paths: HashSet::new(),
            functions: false,
            begun: false,
            detached: false,
            interrupt: false,
            ending: None,
            last_thread: 0,
        };
        let work = crossbeam_channel::unbounded();
        let passes = Passes::default();
        Self { state: Mutex::new(state), started: Condvar::new(), messages, passes, work, options }
    }

    /// The state. Not to be held while Python code runs, values are dropped, or anything is waited for.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the client. A client that is gone misses nothing.
    pub(crate) fn send(&self, event: Event) {
        (self.messages)(FromEngine::Event(event));
    }

    pub(crate) fn reply(&self, id: RequestId, reply: Result<Reply, EngineError>) {
        (self.messages)(FromEngine::Reply { id, reply });
    }

    pub(crate) fn wait_for_start(&self) {
        let mut state = self.state();
        while !state.begun && !state.detached {
            state = self.started.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets the program begin.
    pub(crate) fn begin(&self) {
        self.state().begun = true;
        self.started.notify_all();
    }

    /// Traps are to be put elsewhere: some thread of the program sees to it, or the planter.
    pub(crate) fn replant(&self) {
        let parked: Vec<Sender<Order>> = {
            let state = self.state();
            state
                .threads
                .values()
                .filter(|thread| thread.parked)
                .map(|thread| thread.orders.clone())
                .collect()
        };
        match parked.first() {
            Some(orders) => drop(orders.send(Order::Plant)),
            None => {
                lasti_vm::trace::interrupt();
                let _ = self.work.0.send(Work::Plant);
            }
        }
    }
}

impl State {
    /// A new thread, and where its orders come from.
    pub(crate) fn add_thread(&mut self, ident: u64, name: Option<String>) -> (ThreadInfo, Receiver<Order>) {
        self.last_thread += 1;
        let id = ThreadId(self.last_thread);
        let name = name.unwrap_or_else(|| format!("Thread-{}", self.last_thread));
        let (orders, received) = crossbeam_channel::unbounded();
        let thread = Thread {
            name: name.clone(),
            ident,
            orders,
            parked: false,
            frame: None,
            granularity: Granularity::Statement,
            evaluating: None,
        };
        self.threads.insert(id, thread);
        (ThreadInfo { id, name }, received)
    }

    /// A stopped thread takes orders from now on, up to one that lets it run.
    pub(crate) fn parks(&mut self, id: ThreadId, frame: FrameFacts) {
        if let Some(thread) = self.threads.get_mut(&id) {
            thread.frame = Some(frame);
            thread.parked = true;
        }
    }

    /// Lets these threads run. Those that are parked are told; the others never stopped.
    pub(crate) fn resume(&mut self, threads: &[ThreadId]) {
        for id in threads {
            self.stops.resume(*id);
            if let Some(thread) = self.threads.get_mut(id) {
                thread.frame = None;
                if std::mem::replace(&mut thread.parked, false) {
                    let _ = thread.orders.send(Order::Run);
                }
            }
        }
    }

    /// Whether exceptions on a thread are of interest: not before the program's own code runs.
    pub(crate) fn wants_raises(&self, thread: ThreadId) -> bool {
        self.sources.has_program() && self.control.interest(thread).raises
    }

    /// Binds the breakpoints of a source, with what to tell the client of it.
    pub(crate) fn bind(&mut self, id: SourceId) -> Vec<Event> {
        if !self.sources.begin_binding(id) {
            return Vec::new();
        }
        let Some((map, _)) = self.sources.map(id) else { return Vec::new() };
        let Some(name) = self.sources.get(id).map(|source| source.name.clone()) else { return Vec::new() };
        let changes = self.control.breakpoints.source_loaded(id, &name, map);
        self.plan.change(&changes);
        let announced = self.sources.announce(id).map(Event::SourceLoaded);
        announced.into_iter().chain(changes.changed.into_iter().map(Event::BreakpointChanged)).collect()
    }

    /// Takes note of code that is about to run and of which nothing is known, with what to tell the client of it.
    pub(crate) fn load(
        &mut self,
        root: &Arc<CodeObject>,
        module: Option<String>,
        is_program: bool,
    ) -> Vec<Event> {
        let id = self.sources.add(root, module, is_program);
        let wanted = self.sources.get(id).is_some_and(|source| self.paths.contains(&source.name));
        if wanted || self.functions || self.sources.is_users(id) { self.bind(id) } else { Vec::new() }
    }

    /// Whether a source's code is the user's.
    pub(crate) fn is_user_code(&self, source: SourceId) -> bool {
        self.sources.is_user_code(source, self.settings.just_my_code)
    }
}
