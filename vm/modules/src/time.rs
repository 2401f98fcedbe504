//! `time`: reading clocks, sleeping, broken-down times in UTC. CPython: Modules/timemodule.c.

use std::time::Duration;

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::{Float, Int};
use lasti_vm::object::Obj;
use lasti_vm::structseq::StructSeq;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};
use rustix::io::Errno;
use rustix::time::{ClockId, clock_getres, clock_gettime};

const BILLION: i64 = 1_000_000_000;
const DAY: i64 = 86_400;

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
    let negative = || vm.value_error("sleep length must be non-negative");
    let duration = match given.as_f64() {
        Some(float) if float.is_nan() => return Err(vm.value_error("Invalid value NaN (not a number)")),
        Some(float) if float < 0.0 => return Err(negative()),
        Some(float) => Duration::try_from_secs_f64(float).ok(),
        None => Some(Duration::from_secs(u64::try_from(vm.index_i64(given)?).map_err(|_| negative())?)),
    };
    let Some(duration) = duration.filter(|duration| duration.as_nanos() <= i64::MAX as u128) else {
        return Err(vm.overflow_error("timestamp too large to convert to C PyTime_t"));
    };
    vm.allow_threads(|| std::thread::sleep(duration));
    Ok(vm.none())
}

static STRUCT_TIME: StructSeq = StructSeq {
    module: "time",
    name: "struct_time",
    doc: "The time value as returned by gmtime(), localtime(), and strptime(), and\naccepted by asctime(), mktime() and strftime().",
    fields: &[
        ("tm_year", "year, for example, 1993"),
        ("tm_mon", "month of year, range [1, 12]"),
        ("tm_mday", "day of month, range [1, 31]"),
        ("tm_hour", "hours, range [0, 23]"),
        ("tm_min", "minutes, range [0, 59]"),
        ("tm_sec", "seconds, range [0, 61])"),
        ("tm_wday", "day of week, range [0, 6], Monday is 0"),
        ("tm_yday", "day of year, range [1, 366]"),
        ("tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"),
        ("tm_zone", "abbreviation of timezone name"),
        ("tm_gmtoff", "offset from UTC in seconds"),
    ],
    visible: 9,
    callable: true,
};

/// Year, month and day of the day with that number, which is 0 on 1970-01-01.
fn civil(day: i64) -> (i64, i64, i64) {
    // Years that begin in March have the leap day at their end; 400 of them have always 146097 days.
    let shifted = day + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = (year + era * 400, if month < 10 { month + 3 } else { month - 9 });
    (year + i64::from(month <= 2), month, day)
}

fn day_of_year(year: i64, month: i64, day: i64) -> i64 {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    BEFORE[(month - 1) as usize] + day + i64::from(leap && month > 2)
}

fn gmtime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let given = args.first().filter(|given| !vm.is_none(given));
    let seconds = match given.map(|given| (given, given.as_f64())) {
        None => now(ClockId::Realtime).div_euclid(BILLION),
        Some((_, Some(float))) if float.is_nan() => {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        Some((_, Some(float))) if float.abs() < 9.2e18 => float.floor() as i64,
        Some((_, Some(_))) => return Err(vm.overflow_error("timestamp out of range for platform time_t")),
        Some((given, None)) => vm.index_i64(given)?,
    };
    let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // The year must be one of C's int.
    if days.abs() > 784_000_000_000 {
        return Err(vm.os_error(Errno::OVERFLOW.raw_os_error()));
    }
    let (year, month, day) = civil(days);
    let yearday = day_of_year(year, month, day);
    let parts =
        [year, month, day, rest / 3600, rest / 60 % 60, rest % 60, (days + 3).rem_euclid(7), yearday, 0];
    let mut values: Vec<Obj> = parts.into_iter().map(Int::new).collect();
    values.extend([Str::new("UTC").into_obj(), Int::new(0)]);
    STRUCT_TIME.make(vm, values)
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
        "gmtime",
        "",
        "Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a. GMT).",
        NativeCall::Positional(0, 1, gmtime),
    ),
    NativeDef::new(
        "sleep",
        "($module, object, /)",
        "Delay execution for a given number of seconds, which may be a float.",
        NativeCall::One(sleep),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    Module::add_functions(module, vm, READS)?;
    for &(name, id, _) in CLOCKS {
        module.add(vm, name, Int::new(id.into()))?;
    }
    module.add(vm, "_STRUCT_TM_ITEMS", Int::from_usize(STRUCT_TIME.fields.len()))?;
    module.add(vm, STRUCT_TIME.name, STRUCT_TIME.ty(vm).to_obj())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "time",
    doc: "This module provides various functions to manipulate time values.",
    functions: FUNCTIONS,
    fill,
};
