//! The interpreter lock, and which threads there are.
//!
//! One thread at a time holds the lock. A thread that wants it waits for the switch interval (5 ms); if nobody got
//! the lock meanwhile, it asks the holder to hand it over, which the holder does at its next safepoint: it lets go,
//! and waits until somebody else has it. Whoever releases the lock for a blocking call just lets go.
//!
//! # What a switch swaps
//! Nearly nothing: each thread has a [`Vm`] of its own with its frames and registers, and native code passes
//! `&Vm` on. What is kept once in a process and belongs to the thread that runs is the pointer to its `Vm` (for
//! `Drop`, which gets no `&Vm`) and how deep objects are being torn down; both are put in place when the lock is taken.
//!
//! # Fork
//! The state below is the only thing that threads change without holding the lock. A fork holds its mutex, so the
//! child finds it whole, and then forgets the threads that it does not have. Everything else that a child may need
//! changes under the interpreter lock alone: Python's locks keep their state and their waiting threads in cells (see
//! `park`), and no other mutex of this process may be held while the interpreter lock is released.
//!
//! # The end
//! Once the program ends ([`close`]), the lock is for the ending thread alone: daemon threads that want it back from
//! then on sleep for ever, and go with the process.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::thread::{Request, Vm};
use crate::object::dealloc;

/// A thread as others see it.
pub(super) struct Entry {
    pub(super) vm: *const Vm,
    pub(super) ident: u64,
    pub(super) native_id: i32,
    pub(super) name: String,
}

/// Who has the lock, who wants it.
pub(super) struct State {
    /// Null: it is free.
    holder: *const Vm,
    /// How many wait for it.
    waiting: usize,
    /// How many of those that let go wait until somebody else has it.
    handing_over: usize,
    /// How often it was taken.
    switches: u64,
    /// The threads that run Python, in the order in which they began.
    pub(super) threads: Vec<Entry>,
    /// The thread that the lock is for alone, by its ident; 0: it is for all.
    closed_for: u64,
}

// SAFETY: the pointers are looked through only while the mutex is held, and a thread takes its own out under the mutex
// before it goes.
unsafe impl Send for State {}

static STATE: Mutex<State> = Mutex::new(State {
    holder: std::ptr::null(),
    waiting: 0,
    handing_over: 0,
    switches: 0,
    threads: Vec::new(),
    closed_for: 0,
});
static FREED: Condvar = Condvar::new();
static TAKEN: Condvar = Condvar::new();

/// The thread that holds the lock, for code without a `&Vm`.
static CURRENT: AtomicPtr<Vm> = AtomicPtr::new(std::ptr::null_mut());

/// CPython's default, in microseconds.
static INTERVAL: AtomicU64 = AtomicU64::new(5000);

/// The state; nobody may wait for the interpreter lock with it.
pub(super) fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `sys.getswitchinterval()`, in microseconds.
pub(crate) fn interval() -> u64 {
    INTERVAL.load(Ordering::Relaxed)
}

/// `sys.setswitchinterval()`
pub(crate) fn set_interval(micros: u64) {
    INTERVAL.store(micros.max(1), Ordering::Relaxed);
}

/// The holder's `Vm`; null if nobody holds the lock.
#[inline(always)]
pub(super) fn current() -> *mut Vm {
    CURRENT.load(Ordering::Relaxed)
}

/// Takes the lock.
pub(super) fn take(vm: &Vm) {
    let state = state();
    take_with(vm, state);
}

fn take_with(vm: &Vm, mut state: MutexGuard<'static, State>) {
    while !state.holder.is_null() || state.is_closed_for(vm) {
        if state.is_closed_for(vm) {
            drop(state);
            loop {
                std::thread::park();
            }
        }
        let before = state.switches;
        state.waiting += 1;
        let wait = FREED.wait_timeout(state, Duration::from_micros(interval()));
        let (again, timeout) = wait.unwrap_or_else(PoisonError::into_inner);
        state = again;
        state.waiting -= 1;
        if timeout.timed_out() && state.switches == before && !state.holder.is_null() {
            // SAFETY: a holder is alive: it lets go under the mutex.
            unsafe { (*state.holder).request(Request::HAND_OVER) };
        }
    }
    state.holder = vm;
    state.switches += 1;
    if state.handing_over > 0 {
        TAKEN.notify_all();
    }
    drop(state);
    CURRENT.store(std::ptr::from_ref(vm).cast_mut(), Ordering::Relaxed);
    dealloc::set_nesting(vm.dealloc_nesting.take());
}

/// Lets go of the lock.
pub(super) fn give(vm: &Vm) {
    give_with(vm, &mut state());
}

fn give_with(vm: &Vm, state: &mut State) {
    vm.dealloc_nesting.set(dealloc::set_nesting(dealloc::Nesting::default()));
    CURRENT.store(std::ptr::null_mut(), Ordering::Relaxed);
    state.holder = std::ptr::null();
    if state.waiting > 0 {
        FREED.notify_one();
    }
}

/// Lets another thread have the lock, if one waits for it, and takes it again after that.
pub(super) fn hand_over(vm: &Vm) {
    let mut state = state();
    if state.waiting == 0 {
        return;
    }
    give_with(vm, &mut state);
    let before = state.switches;
    state.handing_over += 1;
    while state.switches == before {
        state = TAKEN.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    state.handing_over -= 1;
    take_with(vm, state);
}

/// Enters a thread among those that run Python.
pub(super) fn register(vm: &Vm, ident: u64, name: String) {
    let native_id = rustix::thread::gettid().as_raw_nonzero().get();
    state().threads.push(Entry { vm, ident, native_id, name });
}

/// Takes a thread out again, and lets go of the lock.
pub(super) fn leave(vm: &Vm) {
    let mut state = state();
    state.threads.retain(|thread| !std::ptr::eq(thread.vm, vm));
    if state.closed_for == vm.ident() {
        state.closed_for = 0;
    }
    give_with(vm, &mut state);
}

/// From now on the lock is for `vm`'s thread alone.
pub(super) fn close(vm: &Vm) {
    state().closed_for = vm.ident();
}

/// Whether the program has ended, and which thread ends it.
pub(super) fn closed_for() -> Option<u64> {
    let ident = state().closed_for;
    (ident != 0).then_some(ident)
}

/// Calls `fork` with the state whole, and forgets the other threads where `is_child` says that they are not there.
pub(super) fn around_fork<R>(vm: &Vm, fork: impl FnOnce() -> R, is_child: impl FnOnce(&R) -> bool) -> R {
    let mut state = state();
    let result = fork();
    if is_child(&result) {
        state.waiting = 0;
        state.handing_over = 0;
        state.threads.retain(|thread| std::ptr::eq(thread.vm, vm));
        for thread in &mut state.threads {
            thread.native_id = rustix::thread::gettid().as_raw_nonzero().get();
        }
    }
    result
}

impl State {
    fn is_closed_for(&self, vm: &Vm) -> bool {
        self.closed_for != 0 && self.closed_for != vm.ident()
    }
}
