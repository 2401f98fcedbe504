//! The thread that puts traps into code while the program's own threads wait in native code, and that sees to the time which
//! evaluating may take.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::RecvTimeoutError;
use lasti_engine::command::Reply;
use lasti_vm::Vm;

use crate::state::{Shared, Thread, Work};
use crate::{hook, stopped};

/// The native stack of the thread, which runs no Python code but finalizers.
const STACK: usize = 1 << 20;
/// How often it looks whether the time of something is used up.
const LOOK: Duration = Duration::from_millis(100);

pub(crate) fn start(shared: &Arc<Shared>) -> std::io::Result<()> {
    let shared = Arc::downgrade(shared);
    let Some(wanted) = shared.upgrade().map(|shared| shared.work.1.clone()) else { return Ok(()) };
    let work = move || {
        hook::is_helper();
        loop {
            let woken = wanted.recv_timeout(LOOK);
            let Some(shared) = shared.upgrade() else { return };
            match woken {
                Ok(Work::Plant) if shared.state().begun => enter(|vm| hook::plant(vm, &shared)),
                Ok(Work::Stack(request, thread, page)) => {
                    let reply = enter(|vm| stopped::waiting_stack(&shared, vm, thread, page));
                    shared.reply(request, reply.map(Reply::StackTrace));
                }
                Ok(Work::Plant) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let now = Instant::now();
            let late = |thread: &Thread| thread.evaluating.is_some_and(|evaluating| evaluating.until <= now);
            if shared.state().threads.values().any(late) {
                lasti_vm::trace::interrupt();
            }
        }
    };
    std::thread::Builder::new().name("lasti-planter".into()).stack_size(STACK).spawn(work).map(drop)
}

/// Takes the interpreter lock for a moment.
fn enter<R>(f: impl FnOnce(&Vm) -> R) -> R {
    Vm::enter_thread(STACK - (64 << 10), f)
}
