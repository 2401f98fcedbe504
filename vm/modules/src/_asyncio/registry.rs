//! All tasks that are not done. Tasks of this module are known by weak references, so that one that nobody holds can
//! go; those of others are in a `WeakSet`, or in a set while they start eagerly.

use lasti_vm::builtins::WEAKREF;
use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::number::Int;
use lasti_vm::object::{StaticCell, WeakRef};
use lasti_vm::set::Set;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::current;
use super::future::{Future, State, TASK, loop_of};
use super::imports::WEAK_SET;

/// A dict of weak references to tasks, by the tasks' numbers.
static TASKS: StaticCell = StaticCell::empty();
/// The `WeakSet` of tasks of other classes.
static OTHERS: StaticCell = StaticCell::empty();
/// The set of tasks of other classes that start eagerly.
static EAGER_OTHERS: StaticCell = StaticCell::empty();

fn tasks(vm: &Vm) -> Ref<Dict> {
    if let Some(Ok(tasks)) = TASKS.get(vm).map(Obj::into_ref::<Dict>) {
        return tasks;
    }
    let tasks = Dict::new();
    TASKS.set(vm, tasks.as_obj().clone());
    tasks
}

fn others(vm: &Vm) -> PyResult {
    if let Some(others) = OTHERS.get(vm) {
        return Ok(others);
    }
    let others = vm.call(&WEAK_SET.get(vm)?, &[])?;
    OTHERS.set(vm, others.clone());
    Ok(others)
}

fn eager_others(vm: &Vm) -> Ref<Set> {
    if let Some(Ok(others)) = EAGER_OTHERS.get(vm).map(Obj::into_ref::<Set>) {
        return others;
    }
    let others = Set::new();
    EAGER_OTHERS.set(vm, others.as_obj().clone());
    others
}

/// A task of this module, which its subclasses are too.
fn own_task(object: &Obj) -> Option<&Ref<Future>> {
    object.downcast::<Future>().filter(|_| object.is_instance_of(&TASK))
}

/// Puts a task into the registry.
pub(super) fn register(vm: &Vm, task: &Ref<Future>) -> PyResult<()> {
    if task.task.number.get() != 0 {
        return Ok(());
    }
    let Some(reference) = WeakRef::new(&WEAKREF, task.as_obj(), None) else { return Ok(()) };
    let number = super::task::next_number();
    tasks(vm).set(vm, &Int::new(number), reference.into_obj())?;
    task.task.number.set(number);
    Ok(())
}

/// Takes a future that is done, or goes, out of the registry, if it is there.
pub(super) fn unregister(vm: &Vm, future: &Future) -> PyResult<()> {
    let number = future.task.number.replace(0);
    if number == 0 {
        return Ok(());
    }
    tasks(vm).remove(vm, &Int::new(number)).map(drop)
}

fn argument<'a>(vm: &Vm, function: &'static str, args: Args<'a>) -> PyResult<&'a Obj> {
    let signature: Signature<1> = Signature::new(function, ["task"], 1);
    match args.bind(vm, &signature)? {
        [Some(task)] => Ok(task),
        [None] => Err(vm.type_error("no task")),
    }
}

fn register_task(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let task = argument(vm, "_register_task", args)?;
    match own_task(task) {
        Some(task) => register(vm, task)?,
        None => drop(vm.call_method(&others(vm)?, &vm.names().add, std::slice::from_ref(task))?),
    }
    Ok(vm.none())
}

fn unregister_task(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let task = argument(vm, "_unregister_task", args)?;
    match own_task(task) {
        Some(task) => unregister(vm, task)?,
        None => drop(vm.call_method(&others(vm)?, &vm.names().discard, std::slice::from_ref(task))?),
    }
    Ok(vm.none())
}

fn register_eager_task(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let task = argument(vm, "_register_eager_task", args)?;
    match own_task(task) {
        Some(task) => register(vm, task)?,
        None => drop(eager_others(vm).add(vm, task)?),
    }
    Ok(vm.none())
}

fn unregister_eager_task(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let task = argument(vm, "_unregister_eager_task", args)?;
    match own_task(task) {
        Some(task) => unregister(vm, task)?,
        None => drop(eager_others(vm).remove(vm, task)?),
    }
    Ok(vm.none())
}

/// The tasks of this module that live. Numbers of those that went are forgotten.
fn living(vm: &Vm) -> PyResult<Vec<Obj>> {
    let known = tasks(vm);
    let mut living = Vec::new();
    for (number, reference) in known.items() {
        match reference.downcast::<WeakRef>().and_then(|reference| reference.get()) {
            Some(task) => living.push(task),
            None => drop(known.remove(vm, &number)?),
        }
    }
    Ok(living)
}

/// Whether a task belongs to the loop and is not done.
fn is_pending_in(vm: &Vm, task: &Obj, event_loop: &Obj) -> PyResult<bool> {
    if let Some(own) = task.downcast::<Future>().filter(|_| task.is_exact(&TASK)) {
        let here = own.event_loop.get().is_some_and(|own| own.is(event_loop));
        return Ok(here && own.state.get() == State::Pending);
    }
    let done = vm.call_method(task, &vm.names().done, &[])?;
    Ok(!done.is(&vm.bool(true)) && loop_of(vm, task)?.is(event_loop))
}

fn all_tasks(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<1> = Signature::new("all_tasks", ["loop"], 0);
    let [event_loop] = args.bind(vm, &SIGNATURE)?;
    let event_loop = match event_loop.filter(|event_loop| !vm.is_none(event_loop)) {
        Some(event_loop) => event_loop.clone(),
        None => current::running_loop(vm)?,
    };
    // Those that start eagerly come first: one that goes on as any other meanwhile is not missed.
    let mut all = eager_others(vm).elements();
    all.extend(vm.collect(&others(vm)?)?);
    all.extend(living(vm)?);
    let pending = Set::new();
    for task in all {
        if is_pending_in(vm, &task, &event_loop)? {
            pending.add(vm, &task)?;
        }
    }
    Ok(pending.into_obj())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "_register_task",
        "($module, /, task)",
        "Register a new task in asyncio as executed by loop.\n\nReturns None.",
        NativeCall::Full(register_task),
    ),
    NativeDef::new(
        "_register_eager_task",
        "($module, /, task)",
        "Register a new task in asyncio as executed by loop.\n\nReturns None.",
        NativeCall::Full(register_eager_task),
    ),
    NativeDef::new(
        "_unregister_task",
        "($module, /, task)",
        "Unregister a task.\n\nReturns None.",
        NativeCall::Full(unregister_task),
    ),
    NativeDef::new(
        "_unregister_eager_task",
        "($module, /, task)",
        "Unregister a task.\n\nReturns None.",
        NativeCall::Full(unregister_eager_task),
    ),
    NativeDef::new(
        "all_tasks",
        "($module, /, loop=None)",
        "Return a set of all tasks for the loop.",
        NativeCall::Full(all_tasks),
    ),
];
