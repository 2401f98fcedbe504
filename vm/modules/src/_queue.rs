//! `_queue`: a queue between threads that a thread may use while it is using it. CPython: Modules/_queuemodule.c.
//!
//! Items change only under the interpreter lock and without Python code in between, so that a put within a
//! finalizer or a signal handler finds the queue whole.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use lasti_vm::builtins::{BASE_EXCEPTION, EXCEPTION, class_getitem_def};
use lasti_vm::call::{Args, Signature};
use lasti_vm::errors::BaseException;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, Object, Payload, Visitor};
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::vm::park::Waiting;
use lasti_vm::{PyResult, Ref, Vm};

use crate::timeout::nanos_of_seconds;

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_queue",
    doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.",
    functions: &[],
    fill,
};

lasti_vm::builtin_type!(/** `_queue.Empty` */ EMPTY, "Empty", BaseException, on BASE_EXCEPTION);
lasti_vm::builtin_type!(/** `_queue.SimpleQueue` */ SIMPLE_QUEUE, "SimpleQueue", SimpleQueue);

/// `SimpleQueue`. No borrow of the items lasts while an object is dropped or Python code runs.
#[derive(Default)]
struct SimpleQueue {
    items: RefCell<VecDeque<Obj>>,
    waiting: Waiting,
}

impl SimpleQueue {
    fn put(&self, item: &Obj) {
        self.items.borrow_mut().push_back(item.clone());
        self.waiting.wake_one();
    }

    fn take(&self) -> Option<Obj> {
        self.items.borrow_mut().pop_front()
    }

    /// Waits for an item; `None` if there is none by then.
    fn wait(&self, vm: &Vm, until: Option<Instant>) -> PyResult<Option<Obj>> {
        let mut item = None;
        vm.wait_on(&self.waiting, until, || {
            item = self.take();
            item.is_some()
        })?;
        // Several puts may have woken this thread alone.
        if !self.items.borrow().is_empty() {
            self.waiting.wake_one();
        }
        Ok(item)
    }
}

impl Payload for SimpleQueue {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &SIMPLE_QUEUE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for item in self.items.borrow().iter() {
            visitor.visit(item);
        }
    }

    fn clear(&self) {
        drop(self.items.take());
    }
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    if ty.is(&SIMPLE_QUEUE) {
        if !args.positional().is_empty() {
            return Err(vm.type_error("SimpleQueue() takes no positional arguments"));
        }
        args.no_keywords(vm, "SimpleQueue")?;
    }
    Ok(Ref::new_in(ty, SimpleQueue::default()).into_obj())
}

static PUT: Signature<3> = Signature::new("put", ["item", "block", "timeout"], 1);
static PUT_NOWAIT: Signature<1> = Signature::new("put_nowait", ["item"], 1);
static GET: Signature<2> = Signature::new("get", ["block", "timeout"], 0);

fn put(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [Some(item), block, _] = args.bind(vm, &PUT)? else { return Ok(vm.none()) };
    block.map_or(Ok(true), |block| vm.is_true(block))?;
    vm.receiver::<SimpleQueue>(object)?.put(item);
    Ok(vm.none())
}

fn put_nowait(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [Some(item)] = args.bind(vm, &PUT_NOWAIT)? else { return Ok(vm.none()) };
    vm.receiver::<SimpleQueue>(object)?.put(item);
    Ok(vm.none())
}

fn get(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let queue = vm.receiver::<SimpleQueue>(object)?;
    let [block, timeout] = args.bind(vm, &GET)?;
    if !block.map_or(Ok(true), |block| vm.is_true(block))? {
        return get_nowait(vm, object);
    }
    let until = match timeout.filter(|timeout| !vm.is_none(timeout)) {
        None => None,
        Some(timeout) => match u64::try_from(nanos_of_seconds(vm, timeout)?) {
            // A moment that the clock can't show is never.
            Ok(nanos) => Instant::now().checked_add(Duration::from_nanos(nanos)),
            Err(_) => return Err(vm.value_error("'timeout' must be a non-negative number")),
        },
    };
    queue.wait(vm, until)?.ok_or_else(|| vm.error_with(&EMPTY, Vec::new()))
}

fn get_nowait(vm: &Vm, object: &Obj) -> PyResult {
    let item = vm.receiver::<SimpleQueue>(object)?.take();
    item.ok_or_else(|| vm.error_with(&EMPTY, Vec::new()))
}

fn empty(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(vm.receiver::<SimpleQueue>(object)?.items.borrow().is_empty()))
}

fn qsize(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::from_usize(vm.receiver::<SimpleQueue>(object)?.items.borrow().len()))
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let capacity = vm.receiver::<SimpleQueue>(object)?.items.borrow().capacity();
    Ok(Int::from_usize(size_of::<Object<SimpleQueue>>() + capacity * size_of::<Obj>()))
}

static METHODS: &[NativeDef] = &[
    class_getitem_def("SimpleQueues are generic over the type of their contents"),
    NativeDef::new(
        "empty",
        "($self, /)",
        "Return True if the queue is empty, False otherwise (not reliable!).",
        NativeCall::NoArgs(empty),
    ),
    NativeDef::new(
        "get",
        "($self, /, block=True, timeout=None)",
        "Remove and return an item from the queue.\n\nIf optional args 'block' is true and 'timeout' is None (the\ndefault), block if necessary until an item is available.  If\n'timeout' is a non-negative number, it blocks at most 'timeout'\nseconds and raises the Empty exception if no item was available\nwithin that time.\nOtherwise ('block' is false), return an item if one is immediately\navailable, else raise the Empty exception ('timeout' is ignored\nin that case).",
        NativeCall::Full(get),
    ),
    NativeDef::new(
        "get_nowait",
        "($self, /)",
        "Remove and return an item from the queue without blocking.\n\nOnly get an item if one is immediately available. Otherwise\nraise the Empty exception.",
        NativeCall::NoArgs(get_nowait),
    ),
    NativeDef::new(
        "put",
        "($self, /, item, block=True, timeout=None)",
        "Put the item on the queue.\n\nThe optional 'block' and 'timeout' arguments are ignored, as this\nmethod never blocks.  They are provided for compatibility with the\nQueue class.",
        NativeCall::Full(put),
    ),
    NativeDef::new(
        "put_nowait",
        "($self, /, item)",
        "Put an item into the queue without blocking.\n\nThis is exactly equivalent to `put(item)` and is only provided\nfor compatibility with the Queue class.",
        NativeCall::Full(put_nowait),
    ),
    NativeDef::new(
        "qsize",
        "($self, /)",
        "Return the approximate size of the queue (not reliable!).",
        NativeCall::NoArgs(qsize),
    ),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Size of object in memory, in bytes.",
        NativeCall::NoArgs(sizeof),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !EMPTY.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &EMPTY)
            .base(&EXCEPTION)
            .doc("Exception raised by Queue.get(block=0)/get_nowait().")
            .module("_queue")
            .flags(TypeFlags::BASETYPE | TypeFlags::EXCEPTION)
            .mutable()
            .ready();
        TypeBuilder::new(vm, &SIMPLE_QUEUE)
            .doc("Simple, unbounded, reentrant FIFO queue.")
            .module("_queue")
            .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
            .slots(|slots| slots.new.set(Some(new)))
            .methods(METHODS)
            .ready();
    }
    module.add_type(vm, &EMPTY)?;
    module.add_type(vm, &SIMPLE_QUEUE)
}
