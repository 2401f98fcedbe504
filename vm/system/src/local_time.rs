//! The time zone of the process: `TZ`, `/etc/localtime`, through C's library, as Python's `time` has it.

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::io::Errno;

/// Broken-down time, in C's counting: months from 0, years from 1900, Sunday is 0.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "C's names")]
pub struct Broken {
    pub year: i32,
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub weekday: i32,
    pub yearday: i32,
    pub is_dst: i32,
    pub offset: i64,
    pub zone: Option<Vec<u8>>,
}

/// C's library reads the zone's names without a lock of its own; ours is held over every call that uses them.
static ZONE: Mutex<()> = Mutex::new(());

fn zone() -> MutexGuard<'static, ()> {
    ZONE.lock().unwrap_or_else(PoisonError::into_inner)
}

unsafe extern "C" {
    fn tzset();
}

impl Broken {
    /// # Safety
    /// The name of the zone is a C string or null, and the zone's lock is held.
    unsafe fn of(tm: &libc::tm) -> Self {
        let zone = if tm.tm_zone.is_null() {
            None
        } else {
            // SAFETY: as the caller says.
            Some(unsafe { CStr::from_ptr(tm.tm_zone) }.to_bytes().to_vec())
        };
        Self {
            year: tm.tm_year,
            month: tm.tm_mon,
            day: tm.tm_mday,
            hour: tm.tm_hour,
            minute: tm.tm_min,
            second: tm.tm_sec,
            weekday: tm.tm_wday,
            yearday: tm.tm_yday,
            is_dst: tm.tm_isdst,
            offset: tm.tm_gmtoff,
            zone,
        }
    }

    /// `zone` must live as long as the result is used.
    fn to_tm(&self, zone: Option<&CStr>) -> libc::tm {
        libc::tm {
            tm_year: self.year,
            tm_mon: self.month,
            tm_mday: self.day,
            tm_hour: self.hour,
            tm_min: self.minute,
            tm_sec: self.second,
            tm_wday: self.weekday,
            tm_yday: self.yearday,
            tm_isdst: self.is_dst,
            tm_gmtoff: self.offset,
            tm_zone: zone.map_or(std::ptr::null(), CStr::as_ptr),
        }
    }
}

/// The local time of a moment, in seconds since 1970.
pub fn local(seconds: i64) -> Result<Broken, Errno> {
    let _zone = zone();
    let mut tm = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both addresses are valid; all zeros is a value of the structure.
    let done = unsafe { libc::localtime_r(&raw const seconds, tm.as_mut_ptr()) };
    if done.is_null() {
        return Err(super::last_errno());
    }
    // SAFETY: it was filled.
    let tm = unsafe { tm.assume_init() };
    // SAFETY: the name is one of C's library, which changes them only under the lock.
    Ok(unsafe { Broken::of(&tm) })
}

/// The moment of a local time, and that time put right. `None` if there is none.
pub fn moment(broken: &Broken) -> Option<i64> {
    let _zone = zone();
    let mut tm = broken.to_tm(None);
    // Stays -1 where the call fails.
    tm.tm_wday = -1;
    // SAFETY: the structure is whole.
    let seconds = unsafe { libc::mktime(&raw mut tm) };
    (seconds != -1 || tm.tm_wday != -1).then_some(seconds)
}

/// `strftime`, as the process's locale has it.
pub fn format(format: &CStr, broken: &Broken) -> Vec<u8> {
    let _zone = zone();
    let name = broken.zone.as_deref().and_then(|zone| CString::new(zone).ok());
    let tm = broken.to_tm(name.as_deref());
    let length = format.to_bytes().len();
    if length == 0 {
        return Vec::new();
    }
    let mut room = 1024;
    loop {
        let mut text = vec![0_u8; room];
        // SAFETY: the room is as large as said; format and structure are whole, the zone's name lives.
        let written =
            unsafe { libc::strftime(text.as_mut_ptr().cast(), room, format.as_ptr(), &raw const tm) };
        // Nothing written can also mean nothing to write, as for `%p` in some locales.
        if written > 0 || room >= 256 * length.max(4) {
            text.truncate(written);
            return text;
        }
        room *= 2;
    }
}

/// Reads the zone anew. `variable` is the program's `TZ`, which becomes that of the process.
pub fn set_zone(variable: Option<&[u8]>) {
    let _zone = zone();
    let value = variable.and_then(|value| CString::new(value).ok());
    match value {
        // SAFETY: both are C strings. Other threads that read the environment through C's library at this very moment
        // are those in calls of this module, which wait for the lock, and name look-ups, which do not read `TZ`.
        Some(value) => unsafe { libc::setenv(c"TZ".as_ptr(), value.as_ptr(), 1) },
        // SAFETY: as above.
        None => unsafe { libc::unsetenv(c"TZ".as_ptr()) },
    };
    // SAFETY: the zone's names are only read under the lock.
    unsafe { tzset() };
}
