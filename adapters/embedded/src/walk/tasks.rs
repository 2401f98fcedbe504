//! Who awaits an asyncio task: what its coroutine returns goes there, though no frame of the stack tells so. Found by
//! looking at the task's attributes; none of asyncio's code is run.

use lasti_vm::dict::Dict;
use lasti_vm::generator::Generator;
use lasti_vm::module::Module;
use lasti_vm::set::Set;
use lasti_vm::trace::Activation;
use lasti_vm::{Obj, Ref, Vm};

use crate::evaluate::pure::attribute;

/// How many futures wait for each other at most, as far as anybody looks.
const LONGEST: usize = 100;

fn named(vm: &Vm, object: &Obj, names: &[&str]) -> Option<Obj> {
    names.iter().find_map(|name| attribute(vm, object, &vm.intern(name)))
}

/// The task whose coroutine this is, if it runs now.
fn task_of(vm: &Vm, coroutine: &Ref<Generator>) -> Option<Obj> {
    let runs = |task: &Obj| named(vm, task, &["_coro"]).is_some_and(|running| running.is(coroutine.as_obj()));
    if let Some(task) = vm.running_task().get().filter(runs) {
        return Some(task);
    }
    // Tasks in Python, of whoever uses asyncio's own.
    let module = vm.interp().modules().get_str(vm, &vm.intern("asyncio.tasks")).ok()??;
    let current = module.downcast::<Module>()?.dict.get_str(vm, &vm.intern("_current_tasks")).ok()??;
    let tasks = current.downcast::<Dict>()?.items().into_iter().map(|(_, task)| task);
    tasks.into_iter().find(runs)
}

/// The coroutines that await the task whose coroutine `frame` is: the task's that awaits it, what that one awaits, and
/// so on to the library's own at the end.
pub(super) fn awaiting(vm: &Vm, frame: &Activation<'_>) -> Option<Vec<Ref<Generator>>> {
    let mut waited_for = task_of(vm, &frame.generator()?)?;
    for _ in 0..LONGEST {
        let waiting = named(vm, &waited_for, &["_Future__asyncio_awaited_by", "_asyncio_awaited_by"])?;
        let waiter = waiting.downcast::<Set>()?.elements().into_iter().next()?;
        if let Some(coroutine) = named(vm, &waiter, &["_coro"]) {
            return coroutine.into_ref::<Generator>().ok().map(delegation);
        }
        waited_for = waiter;
    }
    None
}

/// A suspended coroutine, the one that it awaits, and so on.
fn delegation(outer: Ref<Generator>) -> Vec<Ref<Generator>> {
    let mut chain = vec![outer];
    while let Some(last) = chain.last().filter(|_| chain.len() < LONGEST) {
        let awaited = Activation::of_generator(last).and_then(|frame| frame.value_stack().pop().flatten());
        match awaited.and_then(|awaited| awaited.into_ref::<Generator>().ok()) {
            Some(next) => chain.push(next),
            None => break,
        }
    }
    chain
}
