//! Threads beyond the first: starting one, looking at all; fork.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use lasti_system::process::Fork;
use rustix::io::Errno;

use super::lock;
use super::thread::Vm;
use crate::frame::{Activation, FrameObject};
use crate::object::{Obj, Ref};

/// The native stack of a thread for which nobody asked for more. Only what is used costs memory.
const STACK: usize = 16 * 1024 * 1024;

static NEXT_IDENT: AtomicU64 = AtomicU64::new(1);
/// The main thread's ident.
static MAIN: AtomicU64 = AtomicU64::new(0);
thread_local! {
    static IDENT: Cell<u64> = const { Cell::new(0) };
}

/// A number for a thread that will begin.
pub(crate) fn new_ident() -> u64 {
    NEXT_IDENT.fetch_add(1, Ordering::Relaxed)
}

/// The calling thread's number: never 0.
pub(crate) fn ident() -> u64 {
    IDENT.with(|ident| {
        if ident.get() == 0 {
            ident.set(new_ident());
        }
        ident.get()
    })
}

/// The main thread's number.
pub(crate) fn main_ident() -> u64 {
    MAIN.load(Ordering::Relaxed)
}

pub(super) fn set_main_ident(ident: u64) {
    MAIN.store(ident, Ordering::Relaxed);
}

/// A thread that runs Python, as others see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ThreadInfo {
    /// `threading.get_ident()` of it.
    pub ident: u64,
    /// The system's number of it.
    pub native_id: i32,
    /// The name it was given for the system; empty for none.
    pub name: String,
}

/// What a thread does, handed to it.
struct Handed(Box<dyn FnOnce(&Vm)>);

// SAFETY: what is inside was made by a thread with the interpreter lock, and is used and dropped by one that has it.
unsafe impl Send for Handed {}

impl Vm {
    /// Starts a thread that runs `f`; `ident` is a new number. `stack_size` is the least native stack it gets.
    pub(crate) fn spawn(
        &self,
        ident: u64,
        stack_size: usize,
        f: impl FnOnce(&Self) + 'static,
    ) -> std::io::Result<()> {
        let stack_size = stack_size.max(STACK);
        let recursion_limit = self.recursion_limit.get();
        let handed = Handed(Box::new(f));
        let run = move || {
            let handed = handed;
            IDENT.with(|own| own.set(ident));
            // The system takes some of the stack for itself.
            Self::enter_thread(stack_size - 64 * 1024, move |vm| {
                vm.recursion_limit.set(recursion_limit);
                vm.recursion_left.set(recursion_limit);
                (handed.0)(vm);
            });
        };
        std::thread::Builder::new().stack_size(stack_size).spawn(run).map(drop)
    }

    /// The threads that run Python. From any thread, at any time.
    pub fn threads() -> Vec<ThreadInfo> {
        let state = lock::state();
        let info = |thread: &lock::Entry| ThreadInfo {
            ident: thread.ident,
            native_id: thread.native_id,
            name: thread.name.clone(),
        };
        state.threads.iter().map(info).collect()
    }

    /// What each thread is at: its innermost frame, and the exception it handles. The caller's is among them.
    pub(crate) fn current_frames(&self) -> Vec<(ThreadInfo, Option<Ref<FrameObject>>, Option<Obj>)> {
        let infos = Self::threads();
        let mut looked = Vec::new();
        super::for_each_thread(self, |thread| {
            let frame = thread.frame.get();
            // SAFETY: the interpreter lock is held; a frame that is the innermost one of a thread is alive.
            let frame = (!frame.is_null()).then(|| unsafe { FrameObject::of(frame) });
            looked.push((frame, thread.handled_exception()));
        });
        infos.into_iter().zip(looked).map(|(info, (frame, handled))| (info, frame, handled)).collect()
    }

    /// The innermost frame of a thread that is at a safe place: it has let go of the interpreter lock, which the caller holds.
    pub fn frame_of(&self, ident: u64) -> Option<Activation<'_>> {
        let thread = lock::state().threads.iter().find(|thread| thread.ident == ident)?.vm;
        // SAFETY: the interpreter lock is held, so the thread cannot end.
        let frame = unsafe { &*thread }.frame.get();
        // SAFETY: its frames live as long as it does not run, and it cannot run while this thread has the lock: a caller
        // that lets go of it lets go of the frame.
        (!frame.is_null()).then(|| unsafe { Activation::new(frame) })
    }

    /// Gives the calling thread a name that the system shows, of at most 15 bytes.
    pub(crate) fn set_thread_name(&self, name: &[u8]) {
        let end = name.len().min(15);
        if let Ok(shown) = std::ffi::CString::new(&name[..end]) {
            // A name is for people who look; nothing depends on it.
            let _ = rustix::thread::set_name(&shown);
        }
        let mut state = lock::state();
        if let Some(thread) = state.threads.iter_mut().find(|thread| thread.ident == self.ident()) {
            thread.name = String::from_utf8_lossy(name).into_owned();
        }
    }

    /// Forks the process by `fork`. In the child the calling thread is the main thread, and the only one.
    pub fn fork(&self, fork: impl FnOnce() -> Result<Fork, Errno>) -> Result<Fork, Errno> {
        let is_child = |result: &Result<Fork, Errno>| matches!(result, Ok(Fork::Child));
        let result = lock::around_fork(self, fork, is_child);
        if is_child(&result) {
            // The debugger's other threads are not here: nobody would answer it.
            crate::trace::forget_hook();
            set_main_ident(self.ident());
            super::signals::after_fork(self);
            super::park::after_fork();
            crate::modules::thread::after_fork(self);
            // The event loop goes on in the parent.
            drop((self.running_task().take(), self.running_loop().take()));
        }
        result
    }
}
