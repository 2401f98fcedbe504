//! `_locale`: the locale `C`, in UTF-8. Others can't be set: numbers, dates and order are the same everywhere.
//! CPython: Modules/_localemodule.c.

use lasti_vm::builtins::{BASE_EXCEPTION, EXCEPTION};
use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::errors::BaseException;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::List;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags};
use lasti_vm::{PyResult, Ref, Vm};

lasti_vm::builtin_type!(/** `locale.Error` */ ERROR, "Error", BaseException, on BASE_EXCEPTION);

static CATEGORIES: &[(&str, i64)] = &[
    ("LC_CTYPE", 0),
    ("LC_NUMERIC", 1),
    ("LC_TIME", 2),
    ("LC_COLLATE", 3),
    ("LC_MONETARY", 4),
    ("LC_MESSAGES", 5),
    ("LC_ALL", 6),
];

/// What `nl_langinfo` knows, by name and number.
static TEXTS: &[(&str, i64, &str)] = &[
    ("ABDAY_1", 0x2_0000, "Sun"),
    ("ABDAY_2", 0x2_0001, "Mon"),
    ("ABDAY_3", 0x2_0002, "Tue"),
    ("ABDAY_4", 0x2_0003, "Wed"),
    ("ABDAY_5", 0x2_0004, "Thu"),
    ("ABDAY_6", 0x2_0005, "Fri"),
    ("ABDAY_7", 0x2_0006, "Sat"),
    ("ABMON_1", 0x2_000E, "Jan"),
    ("ABMON_10", 0x2_0017, "Oct"),
    ("ABMON_11", 0x2_0018, "Nov"),
    ("ABMON_12", 0x2_0019, "Dec"),
    ("ABMON_2", 0x2_000F, "Feb"),
    ("ABMON_3", 0x2_0010, "Mar"),
    ("ABMON_4", 0x2_0011, "Apr"),
    ("ABMON_5", 0x2_0012, "May"),
    ("ABMON_6", 0x2_0013, "Jun"),
    ("ABMON_7", 0x2_0014, "Jul"),
    ("ABMON_8", 0x2_0015, "Aug"),
    ("ABMON_9", 0x2_0016, "Sep"),
    ("ALT_DIGITS", 0x2_002F, ""),
    ("AM_STR", 0x2_0026, "AM"),
    ("CODESET", 14, "UTF-8"),
    ("CRNCYSTR", 0x4_000F, "-"),
    ("DAY_1", 0x2_0007, "Sunday"),
    ("DAY_2", 0x2_0008, "Monday"),
    ("DAY_3", 0x2_0009, "Tuesday"),
    ("DAY_4", 0x2_000A, "Wednesday"),
    ("DAY_5", 0x2_000B, "Thursday"),
    ("DAY_6", 0x2_000C, "Friday"),
    ("DAY_7", 0x2_000D, "Saturday"),
    ("D_FMT", 0x2_0029, "%m/%d/%y"),
    ("D_T_FMT", 0x2_0028, "%a %b %e %H:%M:%S %Y"),
    ("ERA", 0x2_002C, ""),
    ("ERA_D_FMT", 0x2_002E, ""),
    ("ERA_D_T_FMT", 0x2_0030, ""),
    ("ERA_T_FMT", 0x2_0031, ""),
    ("MON_1", 0x2_001A, "January"),
    ("MON_10", 0x2_0023, "October"),
    ("MON_11", 0x2_0024, "November"),
    ("MON_12", 0x2_0025, "December"),
    ("MON_2", 0x2_001B, "February"),
    ("MON_3", 0x2_001C, "March"),
    ("MON_4", 0x2_001D, "April"),
    ("MON_5", 0x2_001E, "May"),
    ("MON_6", 0x2_001F, "June"),
    ("MON_7", 0x2_0020, "July"),
    ("MON_8", 0x2_0021, "August"),
    ("MON_9", 0x2_0022, "September"),
    ("NOEXPR", 0x5_0001, "^[nN]"),
    ("PM_STR", 0x2_0027, "PM"),
    ("RADIXCHAR", 0x1_0000, "."),
    ("THOUSEP", 0x1_0001, ""),
    ("T_FMT", 0x2_002A, "%H:%M:%S"),
    ("T_FMT_AMPM", 0x2_002B, "%I:%M:%S %p"),
    ("YESEXPR", 0x5_0000, "^[yY]"),
    ("_DATE_FMT", 0x2_006C, "%a %b %e %H:%M:%S %Z %Y"),
];

/// What `localeconv` says: the texts, and the numbers that are not set.
static CONVENTIONS: [&str; 8] = [
    "int_curr_symbol",
    "currency_symbol",
    "mon_decimal_point",
    "mon_thousands_sep",
    "positive_sign",
    "negative_sign",
    "decimal_point",
    "thousands_sep",
];
static UNSET: [&str; 8] = [
    "int_frac_digits",
    "frac_digits",
    "p_cs_precedes",
    "p_sep_by_space",
    "n_cs_precedes",
    "n_sep_by_space",
    "p_sign_posn",
    "n_sign_posn",
];
/// C's `CHAR_MAX`: not set.
const CHAR_MAX: i64 = 127;

fn setlocale(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let category = vm.c_int_argument(&args[0])?;
    let known = CATEGORIES.iter().any(|(_, number)| *number == i64::from(category));
    let wanted = match args.get(1).filter(|wanted| !vm.is_none(wanted)) {
        None => None,
        Some(wanted) => Some(vm.plain_str_argument("setlocale", "2", wanted)?),
    };
    match wanted.as_deref() {
        _ if !known => Err(vm.error(
            &ERROR,
            if wanted.is_some() { "unsupported locale setting" } else { "locale query failed" },
        )),
        // "": what the environment says, as far as there is a choice.
        None | Some("" | "C" | "POSIX" | "C.UTF-8" | "C.utf8") => {
            Ok(Str::new(if category == 0 || category == 6 { "C.UTF-8" } else { "C" }).into_obj())
        }
        Some(_) => Err(vm.error(&ERROR, "unsupported locale setting")),
    }
}

fn localeconv(vm: &Vm, _: &Obj) -> PyResult {
    let dict = Dict::new();
    for name in CONVENTIONS {
        let text = if name == "decimal_point" { "." } else { "" };
        dict.set_str(vm, &vm.intern(name), Str::new(text).into_obj())?;
    }
    for name in UNSET {
        dict.set_str(vm, &vm.intern(name), Int::new(CHAR_MAX))?;
    }
    for name in ["grouping", "mon_grouping"] {
        dict.set_str(vm, &vm.intern(name), List::new(Vec::new()).into_obj())?;
    }
    Ok(dict.into_obj())
}

fn strcoll(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (left, right) =
        (vm.str_argument("strcoll", "1", &args[0])?, vm.str_argument("strcoll", "2", &args[1])?);
    Ok(Int::new(left.as_bytes().cmp(right.as_bytes()) as i64))
}

fn strxfrm(vm: &Vm, _: &Obj, text: &Obj) -> PyResult {
    vm.plain_str_argument("strxfrm", "", text)?;
    Ok(text.clone())
}

static LANGINFO: Signature<1> = Signature::new("nl_langinfo", ["key"], 1);

fn nl_langinfo(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(key)] = args.bind(vm, &LANGINFO)? else { return Ok(vm.none()) };
    let key = i64::from(vm.c_int_argument(key)?);
    match TEXTS.iter().find(|(_, number, _)| *number == key) {
        Some((.., text)) => Ok(Str::new(text).into_obj()),
        None => Err(vm.value_error("unsupported langinfo constant")),
    }
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !ERROR.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &ERROR)
            .base(&EXCEPTION)
            .module("locale")
            .flags(TypeFlags::BASETYPE | TypeFlags::EXCEPTION)
            .ready();
    }
    for (name, number) in CATEGORIES {
        module.add(vm, name, Int::new(*number))?;
    }
    for (name, number, _) in TEXTS {
        module.add(vm, name, Int::new(*number))?;
    }
    module.add(vm, "CHAR_MAX", Int::new(CHAR_MAX))?;
    module.add_type(vm, &ERROR)
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_locale",
    doc: "Support for POSIX locales.",
    functions: &[
        NativeDef::new(
            "getencoding",
            "($module, /)",
            "Get the current locale encoding.",
            NativeCall::NoArgs(|_, _| Ok(Str::new("UTF-8").into_obj())),
        ),
        NativeDef::new(
            "localeconv",
            "($module, /)",
            "Returns numeric and monetary locale-specific parameters.",
            NativeCall::NoArgs(localeconv),
        ),
        NativeDef::new(
            "nl_langinfo",
            "($module, key, /)",
            "Return the value for the locale information associated with key.",
            NativeCall::Full(nl_langinfo),
        ),
        NativeDef::new(
            "setlocale",
            "($module, category, locale=None, /)",
            "Activates/queries locale processing.",
            NativeCall::Positional(1, 2, setlocale),
        ),
        NativeDef::new(
            "strcoll",
            "($module, os1, os2, /)",
            "Compares two strings according to the locale.",
            NativeCall::Positional(2, 2, strcoll),
        ),
        NativeDef::new(
            "strxfrm",
            "($module, string, /)",
            "Return a string that can be used as a key for locale-aware comparisons.",
            NativeCall::One(strxfrm),
        ),
    ],
    fill,
};
