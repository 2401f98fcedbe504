//! `time`: CPython: Modules/timemodule.c.
//!
//! - here: reading and setting clocks, sleeping
//! - `broken`: broken-down times, in UTC and in the local zone
//! - `format`: their texts
//! - `zone`: the local zone

mod broken;
mod format;
mod zone;

use std::time::{Duration, Instant};

use lasti_vm::builtins::namespace;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::{Float, Int};
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};
use rustix::io::Errno;
use rustix::time::{ClockId, Timespec, clock_getres, clock_gettime, clock_settime};

use crate::timeout::nanos_of_seconds;

const BILLION: i64 = 1_000_000_000;

static CLOCKS: &[(&str, i32, ClockId)] = &[
    ("CLOCK_REALTIME", 0, ClockId::Realtime),
    ("CLOCK_MONOTONIC", 1, ClockId::Monotonic),
    ("CLOCK_PROCESS_CPUTIME_ID", 2, ClockId::ProcessCPUTime),
    ("CLOCK_THREAD_CPUTIME_ID", 3, ClockId::ThreadCPUTime),
    ("CLOCK_MONOTONIC_RAW", 4, ClockId::MonotonicRaw),
    ("CLOCK_BOOTTIME", 7, ClockId::Boottime),
];

fn clock(vm: &Vm, id: &Obj) -> PyResult<ClockId> {
    let id = vm.c_int_argument(id)?;
    match CLOCKS.iter().find(|clock| clock.1 == id) {
        Some(clock) => Ok(clock.2),
        None => Err(vm.os_error(Errno::INVAL.raw_os_error())),
    }
}

/// What a clock shows, in nanoseconds.
fn now(clock: ClockId) -> i64 {
    let time = clock_gettime(clock);
    time.tv_sec * BILLION + time.tv_nsec
}

#[expect(clippy::unnecessary_wraps, reason = "what functions of the module return")]
fn seconds(nanos: i64) -> PyResult {
    Ok(Float::new(nanos as f64 / 1e9))
}

#[expect(clippy::unnecessary_wraps, reason = "what functions of the module return")]
fn nanos(nanos: i64) -> PyResult {
    Ok(Int::new(nanos))
}

fn resolution(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    let time = clock_getres(clock(vm, id)?);
    seconds(time.tv_sec * BILLION + time.tv_nsec)
}

fn sleep(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let Ok(nanos) = u64::try_from(nanos_of_seconds(vm, given)?) else {
        return Err(vm.value_error("sleep length must be non-negative"));
    };
    if nanos == 0 {
        // Others have their turn.
        vm.allow_threads(std::thread::yield_now);
        vm.check_signals()?;
    } else {
        vm.sleep_until(Instant::now() + Duration::from_nanos(nanos))?;
    }
    Ok(vm.none())
}

/// Sets a clock to so many nanoseconds.
fn set_clock(vm: &Vm, id: &Obj, nanos: i64) -> PyResult {
    let time = Timespec { tv_sec: nanos.div_euclid(BILLION), tv_nsec: nanos.rem_euclid(BILLION) };
    clock_settime(clock(vm, id)?, time).map_err(|errno| vm.os_error(errno.raw_os_error()))?;
    Ok(vm.none())
}

fn clock_settime_seconds(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    set_clock(vm, &args[0], nanos_of_seconds(vm, &args[1])?)
}

fn clock_settime_nanos(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    if args[1].as_int().is_none() {
        return Err(
            vm.type_error(format!("'{}' object cannot be interpreted as an integer", args[1].ty().name()))
        );
    }
    set_clock(vm, &args[0], vm.index_i64(&args[1])?)
}

/// Name, the system's function, whether it never goes back, whether it can be set.
static CLOCK_INFO: &[(&str, &str, bool, bool, ClockId)] = &[
    ("time", "clock_gettime(CLOCK_REALTIME)", false, true, ClockId::Realtime),
    ("monotonic", "clock_gettime(CLOCK_MONOTONIC)", true, false, ClockId::Monotonic),
    ("perf_counter", "clock_gettime(CLOCK_MONOTONIC)", true, false, ClockId::Monotonic),
    ("process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false, ClockId::ProcessCPUTime),
    ("thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false, ClockId::ThreadCPUTime),
];

fn get_clock_info(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let name = vm.plain_str_argument("get_clock_info", "1", name)?;
    let Some((_, implementation, monotonic, adjustable, id)) =
        CLOCK_INFO.iter().find(|clock| clock.0 == name)
    else {
        return Err(vm.value_error("unknown clock"));
    };
    let time = clock_getres(*id);
    let attributes = vec![
        ("implementation", Str::new(implementation).into_obj()),
        ("monotonic", vm.bool(*monotonic)),
        ("adjustable", vm.bool(*adjustable)),
        ("resolution", Float::new((time.tv_sec * BILLION + time.tv_nsec) as f64 / 1e9)),
    ];
    Ok(namespace::make(vm, attributes)?.into_obj())
}

macro_rules! reads {
    ($($name:literal $unit:ident $clock:ident $doc:literal,)*) => {
        &[$(NativeDef::new($name, "", $doc, NativeCall::NoArgs(|_, _| $unit(now(ClockId::$clock))))),*]
    };
}

static READS: &[NativeDef] = reads! {
    "monotonic" seconds Monotonic "monotonic() -> float\n\nMonotonic clock, cannot go backward.",
    "monotonic_ns" nanos Monotonic "monotonic_ns() -> int\n\nMonotonic clock, cannot go backward, as nanoseconds.",
    "perf_counter" seconds Monotonic "perf_counter() -> float\n\nPerformance counter for benchmarking.",
    "perf_counter_ns" nanos Monotonic "perf_counter_ns() -> int\n\nPerformance counter for benchmarking as nanoseconds.",
    "process_time" seconds ProcessCPUTime "process_time() -> float\n\nProcess time for profiling: sum of the kernel and user-space CPU time.",
    "process_time_ns" nanos ProcessCPUTime "Process time for profiling as nanoseconds:\nsum of the kernel and user-space CPU time.",
    "thread_time" seconds ThreadCPUTime "thread_time() -> float\n\nThread time for profiling: sum of the kernel and user-space CPU time.",
    "thread_time_ns" nanos ThreadCPUTime "thread_time_ns() -> int\n\nThread time for profiling as nanoseconds:\nsum of the kernel and user-space CPU time.",
    "time" seconds Realtime "time() -> floating-point number\n\nReturn the current time in seconds since the Epoch.",
    "time_ns" nanos Realtime "time_ns() -> int\n\nReturn the current time in nanoseconds since the Epoch.",
};

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "clock_getres",
        "",
        "Return the resolution (precision) of the specified clock clk_id.",
        NativeCall::One(resolution),
    ),
    NativeDef::new(
        "clock_gettime",
        "($module, clk_id, /)",
        "Return the time of the specified clock clk_id as a float.",
        NativeCall::One(|vm, _, id| seconds(now(clock(vm, id)?))),
    ),
    NativeDef::new(
        "clock_gettime_ns",
        "($module, clk_id, /)",
        "Return the time of the specified clock clk_id as nanoseconds (int).",
        NativeCall::One(|vm, _, id| nanos(now(clock(vm, id)?))),
    ),
    NativeDef::new(
        "clock_settime",
        "",
        "Set the time of the specified clock clk_id.",
        NativeCall::Positional(2, 2, clock_settime_seconds),
    ),
    NativeDef::new(
        "clock_settime_ns",
        "",
        "Set the time of the specified clock clk_id with nanoseconds.",
        NativeCall::Positional(2, 2, clock_settime_nanos),
    ),
    NativeDef::new(
        "get_clock_info",
        "",
        "Get information of the specified clock.",
        NativeCall::One(get_clock_info),
    ),
    NativeDef::new(
        "sleep",
        "($module, object, /)",
        "Delay execution for a given number of seconds, which may be a float.",
        NativeCall::One(sleep),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for table in [READS, broken::FUNCTIONS, format::FUNCTIONS, zone::FUNCTIONS] {
        Module::add_functions(module, vm, table)?;
    }
    zone::set(vm, module)?;
    for &(name, id, _) in CLOCKS {
        module.add(vm, name, Int::new(id.into()))?;
    }
    module.add(vm, "_STRUCT_TM_ITEMS", Int::from_usize(broken::STRUCT_TIME.fields.len()))?;
    module.add(vm, broken::STRUCT_TIME.name, broken::STRUCT_TIME.ty(vm).to_obj())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "time",
    doc: "This module provides various functions to manipulate time values.",
    functions: FUNCTIONS,
    fill,
};
