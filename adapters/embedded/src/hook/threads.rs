//! The program's threads: each knows itself, and where its orders come from.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crossbeam_channel::Receiver;
use lasti_engine::{Event, ThreadId};
use lasti_vm::code::Code;
use lasti_vm::dict::Dict;
use lasti_vm::module::Module;
use lasti_vm::number::Int;
use lasti_vm::text::Str;
use lasti_vm::{Obj, Ref, Vm};

use crate::state::{Order, Shared};

/// The calling thread.
#[derive(Clone)]
pub(crate) struct Me {
    pub(crate) id: ThreadId,
    pub(crate) orders: Receiver<Order>,
    result: Rc<RefCell<Option<Returned>>>,
}

/// What a frame of a step returned, or yielded.
#[derive(Clone)]
pub(crate) struct Returned {
    pub(crate) activation: u64,
    pub(crate) function: String,
    pub(crate) value: Obj,
}

thread_local! {
    /// Whether the thread is the engine's own.
    static HELPS: Cell<bool> = const { Cell::new(false) };
    static ME: RefCell<Option<Me>> = const { RefCell::new(None) };
}

impl Me {
    pub(super) fn keep_result(&self, activation: u64, code: &Code, value: &Obj) {
        let function = code.name().to_string_lossy().into_owned();
        let returned = Returned { activation, function, value: value.clone() };
        let before = self.result.borrow_mut().replace(returned);
        drop(before);
    }

    pub(crate) fn result(&self) -> Option<Returned> {
        self.result.borrow().clone()
    }

    pub(crate) fn forget_result(&self) {
        let before = self.result.borrow_mut().take();
        drop(before);
    }
}

fn begin(shared: &Shared, ident: u64, name: Option<String>) -> Me {
    let (info, orders) = shared.state().add_thread(ident, name);
    let me = Me { id: info.id, orders, result: Rc::default() };
    ME.with(|cell| *cell.borrow_mut() = Some(me.clone()));
    shared.send(Event::ThreadStarted(info));
    me
}

pub(super) fn main_thread_began(shared: &Shared, vm: &Vm) {
    begin(shared, vm.ident(), Some("MainThread".into()));
}

/// The calling thread is none of the program's.
pub(crate) fn is_helper() {
    HELPS.set(true);
}

/// Whether the calling thread is one of the program's.
pub(super) fn is_programs() -> bool {
    !HELPS.get()
}

/// The program is over.
pub(crate) fn main_thread_ended(shared: &Shared) {
    exited(shared);
}

/// The calling thread, which is new if nobody knows it.
pub(super) fn me(shared: &Shared, vm: &Vm) -> Me {
    let known = ME.with(|cell| cell.borrow().clone());
    known.unwrap_or_else(|| begin(shared, vm.ident(), starting_name(vm)))
}

pub(super) fn exited(shared: &Shared) {
    let Some(me) = ME.with(|cell| cell.borrow_mut().take()) else { return };
    me.forget_result();
    crate::evaluate::forget_prepared();
    crate::walk::forget_known();
    let mut state = shared.state();
    state.control.thread_exited(me.id);
    state.stops.resume(me.id);
    state.threads.remove(&me.id);
    drop(state);
    shared.send(Event::ThreadExited(me.id));
    for order in me.orders.try_iter() {
        if let Order::Answer(id, _) = order {
            shared.reply(id, Err(lasti_engine::EngineError::NoThread));
        }
    }
}

/// A dict of the `threading` module.
fn of_threading(vm: &Vm, name: &str) -> Option<Ref<Dict>> {
    let module = vm.interp().modules().get_str(vm, &vm.intern("threading")).ok()??;
    let found = module.downcast::<Module>()?.dict.get_str(vm, &vm.intern(name)).ok()??;
    found.into_ref::<Dict>().ok()
}

/// The name of a `threading.Thread`, none of whose code is run.
fn name_of(thread: &Obj) -> Option<String> {
    let is_name = |name: &Obj| name.downcast::<Str>().is_some_and(|name| name.as_bytes() == b"_name");
    let (_, name) = lasti_vm::inspect::attributes(thread).into_iter().find(|(name, _)| is_name(name))?;
    name.downcast::<Str>().map(|name| name.to_string_lossy().into_owned())
}

/// The name of a thread that is just being started.
fn starting_name(vm: &Vm) -> Option<String> {
    let items = of_threading(vm, "_limbo")?.items();
    match items.as_slice() {
        [(thread, _)] => name_of(thread),
        _ => None,
    }
}

/// Looks up the name of the calling thread, which the program may have changed.
pub(crate) fn refresh_names(shared: &Shared, vm: &Vm, me: &Me) {
    let Some(active) = of_threading(vm, "_active") else { return };
    let ident = Int::from_u64(vm.ident());
    let name = active.get(vm, &ident).ok().flatten().and_then(|thread| name_of(&thread));
    if let (Some(name), Some(thread)) = (name, shared.state().threads.get_mut(&me.id)) {
        thread.name = name;
    }
}
