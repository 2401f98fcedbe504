//! `sys.monitoring` (PEP 669): its functions. What they set is kept by `trace`. CPython: Python/instrumentation.c.

use crate::builtins::{builtin_type, namespace};
use crate::call::Args;
use crate::code::Code;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::eval::instrument;
use crate::function::NativeFunction;
use crate::module::Module;
use crate::number::Int;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::text::Str;
use crate::trace::{DISABLE, Event, Events, MISSING, PROFILE_TOOL};
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::{Interp, Vm};

const NAMED_TOOLS: [(&str, i64); 4] =
    [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)];

/// The module.
pub(super) fn make(vm: &Vm) -> PyResult<Ref<Module>> {
    let module = Ref::new(Module { dict: Dict::new() });
    let name = vm.intern("sys.monitoring");
    let names = vm.names();
    for (key, value) in [
        (&names.__name__, name.as_obj().clone()),
        (&names.__doc__, vm.none()),
        (&names.__package__, vm.none()),
        (&names.__loader__, vm.none()),
        (&names.__spec__, vm.none()),
    ] {
        module.dict.set_str(vm, key, value)?;
    }
    for def in FUNCTIONS {
        let function = NativeFunction::new(def, Some(module.as_obj().clone()), Some(name.as_obj().clone()));
        module.add(vm, def.name, function)?;
    }
    module.add(vm, "DISABLE", DISABLE.to_obj())?;
    module.add(vm, "MISSING", MISSING.to_obj())?;
    let mut events: Vec<(&str, Obj)> =
        Event::ALL.iter().map(|event| (event.name(), Int::new(event.bit().into()))).collect();
    events.push(("NO_EVENTS", Int::new(0)));
    module.add(vm, "events", namespace::make(vm, events)?)?;
    for (name, number) in NAMED_TOOLS {
        module.add(vm, name, Int::new(number))?;
    }
    Ok(module)
}

fn tool(vm: &Vm, given: &Obj) -> PyResult<u8> {
    let number = vm.c_int_argument(given)?;
    match u8::try_from(number) {
        Ok(tool) if tool < PROFILE_TOOL => Ok(tool),
        _ => Err(vm.value_error(format!("invalid tool {number} (must be between 0 and 5)"))),
    }
}

fn name_of(tool: u8) -> &'static ObjCell {
    &Interp::get().tracing.names[usize::from(tool)]
}

fn check_used(vm: &Vm, tool: u8) -> PyResult<()> {
    if name_of(tool).is_empty() {
        return Err(vm.value_error(format!("tool {tool} is not in use")));
    }
    Ok(())
}

fn use_tool_id(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let tool = tool(vm, &args[0])?;
    if args[1].downcast::<Str>().is_none() {
        return Err(vm.value_error("tool name must be a str"));
    }
    if !name_of(tool).is_empty() {
        return Err(vm.value_error(format!("tool {tool} is already in use")));
    }
    name_of(tool).set(args[1].clone());
    Ok(vm.none())
}

fn clear(vm: &Vm, tool: u8) {
    if name_of(tool).is_empty() {
        return;
    }
    for callback in &Interp::get().tracing.callbacks[usize::from(tool)] {
        drop(callback.take());
    }
    instrument::set_global_events(vm, tool, 0);
    instrument::forget_tool(vm, tool);
}

fn clear_tool_id(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    clear(vm, tool(vm, given)?);
    Ok(vm.none())
}

fn free_tool_id(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let tool = tool(vm, given)?;
    clear(vm, tool);
    drop(name_of(tool).take());
    Ok(vm.none())
}

fn get_tool(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    Ok(vm.or_none(name_of(tool(vm, given)?).get()))
}

fn register_callback(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let tool = tool(vm, &args[0])?;
    let event = vm.c_int_argument(&args[1])?;
    if event.count_ones() != 1 {
        return Err(vm.value_error("The callback can only be set for one event at a time"));
    }
    let number = event.trailing_zeros() as usize;
    if number >= Event::COUNT {
        return Err(vm.value_error(format!("invalid event {event}")));
    }
    super::hooks::audit_event(vm, "sys.monitoring.register_callback", &args[2..3])?;
    let callback = (!vm.is_none(&args[2])).then(|| args[2].clone());
    let callbacks = &Interp::get().tracing.callbacks[usize::from(tool)];
    let before = if Event::ALL[number] == Event::Branch {
        let side = |right| {
            let handler = callback.clone();
            handler.map(|handler| {
                Ref::new(BranchHandler { handler: ObjCell::new(Some(handler)), right, tool }).into_obj()
            })
        };
        drop(callbacks[Event::BranchRight as usize].replace(side(true)));
        callbacks[Event::BranchLeft as usize].replace(side(false))
    } else {
        callbacks[number].replace(callback)
    };
    Ok(vm.or_none(before.map(|before| match before.downcast::<BranchHandler>() {
        Some(wrapped) => vm.or_none(wrapped.handler.get()),
        None => before,
    })))
}

fn get_events(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let tool = tool(vm, given)?;
    Ok(Int::new(Interp::get().tracing.monitors.get().events(tool).into()))
}

/// A set of events as it is kept: how calls end comes with CALL, and BRANCH is two.
fn events(vm: &Vm, given: i32) -> PyResult<Events> {
    let ends = Event::CReturn.bit() | Event::CRaise.bit();
    let mut events = given as Events;
    if events & ends != 0 && events & (ends | Event::Call.bit()) != (ends | Event::Call.bit()) {
        return Err(vm.value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    events &= !ends;
    if events & Event::Branch.bit() != 0 {
        events &= !Event::Branch.bit();
        events |= Event::BranchLeft.bit() | Event::BranchRight.bit();
    }
    Ok(events)
}

fn set_events(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let given = vm.c_int_argument(&args[1])?;
    let tool = tool(vm, &args[0])?;
    if !(0..1 << Event::COUNT).contains(&given) {
        return Err(vm.value_error(format!("invalid event set 0x{given:x}")));
    }
    let events = events(vm, given)?;
    check_used(vm, tool)?;
    instrument::set_global_events(vm, tool, events);
    Ok(vm.none())
}

fn code<'a>(vm: &Vm, given: &'a Obj) -> PyResult<&'a Ref<Code>> {
    given.downcast::<Code>().ok_or_else(|| vm.type_error("code must be a code object"))
}

fn get_local_events(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    vm.c_int_argument(&args[0])?;
    let code = code(vm, &args[1])?;
    let tool = tool(vm, &args[0])?;
    Ok(Int::new(instrument::local_events(code, tool).into()))
}

fn set_local_events(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    vm.c_int_argument(&args[0])?;
    let given = vm.c_int_argument(&args[2])?;
    let code = code(vm, &args[1])?;
    let tool = tool(vm, &args[0])?;
    let events = events(vm, given)?;
    if events >= 1 << Event::LOCAL {
        return Err(vm.value_error(format!("invalid local event set 0x{events:x}")));
    }
    check_used(vm, tool)?;
    instrument::set_local_events(vm, code, tool, events);
    Ok(vm.none())
}

fn restart_events(vm: &Vm, _: &Obj) -> PyResult {
    instrument::restart_events(vm);
    Ok(vm.none())
}

fn all_events(vm: &Vm, _: &Obj) -> PyResult {
    let monitors = Interp::get().tracing.monitors.get();
    let all = Dict::new();
    for event in &Event::ALL[..Event::UNGROUPED] {
        // The debugger in the process is no tool of the program's.
        let tools = monitors.of(*event) & 0xFF;
        if tools != 0 {
            all.set_str(vm, &vm.intern(event.name()), Int::new(tools.into()))?;
        }
    }
    Ok(all.into_obj())
}

/// A callback for BRANCH, called for one of the two events that it stands for.
struct BranchHandler {
    handler: ObjCell,
    right: bool,
    tool: u8,
}

builtin_type!(/** `sys.monitoring.branch_event_handler` */ BRANCH_HANDLER, "sys.monitoring.branch_event_handler", BranchHandler);

impl Payload for BranchHandler {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &BRANCH_HANDLER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.handler.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.handler.take());
    }
}

/// Calls the handler. Where it returns DISABLE, the other event of the same branch is switched off, too.
fn branch(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let this = vm.receiver::<BranchHandler>(object)?;
    let Some(handler) = this.handler.get() else { return Ok(vm.none()) };
    let [code, from, ..] = args.positional() else { return vm.call_with(&handler, args) };
    let (Some(code), Some(Ok(from))) =
        (code.downcast::<Code>(), from.as_i64().map(|from| u32::try_from(from / 2)))
    else {
        return vm.call_with(&handler, args);
    };
    if !instrument::is_told(code, from) {
        // The other side was switched off already.
        return Ok(DISABLE.to_obj());
    }
    let result = vm.call_with(&handler, args)?;
    if result.is(&DISABLE.to_obj()) {
        instrument::disable_other_branch(code, from, this.right, this.tool);
    }
    Ok(result)
}

/// Completes the type.
pub(in crate::modules) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &BRANCH_HANDLER)
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| slots.call.set(Some(branch)))
        .ready();
}

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "use_tool_id",
        "($module, tool_id, name, /)",
        "",
        NativeCall::Positional(2, 2, use_tool_id),
    ),
    NativeDef::new("clear_tool_id", "($module, tool_id, /)", "", NativeCall::One(clear_tool_id)),
    NativeDef::new("free_tool_id", "($module, tool_id, /)", "", NativeCall::One(free_tool_id)),
    NativeDef::new("get_tool", "($module, tool_id, /)", "", NativeCall::One(get_tool)),
    NativeDef::new(
        "register_callback",
        "($module, tool_id, event, func, /)",
        "",
        NativeCall::Positional(3, 3, register_callback),
    ),
    NativeDef::new("get_events", "($module, tool_id, /)", "", NativeCall::One(get_events)),
    NativeDef::new(
        "set_events",
        "($module, tool_id, event_set, /)",
        "",
        NativeCall::Positional(2, 2, set_events),
    ),
    NativeDef::new(
        "get_local_events",
        "($module, tool_id, code, /)",
        "",
        NativeCall::Positional(2, 2, get_local_events),
    ),
    NativeDef::new(
        "set_local_events",
        "($module, tool_id, code, event_set, /)",
        "",
        NativeCall::Positional(3, 3, set_local_events),
    ),
    NativeDef::new("restart_events", "($module, /)", "", NativeCall::NoArgs(restart_events)),
    NativeDef::new("_all_events", "($module, /)", "", NativeCall::NoArgs(all_events)),
];
