//! A thread's part of the interpreter.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell, UnsafeCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use lasti_system::park::Parker;

use super::interp::Interp;
use super::names::Names;
use super::{lock, signals, threads};
use crate::builtins as types;
use crate::errors::{Exc, PyResult};
use crate::eval::Registers;
use crate::frame::{Frame, FrameStack};
use crate::object::weak::WeakRef;
use crate::object::{Obj, ObjCell, Ref, Value, dealloc, gc};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::trace::Event;

/// What a thread is asked to attend to at its next safepoint.
pub(crate) struct Request;

impl Request {
    /// Another thread wants the interpreter lock.
    pub(crate) const HAND_OVER: u32 = 1;
    /// A collection is due.
    pub(crate) const COLLECT: u32 = 2;
    /// Signals came.
    pub(crate) const SIGNALS: u32 = 4;
}

/// What a thread has that runs Python: its frames, the exception it handles, its limits. Having a `&Vm`
/// means holding the interpreter lock.
pub struct Vm {
    /// The lowest address that the native stack may reach before the loop must look up; see `eval::safepoint`.
    /// `usize::MAX` asks for attention: a pending interrupt, signal, collection or request for the lock.
    pub(crate) limit: AtomicUsize,
    /// What `limit` is when nothing is asked for.
    pub(crate) stack_floor: Cell<usize>,
    /// Where the native stack ends.
    stack_end: usize,
    pub(crate) stack: FrameStack,
    /// The frame that runs; null if none does.
    pub(crate) frame: Cell<*mut Frame>,
    pub(crate) registers: Registers,
    /// The exception being handled, innermost first.
    pub(crate) handling: Cell<*mut Handling>,
    pub(crate) handling_root: UnsafeCell<Handling>,
    /// How many more Python frames may be entered.
    pub(crate) recursion_left: Cell<i32>,
    pub(crate) recursion_limit: Cell<i32>,
    /// The containers whose repr is under way, by address; see `builtins/recursion`.
    pub(crate) repr_running: RefCell<Vec<u64>>,
    /// See [`Request`].
    requests: AtomicU32,
    /// Where the thread sleeps when it waits for another one.
    pub(crate) parker: Arc<Parker>,
    ident: u64,
    /// How deep objects are being torn down, while another thread has the lock.
    pub(super) dealloc_nesting: Cell<dealloc::Nesting>,
    /// The thread-local objects that have a dictionary for this thread.
    pub(crate) locals: RefCell<Vec<Ref<WeakRef>>>,
    /// Whether signal handlers may look at this at any time, so that its memory stays.
    pub(super) keeps_memory: Cell<bool>,
    /// How often the debugger was asked for when this thread last looked.
    hook_epoch: Cell<usize>,
    /// How many of Python's tracers and the debugger run on this thread: they are not traced themselves.
    pub(crate) tracing: Cell<u32>,
    /// The event that one of Python's tools is being told of on this thread.
    pub(crate) telling: Cell<Option<Event>>,
    /// The frame of that event.
    pub(crate) telling_frame: Cell<*mut Frame>,
    /// `sys.settrace`'s function.
    pub(crate) trace_function: ObjCell,
    /// `sys.setprofile`'s function.
    pub(crate) profile_function: ObjCell,
    /// The debugger runs on this thread.
    pub(crate) in_hook: Cell<bool>,
    /// A jump back was just taken to this instruction, which is planted.
    pub(crate) jumped_to: Cell<*mut u16>,
    /// Where the debugger sent a frame to, which it need not be told of when it gets there.
    pub(crate) sent_to: Cell<*mut u16>,
    /// `sys.set_asyncgen_hooks`: called with an async generator at its first iteration.
    pub(crate) asyncgen_firstiter: ObjCell,
    /// The same, called with one that is dropped unfinished.
    pub(crate) asyncgen_finalizer: ObjCell,
    /// How many frames a new coroutine notes in `cr_origin`.
    pub(crate) origin_depth: Cell<usize>,
    /// The current context, a `contextvars.Context`; empty before the first is asked for.
    context: ObjCell,
    /// asyncio's event loop that runs on this thread.
    running_loop: ObjCell,
    /// The task that this loop executes.
    running_task: ObjCell,
}

/// One entry of the stack of exceptions being handled: a thread has one, each running generator one more.
/// CPython: `_PyErr_StackItem`.
pub(crate) struct Handling {
    /// NULL or None: nothing is handled.
    pub(crate) exception: Value,
    pub(crate) outer: *mut Handling,
}

/// CPython's default recursion limit.
const RECURSION_LIMIT: i32 = 1000;
/// How much native stack must be left for native code to be entered.
const STACK_RESERVE: usize = 512 * 1024;

impl Vm {
    fn new(stack_size: usize) -> Box<Self> {
        let here = approximate_stack_pointer();
        let floor = here.saturating_sub(stack_size.saturating_sub(STACK_RESERVE));
        let vm = Box::new(Self {
            limit: AtomicUsize::new(floor),
            stack_floor: Cell::new(floor),
            stack_end: here.saturating_sub(stack_size),
            stack: FrameStack::new(),
            frame: Cell::new(std::ptr::null_mut()),
            registers: Registers::new(),
            handling: Cell::new(std::ptr::null_mut()),
            handling_root: UnsafeCell::new(Handling { exception: Value::NULL, outer: std::ptr::null_mut() }),
            recursion_left: Cell::new(RECURSION_LIMIT),
            recursion_limit: Cell::new(RECURSION_LIMIT),
            repr_running: RefCell::new(Vec::new()),
            requests: AtomicU32::new(0),
            parker: Arc::new(Parker::new()),
            ident: threads::ident(),
            dealloc_nesting: Cell::default(),
            locals: RefCell::new(Vec::new()),
            keeps_memory: Cell::new(false),
            hook_epoch: Cell::new(super::interrupt::hook_epoch()),
            tracing: Cell::new(0),
            telling: Cell::new(None),
            telling_frame: Cell::new(std::ptr::null_mut()),
            trace_function: ObjCell::empty(),
            profile_function: ObjCell::empty(),
            in_hook: Cell::new(false),
            jumped_to: Cell::new(std::ptr::null_mut()),
            sent_to: Cell::new(std::ptr::null_mut()),
            asyncgen_firstiter: ObjCell::empty(),
            asyncgen_finalizer: ObjCell::empty(),
            origin_depth: Cell::new(0),
            context: ObjCell::empty(),
            running_loop: ObjCell::empty(),
            running_task: ObjCell::empty(),
        });
        vm.handling.set(vm.handling_root.get());
        vm
    }

    /// Runs `f` as the main thread: takes the interpreter lock for as long. `stack_size` is how much native stack
    /// the calling thread has left.
    pub fn enter<R>(stack_size: usize, f: impl FnOnce(&Self) -> R) -> R {
        Self::enter_thread(stack_size, |vm| {
            threads::set_main_ident(vm.ident);
            crate::init::once(vm);
            f(vm)
        })
    }

    /// Runs `f` as a thread that is not the main one.
    pub fn enter_thread<R>(stack_size: usize, f: impl FnOnce(&Self) -> R) -> R {
        /// Gives the lock back, also when `f` panics.
        struct Leave(Option<Box<Vm>>);

        impl Drop for Leave {
            fn drop(&mut self) {
                let Some(vm) = self.0.take() else { return };
                crate::trace::thread_exited(&vm);
                signals::stop(&vm);
                // Objects go while the lock is held.
                drop((vm.asyncgen_firstiter.take(), vm.asyncgen_finalizer.take()));
                drop((vm.trace_function.take(), vm.profile_function.take()));
                drop(vm.context.take());
                drop((vm.running_task.take(), vm.running_loop.take()));
                crate::modules::thread::local::thread_ends(&vm);
                lock::leave(&vm);
                if vm.keeps_memory.get() {
                    std::mem::forget(vm);
                }
            }
        }

        let vm = Self::new(stack_size);
        lock::take(&vm);
        lock::register(&vm, vm.ident, String::new());
        let vm = Leave(Some(vm));
        match &vm.0 {
            Some(vm) => {
                crate::trace::thread_started(vm);
                f(vm)
            }
            None => unreachable!("it was put there"),
        }
    }

    /// Gives the lock to others while `f` runs, which must not touch objects.
    pub fn allow_threads<R>(&self, f: impl FnOnce() -> R) -> R {
        /// Takes it back, also when `f` panics.
        struct Back<'a>(&'a Vm);

        impl Drop for Back<'_> {
            fn drop(&mut self) {
                lock::take(self.0);
            }
        }

        lock::give(self);
        let _back = Back(self);
        f()
    }

    /// The thread's number: `threading.get_ident()`.
    #[inline]
    pub fn ident(&self) -> u64 {
        self.ident
    }

    /// From now on only this thread gets the interpreter lock.
    pub(crate) fn close_interpreter(&self) {
        lock::close(self);
    }

    /// Whether the program has ended.
    pub fn is_finalizing(&self) -> bool {
        lock::closed_for().is_some()
    }

    /// The thread that holds the lock: the calling one. Only for code that has no `&Vm` at hand, such as `Drop`.
    #[inline(always)]
    pub(crate) fn current() -> &'static Self {
        let vm = lock::current();
        debug_assert!(!vm.is_null(), "objects are touched without the interpreter lock");
        // SAFETY: whoever calls this touches objects, and so holds the lock; the lock's holder is alive.
        unsafe { &*vm }
    }

    /// The interpreter.
    #[inline(always)]
    pub fn interp(&self) -> &'static Interp {
        Interp::get()
    }

    /// Interned names.
    #[inline(always)]
    pub fn names(&self) -> &'static Names {
        Interp::get().names()
    }

    /// The interned str of `text`.
    pub fn intern(&self, text: &str) -> Ref<Str> {
        Interp::get().intern(text)
    }

    /// The interned str with the text of `text`.
    pub fn intern_str(&self, text: &Ref<Str>) -> Ref<Str> {
        Interp::get().intern_str(text)
    }

    /// The thread's current context; empty before the first is asked for.
    pub fn context(&self) -> &ObjCell {
        &self.context
    }

    /// The event loop that runs on this thread, if there is one.
    pub fn running_loop(&self) -> &ObjCell {
        &self.running_loop
    }

    /// The task that the thread's event loop executes, if it does.
    pub fn running_task(&self) -> &ObjCell {
        &self.running_task
    }

    /// The task that `event_loop` executes on whatever thread it runs on.
    pub fn running_task_of(&self, event_loop: &Obj) -> Option<Obj> {
        let mut task = None;
        super::for_each_thread(self, |thread| {
            if thread.running_loop.get().is_some_and(|running| running.is(event_loop)) {
                task = thread.running_task.get();
            }
        });
        task
    }

    /// `None`
    #[inline(always)]
    pub fn none(&self) -> Obj {
        Obj::from_owned(types::NONE.value())
    }

    /// Whether `object` is `None`.
    #[inline(always)]
    pub fn is_none(&self, object: &Obj) -> bool {
        object.value() == types::NONE.value()
    }

    /// `None`, or the object.
    pub fn or_none(&self, object: Option<Obj>) -> Obj {
        object.unwrap_or_else(|| self.none())
    }

    /// `True` or `False`
    #[inline(always)]
    pub fn bool(&self, bool: bool) -> Obj {
        Obj::from_owned(if bool { types::TRUE.value() } else { types::FALSE.value() })
    }

    /// `...`
    pub fn ellipsis(&self) -> Obj {
        Obj::from_owned(types::ELLIPSIS.value())
    }

    /// `NotImplemented`
    #[inline(always)]
    pub fn not_implemented(&self) -> Obj {
        Obj::from_owned(types::NOT_IMPLEMENTED.value())
    }

    /// Whether `object` is `NotImplemented`.
    #[inline(always)]
    pub fn is_not_implemented(&self, object: &Obj) -> bool {
        object.value() == types::NOT_IMPLEMENTED.value()
    }

    /// `()`
    pub fn empty_tuple(&self) -> Ref<Tuple> {
        Interp::get().empty_tuple()
    }

    /// Raises RecursionError if the native stack is nearly used up. Whatever calls itself, or calls what may call
    /// it, through native code asks this first.
    #[inline(always)]
    pub fn check_native_stack(&self) -> PyResult<()> {
        self.check_native_stack_in("")
    }

    /// [`Self::check_native_stack`], with what is under way for the message: `" in comparison"`.
    #[inline(always)]
    pub fn check_native_stack_in(&self, doing: &str) -> PyResult<()> {
        if approximate_stack_pointer() < self.stack_floor.get() {
            Err(self.native_stack_overflow(doing))
        } else {
            Ok(())
        }
    }

    /// Runs `f` with room for at least so many calls, however deep the thread is in its program: for a debugger, which
    /// looks at a program that has used its own room up.
    pub fn with_room<R>(&self, calls: i32, f: impl FnOnce() -> R) -> R {
        /// Takes the room back, also after a panic.
        struct Room<'a> {
            vm: &'a Vm,
            calls: i32,
            floor: usize,
        }

        impl Drop for Room<'_> {
            fn drop(&mut self) {
                self.vm.recursion_left.set(self.vm.recursion_left.get() - self.calls);
                self.vm.stack_floor.set(self.floor);
            }
        }

        let (left, floor) = (self.recursion_left.get(), self.stack_floor.get());
        let calls = calls.saturating_sub(left).max(0);
        let _room = Room { vm: self, calls, floor };
        self.recursion_left.set(left + calls);
        self.stack_floor.set(floor.min(self.stack_end + STACK_RESERVE / 4));
        f()
    }

    #[cold]
    fn native_stack_overflow(&self, doing: &str) -> Exc {
        // Room to make the exception.
        let floor = self.stack_floor.get();
        self.stack_floor.set((floor - STACK_RESERVE / 2).max(self.stack_end + STACK_RESERVE / 8));
        let error = self.recursion_error(format!("maximum recursion depth exceeded{doing}"));
        self.stack_floor.set(floor);
        error
    }

    /// Asks for something at the next safepoint. From any thread and any signal handler, while the thread lives.
    pub(crate) fn request(&self, what: u32) {
        self.requests.fetch_or(what, Ordering::SeqCst);
        self.limit.store(usize::MAX, Ordering::SeqCst);
    }

    /// A collection is due at the next safepoint.
    pub(crate) fn request_collection() {
        let vm = lock::current();
        if !vm.is_null() {
            // SAFETY: the lock's holder is alive.
            unsafe { (*vm).request(Request::COLLECT) };
        }
    }

    /// What was asked for since the last safepoint.
    #[cold]
    pub(crate) fn attend(&self) -> PyResult<()> {
        // In this order: what is asked for from here on sets the limit again.
        self.limit.store(self.stack_floor.get(), Ordering::SeqCst);
        let requests = self.requests.swap(0, Ordering::SeqCst);
        if requests & Request::HAND_OVER != 0 {
            lock::hand_over(self);
        }
        if requests & Request::COLLECT != 0 && gc::is_due() {
            gc::collect_due(self);
        }
        if requests & Request::SIGNALS != 0
            && let Err(error) = self.check_signals()
        {
            // The debugger's turn is next time.
            self.request(0);
            return Err(error);
        }
        let epoch = super::interrupt::hook_epoch();
        if self.hook_epoch.get() != epoch {
            self.hook_epoch.set(epoch);
            crate::trace::safepoint(self)?;
        }
        Ok(())
    }

    /// The exception that is being handled: what a bare `raise` raises again.
    pub fn handled_exception(&self) -> Option<Obj> {
        let mut entry = self.handling.get();
        while !entry.is_null() {
            // SAFETY: entries outlive their place in the chain.
            let handling = unsafe { &*entry };
            let value = handling.exception;
            if !value.is_null() && value != types::NONE.value() {
                return Some(Obj::from_value(value));
            }
            entry = handling.outer;
        }
        None
    }

    /// Reports an exception that nobody can catch, through `sys.unraisablehook`. The object's repr ends the message.
    pub fn unraisable(&self, error: &Exc, message: &str, object: Option<&Obj>) {
        let shown = object.map(|object| {
            let repr = self.repr_text(object).unwrap_or_else(|_| "<object repr() failed>".to_owned());
            format!("{message} {repr}")
        });
        let message = shown.as_deref().unwrap_or(message);
        crate::builtins::exceptions::report_unraisable(self, error, message, None);
    }
}

/// An address in the current stack frame.
#[inline(always)]
pub(crate) fn approximate_stack_pointer() -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        let sp: usize;
        // SAFETY: reads a register.
        unsafe { std::arch::asm!("mov {}, rsp", out(reg) sp, options(nomem, nostack, preserves_flags)) };
        sp
    }
    #[cfg(target_arch = "aarch64")]
    {
        let sp: usize;
        // SAFETY: reads a register.
        unsafe { std::arch::asm!("mov {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags)) };
        sp
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let here = 0_u8;
        std::hint::black_box(&raw const here) as usize
    }
}
