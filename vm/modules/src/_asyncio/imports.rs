//! What this module needs of `asyncio` and others: imported when it is first used, since `asyncio` imports this module
//! while it is made itself.

use lasti_vm::errors::{BaseException, Exc};
use lasti_vm::object::StaticCell;
use lasti_vm::text::Str;
use lasti_vm::types::TypeData;
use lasti_vm::{Obj, PyResult, Vm};

/// A module's attribute, kept once it was asked for.
pub(super) struct Import {
    module: &'static str,
    name: &'static str,
    found: StaticCell,
}

impl Import {
    const fn new(module: &'static str, name: &'static str) -> Self {
        Self { module, name, found: StaticCell::empty() }
    }

    /// The attribute.
    pub(super) fn get(&self, vm: &Vm) -> PyResult {
        if let Some(found) = self.found.get(vm) {
            return Ok(found);
        }
        let found = vm.getattr_named(&vm.import_module(self.module)?, self.name)?;
        self.found.set(vm, found.clone());
        Ok(found)
    }

    /// Asks for it anew when it is next needed.
    fn forget(&self, vm: &Vm) {
        self.found.set(vm, None);
    }

    /// An instance of the exception class that this is.
    pub(super) fn error(&self, vm: &Vm, message: &str) -> Exc {
        let made = self.get(vm).and_then(|class| vm.call(&class, &[Str::new(message).into_obj()]));
        raised(vm, made)
    }

    /// Whether `error` is an instance of the class that this is.
    pub(super) fn matches(&self, vm: &Vm, error: &Exc) -> PyResult<bool> {
        let class = self.get(vm)?;
        Ok(class.downcast::<TypeData>().is_some_and(|class| error.is(class)))
    }
}

/// An exception that was made, to be raised; or the one that making it raised.
pub(super) fn raised(vm: &Vm, made: PyResult) -> Exc {
    match made.map(Obj::into_ref::<BaseException>) {
        Ok(Ok(exception)) => Exc::new(exception),
        Ok(Err(_)) => vm.type_error("exceptions must derive from BaseException"),
        Err(error) => error,
    }
}

pub(super) static GET_EVENT_LOOP_POLICY: Import = Import::new("asyncio.events", "_get_event_loop_policy");
pub(super) static FUTURE_REPR: Import = Import::new("asyncio.base_futures", "_future_repr");
pub(super) static INVALID_STATE_ERROR: Import = Import::new("asyncio.exceptions", "InvalidStateError");
pub(super) static CANCELLED_ERROR: Import = Import::new("asyncio.exceptions", "CancelledError");
pub(super) static TASK_REPR: Import = Import::new("asyncio.base_tasks", "_task_repr");
pub(super) static TASK_GET_STACK: Import = Import::new("asyncio.base_tasks", "_task_get_stack");
pub(super) static TASK_PRINT_STACK: Import = Import::new("asyncio.base_tasks", "_task_print_stack");
pub(super) static IS_COROUTINE: Import = Import::new("asyncio.coroutines", "iscoroutine");
pub(super) static EXTRACT_STACK: Import = Import::new("traceback", "extract_stack");
pub(super) static WEAK_SET: Import = Import::new("weakref", "WeakSet");

/// Forgets what was imported: the module is made anew, and belongs to another `asyncio`.
pub(super) fn forget(vm: &Vm) {
    let all = [
        &GET_EVENT_LOOP_POLICY,
        &FUTURE_REPR,
        &INVALID_STATE_ERROR,
        &CANCELLED_ERROR,
        &TASK_REPR,
        &TASK_GET_STACK,
        &TASK_PRINT_STACK,
        &IS_COROUTINE,
        &EXTRACT_STACK,
        &WEAK_SET,
    ];
    for import in all {
        import.forget(vm);
    }
}
