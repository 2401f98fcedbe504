//! Texts of broken-down times, and back.

use std::ffi::CString;

use lasti_system::local_time::{self, Broken};
use lasti_vm::call::{Args, Signature};
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Vm};

use super::broken::{check, local, of_tuple, seconds};

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn plain(broken: &Broken) -> Obj {
    let text = format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[broken.weekday.rem_euclid(7) as usize],
        MONTHS[broken.month.rem_euclid(12) as usize],
        broken.day,
        broken.hour,
        broken.minute,
        broken.second,
        i64::from(broken.year) + 1900
    );
    Str::new(&text).into_obj()
}

/// The time that an argument means, checked; now without one.
fn given_or_now(vm: &Vm, function: &str, given: Option<&Obj>) -> PyResult<Broken> {
    let mut broken = match given {
        None => local(vm, seconds(vm, None)?)?,
        Some(given) => of_tuple(vm, function, given)?,
    };
    check(vm, &mut broken)?;
    Ok(broken)
}

fn asctime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    given_or_now(vm, "asctime", args.first()).map(|broken| plain(&broken))
}

fn ctime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    local(vm, seconds(vm, args.first())?).map(|broken| plain(&broken))
}

fn strftime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let format = vm.str_argument("strftime", "1", &args[0])?;
    let mut broken = given_or_now(vm, "strftime", args.get(1))?;
    // The system knows three values.
    broken.is_dst = broken.is_dst.clamp(-1, 1);
    let mut text: Vec<u8> = Vec::new();
    // What C's library can't take stands between the parts: nulls, and lone surrogates, which are three bytes.
    let mut rest = format.as_bytes();
    while !rest.is_empty() {
        let surrogate = |at: usize| rest[at] == 0xED && rest.get(at + 1).is_some_and(|next| *next >= 0xA0);
        let end = (0..rest.len()).find(|&at| rest[at] == 0 || surrogate(at)).unwrap_or(rest.len());
        if let Ok(part) = CString::new(&rest[..end]) {
            text.extend(local_time::format(&part, &broken));
        }
        let width = match rest.get(end) {
            None => 0,
            Some(0) => 1,
            Some(_) => 3,
        };
        text.extend_from_slice(&rest[end..end + width]);
        rest = &rest[end + width..];
    }
    Ok(match rustpython_wtf8::Wtf8::from_bytes(&text) {
        Some(text) => Str::from_wtf8(text).into_obj(),
        None => lasti_vm::paths::from_system(&text).into_obj(),
    })
}

static STRPTIME: Signature<2> = Signature::new("strptime", ["", ""], 1).positional_only(2);

fn strptime(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    args.bind(vm, &STRPTIME)?;
    let module = vm.import_module("_strptime")?;
    vm.call_method_named(&module, "_strptime_time", args.all())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "asctime",
        "",
        "asctime([tuple]) -> string\n\nConvert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.\nWhen the time tuple is not present, current time as returned by localtime()\nis used.",
        NativeCall::Positional(0, 1, asctime),
    ),
    NativeDef::new(
        "ctime",
        "",
        "ctime(seconds) -> string\n\nConvert a time in seconds since the Epoch to a string in local time.\nThis is equivalent to asctime(localtime(seconds)). When the time tuple is\nnot present, current time as returned by localtime() is used.",
        NativeCall::Positional(0, 1, ctime),
    ),
    NativeDef::new(
        "strftime",
        "",
        "strftime(format[, tuple]) -> string\n\nConvert a time tuple to a string according to a format specification.\nSee the library reference manual for formatting codes. When the time tuple\nis not present, current time as returned by localtime() is used.",
        NativeCall::Positional(1, 2, strftime),
    ),
    NativeDef::new(
        "strptime",
        "",
        "strptime(string, format) -> struct_time\n\nParse a string to a time tuple according to a format specification.\nSee the library reference manual for formatting codes (same as\nstrftime()).",
        NativeCall::Full(strptime),
    ),
];
