//! Broken-down times.

use lasti_system::local_time::{self, Broken};
use lasti_vm::number::{Float, Int};
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::structseq::StructSeq;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Vm};
use rustix::io::Errno;
use rustix::time::ClockId;

const DAY: i64 = 86_400;

pub(super) static STRUCT_TIME: StructSeq = StructSeq {
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

/// The moment that an argument means, in whole seconds; now without one.
pub(super) fn seconds(vm: &Vm, given: Option<&Obj>) -> PyResult<i64> {
    let Some(given) = given.filter(|given| !vm.is_none(given)) else {
        return Ok(super::now(ClockId::Realtime).div_euclid(super::BILLION));
    };
    match given.as_f64() {
        Some(float) if float.is_nan() => Err(vm.value_error("Invalid value NaN (not a number)")),
        Some(float) if float.abs() < 9.2e18 => Ok(float.floor() as i64),
        Some(_) => Err(vm.overflow_error("timestamp out of range for platform time_t")),
        None => match vm.index(given)?.as_i64() {
            Some(seconds) => Ok(seconds),
            None => Err(vm.overflow_error("timestamp out of range for platform time_t")),
        },
    }
}

fn gmtime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let seconds = seconds(vm, args.first())?;
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

/// The local time of a moment.
pub(super) fn local(vm: &Vm, seconds: i64) -> PyResult<Broken> {
    local_time::local(seconds).map_err(|errno| vm.os_error(errno.raw_os_error()))
}

/// As Python has it.
fn shown(vm: &Vm, broken: &Broken) -> PyResult {
    let parts = [
        i64::from(broken.year) + 1900,
        i64::from(broken.month) + 1,
        broken.day.into(),
        broken.hour.into(),
        broken.minute.into(),
        broken.second.into(),
        // Monday is 0.
        (i64::from(broken.weekday) + 6) % 7,
        i64::from(broken.yearday) + 1,
        broken.is_dst.into(),
    ];
    let mut values: Vec<Obj> = parts.into_iter().map(Int::new).collect();
    let zone = broken.zone.as_deref().unwrap_or_default();
    values.extend([lasti_vm::paths::from_system(zone).into_obj(), Int::new(broken.offset)]);
    STRUCT_TIME.make(vm, values)
}

fn localtime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    shown(vm, &local(vm, seconds(vm, args.first())?)?)
}

/// The time that a tuple means, its parts not checked. CPython: `gettmarg`.
pub(super) fn of_tuple(vm: &Vm, function: &str, given: &Obj) -> PyResult<Broken> {
    let Some(tuple) = given.downcast::<Tuple>() else {
        return Err(vm.type_error("Tuple or struct_time argument required"));
    };
    let items = tuple.items();
    if items.len() != 9 {
        return Err(vm.type_error(format!("{function}(): illegal time tuple argument")));
    }
    let mut parts = [0_i32; 9];
    for (part, item) in parts.iter_mut().zip(items) {
        *part = vm.c_int_argument(item)?;
    }
    let [year, month, day, hour, minute, second, weekday, yearday, is_dst] = parts;
    let Some(year) = year.checked_sub(1900) else {
        return Err(vm.overflow_error("year out of range"));
    };
    let mut broken = Broken {
        year,
        month: month.wrapping_sub(1),
        day,
        hour,
        minute,
        second,
        weekday: weekday.wrapping_add(1) % 7,
        yearday: yearday.wrapping_sub(1),
        is_dst,
        ..Broken::default()
    };
    if std::ptr::eq(given.ty(), STRUCT_TIME.ty(vm)) {
        let zone = vm.getattr_named(given, "tm_zone")?;
        if let Some(zone) = zone.downcast::<Str>() {
            broken.zone = Some(zone.to_string_lossy().into_owned().into_bytes());
        }
        let offset = vm.getattr_named(given, "tm_gmtoff")?;
        broken.offset = offset.as_i64().unwrap_or(0);
    }
    Ok(broken)
}

/// Raises unless the parts can be shown; zeros become what they stand for. CPython: `checktm`.
pub(super) fn check(vm: &Vm, broken: &mut Broken) -> PyResult<()> {
    if broken.month == -1 {
        broken.month = 0;
    }
    if broken.day == 0 {
        broken.day = 1;
    }
    if broken.yearday == -1 {
        broken.yearday = 0;
    }
    let bounds = [
        (broken.month, 0, 11, "month out of range"),
        (broken.day, 1, 31, "day of month out of range"),
        (broken.hour, 0, 23, "hour out of range"),
        (broken.minute, 0, 59, "minute out of range"),
        (broken.second, 0, 61, "seconds out of range"),
        // The upper bound is the remainder's.
        (broken.weekday, 0, 6, "day of week out of range"),
        (broken.yearday, 0, 365, "day of year out of range"),
    ];
    match bounds.iter().find(|(part, least, most, _)| !(*least..=*most).contains(part)) {
        Some((.., message)) => Err(vm.value_error(message)),
        None => Ok(()),
    }
}

fn mktime(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    match local_time::moment(&of_tuple(vm, "mktime", given)?) {
        Some(seconds) => Ok(Float::new(seconds as f64)),
        None => Err(vm.overflow_error("mktime argument out of range")),
    }
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "gmtime",
        "",
        "gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,\n                       tm_sec, tm_wday, tm_yday, tm_isdst)\n\nConvert seconds since the Epoch to a time tuple expressing UTC (a.k.a.\nGMT).  When 'seconds' is not passed in, convert the current time instead.",
        NativeCall::Positional(0, 1, gmtime),
    ),
    NativeDef::new(
        "localtime",
        "",
        "localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,\n                          tm_sec,tm_wday,tm_yday,tm_isdst)\n\nConvert seconds since the Epoch to a time tuple expressing local time.\nWhen 'seconds' is not passed in, convert the current time instead.",
        NativeCall::Positional(0, 1, localtime),
    ),
    NativeDef::new(
        "mktime",
        "",
        "mktime(tuple) -> floating-point number\n\nConvert a time tuple in local time to seconds since the Epoch.\nNote that mktime(gmtime(0)) will not generally return zero for most\ntime zones; instead the returned value will either be equal to that\nof the timezone or altzone attributes on the time module.",
        NativeCall::One(mktime),
    ),
];
