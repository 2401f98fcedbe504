//! A thread's part of the interpreter, and the interpreter lock.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell, UnsafeCell};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use super::interp::Interp;
use super::names::Names;
use crate::builtins as types;
use crate::errors::{Exc, PyResult};
use crate::eval::Registers;
use crate::frame::{Frame, FrameStack};
use crate::object::{Obj, ObjCell, Ref, Value, gc};
use crate::sequence::Tuple;
use crate::text::Str;

/// The interpreter lock: who holds it may touch objects.
struct Lock {
    held: Mutex<bool>,
    freed: Condvar,
}

static LOCK: Lock = Lock { held: Mutex::new(false), freed: Condvar::new() };

/// The thread that holds the lock.
static CURRENT: AtomicPtr<Vm> = AtomicPtr::new(std::ptr::null_mut());

impl Lock {
    fn take(&self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        while *held {
            held = self.freed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        *held = true;
    }

    fn give(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.freed.notify_one();
    }
}

/// What a thread has that runs Python: its frames, the exception it handles, its limits. Having a `&Vm`
/// means holding the interpreter lock.
pub struct Vm {
    /// The lowest address that the native stack may reach before the loop must look up; see `eval::safepoint`.
    /// `usize::MAX` asks for attention: a pending interrupt, signal, collection or request for the lock.
    pub(crate) limit: AtomicUsize,
    /// What `limit` is when nothing is asked for.
    pub(crate) stack_floor: Cell<usize>,
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
    collection_due: Cell<bool>,
    /// `sys.set_asyncgen_hooks`: called with an async generator at its first iteration.
    pub(crate) asyncgen_firstiter: ObjCell,
    /// The same, called with one that is dropped unfinished.
    pub(crate) asyncgen_finalizer: ObjCell,
    /// How many frames a new coroutine notes in `cr_origin`.
    pub(crate) origin_depth: Cell<usize>,
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
const STACK_RESERVE: usize = 256 * 1024;

impl Vm {
    fn new(stack_size: usize) -> Box<Self> {
        let here = approximate_stack_pointer();
        let floor = here.saturating_sub(stack_size.saturating_sub(STACK_RESERVE));
        let vm = Box::new(Self {
            limit: AtomicUsize::new(floor),
            stack_floor: Cell::new(floor),
            stack: FrameStack::new(),
            frame: Cell::new(std::ptr::null_mut()),
            registers: Registers::new(),
            handling: Cell::new(std::ptr::null_mut()),
            handling_root: UnsafeCell::new(Handling { exception: Value::NULL, outer: std::ptr::null_mut() }),
            recursion_left: Cell::new(RECURSION_LIMIT),
            recursion_limit: Cell::new(RECURSION_LIMIT),
            repr_running: RefCell::new(Vec::new()),
            collection_due: Cell::new(false),
            asyncgen_firstiter: ObjCell::empty(),
            asyncgen_finalizer: ObjCell::empty(),
            origin_depth: Cell::new(0),
        });
        vm.handling.set(vm.handling_root.get());
        vm
    }

    /// Runs `f` as a Python thread: takes the interpreter lock for as long. `stack_size` is how much native stack
    /// the calling thread has left.
    pub fn enter<R>(stack_size: usize, f: impl FnOnce(&Self) -> R) -> R {
        /// Gives the lock back, also when `f` panics.
        struct Leave(Box<Vm>, *mut Vm);

        impl Drop for Leave {
            fn drop(&mut self) {
                // Objects go while the lock is held.
                drop((self.0.asyncgen_firstiter.take(), self.0.asyncgen_finalizer.take()));
                CURRENT.store(self.1, Ordering::Relaxed);
                LOCK.give();
            }
        }

        LOCK.take();
        let vm = Self::new(stack_size);
        let before = CURRENT.swap((&raw const *vm).cast_mut(), Ordering::Relaxed);
        let vm = Leave(vm, before);
        crate::init::once(&vm.0);
        f(&vm.0)
    }

    /// Gives the lock to others while `f` runs, which must not touch objects.
    pub fn allow_threads<R>(&self, f: impl FnOnce() -> R) -> R {
        LOCK.give();
        let result = f();
        LOCK.take();
        CURRENT.store(std::ptr::from_ref(self).cast_mut(), Ordering::Relaxed);
        result
    }

    /// The thread that holds the lock: the calling one. Only for code that has no `&Vm` at hand, such as `Drop`.
    #[inline(always)]
    pub(crate) fn current() -> &'static Self {
        let vm = CURRENT.load(Ordering::Relaxed);
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
        if approximate_stack_pointer() < self.stack_floor.get() {
            Err(self.native_stack_overflow())
        } else {
            Ok(())
        }
    }

    #[cold]
    fn native_stack_overflow(&self) -> Exc {
        // Room to make the exception.
        let floor = self.stack_floor.get();
        self.stack_floor.set(floor - STACK_RESERVE / 2);
        let error = self.recursion_error("maximum recursion depth exceeded");
        self.stack_floor.set(floor);
        error
    }

    /// A collection is due at the next safepoint.
    pub(crate) fn request_collection() {
        let vm = CURRENT.load(Ordering::Relaxed);
        if !vm.is_null() {
            // SAFETY: the lock's holder is alive.
            let vm = unsafe { &*vm };
            vm.collection_due.set(true);
            vm.limit.store(usize::MAX, Ordering::Relaxed);
        }
    }

    /// What was asked for since the last safepoint.
    #[cold]
    pub(crate) fn attend(&self) -> PyResult<()> {
        self.limit.store(self.stack_floor.get(), Ordering::Relaxed);
        if self.collection_due.replace(false) && gc::is_due() {
            gc::collect_due(self);
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

    /// Reports an exception that nobody can catch, through `sys.unraisablehook`.
    pub fn unraisable(&self, error: &Exc, message: &str, object: Option<&Obj>) {
        crate::builtins::exceptions::report_unraisable(self, error, message, object);
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
