//! Times to wait, as Python gives them.

use std::time::{Duration, Instant};

use lasti_vm::object::Obj;
use lasti_vm::{PyResult, Vm};
use rustix::time::Timespec;

/// A number of seconds, in nanoseconds, rounded up. CPython: `_PyTime_FromSecondsObject`.
pub(crate) fn nanos_of_seconds(vm: &Vm, given: &Obj) -> PyResult<i64> {
    nanos_of(vm, given, 1_000_000_000)
}

/// A number of units of so many nanoseconds, in nanoseconds, rounded up.
pub(crate) fn nanos_of(vm: &Vm, given: &Obj, unit: i64) -> PyResult<i64> {
    let too_large = || vm.overflow_error("timestamp too large to convert to C PyTime_t");
    if let Some(float) = given.as_f64() {
        if float.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        let nanos = (float * unit as f64).round_away();
        // The bounds of i64 as floats.
        return if (-9.223_372_036_854_775e18..9.223_372_036_854_775e18).contains(&nanos) {
            Ok(nanos as i64)
        } else {
            Err(too_large())
        };
    }
    if given.as_int().is_none() && given.ty().slots.nb_index.get().is_none() {
        return Err(vm.type_error(format!(
            "'{}' object cannot be interpreted as an integer or float",
            given.ty().name()
        )));
    }
    vm.index(given)?.as_i64().and_then(|number| number.checked_mul(unit)).ok_or_else(too_large)
}

trait RoundAway {
    fn round_away(self) -> f64;
}

impl RoundAway for f64 {
    /// The next whole number, away from zero.
    fn round_away(self) -> f64 {
        if self >= 0.0 { self.ceil() } else { self.floor() }
    }
}

/// When to give up.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// Never.
    pub(crate) const NEVER: Self = Self(None);

    /// In so many nanoseconds; a moment that the clock can't show is never.
    pub(crate) fn after(nanos: u64) -> Self {
        Self(Instant::now().checked_add(Duration::from_nanos(nanos)))
    }

    /// How long that is; `None` for ever.
    pub(crate) fn left(self) -> Option<Duration> {
        self.0.map(|until| until.saturating_duration_since(Instant::now()))
    }

    /// The same for the system.
    pub(crate) fn timespec(self) -> Option<Timespec> {
        self.left().map(|left| Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        })
    }
}
