//! `_lsprof`: a profiler of calls, on `sys.monitoring`. CPython: Modules/_lsprof.c.
//!
//! A call is on a stack from its start to its end; its time goes to its function's entry, and to the entry that its
//! caller has for it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Instant;

use lasti_vm::builtins::METHOD_DESCRIPTOR;
use lasti_vm::call::{Args, Signature};
use lasti_vm::function::NativeFunction;
use lasti_vm::inspect::class_attribute;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::{Float, Int};
use lasti_vm::object::{Obj, ObjCell, Payload, Visitor};
use lasti_vm::sequence::List;
use lasti_vm::structseq::StructSeq;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

/// The module.
pub(crate) static MODULE: NativeModule =
    NativeModule { name: "_lsprof", doc: "Fast profiler", functions: &[], fill };

static ENTRY: StructSeq = StructSeq {
    module: "_lsprof",
    name: "profiler_entry",
    doc: "",
    fields: &[
        ("code", "code object or built-in function name"),
        ("callcount", "how many times this was called"),
        ("reccallcount", "how many times called recursively"),
        ("totaltime", "total time in this entry"),
        ("inlinetime", "inline time in this entry (not in subcalls)"),
        ("calls", "details of the calls"),
    ],
    visible: 6,
    callable: true,
};

static SUBENTRY: StructSeq = StructSeq {
    module: "_lsprof",
    name: "profiler_subentry",
    doc: "",
    fields: &[
        ("code", "called code object or built-in function name"),
        ("callcount", "how many times this is called"),
        ("reccallcount", "how many times this is called recursively"),
        ("totaltime", "total time spent in this call"),
        ("inlinetime", "inline time (not in further subcalls)"),
    ],
    visible: 5,
    callable: true,
};

/// The tool's number and name.
const TOOL: i64 = 2;
const TOOL_NAME: &str = "cProfile";

/// Which method is called for which event.
const CALLBACKS: [(&str, &str); 9] = [
    ("PY_START", "_pystart_callback"),
    ("PY_RESUME", "_pystart_callback"),
    ("PY_THROW", "_pythrow_callback"),
    ("PY_RETURN", "_pyreturn_callback"),
    ("PY_YIELD", "_pyreturn_callback"),
    ("PY_UNWIND", "_pyreturn_callback"),
    ("CALL", "_ccall_callback"),
    ("C_RETURN", "_creturn_callback"),
    ("C_RAISE", "_creturn_callback"),
];

/// What a function is known by: its code object's identity, or the address of what is native.
type Key = u64;

/// Calls and their times, in the timer's units.
#[derive(Clone, Copy, Default)]
struct Times {
    total: i64,
    inline: i64,
    calls: i64,
    recursive: i64,
    /// How many of these calls are running.
    depth: i64,
}

impl Times {
    /// A call ended.
    fn stop(&mut self, total: i64, inline: i64) {
        self.depth -= 1;
        if self.depth == 0 {
            self.total += total;
        } else {
            self.recursive += 1;
        }
        self.inline += inline;
        self.calls += 1;
    }
}

/// A function that was called.
struct Called {
    /// The code object, or a text.
    shown: Obj,
    times: Times,
    /// What it called, in the order in which it did first.
    callees: Vec<(Key, Times)>,
}

impl Called {
    fn callee(&mut self, key: Key) -> &mut Times {
        let place = match self.callees.iter().position(|(other, _)| *other == key) {
            Some(place) => place,
            None => {
                self.callees.push((key, Times::default()));
                self.callees.len() - 1
            }
        };
        &mut self.callees[place].1
    }
}

/// A call that is running.
struct Running {
    key: Key,
    since: i64,
    /// The time that its callees took.
    within: i64,
}

/// `Profiler`. No borrow lasts while Python code runs.
struct Profiler {
    entries: RefCell<HashMap<Key, Called>>,
    running: RefCell<Vec<Running>>,
    start: Instant,
    timer: ObjCell,
    /// How long the timer's unit is, in seconds; 0: the timer gives seconds.
    unit: Cell<f64>,
    in_timer: Cell<bool>,
    enabled: Cell<bool>,
    subcalls: Cell<bool>,
    builtins: Cell<bool>,
}

impl Payload for Profiler {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &PROFILER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.timer.traverse(visitor);
        for called in self.entries.borrow().values() {
            visitor.visit(&called.shown);
        }
    }

    fn clear(&self) {
        drop(self.timer.take());
        let entries = self.entries.take();
        drop(entries);
    }
}

lasti_vm::builtin_type!(/** `_lsprof.Profiler` */ PROFILER, "Profiler", Profiler);

impl Profiler {
    /// The time now.
    fn now(&self, vm: &Vm) -> i64 {
        let Some(timer) = self.timer.get() else {
            return i64::try_from(self.start.elapsed().as_nanos()).unwrap_or(i64::MAX);
        };
        self.in_timer.set(true);
        let now = vm.call(&timer, &[]).and_then(|now| {
            if self.unit.get() > 0.0 { vm.index_i64(&now) } else { Ok((vm.float(&now)? * 1e9) as i64) }
        });
        self.in_timer.set(false);
        now.unwrap_or_else(|error| {
            vm.unraisable(&error, "Exception ignored while calling _lsprof timer", Some(&timer));
            0
        })
    }

    fn seconds(&self, time: i64) -> Obj {
        let external = !self.timer.is_empty() && self.unit.get() != 0.0;
        Float::new(time as f64 * if external { self.unit.get() } else { 1e-9 })
    }

    fn enter(&self, vm: &Vm, key: Key, shown: impl FnOnce() -> PyResult) -> PyResult<()> {
        if self.in_timer.get() {
            return Ok(());
        }
        if !self.entries.borrow().contains_key(&key) {
            let called = Called { shown: shown()?, times: Times::default(), callees: Vec::new() };
            self.entries.borrow_mut().entry(key).or_insert(called);
        }
        {
            let mut entries = self.entries.borrow_mut();
            if let Some(called) = entries.get_mut(&key) {
                called.times.depth += 1;
            }
            let running = self.running.borrow();
            if self.subcalls.get()
                && let Some(caller) = running.last().and_then(|caller| entries.get_mut(&caller.key))
            {
                caller.callee(key).depth += 1;
            }
        }
        self.running.borrow_mut().push(Running { key, since: 0, within: 0 });
        let now = self.now(vm);
        if let Some(running) = self.running.borrow_mut().last_mut() {
            running.since = now;
        }
        Ok(())
    }

    /// The innermost call ends; it should be one of `key`.
    fn leave(&self, vm: &Vm, key: Key) {
        if self.in_timer.get() || self.running.borrow().is_empty() {
            return;
        }
        let now = self.now(vm);
        self.stop(key, now);
    }

    fn stop(&self, key: Key, now: i64) {
        let mut running = self.running.borrow_mut();
        let Some(call) = running.pop() else { return };
        let mut entries = self.entries.borrow_mut();
        let Some(called) = entries.get_mut(&key) else { return };
        let total = now - call.since;
        let inline = total - call.within;
        called.times.stop(total, inline);
        if let Some(caller) = running.last_mut() {
            caller.within += total;
            if self.subcalls.get()
                && let Some(caller) = entries.get_mut(&caller.key)
            {
                caller.callee(key).stop(total, inline);
            }
        }
    }

    /// Ends the calls whose ends were not seen.
    fn flush(&self, vm: &Vm) {
        loop {
            let Some(key) = self.running.borrow().last().map(|call| call.key) else { return };
            let now = self.now(vm);
            self.stop(key, now);
        }
    }

    fn set_flags(&self, vm: &Vm, subcalls: Option<&Obj>, builtins: Option<&Obj>) -> PyResult<()> {
        if let Some(subcalls) = subcalls {
            self.subcalls.set(vm.is_true(subcalls)?);
        }
        if let Some(builtins) = builtins {
            self.builtins.set(vm.is_true(builtins)?);
        }
        Ok(())
    }
}

static INIT: Signature<4> = Signature::new("Profiler", ["timer", "timeunit", "subcalls", "builtins"], 0);
static ENABLE: Signature<2> = Signature::new("enable", ["subcalls", "builtins"], 0);

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    let profiler = Profiler {
        entries: RefCell::default(),
        running: RefCell::default(),
        start: Instant::now(),
        timer: ObjCell::empty(),
        unit: Cell::new(0.0),
        in_timer: Cell::new(false),
        enabled: Cell::new(false),
        subcalls: Cell::new(true),
        builtins: Cell::new(true),
    };
    Ok(Ref::new_in(ty, profiler).into_obj())
}

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let profiler = vm.receiver::<Profiler>(object)?;
    let [timer, unit, subcalls, builtins] = args.bind(vm, &INIT)?;
    let unit = unit.map_or(Ok(0.0), |unit| vm.float(unit))?;
    profiler.set_flags(vm, subcalls, builtins)?;
    profiler.timer.set(timer.filter(|timer| !vm.is_none(timer)).cloned());
    profiler.unit.set(unit);
    Ok(())
}

fn monitoring(vm: &Vm) -> PyResult {
    let sys = vm.import_module("sys")?;
    vm.getattr_named(&sys, "monitoring")
}

/// The event of that name, as `sys.monitoring` numbers it.
fn event(vm: &Vm, monitoring: &Obj, name: &str) -> PyResult {
    let events = vm.getattr_named(monitoring, "events")?;
    vm.getattr_named(&events, name)
}

fn enable(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let profiler = vm.receiver::<Profiler>(object)?;
    let [subcalls, builtins] = args.bind(vm, &ENABLE)?;
    profiler.set_flags(vm, subcalls, builtins)?;
    let monitoring = monitoring(vm)?;
    let tool = Int::new(TOOL);
    let name = Str::new(TOOL_NAME).into_obj();
    vm.call_method_named(&monitoring, "use_tool_id", &[tool.clone(), name])?;
    let mut all = 0;
    for (name, method) in CALLBACKS {
        let event = event(vm, &monitoring, name)?;
        let callback = vm.getattr_named(object, method)?;
        vm.call_method_named(&monitoring, "register_callback", &[tool.clone(), event.clone(), callback])?;
        // The end of a native call is told of where its beginning is.
        if !matches!(name, "C_RETURN" | "C_RAISE") {
            all |= vm.index_i64(&event)?;
        }
    }
    vm.call_method_named(&monitoring, "set_events", &[tool, Int::new(all)])?;
    profiler.enabled.set(true);
    Ok(vm.none())
}

fn disable(vm: &Vm, object: &Obj) -> PyResult {
    let profiler = vm.receiver::<Profiler>(object)?;
    if profiler.in_timer.get() {
        return Err(vm.runtime_error("cannot disable profiler in external timer"));
    }
    if profiler.enabled.replace(false) {
        let monitoring = monitoring(vm)?;
        // Callbacks and events go with the tool.
        vm.call_method_named(&monitoring, "free_tool_id", &[Int::new(TOOL)])?;
        profiler.flush(vm);
    }
    Ok(vm.none())
}

fn clear(vm: &Vm, object: &Obj) -> PyResult {
    let profiler = vm.receiver::<Profiler>(object)?;
    if profiler.in_timer.get() {
        return Err(vm.runtime_error("cannot clear profiler in external timer"));
    }
    profiler.running.borrow_mut().clear();
    let entries = profiler.entries.take();
    drop(entries);
    Ok(vm.none())
}

fn getstats(vm: &Vm, object: &Obj) -> PyResult {
    let profiler = vm.receiver::<Profiler>(object)?;
    let counts = |times: &Times| {
        [
            Int::new(times.calls),
            Int::new(times.recursive),
            profiler.seconds(times.total),
            profiler.seconds(times.inline),
        ]
    };
    let mut rows = Vec::new();
    {
        let entries = profiler.entries.borrow();
        let mut keys: Vec<&Key> = entries.keys().collect();
        keys.sort();
        for called in keys.into_iter().filter_map(|key| entries.get(key)) {
            if called.times.calls == 0 {
                continue;
            }
            let mut row = vec![called.shown.clone()];
            row.extend(counts(&called.times));
            let callees: Vec<Vec<Obj>> = called
                .callees
                .iter()
                .filter_map(|(key, times)| {
                    let mut row = vec![entries.get(key)?.shown.clone()];
                    row.extend(counts(times));
                    Some(row)
                })
                .collect();
            rows.push((row, callees));
        }
    }
    let make = |(mut row, callees): (Vec<Obj>, Vec<Vec<Obj>>)| {
        row.push(if callees.is_empty() {
            vm.none()
        } else {
            let made = callees.into_iter().map(|row| SUBENTRY.make(vm, row)).collect::<PyResult<_>>()?;
            List::new(made).into_obj()
        });
        ENTRY.make(vm, row)
    };
    Ok(List::new(rows.into_iter().map(make).collect::<PyResult<_>>()?).into_obj())
}

fn pystart(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let code = &args[0];
    vm.receiver::<Profiler>(object)?.enter(vm, code.id(), || Ok(code.clone()))?;
    Ok(vm.none())
}

fn pyreturn(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    vm.receiver::<Profiler>(object)?.leave(vm, args[0].id());
    Ok(vm.none())
}

/// The native function that is called, if it is one.
fn native_function(vm: &Vm, callable: &Obj, receiver: &Obj) -> PyResult<Option<Ref<NativeFunction>>> {
    if let Some(function) = callable.downcast::<NativeFunction>() {
        return Ok(Some(function.clone()));
    }
    if !callable.is_exact(&METHOD_DESCRIPTOR) {
        return Ok(None);
    }
    let Some(get) = callable.ty().slots.descr_get.get() else { return Ok(None) };
    let bound = get(vm, callable, Some(receiver), Some(&receiver.ty().to_obj()))?;
    Ok(bound.downcast::<NativeFunction>().cloned())
}

fn key_of(function: &NativeFunction) -> Key {
    std::ptr::from_ref(function.def) as u64
}

/// A text for a native function: to keep the function would keep what it is bound to.
fn shown(vm: &Vm, function: &NativeFunction) -> PyResult {
    let name = function.def.name;
    if let Some(receiver) = &function.receiver
        && let Some(attribute) = class_attribute(vm, receiver.ty(), &vm.intern(name))
    {
        return Ok(vm.repr(&attribute)?.into_obj());
    }
    let module = function.module.as_ref().and_then(|module| module.downcast::<Str>());
    let text = match (module, &function.receiver) {
        (Some(module), Some(_)) => format!("<built-in method {}.{name}>", module.to_string_lossy()),
        (None, Some(_)) => format!("<built-in method {name}>"),
        (Some(module), None) if module.as_bytes() != b"builtins" => {
            format!("<{}.{name}>", module.to_string_lossy())
        }
        _ => format!("<{name}>"),
    };
    Ok(Str::new(&text).into_obj())
}

fn ccall(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let profiler = vm.receiver::<Profiler>(object)?;
    if profiler.builtins.get()
        && let Some(function) = native_function(vm, &args[2], &args[3])?
    {
        profiler.enter(vm, key_of(&function), || shown(vm, &function))?;
    }
    Ok(vm.none())
}

fn creturn(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let profiler = vm.receiver::<Profiler>(object)?;
    if profiler.builtins.get()
        && let Some(function) = native_function(vm, &args[2], &args[3])?
    {
        profiler.leave(vm, key_of(&function));
    }
    Ok(vm.none())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "getstats",
        "($self, /)",
        "list of profiler_entry objects.\n\ngetstats() -> list of profiler_entry objects\n\nReturn all information collected by the profiler.\nEach profiler_entry is a tuple-like object with the\nfollowing attributes:\n\n    code          code object\n    callcount     how many times this was called\n    reccallcount  how many times called recursively\n    totaltime     total time in this entry\n    inlinetime    inline time in this entry (not in subcalls)\n    calls         details of the calls\n\nThe calls attribute is either None or a list of\nprofiler_subentry objects:\n\n    code          called code object\n    callcount     how many times this is called\n    reccallcount  how many times this is called recursively\n    totaltime     total time spent in this call\n    inlinetime    inline time (not in further subcalls)",
        NativeCall::NoArgs(getstats),
    ),
    NativeDef::new(
        "enable",
        "($self, /, subcalls=True, builtins=True)",
        "Start collecting profiling information.\n\n  subcalls\n    If True, also records for each function\n    statistics separated according to its current caller.\n  builtins\n    If True, records the time spent in\n    built-in functions separately from their caller.",
        NativeCall::Full(enable),
    ),
    NativeDef::new(
        "disable",
        "($self, /)",
        "Stop collecting profiling information.",
        NativeCall::NoArgs(disable),
    ),
    NativeDef::new(
        "clear",
        "($self, /)",
        "Clear all profiling information collected so far.",
        NativeCall::NoArgs(clear),
    ),
    NativeDef::new(
        "_pystart_callback",
        "($self, code, instruction_offset, /)",
        "",
        NativeCall::Positional(2, 2, pystart),
    ),
    NativeDef::new(
        "_pythrow_callback",
        "($self, code, instruction_offset, exception, /)",
        "",
        NativeCall::Positional(3, 3, pystart),
    ),
    NativeDef::new(
        "_pyreturn_callback",
        "($self, code, instruction_offset, retval, /)",
        "",
        NativeCall::Positional(3, 3, pyreturn),
    ),
    NativeDef::new(
        "_ccall_callback",
        "($self, code, instruction_offset, callable, self_arg, /)",
        "",
        NativeCall::Positional(4, 4, ccall),
    ),
    NativeDef::new(
        "_creturn_callback",
        "($self, code, instruction_offset, callable, self_arg,\n                  /)",
        "",
        NativeCall::Positional(4, 4, creturn),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !PROFILER.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &PROFILER)
            .doc("Build a profiler object using the specified timer function.\n\nThe default timer is a fast built-in one based on real time.\nFor custom timer functions returning integers, 'timeunit' can\nbe a float specifying a scale (that is, how long each integer unit\nis, in seconds).")
            .module("_lsprof")
            .flags(TypeFlags::BASETYPE)
            .slots(|slots| {
                slots.new.set(Some(new));
                slots.init.set(Some(init));
            })
            .methods(METHODS)
            .ready();
    }
    module.add_type(vm, &PROFILER)?;
    module.add_type(vm, ENTRY.ty(vm))?;
    module.add_type(vm, SUBENTRY.ty(vm))
}
